# Email.

mail-help-line = Email ini ditulis oleh program; balasannya tidak dibaca siapa pun. Silakan hubungi helpdesk Anda.
mail-sender = { $tenant } · Atur ulang kata sandi

mail-code-subject = Kode untuk mengatur ulang kata sandi Anda
mail-code-intro = Seseorang, mungkin Anda sendiri, meminta agar kata sandi { $name } di { $tenant } diatur ulang. Ini kodenya:
mail-code-valid = Kode ini berlaku selama { $minutes } menit. Ketik di halaman yang sedang menunggunya.
mail-code-not-you = Jika bukan Anda yang meminta, kata sandi Anda tetap aman: tanpa kode ini tidak ada yang dapat melanjutkan. Meski begitu, mohon beri tahu helpdesk Anda.
mail-code-secret = Tidak ada yang akan meminta kode ini dari Anda: bukan rekan kerja, bukan helpdesk, bukan pula penelepon. Ketik di halaman tersebut dan jangan beri tahu siapa pun.

mail-sign-in-code-subject = Kode untuk memastikan bahwa ini Anda
mail-sign-in-code-intro = { $name } di { $tenant } sudah masuk dan akan melakukan sesuatu yang memerlukan bukti kedua. Ini kodenya:
mail-sign-in-code-valid = Kode ini berlaku selama { $minutes } menit.
mail-sign-in-code-secret = Tidak ada yang akan meminta kode ini dari Anda: bukan rekan kerja, bukan helpdesk, bukan pula penelepon.
mail-sign-in-code-not-you = Jika itu bukan Anda, orang lain mengetahui kata sandi Anda. Ganti sekarang, keluar dari semua tempat, dan beri tahu helpdesk Anda.

mail-changed-subject = Kata sandi Anda sudah berubah
mail-changed-intro = Kata sandi akun Anda di { $tenant } diubah pada { $time }.
mail-changed-you = Jika itu Anda, semuanya beres. Segera masukkan kata sandi baru di ponsel dan tablet Anda; perangkat yang terus mencoba kata sandi lama dapat membuat akun Anda terkunci.
mail-changed-not-you = Jika itu bukan Anda, segera hubungi helpdesk. Mungkin orang lain menguasai akun Anda dan kotak surat ini atau kotak surat Anda yang lain.

mail-unlocked-subject = Kunci akun Anda sudah dibuka
mail-unlocked-intro = Akun Anda di { $tenant } tadinya terkunci, dan kuncinya dibuka pada { $time }. Kata sandinya tetap seperti semula.
mail-not-locked-subject = Seseorang meminta kunci akun Anda dibuka
mail-not-locked-intro = Pada { $time } seseorang, mungkin Anda sendiri, meminta kunci akun Anda di { $tenant } dibuka. Akun itu tidak terkunci, dan tidak ada yang berubah.
mail-unlocked-you = Jika itu Anda, semuanya beres. Jika akun terkunci lagi, carilah ponsel atau tablet yang terus mencoba kata sandi lama.
mail-unlocked-not-you = Jika itu bukan Anda, segera hubungi helpdesk. Orang lain dapat membaca kotak surat ini atau kotak surat Anda yang lain.

mail-administrator-changed-subject = Kata sandi seorang administrator berubah
mail-administrator-changed-intro = Kata sandi { $name }, yang memegang peran administrator di { $tenant }, berubah pada { $time }. Administrator lain diberi tahu tentang hal itu.
mail-administrator-changed-not-them = Tanyakan kepadanya apakah itu memang dia. Jika bukan, nonaktifkan akunnya dan akhiri semua sesi masuknya.

mail-outcome-known = Anda meminta kata sandi Anda di { $tenant } diatur ulang, dan untuk beberapa waktu kami tidak mengetahui hasilnya. Pada { $time } kami mengetahuinya dari direktori organisasi Anda.
mail-outcome-changed = Kata sandi Anda sudah berubah. Gunakan yang baru mulai sekarang.
mail-outcome-not-changed-subject = Kata sandi Anda tidak berubah
mail-outcome-not-changed = Kata sandi Anda tidak berubah, dan permintaan itu tidak akan mengubahnya di kemudian waktu. Kata sandi lama Anda masih berlaku.
mail-outcome-unlock-known = Anda meminta kunci akun Anda di { $tenant } dibuka, dan untuk beberapa waktu kami tidak mengetahui hasilnya. Pada { $time } kami mengetahuinya dari direktori organisasi Anda.
mail-outcome-unlock-subject = Kunci akun Anda sudah dibuka
mail-outcome-unlock-done = Kunci akun Anda sudah dibuka. Kata sandinya tetap seperti semula.
mail-outcome-not-unlocked-subject = Kunci akun Anda tidak dibuka
mail-outcome-not-unlocked = Kunci akun Anda tidak dibuka, dan permintaan itu tidak akan membukanya di kemudian waktu. Kata sandinya tetap seperti semula.
mail-outcome-desk = Untuk helpdesk Anda: { $codes }

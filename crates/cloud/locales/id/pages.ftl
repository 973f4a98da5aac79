# Halaman-halaman portal.

## Di setiap halaman

page-name = Atur ulang kata sandi
page-skip = Langsung ke isi
page-language = Bahasa
page-error = Kesalahan
page-back-to-start = Kembali ke awal
page-try-again = Coba lagi
page-account = Akun
page-account-other = Bukan Anda?
page-what-happened = Yang terjadi
page-what-next = Langkah selanjutnya
page-help = Ada kesulitan? Helpdesk Anda siap membantu. Tidak ada yang akan meminta kode atau kata sandi Anda, termasuk helpdesk.
page-help-contact = Helpdesk Anda: { $contact }

## Sampai di mana

steps-label = Langkah { $step } dari { $steps }
steps-name = Siapa Anda
steps-code = Verifikasi
steps-password = Kata sandi baru
steps-unlock = Membuka kunci
steps-done = Selesai
steps-completed = selesai

## Waktu

# Suatu saat, menurut zona waktu organisasi.
time-moment = { $day } { $month } { $year } pukul { $hour }.{ $minute } ({ $zone })
time-wait-minutes = { $count } menit
time-wait-hours = { $count } jam
month-1 = Januari
month-2 = Februari
month-3 = Maret
month-4 = April
month-5 = Mei
month-6 = Juni
month-7 = Juli
month-8 = Agustus
month-9 = September
month-10 = Oktober
month-11 = November
month-12 = Desember

## Siapa Anda

start-title = Atur ulang kata sandi Anda
start-lead = Lupa kata sandi, atau akun terkunci? Buat kata sandi baru di sini. Anda hanya perlu beberapa menit dan akses ke email pemulihan Anda.
start-label = Nama pengguna
start-hint = Nama yang Anda pakai untuk masuk di tempat kerja, misalnya alice atau alice@corp.test
start-button = Lanjutkan
start-error-empty = Ketik nama pengguna Anda, cukup dengan huruf, angka, dan tanda biasa.
start-error-too-long = Nama pengguna tidak sepanjang itu. Ketik hanya nama yang Anda pakai untuk masuk.
start-error-full-name = Nama itu mungkin ada di lebih dari satu bagian organisasi Anda. Ketik nama pengguna lengkap, misalnya alice@corp.test.
start-error-too-many = Percobaan sudah terlalu banyak. Anda dapat mencoba lagi setelah { $wait }.

## Belum bisa sekarang

unavailable-title = Kata sandi belum dapat diatur ulang saat ini
unavailable-untouched = Kata sandi Anda tidak diubah.

## Verifikasi

code-title = Periksa email Anda
code-lead = Jika nama tersebut milik akun yang dapat diatur ulang di sini, kami telah mengirim kode ke alamat pemulihan yang terdaftar.
code-valid = Kode berlaku selama { $minutes } menit. Email kadang perlu waktu untuk tiba; periksa juga folder spam.
code-label = Kode dari email
code-hint = Enam angka. Spasi tidak berpengaruh.
code-button = Lanjutkan
code-resend-question = Email belum tiba?
code-resend-button = Kirim kode baru
code-resent = Jika nama tersebut milik akun yang dapat diatur ulang di sini, kode baru sedang dikirim. Hanya kode terbaru yang berlaku.
code-error-empty = Ketik enam angka dari email.
code-error-wrong = Kodenya tidak cocok. Bandingkan dengan email terbaru; Anda masih punya { $left } kesempatan.
code-error-expired = Kode itu sudah kedaluwarsa. Silakan minta kode baru.
code-error-exhausted = Kode yang salah sudah terlalu sering dimasukkan, sehingga kode itu tidak berlaku lagi. Silakan minta kode baru.
code-error-too-many = Percobaan sudah terlalu banyak. Anda dapat mencoba lagi setelah { $wait }.

## Kata sandi baru

password-title = Buat kata sandi baru
password-rules = Syarat kata sandi baru Anda
password-rule-length = Sedikitnya { $minimum } karakter
password-rule-complex = Tiga dari empat jenis ini: huruf kecil, huruf besar, angka, tanda lain
password-rule-name = Tidak memuat nama pengguna atau nama Anda
password-rule-history =
    { $remembered ->
        [1] Bukan kata sandi terakhir Anda
       *[other] Bukan salah satu dari { $remembered } kata sandi terakhir Anda
    }
password-tip = Empat atau lima kata yang tidak saling berkaitan mudah diingat dan sulit ditebak.
password-history-not-enforced = Tidak ada yang dapat memeriksa di sini apakah suatu kata sandi pernah Anda pakai. Mohon pilih yang belum pernah.
password-new-label = Kata sandi baru
password-again-label = Ulangi kata sandi baru
password-button = Simpan kata sandi baru
password-patience = Ini bisa memakan waktu beberapa detik. Cukup tekan satu kali.
password-error-empty = Ketik kata sandi baru.
password-error-mismatch = Kedua kata sandi tidak sama. Ketik ulang di kedua kolom.
password-error-too-many = Kata sandi untuk akun ini sudah terlalu sering dicoba. Anda dapat mencoba lagi setelah { $wait }.
password-error-not-sealed = Kata sandi tiba tanpa enkripsi, jadi tidak diterima dan tidak ada yang berubah. Mohon muat ulang halaman ini, lalu ketik di sini.
password-error-not-sent = Kata sandi tidak dapat dikirim, dan tidak ada yang berubah. Periksa apakah Anda tersambung ke internet, lalu coba lagi.
password-busy = Mohon tunggu sebentar …
password-needs-script = Langkah ini memerlukan JavaScript
password-needs-script-why = Kata sandi baru Anda dienkripsi di perangkat ini sebelum dikirim, sehingga hanya organisasi Anda yang dapat membacanya. Halaman hanya dapat melakukannya dengan skrip, di peramban yang cukup baru.
password-needs-script-next = Aktifkan JavaScript lalu muat ulang halaman ini, atau mulai lagi di peramban lain. Tidak ada yang berubah.
password-refused = Belum berubah
password-refused-still = Kata sandi lama Anda masih berlaku. Anda dapat langsung mencoba yang lain.

## Buka kunci, kata sandi tetap

unlock-hint = Anda ingat kata sandi, hanya akunnya terkunci?
unlock-question = Anda ingat kata sandi Anda?
unlock-lead = Setelah terlalu sering salah, akun terkunci untuk sementara. Kuncinya dapat dibuka sekarang; kata sandi Anda tetap seperti semula.
unlock-button = Buka kunci akun saya
unlock-error-too-many = Kunci akun ini sudah terlalu sering diminta dibuka. Anda dapat mencoba lagi setelah { $wait }.

## Hasilnya belum diketahui

progress-writing-title = Kata sandi baru Anda sedang disimpan
progress-unlocking-title = Kunci akun Anda sedang dibuka
progress-writing-lead = Hanya perlu beberapa detik. Mohon biarkan halaman ini terbuka.
progress-unknown-title = Hasilnya belum kami ketahui
progress-unknown-lead = Kami belum tahu apakah kata sandi Anda sudah berubah atau belum. Mohon jangan menganggap salah satunya.
progress-unknown-why = Kata sandi baru Anda sedang dalam perjalanan ketika sambungan terputus. Direktori organisasi Anda mengetahui jawabannya, dan kami terus menanyakannya.
progress-unknown-page = Halaman ini diperbarui sendiri. Anda dapat membiarkannya terbuka.
progress-unknown-mail = Anda juga boleh menutupnya: begitu hasilnya diketahui, kami mengirim email kepada Anda.
progress-unknown-retry = Sampai saat itu, mohon jangan memulai pengaturan ulang yang lain.
progress-unknown-unlock-lead = Kami belum tahu apakah kunci akun Anda sudah terbuka atau belum. Mohon jangan menganggap salah satunya.
progress-unknown-unlock-why = Kunci akun Anda sedang dibuka ketika sambungan terputus. Direktori organisasi Anda mengetahui jawabannya, dan kami terus menanyakannya. Kata sandi Anda tetap seperti semula.
progress-unknown-unlock-retry = Sampai saat itu, mohon jangan memulai lagi.
progress-check = Periksa sekarang

## Selesai

done-title = Kata sandi Anda sudah berubah
done-lead = Direktori organisasi Anda telah menerima kata sandi baru. Gunakan mulai sekarang.
done-next = Yang perlu dilakukan sekarang
done-phone-title = Ponsel dan tablet
done-phone = Segera masukkan kata sandi baru di sana. Perangkat yang terus mencoba kata sandi lama dapat membuat akun Anda terkunci.
done-away-title = Komputer di luar kantor
done-away = Komputer itu hanya mengenal kata sandi lama sampai terhubung lagi ke jaringan kantor. Masuklah dengan yang lama, sambungkan (misalnya lewat VPN), lalu kunci layarnya dan buka dengan yang baru.
done-old-title = Kata sandi lama
done-old = Selama paling lama satu jam, beberapa layanan mungkin masih menerima kata sandi lama. Itu wajar dan akan berhenti sendiri.
done-close = Anda sudah dapat menutup halaman ini.

## Kunci sudah dibuka

unlocked-title = Kunci akun Anda sudah dibuka
unlocked-lead = Kata sandi Anda tetap seperti semula. Silakan masuk dengan kata sandi itu.
unlocked-not-locked-title = Akun Anda tidak terkunci
unlocked-not-locked-lead = Tidak ada kunci yang perlu dibuka, dan tidak ada yang berubah. Jika Anda tidak dapat masuk, kemungkinan besar kata sandi yang Anda ketik bukan kata sandi akun Anda.
unlocked-device-title = Ponsel dan tablet
unlocked-device = Carilah perangkat yang masih menyimpan kata sandi lama. Perangkat yang terus mencobanya akan membuat akun Anda terkunci lagi.
unlocked-refused-title = Masih tidak bisa masuk?
unlocked-refused = Berarti kata sandi akun Anda bukan yang Anda ketik. Berhentilah mencoba sebelum akun terkunci lagi, dan buatlah kata sandi baru.
unlocked-password-button = Buat kata sandi baru
unlocked-close = Jika Anda sudah bisa masuk, halaman ini dapat ditutup.

remark-unlocked = Akun Anda tadinya terkunci. Sekarang sudah terbuka.
remark-still-locked = Kata sandi baru sudah tersimpan, tetapi akun Anda masih terkunci dan gagal dibuka. Mintalah helpdesk membuka kuncinya.
remark-history-not-enforced = Tidak ada yang dapat memeriksa apakah kata sandi ini pernah Anda pakai. Jika pernah, mohon segera ganti dengan yang baru.
remark-must-change-at-sign-in = Anda akan diminta memilih kata sandi lain saat masuk berikutnya.
remark-learnt-from-receipt = Sambungan sempat terputus. Kami memeriksa hasilnya di catatan direktori itu sendiri, jadi hasil ini pasti.
remark-force-change-not-set = Seharusnya Anda diminta memilih kata sandi lain saat masuk berikutnya, tetapi hal itu gagal diatur. Mohon ganti sendiri kata sandi Anda.

## Tidak berubah

not-changed-title = Kata sandi Anda tidak berubah
not-changed-lead = Kata sandi lama Anda masih berlaku.
not-changed-another = Pilih kata sandi lain
not-unlocked-title = Kunci akun Anda tidak dibuka
not-unlocked-lead = Tidak ada yang berubah. Kata sandi Anda tetap seperti semula.

## Tidak diizinkan

refused-title = Anda tidak dapat mengatur ulang kata sandi di sini
refused-reset-disabled = Organisasi Anda tidak mengizinkan kata sandi diatur ulang di halaman ini.
refused-not-in-policy = Organisasi Anda belum membuka halaman ini untuk akun Anda.
refused-not-licensed = Akun Anda tidak memiliki lisensi untuk mengatur ulang kata sandi.
refused-not-in-group = Akun Anda tidak termasuk dalam grup yang anggotanya boleh mengatur ulang kata sandi di sini.
refused-not-registered = Data Anda belum cukup untuk membuktikan siapa Anda: organisasi Anda meminta lebih dari yang terdaftar, atau meminta cara yang tidak tersedia di sini.
refused-on-premises = Ada yang harus diperbaiki di direktori organisasi Anda sebelum kata sandi Anda dapat diatur ulang.
refused-not-connected = Direktori organisasi Anda sedang tidak dapat dihubungi.
refused-next = Mintalah helpdesk mengatur kata sandi untuk Anda, dan sampaikan kode di bawah.
refused-next-later = Silakan coba lagi beberapa menit lagi. Jika tetap begini, sampaikan kode di bawah kepada helpdesk.
refused-next-register = Mintalah helpdesk mengatur kata sandi untuk Anda. Setelah itu, daftarkan lebih banyak cara untuk membuktikan siapa Anda.

## Untuk helpdesk

desk-title = Untuk helpdesk Anda
desk-code = Kode
desk-event = Peristiwa
desk-cause = Penyebab
desk-reference = Nomor rujukan

## Sesi berakhir

ended-title = Silakan mulai lagi
ended-lead = Demi keamanan Anda, proses ini berakhir setelah { $minutes } menit, atau ketika peramban ditutup. Halaman ini bagian dari proses yang sudah berakhir.
ended-changed = Jika Anda belum mengirim kata sandi baru, tidak ada yang berubah. Jika sudah, periksa email Anda: bila kata sandi berubah, Anda diberi tahu di sana.
ended-cookies = Jika ini muncul tepat setelah Anda memulai, izinkan peramban Anda menerima cookie dari situs ini.
ended-button = Mulai lagi

## Bila ada yang salah

error-not-found-title = Halaman itu tidak ada
error-not-found = Mungkin alamatnya salah ketik, atau tautannya sudah lama.
error-foreign-form-title = Formulir itu bukan dari kami
error-foreign-form = Formulir itu tidak berasal dari halaman yang Anda buka di sini. Demi keamanan, tidak ada yang dilakukan dengannya. Silakan mulai lagi dari halaman situs ini.
error-broken-title = Formulir tidak sampai dengan utuh
error-broken = Tidak ada yang dilakukan dengannya. Silakan kembali dan kirim sekali lagi.
error-too-large-title = Teksnya terlalu banyak
error-too-large = Formulir itu lebih besar daripada yang seharusnya. Tidak ada yang dilakukan dengannya. Silakan kembali dan coba dengan isi yang lebih sedikit.
error-internal-title = Ada yang tidak beres di sisi kami
error-internal = Ini bukan kesalahan Anda. Jika Anda baru saja mengirim kata sandi baru, jangan menganggapnya sudah atau belum berubah: bila berubah, Anda akan diberi tahu lewat email. Selain itu, tidak ada yang berubah.
error-unwritable-title = Belum bisa dilakukan saat ini
error-unwritable = Situs ini sedang tidak dapat menyimpan apa pun, sehingga yang baru saja Anda kirim tidak diterima dan tidak ada yang berubah karenanya. Silakan coba lagi beberapa menit lagi. Jika tetap begini, beri tahu meja bantuan Anda.
error-not-set-up-title = Belum disiapkan
error-not-set-up = Situs ini sudah berjalan, tetapi belum ada organisasi yang disiapkan di sini. Pengelolanya perlu melakukan itu terlebih dahulu.
error-tenant-disabled-title = Dinonaktifkan untuk organisasi Anda
error-tenant-disabled = Layanan ini sedang dinonaktifkan untuk organisasi Anda, sehingga kata sandi tidak dapat diatur ulang di sini. Jika Anda belum mengirim kata sandi baru, tidak ada yang berubah. Silakan hubungi meja bantuan Anda.

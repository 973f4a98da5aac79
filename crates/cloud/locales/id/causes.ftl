# Mengapa tidak ada yang diubah.
#
# cause-<id>        apa yang terjadi dan mengapa, untuk pengguna
# cause-<id>-next   apa yang dapat dilakukan pengguna sekarang
# cause-<id>-admin  apa yang dapat dilakukan administrator
#
# Angka atau waktu yang tidak diketahui datang sebagai kata "unknown".

## Kata sandi itu sendiri

cause-password-too-short =
    { $minimum ->
        [unknown] Kata sandi ini terlalu pendek untuk akun Anda.
       *[other] Kata sandi ini terlalu pendek. Akun Anda memerlukan sedikitnya { $minimum } karakter.
    }
cause-password-too-short-next = Pilih yang lebih panjang. Empat atau lima kata yang tidak saling berkaitan sudah cukup panjang dan tetap mudah diingat.
cause-password-too-short-admin =
    { $minimum ->
        [unknown] Kebijakan kata sandi akun ini meminta lebih banyak karakter. Tidak ada yang perlu diperbaiki.
       *[other] Kebijakan kata sandi akun ini meminta sedikitnya { $minimum } karakter. Tidak ada yang perlu diperbaiki.
    }

cause-password-too-long = Kata sandi ini terlalu panjang. Panjangnya paling banyak { $maximum } karakter.
cause-password-too-long-next = Pilih yang lebih pendek.
cause-password-too-long-admin = Active Directory menerima paling banyak { $maximum } karakter. Tidak ada yang perlu diperbaiki.

cause-password-not-complex = Kata sandi ini kurang bervariasi menurut aturan organisasi Anda.
cause-password-not-complex-next = Gunakan sedikitnya tiga dari empat jenis ini: huruf kecil, huruf besar, angka, dan tanda lain seperti spasi, koma, atau tanda hubung.
cause-password-not-complex-admin = Kebijakan kata sandi akun ini meminta tiga jenis karakter. Tidak ada yang perlu diperbaiki.

cause-password-contains-name = Kata sandi ini memuat nama pengguna atau bagian dari nama Anda.
cause-password-contains-name-next = Pilih kata sandi yang tidak memuat nama Anda.
cause-password-contains-name-admin = Aturan kompleksitas menolak bagian dari nama akun dan nama tampilan. Tidak ada yang perlu diperbaiki.

cause-password-in-history =
    { $remembered ->
        [unknown] Kata sandi ini pernah Anda pakai, sedangkan organisasi Anda meminta yang belum pernah dipakai.
        [1] Ini kata sandi terakhir Anda. Organisasi Anda meminta yang lain.
       *[other] Ini salah satu dari { $remembered } kata sandi terakhir Anda. Organisasi Anda meminta yang belum pernah dipakai.
    }
cause-password-in-history-next = Pilih yang belum pernah Anda pakai di sini, bukan kata sandi lama yang sekadar diberi angka baru di belakangnya.
cause-password-in-history-admin =
    { $remembered ->
        [unknown] Kebijakan kata sandi akun ini mengingat kata sandi sebelumnya. Tidak ada yang perlu diperbaiki.
       *[other] Kebijakan kata sandi akun ini mengingat { $remembered } kata sandi. Tidak ada yang perlu diperbaiki.
    }

cause-password-is-current = Ini kata sandi yang sedang berlaku untuk akun Anda.
cause-password-is-current-next = Anda sudah dapat masuk dengan kata sandi ini. Jika ingin menggantinya, pilih kata sandi yang berbeda.
cause-password-is-current-admin = Pengguna mengetik kata sandi yang sedang berlaku. Tidak ada yang perlu diperbaiki.

cause-password-too-young =
    { $when ->
        [unknown] Kata sandi Anda baru saja diganti. Menurut aturan organisasi Anda, kata sandi harus dipakai selama beberapa waktu sebelum boleh diganti lagi.
       *[other] Kata sandi Anda baru saja diganti. Anda dapat menggantinya lagi setelah { $when }.
    }
cause-password-too-young-next =
    { $when ->
        [unknown] Silakan coba lagi besok. Jika sampai saat itu Anda tidak dapat masuk, mintalah helpdesk mengatur kata sandi untuk Anda.
       *[other] Silakan kembali setelah waktu tersebut. Jika sampai saat itu Anda tidak dapat masuk, mintalah helpdesk mengatur kata sandi untuk Anda.
    }
cause-password-too-young-admin =
    { $when ->
        [unknown] Usia minimum kata sandi menurut kebijakan belum tercapai. Administrator dapat langsung mengatur kata sandi; untuk layanan mandiri, usia minimum 0 paling membantu pengguna.
       *[other] Usia minimum kata sandi menurut kebijakan tercapai pada { $when }. Administrator dapat langsung mengatur kata sandi; untuk layanan mandiri, usia minimum 0 paling membantu pengguna.
    }

cause-password-banned =
    { $rule ->
        [contains-name] Kata sandi ini memuat nama Anda atau sebagian darinya, sehingga mudah ditebak orang lain.
        [contains-tenant-name] Kata sandi ini memuat nama organisasi Anda atau sebagian darinya, sehingga mudah ditebak orang lain.
        [too-similar] Kata sandi ini termasuk yang paling dulu dicoba orang lain, atau sangat mirip dengannya.
       *[too-few-points] Kata sandi ini sebagian besar terdiri dari kata yang paling dulu dicoba orang lain.
    }
cause-password-banned-next =
    { $rule ->
        [contains-name] Pilih kata sandi tanpa nama Anda. Mengganti huruf dengan angka atau tanda tidak membantu.
        [contains-tenant-name] Pilih kata sandi tanpa nama itu. Mengganti huruf dengan angka atau tanda tidak membantu.
        [too-similar] Pilih kata sandi yang benar-benar berbeda, misalnya beberapa kata yang tidak berkaitan. Mengganti huruf dengan angka atau tanda tidak membantu.
       *[too-few-points] Tambahkan beberapa kata yang tidak berkaitan. Mengganti huruf dengan angka atau tanda tidak membantu.
    }
cause-password-banned-admin = Kata sandi ditolak oleh aturan { $rule } tentang kata sandi terlarang, sebelum apa pun ditulis. Tidak ada yang perlu diperbaiki. “writeback admin banned check” menunjukkan aturan mana yang menolak sebuah kata sandi.

cause-history-or-filter = Direktori organisasi Anda menolak kata sandi ini tanpa menyebutkan aturan yang dilanggar. Panjang dan variasinya sudah cukup. Kemungkinan besar kata sandi ini pernah Anda pakai, atau memuat kata yang tidak diperbolehkan.
cause-history-or-filter-next = Pilih kata sandi yang benar-benar berbeda: bukan variasi dari yang lama, dan tanpa nama organisasi, nama bulan, atau tahun.
cause-history-or-filter-admin = Pengontrol domain memberi kesalahan kata sandi umum padahal panjang, usia, dan kompleksitas sudah terpenuhi. Yang tersisa adalah riwayat kata sandi atau filter kata sandi pada pengontrol domain; log filter itu menyebutkan aturannya.

cause-password-unusable = Kata sandi ini memuat karakter yang tidak dapat dipakai dalam kata sandi.
cause-password-unusable-next = Ketik langsung, jangan ditempel. Huruf, angka, spasi, dan tanda baca biasa selalu dapat dipakai.
cause-password-unusable-admin = Kata sandi memuat karakter yang tidak dapat disimpan Active Directory. Tidak ada yang perlu diperbaiki.

cause-wrong-current-password = Kata sandi saat ini yang Anda ketik tidak tepat.
cause-wrong-current-password-next = Ketik sekali lagi. Jika Anda lupa, atur ulang kata sandi dengan kode.
cause-wrong-current-password-admin = Kata sandi saat ini salah; direktori menghitungnya sebagai kegagalan masuk. Tidak ada yang perlu diperbaiki.

## Akun

cause-account-disabled = Akun Anda sedang dinonaktifkan.
cause-account-disabled-next = Mintalah helpdesk mengaktifkannya. Sebelum itu, kata sandi baru tidak akan membantu.
cause-account-disabled-admin = Akun dinonaktifkan. Aktifkan jika pengguna memang masih memakainya.

cause-account-locked = Akun Anda terkunci karena kata sandi yang salah terlalu sering dimasukkan.
cause-account-locked-next = Tunggu beberapa saat, atau mintalah helpdesk membuka kuncinya. Periksa juga apakah ada ponsel atau tablet yang masih mencoba kata sandi lama.
cause-account-locked-admin = Akun terkunci. Buka kuncinya, atau tunggu sampai masa penguncian berakhir.

cause-account-expired = Masa berlaku akun Anda sudah berakhir.
cause-account-expired-next = Mintalah atasan atau helpdesk memperpanjangnya. Sebelum itu, kata sandi baru tidak akan membantu.
cause-account-expired-admin = accountExpires sudah lewat. Atur tanggal yang lebih lambat jika pengguna memang masih memakai akun ini.

cause-cannot-change-password = Akun Anda diatur sedemikian rupa sehingga kata sandinya tidak dapat diganti oleh penggunanya sendiri.
cause-cannot-change-password-next = Mintalah helpdesk mengatur kata sandi untuk Anda.
cause-cannot-change-password-admin = Akun ditandai “user cannot change password”. Hapus tanda itu untuk mengizinkan layanan mandiri.

cause-protected-account =
    { $by ->
        [admin-count] Akun Anda memiliki, atau pernah memiliki, hak administrator. Kata sandi akun seperti ini tidak pernah diatur ulang melalui halaman ini.
        [protected-group] Akun Anda memiliki hak administrator. Kata sandi akun seperti ini tidak pernah diatur ulang melalui halaman ini.
        [well-known-account] Ini akun bawaan direktori. Kata sandi akun seperti ini tidak pernah diatur ulang melalui halaman ini.
        [agent-account] Akun ini milik layanan pengaturan ulang itu sendiri, dan kata sandinya tidak pernah diatur ulang melalui halaman ini.
       *[not-an-ordinary-user] Akun ini milik komputer atau program, bukan milik seseorang. Kata sandi akun seperti ini tidak pernah diatur ulang melalui halaman ini.
    }
cause-protected-account-next = Mintalah administrator organisasi Anda mengatur kata sandinya.
cause-protected-account-admin =
    { $by ->
        [admin-count] adminCount pada akun ini bernilai 1: akun ini adalah, atau pernah menjadi, anggota grup terlindungi. Jika sudah bukan, kosongkan adminCount dan aktifkan kembali pewarisan izin. Pengaman ini tidak dapat dimatikan.
        [protected-group] Akun ini anggota grup terlindungi, langsung atau melalui grup lain. Atur kata sandinya secara manual. Pengaman ini tidak dapat dimatikan.
        [well-known-account] Ini akun bawaan, seperti Administrator atau krbtgt. Atur kata sandinya secara manual. Pengaman ini tidak dapat dimatikan.
        [agent-account] Ini akun milik agen sendiri. Atur kata sandinya secara manual, lalu beri tahu agen. Pengaman ini tidak dapat dimatikan.
       *[not-an-ordinary-user] Ini akun komputer, trust, atau managed service account. Pengaman ini tidak dapat dimatikan.
    }

cause-out-of-scope = Halaman ini tidak disiapkan untuk akun seperti milik Anda.
cause-out-of-scope-next = Mintalah helpdesk mengatur kata sandi untuk Anda.
cause-out-of-scope-admin = Akun berada di luar bagian direktori yang diizinkan dalam konfigurasi agen. Perluas cakupan agen jika pengguna di sana boleh mengatur ulang kata sandi sendiri.

cause-object-not-found = Akun Anda tidak ada lagi di direktori organisasi Anda. Mungkin akun itu dipindahkan atau dihapus.
cause-object-not-found-next = Tanyakan kepada helpdesk apa yang terjadi dengan akun Anda.
cause-object-not-found-admin = Tidak ada objek di forest yang membawa source anchor hasil impor. Periksa Recycle Bin direktori, lalu jalankan impor.

cause-anchor-not-unique = Dua akun di direktori organisasi Anda memiliki identitas yang sama, sehingga kami tidak dapat memastikan mana yang milik Anda. Keduanya tidak diubah.
cause-anchor-not-unique-next = Beri tahu helpdesk. Administrator perlu membedakan kedua akun itu.
cause-anchor-not-unique-admin = Lebih dari satu objek membawa source anchor ini. Kosongkan atau perbaiki atribut anchor pada semua objek kecuali satu, lalu jalankan impor.

## Hak

cause-access-denied = Layanan pengaturan ulang tidak diizinkan mengubah akun Anda.
cause-access-denied-next = Sampaikan kode di bawah kepada helpdesk. Masalahnya ada pada pengaturan, bukan pada kata sandi Anda.
cause-access-denied-admin =
    { $right ->
        [reset-password] Akun agen tidak memiliki hak “Reset Password” atas objek ini. Berikan hak itu pada unit organisasi untuk objek user, dan pastikan objek ini mewarisi izin.
        [change-password] Pengguna tidak memiliki hak “Change Password” atas objeknya sendiri. Berikan kepada SELF, dan pastikan objek ini mewarisi izin.
        [write-lockout-time] Akun agen tidak boleh menulis lockoutTime pada objek ini. Berikan hak itu pada unit organisasi untuk objek user, dan pastikan objek ini mewarisi izin.
        [write-pwd-last-set] Akun agen tidak boleh menulis pwdLastSet pada objek ini. Berikan hak itu pada unit organisasi untuk objek user, dan pastikan objek ini mewarisi izin.
       *[read] Akun agen tidak boleh membaca objek ini. Berikan hak baca pada unit organisasi, dan pastikan objek ini mewarisi izin.
    }

cause-agent-credentials-refused = Saat ini layanan pengaturan ulang tidak dapat masuk ke direktori organisasi Anda.
cause-agent-credentials-refused-next = Sampaikan kode di bawah kepada helpdesk. Hanya administrator yang dapat memperbaikinya.
cause-agent-credentials-refused-admin = Direktori tidak lagi menerima kredensial agen. Pastikan akun agen aktif, tidak terkunci, dan tidak kedaluwarsa, lalu berikan kata sandinya yang sekarang kepada agen.

## Direktori

cause-pdc-emulator-unreachable = Server yang menerima kata sandi baru di organisasi Anda saat ini tidak dapat dihubungi.
cause-pdc-emulator-unreachable-next = Coba lagi dalam beberapa menit. Jika masih sama, sampaikan kode di bawah kepada helpdesk.
cause-pdc-emulator-unreachable-admin = Pengontrol domain dengan peran PDC emulator tidak menjawab di port 636. Pastikan server itu menyala, DNS menyebutnya di _ldap._tcp.pdc._msdcs, dan jaringan agen dapat mencapainya.

cause-certificate-refused = Server yang menerima kata sandi baru di organisasi Anda tidak dapat membuktikan keasliannya. Demi keamanan, tidak ada yang dikirim ke sana.
cause-certificate-refused-next = Sampaikan kode di bawah kepada helpdesk. Hanya administrator yang dapat memperbaikinya.
cause-certificate-refused-admin = Sertifikat pengontrol domain kedaluwarsa, tidak dipercaya oleh agen, atau tidak memuat nama pengontrol itu. Perbarui sertifikatnya, atau tambahkan penerbitnya ke daftar kepercayaan agen.

cause-policy-hints-unsupported = Direktori organisasi Anda tidak dapat membandingkan kata sandi baru dengan yang lama, dan organisasi Anda tidak mengizinkan pengaturan ulang tanpa pemeriksaan itu.
cause-policy-hints-unsupported-next = Mintalah helpdesk mengatur kata sandi untuk Anda.
cause-policy-hints-unsupported-admin = Pengontrol domain tidak menawarkan kontrol policy hints. Windows Server 2016 dan Samba 4.24 memilikinya. Perbarui pengontrol itu, atau izinkan pengaturan ulang tanpa riwayat di pengaturan forest.

cause-directory-busy = Direktori organisasi Anda sedang sibuk atau sedang dimulai ulang.
cause-directory-busy-next = Coba lagi dalam beberapa menit. Jika masih sama, sampaikan kode di bawah kepada helpdesk.
cause-directory-busy-admin = Pengontrol domain menjawab bahwa ia sedang sibuk atau sedang dimatikan. Periksa beban dan event log-nya.

cause-directory-refused = Direktori organisasi Anda menolak perubahan ini dengan alasan yang tidak kami kenali.
cause-directory-refused-next = Sampaikan kode di bawah kepada helpdesk. Dengan kode itu mereka dapat menemukan alasannya.
cause-directory-refused-admin =
    { $adcode ->
        [unknown] Pengontrol domain menjawab dengan hasil LDAP { $ldapcode } tanpa kode lain. Event log-nya pada waktu itu memuat keterangan lebih lanjut.
       *[other] Pengontrol domain menjawab dengan hasil LDAP { $ldapcode }, kode Active Directory { $adcode }. Event log-nya pada waktu itu memuat keterangan lebih lanjut.
    }

## Jalan ke sana

cause-no-agent = Sambungan ke jaringan organisasi Anda sedang terputus.
cause-no-agent-next = Coba lagi dalam beberapa menit. Jika masih sama, sampaikan kode di bawah kepada helpdesk.
cause-no-agent-admin = Tidak ada agen untuk forest ini yang tersambung. Pastikan layanannya berjalan dan dapat mencapai cloud di port 443; jalankan “writeback doctor” di mesinnya.

cause-not-started-in-time = Jaringan organisasi Anda tidak menjawab tepat waktu. Permintaan Anda sudah dibatalkan dan tidak akan dijalankan di kemudian waktu.
cause-not-started-in-time-next = Silakan coba lagi. Jika terulang, sampaikan kode di bawah kepada helpdesk.
cause-not-started-in-time-admin = Tidak ada agen yang memulai sebelum permintaan kedaluwarsa. Permintaan itu tidak pernah dijalankan. Periksa sambungan dan beban agen.

cause-seal-key-unknown = Kata sandi baru Anda dikunci dengan kunci yang baru saja diganti, sehingga tidak ada yang dapat membukanya.
cause-seal-key-unknown-next = Silakan coba lagi. Mulai sekarang kunci yang baru akan dipakai.
cause-seal-key-unknown-admin = Kata sandi disegel dengan kunci yang tidak lagi dimiliki agen. Satu kejadian wajar setelah pergantian kunci. Jika terulang, buat ulang semua kunci: `writeback admin writeback disable`, lalu `writeback admin writeback enable`. Tidak ada yang hilang karenanya.

cause-seal-broken = Kata sandi baru Anda tidak sampai dengan utuh, sehingga dibuang.
cause-seal-broken-next = Silakan coba lagi. Jika terulang, sampaikan kode di bawah kepada helpdesk.
cause-seal-broken-admin = Kata sandi tersegel rusak, atau terikat pada permintaan lain. Jika terulang, cari proksi yang mengubah lalu lintas antara cloud dan agen.

cause-journal-unwritable = Layanan pengaturan ulang tidak dapat mencatat apa yang akan dikerjakannya, sehingga ia tidak memulai.
cause-journal-unwritable-next = Sampaikan kode di bawah kepada helpdesk. Hanya administrator yang dapat memperbaikinya.
cause-journal-unwritable-admin = Agen tidak dapat menulis jurnalnya. Periksa ruang kosong dan izin folder datanya.

cause-forest-not-served = Layanan pengaturan ulang yang menjawab tidak menangani bagian direktori tempat akun Anda berada.
cause-forest-not-served-next = Sampaikan kode di bawah kepada helpdesk. Hanya administrator yang dapat memperbaikinya.
cause-forest-not-served-admin = Konfigurasi agen menyebut forest atau domain lain daripada milik akun ini. Pasang agen di forest akun ini, atau perbaiki konfigurasinya.

cause-writeback-disabled = Organisasi Anda menonaktifkan pengaturan ulang kata sandi di sini.
cause-writeback-disabled-next = Mintalah helpdesk mengatur kata sandi untuk Anda.
cause-writeback-disabled-admin = Writeback dimatikan untuk tenant atau forest ini. Nyalakan jika pengguna boleh mengatur ulang kata sandi sendiri: `writeback admin writeback enable`.

cause-agent-disabled = Pengaturan kata sandi di jaringan organisasi Anda sedang dimatikan.
cause-agent-disabled-next = Coba lagi nanti. Jika Anda membutuhkannya sekarang, mintalah helpdesk mengatur kata sandi untuk Anda.
cause-agent-disabled-admin = Writeback dimatikan di mesin agen yang sedang tersambung. Nyalakan di sana: `writeback agent writeback enable`.

cause-internal = Ada yang tidak beres di sisi kami sebelum apa pun ditulis.
cause-internal-next = Silakan coba lagi. Jika terulang, sampaikan kode di bawah kepada helpdesk.
cause-internal-admin = Kesalahan di dalam perangkat lunak; tidak ada yang ditulis. Log memuat nomor rujukan permintaan ini.

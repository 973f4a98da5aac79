### Yang dibaca administrator tentang keadaan writeback.

console-name = Writeback untuk administrator
console-sign-in-title = Masuk
console-sign-in-lead = Untuk administrator organisasi ini.
console-sign-in-hint = Nama akun Anda di sini, misalnya petra@example.org. Bukan akun direktori Anda: kata sandinya tidak boleh diketik di halaman ini.
console-sign-in-name = Nama pengguna
console-sign-in-password = Kata sandi
console-sign-in-button = Masuk
console-sign-in-wrong = Nama atau kata sandi tidak benar, atau itu bukan akun situs ini sendiri.
console-sign-in-empty = Ketik nama pengguna dan kata sandi Anda.
console-sign-in-too-many = Terlalu banyak percobaan. Tunggu beberapa menit, lalu coba lagi.
console-sign-in-busy = Saat ini tidak dapat diperiksa. Silakan coba lagi sebentar lagi.
console-sign-in-first-password = Pilih dulu kata sandi Anda sendiri: yang sekarang dipasangkan untuk Anda. Caranya ada di docs/accounts.md.
console-sign-in-disabled = Akun ini dinonaktifkan. Tanyakan kepada pengelola situs ini.
console-sign-out = Keluar
console-no-role-title = Bukan untuk akun ini
console-no-role = Anda sudah masuk, tetapi tidak satu pun peran Anda boleh membaca laporan. Administrator global dapat memberi Anda peran “reports reader”.

doctor-title = Bagaimana keadaan writeback?
doctor-looked = Baru saja diperiksa, pada { $at }.
doctor-again = Periksa lagi
doctor-counts = { $faults ->
    [0] Tidak ada gangguan
   *[other] { $faults } gangguan
  }, { $warnings ->
    [0] tidak ada peringatan
   *[other] { $warnings } peringatan
  }, { $fine } beres.
doctor-status-not-configured = Writeback belum disiapkan: belum ada agen yang terdaftar.
doctor-status-cannot-connect = Tidak ada agen yang tersambung: saat ini tidak ada kata sandi yang dapat ditulis.
doctor-status-switched-off = Writeback dimatikan.
doctor-status-trouble = Ada yang menghalangi penulisan kata sandi.
doctor-status-cannot-tell = Tidak dapat diketahui apakah writeback berfungsi.
doctor-status-agent-outdated = Writeback berfungsi. Ada agen yang versinya lain daripada situs ini.
doctor-status-running-with-warnings = Writeback berfungsi. Ada yang perlu dilihat.
doctor-status-running = Writeback berfungsi.
doctor-since = sejak { $at }
doctor-since-before = setidaknya sejak { $at }
doctor-seen = Yang terlihat
doctor-remedy = Yang harus dilakukan
doctor-type-shell = Di shell:
doctor-type-windows = Di PowerShell, sebagai administrator:
doctor-should-be = Seharusnya: { $title }.
doctor-page = Selengkapnya: { $page } dalam dokumentasi.
doctor-not-reached = Tidak ditanyakan, karena ada yang di atas harus beres dulu
doctor-fine = Beres
doctor-verdict-fault = Gangguan
doctor-verdict-warning = Peringatan
doctor-verdict-could-not-run = Tidak dapat diketahui
doctor-history = Yang ditemukan sebelumnya
doctor-history-none = Sebelumnya tidak ditemukan hal lain.
doctor-history-line = { $from } sampai { $until }
doctor-on-agents = Yang hanya terlihat di mesin agen dikatakan oleh “writeback doctor” di sana.

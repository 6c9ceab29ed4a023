/* The placeholders of the letters: what a template may say, and what a sample of it shows. Pure. */
#include <string.h>

#include "features/letter/letter_rules.h"
#include "lib/base/cx.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

/* clang-format off */
/* Of every letter: the letterhead, and where and when it was signed. */
static const struct letter_placeholder of_all[] = {
    {"kantor_induk", T("Kejaksaan Tinggi di atasnya"), 0, NULL},
    {"kantor", T("Nama kantor"), 0, NULL},
    {"alamat_kantor", T("Alamat kantor"), 0, NULL},
    {"telepon_kantor", T("Telepon kantor"), 0, NULL},
    {"kode_kantor", T("Kode satuan kerja pada nomor surat"), 0, NULL},
    {"tempat", T("Tempat penandatanganan"), 0, NULL},
    {"tanggal", T("Tanggal surat"), 0, NULL},
};

static const struct letter_placeholder of_complaint[] = {
    {"nomor_surat", T("Nomor surat"), 0, NULL},
    {"sifat", T("Sifat surat"), 0, NULL},
    {"lampiran", T("Lampiran"), 0, NULL},
    {"perihal", T("Perihal"), 0, NULL},
    {"kepada", T("Alamat tujuan"), 0, NULL},
    {"isi", T("Isi surat"), 0, NULL},
    {"analisa", T("Analisa"), 0, NULL},
    {"kesimpulan", T("Kesimpulan"), 0, NULL},
    {"saran", T("Saran"), 0, NULL},
    {"tugas", T("Tugas atau keperluan"), 0, NULL},
    {"jangka_waktu", T("Jangka waktu"), 0, NULL},
    {"catatan", T("Catatan"), 0, NULL},
    {"nilai", T("Nilai sumber dan isi (A–F, 1–6)"), 0, NULL},
    {"penandatangan_jabatan", T("Jabatan penanda tangan"), 0, NULL},
    {"penandatangan_nama", T("Nama penanda tangan"), 0, NULL},
    {"penandatangan_pangkat", T("Pangkat penanda tangan"), 0, NULL},
    {"penandatangan_nip", T("NIP penanda tangan"), 0, NULL},
    {"petugas_nama", T("Nama petugas penerima"), 0, NULL},
    {"petugas_jabatan", T("Jabatan petugas penerima"), 0, NULL},
    {"petugas_nip", T("NIP petugas penerima"), 0, NULL},
    {"nomor_pengaduan", T("Nomor pengaduan"), 0, NULL},
    {"tanggal_terima", T("Tanggal pengaduan diterima"), 0, NULL},
    {"waktu_terima", T("Tanggal dan jam pengaduan diterima"), 0, NULL},
    {"cara_terima", T("Cara pengaduan disampaikan"), 0, NULL},
    {"golongan", T("Jenis perkara"), 0, NULL},
    {"pelapor_nama", T("Nama pelapor"), 0, NULL},
    {"pelapor_identitas", T("Jenis dan nomor identitas pelapor"), 0, NULL},
    {"pelapor_pekerjaan", T("Pekerjaan pelapor"), 0, NULL},
    {"pelapor_alamat", T("Alamat pelapor"), 0, NULL},
    {"pelapor_telepon", T("Telepon pelapor"), 0, NULL},
    {"uraian", T("Uraian pengaduan"), 0, NULL},
    {"siapa", T("Siapa"), 0, NULL},
    {"kapan", T("Kapan"), 0, NULL},
    {"di_mana", T("Di mana"), 0, NULL},
    {"bagaimana", T("Bagaimana"), 0, NULL},
    {"mengapa", T("Mengapa"), 0, NULL},
    {"tempat_kejadian", T("Daerah kejadian"), 0, NULL},
    {"masa_kejadian", T("Masa kejadian"), 0, NULL},
    {"kerugian", T("Perkiraan kerugian"), 0, NULL},
    {"laporan_sebelumnya", T("Laporan sebelumnya"), 0, NULL},
    {"kode_rahasia", T("Kode rahasia pelapor (tanda terima)"), 0, NULL},
    {"qr", T("Kode QR (tanda terima)"), 3, NULL},
    {"anonim", T("Bagian yang tampil bila pelapor tanpa nama"), 1, NULL},
    {"dirahasiakan", T("Bagian yang tampil bila identitas dirahasiakan"), 1, NULL},
    {"lisan", T("Bagian yang tampil bila disampaikan lisan"), 1, NULL},
    {"ada_terlapor", T("Bagian yang tampil bila ada terlapor"), 1, NULL},
    {"ada_tembusan", T("Bagian yang tampil bila ada tembusan"), 1, NULL},
    {"terlapor", T("Daftar pihak yang dilaporkan"), 1, NULL},
    {"nomor", T("nomor urut"), 2, NULL},
    {"nama", T("nama"), 2, NULL},
    {"jabatan", T("jabatan"), 2, NULL},
    {"alamat", T("alamat"), 2, NULL},
    {"dokumen", T("Daftar dokumen yang diserahkan"), 1, NULL},
    {"nomor", T("nomor urut"), 2, NULL},
    {"jenis", T("jenis dokumen"), 2, NULL},
    {"bentuk", T("salinan, asli, atau digital"), 2, NULL},
    {"jumlah", T("jumlah"), 2, NULL},
    {"dasar", T("Daftar dasar"), 1, NULL},
    {"nomor", T("nomor urut"), 2, NULL},
    {"isi", T("isi"), 2, NULL},
    {"tim", T("Daftar yang diperintah"), 1, NULL},
    {"nomor", T("nomor urut"), 2, NULL},
    {"nama", T("nama"), 2, NULL},
    {"pangkat", T("pangkat"), 2, NULL},
    {"nip", T("NIP"), 2, NULL},
    {"jabatan", T("jabatan"), 2, NULL},
    {"tembusan", T("Daftar tembusan"), 1, NULL},
    {"nomor", T("nomor urut"), 2, NULL},
    {"isi", T("isi"), 2, NULL},
};

static const struct letter_placeholder of_visit[] = {
    {"nomor_kunjungan", T("Nomor kunjungan"), 0, "412/2026"},
    {"tamu_nama", T("Nama tamu"), 0, "Nama Tamu"},
    {"tamu_organisasi", T("Organisasi tamu"), 0, "Nama Organisasi"},
    {"tanda_pengenal", T("Tanda pengenal tamu"), 0, "A-07"},
    {"waktu_titip", T("Hari, tanggal, dan jam penitipan"), 0, "Kamis, 23 Juli 2026, pukul 09.02 WIB"},
    {"jumlah_barang", T("Jumlah barang"), 0, "3"},
    {"alasan_tanpa_kartu", T("Alasan tidak ada kartu identitas"), 0, "Kartu sedang diurus"},
    {"petugas_nama", T("Nama petugas penerima"), 0, "Nama Petugas"},
    {"petugas_jabatan", T("Jabatan petugas penerima"), 0, "Petugas PTSP"},
    {"petugas_nip", T("NIP petugas penerima"), 0, "19900404 201501 1 004"},
    {"qr", T("Kode QR yang dipindai di loket saat pulang"), 3, "contoh"},
    {"ada_kartu", T("Bagian yang tampil bila kartu identitas dititipkan"), 1, "1"},
    {"ada_perangkat", T("Bagian yang tampil bila barang selain kartu dititipkan"), 1, "1"},
    {"semua_kembali", T("Bagian yang tampil bila semua barang sudah kembali"), 1, ""},
    {"barang", T("Daftar barang yang dititipkan"), 1, NULL},
    {"nomor", T("nomor urut"), 2, NULL},
    {"jenis", T("jenis barang"), 2, "Kartu identitas|HP|Tas"},
    {"rincian", T("keterangan barang"), 2, "KTP|hitam|ransel biru"},
    {"tempat", T("slot kartu atau loker"), 2, "K-09|L-12|L-12"},
    {"waktu", T("jam dititipkan"), 2, "09.02|09.02|09.05"},
    {"keadaan", T("disimpan, kembali, atau hilang"), 2, "Disimpan|Disimpan|Disimpan"},
};

static const struct letter_placeholder of_period[] = {
    {"kurun", T("Kurun waktu laporan"), 0, "Juli 2026"},
    {"kunjungan", T("Jumlah kunjungan"), 0, "1.204"},
    {"hari", T("Jumlah hari dengan tamu"), 0, "23"},
    {"diukur", T("Kunjungan yang diukur"), 0, "1.150"},
    {"tepat", T("Kunjungan yang diterima tepat waktu"), 0, "1.058"},
    {"bagian", T("Bagian yang diterima tepat waktu"), 0, "92 %"},
    {"batas", T("Batas waktu pelayanan dalam menit"), 0, "10"},
    {"sasaran", T("Sasaran bagian yang tepat waktu"), 0, "90 %"},
    {"median", T("Median menunggu dalam menit"), 0, "6,2"},
    {"p90", T("p90 menunggu dalam menit"), 0, "9,4"},
    {"pengaduan", T("Jumlah pengaduan yang diterima"), 0, "12"},
    {"penandatangan_jabatan", T("Jabatan penanda tangan (Kajari)"), 0, "Kepala Kejaksaan Negeri"},
    {"penandatangan_nama", T("Nama penanda tangan"), 0, "Nama Pejabat, S.H., M.H."},
    {"penandatangan_keterangan", T("Pangkat dan NIP penanda tangan"), 0, "Jaksa Madya (IV/a)\nNIP 19700303 199503 1 003"},
    {"penyusun_jabatan", T("Jabatan penyusun (Kasi Intelijen)"), 0, "Kepala Seksi Intelijen"},
    {"penyusun_nama", T("Nama penyusun"), 0, "Nama Jaksa Pertama, S.H."},
    {"penyusun_keterangan", T("Pangkat dan NIP penyusun"), 0, "Jaksa Muda (III/d)\nNIP 19800101 200501 1 001"},
    {"ada_waktu", T("Bagian yang tampil bila ada yang diukur"), 1, "1"},
    {"waktu", T("Daftar hari, atau bulan dalam setahun"), 1, NULL},
    {"nama", T("hari atau bulan"), 2, "22 Juli 2026|23 Juli 2026"},
    {"grafik", T("batang grafik"), 2, "██████████████|███████████████"},
    {"nilai", T("bagian yang tepat waktu"), 2, "88 %|94 %"},
    {"grafik_lama", T("batang lama menunggu: median, lalu p90"), 2, "██████░░░|█████░░░"},
    {"tengah", T("median dalam menit"), 2, "6,8|5,9"},
    {"atas", T("p90 dalam menit"), 2, "10,4|8,9"},
    {"tahap", T("Daftar tahap pelayanan"), 1, NULL},
    {"nama", T("tahap"), 2, "Datang sampai diterima|Data dan foto"},
    {"nilai", T("jumlah kunjungan"), 2, "1.150|1.150"},
    {"tengah", T("median dalam menit"), 2, "6,2|1,4"},
    {"atas", T("p90 dalam menit"), 2, "9,4|2,6"},
    {"rincian", T("Daftar jumlah menurut kelompok"), 1, NULL},
    {"kelompok", T("nama kelompok, pada baris pertamanya"), 2, "Keperluan||Titipan"},
    {"nama", T("rincian"), 2, "Pengaduan|Informasi|Kartu identitas titipan hilang"},
    {"nilai", T("jumlah"), 2, "412|280|0"},
    {"grafik", T("batang grafik"), 2, "████████████████|███████████|"},
    {"jam", T("Daftar jam menurut hari"), 1, NULL},
    {"nama", T("jam"), 2, "08.00|09.00"},
    {"senin", T("jumlah tamu hari Senin"), 2, "24|40"},
    {"selasa", T("jumlah tamu hari Selasa"), 2, "22|36"},
    {"rabu", T("jumlah tamu hari Rabu"), 2, "19|33"},
    {"kamis", T("jumlah tamu hari Kamis"), 2, "21|35"},
    {"jumat", T("jumlah tamu hari Jumat"), 2, "12|20"},
    {"sabtu", T("jumlah tamu hari Sabtu"), 2, "0|0"},
    {"minggu", T("jumlah tamu hari Minggu"), 2, "0|0"},
    {"kabar", T("Daftar saluran pemberitahuan"), 1, NULL},
    {"nama", T("saluran"), 2, "WhatsApp"},
    {"dibuat", T("jumlah dibuat"), 2, "1.204"},
    {"terkirim", T("jumlah terkirim"), 2, "1.199"},
    {"sampai", T("jumlah sampai"), 2, "1.190"},
    {"dibaca", T("jumlah dibaca"), 2, "1.102"},
    {"gagal", T("jumlah gagal"), 2, "5"},
};

static const struct letter_placeholder of_office[] = {
    {"isi", T("Isi maklumat"), 0, "Dengan ini, kami menyatakan sanggup menyelenggarakan pelayanan sesuai standar pelayanan (contoh)."},
    {"penandatangan_jabatan", T("Jabatan penanda tangan"), 0, "Kepala Kejaksaan Negeri"},
    {"penandatangan_nama", T("Nama penanda tangan"), 0, "Nama Pejabat, S.H., M.H."},
    {"penandatangan_keterangan", T("Pangkat dan NIP penanda tangan"), 0, "Jaksa Madya (IV/a)\nNIP 19700303 199503 1 003"},
    {"alamat_standar", T("Alamat halaman standar pelayanan"), 0, "contoh"},
    {"qr", T("Kode QR ke halaman standar pelayanan"), 3, "contoh"},
};
/* clang-format on */

/* What a kind is of says what its templates may say, beside what all may. */
static const struct {
    const struct letter_placeholder *rows;
    size_t count;
} tables[] = {
    [LETTER_OF_COMPLAINT] = {of_complaint, ARRAY_LEN(of_complaint)},
    [LETTER_OF_VISIT] = {of_visit, ARRAY_LEN(of_visit)},
    [LETTER_OF_PERIOD] = {of_period, ARRAY_LEN(of_period)},
    [LETTER_OF_OFFICE] = {of_office, ARRAY_LEN(of_office)},
};

const struct letter_placeholder *letter_placeholders(struct arena *a, const struct letter_kind *k)
{
    size_t all = ARRAY_LEN(of_all), own = tables[k->of].count;
    struct letter_placeholder *list = ARENA_ARRAY(a, all + own + 1, struct letter_placeholder);
    memcpy(list, of_all, sizeof(of_all));
    memcpy(list + all, tables[k->of].rows, own * sizeof(*list));
    return list;
}

/* Rules of letters. Pure. See letter.h and letter_rules.h. */
#include <ctype.h>
#include <string.h>

#include "features/letter/letter_rules.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

#define TYPE_MAX    20
#define SUBJECT_MAX 12

/* Types: domain.md 3.8 (B, R, Print as sampled; R-LAPHASTUG: L.IN.4). Subjects of intelligence begin with D;
 * Ds.1 is programme and reports. All of them can be changed on the page of numbers. */
const struct letter_kind letter_kinds[LETTER_KINDS + 1] = {
    {"complaint_form", T("Formulir pengaduan tertulis"), false, NULL, NULL},
    {"receipt", T("Tanda terima pengaduan"), false, NULL, NULL},
    {"review", T("Telaahan intelijen (L.IN.7)"), true, "R-TELAAHAN", "Ds.1"},
    {"disposition", T("Lembar disposisi"), true, "R-DISP", "Ds.1"},
    {"order", T("Surat perintah tugas (IN.1)"), true, "Print", "Ds.1"},
    {"report", T("Laporan hasil pelaksanaan tugas (L.IN.4)"), true, "R-LAPHASTUG", "Ds.1"},
    {"notice", T("Pemberitahuan kepada pelapor"), true, "B", "Ds.1"},
    {"transfer", T("Surat pelimpahan pengaduan"), true, "R", "Ds.1"},
    {"completion", T("Permintaan kelengkapan pengaduan"), true, "B", "Ds.1"},
    {"summons", T("Permintaan keterangan (IN.9)"), true, "R", "Ds.1"},
    {NULL, NULL, false, NULL, NULL},
};

const struct letter_kind *letter_kind_of(const char *code)
{
    for (size_t i = 0; letter_kinds[i].code; i++) {
        if (str_eq(letter_kinds[i].code, code))
            return &letter_kinds[i];
    }
    return NULL;
}

/* --- numbers --------------------------------------------------------------------------------------------- */

char *letter_number_text(struct arena *a, const struct letter_number *n)
{
    struct buf b = buf_new(a, 64, 256);
    buf_printf(&b, "%s-%lld%s", n->type, (long long)n->sequence, n->suffix);
    if (!str_empty(n->unit))
        buf_printf(&b, "/%s", n->unit);
    if (!str_empty(n->subject))
        buf_printf(&b, "/%s", n->subject);
    buf_printf(&b, "/%02d/%lld", (int)n->month, (long long)n->year);
    return b.p;
}

static bool code_ok(const char *s, size_t max)
{
    size_t n = strlen(s);
    return n > 0 && n <= max && isalpha((unsigned char)*s) &&
           strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-") == n;
}

bool letter_type_ok(const char *type)
{
    return type && code_ok(type, TYPE_MAX);
}

bool letter_subject_ok(const char *code)
{
    return str_empty(code) || code_ok(code, SUBJECT_MAX);
}

const char *letter_suffix(struct arena *a, int64_t used)
{
    char reversed[16];
    size_t n = 0;
    for (int64_t k = used + 1; k > 0 && n < sizeof(reversed); k = (k - 1) / 26)
        reversed[n++] = (char)('A' + (k - 1) % 26);
    char *text = arena_alloc(a, n + 1);
    for (size_t i = 0; i < n; i++)
        text[i] = reversed[n - 1 - i];
    return text;
}

/* --- what a kind asks for ----------------------------------------------------------------------------------- */

#define HEAD_OF_LETTER                                                                             \
    (LETTER_ADDRESSEE | LETTER_SUBJECT | LETTER_NATURE | LETTER_ATTACHMENT | LETTER_COPIES)

static const struct {
    const char *kind;
    unsigned shown, needed;
} asked[] = {
    {"review",
     LETTER_ADDRESSEE | LETTER_SUBJECT | LETTER_NATURE | LETTER_ATTACHMENT | LETTER_VALUE |
         LETTER_ANALYSIS | LETTER_CONCLUSION | LETTER_ADVICE,
     LETTER_ADDRESSEE | LETTER_SUBJECT | LETTER_ANALYSIS | LETTER_CONCLUSION | LETTER_ADVICE},
    {"disposition",
     LETTER_ADDRESSEE | LETTER_SUBJECT | LETTER_NATURE | LETTER_BODY | LETTER_NOTE | LETTER_PERIOD,
     LETTER_ADDRESSEE | LETTER_SUBJECT | LETTER_BODY},
    {"order", LETTER_BASIS | LETTER_TEAM | LETTER_TASK | LETTER_PERIOD | LETTER_COPIES,
     LETTER_BASIS | LETTER_TEAM | LETTER_TASK | LETTER_PERIOD},
    {"report",
     LETTER_ADDRESSEE | LETTER_SUBJECT | LETTER_BASIS | LETTER_TEAM | LETTER_BODY | LETTER_NOTE |
         LETTER_ANALYSIS | LETTER_CONCLUSION | LETTER_ADVICE,
     LETTER_ADDRESSEE | LETTER_SUBJECT | LETTER_BODY | LETTER_CONCLUSION | LETTER_ADVICE},
    {"notice", HEAD_OF_LETTER | LETTER_BODY | LETTER_CONCLUSION, LETTER_SUBJECT | LETTER_BODY},
    {"transfer", HEAD_OF_LETTER | LETTER_BODY, LETTER_ADDRESSEE | LETTER_SUBJECT | LETTER_BODY},
    {"completion", HEAD_OF_LETTER | LETTER_BODY | LETTER_PERIOD, LETTER_SUBJECT | LETTER_BODY},
    {"summons", HEAD_OF_LETTER | LETTER_PERIOD | LETTER_NOTE | LETTER_TASK | LETTER_BODY,
     LETTER_ADDRESSEE | LETTER_SUBJECT | LETTER_PERIOD | LETTER_NOTE | LETTER_TASK},
};

unsigned letter_fields_shown(const char *kind)
{
    for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
        if (str_eq(asked[i].kind, kind))
            return asked[i].shown;
    }
    return 0;
}

unsigned letter_fields_needed(const char *kind)
{
    for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
        if (str_eq(asked[i].kind, kind))
            return asked[i].needed;
    }
    return 0;
}

bool letter_to_reporter(const char *kind)
{
    return str_eq(kind, "notice") || str_eq(kind, "completion");
}

/* --- placeholders -------------------------------------------------------------------------------------------- */

/* clang-format off */
const struct letter_placeholder letter_placeholders[] = {
    {"kantor_induk", T("Kejaksaan Tinggi di atasnya"), 0},
    {"kantor", T("Nama kantor"), 0},
    {"alamat_kantor", T("Alamat kantor"), 0},
    {"telepon_kantor", T("Telepon kantor"), 0},
    {"kode_kantor", T("Kode satuan kerja pada nomor surat"), 0},
    {"tempat", T("Tempat penandatanganan"), 0},
    {"nomor_surat", T("Nomor surat"), 0},
    {"tanggal", T("Tanggal surat"), 0},
    {"sifat", T("Sifat surat"), 0},
    {"lampiran", T("Lampiran"), 0},
    {"perihal", T("Perihal"), 0},
    {"kepada", T("Alamat tujuan"), 0},
    {"isi", T("Isi surat"), 0},
    {"analisa", T("Analisa"), 0},
    {"kesimpulan", T("Kesimpulan"), 0},
    {"saran", T("Saran"), 0},
    {"tugas", T("Tugas atau keperluan"), 0},
    {"jangka_waktu", T("Jangka waktu"), 0},
    {"catatan", T("Catatan"), 0},
    {"nilai", T("Nilai sumber dan isi (A–F, 1–6)"), 0},
    {"penandatangan_jabatan", T("Jabatan penanda tangan"), 0},
    {"penandatangan_nama", T("Nama penanda tangan"), 0},
    {"penandatangan_pangkat", T("Pangkat penanda tangan"), 0},
    {"penandatangan_nip", T("NIP penanda tangan"), 0},
    {"petugas_nama", T("Nama petugas penerima"), 0},
    {"petugas_jabatan", T("Jabatan petugas penerima"), 0},
    {"petugas_nip", T("NIP petugas penerima"), 0},
    {"nomor_pengaduan", T("Nomor pengaduan"), 0},
    {"tanggal_terima", T("Tanggal pengaduan diterima"), 0},
    {"waktu_terima", T("Tanggal dan jam pengaduan diterima"), 0},
    {"cara_terima", T("Cara pengaduan disampaikan"), 0},
    {"golongan", T("Jenis perkara"), 0},
    {"pelapor_nama", T("Nama pelapor"), 0},
    {"pelapor_identitas", T("Jenis dan nomor identitas pelapor"), 0},
    {"pelapor_pekerjaan", T("Pekerjaan pelapor"), 0},
    {"pelapor_alamat", T("Alamat pelapor"), 0},
    {"pelapor_telepon", T("Telepon pelapor"), 0},
    {"uraian", T("Uraian pengaduan"), 0},
    {"siapa", T("Siapa"), 0},
    {"kapan", T("Kapan"), 0},
    {"di_mana", T("Di mana"), 0},
    {"bagaimana", T("Bagaimana"), 0},
    {"mengapa", T("Mengapa"), 0},
    {"tempat_kejadian", T("Daerah kejadian"), 0},
    {"masa_kejadian", T("Masa kejadian"), 0},
    {"kerugian", T("Perkiraan kerugian"), 0},
    {"laporan_sebelumnya", T("Laporan sebelumnya"), 0},
    {"kode_rahasia", T("Kode rahasia pelapor (tanda terima)"), 0},
    {"qr", T("Kode QR (tanda terima)"), 3},
    {"anonim", T("Bagian yang tampil bila pelapor tanpa nama"), 1},
    {"dirahasiakan", T("Bagian yang tampil bila identitas dirahasiakan"), 1},
    {"lisan", T("Bagian yang tampil bila disampaikan lisan"), 1},
    {"ada_terlapor", T("Bagian yang tampil bila ada terlapor"), 1},
    {"ada_tembusan", T("Bagian yang tampil bila ada tembusan"), 1},
    {"terlapor", T("Daftar pihak yang dilaporkan"), 1},
    {"nomor", T("nomor urut"), 2},
    {"nama", T("nama"), 2},
    {"jabatan", T("jabatan"), 2},
    {"alamat", T("alamat"), 2},
    {"dokumen", T("Daftar dokumen yang diserahkan"), 1},
    {"nomor", T("nomor urut"), 2},
    {"jenis", T("jenis dokumen"), 2},
    {"bentuk", T("salinan, asli, atau digital"), 2},
    {"jumlah", T("jumlah"), 2},
    {"dasar", T("Daftar dasar"), 1},
    {"nomor", T("nomor urut"), 2},
    {"isi", T("isi"), 2},
    {"tim", T("Daftar yang diperintah"), 1},
    {"nomor", T("nomor urut"), 2},
    {"nama", T("nama"), 2},
    {"pangkat", T("pangkat"), 2},
    {"nip", T("NIP"), 2},
    {"jabatan", T("jabatan"), 2},
    {"tembusan", T("Daftar tembusan"), 1},
    {"nomor", T("nomor urut"), 2},
    {"isi", T("isi"), 2},
    {NULL, NULL, 0},
};
/* clang-format on */

/* The 14 components, the standard that is shipped, what a version must hold, what an officer lacks. Pure. */
#include "features/standard/standard.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/base/banned.h"

const struct standard_part_info standard_parts[STANDARD_PARTS] = {
    {"requirements", T("Persyaratan")},
    {"procedure", T("Sistem, mekanisme, dan prosedur")},
    {"time", T("Jangka waktu pelayanan")},
    {"fee", T("Biaya atau tarif")},
    {"product", T("Produk pelayanan")},
    {"complaints", T("Penanganan pengaduan, saran, dan masukan")},
    {"legal", T("Dasar hukum")},
    {"facilities", T("Sarana, prasarana, dan fasilitas")},
    {"skills", T("Kompetensi pelaksana")},
    {"supervision", T("Pengawasan internal")},
    {"staffing", T("Jumlah pelaksana")},
    {"guarantee", T("Jaminan pelayanan")},
    {"safety", T("Jaminan keamanan dan keselamatan pelayanan")},
    {"evaluation", T("Evaluasi kinerja pelaksana")},
};

/* --- the shipped one ------------------------------------------------------------------------------------------ */

#define KAPUAS        "O.2.12"
#define KAPUAS_DECREE "KEP-19/O.2.12/Cr.5/06/2024"

static const char *const shipped_parts[STANDARD_PARTS] = {
    [STANDARD_REQUIREMENTS] = "Kartu identitas diri",
    [STANDARD_PROCEDURE] =
        "Tamu melapor di PTSP {kantor}\n"
        "Petugas melakukan input data identitas dan foto tamu pada aplikasi "
        "bukutamu.kejaksaan.go.id\n"
        "Petugas meminta kartu identitas tamu dan memberikan Tanda Pengenal Tamu\n"
        "Petugas mengantar tamu ke ruang tunggu\n"
        "Kasi Intelijen menerima notifikasi via WA yang terkirim secara otomatis dari aplikasi "
        "bukutamu.kejaksaan.go.id\n"
        "Kasi Intelijen menyampaikan kepada Kajari apakah tamu dapat diterima oleh Kajari atau "
        "cukup Kasi Intelijen\n"
        "Kasi Intelijen menanyakan maksud dan tujuan tamu; jika terkait dengan pengaduan, "
        "pengaduan tersebut dibuat secara tertulis\n"
        "Saat tamu meninggalkan kantor, Petugas Piket mengembalikan kartu identitas diri dan alat "
        "komunikasi tamu\n"
        "Petugas Piket mengambil kembali Tanda Pengenal Tamu",
    [STANDARD_TIME] = "10 menit",
    [STANDARD_FEE] = "Tidak dipungut biaya",
    [STANDARD_PRODUCT] = "Layanan terkait Laporan Pengaduan Intelijen",
    [STANDARD_COMPLAINTS] = "Di loket PTSP {kantor}, {alamat}\n"
                            "Lewat halaman Pengaduan layanan di alamat Buku Tamu kantor ini; "
                            "perkembangannya dapat diikuti dengan nomor dan kode tiket",
    [STANDARD_LEGAL] = "Undang-Undang Nomor 25 Tahun 2009 tentang Pelayanan Publik\n"
                       "Undang-Undang Nomor 14 Tahun 2008 tentang Keterbukaan Informasi Publik\n"
                       "Peraturan Menteri PANRB Nomor 15 Tahun 2014 tentang Pedoman Standar "
                       "Pelayanan",
    [STANDARD_SKILLS] = "Memahami Pedoman Pelayanan Informasi Publik\n"
                        "Mengetahui dan menguasai aplikasi MS Office (minimal MS Word dan Excel)",
};

const char *standard_fill(struct arena *a, const char *text, const struct office *o)
{
    struct buf b = buf_new(a, 512, 16 * 1024);
    for (const char *c = str_or(text, ""); *c;) {
        if (str_starts(c, "{kantor}")) {
            buf_puts(&b, o->name);
            c += strlen("{kantor}");
        } else if (str_starts(c, "{alamat}")) {
            buf_puts(&b, str_or(o->address, o->name));
            c += strlen("{alamat}");
        } else {
            buf_putc(&b, *c++);
        }
    }
    return b.p;
}

struct standard standard_shipped(struct arena *a, const struct office *o)
{
    bool kapuas = str_eq(o->code, KAPUAS);
    struct standard s = {.id = STANDARD_SHIPPED,
                         .kind = STANDARD_BOOK,
                         .version = 1,
                         .limit_count = 10,
                         .limit_unit = "minute",
                         .start_step = 1,
                         .stop_step = 7,
                         .title = "Standar Pelayanan Laporan Pengaduan Intelijen",
                         .decree = kapuas ? KAPUAS_DECREE : "",
                         .valid_from = ""};
    for (size_t i = 0; i < STANDARD_PARTS; i++)
        s.parts[i] = standard_fill(a, shipped_parts[i], o);
    return s;
}

/* --- lines ------------------------------------------------------------------------------------------------------ */

size_t standard_line_count(const char *text)
{
    size_t n = 0;
    for (const char *c = str_or(text, ""); *c; c += *c == '\n') {
        size_t length = strcspn(c, "\n");
        n += length > 0;
        c += length;
    }
    return n;
}

char *standard_line(struct arena *a, const char *text, int64_t n)
{
    for (const char *c = str_or(text, ""); *c; c += *c == '\n') {
        size_t length = strcspn(c, "\n");
        if (length > 0 && --n == 0)
            return arena_strndup(a, c, length);
        c += length;
    }
    return arena_strdup(a, "");
}

struct refusal standard_check(const struct standard *s)
{
    int64_t steps = (int64_t)standard_line_count(s->parts[STANDARD_PROCEDURE]);
    for (size_t i = 0; i < STANDARD_PUBLISHED; i++) {
        if (standard_line_count(s->parts[i]) == 0)
            return (struct refusal){
                .err = ERR_INVALID,
                .code = "missing",
                .field = standard_parts[i].code,
                .msgid = T("Isi bagian ini: enam komponen pertama wajib dipublikasikan.")};
    }
    if (s->start_step < 1 || s->start_step > steps)
        return (struct refusal){.err = ERR_INVALID,
                                .code = "step",
                                .field = "start_step",
                                .msgid = T("Tulis nomor langkah yang ada di prosedur.")};
    if (s->stop_step <= s->start_step || s->stop_step > steps)
        return (struct refusal){
            .err = ERR_INVALID,
            .code = "step",
            .field = "stop_step",
            .msgid = T("Tulis nomor langkah prosedur sesudah langkah yang memulai waktu.")};
    if (str_eq(s->kind, STANDARD_BOOK) && !str_eq(s->limit_unit, "minute"))
        return (struct refusal){
            .err = ERR_INVALID,
            .code = "unit",
            .field = "limit_unit",
            .msgid = T("Pilih menit: waktu standar buku tamu diukur pada setiap kunjungan.")};
    return (struct refusal){.err = ERR_OK};
}

/* --- what officers must know -------------------------------------------------------------------------------------- */

bool standard_certificate_holds(const struct certificate *c, const char *today)
{
    return c && (str_empty(c->expires) || strcmp(c->expires, today) >= 0);
}

const struct certificate *standard_certificate(const struct skill_facts *f, const char *staff_id,
                                               const char *kind)
{
    const struct certificate *best = NULL;
    for (size_t i = 0; i < f->certificate_count; i++) {
        const struct certificate *c = &f->certificates[i];
        if (!str_eq(c->staff_id, staff_id) || !str_eq(c->kind, kind))
            continue;
        if (!best || str_empty(c->expires) ||
            (!str_empty(best->expires) && strcmp(c->expires, best->expires) > 0))
            best = c;
    }
    return best;
}

struct skill_gap standard_skill_gap(const struct skill_facts *f, const char *staff_id,
                                    const char *today)
{
    struct skill_gap g = {.guideline = f->has_guideline};
    for (size_t i = 0; i < f->reader_count; i++)
        g.guideline = g.guideline && !str_eq(f->readers[i].staff_id, staff_id);
    g.word = !standard_certificate_holds(standard_certificate(f, staff_id, "word"), today);
    g.excel = !standard_certificate_holds(standard_certificate(f, staff_id, "excel"), today);
    return g;
}

/* Papers of the complaint desk: tanda terima and the written complaint, and what all papers have in common. Their
 * words stand here as they are printed: a letter of the office is in Indonesian. */
#include <stdio.h>
#include <string.h>

#include "features/proof/proof_web.h"
#include "lib/base/phone.h"
#include "lib/base/settings.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/qr/qr.h"
#include "lib/base/banned.h"

/* --- words ------------------------------------------------------------------------------------------------- */

const char *proof_received(const struct cx *cx, int64_t at, bool day_only)
{
    return day_only ? time_long_date(cx->arena, at, cx->offset_min, false)
                    : time_paper_moment(cx->arena, at, cx->offset_min);
}

const char *proof_short_time(const struct cx *cx, int64_t ms)
{
    struct civil c = time_civil(ms, cx->offset_min);
    return arena_printf(cx->arena, "%02d-%02d-%04d %02d.%02d", c.day, c.month, c.year, c.hour,
                        c.minute);
}

static const char *address_of(const struct cx *cx, const char *path)
{
    const char *set = cx->settings ? cx->settings->public_url : NULL;
    if (str_empty(set))
        return arena_printf(cx->arena, "http://%s%s",
                            cx->settings ? cx->settings->listen : "localhost", path);
    size_t n = strlen(set);
    return arena_printf(cx->arena, "%.*s%s", (int)(set[n - 1] == '/' ? n - 1 : n), set, path);
}

const char *proof_follow_url(const struct cx *cx)
{
    return address_of(cx, "/tindak-lanjut");
}

const char *proof_check_url(const struct cx *cx, const char *code)
{
    return address_of(cx, arena_printf(cx->arena, "/periksa/%s", code));
}

static const char *mode_words(const char *mode)
{
    if (str_eq(mode, "anonymous"))
        return "Tanpa nama";
    return str_eq(mode, "known") ? "Identitas tercatat, boleh diketahui petugas penanganan"
                                 : "Identitas dirahasiakan, tercatat terpisah";
}

static const char *officer_words(struct arena *a, const char *name, const char *title)
{
    return str_empty(title) ? str_or(name, "") : arena_printf(a, "%s, %s", str_or(name, ""), title);
}

static const char *below_name(struct arena *a, const char *title, const char *nip)
{
    if (str_empty(nip))
        return str_or(title, "");
    return arena_printf(a, "%s\nNIP %s", str_or(title, ""), nip);
}

/* --- every paper ------------------------------------------------------------------------------------------- */

enum err proof_sheet_begin(struct cx *cx, const struct proof_sheet *s, struct pdf **ret)
{
    struct office office = {0};
    TRY(office_get(cx->read, cx->actor.office_id, &office));
    const struct pdf_info info = {.title = s->title,
                                  .author = office.name,
                                  .created_ms = s->created_ms ? s->created_ms : cx->now_ms,
                                  .offset_min = cx->offset_min,
                                  .footer = s->footer,
                                  .watermark = s->watermark};
    struct pdf *p = pdf_new(cx->arena, &info);
    pdf_letterhead(
        p, &(struct pdf_letterhead){office.parent_name, office.name, office.address, office.phone});
    *ret = p;
    return ERR_OK;
}

enum err proof_sheet_end(struct cx *cx, struct pdf *p, struct bytes *ret)
{
    struct pdf_file file;
    enum err e = pdf_finish(p, &file);
    if (e == ERR_LIMIT || (e == ERR_OK && file.data.n > HTTP_MEMORY_BODY))
        return cx_fail(cx, ERR_CONFLICT, "too_large",
                       T("Berkas ini terlalu besar untuk dijadikan satu PDF."));
    if (e != ERR_OK)
        return cx_detail(cx, e, "the PDF could not be made");
    *ret = file.data;
    return ERR_OK;
}

enum err proof_sheet_code(struct cx *cx, struct pdf *p, const char *url,
                          const struct pdf_code *words)
{
    struct qr code;
    if (qr_make(cx->arena, url, &code) != ERR_OK)
        return cx_detail(cx, ERR_INTERNAL, "no QR code for an address");
    struct pdf_code c = *words;
    c.modules = code.modules;
    c.dark = code.dark;
    pdf_code(p, &c);
    return ERR_OK;
}

enum err proof_send(struct cx *cx, struct http_res *res, struct bytes file, const char *name)
{
    return http_res_download(cx, res, PDF_TYPE, name, file);
}

/* --- what a complaint says ------------------------------------------------------------------------------------- */

static const char *form_words(const char *form)
{
    if (str_eq(form, "copy"))
        return "Salinan";
    if (str_eq(form, "original"))
        return "Asli";
    return str_eq(form, "digital") ? "Berkas digital" : "";
}

static void add_documents(struct cx *cx, struct pdf *p, const struct complaint_document *d,
                          size_t count)
{
    static const struct pdf_column columns[] = {{"No.", 8, PDF_RIGHT},
                                                {"Jenis dokumen", 60, PDF_LEFT},
                                                {"Bentuk", 24, PDF_LEFT},
                                                {"Jumlah", 13, PDF_RIGHT}};
    const size_t width = ARRAY_LEN(columns);
    const char **cells = ARENA_ARRAY(cx->arena, width * count + 1, const char *);
    for (size_t i = 0; i < count; i++) {
        cells[i * width] = arena_printf(cx->arena, "%zu", i + 1);
        cells[i * width + 1] = d[i].kind;
        cells[i * width + 2] = form_words(d[i].form);
        cells[i * width + 3] = arena_printf(cx->arena, "%lld",
                                            (long long)(d[i].count ? d[i].count : 1));
    }
    pdf_table(p, &(struct pdf_table){.caption = "Dokumen yang diserahkan",
                                     .columns = columns,
                                     .column_count = width,
                                     .cells = cells,
                                     .row_count = count,
                                     .empty = "Tidak ada dokumen yang diserahkan"});
}

static void add_parties(struct cx *cx, struct pdf *p, const struct complaint_text *t)
{
    static const struct pdf_column columns[] = {{"No.", 8, PDF_RIGHT},
                                                {"Nama", 36, PDF_LEFT},
                                                {"Jabatan", 30, PDF_LEFT},
                                                {"Instansi atau alamat", 36, PDF_LEFT}};
    const size_t width = ARRAY_LEN(columns);
    const char **cells = ARENA_ARRAY(cx->arena, width * t->party_count + 1, const char *);
    for (size_t i = 0; i < t->party_count; i++) {
        const struct complaint_party *party = &t->parties[i];
        const char *row[] = {arena_printf(cx->arena, "%zu", i + 1), party->name, party->position,
                             party->address};
        memcpy(cells + i * width, row, sizeof(row));
    }
    pdf_heading(p, "Terlapor");
    if (t->party_count > 0 || str_empty(t->reported_party))
        pdf_table(p, &(struct pdf_table){.columns = columns,
                                         .column_count = width,
                                         .cells = cells,
                                         .row_count = t->party_count,
                                         .empty = "Tidak ditulis"});
    pdf_paragraph(p, t->reported_party);
}

/* 1500000 → "Rp1.500.000" */
static const char *rupiah(struct arena *a, int64_t n)
{
    char digits[24];
    struct buf b = buf_new(a, 32, 64);
    int length = snprintf(digits, sizeof(digits), "%lld", (long long)n);
    buf_puts(&b, "Rp");
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            buf_putc(&b, '.');
        buf_putc(&b, digits[i]);
    }
    return b.p;
}

/* Only what was written: an empty line asks for a pen, and here the pen comes too late. */
static void add_questions(struct cx *cx, struct pdf *p, const struct complaint_text *t)
{
    const struct pdf_fact all[] = {
        {"Siapa", t->questions.who},
        {"Bilamana", t->questions.when},
        {"Di mana", t->questions.where},
        {"Bagaimana", t->questions.how},
        {"Mengapa", t->questions.why},
        {"Tempat kejadian", t->place},
        {"Waktu kejadian", t->period},
        {"Perkiraan kerugian", t->loss_rupiah > 0 ? rupiah(cx->arena, t->loss_rupiah) : NULL},
        {"Pernah dilaporkan", t->earlier},
    };
    struct pdf_fact written[ARRAY_LEN(all)];
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        if (!str_empty(all[i].value))
            written[n++] = all[i];
    }
    if (n > 0)
        pdf_facts(p, written, n);
}

void proof_sheet_content(struct cx *cx, struct pdf *p, const struct complaint_text *t)
{
    add_parties(cx, p, t);
    pdf_heading(p, "Uraian");
    pdf_paragraph(p, t->text);
    add_questions(cx, p, t);
    add_documents(cx, p, t->documents, t->document_count);
}

static const char *id_type_words(const char *type)
{
    static const char *const words[][2] = {
        {"ktp", "KTP"}, {"sim", "SIM"}, {"passport", "Paspor"}, {"kk", "Kartu Keluarga"}};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_eq(words[i][0], type))
            return words[i][1];
    }
    return "Nomor identitas";
}

void proof_sheet_reporter(struct pdf *p, const struct complaint_reporter *r)
{
    const struct pdf_fact facts[] = {
        {"Nama", r->name},
        {id_type_words(r->id_type), r->id_number},
        {"Pekerjaan", r->occupation},
        {"Alamat", r->address},
        {"Telepon", r->phone},
        {"Surel", r->email},
    };
    pdf_heading(p, "Pelapor");
    pdf_facts(p, facts, ARRAY_LEN(facts));
}

/* --- tanda terima ------------------------------------------------------------------------------------------------ */

static const char *two_lines(struct arena *a, const char *code)
{
    /* XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-C: after the third group */
    return strlen(code) < 16 ? code : arena_printf(a, "%.14s\n%s", code, code + 15);
}

static enum err receipt_code(struct cx *cx, struct pdf *p, const char *code)
{
    if (!code) {
        pdf_note(
            p,
            "Lembar arsip. Kode rahasia tindak lanjut hanya ada pada lembar pelapor; kantor tidak "
            "menyimpannya.");
        return ERR_OK;
    }
    return proof_sheet_code(
        cx, p, proof_follow_url(cx),
        &(struct pdf_code){
            .title = "Kode rahasia tindak lanjut",
            .secret = two_lines(cx->arena, code),
            .text = arena_printf(
                cx->arena,
                "Dengan kode ini Anda dapat melihat perkembangan, menambah dokumen, dan membaca "
                "jawaban di %s, tanpa akun. Simpan seperti uang. Jangan difoto, dikirim, atau "
                "diperlihatkan.",
                proof_follow_url(cx))});
}

enum err proof_receipt_pdf(struct cx *cx, const struct proof_receipt *r, struct bytes *ret)
{
    struct pdf *p = NULL;
    const char *sheet = r->code ? "Lembar pelapor" : "Lembar arsip";
    const char *footer = arena_printf(cx->arena, "Tanda terima %s · %s", r->number, sheet);
    bool anonymous = str_eq(r->mode, "anonymous");
    int64_t day = time_day_start(cx->now_ms, cx->offset_min);
    TRY(proof_sheet_begin(cx,
                          &(struct proof_sheet){.title = "Tanda terima pengaduan",
                                                .footer = footer,
                                                .created_ms = anonymous ? day : 0},
                          &p));
    pdf_title(p, "TANDA TERIMA PENGADUAN", arena_printf(cx->arena, "Nomor: %s", r->number));
    const bool officer = !str_empty(r->officer);
    const struct pdf_fact facts[] = {
        {"Diterima", r->received},
        {"Pelapor", mode_words(r->mode)},
        {"Cara", complaint_label(complaint_ways, r->way)},
        {"Penerima", officer ? officer_words(cx->arena, r->officer, r->officer_title)
                             : "Diterima tanpa petugas, ditulis sendiri oleh pelapor"},
    };
    pdf_facts(p, facts, ARRAY_LEN(facts));
    add_documents(cx, p, r->documents, r->document_count);
    TRY(receipt_code(cx, p, r->code));
    pdf_note(p, arena_printf(cx->arena,
                             "Tidak dipungut biaya. %s%s%sKeluhan atas pelayanan: loket PTSP atau "
                             "halaman Pengaduan Layanan.",
                             r->deadline ? "Pemeriksaan kelengkapan selesai paling lambat " : "",
                             str_or(r->deadline, ""), r->deadline ? ". " : ""));
    const struct pdf_signature both[] = {
        {.role = "Yang menyerahkan,", .below = "Pelapor (tanda tangan atau paraf)"},
        {.role = "Yang menerima,",
         .name = r->officer,
         .below = below_name(cx->arena, r->officer_title, r->officer_nip)}};
    if (officer)
        pdf_signatures(p, both, ARRAY_LEN(both));
    return proof_sheet_end(cx, p, ret);
}

/* --- the written complaint --------------------------------------------------------------------------------------- */

#define ORAL_NOTE                                                                                  \
    "Pengaduan ini disampaikan secara lisan dan dituliskan oleh petugas (Pasal 7 Peraturan "       \
    "Pemerintah Nomor 43 Tahun 2018). Isinya telah dibacakan kepada pelapor, yang "                \
    "membenarkannya; "                                                                             \
    "naskah ini ditandatangani oleh pelapor dan petugas."
#define WRITTEN_NOTE                                                                               \
    "Pelapor menyatakan bahwa isi pengaduan ini disampaikan menurut apa yang diketahuinya."

static void complaint_reporter_part(struct pdf *p, const struct proof_complaint *c)
{
    static const struct complaint_reporter by_pen = {.name = NULL};
    if (c->reporter) {
        proof_sheet_reporter(p, c->reporter);
        return;
    }
    if (!str_eq(c->mode, "anonymous")) {
        proof_sheet_reporter(p, &by_pen);
        return;
    }
    pdf_heading(p, "Pelapor");
    pdf_paragraph(p, "Pelapor tidak menyebutkan nama.");
}

enum err proof_complaint_pdf(struct cx *cx, const struct proof_complaint *c, struct bytes *ret)
{
    struct pdf *p = NULL;
    bool anonymous = str_eq(c->mode, "anonymous");
    int64_t day = time_day_start(cx->now_ms, cx->offset_min);
    TRY(proof_sheet_begin(
        cx,
        &(struct proof_sheet){.title = "Pengaduan tertulis",
                              .footer = arena_printf(cx->arena, "Pengaduan %s · RAHASIA", c->number),
                              .created_ms = anonymous ? day : 0},
        &p));
    pdf_title(p, "PENGADUAN TERTULIS", arena_printf(cx->arena, "Nomor: %s", c->number));
    const struct pdf_fact facts[] = {
        {"Diterima", c->received},
        {"Cara", complaint_label(complaint_ways, c->way)},
        {"Golongan", complaint_label(complaint_classes, c->class)},
        {"Identitas pelapor", mode_words(c->mode)},
    };
    pdf_facts(p, facts, ARRAY_LEN(facts));
    complaint_reporter_part(p, c);
    proof_sheet_content(cx, p, c->text);
    pdf_paragraph(p, str_eq(c->way, "oral") ? ORAL_NOTE : WRITTEN_NOTE);
    const char *name = c->reporter ? c->reporter->name : NULL;
    const struct pdf_signature both[] = {
        {.role = "Pelapor,", .name = name, .below = name ? "" : "Tanda tangan atau cap jempol"},
        {.role = "Petugas penerima,",
         .name = c->officer,
         .below = below_name(cx->arena, c->officer_title, c->officer_nip)}};
    pdf_signatures(p, both, str_empty(c->officer) ? 1 : ARRAY_LEN(both));
    return proof_sheet_end(cx, p, ret);
}

/* The book on paper and as a workbook: the official columns, the monthly recap, the signatures. */
#include <string.h>

#include "features/audit/audit.h"
#include "features/portal/portal.h"
#include "features/proof/proof.h"
#include "features/register/register_web.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/pdf/pdf.h"
#include "lib/qr/qr.h"
#include "lib/seal/seal.h"
#include "lib/xlsx/xlsx.h"
#include "lib/base/banned.h"

#define CHANGE_COLUMNS 4

/* --- pdf ------------------------------------------------------------------------------------------------ */

static void paper_table(struct cx *cx, struct pdf *p, const struct register_sheet *s)
{
    const struct register_book *b = &s->book;
    struct pdf_column *columns = ARENA_ARRAY(cx->arena, b->column_count, struct pdf_column);
    const char **cells = ARENA_ARRAY(cx->arena, s->line_count * b->column_count + 1, const char *);
    for (size_t i = 0; i < b->column_count; i++)
        columns[i] = (struct pdf_column){.head = b->columns[i].label,
                                         .width = b->columns[i].share,
                                         .align = i ? PDF_LEFT : PDF_CENTER};
    for (size_t i = 0; i < s->line_count; i++)
        memcpy(cells + i * b->column_count, s->lines[i].cells, b->column_count * sizeof(*cells));
    const struct pdf_table table = {.columns = columns,
                                    .column_count = b->column_count,
                                    .cells = cells,
                                    .row_count = s->line_count,
                                    .empty = "NIHIL",
                                    .text_pt = 8};
    pdf_table(p, &table);
}

static const char *number(struct cx *cx, int64_t n)
{
    return arena_printf(cx->arena, "%lld", (long long)n);
}

/* Individuals and organisations are counted for guests alone. */
static size_t recap_lines(const struct register_book *b)
{
    return b->source == REGISTER_VISITS ? 7 : 5;
}

static void paper_recap(struct cx *cx, struct pdf *p, const struct register_sheet *s)
{
    const struct register_recap *r = &s->recap;
    const struct pdf_fact facts[] = {
        {"Sisa bulan lalu", number(cx, r->carried)},
        {"Masuk bulan laporan", number(cx, r->received)},
        {"Jumlah", number(cx, r->carried + r->received)},
        {"Diselesaikan", number(cx, r->settled)},
        {"Sisa bulan laporan", number(cx, r->carried + r->received - r->settled)},
        {"Jumlah tamu perorangan", number(cx, r->individuals)},
        {"Jumlah tamu yang mewakili organisasi", number(cx, r->organisations)}};
    pdf_heading(p, "Rekapitulasi bulan ini");
    pdf_facts(p, facts, recap_lines(&s->book));
}

/* "05-10-2026", as books are written. */
static const char *paper_day(struct cx *cx, int64_t ms)
{
    struct civil c = time_civil(ms, cx->offset_min);
    return arena_printf(cx->arena, "%02d-%02d-%04d", c.day, c.month, c.year);
}

/* What came into months that were closed already stands here, dated, and nowhere else. */
static void paper_changes(struct cx *cx, struct pdf *p, const struct register_sheet *s)
{
    static const struct pdf_column columns[] = {{"Tanggal", 12, PDF_LEFT},
                                                {"Nomor dan tanggal entri", 20, PDF_LEFT},
                                                {"Yang diperbaiki", 20, PDF_LEFT},
                                                {"Alasan", 48, PDF_LEFT}};
    const char **cells = ARENA_ARRAY(cx->arena, s->change_count * CHANGE_COLUMNS + 1, const char *);
    if (s->change_count == 0)
        return;
    for (size_t i = 0; i < s->change_count; i++) {
        const struct register_change *c = &s->changes[i];
        cells[i * CHANGE_COLUMNS] = paper_day(cx, c->at);
        cells[i * CHANGE_COLUMNS + 1] = arena_printf(
            cx->arena, "%s, %s",
            register_number_text(cx->arena, c->series, c->number, c->number_suffix, c->year),
            paper_day(cx, c->row_at));
        cells[i * CHANGE_COLUMNS + 2] = register_change_text(cx, &s->book, c);
        cells[i * CHANGE_COLUMNS + 3] = c->reason;
    }
    const struct pdf_table table = {.caption = "Perbaikan atas bulan yang sudah ditutup",
                                    .columns = columns,
                                    .column_count = CHANGE_COLUMNS,
                                    .cells = cells,
                                    .row_count = s->change_count,
                                    .text_pt = 8};
    pdf_table(p, &table);
}

/* "role\nname\nrank\nNIP" → the three parts of a signature. */
static struct pdf_signature signature(struct cx *cx, const char *head, const char *lines)
{
    char *text = arena_strdup(cx->arena, lines), *name = strchr(text, '\n'), *below = NULL;
    if (name) {
        *name++ = '\0';
        below = strchr(name, '\n');
    }
    if (below)
        *below++ = '\0';
    const char *role = head ? arena_printf(cx->arena, "%s\n%s", head, text) : text;
    return (struct pdf_signature){.role = role, .name = name, .below = below};
}

static void paper_signatures(struct cx *cx, struct pdf *p, const struct register_sheet *s)
{
    int64_t last_ms = s->month.until_ms - 1;
    struct pdf_signature both[2];
    size_t n = 0;
    if (!str_empty(s->closing.acknowledged))
        both[n++] = signature(cx, "Mengetahui,", s->closing.acknowledged);
    both[n] = signature(cx, NULL, s->closing.signer);
    pdf_paragraph(p, arena_printf(cx->arena, "Ditutup pada akhir bulan %s.", s->label));
    both[n++].place_date = arena_printf(cx->arena, "%s, %s", s->book.place,
                                        time_long_date(cx->arena,
                                                       s->closed ? s->closing.closed_at : last_ms,
                                                       cx->offset_min, false));
    pdf_signatures(p, both, n);
}

static enum err paper_code(struct cx *cx, struct pdf *p, const char *code)
{
    struct qr qr;
    const char *url = proof_check_url(cx, code);
    TRY(qr_make(cx->arena, url, &qr));
    const struct pdf_code c = {.modules = qr.modules,
                               .dark = qr.dark,
                               .title = "Keaslian buku ini dapat diperiksa",
                               .text = arena_printf(cx->arena, "%s\nKode: %s", url, code)};
    pdf_code(p, &c);
    return ERR_OK;
}

enum err register_pdf(struct cx *cx, const struct register_sheet *s, const char *code,
                      struct bytes *ret, size_t *ret_pages)
{
    const struct register_book *b = &s->book;
    const struct pdf_info info = {.title = arena_printf(cx->arena, "%s %s", b->code, s->label),
                                  .author = s->office.name,
                                  .created_ms = cx->now_ms,
                                  .offset_min = cx->offset_min,
                                  .landscape = true,
                                  .text_pt = 10,
                                  .footer = arena_printf(cx->arena, "%s%s · %s · %s",
                                                         b->confidential ? "RAHASIA · " : "",
                                                         b->code, s->office.name, s->label),
                                  .watermark = code ? NULL : "BELUM DITUTUP"};
    struct pdf *p = pdf_new(cx->arena, &info);
    const struct pdf_letterhead head = {.parent = s->office.parent_name,
                                        .office = s->office.name,
                                        .address = s->office.address,
                                        .phone = s->office.phone};
    struct pdf_file file;
    pdf_letterhead(p, &head);
    pdf_title(p, b->title,
              arena_printf(cx->arena, "%s%s · Bulan %s", b->confidential ? "RAHASIA · " : "",
                           b->code, s->label));
    paper_table(cx, p, s);
    paper_recap(cx, p, s);
    paper_changes(cx, p, s);
    paper_signatures(cx, p, s);
    if (code)
        TRY(paper_code(cx, p, code));
    TRY(pdf_finish(p, &file));
    *ret = file.data;
    *ret_pages = file.pages;
    return ERR_OK;
}

/* Several books have the same code: "R.IN.3 kerja-ekokeu 2026-11.pdf". */
static const char *file_name(struct cx *cx, const struct register_sheet *s, const char *ending)
{
    bool guests = s->book.source == REGISTER_VISITS;
    return arena_printf(cx->arena, "%s %s%s%s.%s", s->book.code, guests ? "" : s->book.book,
                        guests ? "" : " ", s->month.text, ending);
}

static enum err send_pdf(struct cx *cx, struct http_res *res, const struct register_sheet *s,
                         struct bytes file)
{
    const char *name = file_name(cx, s, "pdf");
    return http_res_download(cx, res, PDF_TYPE, name, file);
}

/* A closed month is the sealed file itself, byte for byte; an open one is drawn as it is now. */
enum err register_pdf_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct register_sheet s;
    struct bytes file;
    size_t pages = 0;
    struct register_book book;
    TRY(register_open(cx, req, REGISTER_READ, &book));
    TRY(register_fill(cx, book.book, http_param(req, "month"), true, &s));
    const char *detail = arena_printf(cx->arena, "month=%s kind=pdf", s.month.text);
    TRY(audit_note(cx, "register_exported", "register", s.book.book, detail));
    if (s.closed) {
        TRY(seal_file_read(cx->seal, cx->arena, cx->data_dir, REGISTER_FOLDER, s.closing.id, &file));
        return send_pdf(cx, res, &s, file);
    }
    TRY(register_signers(cx, &s));
    TRY(register_pdf(cx, &s, NULL, &file, &pages));
    return send_pdf(cx, res, &s, file);
}

/* --- xlsx ------------------------------------------------------------------------------------------------ */

static enum err sheet_recap(struct cx *cx, struct xlsx *x, const struct register_sheet *s)
{
    const struct {
        const char *label;
        int64_t n;
    } lines[] = {{"Sisa bulan lalu", s->recap.carried},
                 {"Masuk bulan laporan", s->recap.received},
                 {"Jumlah", s->recap.carried + s->recap.received},
                 {"Diselesaikan", s->recap.settled},
                 {"Sisa bulan laporan", s->recap.carried + s->recap.received - s->recap.settled},
                 {"Jumlah tamu perorangan", s->recap.individuals},
                 {"Jumlah tamu yang mewakili organisasi", s->recap.organisations}};
    static const struct xlsx_column columns[] = {{"Uraian", 40, XLSX_TEXT},
                                                 {"Jumlah", 12, XLSX_INT}};
    const struct xlsx_sheet sheet = {.name = "Rekapitulasi",
                                     .title = arena_printf(cx->arena, "Rekapitulasi %s", s->label),
                                     .columns = columns,
                                     .column_count = 2,
                                     .offset_min = cx->offset_min};
    TRY(xlsx_sheet_begin(x, &sheet));
    for (size_t i = 0; i < recap_lines(&s->book); i++) {
        const struct xlsx_cell cells[] = {{.text = lines[i].label}, {.number = lines[i].n}};
        TRY(xlsx_row(x, cells));
    }
    return ERR_OK;
}

static enum err sheet_lines(struct cx *cx, struct xlsx *x, const struct register_sheet *s)
{
    const struct register_book *b = &s->book;
    struct xlsx_column columns[REGISTER_COLUMNS_MAX];
    struct xlsx_cell cells[REGISTER_COLUMNS_MAX] = {{.text = NULL}};
    const char *const lines[] = {s->office.name, arena_printf(cx->arena, "Bulan %s", s->label),
                                 NULL};
    for (size_t i = 0; i < b->column_count; i++)
        columns[i] = (struct xlsx_column){b->columns[i].label, b->columns[i].share * 1.6, XLSX_WRAP};
    const struct xlsx_sheet sheet = {.name = b->code,
                                     .title = b->title,
                                     .lines = lines,
                                     .columns = columns,
                                     .column_count = b->column_count,
                                     .landscape = true,
                                     .offset_min = cx->offset_min};
    TRY(xlsx_sheet_begin(x, &sheet));
    for (size_t i = 0; i < s->line_count; i++) {
        for (size_t j = 0; j < b->column_count; j++)
            cells[j].text = s->lines[i].cells[j];
        TRY(xlsx_row(x, cells));
    }
    if (s->line_count)
        return ERR_OK;
    memset(cells, 0, sizeof(cells));
    cells[0].text = "NIHIL";
    return xlsx_row_strong(x, cells);
}

enum err register_xlsx(struct cx *cx, const struct register_sheet *s, struct http_res *res)
{
    struct xlsx *x = NULL;
    TRY(workbook_begin(cx, &x));
    enum err e = sheet_lines(cx, x, s);
    if (e == ERR_OK)
        e = sheet_recap(cx, x, s);
    return workbook_send(cx, res, x, e, file_name(cx, s, "xlsx"));
}

enum err register_xlsx_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct register_sheet s;
    struct register_book book;
    TRY(register_open(cx, req, REGISTER_READ, &book));
    TRY(register_fill(cx, book.book, http_param(req, "month"), true, &s));
    const char *detail = arena_printf(cx->arena, "month=%s kind=xlsx", s.month.text);
    TRY(audit_note(cx, "register_exported", "register", s.book.book, detail));
    return register_xlsx(cx, &s, res);
}

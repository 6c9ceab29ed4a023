/* The register of requests for public information, and that of objections, as workbooks. They hold names and
 * contacts, as the registers must (UU 14/2008): every download is in the audit. */
#include "features/service/service_web.h"

#include "features/audit/audit.h"
#include "features/portal/portal.h"
#include "lib/base/str.h"
#include "lib/xlsx/xlsx.h"
#include "lib/base/banned.h"

/* What was typed about a request, opened. */
struct opened {
    char *name, *contact, *request, *purpose, *decision, *reaction;
};

static enum err open_all(struct cx *cx, const struct info_request *r, struct opened *ret)
{
    struct opened o = {.name = NULL};
    const struct {
        const char *column;
        struct bytes from;
        char **to;
    } fields[] = {{"info_name", r->name_sealed, &o.name},
                  {"info_contact", r->contact_sealed, &o.contact},
                  {"info_request", r->request_sealed, &o.request},
                  {"info_purpose", r->purpose_sealed, &o.purpose},
                  {"info_text_decide", r->decision_sealed, &o.decision},
                  {"info_text_react", r->reaction_sealed, &o.reaction}};
    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        TRY(seal_field_open(cx->seal, cx->arena, "service", fields[i].column, r->id, fields[i].from,
                            fields[i].to));
    *ret = o;
    return ERR_OK;
}

/* --- requests ---------------------------------------------------------------------------------------------------- */

static const struct xlsx_column request_columns[] = {{"Nomor", 14, XLSX_TEXT},
                                                     {"Diterima", 12, XLSX_TEXT},
                                                     {"Nama pemohon", 28, XLSX_TEXT},
                                                     {"Alamat atau kontak", 30, XLSX_WRAP},
                                                     {"Informasi yang diminta", 50, XLSX_WRAP},
                                                     {"Tujuan penggunaan", 30, XLSX_WRAP},
                                                     {"Cara memperoleh", 26, XLSX_TEXT},
                                                     {"Dijawab paling lambat", 14, XLSX_TEXT},
                                                     {"Diperpanjang", 12, XLSX_TEXT},
                                                     {"Dijawab", 12, XLSX_TEXT},
                                                     {"Jawaban", 20, XLSX_TEXT},
                                                     {"Keberatan", 12, XLSX_TEXT},
                                                     {"Alasan keberatan", 40, XLSX_TEXT},
                                                     {"Keberatan dijawab", 12, XLSX_TEXT}};

static enum err request_row(struct cx *cx, struct xlsx *x, const struct service_clock *k,
                            const struct info_request *r)
{
    struct opened o;
    TRY(open_all(cx, r, &o));
    const struct xlsx_cell cells[ARRAY_LEN(request_columns)] = {
        {.text = info_number_text(cx->arena, r)},
        {.text = r->received},
        {.text = o.name},
        {.text = o.contact},
        {.text = o.request},
        {.text = o.purpose},
        {.text = service_word_label(info_ways, r->way)},
        {.text = calendar_day_text(cx->arena, info_answer_day(&k->cal, r))},
        {.text = r->extended},
        {.text = r->answered},
        {.text = service_word_label(info_answers, r->answer)},
        {.text = r->objected},
        {.text = service_word_label(info_grounds, r->ground)},
        {.text = r->decided}};
    return xlsx_row(x, cells);
}

/* --- objections: the register's columns a to k, in the order in which it is prescribed -------------------------- */

static const struct xlsx_column objection_columns[] = {
    {"a. Nomor registrasi keberatan", 16, XLSX_TEXT},
    {"b. Tanggal diterima", 12, XLSX_TEXT},
    {"c. Identitas pemohon atau kuasanya", 34, XLSX_WRAP},
    {"d. Nomor pendaftaran permintaan", 16, XLSX_TEXT},
    {"e. Informasi yang diminta", 44, XLSX_WRAP},
    {"f. Tujuan penggunaan", 28, XLSX_WRAP},
    {"g. Alasan keberatan (Pasal 35)", 40, XLSX_WRAP},
    {"h. Keputusan atasan PPID", 44, XLSX_WRAP},
    {"i. Hari dan tanggal tanggapan", 24, XLSX_TEXT},
    {"j. Nama dan posisi atasan PPID", 30, XLSX_WRAP},
    {"k. Tanggapan pemohon", 34, XLSX_WRAP}};

static enum err objection_row(struct cx *cx, struct xlsx *x, const struct service_clock *k,
                              const struct info_request *r)
{
    struct opened o;
    (void)k;
    TRY(open_all(cx, r, &o));
    const struct xlsx_cell cells[ARRAY_LEN(objection_columns)] = {
        {.text = info_objection_text(cx->arena, r)},
        {.text = r->objected},
        {.text = str_empty(o.contact) ? o.name
                                      : arena_printf(cx->arena, "%s\n%s", o.name, o.contact)},
        {.text = info_number_text(cx->arena, r)},
        {.text = o.request},
        {.text = o.purpose},
        {.text = service_word_label(info_grounds, r->ground)},
        {.text = o.decision},
        {.text = service_day_words(cx, r->decided)},
        {.text = r->superior},
        {.text = o.reaction}};
    return xlsx_row(x, cells);
}

/* --- both --------------------------------------------------------------------------------------------------------- */

struct info_book {
    const char *sheet, *title, *file, *line, *action, *detail;
    const struct xlsx_column *columns;
    size_t column_count;
    enum err (*row)(struct cx *cx, struct xlsx *x, const struct service_clock *k,
                    const struct info_request *r);
    const struct info_request *list;
    size_t count;
};

static enum err fill(struct cx *cx, struct xlsx *x, const struct info_book *b)
{
    const char *const lines[] = {b->line, NULL};
    const struct xlsx_sheet sheet = {.name = b->sheet,
                                     .title = b->title,
                                     .lines = lines,
                                     .columns = b->columns,
                                     .column_count = b->column_count,
                                     .landscape = true,
                                     .offset_min = cx->offset_min};
    struct service_clock k;
    TRY(service_clock_load(cx, &k));
    TRY(xlsx_sheet_begin(x, &sheet));
    for (size_t i = 0; i < b->count; i++)
        TRY(b->row(cx, x, &k, &b->list[i]));
    if (b->count == 0) {
        struct xlsx_cell *none = ARENA_ARRAY(cx->arena, b->column_count, struct xlsx_cell);
        none[0].text = "NIHIL";
        TRY(xlsx_row_strong(x, none));
    }
    return audit_note(cx, b->action, "office", cx->actor.office_id, b->detail);
}

static enum err send_book(struct cx *cx, struct http_res *res, const struct info_book *b)
{
    struct xlsx *x = NULL;
    TRY(workbook_begin(cx, &x));
    return workbook_send(cx, res, x, fill(cx, x, b), b->file);
}

static enum err requests(struct cx *cx, struct http_res *res, const struct info_filter *f)
{
    struct info_request *list = NULL;
    const char *year = f->year ? arena_printf(cx->arena, "tahun %d", f->year) : "semua tahun";
    struct info_book b = {
        .sheet = "Permintaan informasi",
        .title = arena_printf(cx->arena, "Register permintaan informasi publik, %s", year),
        .file = arena_printf(cx->arena, "Register permintaan informasi %s.xlsx", year),
        .line = arena_printf(cx->arena, "Saringan: %s. Paling banyak %s baris.",
                             option_label(info_state_options, f->state),
                             f->year ? "20.000" : "1.000"),
        .action = "info_requests_exported",
        .detail = arena_printf(cx->arena, "state=%s year=%d", f->state, f->year),
        .columns = request_columns,
        .column_count = ARRAY_LEN(request_columns),
        .row = request_row};
    TRY(info_find(cx, f, &list, &b.count));
    b.list = list;
    return send_book(cx, res, &b);
}

static enum err year_of(struct cx *cx, const struct http_req *req, int *ret)
{
    int64_t year = 0;
    if (!str_to_i64(http_param(req, "year"), 2000, 2200, &year))
        return cx_fail(cx, ERR_MISSING, "no_year", T("Tahun itu tidak ada. Tulis seperti 2026."));
    *ret = (int)year;
    return ERR_OK;
}

enum err info_book_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct service_clock k;
    TRY(service_clock_load(cx, &k));
    struct info_filter f = info_filter_of(req, calendar_year(k.today));
    return requests(cx, res, &f);
}

enum err info_year_book_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct info_filter f = {.state = ""};
    TRY(year_of(cx, req, &f.year));
    return requests(cx, res, &f);
}

enum err info_objection_book_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct info_request *list = NULL;
    int year = 0;
    TRY(year_of(cx, req, &year));
    struct info_book b = {
        .sheet = "Keberatan",
        .title = arena_printf(cx->arena, "Register keberatan informasi publik tahun %d", year),
        .file = arena_printf(cx->arena, "Register keberatan informasi %d.xlsx", year),
        .line = "Paling banyak 20.000 baris.",
        .action = "info_objections_exported",
        .detail = arena_printf(cx->arena, "year=%d", year),
        .columns = objection_columns,
        .column_count = ARRAY_LEN(objection_columns),
        .row = objection_row};
    TRY(info_objections(cx->read, cx->actor.office_id, year, &list, &b.count));
    b.list = list;
    return send_book(cx, res, &b);
}

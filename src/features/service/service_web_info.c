/* /layanan/informasi: the register of requests for public information. */
#include "features/service/service_web.h"

#include <stdlib.h>

#include "features/audit/audit.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/xlsx/xlsx.h"
#include "service_info_tmpl.h"
#include "lib/base/banned.h"

struct new_form {
    const char *name, *contact, *request, *purpose, *way;
};
struct move_form {
    const char *act, *answer, *ground, *text;
};
static const char *const ways[] = {"see", "paper", "file", NULL};
static const char *const acts[] = {"extend", "answer", "object", "decide", NULL};
static const char *const answers[] = {"", "given", "partly", "refused", NULL};
static const char *const grounds[] = {"", "a", "b", "c", "d", "e", "f", "g", NULL};
/* clang-format off */
#define AT(type, member) .offset = offsetof(struct type, member)
static const struct field new_fields[] = {
    {.name = "name", .type = FIELD_TEXT, .flags = FIELD_REQUIRED | FIELD_PRIVATE, AT(new_form, name), .max = 120, .label = T("Nama pemohon"), .missing = T("Tulis nama pemohon.")},
    {.name = "contact", .type = FIELD_LINES, .flags = FIELD_PRIVATE, AT(new_form, contact), .max = 400, .label = T("Alamat, nomor HP, atau surel")},
    {.name = "request", .type = FIELD_LINES, .flags = FIELD_REQUIRED | FIELD_PRIVATE, AT(new_form, request), .max = 4000, .label = T("Informasi yang diminta"), .missing = T("Tulis informasi yang diminta.")},
    {.name = "purpose", .type = FIELD_LINES, .flags = FIELD_PRIVATE, AT(new_form, purpose), .max = 1000, .label = T("Tujuan penggunaan")},
    {.name = "way", .type = FIELD_CODE, .flags = FIELD_REQUIRED, AT(new_form, way), .choices = ways, .label = T("Cara memperoleh"), .missing = T("Pilih cara memperoleh informasi.")},
};
static const struct field move_fields[] = {
    {.name = "act", .type = FIELD_CODE, .flags = FIELD_REQUIRED, AT(move_form, act), .choices = acts, .label = T("Langkah")},
    {.name = "answer", .type = FIELD_CODE, AT(move_form, answer), .choices = answers, .label = T("Jawaban")},
    {.name = "ground", .type = FIELD_CODE, AT(move_form, ground), .choices = grounds, .label = T("Alasan keberatan")},
    {.name = "text", .type = FIELD_LINES, .flags = FIELD_REQUIRED | FIELD_PRIVATE, AT(move_form, text), .max = 4000, .label = T("Uraian"), .missing = T("Tulis uraiannya: alasan atau jawaban tertulis.")},
};
#undef AT
/* clang-format on */
const struct form info_new_form = FORM("InfoRequestNew", struct new_form, new_fields);
const struct form info_move_form = FORM("InfoRequestMove", struct move_form, move_fields);

/* --- the list --------------------------------------------------------------------------------------------------- */

static int by_due(const void *a, const void *b)
{
    const struct info_row_view *x = a, *y = b;
    return (x->due_day > y->due_day) - (x->due_day < y->due_day);
}

static void fill_row(struct cx *cx, const struct service_clock *k, const struct info_request *r,
                     struct info_row_view *row)
{
    struct service_due due = info_due_of(&k->cal, r);
    bool none = due.day == CALENDAR_NO_DAY;
    *row = (struct info_row_view){.path = arena_printf(cx->arena, "/layanan/informasi/%s", r->id),
                                  .number = info_number_text(cx->arena, r),
                                  .received = service_day_words(cx, r->received),
                                  .state = info_state_label(r),
                                  .due_label = due.label,
                                  .due = service_day_number_words(cx, due.day),
                                  .late = !none && k->today > due.day,
                                  .due_day = none ? INT64_MAX : due.day};
}

static void list_body(struct html *h, void *arg)
{
    info_list_page(h, arg);
}

static enum err list_show(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    struct info_list_view *v = ARENA_NEW(cx->arena, struct info_list_view);
    struct info_request *list = NULL;
    struct service_clock k;
    int64_t year = 0;
    TRY(service_clock_load(cx, &k));
    v->year = calendar_year(k.today);
    bool of_year = str_to_i64(str_or(http_query(req, "tahun"), ""), 2000, 2200, &year);
    if (of_year) {
        v->year = (int)year;
        TRY(info_of_year(cx->read, cx->actor.office_id, v->year, &list, &v->count));
    } else {
        TRY(info_open(cx->read, cx->actor.office_id, &list, &v->count));
    }
    v->rows = ARENA_ARRAY(cx->arena, v->count + 1, struct info_row_view);
    for (size_t i = 0; i < v->count; i++)
        fill_row(cx, &k, &list[i], &v->rows[i]);
    if (!of_year)
        qsort(v->rows, v->count, sizeof(*v->rows), by_due);
    v->name = form_typed(cx, req, "name");
    v->contact = form_typed(cx, req, "contact");
    v->request = form_typed(cx, req, "request");
    v->purpose = form_typed(cx, req, "purpose");
    v->way = form_typed(cx, req, "way");
    if (e != ERR_OK)
        res->status = http_status(e);
    const struct page_view page = {.title = T("Permintaan informasi publik"),
                                   .current = "/layanan/informasi",
                                   .body = list_body,
                                   .arg = v};
    return page_render(cx, req, res, &page);
}

enum err info_list_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return list_show(cx, req, res, ERR_OK);
}

static struct bytes sealed(struct cx *cx, const char *column, const char *id, const char *text)
{
    return seal_field(cx->seal, cx->arena, "service", column, id, text);
}

static enum err add(struct cx *cx, struct http_req *req, struct info_new *n)
{
    struct new_form f;
    struct calendar cal;
    TRY(form_parse(cx, req, &info_new_form, &f));
    TRY(calendar_load(cx->read, cx->actor.office_id, &cal));
    const char *id = cx_new_id(cx);
    n->act = visit_act_of(cx);
    n->request = (struct info_request){
        .id = id,
        .received = calendar_day_text(cx->arena, calendar_day_of(cx->now_ms, cal.offset_min)),
        .way = f.way,
        .name_sealed = sealed(cx, "info_name", id, f.name),
        .contact_sealed = sealed(cx, "info_contact", id, f.contact),
        .request_sealed = sealed(cx, "info_request", id, f.request),
        .purpose_sealed = sealed(cx, "info_purpose", id, f.purpose)};
    return db_tx(cx, "info_new", info_new_tx, n);
}

enum err info_new_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct info_new n = {.act = {.now_ms = 0}};
    enum err e = add(cx, req, &n);
    if (e == ERR_OK)
        return http_res_redirect(
            cx, res, arena_printf(cx->arena, "/layanan/informasi/%s?selesai=1", n.request.id));
    return service_again(req, e) ? list_show(cx, req, res, e) : e;
}

/* --- one request ------------------------------------------------------------------------------------------------- */

static enum err open_texts(struct cx *cx, const struct info_request *r, struct info_page_view *v)
{
    char *name = NULL, *contact = NULL;
    const struct {
        const char *column;
        struct bytes from;
        struct service_lines *to;
    } texts[] = {{"info_request", r->request_sealed, &v->request},
                 {"info_purpose", r->purpose_sealed, &v->purpose},
                 {"info_text_extend", r->extension_sealed, &v->extension},
                 {"info_text_answer", r->answer_sealed, &v->answer_text},
                 {"info_text_object", r->objection_sealed, &v->objection},
                 {"info_text_decide", r->decision_sealed, &v->decision}};
    TRY(seal_field_open(cx->seal, cx->arena, "service", "info_name", r->id, r->name_sealed, &name));
    TRY(seal_field_open(cx->seal, cx->arena, "service", "info_contact", r->id, r->contact_sealed,
                        &contact));
    v->name = name;
    v->contact = contact;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        TRY(service_open_lines(cx, texts[i].column, r->id, texts[i].from, texts[i].to));
    return ERR_OK;
}

static enum err fill_page(struct cx *cx, const struct info_request *r, struct info_page_view *v)
{
    struct service_clock k;
    TRY(service_clock_load(cx, &k));
    struct service_due due = info_due_of(&k.cal, r);
    v->path = arena_printf(cx->arena, "/layanan/informasi/%s", r->id);
    v->number = info_number_text(cx->arena, r);
    v->received = service_day_words(cx, r->received);
    v->state = info_state_label(r);
    v->due_label = due.label;
    v->due = service_day_number_words(cx, due.day);
    v->late = due.day != CALENDAR_NO_DAY && k.today > due.day;
    v->way = service_word_label(info_ways, r->way);
    v->extended = service_day_words(cx, r->extended);
    v->answered = service_day_words(cx, r->answered);
    v->answer = service_word_label(info_answers, r->answer);
    v->objected = service_day_words(cx, r->objected);
    v->ground = service_word_label(info_grounds, r->ground);
    v->decided = service_day_words(cx, r->decided);
    for (int i = 0; i < INFO_ACTS; i++)
        v->may[i] = info_may(&k.cal, (enum info_act)i, k.today, r).err == ERR_OK;
    if (!str_empty(r->decided))
        v->last_day = service_day_number_words(
            cx, calendar_add_working(&k.cal, calendar_day(r->decided), INFO_DISPUTE_DAYS));
    return open_texts(cx, r, v);
}

static void page_body(struct html *h, void *arg)
{
    info_page(h, arg);
}

static int act_of(const char *name)
{
    for (int i = 0; acts[i]; i++) {
        if (str_eq(acts[i], name))
            return i;
    }
    return -1;
}

static enum err page_show(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    struct info_request r = {0};
    struct info_page_view *v = ARENA_NEW(cx->arena, struct info_page_view);
    TRY(info_get(cx->read, cx->actor.office_id, http_param(req, "id"), &r));
    TRY(fill_page(cx, &r, v));
    if (e == ERR_OK)
        TRY(audit_note(cx, "info_request_read", "info_request", r.id, ""));
    v->done = http_query(req, "selesai") != NULL;
    v->typed = e == ERR_OK ? "" : form_typed(cx, req, "text");
    v->typed_act = e == ERR_OK ? -1 : act_of(form_typed(cx, req, "act"));
    v->typed_choice = form_typed(cx, req, v->typed_act == INFO_OBJECT ? "ground" : "answer");
    if (e != ERR_OK)
        res->status = http_status(e);
    const struct page_view page = {
        .title = v->number, .current = "/layanan/informasi", .body = page_body, .arg = v};
    return page_render(cx, req, res, &page);
}

enum err info_page_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return page_show(cx, req, res, ERR_OK);
}

static enum err must_choose(struct cx *cx, const struct move_form *f, enum info_act what)
{
    if (what == INFO_ANSWER && str_empty(f->answer))
        cx_field(cx, "answer", "missing", T("Pilih apakah informasi diberikan atau ditolak."));
    if (what == INFO_OBJECT && str_empty(f->ground))
        cx_field(cx, "ground", "missing", T("Pilih alasan keberatan menurut Pasal 35."));
    return cx_fields(cx);
}

static enum err run(struct cx *cx, struct http_req *req)
{
    struct move_form f;
    TRY(form_parse(cx, req, &info_move_form, &f));
    enum info_act what = (enum info_act)act_of(f.act);
    const char *column = arena_printf(cx->arena, "info_text_%s", f.act);
    TRY(must_choose(cx, &f, what));
    struct info_move m = {.act = visit_act_of(cx),
                          .what = what,
                          .id = http_param(req, "id"),
                          .choice = what == INFO_ANSWER   ? f.answer
                                    : what == INFO_OBJECT ? f.ground
                                                          : "",
                          .text_sealed = sealed(cx, column, http_param(req, "id"), f.text)};
    enum err e = db_tx(cx, "info_move", info_move_tx, &m);
    return m.refusal.err != ERR_OK ? cx_refuse(cx, &m.refusal) : e;
}

enum err info_move_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    enum err e = run(cx, req);
    if (e == ERR_OK)
        return http_res_redirect(
            cx, res,
            arena_printf(cx->arena, "/layanan/informasi/%s?selesai=1", http_param(req, "id")));
    return service_again(req, e) ? page_show(cx, req, res, e) : e;
}

/* --- the register as a workbook ------------------------------------------------------------------------------------ */

static enum err book_row(struct cx *cx, struct xlsx *x, const struct service_clock *k,
                         const struct info_request *r)
{
    char *name = NULL, *contact = NULL, *request = NULL, *purpose = NULL;
    TRY(seal_field_open(cx->seal, cx->arena, "service", "info_name", r->id, r->name_sealed, &name));
    TRY(seal_field_open(cx->seal, cx->arena, "service", "info_contact", r->id, r->contact_sealed,
                        &contact));
    TRY(seal_field_open(cx->seal, cx->arena, "service", "info_request", r->id, r->request_sealed,
                        &request));
    TRY(seal_field_open(cx->seal, cx->arena, "service", "info_purpose", r->id, r->purpose_sealed,
                        &purpose));
    const struct xlsx_cell cells[] = {
        {.text = info_number_text(cx->arena, r)},
        {.text = r->received},
        {.text = name},
        {.text = contact},
        {.text = request},
        {.text = purpose},
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

static enum err book_fill(struct cx *cx, struct xlsx *x, int year)
{
    static const struct xlsx_column columns[] = {{"Nomor", 14, XLSX_TEXT},
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
    static const char *const lines[] = {"Paling banyak 20.000 baris.", NULL};
    const struct xlsx_sheet sheet = {
        .name = "Permintaan informasi",
        .title = arena_printf(cx->arena, "Register permintaan informasi publik tahun %d", year),
        .lines = lines,
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .landscape = true,
        .offset_min = cx->offset_min};
    struct info_request *list = NULL;
    struct service_clock k;
    size_t count = 0;
    TRY(service_clock_load(cx, &k));
    TRY(info_of_year(cx->read, cx->actor.office_id, year, &list, &count));
    TRY(xlsx_sheet_begin(x, &sheet));
    for (size_t i = 0; i < count; i++)
        TRY(book_row(cx, x, &k, &list[i]));
    if (count == 0) {
        const struct xlsx_cell none[ARRAY_LEN(columns)] = {{.text = "NIHIL"}};
        return xlsx_row_strong(x, none);
    }
    return ERR_OK;
}

enum err info_book_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct xlsx *x = NULL;
    int fd = -1;
    int64_t bytes = 0, year = 0;
    if (!str_to_i64(http_param(req, "year"), 2000, 2200, &year))
        return cx_fail(cx, ERR_MISSING, "no_year", T("Tahun itu tidak ada. Tulis seperti 2026."));
    TRY(xlsx_begin(cx->arena, arena_printf(cx->arena, "%s/spool", cx->data_dir), &x));
    enum err e = book_fill(cx, x, (int)year);
    if (e == ERR_OK)
        e = audit_note(cx, "info_requests_exported", "office", cx->actor.office_id,
                       arena_printf(cx->arena, "year=%lld", (long long)year));
    if (e != ERR_OK) {
        xlsx_drop(x);
        return e;
    }
    TRY(xlsx_end(x, &fd, &bytes));
    res->content_type = XLSX_TYPE;
    http_res_attachment(
        cx, res,
        arena_printf(cx->arena, "Register permintaan informasi %lld.xlsx", (long long)year));
    http_res_file(res, fd, (uint64_t)bytes);
    return ERR_OK;
}

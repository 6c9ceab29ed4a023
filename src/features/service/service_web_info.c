/* /layanan/informasi: the register of requests for public information. */
#include "features/service/service_web.h"

#include <stdlib.h>

#include "features/audit/audit.h"
#include "lib/base/str.h"
#include "service_info_tmpl.h"
#include "lib/base/banned.h"

struct new_form {
    const char *name, *contact, *request, *purpose, *way;
};
struct move_form {
    const char *act, *answer, *ground, *superior, *text;
};
static const char *const ways[] = {"see", "paper", "file", NULL};
static const char *const acts[] = {"extend", "answer", "object", "decide", "react", NULL};
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
    {.name = "superior", .type = FIELD_TEXT, AT(move_form, superior), .max = 160, .label = T("Nama dan jabatan atasan PPID")},
    {.name = "text", .type = FIELD_LINES, .flags = FIELD_REQUIRED | FIELD_PRIVATE, AT(move_form, text), .max = 4000, .label = T("Uraian"), .missing = T("Tulis uraiannya: alasan atau jawaban tertulis.")},
};
#undef AT
/* clang-format on */
const struct form info_new_form = FORM("InfoRequestNew", struct new_form, new_fields);
const struct form info_move_form = FORM("InfoRequestMove", struct move_form, move_fields);

const struct option info_state_options[] = {
    {"", T("Semua")},          {"open", T("Belum selesai")},     {"answered", T("Sudah dijawab")},
    {"refused", T("Ditolak")}, {"objected", T("Ada keberatan")}, {NULL, NULL}};

/* --- the filter ------------------------------------------------------------------------------------------------- */

/* Without anything: what is open, of every year. A state without a year: of this year. */
struct info_filter info_filter_of(const struct http_req *req, int this_year)
{
    const char *state = http_query(req, "keadaan");
    const struct option *known = option_find(info_state_options, state);
    struct info_filter f = {.state = known ? known->value : ""};
    int64_t year = 0;
    if (str_to_i64(str_or(http_query(req, "tahun"), ""), 2000, 2200, &year))
        f.year = (int)year;
    if (f.year == 0 && state && !str_eq(f.state, "open"))
        f.year = this_year;
    if (f.year == 0)
        f.state = "open";
    return f;
}

enum err info_find(struct cx *cx, const struct info_filter *f, struct info_request **ret,
                   size_t *ret_count)
{
    struct info_request *list = NULL;
    size_t count = 0, n = 0;
    if (f->year)
        TRY(info_of_year(cx->read, cx->actor.office_id, f->year, &list, &count));
    else
        TRY(info_open(cx->read, cx->actor.office_id, &list, &count));
    for (size_t i = 0; i < count; i++) {
        if (info_filter_holds(f->state, &list[i]))
            list[n++] = list[i];
    }
    *ret = list;
    *ret_count = n;
    return ERR_OK;
}

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
    TRY(service_clock_load(cx, &k));
    struct info_filter f = info_filter_of(req, calendar_year(k.today));
    TRY(info_find(cx, &f, &list, &v->count));
    v->year = f.year ? f.year : calendar_year(k.today);
    v->state = f.state;
    v->typed_year = f.year ? arena_printf(cx->arena, "%d", f.year) : "";
    v->book = f.year ? arena_printf(cx->arena, "/layanan/informasi.xlsx?keadaan=%s&tahun=%d",
                                    f.state, f.year)
                     : "/layanan/informasi.xlsx";
    v->rows = ARENA_ARRAY(cx->arena, v->count + 1, struct info_row_view);
    for (size_t i = 0; i < v->count; i++)
        fill_row(cx, &k, &list[i], &v->rows[i]);
    if (f.year == 0)
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
                 {"info_text_decide", r->decision_sealed, &v->decision},
                 {"info_text_react", r->reaction_sealed, &v->reaction}};
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
    v->objection_number = info_objection_text(cx->arena, r);
    v->superior = r->superior;
    v->reacted = service_day_words(cx, r->reacted);
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
    v->typed_superior = form_typed(cx, req, "superior");
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
    if (what == INFO_DECIDE && str_empty(f->superior))
        cx_field(cx, "superior", "missing", T("Tulis nama dan jabatan atasan PPID yang menjawab."));
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
                                    : what == INFO_DECIDE ? f.superior
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

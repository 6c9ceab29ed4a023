/* /register/{book}/belum: complaints that stand in no book of R.IN.3 yet. Into which field one belongs is for a
 * leader to say; only what lies open of it is shown. */
#include "features/complaint/complaint.h"
#include "features/portal/portal.h"
#include "features/register/register_view.h"
#include "features/register/register_web.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/http/form.h"
#include "register_line_tmpl.h"
#include "lib/base/banned.h"

#define FIELDS 5

struct sort_in {
    const char *complaint, *book;
};
/* clang-format off */
static const struct field sort_fields[] = {
    {.name = "complaint", .type = FIELD_ID, .flags = FIELD_REQUIRED, .offset = offsetof(struct sort_in, complaint), .label = T("Pengaduan")},
    {.name = "book", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .offset = offsetof(struct sort_in, book), .max = 30, .label = T("Sektor"), .missing = T("Pilih sektor.")},
};
/* clang-format on */
const struct form register_sort_form = FORM("RegisterSort", struct sort_in, sort_fields);

static const struct option *field_options(struct cx *cx)
{
    struct option *options = ARENA_ARRAY(cx->arena, FIELDS + 1, struct option);
    size_t n = 0;
    for (const struct register_book *b = register_books; b->book && n < FIELDS; b++) {
        if (b->source == REGISTER_REPORTS)
            options[n++] = (struct option){b->book, b->field};
    }
    return options;
}

static void waiting_body(struct html *h, void *arg)
{
    register_waiting_page(h, arg);
}

static enum err open_reports(struct cx *cx, struct http_req *req, struct register_book *b)
{
    TRY(register_open(cx, req, REGISTER_READ, b));
    if (b->source == REGISTER_REPORTS)
        return ERR_OK;
    return cx_fail(cx, ERR_MISSING, "no_page", T("Halaman itu tidak ada."));
}

static enum err waiting_page(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    struct register_book b;
    struct register_waiting *list = NULL;
    struct register_waiting_view *v = ARENA_NEW(cx->arena, struct register_waiting_view);
    TRY(open_reports(cx, req, &b));
    TRY(register_unsorted(cx->read, cx->actor.office_id, &list, &v->count));
    struct register_waiting_line *lines = ARENA_ARRAY(cx->arena, v->count + 1,
                                                      struct register_waiting_line);
    for (size_t i = 0; i < v->count; i++)
        lines[i] = (struct register_waiting_line){
            .id = list[i].id,
            .field_id = arena_printf(cx->arena, "sektor-%zu", i),
            .number = complaint_number_text(cx->arena, list[i].number, list[i].year),
            .path = arena_printf(cx->arena, "/pengaduan/%s", list[i].id),
            .day = time_long_date(cx->arena, list[i].received_at, cx->offset_min,
                                  cx->lang == LANG_EN),
            .class = complaint_label(complaint_classes, list[i].class),
            .state = complaint_label(complaint_states, list[i].state)};
    v->lines = lines;
    v->fields = field_options(cx);
    v->path = arena_printf(cx->arena, "/register/%s/sektor", b.book);
    v->back_path = register_month_path(cx, b.book, cx->now_ms);
    if (e != ERR_OK)
        res->status = http_status(e);
    const struct page_view page = {.title = T("Pengaduan yang belum masuk buku"),
                                   .current = "/register",
                                   .body = waiting_body,
                                   .arg = v};
    return page_render(cx, req, res, &page);
}

enum err register_waiting_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return waiting_page(cx, req, res, ERR_OK);
}

static enum err sort(struct cx *cx, struct http_req *req)
{
    struct sort_in in;
    struct register_book b;
    struct register_waiting c;
    TRY(open_reports(cx, req, &b));
    TRY(form_parse(cx, req, &register_sort_form, &in));
    const struct register_book *to = register_shipped(in.book);
    if (!to || to->source != REGISTER_REPORTS) {
        cx_field(cx, "book", "unknown", T("Pilih salah satu dari lima sektor."));
        return cx_fields(cx);
    }
    enum err e = register_unsorted_one(cx->read, cx->actor.office_id, in.complaint, &c);
    if (e == ERR_MISSING)
        return cx_fail(cx, ERR_CONFLICT, "sorted",
                       T("Pengaduan ini sudah masuk buku. Muat ulang halaman."));
    TRY(e);
    struct register_new line = {.id = cx_new_id(cx),
                                .source_kind = "complaint",
                                .source_id = in.complaint,
                                .at = c.received_at,
                                .made_by = arena_strdup(cx->arena, cx->actor.id)};
    struct register_adding a = {.act = visit_act_of(cx),
                                .book = to->book,
                                .offset_min = cx->offset_min,
                                .items = &line,
                                .count = 1};
    return db_tx(cx, "register_add", register_add, &a);
}

enum err register_sort_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    enum err e = sort(cx, req);
    if ((e == ERR_INVALID || e == ERR_CONFLICT) && req->wants != WANTS_JSON)
        return waiting_page(cx, req, res, e);
    if (e != ERR_OK)
        return e;
    return http_res_redirect(
        cx, res, arena_printf(cx->arena, "/register/%s/belum", http_param(req, "book")));
}

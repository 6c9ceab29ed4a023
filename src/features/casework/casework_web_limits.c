/* /tenggat: how long each stage may take, and by which rule. A change counts for what is under way too. */
#include "features/casework/casework_web.h"

#include <string.h>

#include "casework_tmpl.h"
#include "features/portal/portal.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/json/json.h"
#include "lib/base/banned.h"

#define LENGTH_MAX 3650

struct limit_in {
    const char *stage, *unit, *basis;
    int64_t length;
    bool verified;
};
struct limits_in {
    struct object_list limits;
};
static const char *const units[] = {"minute", "working", "calendar", NULL};
/* clang-format off */
static const struct field limit_fields[] = {
    {.name = "stage",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct limit_in, stage),
     .max = 30,
     .label = T("Tahap")},
    {.name = "length",
     .type = FIELD_INT,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct limit_in, length),
     .max = LENGTH_MAX,
     .label = T("Lama"),
     .missing = T("Tulis lamanya; 0 berarti tanpa batas.")},
    {.name = "unit",
     .type = FIELD_CODE,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct limit_in, unit),
     .choices = units,
     .label = T("Satuan")},
    {.name = "basis",
     .type = FIELD_TEXT,
     .offset = offsetof(struct limit_in, basis),
     .max = 160,
     .label = T("Dasar")},
    {.name = "verified",
     .type = FIELD_BOOL,
     .offset = offsetof(struct limit_in, verified),
     .label = T("Sudah dicocokkan dengan naskah peraturannya")},
};
static const struct field limits_fields[] = {
    {.name = "limits",
     .type = FIELD_OBJECTS,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct limits_in, limits),
     .max = STAGE_LIMITS_MAX,
     .label = T("Batas waktu"),
     .members = limit_fields,
     .member_count = ARRAY_LEN(limit_fields),
     .member_bytes = sizeof(struct limit_in)},
};
/* clang-format on */
const struct form limits_form = FORM("StageLimitsChange", struct limits_in, limits_fields);

/* In the order of the work. */
static const char *const order[] = {"intake",      "received",   "review",     "disposition",
                                    "order",       "gathering",  "exposition", "report",
                                    "examination", "completion", "overall"};

/* --- the page ---------------------------------------------------------------------------------------------------- */

static void fill_line(struct cx *cx, const struct stage_limit *l, size_t place,
                      struct limit_line *line)
{
    line->name = arena_printf(cx->arena, "limits.%zu", place);
    line->stage = l->stage;
    line->label = stage_limit_label(l->stage);
    line->length = arena_printf(cx->arena, "%lld", (long long)l->length);
    line->unit = l->unit;
    line->basis = l->basis;
    line->verified = l->verified != 0;
    line->minutes = str_eq(l->stage, "intake");
}

static void show_typed(struct cx *cx, const struct http_req *req, struct limit_line *line)
{
    line->length = form_typed(cx, req, arena_printf(cx->arena, "%s.length", line->name));
    line->unit = form_typed(cx, req, arena_printf(cx->arena, "%s.unit", line->name));
    line->basis = form_typed(cx, req, arena_printf(cx->arena, "%s.basis", line->name));
    line->verified = !str_empty(
        form_typed(cx, req, arena_printf(cx->arena, "%s.verified", line->name)));
}

static void limits_body(struct html *h, void *arg)
{
    case_limits_page(h, arg);
}

static enum err show(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct limits_view *v = ARENA_NEW(cx->arena, struct limits_view);
    struct stage_limit *list = NULL;
    size_t count = 0;
    TRY(casework_limits(cx->read, cx->actor.office_id, &list, &count));
    for (size_t i = 0; i < ARRAY_LEN(order); i++) {
        const struct stage_limit *l = stage_limit_find(list, count, order[i]);
        if (!l)
            continue;
        fill_line(cx, l, v->count, &v->lines[v->count]);
        if (req->method == HTTP_POST)
            show_typed(cx, req, &v->lines[v->count]);
        v->count++;
    }
    v->may_write = (cx->actor.roles & (ROLE_ADMIN | ROLE_LEADERS)) != 0;
    v->done = req->method == HTTP_GET && http_query(req, "selesai");
    const struct page_view page = {
        .title = T("Batas waktu pengaduan"), .current = "/tenggat", .body = limits_body, .arg = v};
    return page_render(cx, req, res, &page);
}

static enum err answer_json(struct cx *cx, struct http_res *res)
{
    struct stage_limit *list = NULL;
    size_t count = 0;
    TRY(casework_limits(cx->read, cx->actor.office_id, &list, &count));
    json_t *items = json_array();
    for (size_t i = 0; i < ARRAY_LEN(order); i++) {
        const struct stage_limit *l = stage_limit_find(list, count, order[i]);
        if (l)
            json_array_append_new(items, json_pack("{s:s, s:I, s:s, s:s, s:b}", "stage", l->stage,
                                                   "length", (json_int_t)l->length, "unit", l->unit,
                                                   "basis", l->basis, "verified", l->verified != 0));
    }
    return http_res_json(cx, res, 200, json_pack("{s:o, s:n}", "items", items, "next_cursor"));
}

enum err case_limits_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return req->wants == WANTS_JSON ? answer_json(cx, res) : show(cx, req, res);
}

/* --- changes ------------------------------------------------------------------------------------------------------- */

static bool stage_known(const char *stage)
{
    for (size_t i = 0; i < ARRAY_LEN(order); i++) {
        if (str_eq(order[i], stage))
            return true;
    }
    return false;
}

/* Only the counter's own limit is in minutes. */
static enum err read_limits(struct cx *cx, const struct limits_in *in, struct limits_change *c)
{
    const struct limit_in *rows = in->limits.items;
    struct stage_limit *limits = ARENA_ARRAY(cx->arena, in->limits.count + 1, struct stage_limit);
    for (size_t i = 0; i < in->limits.count; i++) {
        bool minutes = str_eq(rows[i].unit, "minute"), intake = str_eq(rows[i].stage, "intake");
        if (!stage_known(rows[i].stage))
            cx_field(cx, arena_printf(cx->arena, "limits.%zu.stage", i), "unknown",
                     T("Tahap itu tidak ada."));
        else if (minutes != intake)
            cx_field(cx, arena_printf(cx->arena, "limits.%zu.unit", i), "unit",
                     intake ? T("Penerimaan di loket dihitung dalam menit.")
                            : T("Pilih hari kerja atau hari kalender."));
        limits[i] = (struct stage_limit){.stage = rows[i].stage,
                                         .length = rows[i].length,
                                         .unit = rows[i].unit,
                                         .basis = str_or(rows[i].basis, ""),
                                         .verified = rows[i].verified};
    }
    c->limits = limits;
    c->count = in->limits.count;
    return cx_fields(cx);
}

enum err case_limits_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct limits_in in;
    struct limits_change c = {.act = visit_act_of(cx)};
    enum err e = form_parse(cx, req, &limits_form, &in);
    if (e == ERR_OK)
        e = read_limits(cx, &in, &c);
    if (e == ERR_OK)
        e = db_tx(cx, "stage_limits", casework_tx_limits, &c);
    if (e == ERR_OK)
        e = casework_recompute(cx, cx->actor.office_id);
    if (e == ERR_OK)
        return req->wants == WANTS_JSON ? answer_json(cx, res)
                                        : http_res_redirect(cx, res, "/tenggat?selesai=1");
    if (req->wants == WANTS_JSON || e != ERR_INVALID)
        return e;
    res->status = 422;
    return show(cx, req, res);
}

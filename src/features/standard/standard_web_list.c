/* /standar-pelayanan: the services side by side, or the only one; withdrawing one and putting it in force again. */
#include "features/standard/standard_web.h"

#include "lib/base/str.h"
#include "standard_tmpl.h"
#include "lib/base/banned.h"

static void list_body(struct html *h, void *arg)
{
    standard_list_page(h, arg);
}

static enum err fill_row(struct cx *cx, const struct standard_kind *k, struct standard_row_view *row)
{
    struct standard s;
    TRY(standard_current(cx->read, cx->actor.office_id, k->code, standard_today(cx), &s));
    *row = (struct standard_row_view){
        .path = standard_path(cx, k->code),
        .title = s.title,
        .decree = s.decree,
        .clock = standard_clock_words(cx, &s),
        .product = standard_line(cx->arena, s.parts[STANDARD_PRODUCT], 1),
        .ended = str_empty(k->ended) ? NULL : standard_day_words(cx, k->ended),
        .book = str_eq(k->code, STANDARD_BOOK)};
    return ERR_OK;
}

static enum err fill_list(struct cx *cx, const struct standard_kind *kinds, size_t count,
                          struct standard_list_view *v)
{
    struct office o = {0};
    TRY(office_get(cx->read, cx->actor.office_id, &o));
    v->office = o.name;
    v->may_edit = standard_may_edit(cx);
    v->rows = ARENA_ARRAY(cx->arena, count, struct standard_row_view);
    v->ended = ARENA_ARRAY(cx->arena, count, struct standard_row_view);
    for (size_t i = 0; i < count; i++) {
        bool ended = !str_empty(kinds[i].ended);
        if (!standard_kind_shown(cx, &kinds[i]))
            continue;
        TRY(fill_row(cx, &kinds[i], ended ? &v->ended[v->ended_count++] : &v->rows[v->count++]));
    }
    return ERR_OK;
}

enum err standard_list_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct standard_list_view *v = ARENA_NEW(cx->arena, struct standard_list_view);
    struct standard_kind *kinds = NULL, kind;
    struct standard s;
    size_t count = 0, shown = 0;
    TRY(standard_kinds(cx->read, cx->actor.office_id, &kinds, &count));
    for (size_t i = 0; i < count; i++)
        shown += standard_kind_shown(cx, &kinds[i]);
    if (shown == 1) {
        TRY(standard_asked(cx, req, &kind, &s));
        return standard_show(cx, req, res, &s);
    }
    TRY(fill_list(cx, kinds, count, v));
    const struct page_view page = {.title = T("Standar pelayanan"),
                                   .current = "/standar-pelayanan",
                                   .phone = cx->actor.kind != ACTOR_USER,
                                   .language = true,
                                   .body = list_body,
                                   .arg = v};
    return page_render(cx, req, res, &page);
}

/* --- withdrawing ----------------------------------------------------------------------------------------------- */

static enum err end(struct cx *cx, struct http_req *req, struct http_res *res, const char *day)
{
    struct standard_end e = {.act = visit_act_of(cx), .kind = http_param(req, "kind"), .day = day};
    enum err err = db_tx(cx, "standard_end", standard_end_tx, &e);
    if (err == ERR_MISSING)
        return cx_fail(cx, ERR_CONFLICT, "not_withdrawn",
                       T("Standar buku tamu tidak dapat dicabut. Buat versi baru."));
    TRY(err);
    return http_res_redirect(cx, res,
                             arena_printf(cx->arena, "%s?disimpan=1", standard_path(cx, e.kind)));
}

enum err standard_end_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return end(cx, req, res, standard_today(cx));
}

enum err standard_restore_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return end(cx, req, res, "");
}

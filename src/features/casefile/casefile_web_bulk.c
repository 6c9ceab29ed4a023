/* All complaints that this session can open, passed on to one colleague in one act: a new leader, or one whose
 * key is new after a lost password. At most ACT_MAX an answer, CASEFILE_BATCH a transaction; the answer says
 * where to go on. */
#include <stdio.h>
#include <string.h>

#include "casefile_lists_tmpl.h"
#include "features/casefile/casefile_store.h"
#include "features/casefile/casefile_view.h"
#include "features/casefile/casefile_web.h"
#include "features/portal/portal.h"
#include "features/staff/staff_view.h"
#include "lib/json/json.h"
#include "lib/base/banned.h"

#define ACT_MAX (10 * CASEFILE_BATCH)

struct bulk_form {
    const char *staff_id, *password, *after;
    bool identity, ended;
};
#define AT(member) .offset = offsetof(struct bulk_form, member)
/* clang-format off */
static const struct field bulk_fields[] = {
    {.name = "staff_id", .type = FIELD_ID, .flags = FIELD_REQUIRED, AT(staff_id), .label = T("Rekan"), .missing = T("Pilih rekan yang diberi akses.")},
    {.name = "identity", .type = FIELD_BOOL, AT(identity), .label = T("Juga identitas pelapor, sejauh dapat saya buka")},
    {.name = "ended", .type = FIELD_BOOL, AT(ended), .label = T("Juga pengaduan yang sudah berakhir")},
    {.name = "after", .type = FIELD_TEXT, AT(after), .max = 64, .label = T("Lanjutkan sesudah")},
    {.name = "password", .type = FIELD_SECRET, .flags = FIELD_REQUIRED, AT(password), .label = T("Kata sandi Anda sendiri"), .missing = T("Tulis kata sandi Anda sendiri.")},
};
/* clang-format on */
#undef AT
const struct form casefile_bulk_form = FORM("ComplaintAccessAll", struct bulk_form, bulk_fields);

/* One walk. */
struct bulk {
    const struct bulk_form *form;
    struct staff to;
    struct casefile_wanted wanted;
    struct casefile_scan last; /* where the walk stands */
    struct visit_act act;
    int64_t shared, unopened, seen;
    bool more;
};

/* --- page ------------------------------------------------------------------------------------------------------- */

static struct casefile_wanted wanted_of(const struct cx *cx, bool ended)
{
    return (struct casefile_wanted){.reader_id = cx->actor.id,
                                    .state = "",
                                    .class = "",
                                    .from = 0,
                                    .until = INT64_MAX,
                                    .open_only = !ended};
}

static void bulk_body(struct html *h, void *arg)
{
    casefile_bulk_page(h, arg);
}

static enum err bulk_page(struct cx *cx, struct http_req *req, struct http_res *res,
                          struct casefile_bulk_view *v)
{
    struct staff *people = NULL;
    size_t count = 0, n = 0;
    TRY(staff_list(cx->read, cx->actor.office_id, &people, &count));
    struct option *can = ARENA_ARRAY(cx->arena, count + 1, struct option);
    for (size_t i = 0; i < count; i++) {
        const struct staff *s = &people[i];
        if (*casefile_cannot_receive(s) || str_eq(s->id, cx->actor.id))
            continue;
        can[n++] = (struct option){s->id, arena_printf(cx->arena, "%s (%s)", s->name,
                                                       staff_roles_text(cx, (uint32_t)s->roles))};
    }
    const struct casefile_wanted w = wanted_of(cx, false);
    TRY(casefile_count(cx->read, cx->actor.office_id, &w, &v->total));
    v->candidates = can;
    v->staff_id = form_typed(cx, req, "staff_id");
    v->identity = str_eq(form_typed(cx, req, "identity"), "1");
    v->ended = str_eq(form_typed(cx, req, "ended"), "1");
    const struct page_view page = {
        .title = T("Bagikan semua pengaduan"), .current = "/pengaduan", .body = bulk_body, .arg = v};
    return page_render(cx, req, res, &page);
}

enum err casefile_bulk_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    if (casefile_must_ask(cx, req))
        return casefile_ask(cx, req, res, req->path);
    if (req->wants != WANTS_JSON)
        return bulk_page(cx, req, res, ARENA_NEW(cx->arena, struct casefile_bulk_view));
    int64_t open = 0;
    const struct casefile_wanted w = wanted_of(cx, false);
    TRY(casefile_count(cx->read, cx->actor.office_id, &w, &open));
    return http_res_json(cx, res, 200, json_pack("{s:I}", "open", (json_int_t)open));
}

/* --- the walk ----------------------------------------------------------------------------------------------------- */

/* The share that lets `to` open what this session's person can open; {NULL, 0} when it does not open. */
static struct bytes reseal(struct cx *cx, struct bytes share, const struct staff *to)
{
    struct seal_envelope key;
    if (seal_envelope_unshare(share, cx->key.public_key, cx->key.secret_key, &key) != ERR_OK)
        return (struct bytes){NULL, 0};
    struct bytes theirs = seal_envelope_share(&key, cx->arena, to->public_key.p);
    explicit_bzero(&key, sizeof(key));
    return theirs;
}

static enum err prepare(struct cx *cx, const struct bulk *b, const struct casefile_scan *row,
                        struct complaint_sharing *ret)
{
    struct bytes identity = {NULL, 0};
    *ret = (struct complaint_sharing){.act = b->act,
                                      .complaint_id = row->id,
                                      .reader_id = b->to.id,
                                      .parts = COMPLAINT_CONTENT,
                                      .content = reseal(cx, row->share, &b->to)};
    if (!b->form->identity)
        return ERR_OK;
    enum err e = complaint_reporter_share_of(cx->read, cx->actor.office_id, row->id, cx->actor.id,
                                             &identity);
    if (e == ERR_OK)
        ret->reporter = reseal(cx, identity, &b->to);
    if (ret->reporter.p)
        ret->parts |= COMPLAINT_REPORTER;
    return e == ERR_MISSING ? ERR_OK : e;
}

static enum err share_batch(struct cx *cx, struct bulk *b, const struct casefile_scan *rows,
                            size_t count)
{
    struct casefile_gift gift = {
        .items = ARENA_ARRAY(cx->arena, count + 1, struct complaint_sharing)};
    for (size_t i = 0; i < count; i++) {
        struct complaint_sharing *s = &gift.items[gift.count];
        TRY(prepare(cx, b, &rows[i], s));
        b->unopened += !s->content.p;
        gift.count += s->content.p != NULL;
    }
    if (gift.count)
        TRY(db_tx_low(cx, "complaint_share_all", casefile_give_tx, &gift));
    b->shared += (int64_t)gift.count;
    b->seen += (int64_t)count;
    b->last = rows[count - 1];
    return ERR_OK;
}

static enum err walk(struct cx *cx, struct bulk *b)
{
    for (b->more = true; b->more && b->seen < ACT_MAX;) {
        struct casefile_scan *rows = NULL;
        size_t count = 0;
        TRY(casefile_scan(cx->read, cx->actor.office_id, &b->wanted, &b->last, &rows, &count));
        if (count)
            TRY(share_batch(cx, b, rows, count));
        b->more = count == CASEFILE_BATCH;
    }
    return ERR_OK;
}

/* --- the act ------------------------------------------------------------------------------------------------------- */

/* "1784774400000.uuid", as the last answer gave it. */
static bool read_after(struct arena *a, const char *after, struct casefile_scan *ret)
{
    if (str_empty(after)) {
        *ret = (struct casefile_scan){.received_at = INT64_MAX, .id = ""};
        return true;
    }
    size_t n = strcspn(after, ".");
    ret->id = after + n + (after[n] == '.');
    return str_to_i64(arena_strndup(a, after, n), 0, INT64_MAX, &ret->received_at);
}

static enum err check_colleague(struct cx *cx, const char *staff_id, struct staff *ret)
{
    enum err e = staff_get(cx->read, cx->actor.office_id, staff_id, ret);
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    const char *why = e == ERR_OK ? casefile_cannot_receive(ret) : T("akun tidak ada");
    if (*why)
        return cx_fail(cx, ERR_CONFLICT, ret->key_trusted_at ? "not_a_reader" : "key_not_trusted",
                       T("Rekan ini belum dapat diberi akses: %s."), cx_t(cx, why));
    return ret->public_key.n == 32 ? ERR_OK : cx_detail(cx, ERR_INTERNAL, "account without a key");
}

static enum err share_all(struct cx *cx, struct http_req *req, struct bulk_form *form,
                          struct bulk *b)
{
    const struct refusal r = casefile_may_share(&cx->actor, false, COMPLAINT_CONTENT);
    if (r.err != ERR_OK)
        return cx_refuse(cx, &r);
    TRY(form_parse(cx, req, &casefile_bulk_form, form));
    b->form = form;
    b->wanted = wanted_of(cx, form->ended);
    b->act = visit_act_of(cx);
    if (!read_after(cx->arena, form->after, &b->last)) {
        cx_field(cx, "after", "not_in_list", T("Mulai lagi dari awal."));
        return ERR_INVALID;
    }
    TRY(check_colleague(cx, form->staff_id, &b->to));
    TRY(casefile_prove(cx, true, form->password));
    if (!cx->key.present)
        return cx_fail(
            cx, ERR_DENIED, "key_locked",
            T("Kunci pribadi Anda belum terbuka. Masukkan kata sandi Anda sekali lagi."));
    return walk(cx, b);
}

static const char *after_text(struct cx *cx, const struct bulk *b)
{
    return b->more ? arena_printf(cx->arena, "%lld.%s", (long long)b->last.received_at, b->last.id)
                   : NULL;
}

enum err casefile_bulk_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    if (casefile_must_ask(cx, req))
        return casefile_ask(cx, req, res, req->path);
    struct bulk_form form;
    struct bulk b = {.form = NULL};
    enum err e = share_all(cx, req, &form, &b);
    bool page = req->wants != WANTS_JSON;
    struct casefile_bulk_view *v = ARENA_NEW(cx->arena, struct casefile_bulk_view);
    if (page && (e == ERR_INVALID || e == ERR_CONFLICT)) {
        res->status = http_status(e);
        return bulk_page(cx, req, res, v);
    }
    TRY(e);
    if (!page)
        return http_res_json(cx, res, 200,
                             json_pack("{s:I, s:I, s:o}", "shared", (json_int_t)b.shared,
                                       "not_opened", (json_int_t)b.unopened, "after",
                                       json_text(after_text(cx, &b))));
    *v = (struct casefile_bulk_view){.done = true,
                                     .shared = b.shared,
                                     .unopened = b.unopened,
                                     .after = after_text(cx, &b),
                                     .to = b.to.name};
    return bulk_page(cx, req, res, v);
}

/* Messages between reporter and office: sealing, opening, and the officer's page /pengaduan/{id}/pesan. */
#include "features/reporter/reporter_web.h"

#include <string.h>

#include "features/complaint/complaint_web_keys.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/json/json.h"
#include "reporter_follow_tmpl.h"
#include "lib/base/banned.h"

struct answer_form {
    const char *text;
};
/* clang-format off */
static const struct field answer_fields[] = {
    {.name = "text", .type = FIELD_LINES, .flags = FIELD_REQUIRED | FIELD_PRIVATE, .offset = offsetof(struct answer_form, text), .max = 5000, .label = T("Jawaban"), .missing = T("Tulis jawaban untuk pelapor.")},
};
/* clang-format on */
const struct form reporter_message_form = FORM("OfficeAnswer", struct answer_form, answer_fields);

static const char *aad_of(struct cx *cx, const struct complaint *c, const char *message_id)
{
    return complaint_aad(cx->arena, c->id, arena_printf(cx->arena, "message|%s", message_id));
}

enum err reporter_message_send(struct cx *cx, const struct complaint *c, const char *text,
                               struct reporter_message_new *n)
{
    char id[UUID_TEXT_BYTES];
    bool anonymous = str_eq(c->reporter_mode, "anonymous");
    if (c->public_key.n != 32)
        return cx_fail(cx, ERR_CONFLICT, "no_public_key",
                       T("Pengaduan ini dari masa sebelum ada tindak lanjut lewat halaman ini."));
    rand_uuid4(id);
    n->office_id = cx->actor.office_id;
    n->now_ms = cx->now_ms;
    n->message.id = arena_strdup(cx->arena, id);
    n->message.complaint_id = c->id;
    n->message.at = reporter_message_time(cx->now_ms, cx->offset_min, anonymous);
    n->message.body_sealed = seal_drop_text(cx->arena, c->public_key.p,
                                            aad_of(cx, c, n->message.id), text);
    if (!n->message.body_sealed.p)
        return cx_detail(cx, ERR_INTERNAL, "a complaint whose public key is none");
    enum err e = db_tx(cx, "reporter_message", reporter_message_add_tx, n);
    return e != ERR_OK && n->refusal.err != ERR_OK ? cx_refuse(cx, &n->refusal) : e;
}

/* To the reporter the office is one; inside it each has a name. */
static const char *author(struct cx *cx, const struct reporter_message *m, bool for_reporter)
{
    if (m->from_reporter)
        return for_reporter ? T("Anda") : T("Pelapor");
    return for_reporter ? T("Kantor") : staff_name(cx->read, cx->actor.office_id, m->by_id);
}

enum err reporter_messages_fill(struct cx *cx, const struct complaint *c,
                                const struct seal_envelope *key, bool for_reporter,
                                const struct message_view **ret, size_t *ret_count,
                                bool *ret_withdrawal)
{
    struct reporter_message *rows = NULL;
    size_t count = 0;
    bool anonymous = str_eq(c->reporter_mode, "anonymous");
    TRY(reporter_messages(cx->read, cx->actor.office_id, c->id, &rows, &count));
    struct message_view *list = ARENA_ARRAY(cx->arena, count + 1, struct message_view);
    for (size_t i = 0; i < count; i++) {
        char *text = NULL;
        TRY(seal_drop_open(key, cx->arena, aad_of(cx, c, rows[i].id), rows[i].body_sealed, &text));
        list[i] = (struct message_view){.who = author(cx, &rows[i], for_reporter),
                                        .when = reporter_when(cx, rows[i].at, !anonymous),
                                        .from_reporter = rows[i].from_reporter != 0,
                                        .ours = rows[i].from_reporter != 0 && for_reporter,
                                        .withdrawal = str_eq(rows[i].kind, "withdrawal"),
                                        .seen = rows[i].seen_at != 0};
        list[i].lines = reporter_lines(cx->arena, text, &list[i].line_count);
        *ret_withdrawal |= list[i].withdrawal;
    }
    *ret = list;
    *ret_count = count;
    return ERR_OK;
}

/* --- the officer's page ------------------------------------------------------------------------------------ */

static void messages_body(struct html *h, void *arg)
{
    reporter_messages_page(h, arg);
}

/* Messages are numbered from 1 without a gap. */
static enum err mark_seen(struct cx *cx, const struct complaint *c, size_t shown)
{
    struct reporter_message_seen s = {.office_id = cx->actor.office_id,
                                      .complaint_id = c->id,
                                      .staff_id = cx->actor.id,
                                      .now_ms = cx->now_ms,
                                      .last_seq = (int64_t)shown};
    return db_tx(cx, "reporter_messages_read", reporter_message_seen_tx, &s);
}

/* Opened, shown, and only then marked as read. */
static enum err show(struct cx *cx, struct http_req *req, struct http_res *res,
                     const struct complaint *c, enum err e)
{
    struct seal_envelope key;
    TRY(complaint_unlock(cx, c->id, COMPLAINT_CONTENT, &key));
    struct messages_view *v = ARENA_NEW(cx->arena, struct messages_view);
    v->number = complaint_number_text(cx->arena, c->number, c->year);
    v->complaint_path = arena_printf(cx->arena, "/pengaduan/%s", c->id);
    v->action = arena_printf(cx->arena, "%s/pesan", v->complaint_path);
    v->anonymous = str_eq(c->reporter_mode, "anonymous");
    enum err opened = reporter_messages_fill(cx, c, &key, false, &v->messages, &v->message_count,
                                             &v->withdrawal);
    explicit_bzero(&key, sizeof(key));
    TRY(opened);
    if (v->message_count)
        TRY(mark_seen(cx, c, v->message_count));
    v->sent = http_query(req, "terkirim") != NULL;
    v->text = e == ERR_OK ? "" : form_typed(cx, req, "text");
    if (e != ERR_OK)
        res->status = http_status(e);
    const struct page_view page = {.title = T("Pesan dengan pelapor"),
                                   .current = "/pengaduan",
                                   .body = messages_body,
                                   .arg = v};
    return page_render(cx, req, res, &page);
}

enum err reporter_messages_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct complaint c = {0};
    TRY(complaint_must_exist(cx, http_param(req, "id"), &c));
    return show(cx, req, res, &c, ERR_OK);
}

/* Who cannot read the case does not answer for it. */
static enum err answer(struct cx *cx, struct http_req *req, const struct complaint *c)
{
    struct answer_form f;
    struct seal_envelope key;
    TRY(complaint_unlock(cx, c->id, COMPLAINT_CONTENT, &key));
    explicit_bzero(&key, sizeof(key));
    TRY(form_parse(cx, req, &reporter_message_form, &f));
    struct reporter_message_new n = {.message = {.kind = "message", .by_id = cx->actor.id},
                                     .audited = true};
    return reporter_message_send(cx, c, f.text, &n);
}

enum err reporter_messages_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct complaint c = {0};
    TRY(complaint_must_exist(cx, http_param(req, "id"), &c));
    enum err e = answer(cx, req, &c);
    if (e == ERR_OK && req->wants == WANTS_JSON)
        return http_res_json(cx, res, 201, json_object());
    if (e == ERR_OK)
        return http_res_redirect(cx, res,
                                 arena_printf(cx->arena, "/pengaduan/%s/pesan?terkirim=1", c.id));
    if (req->wants == WANTS_JSON || (e != ERR_INVALID && e != ERR_CONFLICT))
        return e;
    return show(cx, req, res, &c, e);
}

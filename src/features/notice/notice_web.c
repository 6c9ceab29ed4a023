/* Meta's webhook: verified over the raw bytes, stored sealed and answered at once, processed after. */
#include <stdio.h>
#include <string.h>

#include "features/decision/decision_store.h"
#include "features/notice/notice_inbound.h"
#include "features/notice/notice_web.h"
#include "features/notice/notice_web_text.h"
#include "features/notice/notice_whatsapp_store.h"
#include "features/reach/reach.h"
#include "features/staff/staff.h"
#include "lib/base/cleanup.h"
#include "lib/base/log.h"
#include "lib/base/settings.h"
#include "lib/base/str.h"
#include "lib/http/http.h"
#include "lib/http/sse.h"
#include "lib/outbox/whatsapp_webhook.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

#define WEBHOOK_BYTES   (3u * 1024 * 1024)
#define GATEWAY_BYTES   (1024u * 1024)
#define SECRET_BYTES    512u
#define WEBHOOKS_MAX    50u
#define WEBHOOK_LIFE_MS (30LL * 24 * 3600 * 1000)

/* --- GET: the handshake ---------------------------------------------------------------------------- */

static enum err handshake_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct whatsapp_handshake h = {.mode = http_query(req, "hub.mode"),
                                   .token = http_query(req, "hub.verify_token"),
                                   .challenge = http_query(req, "hub.challenge")};
    const char *challenge = NULL;
    TRY(whatsapp_handshake_check(&h, cx->settings->verify_token, &challenge));
    res->content_type = "text/plain; charset=utf-8";
    buf_puts(&res->body, challenge);
    return ERR_OK;
}

/* --- POST: events ------------------------------------------------------------------------------------ */

/* The app secret, read each time: a new one needs no restart. */
static struct bytes app_secret(struct cx *cx)
{
    CLEAN_FILE FILE *f = cx->settings->app_secret_file ? fopen(cx->settings->app_secret_file, "re")
                                                       : NULL;
    if (!f)
        return (struct bytes){NULL, 0};
    char *text = arena_alloc(cx->arena, SECRET_BYTES + 1);
    size_t n = fread(text, 1, SECRET_BYTES, f);
    while (n && strchr(" \r\n\t", text[n - 1]))
        n--;
    return (struct bytes){(const uint8_t *)text, n};
}

static enum err webhook_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    const char *signature = http_header(req, "x-hub-signature-256");
    if (!signature || !whatsapp_signature_valid(req->body, signature, app_secret(cx)))
        return cx_fail(cx, ERR_AUTH, "signature", T("Tanda tangan kiriman tidak cocok."));
    struct whatsapp_event *events = NULL;
    size_t count = 0;
    TRY(whatsapp_webhook_parse(cx, req->body, &events, &count));
    const char *id = cx_new_id(cx);
    struct webhook_new n = {.office_id = cx->actor.office_id, .id = id, .received_at = cx->now_ms};
    n.sealed = seal_field_bytes(cx->seal, cx->arena, "webhook_event", "body_sealed", id, req->body);
    TRY(db_tx(cx, "webhook_keep", notice_webhook_keep, &n));
    if (cx->sse)
        sse_poke(cx->sse); /* wakes the thread that processes it */
    res->content_type = "text/plain; charset=utf-8";
    buf_puts(&res->body, "ok");
    return ERR_OK;
}

/* --- processing ------------------------------------------------------------------------------------------ */

static struct status_change status_of(struct cx *cx, const char *office_id,
                                      const struct whatsapp_event *e)
{
    struct status_change s = {.wamid = e->wamid,
                              .opaque_id = e->opaque_id,
                              .status = e->status,
                              .at = e->at_ms ? e->at_ms : cx->now_ms};
    s.act = visit_act_system(office_id, cx->now_ms);
    if (e->error_code)
        s.code = arena_printf(cx->arena, "%lld", (long long)e->error_code);
    return s;
}

static enum err apply_statuses(struct cx *cx, struct status_batch *b)
{
    bool changed = false;
    if (b->count + b->done_count == 0)
        return ERR_OK;
    TRY(db_tx(cx, "notice_status", notice_statuses, b));
    for (size_t i = 0; i < b->count; i++)
        changed = changed || b->changes[i].changed;
    outbox_wake(cx); /* what failed may go out again */
    if (changed && cx->sse)
        sse_poke(cx->sse);
    return ERR_OK;
}

/* Tells who answered too late what was decided. */
static enum err reply_late(struct cx *cx, const struct decision_new *n)
{
    const char *reason = NULL;
    struct reply_new *r = ARENA_NEW(cx->arena, struct reply_new);
    r->act = n->act;
    r->outbox_id = cx_new_id(cx);
    r->visit_id = n->visit_id;
    r->recipient_id = n->official_id;
    r->channel = notice_channel(cx, &reason);
    if (!r->channel)
        return ERR_OK;
    TRY(db_tx(cx, "notice_reply", notice_reply, r));
    outbox_wake(cx);
    return ERR_OK;
}

/* A guest of a list was chosen: his answers go out. */
static enum err show_answers(struct cx *cx, const char *office_id, const struct answer_token *token)
{
    const char *id = cx_new_id(cx);
    bool head = str_eq(token->as_role, staff_role_name(ROLE_OFFICE_HEAD));
    struct text_reply r = {.office_id = office_id,
                           .outbox_id = id,
                           .kind = head ? NOTICE_HEAD_CHOICES : NOTICE_CHOICES,
                           .subject_id = token->visit_id,
                           .staff_id = token->staff_id,
                           .now_ms = cx->now_ms};
    if (token->expires_at <= cx->now_ms)
        return ERR_OK;
    enum err e = db_tx(cx, "notice_choices", notice_choices, &r);
    if (e == ERR_OK)
        outbox_wake(cx);
    return e == ERR_CONFLICT ? ERR_OK : e;
}

/* A button, or a row of a list: of a guest among several, else an answer. */
static enum err on_button(struct cx *cx, const char *office_id, const struct whatsapp_event *e,
                          const struct staff *sender)
{
    uint8_t *hash = ARENA_ARRAY(cx->arena, 32, uint8_t);
    seal_secret_hash(cx->seal, "answer", e->payload + 3, hash);
    struct answer_token token = {0};
    enum err found = decision_token_find(cx->read, office_id, hash, &token);
    if (found == ERR_OK && str_eq(token.action, "show"))
        return str_eq(token.staff_id, sender->id) ? show_answers(cx, office_id, &token) : ERR_OK;
    if (found != ERR_OK && found != ERR_MISSING)
        return found;
    const struct typed_answer t = {.office_id = office_id,
                                   .channel = "whatsapp",
                                   .staff_id = sender->id,
                                   .message_id = e->wamid,
                                   .text = e->text,
                                   .reply_to = e->context_id};
    return notice_take_tap(cx, &t, e->payload, NULL);
}

/* By his telephone or the id learnt from earlier messages, else by an address among his channels. */
static enum err sender_of(struct cx *cx, const char *office_id, const struct whatsapp_event *e,
                          struct staff *ret)
{
    const char *e164 = e->wa_id ? arena_printf(cx->arena, "+%s", e->wa_id) : NULL;
    const char *staff_id = NULL;
    enum err found = staff_by_whatsapp(cx, cx->read, office_id, e164, e->user_id, ret);
    if (found != ERR_MISSING || !e164)
        return found;
    TRY(reach_by_address(cx, office_id, "whatsapp", e164, &staff_id));
    return staff_get(cx->read, office_id, staff_id, ret);
}

/* Reactions, system notes and what WhatsApp cannot show are no messages to answer. */
static bool is_writing(const struct whatsapp_event *e)
{
    static const char *const types[] = {"text",  "button",   "interactive", "image",    "audio",
                                        "video", "document", "sticker",     "location", "contacts"};
    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        if (str_eq(types[i], e->type))
            return !e->error_code;
    return false;
}

static enum err on_message(struct cx *cx, const char *office_id, const struct whatsapp_event *e)
{
    struct staff sender = {0};
    enum err found = sender_of(cx, office_id, e, &sender);
    if (found == ERR_MISSING)
        return ERR_OK;
    if (found != ERR_OK)
        return found;
    struct inbound *i = ARENA_NEW(cx->arena, struct inbound);
    *i = (struct inbound){.office_id = office_id,
                          .staff_id = sender.id,
                          .user_id = e->user_id,
                          .at = e->at_ms ? e->at_ms : cx->now_ms};
    TRY(db_tx(cx, "notice_inbound", notice_inbound, i));
    if (e->payload && str_starts(e->payload, "v1."))
        return on_button(cx, office_id, e, &sender);
    if (!is_writing(e))
        return ERR_OK;
    struct notice_words *w = ARENA_NEW(cx->arena, struct notice_words);
    *w = (struct notice_words){.office_id = office_id,
                               .staff_id = sender.id,
                               .channel = "whatsapp",
                               .text = e->text,
                               .message_id = e->wamid,
                               .context_id = e->context_id,
                               .at_ms = i->at,
                               .late = reply_late};
    return notice_words_answer(cx, w);
}

static enum err on_template(struct cx *cx, const char *office_id, const struct whatsapp_event *e)
{
    struct template_event t = {
        .office_id = office_id, .name = e->text, .status = e->status, .now_ms = cx->now_ms};
    return str_empty(e->text) ? ERR_OK : db_tx(cx, "notice_template", notice_template_event, &t);
}

/* A stored body, read. */
struct webhook {
    const char *id;
    int64_t received_at;
    struct whatsapp_event *events;
    size_t count, statuses;
    bool readable, early;
};

#define EARLY_MS 10000LL

/* Lists and texts carry no id of ours: a status that is faster than our own note of the answer to the send
 * waits a moment for it. */
static bool is_early(struct cx *cx, const char *office_id, const struct webhook *w,
                     const struct whatsapp_event *e)
{
    struct outbox_row row = {0};
    struct staff s = {0};
    if (e->opaque_id || !e->wamid || !e->wa_id || w->received_at + EARLY_MS < cx->now_ms ||
        outbox_get_by_provider(cx->read, office_id, e->wamid, &row) != ERR_MISSING)
        return false;
    return staff_by_whatsapp(cx, cx->read, office_id, arena_printf(cx->arena, "+%s", e->wa_id),
                             e->user_id, &s) == ERR_OK &&
           notice_is_sending(cx->read, office_id, s.id);
}

static enum err open_webhook(struct cx *cx, const char *office_id, const struct webhook_row *row,
                             struct webhook *ret)
{
    struct bytes body;
    ret->id = row->id;
    ret->received_at = row->received_at;
    enum err e = seal_field_open_bytes(cx->seal, cx->arena, "webhook_event", "body_sealed", row->id,
                                       row->body_sealed, &body);
    if (e == ERR_OK)
        e = whatsapp_webhook_parse(cx, body, &ret->events, &ret->count);
    ret->readable = e == ERR_OK;
    if (!ret->readable) /* it will never be: the others must not wait for it */
        log_event(LOG_ERROR, "webhook_unreadable", "id", row->id, "err", err_name(e), NULL);
    for (size_t i = 0; i < ret->count; i++) {
        const struct whatsapp_event *one = &ret->events[i];
        bool status = one->kind == WHATSAPP_STATUS;
        ret->statuses += status;
        ret->early = ret->early || (status && is_early(cx, office_id, ret, one));
    }
    return ERR_OK;
}

/* Its statuses, and that it is done, join the batch. */
static void add_to_batch(struct cx *cx, const char *office_id, const struct webhook *w,
                         struct status_batch *b, struct webhook_done *done)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->events[i].kind == WHATSAPP_STATUS)
            b->changes[b->count++] = status_of(cx, office_id, &w->events[i]);
    done[b->done_count++] = (struct webhook_done){
        .office_id = office_id, .id = w->id, .now_ms = cx->now_ms};
    b->done = done;
}

static enum err process(struct cx *cx, const char *office_id, const struct webhook *w)
{
    for (size_t i = 0; i < w->count; i++) {
        const struct whatsapp_event *e = &w->events[i];
        if (e->kind == WHATSAPP_MESSAGE)
            TRY(on_message(cx, office_id, e));
        else if (e->kind == WHATSAPP_TEMPLATE)
            TRY(on_template(cx, office_id, e));
    }
    struct status_batch *b = ARENA_NEW(cx->arena, struct status_batch);
    b->changes = ARENA_ARRAY(cx->arena, w->statuses + 1, struct status_change);
    add_to_batch(cx, office_id, w, b, ARENA_NEW(cx->arena, struct webhook_done));
    return apply_statuses(cx, b);
}

/* Bodies with statuses alone share one transaction: after a rush there are thousands of them. */
static enum err process_statuses(struct cx *cx, const char *office_id, const struct webhook *all,
                                 size_t count)
{
    size_t statuses = 0;
    for (size_t i = 0; i < count; i++)
        statuses += all[i].statuses;
    struct status_batch *b = ARENA_NEW(cx->arena, struct status_batch);
    b->changes = ARENA_ARRAY(cx->arena, statuses + 1, struct status_change);
    struct webhook_done *done = ARENA_ARRAY(cx->arena, count, struct webhook_done);
    for (size_t i = 0; i < count; i++)
        if (all[i].statuses == all[i].count && !all[i].early)
            add_to_batch(cx, office_id, &all[i], b, done);
    return apply_statuses(cx, b);
}

enum err notice_process_webhooks(struct cx *cx, const char *office_id)
{
    struct webhook_row *rows = NULL;
    size_t count = 0;
    enum err others = notice_process_gateways(cx, office_id);
    TRY(notice_webhooks(cx->read, office_id, WEBHOOKS_MAX, &rows, &count));
    if (count == 0)
        return others;
    struct webhook *all = ARENA_ARRAY(cx->arena, count, struct webhook);
    for (size_t i = 0; i < count; i++)
        TRY(open_webhook(cx, office_id, &rows[i], &all[i]));
    enum err worst = process_statuses(cx, office_id, all, count);
    bool alone = worst != ERR_OK; /* one of them may have spoilt it for all */
    size_t early = 0;
    worst = ERR_OK;
    for (size_t i = 0; i < count; i++) {
        early += all[i].early;
        if (all[i].early || (all[i].statuses == all[i].count && !alone))
            continue;
        enum err e = process(cx, office_id, &all[i]);
        if (e != ERR_OK)
            worst = e; /* the others still get their turn; this one is tried again */
    }
    if (count == WEBHOOKS_MAX && worst == ERR_OK && early == 0 && cx->sse)
        sse_poke(cx->sse); /* there are more */
    return worst;
}

enum err notice_forget(struct cx *cx, const char *office_id)
{
    struct webhook_forget f = {.office_id = office_id, .before_ms = cx->now_ms - WEBHOOK_LIFE_MS};
    TRY(notice_forget_inbound(cx, office_id));
    return db_tx_low(cx, "webhook_forget", notice_webhook_forget, &f);
}

const struct route *notice_routes(void)
{
    /* clang-format off */
    static const struct route rows[] = {
        {HTTP_GET, "/kait/whatsapp", 0, ROUTE_SIGNED, handshake_get, NULL, 0, T("Perkenalan webhook WhatsApp"), NULL},
        {HTTP_POST, "/kait/whatsapp", 0, ROUTE_SIGNED, webhook_post, NULL, WEBHOOK_BYTES, T("Peristiwa WhatsApp"), NULL},
        {HTTP_POST, "/kait/gateway/{token}", 0, ROUTE_SIGNED, gateway_post, NULL, GATEWAY_BYTES, T("Pesan masuk dari gateway"), NULL},
        {HTTP_POST, "/kait/telegram", 0, ROUTE_SIGNED, telegram_post, NULL, 0, T("Pesan masuk dari Telegram"), NULL},
        {HTTP_GET, "/saluran", ROLE_ADMIN, 0, channels_get, NULL, 0, T("Saluran pesan: keadaan, templat, orang, eskalasi"), NULL},
        {HTTP_POST, "/saluran/eskalasi", ROLE_ADMIN, 0, escalation_post, &escalation_form, 0, T("Ubah langkah eskalasi"), NULL},
        {HTTP_POST, "/saluran/pesan/{id}/kirim-ulang", ROLE_ADMIN, 0, retry_post, NULL, 0, T("Kirim ulang pesan yang gagal"), NULL},
        {HTTP_POST, "/saluran/uji", ROLE_ADMIN, 0, test_post, &test_form, 0, T("Kirim pesan uji ke satu saluran seseorang"), NULL},
        {HTTP_POST, "/saluran/kode", ROLE_ADMIN, 0, code_post, &code_form, 0, T("Buktikan saluran dengan kode pesan uji"), NULL},
        {.path = NULL},
    };
    /* clang-format on */
    return rows;
}

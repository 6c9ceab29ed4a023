/* Meta's webhook: verified over the raw bytes, stored sealed and answered at once, processed after. */
#include <stdio.h>
#include <string.h>

#include "features/decision/decision_store.h"
#include "features/notice/notice_store.h"
#include "features/staff/staff.h"
#include "lib/base/cleanup.h"
#include "lib/base/log.h"
#include "lib/base/rand.h"
#include "lib/base/settings.h"
#include "lib/base/str.h"
#include "lib/http/http.h"
#include "lib/http/sse.h"
#include "lib/outbox/whatsapp_webhook.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

#define WEBHOOK_BYTES  (3u * 1024 * 1024)
#define SECRET_BYTES   512u
#define WEBHOOKS_MAX   20u
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
    CLEAN_FILE FILE *f = cx->settings->app_secret_file ? fopen(cx->settings->app_secret_file, "re") : NULL;
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
    char id[UUID_TEXT_BYTES];
    rand_uuid7(cx->now_ms, id);
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

static enum err on_status(struct cx *cx, const char *office_id, const struct whatsapp_event *e)
{
    struct status_change *s = ARENA_NEW(cx->arena, struct status_change);
    s->act = (struct visit_act){.office_id = office_id, .actor_kind = "system", .actor_id = "",
                                .now_ms = cx->now_ms};
    s->wamid = e->wamid;
    s->opaque_id = e->opaque_id;
    s->status = e->status;
    s->at = e->at_ms ? e->at_ms : cx->now_ms;
    if (e->error_code)
        s->code = arena_printf(cx->arena, "%lld", (long long)e->error_code);
    TRY(db_tx(cx, "notice_status", notice_status, s));
    if (s->changed && cx->sse)
        sse_poke(cx->sse);
    return ERR_OK;
}

/* Tells who answered too late what was decided. */
static enum err reply_late(struct cx *cx, const struct decision_new *n)
{
    const char *reason = NULL;
    char id[UUID_TEXT_BYTES];
    rand_uuid7(cx->now_ms, id);
    struct reply_new *r = ARENA_NEW(cx->arena, struct reply_new);
    r->act = n->act;
    r->outbox_id = arena_strdup(cx->arena, id);
    r->visit_id = n->visit_id;
    r->recipient_id = n->official_id;
    r->channel = notice_channel(cx, &reason);
    if (!r->channel)
        return ERR_OK;
    TRY(db_tx(cx, "notice_reply", notice_reply, r));
    outbox_wake(cx);
    return ERR_OK;
}

/* The button counts only with its token, from the person it was given to. */
static enum err on_button(struct cx *cx, const char *office_id, const struct whatsapp_event *e,
                          const struct staff *sender)
{
    uint8_t *hash = ARENA_ARRAY(cx->arena, 32, uint8_t);
    seal_secret_hash(cx->seal, "answer", e->payload + 3, hash);
    struct answer_token token = {0};
    enum err found = decision_token_find(cx->read, office_id, hash, &token);
    if (found == ERR_MISSING)
        return ERR_OK;
    if (found != ERR_OK)
        return found;
    if (!str_eq(token.staff_id, sender->id) || !*token.action) {
        log_event(LOG_WARN, "whatsapp answer from another person refused", "visit", token.visit_id, NULL);
        return ERR_OK;
    }
    struct decision_new *n = ARENA_NEW(cx->arena, struct decision_new);
    n->act = (struct visit_act){.office_id = office_id, .actor_kind = "official",
                                .actor_id = sender->id, .now_ms = cx->now_ms};
    n->visit_id = token.visit_id;
    n->official_id = sender->id;
    if (!staff_role_parse(token.as_role, &n->as_role))
        return ERR_INTERNAL;
    n->outcome = token.action;
    n->channel = "whatsapp";
    n->message_id = e->wamid;
    n->token_hash = hash;
    struct decision_result *r = ARENA_NEW(cx->arena, struct decision_result);
    enum err answered = decision_answer(cx, n, r);
    if (answered == ERR_CONFLICT && str_eq(r->effect, "too_late"))
        return reply_late(cx, n);
    return answered == ERR_CONFLICT || answered == ERR_MISSING ? ERR_OK : answered;
}

static enum err on_message(struct cx *cx, const char *office_id, const struct whatsapp_event *e)
{
    struct staff sender = {0};
    const char *e164 = e->wa_id ? arena_printf(cx->arena, "+%s", e->wa_id) : NULL;
    enum err found = staff_by_whatsapp(cx, cx->read, office_id, e164, e->user_id, &sender);
    if (found == ERR_MISSING)
        return ERR_OK;
    if (found != ERR_OK)
        return found;
    struct inbound *i = ARENA_NEW(cx->arena, struct inbound);
    *i = (struct inbound){.office_id = office_id, .staff_id = sender.id, .user_id = e->user_id,
                          .at = e->at_ms ? e->at_ms : cx->now_ms};
    TRY(db_tx(cx, "notice_inbound", notice_inbound, i));
    if (e->payload && str_starts(e->payload, "v1."))
        return on_button(cx, office_id, e, &sender);
    return ERR_OK;
}

static enum err process(struct cx *cx, const char *office_id, const struct webhook_row *row)
{
    struct bytes body;
    TRY(seal_field_open_bytes(cx->seal, cx->arena, "webhook_event", "body_sealed", row->id,
                              row->body_sealed, &body));
    struct whatsapp_event *events = NULL;
    size_t count = 0;
    TRY(whatsapp_webhook_parse(cx, body, &events, &count));
    for (size_t i = 0; i < count; i++) {
        const struct whatsapp_event *e = &events[i];
        if (e->kind == WHATSAPP_STATUS)
            TRY(on_status(cx, office_id, e));
        else if (e->kind == WHATSAPP_MESSAGE)
            TRY(on_message(cx, office_id, e));
    }
    struct webhook_done d = {.office_id = office_id, .id = row->id, .now_ms = cx->now_ms};
    return db_tx(cx, "webhook_done", notice_webhook_done, &d);
}

enum err notice_process_webhooks(struct cx *cx, const char *office_id)
{
    struct webhook_row *rows = NULL;
    size_t count = 0;
    TRY(notice_webhooks(cx->read, office_id, WEBHOOKS_MAX, &rows, &count));
    enum err worst = ERR_OK;
    for (size_t i = 0; i < count; i++) {
        enum err e = process(cx, office_id, &rows[i]);
        if (e != ERR_OK)
            worst = e; /* the others still get their turn; this one is tried again */
    }
    return worst;
}

enum err notice_forget(struct cx *cx, const char *office_id)
{
    struct webhook_forget f = {.office_id = office_id, .before_ms = cx->now_ms - WEBHOOK_LIFE_MS};
    return db_tx_low(cx, "webhook_forget", notice_webhook_forget, &f);
}

const struct route *notice_routes(void)
{
    static const struct route rows[] = {
        {HTTP_GET, "/kait/whatsapp", 0, ROUTE_SIGNED, handshake_get, NULL, 0, T("Perkenalan webhook WhatsApp"), NULL},
        {HTTP_POST, "/kait/whatsapp", 0, ROUTE_SIGNED, webhook_post, NULL, WEBHOOK_BYTES, T("Peristiwa WhatsApp"), NULL},
        {.path = NULL},
    };
    return rows;
}

/* Answers from gateways and from the Telegram bot: let in, stored as events, processed after. What they
 * mean is decided in notice_web_reply.c, for all channels alike. */
#include <stdio.h>
#include <string.h>

#include "features/notice/notice_inbound.h"
#include "features/notice/notice_store.h"
#include "features/notice/notice_web.h"
#include "features/notice/notice_web_text.h"
#include "features/reach/reach.h"
#include "lib/base/cleanup.h"
#include "lib/base/log.h"
#include "lib/base/settings.h"
#include "lib/base/str.h"
#include "lib/http/sse.h"
#include "lib/json/json.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

#define ROWS_MAX     20u
#define SECRET_BYTES 256u
#define LIFE_MS      (30LL * 24 * 3600 * 1000)

/* --- events as they are stored -------------------------------------------------------------------------- */

static const struct {
    const char *name;
    size_t offset;
} members[] = {
    {"dedupe", offsetof(struct inbound_event, dedupe_key)},
    {"id", offsetof(struct inbound_event, id)},
    {"from", offsetof(struct inbound_event, from)},
    {"sender", offsetof(struct inbound_event, sender)},
    {"text", offsetof(struct inbound_event, text)},
    {"payload", offsetof(struct inbound_event, payload)},
    {"reply_to", offsetof(struct inbound_event, reply_to)},
    {"status", offsetof(struct inbound_event, status)},
    {"callback", offsetof(struct inbound_event, callback_id)},
};

static const char **member_of(struct inbound_event *e, size_t i)
{
    return (const char **)(void *)((char *)e + members[i].offset);
}

static json_t *event_json(const struct inbound_event *e)
{
    struct inbound_event copy = *e;
    json_t *o = json_pack("{s:i}", "kind", (int)e->kind);
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        const char *value = *member_of(&copy, i);
        if (value)
            (void)json_object_set_new(o, members[i].name, json_string(value));
    }
    return o;
}

static struct inbound_event event_read(const json_t *o)
{
    struct inbound_event e = {
        .kind = (enum inbound_kind)json_integer_value(json_object_get(o, "kind"))};
    for (size_t i = 0; i < ARRAY_LEN(members); i++)
        *member_of(&e, i) = json_string_value(json_object_get(o, members[i].name));
    return e;
}

enum err notice_keep_inbound(struct cx *cx, const char *office_id, const char *channel,
                             const struct inbound_event *events, size_t count)
{
    if (count == 0)
        return ERR_OK;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(list, event_json(&events[i]));
    struct buf text = buf_new(cx->arena, 1024, 4u * 1024 * 1024);
    json_write(&text, json_keep(cx->arena, list));
    if (text.full)
        return cx_detail(cx, ERR_BAD, "inbound events too large");
    const char *id = cx_new_id(cx);
    struct inbound_new n = {
        .office_id = office_id, .id = id, .channel = channel, .received_at = cx->now_ms};
    n.sealed = seal_field_bytes(cx->seal, cx->arena, "inbound_event", "body_sealed", id,
                                (struct bytes){(const uint8_t *)text.p, text.n});
    TRY(db_tx(cx, "inbound_keep", inbound_keep, &n));
    if (cx->sse)
        sse_poke(cx->sse); /* wakes the thread that processes it */
    return ERR_OK;
}

/* --- POST /kait/gateway/{token} -------------------------------------------------------------------------- */

struct asked {
    struct cx *cx;
    const struct http_req *req;
};

static const char *header_of(void *user, const char *name)
{
    const struct asked *a = user;
    return http_header(a->req, str_lower(a->cx->arena, name));
}

static enum err answer_ok(struct http_res *res)
{
    res->content_type = "text/plain; charset=utf-8";
    buf_puts(&res->body, "ok");
    return ERR_OK;
}

/* The file is read each time: a changed one needs no restart, and an office has few messages. */
static enum err gateway_here(struct cx *cx, struct gateway **ret)
{
    const char *message = NULL;
    const struct channel_http_options o = {.config_file = cx->settings->gateway_file,
                                           .secrets_dir = cx->settings->gateway_secrets};
    if (!settings_channel_ready(cx->settings, "gateway"))
        return cx_fail(cx, ERR_MISSING, "gateway_off", T("Gateway belum disiapkan di kantor ini."));
    enum err e = gateway_read(cx->arena, &o, ret, &message);
    return e == ERR_INVALID ? cx_detail(cx, ERR_INTERNAL, "gateway file: %s", str_or(message, ""))
                            : e;
}

enum err gateway_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct gateway *g = NULL;
    struct inbound_event *events = NULL;
    size_t count = 0;
    TRY(gateway_here(cx, &g));
    struct asked asked = {cx, req};
    const struct gateway_request r = {.path_token = http_param(req, "token"),
                                      .content_type = http_header(req, "content-type"),
                                      .header = header_of,
                                      .user = &asked,
                                      .body = req->body};
    if (gateway_inbound_check(cx, g, &r) != ERR_OK)
        return cx_fail(cx, ERR_AUTH, "signature", T("Tanda tangan kiriman tidak cocok."));
    TRY(gateway_inbound_parse(cx, g, &r, &events, &count));
    TRY(notice_keep_inbound(cx, cx->actor.office_id, "gateway", events, count));
    return answer_ok(res);
}

/* --- POST /kait/telegram ------------------------------------------------------------------------------------ */

static const char *telegram_secret(struct cx *cx)
{
    const char *path = cx->settings->telegram_secret_file;
    CLEAN_FILE FILE *f = path ? fopen(path, "re") : NULL;
    if (!f)
        return "";
    char *text = arena_alloc(cx->arena, SECRET_BYTES + 1);
    size_t n = fread(text, 1, SECRET_BYTES, f);
    while (n && strchr(" \r\n\t", text[n - 1]))
        text[--n] = '\0';
    return text;
}

enum err telegram_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct inbound_event event;
    bool found = false;
    const char *header = http_header(req, "x-telegram-bot-api-secret-token");
    bool on = settings_channel_ready(cx->settings, "telegram") &&
              str_eq(cx->settings->telegram_mode, "webhook");
    if (!on || !telegram_webhook_valid(header, telegram_secret(cx)))
        return cx_fail(cx, ERR_AUTH, "signature", T("Tanda tangan kiriman tidak cocok."));
    TRY(telegram_webhook_parse(cx, req->body, &event, &found));
    TRY(notice_keep_inbound(cx, cx->actor.office_id, "telegram", &event, found ? 1 : 0));
    return answer_ok(res);
}

/* --- processing ------------------------------------------------------------------------------------------------ */

struct processing {
    const char *office_id;
    const struct inbound_row *row;
    struct telegram_bot *bot; /* NULL: not of Telegram */
};

static enum err on_status(struct cx *cx, const struct processing *p, const struct inbound_event *e)
{
    struct status_change *s = ARENA_NEW(cx->arena, struct status_change);
    s->act = visit_act_system(p->office_id, cx->now_ms);
    s->wamid = e->id;
    s->status = e->status;
    s->at = p->row->received_at;
    TRY(db_tx(cx, "notice_status", notice_status, s));
    if (s->changed && cx->sse)
        sse_poke(cx->sse);
    return ERR_OK;
}

/* By his address on this channel; a gateway's sender also by the telephone of his account. */
static enum err sender_of(struct cx *cx, const struct processing *p, const struct inbound_event *e,
                          const char **ret)
{
    struct staff s = {0};
    if (str_empty(e->from))
        return ERR_MISSING;
    enum err found = reach_by_address(cx, p->office_id, p->row->channel, e->from, ret);
    if (found != ERR_MISSING || p->bot)
        return found;
    found = staff_by_whatsapp(cx, cx->read, p->office_id, e->from, NULL, &s);
    if (found == ERR_OK)
        *ret = s.id;
    return found;
}

/* Provider's ids are unique only within their channel. */
static const char *message_id(struct cx *cx, const struct processing *p,
                              const struct inbound_event *e)
{
    const char *id = e->dedupe_key ? e->dedupe_key : e->id;
    return id ? arena_printf(cx->arena, "%s:%s", p->row->channel, id) : NULL;
}

static void tell(struct cx *cx, const struct processing *p, const struct inbound_event *e,
                 const char *said)
{
    enum err told = ERR_OK;
    if (!p->bot)
        return;
    if (e->kind == INBOUND_TAP) {
        told = telegram_answer_callback(p->bot, cx, e->callback_id, said);
        if (said && e->reply_to)
            told = telegram_edit(p->bot, cx, e->reply_to, said);
    } else if (said) {
        told = telegram_say(p->bot, cx, e->from, said);
    }
    if (told != ERR_OK) /* the answer itself is stored */
        log_event(LOG_WARN, "telegram_tell", "result", err_name(told), "detail", cx->diag.detail,
                  NULL);
}

/* Somebody whom the bot does not know is told the number that the administrator needs. */
static void introduce(struct cx *cx, const struct processing *p, const struct inbound_event *e)
{
    if (e->kind == INBOUND_MESSAGE && str_starts(e->text, "/start"))
        tell(
            cx, p, e,
            cx_printf(
                cx, T("Nomor obrolan Telegram Anda: %s. Berikan nomor ini kepada administrator Buku Tamu."),
                e->from));
    else if (e->kind == INBOUND_TAP)
        tell(cx, p, e, cx_t(cx, T("Jawaban ini tidak berlaku lagi.")));
}

static enum err late_here(struct cx *cx, const struct decision_new *n)
{
    return notice_late(cx, n, n->channel);
}

static enum err take_words(struct cx *cx, const struct processing *p, const struct typed_answer *t)
{
    const struct notice_words w = {.office_id = t->office_id,
                                   .staff_id = t->staff_id,
                                   .channel = t->channel,
                                   .text = t->text,
                                   .message_id = t->message_id,
                                   .context_id = t->reply_to,
                                   .at_ms = p->row->received_at,
                                   .late = late_here};
    return notice_words_answer(cx, &w);
}

static enum err on_event(struct cx *cx, const struct processing *p, const struct inbound_event *e)
{
    const char *staff_id = NULL, *said = NULL;
    if (e->kind == INBOUND_STATUS)
        return e->id && e->status ? on_status(cx, p, e) : ERR_OK;
    enum err found = sender_of(cx, p, e, &staff_id);
    if (found == ERR_MISSING) {
        introduce(cx, p, e);
        return ERR_OK;
    }
    if (found != ERR_OK)
        return found;
    const struct typed_answer t = {.office_id = p->office_id,
                                   .channel = p->row->channel,
                                   .staff_id = staff_id,
                                   .message_id = message_id(cx, p, e),
                                   .text = e->text,
                                   .reply_to = e->reply_to};
    if (e->kind == INBOUND_TAP && e->payload)
        TRY(notice_take_tap(cx, &t, e->payload, &said));
    else if (p->bot && e->text && str_starts(e->text, "/start"))
        said = cx_t(cx, T("Anda sudah terhubung dengan Buku Tamu."));
    else if (e->text)
        return take_words(cx, p, &t);
    tell(cx, p, e, said);
    return ERR_OK;
}

static enum err process(struct cx *cx, const struct processing *p)
{
    struct bytes body;
    TRY(seal_field_open_bytes(cx->seal, cx->arena, "inbound_event", "body_sealed", p->row->id,
                              p->row->body_sealed, &body));
    json_t *list = NULL;
    TRY(json_parse(cx, body, &list));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const struct inbound_event e = event_read(json_array_get(list, i));
        cx->diag = (struct diag){.code = NULL};
        TRY(on_event(cx, p, &e));
    }
    struct inbound_done d = {.office_id = p->office_id, .id = p->row->id, .now_ms = cx->now_ms};
    return db_tx(cx, "inbound_close", inbound_close, &d);
}

static enum err process_all(struct cx *cx, const char *office_id, struct telegram_bot *bot)
{
    struct inbound_row *rows = NULL;
    size_t count = 0;
    TRY(inbound_rows(cx->read, office_id, bot != NULL, ROWS_MAX, &rows, &count));
    enum err worst = ERR_OK;
    for (size_t i = 0; i < count; i++) {
        const struct processing p = {.office_id = office_id, .row = &rows[i], .bot = bot};
        enum err e = process(cx, &p);
        if (e != ERR_OK)
            worst = e; /* the others still get their turn; this one is tried again */
    }
    return worst;
}

enum err notice_process_telegram(struct cx *cx, const char *office_id, struct telegram_bot *bot)
{
    return process_all(cx, office_id, bot);
}

enum err notice_process_gateways(struct cx *cx, const char *office_id)
{
    return process_all(cx, office_id, NULL);
}

enum err notice_forget_inbound(struct cx *cx, const char *office_id)
{
    struct inbound_done d = {.office_id = office_id, .now_ms = cx->now_ms - LIFE_MS};
    return db_tx_low(cx, "inbound_forget", inbound_forget, &d);
}

/* What Telegram tells a bot, read: one update, from a webhook or from getUpdates. Pure. Only private
 * chats count: in a group anybody could press the button. */
#include "lib/outbox/telegram_update.h"

#include "lib/base/utf8.h"

#include "lib/base/banned.h"

bool telegram_webhook_valid(const char *header, const char *secret)
{
    return header && !str_empty(secret) && str_eq_secret(header, secret);
}

/* Ids are numbers of up to 52 bits. */
static const char *id_of(struct cx *cx, const json_t *object, const char *key)
{
    const json_t *id = json_object_get(object, key);
    if (!json_is_integer(id))
        return NULL;
    return arena_printf(cx->arena, "%lld", (long long)json_integer_value(id));
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *s = json_string_value(json_object_get(object, key));
    return str_empty(s) ? NULL : s;
}

/* "chat:message", as channel_telegram.c names a message of ours. */
static const char *message_name(struct cx *cx, const json_t *message)
{
    const char *chat = id_of(cx, json_object_get(message, "chat"), "id");
    const char *id = id_of(cx, message, "message_id");
    return chat && id ? arena_printf(cx->arena, "%s:%s", chat, id) : NULL;
}

static bool is_private(const json_t *message)
{
    return str_eq(text_of(json_object_get(message, "chat"), "type"), "private");
}

static bool read_tap(struct cx *cx, const json_t *tap, struct inbound_event *e)
{
    const json_t *message = json_object_get(tap, "message");
    *e = (struct inbound_event){.kind = INBOUND_TAP,
                                .callback_id = text_of(tap, "id"),
                                .payload = text_of(tap, "data"),
                                .from = id_of(cx, json_object_get(tap, "from"), "id"),
                                .reply_to = message_name(cx, message)};
    e->id = e->callback_id;
    e->sender = e->from;
    return e->callback_id && e->from && e->payload && (!message || is_private(message));
}

static bool read_message(struct cx *cx, const json_t *message, struct inbound_event *e)
{
    const json_t *from = json_object_get(message, "from");
    *e = (struct inbound_event){
        .kind = INBOUND_MESSAGE,
        .id = message_name(cx, message),
        .from = id_of(cx, from, "id"),
        .text = text_of(message, "text"),
        .reply_to = message_name(cx, json_object_get(message, "reply_to_message"))};
    e->sender = e->from;
    return e->id && e->from && e->text && is_private(message) &&
           !json_is_true(json_object_get(from, "is_bot"));
}

bool telegram_update_read(struct cx *cx, const json_t *update, struct inbound_event *ret,
                          int64_t *ret_update_id)
{
    const json_t *id = json_object_get(update, "update_id");
    if (!json_is_integer(id))
        return false;
    *ret_update_id = json_integer_value(id);
    const json_t *tap = json_object_get(update, "callback_query");
    const json_t *message = json_object_get(update, "message");
    struct inbound_event e = {0};
    if (!(tap ? read_tap(cx, tap, &e) : read_message(cx, message, &e)))
        return false;
    e.dedupe_key = arena_printf(cx->arena, "u:%lld", (long long)*ret_update_id);
    *ret = e;
    return true;
}

enum err telegram_webhook_parse(struct cx *cx, struct bytes body, struct inbound_event *ret,
                                bool *ret_found)
{
    json_error_t error;
    json_t *update = json_loadb((const char *)body.p, body.n, 0, &error);
    if (!update)
        return cx_detail(cx, ERR_BAD, "telegram update is not JSON, line %d", error.line);
    update = json_keep(cx->arena, update);
    int64_t id = 0;
    *ret_found = telegram_update_read(cx, update, ret, &id);
    return ERR_OK;
}

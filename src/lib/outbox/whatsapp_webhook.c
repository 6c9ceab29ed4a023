/* Reads what Meta posts to us. Called by features/notice with the raw body; decides nothing.
 *
 * Meta's own schema refuses Meta's own examples, so nothing here is required: each reader takes what
 * it finds and leaves the rest NULL. */
#include "lib/outbox/whatsapp_webhook.h"

#include <sodium.h>
#include <string.h>

#include "lib/base/str.h"
#include "lib/json/json.h"

#include "lib/base/banned.h"

enum { EVENTS_MAX = 20000, CHALLENGE_MAX_BYTES = 256 };

struct reader {
    struct cx *cx;
    struct whatsapp_event *events;
    size_t count, capacity;
    const char *phone_number_id; /* of the change being read */
    const json_t *contacts;
};

bool whatsapp_signature_valid(struct bytes body, const char *header, struct bytes secret)
{
    static const char prefix[] = "sha256=";
    uint8_t given[crypto_auth_hmacsha256_BYTES], wanted[crypto_auth_hmacsha256_BYTES];
    if (!header || !str_starts(header, prefix) || secret.n == 0 ||
        !str_unhex(header + sizeof(prefix) - 1, given, sizeof(given)))
        return false;
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, secret.p, secret.n);
    crypto_auth_hmacsha256_update(&state, body.p, body.n);
    crypto_auth_hmacsha256_final(&state, wanted);
    sodium_memzero(&state, sizeof(state));
    bool same = sodium_memcmp(given, wanted, sizeof(wanted)) == 0;
    sodium_memzero(wanted, sizeof(wanted));
    return same;
}

enum err whatsapp_handshake_check(const struct whatsapp_handshake *h, const char *verify_token,
                                  const char **ret_challenge)
{
    if (str_empty(verify_token) || !h->token || !str_eq_secret(h->token, verify_token))
        return ERR_DENIED;
    if (!str_eq(h->mode, "subscribe") || str_empty(h->challenge))
        return ERR_DENIED;
    size_t n = strlen(h->challenge);
    if (n > CHALLENGE_MAX_BYTES)
        return ERR_DENIED;
    for (size_t i = 0; i < n; i++) /* it is echoed: nothing that a browser could take for a page */
        if (h->challenge[i] <= ' ' || h->challenge[i] > '~' || strchr("<>&\"'", h->challenge[i]))
            return ERR_DENIED;
    *ret_challenge = h->challenge;
    return ERR_OK;
}

/* --- small readers ---------------------------------------------------------------------------- */

/* The text of a member; NULL when it is no text or empty. */
static const char *text_of(const json_t *object, const char *key)
{
    const char *s = json_string_value(json_object_get(object, key));
    return str_empty(s) ? NULL : s;
}

static const char *text_at(const json_t *object, const char *outer, const char *key)
{
    return text_of(json_object_get(object, outer), key);
}

/* Seconds since 1970, as text or as a number. */
static int64_t time_of(const json_t *object)
{
    const json_t *value = json_object_get(object, "timestamp");
    const int64_t last_s = 253402300799; /* the end of the year 9999 */
    int64_t s = 0;
    if (json_is_string(value) && str_to_i64(json_string_value(value), 0, last_s, &s))
        return s * 1000;
    double number = json_number_value(value);
    return number > 0 && number <= (double)last_s ? (int64_t)number * 1000 : 0;
}

/* The code of the first of `errors`; 0 when there is none. */
static int64_t code_of(const json_t *errors)
{
    double code = json_number_value(json_object_get(json_array_get(errors, 0), "code"));
    return code > 0 && code <= 1e9 ? (int64_t)code : 0;
}

static struct whatsapp_event *add_event(struct reader *r, enum whatsapp_event_kind kind)
{
    if (r->count == r->capacity) {
        size_t capacity = r->capacity ? r->capacity * 2 : 8;
        struct whatsapp_event *longer = ARENA_ARRAY(r->cx->arena, capacity, struct whatsapp_event);
        if (r->count)
            memcpy(longer, r->events, r->count * sizeof(*longer));
        r->events = longer;
        r->capacity = capacity;
    }
    struct whatsapp_event *e = &r->events[r->count++];
    *e = (struct whatsapp_event){.kind = kind, .phone_number_id = r->phone_number_id};
    return e;
}

/* --- the three kinds -------------------------------------------------------------------------- */

static void read_status(struct reader *r, const json_t *status)
{
    if (!json_is_object(status))
        return;
    struct whatsapp_event *e = add_event(r, WHATSAPP_STATUS);
    e->wamid = text_of(status, "id");
    e->status = text_of(status, "status");
    e->wa_id = text_of(status, "recipient_id");
    e->user_id = text_of(status, "recipient_user_id");
    e->opaque_id = text_of(status, "biz_opaque_callback_data");
    e->at_ms = time_of(status);
    e->error_code = code_of(json_object_get(status, "errors"));
    if (e->wamid && e->status)
        e->dedupe_key = arena_printf(r->cx->arena, "s:%s:%s", e->wamid, e->status);
}

/* The contact that a message comes from: by number, or the only one there is. */
static const json_t *contact_of(const struct reader *r, const char *from)
{
    size_t n = json_array_size(r->contacts);
    for (size_t i = 0; from && i < n; i++)
        if (str_eq(text_of(json_array_get(r->contacts, i), "wa_id"), from))
            return json_array_get(r->contacts, i);
    return !from && n == 1 ? json_array_get(r->contacts, 0) : NULL;
}

static void read_answer(struct whatsapp_event *e, const json_t *message)
{
    const json_t *interactive = json_object_get(message, "interactive");
    const json_t *reply = json_object_get(interactive, "button_reply");
    if (!json_is_object(reply))
        reply = json_object_get(interactive, "list_reply");
    if (str_eq(e->type, "button")) {
        e->payload = text_at(message, "button", "payload");
        e->text = text_at(message, "button", "text");
    } else if (str_eq(e->type, "interactive")) {
        e->payload = text_of(reply, "id");
        e->text = text_of(reply, "title");
    } else if (str_eq(e->type, "text")) {
        e->text = text_at(message, "text", "body");
    } else if (str_eq(e->type, "reaction")) {
        e->text = text_at(message, "reaction", "emoji");
        e->context_id = text_at(message, "reaction", "message_id");
    }
}

static void read_message(struct reader *r, const json_t *message)
{
    if (!json_is_object(message))
        return;
    struct whatsapp_event *e = add_event(r, WHATSAPP_MESSAGE);
    e->wamid = text_of(message, "id");
    e->type = text_of(message, "type");
    e->wa_id = text_of(message, "from");
    e->user_id = text_of(message, "from_user_id");
    const json_t *contact = contact_of(r, e->wa_id);
    if (!e->wa_id)
        e->wa_id = text_of(contact, "wa_id");
    if (!e->user_id)
        e->user_id = text_of(contact, "user_id");
    e->at_ms = time_of(message);
    e->context_id = text_at(message, "context", "id");
    e->error_code = code_of(json_object_get(message, "errors"));
    read_answer(e, message);
    if (e->wamid)
        e->dedupe_key = arena_printf(r->cx->arena, "m:%s", e->wamid);
}

static void read_template(struct reader *r, const json_t *value)
{
    r->phone_number_id = NULL; /* it is the account's, not of one number */
    if (r->count >= EVENTS_MAX)
        return;
    struct whatsapp_event *e = add_event(r, WHATSAPP_TEMPLATE);
    e->text = text_of(value, "message_template_name");
    e->status = text_of(value, "event");
}

static void read_change(struct reader *r, const json_t *change)
{
    const char *field = text_of(change, "field");
    const json_t *value = json_object_get(change, "value");
    if (str_eq(field, "message_template_status_update"))
        read_template(r, value);
    if (field && !str_eq(field, "messages"))
        return;
    r->phone_number_id = text_at(value, "metadata", "phone_number_id");
    r->contacts = json_object_get(value, "contacts");
    const json_t *statuses = json_object_get(value, "statuses");
    const json_t *messages = json_object_get(value, "messages");
    const json_t *errors = json_object_get(value, "errors");
    for (size_t i = 0; i < json_array_size(statuses) && r->count < EVENTS_MAX; i++)
        read_status(r, json_array_get(statuses, i));
    for (size_t i = 0; i < json_array_size(messages) && r->count < EVENTS_MAX; i++)
        read_message(r, json_array_get(messages, i));
    if (json_array_size(errors) > 0 && r->count < EVENTS_MAX)
        add_event(r, WHATSAPP_ERROR)->error_code = code_of(errors);
}

enum err whatsapp_webhook_parse(struct cx *cx, struct bytes body, struct whatsapp_event **ret,
                                size_t *ret_count)
{
    /* Not json_parse(): a repeated key or a NUL in what a person wrote must not make Meta send the
     * same body for seven days. */
    json_error_t error;
    json_t *root = json_loadb((const char *)body.p, body.n,
                              JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &error);
    if (!root)
        return cx_detail(cx, ERR_BAD, "webhook is not JSON, line %d", error.line);
    root = json_keep(cx->arena, root);
    struct reader r = {.cx = cx};
    const json_t *entries = json_object_get(root, "entry");
    for (size_t i = 0; i < json_array_size(entries); i++) {
        const json_t *changes = json_object_get(json_array_get(entries, i), "changes");
        for (size_t j = 0; j < json_array_size(changes); j++)
            read_change(&r, json_array_get(changes, j));
    }
    *ret = r.events;
    *ret_count = r.count;
    return ERR_OK;
}

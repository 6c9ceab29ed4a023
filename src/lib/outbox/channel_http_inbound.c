/* What a gateway posts to us: is it the gateway, and what does it say. Decides nothing, stores nothing.
 *
 * Most gateways sign nothing, so the hook's address ends in a token only they know, and an answer
 * counts only by what it carries. Leniently read: what is missing stays NULL. */
#include "lib/outbox/channel_http_config.h"

#include <sodium.h>
#include <string.h>

#include "lib/base/phone.h"
#include "lib/base/utf8.h"

#include "lib/base/banned.h"

enum { STATUS_IDS_MAX = 100, FIELDS_MAX = 64 };

/* --- who -------------------------------------------------------------------------------------- */

/* The secret of "${secret:name}"; false when it cannot be read. */
static bool secret_of(struct cx *cx, const struct gateway *g, const char *text, struct buf *ret)
{
    *ret = buf_new(cx->arena, 64, SECRET_MAX_BYTES * 2);
    return text && gateway_secrets_fill(g, text, ret) && !ret->full && ret->n > 0;
}

static bool hmac256_right(struct bytes body, const struct buf *key, const char *hex)
{
    uint8_t given[crypto_auth_hmacsha256_BYTES], wanted[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)key->p, key->n);
    crypto_auth_hmacsha256_update(&state, body.p, body.n);
    crypto_auth_hmacsha256_final(&state, wanted);
    sodium_memzero(&state, sizeof(state));
    return str_unhex(hex, given, sizeof(given)) && sodium_memcmp(given, wanted, sizeof(given)) == 0;
}

static bool hmac512_right(struct bytes body, const struct buf *key, const char *hex)
{
    uint8_t given[crypto_auth_hmacsha512_BYTES], wanted[crypto_auth_hmacsha512_BYTES];
    crypto_auth_hmacsha512_state state;
    crypto_auth_hmacsha512_init(&state, (const unsigned char *)key->p, key->n);
    crypto_auth_hmacsha512_update(&state, body.p, body.n);
    crypto_auth_hmacsha512_final(&state, wanted);
    sodium_memzero(&state, sizeof(state));
    return str_unhex(hex, given, sizeof(given)) && sodium_memcmp(given, wanted, sizeof(given)) == 0;
}

static bool signature_right(struct cx *cx, const struct gateway *g, const struct gateway_request *r)
{
    const struct gateway_inbound *in = &g->in;
    if (in->signature == GATEWAY_SIG_NONE)
        return true;
    struct buf secret;
    const char *header = r->header ? r->header(r->user, in->signature_header) : NULL;
    if (!header || !secret_of(cx, g, in->secret, &secret) ||
        !str_starts(header, in->signature_prefix))
        return false;
    header += strlen(in->signature_prefix);
    if (in->signature == GATEWAY_SIG_SHA256_HEX)
        return hmac256_right(r->body, &secret, header);
    if (in->signature == GATEWAY_SIG_SHA512_HEX)
        return hmac512_right(r->body, &secret, header);
    return str_eq_secret(header, secret.p);
}

enum err gateway_inbound_check(struct cx *cx, const struct gateway *g,
                               const struct gateway_request *r)
{
    struct buf token;
    if (!gateway_has_inbound(g) || !r->path_token || !secret_of(cx, g, g->in.token, &token) ||
        !str_eq_secret(r->path_token, token.p))
        return cx_detail(cx, ERR_AUTH, "gateway hook: wrong path token");
    if (!signature_right(cx, g, r))
        return cx_detail(cx, ERR_AUTH, "gateway hook: wrong signature");
    return ERR_OK;
}

/* --- the body as a tree ----------------------------------------------------------------------- */

static int hex_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static const char *form_decode(struct arena *a, const char *from, size_t n)
{
    char *out = arena_alloc(a, n + 1), *to = out;
    for (size_t i = 0; i < n; i++) {
        bool escape = from[i] == '%' && i + 2 < n && hex_value(from[i + 1]) >= 0 &&
                      hex_value(from[i + 2]) >= 0;
        if (escape) {
            *to++ = (char)(hex_value(from[i + 1]) * 16 + hex_value(from[i + 2]));
            i += 2;
        } else {
            *to++ = from[i] == '+' ? ' ' : from[i];
        }
    }
    return out;
}

static json_t *form_as_json(struct cx *cx, struct bytes body)
{
    json_t *object = json_object();
    const char *p = (const char *)body.p, *end = p + body.n;
    for (size_t fields = 0; p < end && fields < FIELDS_MAX; fields++) {
        const char *amp = memchr(p, '&', (size_t)(end - p));
        const char *stop = amp ? amp : end;
        const char *equals = memchr(p, '=', (size_t)(stop - p));
        if (equals) {
            const char *name = form_decode(cx->arena, p, (size_t)(equals - p));
            const char *value = form_decode(cx->arena, equals + 1, (size_t)(stop - equals) - 1);
            json_t *text = json_string(value); /* NULL when it is not UTF-8: left out */
            if (text)
                (void)json_object_set_new(object, name, text);
        }
        p = stop + 1;
    }
    return json_keep(cx->arena, object);
}

static bool is_form(const char *content_type)
{
    return content_type && strcasestr(content_type, "x-www-form-urlencoded");
}

static enum err body_read(struct cx *cx, const struct gateway_request *r, json_t **ret)
{
    if (is_form(r->content_type)) {
        *ret = form_as_json(cx, r->body);
        return ERR_OK;
    }
    json_error_t error;
    json_t *root = json_loadb((const char *)r->body.p, r->body.n, JSON_DECODE_ANY | JSON_ALLOW_NUL,
                              &error);
    if (!root)
        return cx_detail(cx, ERR_BAD, "gateway hook is not JSON, line %d", error.line);
    *ret = json_keep(cx->arena, root);
    return ERR_OK;
}

/* --- what it says ----------------------------------------------------------------------------- */

/* The first of the pointers (between spaces) with a text that is not empty. */
static const char *text_at(struct cx *cx, json_t *root, const char *pointers)
{
    while (!str_empty(pointers)) {
        size_t n = strcspn(pointers, " ");
        const char *pointer = arena_strndup(cx->arena, pointers, n);
        const char *text = json_as_text(cx->arena, json_at(root, pointer));
        if (!str_empty(text) && utf8_valid(text, strlen(text)))
            return text;
        pointers += n + strspn(pointers + n, " ");
    }
    return NULL;
}

/* "62812…:7@s.whatsapp.net" → +62812…; NULL for hidden senders (@lid) and what is no number. */
static const char *phone_of(struct cx *cx, const char *sender)
{
    char *e164 = NULL;
    size_t n = sender ? strcspn(sender, ":@") : 0;
    const char *host = sender ? strchr(sender, '@') : NULL;
    bool hidden = host && !str_eq(host, "@s.whatsapp.net") && !str_eq(host, "@c.us");
    if (n == 0 || n > 20 || hidden)
        return NULL;
    const char *digits = arena_strndup(cx->arena, sender, n);
    bool bare = digits[0] != '+' && digits[0] != '0';
    if (bare)
        digits = arena_printf(cx->arena, "+%s", digits);
    return phone_normalise(cx->arena, digits, &e164) == PHONE_OK ? e164 : NULL;
}

static bool is_message(struct cx *cx, const struct gateway_inbound *in, json_t *root)
{
    const char *event = text_at(cx, root, in->event);
    const char *skip = text_at(cx, root, in->skip);
    if (in->event_is && !str_eq(event, in->event_is))
        return false;
    return !str_eq(skip, "true") && !str_eq(skip, "1");
}

static void read_message(struct cx *cx, const struct gateway *g, json_t *root,
                         struct inbound_event **ret, size_t *ret_count)
{
    const struct gateway_inbound *in = &g->in;
    const char *sender = text_at(cx, root, in->from);
    const char *text = text_at(cx, root, in->text);
    if (!is_message(cx, in, root) || !sender || !text || gateway_match(in->skip_match, sender))
        return;
    struct inbound_event *e = ARENA_NEW(cx->arena, struct inbound_event);
    *e = (struct inbound_event){.kind = INBOUND_MESSAGE,
                                .id = text_at(cx, root, in->id),
                                .from = phone_of(cx, sender),
                                .sender = sender,
                                .text = text,
                                .reply_to = text_at(cx, root, in->reply_to)};
    if (e->id)
        e->dedupe_key = arena_printf(cx->arena, "g:m:%s", e->id);
    *ret = e;
    *ret_count = 1;
}

/* One event for each of the ids; true when the body is about statuses. */
static bool read_status(struct cx *cx, const struct gateway *g, json_t *root,
                        struct inbound_event **ret, size_t *ret_count)
{
    const struct gateway_inbound *in = &g->in;
    if (!in->status_id || !in->status_value)
        return false;
    if (in->status_is && !str_eq(text_at(cx, root, in->event), in->status_is))
        return false;
    const char *said = text_at(cx, root, in->status_value);
    const char *status = said ? gateway_pair_find(&g->statuses, said) : NULL;
    json_t *ids = json_at(root, in->status_id);
    size_t n = json_is_array(ids) ? json_array_size(ids) : 1;
    if (!status || n > STATUS_IDS_MAX)
        return in->status_is != NULL;
    struct inbound_event *events = ARENA_ARRAY(cx->arena, n + 1, struct inbound_event);
    for (size_t i = 0; i < n; i++) {
        json_t *one = json_is_array(ids) ? json_array_get(ids, i) : ids;
        const char *id = json_as_text(cx->arena, one);
        if (!str_empty(id))
            events[(*ret_count)++] = (struct inbound_event){
                .kind = INBOUND_STATUS,
                .id = id,
                .status = status,
                .dedupe_key = arena_printf(cx->arena, "g:s:%s:%s", id, status)};
    }
    *ret = events;
    return true;
}

enum err gateway_inbound_parse(struct cx *cx, const struct gateway *g,
                               const struct gateway_request *r, struct inbound_event **ret,
                               size_t *ret_count)
{
    json_t *root = NULL;
    TRY(body_read(cx, r, &root));
    struct inbound_event *events = NULL;
    size_t n = 0;
    if (!read_status(cx, g, root, &events, &n))
        read_message(cx, g, root, &events, &n);
    *ret = events;
    *ret_count = n;
    return ERR_OK;
}

static void remove_at(struct cx *cx, json_t *root, const char *pointer)
{
    const char *slash = strrchr(pointer, '/');
    if (!slash)
        return;
    json_t *holder = json_at(root, arena_strndup(cx->arena, pointer, (size_t)(slash - pointer)));
    (void)json_object_del(holder, slash + 1);
}

struct bytes gateway_inbound_redact(struct cx *cx, const struct gateway *g,
                                    const struct gateway_request *r)
{
    json_t *root = NULL;
    const char *pointers = g->in.redact;
    if (str_empty(pointers) || body_read(cx, r, &root) != ERR_OK)
        return r->body;
    while (!str_empty(pointers)) {
        size_t n = strcspn(pointers, " ");
        remove_at(cx, root, arena_strndup(cx->arena, pointers, n));
        pointers += n + strspn(pointers + n, " ");
    }
    struct buf out = buf_new(cx->arena, r->body.n + 64, r->body.n * 6 + 1024);
    json_write(&out, root);
    return (struct bytes){(const uint8_t *)out.p, out.n};
}

/* Web Push: wakes the installed phone page. The payload says that somebody waits and nothing else;
 * who, is seen after login. The push service learns a time and an address it made itself.
 *
 * The address (endpoint) comes from a browser, so it is a stranger's: https to public addresses only.
 * A repeat replaces its forerunner at the phone (Topic), so an unknown outcome is simply tried again. */
#include "lib/outbox/channel.h"

#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/cleanup.h"
#include "lib/base/time.h"
#include "lib/json/json.h"
#include "lib/outbox/http_send.h"
#include "lib/outbox/webpush_crypto.h"

#include "lib/base/banned.h"

enum {
    SUBSCRIPTION_MAX_BYTES = 4096,
    ENDPOINT_MAX_BYTES = 2048,
    TTL_S = 600,
    TTL_MAX_S = 24 * 60 * 60,
    TOKEN_LIFE_S = 12 * 60 * 60, /* RFC 8292 allows 24 h */
};

struct webpush {
    struct channel channel;
    struct http_sender *sender;
    const char *key_file, *contact, *payload;
    int64_t ttl_s;
    uint64_t key_mark; /* of the key that was used last */
    bool loopback_endpoint, loopback_only;
    long connect_ms, total_ms;
};

struct subscription {
    struct http_url endpoint;
    struct webpush_recipient recipient;
};

static const struct http_words words = {
    .silent = T("Layanan notifikasi tidak menjawab. Pesan dikirim ulang secara otomatis."),
    .unreachable = T("Layanan notifikasi tidak dapat dihubungi. Periksa sambungan internet; pesan "
                     "dikirim ulang."),
    .untrusted = T("Sertifikat layanan notifikasi tidak dapat dipercaya. Beri tahu admin."),
    .forbidden = T("Alamat notifikasi tidak diizinkan. Daftarkan ulang notifikasi di ponsel."),
};

/* --- the server's key ------------------------------------------------------------------------- */

static bool key_load(const char *file, struct webpush_key *ret)
{
    char text[SECRET_MAX_BYTES];
    bool fine = secret_read(file, text, sizeof(text)) &&
                str_unbase64url(text, ret->scalar, sizeof(ret->scalar)) &&
                webpush_key_complete(ret);
    sodium_memzero(text, sizeof(text));
    return fine;
}

enum err webpush_key_make(const char *key_file)
{
    struct webpush_key key;
    if (!webpush_key_new(&key))
        return ERR_INTERNAL;
    char text[64];
    (void)sodium_bin2base64(text, sizeof(text), key.scalar, sizeof(key.scalar),
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(&key, sizeof(key));
    CLEAN_FD int fd = open(key_file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
    if (fd < 0) {
        sodium_memzero(text, sizeof(text));
        return access(key_file, F_OK) == 0 ? ERR_CONFLICT : ERR_INTERNAL;
    }
    size_t n = strlen(text);
    bool fine = write(fd, text, n) == (ssize_t)n && write(fd, "\n", 1) == 1 && fsync(fd) == 0;
    sodium_memzero(text, sizeof(text));
    if (!fine)
        (void)unlink(key_file);
    return fine ? ERR_OK : ERR_INTERNAL;
}

char *webpush_public_key(struct arena *a, const char *key_file)
{
    struct webpush_key key;
    if (!key_load(key_file, &key))
        return NULL;
    sodium_memzero(key.scalar, sizeof(key.scalar));
    return str_base64url(a, key.point, sizeof(key.point));
}

/* --- the subscription ------------------------------------------------------------------------- */

/* base64url, with or without padding: browsers differ. */
static bool key_text_read(struct arena *a, const char *text, uint8_t *ret, size_t n)
{
    if (!text)
        return false;
    size_t length = strlen(text);
    while (length > 0 && text[length - 1] == '=')
        length--;
    return str_unbase64url(arena_strndup(a, text, length), ret, n);
}

static bool subscription_read(struct cx *cx, const char *text, bool loopback,
                              struct subscription *ret)
{
    size_t n = text ? strlen(text) : 0;
    if (n == 0 || n > SUBSCRIPTION_MAX_BYTES)
        return false;
    json_t *root = json_keep(cx->arena, json_loadb(text, n, 0, NULL));
    const char *endpoint = json_string_value(json_object_get(root, "endpoint"));
    const json_t *keys = json_object_get(root, "keys");
    if (!endpoint || strlen(endpoint) > ENDPOINT_MAX_BYTES ||
        !http_url_read(cx->arena, endpoint, &ret->endpoint))
        return false;
    const struct http_url *url = &ret->endpoint;
    bool place_fine = url->loopback ? loopback : !url->http && url->port == 443;
    return place_fine &&
           key_text_read(cx->arena, json_string_value(json_object_get(keys, "p256dh")),
                         ret->recipient.point, WEBPUSH_POINT_BYTES) &&
           key_text_read(cx->arena, json_string_value(json_object_get(keys, "auth")),
                         ret->recipient.auth, WEBPUSH_AUTH_BYTES) &&
           webpush_point_valid(ret->recipient.point);
}

bool webpush_subscription_valid(struct cx *cx, const char *subscription, bool loopback_endpoint)
{
    struct subscription s;
    return subscription_read(cx, subscription, loopback_endpoint, &s);
}

/* --- the request ------------------------------------------------------------------------------ */

/* "Authorization: vapid t=JWT, k=our public key". NULL when the key cannot be used. */
static const char *authorization(const struct webpush *w, struct cx *cx, const char *origin)
{
    static const char head[] = "{\"typ\":\"JWT\",\"alg\":\"ES256\"}";
    struct webpush_key key;
    uint8_t signature[WEBPUSH_SIGNATURE_BYTES];
    int64_t now_s = (cx->now_ms ? cx->now_ms : time_now_ms()) / 1000;
    if (!key_load(w->key_file, &key))
        return NULL;
    json_t *claims = json_keep(cx->arena,
                               json_pack("{s:s,s:I,s:s}", "aud", origin, "exp",
                                         (json_int_t)(now_s + TOKEN_LIFE_S), "sub", w->contact));
    struct buf text = buf_new(cx->arena, 512, SUBSCRIPTION_MAX_BYTES);
    json_write(&text, claims);
    char *signed_part = arena_printf(cx->arena, "%s.%s",
                                     str_base64url(cx->arena, head, sizeof(head) - 1),
                                     str_base64url(cx->arena, text.p, text.n));
    bool fine = webpush_sign(
        &key, (struct bytes){(const uint8_t *)signed_part, strlen(signed_part)}, signature);
    sodium_memzero(key.scalar, sizeof(key.scalar));
    if (!fine)
        return NULL;
    return arena_printf(cx->arena, "Authorization: vapid t=%s.%s, k=%s", signed_part,
                        str_base64url(cx->arena, signature, sizeof(signature)),
                        str_base64url(cx->arena, key.point, sizeof(key.point)));
}

static bool seal(const struct webpush *w, struct cx *cx, const struct webpush_recipient *to,
                 struct buf *ret)
{
    struct webpush_key once;
    uint8_t salt[WEBPUSH_SALT_BYTES];
    rand_bytes(salt, sizeof(salt));
    *ret = buf_new(cx->arena, 512, SUBSCRIPTION_MAX_BYTES);
    bool fine = webpush_key_new(&once) &&
                webpush_encrypt(&once, salt, to,
                                (struct bytes){(const uint8_t *)w->payload, strlen(w->payload)},
                                ret);
    sodium_memzero(&once, sizeof(once));
    return fine;
}

/* --- the verdict ------------------------------------------------------------------------------ */

static struct outbox_result failed(const char *code, const char *reason)
{
    return (struct outbox_result){
        .outcome = SEND_FAILED, .code = code, .reason = reason, .recipient_fault = true};
}

static void read_answer(struct cx *cx, const struct http_answer *answer, struct outbox_result *ret)
{
    long status = answer->status;
    const char *code = arena_printf(cx->arena, "http_%ld", status);
    if (status >= 200 && status <= 299) {
        *ret = (struct outbox_result){.outcome = SEND_OK};
    } else if (status == 404 || status == 410) {
        *ret = failed(OUTBOX_CODE_GONE, T("Notifikasi di ponsel ini sudah dimatikan. Minta "
                                          "penerima menyalakannya lagi."));
    } else if (status == 401 || status == 403) {
        /* Of this subscription alone: it was made with another key of ours. */
        *ret = failed("vapid",
                      T("Layanan notifikasi menolak kunci kami. Minta penerima mendaftarkan "
                        "ulang notifikasi di ponsel."));
    } else if (status == 408 || status == 429 || status >= 500) {
        *ret = (struct outbox_result){
            .outcome = SEND_RETRY,
            .code = code,
            .reason = T("Layanan notifikasi sedang sibuk. Pesan dikirim ulang secara otomatis."),
            .retry_after_ms = answer->retry_after_ms};
    } else {
        *ret = failed(code,
                      T("Layanan notifikasi menolak pesan. Hubungi penerima langsung dan beri "
                        "tahu admin."));
        ret->recipient_fault = false;
    }
}

static void read_silence(const struct http_answer *answer, struct outbox_result *ret)
{
    if (!http_no_answer(answer, &words, ret))
        return;
    if (ret->outcome == SEND_UNKNOWN) /* a repeat replaces its forerunner */
        ret->outcome = SEND_RETRY;
    if (ret->outcome == SEND_STOP_CHANNEL) /* each subscription has its own server */
        *ret = failed(ret->code, ret->reason);
}

static void webpush_post(struct webpush *w, struct cx *cx, const struct subscription *s,
                         struct outbox_result *ret)
{
    struct buf body;
    if (!seal(w, cx, &s->recipient, &body)) {
        *ret = failed("encrypt", T("Notifikasi tidak dapat disandikan. Minta penerima mendaftarkan "
                                   "ulang notifikasi di ponsel."));
        return;
    }
    const char *headers[] = {
        authorization(w, cx, s->endpoint.origin),
        "Content-Type: application/octet-stream",
        "Content-Encoding: aes128gcm",
        arena_printf(cx->arena, "TTL: %lld", (long long)w->ttl_s),
        "Urgency: high",
        "Topic: tamu-menunggu",
        NULL,
    };
    if (!headers[0]) {
        *ret = (struct outbox_result){
            .outcome = SEND_STOP_CHANNEL,
            .code = "key_file",
            .reason = T("Berkas kunci notifikasi tidak dapat dibaca. Beri tahu admin; pesan tetap "
                        "antre.")};
        return;
    }
    struct http_request request = {.url = &s->endpoint,
                                   .reach = HTTP_PUBLIC,
                                   .headers = headers,
                                   .body = {(const uint8_t *)body.p, body.n},
                                   .connect_timeout_ms = w->connect_ms,
                                   .total_timeout_ms = w->total_ms,
                                   .cancel = w->channel.cancel};
    struct http_answer answer;
    http_send(w->sender, cx, &request, &answer);
    if (answer.fate == HTTP_ANSWERED)
        read_answer(cx, &answer, ret);
    else
        read_silence(&answer, ret);
}

static void webpush_send(struct channel *channel, struct cx *cx, const struct outbox_message *m,
                         struct outbox_result *ret)
{
    struct webpush *w = (struct webpush *)(void *)channel;
    struct subscription s;
    w->key_mark = file_mark(0, w->key_file);
    if (!subscription_read(cx, m->to, w->loopback_endpoint, &s)) {
        *ret = failed("recipient", T("Pendaftaran notifikasi tidak dapat dipakai. Minta penerima "
                                     "mendaftarkan ulang notifikasi di ponsel."));
        return;
    }
    if (w->loopback_only && !s.endpoint.loopback) {
        *ret = failed("demo", T("Penerima contoh tidak dikirimi notifikasi."));
        return;
    }
    webpush_post(w, cx, &s, ret);
}

static bool webpush_renewed(struct channel *channel)
{
    const struct webpush *w = (const struct webpush *)(void *)channel;
    return file_mark(0, w->key_file) != w->key_mark;
}

static void webpush_free(struct channel *channel)
{
    http_sender_free(((struct webpush *)(void *)channel)->sender);
}

/* --- setting up ------------------------------------------------------------------------------- */

static enum err refuse(const char **ret_message, const char *message)
{
    *ret_message = message;
    return ERR_INVALID;
}

static bool contact_fine(const char *contact)
{
    bool form = contact && ((str_starts(contact, "mailto:") && strchr(contact, '@')) ||
                            str_starts(contact, "https://"));
    for (const char *c = form ? contact : ""; *c; c++)
        if (*c <= ' ' || *c > '~' || *c == '"' || *c == '\\')
            return false;
    return form && strlen(contact) <= 200;
}

/* No personal data, whatever the message says. */
static const char *payload_make(struct arena *a, const char *title)
{
    json_t *payload = json_pack("{s:s,s:s,s:s,s:s}", "title", str_or(title, "Buku Tamu"), "body",
                                T("Ada tamu menunggu"), "tag", "tamu-menunggu", "url", "/jawab");
    if (!payload)
        return NULL;
    struct buf text = buf_new(a, 256, 1024);
    json_write(&text, payload);
    json_decref(payload);
    return text.full ? NULL : text.p;
}

enum err channel_webpush_new(struct arena *a, const struct channel_webpush_options *o,
                             struct channel **ret, const char **ret_message)
{
    if (!contact_fine(o->contact))
        return refuse(ret_message, T("Tulis alamat penanggung jawab notifikasi, misalnya "
                                     "mailto:admin@kantor.example."));
    if (!o->key_file || !webpush_public_key(a, o->key_file))
        return refuse(ret_message, T("Berkas kunci notifikasi tidak memuat kunci. Buat kunci baru "
                                     "saat pemasangan."));
    if (o->ttl_s < 0 || o->ttl_s > TTL_MAX_S)
        return refuse(ret_message, T("Tulis umur notifikasi antara 1 detik dan 1 hari."));
    struct webpush *w = ARENA_NEW(a, struct webpush);
    w->payload = payload_make(a, o->title);
    if (!w->payload)
        return refuse(ret_message, T("Pendekkan judul notifikasi."));
    w->sender = http_sender_new(a);
    if (!w->sender)
        return ERR_INTERNAL;
    w->key_file = arena_strdup(a, o->key_file);
    w->contact = arena_strdup(a, o->contact);
    w->ttl_s = o->ttl_s ? o->ttl_s : TTL_S;
    w->loopback_endpoint = o->loopback_endpoint;
    w->loopback_only = o->loopback_only;
    w->connect_ms = o->connect_timeout_ms;
    w->total_ms = o->total_timeout_ms;
    w->channel = (struct channel){
        .name = "webpush", .send = webpush_send, .free = webpush_free, .renewed = webpush_renewed};
    *ret = &w->channel;
    return ERR_OK;
}

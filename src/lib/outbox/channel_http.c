/* A gateway of any maker: one message, one request, one verdict, all by its configuration.
 *
 * A gateway's "yes" is not delivery, and many say yes with a failure inside (HTTP 200 and
 * "status": false). So the verdict is read by pointers into the answer, and what the answer says in
 * words is only matched, never shown: it may hold numbers and keys. */
#include "lib/outbox/channel_http_config.h"

#include <sodium.h>
#include <string.h>

#include "lib/base/banned.h"

struct http_channel {
    struct channel channel;
    const struct gateway *g;
    struct http_sender *sender;
    uint64_t secrets_mark; /* of the secrets that were sent last */
};

static const struct http_words words = {
    .silent = T("Gateway WhatsApp tidak menjawab. Menunggu kepastian sebelum dikirim ulang."),
    .unreachable = T("Gateway WhatsApp tidak dapat dihubungi. Periksa sambungannya; pesan dikirim "
                     "ulang."),
    .untrusted = T(
        "Sertifikat gateway WhatsApp tidak dapat dipercaya. Beri tahu admin; pesan tetap "
        "antre."),
    .forbidden = T("Alamat gateway WhatsApp berada di jaringan yang tidak diizinkan. Beri tahu "
                   "admin; pesan tetap antre."),
};

static const char *const said_no = T(
    "Gateway WhatsApp menolak pesan. Hubungi penerima langsung dan beri tahu admin.");
static const char *const said_later = T(
    "Gateway WhatsApp sedang sibuk. Pesan dikirim ulang secara otomatis.");
static const char *const said_stop = T(
    "Gateway WhatsApp menolak kunci kami atau perangkatnya terputus. "
    "Beri tahu admin; pesan tetap antre.");
static const char *const said_recipient = T(
    "Nomor penerima tidak terdaftar di WhatsApp. Periksa nomornya, lalu hubungi langsung.");

/* --- reading JSON ----------------------------------------------------------------------------- */

static bool token_decode(struct arena *a, const char *from, size_t n, char **ret)
{
    char *out = arena_alloc(a, n + 1), *to = out;
    for (size_t i = 0; i < n; i++) {
        if (from[i] == '~' && i + 1 < n && (from[i + 1] == '0' || from[i + 1] == '1'))
            *to++ = from[++i] == '0' ? '~' : '/';
        else if (from[i] == '~')
            return false;
        else
            *to++ = from[i];
    }
    *ret = out;
    return true;
}

json_t *json_at(json_t *root, const char *pointer)
{
    if (!pointer || !root)
        return NULL;
    struct arena *a = arena_new(256);
    json_t *node = root;
    while (node && *pointer == '/') {
        size_t n = strcspn(++pointer, "/");
        char *name = NULL;
        int64_t index = 0;
        bool fine = token_decode(a, pointer, n, &name);
        bool number = fine && (name[0] != '0' || n == 1) && str_to_i64(name, 0, 100000, &index);
        if (json_is_array(node))
            node = number ? json_array_get(node, (size_t)index) : NULL;
        else
            node = fine ? json_object_get(node, name) : NULL;
        pointer += n;
    }
    arena_free(a);
    return *pointer ? NULL : node;
}

const char *json_as_text(struct arena *a, const json_t *value)
{
    if (json_is_array(value))
        value = json_array_get(value, 0);
    if (json_is_string(value))
        return json_string_value(value);
    if (json_is_integer(value))
        return arena_printf(a, "%lld", (long long)json_integer_value(value));
    if (json_is_boolean(value))
        return json_is_true(value) ? "true" : "false";
    return NULL;
}

bool gateway_match(const char *list, const char *text)
{
    while (!str_empty(list) && !str_empty(text)) {
        size_t n = strcspn(list, "|");
        char word[128];
        if (n > 0 && n < sizeof(word)) {
            memcpy(word, list, n);
            word[n] = '\0';
            if (strcasestr(text, word))
                return true;
        }
        list += n + (list[n] ? 1 : 0);
    }
    return false;
}

/* --- the verdict ------------------------------------------------------------------------------ */

static struct outbox_result verdict(int kind, const char *code)
{
    if (kind == SEND_RETRY)
        return (struct outbox_result){.outcome = SEND_RETRY, .code = code, .reason = said_later};
    if (kind == SEND_STOP_CHANNEL)
        return (struct outbox_result){
            .outcome = SEND_STOP_CHANNEL, .code = code, .reason = said_stop};
    return (struct outbox_result){.outcome = SEND_FAILED, .code = code, .reason = said_no};
}

static bool answer_is_ok(const struct gateway *g, struct cx *cx, json_t *answer)
{
    if (!g->ok_pointer)
        return true;
    json_t *value = json_at(answer, g->ok_pointer);
    const char *text = json_as_text(cx->arena, value);
    if (g->ok_equals)
        return str_eq(text, g->ok_equals);
    return value && !json_is_null(value) && !json_is_false(value) && !(text && !*text);
}

/* By what the gateway says in words; by its status where the words mean nothing to us. */
static struct outbox_result read_refusal(const struct gateway *g, struct cx *cx, long status,
                                         json_t *answer)
{
    const char *said = json_as_text(cx->arena, json_at(answer, g->err_pointer));
    const char *code = arena_printf(cx->arena, "http_%ld", status);
    if (gateway_match(g->err_stop, said))
        return verdict(SEND_STOP_CHANNEL, "gateway_stopped");
    if (gateway_match(g->err_retry, said))
        return verdict(SEND_RETRY, "gateway_busy");
    if (gateway_match(g->err_recipient, said))
        return (struct outbox_result){.outcome = SEND_FAILED,
                                      .code = "recipient",
                                      .reason = said_recipient,
                                      .recipient_fault = true};
    if (status == 401 || status == 403)
        return verdict(SEND_STOP_CHANNEL, code);
    if (status == 408 || status == 429 || status >= 500)
        return verdict(SEND_RETRY, code);
    return verdict(SEND_FAILED, status < 300 ? "refused" : code);
}

static void read_answer(const struct gateway *g, struct cx *cx, const struct http_answer *a,
                        struct outbox_result *ret)
{
    json_t *answer = a->body.full ? NULL : json_loadb(a->body.p, a->body.n, JSON_DECODE_ANY, NULL);
    answer = json_keep(cx->arena, answer);
    bool status_ok = a->status >= g->ok_from && a->status <= g->ok_to;
    if (status_ok && !answer && (g->ok_pointer || g->id_pointer)) {
        *ret = (struct outbox_result){
            .outcome = SEND_UNKNOWN,
            .code = "bad_answer",
            .reason = T("Jawaban gateway WhatsApp tidak dapat dibaca. Menunggu kepastian.")};
        return;
    }
    if (!status_ok || !answer_is_ok(g, cx, answer)) {
        *ret = read_refusal(g, cx, a->status, answer);
        if (ret->outcome == SEND_RETRY)
            ret->retry_after_ms = a->retry_after_ms;
        return;
    }
    *ret = (struct outbox_result){
        .outcome = SEND_OK, .provider_id = json_as_text(cx->arena, json_at(answer, g->id_pointer))};
}

/* --- one attempt ------------------------------------------------------------------------------ */

static bool headers_make(struct cx *cx, const struct gateway *g, const char *type,
                         const char *lines[GATEWAY_PAIRS_MAX + 3])
{
    size_t n = 0;
    lines[n++] = arena_printf(cx->arena, "Content-Type: %s", type);
    lines[n++] = "Accept: application/json";
    for (size_t i = 0; i < g->headers.n; i++) {
        struct buf line = buf_new(cx->arena, 256, SECRET_MAX_BYTES * 2);
        buf_printf(&line, "%s: ", g->headers.list[i].name);
        if (!gateway_secrets_fill(g, g->headers.list[i].value, &line) || line.full)
            return false;
        lines[n++] = line.p;
    }
    lines[n] = NULL;
    return true;
}

static void fault_result(const char *fault, struct outbox_result *ret)
{
    if (str_eq(fault, "secret")) {
        *ret = (struct outbox_result){
            .outcome = SEND_STOP_CHANNEL,
            .code = "secret_file",
            .reason = T(
                "Berkas rahasia gateway WhatsApp tidak dapat dibaca. Beri tahu admin; pesan "
                "tetap antre.")};
        return;
    }
    *ret = (struct outbox_result){
        .outcome = SEND_FAILED,
        .code = fault,
        .reason = T("Pesan tidak dapat disusun. Periksa nomor WhatsApp penerima, lalu beri tahu "
                    "admin."),
        .recipient_fault = str_eq(fault, "recipient")};
}

static void gateway_send(struct channel *channel, struct cx *cx, const struct outbox_message *m,
                         struct outbox_result *ret)
{
    struct http_channel *h = (struct http_channel *)(void *)channel;
    const struct gateway *g = h->g;
    if (g->loopback_only && !g->url.loopback) {
        *ret = (struct outbox_result){
            .outcome = SEND_FAILED,
            .code = "demo",
            .reason = T("Nomor contoh tidak dikirimi pesan: arahkan gateway ke alamat loopback "
                        "untuk mencoba.")};
        return;
    }
    h->secrets_mark = gateway_secrets_mark(g);
    struct gateway_content content;
    const char *lines[GATEWAY_PAIRS_MAX + 3];
    const char *fault = NULL;
    if (gateway_body_write(cx, g, m, &content, &fault) != ERR_OK) {
        fault_result(fault, ret);
        return;
    }
    if (!headers_make(cx, g, content.type, lines)) {
        fault_result("secret", ret);
        return;
    }
    struct http_request request = {
        .url = &g->url,
        .reach = g->allow_private ? HTTP_PRIVATE : HTTP_PUBLIC,
        .method = g->method,
        .headers = lines,
        .body = {(const uint8_t *)content.body.p, content.body.n},
        .ca_file = g->ca_file,
        .connect_timeout_ms = g->connect_ms,
        .total_timeout_ms = g->total_ms,
        .cancel = channel->cancel,
    };
    struct http_answer answer;
    http_send(h->sender, cx, &request, &answer);
    if (!http_no_answer(&answer, &words, ret))
        read_answer(g, cx, &answer, ret);
}

static bool gateway_renewed(struct channel *channel)
{
    const struct http_channel *h = (const struct http_channel *)(void *)channel;
    return gateway_secrets_mark(h->g) != h->secrets_mark;
}

static void gateway_free(struct channel *channel)
{
    http_sender_free(((struct http_channel *)(void *)channel)->sender);
}

enum err channel_http_new(struct arena *a, const struct gateway *g, struct channel **ret,
                          const char **ret_message)
{
    struct http_channel *h = ARENA_NEW(a, struct http_channel);
    h->g = g;
    h->sender = http_sender_new(a);
    if (!h->sender) {
        *ret_message = T("Pustaka pengirim tidak dapat dimulai. Periksa memori, lalu coba lagi.");
        return ERR_INTERNAL;
    }
    h->channel = (struct channel){.name = "gateway",
                                  .send = gateway_send,
                                  .free = gateway_free,
                                  .renewed = gateway_renewed,
                                  .gap_ms = g->gap_ms,
                                  .recipient_gap_ms = g->recipient_gap_ms};
    *ret = &h->channel;
    return ERR_OK;
}

/* WhatsApp Cloud API: one message, one POST, one verdict.
 *
 * The worker thread owns the sender and calls send(); nothing here touches the database. Meta has no
 * idempotency key for messages, so the line that matters is the one http_send() draws: what cannot
 * have reached Meta may simply be repeated; the outcome of anything later is unknown until a status
 * event or the next attempt. */
#include "lib/outbox/channel.h"

#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/str.h"
#include "lib/json/json.h"
#include "lib/outbox/http_send.h"
#include "lib/outbox/whatsapp_error.h"
#include "lib/outbox/whatsapp_message.h"

#include "lib/base/banned.h"

struct whatsapp {
    struct channel channel;
    struct http_sender *sender;
    struct http_url url;
    char *token_file;
    uint64_t token_mark; /* of the token that was sent last; 0 when none could be opened */
    bool refused;        /* demo data, and the base is not loopback */
    long connect_timeout_ms, total_timeout_ms;
};

static const struct http_words words = {
    .silent = T("WhatsApp tidak menjawab. Menunggu kepastian sebelum dikirim ulang."),
    .unreachable = T(
        "WhatsApp tidak dapat dihubungi. Periksa sambungan internet; pesan dikirim ulang."),
    .untrusted = T("Sertifikat server WhatsApp tidak dapat dipercaya. Beri tahu admin; pesan tetap "
                   "antre."),
    .forbidden = T("Alamat server WhatsApp tidak diizinkan. Beri tahu admin; pesan tetap antre."),
};

static void result_set(struct outbox_result *ret, int outcome, const char *code, const char *reason)
{
    *ret = (struct outbox_result){.code = code, .reason = reason};
    switch (outcome) {
    case SEND_OK:
        ret->outcome = SEND_OK;
        break;
    case SEND_RETRY:
        ret->outcome = SEND_RETRY;
        break;
    case SEND_UNKNOWN:
        ret->outcome = SEND_UNKNOWN;
        break;
    case SEND_STOP_CHANNEL:
        ret->outcome = SEND_STOP_CHANNEL;
        break;
    default:
        ret->outcome = SEND_FAILED;
        break;
    }
}

/* --- the token -------------------------------------------------------------------------------- */

/* The mark is taken first: a token replaced in between is tried once more rather than never. */
static bool token_read(struct whatsapp *w, char *token, size_t bytes)
{
    w->token_mark = access(w->token_file, R_OK) == 0 ? file_mark(0, w->token_file) : 0;
    return secret_read(w->token_file, token, bytes);
}

/* Another token lies there than the one that was refused. */
static bool whatsapp_renewed(struct channel *channel)
{
    const struct whatsapp *w = (const struct whatsapp *)(void *)channel;
    return access(w->token_file, F_OK) == 0 && file_mark(0, w->token_file) != w->token_mark;
}

/* --- reading the answer ----------------------------------------------------------------------- */

/* Minutes until Meta lets us in again, from X-Business-Use-Case-Usage:
 * {"<business id>":[{"estimated_time_to_regain_access":N, …}]}. 0 when it is not said. */
static int64_t regain_access_ms(struct http_sender *sender)
{
    const char *header = http_answer_header(sender, "X-Business-Use-Case-Usage");
    json_t *usage = header ? json_loads(header, 0, NULL) : NULL;
    int64_t minutes = 0;
    const char *key;
    json_t *list;
    json_object_foreach(usage, key, list)
    {
        size_t i;
        json_t *item;
        json_array_foreach(list, i, item)
        {
            int64_t m = json_integer_value(
                json_object_get(item, "estimated_time_to_regain_access"));
            if (m > minutes && m <= (int64_t)24 * 60)
                minutes = m;
        }
    }
    json_decref(usage);
    return minutes * 60 * 1000;
}

static void read_error(struct whatsapp *w, struct cx *cx, const json_t *error, long status,
                       struct outbox_result *ret)
{
    const json_t *number = json_object_get(error, "code");
    int64_t code = json_is_integer(number) ? json_integer_value(number) : -1;
    const struct whatsapp_error *e = whatsapp_error_find(code);
    int outcome = e->outcome;
    bool passing = status >= 500 || json_is_true(json_object_get(error, "is_transient"));
    if (e->code < 0 && passing)
        outcome = SEND_RETRY;
    result_set(ret, outcome,
               code < 0 ? arena_printf(cx->arena, "http_%ld", status)
                        : arena_printf(cx->arena, "%lld", (long long)code),
               e->code < 0 && outcome == SEND_RETRY ? whatsapp_error_find(1)->sentence
                                                    : e->sentence);
    ret->per_recipient = e->per_recipient;
    ret->recipient_fault = whatsapp_error_of_recipient(code);
    if (code == 4 || code == 80007)
        ret->retry_after_ms = regain_access_ms(w->sender);
    if (code == WHATSAPP_ERROR_WINDOW)
        ret->retry_after_ms = 1; /* its next form is made at once */
}

/* An answer came: by error.code first, the HTTP status only where there is none. */
static void read_answer(struct whatsapp *w, struct cx *cx, const struct http_answer *got,
                        struct outbox_result *ret)
{
    long status = got->status;
    json_t *answer = got->body.full ? NULL : json_loadb(got->body.p, got->body.n, 0, NULL);
    if (answer)
        answer = json_keep(cx->arena, answer);
    const json_t *error = json_object_get(answer, "error");
    const char *wamid = json_string_value(
        json_object_get(json_array_get(json_object_get(answer, "messages"), 0), "id"));
    if (json_is_object(error)) {
        read_error(w, cx, error, status, ret);
    } else if (status >= 200 && status <= 299 && !str_empty(wamid)) {
        result_set(ret, SEND_OK, NULL, NULL);
        ret->provider_id = wamid;
    } else if (status >= 200 && status <= 299) {
        result_set(ret, SEND_UNKNOWN, "bad_answer",
                   T("Jawaban WhatsApp tidak dapat dibaca. Menunggu kepastian."));
    } else if (status == 401 || status == 403) {
        result_set(ret, SEND_STOP_CHANNEL, arena_printf(cx->arena, "http_%ld", status),
                   whatsapp_error_find(status == 401 ? 190 : 10)->sentence);
    } else if (status == 408 || status == 429 || status >= 500) {
        result_set(ret, SEND_RETRY, arena_printf(cx->arena, "http_%ld", status),
                   whatsapp_error_find(1)->sentence);
    } else {
        result_set(ret, SEND_FAILED, arena_printf(cx->arena, "http_%ld", status),
                   whatsapp_error_find(-1)->sentence);
    }
    if (ret->outcome == SEND_RETRY && ret->retry_after_ms == 0)
        ret->retry_after_ms = got->retry_after_ms;
}

/* A template that is refused: nothing is sent from it again; a row that can be made in another form goes
 * out in that one. */
static void read_template(const struct outbox_message *m, struct outbox_result *ret)
{
    int64_t code = 0;
    if (!m->template_name || ret->outcome != SEND_FAILED ||
        !str_to_i64(str_or(ret->code, ""), 0, INT32_MAX, &code) || !whatsapp_error_of_template(code))
        return;
    ret->template_name = m->template_name;
    if (!m->other_form)
        return;
    ret->outcome = SEND_RETRY;
    ret->retry_after_ms = 1;
}

/* --- one attempt ------------------------------------------------------------------------------ */

static void send_body(struct whatsapp *w, struct cx *cx, const struct buf *body, const char *token,
                      struct outbox_result *ret)
{
    char authorization[SECRET_MAX_BYTES + 32];
    (void)snprintf(authorization, sizeof(authorization), "Authorization: Bearer %s", token);
    const char *const headers[] = {authorization, "Content-Type: application/json",
                                   "Accept: application/json", NULL};
    struct http_request request = {.url = &w->url,
                                   .reach = HTTP_ANYWHERE,
                                   .headers = headers,
                                   .body = {(const uint8_t *)body->p, body->n},
                                   .connect_timeout_ms = w->connect_timeout_ms,
                                   .total_timeout_ms = w->total_timeout_ms,
                                   .cancel = w->channel.cancel};
    struct http_answer answer;
    http_send(w->sender, cx, &request, &answer);
    sodium_memzero(authorization, sizeof(authorization));
    if (!http_no_answer(&answer, &words, ret))
        read_answer(w, cx, &answer, ret);
}

static void whatsapp_send(struct channel *channel, struct cx *cx, const struct outbox_message *m,
                          struct outbox_result *ret)
{
    struct whatsapp *w = (struct whatsapp *)(void *)channel;
    if (w->refused) {
        result_set(ret, SEND_FAILED, "demo",
                   T("Nomor contoh tidak dikirimi pesan: arahkan graph_base ke alamat loopback "
                     "untuk mencoba."));
        return;
    }
    struct buf body;
    const char *fault = NULL;
    if (whatsapp_message_write(cx, m, &body, &fault) != ERR_OK) {
        result_set(
            ret, SEND_FAILED, fault,
            T("Pesan tidak dapat disusun. Periksa nomor WhatsApp penerima, lalu beri tahu admin."));
        return;
    }
    char token[SECRET_MAX_BYTES];
    if (token_read(w, token, sizeof(token)))
        send_body(w, cx, &body, token, ret);
    else
        result_set(
            ret, SEND_STOP_CHANNEL, "token_file",
            T("Berkas token WhatsApp tidak dapat dibaca. Beri tahu admin; pesan tetap antre."));
    sodium_memzero(token, sizeof(token));
    read_template(m, ret);
}

static void whatsapp_free(struct channel *channel)
{
    struct whatsapp *w = (struct whatsapp *)(void *)channel;
    http_sender_free(w->sender);
    w->sender = NULL;
}

/* --- setting up ------------------------------------------------------------------------------- */

static bool only_of(const char *s, const char *characters)
{
    return !str_empty(s) && strspn(s, characters) == strlen(s);
}

static enum err refuse(const char **ret_message, const char *message)
{
    *ret_message = message;
    return ERR_INVALID;
}

enum err channel_whatsapp_new(struct arena *a, const struct channel_whatsapp_options *o,
                              struct channel **ret, const char **ret_message)
{
    struct http_url base;
    curl_start_once();
    if (!http_url_read(a, o->graph_base, &base) || base.query)
        return refuse(
            ret_message,
            T("Tulis graph_base sebagai alamat https, misalnya https://graph.facebook.com."));
    if (!http_url_allowed(&base, HTTP_ANYWHERE))
        return refuse(
            ret_message,
            T("Ganti http pada graph_base menjadi https: http hanya boleh untuk alamat loopback."));
    if (!only_of(o->graph_version, "v0123456789.") || o->graph_version[0] != 'v')
        return refuse(ret_message, T("Tulis graph_version seperti v23.0."));
    if (!only_of(o->phone_number_id, "0123456789"))
        return refuse(ret_message, T("Tulis phone_number_id dengan angka saja."));
    if (str_empty(o->token_file))
        return refuse(ret_message, T("Isi token_file dengan berkas yang memuat token WhatsApp."));
    struct whatsapp *w = ARENA_NEW(a, struct whatsapp);
    w->sender = http_sender_new(a);
    if (!w->sender)
        return ERR_INTERNAL;
    size_t n = strlen(o->graph_base);
    while (n > 0 && o->graph_base[n - 1] == '/')
        n--;
    if (!http_url_read(a,
                       arena_printf(a, "%.*s/%s/%s/messages", (int)n, o->graph_base,
                                    o->graph_version, o->phone_number_id),
                       &w->url)) {
        http_sender_free(w->sender);
        return ERR_INTERNAL;
    }
    w->token_file = arena_strdup(a, o->token_file);
    w->refused = o->loopback_only && !base.loopback;
    w->connect_timeout_ms = o->connect_timeout_ms;
    w->total_timeout_ms = o->total_timeout_ms;
    w->channel = (struct channel){.name = "whatsapp",
                                  .send = whatsapp_send,
                                  .free = whatsapp_free,
                                  .renewed = whatsapp_renewed,
                                  .recipient_gap_ms = o->recipient_gap_ms,
                                  .recipient_burst = o->recipient_burst};
    *ret = &w->channel;
    return ERR_OK;
}

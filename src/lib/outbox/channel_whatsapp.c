/* WhatsApp Cloud API: one message, one POST, one verdict.
 *
 * The worker thread owns the handle and calls send(); nothing here touches the database. Meta has no
 * idempotency key for messages, so the line that matters is whether the request can have reached it:
 * before the body was handed over an attempt may simply be repeated, after that its outcome is
 * unknown until a status event or the next attempt. That is why curl gets the body through a callback
 * that cannot be rewound: otherwise it would repeat a POST by itself on a connection that died. */
#include "lib/outbox/channel.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/cleanup.h"
#include "lib/base/str.h"
#include "lib/json/json.h"
#include "lib/outbox/whatsapp_error.h"
#include "lib/outbox/whatsapp_message.h"

#include "lib/base/banned.h"

enum {
    RESPONSE_MAX_BYTES = 64 * 1024,
    TOKEN_MAX_BYTES = 4096,
    CONNECT_TIMEOUT_MS = 3000,
    TOTAL_TIMEOUT_MS = 10000,
    IDLE_CONNECTION_S = 20, /* an older connection may be dead already: a doubt that costs 30 s */
};

struct whatsapp {
    struct channel channel;
    CURL *curl;
    char *url;
    char *token_file;
    struct timespec token_time; /* of the token that was sent last */
    bool http;
    bool refused; /* demo data, and the base is not loopback */
    long connect_timeout_ms, total_timeout_ms;
};

/* One attempt in flight. */
struct attempt {
    const char *body;
    size_t body_bytes;
    size_t handed_over; /* bytes of the body given to curl: more than 0 means perhaps received */
    struct buf response;
    const atomic_bool *cancel;
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

/* --- curl's callbacks ------------------------------------------------------------------------- */

static size_t give_body(char *to, size_t size, size_t count, void *user)
{
    struct attempt *t = user;
    size_t room = size * count;
    size_t n = t->body_bytes - t->handed_over;
    if (n > room)
        n = room;
    memcpy(to, t->body + t->handed_over, n);
    t->handed_over += n;
    return n;
}

static size_t take_response(char *from, size_t size, size_t count, void *user)
{
    struct attempt *t = user;
    buf_add(&t->response, from, size * count);
    return t->response.full ? 0 : size * count;
}

static int look_up_cancel(void *user, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const struct attempt *t = user;
    (void)a, (void)b, (void)c, (void)d;
    return t->cancel && atomic_load(t->cancel) ? 1 : 0;
}

/* --- the token -------------------------------------------------------------------------------- */

/* Reads, trims and checks the token; false when there is none that could stand in a header. */
static bool token_read(struct whatsapp *w, char *token, size_t bytes)
{
    CLEAN_FD int fd = open(w->token_file, O_RDONLY | O_CLOEXEC);
    struct stat about;
    w->token_time = (struct timespec){0};
    if (fd < 0 || fstat(fd, &about) != 0)
        return false;
    w->token_time = about.st_mtim;
    size_t n = 0;
    for (;;) {
        ssize_t got = read(fd, token + n, bytes - 1 - n);
        if (got < 0)
            return false;
        if (got == 0)
            break;
        n += (size_t)got;
        if (n == bytes - 1)
            return false;
    }
    while (n > 0 && (token[n - 1] == '\n' || token[n - 1] == '\r' || token[n - 1] == ' ' ||
                     token[n - 1] == '\t'))
        n--;
    token[n] = '\0';
    for (size_t i = 0; i < n; i++)
        if (token[i] <= ' ' || token[i] > '~')
            return false;
    return n > 0;
}

static struct curl_slist *headers_make(const char *token)
{
    static const char *const fixed[] = {"Content-Type: application/json",
                                        "Accept: application/json", "Expect:"};
    char line[TOKEN_MAX_BYTES + 32];
    (void)snprintf(line, sizeof(line), "Authorization: Bearer %s", token);
    struct curl_slist *list = curl_slist_append(NULL, line);
    sodium_memzero(line, sizeof(line));
    for (size_t i = 0; list && i < ARRAY_LEN(fixed); i++) {
        struct curl_slist *longer = curl_slist_append(list, fixed[i]);
        if (!longer)
            break;
        list = longer;
    }
    return list;
}

static void headers_free(struct curl_slist *list)
{
    if (list)
        sodium_memzero(list->data, strlen(list->data)); /* the first line holds the token */
    curl_slist_free_all(list);
}

/* --- reading the answer ----------------------------------------------------------------------- */

/* Minutes until Meta lets us in again, from X-Business-Use-Case-Usage:
 * {"<business id>":[{"estimated_time_to_regain_access":N, …}]}. 0 when it is not said. */
static int64_t regain_access_ms(CURL *curl)
{
    struct curl_header *header = NULL;
    if (curl_easy_header(curl, "X-Business-Use-Case-Usage", 0, CURLH_HEADER, -1, &header) !=
        CURLHE_OK)
        return 0;
    json_t *usage = json_loads(header->value, 0, NULL);
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
        ret->retry_after_ms = regain_access_ms(w->curl);
    if (code == WHATSAPP_ERROR_WINDOW)
        ret->retry_after_ms = 1; /* its next form is made at once */
}

/* An answer came: by error.code first, the HTTP status only where there is none. */
static void read_answer(struct whatsapp *w, struct cx *cx, struct attempt *t,
                        struct outbox_result *ret)
{
    long status = 0;
    curl_off_t retry_after_s = 0;
    (void)curl_easy_getinfo(w->curl, CURLINFO_RESPONSE_CODE, &status);
    (void)curl_easy_getinfo(w->curl, CURLINFO_RETRY_AFTER, &retry_after_s);
    json_t *answer = t->response.full ? NULL : json_loadb(t->response.p, t->response.n, 0, NULL);
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
    if (ret->outcome == SEND_RETRY && ret->retry_after_ms == 0 && retry_after_s > 0)
        ret->retry_after_ms = (retry_after_s < 3600 ? retry_after_s : 3600) * 1000;
}

/* No whole answer came. What matters is whether the request can have been read. */
static void read_silence(CURLcode code, const struct attempt *t, struct outbox_result *ret)
{
    bool timeout = code == CURLE_OPERATION_TIMEDOUT;
    if (t->handed_over > 0) {
        result_set(ret, SEND_UNKNOWN, timeout ? "timeout" : "no_answer",
                   T("WhatsApp tidak menjawab. Menunggu kepastian sebelum dikirim ulang."));
        return;
    }
    if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE) {
        result_set(ret, SEND_STOP_CHANNEL, "tls",
                   T("Sertifikat server WhatsApp tidak dapat dipercaya. Beri tahu admin; pesan "
                     "tetap antre."));
        return;
    }
    result_set(
        ret, SEND_RETRY, timeout ? "connect_timeout" : "connect",
        T("WhatsApp tidak dapat dihubungi. Periksa sambungan internet; pesan dikirim ulang."));
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

static void handle_set_up(struct whatsapp *w, struct attempt *t, struct curl_slist *headers)
{
    CURL *c = w->curl;
    curl_easy_reset(c); /* keeps connections and sessions */
    curl_easy_setopt(c, CURLOPT_URL, w->url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, w->http ? "http" : "https");
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, w->connect_timeout_ms);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, w->total_timeout_ms);
    curl_easy_setopt(c, CURLOPT_MAXAGE_CONN, (long)IDLE_CONNECTION_S);
    curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "bukutamu/1.0.0");
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c, CURLOPT_POST, 1L);
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->body_bytes);
    curl_easy_setopt(c, CURLOPT_READFUNCTION, give_body);
    curl_easy_setopt(c, CURLOPT_READDATA, t);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_response);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, look_up_cancel);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, t);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    if (w->http)
        curl_easy_setopt(c, CURLOPT_NOPROXY, "*"); /* loopback is not behind the office's proxy */
}

static void send_body(struct whatsapp *w, struct cx *cx, const struct buf *body, const char *token,
                      struct outbox_result *ret)
{
    struct attempt t = {
        .body = body->p,
        .body_bytes = body->n,
        .response = buf_new(cx->arena, 2048, RESPONSE_MAX_BYTES),
        .cancel = w->channel.cancel,
    };
    struct curl_slist *headers = headers_make(token);
    if (!headers) {
        result_set(ret, SEND_RETRY, "memory", whatsapp_error_find(1)->sentence);
        return;
    }
    handle_set_up(w, &t, headers);
    CURLcode code = curl_easy_perform(w->curl);
    long status = 0;
    (void)curl_easy_getinfo(w->curl, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && status > 0))
        read_answer(w, cx, &t, ret);
    else
        read_silence(code, &t, ret);
    curl_easy_setopt(w->curl, CURLOPT_HTTPHEADER, NULL);
    headers_free(headers);
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
    char token[TOKEN_MAX_BYTES];
    if (token_read(w, token, sizeof(token)))
        send_body(w, cx, &body, token, ret);
    else
        result_set(
            ret, SEND_STOP_CHANNEL, "token_file",
            T("Berkas token WhatsApp tidak dapat dibaca. Beri tahu admin; pesan tetap antre."));
    sodium_memzero(token, sizeof(token));
    read_template(m, ret);
}

/* Another token lies there than the one that was refused. */
static bool whatsapp_renewed(struct channel *channel)
{
    const struct whatsapp *w = (const struct whatsapp *)(void *)channel;
    struct stat about;
    if (stat(w->token_file, &about) != 0)
        return false;
    return about.st_mtim.tv_sec != w->token_time.tv_sec ||
           about.st_mtim.tv_nsec != w->token_time.tv_nsec;
}

static void whatsapp_free(struct channel *channel)
{
    struct whatsapp *w = (struct whatsapp *)(void *)channel;
    curl_easy_cleanup(w->curl);
    w->curl = NULL;
}

/* --- setting up ------------------------------------------------------------------------------- */

/* What a base address is made of; false when it is not one. Memory of `a`. */
struct base_url {
    bool http;
    bool loopback;
};

static char *url_part(struct arena *a, CURLU *url, CURLUPart what)
{
    char *text = NULL;
    if (curl_url_get(url, what, &text, 0) != CURLUE_OK)
        return NULL;
    char *copy = arena_strdup(a, text);
    curl_free(text);
    return copy;
}

static bool host_is_loopback(const char *host)
{
    struct in_addr address;
    if (str_eq(host, "localhost") || str_eq(host, "[::1]"))
        return true;
    /* curl has already turned 127.1, 0x7f000001 and the like into four numbers. */
    return inet_pton(AF_INET, host, &address) == 1 && (ntohl(address.s_addr) >> 24) == 127;
}

static bool base_url_read(struct arena *a, const char *text, struct base_url *ret)
{
    CURLU *url = curl_url();
    if (!url)
        return false;
    bool fine = text && curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK;
    const char *scheme = fine ? url_part(a, url, CURLUPART_SCHEME) : NULL;
    const char *host = fine ? url_part(a, url, CURLUPART_HOST) : NULL;
    fine = fine && host && (str_eq(scheme, "https") || str_eq(scheme, "http")) &&
           !url_part(a, url, CURLUPART_USER) && !url_part(a, url, CURLUPART_PASSWORD) &&
           !url_part(a, url, CURLUPART_QUERY) && !url_part(a, url, CURLUPART_FRAGMENT);
    if (fine)
        *ret = (struct base_url){.http = str_eq(scheme, "http"), .loopback = host_is_loopback(host)};
    curl_url_cleanup(url);
    return fine;
}

static bool only_of(const char *s, const char *characters)
{
    return !str_empty(s) && strspn(s, characters) == strlen(s);
}

static void curl_start(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

static enum err refuse(const char **ret_message, const char *message)
{
    *ret_message = message;
    return ERR_INVALID;
}

enum err channel_whatsapp_new(struct arena *a, const struct channel_whatsapp_options *o,
                              struct channel **ret, const char **ret_message)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, curl_start);
    struct base_url base = {0};
    if (!base_url_read(a, o->graph_base, &base))
        return refuse(
            ret_message,
            T("Tulis graph_base sebagai alamat https, misalnya https://graph.facebook.com."));
    if (base.http && !base.loopback)
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
    w->curl = curl_easy_init();
    if (!w->curl)
        return ERR_INTERNAL;
    size_t n = strlen(o->graph_base);
    while (n > 0 && o->graph_base[n - 1] == '/')
        n--;
    w->url = arena_printf(a, "%.*s/%s/%s/messages", (int)n, o->graph_base, o->graph_version,
                          o->phone_number_id);
    w->token_file = arena_strdup(a, o->token_file);
    w->http = base.http;
    w->refused = o->loopback_only && !base.loopback;
    w->connect_timeout_ms = o->connect_timeout_ms ? o->connect_timeout_ms : CONNECT_TIMEOUT_MS;
    w->total_timeout_ms = o->total_timeout_ms ? o->total_timeout_ms : TOTAL_TIMEOUT_MS;
    w->channel = (struct channel){.name = "whatsapp",
                                  .send = whatsapp_send,
                                  .free = whatsapp_free,
                                  .renewed = whatsapp_renewed,
                                  .recipient_gap_ms = o->recipient_gap_ms,
                                  .recipient_burst = o->recipient_burst};
    *ret = &w->channel;
    return ERR_OK;
}

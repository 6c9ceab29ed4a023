/* Mail by SMTP: one plain-text message with the link, perhaps with a file, one session, one verdict.
 *
 * What people typed reaches header fields only as encoded words (RFC 2047) or not at all, so that a
 * line break in a name cannot become a header. The end of the body is the line that matters: once it
 * was handed over, silence means perhaps delivered. The Message-ID is made of our opaque id: a reader
 * that gets a message twice shows it once. */
#include "lib/outbox/channel.h"

#include <curl/curl.h>
#include <sodium.h>
#include <string.h>

#include "lib/base/mail.h"
#include "lib/base/time.h"
#include "lib/base/utf8.h"
#include "lib/outbox/http_send.h"

#include "lib/base/banned.h"

enum {
    SUBJECT_MAX_CHARACTERS = 120,
    MAIL_MAX_BYTES = 64 * 1024,
    WORD_MAX_BYTES = 42,    /* in base64 and its frame below the 75 of RFC 2047 */
    BASE64_LINE_BYTES = 57, /* 76 characters */
    RANDOM_ID_BYTES = 16,
    FILE_NAME_MAX_CHARACTERS = 120,
    FILE_NAME_LINE = 60,              /* of a file's name in one line of its header */
    FILE_TOTAL_TIMEOUT_MS = 20 * 1000 /* with a file, on a slow line; below the outbox's lease */
};
/* Between the parts of a mail with a file. All parts are base64, which has no line that begins so. */
#define BOUNDARY "=_bagian"
#define TEXT_HEADERS                                                                               \
    "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"

struct mail {
    struct channel channel;
    CURL *curl;
    const char *url, *from, *from_name, *username, *password_file, *ca_file;
    uint64_t password_mark; /* of the password that was sent last */
    bool tls, refused;
    long connect_ms, total_ms;
};

struct flight {
    const char *text;
    size_t bytes, handed_over;
    const atomic_bool *cancel;
};

/* --- the text --------------------------------------------------------------------------------- */

static void add_base64(struct buf *out, const char *p, size_t n)
{
    char coded[128];
    (void)sodium_bin2base64(coded, sizeof(coded), (const unsigned char *)p, n,
                            sodium_base64_VARIANT_ORIGINAL);
    buf_puts(out, coded);
}

/* As encoded words, folded; every control character is a space first. */
static void add_words(struct cx *cx, struct buf *out, const char *text)
{
    char *clean = utf8_cut(cx->arena, text, SUBJECT_MAX_CHARACTERS);
    for (char *c = clean; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = ' ';
    for (const char *p = clean; *p;) {
        const char *end = p;
        while (*end) {
            const char *next = end;
            (void)utf8_next(&next);
            if (next - p > WORD_MAX_BYTES)
                break;
            end = next;
        }
        buf_puts(out, p == clean ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
        add_base64(out, p, (size_t)(end - p));
        buf_puts(out, "?=");
        p = end;
    }
}

static void add_date(struct cx *cx, struct buf *out)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int offset = cx->offset_min ? cx->offset_min : 420;
    struct civil c = time_civil(cx->now_ms, offset);
    int size = offset < 0 ? -offset : offset;
    buf_printf(out, "Date: %s, %d %s %04d %02d:%02d:%02d %c%02d%02d\r\n", days[c.weekday], c.day,
               months[c.month - 1], c.year, c.hour, c.minute, c.second, offset < 0 ? '-' : '+',
               size / 60, size % 60);
}

/* "<opaque-id@our domain>"; an opaque id that cannot stand there gets a random one. */
static void add_message_id(const struct mail *w, struct cx *cx, struct buf *out, const char *opaque)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
    size_t n = opaque ? strlen(opaque) : 0;
    if (n == 0 || n > 128 || strspn(opaque, plain) != n) {
        uint8_t random_bytes[RANDOM_ID_BYTES];
        rand_bytes(random_bytes, sizeof(random_bytes));
        opaque = str_hex(cx->arena, random_bytes, sizeof(random_bytes));
    }
    buf_printf(out, "Message-ID: <%s%s>\r\n", opaque, strchr(w->from, '@'));
}

/* Cut into lines of 76 characters. */
static void add_base64_lines(struct buf *out, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i += BASE64_LINE_BYTES) {
        add_base64(out, p + i, n - i < BASE64_LINE_BYTES ? n - i : BASE64_LINE_BYTES);
        buf_puts(out, "\r\n");
    }
}

static void add_body(struct cx *cx, struct buf *out, const char *text)
{
    struct buf lines = buf_new(cx->arena, strlen(text) + 64, MAIL_MAX_BYTES);
    for (const char *c = text; *c; c++) { /* text in mail ends its lines by CR LF */
        if (*c == '\n')
            buf_puts(&lines, "\r\n");
        else if (*c != '\r')
            buf_putc(&lines, *c);
    }
    buf_puts(&lines, "\r\n");
    add_base64_lines(out, lines.p, lines.n);
}

/* A file's name as a parameter: in quotes when it is plain, else by RFC 2231, in numbered pieces when it is
 * long ("filename*0*=UTF-8''…"). */
static void add_file_name(struct cx *cx, struct buf *out, const char *name)
{
    char *clean = utf8_cut(cx->arena, name, FILE_NAME_MAX_CHARACTERS);
    bool plain = strlen(clean) <= FILE_NAME_LINE;
    for (char *c = clean; *c; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7f || *c == '/' || *c == '\\')
            *c = ' ';
        plain = plain && (unsigned char)*c < 0x7f && *c != '"';
    }
    if (plain) {
        buf_printf(out, ";\r\n filename=\"%s\"\r\n", clean);
        return;
    }
    struct buf coded = buf_new(cx->arena, 256, 4096);
    buf_puts(&coded, "UTF-8''");
    for (const char *c = clean; *c; c++) {
        bool letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                      (*c >= '0' && *c <= '9') || *c == '-' || *c == '.' || *c == '_';
        if (letter)
            buf_putc(&coded, *c);
        else
            buf_printf(&coded, "%%%02X", (unsigned char)*c);
    }
    bool pieces = coded.n > FILE_NAME_LINE;
    for (size_t at = 0, i = 0; at < coded.n; i++) {
        size_t n = coded.n - at < FILE_NAME_LINE ? coded.n - at : FILE_NAME_LINE;
        for (int k = 1; k <= 2 && at + n < coded.n; k++) /* "%C3" stays whole */
            n -= n > 2 && coded.p[at + n - (size_t)k] == '%' ? (size_t)k : 0;
        if (pieces)
            buf_printf(out, ";\r\n filename*%zu*=%.*s", i, (int)n, coded.p + at);
        else
            buf_printf(out, ";\r\n filename*=%s", coded.p);
        at += n;
    }
    buf_puts(out, "\r\n");
}

static void add_file(struct cx *cx, struct buf *out, const struct outbox_file *file)
{
    buf_printf(out,
               "--" BOUNDARY "\r\nContent-Type: %s\r\nContent-Transfer-Encoding: base64\r\n"
               "Content-Disposition: attachment",
               file->type);
    add_file_name(cx, out, file->name);
    buf_puts(out, "\r\n");
    add_base64_lines(out, (const char *)file->data.p, file->data.n);
    buf_puts(out, "--" BOUNDARY "--\r\n");
}

static bool text_fine(const char *s)
{
    return !str_empty(s) && utf8_valid(s, strlen(s));
}

static bool file_fine(const struct outbox_file *f)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789-.+/";
    return text_fine(f->name) && !str_empty(f->type) && strspn(f->type, plain) == strlen(f->type) &&
           f->data.n > 0 && f->data.n <= OUTBOX_FILE_MAX_BYTES;
}

/* NULL, or the code of what is wrong. */
static const char *mail_write(const struct mail *w, struct cx *cx, const struct outbox_message *m,
                              struct buf *out)
{
    if (!mail_address_ok(m->to))
        return "recipient";
    if (!text_fine(m->text) || (m->subject && !utf8_valid(m->subject, strlen(m->subject))) ||
        (m->link && !text_fine(m->link)))
        return "text";
    if (m->file && !file_fine(m->file))
        return "file";
    size_t file_bytes = m->file ? m->file->data.n / 2 * 3 + 4096 : 0; /* as base64 in lines */
    *out = buf_new(cx->arena, 2048 + file_bytes, MAIL_MAX_BYTES + file_bytes);
    add_date(cx, out);
    buf_puts(out, "From: ");
    add_words(cx, out, str_or(w->from_name, "Buku Tamu"));
    buf_printf(out, " <%s>\r\nTo: <%s>\r\n", w->from, m->to);
    add_message_id(w, cx, out, m->opaque_id);
    buf_puts(out, "Subject: ");
    add_words(cx, out, str_or(m->subject, cx_t(cx, T("Pemberitahuan buku tamu"))));
    buf_puts(out, "\r\nAuto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n"
                  "MIME-Version: 1.0\r\n");
    if (m->file)
        buf_puts(out, "Content-Type: multipart/mixed; boundary=\"" BOUNDARY "\"\r\n\r\n"
                      "--" BOUNDARY "\r\n");
    buf_puts(out, TEXT_HEADERS);
    add_body(cx, out, channel_text(cx, m, false));
    if (m->file)
        add_file(cx, out, m->file);
    return out->full ? "text" : NULL;
}

/* --- the session ------------------------------------------------------------------------------ */

static size_t give_text(char *to, size_t size, size_t count, void *user)
{
    struct flight *f = user;
    size_t n = f->bytes - f->handed_over;
    if (n > size * count)
        n = size * count;
    memcpy(to, f->text + f->handed_over, n);
    f->handed_over += n;
    return n;
}

static size_t drop_answer(char *from, size_t size, size_t count, void *user)
{
    (void)from, (void)user;
    return size * count;
}

static int look_up_cancel(void *user, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const struct flight *f = user;
    (void)a, (void)b, (void)c, (void)d;
    return f->cancel && atomic_load(f->cancel) ? 1 : 0;
}

static void set_session(const struct mail *w, struct flight *f, struct curl_slist *to)
{
    CURL *c = w->curl;
    curl_easy_reset(c);
    curl_easy_setopt(c, CURLOPT_URL, w->url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(c, CURLOPT_USE_SSL, w->tls ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_NONE);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (w->ca_file)
        curl_easy_setopt(c, CURLOPT_CAINFO, w->ca_file);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_NOPROXY, "*"); /* proxies of an office carry no mail */
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS,
                     w->connect_ms ? w->connect_ms : HTTP_CONNECT_TIMEOUT_MS);
    long usual_ms = f->bytes > MAIL_MAX_BYTES ? FILE_TOTAL_TIMEOUT_MS : HTTP_TOTAL_TIMEOUT_MS;
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, w->total_ms ? w->total_ms : usual_ms);
    /* A new session each time: a mail server that hung up meanwhile would leave a doubt. */
    curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(c, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(c, CURLOPT_MAIL_FROM, w->from);
    curl_easy_setopt(c, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE, (curl_off_t)f->bytes);
    curl_easy_setopt(c, CURLOPT_READFUNCTION, give_text);
    curl_easy_setopt(c, CURLOPT_READDATA, f);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, drop_answer);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, look_up_cancel);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, f);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
}

static struct outbox_result result_of(int outcome, const char *code, const char *reason)
{
    struct outbox_result r = {.outcome = SEND_FAILED, .code = code, .reason = reason};
    r.recipient_fault = str_eq(code, "recipient");
    if (outcome == SEND_RETRY)
        r.outcome = SEND_RETRY;
    else if (outcome == SEND_UNKNOWN)
        r.outcome = SEND_UNKNOWN;
    else if (outcome == SEND_STOP_CHANNEL)
        r.outcome = SEND_STOP_CHANNEL;
    return r;
}

/* The server said no: 4xx is for now, 5xx for good; the login and the sender's right are ours. */
static struct outbox_result refusal(struct cx *cx, CURLcode code, long status)
{
    const char *name = arena_printf(cx->arena, "smtp_%ld", status);
    bool ours = code == CURLE_LOGIN_DENIED || status == 530 || status == 534 || status == 535 ||
                status == 538;
    if (ours && status >= 500)
        return result_of(SEND_STOP_CHANNEL, name,
                         T("Server surel menolak nama atau kata sandi kami. Beri tahu admin; pesan "
                           "tetap antre."));
    if (status < 500)
        return result_of(SEND_RETRY, name,
                         T("Server surel sedang sibuk. Pesan dikirim ulang secara otomatis."));
    if (status == 550 || status == 551 || status == 553) {
        struct outbox_result r = result_of(
            SEND_FAILED, name,
            T("Alamat surel penerima ditolak. Periksa alamatnya, lalu hubungi "
              "penerima langsung."));
        r.recipient_fault = true;
        return r;
    }
    return result_of(
        SEND_FAILED, name,
        T("Server surel menolak pesan. Hubungi penerima langsung dan beri tahu admin."));
}

static struct outbox_result verdict(struct cx *cx, CURLcode code, long status,
                                    const struct flight *f)
{
    if (code == CURLE_OK)
        return (struct outbox_result){.outcome = SEND_OK};
    if (status >= 400 && status <= 599)
        return refusal(cx, code, status);
    bool timeout = code == CURLE_OPERATION_TIMEDOUT;
    if (f->handed_over == f->bytes)
        return result_of(SEND_UNKNOWN, timeout ? "timeout" : "no_answer",
                         T("Server surel tidak menjawab. Menunggu kepastian sebelum dikirim "
                           "ulang."));
    if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
        code == CURLE_USE_SSL_FAILED)
        return result_of(
            SEND_STOP_CHANNEL, "tls",
            T("Server surel tidak menawarkan sambungan aman yang dapat dipercaya. Beri "
              "tahu admin; pesan tetap antre."));
    if (code == CURLE_LOGIN_DENIED)
        return refusal(cx, code, 535);
    return result_of(SEND_RETRY, timeout ? "connect_timeout" : "connect",
                     T("Server surel tidak dapat dihubungi. Periksa sambungannya; pesan dikirim "
                       "ulang."));
}

static void mail_post(const struct mail *w, struct cx *cx, const struct outbox_message *m,
                      struct flight *f, struct outbox_result *ret)
{
    char password[SECRET_MAX_BYTES];
    struct curl_slist *to = curl_slist_append(NULL, m->to);
    if (!to) {
        *ret = result_of(
            SEND_RETRY, "memory",
            T("Server surel tidak dapat dihubungi. Periksa sambungannya; pesan dikirim "
              "ulang."));
        return;
    }
    set_session(w, f, to);
    if (w->username && !secret_read(w->password_file, password, sizeof(password))) {
        curl_slist_free_all(to);
        *ret = result_of(SEND_STOP_CHANNEL, "password_file",
                         T("Berkas kata sandi surel tidak dapat dibaca. Beri tahu admin; pesan "
                           "tetap antre."));
        return;
    }
    if (w->username) {
        curl_easy_setopt(w->curl, CURLOPT_USERNAME, w->username);
        curl_easy_setopt(w->curl, CURLOPT_PASSWORD, password);
        sodium_memzero(password, sizeof(password));
    }
    CURLcode code = curl_easy_perform(w->curl);
    long status = 0;
    (void)curl_easy_getinfo(w->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_reset(w->curl);
    curl_slist_free_all(to);
    *ret = verdict(cx, code, status, f);
}

static void mail_send(struct channel *channel, struct cx *cx, const struct outbox_message *m,
                      struct outbox_result *ret)
{
    struct mail *w = (struct mail *)(void *)channel;
    struct buf text;
    w->password_mark = file_mark(0, w->password_file);
    if (w->refused) {
        *ret = result_of(SEND_FAILED, "demo",
                         T("Penerima contoh tidak dikirimi surel: arahkan server surel ke alamat "
                           "loopback untuk mencoba."));
        return;
    }
    const char *fault = mail_write(w, cx, m, &text);
    if (fault) {
        *ret = result_of(SEND_FAILED, fault,
                         T("Surel tidak dapat disusun. Periksa alamat penerima, lalu beri tahu "
                           "admin."));
        return;
    }
    struct flight f = {.text = text.p, .bytes = text.n, .cancel = channel->cancel};
    mail_post(w, cx, m, &f, ret);
}

static bool mail_renewed(struct channel *channel)
{
    const struct mail *w = (const struct mail *)(void *)channel;
    return file_mark(0, w->password_file) != w->password_mark;
}

static void mail_free(struct channel *channel)
{
    struct mail *w = (struct mail *)(void *)channel;
    curl_easy_cleanup(w->curl);
    w->curl = NULL;
}

/* --- setting up ------------------------------------------------------------------------------- */

static enum err refuse(const char **ret_message, const char *message)
{
    *ret_message = message;
    return ERR_INVALID;
}

/* "smtp://host:port" read with the eyes of an http address: the same form, another scheme. */
static bool server_read(struct arena *a, const char *server, bool *ret_tls, struct http_url *ret)
{
    bool plain = server && str_starts(server, "smtp://");
    if (!plain && !(server && str_starts(server, "smtps://")))
        return false;
    *ret_tls = !plain;
    const char *rest = strchr(server, ':');
    return http_url_read(a, arena_printf(a, "http%s", rest), ret) && !ret->query &&
           !strchr(rest + 3, '/');
}

enum err channel_mail_new(struct arena *a, const struct channel_mail_options *o,
                          struct channel **ret, const char **ret_message)
{
    struct http_url url;
    bool tls = false;
    curl_start_once();
    if (!server_read(a, o->server, &tls, &url))
        return refuse(ret_message, T("Tulis server surel seperti smtp://surel.kantor.example:587 "
                                     "atau smtps://surel.kantor.example:465."));
    if (!mail_address_ok(o->from))
        return refuse(ret_message, T("Tulis alamat pengirim surel, misalnya "
                                     "bukutamu@kantor.example."));
    if (o->from_name && !utf8_valid(o->from_name, strlen(o->from_name)))
        return refuse(ret_message, T("Tulis nama pengirim surel sebagai teks UTF-8."));
    if (!str_empty(o->username) && str_empty(o->password_file))
        return refuse(ret_message, T("Isi berkas yang memuat kata sandi surel."));
    struct mail *w = ARENA_NEW(a, struct mail);
    w->curl = curl_easy_init();
    if (!w->curl)
        return ERR_INTERNAL;
    w->url = arena_strdup(a, o->server);
    w->from = arena_strdup(a, o->from);
    w->from_name = arena_strdup(a, o->from_name);
    w->username = str_empty(o->username) ? NULL : arena_strdup(a, o->username);
    w->password_file = arena_strdup(a, o->password_file);
    w->ca_file = arena_strdup(a, o->ca_file);
    w->tls = tls || !url.loopback || o->tls_on_loopback;
    w->refused = o->loopback_only && !url.loopback;
    w->connect_ms = o->connect_timeout_ms;
    w->total_ms = o->total_timeout_ms;
    w->channel = (struct channel){
        .name = "mail", .send = mail_send, .free = mail_free, .renewed = mail_renewed};
    *ret = &w->channel;
    return ERR_OK;
}

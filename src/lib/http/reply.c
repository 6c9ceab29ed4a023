/* Answers: the headers that every one carries, and refusals as problem+json (RFC 9457) or a page. */
#include "lib/http/internal.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <strings.h>

#include "lib/base/utf8.h"
#include "lib/json/json.h"
#include "lib/base/banned.h"

#define BODY_MAX (8u << 20)

static const struct http_pair always[] = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
     "media-src 'self' blob:; connect-src 'self'; font-src 'self'; worker-src 'self'; manifest-src "
     "'self'; form-action 'self'; "
     "base-uri 'none'; frame-ancestors 'none'"},
    {"Strict-Transport-Security", "max-age=31536000; includeSubDomains"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"X-Frame-Options", "DENY"},
};
#define PERMISSIONS "Permissions-Policy"
#define NO_CAMERA   "camera=(), microphone=(), geolocation=()"
#define CAMERA      "camera=(self), microphone=(), geolocation=()"

struct http_res reply_new(struct cx *cx)
{
    return (struct http_res){
        .status = 200,
        .content_type = "text/html; charset=utf-8",
        .body = buf_new(cx->arena, 4096, BODY_MAX),
        .private_data = true,
    };
}

static bool has_header(const struct http_res *res, const char *name)
{
    for (size_t i = 0; i < res->header_count; i++) {
        if (strcasecmp(res->headers[i].name, name) == 0)
            return true;
    }
    return false;
}

void reply_headers(const struct http_res *res,
                   void (*fn)(void *to, const char *name, const char *value), void *to)
{
    for (size_t i = 0; i < ARRAY_LEN(always); i++) {
        if (!has_header(res, always[i].name))
            fn(to, always[i].name, always[i].value);
    }
    fn(to, PERMISSIONS, res->allow_camera ? CAMERA : NO_CAMERA);
    if (res->private_data && !has_header(res, "Cache-Control"))
        fn(to, "Cache-Control", "no-store");
    if (res->content_type && *res->content_type)
        fn(to, "Content-Type", res->content_type);
    for (size_t i = 0; i < res->header_count; i++)
        fn(to, res->headers[i].name, res->headers[i].value);
}

void http_res_piece(struct http_res *res, struct piece *piece)
{
    piece_drop(res->piece);
    res->piece = piece;
    res->piece_at = res->body.n;
}

void reply_source_drop(struct http_res *res)
{
    if (res->source.close)
        res->source.close(res->source.arg);
    res->source = (struct http_source){.bytes = 0};
}

void http_res_source(struct http_res *res, const struct http_source *source)
{
    reply_source_drop(res);
    res->source = *source;
}

static enum err file_read(void *arg, uint8_t *out, size_t room, size_t *ret_n)
{
    ssize_t n = read((int)(intptr_t)arg, out, room);
    if (n < 0)
        return ERR_INTERNAL;
    *ret_n = (size_t)n;
    return ERR_OK;
}

static void file_close(void *arg)
{
    (void)close((int)(intptr_t)arg);
}

void http_res_file(struct http_res *res, int fd, uint64_t bytes)
{
    const struct http_source source = {
        .bytes = bytes, .read = file_read, .close = file_close, .arg = (void *)(intptr_t)fd};
    http_res_source(res, &source);
}

/* RFC 8187: what may stand unencoded in filename*. */
static bool attr_char(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("!#$&+-.^_`|~", c));
}

/* Never a path, never a hidden file, nothing that a shell or a browser would read as more than a name. */
static const char *file_name_tidy(struct cx *cx, const char *name)
{
    for (const char *c = name; *c; c++) {
        if (*c == '/' || *c == '\\')
            name = c + 1;
    }
    char *tidy = arena_strndup(cx->arena, name, strnlen(name, 180));
    size_t n = strlen(tidy);
    while (n && ((unsigned char)tidy[n - 1] & 0xC0) == 0x80 && !utf8_valid(tidy, n))
        tidy[--n] = '\0';
    for (char *c = tidy; *c; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            *c = '_';
    }
    if (*tidy == '.')
        *tidy = '_';
    return n && utf8_valid(tidy, n) ? tidy : "berkas";
}

void http_res_attachment(struct cx *cx, struct http_res *res, const char *name)
{
    const char *tidy = file_name_tidy(cx, name);
    struct buf plain = buf_new(cx->arena, 256, 1024), full = buf_new(cx->arena, 256, 1024);
    for (const char *c = tidy; *c; c++) {
        unsigned char byte = (unsigned char)*c;
        bool simple = byte < 0x80 && byte != '"' && byte != '\\' && byte != '%' && byte != ';';
        if (simple || (byte & 0xC0) != 0x80) /* one sign for each character that is not ASCII */
            buf_putc(&plain, simple ? *c : '_');
        if (attr_char(byte))
            buf_putc(&full, *c);
        else
            buf_printf(&full, "%%%02X", byte);
    }
    http_res_header(cx, res, "Content-Disposition",
                    arena_printf(cx->arena, "attachment; filename=\"%s\"; filename*=UTF-8''%s",
                                 plain.p, full.p));
}

enum err http_res_download(struct cx *cx, struct http_res *res, const char *content_type,
                           const char *name, struct bytes file)
{
    res->content_type = content_type;
    http_res_attachment(cx, res, name);
    res->body = buf_new(cx->arena, file.n + 1, file.n + 1);
    buf_add(&res->body, file.p, file.n);
    return ERR_OK;
}

/* A value with a line break in it would be two headers: it is cut there. */
void http_res_header(struct cx *cx, struct http_res *res, const char *name, const char *value)
{
    if (res->header_count >= ARRAY_LEN(res->headers))
        abort();
    char *copy = arena_strdup(cx->arena, value);
    copy[strcspn(copy, "\r\n")] = '\0';
    res->headers[res->header_count++] = (struct http_pair){.name = arena_strdup(cx->arena, name),
                                                           .value = copy};
}

enum err http_res_redirect(struct cx *cx, struct http_res *res, const char *path)
{
    /* Only to a path of ours: "//host" and "/\host" would leave the site. */
    if (path[0] != '/' || path[1] == '/' || path[1] == '\\')
        return cx_detail(cx, ERR_INTERNAL, "redirect to a foreign place");
    if (cx->http && cx->http->req && cx->http->req->wants == WANTS_FRAGMENT) {
        res->status = 200;
        http_res_header(cx, res, "HX-Redirect", path);
        return ERR_OK;
    }
    res->status = 303;
    http_res_header(cx, res, "Location", path);
    return ERR_OK;
}

void http_res_cookie(struct cx *cx, struct http_res *res, const char *name, const char *value,
                     int64_t max_age_s)
{
    char age[40] = "";
    if (max_age_s >= 0)
        (void)snprintf(age, sizeof(age), "; Max-Age=%lld", (long long)max_age_s);
    http_res_header(cx, res, "Set-Cookie",
                    arena_printf(cx->arena, "%s=%s; Path=/; HttpOnly; Secure; SameSite=Strict%s",
                                 name, value, age));
}

/* --- refusals --------------------------------------------------------------------------------------- */

int http_status(enum err e)
{
    static const int statuses[] = {200, 400, 401, 403, 404, 409, 422, 429, 503, 500};
    return (unsigned)e < ARRAY_LEN(statuses) ? statuses[e] : 500;
}

struct status_text {
    int status;
    const char *reason;
    const char *code;
    const char *sentence; /* msgid */
};

static const struct status_text texts[] = {
    {200, "OK", "ok", ""},
    {400, "Bad Request", "bad_request",
     T("Permintaan tidak dapat dibaca. Muat ulang halaman dan coba lagi.")},
    {401, "Unauthorized", "unauthorized",
     T("Anda belum masuk. Masuk dengan nama pengguna dan kata sandi Anda.")},
    {403, "Forbidden", "forbidden", T("Akun Anda tidak berwenang melakukan ini.")},
    {404, "Not Found", "not_found",
     T("Yang dicari tidak ada. Periksa alamatnya, atau kembali ke halaman awal.")},
    {405, "Method Not Allowed", "method_not_allowed",
     T("Alamat ini tidak menerima cara permintaan tersebut.")},
    {408, "Request Timeout", "timeout", T("Permintaan terlalu lama sampai. Kirim ulang.")},
    {409, "Conflict", "conflict",
     T("Keadaannya sudah berubah. Muat ulang halaman dan periksa lagi.")},
    {413, "Content Too Large", "too_large",
     T("Kiriman terlalu besar. Perkecil isinya, lalu kirim ulang.")},
    {414, "URI Too Long", "target_long",
     T("Alamat halaman terlalu panjang. Kembalilah ke halaman awal.")},
    {415, "Unsupported Media Type", "media_type",
     T("Jenis kiriman ini tidak diterima di sini. Kirim sebagai formulir atau JSON.")},
    {417, "Expectation Failed", "expect",
     T("Permintaan tidak dapat dibaca. Muat ulang halaman dan coba lagi.")},
    {422, "Unprocessable Content", "invalid", T("Ada isian yang perlu diperbaiki.")},
    {429, "Too Many Requests", "too_many_requests",
     T("Terlalu banyak permintaan. Tunggu sebentar, lalu coba lagi.")},
    {431, "Request Header Fields Too Large", "head_bytes",
     T("Permintaan tidak dapat dibaca. Muat ulang halaman dan coba lagi.")},
    {500, "Internal Server Error", "internal",
     T("Terjadi gangguan pada sistem. Coba lagi; bila berulang, hubungi administrator.")},
    {501, "Not Implemented", "not_implemented",
     T("Permintaan tidak dapat dibaca. Muat ulang halaman dan coba lagi.")},
    {507, "Insufficient Storage", "disk_full",
     T("Penyimpanan penuh. Data belum disimpan; hubungi administrator kantor.")},
    {503, "Service Unavailable", "busy", T("Sistem sedang sibuk. Tunggu sebentar, lalu coba lagi.")},
    {505, "HTTP Version Not Supported", "http_version",
     T("Permintaan tidak dapat dibaca. Muat ulang halaman dan coba lagi.")},
};

static const struct status_text *text_of(int status)
{
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (texts[i].status == status)
            return &texts[i];
    }
    return text_of(500);
}

const char *reply_reason(int status)
{
    return text_of(status)->reason;
}

static json_t *field_faults(const struct cx *cx)
{
    json_t *list = json_array();
    for (const struct field_error *f = cx->diag.fields; f; f = f->next)
        (void)json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "field", f->field, "code",
                                                    f->code, "message", f->message));
    return list;
}

static void problem_json(struct cx *cx, struct http_res *res, const struct status_text *t)
{
    const char *detail = cx->diag.message ? cx->diag.message : cx_t(cx, t->sentence);
    json_t *problem = json_pack("{s:s, s:s, s:i, s:s, s:s}", "type", "about:blank", "title",
                                t->reason, "status", res->status, "code",
                                str_or(cx->diag.code, t->code), "detail", detail);
    json_t *errors = field_faults(cx);
    (void)json_object_set_new(problem, "errors", errors);
    if (cx->diag.ref)
        (void)json_object_set_new(problem, "ref", json_string(cx->diag.ref));
    res->content_type = "application/problem+json";
    json_write(&res->body, problem);
    json_decref(problem);
}

static void plain_page(struct cx *cx, struct http_res *res, const struct status_text *t)
{
    const char *sentence = cx->diag.message ? cx->diag.message : cx_t(cx, t->sentence);
    buf_printf(&res->body,
               "<!doctype html><html lang=\"id\"><meta charset=\"utf-8\"><title>Buku Tamu</title>"
               "<h1>%d</h1><p>",
               res->status);
    for (const char *c = sentence; *c; c++) {
        if (strchr("<>&\"'", *c))
            buf_printf(&res->body, "&#%d;", *c);
        else
            buf_putc(&res->body, *c);
    }
    buf_puts(&res->body, "</p></html>\n");
}

static void keep_headers(struct cx *cx, struct http_res *res)
{
    static const char *const kept[] = {"Allow", "Retry-After", "WWW-Authenticate", "Set-Cookie",
                                       "HX-Redirect"};
    struct http_res old = *res;
    *res = reply_new(cx);
    if (old.sse)
        sse_client_gone(old.sse);
    piece_drop(old.piece);
    reply_source_drop(&old);
    for (size_t i = 0; i < old.header_count; i++) {
        for (size_t k = 0; k < ARRAY_LEN(kept); k++) {
            if (strcasecmp(old.headers[i].name, kept[k]) == 0)
                res->headers[res->header_count++] = old.headers[i];
        }
    }
}

void reply_error(struct server *s, struct cx *cx, struct http_req *req, struct http_res *res,
                 enum err e, int status)
{
    keep_headers(cx, res);
    const struct status_text *t = text_of(status);
    res->status = t->status;
    if (status == 401 && !has_header(res, "WWW-Authenticate"))
        http_res_header(cx, res, "WWW-Authenticate", "Bearer realm=\"bukutamu\"");
    if ((status == 429 || status == 503) && !has_header(res, "Retry-After"))
        http_res_header(cx, res, "Retry-After", status == 429 ? "30" : "5");
    if (req->wants == WANTS_JSON) {
        problem_json(cx, res, t);
        return;
    }
    if (!cx->diag.message)
        cx->diag.message = cx_t(cx, t->sentence);
    if (s->options.pages.error_page) {
        enum err page = s->options.pages.error_page(cx, req, res, e, status);
        res->status = t->status;
        if (page == ERR_OK && !res->body.full)
            return;
        res->body = buf_new(cx->arena, 1024, BODY_MAX);
    }
    plain_page(cx, res, t);
}

/* --- refusals without a worker ------------------------------------------------------------------------ */

size_t reply_raw_body(char *out, size_t room, int status, const char *code)
{
    const struct status_text *t = text_of(status);
    int n = snprintf(out, room,
                     "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"code\":\"%s\","
                     "\"detail\":\"%s\",\"errors\":[]}",
                     t->reason, t->status, code ? code : t->code, t->sentence);
    return n > 0 && (size_t)n < room ? (size_t)n : 0;
}

struct raw {
    char *p;
    size_t n, room;
};

static void raw_header(void *to, const char *name, const char *value)
{
    struct raw *r = to;
    int n = snprintf(r->p + r->n, r->room - r->n, "%s: %s\r\n", name, value);
    if (n > 0 && (size_t)n < r->room - r->n)
        r->n += (size_t)n;
}

size_t reply_raw(char *out, size_t room, int status, const char *code)
{
    char body[1024];
    struct http_res res = {.content_type = "application/problem+json", .private_data = true};
    struct raw r = {.p = out, .room = room};
    size_t length = reply_raw_body(body, sizeof(body), status, code);
    int n = snprintf(out, room, "HTTP/1.1 %d %s\r\nConnection: close\r\nContent-Length: %zu\r\n",
                     status, reply_reason(status), length);
    if (n < 0 || (size_t)n >= room)
        return 0;
    r.n = (size_t)n;
    reply_headers(&res, raw_header, &r);
    if (r.n + 2 + length >= room)
        return 0;
    memcpy(out + r.n, "\r\n", 2);
    memcpy(out + r.n + 2, body, length);
    return r.n + 2 + length;
}

enum err http_res_json(struct cx *cx, struct http_res *res, int status, struct json_t *value)
{
    res->status = status;
    res->content_type = "application/json";
    json_write(&res->body, json_keep(cx->arena, value));
    return ERR_OK;
}

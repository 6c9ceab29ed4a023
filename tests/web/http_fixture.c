/* See http_fixture.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "http_fixture.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/base/str.h"
#include "lib/http/form.h"
#include "lib/http/sse.h"
#include "lib/json/json.h"
#include "lib/base/banned.h"

struct note {
    const char *text;
    int64_t number;
    struct bytes file;
};

/* clang-format off */
static const struct field note_fields[] = {
    {.name = "text",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct note, text),
     .label = T("Catatan")},
    {.name = "number",
     .type = FIELD_INT,
     .offset = offsetof(struct note, number),
     .min = 1,
     .max = 9,
     .label = T("Nomor")},
};
/* clang-format on */
static const struct form note_form = FORM("Note", struct note, note_fields);

/* clang-format off */
static const struct field upload_fields[] = {
    {.name = "text",
     .type = FIELD_TEXT,
     .offset = offsetof(struct note, text),
     .label = T("Catatan")},
    {.name = "photo",
     .type = FIELD_FILE,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct note, file),
     .label = T("Foto")},
};
/* clang-format on */
static const struct form upload_form = FORM("Upload", struct note, upload_fields);

static enum err page(struct cx *cx, struct http_req *req, struct http_res *res)
{
    (void)req;
    buf_printf(&res->body, "halo %s\n", cx->lang == LANG_EN ? "en" : "id");
    return ERR_OK;
}

static enum err page_form(struct cx *cx, struct http_req *req, struct http_res *res)
{
    (void)req;
    buf_printf(&res->body, "csrf=%s\n", csrf_token(cx));
    return ERR_OK;
}

static enum err echo(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct note note;
    TRY(form_parse(cx, req, &note_form, &note));
    res->status = 201;
    res->content_type = "text/plain; charset=utf-8";
    buf_printf(&res->body, "text=%s number=%lld", note.text, (long long)note.number);
    return ERR_OK;
}

static enum err item(struct cx *cx, struct http_req *req, struct http_res *res)
{
    (void)cx;
    res->content_type = "text/plain; charset=utf-8";
    buf_printf(&res->body, "id=%s peer=%s", http_param(req, "id"), req->peer);
    return ERR_OK;
}

static enum err upload(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct note note;
    TRY(form_parse(cx, req, &upload_form, &note));
    buf_printf(&res->body, "bytes=%zu", note.file.n);
    return ERR_OK;
}

static enum err hook(struct cx *cx, struct http_req *req, struct http_res *res)
{
    buf_printf(&res->body, "%zu %s", req->body.n, str_hex(cx->arena, req->body_hash, 4));
    return ERR_OK;
}

static enum err asset(struct cx *cx, struct http_req *req, struct http_res *res)
{
    static const char text[] = "body{}";
    (void)req;
    res->content_type = "text/css";
    res->static_body = text;
    res->static_bytes = sizeof(text) - 1;
    http_res_header(cx, res, "ETag", "\"abc\"");
    return ERR_OK;
}

static enum err stream(struct cx *cx, struct http_req *req, struct http_res *res)
{
    int64_t after = 0;
    const char *last = http_header(req, "last-event-id");
    if (last && !str_to_i64(last, 0, INT64_MAX, &after))
        return ERR_BAD;
    return sse_accept(cx, req, res, after);
}

static enum err slow(struct cx *cx, struct http_req *req, struct http_res *res)
{
    (void)cx;
    (void)req;
    (void)usleep(200000);
    buf_puts(&res->body, "pelan");
    return ERR_OK;
}

static enum err large(struct cx *cx, struct http_req *req, struct http_res *res)
{
    static char text[16 << 20];
    (void)cx;
    (void)req;
    res->static_body = text;
    res->static_bytes = sizeof(text);
    return ERR_OK;
}

static enum err broken(struct cx *cx, struct http_req *req, struct http_res *res)
{
    (void)req;
    (void)res;
    return cx_detail(cx, ERR_INTERNAL, "on purpose");
}

static enum err login(struct cx *cx, struct http_req *req, struct http_res *res)
{
    if (!str_eq(form_typed(cx, req, "password"), "benar"))
        return cx_fail(cx, ERR_AUTH, "credentials", T("Nama pengguna atau kata sandi keliru."));
    http_res_cookie(cx, res, "__Host-bukutamu", COOKIE_ONE, -1);
    return http_res_redirect(cx, res, "/tamu");
}

static const struct form login_form = {.name = "Login"};

/* clang-format off */
static const struct route routes[] = {
    {.method = HTTP_GET, .path = "/", .flags = ROUTE_PUBLIC, .fn = page},
    {.method = HTTP_GET, .path = "/formulir", .flags = ROUTE_PUBLIC, .fn = page_form},
    {.method = HTTP_POST, .path = "/gema", .flags = ROUTE_PUBLIC, .fn = echo, .form = &note_form},
    {.method = HTTP_GET, .path = "/masuk", .flags = ROUTE_PUBLIC, .fn = page_form},
    {.method = HTTP_POST,
     .path = "/masuk",
     .flags = ROUTE_PUBLIC | ROUTE_LOGIN,
     .fn = login,
     .form = &login_form},
    {.method = HTTP_POST, .path = "/masuk/pelan", .flags = ROUTE_PUBLIC | ROUTE_LOGIN, .fn = slow},
    {.method = HTTP_GET, .path = "/tamu", .who = 1, .fn = page_form},
    {.method = HTTP_POST, .path = "/tamu", .who = 1, .fn = echo, .form = &note_form},
    {.method = HTTP_GET, .path = "/tamu/baru", .who = 3, .fn = page},
    {.method = HTTP_GET, .path = "/tamu/{id}", .who = 3, .fn = item},
    {.method = HTTP_POST,
     .path = "/tamu/{id}/foto",
     .who = 1,
     .flags = ROUTE_UPLOAD,
     .fn = upload,
     .form = &upload_form,
     .max_body = 6u << 20},
    {.method = HTTP_POST, .path = "/keluar", .who = 3, .flags = ROUTE_NO_TOKEN, .fn = page},
    {.method = HTTP_POST, .path = "/kait", .flags = ROUTE_SIGNED, .fn = hook, .max_body = 3u << 20},
    {.method = HTTP_GET, .path = "/aset/{name...}", .flags = ROUTE_ASSET, .fn = asset},
    {.method = HTTP_GET, .path = "/peristiwa", .who = 3, .flags = ROUTE_STREAM, .fn = stream},
    {.method = HTTP_GET, .path = "/pelan", .flags = ROUTE_PUBLIC, .fn = slow},
    {.method = HTTP_GET, .path = "/besar", .flags = ROUTE_PUBLIC, .fn = large},
    {.method = HTTP_GET, .path = "/rusak", .flags = ROUTE_PUBLIC, .fn = broken},
    {.path = NULL},
};
/* clang-format on */
static const struct route *const tables[] = {routes, NULL};

static void actor_set(struct cx *cx, enum actor_kind kind, int number)
{
    static const char *const ids[] = {"", "00000000-0000-7000-8000-000000000001",
                                      "00000000-0000-7000-8000-000000000002"};
    cx->actor.kind = kind;
    cx->actor.roles = 1u << (number - 1);
    memcpy(cx->actor.id, ids[number], UUID_TEXT_BYTES);
    memcpy(cx->actor.session_id, ids[number], UUID_TEXT_BYTES);
    memcpy(cx->actor.office_id, ids[1], UUID_TEXT_BYTES);
}

static enum err by_session(struct cx *cx, const char *cookie, bool renew)
{
    (void)renew;
    if (str_eq(cookie, COOKIE_ONE))
        actor_set(cx, ACTOR_USER, 1);
    else if (str_eq(cookie, COOKIE_TWO))
        actor_set(cx, ACTOR_USER, 2);
    else
        return ERR_AUTH;
    return ERR_OK;
}

static enum err by_token(struct cx *cx, const char *token)
{
    if (!str_eq(token, MACHINE))
        return ERR_AUTH;
    actor_set(cx, ACTOR_TOKEN, 1);
    return ERR_OK;
}

static void csrf_key(struct cx *cx, uint8_t ret[32])
{
    (void)cx;
    memset(ret, 7, 32);
}

void fixture_prepare(struct fixture *f)
{
    assert_true(sodium_init() >= 0);
    json_init();
    log_set_level(LOG_ERROR);
    *f = (struct fixture){
        .arena = arena_new(64u << 10),
        .options = {.listen = "127.0.0.1:0",
                    .routes = tables,
                    .auth = {.by_session = by_session, .by_token = by_token, .csrf_key = csrf_key},
                    .pages = {.login_path = "/masuk"},
                    .limits = {.head_ms = 600, .body_ms = 600, .idle_ms = 5000, .rate = false}},
    };
}

static void *run(void *arg)
{
    struct fixture *f = arg;
    return server_run(f->server) == ERR_OK ? NULL : f;
}

void fixture_start(struct fixture *f)
{
    const char *message = NULL;
    enum err e = server_new(f->arena, &f->options, &f->server, &message);
    if (e != ERR_OK)
        print_error("%s\n", message);
    assert_int_equal(e, ERR_OK);
    f->port = server_port(f->server);
    assert_int_equal(pthread_create(&f->thread, NULL, run, f), 0);
}

void fixture_stop(struct fixture *f)
{
    void *failed = NULL;
    server_stop(f->server);
    assert_int_equal(pthread_join(f->thread, &failed), 0);
    assert_null(failed);
    server_free(f->server);
    arena_free(f->arena);
}

/* --- the wire ------------------------------------------------------------------------------------- */

int wire_open(const struct fixture *f)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)f->port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

void wire_send(int fd, const char *text, size_t n)
{
    while (n) {
        ssize_t sent = send(fd, text, n, MSG_NOSIGNAL);
        if (sent <= 0)
            return; /* the server has closed: what it said is looked at by the caller */
        text += sent;
        n -= (size_t)sent;
    }
}

size_t wire_read(int fd, char *out, size_t room, int ms)
{
    size_t n = 0;
    struct pollfd p = {.fd = fd, .events = POLLIN};
    while (n < room - 1 && poll(&p, 1, ms) == 1) {
        ssize_t got = recv(fd, out + n, room - 1 - n, 0);
        if (got <= 0)
            break;
        n += (size_t)got;
    }
    out[n] = '\0';
    return n;
}

/* Content-Length of a whole head in `text`, or -1. */
static long body_length(const char *text)
{
    const char *at = strcasestr(text, "\r\nContent-Length: ");
    return at ? strtol(at + 18, NULL, 10) : -1;
}

int wire_ask(const struct fixture *f, const char *text, char *out, size_t room)
{
    char *answer = calloc(1, 1 << 16);
    int fd = wire_open(f);
    size_t n = 0;
    int status = 0;
    struct pollfd p = {.fd = fd, .events = POLLIN};
    assert_non_null(answer);
    wire_send(fd, text, strlen(text));
    while (n < (1 << 16) - 1 && poll(&p, 1, 3000) == 1) {
        ssize_t got = recv(fd, answer + n, (1 << 16) - 1 - n, 0);
        if (got <= 0)
            break;
        n += (size_t)got;
        const char *end = strstr(answer, "\r\n\r\n");
        long length = end ? body_length(answer) : -1;
        if (end && (strncmp(answer + 9, "304", 3) == 0 ||
                    (length >= 0 && n >= (size_t)(end + 4 - answer) + (size_t)length)))
            break;
    }
    (void)close(fd);
    if (n > 12 && strncmp(answer, "HTTP/1.", 7) == 0)
        status = (int)strtol(answer + 9, NULL, 10);
    if (out) {
        size_t keep = n < room - 1 ? n : room - 1;
        memcpy(out, answer, keep);
        out[keep] = '\0';
    }
    free(answer);
    return status;
}

int wire_closed(int fd, int ms)
{
    char byte[512];
    struct pollfd p = {.fd = fd, .events = POLLIN};
    while (poll(&p, 1, ms) == 1) {
        if (recv(fd, byte, sizeof(byte), 0) <= 0)
            return 1;
    }
    return 0;
}

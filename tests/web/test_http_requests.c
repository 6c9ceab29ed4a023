/* Credentials, roles, CSRF, bodies, refusals, assets: what every route gets from lib/http, over a socket
 * and by server_dispatch(). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "http_fixture.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/str.h"
#include "lib/base/banned.h"

#define H      "Host: localhost\r\n"
#define ACCEPT "Accept: application/json\r\n"
#define ONE    "Cookie: __Host-bukutamu=" COOKIE_ONE "\r\n"
#define TWO    "Cookie: __Host-bukutamu=" COOKIE_TWO "\r\n"
#define BEARER "Authorization: Bearer " MACHINE "\r\n"
#define FORM_  "Content-Type: application/x-www-form-urlencoded\r\n"
#define JSON_  "Content-Type: application/json\r\n"

static struct fixture fixture;
static char answer[1 << 16];

static int setup(void **state)
{
    (void)state;
    fixture_prepare(&fixture);
    fixture_start(&fixture);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

static int ask(const char *text)
{
    return wire_ask(&fixture, text, answer, sizeof(answer));
}

static int post(const char *path, const char *headers, const char *body)
{
    static char text[1 << 15];
    (void)snprintf(text, sizeof(text), "POST %s HTTP/1.1\r\n" H "%sContent-Length: %zu\r\n\r\n%s",
                   path, headers, strlen(body), body);
    return ask(text);
}

static bool has(const char *text)
{
    if (!strstr(answer, text))
        print_error("'%s' is not in\n%s\n", text, answer);
    return strstr(answer, text) != NULL;
}

static void test_routing(void **state)
{
    (void)state;
    assert_int_equal(ask("GET / HTTP/1.1\r\n" H "\r\n"), 200);
    assert_true(has("halo id"));
    assert_int_equal(ask("GET / HTTP/1.1\r\n" H "Cookie: bahasa=en\r\n\r\n"), 200);
    assert_true(has("halo en"));
    assert_int_equal(ask("GET /tidak-ada HTTP/1.1\r\n" H ACCEPT "\r\n"), 404);
    assert_true(has("\"code\":\"not_found\""));
    assert_true(has("Content-Type: application/problem+json"));
    assert_int_equal(ask("GET /tidak-ada HTTP/1.1\r\n" H "\r\n"), 404);
    assert_true(has("Content-Type: text/html"));
    assert_int_equal(ask("DELETE /tamu HTTP/1.1\r\n" H ACCEPT "\r\n"), 405);
    assert_true(has("\r\nAllow: GET, HEAD, POST\r\n"));
    assert_int_equal(ask("OPTIONS /gema HTTP/1.1\r\n" H "\r\n"), 405);
    assert_true(has("\r\nAllow: POST\r\n"));
    assert_int_equal(ask("TRACE / HTTP/1.1\r\n" H "\r\n"), 405);
    assert_int_equal(ask("GET /tamu/abc%20d HTTP/1.1\r\n" H TWO "\r\n"), 200);
    assert_true(has("id=abc d peer=127.0.0.1"));
    assert_int_equal(ask("GET /tamu/baru HTTP/1.1\r\n" H TWO "\r\n"), 200);
    assert_true(has("halo"));
    assert_int_equal(ask("GET /tamu/ HTTP/1.1\r\n" H TWO "\r\n"), 404);
}

static void test_head(void **state)
{
    (void)state;
    assert_int_equal(ask("HEAD / HTTP/1.1\r\n" H "Connection: close\r\n\r\n"), 200);
    assert_true(has("Content-Length: 8\r\n"));
    assert_null(strstr(answer, "halo"));
}

static void test_credentials(void **state)
{
    (void)state;
    assert_int_equal(ask("GET /tamu HTTP/1.1\r\n" H ONE "\r\n"), 200);
    assert_int_equal(ask("GET /tamu HTTP/1.1\r\n" H BEARER "\r\n"), 200);
    assert_int_equal(ask("GET /tamu HTTP/1.1\r\n" H BEARER ONE "\r\n"), 400);
    assert_true(has("two_credentials"));
    assert_int_equal(ask("GET /tamu HTTP/1.1\r\n" H TWO "\r\n"), 403);
    assert_int_equal(ask("GET /tamu HTTP/1.1\r\n" H "Authorization: Bearer salah\r\n\r\n"), 401);
    assert_true(has("WWW-Authenticate: Bearer"));
    assert_int_equal(ask("GET /tamu HTTP/1.1\r\n" H ACCEPT "\r\n"), 401);
    assert_true(has("WWW-Authenticate: Bearer"));
    assert_int_equal(ask("GET /tamu/a-b%20c HTTP/1.1\r\n" H "\r\n"), 303);
    assert_true(has("\r\nLocation: /masuk?next=/tamu/a-b%20c\r\n"));
    assert_int_equal(ask("GET /tamu HTTP/1.1\r\n" H "Cookie: __Host-bukutamu=kedaluwarsa\r\n\r\n"),
                     303);
    assert_int_equal(ask("GET /tamu HTTP/1.1\r\n" H "HX-Request: true\r\n\r\n"), 401);
    assert_true(has("\r\nHX-Redirect: /masuk?next=/tamu\r\n"));
    assert_int_equal(post("/tamu", FORM_, "text=a"), 401);
    assert_int_equal(post("/keluar", BEARER, ""), 403);
    assert_true(has("token_refused"));
}

/* Reads the token (and the nonce cookie) of a page. */
static void token_of(const char *headers, char token[64], char cookie[128])
{
    char text[1024];
    (void)snprintf(text, sizeof(text), "GET /formulir HTTP/1.1\r\n" H "%s\r\n", headers);
    assert_int_equal(ask(text), 200);
    const char *at = strstr(answer, "csrf=");
    assert_non_null(at);
    (void)snprintf(token, 64, "%.43s", at + 5);
    cookie[0] = '\0';
    at = strstr(answer, "Set-Cookie: __Host-bukutamu-pra=");
    if (at)
        (void)snprintf(cookie, 128, "Cookie: %.*s\r\n", (int)strcspn(at + 12, ";"), at + 12);
}

static void test_csrf_session(void **state)
{
    (void)state;
    char token[64], cookie[128], body[256], headers[256], other[64];
    token_of(ONE, token, cookie);
    assert_string_equal(cookie, "");
    (void)snprintf(body, sizeof(body), "text=a&csrf=%s", token);
    (void)snprintf(headers, sizeof(headers), ONE FORM_ "X-CSRF-Token: %s\r\n", token);
    assert_int_equal(post("/tamu", ONE FORM_, body), 201);
    assert_int_equal(post("/tamu", headers, "text=a"), 201);
    assert_int_equal(post("/tamu", ONE FORM_, "text=a"), 403);
    assert_true(has("403"));
    assert_int_equal(post("/tamu", ONE JSON_, "{\"text\":\"a\"}"), 403);
    assert_true(has("\"code\":\"csrf\""));
    assert_int_equal(post("/tamu", BEARER JSON_, "{\"text\":\"a\"}"), 201);
    token_of(TWO, other, cookie);
    assert_string_not_equal(other, token);
    (void)snprintf(body, sizeof(body), "text=a&csrf=%s", other);
    assert_int_equal(post("/tamu", ONE FORM_, body), 403);
    (void)snprintf(body, sizeof(body), "text=a&csrf=%s", token);
    assert_int_equal(post("/tamu", ONE FORM_ "Origin: https://evil.example\r\n", body), 403);
    assert_int_equal(post("/tamu", ONE FORM_ "Origin: http://localhost\r\n", body), 201);
    assert_int_equal(
        post("/tamu", ONE FORM_ "Origin: null\r\nSec-Fetch-Site: same-origin\r\n", body), 201);
    assert_int_equal(post("/tamu", ONE FORM_ "Sec-Fetch-Site: cross-site\r\n", body), 403);
    assert_int_equal(post("/tamu", ONE FORM_ "Sec-Fetch-Site: same-site\r\n", body), 403);
    assert_int_equal(post("/keluar", ONE, ""), 403);
    (void)snprintf(body, sizeof(body), "csrf=%s", token);
    assert_int_equal(post("/keluar", ONE FORM_, body), 200);
    (void)snprintf(body, sizeof(body), "csrf=%s&x=1", token);
    assert_int_equal(post("/keluar", ONE FORM_, body), 422);
}

static void test_csrf_guest(void **state)
{
    (void)state;
    char token[64], cookie[128], body[256], headers[512];
    token_of("", token, cookie);
    assert_string_not_equal(cookie, "");
    assert_true(has("Path=/; HttpOnly; Secure; SameSite=Strict"));
    (void)snprintf(body, sizeof(body), "text=a&csrf=%s", token);
    (void)snprintf(headers, sizeof(headers), "%s" FORM_ "Origin: http://localhost\r\n", cookie);
    assert_int_equal(post("/gema", headers, body), 201);
    assert_int_equal(post("/gema", headers, "text=a"), 403);
    assert_int_equal(post("/gema", FORM_ "Origin: http://localhost\r\n", body), 403);
    assert_int_equal(post("/gema", FORM_ "Sec-Fetch-Site: cross-site\r\n", "text=a"), 403);
    assert_int_equal(post("/gema", FORM_, "text=a"), 201); /* no browser */
    (void)snprintf(headers, sizeof(headers), "%s" FORM_, cookie);
    assert_int_equal(post("/gema", headers, "text=a"), 403);
}

static void test_login(void **state)
{
    (void)state;
    assert_int_equal(post("/masuk", FORM_, "username=ani&password=benar"), 303);
    assert_true(has("Set-Cookie: __Host-bukutamu=" COOKIE_ONE
                    "; Path=/; HttpOnly; Secure; SameSite=Strict"));
    assert_int_equal(post("/masuk", JSON_, "{\"username\":\"ani\",\"password\":\"salah\"}"), 401);
    assert_true(has("\"code\":\"credentials\""));
    assert_int_equal(post("/masuk", FORM_ "Origin: http://evil\r\n", "username=ani&password=benar"),
                     403);
}

static void test_bodies(void **state)
{
    (void)state;
    assert_int_equal(post("/gema", JSON_, "{\"text\":\"a\",\"number\":3}"), 201);
    assert_true(has("text=a number=3"));
    assert_int_equal(post("/gema", JSON_, "{\"text\":\"a\""), 400);
    assert_int_equal(post("/gema", JSON_, "{\"text\":\"a\",\"text\":\"b\"}"), 400);
    assert_int_equal(post("/gema", JSON_, "{\"text\":\"a\\u0000\"}"), 400);
    assert_int_equal(post("/gema", JSON_, "{\"text\":\"\xff\"}"), 400);
    assert_int_equal(post("/gema", JSON_, "[1]"), 400);
    assert_int_equal(post("/gema", JSON_, "{\"number\":12,\"x\":1}"), 422);
    assert_true(
        has("\"field\":\"text\",\"code\":\"missing\",\"message\":\"Catatan belum diisi.\""));
    assert_true(has("\"field\":\"number\",\"code\":\"range\""));
    assert_true(has("\"field\":\"x\",\"code\":\"unknown_field\""));
    assert_int_equal(post("/gema", FORM_, "text=%ff"), 400);
    assert_int_equal(post("/gema", FORM_ ACCEPT, "text=a%00b"), 422);
    assert_true(has("control_character"));
    assert_int_equal(post("/gema", "Content-Type: text/plain\r\n", "text=a"), 415);
    assert_int_equal(post("/gema", "", "text=a"), 415);
    assert_int_equal(post("/gema", "Content-Type: application/xml\r\n" ACCEPT, "<a/>"), 415);
    assert_true(has("\"code\":\"media_type\""));
    assert_int_equal(
        post("/gema", "Content-Type: multipart/form-data; boundary=x\r\n",
             "--x\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nhai\r\n--x--\r\n"),
        201);
    assert_int_equal(
        post("/gema", "Content-Type: multipart/form-data; boundary=\"x\r\n" ACCEPT,
             "--x\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nhai\r\n--x--\r\n"),
        400);
    assert_true(has("\"code\":\"boundary\""));
    assert_int_equal(post("/gema", FORM_, ""), 422);
}

static void test_body_ceiling(void **state)
{
    (void)state;
    size_t n = (64u << 10) + 1;
    char *text = malloc(n + 512);
    assert_non_null(text);
    int head = snprintf(text, 512, "POST /gema HTTP/1.1\r\n" H FORM_ "Content-Length: %zu\r\n\r\n",
                        n);
    memset(text + head, 'a', n);
    memcpy(text + head, "text=", 5);
    text[(size_t)head + n] = '\0';
    assert_int_equal(ask(text), 413);
    assert_true(has("Connection: close"));
    assert_true(has("Content-Type: text/html"));
    assert_true(has("Perkecil"));
    free(text);
}

static char *upload_text(const char *headers, size_t bytes)
{
    char *text = malloc(bytes + 2048);
    char head[512];
    const char *tail = "\r\n--grenze--\r\n";
    assert_non_null(text);
    int n = snprintf(
        head, sizeof(head),
        "--grenze\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.jpg\"\r\n"
        "Content-Type: image/jpeg\r\n\r\n");
    int at = snprintf(
        text, 1024,
        "POST /tamu/7/foto HTTP/1.1\r\n" H "%s"
        "Content-Type: multipart/form-data; boundary=grenze\r\nContent-Length: %zu\r\n\r\n%s",
        headers, (size_t)n + bytes + strlen(tail), head);
    memset(text + at, 'P', bytes);
    memcpy(text + at + bytes, tail, strlen(tail) + 1);
    return text;
}

static void test_upload(void **state)
{
    (void)state;
    char *text = upload_text(BEARER, 3u << 20);
    assert_int_equal(ask(text), 200);
    assert_true(has("bytes=3145728"));
    free(text);
    text = upload_text("", 3u << 20);
    assert_int_equal(ask(text), 401);
    free(text);
    text = upload_text(TWO, 3u << 20);
    assert_int_equal(ask(text), 403);
    free(text);
    text = upload_text(ONE, 3u << 20);
    assert_int_equal(ask(text), 403); /* let in, then no token */
    assert_true(has("403"));
    free(text);
    text = upload_text(BEARER, (6u << 20) + 1);
    assert_int_equal(ask(text), 413);
    free(text);
}

/* The refusal comes before the body is sent: nobody unknown makes the server hold megabytes. */
static void test_upload_refused_early(void **state)
{
    (void)state;
    int fd = wire_open(&fixture);
    const char
        *head = "POST /tamu/7/foto HTTP/1.1\r\n" H
                "Content-Type: multipart/form-data; boundary=grenze\r\nContent-Length: 5000000\r\n"
                "Expect: 100-continue\r\n\r\n";
    wire_send(fd, head, strlen(head));
    (void)wire_read(fd, answer, sizeof(answer), 1000);
    assert_int_equal(strncmp(answer, "HTTP/1.1 401 ", 13), 0);
    assert_true(wire_closed(fd, 1000));
    (void)close(fd);
}

static void test_hook(void **state)
{
    (void)state;
    assert_int_equal(
        post("/kait", "Origin: https://evil\r\nCookie: x=y\r\nContent-Type: a/b\r\n", "abc"), 200);
    assert_true(has("3 ba7816bf"));
    assert_int_equal(post("/kait", JSON_, "{"), 200);
    assert_true(has("1 "));
}

static void test_asset(void **state)
{
    (void)state;
    assert_int_equal(ask("GET /aset/a.css?v=1 HTTP/1.1\r\n" H "\r\n"), 200);
    assert_true(has("body{}"));
    assert_true(has("Cache-Control: public, max-age=31536000, immutable"));
    assert_null(strstr(answer, "no-store"));
    assert_int_equal(ask("GET /aset/a.css HTTP/1.1\r\n" H "If-None-Match: \"abc\"\r\n\r\n"), 304);
    assert_true(has("nosniff"));
    assert_null(strstr(answer, "body{}"));
}

static void test_errors(void **state)
{
    (void)state;
    assert_int_equal(ask("GET /rusak HTTP/1.1\r\n" H ACCEPT "\r\n"), 500);
    assert_true(has("\"code\":\"internal\""));
    assert_true(has("\"errors\":[]"));
    assert_null(strstr(answer, "on purpose"));
    assert_int_equal(ask("GET /rusak HTTP/1.1\r\n" H "\r\n"), 500);
    assert_null(strstr(answer, "on purpose"));
    assert_int_equal(ask("GET /?a=%zz HTTP/1.1\r\n" H "\r\n"), 400);
    assert_true(has("nosniff"));
}

static void test_dispatch(void **state)
{
    (void)state;
    struct arena *a = arena_new(16u << 10);
    struct cx cx = {.arena = a, .offset_min = 420};
    struct http_pair headers[] = {{"host", "localhost"},
                                  {"authorization", "Bearer " MACHINE},
                                  {"content-type", "application/json"}};
    const char *body = "{\"text\":\"dalam\"}";
    struct http_req req = {.method = HTTP_POST,
                           .path = "/tamu",
                           .headers = headers,
                           .header_count = 3,
                           .body = {.p = (const uint8_t *)body, .n = strlen(body)}};
    struct http_res res;
    assert_int_equal(server_dispatch(fixture.server, &cx, &req, &res), ERR_OK);
    assert_int_equal(res.status, 201);
    assert_string_equal(res.body.p, "text=dalam number=0");
    req = (struct http_req){
        .method = HTTP_GET, .path = "/tamu", .headers = headers, .header_count = 1};
    cx.actor = (struct actor){.kind = ACTOR_NONE};
    assert_int_equal(server_dispatch(fixture.server, &cx, &req, &res), ERR_AUTH);
    assert_int_equal(res.status, 303);
    arena_free(a);
}

/* The same parts under another boundary are the same body to an Idempotency-Key. */
static void test_body_hash(void **state)
{
    (void)state;
    struct arena *a = arena_new(16u << 10);
    uint8_t hashes[3][32];
    static const char *const boundaries[] = {"eins", "zwei", "drei"};
    for (int i = 0; i < 3; i++) {
        struct cx cx = {.arena = a, .offset_min = 420};
        const char *body = arena_printf(
            a, "--%s\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n%s\r\n--%s--\r\n",
            boundaries[i], i == 2 ? "lain" : "sama", boundaries[i]);
        struct http_pair headers[] = {
            {"host", "localhost"},
            {"content-type", arena_printf(a, "multipart/form-data; boundary=%s", boundaries[i])}};
        struct http_req req = {.method = HTTP_POST,
                               .path = "/gema",
                               .headers = headers,
                               .header_count = 2,
                               .body = {.p = (const uint8_t *)body, .n = strlen(body)}};
        struct http_res res;
        assert_int_equal(server_dispatch(fixture.server, &cx, &req, &res), ERR_OK);
        memcpy(hashes[i], req.body_hash, 32);
    }
    assert_memory_equal(hashes[0], hashes[1], 32);
    assert_memory_not_equal(hashes[0], hashes[2], 32);
    arena_free(a);
}

static void test_forwarded(void **state)
{
    (void)state;
    assert_int_equal(ask("GET /tamu/1 HTTP/1.1\r\n" H TWO "X-Forwarded-For: 9.9.9.9\r\n\r\n"), 200);
    assert_true(has("peer=127.0.0.1"));
}

static void test_metrics(void **state)
{
    (void)state;
    struct arena *a = arena_new(4096);
    struct buf out = buf_new(a, 1024, 8192);
    server_metrics(fixture.server, &out);
    assert_non_null(strstr(out.p, "bukutamu_http_requests_total "));
    assert_non_null(strstr(out.p, "bukutamu_http_answers_total{status=\"4xx\"} "));
    assert_null(strstr(out.p, "bukutamu_http_requests_total 0\n"));
    arena_free(a);
}

/* --- servers of their own ----------------------------------------------------------------------------- */

static void test_proxy(void **state)
{
    (void)state;
    static const char *const trusted[] = {"127.0.0.1", "10.0.0.1", NULL};
    struct fixture own = fixture;
    fixture_prepare(&fixture);
    fixture.options.trusted_proxies = trusted;
    fixture_start(&fixture);
    assert_int_equal(
        ask("GET /tamu/1 HTTP/1.1\r\n" H TWO "X-Forwarded-For: 6.6.6.6, 9.9.9.9, 10.0.0.1\r\n\r\n"),
        200);
    assert_true(has("peer=9.9.9.9"));
    assert_int_equal(ask("GET /tamu/1 HTTP/1.1\r\n" H TWO "X-Forwarded-For: <script>\r\n\r\n"), 200);
    assert_true(has("peer=127.0.0.1"));
    fixture_stop(&fixture);
    fixture = own;
}

static void test_limits(void **state)
{
    (void)state;
    struct fixture own = fixture;
    fixture_prepare(&fixture);
    fixture.options.limits.rate = true;
    fixture.options.limits.login_per_minute = 3;
    fixture.options.limits.public_per_minute = 4;
    fixture_start(&fixture);
    for (int i = 0; i < 3; i++)
        assert_int_equal(post("/masuk", FORM_, "username=ani&password=salah"), 401);
    assert_int_equal(post("/masuk", FORM_, "username=ani&password=benar"), 429);
    assert_true(has("Retry-After: "));
    assert_int_equal(post("/masuk", FORM_, "username=budi&password=benar"), 303);
    for (int i = 0; i < 5; i++) /* what succeeds is not counted */
        assert_int_equal(post("/masuk", FORM_, "username=budi&password=benar"), 303);
    for (int i = 0; i < 4; i++)
        assert_int_equal(post("/gema", FORM_, "text=a"), 201);
    assert_int_equal(post("/gema", FORM_ ACCEPT, "text=a"), 429);
    assert_true(has("\"code\":\"too_many_requests\""));
    fixture_stop(&fixture);
    fixture = own;
}

static void test_bad_routes(void **state)
{
    (void)state;
    struct fixture own = fixture;
    fixture_prepare(&fixture);
    static struct route rows[3];
    static const struct route *const tables[] = {rows, NULL};
    const char *message = NULL;
    struct server *s = NULL;
    rows[0] = fixture.options.routes[0][0];
    rows[0].flags = 0; /* nobody named */
    fixture.options.routes = tables;
    fixture.options.listen = NULL;
    assert_int_equal(server_new(fixture.arena, &fixture.options, &s, &message), ERR_INVALID);
    assert_non_null(strstr(message, "who may call it"));
    rows[0].flags = ROUTE_PUBLIC;
    rows[0].path = "/a/{id}/b";
    rows[1] = rows[0];
    rows[1].path = "/a/{name}/b";
    assert_int_equal(server_new(fixture.arena, &fixture.options, &s, &message), ERR_INVALID);
    assert_non_null(strstr(message, "twice"));
    rows[1].method = HTTP_POST;
    assert_int_equal(server_new(fixture.arena, &fixture.options, &s, &message), ERR_OK);
    server_free(s);
    arena_free(fixture.arena);
    fixture = own;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_routing),     cmocka_unit_test(test_head),
        cmocka_unit_test(test_credentials), cmocka_unit_test(test_csrf_session),
        cmocka_unit_test(test_csrf_guest),  cmocka_unit_test(test_login),
        cmocka_unit_test(test_bodies),      cmocka_unit_test(test_body_ceiling),
        cmocka_unit_test(test_upload),      cmocka_unit_test(test_upload_refused_early),
        cmocka_unit_test(test_hook),        cmocka_unit_test(test_asset),
        cmocka_unit_test(test_errors),      cmocka_unit_test(test_dispatch),
        cmocka_unit_test(test_body_hash),   cmocka_unit_test(test_forwarded),
        cmocka_unit_test(test_metrics),     cmocka_unit_test(test_proxy),
        cmocka_unit_test(test_limits),      cmocka_unit_test(test_bad_routes),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

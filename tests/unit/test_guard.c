/* The guard as a pure function: heads in pieces, paths. The same cases over a socket are in
 * tests/web/test_http_wire.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "lib/http/guard.h"
#include "lib/base/banned.h"

static const struct guard_limits limits = {.head_bytes = 16384, .headers = 100};

static enum guard_seen look(struct guard *g, const char *text)
{
    return guard_head(g, text, strlen(text), &limits);
}

static void test_whole(void **state)
{
    (void)state;
    struct guard g;
    assert_int_equal(look(&g, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length:  12 \r\n\r\nrest"),
                     GUARD_WHOLE);
    assert_int_equal(g.status, 0);
    assert_int_equal(g.length, 12);
    assert_false(g.chunked);
    assert_int_equal(look(&g, "POST /a HTTP/1.1\r\nHost: x\r\ntransfer-encoding: Chunked\r\n\r\n"),
                     GUARD_WHOLE);
    assert_true(g.chunked);
    assert_int_equal(g.length, -1);
    assert_int_equal(look(&g, "GET /a HTTP/1.0\r\n\r\n"), GUARD_WHOLE);
    assert_int_equal(
        look(&g, "GET /a?b=%C3%A9 HTTP/1.1\r\nHost: [::1]:8080\r\nExpect: 100-Continue\r\n\r\n"),
        GUARD_WHOLE);
}

/* Every beginning of a good head asks for more; nothing is decided early. */
static void test_pieces(void **state)
{
    (void)state;
    static const char head[] = "GET /tamu HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n";
    struct guard g;
    for (size_t n = 0; n < sizeof(head) - 1; n++)
        assert_int_equal(guard_head(&g, head, n, &limits), GUARD_MORE);
    assert_int_equal(guard_head(&g, head, sizeof(head) - 1, &limits), GUARD_WHOLE);
}

struct bad {
    const char *text;
    int status;
    const char *code;
};

static void test_bad(void **state)
{
    (void)state;
    static const struct bad cases[] = {
        {"\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", 400, "request_line"},
        {"GET / HTTP/1.1\r\nHost: x\n", 400, "line_end"},
        {"GET / HTTP/1.1\r\nHost: x\ry", 400, "line_end"},
        {"GET / HTTP/1.1\r\nHost: x\x01", 400, "control_character"},
        {"GET / HTTP/1.1\r\nHost: x\r\nX: \xff\r\n\r\n", 400, "header_value"},
        {"GET /\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n", 400, "target"},
        {"GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n", 400, "target"},
        {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
         400, "framing"},
        {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n", 400, "content_length"},
        {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1 2\r\n\r\n", 400, "content_length"},
        {"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", 501,
         "transfer_encoding"},
        {"GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505, "http_version"},
        {"GET / HTTP/1.10\r\nHost: x\r\n\r\n", 400, "http_version"},
    };
    struct guard g;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(look(&g, cases[i].text), GUARD_BAD);
        assert_int_equal(g.status, cases[i].status);
        assert_string_equal(g.code, cases[i].code);
    }
    static const char nul[] = "GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n";
    assert_int_equal(guard_head(&g, nul, sizeof(nul) - 1, &limits), GUARD_BAD);
}

static void test_large(void **state)
{
    (void)state;
    static char head[20000];
    struct guard g;
    memset(head, 'a', sizeof(head));
    memcpy(head, "GET / HTTP/1.1\r\nX: ", 19);
    assert_int_equal(guard_head(&g, head, 16383, &limits), GUARD_MORE);
    assert_int_equal(guard_head(&g, head, 16384, &limits), GUARD_BAD);
    assert_int_equal(g.status, 431);
    memset(head, 'a', sizeof(head));
    memcpy(head, "GET /", 5);
    memcpy(head + 9000, " HTTP/1.1\r\nHost: x\r\n\r\n", 23);
    assert_int_equal(look(&g, head), GUARD_BAD);
    assert_int_equal(g.status, 414);
}

/* libmicrohttpd would run out of a connection's memory and hang up without a word. */
static void test_cookies(void **state)
{
    (void)state;
    char head[1024] = "GET / HTTP/1.1\r\nHost: x\r\nCookie: a=1";
    struct guard g;
    size_t n = strlen(head);
    for (int i = 1; i < 100; i++, n += 4)
        memcpy(head + n, ";b=1", 4);
    memcpy(head + n, "\r\n\r\n", 5);
    assert_int_equal(look(&g, head), GUARD_WHOLE);
    memcpy(head + n, ";b=1\r\n\r\n", 9);
    assert_int_equal(look(&g, head), GUARD_BAD);
    assert_int_equal(g.status, 431);
    assert_string_equal(g.code, "cookies");
}

static const char *path(struct arena *a, const char *target)
{
    char *decoded = NULL;
    return guard_path(a, target, &decoded) ? decoded : NULL;
}

static void test_path(void **state)
{
    (void)state;
    struct arena *a = arena_new(4096);
    assert_string_equal(path(a, "/tamu/a%20b?q=../x"), "/tamu/a b");
    assert_string_equal(path(a, "/%C3%A9"), "/é");
    assert_string_equal(path(a, "/..."), "/...");
    assert_string_equal(path(a, "/.well-known/x"), "/.well-known/x");
    assert_string_equal(path(a, "/%41"), "/A");
    static const char *const bad[] = {
        "",      "tamu",     "/%00",    "/a%00b",     "/.",        "/..",  "/a/../b",
        "/a/..", "/%2e%2E/", "/a/%2e",  "/%2F",       "/%5c",      "/%",   "/%4",
        "/%4g",  "/%ff",     "/%c0%af", "/%ed%a0%80", "/a%0d%0ab", "/%7f", "?x"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_null(path(a, bad[i]));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole), cmocka_unit_test(test_pieces),  cmocka_unit_test(test_bad),
        cmocka_unit_test(test_large), cmocka_unit_test(test_cookies), cmocka_unit_test(test_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

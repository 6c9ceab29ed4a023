/* The wire: framing that two readers could understand differently is refused with one answer and the
 * connection closed; late clients are cut off; a kept connection works. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "http_fixture.h"

#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/time.h"
#include "lib/base/banned.h"

static struct fixture fixture;

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

struct wire_case {
    const char *name;
    const char *text;
    int status;
};

#define H "Host: localhost\r\n"

static const struct wire_case refused[] = {
    {"CL and TE",
     "POST /gema HTTP/1.1\r\n" H
     "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n",
     400},
    {"two CL", "POST /gema HTTP/1.1\r\n" H "Content-Length: 6\r\nContent-Length: 7\r\n\r\ntext=a",
     400},
    {"two equal CL",
     "POST /gema HTTP/1.1\r\n" H "Content-Length: 6\r\nContent-Length: 6\r\n\r\ntext=a", 400},
    {"CL list", "POST /gema HTTP/1.1\r\n" H "Content-Length: 6, 6\r\n\r\ntext=a", 400},
    {"signed CL", "POST /gema HTTP/1.1\r\n" H "Content-Length: +6\r\n\r\ntext=a", 400},
    {"negative CL", "POST /gema HTTP/1.1\r\n" H "Content-Length: -6\r\n\r\ntext=a", 400},
    {"CL overflow",
     "POST /gema HTTP/1.1\r\n" H "Content-Length: 99999999999999999999\r\n\r\ntext=a", 400},
    {"hex CL", "POST /gema HTTP/1.1\r\n" H "Content-Length: 0x6\r\n\r\ntext=a", 400},
    {"huge CL", "POST /gema HTTP/1.1\r\n" H "Content-Length: 10000000000\r\n\r\ntext=a", 413},
    {"two Host", "GET / HTTP/1.1\r\n" H "Host: evil\r\n\r\n", 400},
    {"no Host", "GET / HTTP/1.1\r\nAccept: */*\r\n\r\n", 400},
    {"empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
    {"bad Host", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
    {"Host with slash", "GET / HTTP/1.1\r\nHost: a/b@c\r\n\r\n", 400},
    {"space before colon", "GET / HTTP/1.1\r\nHost : localhost\r\n\r\n", 400},
    {"space before colon 2", "GET / HTTP/1.1\r\n" H "Content-Length : 0\r\n\r\n", 400},
    {"unknown TE", "POST /gema HTTP/1.1\r\n" H "Transfer-Encoding: xchunked\r\n\r\n", 501},
    {"gzip, chunked", "POST /gema HTTP/1.1\r\n" H "Transfer-Encoding: gzip, chunked\r\n\r\n", 501},
    {"identity", "POST /gema HTTP/1.1\r\n" H "Transfer-Encoding: identity\r\n\r\n", 501},
    {"two TE",
     "POST /gema HTTP/1.1\r\n" H
     "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     400},
    {"TE in 1.0", "POST /gema HTTP/1.0\r\n" H "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    {"NUL in path", "GET /%00 HTTP/1.1\r\n" H "\r\n", 400},
    {"NUL behind path", "GET /tamu%00.css HTTP/1.1\r\n" H "\r\n", 400},
    {"dot segment", "GET /aset/../tamu HTTP/1.1\r\n" H "\r\n", 400},
    {"encoded dots", "GET /aset/%2e%2e/tamu HTTP/1.1\r\n" H "\r\n", 400},
    {"one dot", "GET /./tamu HTTP/1.1\r\n" H "\r\n", 400},
    {"encoded slash", "GET /aset%2ftamu HTTP/1.1\r\n" H "\r\n", 400},
    {"backslash", "GET /aset\\tamu HTTP/1.1\r\n" H "\r\n", 400},
    {"bad percent", "GET /tamu/%zz HTTP/1.1\r\n" H "\r\n", 400},
    {"bad UTF-8", "GET /tamu/%ff HTTP/1.1\r\n" H "\r\n", 400},
    {"absolute form", "GET http://evil/ HTTP/1.1\r\n" H "\r\n", 400},
    {"asterisk", "OPTIONS * HTTP/1.1\r\n" H "\r\n", 400},
    {"version 2", "GET / HTTP/2.0\r\n" H "\r\n", 505},
    {"version 1.2", "GET / HTTP/1.2\r\n" H "\r\n", 400},
    {"version lower case", "GET / http/1.1\r\n" H "\r\n", 400},
    {"no version", "GET /\r\n" H "\r\n", 400},
    {"extra word", "GET / HTTP/1.1 x\r\n" H "\r\n", 400},
    {"two spaces", "GET  / HTTP/1.1\r\n" H "\r\n", 400},
    {"bare LF", "GET / HTTP/1.1\n" H "\n", 400},
    {"bare LF in head", "GET / HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n", 400},
    {"bare CR", "GET / HTTP/1.1\r\nHost: local\rhost\r\n\r\n", 400},
    {"folded", "GET / HTTP/1.1\r\n" H "X: a\r\n b\r\n\r\n", 400},
    {"no colon", "GET / HTTP/1.1\r\n" H "X\r\n\r\n", 400},
    {"empty name", "GET / HTTP/1.1\r\n" H ": x\r\n\r\n", 400},
    {"bad method", "G\"T / HTTP/1.1\r\n" H "\r\n", 400},
    {"Expect", "POST /gema HTTP/1.1\r\n" H "Expect: tea\r\nContent-Length: 6\r\n\r\ntext=a", 417},
    {"body on GET", "GET / HTTP/1.1\r\n" H "Content-Length: 4\r\n\r\nabcd", 400},
    {"TLS on a plain port", "\x16\x03\x01\x02\x05\x01", 400},
};

static void check_security_headers(const char *answer)
{
    static const char *const wanted[] = {
        "\r\nContent-Security-Policy: default-src 'none'; script-src 'self'; ",
        "\r\nX-Content-Type-Options: nosniff\r\n",
        "\r\nReferrer-Policy: no-referrer\r\n",
        "\r\nCross-Origin-Resource-Policy: same-origin\r\n",
        "\r\nCross-Origin-Opener-Policy: same-origin\r\n",
        "\r\nStrict-Transport-Security: max-age=31536000",
        "\r\nPermissions-Policy: camera=(",
        "frame-ancestors 'none'",
    };
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        if (!strstr(answer, wanted[i]))
            print_error("missing %s in\n%s\n", wanted[i], answer);
        assert_non_null(strstr(answer, wanted[i]));
    }
}

/* How many answers the text holds. */
static int answers(const char *text)
{
    int count = 0;
    for (const char *at = text; (at = strstr(at, "HTTP/1.1 ")) != NULL; at++)
        count++;
    return count;
}

/* `ours`: the answer is our own, with every header; else libmicrohttpd's. */
static void refuse_one(const struct wire_case *c, const char *before, bool ours)
{
    static char answer[1 << 16];
    int fd = wire_open(&fixture);
    if (*before) {
        wire_send(fd, before, strlen(before));
        (void)wire_read(fd, answer, sizeof(answer), 150);
        assert_int_equal(answers(answer), 1);
    }
    wire_send(fd, c->text, strlen(c->text));
    size_t n = wire_read(fd, answer, sizeof(answer), 3000);
    int status = n > 12 ? (int)strtol(answer + 9, NULL, 10) : 0;
    if (ours && (status != c->status || answers(answer) != 1))
        print_error("%s: %d\n%s\n", c->name, status, answer);
    if (ours) {
        assert_int_equal(status, c->status);
        assert_int_equal(answers(answer), 1);
        assert_non_null(strcasestr(answer, "\r\nConnection: close\r\n"));
        check_security_headers(answer);
    } else {
        if (status < 400)
            print_error("%s: %d\n", c->name, status);
        assert_in_range(status, 400, 599);
        assert_null(strstr(answer, "HTTP/1.1 2"));
    }
    assert_true(wire_closed(fd, 3000));
    (void)close(fd);
}

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        refuse_one(&refused[i], "", true);
}

static bool in_list(const char *const *list, const char *name)
{
    for (; *list; list++) {
        if (strcmp(*list, name) == 0)
            return true;
    }
    return false;
}

/* The second request of a kept connection: libmicrohttpd has read the head before we can look. What it
 * hides is left out; what it refuses itself it answers in its own words. */
static void test_refused_kept(void **state)
{
    (void)state;
    static const char *const hidden[] = {
        "bare LF", "bare LF in head", "folded",     "TLS on a plain port",
        "bare CR", "two spaces",      "empty name", NULL};
    static const char *const theirs[] = {"space before colon",
                                         "space before colon 2",
                                         "no colon",
                                         "empty name",
                                         "version 2",
                                         "version 1.2",
                                         "version lower case",
                                         "no version",
                                         "extra word",
                                         "bad method",
                                         "no Host",
                                         "CL list",
                                         "signed CL",
                                         "negative CL",
                                         "CL overflow",
                                         "hex CL",
                                         "TE in 1.0",
                                         NULL};
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        if (!in_list(hidden, refused[i].name))
            refuse_one(&refused[i], "GET / HTTP/1.1\r\n" H "\r\n",
                       !in_list(theirs, refused[i].name));
    }
}

static void test_many_headers(void **state)
{
    (void)state;
    char text[8192];
    char answer[8192];
    int n = snprintf(text, sizeof(text), "GET / HTTP/1.1\r\n" H);
    for (int i = 0; i < 99; i++)
        n += snprintf(text + n, sizeof(text) - (size_t)n, "X-%d: y\r\n", i);
    (void)snprintf(text + n, sizeof(text) - (size_t)n, "\r\n");
    assert_int_equal(wire_ask(&fixture, text, NULL, 0), 200);
    (void)snprintf(text + n, sizeof(text) - (size_t)n, "X-99: y\r\n\r\n");
    assert_int_equal(wire_ask(&fixture, text, answer, sizeof(answer)), 431);
    check_security_headers(answer);
}

static size_t cookie_head(char *out, size_t room, const char *target, int cookies)
{
    int n = snprintf(out, room, "GET %s HTTP/1.1\r\n" H "Cookie: a=1", target);
    for (int i = 1; i < cookies; i++)
        n += snprintf(out + n, room - (size_t)n, "; a=%d", i);
    n += snprintf(out + n, room - (size_t)n, "\r\n\r\n");
    return (size_t)n;
}

/* On a new connection a clear answer; behind another request libmicrohttpd hangs up by itself, and what was
 * begun for that request is given back (LeakSanitizer sees to it). */
static void test_many_cookies(void **state)
{
    (void)state;
    static const char first[] = "GET / HTTP/1.1\r\n" H "\r\n";
    char text[8192];
    char answer[8192];
    (void)cookie_head(text, sizeof(text), "/", 100);
    assert_int_equal(wire_ask(&fixture, text, NULL, 0), 200);
    size_t n = cookie_head(text, sizeof(text), "/", 700);
    assert_int_equal(wire_ask(&fixture, text, answer, sizeof(answer)), 431);
    check_security_headers(answer);
    int fd = wire_open(&fixture);
    wire_send(fd, first, sizeof(first) - 1);
    assert_true(wire_read(fd, answer, sizeof(answer), 300) > 0);
    wire_send(fd, text, n);
    assert_true(wire_closed(fd, 2000));
    (void)close(fd);
    assert_int_equal(wire_ask(&fixture, first, NULL, 0), 200);
}

static void test_huge_head(void **state)
{
    (void)state;
    char *text = malloc(40000);
    assert_non_null(text);
    int n = snprintf(text, 40000, "GET / HTTP/1.1\r\n" H "X: ");
    memset(text + n, 'a', 15000);
    memcpy(text + n + 15000, "\r\n\r\n", 5);
    assert_int_equal(wire_ask(&fixture, text, NULL, 0), 200);
    memset(text + n, 'a', 30000);
    memcpy(text + n + 30000, "\r\n\r\n", 5);
    assert_int_equal(wire_ask(&fixture, text, NULL, 0), 431);
    free(text);
}

static void test_oversized_chunk(void **state)
{
    (void)state;
    static const char *const bodies[] = {"FFFFFFFFFFFFFFFFF\r\nabc\r\n", "-5\r\nabcde\r\n0\r\n\r\n",
                                         "xyz\r\nabc\r\n0\r\n\r\n"};
    for (size_t i = 0; i < 3; i++) {
        char text[512];
        char answer[8192];
        (void)snprintf(text, sizeof(text),
                       "POST /gema HTTP/1.1\r\n" H
                       "Content-Type: application/x-www-form-urlencoded\r\n"
                       "Transfer-Encoding: chunked\r\n\r\n%s",
                       bodies[i]);
        int fd = wire_open(&fixture);
        wire_send(fd, text, strlen(text));
        (void)wire_read(fd, answer, sizeof(answer), 3000);
        assert_true(!*answer || strncmp(answer, "HTTP/1.1 4", 10) == 0);
        assert_true(wire_closed(fd, 3000));
        (void)close(fd);
    }
}

static void test_endless_chunks(void **state)
{
    (void)state;
    static char chunk[4096 + 16];
    static char answer[8192];
    int fd = wire_open(&fixture);
    const char *head = "POST /gema HTTP/1.1\r\n" H
                       "Content-Type: application/x-www-form-urlencoded\r\n"
                       "Transfer-Encoding: chunked\r\n\r\n";
    int n = snprintf(chunk, sizeof(chunk), "1000\r\n");
    memset(chunk + n, 'a', 4096);
    memcpy(chunk + n + 4096, "\r\n", 2);
    wire_send(fd, head, strlen(head));
    for (int i = 0; i < 64; i++)
        wire_send(fd, chunk, (size_t)n + 4098);
    (void)wire_read(fd, answer, sizeof(answer), 3000);
    assert_int_equal(strncmp(answer, "HTTP/1.1 413 ", 13), 0);
    check_security_headers(answer);
    assert_true(wire_closed(fd, 3000));
    (void)close(fd);
}

static void test_chunked_works(void **state)
{
    (void)state;
    char answer[8192];
    assert_int_equal(
        wire_ask(&fixture,
                 "POST /gema HTTP/1.1\r\n" H "Content-Type: application/x-www-form-urlencoded\r\n"
                 "Transfer-Encoding: chunked\r\n\r\n5\r\ntext=\r\n3\r\nabc\r\n0\r\n\r\n",
                 answer, sizeof(answer)),
        201);
    assert_non_null(strstr(answer, "text=abc number=0"));
}

static void test_expect_continue(void **state)
{
    (void)state;
    char answer[8192];
    int fd = wire_open(&fixture);
    const char *head = "POST /gema HTTP/1.1\r\n" H
                       "Content-Type: application/x-www-form-urlencoded\r\n"
                       "Content-Length: 8\r\nExpect: 100-continue\r\n\r\n";
    wire_send(fd, head, strlen(head));
    (void)wire_read(fd, answer, sizeof(answer), 300);
    assert_int_equal(strncmp(answer, "HTTP/1.1 100 ", 13), 0);
    wire_send(fd, "text=abc", 8);
    (void)wire_read(fd, answer, sizeof(answer), 300);
    assert_int_equal(strncmp(answer, "HTTP/1.1 201 ", 13), 0);
    (void)close(fd);
}

static void test_pipelined(void **state)
{
    (void)state;
    static char answer[1 << 16];
    int fd = wire_open(&fixture);
    const char
        *text = "GET / HTTP/1.1\r\n" H "\r\n"
                "POST /gema HTTP/1.1\r\n" H
                "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 6\r\n\r\ntext=a"
                "GET /pelan HTTP/1.1\r\n" H "\r\n"
                "GET / HTTP/1.1\r\n" H "Connection: close\r\n\r\n";
    wire_send(fd, text, strlen(text));
    (void)wire_read(fd, answer, sizeof(answer), 2000);
    assert_int_equal(answers(answer), 4);
    const char *second = strstr(answer, "text=a number=0");
    const char *third = strstr(answer, "pelan");
    assert_non_null(second);
    assert_true(third > second);
    assert_true(wire_closed(fd, 1000));
    (void)close(fd);
}

static void test_close(void **state)
{
    (void)state;
    char answer[8192];
    int fd = wire_open(&fixture);
    const char *text = "GET / HTTP/1.1\r\n" H "Connection: close\r\n\r\n";
    wire_send(fd, text, strlen(text));
    (void)wire_read(fd, answer, sizeof(answer), 2000);
    assert_non_null(strcasestr(answer, "Connection: close"));
    assert_true(wire_closed(fd, 1000));
    (void)close(fd);
    fd = wire_open(&fixture);
    wire_send(fd, "GET / HTTP/1.0\r\n\r\n", 18);
    (void)wire_read(fd, answer, sizeof(answer), 2000);
    assert_int_equal(strtol(answer + 9, NULL, 10), 200);
    assert_true(wire_closed(fd, 1000));
    (void)close(fd);
}

/* One byte every 100 ms: idle never, complete never. The total time of a head is 600 ms here. */
static void drip(int fd, const char *text, int64_t *ret_ms)
{
    int64_t begun = time_monotonic_ms();
    for (const char *c = text; *c && time_monotonic_ms() - begun < 4000; c++) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (send(fd, c, 1, MSG_NOSIGNAL) != 1 || poll(&p, 1, 100) == 1)
            break;
    }
    *ret_ms = time_monotonic_ms() - begun;
}

static void test_dripped_head(void **state)
{
    (void)state;
    char answer[8192];
    int64_t ms = 0;
    int fd = wire_open(&fixture);
    drip(fd, "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: aaaaaaaaaaaaaaaaaaaaaaaaaaa", &ms);
    assert_in_range(ms, 400, 1500);
    (void)wire_read(fd, answer, sizeof(answer), 500);
    assert_int_equal(strncmp(answer, "HTTP/1.1 408 ", 13), 0);
    check_security_headers(answer);
    assert_true(wire_closed(fd, 3000));
    (void)close(fd);
}

static void test_dripped_second_head(void **state)
{
    (void)state;
    char answer[8192];
    int64_t ms = 0;
    int fd = wire_open(&fixture);
    wire_send(fd, "GET / HTTP/1.1\r\n" H "\r\n", 16 + strlen(H) + 2);
    (void)wire_read(fd, answer, sizeof(answer), 400);
    assert_int_equal(strncmp(answer, "HTTP/1.1 200 ", 13), 0);
    drip(fd, "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: aaaaaaaaaaaaaaaaaaaaaaaaaaa", &ms);
    assert_in_range(ms, 400, 2000);
    assert_true(wire_closed(fd, 500));
    (void)close(fd);
}

static void test_dripped_body(void **state)
{
    (void)state;
    int64_t ms = 0;
    int fd = wire_open(&fixture);
    const char *head = "POST /gema HTTP/1.1\r\n" H
                       "Content-Type: application/x-www-form-urlencoded\r\n"
                       "Content-Length: 90\r\n\r\n";
    wire_send(fd, head, strlen(head));
    drip(fd, "text=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         &ms);
    assert_in_range(ms, 600, 2000);
    assert_true(wire_closed(fd, 500));
    (void)close(fd);
}

static void test_silent(void **state)
{
    (void)state;
    int fd = wire_open(&fixture);
    assert_true(wire_closed(fd, 2000));
    (void)close(fd);
}

/* A kept connection without requests ends with its idle time. */
static void test_idle(void **state)
{
    (void)state;
    struct fixture own = fixture;
    fixture_prepare(&fixture);
    fixture.options.limits.idle_ms = 500;
    fixture_start(&fixture);
    char answer[8192];
    int fd = wire_open(&fixture);
    wire_send(fd, "GET / HTTP/1.1\r\n" H "\r\n", 16 + strlen(H) + 2);
    (void)wire_read(fd, answer, sizeof(answer), 100);
    assert_int_equal(strncmp(answer, "HTTP/1.1 200 ", 13), 0);
    int64_t begun = time_monotonic_ms();
    assert_true(wire_closed(fd, 3000));
    assert_in_range(time_monotonic_ms() - begun, 200, 1500);
    (void)close(fd);
    fixture_stop(&fixture);
    fixture = own;
}

/* Who asks for much and reads nothing is cut off; who reads slowly but steadily is not. */
static void test_stalled_read(void **state)
{
    (void)state;
    struct fixture own = fixture;
    fixture_prepare(&fixture);
    fixture.options.limits.stall_ms = 600;
    fixture_start(&fixture);
    static char some[1 << 20];
    const char *text = "GET /besar HTTP/1.1\r\n" H "Connection: close\r\n\r\n";
    int fd = wire_open(&fixture);
    wire_send(fd, text, strlen(text));
    (void)usleep(2000000);
    size_t all = 0, n;
    while ((n = wire_read(fd, some, sizeof(some), 200)) > 0)
        all += n;
    assert_true(all < 16u << 20);
    assert_true(wire_closed(fd, 500));
    (void)close(fd);
    fd = wire_open(&fixture);
    wire_send(fd, text, strlen(text));
    for (all = 0; (n = wire_read(fd, some, sizeof(some), 500)) > 0; all += n)
        (void)usleep(100000);
    assert_true(all > 16u << 20);
    (void)close(fd);
    fixture_stop(&fixture);
    fixture = own;
}

/* The server lives after all that. */
static void test_alive(void **state)
{
    (void)state;
    assert_int_equal(wire_ask(&fixture, "GET / HTTP/1.1\r\n" H "\r\n", NULL, 0), 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alive),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_refused_kept),
        cmocka_unit_test(test_many_headers),
        cmocka_unit_test(test_many_cookies),
        cmocka_unit_test(test_huge_head),
        cmocka_unit_test(test_oversized_chunk),
        cmocka_unit_test(test_endless_chunks),
        cmocka_unit_test(test_chunked_works),
        cmocka_unit_test(test_expect_continue),
        cmocka_unit_test(test_pipelined),
        cmocka_unit_test(test_close),
        cmocka_unit_test(test_dripped_head),
        cmocka_unit_test(test_dripped_second_head),
        cmocka_unit_test(test_dripped_body),
        cmocka_unit_test(test_silent),
        cmocka_unit_test(test_idle),
        cmocka_unit_test(test_stalled_read),
        cmocka_unit_test(test_alive),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

/* Many kept connections at once, around the 128 at which libmicrohttpd's own loop stalls: every request
 * is answered, from suspended connections and several workers. Greedy clients hinder nobody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "http_fixture.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/time.h"
#include "lib/base/banned.h"

#define GET    "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
#define ROUNDS 20
#define MOST   256

static struct fixture fixture;

static int setup(void **state)
{
    (void)state;
    fixture_prepare(&fixture);
    fixture.options.limits.head_ms = 10000;
    fixture_start(&fixture);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

/* Reads one answer; its body is "halo id\n". */
static void read_answer(int fd)
{
    char text[2048];
    size_t n = 0;
    struct pollfd p = {.fd = fd, .events = POLLIN};
    while (n < 8 || memcmp(text + n - 8, "halo id\n", 8) != 0) {
        assert_int_equal(poll(&p, 1, 5000), 1);
        ssize_t got = recv(fd, text + n, sizeof(text) - n, 0);
        assert_true(got > 0);
        n += (size_t)got;
    }
    assert_int_equal(memcmp(text, "HTTP/1.1 200 ", 13), 0);
}

static void rounds(int count)
{
    int fds[MOST];
    for (int i = 0; i < count; i++)
        fds[i] = wire_open(&fixture);
    int64_t begun = time_monotonic_ms();
    for (int r = 0; r < ROUNDS; r++) {
        for (int i = 0; i < count; i++)
            wire_send(fds[i], GET, sizeof(GET) - 1);
        for (int i = 0; i < count; i++)
            read_answer(fds[i]);
    }
    int64_t ms = time_monotonic_ms() - begun;
    print_message("%d connections: %d requests in %lld ms\n", count, count * ROUNDS, (long long)ms);
    assert_true(ms < 20000); /* a lost wake-up shows as seconds a round */
    for (int i = 0; i < count; i++)
        (void)close(fds[i]);
}

static void test_batches(void **state)
{
    (void)state;
    static const int counts[] = {1, 64, 127, 128, 129, 256};
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
        rounds(counts[i]);
}

/* 200 connections that say half a head and wait: a whole request is answered at once all the same. */
static void test_half_heads(void **state)
{
    (void)state;
    int fds[200];
    for (int i = 0; i < 200; i++) {
        fds[i] = wire_open(&fixture);
        wire_send(fds[i], "GET / HTTP/1.1\r\nHost: loc", 25);
    }
    int64_t begun = time_monotonic_ms();
    assert_int_equal(wire_ask(&fixture, GET, NULL, 0), 200);
    assert_true(time_monotonic_ms() - begun < 1000);
    for (int i = 0; i < 200; i++)
        (void)close(fds[i]);
}

/* Log-ins cost a fifth of a second each here: a crowd of them waits for itself, not the others for it. */
static void test_crowd_of_logins(void **state)
{
    (void)state;
    static const char post[] =
        "POST /masuk/pelan HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        "Content-Length: 0\r\n\r\n";
    struct fixture own = fixture;
    int fds[60];
    fixture_prepare(&fixture);
    fixture.options.limits.head_ms = 10000;
    fixture.options.workers = 4;
    fixture.options.running = 4;
    fixture_start(&fixture);
    for (int i = 0; i < 60; i++) {
        fds[i] = wire_open(&fixture);
        wire_send(fds[i], post, sizeof(post) - 1);
    }
    int64_t begun = time_monotonic_ms();
    for (int i = 0; i < 10; i++)
        assert_int_equal(wire_ask(&fixture, GET, NULL, 0), 200);
    assert_true(time_monotonic_ms() - begun < 1000); /* the crowd itself takes longer */
    int done = 0, busy = 0;
    for (int i = 0; i < 60; i++) {
        char answer[2048];
        assert_true(wire_read(fds[i], answer, sizeof(answer), 4000) > 12);
        done += memcmp(answer + 9, "200", 3) == 0;
        busy += memcmp(answer + 9, "503", 3) == 0;
        (void)close(fds[i]);
    }
    assert_true(done >= 16);
    assert_true(busy > 0);
    assert_int_equal(done + busy, 60);
    fixture_stop(&fixture);
    fixture = own;
}

static void test_connection_limit(void **state)
{
    (void)state;
    struct fixture own = fixture;
    int fds[8];
    fixture_prepare(&fixture);
    fixture.options.limits.connections = 4;
    fixture.options.limits.head_ms = 10000;
    fixture_start(&fixture);
    for (int i = 0; i < 8; i++)
        fds[i] = wire_open(&fixture);
    int closed = 0;
    for (int i = 0; i < 8; i++)
        closed += wire_closed(fds[i], 200);
    assert_int_equal(closed, 4); /* the oldest made room */
    assert_int_equal(wire_ask(&fixture, GET, NULL, 0), 200);
    int kept[4];
    for (int i = 0; i < 4; i++) { /* idle ones make room as well */
        kept[i] = wire_open(&fixture);
        wire_send(kept[i], GET, sizeof(GET) - 1);
        read_answer(kept[i]);
    }
    assert_int_equal(wire_ask(&fixture, GET, NULL, 0), 200);
    for (int i = 0; i < 4; i++)
        (void)close(kept[i]);
    for (int i = 0; i < 8; i++)
        (void)close(fds[i]);
    fixture_stop(&fixture);
    fixture = own;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_batches),
        cmocka_unit_test(test_half_heads),
        cmocka_unit_test(test_crowd_of_logins),
        cmocka_unit_test(test_connection_limit),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

/* Live streams: replay after Last-Event-ID and live delivery are one path, in order, once; limits; the
 * end of a session; clients that do not read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "http_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/time.h"
#include "lib/http/sse.h"
#include "lib/base/banned.h"

#define OFFICE "00000000-0000-7000-8000-000000000001"
#define ONE_ID "00000000-0000-7000-8000-000000000001"
#define TWO_ID "00000000-0000-7000-8000-000000000002"

static struct fixture fixture;
static struct sse_hub *hub;
static char answer[1 << 18];

static int setup(void **state)
{
    (void)state;
    fixture_prepare(&fixture);
    hub = sse_hub_new(3, 5);
    fixture.options.base.sse = hub;
    fixture_start(&fixture);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    sse_hub_free(hub);
    return 0;
}

static int stream_open(const char *cookie, const char *headers)
{
    char text[512];
    int fd = wire_open(&fixture);
    (void)snprintf(
        text, sizeof(text),
        "GET /peristiwa HTTP/1.1\r\nHost: localhost\r\nCookie: __Host-bukutamu=%s\r\n%s\r\n",
        cookie, headers);
    wire_send(fd, text, strlen(text));
    return fd;
}

static void wait_needs(size_t count, int64_t after)
{
    struct sse_need needs[4];
    int64_t until = time_monotonic_ms() + 3000;
    while (time_monotonic_ms() < until) {
        size_t n = sse_needs(hub, needs, 4);
        if (n == count && (n == 0 || needs[0].after == after))
            return;
        sse_wait(hub, 20);
    }
    fail_msg("the hub never needed %zu offices behind %lld", count, (long long)after);
}

static void test_replay_and_live(void **state)
{
    (void)state;
    static const struct sse_event old[] = {
        {1, "visit", "satu"}, {2, "visit", "dua\nbaris"}, {3, "visit", "tiga"}};
    static const struct sse_event more[] = {{3, "visit", "tiga"}, {4, "visit", "empat"}};
    int fd = stream_open(COOKIE_ONE, "Last-Event-ID: 1\r\n");
    wait_needs(1, 1);
    sse_publish(hub, OFFICE, old, 3);
    sse_publish(hub, "another", more, 2);
    sse_publish(hub, OFFICE, more, 2);
    (void)wire_read(fd, answer, sizeof(answer), 400);
    assert_int_equal(strncmp(answer, "HTTP/1.1 200 ", 13), 0);
    assert_non_null(strstr(answer, "Content-Type: text/event-stream"));
    assert_non_null(strstr(answer, "Cache-Control: no-store"));
    assert_non_null(strstr(answer, "X-Accel-Buffering: no"));
    assert_non_null(strstr(answer, "nosniff"));
    assert_non_null(strstr(answer, "retry: 3000\n\n"));
    assert_null(strstr(answer, "data: satu"));
    char *two = strstr(answer, "id: 2\nevent: visit\ndata: dua\ndata: baris\n\n");
    char *three = strstr(answer, "id: 3\nevent: visit\ndata: tiga\n\n");
    char *four = strstr(answer, "id: 4\nevent: visit\ndata: empat\n\n");
    assert_non_null(two);
    assert_true(three > two && four > three);
    assert_null(strstr(three + 1, "id: 3"));
    sse_ping(hub);
    (void)wire_read(fd, answer, sizeof(answer), 200);
    assert_non_null(strstr(answer, ":\n\n"));
    (void)close(fd);
    for (int i = 0; i < 8 && sse_needs(hub, &(struct sse_need){.after = 0}, 1); i++) {
        sse_ping(hub); /* finds out that nobody is there */
        (void)usleep(50000);
    }
    wait_needs(0, 0);
}

static void test_limits(void **state)
{
    (void)state;
    int fds[6];
    for (int i = 0; i < 3; i++)
        fds[i] = stream_open(COOKIE_ONE, "");
    (void)usleep(200000);
    fds[3] = stream_open(COOKIE_ONE, "Accept: application/json\r\n");
    (void)wire_read(fds[3], answer, sizeof(answer), 300);
    assert_int_equal(strncmp(answer, "HTTP/1.1 429 ", 13), 0);
    assert_non_null(strstr(answer, "too_many_streams"));
    (void)close(fds[3]);
    fds[3] = stream_open(COOKIE_TWO, "");
    fds[4] = stream_open(COOKIE_TWO, "");
    (void)usleep(200000);
    fds[5] = stream_open(COOKIE_TWO, "");
    (void)wire_read(fds[5], answer, sizeof(answer), 300);
    assert_int_equal(strncmp(answer, "HTTP/1.1 429 ", 13), 0);
    sse_close_session(hub, ONE_ID);
    for (int i = 0; i < 3; i++)
        assert_true(wire_closed(fds[i], 2000));
    sse_close_actor(hub, TWO_ID);
    wait_needs(0, 0);
    for (int i = 0; i < 6; i++)
        (void)close(fds[i]);
}

/* From page to page: streams that were left behind do not count against the next one. */
static void test_left_behind(void **state)
{
    (void)state;
    for (int round = 0; round < 4; round++) {
        int fds[3];
        for (int i = 0; i < 3; i++) {
            fds[i] = stream_open(COOKIE_ONE, "");
            (void)wire_read(fds[i], answer, sizeof(answer), 150);
            assert_int_equal(strncmp(answer, "HTTP/1.1 200 ", 13), 0);
        }
        for (int i = 0; i < 3; i++)
            (void)close(fds[i]);
    }
    sse_close_actor(hub, ONE_ID);
    wait_needs(0, 0);
}

/* A client that never reads: what waits for it is bounded, and it is dropped. */
static void test_slow_client(void **state)
{
    (void)state;
    static char data[8192];
    memset(data, 'x', sizeof(data) - 1);
    int fd = stream_open(COOKIE_ONE, "");
    wait_needs(1, 0);
    for (int i = 1; i < 4000 && sse_needs(hub, &(struct sse_need){.after = 0}, 1); i++) {
        const struct sse_event e = {i, "visit", data};
        sse_publish(hub, OFFICE, &e, 1);
        (void)usleep(200);
    }
    wait_needs(0, 0);
    (void)close(fd);
}

static void test_stop_with_streams(void **state)
{
    (void)state;
    int fd = stream_open(COOKIE_ONE, "");
    wait_needs(1, 0);
    int64_t begun = time_monotonic_ms();
    fixture_stop(&fixture);
    assert_true(time_monotonic_ms() - begun < 5000);
    assert_true(wire_closed(fd, 500));
    (void)close(fd);
    fixture_prepare(&fixture);
    fixture.options.base.sse = hub;
    fixture_start(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replay_and_live),   cmocka_unit_test(test_limits),
        cmocka_unit_test(test_left_behind),       cmocka_unit_test(test_slow_client),
        cmocka_unit_test(test_stop_with_streams),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

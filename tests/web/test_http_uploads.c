/* Large bodies in both directions: uploads through the sealed spool, answers that are read while they are sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "http_fixture.h"

#include <poll.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/http/form.h"
#include "lib/base/banned.h"

#define CEILING ((size_t)24 << 20)
#define H       "Host: localhost\r\n"
#define BEARER  "Authorization: Bearer " MACHINE "\r\n"

static struct fixture fixture;
static _Atomic int sources_open;

/* --- routes ----------------------------------------------------------------------------------------------- */

struct archive {
    const char *text;
    struct bytes file;
};
static const struct field archive_fields[] = {
    {.name = "text",
     .type = FIELD_TEXT,
     .offset = offsetof(struct archive, text),
     .label = "Catatan"},
    {.name = "file", .type = FIELD_FILE, .offset = offsetof(struct archive, file), .label = "Berkas"},
};
static const struct form archive_form = FORM("Archive", struct archive, archive_fields);

static uint8_t byte_at(uint64_t at)
{
    return (uint8_t)((at * 2654435761u) >> 13);
}

/* What came, in one line: so that a test can compare without a second way to say it. */
static enum err keep(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct archive a;
    uint8_t hash[32], *part = arena_alloc(cx->arena, 50000);
    crypto_hash_sha256_state state;
    TRY(form_parse(cx, req, &archive_form, &a));
    (void)crypto_hash_sha256_init(&state);
    const struct http_file *f = req->file_count ? &req->files[0] : NULL;
    for (uint64_t at = 0; f && at < f->bytes;) {
        size_t n = f->bytes - at < 50000 ? (size_t)(f->bytes - at) : 50000;
        TRY(http_file_read(req, f, at, part, n));
        (void)crypto_hash_sha256_update(&state, part, n);
        at += n;
    }
    (void)crypto_hash_sha256_final(&state, hash);
    buf_printf(&res->body, "text=%s bytes=%llu memory=%d sha=%s body=%s", str_or(a.text, "-"),
               f ? (unsigned long long)f->bytes : 0ull, f && f->data.p != NULL,
               str_hex(cx->arena, hash, 32), str_hex(cx->arena, req->body_hash, 32));
    return ERR_OK;
}

struct pouring {
    uint64_t at, bytes, fails_at;
};

static enum err pour(void *arg, uint8_t *out, size_t room, size_t *ret_n)
{
    struct pouring *p = arg;
    if (p->fails_at && p->at >= p->fails_at)
        return ERR_INTERNAL;
    size_t n = p->bytes - p->at < room ? (size_t)(p->bytes - p->at) : room;
    if (n > 10007)
        n = 10007; /* a source gives what it has */
    for (size_t i = 0; i < n; i++)
        out[i] = byte_at(p->at + i);
    p->at += n;
    *ret_n = n;
    return ERR_OK;
}

static void pour_end(void *arg)
{
    free(arg);
    atomic_fetch_sub(&sources_open, 1);
}

static enum err fetch(struct cx *cx, struct http_req *req, struct http_res *res)
{
    int64_t bytes = 0, fails = 0;
    const char *f = http_query(req, "rusak");
    if (!str_to_i64(http_param(req, "n"), 0, 1 << 30, &bytes) ||
        (f && !str_to_i64(f, 0, 1 << 30, &fails)))
        return ERR_MISSING;
    struct pouring *p = calloc(1, sizeof(*p));
    assert_non_null(p);
    *p = (struct pouring){.bytes = (uint64_t)bytes, .fails_at = (uint64_t)fails};
    atomic_fetch_add(&sources_open, 1);
    http_res_source(res, &(const struct http_source){
                             .bytes = p->bytes, .read = pour, .close = pour_end, .arg = p});
    res->content_type = "application/octet-stream";
    http_res_attachment(cx, res, "a/\"b\";é%\r\n.pdf");
    return http_query(req, "tolak") ? ERR_CONFLICT : ERR_OK;
}

static enum err page(struct cx *cx, struct http_req *req, struct http_res *res)
{
    (void)cx;
    (void)req;
    buf_puts(&res->body, "halo");
    return ERR_OK;
}

/* clang-format off */
static const struct route routes[] = {
    {.method = HTTP_GET, .path = "/", .flags = ROUTE_PUBLIC, .fn = page},
    {.method = HTTP_POST, .path = "/arsip", .who = 1, .flags = ROUTE_UPLOAD | ROUTE_IDEMPOTENT_KEY, .fn = keep, .form = &archive_form, .max_body = CEILING},
    {.method = HTTP_POST, .path = "/umum", .flags = ROUTE_PUBLIC | ROUTE_UPLOAD, .fn = keep, .form = &archive_form, .max_body = CEILING},
    {.method = HTTP_POST, .path = "/foto", .who = 1, .flags = ROUTE_UPLOAD, .fn = keep, .form = &archive_form, .max_body = 6u << 20},
    {.method = HTTP_GET, .path = "/unduh/{n}", .flags = ROUTE_PUBLIC, .fn = fetch},
    {.path = NULL},
};
/* clang-format on */
static const struct route *const tables[] = {routes, NULL};

static int start_in(const char *data_dir)
{
    fixture_prepare(&fixture);
    fixture.options.routes = tables;
    fixture.options.base.data_dir = data_dir;
    fixture_start(&fixture);
    return 0;
}

static int setup(void **state)
{
    (void)state;
    return start_in(NULL);
}

static int teardown(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    assert_int_equal(atomic_load(&sources_open), 0);
    return 0;
}

/* --- sending ------------------------------------------------------------------------------------------------ */

struct parcel {
    const char *path, *boundary, *headers;
    size_t bytes;
    bool chunked;
};

static uint8_t *contents(size_t n)
{
    uint8_t *p = malloc(n + 1);
    assert_non_null(p);
    for (size_t i = 0; i < n; i++)
        p[i] = byte_at(i);
    return p;
}

static void send_body(int fd, const struct parcel *p, const char *front, const char *back)
{
    uint8_t *data = contents(p->bytes);
    char size[32];
    if (!p->chunked) {
        wire_send(fd, front, strlen(front));
        wire_send(fd, (const char *)data, p->bytes);
        wire_send(fd, back, strlen(back));
        free(data);
        return;
    }
    (void)snprintf(size, sizeof(size), "%zx\r\n", strlen(front));
    wire_send(fd, size, strlen(size));
    wire_send(fd, front, strlen(front));
    for (size_t at = 0; at < p->bytes; at += 100000) {
        size_t n = p->bytes - at < 100000 ? p->bytes - at : 100000;
        (void)snprintf(size, sizeof(size), "\r\n%zx\r\n", n);
        wire_send(fd, size, strlen(size));
        wire_send(fd, (const char *)data + at, n);
    }
    (void)snprintf(size, sizeof(size), "\r\n%zx\r\n", strlen(back));
    wire_send(fd, size, strlen(size));
    wire_send(fd, back, strlen(back));
    wire_send(fd, "\r\n0\r\n\r\n", 7);
    free(data);
}

/* Returns the status; the answer in `out`. */
static int deliver(const struct parcel *p, char *out, size_t room)
{
    char head[1024], front[512], back[128], length[64];
    (void)snprintf(front, sizeof(front),
                   "--%s\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nisi\r\n--%s\r\n"
                   "Content-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\r\n",
                   p->boundary, p->boundary);
    (void)snprintf(back, sizeof(back), "\r\n--%s--\r\n", p->boundary);
    (void)snprintf(length, sizeof(length), "Content-Length: %zu\r\n",
                   strlen(front) + p->bytes + strlen(back));
    (void)snprintf(
        head, sizeof(head),
        "POST %s HTTP/1.1\r\n" H
        "%sConnection: close\r\nContent-Type: multipart/form-data; boundary=%s\r\n%s\r\n",
        p->path, str_or(p->headers, ""), p->boundary,
        p->chunked ? "Transfer-Encoding: chunked\r\n" : length);
    int fd = wire_open(&fixture);
    wire_send(fd, head, strlen(head));
    send_body(fd, p, front, back);
    (void)wire_read(fd, out, room, 8000);
    (void)close(fd);
    return strncmp(out, "HTTP/1.1 ", 9) == 0 ? (int)strtol(out + 9, NULL, 10) : 0;
}

static void expect(const char *answer, size_t bytes, bool memory)
{
    uint8_t hash[32], *data = contents(bytes);
    char line[200], hex[65];
    (void)crypto_hash_sha256(hash, data, bytes);
    free(data);
    (void)sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
    (void)snprintf(line, sizeof(line), "text=isi bytes=%zu memory=%d sha=%s", bytes, memory, hex);
    if (!strstr(answer, line))
        print_error("%s\nnot in: %s\n", line, answer);
    assert_non_null(strstr(answer, line));
}

static void test_sizes(void **state)
{
    (void)state;
    static const size_t sizes[] = {0,      1,      65536,  200000,  262144 - 300,
                                   262144, 262145, 524288, 3000001, 20 << 20};
    char out[4096];
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        struct parcel p = {
            .path = "/arsip", .boundary = "batas", .headers = BEARER, .bytes = sizes[i]};
        for (int chunked = 0; chunked < 2; chunked++) {
            p.chunked = chunked;
            assert_int_equal(deliver(&p, out, sizeof(out)), 200);
            expect(out, sizes[i], sizes[i] <= 262144 - 300);
        }
    }
}

/* A route of photos finds its file in memory, however it came. */
static void test_small_route(void **state)
{
    (void)state;
    char out[4096];
    struct parcel p = {.path = "/foto", .boundary = "batas", .headers = BEARER, .bytes = 4 << 20};
    assert_int_equal(deliver(&p, out, sizeof(out)), 200);
    expect(out, 4 << 20, true);
}

/* Sent again it has another boundary and other pieces: the hash for Idempotency-Key stays. */
static void test_body_hash(void **state)
{
    (void)state;
    char one[4096], two[4096];
    struct parcel p = {.path = "/arsip",
                       .boundary = "pertama",
                       .bytes = 1000000,
                       .headers = BEARER
                       "Idempotency-Key: 0198c1de-0000-7000-8000-000000000001\r\n"};
    assert_int_equal(deliver(&p, one, sizeof(one)), 200);
    p.boundary = "kedua-yang-lain";
    p.chunked = true;
    assert_int_equal(deliver(&p, two, sizeof(two)), 200);
    assert_non_null(strstr(one, "body="));
    assert_string_equal(strstr(one, "body="), strstr(two, "body="));
    p.bytes++;
    assert_int_equal(deliver(&p, two, sizeof(two)), 200);
    assert_string_not_equal(strstr(one, "body="), strstr(two, "body="));
}

static void test_too_large(void **state)
{
    (void)state;
    char out[4096];
    struct parcel p = {.path = "/arsip", .boundary = "batas", .headers = BEARER, .bytes = CEILING};
    assert_int_equal(deliver(&p, out, sizeof(out)), 413);
    p.chunked = true; /* the answer is on the wire while the body still comes, or the wire is cut */
    int status = deliver(&p, out, sizeof(out));
    assert_true(status == 413 || status == 0);
    assert_int_equal(
        wire_ask(&fixture, "GET / HTTP/1.1\r\n" H "Connection: close\r\n\r\n", NULL, 0), 200);
}

static void *many(void *arg)
{
    char out[4096];
    const struct parcel *p = arg;
    if (deliver(p, out, sizeof(out)) != 200)
        return arg;
    expect(out, p->bytes, false);
    return NULL;
}

static void test_several_at_once(void **state)
{
    (void)state;
    struct parcel p[6];
    pthread_t threads[6];
    for (size_t i = 0; i < ARRAY_LEN(p); i++) {
        p[i] = (struct parcel){.path = "/arsip",
                               .boundary = "batas",
                               .headers = BEARER,
                               .bytes = (5u << 20) + i * 7777};
        p[i].chunked = i % 2;
        assert_int_equal(pthread_create(&threads[i], NULL, many, &p[i]), 0);
    }
    for (size_t i = 0; i < ARRAY_LEN(p); i++) {
        void *failed = NULL;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
}

static int half_sent(const char *path, size_t bytes)
{
    char head[512];
    uint8_t *data = contents(bytes);
    int fd = wire_open(&fixture);
    (void)snprintf(
        head, sizeof(head),
        "POST %s HTTP/1.1\r\n" H BEARER
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 9000000\r\n\r\n",
        path);
    wire_send(fd, head, strlen(head));
    wire_send(fd, (const char *)data, bytes);
    free(data);
    return fd;
}

/* Whoever stops sending is let go, and gives his place back; the public never has all places. */
static void test_places(void **state)
{
    (void)state;
    char out[4096];
    int fds[8];
    struct parcel open = {.path = "/umum", .boundary = "batas", .bytes = 1000000};
    struct parcel ours = {
        .path = "/arsip", .boundary = "batas", .headers = BEARER, .bytes = 1000000};
    for (int i = 0; i < 4; i++)
        fds[i] = half_sent("/umum", 400000);
    (void)usleep(200000);
    assert_int_equal(deliver(&open, out, sizeof(out)), 503);
    assert_int_equal(deliver(&ours, out, sizeof(out)), 200);
    for (int i = 4; i < 8; i++)
        fds[i] = half_sent("/arsip", 400000);
    (void)usleep(200000);
    assert_int_equal(deliver(&ours, out, sizeof(out)), 503);
    for (int i = 0; i < 8; i++) {
        assert_true(wire_closed(fds[i], 6000)); /* three times body_ms without a byte */
        (void)close(fds[i]);
    }
    assert_int_equal(deliver(&open, out, sizeof(out)), 200);
    assert_int_equal(deliver(&ours, out, sizeof(out)), 200);
}

static void test_no_folder(void **state)
{
    (void)state;
    char out[4096];
    struct parcel p = {.path = "/arsip", .boundary = "batas", .headers = BEARER, .bytes = 2000000};
    fixture_stop(&fixture);
    (void)start_in("/proc/tidak-ada");
    assert_int_equal(deliver(&p, out, sizeof(out)), 500);
    p.bytes = 100000; /* what fits the buffer needs no disk */
    assert_int_equal(deliver(&p, out, sizeof(out)), 200);
}

/* --- fetching --------------------------------------------------------------------------------------------------- */

/* Reads the whole answer, checks every byte; the number of bytes of the body. */
static size_t fetch_all(const char *target, const char *method, char head[4096])
{
    char text[512];
    int fd = wire_open(&fixture);
    (void)snprintf(text, sizeof(text), "%s %s HTTP/1.1\r\n" H "Connection: close\r\n\r\n", method,
                   target);
    wire_send(fd, text, strlen(text));
    size_t room = (8u << 20) + 8192;
    char *all = malloc(room);
    assert_non_null(all);
    size_t n = wire_read(fd, all, room, 3000);
    (void)close(fd);
    char *end = memmem(all, n, "\r\n\r\n", 4);
    assert_non_null(end);
    size_t head_bytes = (size_t)(end - all) + 4;
    assert_true(head_bytes < 4096);
    memcpy(head, all, head_bytes);
    head[head_bytes] = '\0';
    for (size_t i = head_bytes; i < n; i++) {
        if ((uint8_t)all[i] != byte_at(i - head_bytes))
            fail_msg("byte %zu differs", i - head_bytes);
    }
    free(all);
    return n - head_bytes;
}

static void test_fetch(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 262144, 262145, 5000000};
    char head[4096], target[64], length[64];
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        (void)snprintf(target, sizeof(target), "/unduh/%zu", sizes[i]);
        (void)snprintf(length, sizeof(length), "Content-Length: %zu\r\n", sizes[i]);
        assert_int_equal(fetch_all(target, "GET", head), sizes[i]);
        assert_non_null(strstr(head, length));
        assert_non_null(strstr(head, "Cache-Control: no-store"));
        assert_non_null(strstr(head, "Content-Disposition: attachment; filename=\"_b______.pdf\"; "
                                     "filename*=UTF-8''%22b%22%3B%C3%A9%25__.pdf\r\n"));
        assert_int_equal(fetch_all(target, "HEAD", head), 0);
    }
}

static void test_fetch_refused(void **state)
{
    (void)state;
    char head[4096];
    char text[] = "GET /unduh/100000?tolak=1 HTTP/1.1\r\n" H
                  "Accept: application/json\r\nConnection: close\r\n\r\n";
    assert_int_equal(wire_ask(&fixture, text, head, sizeof(head)), 409);
    assert_int_equal(atomic_load(&sources_open), 0);
}

/* A fault on the way breaks the connection: the length is known, so nobody takes a part for the whole. */
static void test_fetch_fails(void **state)
{
    (void)state;
    char head[4096];
    size_t n = fetch_all("/unduh/5000000?rusak=1500000", "GET", head);
    assert_true(n >= 1000000 && n < 5000000);
    assert_non_null(strstr(head, "Content-Length: 5000000"));
    assert_int_equal(
        wire_ask(&fixture, "GET / HTTP/1.1\r\n" H "Connection: close\r\n\r\n", NULL, 0), 200);
}

static void test_fetch_left(void **state)
{
    (void)state;
    char some[8192];
    for (int i = 0; i < 8; i++) {
        int fd = wire_open(&fixture);
        const char *text = "GET /unduh/900000000 HTTP/1.1\r\n" H "\r\n";
        wire_send(fd, text, strlen(text));
        assert_true(recv(fd, some, sizeof(some), 0) > 0);
        const struct linger now = {1, 0};
        (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
        (void)close(fd);
    }
    int64_t until = time_monotonic_ms() + 5000;
    while (atomic_load(&sources_open) > 0 && time_monotonic_ms() < until)
        (void)usleep(20000);
    assert_int_equal(atomic_load(&sources_open), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_sizes),       TEST(test_small_route),     TEST(test_body_hash),
        TEST(test_too_large),   TEST(test_several_at_once), TEST(test_places),
        TEST(test_no_folder),   TEST(test_fetch),           TEST(test_fetch_refused),
        TEST(test_fetch_fails), TEST(test_fetch_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

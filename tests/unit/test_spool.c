/* The spool of large uploads: reads anywhere, knows damage, leaves no name and no plain byte, and multipart read
 * through a window gives what the same body gives in memory. */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/str.h"
#include "lib/http/form.h"
#include "lib/http/spool.h"

#include "lib/base/banned.h"

#define BODY (SPOOL_BUFFER + SPOOL_BUFFER + 12345)

struct place {
    struct arena *arena;
    char dir[64];
    uint8_t *body;
    struct spool *spool;
};

static uint8_t *pattern(struct arena *a, size_t n)
{
    uint8_t *bytes = arena_alloc(a, n + 1);
    uint32_t x = 99;
    for (size_t i = 0; i < n; i++) {
        x = x * 1664525u + 1013904223u;
        bytes[i] = (uint8_t)(x >> 24);
    }
    return bytes;
}

/* As the server does it: full buffers, then the rest. */
static void fill(struct place *p, const uint8_t *body, size_t n)
{
    uint8_t *buffer = arena_alloc(p->arena, SPOOL_BUFFER);
    size_t at = 0;
    for (; n - at > SPOOL_BUFFER; at += SPOOL_BUFFER) {
        memcpy(buffer, body + at, SPOOL_BUFFER);
        assert_int_equal(spool_add(p->spool, buffer, SPOOL_BUFFER), ERR_OK);
        for (size_t i = 0; i < SPOOL_BUFFER; i += 4096)
            assert_int_equal(buffer[i], 0); /* wiped */
    }
    memcpy(buffer, body + at, n - at);
    spool_end(p->spool, buffer, n - at);
    assert_int_equal(spool_bytes(p->spool), n);
}

static int setup(void **state)
{
    struct place *p = calloc(1, sizeof(*p));
    assert_non_null(p);
    p->arena = arena_new(65536);
    (void)snprintf(p->dir, sizeof(p->dir), "/tmp/bukutamu-spool-XXXXXX");
    assert_non_null(mkdtemp(p->dir));
    p->body = pattern(p->arena, BODY);
    assert_int_equal(spool_new(p->dir, &p->spool), ERR_OK);
    *state = p;
    return 0;
}

static int teardown(void **state)
{
    struct place *p = *state;
    spool_free(p->spool);
    (void)rmdir(p->dir);
    arena_free(p->arena);
    free(p);
    return 0;
}

static void test_reads_anywhere(void **state)
{
    struct place *p = *state;
    uint8_t *back = arena_alloc(p->arena, BODY);
    fill(p, p->body, BODY);
    assert_true(spool_read(p->spool, 0, back, BODY));
    assert_memory_equal(back, p->body, BODY);
    static const size_t places[] = {
        0, 1, 65535, 65536, 65537, 2 * SPOOL_BUFFER - 1, 2 * SPOOL_BUFFER, 300000, 7};
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        assert_true(spool_read(p->spool, places[i], back, 70000 < BODY - places[i] ? 70000 : 100));
        assert_memory_equal(back, p->body + places[i], 100);
    }
    assert_true(spool_read(p->spool, BODY, back, 0));
    assert_false(spool_read(p->spool, BODY, back, 1));
    assert_false(spool_read(p->spool, BODY + 1, back, 0));
    assert_false(spool_read(p->spool, 1, back, BODY));
    assert_false(spool_read(p->spool, 5, back, SIZE_MAX));
}

/* The file behind the descriptor: the only one in /proc/self/fd that is deleted in this folder. */
static int file_of(const struct place *p)
{
    DIR *fds = opendir("/proc/self/fd");
    int found = -1;
    for (const struct dirent *d; fds && (d = readdir(fds));) {
        char path[300], target[512];
        (void)snprintf(path, sizeof(path), "/proc/self/fd/%s", d->d_name);
        ssize_t n = readlink(path, target, sizeof(target) - 1);
        target[n > 0 ? n : 0] = '\0';
        if (strstr(target, p->dir) && strstr(target, "(deleted)"))
            found = open(path, O_RDWR);
    }
    (void)closedir(fds);
    return found;
}

static void test_nothing_to_see(void **state)
{
    struct place *p = *state;
    fill(p, p->body, BODY);
    int fd = file_of(p);
    assert_true(fd >= 0);
    uint8_t *disk = arena_alloc(p->arena, BODY + 1000);
    ssize_t n = pread(fd, disk, BODY + 1000, 0);
    assert_true(n >= (ssize_t)(2 * SPOOL_BUFFER));
    for (size_t at = 0; at < BODY - 32; at += 1009)
        assert_null(memmem(disk, (size_t)n, p->body + at, 32));
    (void)close(fd);
    DIR *dir = opendir(p->dir); /* no name either */
    for (const struct dirent *d; (d = readdir(dir));)
        assert_int_equal(d->d_name[0], '.');
    (void)closedir(dir);
}

static void test_damage_is_known(void **state)
{
    struct place *p = *state;
    uint8_t byte, *back = arena_alloc(p->arena, BODY);
    fill(p, p->body, BODY);
    int fd = file_of(p);
    assert_int_equal(pread(fd, &byte, 1, 100000), 1);
    byte ^= 1;
    assert_int_equal(pwrite(fd, &byte, 1, 100000), 1);
    assert_true(spool_read(p->spool, 0, back, SPOOL_CHUNK));
    assert_false(spool_read(p->spool, SPOOL_CHUNK, back, 1));
    assert_true(spool_read(p->spool, 2 * SPOOL_CHUNK, back, SPOOL_CHUNK));
    assert_int_equal(ftruncate(fd, 0), 0);
    assert_false(spool_read(p->spool, 3 * SPOOL_CHUNK, back, 1));
    (void)close(fd);
}

static void test_room(void **state)
{
    struct place *p = *state;
    assert_true(spool_fits(p->dir, 1));
    assert_false(spool_fits(p->dir, (uint64_t)1 << 60));
}

/* --- multipart ------------------------------------------------------------------------------------------ */

static bool look(void *arg, uint64_t at, uint8_t *to, size_t n)
{
    return spool_read(arg, at, to, n);
}

#define HEAD(n) "Content-Disposition: form-data; name=\"" n "\""

/* Text, a large file with boundaries that nearly are, an empty file, text again. */
static size_t multipart(struct place *p, uint8_t *to, size_t file_bytes)
{
    size_t n = 0;
    const char *head = "--grens\r\n" HEAD("csrf") "\r\n\r\nabc\r\n--grens\r\n" HEAD(
        "files") "; filename=\"rekaman.mp4\"\r\nContent-Type: video/mp4\r\n\r\n";
    const char
        *tail = "\r\n--grens\r\n" HEAD("files") "; filename=\"b.pdf\"\r\n\r\n\r\n--grens\r\n" HEAD(
            "kind") "\r\n\r\nevidence\r\n--grens--\r\n";
    memcpy(to, head, strlen(head));
    n += strlen(head);
    memcpy(to + n, p->body, file_bytes);
    for (size_t at = 60000; at + 20 < file_bytes; at += 65536 - 7)
        memcpy(to + n + at, "\r\n--gren", 8);
    n += file_bytes;
    memcpy(to + n, tail, strlen(tail));
    return n + strlen(tail);
}

static void same(const struct http_req *a, const struct http_req *b)
{
    assert_int_equal(a->field_count, b->field_count);
    for (size_t i = 0; i < a->field_count; i++) {
        assert_string_equal(a->fields[i].name, b->fields[i].name);
        assert_string_equal(a->fields[i].value, b->fields[i].value);
    }
    assert_int_equal(a->file_count, b->file_count);
    for (size_t i = 0; i < a->file_count; i++) {
        assert_string_equal(a->files[i].client_name, b->files[i].client_name);
        assert_int_equal(a->files[i].bytes, b->files[i].bytes);
        assert_int_equal(a->files[i].at, b->files[i].at);
    }
}

static void test_multipart(void **state)
{
    struct place *p = *state;
    struct cx cx = {.arena = p->arena};
    struct http_req memory = {.method = HTTP_POST}, spooled = {.method = HTTP_POST};
    uint8_t *body = arena_alloc(p->arena, BODY + 1000), *back = arena_alloc(p->arena, BODY);
    size_t file_bytes = SPOOL_BUFFER + 200000, n = multipart(p, body, file_bytes);
    fill(p, body, n);
    assert_int_equal(form_decode_multipart(&cx, (struct bytes){body, n}, "grens", &memory), ERR_OK);
    assert_int_equal(memory.file_count, 2);
    static const size_t windows[] = {0, 1, 2051, 4096, 65536, 1 << 20};
    for (size_t i = 0; i < ARRAY_LEN(windows); i++) {
        const struct body_source from = {
            .bytes = n, .read = look, .arg = p->spool, .window_bytes = windows[i]};
        assert_int_equal(form_decode_source(&cx, &from, "grens", &spooled), ERR_OK);
        same(&memory, &spooled);
    }
    assert_null(spooled.files[0].data.p);
    spooled.spool = p->spool;
    assert_int_equal(http_file_read(&spooled, &spooled.files[0], 0, back, file_bytes), ERR_OK);
    assert_memory_equal(back, memory.files[0].data.p, file_bytes);
    assert_int_equal(http_file_read(&spooled, &spooled.files[0], file_bytes - 5, back, 5), ERR_OK);
    assert_memory_equal(back, memory.files[0].data.p + file_bytes - 5, 5);
    assert_int_equal(http_file_read(&spooled, &spooled.files[0], file_bytes - 5, back, 6),
                     ERR_INTERNAL);
}

/* A text field may not be used to bring a large body into memory after all. */
static void test_long_text(void **state)
{
    struct place *p = *state;
    struct cx cx = {.arena = p->arena};
    struct http_req req = {.method = HTTP_POST};
    uint8_t *body = arena_alloc(p->arena, BODY + 1000);
    const char *head = "--grens\r\n" HEAD("text") "\r\n\r\n";
    memcpy(body, head, strlen(head));
    memset(body + strlen(head), 'a', SPOOL_BUFFER + 100);
    size_t n = strlen(head) + SPOOL_BUFFER + 100;
    memcpy(body + n, "\r\n--grens--", 11);
    fill(p, body, n + 11);
    const struct body_source from = {.bytes = n + 11, .read = look, .arg = p->spool};
    assert_int_equal(form_decode_source(&cx, &from, "grens", &req), ERR_BAD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_reads_anywhere, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nothing_to_see, setup, teardown),
        cmocka_unit_test_setup_teardown(test_damage_is_known, setup, teardown),
        cmocka_unit_test_setup_teardown(test_room, setup, teardown),
        cmocka_unit_test_setup_teardown(test_multipart, setup, teardown),
        cmocka_unit_test_setup_teardown(test_long_text, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* lib/seal: files of any size. What is cut, lengthened, reordered, changed or moved does not open; sizes say
 * little; a writer that gives up leaves nothing. */
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
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

#include "lib/base/rand.h"
#include "lib/base/str.h"
#include "lib/seal/seal.h"

#include "lib/base/banned.h"

#define ID          "5f0c2a66-9f0e-4c7e-9c5a-2f6a1f0b77e3"
#define OTHER       "5f0c2a66-9f0e-4c7e-9c5a-2f6a1f0b88e3"
#define PART        ((size_t)65536)
#define PART_SEALED (PART + 17)
#define HEAD        26

struct place {
    struct arena *arena;
    struct seal_envelope key;
    struct seal_place at;
    char dir[64];
};

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

static int setup(void **state)
{
    struct place *p = calloc(1, sizeof(*p));
    assert_non_null(p);
    p->arena = arena_new(65536);
    (void)snprintf(p->dir, sizeof(p->dir), "/tmp/bukutamu-stream-XXXXXX");
    assert_non_null(mkdtemp(p->dir));
    seal_envelope_new(&p->key);
    p->at = (struct seal_place){p->dir, "evidence", ID};
    *state = p;
    return 0;
}

static int teardown(void **state)
{
    struct place *p = *state;
    (void)nftw(p->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    arena_free(p->arena);
    free(p);
    return 0;
}

static uint8_t *pattern(struct place *p, size_t n)
{
    uint8_t *bytes = arena_alloc(p->arena, n + 1);
    uint32_t x = 12345;
    for (size_t i = 0; i < n; i++) {
        x = x * 1664525u + 1013904223u;
        bytes[i] = (uint8_t)(x >> 24);
    }
    return bytes;
}

static void store(struct place *p, const uint8_t *bytes, size_t n, size_t piece)
{
    struct seal_writer *w = NULL;
    assert_int_equal(seal_stream_create(&p->key, &p->at, n, &w), ERR_OK);
    for (size_t at = 0; at < n; at += piece)
        assert_int_equal(seal_stream_put(w, bytes + at, n - at < piece ? n - at : piece), ERR_OK);
    assert_int_equal(seal_stream_commit(w, 0), ERR_OK);
}

/* Reads all; the first error, or ERR_OK with what was read. */
static enum err load(struct place *p, size_t piece, struct bytes *ret)
{
    struct seal_reader *r = NULL;
    enum err e = seal_stream_open(&p->key, &p->at, &r);
    if (e != ERR_OK)
        return e;
    size_t size = (size_t)seal_stream_size(r), n = 0, got = 1;
    uint8_t *bytes = arena_alloc(p->arena, size + 1);
    while (e == ERR_OK && got) {
        e = seal_stream_get(r, bytes + n, size - n < piece ? size - n : piece, &got);
        n += e == ERR_OK ? got : 0;
    }
    seal_stream_close(r);
    *ret = (struct bytes){bytes, n};
    return e;
}

static const char *path_of(struct place *p)
{
    return arena_printf(p->arena, "%s/evidence/e3/%s", p->dir, p->at.id);
}

static void test_back_and_forth(void **state)
{
    struct place *p = *state;
    static const size_t sizes[] = {0,    1,        1000,         PART - 9, PART - 8, PART - 7,
                                   PART, PART + 1, 2 * PART - 8, 2 * PART, 300001,   5 * PART + 7};
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        const uint8_t *bytes = pattern(p, sizes[i]);
        struct bytes back;
        store(p, bytes, sizes[i], i % 2 ? 7001 : PART);
        assert_int_equal(load(p, i % 3 ? 5003 : 4 * PART, &back), ERR_OK);
        assert_int_equal(back.n, sizes[i]);
        assert_memory_equal(back.p, bytes, sizes[i]);
        assert_int_equal(seal_stream_check(&p->at), ERR_OK);
    }
}

/* Everything below 64 KiB looks alike, and above that sizes fall into few buckets, less than 12 % apart. */
static void test_size_says_little(void **state)
{
    struct place *p = *state;
    assert_int_equal(seal_stream_bytes(0), seal_stream_bytes(PART - 8));
    assert_true(seal_stream_bytes(PART) > seal_stream_bytes(10));
    assert_int_equal(seal_stream_bytes(10000001), seal_stream_bytes(10000300));
    int buckets = 0;
    int64_t last = 0;
    for (uint64_t n = 1000000; n < 2000000; n += 1000) {
        int64_t sealed = seal_stream_bytes(n);
        assert_true(sealed > (int64_t)n && sealed < (int64_t)n + (int64_t)n * 12 / 100);
        buckets += sealed != last;
        last = sealed;
    }
    assert_true(buckets <= 40);
    struct stat st;
    store(p, pattern(p, 123456), 123456, PART);
    assert_int_equal(stat(path_of(p), &st), 0);
    assert_int_equal(st.st_size, seal_stream_bytes(123456));
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void test_no_plain_byte_on_disk(void **state)
{
    struct place *p = *state;
    size_t n = 200000;
    const uint8_t *bytes = pattern(p, n);
    store(p, bytes, n, PART);
    uint8_t *disk = arena_alloc(p->arena, 400000);
    int fd = open(path_of(p), O_RDONLY);
    ssize_t have = read(fd, disk, 400000);
    (void)close(fd);
    assert_true(have > (ssize_t)n);
    for (size_t at = 0; at + 32 < n; at += 997)
        assert_null(memmem(disk, (size_t)have, bytes + at, 32));
}

static void flip(struct place *p, off_t at)
{
    uint8_t byte = 0;
    int fd = open(path_of(p), O_RDWR);
    assert_true(fd >= 0 && pread(fd, &byte, 1, at) == 1);
    byte ^= 1;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    (void)close(fd);
}

static void test_changed(void **state)
{
    struct place *p = *state;
    struct bytes back;
    off_t size = (off_t)seal_stream_bytes(300000);
    static const off_t places[] = {0, 1, 2, HEAD, HEAD + 100, HEAD + 70000, HEAD + 200000};
    for (size_t i = 0; i <= ARRAY_LEN(places); i++) {
        store(p, pattern(p, 300000), 300000, PART);
        flip(p, i < ARRAY_LEN(places) ? places[i] : size - 1);
        assert_int_equal(load(p, PART, &back), ERR_INTERNAL);
    }
}

static void test_cut_and_lengthened(void **state)
{
    struct place *p = *state;
    struct bytes back;
    off_t size = (off_t)seal_stream_bytes(300000);
    const off_t lengths[] = {0,
                             HEAD - 1,
                             HEAD,
                             HEAD + 17,
                             (off_t)(HEAD + PART_SEALED),
                             (off_t)(HEAD + 4 * PART_SEALED),
                             size - 1};
    for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
        store(p, pattern(p, 300000), 300000, PART);
        assert_int_equal(truncate(path_of(p), lengths[i]), 0);
        assert_int_equal(load(p, PART, &back), ERR_INTERNAL);
    }
    store(p, pattern(p, 300000), 300000, PART);
    assert_int_equal(truncate(path_of(p), size + 1), 0);
    assert_int_equal(load(p, PART, &back), ERR_INTERNAL);
}

/* All data parts are there, only the padding's end is missing: the last bytes are not given out. */
static void test_cut_in_the_padding(void **state)
{
    struct place *p = *state;
    struct bytes back;
    size_t n = (10u << 20) + 1; /* its bucket ends four parts later */
    store(p, pattern(p, n), n, PART);
    size_t parts = (n + 8 + PART - 1) / PART;
    assert_true(seal_stream_bytes(n) > (int64_t)(HEAD + parts * PART_SEALED));
    assert_int_equal(truncate(path_of(p), (off_t)(HEAD + parts * PART_SEALED)), 0);
    assert_int_equal(load(p, PART, &back), ERR_INTERNAL);
    assert_true(back.n < n);
}

static void test_reordered(void **state)
{
    struct place *p = *state;
    struct bytes back;
    static uint8_t a[PART_SEALED], b[PART_SEALED];
    store(p, pattern(p, 300000), 300000, PART);
    int fd = open(path_of(p), O_RDWR);
    off_t first = (off_t)(HEAD + PART_SEALED), second = (off_t)(HEAD + 2 * PART_SEALED);
    assert_int_equal(pread(fd, a, sizeof(a), first), sizeof(a));
    assert_int_equal(pread(fd, b, sizeof(b), second), sizeof(b));
    assert_int_equal(pwrite(fd, b, sizeof(b), first), sizeof(b));
    assert_int_equal(pwrite(fd, a, sizeof(a), second), sizeof(a));
    (void)close(fd);
    assert_int_equal(load(p, PART, &back), ERR_INTERNAL);
}

static void test_moved(void **state)
{
    struct place *p = *state;
    struct bytes back;
    store(p, pattern(p, 1000), 1000, PART);
    const char *from = path_of(p);
    p->at.id = OTHER;
    assert_int_equal(load(p, PART, &back), ERR_MISSING);
    assert_int_equal(rename(from, path_of(p)), 0);
    assert_int_equal(load(p, PART, &back), ERR_INTERNAL);
    assert_int_equal(rename(path_of(p), from), 0);
    p->at.id = ID;
    assert_int_equal(load(p, PART, &back), ERR_OK);
    seal_envelope_new(&p->key); /* another key */
    assert_int_equal(load(p, PART, &back), ERR_INTERNAL);
}

static int files_in(struct place *p)
{
    int n = 0;
    DIR *dir = opendir(arena_printf(p->arena, "%s/evidence/e3", p->dir));
    for (const struct dirent *d; dir && (d = readdir(dir));)
        n += strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
    if (dir)
        (void)closedir(dir);
    return n;
}

static void test_given_up(void **state)
{
    struct place *p = *state;
    struct seal_writer *w = NULL;
    const uint8_t *bytes = pattern(p, 200000);
    assert_int_equal(seal_stream_create(&p->key, &p->at, 200000, &w), ERR_OK);
    assert_int_equal(seal_stream_put(w, bytes, 150000), ERR_OK);
    assert_int_equal(files_in(p), 1);
    assert_int_equal(seal_stream_put(w, bytes, 50001), ERR_BAD); /* more than was announced */
    assert_int_equal(seal_stream_commit(w, 0), ERR_BAD);         /* and less */
    assert_int_equal(files_in(p), 0);
    assert_int_equal(seal_stream_create(&p->key, &p->at, 10, &w), ERR_OK);
    seal_stream_abandon(w);
    assert_int_equal(files_in(p), 0);
    seal_stream_abandon(NULL);
    seal_stream_close(NULL);
}

static void test_names(void **state)
{
    struct place *p = *state;
    struct seal_writer *w = NULL;
    static const char *const bad[] = {"", "../../../../etc/passwd",
                                      "5F0C2A66-9f0e-4c7e-9c5a-2f6a1f0b77e3",
                                      "5f0c2a66-9f0e-4c7e-9c5a-2f6a1f0b77e"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        p->at.id = bad[i];
        assert_int_equal(seal_stream_create(&p->key, &p->at, 1, &w), ERR_BAD);
        assert_int_equal(seal_stream_check(&p->at), ERR_BAD);
    }
    p->at = (struct seal_place){p->dir, "../x", ID};
    assert_int_equal(seal_stream_create(&p->key, &p->at, 1, &w), ERR_BAD);
    p->at.kind = "evidence";
    assert_int_equal(seal_stream_check(&p->at), ERR_MISSING);
}

/* The times of a file and its folder are those asked for; the kernel's time of change keeps it from being
 * swept too early. */
static enum err not_named(void *arg, const char *id, bool *ret)
{
    (void)id;
    *ret = false;
    (*(int *)arg)++;
    return ERR_OK;
}

static void test_dated(void **state)
{
    struct place *p = *state;
    struct stat st;
    struct seal_writer *w = NULL;
    int asked = 0;
    int64_t day = INT64_C(1784739600000), removed = 0;
    assert_int_equal(seal_stream_create(&p->key, &p->at, 3, &w), ERR_OK);
    assert_int_equal(seal_stream_put(w, "abc", 3), ERR_OK);
    assert_int_equal(seal_stream_commit(w, day), ERR_OK);
    assert_int_equal(stat(path_of(p), &st), 0);
    assert_int_equal(st.st_mtim.tv_sec, day / 1000);
    assert_int_equal(st.st_atim.tv_sec, day / 1000);
    assert_int_equal(stat(arena_printf(p->arena, "%s/evidence/e3", p->dir), &st), 0);
    assert_int_equal(st.st_mtim.tv_sec, day / 1000);
    assert_int_equal(stat(arena_printf(p->arena, "%s/evidence", p->dir), &st), 0);
    assert_int_equal(st.st_mtim.tv_sec, day / 1000);
    struct seal_sweep sweep = {.before_ms = day + 1000, .is_named = not_named, .arg = &asked};
    sweep.by_change = true;
    assert_int_equal(seal_file_sweep(p->dir, "evidence", &sweep, &removed), ERR_OK);
    assert_int_equal(asked, 0);
    sweep.by_change = false;
    assert_int_equal(seal_file_sweep(p->dir, "evidence", &sweep, &removed), ERR_OK);
    assert_int_equal(asked, 1);
    assert_int_equal(removed, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_back_and_forth, setup, teardown),
        cmocka_unit_test_setup_teardown(test_size_says_little, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_plain_byte_on_disk, setup, teardown),
        cmocka_unit_test_setup_teardown(test_changed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_cut_and_lengthened, setup, teardown),
        cmocka_unit_test_setup_teardown(test_cut_in_the_padding, setup, teardown),
        cmocka_unit_test_setup_teardown(test_reordered, setup, teardown),
        cmocka_unit_test_setup_teardown(test_moved, setup, teardown),
        cmocka_unit_test_setup_teardown(test_given_up, setup, teardown),
        cmocka_unit_test_setup_teardown(test_names, setup, teardown),
        cmocka_unit_test_setup_teardown(test_dated, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

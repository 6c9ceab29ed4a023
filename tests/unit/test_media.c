/* lib/media through the real launcher and the real decoder: good photos come back clean and the right
 * way up, hostile ones are refused. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/str.h"
#include "lib/media/decode_jpeg.h"
#include "lib/media/media.h"
#include "support/jpeg_make.h"
#include "support/media_desk.h"
#include "support/test.h"

#include "lib/base/banned.h"

static bool contains(struct bytes b, const char *text)
{
    return memmem(b.p, b.n, text, strlen(text)) != NULL;
}

static void assert_size(struct bytes jpeg, int width, int height, struct jpeg_seen *ret)
{
    assert_true(jpeg_look(jpeg, ret));
    assert_int_equal(ret->width, width);
    assert_int_equal(ret->height, height);
}

/* --- good photos ----------------------------------------------------------------------------------- */

static void sizes_come_down_to_960(void **state)
{
    struct desk *d = *state;
    static const int sizes[][4] = {
        {1280, 960, 960, 720},  {960, 1280, 720, 960},  {640, 480, 640, 480}, {960, 720, 960, 720},
        {961, 1, 960, 1},       {4000, 3000, 960, 720}, {1, 1, 1, 1},         {16, 4000, 4, 960},
        {1919, 1919, 960, 960}, {9000, 31, 960, 3},
    };
    struct jpeg_seen seen;
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        struct bytes upload = jpeg_make(
            d->request, &(struct jpeg_make){.width = sizes[i][0], .height = sizes[i][1]});
        assert_size(desk_photo(d, upload), sizes[i][2], sizes[i][3], &seen);
        arena_reset(d->request);
    }
}

/* EXIF 2.32, 4.6.4: where row 0 and column 0 of what is stored belong. Quarters of the result: top left,
 * top right, bottom left, bottom right. */
static void orientations_are_applied(void **state)
{
    struct desk *d = *state;
    static const char *const upright[9] = {"",     "RGBW", "GRWB", "WBGR", "BWRG",
                                           "RBGW", "BRWG", "WGBR", "GWRB"};
    static const int sizes[][2] = {{320, 240}, {2000, 1000}};
    struct jpeg_seen seen;
    for (size_t s = 0; s < ARRAY_LEN(sizes); s++) {
        struct bytes plain = jpeg_make(
            d->request, &(struct jpeg_make){.width = sizes[s][0], .height = sizes[s][1]});
        int width = s ? 960 : 320, height = s ? 480 : 240;
        for (int o = 1; o <= 8; o++) {
            struct bytes upload = jpeg_with_exif(d->request, plain, o, "x", o % 2);
            bool swap = o >= 5;
            assert_size(desk_photo(d, upload), swap ? height : width, swap ? width : height, &seen);
            assert_string_equal(seen.quarters, upright[o]);
        }
        /* Not said, or nonsense: as it is. */
        assert_size(desk_photo(d, jpeg_with_exif(d->request, plain, 9, "x", false)), width, height,
                    &seen);
        assert_string_equal(seen.quarters, upright[1]);
        assert_size(desk_photo(d, plain), width, height, &seen);
        assert_string_equal(seen.quarters, upright[1]);
    }
}

static void kinds_of_jpeg_are_read(void **state)
{
    struct desk *d = *state;
    struct jpeg_seen seen;
    struct bytes progressive = jpeg_make(
        d->request, &(struct jpeg_make){.width = 1200, .height = 900, .progressive = true});
    assert_int_equal(jpeg_head_read(progressive.p, progressive.n).frame, 0xC2);
    assert_size(desk_photo(d, progressive), 960, 720, &seen);
    assert_string_equal(seen.quarters, "RGBW");

    struct bytes full = jpeg_make(
        d->request, &(struct jpeg_make){.width = 640, .height = 480, .full_chroma = true});
    assert_size(desk_photo(d, full), 640, 480, &seen);
    assert_string_equal(seen.quarters, "RGBW");

    struct bytes gray = jpeg_make(d->request,
                                  &(struct jpeg_make){.width = 640, .height = 480, .gray = true});
    struct bytes out = desk_photo(d, gray);
    assert_size(out, 640, 480, &seen);
    assert_int_equal(seen.quarters[3], 'W');
}

static void nothing_but_pixels_survives(void **state)
{
    struct desk *d = *state;
    struct bytes plain = jpeg_make(d->request, &(struct jpeg_make){.width = 640, .height = 480});
    struct bytes upload = jpeg_with_exif(d->request, plain, 6, "RAHASIA-GPS-3.0133S", true);
    static const char html[] = "<html><script>alert(document.cookie)</script>PK\x03\x04";
    upload = jpeg_joined(d->request, upload, (struct bytes){(const uint8_t *)html, sizeof(html)});
    assert_true(contains(upload, "Exif"));
    struct bytes out = desk_photo(d, upload);
    static const char *const gone[] = {"Exif", "RAHASIA", "<html", "<script", "PK\x03\x04", "http"};
    for (size_t i = 0; i < ARRAY_LEN(gone); i++)
        assert_false(contains(out, gone[i]));
    struct jpeg_seen seen;
    assert_size(out, 480, 640, &seen);
    for (size_t i = 0; i + 1 < jpeg_scan_start(out); i++)
        if (out.p[i] == 0xFF)
            assert_true(out.p[i + 1] != 0xE1 && out.p[i + 1] != 0xFE && out.p[i + 1] != 0xE2);
}

/* --- bad uploads ------------------------------------------------------------------------------------- */

static void not_a_jpeg(void **state)
{
    struct desk *d = *state;
    static const uint8_t png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\x02\0\0\0";
    static const uint8_t html[] = "<!doctype html><script>alert(1)</script>";
    static const uint8_t nearly[] = {0xFF, 0xD8, 0xFE, 0xE0, 0, 16};
    desk_refuses(d, (struct bytes){NULL, 0}, "not_jpeg");
    desk_refuses(d, (struct bytes){png, 1}, "not_jpeg");
    desk_refuses(d, (struct bytes){png, sizeof(png)}, "not_jpeg");
    desk_refuses(d, (struct bytes){html, sizeof(html)}, "not_jpeg");
    desk_refuses(d, (struct bytes){nearly, sizeof(nearly)}, "not_jpeg");
    struct bytes cmyk = jpeg_make(d->request,
                                  &(struct jpeg_make){.width = 64, .height = 64, .cmyk = true});
    desk_refuses(d, cmyk, "not_jpeg");
    /* Baseline data under the mark of an arithmetic, then of a lossless frame. */
    struct bytes good = jpeg_make(d->request, &(struct jpeg_make){.width = 64, .height = 64});
    static const uint8_t frames[] = {0xC9, 0xCA, 0xC3, 0xC5, 0xCF};
    const uint8_t *frame = memmem(good.p, good.n, "\xFF\xC0", 2);
    assert_non_null(frame);
    for (size_t i = 0; i < ARRAY_LEN(frames); i++) {
        uint8_t *p = arena_memdup(d->request, good.p, good.n);
        p[frame - good.p + 1] = frames[i];
        struct bytes out = {NULL, 0};
        assert_int_equal(media_photo(&d->cx, (struct bytes){p, good.n}, &out), ERR_INVALID);
        assert_null(out.p);
    }
}

static void too_large(void **state)
{
    struct desk *d = *state;
    struct bytes small = jpeg_make(d->request, &(struct jpeg_make){.width = 64, .height = 64});
    desk_refuses(d, jpeg_claiming(d->request, small, 65500, 65500), "too_large_px");
    desk_refuses(d, jpeg_claiming(d->request, small, 10001, 1), "too_large_px");
    desk_refuses(d, jpeg_claiming(d->request, small, 1, 10001), "too_large_px");
    desk_refuses(d, jpeg_claiming(d->request, small, 4001, 3000), "too_large_px");
    struct bytes mpx = jpeg_make(d->request, &(struct jpeg_make){.width = 4033, .height = 3000});
    desk_refuses(d, mpx, "too_large_px");
    arena_reset(d->request);

    /* One byte too many of a good picture, and exactly the most. */
    small = jpeg_make(d->request, &(struct jpeg_make){.width = 64, .height = 64});
    size_t most = DECODE_UPLOAD_MAX_BYTES;
    struct bytes tail = {arena_alloc(d->request, most), most + 1 - small.n};
    struct bytes upload = jpeg_joined(d->request, small, tail);
    assert_int_equal(upload.n, most + 1);
    desk_refuses(d, upload, "too_large_bytes");
    struct jpeg_seen seen;
    assert_size(desk_photo(d, (struct bytes){upload.p, most}), 64, 64, &seen);
}

static void damaged(void **state)
{
    struct desk *d = *state;
    struct bytes good = jpeg_make(d->request,
                                  &(struct jpeg_make){.width = 800, .height = 600, .noise = 40});
    size_t scan = jpeg_scan_start(good);
    assert_true(scan > 100);
    static const size_t percents[] = {0, 10, 50, 90, 99};
    for (size_t i = 0; i < ARRAY_LEN(percents); i++) {
        size_t n = scan + (good.n - scan) * percents[i] / 100;
        desk_refuses(d, (struct bytes){good.p, n}, "broken");
    }
    desk_refuses(d, (struct bytes){good.p, 4}, "broken");
    desk_refuses(d, (struct bytes){good.p, scan / 2}, "broken");
    desk_refuses(d, jpeg_claiming(d->request, good, 0, 600), "broken");
    desk_refuses(d, jpeg_claiming(d->request, good, 4000, 3000), "broken");

    /* Garbage where the coded picture should be. */
    uint8_t *p = arena_memdup(d->request, good.p, good.n);
    uint32_t x = 12345;
    for (size_t i = scan; i < good.n; i++) {
        x = x * 1664525 + 1013904223;
        p[i] = (uint8_t)(x >> 24);
    }
    desk_refuses(d, (struct bytes){p, good.n}, "broken");
    struct jpeg_seen seen;
    assert_size(desk_photo(d, good), 800, 600, &seen);
}

/* 300 files with a few changed bytes each: answered, and the launcher lives. */
static void mutations_are_survived(void **state)
{
    struct desk *d = *state;
    struct bytes good = jpeg_with_exif(
        d->request,
        jpeg_make(d->request, &(struct jpeg_make){.width = 200, .height = 150, .progressive = true}),
        5, "catatan", false);
    uint32_t x = 99;
    int clean = 0, refused = 0;
    for (int round = 0; round < 300; round++) {
        struct arena *a = arena_new(1 << 16);
        d->cx.arena = a;
        uint8_t *p = arena_memdup(a, good.p, good.n);
        for (int i = 0; i < 3; i++) {
            x = x * 1664525 + 1013904223;
            p[2 + (x >> 8) % (good.n - 2)] = (uint8_t)(x >> 3);
        }
        struct bytes out = {NULL, 0};
        enum err e = media_photo(&d->cx, (struct bytes){p, good.n}, &out);
        assert_true(e == ERR_OK || e == ERR_INVALID);
        struct jpeg_seen seen;
        if (e == ERR_OK)
            assert_true(jpeg_look(out, &seen));
        clean += e == ERR_OK;
        refused += e == ERR_INVALID;
        arena_free(a);
    }
    d->cx.arena = d->request;
    assert_int_equal(clean + refused, 300);
    assert_true(refused > 0);
    struct jpeg_seen seen;
    assert_size(desk_photo(d, good), 150, 200, &seen);
}

/* --- many at once ------------------------------------------------------------------------------------ */

struct guest {
    pthread_t thread;
    struct cx cx;
    struct bytes upload;
    enum err result;
    struct bytes photo;
};

static void *guest_run(void *arg)
{
    struct guest *g = arg;
    g->result = media_photo(&g->cx, g->upload, &g->photo);
    return NULL;
}

/* Two places, eight people: everybody gets their own photo, the others wait for a moment. */
static void photos_are_not_mixed_up(void **state)
{
    struct desk *d = *state;
    enum { GUESTS = 8 };
    struct guest guests[GUESTS];
    memset(guests, 0, sizeof(guests));
    for (int i = 0; i < GUESTS; i++) {
        guests[i].cx = (struct cx){.arena = arena_new(1 << 16), .media = d->cx.media};
        guests[i].upload = jpeg_make(guests[i].cx.arena,
                                     &(struct jpeg_make){.width = 300 + i, .height = 200});
        assert_int_equal(pthread_create(&guests[i].thread, NULL, guest_run, &guests[i]), 0);
    }
    for (int i = 0; i < GUESTS; i++) {
        struct jpeg_seen seen;
        assert_int_equal(pthread_join(guests[i].thread, NULL), 0);
        assert_int_equal(guests[i].result, ERR_OK);
        assert_size(guests[i].photo, 300 + i, 200, &seen);
        arena_free(guests[i].cx.arena);
    }
}

/* --- figures ------------------------------------------------------------------------------------------------- */

struct figure {
    const char *name;
    struct jpeg_make how;
    int rounds;
};

/* In a process of its own, so that the memory is this photo's alone. 0: good. */
static int figure_take(const struct figure *figure)
{
    struct arena *a = arena_new(1 << 16);
    struct cx cx = {.arena = a};
    struct bytes out = {NULL, 0};
    const char *message = NULL;
    if (media_start(a, desk_decoder(a), &cx.media, &message) != ERR_OK)
        return 1;
    struct bytes upload = jpeg_make(a, &figure->how);
    double from = desk_now_ms();
    for (int r = 0; r < figure->rounds; r++)
        if (media_photo(&cx, upload, &out) != ERR_OK)
            return 2;
    double ms = (desk_now_ms() - from) / figure->rounds;
    media_stop(cx.media);
    struct rusage usage;
    struct jpeg_seen seen;
    if (getrusage(RUSAGE_CHILDREN, &usage) != 0 || !jpeg_look(out, &seen))
        return 3;
    print_message("[          ] %s, %zu KB: %.1f ms through the launcher, at most %ld MB, %zu KB\n",
                  figure->name, upload.n / 1024, ms, usage.ru_maxrss / 1024, out.n / 1024);
    arena_free(a);
    return seen.width == 960 && seen.height == 720 && ms < 7000 && usage.ru_maxrss < 600 * 1024 ? 0
                                                                                                : 4;
}

static void figures(void **state)
{
    (void)state;
    static const struct figure photos[] = {
        {"1280x960", {.width = 1280, .height = 960, .noise = 12}, 20},
        {"12 Mpx", {.width = 4000, .height = 3000, .quality = 85, .noise = 20}, 5},
        {"12 Mpx progressive 4:4:4",
         {.width = 4000,
          .height = 3000,
          .quality = 75,
          .noise = 20,
          .progressive = true,
          .full_chroma = true},
         3},
    };
    for (size_t i = 0; i < ARRAY_LEN(photos); i++) {
        pid_t pid = fork();
        if (pid == 0)
            _exit(figure_take(&photos[i]));
        int status = -1;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
    }
}

int main(void)
{
#define DESK(fn) cmocka_unit_test_setup_teardown(fn, desk_open, desk_close)
    const struct CMUnitTest tests[] = {
        DESK(sizes_come_down_to_960),
        DESK(orientations_are_applied),
        DESK(kinds_of_jpeg_are_read),
        DESK(nothing_but_pixels_survives),
        DESK(not_a_jpeg),
        DESK(too_large),
        DESK(damaged),
        DESK(mutations_are_survived),
        DESK(photos_are_not_mixed_up),
        cmocka_unit_test(figures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* See media_desk.h. */
#include "support/media_desk.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/str.h"
#include "lib/media/media.h"
#include "support/test.h"

#include "lib/base/banned.h"

double desk_now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static const char *program(struct arena *a, const char *variable, const char *relative)
{
    char self[PATH_MAX];
    const char *given = getenv(variable);
    if (given)
        return given;
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    assert_true(n > 0);
    self[n] = '\0';
    *strrchr(self, '/') = '\0';
    return arena_printf(a, "%s/%s", self, relative);
}

const char *desk_decoder(struct arena *a)
{
    return program(a, "BUKUTAMU_DECODER", "../bukutamu-decoder");
}

const char *desk_probe(struct arena *a)
{
    return program(a, "BUKUTAMU_PROBE", "support/sandbox_probe");
}

static int start(void **state, const char *(*path_of)(struct arena *a))
{
    struct desk *d = calloc(1, sizeof(*d));
    assert_non_null(d);
    d->process = arena_new(4096);
    d->request = arena_new(1 << 16);
    d->cx.arena = d->request;
    const char *message = NULL;
    const char *path = path_of(d->process);
    if (media_start(d->process, path, &d->cx.media, &message) != ERR_OK)
        fail_msg("%s", message);
    *state = d;
    return 0;
}

int desk_open(void **state)
{
    return start(state, desk_decoder);
}

int desk_open_probe(void **state)
{
    return start(state, desk_probe);
}

int desk_close(void **state)
{
    struct desk *d = *state;
    media_stop(d->cx.media);
    arena_free(d->request);
    arena_free(d->process);
    free(d);
    return 0;
}

void desk_refuses(struct desk *d, struct bytes upload, const char *code)
{
    struct bytes out = {NULL, 0};
    memset(&d->cx.diag, 0, sizeof(d->cx.diag));
    double from = desk_now_ms();
    enum err e = media_photo(&d->cx, upload, &out);
    double took = desk_now_ms() - from;
    assert_string_equal(str_or(d->cx.diag.code, err_name(e)), code);
    assert_int_equal(e, ERR_INVALID);
    assert_non_null(d->cx.diag.message);
    assert_null(out.p);
    assert_true(took <= 7000);
}

struct bytes desk_photo(struct desk *d, struct bytes upload)
{
    struct bytes out = {NULL, 0};
    memset(&d->cx.diag, 0, sizeof(d->cx.diag));
    enum err e = media_photo(&d->cx, upload, &out);
    assert_string_equal(str_or(d->cx.diag.code, "ok"), "ok");
    assert_int_equal(e, ERR_OK);
    return out;
}

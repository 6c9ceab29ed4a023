/* The route table: the closest row wins, parameters, the Allow header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "lib/http/internal.h"
#include "lib/base/banned.h"

static enum err nothing(struct cx *cx, struct http_req *req, struct http_res *res)
{
    (void)cx;
    (void)req;
    (void)res;
    return ERR_OK;
}

#define ROW(method_, path_)                                                                        \
    {                                                                                              \
        .method = (method_), .path = (path_), .flags = ROUTE_PUBLIC, .fn = nothing                 \
    }

/* On purpose not in order. */
/* clang-format off */
static const struct route rows[] = {
    ROW(HTTP_GET, "/{any}"),
    ROW(HTTP_GET, "/tamu/{id}"),
    ROW(HTTP_POST, "/tamu/{id}"),
    ROW(HTTP_GET, "/tamu/baru"),
    ROW(HTTP_GET, "/tamu"),
    ROW(HTTP_GET, "/tamu/{id}/{what}/sisa"),
    ROW(HTTP_GET, "/tamu/{id}/foto/{n}"),
    ROW(HTTP_GET, "/aset/{name...}"),
    ROW(HTTP_GET, "/aset/satu"),
    ROW(HTTP_GET, "/"),
    {.path = NULL},
};
/* clang-format on */
static const struct route *const tables[] = {rows, NULL};

struct trial {
    struct arena *arena;
    struct server *server;
    struct http_req req;
    const char *allow;
};

static int setup(void **state)
{
    static struct trial t;
    const struct server_options options = {.routes = tables};
    const char *message = NULL;
    assert_true(sodium_init() >= 0);
    t.arena = arena_new(4096);
    assert_int_equal(server_new(t.arena, &options, &t.server, &message), ERR_OK);
    *state = &t;
    return 0;
}

static int teardown(void **state)
{
    struct trial *t = *state;
    server_free(t->server);
    arena_free(t->arena);
    return 0;
}

static enum route_found find(struct trial *t, enum http_method method, const char *path)
{
    t->req = (struct http_req){.method = method, .path = path};
    t->allow = "";
    return route_find(t->server, t->arena, &t->req, &t->allow);
}

static void goes_to(struct trial *t, const char *path, const char *pattern)
{
    assert_int_equal(find(t, HTTP_GET, path), ROUTE_FOUND);
    assert_string_equal(t->req.route->path, pattern);
}

static void test_closest(void **state)
{
    struct trial *t = *state;
    goes_to(t, "/", "/");
    goes_to(t, "/tamu", "/tamu");
    goes_to(t, "/tamu/baru", "/tamu/baru");
    goes_to(t, "/tamu/barua", "/tamu/{id}");
    assert_string_equal(http_param(&t->req, "id"), "barua");
    goes_to(t, "/lain", "/{any}");
    goes_to(t, "/tamu/1/x/sisa", "/tamu/{id}/{what}/sisa");
    assert_string_equal(http_param(&t->req, "what"), "x");
    goes_to(t, "/tamu/1/foto/2", "/tamu/{id}/foto/{n}");
    goes_to(t, "/aset/satu", "/aset/satu");
    goes_to(t, "/aset/a/b.css", "/aset/{name...}");
    assert_string_equal(http_param(&t->req, "name"), "a/b.css");
    assert_null(http_param(&t->req, "none"));
}

static void test_nothing(void **state)
{
    struct trial *t = *state;
    static const char *const paths[] = {"/tamu/", "/tamu//foto/2", "/tamu/1/foto",
                                        "/aset/", "/a/b",          "//"};
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        assert_int_equal(find(t, HTTP_GET, paths[i]), ROUTE_NO_PATH);
}

static void test_methods(void **state)
{
    struct trial *t = *state;
    assert_int_equal(find(t, HTTP_HEAD, "/tamu"), ROUTE_FOUND);
    assert_int_equal(find(t, HTTP_POST, "/tamu"), ROUTE_NO_METHOD);
    assert_string_equal(t->allow, "GET, HEAD");
    assert_int_equal(find(t, HTTP_DELETE, "/tamu/7"), ROUTE_NO_METHOD);
    assert_string_equal(t->allow, "GET, HEAD, POST");
    assert_int_equal(find(t, HTTP_OTHER, "/tamu/7"), ROUTE_NO_METHOD);
    assert_int_equal(method_of("get"), HTTP_OTHER);
    assert_int_equal(method_of("DELETE"), HTTP_DELETE);
}

static void test_rate(void **state)
{
    (void)state;
    struct ratelimit *r = ratelimit_new();
    for (int i = 0; i < 3; i++)
        assert_true(ratelimit_take(r, "a", 1000, 3600, 3));
    assert_false(ratelimit_take(r, "a", 1000, 3600, 3));
    assert_true(ratelimit_take(r, "b", 1000, 3600, 3));
    assert_false(ratelimit_take(r, "a", 1900, 3600, 3));
    assert_true(ratelimit_take(r, "a", 2000, 3600, 3)); /* one a second comes back */
    assert_false(ratelimit_take(r, "a", 2000, 3600, 3));
    ratelimit_refund(r, "a", 3);
    assert_true(ratelimit_take(r, "a", 2000, 3600, 3));
    for (int i = 0; i < 100000; i++) { /* bounded memory: strangers do not grow it */
        char key[16];
        (void)snprintf(key, sizeof(key), "k%d", i);
        assert_true(ratelimit_take(r, key, 3000, 3600, 3));
    }
    ratelimit_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_closest),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_methods),
        cmocka_unit_test(test_rate),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

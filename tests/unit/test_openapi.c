/* The interface as data: every route is in it once, every reference leads somewhere, and what a form
 * demands is what the document says. */
#include "support/test.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/features.h"
#include "app/openapi.h"
#include "lib/base/str.h"
#include "lib/html/html.h"
#include "lib/json/json.h"

struct document {
    struct arena *arena;
    struct cx cx;
    json_t *root;
};

static int begin(void **state)
{
    json_init();
    struct document *d = calloc(1, sizeof(*d));
    assert_non_null(d);
    d->arena = arena_new(64 * 1024);
    d->cx = (struct cx){.arena = d->arena, .translate = i18n_translate, .lang = LANG_EN};
    struct buf out = buf_new(d->arena, 64 * 1024, 4u << 20);
    openapi_write(&d->cx, &out);
    assert_false(out.full);
    d->root = json_keep(d->arena, json_loadb(out.p, out.n, JSON_REJECT_DUPLICATES, NULL));
    assert_non_null(d->root);
    *state = d;
    return 0;
}

static int end(void **state)
{
    struct document *d = *state;
    arena_free(d->arena);
    free(d);
    return 0;
}

static const json_t *at(const json_t *o, const char *a, const char *b, const char *c)
{
    const json_t *value = json_object_get(o, a);
    if (b)
        value = json_object_get(value, b);
    return c ? json_object_get(value, c) : value;
}

static void test_every_route_is_there(void **state)
{
    struct document *d = *state;
    size_t count = 0, operations = 0;
    const struct route **routes = openapi_routes(d->arena, &count);
    assert_true(count > 40);
    const char *path;
    json_t *item;
    json_object_foreach(json_object_get(d->root, "paths"), path, item)
        operations += json_object_size(item);
    assert_int_equal(operations, count);
    for (size_t i = 1; i < count; i++)
        assert_true(strcmp(routes[i - 1]->path, routes[i]->path) <= 0);
}

/* Follows every "$ref" below `value`. */
static size_t follow(const json_t *root, json_t *value)
{
    size_t followed = 0, i;
    const char *key;
    json_t *inner;
    json_array_foreach(value, i, inner) followed += follow(root, inner);
    json_object_foreach(value, key, inner)
    {
        if (strcmp(key, "$ref") != 0) {
            followed += follow(root, inner);
            continue;
        }
        const char *path = json_string_value(inner);
        const json_t *target = root;
        assert_true(str_starts(path, "#/"));
        for (const char *p = path + 2; *p;) {
            char name[128];
            size_t n = strcspn(p, "/");
            (void)snprintf(name, sizeof(name), "%.*s", (int)n, p);
            target = json_object_get(target, name);
            p += n + (p[n] == '/');
        }
        if (!target)
            print_error("%s leads nowhere\n", path);
        assert_non_null(target);
        followed++;
    }
    return followed;
}

static void test_references_resolve(void **state)
{
    struct document *d = *state;
    assert_true(follow(d->root, d->root) > 100);
}

static void test_operation_ids_differ(void **state)
{
    struct document *d = *state;
    json_t *seen = json_keep(d->arena, json_object());
    const char *path, *method;
    json_t *item, *operation;
    json_object_foreach(json_object_get(d->root, "paths"), path, item)
    {
        json_object_foreach(item, method, operation)
        {
            const char *id = json_string_value(json_object_get(operation, "operationId"));
            assert_non_null(id);
            assert_null(json_object_get(seen, id));
            assert_int_equal(json_object_set_new(seen, id, json_true()), 0);
        }
    }
}

static void test_form_becomes_schema(void **state)
{
    struct document *d = *state;
    const json_t *schema = at(d->root, "components", "schemas", "Complaint");
    const json_t *text = at(schema, "properties", "text", NULL);
    assert_int_equal(json_integer_value(json_object_get(text, "maxLength")), 20000);
    assert_int_equal(json_integer_value(json_object_get(text, "minLength")), 1);
    assert_string_equal(json_string_value(json_array_get(json_object_get(schema, "required"), 0)),
                        "text");
    assert_true(json_is_false(json_object_get(schema, "additionalProperties")));
    const json_t *documents = at(schema, "properties", "documents", NULL);
    assert_string_equal(json_string_value(json_object_get(documents, "type")), "array");
    assert_non_null(at(json_object_get(documents, "items"), "properties", "kind", NULL));
    /* A photo comes by multipart only. */
    assert_null(at(at(d->root, "components", "schemas", "VisitNew"), "properties", "photo", NULL));
    assert_non_null(
        at(at(d->root, "components", "schemas", "VisitNewUpload"), "properties", "photo", NULL));
}

static void test_rights_are_told(void **state)
{
    struct document *d = *state;
    const json_t *paths = json_object_get(d->root, "paths");
    const json_t *read = at(paths, "/tamu/{id}/pengaduan/isi", "get", NULL);
    assert_int_equal(json_array_size(json_object_get(read, "x-roles")), 2);
    assert_int_equal(json_array_size(json_object_get(read, "security")), 1); /* no token */
    const json_t *visit = at(paths, "/tamu", "post", NULL);
    assert_int_equal(json_array_size(json_object_get(visit, "security")), 2);
    const json_t *content = at(visit, "requestBody", "content", NULL);
    assert_non_null(json_object_get(content, "application/json"));
    assert_non_null(json_object_get(content, "multipart/form-data"));
    const json_t *health = at(paths, "/healthz", "get", NULL);
    assert_int_equal(json_array_size(json_object_get(health, "security")), 0);
    assert_non_null(json_object_get(paths, "/aset/{name}"));
}

static void test_same_bytes_twice(void **state)
{
    struct document *d = *state;
    struct buf one = buf_new(d->arena, 64 * 1024, 4u << 20);
    struct buf two = buf_new(d->arena, 64 * 1024, 4u << 20);
    openapi_write(&d->cx, &one);
    openapi_write(&d->cx, &two);
    assert_int_equal(one.n, two.n);
    assert_memory_equal(one.p, two.p, one.n);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_route_is_there, begin, end),
        cmocka_unit_test_setup_teardown(test_references_resolve, begin, end),
        cmocka_unit_test_setup_teardown(test_operation_ids_differ, begin, end),
        cmocka_unit_test_setup_teardown(test_form_becomes_schema, begin, end),
        cmocka_unit_test_setup_teardown(test_rights_are_told, begin, end),
        cmocka_unit_test_setup_teardown(test_same_bytes_twice, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

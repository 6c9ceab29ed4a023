/* Multipart bodies: files lie inside the body, texts are valid UTF-8; and a body that is read through a small
 * window gives the same parts as one in memory. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/utf8.h"
#include "lib/http/form.h"
#include "lib/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct http_req *req, const uint8_t *exact, size_t size)
{
    for (size_t i = 0; i < req->field_count; i++) {
        if (!utf8_valid(req->fields[i].value, strlen(req->fields[i].value)))
            abort();
    }
    for (size_t i = 0; i < req->file_count; i++) {
        const struct http_file *file = &req->files[i];
        if (file->at > size || file->bytes > size - file->at)
            abort();
        if (file->data.n && (file->data.p < exact || file->data.p + file->data.n > exact + size))
            abort();
    }
}

static bool look(void *arg, uint64_t at, uint8_t *to, size_t n)
{
    const struct bytes *body = arg;
    if (at > body->n || n > body->n - at)
        abort();
    memcpy(to, body->p + at, n);
    return true;
}

static void same(const struct http_req *a, const struct http_req *b)
{
    if (a->field_count != b->field_count || a->file_count != b->file_count)
        abort();
    for (size_t i = 0; i < a->field_count; i++) {
        if (strcmp(a->fields[i].name, b->fields[i].name) != 0 ||
            strcmp(a->fields[i].value, b->fields[i].value) != 0)
            abort();
    }
    for (size_t i = 0; i < a->file_count; i++) {
        if (a->files[i].at != b->files[i].at || a->files[i].bytes != b->files[i].bytes)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cx cx = {.arena = arena_new(4096)};
    struct http_req req = {.method = HTTP_POST, .body_kind = BODY_MULTIPART}, again = req;
    uint8_t *exact = arena_memdup(cx.arena, data, size);
    struct bytes body = {.p = exact, .n = size};
    const struct body_source window = {.bytes = size, .read = look, .arg = &body, .window_bytes = 1};
    enum err e = form_decode_multipart(&cx, body, "B", &req);
    if (e != form_decode_source(&cx, &window, "B", &again))
        abort();
    if (e == ERR_OK) {
        check(&req, exact, size);
        check(&again, exact, size);
        same(&req, &again);
    }
    arena_free(cx.arena);
    return 0;
}

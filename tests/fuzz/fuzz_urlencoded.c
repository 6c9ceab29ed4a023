/* Form bodies and queries: whatever comes, decoded text is valid UTF-8 and form_parse() ends. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/utf8.h"
#include "lib/http/form.h"
#include "lib/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct part {
    const char *name;
};

struct all {
    const char *a;
    struct text_list b;
    int64_t c;
    struct object_list d;
};

/* clang-format off */
static const struct field parts[] = {
    {.name = "n", .type = FIELD_TEXT, .offset = offsetof(struct part, name)},
};
/* clang-format on */
/* clang-format off */
static const struct field fields[] = {
    {.name = "a", .type = FIELD_LINES, .flags = FIELD_REQUIRED, .offset = offsetof(struct all, a)},
    {.name = "b", .type = FIELD_CODES, .offset = offsetof(struct all, b), .max = 3},
    {.name = "c", .type = FIELD_INT, .offset = offsetof(struct all, c)},
    {.name = "d",
     .type = FIELD_OBJECTS,
     .offset = offsetof(struct all, d),
     .max = 4,
     .members = parts,
     .member_count = 1,
     .member_bytes = sizeof(struct part)},
};
/* clang-format on */
static const struct form form = FORM("All", struct all, fields);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cx cx = {.arena = arena_new(4096), .offset_min = 420};
    struct http_req req = {.method = HTTP_POST, .body_kind = BODY_FORM};
    struct all all;
    uint8_t *exact = arena_memdup(cx.arena, data, size);
    if (form_decode_urlencoded(&cx, (struct bytes){.p = exact, .n = size}, &req.fields,
                               &req.field_count) == ERR_OK) {
        for (size_t i = 0; i < req.field_count; i++) {
            if (!utf8_valid(req.fields[i].value, strlen(req.fields[i].value)))
                abort();
        }
        enum err e = form_parse(&cx, &req, &form, &all);
        if ((e == ERR_OK) != (cx.diag.field_count == 0))
            abort();
        if (e == ERR_OK && (!all.a || all.b.count > 3 || all.d.count > 4))
            abort();
        (void)form_typed(&cx, &req, "d.0.n");
    }
    arena_free(cx.arena);
    return 0;
}

/* Multipart bodies: files lie inside the body, texts are valid UTF-8. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/utf8.h"
#include "lib/http/form.h"
#include "lib/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cx cx = {.arena = arena_new(4096)};
    struct http_req req = {.method = HTTP_POST, .body_kind = BODY_MULTIPART};
    uint8_t *exact = arena_memdup(cx.arena, data, size);
    if (form_decode_multipart(&cx, (struct bytes){.p = exact, .n = size}, "B", &req) == ERR_OK) {
        for (size_t i = 0; i < req.field_count; i++) {
            if (!utf8_valid(req.fields[i].value, strlen(req.fields[i].value)))
                abort();
        }
        for (size_t i = 0; i < req.file_count; i++) {
            const struct bytes *file = &req.files[i].data;
            if (file->n && (file->p < exact || file->p + file->n > exact + size))
                abort();
        }
    }
    arena_free(cx.arena);
    return 0;
}

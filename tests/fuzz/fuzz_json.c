/* JSON bodies: what is read can be written and read again to the same. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json/json.h"
#include "lib/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_init();
    struct cx cx = {.arena = arena_new(4096)};
    json_t *value = NULL;
    json_t *again = NULL;
    if (json_parse(&cx, (struct bytes){.p = data, .n = size}, &value) == ERR_OK) {
        struct buf out = buf_new(cx.arena, 256, 1u << 22);
        json_write(&out, value);
        struct bytes text = {.p = (const uint8_t *)out.p, .n = out.n};
        if (json_parse(&cx, text, &again) != ERR_OK || !json_equal(value, again))
            abort();
    }
    arena_free(cx.arena);
    return 0;
}

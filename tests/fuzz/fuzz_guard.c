/* Request heads: a head that passes has one Host at most, one length at most, never both framings; and
 * no beginning of it is refused. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/http/guard.h"
#include "lib/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_whole(const struct guard *g)
{
    bool framed_twice = g->length_count + g->encoding_count > 1;
    if (g->status || g->host_count > 1 || framed_twice || (!g->host_count && !g->http10))
        abort();
    if (g->chunked && g->length >= 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct guard_limits limits = {.head_bytes = 4096, .headers = 20};
    struct guard g;
    char *exact = malloc(size ? size : 1);
    if (!exact)
        return 0;
    if (size)
        memcpy(exact, data, size);
    switch (guard_head(&g, exact, size, &limits)) {
    case GUARD_WHOLE:
        check_whole(&g);
        const char *end = memmem(exact, size, "\r\n\r\n", 4);
        size_t head = end ? (size_t)(end - exact) + 4 : 0;
        for (size_t n = 0; n < head; n += 1 + head / 16) {
            if (guard_head(&g, exact, n, &limits) != GUARD_MORE)
                abort();
        }
        break;
    case GUARD_BAD:
        if (g.status < 400 || !g.code)
            abort();
        break;
    case GUARD_MORE:
        if (g.status)
            abort();
        break;
    }
    free(exact);
    return 0;
}

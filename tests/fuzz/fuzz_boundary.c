/* The Content-Type of a form: its boundary is of the permitted characters and stands in the header, or there is none. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/http/form.h"
#include "lib/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *type, const char *boundary)
{
    static const char allowed[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "'()+_,-./:=? ";
    size_t n = strlen(boundary);
    if (n == 0 || n > 70 || strspn(boundary, allowed) != n || boundary[n - 1] == ' ')
        abort();
    if (!strcasestr(type, "boundary="))
        abort();
    /* No backslash: what was read is what was written, and quotes come in pairs. */
    if (strchr(type, '\\'))
        return;
    size_t quotes = 0;
    for (const char *c = type; *c; c++)
        quotes += *c == '"';
    if (!strstr(type, boundary) || quotes % 2)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(4096);
    const char *type = arena_strndup(a, (const char *)data, size);
    char *boundary = NULL;
    if (form_boundary(a, type, &boundary))
        check(type, boundary);
    else if (boundary)
        abort();
    arena_free(a);
    return 0;
}

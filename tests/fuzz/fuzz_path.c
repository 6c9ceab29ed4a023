/* Targets: a decoded path is valid UTF-8, begins with a slash and has no way up. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/utf8.h"
#include "lib/http/guard.h"
#include "lib/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(1024);
    const char *target = arena_strndup(a, (const char *)data, size);
    char *path = NULL;
    if (guard_path(a, target, &path)) {
        size_t n = strlen(path);
        bool up = strstr(path, "/../") || strstr(path, "/./") ||
                  (n >= 3 && strcmp(path + n - 3, "/..") == 0) ||
                  (n >= 2 && strcmp(path + n - 2, "/.") == 0);
        if (path[0] != '/' || up || strpbrk(path, "\\\r\n") || !utf8_valid(path, n))
            abort();
    }
    arena_free(a);
    return 0;
}

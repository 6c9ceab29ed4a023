/* A receipt as typed by anybody: refused, or brought to one form that stays what it is. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/seal/seal.h"

#include "lib/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *a = arena_new(4096);
    const char *typed = arena_strndup(a, (const char *)data, n);
    char *receipt = NULL, *again = NULL;
    if (seal_receipt_normalise(a, typed, &receipt)) {
        if (strlen(receipt) != 31 || !seal_receipt_normalise(a, receipt, &again) ||
            strcmp(receipt, again) != 0)
            abort();
    } else if (receipt) {
        abort();
    }
    arena_free(a);
    return 0;
}

/* A recovery sheet as typed by anybody. The input is read as it is, and as changes to a good sheet: the
 * result is a pair of keys (the good sheet's, if it was one) or a refusal that leaves the keys alone. */
#include <sodium.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/seal/seal.h"

#include "lib/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void sheet_read(const char *sheet, const uint8_t expected[32])
{
    static const uint8_t untouched[32];
    uint8_t public_key[32] = {0}, secret_key[32] = {0}, derived[32];
    enum err e = seal_recovery_read(sheet, public_key, secret_key);
    if (e == ERR_OK &&
        (crypto_scalarmult_base(derived, secret_key) != 0 || memcmp(public_key, derived, 32) != 0))
        abort();
    if (e == ERR_OK && expected && memcmp(public_key, expected, 32) != 0)
        abort();
    if (e != ERR_OK && (e != ERR_INVALID || memcmp(public_key, untouched, 32) != 0 ||
                        memcmp(secret_key, untouched, 32) != 0))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *a = arena_new(4096);
    uint8_t public_key[32];
    char *sheet = NULL;
    if (seal_recovery_create(a, public_key, &sheet) != ERR_OK)
        abort();
    sheet_read(sheet, public_key);
    sheet_read(arena_strndup(a, (const char *)data, n), NULL);
    size_t length = strlen(sheet);
    for (size_t i = 0; i + 1 < n && i < 8; i += 2)
        sheet[data[i] % length] = (char)data[i + 1];
    sheet_read(sheet, public_key);
    arena_free(a);
    return 0;
}

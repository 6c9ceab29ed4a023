/* Codes that people copy by hand: the office's recovery sheet and the complainant's receipt. Both in
 * Crockford's base32, which has no letter that looks like a digit. */
#include <sodium.h>
#include <string.h>

#include "lib/base/str.h"
#include "lib/seal/seal_keys.h"

#include "lib/base/banned.h"

static const char ALPHABET[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

enum {
    GROUP = 4,
    SEED_BYTES = 32,
    SHEET_CHECK_BYTES = 3,
    SHEET_BYTES = SEED_BYTES + SHEET_CHECK_BYTES,
    SHEET_CHARS = SHEET_BYTES * 8 / 5, /* 56, no bits left over */
    RECEIPT_CHARS = 24,
    RECEIPT_BYTES = RECEIPT_CHARS * 5 / 8,
};

static int digit_value(char c)
{
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    if (c == 'O')
        c = '0';
    if (c == 'I' || c == 'L')
        c = '1';
    const char *at = c ? strchr(ALPHABET, c) : NULL;
    return at ? (int)(at - ALPHABET) : -1;
}

char *seal_key_fingerprint(struct arena *a, struct bytes public_key)
{
    enum { BYTES = 16 };
    uint8_t hash[BYTES];
    if (!public_key.p)
        return arena_strdup(a, "");
    (void)crypto_generichash(hash, sizeof(hash), public_key.p, public_key.n, NULL, 0);
    struct buf b = buf_new(a, 48, 64);
    for (size_t i = 0; i < BYTES; i++)
        buf_printf(&b, "%s%02X", i && i % 2 == 0 ? " " : "", (unsigned)hash[i]);
    return b.p;
}

/* The digits of what was typed; false unless there are exactly `count` and nothing strange between. */
static bool digits_read(const char *typed, uint8_t *ret, size_t count)
{
    size_t n = 0;
    for (const char *p = typed; *p; p++) {
        if (strchr(" -\t\r\n", *p))
            continue;
        int value = digit_value(*p);
        if (value < 0 || n == count)
            return false;
        ret[n++] = (uint8_t)value;
    }
    return n == count;
}

/* `bytes` is a multiple of 5. */
static void digits_from_bytes(const uint8_t *p, size_t bytes, uint8_t *ret)
{
    uint32_t bits = 0;
    unsigned have = 0;
    for (size_t i = 0; i < bytes; i++) {
        bits = (bits << 8 | p[i]) & 0xFFFF;
        for (have += 8; have >= 5; have -= 5)
            *ret++ = (uint8_t)(bits >> (have - 5) & 31);
    }
}

static void digits_to_bytes(const uint8_t *digits, size_t count, uint8_t *ret)
{
    uint32_t bits = 0;
    unsigned have = 0;
    for (size_t i = 0; i < count; i++) {
        bits = (bits << 5 | digits[i]) & 0xFFFF;
        have += 5;
        if (have >= 8) {
            have -= 8;
            *ret++ = (uint8_t)(bits >> have);
        }
    }
}

static char *digits_print(struct arena *a, const uint8_t *digits, size_t count)
{
    char *text = arena_alloc(a, count + count / GROUP + 1);
    char *to = text;
    for (size_t i = 0; i < count; i++) {
        if (i && i % GROUP == 0)
            *to++ = '-';
        *to++ = ALPHABET[digits[i]];
    }
    return text;
}

/* --- recovery sheet ------------------------------------------------------------------------------ */

static void sheet_check(const uint8_t seed[SEED_BYTES], uint8_t ret[SHEET_CHECK_BYTES])
{
    uint8_t hash[32];
    seal_hash("bt-recovery-1", seed, SEED_BYTES, hash);
    memcpy(ret, hash, SHEET_CHECK_BYTES);
    sodium_memzero(hash, sizeof(hash));
}

enum err seal_recovery_create(struct arena *a, uint8_t ret_public_key[32], char **ret_sheet)
{
    uint8_t sheet[SHEET_BYTES];
    uint8_t digits[SHEET_CHARS];
    uint8_t secret_key[32];
    randombytes_buf(sheet, SEED_BYTES);
    sheet_check(sheet, sheet + SEED_BYTES);
    digits_from_bytes(sheet, SHEET_BYTES, digits);
    int failed = crypto_box_seed_keypair(ret_public_key, secret_key, sheet);
    if (!failed)
        *ret_sheet = digits_print(a, digits, SHEET_CHARS);
    sodium_memzero(sheet, sizeof(sheet));
    sodium_memzero(digits, sizeof(digits));
    sodium_memzero(secret_key, sizeof(secret_key));
    return failed ? ERR_INTERNAL : ERR_OK;
}

enum err seal_recovery_read(const char *sheet, uint8_t ret_public_key[32],
                            uint8_t ret_secret_key[32])
{
    uint8_t digits[SHEET_CHARS];
    uint8_t bytes[SHEET_BYTES];
    uint8_t check[SHEET_CHECK_BYTES];
    enum err e = ERR_INVALID;
    if (digits_read(sheet, digits, SHEET_CHARS)) {
        digits_to_bytes(digits, SHEET_CHARS, bytes);
        sheet_check(bytes, check);
        if (sodium_memcmp(check, bytes + SEED_BYTES, sizeof(check)) == 0 &&
            crypto_box_seed_keypair(ret_public_key, ret_secret_key, bytes) == 0)
            e = ERR_OK;
    }
    sodium_memzero(digits, sizeof(digits));
    sodium_memzero(bytes, sizeof(bytes));
    return e;
}

/* --- receipt -------------------------------------------------------------------------------------- */

/* Σ digit · 2^i over GF(32), x^5 + x^2 + 1: the weights differ and none is zero, hence no single
 * change and no exchange of two digits goes unseen. */
static uint8_t receipt_check(const uint8_t digits[RECEIPT_CHARS])
{
    unsigned sum = 0; /* Horner: multiply by x, add the next digit, and once more at the end */
    for (int i = 0; i < RECEIPT_CHARS; i++) {
        sum ^= digits[i];
        sum <<= 1;
        if (sum & 32)
            sum ^= 0x25;
    }
    return (uint8_t)sum;
}

char *seal_receipt_new(struct arena *a)
{
    uint8_t bytes[RECEIPT_BYTES];
    uint8_t digits[RECEIPT_CHARS + 1];
    randombytes_buf(bytes, sizeof(bytes));
    digits_from_bytes(bytes, sizeof(bytes), digits);
    digits[RECEIPT_CHARS] = receipt_check(digits);
    char *receipt = digits_print(a, digits, sizeof(digits));
    sodium_memzero(bytes, sizeof(bytes));
    sodium_memzero(digits, sizeof(digits));
    return receipt;
}

bool seal_receipt_normalise(struct arena *a, const char *typed, char **ret)
{
    uint8_t digits[RECEIPT_CHARS + 1];
    bool good = typed && digits_read(typed, digits, sizeof(digits)) &&
                digits[RECEIPT_CHARS] == receipt_check(digits);
    if (good)
        *ret = digits_print(a, digits, sizeof(digits));
    sodium_memzero(digits, sizeof(digits));
    return good;
}

void seal_receipt_lookup(const char *receipt, uint8_t ret[32])
{
    seal_hash("bt-receipt-find", receipt, strlen(receipt), ret);
}

static void receipt_pair(const char *receipt, uint8_t public_key[32], uint8_t secret_key[32])
{
    uint8_t seed[crypto_box_SEEDBYTES];
    seal_hash("bt-receipt-key", receipt, strlen(receipt), seed);
    (void)crypto_box_seed_keypair(public_key, secret_key, seed);
    sodium_memzero(seed, sizeof(seed));
}

void seal_receipt_public_key(const char *receipt, uint8_t ret_public_key[32])
{
    uint8_t secret_key[32];
    receipt_pair(receipt, ret_public_key, secret_key);
    sodium_memzero(secret_key, sizeof(secret_key));
}

void seal_receipt_secret_key(const char *receipt, uint8_t ret_secret_key[32])
{
    uint8_t public_key[32];
    receipt_pair(receipt, public_key, ret_secret_key);
}

/* lib/seal: the codes that people copy by hand, and the slips they make. */
#include <sodium.h>

#include "lib/base/arena.h"
#include "lib/base/str.h"
#include "lib/seal/seal.h"
#include "support/test.h"

#include "lib/base/banned.h"

static int arena_setup(void **state)
{
    *state = arena_new(65536);
    return 0;
}

static int arena_teardown(void **state)
{
    arena_free(*state);
    return 0;
}

static const char ALPHABET[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* As a tired person types it: lower case, spaces, O for 0, l and I for 1. */
static char *typed_badly(struct arena *a, const char *code)
{
    char *s = arena_printf(a, "  %s\n", code);
    for (char *p = s; *p; p++) {
        if (*p == '-')
            *p = ' ';
        else if (*p == '0')
            *p = 'o';
        else if (*p == '1')
            *p = (p - s) % 2 ? 'l' : 'I';
        else if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    }
    return s;
}

static void recovery_sheet_reads_back(void **state)
{
    struct arena *a = *state;
    uint8_t made[32], public_key[32], secret_key[32], derived[32];
    char *sheet = NULL;
    for (int round = 0; round < 50; round++) {
        assert_int_equal(seal_recovery_create(a, made, &sheet), ERR_OK);
        assert_int_equal(strlen(sheet), 56 + 13);
        for (size_t i = 0; i < strlen(sheet); i++)
            assert_true(i % 5 == 4 ? sheet[i] == '-' : strchr(ALPHABET, sheet[i]) != NULL);
        assert_int_equal(seal_recovery_read(typed_badly(a, sheet), public_key, secret_key), ERR_OK);
        assert_memory_equal(public_key, made, 32);
        assert_int_equal(crypto_scalarmult_base(derived, secret_key), 0);
        assert_memory_equal(derived, made, 32);
    }
    for (size_t i = 0; i < strlen(sheet); i++) {
        char *wrong = arena_strdup(a, sheet);
        wrong[i] = wrong[i] == '7' ? '8' : '7';
        assert_int_equal(seal_recovery_read(wrong, public_key, secret_key), ERR_INVALID);
    }
    assert_int_equal(seal_recovery_read("", public_key, secret_key), ERR_INVALID);
    assert_int_equal(seal_recovery_read(arena_printf(a, "%s0", sheet), public_key, secret_key),
                     ERR_INVALID);
    assert_int_equal(seal_recovery_read("UUUU", public_key, secret_key), ERR_INVALID);
}

static void receipt_reads_back(void **state)
{
    struct arena *a = *state;
    for (int round = 0; round < 200; round++) {
        char *receipt = seal_receipt_new(a);
        assert_int_equal(strlen(receipt), 25 + 6);
        char *normal = NULL;
        assert_true(seal_receipt_normalise(a, typed_badly(a, receipt), &normal));
        assert_string_equal(normal, receipt);
    }
    uint8_t find[32], key[32], again[32];
    const char *receipt = seal_receipt_new(a);
    seal_receipt_lookup(receipt, find);
    seal_receipt_lookup(receipt, again);
    seal_receipt_public_key(receipt, key);
    assert_memory_equal(find, again, 32);
    assert_memory_not_equal(find, key, 32);
    seal_receipt_lookup(seal_receipt_new(a), again);
    assert_memory_not_equal(find, again, 32);
}

/* Every single wrong character and every exchange of two different ones is seen. */
static void receipt_check_finds_slips(void **state)
{
    struct arena *a = *state;
    char *normal = NULL;
    char *receipt = seal_receipt_new(a);
    size_t n = strlen(receipt);
    for (size_t i = 0; i < n; i++) {
        for (const char *c = ALPHABET; *c && receipt[i] != '-'; c++) {
            char *wrong = arena_strdup(a, receipt);
            wrong[i] = *c;
            assert_int_equal(seal_receipt_normalise(a, wrong, &normal), *c == receipt[i]);
        }
        for (size_t j = i + 1; j < n; j++) {
            char *wrong = arena_strdup(a, receipt);
            wrong[i] = receipt[j];
            wrong[j] = receipt[i];
            bool same = receipt[i] == receipt[j];
            if (receipt[i] != '-' && receipt[j] != '-')
                assert_int_equal(seal_receipt_normalise(a, wrong, &normal), same);
        }
    }
    normal = NULL;
    assert_false(seal_receipt_normalise(a, NULL, &normal));
    assert_false(seal_receipt_normalise(a, "", &normal));
    assert_false(seal_receipt_normalise(a, arena_printf(a, "%s0", receipt), &normal));
    receipt[n - 1] = '\0';
    assert_false(seal_receipt_normalise(a, receipt, &normal));
    assert_null(normal);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, arena_setup, arena_teardown)
    const struct CMUnitTest tests[] = {
        CASE(recovery_sheet_reads_back),
        CASE(receipt_reads_back),
        CASE(receipt_check_finds_slips),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

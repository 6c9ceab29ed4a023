/* Rules of proofs: codes as people type them, how much may be exported, and what a file has in common with the one
 * that was handed out. */
#include "features/proof/proof_rules.h"
#include "lib/base/str.h"
#include "support/test.h"

#include "lib/base/banned.h"

static int begin(void **state)
{
    *state = arena_new(64 * 1024);
    return 0;
}

static int end(void **state)
{
    arena_free(*state);
    return 0;
}

static void a_code_is_its_own_normal_form(void **state)
{
    struct arena *a = *state;
    char *last = NULL;
    for (int i = 0; i < 500; i++) {
        char *code = proof_code_new(a);
        char *again = NULL;
        assert_int_equal(strlen(code), 24);
        assert_true(proof_code_normalise(a, code, &again));
        assert_string_equal(again, code);
        assert_false(str_eq(code, last));
        last = code;
    }
}

static void codes_are_read_as_typed(void **state)
{
    struct arena *a = *state;
    char *code = NULL;
    assert_true(proof_code_normalise(a, " o1il-abcd efgh-jkmn pqrs", &code));
    assert_string_equal(code, "0111-ABCD-EFGH-JKMN-PQRS");
    static const char *const wrong[] = {NULL,
                                        "",
                                        "0111-ABCD-EFGH-JKMN-PQR",
                                        "0111-ABCD-EFGH-JKMN-PQRST",
                                        "0111-ABCD-EFGH-JKMN-PQRU",
                                        "0111/ABCD/EFGH/JKMN/PQRS",
                                        "0111-ABCD-EFGH-JKMN-PQR\xC3\xA9"};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        assert_false(proof_code_normalise(a, wrong[i], &code));
}

static void numbers_name_their_kind(void **state)
{
    struct arena *a = *state;
    assert_string_equal(
        proof_number_text(a, &(struct proof){.kind = PROOF_EXPORT, .number = 12, .year = 2026}),
        "EKS-12/2026");
    assert_string_equal(
        proof_number_text(a, &(struct proof){.kind = PROOF_REGISTER, .number = 3, .year = 2026}),
        "REG-3/2026");
}

static void exports_have_a_ceiling(void **state)
{
    (void)state;
    assert_int_equal(proof_may_export(0, 0).err, ERR_OK);
    assert_int_equal(proof_may_export(0, PROOF_EXPORTS_A_DAY - 1).err, ERR_OK);
    assert_string_equal(proof_may_export(1, 0).code, "export_running");
    assert_string_equal(proof_may_export(0, PROOF_EXPORTS_A_DAY).code, "export_limit");
}

static void a_file_is_compared_page_by_page(void **state)
{
    (void)state;
    uint8_t known_pages[96], file_pages[96], known_file[32] = {1}, other_file[32] = {2};
    bool same[3];
    for (size_t i = 0; i < 96; i++)
        known_pages[i] = file_pages[i] = (uint8_t)(i / 32 + 1);
    struct proof known = {
        .pages = 3, .page_hashes = {known_pages, 96}, .file_hash = {known_file, 32}};
    struct proof file = {.pages = 3, .page_hashes = {file_pages, 96}, .file_hash = {known_file, 32}};
    assert_int_equal(proof_compare(&known, &file, same), PROOF_SAME);
    assert_true(same[0] && same[1] && same[2]);
    file.file_hash.p = other_file;
    assert_int_equal(proof_compare(&known, &file, same), PROOF_REST_CHANGED);
    file.pages = 2;
    assert_int_equal(proof_compare(&known, &file, same), PROOF_CHANGED);
    assert_true(same[0] && same[1] && !same[2]);
    file.pages = 3;
    file_pages[40] ^= 1;
    assert_int_equal(proof_compare(&known, &file, same), PROOF_CHANGED);
    assert_true(same[0] && !same[1] && same[2]);
    file.pages = 0;
    assert_int_equal(proof_compare(&known, &file, same), PROOF_STRANGE);
    /* More pages than were handed out: what was added is not ours. */
    file_pages[40] ^= 1;
    file.pages = 4;
    assert_int_equal(proof_compare(&known, &file, same), PROOF_CHANGED);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_code_is_its_own_normal_form),   TEST(codes_are_read_as_typed),
        TEST(numbers_name_their_kind),         TEST(exports_have_a_ceiling),
        TEST(a_file_is_compared_page_by_page),
    };
    return cmocka_run_group_tests_name("proof rules", tests, NULL, NULL);
}

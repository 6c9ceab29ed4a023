/* The code of a test message as people send it back. */
#include "support/test.h"

#include "features/notice/notice_inbound.h"

static void check(const char *text, const char *code)
{
    char got[7] = "";
    bool found = notice_code_read(text, got);
    assert_int_equal(found, code != NULL);
    assert_string_equal(got, code ? code : "");
}

static void test_code(void **state)
{
    (void)state;
    check("482913", "482913");
    check("  Kode 482913.\n", "482913");
    check("kode: 000017", "000017");
    check("KODE482913", "482913");
    check("48291", NULL);
    check("4829133", NULL);
    check("482913 terima", NULL);
    check("terima 482913", NULL);
    check("kode", NULL);
    check("", NULL);
    check(NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_code)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

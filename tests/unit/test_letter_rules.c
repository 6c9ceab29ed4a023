/* Rules of letters: numbers as written, suffixes of late entries, and shipped templates that are right. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "features/letter/letter_rules.h"
#include "lib/counter/counter.h"
#include "features/letter/letter_web.h"
#include "letter_data.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

static void numbers_as_written(void **state)
{
    struct arena *a = *state;
    struct letter_number n = {.type = "R-LAPHASTUG",
                              .suffix = "",
                              .unit = "O.2.12",
                              .subject = "Dek.3",
                              .sequence = 12,
                              .month = 4,
                              .year = 2026};
    assert_string_equal(letter_number_text(a, &n), "R-LAPHASTUG-12/O.2.12/Dek.3/04/2026");
    n.suffix = "A";
    n.subject = "";
    assert_string_equal(letter_number_text(a, &n), "R-LAPHASTUG-12A/O.2.12/04/2026");
}

static void suffixes_go_on_after_z(void **state)
{
    struct arena *a = *state;
    assert_string_equal(counter_suffix(a, 0), "A");
    assert_string_equal(counter_suffix(a, 25), "Z");
    assert_string_equal(counter_suffix(a, 26), "AA");
    assert_string_equal(counter_suffix(a, 27), "AB");
}

static void codes_of_numbers(void **state)
{
    (void)state;
    assert_true(letter_type_ok("B"));
    assert_true(letter_type_ok("R-LAPHASTUG"));
    assert_false(letter_type_ok(""));
    assert_false(letter_type_ok("B/1"));
    assert_false(letter_type_ok("1B"));
    assert_false(letter_type_ok("ABCDEFGHIJKLMNOPQRSTU"));
    assert_true(letter_subject_ok(""));
    assert_true(letter_subject_ok("Dek.3"));
    assert_false(letter_subject_ok("Dek 3"));
}

static void every_kind_asks_for_what_it_needs(void **state)
{
    (void)state;
    size_t n = 0;
    for (; letter_kinds[n].code; n++) {
        const struct letter_kind *k = &letter_kinds[n];
        unsigned shown = letter_fields_shown(k->code), needed = letter_fields_needed(k->code);
        assert_ptr_equal(letter_kind_of(k->code), k);
        assert_int_equal(needed & ~shown, 0);
        assert_int_equal(shown != 0, k->numbered);
        assert_int_equal(k->type != NULL, k->numbered);
    }
    assert_int_equal(n, LETTER_KINDS);
    assert_null(letter_kind_of("other"));
}

/* Each shipped template passes the check that an uploaded one must pass, and two of one text are equal. */
static void shipped_templates_pass_the_check(void **state)
{
    struct arena *a = *state;
    size_t n = 0;
    for (const struct letter_file *f = letter_files; f->name; f++, n++) {
        const struct docx_fault *faults = NULL;
        size_t count = 0;
        const struct letter_kind *k = letter_kind_of(f->name);
        assert_non_null(k);
        enum err e = docx_check(a, (struct bytes){f->p, f->n}, letter_names(a, k), &faults, &count);
        for (size_t i = 0; i < count; i++)
            print_error("%s: %s %s (%s)\n", f->name, faults[i].code, faults[i].about,
                        faults[i].where);
        assert_int_equal(e, ERR_OK);
    }
    assert_int_equal(n, LETTER_KINDS);
}

static int arena_up(void **state)
{
    *state = arena_new(1 << 16);
    return 0;
}

static int arena_down(void **state)
{
    arena_free(*state);
    return 0;
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, arena_up, arena_down)
    const struct CMUnitTest tests[] = {
        TEST(numbers_as_written),
        TEST(suffixes_go_on_after_z),
        TEST(codes_of_numbers),
        TEST(every_kind_asks_for_what_it_needs),
        TEST(shipped_templates_pass_the_check),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

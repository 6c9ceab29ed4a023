/* lib/base/cx and err: why a request was refused, in codes and in translated sentences. */
#include "support/test.h"

#include "lib/base/cx.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

static struct cx cx;

static int set_up(void **state)
{
    (void)state;
    cx = (struct cx){.arena = arena_new(4096), .lang = LANG_ID};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(cx.arena);
    return 0;
}

static const char *translate(enum lang lang, const char *msgid)
{
    if (lang == LANG_EN && str_eq(msgid, "Tanda pengenal %s masih dipakai."))
        return "Badge %s is still out.";
    return msgid;
}

static void every_result_has_a_name(void **state)
{
    (void)state;
    static const char *const names[] = {"ok",       "bad",     "auth",  "denied", "missing",
                                        "conflict", "invalid", "limit", "busy",   "internal"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        assert_string_equal(err_name((enum err)i), names[i]);
    assert_string_equal(err_name((enum err)99), "unknown");
}

static void a_refusal_carries_code_and_sentence(void **state)
{
    (void)state;
    enum err e = cx_fail(&cx, ERR_CONFLICT, "badge_out", T("Tanda pengenal %s masih dipakai."),
                         "A-07");
    assert_int_equal(e, ERR_CONFLICT);
    assert_string_equal(cx.diag.code, "badge_out");
    assert_string_equal(cx.diag.message, "Tanda pengenal A-07 masih dipakai.");
}

static void the_sentence_is_translated_before_it_is_filled_in(void **state)
{
    (void)state;
    cx.translate = translate;
    cx.lang = LANG_EN;
    (void)cx_fail(&cx, ERR_CONFLICT, "badge_out", T("Tanda pengenal %s masih dipakai."), "A-07");
    assert_string_equal(cx.diag.message, "Badge A-07 is still out.");
    assert_string_equal(cx_t(&cx, "Kantor"), "Kantor");
}

static void field_errors_are_all_kept_in_order(void **state)
{
    (void)state;
    assert_int_equal(cx_fields(&cx), ERR_OK);
    char field[] = "items.0.kind";
    cx_field(&cx, "phone", "too_short", T("Isi nomor HP dengan %d angka."), 10);
    cx_field(&cx, field, "missing", T("Pilih jenisnya."));
    field[0] = 'X'; /* the name was copied */
    assert_int_equal(cx_fields(&cx), ERR_INVALID);
    assert_int_equal(cx.diag.field_count, 2);
    const struct field_error *f = cx.diag.fields;
    assert_string_equal(f->field, "phone");
    assert_string_equal(f->code, "too_short");
    assert_string_equal(f->message, "Isi nomor HP dengan 10 angka.");
    assert_string_equal(f->next->field, "items.0.kind");
    assert_null(f->next->next);
    assert_ptr_equal(cx.diag.last_field, f->next);
}

static void detail_is_cut_to_its_place_and_not_shown(void **state)
{
    (void)state;
    assert_int_equal(cx_detail(&cx, ERR_INTERNAL, "%0400d", 7), ERR_INTERNAL);
    assert_int_equal(strlen(cx.diag.detail), sizeof(cx.diag.detail) - 1);
    assert_null(cx.diag.message);
}

static enum err third_fails(int *reached)
{
    TRY(ERR_OK);
    *reached = 1;
    TRY(ERR_BUSY);
    *reached = 2;
    return ERR_OK;
}

static void try_returns_at_the_first_failure(void **state)
{
    (void)state;
    int reached = 0;
    assert_int_equal(third_fails(&reached), ERR_BUSY);
    assert_int_equal(reached, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_result_has_a_name),
        cmocka_unit_test_setup_teardown(a_refusal_carries_code_and_sentence, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_sentence_is_translated_before_it_is_filled_in, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(field_errors_are_all_kept_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(detail_is_cut_to_its_place_and_not_shown, set_up, tear_down),
        cmocka_unit_test(try_returns_at_the_first_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The code of the guest's tablet as it is shown, typed and scanned; the time of a message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "features/reporter/reporter.h"
#include "lib/base/rand.h"

static void a_code_is_read_as_it_was_shown(void **state)
{
    (void)state;
    struct arena *a = arena_new(4096);
    char code[KIOSK_CODE_CHARS + 1], read[KIOSK_CODE_CHARS + 1];
    for (int i = 0; i < 2000; i++) {
        uint8_t random[5];
        rand_bytes(random, sizeof(random));
        kiosk_code_text(random, code);
        assert_int_equal(strlen(code), KIOSK_CODE_CHARS);
        assert_null(strpbrk(code, "ILOU"));
        assert_true(kiosk_code_read(kiosk_code_show(a, code), read));
        assert_string_equal(read, code);
        arena_reset(a);
    }
    kiosk_code_text((const uint8_t[5]){0, 0, 0, 0, 0}, code);
    assert_string_equal(code, "00000000");
    kiosk_code_text((const uint8_t[5]){255, 255, 255, 255, 255}, code);
    assert_string_equal(code, "ZZZZZZZZ");
    arena_free(a);
}

static void a_person_may_type_it_in_many_ways(void **state)
{
    (void)state;
    static const char *const same[] = {"K7QM3X10",    "k7qm3x10",
                                       " K7QM 3X1O ", "K7QM-3XI0",
                                       "k7qm.3xlo",   "https://tamu.example/kios#K7QM3X10",
                                       "#k7qm-3x1o",  "K7QM\t3X10\r\n"};
    static const char *const bad[] = {
        NULL,        "",          "K7QM3X1",  "K7QM3X100",
        "K7QM3XU0",  "K7QM3X1é",  "K7QM3X1_", "https://tamu.example/kios#",
        "K7QM3X10#", "K7QM3X10 x"};
    char code[KIOSK_CODE_CHARS + 1] = "tetap";
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(kiosk_code_read(bad[i], code));
        assert_string_equal(code, "tetap"); /* untouched */
    }
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        assert_true(kiosk_code_read(same[i], code));
        assert_string_equal(code, "K7QM3X10");
    }
}

static void an_anonymous_message_has_the_day_alone(void **state)
{
    (void)state;
    const int64_t noon = INT64_C(1790000000000);
    assert_int_equal(reporter_message_time(noon, 420, false), noon);
    for (int offset = 420; offset <= 540; offset += 60) {
        int64_t day = reporter_message_time(noon, offset, true);
        assert_int_equal((day + offset * INT64_C(60000)) % INT64_C(86400000), 0);
        assert_true(day <= noon && noon - day < INT64_C(86400000));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_is_read_as_it_was_shown),
        cmocka_unit_test(a_person_may_type_it_in_many_ways),
        cmocka_unit_test(an_anonymous_message_has_the_day_alone),
    };
    return cmocka_run_group_tests_name("reporter_rules", tests, NULL, NULL);
}

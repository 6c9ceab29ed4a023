/* The rules about people: roles, usernames, passwords, sessions, safe paths; and labels of the pools. */
#include "support/test.h"

#include "features/office/office.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"

static void roles_have_names_and_bits(void **state)
{
    (void)state;
    uint32_t seen = 0;
    for (const struct role_name *r = staff_roles; r->name; r++) {
        uint32_t back = 0;
        assert_true(staff_role_parse(r->name, &back));
        assert_int_equal(back, r->role);
        assert_string_equal(staff_role_name(back), r->name);
        assert_int_equal(seen & back, 0);
        seen |= back;
    }
    assert_int_equal(seen, ROLE_ALL);
    uint32_t untouched = 77;
    assert_false(staff_role_parse("kajari", &untouched));
    assert_false(staff_role_parse("", &untouched));
    assert_int_equal(untouched, 77);
    assert_string_equal(staff_role_name(0), "");
    assert_string_equal(staff_role_name(ROLE_DESK), "");
}

static void the_label_is_of_the_highest_post(void **state)
{
    (void)state;
    assert_string_equal(staff_role_label(ROLE_FRONT_DESK | ROLE_OFFICE_HEAD), "Kajari");
    assert_string_equal(staff_role_label(ROLE_ADMIN | ROLE_INTEL_CHIEF), "Kasi Intelijen");
    assert_string_equal(staff_role_label(ROLE_FRONT_DESK), "Petugas PTSP");
    assert_string_equal(staff_role_label(0), "");
}

static void usernames(void **state)
{
    (void)state;
    static const char *const good[] = {"abc", "rina.wahyuni", "0piket", "kasi-intel_2",
                                       "abcdefghijklmnopqrstuvwxyz012345"};
    static const char *const bad[] = {
        "",       "ab",    "Rina", "rina wahyuni",
        ".rina",  "-rina", "rína", "abcdefghijklmnopqrstuvwxyz0123456",
        "rina\n", "a/b",   NULL};
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        assert_true(staff_username_ok(good[i]));
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(staff_username_ok(bad[i]));
}

static void passwords_are_long_and_nothing_else(void **state)
{
    (void)state;
    static const char *const good[] = {
        "kuda merah lari ke pasar",
        "tujuh belas angsa biru",
        "xq7vbn2kplm93rt",
        "!@#$%^&*()_+{}|",
        "pisang goreng enak di kantor",
        "日本語の長い合言葉は安全ですね。はい",
        "1234567890123456789012345678901234567890 bunga melati di taman kota",
    };
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        assert_int_equal(staff_password_fault(good[i], "rina"), PASSWORD_OK);
    assert_int_equal(staff_password_fault(NULL, "rina"), PASSWORD_SHORT);
    assert_int_equal(staff_password_fault("", "rina"), PASSWORD_SHORT);
    assert_int_equal(staff_password_fault("xq7vbn2kplm93r", "rina"), PASSWORD_SHORT); /* 14 */
    /* Characters are counted, not bytes: 12 of three bytes each. */
    assert_int_equal(staff_password_fault("日本語の長い合言葉は安全", "rina"), PASSWORD_SHORT);
    assert_int_equal(staff_password_fault("ber\xff_bait_rusak_xyz", "rina"), PASSWORD_SHORT);
}

static void passwords_of_known_words_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "kejaksaankapuas",   "Kejaksaan Kapuas 2026", "KEJAKSAAN-NEGERI-KAPUAS",
        "password1234567",   "Password!!!!!!!!!!",    "123456789012345",
        "abcdefghijklmno",   "aaaaaaaaaaaaaaaa",      "abababababababab",
        "kudakudakudakuda",  "bukutamukejaksaan2026", "qwertyuiopasdfghjkl",
        "rahasiarahasia123", "sukarno.wijaya123",     "sukarno-wijaya_2026",
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(staff_password_fault(bad[i], "sukarno.wijaya"), PASSWORD_COMMON);
    /* The same with somebody else's name is not made of known words. */
    assert_int_equal(staff_password_fault("sukarno.wijaya123", "rina"), PASSWORD_OK);
}

static void password_ceiling_is_above_64(void **state)
{
    (void)state;
    char text[PASSWORD_MAX_BYTES + 2];
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (char)('a' + (i * i + i / 7) % 26);
    text[PASSWORD_MAX_BYTES + 1] = '\0';
    assert_int_equal(staff_password_fault(text, "rina"), PASSWORD_LONG);
    text[PASSWORD_MAX_BYTES] = '\0';
    assert_int_equal(staff_password_fault(text, "rina"), PASSWORD_OK);
    text[64] = '\0';
    assert_int_equal(staff_password_fault(text, "rina"), PASSWORD_OK);
}

static void sessions_end_by_idleness_and_age(void **state)
{
    (void)state;
    const int64_t minute = 60 * 1000, born = 1000000000, end = born + SESSION_MAX_MS;
    assert_int_equal(staff_idle_ms(ROLE_FRONT_DESK), 30 * minute);
    assert_int_equal(staff_idle_ms(ROLE_ADMIN), 30 * minute);
    assert_int_equal(staff_idle_ms(ROLE_ADMIN | ROLE_INTEL_CHIEF), 15 * minute);
    assert_int_equal(staff_idle_ms(ROLE_OFFICE_HEAD), 15 * minute);
    assert_int_equal(staff_idle_ms(ROLE_SECTION_CHIEF), 15 * minute);
    assert_true(staff_session_alive(born + 15 * minute - 1, born, end, ROLE_OFFICE_HEAD));
    assert_false(staff_session_alive(born + 15 * minute, born, end, ROLE_OFFICE_HEAD));
    assert_true(staff_session_alive(born + 15 * minute, born, end, ROLE_DUTY_OFFICER));
    assert_false(staff_session_alive(born + 30 * minute, born, end, ROLE_DUTY_OFFICER));
    assert_true(staff_session_alive(end - 1, end - minute, end, ROLE_DUTY_OFFICER));
    assert_false(staff_session_alive(end, end - minute, end, ROLE_DUTY_OFFICER));
}

static void people_begin_at_their_work(void **state)
{
    (void)state;
    assert_string_equal(staff_home(ROLE_FRONT_DESK), "/tamu");
    assert_string_equal(staff_home(ROLE_DUTY_OFFICER | ROLE_ADMIN), "/tamu");
    assert_string_equal(staff_home(ROLE_OFFICE_HEAD), "/jawab");
    assert_string_equal(staff_home(ROLE_ADMIN), "/petugas");
    assert_string_equal(staff_home(ROLE_MONITOR), "/dasbor");
}

static void redirects_stay_at_home(void **state)
{
    (void)state;
    assert_true(staff_local_path("/"));
    assert_true(staff_local_path("/tamu?q=a%20b&state=waiting"));
    static const char *const bad[] = {
        "",     "tamu",         "//jahat.example", "/\\jahat.example", "/a\nb", "https://a.b/",
        "/a b", "javascript:x", "/a\\b",           "/\t/jahat",        NULL};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(staff_local_path(bad[i]));
    char longer[600];
    memset(longer, 'a', sizeof(longer));
    longer[0] = '/';
    longer[sizeof(longer) - 1] = '\0';
    assert_false(staff_local_path(longer));
}

/* --- labels of the pools ---------------------------------------------------------------------------- */

static void ranges(void **state)
{
    (void)state;
    struct arena *a = arena_new(4096);
    const char **labels = NULL;
    size_t count = 0;
    struct refusal r = {.err = ERR_OK};
    assert_int_equal(office_range(a, "A-01", "A-40", &labels, &count, &r), ERR_OK);
    assert_int_equal(count, 40);
    assert_string_equal(labels[0], "A-01");
    assert_string_equal(labels[8], "A-09");
    assert_string_equal(labels[39], "A-40");
    assert_int_equal(office_range(a, "8", "12", &labels, &count, &r), ERR_OK);
    assert_int_equal(count, 5);
    assert_string_equal(labels[0], "8");
    assert_string_equal(labels[4], "12");
    assert_int_equal(office_range(a, "Ruang tunggu", NULL, &labels, &count, &r), ERR_OK);
    assert_int_equal(count, 1);
    assert_string_equal(labels[0], "Ruang tunggu");
    assert_int_equal(office_range(a, "A-07", "A-07", &labels, &count, &r), ERR_OK);
    assert_int_equal(count, 1);
    arena_free(a);
}

static void ranges_that_are_none(void **state)
{
    (void)state;
    static const char *const bad[][3] = {
        {"", NULL, "label"},
        {"A-01", "B-40", "last"},
        {"A-40", "A-01", "last"},
        {"A-", "A-40", "last"},
        {"A-1", "A-201", "last"},
        {"A-01", "A40", "last"},
        {"A\x01", NULL, "label"},
        {"A-01", "A-", "last"},
        {"12345678901234567890123456789012345678901", NULL, "label"},
    };
    struct arena *a = arena_new(4096);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        const char **labels = NULL;
        size_t count = 99;
        struct refusal r = {.err = ERR_OK};
        assert_int_equal(office_range(a, bad[i][0], bad[i][1], &labels, &count, &r), ERR_INVALID);
        assert_string_equal(r.field, bad[i][2]);
        assert_non_null(r.msgid);
        assert_int_equal(count, 99);
        assert_null(labels);
    }
    arena_free(a);
}

static void labels_are_upper_case_and_ordered_by_number(void **state)
{
    (void)state;
    struct arena *a = arena_new(4096);
    assert_string_equal(office_label(a, "  a-07 "), "A-07");
    assert_string_equal(office_label(a, "a 7"), "A 7");
    assert_string_equal(office_label(a, NULL), "");
    assert_int_equal(office_label_number("K-11"), 11);
    assert_int_equal(office_label_number("7"), 7);
    assert_int_equal(office_label_number("RUANG"), 0);
    assert_int_equal(office_label_number("99999999999999999999"), 999999);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_have_names_and_bits),
        cmocka_unit_test(the_label_is_of_the_highest_post),
        cmocka_unit_test(usernames),
        cmocka_unit_test(passwords_are_long_and_nothing_else),
        cmocka_unit_test(passwords_of_known_words_are_refused),
        cmocka_unit_test(password_ceiling_is_above_64),
        cmocka_unit_test(sessions_end_by_idleness_and_age),
        cmocka_unit_test(people_begin_at_their_work),
        cmocka_unit_test(redirects_stay_at_home),
        cmocka_unit_test(ranges),
        cmocka_unit_test(ranges_that_are_none),
        cmocka_unit_test(labels_are_upper_case_and_ordered_by_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

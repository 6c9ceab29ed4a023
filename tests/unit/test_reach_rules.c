/* Who is asked for a post and on which channels, over facts as the store reads them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "features/reach/reach_rules.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"

#define CHIEF "kasi"
#define MARIA "maria"
#define BUDI  "budi"

static struct stand_in row(const char *kind, const char *staff, const char *deputy, int64_t sort)
{
    return (struct stand_in){.id = "s",
                             .kind = kind,
                             .staff_id = staff,
                             .deputy_id = deputy,
                             .sort = sort,
                             .from_at = sort,
                             .replaced_roles = ROLE_INTEL_CHIEF};
}

static struct reach_who pick(const char *duty, const char *holder, const struct stand_in *rows,
                             size_t count)
{
    struct reach_facts f = {.role = ROLE_INTEL_CHIEF,
                            .duty_id = duty,
                            .holder_id = holder,
                            .rows = rows,
                            .count = count};
    struct reach_who who = {.staff_id = "nobody", .why = "nobody"};
    assert_true(reach_pick(&f, &who));
    return who;
}

static void the_account_of_the_post_is_asked(void **state)
{
    (void)state;
    struct reach_who who = pick(NULL, CHIEF, NULL, 0);
    assert_string_equal(who.staff_id, CHIEF);
    assert_string_equal(who.why, "post");
    assert_string_equal(who.for_id, CHIEF);
    struct reach_facts none = {.role = ROLE_INTEL_CHIEF};
    assert_false(reach_pick(&none, &who));
    assert_string_equal(who.staff_id, CHIEF); /* untouched */
}

static void the_calendar_goes_before_the_acting_holder_and_he_before_the_account(void **state)
{
    (void)state;
    const struct stand_in rows[] = {row("plh", CHIEF, MARIA, 1), row("plt", CHIEF, BUDI, 2)};
    assert_string_equal(pick("piket", CHIEF, rows, 2).staff_id, "piket");
    assert_string_equal(pick("piket", CHIEF, rows, 2).why, "duty");
    /* The acting period that began last. */
    assert_string_equal(pick(NULL, CHIEF, rows, 2).staff_id, BUDI);
    assert_string_equal(pick(NULL, CHIEF, rows, 2).why, "plt");
    assert_string_equal(pick(NULL, CHIEF, rows, 1).why, "plh");
    /* A vacant post has an acting holder too. */
    assert_string_equal(pick(NULL, NULL, rows, 1).staff_id, MARIA);
    /* Acting for another post. */
    struct stand_in other = row("plh", "kajari", MARIA, 1);
    other.replaced_roles = ROLE_OFFICE_HEAD;
    assert_string_equal(pick(NULL, CHIEF, &other, 1).staff_id, CHIEF);
}

static void who_is_away_is_replaced(void **state)
{
    (void)state;
    const struct stand_in rows[] = {row("deputy", CHIEF, BUDI, 1), row("away", CHIEF, MARIA, 1)};
    struct reach_who who = pick(NULL, CHIEF, rows, 2);
    assert_string_equal(who.staff_id, MARIA); /* whom he named when he left */
    assert_string_equal(who.why, "deputy");
    assert_string_equal(who.for_id, CHIEF);
    /* She is away too: his deputy. */
    const struct stand_in both[] = {rows[0], rows[1], row("away", MARIA, "lain", 1)};
    assert_string_equal(pick(NULL, CHIEF, both, 3).staff_id, BUDI);
    /* Everybody is away: himself. */
    const struct stand_in all[] = {rows[0], rows[1], row("away", MARIA, CHIEF, 1),
                                   row("away", BUDI, CHIEF, 1)};
    assert_string_equal(pick(NULL, CHIEF, all, 4).staff_id, CHIEF);
    /* A deputy alone does not replace anybody who is there. */
    assert_string_equal(pick(NULL, CHIEF, rows, 1).staff_id, CHIEF);
    /* The one on duty may be away as well. */
    const struct stand_in duty[] = {row("away", "piket", BUDI, 1)};
    assert_string_equal(pick("piket", CHIEF, duty, 1).staff_id, BUDI);
}

static void deputies_come_in_order_and_once(void **state)
{
    (void)state;
    const char *list[8];
    const struct stand_in rows[] = {row("deputy", CHIEF, BUDI, 1),  row("deputy", CHIEF, "dewi", 2),
                                    row("away", CHIEF, MARIA, 3),   row("deputy", CHIEF, MARIA, 4),
                                    row("deputy", CHIEF, CHIEF, 5), row("deputy", "lain", "x", 6),
                                    row("away", "dewi", BUDI, 7)};
    assert_int_equal(reach_deputies_of(rows, 7, CHIEF, list), 2);
    assert_string_equal(list[0], MARIA);
    assert_string_equal(list[1], BUDI);
    assert_int_equal(reach_deputies_of(rows, 7, "x", list), 0);
}

static void quiet_hours_may_run_over_midnight(void **state)
{
    (void)state;
    const struct quiet_hours night = {.from_min = 22 * 60, .until_min = 5 * 60};
    const struct quiet_hours noon = {.from_min = 12 * 60, .until_min = 13 * 60};
    const struct quiet_hours none = {.from_min = 60, .until_min = 60};
    assert_true(reach_is_quiet(&night, 22 * 60));
    assert_true(reach_is_quiet(&night, 0));
    assert_true(reach_is_quiet(&night, 5 * 60 - 1));
    assert_false(reach_is_quiet(&night, 5 * 60));
    assert_false(reach_is_quiet(&night, 12 * 60));
    assert_true(reach_is_quiet(&noon, 12 * 60));
    assert_false(reach_is_quiet(&noon, 13 * 60));
    assert_false(reach_is_quiet(&none, 60));
}

static void quiet_hours_leave_the_silent_channels_or_the_first(void **state)
{
    (void)state;
    const char *mixed[] = {"whatsapp", "mail", "telegram"};
    assert_int_equal(reach_allowed(mixed, 3, false), 3);
    assert_int_equal(reach_allowed(mixed, 3, true), 1);
    assert_string_equal(mixed[0], "mail");
    const char *noisy[] = {"telegram", "whatsapp"};
    assert_int_equal(reach_allowed(noisy, 2, true), 1);
    assert_string_equal(noisy[0], "telegram");
    assert_int_equal(reach_allowed(noisy, 1, true), 1);
    assert_int_equal(reach_allowed(noisy, 0, true), 0);
}

static void every_channel_has_a_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < REACH_CHANNELS; i++)
        assert_string_not_equal(reach_channel_label(reach_channel_names[i]), reach_channel_names[i]);
    assert_null(reach_channel_names[REACH_CHANNELS]);
    assert_string_equal(reach_channel_label("pager"), "pager");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_account_of_the_post_is_asked),
        cmocka_unit_test(the_calendar_goes_before_the_acting_holder_and_he_before_the_account),
        cmocka_unit_test(who_is_away_is_replaced),
        cmocka_unit_test(deputies_come_in_order_and_once),
        cmocka_unit_test(quiet_hours_may_run_over_midnight),
        cmocka_unit_test(quiet_hours_leave_the_silent_channels_or_the_first),
        cmocka_unit_test(every_channel_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

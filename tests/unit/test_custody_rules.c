/* The rules of custody: who may hand over, return, close; cards and people; the end of the day. */
#include "support/test.h"

#include "features/custody/custody_store.h"
#include "features/office/office.h"
#include "lib/base/str.h"

static const char *const states[] = {"registered", "checked_in", "waiting",   "received",
                                     "leaving",    "closed",     "cancelled", "left"};

/* One letter a state, in the order of states[]: '.' allowed, else what the refusal's code begins with. */
static void check_states(struct refusal (*may)(const struct visit *), int64_t unreceived,
                         const char *expected)
{
    for (size_t i = 0; i < ARRAY_LEN(states); i++) {
        const struct visit v = {.state = states[i], .unreceived = unreceived};
        struct refusal r = may(&v);
        char got = r.err == ERR_OK ? '.' : r.code[0];
        if (got != expected[i])
            print_error("%s: %c instead of %c\n", states[i], got, expected[i]);
        assert_int_equal(got, expected[i]);
        if (r.err != ERR_OK) {
            assert_int_equal(r.err, ERR_CONFLICT);
            assert_true(strlen(r.msgid) > 10);
        }
    }
}

static void each_state_allows_its_steps(void **state)
{
    (void)state;
    check_states(custody_may_deposit, 0, "....ssss");
    check_states(custody_may_return, 0, "nnn..sss");
    check_states(custody_may_close, 0, "nnn..sss");
    check_states(custody_may_leave, 0, "...aasss");
    check_states(custody_may_leave, 1, "...assss");
    check_states(custody_may_cancel, 0, ".aaaasss");
}

static void refusals_have_their_codes(void **state)
{
    (void)state;
    assert_string_equal(custody_may_return(&(struct visit){.state = "waiting"}).code,
                        "not_received");
    assert_string_equal(custody_may_cancel(&(struct visit){.state = "waiting"}).code,
                        "after_step_3");
    assert_string_equal(custody_may_leave(&(struct visit){.state = "received"}).code,
                        "already_received");
    assert_string_equal(custody_may_deposit(&(struct visit){.state = "closed"}).code, "state");
    assert_string_equal(custody_still_held().code, "still_held");
    assert_int_equal(custody_still_held().err, ERR_CONFLICT);
}

static void a_badge_comes_out_of_the_pool(void **state)
{
    (void)state;
    struct badge badge = {.label = "A-01", .state = "ready"};
    assert_int_equal(custody_check_pool(&badge, "A-01").err, ERR_OK);
    struct refusal r = custody_check_pool(NULL, "Z-99");
    assert_int_equal(r.err, ERR_INVALID);
    assert_string_equal(r.code, "badge_unknown");
    assert_string_equal(r.field, "badge");
    assert_string_equal(r.arg, "Z-99");
    badge.state = "lost";
    r = custody_check_pool(&badge, "A-01");
    assert_int_equal(r.err, ERR_CONFLICT);
    assert_string_equal(r.code, "badge_lost");
    assert_string_equal(r.arg, "A-01");
    badge.state = "retired";
    assert_string_equal(custody_check_pool(&badge, "A-01").code, "badge_retired");
}

static void one_badge_a_visit(void **state)
{
    (void)state;
    assert_int_equal(custody_check_given(NULL, "A-01").err, ERR_OK);
    assert_int_equal(custody_check_given("A-01", "A-01").err, ERR_OK);
    struct refusal r = custody_check_given("A-01", "A-02");
    assert_string_equal(r.code, "badge_already_given");
    assert_string_equal(r.arg, "A-01");
}

static void the_same_badge_comes_back(void **state)
{
    (void)state;
    assert_int_equal(custody_check_back("A-01", "A-01").err, ERR_OK);
    struct refusal r = custody_check_back("A-01", "A-02");
    assert_int_equal(r.err, ERR_CONFLICT);
    assert_string_equal(r.code, "wrong_badge");
    assert_string_equal(r.arg, "A-01");
    r = custody_check_back("A-01", "");
    assert_int_equal(r.err, ERR_INVALID);
    assert_string_equal(r.field, "badge");
    assert_string_equal(r.code, "missing");
    assert_int_equal(custody_check_back(NULL, "").err, ERR_OK);
    assert_int_equal(custody_check_back(NULL, "A-02").err, ERR_OK);
}

static void one_card_a_person(void **state)
{
    (void)state;
    struct visit v = {.state = "registered", .companion_count = 0};
    assert_int_equal(custody_check_cards(&v, 0, 1, NULL).err, ERR_OK);
    assert_string_equal(custody_check_cards(&v, 0, 2, NULL).code, "too_many_cards");
    assert_string_equal(custody_check_cards(&v, 1, 1, NULL).code, "too_many_cards");
    v.companion_count = 2;
    assert_int_equal(custody_check_cards(&v, 0, 3, NULL).err, ERR_OK);
    assert_string_equal(custody_check_cards(&v, 2, 2, NULL).code, "too_many_cards");

    struct refusal r = custody_check_cards(&v, 0, 0, "");
    assert_int_equal(r.err, ERR_INVALID);
    assert_string_equal(r.field, "no_card_reason");
    assert_string_equal(r.code, "missing");
    assert_int_equal(custody_check_cards(&v, 0, 0, "Kartu tertinggal").err, ERR_OK);
    v.state = "waiting"; /* only the first hand-over asks for it */
    assert_int_equal(custody_check_cards(&v, 0, 0, NULL).err, ERR_OK);
}

static void cards_lie_in_slots_and_the_rest_in_lockers(void **state)
{
    (void)state;
    static const char *const kinds[] = {"id_card", "phone", "laptop", "bag", "other"};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        assert_string_equal(custody_place_kind(kinds[i]), i == 0 ? "slot" : "locker");
        assert_true(strlen(custody_kind_label(kinds[i])) > 1);
    }
}

static void what_is_held_is_counted_and_named(void **state)
{
    (void)state;
    struct arena *a = arena_new(4096);
    const struct cx cx = {.arena = a};
    const struct item items[] = {
        {.kind = "id_card", .label = "KTP", .slot = "K-09"},
        {.kind = "phone", .label = "hitam", .slot = "12", .returned_at = 5},
        {.kind = "bag", .label = "", .slot = "14"},
        {.kind = "id_card", .label = "SIM", .slot = "K-10", .lost_at = 7},
    };
    assert_int_equal(custody_count_held(items, 4), 2);
    assert_int_equal(custody_count_held_cards(items, 4), 1);
    assert_string_equal(custody_held_text(&cx, items, 4), "Kartu identitas KTP (K-09), Tas (14)");
    assert_string_equal(custody_held_text(&cx, items, 0), "");
    assert_null(custody_return_skipped(items, 4));
    assert_string_equal(custody_return_skipped(items, 0), "Tidak ada titipan");
    assert_string_equal(custody_return_skipped(items + 3, 1), "Titipan dicatat hilang");
    arena_free(a);
}

static void the_day_names_each_difference_once(void **state)
{
    (void)state;
    struct custody_out badge = {.id = "h1", .visit_id = "v1"},
                       card = {.id = "i1", .visit_id = "v1"};
    struct custody_out visits[] = {{.id = "v1", .visit_id = "v1"}, {.id = "v2", .visit_id = "v2"}};
    const struct custody_day day = {.badges = &badge,
                                    .badge_count = 1,
                                    .cards = &card,
                                    .card_count = 1,
                                    .visits = visits,
                                    .visit_count = 2,
                                    .pool = 40};
    struct custody_counted counted = custody_expected(&day);
    assert_int_equal(counted.badges, 39);
    assert_int_equal(counted.cards, 1);
    assert_int_equal(counted.devices, 0);
    const char *subjects[8];
    assert_int_equal(custody_differences(&day, &counted, subjects, 8), 2);
    assert_string_equal(subjects[0], "v1"); /* for its badge and its card */
    assert_string_equal(subjects[1], "v2");

    counted.badges = 38;
    counted.devices = 1;
    assert_int_equal(custody_differences(&day, &counted, subjects, 8), 4);
    assert_string_equal(subjects[0], "badges");
    assert_string_equal(subjects[1], "devices");

    subjects[1] = "untouched";
    assert_int_equal(custody_differences(&day, &counted, subjects, 1), 4);
    assert_string_equal(subjects[1], "untouched");
}

static void an_explanation_needs_words(void **state)
{
    (void)state;
    const struct custody_explained list[] = {{.subject = "h1", .reason = ""},
                                             {.subject = "i1", .reason = "Di brankas"}};
    assert_null(custody_explanation(list, 2, "h1"));
    assert_ptr_equal(custody_explanation(list, 2, "i1"), &list[1]);
    assert_null(custody_explanation(list, 2, "v2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_state_allows_its_steps),
        cmocka_unit_test(refusals_have_their_codes),
        cmocka_unit_test(a_badge_comes_out_of_the_pool),
        cmocka_unit_test(one_badge_a_visit),
        cmocka_unit_test(the_same_badge_comes_back),
        cmocka_unit_test(one_card_a_person),
        cmocka_unit_test(cards_lie_in_slots_and_the_rest_in_lockers),
        cmocka_unit_test(what_is_held_is_counted_and_named),
        cmocka_unit_test(the_day_names_each_difference_once),
        cmocka_unit_test(an_explanation_needs_words),
    };
    return cmocka_run_group_tests_name("custody_rules", tests, NULL, NULL);
}

/* The two levels of step 6: policy × state × role × outcome. */
#include "support/test.h"

#include "features/decision/decision_rules.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"

static const char *const outcomes[] = {"office_head", "intel_chief", "section_chief",
                                       "ask_head",    "later",       "refused"};
static const uint32_t roles[] = {ROLE_INTEL_CHIEF, ROLE_SECTION_CHIEF, ROLE_OFFICE_HEAD};

static struct visit undecided(const char *decision_state)
{
    return (struct visit){.open = 1,
                          .state = "waiting",
                          .decision_state = decision_state,
                          .decision_outcome = str_eq(decision_state, "none") ? NULL
                                                                             : "section_chief"};
}

/* What the published procedure says, written out: the letter of an effect for each outcome, in the order
 * of `outcomes`. F final, P proposed, L later, T too late, x refused. */
static const struct {
    const char *decision_state;
    uint32_t role;
    bool always;
    const char *effects;
} table[] = {
    {"none", ROLE_INTEL_CHIEF, true, "PPPPLP"},
    {"none", ROLE_INTEL_CHIEF, false, "FFFPLF"},
    {"none", ROLE_SECTION_CHIEF, true, "PPPPLP"},
    {"none", ROLE_SECTION_CHIEF, false, "FFFPLF"},
    {"none", ROLE_OFFICE_HEAD, true, "FFFxLF"},
    {"none", ROLE_OFFICE_HEAD, false, "FFFxLF"},
    {"proposed", ROLE_INTEL_CHIEF, true, "xxxxxx"},
    {"proposed", ROLE_INTEL_CHIEF, false, "xxxxxx"},
    {"proposed", ROLE_SECTION_CHIEF, true, "xxxxxx"},
    {"proposed", ROLE_SECTION_CHIEF, false, "xxxxxx"},
    {"proposed", ROLE_OFFICE_HEAD, true, "FFFxLF"},
    {"proposed", ROLE_OFFICE_HEAD, false, "FFFxLF"},
    {"final", ROLE_INTEL_CHIEF, true, "TTTTTT"},
    {"final", ROLE_INTEL_CHIEF, false, "TTTTTT"},
    {"final", ROLE_SECTION_CHIEF, true, "TTTTTT"},
    {"final", ROLE_SECTION_CHIEF, false, "TTTTTT"},
    {"final", ROLE_OFFICE_HEAD, true, "TTTTTT"},
    {"final", ROLE_OFFICE_HEAD, false, "TTTTTT"},
};

static char letter(enum decision_effect effect)
{
    switch (effect) {
    case DECISION_FINAL:
        return 'F';
    case DECISION_PROPOSED:
        return 'P';
    case DECISION_LATER:
        return 'L';
    case DECISION_TOO_LATE:
        return 'T';
    case DECISION_REFUSED:
        break;
    }
    return 'x';
}

static void the_whole_table(void **state)
{
    (void)state;
    assert_int_equal(ARRAY_LEN(table), 3 * ARRAY_LEN(roles) * 2);
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        char found[ARRAY_LEN(outcomes) + 1] = "";
        for (size_t k = 0; k < ARRAY_LEN(outcomes); k++) {
            struct visit v = undecided(table[i].decision_state);
            struct decision_plan p = decision_plan_of(&v, table[i].role, outcomes[k],
                                                      table[i].always);
            found[k] = letter(p.effect);
            if (p.effect == DECISION_FINAL || p.effect == DECISION_PROPOSED)
                assert_string_equal(p.outcome, outcomes[k]);
            if (p.effect == DECISION_REFUSED) {
                assert_int_equal(p.refusal.err, ERR_CONFLICT);
                assert_true(*p.refusal.code);
                assert_true(*p.refusal.msgid);
            } else {
                assert_int_equal(p.refusal.err, ERR_OK);
            }
            if (p.effect == DECISION_TOO_LATE)
                assert_string_equal(p.outcome, "section_chief"); /* what was decided stays */
        }
        if (!str_eq(found, table[i].effects))
            print_error("%s, %s, policy %s\n", table[i].decision_state,
                        staff_role_name(table[i].role), table[i].always ? "always" : "when_asked");
        assert_string_equal(found, table[i].effects);
    }
}

static void nothing_is_decided_after_the_guest_went_in(void **state)
{
    (void)state;
    static const struct {
        const char *state;
        bool open, decidable;
    } states[] = {
        {"registered", true, true},  {"checked_in", true, true}, {"waiting", true, true},
        {"received", true, false},   {"leaving", true, false},   {"closed", false, false},
        {"cancelled", false, false}, {"left", false, false},     {"waiting", false, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(states); i++) {
        for (size_t r = 0; r < ARRAY_LEN(roles); r++) {
            struct visit v = undecided("none");
            v.state = states[i].state;
            v.open = states[i].open;
            struct decision_plan p = decision_plan_of(&v, roles[r], "intel_chief", false);
            assert_int_equal(p.effect, states[i].decidable ? DECISION_FINAL : DECISION_REFUSED);
            if (!states[i].decidable)
                assert_string_equal(p.refusal.code, "state");
        }
    }
}

static void a_silent_head(void **state)
{
    (void)state;
    assert_string_equal(decision_on_silence("ask_head"), "intel_chief");
    assert_string_equal(decision_on_silence("office_head"), "office_head");
    assert_string_equal(decision_on_silence("intel_chief"), "intel_chief");
    assert_string_equal(decision_on_silence("section_chief"), "section_chief");
    assert_string_equal(decision_on_silence("refused"), "refused");
}

static void names(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(outcomes); i++)
        assert_string_not_equal(decision_outcome_label(outcomes[i]), outcomes[i]);
    assert_string_equal(decision_outcome_label(NULL), "");
    assert_string_equal(decision_effect_name(DECISION_FINAL), "final");
    assert_string_equal(decision_effect_name(DECISION_PROPOSED), "proposed");
    assert_string_equal(decision_effect_name(DECISION_LATER), "later");
    assert_string_equal(decision_effect_name(DECISION_TOO_LATE), "too_late");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_table),
        cmocka_unit_test(nothing_is_decided_after_the_guest_went_in),
        cmocka_unit_test(a_silent_head),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests_name("decision_rules", tests, NULL, NULL);
}

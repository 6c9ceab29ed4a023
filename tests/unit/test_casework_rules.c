/* Who may move a complaint, after which letter; side states; completeness; which deadline is the first. */
#include "support/test.h"

#include "features/casework/casework_rules.h"
#include "lib/base/str.h"

#define EVERYBODY   (CASE_LEADER | CASE_HEAD | CASE_OFFICER)
#define ALL_LETTERS ((1u << CASE_LETTERS) - 1)

static struct case_facts facts(const char *state)
{
    return (struct case_facts){.state = state,
                               .mode = "confidential",
                               .class = "corruption",
                               .who = EVERYBODY,
                               .letters = ALL_LETTERS,
                               .valued = true,
                               .reason = true,
                               .receiver = true};
}

static struct refusal ask(const struct case_facts *f, const char *to)
{
    const struct case_move *m = case_move_find(f->state, to);
    assert_non_null(m);
    return case_may_move(f, m);
}

static void the_table_is_sound(void **state)
{
    (void)state;
    size_t n = 0;
    for (const struct case_move *m = case_moves; m->from; m++, n++) {
        assert_true(*complaint_label(complaint_states, m->from));
        assert_true(*complaint_label(complaint_states, m->to));
        assert_ptr_equal(case_move_find(m->from, m->to), m); /* each pair once */
        assert_true(m->who != 0);
        bool reopens = complaint_state_ends(m->from);
        assert_true(reopens == ((m->flags & CASE_REOPEN) != 0));
        if (m->flags & (CASE_BACK | CASE_REOPEN))
            assert_true(m->flags & CASE_REASON);
        struct case_facts f = facts(m->from);
        f.side = m->flags & CASE_FOREIGN ? "not_competent" : NULL;
        assert_int_equal(case_may_move(&f, m).err, ERR_OK);
    }
    assert_int_equal(n, 39);
    /* Every open state can be withdrawn, every end opened again. */
    for (size_t i = 0; i < COMPLAINT_STATES; i++) {
        const char *code = complaint_states[i].code;
        if (!complaint_state_ends(code))
            assert_non_null(case_move_find(code, "withdrawn"));
        else
            assert_true(case_move_find(code, "review") || case_move_find(code, "disposition"));
    }
    assert_null(case_move_find("received", "report"));
    assert_null(case_move_find("gathering", "done"));
}

static void who_may(void **state)
{
    (void)state;
    struct case_facts f = facts("disposition");
    f.who = CASE_LEADER; /* the Kasi Intel */
    assert_string_equal(ask(&f, "order").code, "not_yours");
    assert_int_equal(ask(&f, "order").err, ERR_DENIED);
    f.who = CASE_HEAD;
    assert_int_equal(ask(&f, "order").err, ERR_OK);
    f = facts("gathering");
    f.who = CASE_OFFICER;
    assert_int_equal(ask(&f, "exposition").err, ERR_OK);
    assert_string_equal(ask(&f, "withdrawn").code, "not_yours");
    f = facts("report");
    f.who = CASE_OFFICER;
    assert_string_equal(ask(&f, "done").code, "not_yours");
    f.who = 0;
    assert_string_equal(ask(&f, "done").code, "not_yours");
}

struct letter_case {
    const char *from, *to;
    unsigned letter;
};

static void a_letter_must_be_there(void **state)
{
    static const struct letter_case cases[] = {
        {"review", "disposition", CASE_REVIEW}, {"disposition", "order", CASE_DISPOSITION},
        {"order", "gathering", CASE_ORDER},     {"report", "done", CASE_REPORT},
        {"report", "done", CASE_NOTICE},        {"report", "handed_pidsus", CASE_REPORT},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct case_facts f = facts(cases[i].from);
        f.letters = ALL_LETTERS & ~cases[i].letter;
        const struct refusal r = ask(&f, cases[i].to);
        assert_int_equal(r.err, ERR_CONFLICT);
        assert_string_equal(r.code, "letter_missing");
        assert_non_null(r.msgid);
    }
    /* Nobody can write to an anonymous reporter; the receipt code tells him. */
    struct case_facts f = facts("report");
    f.letters = CASE_REPORT;
    f.mode = "anonymous";
    assert_int_equal(ask(&f, "done").err, ERR_OK);
    f.mode = "known";
    assert_string_equal(ask(&f, "done").ref, "notice");
    assert_int_equal(ask(&f, "withdrawn").err, ERR_OK); /* he knows: it was he */
}

static void what_else_is_asked(void **state)
{
    (void)state;
    struct case_facts f = facts("review");
    f.valued = false;
    assert_string_equal(ask(&f, "disposition").code, "not_valued");
    f = facts("review");
    f.class = "unsorted";
    assert_string_equal(ask(&f, "disposition").code, "not_sorted");
    f = facts("review");
    f.reason = false;
    assert_string_equal(ask(&f, "received").field, "note");
    assert_int_equal(ask(&f, "received").err, ERR_INVALID);
    f = facts("report");
    f.receiver = false;
    assert_string_equal(ask(&f, "handed_pidum").field, "to_name");
    assert_int_equal(case_could_move(&f, case_move_find("report", "handed_pidum")).err, ERR_OK);
}

static void a_side_state_holds(void **state)
{
    (void)state;
    struct case_facts f = facts("gathering");
    f.side = "needs_completion";
    assert_string_equal(ask(&f, "exposition").code, "waiting");
    assert_int_equal(ask(&f, "withdrawn").err, ERR_OK);
    f.side = "awaiting_apip";
    assert_string_equal(ask(&f, "exposition").code, "waiting");
    f.side = "not_competent";
    assert_string_equal(ask(&f, "exposition").code, "not_competent");
    f = facts("review");
    assert_string_equal(ask(&f, "forwarded_office").code, "not_competent");
    f.side = "not_competent";
    assert_int_equal(ask(&f, "forwarded_office").err, ERR_OK);

    f = facts("review");
    assert_int_equal(case_may_side(&f, "needs_completion", true).err, ERR_OK);
    assert_string_equal(case_may_side(&f, "needs_completion", false).code, "nothing_missing");
    assert_string_equal(case_may_side(&f, NULL, true).code, "side_none");
    f.side = "awaiting_apip";
    assert_string_equal(case_may_side(&f, "needs_completion", true).code, "side_there");
    assert_int_equal(case_may_side(&f, NULL, false).err, ERR_OK);
    f = facts("done");
    assert_string_equal(case_may_side(&f, "awaiting_apip", true).code, "ended");
    f = facts("review");
    f.who = 0;
    assert_int_equal(case_may_side(&f, "awaiting_apip", true).err, ERR_DENIED);
}

static void what_must_be_there_depends(void **state)
{
    struct case_part parts[CASE_PARTS_MAX + 1];
    (void)state;
    assert_int_equal(case_parts("corruption", "known", parts), 6);
    assert_string_equal(parts[0].code, "identity");
    assert_int_equal(case_parts("corruption", "anonymous", parts), 3);
    assert_string_equal(parts[0].code, "facts");
    assert_int_equal(case_parts("legal_advice", "known", parts), 4);
    for (size_t i = 0; complaint_classes[i].code; i++)
        assert_in_range(case_parts(complaint_classes[i].code, "known", parts), 4, CASE_PARTS_MAX);
    assert_true(case_has_part("facts evidence", "evidence"));
    assert_false(case_has_part("facts evidence", "evid"));
    assert_false(case_has_part("", "facts"));
    assert_false(case_has_part(NULL, "facts"));
}

static void the_first_deadline_counts(void **state)
{
    (void)state;
    struct calendar calendar = {.holiday_count = 0};
    static const struct stage_limit limits[] = {
        {"gathering", 7, "working", "", 1},     {"review", 1, "working", "", 1},
        {"examination", 30, "calendar", "", 0}, {"completion", 10, "calendar", "", 0},
        {"overall", 60, "calendar", "", 1},     {"report", 0, "working", "", 1},
        {"intake", 10, "minute", "", 1}};
    struct case_clock c = {.calendar = &calendar,
                           .limits = limits,
                           .limit_count = ARRAY_LEN(limits),
                           .state = "gathering",
                           .class = "corruption",
                           .stage_day = calendar_day("2026-07-20"),
                           .overall_day = calendar_day("2026-06-01"),
                           .side_day = CALENDAR_NO_DAY};
    struct case_due d = case_due_of(&c);
    assert_int_equal(d.stage, calendar_day("2026-07-29"));
    assert_int_equal(d.overall, calendar_day("2026-07-31"));
    assert_true(d.examination == CALENDAR_NO_DAY); /* after the disposition */
    assert_int_equal(d.sort, d.stage);
    c.state = "report"; /* without a limit: the whole remains */
    d = case_due_of(&c);
    assert_true(d.stage == CALENDAR_NO_DAY);
    assert_int_equal(d.sort, d.overall);
    c.state = "review";
    d = case_due_of(&c);
    assert_int_equal(d.examination, calendar_day("2026-07-01"));
    assert_int_equal(d.sort, d.examination);
    c.class = "public_service";
    assert_true(case_due_of(&c).examination == CALENDAR_NO_DAY);

    const struct calendar_pause open = {calendar_day("2026-07-21"), CALENDAR_NO_DAY};
    c.side = "needs_completion";
    c.side_day = calendar_day("2026-07-21");
    c.pauses = &open;
    c.pause_count = 1;
    d = case_due_of(&c);
    assert_true(d.stage == CALENDAR_NO_DAY && d.overall == CALENDAR_NO_DAY);
    assert_int_equal(d.side, calendar_day("2026-07-31"));
    assert_int_equal(d.sort, d.side);
    c.side = "awaiting_apip";
    assert_true(case_due_of(&c).sort == CALENDAR_NO_DAY);
    c.side = NULL;
    c.ended = true;
    assert_true(case_due_of(&c).sort == CALENDAR_NO_DAY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_sound),        cmocka_unit_test(who_may),
        cmocka_unit_test(a_letter_must_be_there),    cmocka_unit_test(what_else_is_asked),
        cmocka_unit_test(a_side_state_holds),        cmocka_unit_test(what_must_be_there_depends),
        cmocka_unit_test(the_first_deadline_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

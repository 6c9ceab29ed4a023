/* Which step may follow which state, and what things are called. */
#include "support/test.h"

#include "features/visit/visit.h"
#include "lib/base/str.h"

static const char *const states[] = {"registered", "checked_in", "waiting",   "received",
                                     "leaving",    "closed",     "cancelled", "left"};

static struct visit visit_in(const char *state)
{
    bool over = str_eq(state, "closed") || str_eq(state, "cancelled") || str_eq(state, "left");
    return (struct visit){.id = "v",
                          .state = state,
                          .open = !over,
                          .decision_state = "none",
                          .number = 412,
                          .number_suffix = "",
                          .year = 2026};
}

/* The whole table: what every step says in every state. "" means yes. */
static void every_step_from_every_state(void **state)
{
    (void)state;
    static const struct {
        const char *state, *wait, *receive, *note; /* receive: decided, by a desk */
    } table[] = {
        {"registered", "state", "state", "state"},
        {"checked_in", "", "state", "state"},
        {"waiting", "", "", "state"},
        {"received", "state", "state", ""},
        {"leaving", "state", "state", ""},
        {"closed", "state", "state", "state"},
        {"cancelled", "state", "state", "state"},
        {"left", "state", "state", "state"},
    };
    assert_int_equal(ARRAY_LEN(table), ARRAY_LEN(states));
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct visit v = visit_in(table[i].state);
        v.decision_state = "final";
        v.decision_outcome = "intel_chief";
        v.receiver_id = "chief";
        const struct refusal said[] = {visit_may_wait(&v), visit_may_receive(&v, true, "desk"),
                                       visit_may_note(&v)};
        const char *const wanted[] = {table[i].wait, table[i].receive, table[i].note};
        for (size_t k = 0; k < ARRAY_LEN(said); k++) {
            bool yes = !*wanted[k];
            if ((said[k].err == ERR_OK) != yes)
                print_error("step %zu in state %s\n", k, table[i].state);
            assert_int_equal(said[k].err, yes ? ERR_OK : ERR_CONFLICT);
            if (yes)
                continue;
            assert_string_equal(said[k].code, wanted[k]);
            assert_true(*said[k].msgid);
        }
    }
}

static void only_the_receiver_or_a_desk_receives(void **state)
{
    (void)state;
    struct visit v = visit_in("waiting");
    /* Before a decision nobody is the receiver: officials 403, desks 409. */
    assert_int_equal(visit_may_receive(&v, false, "chief").err, ERR_DENIED);
    struct refusal r = visit_may_receive(&v, true, "desk");
    assert_int_equal(r.err, ERR_CONFLICT);
    assert_string_equal(r.code, "not_decided");
    v.decision_state = "proposed";
    v.receiver_id = NULL;
    assert_int_equal(visit_may_receive(&v, false, "chief").err, ERR_DENIED);
    assert_string_equal(visit_may_receive(&v, true, "desk").code, "not_decided");

    v.decision_state = "final";
    v.decision_outcome = "intel_chief";
    v.receiver_id = "chief";
    assert_int_equal(visit_may_receive(&v, false, "chief").err, ERR_OK);
    assert_int_equal(visit_may_receive(&v, true, "desk").err, ERR_OK);
    r = visit_may_receive(&v, false, "head");
    assert_int_equal(r.err, ERR_DENIED);
    assert_string_equal(r.code, "not_receiver");

    v.decision_outcome = "refused";
    v.receiver_id = NULL;
    assert_string_equal(visit_may_receive(&v, true, "desk").code, "refused");
    assert_int_equal(visit_may_receive(&v, false, "chief").err, ERR_DENIED);

    /* 403 comes before 409 */
    v = visit_in("registered");
    assert_int_equal(visit_may_receive(&v, false, "chief").err, ERR_DENIED);
    assert_string_equal(visit_may_receive(&v, true, "desk").code, "state");
}

static void the_steps_reached(void **state)
{
    (void)state;
    const struct visit_step steps[] = {{.step = 1}, {.step = 2}, {.step = 5}, {.step = 3}};
    assert_int_equal(visit_highest_step(steps, 4), 5);
    assert_int_equal(visit_reached_step(steps, 4), 3); /* 4 is missing */
    assert_int_equal(visit_highest_step(steps, 0), 0);
    assert_int_equal(visit_reached_step(steps, 0), 0);
    struct visit_step all[9];
    for (int i = 0; i < 9; i++)
        all[i] = (struct visit_step){.step = 9 - i};
    assert_int_equal(visit_reached_step(all, 9), 9);
    assert_int_equal(visit_highest_step(all, 9), 9);
    assert_int_equal(visit_reached_step(all, 8), 0); /* without the first */
}

static void a_number_as_it_is_said(void **state)
{
    (void)state;
    struct arena *a = arena_new(1024);
    struct visit v = visit_in("waiting");
    assert_string_equal(visit_number_text(a, &v), "412/2026");
    v.number_suffix = "A";
    assert_string_equal(visit_number_text(a, &v), "412A/2026");
    struct refusal r = visit_refuse_inside(a, &v);
    assert_int_equal(r.err, ERR_CONFLICT);
    assert_string_equal(r.code, "already_inside");
    assert_string_equal(r.arg, "412A/2026");
    assert_string_equal(r.ref, "v");
    assert_string_equal(r.field, "id_number");
    arena_free(a);
}

static void every_code_has_a_name(void **state)
{
    (void)state;
    static const char *const categories[] = {"complaint", "information", "summons",
                                             "meeting",   "delivery",    "other"};
    static const char *const id_types[] = {"ktp", "sim", "passport", "other"};
    for (size_t i = 0; i < ARRAY_LEN(states); i++)
        assert_string_not_equal(visit_state_label(states[i]), states[i]);
    for (size_t i = 0; i < ARRAY_LEN(categories); i++)
        assert_string_not_equal(visit_category_label(categories[i]), categories[i]);
    for (size_t i = 0; i < ARRAY_LEN(id_types); i++)
        assert_string_not_equal(visit_id_type_label(id_types[i]), id_types[i]);
    for (int step = 1; step <= 9; step++)
        assert_true(*visit_step_label(step));
    assert_string_equal(visit_step_label(0), "");
    assert_string_equal(visit_step_label(10), "");
    assert_string_equal(visit_state_label("unheard_of"), "unheard_of");
    assert_string_equal(visit_category_label(NULL), "");
}

static const char *english(enum lang lang, const char *msgid)
{
    return lang == LANG_EN && str_eq(msgid, "Nomor %s.") ? "Number %s." : msgid;
}

/* How what a rule says reaches the request. */
static void a_refusal_is_worded_for_the_request(void **state)
{
    (void)state;
    struct arena *a = arena_new(1024);
    struct cx cx = {.arena = a, .lang = LANG_EN, .translate = english};
    const struct refusal nothing = {
        .err = ERR_OK, .code = "x", .msgid = "x", .ref = "x", .field = "x"};
    assert_int_equal(cx_refuse(&cx, &nothing), ERR_OK);
    assert_null(cx.diag.code);
    assert_null(cx.diag.ref);
    assert_int_equal(cx.diag.field_count, 0);

    char id[] = "v-1"; /* what the transaction left is copied */
    struct refusal r = {.err = ERR_CONFLICT,
                        .code = "inside",
                        .msgid = "Nomor %s.",
                        .arg = "7/2026",
                        .ref = id,
                        .field = "id_number"};
    assert_int_equal(cx_refuse(&cx, &r), ERR_CONFLICT);
    id[0] = 'x';
    assert_string_equal(cx.diag.code, "inside");
    assert_string_equal(cx.diag.message, "Number 7/2026.");
    assert_string_equal(cx.diag.ref, "v-1");
    assert_int_equal(cx.diag.field_count, 1);
    assert_string_equal(cx.diag.fields->field, "id_number");
    assert_string_equal(cx.diag.fields->code, "inside");
    assert_string_equal(cx.diag.fields->message, "Number 7/2026.");

    cx.diag = (struct diag){.code = NULL};
    r.field = r.ref = r.arg = NULL;
    assert_int_equal(cx_refuse(&cx, &r), ERR_CONFLICT);
    assert_string_equal(cx.diag.message, "Number .");
    assert_null(cx.diag.ref);
    assert_int_equal(cx.diag.field_count, 0);
    assert_string_equal(cx_printf(&cx, "Nomor %s.", "9"), "Number 9.");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_step_from_every_state),
        cmocka_unit_test(only_the_receiver_or_a_desk_receives),
        cmocka_unit_test(the_steps_reached),
        cmocka_unit_test(a_number_as_it_is_said),
        cmocka_unit_test(every_code_has_a_name),
        cmocka_unit_test(a_refusal_is_worded_for_the_request),
    };
    return cmocka_run_group_tests_name("visit_rules", tests, NULL, NULL);
}

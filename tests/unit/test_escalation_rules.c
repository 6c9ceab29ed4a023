/* What happens when nobody answers, and when a channel is well: the rules alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "features/notice/notice_rules.h"
#include "lib/base/str.h"

#define NOW INT64_C(1784774400000)

static const struct escalation_rule standard[] = {
    {1, 60, "undelivered", "next_channel"},
    {2, 120, "unanswered", "repeat_and_deputy"},
    {3, 240, "unanswered", "next_deputy_or_head"},
    {4, 360, "unanswered", "counter_alarm"},
};

static struct outbox_row message(const char *to, const char *channel, const char *state)
{
    return (struct outbox_row){
        .kind = NOTICE_VISIT, .recipient_id = to, .channel = channel, .state = state};
}

static const char *const two_channels[] = {"whatsapp", "telegram"};
static const struct reachable two_deputies[] = {{"maria", "whatsapp"}, {"budi", "telegram"}};

static struct escalation_facts facts(int rule, const struct outbox_row *rows, size_t count)
{
    return (struct escalation_facts){.rule = &standard[rule - 1],
                                     .question = NOTICE_VISIT,
                                     .rows = rows,
                                     .count = count,
                                     .asked_id = "kasi",
                                     .channels = two_channels,
                                     .channel_count = 2,
                                     .deputies = two_deputies,
                                     .deputy_count = 2,
                                     .head = {"kajari", "whatsapp"}};
}

static void check_send(const struct escalation_send *s, const char *to, const char *channel,
                       const char *kind, const char *action)
{
    assert_string_equal(s->recipient_id, to);
    assert_string_equal(s->channel, channel);
    assert_string_equal(s->kind, kind);
    assert_string_equal(s->action, action);
}

static void rules_come_one_after_the_other(void **state)
{
    (void)state;
    assert_ptr_equal(escalation_rule_after(standard, 4, 0), &standard[0]);
    assert_ptr_equal(escalation_rule_after(standard, 4, 3), &standard[3]);
    assert_null(escalation_rule_after(standard, 4, 4));
    assert_null(escalation_rule_after(NULL, 0, 0));
    for (size_t i = 0; i < 4; i++)
        assert_true(escalation_rule_known(&standard[i]));
    assert_false(escalation_rule_known(&(struct escalation_rule){1, 60, "unanswered", "shout"}));
    assert_false(escalation_rule_known(&(struct escalation_rule){1, 60, "unread", "counter_alarm"}));
}

static void an_undelivered_message_goes_by_the_next_channel(void **state)
{
    (void)state;
    static const char *const undelivered[] = {"queued", "sending", "sent", "failed", "dropped"};
    for (size_t i = 0; i < ARRAY_LEN(undelivered); i++) {
        struct outbox_row row = message("kasi", "whatsapp", undelivered[i]);
        struct escalation_facts f = facts(1, &row, 1);
        struct escalation_plan p = escalation_plan_of(&f);
        assert_int_equal(p.count, 1);
        check_send(&p.sends[0], "kasi", "telegram", NOTICE_VISIT, "escalation_next_channel");
    }
    static const char *const delivered[] = {"delivered", "read"};
    for (size_t i = 0; i < ARRAY_LEN(delivered); i++) {
        struct outbox_row row = message("kasi", "whatsapp", delivered[i]);
        struct escalation_facts f = facts(1, &row, 1);
        assert_int_equal(escalation_plan_of(&f).count, 0);
    }
    /* No channel is left. */
    struct outbox_row both[] = {message("kasi", "whatsapp", "failed"),
                                message("kasi", "telegram", "sent")};
    struct escalation_facts f = facts(1, both, 2);
    assert_int_equal(escalation_plan_of(&f).count, 0);
}

static void then_again_and_to_the_deputy(void **state)
{
    (void)state;
    struct outbox_row row = message("kasi", "whatsapp", "read");
    struct escalation_facts f = facts(2, &row, 1);
    struct escalation_plan p = escalation_plan_of(&f);
    assert_int_equal(p.count, 2);
    assert_false(p.alarm);
    check_send(&p.sends[0], "kasi", "whatsapp", NOTICE_VISIT, "escalation_repeated");
    check_send(&p.sends[1], "maria", "whatsapp", NOTICE_VISIT, "escalation_deputy");
}

static void a_repetition_goes_where_it_has_a_chance(void **state)
{
    (void)state;
    struct outbox_row rows[] = {message("kasi", "whatsapp", "queued"),
                                message("kasi", "telegram", "delivered")};
    struct escalation_facts f = facts(2, rows, 2);
    f.deputy_count = 0;
    check_send(&escalation_plan_of(&f).sends[0], "kasi", "telegram", NOTICE_VISIT,
               "escalation_repeated");
    /* It still waits in the queue: a second one there helps nobody. */
    f.count = 1;
    assert_int_equal(escalation_plan_of(&f).count, 0);
    /* All failed: the channel that was not tried, else the first. */
    rows[0].state = "failed";
    check_send(&escalation_plan_of(&f).sends[0], "kasi", "telegram", NOTICE_VISIT,
               "escalation_repeated");
    rows[1].state = "failed";
    f.count = 2;
    check_send(&escalation_plan_of(&f).sends[0], "kasi", "whatsapp", NOTICE_VISIT,
               "escalation_repeated");
}

static void the_next_deputy_else_the_kajari_himself(void **state)
{
    (void)state;
    struct outbox_row rows[] = {
        message("kasi", "whatsapp", "read"), message("maria", "whatsapp", "sent"),
        message("budi", "telegram", "sent"), message("kajari", "whatsapp", "sent")};
    struct escalation_facts f = facts(3, rows, 2);
    struct escalation_plan p = escalation_plan_of(&f);
    assert_int_equal(p.count, 1);
    check_send(&p.sends[0], "budi", "telegram", NOTICE_VISIT, "escalation_deputy");
    f.count = 3;
    p = escalation_plan_of(&f);
    assert_int_equal(p.count, 1);
    check_send(&p.sends[0], "kajari", "whatsapp", NOTICE_HEAD, "escalation_head");
    /* He was asked already. */
    rows[3].kind = NOTICE_HEAD;
    f.count = 4;
    assert_int_equal(escalation_plan_of(&f).count, 0);
    /* A reply is no question. */
    rows[3].kind = NOTICE_LATE;
    assert_int_equal(escalation_plan_of(&f).count, 1);
    /* The Kajari's own question has nobody above it. */
    f.question = NOTICE_QUESTION;
    f.head = (struct reachable){NULL, NULL};
    f.deputy_count = 0;
    assert_int_equal(escalation_plan_of(&f).count, 0);
}

static void who_has_no_channel_is_passed_over(void **state)
{
    (void)state;
    static const struct reachable deputies[] = {{"maria", NULL}, {"budi", "mail"}};
    struct escalation_facts f = facts(3, NULL, 0);
    f.deputies = deputies;
    check_send(&escalation_plan_of(&f).sends[0], "budi", "mail", NOTICE_VISIT, "escalation_deputy");
    /* Nobody holds the post: the deputy rule leads to the Kajari. */
    f.asked_id = NULL;
    f.channel_count = 0;
    f.deputy_count = 1;
    check_send(&escalation_plan_of(&f).sends[0], "kajari", "whatsapp", NOTICE_HEAD,
               "escalation_head");
    f.rule = &standard[1];
    assert_int_equal(escalation_plan_of(&f).count, 0);
}

static void at_last_the_alarm(void **state)
{
    (void)state;
    struct escalation_facts f = facts(4, NULL, 0);
    struct escalation_plan p = escalation_plan_of(&f);
    assert_true(p.alarm);
    assert_int_equal(p.count, 0);
}

static void only_an_open_question_is_asked(void **state)
{
    (void)state;
    struct visit v = {.open = 1, .state = "waiting", .decision_state = "none"};
    assert_true(notice_still_asked(&v, NOTICE_VISIT));
    assert_true(notice_still_asked(&v, NOTICE_HEAD));
    assert_false(notice_still_asked(&v, NOTICE_QUESTION));
    v.decision_state = "proposed";
    assert_true(notice_still_asked(&v, NOTICE_QUESTION));
    assert_false(notice_still_asked(&v, NOTICE_VISIT));
    v.decision_state = "final";
    assert_false(notice_still_asked(&v, NOTICE_QUESTION));
    v.decision_state = "none";
    v.state = "leaving";
    assert_false(notice_still_asked(&v, NOTICE_VISIT));
    v.state = "registered";
    v.open = 0;
    assert_false(notice_still_asked(&v, NOTICE_VISIT));
}

/* --- proof of life ----------------------------------------------------------------------------------------- */

static struct channel_report judge(const char *channel, const struct channel_health *h,
                                   const struct channel_queue *q)
{
    struct channel_report r = {.channel = channel};
    notice_health_judge(h, q, NOW, &r);
    return r;
}

static void only_an_acknowledgement_proves_a_channel(void **state)
{
    (void)state;
    struct channel_health h = {.tried_at = NOW - 5, .accepted_at = NOW - 5};
    assert_string_equal(judge("whatsapp", NULL, NULL).state, "unproven");
    assert_string_equal(judge("whatsapp", &h, NULL).state, "unproven");
    assert_false(judge("whatsapp", &h, NULL).dead);
    assert_string_equal(judge("telegram", &h, NULL).state, "ok"); /* it reports nothing more */
    h.delivered_at = NOW - 4;
    assert_string_equal(judge("whatsapp", &h, NULL).state, "ok");
}

static void a_channel_that_fails_is_dead_after_some_attempts(void **state)
{
    (void)state;
    struct channel_health h = {
        .delivered_at = NOW - 100000, .failing_since = NOW - HEALTH_FAILING_MS + 1, .reason = "x"};
    assert_string_equal(judge("whatsapp", &h, NULL).state, "failing");
    assert_false(judge("whatsapp", &h, NULL).dead);
    h.failing_since--;
    assert_true(judge("whatsapp", &h, NULL).dead);
    assert_string_equal(judge("whatsapp", &h, NULL).reason, "x");
    h.paused_at = NOW; /* it stopped itself: at once */
    h.failing_since = NOW;
    assert_string_equal(judge("whatsapp", &h, NULL).state, "paused");
    assert_true(judge("whatsapp", &h, NULL).dead);
}

static void a_queue_that_does_not_move_is_dead(void **state)
{
    (void)state;
    struct channel_health h = {.tried_at = NOW - HEALTH_STUCK_MS,
                               .delivered_at = NOW - HEALTH_STUCK_MS};
    struct channel_queue q = {
        .waiting = 3, .oldest_at = NOW - 90000, .due_at = NOW - HEALTH_STUCK_MS, .dead = 2};
    struct channel_report r = judge("whatsapp", &h, &q);
    assert_string_equal(r.state, "stuck");
    assert_true(r.dead);
    assert_int_equal(r.waiting, 3);
    assert_int_equal(r.oldest_at, NOW - 90000);
    assert_int_equal(r.dead_letters, 2);
    h.tried_at++; /* it works through a long queue */
    assert_string_equal(judge("whatsapp", &h, &q).state, "ok");
    q.due_at = NOW + 1000; /* everything waits for its time */
    h.tried_at = 0;
    assert_string_equal(judge("whatsapp", &h, &q).state, "ok");
}

static void connected_but_nothing_arrives_is_dead(void **state)
{
    (void)state;
    struct channel_health h = {
        .tried_at = NOW, .accepted_at = NOW, .delivered_at = NOW - 8 * 3600000LL};
    struct channel_queue q = {.unproven = 2, .unproven_at = NOW - HEALTH_SILENT_MS};
    assert_string_equal(judge("whatsapp", &h, &q).state, "silent");
    assert_true(judge("whatsapp", &h, &q).dead);
    assert_string_equal(judge("telegram", &h, &q).state, "ok");
    q.unproven = 1; /* one may be a telephone that is off */
    assert_string_equal(judge("whatsapp", &h, &q).state, "ok");
    q.unproven = 2;
    h.delivered_at = NOW - 1000; /* others arrive */
    assert_string_equal(judge("whatsapp", &h, &q).state, "ok");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_come_one_after_the_other),
        cmocka_unit_test(an_undelivered_message_goes_by_the_next_channel),
        cmocka_unit_test(then_again_and_to_the_deputy),
        cmocka_unit_test(a_repetition_goes_where_it_has_a_chance),
        cmocka_unit_test(the_next_deputy_else_the_kajari_himself),
        cmocka_unit_test(who_has_no_channel_is_passed_over),
        cmocka_unit_test(at_last_the_alarm),
        cmocka_unit_test(only_an_open_question_is_asked),
        cmocka_unit_test(only_an_acknowledgement_proves_a_channel),
        cmocka_unit_test(a_channel_that_fails_is_dead_after_some_attempts),
        cmocka_unit_test(a_queue_that_does_not_move_is_dead),
        cmocka_unit_test(connected_but_nothing_arrives_is_dead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

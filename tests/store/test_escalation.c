/* What happens when nobody answers, on a test clock: from the registration to the counter's alarm, each
 * step once, nothing after an answer; the time line; what the counter is told of dead channels. */
#include "house_fixture.h"

#include "features/custody/custody_store.h"
#include "features/reach/reach.h"
#include "lib/base/banned.h"

static struct house *begin(void **state)
{
    struct house *h = *state;
    char id[UUID_TEXT_BYTES] = "";
    house_whatsapp(h);
    h->settings.channels = "telegram,mail";
    house_act_as(h, person_of(ROLE_ADMIN));
    const struct reach_channel_new ways[] = {{ARIEF, "whatsapp", "081200000103"},
                                             {ARIEF, "telegram", "103"}};
    for (size_t i = 0; i < ARRAY_LEN(ways); i++)
        assert_int_equal(reach_channel_add(h->cx, &ways[i], id), ERR_OK);
    struct stand_in_new deputy = {.kind = "deputy", .staff_id = ARIEF, .deputy_id = MARIA};
    assert_int_equal(reach_stand_in_add(h->cx, &deputy, id), ERR_OK);
    return h;
}

static void tick_at(struct house *h, int64_t arrived_ms, int64_t after_s)
{
    h->cx->now_ms = arrived_ms + after_s * 1000;
    assert_int_equal(escalation_tick(h->cx, h->office), ERR_OK);
}

/* "kind/name/channel" of every message, in order. */
static const char *messages(struct house *h, const char *visit)
{
    struct notice_message *list = NULL;
    size_t count = 0;
    assert_int_equal(notice_messages(h->cx->read, h->office, visit, &list, &count), ERR_OK);
    struct buf b = buf_new(h->cx->arena, 256, 8192);
    for (size_t i = 0; i < count; i++)
        buf_printf(&b, "%s%s/%s/%s", i ? " " : "", list[i].kind, list[i].recipient_id + 35,
                   list[i].channel);
    return b.n ? b.p : "";
}

static int entries(struct house *h, const char *visit, const char *action)
{
    return office_fixture_entries(h->o, visit, action);
}

static void mark(struct house *h, const char *visit, const char *recipient, const char *state)
{
    house_exec(h,
               arena_printf(
                   h->cx->arena,
                   "UPDATE outbox SET state = '%s' WHERE subject_id = '%s' AND recipient_id = '%s'",
                   state, visit, recipient));
}

static struct decision_new answer_of(struct house *h, const char *visit, const char *who,
                                     uint32_t role, const char *outcome)
{
    return (struct decision_new){.act = house_act(h, who),
                                 .visit_id = visit,
                                 .official_id = who,
                                 .as_role = role,
                                 .outcome = outcome,
                                 .channel = "page"};
}

static struct decision_result answer(struct house *h, const char *visit, const char *who,
                                     uint32_t role, const char *outcome)
{
    struct decision_new n = answer_of(h, visit, who, role, outcome);
    struct decision_result r = {0};
    h->cx->diag = (struct diag){.code = NULL};
    assert_int_equal(decision_answer(h->cx, &n, &r), ERR_OK);
    return r;
}

static bool rings(struct house *h, const char *visit)
{
    bool yes = false;
    assert_int_equal(escalation_rings(h->cx->read, h->office, visit, &yes), ERR_OK);
    return yes;
}

static void from_silence_to_the_alarm(void **state)
{
    struct house *h = begin(state);
    int64_t t = h->cx->now_ms;
    const char *id = guest_in(h, &(struct guest){.name = NULL});
    assert_int_equal(house_number(h, "SELECT count(*) FROM escalation"), 1);
    assert_int_equal(house_number(h, "SELECT next_at FROM escalation"), t + 60000);
    tick_at(h, t, 59);
    assert_string_equal(messages(h, id), "visit_notice/3/whatsapp");
    tick_at(h, t, 60); /* not delivered: his next channel */
    assert_string_equal(messages(h, id), "visit_notice/3/whatsapp visit_notice/3/telegram");
    tick_at(h, t, 61);
    assert_int_equal(entries(h, id, "escalation_next_channel"), 1); /* once */
    house_exec(h, "UPDATE outbox SET state = 'delivered' WHERE channel = 'telegram'");
    tick_at(h, t, 119);
    tick_at(h, t, 120); /* not answered: again, and the deputy */
    assert_string_equal(messages(h, id), "visit_notice/3/whatsapp visit_notice/3/telegram "
                                         "visit_notice/3/telegram visit_notice/5/whatsapp");
    assert_int_equal(entries(h, id, "escalation_repeated"), 1);
    assert_int_equal(entries(h, id, "escalation_deputy"), 1);
    tick_at(h, t, 240); /* no other deputy: the Kajari */
    assert_int_equal(entries(h, id, "escalation_head"), 1);
    assert_non_null(strstr(messages(h, id), " head_notice/4/whatsapp"));
    assert_false(rings(h, id));
    tick_at(h, t, 359);
    assert_false(rings(h, id));
    tick_at(h, t, 360);
    assert_true(rings(h, id));
    assert_int_equal(entries(h, id, "escalation_alarm"), 1);
    struct escalation_alarm *alarms = NULL;
    size_t count = 0;
    assert_int_equal(escalation_alarms(h->cx->read, h->office, &alarms, &count), ERR_OK);
    assert_int_equal(count, 1);
    assert_string_equal(alarms[0].visit_id, id);
    assert_int_equal(alarms[0].alarm_at, t + 360000);
    tick_at(h, t, 4000); /* that was all */
    assert_int_equal(house_number(h, "SELECT count(*) FROM outbox"), 5);
    struct decision_result r = answer(h, id, MARIA, ROLE_INTEL_CHIEF, "intel_chief");
    assert_string_equal(r.effect, "proposed");
    assert_false(rings(h, id));
}

static void a_delivered_message_needs_no_next_channel(void **state)
{
    struct house *h = begin(state);
    int64_t t = h->cx->now_ms;
    const char *id = guest_in(h, &(struct guest){.name = NULL});
    mark(h, id, ARIEF, "read");
    tick_at(h, t, 60);
    assert_string_equal(messages(h, id), "visit_notice/3/whatsapp");
    assert_int_equal(entries(h, id, "escalation_next_channel"), 0);
    assert_int_equal(house_number(h, "SELECT done_sort FROM escalation"), 1);
    assert_int_equal(house_number(h, "SELECT next_at FROM escalation"), t + 120000);
}

static void after_a_standstill_every_rule_is_done_once(void **state)
{
    struct house *h = begin(state);
    int64_t t = h->cx->now_ms;
    const char *id = guest_in(h, &(struct guest){.name = NULL});
    for (int i = 0; i < 8; i++)
        tick_at(h, t, 1000 + i);
    assert_true(rings(h, id));
    assert_int_equal(entries(h, id, "escalation_next_channel"), 1);
    assert_int_equal(entries(h, id, "escalation_repeated"), 0); /* both still wait in their queues */
    assert_int_equal(entries(h, id, "escalation_deputy"), 1);
    assert_int_equal(entries(h, id, "escalation_head"), 1);
    assert_int_equal(entries(h, id, "escalation_alarm"), 1);
}

static void an_answer_ends_it(void **state)
{
    struct house *h = begin(state);
    int64_t t = h->cx->now_ms;
    house_exec(h, "UPDATE office SET ask_head = 'when_asked'");
    const char *id = guest_in(h, &(struct guest){.name = NULL});
    (void)answer(h, id, ARIEF, ROLE_INTEL_CHIEF, "intel_chief");
    assert_int_equal(house_number(h, "SELECT count(*) FROM escalation WHERE next_at IS NOT NULL"),
                     0);
    tick_at(h, t, 360);
    assert_string_equal(messages(h, id), "visit_notice/3/whatsapp");
    assert_false(rings(h, id));
}

static void the_kajaris_question_escalates_for_itself(void **state)
{
    struct house *h = begin(state);
    int64_t t = h->cx->now_ms;
    const char *id = guest_in(h, &(struct guest){.name = NULL});
    house_later(h, 10000);
    (void)answer(h, id, ARIEF, ROLE_INTEL_CHIEF, "intel_chief");
    assert_int_equal(house_number(h, "SELECT count(*) FROM escalation WHERE next_at IS NOT NULL"),
                     1);
    assert_int_equal(
        house_number(h, "SELECT next_at FROM escalation WHERE question = 'head_question'"),
        t + 70000);
    mark(h, id, HENDRA, "delivered");
    tick_at(h, t, 70);
    tick_at(h, t, 130);
    assert_string_equal(
        messages(h, id),
        "visit_notice/3/whatsapp head_question/4/whatsapp head_question/4/whatsapp");
}

static void later_asks_again_from_the_beginning(void **state)
{
    struct house *h = begin(state);
    int64_t t = h->cx->now_ms;
    const char *id = guest_in(h, &(struct guest){.name = NULL});
    struct decision_new n = answer_of(h, id, ARIEF, ROLE_INTEL_CHIEF, "later");
    struct decision_result r = {0};
    n.minutes = 5;
    assert_int_equal(decision_answer(h->cx, &n, &r), ERR_OK);
    tick_at(h, t, 200); /* not before he wanted to be asked */
    assert_string_equal(messages(h, id), "visit_notice/3/whatsapp");
    h->cx->now_ms = t + 300000;
    assert_int_equal(decision_tick(h->cx, h->office), ERR_OK);
    assert_string_equal(messages(h, id), "visit_notice/3/whatsapp visit_notice/3/whatsapp");
    assert_int_equal(house_number(h, "SELECT next_at FROM escalation"), t + 360000);
    tick_at(h, t, 360);
    assert_int_equal(entries(h, id, "escalation_next_channel"), 1);
}

static void a_visit_that_ended_is_left_alone(void **state)
{
    struct house *h = begin(state);
    int64_t t = h->cx->now_ms;
    const char *id = guest_in(h, &(struct guest){.name = NULL});
    struct custody_end end = {.a = {.act = house_act(h, RINA), .visit_id = id}};
    end.reason = "salah kantor";
    assert_int_equal(db_tx(h->cx, "cancel", custody_cancel, &end), ERR_OK);
    assert_int_equal(house_number(h, "SELECT count(*) FROM escalation WHERE next_at IS NOT NULL"),
                     0);
    /* Even if it had not been closed. */
    house_exec(h, "UPDATE escalation SET next_at = 1");
    tick_at(h, t, 360);
    assert_string_equal(messages(h, id), "visit_notice/3/whatsapp");
    assert_int_equal(house_number(h, "SELECT count(*) FROM escalation WHERE next_at IS NOT NULL"),
                     0);
}

static void who_cannot_be_reached_still_escalates(void **state)
{
    struct house *h = *state;
    char deputy_id[UUID_TEXT_BYTES] = "";
    house_whatsapp(h);
    house_act_as(h, person_of(ROLE_ADMIN));
    house_exec(h, "UPDATE staff SET phone_sealed = NULL WHERE username = 'arief'");
    struct stand_in_new deputy = {.kind = "deputy", .staff_id = ARIEF, .deputy_id = MARIA};
    assert_int_equal(reach_stand_in_add(h->cx, &deputy, deputy_id), ERR_OK);
    int64_t t = h->cx->now_ms;
    struct visit_registration *r = guest_fill(h, &(struct guest){.name = NULL});
    assert_int_equal(notice_to(h->cx, h->office, NOTICE_VISIT, ROLE_INTEL_CHIEF, &r->notice),
                     ERR_OK);
    assert_null(r->notice.channel);
    assert_int_equal(db_tx(h->cx, "register", visit_register, r), ERR_OK);
    assert_string_equal(visit_now(h, r->visit.id).notice_reason,
                        "Nomor atau saluran pesan pejabat belum dicatat");
    tick_at(h, t, 60);
    tick_at(h, t, 120);
    assert_string_equal(messages(h, r->visit.id), "visit_notice/5/whatsapp");
    assert_string_equal(visit_now(h, r->visit.id).notice_state, "queued");
    tick_at(h, t, 240);
    tick_at(h, t, 360);
    assert_true(rings(h, r->visit.id));
}

static void tokens_are_the_recipients_own(void **state)
{
    struct house *h = begin(state);
    int64_t t = h->cx->now_ms;
    const char *id = guest_in(h, &(struct guest){.name = NULL});
    mark(h, id, ARIEF, "read");
    tick_at(h, t, 60);
    tick_at(h, t, 120);
    tick_at(h, t, 240);
    static const struct {
        const char *who, *kind, *role;
    } wanted[] = {{MARIA, NOTICE_VISIT, "intel_chief"}, {HENDRA, NOTICE_HEAD, "office_head"}};
    for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
        struct outbox_row row = {0};
        const char *row_id = house_text(
            h, arena_printf(h->cx->arena, "SELECT id FROM outbox WHERE recipient_id = '%s'",
                            wanted[i].who));
        assert_int_equal(outbox_get(h->cx->read, h->office, row_id, &row), ERR_OK);
        assert_string_equal(row.kind, wanted[i].kind);
        struct outbox_message m = {0};
        assert_int_equal(notice_render(h->cx, &row, &m), ERR_OK);
        const char *sql = arena_printf(
            h->cx->arena,
            "SELECT as_role FROM answer_token WHERE staff_id = '%s' AND outbox_id = '%s'",
            wanted[i].who, row_id);
        assert_string_equal(house_text(h, sql), wanted[i].role);
        assert_non_null(m.link);
    }
    /* The Kajari's own word decides at once. */
    uint32_t posts = 0;
    assert_int_equal(notice_posts(h->cx->read, h->office, id, HENDRA, &posts), ERR_OK);
    assert_int_equal(posts, ROLE_OFFICE_HEAD);
    assert_int_equal(notice_posts(h->cx->read, h->office, id, MARIA, &posts), ERR_OK);
    assert_int_equal(posts, ROLE_INTEL_CHIEF);
    assert_int_equal(notice_posts(h->cx->read, h->office, id, YULIANA, &posts), ERR_OK);
    assert_int_equal(posts, 0);
    assert_string_equal(answer(h, id, HENDRA, ROLE_OFFICE_HEAD, "office_head").effect, "final");
}

static void a_lost_address_is_a_dead_letter(void **state)
{
    struct house *h = begin(state);
    const char *id = guest_in(h, &(struct guest){.name = NULL});
    house_exec(h, "UPDATE staff_channel SET gone_at = 1 WHERE channel = 'whatsapp'");
    struct outbox_row row = {0};
    struct outbox_message m = {0};
    const char *row_id = house_text(h, "SELECT id FROM outbox");
    assert_int_equal(outbox_get(h->cx->read, h->office, row_id, &row), ERR_OK);
    assert_int_equal(notice_render(h->cx, &row, &m), ERR_INVALID);
    assert_non_null(h->cx->diag.message);
    (void)id;
}

/* --- whom to call; dead letters; the policy ------------------------------------------------------------------- */

static void the_counter_knows_whom_to_call(void **state)
{
    struct house *h = begin(state);
    struct notice_call *calls = NULL;
    size_t count = 0;
    assert_int_equal(notice_calls(h->cx, h->office, NOTICE_VISIT, &calls, &count), ERR_OK);
    assert_int_equal(count, 3);
    assert_string_equal(calls[0].name, "Arief Setiadi");
    assert_string_equal(calls[0].tel, "+6281200000103");
    assert_string_equal(calls[1].name, "Maria Tiara");
    assert_string_equal(calls[2].name, "Hendra Wijaksana");
    assert_int_equal(notice_calls(h->cx, h->office, NOTICE_QUESTION, &calls, &count), ERR_OK);
    assert_string_equal(calls[0].name, "Hendra Wijaksana");
}

static void dead_letters_can_go_again(void **state)
{
    struct house *h = begin(state);
    const char *id = guest_in(h, &(struct guest){.name = NULL});
    const char *row_id = house_text(h, "SELECT id FROM outbox");
    assert_int_equal(notice_retry(h->cx, row_id), ERR_CONFLICT); /* it still waits */
    assert_int_equal(notice_retry(h->cx, "tidak-ada"), ERR_CONFLICT);
    house_exec(h, arena_printf(h->cx->arena,
                               "UPDATE outbox SET state = 'failed', attempts = 60, code = "
                               "'131026', reason = 'x', failed_at = %lld",
                               (long long)h->cx->now_ms));
    struct notice_message *dead = NULL;
    size_t count = 0;
    assert_int_equal(
        notice_dead_letters(h->cx->read, h->office, h->cx->now_ms - 1000, &dead, &count), ERR_OK);
    assert_int_equal(count, 1);
    assert_string_equal(dead[0].to, "Arief Setiadi");
    assert_string_equal(dead[0].post, "Kasi Intelijen");
    assert_int_equal(notice_retry(h->cx, row_id), ERR_OK);
    assert_int_equal(house_number(h, "SELECT count(*) FROM outbox WHERE state = 'queued' AND "
                                     "attempts = 0 AND code IS NULL AND failed_at IS NULL"),
                     1);
    assert_int_equal(entries(h, id, "message_retried"), 1);
    assert_int_equal(notice_retry(h->cx, row_id), ERR_CONFLICT);
    house_exec(
        h, "UPDATE outbox SET state = 'failed', kind = 'case_reminder', subject_id = office_id");
    assert_int_equal(notice_retry(h->cx, row_id), ERR_OK); /* of no visit: about whom it is for */
    assert_int_equal(house_number(h, "SELECT count(*) FROM audit_entry e JOIN outbox o ON "
                                     "o.recipient_id = e.subject_id WHERE e.subject_kind = 'staff' "
                                     "AND e.action = 'message_retried'"),
                     1);
}

static void the_policy_is_the_offices(void **state)
{
    struct house *h = begin(state);
    struct escalation_rule *rules = NULL;
    size_t count = 0;
    assert_int_equal(escalation_rules(h->cx->read, h->office, &rules, &count), ERR_OK);
    assert_int_equal(count, 4);
    assert_int_equal(rules[0].after_s, 60);
    assert_string_equal(rules[3].action, "counter_alarm");
    const struct escalation_rule quick[] = {{0, 30, "unanswered", "counter_alarm"}};
    const struct escalation_rule wrong[] = {{0, 60, "unanswered", "counter_alarm"},
                                            {0, 30, "sometimes", "shout"}};
    assert_int_equal(escalation_rules_save(h->cx, wrong, 2), ERR_INVALID);
    assert_int_equal(h->cx->diag.field_count, 2);
    h->cx->diag = (struct diag){.code = NULL};
    assert_int_equal(escalation_rules_save(h->cx, quick, 1), ERR_OK);
    int64_t t = h->cx->now_ms;
    const char *id = guest_in(h, &(struct guest){.name = NULL});
    tick_at(h, t, 30);
    assert_true(rings(h, id));
    assert_int_equal(escalation_rules_save(h->cx, NULL, 0), ERR_OK);
    (void)guest_in(h, &(struct guest){.id_number = "6203011708450002"});
    assert_int_equal(house_number(h, "SELECT count(*) FROM escalation WHERE next_at IS NOT NULL"),
                     0);
}

/* --- proof of life ------------------------------------------------------------------------------------------------ */

static const char *banner(struct house *h)
{
    const char *text = NULL;
    assert_int_equal(notice_banner(h->cx, h->office, &text), ERR_OK);
    return text ? text : "";
}

static void the_counter_is_told_of_a_dead_channel_and_of_its_return(void **state)
{
    struct house *h = *state;
    assert_non_null(strstr(banner(h), "belum disiapkan"));
    begin(state);
    int64_t t = h->cx->now_ms;
    assert_string_equal(banner(h), "");
    house_exec(h, arena_printf(
                      h->cx->arena,
                      "INSERT INTO channel_health (office_id, channel, tried_at, failing_since, "
                      "code, reason) "
                      "VALUES ('%s', 'whatsapp', %lld, %lld, 'http_503', 'WhatsApp sedang sibuk.')",
                      h->office, (long long)t, (long long)t));
    tick_at(h, t, 14);
    assert_string_equal(banner(h), "");
    tick_at(h, t, 15);
    assert_non_null(
        strstr(banner(h), "WhatsApp tidak berfungsi sejak 09.40. WhatsApp sedang sibuk."));
    tick_at(h, t, 16);
    assert_int_equal(entries(h, "whatsapp", "channel_dead"), 1);
    struct audit_entry *events = NULL;
    size_t count = 0;
    assert_int_equal(audit_events_after(h->cx->read, h->office, 0, 200, &events, &count), ERR_OK);
    assert_int_equal(count, 1); /* the counter's page hears it at once */
    house_exec(h,
               "UPDATE channel_health SET failing_since = NULL, accepted_at = 1, delivered_at = 1");
    tick_at(h, t, 17);
    assert_string_equal(banner(h), "");
    assert_int_equal(entries(h, "whatsapp", "channel_alive"), 1);
}

static void reports_show_queues_and_dead_letters(void **state)
{
    struct house *h = begin(state);
    int64_t t = h->cx->now_ms;
    (void)guest_in(h, &(struct guest){.name = NULL});
    (void)guest_in(h, &(struct guest){.id_number = "6203011708450002"});
    house_exec(h, arena_printf(h->cx->arena,
                               "UPDATE outbox SET state = 'failed', failed_at = %lld WHERE id = "
                               "(SELECT min(id) FROM outbox)",
                               (long long)t));
    struct channel_report *list = NULL;
    size_t count = 0;
    assert_int_equal(notice_health(h->cx, h->office, &list, &count), ERR_OK);
    assert_int_equal(count, 3);
    assert_string_equal(list[0].channel, "whatsapp");
    assert_string_equal(list[0].state, "unproven");
    assert_int_equal(list[0].waiting, 1);
    assert_int_equal(list[0].oldest_at, t);
    assert_int_equal(list[0].dead_letters, 1);
    assert_string_equal(list[1].channel, "telegram");
    house_later(h, 60000); /* due a minute, nothing tried */
    assert_int_equal(notice_health(h->cx, h->office, &list, &count), ERR_OK);
    assert_string_equal(list[0].state, "stuck");
    assert_true(list[0].dead);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, house_begin, house_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(from_silence_to_the_alarm),
        TEST(a_delivered_message_needs_no_next_channel),
        TEST(after_a_standstill_every_rule_is_done_once),
        TEST(an_answer_ends_it),
        TEST(the_kajaris_question_escalates_for_itself),
        TEST(later_asks_again_from_the_beginning),
        TEST(a_visit_that_ended_is_left_alone),
        TEST(who_cannot_be_reached_still_escalates),
        TEST(tokens_are_the_recipients_own),
        TEST(a_lost_address_is_a_dead_letter),
        TEST(the_counter_knows_whom_to_call),
        TEST(dead_letters_can_go_again),
        TEST(the_policy_is_the_offices),
        TEST(the_counter_is_told_of_a_dead_channel_and_of_its_return),
        TEST(reports_show_queues_and_dead_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

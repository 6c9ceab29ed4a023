/* Step 5 in the database: queueing, what becomes of a message, the text that is sent. */
#include "house_fixture.h"

static const char *step_5(struct house *h, const char *id)
{
    return house_text(
        h, arena_printf(h->cx->arena,
                        "SELECT COALESCE(skipped, 'done') FROM visit_step WHERE step = 5 "
                        "AND visit_id = '%s'",
                        id));
}

static const char *guest(struct house *h, int i)
{
    return guest_in(
        h, &(struct guest){.id_number = arena_printf(h->cx->arena, "620301170845%04d", i + 1)});
}

static const char *row_of(struct house *h, const char *visit_id)
{
    return house_text(h, arena_printf(h->cx->arena,
                                      "SELECT id FROM outbox WHERE subject_id = '%s' "
                                      "ORDER BY round DESC LIMIT 1",
                                      visit_id));
}

static void without_a_channel_step_5_is_skipped(void **state)
{
    struct house *h = *state;
    const char *id = guest(h, 0);
    struct visit v = visit_now(h, id);
    assert_string_equal(v.notice_state, "none");
    assert_string_equal(v.notice_reason, "WhatsApp belum disiapkan");
    assert_string_equal(step_5(h, id), "WhatsApp belum disiapkan");
    assert_int_equal(house_number(h, "SELECT count(*) FROM outbox"), 0);
}

static void without_a_holder_step_5_is_skipped(void **state)
{
    struct house *h = *state;
    house_whatsapp(h);
    const char *id = guest_in(h, &(struct guest){.no_chief = true});
    assert_string_equal(visit_now(h, id).notice_state, "none");
    assert_string_equal(step_5(h, id), "Belum ada pejabat yang memegang jabatan ini");
    assert_int_equal(house_number(h, "SELECT count(*) FROM outbox"), 0);
}

struct queueing {
    struct visit_act act;
    const char *visit_id;
    struct notice_new n;
};

static enum err queue_tx(struct db_conn *tx, void *arg)
{
    struct queueing *q = arg;
    return notice_queue(tx, &q->act, q->visit_id, &q->n);
}

static void every_asking_is_a_round(void **state)
{
    struct house *h = *state;
    house_whatsapp(h);
    const char *id = guest(h, 0);
    assert_string_equal(step_5(h, id), "done");
    for (int round = 2; round <= 4; round++) {
        struct queueing q = {.act = house_act(h, ""),
                             .visit_id = id,
                             .n = {.outbox_id = house_id(h),
                                   .kind = NOTICE_VISIT,
                                   .recipient_id = ARIEF,
                                   .channel = "whatsapp",
                                   .not_before = h->cx->now_ms + 60000}};
        assert_int_equal(db_tx(h->cx, "queue", queue_tx, &q), ERR_OK);
        assert_int_equal(house_number(h, "SELECT max(round) FROM outbox"), round);
    }
    assert_int_equal(house_number(h, "SELECT next_at FROM outbox WHERE round = 4"),
                     h->cx->now_ms + 60000);
    /* the Kajari's question counts for itself and leaves step 5 and the notice alone */
    struct queueing q = {
        .act = house_act(h, ""),
        .visit_id = id,
        .n = {.outbox_id = house_id(h), .kind = NOTICE_QUESTION, .recipient_id = HENDRA}};
    q.n.reason = "WhatsApp belum disiapkan";
    assert_int_equal(db_tx(h->cx, "queue", queue_tx, &q), ERR_OK);
    struct visit v = visit_now(h, id);
    assert_string_equal(v.question_state, "none");
    assert_string_equal(v.question_reason, "WhatsApp belum disiapkan");
    assert_string_equal(v.notice_state, "queued");
    assert_string_equal(step_5(h, id), "done");
}

/* --- what WhatsApp says of it ---------------------------------------------------------------------------- */

static bool report(struct house *h, const char *opaque_id, const char *wamid, const char *status)
{
    struct status_change s = {.act = house_act(h, ""),
                              .wamid = wamid,
                              .opaque_id = opaque_id,
                              .status = status,
                              .at = h->cx->now_ms};
    s.code = str_eq(status, "failed") ? "131026" : NULL;
    assert_int_equal(db_tx(h->cx, "status", notice_status, &s), ERR_OK);
    house_later(h, 1000);
    return s.changed;
}

/* The Kasi Intel said "nanti" and is asked again: what becomes of the first message is its own affair. */
static void an_older_message_does_not_move_the_newer_question(void **state)
{
    struct house *h = *state;
    house_whatsapp(h);
    const char *id = guest(h, 0);
    const char *first = row_of(h, id);
    assert_true(report(h, first, "wamid.1", "sent"));
    assert_string_equal(visit_now(h, id).notice_state, "sent");
    struct queueing q = {.act = house_act(h, ""),
                         .visit_id = id,
                         .n = {.outbox_id = house_id(h),
                               .kind = NOTICE_VISIT,
                               .recipient_id = ARIEF,
                               .channel = "whatsapp"}};
    assert_int_equal(db_tx(h->cx, "queue", queue_tx, &q), ERR_OK);
    assert_string_equal(visit_now(h, id).notice_state, "queued");
    assert_true(report(h, first, "wamid.1", "delivered")); /* the row moves, the visit does not */
    assert_true(report(h, first, "wamid.1", "read"));
    assert_string_equal(visit_now(h, id).notice_state, "queued");
    assert_true(report(h, q.n.outbox_id, "wamid.2", "sent"));
    assert_string_equal(visit_now(h, id).notice_state, "sent");
    assert_true(report(h, q.n.outbox_id, "wamid.2", "delivered"));
    assert_string_equal(visit_now(h, id).notice_state, "delivered");
}

/* All orders of the four events, each event twice. */
static void every_order_ends_the_same(void **state)
{
    struct house *h = *state;
    static const char *const events[] = {"sent", "delivered", "read", "failed"};
    house_whatsapp(h);
    int orders = 0;
    for (int order = 0; order < 256; order++) {
        int pick[4] = {order & 3, order >> 2 & 3, order >> 4 & 3, order >> 6 & 3};
        int seen = 1 << pick[0] | 1 << pick[1] | 1 << pick[2] | 1 << pick[3];
        if (seen != 15)
            continue;
        const char *id = guest(h, orders);
        const char *row = row_of(h, id);
        const char *wamid = arena_printf(h->cx->arena, "wamid.%d", orders++);
        int entries = 0;
        for (int i = 0; i < 4; i++) {
            (void)report(h, row, wamid, events[pick[i]]);
            struct visit before = visit_now(h, id);
            assert_false(report(h, row, wamid, events[pick[i]])); /* once more changes nothing */
            struct visit after = visit_now(h, id);
            assert_string_equal(before.notice_state, after.notice_state);
            assert_int_equal(before.notice_at, after.notice_at);
        }
        assert_string_equal(visit_now(h, id).notice_state, "read");
        for (int i = 0; i < 4; i++) {
            int n = office_fixture_entries(h->o, id,
                                           arena_printf(h->cx->arena, "notice_%s", events[i]));
            assert_true(n <= 1);
            entries += n;
        }
        assert_true(entries >= 1 && entries <= 4);
        assert_int_equal(office_fixture_entries(h->o, id, "notice_read"), 1);
    }
    assert_int_equal(orders, 24);
}

static void a_failure_says_why(void **state)
{
    struct house *h = *state;
    house_whatsapp(h);
    const char *id = guest(h, 0);
    assert_true(report(h, row_of(h, id), "w", "sent"));
    assert_true(report(h, row_of(h, id), "w", "failed"));
    struct visit v = visit_now(h, id);
    assert_string_equal(v.notice_state, "failed");
    assert_non_null(v.notice_reason);
    assert_true(report(h, row_of(h, id), "w", "delivered")); /* it came all the same */
    v = visit_now(h, id);
    assert_string_equal(v.notice_state, "delivered");
    assert_null(v.notice_reason);
}

static void an_answered_notice_stays_answered(void **state)
{
    struct house *h = *state;
    house_whatsapp(h);
    const char *id = guest(h, 0);
    house_exec(h, "UPDATE visit SET notice_state = 'answered'");
    static const char *const late[] = {"sent", "delivered", "read", "failed"};
    for (size_t i = 0; i < ARRAY_LEN(late); i++)
        (void)report(h, row_of(h, id), "w", late[i]);
    assert_string_equal(visit_now(h, id).notice_state, "answered");
}

static void events_of_others_do_no_harm(void **state)
{
    struct house *h = *state;
    house_whatsapp(h);
    const char *id = guest(h, 0);
    assert_false(report(h, "01890000-0000-7000-8000-00000000ffff", "unknown", "read"));
    assert_false(report(h, NULL, "unknown", "read"));
    assert_false(report(h, row_of(h, id), "w", "unheard_of"));
    assert_string_equal(visit_now(h, id).notice_state, "queued");
}

static void the_senders_result(void **state)
{
    struct house *h = *state;
    house_whatsapp(h);
    const char *id = guest(h, 0);
    struct outbox_row row = {0};
    assert_int_equal(outbox_get(h->cx->read, h->office, row_of(h, id), &row), ERR_OK);
    assert_string_equal(row.recipient_id, ARIEF);
    assert_string_equal(row.kind, NOTICE_VISIT);
    assert_true(report(h, row.id, "w", "sent"));
    assert_string_equal(visit_now(h, id).notice_state, "sent");
    assert_int_equal(office_fixture_entries(h->o, id, "notice_sent"), 1);
}

/* --- the text ----------------------------------------------------------------------------------------------- */

static enum err render(struct house *h, const char *visit_id, struct outbox_message *ret)
{
    struct outbox_row row = {0};
    assert_int_equal(outbox_get(h->cx->read, h->office, row_of(h, visit_id), &row), ERR_OK);
    return notice_render(h->cx, &row, ret);
}

static const char *all_params(struct house *h, const struct outbox_message *m)
{
    struct buf b = buf_new(h->cx->arena, 256, 4096);
    for (size_t i = 0; i < m->param_count; i++)
        buf_printf(&b, "[%s]", m->params[i]);
    return b.p;
}

static void the_chiefs_message(void **state)
{
    struct house *h = *state;
    house_whatsapp(h);
    const char *id = guest_in(h,
                              &(struct guest){.name = "Fransiska Luhing", .organization = "Dinas"});
    house_later(h, 180000);
    struct outbox_message m = {0};
    assert_int_equal(render(h, id, &m), ERR_OK);
    assert_string_equal(m.to, "+6281200000103");
    assert_string_equal(m.template_name, "tamu_baru");
    assert_string_equal(m.language, "id");
    assert_string_equal(m.opaque_id, row_of(h, id));
    assert_int_equal(m.param_count, 5);
    assert_string_equal(m.params[0], "1/2026");
    assert_non_null(strstr(m.params[1], "menunggu 3 menit"));
    static const char *const titles[] = {"Saya terima", "Tanya Kajari", "Nanti", "Tolak"};
    static const char *const actions[] = {"intel_chief", "ask_head", "later", "refused"};
    assert_int_equal(m.button_count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(m.buttons[i].title, titles[i]);
        assert_true(str_starts(m.buttons[i].payload, "v1."));
        assert_true(strlen(m.buttons[i].payload) <= 64);
        uint8_t hash[32];
        struct answer_token t = {0};
        seal_secret_hash(h->cx->seal, "answer", m.buttons[i].payload + 3, hash);
        assert_int_equal(decision_token_find(h->cx->read, h->office, hash, &t), ERR_OK);
        assert_string_equal(t.action, actions[i]);
        assert_string_equal(t.staff_id, ARIEF);
        assert_string_equal(t.as_role, "intel_chief");
        assert_int_equal(t.expires_at, h->cx->now_ms + 7200000);
    }
    const char *link = strstr(m.params[4], "/jawab/");
    assert_non_null(link);
    uint8_t hash[32];
    struct answer_token t = {0};
    seal_secret_hash(h->cx->seal, "answer", link + 7, hash);
    assert_int_equal(decision_token_find(h->cx->read, h->office, hash, &t), ERR_OK);
    assert_string_equal(t.action, "");
    assert_int_equal(house_number(h, "SELECT count(*) FROM answer_token"), 5);
    /* nothing of the person: the office's policy is off */
    const char *text = all_params(h, &m);
    assert_null(strstr(text, "Fransiska"));
    assert_null(strstr(text, "Konsultasi"));
    assert_null(strstr(text, "6203"));
}

static void a_name_only_by_policy_and_never_of_a_complaint(void **state)
{
    struct house *h = *state;
    house_whatsapp(h);
    house_exec(h, "UPDATE office SET notice_name = 1");
    struct outbox_message m = {0};
    assert_int_equal(render(h, guest_in(h, &(struct guest){.name = "Fransiska"}), &m), ERR_OK);
    assert_non_null(strstr(all_params(h, &m), "Fransiska"));
    const char *id = guest_in(
        h,
        &(struct guest){.name = "Budi", .category = "complaint", .id_number = "6203011708450002"});
    struct outbox_message complaint = {0};
    assert_int_equal(render(h, id, &complaint), ERR_OK);
    assert_null(strstr(all_params(h, &complaint), "Budi"));
}

static void the_heads_message(void **state)
{
    struct house *h = *state;
    house_whatsapp(h);
    const char *id = guest(h, 0);
    house_exec(h, "UPDATE visit SET decision_state = 'proposed', decision_outcome = 'intel_chief'");
    struct queueing q = {.act = house_act(h, ""),
                         .visit_id = id,
                         .n = {.outbox_id = house_id(h),
                               .kind = NOTICE_QUESTION,
                               .recipient_id = HENDRA,
                               .channel = "whatsapp",
                               .round = 2}};
    assert_int_equal(db_tx(h->cx, "queue", queue_tx, &q), ERR_OK);
    struct outbox_message m = {0};
    assert_int_equal(render(h, id, &m), ERR_OK);
    assert_string_equal(m.to, "+6281200000104");
    assert_string_equal(m.template_name, "tanya_kajari");
    assert_int_equal(m.button_count, 3);
    assert_string_equal(m.buttons[1].title, "Cukup Kasi Intel");
    assert_int_equal(m.param_count, 6);
    assert_string_equal(m.params[4], "Diterima Kasi Intelijen");
}

static void nothing_is_asked_that_is_answered(void **state)
{
    struct house *h = *state;
    house_whatsapp(h);
    const char *id = guest(h, 0);
    struct outbox_message m = {0};
    static const char *const changes[] = {
        "UPDATE visit SET decision_state = 'final'", "UPDATE visit SET decision_state = 'proposed'",
        "UPDATE visit SET decision_state = 'none', state = 'received'",
        "UPDATE visit SET state = 'cancelled', open = 0"};
    for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
        house_exec(h, changes[i]);
        assert_int_equal(render(h, id, &m), ERR_MISSING);
    }
    assert_int_equal(house_number(h, "SELECT count(*) FROM answer_token"), 0);
    house_exec(
        h, "UPDATE visit SET state = 'registered', open = 1; UPDATE staff SET phone_sealed = NULL");
    assert_int_equal(render(h, id, &m), ERR_INVALID);
    assert_string_equal(h->cx->diag.code, "no_address");
}

/* --- stored bodies -------------------------------------------------------------------------------------------- */

static void bodies_go_after_thirty_days(void **state)
{
    struct house *h = *state;
    struct webhook_new n = {.office_id = h->office, .id = house_id(h), .received_at = h->cx->now_ms};
    n.sealed = seal_field(h->cx->seal, h->cx->arena, "webhook_event", "body_sealed", n.id, "{}");
    assert_int_equal(db_tx(h->cx, "keep", notice_webhook_keep, &n), ERR_OK);
    house_later(h, INT64_C(31) * 86400000);
    assert_int_equal(notice_forget(h->cx, h->office), ERR_OK);
    assert_int_equal(house_number(h, "SELECT count(*) FROM webhook_event"), 1); /* not read yet */
    assert_int_equal(notice_process_webhooks(h->cx, h->office), ERR_OK);
    assert_int_equal(
        house_number(h, "SELECT count(*) FROM webhook_event WHERE processed_at IS NULL"), 0);
    assert_int_equal(notice_forget(h->cx, h->office), ERR_OK);
    assert_int_equal(house_number(h, "SELECT count(*) FROM webhook_event"), 0);
}

#define TEST(name_) cmocka_unit_test_setup_teardown(name_, house_begin, house_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_a_channel_step_5_is_skipped),
        TEST(without_a_holder_step_5_is_skipped),
        TEST(every_asking_is_a_round),
        TEST(an_older_message_does_not_move_the_newer_question),
        TEST(every_order_ends_the_same),
        TEST(a_failure_says_why),
        TEST(an_answered_notice_stays_answered),
        TEST(events_of_others_do_no_harm),
        TEST(the_senders_result),
        TEST(the_chiefs_message),
        TEST(a_name_only_by_policy_and_never_of_a_complaint),
        TEST(the_heads_message),
        TEST(nothing_is_asked_that_is_answered),
        TEST(bodies_go_after_thirty_days),
    };
    return cmocka_run_group_tests_name("notice", tests, NULL, NULL);
}

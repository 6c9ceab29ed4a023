/* The outbox table: queueing, claiming by lease, and the ladder of status events. */
#include "outbox_fixture.h"

#include "lib/outbox/whatsapp_error.h"
#include "lib/base/banned.h"

static struct fixture *f;

static int set_up(void **state)
{
    (void)state;
    f = outbox_fixture_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_free(f);
    return 0;
}

/* --- queueing --------------------------------------------------------------------------------- */

static struct outbox_new notice(const char *id)
{
    return (struct outbox_new){.id = id,
                               .office_id = OFFICE,
                               .kind = "visit_notice",
                               .subject_id = "visit-1",
                               .recipient_id = "staff-1",
                               .channel = "whatsapp",
                               .at = 1000};
}

static enum err twice_in_tx(struct db_conn *tx, void *arg)
{
    struct outbox_new n = notice("row-1");
    (void)arg;
    TRY(outbox_enqueue(tx, &n));
    n.id = "row-2";
    assert_int_equal(outbox_enqueue(tx, &n), ERR_CONFLICT);
    n.round = 2;
    return outbox_enqueue(tx, &n); /* the refusal has not spoilt the transaction */
}

static void one_guest_is_one_notice(void **state)
{
    (void)state;
    assert_int_equal(db_tx(&f->cx, "test", twice_in_tx, NULL), ERR_OK);
    struct outbox_row row = row_now(f, "row-1");
    assert_string_equal(row.state, "queued");
    assert_int_equal(row.round, 1);
    assert_int_equal(row.attempts, 0);
    assert_int_equal(row.next_at, 1000);
    assert_int_equal(row_now(f, "row-2").round, 2);
}

static void a_row_may_wait_for_its_time(void **state)
{
    (void)state;
    struct outbox_new n = notice("row-1");
    n.not_before = 5000;
    assert_int_equal(db_tx(&f->cx, "test", enqueue_in_tx, &n), ERR_OK);
    int64_t due = 0;
    assert_int_equal(due_at(f, OFFICE, "whatsapp", &due), ERR_OK);
    assert_int_equal(due, 5000);
    assert_int_equal(due_at(f, OFFICE, "telegram", &due), ERR_OK);
    assert_int_equal(due, 0);
    assert_int_equal(due_at(f, "office-2", "whatsapp", &due), ERR_OK);
    assert_int_equal(due, 0);
}

static void without_a_channel_the_row_says_so(void **state)
{
    (void)state;
    struct outbox_new n = notice("row-1");
    n.channel = "none";
    assert_int_equal(db_tx(&f->cx, "test", enqueue_in_tx, &n), ERR_OK);
    struct outbox_row row = row_now(f, "row-1");
    assert_string_equal(row.state, "dropped");
    assert_string_equal(row.code, "no_channel");
    assert_non_null(row.reason);
}

/* --- claiming --------------------------------------------------------------------------------- */

static enum err claim_in_tx(struct db_conn *tx, void *arg)
{
    return outbox_row_claim(tx, arg);
}

static enum err claim(int64_t now, struct outbox_claim *ret)
{
    *ret = (struct outbox_claim){
        .office_id = OFFICE, .channel = "whatsapp", .now_ms = now, .lease_until = now + 100};
    return db_tx(&f->cx, "test_claim", claim_in_tx, ret);
}

static void a_claimed_row_is_leased_and_comes_back(void **state)
{
    (void)state;
    struct outbox_new n = notice("row-1");
    struct outbox_claim c;
    assert_int_equal(db_tx(&f->cx, "test", enqueue_in_tx, &n), ERR_OK);
    assert_int_equal(claim(999, &c), ERR_MISSING); /* not due yet */
    assert_int_equal(claim(1000, &c), ERR_OK);
    assert_string_equal(c.row.id, "row-1");
    assert_string_equal(c.row.state, "sending");
    assert_int_equal(c.row.attempts, 1);
    struct outbox_claim second;
    assert_int_equal(claim(1099, &second), ERR_MISSING); /* somebody has it */
    assert_int_equal(claim(1100, &second), ERR_OK);      /* that somebody died */
    assert_int_equal(second.row.attempts, 2);
}

struct record_ask {
    struct outbox_fate fate;
    int64_t changed;
};

static enum err record_in_tx(struct db_conn *tx, void *arg)
{
    struct record_ask *ask = arg;
    return outbox_row_record(tx, &ask->fate, &ask->changed);
}

static void a_late_worker_does_not_undo_another(void **state)
{
    (void)state;
    struct outbox_new n = notice("row-1");
    struct outbox_claim slow, fresh;
    assert_int_equal(db_tx(&f->cx, "test", enqueue_in_tx, &n), ERR_OK);
    assert_int_equal(claim(1000, &slow), ERR_OK);
    assert_int_equal(claim(1100, &fresh), ERR_OK);
    struct record_ask ask = {
        .fate = {.row = &slow.row, .state = "failed", .code = "x", .now_ms = 1200}};
    assert_int_equal(db_tx(&f->cx, "test", record_in_tx, &ask), ERR_OK);
    assert_int_equal(ask.changed, 0);
    assert_string_equal(row_now(f, "row-1").state, "sending");
    /* That it was sent after all is news from either of them. */
    ask.fate.state = "sent";
    ask.fate.provider_id = "wamid.1";
    assert_int_equal(db_tx(&f->cx, "test", record_in_tx, &ask), ERR_OK);
    assert_int_equal(ask.changed, 1);
    struct outbox_row row = row_now(f, "row-1");
    assert_string_equal(row.state, "sent");
    assert_string_equal(row.provider_id, "wamid.1");
    assert_int_equal(row.sent_at, 1200);
}

/* --- status events ---------------------------------------------------------------------------- */

static struct status_ask apply(const char *wamid, const char *opaque_id, const char *status,
                               int64_t at)
{
    struct status_ask ask = {.wamid = wamid,
                             .opaque_id = opaque_id,
                             .status = status,
                             .at = at,
                             .code = str_eq(status, "failed") ? "131026" : NULL};
    assert_int_equal(db_tx(&f->cx, "test_status", status_in_tx, &ask), ERR_OK);
    return ask;
}

static void a_message_climbs_the_ladder(void **state)
{
    (void)state;
    queue_row(f, "row-1", "staff-1");
    struct status_ask a = apply("wamid.1", "row-1", "sent",
                                10); /* before our own answer is stored */
    assert_true(a.changed);
    assert_string_equal(a.row.state, "sent");
    assert_string_equal(a.row.provider_id, "wamid.1");
    assert_true(apply("wamid.1", NULL, "delivered", 20).changed);
    assert_true(apply("wamid.1", "other", "read", 30).changed);
    assert_false(apply("wamid.1", "row-1", "read", 31).changed);
    assert_false(apply("wamid.1", "row-1", "delivered", 32).changed);
    struct outbox_row row = row_now(f, "row-1");
    assert_string_equal(row.state, "read");
    assert_int_equal(row.sent_at, 10);
    assert_int_equal(row.delivered_at, 20);
    assert_int_equal(row.read_at, 30);
    int64_t due = 1;
    assert_int_equal(due_at(f, OFFICE, "whatsapp", &due), ERR_OK);
    assert_int_equal(due, 0);
    struct outbox_row by_provider;
    assert_int_equal(outbox_get_by_provider(f->cx.read, OFFICE, "wamid.1", &by_provider), ERR_OK);
    assert_string_equal(by_provider.id, "row-1");
}

static void times_come_late_but_the_state_stays(void **state)
{
    (void)state;
    queue_row(f, "row-1", "staff-1");
    assert_true(apply("wamid.1", "row-1", "read", 30).changed);
    assert_false(apply("wamid.1", "row-1", "delivered", 20).changed);
    assert_false(apply("wamid.1", "row-1", "sent", 10).changed);
    assert_false(apply("wamid.1", "row-1", "failed", 40).changed);
    struct outbox_row row = row_now(f, "row-1");
    assert_string_equal(row.state, "read");
    assert_int_equal(row.sent_at, 10);
    assert_int_equal(row.delivered_at, 20);
    assert_int_equal(row.failed_at, 0);
    assert_null(row.reason);
}

static void a_failure_has_its_sentence_and_may_be_healed(void **state)
{
    (void)state;
    queue_row(f, "row-1", "staff-1");
    assert_true(apply("wamid.1", "row-1", "sent", 10).changed);
    assert_true(apply("wamid.1", "row-1", "failed", 20).changed);
    assert_false(apply("wamid.1", "row-1", "sent", 21).changed);
    struct outbox_row row = row_now(f, "row-1");
    assert_string_equal(row.state, "failed");
    assert_string_equal(row.code, "131026");
    assert_string_equal(row.reason, whatsapp_error_find(131026)->sentence);
    assert_int_equal(row.failed_at, 20);
    assert_true(apply("wamid.1", "row-1", "delivered", 30).changed);
    row = row_now(f, "row-1");
    assert_string_equal(row.state, "delivered");
    assert_null(row.reason);
    assert_int_equal(row.failed_at, 0);
}

static void events_of_others_are_harmless(void **state)
{
    (void)state;
    queue_row(f, "row-1", "staff-1");
    static const struct status_ask asks[] = {
        {.wamid = "wamid.x", .opaque_id = "row-x", .status = "read"},
        {.wamid = NULL, .opaque_id = NULL, .status = "read"},
        {.wamid = "", .opaque_id = "", .status = "sent"},
    };
    for (size_t i = 0; i < ARRAY_LEN(asks); i++) {
        struct status_ask ask = asks[i];
        assert_int_equal(db_tx(&f->cx, "test_status", status_in_tx, &ask), ERR_MISSING);
    }
    assert_false(apply("wamid.1", "row-1", "warning", 10).changed);
    assert_false(apply("wamid.1", "row-1", NULL, 10).changed);
    struct outbox_row row = row_now(f, "row-1");
    assert_string_equal(row.state, "queued");
    assert_null(row.provider_id);
}

/* The next order of `n` numbers; false after the last. */
static bool next_order(int *order, size_t n)
{
    size_t i = n - 1, j = n - 1;
    while (i > 0 && order[i - 1] >= order[i])
        i--;
    if (i == 0)
        return false;
    while (order[j] <= order[i - 1])
        j--;
    int swap = order[i - 1];
    order[i - 1] = order[j];
    order[j] = swap;
    for (j = n - 1; i < j; i++, j--) {
        swap = order[i];
        order[i] = order[j];
        order[j] = swap;
    }
    return true;
}

static void every_order_ends_the_same(void **state)
{
    (void)state;
    static const char *const statuses[] = {"sent", "delivered", "read", "failed"};
    int order[] = {0, 1, 2, 3};
    int number = 0;
    do {
        const char *id = arena_printf(f->arena, "row-%d", number);
        const char *wamid = arena_printf(f->arena, "wamid.%d", number++);
        queue_row(f, id, "staff-1");
        int last_rank = 0;
        for (size_t i = 0; i < ARRAY_LEN(order) * 2; i++) { /* each one twice in a row */
            struct status_ask a = apply(wamid, i < 4 ? id : NULL, statuses[order[i / 2]],
                                        100 + order[i / 2]);
            int rank = whatsapp_status_rank(a.row.state);
            assert_true(rank >= last_rank);
            assert_int_equal(a.changed, rank > last_rank);
            last_rank = rank;
        }
        struct outbox_row row = row_now(f, id);
        assert_string_equal(row.state, "read");
        assert_int_equal(row.sent_at, 100);
        assert_int_equal(row.delivered_at, 101);
        assert_int_equal(row.read_at, 102);
    } while (next_order(order, ARRAY_LEN(order)));
    assert_int_equal(number, 24);
}

int main(void)
{
    json_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_guest_is_one_notice, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_row_may_wait_for_its_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_a_channel_the_row_says_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_claimed_row_is_leased_and_comes_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_late_worker_does_not_undo_another, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_message_climbs_the_ladder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(times_come_late_but_the_state_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failure_has_its_sentence_and_may_be_healed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(events_of_others_are_harmless, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_order_ends_the_same, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("outbox", tests, NULL, NULL);
}

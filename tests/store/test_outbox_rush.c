/* A rush and late failures: the token bucket, rows that go along in another one's message, and messages that
 * WhatsApp took and then could not deliver. */
#include "outbox_fixture.h"

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

/* --- the bucket --------------------------------------------------------------------------------- */

static int64_t left(const int64_t *sent, size_t count, int64_t now, int64_t *ret_at)
{
    struct outbox_claim claim = {.recipient_gap_ms = 6000, .recipient_burst = 3, .now_ms = now};
    return outbox_pace(sent, count, &claim, ret_at);
}

static void the_bucket_empties_and_fills(void **state)
{
    (void)state;
    static const int64_t sent[] = {100000, 100010, 100020, 106000};
    int64_t at = -1;
    assert_int_equal(left(sent, 0, 100000, &at), 3);
    assert_int_equal(left(sent, 1, 100005, &at), 2);
    assert_int_equal(left(sent, 2, 100015, &at), 1);
    assert_int_equal(at, -1);
    assert_int_equal(left(sent, 3, 100025, &at), 0);
    assert_int_equal(at, 106000); /* one in six seconds from the first on */
    assert_int_equal(left(sent, 3, 106000, &at), 1);
    assert_int_equal(left(sent, 4, 106001, &at), 0);
    assert_int_equal(at, 112000);
    assert_int_equal(left(sent, 4, 118000, &at), 2);
    assert_int_equal(left(sent, 4, 200000, &at), 3); /* never more than the burst */
    struct outbox_claim none = {.recipient_gap_ms = 0, .now_ms = 5};
    assert_true(outbox_pace(sent, 4, &none, &at) > 1000000);
}

/* --- going along --------------------------------------------------------------------------------- */

struct carrying {
    const char *carrier;
    const char *const *ids;
    size_t count;
};

static enum err carry_in_tx(struct db_conn *tx, void *arg)
{
    const struct carrying *c = arg;
    struct outbox_row row = {.id = c->carrier, .office_id = OFFICE};
    return outbox_carry(tx, &row, c->ids, c->count);
}

static enum err claim_in_tx(struct db_conn *tx, void *arg)
{
    return outbox_row_claim(tx, arg);
}

static enum err record_in_tx(struct db_conn *tx, void *arg)
{
    int64_t changed = 0;
    TRY(outbox_row_record(tx, arg, &changed));
    assert_int_equal(changed, 1);
    return ERR_OK;
}

static enum err record_unchanged_in_tx(struct db_conn *tx, void *arg)
{
    int64_t changed = -1;
    TRY(outbox_row_record(tx, arg, &changed));
    assert_int_equal(changed, 0);
    return ERR_OK;
}

/* `ahead_ms`: as if it were so much later. */
static struct outbox_row claim_later(int64_t ahead_ms)
{
    struct outbox_claim claim = {.office_id = OFFICE,
                                 .channel = "whatsapp",
                                 .now_ms = time_now_ms() + ahead_ms,
                                 .lease_until = time_now_ms() + ahead_ms + 30000};
    assert_int_equal(db_tx(&f->cx, "test_claim", claim_in_tx, &claim), ERR_OK);
    assert_false(claim.paced);
    return claim.row;
}

static struct outbox_row claim_first(void)
{
    return claim_later(2000);
}

static void carry(const char *carrier, const char *const *ids, size_t count)
{
    struct carrying c = {carrier, ids, count};
    assert_int_equal(db_tx(&f->cx, "test_carry", carry_in_tx, &c), ERR_OK);
}

static struct outbox_row carrier_of_two(void)
{
    static const char *const ids[] = {"row-2", "row-3"};
    for (int i = 1; i <= 3; i++)
        queue_row(f, arena_printf(f->arena, "row-%d", i), "staff-1");
    struct outbox_row row = claim_first();
    assert_string_equal(row.id, "row-1");
    carry("row-1", ids, 2);
    return row;
}

static void fate(const struct outbox_row *row, const char *state)
{
    struct outbox_fate fate = {.row = row,
                               .state = state,
                               .provider_id = "wamid.1",
                               .now_ms = time_now_ms(),
                               .attempts = row->attempts};
    assert_int_equal(db_tx(&f->cx, "test_record", record_in_tx, &fate), ERR_OK);
}

static struct status_ask apply(const char *wamid, const char *status, int64_t at, const char *code)
{
    struct status_ask ask = {
        .wamid = wamid, .opaque_id = "row-1", .status = status, .at = at, .code = code};
    assert_int_equal(db_tx(&f->cx, "test_status", status_in_tx, &ask), ERR_OK);
    return ask;
}

static void assert_carried(const char *state, const char *carrier)
{
    for (int i = 2; i <= 3; i++) {
        struct outbox_row row = row_now(f, arena_printf(f->arena, "row-%d", i));
        assert_string_equal(row.state, state);
        if (carrier)
            assert_string_equal(row.carried_by, carrier);
        else
            assert_null(row.carried_by);
    }
}

static void those_who_go_along_share_its_fate(void **state)
{
    (void)state;
    struct outbox_row row = carrier_of_two();
    struct outbox_row *list = NULL;
    size_t count = 0;
    int64_t due = 1;
    assert_int_equal(due_at(f, OFFICE, "whatsapp", &due), ERR_OK);
    assert_int_equal(due, row_now(f, "row-1").next_at); /* they are not due by themselves */
    assert_int_equal(outbox_companions(f->cx.read, &row, &list, &count), ERR_OK);
    assert_int_equal(count, 2);
    fate(&row, "sent");
    assert_carried("sent", "row-1");
    assert_true(apply("wamid.1", "delivered", 20, NULL).changed);
    assert_carried("delivered", "row-1");
    assert_true(apply("wamid.1", "read", 30, NULL).changed);
    assert_carried("read", "row-1");
    assert_int_equal(row_now(f, "row-2").read_at, 30);
    assert_int_equal(outbox_carried(f->cx.read, OFFICE, "row-1", &list, &count), ERR_OK);
    assert_int_equal(count, 2);
    assert_int_equal(row_now(f, "row-3").attempts, 0);
}

static void when_it_ends_badly_they_go_by_themselves(void **state)
{
    (void)state;
    static const char *const ends[] = {"failed", "dropped"};
    struct outbox_row row = carrier_of_two();
    fate(&row, ends[0]);
    assert_carried("queued", NULL);
    row = claim_first();
    assert_string_not_equal(row.id, "row-1");
    static const char *const rest[] = {"row-3"};
    carry(row.id, rest, str_eq(row.id, "row-3") ? 0 : 1);
    fate(&row, ends[1]);
    assert_null(row_now(f, "row-3").carried_by);
}

static void a_later_choice_replaces_the_first(void **state)
{
    (void)state;
    static const char *const one[] = {"row-3"};
    struct outbox_row row = carrier_of_two();
    carry("row-1", one, 1);
    assert_null(row_now(f, "row-2").carried_by);
    assert_string_equal(row_now(f, "row-3").carried_by, "row-1");
    carry("row-1", NULL, 0);
    assert_null(row_now(f, "row-3").carried_by);
    fate(&row, "sent");
    assert_carried("queued", NULL);
}

static void a_late_failure_lets_them_go(void **state)
{
    (void)state;
    struct outbox_row row = carrier_of_two();
    fate(&row, "sent");
    assert_true(apply("wamid.1", "failed", 20, "131026").changed);
    assert_string_equal(row_now(f, "row-1").state, "failed");
    assert_carried("queued", NULL);
    assert_int_equal(row_now(f, "row-2").sent_at, 0);
}

/* --- late failures --------------------------------------------------------------------------------- */

static void a_late_failure_that_may_pass_goes_out_again(void **state)
{
    (void)state;
    queue_row(f, "row-1", "staff-1");
    struct outbox_row row = claim_first();
    fate(&row, "sent");
    int64_t at = time_now_ms();
    assert_true(apply("wamid.1", "failed", at, "131000").changed);
    row = row_now(f, "row-1");
    assert_string_equal(row.state, "queued");
    assert_string_equal(row.code, "131000");
    assert_int_equal(row.next_at, at + 1000);
    /* What is told of the first attempt again changes nothing, while the second waits and while it runs. */
    assert_false(apply("wamid.1", "failed", at + 1, "131000").changed);
    assert_false(apply("wamid.1", "sent", at + 1, NULL).changed);
    row = claim_first();
    assert_false(apply("wamid.1", "sent", at + 2, NULL).changed);
    assert_false(apply("wamid.1", "failed", at + 2, "131026").changed);
    struct outbox_fate second = {
        .row = &row, .state = "sent", .provider_id = "wamid.2", .now_ms = at + 3};
    assert_int_equal(db_tx(&f->cx, "test_record", record_in_tx, &second), ERR_OK);
    assert_false(apply("wamid.1", "failed", at + 4, "131026").changed);
    assert_true(apply("wamid.2", "delivered", at + 5, NULL).changed);
    assert_string_equal(row_now(f, "row-1").provider_id, "wamid.2");
}

static void the_failure_may_be_faster_than_the_answer(void **state)
{
    (void)state;
    queue_row(f, "row-1", "staff-1");
    struct outbox_row row = claim_first();
    assert_true(apply("wamid.1", "failed", time_now_ms(), "131047").changed);
    struct outbox_fate late = {
        .row = &row, .state = "sent", .provider_id = "wamid.1", .now_ms = time_now_ms()};
    struct outbox_row before = row_now(f, "row-1");
    assert_string_equal(before.state, "queued");
    assert_int_equal(db_tx(&f->cx, "test_record", record_unchanged_in_tx, &late), ERR_OK);
    assert_string_equal(row_now(f, "row-1").state, "queued"); /* it is not lost */
}

static void it_goes_out_again_a_few_times_only(void **state)
{
    (void)state;
    queue_row(f, "row-1", "staff-1");
    int64_t wait_ms = 0;
    for (int i = 1; i <= 6; i++) {
        struct outbox_row row = claim_later(600000);
        const char *wamid = arena_printf(f->arena, "wamid.%d", i);
        struct outbox_fate sent = {
            .row = &row, .state = "sent", .provider_id = wamid, .now_ms = time_now_ms()};
        assert_int_equal(db_tx(&f->cx, "test_record", record_in_tx, &sent), ERR_OK);
        int64_t at = time_now_ms();
        assert_true(apply(wamid, "failed", at, "131056").changed);
        row = row_now(f, "row-1");
        assert_string_equal(row.state, i < 6 ? "queued" : "failed");
        if (i < 6) {
            assert_true(row.next_at - at > wait_ms);
            wait_ms = row.next_at - at;
        }
    }
    assert_int_equal(wait_ms, 256000);
}

#define TEST(name_) cmocka_unit_test_setup_teardown(name_, set_up, tear_down)

int main(void)
{
    json_init();
    const struct CMUnitTest tests[] = {
        TEST(the_bucket_empties_and_fills),
        TEST(those_who_go_along_share_its_fate),
        TEST(when_it_ends_badly_they_go_by_themselves),
        TEST(a_later_choice_replaces_the_first),
        TEST(a_late_failure_lets_them_go),
        TEST(a_late_failure_that_may_pass_goes_out_again),
        TEST(the_failure_may_be_faster_than_the_answer),
        TEST(it_goes_out_again_a_few_times_only),
    };
    return cmocka_run_group_tests_name("outbox_rush", tests, NULL, NULL);
}

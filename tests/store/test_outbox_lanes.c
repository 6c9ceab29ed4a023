/* Several channels side by side: a hung one delays no other, each proves its own life, dead letters go
 * again. */
#include "outbox_fixture.h"

#include <pthread.h>

#include "lib/base/banned.h"

enum { WAIT_MAX_MS = 5000 };

struct fake {
    struct channel channel;
    atomic_bool hang;     /* until it is cancelled */
    const char *hang_for; /* this recipient's messages hang alone; set before the start */
    atomic_int sent;
    struct outbox_result answer; /* set before the start */
    _Atomic int64_t last_at, gap_seen;
    bool freed;
};

static struct fixture *f;
static struct fake first, second, twin;
static struct outbox *outbox;
static atomic_bool no_address, let_go;

static void fake_send(struct channel *channel, struct cx *cx, const struct outbox_message *m,
                      struct outbox_result *ret)
{
    struct fake *fake = (struct fake *)(void *)channel;
    int64_t now = time_now_ms();
    if (atomic_load(&fake->last_at))
        atomic_store(&fake->gap_seen, now - atomic_load(&fake->last_at));
    atomic_store(&fake->last_at, now);
    atomic_fetch_add(&fake->sent, 1);
    while ((atomic_load(&fake->hang) ||
            (fake->hang_for && str_eq(m->to, fake->hang_for) && !atomic_load(&let_go))) &&
           !atomic_load(channel->cancel))
        (void)usleep(1000);
    *ret = fake->answer;
    if (ret->outcome == SEND_OK)
        ret->provider_id = arena_printf(cx->arena, "p.%s", m->opaque_id);
}

static void fake_free(struct channel *channel)
{
    ((struct fake *)(void *)channel)->freed = true;
}

static enum err render(struct cx *cx, const struct outbox_row *row, struct outbox_message *ret)
{
    if (atomic_load(&no_address))
        return cx_fail(cx, ERR_INVALID, "no_address",
                       T("Penerima tidak mempunyai alamat pada saluran ini lagi."));
    *ret = (struct outbox_message){.to = arena_strdup(cx->arena, row->recipient_id),
                                   .text = "Ada tamu."};
    return ERR_OK;
}

static int set_up(void **state)
{
    (void)state;
    f = outbox_fixture_new();
    first = (struct fake){.channel = {.name = "whatsapp", .send = fake_send, .free = fake_free}};
    second = (struct fake){.channel = {.name = "telegram", .send = fake_send, .free = fake_free}};
    twin = (struct fake){.channel = {.name = "whatsapp", .send = fake_send, .free = fake_free},
                         .freed = true}; /* only one test has it */
    atomic_store(&no_address, false);
    atomic_store(&let_go, false);
    outbox = NULL;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    bool ran = outbox != NULL;
    outbox_stop(outbox);
    assert_int_equal(first.freed && second.freed, ran);
    assert_true(twin.freed);
    fixture_free(f);
    return 0;
}

static void start(int64_t stopped_ms)
{
    static struct channel *channels[3];
    static struct db_conn *more[1];
    channels[0] = &first.channel;
    channels[1] = &second.channel;
    more[0] = db_reader(f->db, 1);
    struct outbox_options options = {
        .base = f->cx,
        .read = db_reader(f->db, 0),
        .more_reads = more,
        .hooks = {.render = render},
        .channels = channels,
        .timing = {.poll_ms = 20, .stopped_ms = stopped_ms, .backoff_first_ms = 50}};
    assert_int_equal(outbox_start(f->arena, &options, &outbox), ERR_OK);
}

/* Two drivers of one channel. */
static void start_twins(void)
{
    static struct channel *channels[4];
    static struct db_conn *more[2];
    twin.freed = false;
    channels[0] = &first.channel;
    channels[1] = &second.channel;
    channels[2] = &twin.channel;
    more[0] = db_reader(f->db, 1);
    more[1] = db_reader(f->db, 2);
    struct outbox_options options = {.base = f->cx,
                                     .read = db_reader(f->db, 0),
                                     .more_reads = more,
                                     .hooks = {.render = render},
                                     .channels = channels,
                                     .timing = {.poll_ms = 1000, .backoff_first_ms = 50}};
    assert_int_equal(outbox_start(f->arena, &options, &outbox), ERR_OK);
}

static void wake(void)
{
    struct cx cx = f->cx;
    cx.outbox = outbox;
    outbox_wake(&cx);
}

static void queue_for(const char *id, const char *recipient)
{
    queue_row(f, id, recipient);
    if (outbox)
        wake();
}

static void queue(const char *id, const char *channel)
{
    struct outbox_new n = {.id = id,
                           .office_id = OFFICE,
                           .kind = "visit_notice",
                           .subject_id = id,
                           .recipient_id = "r",
                           .channel = channel,
                           .at = time_now_ms()};
    assert_int_equal(db_tx(&f->cx, "test_enqueue", enqueue_in_tx, &n), ERR_OK);
}

static void wait_state(const char *id, const char *state)
{
    for (int i = 0; i < WAIT_MAX_MS / 10 && !str_eq(row_now(f, id).state, state); i++)
        (void)usleep(10 * 1000);
    assert_string_equal(row_now(f, id).state, state);
}

struct health_ask {
    const char *channel;
    struct channel_health health;
};

static enum err health_in_tx(struct db_conn *tx, void *arg)
{
    struct health_ask *ask = arg;
    struct channel_health *list = NULL;
    size_t count = 0;
    ask->health = (struct channel_health){0};
    TRY(outbox_health(tx, OFFICE, &list, &count));
    for (size_t i = 0; i < count; i++) {
        if (str_eq(list[i].channel, ask->channel))
            ask->health = list[i];
    }
    return ERR_OK;
}

static struct channel_health health(const char *channel)
{
    struct health_ask ask = {.channel = channel};
    assert_int_equal(db_tx(&f->cx, "test_health", health_in_tx, &ask), ERR_OK);
    return ask.health;
}

static void a_hung_channel_delays_no_other(void **state)
{
    (void)state;
    atomic_store(&first.hang, true);
    queue("w1", "whatsapp");
    for (int i = 0; i < 5; i++)
        queue(arena_printf(f->arena, "t%d", i), "telegram");
    start(0);
    int64_t began = time_monotonic_ms();
    for (int i = 0; i < 5; i++)
        wait_state(arena_printf(f->arena, "t%d", i), "sent");
    assert_true(time_monotonic_ms() - began < 3000);
    assert_string_equal(row_now(f, "w1").state, "sending");
    assert_int_equal(atomic_load(&second.sent), 5);
    /* Woken, both look. */
    queue("t5", "telegram");
    struct cx cx = f->cx;
    cx.outbox = outbox;
    outbox_wake(&cx);
    wait_state("t5", "sent");
    atomic_store(&first.hang, false);
    wait_state("w1", "sent");
}

static void a_persons_hung_message_delays_nobody_else(void **state)
{
    (void)state;
    first.hang_for = twin.hang_for = "slow";
    start_twins();
    queue_for("s1", "slow");
    wait_state("s1", "sending");
    queue_for("s2", "slow");
    int64_t began = time_monotonic_ms();
    for (int i = 0; i < 5; i++) {
        const char *id = arena_printf(f->arena, "o%d", i);
        queue_for(id, "other");
        wait_state(id, "sent");
    }
    assert_true(time_monotonic_ms() - began < 1000);
    /* His own next message waits for the first, and follows it at once. */
    assert_string_equal(row_now(f, "s1").state, "sending");
    assert_string_equal(row_now(f, "s2").state, "queued");
    assert_int_equal(row_now(f, "s2").attempts, 0);
    began = time_monotonic_ms();
    atomic_store(&let_go, true);
    wait_state("s2", "sent");
    assert_true(time_monotonic_ms() - began < 900);
    assert_string_equal(row_now(f, "s1").state, "sent");
    assert_true(row_now(f, "s2").sent_at >= row_now(f, "s1").sent_at);
    assert_int_equal(row_now(f, "s1").attempts + row_now(f, "s2").attempts, 2);
}

static void a_persons_messages_keep_their_order(void **state)
{
    (void)state;
    enum { ROWS = 30 };
    for (int i = 0; i < ROWS; i++)
        queue_row(f, arena_printf(f->arena, "a%02d", i), i % 2 ? "one" : "two");
    start_twins();
    int64_t last[2] = {0, 0};
    for (int i = 0; i < ROWS; i++) {
        const char *id = arena_printf(f->arena, "a%02d", i);
        wait_state(id, "sent");
        struct outbox_row row = row_now(f, id);
        assert_int_equal(row.attempts, 1);
        assert_true(row.sent_at >= last[i % 2]);
        last[i % 2] = row.sent_at;
    }
    assert_int_equal(atomic_load(&first.sent) + atomic_load(&twin.sent), ROWS);
}

static void nobody_looks_before_the_pace_allows_it(void **state)
{
    (void)state;
    first.channel.recipient_gap_ms = 60000;
    first.channel.recipient_burst = 1;
    struct cx cx = f->cx;
    assert_int_equal(outbox_not_before(&cx, "whatsapp", "r"), 0); /* no outbox runs here */
    start(0);
    cx.outbox = outbox;
    cx.now_ms = time_now_ms();
    assert_int_equal(outbox_not_before(&cx, "whatsapp", "r"), 0);
    queue("w1", "whatsapp");
    wait_state("w1", "sent");
    queue("w2", "whatsapp");
    for (int i = 0; i < 300 && outbox_not_before(&cx, "whatsapp", "r") == 0; i++)
        (void)usleep(10 * 1000);
    int64_t until = outbox_not_before(&cx, "whatsapp", "r");
    assert_in_range(until, row_now(f, "w1").sent_at + 59000, row_now(f, "w1").sent_at + 61000);
    assert_int_equal(row_now(f, "w2").next_at, until);
    assert_int_equal(row_now(f, "w2").attempts, 0);
    assert_int_equal(outbox_not_before(&cx, "telegram", "r"), 0);
    assert_int_equal(outbox_not_before(&cx, "whatsapp", "q"), 0);
    cx.now_ms = until;
    assert_int_equal(outbox_not_before(&cx, "whatsapp", "r"), 0); /* over */
}

static void every_result_is_proof_of_life_or_death(void **state)
{
    (void)state;
    second.answer = (struct outbox_result){
        .outcome = SEND_RETRY, .code = "http_503", .reason = "sibuk"};
    int64_t before = time_now_ms();
    queue("w1", "whatsapp");
    queue("t1", "telegram");
    start(0);
    wait_state("w1", "sent");
    struct channel_health well = health("whatsapp");
    assert_true(well.accepted_at >= before && well.tried_at >= before);
    assert_int_equal(well.failing_since, 0);
    assert_int_equal(well.delivered_at, 0);
    for (int i = 0; i < 200 && atomic_load(&second.sent) < 3; i++)
        (void)usleep(10 * 1000);
    struct channel_health ill = health("telegram");
    assert_true(ill.failing_since >= before);
    assert_true(ill.tried_at > ill.failing_since); /* since the first of them */
    assert_string_equal(ill.code, "http_503");
    assert_int_equal(ill.accepted_at, 0);
    assert_int_equal(ill.paused_at, 0);
    struct status_ask ask = {.wamid = "p.w1", .status = "read", .at = before + 7};
    assert_int_equal(db_tx(&f->cx, "test_status", status_in_tx, &ask), ERR_OK);
    assert_int_equal(health("whatsapp").delivered_at, before + 7);
    ask = (struct status_ask){.wamid = "p.w1", .status = "delivered", .at = before + 3};
    assert_int_equal(db_tx(&f->cx, "test_status", status_in_tx, &ask), ERR_OK);
    assert_int_equal(health("whatsapp").delivered_at, before + 7); /* the latest */
}

static void a_recipients_trouble_says_nothing_of_the_channel(void **state)
{
    (void)state;
    first.answer = (struct outbox_result){
        .outcome = SEND_FAILED, .code = "131026", .reason = "x", .recipient_fault = true};
    second.answer = (struct outbox_result){.outcome = SEND_FAILED, .code = "400", .reason = "x"};
    queue("w1", "whatsapp");
    queue("t1", "telegram");
    start(0);
    wait_state("w1", "failed");
    wait_state("t1", "failed");
    assert_int_equal(health("whatsapp").failing_since, 0);
    assert_true(health("whatsapp").tried_at > 0);
    assert_true(health("telegram").failing_since > 0);
}

static void a_paused_channel_keeps_its_queue(void **state)
{
    (void)state;
    first.answer = (struct outbox_result){
        .outcome = SEND_STOP_CHANNEL, .code = "190", .reason = "token"};
    queue("w1", "whatsapp");
    queue("w2", "whatsapp");
    start(100);
    for (int i = 0; i < 200 && atomic_load(&first.sent) < 2; i++)
        (void)usleep(10 * 1000);
    struct channel_health paused = health("whatsapp");
    assert_true(paused.paused_at > 0);
    assert_string_equal(paused.reason, "token");
    assert_string_not_equal(row_now(f, "w1").state, "failed");
    assert_string_equal(row_now(f, "w2").state, "queued");
    assert_int_equal(row_now(f, "w2").attempts, 0);
}

static enum err retry_in_tx(struct db_conn *tx, void *arg)
{
    return outbox_retry(tx, OFFICE, arg, time_now_ms());
}

static void what_has_no_address_is_a_dead_letter_that_can_go_again(void **state)
{
    (void)state;
    char id[] = "w1", unknown[] = "w9";
    atomic_store(&no_address, true);
    queue("w1", "whatsapp");
    start(0);
    wait_state("w1", "failed");
    assert_int_equal(atomic_load(&first.sent), 0);
    assert_string_equal(row_now(f, "w1").code, "no_address");
    assert_string_equal(row_now(f, "w1").reason,
                        "Penerima tidak mempunyai alamat pada saluran ini lagi.");
    assert_int_equal(health("whatsapp").failing_since, 0);
    atomic_store(&no_address, false);
    assert_int_equal(db_tx(&f->cx, "test_retry", retry_in_tx, unknown), ERR_MISSING);
    assert_int_equal(db_tx(&f->cx, "test_retry", retry_in_tx, id), ERR_OK);
    wait_state("w1", "sent");
    assert_int_equal(row_now(f, "w1").attempts, 1);
    assert_int_equal(row_now(f, "w1").failed_at, 0);
    assert_int_equal(db_tx(&f->cx, "test_retry", retry_in_tx, id), ERR_MISSING);
}

static void a_channel_keeps_its_distance(void **state)
{
    (void)state;
    first.channel.gap_ms = 150;
    queue("w1", "whatsapp");
    queue("w2", "whatsapp");
    start(0);
    wait_state("w1", "sent");
    wait_state("w2", "sent");
    assert_true(atomic_load(&first.gap_seen) >= 150);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_hung_channel_delays_no_other),
        TEST(a_persons_hung_message_delays_nobody_else),
        TEST(a_persons_messages_keep_their_order),
        TEST(nobody_looks_before_the_pace_allows_it),
        TEST(every_result_is_proof_of_life_or_death),
        TEST(a_recipients_trouble_says_nothing_of_the_channel),
        TEST(a_paused_channel_keeps_its_queue),
        TEST(what_has_no_address_is_a_dead_letter_that_can_go_again),
        TEST(a_channel_keeps_its_distance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

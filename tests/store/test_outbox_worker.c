/* The sending thread against a channel that answers by script: back-off, unknown outcomes, the
 * breaker, leases, status events in the middle of an attempt, two workers on one table. */
#include "outbox_fixture.h"

#include <pthread.h>

#include "lib/base/banned.h"

enum { SCRIPT_MAX = 16, SENT_MAX = 512, WAIT_MAX_MS = 5000 };

/* --- a channel by script ---------------------------------------------------------------------- */

struct attempt {
    char opaque_id[40];
    int64_t at;
};

struct fake {
    struct channel channel;
    pthread_mutex_t mutex;
    struct outbox_result script[SCRIPT_MAX]; /* then SEND_OK for ever */
    size_t script_count, script_next;
    const char *script_for; /* only for messages to this number; NULL: for all */
    struct attempt sent[SENT_MAX];
    size_t sent_count;
    bool hang;                                     /* until it is cancelled */
    void (*during)(struct cx *cx, const char *id); /* while the attempt runs */
    bool freed;
};

static void fake_send(struct channel *channel, struct cx *cx, const struct outbox_message *m,
                      struct outbox_result *ret)
{
    struct fake *fake = (struct fake *)(void *)channel;
    if (fake->during)
        fake->during(cx, m->opaque_id);
    (void)pthread_mutex_lock(&fake->mutex);
    assert_true(fake->sent_count < SENT_MAX);
    struct attempt *a = &fake->sent[fake->sent_count++];
    (void)snprintf(a->opaque_id, sizeof(a->opaque_id), "%s", m->opaque_id);
    a->at = time_now_ms();
    bool ours = !fake->script_for || str_eq(fake->script_for, m->to);
    *ret = (struct outbox_result){
        .outcome = SEND_OK,
        .provider_id = arena_printf(cx->arena, "wamid.%s.%zu", m->opaque_id, fake->sent_count)};
    if (ours && fake->script_next < fake->script_count)
        *ret = fake->script[fake->script_next++];
    bool hang = fake->hang;
    (void)pthread_mutex_unlock(&fake->mutex);
    while (hang && !atomic_load(channel->cancel))
        (void)usleep(1000);
    if (hang)
        *ret = (struct outbox_result){.outcome = SEND_UNKNOWN, .code = "no_answer", .reason = "x"};
}

static void fake_free(struct channel *channel)
{
    ((struct fake *)(void *)channel)->freed = true;
}

static size_t fake_sent(struct fake *fake)
{
    (void)pthread_mutex_lock(&fake->mutex);
    size_t n = fake->sent_count;
    (void)pthread_mutex_unlock(&fake->mutex);
    return n;
}

/* --- fixture ---------------------------------------------------------------------------------- */

static struct fixture *f;
static struct fake fake;
static struct outbox *outbox;
static enum err render_answer, hook_answer;
static atomic_int hook_calls, hook_last_outcome, render_calls;

static enum err render(struct cx *cx, const struct outbox_row *row, struct outbox_message *ret)
{
    atomic_fetch_add(&render_calls, 1);
    assert_int_equal(cx->actor.kind, ACTOR_SYSTEM);
    assert_string_equal(row->state, "sending");
    *ret = (struct outbox_message){.to = arena_strdup(cx->arena, row->recipient_id),
                                   .text = "Ada tamu."};
    return render_answer;
}

static enum err sent(struct db_conn *tx, const struct outbox_row *row,
                     const struct outbox_result *result, int64_t now_ms)
{
    (void)now_ms;
    struct outbox_row seen;
    TRY(outbox_get(tx, row->office_id, row->id, &seen)); /* the same transaction */
    if (result->outcome == SEND_OK)
        assert_string_equal(seen.state, "sent");
    atomic_fetch_add(&hook_calls, 1);
    atomic_store(&hook_last_outcome, (int)result->outcome);
    return hook_answer;
}

static int set_up(void **state)
{
    (void)state;
    f = outbox_fixture_new();
    fake = (struct fake){.channel = {.name = "whatsapp", .send = fake_send, .free = fake_free}};
    (void)pthread_mutex_init(&fake.mutex, NULL);
    outbox = NULL;
    render_answer = hook_answer = ERR_OK;
    atomic_store(&hook_calls, 0);
    atomic_store(&render_calls, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    bool ran = outbox != NULL;
    outbox_stop(outbox);
    assert_int_equal(fake.freed, ran);
    (void)pthread_mutex_destroy(&fake.mutex);
    fixture_free(f);
    return 0;
}

static struct outbox *start_on(int reader, struct channel *channel, struct outbox_timing timing)
{
    struct channel **channels = ARENA_ARRAY(f->arena, 2, struct channel *);
    channels[0] = channel;
    struct outbox_options o = {.base = f->cx,
                               .read = db_reader(f->db, reader),
                               .hooks = {.render = render, .sent = sent},
                               .channels = channels,
                               .timing = timing};
    struct outbox *ret = NULL;
    assert_int_equal(outbox_start(f->arena, &o, &ret), ERR_OK);
    return ret;
}

static void start(struct outbox_timing timing)
{
    outbox = start_on(1, &fake.channel, timing);
    f->cx.outbox = outbox;
}

static void queue(const char *id)
{
    queue_row(f, id, "staff-1");
    outbox_wake(&f->cx);
}

static struct outbox_row wait_state(const char *id, const char *wanted)
{
    for (int i = 0; i < WAIT_MAX_MS; i++) {
        struct outbox_row row = row_now(f, id);
        if (str_eq(row.state, wanted))
            return row;
        (void)usleep(1000);
    }
    fail_msg("%s is %s, not %s", id, row_now(f, id).state, wanted);
    return (struct outbox_row){0};
}

static void wait_sent(size_t n)
{
    for (int i = 0; fake_sent(&fake) < n; i++) {
        assert_true(i < WAIT_MAX_MS);
        (void)usleep(1000);
    }
}

static struct outbox_result answer(int outcome, const char *code)
{
    struct outbox_result r = {.code = code, .reason = "Alasan."};
    r.outcome = SEND_RETRY;
    if (outcome == SEND_UNKNOWN)
        r.outcome = SEND_UNKNOWN;
    if (outcome == SEND_FAILED)
        r.outcome = SEND_FAILED;
    if (outcome == SEND_STOP_CHANNEL)
        r.outcome = SEND_STOP_CHANNEL;
    return r;
}

static void script(struct outbox_result r)
{
    fake.script[fake.script_count++] = r;
}

static int64_t gap(size_t i)
{
    return fake.sent[i + 1].at - fake.sent[i].at;
}

/* --- sending ---------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void a_woken_worker_sends_at_once(void **state)
{
    (void)state;
    start((struct outbox_timing){0});
    int64_t took[50];
    for (size_t i = 0; i < ARRAY_LEN(took); i++) {
        char id[16];
        (void)snprintf(id, sizeof(id), "row-%zu", i);
        queue_row(f, id, "staff-1");
        int64_t at = time_now_ms();
        outbox_wake(&f->cx);
        wait_sent(i + 1);
        took[i] = fake.sent[i].at - at;
    }
    qsort(took, ARRAY_LEN(took), sizeof(took[0]), compare);
    print_message("from wake to send: median %lld ms, longest %lld ms\n", (long long)took[25],
                  (long long)took[49]);
    assert_true(took[25] < 100);
    struct outbox_row row = wait_state("row-49", "sent");
    assert_int_equal(row.attempts, 1);
    assert_true(str_starts(row.provider_id, "wamid.row-49."));
    assert_true(row.sent_at > 0);
    assert_null(row.code);
    assert_int_equal(atomic_load(&hook_calls), 50);
}

static void a_row_for_later_waits(void **state)
{
    (void)state;
    start((struct outbox_timing){0});
    struct outbox_new n = {.id = "row-1",
                           .office_id = OFFICE,
                           .kind = "visit_notice",
                           .subject_id = "v",
                           .recipient_id = "staff-1",
                           .channel = "whatsapp",
                           .at = time_now_ms()};
    n.not_before = n.at + 200;
    assert_int_equal(db_tx(&f->cx, "test", enqueue_in_tx, &n), ERR_OK);
    outbox_wake(&f->cx);
    wait_sent(1);
    assert_in_range(fake.sent[0].at - n.at, 200, 1000);
}

static void a_worker_finds_rows_that_nobody_announced(void **state)
{
    (void)state;
    start((struct outbox_timing){.poll_ms = 50});
    (void)usleep(20000);
    queue_row(f, "row-1", "staff-1"); /* as another process would */
    wait_sent(1);
}

/* --- trouble ---------------------------------------------------------------------------------- */

static void a_passing_fault_is_retried_ever_more_slowly(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        script(answer(SEND_RETRY, "connect"));
    start((struct outbox_timing){.backoff_first_ms = 40, .backoff_max_ms = 80});
    queue("row-1");
    struct outbox_row row = wait_state("row-1", "sent");
    assert_int_equal(row.attempts, 4);
    assert_int_equal(fake_sent(&fake), 4);
    assert_in_range(gap(0), 30, 40 + 300);
    assert_in_range(gap(1), 60, 80 + 300);
    assert_in_range(gap(2), 60, 100 + 300); /* the ceiling */
    assert_int_equal(atomic_load(&hook_calls), 4);
}

static void the_providers_own_delay_is_kept(void **state)
{
    (void)state;
    script(answer(SEND_RETRY, "http_429"));
    fake.script[0].retry_after_ms = 150;
    start((struct outbox_timing){.backoff_first_ms = 5});
    queue("row-1");
    (void)wait_state("row-1", "sent");
    assert_in_range(gap(0), 150, 1000);
}

static void retries_end(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        script(answer(SEND_RETRY, "connect"));
    start((struct outbox_timing){.backoff_first_ms = 2, .max_attempts = 3});
    queue("row-1");
    struct outbox_row row = wait_state("row-1", "failed");
    assert_int_equal(row.attempts, 3);
    assert_string_equal(row.code, "connect");
    assert_true(row.failed_at > 0);
}

static void a_final_fault_is_final(void **state)
{
    (void)state;
    script(answer(SEND_FAILED, "132001"));
    start((struct outbox_timing){.backoff_first_ms = 2});
    queue("row-1");
    struct outbox_row row = wait_state("row-1", "failed");
    assert_string_equal(row.code, "132001");
    assert_string_equal(row.reason, "Alasan.");
    assert_int_equal(atomic_load(&hook_last_outcome), SEND_FAILED);
    (void)usleep(50000);
    assert_int_equal(fake_sent(&fake), 1);
}

static void a_recipients_pace_holds_that_recipient_only(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        script(answer(SEND_RETRY, "131056"));
        fake.script[i].per_recipient = true;
    }
    fake.script_for = "staff-1";
    queue_row(f, "row-1", "staff-1");
    queue_row(f, "row-2", "staff-1");
    queue_row(f, "row-3", "staff-2");
    start((struct outbox_timing){.pair_first_ms = 60});
    (void)wait_state("row-1", "sent");
    (void)wait_state("row-2", "sent");
    (void)wait_state("row-3", "sent");
    /* 1, then straight to the other recipient, then 60 ms later one of the first again, … */
    assert_string_equal(fake.sent[0].opaque_id, "row-1");
    assert_string_equal(fake.sent[1].opaque_id, "row-3");
    assert_true(fake.sent[2].at - fake.sent[0].at >= 60);
    assert_int_equal(fake_sent(&fake), 5);
}

static void a_stopped_channel_keeps_its_queue(void **state)
{
    (void)state;
    script(answer(SEND_STOP_CHANNEL, "190"));
    script(answer(SEND_STOP_CHANNEL, "190"));
    for (int i = 0; i < 5; i++)
        queue_row(f, arena_printf(f->arena, "row-%d", i), "staff-1");
    start((struct outbox_timing){.stopped_ms = 500});
    (void)usleep(100000);
    assert_int_equal(fake_sent(&fake), 1); /* nobody else is tried meanwhile */
    queue("row-5");
    (void)usleep(50000);
    assert_int_equal(fake_sent(&fake), 1);
    for (int i = 0; i < 6; i++)
        assert_int_equal(wait_state(arena_printf(f->arena, "row-%d", i), "sent").attempts, 1);
    assert_int_equal(fake_sent(&fake), 8);
    assert_in_range(gap(0), 495, 2500);
    assert_in_range(gap(1), 495, 2500);
}

static atomic_bool renewed;

/* --- unknown outcomes ------------------------------------------------------------------------- */

static void an_unknown_outcome_waits_for_a_status_event(void **state)
{
    (void)state;
    script(answer(SEND_UNKNOWN, "timeout"));
    start((struct outbox_timing){.unknown_wait_ms = 600});
    queue("row-1");
    wait_sent(1);
    (void)usleep(50000);
    struct outbox_row row = row_now(f, "row-1");
    assert_string_equal(row.state, "sending");
    assert_string_equal(row.code, "unknown");
    struct status_ask ask = {
        .wamid = "wamid.7", .opaque_id = "row-1", .status = "delivered", .at = 9};
    assert_int_equal(db_tx(&f->cx, "test_status", status_in_tx, &ask), ERR_OK);
    (void)usleep(900000);
    assert_int_equal(fake_sent(&fake), 1); /* not sent twice */
    assert_string_equal(row_now(f, "row-1").state, "delivered");
}

static void an_unknown_outcome_is_tried_once_more(void **state)
{
    (void)state;
    script(answer(SEND_UNKNOWN, "timeout"));
    start((struct outbox_timing){.unknown_wait_ms = 100});
    queue("row-1");
    struct outbox_row row = wait_state("row-1", "sent");
    assert_int_equal(row.attempts, 2);
    assert_in_range(gap(0), 100, 1000);
}

static void unknown_again_and_again_is_never_given_up(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++)
        script(answer(SEND_UNKNOWN, "timeout"));
    start((struct outbox_timing){.unknown_wait_ms = 30, .backoff_max_ms = 100});
    queue("row-1");
    struct outbox_row row = wait_state("row-1", "sent");
    assert_int_equal(row.attempts, 5);
    assert_in_range(gap(0), 30, 1000);
    assert_in_range(gap(1), 60, 1000); /* ever later */
    assert_in_range(gap(3), 100, 1000);
}

static void the_last_doubt_ends_it_until_we_hear_better(void **state)
{
    (void)state;
    script(answer(SEND_UNKNOWN, "timeout"));
    script(answer(SEND_UNKNOWN, "no_answer"));
    start((struct outbox_timing){.unknown_wait_ms = 30, .max_attempts = 2});
    queue("row-1");
    struct outbox_row row = wait_state("row-1", "failed");
    assert_string_equal(row.code, "unknown");
    (void)usleep(100000);
    assert_int_equal(fake_sent(&fake), 2);
    struct status_ask ask = {.wamid = "wamid.7", .opaque_id = "row-1", .status = "sent", .at = 9};
    assert_int_equal(db_tx(&f->cx, "test_status", status_in_tx, &ask), ERR_OK);
    assert_true(ask.changed);
    assert_string_equal(row_now(f, "row-1").state, "sent");
}

static bool is_renewed(struct channel *c)
{
    (void)c;
    return atomic_load(&renewed);
}

static void a_new_token_ends_the_pause(void **state)
{
    (void)state;
    atomic_store(&renewed, false);
    fake.channel.renewed = is_renewed;
    script(answer(SEND_STOP_CHANNEL, "190"));
    queue_row(f, "row-0", "staff-1");
    queue_row(f, "row-1", "staff-1");
    start((struct outbox_timing){.stopped_ms = 60000, .poll_ms = 20});
    wait_sent(1);
    (void)usleep(100000);
    assert_int_equal(fake_sent(&fake), 1);
    atomic_store(&renewed, true);
    assert_int_equal(wait_state("row-0", "sent").attempts, 1);
    assert_int_equal(wait_state("row-1", "sent").attempts, 1);
}

static void a_recipient_has_a_token_bucket(void **state)
{
    (void)state;
    fake.channel.recipient_gap_ms = 100;
    fake.channel.recipient_burst = 3;
    for (int i = 0; i < 6; i++)
        queue_row(f, arena_printf(f->arena, "row-%d", i), "staff-1");
    queue_row(f, "other", "staff-2");
    start((struct outbox_timing){.poll_ms = 1000});
    wait_sent(7);
    assert_in_range(fake.sent[3].at - fake.sent[0].at, 0, 95); /* three at once, and the other one */
    for (int i = 4; i < 7; i++) /* one more each gap; one that was late does not hold up the next */
        assert_true(fake.sent[i].at - fake.sent[0].at >= (i - 3) * 100 - 5);
    for (int i = 0; i < 6; i++)
        assert_int_equal(wait_state(arena_printf(f->arena, "row-%d", i), "sent").attempts, 1);
}

static void status_comes_first(struct cx *cx, const char *id)
{
    struct status_ask ask = {
        .wamid = "wamid.early", .opaque_id = id, .status = "delivered", .at = 5};
    assert_int_equal(db_tx(cx, "test_status", status_in_tx, &ask), ERR_OK);
}

static void a_status_may_be_faster_than_the_answer(void **state)
{
    (void)state;
    fake.during = status_comes_first;
    start((struct outbox_timing){0});
    queue("row-1");
    for (int i = 0; row_now(f, "row-1").sent_at == 0; i++) {
        assert_true(i < WAIT_MAX_MS);
        (void)usleep(1000);
    }
    struct outbox_row row = row_now(f, "row-1");
    assert_string_equal(row.state, "delivered");
    assert_string_equal(row.provider_id, "wamid.early");
    assert_int_equal(atomic_load(&hook_calls), 0); /* it would move the notice back */
    assert_int_equal(fake_sent(&fake), 1);
}

/* --- hooks ------------------------------------------------------------------------------------ */

static void a_message_without_sense_is_dropped(void **state)
{
    (void)state;
    render_answer = ERR_MISSING;
    start((struct outbox_timing){0});
    queue("row-1");
    struct outbox_row row = wait_state("row-1", "dropped");
    assert_string_equal(row.code, "obsolete");
    assert_int_equal(fake_sent(&fake), 0);
    assert_int_equal(atomic_load(&hook_calls), 0);
}

static void a_failing_renderer_is_tried_again(void **state)
{
    (void)state;
    render_answer = ERR_INTERNAL;
    start((struct outbox_timing){.backoff_first_ms = 5, .max_attempts = 3});
    queue("row-1");
    struct outbox_row row = wait_state("row-1", "failed");
    assert_string_equal(row.code, "render");
    assert_int_equal(atomic_load(&render_calls), 3);
    assert_int_equal(fake_sent(&fake), 0);
}

static void a_failing_hook_does_not_send_twice(void **state)
{
    (void)state;
    hook_answer = ERR_CONFLICT;
    start((struct outbox_timing){.lease_ms = 100});
    queue("row-1");
    (void)wait_state("row-1", "sent");
    (void)usleep(250000);
    assert_int_equal(fake_sent(&fake), 1);
}

/* --- death and company ------------------------------------------------------------------------ */

static enum err claim_in_tx(struct db_conn *tx, void *arg)
{
    return outbox_row_claim(tx, arg);
}

static void a_dead_processs_row_is_taken_up(void **state)
{
    (void)state;
    queue_row(f, "row-1", "staff-1");
    int64_t now = time_now_ms();
    struct outbox_claim dead = {
        .office_id = OFFICE, .channel = "whatsapp", .now_ms = now, .lease_until = now + 200};
    assert_int_equal(db_tx(&f->cx, "test_claim", claim_in_tx, &dead), ERR_OK);
    start((struct outbox_timing){0});
    struct outbox_row row = wait_state("row-1", "sent");
    assert_int_equal(row.attempts, 2);
    assert_true(fake.sent[0].at >= now + 200);
}

static void a_stop_cuts_the_attempt_and_keeps_the_doubt(void **state)
{
    (void)state;
    fake.hang = true;
    start((struct outbox_timing){0});
    queue("row-1");
    queue("row-2");
    wait_sent(1);
    int64_t at = time_monotonic_ms();
    outbox_stop(outbox);
    assert_true(time_monotonic_ms() - at < 1000);
    outbox = NULL;
    f->cx.outbox = NULL;
    fake.freed = false;
    struct outbox_row row = row_now(f, "row-1");
    assert_string_equal(row.state, "sending");
    assert_string_equal(row.code, "unknown");
    assert_string_equal(row_now(f, "row-2").state, "queued");
}

static void two_workers_send_each_row_once(void **state)
{
    (void)state;
    enum { ROWS = 200 };
    for (int i = 0; i < ROWS; i++)
        queue_row(f, arena_printf(f->arena, "row-%d", i), "staff-1");
    static struct fake other;
    other = (struct fake){.channel = {.name = "whatsapp", .send = fake_send, .free = fake_free}};
    (void)pthread_mutex_init(&other.mutex, NULL);
    int64_t begin = time_monotonic_ms();
    start((struct outbox_timing){0});
    struct outbox *second = start_on(0, &other.channel, (struct outbox_timing){0});
    for (int i = 0; fake_sent(&fake) + fake_sent(&other) < ROWS; i++) {
        assert_true(i < 4 * WAIT_MAX_MS);
        (void)usleep(1000);
    }
    int64_t took = time_monotonic_ms() - begin;
    outbox_stop(second);
    outbox_stop(outbox);
    outbox = NULL;
    fake.freed = false;
    int times[ROWS] = {0};
    struct fake *const both[] = {&fake, &other};
    for (size_t w = 0; w < 2; w++) {
        for (size_t i = 0; i < both[w]->sent_count; i++) {
            int64_t row = -1;
            assert_true(str_to_i64(both[w]->sent[i].opaque_id + 4, 0, ROWS - 1, &row));
            times[row]++;
        }
    }
    for (int i = 0; i < ROWS; i++) {
        assert_int_equal(times[i], 1);
        assert_string_equal(row_now(f, arena_printf(f->arena, "row-%d", i)).state, "sent");
    }
    print_message("%d rows by two workers in %lld ms: %zu and %zu\n", ROWS, (long long)took,
                  fake.sent_count, other.sent_count);
    (void)pthread_mutex_destroy(&other.mutex);
}

static void it_does_not_start_without_an_office(void **state)
{
    (void)state;
    struct outbox *ret = NULL;
    struct outbox_options o = {.base = f->cx, .read = db_reader(f->db, 1)};
    assert_int_equal(outbox_start(f->arena, &o, &ret), ERR_INVALID); /* nobody makes the texts */
    o.hooks.render = render;
    o.base.actor.office_id[0] = '\0';
    assert_int_equal(outbox_start(f->arena, &o, &ret), ERR_INVALID);
    assert_null(ret);
    struct cx cx = f->cx;
    cx.outbox = NULL;
    outbox_wake(&cx);
}

#define WORKER_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    json_init();
    const struct CMUnitTest tests[] = {
        WORKER_TEST(a_woken_worker_sends_at_once),
        WORKER_TEST(a_row_for_later_waits),
        WORKER_TEST(a_worker_finds_rows_that_nobody_announced),
        WORKER_TEST(a_passing_fault_is_retried_ever_more_slowly),
        WORKER_TEST(the_providers_own_delay_is_kept),
        WORKER_TEST(retries_end),
        WORKER_TEST(a_final_fault_is_final),
        WORKER_TEST(a_recipients_pace_holds_that_recipient_only),
        WORKER_TEST(a_stopped_channel_keeps_its_queue),
        WORKER_TEST(an_unknown_outcome_waits_for_a_status_event),
        WORKER_TEST(an_unknown_outcome_is_tried_once_more),
        WORKER_TEST(unknown_again_and_again_is_never_given_up),
        WORKER_TEST(the_last_doubt_ends_it_until_we_hear_better),
        WORKER_TEST(a_new_token_ends_the_pause),
        WORKER_TEST(a_recipient_has_a_token_bucket),
        WORKER_TEST(a_status_may_be_faster_than_the_answer),
        WORKER_TEST(a_message_without_sense_is_dropped),
        WORKER_TEST(a_failing_renderer_is_tried_again),
        WORKER_TEST(a_failing_hook_does_not_send_twice),
        WORKER_TEST(a_dead_processs_row_is_taken_up),
        WORKER_TEST(a_stop_cuts_the_attempt_and_keeps_the_doubt),
        WORKER_TEST(two_workers_send_each_row_once),
        WORKER_TEST(it_does_not_start_without_an_office),
    };
    return cmocka_run_group_tests_name("outbox_worker", tests, NULL, NULL);
}

/* The sending threads, one for each channel: each sleeps until a row of its channel is due, sends one,
 * records what became of it. A channel that hangs delays no other.
 *
 * One row at a time: claim it with a lease, let the feature make its text, give it to the channel,
 * record the result together with what it means to the visit. Whatever happens in between (a crash, a
 * dead connection), the lease ends and the row is taken up again. */
#include "lib/outbox/channel.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "lib/base/log.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/outbox/outbox_rows.h"

#include "lib/base/banned.h"

enum {
    LANES_MAX = 8,
    RECORD_PAUSE_MS = 250,
    TROUBLE_PAUSE_MS = 1000,
    PAIR_STEPS_MAX = 4,
    UNREACHED_MAX = 3,
    UNREACHED_PAUSE_MAX_MS = 15000
};

#define CODE_RENDER  "render"     /* our own trouble with the text */
#define CODE_ADDRESS "no_address" /* the recipient cannot be reached on this channel any more */

/* A channel with its thread and its circuit breaker. */
struct lane {
    struct outbox *outbox;
    struct channel *channel;
    struct db_conn *read;
    struct arena *arena;  /* of one row's journey */
    int64_t closed_until; /* epoch ms; 0 = open */
    bool stopped;         /* by the provider's word, until then or until the channel is renewed */
    int unreached;        /* attempts in a row that reached nobody */
    uint64_t woken;       /* the last wake this lane has seen; under the mutex */
    pthread_t thread;
    bool started;
};

struct outbox {
    struct outbox_options options;
    struct lane lanes[LANES_MAX];
    size_t lane_count;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    uint64_t wakes; /* under the mutex */
    atomic_bool stop;
};

/* The result of one attempt on its way into the table. */
struct verdict {
    const struct outbox_hooks *hooks;
    const struct outbox_result *result;
    struct outbox_fate fate;
    struct health_note health;
    bool with_hook;
    bool with_health;
};

/* --- waiting ---------------------------------------------------------------------------------- */

/* Until the wall-clock moment `at`, a wake, or the stop; measured on the clock that never jumps. */
static void wait_until(struct lane *lane, int64_t at)
{
    struct outbox *o = lane->outbox;
    int64_t ms = at - time_now_ms();
    if (ms > o->options.timing.poll_ms)
        ms = o->options.timing.poll_ms;
    int64_t end = time_monotonic_ms() + (ms > 0 ? ms : 0);
    struct timespec until = {.tv_sec = (time_t)(end / 1000),
                             .tv_nsec = (long)(end % 1000) * 1000000};
    (void)pthread_mutex_lock(&o->mutex);
    while (lane->woken == o->wakes && !atomic_load(&o->stop))
        if (pthread_cond_timedwait(&o->wake, &o->mutex, &until) != 0)
            break;
    lane->woken = o->wakes;
    (void)pthread_mutex_unlock(&o->mutex);
}

static void wake(struct outbox *o)
{
    (void)pthread_mutex_lock(&o->mutex);
    o->wakes++;
    (void)pthread_cond_broadcast(&o->wake);
    (void)pthread_mutex_unlock(&o->mutex);
}

void outbox_wake(struct cx *cx)
{
    if (cx->outbox)
        wake(cx->outbox);
}

static struct cx job_cx(struct lane *lane)
{
    struct cx cx = lane->outbox->options.base;
    cx.arena = lane->arena;
    cx.read = lane->read;
    cx.outbox = lane->outbox;
    cx.actor.kind = ACTOR_SYSTEM;
    cx.now_ms = time_now_ms();
    cx.diag = (struct diag){0};
    return cx;
}

/* --- claim ------------------------------------------------------------------------------------ */

static enum err claim_in_tx(struct db_conn *tx, void *arg)
{
    return outbox_row_claim(tx, arg);
}

/* --- what becomes of the row ------------------------------------------------------------------ */

static int64_t power(int64_t first, int64_t factor, int64_t exponent, int64_t max)
{
    int64_t value = first;
    for (int64_t i = 0; i < exponent && value < max; i++)
        value *= factor;
    return value < max ? value : max;
}

/* Up to a quarter longer or shorter, so that rows that failed together do not come back together. */
static int64_t jitter(int64_t ms)
{
    uint32_t random_bits = 0;
    rand_bytes(&random_bits, sizeof(random_bits));
    return ms - ms / 4 + (int64_t)(random_bits % (uint64_t)(ms / 2 + 1));
}

static int64_t retry_delay(const struct outbox_timing *t, const struct outbox_row *row,
                           const struct outbox_result *result)
{
    int64_t earlier = row->attempts > 1 ? row->attempts - 1 : 0;
    if (result->retry_after_ms > 0)
        return result->retry_after_ms;
    if (!result->per_recipient)
        return jitter(power(t->backoff_first_ms, 2, earlier, t->backoff_max_ms));
    return power(t->pair_first_ms, 4, earlier < PAIR_STEPS_MAX ? earlier : PAIR_STEPS_MAX,
                 INT64_MAX / 8);
}

static int64_t unknown_delay(const struct outbox_timing *t, const struct outbox_row *row)
{
    int64_t most = t->backoff_max_ms > t->unknown_wait_ms ? t->backoff_max_ms : t->unknown_wait_ms;
    bool first = !str_eq(row->code, OUTBOX_CODE_UNKNOWN);
    int64_t doublings = row->attempts < PAIR_STEPS_MAX ? row->attempts - 1 : PAIR_STEPS_MAX;
    return power(t->unknown_wait_ms, 2, first ? 0 : doublings, most);
}

static struct outbox_fate fate_of(const struct outbox_timing *t, const struct outbox_row *row,
                                  const struct outbox_result *result)
{
    struct outbox_fate f = {.row = row,
                            .state = "failed",
                            .provider_id = result->provider_id,
                            .code = result->code,
                            .reason = result->reason,
                            .attempts = row->attempts,
                            .now_ms = time_now_ms(),
                            .hold_recipient = result->per_recipient};
    switch (result->outcome) {
    case SEND_OK:
        f.state = "sent";
        break;
    case SEND_RETRY:
        f.state = row->attempts < t->max_attempts ? "queued" : "failed";
        f.next_at = f.now_ms + retry_delay(t, row, result);
        break;
    case SEND_UNKNOWN:
        /* Wait for a status event, then once more; while the doubt lasts again and again, ever later: a
         * second message does less harm than none. The question ends it, or the last attempt. */
        if (row->attempts < t->max_attempts)
            f.state = "sending";
        if (str_eq(row->code, OUTBOX_CODE_UNKNOWN))
            f.reason = T("Penyedia pesan berulang kali tidak menjawab; pesan mungkin sudah sampai. "
                         "Hubungi penerima langsung bila mendesak.");
        f.next_at = f.now_ms + unknown_delay(t, row);
        f.code = OUTBOX_CODE_UNKNOWN;
        break;
    case SEND_STOP_CHANNEL:
        f.state = "queued";
        f.next_at = f.now_ms;           /* the channel waits, and all its rows with it */
        f.attempts = row->attempts - 1; /* not this message's fault */
        break;
    case SEND_FAILED:
        break;
    }
    return f;
}

/* What the attempt says of the channel: a recipient's own trouble says nothing against it. */
static struct health_note health_of(const struct outbox_row *row,
                                    const struct outbox_result *result, int64_t now_ms)
{
    bool his = result->per_recipient || result->recipient_fault ||
               str_eq(result->code, OUTBOX_CODE_GONE);
    bool ours = str_eq(result->code, CODE_RENDER) || str_eq(result->code, CODE_ADDRESS);
    return (struct health_note){.office_id = row->office_id,
                                .channel = row->channel,
                                .accepted = result->outcome == SEND_OK,
                                .failing = result->outcome != SEND_OK && !his && !ours,
                                .paused = result->outcome == SEND_STOP_CHANNEL,
                                .code = result->code,
                                .reason = result->reason,
                                .now_ms = now_ms};
}

static enum err record_in_tx(struct db_conn *tx, void *arg)
{
    const struct verdict *v = arg;
    int64_t changed = 0;
    TRY(outbox_row_record(tx, &v->fate, &changed));
    if (v->with_health)
        TRY(outbox_health_note(tx, &v->health));
    if (changed == 0 || !v->with_hook)
        return ERR_OK;
    return v->hooks->sent(tx, v->fate.row, v->result, v->fate.now_ms);
}

/* An unrecorded result would be a second message: try until the lease ends. */
static void record(struct lane *lane, struct cx *cx, struct verdict *v, int64_t lease_until)
{
    const struct outbox_row *row = v->fate.row;
    enum err e = ERR_OK;
    while ((e = db_tx(cx, "outbox_result", record_in_tx, v)) != ERR_OK) {
        if (e != ERR_BUSY && v->with_hook) {
            log_event(LOG_ERROR, "outbox_hook", "id", row->id, "kind", row->kind, "err",
                      err_name(e), NULL);
            v->with_hook = false;
            continue;
        }
        if (atomic_load(&lane->outbox->stop) || time_now_ms() + RECORD_PAUSE_MS >= lease_until)
            break;
        wait_until(lane, time_now_ms() + RECORD_PAUSE_MS);
    }
    if (e != ERR_OK)
        log_event(LOG_ERROR, "outbox_result", "id", row->id, "err", err_name(e), NULL);
}

/* --- one row ---------------------------------------------------------------------------------- */

static void log_attempt(const struct outbox_row *row, const struct outbox_result *result, int64_t ms)
{
    static const char *const outcomes[] = {[SEND_OK] = "sent",
                                           [SEND_RETRY] = "retry",
                                           [SEND_UNKNOWN] = "unknown",
                                           [SEND_FAILED] = "failed",
                                           [SEND_STOP_CHANNEL] = "channel_stopped"};
    log_event(result->outcome == SEND_OK ? LOG_INFO : LOG_WARN, "outbox_attempt", "id", row->id,
              "kind", row->kind, "channel", row->channel, "outcome", outcomes[result->outcome],
              "code", str_or(result->code, ""), "attempt", LOG_INT(row->attempts), "ms",
              LOG_INT(ms), NULL);
}

/* Makes the text and sends it. False: nothing was sent because the row has lost its sense. */
static bool attempt(struct lane *lane, struct cx *cx, const struct outbox_row *row,
                    struct outbox_result *ret)
{
    struct outbox_message message = {0};
    enum err e = lane->outbox->options.hooks.render(cx, row, &message);
    if (e == ERR_MISSING)
        return false;
    if (e == ERR_INVALID) {
        *ret = (struct outbox_result){
            .outcome = SEND_FAILED,
            .code = CODE_ADDRESS,
            .reason = str_or(cx->diag.message,
                             T("Penerima tidak dapat dihubungi lewat saluran ini."))};
        log_attempt(row, ret, 0);
        return true;
    }
    if (e != ERR_OK) {
        *ret = (struct outbox_result){
            .outcome = SEND_RETRY,
            .code = CODE_RENDER,
            .reason = T("Pesan belum dapat disusun. Dicoba lagi secara otomatis.")};
        log_event(LOG_ERROR, "outbox_render", "id", row->id, "kind", row->kind, "err", err_name(e),
                  "detail", cx->diag.detail, NULL);
        return true;
    }
    if (str_empty(message.opaque_id))
        message.opaque_id = row->id;
    int64_t start = time_monotonic_ms();
    lane->channel->send(lane->channel, cx, &message, ret);
    log_attempt(row, ret, time_monotonic_ms() - start);
    return true;
}

/* A provider that cannot be reached is not asked again for each row: the circuit opens, longer each time. */
static int64_t unreached_pause_ms(const struct lane *lane)
{
    const struct outbox_timing *timing = &lane->outbox->options.timing;
    int64_t pause_ms = timing->backoff_first_ms;
    for (int i = UNREACHED_MAX; i < lane->unreached && pause_ms < UNREACHED_PAUSE_MAX_MS; i++)
        pause_ms *= 2;
    return pause_ms < UNREACHED_PAUSE_MAX_MS ? pause_ms : UNREACHED_PAUSE_MAX_MS;
}

/* When the channel may send again: after its own pause, or with the least time between two messages. */
static int64_t closed_until(const struct lane *lane, const struct verdict *v)
{
    if (v->result->outcome == SEND_STOP_CHANNEL)
        return v->fate.now_ms + lane->outbox->options.timing.stopped_ms;
    if (lane->unreached >= UNREACHED_MAX)
        return v->fate.now_ms + unreached_pause_ms(lane);
    return lane->channel->gap_ms > 0 ? v->fate.now_ms + lane->channel->gap_ms : 0;
}

static void send_row(struct lane *lane, struct cx *cx, const struct outbox_claim *claim)
{
    struct outbox *o = lane->outbox;
    struct outbox_result result = {
        .outcome = SEND_FAILED,
        .code = "obsolete",
        .reason = T("Tidak dikirim: sudah ada keputusan atau kunjungan selesai.")};
    bool tried = attempt(lane, cx, &claim->row, &result);
    struct verdict v = {.hooks = &o->options.hooks,
                        .result = &result,
                        .fate = fate_of(&o->options.timing, &claim->row, &result),
                        .with_hook = tried && o->options.hooks.sent,
                        .with_health = tried};
    if (!tried)
        v.fate.state = "dropped";
    v.health = health_of(&claim->row, &result, v.fate.now_ms);
    if (lane->channel->recipient_gap_ms > 0 && lane->channel->recipient_burst <= 1 && tried)
        v.fate.hold_until = v.fate.now_ms + lane->channel->recipient_gap_ms;
    cx->now_ms = v.fate.now_ms;
    record(lane, cx, &v, claim->lease_until);
    if (tried)
        lane->unreached = result.code && str_starts(result.code, "connect") ? lane->unreached + 1
                                                                            : 0;
    lane->closed_until = tried ? closed_until(lane, &v) : 0;
    lane->stopped = tried && result.outcome == SEND_STOP_CHANNEL;
}

/* A new token ends the pause before its time. */
static bool is_renewed(struct lane *lane)
{
    struct channel *channel = lane->channel;
    return lane->stopped && channel->renewed && channel->renewed(channel);
}

/* Sends at most one row of a channel. Returns when to look again (0: at once). */
static int64_t lane_work(struct lane *lane)
{
    arena_reset(lane->arena);
    struct cx cx = job_cx(lane);
    const struct outbox_options *options = &lane->outbox->options;
    const char *office_id = options->base.actor.office_id;
    if (lane->closed_until > cx.now_ms && !is_renewed(lane))
        return lane->closed_until;
    int64_t due = 0;
    /* Looked up on the reading connection: an idle outbox writes nothing. */
    if (outbox_row_due(cx.read, office_id, lane->channel->name, &due) != ERR_OK)
        return cx.now_ms + TROUBLE_PAUSE_MS;
    if (due == 0 || due > cx.now_ms)
        return due ? due : INT64_MAX;
    struct outbox_claim claim = {.office_id = office_id,
                                 .channel = lane->channel->name,
                                 .now_ms = cx.now_ms,
                                 .lease_until = cx.now_ms + options->timing.lease_ms,
                                 .recipient_gap_ms = lane->channel->recipient_gap_ms,
                                 .recipient_burst = lane->channel->recipient_burst};
    enum err e = db_tx(&cx, "outbox_claim", claim_in_tx, &claim);
    if (e == ERR_MISSING)
        return 0; /* another process has it */
    if (e != ERR_OK)
        return cx.now_ms + TROUBLE_PAUSE_MS;
    if (claim.paced)
        return 0;
    send_row(lane, &cx, &claim);
    return 0;
}

static void *run(void *arg)
{
    struct lane *lane = arg;
    while (!atomic_load(&lane->outbox->stop)) {
        int64_t next = lane_work(lane);
        if (next > 0 && !atomic_load(&lane->outbox->stop))
            wait_until(lane, next);
    }
    return NULL;
}

/* --- start and stop --------------------------------------------------------------------------- */

static void usual(int64_t *value, int64_t ms)
{
    if (*value <= 0)
        *value = ms;
}

static void timing_fill(struct outbox_timing *t)
{
    usual(&t->backoff_first_ms, 1000);
    usual(&t->backoff_max_ms, (int64_t)5 * 60 * 1000);
    usual(&t->pair_first_ms, 1000);
    usual(&t->unknown_wait_ms, 30 * 1000);
    usual(&t->lease_ms, 30 * 1000);
    usual(&t->stopped_ms, 60 * 1000);
    usual(&t->poll_ms, 5 * 1000);
    usual(&t->max_attempts, 60);
}

static bool clock_start(struct outbox *o)
{
    pthread_condattr_t attributes;
    if (pthread_mutex_init(&o->mutex, NULL) != 0 || pthread_condattr_init(&attributes) != 0)
        return false;
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    bool fine = pthread_cond_init(&o->wake, &attributes) == 0;
    (void)pthread_condattr_destroy(&attributes);
    return fine;
}

static bool threads_start(struct outbox *o)
{
    sigset_t all, before;
    bool fine = clock_start(o);
    /* Signals belong to the main thread. */
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    for (size_t i = 0; i < o->lane_count && fine; i++) {
        struct lane *lane = &o->lanes[i];
        lane->started = pthread_create(&lane->thread, NULL, run, lane) == 0;
        fine = lane->started;
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return fine;
}

static void threads_end(struct outbox *o)
{
    atomic_store(&o->stop, true);
    wake(o);
    for (size_t i = 0; i < o->lane_count; i++) {
        if (o->lanes[i].started)
            (void)pthread_join(o->lanes[i].thread, NULL);
        arena_free(o->lanes[i].arena);
    }
}

static void lane_add(struct outbox *o, struct channel *channel)
{
    const struct outbox_options *options = &o->options;
    size_t i = o->lane_count++;
    struct lane *lane = &o->lanes[i];
    *lane = (struct lane){.outbox = o, .channel = channel};
    lane->read = i == 0 ? options->read : options->more_reads[i - 1];
    lane->arena = arena_new((size_t)64 * 1024);
    channel->cancel = &o->stop;
    if (options->use_arena)
        options->use_arena(lane->read, lane->arena);
    else
        db_conn_use_arena(lane->read, lane->arena);
}

enum err outbox_start(struct arena *a, const struct outbox_options *options, struct outbox **ret)
{
    if (!options->hooks.render || str_empty(options->base.actor.office_id))
        return ERR_INVALID;
    struct outbox *o = ARENA_NEW(a, struct outbox);
    o->options = *options;
    timing_fill(&o->options.timing);
    for (size_t i = 0; options->channels && options->channels[i] && i < LANES_MAX; i++)
        lane_add(o, options->channels[i]);
    if (!threads_start(o)) {
        threads_end(o);
        return ERR_INTERNAL;
    }
    *ret = o;
    return ERR_OK;
}

void outbox_stop(struct outbox *o)
{
    if (!o)
        return;
    threads_end(o);
    /* The mutex stays: a request that ends just now may still wake us, in vain. */
    for (size_t i = 0; i < o->lane_count; i++)
        o->lanes[i].channel->free(o->lanes[i].channel);
}

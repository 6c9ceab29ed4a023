/* The sending threads, a few for each channel: each sleeps until a row of its channel is due, sends it,
 * records what became of it. A channel that hangs delays no other, and a person whose message hangs delays
 * nobody else.
 *
 * One of a channel's threads at a time has the turn: it alone looks, waits and claims; then it hands the
 * turn on and sends. Claim a row with a lease, let the feature make its text, give it to the channel,
 * record the result together with what it means to the visit. Whatever happens in between (a crash, a
 * dead connection), the lease ends and the row is taken up again. Who has a message on its way gets no
 * second one meanwhile: his messages keep their order. */
#include "lib/outbox/channel.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base/log.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/outbox/outbox_rows.h"

#include "lib/base/banned.h"

enum {
    LANES_MAX = 8,
    HELD_MAX = 16,
    LOOK_GAP_MS = 20, /* between two looks that wakes ask for: a rush is looked at together */
    RECORD_PAUSE_MS = 250,
    TROUBLE_PAUSE_MS = 1000,
    UNREACHED_MAX = 3,
    UNREACHED_PAUSE_MAX_MS = 15000
};

/* A thread of a channel, with its own driver, reading connection, and arena of one row's journey. */
struct sender {
    struct lane *lane;
    struct channel *channel;
    struct db_conn *read;
    struct arena *arena;
    char recipient_id[UUID_TEXT_BYTES]; /* who has a message on its way here; under the mutex */
    pthread_t thread;
    bool started;
};

/* Whose bucket is empty, and until when. */
struct held {
    char recipient_id[UUID_TEXT_BYTES];
    int64_t until;
};

/* A channel with its threads and its circuit breaker. What is not marked is under the mutex. */
struct lane {
    struct outbox *outbox;
    const struct channel *limits; /* the first driver: name and pace; constant */
    struct sender senders[OUTBOX_FLIGHTS_MAX];
    size_t sender_count;  /* constant */
    pthread_mutex_t turn; /* to look and to claim */
    int64_t looked_at;    /* monotonic; of whoever has the turn */
    bool listening;       /* a wake is wanted */
    uint64_t woken;       /* the last wake this lane has seen */
    size_t flying;        /* messages on their way */
    int64_t closed_until; /* epoch ms; 0 = open */
    struct channel
        *refused; /* the driver that was told to stop: closed until then or until it is renewed */
    int64_t refused_at;
    int unreached; /* attempts in a row that reached nobody */
    struct held held[HELD_MAX];
    size_t held_next;
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

static void lock(struct outbox *o)
{
    (void)pthread_mutex_lock(&o->mutex);
}

static void unlock(struct outbox *o)
{
    (void)pthread_mutex_unlock(&o->mutex);
}

/* --- waiting ---------------------------------------------------------------------------------- */

/* For so long on the clock that never jumps, or until the stop; with `wakes` also until a wake. */
static void pause_ms(struct lane *lane, int64_t ms, bool wakes)
{
    struct outbox *o = lane->outbox;
    int64_t end = time_monotonic_ms() + (ms > 0 ? ms : 0);
    struct timespec until = {.tv_sec = (time_t)(end / 1000),
                             .tv_nsec = (long)(end % 1000) * 1000000};
    lock(o);
    if (wakes)
        lane->listening = true;
    while (!atomic_load(&o->stop) && !(wakes && lane->woken != o->wakes))
        if (pthread_cond_timedwait(&o->wake, &o->mutex, &until) != 0)
            break;
    if (wakes)
        lane->listening = false;
    unlock(o);
}

/* Until the wall-clock moment `at`, a wake, or the stop. */
static void wait_until(struct lane *lane, int64_t at)
{
    int64_t ms = at - time_now_ms(), poll_ms = lane->outbox->options.timing.poll_ms;
    pause_ms(lane, ms < poll_ms ? ms : poll_ms, true);
    int64_t early = lane->looked_at + LOOK_GAP_MS - time_monotonic_ms();
    ms = at - time_now_ms(); /* what is due at a moment is not kept waiting */
    if (early > 0 && ms > 0)
        pause_ms(lane, early < ms ? early : ms, false);
    lock(lane->outbox);
    lane->woken = lane->outbox->wakes;
    unlock(lane->outbox);
}

static void wake_all(struct outbox *o, bool stop)
{
    bool listening = stop;
    lock(o);
    o->wakes++;
    for (size_t i = 0; i < o->lane_count; i++)
        listening = listening || o->lanes[i].listening;
    if (listening)
        (void)pthread_cond_broadcast(&o->wake);
    unlock(o);
}

void outbox_wake(struct cx *cx)
{
    if (cx->outbox)
        wake_all(cx->outbox, false);
}

static struct cx job_cx(struct sender *s)
{
    struct outbox *o = s->lane->outbox;
    struct cx cx = o->options.base;
    cx.arena = s->arena;
    cx.read = s->read;
    cx.outbox = o;
    cx.actor.kind = ACTOR_SYSTEM;
    cx.now_ms = time_now_ms();
    cx.diag = (struct diag){0};
    return cx;
}

/* --- whose turn it is not --------------------------------------------------------------------- */

static void hold(struct lane *lane, const char *recipient_id, int64_t until)
{
    lock(lane->outbox);
    size_t at = lane->held_next;
    for (size_t i = 0; i < HELD_MAX; i++)
        if (str_eq(lane->held[i].recipient_id, recipient_id))
            at = i;
    if (at == lane->held_next)
        lane->held_next = (at + 1) % HELD_MAX;
    (void)snprintf(lane->held[at].recipient_id, UUID_TEXT_BYTES, "%s", recipient_id);
    lane->held[at].until = until;
    unlock(lane->outbox);
}

int64_t outbox_not_before(struct cx *cx, const char *channel, const char *recipient_id)
{
    int64_t until = 0;
    struct outbox *o = cx->outbox;
    if (!o || str_empty(channel) || str_empty(recipient_id))
        return 0;
    lock(o);
    for (size_t i = 0; i < o->lane_count * HELD_MAX; i++) {
        const struct lane *lane = &o->lanes[i / HELD_MAX];
        const struct held *h = &lane->held[i % HELD_MAX];
        if (str_eq(lane->limits->name, channel) && str_eq(h->recipient_id, recipient_id))
            until = h->until;
    }
    unlock(o);
    return until > cx->now_ms ? until : 0;
}

/* --- claim ------------------------------------------------------------------------------------ */

static enum err claim_in_tx(struct db_conn *tx, void *arg)
{
    return outbox_row_claim(tx, arg);
}

/* --- what becomes of the row ------------------------------------------------------------------ */

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
        pause_ms(lane, RECORD_PAUSE_MS, false);
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
static bool attempt(struct sender *s, struct cx *cx, const struct outbox_row *row,
                    struct outbox_result *ret)
{
    struct outbox_message message = {0};
    enum err e = s->lane->outbox->options.hooks.render(cx, row, &message);
    if (e == ERR_MISSING)
        return false;
    if (e == ERR_INVALID) {
        *ret = (struct outbox_result){
            .outcome = SEND_FAILED,
            .code = OUTBOX_CODE_ADDRESS,
            .reason = str_or(cx->diag.message,
                             T("Penerima tidak dapat dihubungi lewat saluran ini."))};
        log_attempt(row, ret, 0);
        return true;
    }
    if (e != ERR_OK) {
        *ret = (struct outbox_result){
            .outcome = SEND_RETRY,
            .code = OUTBOX_CODE_RENDER,
            .reason = T("Pesan belum dapat disusun. Dicoba lagi secara otomatis.")};
        log_event(LOG_ERROR, "outbox_render", "id", row->id, "kind", row->kind, "err", err_name(e),
                  "detail", cx->diag.detail, NULL);
        return true;
    }
    if (str_empty(message.opaque_id))
        message.opaque_id = row->id;
    int64_t start = time_monotonic_ms();
    s->channel->send(s->channel, cx, &message, ret);
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

/* What the attempt means to those after it: when the channel may send again, after its own pause or with
 * the least time between two messages. An answer to what was sent before the refusal does not lift it. */
static void lane_learn(struct sender *s, const struct verdict *v, int64_t begun_at)
{
    struct lane *lane = s->lane;
    const struct outbox_result *result = v->result;
    int64_t now_ms = v->fate.now_ms, gap_ms = lane->limits->gap_ms;
    bool unreached = result->code && str_starts(result->code, "connect");
    lane->unreached = unreached ? lane->unreached + 1 : 0;
    if (result->outcome == SEND_STOP_CHANNEL) {
        lane->refused = s->channel;
        lane->refused_at = now_ms;
        lane->closed_until = now_ms + lane->outbox->options.timing.stopped_ms;
        return;
    }
    if (lane->refused && begun_at < lane->refused_at)
        return;
    lane->refused = NULL;
    lane->closed_until = gap_ms > 0 ? now_ms + gap_ms : 0;
    if (lane->unreached >= UNREACHED_MAX)
        lane->closed_until = now_ms + unreached_pause_ms(lane);
}

/* It has landed: his next message may go, and who looks is told so. */
static void land(struct sender *s, const struct verdict *v, int64_t begun_at)
{
    struct lane *lane = s->lane;
    lock(lane->outbox);
    if (v->with_health) /* it was tried */
        lane_learn(s, v, begun_at);
    s->recipient_id[0] = '\0';
    lane->flying--;
    unlock(lane->outbox);
    if (lane->sender_count > 1)
        wake_all(lane->outbox, false);
}

static void send_row(struct sender *s, struct cx *cx, const struct outbox_claim *claim)
{
    struct lane *lane = s->lane;
    struct outbox *o = lane->outbox;
    struct outbox_result result = {
        .outcome = SEND_FAILED,
        .code = "obsolete",
        .reason = T("Tidak dikirim: sudah ada keputusan atau kunjungan selesai.")};
    bool tried = attempt(s, cx, &claim->row, &result);
    struct verdict v = {.hooks = &o->options.hooks,
                        .result = &result,
                        .fate = outbox_fate_of(&o->options.timing, &claim->row, &result),
                        .with_hook = tried && o->options.hooks.sent,
                        .with_health = tried};
    if (!tried)
        v.fate.state = "dropped";
    v.health = outbox_health_of(&claim->row, &result, v.fate.now_ms);
    if (lane->limits->recipient_gap_ms > 0 && lane->limits->recipient_burst <= 1 && tried)
        v.fate.hold_until = v.fate.now_ms + lane->limits->recipient_gap_ms;
    cx->now_ms = v.fate.now_ms;
    record(lane, cx, &v, claim->lease_until);
    land(s, &v, claim->now_ms);
}

/* --- the turn --------------------------------------------------------------------------------- */

/* Until when the channel is closed; 0: it is open. After trouble one message goes ahead of the others. */
static int64_t closed_until(struct lane *lane, int64_t now_ms)
{
    lock(lane->outbox);
    struct channel *refused = lane->refused;
    int64_t until = lane->closed_until > now_ms ? lane->closed_until : 0;
    bool probing = lane->flying > 0 && (refused || lane->unreached >= UNREACHED_MAX);
    unlock(lane->outbox);
    if (until && refused && refused->renewed && refused->renewed(refused))
        until = 0; /* a new token ends the pause before its time */
    return !until && probing ? INT64_MAX : until;
}

static void take_off(struct sender *s, struct outbox_claim *claim)
{
    struct lane *lane = s->lane;
    int64_t gap_ms = lane->limits->gap_ms;
    lock(lane->outbox);
    (void)snprintf(s->recipient_id, sizeof(s->recipient_id), "%s", claim->row.recipient_id);
    lane->flying++;
    if (gap_ms > 0)
        lane->closed_until = claim->now_ms + gap_ms;
    unlock(lane->outbox);
}

static void claim_fill(struct sender *s, const struct cx *cx, struct outbox_claim *ret)
{
    struct lane *lane = s->lane;
    const struct outbox_options *options = &lane->outbox->options;
    *ret = (struct outbox_claim){.office_id = options->base.actor.office_id,
                                 .channel = lane->limits->name,
                                 .now_ms = cx->now_ms,
                                 .lease_until = cx->now_ms + options->timing.lease_ms,
                                 .recipient_gap_ms = lane->limits->recipient_gap_ms,
                                 .recipient_burst = lane->limits->recipient_burst};
    lock(lane->outbox);
    for (size_t i = 0, n = 0; i < lane->sender_count; i++)
        if (lane->senders[i].recipient_id[0])
            memcpy(ret->busy[n++], lane->senders[i].recipient_id, UUID_TEXT_BYTES);
    unlock(lane->outbox);
}

/* Claims at most one row. True: it is to be sent. Else *ret_next says when to look again (0: at once). */
static bool look(struct sender *s, struct cx *cx, struct outbox_claim *claim, int64_t *ret_next)
{
    struct lane *lane = s->lane;
    *ret_next = closed_until(lane, cx->now_ms);
    if (*ret_next)
        return false;
    int64_t due = 0;
    claim_fill(s, cx, claim);
    lane->looked_at = time_monotonic_ms();
    *ret_next = cx->now_ms + TROUBLE_PAUSE_MS;
    /* Looked up on the reading connection: an idle outbox writes nothing. */
    if (outbox_row_due(cx->read, claim, &due) != ERR_OK)
        return false;
    if (due == 0 || due > cx->now_ms) {
        *ret_next = due ? due : INT64_MAX;
        return false;
    }
    enum err e = db_tx(cx, "outbox_claim", claim_in_tx, claim);
    if (e == ERR_OK && claim->paced)
        hold(lane, claim->row.recipient_id, claim->paced_until);
    if (e == ERR_MISSING ||
        (e == ERR_OK && claim->paced)) /* another process has it; it was put back */
        *ret_next = 0;
    return e == ERR_OK && !claim->paced;
}

static void *run(void *arg)
{
    struct sender *s = arg;
    struct lane *lane = s->lane;
    atomic_bool *stop = &lane->outbox->stop;
    while (!atomic_load(stop)) {
        struct outbox_claim claim;
        struct cx cx;
        bool mine = false;
        (void)pthread_mutex_lock(&lane->turn);
        while (!mine && !atomic_load(stop)) {
            int64_t next = 0;
            arena_reset(s->arena);
            cx = job_cx(s);
            mine = look(s, &cx, &claim, &next);
            if (!mine && next > 0)
                wait_until(lane, next);
        }
        if (mine)
            take_off(s, &claim);
        (void)pthread_mutex_unlock(&lane->turn);
        if (mine)
            send_row(s, &cx, &claim);
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
    for (size_t i = 0; i < o->lane_count * OUTBOX_FLIGHTS_MAX && fine; i++) {
        struct lane *lane = &o->lanes[i / OUTBOX_FLIGHTS_MAX];
        struct sender *s = &lane->senders[i % OUTBOX_FLIGHTS_MAX];
        if (i % OUTBOX_FLIGHTS_MAX >= lane->sender_count)
            continue;
        s->started = pthread_create(&s->thread, NULL, run, s) == 0;
        fine = s->started;
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return fine;
}

static void threads_end(struct outbox *o)
{
    atomic_store(&o->stop, true);
    wake_all(o, true);
    for (size_t i = 0; i < o->lane_count * OUTBOX_FLIGHTS_MAX; i++) {
        struct sender *s = &o->lanes[i / OUTBOX_FLIGHTS_MAX].senders[i % OUTBOX_FLIGHTS_MAX];
        if (s->started)
            (void)pthread_join(s->thread, NULL);
        arena_free(s->arena);
    }
}

/* The lane of a channel's name; a new one when it is the first driver of that name. */
static struct lane *lane_of(struct outbox *o, const struct channel *channel)
{
    for (size_t i = 0; i < o->lane_count; i++)
        if (str_eq(o->lanes[i].limits->name, channel->name))
            return &o->lanes[i];
    if (o->lane_count == LANES_MAX)
        return NULL;
    struct lane *lane = &o->lanes[o->lane_count];
    if (pthread_mutex_init(&lane->turn, NULL) != 0)
        return NULL;
    lane->outbox = o;
    lane->limits = channel;
    o->lane_count++;
    return lane;
}

static bool sender_add(struct outbox *o, struct channel *channel, struct db_conn *read)
{
    struct lane *lane = lane_of(o, channel);
    if (!lane || lane->sender_count == OUTBOX_FLIGHTS_MAX)
        return false;
    struct sender *s = &lane->senders[lane->sender_count++];
    *s = (struct sender){.lane = lane, .channel = channel, .read = read};
    s->arena = arena_new((size_t)64 * 1024);
    channel->cancel = &o->stop;
    if (o->options.use_arena)
        o->options.use_arena(read, s->arena);
    else
        db_conn_use_arena(read, s->arena);
    return true;
}

enum err outbox_start(struct arena *a, const struct outbox_options *options, struct outbox **ret)
{
    if (!options->hooks.render || str_empty(options->base.actor.office_id))
        return ERR_INVALID;
    struct outbox *o = ARENA_NEW(a, struct outbox);
    o->options = *options;
    timing_fill(&o->options.timing);
    bool fine = true;
    for (size_t i = 0; fine && options->channels && options->channels[i]; i++)
        fine = sender_add(o, options->channels[i],
                          i == 0 ? options->read : options->more_reads[i - 1]);
    if (!fine || !threads_start(o)) {
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
    for (size_t i = 0; o->options.channels && o->options.channels[i]; i++)
        o->options.channels[i]->free(o->options.channels[i]);
}

/* The queue between the epoll thread and the workers: whole requests, first come first served.
 *
 * There are more workers than processors, because most of a writing request is waiting for its commit, and
 * one commit serves all who wait. But only so many of them run at a time: a worker that begins to wait
 * gives its turn away. The worker that went idle last is called first: its memory is still warm.
 *
 * Requests that hash a password or carry a large upload wait in a lane of their own: each costs a core for a
 * tenth of a second and more, and a crowd of them must never hold every turn. */
#include "lib/http/internal.h"

#include <errno.h>
#include <time.h>

#include "lib/base/banned.h"

#define SLOW_WAITING 16 /* as many as may wait for Argon2; more are told to come back */
#define SLOW_AT_ONCE 2

static void lane_add(struct lane *lane, struct exchange *x)
{
    x->next = NULL;
    if (lane->last)
        lane->last->next = x;
    else
        lane->first = x;
    lane->last = x;
    lane->length++;
}

static struct exchange *lane_take(struct lane *lane)
{
    struct exchange *x = lane->first;
    if (!x)
        return NULL;
    lane->first = x->next;
    if (!lane->first)
        lane->last = NULL;
    lane->length--;
    return x;
}

/* Hashes a password, or reads a large body twice and seals it again. */
static bool is_slow(const struct exchange *x)
{
    if (x->phase == PHASE_WORK && x->spool)
        return true;
    return x->phase == PHASE_WORK && x->route && (x->route->flags & ROUTE_LOGIN) &&
           x->method == HTTP_POST;
}

/* One turn stays for the others, where there is more than one. */
static bool slow_allowed(const struct server *s)
{
    int most = s->options.running > SLOW_AT_ONCE ? SLOW_AT_ONCE : s->options.running - 1;
    return s->slow_running < (most > 0 ? most : 1);
}

static bool has_work(const struct server *s)
{
    return s->queue.first || (s->queue_slow.first && slow_allowed(s));
}

/* Calls an idle worker when there is work and a free turn. Under the lock; the caller signals. */
static struct worker *call_idle(struct server *s)
{
    struct worker *w = s->idle;
    if (!w || !has_work(s) || s->running >= s->options.running)
        return NULL;
    s->idle = w->next_idle;
    s->running++;
    w->runs = true;
    return w;
}

static void unlock_and_wake(struct server *s, struct worker *called)
{
    (void)pthread_mutex_unlock(&s->queue_lock);
    if (called)
        (void)pthread_cond_signal(&called->wake);
}

bool queue_push(struct server *s, struct exchange *x)
{
    struct worker *called = NULL;
    x->slow = is_slow(x);
    (void)pthread_mutex_lock(&s->queue_lock);
    bool room = !s->queue_closed && s->queue.length < s->options.limits.connections &&
                (!x->slow || s->queue_slow.length < SLOW_WAITING);
    if (room) {
        lane_add(x->slow ? &s->queue_slow : &s->queue, x);
        atomic_fetch_add(&s->in_work, 1);
        called = call_idle(s);
    }
    unlock_and_wake(s, called);
    return room;
}

static void give_turn(struct server *s, struct worker *w)
{
    if (w->runs)
        s->running--;
    w->runs = false;
}

static bool take_turn(struct server *s, struct worker *w)
{
    if (w->runs && s->running > s->options.running)
        give_turn(s, w);
    if (!w->runs && s->running < s->options.running) {
        s->running++;
        w->runs = true;
    }
    return w->runs;
}

static void go_idle(struct server *s, struct worker *w)
{
    give_turn(s, w);
    w->next_idle = s->idle;
    s->idle = w;
    struct timespec rests;
    (void)clock_gettime(CLOCK_REALTIME, &rests);
    rests.tv_sec += 1;
    while (!w->runs && !s->queue_closed) {
        if (!rests.tv_sec) {
            (void)pthread_cond_wait(&w->wake, &s->queue_lock);
        } else if (pthread_cond_timedwait(&w->wake, &s->queue_lock, &rests) == ETIMEDOUT) {
            worker_drop_stack(w); /* what its last requests left deep in its stack */
            rests.tv_sec = 0;
        }
    }
}

static struct exchange *take_first(struct server *s)
{
    struct exchange *x = slow_allowed(s) ? lane_take(&s->queue_slow) : NULL;
    if (x)
        s->slow_running++;
    return x ? x : lane_take(&s->queue);
}

struct exchange *queue_pop(struct server *s, struct worker *w)
{
    (void)pthread_mutex_lock(&s->queue_lock);
    while (!s->queue_closed && (!has_work(s) || !take_turn(s, w)))
        go_idle(s, w);
    struct exchange *x = take_first(s);
    (void)pthread_mutex_unlock(&s->queue_lock);
    return x;
}

void queue_slow_done(struct server *s)
{
    (void)pthread_mutex_lock(&s->queue_lock);
    s->slow_running--;
    unlock_and_wake(s, call_idle(s));
}

void queue_left(struct exchange *x)
{
    if (x->in_work)
        atomic_fetch_sub(&x->server->in_work, 1);
    x->in_work = false;
}

int queue_waiting(struct server *s)
{
    (void)pthread_mutex_lock(&s->queue_lock);
    int waiting = s->queue.length + s->queue_slow.length;
    (void)pthread_mutex_unlock(&s->queue_lock);
    return waiting;
}

void queue_wait(struct server *s, struct worker *w, bool begins)
{
    struct worker *called = NULL;
    (void)pthread_mutex_lock(&s->queue_lock);
    if (begins) {
        give_turn(s, w);
        called = call_idle(s);
    } else if (!w->runs) { /* over the limit for a moment, rather than behind new requests */
        s->running++;
        w->runs = true;
    }
    unlock_and_wake(s, called);
}

void queue_close(struct server *s)
{
    (void)pthread_mutex_lock(&s->queue_lock);
    s->queue_closed = true;
    for (int i = 0; i < s->worker_count; i++)
        (void)pthread_cond_signal(&s->workers[i].wake);
    (void)pthread_mutex_unlock(&s->queue_lock);
}

/* Workers: each takes a request from the queue, runs it with an arena and a reading connection of its
 * own, hands the answer back to the epoll thread and writes one log line. */
#include "lib/http/internal.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/banned.h"

#define ARENA_BYTES   (64u << 10)
#define STACK_DROP_MS 1000 /* of a worker that never rests; queue.c sees to the others */

/* What the log says about a request: the route's pattern, never the path, which may hold a token. */
static void log_request(const struct cx *cx, const struct http_req *req, int status, int64_t ms)
{
    static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "OTHER"};
    if (req->route && (req->route->flags & ROUTE_UNLOGGED) && status < 500)
        return;
    log_event(status >= 500 ? LOG_ERROR : LOG_INFO, "request", "method", methods[req->method],
              "route", req->route ? req->route->path : "-", "status", LOG_INT(status), "ms",
              LOG_INT(ms), "request", cx->request_id, "code", str_or(cx->diag.code, ""), "detail",
              cx->diag.detail, NULL);
}

static void on_wait(void *arg, bool begins)
{
    struct worker *w = arg;
    queue_wait(w->server, w, begins);
}

static void cx_fill(struct worker *w, struct cx *cx)
{
    const struct server_options *o = &w->server->options;
    *cx = o->base;
    cx->arena = w->arena;
    cx->waiter = (struct waiter){.fn = on_wait, .arg = w};
    cx->now_ms = time_now_ms();
    if (cx->offset_min == 0)
        cx->offset_min = 420;
    if (o->reader) {
        cx->read = o->reader(cx->db, w->number);
        if (o->use_arena)
            o->use_arena(cx->read, w->arena);
        if (o->reads_together)
            (void)o->reads_together(cx->read, true);
    }
    rand_uuid7(cx->now_ms, cx->request_id);
}

/* A part of a large body between disk and wire. Others may run while the disk works. */
static void carry(struct worker *w, struct exchange *x)
{
    queue_wait(w->server, w, true);
    if (x->phase == PHASE_SPOOL)
        body_spool(x);
    else
        mhd_fill(x);
    queue_wait(w->server, w, false);
    mhd_resume(x);
}

static void work(struct worker *w, struct exchange *x)
{
    struct server *s = w->server;
    struct cx cx;
    struct http_req req = {.method = HTTP_OTHER};
    cx_fill(w, &cx);
    struct http_res res = reply_new(&cx);
    if (mhd_fill_request(x, &cx, &req) != ERR_OK) {
        reply_error(s, &cx, &req, &res, ERR_BAD, 400);
    } else if (x->refusal) {
        (void)request_decode(&cx, &req, s); /* settles what kind of answer is wanted */
        reply_error(s, &cx, &req, &res, ERR_BAD, x->refusal);
    } else if (x->phase == PHASE_ADMIT) {
        x->admitted = router_admit(s, &cx, &req, &res) == ERR_OK;
        if (x->admitted && !body_fits(x)) {
            x->admitted = false;
            reply_error(s, &cx, &req, &res, ERR_BUSY, 507);
        }
    } else {
        (void)router_handle(s, &cx, &req, &res);
    }
    if (!x->admitted || x->phase != PHASE_ADMIT) {
        mhd_answer(x, &cx, &req, &res);
        int64_t ms = time_monotonic_ms() - x->begun_ms;
        log_request(&cx, &req, res.status, ms);
        atomic_fetch_add(&s->counters.requests, 1);
        atomic_fetch_add(&s->counters.status[res.status / 100 < 6 ? res.status / 100 : 0], 1);
        atomic_fetch_add(&s->counters.ms_total, ms);
    }
    if (cx.read && s->options.reads_together)
        (void)s->options.reads_together(cx.read, false);
    if (x->phase == PHASE_WORK) { /* here, because giving up a large file takes its time */
        spool_free(x->spool);
        x->spool = NULL;
    }
    mhd_resume(x); /* from here on the exchange is the epoll thread's */
    arena_reset(w->arena);
    sodium_memzero(&cx, sizeof(cx));
}

void worker_drop_stack(struct worker *w)
{
    memory_stack_drop(&w->stack);
    w->dropped_ms = time_monotonic_ms();
}

static void *worker_main(void *arg)
{
    struct worker *w = arg;
    struct exchange *x;
    memory_stack_here(&w->stack);
    while ((x = queue_pop(w->server, w)) != NULL) {
        bool slow = x->slow; /* afterwards x is no longer ours */
        if (x->phase == PHASE_SPOOL || x->phase == PHASE_FILL)
            carry(w, x);
        else
            work(w, x);
        memory_stack_wipe();
        if (time_monotonic_ms() - w->dropped_ms >= STACK_DROP_MS)
            worker_drop_stack(w);
        if (slow)
            queue_slow_done(w->server);
    }
    return NULL;
}

bool workers_start(struct server *s)
{
    s->workers = calloc((size_t)s->options.workers, sizeof(*s->workers));
    if (!s->workers)
        return false;
    for (int i = 0; i < s->options.workers; i++) {
        struct worker *w = &s->workers[i];
        *w = (struct worker){.server = s, .number = i, .arena = arena_new(ARENA_BYTES)};
        (void)pthread_cond_init(&w->wake, NULL);
        if (pthread_create(&w->thread, NULL, worker_main, w) != 0) {
            arena_free(w->arena);
            return false;
        }
        s->worker_count++;
    }
    return true;
}

void workers_join(struct server *s)
{
    queue_close(s);
    for (int i = 0; i < s->worker_count; i++) {
        (void)pthread_join(s->workers[i].thread, NULL);
        (void)pthread_cond_destroy(&s->workers[i].wake);
        arena_free(s->workers[i].arena);
    }
    s->worker_count = 0;
    free(s->workers);
    s->workers = NULL;
}

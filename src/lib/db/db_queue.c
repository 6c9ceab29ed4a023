/* Transactions waiting for the writer: two lanes, first come first served in each. Knows no engine.
 * A waiter sleeps on a semaphore of its own, so that an answer wakes exactly one thread. */
#include <errno.h>

#include "lib/db/db_internal.h"
#include "lib/base/banned.h"

/* Under full load the normal lane never empties: after this many batches one low transaction is let
 * in, so that imports and retention slow down but do not stand still. */
#define LOW_PATIENCE 64

static void lane_init(struct db_lane *lane)
{
    lane->first = NULL;
    lane->end = &lane->first;
}

static void lane_push(struct db_lane *lane, struct db_job *job)
{
    job->next = NULL;
    *lane->end = job;
    lane->end = &job->next;
}

static struct db_job *lane_pop(struct db_lane *lane)
{
    struct db_job *job = lane->first;
    if (!job)
        return NULL;
    lane->first = job->next;
    if (!lane->first)
        lane->end = &lane->first;
    return job;
}

void db_queue_init(struct db_queue *q)
{
    *q = (struct db_queue){0};
    (void)pthread_mutex_init(&q->lock, NULL);
    (void)pthread_cond_init(&q->filled, NULL);
    lane_init(&q->normal);
    lane_init(&q->low);
}

void db_queue_destroy(struct db_queue *q)
{
    (void)pthread_cond_destroy(&q->filled);
    (void)pthread_mutex_destroy(&q->lock);
}

bool db_queue_submit(struct db_queue *q, struct db_job *job)
{
    (void)sem_init(&job->done, 0, 0);
    (void)pthread_mutex_lock(&q->lock);
    if (q->length >= DB_QUEUE_MAX || q->stopping) {
        (void)pthread_mutex_unlock(&q->lock);
        (void)sem_destroy(&job->done);
        return false;
    }
    lane_push(job->low ? &q->low : &q->normal, job);
    q->length++;
    bool wake = q->taker_waits;
    q->taker_waits = false;
    (void)pthread_mutex_unlock(&q->lock);
    if (wake)
        (void)pthread_cond_signal(&q->filled);
    while (sem_wait(&job->done) != 0 && errno == EINTR)
        ;
    (void)sem_destroy(&job->done);
    return true;
}

size_t db_queue_take(struct db_queue *q, struct db_job *ret_jobs[DB_BATCH_MAX])
{
    size_t n = 0;
    (void)pthread_mutex_lock(&q->lock);
    while (q->length == 0 && !q->stopping) {
        q->taker_waits = true;
        (void)pthread_cond_wait(&q->filled, &q->lock);
    }
    q->taker_waits = false;
    while (n < DB_BATCH_MAX - 1 && q->normal.first)
        ret_jobs[n++] = lane_pop(&q->normal);
    if (q->low.first && (n == 0 || ++q->passed_over >= LOW_PATIENCE)) {
        ret_jobs[n++] = lane_pop(&q->low);
        q->passed_over = 0;
    }
    q->length -= n;
    (void)pthread_mutex_unlock(&q->lock);
    return n;
}

void db_queue_answer(struct db_job *job)
{
    (void)sem_post(&job->done);
}

void db_queue_stop(struct db_queue *q)
{
    (void)pthread_mutex_lock(&q->lock);
    q->stopping = true;
    (void)pthread_cond_signal(&q->filled);
    (void)pthread_mutex_unlock(&q->lock);
}

size_t db_queue_length(struct db_queue *q)
{
    (void)pthread_mutex_lock(&q->lock);
    size_t n = q->length;
    (void)pthread_mutex_unlock(&q->lock);
    return n;
}

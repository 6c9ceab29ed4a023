/* Many transactions that wait for the writer at once: the first one holds it until all are queued. */
#ifndef BT_TESTS_DB_CROWD_H
#define BT_TESTS_DB_CROWD_H

#include <pthread.h>
#include <semaphore.h>

#include "db_fixture.h"

#define CROWD_MAX 64

struct crowd_member {
    pthread_t thread;
    struct cx cx; /* with an arena of its own, as every worker has */
    enum err (*fn)(struct db_conn *tx, void *arg);
    void *arg;
    bool low;
    enum err result;
};

struct gate {
    sem_t entered, go;
};

static inline enum err gate_hold(struct db_conn *tx, void *pointer)
{
    struct gate *gate = pointer;
    (void)tx;
    (void)sem_post(&gate->entered);
    while (sem_wait(&gate->go) != 0)
        ;
    return ERR_OK;
}

static inline void *crowd_main(void *pointer)
{
    struct crowd_member *m = pointer;
    m->result = m->low ? db_tx_low(&m->cx, "crowd", m->fn, m->arg)
                       : db_tx(&m->cx, "crowd", m->fn, m->arg);
    return NULL;
}

static inline void crowd_start(struct fixture *f, struct crowd_member *m)
{
    m->cx = (struct cx){.arena = arena_new(4096), .db = f->db};
    assert_int_equal(pthread_create(&m->thread, NULL, crowd_main, m), 0);
}

static inline void crowd_end(struct crowd_member *m)
{
    assert_int_equal(pthread_join(m->thread, NULL), 0);
}

/* Frees the arenas; what the results point to is gone then. */
static inline void crowd_free(struct crowd_member *members, size_t count)
{
    for (size_t i = 0; i < count; i++)
        arena_free(members[i].cx.arena);
}

static inline int64_t queue_length(struct fixture *f)
{
    struct db_stats stats;
    db_stats(f->db, &stats);
    return stats.queue_length;
}

/* Queues all members, in order, while the writer is held; lets go; waits for all answers. */
static inline void crowd_run(struct fixture *f, struct crowd_member *members, size_t count)
{
    struct gate gate;
    (void)sem_init(&gate.entered, 0, 0);
    (void)sem_init(&gate.go, 0, 0);
    struct crowd_member holder = {.fn = gate_hold, .arg = &gate};
    crowd_start(f, &holder);
    while (sem_wait(&gate.entered) != 0)
        ;
    for (size_t i = 0; i < count; i++) {
        crowd_start(f, &members[i]);
        while (queue_length(f) < (int64_t)i + 1)
            (void)usleep(100);
    }
    (void)sem_post(&gate.go);
    for (size_t i = 0; i < count; i++)
        crowd_end(&members[i]);
    crowd_end(&holder);
    crowd_free(&holder, 1);
    assert_int_equal(holder.result, ERR_OK);
    (void)sem_destroy(&gate.entered);
    (void)sem_destroy(&gate.go);
}

#endif

/* SQLite driver: the one writer thread. It takes whatever transactions wait, runs each in a savepoint,
 * commits once, then answers all: one sync of the disk for many clients, and no timer, so that a lone
 * client pays nothing. Some failures take the whole batch with them (a full disk, a failing COMMIT);
 * then each transaction runs again by itself and gets its own answer. */
#include <stdio.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/db/db_sqlite.h"
#include "lib/base/banned.h"

static const char *const control_text[CONTROL_COUNT] = {
    [CONTROL_BEGIN] = "BEGIN IMMEDIATE", [CONTROL_COMMIT] = "COMMIT",
    [CONTROL_ROLLBACK] = "ROLLBACK",     [CONTROL_SAVEPOINT] = "SAVEPOINT one",
    [CONTROL_RELEASE] = "RELEASE one",   [CONTROL_ROLLBACK_TO] = "ROLLBACK TO one",
};

static enum err control(struct sqlite_writer *w, enum sqlite_control which)
{
    int rc = sqlite3_step(w->control[which]);
    enum err e = ERR_OK;
    if (rc != SQLITE_DONE)
        e = db_sqlite_fault(&w->conn, rc, control_text[which]);
    (void)sqlite3_reset(w->control[which]);
    return e;
}

static bool in_transaction(const struct sqlite_writer *w)
{
    return !sqlite3_get_autocommit(w->conn.handle);
}

static void roll_back(struct sqlite_writer *w)
{
    if (in_transaction(w))
        (void)control(w, CONTROL_ROLLBACK);
}

static void forget_failure(struct sqlite_writer *w)
{
    w->conn.base.failed = ERR_OK;
    w->conn.base.full = false;
    w->conn.base.detail[0] = 0;
}

/* Keeps in the job what went wrong on the connection. */
static void keep_failure(const struct sqlite_writer *w, struct db_job *job)
{
    const struct db_conn *conn = &w->conn.base;
    job->full = conn->full;
    memcpy(job->detail, conn->detail, sizeof(job->detail));
    if (conn->full)
        job->result = ERR_BUSY;
    else if (job->result == ERR_OK)
        job->result = conn->failed;
}

/* The job's function, between whatever begins and ends its transaction. */
static void run_function(struct sqlite_writer *w, struct db_job *job)
{
    struct db_conn *conn = &w->conn.base;
    forget_failure(w);
    conn->rows = job->rows;
    conn->in_tx = true;
    job->result = job->fn(conn, job->arg);
    conn->in_tx = false;
    conn->rows = NULL;
    keep_failure(w, job);
}

/* A transaction of its own. Its failure is its own answer. */
static void run_alone(struct sqlite_writer *w, struct db_job *job)
{
    forget_failure(w);
    job->result = control(w, CONTROL_BEGIN);
    if (job->result != ERR_OK) {
        keep_failure(w, job);
        return;
    }
    run_function(w, job);
    if (job->result == ERR_OK && control(w, CONTROL_COMMIT) != ERR_OK)
        keep_failure(w, job);
    roll_back(w);
}

/* One transaction of a batch. False when the batch is lost. */
static bool run_in_savepoint(struct sqlite_writer *w, struct db_job *job)
{
    forget_failure(w);
    if (control(w, CONTROL_SAVEPOINT) != ERR_OK)
        return false;
    run_function(w, job);
    if (!in_transaction(w))
        return false;
    if (job->result != ERR_OK && control(w, CONTROL_ROLLBACK_TO) != ERR_OK)
        return false;
    return control(w, CONTROL_RELEASE) == ERR_OK;
}

/* All jobs in one commit; the transaction has begun. False when the batch is lost and nothing of it is
 * stored. */
static bool run_together(struct sqlite_writer *w, struct db_job **jobs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!run_in_savepoint(w, jobs[i]))
            return false;
    return control(w, CONTROL_COMMIT) == ERR_OK;
}

static void answer(struct sqlite_writer *w, struct db_job *job)
{
    atomic_fetch_add_explicit(&w->transactions, 1, memory_order_relaxed);
    if (job->full)
        atomic_fetch_add_explicit(&w->refused_full, 1, memory_order_relaxed);
    db_queue_answer(job);
}

/* The lock did not come: no use in waiting as long again for every single one. */
static void refuse_all(struct sqlite_writer *w, struct db_job **jobs, size_t n, enum err why)
{
    for (size_t i = 0; i < n; i++) {
        jobs[i]->result = why;
        keep_failure(w, jobs[i]);
        answer(w, jobs[i]);
    }
}

static void run_each_alone(struct sqlite_writer *w, struct db_job **jobs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        run_alone(w, jobs[i]);
        answer(w, jobs[i]);
    }
}

static void run_batch(struct sqlite_writer *w, struct db_job **jobs, size_t n)
{
    atomic_fetch_add_explicit(&w->batches, 1, memory_order_relaxed);
    if (n == 1) {
        run_each_alone(w, jobs, n);
        return;
    }
    forget_failure(w);
    enum err e = control(w, CONTROL_BEGIN);
    if (e != ERR_OK) {
        refuse_all(w, jobs, n, e);
        return;
    }
    if (run_together(w, jobs, n)) {
        w->losing = false;
        for (size_t i = 0; i < n; i++)
            answer(w, jobs[i]);
        return;
    }
    if (!w->losing) /* once, not for every batch while the disk stays full */
        log_event(LOG_WARN, "a batch was lost; each transaction runs again alone", "transactions",
                  LOG_INT(n), "detail", w->conn.base.detail, NULL);
    w->losing = true;
    roll_back(w);
    atomic_fetch_add_explicit(&w->retried_alone, (int64_t)n, memory_order_relaxed);
    run_each_alone(w, jobs, n);
}

static void *writer_main(void *pointer)
{
    struct sqlite_db *db = pointer;
    struct db_job *jobs[DB_BATCH_MAX];
    size_t n;
    (void)pthread_setname_np(pthread_self(), "db-writer");
    while ((n = db_queue_take(&db->queue, jobs)) > 0) {
        run_batch(&db->writer, jobs, n);
        db_sqlite_checkpoint_rest(db);
    }
    return NULL;
}

bool db_sqlite_writer_start(struct sqlite_db *db)
{
    struct sqlite_writer *w = &db->writer;
    for (size_t i = 0; i < CONTROL_COUNT; i++)
        if (sqlite3_prepare_v3(w->conn.handle, control_text[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &w->control[i], NULL) != SQLITE_OK)
            return false;
    w->started = db_sqlite_thread_start(&w->thread, writer_main, db);
    return w->started;
}

void db_sqlite_writer_stop(struct sqlite_db *db)
{
    struct sqlite_writer *w = &db->writer;
    if (w->started) {
        db_queue_stop(&db->queue);
        (void)pthread_join(w->thread, NULL);
        w->started = false;
        (void)sqlite3_wal_checkpoint_v2(w->conn.handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL,
                                        NULL);
    }
    for (size_t i = 0; i < CONTROL_COUNT; i++) {
        (void)sqlite3_finalize(w->control[i]);
        w->control[i] = NULL;
    }
}

void db_sqlite_submit(struct db *base, struct db_job *job)
{
    struct sqlite_db *db = (struct sqlite_db *)base;
    if (pthread_equal(pthread_self(), db->writer.thread))
        db_abort(NULL, "a transaction inside a transaction");
    if (db_queue_submit(&db->queue, job))
        return;
    job->result = ERR_BUSY;
    (void)snprintf(job->detail, sizeof(job->detail), "queue of transactions is full (%s)",
                   job->name);
}

/* The seam between db.c (what features call) and the drivers: a driver is the dozen functions of
 * `struct db_driver`. Nobody outside lib/db includes this. */
#ifndef BT_LIB_DB_INTERNAL_H
#define BT_LIB_DB_INTERNAL_H

#include <pthread.h>
#include <semaphore.h>
#include <stdnoreturn.h>

#include "lib/db/db.h"

#define DB_DETAIL_BYTES 256 /* as struct diag has */

/* --- statements ------------------------------------------------------------------------------ */

/* The listed statements, numbered, found by the address of their struct. */
struct db_statements {
    const struct db_sql **list;
    size_t count;
    size_t *slots; /* open addressing; number + 1, 0 = free */
    size_t slot_mask;
};

void db_statements_collect(struct arena *a, const struct db_sql *const *const *tables,
                           struct db_statements *ret);
/* Aborts with its name when the statement is not listed. */
size_t db_statements_find(const struct db_statements *s, const struct db_sql *sql);

/* One statement prepared on one connection. Drivers embed it as their first member. */
struct db_stmt {
    const struct db_sql *sql;
    size_t column_count;
    const struct record *record;      /* the record `map` was made for */
    const struct record_column **map; /* for each result column, its member */
    bool running;                     /* between start and finish */
};

/* What the engine gives for one column; the memory is borrowed until the next step. */
struct db_value {
    enum db_kind kind; /* DB_TEXT and DB_BYTES: p, n */
    int64_t i;
    const void *p;
    size_t n;
};

/* --- connections and the database -------------------------------------------------------------- */

struct db_conn {
    struct db *db;
    struct arena *rows;        /* result rows (the request's arena) */
    struct arena *home;        /* what lives as long as the connection */
    struct db_stmt **prepared; /* by statement number; NULL until first used */
    bool in_tx;                /* the writer: statements run inside a transaction */
    /* Inside a transaction: the first statement's failure. From then on nothing runs any more, as
     * PostgreSQL has it, so that code written against one engine holds on the other. */
    enum err failed;
    bool full; /* the failure was a full disk */
    char detail[DB_DETAIL_BYTES];
};

/* A transaction on its way: lives on the stack of the thread that waits for it. */
struct db_job {
    struct db_job *next;
    const char *name;
    enum err (*fn)(struct db_conn *tx, void *arg);
    void *arg;
    struct arena *rows;
    bool low;
    /* The answer: written by the writer before `done` is posted. */
    enum err result;
    bool full;
    char detail[DB_DETAIL_BYTES];
    sem_t done;
};

struct db {
    const struct db_driver *driver;
    struct db_statements statements;
    struct arena *arena; /* what lives as long as the database; touched by open and close alone */
};

struct db_driver {
    const char *scheme; /* of the url, with its colon */
    enum err (*open)(struct arena *a, const struct db_options *options, struct db **ret,
                     const char **ret_message);
    void (*close)(struct db *db);
    struct db_conn *(*reader)(struct db *db, int i);
    bool (*reads_together)(struct db_conn *conn, bool on); /* see db_reads_together() */
    /* Binds and stands before the first row; the statement is prepared here on first use. */
    enum err (*start)(struct db_conn *conn, const struct db_sql *sql, const struct db_arg *args,
                      size_t arg_count, struct db_stmt **ret);
    enum err (*step)(struct db_conn *conn, struct db_stmt *stmt, bool *ret_row);
    const char *(*column_name)(struct db_stmt *stmt, size_t i);
    struct db_value (*column)(struct db_stmt *stmt, size_t i);
    /* Completes a statement that writes, lets the read transaction go. */
    enum err (*finish)(struct db_conn *conn, struct db_stmt *stmt, int64_t *ret_changed);
    /* Queues the transaction and returns when job->result holds its answer. */
    void (*submit)(struct db *db, struct db_job *job);
    enum err (*backup)(struct db *db, const char *path);
    enum err (*check)(struct db_conn *conn);
    void (*stats)(struct db *db, struct db_stats *ret);
};

extern const struct db_driver db_sqlite_driver;

/* A programmer's mistake: says which statement, and ends the process. */
noreturn void db_abort(const struct db_sql *sql, const char *mistake);

/* --- the queue of transactions (db_queue.c) ----------------------------------------------------- */

#define DB_QUEUE_MAX 4096 /* waiting transactions in both lanes; more are refused */
#define DB_BATCH_MAX 128  /* transactions in one commit */

struct db_lane {
    struct db_job *first;
    struct db_job **end;
};

struct db_queue {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct db_lane normal, low;
    size_t length;
    unsigned passed_over; /* batches taken while the low lane waited */
    bool taker_waits;
    bool stopping;
};

void db_queue_init(struct db_queue *q);
void db_queue_destroy(struct db_queue *q);
/* False when the queue is full; else returns when the job is answered. */
bool db_queue_submit(struct db_queue *q, struct db_job *job);
/* Waits for work and takes a batch; 0 when the queue was stopped and is empty. */
size_t db_queue_take(struct db_queue *q, struct db_job *ret_jobs[DB_BATCH_MAX]);
/* The job's memory belongs to its waiter again: it may be gone when this returns. */
void db_queue_answer(struct db_job *job);
void db_queue_stop(struct db_queue *q);
size_t db_queue_length(struct db_queue *q);

#endif

/* The database seam: about a dozen functions, two drivers (db_sqlite.c, db_postgres.c).
 *
 * Features write SQL: one text for both engines, with $1 parameters (SQLite numbers `$n` by order of
 * appearance, so the driver binds by name), values never built into the text. A statement is a static
 * `struct db_sql`, listed in its feature's NULL-ended table; app/features.c collects the tables. Every
 * listed statement is prepared at start on the live engine (bad SQL fails at start) and once per
 * connection on first use; running one that is not listed is a programmer's mistake and aborts.
 *
 * Reads run on `cx->read`, writes inside db_tx(). Every table carries office_id, first in every
 * primary key and index. Times are epoch milliseconds UTC.
 */
#ifndef BT_LIB_DB_H
#define BT_LIB_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/cx.h"
#include "lib/base/err.h"
#include "lib/base/record.h"

/* Refuses anything but a literal. */
#define SQL(text) ("" text "")

struct db_sql {
    const char *name; /* for logs and errors: "visit_insert" */
    const char *text;
};

/* A statement: DB_SQL(visit_insert, "INSERT …"); gives a static const struct db_sql visit_insert. */
#define DB_SQL(name_, text_) static const struct db_sql name_ = {#name_, SQL(text_)}

enum db_kind { DB_NULL, DB_INT, DB_TEXT, DB_BYTES };

struct db_arg {
    enum db_kind kind;
    int64_t i;
    const char *text;
    struct bytes bytes;
};

static inline struct db_arg db_null(void)
{
    return (struct db_arg){.kind = DB_NULL};
}
static inline struct db_arg db_int(int64_t i)
{
    return (struct db_arg){.kind = DB_INT, .i = i};
}
/* NULL binds SQL NULL. */
static inline struct db_arg db_text(const char *text)
{
    return (struct db_arg){.kind = text ? DB_TEXT : DB_NULL, .text = text};
}
/* p == NULL binds SQL NULL. */
static inline struct db_arg db_bytes(struct bytes b)
{
    return (struct db_arg){.kind = b.p ? DB_BYTES : DB_NULL, .bytes = b};
}
/* 0 means "no time" and binds SQL NULL. */
static inline struct db_arg db_time(int64_t ms)
{
    return (struct db_arg){.kind = ms ? DB_INT : DB_NULL, .i = ms};
}

/* A list of arguments in place: db_run(tx, &visit_insert, DB_ARGS(db_text(id), db_int(n))). */
#define DB_ARGS(...)                                                                               \
    ((const struct db_arg[]){__VA_ARGS__}),                                                        \
        sizeof((const struct db_arg[]){__VA_ARGS__}) / sizeof(struct db_arg)
#define DB_NO_ARGS NULL, 0

/* --- open and close ------------------------------------------------------------------------- */

struct db_options {
    const char *url; /* "sqlite:PATH" (postgres:// is a later issue: ERR_INVALID with a message) */
    const struct db_sql *const *const *statements; /* NULL-ended array of NULL-ended tables */
    int readers;                                   /* reading connections to open */
    int64_t cache_kib; /* page cache of the writer (64 MiB by default when 0) */
    int64_t max_pages; /* > 0: PRAGMA max_page_count, for tests of a full disk */
};

/* Opens, checks every statement, starts the writer and checkpoint threads. The schema must be current
 * (lib/db/migrate.h). On failure writes a sentence for the operator to ret_message (arena of `a`). */
enum err db_open(struct arena *a, const struct db_options *options, struct db **ret,
                 const char **ret_message) MUST_USE;
/* Finishes queued transactions, stops the threads, closes all. NULL is fine. */
void db_close(struct db *db);
/* Reading connection number i (0 … readers-1); one thread at a time uses it. */
struct db_conn *db_reader(struct db *db, int i);
/* Sets where result rows of this connection are allocated (the request's arena). */
void db_conn_use_arena(struct db_conn *conn, struct arena *a);
/* Where they are allocated now: for texts made inside a transaction. */
struct arena *db_conn_arena(struct db_conn *conn);
/* On: the reads that follow on this reading connection see one state of the database and cost less, for
 * what one has looked at the next need not look at again. Off: the next read sees the newest state. Returns
 * what it was. db_tx() turns it off for its time, so that after it the change is seen. Off at the end of a
 * request: as long as it is on, what was written meanwhile cannot leave the write-ahead log. */
bool db_reads_together(struct db_conn *conn, bool on);
/* Why the last call on this connection failed (engine's words, no values), for logs. */
const char *db_conn_detail(const struct db_conn *conn);

/* --- run SQL --------------------------------------------------------------------------------- */
/* `conn` is cx->read or the argument of a transaction. Result strings live in the connection's arena.
 * Errors: ERR_CONFLICT for a broken UNIQUE, FOREIGN KEY or CHECK (db_conn_detail names it), ERR_BUSY
 * for a full disk or a lock that did not end, ERR_INTERNAL for the rest. */

/* Runs without result rows. ret_changed (may be NULL) gets the number of rows changed. */
enum err db_run(struct db_conn *conn, const struct db_sql *sql, const struct db_arg *args,
                size_t arg_count, int64_t *ret_changed) MUST_USE;
/* First row into *row (a struct described by `record`; columns are matched by name; members without
 * a column stay as they are, a column without a member is a programmer's mistake). ERR_MISSING when
 * there is no row; *row is untouched then. */
enum err db_one(struct db_conn *conn, const struct db_sql *sql, const struct db_arg *args,
                size_t arg_count, const struct record *record, void *row) MUST_USE;
/* All rows, at most `max` (a programmer's ceiling, not a page size: more is ERR_INTERNAL, never a short
 * list), into an array in the arena. ret_rows: address of the array's pointer, never NULL afterwards. */
enum err db_list(struct db_conn *conn, const struct db_sql *sql, const struct db_arg *args,
                 size_t arg_count, const struct record *record, size_t max, void *ret_rows,
                 size_t *ret_count) MUST_USE;
/* One integer of the first row's first column; ERR_MISSING when there is no row. NULL gives 0. */
enum err db_number(struct db_conn *conn, const struct db_sql *sql, const struct db_arg *args,
                   size_t arg_count, int64_t *ret) MUST_USE;
/* Row by row, in constant memory (exports, audit verify): each row is decoded into `row` and `fn`
 * called; a result other than ERR_OK stops and is returned. The connection's arena is rewound by the
 * caller if it must be. */
enum err db_each(struct db_conn *conn, const struct db_sql *sql, const struct db_arg *args,
                 size_t arg_count, const struct record *record, void *row,
                 enum err (*fn)(void *arg), void *arg) MUST_USE;

/* --- transactions ------------------------------------------------------------------------------ */

/* Runs fn in a write transaction and returns when it is durable (or refused).
 *
 * fn sees SQL only: no cx, no clock, no network, no crypto but the audit hash. It may run again (after
 * a failed batch, a serialisation failure), so it starts from `arg`'s inputs each time and its results
 * leave through `arg`. Result rows inside live in the caller's arena (the caller waits meanwhile).
 * After a statement failed (ERR_MISSING is no failure) nothing more runs in this transaction and it is
 * not stored, whatever fn returns: so it is on PostgreSQL, so it is here. Write INSERT … ON CONFLICT
 * where a duplicate is expected. A transaction inside a transaction aborts.
 * When fn returns other than ERR_OK the transaction is rolled back alone and that value is returned:
 * fn leaves the reason in `arg`. `name` is for logs and metrics.
 * ERR_BUSY: disk full (cx->diag.code "disk_full", a sentence is set) or the queue is full. */
enum err db_tx(struct cx *cx, const char *name, enum err (*fn)(struct db_conn *tx, void *arg),
               void *arg) MUST_USE;
/* The same in the low-priority lane (imports, retention): runs when no request waits. */
enum err db_tx_low(struct cx *cx, const char *name, enum err (*fn)(struct db_conn *tx, void *arg),
                   void *arg) MUST_USE;

/* --- whole-database acts ------------------------------------------------------------------------ */

/* Online copy into a new file (fsynced, mode 0600, without what was deleted). ERR_CONFLICT when there is a
 * file of that name. */
enum err db_backup(struct db *db, const char *path) MUST_USE;
/* Engine integrity and foreign-key check; ERR_INTERNAL with a detail when it finds something. */
enum err db_check(struct db_conn *conn) MUST_USE;

struct db_stats {
    int64_t transactions, batches, retried_alone, refused_full, queue_length;
};
void db_stats(struct db *db, struct db_stats *ret);

#endif

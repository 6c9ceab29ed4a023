/* What the files of the SQLite driver share. Nobody else includes this.
 *   db_sqlite.c         connections, statements, rows, errors, open and close
 *   db_sqlite_writer.c  the one writer thread: group commit
 *   db_sqlite_file.c    the checkpoint thread, backup, check */
#ifndef BT_LIB_DB_SQLITE_H
#define BT_LIB_DB_SQLITE_H

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

#include "lib/db/db_internal.h"

struct sqlite_conn {
    struct db_conn base;
    sqlite3 *handle;
    sqlite3_stmt *begin, *end; /* of reads together; made on first use */
    bool writes;               /* an I/O error here ends the process: see db_sqlite_fault() */
};

/* The writer's own statements. */
enum sqlite_control {
    CONTROL_BEGIN,
    CONTROL_COMMIT,
    CONTROL_ROLLBACK,
    CONTROL_SAVEPOINT,
    CONTROL_RELEASE,
    CONTROL_ROLLBACK_TO,
    CONTROL_COUNT
};

struct sqlite_writer {
    struct sqlite_conn conn;
    sqlite3_stmt *control[CONTROL_COUNT];
    pthread_t thread;
    bool started;
    bool losing; /* the last batch was lost: said once in the log */
    _Atomic int64_t transactions, batches, retried_alone, refused_full;
};

/* Copies pages from the WAL into the database file, off the writer's path. */
struct sqlite_checkpointer {
    struct sqlite_conn conn;
    pthread_t thread;
    bool started;
    pthread_mutex_t lock;
    pthread_cond_t wanted_or_stopping;
    bool wanted, stopping;
    /* The thread has copied all but the newest pages: the writer copies the rest between two batches,
     * for only then can the next commit begin the WAL anew. */
    atomic_bool rest_is_short;
    /* Touched by the writer thread alone. */
    int last_wal_pages, next_wal_pages;
};

struct sqlite_db {
    struct db base;
    const char *path;
    struct sqlite_conn *readers;
    int reader_count;
    struct db_queue queue;
    struct sqlite_writer writer;
    struct sqlite_checkpointer checkpointer;
};

/* db_sqlite.c */
/* Before the first connection of the process, by whoever opens it. */
void db_sqlite_process_init(void);
enum sqlite_role { SQLITE_ROLE_READER, SQLITE_ROLE_WRITER, SQLITE_ROLE_HELPER };
int db_sqlite_connect(struct sqlite_db *db, struct sqlite_conn *conn, enum sqlite_role role);
void db_sqlite_disconnect(struct sqlite_conn *conn);
/* Maps an engine result to ours, keeps the engine's words in the connection. A failed write or sync of
 * the files ends the process: the kernel may have dropped what it could not write, so that trying again
 * would only seem to work; a restart reads back what is really there. */
enum err db_sqlite_fault(struct sqlite_conn *conn, int rc, const char *statement);

/* db_sqlite_writer.c */
bool db_sqlite_writer_start(struct sqlite_db *db);
void db_sqlite_writer_stop(struct sqlite_db *db);
void db_sqlite_submit(struct db *base, struct db_job *job);

/* db_sqlite_file.c */
/* A thread that leaves all signals to the main thread. */
bool db_sqlite_thread_start(pthread_t *ret, void *(*fn)(void *), void *arg);
bool db_sqlite_checkpointer_start(struct sqlite_db *db);
void db_sqlite_checkpointer_stop(struct sqlite_db *db);
/* On the writer thread, between two batches. */
void db_sqlite_checkpoint_rest(struct sqlite_db *db);
enum err db_sqlite_backup(struct db *base, const char *path);
enum err db_sqlite_check(struct db_conn *base);

#endif

/* SQLite driver: what is done with the database file as a whole: the checkpoint thread, the online
 * backup, the integrity check. */
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/log.h"
#include "lib/db/db_sqlite.h"
#include "lib/base/banned.h"

/* Rare checkpoints are cheap ones: a page changed a hundred times is copied once. 32 MiB of WAL are
 * read back in a fraction of a second after a crash. */
#define WAL_PAGES_CHECKPOINT 8192
#define WAL_PAGES_AGAIN      2048 /* more pages before the next try, while readers hold the WAL */

bool db_sqlite_thread_start(pthread_t *ret, void *(*fn)(void *), void *arg)
{
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    bool ok = pthread_create(ret, NULL, fn, arg) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return ok;
}

/* --- checkpoints ----------------------------------------------------------------------------------- */

static void checkpoint(struct sqlite_conn *conn)
{
    int rc = sqlite3_wal_checkpoint_v2(conn->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    if (rc == SQLITE_OK || (rc & 0xFF) == SQLITE_BUSY)
        return;
    enum err e = db_sqlite_fault(conn, rc, "checkpoint");
    log_event(LOG_WARN, "checkpoint failed", "result", err_name(e), "detail", conn->base.detail,
              NULL);
}

static bool wait_for_work(struct sqlite_checkpointer *c)
{
    (void)pthread_mutex_lock(&c->lock);
    while (!c->wanted && !c->stopping)
        (void)pthread_cond_wait(&c->wanted_or_stopping, &c->lock);
    c->wanted = false;
    bool go_on = !c->stopping;
    (void)pthread_mutex_unlock(&c->lock);
    return go_on;
}

static void *checkpointer_main(void *pointer)
{
    struct sqlite_checkpointer *c = pointer;
    (void)pthread_setname_np(pthread_self(), "db-checkpoint");
    while (wait_for_work(c)) {
        checkpoint(&c->conn);
        atomic_store(&c->rest_is_short, true);
    }
    return NULL;
}

static void wake(struct sqlite_checkpointer *c, bool stop)
{
    (void)pthread_mutex_lock(&c->lock);
    c->wanted = true;
    c->stopping = c->stopping || stop;
    (void)pthread_cond_signal(&c->wanted_or_stopping);
    (void)pthread_mutex_unlock(&c->lock);
}

/* Called by the engine on the writer thread after each commit. */
static int on_commit(void *pointer, sqlite3 *handle, const char *schema, int wal_pages)
{
    struct sqlite_checkpointer *c = pointer;
    (void)handle;
    (void)schema;
    if (wal_pages < c->last_wal_pages) /* the WAL began anew */
        c->next_wal_pages = WAL_PAGES_CHECKPOINT;
    c->last_wal_pages = wal_pages;
    if (wal_pages < c->next_wal_pages)
        return SQLITE_OK;
    c->next_wal_pages = wal_pages + WAL_PAGES_AGAIN;
    wake(c, false);
    return SQLITE_OK;
}

bool db_sqlite_checkpointer_start(struct sqlite_db *db)
{
    struct sqlite_checkpointer *c = &db->checkpointer;
    if (db_sqlite_connect(db, &c->conn, SQLITE_ROLE_HELPER) != SQLITE_OK)
        return false;
    c->next_wal_pages = WAL_PAGES_CHECKPOINT;
    (void)pthread_mutex_init(&c->lock, NULL);
    (void)pthread_cond_init(&c->wanted_or_stopping, NULL);
    (void)sqlite3_wal_hook(db->writer.conn.handle, on_commit, c);
    c->started = db_sqlite_thread_start(&c->thread, checkpointer_main, c);
    return c->started;
}

void db_sqlite_checkpointer_stop(struct sqlite_db *db)
{
    struct sqlite_checkpointer *c = &db->checkpointer;
    if (c->started) {
        wake(c, true);
        (void)pthread_join(c->thread, NULL);
        (void)pthread_cond_destroy(&c->wanted_or_stopping);
        (void)pthread_mutex_destroy(&c->lock);
        c->started = false;
    }
    db_sqlite_disconnect(&c->conn);
}

void db_sqlite_checkpoint_rest(struct sqlite_db *db)
{
    if (atomic_exchange(&db->checkpointer.rest_is_short, false))
        checkpoint(&db->writer.conn);
}

/* --- backup ---------------------------------------------------------------------------------------- */

static enum err backup_failed(const char *what, const char *detail)
{
    log_event(LOG_ERROR, "backup failed", "at", what, "detail", detail, NULL);
    return ERR_INTERNAL;
}

static bool sync_path(const char *path, int flags)
{
    CLEAN_FD int fd = open(path, flags | O_CLOEXEC);
    return fd >= 0 && fsync(fd) == 0;
}

/* VACUUM INTO reads one snapshot, keeps no writer waiting, and leaves behind what was deleted. */
static enum err copy_into(struct sqlite_db *db, const char *path)
{
    struct sqlite_conn conn = {0};
    sqlite3_stmt *stmt = NULL;
    int rc = db_sqlite_connect(db, &conn, SQLITE_ROLE_HELPER);
    conn.writes = false; /* a full backup disk is no reason to stop the office */
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(conn.handle, "VACUUM INTO $1", -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_text(stmt, 1, path, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt) == SQLITE_DONE ? SQLITE_OK : sqlite3_errcode(conn.handle);
    enum err e = ERR_OK;
    if (rc != SQLITE_OK) {
        e = (rc & 0xFF) == SQLITE_FULL || (rc & 0xFF) == SQLITE_BUSY ? ERR_BUSY : ERR_INTERNAL;
        (void)backup_failed("copy", sqlite3_errmsg(conn.handle));
    }
    (void)sqlite3_finalize(stmt);
    db_sqlite_disconnect(&conn);
    return e;
}

enum err db_sqlite_backup(struct db *base, const char *path)
{
    struct arena *a = arena_new(2048);
    const char *part = arena_printf(a, "%s.part", path);
    const char *folder = dirname(arena_strdup(a, path));
    enum err e = ERR_OK;
    if (access(path, F_OK) == 0) {
        e = ERR_CONFLICT; /* never over an older backup */
        goto out;
    }
    (void)unlink(part);
    int fd = open(part, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0) {
        e = backup_failed("create", part);
        goto out;
    }
    (void)close(fd);
    e = copy_into((struct sqlite_db *)base, part);
    if (e == ERR_OK && !(sync_path(part, O_RDWR) && rename(part, path) == 0 &&
                         sync_path(folder, O_RDONLY | O_DIRECTORY)))
        e = backup_failed("sync", path);
    if (e != ERR_OK)
        (void)unlink(part);
out:
    arena_free(a);
    return e;
}

/* --- check ----------------------------------------------------------------------------------------- */

/* The first row that is not "ok" becomes the detail. */
static enum err expect(struct sqlite_conn *conn, const char *pragma)
{
    sqlite3_stmt *stmt = NULL;
    enum err e = ERR_OK;
    int rc = sqlite3_prepare_v2(conn->handle, pragma, -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW) {
        const char *word = (const char *)sqlite3_column_text(stmt, 0);
        if (!word || strcmp(word, "ok") != 0) {
            (void)snprintf(conn->base.detail, sizeof(conn->base.detail), "%s: %s", pragma,
                           word ? word : "");
            e = ERR_INTERNAL;
        }
    } else if (rc != SQLITE_DONE) {
        e = db_sqlite_fault(conn, rc, pragma);
        e = e == ERR_BUSY ? ERR_BUSY : ERR_INTERNAL;
    }
    (void)sqlite3_finalize(stmt);
    return e;
}

enum err db_sqlite_check(struct db_conn *base)
{
    struct sqlite_conn *conn = (struct sqlite_conn *)base;
    conn->base.detail[0] = 0;
    TRY(expect(conn, "PRAGMA integrity_check(1)"));
    return expect(conn, "PRAGMA foreign_key_check");
}

/* Migrations on SQLite: makes the file (readable by its owner alone), WAL from the first day. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/log.h"
#include "lib/base/time.h"
#include "lib/db/db_sqlite.h"
#include "lib/db/migrate_internal.h"
#include "lib/base/banned.h"

#define BUSY_TIMEOUT_MS 10000

static enum err says(struct migrate_conn *c, int rc)
{
    if (rc == SQLITE_OK || rc == SQLITE_DONE || rc == SQLITE_ROW)
        return ERR_OK;
    c->message = arena_strdup(c->arena, sqlite3_errmsg(c->handle));
    bool later = (rc & 0xFF) == SQLITE_BUSY || (rc & 0xFF) == SQLITE_FULL;
    return later ? ERR_BUSY : ERR_INTERNAL;
}

/* The engine would make the file with the process's umask, and never sync its folder. */
static enum err make_file(struct migrate_conn *c, const char *path, bool create)
{
    if (access(path, F_OK) == 0)
        return ERR_OK;
    if (!create)
        return ERR_MISSING;
    CLEAN_FD int fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0) {
        c->message = arena_printf(c->arena, "%s (errno %d)", path, errno);
        return ERR_INTERNAL;
    }
    CLEAN_FD int folder = open(dirname(arena_strdup(c->arena, path)),
                               O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0 || fsync(folder) != 0)
        log_errno(LOG_WARN, "the folder of the database cannot be synced", errno);
    return ERR_OK;
}

static enum err sqlite_exec(struct migrate_conn *c, const char *text)
{
    return says(c, sqlite3_exec(c->handle, text, NULL, NULL, NULL));
}

static enum err sqlite_open(struct migrate_conn *c, const char *url, bool create)
{
    db_sqlite_process_init();
    const char *path = url + strlen("sqlite:");
    TRY(make_file(c, path, create));
    sqlite3 *handle = NULL;
    int rc = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    c->handle = handle;
    TRY(says(c, rc));
    (void)sqlite3_extended_result_codes(handle, 1);
    (void)sqlite3_busy_timeout(handle, BUSY_TIMEOUT_MS);
    if (create)
        TRY(sqlite_exec(c, "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL"));
    /* Off while tables are rebuilt; verify() looks at all of them before each commit. */
    return sqlite_exec(c, "PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF;"
                          "PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON");
}

static void sqlite_close(struct migrate_conn *c)
{
    (void)sqlite3_close(c->handle);
    c->handle = NULL;
}

/* True when the table of migrations is there. */
static enum err has_table(struct migrate_conn *c, bool *ret)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(
        c->handle, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '" MIGRATE_TABLE "'",
        -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    enum err e = says(c, rc);
    (void)sqlite3_finalize(stmt);
    if (e == ERR_OK)
        *ret = rc == SQLITE_ROW;
    return e;
}

#define APPLIED_MAX 1000

static enum err sqlite_applied(struct migrate_conn *c, struct migrate_applied **ret,
                               size_t *ret_count)
{
    bool there = false;
    TRY(has_table(c, &there));
    if (!there) {
        *ret_count = 0;
        return ERR_OK;
    }
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(c->handle,
                                "SELECT number, checksum FROM " MIGRATE_TABLE " ORDER BY number",
                                -1, &stmt, NULL);
    struct migrate_applied *rows = ARENA_ARRAY(c->arena, APPLIED_MAX, struct migrate_applied);
    size_t n = 0;
    while (rc == SQLITE_OK || rc == SQLITE_ROW) {
        rc = sqlite3_step(stmt);
        if (rc != SQLITE_ROW || n == APPLIED_MAX)
            break;
        rows[n].number = sqlite3_column_int64(stmt, 0);
        rows[n++].checksum = arena_strdup(c->arena, (const char *)sqlite3_column_text(stmt, 1));
    }
    enum err e = says(c, rc);
    (void)sqlite3_finalize(stmt);
    if (e != ERR_OK)
        return e;
    *ret = rows;
    *ret_count = n;
    return ERR_OK;
}

static enum err sqlite_record(struct migrate_conn *c, const struct migration *m,
                              const char *checksum)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(c->handle,
                                "INSERT INTO " MIGRATE_TABLE
                                " (number, name, checksum, applied_at) VALUES (?1, ?2, ?3, ?4)",
                                -1, &stmt, NULL);
    if (rc == SQLITE_OK) {
        (void)sqlite3_bind_int(stmt, 1, m->number);
        (void)sqlite3_bind_text(stmt, 2, m->name, -1, SQLITE_STATIC);
        (void)sqlite3_bind_text(stmt, 3, checksum, -1, SQLITE_STATIC);
        (void)sqlite3_bind_int64(stmt, 4, time_now_ms());
        rc = sqlite3_step(stmt);
    }
    enum err e = says(c, rc);
    (void)sqlite3_finalize(stmt);
    return e;
}

static enum err sqlite_verify(struct migrate_conn *c)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(c->handle, "PRAGMA foreign_key_check", -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    enum err e = says(c, rc);
    if (rc == SQLITE_ROW) {
        c->message = arena_printf(c->arena, "a row of %s refers to nothing",
                                  (const char *)sqlite3_column_text(stmt, 0));
        e = ERR_CONFLICT;
    }
    (void)sqlite3_finalize(stmt);
    return e;
}

const struct migrate_driver migrate_sqlite_driver = {
    .engine = MIGRATE_SQLITE,
    .begin = "BEGIN IMMEDIATE",
    .open = sqlite_open,
    .close = sqlite_close,
    .exec = sqlite_exec,
    .applied = sqlite_applied,
    .record = sqlite_record,
    .verify = sqlite_verify,
};

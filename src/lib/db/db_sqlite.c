/* SQLite driver: connections, statements, rows, errors, open and close. The writer thread is in
 * db_sqlite_writer.c, checkpoints and backup in db_sqlite_file.c. */
#include "lib/db/db_sqlite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/db/db_internal.h"
#include "lib/base/banned.h"

#define URL_SCHEME       "sqlite:"
#define BUSY_TIMEOUT_MS  10000 /* another process (`token add`, `backup`) may hold the lock */
#define WRITER_CACHE_KIB (64 * 1024)
#define READER_CACHE_KIB 2048
#define WAL_KEPT_BYTES   (64 * 1024 * 1024)
#define ARGS_MAX         99

struct sqlite_stmt {
    struct db_stmt base;
    sqlite3_stmt *handle;
    bool writes;
    bool row_waits; /* step() gave a row and was not called again */
    int arg_count;
    int *parameter; /* engine's index of $1, $2, …: it numbers by order of appearance */
};

/* --- errors ---------------------------------------------------------------------------------------- */

static bool out_of_space(const struct sqlite_conn *conn, int rc)
{
    if ((rc & 0xFF) == SQLITE_FULL)
        return true;
    int error = sqlite3_system_errno(conn->handle);
    return (rc & 0xFF) == SQLITE_IOERR && (error == ENOSPC || error == EDQUOT);
}

static void stop_on_lost_write(const struct sqlite_conn *conn, int rc)
{
    bool lost = rc == SQLITE_IOERR_FSYNC || rc == SQLITE_IOERR_DIR_FSYNC ||
                (conn->writes && (rc & 0xFF) == SQLITE_IOERR && !out_of_space(conn, rc));
    if ((rc & 0xFF) == SQLITE_NOMEM || rc == SQLITE_IOERR_NOMEM)
        lost = true;
    if (!lost)
        return;
    log_event(LOG_ERROR, "the database cannot be written; stopping so that a restart recovers",
              "error", sqlite3_errstr(rc), "code", LOG_INT(rc), "errno",
              LOG_INT(sqlite3_system_errno(conn->handle)), NULL);
    abort();
}

static enum err err_of(int rc)
{
    switch (rc) {
    case SQLITE_CONSTRAINT_NOTNULL:
    case SQLITE_CONSTRAINT_DATATYPE:
        return ERR_INTERNAL; /* our own mistake, not a state of the world */
    default:
        break;
    }
    switch (rc & 0xFF) {
    case SQLITE_CONSTRAINT:
        return ERR_CONFLICT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_INTERRUPT:
        return ERR_BUSY;
    default:
        return ERR_INTERNAL;
    }
}

enum err db_sqlite_fault(struct sqlite_conn *conn, int rc, const char *statement)
{
    stop_on_lost_write(conn, rc);
    struct db_conn *base = &conn->base;
    enum err e = err_of(rc);
    bool full = out_of_space(conn, rc);
    if (full)
        e = ERR_BUSY;
    (void)snprintf(base->detail, sizeof(base->detail), "%s (%s)", sqlite3_errmsg(conn->handle),
                   statement);
    if (base->failed == ERR_OK) {
        base->failed = e;
        base->full = full;
    }
    return e;
}

/* --- statements -------------------------------------------------------------------------------------- */

static bool only_one_statement(const char *tail)
{
    return tail[strspn(tail, " \t\r\n;")] == 0;
}

/* Fills the indices of $1 … $n; false when one of them is missing in the text. */
static bool find_parameters(struct arena *a, struct sqlite_stmt *stmt)
{
    stmt->arg_count = sqlite3_bind_parameter_count(stmt->handle);
    if (stmt->arg_count > ARGS_MAX)
        return false;
    stmt->parameter = ARENA_ARRAY(a, (size_t)stmt->arg_count + 1, int);
    for (int i = 0; i < stmt->arg_count; i++) {
        char name[16];
        (void)snprintf(name, sizeof(name), "$%d", i + 1);
        stmt->parameter[i] = sqlite3_bind_parameter_index(stmt->handle, name);
        if (stmt->parameter[i] == 0)
            return false;
    }
    return true;
}

static enum err prepare(struct sqlite_conn *conn, const struct db_sql *sql, struct sqlite_stmt **ret)
{
    const char *tail = "";
    sqlite3_stmt *handle = NULL;
    int rc = sqlite3_prepare_v3(conn->handle, sql->text, -1, SQLITE_PREPARE_PERSISTENT, &handle,
                                &tail);
    if (rc != SQLITE_OK)
        return db_sqlite_fault(conn, rc, sql->name);
    struct sqlite_stmt *stmt = ARENA_NEW(conn->base.home, struct sqlite_stmt);
    stmt->handle = handle;
    stmt->writes = !sqlite3_stmt_readonly(handle);
    stmt->base.sql = sql;
    stmt->base.column_count = (size_t)sqlite3_column_count(handle);
    const char *mistake = NULL;
    if (!handle || !only_one_statement(tail))
        mistake = "not exactly one statement";
    else if (!find_parameters(conn->base.home, stmt))
        mistake = "parameters are not $1 to $n without a gap";
    if (mistake) {
        (void)sqlite3_finalize(handle);
        (void)snprintf(conn->base.detail, sizeof(conn->base.detail), "%s (%s)", mistake, sql->name);
        return ERR_INTERNAL;
    }
    *ret = stmt;
    return ERR_OK;
}

static int bind(struct sqlite_stmt *stmt, const struct db_arg *args)
{
    int rc = SQLITE_OK;
    for (int i = 0; i < stmt->arg_count && rc == SQLITE_OK; i++) {
        int at = stmt->parameter[i];
        switch (args[i].kind) {
        case DB_NULL:
            rc = sqlite3_bind_null(stmt->handle, at);
            break;
        case DB_INT:
            rc = sqlite3_bind_int64(stmt->handle, at, args[i].i);
            break;
        case DB_TEXT: /* borrowed: the bindings are cleared before the caller goes on */
            rc = sqlite3_bind_text64(stmt->handle, at, args[i].text, strlen(args[i].text),
                                     SQLITE_STATIC, SQLITE_UTF8);
            break;
        case DB_BYTES:
            rc = sqlite3_bind_blob64(stmt->handle, at, args[i].bytes.p, args[i].bytes.n,
                                     SQLITE_STATIC);
            break;
        }
    }
    return rc;
}

static enum err sqlite_start(struct db_conn *base, const struct db_sql *sql,
                             const struct db_arg *args, size_t arg_count, struct db_stmt **ret)
{
    struct sqlite_conn *conn = (struct sqlite_conn *)base;
    size_t number = db_statements_find(&base->db->statements, sql);
    /* The transaction is gone (disk full): a statement now would commit by itself. */
    if (base->in_tx && sqlite3_get_autocommit(conn->handle)) {
        base->failed = ERR_BUSY;
        return ERR_BUSY;
    }
    if (!base->prepared[number]) {
        struct sqlite_stmt *fresh;
        TRY(prepare(conn, sql, &fresh));
        base->prepared[number] = &fresh->base;
    }
    struct sqlite_stmt *stmt = (struct sqlite_stmt *)base->prepared[number];
    if (stmt->base.running)
        db_abort(sql, "already running on this connection");
    if ((size_t)stmt->arg_count != arg_count)
        db_abort(sql, "the number of arguments is not the number of parameters");
    int rc = bind(stmt, args);
    if (rc != SQLITE_OK) {
        enum err e = db_sqlite_fault(conn, rc, sql->name);
        (void)sqlite3_clear_bindings(stmt->handle);
        return e;
    }
    stmt->base.running = true;
    stmt->row_waits = false;
    *ret = &stmt->base;
    return ERR_OK;
}

static enum err sqlite_step(struct db_conn *base, struct db_stmt *base_stmt, bool *ret_row)
{
    struct sqlite_stmt *stmt = (struct sqlite_stmt *)base_stmt;
    int rc = sqlite3_step(stmt->handle);
    stmt->row_waits = rc == SQLITE_ROW;
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return db_sqlite_fault((struct sqlite_conn *)base, rc, base_stmt->sql->name);
    *ret_row = stmt->row_waits;
    return ERR_OK;
}

static const char *sqlite_column_name(struct db_stmt *stmt, size_t i)
{
    return sqlite3_column_name(((struct sqlite_stmt *)stmt)->handle, (int)i);
}

static struct db_value sqlite_column(struct db_stmt *base_stmt, size_t i)
{
    sqlite3_stmt *handle = ((struct sqlite_stmt *)base_stmt)->handle;
    int at = (int)i;
    switch (sqlite3_column_type(handle, at)) {
    case SQLITE_NULL:
        return (struct db_value){.kind = DB_NULL};
    case SQLITE_INTEGER:
        return (struct db_value){.kind = DB_INT, .i = sqlite3_column_int64(handle, at)};
    case SQLITE_BLOB: {
        const void *p = sqlite3_column_blob(handle, at);
        return (struct db_value){
            .kind = DB_BYTES, .p = p ? p : "", .n = (size_t)sqlite3_column_bytes(handle, at)};
    }
    default: { /* a REAL too: no column of ours holds one */
        const void *p = sqlite3_column_text(handle, at);
        return (struct db_value){
            .kind = DB_TEXT, .p = p ? p : "", .n = (size_t)sqlite3_column_bytes(handle, at)};
    }
    }
}

static enum err sqlite_finish(struct db_conn *base, struct db_stmt *base_stmt, int64_t *ret_changed)
{
    struct sqlite_conn *conn = (struct sqlite_conn *)base;
    struct sqlite_stmt *stmt = (struct sqlite_stmt *)base_stmt;
    enum err e = ERR_OK;
    /* A writing statement with RETURNING checks its foreign keys after the last row. */
    bool more = stmt->writes && stmt->row_waits;
    while (e == ERR_OK && more)
        e = sqlite_step(base, base_stmt, &more);
    if (ret_changed)
        *ret_changed = stmt->writes ? sqlite3_changes64(conn->handle) : 0;
    /* Its result repeats the failure of the last step, which was looked at there. */
    (void)sqlite3_reset(stmt->handle);
    (void)sqlite3_clear_bindings(stmt->handle);
    stmt->base.running = false;
    return e;
}

/* A deferred transaction: it takes its snapshot, and one lock for all, with the first read. */
static bool sqlite_reads_together(struct db_conn *base, bool on)
{
    struct sqlite_conn *conn = (struct sqlite_conn *)base;
    bool before = !sqlite3_get_autocommit(conn->handle);
    sqlite3_stmt **stmt = on ? &conn->begin : &conn->end;
    if (before == on)
        return before;
    if (!*stmt && sqlite3_prepare_v3(conn->handle, on ? "BEGIN" : "COMMIT", -1,
                                     SQLITE_PREPARE_PERSISTENT, stmt, NULL) != SQLITE_OK)
        return before;
    (void)sqlite3_step(*stmt); /* touches no file; where it fails the reads are single ones */
    (void)sqlite3_reset(*stmt);
    return before;
}

/* --- the process --------------------------------------------------------------------------------------- */

/* The engine's own count of allocated bytes costs one lock of the whole process for each of them. */
static void process_init(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

void db_sqlite_process_init(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, process_init);
}

/* --- connections --------------------------------------------------------------------------------------- */

static int set_up(struct sqlite_conn *conn, enum sqlite_role role)
{
    int rc = sqlite3_exec(conn->handle,
                          "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                          "PRAGMA secure_delete = ON;"  /* measured: no cost in our load */
                          "PRAGMA temp_store = MEMORY;" /* nothing in clear beside the database */
                          "PRAGMA mmap_size = 0; PRAGMA trusted_schema = OFF",
                          NULL, NULL, NULL);
    if (rc == SQLITE_OK && role == SQLITE_ROLE_READER)
        rc = sqlite3_exec(conn->handle, "PRAGMA query_only = ON", NULL, NULL, NULL);
    return rc;
}

int db_sqlite_connect(struct sqlite_db *db, struct sqlite_conn *conn, enum sqlite_role role)
{
    conn->base.db = &db->base;
    conn->base.home = arena_new(16 * 1024);
    conn->base.prepared = ARENA_ARRAY(conn->base.home, db->base.statements.count + 1,
                                      struct db_stmt *);
    conn->writes = role != SQLITE_ROLE_READER;
    /* NOMUTEX: one thread at a time uses a connection. */
    int rc = sqlite3_open_v2(db->path, &conn->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                             NULL);
    if (rc != SQLITE_OK)
        return rc;
    (void)sqlite3_extended_result_codes(conn->handle, 1);
    (void)sqlite3_busy_timeout(conn->handle, BUSY_TIMEOUT_MS);
    (void)sqlite3_db_config(conn->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return set_up(conn, role);
}

void db_sqlite_disconnect(struct sqlite_conn *conn)
{
    if (!conn->base.home)
        return;
    for (size_t i = 0; i < conn->base.db->statements.count; i++)
        if (conn->base.prepared[i])
            (void)sqlite3_finalize(((struct sqlite_stmt *)conn->base.prepared[i])->handle);
    (void)sqlite3_finalize(conn->begin);
    (void)sqlite3_finalize(conn->end);
    (void)sqlite3_close(conn->handle);
    arena_free(conn->base.home);
    conn->base.home = NULL;
}

static struct db_conn *sqlite_reader(struct db *base, int i)
{
    struct sqlite_db *db = (struct sqlite_db *)base;
    if (i < 0 || i >= db->reader_count)
        db_abort(NULL, "no reading connection of this number");
    return &db->readers[i].base;
}

/* --- open and close -------------------------------------------------------------------------------------- */

static bool journal_is_wal(sqlite3 *handle)
{
    sqlite3_stmt *stmt = NULL;
    bool wal = sqlite3_prepare_v2(handle, "PRAGMA journal_mode = WAL", -1, &stmt, NULL) ==
                   SQLITE_OK &&
               sqlite3_step(stmt) == SQLITE_ROW &&
               sqlite3_stricmp((const char *)sqlite3_column_text(stmt, 0), "wal") == 0;
    (void)sqlite3_finalize(stmt);
    return wal;
}

static int pragma_number(struct sqlite_conn *conn, const char *pragma, int64_t value)
{
    char text[96];
    (void)snprintf(text, sizeof(text), "PRAGMA %s = %lld", pragma, (long long)value);
    return sqlite3_exec(conn->handle, text, NULL, NULL, NULL);
}

static bool open_writer(struct sqlite_db *db, const struct db_options *options)
{
    struct sqlite_conn *conn = &db->writer.conn;
    int64_t cache_kib = options->cache_kib ? options->cache_kib : WRITER_CACHE_KIB;
    if (db_sqlite_connect(db, conn, SQLITE_ROLE_WRITER) != SQLITE_OK ||
        !journal_is_wal(conn->handle))
        return false;
    int rc = pragma_number(conn, "wal_autocheckpoint", 0);
    if (rc == SQLITE_OK)
        rc = pragma_number(conn, "cache_size", -cache_kib);
    if (rc == SQLITE_OK)
        rc = pragma_number(conn, "journal_size_limit", WAL_KEPT_BYTES);
    if (rc == SQLITE_OK && options->max_pages > 0)
        rc = pragma_number(conn, "max_page_count", options->max_pages);
    return rc == SQLITE_OK;
}

static bool open_readers(struct sqlite_db *db, int count)
{
    db->readers = ARENA_ARRAY(db->base.arena, (size_t)count + 1, struct sqlite_conn);
    for (int i = 0; i < count; i++) {
        db->reader_count = i + 1;
        if (db_sqlite_connect(db, &db->readers[i], SQLITE_ROLE_READER) != SQLITE_OK ||
            pragma_number(&db->readers[i], "cache_size", -READER_CACHE_KIB) != SQLITE_OK)
            return false;
    }
    return true;
}

/* Every listed statement once on the live schema, so that bad SQL fails at start. */
static bool verify_statements(struct sqlite_db *db)
{
    struct sqlite_conn *conn = &db->writer.conn;
    for (size_t i = 0; i < db->base.statements.count; i++) {
        struct sqlite_stmt *stmt;
        if (prepare(conn, db->base.statements.list[i], &stmt) != ERR_OK)
            return false;
        (void)sqlite3_finalize(stmt->handle);
    }
    return true;
}

static void sqlite_close(struct db *base)
{
    struct sqlite_db *db = (struct sqlite_db *)base;
    db_sqlite_writer_stop(db);
    db_sqlite_checkpointer_stop(db);
    for (int i = 0; i < db->reader_count; i++)
        db_sqlite_disconnect(&db->readers[i]);
    db_sqlite_disconnect(&db->writer.conn);
    db_queue_destroy(&db->queue);
    arena_free(db->base.arena);
}

static enum err refuse(struct arena *a, struct sqlite_db *db, const char **ret_message,
                       const char *sentence)
{
    struct sqlite_conn *conn = &db->writer.conn;
    const char *why = conn->base.detail[0] ? conn->base.detail : sqlite3_errmsg(conn->handle);
    *ret_message = arena_printf(a, "%s %s: %s", sentence, db->path, why);
    sqlite_close(&db->base);
    return ERR_INTERNAL;
}

static enum err sqlite_open(struct arena *a, const struct db_options *options, struct db **ret,
                            const char **ret_message)
{
    db_sqlite_process_init();
    struct arena *home = arena_new(16 * 1024);
    struct sqlite_db *db = ARENA_NEW(home, struct sqlite_db);
    db->base.driver = &db_sqlite_driver;
    db->base.arena = home;
    db->path = arena_strdup(home, options->url + strlen(URL_SCHEME));
    db_statements_collect(home, options->statements, &db->base.statements);
    db_queue_init(&db->queue);
    if (!open_writer(db, options))
        return refuse(a, db, ret_message, "Basis data tidak dapat dibuka:");
    if (!verify_statements(db))
        return refuse(a, db, ret_message, "Skema basis data tidak cocok dengan program ini:");
    if (!open_readers(db, options->readers))
        return refuse(a, db, ret_message, "Basis data tidak dapat dibuka untuk dibaca:");
    if (!db_sqlite_checkpointer_start(db) || !db_sqlite_writer_start(db))
        return refuse(a, db, ret_message, "Utas penulis basis data tidak dapat dimulai:");
    *ret = &db->base;
    return ERR_OK;
}

static void sqlite_stats(struct db *base, struct db_stats *ret)
{
    struct sqlite_db *db = (struct sqlite_db *)base;
    *ret = (struct db_stats){
        .transactions = atomic_load(&db->writer.transactions),
        .batches = atomic_load(&db->writer.batches),
        .retried_alone = atomic_load(&db->writer.retried_alone),
        .refused_full = atomic_load(&db->writer.refused_full),
        .queue_length = (int64_t)db_queue_length(&db->queue),
    };
}

const struct db_driver db_sqlite_driver = {
    .scheme = URL_SCHEME,
    .open = sqlite_open,
    .close = sqlite_close,
    .reader = sqlite_reader,
    .reads_together = sqlite_reads_together,
    .start = sqlite_start,
    .step = sqlite_step,
    .column_name = sqlite_column_name,
    .column = sqlite_column,
    .finish = sqlite_finish,
    .submit = db_sqlite_submit,
    .backup = db_sqlite_backup,
    .check = db_sqlite_check,
    .stats = sqlite_stats,
};

/* What features call (db.h), the same for every engine: the statement list, decoding of rows by their
 * record, the way of a transaction into the queue. Engines are behind db_internal.h. */
#include "lib/db/db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/str.h"
#include "lib/db/db_internal.h"
#include "lib/base/banned.h"

noreturn void db_abort(const struct db_sql *sql, const char *mistake)
{
    log_event(LOG_ERROR, "mistake in a statement", "statement", sql ? sql->name : "", "mistake",
              mistake, NULL);
    abort();
}

/* --- the statement list ---------------------------------------------------------------------- */

static size_t address_hash(const struct db_sql *sql)
{
    uint64_t x = (uint64_t)(uintptr_t)sql >> 3;
    return (size_t)((x * 0x9E3779B97F4A7C15u) >> 32); /* golden ratio: spreads neighbours */
}

/* Its slot, or the free one where it belongs. */
static size_t slot_of(const struct db_statements *s, const struct db_sql *sql)
{
    size_t i = address_hash(sql) & s->slot_mask;
    while (s->slots[i] && s->list[s->slots[i] - 1] != sql)
        i = (i + 1) & s->slot_mask;
    return i;
}

void db_statements_collect(struct arena *a, const struct db_sql *const *const *tables,
                           struct db_statements *ret)
{
    size_t listed = 0, slots = 16;
    for (size_t t = 0; tables && tables[t]; t++)
        for (size_t i = 0; tables[t][i]; i++)
            listed++;
    while (slots < listed * 2)
        slots *= 2;
    struct db_statements s = {.list = ARENA_ARRAY(a, listed + 1, const struct db_sql *),
                              .slots = ARENA_ARRAY(a, slots, size_t),
                              .slot_mask = slots - 1};
    for (size_t t = 0; tables && tables[t]; t++) {
        for (size_t i = 0; tables[t][i]; i++) {
            size_t slot = slot_of(&s, tables[t][i]);
            if (s.slots[slot])
                continue; /* listed by two features: one statement all the same */
            s.list[s.count++] = tables[t][i];
            s.slots[slot] = s.count;
        }
    }
    *ret = s;
}

size_t db_statements_find(const struct db_statements *s, const struct db_sql *sql)
{
    size_t slot = slot_of(s, sql);
    if (!s->slots[slot])
        db_abort(sql, "not listed in its feature's table of statements");
    return s->slots[slot] - 1;
}

/* --- open and close --------------------------------------------------------------------------- */

enum err db_open(struct arena *a, const struct db_options *options, struct db **ret,
                 const char **ret_message)
{
    if (str_starts(options->url, db_sqlite_driver.scheme))
        return db_sqlite_driver.open(a, options, ret, ret_message);
    if (str_starts(options->url, "postgres://") || str_starts(options->url, "postgresql://"))
        *ret_message = arena_strdup(a, "Versi ini melayani SQLite; untuk PostgreSQL baru tersedia "
                                       "migrasi. Pakai sqlite:BERKAS.");
    else
        *ret_message = arena_strdup(a, "Alamat basis data tidak dikenal. Pakai sqlite:BERKAS.");
    return ERR_INVALID;
}

void db_close(struct db *db)
{
    if (db)
        db->driver->close(db);
}

struct db_conn *db_reader(struct db *db, int i)
{
    return db->driver->reader(db, i);
}

void db_conn_use_arena(struct db_conn *conn, struct arena *a)
{
    conn->rows = a;
}

struct arena *db_conn_arena(struct db_conn *conn)
{
    return conn->rows;
}

bool db_reads_together(struct db_conn *conn, bool on)
{
    return conn->db->driver->reads_together(conn, on);
}

const char *db_conn_detail(const struct db_conn *conn)
{
    return conn->detail;
}

/* --- rows -------------------------------------------------------------------------------------- */

/* A running statement. Every path out goes through rows_close(). */
struct rows {
    struct db_conn *conn;
    const struct db_driver *driver;
    struct db_stmt *stmt;
};

static enum err rows_open(struct db_conn *conn, const struct db_sql *sql, const struct db_arg *args,
                          size_t arg_count, struct rows *ret)
{
    if (conn->in_tx && conn->failed != ERR_OK)
        return conn->failed;
    conn->detail[0] = 0;
    struct rows r = {.conn = conn, .driver = conn->db->driver};
    TRY(r.driver->start(conn, sql, args, arg_count, &r.stmt));
    *ret = r;
    return ERR_OK;
}

/* The first failure wins; finishing may find one of its own (a foreign key at the statement's end). */
static enum err rows_close(struct rows *r, enum err so_far, int64_t *ret_changed)
{
    enum err e = r->driver->finish(r->conn, r->stmt, ret_changed);
    return so_far != ERR_OK ? so_far : e;
}

static struct arena *rows_arena(const struct rows *r)
{
    if (!r->conn->rows)
        db_abort(r->stmt->sql, "the connection has no arena for its rows");
    return r->conn->rows;
}

static const struct record_column *member_named(const struct record *record, const char *name)
{
    for (size_t i = 0; i < record->count; i++)
        if (strcmp(record->columns[i].name, name) == 0)
            return &record->columns[i];
    return NULL;
}

/* Finds each column's member once for a prepared statement and its record. */
static void rows_map(struct rows *r, const struct record *record)
{
    struct db_stmt *stmt = r->stmt;
    if (stmt->record == record)
        return;
    if (!stmt->map)
        stmt->map = ARENA_ARRAY(r->conn->home, stmt->column_count + 1, const struct record_column *);
    for (size_t i = 0; i < stmt->column_count; i++) {
        stmt->map[i] = member_named(record, r->driver->column_name(stmt, i));
        if (!stmt->map[i])
            db_abort(stmt->sql, "a result column has no member in the record");
        for (size_t j = 0; j < i; j++)
            if (stmt->map[j] == stmt->map[i])
                db_abort(stmt->sql, "two result columns have the same name");
    }
    stmt->record = record;
}

static bool value_fits(enum record_type type, enum db_kind kind)
{
    if (kind == DB_NULL)
        return true;
    switch (type) {
    case REC_INT:
    case REC_BOOL:
    case REC_TIME:
        return kind == DB_INT;
    case REC_TEXT:
        return kind == DB_TEXT;
    case REC_BYTES:
        return kind == DB_BYTES;
    }
    return false;
}

static void decode_value(struct arena *a, const struct record_column *column, struct db_value v,
                         unsigned char *row)
{
    unsigned char *member = row + column->offset;
    switch (column->type) {
    case REC_INT:
    case REC_TIME:
        memcpy(member, &v.i, sizeof(v.i));
        return;
    case REC_BOOL: {
        bool b = v.i != 0;
        memcpy(member, &b, sizeof(b));
        return;
    }
    case REC_TEXT: {
        const char *text = v.kind == DB_NULL ? NULL : arena_strndup(a, v.p, v.n);
        memcpy(member, &text, sizeof(text));
        return;
    }
    case REC_BYTES: {
        struct bytes b = {NULL, 0};
        if (v.kind != DB_NULL)
            b = (struct bytes){.p = arena_memdup(a, v.p, v.n), .n = v.n};
        memcpy(member, &b, sizeof(b));
        return;
    }
    }
}

/* All or nothing: a value of the wrong type (an expression can give one) leaves `row` untouched. */
static enum err rows_decode(struct rows *r, const struct record *record, void *row)
{
    rows_map(r, record);
    for (size_t i = 0; i < r->stmt->column_count; i++) {
        struct db_value v = r->driver->column(r->stmt, i);
        if (value_fits(r->stmt->map[i]->type, v.kind))
            continue;
        (void)snprintf(r->conn->detail, sizeof(r->conn->detail), "column %s of %s has another type",
                       r->stmt->map[i]->name, r->stmt->sql->name);
        return ERR_INTERNAL;
    }
    for (size_t i = 0; i < r->stmt->column_count; i++)
        decode_value(rows_arena(r), r->stmt->map[i], r->driver->column(r->stmt, i), row);
    return ERR_OK;
}

enum err db_run(struct db_conn *conn, const struct db_sql *sql, const struct db_arg *args,
                size_t arg_count, int64_t *ret_changed)
{
    struct rows r;
    TRY(rows_open(conn, sql, args, arg_count, &r));
    bool more = true;
    enum err e = ERR_OK;
    while (e == ERR_OK && more)
        e = r.driver->step(conn, r.stmt, &more);
    int64_t changed = 0;
    e = rows_close(&r, e, &changed);
    if (e == ERR_OK && ret_changed)
        *ret_changed = changed;
    return e;
}

enum err db_one(struct db_conn *conn, const struct db_sql *sql, const struct db_arg *args,
                size_t arg_count, const struct record *record, void *row)
{
    struct rows r;
    TRY(rows_open(conn, sql, args, arg_count, &r));
    bool more = false;
    enum err e = r.driver->step(conn, r.stmt, &more);
    void *found = NULL;
    if (e == ERR_OK && !more)
        e = ERR_MISSING;
    if (e == ERR_OK) {
        found = arena_memdup(rows_arena(&r), row, record->bytes);
        e = rows_decode(&r, record, found);
    }
    e = rows_close(&r, e, NULL);
    if (e == ERR_OK)
        memcpy(row, found, record->bytes);
    return e;
}

/* The array of db_list() while it grows. */
struct growing {
    struct arena *arena;
    unsigned char *items;
    size_t count, capacity, item_bytes;
};

static void *growing_next(struct growing *g)
{
    if (g->count == g->capacity) {
        size_t capacity = g->capacity ? g->capacity * 2 : 16;
        unsigned char *items = arena_array(g->arena, capacity, g->item_bytes);
        if (g->count)
            memcpy(items, g->items, g->count * g->item_bytes);
        g->items = items;
        g->capacity = capacity;
    }
    return g->items + g->count * g->item_bytes;
}

enum err db_list(struct db_conn *conn, const struct db_sql *sql, const struct db_arg *args,
                 size_t arg_count, const struct record *record, size_t max, void *ret_rows,
                 size_t *ret_count)
{
    struct rows r;
    TRY(rows_open(conn, sql, args, arg_count, &r));
    struct growing g = {.arena = rows_arena(&r), .item_bytes = record->bytes};
    (void)growing_next(&g); /* an empty list is an array too */
    bool more = false;
    enum err e = r.driver->step(conn, r.stmt, &more);
    while (e == ERR_OK && more) {
        if (g.count == max) {
            (void)snprintf(conn->detail, sizeof(conn->detail), "%s gives more than %zu rows",
                           sql->name, max);
            e = ERR_INTERNAL;
            break;
        }
        e = rows_decode(&r, record, growing_next(&g));
        g.count++;
        if (e == ERR_OK)
            e = r.driver->step(conn, r.stmt, &more);
    }
    e = rows_close(&r, e, NULL);
    if (e != ERR_OK)
        return e;
    memcpy(ret_rows, &g.items, sizeof(g.items));
    *ret_count = g.count;
    return ERR_OK;
}

enum err db_number(struct db_conn *conn, const struct db_sql *sql, const struct db_arg *args,
                   size_t arg_count, int64_t *ret)
{
    struct rows r;
    TRY(rows_open(conn, sql, args, arg_count, &r));
    bool more = false;
    struct db_value v = {.kind = DB_NULL};
    enum err e = r.driver->step(conn, r.stmt, &more);
    if (e == ERR_OK && !more)
        e = ERR_MISSING;
    if (e == ERR_OK)
        v = r.driver->column(r.stmt, 0);
    if (v.kind != DB_NULL && v.kind != DB_INT) {
        (void)snprintf(conn->detail, sizeof(conn->detail), "%s gives no integer", sql->name);
        e = ERR_INTERNAL;
    }
    int64_t number = v.i;
    e = rows_close(&r, e, NULL);
    if (e == ERR_OK)
        *ret = number;
    return e;
}

enum err db_each(struct db_conn *conn, const struct db_sql *sql, const struct db_arg *args,
                 size_t arg_count, const struct record *record, void *row,
                 enum err (*fn)(void *arg), void *arg)
{
    struct rows r;
    TRY(rows_open(conn, sql, args, arg_count, &r));
    bool more = false;
    enum err e = r.driver->step(conn, r.stmt, &more);
    while (e == ERR_OK && more) {
        e = rows_decode(&r, record, row);
        if (e == ERR_OK)
            e = fn(arg);
        if (e == ERR_OK)
            e = r.driver->step(conn, r.stmt, &more);
    }
    return rows_close(&r, e, NULL);
}

/* --- transactions -------------------------------------------------------------------------------- */

static enum err run_tx(struct cx *cx, struct db_job job)
{
    job.rows = cx->arena;
    bool together = cx->read && db_reads_together(cx->read, false);
    cx_wait(cx, true);
    cx->db->driver->submit(cx->db, &job);
    cx_wait(cx, false);
    if (together)
        (void)db_reads_together(cx->read, true);
    if (job.result == ERR_OK)
        return ERR_OK;
    if (job.detail[0])
        memcpy(cx->diag.detail, job.detail, sizeof(job.detail));
    if (job.full)
        return cx_fail(cx, ERR_BUSY, "disk_full",
                       T("Penyimpanan penuh. Data belum disimpan; hubungi administrator kantor."));
    return job.result;
}

enum err db_tx(struct cx *cx, const char *name, enum err (*fn)(struct db_conn *tx, void *arg),
               void *arg)
{
    return run_tx(cx, (struct db_job){.name = name, .fn = fn, .arg = arg});
}

enum err db_tx_low(struct cx *cx, const char *name, enum err (*fn)(struct db_conn *tx, void *arg),
                   void *arg)
{
    return run_tx(cx, (struct db_job){.name = name, .fn = fn, .arg = arg, .low = true});
}

/* --- whole-database acts -------------------------------------------------------------------------- */

enum err db_backup(struct db *db, const char *path)
{
    return db->driver->backup(db, path);
}

enum err db_check(struct db_conn *conn)
{
    return conn->db->driver->check(conn);
}

void db_stats(struct db *db, struct db_stats *ret)
{
    db->driver->stats(db, ret);
}

/* Migrations on PostgreSQL, and the check that every statement can be prepared there. */
#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/db/migrate_internal.h"
#include "lib/base/banned.h"

/* Any number will do, so long as every migrator takes the same one. */
#define ADVISORY_LOCK "4727163001"

static void no_notice(void *arg, const PGresult *result)
{
    (void)arg;
    (void)result; /* "relation already exists, skipping": nobody needs to know */
}

/* Ends with the result; keeps the engine's words on failure. */
static enum err says(struct migrate_conn *c, PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    enum err e = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ? ERR_OK : ERR_INTERNAL;
    if (e != ERR_OK)
        c->message = str_trim(c->arena, PQerrorMessage(c->handle));
    PQclear(result);
    return e;
}

static enum err postgres_open(struct migrate_conn *c, const char *url, bool create)
{
    (void)create; /* the operator makes the database; we make the tables */
    PGconn *pg = PQconnectdb(url);
    c->handle = pg;
    if (PQstatus(pg) != CONNECTION_OK) {
        c->message = str_trim(c->arena, PQerrorMessage(pg));
        return ERR_INTERNAL;
    }
    (void)PQsetNoticeReceiver(pg, no_notice, NULL);
    return says(c, PQexec(pg, "SET client_encoding = 'UTF8'; SET lock_timeout = '30s'"));
}

static void postgres_close(struct migrate_conn *c)
{
    PQfinish(c->handle);
    c->handle = NULL;
}

static enum err postgres_exec(struct migrate_conn *c, const char *text)
{
    return says(c, PQexec(c->handle, text));
}

static enum err has_table(struct migrate_conn *c, bool *ret)
{
    PGresult *r = PQexec(c->handle, "SELECT to_regclass('" MIGRATE_TABLE "') IS NOT NULL");
    bool there = PQresultStatus(r) == PGRES_TUPLES_OK && strcmp(PQgetvalue(r, 0, 0), "t") == 0;
    TRY(says(c, r));
    *ret = there;
    return ERR_OK;
}

static enum err postgres_applied(struct migrate_conn *c, struct migrate_applied **ret,
                                 size_t *ret_count)
{
    bool there = false;
    TRY(has_table(c, &there));
    if (!there) {
        *ret_count = 0;
        return ERR_OK;
    }
    PGresult *r = PQexec(c->handle,
                         "SELECT number, checksum FROM " MIGRATE_TABLE " ORDER BY number");
    int count = PQntuples(r);
    struct migrate_applied *rows = ARENA_ARRAY(c->arena, (size_t)count + 1, struct migrate_applied);
    for (int i = 0; i < count; i++) {
        if (!str_to_i64(PQgetvalue(r, i, 0), 0, INT64_MAX, &rows[i].number))
            rows[i].number = -1; /* matches no migration, so that the comparison refuses it */
        rows[i].checksum = arena_strdup(c->arena, PQgetvalue(r, i, 1));
    }
    TRY(says(c, r));
    *ret = rows;
    *ret_count = (size_t)count;
    return ERR_OK;
}

static enum err postgres_record(struct migrate_conn *c, const struct migration *m,
                                const char *checksum)
{
    const char *values[] = {arena_printf(c->arena, "%d", m->number), m->name, checksum,
                            arena_printf(c->arena, "%lld", (long long)time_now_ms())};
    return says(c, PQexecParams(c->handle,
                                "INSERT INTO " MIGRATE_TABLE
                                " (number, name, checksum, applied_at) VALUES ($1, $2, $3, $4)",
                                4, NULL, values, NULL, NULL, 0));
}

static enum err postgres_verify(struct migrate_conn *c)
{
    (void)c; /* foreign keys are looked at as the statements run */
    return ERR_OK;
}

const struct migrate_driver migrate_postgres_driver = {
    .engine = MIGRATE_POSTGRES,
    .begin = "BEGIN; SELECT pg_advisory_xact_lock(" ADVISORY_LOCK ")",
    .open = postgres_open,
    .close = postgres_close,
    .exec = postgres_exec,
    .applied = postgres_applied,
    .record = postgres_record,
    .verify = postgres_verify,
};

static enum err prepare_tables(struct migrate_conn *c,
                               const struct db_sql *const *const *statements, int *ret_count)
{
    int count = 0;
    for (size_t t = 0; statements[t]; t++) {
        for (size_t i = 0; statements[t][i]; i++, count++) {
            const struct db_sql *sql = statements[t][i];
            enum err e = says(c, PQprepare(c->handle, "", sql->text, 0, NULL));
            if (e == ERR_OK)
                continue;
            c->message = arena_printf(c->arena, "%s: %s", sql->name, c->message);
            return e;
        }
    }
    *ret_count = count;
    return ERR_OK;
}

enum err migrate_prepare_all(struct arena *a, const char *url,
                             const struct db_sql *const *const *statements, int *ret_count,
                             const char **ret_message)
{
    struct migrate_conn c = {.arena = a};
    enum err e = postgres_open(&c, url, false);
    if (e == ERR_OK)
        e = prepare_tables(&c, statements, ret_count);
    if (e != ERR_OK)
        *ret_message = c.message;
    postgres_close(&c);
    return e;
}

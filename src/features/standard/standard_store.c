/* Versions of the standard and of the pledge in the database. A version never changes. */
#include "features/standard/standard.h"

#include "features/audit/audit.h"
#include "lib/base/record.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

#define COLUMN(type, member, kind) RECORD_COLUMN(struct type, member, kind, 0, NULL)
static const struct record_column standard_columns[] = {
    COLUMN(standard, id, REC_TEXT),         COLUMN(standard, kind, REC_TEXT),
    COLUMN(standard, version, REC_INT),     COLUMN(standard, title, REC_TEXT),
    COLUMN(standard, decree, REC_TEXT),     COLUMN(standard, valid_from, REC_TEXT),
    COLUMN(standard, limit_count, REC_INT), COLUMN(standard, limit_unit, REC_TEXT),
    COLUMN(standard, start_step, REC_INT),  COLUMN(standard, stop_step, REC_INT),
    COLUMN(standard, created_at, REC_TIME),
};
static const struct record standard_record = RECORD("ServiceStandard", struct standard,
                                                    standard_columns);

static const struct record_column kind_columns[] = {
    COLUMN(standard_kind, code, REC_TEXT),
    COLUMN(standard_kind, ended, REC_TEXT),
};
static const struct record kind_record = RECORD("ServiceKind", struct standard_kind, kind_columns);

struct part_row {
    const char *part, *body;
};
static const struct record_column part_columns[] = {
    COLUMN(part_row, part, REC_TEXT),
    COLUMN(part_row, body, REC_TEXT),
};
static const struct record part_record = RECORD("ServiceStandardPart", struct part_row,
                                                part_columns);

static const struct record_column pledge_columns[] = {
    COLUMN(pledge, version, REC_INT), COLUMN(pledge, body, REC_TEXT),
    COLUMN(pledge, place, REC_TEXT),  COLUMN(pledge, day, REC_TEXT),
    COLUMN(pledge, signer, REC_TEXT), COLUMN(pledge, created_at, REC_TIME),
};
static const struct record pledge_record = RECORD("ServicePledge", struct pledge, pledge_columns);

#define STANDARD_COLUMNS                                                                           \
    "id, kind, version, title, decree, valid_from, limit_count, limit_unit, start_step, "          \
    "stop_step, created_at"
DB_SQL(standard_select_valid, "SELECT " STANDARD_COLUMNS " FROM service_standard "
                              "WHERE office_id = $1 AND kind = $2 "
                              "AND (valid_from = '' OR valid_from <= $3) "
                              "ORDER BY version DESC LIMIT 1");
DB_SQL(standard_select_first, "SELECT " STANDARD_COLUMNS " FROM service_standard "
                              "WHERE office_id = $1 AND kind = $2 ORDER BY version LIMIT 1");
DB_SQL(standard_select,
       "SELECT " STANDARD_COLUMNS " FROM service_standard WHERE office_id = $1 AND id = $2");
DB_SQL(standard_select_all,
       "SELECT " STANDARD_COLUMNS " FROM service_standard WHERE office_id = $1 "
       "AND kind = $2 ORDER BY version DESC LIMIT 200");
DB_SQL(standard_kind_list, "SELECT code, ended FROM service_kind WHERE office_id = $1 "
                           "ORDER BY created_at, code LIMIT 50");
DB_SQL(standard_kind_select,
       "SELECT code, ended FROM service_kind WHERE office_id = $1 AND code = $2");
DB_SQL(standard_kind_count, "SELECT count(*) FROM service_kind WHERE office_id = $1");
DB_SQL(standard_kind_insert,
       "INSERT INTO service_kind (office_id, code, created_at, created_by, ended) "
       "VALUES ($1, $2, $3, $4, '')");
DB_SQL(standard_kind_end, "UPDATE service_kind SET ended = $3 WHERE office_id = $1 AND code = $2");
DB_SQL(standard_part_select, "SELECT part, body FROM service_standard_part WHERE office_id = $1 "
                             "AND standard_id = $2 ORDER BY part");
DB_SQL(standard_version_next,
       "SELECT COALESCE(max(version), 0) + 1 FROM service_standard WHERE office_id = $1 "
       "AND kind = $2");
DB_SQL(standard_insert,
       "INSERT INTO service_standard (office_id, id, kind, version, title, decree, valid_from, "
       "limit_count, limit_unit, start_step, stop_step, created_at, created_by) "
       "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)");
DB_SQL(standard_part_insert, "INSERT INTO service_standard_part (office_id, standard_id, part, "
                             "body) VALUES ($1, $2, $3, $4)");
DB_SQL(pledge_select, "SELECT version, body, place, day, signer, created_at FROM service_pledge "
                      "WHERE office_id = $1 ORDER BY version DESC LIMIT 1");
DB_SQL(pledge_version_next,
       "SELECT COALESCE(max(version), 0) + 1 FROM service_pledge WHERE office_id = $1");
DB_SQL(pledge_insert, "INSERT INTO service_pledge (office_id, version, body, place, day, signer, "
                      "created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");

const struct db_sql *const standard_statements[] = {&standard_select_valid,
                                                    &standard_select_first,
                                                    &standard_select,
                                                    &standard_select_all,
                                                    &standard_kind_list,
                                                    &standard_kind_select,
                                                    &standard_kind_count,
                                                    &standard_kind_insert,
                                                    &standard_kind_end,
                                                    &standard_part_select,
                                                    &standard_version_next,
                                                    &standard_insert,
                                                    &standard_part_insert,
                                                    &pledge_select,
                                                    &pledge_version_next,
                                                    &pledge_insert,
                                                    NULL};

static enum err load_parts(struct db_conn *conn, const char *office_id, struct standard *s)
{
    struct part_row *rows = NULL;
    size_t count = 0;
    TRY(db_list(conn, &standard_part_select, DB_ARGS(db_text(office_id), db_text(s->id)),
                &part_record, 50, &rows, &count));
    for (size_t i = 0; i < STANDARD_PARTS; i++) {
        s->parts[i] = "";
        for (size_t j = 0; j < count; j++)
            s->parts[i] = str_eq(rows[j].part, standard_parts[i].code) ? rows[j].body : s->parts[i];
    }
    return ERR_OK;
}

static enum err shipped(struct db_conn *conn, const char *office_id, struct standard *ret)
{
    struct office o = {0};
    TRY(office_get(conn, office_id, &o));
    *ret = standard_shipped(db_conn_arena(conn), &o);
    return ERR_OK;
}

enum err standard_current(struct db_conn *conn, const char *office_id, const char *kind,
                          const char *day, struct standard *ret)
{
    struct standard s = {.version = 0};
    enum err e = db_one(conn, &standard_select_valid,
                        DB_ARGS(db_text(office_id), db_text(kind), db_text(day)), &standard_record,
                        &s);
    if (e == ERR_MISSING && str_eq(kind, STANDARD_BOOK))
        return shipped(conn, office_id, ret);
    if (e == ERR_MISSING)
        e = db_one(conn, &standard_select_first, DB_ARGS(db_text(office_id), db_text(kind)),
                   &standard_record, &s);
    TRY(e);
    TRY(load_parts(conn, office_id, &s));
    *ret = s;
    return ERR_OK;
}

enum err standard_get(struct db_conn *conn, const char *office_id, const char *id,
                      struct standard *ret)
{
    struct standard s = {.version = 0};
    if (str_eq(id, STANDARD_SHIPPED))
        return shipped(conn, office_id, ret);
    TRY(db_one(conn, &standard_select, DB_ARGS(db_text(office_id), db_text(id)), &standard_record,
               &s));
    TRY(load_parts(conn, office_id, &s));
    *ret = s;
    return ERR_OK;
}

enum err standard_versions(struct db_conn *conn, const char *office_id, const char *kind,
                           struct standard **ret, size_t *ret_count)
{
    return db_list(conn, &standard_select_all, DB_ARGS(db_text(office_id), db_text(kind)),
                   &standard_record, 200, ret, ret_count);
}

enum err standard_kinds(struct db_conn *conn, const char *office_id, struct standard_kind **ret,
                        size_t *ret_count)
{
    struct standard_kind *rows = NULL, *all = NULL;
    size_t count = 0;
    TRY(db_list(conn, &standard_kind_list, DB_ARGS(db_text(office_id)), &kind_record,
                STANDARD_KINDS, &rows, &count));
    all = ARENA_ARRAY(db_conn_arena(conn), count + 1, struct standard_kind);
    all[0] = (struct standard_kind){.code = STANDARD_BOOK, .ended = ""};
    for (size_t i = 0; i < count; i++)
        all[i + 1] = rows[i];
    *ret = all;
    *ret_count = count + 1;
    return ERR_OK;
}

enum err standard_kind_get(struct db_conn *conn, const char *office_id, const char *code,
                           struct standard_kind *ret)
{
    if (str_eq(code, STANDARD_BOOK)) {
        *ret = (struct standard_kind){.code = STANDARD_BOOK, .ended = ""};
        return ERR_OK;
    }
    return db_one(conn, &standard_kind_select, DB_ARGS(db_text(office_id), db_text(code)),
                  &kind_record, ret);
}

static enum err insert(struct db_conn *tx, const struct visit_act *act, const struct standard *s)
{
    TRY(db_run(tx, &standard_insert,
               DB_ARGS(db_text(act->office_id), db_text(s->id), db_text(s->kind),
                       db_int(s->version), db_text(s->title), db_text(str_or(s->decree, "")),
                       db_text(str_or(s->valid_from, "")), db_int(s->limit_count),
                       db_text(s->limit_unit), db_int(s->start_step), db_int(s->stop_step),
                       db_int(act->now_ms), db_text(act->actor_id)),
               NULL));
    for (size_t i = 0; i < STANDARD_PARTS; i++)
        TRY(db_run(tx, &standard_part_insert,
                   DB_ARGS(db_text(act->office_id), db_text(s->id), db_text(standard_parts[i].code),
                           db_text(str_or(s->parts[i], ""))),
                   NULL));
    return ERR_OK;
}

static enum err note(struct db_conn *tx, const struct visit_act *act, const char *action,
                     const char *detail)
{
    return visit_act_log(tx, act,
                         (struct audit_new){.action = action,
                                            .subject_kind = "office",
                                            .subject_id = act->office_id,
                                            .detail = detail});
}

/* "informasi-publik", or "informasi-publik-2" when it is taken. */
static enum err begin_kind(struct db_conn *tx, struct standard_save *s)
{
    const char *office = s->act.office_id, *wish = s->standard.kind;
    struct standard_kind taken;
    int64_t count = 0;
    TRY(db_number(tx, &standard_kind_count, DB_ARGS(db_text(office)), &count));
    if (count >= STANDARD_KINDS)
        return ERR_LIMIT;
    enum err e = standard_kind_get(tx, office, wish, &taken);
    for (int i = 2; e == ERR_OK; i++) {
        s->standard.kind = arena_printf(db_conn_arena(tx), "%s-%d", wish, i);
        e = standard_kind_get(tx, office, s->standard.kind, &taken);
    }
    if (e != ERR_MISSING)
        return e;
    return db_run(tx, &standard_kind_insert,
                  DB_ARGS(db_text(office), db_text(s->standard.kind), db_int(s->act.now_ms),
                          db_text(s->act.actor_id)),
                  NULL);
}

/* What was read until now stays to be read. */
static enum err keep_shipped(struct db_conn *tx, const struct standard_save *s)
{
    struct standard first;
    TRY(shipped(tx, s->act.office_id, &first));
    first.id = s->shipped_id;
    return insert(tx, &s->act, &first);
}

enum err standard_save_tx(struct db_conn *tx, void *arg)
{
    struct standard_save *s = arg;
    struct standard *new = &s->standard;
    struct standard_kind kind;
    if (s->new_kind)
        TRY(begin_kind(tx, s));
    TRY(standard_kind_get(tx, s->act.office_id, new->kind, &kind));
    TRY(db_number(tx, &standard_version_next,
                  DB_ARGS(db_text(s->act.office_id), db_text(new->kind)), &new->version));
    if (new->version == 1 && str_eq(new->kind, STANDARD_BOOK)) {
        TRY(keep_shipped(tx, s));
        new->version = 2;
    }
    TRY(insert(tx, &s->act, new));
    return note(tx, &s->act, "standard_changed",
                arena_printf(db_conn_arena(tx), "kind=%s version=%lld", new->kind,
                             (long long)new->version));
}

enum err standard_end_tx(struct db_conn *tx, void *arg)
{
    const struct standard_end *end = arg;
    int64_t changed = 0;
    TRY(db_run(tx, &standard_kind_end,
               DB_ARGS(db_text(end->act.office_id), db_text(end->kind), db_text(end->day)),
               &changed));
    if (changed == 0)
        return ERR_MISSING;
    return note(tx, &end->act, str_empty(end->day) ? "standard_restored" : "standard_withdrawn",
                arena_printf(db_conn_arena(tx), "kind=%s", end->kind));
}

enum err pledge_current(struct db_conn *conn, const char *office_id, struct pledge *ret)
{
    return db_one(conn, &pledge_select, DB_ARGS(db_text(office_id)), &pledge_record, ret);
}

enum err pledge_save_tx(struct db_conn *tx, void *arg)
{
    struct pledge_save *s = arg;
    struct pledge *p = &s->pledge;
    TRY(db_number(tx, &pledge_version_next, DB_ARGS(db_text(s->act.office_id)), &p->version));
    TRY(db_run(tx, &pledge_insert,
               DB_ARGS(db_text(s->act.office_id), db_int(p->version), db_text(p->body),
                       db_text(p->place), db_text(p->day), db_text(p->signer),
                       db_int(s->act.now_ms), db_text(s->act.actor_id)),
               NULL));
    return note(tx, &s->act, "pledge_signed",
                arena_printf(db_conn_arena(tx), "version=%lld", (long long)p->version));
}

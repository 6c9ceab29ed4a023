/* Complaints about the service and their limits in the database. */
#include "features/service/service.h"

#include "features/audit/audit.h"
#include "lib/base/record.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

#define COLUMN(type, member, kind) RECORD_COLUMN(struct type, member, kind, 0, NULL)
static const struct record_column complaint_columns[] = {
    COLUMN(service_complaint, id, REC_TEXT),
    COLUMN(service_complaint, year, REC_INT),
    COLUMN(service_complaint, number, REC_INT),
    COLUMN(service_complaint, state, REC_TEXT),
    COLUMN(service_complaint, category, REC_TEXT),
    COLUMN(service_complaint, channel, REC_TEXT),
    COLUMN(service_complaint, received, REC_TEXT),
    COLUMN(service_complaint, name_sealed, REC_BYTES),
    COLUMN(service_complaint, contact_sealed, REC_BYTES),
    COLUMN(service_complaint, text_sealed, REC_BYTES),
    COLUMN(service_complaint, verified, REC_TEXT),
    COLUMN(service_complaint, responded, REC_TEXT),
    COLUMN(service_complaint, answered, REC_TEXT),
    COLUMN(service_complaint, reopened, REC_TEXT),
    COLUMN(service_complaint, ended, REC_TEXT),
    COLUMN(service_complaint, reopened_count, REC_INT),
    COLUMN(service_complaint, lapor_number, REC_TEXT),
};
static const struct record complaint_record = RECORD("ServiceComplaint", struct service_complaint,
                                                     complaint_columns);

static const struct record_column entry_columns[] = {
    COLUMN(service_entry, id, REC_TEXT),           COLUMN(service_entry, day, REC_TEXT),
    COLUMN(service_entry, kind, REC_TEXT),         COLUMN(service_entry, by_id, REC_TEXT),
    COLUMN(service_entry, body_sealed, REC_BYTES),
};
static const struct record entry_record = RECORD("ServiceEntry", struct service_entry,
                                                 entry_columns);

struct limit_row {
    const char *code;
    int64_t days;
};
static const struct record_column limit_columns[] = {
    COLUMN(limit_row, code, REC_TEXT),
    COLUMN(limit_row, days, REC_INT),
};
static const struct record limit_record = RECORD("ServiceLimit", struct limit_row, limit_columns);

#define COMPLAINT_COLUMNS                                                                          \
    "id, year, number, state, category, channel, received, name_sealed, contact_sealed, "          \
    "text_sealed, verified, responded, answered, reopened, ended, reopened_count, lapor_number"

DB_SQL(service_limit_select, "SELECT code, days FROM service_limit WHERE office_id = $1");
DB_SQL(service_limit_put,
       "INSERT INTO service_limit (office_id, code, days, changed_at, changed_by) VALUES ($1, $2, "
       "$3, $4, $5) ON CONFLICT (office_id, code) DO UPDATE SET days = excluded.days, "
       "changed_at = excluded.changed_at, changed_by = excluded.changed_by");
DB_SQL(service_number_next, "SELECT COALESCE(max(number), 0) + 1 FROM service_complaint "
                            "WHERE office_id = $1 AND year = $2");
DB_SQL(service_insert,
       "INSERT INTO service_complaint (office_id, id, year, number, state, category, channel, "
       "received, code_hash, name_sealed, contact_sealed, text_sealed, verified, responded, "
       "answered, reopened, ended, reopened_count, lapor_number) VALUES ($1, $2, $3, $4, 'sent', "
       "$5, $6, $7, $8, $9, $10, $11, '', '', '', '', '', 0, '')");
DB_SQL(service_update,
       "UPDATE service_complaint SET state = $3, category = $4, verified = $5, responded = $6, "
       "answered = $7, reopened = $8, ended = $9, reopened_count = $10 "
       "WHERE office_id = $1 AND id = $2");
DB_SQL(service_update_lapor,
       "UPDATE service_complaint SET lapor_number = $3 WHERE office_id = $1 AND id = $2");
DB_SQL(service_select,
       "SELECT " COMPLAINT_COLUMNS " FROM service_complaint WHERE office_id = $1 AND id = $2");
DB_SQL(service_select_code, "SELECT " COMPLAINT_COLUMNS
                            " FROM service_complaint WHERE office_id = $1 AND code_hash = $2");
DB_SQL(service_select_open,
       "SELECT " COMPLAINT_COLUMNS " FROM service_complaint WHERE office_id = $1 "
       "AND state IN ('sent', 'verified', 'handling', 'answered') ORDER BY received, number "
       "LIMIT 1000");
DB_SQL(service_select_all,
       "SELECT " COMPLAINT_COLUMNS " FROM service_complaint WHERE office_id = $1 "
       "ORDER BY year DESC, number DESC LIMIT 1000");
DB_SQL(service_select_answered,
       "SELECT " COMPLAINT_COLUMNS " FROM service_complaint WHERE office_id = $1 "
       "AND state = 'answered' ORDER BY received LIMIT 1000");
DB_SQL(service_select_year,
       "SELECT " COMPLAINT_COLUMNS " FROM service_complaint WHERE office_id = $1 "
       "AND received >= $2 AND received <= $3 ORDER BY received, number "
       "LIMIT 20000");
DB_SQL(service_entry_insert,
       "INSERT INTO service_entry (office_id, complaint_id, seq, id, day, kind, by_id, "
       "body_sealed) SELECT $1, $2, COALESCE(max(seq), 0) + 1, $3, $4, $5, $6, $7 "
       "FROM service_entry WHERE office_id = $1 AND complaint_id = $2");
DB_SQL(service_entry_select, "SELECT id, day, kind, by_id, body_sealed FROM service_entry "
                             "WHERE office_id = $1 AND complaint_id = $2 ORDER BY seq LIMIT 500");

const struct db_sql *const service_statements[] = {
    &service_limit_select, &service_limit_put,       &service_number_next,
    &service_insert,       &service_update,          &service_update_lapor,
    &service_select,       &service_select_code,     &service_select_open,
    &service_select_all,   &service_select_answered, &service_select_year,
    &service_entry_insert, &service_entry_select,    NULL};

/* --- limits ------------------------------------------------------------------------------------------------ */

enum err service_limits_load(struct db_conn *conn, const char *office_id, struct service_limits *ret)
{
    struct service_limits l;
    struct limit_row *rows = NULL;
    size_t count = 0;
    TRY(db_list(conn, &service_limit_select, DB_ARGS(db_text(office_id)), &limit_record, 100, &rows,
                &count));
    for (size_t i = 0; i < SERVICE_LIMITS; i++) {
        l.days[i] = service_limit_infos[i].days;
        for (size_t j = 0; j < count; j++)
            l.days[i] = str_eq(rows[j].code, service_limit_infos[i].code) ? rows[j].days
                                                                          : l.days[i];
    }
    *ret = l;
    return ERR_OK;
}

static enum err note(struct db_conn *tx, const struct visit_act *act, const char *action,
                     const char *subject_id, const char *detail)
{
    return visit_act_log(tx, act,
                         (struct audit_new){.action = action,
                                            .subject_kind = "service",
                                            .subject_id = subject_id,
                                            .detail = detail});
}

enum err service_limits_tx(struct db_conn *tx, void *arg)
{
    const struct service_limits_change *c = arg;
    for (size_t i = 0; i < SERVICE_LIMITS; i++)
        TRY(db_run(tx, &service_limit_put,
                   DB_ARGS(db_text(c->act.office_id), db_text(service_limit_infos[i].code),
                           db_int(c->limits.days[i]), db_int(c->act.now_ms),
                           db_text(c->act.actor_id)),
                   NULL));
    return note(tx, &c->act, "service_limits_changed", c->act.office_id, "");
}

/* --- complaints ---------------------------------------------------------------------------------------------- */

struct entry_new {
    const char *id, *day, *kind;
    struct bytes body_sealed;
};

static enum err entry_add(struct db_conn *tx, const struct visit_act *act, const char *complaint_id,
                          const struct entry_new *n)
{
    return db_run(tx, &service_entry_insert,
                  DB_ARGS(db_text(act->office_id), db_text(complaint_id), db_text(n->id),
                          db_text(n->day), db_text(n->kind), db_text(act->actor_id),
                          db_bytes(n->body_sealed)),
                  NULL);
}

enum err service_new_tx(struct db_conn *tx, void *arg)
{
    struct service_new *n = arg;
    struct service_complaint *c = &n->complaint;
    const struct entry_new entry = {.id = n->entry_id, .day = c->received, .kind = "sent"};
    c->year = calendar_year(calendar_day(c->received));
    TRY(db_number(tx, &service_number_next, DB_ARGS(db_text(n->act.office_id), db_int(c->year)),
                  &c->number));
    TRY(db_run(tx, &service_insert,
               DB_ARGS(db_text(n->act.office_id), db_text(c->id), db_int(c->year),
                       db_int(c->number), db_text(c->category), db_text(c->channel),
                       db_text(c->received), db_bytes(c->code_hash), db_bytes(c->name_sealed),
                       db_bytes(c->contact_sealed), db_bytes(c->text_sealed)),
               NULL));
    TRY(entry_add(tx, &n->act, c->id, &entry));
    return note(tx, &n->act, "service_complaint_sent", c->id, c->channel);
}

static enum err update(struct db_conn *tx, const char *office_id, const struct service_complaint *c)
{
    return db_run(tx, &service_update,
                  DB_ARGS(db_text(office_id), db_text(c->id), db_text(c->state),
                          db_text(c->category), db_text(c->verified), db_text(c->responded),
                          db_text(c->answered), db_text(c->reopened), db_text(c->ended),
                          db_int(c->reopened_count)),
                  NULL);
}

enum err service_move_tx(struct db_conn *tx, void *arg)
{
    static const char *const kinds[SERVICE_ACTS] = {
        "verified", "rejected", "handling", "answered", "reopened", "closed", "auto_closed"};
    struct service_move *m = arg;
    struct service_complaint c = {0};
    struct service_limits limits;
    struct calendar cal;
    TRY(service_get(tx, m->act.office_id, m->id, &c));
    TRY(calendar_load(tx, m->act.office_id, &cal));
    TRY(service_limits_load(tx, m->act.office_id, &limits));
    int64_t today = calendar_day_of(m->act.now_ms, cal.offset_min);
    m->refusal = service_apply(&cal, &limits, m->what, m->body_sealed.p != NULL, today, &c,
                               db_conn_arena(tx));
    if (m->refusal.err != ERR_OK)
        return m->refusal.err;
    if (m->category)
        c.category = m->category;
    const struct entry_new entry = {.id = m->entry_id,
                                    .day = calendar_day_text(db_conn_arena(tx), today),
                                    .kind = kinds[m->what],
                                    .body_sealed = m->body_sealed};
    TRY(update(tx, m->act.office_id, &c));
    TRY(entry_add(tx, &m->act, c.id, &entry));
    return note(tx, &m->act, "service_complaint_moved", c.id,
                arena_printf(db_conn_arena(tx), "kind=%s category=%s", entry.kind, c.category));
}

enum err service_lapor_tx(struct db_conn *tx, void *arg)
{
    const struct service_lapor *l = arg;
    int64_t changed = 0;
    TRY(db_run(tx, &service_update_lapor,
               DB_ARGS(db_text(l->act.office_id), db_text(l->id), db_text(l->lapor_number)),
               &changed));
    return changed ? note(tx, &l->act, "service_lapor_number", l->id, "") : ERR_MISSING;
}

enum err service_get(struct db_conn *conn, const char *office_id, const char *id,
                     struct service_complaint *ret)
{
    return db_one(conn, &service_select, DB_ARGS(db_text(office_id), db_text(id)),
                  &complaint_record, ret);
}

enum err service_by_code(struct db_conn *conn, const char *office_id, struct bytes code_hash,
                         struct service_complaint *ret)
{
    return db_one(conn, &service_select_code, DB_ARGS(db_text(office_id), db_bytes(code_hash)),
                  &complaint_record, ret);
}

enum err service_list(struct db_conn *conn, const char *office_id, bool all,
                      struct service_complaint **ret, size_t *ret_count)
{
    return db_list(conn, all ? &service_select_all : &service_select_open,
                   DB_ARGS(db_text(office_id)), &complaint_record, SERVICE_LIST_MAX, ret, ret_count);
}

enum err service_entries(struct db_conn *conn, const char *office_id, const char *complaint_id,
                         struct service_entry **ret, size_t *ret_count)
{
    return db_list(conn, &service_entry_select, DB_ARGS(db_text(office_id), db_text(complaint_id)),
                   &entry_record, 500, ret, ret_count);
}

enum err service_of_year(struct db_conn *conn, const char *office_id, int year,
                         struct service_complaint **ret, size_t *ret_count)
{
    struct arena *a = db_conn_arena(conn);
    return db_list(conn, &service_select_year,
                   DB_ARGS(db_text(office_id), db_text(arena_printf(a, "%04d-01-01", year)),
                           db_text(arena_printf(a, "%04d-12-31", year))),
                   &complaint_record, SERVICE_YEAR_MAX, ret, ret_count);
}

/* --- the clock ------------------------------------------------------------------------------------------------- */

enum err service_tick(struct cx *cx, const char *office_id)
{
    struct service_complaint *list = NULL;
    struct service_limits limits;
    struct calendar cal;
    size_t count = 0;
    TRY(db_list(cx->read, &service_select_answered, DB_ARGS(db_text(office_id)), &complaint_record,
                SERVICE_LIST_MAX, &list, &count));
    if (count == 0)
        return ERR_OK;
    TRY(calendar_load(cx->read, office_id, &cal));
    TRY(service_limits_load(cx->read, office_id, &limits));
    int64_t today = calendar_day_of(cx->now_ms, cal.offset_min);
    for (size_t i = 0; i < count; i++) {
        struct service_move m = {.act = visit_act_system(office_id, cx->now_ms),
                                 .id = list[i].id,
                                 .entry_id = cx_new_id(cx),
                                 .what = SERVICE_AUTO_CLOSE};
        if (!service_may(&cal, &limits, m.what, today, &list[i]))
            continue;
        enum err e = db_tx_low(cx, "service_auto_close", service_move_tx, &m);
        if (e != ERR_OK && e != ERR_CONFLICT) /* taken up again meanwhile */
            return e;
    }
    return ERR_OK;
}

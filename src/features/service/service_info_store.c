/* The register of requests for public information in the database. */
#include "features/service/service.h"

#include "features/audit/audit.h"
#include "lib/base/record.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

#define COLUMN(type, member, kind) RECORD_COLUMN(struct type, member, kind, 0, NULL)
static const struct record_column info_columns[] = {
    COLUMN(info_request, id, REC_TEXT),
    COLUMN(info_request, year, REC_INT),
    COLUMN(info_request, number, REC_INT),
    COLUMN(info_request, received, REC_TEXT),
    COLUMN(info_request, way, REC_TEXT),
    COLUMN(info_request, name_sealed, REC_BYTES),
    COLUMN(info_request, contact_sealed, REC_BYTES),
    COLUMN(info_request, request_sealed, REC_BYTES),
    COLUMN(info_request, purpose_sealed, REC_BYTES),
    COLUMN(info_request, extended, REC_TEXT),
    COLUMN(info_request, extension_sealed, REC_BYTES),
    COLUMN(info_request, answered, REC_TEXT),
    COLUMN(info_request, answer, REC_TEXT),
    COLUMN(info_request, answer_sealed, REC_BYTES),
    COLUMN(info_request, objected, REC_TEXT),
    COLUMN(info_request, ground, REC_TEXT),
    COLUMN(info_request, objection_sealed, REC_BYTES),
    COLUMN(info_request, decided, REC_TEXT),
    COLUMN(info_request, decision_sealed, REC_BYTES),
    COLUMN(info_request, objection_year, REC_INT),
    COLUMN(info_request, objection_number, REC_INT),
    COLUMN(info_request, superior, REC_TEXT),
    COLUMN(info_request, reacted, REC_TEXT),
    COLUMN(info_request, reaction_sealed, REC_BYTES),
};
static const struct record info_record = RECORD("InfoRequest", struct info_request, info_columns);

#define INFO_COLUMNS                                                                               \
    "id, year, number, received, way, name_sealed, contact_sealed, request_sealed, "               \
    "purpose_sealed, extended, extension_sealed, answered, answer, answer_sealed, objected, "      \
    "ground, objection_sealed, decided, decision_sealed, objection_year, objection_number, "       \
    "superior, reacted, reaction_sealed"
DB_SQL(info_number_next, "SELECT COALESCE(max(number), 0) + 1 FROM info_request "
                         "WHERE office_id = $1 AND year = $2");
DB_SQL(info_insert,
       "INSERT INTO info_request (office_id, id, year, number, received, way, name_sealed, "
       "contact_sealed, request_sealed, purpose_sealed, extended, answered, answer, objected, "
       "ground, decided, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', '', '', "
       "'', '', '', $11)");
DB_SQL(info_select, "SELECT " INFO_COLUMNS " FROM info_request WHERE office_id = $1 AND id = $2");
DB_SQL(info_select_year, "SELECT " INFO_COLUMNS " FROM info_request WHERE office_id = $1 "
                         "AND year = $2 ORDER BY number LIMIT 20000");
DB_SQL(info_select_open,
       "SELECT " INFO_COLUMNS " FROM info_request WHERE office_id = $1 AND decided = '' "
       "AND (answered = '' OR objected <> '') ORDER BY received, number LIMIT 1000");
DB_SQL(info_extend, "UPDATE info_request SET extended = $3, extension_sealed = $4 "
                    "WHERE office_id = $1 AND id = $2");
DB_SQL(info_answer, "UPDATE info_request SET answered = $3, answer_sealed = $4, answer = $5 "
                    "WHERE office_id = $1 AND id = $2");
DB_SQL(info_object, "UPDATE info_request SET objected = $3, objection_sealed = $4, ground = $5, "
                    "objection_year = $6, objection_number = $7 WHERE office_id = $1 AND id = $2");
DB_SQL(info_decide, "UPDATE info_request SET decided = $3, decision_sealed = $4, superior = $5 "
                    "WHERE office_id = $1 AND id = $2");
DB_SQL(info_react, "UPDATE info_request SET reacted = $3, reaction_sealed = $4 "
                   "WHERE office_id = $1 AND id = $2");
DB_SQL(info_objection_next, "SELECT COALESCE(max(objection_number), 0) + 1 FROM info_request "
                            "WHERE office_id = $1 AND objection_year = $2");
DB_SQL(info_select_objections,
       "SELECT " INFO_COLUMNS " FROM info_request WHERE office_id = $1 AND objection_year = $2 "
       "AND objection_number > 0 ORDER BY objection_number LIMIT 20000");

const struct db_sql *const info_statements[] = {&info_number_next,
                                                &info_insert,
                                                &info_select,
                                                &info_select_year,
                                                &info_select_open,
                                                &info_extend,
                                                &info_answer,
                                                &info_object,
                                                &info_decide,
                                                &info_react,
                                                &info_objection_next,
                                                &info_select_objections,
                                                NULL};

static enum err note(struct db_conn *tx, const struct visit_act *act, const char *action,
                     const char *id, const char *detail)
{
    return visit_act_log(
        tx, act,
        (struct audit_new){
            .action = action, .subject_kind = "info_request", .subject_id = id, .detail = detail});
}

enum err info_new_tx(struct db_conn *tx, void *arg)
{
    struct info_new *n = arg;
    struct info_request *r = &n->request;
    r->year = calendar_year(calendar_day(r->received));
    TRY(db_number(tx, &info_number_next, DB_ARGS(db_text(n->act.office_id), db_int(r->year)),
                  &r->number));
    TRY(db_run(tx, &info_insert,
               DB_ARGS(db_text(n->act.office_id), db_text(r->id), db_int(r->year), db_int(r->number),
                       db_text(r->received), db_text(r->way), db_bytes(r->name_sealed),
                       db_bytes(r->contact_sealed), db_bytes(r->request_sealed),
                       db_bytes(r->purpose_sealed), db_text(n->act.actor_id)),
               NULL));
    return note(tx, &n->act, "info_request_received", r->id, "");
}

/* Numbered in the year in which it came. */
static enum err object(struct db_conn *tx, const struct info_move *m, const char *day)
{
    int64_t year = calendar_year(calendar_day(day)), number = 0;
    TRY(db_number(tx, &info_objection_next, DB_ARGS(db_text(m->act.office_id), db_int(year)),
                  &number));
    return db_run(tx, &info_object,
                  DB_ARGS(db_text(m->act.office_id), db_text(m->id), db_text(day),
                          db_bytes(m->text_sealed), db_text(m->choice), db_int(year),
                          db_int(number)),
                  NULL);
}

static enum err store(struct db_conn *tx, const struct info_move *m, const char *day)
{
    const struct db_arg args[] = {db_text(m->act.office_id), db_text(m->id), db_text(day),
                                  db_bytes(m->text_sealed), db_text(str_or(m->choice, ""))};
    switch (m->what) {
    case INFO_EXTEND:
        return db_run(tx, &info_extend, args, 4, NULL);
    case INFO_ANSWER:
        return db_run(tx, &info_answer, args, 5, NULL);
    case INFO_OBJECT:
        return object(tx, m, day);
    case INFO_DECIDE:
        return db_run(tx, &info_decide, args, 5, NULL);
    case INFO_REACT:
        return db_run(tx, &info_react, args, 4, NULL);
    case INFO_ACTS:
        break;
    }
    return ERR_INTERNAL;
}

enum err info_move_tx(struct db_conn *tx, void *arg)
{
    static const char *const actions[INFO_ACTS] = {"info_request_extended", "info_request_answered",
                                                   "info_request_objected", "info_request_decided",
                                                   "info_request_reacted"};
    struct info_move *m = arg;
    struct info_request r = {0};
    struct calendar cal;
    TRY(info_get(tx, m->act.office_id, m->id, &r));
    TRY(calendar_load(tx, m->act.office_id, &cal));
    int64_t today = calendar_day_of(m->act.now_ms, cal.offset_min);
    m->refusal = info_may(&cal, m->what, today, &r);
    if (m->refusal.err != ERR_OK)
        return m->refusal.err;
    TRY(store(tx, m, calendar_day_text(db_conn_arena(tx), today)));
    bool coded = m->what == INFO_ANSWER || m->what == INFO_OBJECT; /* else it may name a person */
    return note(tx, &m->act, actions[m->what], r.id, coded ? m->choice : "");
}

enum err info_get(struct db_conn *conn, const char *office_id, const char *id,
                  struct info_request *ret)
{
    return db_one(conn, &info_select, DB_ARGS(db_text(office_id), db_text(id)), &info_record, ret);
}

enum err info_of_year(struct db_conn *conn, const char *office_id, int year,
                      struct info_request **ret, size_t *ret_count)
{
    return db_list(conn, &info_select_year, DB_ARGS(db_text(office_id), db_int(year)), &info_record,
                   SERVICE_YEAR_MAX, ret, ret_count);
}

enum err info_objections(struct db_conn *conn, const char *office_id, int year,
                         struct info_request **ret, size_t *ret_count)
{
    return db_list(conn, &info_select_objections, DB_ARGS(db_text(office_id), db_int(year)),
                   &info_record, SERVICE_YEAR_MAX, ret, ret_count);
}

enum err info_open(struct db_conn *conn, const char *office_id, struct info_request **ret,
                   size_t *ret_count)
{
    return db_list(conn, &info_select_open, DB_ARGS(db_text(office_id)), &info_record,
                   SERVICE_LIST_MAX, ret, ret_count);
}

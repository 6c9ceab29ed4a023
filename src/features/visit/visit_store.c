/* SQL of the visit: registering, reading, and the columns this feature owns. See visit.h. */
#include "features/visit/visit_store.h"

#include <string.h>

#include "features/audit/audit.h"
#include "lib/base/str.h"
#include "lib/counter/counter.h"
#include "lib/base/banned.h"

#define COLUMN(member, type) RECORD_COLUMN(struct visit, member, type, 0, NULL)

static const struct record_column visit_columns[] = {
    COLUMN(id, REC_TEXT),
    COLUMN(year, REC_INT),
    COLUMN(number, REC_INT),
    COLUMN(number_suffix, REC_TEXT),
    COLUMN(state, REC_TEXT),
    COLUMN(open, REC_INT),
    COLUMN(arrived_at, REC_TIME),
    COLUMN(due_at, REC_TIME),
    COLUMN(registered_at, REC_TIME),
    COLUMN(registered_by, REC_TEXT),
    COLUMN(late_reason, REC_TEXT),
    COLUMN(visitor_id, REC_TEXT),
    COLUMN(name, REC_TEXT),
    COLUMN(id_type, REC_TEXT),
    COLUMN(id_index, REC_BYTES),
    COLUMN(identity_sealed, REC_BYTES),
    COLUMN(visitor_kind, REC_TEXT),
    COLUMN(organization, REC_TEXT),
    COLUMN(companions, REC_TEXT),
    COLUMN(companion_count, REC_INT),
    COLUMN(guardian, REC_TEXT),
    COLUMN(priority, REC_TEXT),
    COLUMN(purpose, REC_TEXT),
    COLUMN(category, REC_TEXT),
    COLUMN(service, REC_TEXT),
    COLUMN(host, REC_TEXT),
    COLUMN(host_id, REC_TEXT),
    COLUMN(photo_id, REC_TEXT),
    COLUMN(no_photo_reason, REC_TEXT),
    COLUMN(accepted_warnings, REC_TEXT),
    COLUMN(badge, REC_TEXT),
    COLUMN(no_card_reason, REC_TEXT),
    COLUMN(room, REC_TEXT),
    COLUMN(call_number, REC_INT),
    COLUMN(notice_state, REC_TEXT),
    COLUMN(notice_reason, REC_TEXT),
    COLUMN(notice_at, REC_TIME),
    COLUMN(question_state, REC_TEXT),
    COLUMN(question_reason, REC_TEXT),
    COLUMN(question_at, REC_TIME),
    COLUMN(decision_state, REC_TEXT),
    COLUMN(decision_outcome, REC_TEXT),
    COLUMN(decision_by, REC_TEXT),
    COLUMN(decision_at, REC_TIME),
    COLUMN(decision_due_at, REC_TIME),
    COLUMN(ask_again_at, REC_TIME),
    COLUMN(receiver_id, REC_TEXT),
    COLUMN(received_at, REC_TIME),
    COLUMN(received_by, REC_TEXT),
    COLUMN(note_sealed, REC_BYTES),
    COLUMN(note_at, REC_TIME),
    COLUMN(complaint_sealed, REC_BYTES),
    COLUMN(leaving_at, REC_TIME),
    COLUMN(unreceived, REC_INT),
    COLUMN(end_reason, REC_TEXT),
    COLUMN(closed_at, REC_TIME),
};
const struct record visit_record = RECORD("VisitRow", struct visit, visit_columns);

static const struct record_column step_columns[] = {
    RECORD_COLUMN(struct visit_step, step, REC_INT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct visit_step, at, REC_TIME, RECORD_ALL, NULL),
    RECORD_COLUMN(struct visit_step, by_id, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct visit_step, skipped, REC_TEXT, RECORD_ALL, NULL),
};
static const struct record step_record = RECORD("VisitStep", struct visit_step, step_columns);

static const struct record_column visitor_columns[] = {
    RECORD_COLUMN(struct visitor, id, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct visitor, id_type, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct visitor, identity_sealed, REC_BYTES, 0, NULL),
    RECORD_COLUMN(struct visitor, name, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct visitor, organization, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct visitor, last_at, REC_TIME, 0, NULL),
    RECORD_COLUMN(struct visitor, visits, REC_INT, 0, NULL),
};
static const struct record visitor_record = RECORD("Visitor", struct visitor, visitor_columns);

DB_SQL(visit_select, "SELECT " VISIT_COLUMNS " FROM visit WHERE office_id = $1 AND id = $2");
DB_SQL(visit_insert,
       "INSERT INTO visit (office_id, " VISIT_COLUMNS
       ") VALUES ($1, $2, $3, $4, $5, 'registered', 1, "
       "$6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, "
       "$25, $26, $27, $28, $29, NULL, NULL, NULL, NULL, $30, $31, $32, 'none', NULL, NULL, "
       "'none', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, "
       "NULL)");
/* "+ 0" keeps an engine from walking an index in that order instead of looking the value up. */
DB_SQL(visit_inside, "SELECT " VISIT_COLUMNS " FROM visit WHERE office_id = $1 AND id_index = $2 "
                     "AND open = 1 ORDER BY arrived_at + 0 DESC LIMIT 1");
DB_SQL(visit_number_before, "SELECT number FROM visit WHERE office_id = $1 AND year = $2 "
                            "AND arrived_at + 0 <= $3 AND import_id IS NULL "
                            "ORDER BY number DESC LIMIT 1");
DB_SQL(visit_number_first, "SELECT number FROM visit WHERE office_id = $1 AND year = $2 "
                           "AND import_id IS NULL ORDER BY number LIMIT 1");
DB_SQL(visit_suffixes, "SELECT count(*) FROM visit WHERE office_id = $1 AND year = $2 "
                       "AND number = $3 AND number_suffix <> '' AND import_id IS NULL");
DB_SQL(
    visitor_upsert,
    "INSERT INTO visitor (office_id, id, id_index, id_type, identity_sealed, name, organization, "
    "photo_id, first_at, last_at, visits) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, 1) "
    "ON CONFLICT (office_id, id_index) DO UPDATE SET last_at = $9, visits = visitor.visits + 1 "
    "RETURNING id");
DB_SQL(visitor_refresh, "UPDATE visitor SET identity_sealed = COALESCE($3, identity_sealed), name "
                        "= $4, organization = $5, "
                        "photo_id = COALESCE($6, photo_id) WHERE office_id = $1 AND id = $2");
DB_SQL(visitor_by_document,
       "SELECT id, id_type, identity_sealed, name, organization, last_at, visits "
       "FROM visitor WHERE office_id = $1 AND id_index = $2");
DB_SQL(visitor_by_id, "SELECT id, id_type, identity_sealed, name, organization, last_at, visits "
                      "FROM visitor WHERE office_id = $1 AND id = $2");
DB_SQL(visitor_by_name, "SELECT id, id_type, identity_sealed, name, organization, last_at, visits "
                        "FROM visitor WHERE office_id = $1 AND lower(name) LIKE $2 ESCAPE '!' "
                        "ORDER BY last_at DESC LIMIT 8");
DB_SQL(step_insert,
       "INSERT INTO visit_step (office_id, visit_id, step, at, by_id, skipped) "
       "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (office_id, visit_id, step) DO NOTHING");
DB_SQL(step_select, "SELECT step, at, by_id, skipped FROM visit_step WHERE office_id = $1 "
                    "AND visit_id = $2 ORDER BY step");
DB_SQL(visit_wait, "UPDATE visit SET state = 'waiting', room = $3, call_number = $4 "
                   "WHERE office_id = $1 AND id = $2");
DB_SQL(visit_receive, "UPDATE visit SET state = 'received', received_at = $3, received_by = $4 "
                      "WHERE office_id = $1 AND id = $2");
DB_SQL(visit_note_put,
       "UPDATE visit SET note_sealed = $3, note_at = $4 WHERE office_id = $1 AND id = $2");
DB_SQL(visit_correct_put,
       "UPDATE visit SET name = $3, identity_sealed = $4, id_index = $5, organization = $6, "
       "purpose = $7, category = $8, service = $9, id_type = $10 WHERE office_id = $1 AND id = $2");
DB_SQL(correction_insert,
       "INSERT INTO correction (office_id, id, visit_id, field, old_sealed, "
       "new_sealed, reason, at, by_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
DB_SQL(visit_list_open, "SELECT " VISIT_COLUMNS " FROM visit WHERE office_id = $1 AND open = 1 "
                        "ORDER BY arrived_at, id LIMIT $2");
DB_SQL(visit_list_page,
       "SELECT " VISIT_COLUMNS " FROM visit WHERE office_id = $1 AND arrived_at >= $2 "
       "AND arrived_at < $3 AND (arrived_at < $4 OR (arrived_at = $4 AND id < $5)) "
       "AND (CAST($6 AS TEXT) IS NULL OR state = $6) "
       "AND (CAST($7 AS TEXT) IS NULL OR lower(name) LIKE $7 ESCAPE '!' OR upper(badge) = $8 "
       "OR CAST(number AS TEXT) || number_suffix = $8) "
       "ORDER BY arrived_at DESC, id DESC LIMIT $9");
DB_SQL(visit_count_day, "SELECT count(*) FROM visit WHERE office_id = $1 AND arrived_at >= $2 "
                        "AND arrived_at < $3 AND state = 'closed'");
DB_SQL(visit_photo_count, "SELECT count(*) FROM visit WHERE office_id = $1 AND photo_id = $2 "
                          "AND photo_id IS NOT NULL");
DB_SQL(
    visit_figures,
    "SELECT count(*) AS received, sum(CASE WHEN received_at <= due_at THEN 1 ELSE 0 END) AS kept "
    "FROM visit WHERE office_id = $1 AND arrived_at >= $2 AND arrived_at < $3 "
    "AND received_at IS NOT NULL AND late_reason IS NULL");

const struct db_sql *const visit_statements[] = {
    &visit_select,        &visit_insert,      &visit_inside,      &visit_number_before,
    &visit_number_first,  &visit_suffixes,    &visitor_upsert,    &visitor_refresh,
    &visitor_by_document, &visitor_by_id,     &visitor_by_name,   &step_insert,
    &step_select,         &visit_wait,        &visit_receive,     &visit_note_put,
    &visit_correct_put,   &correction_insert, &visit_list_open,   &visit_list_page,
    &visit_count_day,     &visit_figures,     &visit_photo_count, NULL};

enum err visit_get(struct db_conn *conn, const char *office_id, const char *id, struct visit *ret)
{
    return db_one(conn, &visit_select, DB_ARGS(db_text(office_id), db_text(id)), &visit_record, ret);
}

enum err visit_steps(struct db_conn *conn, const char *office_id, const char *visit_id,
                     struct visit_step **ret, size_t *ret_count)
{
    return db_list(conn, &step_select, DB_ARGS(db_text(office_id), db_text(visit_id)), &step_record,
                   9, ret, ret_count);
}

enum err visit_step_done(struct db_conn *tx, const struct visit_act *act, const char *visit_id,
                         int step, int64_t at, const char *skipped)
{
    return db_run(tx, &step_insert,
                  DB_ARGS(db_text(act->office_id), db_text(visit_id), db_int(step), db_int(at),
                          db_text(act->actor_id), db_text(skipped)),
                  NULL);
}

enum err visit_log(struct db_conn *tx, const struct visit_act *act, const char *visit_id,
                   const char *action, const char *detail)
{
    return visit_act_log(tx, act,
                         (struct audit_new){.action = action,
                                            .subject_kind = "visit",
                                            .subject_id = visit_id,
                                            .detail = detail ? detail : ""});
}

enum err visit_act_log(struct db_conn *tx, const struct visit_act *act, struct audit_new entry)
{
    entry.office_id = act->office_id;
    entry.at = act->now_ms;
    entry.actor_kind = act->actor_kind;
    entry.actor_id = act->actor_id;
    return audit_append(tx, &entry, NULL);
}

/* A late entry stands behind the last guest who had come by then: 70A after 70. One from before the first
 * guest of the year stands behind him too; only in a book without any entry it takes a number of its own. */
static enum err take_number(struct db_conn *tx, struct visit_registration *r)
{
    struct visit *v = &r->visit;
    v->number_suffix = "";
    enum err e = ERR_MISSING;
    if (v->late_reason)
        e = db_number(tx, &visit_number_before,
                      DB_ARGS(db_text(r->act.office_id), db_int(v->year), db_int(v->arrived_at)),
                      &v->number);
    if (v->late_reason && e == ERR_MISSING)
        e = db_number(tx, &visit_number_first, DB_ARGS(db_text(r->act.office_id), db_int(v->year)),
                      &v->number);
    if (e == ERR_MISSING)
        return counter_next_of_year(tx, r->act.office_id, "visit", v->year, &v->number);
    if (e != ERR_OK)
        return e;
    int64_t used = 0;
    TRY(db_number(tx, &visit_suffixes,
                  DB_ARGS(db_text(r->act.office_id), db_int(v->year), db_int(v->number)), &used));
    v->number_suffix = counter_suffix(db_conn_arena(tx), used);
    return ERR_OK;
}

enum err visit_inside_of(struct db_conn *conn, const char *office_id, struct bytes id_index,
                         struct visit *ret)
{
    return db_one(conn, &visit_inside, DB_ARGS(db_text(office_id), db_bytes(id_index)),
                  &visit_record, ret);
}

static enum err keep_visitor(struct db_conn *tx, struct visit_registration *r)
{
    struct visit *v = &r->visit;
    const char *office = r->act.office_id;
    struct visitor stored = {0};
    enum err e = db_one(tx, &visitor_upsert,
                        DB_ARGS(db_text(office), db_text(r->visitor_id), db_bytes(v->id_index),
                                db_text(v->id_type), db_bytes(r->visitor_identity),
                                db_text(v->name), db_text(v->organization), db_text(v->photo_id),
                                db_int(r->act.now_ms)),
                        &visitor_record, &stored);
    if (e != ERR_OK)
        return e;
    v->visitor_id = stored.id;
    if (str_eq(stored.id, r->visitor_id))
        return ERR_OK;
    return db_run(tx, &visitor_refresh,
                  DB_ARGS(db_text(office), db_text(stored.id), db_bytes(r->known_identity),
                          db_text(v->name), db_text(v->organization), db_text(v->photo_id)),
                  NULL);
}

static enum err insert_visit(struct db_conn *tx, struct visit_registration *r)
{
    struct visit *v = &r->visit;
    v->state = "registered";
    v->open = 1;
    v->notice_reason = notice_unsent_reason(&r->notice);
    v->notice_state = v->notice_reason ? "none" : "queued";
    v->notice_at = r->act.now_ms;
    v->question_state = v->decision_state = "none";
    return db_run(
        tx, &visit_insert,
        DB_ARGS(db_text(r->act.office_id), db_text(v->id), db_int(v->year), db_int(v->number),
                db_text(v->number_suffix), db_int(v->arrived_at), db_int(v->due_at),
                db_int(v->registered_at), db_text(v->registered_by), db_text(v->late_reason),
                db_text(v->visitor_id), db_text(v->name), db_text(v->id_type),
                db_bytes(v->id_index), db_bytes(v->identity_sealed), db_text(v->visitor_kind),
                db_text(v->organization), db_text(v->companions), db_int(v->companion_count),
                db_text(v->guardian), db_text(v->priority), db_text(v->purpose),
                db_text(v->category), db_text(v->service), db_text(v->host), db_text(v->host_id),
                db_text(v->photo_id), db_text(v->no_photo_reason), db_text(v->accepted_warnings),
                db_text(v->notice_state), db_text(v->notice_reason), db_int(v->notice_at)),
        NULL);
}

/* The document is inside already: refused unless an officer said by name that this is right. */
static enum err check_inside(struct db_conn *tx, struct visit_registration *r)
{
    if (r->accept_inside)
        return ERR_OK;
    struct visit inside = {0};
    enum err e = visit_inside_of(tx, r->act.office_id, r->visit.id_index, &inside);
    if (e == ERR_MISSING)
        return ERR_OK;
    if (e != ERR_OK)
        return e;
    r->refusal = visit_refuse_inside(db_conn_arena(tx), &inside);
    return ERR_CONFLICT;
}

enum err visit_register(struct db_conn *tx, void *arg)
{
    struct visit_registration *r = arg;
    r->refusal = (struct refusal){.err = ERR_OK};
    TRY(replay_find(tx, &r->replay, &r->replayed, &r->subject_id, &r->status, &r->refusal));
    if (r->replayed)
        return ERR_OK;
    TRY(check_inside(tx, r));
    TRY(keep_visitor(tx, r));
    TRY(take_number(tx, r));
    TRY(insert_visit(tx, r));
    TRY(visit_step_done(tx, &r->act, r->visit.id, 1, r->visit.arrived_at, NULL));
    TRY(visit_step_done(tx, &r->act, r->visit.id, 2, r->act.now_ms, NULL));
    TRY(notice_queue_with(tx, &r->act, r->visit.id, &r->notice));
    r->subject_id = r->visit.id;
    r->status = 201;
    TRY(replay_keep(tx, &r->replay, r->visit.id, r->status, r->act.now_ms));
    return visit_log(tx, &r->act, r->visit.id, "visit_registered", r->detail);
}

/* --- the visitor as remembered --------------------------------------------------------------- */

enum err visitor_find(struct db_conn *conn, const char *office_id, struct bytes id_index,
                      struct visitor *ret)
{
    return db_one(conn, &visitor_by_document, DB_ARGS(db_text(office_id), db_bytes(id_index)),
                  &visitor_record, ret);
}

enum err visitor_get(struct db_conn *conn, const char *office_id, const char *id,
                     struct visitor *ret)
{
    return db_one(conn, &visitor_by_id, DB_ARGS(db_text(office_id), db_text(id)), &visitor_record,
                  ret);
}

enum err visitor_search(struct db_conn *conn, const char *office_id, const char *pattern,
                        struct visitor **ret, size_t *ret_count)
{
    return db_list(conn, &visitor_by_name, DB_ARGS(db_text(office_id), db_text(pattern)),
                   &visitor_record, 8, ret, ret_count);
}

/* --- steps 4 and 7 ---------------------------------------------------------------------------- */

/* What every step's transaction does first: was it done before, and what is the visit now? */
static enum err begin_step(struct db_conn *tx, struct visit_change *c)
{
    c->refusal = (struct refusal){.err = ERR_OK};
    const char *subject = NULL;
    TRY(replay_find(tx, &c->replay, &c->replayed, &subject, &c->status, &c->refusal));
    if (c->replayed)
        return ERR_OK;
    c->status = 200;
    return visit_get(tx, c->act.office_id, c->visit_id, &c->visit);
}

static enum err end_step(struct db_conn *tx, struct visit_change *c, const char *action,
                         const char *detail)
{
    TRY(replay_keep(tx, &c->replay, c->visit_id, c->status, c->act.now_ms));
    return visit_log(tx, &c->act, c->visit_id, action, detail);
}

enum err visit_to_room(struct db_conn *tx, void *arg)
{
    struct visit_room *r = arg;
    struct visit_change *c = &r->change;
    TRY(begin_step(tx, c));
    if (c->replayed)
        return ERR_OK;
    c->refusal = visit_may_wait(&c->visit);
    if (c->refusal.err != ERR_OK)
        return c->refusal.err;
    int64_t call = c->visit.call_number;
    if (!call)
        TRY(counter_next(tx, c->act.office_id, "call", r->day, &call));
    TRY(db_run(
        tx, &visit_wait,
        DB_ARGS(db_text(c->act.office_id), db_text(c->visit_id), db_text(r->room), db_int(call)),
        NULL));
    TRY(visit_step_done(tx, &c->act, c->visit_id, 4, c->act.now_ms, NULL));
    return end_step(tx, c, "visit_waiting",
                    arena_printf(db_conn_arena(tx), "room=%s call=%lld", r->room, (long long)call));
}

enum err visit_to_receive(struct db_conn *tx, void *arg)
{
    struct visit_reception *r = arg;
    struct visit_change *c = &r->change;
    TRY(begin_step(tx, c));
    if (c->replayed)
        return ERR_OK;
    c->refusal = visit_may_receive(&c->visit, r->desk, c->act.actor_id);
    if (c->refusal.err != ERR_OK)
        return c->refusal.err;
    TRY(db_run(tx, &visit_receive,
               DB_ARGS(db_text(c->act.office_id), db_text(c->visit_id), db_int(c->act.now_ms),
                       db_text(c->visit.receiver_id)),
               NULL));
    TRY(visit_step_done(tx, &c->act, c->visit_id, 7, c->act.now_ms, NULL));
    return end_step(
        tx, c, "visit_received",
        arena_printf(db_conn_arena(tx), "receiver=%s", str_or(c->visit.receiver_id, "")));
}

enum err visit_to_note(struct db_conn *tx, void *arg)
{
    struct visit_noting *n = arg;
    struct visit_change *c = &n->change;
    TRY(begin_step(tx, c));
    if (c->replayed)
        return ERR_OK;
    c->refusal = visit_may_note(&c->visit);
    if (c->refusal.err != ERR_OK)
        return c->refusal.err;
    TRY(db_run(tx, &visit_note_put,
               DB_ARGS(db_text(c->act.office_id), db_text(c->visit_id), db_bytes(n->sealed),
                       db_int(c->act.now_ms)),
               NULL));
    return end_step(tx, c, "visit_note", "");
}

/* --- correction --------------------------------------------------------------------------------- */

/* The right number is that of a guest who is inside already: one of the two visits must end first. */
static enum err check_other_inside(struct db_conn *tx, struct visit_correction *k)
{
    const struct visit *seen = &k->change.visit, *after = &k->after;
    bool other = after->id_index.n != seen->id_index.n ||
                 memcmp(after->id_index.p, seen->id_index.p, seen->id_index.n) != 0;
    if (!seen->open || !other)
        return ERR_OK;
    struct visit inside = {0};
    enum err e = visit_inside_of(tx, k->change.act.office_id, after->id_index, &inside);
    if (e == ERR_MISSING)
        return ERR_OK;
    if (e != ERR_OK)
        return e;
    k->change.refusal = visit_refuse_inside(db_conn_arena(tx), &inside);
    return ERR_CONFLICT;
}

enum err visit_to_correct(struct db_conn *tx, void *arg)
{
    struct visit_correction *k = arg;
    struct visit_change *c = &k->change;
    TRY(begin_step(tx, c));
    if (c->replayed)
        return ERR_OK;
    /* The new values were made from the visit as read before: another correction in between wins. */
    bool same = c->visit.identity_sealed.n == k->seen.identity_sealed.n &&
                memcmp(c->visit.identity_sealed.p, k->seen.identity_sealed.p,
                       k->seen.identity_sealed.n) == 0 &&
                str_eq(c->visit.name, k->seen.name) && str_eq(c->visit.purpose, k->seen.purpose) &&
                str_eq(c->visit.organization, k->seen.organization) &&
                str_eq(c->visit.category, k->seen.category) &&
                str_eq(c->visit.service, k->seen.service);
    if (!same) {
        c->refusal = (struct refusal){
            .err = ERR_CONFLICT,
            .code = "changed_meanwhile",
            .msgid = T("Data ini baru saja diubah petugas lain. Periksa lagi, lalu ulangi.")};
        return ERR_CONFLICT;
    }
    const struct visit *v = &k->after;
    TRY(check_other_inside(tx, k));
    TRY(db_run(tx, &visit_correct_put,
               DB_ARGS(db_text(c->act.office_id), db_text(c->visit_id), db_text(v->name),
                       db_bytes(v->identity_sealed), db_bytes(v->id_index),
                       db_text(v->organization), db_text(v->purpose), db_text(v->category),
                       db_text(v->service), db_text(v->id_type)),
               NULL));
    TRY(db_run(tx, &correction_insert,
               DB_ARGS(db_text(c->act.office_id), db_text(k->correction_id), db_text(c->visit_id),
                       db_text(k->field), db_bytes(k->old_sealed), db_bytes(k->new_sealed),
                       db_text(k->reason), db_int(c->act.now_ms), db_text(c->act.actor_id)),
               NULL));
    return end_step(tx, c, "visit_corrected", arena_printf(db_conn_arena(tx), "field=%s", k->field));
}

/* --- lists ---------------------------------------------------------------------------------------- */

enum err visit_open_list(struct db_conn *conn, const char *office_id, size_t max,
                         struct visit **ret, size_t *ret_count)
{
    return db_list(conn, &visit_list_open, DB_ARGS(db_text(office_id), db_int((int64_t)max)),
                   &visit_record, max, ret, ret_count);
}

enum err visit_page_list(struct db_conn *conn, const struct visit_query *q, struct visit **ret,
                         size_t *ret_count)
{
    return db_list(conn, &visit_list_page,
                   DB_ARGS(db_text(q->office_id), db_int(q->from_ms), db_int(q->to_ms),
                           db_int(q->before_ms), db_text(q->before_id), db_text(q->state),
                           db_text(q->name_pattern), db_text(q->label), db_int((int64_t)q->limit)),
                   &visit_record, q->limit, ret, ret_count);
}

enum err visit_closed_count(struct db_conn *conn, const char *office_id, int64_t from_ms,
                            int64_t to_ms, int64_t *ret)
{
    return db_number(conn, &visit_count_day,
                     DB_ARGS(db_text(office_id), db_int(from_ms), db_int(to_ms)), ret);
}

enum err visit_names_photo(struct db_conn *conn, const char *office_id, const char *photo_id,
                           bool *ret)
{
    int64_t count = 0;
    TRY(db_number(conn, &visit_photo_count, DB_ARGS(db_text(office_id), db_text(photo_id)), &count));
    *ret = count > 0;
    return ERR_OK;
}

enum err visit_day_figures(struct db_conn *conn, const char *office_id, int64_t from_ms,
                           int64_t to_ms, struct visit_day *ret)
{
    static const struct record_column columns[] = {
        RECORD_COLUMN(struct visit_day, received, REC_INT, RECORD_ALL, NULL),
        RECORD_COLUMN(struct visit_day, kept, REC_INT, RECORD_ALL, NULL),
    };
    static const struct record record = RECORD("VisitDay", struct visit_day, columns);
    return db_one(conn, &visit_figures, DB_ARGS(db_text(office_id), db_int(from_ms), db_int(to_ms)),
                  &record, ret);
}

/* Sessions and tokens in the database. Only keyed hashes of cookies and tokens are stored; a person's
 * secret key lies in the session row wrapped by the cookie. Hashing and wrapping: session_web_auth.c. */
#include "features/staff/staff_store.h"

#include "lib/base/str.h"

#include "lib/base/banned.h"

#define SESSIONS_MAX 200

static const struct record_column caller_columns[] = {
    RECORD_COLUMN(struct caller, id, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct caller, office_id, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct caller, staff_id, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct caller, lang, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct caller, name, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct caller, username, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct caller, office_name, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct caller, seen_at, REC_TIME, 0, NULL),
    RECORD_COLUMN(struct caller, expires_at, REC_TIME, 0, NULL),
    RECORD_COLUMN(struct caller, roles, REC_INT, 0, NULL),
    RECORD_COLUMN(struct caller, offset_min, REC_INT, 0, NULL),
    RECORD_COLUMN(struct caller, key_trusted_at, REC_TIME, 0, NULL),
    RECORD_COLUMN(struct caller, seq, REC_INT, 0, NULL),
    RECORD_COLUMN(struct caller, wrapped_key, REC_BYTES, 0, NULL),
    RECORD_COLUMN(struct caller, public_key, REC_BYTES, 0, NULL),
};
static const struct record caller_record = RECORD("Caller", struct caller, caller_columns);

static const struct record_column staff_session_columns[] = {
    RECORD_COLUMN(struct staff_session, id, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct staff_session, created_at, REC_TIME, RECORD_ALL, T("Masuk")),
    RECORD_COLUMN(struct staff_session, seen_at, REC_TIME, RECORD_ALL, T("Terakhir dipakai")),
    RECORD_COLUMN(struct staff_session, expires_at, REC_TIME, RECORD_ALL, T("Berakhir")),
};
const struct record staff_session_record = RECORD("Session", struct staff_session,
                                                  staff_session_columns);

/* The cookie does not name its office: this installation's one does, joined here so that a request costs
 * one statement. CROSS JOIN: the office comes first in every index, and SQLite keeps this order. */
DB_SQL(session_select_caller,
       "SELECT s.id, s.office_id, s.staff_id, s.lang, s.seen_at, s.expires_at, s.wrapped_key,"
       " p.name, p.username, p.roles, p.public_key, p.key_trusted_at, o.offset_min,"
       " o.name AS office_name, h.seq"
       " FROM office o CROSS JOIN session s CROSS JOIN staff p CROSS JOIN audit_head h"
       " WHERE s.office_id = o.office_id AND s.secret_hash = $1 AND h.office_id = o.office_id"
       " AND p.office_id = s.office_id AND p.id = s.staff_id"
       " AND s.ended_at IS NULL AND p.disabled_at IS NULL");
DB_SQL(token_select_caller,
       "SELECT t.id, t.office_id, t.staff_id, p.name, p.username, p.roles, o.offset_min,"
       " o.name AS office_name, h.seq"
       " FROM office o CROSS JOIN token t CROSS JOIN staff p CROSS JOIN audit_head h"
       " WHERE t.office_id = o.office_id AND t.secret_hash = $1 AND h.office_id = o.office_id"
       " AND p.office_id = t.office_id AND p.id = t.staff_id"
       " AND t.revoked_at IS NULL AND p.disabled_at IS NULL");
DB_SQL(session_insert,
       "INSERT INTO session (office_id, id, secret_hash, staff_id, lang, wrapped_key, created_at,"
       " seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)");
DB_SQL(session_update_seen, "UPDATE session SET seen_at = $3 WHERE office_id = $1 AND id = $2"
                            " AND ended_at IS NULL AND seen_at < $3");
DB_SQL(session_update_lang, "UPDATE session SET lang = $3 WHERE office_id = $1 AND id = $2");
DB_SQL(session_update_ended, "UPDATE session SET ended_at = $4, wrapped_key = NULL"
                             " WHERE office_id = $1 AND id = $2 AND staff_id = $3"
                             " AND ended_at IS NULL");
DB_SQL(session_update_key, "UPDATE session SET wrapped_key = $3 WHERE office_id = $1 AND id = $2"
                           " AND ended_at IS NULL");
DB_SQL(session_select_open,
       "SELECT id, created_at, seen_at, expires_at FROM session"
       " WHERE office_id = $1 AND staff_id = $2 AND ended_at IS NULL"
       " AND expires_at > $3 AND seen_at > $4 ORDER BY created_at DESC, id DESC");
DB_SQL(session_delete_old, "DELETE FROM session WHERE office_id = $1 AND staff_id = $2"
                           " AND (ended_at IS NOT NULL OR expires_at < $3)");
DB_SQL(token_insert, "INSERT INTO token (office_id, id, secret_hash, staff_id, label, created_at)"
                     " VALUES ($1, $2, $3, $4, $5, $6)");

const struct db_sql *const session_statements[] = {
    &session_select_caller,
    &token_select_caller,
    &session_insert,
    &session_update_seen,
    &session_update_lang,
    &session_update_ended,
    &session_select_open,
    &session_delete_old,
    &session_update_key,
    &token_insert,
    NULL,
};

enum err session_caller(struct db_conn *conn, struct bytes secret_hash, struct caller *ret)
{
    return db_one(conn, &session_select_caller, DB_ARGS(db_bytes(secret_hash)), &caller_record, ret);
}

enum err token_caller(struct db_conn *conn, struct bytes secret_hash, struct caller *ret)
{
    return db_one(conn, &token_select_caller, DB_ARGS(db_bytes(secret_hash)), &caller_record, ret);
}

/* --- transactions ------------------------------------------------------------------------------------- */

enum err session_seen_tx(struct db_conn *tx, void *arg)
{
    struct session_act *a = arg;
    return db_run(tx, &session_update_seen,
                  DB_ARGS(db_text(a->office_id), db_text(a->id), db_int(a->now_ms)), NULL);
}

enum err session_audit_tx(struct db_conn *tx, void *arg)
{
    struct session_act *a = arg;
    return audit_append(tx, &a->audit, NULL);
}

enum err session_key_tx(struct db_conn *tx, void *arg)
{
    struct session_act *a = arg;
    int64_t changed = 0;
    TRY(db_run(tx, &session_update_key,
               DB_ARGS(db_text(a->office_id), db_text(a->id), db_bytes(a->wrapped)), &changed));
    return changed ? audit_append(tx, &a->audit, NULL) : ERR_MISSING;
}

enum err session_begin_tx(struct db_conn *tx, void *arg)
{
    struct session_act *a = arg;
    struct db_arg office = db_text(a->office_id), staff = db_text(a->staff_id),
                  now = db_int(a->now_ms);
    /* What is over is of no use any more: the audit has the logins. */
    TRY(db_run(tx, &session_delete_old, DB_ARGS(office, staff, now), NULL));
    if (a->old_session)
        TRY(db_run(tx, &session_update_ended,
                   DB_ARGS(office, db_text(a->old_session), db_text(a->old_staff), now), NULL));
    TRY(db_run(tx, &session_insert,
               DB_ARGS(office, db_text(a->id), db_bytes(a->secret_hash), staff, db_text(a->lang),
                       db_bytes(a->wrapped), now, db_int(a->now_ms + SESSION_MAX_MS)),
               NULL));
    return audit_append(tx, &a->audit, NULL);
}

enum err token_create_tx(struct db_conn *tx, void *arg)
{
    struct token_act *a = arg;
    TRY(db_run(tx, &token_insert,
               DB_ARGS(db_text(a->office_id), db_text(a->id), db_bytes(a->secret_hash),
                       db_text(a->staff_id), db_text(a->label), db_int(a->now_ms)),
               NULL));
    return audit_append(tx, &a->audit, NULL);
}

/* --- the end of sessions, language, the list of one's own --------------------------------------------- */

static enum err end_in_tx(struct db_conn *tx, void *arg)
{
    struct session_act *a = arg;
    int64_t changed = 0;
    TRY(db_run(
        tx, &session_update_ended,
        DB_ARGS(db_text(a->office_id), db_text(a->id), db_text(a->staff_id), db_int(a->now_ms)),
        &changed));
    return changed ? audit_append(tx, &a->audit, NULL) : ERR_MISSING;
}

static enum err end_session(struct cx *cx, const char *session_id, const char *action)
{
    struct session_act a = {
        .office_id = cx->actor.office_id,
        .id = session_id,
        .staff_id = cx->actor.id,
        .now_ms = cx->now_ms,
        .audit = {.office_id = cx->actor.office_id,
                  .at = cx->now_ms,
                  .actor_kind = audit_actor_kind(cx),
                  .actor_id = cx->actor.id,
                  .action = action,
                  .subject_kind = "staff",
                  .subject_id = cx->actor.id,
                  .detail = ""},
    };
    return db_tx(cx, "session_end", end_in_tx, &a);
}

enum err staff_logout(struct cx *cx)
{
    enum err e = end_session(cx, cx->actor.session_id, "logout");
    return e == ERR_MISSING ? ERR_OK : e; /* ended meanwhile: what was asked for is done */
}

enum err staff_session_end(struct cx *cx, const char *session_id)
{
    return end_session(cx, session_id, "session_ended");
}

enum err staff_sessions(struct db_conn *conn, const char *office_id, const char *staff_id,
                        int64_t now_ms, struct staff_session **ret, size_t *ret_count)
{
    /* The widest idle time; the account's own may be shorter, which costs a row too many in the list. */
    return db_list(conn, &session_select_open,
                   DB_ARGS(db_text(office_id), db_text(staff_id), db_int(now_ms),
                           db_int(now_ms - staff_idle_ms(0))),
                   &staff_session_record, SESSIONS_MAX, ret, ret_count);
}

static enum err lang_in_tx(struct db_conn *tx, void *arg)
{
    struct session_act *a = arg;
    return db_run(tx, &session_update_lang,
                  DB_ARGS(db_text(a->office_id), db_text(a->id), db_text(a->lang)), NULL);
}

enum err staff_set_lang(struct cx *cx, enum lang lang)
{
    cx->lang = lang;
    if (cx->actor.kind != ACTOR_USER)
        return ERR_OK;
    struct session_act a = {.office_id = cx->actor.office_id,
                            .id = cx->actor.session_id,
                            .lang = lang == LANG_EN ? "en" : "id"};
    return db_tx(cx, "session_lang", lang_in_tx, &a);
}

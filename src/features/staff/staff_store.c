/* Accounts in the database: who works here, with which roles, telephone and keys. Telephone numbers are
 * sealed and found by a blind index; a person's secret key lies there only under the password.
 * Hashes and keys are made before a transaction begins, in staff_web_account.c; sessions and tokens are
 * in session_store.c. */
#include "features/staff/staff_store.h"

#include <string.h>

#include "features/audit/audit.h"
#include "lib/base/str.h"

#include "lib/base/banned.h"

#define STAFF_MAX 2000 /* accounts of one office: a ceiling, not a page */

static const struct record_column staff_columns[] = {
    RECORD_COLUMN(struct staff, id, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct staff, username, REC_TEXT, RECORD_ALL, T("Nama pengguna")),
    RECORD_COLUMN(struct staff, name, REC_TEXT, RECORD_ALL, T("Nama")),
    RECORD_COLUMN(struct staff, title, REC_TEXT, RECORD_ALL, T("Jabatan")),
    RECORD_COLUMN(struct staff, rank, REC_TEXT, RECORD_ALL, T("Pangkat/golongan")),
    RECORD_COLUMN(struct staff, nip, REC_TEXT, RECORD_ALL, T("NIP")),
    RECORD_COLUMN(struct staff, section, REC_TEXT, RECORD_ALL, T("Bidang")),
    RECORD_COLUMN(struct staff, roles, REC_INT, 0, NULL),
    RECORD_COLUMN(struct staff, phone_sealed, REC_BYTES, 0, NULL),
    RECORD_COLUMN(struct staff, whatsapp_user_id, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct staff, last_inbound_at, REC_TIME, 0, NULL),
    RECORD_COLUMN(struct staff, password_hash, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct staff, public_key, REC_BYTES, 0, NULL),
    RECORD_COLUMN(struct staff, wrapped_key, REC_BYTES, 0, NULL),
    RECORD_COLUMN(struct staff, key_trusted_at, REC_TIME, RECORD_ALL, T("Kunci dipercayai")),
    RECORD_COLUMN(struct staff, key_trusted_by, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct staff, created_at, REC_TIME, RECORD_ALL, T("Dibuat")),
    RECORD_COLUMN(struct staff, disabled_at, REC_TIME, RECORD_ALL, T("Dinonaktifkan")),
};
const struct record staff_record = RECORD("Staff", struct staff, staff_columns);

#define STAFF_COLUMNS                                                                              \
    "id, username, name, title, rank, nip, section, roles, phone_sealed, whatsapp_user_id, "       \
    "last_inbound_at, password_hash, public_key, wrapped_key, key_trusted_at, key_trusted_by, "    \
    "created_at, disabled_at"

DB_SQL(staff_select, "SELECT " STAFF_COLUMNS " FROM staff WHERE office_id = $1 AND id = $2");
DB_SQL(staff_select_username,
       "SELECT " STAFF_COLUMNS " FROM staff WHERE office_id = $1 AND username = $2");
DB_SQL(staff_select_post, "SELECT " STAFF_COLUMNS " FROM staff WHERE office_id = $1"
                          " AND (roles & $2) <> 0 AND disabled_at IS NULL"
                          " ORDER BY created_at, id LIMIT 1");
DB_SQL(staff_select_phone, "SELECT " STAFF_COLUMNS " FROM staff WHERE office_id = $1"
                           " AND phone_index = $2 AND disabled_at IS NULL"
                           " ORDER BY created_at, id LIMIT 1");
DB_SQL(staff_select_whatsapp, "SELECT " STAFF_COLUMNS " FROM staff WHERE office_id = $1"
                              " AND whatsapp_user_id = $2 AND disabled_at IS NULL"
                              " ORDER BY created_at, id LIMIT 1");
DB_SQL(staff_select_active, "SELECT " STAFF_COLUMNS " FROM staff WHERE office_id = $1"
                            " AND disabled_at IS NULL ORDER BY name, id");
DB_SQL(staff_select_page,
       "SELECT " STAFF_COLUMNS " FROM staff WHERE office_id = $1 AND ($2 = '' OR"
       " (name, id) > (SELECT c.name, c.id FROM staff c WHERE c.office_id = $1 AND c.id = $2))"
       " ORDER BY name, id LIMIT $3");
DB_SQL(staff_select_name, "SELECT name FROM staff WHERE office_id = $1 AND id = $2");
DB_SQL(staff_insert,
       "INSERT INTO staff (office_id, id, username, name, title, rank, nip, roles, section,"
       " phone_sealed, phone_index, password_hash, public_key, wrapped_key, created_at,"
       " key_trusted_at, key_trusted_by)"
       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)");
DB_SQL(staff_update_row, "UPDATE staff SET name = $3, title = $4, rank = $5, nip = $6, roles = $7,"
                         " section = $8, phone_sealed = $9, phone_index = $10"
                         " WHERE office_id = $1 AND id = $2");
DB_SQL(staff_update_disabled, "UPDATE staff SET disabled_at = $3 WHERE office_id = $1 AND id = $2");
DB_SQL(staff_update_keys, "UPDATE staff SET password_hash = $3, public_key = $4, wrapped_key = $5,"
                          " key_trusted_at = NULL, key_trusted_by = NULL"
                          " WHERE office_id = $1 AND id = $2");
DB_SQL(staff_update_password, "UPDATE staff SET password_hash = $3, wrapped_key = $4"
                              " WHERE office_id = $1 AND id = $2 AND public_key = $5");
DB_SQL(staff_key_trust, "UPDATE staff SET key_trusted_at = $3, key_trusted_by = $4"
                        " WHERE office_id = $1 AND id = $2");
DB_SQL(staff_count_trusted, "SELECT count(*) FROM staff WHERE office_id = $1 AND (roles & $2) <> 0"
                            " AND disabled_at IS NULL AND key_trusted_at IS NOT NULL");
DB_SQL(staff_end_sessions, "UPDATE session SET ended_at = $3, wrapped_key = NULL"
                           " WHERE office_id = $1 AND staff_id = $2 AND ended_at IS NULL");
DB_SQL(staff_end_other_sessions, "UPDATE session SET ended_at = $3, wrapped_key = NULL"
                                 " WHERE office_id = $1 AND staff_id = $2 AND ended_at IS NULL"
                                 " AND id <> $4");
DB_SQL(staff_count_role, "SELECT count(*) FROM staff WHERE office_id = $1 AND (roles & $2) <> 0"
                         " AND disabled_at IS NULL AND id <> $3");

const struct db_sql *const staff_statements[] = {
    &staff_select,
    &staff_select_username,
    &staff_select_post,
    &staff_select_phone,
    &staff_select_whatsapp,
    &staff_select_active,
    &staff_select_page,
    &staff_select_name,
    &staff_insert,
    &staff_update_row,
    &staff_update_disabled,
    &staff_update_keys,
    &staff_update_password,
    &staff_key_trust,
    &staff_count_trusted,
    &staff_end_sessions,
    &staff_end_other_sessions,
    &staff_count_role,
    NULL,
};

/* --- reading ------------------------------------------------------------------------------------------ */

enum err staff_get(struct db_conn *conn, const char *office_id, const char *id, struct staff *ret)
{
    return db_one(conn, &staff_select, DB_ARGS(db_text(office_id), db_text(id)), &staff_record, ret);
}

enum err staff_by_username(struct db_conn *conn, const char *office_id, const char *username,
                           struct staff *ret)
{
    return db_one(conn, &staff_select_username, DB_ARGS(db_text(office_id), db_text(username)),
                  &staff_record, ret);
}

enum err staff_of_post(struct db_conn *conn, const char *office_id, uint32_t role, struct staff *ret)
{
    return db_one(conn, &staff_select_post, DB_ARGS(db_text(office_id), db_int(role)),
                  &staff_record, ret);
}

enum err staff_by_whatsapp_id(struct db_conn *conn, const char *office_id, const char *user_id,
                              struct staff *ret)
{
    return db_one(conn, &staff_select_whatsapp, DB_ARGS(db_text(office_id), db_text(user_id)),
                  &staff_record, ret);
}

enum err staff_by_phone_index(struct db_conn *conn, const char *office_id, struct bytes index,
                              struct staff *ret)
{
    return db_one(conn, &staff_select_phone, DB_ARGS(db_text(office_id), db_bytes(index)),
                  &staff_record, ret);
}

enum err staff_list(struct db_conn *conn, const char *office_id, struct staff **ret,
                    size_t *ret_count)
{
    return db_list(conn, &staff_select_active, DB_ARGS(db_text(office_id)), &staff_record,
                   STAFF_MAX, ret, ret_count);
}

enum err staff_page(struct db_conn *conn, const char *office_id, const char *cursor, int64_t limit,
                    struct staff **ret, size_t *ret_count)
{
    return db_list(conn, &staff_select_page,
                   DB_ARGS(db_text(office_id), db_text(cursor), db_int(limit)), &staff_record,
                   STAFF_MAX, ret, ret_count);
}

enum err staff_count_readers(struct db_conn *conn, const char *office_id, int64_t *ret_trusted,
                             int64_t *ret_waiting)
{
    int64_t leaders = 0, takers = 0, trusted_takers = 0;
    struct db_arg office = db_text(office_id), taking = db_int(ROLE_SHARE_TAKERS);
    TRY(db_number(conn, &staff_count_trusted, DB_ARGS(office, db_int(ROLE_LEADERS)), &leaders));
    TRY(db_number(conn, &staff_count_role, DB_ARGS(office, taking, db_text("")), &takers));
    TRY(db_number(conn, &staff_count_trusted, DB_ARGS(office, taking), &trusted_takers));
    *ret_trusted = leaders;
    *ret_waiting = takers - trusted_takers;
    return ERR_OK;
}

const char *staff_name(struct db_conn *conn, const char *office_id, const char *id)
{
    static const struct record_column columns[] = {
        RECORD_COLUMN(struct staff, name, REC_TEXT, RECORD_ALL, NULL),
    };
    static const struct record record = RECORD("StaffName", struct staff, columns);
    struct staff row = {0};
    if (str_empty(id) || db_one(conn, &staff_select_name, DB_ARGS(db_text(office_id), db_text(id)),
                                &record, &row) != ERR_OK)
        return "";
    return str_or(row.name, "");
}

/* --- writing ------------------------------------------------------------------------------------------- */

static enum err act_refuse(struct staff_act *act, struct refusal refusal)
{
    act->refusal = refusal;
    return refusal.err;
}

/* At least one administrator must stay, or nobody could repair an account. */
static enum err keep_an_admin(struct db_conn *tx, struct staff_act *act)
{
    int64_t others = 0;
    TRY(db_number(tx, &staff_count_role,
                  DB_ARGS(db_text(act->office_id), db_int(ROLE_ADMIN), db_text(act->id)), &others));
    if (others > 0)
        return ERR_OK;
    return act_refuse(
        act, (struct refusal){.err = ERR_CONFLICT,
                              .code = "last_admin",
                              .msgid = T("Ini satu-satunya administrator yang aktif. Beri peran "
                                         "administrator kepada akun lain lebih dulu.")});
}

enum err staff_create_tx(struct db_conn *tx, void *arg)
{
    struct staff_create_act *a = arg;
    const struct staff_new *n = a->in;
    struct staff found = {0};
    enum err e = staff_by_username(tx, a->act.office_id, n->username, &found);
    if (e == ERR_OK)
        return act_refuse(
            &a->act,
            (struct refusal){.err = ERR_CONFLICT,
                             .code = "username_taken",
                             .field = "username",
                             .msgid = T("Nama pengguna %s sudah dipakai. Pilih yang lain."),
                             .arg = n->username});
    if (e != ERR_MISSING)
        return e;
    TRY(db_run(
        tx, &staff_insert,
        DB_ARGS(db_text(a->act.office_id), db_text(a->act.id), db_text(n->username),
                db_text(n->name), db_text(str_or(n->title, "")), db_text(str_or(n->rank, "")),
                db_text(str_or(n->nip, "")), db_int(n->roles), db_text(str_or(n->section, "")),
                db_bytes(a->phone_sealed), db_bytes(a->phone_index), db_text(a->keys.password_hash),
                db_bytes(a->keys.public_key), db_bytes(a->keys.wrapped), db_int(a->act.now_ms),
                db_time(a->trusted ? a->act.now_ms : 0), db_text(a->trusted ? "" : NULL)),
        NULL));
    return audit_append(tx, &a->act.audit, NULL);
}

/* Nobody vouches for this key (any more). The entry stands beside the one of the act itself. */
static enum err log_key_reset(struct db_conn *tx, const struct staff_act *act, const char *detail)
{
    struct audit_new entry = act->audit;
    entry.action = "key_reset";
    entry.detail = detail;
    return audit_append(tx, &entry, NULL);
}

/* Whoever was no leader becomes one through an administrator, or may be given complaints who could not be: his
 * key must be looked at first. */
static enum err doubt_new_reader(struct db_conn *tx, const struct staff_act *act,
                                 const struct staff *old, uint32_t roles)
{
    bool becomes_leader = !(old->roles & ROLE_LEADERS) && (roles & ROLE_LEADERS);
    bool becomes_taker = !(old->roles & ROLE_SHARE_TAKERS) && (roles & ROLE_SHARE_TAKERS);
    if (!(becomes_leader || becomes_taker) || !old->key_trusted_at)
        return ERR_OK;
    TRY(db_run(tx, &staff_key_trust,
               DB_ARGS(db_text(act->office_id), db_text(act->id), db_null(), db_null()), NULL));
    return log_key_reset(tx, act, "role");
}

enum err staff_update_tx(struct db_conn *tx, void *arg)
{
    struct staff_update_act *a = arg;
    const struct staff_change *c = a->in;
    struct staff old = {0};
    TRY(staff_get(tx, a->act.office_id, a->act.id, &old));
    if ((old.roles & ROLE_ADMIN) && !(c->roles & ROLE_ADMIN) && !old.disabled_at)
        TRY(keep_an_admin(tx, &a->act));
    TRY(db_run(tx, &staff_update_row,
               DB_ARGS(db_text(a->act.office_id), db_text(a->act.id), db_text(c->name),
                       db_text(str_or(c->title, "")), db_text(str_or(c->rank, "")),
                       db_text(str_or(c->nip, "")), db_int(c->roles),
                       db_text(str_or(c->section, "")), db_bytes(a->phone_sealed),
                       db_bytes(a->phone_index)),
               NULL));
    TRY(doubt_new_reader(tx, &a->act, &old, c->roles));
    return audit_append(tx, &a->act.audit, NULL);
}

enum err staff_disable_tx(struct db_conn *tx, void *arg)
{
    struct staff_act *act = arg;
    struct staff old = {0};
    TRY(staff_get(tx, act->office_id, act->id, &old));
    if (old.disabled_at)
        return act_refuse(act, (struct refusal){.err = ERR_CONFLICT,
                                                .code = "already_disabled",
                                                .msgid = T("Akun ini sudah tidak aktif.")});
    if (old.roles & ROLE_ADMIN)
        TRY(keep_an_admin(tx, act));
    TRY(db_run(tx, &staff_update_disabled,
               DB_ARGS(db_text(act->office_id), db_text(act->id), db_time(act->now_ms)), NULL));
    TRY(db_run(tx, &staff_end_sessions,
               DB_ARGS(db_text(act->office_id), db_text(act->id), db_time(act->now_ms)), NULL));
    return audit_append(tx, &act->audit, NULL);
}

enum err staff_enable_tx(struct db_conn *tx, void *arg)
{
    struct staff_act *act = arg;
    struct staff old = {0};
    TRY(staff_get(tx, act->office_id, act->id, &old));
    if (!old.disabled_at)
        return act_refuse(act, (struct refusal){.err = ERR_CONFLICT,
                                                .code = "already_enabled",
                                                .msgid = T("Akun ini sudah aktif.")});
    TRY(db_run(tx, &staff_update_disabled,
               DB_ARGS(db_text(act->office_id), db_text(act->id), db_null()), NULL));
    return audit_append(tx, &act->audit, NULL);
}

enum err staff_password_tx(struct db_conn *tx, void *arg)
{
    struct staff_password_act *a = arg;
    struct db_arg office = db_text(a->act.office_id), id = db_text(a->act.id);
    struct db_arg hash = db_text(a->keys.password_hash), wrapped = db_bytes(a->keys.wrapped);
    struct db_arg public_key = db_bytes(a->keys.public_key), now = db_time(a->act.now_ms);
    int64_t changed = 0;
    if (a->fresh_key)
        TRY(db_run(tx, &staff_update_keys, DB_ARGS(office, id, hash, public_key, wrapped),
                   &changed));
    else
        TRY(db_run(tx, &staff_update_password, DB_ARGS(office, id, hash, wrapped, public_key),
                   &changed));
    if (changed != 1 && a->fresh_key)
        return ERR_MISSING;
    if (changed !=
        1) /* the administrator made a fresh pair meanwhile: the old key must not come back */
        return act_refuse(
            &a->act,
            (struct refusal){.err = ERR_CONFLICT,
                             .code = "password_changed_meanwhile",
                             .msgid = T("Kata sandi akun ini baru saja diganti. Masuk lagi.")});
    if (a->fresh_key)
        TRY(db_run(tx, &staff_end_sessions, DB_ARGS(office, id, now), NULL));
    else if (a->end_others)
        TRY(db_run(tx, &staff_end_other_sessions,
                   DB_ARGS(office, id, now, db_text(a->keep_session)), NULL));
    if (a->fresh_key)
        TRY(log_key_reset(tx, &a->act, "password"));
    return audit_append(tx, &a->act.audit, NULL);
}

/* --- trust ----------------------------------------------------------------------------------------------- */

static enum err may_vouch(struct db_conn *tx, struct staff_trust_act *a)
{
    struct staff by = {0};
    if (str_empty(a->by))
        return ERR_OK;
    TRY(staff_get(tx, a->act.office_id, a->by, &by));
    if (staff_reads_complaints(&by))
        return ERR_OK;
    return act_refuse(
        &a->act,
        (struct refusal){.err = ERR_DENIED,
                         .code = "own_key_waits",
                         .msgid = T("Kunci Anda sendiri belum dipercayai. Mintalah pejabat yang "
                                    "kuncinya sudah dipercayai, atau pengelola server.")});
}

/* The key that was looked at, not the one an administrator has put in its place since. */
enum err staff_trust_tx(struct db_conn *tx, void *arg)
{
    struct staff_trust_act *a = arg;
    struct staff s = {0};
    TRY(may_vouch(tx, a));
    TRY(staff_get(tx, a->act.office_id, a->act.id, &s));
    bool same = s.public_key.n == a->public_key.n &&
                memcmp(s.public_key.p, a->public_key.p, s.public_key.n) == 0;
    if (!same)
        return act_refuse(
            &a->act, (struct refusal){.err = ERR_CONFLICT,
                                      .code = "key_changed",
                                      .msgid = T("Kunci akun ini baru saja berganti. Muat ulang "
                                                 "halaman dan cocokkan sidik kuncinya lagi.")});
    if (!staff_key_waits(&s))
        return act_refuse(
            &a->act, (struct refusal){.err = ERR_CONFLICT,
                                      .code = "key_does_not_wait",
                                      .msgid = T("Kunci akun ini tidak menunggu kepercayaan.")});
    TRY(db_run(tx, &staff_key_trust,
               DB_ARGS(db_text(a->act.office_id), db_text(a->act.id), db_time(a->act.now_ms),
                       db_text(a->by)),
               NULL));
    return audit_append(tx, &a->act.audit, NULL);
}

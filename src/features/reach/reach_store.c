/* Channels, quiet hours, stand-ins and the duty calendar in the database. Addresses are sealed outside. */
#include "features/reach/reach_store.h"

#include "features/audit/audit.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

#define COLUMN(type, member, kind) RECORD_COLUMN(struct type, member, kind, 0, NULL)

struct id_row {
    const char *staff_id;
};
static const struct record_column id_columns[] = {COLUMN(id_row, staff_id, REC_TEXT)};
static const struct record id_record = RECORD("StaffId", struct id_row, id_columns);

static const struct record_column channel_columns[] = {
    COLUMN(staff_channel, id, REC_TEXT),
    COLUMN(staff_channel, staff_id, REC_TEXT),
    COLUMN(staff_channel, sort, REC_INT),
    COLUMN(staff_channel, channel, REC_TEXT),
    COLUMN(staff_channel, address_sealed, REC_BYTES),
    COLUMN(staff_channel, verified_at, REC_TIME),
    COLUMN(staff_channel, created_at, REC_TIME),
};
static const struct record channel_record = RECORD("StaffChannel", struct staff_channel,
                                                   channel_columns);

static const struct record_column quiet_columns[] = {
    COLUMN(quiet_hours, from_min, REC_INT),
    COLUMN(quiet_hours, until_min, REC_INT),
};
static const struct record quiet_record = RECORD("QuietHours", struct quiet_hours, quiet_columns);

static const struct record_column stand_in_columns[] = {
    COLUMN(stand_in, id, REC_TEXT),
    COLUMN(stand_in, kind, REC_TEXT),
    COLUMN(stand_in, staff_id, REC_TEXT),
    COLUMN(stand_in, deputy_id, REC_TEXT),
    COLUMN(stand_in, sort, REC_INT),
    COLUMN(stand_in, from_at, REC_TIME),
    COLUMN(stand_in, until_at, REC_TIME),
    COLUMN(stand_in, ended_at, REC_TIME),
    COLUMN(stand_in, replaced_roles, REC_INT),
};
static const struct record stand_in_record = RECORD("StandIn", struct stand_in, stand_in_columns);

static const struct record_column duty_columns[] = {
    COLUMN(duty, day, REC_TEXT),
    COLUMN(duty, post, REC_TEXT),
    COLUMN(duty, staff_id, REC_TEXT),
};
static const struct record duty_record = RECORD("Duty", struct duty, duty_columns);

#define CHANNEL_COLUMNS "id, staff_id, sort, channel, address_sealed, verified_at, created_at"
#define STAND_IN_COLUMNS                                                                           \
    "s.id, s.kind, s.staff_id, s.deputy_id, s.sort, s.from_at, s.until_at, s.ended_at, r.roles "   \
    "AS replaced_roles"

DB_SQL(reach_select_in_force,
       "SELECT " STAND_IN_COLUMNS " FROM stand_in s"
       " JOIN staff d ON d.office_id = s.office_id AND d.id = s.deputy_id AND d.disabled_at IS NULL"
       " JOIN staff r ON r.office_id = s.office_id AND r.id = s.staff_id"
       " WHERE s.office_id = $1 AND s.ended_at IS NULL AND s.from_at <= $2"
       " AND (s.until_at IS NULL OR s.until_at > $2) ORDER BY s.sort, s.from_at, s.id LIMIT 500");
DB_SQL(reach_select_stand_ins,
       "SELECT " STAND_IN_COLUMNS " FROM stand_in s"
       " JOIN staff r ON r.office_id = s.office_id AND r.id = s.staff_id"
       " WHERE s.office_id = $1 AND ($2 = '' OR s.staff_id = $2) AND s.ended_at IS NULL"
       " AND (s.until_at IS NULL OR s.until_at > $3) ORDER BY s.staff_id, s.kind, s.sort, "
       "s.from_at, s.id LIMIT 500");
DB_SQL(
    reach_select_duty,
    "SELECT d.staff_id FROM duty d JOIN staff s ON s.office_id = d.office_id AND s.id = d.staff_id"
    " WHERE d.office_id = $1 AND d.day = $2 AND d.post = $3 AND s.disabled_at IS NULL AND (s.roles "
    "& $4) <> 0");
DB_SQL(reach_select_duties,
       "SELECT day, post, staff_id FROM duty WHERE office_id = $1 AND day >= $2"
       " AND day <= $3 ORDER BY day, post LIMIT 500");
DB_SQL(reach_select_channels, "SELECT " CHANNEL_COLUMNS " FROM staff_channel WHERE office_id = $1"
                              " AND staff_id = $2 AND gone_at IS NULL ORDER BY sort, id LIMIT 500");
DB_SQL(reach_select_channel, "SELECT " CHANNEL_COLUMNS " FROM staff_channel WHERE office_id = $1"
                             " AND id = $2 AND gone_at IS NULL");
DB_SQL(reach_select_owner,
       "SELECT c.staff_id FROM staff_channel c"
       " JOIN staff s ON s.office_id = c.office_id AND s.id = c.staff_id AND s.disabled_at IS NULL"
       " WHERE c.office_id = $1 AND c.channel = $2 AND c.address_index = $3 AND c.gone_at IS NULL");
DB_SQL(
    reach_insert_channel,
    "INSERT INTO staff_channel (office_id, id, staff_id, sort, channel, address_sealed, "
    "address_index,"
    " created_at) SELECT $1, $2, $3, COALESCE(max(sort), 0) + 1, $4, $5, $6, $7 FROM staff_channel"
    " WHERE office_id = $1 AND staff_id = $3 ON CONFLICT DO NOTHING");
DB_SQL(reach_update_channel_gone,
       "UPDATE staff_channel SET gone_at = $3 WHERE office_id = $1 AND id = $2"
       " AND gone_at IS NULL");
DB_SQL(reach_update_address_gone,
       "UPDATE staff_channel SET gone_at = $4 WHERE office_id = $1"
       " AND staff_id = $2 AND channel = $3 AND gone_at IS NULL AND sort ="
       " (SELECT min(c.sort) FROM staff_channel c WHERE c.office_id = $1"
       " AND c.staff_id = $2 AND c.channel = $3 AND c.gone_at IS NULL)");
DB_SQL(reach_update_channel_sort,
       "UPDATE staff_channel SET sort = $3 WHERE office_id = $1 AND id = $2");
DB_SQL(reach_update_channel_verified, "UPDATE staff_channel SET verified_at = $3 WHERE office_id = "
                                      "$1 AND id = $2 AND gone_at IS NULL");
DB_SQL(reach_select_quiet,
       "SELECT from_min, until_min FROM staff_quiet WHERE office_id = $1 AND staff_id = $2");
DB_SQL(reach_delete_quiet, "DELETE FROM staff_quiet WHERE office_id = $1 AND staff_id = $2");
DB_SQL(
    reach_insert_quiet,
    "INSERT INTO staff_quiet (office_id, staff_id, from_min, until_min) VALUES ($1, $2, $3, $4)");
DB_SQL(reach_insert_stand_in, "INSERT INTO stand_in (office_id, id, kind, staff_id, deputy_id, "
                              "sort, from_at, until_at, created_by,"
                              " created_at) SELECT $1, $2, $3, $4, $5, COALESCE(max(sort), 0) + 1, "
                              "$6, $7, $8, $9 FROM stand_in"
                              " WHERE office_id = $1 AND staff_id = $4 AND kind = $3");
DB_SQL(reach_end_away, "UPDATE stand_in SET ended_at = $3 WHERE office_id = $1 AND staff_id = $2"
                       " AND kind = 'away' AND ended_at IS NULL");
DB_SQL(reach_end_stand_in, "UPDATE stand_in SET ended_at = $3 WHERE office_id = $1 AND id = $2"
                           " AND ended_at IS NULL");
DB_SQL(reach_delete_duty, "DELETE FROM duty WHERE office_id = $1 AND day = $2 AND post = $3");
DB_SQL(reach_insert_duty,
       "INSERT INTO duty (office_id, day, post, staff_id) VALUES ($1, $2, $3, $4)");

const struct db_sql *const reach_statements[] = {&reach_select_in_force,
                                                 &reach_select_stand_ins,
                                                 &reach_select_duty,
                                                 &reach_select_duties,
                                                 &reach_select_channels,
                                                 &reach_select_channel,
                                                 &reach_select_owner,
                                                 &reach_insert_channel,
                                                 &reach_update_channel_gone,
                                                 &reach_update_address_gone,
                                                 &reach_update_channel_sort,
                                                 &reach_update_channel_verified,
                                                 &reach_select_quiet,
                                                 &reach_delete_quiet,
                                                 &reach_insert_quiet,
                                                 &reach_insert_stand_in,
                                                 &reach_end_away,
                                                 &reach_end_stand_in,
                                                 &reach_delete_duty,
                                                 &reach_insert_duty,
                                                 NULL};

/* --- reading ----------------------------------------------------------------------------------------- */

enum err reach_in_force(struct db_conn *conn, const char *office_id, int64_t now_ms,
                        struct stand_in **ret, size_t *ret_count)
{
    return db_list(conn, &reach_select_in_force, DB_ARGS(db_text(office_id), db_int(now_ms)),
                   &stand_in_record, REACH_ROWS_MAX, ret, ret_count);
}

enum err reach_stand_ins(struct db_conn *conn, const char *office_id, const char *staff_id,
                         int64_t now_ms, struct stand_in **ret, size_t *ret_count)
{
    return db_list(conn, &reach_select_stand_ins,
                   DB_ARGS(db_text(office_id), db_text(str_or(staff_id, "")), db_int(now_ms)),
                   &stand_in_record, REACH_ROWS_MAX, ret, ret_count);
}

static enum err one_id(enum err e, const struct id_row *row, const char **ret)
{
    if (e == ERR_OK)
        *ret = row->staff_id;
    return e;
}

enum err reach_on_duty(struct db_conn *conn, const char *office_id, const char *day, uint32_t role,
                       const char **ret)
{
    struct id_row row = {0};
    enum err e = db_one(
        conn, &reach_select_duty,
        DB_ARGS(db_text(office_id), db_text(day), db_text(staff_role_name(role)), db_int(role)),
        &id_record, &row);
    *ret = NULL;
    return e == ERR_MISSING ? ERR_OK : one_id(e, &row, ret);
}

enum err reach_duty_list(struct db_conn *conn, const char *office_id, const char *from_day,
                         const char *until_day, struct duty **ret, size_t *ret_count)
{
    return db_list(conn, &reach_select_duties,
                   DB_ARGS(db_text(office_id), db_text(from_day), db_text(until_day)), &duty_record,
                   REACH_ROWS_MAX, ret, ret_count);
}

enum err reach_rows(struct db_conn *conn, const char *office_id, const char *staff_id,
                    struct staff_channel **ret, size_t *ret_count)
{
    return db_list(conn, &reach_select_channels, DB_ARGS(db_text(office_id), db_text(staff_id)),
                   &channel_record, REACH_ROWS_MAX, ret, ret_count);
}

enum err reach_owner(struct db_conn *conn, const char *office_id, const char *channel,
                     struct bytes index, const char **ret_staff_id)
{
    struct id_row row = {0};
    return one_id(db_one(conn, &reach_select_owner,
                         DB_ARGS(db_text(office_id), db_text(channel), db_bytes(index)), &id_record,
                         &row),
                  &row, ret_staff_id);
}

enum err reach_quiet_get(struct db_conn *conn, const char *office_id, const char *staff_id,
                         struct quiet_hours *ret)
{
    return db_one(conn, &reach_select_quiet, DB_ARGS(db_text(office_id), db_text(staff_id)),
                  &quiet_record, ret);
}

/* --- changes ------------------------------------------------------------------------------------------ */

static enum err note(struct db_conn *tx, const struct reach_change *c, const char *action,
                     const char *detail)
{
    return visit_act_log(tx, &c->act,
                         (struct audit_new){.action = action,
                                            .subject_kind = "staff",
                                            .subject_id = str_or(c->staff_id, ""),
                                            .detail = detail});
}

static enum err refuse(struct reach_change *c, enum err e, const char *code, const char *field,
                       const char *msgid)
{
    c->refusal = (struct refusal){.err = e, .code = code, .msgid = msgid, .field = field};
    return e;
}

static enum err missing(struct reach_change *c)
{
    return refuse(c, ERR_MISSING, "reach_unknown", NULL,
                  T("Catatan itu tidak ada. Muat ulang halaman."));
}

enum err reach_tx_channel_add(struct db_conn *tx, void *arg)
{
    struct reach_change *c = arg;
    int64_t changed = 0;
    TRY(db_run(tx, &reach_insert_channel,
               DB_ARGS(db_text(c->act.office_id), db_text(c->id), db_text(c->staff_id),
                       db_text(c->channel), db_bytes(c->sealed), db_bytes(c->index),
                       db_int(c->act.now_ms)),
               &changed));
    if (!changed)
        return refuse(c, ERR_CONFLICT, "address_taken", "address",
                      T("Alamat ini sudah dipakai. Hapus dahulu dari orang lain, atau isi alamat "
                        "yang lain."));
    return note(tx, c, "channel_added",
                arena_printf(db_conn_arena(tx), "channel=%s id=%s", c->channel, c->id));
}

static enum err channel_take(struct db_conn *tx, struct reach_change *c, struct staff_channel *ret)
{
    enum err e = db_one(tx, &reach_select_channel,
                        DB_ARGS(db_text(c->act.office_id), db_text(c->id)), &channel_record, ret);
    if (e == ERR_MISSING)
        return missing(c);
    c->staff_id = ret->staff_id;
    return e;
}

enum err reach_tx_channel_remove(struct db_conn *tx, void *arg)
{
    struct reach_change *c = arg;
    struct staff_channel row = {0};
    TRY(channel_take(tx, c, &row));
    TRY(db_run(tx, &reach_update_channel_gone,
               DB_ARGS(db_text(c->act.office_id), db_text(c->id), db_int(c->act.now_ms)), NULL));
    return note(tx, c, "channel_removed",
                arena_printf(db_conn_arena(tx), "channel=%s id=%s", row.channel, row.id));
}

static enum err put_sort(struct db_conn *tx, const char *office_id, const char *id, int64_t sort)
{
    return db_run(tx, &reach_update_channel_sort,
                  DB_ARGS(db_text(office_id), db_text(id), db_int(sort)), NULL);
}

enum err reach_tx_channel_up(struct db_conn *tx, void *arg)
{
    struct reach_change *c = arg;
    struct staff_channel row = {0};
    struct staff_channel *all = NULL;
    size_t count = 0;
    TRY(channel_take(tx, c, &row));
    TRY(reach_rows(tx, c->act.office_id, row.staff_id, &all, &count));
    for (size_t i = 1; i < count; i++) {
        if (!str_eq(all[i].id, row.id))
            continue;
        TRY(put_sort(tx, c->act.office_id, all[i - 1].id, row.sort));
        TRY(put_sort(tx, c->act.office_id, row.id, all[i - 1].sort));
        return note(tx, c, "channel_moved",
                    arena_printf(db_conn_arena(tx), "channel=%s id=%s", row.channel, row.id));
    }
    return ERR_OK;
}

enum err reach_channel_verified(struct db_conn *tx, const char *office_id, const char *id,
                                int64_t now_ms)
{
    return db_run(tx, &reach_update_channel_verified,
                  DB_ARGS(db_text(office_id), db_text(id), db_int(now_ms)), NULL);
}

enum err reach_channel_gone(struct db_conn *tx, const char *office_id, const char *staff_id,
                            const char *channel, int64_t now_ms)
{
    return db_run(tx, &reach_update_address_gone,
                  DB_ARGS(db_text(office_id), db_text(staff_id), db_text(channel), db_int(now_ms)),
                  NULL);
}

enum err reach_tx_quiet_set(struct db_conn *tx, void *arg)
{
    struct reach_change *c = arg;
    TRY(db_run(tx, &reach_delete_quiet, DB_ARGS(db_text(c->act.office_id), db_text(c->staff_id)),
               NULL));
    if (c->from != c->until)
        TRY(db_run(tx, &reach_insert_quiet,
                   DB_ARGS(db_text(c->act.office_id), db_text(c->staff_id), db_int(c->from),
                           db_int(c->until)),
                   NULL));
    return note(tx, c, "quiet_changed",
                arena_printf(db_conn_arena(tx), "from=%lld until=%lld", (long long)c->from,
                             (long long)c->until));
}

enum err reach_tx_stand_in_add(struct db_conn *tx, void *arg)
{
    struct reach_change *c = arg;
    if (str_eq(c->kind, "away"))
        TRY(db_run(tx, &reach_end_away,
                   DB_ARGS(db_text(c->act.office_id), db_text(c->staff_id), db_int(c->act.now_ms)),
                   NULL));
    TRY(db_run(tx, &reach_insert_stand_in,
               DB_ARGS(db_text(c->act.office_id), db_text(c->id), db_text(c->kind),
                       db_text(c->staff_id), db_text(c->deputy_id), db_int(c->from),
                       db_time(c->until), db_text(c->act.actor_id), db_int(c->act.now_ms)),
               NULL));
    return note(
        tx, c, "stand_in_added",
        arena_printf(db_conn_arena(tx), "kind=%s deputy=%s id=%s", c->kind, c->deputy_id, c->id));
}

enum err reach_tx_stand_in_end(struct db_conn *tx, void *arg)
{
    struct reach_change *c = arg;
    int64_t changed = 0;
    TRY(db_run(tx, &reach_end_stand_in,
               DB_ARGS(db_text(c->act.office_id), db_text(c->id), db_int(c->act.now_ms)), &changed));
    if (!changed)
        return missing(c);
    return note(tx, c, "stand_in_ended", arena_printf(db_conn_arena(tx), "id=%s", c->id));
}

enum err reach_tx_duty_set(struct db_conn *tx, void *arg)
{
    struct reach_change *c = arg;
    TRY(db_run(tx, &reach_delete_duty,
               DB_ARGS(db_text(c->act.office_id), db_text(c->day), db_text(c->post)), NULL));
    if (!str_empty(c->staff_id))
        TRY(db_run(tx, &reach_insert_duty,
                   DB_ARGS(db_text(c->act.office_id), db_text(c->day), db_text(c->post),
                           db_text(c->staff_id)),
                   NULL));
    return note(tx, c, "duty_changed",
                arena_printf(db_conn_arena(tx), "day=%s post=%s", c->day, c->post));
}

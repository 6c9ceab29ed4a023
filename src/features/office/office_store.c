/* The office in the database: its data, its policy, its recovery key. The pools of badges, places and
 * rooms are in office_pool_store.c. */
#include "features/office/office.h"

#include <string.h>

#include "features/audit/audit.h"
#include "lib/base/str.h"

#include "lib/base/banned.h"

static const struct record_column office_columns[] = {
    RECORD_COLUMN(struct office, office_id, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct office, code, REC_TEXT, RECORD_ALL, T("Kode")),
    RECORD_COLUMN(struct office, name, REC_TEXT, RECORD_ALL, T("Nama kantor")),
    RECORD_COLUMN(struct office, parent_name, REC_TEXT, RECORD_ALL, T("Kantor atasan")),
    RECORD_COLUMN(struct office, address, REC_TEXT, RECORD_ALL, T("Alamat")),
    RECORD_COLUMN(struct office, phone, REC_TEXT, RECORD_ALL, T("Telepon")),
    RECORD_COLUMN(struct office, offset_min, REC_INT, RECORD_ALL, T("Selisih waktu")),
    RECORD_COLUMN(struct office, limit_s, REC_INT, RECORD_ALL, T("Batas waktu")),
    RECORD_COLUMN(struct office, ask_head, REC_TEXT, RECORD_ALL, T("Pertanyaan kepada Kajari")),
    RECORD_COLUMN(struct office, head_silence_s, REC_INT, RECORD_ALL,
                  T("Waktu tunggu jawaban Kajari")),
    RECORD_COLUMN(struct office, notice_name, REC_INT, 0, NULL),
    RECORD_COLUMN(struct office, recovery_public, REC_BYTES, 0, NULL),
    RECORD_COLUMN(struct office, recovery_confirmed_at, REC_TIME, RECORD_ALL,
                  T("Kunci pemulihan diperiksa")),
    RECORD_COLUMN(struct office, recovery_tested_at, REC_TIME, RECORD_ALL,
                  T("Latihan lembar pemulihan terakhir")),
    RECORD_COLUMN(struct office, demo, REC_INT, 0, NULL),
};
const struct record office_record = RECORD("Office", struct office, office_columns);

#define OFFICE_COLUMNS                                                                             \
    "office_id, code, name, parent_name, address, phone, offset_min, limit_s, ask_head, "          \
    "head_silence_s, notice_name, recovery_public, recovery_confirmed_at, "                        \
    "recovery_tested_at, demo"

DB_SQL(office_select_only,
       "SELECT " OFFICE_COLUMNS " FROM office ORDER BY created_at, office_id LIMIT 1");
DB_SQL(office_select, "SELECT " OFFICE_COLUMNS " FROM office WHERE office_id = $1");
DB_SQL(office_insert,
       "INSERT INTO office (office_id, code, name, parent_name, address, phone, offset_min,"
       " limit_s, ask_head, head_silence_s, notice_name, demo, created_at)"
       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)");
DB_SQL(office_update_row,
       "UPDATE office SET name = $2, parent_name = $3, address = $4, phone = $5, ask_head = $6,"
       " limit_s = $7, head_silence_s = $8, notice_name = $9, code = $10 WHERE office_id = $1");
DB_SQL(office_update_recovery, "UPDATE office SET recovery_public = $2, recovery_confirmed_at = $3"
                               " WHERE office_id = $1");
DB_SQL(office_update_drill, "UPDATE office SET recovery_tested_at = $2 WHERE office_id = $1");

/* What happens when nobody answers, until the office decides otherwise (features/notice). */
DB_SQL(office_insert_escalation,
       "INSERT INTO escalation_rule (office_id, sort, after_s, condition, action) VALUES"
       " ($1, 1, 60, 'undelivered', 'next_channel'),"
       " ($1, 2, 120, 'unanswered', 'repeat_and_deputy'),"
       " ($1, 3, 240, 'unanswered', 'next_deputy_or_head'),"
       " ($1, 4, 360, 'unanswered', 'counter_alarm')");

/* What the product brings along stands under the empty office (migration 0012): its calendar, its hours and
 * the limits of complaints (features/calendar, features/casework). */
DB_SQL(office_ship_holidays, "INSERT INTO holiday (office_id, day, kind, name, decree)"
                             " SELECT $1, day, kind, name, decree FROM holiday"
                             " WHERE office_id = ''");
DB_SQL(office_ship_hours,
       "INSERT INTO office_hours (office_id, weekday, open_min, close_min, break_from_min,"
       " break_until_min) SELECT $1, weekday, open_min, close_min, break_from_min, break_until_min"
       " FROM office_hours WHERE office_id = ''");
DB_SQL(office_ship_limits,
       "INSERT INTO stage_limit (office_id, stage, length, unit, basis, verified)"
       " SELECT $1, stage, length, unit, basis, verified FROM stage_limit WHERE office_id = ''");

const struct db_sql *const office_statements[] = {
    &office_ship_holidays,
    &office_ship_hours,
    &office_ship_limits,
    &office_insert_escalation,
    &office_select_only,
    &office_select,
    &office_insert,
    &office_update_row,
    &office_update_recovery,
    &office_update_drill,
    NULL,
};

enum err office_only(struct db_conn *conn, struct office *ret)
{
    return db_one(conn, &office_select_only, DB_NO_ARGS, &office_record, ret);
}

enum err office_get(struct db_conn *conn, const char *office_id, struct office *ret)
{
    return db_one(conn, &office_select, DB_ARGS(db_text(office_id)), &office_record, ret);
}

struct office_act {
    const char *office_id;
    const struct office_new *in;
    const struct office_change *change;
    struct bytes recovery;
    bool confirmed;
    int64_t now_ms;
    struct audit_new audit;
    struct refusal refusal;
};

static struct office_act act_new(const struct cx *cx, const char *office_id, const char *action)
{
    return (struct office_act){
        .office_id = office_id,
        .now_ms = cx->now_ms,
        .audit = {.office_id = office_id,
                  .at = cx->now_ms,
                  .actor_kind = audit_actor_kind(cx),
                  .actor_id = cx->actor.id,
                  .action = action,
                  .subject_kind = "office",
                  .subject_id = office_id,
                  .detail = ""},
    };
}

static enum err act_finish(struct cx *cx, const struct office_act *act, enum err e)
{
    return act->refusal.err != ERR_OK && e == act->refusal.err ? cx_refuse(cx, &act->refusal) : e;
}

static enum err create_in_tx(struct db_conn *tx, void *arg)
{
    struct office_act *a = arg;
    struct office there = {0};
    enum err e = office_only(tx, &there);
    if (e == ERR_OK) {
        a->refusal = (struct refusal){.err = ERR_CONFLICT,
                                      .code = "office_exists",
                                      .msgid = T("Kantor sudah dibuat di data ini: %s."),
                                      .arg = there.name};
        return ERR_CONFLICT;
    }
    if (e != ERR_MISSING)
        return e;
    const struct office_new *n = a->in;
    TRY(db_run(tx, &office_insert,
               DB_ARGS(db_text(a->office_id), db_text(n->code), db_text(n->name),
                       db_text(str_or(n->parent_name, "")), db_text(str_or(n->address, "")),
                       db_text(str_or(n->phone, "")), db_int(n->offset_min), db_int(600),
                       db_text("always"), db_int(180), db_int(0), db_int(n->demo),
                       db_int(a->now_ms)),
               NULL));
    TRY(db_run(tx, &office_insert_escalation, DB_ARGS(db_text(a->office_id)), NULL));
    TRY(db_run(tx, &office_ship_holidays, DB_ARGS(db_text(a->office_id)), NULL));
    TRY(db_run(tx, &office_ship_hours, DB_ARGS(db_text(a->office_id)), NULL));
    TRY(db_run(tx, &office_ship_limits, DB_ARGS(db_text(a->office_id)), NULL));
    TRY(audit_begin(tx, a->office_id, a->now_ms));
    return audit_append(tx, &a->audit, NULL);
}

enum err office_create(struct cx *cx, const struct office_new *n,
                       char ret_office_id[UUID_TEXT_BYTES])
{
    if (str_empty(n->code))
        cx_field(cx, "code", "required", T("Tulis kode kantor, misalnya O.2.12."));
    if (str_empty(n->name))
        cx_field(cx, "name", "required", T("Tulis nama kantor."));
    if (n->offset_min < 420 || n->offset_min > 540 || n->offset_min % 60 != 0)
        cx_field(cx, "offset_min", "not_in_list", T("Pilih WIB (420), WITA (480), atau WIT (540)."));
    TRY(cx_fields(cx));
    char id[UUID_TEXT_BYTES];
    rand_uuid7(cx->now_ms, id);
    struct office_act a = act_new(cx, id, "office_created");
    a.in = n;
    TRY(act_finish(cx, &a, db_tx(cx, "office_create", create_in_tx, &a)));
    memcpy(ret_office_id, id, sizeof(id));
    return ERR_OK;
}

static enum err update_in_tx(struct db_conn *tx, void *arg)
{
    struct office_act *a = arg;
    const struct office_change *c = a->change;
    int64_t changed = 0;
    TRY(db_run(tx, &office_update_row,
               DB_ARGS(db_text(a->office_id), db_text(c->name), db_text(str_or(c->parent_name, "")),
                       db_text(str_or(c->address, "")), db_text(str_or(c->phone, "")),
                       db_text(c->ask_head), db_int(c->limit_s), db_int(c->head_silence_s),
                       db_int(c->notice_name), db_text(str_or(c->code, ""))),
               &changed));
    return changed ? audit_append(tx, &a->audit, NULL) : ERR_MISSING;
}

enum err office_update(struct cx *cx, const struct office_change *c)
{
    struct office_act a = act_new(cx, cx->actor.office_id, "office_changed");
    a.change = c;
    a.audit.detail = arena_printf(
        cx->arena, "code=%s limit_s=%lld ask_head=%s head_silence_s=%lld notice_name=%d",
        str_or(c->code, ""), (long long)c->limit_s, c->ask_head, (long long)c->head_silence_s,
        (int)c->notice_name);
    return act_finish(cx, &a, db_tx(cx, "office_update", update_in_tx, &a));
}

/* --- recovery key -------------------------------------------------------------------------------------- */

static enum err recovery_in_tx(struct db_conn *tx, void *arg)
{
    struct office_act *a = arg;
    struct office o = {0};
    TRY(office_get(tx, a->office_id, &o));
    bool same = o.recovery_public.n == a->recovery.n && a->recovery.n > 0 &&
                memcmp(o.recovery_public.p, a->recovery.p, a->recovery.n) == 0;
    /* Complaints are sealed to a confirmed key: another one in its place would not open them. */
    if (o.recovery_confirmed_at && !same) {
        a->refusal = (struct refusal){
            .err = ERR_CONFLICT,
            .code = "recovery_confirmed",
            .msgid = T("Kunci pemulihan kantor sudah diperiksa dan dipakai. "
                       "Kunci lain tidak dapat menggantikannya.")};
        return ERR_CONFLICT;
    }
    int64_t confirmed_at = o.recovery_confirmed_at;
    if (!confirmed_at && a->confirmed)
        confirmed_at = a->now_ms;
    TRY(db_run(tx, &office_update_recovery,
               DB_ARGS(db_text(a->office_id), db_bytes(a->recovery), db_time(confirmed_at)), NULL));
    return audit_append(tx, &a->audit, NULL);
}

enum err office_set_recovery(struct cx *cx, const uint8_t public_key[32], bool confirmed)
{
    const char *office_id = cx->actor.office_id;
    struct office only = {0};
    if (str_empty(office_id)) {
        TRY(office_only(cx->read, &only));
        office_id = only.office_id;
    }
    struct office_act a = act_new(cx, office_id, confirmed ? "recovery_confirmed" : "recovery_set");
    a.recovery = (struct bytes){public_key, 32};
    a.confirmed = confirmed;
    return act_finish(cx, &a, db_tx(cx, "office_recovery", recovery_in_tx, &a));
}

static enum err drill_in_tx(struct db_conn *tx, void *arg)
{
    struct office_act *a = arg;
    TRY(db_run(tx, &office_update_drill, DB_ARGS(db_text(a->office_id), db_int(a->now_ms)), NULL));
    return audit_append(tx, &a->audit, NULL);
}

enum err office_recovery_tested(struct cx *cx, int64_t complaints)
{
    struct office_act a = act_new(cx, cx->actor.office_id, "recovery_tested");
    a.audit.detail = arena_printf(cx->arena, "complaints=%lld", (long long)complaints);
    return db_tx(cx, "office_drill", drill_in_tx, &a);
}

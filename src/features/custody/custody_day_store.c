/* The end of the day in the database: what is still out, and the closing with its explanations. The
 * closing looks again inside its transaction, so that nothing that came out meanwhile is missed. */
#include "features/custody/custody_store.h"

#include "features/audit/audit.h"
#include "lib/base/str.h"

#include "lib/base/banned.h"

#define OUT_MAX      500
#define CLOSINGS_MAX 50

static const struct record_column custody_out_columns[] = {
    RECORD_COLUMN(struct custody_out, id, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct custody_out, visit_id, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct custody_out, kind, REC_TEXT, RECORD_ALL, T("Jenis")),
    RECORD_COLUMN(struct custody_out, label, REC_TEXT, RECORD_ALL, T("Barang")),
    RECORD_COLUMN(struct custody_out, slot, REC_TEXT, RECORD_ALL, T("Tempat")),
    RECORD_COLUMN(struct custody_out, since, REC_TIME, RECORD_ALL, T("Sejak")),
    RECORD_COLUMN(struct custody_out, year, REC_INT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct custody_out, number, REC_INT, RECORD_ALL, T("Nomor")),
    RECORD_COLUMN(struct custody_out, number_suffix, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct custody_out, name, REC_TEXT, RECORD_ALL, T("Nama")),
    RECORD_COLUMN(struct custody_out, state, REC_TEXT, RECORD_ALL, T("Keadaan")),
};
const struct record custody_out_record = RECORD("CustodyOut", struct custody_out,
                                                custody_out_columns);

static const struct record_column day_closing_columns[] = {
    RECORD_COLUMN(struct day_closing, id, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct day_closing, day, REC_TEXT, RECORD_ALL, T("Hari")),
    RECORD_COLUMN(struct day_closing, at, REC_TIME, RECORD_ALL, T("Waktu")),
    RECORD_COLUMN(struct day_closing, by_id, REC_TEXT, 0, T("Oleh")),
    RECORD_COLUMN(struct day_closing, differences, REC_INT, RECORD_ALL, T("Selisih")),
    RECORD_COLUMN(struct day_closing, explanation, REC_TEXT, 0, NULL),
};
const struct record day_closing_record = RECORD("DayClosing", struct day_closing,
                                                day_closing_columns);

DB_SQL(
    custody_badges_out,
    "SELECT h.id, h.visit_id, 'badge' AS kind, h.label, '' AS slot, h.issued_at AS since, v.year, "
    "v.number, v.number_suffix, v.name, v.state FROM badge_hold h JOIN visit v "
    "ON v.office_id = h.office_id AND v.id = h.visit_id WHERE h.office_id = $1 "
    "AND h.ended_at IS NULL AND h.issued_at < $2 ORDER BY h.issued_at, h.id");
DB_SQL(
    custody_cards_out,
    "SELECT i.id, i.visit_id, i.kind, i.label, i.slot, i.taken_at AS since, v.year, v.number, "
    "v.number_suffix, v.name, v.state FROM item i JOIN visit v ON v.office_id = i.office_id "
    "AND v.id = i.visit_id WHERE i.office_id = $1 AND i.returned_at IS NULL AND i.lost_at IS NULL "
    "AND i.kind = 'id_card' AND i.taken_at < $2 ORDER BY i.taken_at, i.id");
DB_SQL(
    custody_devices_out,
    "SELECT i.id, i.visit_id, i.kind, i.label, i.slot, i.taken_at AS since, v.year, v.number, "
    "v.number_suffix, v.name, v.state FROM item i JOIN visit v ON v.office_id = i.office_id "
    "AND v.id = i.visit_id WHERE i.office_id = $1 AND i.returned_at IS NULL AND i.lost_at IS NULL "
    "AND i.kind <> 'id_card' AND i.taken_at < $2 ORDER BY i.taken_at, i.id");
DB_SQL(custody_visits_open,
       "SELECT id, id AS visit_id, 'visit' AS kind, '' AS label, '' AS slot, arrived_at AS since, "
       "year, number, number_suffix, name, state FROM visit WHERE office_id = $1 AND open = 1 "
       "AND arrived_at < $2 ORDER BY arrived_at, id");
DB_SQL(custody_badge_pool,
       "SELECT COUNT(*) AS n FROM badge WHERE office_id = $1 AND state = 'ready'");
DB_SQL(custody_visits_of_day, "SELECT COUNT(*) AS n FROM visit WHERE office_id = $1 "
                              "AND arrived_at >= $2 AND arrived_at < $3 AND state <> 'cancelled'");
DB_SQL(custody_received_of_day, "SELECT COUNT(*) AS n FROM visit WHERE office_id = $1 "
                                "AND arrived_at >= $2 AND arrived_at < $3 AND received_at > 0");
DB_SQL(custody_late_of_day, "SELECT COUNT(*) AS n FROM visit WHERE office_id = $1 "
                            "AND arrived_at >= $2 AND arrived_at < $3 AND received_at > due_at");
DB_SQL(custody_closings_of_day,
       "SELECT id, day, at, by_id, differences, explanation FROM day_closing WHERE office_id = $1 "
       "AND day = $2 ORDER BY at, id");
DB_SQL(custody_closing_insert,
       "INSERT INTO day_closing (office_id, id, day, at, by_id, differences, explanation) "
       "VALUES ($1, $2, $3, $4, $5, $6, $7)");

enum err custody_day_read(struct db_conn *conn, const char *office_id, int64_t until,
                          struct custody_day *ret)
{
    const struct {
        const struct db_sql *sql;
        struct custody_out **rows;
        size_t *count;
    } lists[] = {
        {&custody_badges_out, &ret->badges, &ret->badge_count},
        {&custody_cards_out, &ret->cards, &ret->card_count},
        {&custody_devices_out, &ret->devices, &ret->device_count},
        {&custody_visits_open, &ret->visits, &ret->visit_count},
    };
    for (size_t i = 0; i < ARRAY_LEN(lists); i++)
        TRY(db_list(conn, lists[i].sql, DB_ARGS(db_text(office_id), db_int(until)),
                    &custody_out_record, OUT_MAX, lists[i].rows, lists[i].count));
    return db_number(conn, &custody_badge_pool, DB_ARGS(db_text(office_id)), &ret->pool);
}

enum err custody_day_figures(struct db_conn *conn, const char *office_id, int64_t from,
                             int64_t until, struct custody_figures *ret)
{
    struct custody_figures f = {0};
    TRY(db_number(conn, &custody_visits_of_day,
                  DB_ARGS(db_text(office_id), db_int(from), db_int(until)), &f.visits));
    TRY(db_number(conn, &custody_received_of_day,
                  DB_ARGS(db_text(office_id), db_int(from), db_int(until)), &f.received));
    TRY(db_number(conn, &custody_late_of_day,
                  DB_ARGS(db_text(office_id), db_int(from), db_int(until)), &f.late));
    *ret = f;
    return ERR_OK;
}

enum err custody_closings(struct db_conn *conn, const char *office_id, const char *day,
                          struct day_closing **ret, size_t *ret_count)
{
    return db_list(conn, &custody_closings_of_day, DB_ARGS(db_text(office_id), db_text(day)),
                   &day_closing_record, CLOSINGS_MAX, ret, ret_count);
}

enum err custody_day_store(struct db_conn *tx, void *close)
{
    struct custody_day_close *c = close;
    c->refusal = (struct refusal){.err = ERR_OK};
    c->missing_count = 0;
    const char *subject = NULL;
    int status = 0;
    TRY(replay_find(tx, &c->replay, &c->repeated, &subject, &status, &c->refusal));
    if (c->repeated)
        return ERR_OK;
    struct custody_day day = {0};
    TRY(custody_day_read(tx, c->act.office_id, c->until, &day));
    size_t max = day.visit_count + 3;
    const char **subjects = ARENA_ARRAY(c->arena, max, const char *);
    size_t count = custody_differences(&day, &c->counted, subjects, max);
    c->missing = ARENA_ARRAY(c->arena, max, const char *);
    for (size_t i = 0; i < count; i++)
        if (!custody_explanation(c->explained, c->explained_count, subjects[i]))
            c->missing[c->missing_count++] = subjects[i];
    if (c->missing_count > 0)
        return ERR_INVALID;
    TRY(db_run(tx, &custody_closing_insert,
               DB_ARGS(db_text(c->act.office_id), db_text(c->id), db_text(c->day),
                       db_int(c->act.now_ms), db_text(c->act.actor_id), db_int((int64_t)count),
                       db_text(c->explanation)),
               NULL));
    TRY(replay_keep(tx, &c->replay, c->day, 201, c->act.now_ms));
    return visit_act_log(tx, &c->act,
                         (struct audit_new){
                             .action = "day_closed",
                             .subject_kind = "day",
                             .subject_id = c->day,
                             .detail = arena_printf(c->arena, "differences=%zu", count),
                         });
}

const struct db_sql *const custody_day_statements[] = {
    &custody_badges_out,
    &custody_cards_out,
    &custody_devices_out,
    &custody_visits_open,
    &custody_badge_pool,
    &custody_visits_of_day,
    &custody_received_of_day,
    &custody_late_of_day,
    &custody_closings_of_day,
    &custody_closing_insert,
    NULL,
};

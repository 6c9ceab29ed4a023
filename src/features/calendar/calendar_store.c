/* Holidays and office hours in the database. */
#include "features/calendar/calendar_store.h"

#include "features/audit/audit.h"
#include "features/office/office.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/banned.h"

#define COLUMN(type, member, kind) RECORD_COLUMN(struct type, member, kind, RECORD_ALL, NULL)

static const struct record_column holiday_columns[] = {
    COLUMN(holiday, day, REC_TEXT),
    COLUMN(holiday, kind, REC_TEXT),
    COLUMN(holiday, name, REC_TEXT),
    COLUMN(holiday, decree, REC_TEXT),
};
const struct record holiday_record = RECORD("Holiday", struct holiday, holiday_columns);

static const struct record_column hours_columns[] = {
    COLUMN(office_hours, weekday, REC_INT),         COLUMN(office_hours, open_min, REC_INT),
    COLUMN(office_hours, close_min, REC_INT),       COLUMN(office_hours, break_from_min, REC_INT),
    COLUMN(office_hours, break_until_min, REC_INT),
};
static const struct record hours_record = RECORD("OfficeHours", struct office_hours, hours_columns);

DB_SQL(holiday_select_all, "SELECT day, kind, name, decree FROM holiday WHERE office_id = $1"
                           " ORDER BY day LIMIT 2001");
DB_SQL(holiday_select_between, "SELECT day, kind, name, decree FROM holiday WHERE office_id = $1"
                               " AND day >= $2 AND day <= $3 ORDER BY day LIMIT 400");
DB_SQL(holiday_select,
       "SELECT day, kind, name, decree FROM holiday WHERE office_id = $1 AND day = $2");
DB_SQL(holiday_count_public, "SELECT count(*) FROM holiday WHERE office_id = $1 AND day >= $2"
                             " AND day <= $3 AND kind = 'public_holiday'");
DB_SQL(holiday_insert,
       "INSERT INTO holiday (office_id, day, kind, name, decree) VALUES ($1, $2, $3, $4, $5)"
       " ON CONFLICT (office_id, day) DO UPDATE SET kind = $3, name = $4, decree = $5");
DB_SQL(holiday_delete, "DELETE FROM holiday WHERE office_id = $1 AND day = $2");
DB_SQL(hours_select, "SELECT weekday, open_min, close_min, break_from_min, break_until_min"
                     " FROM office_hours WHERE office_id = $1 ORDER BY weekday");
DB_SQL(hours_put,
       "INSERT INTO office_hours (office_id, weekday, open_min, close_min, break_from_min,"
       " break_until_min) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (office_id, weekday)"
       " DO UPDATE SET open_min = $3, close_min = $4, break_from_min = $5, break_until_min = $6");

const struct db_sql *const calendar_statements[] = {&holiday_select_all,
                                                    &holiday_select_between,
                                                    &holiday_select,
                                                    &holiday_count_public,
                                                    &holiday_insert,
                                                    &holiday_delete,
                                                    &hours_select,
                                                    &hours_put,
                                                    NULL};

/* --- reading ------------------------------------------------------------------------------------------- */

static enum err load_hours(struct db_conn *conn, const char *office_id, struct calendar *ret)
{
    struct office_hours *rows = NULL;
    size_t count = 0;
    TRY(db_list(conn, &hours_select, DB_ARGS(db_text(office_id)), &hours_record, CALENDAR_WEEKDAYS,
                &rows, &count));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].weekday >= 0 && rows[i].weekday < CALENDAR_WEEKDAYS)
            ret->hours[rows[i].weekday] = rows[i];
    }
    return ERR_OK;
}

enum err calendar_load(struct db_conn *conn, const char *office_id, struct calendar *ret)
{
    struct calendar c = {.offset_min = 0};
    struct office office = {0};
    struct holiday *rows = NULL;
    size_t count = 0;
    for (int i = 0; i < CALENDAR_WEEKDAYS; i++)
        c.hours[i].weekday = i;
    TRY(office_get(conn, office_id, &office));
    TRY(db_list(conn, &holiday_select_all, DB_ARGS(db_text(office_id)), &holiday_record,
                CALENDAR_HOLIDAYS_MAX, &rows, &count));
    TRY(load_hours(conn, office_id, &c));
    int64_t *days = ARENA_ARRAY(db_conn_arena(conn), count + 1, int64_t);
    for (size_t i = 0; i < count; i++) {
        int64_t day = calendar_day(rows[i].day);
        if (day != CALENDAR_NO_DAY)
            days[c.holiday_count++] = day;
    }
    c.holidays = days;
    c.offset_min = (int)office.offset_min;
    *ret = c;
    return ERR_OK;
}

static const char *year_day(struct arena *a, int year, const char *month_day)
{
    return arena_printf(a, "%04d-%s", year, month_day);
}

enum err calendar_holidays(struct db_conn *conn, const char *office_id, int year,
                           struct holiday **ret, size_t *ret_count)
{
    struct arena *a = db_conn_arena(conn);
    return db_list(conn, &holiday_select_between,
                   DB_ARGS(db_text(office_id), db_text(year_day(a, year, "01-01")),
                           db_text(year_day(a, year, "12-31"))),
                   &holiday_record, 366, ret, ret_count);
}

enum err calendar_holiday_get(struct db_conn *conn, const char *office_id, const char *day,
                              struct holiday *ret)
{
    return db_one(conn, &holiday_select, DB_ARGS(db_text(office_id), db_text(day)), &holiday_record,
                  ret);
}

enum err calendar_missing_year(struct db_conn *conn, const char *office_id, int64_t now_ms,
                               int *ret_year)
{
    struct office office = {0};
    struct arena *a = db_conn_arena(conn);
    int64_t count = 0;
    TRY(office_get(conn, office_id, &office));
    struct civil c = time_civil(now_ms, (int)office.offset_min);
    *ret_year = 0;
    /* The year that runs counts too: an office that was closed all autumn is told in January. */
    for (int year = c.year; year <= c.year + (c.month >= CALENDAR_NEXT_YEAR_DUE); year++) {
        TRY(db_number(conn, &holiday_count_public,
                      DB_ARGS(db_text(office_id), db_text(year_day(a, year, "01-01")),
                              db_text(year_day(a, year, "12-31"))),
                      &count));
        if (count == 0) {
            *ret_year = year;
            return ERR_OK;
        }
    }
    return ERR_OK;
}

/* --- changes -------------------------------------------------------------------------------------------- */

static enum err note(struct db_conn *tx, const struct calendar_change *c, const char *action,
                     const char *detail)
{
    return visit_act_log(tx, &c->act,
                         (struct audit_new){.action = action,
                                            .subject_kind = "office",
                                            .subject_id = c->act.office_id,
                                            .detail = detail});
}

static enum err put_row(struct db_conn *tx, const struct calendar_change *c, const struct holiday *h)
{
    return db_run(tx, &holiday_insert,
                  DB_ARGS(db_text(c->act.office_id), db_text(h->day), db_text(h->kind),
                          db_text(h->name), db_text(str_or(h->decree, ""))),
                  NULL);
}

static enum err gone(struct calendar_change *c)
{
    c->refusal = (struct refusal){
        .err = ERR_MISSING,
        .code = "holiday_unknown",
        .msgid = T("Hari libur itu sudah tidak ada. Muat ulang halaman.")};
    return ERR_MISSING;
}

enum err calendar_tx_put(struct db_conn *tx, void *arg)
{
    struct calendar_change *c = arg;
    const struct holiday *h = &c->rows[0];
    struct holiday there = {0};
    int64_t changed = 0;
    c->refusal = (struct refusal){.err = ERR_OK};
    enum err e = str_eq(c->old_day, h->day)
                     ? ERR_MISSING
                     : calendar_holiday_get(tx, c->act.office_id, h->day, &there);
    if (e == ERR_OK) {
        c->refusal = (struct refusal){.err = ERR_CONFLICT,
                                      .code = "holiday_there",
                                      .field = "day",
                                      .msgid = T("Tanggal ini sudah tercatat: %s."),
                                      .arg = there.name};
        return ERR_CONFLICT;
    }
    if (e != ERR_MISSING)
        return e;
    if (c->old_day)
        TRY(db_run(tx, &holiday_delete, DB_ARGS(db_text(c->act.office_id), db_text(c->old_day)),
                   &changed));
    if (c->old_day && !changed)
        return gone(c);
    TRY(put_row(tx, c, h));
    return note(tx, c, c->old_day ? "holiday_changed" : "holiday_added",
                arena_printf(db_conn_arena(tx), "day=%s kind=%s", h->day, h->kind));
}

enum err calendar_tx_remove(struct db_conn *tx, void *arg)
{
    struct calendar_change *c = arg;
    int64_t changed = 0;
    c->refusal = (struct refusal){.err = ERR_OK};
    TRY(db_run(tx, &holiday_delete, DB_ARGS(db_text(c->act.office_id), db_text(c->old_day)),
               &changed));
    if (!changed)
        return gone(c);
    return note(tx, c, "holiday_removed", arena_printf(db_conn_arena(tx), "day=%s", c->old_day));
}

enum err calendar_tx_import(struct db_conn *tx, void *arg)
{
    struct calendar_change *c = arg;
    c->put = 0;
    for (size_t i = 0; i < c->count; i++) {
        const struct holiday *h = &c->rows[i];
        struct holiday there = {0};
        enum err e = calendar_holiday_get(tx, c->act.office_id, h->day, &there);
        if (e != ERR_OK && e != ERR_MISSING)
            return e;
        if (e == ERR_OK && str_eq(there.kind, h->kind) && str_eq(there.name, h->name) &&
            str_eq(there.decree, h->decree))
            continue;
        TRY(put_row(tx, c, h));
        c->put++;
    }
    if (c->put == 0)
        return ERR_OK;
    return note(
        tx, c, "holidays_imported",
        arena_printf(db_conn_arena(tx), "from=%s count=%lld", c->rows[0].day, (long long)c->put));
}

enum err calendar_tx_hours(struct db_conn *tx, void *arg)
{
    struct calendar_change *c = arg;
    for (size_t i = 0; i < CALENDAR_WEEKDAYS; i++) {
        const struct office_hours *h = &c->hours[i];
        TRY(db_run(tx, &hours_put,
                   DB_ARGS(db_text(c->act.office_id), db_int(h->weekday), db_int(h->open_min),
                           db_int(h->close_min), db_int(h->break_from_min),
                           db_int(h->break_until_min)),
                   NULL));
    }
    return note(tx, c, "office_hours_changed", "");
}

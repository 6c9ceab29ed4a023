/* Changes of the calendar, each with its audit entry in the same transaction. */
#ifndef BT_CALENDAR_STORE_H
#define BT_CALENDAR_STORE_H

#include "features/calendar/calendar.h"
#include "features/visit/visit.h"

struct calendar_change {
    struct visit_act act;
    const char *old_day;        /* of the holiday that is changed or removed; NULL: a new one */
    const struct holiday *rows; /* one to put, or those of an import */
    size_t count;
    const struct office_hours *hours; /* CALENDAR_WEEKDAYS of them */
    int64_t put;                      /* out: rows of the import that were new or differ */
    struct refusal refusal;           /* out */
};
enum err calendar_tx_put(struct db_conn *tx, void *arg);    /* struct calendar_change * */
enum err calendar_tx_remove(struct db_conn *tx, void *arg); /* the same */
enum err calendar_tx_import(struct db_conn *tx,
                            void *arg); /* days that are there get the new name */
enum err calendar_tx_hours(struct db_conn *tx, void *arg);

enum err calendar_holiday_get(struct db_conn *conn, const char *office_id, const char *day,
                              struct holiday *ret) MUST_USE;

#endif

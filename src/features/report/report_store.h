/* Between report_store.c, which counts and keeps, and report_read_store.c, which puts together what is shown. */
#ifndef BT_REPORT_STORE_H
#define BT_REPORT_STORE_H

#include "features/report/report.h"

#define REPORT_CHANGES_MAX 200 /* audit entries looked at in one turn */

/* How far the counting has come. */
struct report_state {
    const char *day;
    int64_t seq;
};
enum err report_state_of(struct db_conn *conn, const char *office_id,
                         struct report_state *ret) MUST_USE;

/* A kept day. */
struct report_day_row {
    const char *day;
    int64_t visits, cancelled, late_entries, forgotten, unreceived, kept, missed;
    struct bytes times;
};

/* Where the numbers of one reading go. */
struct report_counting {
    struct report_sum *sum;
    const struct report_period *period; /* NULL with `points` and `came` */
    struct report_point *points;
    struct report_times *point_times;
    int64_t today_ms;
    int offset_min;
    struct report_visit visit;
    struct report_day_row day;
    const int64_t *skip; /* kept days that are counted from the visits all the same */
    size_t skip_count;
    bool *came; /* by day of the period: a guest came; NULL: nobody asks */
    bool bad;
};
/* Days from … until - 1 (day numbers), counted from their visits. */
enum err report_count_range(struct db_conn *conn, const char *office_id, int64_t from,
                            int64_t until, struct report_counting *c) MUST_USE;
/* Which point of the chart a day belongs to. */
size_t report_point_of(const struct report_counting *c, int64_t day);
/* Days up to `last` that the audit's entries (after, until] speak of, each once. */
enum err report_touched_days(struct db_conn *conn, const char *office_id, int64_t after,
                             int64_t until, int64_t last, const struct cx *cx, int64_t **ret,
                             size_t *ret_count) MUST_USE;

#endif

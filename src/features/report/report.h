/* Figures of the office: visits, the ten minutes, notices, custody, complaints; on the dashboard and in the
 * monthly report. Median and p90, never the mean. The figures of days that are over are kept, a row a day, so
 * that a year over a million visits is the sum of a few hundred rows (docs/adr/0021). */
#ifndef BT_REPORT_H
#define BT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/cx.h"
#include "lib/db/db.h"

/* Share of guests that is to be received in time, in hundredths. */
#define REPORT_TARGET 90

/* --- durations -------------------------------------------------------------------------------------------- */
/* From one step to the next, as far as they were done and not skipped. */
enum report_phase {
    PHASE_TOTAL,     /* arrival until received: the clock of the standard */
    PHASE_DATA,      /* arrival until step 2 */
    PHASE_BADGE,     /* step 2 until 3 */
    PHASE_ROOM,      /* step 3 until 4 */
    PHASE_DECISION,  /* step 2 until 6 */
    PHASE_RECEPTION, /* the later of 4 and 6 until 7 */
    PHASE_STAY,      /* received until the badge is back */
    REPORT_PHASES
};
const char *report_phase_label(enum report_phase phase); /* msgid */

/* Durations in buckets of 5 s; those of 4 hours and more are in the last. What is summed is exact to the
 * bucket; a quantile is the middle of its bucket, so it is at most 2.5 s beside the true one. */
#define REPORT_BUCKET_MS 5000
#define REPORT_BUCKETS   2881
struct report_times {
    int64_t count[REPORT_PHASES];
    uint32_t *buckets[REPORT_PHASES]; /* REPORT_BUCKETS each; NULL: this phase is not looked at */
};
/* All phases, or only `only` (a phase) when it is not negative. */
void report_times_begin(struct arena *a, int only, struct report_times *ret);
void report_times_add(struct report_times *t, enum report_phase phase, int64_t ms);
/* The nearest rank: the smallest duration that `percent` of all do not exceed, in ms; -1 of nothing. */
int64_t report_times_at(const struct report_times *t, enum report_phase phase, int percent);
/* As kept in the database, and added to what is in *t. False: these bytes are none of ours (*t is then part
 * summed). */
struct bytes report_times_pack(struct arena *a, const struct report_times *t);
bool report_times_unpack(struct bytes packed, struct report_times *t);

/* --- one visit ---------------------------------------------------------------------------------------------- */
struct report_visit {
    const char *id;
    int64_t year, number;
    const char *number_suffix;
    int64_t arrived_at, due_at, received_at, closed_at, open;
    const char *state, *category, *host, *section, *late_reason, *notice_state, *question_state;
    int64_t later; /* how often "nanti" was answered */
    int64_t step2, step3, step4, step6, step7;
};
/* What becomes of it in the figures. */
enum report_kind {
    REPORT_CANCELLED,
    REPORT_LATE_ENTRY, /* written down later: its times are not those of the guest */
    REPORT_FORGOTTEN,  /* not closed on its day */
    REPORT_UNRECEIVED, /* still waiting, or left without being received */
    REPORT_KEPT,
    REPORT_MISSED,
};
/* `today` begins the present day of the office. */
enum report_kind report_kind_of(const struct report_visit *v, int64_t today, int offset_min);
/* ms, or -1 when a step is missing or stands before the one it follows. */
int64_t report_phase_ms(const struct report_visit *v, enum report_phase phase);
/* Why the ten minutes were missed: later, notice_failed, or the phase that took longest: data badge room
 * decision reception. */
const char *report_reason(const struct report_visit *v);
const char *report_reason_label(const char *reason); /* msgid */

/* --- sums ---------------------------------------------------------------------------------------------------- */
/* Whom the guest asked for: "none", "intel_chief", "section_chief/pidum". */
const char *report_host(struct arena *a, const struct report_visit *v);

struct report_count {
    const char *kind; /* hour category host reason notice answer custody closing state */
    const char *key;
    int64_t n;
};
struct report_sum {
    struct arena *arena;
    int64_t visits; /* without the cancelled */
    int64_t cancelled, late_entries, forgotten, unreceived, kept, missed;
    struct report_times times;
    struct report_count *counts;
    size_t count, room;
};
void report_sum_begin(struct arena *a, struct report_sum *ret);
void report_sum_add(struct report_sum *s, const struct report_visit *v, int64_t today,
                    int offset_min);
/* Adds n to a count; nothing for 0. */
void report_count_add(struct report_sum *s, const char *kind, const char *key, int64_t n);
int64_t report_count_of(const struct report_sum *s, const char *kind, const char *key);
/* Sum of all counts of a kind. */
int64_t report_count_all(const struct report_sum *s, const char *kind);

/* --- periods ------------------------------------------------------------------------------------------------- */
enum report_span { SPAN_DAY, SPAN_WEEK, SPAN_MONTH, SPAN_YEAR };
struct report_period {
    enum report_span span;
    const char *text;    /* "2026-11-25", "2026-M48", "2026-11", "2026" */
    int64_t from, until; /* day numbers (features/calendar), until is the first day after it */
};
/* False: there is no such period. */
bool report_period_read(struct arena *a, const char *text, struct report_period *ret);
/* The period of a span that holds a day. */
struct report_period report_period_of(struct arena *a, enum report_span span, int64_t day);
/* "25 November 2026", "23–29 November 2026", "November 2026", "2026" */
char *report_period_label(struct arena *a, const struct report_period *p, bool english);

/* --- store ----------------------------------------------------------------------------------------------------- */
/* A point of a chart: a day, or a month of a year. */
struct report_point {
    int64_t from; /* day number */
    int64_t visits, kept, measured;
    int64_t median_ms, p90_ms; /* -1: nothing was measured */
};
struct report_figures {
    struct report_sum sum;
    struct report_point *points; /* days, or months of a year; none of a day */
    size_t point_count;
    int64_t days;                                              /* with guests */
    int64_t complaints_open, complaints_late, complaints_soon; /* now, whatever the period */
};
/* What the office counted in the period: kept days from their rows, today and what the clock has not come to
 * yet from the visits. */
enum err report_read(struct cx *cx, const struct report_period *p,
                     struct report_figures *ret) MUST_USE;
/* The figures of one day, counted from the visits. */
enum err report_count_day(struct db_conn *conn, const char *office_id, int64_t day,
                          const struct cx *cx, struct report_sum *ret) MUST_USE;
/* Time passes: keeps the days that are over, and counts days again whose visits were changed since. At most
 * REPORT_TURN_DAYS new ones a call; *ret_more (may be NULL): there are more. */
#define REPORT_TURN_DAYS 20
enum err report_tick(struct cx *cx, const char *office_id, bool *ret_more) MUST_USE;

/* The visits behind a number. */
struct report_query {
    int64_t from_ms, until_ms, before_ms;
    const char *before_id;
    int64_t limit;
};
/* Newest first, before (before_ms, before_id). */
enum err report_visits(struct db_conn *conn, const char *office_id, const struct report_query *q,
                       struct report_visit **ret, size_t *ret_count) MUST_USE;

extern const struct db_sql *const report_statements[];
extern const struct db_sql *const report_read_statements[];
struct route;
/* Route rows, ended by a row without a path. */
const struct route *report_routes(void);

#endif

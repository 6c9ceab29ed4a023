/* What report.tmpl shows. Coordinates are those of the charts' own view boxes, 720 wide. */
#ifndef BT_REPORT_VIEW_H
#define BT_REPORT_VIEW_H

#include "features/report/report.h"
#include "lib/html/widgets.h"

struct report_link {
    const char *path, *label;
    bool current;
};

struct report_grid {
    int y;
    const char *label;
};

/* A point of the two charts over time. */
struct report_mark {
    int x;           /* middle */
    const char *bar; /* path of the bar, or NULL: nothing was measured */
    bool low;        /* below the target */
    int median_y, p90_y;
    const char *span;  /* path between them */
    const char *label; /* under the axis: "23", "Jul" */
    const char *name;  /* in the table: "23 Juli 2026" */
    const char *path;  /* of that day or month */
    const char *visits, *measured, *share, *median, *p90;
};

struct report_cell {
    int x;
    const char *opacity; /* "0.30" */
    bool dark;           /* light text on it */
    int64_t n;
};
struct report_heat_row {
    const char *label;
    int y;
    struct report_cell *cells;
    size_t count;
};
struct report_hour {
    int x;
    const char *label;
};

/* A line of a table with a bar behind its number. */
struct report_line {
    const char *label, *path; /* path NULL: no list behind it */
    const char *value, *share;
    int64_t n;
    int bar; /* of 200 */
};
struct report_lines {
    struct report_line *items;
    size_t count;
};

struct report_phase_line {
    const char *label, *path, *visits, *median, *p90;
};
struct report_channel_line {
    const char *label, *queued, *sent, *delivered, *read, *failed;
};

struct report_page_view {
    const char *label, *lead, *path, *text;
    const char *before, *after; /* paths; after NULL: in the future */
    struct report_link spans[4];
    const char *today;       /* for the date field */
    bool may_schedule;       /* this reader may name who gets the report by mail */
    const char *visits_path; /* NULL: no lists for this reader */
    const char *share, *median, *p90, *visits, *complaints;
    bool by_month;
    const char *axis; /* "Juli", or "2026" */
    struct report_mark *marks;
    size_t mark_count, low_count;
    int goal_y, limit_y;
    const char *limit_text;
    struct report_grid time_grid[6];
    size_t time_grid_count;
    const char *share_words, *time_words, *heat_words; /* what the charts say */
    struct report_heat_row *heat;
    size_t heat_count;
    int64_t heat_most; /* guests in the busiest hour */
    int heat_height, heat_width;
    struct report_hour *hours;
    size_t hour_count;
    struct report_lines categories, hosts, reasons, excluded, answers, custody, closings, states,
        deadlines;
    struct report_phase_line phases[REPORT_PHASES];
    struct report_channel_line *channels;
    size_t channel_count;
};

struct report_visit_line {
    const char *path, *number, *at, *category, *took, *what;
};
struct report_list_view {
    const char *label, *title, *back;
    struct report_visit_line *lines;
    size_t count;
    const char *next; /* path of the next page, or NULL */
    const char *book; /* the whole list as .xlsx */
    bool cut;         /* more were looked through than one page may */
};

#endif

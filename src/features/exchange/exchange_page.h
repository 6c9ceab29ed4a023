/* What exchange.tmpl shows. */
#ifndef BT_EXCHANGE_PAGE_H
#define BT_EXCHANGE_PAGE_H

#include "features/exchange/exchange.h"
#include "lib/html/widgets.h"

struct exchange_line {
    const char *path, *when, *by, *css, *state;
    int64_t accepted, refused;
};
struct exchange_list_view {
    const struct exchange_line *lines;
    size_t count;
};

struct exchange_look_row {
    const char *number;
    const char *const *cells;
};
struct exchange_map_view {
    const char *path, *check_path; /* check_path NULL: not mapped yet */
    const char *note;
    struct input fields[EX_FIELDS];
    struct input head, order;
    const char *const *letters; /* of the columns */
    size_t column_count;
    struct exchange_look_row *rows;
    size_t row_count;
};

struct exchange_bad_line {
    const char *row, *css, *verdict, *reason;
};
struct exchange_check_view {
    const char *path, *map_path, *next_path, *note;
    int64_t accepted, refused, warned;
    const struct exchange_bad_line *lines;
    size_t count;
    const char *range; /* "1–200 dari 340" */
    bool may_run;
};

struct exchange_one_view {
    const char *path, *css, *state, *when, *by, *period, *bad_path;
    int64_t accepted, refused, warned;
    bool may_undo, may_go_on;
};

struct exchange_out_view {
    const char *from, *until;
    const char *cap;
    bool masked;
};

#endif

/* What register.tmpl shows. */
#ifndef BT_REGISTER_VIEW_H
#define BT_REGISTER_VIEW_H

#include "features/register/register_web.h"
#include "lib/html/widgets.h"

struct register_book_line {
    const char *path, *code, *name, *title,
        *organiser;                       /* name: msgid; path NULL: may not read it */
    const char *field;                    /* of R.IN.3, or NULL */
    const char *settings_path, *new_path; /* NULL: may not */
    const char *month_path,
        *month_label;        /* the month that must be closed next, or the running one */
    const char *css, *state; /* chip */
};
struct register_books_view {
    const struct register_book_line *lines;
    size_t count;
};

struct register_change_line {
    const char *at, *visit, *what, *reason, *by;
};
struct register_month_view {
    const struct register_sheet *sheet;
    const char *path, *before_path, *after_path;         /* after_path NULL: the running month */
    const char *settings_path;                           /* NULL: may not change the book */
    const char *new_path, *new_label;                    /* NULL: nothing is written by hand */
    const char *waiting_path, *waiting_text, *take_path; /* what waits; NULL: nothing */
    bool guests, has_paths;
    const char *closed_line; /* "Ditutup Jumat, 31 Juli 2026 oleh …", or NULL */
    const char *hash, *proof_path;
    bool may_close, may_export;
    const struct register_change_line *changes;
    size_t change_count;
};

struct register_column_line {
    const char *key, *key_field, *label_field, *place_field, *label, *place, *shipped;
};
struct register_settings_view {
    const char *path, *month_path;
    const char *code, *title, *organiser, *place, *keeper, *acknowledged;
    const struct option *posts;
    const struct register_column_line *columns;
    size_t column_count;
};

/* --- one line ---------------------------------------------------------------------------------------------- */
struct register_field {
    struct input input;
    bool lines;
};
struct register_fact {
    const char *label, *value;
};
struct register_line_view {
    const char *title, *code, *path, *back_path; /* title: msgid or text */
    const char *done;                            /* "Tercatat dengan nomor 3.", or NULL */
    bool is_new, sealed, closed, may_change, may_cancel;
    const struct option *natures; /* NULL: not asked for */
    const char *nature, *received_date, *received_time, *reason;
    const struct register_field *fields;
    size_t field_count;
    const struct register_fact *facts;
    size_t fact_count;
};

struct register_waiting_line {
    const char *id, *field_id, *number, *path, *day, *class, *state; /* class, state: msgids */
};
struct register_waiting_view {
    const char *path, *back_path;
    const struct option *fields;
    const struct register_waiting_line *lines;
    size_t count;
};

#endif

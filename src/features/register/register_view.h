/* What register.tmpl shows. */
#ifndef BT_REGISTER_VIEW_H
#define BT_REGISTER_VIEW_H

#include "features/register/register_web.h"
#include "lib/html/widgets.h"

struct register_book_line {
    const char *path, *code, *title, *organiser;
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
    const char *path, *before_path, *after_path; /* after_path NULL: the running month */
    const char *settings_path;                   /* NULL: may not change the book */
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
    const char *code, *title, *organiser, *place;
    const struct register_column_line *columns;
    size_t column_count;
};

#endif

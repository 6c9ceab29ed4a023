/* What the shared templates of widgets.tmpl take. They know nothing of visits: plain values only.
 * Words in a `label`, `hint` or `text` are msgids (or text that is already translated: what the table
 * does not know is shown as it is). Errors of a field are found in cx->diag.fields by its name. */
#ifndef BT_LIB_HTML_WIDGETS_H
#define BT_LIB_HTML_WIDGETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/html/html.h"

struct option {
    const char *value; /* NULL ends a list */
    const char *label;
};

/* One input with its label, hint and error. Only `name` and `label` are needed. */
struct input {
    const char *name; /* also its id, so that an error can link to it */
    const char *label;
    const char *hint;
    const char *value; /* as typed, shown again after a refused submit */
    const char *type; /* "text" when NULL; "tel", "password", "date", "datetime-local", "number"… */
    const char *css;          /* class: "num" for figures, "scan" for the scanner's field */
    const char *autocomplete; /* "off" when NULL */
    const char *inputmode;
    const char *placeholder;
    const char *accept;           /* of a file */
    const struct option *options; /* select, radios; ended by value NULL */
    int rows;                     /* textarea; 2 when 0 */
    int max;                      /* maxlength; none when 0 */
    bool required;
    bool autofocus;
    bool checked; /* tick */
};

enum clock_state { CLOCK_OK, CLOCK_WARN, CLOCK_BAD };

/* What the ring shows: how full, which minute, which words. */
struct clock_face {
    enum clock_state state;
    int64_t filled;  /* of 600 */
    int64_t minutes; /* whole ones gone by */
    int64_t left;    /* until the limit; 0 when late */
    int64_t late;    /* whole minutes beyond the limit */
    bool done;       /* the clock has stopped */
};

/* Amber from seven tenths of the limit (7 of 10 minutes), red from the limit on. */
struct clock_face clock_face(int64_t elapsed_s, int64_t limit_s, bool done);
const char *clock_css(enum clock_state state); /* "ok", "warn", "bad" */

struct step_view {
    const char *label; /* msgid */
    const char *time;  /* "09.31", or NULL */
    const char *iso;   /* "09:31" of the same, or NULL */
    bool done, current, skipped;
};

/* Items before the one whose value is NULL (0 for NULL). */
size_t option_count(const struct option *options);
/* The option of that value, NULL: there is none. `value` may be NULL. */
const struct option *option_find(const struct option *options, const char *value);
/* Its label, or NULL. */
const char *option_label(const struct option *options, const char *value);
size_t menu_length(const struct menu_item *menu);

/* The first error of a field, or NULL. */
const struct field_error *input_error(const struct html *h, const char *name);
/* "x-h x-e": the ids that describe the input; NULL when there is neither hint nor error. */
const char *input_described_by(const struct html *h, const struct input *in);

#endif

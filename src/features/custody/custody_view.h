/* What the templates of custody are given: read and worded by the handlers. */
#ifndef BT_CUSTODY_VIEW_H
#define BT_CUSTODY_VIEW_H

#include "features/custody/custody_store.h"

/* One line of a list of things. */
struct thing_view {
    const char *id;
    const char *icon;
    const char *name;            /* "Kartu identitas, KTP": in the language of the page */
    const char *place;           /* "K-09" */
    bool slot;                   /* a card slot, not a locker */
    const char *taken;           /* "09.03" */
    const char *returned, *lost; /* "09.36" or NULL */
    bool held;
};

struct return_view {
    const char *typed; /* in the search field */
    const char *error; /* why nobody is shown, or NULL */
    const char *done;  /* number of the visit that was closed just now, or NULL */
    /* the guest, when one was found */
    bool found;
    const char *visit_id, *number, *name, *photo;
    const char *badge;    /* label, or NULL when it is lost */
    const char *received; /* "Diterima Arief Setiadi pukul 09.12", or NULL */
    const char *blocked;  /* why nothing can be returned now, or NULL */
    bool before_received; /* the way out is "leaves unreceived" */
    struct thing_view *things;
    size_t thing_count, held;
    const char *next, *next_done; /* pages after a step and after the last one */
};

struct slip_view {
    const char *path; /* of the visit */
    const char *office, *address, *number, *name, *badge, *date, *time, *officer;
    struct thing_view *things;
    size_t thing_count;
};

/* One difference to explain: a visit with all that it has out, or a count. */
struct difference_view {
    const char *subject;
    const char *icon, *title, *hint;
    const char *visit_id;      /* NULL for a count */
    bool visit_only;           /* the visit has nothing out: it only needs to be closed */
    const char *reason, *note; /* as typed */
    const char *error;
};

struct count_view {
    const char *name, *icon, *label, *input_label;
    int64_t should_be; /* with everybody gone */
    const char *typed;
    const char *error;
    int64_t off; /* counted minus should_be; only when counted is set */
    bool counted;
};

struct closing_view {
    const char *time, *by;
    int64_t differences;
};

struct day_view {
    const char *date;      /* YYYY-MM-DD */
    const char *long_date; /* "Kamis, 23 Juli 2026" */
    const char *now;       /* "16.04 WIB" */
    const char *date_error;
    bool today, writable;
    bool notes; /* a note beside each explanation: left out when a form would have too many fields */
    struct count_view counts[3];
    struct difference_view *differences;
    size_t difference_count;
    size_t unexplained;
    struct custody_figures figures;
    struct closing_view *closings;
    size_t closing_count;
};

struct thing_view *custody_things(struct cx *cx, const struct item *items, size_t count);

#endif

/* What the officials' phone pages show. */
#ifndef BT_DECISION_VIEW_H
#define BT_DECISION_VIEW_H

#include "lib/html/widgets.h"

/* One guest, large buttons. */
struct answer_page {
    const char *number, *name, *what, *kind, *where;
    const char *photo_path; /* only for somebody who is logged in */
    const char *action;     /* where the buttons post */
    int64_t elapsed_s, limit_s;
    bool head;            /* asked as the Kajari */
    const char *proposal; /* what the Kasi Intel proposes, for the Kajari */
    const char *error;    /* why the last answer was not taken */
    bool by_visit;        /* posts to /tamu/{id}/keputusan with _next */
};
/* After the answer, or when it is too late. */
struct answered_page {
    const char *number, *name, *title, *detail;
    bool ok;
    const char *advice;
    const char *back; /* path, or NULL for a link without login */
};
struct answer_queue_row {
    const char *name, *what, *path, *number;
    int64_t elapsed_s, limit_s;
    bool mine;
};
struct answered_row {
    const char *time, *number, *name, *outcome, *effect, *path; /* outcome, effect: msgids */
};
struct answer_queue {
    struct answer_queue_row *rows;
    size_t count;
    size_t others;                       /* waiting for somebody else's answer */
    bool keys_wait;                      /* a leader's key waits for trust */
    const struct answered_row *answered; /* his own answers of today, newest first */
    size_t answered_count;
    const char *standing_in;              /* for whom he is asked too, or NULL */
    const char *away_until, *away_deputy; /* while he is out of the office, or NULL */
    const struct option *deputies;
    const char *typed_deputy, *typed_from, *typed_until;
    const char *push_key; /* of this server, or NULL: push is not set up */
    const char *done;     /* msgid of what was done, or NULL */
};

#endif

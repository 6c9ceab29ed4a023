/* What the officials' phone pages show. */
#ifndef BT_DECISION_VIEW_H
#define BT_DECISION_VIEW_H

#include "lib/html/widgets.h"

/* One guest, large buttons. */
struct answer_page {
    const char *number, *name, *what, *kind, *where;
    const char *photo_path;   /* only for somebody who is logged in */
    const char *action;       /* where the buttons post */
    int64_t elapsed_s, limit_s;
    bool head;                /* asked as the Kajari */
    const char *proposal;     /* what the Kasi Intel proposes, for the Kajari */
    const char *error;        /* why the last answer was not taken */
    bool by_visit;            /* posts to /tamu/{id}/keputusan with _next */
};
/* After the answer, or when it is too late. */
struct answered_page {
    const char *number, *name, *title, *detail;
    bool ok;
    const char *advice;
    const char *back;         /* path, or NULL for a link without login */
};
struct answer_queue_row {
    const char *name, *what, *path, *number;
    int64_t elapsed_s, limit_s;
    bool mine;
};
struct answer_queue {
    struct answer_queue_row *rows;
    size_t count;
    size_t others;            /* waiting for somebody else's answer */
};

#endif

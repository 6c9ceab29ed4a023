/* What the portal's templates show. */
#ifndef BT_PORTAL_VIEW_H
#define BT_PORTAL_VIEW_H

#include <stdbool.h>

#include "lib/html/html.h"

struct portal_link {
    const char *path, *label, *hint;
};
struct portal_more {
    struct portal_link *links;
    size_t count;
};

struct portal_error {
    const char *title;    /* msgid */
    const char *message;  /* translated */
    const char *ref_path; /* of the visit in the way, or NULL */
    const char *home;
    const char *request_id;
    const char *
        key_next; /* the person's key is put away: where to go once it is open; NULL: it is not that */
    bool ours;    /* 5xx: the number helps the administrator to find the log line */
};

#endif

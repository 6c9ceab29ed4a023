/* What the templates of papers and proofs are given. */
#ifndef BT_PROOF_VIEW_H
#define BT_PROOF_VIEW_H

#include "features/proof/proof_rules.h"
#include "lib/html/widgets.h"

/* "Kamis, 23 Juli 2026, 09.41 WIB" */
const char *proof_moment(struct cx *cx, int64_t ms);

struct export_row {
    const char *number, *when, *by, *reason, *note,
        *code;     /* note NULL: none, or not for this person */
    int64_t pages; /* 0: broken off */
    bool with_reporter;
};
struct export_view {
    const char *number, *path; /* of the complaint */
    const struct option *reasons;
    const char *reason, *note; /* as typed */
    bool reporter;             /* ticked */
    bool opens;                /* this person has a share of the content */
    bool may_reporter;         /* and of the reporter's identity, which is there */
    struct export_row *earlier;
    size_t earlier_count;
};

struct check_start_view {
    const char *code; /* as typed */
};
struct check_page_row {
    int64_t number;
    const char *hash;
    bool same;
};
struct check_view {
    const char *code, *action, *kind, *number, *day, *file_hash;
    int64_t file_bytes;
    struct check_page_row *pages;
    size_t page_count;
    bool checked; /* a file was compared */
    enum proof_verdict verdict;
    int64_t pages_of_file;
    const bool *flags;
};

#endif

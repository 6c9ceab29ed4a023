/* What the templates of the evidence pages are given. */
#ifndef BT_EVIDENCE_VIEW_H
#define BT_EVIDENCE_VIEW_H

#include "features/evidence/evidence.h"
#include "lib/html/widgets.h"

/* The form that adds files; also part of other features' pages: evidence_add_form(). */
struct evidence_form {
    const char *path; /* where it is sent */
    const char *id;   /* evidence_form_id() */
    const char *kind; /* chosen so far */
    const char *
        code; /* receipt code to go with it, in the page only; NULL: the path says which complaint */
    bool ask_kind; /* an officer says what it is; a reporter only hands over evidence */
};
extern const struct option evidence_kind_options[];

struct evidence_line {
    const char *name, *kind, *type, *size, *added, *sha256;
    const char *path, *copy_path; /* copy_path NULL: there is no clean copy */
    const char *withdraw_path;    /* NULL: withdrawn */
    const char *withdrawn, *why;  /* "23 Juli 2026, 09.41 WIB · Arief"; NULL: it counts */
    bool picture;
};

struct evidence_page_view {
    const char *number, *back_path, *back_label;
    const char *locked; /* why nothing can be listed for this person, or NULL */
    const char *unlock; /* where he opens his key, and comes back from; NULL: that would not help */
    bool listing;       /* this page lists (readers), else it only adds (desk) */
    struct evidence_line *lines;
    size_t line_count;
    int64_t count;    /* files, whoever looks */
    const char *done; /* what was just added, or NULL */
    struct evidence_form form;
};

struct evidence_withdraw_view {
    const char *number, *name, *back_path, *action, *reason;
    int reason_max;
};

/* The desk without a visit: the reporter's code says which complaint. */
struct evidence_code_view {
    const char *done;
    struct evidence_form form;
};

#endif

/* What the pages of the opened complaint show: filled by casefile_web*.c, written by casefile.tmpl and
 * casefile_lists.tmpl. */
#ifndef BT_CASEFILE_VIEW_H
#define BT_CASEFILE_VIEW_H

#include "features/casefile/casefile.h"
#include "lib/html/widgets.h"

struct casefile_key_view {
    const char *next;
};

/* A heading with the lines below it. */
struct casefile_answer {
    const char *label; /* msgid */
    const char **lines;
    size_t count;
};

struct casefile_document_row {
    const char *kind, *form; /* form: msgid or "" */
    int64_t count;
};

struct casefile_read_view {
    const char *number, *path, *received, *state, *way, *mode, *class; /* msgids from `state` on */
    const char *writer;     /* "": the reporter himself */
    const char *visit_path; /* NULL: none is kept */
    const char **text;
    size_t text_count;
    const struct complaint_party *parties;
    size_t party_count;
    const char **reported; /* as older forms wrote it */
    size_t reported_count;
    const struct casefile_answer
        *answers; /* the questions, place, period, earlier reports; only written ones */
    size_t answer_count;
    const char *loss; /* "Rp 12.500.000", NULL: not written */
    const struct casefile_document_row *documents;
    size_t document_count;
    const char **names; /* of those it is about, to be looked for elsewhere */
    size_t name_count;
    bool anonymous, identity; /* identity: this person may open the reporter's compartment */
};

struct casefile_identity_view {
    const char *number, *path;
    bool none;        /* nothing is kept */
    bool may;         /* this person has a share */
    const char **who; /* names of those who have one */
    size_t who_count;
    const struct option *reasons;
    const char *reason, *note;              /* as typed */
    const struct complaint_reporter *shown; /* NULL: not yet */
    const char *id_type;                    /* msgid */
};

struct casefile_person {
    const char *id, *name, *roles;
    const char *note; /* msgid: why the account gets nothing now, or NULL */
    bool content, identity, own;
};
struct casefile_look {
    const char *when, *who, *what, *detail, *note; /* what: msgid; detail, note: "" for none */
};
struct casefile_access_view {
    const char *number, *path;
    const struct casefile_person *readers;
    size_t reader_count;
    const struct option *candidates; /* who can be given access; ended by value NULL */
    const struct casefile_person *waiting;
    size_t waiting_count;
    bool leader, has_identity; /* has_identity: there is a reporter's compartment */
    bool can_identity;         /* this session's person has a share of it */
    bool recovery, receipt;
    const char *staff_id; /* as typed */
    bool content, identity;
    const struct casefile_look *looks; /* leaders only */
    size_t look_count;
};

struct casefile_bulk_view {
    int64_t total; /* complaints with a share of this person */
    const struct option *candidates;
    const char *staff_id;
    bool identity, ended;
    bool done;
    int64_t shared, unopened, left;
    const char *after, *to; /* where to go on, NULL: finished; to: name */
};

struct casefile_hit_view {
    const char *number, *path, *day, *state, *class; /* state, class: msgids */
    struct casefile_snippet snippet;
    const char *same; /* numbers of other complaints that name the same party, or NULL */
};
struct casefile_search_view {
    const char *q, *state, *class, *from, *until; /* as typed */
    const struct option *states, *classes;
    bool searched;
    const struct casefile_hit_view *hits;
    size_t hit_count;
    int64_t found, opened, unopened, total;
};

#endif

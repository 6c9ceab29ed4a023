/* What the templates of the reporter's pages are given. */
#ifndef BT_REPORTER_VIEW_H
#define BT_REPORTER_VIEW_H

#include "features/casework/casework.h"
#include "features/complaint/complaint_web_intake.h"
#include "features/evidence/evidence.h"
#include "features/reporter/reporter.h"
#include "lib/html/widgets.h"

/* --- the officer's page: a code for the tablet ---------------------------------------------------------- */
struct kiosk_offer_view {
    const char *action;             /* where the button sends to */
    const char *visit_path, *visit; /* "70", NULL: without a visit */
    const char *closed;             /* why nothing can be taken in now, or NULL */
    const char *code;               /* "K7QM 3XTD", NULL: not asked for yet */
    const char *address;            /* of the tablet's page */
    const char *qr_path;
    int qr_modules;
    const char *until; /* "09.51" */
};

/* --- the tablet ----------------------------------------------------------------------------------------------- */
struct kiosk_start_view {
    const char *code; /* as typed */
    bool staff;       /* an officer is logged in here: nothing is opened */
};

/* --- writing: form, review, receipt ------------------------------------------------------------------------------ */
/* Where it is written. */
struct write_place {
    const char *path;   /* "/kios" */
    const char *action; /* "/kios/pengaduan" */
    const char *wipe;   /* "/kios/kosongkan" */
    bool kiosk;
    const char *way;      /* "tablet" */
    const char *visit_id; /* NULL: none */
    const char *until;    /* "10.26": until when this tablet is open; NULL: no end */
};
struct write_view {
    const struct write_place *place;
    const struct complaint_intake_view *fields;
    const char *closed;
};
struct review_line {
    const char *label, *value; /* msgid; value in one or several lines */
};
#define REVIEW_LINES 20
struct review_view {
    const struct write_place *place;
    const char *mode;
    bool anonymous;
    struct review_line lines[REVIEW_LINES];
    size_t line_count;
    const struct complaint_party *parties;
    size_t party_count;
    const struct complaint_document *documents;
    size_t document_count;
    const struct http_pair *kept; /* everything typed, for the next step */
    size_t kept_count;
};
struct received_view {
    const struct write_place *place;
    const char *number, *receipt;
    const char *code_first, *code_second; /* the same in two lines */
    const char *address;                  /* of the page to follow it */
    const char *qr_path;
    int qr_modules;
};

/* --- following --------------------------------------------------------------------------------------------------- */
struct message_view {
    const char *who, *when;                     /* who: msgid or a name */
    bool from_reporter, ours, withdrawal, seen; /* ours: the reporter looks at his own */
    const char **lines;
    size_t line_count;
};
struct follow_start_view {
    const char *code; /* as typed */
    bool over;        /* it was open here, and is no longer */
};
struct follow_view {
    const char *number, *received, *mode;
    const struct casework_public *course;
    const char *since, *due, *asked_until; /* long dates */
    const char **step_days;
    const struct message_view *messages;
    size_t message_count;
    const struct evidence_file *files;
    const char **file_days, **file_sizes;
    const char *files_form; /* evidence_form_id() */
    size_t file_count;
    bool anonymous, withdrawal, sent;
    const char *text, *reason; /* as typed */
};

/* --- the officer's page: messages --------------------------------------------------------------------------------- */
struct messages_view {
    const char *number, *complaint_path, *action;
    const struct message_view *messages;
    size_t message_count;
    bool anonymous, withdrawal, sent;
    const char *text;
};

/* --- the switch of the public page ---------------------------------------------------------------------------------- */
struct public_switch_view {
    bool open, saved;
    const char *address;
    const char *closed; /* why nothing could be taken in anyway, or NULL */
};

/* "a\nb" as lines, for templates. */
const char **reporter_lines(struct arena *a, const char *text, size_t *ret_count);

#endif

/* What the pages of letters show: filled by letter_web_*.c, written by letter.tmpl and letter_book.tmpl. */
#ifndef BT_LETTER_PAGE_H
#define BT_LETTER_PAGE_H

#include "features/letter/letter_rules.h"
#include "lib/html/widgets.h"

/* --- letters of a complaint ---------------------------------------------------------------------------- */
struct letter_row {
    const char *number, *kind, *date, *maker; /* kind: msgid */
    const char *path;                         /* of the letter */
    const char *cancelled;                    /* reason, NULL: valid */
    const char *about;                        /* of numbers taken by hand */
    const char *complaint_path; /* in the book, for those who may follow it; else NULL */
    const char *cancel_path;    /* NULL: nothing to cancel here */
    bool to_reporter;           /* may be fetched with the reporter's identity */
};
struct letter_case_view {
    const char *number, *path; /* of the complaint */
    const struct letter_row *rows;
    size_t row_count;
    const struct letter_kind *kinds; /* that take a number */
    bool identity;                   /* this person may open the reporter's identity */
    bool anonymous, keyless;         /* keyless: from before letters could be sealed to it */
    bool done;
};

struct letter_person_choice {
    const char *id, *name, *title;
    bool chosen;
};
struct letter_typed {
    const char *date, *subject_code, *signer, *signer_title, *addressee, *subject, *nature,
        *attachment, *basis;
    const char *body, *analysis, *conclusion, *advice, *task, *period, *note, *copies, *value;
};
struct letter_new_view {
    const char *number, *path; /* of the complaint */
    const char *kind, *label, *id,
        *form; /* label: msgid; form: "R-LAPHASTUG-…/O.2.12/Ds.1/11/2026" */
    unsigned shown, needed;
    struct letter_typed typed;
    const struct option *signers;
    const struct letter_person_choice *team;
    size_t team_count;
    bool to_reporter;
};

/* --- templates ------------------------------------------------------------------------------------------- */
struct letter_version_row {
    const char *label, *when, *who, *file; /* label: "Versi 2"; file: path of the download */
    const char *version;
    bool active;
};
struct letter_kind_row {
    const char *code, *label, *active; /* label: msgid */
};
struct letter_templates_view {
    const struct letter_kind_row *rows;
    size_t count;
};
struct letter_fault_row {
    const char *text, *where; /* where: msgid, or "" */
};
struct letter_template_view {
    const char *kind, *label, *path;
    const struct letter_version_row *versions;
    size_t version_count;
    const struct letter_placeholder *placeholders;
    size_t placeholder_count;
    const struct letter_fault_row *faults;
    size_t fault_count;
    bool done;
};

/* --- the book ------------------------------------------------------------------------------------------------ */
struct letter_rule_row {
    const char *kind, *label, *type, *subject_code;   /* label: msgid */
    const char *kind_name, *type_name, *subject_name; /* of the inputs */
    const char *type_label, *subject_label;
};
struct letter_counter_row {
    const char *type;
    long long value;
};
struct letter_book_view {
    const struct letter_row *rows;
    size_t row_count;
    const char *older; /* path of the next page, or NULL */
    const struct letter_rule_row *rules;
    size_t rule_count;
    const struct letter_counter_row *counters;
    size_t counter_count;
    const char *place, *unit, *year;
    const char *type, *subject_code, *about, *date, *start_type, *start_last; /* as typed */
    const char *addressee, *attachment;
    bool may_set, done;
};

#endif

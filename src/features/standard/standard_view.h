/* What standard.tmpl shows. */
#ifndef BT_STANDARD_VIEW_H
#define BT_STANDARD_VIEW_H

#include "features/standard/standard.h"
#include "lib/html/widgets.h"

struct standard_part_view {
    const char *code, *label;
    const char **lines;
    size_t count;
};
struct standard_version_view {
    const char *path, *label;
};
struct standard_view {
    const char *office, *address, *phone, *title, *decree, *valid_from, *clock;
    const char *path;  /* of this service */
    const char *ended; /* when the office withdrew it; NULL: in force */
    const char *
        other; /* a sentence: the visitor book measures by another limit; NULL: not for this reader */
    struct standard_part_view parts[STANDARD_PARTS];
    struct standard_version_view *versions;
    size_t version_count;
    int64_t start_step, stop_step;
    bool shipped, may_edit, saved, many; /* many: there are other services too */
    bool book;                           /* its clock is measured at every visit */
    bool old, coming;                    /* no longer, or not yet in force */
    struct standard_version_view next;   /* a version that is not in force yet; path NULL: none */
};
struct standard_row_view {
    const char *path, *title, *decree, *clock, *product, *ended;
    bool book;
};
struct standard_list_view {
    const char *office;
    struct standard_row_view *rows, *ended; /* ended: withdrawn, for editors */
    size_t count, ended_count;
    bool may_edit;
};
struct standard_edit_view {
    const char *heading, *action, *back;
    const struct standard_draft *drafts; /* to begin with; NULL: a new version, no new service */
    size_t draft_count;
    const char *title, *decree, *valid_from, *limit_count, *limit_unit, *start_step, *stop_step;
    struct input parts[STANDARD_PARTS];
};
extern const struct option standard_unit_options[];
struct pledge_view {
    const char *office, *place_date;
    const char **body, **signer;
    size_t body_count, signer_count;
    bool signed_, may_edit, saved;
    const char *typed_body, *typed_place, *typed_day, *typed_signer;
};

struct skill_cell {
    const char *text, *css, *icon; /* of a chip */
};
struct skill_row {
    const char *name, *role;
    struct skill_cell guideline, word, excel;
};
struct skill_certificate_view {
    const char *person, *kind, *number, *issued, *expires, *remove;
};
struct skill_view {
    const char *title, *day, *guideline_id, *confirmed; /* title NULL: none set; confirmed: when */
    struct skill_cell word, excel;
    bool roster, by_duty, saved;
    struct skill_row *rows;
    size_t row_count;
    const char **warnings; /* a sentence each, about today's counter */
    size_t warning_count;
    struct skill_certificate_view *certificates;
    size_t certificate_count;
    struct option *people;
    const char *typed_title, *typed_day, *typed_staff, *typed_kind, *typed_number, *typed_issued,
        *typed_expires;
};
extern const struct option skill_kind_options[];

#endif

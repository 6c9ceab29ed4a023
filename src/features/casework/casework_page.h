/* What the pages of this feature show: filled by casework_web*.c, written by casework*.tmpl. */
#ifndef BT_CASEWORK_PAGE_H
#define BT_CASEWORK_PAGE_H

#include "features/casework/casework_rules.h"
#include "lib/html/widgets.h"

/* --- the board --------------------------------------------------------------------------------------------- */
struct board_tab {
    const char *code, *label, *css; /* css: "bad", "warn" or "" */
    int64_t count;
    bool current;
};
struct board_line {
    const char *path, *number, *received, *class, *way, *state,
        *side;                         /* msgids but number, received */
    const char *due, *left, *left_css; /* "Jumat, 24 Juli 2026", "2 hari kerja lagi", chip kind */
    const char *group; /* msgid of the heading before this line, or NULL: as the line before */
    int64_t unread;    /* messages of the reporter that nobody read */
};
struct board_view {
    struct board_tab tabs[CASE_GROUPS];
    const struct board_line *lines;
    size_t count;
    const char *group, *number, *state, *class, *way; /* the filter as typed */
    const struct option *states, *classes, *ways;
    const char *next;     /* path of the next page, or NULL */
    const char *holidays; /* sentence: a year has none yet; or NULL */
    const char *drill;    /* sentence: the drill of the recovery sheet is near or late; or NULL */
    bool filtered, leader;
};

/* --- the hub ------------------------------------------------------------------------------------------------ */
struct hub_deadline {
    const char *label, *day, *left, *css;
};
struct hub_move {
    const char *to, *label;
    bool handover, reason, back;
};
struct hub_part {
    const char *code, *label;
    bool there;
};
struct hub_event {
    const char *what, *by, *at, *day, *note; /* note: opened, only on the history page */
    bool sealed;                             /* there is a note */
};
struct hub_person {
    const char *id, *name, *title;
};
struct hub_transfer {
    const char *seq, *to, *when, *by, *access, *received, *returned; /* NULL: not yet */
    const char *reason;
    bool open;
};
struct hub_link {
    const char *id, *path, *number, *state;
};
#define HUB_DEADLINES 4
#define HUB_MOVES     12
struct hub_typed {
    const char *to, *note, *to_name, *to_staff, *old_access, *staff, *number;
    const char *side, *side_note, *apip;
};
struct hub_view {
    const char *path, *number, *received, *way, *mode, *class_label, *state_label, *side_label;
    const char *side, *value, *stage_since;
    struct step_view steps[COMPLAINT_STATES];
    size_t step_count;
    struct hub_deadline deadlines[HUB_DEADLINES];
    size_t deadline_count;
    bool ended, leader, may_work, may_read, may_identity, no_notes;
    int64_t unread;                      /* messages of the reporter */
    bool withdrawal;                     /* the reporter asks for it */
    struct hub_move next;                /* label NULL: nothing for this person to do */
    const char *next_hint;               /* what is missing, translated, or NULL */
    const char *next_path, *next_action; /* where the missing thing is made; msgid */
    struct hub_move moves[HUB_MOVES];
    size_t move_count;
    bool may_hand_over; /* one of the moves */
    struct hub_part parts[CASE_PARTS_MAX];
    size_t part_count;
    bool parts_checked, parts_missing;
    const struct hub_event *events;
    size_t event_count;
    const struct hub_person *team;
    size_t team_count;
    const struct option *people; /* who may be added */
    const struct option *recipients;
    const struct hub_transfer *transfers;
    size_t transfer_count;
    const struct hub_link *links;
    size_t link_count;
    const struct option *classes, *sources, *contents;
    const char *class, *value_source, *value_content;
    struct hub_typed typed;
    const char *done; /* sentence, or NULL */
};

/* --- limits ---------------------------------------------------------------------------------------------------- */
struct limit_line {
    const char *name, *stage, *label, *length, *unit, *basis; /* label: msgid */
    bool verified, minutes;
};
struct limits_view {
    struct limit_line lines[STAGE_LIMITS_MAX];
    size_t count;
    bool may_write, done;
};

#endif

/* What the visit's templates show: plain values, made by visit_web_page.c and visit_web_new.c. */
#ifndef BT_VISIT_PAGE_H
#define BT_VISIT_PAGE_H

#include "features/audit/audit.h"
#include "features/notice/notice.h"
#include "features/office/office.h"
#include "features/visit/visit_view.h"
#include "lib/html/widgets.h"

/* One row of the counter. */
struct visit_row {
    const char *css; /* "visit", "visit near", "visit late" */
    const char *number, *name, *path, *what, *badge, *place;
    int step;
    const char *step_label;
    int64_t elapsed_s, limit_s;
    bool done; /* the clock has stopped */
    const char *chip_kind, *chip_icon, *chip_text;
    const char *act_label, *act_path;
    bool urgent;
};

struct visit_group {
    const char *id, *title, *hint;
    struct visit_row *rows;
    size_t count;
};

/* An alarm at the counter: nobody has answered; these are to be telephoned. */
struct alarm_card {
    const char *text, *path;
    struct notice_call *calls;
    size_t call_count;
};

struct visit_board {
    struct visit_group waiting, received, leaving;
    struct visit_row *closed;
    size_t closed_count;
    int64_t closed_total;
    const char *percent; /* of today's guests received in time; NULL: nobody received yet */
    const char *date, *time;
    const char *q;
    const char *next;        /* path of the next page of finished visits, or NULL */
    const char *book;        /* path of the same list as .xlsx */
    const char *refresh;     /* path of this list, for htmx */
    const char *counter_gap; /* sentence when somebody at the counter lacks a competence, else NULL */
    const char *channel_down; /* sentence when no channel is set up or one is dead, else NULL */
    struct alarm_card *alarms;
    size_t alarm_count;
    const char *alarm_chip; /* in the row of such a guest */
    bool desk;
    bool searched;
    struct piece *kept;   /* the list as it was rendered before, or NULL */
    struct http_res *res; /* where it goes */
};

/* The form of a new visit: everything typed, again. */
struct visitor_hit {
    const char *id, *name, *document, *last;
};
struct visit_new_view {
    const char *id_type, *id_number, *name, *phone, *email, *address, *gender, *birth_date;
    const char *organization, *guardian, *priority, *purpose, *category, *service, *host;
    const char *no_photo_reason, *arrived_at, *late_reason;
    struct text_list companions;
    struct visit_doubt doubts[5]; /* shown with their tick */
    size_t doubt_count;
    bool doubt_accepted[5];
    const char *inside_path; /* of the open visit, when that is in the way */
    const char *q;
    struct visitor_hit *hits;
    size_t hit_count;
    bool searched;
    struct option *hosts; /* ended by value NULL */
    bool more;            /* the folded part is open */
    int64_t opened_ms;    /* when the officer opened the form: the clock starts there */
    int64_t elapsed_s, limit_s;
};

/* One visit. */
struct log_line {
    const char *time, *by, *what, *detail;
};
struct notice_line {
    const char *icon, *text, *time;
    bool todo;
};
struct notice_card {
    const char *title;
    struct notice_line *lines;
    size_t count;
};

struct answer_card {
    const char *who, *chip, *text;
};
struct visit_one {
    struct visit_view *view;
    const char *number, *sub, *photo_path, *call, *path;
    struct step_view steps[9];
    int64_t elapsed_s, limit_s;
    bool done;
    bool desk, official, leader;
    bool may_wait, may_receive, may_note, may_decide;
    const char *receive_reason; /* why not yet */
    struct room *rooms;
    size_t room_count;
    const char *place_now; /* what the next step is, in words */
    struct answer_card *answers;
    size_t answer_count;
    const char *asked;           /* whose answer is awaited */
    struct notice_card *notices; /* one a message, or one that says why there is none */
    size_t notice_count;
    struct notice_card escalation;
    struct alarm_card *alarm; /* rings now, or NULL */
    const char *masked_number, *masked_phone, *id_type, *companions, *receiver;
    struct log_line *log;
    size_t log_count;
    size_t held_count;
    const char *complaint_path;
    const struct http_req *refused; /* the form that was refused: what was typed stays */
    const char *progress;           /* changes when the next step may have changed */
};

/* What was typed in a field of the refused form, NULL without one; of row i for "items[i][name]". */
const char *visit_typed(struct cx *cx, const struct visit_one *o, const char *name);
const char *visit_typed_item(struct cx *cx, const struct visit_one *o, size_t i, const char *name);

/* The form again after a refusal (status of `e`), or empty for ERR_OK. */
enum err visit_new_page(struct cx *cx, struct http_req *req, struct http_res *res,
                        enum err e) MUST_USE;
/* The page of one visit; `e` other than ERR_OK: a refused step, shown on top with its status. */
enum err visit_one_page(struct cx *cx, struct http_req *req, struct http_res *res,
                        const char *visit_id, enum err e) MUST_USE;

/* The list of the board: the one that was kept, or made now. */
void visit_board_put(struct html *h, const struct visit_board *b);
/* Messages and escalation of a visit as time lines (visit_web_notice.c). */
enum err visit_notice_fill(struct cx *cx, struct visit_one *o, const struct audit_entry *entries,
                           size_t count) MUST_USE;
/* The alarms of the counter, for those who may telephone. */
enum err visit_alarms_fill(struct cx *cx, struct alarm_card **ret, size_t *ret_count) MUST_USE;

/* A search text as a LIKE pattern for names: anywhere in them, or at their beginning. */
const char *visit_name_pattern(struct arena *a, const char *q, bool anywhere);
/* A row of the counter from a visit. */
void visit_row_fill(struct cx *cx, const struct visit *v, int64_t limit_s, struct visit_row *ret);
/* Seconds the clock shows, and whether it has stopped. */
int64_t visit_elapsed_s(const struct visit *v, int64_t now_ms, bool *ret_done);

#endif

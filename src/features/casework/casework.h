/* Following a complaint to its end: who moves it from state to state, which document must be there before,
 * how long each stage may take, who is reminded; hand-over, completeness, links. Nothing here can be read
 * from the content: codes, days and numbers only; notes are sealed to complaint.public_key.
 *
 * For the intake: call casework_begin() in the transaction that inserts the complaint, after the insert.
 * For the reporter's pages: casework_public_view(). */
#ifndef BT_CASEWORK_H
#define BT_CASEWORK_H

#include "features/calendar/calendar.h"
#include "features/complaint/complaint.h"
#include "lib/base/cx.h"
#include "lib/base/record.h"
#include "lib/db/db.h"
#include "lib/outbox/outbox.h"

#define CASE_REMINDER "case_reminder" /* outbox kind: "2 pengaduan mendekati tenggat" */

/* --- for the intake ------------------------------------------------------------------------------------- */
/* Opens the first stage on the day of `received_at` (of which only the day is used). SQL only; one row, by
 * complaint id, without any time, so that it tells no more of an anonymous complaint than its day. A
 * complaint without this row gets one at the next turn of casework_tick(). */
enum err casework_begin(struct db_conn *tx, const char *office_id, const char *complaint_id,
                        int64_t received_at) MUST_USE;

/* --- for the reporter -------------------------------------------------------------------------------------- */
/* What the reporter may know of the course of his complaint. Labels are msgids, days "YYYY-MM-DD". */
struct casework_public {
    const char *state, *label; /* code, and its words: "Telaah" */
    const char *side_label;    /* "Perlu dilengkapi", or NULL */
    const char *since_day;     /* the present state since */
    const char *due_day; /* when it must be settled at the latest (60 days), or NULL: ended, waiting */
    const char *asked_until;  /* until when the reporter should complete it, or NULL */
    const char *const *asked; /* msgids of what is asked for: "Fotokopi identitas" */
    size_t asked_count;
    bool ended;
    struct casework_public_step {
        const char *label, *day;
    } * steps; /* what was passed, oldest first; the receipt is the first */
    size_t step_count;
};
enum err casework_public_view(struct db_conn *conn, const char *office_id,
                              const struct complaint *c, struct casework_public *ret) MUST_USE;

/* --- the case -------------------------------------------------------------------------------------------- */
struct casework {
    const char *complaint_id;
    const char *stage_day; /* the present state began */
    const char *overall_day; /* the 60 days run from here: receipt, or the day the file was complete */
    const char *due_day;     /* of the stage; NULL: no limit, waiting or ended */
    const char *overall_due; /* NULL: no limit, waiting or ended */
    const char *side_day;    /* the side state began, or NULL */
    const char *side_due;    /* until when the reporter completes the file, or NULL */
    const char *sort_day;    /* the first of those that run; "9999-12-31": none */
    const char *value_source, *value_content; /* "B", "2", or NULL */
    const char *complete; /* codes of what is there, a blank between; NULL: not looked at yet */
    int64_t event_seq;
};
/* ERR_MISSING before casework_begin(). */
enum err casework_get(struct db_conn *conn, const char *office_id, const char *complaint_id,
                      struct casework *ret) MUST_USE;

struct case_member {
    const char *staff_id, *since_day;
};
enum err casework_team(struct db_conn *conn, const char *office_id, const char *complaint_id,
                       struct case_member **ret, size_t *ret_count) MUST_USE;

/* Calendar or limits were changed: computes every open deadline again, in transactions of at most 200 rows,
 * and opens what casework_begin() was not called for. */
enum err casework_recompute(struct cx *cx, const char *office_id) MUST_USE;
/* Let time pass: once a minute. Reminds in office hours, at most once a day and person. */
enum err casework_tick(struct cx *cx, const char *office_id) MUST_USE;
/* For notice_render(): the text of a CASE_REMINDER. `to` and `opaque_id` are filled already. ERR_MISSING:
 * nothing is due any more. */
enum err casework_render_reminder(struct cx *cx, const struct outbox_row *row,
                                  struct outbox_message *ret) MUST_USE;

extern const struct db_sql *const casework_statements[];
extern const struct db_sql *const casework_move_statements[];
extern const struct db_sql *const casework_due_statements[];
struct route;
/* Route rows, ended by a row without a path. */
const struct route *casework_routes(void);

#endif

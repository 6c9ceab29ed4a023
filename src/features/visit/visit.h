/* The visit: one guest from arrival to the badge's return. Other features change their own columns of it
 * (custody, decision, notice, complaint) through their own stores; this header is what they share. */
#ifndef BT_VISIT_H
#define BT_VISIT_H

#include <stdbool.h>

#include "features/audit/audit.h"
#include "lib/base/cx.h"
#include "lib/base/record.h"
#include "lib/db/db.h"

struct visit {
    const char *id;
    int64_t year, number;
    const char *number_suffix;
    const char *state; /* registered checked_in waiting received leaving closed cancelled left */
    int64_t open;
    int64_t arrived_at, due_at, registered_at;
    const char *registered_by;
    const char *late_reason;
    const char *visitor_id;
    const char *name, *id_type;
    struct bytes id_index, identity_sealed;
    const char *visitor_kind, *organization, *companions;
    int64_t companion_count;
    const char *guardian, *priority, *purpose, *category, *service, *host, *host_id;
    const char *photo_id, *no_photo_reason, *accepted_warnings;
    const char *badge, *no_card_reason, *room;
    int64_t call_number;
    const char *notice_state, *notice_reason;
    int64_t notice_at;
    const char *question_state, *question_reason;
    int64_t question_at;
    const char *decision_state, *decision_outcome, *decision_by;
    int64_t decision_at, decision_due_at, ask_again_at;
    const char *receiver_id;
    int64_t received_at;
    const char *received_by;
    struct bytes note_sealed;
    int64_t note_at;
    struct bytes complaint_sealed;
    int64_t leaving_at, unreceived;
    const char *end_reason;
    int64_t closed_at;
};
extern const struct record visit_record; /* columns as in the table: SELECT list VISIT_COLUMNS */

#define VISIT_COLUMNS                                                                              \
    "id, year, number, number_suffix, state, open, arrived_at, due_at, registered_at, "            \
    "registered_by, late_reason, visitor_id, name, id_type, id_index, identity_sealed, "           \
    "visitor_kind, organization, companions, companion_count, guardian, priority, purpose, "       \
    "category, service, host, host_id, photo_id, no_photo_reason, accepted_warnings, badge, "      \
    "no_card_reason, room, call_number, notice_state, notice_reason, notice_at, question_state, "  \
    "question_reason, question_at, decision_state, decision_outcome, decision_by, decision_at, "   \
    "decision_due_at, ask_again_at, receiver_id, received_at, received_by, note_sealed, note_at, " \
    "complaint_sealed, leaving_at, unreceived, end_reason, closed_at"

/* The guest's sealed identity, opened. */
struct identity {
    const char *id_number, *phone, *email, *address, *gender, *birth_date;
};

struct visit_step {
    int64_t step, at;
    const char *by_id, *skipped;
};

/* late_reason of a visit that was copied from an old book (features/exchange). Its note_sealed holds `officer`,
 * `remarks` and, when the book named no hour, `time` = "unknown". */
#define VISIT_OLD_BOOK "Dari buku lama"

/* Who acts, in a form a transaction can hold. */
struct visit_act {
    const char *office_id;
    const char *actor_kind; /* as the audit names it */
    const char *actor_id;
    int64_t now_ms;
};
struct visit_act visit_act_of(const struct cx *cx);
/* Of the program itself, for what nobody asked for just now. */
struct visit_act visit_act_system(const char *office_id, int64_t now_ms);

/* --- store ----------------------------------------------------------------------------------------- */
enum err visit_get(struct db_conn *conn, const char *office_id, const char *id,
                   struct visit *ret) MUST_USE;
/* Marks a step done (a second time: nothing happens). skipped NULL or the reason. */
enum err visit_step_done(struct db_conn *tx, const struct visit_act *act, const char *visit_id,
                         int step, int64_t at, const char *skipped) MUST_USE;
/* Audit entry about this visit; the last statement of the transaction. */
enum err visit_log(struct db_conn *tx, const struct visit_act *act, const char *visit_id,
                   const char *action, const char *detail) MUST_USE;
/* The same about anything else: office, time and actor of the entry are the act's. */
enum err visit_act_log(struct db_conn *tx, const struct visit_act *act,
                       struct audit_new entry) MUST_USE;
enum err visit_steps(struct db_conn *conn, const char *office_id, const char *visit_id,
                     struct visit_step **ret, size_t *ret_count) MUST_USE;
/* Opens the identity as entered. */
enum err visit_identity(const struct cx *cx, const struct visit *v, struct identity *ret) MUST_USE;

/* --- rules (pure) ------------------------------------------------------------------------------------ */
bool visit_state_is(const struct visit *v, const char *state);
/* Highest step done. */
int visit_highest_step(const struct visit_step *steps, size_t count);
/* Steps 1…n done without a gap: what the counter shows as "n/9". */
int visit_reached_step(const struct visit_step *steps, size_t count);
/* "412/2026", "70A/2026" */
char *visit_number_text(struct arena *a, const struct visit *v);
/* May the guest go to the waiting room, be received (by a desk, or by the official `actor_id` himself),
 * have a note written? */
struct refusal visit_may_wait(const struct visit *v);
struct refusal visit_may_receive(const struct visit *v, bool desk, const char *actor_id);
struct refusal visit_may_note(const struct visit *v);
/* "This document is inside already": names the open visit. */
struct refusal visit_refuse_inside(struct arena *a, const struct visit *inside);
/* msgids of what the codes mean for people. */
const char *visit_state_label(const char *state);
const char *visit_category_label(const char *category);
const char *visit_priority_label(const char *priority);
const char *visit_id_type_label(const char *id_type);
const char *visit_step_label(int step);
/* NIK and other numbers masked: first four and last four shown. */
char *visit_mask_number(struct arena *a, const char *number);

/* Removes photo files that a crash left without a visit (started by the server's clock). */
enum err visit_sweep_photos(struct cx *cx, const char *office_id) MUST_USE;

extern const struct db_sql *const visit_statements[];
struct route;
/* Route rows, ended by a row without a path. */
const struct route *visit_routes(void);

#endif

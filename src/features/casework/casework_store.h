/* SQL of the course of a complaint. casework_store.c reads, casework_move_store.c changes,
 * casework_due_store.c keeps deadlines and reminders. */
#ifndef BT_CASEWORK_STORE_H
#define BT_CASEWORK_STORE_H

#include "features/casework/casework_rules.h"
#include "features/visit/visit.h"

#define CASE_NEVER    "9999-12-31"
#define CASE_ROWS_MAX 200u
#define CASE_DUE_MAX  500u

/* --- reading --------------------------------------------------------------------------------------------- */
/* A complaint on the board: its columns in clear, with where it stands. */
struct case_row {
    const char *id;
    int64_t year, number, received_at;
    const char *state, *side, *way, *reporter_mode, *class;
    int64_t ended_at;
    const char *stage_day, *due_day, *overall_due, *side_due, *sort_day;
};
struct case_query {
    const char *office_id;
    const char *reader_id; /* only what is shared with this person; "": all */
    const char *today;
    int group;                        /* enum case_group; -1: all that is open */
    const char *state, *class, *way;  /* "": any */
    int64_t number, year;             /* 0: any */
    const char *after_day, *after_id; /* keyset; "" from the start */
    int64_t limit;
};
enum err casework_page(struct db_conn *conn, const struct case_query *q, struct case_row **ret,
                       size_t *ret_count) MUST_USE;
/* How many there are in each group for this reader; ret has CASE_GROUPS places. */
enum err casework_counts(struct db_conn *conn, const struct case_query *q, int64_t *ret) MUST_USE;

struct case_event {
    int64_t seq, at;
    const char *by_id, *kind, *from_state, *to_state, *detail;
    struct bytes note_sealed;
};
struct case_stage {
    int64_t seq, stopped_days;
    const char *stage, *started_day, *due_day, *ended_day;
};
struct case_pause_row {
    int64_t seq;
    const char *side, *from_day, *until_day;
};
struct case_transfer {
    int64_t seq, at, received_at, returned_at;
    const char *to_kind, *to_name, *to_staff, *old_access, *by_id;
    const char *received_by, *receipt_number, *returned_by;
    struct bytes reason_sealed;
};
struct case_linked {
    const char *id;
    int64_t year, number;
    const char *state;
};
#define CASE_LIST(name_, type_)                                                                    \
    enum err name_(struct db_conn *conn, const char *office_id, const char *complaint_id,          \
                   struct type_ **ret, size_t *ret_count) MUST_USE
CASE_LIST(casework_events, case_event); /* oldest first */
CASE_LIST(casework_stages, case_stage); /* those that are over */
CASE_LIST(casework_pauses, case_pause_row);
CASE_LIST(casework_transfers, case_transfer);
CASE_LIST(casework_links, case_linked);
/* ERR_MISSING: no complaint of this number. */
enum err casework_by_number(struct db_conn *conn, const char *office_id, int64_t year,
                            int64_t number, const char **ret_id) MUST_USE;
enum err casework_limits(struct db_conn *conn, const char *office_id, struct stage_limit **ret,
                         size_t *ret_count) MUST_USE;
/* Which letters there are, as bits of enum case_letter. */
enum err casework_letters(struct db_conn *conn, const char *office_id, const char *complaint_id,
                          unsigned *ret) MUST_USE;

/* --- changes ------------------------------------------------------------------------------------------------ */
struct case_handover {
    const char *to_kind, *to_name; /* section office apip; to_kind NULL: none */
    const char *to_staff;          /* NULL: nobody here */
    bool old_taken;
    struct bytes reason_sealed;
};
struct case_act {
    struct visit_act act;
    const char *complaint_id;
    const char *today;  /* in the office's zone */
    unsigned who;       /* enum case_who of the actor */
    const char *to;     /* a state, a side state (NULL: none), a class … as the act wants it */
    const char *detail; /* codes for history and audit; NULL: none */
    bool reason;
    struct bytes note_sealed;
    struct case_handover handover;
    const char *value_source, *value_content; /* casework_tx_value */
    const char *staff_id, *other_id;          /* team, links */
    int64_t seq;                              /* of a transfer */
    const char *receipt_number;
    struct refusal refusal; /* out */
};
enum err casework_tx_move(struct db_conn *tx, void *arg); /* all take struct case_act * */
enum err casework_tx_side(struct db_conn *tx, void *arg);
enum err casework_tx_value(struct db_conn *tx, void *arg);
enum err casework_tx_class(struct db_conn *tx, void *arg);
enum err casework_tx_complete(struct db_conn *tx, void *arg); /* to: codes of what is there */
enum err casework_tx_team_add(struct db_conn *tx, void *arg);
enum err casework_tx_team_remove(struct db_conn *tx, void *arg);
enum err casework_tx_received(struct db_conn *tx, void *arg); /* the receipt of a transfer */
enum err casework_tx_returned(struct db_conn *tx, void *arg); /* a transfer comes back: reopens */
enum err casework_tx_link(struct db_conn *tx, void *arg);
enum err casework_tx_unlink(struct db_conn *tx, void *arg);

struct limits_change {
    struct visit_act act;
    const struct stage_limit *limits;
    size_t count;
};
enum err casework_tx_limits(struct db_conn *tx, void *arg); /* struct limits_change * */

/* --- deadlines ------------------------------------------------------------------------------------------------ */
/* What is needed to compute: read once for many cases. */
struct case_frame {
    struct calendar calendar;
    struct stage_limit *limits;
    size_t limit_count;
};
enum err casework_frame(struct db_conn *conn, const char *office_id,
                        struct case_frame *ret) MUST_USE;
/* Computes one case's days again from state, side, days and pauses as they stand. */
enum err casework_refresh(struct db_conn *tx, const char *office_id, const char *complaint_id,
                          const struct case_frame *frame) MUST_USE;
/* The deadlines of a case as they are now. */
enum err casework_due(struct db_conn *conn, const char *office_id, const char *complaint_id,
                      const struct case_frame *frame, struct case_due *ret) MUST_USE;
/* One turn of casework_recompute(). */
struct case_turn {
    const char *office_id, *after_id;
    const char *last_id; /* out: NULL: nothing is left */
};
enum err casework_tx_recompute(struct db_conn *tx, void *arg); /* struct case_turn * */
enum err casework_tx_open_missing(struct db_conn *tx, void *arg);
/* Is there a complaint without its row? */
enum err casework_is_missing(struct db_conn *conn, const char *office_id, bool *ret) MUST_USE;

/* Open complaints whose first deadline is on or before `until` and whose stage did not begin only today: how
 * many of each state, and how many of them are late. */
struct case_load {
    const char *state;
    int64_t due, late;
};
/* `staff_id` "": of the office, else of this member's team. */
enum err casework_load(struct db_conn *conn, const char *office_id, const char *staff_id,
                       const char *until, const char *today, struct case_load **ret,
                       size_t *ret_count) MUST_USE;
struct case_member_due {
    const char *staff_id;
};
/* Active members of teams that have something due. */
enum err casework_members_due(struct db_conn *conn, const char *office_id, const char *until,
                              const char *today, struct case_member_due **ret,
                              size_t *ret_count) MUST_USE;
enum err casework_reminded(struct db_conn *conn, const char *office_id, const char *staff_id,
                           const char *day, bool *ret) MUST_USE;
struct case_remind {
    const char *office_id, *day;
    int64_t now_ms;
    const struct case_remind_one {
        const char *outbox_id, *staff_id, *channel;
    } * people;
    size_t count;
};
enum err casework_tx_remind(struct db_conn *tx, void *arg); /* struct case_remind * */

#endif

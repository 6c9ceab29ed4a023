/* SQL of the books that are not made of visits: their lines, the words on them, corrections, and which
 * complaints and visits still wait to be written down. */
#ifndef BT_REGISTER_ENTRY_H
#define BT_REGISTER_ENTRY_H

#include "features/register/register.h"
#include "features/visit/visit.h"

#define REGISTER_PENDING_MAX 200

/* --- lines --------------------------------------------------------------------------------------------------- */
struct register_row {
    const char *id;
    const char *source_kind; /* hand visit complaint letter */
    const char *source_id;   /* visit or complaint, or NULL */
    int64_t year, number;
    const char *suffix;
    const char *series; /* of a letter: "R-TELAAHAN"; else "" */
    int64_t at;         /* received, or the day on the letter */
    int64_t counts_at;  /* in whose month it stands: `at`, of a late line when it was made */
    int64_t has_time, made_at, settled_at, cancelled_at;
    const char *made_by, *cancel_reason;
    struct bytes words_sealed;
    /* of a letter */
    const char *kind, *letter_number, *about, *addressee, *attachment;
    /* of the complaint behind it, what lies open; complaint_number 0: none */
    int64_t complaint_number, complaint_year, ended_at, disposition_at;
    const char *state, *side, *way, *reporter_mode, *class;
    const char *value_source, *value_content, *disposition_number;
};
/* In the order of the book. */
enum err register_rows(struct db_conn *conn, const char *office_id, const struct register_book *b,
                       const struct register_month *m, struct register_row **ret,
                       size_t *ret_count) MUST_USE;
enum err register_row_get(struct db_conn *conn, const char *office_id, const struct register_book *b,
                          const char *id, struct register_row *ret) MUST_USE;
enum err register_rows_recap(struct db_conn *conn, const char *office_id,
                             const struct register_book *b, const struct register_month *m,
                             struct register_recap *ret) MUST_USE;
/* The first line; ERR_MISSING: none yet. */
enum err register_rows_first(struct db_conn *conn, const char *office_id,
                             const struct register_book *b, int64_t *ret_ms) MUST_USE;

/* --- writing ------------------------------------------------------------------------------------------------- */
struct register_new {
    const char *id; /* made before the transaction */
    const char *source_kind, *source_id;
    int64_t at, settled_at; /* 0: not settled */
    bool has_time;
    const char *made_by;
    struct bytes words_sealed;
    int64_t year, number, counts_at; /* out */
    const char *suffix;              /* out */
    bool there; /* out: this source has its line already; nothing was written */
};
struct register_adding {
    struct visit_act act;
    const char *book;
    int offset_min;
    struct register_new *items;
    size_t count;
    int64_t added; /* out */
};
/* Gives numbers and stores the lines, each with its audit entry. */
enum err register_add(struct db_conn *tx, void *arg); /* struct register_adding * */

struct register_changing {
    struct visit_act act;
    const struct register_book *book;
    int offset_min;
    const char *id, *correction_id;
    const char *fields; /* keys of the changed words, "subject,remarks" */
    const char *reason; /* needed when the month is closed; NULL: none was given */
    int64_t settled_at; /* of an entry; 0: not settled */
    struct bytes words_sealed, before_sealed;
    struct refusal refusal; /* out: 409 "line_cancelled", 422 of "reason" */
};
enum err register_change_line(struct db_conn *tx, void *arg); /* struct register_changing * */
/* Cancels an entry: its number stays, with the reason. `fields` is not looked at. */
enum err register_cancel_line(struct db_conn *tx, void *arg); /* struct register_changing * */

/* --- what waits ------------------------------------------------------------------------------------------------ */
struct register_waiting {
    const char *id;
    int64_t year, number, received_at;
    const char *state, *class, *way;
};
/* Complaints without a line in any book of R.IN.3, oldest first; at most REGISTER_PENDING_MAX. */
enum err register_unsorted(struct db_conn *conn, const char *office_id,
                           struct register_waiting **ret, size_t *ret_count) MUST_USE;
/* Complaints that came as a letter within [from_ms, until_ms) and stand in no line of R.IN.1, in the order of
 * their days; within a day in that of their random ids. */
enum err register_letters_waiting(struct db_conn *conn, const char *office_id, int64_t from_ms,
                                  int64_t until_ms, struct register_waiting **ret,
                                  size_t *ret_count) MUST_USE;
/* Visits with a note and without a complaint that have no line in R.IN.1. */
enum err register_visits_waiting(struct db_conn *conn, const char *office_id, int64_t from_ms,
                                 int64_t until_ms, struct visit **ret, size_t *ret_count) MUST_USE;
/* A complaint of a given id: ERR_MISSING when it has a line in R.IN.3, or does not exist. */
enum err register_unsorted_one(struct db_conn *conn, const char *office_id, const char *id,
                               struct register_waiting *ret) MUST_USE;

#endif

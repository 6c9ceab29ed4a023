/* Inputs and results of the visit's own transactions: filled by visit_web*.c, run by visit_store.c. */
#ifndef BT_VISIT_STORE_H
#define BT_VISIT_STORE_H

#include "features/notice/notice.h"
#include "features/visit/visit.h"
#include "lib/replay/replay.h"

struct visitor {
    const char *id, *id_type;
    struct bytes identity_sealed;
    const char *name, *organization;
    int64_t last_at, visits;
};

/* Steps 1 and 2: number, visit, first steps, notice, audit entry: all or nothing. */
struct visit_registration {
    struct visit_act act;
    struct replay replay;
    struct visit visit;            /* in: all but number, suffix, visitor_id; out: those too */
    const char *visitor_id;        /* for a guest who is new */
    struct bytes visitor_identity; /* sealed for that id */
    struct bytes known_identity;   /* sealed for the id of the visitor known from before */
    struct notice_new notice;
    struct identity identity; /* as it is in both */
    bool accept_inside;
    const char *detail;
    /* out; the visit's states too, as they were stored */
    bool replayed;
    const char *subject_id;
    int status;
    struct refusal refusal;
};
enum err visit_register(struct db_conn *tx, void *arg); /* struct visit_registration * */

/* What each later step shares. */
struct visit_change {
    struct visit_act act;
    struct replay replay;
    const char *visit_id;
    struct visit visit; /* as found in the transaction */
    bool replayed;
    int status;
    struct refusal refusal;
};
struct visit_room {
    struct visit_change change;
    const char *room;
    const char *day; /* YYYY-MM-DD in the office's zone: call numbers begin at 1 each day */
};
enum err visit_to_room(struct db_conn *tx, void *arg); /* struct visit_room * */
struct visit_reception {
    struct visit_change change;
    bool desk; /* the actor is a desk, not an official */
};
enum err visit_to_receive(struct db_conn *tx, void *arg); /* struct visit_reception * */
struct visit_noting {
    struct visit_change change;
    struct bytes sealed;
};
enum err visit_to_note(struct db_conn *tx, void *arg); /* struct visit_noting * */
struct visit_correction {
    struct visit_change change;
    struct visit seen, after;
    const char *correction_id, *field, *reason;
    struct bytes old_sealed, new_sealed;
};
enum err visit_to_correct(struct db_conn *tx, void *arg); /* struct visit_correction * */

/* The open visit of a document, the newest first. */
enum err visit_inside_of(struct db_conn *conn, const char *office_id, struct bytes id_index,
                         struct visit *ret) MUST_USE;

enum err visitor_find(struct db_conn *conn, const char *office_id, struct bytes id_index,
                      struct visitor *ret) MUST_USE;
enum err visitor_get(struct db_conn *conn, const char *office_id, const char *id,
                     struct visitor *ret) MUST_USE;
/* `pattern`: a LIKE pattern in lower case, escaped with '!'. At most 8. */
enum err visitor_search(struct db_conn *conn, const char *office_id, const char *pattern,
                        struct visitor **ret, size_t *ret_count) MUST_USE;

/* Visits that are still open, longest waiting first. */
enum err visit_open_list(struct db_conn *conn, const char *office_id, size_t max,
                         struct visit **ret, size_t *ret_count) MUST_USE;
/* Keyset page, newest first. */
struct visit_query {
    const char *office_id;
    int64_t from_ms, to_ms;
    int64_t before_ms;        /* rows before (before_ms, before_id); INT64_MAX at first */
    const char *before_id;    /* "" at first */
    const char *state;        /* or NULL */
    const char *name_pattern; /* LIKE pattern, lower case, or NULL */
    const char *label;        /* the search text in upper case: a number or badge */
    size_t limit;
};
enum err visit_page_list(struct db_conn *conn, const struct visit_query *q, struct visit **ret,
                         size_t *ret_count) MUST_USE;
enum err visit_closed_count(struct db_conn *conn, const char *office_id, int64_t from_ms,
                            int64_t to_ms, int64_t *ret) MUST_USE;
/* Does a visit name this photo? */
enum err visit_names_photo(struct db_conn *conn, const char *office_id, const char *photo_id,
                           bool *ret) MUST_USE;
/* How many guests of the day were received, and how many of them in time (late entries not counted). */
struct visit_day {
    int64_t received, kept;
};
enum err visit_day_figures(struct db_conn *conn, const char *office_id, int64_t from_ms,
                           int64_t to_ms, struct visit_day *ret) MUST_USE;

#endif

/* The acts of custody, each one transaction. Filled by the handlers, run by db_tx(); also what the
 * store tests use. Inside this feature only. */
#ifndef BT_CUSTODY_STORE_H
#define BT_CUSTODY_STORE_H

#include "features/custody/custody.h"
#include "features/visit/visit.h"
#include "lib/replay/replay.h"

/* What every act begins with and leaves behind. */
struct custody_act {
    struct visit_act act;
    struct arena *arena; /* the request's: its owner waits while the transaction runs */
    const char *visit_id;
    struct replay replay;
    /* results */
    bool repeated; /* this Idempotency-Key has done it before: nothing was changed now */
    int status;    /* of the first answer, when repeated */
    bool raced; /* another officer was faster: run again, and the rule names what is in the way */
    struct refusal refusal;
    struct item *items; /* everything deposited, when the act looked at it; named by still_held */
    size_t item_count;
};

struct custody_new_item {
    const char *kind, *label, *slot;
};

/* Step 3: badge out, things in. */
struct custody_deposit {
    struct custody_act a;
    const char *badge; /* as office_label() gives it */
    const char *no_card_reason;
    const struct custody_new_item *items;
    size_t item_count;
    char hold_id[UUID_TEXT_BYTES];
    char (*item_ids)[UUID_TEXT_BYTES]; /* item_count of them */
};
enum err custody_deposit(struct db_conn *tx, void *deposit) MUST_USE;

/* Step 8: things back. */
struct custody_return {
    struct custody_act a;
    const char *const *ids;
    size_t id_count;
    bool all;
};
enum err custody_return(struct db_conn *tx, void *ret) MUST_USE;

/* Step 9: badge back, the visit closes. */
struct custody_close {
    struct custody_act a;
    const char *badge; /* as office_label() gives it; "" when none was named */
};
enum err custody_close(struct db_conn *tx, void *close) MUST_USE;

/* Leaves unreceived, or is cancelled. */
struct custody_end {
    struct custody_act a;
    const char *reason;
};
enum err custody_leave(struct db_conn *tx, void *end) MUST_USE;
enum err custody_cancel(struct db_conn *tx, void *end) MUST_USE;

struct custody_lost {
    struct custody_act a;
    const char *item_id; /* NULL: the badge */
    const char *reason, *witness;
};
enum err custody_lose(struct db_conn *tx, void *lost) MUST_USE;

/* --- end of day -------------------------------------------------------------------------------------- */

/* One thing that should not be there at the end of the day: a badge with a guest, a card in a slot,
 * a device in a locker, a visit that was never closed. */
struct custody_out {
    const char *id; /* of the hold, the item, the visit */
    const char *visit_id, *kind, *label, *slot;
    int64_t since;
    int64_t year, number;
    const char *number_suffix, *name, *state;
};
extern const struct record custody_out_record;

struct custody_day {
    struct custody_out *badges, *cards, *devices, *visits;
    size_t badge_count, card_count, device_count, visit_count;
    int64_t pool; /* badges of the office that are not lost or retired */
};
/* What is out of things that began before `until`. */
enum err custody_day_read(struct db_conn *conn, const char *office_id, int64_t until,
                          struct custody_day *ret) MUST_USE;
/* Visits of one day: all, received, received too late. */
struct custody_figures {
    int64_t visits, received, late;
};
enum err custody_day_figures(struct db_conn *conn, const char *office_id, int64_t from,
                             int64_t until, struct custody_figures *ret) MUST_USE;

struct day_closing {
    const char *id, *day;
    int64_t at;
    const char *by_id;
    int64_t differences;
    const char *explanation; /* JSON: counted, expected, explanations */
};
extern const struct record day_closing_record;
enum err custody_closings(struct db_conn *conn, const char *office_id, const char *day,
                          struct day_closing **ret, size_t *ret_count) MUST_USE;

/* A difference and its explanation. `subject`: the id of an open visit, for all that it has out, or
 * "badges", "cards", "devices" for a count that does not agree with the book. */
struct custody_explained {
    const char *subject, *reason, *note;
};
struct custody_counted {
    int64_t badges, cards, devices;
};
/* What the count should be when nothing is missing beyond what the book says is out. */
struct custody_counted custody_expected(const struct custody_day *day);
/* The subjects that need an explanation, in the order of the page; returns how many (at most max are
 * written). A badge or thing that is out belongs to a visit that is open, so the visit stands for it. */
size_t custody_differences(const struct custody_day *day, const struct custody_counted *counted,
                           const char **ret, size_t max);
const struct custody_explained *custody_explanation(const struct custody_explained *list,
                                                    size_t count, const char *subject);

struct custody_day_close {
    struct visit_act act;
    struct arena *arena;
    struct replay replay;
    const char *id; /* UUIDv7 */
    const char *day;
    int64_t until;
    struct custody_counted counted;
    const struct custody_explained *explained;
    size_t explained_count;
    const char *explanation; /* JSON to be stored */
    /* results */
    bool repeated;
    struct refusal refusal;
    const char **missing; /* subjects without an explanation */
    size_t missing_count;
};
enum err custody_day_store(struct db_conn *tx, void *close) MUST_USE;

#endif

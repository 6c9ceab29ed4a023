/* Custody: cards in slots, devices in lockers, badges out of the pool; and their way back. */
#ifndef BT_CUSTODY_H
#define BT_CUSTODY_H

#include "lib/base/cx.h"
#include "lib/base/record.h"
#include "lib/db/db.h"

struct visit;
struct badge;

struct item {
    const char *id, *visit_id, *kind, *label, *place_id, *slot;
    int64_t taken_at;
    const char *taken_by;
    int64_t returned_at;
    const char *returned_by;
    int64_t lost_at;
};
extern const struct record item_record;

struct badge_hold {
    const char *id, *visit_id, *badge_id, *label;
    int64_t issued_at, ended_at;
    const char *lost_reason;
};
extern const struct record badge_hold_record;

/* Everything ever deposited by the visit, oldest first. */
enum err custody_items(struct db_conn *conn, const char *office_id, const char *visit_id,
                       struct item **ret, size_t *ret_count) MUST_USE;
/* Not yet returned and not lost. */
bool custody_held(const struct item *item);
/* The badge the visit holds now; ERR_MISSING when none. */
enum err custody_badge(struct db_conn *conn, const char *office_id, const char *visit_id,
                       struct badge_hold *ret) MUST_USE;
/* The visit that holds a badge now, by label; ERR_MISSING when it lies in the rack or is unknown. */
enum err custody_badge_holder(struct db_conn *conn, const char *office_id, const char *label,
                              struct badge_hold *ret) MUST_USE;
/* The open visit that had this badge last, also when the badge was lost since; ERR_MISSING when none. */
enum err custody_badge_last(struct db_conn *conn, const char *office_id, const char *label,
                            struct visit *ret) MUST_USE;
/* msgid of an item kind: "Kartu identitas". */
const char *custody_kind_label(const char *kind);

/* --- rules (pure): each says OK (err ERR_OK) or why not ------------------------------------------- */
/* Where things of this kind lie: "slot" for an identity card, "locker" for the rest. */
const char *custody_place_kind(const char *item_kind);
size_t custody_count_held(const struct item *items, size_t count);
size_t custody_count_held_cards(const struct item *items, size_t count);
/* Step 3, and more things later. */
struct refusal custody_may_deposit(const struct visit *v);
/* Step 8. */
struct refusal custody_may_return(const struct visit *v);
/* Step 9, by state alone. */
struct refusal custody_may_close(const struct visit *v);
/* Leaves without having been received. */
struct refusal custody_may_leave(const struct visit *v);
struct refusal custody_may_cancel(const struct visit *v);
/* A badge out of the pool: not one that is lost or retired. NULL: there is none of this label. */
struct refusal custody_check_pool(const struct badge *badge, const char *label);
/* `held` is the label of the badge that the visit has, or NULL. */
struct refusal custody_check_given(const char *held, const char *label);
/* The badge that comes back is the one that went out. */
struct refusal custody_check_back(const char *held, const char *label);
/* Cards: at most one a person; on the first hand-over a card or a reason why there is none. */
struct refusal custody_check_cards(const struct visit *v, size_t held_cards, size_t new_cards,
                                   const char *no_card_reason);
/* Step 9 while things are held; the handler names them (custody_held_text). */
struct refusal custody_still_held(void);
/* Why step 8 is over: NULL when something went back, else the reason as a msgid. */
const char *custody_return_skipped(const struct item *items, size_t count);
/* "Kartu identitas (K-09), HP putih (12)": what is held, for people. */
const char *custody_held_text(const struct cx *cx, const struct item *items, size_t count);

extern const struct db_sql *const custody_statements[];
extern const struct db_sql *const custody_day_statements[];
struct route;
/* Route rows, ended by a row without a path. */
const struct route *custody_routes(void);

#endif

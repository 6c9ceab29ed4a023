/* Who is asked for a post right now, and how he is reached: duty calendar, acting holders (Plt./Plh.),
 * people who are away, deputies; channels in order, quiet hours. */
#ifndef BT_REACH_H
#define BT_REACH_H

#include "lib/base/cx.h"
#include "lib/base/record.h"
#include "lib/db/db.h"

/* --- who (the time is cx->now_ms, the day that of cx->offset_min) ------------------------------------ */
struct reach_who {
    const char *staff_id;
    const char *for_id; /* whose deputy it is; the same person otherwise */
    const char *why;    /* duty plt plh post deputy */
};
/* The person who must be asked now for a post (a role bit): the one on duty today, else the acting holder
 * in his period, else the account of the post; when that person is away, his deputy. Everybody away: the
 * person himself, which is better than nobody. ERR_MISSING when nobody holds the post. */
enum err reach_of_post(struct cx *cx, const char *office_id, uint32_t role,
                       struct reach_who *ret) MUST_USE;
/* The same with his account, and nothing of why. */
struct staff;
enum err reach_holder(struct cx *cx, const char *office_id, uint32_t role,
                      struct staff *ret) MUST_USE;
/* Who stands in for a person, in order: whom he named when he left, then his deputies; without those who
 * are away themselves. */
enum err reach_deputies(struct cx *cx, const char *office_id, const char *staff_id,
                        const char ***ret, size_t *ret_count) MUST_USE;
/* Posts of which this person is asked now, as role bits: his own (`roles`), and those for which
 * reach_of_post() names him. */
enum err reach_posts(struct cx *cx, const char *office_id, const char *staff_id, uint32_t roles,
                     uint32_t *ret) MUST_USE;

/* --- how ----------------------------------------------------------------------------------------------- */
#define REACH_CHANNELS 5
extern const char
    *const reach_channel_names[REACH_CHANNELS + 1]; /* whatsapp gateway telegram mail webpush */
/* msgid: "WhatsApp", "Telegram", … */
const char *reach_channel_label(const char *channel);
/* An address as a third person may see it: "0812••••1122", "r•••@kantor.example". */
const char *reach_mask(struct cx *cx, const char *channel, const char *address);
/* Is any channel set up here? The first one, or NULL. */
const char *reach_any_channel(const struct cx *cx);

struct reach_channel {
    const char *channel;
    const char *address; /* opened: number, chat id, mail address, subscription */
};
/* A person's channels that are set up, in his order, one address each (his first). Without any of his own:
 * his telephone as WhatsApp. In his quiet hours only the silent ones (mail); when there is none, the first
 * alone: a guest is waiting at the counter. */
enum err reach_channels(struct cx *cx, const char *office_id, const char *staff_id,
                        struct reach_channel **ret, size_t *ret_count) MUST_USE;
/* The same without opening addresses. */
enum err reach_channels_named(struct cx *cx, const char *office_id, const char *staff_id,
                              const char ***ret, size_t *ret_count) MUST_USE;
enum err reach_channels_of(struct cx *cx, const char *office_id, const struct staff *s,
                           const char ***ret, size_t *ret_count) MUST_USE;
/* His address on one channel, whatever the hour; ERR_MISSING when he has none any more. */
enum err reach_address(struct cx *cx, const char *office_id, const char *staff_id,
                       const char *channel, const char **ret) MUST_USE;
/* Whose address it is (an answer came from it). ERR_MISSING: nobody's. */
enum err reach_by_address(struct cx *cx, const char *office_id, const char *channel,
                          const char *address, const char **ret_staff_id) MUST_USE;

/* --- a person's channels, quiet hours ------------------------------------------------------------------ */
struct staff_channel {
    const char *id, *staff_id;
    int64_t sort;
    const char *channel;
    struct bytes address_sealed;
    const char *address; /* opened by reach_staff_channels() */
    int64_t verified_at, created_at;
};
enum err reach_staff_channels(struct cx *cx, const char *office_id, const char *staff_id,
                              struct staff_channel **ret, size_t *ret_count) MUST_USE;
struct reach_channel_new {
    const char *staff_id, *channel, *address;
};
/* At the end of his list; audited. ERR_INVALID (field "address" or "channel"), ERR_CONFLICT when the
 * address is somebody's already. */
enum err reach_channel_add(struct cx *cx, const struct reach_channel_new *n,
                           char ret_id[UUID_TEXT_BYTES]) MUST_USE;
enum err reach_channel_remove(struct cx *cx, const char *id) MUST_USE;
/* One place up; the first stays where it is. */
enum err reach_channel_up(struct cx *cx, const char *id) MUST_USE;
/* An answer to the test message came from there. In a transaction. */
enum err reach_channel_verified(struct db_conn *tx, const char *office_id, const char *id,
                                int64_t now_ms) MUST_USE;
/* The other side said that the address is no more. In a transaction; nothing there is fine. */
enum err reach_channel_gone(struct db_conn *tx, const char *office_id, const char *staff_id,
                            const char *channel, int64_t now_ms) MUST_USE;

/* Minutes of the office's day; equal: none (the row is taken away). */
struct quiet_hours {
    int64_t from_min, until_min;
};
/* ERR_MISSING when he has none. */
enum err reach_quiet_get(struct db_conn *conn, const char *office_id, const char *staff_id,
                         struct quiet_hours *ret) MUST_USE;
enum err reach_quiet_set(struct cx *cx, const char *staff_id, const struct quiet_hours *q) MUST_USE;

/* --- stand-ins and the duty calendar ------------------------------------------------------------------- */
struct stand_in {
    const char *id, *kind, *staff_id, *deputy_id; /* kind: deputy away plt plh */
    int64_t sort, from_at, until_at, ended_at, replaced_roles;
};
/* Not ended, of one person or of all (""); those of the future too. */
enum err reach_stand_ins(struct db_conn *conn, const char *office_id, const char *staff_id,
                         int64_t now_ms, struct stand_in **ret, size_t *ret_count) MUST_USE;
struct stand_in_new {
    const char *kind, *staff_id, *deputy_id;
    int64_t from_at, until_at; /* until_at 0: until ended; required for away */
};
/* Audited. ERR_INVALID with field errors. A person who is away again replaces the row of before. */
enum err reach_stand_in_add(struct cx *cx, const struct stand_in_new *n,
                            char ret_id[UUID_TEXT_BYTES]) MUST_USE;
enum err reach_stand_in_end(struct cx *cx, const char *id) MUST_USE;

struct duty {
    const char *day, *post, *staff_id; /* day: YYYY-MM-DD */
};
enum err reach_duty_list(struct db_conn *conn, const char *office_id, const char *from_day,
                         const char *until_day, struct duty **ret, size_t *ret_count) MUST_USE;
/* staff_id NULL or "": nobody in particular. ERR_INVALID when he does not hold the post. */
enum err reach_duty_set(struct cx *cx, const struct duty *d) MUST_USE;

extern const struct db_sql *const reach_statements[];
struct route;
/* Route rows, ended by a row without a path. */
const struct route *reach_routes(void);

#endif

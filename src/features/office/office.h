/* The office itself: its data and policy, badges, card slots, lockers, waiting rooms. */
#ifndef BT_OFFICE_H
#define BT_OFFICE_H

#include "lib/base/cx.h"
#include "lib/base/record.h"
#include "lib/db/db.h"

struct office {
    const char *office_id, *code, *name, *parent_name, *address, *phone;
    int64_t offset_min;   /* of UTC */
    int64_t limit_s;      /* the standard's time: 600 */
    const char *ask_head; /* "always" or "when_asked" */
    int64_t head_silence_s;
    int64_t notice_name;
    struct bytes recovery_public;
    int64_t recovery_confirmed_at;
    int64_t recovery_tested_at; /* the last drill; 0: none since the sheet was typed back */
    int64_t demo;
};
extern const struct record office_record;

/* The one office of this installation; ERR_MISSING before init. */
enum err office_only(struct db_conn *conn, struct office *ret) MUST_USE;
enum err office_get(struct db_conn *conn, const char *office_id, struct office *ret) MUST_USE;

struct office_new {
    const char *code, *name, *parent_name, *address, *phone;
    int offset_min;
    bool demo;
};
/* Makes the office, its audit head and the standard policy. Fills ret_office_id. ERR_CONFLICT when there
 * is one. */
enum err office_create(struct cx *cx, const struct office_new *n,
                       char ret_office_id[UUID_TEXT_BYTES]) MUST_USE;
/* Stores the recovery key's public half (set-up), then that its sheet was typed back. */
enum err office_set_recovery(struct cx *cx, const uint8_t public_key[32], bool confirmed) MUST_USE;
/* A drill opened all `complaints`: keeps when. Audited: "recovery_tested". */
enum err office_recovery_tested(struct cx *cx, int64_t complaints) MUST_USE;

struct badge {
    const char *id, *label, *state;
    int64_t created_at;
};
struct place {
    const char *id, *kind, *label, *state;
    int64_t sort, created_at;
};
struct room {
    const char *id, *label, *state;
    int64_t sort, created_at;
};
extern const struct record badge_record, place_record, room_record;

enum err office_badge_add(struct cx *cx, const char *label, char ret_id[UUID_TEXT_BYTES]) MUST_USE;
enum err office_place_add(struct cx *cx, const char *kind, const char *label,
                          char ret_id[UUID_TEXT_BYTES]) MUST_USE;
enum err office_room_add(struct cx *cx, const char *label, char ret_id[UUID_TEXT_BYTES]) MUST_USE;
enum err office_badge_by_label(struct db_conn *conn, const char *office_id, const char *label,
                               struct badge *ret) MUST_USE;
enum err office_place_by_label(struct db_conn *conn, const char *office_id, const char *kind,
                               const char *label, struct place *ret) MUST_USE;
/* The first place of a kind ("slot", "locker") that holds nothing; ERR_MISSING when all are taken. */
enum err office_place_free(struct db_conn *conn, const char *office_id, const char *kind,
                           struct place *ret) MUST_USE;
enum err office_rooms(struct db_conn *conn, const char *office_id, struct room **ret,
                      size_t *ret_count) MUST_USE;
/* Labels as people type them: trimmed, upper case, "a 7" and "a-7" and "A07" stay as typed but for case. */
char *office_label(struct arena *a, const char *typed);

/* --- rules (office.c, pure) ----------------------------------------------------------------------------- */
#define OFFICE_RANGE_MAX 200
/* "A-01" to "A-40": the labels between, both ends too. `last` NULL or "": the one label. The refusal names
 * the field "label" or "last". */
enum err office_range(struct arena *a, const char *first, const char *last, const char ***ret,
                      size_t *ret_count, struct refusal *ret_refusal) MUST_USE;
/* "O.2.12", as it stands in the numbers of letters. */
bool office_code_ok(const char *code);
/* Where a place stands in its list: the number its label ends with. */
int64_t office_label_number(const char *label);
/* The yearly drill of the recovery sheet: when the next is due (epoch ms); 0 while no sheet is proven. */
int64_t office_drill_due(const struct office *o);
/* Is it time to ask for it? From a month before. */
bool office_drill_near(const struct office *o, int64_t now_ms);
/* What a state is called for people (msgid). */
const char *office_state_label(const char *state);
const char *office_kind_label(const char *kind); /* "Slot kartu identitas", "Loker" */

/* --- for the pages of this feature ------------------------------------------------------------------------- */
/* A thing of the pool with what holds it now: for lists. `kind` is NULL but for places; `state` is ready,
 * out (held by an open visit), lost or retired. */
struct pool_row {
    const char *id, *kind, *label, *state;
    int64_t sort, created_at, since;
    const char *visit_id; /* of the holder, NULL when nothing holds it */
};
extern const struct record badge_row_record, place_row_record, room_row_record;

enum pool { POOL_BADGE, POOL_PLACE, POOL_ROOM };
/* A page of a list after the row `cursor` ("" from the start). */
enum err office_pool_page(struct db_conn *conn, enum pool pool, const char *office_id,
                          const char *cursor, int64_t limit, struct pool_row **ret,
                          size_t *ret_count) MUST_USE;
enum err office_pool_get(struct db_conn *conn, enum pool pool, const char *office_id,
                         const char *id, struct pool_row *ret) MUST_USE;
struct replay; /* lib/replay */
struct pool_add {
    enum pool pool;
    const char *kind; /* of places, else NULL */
    const char *const *labels;
    size_t count;
    const struct replay *replay; /* an Idempotency-Key of the request, or NULL */
};
/* Adds one or many, all or none. ERR_CONFLICT (field "label") names the first label that is there. A
 * repeated request gives the ids of the first. */
enum err office_pool_add(struct cx *cx, const struct pool_add *add,
                         char (**ret_ids)[UUID_TEXT_BYTES]) MUST_USE;
/* ready, lost (badges only) or retired. ERR_CONFLICT while a visit holds it. */
enum err office_pool_set_state(struct cx *cx, enum pool pool, const char *id,
                               const char *state) MUST_USE;

struct office_change {
    const char *code, *name, *parent_name, *address, *phone, *ask_head;
    int64_t limit_s, head_silence_s;
    bool notice_name;
};
enum err office_update(struct cx *cx, const struct office_change *c) MUST_USE;

extern const struct db_sql *const office_statements[];
extern const struct db_sql *const office_pool_statements[];
struct route;
/* Route rows, ended by a row without a path. */
const struct route *office_routes(void);

#endif

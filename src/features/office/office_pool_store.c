/* The pools in the database: badges, places (card slots and lockers), waiting rooms. What holds a thing
 * now is read from the custody tables; a thing that is held changes its state only there. */
#include "features/office/office.h"

#include <stdio.h>
#include <string.h>

#include "features/audit/audit.h"
#include "lib/base/str.h"
#include "lib/replay/replay.h"

#include "lib/base/banned.h"

#define POOL_MAX 5000 /* things of one kind in an office: a ceiling, not a page */

/* --- rows ------------------------------------------------------------------------------------------------ */

static const struct record_column badge_columns[] = {
    RECORD_COLUMN(struct badge, id, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct badge, label, REC_TEXT, RECORD_ALL, T("Label")),
    RECORD_COLUMN(struct badge, state, REC_TEXT, RECORD_ALL, T("Keadaan")),
    RECORD_COLUMN(struct badge, created_at, REC_TIME, RECORD_ALL, T("Dibuat")),
};
const struct record badge_record = RECORD("Badge", struct badge, badge_columns);

static const struct record_column place_columns[] = {
    RECORD_COLUMN(struct place, id, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct place, kind, REC_TEXT, RECORD_ALL, T("Jenis")),
    RECORD_COLUMN(struct place, label, REC_TEXT, RECORD_ALL, T("Label")),
    RECORD_COLUMN(struct place, state, REC_TEXT, RECORD_ALL, T("Keadaan")),
    RECORD_COLUMN(struct place, sort, REC_INT, 0, NULL),
    RECORD_COLUMN(struct place, created_at, REC_TIME, RECORD_ALL, T("Dibuat")),
};
const struct record place_record = RECORD("Place", struct place, place_columns);

static const struct record_column room_columns[] = {
    RECORD_COLUMN(struct room, id, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct room, label, REC_TEXT, RECORD_ALL, T("Nama")),
    RECORD_COLUMN(struct room, state, REC_TEXT, RECORD_ALL, T("Keadaan")),
    RECORD_COLUMN(struct room, sort, REC_INT, 0, NULL),
    RECORD_COLUMN(struct room, created_at, REC_TIME, RECORD_ALL, T("Dibuat")),
};
const struct record room_record = RECORD("Room", struct room, room_columns);

static const struct record_column badge_row_columns[] = {
    RECORD_COLUMN(struct pool_row, id, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct pool_row, label, REC_TEXT, RECORD_ALL, T("Label")),
    RECORD_COLUMN(struct pool_row, state, REC_TEXT, RECORD_ALL, T("Keadaan")),
    RECORD_COLUMN(struct pool_row, since, REC_TIME, RECORD_ALL, T("Dipakai sejak")),
    RECORD_COLUMN(struct pool_row, visit_id, REC_TEXT, RECORD_ALL, T("Kunjungan")),
    RECORD_COLUMN(struct pool_row, created_at, REC_TIME, RECORD_ALL, T("Dibuat")),
};
const struct record badge_row_record = RECORD("BadgeRow", struct pool_row, badge_row_columns);

static const struct record_column place_row_columns[] = {
    RECORD_COLUMN(struct pool_row, id, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct pool_row, kind, REC_TEXT, RECORD_ALL, T("Jenis")),
    RECORD_COLUMN(struct pool_row, label, REC_TEXT, RECORD_ALL, T("Label")),
    RECORD_COLUMN(struct pool_row, state, REC_TEXT, RECORD_ALL, T("Keadaan")),
    RECORD_COLUMN(struct pool_row, since, REC_TIME, RECORD_ALL, T("Dipakai sejak")),
    RECORD_COLUMN(struct pool_row, visit_id, REC_TEXT, RECORD_ALL, T("Kunjungan")),
    RECORD_COLUMN(struct pool_row, created_at, REC_TIME, RECORD_ALL, T("Dibuat")),
};
const struct record place_row_record = RECORD("PlaceRow", struct pool_row, place_row_columns);

static const struct record_column room_row_columns[] = {
    RECORD_COLUMN(struct pool_row, id, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct pool_row, label, REC_TEXT, RECORD_ALL, T("Nama")),
    RECORD_COLUMN(struct pool_row, state, REC_TEXT, RECORD_ALL, T("Keadaan")),
    RECORD_COLUMN(struct pool_row, created_at, REC_TIME, RECORD_ALL, T("Dibuat")),
};
const struct record room_row_record = RECORD("RoomRow", struct pool_row, room_row_columns);

/* --- statements -------------------------------------------------------------------------------------------- */

#define BADGE_ROW                                                                                  \
    "SELECT b.id, b.label, CASE WHEN h.id IS NOT NULL THEN 'out' ELSE b.state END AS state,"       \
    " h.issued_at AS since, h.visit_id, b.created_at FROM badge b LEFT JOIN badge_hold h"          \
    " ON h.office_id = b.office_id AND h.badge_id = b.id AND h.ended_at IS NULL"
#define PLACE_ROW                                                                                  \
    "SELECT p.id, p.kind, p.label, CASE WHEN i.id IS NOT NULL THEN 'out' ELSE p.state END"         \
    " AS state, i.taken_at AS since, i.visit_id, p.created_at FROM place p LEFT JOIN item i"       \
    " ON i.office_id = p.office_id AND i.place_id = p.id AND i.returned_at IS NULL"                \
    " AND i.lost_at IS NULL"

DB_SQL(badge_by_label, "SELECT id, label, state, created_at FROM badge"
                       " WHERE office_id = $1 AND label = $2");
DB_SQL(badge_row_get, BADGE_ROW " WHERE b.office_id = $1 AND b.id = $2");
DB_SQL(badge_row_page, BADGE_ROW " WHERE b.office_id = $1 AND ($2 = '' OR b.label >"
                                 " (SELECT c.label FROM badge c WHERE c.office_id = $1 AND c.id = "
                                 "$2)) ORDER BY b.label LIMIT $3");
DB_SQL(badge_insert, "INSERT INTO badge (office_id, id, label, state, created_at)"
                     " VALUES ($1, $2, $3, 'ready', $4)");
DB_SQL(badge_update_state, "UPDATE badge SET state = $3 WHERE office_id = $1 AND id = $2");

DB_SQL(place_by_label, "SELECT id, kind, label, sort, state, created_at FROM place"
                       " WHERE office_id = $1 AND kind = $2 AND label = $3");
DB_SQL(place_free, "SELECT p.id, p.kind, p.label, p.sort, p.state, p.created_at FROM place p"
                   " WHERE p.office_id = $1 AND p.kind = $2 AND p.state = 'ready'"
                   " AND NOT EXISTS (SELECT 1 FROM item i WHERE i.office_id = p.office_id"
                   " AND i.place_id = p.id AND i.returned_at IS NULL AND i.lost_at IS NULL)"
                   " ORDER BY p.sort, p.label LIMIT 1");
DB_SQL(place_row_get, PLACE_ROW " WHERE p.office_id = $1 AND p.id = $2");
DB_SQL(place_row_page, PLACE_ROW
       " WHERE p.office_id = $1 AND ($2 = '' OR (p.kind, p.sort, p.label) >"
       " (SELECT c.kind, c.sort, c.label FROM place c WHERE c.office_id = $1 AND c.id = $2))"
       " ORDER BY p.kind, p.sort, p.label LIMIT $3");
DB_SQL(place_insert, "INSERT INTO place (office_id, id, kind, label, sort, state, created_at)"
                     " VALUES ($1, $2, $3, $4, $5, 'ready', $6)");
DB_SQL(place_update_state, "UPDATE place SET state = $3 WHERE office_id = $1 AND id = $2");

DB_SQL(room_by_label, "SELECT id, label, sort, state, created_at FROM room"
                      " WHERE office_id = $1 AND label = $2");
DB_SQL(room_list_ready, "SELECT id, label, sort, state, created_at FROM room"
                        " WHERE office_id = $1 AND state = 'ready' ORDER BY sort, label");
DB_SQL(room_row_get, "SELECT id, label, state, created_at FROM room"
                     " WHERE office_id = $1 AND id = $2");
DB_SQL(room_row_page,
       "SELECT id, label, state, created_at FROM room WHERE office_id = $1 AND ($2 = '' OR"
       " (sort, label) > (SELECT c.sort, c.label FROM room c WHERE c.office_id = $1 AND c.id = $2))"
       " ORDER BY sort, label LIMIT $3");
/* Rooms keep the order in which they were added: the first is the one meant when none is named. */
DB_SQL(room_insert, "INSERT INTO room (office_id, id, label, sort, state, created_at)"
                    " VALUES ($1, $2, $3, (SELECT coalesce(max(sort), 0) + 1 FROM room"
                    " WHERE office_id = $1), 'ready', $4)");
DB_SQL(room_update_state, "UPDATE room SET state = $3 WHERE office_id = $1 AND id = $2");

const struct db_sql *const office_pool_statements[] = {
    &badge_by_label,  &badge_row_get,      &badge_row_page,
    &badge_insert,    &badge_update_state, &place_by_label,
    &place_free,      &place_row_get,      &place_row_page,
    &place_insert,    &place_update_state, &room_by_label,
    &room_list_ready, &room_row_get,       &room_row_page,
    &room_insert,     &room_update_state,  NULL,
};

/* What differs between the three pools. */
struct pool_kind {
    const struct record *row;
    const struct db_sql *get, *page, *set_state;
    const char *subject, *added, *changed;
    const char *taken_msgid, *held_msgid;
};

static const struct pool_kind pools[] = {
    [POOL_BADGE] = {&badge_row_record, &badge_row_get, &badge_row_page, &badge_update_state,
                    "badge", "badge_added", "badge_changed",
                    T("Tanda pengenal %s sudah ada. Tulis label lain."),
                    T("Tanda pengenal %s masih dipakai tamu. Terima kembali lebih dulu.")},
    [POOL_PLACE] = {&place_row_record, &place_row_get, &place_row_page, &place_update_state, "place",
                    "place_added", "place_changed", T("Label %s sudah ada. Tulis label lain."),
                    T("%s masih berisi titipan. Kembalikan titipannya lebih dulu.")},
    [POOL_ROOM] = {&room_row_record, &room_row_get, &room_row_page, &room_update_state, "room",
                   "room_added", "room_changed", T("Ruang %s sudah ada. Tulis nama lain."),
                   T("Ruang %s masih dipakai.")},
};

/* --- reading --------------------------------------------------------------------------------------------------- */

enum err office_badge_by_label(struct db_conn *conn, const char *office_id, const char *label,
                               struct badge *ret)
{
    return db_one(conn, &badge_by_label, DB_ARGS(db_text(office_id), db_text(label)), &badge_record,
                  ret);
}

enum err office_place_by_label(struct db_conn *conn, const char *office_id, const char *kind,
                               const char *label, struct place *ret)
{
    return db_one(conn, &place_by_label, DB_ARGS(db_text(office_id), db_text(kind), db_text(label)),
                  &place_record, ret);
}

enum err office_place_free(struct db_conn *conn, const char *office_id, const char *kind,
                           struct place *ret)
{
    return db_one(conn, &place_free, DB_ARGS(db_text(office_id), db_text(kind)), &place_record, ret);
}

enum err office_rooms(struct db_conn *conn, const char *office_id, struct room **ret,
                      size_t *ret_count)
{
    return db_list(conn, &room_list_ready, DB_ARGS(db_text(office_id)), &room_record, POOL_MAX, ret,
                   ret_count);
}

enum err office_pool_page(struct db_conn *conn, enum pool pool, const char *office_id,
                          const char *cursor, int64_t limit, struct pool_row **ret,
                          size_t *ret_count)
{
    return db_list(conn, pools[pool].page,
                   DB_ARGS(db_text(office_id), db_text(cursor), db_int(limit)), pools[pool].row,
                   POOL_MAX, ret, ret_count);
}

enum err office_pool_get(struct db_conn *conn, enum pool pool, const char *office_id,
                         const char *id, struct pool_row *ret)
{
    return db_one(conn, pools[pool].get, DB_ARGS(db_text(office_id), db_text(id)), pools[pool].row,
                  ret);
}

/* --- adding ------------------------------------------------------------------------------------------------------ */

struct pool_add_act {
    const struct pool_add *in;
    const char *office_id;
    char (*ids)[UUID_TEXT_BYTES];
    int64_t now_ms;
    struct audit_new audit;
    struct refusal refusal;
};

static enum err id_of_label(struct db_conn *tx, const struct pool_add_act *a, const char *label,
                            const char **ret_id)
{
    struct badge badge = {.id = NULL};
    struct place place = {.id = NULL};
    struct room room = {.id = NULL};
    switch (a->in->pool) {
    case POOL_BADGE:
        TRY(office_badge_by_label(tx, a->office_id, label, &badge));
        break;
    case POOL_PLACE:
        TRY(office_place_by_label(tx, a->office_id, a->in->kind, label, &place));
        break;
    case POOL_ROOM:
        TRY(db_one(tx, &room_by_label, DB_ARGS(db_text(a->office_id), db_text(label)), &room_record,
                   &room));
        break;
    }
    *ret_id = badge.id ? badge.id : place.id ? place.id : room.id;
    return ERR_OK;
}

static enum err insert_one(struct db_conn *tx, const struct pool_add_act *a, size_t i)
{
    const char *text = a->in->labels[i];
    struct db_arg office = db_text(a->office_id), id = db_text(a->ids[i]), label = db_text(text);
    switch (a->in->pool) {
    case POOL_BADGE:
        return db_run(tx, &badge_insert, DB_ARGS(office, id, label, db_int(a->now_ms)), NULL);
    case POOL_PLACE:
        return db_run(tx, &place_insert,
                      DB_ARGS(office, id, db_text(a->in->kind), label,
                              db_int(office_label_number(text)), db_int(a->now_ms)),
                      NULL);
    case POOL_ROOM:
        return db_run(tx, &room_insert, DB_ARGS(office, id, label, db_int(a->now_ms)), NULL);
    }
    return ERR_INTERNAL;
}

/* The same request again: its labels are there, by the first one. */
static enum err find_added(struct db_conn *tx, struct pool_add_act *a)
{
    for (size_t i = 0; i < a->in->count; i++) {
        const char *id = NULL;
        TRY(id_of_label(tx, a, a->in->labels[i], &id));
        memcpy(a->ids[i], id, UUID_TEXT_BYTES);
    }
    return ERR_OK;
}

static enum err add_in_tx(struct db_conn *tx, void *arg)
{
    struct pool_add_act *a = arg;
    const char *subject = NULL;
    bool repeated = false;
    int status = 0;
    if (a->in->replay)
        TRY(replay_find(tx, a->in->replay, &repeated, &subject, &status, &a->refusal));
    if (repeated)
        return find_added(tx, a);
    for (size_t i = 0; i < a->in->count; i++) {
        const char *there = NULL;
        enum err e = id_of_label(tx, a, a->in->labels[i], &there);
        if (e == ERR_OK) {
            a->refusal = (struct refusal){.err = ERR_CONFLICT,
                                          .code = "label_exists",
                                          .field = "label",
                                          .msgid = pools[a->in->pool].taken_msgid,
                                          .arg = a->in->labels[i]};
            return ERR_CONFLICT;
        }
        if (e != ERR_MISSING)
            return e;
        TRY(insert_one(tx, a, i));
    }
    if (a->in->replay)
        TRY(replay_keep(tx, a->in->replay, a->ids[0], 201, a->now_ms));
    return audit_append(tx, &a->audit, NULL);
}

static const char *added_detail(struct arena *a, const struct pool_add *add)
{
    const char *subject = pools[add->pool].subject;
    if (add->count == 1)
        return arena_printf(a, "%s=%s", subject, add->labels[0]);
    return arena_printf(a, "%s=%s..%s count=%zu", subject, add->labels[0],
                        add->labels[add->count - 1], add->count);
}

enum err office_pool_add(struct cx *cx, const struct pool_add *add,
                         char (**ret_ids)[UUID_TEXT_BYTES])
{
    if (add->count == 0)
        return ERR_INVALID;
    const struct pool_kind *k = &pools[add->pool];
    char(*ids)[UUID_TEXT_BYTES] = arena_array(cx->arena, add->count, sizeof(*ids));
    for (size_t i = 0; i < add->count; i++)
        rand_uuid7(cx->now_ms, ids[i]);
    struct pool_add_act a = {
        .in = add,
        .office_id = cx->actor.office_id,
        .ids = ids,
        .now_ms = cx->now_ms,
        .audit = {.office_id = cx->actor.office_id,
                  .at = cx->now_ms,
                  .actor_kind = audit_actor_kind(cx),
                  .actor_id = cx->actor.id,
                  .action = k->added,
                  .subject_kind = k->subject,
                  .subject_id = ids[0],
                  .detail = added_detail(cx->arena, add)},
    };
    enum err e = db_tx(cx, k->added, add_in_tx, &a);
    if (a.refusal.err != ERR_OK && e == a.refusal.err)
        return cx_refuse(cx, &a.refusal);
    TRY(e);
    *ret_ids = ids;
    return ERR_OK;
}

static enum err add_one(struct cx *cx, enum pool pool, const char *kind, const char *label,
                        char ret_id[UUID_TEXT_BYTES])
{
    struct refusal refusal = {0};
    const char **labels = NULL;
    size_t count = 0;
    if (office_range(cx->arena, label, NULL, &labels, &count, &refusal) != ERR_OK)
        return cx_refuse(cx, &refusal);
    char(*ids)[UUID_TEXT_BYTES] = NULL;
    const struct pool_add add = {.pool = pool, .kind = kind, .labels = labels, .count = count};
    TRY(office_pool_add(cx, &add, &ids));
    memcpy(ret_id, ids[0], UUID_TEXT_BYTES);
    return ERR_OK;
}

enum err office_badge_add(struct cx *cx, const char *label, char ret_id[UUID_TEXT_BYTES])
{
    return add_one(cx, POOL_BADGE, NULL, office_label(cx->arena, label), ret_id);
}

enum err office_place_add(struct cx *cx, const char *kind, const char *label,
                          char ret_id[UUID_TEXT_BYTES])
{
    return add_one(cx, POOL_PLACE, kind, office_label(cx->arena, label), ret_id);
}

enum err office_room_add(struct cx *cx, const char *label, char ret_id[UUID_TEXT_BYTES])
{
    return add_one(cx, POOL_ROOM, NULL, str_trim(cx->arena, label ? label : ""), ret_id);
}

/* --- changing state ------------------------------------------------------------------------------------------------ */

struct pool_state_act {
    enum pool pool;
    const char *office_id, *id, *state;
    struct audit_new audit;
    char detail[160];
    struct refusal refusal;
};

static enum err state_in_tx(struct db_conn *tx, void *arg)
{
    struct pool_state_act *a = arg;
    struct pool_row row = {0};
    TRY(office_pool_get(tx, a->pool, a->office_id, a->id, &row));
    if (str_eq(row.state, a->state))
        return ERR_OK; /* a second click changes nothing */
    if (str_eq(row.state, "out")) {
        a->refusal = (struct refusal){.err = ERR_CONFLICT,
                                      .code = "still_held",
                                      .arg = row.label,
                                      .msgid = pools[a->pool].held_msgid,
                                      .ref = row.visit_id};
        return ERR_CONFLICT;
    }
    TRY(db_run(tx, pools[a->pool].set_state,
               DB_ARGS(db_text(a->office_id), db_text(a->id), db_text(a->state)), NULL));
    (void)snprintf(a->detail, sizeof(a->detail), "%s=%s state=%s", pools[a->pool].subject,
                   row.label, a->state);
    a->audit.detail = a->detail;
    return audit_append(tx, &a->audit, NULL);
}

enum err office_pool_set_state(struct cx *cx, enum pool pool, const char *id, const char *state)
{
    bool known = str_eq(state, "ready") || str_eq(state, "retired") ||
                 (pool == POOL_BADGE && str_eq(state, "lost"));
    if (!known) {
        cx_field(cx, "state", "not_in_list", T("Pilih keadaan dari daftar."));
        return ERR_INVALID;
    }
    struct pool_state_act a = {
        .pool = pool,
        .office_id = cx->actor.office_id,
        .id = id,
        .state = state,
        .audit = {.office_id = cx->actor.office_id,
                  .at = cx->now_ms,
                  .actor_kind = audit_actor_kind(cx),
                  .actor_id = cx->actor.id,
                  .action = pools[pool].changed,
                  .subject_kind = pools[pool].subject,
                  .subject_id = id,
                  .detail = ""},
    };
    enum err e = db_tx(cx, "pool_state", state_in_tx, &a);
    return e == ERR_CONFLICT && a.refusal.err == ERR_CONFLICT ? cx_refuse(cx, &a.refusal) : e;
}

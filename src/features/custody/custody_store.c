/* Custody in the database: each act of steps 3, 8 and 9 is one transaction here. The visit's row is
 * taken first, so that two officers at one visit work one after the other; badges and places are
 * guarded by unique indexes, and a lost race comes back as `raced`: run again, the rule then names
 * what is in the way. */
#include "features/custody/custody_store.h"

#include "features/notice/notice.h"
#include "features/office/office.h"
#include "lib/base/str.h"

#include "lib/base/banned.h"

#define ITEMS_MAX 200

static const struct record_column item_columns[] = {
    RECORD_COLUMN(struct item, id, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct item, visit_id, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct item, kind, REC_TEXT, RECORD_ALL, T("Jenis")),
    RECORD_COLUMN(struct item, label, REC_TEXT, RECORD_ALL, T("Barang")),
    RECORD_COLUMN(struct item, place_id, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct item, slot, REC_TEXT, RECORD_ALL, T("Tempat")),
    RECORD_COLUMN(struct item, taken_at, REC_TIME, RECORD_ALL, T("Dititipkan")),
    RECORD_COLUMN(struct item, taken_by, REC_TEXT, RECORD_ALL, T("Diterima oleh")),
    RECORD_COLUMN(struct item, returned_at, REC_TIME, RECORD_ALL, T("Dikembalikan")),
    RECORD_COLUMN(struct item, returned_by, REC_TEXT, RECORD_ALL, T("Dikembalikan oleh")),
    RECORD_COLUMN(struct item, lost_at, REC_TIME, RECORD_ALL, T("Hilang")),
};
const struct record item_record = RECORD("Item", struct item, item_columns);

static const struct record_column badge_hold_columns[] = {
    RECORD_COLUMN(struct badge_hold, id, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct badge_hold, visit_id, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct badge_hold, badge_id, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct badge_hold, label, REC_TEXT, RECORD_ALL, T("Tanda pengenal")),
    RECORD_COLUMN(struct badge_hold, issued_at, REC_TIME, RECORD_ALL, T("Diserahkan")),
    RECORD_COLUMN(struct badge_hold, ended_at, REC_TIME, RECORD_ALL, T("Kembali")),
    RECORD_COLUMN(struct badge_hold, lost_reason, REC_TEXT, RECORD_ALL, T("Alasan hilang")),
};
const struct record badge_hold_record = RECORD("BadgeHold", struct badge_hold, badge_hold_columns);

DB_SQL(
    custody_items_of_visit,
    "SELECT id, visit_id, kind, label, place_id, slot, taken_at, taken_by, returned_at, "
    "returned_by, lost_at FROM item WHERE office_id = $1 AND visit_id = $2 ORDER BY taken_at, id");
DB_SQL(custody_item_in_place,
       "SELECT id, visit_id, kind, label, slot FROM item WHERE office_id = $1 AND place_id = $2 "
       "AND returned_at IS NULL AND lost_at IS NULL");
DB_SQL(
    custody_item_take,
    "INSERT INTO item (office_id, id, visit_id, kind, label, place_id, slot, taken_at, taken_by) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
DB_SQL(custody_item_give,
       "UPDATE item SET returned_at = $3, returned_by = $4 WHERE office_id = $1 AND id = $2 "
       "AND returned_at IS NULL AND lost_at IS NULL");
DB_SQL(custody_item_lose,
       "UPDATE item SET lost_at = $3, lost_reason = $4, lost_witness = $5 WHERE office_id = $1 "
       "AND id = $2 AND returned_at IS NULL AND lost_at IS NULL");
DB_SQL(custody_hold_of_visit,
       "SELECT id, visit_id, badge_id, label, issued_at, ended_at, lost_reason FROM badge_hold "
       "WHERE office_id = $1 AND visit_id = $2 AND ended_at IS NULL");
DB_SQL(custody_hold_of_badge,
       "SELECT id, visit_id, badge_id, label, issued_at, ended_at, lost_reason FROM badge_hold "
       "WHERE office_id = $1 AND badge_id = $2 AND ended_at IS NULL");
DB_SQL(custody_hold_begin,
       "INSERT INTO badge_hold (office_id, id, visit_id, badge_id, label, issued_at, issued_by) "
       "VALUES ($1, $2, $3, $4, $5, $6, $7)");
DB_SQL(custody_hold_end,
       "UPDATE badge_hold SET ended_at = $3, ended_by = $4, lost_reason = $5, lost_witness = $6 "
       "WHERE office_id = $1 AND id = $2 AND ended_at IS NULL");
DB_SQL(custody_visit_of_badge,
       "SELECT id FROM visit WHERE office_id = $1 AND open = 1 AND badge = $2 "
       "ORDER BY arrived_at DESC, id DESC");
DB_SQL(custody_badge_lost, "UPDATE badge SET state = 'lost' WHERE office_id = $1 AND id = $2");
DB_SQL(custody_visit_take, "UPDATE visit SET open = open WHERE office_id = $1 AND id = $2");
DB_SQL(custody_visit_check_in,
       "UPDATE visit SET badge = $3, no_card_reason = COALESCE($4, no_card_reason), state = $5 "
       "WHERE office_id = $1 AND id = $2");
DB_SQL(custody_visit_leaving,
       "UPDATE visit SET state = 'leaving', leaving_at = $3, unreceived = $4, "
       "end_reason = COALESCE($5, end_reason), decision_due_at = NULL, ask_again_at = NULL "
       "WHERE office_id = $1 AND id = $2");
DB_SQL(
    custody_visit_end,
    "UPDATE visit SET state = $3, open = 0, closed_at = $4, leaving_at = COALESCE(leaving_at, $5), "
    "unreceived = $6, end_reason = COALESCE($7, end_reason), decision_due_at = NULL, "
    "ask_again_at = NULL WHERE office_id = $1 AND id = $2");
DB_SQL(custody_answers_end,
       "UPDATE answer_token SET used_at = $3 WHERE office_id = $1 AND visit_id = $2 "
       "AND used_at IS NULL");

/* --- reading ------------------------------------------------------------------------------------------ */

enum err custody_items(struct db_conn *conn, const char *office_id, const char *visit_id,
                       struct item **ret, size_t *ret_count)
{
    return db_list(conn, &custody_items_of_visit, DB_ARGS(db_text(office_id), db_text(visit_id)),
                   &item_record, ITEMS_MAX, ret, ret_count);
}

enum err custody_badge(struct db_conn *conn, const char *office_id, const char *visit_id,
                       struct badge_hold *ret)
{
    return db_one(conn, &custody_hold_of_visit, DB_ARGS(db_text(office_id), db_text(visit_id)),
                  &badge_hold_record, ret);
}

static enum err badge_hold_find(struct db_conn *conn, const char *office_id, const char *badge_id,
                                struct badge_hold *ret)
{
    return db_one(conn, &custody_hold_of_badge, DB_ARGS(db_text(office_id), db_text(badge_id)),
                  &badge_hold_record, ret);
}

enum err custody_badge_holder(struct db_conn *conn, const char *office_id, const char *label,
                              struct badge_hold *ret)
{
    struct badge badge = {0};
    TRY(office_badge_by_label(conn, office_id, label, &badge));
    return badge_hold_find(conn, office_id, badge.id, ret);
}

enum err custody_badge_last(struct db_conn *conn, const char *office_id, const char *label,
                            struct visit *ret)
{
    return db_one(conn, &custody_visit_of_badge, DB_ARGS(db_text(office_id), db_text(label)),
                  &visit_record, ret);
}

/* --- what every act shares ---------------------------------------------------------------------------- */

static enum err refuse(struct custody_act *a, struct refusal r)
{
    a->refusal = r;
    return r.err;
}

static enum err refuse_at(struct custody_act *a, struct refusal r, const char *field)
{
    r.field = field;
    return refuse(a, r);
}

static struct refusal conflict(const char *code, const char *msgid, const char *arg, const char *ref)
{
    return (struct refusal){
        .err = ERR_CONFLICT, .code = code, .msgid = msgid, .arg = arg, .ref = ref};
}

/* The key, the visit's row, the visit, and whether it may be now (`may` NULL: in every state). When
 * a->repeated is set nothing more is to be done. */
static enum err act_begin(struct db_conn *tx, struct custody_act *a,
                          struct refusal (*may)(const struct visit *v), struct visit *ret_visit)
{
    a->refusal = (struct refusal){.err = ERR_OK};
    a->repeated = a->raced = false;
    a->items = NULL;
    a->item_count = 0;
    const char *subject = NULL;
    TRY(replay_find(tx, &a->replay, &a->repeated, &subject, &a->status, &a->refusal));
    if (a->repeated)
        return ERR_OK;
    int64_t found = 0;
    TRY(db_run(tx, &custody_visit_take, DB_ARGS(db_text(a->act.office_id), db_text(a->visit_id)),
               &found));
    if (found == 0)
        return ERR_MISSING;
    TRY(visit_get(tx, a->act.office_id, a->visit_id, ret_visit));
    return may ? refuse(a, may(ret_visit)) : ERR_OK;
}

static enum err act_end(struct db_conn *tx, struct custody_act *a, const char *action,
                        const char *detail)
{
    TRY(replay_keep(tx, &a->replay, a->visit_id, 200, a->act.now_ms));
    return visit_log(tx, &a->act, a->visit_id, action, detail);
}

/* An insert that a unique index may refuse because somebody was faster. */
static enum err guarded(struct custody_act *a, enum err e)
{
    a->raced = e == ERR_CONFLICT;
    return e;
}

/* The badge held now; a visit without one leaves label NULL. */
static enum err held_badge(struct db_conn *tx, const struct custody_act *a, struct badge_hold *ret)
{
    *ret = (struct badge_hold){.id = NULL};
    enum err e = custody_badge(tx, a->act.office_id, a->visit_id, ret);
    return e == ERR_MISSING ? ERR_OK : e;
}

static enum err read_items(struct db_conn *tx, struct custody_act *a)
{
    return custody_items(tx, a->act.office_id, a->visit_id, &a->items, &a->item_count);
}

static size_t held_count(const struct custody_act *a)
{
    return custody_count_held(a->items, a->item_count);
}

static const struct item *item_find(const struct custody_act *a, const char *id)
{
    for (size_t i = 0; i < a->item_count; i++)
        if (str_eq(a->items[i].id, id))
            return &a->items[i];
    return NULL;
}

static enum err refuse_unknown_item(struct custody_act *a, const char *field)
{
    struct refusal no = {.err = ERR_INVALID,
                         .code = "item_unknown",
                         .msgid = T("Barang ini bukan titipan tamu ini. Muat ulang halaman.")};
    return refuse_at(a, no, field);
}

/* "kind@place" of each thing, for the audit: what people wrote of it stays out. */
static void detail_item(struct buf *detail, const struct item *item)
{
    buf_printf(detail, "%s%s@%s", detail->n ? " " : "", item->kind, item->slot);
}

/* --- step 3 -------------------------------------------------------------------------------------------- */

static enum err badge_out(struct db_conn *tx, struct custody_act *a, const struct badge *badge)
{
    struct badge_hold hold = {0};
    enum err e = badge_hold_find(tx, a->act.office_id, badge->id, &hold);
    if (e == ERR_MISSING)
        return ERR_OK;
    TRY(e);
    struct visit holder = {0};
    TRY(visit_get(tx, a->act.office_id, hold.visit_id, &holder));
    const char *arg = arena_printf(a->arena, "%s (%s)", hold.label,
                                   visit_number_text(a->arena, &holder));
    return refuse(a, conflict("badge_out",
                              T("Tanda pengenal %s masih dipakai tamu lain. Pilih tanda pengenal "
                                "lain."),
                              arg, hold.visit_id));
}

static enum err badge_issue(struct db_conn *tx, struct custody_deposit *d)
{
    struct custody_act *a = &d->a;
    struct badge badge = {0};
    enum err e = office_badge_by_label(tx, a->act.office_id, d->badge, &badge);
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    TRY(refuse(a, custody_check_pool(e == ERR_OK ? &badge : NULL, d->badge)));
    TRY(badge_out(tx, a, &badge));
    return guarded(a, db_run(tx, &custody_hold_begin,
                             DB_ARGS(db_text(a->act.office_id), db_text(d->hold_id),
                                     db_text(a->visit_id), db_text(badge.id), db_text(badge.label),
                                     db_int(a->act.now_ms), db_text(a->act.actor_id)),
                             NULL));
}

static enum err place_named(struct db_conn *tx, struct custody_act *a,
                            const struct custody_new_item *item, size_t index, struct place *ret)
{
    const char *field = arena_printf(a->arena, "items.%zu.slot", index);
    const char *label = office_label(a->arena, item->slot);
    const char *kind = custody_place_kind(item->kind);
    enum err e = office_place_by_label(tx, a->act.office_id, kind, label, ret);
    if (e == ERR_MISSING || (e == ERR_OK && !str_eq(ret->state, "ready"))) {
        struct refusal r = {.err = ERR_INVALID, .code = "place_unknown", .arg = label};
        r.msgid = str_eq(kind, "slot") ? T("Slot %s tidak terdaftar. Kosongkan agar dipilihkan.")
                                       : T("Loker %s tidak terdaftar. Kosongkan agar dipilihkan.");
        return refuse_at(a, r, field);
    }
    TRY(e);
    struct item there = {0};
    e = db_one(tx, &custody_item_in_place, DB_ARGS(db_text(a->act.office_id), db_text(ret->id)),
               &item_record, &there);
    if (e == ERR_MISSING)
        return ERR_OK;
    TRY(e);
    return refuse(a, conflict("slot_taken", T("%s sudah terisi. Kosongkan agar dipilihkan."),
                              ret->label, there.visit_id));
}

static enum err place_free(struct db_conn *tx, struct custody_act *a, const char *item_kind,
                           struct place *ret)
{
    const char *kind = custody_place_kind(item_kind);
    enum err e = office_place_free(tx, a->act.office_id, kind, ret);
    if (e != ERR_MISSING)
        return e;
    if (str_eq(kind, "slot"))
        return refuse(a, conflict("no_free_slot",
                                  T("Semua slot kartu terisi. Kembalikan kartu yang selesai atau "
                                    "tambah slot."),
                                  NULL, NULL));
    return refuse(a, conflict("no_free_locker",
                              T("Semua loker terisi. Kembalikan barang yang selesai atau tambah "
                                "loker."),
                              NULL, NULL));
}

static enum err items_take(struct db_conn *tx, struct custody_deposit *d, struct buf *detail)
{
    struct custody_act *a = &d->a;
    for (size_t i = 0; i < d->item_count; i++) {
        const struct custody_new_item *item = &d->items[i];
        struct place place = {0};
        if (str_empty(item->slot))
            TRY(place_free(tx, a, item->kind, &place));
        else
            TRY(place_named(tx, a, item, i, &place));
        TRY(guarded(
            a,
            db_run(tx, &custody_item_take,
                   DB_ARGS(db_text(a->act.office_id), db_text(d->item_ids[i]), db_text(a->visit_id),
                           db_text(item->kind), db_text(str_or(item->label, "")), db_text(place.id),
                           db_text(place.label), db_int(a->act.now_ms), db_text(a->act.actor_id)),
                   NULL)));
        detail_item(detail, &(struct item){.kind = item->kind, .slot = place.label});
    }
    return ERR_OK;
}

static size_t new_cards(const struct custody_deposit *d)
{
    size_t cards = 0;
    for (size_t i = 0; i < d->item_count; i++)
        cards += str_eq(d->items[i].kind, "id_card");
    return cards;
}

enum err custody_deposit(struct db_conn *tx, void *deposit)
{
    struct custody_deposit *d = deposit;
    struct custody_act *a = &d->a;
    struct visit v = {0};
    TRY(act_begin(tx, a, custody_may_deposit, &v));
    if (a->repeated)
        return ERR_OK;
    struct badge_hold hold;
    TRY(held_badge(tx, a, &hold));
    TRY(refuse(a, custody_check_given(hold.label, d->badge)));
    TRY(read_items(tx, a));

    struct buf detail = buf_new(a->arena, 64, 2000);
    if (!hold.label) {
        TRY(badge_issue(tx, d));
        buf_printf(&detail, "badge=%s", d->badge);
    }
    TRY(refuse(a, custody_check_cards(&v, custody_count_held_cards(a->items, a->item_count),
                                      new_cards(d), d->no_card_reason)));
    TRY(items_take(tx, d, &detail));
    bool first = visit_state_is(&v, "registered");
    TRY(db_run(tx, &custody_visit_check_in,
               DB_ARGS(db_text(a->act.office_id), db_text(a->visit_id), db_text(d->badge),
                       db_text(str_empty(d->no_card_reason) ? NULL : d->no_card_reason),
                       db_text(first ? "checked_in" : v.state)),
               NULL));
    TRY(visit_step_done(tx, &a->act, a->visit_id, 3, a->act.now_ms, NULL));
    return act_end(tx, a, hold.label ? "item_taken" : "badge_issued", detail.p);
}

/* --- step 8 -------------------------------------------------------------------------------------------- */

/* Every thing named must be here and still held. Conflicts come before wrong fields. */
static enum err check_named(struct custody_return *r)
{
    struct custody_act *a = &r->a;
    size_t unknown = r->id_count;
    for (size_t i = 0; i < r->id_count; i++) {
        const struct item *item = item_find(a, r->ids[i]);
        if (!item)
            unknown = i;
        else if (item->returned_at != 0)
            return refuse(a, conflict("already_returned", T("Barang di %s sudah dikembalikan."),
                                      item->slot, NULL));
        else if (item->lost_at != 0)
            return refuse(
                a, conflict("item_lost", T("Barang di %s tercatat hilang."), item->slot, NULL));
    }
    if (unknown == r->id_count)
        return ERR_OK;
    return refuse_unknown_item(a, arena_printf(a->arena, "items.%zu", unknown));
}

static bool is_named(const struct custody_return *r, const struct item *item)
{
    if (r->all)
        return true;
    for (size_t i = 0; i < r->id_count; i++)
        if (str_eq(r->ids[i], item->id))
            return true;
    return false;
}

static enum err items_give(struct db_conn *tx, struct custody_return *r, struct buf *detail)
{
    struct custody_act *a = &r->a;
    for (size_t i = 0; i < a->item_count; i++) {
        struct item *item = &a->items[i];
        if (!custody_held(item) || !is_named(r, item))
            continue;
        TRY(db_run(tx, &custody_item_give,
                   DB_ARGS(db_text(a->act.office_id), db_text(item->id), db_int(a->act.now_ms),
                           db_text(a->act.actor_id)),
                   NULL));
        item->returned_at = a->act.now_ms;
        detail_item(detail, item);
    }
    return ERR_OK;
}

/* The visit stays open until what it still has out is back. */
static enum err visit_leaving(struct db_conn *tx, const struct custody_act *a, int64_t unreceived,
                              const char *reason)
{
    return db_run(tx, &custody_visit_leaving,
                  DB_ARGS(db_text(a->act.office_id), db_text(a->visit_id), db_int(a->act.now_ms),
                          db_int(unreceived), db_text(reason)),
                  NULL);
}

enum err custody_return(struct db_conn *tx, void *ret)
{
    struct custody_return *r = ret;
    struct custody_act *a = &r->a;
    struct visit v = {0};
    TRY(act_begin(tx, a, custody_may_return, &v));
    if (a->repeated)
        return ERR_OK;
    TRY(read_items(tx, a));
    if (!r->all)
        TRY(check_named(r));
    else if (held_count(a) == 0)
        return refuse(
            a, conflict("nothing_held", T("Tidak ada titipan yang masih disimpan."), NULL, NULL));

    struct buf detail = buf_new(a->arena, 64, 2000);
    TRY(items_give(tx, r, &detail));
    if (visit_state_is(&v, "received"))
        TRY(visit_leaving(tx, a, v.unreceived, NULL));
    if (held_count(a) == 0)
        TRY(visit_step_done(tx, &a->act, a->visit_id, 8, a->act.now_ms, NULL));
    return act_end(tx, a, "item_returned", detail.p);
}

/* --- step 9 -------------------------------------------------------------------------------------------- */

/* Nobody is waited for any more. */
static enum err waiting_end(struct db_conn *tx, const struct custody_act *a)
{
    TRY(db_run(tx, &custody_answers_end,
               DB_ARGS(db_text(a->act.office_id), db_text(a->visit_id), db_int(a->act.now_ms)),
               NULL));
    return escalation_close(tx, a->act.office_id, a->visit_id);
}

static enum err visit_end(struct db_conn *tx, struct custody_act *a, const char *state,
                          int64_t unreceived, const char *reason)
{
    TRY(waiting_end(tx, a));
    return db_run(tx, &custody_visit_end,
                  DB_ARGS(db_text(a->act.office_id), db_text(a->visit_id), db_text(state),
                          db_int(a->act.now_ms), db_int(a->act.now_ms), db_int(unreceived),
                          db_text(reason)),
                  NULL);
}

static enum err hold_end(struct db_conn *tx, struct custody_act *a, const struct badge_hold *hold,
                         const char *lost_reason, const char *lost_witness)
{
    return db_run(tx, &custody_hold_end,
                  DB_ARGS(db_text(a->act.office_id), db_text(hold->id), db_int(a->act.now_ms),
                          db_text(a->act.actor_id), db_text(lost_reason), db_text(lost_witness)),
                  NULL);
}

enum err custody_close(struct db_conn *tx, void *close)
{
    struct custody_close *c = close;
    struct custody_act *a = &c->a;
    struct visit v = {0};
    TRY(act_begin(tx, a, custody_may_close, &v));
    if (a->repeated)
        return ERR_OK;
    TRY(read_items(tx, a));
    if (held_count(a) > 0)
        return refuse(a, custody_still_held());
    struct badge_hold hold;
    TRY(held_badge(tx, a, &hold));
    TRY(refuse(a, custody_check_back(hold.label, c->badge)));

    if (hold.label)
        TRY(hold_end(tx, a, &hold, NULL, NULL));
    TRY(visit_step_done(tx, &a->act, a->visit_id, 8, a->act.now_ms,
                        custody_return_skipped(a->items, a->item_count)));
    TRY(visit_step_done(tx, &a->act, a->visit_id, 9, a->act.now_ms,
                        hold.label ? NULL : T("Tanda pengenal dicatat hilang")));
    TRY(visit_end(tx, a, v.unreceived ? "left" : "closed", v.unreceived, NULL));
    return act_end(tx, a, "visit_closed",
                   hold.label ? arena_printf(a->arena, "badge=%s", hold.label) : "badge=lost");
}

/* --- other ends ---------------------------------------------------------------------------------------- */

enum err custody_leave(struct db_conn *tx, void *end)
{
    struct custody_end *n = end;
    struct custody_act *a = &n->a;
    struct visit v = {0};
    TRY(act_begin(tx, a, custody_may_leave, &v));
    if (a->repeated)
        return ERR_OK;
    TRY(read_items(tx, a));
    struct badge_hold hold;
    TRY(held_badge(tx, a, &hold));
    const char *reason = str_empty(n->reason) ? NULL : n->reason;
    if (!hold.label && held_count(a) == 0) {
        TRY(visit_end(tx, a, "left", 1, reason));
        return act_end(tx, a, "visit_left", "");
    }
    TRY(waiting_end(tx, a));
    TRY(visit_leaving(tx, a, 1, reason));
    return act_end(tx, a, "visit_leaving", "unreceived");
}

enum err custody_cancel(struct db_conn *tx, void *end)
{
    struct custody_end *n = end;
    struct custody_act *a = &n->a;
    struct visit v = {0};
    TRY(act_begin(tx, a, custody_may_cancel, &v));
    if (a->repeated)
        return ERR_OK;
    TRY(visit_end(tx, a, "cancelled", v.unreceived, n->reason));
    return act_end(tx, a, "visit_cancelled", "");
}

static enum err lose_item(struct db_conn *tx, struct custody_lost *l)
{
    struct custody_act *a = &l->a;
    TRY(read_items(tx, a));
    const struct item *item = item_find(a, l->item_id);
    if (!item)
        return refuse_unknown_item(a, "item");
    if (!custody_held(item))
        return refuse(
            a, conflict("not_held", T("Barang di %s tidak disimpan lagi."), item->slot, NULL));
    TRY(db_run(tx, &custody_item_lose,
               DB_ARGS(db_text(a->act.office_id), db_text(item->id), db_int(a->act.now_ms),
                       db_text(l->reason), db_text(l->witness)),
               NULL));
    return act_end(tx, a, "item_lost", arena_printf(a->arena, "%s@%s", item->kind, item->slot));
}

enum err custody_lose(struct db_conn *tx, void *lost)
{
    struct custody_lost *l = lost;
    struct custody_act *a = &l->a;
    struct visit v = {0};
    TRY(act_begin(tx, a, NULL, &v));
    if (a->repeated)
        return ERR_OK;
    if (l->item_id)
        return lose_item(tx, l);
    struct badge_hold hold;
    TRY(held_badge(tx, a, &hold));
    if (!hold.label)
        return refuse(
            a, conflict("not_held", T("Tamu ini tidak membawa tanda pengenal."), NULL, NULL));
    TRY(hold_end(tx, a, &hold, l->reason, l->witness));
    TRY(db_run(tx, &custody_badge_lost, DB_ARGS(db_text(a->act.office_id), db_text(hold.badge_id)),
               NULL));
    return act_end(tx, a, "badge_lost", arena_printf(a->arena, "badge=%s", hold.label));
}

const struct db_sql *const custody_statements[] = {
    &custody_items_of_visit,
    &custody_item_in_place,
    &custody_item_take,
    &custody_item_give,
    &custody_item_lose,
    &custody_hold_of_visit,
    &custody_hold_of_badge,
    &custody_hold_begin,
    &custody_hold_end,
    &custody_badge_lost,
    &custody_visit_take,
    &custody_visit_check_in,
    &custody_visit_leaving,
    &custody_visit_end,
    &custody_answers_end,
    &custody_visit_of_badge,
    NULL,
};

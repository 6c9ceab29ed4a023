/* Acts on a case, each one transaction: the row is locked by its event number, the rules are asked with what
 * stands in the database now, then state, days, history and audit move together. */
#include "features/casework/casework_store.h"

#include <string.h>

#include "features/audit/audit.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

struct stand {
    const char *state, *side, *reporter_mode, *class;
};
static const struct record_column stand_columns[] = {
    RECORD_COLUMN(struct stand, state, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct stand, side, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct stand, reporter_mode, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct stand, class, REC_TEXT, 0, NULL),
};
static const struct record stand_record = RECORD("CaseStand", struct stand, stand_columns);

DB_SQL(case_lock, "UPDATE casework SET event_seq = event_seq + 1 WHERE office_id = $1"
                  " AND complaint_id = $2 RETURNING event_seq");
DB_SQL(case_stand, "SELECT state, side, reporter_mode, class FROM complaint WHERE office_id = $1"
                   " AND id = $2");
DB_SQL(case_put_state, "UPDATE complaint SET state = $3, side = $4, ended_at = $5"
                       " WHERE office_id = $1 AND id = $2");
DB_SQL(case_put_class, "UPDATE complaint SET class = $3 WHERE office_id = $1 AND id = $2");
DB_SQL(case_put_stage, "UPDATE casework SET stage_day = $3 WHERE office_id = $1"
                       " AND complaint_id = $2");
DB_SQL(case_put_side, "UPDATE casework SET side_day = $3 WHERE office_id = $1"
                      " AND complaint_id = $2");
DB_SQL(case_put_overall, "UPDATE casework SET overall_day = $3 WHERE office_id = $1"
                         " AND complaint_id = $2");
DB_SQL(case_put_ended, "UPDATE casework SET sort_day = $3 WHERE office_id = $1"
                       " AND complaint_id = $2");
DB_SQL(case_put_value, "UPDATE casework SET value_source = $3, value_content = $4"
                       " WHERE office_id = $1 AND complaint_id = $2");
DB_SQL(case_put_complete, "UPDATE casework SET complete = $3 WHERE office_id = $1"
                          " AND complaint_id = $2");
DB_SQL(case_event_insert,
       "INSERT INTO case_event (office_id, complaint_id, seq, at, by_id, kind, from_state,"
       " to_state, detail, note_sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
DB_SQL(case_stage_insert,
       "INSERT INTO case_stage (office_id, complaint_id, seq, stage, started_day, due_day,"
       " stopped_days, ended_day) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
DB_SQL(case_pause_insert, "INSERT INTO case_pause (office_id, complaint_id, seq, side, from_day)"
                          " VALUES ($1, $2, $3, $4, $5)");
DB_SQL(case_pause_end, "UPDATE case_pause SET until_day = $3 WHERE office_id = $1"
                       " AND complaint_id = $2 AND until_day IS NULL");
DB_SQL(case_team_insert, "INSERT INTO case_team (office_id, complaint_id, staff_id, since_day)"
                         " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING");
DB_SQL(case_team_delete, "DELETE FROM case_team WHERE office_id = $1 AND complaint_id = $2"
                         " AND staff_id = $3");
DB_SQL(case_transfer_insert,
       "INSERT INTO transfer (office_id, complaint_id, seq, to_kind, to_name, to_staff, old_access,"
       " at, by_id, reason_sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
DB_SQL(case_transfer_received,
       "UPDATE transfer SET received_at = $4, received_by = $5, receipt_number = $6"
       " WHERE office_id = $1 AND complaint_id = $2 AND seq = $3 AND received_at IS NULL"
       " AND returned_at IS NULL");
DB_SQL(case_transfer_returned,
       "UPDATE transfer SET returned_at = $4, returned_by = $5, reason_sealed = $6"
       " WHERE office_id = $1 AND complaint_id = $2 AND seq = $3 AND returned_at IS NULL");
DB_SQL(case_transfers_back,
       "UPDATE transfer SET returned_at = $3, returned_by = $4, reason_sealed = $5"
       " WHERE office_id = $1 AND complaint_id = $2 AND returned_at IS NULL AND seq ="
       " (SELECT max(t.seq) FROM transfer t WHERE t.office_id = $1 AND t.complaint_id = $2)");
DB_SQL(case_link_insert, "INSERT INTO complaint_link (office_id, a_id, b_id, by_id, at)"
                         " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING");
DB_SQL(case_link_delete, "DELETE FROM complaint_link WHERE office_id = $1 AND a_id = $2"
                         " AND b_id = $3");
DB_SQL(case_limit_put, "UPDATE stage_limit SET length = $3, unit = $4, basis = $5, verified = $6"
                       " WHERE office_id = $1 AND stage = $2");

const struct db_sql *const casework_move_statements[] = {&case_lock,
                                                         &case_stand,
                                                         &case_put_state,
                                                         &case_put_class,
                                                         &case_put_stage,
                                                         &case_put_side,
                                                         &case_put_overall,
                                                         &case_put_ended,
                                                         &case_put_value,
                                                         &case_put_complete,
                                                         &case_event_insert,
                                                         &case_stage_insert,
                                                         &case_pause_insert,
                                                         &case_pause_end,
                                                         &case_team_insert,
                                                         &case_team_delete,
                                                         &case_transfer_insert,
                                                         &case_transfer_received,
                                                         &case_transfer_returned,
                                                         &case_transfers_back,
                                                         &case_link_insert,
                                                         &case_link_delete,
                                                         &case_limit_put,
                                                         NULL};

/* --- shared ------------------------------------------------------------------------------------------------ */

#define KEY(a) db_text((a)->act.office_id), db_text((a)->complaint_id)

static enum err refuse(struct case_act *a, const struct refusal *r)
{
    a->refusal = *r;
    return r->err;
}

static enum err refuse_with(struct case_act *a, enum err e, const char *code, const char *msgid)
{
    const struct refusal r = {.err = e, .code = code, .msgid = msgid};
    return refuse(a, &r);
}

/* What stands now; nobody else changes this case until the transaction ends. */
struct now {
    int64_t seq;
    struct stand stand;
    struct casework work;
    struct case_facts facts;
};

static enum err take(struct db_conn *tx, struct case_act *a, struct now *n)
{
    a->refusal = (struct refusal){.err = ERR_OK};
    *n = (struct now){.seq = 0};
    TRY(db_number(tx, &case_lock, DB_ARGS(KEY(a)), &n->seq));
    TRY(db_one(tx, &case_stand, DB_ARGS(KEY(a)), &stand_record, &n->stand));
    TRY(casework_get(tx, a->act.office_id, a->complaint_id, &n->work));
    n->facts = (struct case_facts){.state = n->stand.state,
                                   .side = n->stand.side,
                                   .mode = n->stand.reporter_mode,
                                   .class = n->stand.class,
                                   .who = a->who,
                                   .valued = n->work.value_source && n->work.value_content,
                                   .reason = a->reason,
                                   .receiver = a->handover.to_kind != NULL};
    return casework_letters(tx, a->act.office_id, a->complaint_id, &n->facts.letters);
}

struct happened {
    const char *kind, *from, *to;
};

static enum err keep_event(struct db_conn *tx, const struct case_act *a, const struct now *n,
                           const struct happened *h)
{
    return db_run(tx, &case_event_insert,
                  DB_ARGS(KEY(a), db_int(n->seq), db_int(a->act.now_ms), db_text(a->act.actor_id),
                          db_text(h->kind), db_text(h->from), db_text(h->to),
                          db_text(str_or(a->detail, "")), db_bytes(a->note_sealed)),
                  NULL);
}

/* History and audit: the last statements of every act. */
static enum err tell(struct db_conn *tx, const struct case_act *a, const struct now *n,
                     const struct happened *h)
{
    TRY(keep_event(tx, a, n, h));
    struct arena *arena = db_conn_arena(tx);
    const char *detail = h->from || h->to ? arena_printf(arena, "from=%s to=%s",
                                                         str_or(h->from, "-"), str_or(h->to, "-"))
                                          : "";
    if (!str_empty(a->detail))
        detail = arena_printf(arena, "%s%s%s", detail, *detail ? " " : "", a->detail);
    return visit_act_log(tx, &a->act,
                         (struct audit_new){.action = arena_printf(arena, "case_%s", h->kind),
                                            .subject_kind = "complaint",
                                            .subject_id = a->complaint_id,
                                            .detail = detail});
}

static enum err refresh(struct db_conn *tx, const struct case_act *a)
{
    struct case_frame frame;
    TRY(casework_frame(tx, a->act.office_id, &frame));
    return casework_refresh(tx, a->act.office_id, a->complaint_id, &frame);
}

/* --- from state to state -------------------------------------------------------------------------------------- */

static int64_t stopped_days(const struct case_pause_row *rows, size_t count, const char *since,
                            const char *today)
{
    int64_t days = 0, first = calendar_day(since), last = calendar_day(today);
    for (size_t i = 0; i < count; i++) {
        int64_t from = calendar_day(rows[i].from_day);
        int64_t until = rows[i].until_day ? calendar_day(rows[i].until_day) : last;
        from = from < first ? first : from;
        until = until > last ? last : until;
        days += until > from ? until - from : 0;
    }
    return days;
}

static enum err end_stage(struct db_conn *tx, const struct case_act *a, const struct now *n)
{
    struct case_pause_row *pauses = NULL;
    size_t count = 0;
    TRY(casework_pauses(tx, a->act.office_id, a->complaint_id, &pauses, &count));
    return db_run(tx, &case_stage_insert,
                  DB_ARGS(KEY(a), db_int(n->seq), db_text(n->stand.state),
                          db_text(n->work.stage_day), db_text(n->work.due_day),
                          db_int(stopped_days(pauses, count, n->work.stage_day, a->today)),
                          db_text(a->today)),
                  NULL);
}

static enum err put_state(struct db_conn *tx, const struct case_act *a, const char *state,
                          const char *side, bool ends)
{
    return db_run(tx, &case_put_state,
                  DB_ARGS(KEY(a), db_text(state), db_text(side), db_time(ends ? a->act.now_ms : 0)),
                  NULL);
}

static enum err keep_transfer(struct db_conn *tx, const struct case_act *a, int64_t seq)
{
    const struct case_handover *h = &a->handover;
    return db_run(tx, &case_transfer_insert,
                  DB_ARGS(KEY(a), db_int(seq), db_text(h->to_kind), db_text(h->to_name),
                          db_text(h->to_staff), db_text(h->old_taken ? "taken" : "kept"),
                          db_int(a->act.now_ms), db_text(a->act.actor_id),
                          db_bytes(h->reason_sealed)),
                  NULL);
}

static enum err end_pause(struct db_conn *tx, const struct case_act *a)
{
    TRY(db_run(tx, &case_pause_end, DB_ARGS(KEY(a), db_text(a->today)), NULL));
    return db_run(tx, &case_put_side, DB_ARGS(KEY(a), db_null()), NULL);
}

static const char *move_kind(const struct case_move *m, bool ends)
{
    if (m->flags & CASE_BACK)
        return "stepped_back";
    if (m->flags & CASE_REOPEN)
        return "reopened";
    return ends ? "ended" : "moved";
}

static enum err do_move(struct db_conn *tx, struct case_act *a, const struct now *n,
                        const struct case_move *m)
{
    bool ends = complaint_state_ends(m->to);
    TRY(end_stage(tx, a, n));
    if (ends)
        TRY(end_pause(tx, a));
    TRY(put_state(tx, a, m->to, ends ? NULL : n->stand.side, ends));
    TRY(db_run(tx, &case_put_stage, DB_ARGS(KEY(a), db_text(a->today)), NULL));
    if (m->flags & CASE_HANDOVER)
        TRY(keep_transfer(tx, a, n->seq));
    if (m->flags & CASE_REOPEN)
        TRY(db_run(tx, &case_transfers_back,
                   DB_ARGS(KEY(a), db_int(a->act.now_ms), db_text(a->act.actor_id),
                           db_bytes(a->note_sealed)),
                   NULL));
    TRY(refresh(tx, a));
    if (ends)
        TRY(db_run(tx, &case_put_ended, DB_ARGS(KEY(a), db_text(a->today)), NULL));
    const struct happened h = {move_kind(m, ends), m->from, m->to};
    return tell(tx, a, n, &h);
}

enum err casework_tx_move(struct db_conn *tx, void *arg)
{
    struct case_act *a = arg;
    struct now n;
    TRY(take(tx, a, &n));
    const struct case_move *m = case_move_find(n.stand.state, a->to);
    if (!m)
        return refuse_with(a, ERR_CONFLICT, "state",
                           T("Dari tahap sekarang, pengaduan ini tidak dapat dibawa ke tahap itu. "
                             "Muat ulang halaman."));
    const struct refusal r = case_may_move(&n.facts, m);
    return r.err == ERR_OK ? do_move(tx, a, &n, m) : refuse(a, &r);
}

/* --- side states ------------------------------------------------------------------------------------------------ */

static bool anything_missing(const struct now *n)
{
    struct case_part parts[CASE_PARTS_MAX + 1];
    size_t count = case_parts(n->stand.class, n->stand.reporter_mode, parts);
    for (size_t i = 0; i < count; i++) {
        if (!case_has_part(n->work.complete, parts[i].code))
            return true;
    }
    return false;
}

static enum err begin_side(struct db_conn *tx, const struct case_act *a, const struct now *n)
{
    TRY(db_run(tx, &case_put_side, DB_ARGS(KEY(a), db_text(a->today)), NULL));
    if (a->handover.to_kind)
        TRY(keep_transfer(tx, a, n->seq));
    if (!case_side_stops(a->to))
        return ERR_OK;
    return db_run(tx, &case_pause_insert,
                  DB_ARGS(KEY(a), db_int(n->seq), db_text(a->to), db_text(a->today)), NULL);
}

/* The 60 days run from the day the file is complete. */
static enum err finish_side(struct db_conn *tx, const struct case_act *a, const struct now *n)
{
    TRY(end_pause(tx, a));
    if (!str_eq(n->stand.side, "needs_completion"))
        return ERR_OK;
    return db_run(tx, &case_put_overall, DB_ARGS(KEY(a), db_text(a->today)), NULL);
}

enum err casework_tx_side(struct db_conn *tx, void *arg)
{
    struct case_act *a = arg;
    struct now n;
    TRY(take(tx, a, &n));
    const struct refusal r = case_may_side(&n.facts, a->to, anything_missing(&n));
    if (r.err != ERR_OK)
        return refuse(a, &r);
    TRY(a->to ? begin_side(tx, a, &n) : finish_side(tx, a, &n));
    TRY(put_state(tx, a, n.stand.state, a->to, false));
    TRY(refresh(tx, a));
    const struct happened h = {a->to ? "side_set" : "side_ended", n.stand.side, a->to};
    return tell(tx, a, &n, &h);
}

/* --- what is recorded on the way ---------------------------------------------------------------------------------- */

static enum err must_be_open(struct case_act *a, const struct now *n)
{
    if (complaint_state_ends(n->stand.state))
        return refuse_with(a, ERR_CONFLICT, "ended", T("Pengaduan ini sudah berakhir."));
    return ERR_OK;
}

static enum err must_lead(struct case_act *a)
{
    if (a->who & CASE_LEADER)
        return ERR_OK;
    return refuse_with(a, ERR_DENIED, "not_yours",
                       T("Langkah ini untuk Kasi Intelijen atau Kajari."));
}

enum err casework_tx_value(struct db_conn *tx, void *arg)
{
    struct case_act *a = arg;
    struct now n;
    TRY(take(tx, a, &n));
    TRY(must_be_open(a, &n));
    TRY(db_run(tx, &case_put_value,
               DB_ARGS(KEY(a), db_text(a->value_source), db_text(a->value_content)), NULL));
    const struct happened h = {"valued", NULL, NULL};
    return tell(tx, a, &n, &h);
}

enum err casework_tx_class(struct db_conn *tx, void *arg)
{
    struct case_act *a = arg;
    struct now n;
    TRY(take(tx, a, &n));
    TRY(must_lead(a));
    TRY(must_be_open(a, &n));
    TRY(db_run(tx, &case_put_class, DB_ARGS(KEY(a), db_text(a->to)), NULL));
    TRY(refresh(tx, a));
    const struct happened h = {"sorted", n.stand.class, a->to};
    return tell(tx, a, &n, &h);
}

enum err casework_tx_complete(struct db_conn *tx, void *arg)
{
    struct case_act *a = arg;
    struct now n;
    TRY(take(tx, a, &n));
    TRY(must_be_open(a, &n));
    TRY(db_run(tx, &case_put_complete, DB_ARGS(KEY(a), db_text(a->to)), NULL));
    const struct happened h = {"checked", NULL, NULL};
    return tell(tx, a, &n, &h);
}

enum err casework_tx_team_add(struct db_conn *tx, void *arg)
{
    struct case_act *a = arg;
    struct now n;
    int64_t changed = 0;
    TRY(take(tx, a, &n));
    TRY(must_lead(a));
    TRY(db_run(tx, &case_team_insert, DB_ARGS(KEY(a), db_text(a->staff_id), db_text(a->today)),
               &changed));
    if (!changed)
        return refuse_with(a, ERR_CONFLICT, "member_there",
                           T("Petugas ini sudah menjadi anggota tim."));
    const struct happened h = {"team_added", NULL, NULL};
    return tell(tx, a, &n, &h);
}

enum err casework_tx_team_remove(struct db_conn *tx, void *arg)
{
    struct case_act *a = arg;
    struct now n;
    int64_t changed = 0;
    TRY(take(tx, a, &n));
    TRY(must_lead(a));
    TRY(db_run(tx, &case_team_delete, DB_ARGS(KEY(a), db_text(a->staff_id)), &changed));
    if (!changed)
        return refuse_with(a, ERR_MISSING, "member_unknown",
                           T("Petugas ini bukan anggota tim. Muat ulang halaman."));
    const struct happened h = {"team_removed", NULL, NULL};
    return tell(tx, a, &n, &h);
}

/* --- hand-over ------------------------------------------------------------------------------------------------------- */

static enum err transfer_gone(struct case_act *a)
{
    return refuse_with(a, ERR_CONFLICT, "transfer_done",
                       T("Pelimpahan ini sudah dicatat begitu. Muat ulang halaman."));
}

enum err casework_tx_received(struct db_conn *tx, void *arg)
{
    struct case_act *a = arg;
    struct now n;
    int64_t changed = 0;
    TRY(take(tx, a, &n));
    TRY(db_run(tx, &case_transfer_received,
               DB_ARGS(KEY(a), db_int(a->seq), db_int(a->act.now_ms), db_text(a->act.actor_id),
                       db_text(str_or(a->receipt_number, ""))),
               &changed));
    if (!changed)
        return transfer_gone(a);
    const struct happened h = {"transfer_received", NULL, NULL};
    return tell(tx, a, &n, &h);
}

/* A returned matter is open again, before the Kajari; an answer of the APIP ends the waiting. */
enum err casework_tx_returned(struct db_conn *tx, void *arg)
{
    struct case_act *a = arg;
    struct now n;
    int64_t changed = 0;
    TRY(take(tx, a, &n));
    TRY(db_run(tx, &case_transfer_returned,
               DB_ARGS(KEY(a), db_int(a->seq), db_int(a->act.now_ms), db_text(a->act.actor_id),
                       db_bytes(a->note_sealed)),
               &changed));
    if (!changed)
        return transfer_gone(a);
    const struct case_move *m = case_move_find(n.stand.state, "disposition");
    if (m && (m->flags & CASE_REOPEN)) {
        const struct refusal r = case_may_move(&n.facts, m);
        return r.err == ERR_OK ? do_move(tx, a, &n, m) : refuse(a, &r);
    }
    if (str_eq(n.stand.side, "awaiting_apip")) {
        TRY(finish_side(tx, a, &n));
        TRY(put_state(tx, a, n.stand.state, NULL, false));
        TRY(refresh(tx, a));
    }
    const struct happened h = {"transfer_returned", NULL, NULL};
    return tell(tx, a, &n, &h);
}

/* --- complaints on the same matter ---------------------------------------------------------------------------------------- */

static void in_order(const struct case_act *a, const char **ret_a, const char **ret_b)
{
    bool first = strcmp(a->complaint_id, a->other_id) < 0;
    *ret_a = first ? a->complaint_id : a->other_id;
    *ret_b = first ? a->other_id : a->complaint_id;
}

enum err casework_tx_link(struct db_conn *tx, void *arg)
{
    struct case_act *a = arg;
    struct now n;
    const char *one = NULL, *two = NULL;
    int64_t changed = 0;
    TRY(take(tx, a, &n));
    in_order(a, &one, &two);
    TRY(db_run(tx, &case_link_insert,
               DB_ARGS(db_text(a->act.office_id), db_text(one), db_text(two),
                       db_text(a->act.actor_id), db_int(a->act.now_ms)),
               &changed));
    if (!changed)
        return refuse_with(a, ERR_CONFLICT, "link_there", T("Kedua pengaduan ini sudah dikaitkan."));
    const struct happened h = {"linked", NULL, NULL};
    return tell(tx, a, &n, &h);
}

enum err casework_tx_unlink(struct db_conn *tx, void *arg)
{
    struct case_act *a = arg;
    struct now n;
    const char *one = NULL, *two = NULL;
    int64_t changed = 0;
    TRY(take(tx, a, &n));
    in_order(a, &one, &two);
    TRY(db_run(tx, &case_link_delete,
               DB_ARGS(db_text(a->act.office_id), db_text(one), db_text(two)), &changed));
    if (!changed)
        return refuse_with(a, ERR_MISSING, "link_unknown",
                           T("Kedua pengaduan ini tidak dikaitkan. Muat ulang halaman."));
    const struct happened h = {"unlinked", NULL, NULL};
    return tell(tx, a, &n, &h);
}

/* --- limits --------------------------------------------------------------------------------------------------------------- */

enum err casework_tx_limits(struct db_conn *tx, void *arg)
{
    const struct limits_change *c = arg;
    struct arena *arena = db_conn_arena(tx);
    const char *detail = "";
    for (size_t i = 0; i < c->count; i++) {
        const struct stage_limit *l = &c->limits[i];
        TRY(db_run(tx, &case_limit_put,
                   DB_ARGS(db_text(c->act.office_id), db_text(l->stage), db_int(l->length),
                           db_text(l->unit), db_text(l->basis), db_int(l->verified)),
                   NULL));
        detail = arena_printf(arena, "%s%s%s=%lld", detail, *detail ? " " : "", l->stage,
                              (long long)l->length);
    }
    return visit_act_log(tx, &c->act,
                         (struct audit_new){.action = "stage_limits_changed",
                                            .subject_kind = "office",
                                            .subject_id = c->act.office_id,
                                            .detail = detail});
}

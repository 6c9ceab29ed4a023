/* SQL of step 6: one answer is one transaction, compare-and-set on the visit's decision. */
#include "features/decision/decision_store.h"

#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

#define LATER_MINUTES 10
#define MINUTE_MS     60000LL

static const struct record_column answer_columns[] = {
    RECORD_COLUMN(struct answer, id, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct answer, visit_id, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct answer, at, REC_TIME, RECORD_ALL, NULL),
    RECORD_COLUMN(struct answer, official_id, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct answer, official_role, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct answer, outcome, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct answer, minutes, REC_INT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct answer, note_sealed, REC_BYTES, 0, NULL),
    RECORD_COLUMN(struct answer, channel, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct answer, recorded_by, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct answer, effect, REC_TEXT, RECORD_ALL, NULL),
};
const struct record answer_record = RECORD("Answer", struct answer, answer_columns);

static const struct record_column token_columns[] = {
    RECORD_COLUMN(struct answer_token, visit_id, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct answer_token, outbox_id, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct answer_token, staff_id, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct answer_token, as_role, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct answer_token, action, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct answer_token, expires_at, REC_TIME, 0, NULL),
    RECORD_COLUMN(struct answer_token, used_at, REC_TIME, 0, NULL),
};
static const struct record token_record = RECORD("AnswerToken", struct answer_token, token_columns);

#define UNDECIDED                                                                                  \
    "open = 1 AND decision_state <> 'final' AND state IN ('registered', 'checked_in', 'waiting')"

DB_SQL(answer_select,
       "SELECT id, visit_id, at, official_id, official_role, outcome, minutes, note_sealed, "
       "channel, recorded_by, effect FROM answer WHERE office_id = $1 AND visit_id = $2 "
       "ORDER BY at, id LIMIT 200");
DB_SQL(answer_mine,
       "SELECT id, visit_id, at, official_id, official_role, outcome, minutes, note_sealed, "
       "channel, recorded_by, effect FROM answer WHERE office_id = $1 AND official_id = $2 "
       "AND at >= $3 ORDER BY at DESC, id DESC LIMIT 200");
DB_SQL(answer_insert,
       "INSERT INTO answer (office_id, id, visit_id, at, official_id, official_role, outcome, "
       "minutes, note_sealed, channel, recorded_by, effect, message_id) VALUES ($1, $2, $3, $4, "
       "$5, $6, $7, $8, $9, $10, $11, $12, $13)");
DB_SQL(answer_seen, "SELECT count(*) FROM answer WHERE office_id = $1 AND message_id = $2");
DB_SQL(decision_final,
       "UPDATE visit SET decision_state = 'final', decision_outcome = $3, decision_by = $4, "
       "decision_at = $5, decision_due_at = NULL, ask_again_at = NULL, receiver_id = $6 "
       "WHERE office_id = $1 AND id = $2 AND decision_state <> 'final'");
DB_SQL(decision_propose,
       "UPDATE visit SET decision_state = 'proposed', decision_outcome = $3, "
       "decision_by = $4, decision_at = $5, decision_due_at = $6, ask_again_at = NULL "
       "WHERE office_id = $1 AND id = $2 AND decision_state = 'none'");
DB_SQL(decision_later, "UPDATE visit SET ask_again_at = $3, decision_due_at = NULL "
                       "WHERE office_id = $1 AND id = $2 AND decision_state <> 'final'");
DB_SQL(decision_again_clear, "UPDATE visit SET ask_again_at = NULL, decision_due_at = $3 "
                             "WHERE office_id = $1 AND id = $2");
DB_SQL(notice_answered, "UPDATE visit SET notice_state = 'answered', notice_at = $3 "
                        "WHERE office_id = $1 AND id = $2 AND notice_state <> 'none'");
DB_SQL(question_answered, "UPDATE visit SET question_state = 'answered', question_at = $3 "
                          "WHERE office_id = $1 AND id = $2 AND question_state <> 'none'");
DB_SQL(decision_due_select,
       "SELECT " VISIT_COLUMNS " FROM visit WHERE office_id = $1 "
       "AND decision_due_at <= $2 AND " UNDECIDED " ORDER BY decision_due_at LIMIT 50");
DB_SQL(decision_ask_select,
       "SELECT " VISIT_COLUMNS " FROM visit WHERE office_id = $1 "
       "AND ask_again_at <= $2 AND " UNDECIDED " ORDER BY ask_again_at LIMIT 50");
DB_SQL(decision_waiting_select,
       "SELECT " VISIT_COLUMNS " FROM visit WHERE office_id = $1 AND " UNDECIDED
       " ORDER BY arrived_at, id LIMIT 200");
DB_SQL(token_select, "SELECT visit_id, outbox_id, staff_id, as_role, action, expires_at, used_at "
                     "FROM answer_token WHERE office_id = $1 AND hash = $2");
DB_SQL(token_insert,
       "INSERT INTO answer_token (office_id, hash, visit_id, outbox_id, staff_id, as_role, "
       "action, expires_at, number) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
DB_SQL(token_use, "UPDATE answer_token SET used_at = $3 WHERE office_id = $1 AND hash = $2 "
                  "AND used_at IS NULL AND expires_at > $3");

const struct db_sql *const decision_statements[] = {&answer_select,
                                                    &answer_mine,
                                                    &answer_insert,
                                                    &answer_seen,
                                                    &decision_final,
                                                    &decision_propose,
                                                    &decision_later,
                                                    &decision_again_clear,
                                                    &notice_answered,
                                                    &question_answered,
                                                    &decision_due_select,
                                                    &decision_ask_select,
                                                    &decision_waiting_select,
                                                    &token_select,
                                                    &token_insert,
                                                    &token_use,
                                                    NULL};

enum err decision_answers(struct db_conn *conn, const char *office_id, const char *visit_id,
                          struct answer **ret, size_t *ret_count)
{
    return db_list(conn, &answer_select, DB_ARGS(db_text(office_id), db_text(visit_id)),
                   &answer_record, 200, ret, ret_count);
}

enum err decision_answers_of(struct db_conn *conn, const char *office_id, const char *official_id,
                             int64_t since, struct answer **ret, size_t *ret_count)
{
    return db_list(conn, &answer_mine,
                   DB_ARGS(db_text(office_id), db_text(official_id), db_int(since)), &answer_record,
                   200, ret, ret_count);
}

/* --- one answer ------------------------------------------------------------------------------------- */

static const char *receiver_of(const struct decision_change *c, const char *outcome)
{
    if (str_eq(outcome, "office_head"))
        return c->head_id;
    if (str_eq(outcome, "intel_chief"))
        return c->chief_id;
    if (str_eq(outcome, "section_chief"))
        return c->section_id;
    return NULL;
}

/* Uses up the token; a second use has no effect. */
static enum err use_token(struct db_conn *tx, struct decision_change *c)
{
    const struct decision_new *in = c->in;
    if (!in->token_hash)
        return ERR_OK;
    int64_t changed = 0;
    TRY(db_run(tx, &token_use,
               DB_ARGS(db_text(in->act.office_id), db_bytes((struct bytes){in->token_hash, 32}),
                       db_int(in->act.now_ms)),
               &changed));
    if (changed == 1)
        return ERR_OK;
    c->result->repeated = true;
    c->result->refusal = (struct refusal){
        .err = ERR_CONFLICT,
        .code = "token_used",
        .msgid = T("Jawaban ini sudah pernah dikirim atau waktunya sudah lewat.")};
    return ERR_OK;
}

static enum err seen_before(struct db_conn *tx, struct decision_change *c)
{
    const struct decision_new *in = c->in;
    if (!in->message_id)
        return ERR_OK;
    int64_t count = 0;
    TRY(db_number(tx, &answer_seen, DB_ARGS(db_text(in->act.office_id), db_text(in->message_id)),
                  &count));
    c->result->repeated = count > 0;
    return ERR_OK;
}

static enum err keep_answer(struct db_conn *tx, const struct decision_change *c,
                            enum decision_effect effect, const char *outcome)
{
    const struct decision_new *in = c->in;
    return db_run(tx, &answer_insert,
                  DB_ARGS(db_text(in->act.office_id), db_text(c->answer_id), db_text(in->visit_id),
                          db_int(in->act.now_ms), db_text(in->official_id),
                          db_text(staff_role_name(in->as_role)), db_text(outcome),
                          db_time(in->minutes), db_bytes(c->note_sealed), db_text(in->channel),
                          db_text(in->recorded_by), db_text(decision_effect_name(effect)),
                          db_text(in->message_id)),
                  NULL);
}

static enum err make_final(struct db_conn *tx, struct decision_change *c, const char *outcome)
{
    const struct decision_new *in = c->in;
    /* The Kajari's silence decides nothing: it is still the proposal of whoever made it. */
    const char *by = c->silence ? c->result->visit.decision_by : in->official_id;
    int64_t changed = 0;
    TRY(db_run(tx, &decision_final,
               DB_ARGS(db_text(in->act.office_id), db_text(in->visit_id), db_text(outcome),
                       db_text(by), db_int(in->act.now_ms), db_text(receiver_of(c, outcome))),
               &changed));
    if (changed != 1)
        return ERR_CONFLICT;
    return visit_step_done(tx, &in->act, in->visit_id, 6, in->act.now_ms, NULL);
}

static enum err make_proposal(struct db_conn *tx, struct decision_change *c, const char *outcome)
{
    const struct decision_new *in = c->in;
    int64_t due = in->act.now_ms + c->head_silence_ms;
    TRY(db_run(tx, &decision_propose,
               DB_ARGS(db_text(in->act.office_id), db_text(in->visit_id), db_text(outcome),
                       db_text(in->official_id), db_int(in->act.now_ms), db_int(due)),
               NULL));
    return notice_queue(tx, &in->act, in->visit_id, &c->question);
}

static enum err take_effect(struct db_conn *tx, struct decision_change *c,
                            const struct decision_plan *p)
{
    const struct decision_new *in = c->in;
    switch (p->effect) {
    case DECISION_FINAL:
        return make_final(tx, c, p->outcome);
    case DECISION_PROPOSED:
        return make_proposal(tx, c, p->outcome);
    case DECISION_LATER:
        return db_run(tx, &decision_later,
                      DB_ARGS(db_text(in->act.office_id), db_text(in->visit_id),
                              db_int(in->act.now_ms +
                                     (in->minutes ? in->minutes : LATER_MINUTES) * MINUTE_MS)),
                      NULL);
    case DECISION_TOO_LATE:
    case DECISION_REFUSED:
        break;
    }
    return ERR_OK;
}

/* The message that was answered shows it. */
static enum err mark_answered(struct db_conn *tx, const struct decision_change *c)
{
    const struct decision_new *in = c->in;
    if (c->silence ||
        in->as_role == ROLE_SECTION_CHIEF) /* he answers on the page: no message of his own */
        return ERR_OK;
    const struct db_sql *sql = in->as_role == ROLE_OFFICE_HEAD ? &question_answered
                                                               : &notice_answered;
    return db_run(
        tx, sql, DB_ARGS(db_text(in->act.office_id), db_text(in->visit_id), db_int(in->act.now_ms)),
        NULL);
}

static bool silence_is_due(const struct visit *v, int64_t now_ms)
{
    return str_eq(v->decision_state, "proposed") && v->decision_due_at &&
           v->decision_due_at <= now_ms;
}

static struct refusal already_decided(const struct visit *v)
{
    return (struct refusal){
        .err = ERR_CONFLICT,
        .code = "already_decided",
        .msgid = T("Sudah diputuskan lebih dahulu: %s. Jawaban Anda tetap disimpan."),
        .arg = decision_outcome_label(v->decision_outcome)};
}

static enum err apply_plan(struct db_conn *tx, struct decision_change *c, const char *outcome)
{
    const struct decision_new *in = c->in;
    struct decision_result *r = c->result;
    struct decision_plan p = decision_plan_of(&r->visit, in->as_role, outcome, c->ask_head_always);
    if (p.effect == DECISION_REFUSED) {
        r->refusal = p.refusal;
        return p.refusal.err;
    }
    r->effect = decision_effect_name(p.effect);
    TRY(keep_answer(tx, c, p.effect, outcome));
    if (p.effect == DECISION_TOO_LATE)
        r->refusal = already_decided(&r->visit);
    else
        TRY(mark_answered(tx, c));
    /* Before the effect: a proposal opens the Kajari's question. */
    if (p.effect != DECISION_TOO_LATE)
        TRY(escalation_close(tx, in->act.office_id, in->visit_id));
    TRY(take_effect(tx, c, &p));
    int status = p.effect == DECISION_TOO_LATE ? 409 : 200;
    TRY(replay_keep(tx, &c->replay, in->visit_id, status, in->act.now_ms));
    TRY(visit_log(tx, &in->act, in->visit_id,
                  p.effect == DECISION_FINAL ? "decision_final" : "decision_answered",
                  arena_printf(db_conn_arena(tx),
                               "official=%s role=%s outcome=%s channel=%s effect=%s",
                               str_or(in->official_id, ""), staff_role_name(in->as_role), outcome,
                               in->channel, r->effect)));
    return visit_get(tx, in->act.office_id, in->visit_id, &r->visit);
}

enum err decision_apply(struct db_conn *tx, void *arg)
{
    struct decision_change *c = arg;
    const struct decision_new *in = c->in;
    struct decision_result *r = c->result;
    *r = (struct decision_result){.effect = ""};
    const char *subject = NULL;
    int status = 0;
    TRY(replay_find(tx, &c->replay, &c->replayed, &subject, &status, &r->refusal));
    TRY(visit_get(tx, in->act.office_id, in->visit_id, &r->visit));
    if (c->replayed) {
        if (status == 409) /* the first time it came too late, and was kept */
            r->refusal = already_decided(&r->visit);
        return ERR_OK;
    }
    if (c->silence && !silence_is_due(&r->visit, in->act.now_ms))
        return ERR_OK;
    TRY(seen_before(tx, c));
    if (r->repeated)
        return ERR_OK;
    TRY(use_token(tx, c));
    if (r->repeated)
        return ERR_OK;
    const char *outcome = c->silence ? decision_on_silence(r->visit.decision_outcome) : in->outcome;
    return apply_plan(tx, c, outcome);
}

/* --- time passes -------------------------------------------------------------------------------------- */

enum err decision_due(struct db_conn *conn, const char *office_id, int64_t now_ms,
                      struct visit **ret, size_t *ret_count)
{
    return db_list(conn, &decision_due_select, DB_ARGS(db_text(office_id), db_int(now_ms)),
                   &visit_record, 50, ret, ret_count);
}

enum err decision_to_ask(struct db_conn *conn, const char *office_id, int64_t now_ms,
                         struct visit **ret, size_t *ret_count)
{
    return db_list(conn, &decision_ask_select, DB_ARGS(db_text(office_id), db_int(now_ms)),
                   &visit_record, 50, ret, ret_count);
}

enum err decision_waiting(struct db_conn *conn, const char *office_id, struct visit **ret,
                          size_t *ret_count)
{
    return db_list(conn, &decision_waiting_select, DB_ARGS(db_text(office_id)), &visit_record, 200,
                   ret, ret_count);
}

enum err decision_ask_again(struct db_conn *tx, void *arg)
{
    struct decision_again *g = arg;
    struct visit v = {0};
    TRY(visit_get(tx, g->act.office_id, g->visit_id, &v));
    bool due = v.open && v.ask_again_at && v.ask_again_at <= g->act.now_ms &&
               !str_eq(v.decision_state, "final");
    if (!due)
        return ERR_OK;
    bool proposed = str_eq(v.decision_state, "proposed");
    TRY(db_run(tx, &decision_again_clear,
               DB_ARGS(db_text(g->act.office_id), db_text(g->visit_id),
                       db_time(proposed ? g->act.now_ms + g->head_silence_ms : 0)),
               NULL));
    TRY(notice_queue(tx, &g->act, g->visit_id, proposed ? &g->question : &g->chief));
    return visit_log(tx, &g->act, g->visit_id, "decision_asked_again", "");
}

/* --- single-use answers ---------------------------------------------------------------------------------- */

enum err decision_token_find(struct db_conn *conn, const char *office_id, const uint8_t hash[32],
                             struct answer_token *ret)
{
    return db_one(conn, &token_select,
                  DB_ARGS(db_text(office_id), db_bytes((struct bytes){hash, 32})), &token_record,
                  ret);
}

enum err decision_tokens_add(struct db_conn *tx, void *arg)
{
    const struct answer_tokens_new *n = arg;
    for (size_t i = 0; i < n->count; i++) {
        TRY(db_run(tx, &token_insert,
                   DB_ARGS(db_text(n->office_id), db_bytes((struct bytes){n->tokens[i].hash, 32}),
                           db_text(n->common.visit_id), db_text(n->common.outbox_id),
                           db_text(n->common.staff_id), db_text(n->common.as_role),
                           db_text(n->tokens[i].action), db_int(n->common.expires_at),
                           db_time(n->tokens[i].number)),
                   NULL));
    }
    return ERR_OK;
}

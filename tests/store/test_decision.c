/* Step 6 in the database: what an answer does, once, whoever is faster, and what time does. */
#include "house_fixture.h"

#include "db_crowd.h"

struct saying {
    uint32_t role; /* who says it */
    const char *outcome;
    bool always; /* the office's policy */
    bool silence;
    int64_t minutes;
    const char *message_id, *key;
    const uint8_t *token;
};

static struct decision_change *change(struct house *h, const char *visit_id, const struct saying *s)
{
    struct arena *a = h->cx->arena;
    struct decision_new *in = ARENA_NEW(a, struct decision_new);
    struct decision_change *c = ARENA_NEW(a, struct decision_change);
    const char *who = person_of(s->role)->id;
    in->act = house_act(h, s->silence ? "" : who);
    in->visit_id = visit_id;
    in->official_id = who;
    in->as_role = s->role;
    in->outcome = s->outcome;
    in->minutes = s->minutes;
    in->channel = s->silence ? "silence" : s->message_id ? "whatsapp" : s->token ? "link" : "page";
    in->message_id = s->message_id;
    in->token_hash = s->token;
    c->in = in;
    c->ask_head_always = s->always;
    c->head_silence_ms = 180000;
    c->answer_id = house_id(h);
    c->question = (struct notice_new){
        .outbox_id = house_id(h), .kind = NOTICE_QUESTION, .recipient_id = HENDRA};
    c->question.channel = notice_channel(h->cx, &c->question.reason);
    c->chief_id = ARIEF;
    c->head_id = HENDRA;
    c->section_id = MARIA;
    c->silence = s->silence;
    c->result = ARENA_NEW(a, struct decision_result);
    return c;
}

static struct decision_result said(struct house *h, const char *visit_id, struct saying s)
{
    struct decision_change *c = change(h, visit_id, &s);
    enum err e = db_tx(h->cx, "decide", decision_apply, c);
    struct decision_result r = *c->result;
    /* What is kept though it is refused (too late, token used) is committed. */
    assert_true(e == ERR_OK || e == r.refusal.err);
    return r;
}

static int64_t answers(struct house *h, const char *visit_id)
{
    struct answer *list = NULL;
    size_t n = 0;
    assert_int_equal(decision_answers(h->cx->read, h->office, visit_id, &list, &n), ERR_OK);
    return (int64_t)n;
}

static struct answer last_answer(struct house *h, const char *visit_id)
{
    struct answer *list = NULL;
    size_t n = 0;
    assert_int_equal(decision_answers(h->cx->read, h->office, visit_id, &list, &n), ERR_OK);
    assert_true(n > 0);
    return list[n - 1];
}

static bool step_6(struct house *h, const char *visit_id)
{
    return house_number(
               h, arena_printf(h->cx->arena,
                               "SELECT count(*) FROM visit_step WHERE step = 6 AND visit_id = '%s'",
                               visit_id)) == 1;
}

static const char *guest(struct house *h, int i)
{
    return guest_in(
        h, &(struct guest){.id_number = arena_printf(h->cx->arena, "620301170845%04d", i + 1)});
}

/* --- one answer -------------------------------------------------------------------------------------------- */

static void a_final_answer_names_the_receiver(void **state)
{
    struct house *h = *state;
    static const struct {
        const char *outcome, *receiver;
    } cases[] = {{"office_head", HENDRA},
                 {"intel_chief", ARIEF},
                 {"section_chief", MARIA},
                 {"refused", NULL}};
    for (int i = 0; i < (int)ARRAY_LEN(cases); i++) {
        const char *id = guest(h, i);
        house_later(h, 1000);
        struct decision_result r = said(
            h, id, (struct saying){.role = ROLE_OFFICE_HEAD, .outcome = cases[i].outcome});
        assert_string_equal(r.effect, "final");
        struct visit v = visit_now(h, id);
        assert_string_equal(v.decision_state, "final");
        assert_string_equal(v.decision_outcome, cases[i].outcome);
        assert_string_equal(v.decision_by, HENDRA);
        assert_int_equal(v.decision_at, h->cx->now_ms);
        assert_int_equal(v.decision_due_at, 0);
        if (cases[i].receiver)
            assert_string_equal(v.receiver_id, cases[i].receiver);
        else
            assert_null(v.receiver_id);
        assert_true(step_6(h, id));
        assert_int_equal(answers(h, id), 1);
        assert_int_equal(office_fixture_entries(h->o, id, "decision_final"), 1);
        assert_string_equal(r.visit.decision_state, "final"); /* as it is afterwards */
    }
}

static void a_proposal_goes_to_the_head(void **state)
{
    struct house *h = *state;
    house_whatsapp(h);
    const char *id = guest(h, 0);
    struct decision_result r = said(
        h, id, (struct saying){.role = ROLE_INTEL_CHIEF, .outcome = "intel_chief", .always = true});
    assert_string_equal(r.effect, "proposed");
    struct visit v = visit_now(h, id);
    assert_string_equal(v.decision_state, "proposed");
    assert_string_equal(v.decision_outcome, "intel_chief");
    assert_int_equal(v.decision_due_at, h->cx->now_ms + 180000);
    assert_null(v.receiver_id);
    assert_string_equal(v.notice_state, "answered");
    assert_string_equal(v.question_state, "queued");
    assert_false(step_6(h, id)); /* done only when it is final */
    assert_int_equal(house_number(h, "SELECT count(*) FROM outbox WHERE kind = 'head_question' AND "
                                     "recipient_id = '" HENDRA "' AND round = 1"),
                     1);

    r = said(h, id,
             (struct saying){
                 .role = ROLE_INTEL_CHIEF, .outcome = "later", .always = true, .minutes = 60});
    assert_string_equal(r.refusal.code,
                        "already_proposed"); /* his "Nanti" does not stop the clock */
    assert_int_equal(visit_now(h, id).decision_due_at, h->cx->now_ms + 180000);
    assert_int_equal(answers(h, id), 1);

    r = said(h, id,
             (struct saying){.role = ROLE_OFFICE_HEAD, .outcome = "office_head", .always = true});
    assert_string_equal(r.effect, "final");
    v = visit_now(h, id);
    assert_string_equal(v.receiver_id, HENDRA);
    assert_string_equal(v.question_state, "answered");
    assert_true(step_6(h, id));
    assert_int_equal(answers(h, id), 2);
}

static void by_the_other_policy_the_chief_decides(void **state)
{
    struct house *h = *state;
    const char *id = guest(h, 0);
    assert_string_equal(
        said(h, id, (struct saying){.role = ROLE_INTEL_CHIEF, .outcome = "intel_chief"}).effect,
        "final");
    assert_string_equal(visit_now(h, id).receiver_id, ARIEF);
    id = guest(h, 1);
    assert_string_equal(
        said(h, id, (struct saying){.role = ROLE_INTEL_CHIEF, .outcome = "ask_head"}).effect,
        "proposed");
    assert_string_equal(visit_now(h, id).decision_state, "proposed");
    assert_false(step_6(h, id));
}

static void too_late_is_kept_and_said(void **state)
{
    struct house *h = *state;
    const char *id = guest(h, 0);
    (void)said(h, id, (struct saying){.role = ROLE_OFFICE_HEAD, .outcome = "office_head"});
    house_later(h, 5000);
    struct decision_result r = said(
        h, id, (struct saying){.role = ROLE_INTEL_CHIEF, .outcome = "refused", .key = "k"});
    assert_string_equal(r.effect, "too_late");
    assert_int_equal(r.refusal.err, ERR_CONFLICT);
    assert_string_equal(r.refusal.code, "already_decided");
    assert_string_equal(r.refusal.arg, "Diterima Kajari");
    struct visit v = visit_now(h, id);
    assert_string_equal(v.decision_outcome, "office_head");
    assert_string_equal(v.decision_by, HENDRA);
    assert_int_equal(answers(h, id), 2);
    struct answer a = last_answer(h, id);
    assert_string_equal(a.effect, "too_late");
    assert_string_equal(a.outcome, "refused");
    assert_string_equal(a.official_id, ARIEF);

    house_exec(h, "UPDATE visit SET decision_state = 'none', state = 'received'");
    r = said(h, id, (struct saying){.role = ROLE_OFFICE_HEAD, .outcome = "office_head"});
    assert_string_equal(r.refusal.code, "state"); /* past step 6: nothing is kept */
    assert_int_equal(answers(h, id), 2);
}

static void a_repeated_request_is_answered_as_the_first(void **state)
{
    struct house *h = *state;
    const char *id = guest(h, 0);
    const uint8_t hash[32] = {1};
    house_act_as(h, person_of(ROLE_OFFICE_HEAD));
    for (int i = 0; i < 2; i++) {
        struct decision_change *c = change(
            h, id, &(struct saying){.role = ROLE_OFFICE_HEAD, .outcome = "office_head"});
        assert_int_equal(replay_prepare(h->cx, "k", "POST /tamu/x/keputusan", hash, &c->replay),
                         ERR_OK);
        assert_int_equal(db_tx(h->cx, "decide", decision_apply, c), ERR_OK);
        assert_int_equal(c->replayed, i == 1);
        assert_int_equal(c->result->refusal.err, ERR_OK);
        assert_string_equal(c->result->visit.decision_state, "final");
    }
    assert_int_equal(answers(h, id), 1);
    house_act_as(h, person_of(ROLE_INTEL_CHIEF));
    for (int i = 0; i < 2; i++) { /* what came too late is too late the second time too */
        struct decision_change *c = change(
            h, id, &(struct saying){.role = ROLE_INTEL_CHIEF, .outcome = "intel_chief"});
        assert_int_equal(replay_prepare(h->cx, "k", "POST /tamu/x/keputusan", hash, &c->replay),
                         ERR_OK);
        assert_int_equal(db_tx(h->cx, "decide", decision_apply, c), ERR_OK);
        assert_int_equal(c->replayed, i == 1);
        assert_int_equal(c->result->refusal.err, ERR_CONFLICT);
        assert_string_equal(c->result->refusal.code, "already_decided");
    }
    assert_int_equal(answers(h, id), 2);
    struct decision_change *c = change(
        h, id, &(struct saying){.role = ROLE_INTEL_CHIEF, .outcome = "refused"});
    const uint8_t other[32] = {2};
    assert_int_equal(replay_prepare(h->cx, "k", "POST /tamu/x/keputusan", other, &c->replay),
                     ERR_OK);
    assert_int_equal(db_tx(h->cx, "decide", decision_apply, c), ERR_INVALID);
    assert_string_equal(c->result->refusal.code, "idempotency_key_reused");
}

/* --- compare and set ----------------------------------------------------------------------------------------- */

static void head_against_silence(struct house *h, int i, bool head_first)
{
    const char *id = guest(h, i);
    (void)said(h, id,
               (struct saying){.role = ROLE_INTEL_CHIEF, .outcome = "ask_head", .always = true});
    house_later(h, 180000);
    struct decision_change *head = change(
        h, id, &(struct saying){.role = ROLE_OFFICE_HEAD, .outcome = "office_head", .always = true});
    struct decision_change *silent = change(
        h, id,
        &(struct saying){
            .role = ROLE_OFFICE_HEAD, .outcome = "ask_head", .always = true, .silence = true});
    struct crowd_member members[] = {{.fn = decision_apply, .arg = head_first ? head : silent},
                                     {.fn = decision_apply, .arg = head_first ? silent : head}};
    crowd_run(h->o->f, members, 2);
    assert_int_equal(members[0].result, ERR_OK);
    assert_int_equal(members[1].result, ERR_OK);
    crowd_free(members, 2);
    struct visit v = visit_now(h, id);
    assert_string_equal(v.decision_state, "final");
    assert_string_equal(v.decision_outcome, head_first ? "office_head" : "intel_chief");
    assert_string_equal(v.receiver_id, head_first ? HENDRA : ARIEF);
    assert_int_equal(office_fixture_entries(h->o, id, "decision_final"), 1);
    if (head_first) { /* the timer finds nothing due and leaves no trace */
        assert_int_equal(answers(h, id), 2);
    } else {
        assert_int_equal(answers(h, id), 3);
        assert_string_equal(head->result->effect, "too_late");
        assert_string_equal(head->result->refusal.code, "already_decided");
    }
}

static void the_head_and_the_timer_at_the_same_moment(void **state)
{
    head_against_silence(*state, 0, true);
    head_against_silence(*state, 1, false);
}

static void eight_answers_at_once_give_one_decision(void **state)
{
    struct house *h = *state;
    static const char *const outcomes[] = {"office_head", "intel_chief", "section_chief", "refused"};
    for (int round = 0; round < 5; round++) {
        const char *id = guest(h, round);
        struct crowd_member members[8];
        for (size_t i = 0; i < ARRAY_LEN(members); i++) {
            struct saying s = {.role = ROLE_OFFICE_HEAD, .outcome = outcomes[i % 4]};
            members[i] = (struct crowd_member){.fn = decision_apply, .arg = change(h, id, &s)};
        }
        for (size_t i = 0; i < ARRAY_LEN(members); i++)
            crowd_start(h->o->f, &members[i]);
        for (size_t i = 0; i < ARRAY_LEN(members); i++)
            crowd_end(&members[i]);
        const char *decided = visit_now(h, id).decision_outcome;
        size_t final = 0;
        for (size_t i = 0; i < ARRAY_LEN(members); i++) {
            const struct decision_change *c = members[i].arg;
            assert_int_equal(members[i].result, ERR_OK);
            if (str_eq(c->result->effect, "final")) {
                final++;
                assert_string_equal(c->in->outcome, decided);
            } else {
                assert_string_equal(c->result->effect, "too_late");
            }
        }
        crowd_free(members, ARRAY_LEN(members));
        assert_int_equal(final, 1);
        assert_int_equal(answers(h, id), 8);
    }
}

static void a_message_counts_once(void **state)
{
    struct house *h = *state;
    const char *id = guest(h, 0);
    struct saying s = {
        .role = ROLE_INTEL_CHIEF, .outcome = "ask_head", .always = true, .message_id = "wamid.1"};
    assert_string_equal(said(h, id, s).effect, "proposed");
    struct decision_result r = said(h, id, s);
    assert_true(r.repeated);
    assert_int_equal(r.refusal.err, ERR_OK);
    assert_int_equal(answers(h, id), 1);
    assert_int_equal(office_fixture_entries(h->o, id, "decision_answered"), 1);
    /* eight deliveries of one message at once */
    struct crowd_member members[8];
    struct saying head = {
        .role = ROLE_OFFICE_HEAD, .outcome = "office_head", .message_id = "wamid.2"};
    for (size_t i = 0; i < ARRAY_LEN(members); i++)
        members[i] = (struct crowd_member){.fn = decision_apply, .arg = change(h, id, &head)};
    crowd_run(h->o->f, members, ARRAY_LEN(members));
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        const struct decision_change *c = members[i].arg;
        assert_int_equal(members[i].result, ERR_OK);
        assert_int_equal(c->result->repeated, i > 0);
    }
    crowd_free(members, ARRAY_LEN(members));
    assert_int_equal(answers(h, id), 2);
}

/* --- single-use answers ------------------------------------------------------------------------------------------ */

static const uint8_t token_hash[32] = {7, 7, 7};

static void give_token(struct house *h, const char *visit_id, int64_t expires_at)
{
    struct answer_token_new t = {.action = ""};
    memcpy(t.hash, token_hash, sizeof(t.hash));
    struct answer_tokens_new n = {.office_id = h->office,
                                  .common = {.visit_id = visit_id,
                                             .outbox_id = "o",
                                             .staff_id = HENDRA,
                                             .as_role = "office_head",
                                             .expires_at = expires_at},
                                  .tokens = &t,
                                  .count = 1};
    assert_int_equal(db_tx(h->cx, "tokens", decision_tokens_add, &n), ERR_OK);
}

static void a_token_answers_once(void **state)
{
    struct house *h = *state;
    const char *id = guest(h, 0);
    give_token(h, id, h->cx->now_ms + 1000);
    struct answer_token t = {0};
    assert_int_equal(decision_token_find(h->cx->read, h->office, token_hash, &t), ERR_OK);
    assert_string_equal(t.visit_id, id);
    assert_int_equal(t.used_at, 0);
    assert_int_equal(decision_token_find(h->cx->read, "another office", token_hash, &t),
                     ERR_MISSING);
    struct saying s = {
        .role = ROLE_OFFICE_HEAD, .outcome = "later", .minutes = 5, .token = token_hash};
    assert_string_equal(said(h, id, s).effect, "later");
    s.outcome = "office_head";
    struct decision_result r = said(h, id, s);
    assert_true(r.repeated);
    assert_int_equal(r.refusal.err, ERR_CONFLICT);
    assert_string_equal(r.refusal.code, "token_used");
    assert_string_equal(visit_now(h, id).decision_state, "none");
    assert_int_equal(answers(h, id), 1);
    assert_int_equal(decision_token_find(h->cx->read, h->office, token_hash, &t), ERR_OK);
    assert_int_equal(t.used_at, h->cx->now_ms);
}

static void a_refused_answer_does_not_use_the_token_up(void **state)
{
    struct house *h = *state;
    const char *id = guest(h, 0);
    give_token(h, id, h->cx->now_ms + 1000);
    struct saying s = {.role = ROLE_OFFICE_HEAD,
                       .outcome = "ask_head",
                       .token = token_hash}; /* he cannot ask himself */
    assert_string_equal(said(h, id, s).refusal.code, "ask_head_self");
    s.outcome = "intel_chief";
    assert_string_equal(said(h, id, s).effect, "final");
}

static void an_expired_token_answers_nothing(void **state)
{
    struct house *h = *state;
    const char *id = guest(h, 0);
    give_token(h, id, h->cx->now_ms);
    struct decision_result r = said(
        h, id,
        (struct saying){.role = ROLE_OFFICE_HEAD, .outcome = "office_head", .token = token_hash});
    assert_string_equal(r.refusal.code, "token_used");
    assert_string_equal(visit_now(h, id).decision_state, "none");
    assert_int_equal(answers(h, id), 0);
    static const uint8_t unknown[32] = {9};
    r = said(h, id,
             (struct saying){.role = ROLE_OFFICE_HEAD, .outcome = "office_head", .token = unknown});
    assert_string_equal(r.refusal.code, "token_used");
    assert_int_equal(answers(h, id), 0);
}

static void a_token_from_two_phones_at_once(void **state)
{
    struct house *h = *state;
    const char *id = guest(h, 0);
    give_token(h, id, h->cx->now_ms + 1000);
    struct crowd_member members[8];
    struct saying s = {.role = ROLE_OFFICE_HEAD, .outcome = "office_head", .token = token_hash};
    for (size_t i = 0; i < ARRAY_LEN(members); i++)
        members[i] = (struct crowd_member){.fn = decision_apply, .arg = change(h, id, &s)};
    crowd_run(h->o->f, members, ARRAY_LEN(members));
    crowd_free(members, ARRAY_LEN(members));
    assert_int_equal(answers(h, id), 1);
    assert_string_equal(visit_now(h, id).decision_state, "final");
}

/* --- time passes ------------------------------------------------------------------------------------------------------ */

static void tick(struct house *h)
{
    assert_int_equal(decision_tick(h->cx, h->office), ERR_OK);
}

static void silence_makes_the_proposal_final(void **state)
{
    struct house *h = *state;
    static const struct {
        const char *proposal, *outcome, *receiver;
    } cases[] = {{"ask_head", "intel_chief", ARIEF},
                 {"office_head", "office_head", HENDRA},
                 {"intel_chief", "intel_chief", ARIEF},
                 {"refused", "refused", NULL}};
    for (int i = 0; i < (int)ARRAY_LEN(cases); i++) {
        const char *id = guest(h, i);
        (void)said(h, id,
                   (struct saying){
                       .role = ROLE_INTEL_CHIEF, .outcome = cases[i].proposal, .always = true});
        house_later(h, 179999);
        tick(h);
        assert_string_equal(visit_now(h, id).decision_state, "proposed");
        house_later(h, 1);
        tick(h);
        struct visit v = visit_now(h, id);
        assert_string_equal(v.decision_state, "final");
        assert_string_equal(v.decision_outcome, cases[i].outcome);
        if (cases[i].receiver)
            assert_string_equal(v.receiver_id, cases[i].receiver);
        else
            assert_null(v.receiver_id);
        assert_string_equal(v.decision_by,
                            ARIEF); /* whose proposal it was; the Kajari said nothing */
        struct answer a = last_answer(h, id);
        assert_string_equal(a.channel, "silence");
        assert_string_equal(a.official_role, "office_head");
        assert_string_equal(a.official_id, HENDRA);
        assert_string_equal(a.effect, "final");
        assert_true(step_6(h, id));
        tick(h); /* nothing more to do */
        assert_int_equal(answers(h, id), 2);
    }
}

static void later_asks_again(void **state)
{
    struct house *h = *state;
    house_whatsapp(h);
    const char *id = guest(h, 0);
    assert_string_equal(
        said(h, id,
             (struct saying){
                 .role = ROLE_INTEL_CHIEF, .outcome = "later", .always = true, .minutes = 5})
            .effect,
        "later");
    assert_int_equal(visit_now(h, id).ask_again_at, h->cx->now_ms + 300000);
    assert_string_equal(visit_now(h, id).notice_state, "answered");
    house_later(h, 299999);
    tick(h);
    assert_int_equal(house_number(h, "SELECT max(round) FROM outbox"), 1);
    house_later(h, 1);
    tick(h);
    assert_int_equal(house_number(h,
                                  "SELECT count(*) FROM outbox WHERE kind = 'visit_notice' AND "
                                  "recipient_id = '" ARIEF "' AND round = 2 AND state = 'queued'"),
                     1);
    struct visit v = visit_now(h, id);
    assert_int_equal(v.ask_again_at, 0);
    assert_string_equal(v.notice_state, "queued");
    assert_int_equal(office_fixture_entries(h->o, id, "decision_asked_again"), 1);
    tick(h);
    assert_int_equal(house_number(h, "SELECT count(*) FROM outbox"), 2);

    /* without minutes: ten */
    (void)said(h, id, (struct saying){.role = ROLE_INTEL_CHIEF, .outcome = "later", .always = true});
    assert_int_equal(visit_now(h, id).ask_again_at, h->cx->now_ms + 600000);
}

static void the_heads_later_stops_the_clock_of_silence(void **state)
{
    struct house *h = *state;
    house_whatsapp(h);
    const char *id = guest(h, 0);
    (void)said(h, id,
               (struct saying){.role = ROLE_INTEL_CHIEF, .outcome = "intel_chief", .always = true});
    (void)said(h, id,
               (struct saying){
                   .role = ROLE_OFFICE_HEAD, .outcome = "later", .always = true, .minutes = 10});
    struct visit v = visit_now(h, id);
    assert_string_equal(v.decision_state, "proposed");
    assert_int_equal(v.decision_due_at, 0);
    house_later(h, 599999);
    tick(h);
    assert_string_equal(visit_now(h, id).decision_state, "proposed");
    house_later(h, 1);
    tick(h);
    assert_int_equal(house_number(h, "SELECT count(*) FROM outbox WHERE kind = 'head_question' AND "
                                     "recipient_id = '" HENDRA "' AND round = 2"),
                     1);
    assert_int_equal(visit_now(h, id).decision_due_at, h->cx->now_ms + 180000); /* it runs again */
    house_later(h, 180000);
    tick(h);
    assert_string_equal(visit_now(h, id).decision_state, "final");
    assert_string_equal(visit_now(h, id).receiver_id, ARIEF);
}

static void nobody_is_asked_about_a_guest_who_left(void **state)
{
    struct house *h = *state;
    house_whatsapp(h);
    const char *id = guest(h, 0);
    (void)said(h, id,
               (struct saying){
                   .role = ROLE_INTEL_CHIEF, .outcome = "later", .always = true, .minutes = 5});
    const char *proposed = guest(h, 1);
    (void)said(h, proposed,
               (struct saying){.role = ROLE_INTEL_CHIEF, .outcome = "intel_chief", .always = true});
    house_exec(h, "UPDATE visit SET open = 0, state = 'left'");
    int64_t rows = house_number(h, "SELECT count(*) FROM outbox");
    house_later(h, 3600000);
    tick(h);
    assert_int_equal(house_number(h, "SELECT count(*) FROM outbox"), rows);
    assert_string_equal(visit_now(h, proposed).decision_state, "proposed");
}

static void the_queue_of_those_who_wait(void **state)
{
    struct house *h = *state;
    const char *first = guest(h, 0);
    house_later(h, 1000);
    const char *second = guest(h, 1);
    house_later(h, 1000);
    (void)said(h, guest(h, 2), (struct saying){.role = ROLE_OFFICE_HEAD, .outcome = "refused"});
    struct visit *list = NULL;
    size_t n = 0;
    assert_int_equal(decision_waiting(h->cx->read, h->office, &list, &n), ERR_OK);
    assert_int_equal(n, 2);
    assert_string_equal(list[0].id, first);
    assert_string_equal(list[1].id, second);
    assert_int_equal(decision_waiting(h->cx->read, "another office", &list, &n), ERR_OK);
    assert_int_equal(n, 0);
}

/* Through the gathering: policy, holders and the question come from the office itself. */
static void an_answer_gathers_what_it_needs(void **state)
{
    struct house *h = *state;
    const char *id = guest(h, 0);
    struct decision_new n = {.act = house_act(h, ARIEF),
                             .visit_id = id,
                             .official_id = ARIEF,
                             .as_role = ROLE_INTEL_CHIEF,
                             .outcome = "intel_chief",
                             .channel = "page",
                             .note = "Mohon diterima"};
    struct decision_result r = {0};
    assert_int_equal(decision_answer(h->cx, &n, &r), ERR_OK);
    assert_string_equal(r.effect, "proposed"); /* a new office asks always */
    assert_string_equal(r.visit.question_state, "none");
    assert_string_equal(r.visit.question_reason, "WhatsApp belum disiapkan");
    struct answer a = last_answer(h, id);
    char *note = NULL;
    assert_int_equal(seal_field_open(h->cx->seal, h->cx->arena, "answer", "note_sealed", a.id,
                                     a.note_sealed, &note),
                     ERR_OK);
    assert_string_equal(note, "Mohon diterima");
    n.as_role = ROLE_OFFICE_HEAD;
    n.official_id = HENDRA;
    n.act.actor_id = HENDRA;
    n.outcome = "section_chief";
    assert_int_equal(decision_answer(h->cx, &n, &r), ERR_OK);
    assert_string_equal(visit_now(h, id).receiver_id, MARIA);
    assert_int_equal(decision_answer(h->cx, &n, &r), ERR_CONFLICT);
    assert_string_equal(h->cx->diag.code, "already_decided");
    n.visit_id = "01890000-0000-7000-8000-00000000ffff";
    h->cx->diag = (struct diag){.code = NULL};
    assert_int_equal(decision_answer(h->cx, &n, &r), ERR_MISSING);
    assert_string_equal(h->cx->diag.code, "visit_unknown");
}

static const char *received_by(struct house *h, int i, const char *host_id)
{
    const char *number = arena_printf(h->cx->arena, "620301170845%04d", i + 1);
    const char *id = guest_in(h, &(struct guest){.id_number = number, .host_id = host_id});
    struct decision_new n = {.act = house_act(h, HENDRA),
                             .visit_id = id,
                             .official_id = HENDRA,
                             .as_role = ROLE_OFFICE_HEAD,
                             .outcome = "section_chief",
                             .channel = "page"};
    struct decision_result r = {0};
    assert_int_equal(decision_answer(h->cx, &n, &r), ERR_OK);
    return visit_now(h, id).receiver_id;
}

static void the_section_chief_asked_for_receives(void **state)
{
    struct house *h = *state;
    static const struct person surya = {"01890000-0000-7000-8000-000000000011",
                                        "surya",
                                        "Surya Dinata",
                                        "Kasi Datun",
                                        ROLE_SECTION_CHIEF,
                                        NULL};
    house_add(h, &surya);
    assert_string_equal(received_by(h, 0, surya.id), surya.id);
    assert_string_equal(received_by(h, 1, MARIA), MARIA);
    assert_string_equal(received_by(h, 2, NULL), MARIA);
    assert_string_equal(received_by(h, 3, YULIANA), MARIA); /* asked for, but no section chief */
}

#define TEST(name_) cmocka_unit_test_setup_teardown(name_, house_begin, house_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_final_answer_names_the_receiver),
        TEST(a_proposal_goes_to_the_head),
        TEST(by_the_other_policy_the_chief_decides),
        TEST(too_late_is_kept_and_said),
        TEST(a_repeated_request_is_answered_as_the_first),
        TEST(the_head_and_the_timer_at_the_same_moment),
        TEST(eight_answers_at_once_give_one_decision),
        TEST(a_message_counts_once),
        TEST(a_token_answers_once),
        TEST(a_refused_answer_does_not_use_the_token_up),
        TEST(an_expired_token_answers_nothing),
        TEST(a_token_from_two_phones_at_once),
        TEST(silence_makes_the_proposal_final),
        TEST(later_asks_again),
        TEST(the_heads_later_stops_the_clock_of_silence),
        TEST(nobody_is_asked_about_a_guest_who_left),
        TEST(the_queue_of_those_who_wait),
        TEST(an_answer_gathers_what_it_needs),
        TEST(the_section_chief_asked_for_receives),
    };
    return cmocka_run_group_tests_name("decision", tests, NULL, NULL);
}

/* Step 6 over HTTP: who may answer for whom, the officials' queue, and the page behind a single-use link. */
#include "web_fixture.h"

static int begin(void **state)
{
    struct web *w = web_new();
    web_pools(w);
    *state = w;
    return 0;
}

static struct got decide(struct web *w, uint32_t role, const char *id, const char *json)
{
    return web_post(w, role, web_step(w, id, "keputusan"), json);
}

static void is(struct web *w, const struct got *got, const char *path, const char *value)
{
    if (!str_eq(web_value(w, got, path), value))
        print_error("%s\n", path);
    assert_string_equal(web_value(w, got, path), value);
}

static int64_t answers(struct web *w)
{
    return house_number(w->h, "SELECT count(*) FROM answer");
}

static void the_first_final_answer_wins(void **state)
{
    struct web *w = *state;
    const char *id = web_guest(w, NULL);
    struct got got = decide(w, ROLE_OFFICE_HEAD, id,
                            "{\"outcome\":\"office_head\",\"note\":\"Silakan\"}");
    assert_int_equal(got.status, 200);
    is(w, &got, "decision.state", "final");
    is(w, &got, "decision.receiver", "Hendra Wijaksana");
    house_later(w->h, 1000);
    got = decide(w, ROLE_INTEL_CHIEF, id, "{\"outcome\":\"refused\"}");
    web_refused(w, &got, 409, "already_decided");
    got = web_get(w, ROLE_INTEL_CHIEF, arena_printf(w->arena, "/tamu/%s", id));
    is(w, &got, "decision.outcome", "office_head");
    is(w, &got, "decision.answers.1.effect", "too_late");
    is(w, &got, "decision.answers.1.outcome", "refused");
    is(w, &got, "decision.answers.1.channel", "page");
}

static void too_late_is_too_late_again(void **state)
{
    struct web *w = *state;
    const char *id = web_guest(w, NULL);
    (void)decide(w, ROLE_OFFICE_HEAD, id, "{\"outcome\":\"office_head\"}");
    for (int i = 0; i < 2; i++) {
        struct got got = web_ask(w, (struct ask){.method = HTTP_POST,
                                                 .target = web_step(w, id, "keputusan"),
                                                 .role = ROLE_INTEL_CHIEF,
                                                 .json = "{\"outcome\":\"refused\"}",
                                                 .key = "k"});
        web_refused(w, &got, 409, "already_decided");
    }
    assert_int_equal(answers(w), 2);
}

static void the_desk_writes_down_what_was_said(void **state)
{
    struct web *w = *state;
    const char *id = web_guest(w, NULL);
    struct got got = decide(w, ROLE_FRONT_DESK, id, "{\"outcome\":\"office_head\"}");
    web_refused(w, &got, 403, "not_addressed");
    got = decide(w, ROLE_FRONT_DESK, id, "{\"outcome\":\"office_head\",\"official\":\"siapa\"}");
    web_fault(w, &got, "official", "not_a_choice");
    got = decide(w, ROLE_FRONT_DESK, id, "{\"outcome\":\"office_head\",\"official\":\"yuliana\"}");
    web_fault(w, &got, "official", "not_a_choice"); /* no official */
    got = decide(w, ROLE_FRONT_DESK, id, "{\"outcome\":\"office_head\",\"official\":\"admin\"}");
    web_fault(w, &got, "official", "not_a_choice");
    assert_int_equal(answers(w), 0);
    got = decide(w, ROLE_FRONT_DESK, id, "{\"outcome\":\"ask_head\",\"official\":\"arief\"}");
    assert_int_equal(got.status, 200);
    is(w, &got, "decision.state", "proposed");
    is(w, &got, "decision.answers.0.channel", "spoken");
    is(w, &got, "decision.answers.0.by", "Arief Setiadi");
    is(w, &got, "decision.answers.0.recorded_by", "Rina Wahyuni");
    house_later(w->h, 1000);
    got = decide(w, ROLE_DUTY_OFFICER, id,
                 "{\"outcome\":\"intel_chief\",\"official\":\"office_head\"}");
    is(w, &got, "decision.state", "final");
    is(w, &got, "decision.by", "Hendra Wijaksana");
    is(w, &got, "decision.answers.1.role", "office_head");
}

/* Only the section chief whom the guest asked for has a say, spoken or not. */
static void another_section_chief_has_no_say(void **state)
{
    struct web *w = *state;
    const char *id = web_guest(w, NULL); /* of the Kasi Intel */
    struct got got = decide(w, ROLE_FRONT_DESK, id,
                            "{\"outcome\":\"section_chief\",\"official\":\"maria\"}");
    web_fault(w, &got, "official", "not_addressed");
    got = decide(w, ROLE_FRONT_DESK, id,
                 "{\"outcome\":\"section_chief\",\"official\":\"section_chief\"}");
    web_fault(w, &got, "official", "not_addressed");
    assert_int_equal(answers(w), 0);
    static const char *const hosts[] = {"maria", "section_chief"};
    static const char *const officials[] = {"section_chief", "maria"};
    for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
        id = web_guest(w,
                       arena_printf(w->arena,
                                    "{\"name\":\"B\",\"id_type\":\"sim\",\"id_number\":\"%zu\","
                                    "\"purpose\":\"x\",\"no_photo_reason\":\"r\",\"host\":\"%s\"}",
                                    i, hosts[i]));
        got = decide(w, ROLE_FRONT_DESK, id,
                     arena_printf(w->arena, "{\"outcome\":\"section_chief\",\"official\":\"%s\"}",
                                  officials[i]));
        assert_int_equal(got.status, 200);
        is(w, &got, "decision.answers.0.role", "section_chief");
        is(w, &got, "decision.answers.0.by", "Maria Tiara");
    }
}

/* The Kajari said nothing: what becomes final is the Kasi Intel's proposal, and nobody's answer. */
static void silence_is_nobodys_answer(void **state)
{
    struct web *w = *state;
    const char *id = web_guest(w, NULL);
    (void)decide(w, ROLE_INTEL_CHIEF, id, "{\"outcome\":\"intel_chief\"}");
    house_later(w->h, 3600000);
    assert_int_equal(decision_tick(w->h->cx, w->h->office), ERR_OK);
    struct got got = web_get(w, ROLE_FRONT_DESK, arena_printf(w->arena, "/tamu/%s", id));
    is(w, &got, "decision.state", "final");
    is(w, &got, "decision.by", "Arief Setiadi");
    is(w, &got, "decision.answers.1.channel", "silence");
    is(w, &got, "decision.answers.1.role", "office_head");
    is(w, &got, "decision.answers.1.by", "");
    assert_true(json_is_null(json_object_get(
        json_array_get(json_object_get(json_object_get(got.json, "decision"), "answers"), 1),
        "by")));
    got = web_page(w, ROLE_FRONT_DESK, arena_printf(w->arena, "/tamu/%s", id));
    assert_non_null(strstr(got.body, "Tidak menjawab sampai"));
    assert_null(strstr(got.body, "Hendra Wijaksana"));
}

static void a_section_chief_answers_when_asked_for(void **state)
{
    struct web *w = *state;
    const char *id = web_guest(w, NULL);
    struct got got = decide(w, ROLE_SECTION_CHIEF, id, "{\"outcome\":\"section_chief\"}");
    web_refused(w, &got, 403, "not_addressed");
    id = web_guest(w, "{\"name\":\"B\",\"id_type\":\"sim\",\"id_number\":\"1\",\"purpose\":\"x\","
                      "\"no_photo_reason\":\"r\",\"host\":\"maria\"}");
    got = decide(w, ROLE_SECTION_CHIEF, id, "{\"outcome\":\"section_chief\"}");
    assert_int_equal(got.status, 200);
    is(w, &got, "decision.state", "proposed"); /* the Kajari is still asked */
    got = decide(w, ROLE_OFFICE_HEAD, id, "{\"outcome\":\"section_chief\"}");
    is(w, &got, "decision.receiver", "Maria Tiara");
}

static void fields_and_states(void **state)
{
    struct web *w = *state;
    const char *id = web_waiting(w, NULL);
    struct got got = decide(w, ROLE_INTEL_CHIEF, id, "{\"outcome\":\"mungkin\"}");
    web_fault(w, &got, "outcome", "not_a_choice");
    got = decide(w, ROLE_INTEL_CHIEF, id, "{}");
    web_fault(w, &got, "outcome", "missing");
    got = decide(w, ROLE_INTEL_CHIEF, id, "{\"outcome\":\"later\",\"minutes\":0}");
    assert_int_equal(got.status, 422);
    got = decide(w, ROLE_INTEL_CHIEF, id, "{\"outcome\":\"later\",\"minutes\":241}");
    assert_int_equal(got.status, 422);
    got = decide(w, ROLE_INTEL_CHIEF, "01890000-0000-7000-8000-00000000ffff",
                 "{\"outcome\":\"later\"}");
    web_refused(w, &got, 404, "visit_unknown");
    got = decide(w, ROLE_OFFICE_HEAD, id, "{\"outcome\":\"ask_head\"}");
    web_refused(w, &got, 409, "ask_head_self");
    assert_int_equal(answers(w), 0);
    (void)web_do(w, ROLE_OFFICE_HEAD, id, "keputusan", "{\"outcome\":\"office_head\"}");
    (void)web_do(w, ROLE_OFFICE_HEAD, id, "diterima", "{}");
    house_exec(w->h, "UPDATE visit SET decision_state = 'none'");
    got = decide(w, ROLE_OFFICE_HEAD, id, "{\"outcome\":\"mungkin\"}");
    web_refused(w, &got, 409, "state"); /* the state is looked at before the fields */
}

static void the_queue_of_each_official(void **state)
{
    struct web *w = *state;
    const char *id = web_guest(w, NULL);
    struct got got = web_get(w, ROLE_INTEL_CHIEF, "/jawab");
    is(w, &got, "items.0.id", id);
    is(w, &got, "items.0.name", "Fransiska Luhing");
    got = web_get(w, ROLE_OFFICE_HEAD, "/jawab");
    is(w, &got, "items.0.id", "");
    got = web_get(w, ROLE_SECTION_CHIEF, "/jawab");
    is(w, &got, "items.0.id", "");
    got = web_page(w, ROLE_INTEL_CHIEF, web_step(w, id, "jawab"));
    assert_int_equal(got.status, 200);
    assert_non_null(strstr(got.body, "Fransiska Luhing"));
    assert_non_null(strstr(got.body, "value=\"ask_head\""));
    got = web_page(w, ROLE_OFFICE_HEAD, web_step(w, id, "jawab"));
    assert_int_equal(got.status, 303); /* he is not asked yet */
    (void)web_do(w, ROLE_INTEL_CHIEF, id, "keputusan", "{\"outcome\":\"ask_head\"}");
    got = web_get(w, ROLE_INTEL_CHIEF, "/jawab");
    is(w, &got, "items.0.id", "");
    got = web_get(w, ROLE_OFFICE_HEAD, "/jawab");
    is(w, &got, "items.0.id", id);
    got = web_page(w, ROLE_OFFICE_HEAD, "/jawab");
    assert_int_equal(got.status, 200);
    assert_non_null(strstr(got.body, "Fransiska Luhing"));
    got = web_page(w, ROLE_OFFICE_HEAD, web_step(w, id, "jawab"));
    assert_int_equal(got.status, 200);
    assert_null(strstr(got.body, "value=\"ask_head\""));
}

/* --- the page behind a link ------------------------------------------------------------------------------------ */

#define TOKEN "AbCdEfGhIjKlMnOpQrStUv"

static const char *link_for(struct web *w, const char *id, const char *staff_id, const char *role,
                            const char *action, int64_t expires_at)
{
    static int number;
    const char *token = arena_printf(w->arena, "%s%d", TOKEN, number++);
    struct answer_token_new t = {.action = action};
    seal_secret_hash(w->h->cx->seal, "answer", token, t.hash);
    struct answer_tokens_new n = {.office_id = w->h->office,
                                  .common = {.visit_id = id,
                                             .outbox_id = "o",
                                             .staff_id = staff_id,
                                             .as_role = role,
                                             .expires_at = expires_at},
                                  .tokens = &t,
                                  .count = 1};
    assert_int_equal(db_tx(w->h->cx, "tokens", decision_tokens_add, &n), ERR_OK);
    return arena_printf(w->arena, "/jawab/%s", token);
}

static struct got answer_link(struct web *w, const char *path, const char *form)
{
    return web_ask(w, (struct ask){.method = HTTP_POST, .target = path, .page = true, .form = form});
}

static void a_link_answers_once(void **state)
{
    struct web *w = *state;
    const char *id = web_guest(w, NULL);
    const char *path = link_for(w, id, ARIEF, "intel_chief", "", w->h->cx->now_ms + 7200000);
    for (int i = 0; i < 2; i++) { /* looking changes nothing: link previews look too */
        struct got got = web_page(w, 0, path);
        assert_int_equal(got.status, 200);
        assert_non_null(strstr(got.body, "Fransiska Luhing"));
        assert_non_null(strstr(got.body, arena_printf(w->arena, "action=\"%s\"", path)));
    }
    assert_int_equal(
        house_number(w->h, "SELECT count(*) FROM answer_token WHERE used_at IS NOT NULL"), 0);
    struct got got = answer_link(w, path, "outcome=mungkin");
    assert_int_equal(got.status, 422);
    got = answer_link(w, path, "outcome=intel_chief");
    assert_int_equal(got.status, 200);
    assert_non_null(strstr(got.body, "Tercatat: Diterima Kasi Intelijen"));
    assert_non_null(strstr(got.body, "Diteruskan kepada Kajari"));
    assert_string_equal(visit_now(w->h, id).decision_state, "proposed");
    assert_string_equal(house_text(w->h, "SELECT channel || official_id FROM answer"),
                        "link" ARIEF);
    assert_string_equal(
        house_text(w->h, "SELECT actor_kind FROM audit_entry WHERE action = 'decision_answered'"),
        "official");
    got = answer_link(w, path, "outcome=refused");
    assert_int_equal(got.status, 409);
    assert_non_null(strstr(got.body, "Jawaban tidak berlaku"));
    got = web_page(w, 0, path);
    assert_int_equal(got.status, 200);
    assert_non_null(strstr(got.body, "Jawaban Anda sudah tercatat"));
    assert_int_equal(answers(w), 1);
}

static void a_link_as_a_program_uses_it(void **state)
{
    struct web *w = *state;
    const char *id = web_guest(w, NULL);
    const char *path = link_for(w, id, HENDRA, "office_head", "", w->h->cx->now_ms + 1);
    struct got got = web_post(w, 0, path, "{\"outcome\":\"office_head\"}");
    assert_int_equal(got.status, 200);
    is(w, &got, "effect", "final");
    is(w, &got, "outcome", "office_head");
    got = web_post(w, 0, path, "{\"outcome\":\"office_head\"}");
    web_refused(w, &got, 409, "token_used");
    path = link_for(w, id, ARIEF, "intel_chief", "", w->h->cx->now_ms + 7200000);
    got = web_page(w, 0, path);
    assert_non_null(strstr(got.body, "Sudah diputuskan"));
    got = web_post(w, 0, path, "{\"outcome\":\"refused\"}");
    web_refused(w, &got, 409, "already_decided");
    assert_int_equal(answers(w), 2); /* kept */
}

static void links_that_lead_nowhere(void **state)
{
    struct web *w = *state;
    const char *id = web_guest(w, NULL);
    const char *const paths[] = {
        "/jawab/tidak-ada", link_for(w, id, ARIEF, "intel_chief", "", w->h->cx->now_ms), /* over */
        link_for(w, id, ARIEF, "intel_chief", "refused", w->h->cx->now_ms + 999), /* of a button */
    };
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        struct got got = web_get(w, 0, paths[i]);
        web_refused(w, &got, 404, "link_unknown");
        got = web_post(w, 0, paths[i], "{\"outcome\":\"refused\"}");
        web_refused(w, &got, 404, "link_unknown");
    }
    assert_int_equal(answers(w), 0);
}

static void a_complaints_guest_has_no_name_outside(void **state)
{
    struct web *w = *state;
    const char *id = web_guest(
        w, "{\"name\":\"Saksi Rahasia\",\"id_type\":\"sim\",\"id_number\":\"1\",\"purpose\":\"Isi "
           "rahasia\",\"no_photo_reason\":\"r\",\"category\":\"complaint\"}");
    const char *path = link_for(w, id, ARIEF, "intel_chief", "", w->h->cx->now_ms + 7200000);
    struct got got = web_page(w, 0, path);
    assert_int_equal(got.status, 200);
    assert_null(strstr(got.body, "Saksi Rahasia"));
    assert_null(strstr(got.body, "Isi rahasia"));
    assert_non_null(strstr(got.body, "Tamu pengaduan"));
    got = answer_link(w, path, "outcome=intel_chief");
    assert_int_equal(got.status, 200);
    assert_null(strstr(got.body, "Saksi Rahasia"));
    got = answer_link(w, path, "outcome=intel_chief");
    assert_int_equal(got.status, 409);
    assert_null(strstr(got.body, "Saksi Rahasia"));
    got = web_page(w, 0, path);
    assert_null(strstr(got.body, "Saksi Rahasia"));
}

#define TEST(name_) cmocka_unit_test_setup_teardown(name_, begin, web_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_first_final_answer_wins),
        TEST(too_late_is_too_late_again),
        TEST(the_desk_writes_down_what_was_said),
        TEST(silence_is_nobodys_answer),
        TEST(a_section_chief_answers_when_asked_for),
        TEST(another_section_chief_has_no_say),
        TEST(fields_and_states),
        TEST(the_queue_of_each_official),
        TEST(a_link_answers_once),
        TEST(a_link_as_a_program_uses_it),
        TEST(links_that_lead_nowhere),
        TEST(a_complaints_guest_has_no_name_outside),
    };
    return cmocka_run_group_tests_name("decision_api", tests, NULL, NULL);
}

/* Which refusal comes first, and whose answer counts: state before fields, a repeated answer as the first,
 * the section chief asked for by his post, links of people who have left. */
#include "web_fixture.h"

#include "features/decision/decision_store.h"

static void state_comes_before_fields(void **state)
{
    struct web *w = *state;
    web_pools(w);
    struct got got = web_post(w, ROLE_FRONT_DESK, "/tamu/x/diterima", "{\"lain\":1}");
    web_refused(w, &got, 404, "visit_unknown");
    const char *id = web_waiting(w, NULL);
    got = web_post(w, ROLE_FRONT_DESK, web_step(w, id, "diterima"), "{\"lain\":1}");
    web_refused(w, &got, 409, "not_decided");
    got = web_post(w, ROLE_INTEL_CHIEF, web_step(w, id, "diterima"), "{\"lain\":1}");
    web_refused(w, &got, 403, "not_receiver");
    (void)web_do(w, ROLE_OFFICE_HEAD, id, "keputusan", "{\"outcome\":\"office_head\"}");
    got = web_post(w, ROLE_OFFICE_HEAD, web_step(w, id, "diterima"), "{\"lain\":1}");
    web_fault(w, &got, "lain", "unknown_field");
    assert_string_equal(visit_now(w->h, id).state, "waiting");
}

/* The document is inside: 409 even when a field is missing, and the missing field is named too. */
static void inside_comes_before_fields(void **state)
{
    struct web *w = *state;
    (void)web_guest(w, NULL);
    const char
        *json = "{\"name\":\"Orang Lain\",\"id_type\":\"ktp\",\"id_number\":\"6203015708900002\","
                "\"no_photo_reason\":\"Kamera rusak\"}";
    struct got got = web_post(w, ROLE_FRONT_DESK, "/tamu", json);
    web_refused(w, &got, 409, "already_inside");
    assert_non_null(strstr(got.body, "\"purpose\""));
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM visit"), 1);
}

static void a_correction_is_no_longer_than_the_form_allows(void **state)
{
    struct web *w = *state;
    const char *id = web_guest(w, NULL);
    char long_text[402];
    memset(long_text, 'x', sizeof(long_text) - 1);
    long_text[sizeof(long_text) - 1] = '\0';
    static const char *const fields[] = {"name", "address", "organization", "service", "email"};
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        const char *json = arena_printf(
            w->arena, "{\"field\":\"%s\",\"value\":\"a@b.id%s\",\"reason\":\"salah ketik\"}",
            fields[i], long_text);
        struct got got = web_post(w, ROLE_FRONT_DESK, web_step(w, id, "koreksi"), json);
        web_fault(w, &got, "value", "too_long");
    }
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM correction"), 0);
    (void)web_do(w, ROLE_FRONT_DESK, id, "koreksi",
                 "{\"field\":\"email\",\"value\":\"a@b.id\",\"reason\":\"salah ketik\"}");
}

static void a_late_answer_repeated_is_late_again(void **state)
{
    struct web *w = *state;
    const char *id = web_guest(w, NULL);
    (void)web_do(w, ROLE_OFFICE_HEAD, id, "keputusan", "{\"outcome\":\"office_head\"}");
    const struct ask late = {.method = HTTP_POST,
                             .target = web_step(w, id, "keputusan"),
                             .role = ROLE_INTEL_CHIEF,
                             .json = "{\"outcome\":\"intel_chief\"}",
                             .key = "k"};
    for (int i = 0; i < 2; i++) {
        struct got got = web_ask(w, late);
        web_refused(w, &got, 409, "already_decided");
    }
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM answer"), 2);
}

static void the_section_chief_answers_when_asked_for(void **state)
{
    struct web *w = *state;
    const char *by_post = web_guest(
        w, "{\"name\":\"Budi\",\"id_type\":\"sim\",\"id_number\":\"1\",\"purpose\":\"x\","
           "\"host\":\"section_chief\",\"no_photo_reason\":\"rusak\"}");
    const char *by_name = web_guest(
        w, "{\"name\":\"Budi\",\"id_type\":\"sim\",\"id_number\":\"2\",\"purpose\":\"x\","
           "\"host\":\"maria\",\"no_photo_reason\":\"rusak\"}");
    const char *of_another = web_guest(
        w, "{\"name\":\"Budi\",\"id_type\":\"sim\",\"id_number\":\"3\",\"purpose\":\"x\","
           "\"host\":\"office_head\",\"no_photo_reason\":\"rusak\"}");
    (void)web_do(w, ROLE_SECTION_CHIEF, by_post, "keputusan", "{\"outcome\":\"section_chief\"}");
    (void)web_do(w, ROLE_SECTION_CHIEF, by_name, "keputusan", "{\"outcome\":\"section_chief\"}");
    struct got got = web_post(w, ROLE_SECTION_CHIEF, web_step(w, of_another, "keputusan"),
                              "{\"outcome\":\"section_chief\"}");
    web_refused(w, &got, 403, "not_addressed");
    (void)web_do(w, ROLE_OFFICE_HEAD, by_post, "keputusan", "{\"outcome\":\"section_chief\"}");
    assert_string_equal(visit_now(w->h, by_post).receiver_id, MARIA);
}

/* Only a desk writes down what another one said. */
static void an_official_answers_for_himself(void **state)
{
    struct web *w = *state;
    const char *id = web_guest(w, NULL);
    static const char *const others[] = {"office_head", "hendra", "tidak-ada"};
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        const char *json = arena_printf(
            w->arena, "{\"outcome\":\"intel_chief\",\"official\":\"%s\"}", others[i]);
        struct got got = web_post(w, ROLE_INTEL_CHIEF, web_step(w, id, "keputusan"), json);
        web_refused(w, &got, 403, "not_addressed");
    }
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM answer"), 0);
    (void)web_do(w, ROLE_INTEL_CHIEF, id, "keputusan",
                 "{\"outcome\":\"intel_chief\",\"official\":\"arief\"}");
}

static void a_link_dies_with_the_account(void **state)
{
    struct web *w = *state;
    struct cx *cx = w->h->cx;
    const char *id = web_guest(w, NULL);
    struct answer_token_new token = {.action = ""};
    seal_secret_hash(cx->seal, "answer", "AAAAAAAAAAAAAAAAAAAAAA", token.hash);
    struct answer_tokens_new n = {.office_id = w->h->office,
                                  .common = {.visit_id = id,
                                             .outbox_id = "o",
                                             .staff_id = ARIEF,
                                             .as_role = "intel_chief",
                                             .expires_at = cx->now_ms + 60000},
                                  .tokens = &token,
                                  .count = 1};
    assert_int_equal(db_tx(cx, "token", decision_tokens_add, &n), ERR_OK);
    const char *link = "/jawab/AAAAAAAAAAAAAAAAAAAAAA";
    assert_int_equal(web_page(w, 0, link).status, 200);
    house_exec(w->h, "UPDATE staff SET disabled_at = 1 WHERE username = 'arief'");
    assert_int_equal(web_page(w, 0, link).status, 404);
    struct ask answer = {.method = HTTP_POST, .target = link, .json = "{\"outcome\":\"refused\"}"};
    assert_int_equal(web_ask(w, answer).status, 404);
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM answer"), 0);
}

static void the_next_page_is_of_the_same_question(void **state)
{
    struct web *w = *state;
    for (int i = 1; i <= 3; i++)
        (void)web_guest(
            w, arena_printf(w->arena,
                            "{\"name\":\"Budi & Ani\",\"id_type\":\"sim\",\"id_number\":\"%d\","
                            "\"purpose\":\"x\",\"no_photo_reason\":\"rusak\"}",
                            i));
    struct got got = web_page(w, ROLE_FRONT_DESK, "/tamu?q=Budi%20%26&state=registered&limit=1");
    assert_int_equal(got.status, 200);
    assert_non_null(
        strstr(got.body, "&amp;state=%72%65%67%69%73%74%65%72%65%64&amp;q=%42%75%64%69%20%26\""));
}

static void everybody_who_is_logged_in_hears_events(void **state)
{
    struct web *w = *state;
    static const uint32_t roles[] = {ROLE_FRONT_DESK, ROLE_OFFICE_HEAD, ROLE_ADMIN, ROLE_MONITOR};
    for (size_t i = 0; i < ARRAY_LEN(roles); i++)
        assert_int_equal(web_get(w, roles[i], "/peristiwa").status, 200);
    assert_int_equal(web_get(w, 0, "/peristiwa").status, 401);
}

#define TEST(name_) cmocka_unit_test_setup_teardown(name_, web_begin, web_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(state_comes_before_fields),
        TEST(inside_comes_before_fields),
        TEST(a_correction_is_no_longer_than_the_form_allows),
        TEST(a_late_answer_repeated_is_late_again),
        TEST(the_section_chief_answers_when_asked_for),
        TEST(an_official_answers_for_himself),
        TEST(a_link_dies_with_the_account),
        TEST(the_next_page_is_of_the_same_question),
        TEST(everybody_who_is_logged_in_hears_events),
    };
    return cmocka_run_group_tests_name("visit_order", tests, NULL, NULL);
}

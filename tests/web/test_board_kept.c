/* The counter's list that is kept for a second: the same page as one made anew, never older than the last
 * change, never another person's. */
#include "web_fixture.h"

#include "features/audit/audit.h"

static enum err by_session(struct cx *cx, const char *cookie, bool renew)
{
    (void)renew;
    TRY(web_actor(cx, cookie, ACTOR_USER));
    return audit_head(cx->read, cx->actor.office_id, &cx->seen_seq);
}

static int begin(void **state)
{
    struct web *w = web_new();
    web_pools(w);
    w->server->options.auth.by_session = by_session;
    w->server->options.base.pieces = pieces_new();
    *state = w;
    return 0;
}

static int end(void **state)
{
    struct web *w = *state;
    pieces_free(w->server->options.base.pieces);
    web_free(w);
    return 0;
}

static const char *board(struct web *w, uint32_t role)
{
    struct got got = web_page(w, role, "/tamu");
    assert_int_equal(got.status, 200);
    return got.body;
}

static const char *board_anew(struct web *w, uint32_t role)
{
    struct pieces *kept = w->server->options.base.pieces;
    w->server->options.base.pieces = NULL;
    const char *body = board(w, role);
    w->server->options.base.pieces = kept;
    return body;
}

static void first_and_kept_are_as_made_anew(void **state)
{
    struct web *w = *state;
    (void)guest_in(w->h, &(struct guest){.id_number = "6203014107900001"});
    (void)guest_in(w->h, &(struct guest){.id_number = "6203014107900002"});
    static const uint32_t roles[] = {ROLE_FRONT_DESK, ROLE_DUTY_OFFICER, ROLE_INTEL_CHIEF};
    for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
        const char *anew = board_anew(w, roles[i]);
        assert_string_equal(board(w, roles[i]), anew);
        assert_string_equal(board(w, roles[i]), anew);
    }
}

static void a_fragment_too(void **state)
{
    struct web *w = *state;
    (void)guest_in(w->h, &(struct guest){.id_number = "6203014107900001"});
    struct ask a = {
        .method = HTTP_GET, .target = "/tamu", .role = ROLE_FRONT_DESK, .fragment = true};
    struct pieces *kept = w->server->options.base.pieces;
    w->server->options.base.pieces = NULL;
    struct got anew = web_ask(w, a);
    w->server->options.base.pieces = kept;
    (void)board(w, ROLE_FRONT_DESK);
    assert_string_equal(web_ask(w, a).body, anew.body);
    assert_string_equal(web_ask(w, a).body, anew.body);
}

static void a_change_shows_at_once(void **state)
{
    struct web *w = *state;
    const char *id = guest_in(w->h, &(struct guest){.id_number = "6203014107900001"});
    const char *path = arena_printf(w->arena, "href=\"/tamu/%s\"", id);
    assert_non_null(strstr(board(w, ROLE_FRONT_DESK), path));
    const char *second = guest_in(w->h, &(struct guest){.id_number = "6203014107900002"});
    assert_non_null(
        strstr(board(w, ROLE_FRONT_DESK), arena_printf(w->arena, "href=\"/tamu/%s\"", second)));
    const char *to = arena_printf(w->arena, "/tamu/%s/batal", id);
    assert_int_equal(web_post(w, ROLE_FRONT_DESK, to, "{\"reason\":\"Salah orang\"}").status, 200);
    assert_string_equal(board(w, ROLE_FRONT_DESK), board_anew(w, ROLE_FRONT_DESK));
}

static void the_clock_goes_on(void **state)
{
    struct web *w = *state;
    (void)guest_in(w->h, &(struct guest){.id_number = "6203014107900001"});
    const char *before = board(w, ROLE_FRONT_DESK);
    house_later(w->h, 8 * 60 * 1000);
    const char *after = board(w, ROLE_FRONT_DESK);
    assert_string_not_equal(before, after);
    assert_string_equal(after, board_anew(w, ROLE_FRONT_DESK));
}

static void each_has_the_page_of_his_own(void **state)
{
    struct web *w = *state;
    (void)guest_in(w->h, &(struct guest){.id_number = "6203014107900001"});
    const char *rina = board(w, ROLE_FRONT_DESK), *yuliana = board(w, ROLE_DUTY_OFFICER);
    const char *chief = board(w, ROLE_INTEL_CHIEF);
    assert_non_null(strstr(rina, web_csrf(w, ROLE_FRONT_DESK)));
    assert_null(strstr(yuliana, web_csrf(w, ROLE_FRONT_DESK)));
    assert_non_null(strstr(yuliana, web_csrf(w, ROLE_DUTY_OFFICER)));
    assert_non_null(strstr(rina, "href=\"/tamu/baru\""));
    assert_null(strstr(chief, "href=\"/tamu/baru\""));
}

static void what_is_asked_for_is_not_kept(void **state)
{
    struct web *w = *state;
    (void)guest_in(w->h, &(struct guest){.id_number = "6203014107900001"});
    const char *all = board(w, ROLE_FRONT_DESK);
    struct got other = web_page(w, ROLE_FRONT_DESK, "/tamu?q=tidakadayangbegini");
    assert_int_equal(other.status, 200);
    assert_non_null(strstr(other.body, "tidakadayangbegini"));
    assert_string_equal(board(w, ROLE_FRONT_DESK), all);
}

#define TEST(name_) cmocka_unit_test_setup_teardown(name_, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(first_and_kept_are_as_made_anew), TEST(a_fragment_too),
        TEST(a_change_shows_at_once),          TEST(the_clock_goes_on),
        TEST(each_has_the_page_of_his_own),    TEST(what_is_asked_for_is_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

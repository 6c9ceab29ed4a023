/* What the desk sees of messages: the time line of a visit as a page and as JSON, the alarm with the
 * telephones to call, the banner of a dead channel. */
#include "web_fixture.h"

#include "features/reach/reach.h"
#include "lib/base/banned.h"

static const char *guest_of(struct web *w)
{
    house_whatsapp(w->h);
    return web_guest(w, NULL);
}

static void tick(struct web *w, int64_t seconds)
{
    house_later(w->h, seconds * 1000);
    for (int i = 0; i < 6; i++)
        assert_int_equal(escalation_tick(w->h->cx, w->h->office), ERR_OK);
}

static bool has(const struct got *got, const char *text)
{
    return strstr(got->body, text) != NULL;
}

static void a_messages_way_is_shown_step_by_step(void **state)
{
    struct web *w = *state;
    const char *id = guest_of(w);
    const char *path = arena_printf(w->arena, "/tamu/%s", id);
    house_exec(
        w->h,
        arena_printf(w->arena, "UPDATE outbox SET state = 'read', sent_at = %lld, read_at = %lld",
                     (long long)w->h->cx->now_ms + 1000, (long long)w->h->cx->now_ms + 65000));
    struct got json = web_get(w, ROLE_FRONT_DESK, path);
    assert_int_equal(json.status, 200);
    const json_t *message = json_array_get(
        json_object_get(json_object_get(json.json, "notice"), "messages"), 0);
    assert_string_equal(json_string_value(json_object_get(message, "to")), "Arief Setiadi");
    assert_string_equal(json_string_value(json_object_get(message, "post")), "Kasi Intelijen");
    assert_string_equal(json_string_value(json_object_get(message, "channel")), "whatsapp");
    assert_string_equal(json_string_value(json_object_get(message, "state")), "read");
    assert_true(json_is_string(json_object_get(message, "read_at")));
    assert_true(json_is_null(json_object_get(message, "delivered_at")));
    assert_true(json_is_null(json_object_get(message, "failed_at")));
    assert_true(json_is_false(json_object_get(json_object_get(json.json, "notice"), "alarm")));
    struct got page = web_page(w, ROLE_FRONT_DESK, path);
    assert_int_equal(page.status, 200);
    assert_true(has(&page, "Kepada Arief Setiadi, Kasi Intelijen · WhatsApp"));
    assert_true(has(&page, "Dibaca</span><time>09.41.05</time>"));
}

static void a_failure_says_why(void **state)
{
    struct web *w = *state;
    const char *id = guest_of(w);
    house_exec(w->h, arena_printf(w->arena,
                                  "UPDATE outbox SET state = 'failed', failed_at = %lld, code = "
                                  "'131026', reason = 'Nomor <ini> salah.'",
                                  (long long)w->h->cx->now_ms));
    struct got page = web_page(w, ROLE_FRONT_DESK, arena_printf(w->arena, "/tamu/%s", id));
    assert_true(has(&page, "Gagal: Nomor &lt;ini&gt; salah."));
    struct got json = web_get(w, ROLE_FRONT_DESK, arena_printf(w->arena, "/tamu/%s", id));
    const json_t *message = json_array_get(
        json_object_get(json_object_get(json.json, "notice"), "messages"), 0);
    assert_string_equal(json_string_value(json_object_get(message, "reason")),
                        "Nomor <ini> salah.");
}

static void the_alarm_names_whom_to_telephone(void **state)
{
    struct web *w = *state;
    const char *id = guest_of(w);
    struct got quiet = web_page(w, ROLE_FRONT_DESK, "/tamu");
    assert_int_equal(quiet.status, 200);
    assert_false(has(&quiet, "data-alarm>"));
    tick(w, 360);
    const char *path = arena_printf(w->arena, "/tamu/%s", id);
    const char *pages[] = {"/tamu", path};
    for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
        struct got page = web_page(w, ROLE_FRONT_DESK, pages[i]);
        assert_true(has(&page, "role=\"alert\" data-alarm>"));
        assert_true(has(&page, "belum mendapat jawaban selama 6 menit"));
        assert_true(has(&page, "href=\"tel:+6281200000103\""));
        assert_true(has(&page, "href=\"tel:+6281200000104\""));
    }
    /* Telephone numbers are for the desk. */
    struct got chief = web_page(w, ROLE_INTEL_CHIEF, path);
    assert_false(has(&chief, "tel:+62"));
    struct got json = web_get(w, ROLE_FRONT_DESK, path);
    assert_true(json_is_true(json_object_get(json_object_get(json.json, "notice"), "alarm")));
    struct got history = web_page(w, ROLE_FRONT_DESK, path);
    assert_true(has(&history, "Belum dijawab: alarm loket berbunyi"));
    assert_true(has(&history, "Belum dijawab: Kajari ditanya langsung"));
    /* With the answer it is silent. */
    struct got done = web_post(w, ROLE_INTEL_CHIEF, arena_printf(w->arena, "%s/keputusan", path),
                               "{\"outcome\":\"intel_chief\"}");
    assert_int_equal(done.status, 200);
    struct got after = web_page(w, ROLE_FRONT_DESK, "/tamu");
    assert_false(has(&after, "data-alarm>"));
}

static void a_dead_channel_shows_at_the_counter(void **state)
{
    struct web *w = *state;
    (void)guest_of(w);
    int64_t since = w->h->cx->now_ms;
    house_exec(
        w->h,
        arena_printf(
            w->arena,
            "INSERT INTO channel_health (office_id, channel, tried_at, failing_since, paused_at, "
            "code, reason) "
            "VALUES ('%s', 'whatsapp', %lld, %lld, %lld, '190', 'Token WhatsApp kedaluwarsa.')",
            w->h->office, (long long)since, (long long)since, (long long)since));
    struct got page = web_page(w, ROLE_FRONT_DESK, "/tamu");
    assert_true(has(&page, "WhatsApp tidak berfungsi sejak 09.40. Token WhatsApp kedaluwarsa."));
    assert_true(has(&page, "Hubungi pejabat lewat telepon"));
}

/* A deputy to whom the question was addressed answers from his own page; somebody else may not. */
static void who_was_addressed_may_answer(void **state)
{
    struct web *w = *state;
    struct house *h = w->h;
    char deputy_id[UUID_TEXT_BYTES] = "";
    house_act_as(h, person_of(ROLE_ADMIN));
    struct stand_in_new deputy = {.kind = "deputy", .staff_id = ARIEF, .deputy_id = MARIA};
    assert_int_equal(reach_stand_in_add(h->cx, &deputy, deputy_id), ERR_OK);
    const char *id = guest_of(w);
    const char *path = arena_printf(w->arena, "/tamu/%s/keputusan", id);
    assert_int_equal(web_post(w, ROLE_SECTION_CHIEF, path, "{\"outcome\":\"intel_chief\"}").status,
                     403);
    tick(w, 120);
    struct got queue = web_get(w, ROLE_SECTION_CHIEF, "/jawab");
    assert_int_equal(json_array_size(json_object_get(queue.json, "items")), 1);
    assert_int_equal(web_post(w, ROLE_SECTION_CHIEF, path, "{\"outcome\":\"intel_chief\"}").status,
                     200);
    assert_string_equal(house_text(h, "SELECT official_id || official_role FROM answer"),
                        MARIA "intel_chief");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, web_begin, web_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_messages_way_is_shown_step_by_step), TEST(a_failure_says_why),
        TEST(the_alarm_names_whom_to_telephone),    TEST(a_dead_channel_shows_at_the_counter),
        TEST(who_was_addressed_may_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

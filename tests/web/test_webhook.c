/* WhatsApp's webhook: what is let in, and what a message from the outside can do and cannot. */
#include "web_fixture.h"

#define SECRET "rahasia-aplikasi"

static int begin(void **state)
{
    struct web *w = web_new();
    const char *path = arena_printf(w->h->cx->arena, "%s/app-secret", w->h->o->f->folder);
    FILE *f = fopen(path, "we");
    assert_non_null(f);
    assert_true(fputs(SECRET "\n", f) >= 0);
    assert_int_equal(fclose(f), 0);
    house_whatsapp(w->h);
    w->h->settings.app_secret_file = path;
    *state = w;
    return 0;
}

static int end(void **state)
{
    struct web *w = *state;
    (void)unlink(arena_printf(w->arena, "%s/app-secret", w->h->o->f->folder));
    return web_end(state);
}

static const char *signature(struct web *w, const char *body)
{
    crypto_auth_hmacsha256_state state;
    uint8_t mac[crypto_auth_hmacsha256_BYTES];
    (void)crypto_auth_hmacsha256_init(&state, (const unsigned char *)SECRET, strlen(SECRET));
    (void)crypto_auth_hmacsha256_update(&state, (const unsigned char *)body, strlen(body));
    (void)crypto_auth_hmacsha256_final(&state, mac);
    return arena_printf(w->arena, "sha256=%s", str_hex(w->arena, mac, sizeof(mac)));
}

static struct got send_as(struct web *w, const char *body, const char *signed_as)
{
    struct ask a = {.method = HTTP_POST, .target = "/kait/whatsapp", .json = body};
    if (signed_as)
        a.header = (struct http_pair){"x-hub-signature-256", signed_as};
    return web_ask(w, a);
}

/* Delivered by Meta and processed. */
static void arrives(struct web *w, const char *body)
{
    assert_int_equal(send_as(w, body, signature(w, body)).status, 200);
    assert_int_equal(notice_process_webhooks(w->h->cx, w->h->office), ERR_OK);
    assert_int_equal(
        house_number(w->h, "SELECT count(*) FROM webhook_event WHERE processed_at IS NULL"), 0);
    house_later(w->h, 1000);
}

static const char *wrapped(struct web *w, const char *value)
{
    return arena_printf(w->arena,
                        "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"1\","
                        "\"changes\":[{\"field\":\"messages\","
                        "\"value\":{\"messaging_product\":\"whatsapp\",\"metadata\":{\"phone_"
                        "number_id\":\"1000\"},%s}}]}]}",
                        value);
}

static const char *tap(struct web *w, const char *wamid, const char *from, const char *payload)
{
    const char *value = arena_printf(
        w->arena,
        "\"contacts\":[{\"wa_id\":\"%s\",\"profile\":{\"name\":\"x\"}}],\"messages\":[{\"id\":\"%"
        "s\",\"from\":\"%s\","
        "\"timestamp\":\"1784774460\",\"type\":\"button\",\"context\":{\"id\":\"wamid.ours\"},"
        "\"button\":{\"payload\":\"%s\",\"text\":\"Saya terima\"}}]",
        from, wamid, from, payload);
    return wrapped(w, value);
}

#define CHIEF    "6281200000103"
#define HEAD     "6281200000104"
#define STRANGER "6281299999999"

/* The message to the Kasi Intel as it was sent: its buttons. */
static struct outbox_message sent_to_chief(struct web *w, const char *visit_id)
{
    struct outbox_row row = {0};
    struct outbox_message m = {0};
    const char *id = house_text(
        w->h, arena_printf(w->arena, "SELECT id FROM outbox WHERE subject_id = '%s'", visit_id));
    assert_int_equal(outbox_get(w->h->cx->read, w->h->office, id, &row), ERR_OK);
    assert_int_equal(notice_render(w->h->cx, &row, &m), ERR_OK);
    assert_int_equal(m.button_count, 4);
    return m;
}

static int64_t answers(struct web *w)
{
    return house_number(w->h, "SELECT count(*) FROM answer");
}

/* --- the door ------------------------------------------------------------------------------------------------------ */

static void the_handshake(void **state)
{
    struct web *w = *state;
    struct got got = web_get(
        w,
        0, "/kait/whatsapp?hub.mode=subscribe&hub.verify_token=sandi-perkenalan&hub.challenge=1158201444");
    assert_int_equal(got.status, 200);
    assert_string_equal(got.body, "1158201444");
    assert_true(str_starts(got.type, "text/plain"));
    static const char *const bad[] = {
        "/kait/whatsapp", "/kait/whatsapp?hub.mode=subscribe&hub.verify_token=lain&hub.challenge=1",
        "/kait/whatsapp?hub.mode=subscribe&hub.challenge=1",
        "/kait/whatsapp?hub.mode=unsubscribe&hub.verify_token=sandi-perkenalan&hub.challenge=1"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(web_get(w, 0, bad[i]).status, 403);
    w->h->settings.verify_token = "";
    assert_int_equal(
        web_get(w, 0, "/kait/whatsapp?hub.mode=subscribe&hub.verify_token=&hub.challenge=1").status,
        403);
    w->h->settings.verify_token = NULL;
    assert_int_equal(
        web_get(w, 0, "/kait/whatsapp?hub.mode=subscribe&hub.verify_token=&hub.challenge=1").status,
        403);
}

static void only_what_is_signed(void **state)
{
    struct web *w = *state;
    const char *body = wrapped(w, "\"statuses\":[]");
    const char *right = signature(w, body);
    char *wrong = arena_strdup(w->arena, right);
    wrong[strlen(wrong) - 1] = wrong[strlen(wrong) - 1] == '0' ? '1' : '0';
    const char *const bad[] = {NULL,  "",        "sha256=",         "sha1=00",
                               wrong, right + 7, signature(w, "{}")};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(send_as(w, body, bad[i]).status, 401);
    assert_int_equal(send_as(w, "not JSON", NULL).status, 401);
    assert_int_equal(send_as(w, "not JSON", signature(w, "not JSON")).status, 400);
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM webhook_event"), 0);
    assert_int_equal(send_as(w, body, right).status, 200);
    static const char *const odd[] = {
        "{}",
        "[]",
        "null",
        "1",
        "{\"entry\":7}",
        "{\"entry\":[{\"changes\":[{\"field\":\"lain\",\"value\":{}}]}]}",
        "{\"a\":1,\"a\":2}"};
    for (size_t i = 0; i < ARRAY_LEN(odd); i++)
        arrives(w, odd[i]);
    w->h->settings.app_secret_file = "/nowhere";
    assert_int_equal(send_as(w, body, right).status, 401);
}

static void bodies_are_kept_sealed(void **state)
{
    struct web *w = *state;
    arrives(w, wrapped(w, "\"messages\":[{\"id\":\"w\",\"from\":\"" STRANGER
                          "\",\"type\":\"text\",\"text\":{\"body\":\"pesan rahasia\"}}]"));
    assert_int_equal(
        house_number(w->h, "SELECT count(*) FROM webhook_event WHERE length(body_sealed) > 40"), 1);
    assert_int_equal(
        house_number(w->h, "SELECT instr(body_sealed, CAST('rahasia' AS BLOB)) FROM webhook_event"),
        0);
}

/* --- answers --------------------------------------------------------------------------------------------------------- */

static void a_tap_answers_once(void **state)
{
    struct web *w = *state;
    const char *id = web_guest(w, NULL);
    struct outbox_message m = sent_to_chief(w, id);
    const char *body = tap(w, "wamid.in.1", CHIEF, m.buttons[0].payload);
    arrives(w, body);
    struct visit v = visit_now(w->h, id);
    assert_string_equal(v.decision_state, "proposed");
    assert_string_equal(v.decision_outcome, "intel_chief");
    assert_string_equal(v.notice_state, "answered");
    assert_string_equal(
        house_text(w->h, "SELECT channel || ' ' || official_role || ' ' || message_id FROM answer"),
        "whatsapp intel_chief wamid.in.1");
    arrives(w, body);                                              /* the same delivery twice */
    arrives(w, tap(w, "wamid.in.2", CHIEF, m.buttons[0].payload)); /* tapped twice */
    arrives(w, tap(w, "wamid.in.3", CHIEF, m.buttons[3].payload)); /* and then another button */
    assert_int_equal(answers(w), 1);
    assert_string_equal(visit_now(w->h, id).decision_outcome, "intel_chief");
    assert_int_equal(house_number(w->h, "SELECT last_inbound_at FROM staff WHERE id = '" ARIEF "'"),
                     INT64_C(1784774460000));
}

static void from_another_person_it_has_no_effect(void **state)
{
    struct web *w = *state;
    const char *id = web_guest(w, NULL);
    struct outbox_message m = sent_to_chief(w, id);
    arrives(w, tap(w, "wamid.1", HEAD, m.buttons[0].payload));     /* forwarded to the Kajari */
    arrives(w, tap(w, "wamid.2", STRANGER, m.buttons[0].payload)); /* or to anybody */
    assert_int_equal(answers(w), 0);
    assert_string_equal(visit_now(w->h, id).decision_state, "none");
    arrives(w, tap(w, "wamid.3", CHIEF, m.buttons[0].payload)); /* the token is still good */
    assert_int_equal(answers(w), 1);
}

static void what_is_not_understood_does_nothing(void **state)
{
    struct web *w = *state;
    const char *id = web_guest(w, NULL);
    struct outbox_message m = sent_to_chief(w, id);
    const char *payload = m.buttons[0].payload;
    const char *link = strstr(m.params[4], "/jawab/") + 7;
    arrives(w, tap(w, "wamid.1", CHIEF, "v1.tidakada"));
    arrives(w, tap(w, "wamid.2", CHIEF, "v2.sesuatu"));
    arrives(w, tap(w, "wamid.3", CHIEF, ""));
    arrives(w, tap(w, "wamid.4", CHIEF, "v1."));
    arrives(w, tap(w, "wamid.5", CHIEF, payload + 3));
    arrives(w, tap(w, "wamid.6", CHIEF,
                   arena_printf(w->arena, "v1.%s", link))); /* the page's token is no button */
    arrives(w, wrapped(w, "\"messages\":[{\"id\":\"w\",\"from\":\"" CHIEF
                          "\",\"type\":\"text\",\"text\":{\"body\":\"v1.terima\"}}]"));
    /* without `from`, `contacts`, `context`, or anything at all */
    arrives(
        w,
        wrapped(
            w,
            arena_printf(
                w->arena,
                "\"messages\":[{\"id\":\"w\",\"type\":\"button\",\"button\":{\"payload\":\"%s\"}}]",
                payload)));
    arrives(w, wrapped(w, arena_printf(w->arena,
                                       "\"messages\":[{\"from\":\"x\",\"type\":\"button\","
                                       "\"button\":{\"payload\":\"%s\"}}]",
                                       payload)));
    arrives(w, wrapped(w, "\"messages\":[{}]"));
    arrives(w, wrapped(w, "\"messages\":[null,7,\"x\",[]]"));
    arrives(w, wrapped(w, "\"messages\":[{\"from\":\"" CHIEF
                          "\",\"type\":\"button\"}],\"contacts\":\"x\""));
    assert_int_equal(answers(w), 0);
    assert_string_equal(visit_now(w->h, id).decision_state, "none");
    /* a tap without contacts and context, but from the right number, is one */
    arrives(w, wrapped(w, arena_printf(w->arena,
                                       "\"messages\":[{\"id\":\"w9\",\"from\":\"" CHIEF
                                       "\",\"type\":\"button\",\"button\":{\"payload\":\"%s\"}}]",
                                       payload)));
    assert_int_equal(answers(w), 1);
}

static void known_by_the_business_scoped_id(void **state)
{
    struct web *w = *state;
    const char *id = web_guest(w, NULL);
    struct outbox_message m = sent_to_chief(w, id);
    arrives(w,
            wrapped(w, "\"contacts\":[{\"wa_id\":\"" CHIEF
                       "\",\"user_id\":\"ID.77\"}],\"messages\":[{\"id\":\"w0\",\"from\":\"" CHIEF
                       "\",\"type\":\"text\",\"text\":{\"body\":\"halo\"}}]"));
    assert_string_equal(
        house_text(w->h, "SELECT whatsapp_user_id FROM staff WHERE id = '" ARIEF "'"), "ID.77");
    /* later Meta names him by that alone */
    arrives(w, wrapped(w, arena_printf(w->arena,
                                       "\"messages\":[{\"id\":\"w1\",\"from_user_id\":\"ID.77\","
                                       "\"type\":\"button\",\"button\":{\"payload\":\"%s\"}}]",
                                       m.buttons[1].payload)));
    assert_string_equal(visit_now(w->h, id).decision_outcome, "ask_head");
}

static void a_late_tap_is_kept_and_told(void **state)
{
    struct web *w = *state;
    const char *id = web_guest(w, NULL);
    struct outbox_message m = sent_to_chief(w, id);
    struct got got = web_post(w, ROLE_OFFICE_HEAD, web_step(w, id, "keputusan"),
                              "{\"outcome\":\"office_head\"}");
    assert_int_equal(got.status, 200);
    house_later(w->h, 1000);
    arrives(w, tap(w, "wamid.1", CHIEF, m.buttons[3].payload));
    assert_int_equal(answers(w), 2);
    assert_int_equal(
        house_number(
            w->h, "SELECT count(*) FROM answer WHERE effect = 'too_late' AND outcome = 'refused'"),
        1);
    assert_string_equal(visit_now(w->h, id).decision_outcome, "office_head");
    assert_int_equal(
        house_number(
            w->h, "SELECT count(*) FROM outbox WHERE kind = 'late_reply' AND recipient_id = '" ARIEF
                  "' AND state = 'queued'"),
        1);
    struct outbox_row row = {0};
    struct outbox_message reply = {0};
    assert_int_equal(outbox_get(w->h->cx->read, w->h->office,
                                house_text(w->h, "SELECT id FROM outbox WHERE kind = 'late_reply'"),
                                &row),
                     ERR_OK);
    assert_int_equal(notice_render(w->h->cx, &row, &reply), ERR_OK);
    assert_null(reply.template_name); /* free text, inside his window */
    assert_string_equal(reply.to, "+" CHIEF);
    assert_string_equal(reply.text, "Tamu nomor 1/2026 sudah dijawab oleh Hendra Wijaksana: "
                                    "Diterima Kajari. Jawaban Anda tetap disimpan.");
    arrives(w, tap(w, "wamid.1", CHIEF, m.buttons[3].payload));
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM outbox WHERE kind = 'late_reply'"), 1);
}

static void states_move_the_desks_view(void **state)
{
    struct web *w = *state;
    const char *id = web_guest(w, NULL);
    const char *row = house_text(w->h, "SELECT id FROM outbox");
    static const char *const order[] = {"read", "sent", "delivered", "read"};
    for (size_t i = 0; i < ARRAY_LEN(order); i++) {
        const char *status = arena_printf(w->arena,
                                          "\"statuses\":[{\"id\":\"wamid.out\",\"status\":\"%s\","
                                          "\"timestamp\":\"1784774500\",\"recipient_id\":\"" CHIEF
                                          "\",\"biz_opaque_callback_data\":\"%s\"}]",
                                          order[i], row);
        arrives(w, wrapped(w, status));
        struct got got = web_get(w, ROLE_FRONT_DESK, arena_printf(w->arena, "/tamu/%s", id));
        assert_string_equal(web_value(w, &got, "notice.state"), "read");
        assert_string_equal(web_value(w, &got, "notice.at"), "2026-07-23T09:41:40+07:00");
    }
    assert_int_equal(office_fixture_entries(w->h->o, id, "notice_read"), 1);
}

#define TEST(name_) cmocka_unit_test_setup_teardown(name_, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_handshake),
        TEST(only_what_is_signed),
        TEST(bodies_are_kept_sealed),
        TEST(a_tap_answers_once),
        TEST(from_another_person_it_has_no_effect),
        TEST(what_is_not_understood_does_nothing),
        TEST(known_by_the_business_scoped_id),
        TEST(a_late_tap_is_kept_and_told),
        TEST(states_move_the_desks_view),
    };
    return cmocka_run_group_tests_name("webhook", tests, NULL, NULL);
}

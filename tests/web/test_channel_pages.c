/* The administrator's pages of channels and people, the officials' own page, and the hooks of channels that
 * are not set up: as JSON, which is what the pages show. */
#include "web_fixture.h"

#define PERSON "/petugas/" ARIEF

static const char *id_of(struct web *w, const struct got *got, int i)
{
    return web_value(w, got, arena_printf(w->arena, "channels.%d.id", i));
}

static void test_channels_of_a_person(void **state)
{
    struct web *w = *state;
    struct got got = web_post(w, ROLE_ADMIN, PERSON "/saluran",
                              "{\"channel\":\"whatsapp\",\"address\":\"0812 0000 0103\"}");
    assert_int_equal(got.status, 200);
    assert_string_equal(web_value(w, &got, "channels.0.address"), "0812••••0103");
    got = web_post(w, ROLE_ADMIN, PERSON "/saluran",
                   "{\"channel\":\"mail\",\"address\":\"Arief@Kantor.example\"}");
    assert_string_equal(web_value(w, &got, "channels.1.address"), "a•••@kantor.example");
    const char *second = id_of(w, &got, 1);
    got = web_post(w, ROLE_ADMIN, "/petugas/" MARIA "/saluran",
                   "{\"channel\":\"mail\",\"address\":\"arief@kantor.example\"}");
    web_refused(w, &got, 409, "address_taken");
    got = web_post(w, ROLE_ADMIN, PERSON "/saluran",
                   "{\"channel\":\"mail\",\"address\":\"tanpa-tanda\"}");
    web_fault(w, &got, "address", "mail");
    got = web_post(w, ROLE_ADMIN, PERSON "/saluran", "{\"channel\":\"webpush\",\"address\":\"x\"}");
    web_fault(w, &got, "channel", "not_a_choice");
    got = web_post(w, ROLE_ADMIN, arena_printf(w->arena, PERSON "/saluran/%s/naik", second), "{}");
    assert_string_equal(id_of(w, &got, 0), second);
    got = web_post(w, ROLE_ADMIN,
                   arena_printf(w->arena, "/petugas/" MARIA "/saluran/%s/hapus", second), "{}");
    web_refused(w, &got, 404, "channel_unknown");
    got = web_post(w, ROLE_ADMIN, arena_printf(w->arena, PERSON "/saluran/%s/hapus", second), "{}");
    assert_string_equal(id_of(w, &got, 1), "");
    assert_int_equal(
        house_number(w->h, "SELECT count(*) FROM audit_entry WHERE action IN ('channel_added', "
                           "'channel_moved', 'channel_removed')"),
        4);
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM audit_entry WHERE detail LIKE "
                                        "'%0812%' OR detail LIKE '%kantor%'"),
                     0);
}

static void test_quiet_hours(void **state)
{
    struct web *w = *state;
    struct got got = web_post(w, ROLE_ADMIN, PERSON "/jam-tenang",
                              "{\"quiet_from\":\"22.00\",\"quiet_until\":\"05:30\"}");
    assert_string_equal(web_value(w, &got, "quiet_hours.from_min"), "1320");
    assert_string_equal(web_value(w, &got, "quiet_hours.until_min"), "330");
    got = web_post(w, ROLE_ADMIN, PERSON "/jam-tenang",
                   "{\"quiet_from\":\"24:00\",\"quiet_until\":\"05:3\"}");
    web_fault(w, &got, "quiet_from", "time");
    web_fault(w, &got, "quiet_until", "time");
    got = web_post(w, ROLE_ADMIN, PERSON "/jam-tenang", "{\"quiet_from\":\"22.00\"}");
    web_fault(w, &got, "quiet_until", "time");
    got = web_post(w, ROLE_ADMIN, PERSON "/jam-tenang", "{}");
    assert_string_equal(web_value(w, &got, "quiet_hours.from_min"), "");
}

static void test_stand_ins(void **state)
{
    struct web *w = *state;
    struct got got = web_post(w, ROLE_ADMIN, PERSON "/pengganti",
                              "{\"kind\":\"plh\",\"deputy\":\"" MARIA "\"}");
    assert_string_equal(web_value(w, &got, "stand_ins.0.deputy"), MARIA);
    const char *row = web_value(w, &got, "stand_ins.0.id");
    got = web_post(w, ROLE_ADMIN, PERSON "/pengganti",
                   "{\"kind\":\"away\",\"deputy\":\"" ARIEF "\"}");
    web_fault(w, &got, "deputy", "self");
    web_fault(w, &got, "until", "required");
    got = web_post(w, ROLE_ADMIN,
                   arena_printf(w->arena, "/petugas/" MARIA "/pengganti/%s/akhiri", row), "{}");
    web_refused(w, &got, 404, "reach_unknown");
    got = web_post(w, ROLE_ADMIN, arena_printf(w->arena, PERSON "/pengganti/%s/akhiri", row), "{}");
    assert_string_equal(web_value(w, &got, "stand_ins.0.id"), "");
    struct got page = web_page(w, ROLE_ADMIN, PERSON "/saluran");
    assert_int_equal(page.status, 200);
    assert_non_null(strstr(page.body, "Belum ada yang menggantikan."));
}

static void test_away(void **state)
{
    struct web *w = *state;
    struct got got = web_post(w, ROLE_INTEL_CHIEF, "/jawab/luar-kantor",
                              "{\"deputy\":\"" RINA "\",\"until\":\"2099-01-01T10:00:00+07:00\"}");
    web_fault(w, &got, "deputy", "not_official");
    got = web_post(w, ROLE_INTEL_CHIEF, "/jawab/luar-kantor",
                   "{\"deputy\":\"" MARIA "\",\"until\":\"2099-01-01T10:00:00+07:00\"}");
    assert_int_equal(got.status, 200);
    assert_string_equal(web_value(w, &got, "away.deputy"), MARIA);
    (void)web_guest(w, NULL);
    got = web_get(w, ROLE_SECTION_CHIEF, "/jawab");
    assert_string_equal(web_value(w, &got, "items.0.name"), "Fransiska Luhing");
    got = web_post(w, ROLE_INTEL_CHIEF, "/jawab/kembali", "{}");
    assert_true(json_is_null(json_object_get(got.json, "away")));
    got = web_get(w, ROLE_SECTION_CHIEF, "/jawab");
    assert_string_equal(web_value(w, &got, "items.0.name"), "");
}

static void test_duty(void **state)
{
    struct web *w = *state;
    struct got got = web_post(
        w, ROLE_ADMIN, "/jadwal-piket",
        "{\"duties\":[{\"day\":\"2026-12-01\",\"post\":\"intel_chief\",\"staff\":\"" ARIEF "\"}]}");
    assert_int_equal(got.status, 200);
    assert_string_equal(web_value(w, &got, "week"), "2026-11-30");
    assert_string_equal(web_value(w, &got, "items.0.staff"), ARIEF);
    int64_t entries = house_number(
        w->h, "SELECT count(*) FROM audit_entry WHERE action = 'duty_changed'");
    (void)web_post(
        w, ROLE_ADMIN, "/jadwal-piket",
        "{\"duties\":[{\"day\":\"2026-12-01\",\"post\":\"intel_chief\",\"staff\":\"" ARIEF "\"}]}");
    assert_int_equal(
        house_number(w->h, "SELECT count(*) FROM audit_entry WHERE action = 'duty_changed'"),
        entries);
    got = web_post(
        w, ROLE_ADMIN, "/jadwal-piket",
        "{\"duties\":[{\"day\":\"2026-12-01\",\"post\":\"office_head\",\"staff\":\"" ARIEF "\"}]}");
    web_fault(w, &got, "staff", "not_holder");
    got = web_get(w, ROLE_FRONT_DESK, "/jadwal-piket?minggu=2026-12-06");
    assert_string_equal(web_value(w, &got, "items.0.day"), "2026-12-01");
}

static void test_escalation_and_templates(void **state)
{
    struct web *w = *state;
    struct got got = web_get(w, ROLE_ADMIN, "/saluran");
    assert_string_equal(web_value(w, &got, "rules.3.action"), "counter_alarm");
    assert_string_equal(web_value(w, &got, "templates.0.name"), "tamu_baru");
    assert_int_equal(json_array_size(json_object_get(
                         json_array_get(json_object_get(got.json, "templates"), 0), "buttons")),
                     4);
    got = web_post(
        w, ROLE_ADMIN, "/saluran/eskalasi",
        "{\"rules\":[{\"after_s\":90,\"condition\":\"unanswered\",\"action\":\"counter_alarm\"}]}");
    assert_int_equal(got.status, 200);
    assert_string_equal(web_value(w, &got, "rules.0.after_s"), "90");
    assert_string_equal(web_value(w, &got, "rules.1.after_s"), "");
    got = web_post(w, ROLE_ADMIN, "/saluran/eskalasi",
                   "{\"rules\":[{\"after_s\":90,\"condition\":\"unanswered\"}]}");
    web_fault(w, &got, "rules.0.action", "not_a_choice");
}

static void test_hooks_of_nothing(void **state)
{
    struct web *w = *state;
    struct got got = web_post(w, 0, "/kait/gateway/tebakan", "{}");
    web_refused(w, &got, 404, "gateway_off");
    got = web_post(w, 0, "/kait/telegram", "{\"update_id\":1}");
    web_refused(w, &got, 401, "signature");
    got = web_post(w, ROLE_INTEL_CHIEF, "/jawab/langganan", "{\"subscription\":\"{}\"}");
    web_refused(w, &got, 409, "push_off");
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM inbound_event"), 0);
}

static void test_worker_and_manifest(void **state)
{
    struct web *w = *state;
    assert_string_equal(web_page(w, 0, "/dorong.js").type, "text/javascript; charset=utf-8");
    struct got got = web_page(w, 0, "/buku-tamu.webmanifest");
    assert_string_equal(got.type, "application/manifest+json");
    assert_string_equal(web_value(w, &got, "start_url"), "/jawab");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_channels_of_a_person, web_begin, web_end),
        cmocka_unit_test_setup_teardown(test_quiet_hours, web_begin, web_end),
        cmocka_unit_test_setup_teardown(test_stand_ins, web_begin, web_end),
        cmocka_unit_test_setup_teardown(test_away, web_begin, web_end),
        cmocka_unit_test_setup_teardown(test_duty, web_begin, web_end),
        cmocka_unit_test_setup_teardown(test_escalation_and_templates, web_begin, web_end),
        cmocka_unit_test_setup_teardown(test_hooks_of_nothing, web_begin, web_end),
        cmocka_unit_test_setup_teardown(test_worker_and_manifest, web_begin, web_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

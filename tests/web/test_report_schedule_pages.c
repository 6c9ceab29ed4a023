/* /laporan-berkala: who may name recipients, what is refused, what the page says of each sending. */
#include "web_fixture.h"

#include "features/report/report_schedule.h"

#define PATH "/laporan-berkala"
#define TYPED                                                                                      \
    "name=Kejati+Kalteng&address=Pembinaan%40Kejaksaan.go.id&report=monthly&form=pdf&day=5"

static const char *first_id(struct web *w)
{
    struct got got = web_get(w, ROLE_ADMIN, PATH);
    assert_int_equal(got.status, 200);
    return web_value(w, &got, "items.0.id");
}

static void who_may_name_recipients(void **state)
{
    struct web *w = *state;
    static const struct {
        uint32_t role;
        int status;
    } rows[] = {{ROLE_FRONT_DESK, 403},   {ROLE_DUTY_OFFICER, 403},  {ROLE_INTEL_CHIEF, 200},
                {ROLE_OFFICE_HEAD, 200},  {ROLE_SECTION_CHIEF, 403}, {ROLE_ADMIN, 200},
                {ROLE_CASE_OFFICER, 403}, {ROLE_MONITOR, 403}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(web_page(w, rows[i].role, PATH).status, rows[i].status);
        bool there = strstr(web_page(w, rows[i].role, "/dasbor").body, "href=\"" PATH "\"") != NULL;
        assert_int_equal(there, rows[i].status == 200);
    }
}

static void a_recipient_is_added_and_removed(void **state)
{
    struct web *w = *state;
    w->h->settings.channels = "mail";
    struct got got = web_form(w, ROLE_OFFICE_HEAD, PATH, TYPED);
    assert_int_equal(got.status, 303);
    assert_string_equal(got.location, PATH "?selesai=1");
    got = web_page(w, ROLE_OFFICE_HEAD, got.location);
    assert_non_null(strstr(got.body, "Penerima ditambahkan."));
    assert_non_null(strstr(got.body, "Kejati Kalteng"));
    assert_non_null(strstr(got.body, "p•••@kejaksaan.go.id"));
    assert_null(strstr(got.body, "pembinaan@"));
    assert_non_null(strstr(got.body, "Bulanan, PDF, setiap tanggal 5"));
    assert_non_null(strstr(got.body, "laporan Juli 2026, Rabu, 5 Agustus 2026"));
    assert_non_null(strstr(got.body, "belum pernah"));
    assert_non_null(strstr(got.body, "Hendra Wijaksana"));
    assert_null(strstr(got.body, "style="));
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM audit_entry WHERE action = "
                                        "'report_recipient_added' AND actor_id = '" HENDRA "'"),
                     1);
    const char *id = first_id(w);
    got = web_form(w, ROLE_ADMIN, arena_printf(w->arena, PATH "/%s/hapus", id), "");
    assert_int_equal(got.status, 303);
    got = web_page(w, ROLE_ADMIN, got.location);
    assert_non_null(strstr(got.body, "Belum ada penerima."));
    got = web_post(w, ROLE_ADMIN, arena_printf(w->arena, PATH "/%s/hapus", id), "{}");
    web_refused(w, &got, 404, "no_recipient");
    got = web_post(w, ROLE_ADMIN, arena_printf(w->arena, PATH "/%s/kirim", id), "{}");
    web_refused(w, &got, 404, "no_recipient");
}

static void what_is_refused_comes_back_filled_in(void **state)
{
    struct web *w = *state;
    static const struct {
        const char *form, *words;
    } rows[] = {
        {"name=&address=a%40b.id&report=monthly&form=pdf&day=5", "Tulis nama penerima"},
        {"name=Ana&address=ana&report=monthly&form=pdf&day=5", "nama@contoh.id"},
        {"name=Ana&address=%C3%A9%40b.id&report=monthly&form=pdf&day=5", "Alamat surel"},
        {"name=Ana&address=ana%40b.id&report=weekly&form=pdf&day=5", "Laporan"},
        {"name=Ana&address=ana%40b.id&report=monthly&form=xlsx&day=5", "Bentuk berkas"},
        {"name=Ana&address=ana%40b.id&report=monthly&form=pdf&day=32", "Tanggal kirim"},
        {"name=Ana&address=ana%40b.id&report=monthly&form=pdf&day=0", "Tanggal kirim"},
        {"name=Ana&address=ana%40b.id&report=monthly&form=pdf&day=", "Tulis tanggal kirim"}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct got got = web_form(w, ROLE_ADMIN, PATH, rows[i].form);
        assert_int_equal(got.status, 422);
        assert_non_null(strstr(got.body, rows[i].words));
        assert_non_null(strstr(got.body, "class=\"error\""));
        if (i > 0)
            assert_non_null(strstr(got.body, "value=\"Ana\""));
    }
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM report_recipient"), 0);
    assert_int_equal(web_form(w, ROLE_ADMIN, PATH, TYPED).status, 303);
    struct got got = web_form(w, ROLE_ADMIN, PATH, TYPED);
    assert_int_equal(got.status, 409);
    assert_non_null(strstr(got.body, "Alamat ini sudah terdaftar untuk laporan yang sama."));
    assert_non_null(strstr(got.body, "value=\"Kejati Kalteng\""));
}

static void without_the_channel_it_waits_and_says_so(void **state)
{
    struct web *w = *state;
    assert_int_equal(web_form(w, ROLE_ADMIN, PATH, TYPED).status, 303);
    struct got got = web_page(w, ROLE_ADMIN, PATH);
    assert_non_null(strstr(got.body, "Saluran surel belum disiapkan di server."));
    assert_null(strstr(got.body, "Kirim sekarang"));
    const char *id = first_id(w);
    got = web_post(w, ROLE_ADMIN, arena_printf(w->arena, PATH "/%s/kirim", id), "{}");
    web_refused(w, &got, 409, "channel_off");
    w->h->cx->now_ms += INT64_C(30) * 86400000;
    got = web_page(w, ROLE_ADMIN, PATH);
    assert_non_null(strstr(got.body, "Menunggu saluran surel disiapkan."));
    w->h->settings.channels = "mail";
    w->h->cx->settings = &w->h->settings;
    assert_int_equal(report_schedule_tick(w->h->cx, w->h->office), ERR_OK);
    got = web_page(w, ROLE_ADMIN, PATH);
    assert_non_null(strstr(got.body, "Dalam antrean"));
    assert_non_null(strstr(got.body, "laporan Agustus 2026"));
    house_exec(w->h, "UPDATE outbox SET state = 'failed', reason = 'Alamat surel penerima ditolak. "
                     "Periksa alamatnya, lalu hubungi penerima langsung.', failed_at = 1");
    got = web_page(w, ROLE_ADMIN, PATH);
    assert_non_null(strstr(got.body, "Gagal"));
    assert_non_null(strstr(got.body, "Alamat surel penerima ditolak."));
    assert_non_null(strstr(got.body, "href=\"/saluran\""));
    house_exec(w->h, arena_printf(w->arena, "UPDATE outbox SET state = 'sent', sent_at = %lld",
                                  (long long)w->h->cx->now_ms));
    got = web_page(w, ROLE_INTEL_CHIEF, PATH);
    assert_non_null(strstr(got.body, "Terkirim"));
    assert_non_null(strstr(got.body, "laporan Juli 2026, "));
}

static void a_test_goes_out_at_once(void **state)
{
    struct web *w = *state;
    w->h->settings.channels = "mail";
    assert_int_equal(web_form(w, ROLE_ADMIN, PATH, TYPED).status, 303);
    const char *target = arena_printf(w->arena, PATH "/%s/kirim", first_id(w));
    struct got got = web_form(w, ROLE_INTEL_CHIEF, target, "");
    assert_int_equal(got.status, 303);
    got = web_page(w, ROLE_INTEL_CHIEF, got.location);
    assert_non_null(strstr(got.body, "Laporan masuk antrean dan segera dikirim."));
    assert_non_null(strstr(got.body, "Kiriman langsung dalam antrean sejak"));
    got = web_form(w, ROLE_INTEL_CHIEF, target, "");
    assert_int_equal(got.status, 409);
    assert_non_null(strstr(got.body, "Kiriman sebelumnya masih dalam antrean."));
    assert_string_equal(house_text(w->h, "SELECT kind || ' ' || subject_id FROM outbox"),
                        "report_mail_test 2026-06");
    house_exec(w->h, "UPDATE outbox SET state = 'sent', sent_at = queued_at");
    got = web_page(w, ROLE_ADMIN, PATH);
    assert_non_null(strstr(got.body, "Kiriman langsung diterima server surel"));
    assert_non_null(strstr(got.body, "belum pernah")); /* it counts for no period */
    assert_int_equal(web_form(w, ROLE_ADMIN, target, "").status, 303);
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM audit_entry WHERE action = "
                                        "'report_mail_asked'"),
                     2);
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM report_mailing"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_may_name_recipients, web_begin, web_end),
        cmocka_unit_test_setup_teardown(a_recipient_is_added_and_removed, web_begin, web_end),
        cmocka_unit_test_setup_teardown(what_is_refused_comes_back_filled_in, web_begin, web_end),
        cmocka_unit_test_setup_teardown(without_the_channel_it_waits_and_says_so, web_begin,
                                        web_end),
        cmocka_unit_test_setup_teardown(a_test_goes_out_at_once, web_begin, web_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

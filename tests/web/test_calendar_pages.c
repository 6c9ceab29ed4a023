/* Holidays and office hours: what an office begins with, who changes it, a pasted year, the warning about the
 * next one. */
#include "web_fixture.h"

#include "features/calendar/calendar.h"

static void a_new_office_has_its_year(void **state)
{
    struct web *w = *state;
    struct got got = web_get(w, ROLE_MONITOR, "/hari-libur");
    assert_int_equal(got.status, 200);
    assert_string_equal(web_value(w, &got, "year"), "2026");
    assert_string_equal(web_value(w, &got, "items.0.day"), "2026-01-01");
    assert_string_equal(web_value(w, &got, "items.0.decree"),
                        "SKB 3 Menteri Nomor 1497/2025, 2/2025, 5/2025");
    assert_string_equal(web_value(w, &got, "items.24.day"), "2026-12-25");
    assert_string_equal(web_value(w, &got, "items.25.day"), "");
    assert_string_equal(web_value(w, &got, "missing_year"), "");
    assert_int_equal(house_number(w->h, arena_printf(w->arena,
                                                     "SELECT count(*) FROM holiday WHERE office_id "
                                                     "= '%s' AND kind = 'collective_leave'",
                                                     w->h->office)),
                     8);
    got = web_get(w, ROLE_FRONT_DESK, "/jam-kerja");
    assert_string_equal(web_value(w, &got, "hours.0.open"), "07:30");
    assert_string_equal(web_value(w, &got, "hours.4.close"), "16:30");
    assert_string_equal(web_value(w, &got, "hours.5.open"), "");
    assert_string_equal(web_value(w, &got, "open_now"), "true");
}

static void holidays_are_changed(void **state)
{
    struct web *w = *state;
    struct got got = web_post(w, ROLE_FRONT_DESK, "/hari-libur", "{}");
    web_refused(w, &got, 403, "role");
    got = web_post(w, ROLE_ADMIN, "/hari-libur",
                   "{\"day\":\"2026-01-01\",\"kind\":\"local\",\"name\":\"Hari jadi\"}");
    web_refused(w, &got, 409, "holiday_there");
    got = web_post(w, ROLE_ADMIN, "/hari-libur/2026-06-16",
                   "{\"day\":\"2026-06-17\",\"kind\":\"public_holiday\",\"name\":\"1 Muharam\"}");
    assert_int_equal(got.status, 200);
    assert_int_equal(house_number(w->h,
                                  "SELECT count(*) FROM holiday WHERE office_id <> '' AND day "
                                  "= '2026-06-16'"),
                     0);
    got = web_post(w, ROLE_ADMIN, "/hari-libur/2026-06-16/hapus", "{}");
    web_refused(w, &got, 404, "holiday_unknown");
    got = web_post(w, ROLE_ADMIN, "/hari-libur",
                   "{\"day\":\"2026-02-30\",\"kind\":\"local\",\"name\":\"x\"}");
    assert_int_equal(got.status, 422);
    assert_int_equal(office_fixture_entries(w->h->o, w->h->office, "holiday_changed"), 1);
    got = web_ask(w, (struct ask){.method = HTTP_POST,
                                  .target = "/hari-libur",
                                  .role = ROLE_OFFICE_HEAD,
                                  .page = true,
                                  .form = "day=2026-01-01&kind=local&name=Ulang+%3Cb%3E"});
    assert_int_equal(got.status, 409);
    assert_non_null(strstr(got.body, "Ulang &lt;b&gt;"));
    assert_non_null(strstr(got.body, "Tanggal ini sudah tercatat"));
}

static void a_year_is_pasted_and_warned_about(void **state)
{
    struct web *w = *state;
    house_later(w->h, INT64_C(110) * 86400000); /* 10 November */
    struct got got = web_get(w, ROLE_ADMIN, "/hari-libur");
    assert_string_equal(web_value(w, &got, "missing_year"), "2027");
    got = web_page(w, ROLE_ADMIN, "/hari-libur");
    assert_non_null(strstr(got.body, "Hari libur tahun 2027 belum diisi"));
    got = web_post(w, ROLE_ADMIN, "/hari-libur/impor",
                   "{\"lines\":\"1 Januari 2027; Tahun Baru\\nentah; apa\",\"decree\":\"SKB\"}");
    web_fault(w, &got, "lines", "line");
    assert_non_null(strstr(got.body, "Baris 2"));
    got = web_post(w, ROLE_ADMIN, "/hari-libur/impor",
                   "{\"lines\":\"1 Januari 2027; Tahun Baru 2027 Masehi\\n"
                   "2027-03-10; Cuti bersama Idulfitri\",\"decree\":\"SKB 2026\"}");
    assert_int_equal(got.status, 200);
    assert_string_equal(web_value(w, &got, "year"), "2027");
    assert_string_equal(web_value(w, &got, "items.1.kind"), "collective_leave");
    assert_string_equal(web_value(w, &got, "missing_year"), "");
    assert_string_equal(house_text(w->h, "SELECT detail FROM audit_entry WHERE action = "
                                         "'holidays_imported'"),
                        "from=2027-01-01 count=2");
    /* The same once more changes nothing and is no act. */
    got = web_post(
        w, ROLE_ADMIN, "/hari-libur/impor",
        "{\"lines\":\"1 Januari 2027; Tahun Baru 2027 Masehi\",\"decree\":\"SKB 2026\"}");
    assert_int_equal(got.status, 200);
    assert_int_equal(office_fixture_entries(w->h->o, w->h->office, "holidays_imported"), 1);
}

static void hours_are_changed(void **state)
{
    struct web *w = *state;
    struct got got = web_post(w, ROLE_ADMIN, "/jam-kerja",
                              "{\"hours\":[{\"weekday\":4,\"open\":\"08.00\",\"close\":\"15.00\","
                              "\"break_from\":\"12.00\",\"break_until\":\"12.30\"}]}");
    assert_int_equal(got.status, 200);
    assert_string_equal(web_value(w, &got, "hours.3.open"), "08:00");
    assert_string_equal(web_value(w, &got, "hours.0.open"), "07:30");
    static const char *const wrong[] = {
        "\"open\":\"16.00\",\"close\":\"08.00\"",
        "\"open\":\"08.00\"",
        "\"open\":\"pagi\",\"close\":\"siang\"",
        /* a break that begins before the office opens */
        "\"open\":\"08.00\",\"close\":\"16.00\",\"break_from\":\"07.00\",\"break_until\":\"13.00\"",
    };
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        got = web_post(w, ROLE_ADMIN, "/jam-kerja",
                       arena_printf(w->arena, "{\"hours\":[{\"weekday\":1,%s}]}", wrong[i]));
        web_fault(w, &got, "hours.0", "hours");
    }
    got = web_post(w, ROLE_INTEL_CHIEF, "/jam-kerja", "{\"hours\":[{\"weekday\":4}]}");
    assert_string_equal(web_value(w, &got, "open_now"), "false"); /* this Thursday is off now */
    got = web_page(w, ROLE_DUTY_OFFICER, "/jam-kerja");
    assert_non_null(
        strstr(got.body, "Kantor sedang tutup. Buka lagi Jumat, 24 Juli 2026 pukul 07.30."));
    got = web_post(w, ROLE_DUTY_OFFICER, "/jam-kerja", "{}");
    web_refused(w, &got, 403, "role");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, web_begin, web_end)
    const struct CMUnitTest tests[] = {
        TEST(a_new_office_has_its_year),
        TEST(holidays_are_changed),
        TEST(a_year_is_pasted_and_warned_about),
        TEST(hours_are_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

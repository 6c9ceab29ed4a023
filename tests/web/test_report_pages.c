/* The dashboard's pages: who sees what, addresses of periods, the visits behind a number, the papers. */
#include "web_fixture.h"

#include "features/report/report.h"
#include "support/pdf_look.h"

#define MIN INT64_C(60000)

/* Three guests of today: received in time, received late, still waiting. */
static void fill(struct web *w)
{
    struct house *h = w->h;
    static const char *const ids[] = {"6203011708450001", "6203011708450002", "6203011708450003"};
    static const char *const categories[] = {"information", "complaint", "meeting"};
    for (int i = 0; i < 3; i++) {
        struct guest g = {.name = "Fransiska <Luhing>",
                          .id_number = ids[i],
                          .category = categories[i],
                          .arrived_at = h->cx->now_ms - 60 * MIN};
        const char *id = guest_in(h, &g);
        if (i == 2)
            continue;
        house_exec(h, arena_printf(h->cx->arena,
                                   "UPDATE visit SET received_at = arrived_at + %lld, closed_at = "
                                   "arrived_at + %lld, open = 0, state = 'closed', notice_state = "
                                   "'read' WHERE id = '%s'",
                                   (long long)(i == 0 ? 6 * MIN : 14 * MIN), (long long)(50 * MIN),
                                   id));
        house_exec(
            h, arena_printf(h->cx->arena,
                            "INSERT INTO visit_step (office_id, visit_id, step, at, by_id) "
                            "SELECT office_id, id, 6, arrived_at + %lld, '' FROM visit WHERE id "
                            "= '%s'",
                            (long long)(i == 0 ? 5 * MIN : 13 * MIN), id));
    }
    house_exec(h, "UPDATE visit_step SET at = (SELECT arrived_at + 60000 FROM visit v WHERE v.id = "
                  "visit_id) WHERE step = 2");
}

static void figures_are_shown(void **state)
{
    struct web *w = *state;
    fill(w);
    static const char *const paths[] = {"/dasbor", "/dasbor/2026", "/dasbor/2026-07",
                                        "/dasbor/2026-M30", "/dasbor/2026-07-23"};
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        struct got got = web_page(w, ROLE_INTEL_CHIEF, paths[i]);
        assert_int_equal(got.status, 200);
        assert_non_null(strstr(got.body, "<b class=\"num\">3</b>"));
        assert_non_null(strstr(got.body, "<b class=\"num\">50\u202f%</b>"));
        assert_non_null(strstr(got.body, "Keputusan pejabat lama"));
        assert_non_null(strstr(got.body, "Belum atau tidak jadi diterima"));
        assert_null(strstr(got.body, "Luhing"));
        assert_null(strstr(got.body, "style="));
    }
    struct got empty = web_page(w, ROLE_ADMIN, "/dasbor/2019");
    assert_int_equal(empty.status, 200);
    assert_non_null(strstr(empty.body, "Belum ada tamu dalam kurun waktu ini."));
    assert_null(strstr(empty.body, "Diterima tepat waktu, per bulan"));
}

static void who_sees_what(void **state)
{
    struct web *w = *state;
    fill(w);
    struct got got = web_page(w, ROLE_MONITOR, "/dasbor/2026-07");
    assert_int_equal(got.status, 200);
    assert_null(strstr(got.body, "/kunjungan"));
    assert_null(strstr(got.body, "/tamu/"));
    assert_null(strstr(got.body, "Fransiska"));
    got = web_page(w, ROLE_OFFICE_HEAD, "/dasbor/2026-07");
    assert_non_null(
        strstr(got.body, "/dasbor/2026-07/kunjungan?angka=terlambat&amp;sebab=decision"));
    static const struct {
        uint32_t role;
        int figures, list;
    } rows[] = {{ROLE_FRONT_DESK, 403, 200},    {ROLE_DUTY_OFFICER, 403, 200},
                {ROLE_INTEL_CHIEF, 200, 200},   {ROLE_OFFICE_HEAD, 200, 200},
                {ROLE_SECTION_CHIEF, 403, 403}, {ROLE_ADMIN, 200, 403},
                {ROLE_MONITOR, 200, 403},       {ROLE_CASE_OFFICER, 403, 403}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(web_page(w, rows[i].role, "/dasbor/2026-07").status, rows[i].figures);
        assert_int_equal(web_page(w, rows[i].role, "/dasbor/2026-07/kunjungan").status,
                         rows[i].list);
    }
    got = web_get(w, ROLE_MONITOR, "/");
    assert_string_equal(got.location, "/dasbor");
}

static void periods_have_addresses(void **state)
{
    struct web *w = *state;
    static const char *const wrong[] = {"2026-13", "2026-02-30", "1999", "besok", "2026-M60"};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        struct got got = web_get(w, ROLE_INTEL_CHIEF,
                                 arena_printf(w->arena, "/dasbor/%s", wrong[i]));
        web_refused(w, &got, 404, "no_period");
    }
    static const struct {
        const char *query, *path;
    } rows[] = {{"tanggal=2026-03-05&kurun=hari", "/dasbor/2026-03-05"},
                {"tanggal=2026-03-05&kurun=minggu", "/dasbor/2026-M10"},
                {"tanggal=2026-03-05&kurun=bulan", "/dasbor/2026-03"},
                {"tanggal=2026-03-05&kurun=tahun", "/dasbor/2026"},
                {"tanggal=&kurun=tahun", "/dasbor/2026"},
                {"tanggal=0001-01-01&kurun=hari", "/dasbor/2026-07-23"}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct got got = web_page(w, ROLE_ADMIN,
                                  arena_printf(w->arena, "/dasbor?%s", rows[i].query));
        assert_int_equal(got.status, 303);
        assert_string_equal(got.location, rows[i].path);
    }
}

static size_t rows_of(const char *body)
{
    size_t n = 0;
    for (const char *at = strstr(body, "<td class=\"num\">"); at;
         at = strstr(at + 1, "<td class=\"num\">"))
        n++;
    return n;
}

static void numbers_lead_to_their_visits(void **state)
{
    struct web *w = *state;
    fill(w);
    static const struct {
        const char *query;
        size_t rows;
    } lists[] = {{"", 3},
                 {"?angka=tepat", 1},
                 {"?angka=terlambat", 1},
                 {"?angka=terlambat&sebab=decision", 1},
                 {"?angka=terlambat&sebab=room", 0},
                 {"?angka=belum", 1},
                 {"?angka=lupa", 0},
                 {"?keperluan=complaint", 1},
                 {"?pejabat=none", 3},
                 {"?pejabat=section_chief/pidum", 0},
                 {"?tahap=0", 2},
                 {"?tahap=2", 0}};
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        struct got got = web_page(
            w, ROLE_FRONT_DESK,
            arena_printf(w->arena, "/dasbor/2026-07-23/kunjungan%s", lists[i].query));
        assert_int_equal(got.status, 200);
        assert_int_equal(rows_of(got.body), lists[i].rows);
        assert_null(strstr(got.body, "Luhing"));
    }
    static const char *const wrong[] = {"?angka=apa",   "?tahap=99",  "?sebab=<b>",
                                        "?keperluan=x", "?pejabat=x", "?pejabat=section_chief/x",
                                        "?cursor=x"};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        struct got got = web_get(
            w, ROLE_FRONT_DESK, arena_printf(w->arena, "/dasbor/2026-07-23/kunjungan%s", wrong[i]));
        web_refused(w, &got, 404, "no_list");
    }
}

/* 230 visits: three pages, each visit once. */
static void lists_go_on(void **state)
{
    struct web *w = *state;
    struct house *h = w->h;
    house_exec(h, "BEGIN");
    for (int i = 0; i < 230; i++)
        house_exec(
            h,
            arena_printf(
                w->arena,
                "INSERT INTO visit (office_id, id, year, number, number_suffix, state, open, "
                "arrived_at, due_at, registered_at, registered_by, visitor_id, name, id_type, "
                "id_index, identity_sealed, visitor_kind, organization, companions, "
                "companion_count, purpose, category, accepted_warnings, notice_state, "
                "question_state, decision_state, unreceived, closed_at) VALUES ('%s', 'v%03d', "
                "2026, "
                "%d, '', 'left', 0, %lld, 0, 0, '', '', '', 'ktp', x'00', x'00', 'individual', '', "
                "'[]', 0, '', 'other', '', 'none', 'none', 'none', 0, %lld)",
                h->office, i, i + 1, (long long)(h->cx->now_ms - (i / 3) * 1000),
                (long long)h->cx->now_ms));
    house_exec(h, "COMMIT");
    const char *path = "/dasbor/2026-07/kunjungan?angka=belum";
    size_t rows = 0, pages = 0;
    while (path && pages < 10) {
        struct got got = web_page(w, ROLE_INTEL_CHIEF, path);
        assert_int_equal(got.status, 200);
        rows += rows_of(got.body);
        pages++;
        const char *next = strstr(got.body, "href=\"/dasbor/2026-07/kunjungan?cursor=");
        path = next ? arena_strndup(w->arena, next + 6, strcspn(next + 6, "\"")) : NULL;
        for (char *amp = path ? strstr((char *)(uintptr_t)path, "&amp;") : NULL; amp;
             amp = strstr(amp + 1, "&amp;"))
            memmove(amp + 1, amp + 5, strlen(amp + 5) + 1);
    }
    assert_int_equal(rows, 230);
    assert_int_equal(pages, 3);
}

static void papers_are_audited(void **state)
{
    struct web *w = *state;
    char *spool = arena_printf(w->arena, "%s/spool", w->h->cx->data_dir);
    fill(w);
    struct got got = web_get(w, ROLE_MONITOR, "/dasbor/2026-07/laporan.pdf");
    assert_int_equal(got.status, 200);
    assert_string_equal(got.type, "application/pdf");
    const char *text = pdf_text(w->arena, got.raw, 0);
    assert_non_null(strstr(text, "LAPORAN PELAYANAN TAMU"));
    assert_non_null(strstr(text, "Juli 2026"));
    assert_non_null(strstr(text, "Keputusan pejabat lama"));
    assert_non_null(strstr(text, "50 % dari 2"));
    assert_null(strstr(text, "Luhing"));
    assert_int_equal(mkdir(spool, 0700), 0);
    got = web_get(w, ROLE_FRONT_DESK, "/dasbor/2026-07-23/kunjungan.xlsx?cursor=&angka=terlambat");
    assert_int_equal(got.status, 200);
    assert_int_equal(office_fixture_entries(w->h->o, "2026-07-23", "report_exported"), 1);
    got = web_get(w, ROLE_ADMIN, "/dasbor/2026-07-23/kunjungan.xlsx");
    assert_int_equal(got.status, 403);
    got = web_get(w, ROLE_INTEL_CHIEF, "/dasbor/2026/laporan.xlsx");
    assert_int_equal(rmdir(spool), 0); /* nothing is left there */
    assert_int_equal(got.status, 200);
    assert_non_null(strstr(got.type, "spreadsheetml"));
    assert_int_equal(office_fixture_entries(w->h->o, "2026-07", "report_exported"), 1);
    assert_int_equal(office_fixture_entries(w->h->o, "2026", "report_exported"), 1);
    got = web_get(w, ROLE_ADMIN, "/dasbor/2026-M30/laporan.docx");
    assert_int_equal(got.status, 200);
    assert_memory_equal(got.raw.p, "PK\3\4", 4);
    assert_int_equal(office_fixture_entries(w->h->o, "2026-M30", "report_exported"), 1);
    got = web_get(w, ROLE_INTEL_CHIEF, "/dasbor/2026-99/laporan.pdf");
    assert_int_equal(got.status, 404);
    assert_int_equal(
        house_number(w->h, "SELECT count(*) FROM audit_entry WHERE action = 'report_exported'"), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(figures_are_shown, web_begin, web_end),
        cmocka_unit_test_setup_teardown(who_sees_what, web_begin, web_end),
        cmocka_unit_test_setup_teardown(periods_have_addresses, web_begin, web_end),
        cmocka_unit_test_setup_teardown(numbers_lead_to_their_visits, web_begin, web_end),
        cmocka_unit_test_setup_teardown(lists_go_on, web_begin, web_end),
        cmocka_unit_test_setup_teardown(papers_are_audited, web_begin, web_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

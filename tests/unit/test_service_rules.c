/* Deadlines and states of complaints about the service, of information requests; the shipped standard; what an
 * officer lacks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "features/service/service.h"
#include "features/standard/standard.h"
#include "lib/base/str.h"

/* Friday 14 August 2026; Monday 17 August is a holiday. */
#define FRIDAY "2026-08-14"

static int begin(void **state)
{
    *state = arena_new(64 * 1024);
    return 0;
}

static int end(void **state)
{
    arena_free(*state);
    return 0;
}

static int64_t holidays[1];

static struct calendar calendar_of_test(void)
{
    holidays[0] = calendar_day("2026-08-17");
    return (struct calendar){.holidays = holidays, .holiday_count = 1, .offset_min = 420};
}

static struct service_limits standard_limits(void)
{
    struct service_limits l;
    for (size_t i = 0; i < SERVICE_LIMITS; i++)
        l.days[i] = service_limit_infos[i].days;
    return l;
}

static struct service_complaint sent(const char *category)
{
    return (struct service_complaint){.state = "sent",
                                      .category = category,
                                      .received = FRIDAY,
                                      .verified = "",
                                      .responded = "",
                                      .answered = "",
                                      .reopened = "",
                                      .ended = ""};
}

static void due_is(struct arena *a, const struct service_complaint *c, const char *day,
                   const char *label)
{
    struct calendar cal = calendar_of_test();
    struct service_limits l = standard_limits();
    struct service_due due = service_due_of(&cal, &l, c);
    assert_string_equal(str_or(calendar_day_text(a, due.day), ""), day);
    assert_string_equal(due.label, label);
}

static enum err act(struct arena *a, struct service_complaint *c, enum service_act what, bool text,
                    const char *day)
{
    struct calendar cal = calendar_of_test();
    struct service_limits l = standard_limits();
    return service_apply(&cal, &l, what, text, calendar_day(day), c, a).err;
}

/* Weekend and holiday are no working days: 3 days after Friday the 14th is Thursday the 20th. */
static void test_course(void **state)
{
    struct arena *a = *state;
    struct service_complaint c = sent("complaint");
    due_is(a, &c, "2026-08-20", "Verifikasi");
    assert_int_equal(act(a, &c, SERVICE_ANSWER, true, "2026-08-18"), ERR_CONFLICT);
    assert_string_equal(c.state, "sent");
    assert_int_equal(act(a, &c, SERVICE_VERIFY, false, "2026-08-18"), ERR_OK);
    due_is(a, &c, "2026-08-24", "Tanggapan pertama");
    assert_int_equal(act(a, &c, SERVICE_VERIFY, false, "2026-08-18"), ERR_CONFLICT);
    assert_int_equal(act(a, &c, SERVICE_HANDLE, true, "2026-08-19"), ERR_OK);
    assert_string_equal(c.responded, "2026-08-19");
    due_is(a, &c, "2026-09-04", "Jawaban akhir");
    assert_int_equal(act(a, &c, SERVICE_ANSWER, true, "2026-08-21"), ERR_OK);
    assert_string_equal(c.responded, "2026-08-19");
    due_is(a, &c, "2026-09-04", "Ditutup sendiri");
    assert_int_equal(act(a, &c, SERVICE_AUTO_CLOSE, false, "2026-09-04"), ERR_CONFLICT);
    assert_int_equal(act(a, &c, SERVICE_AUTO_CLOSE, false, "2026-09-05"), ERR_OK);
    assert_string_equal(c.state, "done");
    assert_string_equal(c.ended, "2026-09-05");
    due_is(a, &c, "", "");
    assert_int_equal(act(a, &c, SERVICE_REOPEN, true, "2026-09-05"), ERR_CONFLICT); /* too late */
}

static void test_reopened(void **state)
{
    struct arena *a = *state;
    struct service_complaint c = sent("information");
    assert_int_equal(act(a, &c, SERVICE_VERIFY, true, FRIDAY), ERR_OK);
    assert_string_equal(c.responded, FRIDAY);
    due_is(a, &c, "2026-08-24", "Jawaban akhir");
    assert_int_equal(act(a, &c, SERVICE_ANSWER, true, FRIDAY), ERR_OK);
    assert_int_equal(act(a, &c, SERVICE_CLOSE, false, "2026-08-18"), ERR_OK);
    assert_int_equal(act(a, &c, SERVICE_REOPEN, true, "2026-09-01"), ERR_CONFLICT);
    assert_int_equal(act(a, &c, SERVICE_REOPEN, true, "2026-08-31"), ERR_OK); /* the tenth day */
    assert_int_equal(c.reopened_count, 1);
    assert_string_equal(c.ended, "");
    due_is(a, &c, "2026-09-07", "Jawaban akhir"); /* counted from the reopening */
}

static void test_rejected(void **state)
{
    struct arena *a = *state;
    struct service_complaint c = sent("complaint");
    assert_int_equal(act(a, &c, SERVICE_REJECT, true, "2026-08-18"), ERR_OK);
    assert_string_equal(c.ended, "2026-08-18");
    assert_int_equal(act(a, &c, SERVICE_REOPEN, true, "2026-08-18"), ERR_CONFLICT);
    due_is(a, &c, "", "");
}

static void test_figures(void **state)
{
    struct arena *a = *state;
    struct calendar cal = calendar_of_test();
    struct service_limits l = standard_limits();
    struct service_month m[13];
    struct service_complaint list[4] = {sent("complaint"), sent("supervisory"), sent("aspiration"),
                                        sent("complaint")};
    list[2].received = "2026-01-05";
    assert_int_equal(act(a, &list[0], SERVICE_VERIFY, true, "2026-08-18"), ERR_OK);
    assert_int_equal(act(a, &list[0], SERVICE_ANSWER, true, "2026-09-04"), ERR_OK);
    assert_int_equal(act(a, &list[3], SERVICE_VERIFY, true, "2026-08-18"), ERR_OK);
    assert_int_equal(act(a, &list[3], SERVICE_ANSWER, true, "2026-09-07"), ERR_OK);
    service_months(&cal, &l, list, 4, calendar_day("2026-09-08"), m);
    assert_int_equal(m[7].received, 3);
    assert_int_equal(m[7].on_time, 1); /* the last day is in time */
    assert_int_equal(m[7].late, 1);
    assert_int_equal(m[7].category[1], 1);
    assert_int_equal(m[0].late, 1); /* nobody answered since January */
    assert_int_equal(m[12].received, 4);
    assert_int_equal(m[12].answered, 2);
}

/* --- information requests ------------------------------------------------------------------------------------- */

static struct info_request request(void)
{
    return (struct info_request){.received = FRIDAY,
                                 .extended = "",
                                 .answered = "",
                                 .answer = "",
                                 .objected = "",
                                 .ground = "",
                                 .decided = ""};
}

static enum err may(enum info_act what, const char *day, const struct info_request *r)
{
    struct calendar cal = calendar_of_test();
    return info_may(&cal, what, calendar_day(day), r).err;
}

static void test_information(void **state)
{
    struct arena *a = *state;
    struct calendar cal = calendar_of_test();
    struct info_request r = request();
    assert_string_equal(calendar_day_text(a, info_answer_day(&cal, &r)), "2026-08-31");
    assert_int_equal(may(INFO_OBJECT, "2026-08-31", &r), ERR_CONFLICT);
    assert_int_equal(may(INFO_OBJECT, "2026-09-01", &r), ERR_OK); /* nobody answered */
    assert_int_equal(may(INFO_EXTEND, "2026-09-01", &r), ERR_CONFLICT);
    assert_int_equal(may(INFO_EXTEND, "2026-08-31", &r), ERR_OK);
    r.extended = "2026-08-31";
    assert_string_equal(calendar_day_text(a, info_answer_day(&cal, &r)), "2026-09-09");
    assert_int_equal(may(INFO_EXTEND, "2026-08-31", &r), ERR_CONFLICT); /* once */
    r.answered = "2026-09-09";
    assert_int_equal(info_due_of(&cal, &r).day, CALENDAR_NO_DAY);
    assert_int_equal(may(INFO_DECIDE, "2026-09-09", &r), ERR_CONFLICT);
    assert_int_equal(may(INFO_OBJECT, "2026-10-21", &r), ERR_OK); /* the thirtieth working day */
    assert_int_equal(may(INFO_OBJECT, "2026-10-22", &r), ERR_CONFLICT);
    r.objected = "2026-09-10";
    assert_string_equal(info_due_of(&cal, &r).label, "Jawaban atas keberatan");
    assert_int_equal(may(INFO_OBJECT, "2026-09-11", &r), ERR_CONFLICT);
    assert_int_equal(may(INFO_DECIDE, "2026-09-11", &r), ERR_OK);
}

/* --- the standard ----------------------------------------------------------------------------------------------- */

static void test_shipped(void **state)
{
    struct arena *a = *state;
    const struct office kapuas = {
        .code = "O.2.12", .name = "Kejaksaan Negeri Kapuas", .address = "Jl. A. Yani No. 63"};
    const struct office other = {.code = "O.1.1", .name = "Kejaksaan Negeri Contoh"};
    struct standard s = standard_shipped(a, &kapuas), t = standard_shipped(a, &other);
    assert_int_equal(standard_check(&s).err, ERR_OK);
    assert_string_equal(s.decree, "KEP-19/O.2.12/Cr.5/06/2024");
    assert_string_equal(t.decree, ""); /* another office has decreed nothing */
    assert_int_equal(standard_line_count(s.parts[STANDARD_PROCEDURE]), 9);
    assert_string_equal(standard_line(a, s.parts[STANDARD_PROCEDURE], 1),
                        "Tamu melapor di PTSP Kejaksaan Negeri Kapuas");
    assert_non_null(strstr(t.parts[STANDARD_PROCEDURE], "PTSP Kejaksaan Negeri Contoh"));
    for (size_t i = 0; i < STANDARD_PARTS; i++) {
        assert_null(strstr(s.parts[i], "kejakaan"));
        assert_null(strchr(s.parts[i], '{'));
    }
    assert_null(
        strstr(s.parts[STANDARD_REQUIREMENTS], "Office")); /* asked of officers, not of guests */
    assert_non_null(strstr(s.parts[STANDARD_SKILLS], "Excel"));
    assert_true(standard_line_count(s.parts[STANDARD_COMPLAINTS]) > 0);
}

static void test_check(void **state)
{
    const struct office o = {.code = "O.2.12", .name = "K", .address = "J"};
    struct standard s = standard_shipped(*state, &o);
    s.stop_step = 10;
    assert_string_equal(standard_check(&s).field, "stop_step");
    s.stop_step = s.start_step;
    assert_string_equal(standard_check(&s).field, "stop_step");
    s.stop_step = 9;
    assert_int_equal(standard_check(&s).err, ERR_OK);
    s.parts[STANDARD_FEE] = "\n\n";
    assert_string_equal(standard_check(&s).field, "fee");
}

/* A further standard may be in days; the one whose clock is measured is in minutes. */
static void test_units(void **state)
{
    const struct office o = {.code = "O.2.12", .name = "K", .address = "J"};
    struct standard s = standard_shipped(*state, &o);
    s.limit_unit = "working_day";
    assert_string_equal(standard_check(&s).field, "limit_unit");
    s.kind = "informasi-publik";
    assert_int_equal(standard_check(&s).err, ERR_OK);
}

static void test_codes(void **state)
{
    struct arena *a = *state;
    assert_string_equal(standard_code(a, "Standar Pelayanan Informasi Publik"), "informasi-publik");
    assert_string_equal(standard_code(a, "  Pengembalian -- Barang/Bukti (umum)! "),
                        "pengembalian-barang-bukti-umum");
    assert_string_equal(standard_code(a, "\xd8\xa7 ../..\\"), "layanan");
    assert_string_equal(standard_code(a, ""), "layanan");
    const char *longest = standard_code(a,
                                        "aaaaaaaaaa bbbbbbbbbb cccccccccc dddddddddd eeeeeeeeee");
    assert_true(strlen(longest) <= 48);
    assert_true(longest[strlen(longest) - 1] != '-');
}

static void test_drafts(void **state)
{
    struct arena *a = *state;
    const struct office o = {.code = "O.1.1", .name = "Kejaksaan Negeri Contoh"};
    size_t count = 0;
    for (const struct standard_draft *d = standard_drafts; d->code; d++, count++) {
        struct standard s = standard_draft_of(a, &o, d->code);
        s.kind = d->code;
        assert_string_equal(standard_code(a, s.title), d->code);
        assert_string_equal(s.decree, ""); /* the office decrees it */
        assert_non_null(strstr(s.parts[STANDARD_PROCEDURE], "PTSP Kejaksaan Negeri Contoh"));
        for (size_t i = 0; i < STANDARD_PARTS; i++)
            assert_null(strchr(s.parts[i], '{'));
        s.parts[STANDARD_TIME] = "satu hari"; /* what the office adds where no law says it */
        assert_int_equal(standard_check(&s).err, ERR_OK);
    }
    assert_int_equal(count, 2);
    struct standard none = standard_draft_of(a, &o, "tidak-ada");
    assert_string_equal(none.title, "");
    assert_string_equal(standard_check(&none).field, "requirements");
}

static void test_filters(void **state)
{
    (void)state;
    struct service_complaint c = sent("complaint");
    struct service_filter f = {.state = "open", .category = ""};
    assert_true(service_filter_holds(&f, &c, false));
    f.late = true;
    assert_false(service_filter_holds(&f, &c, false));
    assert_true(service_filter_holds(&f, &c, true));
    f.category = "aspiration";
    assert_false(service_filter_holds(&f, &c, true));
    f = (struct service_filter){.state = "done", .category = "complaint"};
    assert_false(service_filter_holds(&f, &c, false));
    c.state = "done";
    assert_true(service_filter_holds(&f, &c, false));
    f.state = "open";
    assert_false(service_filter_holds(&f, &c, false));
    f.state = "";
    assert_true(service_filter_holds(&f, &c, false));
    struct info_request r = request();
    assert_true(info_filter_holds("open", &r) && info_filter_holds("", &r));
    r.answered = "2026-08-20";
    r.answer = "refused";
    assert_true(info_filter_holds("refused", &r) && info_filter_holds("answered", &r));
    assert_false(info_filter_holds("open", &r) || info_filter_holds("objected", &r));
    r.objected = "2026-08-21";
    assert_true(info_filter_holds("open", &r) && info_filter_holds("objected", &r));
    r.decided = "2026-08-24";
    assert_false(info_filter_holds("open", &r));
}

static void test_late(void **state)
{
    (void)state;
    struct calendar cal = calendar_of_test();
    struct service_limits l = standard_limits();
    struct service_complaint c = sent("complaint");
    assert_false(service_is_late(&cal, &l, &c, calendar_day("2026-08-20")));
    assert_true(service_is_late(&cal, &l, &c, calendar_day("2026-08-21")));
    c.state = "answered";
    c.answered = "2026-08-21";
    assert_false(service_is_late(&cal, &l, &c, calendar_day("2027-08-21")));
}

static void test_reaction(void **state)
{
    struct info_request r = request();
    r.reacted = "";
    r.answered = r.objected = "2026-08-20";
    assert_int_equal(may(INFO_REACT, "2026-08-20", &r), ERR_CONFLICT);
    r.decided = "2026-08-24";
    assert_int_equal(may(INFO_REACT, "2026-08-24", &r), ERR_OK);
    r.reacted = "2026-08-25";
    assert_int_equal(may(INFO_REACT, "2026-08-25", &r), ERR_CONFLICT);
    assert_string_equal(info_objection_text(*state, &r), "");
    r.objection_year = 2026;
    r.objection_number = 12;
    assert_string_equal(info_objection_text(*state, &r), "KB-0012/2026");
}

static void test_gaps(void **state)
{
    (void)state;
    const struct guideline_reader readers[] = {{"rina", "2026-08-01"}};
    const struct certificate certificates[] = {
        {.staff_id = "rina", .kind = "word", .expires = "2026-08-13"},
        {.staff_id = "rina", .kind = "word", .expires = "2026-08-14"},
        {.staff_id = "rina", .kind = "excel", .expires = ""},
        {.staff_id = "yuli", .kind = "excel", .expires = "2026-08-13"}};
    const struct skill_facts f = {readers, 1, certificates, 4, true};
    struct skill_gap g = standard_skill_gap(&f, "rina", FRIDAY);
    assert_false(g.guideline || g.word || g.excel);
    g = standard_skill_gap(&f, "rina", "2026-08-15");
    assert_true(g.word && !g.excel);
    g = standard_skill_gap(&f, "yuli", FRIDAY);
    assert_true(g.guideline && g.word && g.excel);
    const struct skill_facts none = {NULL, 0, NULL, 0, false};
    assert_false(standard_skill_gap(&none, "rina", FRIDAY).guideline); /* there is nothing to read */
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_course),      CASE(test_reopened), CASE(test_rejected), CASE(test_figures),
        CASE(test_information), CASE(test_shipped),  CASE(test_check),    CASE(test_gaps),
        CASE(test_units),       CASE(test_codes),    CASE(test_drafts),   CASE(test_filters),
        CASE(test_late),        CASE(test_reaction)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

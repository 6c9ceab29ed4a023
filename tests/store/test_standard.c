/* Standards side by side in a real database: versions and the days from which they hold, addresses that are taken,
 * withdrawing; the numbers of objections. */
#include "office_fixture.h"

#include "features/service/service.h"
#include "features/standard/standard.h"

#define TODAY "2026-07-23"

static const struct db_sql *const *const tables[] = {
    audit_statements, office_statements, calendar_statements, staff_statements,
    info_statements,  skill_statements,  standard_statements, NULL};

static int begin(void **state)
{
    *state = office_fixture_new(tables);
    return 0;
}

static int end(void **state)
{
    office_fixture_free(*state);
    return 0;
}

static struct visit_act act(struct office_fixture *o)
{
    return (struct visit_act){o->office, "user", "01890000-0000-7000-8000-000000000001",
                              o->cx->now_ms};
}

/* kind NULL: a further service, called after the title. */
static enum err save(struct office_fixture *o, const char *kind, const char *title,
                     const char *valid_from, const char **ret_kind)
{
    struct arena *a = o->cx->arena;
    struct standard_save s = {.act = act(o),
                              .shipped_id = cx_new_id(o->cx),
                              .new_kind = !kind,
                              .standard = {.id = cx_new_id(o->cx),
                                           .kind = kind ? kind : standard_code(a, title),
                                           .title = title,
                                           .decree = "KEP-1",
                                           .valid_from = valid_from,
                                           .limit_count = 10,
                                           .limit_unit = "minute",
                                           .start_step = 1,
                                           .stop_step = 2}};
    for (size_t i = 0; i < STANDARD_PARTS; i++)
        s.standard.parts[i] = arena_printf(a, "%s %zu", title, i);
    enum err e = db_tx(o->cx, "standard_save", standard_save_tx, &s);
    if (ret_kind)
        *ret_kind = arena_strdup(a, s.standard.kind);
    return e;
}

static struct standard current(struct office_fixture *o, const char *kind, const char *day)
{
    struct standard s;
    assert_int_equal(standard_current(o->cx->read, o->office, kind, day, &s), ERR_OK);
    return s;
}

static void test_versions_hold_from_their_day(void **state)
{
    struct office_fixture *o = *state;
    assert_string_equal(current(o, STANDARD_BOOK, TODAY).id, STANDARD_SHIPPED);
    assert_int_equal(save(o, STANDARD_BOOK, "Baru", "2026-08-01", NULL), ERR_OK);
    struct standard s = current(o, STANDARD_BOOK, TODAY);
    assert_int_equal(s.version, 1); /* what was shipped, kept */
    assert_string_equal(s.decree, "KEP-19/O.2.12/Cr.5/06/2024");
    assert_string_equal(s.limit_unit, "minute");
    assert_int_equal(current(o, STANDARD_BOOK, "2026-07-31").version, 1);
    s = current(o, STANDARD_BOOK, "2026-08-01");
    assert_int_equal(s.version, 2);
    assert_string_equal(s.parts[STANDARD_EVALUATION], "Baru 13");
    assert_int_equal(save(o, STANDARD_BOOK, "Lagi", "2026-07-01", NULL), ERR_OK);
    assert_int_equal(current(o, STANDARD_BOOK, TODAY).version, 3);
    struct standard *versions = NULL;
    size_t count = 0;
    assert_int_equal(standard_versions(o->cx->read, o->office, STANDARD_BOOK, &versions, &count),
                     ERR_OK);
    assert_int_equal(count, 3);
    assert_int_equal(versions[0].version, 3);
    assert_int_equal(office_fixture_entries(o, o->office, "standard_changed"), 2);
}

static void test_services_side_by_side(void **state)
{
    struct office_fixture *o = *state;
    const char *one = NULL, *two = NULL, *book = NULL;
    struct standard_kind *kinds = NULL, kind;
    struct standard s;
    size_t count = 0;
    assert_int_equal(save(o, NULL, "Standar Pelayanan Informasi Publik", "2026-09-01", &one),
                     ERR_OK);
    assert_int_equal(save(o, NULL, "Informasi publik", TODAY, &two), ERR_OK);
    assert_int_equal(save(o, NULL, "Tamu", TODAY, &book), ERR_OK); /* is not the visitor book's */
    assert_string_equal(one, "informasi-publik");
    assert_string_equal(two, "informasi-publik-2");
    assert_string_equal(book, "tamu-2");
    assert_int_equal(current(o, one, TODAY).version, 1); /* the first, though it holds later */
    assert_int_equal(save(o, two, "Informasi publik dua", TODAY, NULL), ERR_OK);
    assert_int_equal(current(o, two, TODAY).version, 2);
    assert_int_equal(current(o, one, TODAY).version, 1);
    assert_string_equal(current(o, STANDARD_BOOK, TODAY).id, STANDARD_SHIPPED);
    assert_int_equal(save(o, "tidak-ada", "X", TODAY, NULL), ERR_MISSING);
    assert_int_equal(standard_current(o->cx->read, o->office, "tidak-ada", TODAY, &s), ERR_MISSING);
    assert_int_equal(standard_current(o->cx->read, "lain", one, TODAY, &s), ERR_MISSING);
    assert_int_equal(standard_kinds(o->cx->read, o->office, &kinds, &count), ERR_OK);
    assert_int_equal(count, 4);
    assert_string_equal(kinds[0].code, STANDARD_BOOK);
    struct standard_end e = {.act = act(o), .kind = two, .day = TODAY};
    assert_int_equal(db_tx(o->cx, "end", standard_end_tx, &e), ERR_OK);
    assert_int_equal(standard_kind_get(o->cx->read, o->office, two, &kind), ERR_OK);
    assert_string_equal(kind.ended, TODAY);
    assert_int_equal(current(o, two, TODAY).version, 2); /* stays to be read */
    e.day = "";
    assert_int_equal(db_tx(o->cx, "end", standard_end_tx, &e), ERR_OK);
    assert_int_equal(standard_kind_get(o->cx->read, o->office, two, &kind), ERR_OK);
    assert_string_equal(kind.ended, "");
    e.kind = STANDARD_BOOK;
    assert_int_equal(db_tx(o->cx, "end", standard_end_tx, &e), ERR_MISSING);
    assert_int_equal(office_fixture_entries(o, o->office, "standard_withdrawn"), 1);
    assert_int_equal(office_fixture_entries(o, o->office, "standard_restored"), 1);
}

static void test_there_is_an_end_of_them(void **state)
{
    struct office_fixture *o = *state;
    for (int i = 0; i < STANDARD_KINDS; i++)
        assert_int_equal(save(o, NULL, "Layanan", TODAY, NULL), ERR_OK);
    assert_int_equal(save(o, NULL, "Layanan", TODAY, NULL), ERR_LIMIT);
}

/* --- objections -------------------------------------------------------------------------------------------------- */

static const char *ask(struct office_fixture *o, const char *received)
{
    struct info_new n = {.act = act(o)};
    n.request = (struct info_request){.id = cx_new_id(o->cx),
                                      .received = received,
                                      .way = "file",
                                      .name_sealed = {(const uint8_t *)"x", 1},
                                      .request_sealed = {(const uint8_t *)"y", 1}};
    assert_int_equal(db_tx(o->cx, "info_new", info_new_tx, &n), ERR_OK);
    return n.request.id;
}

static enum err move(struct office_fixture *o, const char *id, enum info_act what,
                     const char *choice)
{
    struct info_move m = {.act = act(o),
                          .what = what,
                          .id = id,
                          .choice = choice,
                          .text_sealed = {(const uint8_t *)"z", 1}};
    return db_tx(o->cx, "info_move", info_move_tx, &m);
}

static void test_objections_are_numbered(void **state)
{
    struct office_fixture *o = *state;
    const char *first = ask(o, TODAY), *second = ask(o, TODAY), *third = ask(o, TODAY);
    assert_int_equal(move(o, third, INFO_ANSWER, "refused"), ERR_OK);
    assert_int_equal(move(o, first, INFO_ANSWER, "partly"), ERR_OK);
    assert_int_equal(move(o, third, INFO_OBJECT, "a"), ERR_OK);
    assert_int_equal(move(o, third, INFO_OBJECT, "b"), ERR_CONFLICT);
    assert_int_equal(move(o, second, INFO_OBJECT, "c"), ERR_CONFLICT); /* its time is not over */
    assert_int_equal(move(o, first, INFO_OBJECT, "e"), ERR_OK);
    assert_int_equal(move(o, third, INFO_REACT, ""), ERR_CONFLICT);
    assert_int_equal(move(o, third, INFO_DECIDE, "Hendra, Kajari"), ERR_OK);
    assert_int_equal(move(o, third, INFO_REACT, ""), ERR_OK);
    struct info_request *list = NULL;
    size_t count = 0;
    assert_int_equal(info_objections(o->cx->read, o->office, 2026, &list, &count), ERR_OK);
    assert_int_equal(count, 2);
    assert_string_equal(list[0].id, third); /* by the order in which they objected */
    assert_int_equal(list[0].objection_number, 1);
    assert_string_equal(list[0].superior, "Hendra, Kajari");
    assert_string_equal(list[0].reacted, TODAY);
    assert_string_equal(list[0].ground, "a");
    assert_int_equal(list[1].objection_number, 2);
    assert_int_equal(info_objections(o->cx->read, o->office, 2025, &list, &count), ERR_OK);
    assert_int_equal(count, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_versions_hold_from_their_day), CASE(test_services_side_by_side),
        CASE(test_there_is_an_end_of_them), CASE(test_objections_are_numbered)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

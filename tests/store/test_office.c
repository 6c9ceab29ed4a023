/* The office in the database: set-up once, policy, recovery key, and the pools of badges, places, rooms. */
#include "office_fixture.h"

#include "lib/base/str.h"
#include "lib/replay/replay.h"

DB_SQL(test_hold_badge,
       "INSERT INTO badge_hold (office_id, id, visit_id, badge_id, label, issued_at,"
       " issued_by) VALUES ($1, $2, $3, $4, 'A-01', 5, 'rina')");
DB_SQL(test_put_item,
       "INSERT INTO item (office_id, id, visit_id, kind, label, place_id, slot, taken_at,"
       " taken_by) VALUES ($1, $2, $3, 'phone', '', $4, '1', 5, 'rina')");
DB_SQL(test_return_item, "UPDATE item SET returned_at = 9, returned_by = 'rina'"
                         " WHERE office_id = $1 AND id = $2");

static const struct db_sql *const test_sql[] = {&test_hold_badge, &test_put_item, &test_return_item,
                                                NULL};
static const struct db_sql *const *const tables[] = {
    office_statements, office_pool_statements, staff_statements, session_statements,
    audit_statements,  replay_statements,      test_sql,         NULL};

static int set_up(void **state)
{
    *state = office_fixture_new(tables);
    return 0;
}

static int tear_down(void **state)
{
    office_fixture_free(*state);
    return 0;
}

struct write_act {
    const struct db_sql *sql;
    const struct db_arg *args;
    size_t count;
};

static enum err write_in_tx(struct db_conn *tx, void *arg)
{
    struct write_act *w = arg;
    return db_run(tx, w->sql, w->args, w->count, NULL);
}

static void write_row(struct office_fixture *o, const struct db_sql *sql, const struct db_arg *args,
                      size_t count)
{
    struct write_act w = {sql, args, count};
    assert_int_equal(db_tx(o->cx, sql->name, write_in_tx, &w), ERR_OK);
}

static void an_installation_has_one_office(void **state)
{
    struct office_fixture *o = *state;
    struct office office = {.office_id = NULL};
    assert_int_equal(office_only(o->cx->read, &office), ERR_OK);
    assert_string_equal(office.office_id, o->office);
    assert_string_equal(office.name, "Kejaksaan Negeri Kapuas");
    assert_string_equal(office.ask_head, "always");
    assert_int_equal(office.head_silence_s, 180);
    assert_int_equal(office.limit_s, 600);
    assert_int_equal(office.notice_name, 0);
    assert_int_equal(office.offset_min, 420);
    assert_int_equal(office.demo, 1);
    assert_null(office.recovery_public.p);
    assert_int_equal(office_fixture_entries(o, o->office, "office_created"), 1);

    const struct office_new another = {.code = "O.2.13", .name = "Kejari lain", .offset_min = 480};
    char id[UUID_TEXT_BYTES] = "untouched";
    assert_int_equal(office_create(o->cx, &another, id), ERR_CONFLICT);
    assert_string_equal(o->cx->diag.code, "office_exists");
    assert_string_equal(id, "untouched");
    office_fixture_next(o);
    const struct office_new nameless = {.code = "O.2.13", .offset_min = 425};
    assert_int_equal(office_create(o->cx, &nameless, id), ERR_INVALID);
    assert_int_equal(o->cx->diag.field_count, 2);
}

static void policy_changes_are_kept_and_audited(void **state)
{
    struct office_fixture *o = *state;
    const struct office_change c = {.name = "Kejari Kapuas",
                                    .address = "Jalan Tambun Bungai",
                                    .ask_head = "when_asked",
                                    .limit_s = 900,
                                    .head_silence_s = 300,
                                    .notice_name = true};
    assert_int_equal(office_update(o->cx, &c), ERR_OK);
    struct office office = {.office_id = NULL};
    assert_int_equal(office_get(o->cx->read, o->office, &office), ERR_OK);
    assert_string_equal(office.name, "Kejari Kapuas");
    assert_string_equal(office.ask_head, "when_asked");
    assert_string_equal(office.phone, "");
    assert_int_equal(office.limit_s, 900);
    assert_int_equal(office.notice_name, 1);
    assert_int_equal(office_fixture_entries(o, o->office, "office_changed"), 1);
    assert_int_equal(office_get(o->cx->read, "0", &office), ERR_MISSING);
}

static void a_confirmed_recovery_key_stays(void **state)
{
    struct office_fixture *o = *state;
    uint8_t first[32] = {1}, second[32] = {2};
    struct office office = {.office_id = NULL};
    assert_int_equal(office_set_recovery(o->cx, first, false), ERR_OK);
    assert_int_equal(office_set_recovery(o->cx, second, false),
                     ERR_OK); /* the first was never used */
    assert_int_equal(office_get(o->cx->read, o->office, &office), ERR_OK);
    assert_int_equal(office.recovery_confirmed_at, 0);
    assert_memory_equal(office.recovery_public.p, second, 32);
    assert_int_equal(office_set_recovery(o->cx, second, true), ERR_OK);
    assert_int_equal(office_set_recovery(o->cx, first, true), ERR_CONFLICT);
    assert_string_equal(o->cx->diag.code, "recovery_confirmed");
    assert_int_equal(office_get(o->cx->read, o->office, &office), ERR_OK);
    assert_int_equal(office.recovery_confirmed_at, NOW_MS);
    assert_memory_equal(office.recovery_public.p, second, 32);
}

static void badges_are_unique_by_label(void **state)
{
    struct office_fixture *o = *state;
    char id[UUID_TEXT_BYTES], other[UUID_TEXT_BYTES] = "untouched";
    assert_int_equal(office_badge_add(o->cx, " a-07 ", id), ERR_OK);
    struct badge badge = {.id = NULL};
    assert_int_equal(office_badge_by_label(o->cx->read, o->office, "A-07", &badge), ERR_OK);
    assert_string_equal(badge.id, id);
    assert_string_equal(badge.state, "ready");
    assert_int_equal(office_badge_by_label(o->cx->read, o->office, "A-08", &badge), ERR_MISSING);
    assert_int_equal(office_fixture_entries(o, id, "badge_added"), 1);

    assert_int_equal(office_badge_add(o->cx, "A-07", other), ERR_CONFLICT);
    assert_string_equal(o->cx->diag.code, "label_exists");
    assert_string_equal(o->cx->diag.fields->field, "label");
    assert_string_equal(other, "untouched");
    office_fixture_next(o);
    assert_int_equal(office_badge_add(o->cx, "  ", other), ERR_INVALID);
}

static void a_range_is_added_whole_or_not_at_all(void **state)
{
    struct office_fixture *o = *state;
    static const char *const labels[] = {"A-01", "A-02", "A-03"};
    static const char *const overlap[] = {"A-00", "A-03"};
    const struct pool_add three = {.pool = POOL_BADGE, .labels = labels, .count = 3};
    const struct pool_add two = {.pool = POOL_BADGE, .labels = overlap, .count = 2};
    char(*ids)[UUID_TEXT_BYTES] = NULL;
    assert_int_equal(office_pool_add(o->cx, &three, &ids), ERR_OK);
    assert_int_equal(office_pool_add(o->cx, &two, &ids), ERR_CONFLICT);
    struct badge badge = {.id = NULL};
    assert_int_equal(office_badge_by_label(o->cx->read, o->office, "A-00", &badge), ERR_MISSING);

    struct pool_row *rows = NULL;
    size_t count = 0;
    assert_int_equal(office_pool_page(o->cx->read, POOL_BADGE, o->office, "", 2, &rows, &count),
                     ERR_OK);
    assert_int_equal(count, 2);
    assert_string_equal(rows[1].label, "A-02");
    assert_int_equal(
        office_pool_page(o->cx->read, POOL_BADGE, o->office, rows[1].id, 2, &rows, &count), ERR_OK);
    assert_int_equal(count, 1);
    assert_string_equal(rows[0].label, "A-03");
}

static void a_repeated_request_adds_once(void **state)
{
    struct office_fixture *o = *state;
    static const char *const labels[] = {"A-01", "A-02"};
    static const char *const others[] = {"A-03", "A-04"};
    uint8_t body[32] = {7}, another_body[32] = {8};
    struct replay key, reused;
    assert_int_equal(replay_prepare(o->cx, "kunci-1", "POST /tanda-pengenal", body, &key), ERR_OK);
    const struct pool_add add = {.pool = POOL_BADGE, .labels = labels, .count = 2, .replay = &key};
    char(*first)[UUID_TEXT_BYTES] = NULL, (*again)[UUID_TEXT_BYTES] = NULL;
    assert_int_equal(office_pool_add(o->cx, &add, &first), ERR_OK);
    assert_int_equal(office_pool_add(o->cx, &add, &again), ERR_OK);
    assert_string_equal(first[0], again[0]);
    assert_string_equal(first[1], again[1]);
    assert_int_equal(office_fixture_entries(o, first[0], "badge_added"), 1);
    assert_int_equal(
        replay_prepare(o->cx, "kunci-1", "POST /tanda-pengenal", another_body, &reused), ERR_OK);
    const struct pool_add wrong = {
        .pool = POOL_BADGE, .labels = others, .count = 2, .replay = &reused};
    assert_int_equal(office_pool_add(o->cx, &wrong, &again), ERR_INVALID);
    assert_string_equal(o->cx->diag.code, "idempotency_key_reused");
    struct badge badge = {.id = NULL};
    assert_int_equal(office_badge_by_label(o->cx->read, o->office, "A-03", &badge), ERR_MISSING);
}

static void a_badge_that_is_out_keeps_its_state(void **state)
{
    struct office_fixture *o = *state;
    char id[UUID_TEXT_BYTES];
    assert_int_equal(office_badge_add(o->cx, "A-01", id), ERR_OK);
    write_row(o, &test_hold_badge,
              DB_ARGS(db_text(o->office), db_text("h1"), db_text("v1"), db_text(id)));
    struct pool_row row = {.id = NULL};
    assert_int_equal(office_pool_get(o->cx->read, POOL_BADGE, o->office, id, &row), ERR_OK);
    assert_string_equal(row.state, "out");
    assert_string_equal(row.visit_id, "v1");
    assert_int_equal(row.since, 5);
    assert_int_equal(office_pool_set_state(o->cx, POOL_BADGE, id, "retired"), ERR_CONFLICT);
    assert_string_equal(o->cx->diag.code, "still_held");
    assert_string_equal(o->cx->diag.ref, "v1");
    assert_non_null(strstr(o->cx->diag.message, "A-01"));
}

static void lost_badges_come_back(void **state)
{
    struct office_fixture *o = *state;
    char id[UUID_TEXT_BYTES];
    struct badge badge = {.id = NULL};
    assert_int_equal(office_badge_add(o->cx, "A-01", id), ERR_OK);
    assert_int_equal(office_pool_set_state(o->cx, POOL_BADGE, id, "lost"), ERR_OK);
    assert_int_equal(office_badge_by_label(o->cx->read, o->office, "A-01", &badge), ERR_OK);
    assert_string_equal(badge.state, "lost");
    assert_int_equal(office_pool_set_state(o->cx, POOL_BADGE, id, "ready"), ERR_OK);
    assert_int_equal(office_pool_set_state(o->cx, POOL_BADGE, id, "ready"), ERR_OK);
    assert_int_equal(office_fixture_entries(o, id, "badge_changed"), 2); /* a second click is none */
    assert_int_equal(office_pool_set_state(o->cx, POOL_BADGE, id, "out"), ERR_INVALID);
    assert_int_equal(office_pool_set_state(o->cx, POOL_BADGE, "none", "lost"), ERR_MISSING);
    assert_int_equal(office_pool_set_state(o->cx, POOL_PLACE, id, "lost"), ERR_INVALID);
}

static void the_first_free_place_is_by_number(void **state)
{
    struct office_fixture *o = *state;
    char two[UUID_TEXT_BYTES], ten[UUID_TEXT_BYTES], slot[UUID_TEXT_BYTES];
    struct place place = {.id = NULL};
    assert_int_equal(office_place_free(o->cx->read, o->office, "locker", &place), ERR_MISSING);
    assert_int_equal(office_place_add(o->cx, "locker", "10", ten), ERR_OK);
    assert_int_equal(office_place_add(o->cx, "locker", "2", two), ERR_OK);
    assert_int_equal(office_place_add(o->cx, "slot", "2", slot), ERR_OK); /* kinds do not clash */
    assert_int_equal(office_place_add(o->cx, "slot", "2", slot), ERR_CONFLICT);

    assert_int_equal(office_place_free(o->cx->read, o->office, "locker", &place), ERR_OK);
    assert_string_equal(place.id, two);
    write_row(o, &test_put_item,
              DB_ARGS(db_text(o->office), db_text("i1"), db_text("v1"), db_text(two)));
    assert_int_equal(office_place_free(o->cx->read, o->office, "locker", &place), ERR_OK);
    assert_string_equal(place.id, ten);
    office_fixture_next(o);
    assert_int_equal(office_pool_set_state(o->cx, POOL_PLACE, two, "retired"), ERR_CONFLICT);
    assert_int_equal(office_pool_set_state(o->cx, POOL_PLACE, ten, "retired"), ERR_OK);
    assert_int_equal(office_place_free(o->cx->read, o->office, "locker", &place), ERR_MISSING);
    write_row(o, &test_return_item, DB_ARGS(db_text(o->office), db_text("i1")));
    assert_int_equal(office_place_free(o->cx->read, o->office, "locker", &place), ERR_OK);
    assert_string_equal(place.id, two);
    assert_int_equal(office_place_by_label(o->cx->read, o->office, "slot", "2", &place), ERR_OK);
    assert_int_equal(office_place_by_label(o->cx->read, o->office, "slot", "10", &place),
                     ERR_MISSING);
}

static void places_are_paged_in_order(void **state)
{
    struct office_fixture *o = *state;
    static const char *const labels[] = {"1", "2", "3", "11"};
    const struct pool_add four = {
        .pool = POOL_PLACE, .kind = "locker", .labels = labels, .count = 4};
    static const char *const expected[] = {"1", "2", "3", "11", "K-1"};
    char(*ids)[UUID_TEXT_BYTES] = NULL;
    char id[UUID_TEXT_BYTES];
    assert_int_equal(office_place_add(o->cx, "slot", "k-1", id), ERR_OK);
    assert_int_equal(office_pool_add(o->cx, &four, &ids), ERR_OK);
    const char *cursor = "";
    for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
        struct pool_row *rows = NULL;
        size_t count = 0;
        assert_int_equal(
            office_pool_page(o->cx->read, POOL_PLACE, o->office, cursor, 1, &rows, &count), ERR_OK);
        assert_int_equal(count, 1);
        assert_string_equal(rows[0].label, expected[i]);
        cursor = rows[0].id;
    }
}

static void rooms_keep_their_order(void **state)
{
    struct office_fixture *o = *state;
    char second[UUID_TEXT_BYTES], first[UUID_TEXT_BYTES];
    assert_int_equal(office_room_add(o->cx, " Ruang tunggu 2 ", second), ERR_OK);
    assert_int_equal(office_room_add(o->cx, "Ruang tunggu 1", first), ERR_OK);
    struct room *rooms = NULL;
    size_t count = 0;
    assert_int_equal(office_rooms(o->cx->read, o->office, &rooms, &count), ERR_OK);
    assert_int_equal(count, 2);
    assert_string_equal(rooms[0].label, "Ruang tunggu 2");
    assert_int_equal(office_pool_set_state(o->cx, POOL_ROOM, second, "retired"), ERR_OK);
    assert_int_equal(office_rooms(o->cx->read, o->office, &rooms, &count), ERR_OK);
    assert_int_equal(count, 1);
    assert_string_equal(rooms[0].label, "Ruang tunggu 1");
}

/* The sheet is asked for a month before a year has passed since it was typed back or last tried. */
static void the_drill_is_kept_and_comes_again(void **state)
{
    struct office_fixture *o = *state;
    const int64_t day = (int64_t)24 * 60 * 60 * 1000;
    struct office seen = {.recovery_confirmed_at = 0};
    assert_int_equal(office_drill_due(&seen), 0);
    assert_false(office_drill_near(&seen, 400 * day));
    seen.recovery_confirmed_at = 10 * day;
    assert_int_equal(office_drill_due(&seen), 375 * day);
    assert_false(office_drill_near(&seen, 345 * day - 1));
    assert_true(office_drill_near(&seen, 345 * day));
    seen.recovery_tested_at = 340 * day;
    assert_int_equal(office_drill_due(&seen), 705 * day);
    assert_false(office_drill_near(&seen, 400 * day));

    assert_int_equal(office_recovery_tested(o->cx, 12), ERR_OK);
    struct office kept = {.office_id = NULL};
    assert_int_equal(office_get(o->cx->read, o->office, &kept), ERR_OK);
    assert_int_equal(kept.recovery_tested_at, o->cx->now_ms);
    assert_int_equal(office_fixture_entries(o, o->office, "recovery_tested"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_installation_has_one_office, set_up, tear_down),
        cmocka_unit_test_setup_teardown(policy_changes_are_kept_and_audited, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_confirmed_recovery_key_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_drill_is_kept_and_comes_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(badges_are_unique_by_label, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_range_is_added_whole_or_not_at_all, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_repeated_request_adds_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_badge_that_is_out_keeps_its_state, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lost_badges_come_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_first_free_place_is_by_number, set_up, tear_down),
        cmocka_unit_test_setup_teardown(places_are_paged_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rooms_keep_their_order, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

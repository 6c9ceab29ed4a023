/* What the pages of the opened complaint stand on: the walk over one's shares, one search at a time, looks at
 * an identity, and the key of a session put away and opened again. */
#include "house_fixture.h"

#include "features/casefile/casefile_store.h"

#define PASSWORD "kuda-sungai-lampu-besi"
#define DAY_MS   INT64_C(86400000)

static int begin(void **state)
{
    *state = house_new();
    return 0;
}

static void add_complaint(struct house *h, const char *id, int64_t day, const char *state)
{
    bool ended = strcmp(state, "done") == 0;
    house_exec(h,
               arena_printf(h->cx->arena,
                            "INSERT INTO complaint (office_id, id, year, number, received_at, "
                            "text_sealed, origin_sealed, state, class, ended_at) VALUES ('%s', "
                            "'%s', 2026, (SELECT count(*) + 1 FROM complaint), %lld, x'00', x'00', "
                            "'%s', 'corruption', %s)",
                            h->office, id, (long long)(NOW_MS + day * DAY_MS), state,
                            ended ? "1" : "NULL"));
}

static void add_share(struct house *h, const char *id, const char *reader)
{
    house_exec(h, arena_printf(h->cx->arena,
                               "INSERT INTO complaint_share VALUES ('%s', '%s', '%s', x'07')",
                               h->office, id, reader));
}

static struct casefile_wanted all_of(const char *reader)
{
    return (struct casefile_wanted){
        .reader_id = reader, .state = "", .class = "", .from = 0, .until = INT64_MAX};
}

static const struct casefile_scan top = {.id = "", .received_at = INT64_MAX};

/* --- the walk ------------------------------------------------------------------------------------------------ */

static void the_walk_sees_each_share_once(void **state)
{
    struct house *h = *state;
    size_t made = CASEFILE_BATCH + 55, seen = 0;
    house_exec(h, "BEGIN");
    for (size_t i = 0; i < made; i++) {
        const char *id = arena_printf(h->cx->arena, "c-%03zu", i);
        add_complaint(h, id, (int64_t)i / 100, "received"); /* a hundred of one day */
        add_share(h, id, ARIEF);
    }
    add_complaint(h, "foreign", 9, "received");
    add_share(h, "foreign", HENDRA);
    house_exec(h, "COMMIT");
    const struct casefile_wanted w = all_of(ARIEF);
    struct casefile_scan below = top;
    char *marks = arena_alloc(h->cx->arena, made);
    for (size_t count = CASEFILE_BATCH; count == CASEFILE_BATCH;) {
        struct casefile_scan *rows = NULL;
        assert_int_equal(casefile_scan(h->cx->read, h->office, &w, &below, &rows, &count), ERR_OK);
        for (size_t i = 0; i < count; i++) {
            int64_t n = -1;
            assert_true(str_to_i64(rows[i].id + 2, 0, (int64_t)made - 1, &n));
            assert_true(rows[i].received_at <= below.received_at);
            assert_int_equal(marks[n]++, 0);
            assert_int_equal(rows[i].share.n, 1);
            below = rows[i];
            seen++;
        }
    }
    assert_int_equal(seen, made);
    int64_t total = 0;
    assert_int_equal(casefile_count(h->cx->read, h->office, &w, &total), ERR_OK);
    assert_int_equal(total, made);
}

static size_t found(struct house *h, const struct casefile_wanted *w)
{
    struct casefile_scan *rows = NULL;
    size_t count = 0;
    int64_t total = 0;
    assert_int_equal(casefile_scan(h->cx->read, h->office, w, &top, &rows, &count), ERR_OK);
    assert_int_equal(casefile_count(h->cx->read, h->office, w, &total), ERR_OK);
    assert_int_equal(total, count);
    return count;
}

static void the_walk_is_narrowed(void **state)
{
    struct house *h = *state;
    static const char *const states[] = {"received", "review", "done"};
    for (size_t i = 0; i < ARRAY_LEN(states); i++) {
        add_complaint(h, states[i], (int64_t)i, states[i]);
        add_share(h, states[i], ARIEF);
    }
    struct casefile_wanted w = all_of(ARIEF);
    assert_int_equal(found(h, &w), 3);
    w.open_only = true;
    assert_int_equal(found(h, &w), 2);
    w.state = "review";
    assert_int_equal(found(h, &w), 1);
    w.class = "information";
    assert_int_equal(found(h, &w), 0);
    w = all_of(ARIEF);
    w.from = NOW_MS + DAY_MS;
    assert_int_equal(found(h, &w), 2);
    w.until = NOW_MS + 2 * DAY_MS;
    assert_int_equal(found(h, &w), 1);
    w = all_of(MARIA);
    assert_int_equal(found(h, &w), 0);
}

/* --- turns and looks -------------------------------------------------------------------------------------------- */

static struct casefile_turn turn_of(struct house *h, const char *staff_id)
{
    return (struct casefile_turn){.office_id = h->office,
                                  .staff_id = staff_id,
                                  .now_ms = h->cx->now_ms,
                                  .until_at = h->cx->now_ms + 1000,
                                  .audit = {.office_id = h->office,
                                            .at = h->cx->now_ms,
                                            .actor_kind = "user",
                                            .actor_id = staff_id,
                                            .action = "complaints_searched",
                                            .subject_kind = "staff",
                                            .subject_id = staff_id,
                                            .detail = "opened=0"}};
}

static void a_turn_is_taken_and_ended(void **state)
{
    struct house *h = *state;
    struct casefile_turn arief = turn_of(h, ARIEF), hendra = turn_of(h, HENDRA);
    assert_int_equal(db_tx(h->cx, "take", casefile_turn_take, &arief), ERR_OK);
    assert_int_equal(db_tx(h->cx, "take", casefile_turn_take, &arief), ERR_CONFLICT);
    assert_int_equal(db_tx(h->cx, "take", casefile_turn_take, &hendra), ERR_OK);
    assert_int_equal(db_tx(h->cx, "end", casefile_turn_end, &arief), ERR_OK);
    assert_int_equal(db_tx(h->cx, "take", casefile_turn_take, &arief), ERR_OK);
    house_later(h, 1000); /* it was broken off */
    arief = turn_of(h, ARIEF);
    assert_int_equal(db_tx(h->cx, "take", casefile_turn_take, &arief), ERR_OK);
    assert_int_equal(office_fixture_entries(h->o, ARIEF, "complaints_searched"), 1);
}

static void note(struct house *h, const char *action)
{
    house_act_as(h, person_of(ROLE_INTEL_CHIEF));
    assert_int_equal(audit_note(h->cx, action, "complaint", "c-1", ""), ERR_OK);
}

static void looks_are_listed_newest_first(void **state)
{
    struct house *h = *state;
    static const char *const actions[] = {
        "complaint_moved",  "complaint_read",     "files_viewed",      "file_fetched",
        "complaint_shared", "complaint_unshared", "complaint_exported"};
    for (size_t i = 0; i < ARRAY_LEN(actions); i++)
        note(h, actions[i]);
    struct audit_entry *entries = NULL;
    size_t count = 0;
    assert_int_equal(casefile_looks(h->cx->read, h->office, "c-1", &entries, &count), ERR_OK);
    assert_int_equal(count, ARRAY_LEN(actions) - 1);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(entries[i].action, actions[ARRAY_LEN(actions) - 1 - i]);
    assert_int_equal(casefile_looks(h->cx->read, h->office, "c-2", &entries, &count), ERR_OK);
    assert_int_equal(count, 0);
}

static void a_look_is_row_and_entry_or_neither(void **state)
{
    struct house *h = *state;
    struct reporter_read_act a = {
        .read = {.id = "look-1", .reader_id = ARIEF, .reason = "other", .at = h->cx->now_ms},
        .complaint_id = "c-1",
        .audit = turn_of(h, ARIEF).audit};
    a.audit.action = "reporter_identity_read";
    a.audit.subject_id = "c-1";
    assert_int_equal(db_tx(h->cx, "look", casefile_identity_tx, &a), ERR_OK);
    assert_int_equal(db_tx(h->cx, "look", casefile_identity_tx, &a), ERR_CONFLICT);
    assert_int_equal(office_fixture_entries(h->o, "c-1", "reporter_identity_read"), 1);
    struct reporter_read *rows = NULL;
    size_t count = 0;
    assert_int_equal(casefile_identity_reads(h->cx->read, h->office, "c-1", &rows, &count), ERR_OK);
    assert_int_equal(count, 1);
    assert_string_equal(rows[0].reason, "other");
    assert_int_equal(rows[0].note_sealed.n, 0);
}

/* --- the key of a session ---------------------------------------------------------------------------------------- */

static void the_key_is_put_away_and_opened(void **state)
{
    struct house *h = *state;
    struct cx *cx = h->cx;
    const struct staff_new n = {.office_id = h->office,
                                .username = "kasi.lain",
                                .name = "Kasi Lain",
                                .title = "",
                                .rank = "",
                                .nip = "",
                                .section = "",
                                .roles = ROLE_INTEL_CHIEF,
                                .password = PASSWORD};
    char id[UUID_TEXT_BYTES];
    char *cookie = NULL;
    assert_int_equal(staff_create(cx, &n, id), ERR_OK);
    assert_int_equal(staff_login(cx, h->office, "kasi.lain", PASSWORD, &cookie), ERR_OK);
    const struct unlocked_key key = cx->key;
    assert_true(key.present);
    assert_int_equal(staff_key_put_away(cx), ERR_OK);
    assert_false(cx->key.present);
    assert_int_equal(staff_auth_session(cx, cookie, false), ERR_OK);
    assert_false(cx->key.present);
    assert_string_equal(house_text(h, "SELECT count(*) FROM session WHERE wrapped_key IS NULL"),
                        "1");
    assert_int_equal(staff_key_open(cx, cookie, "bukan kata sandinya"), ERR_INVALID);
    assert_string_equal(cx->diag.fields->field, "password");
    assert_false(cx->key.present);
    cx->diag = (struct diag){.code = NULL};
    assert_int_equal(staff_key_open(cx, cookie, PASSWORD), ERR_OK);
    assert_memory_equal(cx->key.secret_key, key.secret_key, sizeof(key.secret_key));
    cx->key = (struct unlocked_key){.present = false};
    assert_int_equal(staff_auth_session(cx, cookie, false), ERR_OK);
    assert_true(cx->key.present);
    assert_memory_equal(cx->key.secret_key, key.secret_key, sizeof(key.secret_key));
    assert_int_equal(office_fixture_entries(h->o, id, "key_put_away"), 1);
    assert_int_equal(office_fixture_entries(h->o, id, "key_opened"), 1);
    /* A session that is over gets no key any more. */
    assert_int_equal(staff_logout(cx), ERR_OK);
    assert_int_equal(staff_key_open(cx, cookie, PASSWORD), ERR_AUTH);
    assert_int_equal(staff_auth_session(cx, cookie, false), ERR_AUTH);
}

/* Whoever may be given a complaint must be vouched for first. */
static void a_new_reader_loses_trust(void **state)
{
    struct house *h = *state;
    struct staff rina = {.id = NULL};
    house_act_as(h, person_of(ROLE_ADMIN));
    const struct staff_change c = {.name = "Rina Wahyuni",
                                   .title = "",
                                   .rank = "",
                                   .nip = "",
                                   .section = "",
                                   .roles = ROLE_FRONT_DESK | ROLE_CASE_OFFICER};
    assert_int_equal(staff_update(h->cx, RINA, &c), ERR_OK);
    assert_int_equal(staff_get(h->cx->read, h->office, RINA, &rina), ERR_OK);
    assert_int_equal(rina.key_trusted_at, 0);
    assert_true(staff_key_waits(&rina));
    assert_string_equal(casefile_cannot_receive(&rina), "kunci belum dipercayai");
    assert_int_equal(office_fixture_entries(h->o, RINA, "key_reset"), 1);
    int64_t trusted = 0, waiting = 0;
    assert_int_equal(staff_count_readers(h->cx->read, h->office, &trusted, &waiting), ERR_OK);
    assert_int_equal(trusted, 2);
    assert_int_equal(waiting, 1);
}

#define TEST(name_) cmocka_unit_test_setup_teardown(name_, begin, house_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_walk_sees_each_share_once),      TEST(the_walk_is_narrowed),
        TEST(a_turn_is_taken_and_ended),          TEST(looks_are_listed_newest_first),
        TEST(a_look_is_row_and_entry_or_neither), TEST(the_key_is_put_away_and_opened),
        TEST(a_new_reader_loses_trust),
    };
    return cmocka_run_group_tests_name("casefile_store", tests, NULL, NULL);
}

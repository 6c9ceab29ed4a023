/* The chain of the audit: what is appended, what the walk finds, what the live pages are given. */
#include "house_fixture.h"

struct line {
    const char *action, *subject_kind, *subject_id, *detail;
    int64_t at;
    int64_t seq;
    const char *office;
};

static enum err append_tx(struct db_conn *tx, void *arg)
{
    struct line *l = arg;
    const struct audit_new n = {.office_id = l->office,
                                .at = l->at,
                                .actor_kind = "user",
                                .actor_id = RINA,
                                .action = l->action,
                                .subject_kind = str_or(l->subject_kind, "visit"),
                                .subject_id = l->subject_id,
                                .detail = l->detail};
    return audit_append(tx, &n, &l->seq);
}

static int64_t append(struct house *h, struct line l)
{
    l.office = h->office;
    l.at = l.at ? l.at : h->cx->now_ms;
    assert_int_equal(db_tx(h->cx, "append", append_tx, &l), ERR_OK);
    return l.seq;
}

/* 0: whole; else the first bad sequence. */
static int64_t verify(struct house *h, int64_t *ret_count)
{
    struct arena *scratch = arena_new(16 * 1024);
    int64_t entries = -1, bad = 0;
    enum err e = audit_verify(h->cx->read, scratch, h->office, &entries, &bad);
    db_conn_use_arena(h->cx->read, h->cx->arena);
    arena_free(scratch);
    assert_true(e == ERR_OK || e == ERR_CONFLICT);
    if (e == ERR_OK)
        assert_int_equal(bad, 0);
    else
        assert_int_equal(entries, -1);
    if (ret_count)
        *ret_count = entries;
    return bad;
}

static void entries_are_numbered_and_verify(void **state)
{
    struct house *h = *state;
    int64_t before = 0, entries = 0, head = 0;
    assert_int_equal(audit_head(h->cx->read, h->office, &before), ERR_OK);
    assert_int_equal(verify(h, &entries), 0);
    assert_int_equal(entries, before);
    for (int i = 1; i <= 300; i++) /* more than an arena block */
        assert_int_equal(
            append(h, (struct line){.action = "visit_waiting", .subject_id = "v", .detail = "x=1"}),
            before + i);
    assert_int_equal(audit_head(h->cx->read, h->office, &head), ERR_OK);
    assert_int_equal(head, before + 300);
    assert_int_equal(verify(h, &entries), 0);
    assert_int_equal(entries, before + 300);
    assert_int_equal(audit_head(h->cx->read, "another office", &head), ERR_MISSING);
}

static void time_never_runs_backwards(void **state)
{
    struct house *h = *state;
    const int64_t now = h->cx->now_ms;
    static const int64_t steps[] = {1000, 2000, 500, -86400000, 2000, 2001};
    static const int64_t kept[] = {1000, 2000, 2000, 2000, 2000, 2001};
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        int64_t seq = append(
            h, (struct line){.action = "a", .subject_id = "s", .detail = "", .at = now + steps[i]});
        assert_int_equal(house_number(h, arena_printf(h->cx->arena,
                                                      "SELECT at FROM audit_entry WHERE seq = %lld",
                                                      (long long)seq)),
                         now + kept[i]);
    }
    assert_int_equal(verify(h, NULL), 0);
}

static void a_failed_act_leaves_no_entry(void **state)
{
    struct house *h = *state;
    int64_t before = house_number(h, "SELECT seq FROM audit_head");
    struct line l = {.office = h->office, .at = 1, .action = NULL, .subject_id = "s", .detail = ""};
    assert_int_not_equal(db_tx(h->cx, "append", append_tx, &l), ERR_OK);
    assert_int_equal(house_number(h, "SELECT seq FROM audit_head"), before);
    assert_int_equal(append(h, (struct line){.action = "a", .subject_id = "s", .detail = ""}),
                     before + 1);
    assert_int_equal(verify(h, NULL), 0);
}

/* --- what somebody with the file in hand can do ---------------------------------------------------------- */

static void no_triggers(struct house *h)
{
    house_exec(h, "DROP TRIGGER audit_entry_no_update; DROP TRIGGER audit_entry_no_delete;");
}

static void the_database_refuses_changes(void **state)
{
    struct house *h = *state;
    (void)append(h, (struct line){.action = "a", .subject_id = "s", .detail = ""});
    assert_int_not_equal(sqlite3_exec(h->look, "UPDATE audit_entry SET at = 1", NULL, NULL, NULL),
                         SQLITE_OK);
    assert_int_not_equal(sqlite3_exec(h->look, "DELETE FROM audit_entry", NULL, NULL, NULL),
                         SQLITE_OK);
    assert_int_equal(verify(h, NULL), 0);
}

/* Each at a place chosen at random; the copy is put back after it. %d is the sequence, %d one above. */
static const struct {
    const char *name, *sql;
    int moves; /* the first bad sequence is that of the place plus this */
} mutations[] = {
    {"at", "UPDATE audit_entry SET at = at + 1 WHERE seq = %1$d", 0},
    {"actor kind", "UPDATE audit_entry SET actor_kind = actor_kind || 'x' WHERE seq = %1$d", 0},
    {"actor", "UPDATE audit_entry SET actor_id = '" YULIANA "' WHERE seq = %1$d", 0},
    {"action", "UPDATE audit_entry SET action = action || 'x' WHERE seq = %1$d", 0},
    {"subject kind", "UPDATE audit_entry SET subject_kind = subject_kind || 'x' WHERE seq = %1$d",
     0},
    {"subject", "UPDATE audit_entry SET subject_id = 'other' WHERE seq = %1$d", 0},
    {"detail", "UPDATE audit_entry SET detail = detail || ' ' WHERE seq = %1$d", 0},
    {"empty detail",
     "UPDATE audit_entry SET detail = CASE detail WHEN '' THEN '0' ELSE '' END "
     "WHERE seq = %1$d",
     0},
    {"text moved over",
     "UPDATE audit_entry SET action = action || subject_kind, subject_kind = '' "
     "WHERE seq = %1$d",
     0},
    {"hash", "UPDATE audit_entry SET hash = zeroblob(32) WHERE seq = %1$d", 0},
    {"short hash", "UPDATE audit_entry SET hash = x'00' WHERE seq = %1$d", 0},
    {"deleted", "DELETE FROM audit_entry WHERE seq = %1$d", 0},
    {"deleted and closed up",
     "DELETE FROM audit_entry WHERE seq = %1$d; "
     "UPDATE audit_entry SET seq = -seq WHERE seq > %1$d; "
     "UPDATE audit_entry SET seq = -seq - 1 WHERE seq < 0;",
     0},
    {"swapped",
     "UPDATE audit_entry SET seq = -1 WHERE seq = %1$d; "
     "UPDATE audit_entry SET seq = %1$d WHERE seq = %2$d; "
     "UPDATE audit_entry SET seq = %2$d WHERE seq = -1;",
     0},
    {"inserted",
     "UPDATE audit_entry SET seq = -seq WHERE seq > %1$d; "
     "UPDATE audit_entry SET seq = -seq + 1 WHERE seq < 0; "
     "INSERT INTO audit_entry SELECT office_id, %2$d, at, actor_kind, actor_id, action, "
     "subject_kind, subject_id, detail, hash FROM audit_entry WHERE seq = %1$d;",
     1},
    {"tail cut", "DELETE FROM audit_entry WHERE seq >= %1$d", 0},
    {"another office's", "UPDATE audit_entry SET office_id = 'x' WHERE seq = %1$d", 0},
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* the table's own formats, with two numbers */
#pragma GCC diagnostic ignored "-Wpedantic"
static const char *mutation_sql(struct house *h, size_t i, int place)
{
    char text[1024];
    int n = snprintf(text, sizeof(text), mutations[i].sql, place, place + 1);
    assert_true(n > 0 && n < (int)sizeof(text));
    return arena_strdup(h->cx->arena, text);
}
#pragma GCC diagnostic pop

static void every_change_is_found_and_placed(void **state)
{
    struct house *h = *state;
    for (int i = 0; i < 40; i++)
        (void)append(h, (struct line){.action = i % 2 ? "visit_waiting" : "badge_issued",
                                      .subject_id = arena_printf(h->cx->arena, "v%d", i),
                                      .detail = "badge=A-07",
                                      .at = h->cx->now_ms + i});
    const int64_t entries = house_number(h, "SELECT seq FROM audit_head");
    no_triggers(h);
    house_exec(h, "CREATE TABLE kept AS SELECT * FROM audit_entry");
    uint32_t seed = 20260723;
    for (size_t i = 0; i < ARRAY_LEN(mutations); i++) {
        for (int round = 0; round < 4; round++) {
            seed = seed * 1664525u + 1013904223u;
            /* not the last one: what is swapped or inserted needs a neighbour */
            int place = 1 + (int)((seed >> 8) % (uint32_t)(entries - 1));
            if (round == 0)
                place = 1;
            if (round == 1)
                place = (int)entries - 1;
            house_exec(h, mutation_sql(h, i, place));
            int64_t bad = verify(h, NULL);
            if (bad != place + mutations[i].moves)
                print_error("%s at %d: found at %lld\n", mutations[i].name, place, (long long)bad);
            assert_int_equal(bad, place + mutations[i].moves);
            house_exec(h, "DELETE FROM audit_entry; INSERT INTO audit_entry SELECT * FROM kept");
            assert_int_equal(verify(h, NULL), 0);
        }
    }
    /* the very last entry */
    house_exec(h, "DELETE FROM audit_entry WHERE seq = (SELECT max(seq) FROM audit_entry)");
    assert_int_equal(verify(h, NULL), entries);
    house_exec(h, "DELETE FROM audit_entry");
    assert_int_equal(verify(h, NULL), 1);
}

/* One who also knows how the hash is made (it has no key) must still change the head. */
static void a_forged_end_is_found(void **state)
{
    struct house *h = *state;
    for (int i = 0; i < 5; i++)
        (void)append(h, (struct line){.action = "a", .subject_id = "v", .detail = "x"});
    const int64_t entries = house_number(h, "SELECT seq FROM audit_head");
    no_triggers(h);
    house_exec(h, "CREATE TABLE head AS SELECT * FROM audit_head");
    (void)append(h, (struct line){.action = "forged", .subject_id = "v", .detail = "x"});
    house_exec(
        h, "UPDATE audit_head SET seq = (SELECT seq FROM head), hash = (SELECT hash FROM head), "
           "at = (SELECT at FROM head)");
    assert_int_equal(verify(h, NULL), entries + 1); /* the entry behind the head */

    /* the last entry written anew, with a hash that fits */
    house_exec(h, "DELETE FROM audit_entry WHERE seq > (SELECT seq FROM head)");
    assert_int_equal(verify(h, NULL), 0);
    house_exec(h, "DELETE FROM audit_entry WHERE seq = (SELECT seq FROM head); "
                  "UPDATE audit_head SET seq = seq - 1, hash = (SELECT hash FROM audit_entry "
                  "ORDER BY seq DESC LIMIT 1)");
    (void)append(h, (struct line){.action = "forged", .subject_id = "v", .detail = "x"});
    assert_int_equal(verify(h, NULL), 0);
    house_exec(h, "UPDATE audit_head SET hash = (SELECT hash FROM head)");
    assert_int_equal(verify(h, NULL), entries);
}

/* --- reading -------------------------------------------------------------------------------------------------- */

static void the_live_pages_get_what_concerns_visits(void **state)
{
    struct house *h = *state;
    int64_t first = append(
        h, (struct line){.action = "visit_registered", .subject_id = "v1", .detail = ""});
    (void)append(h, (struct line){.action = "photo_viewed", .subject_id = "v1", .detail = ""});
    (void)append(h, (struct line){.action = "staff_created",
                                  .subject_kind = "staff",
                                  .subject_id = "s",
                                  .detail = ""});
    int64_t second = append(
        h, (struct line){.action = "visit_waiting", .subject_id = "v2", .detail = ""});
    struct audit_entry *e = NULL;
    size_t n = 0;
    assert_int_equal(audit_events_after(h->cx->read, h->office, first - 1, 100, &e, &n), ERR_OK);
    assert_int_equal(n, 2);
    assert_int_equal(e[0].seq, first);
    assert_string_equal(e[0].subject_id, "v1");
    assert_int_equal(e[1].seq, second);
    assert_int_equal(audit_events_after(h->cx->read, h->office, first, 100, &e, &n), ERR_OK);
    assert_int_equal(n, 1);
    assert_int_equal(audit_events_after(h->cx->read, h->office, second, 100, &e, &n), ERR_OK);
    assert_int_equal(n, 0);
    assert_int_equal(audit_events_after(h->cx->read, h->office, first - 1, 1, &e, &n), ERR_OK);
    assert_int_equal(n, 1); /* the rest with the next question */
    assert_int_equal(e[0].seq, first);
    assert_int_equal(audit_events_after(h->cx->read, "another office", 0, 100, &e, &n), ERR_OK);
    assert_int_equal(n, 0);

    assert_int_equal(audit_of_subject(h->cx->read, h->office, "v1", 10, &e, &n), ERR_OK);
    assert_int_equal(n, 2);
    assert_string_equal(e[1].action, "photo_viewed");
    assert_int_equal(audit_of_subject(h->cx->read, h->office, "v1", 1, &e, &n), ERR_OK);
    assert_int_equal(n, 1);
}

static void a_look_is_noted_in_the_persons_name(void **state)
{
    struct house *h = *state;
    house_act_as(h, person_of(ROLE_INTEL_CHIEF));
    assert_int_equal(audit_note(h->cx, "photo_viewed", "visit", "v1", "x"), ERR_OK);
    struct audit_entry *e = NULL;
    size_t n = 0;
    assert_int_equal(audit_of_subject(h->cx->read, h->office, "v1", 10, &e, &n), ERR_OK);
    assert_int_equal(n, 1);
    assert_string_equal(e[0].actor_kind, "user");
    assert_string_equal(e[0].actor_id, ARIEF);
    assert_int_equal(e[0].at, h->cx->now_ms);
    h->cx->actor.kind = ACTOR_TOKEN;
    assert_string_equal(audit_actor_kind(h->cx), "token");
    h->cx->actor.kind = ACTOR_SYSTEM;
    assert_string_equal(audit_actor_kind(h->cx), "system");
    assert_string_not_equal(audit_action_label("photo_viewed"), "photo_viewed");
    assert_string_equal(audit_action_label("unheard_of"), "unheard_of");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(entries_are_numbered_and_verify, house_begin, house_end),
        cmocka_unit_test_setup_teardown(time_never_runs_backwards, house_begin, house_end),
        cmocka_unit_test_setup_teardown(a_failed_act_leaves_no_entry, house_begin, house_end),
        cmocka_unit_test_setup_teardown(the_database_refuses_changes, house_begin, house_end),
        cmocka_unit_test_setup_teardown(every_change_is_found_and_placed, house_begin, house_end),
        cmocka_unit_test_setup_teardown(a_forged_end_is_found, house_begin, house_end),
        cmocka_unit_test_setup_teardown(the_live_pages_get_what_concerns_visits, house_begin,
                                        house_end),
        cmocka_unit_test_setup_teardown(a_look_is_noted_in_the_persons_name, house_begin, house_end),
    };
    return cmocka_run_group_tests_name("audit", tests, NULL, NULL);
}

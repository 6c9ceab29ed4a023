/* The writer of the SQLite driver: group commit, what happens when a batch is lost, a full disk. */
#include "db_crowd.h"

#include <signal.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "lib/base/str.h"
#include "lib/db/db_internal.h"

/* A deferred key makes COMMIT itself fail; the product's schema has none. */
static const struct migration schema[] = {
    {1, "rows",
     "CREATE TABLE entry (office_id TEXT NOT NULL, id @int NOT NULL, body @bytes,"
     " PRIMARY KEY (office_id, id)) @strict;\n"
     "CREATE TABLE late (office_id TEXT NOT NULL, id @int NOT NULL,"
     " PRIMARY KEY (office_id, id),"
     " FOREIGN KEY (office_id, id) REFERENCES entry (office_id, id) DEFERRABLE INITIALLY DEFERRED)"
     " @strict;\n"
     "CREATE TABLE counter (office_id TEXT NOT NULL PRIMARY KEY, value @int NOT NULL) @strict;\n"
     "INSERT INTO counter (office_id, value) VALUES ('office-1', 0)"},
};

DB_SQL(entry_insert, "INSERT INTO entry (office_id, id, body) VALUES ($1, $2, $3)");
DB_SQL(entry_count, "SELECT count(*) FROM entry WHERE office_id = $1");
DB_SQL(entry_delete, "DELETE FROM entry WHERE office_id = $1");
DB_SQL(late_insert, "INSERT INTO late (office_id, id) VALUES ($1, $2)");
DB_SQL(late_count, "SELECT count(*) FROM late WHERE office_id = $1");
DB_SQL(counter_add, "UPDATE counter SET value = value + 1 WHERE office_id = $1 RETURNING value");
DB_SQL(counter_value, "SELECT value FROM counter WHERE office_id = $1");
DB_SQL(room_for_all, "PRAGMA max_page_count = 1000000");

static const struct db_sql *const statements[] = {&entry_insert,  &entry_count,  &entry_delete,
                                                  &late_insert,   &late_count,   &counter_add,
                                                  &counter_value, &room_for_all, NULL};
static const struct db_sql *const *const tables[] = {statements, NULL};

static int set_up(void **state)
{
    struct fixture *f = fixture_new(schema, ARRAY_LEN(schema));
    fixture_open(f, tables, 0);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture_free(*state);
    return 0;
}

static int64_t number(struct fixture *f, const struct db_sql *sql)
{
    int64_t n = -1;
    assert_int_equal(db_number(f->cx.read, sql, DB_ARGS(db_text(OFFICE)), &n), ERR_OK);
    return n;
}

/* One entry, and the running number given to it. */
struct entry {
    int64_t id;
    size_t body_bytes;
    bool late_alone; /* a row of `late` that refers to nothing: COMMIT fails */
    enum err own;    /* fn's own refusal */
    int ran;
    int64_t given;
};

static uint8_t body[128 * 1024];

static enum err entry_write(struct db_conn *tx, void *pointer)
{
    struct entry *e = pointer;
    e->ran++;
    int64_t given;
    TRY(db_number(tx, &counter_add, DB_ARGS(db_text(OFFICE)), &given));
    if (e->late_alone)
        TRY(db_run(tx, &late_insert, DB_ARGS(db_text(OFFICE), db_int(e->id)), NULL));
    else
        TRY(db_run(
            tx, &entry_insert,
            DB_ARGS(db_text(OFFICE), db_int(e->id), db_bytes((struct bytes){body, e->body_bytes})),
            NULL));
    if (e->own != ERR_OK)
        return e->own;
    e->given = given;
    return ERR_OK;
}

static void crowd_of_entries(struct crowd_member *members, struct entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        entries[i] = (struct entry){.id = (int64_t)i};
        members[i] = (struct crowd_member){.fn = entry_write, .arg = &entries[i]};
    }
}

/* The numbers given to the stored ones run from 1 without a gap. */
static void assert_no_gap(const struct crowd_member *members, const struct entry *entries,
                          size_t count, int64_t stored)
{
    bool seen[CROWD_MAX + 1] = {false};
    for (size_t i = 0; i < count; i++) {
        if (members[i].result != ERR_OK)
            continue;
        assert_in_range(entries[i].given, 1, stored);
        assert_false(seen[entries[i].given]);
        seen[entries[i].given] = true;
    }
}

static void one_of_64_is_refused_alone(void **state)
{
    struct fixture *f = *state;
    struct crowd_member members[64];
    struct entry entries[64];
    crowd_of_entries(members, entries, 64);
    entries[40].id = 3; /* taken by the fourth of the same batch */
    crowd_run(f, members, 64);
    for (size_t i = 0; i < 64; i++) {
        assert_int_equal(members[i].result, i == 40 ? ERR_CONFLICT : ERR_OK);
        assert_int_equal(entries[i].ran, 1);
    }
    assert_non_null(
        strstr(members[40].cx.diag.detail, "UNIQUE constraint failed: entry.office_id"));
    assert_string_equal(members[39].cx.diag.detail, "");
    assert_int_equal(number(f, &entry_count), 63);
    assert_int_equal(number(f, &counter_value), 63);
    assert_no_gap(members, entries, 64, 63);
    struct db_stats stats;
    db_stats(f->db, &stats);
    assert_int_equal(stats.batches, 2); /* the holder, and one commit for all 64 */
    assert_int_equal(stats.transactions, 65);
    assert_int_equal(stats.retried_alone, 0);
    crowd_free(members, 64);
}

static void a_refusal_by_the_function_is_handed_back(void **state)
{
    struct fixture *f = *state;
    struct crowd_member members[8];
    struct entry entries[8];
    crowd_of_entries(members, entries, 8);
    entries[0].own = ERR_DENIED;
    entries[5].own = ERR_INVALID;
    crowd_run(f, members, 8);
    assert_int_equal(members[0].result, ERR_DENIED);
    assert_int_equal(members[5].result, ERR_INVALID);
    assert_int_equal(number(f, &entry_count), 6);
    assert_no_gap(members, entries, 8, 6);
    crowd_free(members, 8);
}

static void a_failing_commit_lets_each_run_alone(void **state)
{
    struct fixture *f = *state;
    struct crowd_member members[16];
    struct entry entries[16];
    crowd_of_entries(members, entries, 16);
    entries[2].late_alone = true;
    entries[2].id = 1000;
    entries[9].late_alone = true;
    entries[9].id = 1001;
    crowd_run(f, members, 16);
    for (size_t i = 0; i < 16; i++) {
        assert_int_equal(members[i].result, entries[i].late_alone ? ERR_CONFLICT : ERR_OK);
        assert_int_equal(entries[i].ran, 2);
    }
    assert_non_null(strstr(members[2].cx.diag.detail, "FOREIGN KEY constraint failed (COMMIT)"));
    assert_int_equal(number(f, &entry_count), 14);
    assert_int_equal(number(f, &late_count), 0);
    assert_int_equal(number(f, &counter_value), 14);
    assert_no_gap(members, entries, 16, 14);
    struct db_stats stats;
    db_stats(f->db, &stats);
    assert_int_equal(stats.retried_alone, 16);
    crowd_free(members, 16);
}

static void assert_disk_full(const struct crowd_member *m)
{
    assert_int_equal(m->result, ERR_BUSY);
    assert_non_null(m->cx.diag.code);
    assert_string_equal(m->cx.diag.code, "disk_full");
    assert_string_equal(m->cx.diag.message,
                        "Penyimpanan penuh. Data belum disimpan; hubungi administrator kantor.");
    assert_non_null(strstr(m->cx.diag.detail, "full"));
}

static enum err make_room(struct db_conn *tx, void *pointer)
{
    return db_number(tx, &room_for_all, DB_NO_ARGS, pointer);
}

/* Small ones still fit, large ones do not; each gets its own answer; room heals it. */
static void a_full_database_refuses_and_heals(void **state)
{
    struct fixture *f = *state;
    db_close(f->db);
    fixture_open(f, tables, 40); /* 160 KiB */
    struct crowd_member members[20];
    struct entry entries[20];
    crowd_of_entries(members, entries, 20);
    for (size_t i = 0; i < 20; i += 2)
        entries[i].body_bytes = sizeof(body);
    crowd_run(f, members, 20);
    int64_t stored = 0;
    for (size_t i = 0; i < 20; i++) {
        if (members[i].result == ERR_OK)
            stored++;
        else
            assert_disk_full(&members[i]);
        if (i % 2 == 1)
            assert_int_equal(members[i].result, ERR_OK);
    }
    assert_int_equal(stored, number(f, &entry_count));
    assert_in_range(stored, 10, 11); /* at most one large body fits */
    assert_int_equal(number(f, &counter_value), stored);
    assert_no_gap(members, entries, 20, stored);
    crowd_free(members, 20);

    struct entry again = {.id = 500, .body_bytes = sizeof(body)};
    struct db_stats stats;
    db_stats(f->db, &stats);
    assert_int_equal(stats.refused_full, 20 - stored);
    int64_t pages = 0;
    assert_int_equal(db_tx(&f->cx, "room", make_room, &pages), ERR_OK);
    assert_int_equal(pages, 1000000);
    assert_int_equal(db_tx(&f->cx, "again", entry_write, &again), ERR_OK);
    assert_int_equal(again.given, stored + 1);
    assert_int_equal(db_check(f->cx.read), ERR_OK);
}

/* A function that shrugs at a failure does not get half a transaction stored. */
struct shrug {
    enum err first, second;
};

static enum err shrug(struct db_conn *tx, void *pointer)
{
    struct shrug *s = pointer;
    int64_t given;
    TRY(db_number(tx, &counter_add, DB_ARGS(db_text(OFFICE)), &given));
    s->first = db_run(tx, &entry_insert, DB_ARGS(db_text(OFFICE), db_int(1), db_null()), NULL);
    s->second = db_run(tx, &entry_insert, DB_ARGS(db_text(OFFICE), db_int(2), db_null()), NULL);
    return ERR_OK;
}

static void nothing_runs_after_a_failure(void **state)
{
    struct fixture *f = *state;
    struct entry taken = {.id = 1};
    assert_int_equal(db_tx(&f->cx, "taken", entry_write, &taken), ERR_OK);
    struct shrug s = {0};
    assert_int_equal(db_tx(&f->cx, "shrug", shrug, &s), ERR_CONFLICT);
    assert_int_equal(s.first, ERR_CONFLICT);
    assert_int_equal(s.second, ERR_CONFLICT);
    assert_int_equal(number(f, &entry_count), 1);
    assert_int_equal(number(f, &counter_value), 1);
}

struct order {
    _Atomic int *next;
    int at;
};

static enum err note_order(struct db_conn *tx, void *pointer)
{
    struct order *o = pointer;
    (void)tx;
    o->at = atomic_fetch_add(o->next, 1);
    return ERR_OK;
}

static void the_low_lane_waits_for_the_other(void **state)
{
    struct fixture *f = *state;
    _Atomic int next = 0;
    struct order orders[10];
    struct crowd_member members[10];
    for (size_t i = 0; i < 10; i++) {
        orders[i].next = &next;
        members[i] = (struct crowd_member){.fn = note_order, .arg = &orders[i], .low = i < 4};
    }
    crowd_run(f, members, 10);
    for (size_t i = 0; i < 10; i++) {
        assert_int_equal(members[i].result, ERR_OK);
        assert_int_equal(orders[i].at, i < 4 ? i + 6 : i - 4);
    }
    crowd_free(members, 10);
}

static void a_full_queue_refuses(void **state)
{
    (void)state;
    struct db_queue q;
    struct db_job job = {.name = "one too many"};
    db_queue_init(&q);
    q.length = DB_QUEUE_MAX;
    assert_false(db_queue_submit(&q, &job));
    q.length = 0;
    db_queue_stop(&q);
    struct db_job *jobs[DB_BATCH_MAX];
    assert_int_equal(db_queue_take(&q, jobs), 0);
    db_queue_destroy(&q);
}

/* Writers and readers at once: the counter never goes back and nothing is lost. */
#define STRESS_THREADS 8
#define STRESS_EACH    40

struct stress {
    struct fixture *f;
    pthread_t thread;
    int64_t first_id;
    int failed;
};

static void *stress_main(void *pointer)
{
    struct stress *s = pointer;
    struct cx cx = {.arena = arena_new(4096), .db = s->f->db};
    for (int64_t i = 0; i < STRESS_EACH; i++) {
        struct entry e = {.id = s->first_id + i, .body_bytes = 100};
        s->failed += db_tx(&cx, "stress", entry_write, &e) != ERR_OK;
        arena_reset(cx.arena);
    }
    arena_free(cx.arena);
    return NULL;
}

static void threads_write_while_one_reads(void **state)
{
    struct fixture *f = *state;
    struct stress threads[STRESS_THREADS];
    for (int i = 0; i < STRESS_THREADS; i++) {
        threads[i] = (struct stress){.f = f, .first_id = i * 1000};
        assert_int_equal(pthread_create(&threads[i].thread, NULL, stress_main, &threads[i]), 0);
    }
    int64_t last = 0;
    while (last < STRESS_THREADS * STRESS_EACH) {
        int64_t now = number(f, &counter_value);
        assert_true(now >= last);
        assert_true(number(f, &entry_count) >= now);
        last = now;
    }
    for (int i = 0; i < STRESS_THREADS; i++) {
        assert_int_equal(pthread_join(threads[i].thread, NULL), 0);
        assert_int_equal(threads[i].failed, 0);
    }
    assert_int_equal(number(f, &entry_count), STRESS_THREADS * STRESS_EACH);
}

/* 96 MiB go through a log that is kept at 64. */
static void checkpoints_keep_the_log_short(void **state)
{
    struct fixture *f = *state;
    for (int64_t i = 0; i < 768; i++) {
        struct entry e = {.id = i, .body_bytes = sizeof(body)};
        assert_int_equal(db_tx(&f->cx, "large", entry_write, &e), ERR_OK);
    }
    char wal[128];
    struct stat st;
    (void)snprintf(wal, sizeof(wal), "%s-wal", f->path);
    assert_int_equal(stat(wal, &st), 0);
    assert_in_range(st.st_size, 1, 64 * 1024 * 1024);
    assert_int_equal(number(f, &entry_count), 768);
}

static enum err nested(struct db_conn *tx, void *pointer)
{
    struct cx *cx = pointer;
    struct entry e = {.id = 1};
    (void)tx;
    return db_tx(cx, "inner", entry_write, &e);
}

static void a_transaction_inside_another_aborts(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(schema, ARRAY_LEN(schema));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)signal(SIGABRT, SIG_DFL);
        (void)close(STDERR_FILENO); /* the log line is expected */
        fixture_open(f, tables, 0);
        (void)!db_tx(&f->cx, "outer", nested, &f->cx);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    fixture_free(f);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_transaction_inside_another_aborts), /* forks: before any thread */
        cmocka_unit_test(a_full_queue_refuses),
        TEST(one_of_64_is_refused_alone),
        TEST(a_refusal_by_the_function_is_handed_back),
        TEST(a_failing_commit_lets_each_run_alone),
        TEST(a_full_database_refuses_and_heals),
        TEST(nothing_runs_after_a_failure),
        TEST(the_low_lane_waits_for_the_other),
        TEST(threads_write_while_one_reads),
        TEST(checkpoints_keep_the_log_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SQL on the SQLite driver: binding, decoding, errors, mistakes that abort, a second process. */
#include "db_fixture.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>

#include "lib/base/str.h"
#include "lib/base/time.h"

static const struct migration schema[] = {
    {1, "things",
     "CREATE TABLE thing (office_id TEXT NOT NULL, id TEXT NOT NULL, number @int, label TEXT,"
     " photo @bytes, live @int NOT NULL DEFAULT 1 CHECK (live IN (0, 1)), made_at @int,"
     " PRIMARY KEY (office_id, id), UNIQUE (office_id, number)) @strict;\n"
     "CREATE TABLE part (office_id TEXT NOT NULL, id TEXT NOT NULL, thing_id TEXT NOT NULL,"
     " PRIMARY KEY (office_id, id),"
     " FOREIGN KEY (office_id, thing_id) REFERENCES thing (office_id, id)) @strict;"},
};

struct thing {
    const char *id;
    int64_t number;
    const char *label;
    struct bytes photo;
    bool live;
    int64_t made_at;
    int64_t untouched;
};

static const struct record_column thing_columns[] = {
    RECORD_COLUMN(struct thing, id, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct thing, number, REC_INT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct thing, label, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct thing, photo, REC_BYTES, RECORD_ALL, NULL),
    RECORD_COLUMN(struct thing, live, REC_BOOL, RECORD_ALL, NULL),
    RECORD_COLUMN(struct thing, made_at, REC_TIME, RECORD_ALL, NULL),
    RECORD_COLUMN(struct thing, untouched, REC_INT, RECORD_ALL, NULL),
};
static const struct record thing_record = RECORD("thing", struct thing, thing_columns);

static const struct record_column label_columns[] = {
    RECORD_COLUMN(struct thing, label, REC_TEXT, RECORD_ALL, NULL),
};
static const struct record label_record = RECORD("label", struct thing, label_columns);

DB_SQL(thing_insert, "INSERT INTO thing (label, photo, live, made_at, number, id, office_id)"
                     " VALUES ($4, $5, $6, $7, $3, $2, $1)");
DB_SQL(thing_by_id, "SELECT id, number, label, photo, live, made_at FROM thing"
                    " WHERE office_id = $1 AND id = $2");
DB_SQL(thing_list, "SELECT id, number FROM thing WHERE office_id = $1 ORDER BY number");
DB_SQL(thing_count, "SELECT count(*) FROM thing WHERE office_id = $1");
DB_SQL(thing_max, "SELECT max(number) FROM thing WHERE office_id = $1");
DB_SQL(thing_one_number, "SELECT number FROM thing WHERE office_id = $1 AND id = $2");
DB_SQL(thing_relabel, "UPDATE thing SET label = $3 WHERE office_id = $1 AND label = $2");
DB_SQL(part_insert, "INSERT INTO part (office_id, id, thing_id) VALUES ($1, $2, $3)");
DB_SQL(part_insert_returning,
       "INSERT INTO part (office_id, id, thing_id) VALUES ($1, $2, $3) RETURNING id");
/* $2 stands before $1: the engine numbers by order of appearance, and $1 stands twice. */
DB_SQL(appearance, "SELECT $2 - $1 * 10 - $1");
DB_SQL(label_twice, "SELECT label, id AS label FROM thing WHERE office_id = $1");
DB_SQL(wrong_type, "SELECT 'x' AS number WHERE $1 = $1");
DB_SQL(not_listed, "SELECT 1");
DB_SQL(read_writes, "DELETE FROM thing WHERE office_id = $1");

static const struct db_sql *const statements[] = {
    &thing_insert,  &thing_by_id, &thing_list,
    &thing_count,   &thing_max,   &thing_one_number,
    &thing_relabel, &part_insert, &part_insert_returning,
    &appearance,    &label_twice, &wrong_type,
    &read_writes,   NULL};
static const struct db_sql *const *const tables[] = {statements, NULL};

static int set_up(void **state)
{
    struct fixture *f = fixture_new(schema, ARRAY_LEN(schema));
    fixture_open(f, tables, 0);
    *state = f;
    return 0;
}

/* For tests that fork: the database is there, but not yet open. */
static int set_up_closed(void **state)
{
    *state = fixture_new(schema, ARRAY_LEN(schema));
    return 0;
}

static int tear_down(void **state)
{
    fixture_free(*state);
    return 0;
}

/* One statement as a transaction. */
struct one_run {
    const struct db_sql *sql;
    const struct db_arg *args;
    size_t count;
    int64_t changed;
};

static enum err one_run(struct db_conn *tx, void *pointer)
{
    struct one_run *run = pointer;
    return db_run(tx, run->sql, run->args, run->count, &run->changed);
}

static enum err write_one(struct fixture *f, const struct db_sql *sql, const struct db_arg *args,
                          size_t count)
{
    struct one_run run = {.sql = sql, .args = args, .count = count};
    return db_tx(&f->cx, sql->name, one_run, &run);
}

static enum err add_thing(struct fixture *f, const char *id, int64_t number, const char *label)
{
    return write_one(f, &thing_insert,
                     DB_ARGS(db_text(OFFICE), db_text(id), db_int(number), db_text(label),
                             db_bytes((struct bytes){NULL, 0}), db_int(1), db_time(0)));
}

static void committed_rows_are_seen_by_a_reader(void **state)
{
    struct fixture *f = *state;
    int64_t n = -1;
    assert_int_equal(db_number(f->cx.read, &thing_count, DB_ARGS(db_text(OFFICE)), &n), ERR_OK);
    assert_int_equal(n, 0);
    for (int i = 1; i <= 20; i++) {
        char id[16];
        (void)snprintf(id, sizeof(id), "t%02d", i);
        assert_int_equal(add_thing(f, id, i, "sama"), ERR_OK);
        assert_int_equal(db_number(f->cx.read, &thing_count, DB_ARGS(db_text(OFFICE)), &n), ERR_OK);
        assert_int_equal(n, i);
    }
    struct one_run run = {
        .sql = &thing_relabel,
        .args = (const struct db_arg[]){db_text(OFFICE), db_text("sama"), db_text("lain")},
        .count = 3};
    assert_int_equal(db_tx(&f->cx, "relabel", one_run, &run), ERR_OK);
    assert_int_equal(run.changed, 20);
}

static void parameters_are_bound_by_name(void **state)
{
    struct fixture *f = *state;
    int64_t n = 0;
    assert_int_equal(db_number(f->cx.read, &appearance, DB_ARGS(db_int(3), db_int(1000)), &n),
                     ERR_OK);
    assert_int_equal(n, 1000 - 30 - 3);
}

static void every_type_is_decoded(void **state)
{
    struct fixture *f = *state;
    static const uint8_t photo[] = {0, 1, 0, 255};
    const char *label = "Ny. Siti \"Aminah\" O'Brien \xE2\x80\xAE";
    assert_int_equal(
        write_one(f, &thing_insert,
                  DB_ARGS(db_text(OFFICE), db_text("a"), db_int(INT64_MIN), db_text(label),
                          db_bytes((struct bytes){photo, sizeof(photo)}), db_int(0),
                          db_time(1784774465000))),
        ERR_OK);
    struct thing t = {.live = true, .untouched = 77};
    assert_int_equal(
        db_one(f->cx.read, &thing_by_id, DB_ARGS(db_text(OFFICE), db_text("a")), &thing_record, &t),
        ERR_OK);
    assert_string_equal(t.id, "a");
    assert_true(t.number == INT64_MIN);
    assert_string_equal(t.label, label);
    assert_int_equal(t.photo.n, sizeof(photo));
    assert_memory_equal(t.photo.p, photo, sizeof(photo));
    assert_false(t.live);
    assert_true(t.made_at == 1784774465000);
    assert_int_equal(t.untouched, 77);
}

static void nulls_and_empties_are_told_apart(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(write_one(f, &thing_insert,
                               DB_ARGS(db_text(OFFICE), db_text("null"), db_null(), db_text(NULL),
                                       db_bytes((struct bytes){NULL, 0}), db_int(1), db_time(0))),
                     ERR_OK);
    static const uint8_t nothing[1];
    assert_int_equal(write_one(f, &thing_insert,
                               DB_ARGS(db_text(OFFICE), db_text("empty"), db_int(0), db_text(""),
                                       db_bytes((struct bytes){nothing, 0}), db_int(1), db_time(1))),
                     ERR_OK);
    struct thing t = {.number = 5, .label = "x", .photo = {nothing, 1}, .made_at = 5};
    assert_int_equal(db_one(f->cx.read, &thing_by_id, DB_ARGS(db_text(OFFICE), db_text("null")),
                            &thing_record, &t),
                     ERR_OK);
    assert_int_equal(t.number, 0);
    assert_null(t.label);
    assert_null(t.photo.p);
    assert_int_equal(t.photo.n, 0);
    assert_true(t.live);
    assert_int_equal(t.made_at, 0);
    assert_int_equal(db_one(f->cx.read, &thing_by_id, DB_ARGS(db_text(OFFICE), db_text("empty")),
                            &thing_record, &t),
                     ERR_OK);
    assert_string_equal(t.label, "");
    assert_non_null(t.photo.p);
    assert_int_equal(t.photo.n, 0);
    int64_t n = 9;
    assert_int_equal(
        db_number(f->cx.read, &thing_one_number, DB_ARGS(db_text(OFFICE), db_text("null")), &n),
        ERR_OK);
    assert_int_equal(n, 0);
}

static void what_is_not_there_is_missing(void **state)
{
    struct fixture *f = *state;
    struct thing t = {.label = "before", .number = 4};
    assert_int_equal(db_one(f->cx.read, &thing_by_id, DB_ARGS(db_text(OFFICE), db_text("no")),
                            &thing_record, &t),
                     ERR_MISSING);
    assert_string_equal(t.label, "before");
    assert_int_equal(t.number, 4);
    int64_t n = 9;
    assert_int_equal(
        db_number(f->cx.read, &thing_one_number, DB_ARGS(db_text(OFFICE), db_text("no")), &n),
        ERR_MISSING);
    assert_int_equal(n, 9);
    assert_int_equal(db_number(f->cx.read, &thing_max, DB_ARGS(db_text(OFFICE)), &n), ERR_OK);
    assert_int_equal(n, 0);
}

static void lists_grow_and_have_a_ceiling(void **state)
{
    struct fixture *f = *state;
    struct thing *rows = NULL;
    size_t count = 9;
    assert_int_equal(db_list(f->cx.read, &thing_list, DB_ARGS(db_text(OFFICE)), &thing_record, 10,
                             &rows, &count),
                     ERR_OK);
    assert_int_equal(count, 0);
    assert_non_null(rows);
    for (int i = 0; i < 50; i++) {
        char id[16];
        (void)snprintf(id, sizeof(id), "t%02d", i);
        assert_int_equal(add_thing(f, id, i * 2, NULL), ERR_OK);
    }
    assert_int_equal(db_list(f->cx.read, &thing_list, DB_ARGS(db_text(OFFICE)), &thing_record, 50,
                             &rows, &count),
                     ERR_OK);
    assert_int_equal(count, 50);
    for (int i = 0; i < 50; i++) {
        assert_int_equal(rows[i].number, i * 2);
        assert_int_equal(strtol(rows[i].id + 1, NULL, 10), i);
    }
    struct thing *before = rows;
    assert_int_equal(db_list(f->cx.read, &thing_list, DB_ARGS(db_text(OFFICE)), &thing_record, 49,
                             &rows, &count),
                     ERR_INTERNAL);
    assert_ptr_equal(rows, before);
    assert_string_equal(db_conn_detail(f->cx.read), "thing_list gives more than 49 rows");
}

struct walk {
    struct fixture *f;
    struct thing row;
    int seen, stop_at;
    int64_t sum, nested;
};

static enum err walk_row(void *pointer)
{
    struct walk *w = pointer;
    w->sum += w->row.number;
    /* Another statement on the same connection meanwhile. */
    TRY(db_number(w->f->cx.read, &thing_max, DB_ARGS(db_text(OFFICE)), &w->nested));
    return ++w->seen == w->stop_at ? ERR_DENIED : ERR_OK;
}

static void each_walks_and_stops(void **state)
{
    struct fixture *f = *state;
    for (int i = 1; i <= 9; i++) {
        char id[4] = {'t', (char)('0' + i), 0};
        assert_int_equal(add_thing(f, id, i, NULL), ERR_OK);
    }
    struct walk w = {.f = f};
    assert_int_equal(db_each(f->cx.read, &thing_list, DB_ARGS(db_text(OFFICE)), &thing_record,
                             &w.row, walk_row, &w),
                     ERR_OK);
    assert_int_equal(w.sum, 45);
    assert_int_equal(w.nested, 9);
    w = (struct walk){.f = f, .stop_at = 3};
    assert_int_equal(db_each(f->cx.read, &thing_list, DB_ARGS(db_text(OFFICE)), &thing_record,
                             &w.row, walk_row, &w),
                     ERR_DENIED);
    assert_int_equal(w.sum, 6);
    /* Stopped half-way, and yet no read transaction is open: the reader sees what comes next. */
    assert_int_equal(add_thing(f, "t10", 10, NULL), ERR_OK);
    int64_t n = 0;
    assert_int_equal(db_number(f->cx.read, &thing_count, DB_ARGS(db_text(OFFICE)), &n), ERR_OK);
    assert_int_equal(n, 10);
}

static void broken_constraints_are_named_without_values(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(add_thing(f, "rahasia-1", 1, NULL), ERR_OK);
    assert_int_equal(add_thing(f, "rahasia-2", 1, NULL), ERR_CONFLICT);
    assert_non_null(
        strstr(f->cx.diag.detail, "UNIQUE constraint failed: thing.office_id, thing.number"));
    assert_null(strstr(f->cx.diag.detail, "rahasia"));
    assert_int_equal(
        write_one(f, &part_insert, DB_ARGS(db_text(OFFICE), db_text("p"), db_text("no"))),
        ERR_CONFLICT);
    assert_non_null(strstr(f->cx.diag.detail, "FOREIGN KEY constraint failed"));
    assert_int_equal(write_one(f, &thing_insert,
                               DB_ARGS(db_text(OFFICE), db_text("c"), db_int(3), db_null(),
                                       db_null(), db_int(2), db_null())),
                     ERR_CONFLICT);
    assert_non_null(strstr(f->cx.diag.detail, "CHECK constraint failed"));
    /* A wrong type and a forgotten value are mistakes of the program. */
    assert_int_equal(write_one(f, &thing_insert,
                               DB_ARGS(db_text(OFFICE), db_text("c"), db_text("x"), db_null(),
                                       db_null(), db_int(1), db_null())),
                     ERR_INTERNAL);
    assert_int_equal(write_one(f, &thing_insert,
                               DB_ARGS(db_text(OFFICE), db_null(), db_int(3), db_null(), db_null(),
                                       db_int(1), db_null())),
                     ERR_INTERNAL);
}

static enum err insert_returning(struct db_conn *tx, void *pointer)
{
    struct thing *t = pointer;
    return db_one(tx, &part_insert_returning, DB_ARGS(db_text(OFFICE), db_text("p"), db_text("no")),
                  &thing_record, t);
}

static void a_foreign_key_is_checked_after_returning(void **state)
{
    struct fixture *f = *state;
    struct thing t = {0};
    assert_int_equal(db_tx(&f->cx, "returning", insert_returning, &t), ERR_CONFLICT);
    assert_null(t.id);
    assert_int_equal(add_thing(f, "no", 1, NULL), ERR_OK);
    assert_int_equal(db_tx(&f->cx, "returning", insert_returning, &t), ERR_OK);
    assert_string_equal(t.id, "p");
}

static void readers_cannot_write(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(db_run(f->cx.read, &read_writes, DB_ARGS(db_text(OFFICE)), NULL), ERR_INTERNAL);
    assert_non_null(strstr(db_conn_detail(f->cx.read), "readonly"));
}

static void a_value_of_another_type_is_an_error(void **state)
{
    struct fixture *f = *state;
    struct thing t = {.number = 6};
    assert_int_equal(db_one(f->cx.read, &wrong_type, DB_ARGS(db_int(1)), &thing_record, &t),
                     ERR_INTERNAL);
    assert_int_equal(t.number, 6);
    int64_t n = 6;
    assert_int_equal(db_number(f->cx.read, &wrong_type, DB_ARGS(db_int(1)), &n), ERR_INTERNAL);
    assert_int_equal(n, 6);
}

/* Runs `mistake` in a child and expects it to abort. The database is opened in the child alone: neither
 * SQLite nor threads survive a fork. */
static void expect_abort(struct fixture *f, void (*mistake)(struct fixture *f))
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)signal(SIGABRT, SIG_DFL);
        (void)close(STDERR_FILENO); /* the log line is expected */
        fixture_open(f, tables, 0);
        mistake(f);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

static void mistake_unlisted(struct fixture *f)
{
    int64_t n;
    (void)!db_number(f->cx.read, &not_listed, DB_NO_ARGS, &n);
}

static void mistake_argument_missing(struct fixture *f)
{
    int64_t n;
    (void)!db_number(f->cx.read, &appearance, DB_ARGS(db_int(1)), &n);
}

static void mistake_argument_unused(struct fixture *f)
{
    int64_t n;
    (void)!db_number(f->cx.read, &thing_count, DB_ARGS(db_text(OFFICE), db_int(1)), &n);
}

static void mistake_column_without_member(struct fixture *f)
{
    struct thing t;
    (void)!db_one(f->cx.read, &thing_list, DB_ARGS(db_text(OFFICE)), &label_record, &t);
}

static void mistake_column_twice(struct fixture *f)
{
    struct thing t;
    (void)!db_one(f->cx.read, &label_twice, DB_ARGS(db_text(OFFICE)), &label_record, &t);
}

static void mistakes_abort(void **state)
{
    struct fixture *f = *state;
    fixture_open(f, tables, 0);
    assert_int_equal(add_thing(f, "a", 1, NULL), ERR_OK);
    db_close(f->db);
    f->db = NULL;
    expect_abort(f, mistake_unlisted);
    expect_abort(f, mistake_argument_missing);
    expect_abort(f, mistake_argument_unused);
    expect_abort(f, mistake_column_without_member);
    expect_abort(f, mistake_column_twice);
}

/* The other process: waits for the word, locks, says so, lets go after 300 ms. */
static void lock_for_a_while(const char *path, int word, int answer)
{
    char c = 'n';
    sqlite3 *other = NULL;
    bool ok = read(word, &c, 1) == 1 && sqlite3_open(path, &other) == SQLITE_OK &&
              sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK;
    (void)!write(answer, ok ? "y" : "n", 1);
    (void)usleep(300 * 1000);
    ok = ok && sqlite3_exec(other, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
    (void)sqlite3_close(other);
    _exit(ok ? 0 : 1);
}

/* A second process (`token add`) holds the write lock for a while. */
static void another_process_is_waited_for(void **state)
{
    struct fixture *f = *state;
    int word[2], answer[2];
    assert_int_equal(pipe(word), 0);
    assert_int_equal(pipe(answer), 0);
    pid_t child = fork(); /* before the database is open here: SQLite does not survive a fork */
    assert_true(child >= 0);
    if (child == 0)
        lock_for_a_while(f->path, word[0], answer[1]);
    (void)close(answer[1]);
    fixture_open(f, tables, 0);
    assert_int_equal(write(word[1], "!", 1), 1);
    char locked = 0;
    assert_int_equal(read(answer[0], &locked, 1), 1);
    assert_int_equal(locked, 'y');
    int64_t begin = time_monotonic_ms();
    assert_int_equal(add_thing(f, "waited", 1, NULL), ERR_OK);
    int64_t waited = time_monotonic_ms() - begin;
    assert_in_range(waited, 200, 5000);
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    (void)close(word[0]);
    (void)close(word[1]);
    (void)close(answer[0]);
}

static void faulty_statements_are_found_at_open(void **state)
{
    struct fixture *f = *state;
    DB_SQL(no_such_column, "SELECT colour FROM thing WHERE office_id = $1");
    DB_SQL(two_in_one, "SELECT 1; SELECT 2");
    DB_SQL(with_a_gap, "SELECT $1 + $3");
    const struct {
        const struct db_sql *sql;
        const char *words;
    } cases[] = {{&no_such_column, "no such column: colour (no_such_column)"},
                 {&two_in_one, "not exactly one statement (two_in_one)"},
                 {&with_a_gap, "without a gap (with_a_gap)"}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct db_sql *const faulty[] = {&thing_count, cases[i].sql, NULL};
        const struct db_sql *const *const list[] = {faulty, NULL};
        struct db_options options = {.url = f->url, .statements = list, .readers = 1};
        struct db *db = NULL;
        const char *message = "";
        assert_int_equal(db_open(f->arena, &options, &db, &message), ERR_INTERNAL);
        assert_null(db);
        assert_non_null(strstr(message, cases[i].words));
    }
}

static void addresses_that_do_not_open(void **state)
{
    struct fixture *f = *state;
    struct db *db = NULL;
    const char *message = NULL;
    struct db_options options = {.url = "postgresql:///x", .statements = tables};
    assert_int_equal(db_open(f->arena, &options, &db, &message), ERR_INVALID);
    assert_non_null(strstr(message, "SQLite"));
    options.url = "mysql:x";
    assert_int_equal(db_open(f->arena, &options, &db, &message), ERR_INVALID);
    options.url = "sqlite:/tmp/bukutamu-no-such-folder/x.db";
    assert_int_equal(db_open(f->arena, &options, &db, &message), ERR_INTERNAL);
    assert_non_null(strstr(message, "unable to open database file"));
    assert_null(db);
}

static void a_closed_database_opens_again(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(add_thing(f, "kept", 1, "tetap"), ERR_OK);
    db_close(f->db);
    f->db = NULL;
    char wal[128];
    (void)snprintf(wal, sizeof(wal), "%s-wal", f->path);
    assert_int_not_equal(access(wal, F_OK), 0); /* closed clean: all is in the one file */
    fixture_open(f, tables, 0);
    struct thing t = {0};
    assert_int_equal(db_one(f->cx.read, &thing_by_id, DB_ARGS(db_text(OFFICE), db_text("kept")),
                            &thing_record, &t),
                     ERR_OK);
    assert_string_equal(t.label, "tetap");
}

int main(void)
{
#define TEST(name)        cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define TEST_CLOSED(name) cmocka_unit_test_setup_teardown(name, set_up_closed, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(committed_rows_are_seen_by_a_reader),
        TEST(parameters_are_bound_by_name),
        TEST(every_type_is_decoded),
        TEST(nulls_and_empties_are_told_apart),
        TEST(what_is_not_there_is_missing),
        TEST(lists_grow_and_have_a_ceiling),
        TEST(each_walks_and_stops),
        TEST(broken_constraints_are_named_without_values),
        TEST(a_foreign_key_is_checked_after_returning),
        TEST(readers_cannot_write),
        TEST(a_value_of_another_type_is_an_error),
        TEST_CLOSED(mistakes_abort),
        TEST_CLOSED(another_process_is_waited_for),
        TEST(faulty_statements_are_found_at_open),
        TEST(addresses_that_do_not_open),
        TEST(a_closed_database_opens_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

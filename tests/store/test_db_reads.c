/* Reads together: one state of the database from the first read on, the newest again after a transaction of
 * one's own and after their end. */
#include "db_fixture.h"

static const struct migration schema[] = {
    {1, "notes",
     "CREATE TABLE note (office_id TEXT NOT NULL, n @int NOT NULL, PRIMARY KEY (office_id, n)) "
     "@strict;"},
};
DB_SQL(note_insert, "INSERT INTO note (office_id, n) VALUES ($1, $2)");
DB_SQL(note_count, "SELECT count(*) FROM note WHERE office_id = $1");
static const struct db_sql *const note_statements[] = {&note_insert, &note_count, NULL};
static const struct db_sql *const *const tables[] = {note_statements, NULL};

static int begin(void **state)
{
    struct fixture *f = fixture_new(schema, 1);
    fixture_open(f, tables, 0);
    *state = f;
    return 0;
}

static int end(void **state)
{
    fixture_free(*state);
    return 0;
}

static enum err insert_tx(struct db_conn *tx, void *arg)
{
    const int64_t *n = arg;
    return db_run(tx, &note_insert, DB_ARGS(db_text(OFFICE), db_int(*n)), NULL);
}

static void insert(struct cx *cx, int64_t n)
{
    assert_int_equal(db_tx(cx, "insert", insert_tx, &n), ERR_OK);
}

static int64_t count(struct cx *cx)
{
    int64_t n = -1;
    assert_int_equal(db_number(cx->read, &note_count, DB_ARGS(db_text(OFFICE)), &n), ERR_OK);
    return n;
}

/* Somebody else, with a reading connection of his own. */
static struct cx other(struct fixture *f)
{
    struct cx cx = f->cx;
    cx.read = db_reader(f->db, 1);
    db_conn_use_arena(cx.read, f->arena);
    return cx;
}

static void they_see_one_state(void **state)
{
    struct fixture *f = *state;
    struct cx he = other(f);
    insert(&f->cx, 1);
    assert_false(db_reads_together(f->cx.read, true));
    assert_int_equal(count(&f->cx), 1);
    insert(&he, 2);
    assert_int_equal(count(&f->cx), 1);
    assert_int_equal(count(&he), 2);
    assert_true(db_reads_together(f->cx.read, false));
    assert_int_equal(count(&f->cx), 2);
}

static void a_transaction_of_ones_own_is_seen(void **state)
{
    struct fixture *f = *state;
    assert_false(db_reads_together(f->cx.read, true));
    assert_int_equal(count(&f->cx), 0);
    insert(&f->cx, 1);
    assert_int_equal(count(&f->cx), 1);
    int64_t again = 1;
    assert_int_equal(db_tx(&f->cx, "insert", insert_tx, &again), ERR_CONFLICT);
    assert_int_equal(count(&f->cx), 1);
    assert_true(db_reads_together(f->cx.read, false));
}

static void twice_is_once(void **state)
{
    struct fixture *f = *state;
    assert_false(db_reads_together(f->cx.read, false));
    assert_false(db_reads_together(f->cx.read, true));
    assert_true(db_reads_together(f->cx.read, true));
    assert_int_equal(count(&f->cx), 0);
    assert_true(db_reads_together(f->cx.read, false));
    assert_false(db_reads_together(f->cx.read, false));
    insert(&f->cx, 1);
    assert_int_equal(count(&f->cx), 1);
}

#define TEST(name_) cmocka_unit_test_setup_teardown(name_, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(they_see_one_state),
        TEST(a_transaction_of_ones_own_is_seen),
        TEST(twice_is_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Faults of the disk, made by a thin layer between SQLite and the files: a write that finds the disk
 * full, a sync that fails. What was acknowledged is there afterwards. */
#include "db_crowd.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/wait.h>

#include "lib/base/str.h"

static const struct migration schema[] = {
    {1, "rows",
     "CREATE TABLE entry (office_id TEXT NOT NULL, id @int NOT NULL,"
     " PRIMARY KEY (office_id, id)) @strict"},
};

DB_SQL(entry_insert, "INSERT INTO entry (office_id, id) VALUES ($1, $2)");
DB_SQL(entry_count, "SELECT count(*) FROM entry WHERE office_id = $1");

static const struct db_sql *const statements[] = {&entry_insert, &entry_count, NULL};
static const struct db_sql *const *const tables[] = {statements, NULL};

/* --- the layer ---------------------------------------------------------------------------------- */

enum fault { FAULT_NONE, FAULT_WRITE_FULL, FAULT_SYNC_FAILS };

static _Atomic int fault = FAULT_NONE;
static _Atomic int faults_seen = 0;
static sqlite3_vfs *below;
static sqlite3_vfs layer;
/* The unix layer has one table of methods for files with locks and one for those without (the WAL);
 * writing and syncing are the same functions in both. */
static int (*write_below)(sqlite3_file *, const void *, int, sqlite3_int64);
static int (*sync_below)(sqlite3_file *, int);
static struct {
    const sqlite3_io_methods *below;
    sqlite3_io_methods ours;
} method_tables[4];

static int layer_write(sqlite3_file *file, const void *p, int n, sqlite3_int64 at)
{
    if (atomic_load(&fault) != FAULT_WRITE_FULL)
        return write_below(file, p, n, at);
    atomic_fetch_add(&faults_seen, 1);
    return SQLITE_FULL;
}

static int layer_sync(sqlite3_file *file, int flags)
{
    if (atomic_load(&fault) != FAULT_SYNC_FAILS)
        return sync_below(file, flags);
    atomic_fetch_add(&faults_seen, 1);
    return SQLITE_IOERR_FSYNC;
}

static const sqlite3_io_methods *methods_over(const sqlite3_io_methods *methods)
{
    for (size_t i = 0; i < ARRAY_LEN(method_tables); i++) {
        if (method_tables[i].below == methods)
            return &method_tables[i].ours;
        if (method_tables[i].below)
            continue;
        write_below = methods->xWrite;
        sync_below = methods->xSync;
        method_tables[i].below = methods;
        method_tables[i].ours = *methods;
        method_tables[i].ours.xWrite = layer_write;
        method_tables[i].ours.xSync = layer_sync;
        return &method_tables[i].ours;
    }
    return methods;
}

static int layer_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                      int *ret_flags)
{
    (void)vfs;
    int rc = below->xOpen(below, name, file, flags, ret_flags);
    if (rc == SQLITE_OK)
        file->pMethods = methods_over(file->pMethods);
    return rc;
}

static int set_up(void **state)
{
    struct fixture *f = fixture_new(schema, ARRAY_LEN(schema));
    below = sqlite3_vfs_find(NULL);
    layer = *below;
    layer.zName = "faults";
    layer.xOpen = layer_open;
    assert_int_equal(sqlite3_vfs_register(&layer, 1), SQLITE_OK);
    atomic_store(&faults_seen, 0);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    atomic_store(&fault, FAULT_NONE);
    fixture_free(*state);
    (void)sqlite3_vfs_unregister(&layer);
    (void)sqlite3_vfs_register(below, 1);
    return 0;
}

/* --- the cases ------------------------------------------------------------------------------------ */

static enum err insert(struct db_conn *tx, void *pointer)
{
    const int64_t *id = pointer;
    return db_run(tx, &entry_insert, DB_ARGS(db_text(OFFICE), db_int(*id)), NULL);
}

static int64_t count(struct fixture *f)
{
    int64_t n = -1;
    assert_int_equal(db_number(f->cx.read, &entry_count, DB_ARGS(db_text(OFFICE)), &n), ERR_OK);
    return n;
}

static void a_full_disk_refuses_reads_on_and_heals(void **state)
{
    struct fixture *f = *state;
    fixture_open(f, tables, 0);
    int64_t ids[12];
    struct crowd_member members[12];
    for (int64_t i = 0; i < 12; i++) {
        ids[i] = i + 1;
        members[i] = (struct crowd_member){.fn = insert, .arg = &ids[i]};
    }
    int64_t first = 0;
    assert_int_equal(db_tx(&f->cx, "first", insert, &first), ERR_OK);
    atomic_store(&fault, FAULT_WRITE_FULL);
    crowd_run(f, members, 12);
    assert_true(atomic_load(&faults_seen) >= 13); /* the batch, then each alone */
    for (size_t i = 0; i < 12; i++) {
        assert_int_equal(members[i].result, ERR_BUSY);
        assert_string_equal(members[i].cx.diag.code, "disk_full");
    }
    crowd_free(members, 12);
    assert_int_equal(count(f), 1);
    struct db_stats stats;
    db_stats(f->db, &stats);
    assert_int_equal(stats.refused_full, 12);

    atomic_store(&fault, FAULT_NONE);
    for (size_t i = 0; i < 12; i++)
        members[i] = (struct crowd_member){.fn = insert, .arg = &ids[i]};
    crowd_run(f, members, 12);
    for (size_t i = 0; i < 12; i++)
        assert_int_equal(members[i].result, ERR_OK);
    crowd_free(members, 12);
    assert_int_equal(count(f), 13);
    assert_int_equal(db_check(f->cx.read), ERR_OK);
}

/* In a child: ids 1 to 5 are acknowledged, then a sync fails during 6. */
static void write_until_the_sync_fails(struct fixture *f)
{
    (void)signal(SIGABRT, SIG_DFL);
    (void)close(STDERR_FILENO); /* the log line is expected */
    fixture_open(f, tables, 0);
    for (int64_t id = 1; id <= 5; id++)
        if (db_tx(&f->cx, "insert", insert, &id) != ERR_OK)
            _exit(1);
    int64_t sixth = 6;
    atomic_store(&fault, FAULT_SYNC_FAILS);
    (void)!db_tx(&f->cx, "insert", insert, &sixth);
    _exit(0);
}

static void a_failed_sync_ends_the_process(void **state)
{
    struct fixture *f = *state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        write_until_the_sync_fails(f);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
    fixture_open(f, tables, 0);
    assert_in_range(count(f), 5, 6); /* the sixth was never answered */
    assert_int_equal(db_check(f->cx.read), ERR_OK);
    int64_t next = 7;
    assert_int_equal(db_tx(&f->cx, "next", insert, &next), ERR_OK);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_failed_sync_ends_the_process), /* forks: before any thread */
        TEST(a_full_disk_refuses_reads_on_and_heals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

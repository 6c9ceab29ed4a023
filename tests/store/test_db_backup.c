/* Online backup under load, and the check of a whole database. */
#include "db_fixture.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "lib/base/str.h"

static const struct migration schema[] = {
    {1, "rows",
     "CREATE TABLE entry (office_id TEXT NOT NULL, id @int NOT NULL, note TEXT,"
     " PRIMARY KEY (office_id, id)) @strict;\n"
     "CREATE TABLE leaf (office_id TEXT NOT NULL, id @int NOT NULL,"
     " PRIMARY KEY (office_id, id), FOREIGN KEY (office_id, id) REFERENCES entry (office_id, id))"
     " @strict"},
};

DB_SQL(entry_insert, "INSERT INTO entry (office_id, id, note) VALUES ($1, $2, $3)");
DB_SQL(entry_count, "SELECT count(*) FROM entry WHERE office_id = $1");
DB_SQL(entry_delete, "DELETE FROM entry WHERE office_id = $1 AND id = $2");
DB_SQL(leaf_insert, "INSERT INTO leaf (office_id, id) VALUES ($1, $2)");

static const struct db_sql *const statements[] = {&entry_insert, &entry_count, &entry_delete,
                                                  &leaf_insert, NULL};
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

struct entry {
    int64_t id;
    const char *note;
};

static enum err entry_write(struct db_conn *tx, void *pointer)
{
    const struct entry *e = pointer;
    TRY(db_run(tx, &entry_insert, DB_ARGS(db_text(OFFICE), db_int(e->id), db_text(e->note)), NULL));
    return db_run(tx, &leaf_insert, DB_ARGS(db_text(OFFICE), db_int(e->id)), NULL);
}

static enum err note_write(struct db_conn *tx, void *pointer)
{
    const struct entry *e = pointer;
    return db_run(tx, &entry_insert, DB_ARGS(db_text(OFFICE), db_int(e->id), db_text(e->note)),
                  NULL);
}

static enum err note_delete(struct db_conn *tx, void *pointer)
{
    const struct entry *e = pointer;
    return db_run(tx, &entry_delete, DB_ARGS(db_text(OFFICE), db_int(e->id)), NULL);
}

static int64_t count(struct fixture *f)
{
    int64_t n = -1;
    assert_int_equal(db_number(f->cx.read, &entry_count, DB_ARGS(db_text(OFFICE)), &n), ERR_OK);
    return n;
}

struct load {
    struct fixture *f;
    atomic_bool stop;
    _Atomic int64_t acknowledged;
    bool failed;
};

static void *load_main(void *pointer)
{
    struct load *load = pointer;
    struct cx cx = {.arena = arena_new(4096), .db = load->f->db};
    for (int64_t id = 1; !atomic_load(&load->stop) && !load->failed; id++) {
        struct entry e = {.id = id,
                          .note = "sebuah catatan yang cukup panjang untuk mengisi halaman"};
        load->failed = db_tx(&cx, "load", entry_write, &e) != ERR_OK;
        atomic_store(&load->acknowledged, id);
    }
    arena_free(cx.arena);
    return NULL;
}

static void a_backup_under_load_is_whole(void **state)
{
    struct fixture *f = *state;
    struct load load = {.f = f};
    pthread_t thread;
    char copy[128];
    (void)snprintf(copy, sizeof(copy), "%s.backup", f->path);
    assert_int_equal(pthread_create(&thread, NULL, load_main, &load), 0);
    while (atomic_load(&load.acknowledged) < 300)
        (void)usleep(1000);
    int64_t before = atomic_load(&load.acknowledged);
    assert_int_equal(db_backup(f->db, copy), ERR_OK);
    int64_t during = atomic_load(&load.acknowledged);
    while (atomic_load(&load.acknowledged) < during + 50)
        (void)usleep(1000); /* and writing goes on */
    atomic_store(&load.stop, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_false(load.failed);

    struct stat st;
    assert_int_equal(stat(copy, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(db_backup(f->db, copy), ERR_CONFLICT); /* never over an older one */
    db_close(f->db);
    assert_int_equal(rename(copy, f->path), 0);
    fixture_open(f, tables, 0);
    assert_int_equal(db_check(f->cx.read), ERR_OK);
    assert_in_range(count(f), before, during + 1);
    struct entry e = {.id = 1000000, .note = "sesudah dipulihkan"};
    assert_int_equal(db_tx(&f->cx, "after", entry_write, &e), ERR_OK);
}

static void a_backup_needs_a_place(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(db_backup(f->db, "/tmp/bukutamu-no-such-folder/copy.db"), ERR_INTERNAL);
}

static bool file_holds(const char *path, const char *words)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    static char text[1024 * 1024];
    size_t n = fread(text, 1, sizeof(text), file);
    (void)fclose(file);
    return memmem(text, n, words, strlen(words)) != NULL;
}

/* What retention deletes is overwritten, in the database and so in every later copy. */
static void what_is_deleted_is_gone_from_the_file(void **state)
{
    struct fixture *f = *state;
    struct entry e = {.id = 1, .note = "PENANDA-YANG-DIHAPUS"};
    struct entry other = {.id = 2, .note = "PENANDA-YANG-TETAP"};
    assert_int_equal(db_tx(&f->cx, "note", note_write, &e), ERR_OK);
    assert_int_equal(db_tx(&f->cx, "note", note_write, &other), ERR_OK);
    db_close(f->db);
    assert_true(file_holds(f->path, "PENANDA-YANG-DIHAPUS"));
    fixture_open(f, tables, 0);
    assert_int_equal(db_tx(&f->cx, "delete", note_delete, &e), ERR_OK);
    db_close(f->db);
    f->db = NULL;
    assert_false(file_holds(f->path, "PENANDA-YANG-DIHAPUS"));
    assert_true(file_holds(f->path, "PENANDA-YANG-TETAP"));
}

static void check_finds_a_reference_to_nothing(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(db_check(f->cx.read), ERR_OK);
    sqlite3 *other = NULL;
    assert_int_equal(sqlite3_open(f->path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other,
                                  "PRAGMA foreign_keys = OFF;"
                                  "INSERT INTO leaf (office_id, id) VALUES ('office-1', 99)",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    (void)sqlite3_close(other);
    assert_int_equal(db_check(f->cx.read), ERR_INTERNAL);
    assert_string_equal(db_conn_detail(f->cx.read), "PRAGMA foreign_key_check: leaf");
}

/* Pages of the table overwritten with noise. */
static void check_finds_a_damaged_page(void **state)
{
    struct fixture *f = *state;
    for (int64_t id = 1; id <= 200; id++) {
        struct entry e = {.id = id, .note = "catatan catatan catatan catatan catatan catatan"};
        assert_int_equal(db_tx(&f->cx, "note", note_write, &e), ERR_OK);
    }
    db_close(f->db);
    FILE *file = fopen(f->path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, -8192, SEEK_END), 0);
    char noise[4096];
    memset(noise, 0x5A, sizeof(noise));
    assert_int_equal(fwrite(noise, 1, sizeof(noise), file), sizeof(noise));
    assert_int_equal(fclose(file), 0);
    fixture_open(f, tables, 0);
    assert_int_equal(db_check(f->cx.read), ERR_INTERNAL);
    assert_string_not_equal(db_conn_detail(f->cx.read), "");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_backup_under_load_is_whole),
        TEST(a_backup_needs_a_place),
        TEST(what_is_deleted_is_gone_from_the_file),
        TEST(check_finds_a_reference_to_nothing),
        TEST(check_finds_a_damaged_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

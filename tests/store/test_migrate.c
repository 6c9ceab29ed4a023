/* Migrations on SQLite, and on PostgreSQL where BUKUTAMU_TEST_PG names a database to try in. */
#include "db_fixture.h"

#include <libpq-fe.h>
#include <sodium.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "lib/base/str.h"
#include "migrations.h"

#define FIRST                                                                                      \
    "CREATE TABLE room (office_id TEXT NOT NULL, id @int NOT NULL, plan @bytes,"                   \
    " note TEXT NOT NULL DEFAULT 'a@integer.example',"                                             \
    " PRIMARY KEY (office_id, id)) @strict;\n-- not a word: @integer, @int_x, @\n"
#define SECOND                                                                                     \
    "INSERT INTO room (office_id, id) VALUES ('o', 9000000000);\n"                                 \
    "CREATE TABLE chair (office_id TEXT NOT NULL, id @int NOT NULL, room_id @int NOT NULL,"        \
    " PRIMARY KEY (office_id, id),"                                                                \
    " FOREIGN KEY (office_id, room_id) REFERENCES room (office_id, id)) @strict;\n"

static const struct migration list[] = {{1, "rooms", FIRST}, {2, "chairs", SECOND}};

/* What a test does, on whichever engine its url names. */
struct place {
    struct arena *arena;
    const char *url;
    const char *message;
    int applied;
};

static enum err up(struct place *p, const struct migration *texts, size_t count)
{
    p->applied = -1;
    p->message = "";
    return migrate_up(p->arena, p->url, texts, count, &p->applied, &p->message);
}

static enum err check(struct place *p, const struct migration *texts, size_t count)
{
    p->message = "";
    return migrate_check(p->arena, p->url, texts, count, &p->message);
}

static void twice_applies_nothing(struct place *p)
{
    assert_int_equal(check(p, list, 2), ERR_CONFLICT);
    assert_int_equal(up(p, list, 1), ERR_OK);
    assert_int_equal(p->applied, 1);
    assert_int_equal(check(p, list, 1), ERR_OK);
    assert_int_equal(check(p, list, 2), ERR_CONFLICT);
    assert_non_null(strstr(p->message, "0002 chairs"));
    assert_int_equal(up(p, list, 2), ERR_OK);
    assert_int_equal(p->applied, 1);
    assert_int_equal(up(p, list, 2), ERR_OK);
    assert_int_equal(p->applied, 0);
    assert_int_equal(check(p, list, 2), ERR_OK);
}

static void changed_text_is_refused(struct place *p)
{
    /* One space more, which no engine would mind. */
    const struct migration changed[] = {{1, "rooms", FIRST " "}, {2, "chairs", SECOND}};
    assert_int_equal(up(p, list, 1), ERR_OK);
    assert_int_equal(up(p, changed, 2), ERR_CONFLICT);
    assert_non_null(strstr(p->message, "0001 rooms"));
    assert_int_equal(check(p, changed, 1), ERR_CONFLICT);
    assert_int_equal(up(p, list, 2), ERR_OK);
    assert_int_equal(p->applied, 1); /* the refused run had done nothing */
}

static void newer_schema_is_refused(struct place *p)
{
    assert_int_equal(up(p, list, 2), ERR_OK);
    assert_int_equal(up(p, list, 1), ERR_CONFLICT);
    assert_non_null(strstr(p->message, "lebih baru"));
    assert_int_equal(check(p, list, 1), ERR_CONFLICT);
}

static void failing_text_leaves_nothing(struct place *p)
{
    const struct migration bad[] = {
        {1, "rooms", FIRST},
        {2, "half",
         "CREATE TABLE half (office_id TEXT PRIMARY KEY); INSERT INTO no_such VALUES (1)"}};
    assert_int_equal(up(p, bad, 2), ERR_INTERNAL);
    assert_non_null(strstr(p->message, "0002 half"));
    assert_non_null(strstr(p->message, "no_such"));
    const struct migration good[] = {{1, "rooms", FIRST},
                                     {2, "half", "CREATE TABLE half (office_id TEXT PRIMARY KEY)"}};
    assert_int_equal(up(p, good, 2), ERR_OK);
    assert_int_equal(p->applied, 1);
}

static void dangling_reference_is_refused(struct place *p)
{
    const struct migration bad[] = {
        {1, "rooms", FIRST},
        {2, "chairs", SECOND},
        {3, "dangling", "INSERT INTO chair (office_id, id, room_id) VALUES ('o', 1, 2)"}};
    assert_int_not_equal(up(p, bad, 3), ERR_OK);
    assert_non_null(strstr(p->message, "0003 dangling"));
    assert_int_equal(check(p, list, 2), ERR_OK);
}

/* --- SQLite ----------------------------------------------------------------------------------- */

struct sqlite_place {
    struct place place;
    char folder[64], path[96], url[128];
};

static int sqlite_set_up(void **state)
{
    struct sqlite_place *p = calloc(1, sizeof(*p));
    assert_non_null(p);
    (void)snprintf(p->folder, sizeof(p->folder), "/tmp/bukutamu-migrate-XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    (void)snprintf(p->path, sizeof(p->path), "%s/m.db", p->folder);
    (void)snprintf(p->url, sizeof(p->url), "sqlite:%s", p->path);
    p->place = (struct place){.arena = arena_new(64 * 1024), .url = p->url};
    *state = p;
    return 0;
}

static int sqlite_tear_down(void **state)
{
    struct sqlite_place *p = *state;
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++)
        (void)unlink(arena_printf(p->place.arena, "%s%s", p->path, suffixes[i]));
    (void)rmdir(p->folder);
    arena_free(p->place.arena);
    free(p);
    return 0;
}

#define ON_SQLITE(name)                                                                            \
    static void sqlite_##name(void **state)                                                        \
    {                                                                                              \
        name(&((struct sqlite_place *)*state)->place);                                             \
    }
ON_SQLITE(twice_applies_nothing)
ON_SQLITE(changed_text_is_refused)
ON_SQLITE(newer_schema_is_refused)
ON_SQLITE(failing_text_leaves_nothing)
ON_SQLITE(dangling_reference_is_refused)

static void sqlite_value(const char *path, const char *sql, char *ret, size_t n)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    (void)snprintf(ret, n, "%s", (const char *)sqlite3_column_text(stmt, 0));
    (void)sqlite3_finalize(stmt);
    (void)sqlite3_close(db);
}

static void sqlite_file_is_private_strict_and_wal(void **state)
{
    struct sqlite_place *p = *state;
    assert_int_equal(up(&p->place, list, 2), ERR_OK);
    struct stat st;
    assert_int_equal(stat(p->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    char text[512];
    sqlite_value(p->path, "PRAGMA journal_mode", text, sizeof(text));
    assert_string_equal(text, "wal");
    sqlite_value(p->path,
                 "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND strict = 1",
                 text, sizeof(text));
    assert_string_equal(text, "3");
    sqlite_value(p->path, "SELECT id FROM room", text, sizeof(text));
    assert_string_equal(text, "9000000000");
    /* The checksum is of the text before the words are replaced. */
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)FIRST, strlen(FIRST));
    sqlite_value(p->path, "SELECT checksum FROM schema_migration WHERE number = 1", text,
                 sizeof(text));
    assert_string_equal(text, str_hex(p->place.arena, hash, sizeof(hash)));
}

static void unknown_address_is_refused(void **state)
{
    struct sqlite_place *p = *state;
    p->place.url = "oracle:x";
    assert_int_equal(up(&p->place, list, 1), ERR_INVALID);
    p->place.url = "sqlite:/tmp/bukutamu-no-such-folder/x.db";
    assert_int_equal(up(&p->place, list, 1), ERR_INTERNAL);
    assert_non_null(strstr(p->place.message, "bukutamu-no-such-folder"));
    assert_int_equal(check(&p->place, list, 1), ERR_CONFLICT);
}

static void type_words(void **state)
{
    (void)state;
    struct arena *a = arena_new(4096);
    const struct migration m = {1, "m", "a @int, b @bytes,@int) @strict; -- @integer x@int_ @ @"};
    assert_string_equal(migrate_text(a, &m, MIGRATE_SQLITE),
                        "a INTEGER, b BLOB,INTEGER) STRICT; -- @integer x@int_ @ @");
    assert_string_equal(migrate_text(a, &m, MIGRATE_POSTGRES),
                        "a BIGINT, b BYTEA,BIGINT) ; -- @integer x@int_ @ @");
    arena_free(a);
}

/* --- PostgreSQL --------------------------------------------------------------------------------- */

static const char *postgres_url(void)
{
    return getenv("BUKUTAMU_TEST_PG");
}

static void postgres_exec(const char *sql)
{
    PGconn *pg = PQconnectdb(postgres_url());
    PGresult *r = PQexec(pg, sql);
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        print_error("%s\n", PQerrorMessage(pg));
    assert_int_equal(PQresultStatus(r), PGRES_COMMAND_OK);
    PQclear(r);
    PQfinish(pg);
}

/* A schema of its own, so that the database may serve other tests as well. */
static int postgres_set_up(void **state)
{
    if (!postgres_url())
        return 0;
    postgres_exec("SET client_min_messages = warning; DROP SCHEMA IF EXISTS test_migrate CASCADE;"
                  "CREATE SCHEMA test_migrate");
    struct place *p = calloc(1, sizeof(*p));
    assert_non_null(p);
    p->arena = arena_new(64 * 1024);
    p->url = arena_printf(p->arena, "%s%soptions=-csearch_path%%3Dtest_migrate", postgres_url(),
                          strchr(postgres_url(), '?') ? "&" : "?");
    *state = p;
    return 0;
}

static int postgres_tear_down(void **state)
{
    struct place *p = *state;
    if (!p)
        return 0;
    postgres_exec("SET client_min_messages = warning; DROP SCHEMA test_migrate CASCADE");
    arena_free(p->arena);
    free(p);
    return 0;
}

#define ON_POSTGRES(name)                                                                          \
    static void postgres_##name(void **state)                                                      \
    {                                                                                              \
        if (!*state) {                                                                             \
            skip();                                                                                \
            return;                                                                                \
        }                                                                                          \
        name(*state);                                                                              \
    }
ON_POSTGRES(twice_applies_nothing)
ON_POSTGRES(changed_text_is_refused)
ON_POSTGRES(newer_schema_is_refused)
ON_POSTGRES(failing_text_leaves_nothing)
ON_POSTGRES(dangling_reference_is_refused)

DB_SQL(room_by_id, "SELECT note FROM room WHERE office_id = $1 AND id = $2");
DB_SQL(room_paint, "UPDATE room SET colour = $2 WHERE office_id = $1");

static void statements_are_prepared(struct place *p)
{
    static const struct db_sql *const good[] = {&room_by_id, NULL};
    static const struct db_sql *const bad[] = {&room_paint, NULL};
    static const struct db_sql *const *const all_good[] = {good, NULL};
    static const struct db_sql *const *const one_bad[] = {good, bad, NULL};
    int count = -1;
    const char *message = "";
    assert_int_equal(up(p, list, 2), ERR_OK);
    assert_int_equal(migrate_prepare_all(p->arena, p->url, all_good, &count, &message), ERR_OK);
    assert_int_equal(count, 1);
    assert_int_equal(migrate_prepare_all(p->arena, p->url, one_bad, &count, &message), ERR_INTERNAL);
    assert_int_equal(count, 1);
    assert_non_null(strstr(message, "room_paint: "));
    assert_non_null(strstr(message, "colour"));
}
ON_POSTGRES(statements_are_prepared)

static int64_t one_number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s = NULL;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(s, 0);
    (void)sqlite3_finalize(s);
    return n;
}

/* 0007: whoever is there keeps his trust; of a complaint the day stays, in the zone of its own office. */
static void keys_and_days_of_an_older_office(void **state)
{
    (void)state;
    size_t before = 0;
    while (before < bukutamu_migration_count && bukutamu_migrations[before].number < 7)
        before++;
    assert_int_equal(before, 6);
    struct fixture *f = fixture_new(bukutamu_migrations, before);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
    static const char rows[] =
        "INSERT INTO office (office_id, code, name, parent_name, address, phone, offset_min, "
        "limit_s,"
        " ask_head, head_silence_s, notice_name, demo, created_at)"
        " VALUES ('b', 'O.1', 'Kejari', '', '', '', 420, 600, 'always', 180, 0, 0, 1),"
        " ('t', 'O.2', 'Kejari', '', '', '', 540, 600, 'always', 180, 0, 0, 1);"
        "INSERT INTO staff (office_id, id, username, name, title, rank, nip, roles, section,"
        " password_hash, public_key, wrapped_key, created_at)"
        " VALUES ('b', 's', 'kasi', 'Kasi', '', '', '', 4, '', '!', x'01', x'02', 77);"
        "INSERT INTO complaint (office_id, id, year, number, received_at, text_sealed, "
        "origin_sealed)"
        " VALUES ('b', 'c', 2026, 1, 1784774825000, x'01', x'02'),"
        " ('t', 'd', 2026, 1, 1784818799999, x'01', x'02');";
    char *wrong = NULL;
    (void)sqlite3_exec(db, rows, NULL, NULL, &wrong);
    if (wrong)
        print_error("%s\n", wrong);
    assert_null(wrong);
    struct place p = {.arena = f->arena, .url = f->url};
    assert_int_equal(up(&p, bukutamu_migrations, bukutamu_migration_count), ERR_OK);
    assert_int_equal(one_number(db, "SELECT key_trusted_at FROM staff WHERE id = 's'"), 77);
    assert_int_equal(one_number(db, "SELECT received_at FROM complaint WHERE id = 'c'"),
                     INT64_C(1784739600000)); /* 23 July 2026, 00.00 WIB */
    assert_int_equal(one_number(db, "SELECT received_at FROM complaint WHERE id = 'd'"),
                     INT64_C(1784732400000)); /* the same day, 00.00 WIT: it was 23.59 */
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    fixture_free(f);
}

int main(void)
{
#define SQLITE(name)   cmocka_unit_test_setup_teardown(name, sqlite_set_up, sqlite_tear_down)
#define POSTGRES(name) cmocka_unit_test_setup_teardown(name, postgres_set_up, postgres_tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(type_words),
        SQLITE(sqlite_twice_applies_nothing),
        SQLITE(sqlite_changed_text_is_refused),
        SQLITE(sqlite_newer_schema_is_refused),
        SQLITE(sqlite_failing_text_leaves_nothing),
        SQLITE(sqlite_dangling_reference_is_refused),
        SQLITE(sqlite_file_is_private_strict_and_wal),
        SQLITE(unknown_address_is_refused),
        cmocka_unit_test(keys_and_days_of_an_older_office),
        POSTGRES(postgres_twice_applies_nothing),
        POSTGRES(postgres_changed_text_is_refused),
        POSTGRES(postgres_newer_schema_is_refused),
        POSTGRES(postgres_failing_text_leaves_nothing),
        POSTGRES(postgres_dangling_reference_is_refused),
        POSTGRES(postgres_statements_are_prepared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

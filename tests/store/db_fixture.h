/* A fresh database in a folder of its own for each test, with a schema and statements of the tests'. */
#ifndef BT_TESTS_DB_FIXTURE_H
#define BT_TESTS_DB_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/arena.h"
#include "lib/base/cx.h"
#include "lib/db/db.h"
#include "lib/db/migrate.h"

#define OFFICE "office-1"

struct fixture {
    struct arena *arena;
    char folder[64];
    char path[96];
    char url[128];
    struct db *db;
    struct cx cx;
};

static inline void fixture_open(struct fixture *f, const struct db_sql *const *const *statements,
                                int64_t max_pages)
{
    const char *message = "";
    struct db_options options = {
        .url = f->url, .statements = statements, .readers = 3, .max_pages = max_pages};
    enum err e = db_open(f->arena, &options, &f->db, &message);
    if (e != ERR_OK)
        print_error("%s\n", message);
    assert_int_equal(e, ERR_OK);
    f->cx = (struct cx){.arena = f->arena, .db = f->db, .read = db_reader(f->db, 0)};
    db_conn_use_arena(f->cx.read, f->arena);
}

static inline struct fixture *fixture_new(const struct migration *list, size_t count)
{
    struct fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    f->arena = arena_new(64 * 1024);
    (void)snprintf(f->folder, sizeof(f->folder), "/tmp/bukutamu-store-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    (void)snprintf(f->path, sizeof(f->path), "%s/test.db", f->folder);
    (void)snprintf(f->url, sizeof(f->url), "sqlite:%s", f->path);
    int applied = 0;
    const char *message = "";
    enum err e = migrate_up(f->arena, f->url, list, count, &applied, &message);
    if (e != ERR_OK)
        print_error("%s\n", message);
    assert_int_equal(e, ERR_OK);
    assert_int_equal(applied, count);
    return f;
}

static inline void fixture_remove(const struct fixture *f, const char *suffix)
{
    char path[128];
    (void)snprintf(path, sizeof(path), "%s%s", f->path, suffix);
    (void)unlink(path);
}

static inline void fixture_free(struct fixture *f)
{
    db_close(f->db);
    fixture_remove(f, "");
    fixture_remove(f, "-wal");
    fixture_remove(f, "-shm");
    fixture_remove(f, ".backup");
    (void)rmdir(f->folder);
    arena_free(f->arena);
    free(f);
}

#endif

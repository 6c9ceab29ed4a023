/* The product's own schema and every statement of every feature, on a live PostgreSQL: one SQL text for both
 * engines. (SQLite prepares them all whenever the product starts.) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "app/features.h"
#include "lib/base/arena.h"
#include "lib/db/migrate.h"
#include "migrations.h"

static void every_statement_prepares_on_postgres(void **state)
{
    (void)state;
    const char *url = getenv("BUKUTAMU_TEST_PG");
    if (!url)
        skip();
    struct arena *a = arena_new(256 * 1024);
    const char *message = "";
    int applied = 0;
    enum err e = migrate_up(a, url, bukutamu_migrations, bukutamu_migration_count, &applied,
                            &message);
    if (e != ERR_OK)
        print_error("%s\n", message);
    assert_int_equal(e, ERR_OK);
    size_t expected = 0;
    for (const struct db_sql *const *const *table = features_statements(); *table; table++) {
        for (const struct db_sql *const *sql = *table; *sql; sql++)
            expected++;
    }
    int count = 0;
    e = migrate_prepare_all(a, url, features_statements(), &count, &message);
    if (e != ERR_OK)
        print_error("%s\n", message);
    assert_int_equal(e, ERR_OK);
    assert_int_equal(count, expected);
    assert_true(expected > 100);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_statement_prepares_on_postgres)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The seam between migrate.c and the two engines. Nobody outside lib/db includes this. */
#ifndef BT_LIB_MIGRATE_INTERNAL_H
#define BT_LIB_MIGRATE_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/db/db.h"
#include "lib/db/migrate.h"

struct migrate_applied {
    int64_t number;
    const char *checksum;
};

/* A connection and the memory of what it says. */
struct migrate_conn {
    struct arena *arena;
    void *handle;
    const char *message; /* the engine's words of the last failure */
};

struct migrate_driver {
    enum migrate_engine engine;
    const char *begin; /* begins a transaction that keeps a second migrator waiting */
    /* ERR_MISSING when the database is not there and `create` is false. */
    enum err (*open)(struct migrate_conn *c, const char *url, bool create);
    void (*close)(struct migrate_conn *c);
    enum err (*exec)(struct migrate_conn *c, const char *text);
    enum err (*applied)(struct migrate_conn *c, struct migrate_applied **ret, size_t *ret_count);
    enum err (*record)(struct migrate_conn *c, const struct migration *m, const char *checksum);
    /* Last look before the commit. */
    enum err (*verify)(struct migrate_conn *c);
};

#define MIGRATE_TABLE "schema_migration"

extern const struct migrate_driver migrate_sqlite_driver;
extern const struct migrate_driver migrate_postgres_driver;

#endif

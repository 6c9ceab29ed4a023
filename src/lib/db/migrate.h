/* Migrations: numbered texts embedded in the binary (migrations/0001-name.sql …), one text for both
 * engines with two type words: @int (INTEGER / BIGINT) and @bytes (BLOB / BYTEA). Lines that begin with
 * @sqlite or @postgres are for that engine alone (triggers). SQLite tables become STRICT by the word @strict at the end of a CREATE TABLE (nothing on PostgreSQL). Each file runs in one
 * transaction and leaves its number, name and checksum (SHA-256 of the text before replacement) in
 * table schema_migration; a changed old text refuses to start. */
#ifndef BT_LIB_DB_MIGRATE_H
#define BT_LIB_DB_MIGRATE_H

#include "lib/base/arena.h"
#include "lib/base/err.h"

struct migration {
    int number;
    const char *name;
    const char *text;
};

enum migrate_engine { MIGRATE_SQLITE, MIGRATE_POSTGRES };

/* The text for one engine (type words replaced), in the arena. */
const char *migrate_text(struct arena *a, const struct migration *m, enum migrate_engine engine);

/* Brings the database at `url` (sqlite:PATH or postgres://…/postgresql://…) to the newest schema,
 * creating it when it is not there. ret_applied: how many ran now. ret_message: a sentence for the
 * operator on failure. ERR_CONFLICT when an applied text differs from ours or the database is newer. */
enum err migrate_up(struct arena *a, const char *url, const struct migration *list, size_t count,
                    int *ret_applied, const char **ret_message) MUST_USE;
/* ERR_OK when nothing is missing, ERR_CONFLICT when migrate must run first. */
enum err migrate_check(struct arena *a, const char *url, const struct migration *list, size_t count,
                       const char **ret_message) MUST_USE;
/* PREPAREs every statement on a live PostgreSQL (used by `script/test` and `doctor`); the first fault's
 * name and the engine's words go to ret_message. */
struct db_sql;
enum err migrate_prepare_all(struct arena *a, const char *url,
                             const struct db_sql *const *const *statements, int *ret_count,
                             const char **ret_message) MUST_USE;

#endif

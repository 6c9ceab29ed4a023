/* Migrations, the part that knows no engine: type words, checksums, which text runs next. */
#include "lib/db/migrate.h"

#include <ctype.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/str.h"
#include "lib/db/migrate_internal.h"
#include "lib/base/banned.h"

#define TEXT_MAX_BYTES (1024u * 1024u)

/* --- text and checksum ----------------------------------------------------------------------- */

static const struct {
    const char *word, *sqlite, *postgres;
} type_words[] = {
    {"@int", "INTEGER", "BIGINT"},
    {"@bytes", "BLOB", "BYTEA"},
    {"@strict", "STRICT", ""},
};

/* The type word at p, or -1: "@integer" is none. */
static int type_word_at(const char *p)
{
    for (size_t i = 0; i < ARRAY_LEN(type_words); i++) {
        size_t n = strlen(type_words[i].word);
        if (strncmp(p, type_words[i].word, n) == 0 && !isalnum((unsigned char)p[n]) && p[n] != '_')
            return (int)i;
    }
    return -1;
}

/* A line that begins with @sqlite or @postgres is for that engine alone (triggers, whose language
 * differs). Returns what stands behind the word, or the end of a line for another engine. */
static const char *skip_engine_word(const char *line, enum migrate_engine engine)
{
    static const char *const words[] = {
        [MIGRATE_SQLITE] = "@sqlite ", [MIGRATE_POSTGRES] = "@postgres "};
    if (str_starts(line, words[engine]))
        return line + strlen(words[engine]);
    bool other = str_starts(line, words[MIGRATE_SQLITE]) ||
                 str_starts(line, words[MIGRATE_POSTGRES]);
    return other ? line + strcspn(line, "\n") : line;
}

const char *migrate_text(struct arena *a, const struct migration *m, enum migrate_engine engine)
{
    struct buf b = buf_new(a, strlen(m->text) + 256, TEXT_MAX_BYTES);
    for (const char *p = m->text; *p;) {
        if (p == m->text || p[-1] == '\n')
            p = skip_engine_word(p, engine);
        if (!*p)
            break;
        int word = *p == '@' ? type_word_at(p) : -1;
        if (word < 0) {
            buf_putc(&b, *p++);
            continue;
        }
        buf_puts(&b, engine == MIGRATE_SQLITE ? type_words[word].sqlite : type_words[word].postgres);
        p += strlen(type_words[word].word);
    }
    if (b.full) {
        log_event(LOG_ERROR, "a migration is too long", "name", m->name, NULL);
        abort();
    }
    return b.p;
}

static const char *checksum(struct arena *a, const struct migration *m)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)m->text, strlen(m->text));
    return str_hex(a, hash, sizeof(hash));
}

/* --- what is applied, what is next --------------------------------------------------------------- */

struct run {
    const struct migrate_driver *driver;
    struct migrate_conn conn;
    const struct migration *list;
    size_t count;
    const char *message;
};

static enum err fail(struct run *r, enum err e, const char *what)
{
    r->message = arena_printf(r->conn.arena, "%s: %s", what, str_or(r->conn.message, err_name(e)));
    return e;
}

static const struct migration *find_number(const struct run *r, int64_t number)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->list[i].number == number)
            return &r->list[i];
    return NULL;
}

static enum err compare(struct run *r, const struct migrate_applied *applied, size_t count)
{
    struct arena *a = r->conn.arena;
    for (size_t i = 0; i < count; i++) {
        const struct migration *m = find_number(r, applied[i].number);
        if (!m) {
            r->message = arena_printf(
                a, "Skema basis data (%04lld) lebih baru daripada program ini. Pakai program yang lebih baru.",
                (long long)applied[i].number);
            return ERR_CONFLICT;
        }
        if (strcmp(checksum(a, m), applied[i].checksum) != 0) {
            r->message = arena_printf(
                a, "Migrasi %04d %s berbeda dari yang sudah diterapkan pada basis data ini.",
                m->number, m->name);
            return ERR_CONFLICT;
        }
    }
    return ERR_OK;
}

/* The first text that is not applied yet, NULL when there is none. */
static const struct migration *next_of(const struct run *r, const struct migrate_applied *applied,
                                       size_t count)
{
    for (size_t i = 0; i < r->count; i++) {
        bool done = false;
        for (size_t j = 0; j < count; j++)
            done = done || applied[j].number == r->list[i].number;
        if (!done)
            return &r->list[i];
    }
    return NULL;
}

static enum err look(struct run *r, const struct migration **ret_next)
{
    struct migrate_applied *applied = NULL;
    size_t count = 0;
    if (r->driver->applied(&r->conn, &applied, &count) != ERR_OK)
        return fail(r, ERR_INTERNAL, "Tabel migrasi tidak dapat dibaca");
    TRY(compare(r, applied, count));
    *ret_next = next_of(r, applied, count);
    return ERR_OK;
}

/* --- one step: a transaction, at most one text ------------------------------------------------------ */

static enum err apply(struct run *r, const struct migration *m)
{
    struct arena *a = r->conn.arena;
    const char *what = arena_printf(a, "Migrasi %04d %s gagal", m->number, m->name);
    enum err e = r->driver->exec(&r->conn, migrate_text(a, m, r->driver->engine));
    if (e == ERR_OK)
        e = r->driver->record(&r->conn, m, checksum(a, m));
    if (e == ERR_OK)
        e = r->driver->verify(&r->conn);
    return e == ERR_OK ? ERR_OK : fail(r, e, what);
}

static enum err step_inside(struct run *r, const struct migration **ret_done)
{
    static const struct migration table = {
        .name = MIGRATE_TABLE,
        .text = "CREATE TABLE IF NOT EXISTS " MIGRATE_TABLE
                " (number @int NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL,"
                " applied_at @int NOT NULL) @strict"};
    enum err e = r->driver->exec(&r->conn, migrate_text(r->conn.arena, &table, r->driver->engine));
    if (e != ERR_OK)
        return fail(r, e, "Tabel migrasi tidak dapat dibuat");
    TRY(look(r, ret_done));
    return *ret_done ? apply(r, *ret_done) : ERR_OK;
}

/* *ret_done: the text that ran, NULL when nothing was missing. */
static enum err step(struct run *r, const struct migration **ret_done)
{
    enum err e = r->driver->exec(&r->conn, r->driver->begin);
    if (e != ERR_OK)
        return fail(r, e, "Basis data terkunci");
    e = step_inside(r, ret_done);
    if (e == ERR_OK) {
        e = r->driver->exec(&r->conn, "COMMIT");
        if (e != ERR_OK)
            e = fail(r, e, "Migrasi tidak dapat disimpan");
    }
    if (e != ERR_OK)
        (void)r->driver->exec(&r->conn, "ROLLBACK"); /* its own failure would say nothing new */
    return e;
}

/* --- the three calls ----------------------------------------------------------------------------------- */

static void check_order(const struct migration *list, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (list[i].number > list[i - 1].number)
            continue;
        log_event(LOG_ERROR, "migrations are not in ascending order", "name", list[i].name, NULL);
        abort();
    }
}

static enum err open_run(struct run *r, const char *url, bool create, const char **ret_message)
{
    check_order(r->list, r->count);
    if (str_starts(url, "sqlite:")) {
        r->driver = &migrate_sqlite_driver;
    } else if (str_starts(url, "postgres://") || str_starts(url, "postgresql://")) {
        r->driver = &migrate_postgres_driver;
    } else {
        *ret_message = arena_strdup(
            r->conn.arena,
            "Alamat basis data tidak dikenal. Pakai sqlite:BERKAS atau postgresql://…");
        return ERR_INVALID;
    }
    enum err e = r->driver->open(&r->conn, url, create);
    if (e == ERR_OK)
        return ERR_OK;
    r->driver->close(&r->conn);
    if (e == ERR_MISSING)
        *ret_message = arena_strdup(r->conn.arena,
                                    "Basis data belum ada. Jalankan migrate lebih dahulu.");
    else
        *ret_message = arena_printf(r->conn.arena, "Basis data tidak dapat dibuka: %s",
                                    str_or(r->conn.message, err_name(e)));
    return e;
}

static enum err close_run(struct run *r, enum err e, const char **ret_message)
{
    r->driver->close(&r->conn);
    if (e != ERR_OK)
        *ret_message = r->message;
    return e;
}

enum err migrate_up(struct arena *a, const char *url, const struct migration *list, size_t count,
                    int *ret_applied, const char **ret_message)
{
    struct run r = {.conn = {.arena = a}, .list = list, .count = count};
    TRY(open_run(&r, url, true, ret_message));
    int applied = 0;
    const struct migration *done = NULL;
    enum err e;
    while ((e = step(&r, &done)) == ERR_OK && done)
        applied++;
    if (e == ERR_OK)
        *ret_applied = applied;
    return close_run(&r, e, ret_message);
}

enum err migrate_check(struct arena *a, const char *url, const struct migration *list, size_t count,
                       const char **ret_message)
{
    struct run r = {.conn = {.arena = a}, .list = list, .count = count};
    enum err e = open_run(&r, url, false, ret_message);
    if (e != ERR_OK)
        return e == ERR_MISSING ? ERR_CONFLICT : e;
    const struct migration *next = NULL;
    e = look(&r, &next);
    if (e == ERR_OK && next) {
        r.message = arena_printf(a,
                                 "Migrasi %04d %s belum diterapkan. Jalankan migrate lebih dahulu.",
                                 next->number, next->name);
        e = ERR_CONFLICT;
    }
    return close_run(&r, e, ret_message);
}

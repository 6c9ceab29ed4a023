/* The database against the ledger, in SQL and with a walk of the audit of our own. See crash.h. */
#include "crash.h"

#include <dirent.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/banned.h"

bool report(bool good, const char *name, const char *why)
{
    (void)printf("%s %s%s%s\n", good ? "ok" : "not ok", name, good ? "" : ": ", good ? "" : why);
    (void)fflush(stdout);
    return good;
}

/* --- reading -------------------------------------------------------------------------------------------- */

/* One number; -1 when it cannot be had. */
static int64_t number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    int64_t n = -1;
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        n = sqlite3_column_int64(stmt, 0);
    else
        (void)printf("# %s: %s\n", sql, sqlite3_errmsg(db));
    (void)sqlite3_finalize(stmt);
    return n;
}

/* The names of what must not be there must count none. */
static bool none(sqlite3 *db, const char *name, const char *sql)
{
    char why[64];
    int64_t n = number(db, sql);
    (void)snprintf(why, sizeof(why), "%lld", (long long)n);
    return report(n == 0, name, why);
}

static bool says_ok(sqlite3 *db, const char *name, const char *pragma)
{
    sqlite3_stmt *stmt = NULL;
    bool good = sqlite3_prepare_v2(db, pragma, -1, &stmt, NULL) == SQLITE_OK;
    int rc = good ? sqlite3_step(stmt) : SQLITE_ERROR;
    const char *word = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0) : "";
    good = rc == SQLITE_DONE || (rc == SQLITE_ROW && word && strcmp(word, "ok") == 0);
    (void)report(good, name, word ? word : "");
    (void)sqlite3_finalize(stmt);
    return good;
}

/* --- the ledger as a table ------------------------------------------------------------------------------- */

static bool load_entry(sqlite3_stmt *insert, const struct entry *e)
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    (void)crypto_hash_sha256(hash, (const unsigned char *)e->key, strlen(e->key));
    (void)sqlite3_bind_int(insert, 1, e->step);
    (void)sqlite3_bind_text(insert, 2, e->id, -1, SQLITE_STATIC);
    (void)sqlite3_bind_int64(insert, 3, e->number);
    (void)sqlite3_bind_blob(insert, 4, hash, sizeof(hash), SQLITE_STATIC);
    (void)sqlite3_bind_int(insert, 5, e->photo);
    bool ok = sqlite3_step(insert) == SQLITE_DONE;
    (void)sqlite3_reset(insert);
    return ok;
}

static bool load_ledgers(sqlite3 *db, const struct desk *desks)
{
    sqlite3_stmt *insert = NULL;
    bool ok = sqlite3_exec(
                  db,
                  "CREATE TABLE acked (step INT, id TEXT, number INT, key_hash BLOB, photo INT);"
                  "BEGIN",
                  NULL, NULL, NULL) == SQLITE_OK &&
              sqlite3_prepare_v2(db, "INSERT INTO acked VALUES (?, ?, ?, ?, ?)", -1, &insert,
                                 NULL) == SQLITE_OK;
    for (int i = 0; ok && i < DESKS; i++)
        for (size_t k = 0; ok && k < desks[i].ledger.count; k++)
            ok = load_entry(insert, &desks[i].ledger.entries[k]);
    (void)sqlite3_finalize(insert);
    return ok && sqlite3_exec(db, "COMMIT; CREATE INDEX acked_by_id ON acked (id)", NULL, NULL,
                              NULL) == SQLITE_OK;
}

/* What the questions look at, copied with indexes that do not begin with the office. */
static const char copies[] =
    "CREATE TABLE visit AS SELECT id, number, number_suffix, state, id_index, photo_id FROM "
    "d.visit;"
    "CREATE UNIQUE INDEX visit_by_id ON visit (id);"
    "CREATE TABLE visit_step AS SELECT visit_id, step FROM d.visit_step;"
    "CREATE INDEX step_by_visit ON visit_step (visit_id, step);"
    "CREATE TABLE replay AS SELECT key_hash, subject_id FROM d.replay;"
    "CREATE INDEX replay_by_key ON replay (key_hash);"
    "CREATE TABLE notice AS SELECT subject_id FROM d.outbox WHERE kind = 'visit_notice';"
    "CREATE INDEX notice_by_visit ON notice (subject_id);"
    "CREATE TABLE held AS SELECT visit_id FROM d.badge_hold WHERE ended_at IS NULL "
    "UNION ALL SELECT visit_id FROM d.item WHERE returned_at IS NULL;"
    "CREATE INDEX held_by_visit ON held (visit_id);";

static sqlite3 *open_all(const struct office *o, const struct desk *desks)
{
    sqlite3 *db = NULL;
    char sql[512];
    (void)snprintf(sql, sizeof(sql), "ATTACH 'file:%s/bukutamu.db?mode=ro' AS d", o->data);
    bool ok = sqlite3_open_v2(":memory:", &db,
                              SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI,
                              NULL) == SQLITE_OK &&
              sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK && load_ledgers(db, desks) &&
              sqlite3_exec(db, copies, NULL, NULL, NULL) == SQLITE_OK;
    if (ok)
        return db;
    (void)report(false, "the database opens", db ? sqlite3_errmsg(db) : "");
    (void)sqlite3_close(db);
    return NULL;
}

/* --- the audit chain -------------------------------------------------------------------------------------- */

static void hash_number(crypto_hash_sha256_state *s, uint64_t value)
{
    uint8_t be[8];
    for (int i = 0; i < 8; i++)
        be[i] = (uint8_t)(value >> (56 - 8 * i));
    (void)crypto_hash_sha256_update(s, be, sizeof(be));
}

static void hash_column(crypto_hash_sha256_state *s, sqlite3_stmt *row, int i)
{
    const unsigned char *text = sqlite3_column_text(row, i);
    int n = sqlite3_column_bytes(row, i);
    hash_number(s, (uint64_t)n);
    (void)crypto_hash_sha256_update(s, text, (unsigned long long)n);
}

/* h(i) = SHA-256(0x00 || h(i-1) || office || seq || at || texts…); numbers big-endian, texts with their
 * length in front; h(0) is 32 zero bytes. */
static bool link_holds(sqlite3_stmt *row, uint8_t chain[32], int64_t expected)
{
    static const uint8_t leaf = 0;
    crypto_hash_sha256_state s;
    uint8_t hash[crypto_hash_sha256_BYTES];
    (void)crypto_hash_sha256_init(&s);
    (void)crypto_hash_sha256_update(&s, &leaf, 1);
    (void)crypto_hash_sha256_update(&s, chain, 32);
    hash_column(&s, row, 0);
    hash_number(&s, (uint64_t)sqlite3_column_int64(row, 1));
    hash_number(&s, (uint64_t)sqlite3_column_int64(row, 2));
    for (int i = 3; i <= 8; i++)
        hash_column(&s, row, i);
    (void)crypto_hash_sha256_final(&s, hash);
    bool ok = sqlite3_column_int64(row, 1) == expected && sqlite3_column_bytes(row, 9) == 32 &&
              memcmp(sqlite3_column_blob(row, 9), hash, 32) == 0;
    memcpy(chain, hash, 32);
    return ok;
}

static bool check_audit(sqlite3 *db, struct figures *f)
{
    sqlite3_stmt *rows = NULL, *head = NULL;
    uint8_t chain[32] = {0};
    int64_t count = 0;
    bool good = sqlite3_prepare_v2(
                    db,
                    "SELECT office_id, seq, at, actor_kind, actor_id, action, "
                    "subject_kind, subject_id, detail, hash FROM d.audit_entry ORDER BY seq",
                    -1, &rows, NULL) == SQLITE_OK;
    while (good && sqlite3_step(rows) == SQLITE_ROW)
        good = link_holds(rows, chain, ++count);
    good = good &&
           sqlite3_prepare_v2(db, "SELECT seq, hash FROM d.audit_head", -1, &head, NULL) ==
               SQLITE_OK &&
           sqlite3_step(head) == SQLITE_ROW && sqlite3_column_int64(head, 0) == count &&
           sqlite3_column_bytes(head, 1) == 32 &&
           memcmp(sqlite3_column_blob(head, 1), chain, 32) == 0;
    (void)sqlite3_finalize(rows);
    (void)sqlite3_finalize(head);
    f->audit_entries = count;
    char why[64];
    (void)snprintf(why, sizeof(why), "at entry %lld", (long long)count);
    return report(good && count > 0, "the audit chain holds from the first entry to the head", why);
}

/* --- all questions ------------------------------------------------------------------------------------------ */

struct question {
    const char *name, *sql;
};

static const struct question questions[] = {
    {"no acknowledged visit is lost",
     "SELECT count(*) FROM acked a LEFT JOIN visit v ON v.id = a.id WHERE a.step = 2 AND "
     "(v.id IS NULL OR v.number <> a.number)"},
    {"no acknowledged step is lost",
     "SELECT count(*) FROM acked a WHERE a.step IN (2, 3, 4, 6, 7, 8, 9) AND NOT EXISTS "
     "(SELECT 1 FROM visit_step s WHERE s.visit_id = a.id AND s.step = a.step)"},
    {"no acknowledged complaint is lost or doubled",
     "SELECT (SELECT count(*) FROM acked WHERE step = 70) - (SELECT count(*) FROM d.complaint)"},
    {"acknowledged closings are closed and hold nothing",
     "SELECT count(*) FROM acked a JOIN visit v ON v.id = a.id WHERE a.step = 9 AND "
     "(v.state <> 'closed' OR EXISTS (SELECT 1 FROM held WHERE visit_id = a.id))"},
    {"no visit is there that nobody was told of",
     "SELECT count(*) FROM visit v WHERE NOT EXISTS (SELECT 1 FROM acked a WHERE a.id = v.id AND "
     "a.step = 2)"},
    {"no visit is doubled by its key",
     "SELECT count(*) FROM (SELECT 1 FROM acked WHERE step = 2 GROUP BY id HAVING count(*) > 1)"},
    {"no visit is doubled by its document",
     "SELECT count(*) FROM (SELECT 1 FROM visit GROUP BY id_index HAVING count(*) > 1)"},
    {"every key is kept and names its visit",
     "SELECT count(*) FROM acked a WHERE NOT EXISTS (SELECT 1 FROM replay r WHERE "
     "r.key_hash = a.key_hash AND (r.subject_id = a.id OR a.step = 70))"},
    {"register numbers have no gap",
     "SELECT count(*) - max(number) + (min(number) - 1) FROM visit WHERE number_suffix = ''"},
    {"register numbers are unique",
     "SELECT count(*) - count(DISTINCT number || number_suffix) FROM visit"},
    {"complaint numbers have no gap and are unique",
     "SELECT (count(*) - coalesce(max(number), 0)) + (count(*) - count(DISTINCT number)) FROM "
     "d.complaint"},
    {"every visit queued one notice", "SELECT count(*) FROM visit v WHERE (SELECT count(*) FROM "
                                      "notice WHERE subject_id = v.id) <> 1"},
    {"every acknowledged photo belongs to its visit",
     "SELECT count(*) FROM acked a JOIN visit v ON v.id = a.id WHERE a.photo = 1 AND v.photo_id IS "
     "NULL"},
};

bool check_database(const struct office *o, const struct desk *desks, struct figures *f)
{
    sqlite3 *db = open_all(o, desks);
    if (!db)
        return false;
    bool good = true;
    for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++)
        good = none(db, questions[i].name, questions[i].sql) && good;
    good = check_audit(db, f) && good;
    good = says_ok(db, "integrity_check", "PRAGMA d.integrity_check(1)") && good;
    good = says_ok(db, "foreign_key_check", "PRAGMA d.foreign_key_check") && good;
    f->visits = number(db, "SELECT count(*) FROM d.visit");
    f->complaints = number(db, "SELECT count(*) FROM d.complaint");
    (void)sqlite3_close(db);
    return good;
}

/* --- photos --------------------------------------------------------------------------------------------------- */

static int64_t count_files(const char *folder, int depth)
{
    int64_t n = 0;
    DIR *d = opendir(folder);
    struct dirent *e;
    while (d && (e = readdir(d))) {
        char path[1024];
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        int length = snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
        if (length > 0 && (size_t)length < sizeof(path))
            n += depth ? count_files(path, depth - 1) : 1;
    }
    if (d)
        (void)closedir(d);
    return n;
}

/* Each is the same picture, so each must come back as the same bytes. */
static bool same_photo(struct line *line, const char *cookie, const char *id, struct answer *a,
                       struct answer *first)
{
    char path[96];
    (void)snprintf(path, sizeof(path), "/tamu/%s/foto", id);
    const struct call call = {.method = "GET", .path = path, .cookie = cookie};
    struct answer *to = first->body_bytes ? a : first;
    if (http_call(line, &call, to) != FATE_ANSWERED || to->status != 200)
        return false;
    bool jpeg = to->body_bytes > 4 && memcmp(to->body, "\xFF\xD8\xFF", 3) == 0;
    return jpeg && to->body_bytes == first->body_bytes &&
           memcmp(to->body, first->body, first->body_bytes) == 0;
}

bool check_photos(const struct office *o, struct figures *f)
{
    static struct answer a, first;
    struct line line = {.fd = -1, .port = o->port};
    char cookie[SECRET_BYTES], path[512], why[128] = "cannot log in";
    sqlite3 *db = NULL;
    sqlite3_stmt *rows = NULL;
    first.body_bytes = 0;
    (void)snprintf(path, sizeof(path), "%s/bukutamu.db", o->data);
    bool good = office_login(o, cookie) &&
                sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
                sqlite3_prepare_v2(db, "SELECT id FROM visit WHERE photo_id IS NOT NULL", -1, &rows,
                                   NULL) == SQLITE_OK;
    while (good && sqlite3_step(rows) == SQLITE_ROW) {
        const char *id = (const char *)sqlite3_column_text(rows, 0);
        good = same_photo(&line, cookie, id, &a, &first);
        (void)snprintf(why, sizeof(why), "visit %s", id);
        f->photos++;
    }
    (void)sqlite3_finalize(rows);
    (void)sqlite3_close(db);
    http_hang_up(&line);
    (void)snprintf(path, sizeof(path), "%s/photos", o->data);
    f->photo_files = count_files(path, 1);
    return report(good && f->photos > 0, "every stored photo opens and is whole", why);
}

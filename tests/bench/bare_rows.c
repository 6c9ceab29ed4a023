/* What script/bench holds durable POST /tamu against: a bare SQLite group-commit loop that writes the very
 * same rows. The database is a fresh office with one visit, registered by the program itself: its rows are
 * the pattern, copied with new ids, numbers and hashes, into the same schema with the same pragmas. N
 * threads submit, one writer commits whatever waits. No HTTP, no sealing, no JSON, no audit hash.
 *   bare_rows DATABASE SECONDS THREADS
 * Prints the same line as load. */
#include <pthread.h>
#include <semaphore.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/rand.h"
#include "lib/base/banned.h"

#define COLUMNS_MAX  80
#define BATCH_MAX    128
#define WARM_UP_PART 8

/* The rows of one visit, in the order of the transaction. */
enum row {
    ROW_VISITOR,
    ROW_VISIT,
    ROW_STEP_1,
    ROW_STEP_2,
    ROW_STEP_5,
    ROW_OUTBOX,
    ROW_REPLAY,
    ROW_AUDIT,
    ROW_COUNT
};
static const char *const row_select[ROW_COUNT] = {
    "SELECT * FROM visitor",
    "SELECT * FROM visit",
    "SELECT * FROM visit_step WHERE step = 1",
    "SELECT * FROM visit_step WHERE step = 2",
    "SELECT * FROM visit_step WHERE step = 5",
    "SELECT * FROM outbox",
    "SELECT * FROM replay",
    "SELECT * FROM audit_entry WHERE action = 'visit_registered'",
};
static const char *const row_table[ROW_COUNT] = {"visitor",    "visit",      "visit_step",
                                                 "visit_step", "visit_step", "outbox",
                                                 "replay",     "audit_entry"};

/* What is new in each copy. */
enum part {
    PART_SAME,
    PART_OWN_ID,
    PART_VISIT_ID,
    PART_VISITOR_ID,
    PART_NUMBER,
    PART_SEQ,
    PART_INDEX,
    PART_KEY
};

struct pattern {
    sqlite3_stmt *insert;
    int columns;
    sqlite3_value *value[COLUMNS_MAX];
    enum part part[COLUMNS_MAX];
};

struct job {
    struct job *next;
    sem_t done;
    bool ok;
    char visit_id[UUID_TEXT_BYTES], visitor_id[UUID_TEXT_BYTES], outbox_id[UUID_TEXT_BYTES];
    uint8_t index[32], key[32];
};

struct bare {
    sqlite3 *db;
    struct pattern rows[ROW_COUNT];
    sqlite3_stmt *begin, *commit, *used, *inside, *counter, *head_take, *head_put;
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct job *first, **end;
    bool stop;
    int64_t counted_from_ns, until_ns;
};

struct submitter {
    struct bare *bare;
    pthread_t thread;
    uint32_t *latency_us;
    size_t count, room;
    uint64_t errors;
};

static int64_t now_ns(clockid_t clock)
{
    struct timespec t;
    (void)clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void must(bool good, sqlite3 *db, const char *what)
{
    if (good)
        return;
    (void)fprintf(stderr, "bare_rows: %s: %s\n", what, db ? sqlite3_errmsg(db) : "");
    exit(1);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    must(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) == SQLITE_OK, db,
         sql);
    return stmt;
}

/* --- the pattern ----------------------------------------------------------------------------------------- */

static enum part part_of(enum row row, const char *column)
{
    static const struct {
        const char *column;
        enum part part;
    } parts[] = {
        {"id", PART_OWN_ID},           {"visit_id", PART_VISIT_ID},
        {"subject_id", PART_VISIT_ID}, {"visitor_id", PART_VISITOR_ID},
        {"number", PART_NUMBER},       {"seq", PART_SEQ},
        {"id_index", PART_INDEX},      {"key_hash", PART_KEY},
    };
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (strcmp(parts[i].column, column) == 0)
            return row == ROW_VISIT && parts[i].part == PART_OWN_ID ? PART_VISIT_ID : parts[i].part;
    return PART_SAME;
}

static void learn(struct bare *b, enum row row)
{
    struct pattern *p = &b->rows[row];
    char sql[1024];
    sqlite3_stmt *select = prepare(b->db, row_select[row]);
    must(sqlite3_step(select) == SQLITE_ROW, b->db, row_select[row]);
    p->columns = sqlite3_column_count(select);
    int n = snprintf(sql, sizeof(sql), "INSERT INTO %s VALUES (", row_table[row]);
    for (int i = 0; i < p->columns && i < COLUMNS_MAX; i++) {
        p->value[i] = sqlite3_value_dup(sqlite3_column_value(select, i));
        p->part[i] = part_of(row, sqlite3_column_name(select, i));
        n += snprintf(sql + n, sizeof(sql) - (size_t)n, "%s?", i ? ", " : "");
    }
    (void)snprintf(sql + n, sizeof(sql) - (size_t)n, ")");
    (void)sqlite3_finalize(select);
    p->insert = prepare(b->db, sql);
}

static void open_office(struct bare *b, const char *path)
{
    must(sqlite3_open_v2(path, &b->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) ==
             SQLITE_OK,
         b->db, path);
    must(sqlite3_exec(
             b->db,
             "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
             "PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;"
             "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 8192",
             NULL, NULL, NULL) == SQLITE_OK,
         b->db, "pragmas");
    for (int i = 0; i < ROW_COUNT; i++)
        learn(b, (enum row)i);
    b->begin = prepare(b->db, "BEGIN IMMEDIATE");
    b->commit = prepare(b->db, "COMMIT");
    b->used = prepare(b->db,
                      "SELECT status FROM replay WHERE office_id = (SELECT office_id FROM office) "
                      "AND actor_id = 'x' AND key_hash = ?");
    b->inside = prepare(b->db,
                        "SELECT id FROM visit WHERE office_id = (SELECT office_id FROM office) "
                        "AND id_index = ? AND open = 1");
    b->counter = prepare(
        b->db, "UPDATE counter SET value = value + 1 WHERE book = 'visit' RETURNING value");
    b->head_take = prepare(b->db, "UPDATE audit_head SET seq = seq + 1 RETURNING seq");
    b->head_put = prepare(b->db, "UPDATE audit_head SET hash = ?");
}

/* --- one visit --------------------------------------------------------------------------------------------- */

static bool run(sqlite3_stmt *stmt, int64_t *ret)
{
    int rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW && ret)
        *ret = sqlite3_column_int64(stmt, 0);
    while (rc == SQLITE_ROW)
        rc = sqlite3_step(stmt);
    (void)sqlite3_reset(stmt);
    return rc == SQLITE_DONE;
}

static void bind(sqlite3_stmt *stmt, int at, const char *text)
{
    (void)sqlite3_bind_text(stmt, at, text, -1, SQLITE_STATIC);
}

static bool copy_row(struct bare *b, enum row row, const struct job *j, int64_t number, int64_t seq)
{
    const struct pattern *p = &b->rows[row];
    for (int i = 0; i < p->columns; i++) {
        switch (p->part[i]) {
        case PART_SAME:
            (void)sqlite3_bind_value(p->insert, i + 1, p->value[i]);
            break;
        case PART_OWN_ID:
            bind(p->insert, i + 1, row == ROW_VISITOR ? j->visitor_id : j->outbox_id);
            break;
        case PART_VISIT_ID:
            bind(p->insert, i + 1, j->visit_id);
            break;
        case PART_VISITOR_ID:
            bind(p->insert, i + 1, j->visitor_id);
            break;
        case PART_NUMBER:
            (void)sqlite3_bind_int64(p->insert, i + 1, number);
            break;
        case PART_SEQ:
            (void)sqlite3_bind_int64(p->insert, i + 1, seq);
            break;
        case PART_INDEX:
            (void)sqlite3_bind_blob(p->insert, i + 1, j->index, sizeof(j->index), SQLITE_STATIC);
            break;
        case PART_KEY:
            (void)sqlite3_bind_blob(p->insert, i + 1, j->key, sizeof(j->key), SQLITE_STATIC);
            break;
        }
    }
    return run(p->insert, NULL);
}

static bool write_visit(struct bare *b, const struct job *j)
{
    int64_t number = 0, seq = 0;
    (void)sqlite3_bind_blob(b->used, 1, j->key, sizeof(j->key), SQLITE_STATIC);
    (void)sqlite3_bind_blob(b->inside, 1, j->index, sizeof(j->index), SQLITE_STATIC);
    (void)sqlite3_bind_blob(b->head_put, 1, j->key, sizeof(j->key), SQLITE_STATIC);
    bool ok = run(b->used, NULL) && run(b->inside, NULL) && copy_row(b, ROW_VISITOR, j, 0, 0) &&
              run(b->counter, &number) && copy_row(b, ROW_VISIT, j, number, 0);
    for (int row = ROW_STEP_1; ok && row <= ROW_REPLAY; row++)
        ok = copy_row(b, (enum row)row, j, 0, 0);
    return ok && run(b->head_take, &seq) && copy_row(b, ROW_AUDIT, j, 0, seq) &&
           run(b->head_put, NULL);
}

/* --- the writer ------------------------------------------------------------------------------------------------ */

static size_t take(struct bare *b, struct job **ret)
{
    size_t n = 0;
    (void)pthread_mutex_lock(&b->lock);
    while (!b->first && !b->stop)
        (void)pthread_cond_wait(&b->filled, &b->lock);
    while (b->first && n < BATCH_MAX) {
        ret[n++] = b->first;
        b->first = b->first->next;
    }
    if (!b->first)
        b->end = &b->first;
    (void)pthread_mutex_unlock(&b->lock);
    return n;
}

static void *writer_main(void *pointer)
{
    struct bare *b = pointer;
    struct job *jobs[BATCH_MAX];
    size_t n;
    while ((n = take(b, jobs)) > 0) {
        bool ok = run(b->begin, NULL);
        for (size_t i = 0; i < n; i++)
            jobs[i]->ok = ok = ok && write_visit(b, jobs[i]);
        ok = run(b->commit, NULL) && ok;
        must(ok, b->db, "write");
        for (size_t i = 0; i < n; i++)
            (void)sem_post(&jobs[i]->done);
    }
    return NULL;
}

/* --- the submitters ----------------------------------------------------------------------------------------------- */

static void submit(struct bare *b, struct job *j)
{
    (void)pthread_mutex_lock(&b->lock);
    j->next = NULL;
    *b->end = j;
    b->end = &j->next;
    (void)pthread_cond_signal(&b->filled);
    (void)pthread_mutex_unlock(&b->lock);
    (void)sem_wait(&j->done);
}

static void count(struct submitter *s, int64_t began, int64_t ended)
{
    if (ended < s->bare->counted_from_ns || ended > s->bare->until_ns)
        return;
    if (s->count == s->room) {
        s->room = s->room ? s->room * 2 : 4096;
        s->latency_us = reallocarray(s->latency_us, s->room, sizeof(*s->latency_us));
        must(s->latency_us != NULL, NULL, "memory");
    }
    s->latency_us[s->count++] = (uint32_t)((ended - began) / 1000);
}

static void *submitter_main(void *pointer)
{
    struct submitter *s = pointer;
    struct job j = {.next = NULL};
    (void)sem_init(&j.done, 0, 0);
    for (;;) {
        int64_t began = now_ns(CLOCK_MONOTONIC);
        if (began > s->bare->until_ns)
            break;
        int64_t at_ms = now_ns(CLOCK_REALTIME) / 1000000;
        rand_uuid7(at_ms, j.visit_id);
        rand_uuid7(at_ms, j.visitor_id);
        rand_uuid7(at_ms, j.outbox_id);
        randombytes_buf(j.index, sizeof(j.index));
        randombytes_buf(j.key, sizeof(j.key));
        submit(s->bare, &j);
        s->errors += !j.ok;
        count(s, began, now_ns(CLOCK_MONOTONIC));
    }
    (void)sem_destroy(&j.done);
    return NULL;
}

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void print(const struct bare *b, struct submitter *s, int threads)
{
    size_t total = 0;
    uint64_t errors = 0;
    for (int i = 0; i < threads; i++)
        total += s[i].count;
    uint32_t *all = calloc(total + 1, sizeof(*all));
    must(all != NULL, NULL, "memory");
    size_t n = 0;
    for (int i = 0; i < threads; i++) {
        if (s[i].count)
            memcpy(all + n, s[i].latency_us, s[i].count * sizeof(*all));
        n += s[i].count;
        errors += s[i].errors;
    }
    qsort(all, total, sizeof(*all), by_size);
    (void)printf("%.0f %u %u %zu %llu\n",
                 (double)total / ((double)(b->until_ns - b->counted_from_ns) / 1e9), all[total / 2],
                 total ? all[total - 1 - total / 100] : 0, total, (unsigned long long)errors);
    free(all);
}

int main(int argc, char **argv)
{
    static struct bare b;
    pthread_t writer;
    int threads = argc == 4 ? (int)strtol(argv[3], NULL, 10) : 0;
    if (threads < 1 || threads > 1024 || sodium_init() < 0) {
        (void)fprintf(stderr, "usage: bare_rows DATABASE SECONDS THREADS\n");
        return 2;
    }
    struct submitter *s = calloc((size_t)threads, sizeof(*s));
    must(s != NULL, NULL, "memory");
    b.end = &b.first;
    (void)pthread_mutex_init(&b.lock, NULL);
    (void)pthread_cond_init(&b.filled, NULL);
    open_office(&b, argv[1]);
    int64_t whole = (int64_t)(strtod(argv[2], NULL) * 1e9), begun = now_ns(CLOCK_MONOTONIC);
    b.counted_from_ns = begun + whole / WARM_UP_PART;
    b.until_ns = begun + whole;
    must(pthread_create(&writer, NULL, writer_main, &b) == 0, NULL, "thread");
    for (int i = 0; i < threads; i++) {
        s[i].bare = &b;
        must(pthread_create(&s[i].thread, NULL, submitter_main, &s[i]) == 0, NULL, "thread");
    }
    for (int i = 0; i < threads; i++)
        (void)pthread_join(s[i].thread, NULL);
    (void)pthread_mutex_lock(&b.lock);
    b.stop = true;
    (void)pthread_cond_signal(&b.filled);
    (void)pthread_mutex_unlock(&b.lock);
    (void)pthread_join(writer, NULL);
    print(&b, s, threads);
    return 0;
}

/* The chain: append inside the act's transaction, verify from the beginning. See audit.h.
 *
 * h(i) = SHA-256(0x00 || h(i-1) || entry), entry in length-prefixed canonical form, h(0) = 32 zero
 * bytes (shared form of RFC 6962's leaf hash prefix). */
#include "features/audit/audit.h"

#include <sodium.h>
#include <string.h>

#include "lib/base/str.h"
#include "lib/base/banned.h"

#define HASH_BYTES 32u

static const struct record_column audit_columns[] = {
    RECORD_COLUMN(struct audit_entry, seq, REC_INT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct audit_entry, at, REC_TIME, RECORD_ALL, NULL),
    RECORD_COLUMN(struct audit_entry, actor_kind, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct audit_entry, actor_id, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct audit_entry, action, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct audit_entry, subject_kind, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct audit_entry, subject_id, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct audit_entry, detail, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct audit_entry, hash, REC_BYTES, 0, NULL),
};
const struct record audit_record = RECORD("AuditEntry", struct audit_entry, audit_columns);

struct head {
    int64_t seq;
    int64_t at;
    struct bytes hash;
};

static const struct record_column head_columns[] = {
    RECORD_COLUMN(struct head, seq, REC_INT, 0, NULL),
    RECORD_COLUMN(struct head, at, REC_TIME, 0, NULL),
    RECORD_COLUMN(struct head, hash, REC_BYTES, 0, NULL),
};
static const struct record head_record = RECORD("AuditHead", struct head, head_columns);

#define ENTRY_COLUMNS                                                                              \
    "seq, at, actor_kind, actor_id, action, subject_kind, subject_id, detail, hash"

DB_SQL(audit_head_insert,
       "INSERT INTO audit_head (office_id, seq, hash, at) VALUES ($1, 0, $2, $3)");
/* Takes the office's lock until the commit; the time never runs backwards. */
DB_SQL(audit_head_take,
       "UPDATE audit_head SET seq = seq + 1, at = CASE WHEN at > $2 THEN at ELSE $2 END "
       "WHERE office_id = $1 RETURNING seq, at, hash");
DB_SQL(audit_head_put, "UPDATE audit_head SET hash = $2 WHERE office_id = $1");
DB_SQL(audit_head_seq, "SELECT seq FROM audit_head WHERE office_id = $1");
DB_SQL(audit_head_read, "SELECT seq, at, hash FROM audit_head WHERE office_id = $1");
DB_SQL(audit_insert, "INSERT INTO audit_entry (office_id, " ENTRY_COLUMNS
                     ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
DB_SQL(audit_all, "SELECT " ENTRY_COLUMNS " FROM audit_entry WHERE office_id = $1 ORDER BY seq");
DB_SQL(audit_by_subject, "SELECT " ENTRY_COLUMNS " FROM audit_entry WHERE office_id = $1 "
                         "AND subject_id = $2 ORDER BY seq LIMIT $3");
DB_SQL(audit_look_list,
       "SELECT " ENTRY_COLUMNS " FROM audit_entry WHERE office_id = $1 AND subject_id = $2 "
       "AND (action LIKE '%read' OR action LIKE '%viewed' OR action LIKE '%fetched' "
       "OR action LIKE '%shared' OR action LIKE '%export%') ORDER BY seq DESC LIMIT $3");
DB_SQL(
    audit_events,
    "SELECT " ENTRY_COLUMNS " FROM audit_entry WHERE office_id = $1 AND seq > $2 "
    "AND subject_kind IN ('visit', 'channel') AND action <> 'photo_viewed' ORDER BY seq LIMIT $3");

const struct db_sql *const audit_statements[] = {&audit_head_insert,
                                                 &audit_head_take,
                                                 &audit_head_put,
                                                 &audit_head_seq,
                                                 &audit_head_read,
                                                 &audit_insert,
                                                 &audit_all,
                                                 &audit_by_subject,
                                                 &audit_look_list,
                                                 &audit_events,
                                                 NULL};

static void hash_u64(crypto_hash_sha256_state *state, uint64_t value)
{
    uint8_t be[8];
    for (int i = 0; i < 8; i++)
        be[i] = (uint8_t)(value >> (56 - 8 * i));
    (void)crypto_hash_sha256_update(state, be, sizeof(be));
}

static void hash_text(crypto_hash_sha256_state *state, const char *s)
{
    size_t n = s ? strlen(s) : 0;
    hash_u64(state, n);
    if (n)
        (void)crypto_hash_sha256_update(state, (const unsigned char *)s, n);
}

static void entry_hash(const char *office_id, const struct audit_entry *e, struct bytes previous,
                       uint8_t ret[HASH_BYTES])
{
    static const uint8_t leaf = 0x00;
    crypto_hash_sha256_state state;
    (void)crypto_hash_sha256_init(&state);
    (void)crypto_hash_sha256_update(&state, &leaf, 1);
    (void)crypto_hash_sha256_update(&state, previous.p, previous.n);
    hash_text(&state, office_id);
    hash_u64(&state, (uint64_t)e->seq);
    hash_u64(&state, (uint64_t)e->at);
    hash_text(&state, e->actor_kind);
    hash_text(&state, e->actor_id);
    hash_text(&state, e->action);
    hash_text(&state, e->subject_kind);
    hash_text(&state, e->subject_id);
    hash_text(&state, e->detail);
    (void)crypto_hash_sha256_final(&state, ret);
}

enum err audit_begin(struct db_conn *tx, const char *office_id, int64_t now_ms)
{
    static const uint8_t zero[HASH_BYTES];
    return db_run(
        tx, &audit_head_insert,
        DB_ARGS(db_text(office_id), db_bytes((struct bytes){zero, sizeof(zero)}), db_int(now_ms)),
        NULL);
}

enum err audit_append(struct db_conn *tx, const struct audit_new *n, int64_t *ret_seq)
{
    struct head head = {0};
    TRY(db_one(tx, &audit_head_take, DB_ARGS(db_text(n->office_id), db_int(n->at)), &head_record,
               &head));
    struct audit_entry e = {.seq = head.seq,
                            .at = head.at,
                            .actor_kind = n->actor_kind,
                            .actor_id = n->actor_id,
                            .action = n->action,
                            .subject_kind = n->subject_kind,
                            .subject_id = n->subject_id,
                            .detail = n->detail};
    uint8_t hash[HASH_BYTES];
    entry_hash(n->office_id, &e, head.hash, hash);
    struct bytes hash_bytes = {hash, sizeof(hash)};
    TRY(db_run(tx, &audit_insert,
               DB_ARGS(db_text(n->office_id), db_int(e.seq), db_int(e.at), db_text(e.actor_kind),
                       db_text(e.actor_id), db_text(e.action), db_text(e.subject_kind),
                       db_text(e.subject_id), db_text(e.detail), db_bytes(hash_bytes)),
               NULL));
    TRY(db_run(tx, &audit_head_put, DB_ARGS(db_text(n->office_id), db_bytes(hash_bytes)), NULL));
    if (ret_seq)
        *ret_seq = e.seq;
    return ERR_OK;
}

static enum err note_tx(struct db_conn *tx, void *arg)
{
    return audit_append(tx, arg, NULL);
}

enum err audit_note(struct cx *cx, const char *action, const char *subject_kind,
                    const char *subject_id, const char *detail)
{
    struct audit_new n = {.office_id = cx->actor.office_id,
                          .at = cx->now_ms,
                          .actor_kind = audit_actor_kind(cx),
                          .actor_id = cx->actor.id,
                          .action = action,
                          .subject_kind = subject_kind,
                          .subject_id = subject_id,
                          .detail = detail};
    return db_tx(cx, "audit_note", note_tx, &n);
}

enum err audit_head(struct db_conn *conn, const char *office_id, int64_t *ret_seq)
{
    return db_number(conn, &audit_head_seq, DB_ARGS(db_text(office_id)), ret_seq);
}

struct walk {
    struct db_conn *conn;
    struct arena *scratch;
    const char *office_id;
    struct audit_entry entry;
    uint8_t hash[HASH_BYTES];
    int64_t count;
};

static enum err walk_entry(void *arg)
{
    struct walk *w = arg;
    uint8_t hash[HASH_BYTES];
    entry_hash(w->office_id, &w->entry, (struct bytes){w->hash, HASH_BYTES}, hash);
    bool good = w->entry.seq == w->count + 1 && w->entry.hash.n == HASH_BYTES &&
                memcmp(hash, w->entry.hash.p, HASH_BYTES) == 0;
    if (!good)
        return ERR_CONFLICT;
    memcpy(w->hash, hash, HASH_BYTES);
    w->count++;
    arena_reset(w->scratch);
    return ERR_OK;
}

enum err audit_verify(struct db_conn *conn, struct arena *scratch, const char *office_id,
                      int64_t *ret_count, int64_t *ret_bad_seq)
{
    struct walk w = {.conn = conn, .scratch = scratch, .office_id = office_id};
    db_conn_use_arena(conn, scratch);
    enum err e = db_each(conn, &audit_all, DB_ARGS(db_text(office_id)), &audit_record, &w.entry,
                         walk_entry, &w);
    if (e == ERR_CONFLICT)
        *ret_bad_seq = w.count + 1;
    if (e != ERR_OK)
        return e;
    struct head head = {0};
    TRY(db_one(conn, &audit_head_read, DB_ARGS(db_text(office_id)), &head_record, &head));
    bool whole = head.seq == w.count && head.hash.n == HASH_BYTES &&
                 memcmp(head.hash.p, w.hash, HASH_BYTES) == 0;
    if (!whole) {
        /* Entries are missing behind the last one, or stand behind the head, or the last was forged. */
        *ret_bad_seq = head.seq > w.count   ? w.count + 1
                       : head.seq < w.count ? head.seq + 1
                                            : w.count;
        return ERR_CONFLICT;
    }
    *ret_count = w.count;
    return ERR_OK;
}

enum err audit_of_subject(struct db_conn *conn, const char *office_id, const char *subject_id,
                          size_t max, struct audit_entry **ret, size_t *ret_count)
{
    return db_list(conn, &audit_by_subject,
                   DB_ARGS(db_text(office_id), db_text(subject_id), db_int((int64_t)max)),
                   &audit_record, max, ret, ret_count);
}

enum err audit_looks(struct db_conn *conn, const char *office_id, const char *subject_id,
                     size_t max, struct audit_entry **ret, size_t *ret_count)
{
    return db_list(conn, &audit_look_list,
                   DB_ARGS(db_text(office_id), db_text(subject_id), db_int((int64_t)max)),
                   &audit_record, max, ret, ret_count);
}

enum err audit_events_after(struct db_conn *conn, const char *office_id, int64_t after, size_t max,
                            struct audit_entry **ret, size_t *ret_count)
{
    return db_list(conn, &audit_events,
                   DB_ARGS(db_text(office_id), db_int(after), db_int((int64_t)max)), &audit_record,
                   max, ret, ret_count);
}

/* Idempotency keys in the business transaction. See replay.h. */
#include "lib/replay/replay.h"

#include <sodium.h>
#include <string.h>

#include "lib/base/str.h"
#include "lib/base/banned.h"

#define KEEP_MS (7LL * 24 * 3600 * 1000)

struct replay_row {
    const char *route;
    struct bytes body_hash;
    int64_t status;
    const char *subject_id;
};

static const struct record_column replay_columns[] = {
    RECORD_COLUMN(struct replay_row, route, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct replay_row, body_hash, REC_BYTES, 0, NULL),
    RECORD_COLUMN(struct replay_row, status, REC_INT, 0, NULL),
    RECORD_COLUMN(struct replay_row, subject_id, REC_TEXT, 0, NULL),
};
static const struct record replay_record = RECORD("Replay", struct replay_row, replay_columns);

DB_SQL(replay_select, "SELECT route, body_hash, status, subject_id FROM replay "
                      "WHERE office_id = $1 AND actor_id = $2 AND key_hash = $3");
DB_SQL(replay_insert,
       "INSERT INTO replay (office_id, actor_id, key_hash, route, body_hash, status, "
       "subject_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
DB_SQL(replay_delete, "DELETE FROM replay WHERE office_id = $1 AND key_hash IN "
                      "(SELECT key_hash FROM replay WHERE office_id = $1 AND at < $2 LIMIT 200) "
                      "AND at < $2");

const struct db_sql *const replay_statements[] = {&replay_select, &replay_insert, &replay_delete,
                                                  NULL};

enum err replay_prepare(struct cx *cx, const char *key, const char *route,
                        const uint8_t body_hash[32], struct replay *ret)
{
    *ret = (struct replay){.present = false};
    if (!key)
        return ERR_OK;
    size_t n = strlen(key);
    if (n == 0 || n > 255)
        return cx_fail(cx, ERR_BAD, "idempotency_key",
                       T("Idempotency-Key harus berisi 1 sampai 255 karakter."));
    for (size_t i = 0; i < n; i++) {
        if (key[i] < 0x21 || key[i] > 0x7E)
            return cx_fail(
                cx, ERR_BAD, "idempotency_key",
                T("Idempotency-Key hanya boleh berisi huruf, angka, dan tanda baca ASCII."));
    }
    ret->present = true;
    ret->office_id = cx->actor.office_id;
    ret->actor_id = cx->actor.id;
    ret->route = route;
    (void)crypto_hash_sha256(ret->key_hash, (const unsigned char *)key, n);
    memcpy(ret->body_hash, body_hash, sizeof(ret->body_hash));
    return ERR_OK;
}

enum err replay_find(struct db_conn *tx, const struct replay *r, bool *ret_found,
                     const char **ret_subject_id, int *ret_status, struct refusal *ret_refusal)
{
    *ret_found = false;
    if (!r->present)
        return ERR_OK;
    struct replay_row row = {0};
    enum err e = db_one(tx, &replay_select,
                        DB_ARGS(db_text(r->office_id), db_text(r->actor_id),
                                db_bytes((struct bytes){r->key_hash, sizeof(r->key_hash)})),
                        &replay_record, &row);
    if (e == ERR_MISSING)
        return ERR_OK;
    if (e != ERR_OK)
        return e;
    bool same_body = row.body_hash.n == sizeof(r->body_hash) &&
                     memcmp(row.body_hash.p, r->body_hash, sizeof(r->body_hash)) == 0;
    if (!same_body || !str_eq(row.route, r->route)) {
        *ret_refusal = (struct refusal){
            .err = ERR_INVALID,
            .code = "idempotency_key_reused",
            .msgid = T(
                "Idempotency-Key ini sudah dipakai untuk permintaan lain. Pakai kunci baru."),
        };
        return ERR_INVALID;
    }
    *ret_found = true;
    *ret_subject_id = row.subject_id;
    *ret_status = (int)row.status;
    return ERR_OK;
}

enum err replay_keep(struct db_conn *tx, const struct replay *r, const char *subject_id, int status,
                     int64_t now_ms)
{
    if (!r->present)
        return ERR_OK;
    return db_run(tx, &replay_insert,
                  DB_ARGS(db_text(r->office_id), db_text(r->actor_id),
                          db_bytes((struct bytes){r->key_hash, sizeof(r->key_hash)}),
                          db_text(r->route),
                          db_bytes((struct bytes){r->body_hash, sizeof(r->body_hash)}),
                          db_int(status), db_text(subject_id), db_int(now_ms)),
                  NULL);
}

enum err replay_forget(struct db_conn *tx, const char *office_id, int64_t now_ms,
                       int64_t *ret_deleted)
{
    return db_run(tx, &replay_delete, DB_ARGS(db_text(office_id), db_int(now_ms - KEEP_MS)),
                  ret_deleted);
}

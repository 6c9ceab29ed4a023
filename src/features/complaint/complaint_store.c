/* SQL of the complaint: written once, with its shares and its number, in one transaction. */
#include "features/complaint/complaint_store.h"

#include <stdio.h>

#include "features/audit/audit.h"
#include "lib/base/banned.h"

#define COLUMN(member, type) RECORD_COLUMN(struct complaint, member, type, 0, NULL)

static const struct record_column complaint_columns[] = {
    COLUMN(id, REC_TEXT),
    COLUMN(year, REC_INT),
    COLUMN(number, REC_INT),
    COLUMN(received_at, REC_TIME),
    COLUMN(text_sealed, REC_BYTES),
    COLUMN(reported_sealed, REC_BYTES),
    COLUMN(documents_sealed, REC_BYTES),
    COLUMN(origin_sealed, REC_BYTES),
};
static const struct record complaint_record = RECORD("ComplaintRow", struct complaint,
                                                     complaint_columns);

static const struct record_column share_columns[] = {
    RECORD_COLUMN(struct complaint_share, share, REC_BYTES, 0, NULL),
};
static const struct record share_record = RECORD("ComplaintShare", struct complaint_share,
                                                 share_columns);

DB_SQL(complaint_next, "INSERT INTO counter (office_id, book, period, value) "
                       "VALUES ($1, 'complaint', $2, 1) ON CONFLICT (office_id, book, period) "
                       "DO UPDATE SET value = counter.value + 1 RETURNING value");
DB_SQL(complaint_insert,
       "INSERT INTO complaint (office_id, id, year, number, received_at, text_sealed, "
       "reported_sealed, documents_sealed, origin_sealed) "
       "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
DB_SQL(complaint_select,
       "SELECT id, year, number, received_at, text_sealed, reported_sealed, documents_sealed, "
       "origin_sealed FROM complaint WHERE office_id = $1 AND id = $2");
DB_SQL(complaint_share_insert, "INSERT INTO complaint_share (office_id, complaint_id, reader_id, "
                               "share) VALUES ($1, $2, $3, $4)");
DB_SQL(complaint_share_select, "SELECT share FROM complaint_share WHERE office_id = $1 "
                               "AND complaint_id = $2 AND reader_id = $3");
DB_SQL(complaint_link_put,
       "UPDATE visit SET complaint_sealed = $3 WHERE office_id = $1 AND id = $2");

const struct db_sql *const complaint_statements[] = {&complaint_next,
                                                     &complaint_insert,
                                                     &complaint_select,
                                                     &complaint_share_insert,
                                                     &complaint_share_select,
                                                     &complaint_link_put,
                                                     NULL};

static enum err insert_complaint(struct db_conn *tx, const struct complaint_new *n)
{
    const struct complaint *c = &n->complaint;
    return db_run(tx, &complaint_insert,
                  DB_ARGS(db_text(n->act.office_id), db_text(c->id), db_int(c->year),
                          db_int(n->number), db_int(c->received_at), db_bytes(c->text_sealed),
                          db_bytes(c->reported_sealed), db_bytes(c->documents_sealed),
                          db_bytes(c->origin_sealed)),
                  NULL);
}

static enum err insert_shares(struct db_conn *tx, const struct complaint_new *n)
{
    for (size_t i = 0; i < n->share_count; i++) {
        TRY(db_run(tx, &complaint_share_insert,
                   DB_ARGS(db_text(n->act.office_id), db_text(n->complaint.id),
                           db_text(n->shares[i].reader_id), db_bytes(n->shares[i].share)),
                   NULL));
    }
    return ERR_OK;
}

/* Neither the audit entry nor the idempotency row names the complaint: they are about the visit, and the
 * entry is the one of an interview note, so that it does not tell the times of complaints either. */
enum err complaint_write(struct db_conn *tx, void *arg)
{
    struct complaint_new *n = arg;
    const char *office = n->act.office_id;
    const char *subject = NULL;
    n->refusal = (struct refusal){.err = ERR_OK};
    TRY(replay_find(tx, &n->replay, &n->replayed, &subject, &n->status, &n->refusal));
    if (n->replayed)
        return ERR_OK;
    struct visit visit = {0};
    TRY(visit_get(tx, office, n->visit_id, &visit));
    n->refusal = complaint_may_write(&visit);
    if (n->refusal.err != ERR_OK)
        return n->refusal.err;
    char year[24];
    (void)snprintf(year, sizeof(year), "%lld", (long long)n->complaint.year);
    TRY(db_number(tx, &complaint_next, DB_ARGS(db_text(office), db_text(year)), &n->number));
    TRY(insert_complaint(tx, n));
    TRY(insert_shares(tx, n));
    TRY(db_run(tx, &complaint_link_put,
               DB_ARGS(db_text(office), db_text(n->visit_id), db_bytes(n->link_sealed)), NULL));
    n->status = 201;
    TRY(replay_keep(tx, &n->replay, n->visit_id, n->status, n->act.now_ms));
    return visit_log(tx, &n->act, n->visit_id, "visit_note", "");
}

enum err complaint_get(struct db_conn *conn, const char *office_id, const char *id,
                       struct complaint *ret)
{
    return db_one(conn, &complaint_select, DB_ARGS(db_text(office_id), db_text(id)),
                  &complaint_record, ret);
}

enum err complaint_share_of(struct db_conn *conn, const char *office_id, const char *complaint_id,
                            const char *reader_id, struct bytes *ret)
{
    struct complaint_share row = {0};
    TRY(db_one(conn, &complaint_share_select,
               DB_ARGS(db_text(office_id), db_text(complaint_id), db_text(reader_id)),
               &share_record, &row));
    *ret = row.share;
    return ERR_OK;
}

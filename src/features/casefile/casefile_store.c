/* SQL of the opened complaint: looks at identities, who looked, and the walk over one person's shares. */
#include "features/casefile/casefile_store.h"

#include "lib/base/banned.h"

#define LOOKS_MAX 300

static const struct record_column reporter_read_columns[] = {
    RECORD_COLUMN(struct reporter_read, id, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct reporter_read, reader_id, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct reporter_read, reason, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct reporter_read, at, REC_TIME, 0, NULL),
    RECORD_COLUMN(struct reporter_read, note_sealed, REC_BYTES, 0, NULL),
};
static const struct record reporter_read_record = RECORD("ReporterRead", struct reporter_read,
                                                         reporter_read_columns);

static const struct record_column scan_columns[] = {
    RECORD_COLUMN(struct casefile_scan, id, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct casefile_scan, received_at, REC_TIME, 0, NULL),
    RECORD_COLUMN(struct casefile_scan, ended_at, REC_TIME, 0, NULL),
    RECORD_COLUMN(struct casefile_scan, share, REC_BYTES, 0, NULL),
};
static const struct record scan_record = RECORD("ComplaintScan", struct casefile_scan, scan_columns);

DB_SQL(reporter_read_insert,
       "INSERT INTO reporter_read (office_id, id, complaint_id, reader_id, at,"
       " reason, note_sealed) VALUES ($1, $2, $3, $4, $5, $6, $7)");
DB_SQL(reporter_read_select,
       "SELECT id, reader_id, reason, at, note_sealed FROM reporter_read"
       " WHERE office_id = $1 AND complaint_id = $2 ORDER BY id DESC LIMIT $3");

/* The walk goes down the days; the share is found by its key. */
#define SCAN_FROM                                                                                  \
    " FROM complaint c CROSS JOIN complaint_share s"                                               \
    " WHERE c.office_id = $1 AND s.office_id = $1 AND s.complaint_id = c.id AND s.reader_id = $2"  \
    " AND ($3 = '' OR c.state = $3) AND ($4 = '' OR c.class = $4)"                                 \
    " AND c.received_at >= $5 AND c.received_at < $6 AND ($7 = 0 OR c.ended_at IS NULL)"
DB_SQL(casefile_scan_page, "SELECT c.id, c.received_at, c.ended_at, s.share" SCAN_FROM
                           " AND (c.received_at < $8 OR (c.received_at = $8 AND c.id < $9))"
                           " ORDER BY c.received_at DESC, c.id DESC LIMIT $10");
DB_SQL(casefile_scan_count, "SELECT count(*)" SCAN_FROM);

DB_SQL(complaint_search_take,
       "INSERT INTO complaint_search (office_id, staff_id, until_at) VALUES ($1, $2, $4)"
       " ON CONFLICT (office_id, staff_id) DO UPDATE SET until_at = $4"
       " WHERE complaint_search.until_at <= $3");
DB_SQL(complaint_search_end, "DELETE FROM complaint_search WHERE office_id = $1 AND staff_id = $2");

const struct db_sql *const casefile_statements[] = {&reporter_read_insert,
                                                    &reporter_read_select,
                                                    &casefile_scan_page,
                                                    &casefile_scan_count,
                                                    &complaint_search_take,
                                                    &complaint_search_end,
                                                    NULL};

/* --- identities ------------------------------------------------------------------------------------------- */

enum err casefile_identity_tx(struct db_conn *tx, void *arg)
{
    const struct reporter_read_act *a = arg;
    TRY(db_run(tx, &reporter_read_insert,
               DB_ARGS(db_text(a->audit.office_id), db_text(a->read.id), db_text(a->complaint_id),
                       db_text(a->read.reader_id), db_int(a->read.at), db_text(a->read.reason),
                       db_bytes(a->read.note_sealed)),
               NULL));
    return audit_append(tx, &a->audit, NULL);
}

enum err casefile_identity_reads(struct db_conn *conn, const char *office_id,
                                 const char *complaint_id, struct reporter_read **ret,
                                 size_t *ret_count)
{
    return db_list(conn, &reporter_read_select,
                   DB_ARGS(db_text(office_id), db_text(complaint_id), db_int(LOOKS_MAX)),
                   &reporter_read_record, LOOKS_MAX, ret, ret_count);
}

enum err casefile_looks(struct db_conn *conn, const char *office_id, const char *complaint_id,
                        struct audit_entry **ret, size_t *ret_count)
{
    return audit_looks(conn, office_id, complaint_id, LOOKS_MAX, ret, ret_count);
}

/* --- the walk ---------------------------------------------------------------------------------------------- */

enum err casefile_scan(struct db_conn *conn, const char *office_id, const struct casefile_wanted *w,
                       const struct casefile_scan *below, struct casefile_scan **ret,
                       size_t *ret_count)
{
    return db_list(conn, &casefile_scan_page,
                   DB_ARGS(db_text(office_id), db_text(w->reader_id), db_text(w->state),
                           db_text(w->class), db_int(w->from), db_int(w->until),
                           db_int(w->open_only), db_int(below->received_at), db_text(below->id),
                           db_int(CASEFILE_BATCH)),
                   &scan_record, CASEFILE_BATCH, ret, ret_count);
}

enum err casefile_count(struct db_conn *conn, const char *office_id,
                        const struct casefile_wanted *w, int64_t *ret)
{
    return db_number(conn, &casefile_scan_count,
                     DB_ARGS(db_text(office_id), db_text(w->reader_id), db_text(w->state),
                             db_text(w->class), db_int(w->from), db_int(w->until),
                             db_int(w->open_only)),
                     ret);
}

/* --- one at a time ------------------------------------------------------------------------------------------ */

enum err casefile_turn_take(struct db_conn *tx, void *arg)
{
    const struct casefile_turn *t = arg;
    int64_t taken = 0;
    TRY(db_run(tx, &complaint_search_take,
               DB_ARGS(db_text(t->office_id), db_text(t->staff_id), db_int(t->now_ms),
                       db_int(t->until_at)),
               &taken));
    return taken ? ERR_OK : ERR_CONFLICT;
}

enum err casefile_turn_end(struct db_conn *tx, void *arg)
{
    const struct casefile_turn *t = arg;
    TRY(db_run(tx, &complaint_search_end, DB_ARGS(db_text(t->office_id), db_text(t->staff_id)),
               NULL));
    return audit_append(tx, &t->audit, NULL);
}

/* --- passing on in numbers ----------------------------------------------------------------------------------- */

enum err casefile_give_tx(struct db_conn *tx, void *arg)
{
    const struct casefile_gift *g = arg;
    for (size_t i = 0; i < g->count; i++)
        TRY(complaint_share_give(tx, &g->items[i]));
    return ERR_OK;
}

/* What casefile_store.c reads and writes for the pages of the opened complaint. Inside this feature only. */
#ifndef BT_CASEFILE_STORE_H
#define BT_CASEFILE_STORE_H

#include "features/audit/audit.h"
#include "features/casefile/casefile.h"
#include "features/complaint/complaint_store.h"

/* A look at the reporter's identity: row and audit entry in one. */
struct reporter_read {
    const char *id, *reader_id, *reason;
    int64_t at;
    struct bytes note_sealed;
};
struct reporter_read_act {
    struct reporter_read read;
    const char *complaint_id;
    struct audit_new audit;
};
enum err casefile_identity_tx(struct db_conn *tx, void *reporter_read_act) MUST_USE;
/* Newest first. */
enum err casefile_identity_reads(struct db_conn *conn, const char *office_id,
                                 const char *complaint_id, struct reporter_read **ret,
                                 size_t *ret_count) MUST_USE;

/* Who looked and who was given what: entries of a complaint, newest first. */
enum err casefile_looks(struct db_conn *conn, const char *office_id, const char *complaint_id,
                        struct audit_entry **ret, size_t *ret_count) MUST_USE;

/* Complaints of which a person has a share, newest first, page by page. */
struct casefile_scan {
    const char *id;
    int64_t received_at, ended_at;
    struct bytes share;
};
struct casefile_wanted {
    const char *reader_id;
    const char *state, *class; /* "": any */
    int64_t from, until;       /* received_at, from <= it < until */
    bool open_only;
};
#define CASEFILE_BATCH 200 /* rows read and written at once */
/* After (below.received_at, below.id); the first page: {INT64_MAX, ""}. At most CASEFILE_BATCH. */
enum err casefile_scan(struct db_conn *conn, const char *office_id, const struct casefile_wanted *w,
                       const struct casefile_scan *below, struct casefile_scan **ret,
                       size_t *ret_count) MUST_USE;
enum err casefile_count(struct db_conn *conn, const char *office_id,
                        const struct casefile_wanted *w, int64_t *ret) MUST_USE;

/* One search at a time. ERR_CONFLICT when this person's last one still runs. */
struct casefile_turn {
    const char *office_id, *staff_id;
    int64_t now_ms, until_at;
    struct audit_new audit; /* of casefile_turn_end */
};
enum err casefile_turn_take(struct db_conn *tx, void *casefile_turn) MUST_USE;
/* Ends the turn and writes the audit entry, in one. */
enum err casefile_turn_end(struct db_conn *tx, void *casefile_turn) MUST_USE;

/* Shares of up to CASEFILE_BATCH complaints, each with its audit entry, in one. */
struct casefile_gift {
    struct complaint_sharing *items;
    size_t count;
};
enum err casefile_give_tx(struct db_conn *tx, void *casefile_gift) MUST_USE;

#endif

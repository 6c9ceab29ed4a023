/* The transaction that keeps a complaint: filled by complaint_web_seal.c, run by complaint_store.c. */
#ifndef BT_COMPLAINT_STORE_H
#define BT_COMPLAINT_STORE_H

#include "features/complaint/complaint.h"
#include "lib/replay/replay.h"

struct complaint_share {
    const char *reader_id; /* staff id or COMPLAINT_READER_RECOVERY */
    struct bytes share;
};

struct complaint_new {
    struct visit_act act;
    struct replay replay;
    const char *visit_id;        /* NULL: without a visit */
    struct complaint complaint;  /* all but the number, which is given inside */
    struct bytes receipt_lookup; /* {NULL, 0}: the reporter gets no code */
    struct bytes link_sealed; /* for visit.complaint_sealed; {NULL, 0}: the visit learns nothing */
    struct complaint_share *shares, *reporter_shares;
    size_t share_count, reporter_share_count;
    const char *commitment,
        *day; /* of an anonymous complaint, instead of an audit entry; else NULL */
    /* out */
    const char *id; /* of the complaint of this code: another one's than the new one when `repeated` */
    int64_t year, number;
    bool replayed; /* by Idempotency-Key */
    bool repeated; /* a complaint of this code is there already: nothing was written */
    int status;
    struct refusal refusal;
};
enum err complaint_write(struct db_conn *tx, void *arg); /* struct complaint_new * */

enum err complaint_get(struct db_conn *conn, const char *office_id, const char *id,
                       struct complaint *ret) MUST_USE;
/* ERR_MISSING when this reader has none. */
enum err complaint_share_of(struct db_conn *conn, const char *office_id, const char *complaint_id,
                            const char *reader_id, struct bytes *ret) MUST_USE;

/* Some of a reader's shares, without their reader_id; at most COMPLAINT_SHARES_LOOKED_AT. */
#define COMPLAINT_SHARES_LOOKED_AT 200
enum err complaint_shares_of_reader(struct db_conn *conn, const char *office_id,
                                    const char *reader_id, struct complaint_share **ret,
                                    size_t *ret_count) MUST_USE;
/* By its code's look-up hash; ERR_MISSING when there is none. */
enum err complaint_by_receipt(struct db_conn *conn, const char *office_id, const uint8_t lookup[32],
                              struct complaint *ret) MUST_USE;
/* ERR_MISSING when this reader has none of the reporter's compartment. */
enum err complaint_reporter_share_of(struct db_conn *conn, const char *office_id,
                                     const char *complaint_id, const char *reader_id,
                                     struct bytes *ret) MUST_USE;

/* Gives and takes shares, and writes who did. */
struct complaint_sharing {
    struct visit_act act;
    const char *complaint_id, *reader_id;
    unsigned parts;                 /* enum complaint_part */
    struct bytes content, reporter; /* shares to give; {NULL, 0} in complaint_share_take */
    struct refusal refusal;         /* out */
};
enum err complaint_share_give(struct db_conn *tx, void *arg); /* struct complaint_sharing * */
enum err complaint_share_take(struct db_conn *tx, void *arg); /* struct complaint_sharing * */

/* Writes the audit entries of anonymous complaints of past days (before `today`, YYYY-MM-DD), at most 200. */
struct complaint_settling {
    const char *office_id, *today;
    int64_t now_ms;
    int64_t written; /* out */
};
enum err complaint_settle(struct db_conn *tx, void *arg); /* struct complaint_settling * */

#endif

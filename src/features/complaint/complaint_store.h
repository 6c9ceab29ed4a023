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
    const char *visit_id;
    struct complaint complaint; /* all but the number, which is given inside */
    struct bytes link_sealed;   /* for visit.complaint_sealed */
    struct complaint_share *shares;
    size_t share_count;
    /* out */
    int64_t number;
    bool replayed;
    int status;
    struct refusal refusal;
};
enum err complaint_write(struct db_conn *tx, void *arg); /* struct complaint_new * */

enum err complaint_get(struct db_conn *conn, const char *office_id, const char *id,
                       struct complaint *ret) MUST_USE;
/* ERR_MISSING when this reader has none. */
enum err complaint_share_of(struct db_conn *conn, const char *office_id, const char *complaint_id,
                            const char *reader_id, struct bytes *ret) MUST_USE;

#endif

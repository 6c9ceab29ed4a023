/* Transactions of proofs. */
#ifndef BT_PROOF_STORE_H
#define BT_PROOF_STORE_H

#include "features/proof/proof_rules.h"

/* An export: its row, its number and the audit entry, before anything is shown. */
struct proof_export {
    const char *office_id, *actor_kind, *actor_id;
    int64_t now_ms;
    struct proof proof;     /* number is given inside */
    struct refusal refusal; /* out */
};
enum err proof_export_begin_tx(struct db_conn *tx, void *arg); /* struct proof_export * */
/* proof.pages 0: it failed, the next may begin. */
enum err proof_export_finish_tx(struct db_conn *tx, void *arg); /* struct proof_export * */

#endif

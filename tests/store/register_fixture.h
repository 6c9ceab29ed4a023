/* A month of a book, ready to be closed: what register_close_month() is given beside what was counted. */
#ifndef BT_TEST_REGISTER_FIXTURE_H
#define BT_TEST_REGISTER_FIXTURE_H

#include "features/proof/proof.h"
#include "features/register/register_store.h"

/* `c` has its act and its month. `id`: of the closing. */
static inline void closing_fill(struct arena *a, const char *book, const char *id,
                                struct bytes hash, struct register_close *c)
{
    c->closing = (struct register_closing){.book = book,
                                           .month = c->month.text,
                                           .id = id,
                                           .closed_at = c->act.now_ms,
                                           .closed_by = c->act.actor_id,
                                           .signer = "Kasi",
                                           .acknowledged = "Kajari",
                                           .proof_code = proof_code_new(a),
                                           .pages = 1,
                                           .file_hash = hash};
    c->proof = (struct proof){.code = c->closing.proof_code,
                              .kind = PROOF_REGISTER,
                              .subject_id = id,
                              .year = 2026,
                              .made_at = c->act.now_ms,
                              .made_by = c->act.actor_id,
                              .reason = "closing",
                              .pages = 1,
                              .file_bytes = 1,
                              .page_hashes = hash,
                              .file_hash = hash};
}

#endif

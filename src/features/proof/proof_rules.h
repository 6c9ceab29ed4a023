/* Rules of proofs that their own pages alone use. */
#ifndef BT_PROOF_RULES_H
#define BT_PROOF_RULES_H

#include "features/proof/proof.h"

#define PROOF_CODE_CHARS    20
#define PROOF_HASH_BYTES    32
#define PROOF_EXPORTS_A_DAY 40               /* of one person */
#define PROOF_MAKING_MS     ((int64_t)60000) /* an export that is not finished by then was broken off */

/* Why a copy leaves the house: codes for the audit, with their words. */
extern const struct complaint_code proof_reasons[];
#define PROOF_REASON_OTHER "other"

/* `running`: exports of this person that are being made; `today`: made in the last 24 hours. */
struct refusal proof_may_export(int64_t running, int64_t today);

enum proof_verdict {
    PROOF_SAME,         /* byte for byte */
    PROOF_REST_CHANGED, /* each page is the same, what stands after them is not */
    PROOF_CHANGED,      /* some pages are the same */
    PROOF_STRANGE,      /* none is */
};
/* ret_pages: known->pages flags, true where the page is the same. */
enum proof_verdict proof_compare(const struct proof *known, const struct proof *file,
                                 bool *ret_pages);

#endif

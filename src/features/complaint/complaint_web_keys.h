/* Who can open a complaint: data keys of the two compartments, and passing them on. Reading is decided by
 * having a share, which is mathematics; roles decide only which pages there are.
 *
 * Data keys live on the stack of the handler: explicit_bzero(&key, sizeof(key)) before it returns. */
#ifndef BT_COMPLAINT_WEB_KEYS_H
#define BT_COMPLAINT_WEB_KEYS_H

#include "features/complaint/complaint.h"
#include "lib/seal/seal.h"

/* Roles that may ever have a share: whose pages of the complaint desk exist. */
#define COMPLAINT_READER_ROLES (ROLE_OFFICIALS | ROLE_CASE_OFFICER)

/* The complaint of a path ({id}), for whom it may exist: leaders see that every complaint exists (number,
 * state, deadlines), others only those they have a share of. ERR_MISSING with a sentence otherwise. */
enum err complaint_must_exist(struct cx *cx, const char *id, struct complaint *ret) MUST_USE;

/* Opens a compartment with the key of this session's person. ERR_DENIED with a sentence and the code
 * "key_locked" (no password in this session), "no_share" or "share_does_not_open" (key changed since). */
enum err complaint_unlock(struct cx *cx, const char *complaint_id, enum complaint_part part,
                          struct seal_envelope *ret) MUST_USE;
/* Complaints sealed for an older key of this person (a password that was reset): how many of the shares looked
 * at do not open, at most COMPLAINT_SHARES_LOOKED_AT of them. 0 while the key is locked. */
enum err complaint_count_shut(struct cx *cx, int64_t *ret) MUST_USE;
/* Opens the content with the receipt code (as seal_receipt_normalise gave it). ERR_MISSING: no complaint of
 * this code. Says nothing to the audit: the reporter is nobody's business. */
enum err complaint_unlock_receipt(struct cx *cx, const char *receipt, struct complaint *ret,
                                  struct seal_envelope *ret_key) MUST_USE;

/* The content in clear for whoever typed a receipt code in the field "code": *ret_code is it in its normal
 * form. ERR_INVALID with a field error when it is none of this office. */
enum err complaint_open_by_code(struct cx *cx, const char *typed, char **ret_code,
                                struct complaint *ret, struct complaint_text *ret_text) MUST_USE;

/* Everything inside the content's envelope. */
enum err complaint_open_content(const struct cx *cx, const struct complaint *c,
                                const struct seal_envelope *key,
                                struct complaint_text *ret) MUST_USE;
/* The reporter's identity, with the key of the other compartment. */
enum err complaint_open_reporter(const struct cx *cx, const struct complaint *c,
                                 const struct seal_envelope *key,
                                 struct complaint_reporter *ret) MUST_USE;

/* Passes parts on to another active person whose key is trusted; this session must be able to open them
 * itself. A share that is there is replaced (a new key after a reset). Audited: "complaint_shared".
 * ERR_CONFLICT "key_not_trusted" when nobody vouches for the key. */
enum err complaint_share_with(struct cx *cx, const char *complaint_id, const char *staff_id,
                              unsigned parts) MUST_USE;
/* Takes parts away. What was read cannot be unread; from now on the server gives nothing more to open.
 * ERR_CONFLICT "last_reader" for the last person of a compartment. Audited: "complaint_unshared". */
enum err complaint_unshare(struct cx *cx, const char *complaint_id, const char *staff_id,
                           unsigned parts) MUST_USE;

#endif

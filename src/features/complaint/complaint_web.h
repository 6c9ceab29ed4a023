/* Sealing and opening a complaint, shared by the handlers. */
#ifndef BT_COMPLAINT_WEB_H
#define BT_COMPLAINT_WEB_H

#include "features/complaint/complaint_store.h"
#include "features/office/office.h"

/* Seals a complaint for the transaction: a fresh id and data key; the key to every active Kasi Intel and
 * Kajari whose own key is trusted (none: 409 "no_trusted_reader") and to the office recovery key, the list of documents also to the writer (cx->actor), for the
 * receipt. The data key is forgotten before this returns. */
enum err complaint_seal(struct cx *cx, const struct office *office, const char *visit_id,
                        const struct complaint_text *in, struct complaint_new *ret) MUST_USE;
/* ERR_MISSING when the visit has no complaint. */
enum err complaint_link_open(const struct cx *cx, const struct visit *v,
                             struct complaint_link *ret) MUST_USE;
/* Opens with one reader's share and key pair. ERR_INTERNAL when they do not fit. */
enum err complaint_open(const struct cx *cx, const struct complaint *c, struct bytes share,
                        const struct unlocked_key *key, struct complaint_text *ret) MUST_USE;
/* The documents of the receipt, with the writer's own key. */
enum err complaint_open_receipt(const struct cx *cx, const char *visit_id,
                                const struct complaint_link *link, const struct unlocked_key *key,
                                struct complaint_text *ret) MUST_USE;

/* Pages, one file beside complaint_web.c. */
struct http_req;
struct http_res;
enum err complaint_receipt_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err complaint_read_get(struct cx *cx, struct http_req *req, struct http_res *res);

#endif

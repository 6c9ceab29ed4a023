/* Sealing and opening a complaint, shared by the handlers. */
#ifndef BT_COMPLAINT_WEB_H
#define BT_COMPLAINT_WEB_H

#include "features/complaint/complaint_store.h"
#include "features/office/office.h"

/* A complaint as it was written, checked and in clear. */
struct complaint_intake {
    const char *visit_id;  /* NULL: without a visit */
    const char *writer_id; /* staff id; NULL: the reporter himself, on a page of the public */
    const char *way, *mode, *class;
    const char *receipt; /* in its normal form; NULL: the reporter gets no code */
    struct complaint_text text;
    struct complaint_reporter reporter; /* ignored when anonymous */
    const char *salt;                   /* of the commitment; filled in by complaint_seal */
};

/* Seals a complaint for the transaction: a fresh id and data key; the key to every active Kasi Intel and
 * Kajari whose own key is trusted (none: 409 "no_trusted_reader"), to the receipt code and to the office
 * recovery key; the reporter's identity alike under a key of its own. With a visit the list of documents is
 * also sealed to the writer (cx->actor), for the receipt; an anonymous complaint keeps no visit. The data
 * keys are forgotten before this returns. */
enum err complaint_seal(struct cx *cx, const struct office *office, struct complaint_intake *in,
                        struct complaint_new *ret) MUST_USE;
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

/* What lies in the envelopes, as JSON and back (complaint_web_content.c). */
struct json_t;
char *complaint_json_line(struct cx *cx, struct json_t *value); /* takes the reference over */
char *complaint_documents_json(struct cx *cx, const struct complaint_text *in);
enum err complaint_documents_read(const struct cx *cx, const char *text,
                                  struct complaint_text *ret) MUST_USE;
char *complaint_content_json(struct cx *cx, const struct complaint_text *in);
enum err complaint_content_read(const struct cx *cx, const char *text,
                                struct complaint_text *ret) MUST_USE;
char *complaint_origin_json(struct cx *cx, const struct complaint_intake *in, int64_t at);
void complaint_origin_read(const struct cx *cx, const char *text, struct complaint_text *ret);
char *complaint_reporter_json(struct cx *cx, const struct complaint_reporter *r);
enum err complaint_reporter_read(const struct cx *cx, const char *text,
                                 struct complaint_reporter *ret) MUST_USE;

/* Carries the receipt code from the act of writing to the receipt's page, which takes it away. */
#define COMPLAINT_RECEIPT_COOKIE   "__Host-tanda-terima"
#define COMPLAINT_RECEIPT_COOKIE_S 120

/* Pages, one file beside complaint_web.c. */
struct http_req;
struct http_res;
enum err complaint_receipt_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err complaint_new_receipt_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err complaint_read_get(struct cx *cx, struct http_req *req, struct http_res *res);

#endif

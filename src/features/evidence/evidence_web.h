/* Between the files of this feature's pages. */
#ifndef BT_EVIDENCE_WEB_H
#define BT_EVIDENCE_WEB_H

#include "features/complaint/complaint_web_keys.h"
#include "features/evidence/evidence_store.h"
#include "lib/http/http.h"

/* What lies in meta_sealed. */
struct evidence_meta {
    const char *name, *declared, *type, *sha256, *adder_id;
    int64_t bytes;
    int64_t at; /* 0: only the day is known */
    /* withdrawn_at 0: not withdrawn */
    int64_t withdrawn_at;
    const char *withdrawer_id, *withdrawn_why;
};
char *evidence_meta_aad(struct arena *a, const char *complaint_id, const char *file_id);
char *evidence_meta_json(struct cx *cx, const struct evidence_meta *m);
enum err evidence_meta_read(const struct cx *cx, const char *text,
                            struct evidence_meta *ret) MUST_USE;
/* The file's own envelope and what is said of it, opened with the complaint's. */
enum err evidence_row_open(const struct cx *cx, const char *complaint_id,
                           const struct evidence_row *row, const struct seal_envelope *key,
                           struct seal_envelope *ret_key, struct evidence_meta *ret) MUST_USE;

/* evidence_web_withdraw.c: the page that asks why, and the act. */
/* 404 "no_file". */
enum err evidence_gone(struct cx *cx) MUST_USE;
extern const struct form evidence_withdraw_form;
enum err evidence_withdraw_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err evidence_withdraw_post(struct cx *cx, struct http_req *req, struct http_res *res);

#endif

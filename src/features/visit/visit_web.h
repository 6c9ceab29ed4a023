/* What other features' handlers need of the visit's pages. */
#ifndef BT_VISIT_WEB_H
#define BT_VISIT_WEB_H

#include "features/visit/visit.h"
#include "lib/http/http.h"

/* The visit of this office, or ERR_MISSING with its sentence (404 comes before 409 and 422). */
enum err visit_must_exist(struct cx *cx, const char *visit_id, struct visit *ret) MUST_USE;
/* The answer of a step: for JSON the whole visit with this status; for a form 303 to the page in the
 * hidden field `_next` when it is a path of ours, else to /tamu/{id}; for htmx the page's main part. */
enum err visit_answer(struct cx *cx, struct http_req *req, struct http_res *res,
                      const char *visit_id, int status) MUST_USE;
/* A refused step sent by a form (not JSON): the visit's page again, status of `e`, with the refusal in
 * cx->diag shown in the error summary and everything typed still in place. JSON: returns e as it is. */
enum err visit_refused(struct cx *cx, struct http_req *req, struct http_res *res,
                       const char *visit_id, enum err e) MUST_USE;

#endif

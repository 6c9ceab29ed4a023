/* Handlers of custody, one file each group, and what the route table of custody_web.c needs of them. */
#ifndef BT_CUSTODY_WEB_H
#define BT_CUSTODY_WEB_H

#include "features/custody/custody_store.h"
#include "lib/http/form.h"
#include "lib/http/http.h"

/* custody_web_return.c: the return page and the slip. */
enum err custody_return_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err custody_slip_get(struct cx *cx, struct http_req *req, struct http_res *res);
/* A step sent from the return page was refused: that page again. */
bool custody_from_return_page(const struct http_req *req);
enum err custody_return_refused(struct cx *cx, struct http_req *req, struct http_res *res,
                                const char *visit_id, enum err e) MUST_USE;

/* custody_web_slip.c: the slip as a document for Word. */
enum err custody_slip_docx_get(struct cx *cx, struct http_req *req, struct http_res *res);

/* custody_web_day.c: the end of the day. */
enum err custody_day_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err custody_day_post(struct cx *cx, struct http_req *req, struct http_res *res);
extern const struct form custody_day_form;

#endif

/* Between the files of this feature's pages. */
#ifndef BT_REACH_WEB_H
#define BT_REACH_WEB_H

#include "lib/http/form.h"
#include "lib/http/http.h"

/* reach_web_duty.c */
extern const struct form duty_form;
enum err duty_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err duty_post(struct cx *cx, struct http_req *req, struct http_res *res);

#endif

/* Between the files of this feature's pages and hooks. */
#ifndef BT_NOTICE_WEB_H
#define BT_NOTICE_WEB_H

#include "lib/http/form.h"
#include "lib/http/http.h"

/* notice_web_inbound.c */
enum err gateway_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err telegram_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err notice_process_gateways(struct cx *cx, const char *office_id) MUST_USE;
enum err notice_forget_inbound(struct cx *cx, const char *office_id) MUST_USE;

/* notice_web_page.c */
extern const struct form escalation_form, test_form, code_form;
enum err channels_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err escalation_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err retry_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err test_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err code_post(struct cx *cx, struct http_req *req, struct http_res *res);

#endif

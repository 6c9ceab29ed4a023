/* What the files of the decision's pages share. */
#ifndef BT_DECISION_WEB_H
#define BT_DECISION_WEB_H

#include "features/decision/decision.h"
#include "features/decision/decision_view.h"
#include "lib/http/form.h"
#include "lib/http/http.h"

extern const struct form decision_form, answer_link_form;

enum err answer_page_fill(struct cx *cx, const struct visit *v, bool head,
                          struct answer_page *ret) MUST_USE;
enum err answer_page_render(struct cx *cx, struct http_req *req, struct http_res *res,
                            struct answer_page *a) MUST_USE;
enum err answered_page_render(struct cx *cx, struct http_req *req, struct http_res *res,
                              struct answered_page *a) MUST_USE;
/* decision_web_today.c: what /jawab shows beside the queue, and the forms there. */
extern const struct form away_form, subscription_form;
enum err today_fill(struct cx *cx, struct http_req *req, struct answer_queue *q) MUST_USE;
enum err today_json(struct cx *cx, void *answer) MUST_USE; /* adds members to a json_t * object */
enum err queue_show(struct cx *cx, struct http_req *req, struct http_res *res);
enum err away_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err back_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err subscription_post(struct cx *cx, struct http_req *req, struct http_res *res);
/* GET /jawab/{token} changes nothing; POST decides. */
enum err answer_link_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err answer_link_post(struct cx *cx, struct http_req *req, struct http_res *res);

#endif

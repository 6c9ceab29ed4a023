/* Handlers of this feature that stand in files of their own, for the route table in office_web.c. */
#ifndef BT_OFFICE_WEB_H
#define BT_OFFICE_WEB_H

#include <jansson.h>

#include "features/office/office.h"
#include "lib/http/form.h"
#include "lib/http/http.h"

extern const struct form office_policy_form;
enum err office_policy_get(struct cx *cx, struct http_req *req, struct http_res *res) MUST_USE;
enum err office_policy_post(struct cx *cx, struct http_req *req, struct http_res *res) MUST_USE;
enum err office_labels_get(struct cx *cx, struct http_req *req, struct http_res *res) MUST_USE;

#endif

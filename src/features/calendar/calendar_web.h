/* Between the files of this feature's pages. */
#ifndef BT_CALENDAR_WEB_H
#define BT_CALENDAR_WEB_H

#include "features/calendar/calendar_store.h"
#include "lib/http/form.h"
#include "lib/http/http.h"

/* Runs a change; deadlines follow. */
enum err calendar_change_run(struct cx *cx, const char *name,
                             enum err (*fn)(struct db_conn *tx, void *arg),
                             struct calendar_change *c) MUST_USE;
bool calendar_may_write(const struct cx *cx);

/* calendar_web_hours.c */
extern const struct form hours_form;
enum err hours_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err hours_post(struct cx *cx, struct http_req *req, struct http_res *res);

#endif

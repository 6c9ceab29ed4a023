/* Between the files of this feature's pages. */
#ifndef BT_CASEWORK_WEB_H
#define BT_CASEWORK_WEB_H

#include "features/casework/casework_page.h"
#include "features/casework/casework_store.h"
#include "lib/http/form.h"
#include "lib/http/http.h"

/* --- words and days (casework_web.c) --------------------------------------------------------------------------- */
/* "2026-07-24" → "Jumat, 24 Juli 2026"; NULL gives NULL. */
const char *case_day_label(const struct cx *cx, const char *day);
/* "2 hari kerja lagi", "hari ini", "lewat 3 hari kerja"; and the chip's kind. NULL day gives NULL. */
const char *case_left(const struct cx *cx, const struct calendar *calendar, const char *day,
                      const char **ret_css);
const char *case_today(const struct cx *cx);
/* What this person may do with a case. */
enum err case_who_of(struct cx *cx, const char *complaint_id, unsigned *ret) MUST_USE;
const struct option *case_options(struct cx *cx, const struct complaint_code *codes);
const char *case_path(const struct cx *cx, const char *complaint_id);
/* The row of a case; made now when it is not there yet. */
enum err case_row_of(struct cx *cx, const struct complaint *c, struct casework *ret) MUST_USE;

/* --- pages --------------------------------------------------------------------------------------------------------- */
enum err case_board_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err case_hub_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err case_history_get(struct cx *cx, struct http_req *req, struct http_res *res);
/* The hub again after a refusal, with what was typed; or the whole case as JSON. */
enum err case_hub_show(struct cx *cx, struct http_req *req, struct http_res *res,
                       const struct complaint *c) MUST_USE;
enum err case_hub_json(struct cx *cx, struct http_res *res, int status,
                       const struct complaint *c) MUST_USE;
/* Everything on the hub but what is typed. */
enum err case_hub_fill(struct cx *cx, const struct complaint *c, struct hub_view *v) MUST_USE;
enum err case_hub_lists(struct cx *cx, const struct complaint *c, struct hub_view *v) MUST_USE;
/* What an event is called, in words. */
const char *case_event_words(struct cx *cx, const struct case_event *e);

extern const struct form limits_form;
enum err case_limits_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err case_limits_post(struct cx *cx, struct http_req *req, struct http_res *res);

/* casework_web_act.c, casework_web_pass.c: rows for the table of routes */
extern const struct form case_move_form, case_side_form, case_value_form, case_class_form,
    case_complete_form, case_team_form, case_receipt_form, case_return_form, case_link_form;
enum err case_move_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err case_side_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err case_value_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err case_class_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err case_complete_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err case_team_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err case_team_remove_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err case_received_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err case_returned_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err case_link_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err case_unlink_post(struct cx *cx, struct http_req *req, struct http_res *res);

/* An act on the complaint of the path: who, today, the note sealed to the complaint. */
struct case_doing {
    struct complaint complaint;
    struct case_act act;
};
enum err case_doing_begin(struct cx *cx, const struct http_req *req,
                          struct case_doing *ret) MUST_USE;
/* Seals a note; "" and NULL are none. A complaint from before the desk has no key to seal to: 422. */
enum err case_seal_note(struct cx *cx, const struct complaint *c, const char *note,
                        struct bytes *ret) MUST_USE;
enum err case_doing_run(struct cx *cx, const char *name,
                        enum err (*fn)(struct db_conn *tx, void *arg),
                        struct case_doing *d) MUST_USE;
/* 303 to the hub, the case as JSON, or the refusal on the page. */
enum err case_doing_finish(struct cx *cx, struct http_req *req, struct http_res *res,
                           const struct case_doing *d, enum err e) MUST_USE;

#endif

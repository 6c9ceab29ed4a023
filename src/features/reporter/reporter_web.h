/* Between the files of the reporter's pages. */
#ifndef BT_REPORTER_WEB_H
#define BT_REPORTER_WEB_H

#include "features/portal/portal.h"
#include "features/reporter/reporter_store.h"
#include "features/reporter/reporter_view.h"
#include "lib/http/form.h"
#include "lib/http/http.h"
#include "lib/seal/seal.h"

#define KIOSK_COOKIE    "__Host-kios"
#define REPORTER_COOKIE "__Host-pelapor"

typedef enum err reporter_handler(struct cx *cx, struct http_req *req, struct http_res *res);

/* reporter_web.c */
/* Everything of this person leaves the browser: our cookies, its cache and storage. `all`: every cookie of the
 * domain, on the office's own device. */
enum err reporter_clear(struct cx *cx, struct http_res *res, const char *to, bool all);
/* "https://bukutamu.example/kios": of the settings, else as this browser calls us. */
const char *reporter_address(struct cx *cx, const struct http_req *req, const char *path);
/* "Kamis, 23 Juli 2026", with the time when `with_time`. */
const char *reporter_when(struct cx *cx, int64_t ms, bool with_time);

/* reporter_web_offer.c: the officer opens a tablet */
reporter_handler kiosk_offer_get, kiosk_offer_post, kiosk_visit_post;
/* reporter_web_kiosk.c */
extern const struct form kiosk_code_form, kiosk_lang_form;
reporter_handler kiosk_get, kiosk_begin_post, kiosk_lang_post, kiosk_write_post, kiosk_wipe_post,
    kiosk_over_get;
/* reporter_web_public.c */
extern const struct form reporter_public_switch_form;
reporter_handler reporter_public_get, reporter_public_write_post, reporter_public_wipe_post,
    reporter_public_switch_get, reporter_public_switch_post;

/* reporter_web_write.c: form, review, receipt, the same on tablet and public page */
/* `e`: why it is shown again, ERR_OK for the first time. */
enum err reporter_write_show(struct cx *cx, struct http_req *req, struct http_res *res,
                             const struct write_place *place, enum err e);
enum err reporter_write_post(struct cx *cx, struct http_req *req, struct http_res *res,
                             const struct write_place *place);

/* reporter_web_follow.c */
extern const struct form reporter_follow_code_form, reporter_follow_message_form,
    reporter_follow_files_form, reporter_follow_withdraw_form;
reporter_handler reporter_follow_get, reporter_follow_begin_post, reporter_follow_message_post,
    reporter_follow_withdraw_post, reporter_follow_close_post, reporter_follow_files_post;

/* reporter_web_message.c */
extern const struct form reporter_message_form;
reporter_handler reporter_messages_get, reporter_messages_post;
/* Messages for a page, opened with the complaint's key. */
enum err reporter_messages_fill(struct cx *cx, const struct complaint *c,
                                const struct seal_envelope *key, bool for_reporter,
                                const struct message_view **ret, size_t *ret_count,
                                bool *ret_withdrawal) MUST_USE;
/* Seals and stores one; `n` has kind and who. */
enum err reporter_message_send(struct cx *cx, const struct complaint *c, const char *text,
                               struct reporter_message_new *n) MUST_USE;

#endif

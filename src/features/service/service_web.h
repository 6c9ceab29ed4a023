/* Between the files of this feature's pages. */
#ifndef BT_SERVICE_WEB_H
#define BT_SERVICE_WEB_H

#include "features/portal/portal.h"
#include "features/service/service_view.h"
#include "features/staff/staff.h"
#include "lib/http/form.h"
#include "lib/http/http.h"
#include "lib/seal/seal.h"

#define SERVICE_WORKERS (ROLE_LEADERS | ROLE_ADMIN)
#define INFO_WORKERS    (ROLE_LEADERS | ROLE_ADMIN | ROLE_FRONT_DESK)

typedef enum err service_handler(struct cx *cx, struct http_req *req, struct http_res *res);

/* service_web.c */
/* "23 Juli 2026" with its weekday; "" for no day. */
const char *service_day_words(struct cx *cx, const char *day);
const char *service_day_number_words(struct cx *cx, int64_t day);
struct service_lines service_lines_of(struct arena *a, const char *text);
/* Calendar, limits and the office's day. */
struct service_clock {
    struct calendar cal;
    struct service_limits limits;
    int64_t today;
};
enum err service_clock_load(struct cx *cx, struct service_clock *ret) MUST_USE;
/* Opens a sealed field into its lines. */
enum err service_open_lines(struct cx *cx, const char *column, const char *id, struct bytes sealed,
                            struct service_lines *ret) MUST_USE;
/* What both sides see of a ticket. `office`: with names of officers. */
enum err service_ticket_fill(struct cx *cx, const struct service_complaint *c, bool office,
                             struct service_ticket_view *v) MUST_USE;
/* Seals the text and runs the move. */
enum err service_move_run(struct cx *cx, struct service_move *m, const char *text) MUST_USE;
/* A page again with what was typed when `e` is something a person can mend; else `e`. */
bool service_again(const struct http_req *req, enum err e);

/* service_web_public.c */
extern const struct form service_send_form, service_code_form, service_reopen_form;
service_handler service_send_get, service_send_post, service_follow_get, service_follow_post,
    service_reopen_post, service_close_post, service_leave_post;
/* service_web_desk.c */
extern const struct form service_verify_form, service_work_form, service_lapor_form;
service_handler service_ticket_get, service_verify_post, service_work_post, service_lapor_post;
/* service_web_list.c */
service_handler service_list_get, service_book_get;
/* service_web_figures.c */
extern const struct form service_limits_form;
service_handler service_limits_get, service_limits_post, service_figures_get, service_this_year_get;
/* service_web_info.c */
extern const struct form info_new_form, info_move_form;
service_handler info_list_get, info_new_post, info_page_get, info_move_post;
/* What the register's list and its workbook show: the filter of the address. */
struct info_filter {
    const char *state;
    int year; /* 0: of every year, what is open */
};
struct info_filter info_filter_of(const struct http_req *req, int this_year);
enum err info_find(struct cx *cx, const struct info_filter *f, struct info_request **ret,
                   size_t *ret_count) MUST_USE;
/* service_web_info_book.c */
service_handler info_book_get, info_year_book_get, info_objection_book_get;

#endif

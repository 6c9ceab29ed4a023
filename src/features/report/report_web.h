/* Between report_web*.c: pages, charts, lists, papers. */
#ifndef BT_REPORT_WEB_H
#define BT_REPORT_WEB_H

#include "features/report/report_view.h"
#include "features/office/office.h"
#include "features/staff/staff.h"
#include "lib/http/http.h"

#define REPORT_READERS    (ROLE_LEADERS | ROLE_ADMIN | ROLE_MONITOR)
#define REPORT_LISTERS    (ROLE_LEADERS | ROLE_DESK)
#define REPORT_SCHEDULERS (ROLE_LEADERS | ROLE_ADMIN)

/* The period of the path, or 404. */
enum err report_period_wanted(struct cx *cx, const struct http_req *req,
                              struct report_period *ret) MUST_USE;
const char *report_label(struct cx *cx, const struct report_period *p);

/* --- words and numbers (report_web_text.c) ------------------------------------------------------------------- */
/* "6,2" of a duration; "–" of -1. */
const char *report_minutes(const struct cx *cx, int64_t ms);
/* "92 %" with a narrow no-break space; "–" of nothing. */
const char *report_percent(const struct cx *cx, int64_t part, int64_t whole);
const char *report_whole(const struct cx *cx, int64_t n); /* "1.204" */
const char *report_host_label(const struct cx *cx, const char *key);
/* msgids */
const char *report_channel_label(const char *channel);
const char *report_answer_label(const char *channel);
const char *report_lost_label(const char *key);
#define REPORT_CHANNELS     5
#define REPORT_NOTICE_PARTS 5
extern const char *const report_channels[REPORT_CHANNELS]; /* "whatsapp" … */
extern const char
    *const report_notice_parts[REPORT_NOTICE_PARTS]; /* queued sent delivered read failed */
int64_t report_notices(struct cx *cx, const struct report_sum *s, const char *channel,
                       const char *part);
int64_t report_measured(const struct report_sum *s);

/* The lines of a page, in the order in which they are shown; those that are 0 are left out but for
 * custody. `path` NULL: no lists. Labels are translated. */
struct report_lines report_lines_of(struct cx *cx, const struct report_sum *s, const char *kind,
                                    const char *path);
struct report_lines report_excluded(struct cx *cx, const struct report_sum *s, const char *path);
struct report_lines report_custody(struct cx *cx, const struct report_sum *s);
struct report_lines report_closings_of(struct cx *cx, const struct report_sum *s);
struct report_lines report_deadlines_of(struct cx *cx, const struct report_figures *f);

/* --- charts (report_web_chart.c) -------------------------------------------------------------------------------- */
void report_charts(struct cx *cx, const struct report_period *p, const struct report_figures *f,
                   int64_t limit_s, struct report_page_view *v);
void report_heat(struct cx *cx, const struct report_sum *s, struct report_page_view *v);
/* "23", "Jul"; "23 Juli 2026", "Juli 2026" */
const char *report_point_label(struct cx *cx, const struct report_period *p, int64_t day, bool full);

/* What the papers are made from. */
struct report_paper {
    struct office office;
    struct report_period period;
    struct report_figures figures;
    const char *label;
    struct report_lines reasons, excluded, categories, hosts, answers, custody, closings, states,
        deadlines;
};
/* Reads the figures, in the words of cx->lang. */
enum err report_paper_fill(struct cx *cx, const struct report_period *period,
                           struct report_paper *p) MUST_USE;
/* The same of the path's period, and writes the export into the audit. `format`: "pdf". */
enum err report_paper_read(struct cx *cx, const struct http_req *req, const char *format,
                           struct report_paper *p) MUST_USE;
/* The whole file, in the arena; figures only. The .docx speaks Indonesian: cx->lang is LANG_ID already when
 * the paper is filled. */
enum err report_pdf_make(struct cx *cx, const struct report_paper *p, struct bytes *ret) MUST_USE;
enum err report_docx_make(struct cx *cx, const struct report_paper *p, struct bytes *ret) MUST_USE;

enum err report_visits_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err report_book_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err report_pdf_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err report_xlsx_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err report_docx_get(struct cx *cx, struct http_req *req, struct http_res *res);

#endif

/* The frame around every page (menu, office name, person), and the pages that belong to no other
 * feature: start, language, health, metrics, error pages. */
#ifndef BT_PORTAL_H
#define BT_PORTAL_H

#include "lib/base/cx.h"
#include "lib/html/html.h"
#include "lib/http/http.h"

/* A page to show: `body` writes what stands inside <main> by calling template functions with h. */
struct page_view {
    const char *title;     /* msgid or plain text */
    const char *current;   /* path of the current menu entry, or NULL */
    bool phone;            /* narrow phone surface: name only in the bar */
    bool tv;               /* the waiting-room screen */
    bool scan;             /* scanner module loaded */
    bool camera;           /* camera allowed and its module loaded */
    bool live;             /* htmx and SSE loaded */
    bool lean;             /* for telephones: loads nothing for paper and no comfort for forms */
    const char *wipe;      /* as in struct page */
    const char *idle_path; /* as in struct page */
    bool own_language;     /* as in struct page */
    bool language;         /* as in struct page */
    void (*body)(struct html *h, void *arg);
    void *arg;
};

/* Fills res with the page (or only its body for an htmx request, WANTS_FRAGMENT). res->status stays as
 * the caller set it. */
enum err page_render(struct cx *cx, struct http_req *req, struct http_res *res,
                     const struct page_view *view) MUST_USE;
/* A workbook (lib/xlsx), made in the spool of the data folder. */
struct xlsx;
enum err workbook_begin(struct cx *cx, struct xlsx **ret) MUST_USE;
/* Ends it and sends it as a file to be kept under that name. `filled` other than ERR_OK: drops it, and that is the
 * answer. */
enum err workbook_send(struct cx *cx, struct http_res *res, struct xlsx *x, enum err filled,
                       const char *name) MUST_USE;
/* For lib/http: the page of a refusal. */
enum err portal_error_page(struct cx *cx, struct http_req *req, struct http_res *res, enum err e,
                           int status) MUST_USE;
/* Where a person begins: desks /tamu, officials /jawab, admin /petugas, monitor /dasbor, else /akun. */
const char *portal_home(const struct cx *cx);

/* /lainnya: the pages that are not needed every day. */
enum err portal_more_get(struct cx *cx, struct http_req *req, struct http_res *res);

/* Route rows, ended by a row without a path. */
const struct route *portal_routes(void);

#endif

/* Run time of the compiled templates (tools/tmplc turns x.tmpl into x_tmpl.c and x_tmpl.h; the language and
 * the shared widgets: docs/howto/templates.md).
 *
 * Everything is escaped for HTML text and double-quoted attributes; there is no raw output. */
#ifndef BT_LIB_HTML_H
#define BT_LIB_HTML_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/cx.h"
#include "lib/base/str.h"

/* What a template writes to, and what every page needs. First parameter of each template function. */
struct html {
    struct buf *out;
    struct cx *cx;
    const struct page *page; /* NULL in a fragment */
    const char *csrf;        /* for the forms; html_begin() takes it from the page */
    uint64_t icons;          /* bits of the icons used so far: page_bottom() sends only those */
};

/* The frame of a page, filled by app/page.c's page_new() from the actor and office. */
struct page {
    const char *title; /* msgid or plain text, shown before " – Buku Tamu" */
    const char *office_name;
    const char *person_name; /* NULL: nobody is logged in */
    const char *person_role;
    const char *current; /* path of the menu entry that is current: "/tamu" */
    const char *path;    /* of this page, for the language switch */
    const char *csrf;
    const struct menu_item *menu; /* ended by path NULL */
    bool phone;                   /* narrow phone surface: name only in the bar */
    bool tv;     /* the waiting-room screen: dark, full height, no scripts, no language switch */
    bool camera; /* loads the camera module */
    bool scan;   /* loads the scanner module */
    bool live;   /* loads htmx and its SSE extension */
    bool lean;   /* for telephones: loads nothing for paper and no comfort for forms */
    const char *notice; /* one-line banner of success after a redirect, or NULL */
    const char *wipe; /* where the button "Kosongkan layar" of the bar sends to; NULL: there is none */
    const char *idle_path; /* opened by itself after 10 minutes where scripts are off; NULL: never */
    bool own_language; /* the page has its own way to the other language: no switch at the foot */
    bool language;     /* a phone page that has the switch all the same */
};

struct menu_item {
    const char *path;
    const char *label; /* msgid */
};

/* Raw constant markup of the template itself. Only generated code calls it. */
void html_markup(struct html *h, const char *markup, size_t n);
/* Escaped values, chosen by type in generated code. */
void html_text(struct html *h, const char *s); /* NULL writes nothing */
void html_int(struct html *h, int64_t value);
void html_uint(struct html *h, uint64_t value);
/* What begins an address in href, src, action…: a path of ours ("/x", never "//x"), "#x", "?x" or a known
 * scheme (https, http, tel, mailto); anything else becomes "#". Chosen by tmplc. */
void html_link(struct html *h, const char *s);
/* Percent-encoded for one path segment or query value, then safe in an attribute. */
void html_url(struct html *h, const char *s);
/* Translated, then escaped. */
void html_t(struct html *h, const char *msgid);
/* The format is translated, then filled in, then escaped. */
void html_tf(struct html *h, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Address of an embedded file, with its version: "/aset/bukutamu.css?v=0123456789abcdef". */
void html_asset(struct html *h, const char *name);
/* The text of a msgid in the language of the page, for an argument of a call or a format. */
const char *html_translate(const struct html *h, const char *msgid);

/* {{ x }}: pointer to char → html_text, integers → html_int or html_uint. */
#define html_value(h, x)                                                                           \
    _Generic((x), char *: html_text, const char *: html_text, unsigned: html_uint,                 \
             unsigned long: html_uint, unsigned long long: html_uint, default: html_int)((h), (x))

/* What the templates of one answer write to. `page` NULL: a fragment. A page template begins with
 * {{ call page_top("") }} and ends with {{ call page_bottom() }}; in a fragment both write nothing. */
struct html html_begin(struct cx *cx, struct buf *out, const struct page *page);

/* lib/html/i18n.c: the compiled-in table; falls back to the msgid. */
const char *i18n_translate(enum lang lang, const char *msgid);

#endif

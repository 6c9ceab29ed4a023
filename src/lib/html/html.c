/* What compiled templates call to write: constant markup, escaped values, translated texts. The only
 * place of the product where text becomes HTML. */
#include "lib/html/html.h"

#include <stdarg.h>
#include <string.h>

#include "asset_data.h"

#include "lib/base/banned.h"

struct html html_begin(struct cx *cx, struct buf *out, const struct page *page)
{
    return (struct html){.out = out, .cx = cx, .page = page, .csrf = page ? page->csrf : NULL};
}

void html_markup(struct html *h, const char *markup, size_t n)
{
    buf_add(h->out, markup, n);
}

static const char *entity_of(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void html_text(struct html *h, const char *s)
{
    while (s && *s) {
        size_t n = strcspn(s, "&<>\"'");
        buf_add(h->out, s, n);
        s += n;
        if (*s)
            buf_puts(h->out, entity_of(*s++));
    }
}

void html_uint(struct html *h, uint64_t value)
{
    char digits[20];
    size_t at = sizeof(digits);
    do
        digits[--at] = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    buf_add(h->out, digits + at, sizeof(digits) - at);
}

void html_int(struct html *h, int64_t value)
{
    if (value < 0)
        buf_putc(h->out, '-');
    html_uint(h, value < 0 ? (uint64_t)0 - (uint64_t)value : (uint64_t)value);
}

void html_link(struct html *h, const char *s)
{
    static const char *const schemes[] = {"https://", "http://", "tel:", "mailto:"};
    if (!s)
        return;
    /* "//host" and "/\host" leave this site. */
    bool safe = *s == '#' || *s == '?' || (*s == '/' && s[1] != '/' && s[1] != '\\');
    for (size_t i = 0; !safe && i < ARRAY_LEN(schemes); i++)
        safe = str_starts(s, schemes[i]);
    html_text(h, safe ? s : "#");
}

/* Unreserved characters of RFC 3986 stay; all else is safe in an attribute too. */
void html_url(struct html *h, const char *s)
{
    static const char hex[] = "0123456789ABCDEF";
    for (; s && *s; s++) {
        unsigned char c = (unsigned char)*s;
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                     c == '-' || c == '.' || c == '_' || c == '~';
        if (plain)
            buf_putc(h->out, *s);
        else
            buf_add(h->out, (char[3]){'%', hex[c >> 4], hex[c & 15]}, 3);
    }
}

const char *html_translate(const struct html *h, const char *msgid)
{
    return i18n_translate(h->cx->lang, msgid);
}

void html_t(struct html *h, const char *msgid)
{
    if (msgid)
        html_text(h, html_translate(h, msgid));
}

void html_tf(struct html *h, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    /* tools/check_po makes sure that a translation has the same directives as its msgid. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    char *text = arena_vprintf(h->cx->arena, html_translate(h, format), args);
#pragma GCC diagnostic pop
    va_end(args);
    html_text(h, text);
}

void html_asset(struct html *h, const char *name)
{
    const struct embedded_file *file = embedded_find(name);
    buf_puts(h->out, "/aset/");
    html_text(h, name);
    if (!file)
        return;
    buf_puts(h->out, "?v=");
    buf_puts(h->out, file->etag);
}

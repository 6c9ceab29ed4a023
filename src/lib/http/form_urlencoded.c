/* application/x-www-form-urlencoded, for bodies and queries. See form.h. */
#include "lib/http/internal.h"

#include <string.h>

#include "lib/base/utf8.h"
#include "lib/base/banned.h"

#define PAIRS_MAX 1024u

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A NUL would cut the text short; it is kept as U+0001, which the checks of fields refuse by name. */
static char keep_nul(uint8_t c)
{
    return (char)(c ? c : 1);
}

static const char *decode(struct arena *a, const uint8_t *p, size_t n)
{
    char *text = arena_alloc(a, n + 1);
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t c = p[i];
        if (c == '%') {
            int high = i + 2 < n ? hex_value(p[i + 1]) : -1;
            int low = high >= 0 ? hex_value(p[i + 2]) : -1;
            if (low < 0)
                return NULL;
            c = (uint8_t)(high * 16 + low);
            i += 2;
        } else if (c == '+') {
            c = ' ';
        }
        text[used++] = keep_nul(c);
    }
    text[used] = '\0';
    return utf8_valid(text, used) ? text : NULL;
}

static enum err unreadable(struct cx *cx)
{
    return cx_fail(cx, ERR_BAD, "urlencoded", T("Kiriman formulir rusak. Kirim ulang formulirnya."));
}

enum err form_decode_urlencoded(struct cx *cx, struct bytes body, struct http_pair **ret,
                                size_t *ret_count)
{
    size_t room = 1;
    for (size_t i = 0; i < body.n; i++)
        room += body.p[i] == '&';
    if (room > PAIRS_MAX)
        return cx_fail(cx, ERR_BAD, "too_many_fields",
                       T("Kiriman memuat terlalu banyak isian. Kirim paling banyak %d."),
                       (int)PAIRS_MAX);
    struct http_pair *pairs = ARENA_ARRAY(cx->arena, room, struct http_pair);
    size_t count = 0;
    for (size_t at = 0; at < body.n;) {
        const uint8_t *part = body.p + at;
        const uint8_t *end = memchr(part, '&', body.n - at);
        size_t n = end ? (size_t)(end - part) : body.n - at;
        at += n + 1;
        if (n == 0)
            continue;
        const uint8_t *equals = memchr(part, '=', n);
        size_t name_n = equals ? (size_t)(equals - part) : n;
        const char *name = decode(cx->arena, part, name_n);
        const char *value = equals ? decode(cx->arena, equals + 1, n - name_n - 1) : "";
        if (!name || !value)
            return unreadable(cx);
        pairs[count++] = (struct http_pair){.name = name, .value = value};
    }
    *ret = pairs;
    *ret_count = count;
    return ERR_OK;
}

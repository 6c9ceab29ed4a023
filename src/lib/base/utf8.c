/* UTF-8 checks. See utf8.h. */
#include "lib/base/utf8.h"

#include <string.h>

#include "lib/base/banned.h"

/* Length of the sequence at s (1–4), 0 when it is not valid. `n` bytes are readable. */
static size_t sequence_length(const unsigned char *s, size_t n)
{
    if (s[0] < 0x80)
        return s[0] ? 1 : 0;
    size_t need = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
    if (s[0] < 0xC2 || s[0] > 0xF4 || need > n)
        return 0;
    for (size_t i = 1; i < need; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    }
    if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) ||
        (s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F))
        return 0;
    return need;
}

bool utf8_valid(const char *s, size_t n)
{
    while (n) {
        size_t length = sequence_length((const unsigned char *)s, n);
        if (length == 0)
            return false;
        s += length;
        n -= length;
    }
    return true;
}

size_t utf8_length(const char *s)
{
    size_t count = 0;
    for (; *s; s++)
        count += ((unsigned char)*s & 0xC0) != 0x80;
    return count;
}

uint32_t utf8_next(const char **s)
{
    const unsigned char *p = (const unsigned char *)*s;
    if (!*p)
        return 0;
    if (p[0] < 0x80) {
        *s += 1;
        return p[0];
    }
    if (p[0] < 0xE0) {
        *s += 2;
        return ((uint32_t)(p[0] & 0x1F) << 6) | (p[1] & 0x3Fu);
    }
    if (p[0] < 0xF0) {
        *s += 3;
        return ((uint32_t)(p[0] & 0x0F) << 12) | ((uint32_t)(p[1] & 0x3F) << 6) | (p[2] & 0x3Fu);
    }
    *s += 4;
    return ((uint32_t)(p[0] & 0x07) << 18) | ((uint32_t)(p[1] & 0x3F) << 12) |
           ((uint32_t)(p[2] & 0x3F) << 6) | (p[3] & 0x3Fu);
}

static bool is_bidi_control(uint32_t c)
{
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E ||
           c == 0x200F || c == 0x061C;
}

/* Draws nothing at all: two names that look alike would differ, and a blank one would pass for a name. The
 * joiners (200C, 200D) stay: some scripts are written with them. */
static bool is_invisible(uint32_t c)
{
    return c == 0x200B || (c >= 0x2060 && c <= 0x2064) || c == 0xFEFF ||
           (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE007F);
}

bool utf8_has_control(const char *s, bool newlines)
{
    uint32_t c;
    while ((c = utf8_next(&s)) != 0) {
        if (newlines && (c == '\n' || c == '\r' || c == '\t'))
            continue;
        if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 ||
            is_bidi_control(c) || is_invisible(c))
            return true;
    }
    return false;
}

char *utf8_cut(struct arena *a, const char *s, size_t max)
{
    const char *end = s;
    for (size_t i = 0; i < max && *end; i++)
        (void)utf8_next(&end);
    return arena_strndup(a, s, (size_t)(end - s));
}

/* Growing buffer and small string helpers. See str.h. */
#include "lib/base/str.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/banned.h"

struct buf buf_new(struct arena *a, size_t first_bytes, size_t max_bytes)
{
    if (first_bytes > max_bytes)
        first_bytes = max_bytes;
    struct buf b = {.arena = a, .capacity = first_bytes + 1, .max_bytes = max_bytes};
    b.p = arena_alloc(a, b.capacity);
    return b;
}

static bool buf_room(struct buf *b, size_t n)
{
    if (b->full || n > b->max_bytes - b->n) {
        b->full = true;
        return false;
    }
    if (b->n + n < b->capacity)
        return true;
    size_t capacity = b->capacity * 2;
    if (capacity < b->n + n + 1)
        capacity = b->n + n + 1;
    if (capacity > b->max_bytes + 1)
        capacity = b->max_bytes + 1;
    char *p = arena_alloc(b->arena, capacity);
    memcpy(p, b->p, b->n + 1);
    b->p = p;
    b->capacity = capacity;
    return true;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
    if (n == 0 || !buf_room(b, n))
        return;
    memcpy(b->p + b->n, p, n);
    b->n += n;
    b->p[b->n] = '\0';
}

void buf_puts(struct buf *b, const char *s)
{
    if (s)
        buf_add(b, s, strlen(s));
}

void buf_putc(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (n > 0 && buf_room(b, (size_t)n)) {
        (void)vsnprintf(b->p + b->n, (size_t)n + 1, format, args);
        b->n += (size_t)n;
    }
    va_end(args);
}

bool str_eq(const char *a, const char *b)
{
    if (!a || !b)
        return a == b;
    return strcmp(a, b) == 0;
}

bool str_starts(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_empty(const char *s)
{
    return !s || !*s;
}

const char *str_or(const char *s, const char *fallback)
{
    return str_empty(s) ? fallback : s;
}

bool str_eq_secret(const char *a, const char *b)
{
    size_t n = strlen(a);
    return n == strlen(b) && sodium_memcmp(a, b, n) == 0;
}

char *str_lower(struct arena *a, const char *s)
{
    char *copy = arena_strdup(a, s);
    for (char *c = copy; c && *c; c++) {
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    }
    return copy;
}

char *str_upper(struct arena *a, const char *s)
{
    char *copy = arena_strdup(a, s);
    for (char *c = copy; c && *c; c++) {
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
    }
    return copy;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

char *str_trim(struct arena *a, const char *s)
{
    size_t n = strlen(s);
    while (n && is_space(s[n - 1]))
        n--;
    while (n && is_space(*s)) {
        s++;
        n--;
    }
    return arena_strndup(a, s, n);
}

bool str_to_i64(const char *s, int64_t min, int64_t max, int64_t *ret)
{
    bool negative = s && *s == '-';
    const char *c = negative ? s + 1 : s;
    if (!c || !*c)
        return false;
    int64_t value = 0;
    for (; *c; c++) {
        if (*c < '0' || *c > '9')
            return false;
        int64_t digit = *c - '0';
        if (__builtin_mul_overflow(value, (int64_t)10, &value) ||
            __builtin_sub_overflow(value, digit, &value))
            return false;
    }
    if (!negative && __builtin_sub_overflow((int64_t)0, value, &value))
        return false;
    if (value < min || value > max)
        return false;
    *ret = value;
    return true;
}

char *str_hex(struct arena *a, const void *p, size_t n)
{
    char *text = arena_alloc(a, n * 2 + 1);
    sodium_bin2hex(text, n * 2 + 1, p, n);
    return text;
}

bool str_unhex(const char *hex, uint8_t *ret, size_t n)
{
    size_t got = 0;
    if (strlen(hex) != n * 2)
        return false;
    return sodium_hex2bin(ret, n, hex, n * 2, NULL, &got, NULL) == 0 && got == n;
}

char *str_base64url(struct arena *a, const void *p, size_t n)
{
    size_t max = sodium_base64_encoded_len(n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *text = arena_alloc(a, max);
    return sodium_bin2base64(text, max, p, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool str_unbase64url(const char *text, uint8_t *ret, size_t n)
{
    size_t got = 0;
    const char *end = NULL;
    size_t length = strlen(text);
    if (sodium_base642bin(ret, n, text, length, NULL, &got, &end,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        return false;
    return got == n && end == text + length;
}

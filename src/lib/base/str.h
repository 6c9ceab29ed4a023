/* Strings: a growing buffer with a ceiling, and the few helpers C lacks. */
#ifndef BT_BASE_STR_H
#define BT_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"

/* Invariants: p is never NULL and always NUL-terminated at p[n]; n <= max_bytes. Past the ceiling
 * nothing more is added and `full` is set: look at it once, at the end. */
struct buf {
    struct arena *arena;
    char *p;
    size_t n;
    size_t capacity;
    size_t max_bytes;
    bool full;
};

struct buf buf_new(struct arena *a, size_t first_bytes, size_t max_bytes);
void buf_add(struct buf *b, const void *p, size_t n);
void buf_puts(struct buf *b, const char *s); /* NULL adds nothing */
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

bool str_eq(const char *a, const char *b); /* NULL equals only NULL */
bool str_starts(const char *s, const char *prefix);
bool str_empty(const char *s);                           /* NULL or "" */
const char *str_or(const char *s, const char *fallback); /* fallback for NULL or "" */
/* Equal in a time that does not depend on where they differ. Lengths are not secret. */
bool str_eq_secret(const char *a, const char *b);
/* ASCII lower or upper case copy. */
char *str_lower(struct arena *a, const char *s);
char *str_upper(struct arena *a, const char *s);
/* s without ASCII white space at both ends (a copy). */
char *str_trim(struct arena *a, const char *s);
/* Whole decimal number in [min, max], nothing around it; false otherwise, and for NULL. */
bool str_to_i64(const char *s, int64_t min, int64_t max, int64_t *ret);
/* Lower-case hex of n bytes; and back (false on an odd or non-hex text, or a wrong length). */
char *str_hex(struct arena *a, const void *p, size_t n);
bool str_unhex(const char *hex, uint8_t *ret, size_t n);
/* base64url without padding (RFC 4648 §5). */
char *str_base64url(struct arena *a, const void *p, size_t n);
/* False when the text is not exactly n bytes of base64url. */
bool str_unbase64url(const char *text, uint8_t *ret, size_t n);

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif

/* UTF-8 (RFC 3629): what people type is text, and text is valid UTF-8 without control characters. */
#ifndef BT_BASE_UTF8_H
#define BT_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"

/* Strict: no overlong forms, no surrogates, nothing above U+10FFFF, no NUL inside. */
bool utf8_valid(const char *s, size_t n);
/* Code points of a valid string. */
size_t utf8_length(const char *s);
/* Reads the code point at *s and moves *s behind it. The string must be valid. 0 at the end. */
uint32_t utf8_next(const char **s);
/* True when a character is a C0/C1 control or a bidirectional override or isolate (U+202A–U+202E,
 * U+2066–U+2069, U+200E/F, U+061C): those that let a name lie about its order; or draws nothing at all
 * (zero width space, byte order mark, tags). `newlines` allows LF, CR and TAB. */
bool utf8_has_control(const char *s, bool newlines);
/* A copy of at most `max` code points. */
char *utf8_cut(struct arena *a, const char *s, size_t max);

#endif

/* Growing text, files and messages of the template compiler. Part of tmplc. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tmplc.h"

void fail(const struct tmplc *t, int line, const char *format, ...)
{
    va_list args;
    fprintf(stderr, "%s:%d: ", t->file, line);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

void text_add(struct text *t, const char *p, size_t n)
{
    if (t->n + n + 1 > t->capacity) {
        t->capacity = (t->n + n + 1) * 2;
        char *grown = realloc(t->p, t->capacity);
        if (!grown) {
            fputs("tmplc: out of memory\n", stderr);
            exit(1);
        }
        t->p = grown;
    }
    memcpy(t->p + t->n, p, n);
    t->n += n;
    t->p[t->n] = '\0';
}

void text_puts(struct text *t, const char *s)
{
    text_add(t, s, strlen(s));
}

void text_printf(struct text *t, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *line = n >= 0 ? malloc((size_t)n + 1) : NULL;
    if (!line) {
        fputs("tmplc: out of memory\n", stderr);
        exit(1);
    }
    vsnprintf(line, (size_t)n + 1, format, again);
    va_end(again);
    text_add(t, line, (size_t)n);
    free(line);
}

/* A C string literal. '?' is escaped because of trigraphs. */
void text_literal(struct text *t, const char *p, size_t n)
{
    text_puts(t, "\"");
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)p[i];
        if (c == '\n')
            text_puts(t, "\\n");
        else if (c == '"' || c == '\\' || c == '?')
            text_printf(t, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            text_printf(t, "\\%03o", c);
        else
            text_add(t, &p[i], 1);
    }
    text_puts(t, "\"");
}

void file_read(const char *path, struct text *ret)
{
    char block[4096];
    FILE *f = fopen(path, "rb");
    for (size_t n; f && (n = fread(block, 1, sizeof(block), f)) > 0;)
        text_add(ret, block, n);
    if (!f || ferror(f)) {
        fprintf(stderr, "%s:1: cannot be read: %s\n", path, strerror(errno));
        exit(1);
    }
    fclose(f);
    text_puts(ret, "");
    size_t from = ret->n >= 3 && memcmp(ret->p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    size_t to = 0;
    for (size_t i = from; i < ret->n; i++)
        if (ret->p[i] != '\r' || ret->p[i + 1] != '\n')
            ret->p[to++] = ret->p[i];
    ret->p[to] = '\0';
    ret->n = to;
    if (strlen(ret->p) != to) {
        fprintf(stderr, "%s:1: holds a NUL byte\n", path);
        exit(1);
    }
}

void file_write(const char *path, const struct text *t)
{
    FILE *f = fopen(path, "wb");
    bool ok = f && fwrite(t->p, 1, t->n, f) == t->n;
    if (f && fclose(f) != 0)
        ok = false;
    if (!ok) {
        fprintf(stderr, "%s:1: cannot be written: %s\n", path, strerror(errno));
        exit(1);
    }
}

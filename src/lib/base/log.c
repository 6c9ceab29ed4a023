/* One JSON line an event, written with a single write(). See log.h. */
#include "lib/base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/time.h"
#include "lib/base/banned.h"

#define LINE_BYTES 2048u

static _Atomic int minimum_level = LOG_INFO;

struct line {
    char p[LINE_BYTES];
    size_t n;
};

void log_set_level(enum log_level level)
{
    atomic_store(&minimum_level, (int)level);
}

static void put(struct line *l, const char *s, size_t n)
{
    if (n > LINE_BYTES - 4 - l->n) /* room for the closing quote, brace and newline */
        n = LINE_BYTES - 4 - l->n;
    memcpy(l->p + l->n, s, n);
    l->n += n;
}

static void put_escaped(struct line *l, const char *s)
{
    for (; *s && l->n < LINE_BYTES - 16; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\') {
            char pair[2] = {'\\', *s};
            put(l, pair, 2);
        } else if (c < 0x20 || c == 0x7F) {
            char code[8];
            int n = snprintf(code, sizeof(code), "\\u%04x", c);
            put(l, code, (size_t)n);
        } else {
            put(l, s, 1);
        }
    }
}

static void put_pair(struct line *l, const char *key, const char *value)
{
    put(l, ",\"", 2);
    put_escaped(l, key);
    put(l, "\":\"", 3);
    put_escaped(l, value ? value : "");
    put(l, "\"", 1);
}

void log_event(enum log_level level, const char *message, ...)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    if ((int)level < atomic_load(&minimum_level))
        return;
    struct line l = {.n = 0};
    struct civil c = time_civil(time_now_ms(), 0);
    int n = snprintf(l.p, sizeof(l.p),
                     "{\"ts\":\"%04d-%02d-%02dT%02d:%02d:%02d.%03dZ\",\"level\":\"%s\"", c.year,
                     c.month, c.day, c.hour, c.minute, c.second, c.millisecond, names[level]);
    l.n = (size_t)n;
    put_pair(&l, "msg", message);
    va_list args;
    va_start(args, message);
    const char *key;
    while ((key = va_arg(args, const char *)) != NULL)
        put_pair(&l, key, va_arg(args, const char *));
    va_end(args);
    memcpy(l.p + l.n, "}\n", 2);
    ssize_t ignored = write(STDERR_FILENO, l.p, l.n + 2);
    (void)ignored;
}

void log_errno(enum log_level level, const char *message, int error)
{
    char text[128] = "";
    (void)snprintf(text, sizeof(text), "%s", strerrordesc_np(error));
    log_event(level, message, "error", text, NULL);
}

const char *log_int_text(char buffer[24], int64_t value)
{
    (void)snprintf(buffer, 24, "%lld", (long long)value);
    return buffer;
}

/* Why a request was refused: codes and sentences. See cx.h. */
#include "lib/base/cx.h"

#include <stdarg.h>
#include <stdio.h>

#include "lib/base/banned.h"

const char *err_name(enum err e)
{
    static const char *const names[] = {"ok",       "bad",     "auth",  "denied", "missing",
                                        "conflict", "invalid", "limit", "busy",   "internal"};
    return (unsigned)e < sizeof(names) / sizeof(names[0]) ? names[e] : "unknown";
}

const char *cx_new_id(const struct cx *cx)
{
    char id[UUID_TEXT_BYTES];
    rand_uuid7(cx->now_ms, id);
    return arena_strdup(cx->arena, id);
}

const char *cx_t(const struct cx *cx, const char *msgid)
{
    return cx->translate ? cx->translate(cx->lang, msgid) : msgid;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored                                                                     \
    "-Wformat-nonliteral" /* a translated format: po files are checked by msgfmt -c */
enum err cx_fail(struct cx *cx, enum err e, const char *code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    cx->diag.message = arena_vprintf(cx->arena, cx_t(cx, format), args);
    va_end(args);
    cx->diag.code = code;
    return e;
}

void cx_field(struct cx *cx, const char *field, const char *code, const char *format, ...)
{
    struct field_error *f = ARENA_NEW(cx->arena, struct field_error);
    va_list args;
    va_start(args, format);
    f->message = arena_vprintf(cx->arena, cx_t(cx, format), args);
    va_end(args);
    f->field = arena_strdup(cx->arena, field);
    f->code = code;
    if (cx->diag.last_field)
        cx->diag.last_field->next = f;
    else
        cx->diag.fields = f;
    cx->diag.last_field = f;
    cx->diag.field_count++;
}

char *cx_printf(const struct cx *cx, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = arena_vprintf(cx->arena, cx_t(cx, format), args);
    va_end(args);
    return text;
}

enum err cx_refuse(struct cx *cx, const struct refusal *r)
{
    if (r->err == ERR_OK)
        return ERR_OK;
    const char *arg = r->arg ? r->arg : "";
    cx->diag.message = arena_printf(cx->arena, cx_t(cx, r->msgid), arg);
    cx->diag.code = r->code;
    cx->diag.ref = arena_strdup(cx->arena, r->ref);
    if (r->field)
        cx_field(cx, r->field, r->code, r->msgid, arg);
    return r->err;
}
#pragma GCC diagnostic pop

enum err cx_fields(struct cx *cx)
{
    return cx->diag.field_count ? ERR_INVALID : ERR_OK;
}

enum err cx_detail(struct cx *cx, enum err e, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(cx->diag.detail, sizeof(cx->diag.detail), format, args);
    va_end(args);
    return e;
}

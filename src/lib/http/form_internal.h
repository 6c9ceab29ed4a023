/* Between form.c and form_value.c. `name` is the field's name as the request has it ("items.0.kind");
 * a function that returns false has added the fault. */
#ifndef BT_LIB_HTTP_FORM_INTERNAL_H
#define BT_LIB_HTTP_FORM_INTERNAL_H

#include "lib/http/internal.h"

void value_missing(struct cx *cx, const struct field *f, const char *name);
void value_type(struct cx *cx, const struct field *f, const char *name);
void value_too_many(struct cx *cx, const struct field *f, const char *name, size_t max);
void value_unknown(struct cx *cx, const char *name);
/* Trimmed, line ends made one. "" means absent. */
const char *value_tidy(struct cx *cx, const struct field *f, const char *typed);
bool value_choice(struct cx *cx, const struct field *f, const char *name, const char *text);
bool value_uuid(struct cx *cx, const struct field *f, const char *name, const char *text);
bool value_text(struct cx *cx, const struct field *f, const char *name, const char *text,
                const char **ret);
bool value_range(struct cx *cx, const struct field *f, const char *name, int64_t value);
bool value_int(struct cx *cx, const struct field *f, const char *name, const char *text,
               int64_t *ret);
bool value_time(struct cx *cx, const struct field *f, const char *name, const char *text,
                int64_t *ret);
bool value_bool(struct cx *cx, const struct field *f, const char *name, const char *text, bool *ret);
bool value_file(struct cx *cx, const struct field *f, const char *name, uint64_t bytes);

#endif

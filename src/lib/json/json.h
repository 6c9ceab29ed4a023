/* JSON by jansson: memory that is wiped when freed, values that end with the request, and records.
 * json_init() must run before any other use of jansson. */
#ifndef BT_LIB_JSON_H
#define BT_LIB_JSON_H

#include <jansson.h>

#include "lib/base/cx.h"
#include "lib/base/record.h"
#include "lib/base/str.h"

/* Installs the wiping allocator. Once, at start. */
void json_init(void);
/* The arena drops the reference at its end. Returns `value` (borrowed from then on). */
json_t *json_keep(struct arena *a, json_t *value);
/* Strict: UTF-8, no duplicate keys, depth ≤ 32, nothing behind the value. ERR_BAD with cx->diag set. */
enum err json_parse(struct cx *cx, struct bytes text, json_t **ret) MUST_USE;
/* Compact text into out. */
void json_write(struct buf *out, const json_t *value);
/* The members of a row that these roles may see, as a new object (the caller owns it). */
json_t *json_from_record(struct cx *cx, const struct record *record, const void *row);
/* JSON Schema of a record, as OpenAPI 3.1 wants it. */
json_t *json_schema(const struct record *record);
/* string or null; time or null (0). New references. */
json_t *json_text(const char *s);
json_t *json_time(struct cx *cx, int64_t ms);

#endif

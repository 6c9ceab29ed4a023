/* jansson with memory that is wiped, and records as JSON. See json.h. */
#include "lib/json/json.h"

#include <pthread.h>
#include <sodium.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/time.h"
#include "lib/base/banned.h"

#define DEPTH_MAX 32

/* --- memory -------------------------------------------------------------------------------------- */

/* The size stands in front of each block, so that it can be wiped when it is freed. */
struct block {
    alignas(max_align_t) size_t size;
};

static void *block_alloc(size_t size)
{
    struct block *b = size <= SIZE_MAX / 2 ? malloc(sizeof(*b) + size) : NULL;
    if (!b)
        abort(); /* as the arena: out of memory ends the process */
    b->size = size;
    return b + 1;
}

static void block_free(void *p)
{
    if (!p)
        return;
    struct block *b = (struct block *)p - 1;
    sodium_memzero(p, b->size);
    free(b);
}

static void install(void)
{
    json_set_alloc_funcs(block_alloc, block_free);
    json_object_seed(0);
}

void json_init(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, install);
}

static void drop(void *value)
{
    json_decref(value);
}

json_t *json_keep(struct arena *a, json_t *value)
{
    if (value)
        arena_defer(a, drop, value);
    return value;
}

/* --- reading -------------------------------------------------------------------------------------- */

/* Depth before jansson recurses: its own limit is compiled in and far higher. Strings are skipped. */
static bool too_deep(struct bytes text)
{
    int depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = text.p[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '['))
            depth++;
        else if (!quoted && (c == '}' || c == ']'))
            depth--;
        if (depth > DEPTH_MAX)
            return true;
    }
    return false;
}

enum err json_parse(struct cx *cx, struct bytes text, json_t **ret)
{
    json_error_t error;
    if (too_deep(text))
        return cx_fail(cx, ERR_BAD, "json",
                       T("JSON terlalu dalam. Kirim paling banyak %d tingkat."), DEPTH_MAX);
    json_t *value = json_loadb((const char *)text.p, text.n,
                               JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!value)
        return cx_fail(cx, ERR_BAD, "json",
                       T("JSON tidak dapat dibaca pada baris %d. Periksa penulisannya."),
                       error.line > 0 ? error.line : 1);
    *ret = json_keep(cx->arena, value);
    return ERR_OK;
}

/* --- writing -------------------------------------------------------------------------------------- */

static int write_part(const char *part, size_t n, void *to)
{
    struct buf *out = to;
    buf_add(out, part, n);
    return 0;
}

void json_write(struct buf *out, const json_t *value)
{
    (void)json_dump_callback(value, write_part, out, JSON_COMPACT | JSON_ENCODE_ANY);
}

json_t *json_text(const char *s)
{
    json_t *text = s ? json_string(s) : NULL;
    return text ? text : json_null();
}

json_t *json_time(struct cx *cx, int64_t ms)
{
    return ms ? json_string(time_rfc3339(cx->arena, ms, cx->offset_min)) : json_null();
}

static json_t *column_value(struct cx *cx, const struct record_column *column, const void *row)
{
    const char *at = (const char *)row + column->offset;
    int64_t number;
    const char *text;
    bool truth;
    struct bytes bytes;
    switch (column->type) {
    case REC_INT:
        memcpy(&number, at, sizeof(number));
        return json_integer(number);
    case REC_TEXT:
        memcpy(&text, at, sizeof(text));
        return json_text(text);
    case REC_BOOL:
        memcpy(&truth, at, sizeof(truth));
        return json_boolean(truth);
    case REC_TIME:
        memcpy(&number, at, sizeof(number));
        return json_time(cx, number);
    case REC_BYTES:
        memcpy(&bytes, at, sizeof(bytes));
        return bytes.p ? json_text(str_base64url(cx->arena, bytes.p, bytes.n)) : json_null();
    }
    return json_null();
}

json_t *json_from_record(struct cx *cx, const struct record *record, const void *row)
{
    json_t *object = json_object();
    for (size_t i = 0; i < record->count; i++) {
        const struct record_column *column = &record->columns[i];
        bool seen = column->who == RECORD_ALL || (column->who & cx->actor.roles);
        if (seen)
            (void)json_object_set_new(object, column->name, column_value(cx, column, row));
    }
    return object;
}

/* --- schema ----------------------------------------------------------------------------------------- */

static json_t *column_schema(const struct record_column *column)
{
    switch (column->type) {
    case REC_INT:
        return json_pack("{s:s}", "type", "integer");
    case REC_TEXT:
        return json_pack("{s:[ss]}", "type", "string", "null");
    case REC_BOOL:
        return json_pack("{s:s}", "type", "boolean");
    case REC_TIME:
        return json_pack("{s:[ss], s:s}", "type", "string", "null", "format", "date-time");
    case REC_BYTES:
        return json_pack("{s:[ss], s:s}", "type", "string", "null", "contentEncoding", "base64url");
    }
    return json_object();
}

json_t *json_schema(const struct record *record)
{
    json_t *properties = json_object();
    for (size_t i = 0; i < record->count; i++) {
        const struct record_column *column = &record->columns[i];
        if (column->who == 0)
            continue;
        json_t *schema = column_schema(column);
        if (column->label)
            (void)json_object_set_new(schema, "description", json_string(column->label));
        (void)json_object_set_new(properties, column->name, schema);
    }
    return json_pack("{s:s, s:o}", "type", "object", "properties", properties);
}

/* One field table per form: it drives parsing of form, multipart and JSON bodies alike, the HTML
 * attributes of the inputs, the error messages and the OpenAPI schema.
 *
 * A handler calls form_parse() and gets a struct of typed values; what is wrong is added to
 * cx->diag.fields (translated), and the raw text stays at hand for showing the form again.
 *
 * Encodings of lists. FIELD_CODES and FIELD_IDS: JSON array of strings, or a repeated form field.
 * FIELD_OBJECTS ("companions" of {name}): JSON array of objects; in a form either
 * `companions[0][name]=…`, `companions.0.name=…`, or parallel repeated `companions.name=…`; empty
 * objects (all members blank) are dropped. */
#ifndef BT_LIB_HTTP_FORM_H
#define BT_LIB_HTTP_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/cx.h"
#include "lib/http/http.h"

enum field_type {
    FIELD_TEXT, /* const char *; one line, trimmed, no controls, no bidi overrides; min/max code points */
    FIELD_LINES,   /* const char *; several lines, CRLF → LF */
    FIELD_SECRET,  /* const char *; taken as it is (passwords): not trimmed, never shown again */
    FIELD_CODE,    /* const char *; one of `choices` */
    FIELD_CODES,   /* struct text_list; each one of `choices` (any text when choices is NULL) */
    FIELD_IDS,     /* struct text_list; UUIDs */
    FIELD_ID,      /* const char *; UUID */
    FIELD_INT,     /* int64_t in [min, max] */
    FIELD_BOOL,    /* bool: JSON true/false; form: 1, true, on, ya */
    FIELD_PHONE,   /* const char *; E.164 */
    FIELD_EMAIL,   /* const char * */
    FIELD_DATE,    /* const char *; YYYY-MM-DD, a real day */
    FIELD_TIME,    /* int64_t ms; RFC 3339 or datetime-local in the office's zone */
    FIELD_FILE,    /* struct bytes of the uploaded file; multipart only */
    FIELD_OBJECTS, /* struct object_list of `members` */
};

enum field_flag {
    FIELD_REQUIRED = 1 << 0,
    FIELD_DIGITS = 1 << 1,  /* TEXT: inputmode numeric */
    FIELD_PRIVATE = 1 << 2, /* shown masked, never in a log */
};

struct text_list {
    const char **items;
    size_t count;
};

struct object_list {
    void *items; /* array of the member struct */
    size_t count;
};

struct field {
    const char *name;
    enum field_type type;
    uint32_t flags;
    size_t offset; /* in the form's struct */
    int64_t min,
        max; /* TEXT: code points; INT: value; lists: items. max 0 = default (200 for TEXT, 4000 for LINES) */
    const char *const *choices; /* NULL-ended */
    const char *label;          /* msgid, used in messages: "Nomor HP" */
    const char *
        missing; /* msgid of the sentence when it is required and missing; NULL: built from the label */
    const struct field *members; /* OBJECTS */
    size_t member_count;
    size_t member_bytes;
};

struct form {
    const char *name; /* OpenAPI schema name: "VisitNew" */
    const struct field *fields;
    size_t count;
    size_t bytes; /* sizeof the struct it fills */
};

#define FORM(name_, type_, fields_)                                                                \
    {                                                                                              \
        .name = (name_), .fields = (fields_), .count = sizeof(fields_) / sizeof((fields_)[0]),     \
        .bytes = sizeof(type_)                                                                     \
    }

/* Fills *ret (zeroed first). Unknown fields are errors ("unknown_field"), except `csrf`, and the names
 * in form fields beginning with "_" (page mechanics such as _next). ERR_OK or ERR_INVALID (all faults in cx->diag.fields);
 * values that are fine are filled in also when others are not. */
enum err form_parse(struct cx *cx, struct http_req *req, const struct form *form,
                    void *ret) MUST_USE;
/* What was typed in a field, for showing it again: works for all three encodings; "" when absent. */
const char *form_typed(struct cx *cx, const struct http_req *req, const char *name);
/* Every value typed under a repeated name. */
struct text_list form_typed_list(struct cx *cx, const struct http_req *req, const char *name);
/* The first fault of a field, or NULL. */
const struct field_error *form_error(const struct cx *cx, const char *name);

/* The decoders, for fuzzing: application/x-www-form-urlencoded and multipart/form-data. */
enum err form_decode_urlencoded(struct cx *cx, struct bytes body, struct http_pair **ret,
                                size_t *ret_count) MUST_USE;
enum err form_decode_multipart(struct cx *cx, struct bytes body, const char *boundary,
                               struct http_req *req) MUST_USE;
/* The boundary that a Content-Type names (parameters: RFC 9110 section 5.6.6, the boundary itself: RFC 2046
 * section 5.1.1). False: there is none or more than one, a quote is left open, a character is not allowed. */
bool form_boundary(struct arena *a, const char *content_type, char **ret);
/* A body that is in memory, or read piece by piece. */
struct body_source {
    uint64_t bytes;
    const uint8_t *memory; /* the whole body; NULL when there is `read` */
    bool (*read)(void *arg, uint64_t at, uint8_t *to, size_t n);
    void *arg;
    size_t window_bytes; /* how much is looked at together; 0: 64 KiB */
};
enum err form_decode_source(struct cx *cx, const struct body_source *body, const char *boundary,
                            struct http_req *req) MUST_USE;

#endif

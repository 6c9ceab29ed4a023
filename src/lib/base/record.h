/* A record described once: beside each row struct stands a table of its columns, and that table
 * drives SQL row decoding (lib/db), JSON and OpenAPI (lib/json) and, later, .xlsx columns. */
#ifndef BT_BASE_RECORD_H
#define BT_BASE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"

enum record_type {
    REC_INT,   /* int64_t; SQL NULL → 0 */
    REC_TEXT,  /* const char * in the arena; SQL NULL → NULL */
    REC_BYTES, /* struct bytes in the arena; SQL NULL → {NULL, 0} */
    REC_BOOL,  /* bool, stored as 0/1 */
    REC_TIME, /* int64_t epoch ms; SQL NULL → 0; JSON: RFC 3339 in the office's zone, null for 0 */
};

struct record_column {
    const char *name; /* of the SQL column and of the JSON member */
    enum record_type type;
    size_t offset;
    uint32_t who; /* roles that see it in JSON; 0 = never leaves the house, ~0u = whoever sees the record */
    const char *label; /* for people, a msgid; NULL when nobody reads it */
};

struct record {
    const char *name; /* of the OpenAPI schema */
    size_t bytes;     /* sizeof the struct */
    const struct record_column *columns;
    size_t count;
};

#define RECORD_ALL (~(uint32_t)0)
/* One line of a column table: RECORD_COLUMN(struct visit, number, REC_INT, RECORD_ALL, T("Nomor")) */
#define RECORD_COLUMN(type_, member_, kind_, who_, label_)                                         \
    {                                                                                              \
        .name = #member_, .type = (kind_), .offset = offsetof(type_, member_), .who = (who_),      \
        .label = (label_)                                                                          \
    }
#define RECORD(name_, type_, columns_)                                                             \
    {                                                                                              \
        .name = (name_), .bytes = sizeof(type_), .columns = (columns_),                            \
        .count = sizeof(columns_) / sizeof((columns_)[0])                                          \
    }

#endif

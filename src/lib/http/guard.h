/* The strict reading of a request's head that libmicrohttpd does not do: framing that two readers could
 * understand differently is refused with one answer, and the connection is closed. Pure; fuzzed. */
#ifndef BT_LIB_HTTP_GUARD_H
#define BT_LIB_HTTP_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"

struct guard_limits {
    size_t head_bytes;
    int headers;
};

struct guard {
    int status;       /* 0 while nothing is wrong, else the status of the refusal */
    const char *code; /* stable English code of it */
    int host_count, length_count, encoding_count, header_count;
    bool http10;
    bool chunked;
    int64_t length; /* Content-Length, -1 when there is none */
};

enum guard_seen { GUARD_MORE, GUARD_WHOLE, GUARD_BAD };

/* A whole head as raw bytes. GUARD_MORE: the empty line is not there yet and nothing is wrong so far. */
enum guard_seen guard_head(struct guard *g, const char *head, size_t n,
                           const struct guard_limits *limits);

/* The same, piece by piece, for heads that libmicrohttpd has read already. */
void guard_begin(struct guard *g);
void guard_request(struct guard *g, const char *method, const char *target, const char *version);
void guard_header(struct guard *g, const char *name, const char *value);
void guard_end(struct guard *g, const struct guard_limits *limits);

/* Decodes the path of a target (up to '?'): percent signs undone, valid UTF-8, no NUL, no control
 * character, no encoded slash, no backslash, no dot segment. False: refuse the request with 400. */
bool guard_path(struct arena *a, const char *target, char **ret_path);

/* A character of a token (RFC 9110 section 5.6.2). */
bool http_token_char(char c);

#endif

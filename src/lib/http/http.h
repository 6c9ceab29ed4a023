/* What a handler sees of HTTP: a request, a response, and a route table row. No handler ever sees
 * libmicrohttpd. */
#ifndef BT_LIB_HTTP_H
#define BT_LIB_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/cx.h"
#include "lib/base/piece.h"
#include "lib/base/str.h"

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PUT, HTTP_DELETE, HTTP_OTHER };

/* How the body came. */
enum http_body_kind { BODY_NONE, BODY_FORM, BODY_MULTIPART, BODY_JSON, BODY_RAW };

/* How the answer is wanted. */
enum http_wants {
    WANTS_PAGE,
    WANTS_FRAGMENT,
    WANTS_JSON
}; /* HTML, htmx (HX-Request), application/json */

/* Cookie that chooses the language: "en" or "id" (the default). Set by the page with the switch. */
#define HTTP_LANG_COOKIE "bahasa"

struct http_pair {
    const char *name;
    const char *value;
};

/* A file of a multipart upload, spooled into memory or a sealed temp area by the server, complete when
 * the handler runs. */
struct http_file {
    const char *field;
    const char *client_name;  /* untrusted */
    const char *content_type; /* untrusted */
    struct bytes data;
};

struct http_req {
    enum http_method method;
    const char *path; /* decoded, valid UTF-8, no dot segments; never has a query */
    const struct route *route;
    struct http_pair params[4]; /* {id} of the route's path */
    size_t param_count;
    struct http_pair *query;
    size_t query_count;
    struct http_pair *headers; /* names in lower case */
    size_t header_count;
    enum http_body_kind body_kind;
    struct bytes body;        /* the raw bytes of a small body */
    struct http_pair *fields; /* decoded form or multipart text fields, in order (empty for JSON) */
    size_t field_count;
    struct http_file *files;
    size_t file_count;
    void *json; /* json_t * of a JSON body (owned by the arena), else NULL */
    enum http_wants wants;
    const char *peer; /* address text, of the proxy's client when the peer is a trusted proxy */
    bool secure;      /* TLS here or at the trusted proxy */
    bool local_host;  /* the Host header names localhost or a loopback address */
    uint8_t body_hash[32]; /* SHA-256 of the body (multipart: of its parts), for Idempotency-Key */
};

/* Value or NULL. Header names in lower case. */
const char *http_header(const struct http_req *req, const char *name);
const char *http_query(const struct http_req *req, const char *name);
const char *http_param(const struct http_req *req,
                       const char *name); /* never NULL for a name in the path */
const char *http_field(const struct http_req *req, const char *name); /* first raw form field */
const char *http_cookie(const struct cx *cx, const struct http_req *req, const char *name);

struct http_res {
    int status;               /* 200 until set */
    const char *content_type; /* "text/html; charset=utf-8" until set */
    struct buf body;
    struct http_pair headers[16]; /* beside the security headers that every answer gets */
    size_t header_count;
    const char *static_body; /* when set, sent instead of `body` without a copy; process lifetime */
    size_t static_bytes;
    struct piece *piece; /* shared bytes that stand in the body at `piece_at`, sent without a copy */
    size_t piece_at;
    bool private_data;      /* Cache-Control: no-store (default true; static assets set false) */
    bool allow_camera;      /* Permissions-Policy: camera=(self) */
    struct sse_client *sse; /* set by sse_accept(): the connection stays open as a live stream */
};

/* JSON with this status. Takes over the reference: the arena drops it at its end. */
struct json_t;
enum err http_res_json(struct cx *cx, struct http_res *res, int status, struct json_t *value);
/* The status of a refusal: ERR_CONFLICT → 409. */
int http_status(enum err e);
/* Puts a piece (and the caller's reference to it) where the body ends now. At most one an answer. */
void http_res_piece(struct http_res *res, struct piece *piece);
void http_res_header(struct cx *cx, struct http_res *res, const char *name, const char *value);
/* 303 to a path of ours (for htmx: 200 with HX-Redirect… the server decides by req->wants). */
enum err http_res_redirect(struct cx *cx, struct http_res *res, const char *path);
/* Set-Cookie with Path=/; HttpOnly; Secure; SameSite=Strict. max_age_s 0 deletes it, -1 = session. */
void http_res_cookie(struct cx *cx, struct http_res *res, const char *name, const char *value,
                     int64_t max_age_s);

/* A handler returns ERR_OK with the answer in res, or an err with the reason in cx->diag: the router
 * then makes the problem+json or the error page. */

enum route_flag {
    ROUTE_PUBLIC = 1 << 0, /* no login needed; `who` is ignored (but a session is looked up if there) */
    ROUTE_SIGNED =
        1 << 1, /* webhook: no session, no CSRF, no rate limit; the handler checks a signature over req->body */
    ROUTE_UPLOAD = 1 << 2, /* multipart with files: body ceiling `max_body`, let in by a worker first */
    ROUTE_STREAM = 1 << 3,         /* server-sent events */
    ROUTE_NO_TOKEN = 1 << 4,       /* machine tokens are refused (403) */
    ROUTE_IDEMPOTENT_KEY = 1 << 5, /* honours Idempotency-Key */
    ROUTE_ASSET = 1 << 6,          /* static file of the binary: no session, cacheable */
    ROUTE_LOGIN = 1 << 7,          /* counted by the login throttle */
    ROUTE_NO_KEEPALIVE_SESSION =
        1 << 8, /* does not renew the session's idle time (live streams, polls) */
};

struct form;

struct route {
    enum http_method method;
    const char *
        path; /* "/tamu/{id}/titipan"; {name} matches one segment; a last segment {name...} matches the rest */
    uint32_t who; /* role bits allowed; 0 without ROUTE_PUBLIC/ROUTE_SIGNED/ROUTE_ASSET does not start */
    uint32_t flags;
    enum err (*fn)(struct cx *cx, struct http_req *req, struct http_res *res);
    const struct form *form;     /* body fields, or NULL when the body must be empty */
    size_t max_body;             /* bytes; 0 = the default of 64 KiB */
    const char *summary;         /* for `bukutamu routes`, OpenAPI */
    const struct record *answer; /* schema of the 2xx JSON, or NULL */
};

#endif

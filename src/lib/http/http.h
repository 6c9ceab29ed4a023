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

/* A file of a multipart upload, complete when the handler runs: in memory, or in a sealed temporary file
 * (docs/adr/0013). Read by http_file_read() wherever it is. */
struct http_file {
    const char *field;
    const char *client_name;  /* untrusted */
    const char *content_type; /* untrusted */
    uint64_t bytes;
    uint64_t at;       /* its place in the body */
    struct bytes data; /* all of it; {NULL, 0} when it did not stay in memory, which happens only on
                        * routes with a body ceiling above HTTP_MEMORY_BODY */
};
/* Files of routes up to this ceiling are always in memory when the handler runs. */
#define HTTP_MEMORY_BODY ((size_t)8 << 20)

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
    struct spool *spool;      /* a large multipart body lies here instead; NULL: it does not */
    struct http_pair *fields; /* decoded form or multipart text fields, in order (empty for JSON) */
    size_t field_count;
    struct http_file *files;
    size_t file_count;
    void *json;     /* json_t * of a JSON body (owned by the arena), else NULL */
    bool admitting; /* ROUTE_ADMIT: may the body come? */
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
/* n bytes of an uploaded file from `offset` on, which must lie inside it. ERR_INTERNAL: cannot be read. */
enum err http_file_read(const struct http_req *req, const struct http_file *file, uint64_t offset,
                        uint8_t *to, size_t n) MUST_USE;

/* A body that is read while it is sent: at most a few hundred KiB of it are in memory at a time. It outlives
 * the request, so nothing of it may lie in cx->arena. `read` gives the next bytes, at most `room` and at
 * least one; fewer than `bytes` in all break the connection. It runs on a worker, one call at a time. */
struct http_source {
    uint64_t bytes;
    enum err (*read)(void *arg, uint8_t *out, size_t room, size_t *ret_n);
    void (*close)(void *arg);
    void *arg;
};

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
    struct http_source source; /* read != NULL: the body; owned by the response */
    bool private_data;         /* Cache-Control: no-store (default true; static assets set false) */
    bool allow_camera;         /* Permissions-Policy: camera=(self) */
    struct sse_client *sse;    /* set by sse_accept(): the connection stays open as a live stream */
};

/* JSON with this status. Takes over the reference: the arena drops it at its end. */
struct json_t;
enum err http_res_json(struct cx *cx, struct http_res *res, int status, struct json_t *value);
/* Counts an act, in memory alone: at most `burst` at once and `per_hour` after that. By the network of the
 * caller, or, with `req` NULL, by the name of the act alone. ERR_LIMIT with its sentence. */
enum err http_throttle(struct cx *cx, const struct http_req *req, const char *act, int burst,
                       int per_hour) MUST_USE;
/* The status of a refusal: ERR_CONFLICT → 409. */
int http_status(enum err e);
/* Puts a piece (and the caller's reference to it) where the body ends now. At most one an answer. */
void http_res_piece(struct http_res *res, struct piece *piece);
/* The body is this source. The response owns it from here on, and closes it whatever happens. */
void http_res_source(struct http_res *res, const struct http_source *source);
/* The body is this open file from where it stands; it is closed with the response. */
void http_res_file(struct http_res *res, int fd, uint64_t bytes);
/* The body is a copy of these bytes, to be kept under this name (http_res_attachment). */
enum err http_res_download(struct cx *cx, struct http_res *res, const char *content_type,
                           const char *name, struct bytes file);
/* Content-Disposition: attachment, with the name as people wrote it (RFC 6266), made harmless. */
void http_res_attachment(struct cx *cx, struct http_res *res, const char *name);
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
    /* No log line of an answer below 500: its time and path would say when a complaint was brought. */
    ROUTE_UNLOGGED = 1 << 9,
    /* Public, but not counted with the public forms of a network: the handler lets in whom it knows (a
     * counter's tablet), and counts the others by http_throttle(). */
    ROUTE_OWN_LIMIT = 1 << 10,
    /* Of an upload that needs no account: the handler is asked first, with req->admitting and no body, and
     * ERR_OK lets the body come. */
    ROUTE_ADMIT = 1 << 11,
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

/* The HTTP server: one epoll thread around libmicrohttpd, a queue, workers. See docs/ARCHITECTURE.md. */
#ifndef BT_LIB_HTTP_SERVER_H
#define BT_LIB_HTTP_SERVER_H

#include "lib/base/cx.h"
#include "lib/http/http.h"

struct server;

/* What the router needs and lib/http must not know: sessions live in the database, which belongs to
 * features/staff. All run on a worker with a filled cx. */
struct server_auth {
    /* Session cookie value (base64url, 43 characters) → cx->actor (and cx->key when it can be opened).
     * ERR_AUTH when it is unknown, expired or its account is disabled. `renew`: count it as activity. */
    enum err (*by_session)(struct cx *cx, const char *cookie, bool renew);
    /* Machine token → cx->actor with kind ACTOR_TOKEN. */
    enum err (*by_token)(struct cx *cx, const char *token);
    /* Secret for CSRF tokens of this session (or of a pre-login cookie): 32 bytes. */
    void (*csrf_key)(struct cx *cx, uint8_t ret[32]);
};

struct server_pages {
    /* Error page (HTML) for a refusal: fills res->body. NULL: a plain page. */
    enum err (*error_page)(struct cx *cx, struct http_req *req, struct http_res *res, enum err e,
                           int status);
    /* Where a person who is not logged in is sent (303), e.g. "/masuk". */
    const char *login_path;
};

struct server_limits {
    bool rate;                /* false lifts rate and per-address connection limits (load tests) */
    int connections;          /* in all; 1024 */
    int connections_per_peer; /* 20; loopback is exempt */
    int64_t head_ms;          /* total time for the head: 10 s */
    int64_t body_ms;          /* for the body: 10 s + length / 500 B/s */
    int64_t idle_ms;          /* keep-alive: 60 s */
    int64_t stall_ms;         /* write stall: 20 s */
    size_t body_bytes;        /* 64 KiB */
    size_t head_bytes;        /* 16 KiB */
    int headers;              /* 100 */
    int fields;               /* 64 */
    int sse_per_user, sse_total; /* 8, 2000 */
    int login_per_minute;        /* per address and account: 10 */
    int public_per_minute;       /* per address on public forms: 30 */
    int requests_per_second;     /* per session or address: 50 */
};

struct server_options {
    const char *listen;                       /* "127.0.0.1:8080", "[::1]:8080" */
    const char *tls_cert_file, *tls_key_file; /* both or none */
    int workers;                              /* 0 = 2 × cores */
    int running; /* of them at a time, the others wait for a commit or for work; 0 = cores */
    struct server_limits limits;
    const char *const *trusted_proxies; /* NULL-ended addresses whose X-Forwarded-For counts */
    const struct route *const
        *routes; /* NULL-ended array of tables, each ended by a row with path NULL */
    struct server_auth auth;
    struct server_pages pages;
    /* Template of every request's cx (services, settings, translate); arena, read, now, actor are the
     * worker's. `reader(i)` gives worker i's reading connection. */
    struct cx base;
    struct db_conn *(*reader)(struct db *db, int worker);
    void (*use_arena)(struct db_conn *conn, struct arena *a);
    bool (*reads_together)(struct db_conn *conn, bool on); /* may be NULL: lib/db/db.h */
};

/* Binds and checks the routes (a route without who, or two rows for one method and path, is refused with
 * a sentence in ret_message). Nothing is served until server_run(). */
enum err server_new(struct arena *a, const struct server_options *options, struct server **ret,
                    const char **ret_message) MUST_USE;
/* The port it listens on (when asked for port 0). */
int server_port(const struct server *s);
/* Serves until server_stop() (safe in a signal handler) and returns after the last answer. */
enum err server_run(struct server *s) MUST_USE;
void server_stop(struct server *s);
void server_free(struct server *s);
/* Prometheus text of the server's own counters. */
void server_metrics(struct server *s, struct buf *out);
/* The same, of the server that handles this request. */
void server_metrics_here(const struct cx *cx, struct buf *out);

/* For tests without a socket: runs guard-free routing, auth, CSRF, form and handler on this thread. */
enum err server_dispatch(struct server *s, struct cx *cx, struct http_req *req,
                         struct http_res *res);

/* The fields of a CSRF token for a page (text for the hidden field `csrf`). */
const char *csrf_token(struct cx *cx);

#endif

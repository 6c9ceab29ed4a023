/* What the files of lib/http share and nobody else sees. */
#ifndef BT_LIB_HTTP_INTERNAL_H
#define BT_LIB_HTTP_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "lib/base/cx.h"
#include "lib/base/memory.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/http/form.h"
#include "lib/http/guard.h"
#include "lib/http/http.h"
#include "lib/http/server.h"
#include "lib/http/spool.h"
#include "lib/http/sse.h"

#define SESSION_COOKIE  "__Host-bukutamu"
#define PRELOGIN_COOKIE "__Host-bukutamu-pra"
#define NONCE_CHARS     22 /* 16 bytes in base64url */
#define PEER_BYTES      48

/* --- limits ------------------------------------------------------------------------------------- */

struct ratelimit;
struct ratelimit *ratelimit_new(void);
void ratelimit_free(struct ratelimit *r);
/* Takes one from the bucket of `key`, which holds at most `burst` and gains `per_hour`. */
bool ratelimit_take(struct ratelimit *r, const char *key, int64_t now_ms, double per_hour,
                    double burst);
/* Gives one back: what was counted turned out to be harmless (a login that succeeded). */
void ratelimit_refund(struct ratelimit *r, const char *key, double burst);

/* --- this request, reached from cx->http ---------------------------------------------------------- */

struct http_extra {
    struct server *server;
    struct http_req *req;
    char nonce[NONCE_CHARS + 1]; /* of the pre-login cookie: read, or made and then to be set */
    bool nonce_new;
    bool session_cookie; /* the request carried one that was accepted */
    bool bearer;
};

/* --- connections: the epoll thread alone touches them ----------------------------------------------- */

enum conn_state {
    CONN_HEAD,   /* ours: the first head is awaited and looked at */
    CONN_LINGER, /* ours: refused; reading what is left so that the answer is not reset away */
    CONN_IDLE,   /* libmicrohttpd's: between requests */
    CONN_BODY,
    CONN_WORK,
    CONN_WRITE,
    CONN_STREAM,
};

struct conn {
    int fd;
    enum conn_state state;
    bool counted;           /* in server.conn_count */
    struct exchange *begun; /* its target was read, libmicrohttpd has not shown it whole yet */
    bool refused;           /* answered before its body was read: linger after the close */
    bool head_begun;
    bool loopback;
    int64_t deadline_ms; /* monotonic; 0: none */
    uint64_t bytes_seen; /* received when the last answer ended */
    uint64_t bytes_acked;
    int64_t stall_ms; /* monotonic; end of patience for a write without progress */
    char peer[PEER_BYTES];
    char bucket[PEER_BYTES]; /* the peer, IPv6 cut to its /64 */
};

/* --- one request on its way through the threads ------------------------------------------------------ */

enum phase {
    PHASE_HEAD,
    PHASE_ADMIT,
    PHASE_BODY,
    PHASE_SPOOL, /* a worker puts what was collected into the spool */
    PHASE_WORK,
    PHASE_ANSWER,
    PHASE_FILL, /* a worker reads the next part of the answer */
    PHASE_REFUSED,
};

struct outflow; /* server_outflow.c: an answer that is read while it is sent */

struct exchange {
    struct exchange *next;
    struct server *server;
    struct conn *conn;
    void *connection; /* struct MHD_Connection */
    enum phase phase;
    char *target; /* as it came, percent signs and all */
    enum http_method method;
    char peer[PEER_BYTES];
    const struct route *route; /* NULL: none matches */
    bool admitted;
    bool in_work;
    bool slow; /* hashes a password: the slow lane */
    bool has_body;
    bool sent; /* the response was handed over */
    bool upload_slot, public_slot;
    bool spools;         /* a large multipart upload: what fills the buffer goes into the spool */
    struct spool *spool; /* NULL until the buffer was full the first time */
    struct outflow *outflow;
    uint8_t *body;
    size_t body_bytes, body_room, body_counted, ceiling;
    int64_t length;                  /* announced; -1: chunked */
    int64_t begun_ms, body_begun_ms; /* monotonic */
    size_t answer_bytes;
    int refusal; /* status that is settled already; a worker only words it */
    int status;
    void *response; /* struct MHD_Response */
    struct sse_client *sse;
};

/* Waiting requests, in order. */
struct lane {
    struct exchange *first, *last;
    int length;
};

struct counters {
    _Atomic int64_t requests, status[6], refused_head, refused_connections, timeouts, busy,
        ms_total;
};

struct worker {
    struct server *server;
    int number;
    pthread_t thread;
    struct arena *arena;
    struct memory_stack stack;
    int64_t dropped_ms; /* its stack was wiped as a whole */
    /* Under the queue's lock. */
    pthread_cond_t wake;
    struct worker *next_idle;
    bool runs; /* has one of the turns */
};

struct server {
    struct server_options options;
    struct arena *arena;   /* of the process: routes, texts */
    const char *spool_dir; /* for the bodies of large uploads */
    int listen_fd, epoll_fd, event_fd, timer_fd, spare_fd;
    _Atomic bool wake_pending; /* the eventfd is written once a turn */
    int port;
    bool tls;
    void *daemon; /* struct MHD_Daemon */
    int mhd_fd;   /* its epoll descriptor */
    char *tls_cert, *tls_key;
    const struct route **rows;
    size_t row_count;
    struct conn **conns; /* by descriptor */
    size_t conn_room;
    _Atomic int conn_count;
    struct ratelimit *rate;
    struct sse_hub *hub; /* ours when options.base.sse was NULL */
    bool hub_owned;
    char *head;               /* head_bytes of room */
    struct arena *head_arena; /* the epoll thread's, for a look at one head */
    struct worker *workers;
    int worker_count;
    pthread_mutex_t queue_lock;
    struct worker *idle;           /* the one that went idle last comes first */
    int running;                   /* workers that have a turn: see queue.c */
    struct lane queue, queue_slow; /* queue_slow: those that hash a password */
    int slow_running;
    bool queue_closed;
    _Atomic int in_work; /* queued or with a worker */
    int uploads;         /* large bodies being held, */
    int uploads_public;  /* and those of them that came without an account */
    size_t body_bytes;   /* of all the others */
    _Atomic bool stopping;
    struct counters counters;
};

/* queue.c */
bool queue_push(struct server *s, struct exchange *x);          /* false: full */
struct exchange *queue_pop(struct server *s, struct worker *w); /* waits; NULL: closed */
void queue_slow_done(struct server *s); /* after work on one of the slow lane */
int queue_waiting(struct server *s);
void queue_left(struct exchange *x); /* a worker has given it back, when one had it */
/* This worker begins or ends to wait for something that needs no processor. */
void queue_wait(struct server *s, struct worker *w, bool begins);
void queue_close(struct server *s);
/* worker.c */
bool workers_start(struct server *s);
/* Wipes what lies deep in the stack of this worker, which calls it. */
void worker_drop_stack(struct worker *w);
void workers_join(struct server *s);
/* server_conn.c */
struct conn *conn_new(struct server *s, int fd, const struct sockaddr *address);
struct conn *conn_of(struct server *s, int fd);
void conn_free(struct server *s, struct conn *c);
bool conn_allowed(const struct server *s, const struct conn *c);
/* The one of this state whose time ends first, or NULL. */
struct conn *conn_oldest(const struct server *s, enum conn_state state);
void conn_set_deadline(struct conn *c, enum conn_state state, int64_t after_ms);
void conn_reap(struct server *s, struct conn *c);
void conn_answered(struct conn *c);
/* notify.c: tells the service manager, when there is one. */
void notify_manager(const char *state);
/* server_loop.c */
void loop_wake(struct server *s);
void loop_linger(struct server *s, struct conn *c);
void loop_timeout(struct server *s, struct conn *c);
bool loop_adopt(struct server *s, int fd);
/* server_body.c: a body on its way in */
enum body_step {
    BODY_TAKEN,
    BODY_FULL,  /* the buffer has to be spooled before more is taken */
    BODY_LARGE, /* 413 */
    BODY_BUSY,  /* 503 */
};
/* Takes what has room of *n bytes, wipes them where they were, and lowers *n. */
enum body_step body_take(struct exchange *x, const char *p, size_t *n);
/* A place among the large bodies; false: all are taken. */
bool body_slot(struct exchange *x);
uint64_t body_bytes(const struct exchange *x); /* received so far */
void body_deadline(struct exchange *x);
void body_spool(struct exchange *x); /* worker: empties the buffer into the spool */
/* Worker: is there room on the disk for what was announced? */
bool body_fits(const struct exchange *x);
void body_free(struct exchange *x);
/* server_mhd.c: with server_outflow.c the only user of libmicrohttpd */
bool mhd_start(struct server *s, const char **ret_message);
void mhd_stop(struct server *s);
int mhd_epoll_fd(const struct server *s);
void mhd_run(struct server *s);
int mhd_timeout_ms(const struct server *s); /* -1: none */
bool mhd_add(struct server *s, struct conn *c, const struct sockaddr *address, socklen_t n);
enum err mhd_fill_request(struct exchange *x, struct cx *cx, struct http_req *req) MUST_USE;
void mhd_answer(struct exchange *x, struct cx *cx, struct http_req *req, struct http_res *res);
void mhd_resume(struct exchange *x);
/* server_outflow.c: the MHD_Response of an answer with a source */
void *mhd_outflow(struct exchange *x, struct http_res *res);
void mhd_fill(struct exchange *x); /* worker: reads the next part of the answer */
void mhd_stream_resume(struct server *s, void *connection);
void mhd_stream_suspend(void *connection);

/* --- request and answer --------------------------------------------------------------------------- */

/* Content type, body, cookies, wants: everything of req that follows from the head and the raw body. */
enum err request_decode(struct cx *cx, struct http_req *req, const struct server *s);
enum err request_query(struct cx *cx, struct http_req *req, const char *target);
enum http_body_kind request_body_kind(const char *content_type);
uint64_t request_body_bytes(const struct http_req *req);
bool request_has_bearer(const struct http_req *req, const char **ret_token);
/* Whether the address is one of our proxies. */
bool request_trusted(const struct server *s, const char *peer);
void request_peer(struct cx *cx, struct http_req *req, const struct server *s, const char *peer);

enum route_found { ROUTE_FOUND, ROUTE_NO_PATH, ROUTE_NO_METHOD };
enum http_method method_of(const char *name);
/* Matches and fills req->route and its params; `ret_allow` gets the Allow header on ROUTE_NO_METHOD. */
enum route_found route_find(struct server *s, struct arena *a, struct http_req *req,
                            const char **ret_allow);
bool routes_check(struct arena *a, struct server *s, const char **ret_message);
/* Everything between a read request and an answer. Always leaves an answer in res. */
enum err router_handle(struct server *s, struct cx *cx, struct http_req *req, struct http_res *res);
/* Before the body of an upload is let in: ERR_OK, or the refusal is in res. */
enum err router_admit(struct server *s, struct cx *cx, struct http_req *req, struct http_res *res);

/* session.c: who is calling. */
enum err session_open(struct server *s, struct cx *cx, struct http_req *req);
enum err limit_request(struct server *s, struct cx *cx, struct http_req *req);
enum err limit_login(struct server *s, struct cx *cx, struct http_req *req);
void limit_login_done(struct server *s, struct cx *cx, struct http_req *req); /* it succeeded */
/* csrf.c */
enum err csrf_check(struct cx *cx, struct http_req *req, bool token_too);
void csrf_begin(struct cx *cx, struct http_req *req);
void csrf_finish(struct cx *cx, struct http_res *res);

/* reply.c */
#define SOURCE_BLOCK ((size_t)64 << 10)
void reply_source_drop(struct http_res *res);
const char *reply_reason(int status);
void reply_error(struct server *s, struct cx *cx, struct http_req *req, struct http_res *res,
                 enum err e, int status);
struct http_res reply_new(struct cx *cx);
/* Every header of an answer, the security headers first. */
void reply_headers(const struct http_res *res,
                   void (*fn)(void *to, const char *name, const char *value), void *to);
/* A whole refusal as bytes for the wire (no worker, no page): head and body. */
size_t reply_raw(char *out, size_t room, int status, const char *code);
/* The body alone of the same. */
size_t reply_raw_body(char *out, size_t room, int status, const char *code);

/* sse.c */
struct sse_client;
/* The connection took the stream over; called by the epoll thread. */
void sse_client_attach(struct sse_client *c, struct server *s, void *connection, int fd);
ssize_t sse_client_read(struct sse_client *c, char *out, size_t room);
void sse_client_gone(struct sse_client *c);
void sse_hub_close_all(struct sse_hub *hub);
int sse_hub_count(struct sse_hub *hub);

#endif

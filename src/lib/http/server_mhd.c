/* libmicrohttpd, which only this file and server_outflow.c know. Runs in the epoll thread of server_loop.c; workers
 * come here to read a suspended request, to leave an answer and to wake the connection. */
#include <microhttpd.h>

#include "lib/http/internal.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/base/banned.h"

#define MEMORY_PER_CONNECTION ((size_t)32 << 10)
#define STREAM_BLOCK          4096

/* --- connections ------------------------------------------------------------------------------------ */

static void exchange_free(struct exchange *x)
{
    sodium_memzero(x->target, strlen(x->target)); /* it may hold a token */
    free(x->target);
    free(x);
}

static struct conn *conn_of_connection(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(
        connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct server *s = cls;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(
        connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        *context = conn_of(s, info->connect_fd);
        return;
    }
    struct conn *c = *context;
    if (!c)
        return;
    if (c->begun) /* given up without a word: on_completed never came */
        exchange_free(c->begun);
    if (c->refused && !s->tls)
        (void)loop_adopt(s, c->fd);
    conn_free(s, c);
    *context = NULL;
}

/* --- answers ---------------------------------------------------------------------------------------- */

static void add_header(void *to, const char *name, const char *value)
{
    (void)MHD_add_response_header(to, name, value);
}

static ssize_t stream_read(void *cls, uint64_t position, char *out, size_t room)
{
    (void)position;
    ssize_t n = sse_client_read(cls, out, room);
    return n < 0 ? MHD_CONTENT_READER_END_OF_STREAM : n;
}

static void stream_gone(void *cls)
{
    sse_client_gone(cls);
}

/* What libmicrohttpd needs until a body of three parts is sent. */
struct parts {
    struct piece *piece;
    char own[]; /* what stands before and behind the piece */
};

static void parts_free(void *cls)
{
    struct parts *p = cls;
    piece_drop(p->piece);
    free(p);
}

/* The piece is given away: it is dropped when the answer is sent. */
static struct MHD_Response *parts_response(const struct http_res *res)
{
    struct parts *p = malloc(sizeof(*p) + res->body.n);
    if (!p)
        return NULL;
    p->piece = res->piece;
    memcpy(p->own, res->body.p, res->body.n);
    const struct MHD_IoVec iov[] = {
        {.iov_base = p->own, .iov_len = res->piece_at},
        {.iov_base = p->piece->bytes, .iov_len = p->piece->n},
        {.iov_base = p->own + res->piece_at, .iov_len = res->body.n - res->piece_at},
    };
    return MHD_create_response_from_iovec(iov, 3, parts_free, p);
}

static struct MHD_Response *body_response(struct exchange *x, struct http_res *res)
{
    if (res->source.read)
        return mhd_outflow(x, res);
    if (res->sse)
        return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, stream_read,
                                                 res->sse, stream_gone);
    if (res->piece)
        return parts_response(res);
    if (res->static_body) {
        union {
            const char *constant;
            void *plain;
        } body = {.constant = res->static_body};
        return MHD_create_response_from_buffer(res->static_bytes, body.plain,
                                               MHD_RESPMEM_PERSISTENT);
    }
    return MHD_create_response_from_buffer(res->body.n, res->body.p, MHD_RESPMEM_MUST_COPY);
}

void mhd_answer(struct exchange *x, struct cx *cx, struct http_req *req, struct http_res *res)
{
    (void)cx;
    (void)req;
    uint64_t sourced = res->source.bytes;
    struct MHD_Response *response = body_response(x, res);
    if (!response)
        abort(); /* out of memory */
    reply_headers(res, add_header, response);
    if (res->sse) /* the end of a stream is the end of its connection */
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    x->status = res->status;
    x->sse = res->sse;
    x->answer_bytes = res->static_body ? res->static_bytes : res->body.n;
    x->answer_bytes += res->piece ? res->piece->n : 0;
    x->answer_bytes += (size_t)sourced;
    x->response = response;
}

static enum MHD_Result send_answer(struct exchange *x)
{
    struct conn *c = x->conn;
    const struct server_limits *limits = &x->server->options.limits;
    if (x->sse) {
        sse_client_attach(x->sse, x->server, x->connection, c->fd);
        conn_set_deadline(c, CONN_STREAM, 0);
        if (c->counted)
            x->server->conn_count--;
        c->counted = false;
    } else {
        conn_set_deadline(c, CONN_WRITE, limits->stall_ms + (int64_t)(x->answer_bytes / 500) * 1000);
    }
    if (x->has_body && x->phase != PHASE_WORK)
        c->refused = true;
    x->phase = PHASE_ANSWER;
    x->sent = true;
    enum MHD_Result ok = MHD_queue_response(x->connection, (unsigned)x->status, x->response);
    MHD_destroy_response(x->response);
    x->response = NULL;
    return ok;
}

/* The answer to a refusal that no worker words. */
static bool refusal_made(struct exchange *x, int status, const char *code)
{
    char text[1024];
    size_t n = reply_raw_body(text, sizeof(text), status, code);
    struct http_res res = {.content_type = "application/problem+json", .private_data = true};
    struct MHD_Response *response = MHD_create_response_from_buffer(n, text, MHD_RESPMEM_MUST_COPY);
    if (!response)
        return false;
    reply_headers(&res, add_header, response);
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    x->status = status;
    x->response = response;
    atomic_fetch_add(&x->server->counters.refused_head, 1);
    log_event(LOG_INFO, "refused", "status", LOG_INT(status), "code", code, NULL);
    return true;
}

/* A refusal made here, before a worker or a body: one answer, then the connection is closed. */
static enum MHD_Result refuse(struct exchange *x, int status, const char *code)
{
    if (!refusal_made(x, status, code))
        return MHD_NO;
    x->phase = PHASE_HEAD;
    x->conn->refused = true;
    return send_answer(x);
}

/* While a body is coming in libmicrohttpd takes no answer, so it is written to the socket by hand. */
static enum MHD_Result refuse_in_body(struct exchange *x, int status, const char *code)
{
    char out[4096];
    if (!x->server->tls) {
        size_t n = reply_raw(out, sizeof(out), status, code);
        ssize_t ignored = send(x->conn->fd, out, n, MSG_NOSIGNAL | MSG_DONTWAIT);
        (void)ignored;
        x->conn->refused = true;
    }
    atomic_fetch_add(&x->server->counters.refused_head, 1);
    log_event(LOG_INFO, "refused", "status", LOG_INT(status), "code", code, NULL);
    return MHD_NO;
}

/* --- one request -------------------------------------------------------------------------------------- */

static enum MHD_Result to_worker(struct exchange *x, enum phase phase)
{
    x->phase = phase;
    x->in_work = true;
    conn_set_deadline(x->conn, CONN_WORK, 0);
    MHD_suspend_connection(x->connection);
    if (queue_push(x->server, x))
        return MHD_YES;
    x->in_work = false;
    atomic_fetch_add(&x->server->counters.busy, 1);
    bool made = refusal_made(x, 503, "busy");
    MHD_resume_connection(x->connection); /* comes back here for its answer */
    return made ? MHD_YES : MHD_NO;
}

static enum MHD_Result guard_one(void *cls, enum MHD_ValueKind kind, const char *name,
                                 const char *value)
{
    (void)kind;
    guard_header(cls, name, value ? value : "");
    return MHD_YES;
}

/* The guard again, over what libmicrohttpd read: a kept connection's later heads, and all over TLS. */
static void guard_request_head(struct exchange *x, struct guard *g, const char *method,
                               const char *version)
{
    const struct server_limits *l = &x->server->options.limits;
    const struct guard_limits limits = {.head_bytes = l->head_bytes, .headers = l->headers};
    const union MHD_ConnectionInfo *size = MHD_get_connection_info(
        x->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    guard_begin(g);
    guard_request(g, method, x->target, version);
    (void)MHD_get_connection_values(x->connection, MHD_HEADER_KIND, guard_one, g);
    guard_end(g, &limits);
    if (g->status == 0 && size && size->header_size > l->head_bytes) {
        g->status = 431;
        g->code = "head_bytes";
    }
}

/* Finds the route, to know what may follow the head. False: the path cannot be. */
static bool look_up(struct exchange *x)
{
    struct server *s = x->server;
    struct http_req req = {.method = x->method};
    const char *allow;
    char *path = NULL;
    bool ok = guard_path(s->head_arena, x->target, &path);
    req.path = path;
    if (ok && route_find(s, s->head_arena, &req, &allow) == ROUTE_FOUND)
        x->route = req.route;
    arena_reset(s->head_arena);
    return ok;
}

static size_t ceiling_of(const struct exchange *x, enum http_body_kind kind)
{
    size_t common = x->server->options.limits.body_bytes;
    if (!x->route->max_body || ((x->route->flags & ROUTE_UPLOAD) && kind != BODY_MULTIPART))
        return common;
    return x->route->max_body;
}

static enum MHD_Result body_awaited(struct exchange *x, const struct guard *g)
{
    const char *type = MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, "Content-Type");
    enum http_body_kind kind = request_body_kind(type);
    if (x->method == HTTP_GET || x->method == HTTP_HEAD)
        return refuse(x, 400, "body_unexpected");
    if (!x->route) /* 404 or 405: nothing is read */
        return to_worker(x, PHASE_REFUSED);
    x->ceiling = ceiling_of(x, kind);
    x->length = g->length;
    if (g->length > (int64_t)x->ceiling) {
        x->refusal = 413;
        return to_worker(x, PHASE_REFUSED);
    }
    bool large = x->ceiling > x->server->options.limits.body_bytes;
    x->spools = large && kind == BODY_MULTIPART && (x->route->flags & ROUTE_UPLOAD);
    if (g->length > (int64_t)x->server->options.limits.body_bytes && x->spools && !body_slot(x)) {
        x->refusal = 503;
        return to_worker(x, PHASE_REFUSED);
    }
    if (large && !(x->route->flags & ROUTE_SIGNED))
        return to_worker(x, PHASE_ADMIT);
    x->phase = PHASE_BODY;
    int64_t extra = g->length > 0 ? g->length * 2 : 0; /* 500 bytes a second */
    conn_set_deadline(x->conn, CONN_BODY, x->server->options.limits.body_ms + extra);
    return MHD_YES;
}

static enum MHD_Result head_seen(struct exchange *x, const char *method, const char *version)
{
    struct guard g;
    guard_request_head(x, &g, method, version);
    if (g.status)
        return refuse(x, g.status, g.code);
    x->method = method_of(method);
    if (!look_up(x))
        return refuse(x, 400, "path");
    x->has_body = g.chunked || g.length > 0;
    if (x->has_body)
        return body_awaited(x, &g);
    /* Not at once: an answer given before the end of the request makes libmicrohttpd close. */
    x->phase = PHASE_BODY;
    return MHD_YES;
}

/* The buffer is full: a worker empties it while the connection rests. What is left of this piece is shown
 * again afterwards. */
static enum MHD_Result to_spool(struct exchange *x)
{
    x->phase = PHASE_SPOOL;
    x->in_work = true;
    conn_set_deadline(x->conn, CONN_WORK, 0);
    MHD_suspend_connection(x->connection);
    if (queue_push(x->server, x))
        return MHD_YES;
    x->in_work = false;
    x->refusal = 503;
    atomic_fetch_add(&x->server->counters.busy, 1);
    MHD_resume_connection(x->connection);
    return MHD_YES;
}

static enum MHD_Result body_add(struct exchange *x, const char *p, size_t *n)
{
    enum body_step step = body_take(x, p, n);
    if (step == BODY_LARGE)
        return refuse_in_body(x, 413, "too_large");
    if (step == BODY_BUSY)
        return refuse_in_body(x, 503, "busy");
    if (step == BODY_FULL)
        return to_spool(x);
    body_deadline(x);
    return MHD_YES;
}

static enum MHD_Result body_more(struct exchange *x, const char *p, size_t *n)
{
    x->phase = PHASE_BODY;
    if (*n)
        return body_add(x, p, n);
    return to_worker(x, x->refusal ? PHASE_REFUSED : PHASE_WORK);
}

static void body_admitted(struct exchange *x)
{
    int64_t extra = x->length > 0 ? x->length * 2 : 0;
    x->phase = PHASE_BODY;
    x->body_begun_ms = time_monotonic_ms();
    conn_set_deadline(x->conn, CONN_BODY, x->server->options.limits.body_ms + extra);
    body_deadline(x);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_bytes, void **context)
{
    (void)cls;
    (void)url;
    struct exchange *x = *context;
    if (!x)
        return MHD_NO;
    switch (x->phase) {
    case PHASE_HEAD:
        x->connection = connection;
        x->conn = conn_of_connection(connection);
        if (!x->conn)
            return MHD_NO;
        x->conn->begun = NULL;
        memcpy(x->peer, x->conn->peer, sizeof(x->peer));
        x->body_begun_ms = time_monotonic_ms();
        return head_seen(x, method, version);
    case PHASE_ADMIT:
        queue_left(x);
        if (x->response)
            return send_answer(x);
        body_admitted(x);
        return MHD_YES;
    case PHASE_SPOOL:
        queue_left(x);
        return body_more(x, upload, upload_bytes);
    case PHASE_BODY:
        return body_more(x, upload, upload_bytes);
    case PHASE_WORK:
    case PHASE_REFUSED:
        queue_left(x);
        return x->response ? send_answer(x) : MHD_NO;
    case PHASE_ANSWER:
    case PHASE_FILL:
        break;
    }
    return MHD_YES;
}

static void *on_target(void *cls, const char *target, struct MHD_Connection *connection)
{
    struct conn *c = conn_of_connection(connection);
    struct exchange *x = calloc(1, sizeof(*x));
    if (!x)
        return NULL;
    x->server = cls;
    x->method = HTTP_OTHER;
    x->length = -1;
    x->begun_ms = time_monotonic_ms();
    x->target = strdup(target);
    if (!x->target) {
        free(x);
        return NULL;
    }
    if (c)
        c->begun = x;
    return x;
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode why)
{
    (void)why;
    struct server *s = cls;
    struct exchange *x = *context;
    if (!x)
        return;
    *context = NULL;
    struct conn *c = conn_of_connection(connection);
    if (c && c->begun == x)
        c->begun = NULL;
    queue_left(x);
    if (x->response)
        MHD_destroy_response(x->response);
    body_free(x);
    if (x->conn) {
        conn_answered(x->conn);
        conn_set_deadline(x->conn, CONN_IDLE, s->options.limits.idle_ms);
    }
    exchange_free(x);
}

/* --- for workers ---------------------------------------------------------------------------------------- */

struct filling {
    struct cx *cx;
    struct http_req *req;
    size_t room;
};

static enum MHD_Result fill_header(void *cls, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    (void)kind;
    struct filling *f = cls;
    if (f->req->header_count == f->room)
        return MHD_NO;
    f->req->headers[f->req->header_count++] = (struct http_pair){
        .name = str_lower(f->cx->arena, name),
        .value = arena_strdup(f->cx->arena, value ? value : "")};
    return MHD_YES;
}

enum err mhd_fill_request(struct exchange *x, struct cx *cx, struct http_req *req)
{
    char *path = NULL;
    struct filling f = {.cx = cx, .req = req, .room = (size_t)x->server->options.limits.headers};
    req->method = x->method;
    req->headers = ARENA_ARRAY(cx->arena, f.room, struct http_pair);
    (void)MHD_get_connection_values(x->connection, MHD_HEADER_KIND, fill_header, &f);
    req->path = guard_path(cx->arena, x->target, &path) ? path : "/";
    if (x->phase == PHASE_WORK && x->spool) {
        spool_end(x->spool, x->body, x->body_bytes);
        req->spool = x->spool;
    } else if (x->phase == PHASE_WORK) {
        req->body = (struct bytes){.p = x->body, .n = x->body_bytes};
    }
    request_peer(cx, req, x->server, arena_strdup(cx->arena, x->peer));
    return request_query(cx, req, x->target);
}

static void wake(struct server *s)
{
    if (!atomic_exchange(&s->wake_pending, true))
        loop_wake(s);
}

void mhd_resume(struct exchange *x)
{
    struct server *s = x->server;
    MHD_resume_connection(x->connection);
    wake(s);
}

void mhd_stream_resume(struct server *s, void *connection)
{
    MHD_resume_connection(connection);
    wake(s);
}

void mhd_stream_suspend(void *connection)
{
    MHD_suspend_connection(connection);
}

/* --- the daemon ------------------------------------------------------------------------------------------ */

/* Percent signs stay: request.c and guard.c undo them strictly. */
static size_t unescape_nothing(void *cls, struct MHD_Connection *connection, char *text)
{
    (void)cls;
    (void)connection;
    return strlen(text);
}

static void on_log(void *cls, const char *format, va_list args)
{
    (void)cls;
    (void)args;
    log_event(LOG_DEBUG, "libmicrohttpd", "format", format, NULL);
}

bool mhd_start(struct server *s, const char **ret_message)
{
    const struct server_limits *l = &s->options.limits;
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET |
                     MHD_USE_ERROR_LOG | (s->tls ? (unsigned)MHD_USE_TLS : 0u);
    struct MHD_OptionItem options[] = {
        {MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t)MEMORY_PER_CONNECTION, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, l->connections + l->sse_total + 64, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, 0, NULL},
        {MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 0, NULL},
        {MHD_OPTION_END, 0, NULL},
        {MHD_OPTION_END, 0, NULL},
        {MHD_OPTION_END, 0, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    if (s->tls) {
        static char priorities[] = "SECURE128:+SECURE192:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
        options[5] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0, s->tls_key};
        options[6] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0, s->tls_cert};
        options[7] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_PRIORITIES, 0, priorities};
    }
    s->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, s, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
        MHD_OPTION_URI_LOG_CALLBACK, on_target, s, MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_UNESCAPE_CALLBACK,
        unescape_nothing, NULL, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
    if (!s->daemon)
        *ret_message = s->tls ? "the HTTP server does not start: certificate and key do not fit"
                              : "the HTTP server does not start";
    if (s->daemon)
        s->mhd_fd = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    return s->daemon != NULL;
}

void mhd_stop(struct server *s)
{
    if (s->daemon)
        MHD_stop_daemon(s->daemon);
    s->daemon = NULL;
}

int mhd_epoll_fd(const struct server *s)
{
    return s->mhd_fd;
}

void mhd_run(struct server *s)
{
    (void)MHD_run(s->daemon);
}

int mhd_timeout_ms(const struct server *s)
{
    MHD_UNSIGNED_LONG_LONG ms;
    if (MHD_get_timeout(s->daemon, &ms) != MHD_YES)
        return -1;
    return ms > 60000 ? 60000 : (int)ms;
}

bool mhd_add(struct server *s, struct conn *c, const struct sockaddr *address, socklen_t n)
{
    return MHD_add_connection(s->daemon, c->fd, address, n) == MHD_YES;
}

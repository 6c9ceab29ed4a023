/* A server is made (routes checked, socket bound) and freed here; it lives in server_loop.c. */
#include "lib/http/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/log.h"
#include "lib/base/banned.h"

#define PEM_BYTES (256u << 10)
#define BACKLOG   1024

static void limit_default(int *value, int fallback)
{
    if (*value <= 0)
        *value = fallback;
}

static void limit_default_ms(int64_t *value, int64_t fallback)
{
    if (*value <= 0)
        *value = fallback;
}

static void limits_default(struct server_limits *l)
{
    limit_default(&l->connections, 1024);
    limit_default(&l->connections_per_peer, 20);
    limit_default_ms(&l->head_ms, 10000);
    limit_default_ms(&l->body_ms, 10000);
    limit_default_ms(&l->idle_ms, 60000);
    limit_default_ms(&l->stall_ms, 20000);
    limit_default(&l->headers, 100);
    limit_default(&l->fields, 64);
    limit_default(&l->sse_per_user, 8);
    limit_default(&l->sse_total, 2000);
    limit_default(&l->login_per_minute, 10);
    limit_default(&l->public_per_minute, 30);
    limit_default(&l->requests_per_second, 50);
    if (l->body_bytes == 0)
        l->body_bytes = 64u << 10;
    if (l->head_bytes == 0 || l->head_bytes > 24u << 10)
        l->head_bytes = 16u << 10;
}

/* --- socket ------------------------------------------------------------------------------------------ */

/* "127.0.0.1:8080", "[::1]:8080", ":8080" (everywhere). */
static bool listen_split(struct arena *a, const char *text, char **ret_host, const char **ret_port)
{
    const char *colon = strrchr(text, ':');
    if (!colon || !colon[1])
        return false;
    char *host = arena_strndup(a, text, (size_t)(colon - text));
    size_t n = strlen(host);
    if (n > 1 && host[0] == '[' && host[n - 1] == ']') {
        host[n - 1] = '\0';
        host++;
    }
    *ret_host = host;
    *ret_port = colon + 1;
    return true;
}

static int socket_of(const struct addrinfo *address)
{
    int on = 1;
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

static bool bind_socket(struct arena *a, struct server *s, const char **ret_message)
{
    char *host = NULL;
    const char *port = NULL;
    struct addrinfo *found = NULL;
    const struct addrinfo hints = {.ai_family = AF_UNSPEC,
                                   .ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    if (!listen_split(a, s->options.listen, &host, &port) ||
        getaddrinfo(*host ? host : NULL, port, &hints, &found) != 0) {
        *ret_message = arena_printf(a, "cannot listen on '%s': write it as ADDRESS:PORT",
                                    s->options.listen);
        return false;
    }
    s->listen_fd = socket_of(found);
    int error = errno;
    freeaddrinfo(found);
    if (s->listen_fd < 0) {
        *ret_message = arena_printf(a, "cannot listen on '%s': %s", s->options.listen,
                                    strerrordesc_np(error));
        return false;
    }
    struct sockaddr_storage bound;
    socklen_t n = sizeof(bound);
    if (getsockname(s->listen_fd, (struct sockaddr *)&bound, &n) != 0)
        return false;
    in_port_t raw;
    if (bound.ss_family == AF_INET6)
        memcpy(&raw, (const char *)&bound + offsetof(struct sockaddr_in6, sin6_port), sizeof(raw));
    else
        memcpy(&raw, (const char *)&bound + offsetof(struct sockaddr_in, sin_port), sizeof(raw));
    s->port = ntohs(raw);
    return true;
}

/* --- certificate ------------------------------------------------------------------------------------- */

static char *pem_read(struct arena *a, const char *path, const char **ret_message)
{
    CLEAN_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *text = arena_alloc(a, PEM_BYTES);
    ssize_t n = fd >= 0 ? read(fd, text, PEM_BYTES - 1) : -1;
    if (n > 0)
        return text;
    *ret_message = arena_printf(a, "cannot read '%s'", path);
    return NULL;
}

static bool tls_read(struct arena *a, struct server *s, const char **ret_message)
{
    const struct server_options *o = &s->options;
    if (!o->tls_cert_file && !o->tls_key_file)
        return true;
    if (!o->tls_cert_file || !o->tls_key_file) {
        *ret_message = "tls_cert and tls_key belong together: set both or none";
        return false;
    }
    s->tls_cert = pem_read(a, o->tls_cert_file, ret_message);
    s->tls_key = s->tls_cert ? pem_read(a, o->tls_key_file, ret_message) : NULL;
    s->tls = s->tls_key != NULL;
    return s->tls;
}

/* --- making and freeing -------------------------------------------------------------------------------- */

/* Each connection is a descriptor; the usual soft limit of 1024 is below what is promised. */
static void descriptors_raise(const struct server *s)
{
    struct rlimit r;
    rlim_t want = (rlim_t)(s->options.limits.connections + s->options.limits.sse_total + 512);
    if (getrlimit(RLIMIT_NOFILE, &r) != 0 || r.rlim_cur >= want)
        return;
    r.rlim_cur = r.rlim_max < want ? r.rlim_max : want;
    (void)setrlimit(RLIMIT_NOFILE, &r);
}

static bool descriptors_open(struct server *s)
{
    s->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    s->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    s->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    s->spare_fd = dup(s->event_fd);
    return s->epoll_fd >= 0 && s->event_fd >= 0 && s->timer_fd >= 0 && s->spare_fd >= 0;
}

static bool server_open(struct arena *a, struct server *s, const char **ret_message)
{
    if (!routes_check(a, s, ret_message) || !tls_read(a, s, ret_message))
        return false;
    if (!s->options.listen) /* for server_dispatch() alone */
        return true;
    if (!bind_socket(a, s, ret_message))
        return false;
    descriptors_raise(s);
    if (!descriptors_open(s)) {
        *ret_message = "cannot open the descriptors of the server";
        return false;
    }
    return mhd_start(s, ret_message);
}

enum err server_new(struct arena *a, const struct server_options *options, struct server **ret,
                    const char **ret_message)
{
    struct server *s = ARENA_NEW(a, struct server);
    *s = (struct server){.options = *options,
                         .arena = a,
                         .listen_fd = -1,
                         .epoll_fd = -1,
                         .event_fd = -1,
                         .timer_fd = -1,
                         .spare_fd = -1};
    limits_default(&s->options.limits);
    const char *data_dir = str_or(options->base.data_dir, P_tmpdir);
    s->spool_dir = arena_printf(a, "%s/spool", data_dir);
    if (s->options.workers <= 0)
        s->options.workers = (int)(2 * sysconf(_SC_NPROCESSORS_ONLN));
    if (s->options.running <= 0)
        s->options.running = (int)sysconf(_SC_NPROCESSORS_ONLN);
    if (s->options.running < 2)
        s->options.running = 2;
    s->head = arena_alloc(a, s->options.limits.head_bytes);
    s->head_arena = arena_new(16u << 10);
    s->rate = ratelimit_new();
    s->hub_owned = options->base.sse == NULL;
    s->hub = options->base.sse
                 ? options->base.sse
                 : sse_hub_new(s->options.limits.sse_per_user, s->options.limits.sse_total);
    s->options.base.sse = s->hub;
    (void)pthread_mutex_init(&s->queue_lock, NULL);
    *ret_message = "";
    if (!server_open(a, s, ret_message)) {
        server_free(s);
        return ERR_INVALID;
    }
    *ret = s;
    return ERR_OK;
}

int server_port(const struct server *s)
{
    return s->port;
}

void server_free(struct server *s)
{
    if (!s)
        return;
    mhd_stop(s);
    const int fds[] = {s->listen_fd, s->epoll_fd, s->event_fd, s->timer_fd, s->spare_fd};
    for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
        if (fds[i] >= 0)
            (void)close(fds[i]);
    }
    if (s->hub_owned)
        sse_hub_free(s->hub);
    ratelimit_free(s->rate);
    arena_free(s->head_arena);
    free(s->conns);
    (void)pthread_mutex_destroy(&s->queue_lock);
}

static void metric(struct buf *out, const char *name, const char *kind, int64_t value)
{
    buf_printf(out, "# TYPE bukutamu_http_%s %s\nbukutamu_http_%s %lld\n", name, kind, name,
               (long long)value);
}

void server_metrics(struct server *s, struct buf *out)
{
    struct counters *c = &s->counters;
    int waiting = queue_waiting(s);
    metric(out, "requests_total", "counter", atomic_load(&c->requests));
    buf_puts(out, "# TYPE bukutamu_http_answers_total counter\n");
    for (int i = 2; i < 6; i++)
        buf_printf(out, "bukutamu_http_answers_total{status=\"%dxx\"} %lld\n", i,
                   (long long)atomic_load(&c->status[i]));
    metric(out, "milliseconds_total", "counter", atomic_load(&c->ms_total));
    metric(out, "refused_heads_total", "counter", atomic_load(&c->refused_head));
    metric(out, "refused_connections_total", "counter", atomic_load(&c->refused_connections));
    metric(out, "timeouts_total", "counter", atomic_load(&c->timeouts));
    metric(out, "busy_total", "counter", atomic_load(&c->busy));
    metric(out, "queue_length", "gauge", waiting);
    metric(out, "connections", "gauge", atomic_load(&s->conn_count));
    metric(out, "streams", "gauge", sse_hub_count(s->hub));
}

void server_metrics_here(const struct cx *cx, struct buf *out)
{
    if (cx->http && cx->http->server)
        server_metrics(cx->http->server, out);
}

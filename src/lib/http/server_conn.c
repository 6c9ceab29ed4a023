/* Connections by descriptor: how many, from whom, and until when. libmicrohttpd's own timeout counts
 * idle time only, so a client that drips a byte a second would stay for ever: these deadlines are
 * totals. Only the epoll thread comes here. */
#include "lib/http/internal.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <linux/tcp.h> /* the kernel's, which counts bytes */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/banned.h"

static void peer_text(struct conn *c, const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in four;
        memcpy(&four, address, sizeof(four));
        (void)inet_ntop(AF_INET, &four.sin_addr, c->peer, sizeof(c->peer));
        c->loopback = (ntohl(four.sin_addr.s_addr) >> 24) == 127;
        memcpy(c->bucket, c->peer, sizeof(c->bucket));
        return;
    }
    struct sockaddr_in6 six;
    memcpy(&six, address, sizeof(six));
    if (IN6_IS_ADDR_V4MAPPED(&six.sin6_addr)) {
        const uint8_t *b = six.sin6_addr.s6_addr + 12;
        (void)snprintf(c->peer, sizeof(c->peer), "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
        c->loopback = b[0] == 127;
        memcpy(c->bucket, c->peer, sizeof(c->bucket));
        return;
    }
    (void)inet_ntop(AF_INET6, &six.sin6_addr, c->peer, sizeof(c->peer));
    c->loopback = IN6_IS_ADDR_LOOPBACK(&six.sin6_addr);
    memset(six.sin6_addr.s6_addr + 8, 0, 8); /* one /64 is one household */
    (void)inet_ntop(AF_INET6, &six.sin6_addr, c->bucket, sizeof(c->bucket));
}

static bool table_room(struct server *s, int fd)
{
    if ((size_t)fd < s->conn_room)
        return true;
    size_t room = (size_t)fd + 256;
    struct conn **grown = realloc(s->conns, room * sizeof(struct conn *));
    if (!grown)
        return false;
    memset(grown + s->conn_room, 0, (room - s->conn_room) * sizeof(struct conn *));
    s->conns = grown;
    s->conn_room = room;
    return true;
}

struct conn *conn_new(struct server *s, int fd, const struct sockaddr *address)
{
    if (!table_room(s, fd))
        return NULL;
    struct conn *c = calloc(1, sizeof(*c));
    if (!c)
        return NULL;
    c->fd = fd;
    if (address)
        peer_text(c, address);
    s->conns[fd] = c;
    return c;
}

struct conn *conn_of(struct server *s, int fd)
{
    return fd >= 0 && (size_t)fd < s->conn_room ? s->conns[fd] : NULL;
}

void conn_free(struct server *s, struct conn *c)
{
    if (c->counted)
        s->conn_count--;
    s->conns[c->fd] = NULL;
    free(c);
}

/* Whether its network has room for one more. */
bool conn_allowed(const struct server *s, const struct conn *c)
{
    if (c->loopback || !s->options.limits.rate || request_trusted(s, c->peer))
        return true;
    int same = 0;
    for (size_t i = 0; i < s->conn_room; i++) {
        const struct conn *other = s->conns[i];
        same += other && other != c && strcmp(other->bucket, c->bucket) == 0;
    }
    return same < s->options.limits.connections_per_peer;
}

struct conn *conn_oldest(const struct server *s, enum conn_state state)
{
    struct conn *oldest = NULL;
    for (size_t i = 0; i < s->conn_room; i++) {
        struct conn *c = s->conns[i];
        if (c && c->state == state && c->deadline_ms &&
            (!oldest || c->deadline_ms < oldest->deadline_ms))
            oldest = c;
    }
    return oldest;
}

void conn_set_deadline(struct conn *c, enum conn_state state, int64_t after_ms)
{
    c->state = state;
    c->deadline_ms = after_ms > 0 ? time_monotonic_ms() + after_ms : 0;
    c->stall_ms = 0;
}

void conn_answered(struct conn *c)
{
    c->head_begun = false;
    c->bytes_seen = 0;
}

static bool progress(int fd, uint64_t *ret_received, uint64_t *ret_acked)
{
    struct tcp_info info = {.tcpi_state = 0};
    socklen_t n = sizeof(info);
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &n) != 0 || n < sizeof(info))
        return false;
    *ret_received = info.tcpi_bytes_received;
    *ret_acked = info.tcpi_bytes_acked;
    return true;
}

/* A kept connection whose next head has begun must finish it in the time of a head. */
static void watch_idle(struct server *s, struct conn *c)
{
    uint64_t received, acked;
    if (c->head_begun || !progress(c->fd, &received, &acked))
        return;
    if (c->bytes_seen == 0) {
        c->bytes_seen = received;
    } else if (received > c->bytes_seen) {
        c->head_begun = true;
        conn_set_deadline(c, CONN_IDLE, s->options.limits.head_ms);
    }
}

static void watch_write(struct server *s, struct conn *c, int64_t now)
{
    uint64_t received, acked;
    if (!progress(c->fd, &received, &acked))
        return;
    if (c->stall_ms == 0 || acked > c->bytes_acked)
        c->stall_ms = now + s->options.limits.stall_ms;
    c->bytes_acked = acked;
}

void conn_reap(struct server *s, struct conn *c)
{
    int64_t now = time_monotonic_ms();
    if (c->state == CONN_IDLE)
        watch_idle(s, c);
    else if (c->state == CONN_WRITE)
        watch_write(s, c, now);
    bool late = (c->deadline_ms && now >= c->deadline_ms) || (c->stall_ms && now >= c->stall_ms);
    if (!late)
        return;
    atomic_fetch_add(&s->counters.timeouts, 1);
    if (c->state == CONN_HEAD || c->state == CONN_LINGER) {
        loop_timeout(s, c);
        return;
    }
    c->deadline_ms = 0;
    c->stall_ms = 0;
    (void)shutdown(c->fd, SHUT_RDWR); /* libmicrohttpd sees the end and cleans up */
}

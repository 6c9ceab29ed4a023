/* The epoll thread: accepts, looks at the first head of each connection before libmicrohttpd sees the
 * socket, runs libmicrohttpd, reaps the late. One outer epoll set holds the listening socket, the
 * connections still ours, libmicrohttpd's own epoll descriptor, an eventfd that workers write and a
 * timer. */
#include "lib/http/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/base/banned.h"

#define EVENTS       64
#define ACCEPTS      64
#define LINGER_MS    2000
#define LINGER_BYTES (1u << 20)
#define STOP_MS      10000

void loop_wake(struct server *s)
{
    uint64_t one = 1;
    ssize_t ignored = write(s->event_fd, &one, sizeof(one));
    (void)ignored; /* a full counter wakes as well */
}

static bool watch(struct server *s, int fd, uint32_t events)
{
    struct epoll_event e = {.events = events, .data = {.fd = fd}};
    return epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, fd, &e) == 0;
}

static void drop(struct server *s, struct conn *c)
{
    int fd = c->fd;
    conn_free(s, c);
    (void)close(fd);
}

/* --- refusing ----------------------------------------------------------------------------------------- */

/* Reads and forgets what the client still sends: closing with bytes unread would reset the connection
 * and take our answer with it. */
static void linger_read(struct server *s, struct conn *c)
{
    char waste[4096];
    ssize_t n;
    while ((n = recv(c->fd, waste, sizeof(waste), MSG_DONTWAIT)) > 0) {
        c->bytes_seen += (uint64_t)n;
        if (c->bytes_seen > LINGER_BYTES)
            break;
    }
    explicit_bzero(waste, sizeof(waste));
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    drop(s, c);
}

void loop_linger(struct server *s, struct conn *c)
{
    (void)shutdown(c->fd, SHUT_WR);
    c->bytes_seen = 0;
    conn_set_deadline(c, CONN_LINGER, LINGER_MS);
    linger_read(s, c);
}

static void refuse(struct server *s, struct conn *c, int status, const char *code)
{
    char out[4096];
    size_t n = reply_raw(out, sizeof(out), status, code);
    ssize_t ignored = send(c->fd, out, n, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)ignored;
    atomic_fetch_add(&s->counters.refused_head, 1);
    log_event(LOG_INFO, "refused", "status", LOG_INT(status), "code", code, NULL);
    loop_linger(s, c);
}

/* A descriptor that libmicrohttpd is about to close with part of a body unread. */
bool loop_adopt(struct server *s, int fd)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    struct conn *c = copy >= 0 ? conn_new(s, copy, NULL) : NULL;
    if (!c) {
        if (copy >= 0)
            (void)close(copy);
        return false;
    }
    conn_set_deadline(c, CONN_LINGER, LINGER_MS);
    if (!watch(s, copy, EPOLLIN | EPOLLRDHUP | EPOLLET)) {
        drop(s, c);
        return false;
    }
    return true;
}

void loop_timeout(struct server *s, struct conn *c)
{
    char byte;
    if (c->state == CONN_HEAD && !s->tls && recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1)
        refuse(s, c, 408, "head_timeout");
    else
        drop(s, c);
}

/* --- the first head -------------------------------------------------------------------------------------- */

static void hand_over(struct server *s, struct conn *c)
{
    struct sockaddr_storage address;
    socklen_t n = sizeof(address);
    (void)epoll_ctl(s->epoll_fd, EPOLL_CTL_DEL, c->fd, NULL);
    if (getpeername(c->fd, (struct sockaddr *)&address, &n) != 0) {
        drop(s, c);
        return;
    }
    c->state = CONN_IDLE;
    c->head_begun = true; /* the deadline of the head goes on */
    int fd = c->fd;
    if (!mhd_add(s, c, (struct sockaddr *)&address, n)) {
        /* libmicrohttpd closed the descriptor; its callback may have freed the connection already */
        struct conn *left = conn_of(s, fd);
        if (left == c)
            conn_free(s, c);
    }
}

static void head_readable(struct server *s, struct conn *c)
{
    struct guard g;
    const struct guard_limits limits = {.head_bytes = s->options.limits.head_bytes,
                                        .headers = s->options.limits.headers};
    ssize_t n = recv(c->fd, s->head, limits.head_bytes, MSG_PEEK | MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        drop(s, c);
        return;
    }
    enum guard_seen seen = guard_head(&g, s->head, (size_t)n, &limits);
    explicit_bzero(s->head, (size_t)n); /* the beginning of the body came along */
    switch (seen) {
    case GUARD_MORE:
        return;
    case GUARD_BAD:
        refuse(s, c, g.status, g.code);
        return;
    case GUARD_WHOLE:
        break;
    }
    hand_over(s, c);
}

/* --- accepting --------------------------------------------------------------------------------------------- */

/* Every place is taken: whoever has waited longest without a whole head goes, then the longest idle. So
 * a crowd of half heads keeps nobody out. False: all are at work. */
static bool make_room(struct server *s)
{
    struct conn *c = conn_oldest(s, CONN_HEAD);
    if (c) {
        drop(s, c);
        return true;
    }
    c = conn_oldest(s, CONN_IDLE);
    if (!c)
        return false;
    c->deadline_ms = 0;
    (void)shutdown(c->fd, SHUT_RDWR);
    return true;
}

static void welcome(struct server *s, int fd, const struct sockaddr *address)
{
    int on = 1;
    struct conn *c = conn_new(s, fd, address);
    if (!c) {
        (void)close(fd);
        return;
    }
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    bool room = s->conn_count < s->options.limits.connections || make_room(s);
    if (!room || !conn_allowed(s, c)) {
        atomic_fetch_add(&s->counters.refused_connections, 1);
        drop(s, c);
        return;
    }
    c->counted = true;
    s->conn_count++;
    conn_set_deadline(c, CONN_HEAD, s->options.limits.head_ms);
    if (s->tls) {
        c->state = CONN_IDLE;
        hand_over(s, c);
    } else if (!watch(s, fd, EPOLLIN | EPOLLRDHUP | EPOLLET)) {
        drop(s, c);
    } else {
        head_readable(s, c); /* often it is there already */
    }
}

/* Out of descriptors: the spare one is given up for a moment, so that the waiting client is closed
 * instead of waking this loop for ever. */
static void accept_spare(struct server *s)
{
    (void)close(s->spare_fd);
    int fd = accept4(s->listen_fd, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= 0)
        (void)close(fd);
    s->spare_fd = dup(s->event_fd);
    atomic_fetch_add(&s->counters.refused_connections, 1);
}

static void accept_all(struct server *s)
{
    for (int i = 0; i < ACCEPTS; i++) {
        struct sockaddr_storage address;
        socklen_t n = sizeof(address);
        int fd = accept4(s->listen_fd, (struct sockaddr *)&address, &n,
                         SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            welcome(s, fd, (const struct sockaddr *)&address);
            continue;
        }
        if (errno == EMFILE || errno == ENFILE)
            accept_spare(s);
        if (errno != EINTR && errno != ECONNABORTED)
            return;
    }
}

/* --- the loop ------------------------------------------------------------------------------------------------ */

static void drain(int fd)
{
    uint64_t count;
    ssize_t ignored = read(fd, &count, sizeof(count));
    (void)ignored;
}

static void reap(struct server *s)
{
    for (size_t i = 0; i < s->conn_room; i++) {
        if (s->conns[i])
            conn_reap(s, s->conns[i]);
    }
}

static void on_event(struct server *s, int fd)
{
    if (fd == s->listen_fd) {
        accept_all(s);
    } else if (fd == s->event_fd) {
        drain(fd);
        atomic_store(&s->wake_pending, false);
    } else if (fd == s->timer_fd) {
        drain(fd);
        reap(s);
    } else if (fd != mhd_epoll_fd(s)) {
        struct conn *c = conn_of(s, fd);
        if (c && c->state == CONN_HEAD)
            head_readable(s, c);
        else if (c && c->state == CONN_LINGER)
            linger_read(s, c);
    }
}

static void turn(struct server *s)
{
    struct epoll_event events[EVENTS];
    int n = epoll_wait(s->epoll_fd, events, EVENTS, mhd_timeout_ms(s));
    for (int i = 0; i < n; i++)
        on_event(s, events[i].data.fd);
    mhd_run(s);
}

static bool timer_start(struct server *s)
{
    int64_t every = s->options.limits.head_ms / 4;
    if (every > 1000)
        every = 1000;
    if (every < 20)
        every = 20;
    struct timespec t = {.tv_sec = every / 1000, .tv_nsec = (every % 1000) * 1000000};
    struct itimerspec spec = {.it_interval = t, .it_value = t};
    return timerfd_settime(s->timer_fd, 0, &spec, NULL) == 0;
}

static bool writing(const struct server *s)
{
    for (size_t i = 0; i < s->conn_room; i++) {
        if (s->conns[i] && s->conns[i]->state == CONN_WRITE)
            return true;
    }
    return false;
}

/* No new connections; what is with a worker is answered, what is being written is finished. */
static void wind_down(struct server *s)
{
    int64_t until = time_monotonic_ms() + STOP_MS;
    (void)epoll_ctl(s->epoll_fd, EPOLL_CTL_DEL, s->listen_fd, NULL);
    sse_hub_close_all(s->hub);
    loop_wake(s);
    while (time_monotonic_ms() < until &&
           (atomic_load(&s->in_work) > 0 || writing(s) || sse_hub_count(s->hub) > 0))
        turn(s);
    workers_join(s);
    mhd_run(s); /* lets go of what was suspended last */
    mhd_run(s);
    mhd_stop(s);
    for (size_t i = 0; i < s->conn_room; i++) {
        if (s->conns[i])
            drop(s, s->conns[i]);
    }
}

enum err server_run(struct server *s)
{
    bool ok = watch(s, s->listen_fd, EPOLLIN) && watch(s, s->event_fd, EPOLLIN) &&
              watch(s, s->timer_fd, EPOLLIN) && watch(s, mhd_epoll_fd(s), EPOLLIN) &&
              timer_start(s);
    if (!ok || !workers_start(s)) {
        log_errno(LOG_ERROR, "server cannot start", errno);
        workers_join(s);
        return ERR_INTERNAL;
    }
    notify_manager("READY=1");
    while (!atomic_load(&s->stopping))
        turn(s);
    notify_manager("STOPPING=1");
    wind_down(s);
    return ERR_OK;
}

void server_stop(struct server *s)
{
    atomic_store(&s->stopping, true);
    loop_wake(s);
}

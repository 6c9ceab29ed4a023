/* The hub of live streams. A client is a bounded buffer between whoever publishes and the epoll thread,
 * which empties it into the connection. A client that does not keep up is dropped: it comes back with
 * Last-Event-ID and misses nothing.
 *
 * One lock for all. libmicrohttpd's suspend and resume are called under it, which is safe: they take a
 * lock of their own and call nothing of ours. */
#include "lib/http/internal.h"

#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/banned.h"

#define CLIENT_BYTES ((size_t)256 << 10)
#define MISSED_PINGS 3

struct sse_client {
    struct sse_client *next;
    struct sse_hub *hub;
    struct server *server;
    void *connection; /* NULL until the epoll thread has it */
    int fd;           /* of the connection: valid while this client is in the list */
    bool suspended;
    bool closing;
    int pings_waiting; /* pings put behind data that has not left */
    char office_id[UUID_TEXT_BYTES];
    char actor_id[UUID_TEXT_BYTES];
    char session_id[UUID_TEXT_BYTES];
    int64_t after;
    char *p;
    size_t n, room;
};

struct sse_hub {
    pthread_mutex_t lock;
    pthread_cond_t poked;
    bool poke;
    int per_user, total, count;
    struct sse_client *clients;
};

struct sse_hub *sse_hub_new(int per_user, int total)
{
    pthread_condattr_t attr;
    struct sse_hub *hub = calloc(1, sizeof(*hub));
    if (!hub)
        abort();
    hub->per_user = per_user;
    hub->total = total;
    (void)pthread_mutex_init(&hub->lock, NULL);
    (void)pthread_condattr_init(&attr);
    (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&hub->poked, &attr);
    (void)pthread_condattr_destroy(&attr);
    return hub;
}

static void client_free(struct sse_client *c)
{
    if (c->p)
        sodium_memzero(c->p, c->room);
    free(c->p);
    free(c);
}

void sse_hub_free(struct sse_hub *hub)
{
    if (!hub)
        return;
    while (hub->clients) {
        struct sse_client *c = hub->clients;
        hub->clients = c->next;
        client_free(c);
    }
    (void)pthread_cond_destroy(&hub->poked);
    (void)pthread_mutex_destroy(&hub->lock);
    free(hub);
}

/* --- a client, under the lock ------------------------------------------------------------------------ */

static void client_wake(struct sse_client *c)
{
    if (!c->suspended)
        return;
    c->suspended = false;
    mhd_stream_resume(c->server, c->connection);
}

static void client_close(struct sse_client *c)
{
    c->closing = true;
    client_wake(c);
}

/* Ends it also when its socket takes nothing any more. */
static void client_cut(struct sse_client *c)
{
    if (c->connection && !c->suspended)
        (void)shutdown(c->fd, SHUT_RDWR);
    client_close(c);
}

static bool client_room(struct sse_client *c, size_t more)
{
    if (c->n + more <= c->room)
        return true;
    if (c->n + more > CLIENT_BYTES)
        return false;
    size_t room = c->room ? c->room * 2 : 1024;
    while (room < c->n + more)
        room *= 2;
    char *grown = realloc(c->p, room);
    if (!grown)
        return false;
    c->p = grown;
    c->room = room;
    return true;
}

static void client_add(struct sse_client *c, const char *text, size_t n)
{
    if (c->closing)
        return;
    if (!client_room(c, n)) {
        client_cut(c);
        return;
    }
    memcpy(c->p + c->n, text, n);
    c->n += n;
}

static void client_add_text(struct sse_client *c, const char *text)
{
    client_add(c, text, strlen(text));
}

static void client_add_event(struct sse_client *c, const struct sse_event *e)
{
    char head[128];
    int n = snprintf(head, sizeof(head), "id: %lld\nevent: %.64s\n", (long long)e->number, e->kind);
    client_add(c, head, (size_t)n);
    for (const char *line = e->data; line;) {
        size_t length = strcspn(line, "\n");
        client_add_text(c, "data: ");
        client_add(c, line, length);
        client_add_text(c, "\n");
        line = line[length] ? line + length + 1 : NULL;
    }
    client_add_text(c, "\n");
    c->after = e->number;
}

/* --- opening ------------------------------------------------------------------------------------------- */

static struct sse_client *client_new(struct sse_hub *hub, const struct actor *actor, int64_t after)
{
    struct sse_client *c = calloc(1, sizeof(*c));
    if (!c)
        abort();
    c->hub = hub;
    c->after = after;
    memcpy(c->office_id, actor->office_id, sizeof(c->office_id));
    memcpy(c->actor_id, actor->id, sizeof(c->actor_id));
    memcpy(c->session_id, actor->session_id, sizeof(c->session_id));
    client_add_text(c, "retry: 3000\n\n");
    return c;
}

/* The other end has closed: nobody looks at a suspended connection, and the next ping may be far. */
static bool client_dead(const struct sse_client *c)
{
    struct pollfd p = {.fd = c->fd, .events = POLLRDHUP};
    return c->connection && poll(&p, 1, 0) == 1 && (p.revents & (POLLRDHUP | POLLHUP | POLLERR));
}

/* Streams of this person that live. Somebody who goes from page to page leaves a dead one behind each. */
static int count_mine(struct sse_hub *hub, const char *actor_id)
{
    int mine = 0;
    for (struct sse_client *c = hub->clients; c; c = c->next) {
        if (c->closing || strcmp(c->actor_id, actor_id) != 0)
            continue;
        if (client_dead(c))
            client_cut(c);
        else
            mine++;
    }
    return mine;
}

enum err sse_accept(struct cx *cx, struct http_req *req, struct http_res *res, int64_t after)
{
    (void)req;
    struct sse_hub *hub = cx->sse;
    (void)pthread_mutex_lock(&hub->lock);
    int mine = count_mine(hub, cx->actor.id);
    bool full = mine >= hub->per_user || hub->count >= hub->total;
    if (!full) {
        struct sse_client *c = client_new(hub, &cx->actor, after);
        c->next = hub->clients;
        hub->clients = c;
        hub->count++;
        hub->poke = true;
        (void)pthread_cond_broadcast(&hub->poked);
        res->sse = c;
    }
    (void)pthread_mutex_unlock(&hub->lock);
    if (full)
        return cx_fail(
            cx, ERR_LIMIT, "too_many_streams",
            T("Terlalu banyak halaman langsung terbuka. Tutup salah satu, lalu muat ulang."));
    res->content_type = "text/event-stream; charset=utf-8";
    http_res_header(cx, res, "X-Accel-Buffering", "no");
    return ERR_OK;
}

void sse_client_attach(struct sse_client *c, struct server *s, void *connection, int fd)
{
    (void)pthread_mutex_lock(&c->hub->lock);
    c->server = s;
    c->connection = connection;
    c->fd = fd;
    (void)pthread_mutex_unlock(&c->hub->lock);
}

ssize_t sse_client_read(struct sse_client *c, char *out, size_t room)
{
    ssize_t given = 0;
    (void)pthread_mutex_lock(&c->hub->lock);
    if (c->closing) {
        given = -1;
    } else if (c->n) {
        size_t n = c->n < room ? c->n : room;
        memcpy(out, c->p, n);
        memmove(c->p, c->p + n, c->n - n);
        c->n -= n;
        if (c->n == 0)
            c->pings_waiting = 0;
        given = (ssize_t)n;
    } else {
        c->suspended = true;
        mhd_stream_suspend(c->connection);
    }
    (void)pthread_mutex_unlock(&c->hub->lock);
    return given;
}

void sse_client_gone(struct sse_client *c)
{
    struct sse_hub *hub = c->hub;
    (void)pthread_mutex_lock(&hub->lock);
    struct sse_client **at = &hub->clients;
    while (*at && *at != c)
        at = &(*at)->next;
    if (*at) {
        *at = c->next;
        hub->count--;
    }
    (void)pthread_mutex_unlock(&hub->lock);
    client_free(c);
}

/* --- publishing ------------------------------------------------------------------------------------------ */

size_t sse_needs(struct sse_hub *hub, struct sse_need *ret, size_t max)
{
    size_t count = 0;
    (void)pthread_mutex_lock(&hub->lock);
    for (const struct sse_client *c = hub->clients; c; c = c->next) {
        size_t i = 0;
        while (i < count && strcmp(ret[i].office_id, c->office_id) != 0)
            i++;
        if (i == count) {
            if (count == max)
                continue;
            memcpy(ret[count].office_id, c->office_id, sizeof(ret[count].office_id));
            ret[count++].after = c->after;
        } else if (c->after < ret[i].after) {
            ret[i].after = c->after;
        }
    }
    (void)pthread_mutex_unlock(&hub->lock);
    return count;
}

void sse_publish(struct sse_hub *hub, const char *office_id, const struct sse_event *events,
                 size_t count)
{
    (void)pthread_mutex_lock(&hub->lock);
    for (struct sse_client *c = hub->clients; c; c = c->next) {
        if (strcmp(c->office_id, office_id) != 0)
            continue;
        for (size_t i = 0; i < count; i++) {
            if (events[i].number > c->after)
                client_add_event(c, &events[i]);
        }
        if (c->n)
            client_wake(c);
    }
    (void)pthread_mutex_unlock(&hub->lock);
}

void sse_close_session(struct sse_hub *hub, const char *session_id)
{
    (void)pthread_mutex_lock(&hub->lock);
    for (struct sse_client *c = hub->clients; c; c = c->next) {
        if (strcmp(c->session_id, session_id) == 0)
            client_close(c);
    }
    (void)pthread_mutex_unlock(&hub->lock);
}

void sse_close_actor(struct sse_hub *hub, const char *actor_id)
{
    (void)pthread_mutex_lock(&hub->lock);
    for (struct sse_client *c = hub->clients; c; c = c->next) {
        if (strcmp(c->actor_id, actor_id) == 0)
            client_close(c);
    }
    (void)pthread_mutex_unlock(&hub->lock);
}

void sse_hub_close_all(struct sse_hub *hub)
{
    (void)pthread_mutex_lock(&hub->lock);
    for (struct sse_client *c = hub->clients; c; c = c->next)
        client_close(c);
    (void)pthread_mutex_unlock(&hub->lock);
}

int sse_hub_count(struct sse_hub *hub)
{
    (void)pthread_mutex_lock(&hub->lock);
    int count = hub->count;
    (void)pthread_mutex_unlock(&hub->lock);
    return count;
}

void sse_poke(struct sse_hub *hub)
{
    (void)pthread_mutex_lock(&hub->lock);
    hub->poke = true;
    (void)pthread_cond_broadcast(&hub->poked);
    (void)pthread_mutex_unlock(&hub->lock);
}

void sse_wait(struct sse_hub *hub, int64_t timeout_ms)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += timeout_ms / 1000;
    until.tv_nsec += (timeout_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    int rc = 0;
    (void)pthread_mutex_lock(&hub->lock);
    while (!hub->poke && rc == 0)
        rc = pthread_cond_timedwait(&hub->poked, &hub->lock, &until);
    hub->poke = false;
    (void)pthread_mutex_unlock(&hub->lock);
}

void sse_ping(struct sse_hub *hub)
{
    (void)pthread_mutex_lock(&hub->lock);
    for (struct sse_client *c = hub->clients; c; c = c->next) {
        if (c->connection && ++c->pings_waiting > MISSED_PINGS)
            client_cut(c); /* nothing has left for three pings: the other end is gone or asleep */
        else
            client_add_text(c, ":\n\n");
        client_wake(c);
    }
    (void)pthread_mutex_unlock(&hub->lock);
}

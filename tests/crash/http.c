/* A blocking client over one kept connection. See crash.h. */
#include "crash.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/banned.h"

int64_t now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool copy_until(const char *from, const char *ends, char *ret, size_t room)
{
    size_t n = strcspn(from, ends);
    if (n == 0 || n >= room)
        return false;
    memcpy(ret, from, n);
    ret[n] = '\0';
    return true;
}

void http_hang_up(struct line *line)
{
    if (line->fd >= 0)
        (void)close(line->fd);
    line->fd = -1;
}

static bool dial(struct line *line)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)line->port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const struct timeval limit = {.tv_sec = 20};
    int on = 1;
    line->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (line->fd < 0)
        return false;
    (void)setsockopt(line->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    (void)setsockopt(line->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    (void)setsockopt(line->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    if (connect(line->fd, (struct sockaddr *)&to, sizeof(to)) == 0)
        return true;
    http_hang_up(line);
    return false;
}

static bool send_all(int fd, const void *p, size_t n)
{
    const char *at = p;
    while (n) {
        ssize_t done = send(fd, at, n, MSG_NOSIGNAL);
        if (done <= 0)
            return false;
        at += done;
        n -= (size_t)done;
    }
    return true;
}

static size_t write_head(char *out, size_t room, const struct call *c)
{
    int n = snprintf(out, room, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n",
                     c->method, c->path);
    size_t at = (size_t)n;
    if (c->token)
        at += (size_t)snprintf(out + at, room - at, "Authorization: Bearer %s\r\n", c->token);
    if (c->cookie)
        at += (size_t)snprintf(out + at, room - at, "Cookie: %s\r\n", c->cookie);
    if (c->key)
        at += (size_t)snprintf(out + at, room - at, "Idempotency-Key: %s\r\n", c->key);
    if (c->body)
        at += (size_t)snprintf(out + at, room - at, "Content-Type: %s\r\nContent-Length: %zu\r\n",
                               c->type, c->body_bytes);
    at += (size_t)snprintf(out + at, room - at, "\r\n");
    return at;
}

static size_t content_length(const char *head)
{
    for (const char *at = head; at; at = strstr(at, "\r\n")) {
        at += at == head ? 0 : 2;
        if (strncasecmp(at, "Content-Length:", 15) == 0)
            return strtoul(at + 15, NULL, 10);
    }
    return 0;
}

/* The whole answer or nothing. */
static bool receive(int fd, struct answer *a)
{
    size_t have = 0, need = 0;
    char *end = NULL;
    while (!end || have < need) {
        ssize_t n = recv(fd, a->bytes + have, sizeof(a->bytes) - 1 - have, 0);
        if (n <= 0)
            return false;
        have += (size_t)n;
        a->bytes[have] = '\0';
        if (!end && (end = strstr(a->bytes, "\r\n\r\n"))) {
            end[2] = '\0'; /* the head, closed by its last line break */
            a->body_bytes = content_length(a->bytes);
            need = (size_t)(end - a->bytes) + 4 + a->body_bytes;
            if (need >= sizeof(a->bytes))
                return false;
        }
    }
    a->head = a->bytes;
    a->body = end + 4;
    a->body[a->body_bytes] = '\0';
    a->status = strncmp(a->bytes, "HTTP/1.1 ", 9) == 0 ? (int)strtol(a->bytes + 9, NULL, 10) : 0;
    return a->status != 0;
}

enum fate http_call(struct line *line, const struct call *c, struct answer *ret)
{
    char head[2048];
    if (line->fd < 0 && !dial(line))
        return FATE_NOT_SENT;
    size_t n = write_head(head, sizeof(head), c);
    bool sent = send_all(line->fd, head, n) &&
                (!c->body || send_all(line->fd, c->body, c->body_bytes));
    if (sent && receive(line->fd, ret)) {
        if (strcasestr(ret->head, "\r\nConnection: close\r\n"))
            http_hang_up(line);
        return FATE_ANSWERED;
    }
    http_hang_up(line);
    return FATE_IN_DOUBT;
}

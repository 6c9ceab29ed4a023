/* See recorder.h. One connection at a time: the channels under test send one request after another. */
#include "support/recorder.h"

#include "support/test.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/banned.h"

static size_t content_length(const char *head)
{
    const char *at = strcasestr(head, "\r\nContent-Length:");
    return at ? (size_t)strtoul(at + strlen("\r\nContent-Length:"), NULL, 10) : 0;
}

/* Reads one request into the next place; false when the client has gone. */
static bool read_request(struct recorder *r, int fd)
{
    struct recorder_request *q = &r->requests[r->request_count];
    size_t n = 0;
    q->text[0] = '\0';
    for (;;) {
        const char *end = memmem(q->text, n, "\r\n\r\n", 4);
        if (end && n >= (size_t)(end + 4 - q->text) + content_length(q->text)) {
            q->body = end + 4;
            q->body_bytes = n - (size_t)(q->body - q->text);
            break;
        }
        ssize_t got = n < sizeof(q->text) - 1 ? recv(fd, q->text + n, sizeof(q->text) - 1 - n, 0)
                                              : 0;
        if (got <= 0)
            return false;
        n += (size_t)got;
        q->text[n] = '\0';
    }
    q->bytes = n;
    (void)pthread_mutex_lock(&r->mutex);
    r->request_count++;
    (void)pthread_mutex_unlock(&r->mutex);
    return true;
}

static void serve(struct recorder *r, int fd)
{
    while (r->request_count < RECORDER_STEPS_MAX && read_request(r, fd)) {
        char byte;
        (void)pthread_mutex_lock(&r->mutex);
        size_t i = r->request_count - 1;
        enum recorder_act act = i < r->step_count ? r->steps[i].act : RECORDER_RESET;
        const char *answer = r->steps[i].answer;
        (void)pthread_mutex_unlock(&r->mutex);
        if (act == RECORDER_RESET) {
            struct linger hard = {.l_onoff = 1};
            (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
            return;
        }
        if (act == RECORDER_HANG) {
            (void)recv(fd, &byte, 1, 0);
            return;
        }
        (void)send(fd, answer, strlen(answer), MSG_NOSIGNAL);
        if (act == RECORDER_ANSWER_AND_CLOSE)
            return;
    }
}

static void *run(void *arg)
{
    struct recorder *r = arg;
    for (;;) {
        struct pollfd wait[2] = {{.fd = r->listener, .events = POLLIN},
                                 {.fd = r->stop_pipe[0], .events = POLLIN}};
        if (poll(wait, 2, -1) < 0 || wait[1].revents)
            return NULL;
        int fd = accept(r->listener, NULL, NULL);
        if (fd < 0)
            return NULL;
        (void)pthread_mutex_lock(&r->mutex);
        r->connection_count++;
        (void)pthread_mutex_unlock(&r->mutex);
        serve(r, fd);
        (void)close(fd);
    }
}

void recorder_start(struct recorder *r)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t n = sizeof(address);
    r->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(r->listener, (const struct sockaddr *)&address, n), 0);
    assert_int_equal(listen(r->listener, 8), 0);
    assert_int_equal(getsockname(r->listener, (struct sockaddr *)&address, &n), 0);
    r->port = ntohs(address.sin_port);
    assert_int_equal(pipe(r->stop_pipe), 0);
    (void)pthread_mutex_init(&r->mutex, NULL);
    assert_int_equal(pthread_create(&r->thread, NULL, run, r), 0);
}

void recorder_stop(struct recorder *r)
{
    assert_int_equal(write(r->stop_pipe[1], "x", 1), 1);
    (void)pthread_join(r->thread, NULL);
    (void)close(r->listener);
    (void)close(r->stop_pipe[0]);
    (void)close(r->stop_pipe[1]);
    (void)pthread_mutex_destroy(&r->mutex);
}

void recorder_script(struct recorder *r, enum recorder_act act, const char *answer)
{
    (void)pthread_mutex_lock(&r->mutex);
    assert_true(r->step_count < RECORDER_STEPS_MAX);
    r->steps[r->step_count].act = act;
    r->steps[r->step_count++].answer = answer;
    (void)pthread_mutex_unlock(&r->mutex);
}

size_t recorder_requests(struct recorder *r)
{
    (void)pthread_mutex_lock(&r->mutex);
    size_t n = r->request_count;
    (void)pthread_mutex_unlock(&r->mutex);
    return n;
}

size_t recorder_connections(struct recorder *r)
{
    (void)pthread_mutex_lock(&r->mutex);
    size_t n = r->connection_count;
    (void)pthread_mutex_unlock(&r->mutex);
    return n;
}

const struct recorder_request *recorder_last(struct recorder *r)
{
    size_t n = recorder_requests(r);
    assert_true(n > 0);
    return &r->requests[n - 1];
}

const char *recorder_http(struct arena *a, const char *status, const char *headers, const char *body)
{
    return arena_printf(
        a, "HTTP/1.1 %s\r\nContent-Type: application/json\r\n%sContent-Length: %zu\r\n\r\n%s",
        status, headers, strlen(body), body);
}

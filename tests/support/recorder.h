/* A tiny HTTP server of a C test on loopback: keeps every byte it is sent and answers by script. */
#ifndef BT_TESTS_SUPPORT_RECORDER_H
#define BT_TESTS_SUPPORT_RECORDER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/base/arena.h"

enum { RECORDER_STEPS_MAX = 32, RECORDER_REQUEST_MAX = 16384 };

enum recorder_act {
    RECORDER_ANSWER,           /* and keep the connection */
    RECORDER_ANSWER_AND_CLOSE, /* */
    RECORDER_RESET,            /* after the request was read */
    RECORDER_HANG,             /* until the client goes */
};

struct recorder_request {
    char text[RECORDER_REQUEST_MAX]; /* head and body, NUL behind */
    size_t bytes;
    const char *body;
    size_t body_bytes;
};

struct recorder {
    int listener, stop_pipe[2];
    int port;
    pthread_t thread;
    pthread_mutex_t mutex;
    struct {
        enum recorder_act act;
        const char *answer;
    } steps[RECORDER_STEPS_MAX];
    size_t step_count;
    struct recorder_request requests[RECORDER_STEPS_MAX];
    size_t request_count, connection_count;
};

void recorder_start(struct recorder *r);
void recorder_stop(struct recorder *r);
/* The next request is answered so; `answer` must live as long as the recorder. */
void recorder_script(struct recorder *r, enum recorder_act act, const char *answer);
size_t recorder_requests(struct recorder *r);
size_t recorder_connections(struct recorder *r);
/* The last request; fails the test when there is none. */
const struct recorder_request *recorder_last(struct recorder *r);
/* An HTTP answer with its length. `headers` are whole lines, or "". */
const char *recorder_http(struct arena *a, const char *status, const char *headers,
                          const char *body);

#endif

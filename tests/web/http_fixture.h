/* A small server with routes of its own on a free port, and a raw socket to talk to it. Shared by the
 * tests of lib/http; nothing of the product's features is in it. */
#ifndef BT_TESTS_HTTP_FIXTURE_H
#define BT_TESTS_HTTP_FIXTURE_H

#include <pthread.h>
#include <stddef.h>

#include "lib/http/server.h"

struct fixture {
    struct arena *arena;
    struct server *server;
    struct server_options options;
    pthread_t thread;
    int port;
};

/* Sessions: the cookie "s" followed by 42 times "A" is user 1 (role bit 0), "t" … user 2 (role bit 1).
 * The token "mesin" is a machine of role bit 0. */
#define COOKIE_ONE "sAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define COOKIE_TWO "tAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define MACHINE    "mesin"

/* Options with the fixture's routes and credentials; change them before fixture_start(). */
void fixture_prepare(struct fixture *f);
void fixture_start(struct fixture *f);
/* Stops, joins and frees. */
void fixture_stop(struct fixture *f);

int wire_open(const struct fixture *f);
void wire_send(int fd, const char *text, size_t n);
/* Reads until the other side closes or nothing comes for `ms`; NUL-terminated. Returns the bytes. */
size_t wire_read(int fd, char *out, size_t room, int ms);
/* One request on a connection of its own. Returns the status (0: none) and, when wanted, the answer. */
int wire_ask(const struct fixture *f, const char *text, char *out, size_t room);
/* Whether the other side has closed within `ms`. */
int wire_closed(int fd, int ms);

#endif

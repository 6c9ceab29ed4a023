/* The WhatsApp stand-in (whatsapp-stand-in.mjs) as a process of a C test. */
#ifndef BT_TESTS_SUPPORT_STAND_IN_H
#define BT_TESTS_SUPPORT_STAND_IN_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/base/arena.h"

struct stand_in {
    pid_t pid;
    int port;
};

struct stand_in_options {
    const char *secret_file;
    const char *token;
    const char *webhook; /* NULL: none */
};

/* False when there is no node here; a stand-in that does not start fails the test. The working folder
 * is the top of the tree. */
bool stand_in_start(struct stand_in *s, const struct stand_in_options *o);
void stand_in_stop(struct stand_in *s);
/* Calls /_control… and returns the answer's text: GET when body is NULL, POST otherwise. */
char *stand_in_control(struct arena *a, const struct stand_in *s, const char *path,
                       const char *body);

#endif

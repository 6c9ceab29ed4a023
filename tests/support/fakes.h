/* Services of others (channel-fakes.mjs) as processes of a C test. */
#ifndef BT_TESTS_SUPPORT_FAKES_H
#define BT_TESTS_SUPPORT_FAKES_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/base/arena.h"

struct fake {
    pid_t pid;
    int port, control_port; /* control: 0 where there is none */
};

/* `arguments`, NULL-ended: "mail", "--cert", … False when node or the package is not here; a fake that
 * does not start fails the test. The working folder is the top of the tree. */
bool fake_start(struct fake *fake, const char *const *arguments);
void fake_stop(struct fake *fake);
/* The text of an answer: GET when body is NULL, else a POST of JSON. */
char *fake_ask(struct arena *a, int port, const char *path, const char *body);

#endif

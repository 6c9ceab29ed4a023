/* What the decoder may still do when it meets hostile bytes: read fd 0, write fd 1, have memory. */
#ifndef BT_LIB_MEDIA_SANDBOX_H
#define BT_LIB_MEDIA_SANDBOX_H

#include <stdbool.h>

/* Limits of memory, time, files and processes. Between fork and exec; false when one is refused. */
bool sandbox_limit(void);
/* No new privileges, an empty Landlock ruleset as far as this kernel knows it, a seccomp allow-list
 * that kills. True when at least one of Landlock and seccomp holds. */
bool sandbox_enter(void);

#endif

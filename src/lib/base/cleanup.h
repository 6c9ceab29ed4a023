/* Resources that end with their scope (the only GNU extension of this code base). */
#ifndef BT_BASE_CLEANUP_H
#define BT_BASE_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CLEANUP(fn) __attribute__((cleanup(fn)))

static inline void cleanup_fd(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

static inline void cleanup_file(FILE **file)
{
    if (*file)
        (void)fclose(*file);
}

/* For the few libraries that hand out malloc()ed memory. */
static inline void cleanup_free(void *pointer)
{
    free(*(void **)pointer);
}

#define CLEAN_FD   CLEANUP(cleanup_fd)
#define CLEAN_FILE CLEANUP(cleanup_file)
#define CLEAN_FREE CLEANUP(cleanup_free)

#endif

/* What is freed is overwritten, whoever frees it: memory.c puts its own free() and realloc() into the process,
 * so that the HTTP library, the JSON library, the databases and TLS leave nothing readable behind either.
 * Beside that: no core dumps, and a thread's stack wiped after a piece of work. */
#ifndef BT_BASE_MEMORY_H
#define BT_BASE_MEMORY_H

#include <stdbool.h>

/* Does this build wipe? Not with sanitizers, which have an allocator of their own. */
bool memory_wipes(void);
/* No core file, and nobody but root looks into this process. Call before secrets are in memory. */
void memory_no_dumps(void);

/* The lowest byte of a thread's stack. */
struct memory_stack {
    unsigned char *low;
};
/* Of the calling thread. */
void memory_stack_here(struct memory_stack *ret);
/* Overwrites what calls that have returned left in the 64 KiB below the caller's frame: cheap, for the end of
 * every piece of work. */
void memory_stack_wipe(void);
/* The same for all that lies deeper: gives the pages back. Costs more, the next deep call most of all; for a
 * thread that has nothing to do. The calling thread must be the one of memory_stack_here(). */
void memory_stack_drop(const struct memory_stack *s);

#endif

/* Memory by lifetime: one arena a request (or a job), wiped and reset at its end.
 * Allocation never fails: out of memory ends the process (it restarts in under a second and every
 * acknowledged write is on disk). Under ASan the free part is poisoned, with a red zone between
 * allocations. Not thread-safe: an arena belongs to one thread at a time. */
#ifndef BT_BASE_ARENA_H
#define BT_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* A run of bytes that is not a C string. The memory is borrowed. */
struct bytes {
    const uint8_t *p;
    size_t n;
};

/* A new arena; `block_bytes` is the size of its first block (grown in multiples of it). */
struct arena *arena_new(size_t block_bytes);
/* Runs what was deferred, wipes, frees. NULL is fine. */
void arena_free(struct arena *a);
/* Runs what was deferred (last first), wipes all memory handed out, keeps the first block. */
void arena_reset(struct arena *a);

/* Zeroed memory, aligned for any type. */
void *arena_alloc(struct arena *a, size_t bytes) __attribute__((malloc, returns_nonnull));
/* `count` zeroed items; an overflow of the product ends the process. */
void *arena_array(struct arena *a, size_t count, size_t item_bytes)
    __attribute__((returns_nonnull));
char *arena_strdup(struct arena *a, const char *s);            /* NULL gives NULL */
char *arena_strndup(struct arena *a, const char *s, size_t n); /* first n bytes, then NUL */
void *arena_memdup(struct arena *a, const void *p, size_t n);
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* Calls fn(pointer) at reset or free: for handles of libraries that live as long as the arena. */
void arena_defer(struct arena *a, void (*fn)(void *), void *pointer);
/* Bytes handed out since the last reset. */
size_t arena_used(const struct arena *a);

#define ARENA_NEW(a, type)          ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, count, type) ((type *)arena_array((a), (count), sizeof(type)))

#endif

/* The arena: blocks in a list, a bump pointer, a list of deferred calls. See arena.h. */
#include "lib/base/arena.h"

#include <sodium.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n)   ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
#define RED_ZONE_BYTES 16u
#else
#define POISON(p, n)   ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#define RED_ZONE_BYTES 0u
#endif

#include "lib/base/banned.h"

struct block {
    struct block *next;
    size_t size;
    size_t used;
    alignas(max_align_t) unsigned char data[];
};

struct deferred {
    struct deferred *next;
    void (*fn)(void *);
    void *pointer;
};

struct arena {
    struct block *first;
    struct block *now; /* the block allocations come from; blocks before it are full */
    struct deferred *deferred;
    size_t block_bytes;
    size_t used;
};

static void out_of_memory(void)
{
    (void)fputs("bukutamu: out of memory\n", stderr);
    abort();
}

static struct block *block_new(size_t size)
{
    struct block *b = calloc(1, sizeof(*b) + size);
    if (!b)
        out_of_memory();
    b->size = size;
    POISON(b->data, size);
    return b;
}

struct arena *arena_new(size_t block_bytes)
{
    struct arena *a = calloc(1, sizeof(*a));
    if (!a)
        out_of_memory();
    a->block_bytes = block_bytes;
    a->first = block_new(block_bytes);
    a->now = a->first;
    return a;
}

static void block_wipe(struct block *b)
{
    UNPOISON(b->data, b->size);
    sodium_memzero(b->data, b->used);
    b->used = 0;
}

void arena_reset(struct arena *a)
{
    while (a->deferred) {
        struct deferred *d = a->deferred;
        a->deferred = d->next;
        d->fn(d->pointer);
    }
    struct block *b = a->first->next;
    while (b) {
        struct block *next = b->next;
        block_wipe(b);
        free(b);
        b = next;
    }
    a->first->next = NULL;
    block_wipe(a->first);
    POISON(a->first->data, a->first->size);
    a->now = a->first;
    a->used = 0;
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    arena_reset(a);
    UNPOISON(a->first->data, a->first->size);
    free(a->first);
    free(a);
}

void *arena_alloc(struct arena *a, size_t bytes)
{
    const size_t align = alignof(max_align_t);
    if (bytes > SIZE_MAX / 2)
        out_of_memory();
    size_t size = (bytes + align - 1) / align * align + RED_ZONE_BYTES;
    if (size == 0)
        size = align;
    if (a->now->size - a->now->used < size) {
        struct block *b = block_new(size > a->block_bytes ? size : a->block_bytes);
        a->now->next = b;
        a->now = b;
    }
    unsigned char *p = a->now->data + a->now->used;
    a->now->used += size;
    a->used += size;
    UNPOISON(p, bytes);
    return p; /* zero: fresh from calloc, or wiped at the last reset */
}

void *arena_array(struct arena *a, size_t count, size_t item_bytes)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, item_bytes, &bytes))
        out_of_memory();
    return arena_alloc(a, bytes);
}

char *arena_strdup(struct arena *a, const char *s)
{
    return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
    char *p = arena_alloc(a, n + 1);
    if (n)
        memcpy(p, s, n);
    return p;
}

void *arena_memdup(struct arena *a, const void *p, size_t n)
{
    void *copy = arena_alloc(a, n ? n : 1);
    if (n)
        memcpy(copy, p, n);
    return copy;
}

char *arena_vprintf(struct arena *a, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (n < 0)
        return arena_strdup(a, "");
    char *p = arena_alloc(a, (size_t)n + 1);
    (void)vsnprintf(p, (size_t)n + 1, format, args);
    return p;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *p = arena_vprintf(a, format, args);
    va_end(args);
    return p;
}

void arena_defer(struct arena *a, void (*fn)(void *), void *pointer)
{
    struct deferred *d = arena_alloc(a, sizeof(*d));
    d->next = a->deferred;
    d->fn = fn;
    d->pointer = pointer;
    a->deferred = d;
}

size_t arena_used(const struct arena *a)
{
    return a->used;
}

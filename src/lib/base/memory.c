/* Memory that is given back is wiped first: glibc's free() leaves the bytes where they are, in its lists and
 * caches, for as long as nobody wants a block of that size. free() and realloc() of the whole process are ours
 * (a program may replace them; glibc's own lie behind), because most copies of a complaint are made by
 * libraries: the answer in the HTTP library, values in the JSON library, buffers of TLS. */
#include "lib/base/memory.h"

#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                         \
    __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif

#include "lib/base/banned.h"

#ifndef SANITIZED
/* glibc's own, exported for replacements. */
extern void __libc_free(void *p);

void free(void *p)
{
    if (!p)
        return;
    explicit_bzero(p, malloc_usable_size(p));
    __libc_free(p);
}

/* Never moves by itself: what it would leave behind is not wiped. */
void *realloc(void *p, size_t n)
{
    if (!p)
        return malloc(n);
    if (n == 0) {
        free(p);
        return NULL;
    }
    size_t had = malloc_usable_size(p);
    if (n <= had && n >= had / 2)
        return p;
    void *moved = malloc(n);
    if (!moved)
        return n <= had ? p : NULL;
    memcpy(moved, p, n < had ? n : had);
    free(p);
    return moved;
}
#endif

bool memory_wipes(void)
{
#ifdef SANITIZED
    return false;
#else
    return true;
#endif
}

void memory_no_dumps(void)
{
#ifndef SANITIZED /* LeakSanitizer looks into its own process */
    const struct rlimit none = {.rlim_cur = 0, .rlim_max = 0};
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0);
#endif
}

void memory_stack_here(struct memory_stack *ret)
{
    pthread_attr_t attr;
    void *low = NULL;
    size_t bytes = 0;
    ret->low = NULL;
    if (pthread_getattr_np(pthread_self(), &attr) != 0)
        return;
    if (pthread_attr_getstack(&attr, &low, &bytes) == 0)
        ret->low = low;
    (void)pthread_attr_destroy(&attr);
}

#define PAGE_BYTES 4096u
#define NEAR_BYTES (16 * PAGE_BYTES)

__attribute__((noinline)) void memory_stack_wipe(void)
{
#ifndef SANITIZED
    unsigned char room[NEAR_BYTES + PAGE_BYTES]; /* and the rest of the page at which the drop begins */
    explicit_bzero(room, sizeof(room));
#endif
}

void memory_stack_drop(const struct memory_stack *s)
{
    unsigned char here = 0;
    uintptr_t low = (uintptr_t)s->low;
    uintptr_t top = ((uintptr_t)&here - NEAR_BYTES) & ~(uintptr_t)(PAGE_BYTES - 1);
    if (memory_wipes() && low && top > low)
        (void)madvise(s->low, top - low, MADV_DONTNEED);
}

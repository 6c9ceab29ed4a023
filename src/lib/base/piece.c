/* A handful of slots under one lock; the oldest gives way. See piece.h. */
#include "lib/base/piece.h"

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/banned.h"

#define SLOTS 16 /* an office has two languages and two kinds of role; a few moments of each */

struct held {
    struct piece piece; /* first: what callers see */
    atomic_int references;
    char *key;
    char bytes[];
};

struct pieces {
    pthread_mutex_t lock;
    struct held *slots[SLOTS];
    size_t next;
};

struct pieces *pieces_new(void)
{
    struct pieces *p = calloc(1, sizeof(*p));
    if (!p)
        abort();
    (void)pthread_mutex_init(&p->lock, NULL);
    return p;
}

void piece_drop(struct piece *piece)
{
    struct held *h = (struct held *)piece;
    if (!h || atomic_fetch_sub(&h->references, 1) != 1)
        return;
    sodium_memzero(h->bytes, h->piece.n); /* names of guests */
    free(h->key);
    free(h);
}

void pieces_free(struct pieces *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < SLOTS; i++)
        piece_drop(p->slots[i] ? &p->slots[i]->piece : NULL);
    (void)pthread_mutex_destroy(&p->lock);
    free(p);
}

struct piece *pieces_find(struct pieces *p, const char *key)
{
    struct held *found = NULL;
    if (!p)
        return NULL;
    (void)pthread_mutex_lock(&p->lock);
    for (size_t i = 0; i < SLOTS && !found; i++)
        if (p->slots[i] && strcmp(p->slots[i]->key, key) == 0)
            found = p->slots[i];
    if (found)
        atomic_fetch_add(&found->references, 1);
    (void)pthread_mutex_unlock(&p->lock);
    return found ? &found->piece : NULL;
}

struct piece *pieces_keep(struct pieces *p, const char *key, const void *bytes, size_t n,
                          uint64_t tag)
{
    struct held *h = malloc(sizeof(*h) + n);
    char *name = strdup(key);
    if (!h || !name)
        abort(); /* as the arena: out of memory ends the process */
    memcpy(h->bytes, bytes, n);
    h->piece = (struct piece){.bytes = h->bytes, .n = n, .tag = tag};
    h->key = name;
    atomic_init(&h->references, 2); /* the slot's and the caller's */
    (void)pthread_mutex_lock(&p->lock);
    struct held *oldest = p->slots[p->next];
    p->slots[p->next] = h;
    p->next = (p->next + 1) % SLOTS;
    (void)pthread_mutex_unlock(&p->lock);
    piece_drop(oldest ? &oldest->piece : NULL);
    return &h->piece;
}

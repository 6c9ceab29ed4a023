/* Token buckets in bounded memory, found by a keyed hash, so that nobody can choose to collide.
 * Used by session.c and router.c for addresses, sessions and log-ins. */
#include "lib/http/internal.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/banned.h"

#define SETS 2048u
#define WAYS 4u

struct bucket {
    uint64_t key; /* 0: free */
    double level;
    int64_t at_ms;
};

struct ratelimit {
    pthread_mutex_t lock;
    uint8_t hash_key[crypto_shorthash_KEYBYTES];
    struct bucket buckets[SETS][WAYS];
};

struct ratelimit *ratelimit_new(void)
{
    struct ratelimit *r = calloc(1, sizeof(*r));
    if (!r)
        abort();
    (void)pthread_mutex_init(&r->lock, NULL);
    rand_bytes(r->hash_key, sizeof(r->hash_key));
    return r;
}

void ratelimit_free(struct ratelimit *r)
{
    if (!r)
        return;
    (void)pthread_mutex_destroy(&r->lock);
    free(r);
}

static uint64_t key_hash(const struct ratelimit *r, const char *key)
{
    uint64_t hash = 0;
    uint8_t out[crypto_shorthash_BYTES];
    (void)crypto_shorthash(out, (const unsigned char *)key, strlen(key), r->hash_key);
    memcpy(&hash, out, sizeof(hash));
    return hash ? hash : 1;
}

/* The bucket of this key; when its set is full the one untouched for longest makes room. */
static struct bucket *find(struct ratelimit *r, uint64_t key, int64_t now_ms, double burst)
{
    struct bucket *set = r->buckets[key % SETS];
    struct bucket *oldest = &set[0];
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].key == key)
            return &set[i];
        if (set[i].key == 0 || (oldest->key && set[i].at_ms < oldest->at_ms))
            oldest = &set[i];
    }
    *oldest = (struct bucket){.key = key, .level = burst, .at_ms = now_ms};
    return oldest;
}

bool ratelimit_take(struct ratelimit *r, const char *key, int64_t now_ms, double per_hour,
                    double burst)
{
    uint64_t hash = key_hash(r, key);
    (void)pthread_mutex_lock(&r->lock);
    struct bucket *b = find(r, hash, now_ms, burst);
    if (now_ms > b->at_ms)
        b->level += (double)(now_ms - b->at_ms) * per_hour / 3600000.0;
    if (b->level > burst)
        b->level = burst;
    b->at_ms = now_ms;
    bool ok = b->level >= 1.0;
    if (ok)
        b->level -= 1.0;
    (void)pthread_mutex_unlock(&r->lock);
    return ok;
}

void ratelimit_refund(struct ratelimit *r, const char *key, double burst)
{
    uint64_t hash = key_hash(r, key);
    (void)pthread_mutex_lock(&r->lock);
    struct bucket *set = r->buckets[hash % SETS];
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].key == hash && set[i].level + 1.0 <= burst)
            set[i].level += 1.0;
    }
    (void)pthread_mutex_unlock(&r->lock);
}

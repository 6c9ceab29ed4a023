/* A complaint's envelope: its own data key, texts under it, and the key sealed to each reader. The
 * server forgets the data key after writing; only a reader's secret key brings it back. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "lib/seal/seal_keys.h"

#include "lib/base/banned.h"

#define PAD_BYTES 256u /* so that the length of a ciphertext says little about the text */

enum { SHARE_HEAD_BYTES = 2, SHARE_BYTES = SHARE_HEAD_BYTES + crypto_box_SEALBYTES + 32 };

static struct seal_binding text_binding(const char *aad)
{
    return (struct seal_binding){.kind = "envelope", .names = {aad}, .key_id = SEAL_KEY_NONE};
}

void seal_envelope_new(struct seal_envelope *ret)
{
    randombytes_buf(ret->key, sizeof(ret->key));
}

struct bytes seal_envelope_text(const struct seal_envelope *e, struct arena *a, const char *aad,
                                const char *plain)
{
    if (!plain)
        return (struct bytes){NULL, 0};
    size_t n = strlen(plain);
    size_t room = (n / PAD_BYTES + 1) * PAD_BYTES;
    uint8_t *padded = arena_alloc(a, room);
    memcpy(padded, plain, n);
    size_t padded_bytes;
    if (sodium_pad(&padded_bytes, padded, n, PAD_BYTES, room) != 0)
        abort(); /* the room was computed for it */
    struct seal_binding binding = text_binding(aad);
    struct bytes sealed = seal_box(a, e->key, &binding, (struct bytes){padded, padded_bytes});
    sodium_memzero(padded, room);
    return sealed;
}

enum err seal_envelope_open(const struct seal_envelope *e, struct arena *a, const char *aad,
                            struct bytes sealed, char **ret)
{
    if (sealed.n == 0) {
        *ret = NULL;
        return ERR_OK;
    }
    struct seal_binding binding = text_binding(aad);
    struct bytes padded;
    TRY(seal_box_open(a, e->key, &binding, sealed, &padded));
    size_t n;
    if (padded.n == 0 || sodium_unpad(&n, padded.p, padded.n, PAD_BYTES) != 0)
        return ERR_INTERNAL;
    *ret = arena_strndup(a, (const char *)padded.p, n);
    return ERR_OK;
}

struct bytes seal_envelope_share(const struct seal_envelope *e, struct arena *a,
                                 const uint8_t public_key[32])
{
    uint8_t *share = arena_alloc(a, SHARE_BYTES);
    share[0] = SEAL_VERSION;
    share[1] = SEAL_KEY_NONE;
    if (crypto_box_seal(share + SHARE_HEAD_BYTES, e->key, sizeof(e->key), public_key) != 0)
        return (struct bytes){NULL, 0};
    return (struct bytes){share, SHARE_BYTES};
}

enum err seal_envelope_unshare(struct bytes share, const uint8_t public_key[32],
                               const uint8_t secret_key[32], struct seal_envelope *ret)
{
    if (!share.p || share.n != SHARE_BYTES || share.p[0] != SEAL_VERSION ||
        share.p[1] != SEAL_KEY_NONE)
        return ERR_INTERNAL;
    struct seal_envelope e;
    if (crypto_box_seal_open(e.key, share.p + SHARE_HEAD_BYTES, SHARE_BYTES - SHARE_HEAD_BYTES,
                             public_key, secret_key) != 0)
        return ERR_INTERNAL;
    *ret = e;
    sodium_memzero(&e, sizeof(e));
    return ERR_OK;
}

/* --- the complaint's pair and what is dropped into it ---------------------------------------------------- */

#define PAIR_PURPOSE "complaint key pair"

void seal_envelope_pair(const struct seal_envelope *e, uint8_t ret_public_key[32],
                        uint8_t ret_secret_key[32])
{
    uint8_t seed[crypto_box_SEEDBYTES];
    if (crypto_generichash(seed, sizeof(seed), (const uint8_t *)PAIR_PURPOSE,
                           sizeof(PAIR_PURPOSE) - 1, e->key, sizeof(e->key)) != 0 ||
        crypto_box_seed_keypair(ret_public_key, ret_secret_key, seed) != 0)
        abort(); /* only lengths can be wrong */
    sodium_memzero(seed, sizeof(seed));
}

struct bytes seal_drop_text(struct arena *a, const uint8_t public_key[32], const char *aad,
                            const char *plain)
{
    if (!plain)
        return (struct bytes){NULL, 0};
    struct seal_envelope own;
    seal_envelope_new(&own);
    struct bytes share = seal_envelope_share(&own, a, public_key);
    struct bytes text = seal_envelope_text(&own, a, aad, plain);
    sodium_memzero(&own, sizeof(own));
    if (!share.p)
        return (struct bytes){NULL, 0};
    uint8_t *both = arena_alloc(a, share.n + text.n);
    memcpy(both, share.p, share.n);
    memcpy(both + share.n, text.p, text.n);
    return (struct bytes){both, share.n + text.n};
}

enum err seal_drop_open(const struct seal_envelope *e, struct arena *a, const char *aad,
                        struct bytes sealed, char **ret)
{
    if (sealed.n == 0) {
        *ret = NULL;
        return ERR_OK;
    }
    if (sealed.n <= SHARE_BYTES)
        return ERR_INTERNAL;
    uint8_t public_key[32], secret_key[32];
    seal_envelope_pair(e, public_key, secret_key);
    struct seal_envelope own;
    enum err opened = seal_envelope_unshare((struct bytes){sealed.p, SHARE_BYTES}, public_key,
                                            secret_key, &own);
    sodium_memzero(secret_key, sizeof(secret_key));
    if (opened != ERR_OK)
        return opened;
    struct bytes text = {sealed.p + SHARE_BYTES, sealed.n - SHARE_BYTES};
    opened = seal_envelope_open(&own, a, aad, text, ret);
    sodium_memzero(&own, sizeof(own));
    return opened;
}

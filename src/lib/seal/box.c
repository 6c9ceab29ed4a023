/* The one way bytes are boxed here: XChaCha20-Poly1305 with a random nonce, bound to named things so
 * that a cell cannot be moved to another row, column or file. */
#include <sodium.h>
#include <string.h>

#include "lib/seal/seal_keys.h"

#include "lib/base/banned.h"

enum {
    HEAD_BYTES = 2,
    NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    BOX_BYTES = HEAD_BYTES + NONCE_BYTES + TAG_BYTES,
};

static uint8_t *binding_part(uint8_t *to, const char *name, size_t n)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        *to++ = (uint8_t)(n >> shift);
    if (n)
        memcpy(to, name, n);
    return to + n;
}

/* Length-prefixed, so that ("ab", "c") is not ("a", "bc"). */
static struct bytes binding_bytes(struct arena *a, const struct seal_binding *binding)
{
    const char *parts[4] = {binding->kind, binding->names[0], binding->names[1], binding->names[2]};
    size_t lengths[4];
    size_t n = HEAD_BYTES;
    for (int i = 0; i < 4; i++) {
        lengths[i] = parts[i] ? strlen(parts[i]) : 0;
        n += 4 + lengths[i];
    }
    uint8_t *p = arena_alloc(a, n);
    uint8_t *to = p;
    *to++ = SEAL_VERSION;
    *to++ = binding->key_id;
    for (int i = 0; i < 4; i++)
        to = binding_part(to, parts[i], lengths[i]);
    return (struct bytes){p, n};
}

struct bytes seal_box(struct arena *a, const uint8_t key[SEAL_KEY_BYTES],
                      const struct seal_binding *binding, struct bytes plain)
{
    struct bytes ad = binding_bytes(a, binding);
    uint8_t *out = arena_alloc(a, BOX_BYTES + plain.n);
    out[0] = SEAL_VERSION;
    out[1] = binding->key_id;
    randombytes_buf(out + HEAD_BYTES, NONCE_BYTES);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(out + HEAD_BYTES + NONCE_BYTES, NULL, plain.p,
                                                     plain.n, ad.p, ad.n, NULL, out + HEAD_BYTES,
                                                     key);
    return (struct bytes){out, BOX_BYTES + plain.n};
}

enum err seal_box_open(struct arena *a, const uint8_t key[SEAL_KEY_BYTES],
                       const struct seal_binding *binding, struct bytes sealed, struct bytes *ret)
{
    if (!sealed.p || sealed.n < BOX_BYTES)
        return ERR_INTERNAL;
    if (sealed.p[0] != SEAL_VERSION || sealed.p[1] != binding->key_id)
        return ERR_INTERNAL;
    struct bytes ad = binding_bytes(a, binding);
    size_t n = sealed.n - BOX_BYTES;
    uint8_t *plain = arena_alloc(a, n + 1);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            plain, NULL, NULL, sealed.p + HEAD_BYTES + NONCE_BYTES, n + TAG_BYTES, ad.p, ad.n,
            sealed.p + HEAD_BYTES, key) != 0)
        return ERR_INTERNAL;
    *ret = (struct bytes){plain, n};
    return ERR_OK;
}

void seal_hash(const char *person, const void *value, size_t n, uint8_t ret[32])
{
    uint8_t personal[crypto_generichash_blake2b_PERSONALBYTES] = {0};
    size_t length = strlen(person);
    memcpy(personal, person, length < sizeof(personal) ? length : sizeof(personal));
    (void)crypto_generichash_blake2b_salt_personal(ret, 32, value, n, NULL, 0, NULL, personal);
}

/* Inside lib/seal only: the subkeys and the one way to box bytes. */
#ifndef BT_LIB_SEAL_KEYS_H
#define BT_LIB_SEAL_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/seal/seal.h"

#define SEAL_VERSION   1
#define SEAL_KEY_NONE  0 /* the key came with the call: a data key, a password, a cookie */
#define SEAL_KEY_FIRST 1 /* DIR/keys/master.key */
#define SEAL_KEY_BYTES 32

/* Lives in guarded, locked memory. The master key itself is wiped once these are derived. */
struct seal {
    uint8_t field[SEAL_KEY_BYTES];
    uint8_t index[SEAL_KEY_BYTES];
    uint8_t secret[SEAL_KEY_BYTES];
    uint8_t purpose[SEAL_KEY_BYTES];
    uint8_t file[SEAL_KEY_BYTES];
};

/* What a box is bound to: it opens only under the same kind and names. */
struct seal_binding {
    const char *kind;
    const char *names[3];
    uint8_t key_id;
};

/* version | key id | nonce | XChaCha20-Poly1305. */
struct bytes seal_box(struct arena *a, const uint8_t key[SEAL_KEY_BYTES],
                      const struct seal_binding *binding, struct bytes plain);
/* ERR_INTERNAL when it does not open. The plain bytes are followed by a NUL that does not count. */
enum err seal_box_open(struct arena *a, const uint8_t key[SEAL_KEY_BYTES],
                       const struct seal_binding *binding, struct bytes sealed,
                       struct bytes *ret) MUST_USE;

/* BLAKE2b-256 of the value; `person` (at most 16 bytes) keeps one use apart from another. */
void seal_hash(const char *person, const void *value, size_t n, uint8_t ret[32]);

#endif

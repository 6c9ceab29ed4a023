/* The cryptography of Web Push: message encryption (RFC 8291 over RFC 8188) and the server's signed
 * statement of who it is (RFC 8292). The only file that uses OpenSSL is webpush_crypto.c: libsodium
 * has no P-256. */
#ifndef BT_LIB_OUTBOX_WEBPUSH_CRYPTO_H
#define BT_LIB_OUTBOX_WEBPUSH_CRYPTO_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/str.h"

enum {
    WEBPUSH_SCALAR_BYTES = 32, /* a private key of P-256 */
    WEBPUSH_POINT_BYTES = 65,  /* a public one, uncompressed */
    WEBPUSH_AUTH_BYTES = 16,
    WEBPUSH_SALT_BYTES = 16,
    WEBPUSH_SIGNATURE_BYTES = 64,
    /* What a push service must take is 4096 bytes; of them 86 head, 1 delimiter, 16 tag. */
    WEBPUSH_PLAIN_MAX_BYTES = 3993,
};

struct webpush_key {
    uint8_t scalar[WEBPUSH_SCALAR_BYTES];
    uint8_t point[WEBPUSH_POINT_BYTES];
};
/* A new key pair. False when the library fails. */
bool webpush_key_new(struct webpush_key *ret);
/* The public half of ret->scalar. False when the scalar is no private key. */
bool webpush_key_complete(struct webpush_key *ret);

/* What the browser gave with its subscription. */
struct webpush_recipient {
    uint8_t point[WEBPUSH_POINT_BYTES];
    uint8_t auth[WEBPUSH_AUTH_BYTES];
};
/* True when the point lies on the curve. */
bool webpush_point_valid(const uint8_t point[WEBPUSH_POINT_BYTES]);

/* The body of the request, Content-Encoding aes128gcm, one record. `own` and `salt` must be new for
 * each message. False when the recipient's key is none, or the text too long. */
bool webpush_encrypt(const struct webpush_key *own, const uint8_t salt[WEBPUSH_SALT_BYTES],
                     const struct webpush_recipient *to, struct bytes plain, struct buf *out);

/* ECDSA on P-256 over SHA-256, as r‖s (JWS "ES256"). */
bool webpush_sign(const struct webpush_key *key, struct bytes text,
                  uint8_t ret[WEBPUSH_SIGNATURE_BYTES]);
/* For tests, and to look at a key before it is used. */
bool webpush_verify(const uint8_t point[WEBPUSH_POINT_BYTES], struct bytes text,
                    const uint8_t signature[WEBPUSH_SIGNATURE_BYTES]);

#endif

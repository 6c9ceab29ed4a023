/* P-256, HKDF and AES-128-GCM by OpenSSL, put together as RFC 8291 says. Called by channel_webpush.c;
 * pure: bytes in, bytes out. */
#include "lib/outbox/webpush_crypto.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/param_build.h>
#include <sodium.h>
#include <string.h>

#include "lib/base/cleanup.h"

#include "lib/base/banned.h"

enum {
    SHARED_BYTES = 32,
    IKM_BYTES = 32,
    CEK_BYTES = 16,
    NONCE_BYTES = 12,
    TAG_BYTES = 16,
    RECORD_BYTES = 4096,
    SIGNATURE_DER_MAX_BYTES = 80,
    HALF_BYTES = WEBPUSH_SIGNATURE_BYTES / 2,
};

/* --- OpenSSL's handles end with their scope --------------------------------------------------- */

#define HANDLE(type, name, free_function)                                                          \
    static void name(type **handle)                                                                \
    {                                                                                              \
        free_function(*handle);                                                                    \
    }
HANDLE(EVP_PKEY, drop_key, EVP_PKEY_free)
HANDLE(EVP_PKEY_CTX, drop_key_ctx, EVP_PKEY_CTX_free)
HANDLE(EVP_MD_CTX, drop_md_ctx, EVP_MD_CTX_free)
HANDLE(EVP_CIPHER_CTX, drop_cipher_ctx, EVP_CIPHER_CTX_free)
HANDLE(EVP_KDF, drop_kdf, EVP_KDF_free)
HANDLE(EVP_KDF_CTX, drop_kdf_ctx, EVP_KDF_CTX_free)
HANDLE(BIGNUM, drop_number, BN_clear_free)
HANDLE(EC_GROUP, drop_group, EC_GROUP_free)
HANDLE(EC_POINT, drop_point, EC_POINT_free)
HANDLE(OSSL_PARAM_BLD, drop_builder, OSSL_PARAM_BLD_free)
HANDLE(OSSL_PARAM, drop_params, OSSL_PARAM_free)
HANDLE(ECDSA_SIG, drop_signature, ECDSA_SIG_free)
#undef HANDLE

/* --- keys ------------------------------------------------------------------------------------- */

/* A key of the library's kind; the private half only where `scalar` is given. */
static EVP_PKEY *key_load(const uint8_t *scalar, const uint8_t *point)
{
    CLEANUP(drop_builder) OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    CLEANUP(drop_number)
    BIGNUM *number = scalar ? BN_bin2bn(scalar, WEBPUSH_SCALAR_BYTES, NULL) : NULL;
    CLEANUP(drop_key_ctx) EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    bool fine = builder && ctx && (!scalar || number) &&
                OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) &&
                OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point,
                                                 WEBPUSH_POINT_BYTES) &&
                (!scalar || OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, number));
    if (!fine)
        return NULL;
    CLEANUP(drop_params) OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY *key = NULL;
    int selection = scalar ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
    if (!params || EVP_PKEY_fromdata_init(ctx) <= 0 ||
        EVP_PKEY_fromdata(ctx, &key, selection, params) <= 0)
        return NULL;
    return key;
}

bool webpush_key_complete(struct webpush_key *ret)
{
    CLEANUP(drop_group) EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    CLEANUP(drop_number) BIGNUM *number = BN_bin2bn(ret->scalar, WEBPUSH_SCALAR_BYTES, NULL);
    CLEANUP(drop_point) EC_POINT *point = group ? EC_POINT_new(group) : NULL;
    if (!point || !number || BN_is_zero(number) || BN_cmp(number, EC_GROUP_get0_order(group)) >= 0)
        return false;
    return EC_POINT_mul(group, point, number, NULL, NULL, NULL) &&
           EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, ret->point,
                              WEBPUSH_POINT_BYTES, NULL) == WEBPUSH_POINT_BYTES;
}

bool webpush_key_new(struct webpush_key *ret)
{
    CLEANUP(drop_key) EVP_PKEY *key = EVP_EC_gen("P-256");
    BIGNUM *number = NULL;
    if (!key || !EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &number))
        return false;
    bool fine = BN_bn2binpad(number, ret->scalar, WEBPUSH_SCALAR_BYTES) == WEBPUSH_SCALAR_BYTES;
    BN_clear_free(number);
    return fine && webpush_key_complete(ret);
}

bool webpush_point_valid(const uint8_t point[WEBPUSH_POINT_BYTES])
{
    CLEANUP(drop_group) EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    CLEANUP(drop_point) EC_POINT *p = group ? EC_POINT_new(group) : NULL;
    /* oct2point refuses what does not lie on the curve. */
    bool valid = p && point[0] == 0x04 &&
                 EC_POINT_oct2point(group, p, point, WEBPUSH_POINT_BYTES, NULL) == 1;
    if (!valid)
        ERR_clear_error(); /* curl reads this thread's list, too */
    return valid;
}

/* --- encryption ------------------------------------------------------------------------------- */

static bool agree(const struct webpush_key *own, const uint8_t *point, uint8_t ret[SHARED_BYTES])
{
    CLEANUP(drop_key) EVP_PKEY *mine = key_load(own->scalar, own->point);
    CLEANUP(drop_key) EVP_PKEY *theirs = key_load(NULL, point);
    CLEANUP(drop_key_ctx) EVP_PKEY_CTX *ctx = mine ? EVP_PKEY_CTX_new(mine, NULL) : NULL;
    size_t n = SHARED_BYTES;
    return ctx && theirs && EVP_PKEY_derive_init(ctx) > 0 &&
           EVP_PKEY_derive_set_peer(ctx, theirs) > 0 && EVP_PKEY_derive(ctx, ret, &n) > 0 &&
           n == SHARED_BYTES;
}

/* OpenSSL's parameters take no const, and change nothing. */
static OSSL_PARAM octets(const char *name, struct bytes value)
{
    return OSSL_PARAM_construct_octet_string(name, (void *)(uintptr_t)value.p, value.n);
}

struct hkdf {
    struct bytes salt, key, info;
};

static bool hkdf(const struct hkdf *h, uint8_t *ret, size_t n)
{
    CLEANUP(drop_kdf) EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    CLEANUP(drop_kdf_ctx) EVP_KDF_CTX *ctx = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
    char digest[] = "SHA256";
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        octets(OSSL_KDF_PARAM_KEY, h->key),
        octets(OSSL_KDF_PARAM_SALT, h->salt),
        octets(OSSL_KDF_PARAM_INFO, h->info),
        OSSL_PARAM_construct_end(),
    };
    return ctx && EVP_KDF_derive(ctx, ret, n, params) > 0;
}

/* "WebPush: info" 00, the browser's point, ours: what binds the key to both ends (RFC 8291 §3.3). */
static bool input_key(const struct webpush_key *own, const struct webpush_recipient *to,
                      uint8_t ret[IKM_BYTES])
{
    static const char label[] = "WebPush: info";
    uint8_t shared[SHARED_BYTES], info[sizeof(label) + 2 * WEBPUSH_POINT_BYTES];
    memcpy(info, label, sizeof(label));
    memcpy(info + sizeof(label), to->point, WEBPUSH_POINT_BYTES);
    memcpy(info + sizeof(label) + WEBPUSH_POINT_BYTES, own->point, WEBPUSH_POINT_BYTES);
    struct hkdf h = {.salt = {to->auth, WEBPUSH_AUTH_BYTES},
                     .key = {shared, sizeof(shared)},
                     .info = {info, sizeof(info)}};
    bool fine = agree(own, to->point, shared) && hkdf(&h, ret, IKM_BYTES);
    sodium_memzero(shared, sizeof(shared));
    return fine;
}

static bool seal_record(const uint8_t *key, const uint8_t *nonce, struct bytes plain,
                        struct buf *out)
{
    CLEANUP(drop_cipher_ctx) EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    uint8_t sealed[WEBPUSH_PLAIN_MAX_BYTES + 1 + TAG_BYTES];
    static const uint8_t last = 0x02; /* the delimiter of the last record (RFC 8188 §2) */
    int n = 0, end = 0, tail = 0;
    bool fine = ctx && EVP_EncryptInit_ex(ctx, EVP_aes_128_gcm(), NULL, key, nonce) > 0 &&
                EVP_EncryptUpdate(ctx, sealed, &n, plain.p, (int)plain.n) > 0 &&
                EVP_EncryptUpdate(ctx, sealed + n, &end, &last, 1) > 0 &&
                EVP_EncryptFinal_ex(ctx, sealed + n + end, &tail) > 0 &&
                EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, sealed + plain.n + 1) > 0;
    if (fine)
        buf_add(out, sealed, plain.n + 1 + TAG_BYTES);
    return fine && !out->full;
}

bool webpush_encrypt(const struct webpush_key *own, const uint8_t salt[WEBPUSH_SALT_BYTES],
                     const struct webpush_recipient *to, struct bytes plain, struct buf *out)
{
    static const char cek_info[] = "Content-Encoding: aes128gcm"; /* each with its NUL */
    static const char nonce_info[] = "Content-Encoding: nonce";
    static const uint8_t record_size[4] = {0, 0, RECORD_BYTES >> 8, RECORD_BYTES & 0xff};
    uint8_t ikm[IKM_BYTES], cek[CEK_BYTES], nonce[NONCE_BYTES], point_bytes = WEBPUSH_POINT_BYTES;
    if (plain.n == 0 || plain.n > WEBPUSH_PLAIN_MAX_BYTES || !webpush_point_valid(to->point) ||
        !input_key(own, to, ikm))
        return false;
    struct hkdf h = {.salt = {salt, WEBPUSH_SALT_BYTES}, .key = {ikm, sizeof(ikm)}};
    h.info = (struct bytes){(const uint8_t *)cek_info, sizeof(cek_info)};
    bool fine = hkdf(&h, cek, sizeof(cek));
    h.info = (struct bytes){(const uint8_t *)nonce_info, sizeof(nonce_info)};
    fine = fine && hkdf(&h, nonce, sizeof(nonce));
    buf_add(out, salt, WEBPUSH_SALT_BYTES);
    buf_add(out, record_size, sizeof(record_size));
    buf_add(out, &point_bytes, 1);
    buf_add(out, own->point, WEBPUSH_POINT_BYTES);
    fine = fine && seal_record(cek, nonce, plain, out);
    sodium_memzero(ikm, sizeof(ikm));
    sodium_memzero(cek, sizeof(cek));
    sodium_memzero(nonce, sizeof(nonce));
    return fine;
}

/* --- signatures ------------------------------------------------------------------------------- */

bool webpush_sign(const struct webpush_key *key, struct bytes text,
                  uint8_t ret[WEBPUSH_SIGNATURE_BYTES])
{
    CLEANUP(drop_key) EVP_PKEY *own = key_load(key->scalar, key->point);
    CLEANUP(drop_md_ctx) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    uint8_t der[SIGNATURE_DER_MAX_BYTES];
    const uint8_t *at = der;
    size_t n = sizeof(der);
    if (!own || !ctx || EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, own) <= 0 ||
        EVP_DigestSign(ctx, der, &n, text.p, text.n) <= 0)
        return false;
    CLEANUP(drop_signature) ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &at, (long)n);
    return signature && BN_bn2binpad(ECDSA_SIG_get0_r(signature), ret, HALF_BYTES) == HALF_BYTES &&
           BN_bn2binpad(ECDSA_SIG_get0_s(signature), ret + HALF_BYTES, HALF_BYTES) == HALF_BYTES;
}

bool webpush_verify(const uint8_t point[WEBPUSH_POINT_BYTES], struct bytes text,
                    const uint8_t signature[WEBPUSH_SIGNATURE_BYTES])
{
    CLEANUP(drop_key) EVP_PKEY *key = key_load(NULL, point);
    CLEANUP(drop_md_ctx) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    CLEANUP(drop_signature) ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(signature, HALF_BYTES, NULL);
    BIGNUM *s = BN_bin2bn(signature + HALF_BYTES, HALF_BYTES, NULL);
    if (!pair || !r || !s || !ECDSA_SIG_set0(pair, r, s)) {
        BN_free(r);
        BN_free(s);
        return false;
    }
    uint8_t der[SIGNATURE_DER_MAX_BYTES], *at = der;
    int n = i2d_ECDSA_SIG(pair, NULL);
    if (n <= 0 || n > (int)sizeof(der) || i2d_ECDSA_SIG(pair, &at) != n)
        return false;
    return key && ctx && EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) > 0 &&
           EVP_DigestVerify(ctx, der, (size_t)n, text.p, text.n) == 1;
}

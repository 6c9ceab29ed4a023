/* See tls_make.h. The authority may only vouch for the names given at its making, for localhost and for
 * addresses of private networks: whoever steals its key cannot pose as a bank to the office's phones. */
#include "app/tls_make.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/banned.h"

#define CA_DAYS     3650
#define SERVER_DAYS 820 /* phones refuse more than 825 */
#define DAY_S       86400L

struct pair {
    X509 *cert;
    EVP_PKEY *key;
};

static void pair_free(struct pair *p)
{
    X509_free(p->cert);
    EVP_PKEY_free(p->key);
}
#define CLEAN_PAIR __attribute__((cleanup(pair_free)))

static bool is_address(const char *name)
{
    uint8_t bytes[16];
    return inet_pton(AF_INET, name, bytes) == 1 || inet_pton(AF_INET6, name, bytes) == 1;
}

/* --- texts of the extensions ----------------------------------------------------------------------------- */

static const char *alt_names(struct arena *a, const struct tls_request *r)
{
    struct buf b = buf_new(a, 256, 16384);
    for (size_t i = 0; i < r->name_count; i++)
        buf_printf(&b, "%s%s:%s", i ? "," : "", is_address(r->names[i]) ? "IP" : "DNS", r->names[i]);
    return b.p;
}

static const char *constraints(struct arena *a, const struct tls_request *r)
{
    static const char private_networks[] =
        "critical,permitted;DNS:localhost,permitted;IP:127.0.0.0/255.0.0.0,"
        "permitted;IP:10.0.0.0/255.0.0.0,permitted;IP:172.16.0.0/255.240.0.0,"
        "permitted;IP:192.168.0.0/255.255.0.0,"
        "permitted;IP:::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,permitted;IP:fc00::/fe00::";
    struct buf b = buf_new(a, 512, 32768);
    buf_puts(&b, private_networks);
    for (size_t i = 0; i < r->name_count; i++) {
        const char *name = r->names[i];
        if (!is_address(name))
            buf_printf(&b, ",permitted;DNS:%s", name);
        else if (strchr(name, ':'))
            buf_printf(&b, ",permitted;IP:%s/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", name);
        else
            buf_printf(&b, ",permitted;IP:%s/255.255.255.255", name);
    }
    return b.p;
}

/* --- certificates ------------------------------------------------------------------------------------------ */

static bool add_extension(X509 *cert, X509V3_CTX *ctx, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, ctx, nid, value);
    bool added = extension && X509_add_ext(cert, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

static bool set_serial(X509 *cert)
{
    uint8_t bytes[16];
    if (RAND_bytes(bytes, sizeof(bytes)) != 1)
        return false;
    bytes[0] &= 0x7F; /* positive */
    bytes[0] |= 0x40;
    BIGNUM *number = BN_bin2bn(bytes, sizeof(bytes), NULL);
    bool set = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert));
    BN_free(number);
    return set;
}

static bool set_times(X509 *cert, int64_t now_ms, long days)
{
    time_t now = (time_t)(now_ms / 1000);
    return ASN1_TIME_set(X509_getm_notBefore(cert), now - 3600) &&
           ASN1_TIME_set(X509_getm_notAfter(cert), now + days * DAY_S);
}

static bool set_subject(X509 *cert, const char *common_name)
{
    X509_NAME *name = X509_get_subject_name(cert);
    return X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const unsigned char *)"Buku Tamu",
                                      -1, -1, 0) == 1 &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)common_name,
                                      -1, -1, 0) == 1;
}

struct leaf {
    const char *common_name;
    long days;
    int64_t now_ms;
    const char *basic, *usage, *extended, *names, *constraints; /* the last three: NULL without */
};

/* A fresh P-256 key and a certificate for it, signed by `by` (itself when that is NULL). */
static bool make_pair(const struct leaf *l, const struct pair *by, struct pair *ret)
{
    ret->key = EVP_EC_gen("P-256");
    ret->cert = X509_new();
    X509 *cert = ret->cert;
    if (!ret->key || !cert || X509_set_version(cert, 2) != 1 || !set_serial(cert) ||
        !set_times(cert, l->now_ms, l->days) || !set_subject(cert, l->common_name) ||
        X509_set_pubkey(cert, ret->key) != 1)
        return false;
    const struct pair *issuer = by ? by : ret;
    if (X509_set_issuer_name(cert, X509_get_subject_name(issuer->cert)) != 1)
        return false;
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer->cert, cert, NULL, NULL, 0);
    bool made = add_extension(cert, &ctx, NID_basic_constraints, l->basic) &&
                add_extension(cert, &ctx, NID_key_usage, l->usage) &&
                add_extension(cert, &ctx, NID_subject_key_identifier, "hash") &&
                add_extension(cert, &ctx, NID_authority_key_identifier, "keyid:always");
    if (made && l->extended)
        made = add_extension(cert, &ctx, NID_ext_key_usage, l->extended);
    if (made && l->names)
        made = add_extension(cert, &ctx, NID_subject_alt_name, l->names);
    if (made && l->constraints)
        made = add_extension(cert, &ctx, NID_name_constraints, l->constraints);
    return made && X509_sign(cert, issuer->key, EVP_sha256()) > 0;
}

/* Does the authority vouch for the server, as a browser would ask? */
static bool vouches(X509 *authority, X509 *server)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    bool good = store && ctx && X509_STORE_add_cert(store, authority) == 1 &&
                X509_STORE_CTX_init(ctx, store, server, NULL) == 1 &&
                X509_STORE_CTX_set_default(ctx, "ssl_server") == 1 && X509_verify_cert(ctx) == 1;
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    return good;
}

/* --- files -------------------------------------------------------------------------------------------------- */

static enum err write_pem(struct arena *a, const char *folder, const char *name,
                          const struct pair *p, bool key)
{
    const char *path = arena_printf(a, "%s/%s", folder, name);
    const char *part = arena_printf(a, "%s.part", path);
    (void)unlink(part);
    int fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    if (!f)
        return ERR_INTERNAL;
    int done = key ? PEM_write_PrivateKey(f, p->key, NULL, NULL, 0, NULL, NULL)
                   : PEM_write_X509(f, p->cert);
    bool stored = done == 1 && fflush(f) == 0 && fsync(fd) == 0;
    (void)fclose(f);
    if (!stored || rename(part, path) != 0) {
        (void)unlink(part);
        return ERR_INTERNAL;
    }
    CLEAN_FD int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return dir >= 0 && fsync(dir) == 0 ? ERR_OK : ERR_INTERNAL;
}

static bool read_pair(struct arena *a, const char *folder, struct pair *ret)
{
    CLEAN_FILE FILE *cert = fopen(arena_printf(a, "%s/ca.crt", folder), "r");
    CLEAN_FILE FILE *key = fopen(arena_printf(a, "%s/ca.key", folder), "r");
    if (!cert || !key)
        return false;
    ret->cert = PEM_read_X509(cert, NULL, NULL, NULL);
    ret->key = PEM_read_PrivateKey(key, NULL, NULL, NULL);
    return ret->cert && ret->key;
}

static enum err refuse(enum err e, const char *sentence, const char **ret_message)
{
    ERR_clear_error();
    *ret_message = sentence;
    return e;
}

static enum err authority(struct arena *a, const struct tls_request *r, struct pair *ret,
                          const char **ret_message)
{
    bool there = access(arena_printf(a, "%s/ca.crt", r->folder), F_OK) == 0;
    if (there && !r->keep_authority)
        return refuse(ERR_CONFLICT,
                      "sertifikat sudah ada di folder data ini. Pakai --renew untuk memperbaruinya "
                      "tanpa memasang ulang ca.crt.",
                      ret_message);
    if (r->keep_authority)
        return read_pair(a, r->folder, ret)
                   ? ERR_OK
                   : refuse(
                         ERR_MISSING,
                         "ca.crt dan ca.key tidak ada atau tidak terbaca; jalankan tanpa --renew.",
                         ret_message);
    struct leaf l = {.common_name = r->title,
                     .days = CA_DAYS,
                     .now_ms = r->now_ms,
                     .basic = "critical,CA:TRUE,pathlen:0",
                     .usage = "critical,keyCertSign,cRLSign",
                     .constraints = constraints(a, r)};
    if (!make_pair(&l, NULL, ret))
        return refuse(ERR_INTERNAL,
                      "otoritas tidak dapat dibuat. Periksa nama dan alamat pada --host.",
                      ret_message);
    TRY(write_pem(a, r->folder, "ca.key", ret, true));
    return write_pem(a, r->folder, "ca.crt", ret, false);
}

enum err tls_make(struct arena *a, const struct tls_request *r, const char **ret_message)
{
    CLEAN_PAIR struct pair ca = {NULL, NULL};
    CLEAN_PAIR struct pair server = {NULL, NULL};
    *ret_message =
        "berkas sertifikat tidak dapat ditulis. Periksa folder data dan sisa ruang diska.";
    TRY(authority(a, r, &ca, ret_message));
    struct leaf l = {.common_name = strlen(r->names[0]) <= 64 ? r->names[0] : "Buku Tamu",
                     .days = SERVER_DAYS,
                     .now_ms = r->now_ms,
                     .basic = "critical,CA:FALSE",
                     .usage = "critical,digitalSignature",
                     .extended = "serverAuth",
                     .names = alt_names(a, r)};
    if (!make_pair(&l, &ca, &server))
        return refuse(ERR_INTERNAL,
                      "sertifikat tidak dapat dibuat. Periksa nama dan alamat pada --host.",
                      ret_message);
    if (!vouches(ca.cert, server.cert))
        return refuse(
            ERR_INVALID,
            "otoritas yang ada tidak mencakup nama atau alamat itu, atau sudah habis masanya. "
            "Hapus folder tls, lalu jalankan tanpa --renew dan pasang ca.crt yang baru.",
            ret_message);
    TRY(write_pem(a, r->folder, "server.key", &server, true));
    TRY(write_pem(a, r->folder, "server.crt", &server, false));
    *ret_message = NULL;
    return ERR_OK;
}

enum err tls_expiry(const char *path, int64_t *ret_ms)
{
    CLEAN_FILE FILE *f = fopen(path, "r");
    if (!f)
        return ERR_MISSING;
    X509 *cert = PEM_read_X509(f, NULL, NULL, NULL);
    struct tm tm = {0};
    bool known = cert && ASN1_TIME_to_tm(X509_get0_notAfter(cert), &tm) == 1;
    X509_free(cert);
    ERR_clear_error();
    if (!known)
        return ERR_INVALID;
    *ret_ms = (int64_t)timegm(&tm) * 1000;
    return ERR_OK;
}

/* HTTPS by libmicrohttpd and GnuTLS: a certificate made here, a client of OpenSSL's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "http_fixture.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/banned.h"

static char folder[] = "/tmp/bukutamu-tls-XXXXXX";
static char cert_file[64], key_file[64], other_key[64];

static EVP_PKEY *key_write(const char *path)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    FILE *file = fopen(path, "w");
    assert_non_null(key);
    assert_non_null(file);
    assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    assert_int_equal(fclose(file), 0);
    return key;
}

static void cert_write(const char *path, EVP_PKEY *key)
{
    X509 *cert = X509_new();
    FILE *file = fopen(path, "w");
    assert_non_null(cert);
    assert_non_null(file);
    assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(cert), 1), 1);
    assert_non_null(X509_gmtime_adj(X509_getm_notBefore(cert), -60));
    assert_non_null(X509_gmtime_adj(X509_getm_notAfter(cert), 3600));
    assert_int_equal(X509_set_pubkey(cert, key), 1);
    X509_NAME *name = X509_get_subject_name(cert);
    assert_int_equal(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                                (const unsigned char *)"localhost", -1, -1, 0),
                     1);
    assert_int_equal(X509_set_issuer_name(cert, name), 1);
    assert_true(X509_sign(cert, key, EVP_sha256()) > 0);
    assert_int_equal(PEM_write_X509(file, cert), 1);
    assert_int_equal(fclose(file), 0);
    X509_free(cert);
}

static int setup(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(cert_file, sizeof(cert_file), "%s/cert.pem", folder);
    (void)snprintf(key_file, sizeof(key_file), "%s/key.pem", folder);
    (void)snprintf(other_key, sizeof(other_key), "%s/other.pem", folder);
    EVP_PKEY *key = key_write(key_file);
    cert_write(cert_file, key);
    EVP_PKEY_free(key);
    EVP_PKEY_free(key_write(other_key));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    (void)unlink(cert_file);
    (void)unlink(key_file);
    (void)unlink(other_key);
    (void)rmdir(folder);
    return 0;
}

/* One request over TLS; the answer is NUL-terminated. */
static void ask(const struct fixture *f, const char *text, char *answer, int room)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    assert_non_null(context);
    SSL *ssl = SSL_new(context);
    assert_non_null(ssl);
    int fd = wire_open(f);
    assert_int_equal(SSL_set_fd(ssl, fd), 1);
    assert_int_equal(SSL_connect(ssl), 1);
    assert_true(SSL_version(ssl) >= TLS1_2_VERSION);
    assert_true(SSL_write(ssl, text, (int)strlen(text)) > 0);
    int n = 0, got;
    while (n < room - 1 && (got = SSL_read(ssl, answer + n, room - 1 - n)) > 0)
        n += got;
    answer[n] = '\0';
    SSL_free(ssl);
    SSL_CTX_free(context);
    (void)close(fd);
}

static void test_serves(void **state)
{
    (void)state;
    struct fixture f;
    char answer[8192];
    fixture_prepare(&f);
    f.options.tls_cert_file = cert_file;
    f.options.tls_key_file = key_file;
    fixture_start(&f);
    ask(&f, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", answer,
        sizeof(answer));
    assert_int_equal(strncmp(answer, "HTTP/1.1 200 ", 13), 0);
    assert_non_null(strstr(answer, "Strict-Transport-Security: max-age=31536000"));
    ask(&f,
        "POST /gema HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\nTransfer-Encoding: "
        "chunked\r\n\r\n"
        "0\r\n\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        answer, sizeof(answer));
    assert_int_equal(strncmp(answer, "HTTP/1.1 400 ", 13), 0);
    assert_null(strstr(answer, "HTTP/1.1 200 "));
    int fd = wire_open(&f); /* says nothing: cut off like a dripped head */
    assert_true(wire_closed(fd, 3000));
    (void)close(fd);
    fixture_stop(&f);
}

static void test_misfit(void **state)
{
    (void)state;
    struct fixture f;
    const char *message = NULL;
    fixture_prepare(&f);
    f.options.tls_cert_file = cert_file;
    assert_int_equal(server_new(f.arena, &f.options, &f.server, &message), ERR_INVALID);
    assert_non_null(strstr(message, "belong together"));
    f.options.tls_key_file = "/nowhere/key.pem";
    assert_int_equal(server_new(f.arena, &f.options, &f.server, &message), ERR_INVALID);
    assert_non_null(strstr(message, "/nowhere/key.pem"));
    f.options.tls_key_file = other_key;
    assert_int_equal(server_new(f.arena, &f.options, &f.server, &message), ERR_INVALID);
    assert_non_null(strstr(message, "do not fit"));
    arena_free(f.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_serves),
        cmocka_unit_test(test_misfit),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

/* The office's own authority: what it vouches for, and what it never does. */
#include "support/test.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/tls_make.h"
#include "lib/base/str.h"
#include "lib/base/time.h"

struct place {
    struct arena *arena;
    char folder[64];
};

static int begin(void **state)
{
    struct place *p = calloc(1, sizeof(*p));
    assert_non_null(p);
    p->arena = arena_new(16 * 1024);
    (void)snprintf(p->folder, sizeof(p->folder), "/tmp/bukutamu-tls-XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    *state = p;
    return 0;
}

static const char *file(struct place *p, const char *name)
{
    return arena_printf(p->arena, "%s/%s", p->folder, name);
}

static int end(void **state)
{
    struct place *p = *state;
    static const char *const names[] = {"ca.crt", "ca.key", "server.crt", "server.key"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        (void)unlink(file(p, names[i]));
    assert_int_equal(rmdir(p->folder), 0); /* nothing else was left */
    arena_free(p->arena);
    free(p);
    return 0;
}

static const char *const names[] = {"bukutamu.kapuas.lan", "localhost", "127.0.0.1", "::1",
                                    "192.168.7.3"};

static struct tls_request request(struct place *p)
{
    return (struct tls_request){.folder = p->folder,
                                .names = names,
                                .name_count = ARRAY_LEN(names),
                                .title = "Buku Tamu uji",
                                .now_ms = time_now_ms()};
}

static X509 *read_cert(struct place *p, const char *name)
{
    FILE *f = fopen(file(p, name), "r");
    assert_non_null(f);
    X509 *cert = PEM_read_X509(f, NULL, NULL, NULL);
    (void)fclose(f);
    assert_non_null(cert);
    return cert;
}

static void test_names(void **state)
{
    struct place *p = *state;
    struct tls_request r = request(p);
    const char *message = NULL;
    assert_int_equal(tls_make(p->arena, &r, &message), ERR_OK);
    X509 *server = read_cert(p, "server.crt");
    assert_int_equal(X509_check_host(server, "bukutamu.kapuas.lan", 0, 0, NULL), 1);
    assert_int_equal(X509_check_ip_asc(server, "192.168.7.3", 0), 1);
    assert_int_equal(X509_check_ip_asc(server, "::1", 0), 1);
    assert_int_equal(X509_check_host(server, "bank.example", 0, 0, NULL), 0);
    assert_int_equal(X509_check_ip_asc(server, "192.168.7.4", 0), 0);
    assert_int_equal(X509_check_ca(server), 0);
    X509_free(server);
    X509 *ca = read_cert(p, "ca.crt");
    assert_true(X509_check_ca(ca) > 0);
    assert_true(X509_get_ext_by_NID(ca, NID_name_constraints, -1) >= 0);
    X509_free(ca);
}

static void test_private(void **state)
{
    struct place *p = *state;
    struct tls_request r = request(p);
    const char *message = NULL;
    assert_int_equal(tls_make(p->arena, &r, &message), ERR_OK);
    static const char *const made[] = {"ca.crt", "ca.key", "server.crt", "server.key"};
    for (size_t i = 0; i < ARRAY_LEN(made); i++) {
        struct stat st;
        assert_int_equal(stat(file(p, made[i]), &st), 0);
        assert_int_equal(st.st_mode & 07777, 0600);
    }
}

static void test_expiry(void **state)
{
    struct place *p = *state;
    struct tls_request r = request(p);
    const char *message = NULL;
    int64_t end_ms = 0;
    assert_int_equal(tls_expiry(file(p, "server.crt"), &end_ms), ERR_MISSING);
    assert_int_equal(tls_make(p->arena, &r, &message), ERR_OK);
    assert_int_equal(tls_expiry(file(p, "server.crt"), &end_ms), ERR_OK);
    assert_int_equal(end_ms / 1000, r.now_ms / 1000 + INT64_C(820) * 86400);
    assert_int_equal(tls_expiry(file(p, "server.key"), &end_ms), ERR_INVALID);
}

static void test_renewal(void **state)
{
    struct place *p = *state;
    struct tls_request r = request(p);
    const char *message = NULL;
    r.keep_authority = true;
    assert_int_equal(tls_make(p->arena, &r, &message), ERR_MISSING);
    r.keep_authority = false;
    assert_int_equal(tls_make(p->arena, &r, &message), ERR_OK);
    assert_int_equal(tls_make(p->arena, &r, &message), ERR_CONFLICT);
    X509 *ca = read_cert(p, "ca.crt"), *server = read_cert(p, "server.crt");
    r.keep_authority = true;
    assert_int_equal(tls_make(p->arena, &r, &message), ERR_OK);
    X509 *ca_after = read_cert(p, "ca.crt"), *server_after = read_cert(p, "server.crt");
    assert_int_equal(X509_cmp(ca, ca_after), 0);
    assert_int_not_equal(X509_cmp(server, server_after), 0);
    X509_free(ca);
    X509_free(server);
    X509_free(ca_after);
    X509_free(server_after);
}

/* The authority made for this office does not vouch for a name that was not given then. */
static void test_foreign_names(void **state)
{
    struct place *p = *state;
    struct tls_request r = request(p);
    const char *message = NULL;
    assert_int_equal(tls_make(p->arena, &r, &message), ERR_OK);
    X509 *server = read_cert(p, "server.crt");
    static const char *const foreign[] = {"bank.example"}, *const public_address[] = {
                                                               "203.0.113.9"};
    r.keep_authority = true;
    r.name_count = 1;
    r.names = foreign;
    assert_int_equal(tls_make(p->arena, &r, &message), ERR_INVALID);
    assert_non_null(message);
    r.names = public_address;
    assert_int_equal(tls_make(p->arena, &r, &message), ERR_INVALID);
    X509 *server_after = read_cert(p, "server.crt");
    assert_int_equal(X509_cmp(server, server_after), 0); /* the good one stays */
    X509_free(server);
    X509_free(server_after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_names, begin, end),
        cmocka_unit_test_setup_teardown(test_private, begin, end),
        cmocka_unit_test_setup_teardown(test_expiry, begin, end),
        cmocka_unit_test_setup_teardown(test_renewal, begin, end),
        cmocka_unit_test_setup_teardown(test_foreign_names, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

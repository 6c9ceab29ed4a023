/* lib/seal: what is sealed opens only where it was sealed, files are whole or absent, and Argon2 never
 * runs more than twice at once. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/arena.h"
#include "lib/base/rand.h"
#include "lib/base/str.h"
#include "lib/seal/seal.h"

#include "lib/base/banned.h"

#define ROW   "0192a000-0000-7000-8000-0000000000a1"
#define PHOTO "0192a000-0000-7000-8000-0000000000c7"

struct office {
    struct arena *arena;
    struct seal *seal;
    char dir[64];
};

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

static int office_setup(void **state)
{
    struct office *o = calloc(1, sizeof(*o));
    assert_non_null(o);
    o->arena = arena_new(65536);
    (void)snprintf(o->dir, sizeof(o->dir), "/tmp/bukutamu-seal-XXXXXX");
    assert_non_null(mkdtemp(o->dir));
    const char *message = NULL;
    assert_int_equal(seal_create(o->dir), ERR_OK);
    assert_int_equal(seal_open(o->arena, o->dir, &o->seal, &message), ERR_OK);
    assert_null(message);
    *state = o;
    return 0;
}

static int office_teardown(void **state)
{
    struct office *o = *state;
    seal_close(o->seal);
    assert_int_equal(nftw(o->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
    arena_free(o->arena);
    free(o);
    return 0;
}

static struct bytes copy_changed(struct arena *a, struct bytes b, size_t at)
{
    uint8_t *p = arena_memdup(a, b.p, b.n);
    p[at] ^= 1;
    return (struct bytes){p, b.n};
}

static bool contains(struct bytes b, const char *text)
{
    return memmem(b.p, b.n, text, strlen(text)) != NULL;
}

/* --- master key ---------------------------------------------------------------------------------- */

static void key_file_is_guarded(void **state)
{
    struct office *o = *state;
    const char *path = arena_printf(o->arena, "%s/keys/master.key", o->dir);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0400);
    assert_int_equal(st.st_size, 32);
    const char *folder = arena_printf(o->arena, "%s/keys", o->dir);
    assert_int_equal(stat(folder, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);

    assert_int_equal(seal_create(o->dir), ERR_CONFLICT);

    struct seal *s = NULL;
    const char *message = NULL;
    assert_int_equal(chmod(path, 0440), 0);
    assert_int_equal(seal_open(o->arena, o->dir, &s, &message), ERR_DENIED);
    assert_null(s);
    assert_non_null(strstr(message, "chmod 0400"));
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(truncate(path, 31), 0);
    assert_int_equal(seal_open(o->arena, o->dir, &s, &message), ERR_INTERNAL);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(seal_open(o->arena, o->dir, &s, &message), ERR_MISSING);
    assert_non_null(strstr(message, "bukutamu init"));
    assert_null(s);
}

static void subkeys_are_stable_and_apart(void **state)
{
    struct office *o = *state;
    struct seal *again = NULL;
    const char *message = NULL;
    assert_int_equal(seal_open(o->arena, o->dir, &again, &message), ERR_OK);
    uint8_t csrf[32], same[32], webhook[32], hash[32];
    seal_subkey(o->seal, "csrf", csrf);
    seal_subkey(again, "csrf", same);
    seal_subkey(o->seal, "webhook", webhook);
    assert_memory_equal(csrf, same, 32);
    assert_memory_not_equal(csrf, webhook, 32);
    seal_secret_hash(o->seal, "session", "abc", hash);
    seal_secret_hash(again, "session", "abc", same);
    assert_memory_equal(hash, same, 32);
    seal_secret_hash(o->seal, "answer", "abc", same);
    assert_memory_not_equal(hash, same, 32);
    seal_secret_hash(o->seal, "session", "abd", same);
    assert_memory_not_equal(hash, same, 32);
    seal_close(again);
}

/* --- fields ---------------------------------------------------------------------------------------- */

static void field_opens_where_it_was_sealed(void **state)
{
    struct office *o = *state;
    const char *nik = "6203014107850003";
    struct bytes sealed = seal_field(o->seal, o->arena, "visit", "id_number", ROW, nik);
    assert_int_equal(sealed.n, 2 + 24 + 16 + strlen(nik));
    assert_int_equal(sealed.p[0], 1);
    assert_int_equal(sealed.p[1], 1);
    assert_false(contains(sealed, nik));
    char *plain = NULL;
    assert_int_equal(seal_field_open(o->seal, o->arena, "visit", "id_number", ROW, sealed, &plain),
                     ERR_OK);
    assert_string_equal(plain, nik);

    struct bytes second = seal_field(o->seal, o->arena, "visit", "id_number", ROW, nik);
    assert_memory_not_equal(sealed.p, second.p, sealed.n);
}

static void field_cannot_be_moved_or_changed(void **state)
{
    struct office *o = *state;
    struct bytes sealed = seal_field(o->seal, o->arena, "visit", "phone", ROW, "+628115551234");
    char *plain = NULL;
    static const char *const elsewhere[][3] = {
        {"visitor", "phone", ROW}, {"visit", "address", ROW}, {"visit", "phone", PHOTO},
        {"visitp", "hone", ROW}, /* the lengths are part of the binding */
        {"visit", "phone", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(elsewhere); i++)
        assert_int_equal(seal_field_open(o->seal, o->arena, elsewhere[i][0], elsewhere[i][1],
                                         elsewhere[i][2], sealed, &plain),
                         ERR_INTERNAL);
    for (size_t at = 0; at < sealed.n; at++)
        assert_int_equal(seal_field_open(o->seal, o->arena, "visit", "phone", ROW,
                                         copy_changed(o->arena, sealed, at), &plain),
                         ERR_INTERNAL);
    for (size_t n = 1; n < sealed.n; n++)
        assert_int_equal(seal_field_open(o->seal, o->arena, "visit", "phone", ROW,
                                         (struct bytes){sealed.p, n}, &plain),
                         ERR_INTERNAL);
    assert_null(plain);
}

static void field_of_another_office_stays_shut(void **state)
{
    struct office *o = *state;
    void *other_state = NULL;
    assert_int_equal(office_setup(&other_state), 0);
    struct office *other = other_state;
    struct bytes sealed = seal_field(o->seal, o->arena, "visit", "phone", ROW, "+628115551234");
    char *plain = NULL;
    assert_int_equal(seal_field_open(other->seal, o->arena, "visit", "phone", ROW, sealed, &plain),
                     ERR_INTERNAL);
    assert_null(plain);
    assert_int_equal(office_teardown(&other_state), 0);
}

static void field_of_nothing_is_nothing(void **state)
{
    struct office *o = *state;
    assert_int_equal(seal_field(o->seal, o->arena, "t", "c", "r", NULL).n, 0);
    assert_null(seal_field(o->seal, o->arena, "t", "c", "r", "").p);
    char *plain = (char *)(uintptr_t)1;
    assert_int_equal(
        seal_field_open(o->seal, o->arena, "t", "c", "r", (struct bytes){NULL, 0}, &plain), ERR_OK);
    assert_null(plain);

    const uint8_t raw[] = {0, 1, 0, 255};
    struct bytes sealed = seal_field_bytes(o->seal, o->arena, "t", "c", "r",
                                           (struct bytes){raw, sizeof(raw)});
    struct bytes opened = {NULL, 0};
    assert_int_equal(seal_field_open_bytes(o->seal, o->arena, "t", "c", "r", sealed, &opened),
                     ERR_OK);
    assert_int_equal(opened.n, sizeof(raw));
    assert_memory_equal(opened.p, raw, sizeof(raw));
}

static void index_is_keyed_and_per_domain(void **state)
{
    struct office *o = *state;
    const char *nik = "6203014107850003";
    struct bytes visitor = seal_index(o->seal, o->arena, "visitor", nik);
    struct bytes same = seal_index(o->seal, o->arena, "visitor", nik);
    struct bytes complaint = seal_index(o->seal, o->arena, "complaint", nik);
    assert_int_equal(visitor.n, 32);
    assert_memory_equal(visitor.p, same.p, 32);
    assert_memory_not_equal(visitor.p, complaint.p, 32);
    uint8_t plain[32];
    (void)crypto_generichash(plain, 32, (const uint8_t *)nik, strlen(nik), NULL, 0);
    assert_memory_not_equal(visitor.p, plain, 32);
    assert_int_equal(seal_index(o->seal, o->arena, "visitor", "").n, 0);
    assert_int_equal(seal_index(o->seal, o->arena, "visitor", NULL).n, 0);
}

/* --- passwords and people --------------------------------------------------------------------------- */

/* Work, not waiting: other processes do not count. */
static double cpu_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void password_is_checked_in_equal_time(void **state)
{
    (void)state;
    char hash[128];
    assert_int_equal(seal_password_hash("kata sandi yang panjang", hash), ERR_OK);
    assert_non_null(strstr(hash, "$argon2id$v=19$m=65536,t=2,p=1$"));
    assert_int_equal(seal_password_check(hash, "kata sandi yang panjang"), ERR_OK);
    double start = cpu_ms();
    assert_int_equal(seal_password_check(hash, "kata sandi yang panjanh"), ERR_AUTH);
    double wrong = cpu_ms() - start;
    start = cpu_ms();
    assert_int_equal(seal_password_check(NULL, "kata sandi yang panjang"), ERR_AUTH);
    double nobody = cpu_ms() - start;
    print_message("[          ] wrong password %.0f ms, unknown user %.0f ms\n", wrong, nobody);
    /* Without the dummy run it would be microseconds. */
    assert_true(nobody > wrong / 3 && nobody < wrong * 3);
    assert_int_equal(seal_password_check("", "x"), ERR_AUTH);
    assert_int_equal(seal_password_check("$argon2id$broken", "x"), ERR_AUTH);

    char long_a[201], long_b[201];
    memset(long_a, 'a', 200);
    long_a[200] = '\0';
    memcpy(long_b, long_a, sizeof(long_b));
    long_b[199] = 'b';
    assert_int_equal(seal_password_hash(long_a, hash), ERR_OK);
    assert_int_equal(seal_password_check(hash, long_b), ERR_AUTH);
}

struct crowd {
    pthread_barrier_t start;
    char hash[128];
};

struct runner {
    pthread_t thread;
    struct crowd *crowd;
    enum err result;
};

static void *login(void *arg)
{
    struct runner *r = arg;
    (void)pthread_barrier_wait(&r->crowd->start);
    r->result = seal_password_check(r->crowd->hash, "rahasia-rahasia");
    return NULL;
}

/* 40 at once: 2 run, at most 16 wait. Who is refused is refused at once, who is let in is right. */
static void argon2_gate_refuses_the_19th(void **state)
{
    (void)state;
    enum { CROWD = 40 };
    struct crowd crowd;
    struct runner runners[CROWD];
    assert_int_equal(seal_password_hash("rahasia-rahasia", crowd.hash), ERR_OK);
    assert_int_equal(pthread_barrier_init(&crowd.start, NULL, CROWD), 0);
    for (int i = 0; i < CROWD; i++) {
        runners[i].crowd = &crowd;
        assert_int_equal(pthread_create(&runners[i].thread, NULL, login, &runners[i]), 0);
    }
    int let_in = 0, busy = 0;
    for (int i = 0; i < CROWD; i++) {
        assert_int_equal(pthread_join(runners[i].thread, NULL), 0);
        let_in += runners[i].result == ERR_OK;
        busy += runners[i].result == ERR_BUSY;
    }
    assert_int_equal(let_in + busy, CROWD);
    assert_in_range(let_in, 18, CROWD - 1); /* more when one ends while others arrive */
    (void)pthread_barrier_destroy(&crowd.start);
    assert_int_equal(seal_password_check(crowd.hash, "rahasia-rahasia"), ERR_OK);
}

static void person_key_follows_the_password(void **state)
{
    struct office *o = *state;
    struct seal_person person;
    uint8_t secret[32], opened[32] = {0}, derived[32];
    assert_int_equal(seal_person_create(o->arena, "sandi lama", &person, secret), ERR_OK);
    assert_int_equal(crypto_scalarmult_base(derived, secret), 0);
    assert_memory_equal(derived, person.public_key, 32);
    assert_int_equal(person.wrapped.n, 2 + 16 + 24 + 32 + 16);
    assert_null(memmem(person.wrapped.p, person.wrapped.n, secret, 32));

    assert_int_equal(seal_person_unlock(person.wrapped, "sandi baru", opened), ERR_AUTH);
    assert_int_equal(seal_person_unlock(person.wrapped, "sandi lama", opened), ERR_OK);
    assert_memory_equal(opened, secret, 32);

    struct bytes again;
    assert_int_equal(seal_person_rewrap(o->arena, secret, "sandi baru", &again), ERR_OK);
    memset(opened, 0, sizeof(opened));
    assert_int_equal(seal_person_unlock(again, "sandi lama", opened), ERR_AUTH);
    assert_int_equal(seal_person_unlock(again, "sandi baru", opened), ERR_OK);
    assert_memory_equal(opened, secret, 32);
    assert_int_equal(seal_person_unlock(copy_changed(o->arena, again, 5), "sandi baru", opened),
                     ERR_AUTH);
    assert_int_equal(seal_person_unlock((struct bytes){again.p, again.n - 1}, "sandi baru", opened),
                     ERR_INTERNAL);
}

static void session_key_needs_the_cookie(void **state)
{
    struct office *o = *state;
    uint8_t secret[32], opened[32] = {0};
    rand_bytes(secret, sizeof(secret));
    struct bytes wrapped = seal_session_wrap(o->arena, "kue-kue-kue", secret);
    assert_int_equal(seal_session_unwrap("kue-kue-kuf", wrapped, opened), ERR_AUTH);
    assert_int_equal(
        seal_session_unwrap("kue-kue-kue", copy_changed(o->arena, wrapped, 30), opened), ERR_AUTH);
    assert_int_equal(seal_session_unwrap("kue-kue-kue", wrapped, opened), ERR_OK);
    assert_memory_equal(opened, secret, 32);
}

/* --- complaints ------------------------------------------------------------------------------------- */

static void envelope_pads_and_binds(void **state)
{
    struct office *o = *state;
    struct seal_envelope e, other;
    seal_envelope_new(&e);
    seal_envelope_new(&other);
    static const size_t lengths[] = {0, 1, 255, 256, 511, 4096};
    static const size_t padded[] = {256, 256, 256, 512, 512, 4352};
    for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
        char *text = arena_alloc(o->arena, lengths[i] + 1);
        memset(text, 'k', lengths[i]);
        struct bytes sealed = seal_envelope_text(&e, o->arena, "c1|text", text);
        assert_int_equal(sealed.n, padded[i] + 2 + 24 + 16);
        char *opened = NULL;
        assert_int_equal(seal_envelope_open(&e, o->arena, "c1|text", sealed, &opened), ERR_OK);
        assert_string_equal(opened, text);
        opened = NULL;
        assert_int_equal(seal_envelope_open(&e, o->arena, "c2|text", sealed, &opened), ERR_INTERNAL);
        assert_int_equal(seal_envelope_open(&other, o->arena, "c1|text", sealed, &opened),
                         ERR_INTERNAL);
        assert_int_equal(seal_envelope_open(&e, o->arena, "c1|text",
                                            copy_changed(o->arena, sealed, sealed.n - 1), &opened),
                         ERR_INTERNAL);
        assert_null(opened);
    }
    assert_null(seal_envelope_text(&e, o->arena, "c1|text", NULL).p);
}

static void envelope_reaches_each_reader(void **state)
{
    struct office *o = *state;
    struct seal_envelope e, got;
    seal_envelope_new(&e);
    uint8_t officer_public[32], officer_secret[32], other_public[32], other_secret[32];
    assert_int_equal(crypto_box_keypair(officer_public, officer_secret), 0);
    assert_int_equal(crypto_box_keypair(other_public, other_secret), 0);
    struct bytes share = seal_envelope_share(&e, o->arena, officer_public);
    assert_null(memmem(share.p, share.n, e.key, 32));
    assert_int_equal(seal_envelope_unshare(share, officer_public, officer_secret, &got), ERR_OK);
    assert_memory_equal(got.key, e.key, 32);
    assert_int_equal(seal_envelope_unshare(share, other_public, other_secret, &got), ERR_INTERNAL);
    for (size_t at = 0; at < share.n; at++)
        assert_int_equal(seal_envelope_unshare(copy_changed(o->arena, share, at), officer_public,
                                               officer_secret, &got),
                         ERR_INTERNAL);
    assert_int_equal(seal_envelope_unshare((struct bytes){share.p, share.n - 1}, officer_public,
                                           officer_secret, &got),
                     ERR_INTERNAL);

    static const uint8_t no_key[32];
    assert_null(seal_envelope_share(&e, o->arena, no_key).p);

    /* The recovery sheet and the receipt are readers too. */
    uint8_t recovery_public[32], typed_public[32], typed_secret[32];
    char *sheet = NULL;
    assert_int_equal(seal_recovery_create(o->arena, recovery_public, &sheet), ERR_OK);
    share = seal_envelope_share(&e, o->arena, recovery_public);
    assert_int_equal(seal_recovery_read(sheet, typed_public, typed_secret), ERR_OK);
    assert_int_equal(seal_envelope_unshare(share, typed_public, typed_secret, &got), ERR_OK);
    assert_memory_equal(got.key, e.key, 32);

    const char *receipt = seal_receipt_new(o->arena);
    seal_receipt_public_key(receipt, typed_public);
    seal_receipt_secret_key(receipt, typed_secret);
    share = seal_envelope_share(&e, o->arena, typed_public);
    memset(&got, 0, sizeof(got));
    assert_int_equal(seal_envelope_unshare(share, typed_public, typed_secret, &got), ERR_OK);
    assert_memory_equal(got.key, e.key, 32);
}

/* --- files ------------------------------------------------------------------------------------------------ */

static void file_is_sealed_and_sharded(void **state)
{
    struct office *o = *state;
    static const uint8_t photo[] = "\xFF\xD8\xFF\xE0 wajah tamu";
    struct bytes plain = {photo, sizeof(photo)};
    assert_int_equal(seal_file_write(o->seal, o->arena, o->dir, "photo", PHOTO, plain), ERR_OK);
    const char *path = arena_printf(o->arena, "%s/photo/c7/" PHOTO, o->dir);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(stat(arena_printf(o->arena, "%s/photo/c7", o->dir), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    assert_int_equal(st.st_nlink, 2);
    uint8_t raw[256];
    int fd = open(path, O_RDWR);
    ssize_t n = read(fd, raw, sizeof(raw));
    assert_int_equal(n, sizeof(photo) + 2 + 24 + 16);
    assert_false(contains((struct bytes){raw, (size_t)n}, "wajah"));

    struct bytes got = {NULL, 0};
    assert_int_equal(seal_file_read(o->seal, o->arena, o->dir, "photo", PHOTO, &got), ERR_OK);
    assert_int_equal(got.n, sizeof(photo));
    assert_memory_equal(got.p, photo, sizeof(photo));

    /* A whole new file in its place, then one flipped bit, then a cut one. */
    assert_int_equal(close(fd), 0);
    assert_int_equal(
        seal_file_write(o->seal, o->arena, o->dir, "photo", PHOTO, (struct bytes){photo, 4}),
        ERR_OK);
    assert_int_equal(seal_file_read(o->seal, o->arena, o->dir, "photo", PHOTO, &got), ERR_OK);
    assert_int_equal(got.n, 4);
    fd = open(path, O_RDWR);
    assert_int_equal(pread(fd, raw, 1, 30), 1);
    raw[0] ^= 4;
    assert_int_equal(pwrite(fd, raw, 1, 30), 1);
    assert_int_equal(seal_file_read(o->seal, o->arena, o->dir, "photo", PHOTO, &got), ERR_INTERNAL);
    assert_int_equal(ftruncate(fd, 3), 0);
    assert_int_equal(seal_file_read(o->seal, o->arena, o->dir, "photo", PHOTO, &got), ERR_INTERNAL);
    assert_int_equal(close(fd), 0);

    assert_int_equal(seal_file_remove(o->dir, "photo", PHOTO), ERR_OK);
    assert_int_equal(seal_file_remove(o->dir, "photo", PHOTO), ERR_MISSING);
    assert_int_equal(seal_file_read(o->seal, o->arena, o->dir, "photo", PHOTO, &got), ERR_MISSING);
}

static void file_cannot_be_swapped(void **state)
{
    struct office *o = *state;
    const char *other = "0192a000-0000-7000-8000-0000000001c7";
    struct bytes plain = {(const uint8_t *)"satu", 4}, got;
    assert_int_equal(seal_file_write(o->seal, o->arena, o->dir, "photo", PHOTO, plain), ERR_OK);
    assert_int_equal(rename(arena_printf(o->arena, "%s/photo/c7/" PHOTO, o->dir),
                            arena_printf(o->arena, "%s/photo/c7/%s", o->dir, other)),
                     0);
    assert_int_equal(seal_file_read(o->seal, o->arena, o->dir, "photo", other, &got), ERR_INTERNAL);
}

static void file_names_are_checked(void **state)
{
    struct office *o = *state;
    struct bytes plain = {(const uint8_t *)"x", 1}, got;
    static const char *const names[][2] = {
        {"photo", ""},
        {"photo", NULL},
        {"photo", "../../../../../../../../etc/passwd"},
        {"photo", "0192a000-0000-7000-8000-0000000000C7"},
        {"photo", "0192a000-0000-7000-8000-0000000000c"},
        {"photo", "0192a000-0000-7000-8000-0000000000c7/"},
        {"photo", "0192a000/0000-7000-8000-0000000000c7"},
        {"photo", "....................................."},
        {"", PHOTO},
        {"..", PHOTO},
        {"photo/x", PHOTO},
        {NULL, PHOTO},
    };
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        assert_int_equal(
            seal_file_write(o->seal, o->arena, o->dir, names[i][0], names[i][1], plain), ERR_BAD);
        assert_int_equal(seal_file_read(o->seal, o->arena, o->dir, names[i][0], names[i][1], &got),
                         ERR_BAD);
        assert_int_equal(seal_file_remove(o->dir, names[i][0], names[i][1]), ERR_BAD);
    }
    /* A link planted in place of a folder leads nowhere. */
    assert_int_equal(symlink("/tmp", arena_printf(o->arena, "%s/photo", o->dir)), 0);
    assert_int_equal(seal_file_write(o->seal, o->arena, o->dir, "photo", PHOTO, plain),
                     ERR_INTERNAL);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, office_setup, office_teardown)
    const struct CMUnitTest tests[] = {
        CASE(key_file_is_guarded),
        CASE(subkeys_are_stable_and_apart),
        CASE(field_opens_where_it_was_sealed),
        CASE(field_cannot_be_moved_or_changed),
        CASE(field_of_another_office_stays_shut),
        CASE(field_of_nothing_is_nothing),
        CASE(index_is_keyed_and_per_domain),
        CASE(password_is_checked_in_equal_time),
        CASE(argon2_gate_refuses_the_19th),
        CASE(person_key_follows_the_password),
        CASE(session_key_needs_the_cookie),
        CASE(envelope_pads_and_binds),
        CASE(envelope_reaches_each_reader),
        CASE(file_is_sealed_and_sharded),
        CASE(file_cannot_be_swapped),
        CASE(file_names_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

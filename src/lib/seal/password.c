/* Everything that runs Argon2id: login hashes, and the wrapping of a person's secret key. One gate
 * for all of it, because the memory and the cores it costs are the whole machine's. */
#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>

#include "lib/base/str.h"
#include "lib/seal/seal_keys.h"

#include "lib/base/banned.h"

/* Part of format version 1: a change needs a new version. */
#define ARGON_OPS       2
#define ARGON_MEM_BYTES (64u * 1024 * 1024)
#define RUNS_AT_ONCE    2
#define QUEUE_MAX       16

enum { SALT_BYTES = crypto_pwhash_argon2id_SALTBYTES, WRAP_HEAD_BYTES = 2 };

/* Truly process-wide: two runs at once in the process, whoever asks. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t freed;
    int running;
    int waiting;
} gate = {.lock = PTHREAD_MUTEX_INITIALIZER, .freed = PTHREAD_COND_INITIALIZER};

static bool gate_enter(void)
{
    (void)pthread_mutex_lock(&gate.lock);
    if (gate.running >= RUNS_AT_ONCE && gate.waiting >= QUEUE_MAX) {
        (void)pthread_mutex_unlock(&gate.lock);
        return false;
    }
    gate.waiting++;
    while (gate.running >= RUNS_AT_ONCE)
        (void)pthread_cond_wait(&gate.freed, &gate.lock);
    gate.waiting--;
    gate.running++;
    (void)pthread_mutex_unlock(&gate.lock);
    return true;
}

static void gate_leave(void)
{
    (void)pthread_mutex_lock(&gate.lock);
    gate.running--;
    (void)pthread_cond_signal(&gate.freed);
    (void)pthread_mutex_unlock(&gate.lock);
}

enum err seal_password_hash(const char *password, char ret[128])
{
    _Static_assert(crypto_pwhash_argon2id_STRBYTES == 128, "hash size");
    char hash[128];
    if (!gate_enter())
        return ERR_BUSY;
    int failed = crypto_pwhash_argon2id_str(hash, password, strlen(password), ARGON_OPS,
                                            ARGON_MEM_BYTES);
    gate_leave();
    if (failed)
        return ERR_BUSY; /* only for want of memory */
    memcpy(ret, hash, sizeof(hash));
    return ERR_OK;
}

/* Costs what a real hash costs and matches no password anybody has. */
static const char NOBODY[] = "$argon2id$v=19$m=65536,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
                             "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

enum err seal_password_check(const char *hash, const char *password)
{
    /* libsodium reads a whole buffer of this size. */
    char padded[128] = {0};
    const char *against = str_or(hash, NOBODY);
    size_t n = strlen(against);
    if (n >= sizeof(padded))
        return ERR_AUTH;
    memcpy(padded, against, n);
    if (!gate_enter())
        return ERR_BUSY;
    errno = 0;
    int failed = crypto_pwhash_argon2id_str_verify(padded, password, strlen(password));
    int error = errno;
    gate_leave();
    sodium_memzero(padded, sizeof(padded));
    if (failed && error == ENOMEM)
        return ERR_BUSY;
    return failed || str_empty(hash) ? ERR_AUTH : ERR_OK;
}

static enum err wrap_key(const char *password, const uint8_t salt[SALT_BYTES],
                         uint8_t ret[SEAL_KEY_BYTES])
{
    if (!gate_enter())
        return ERR_BUSY;
    int failed = crypto_pwhash_argon2id(ret, SEAL_KEY_BYTES, password, strlen(password), salt,
                                        ARGON_OPS, ARGON_MEM_BYTES,
                                        crypto_pwhash_argon2id_ALG_ARGON2ID13);
    gate_leave();
    return failed ? ERR_BUSY : ERR_OK;
}

static const struct seal_binding PERSON = {.kind = "person", .key_id = SEAL_KEY_NONE};
static const struct seal_binding SESSION = {.kind = "session", .key_id = SEAL_KEY_NONE};

/* version | key id | salt | nonce | box: the salt sits between the head and the rest of a box. */
enum err seal_person_rewrap(struct arena *a, const uint8_t secret_key[32], const char *password,
                            struct bytes *ret)
{
    uint8_t salt[SALT_BYTES];
    uint8_t key[SEAL_KEY_BYTES];
    randombytes_buf(salt, sizeof(salt));
    TRY(wrap_key(password, salt, key));
    struct bytes box = seal_box(a, key, &PERSON, (struct bytes){secret_key, 32});
    sodium_memzero(key, sizeof(key));
    uint8_t *out = arena_alloc(a, box.n + SALT_BYTES);
    memcpy(out, box.p, WRAP_HEAD_BYTES);
    memcpy(out + WRAP_HEAD_BYTES, salt, SALT_BYTES);
    memcpy(out + WRAP_HEAD_BYTES + SALT_BYTES, box.p + WRAP_HEAD_BYTES, box.n - WRAP_HEAD_BYTES);
    *ret = (struct bytes){out, box.n + SALT_BYTES};
    return ERR_OK;
}

enum err seal_person_create(struct arena *a, const char *password, struct seal_person *ret,
                            uint8_t ret_secret_key[32])
{
    struct seal_person person;
    uint8_t secret_key[32];
    (void)crypto_box_keypair(person.public_key, secret_key);
    enum err e = seal_person_rewrap(a, secret_key, password, &person.wrapped);
    if (e == ERR_OK) {
        *ret = person;
        memcpy(ret_secret_key, secret_key, 32);
    }
    sodium_memzero(secret_key, sizeof(secret_key));
    return e;
}

/* Opens a box of one key and wipes the arena's copy. */
static enum err key_unbox(const uint8_t key[SEAL_KEY_BYTES], const struct seal_binding *binding,
                          struct bytes box, uint8_t ret_secret_key[32])
{
    struct arena *a = arena_new(512);
    struct bytes plain;
    enum err e = seal_box_open(a, key, binding, box, &plain);
    if (e == ERR_OK && plain.n != 32)
        e = ERR_INTERNAL;
    if (e == ERR_OK)
        memcpy(ret_secret_key, plain.p, 32);
    arena_free(a);
    return e == ERR_OK ? ERR_OK : ERR_AUTH;
}

enum err seal_person_unlock(struct bytes wrapped, const char *password, uint8_t ret_secret_key[32])
{
    uint8_t box[2 + 24 + 32 + 16];
    if (!wrapped.p || wrapped.n != sizeof(box) + SALT_BYTES)
        return ERR_INTERNAL;
    memcpy(box, wrapped.p, WRAP_HEAD_BYTES);
    memcpy(box + WRAP_HEAD_BYTES, wrapped.p + WRAP_HEAD_BYTES + SALT_BYTES,
           sizeof(box) - WRAP_HEAD_BYTES);
    uint8_t key[SEAL_KEY_BYTES];
    TRY(wrap_key(password, wrapped.p + WRAP_HEAD_BYTES, key));
    enum err e = key_unbox(key, &PERSON, (struct bytes){box, sizeof(box)}, ret_secret_key);
    sodium_memzero(key, sizeof(key));
    return e;
}

/* The cookie is 256 random bits: a plain hash is a good key. */
struct bytes seal_session_wrap(struct arena *a, const char *cookie, const uint8_t secret_key[32])
{
    uint8_t key[SEAL_KEY_BYTES];
    seal_hash("bt-session-wrap", cookie, strlen(cookie), key);
    struct bytes box = seal_box(a, key, &SESSION, (struct bytes){secret_key, 32});
    sodium_memzero(key, sizeof(key));
    return box;
}

enum err seal_session_unwrap(const char *cookie, struct bytes wrapped, uint8_t ret_secret_key[32])
{
    uint8_t key[SEAL_KEY_BYTES];
    seal_hash("bt-session-wrap", cookie, strlen(cookie), key);
    enum err e = key_unbox(key, &SESSION, wrapped, ret_secret_key);
    sodium_memzero(key, sizeof(key));
    return e;
}

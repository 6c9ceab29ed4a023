/* The master key: made once, read at start, turned into subkeys and forgotten. What is derived from
 * it and only compared (blind index, secrets) is here as well. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/log.h"
#include "lib/base/str.h"
#include "lib/seal/seal_keys.h"

#include "lib/base/banned.h"

#define KEY_FOLDER "keys"
#define KEY_FILE   "master.key"

/* A folder of ours, made when it is missing; -1 with errno. */
static int folder_open(int parent, const char *name)
{
    if (mkdirat(parent, name, 0700) == 0)
        (void)fsync(parent);
    else if (errno != EEXIST)
        return -1;
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int write_all(int fd, const uint8_t *p, size_t n)
{
    while (n) {
        ssize_t done = write(fd, p, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return -1;
        p += done;
        n -= (size_t)done;
    }
    return 0;
}

/* The name appears with the whole key behind it or not at all, and never replaces another key. */
static enum err key_store(int folder, const uint8_t key[SEAL_KEY_BYTES])
{
    char temp[64];
    (void)snprintf(temp, sizeof(temp), KEY_FILE ".%08x.tmp", randombytes_random());
    CLEAN_FD int fd = openat(folder, temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
    if (fd < 0) {
        log_errno(LOG_ERROR, "master key: create", errno);
        return ERR_INTERNAL;
    }
    enum err e = ERR_OK;
    if (write_all(fd, key, SEAL_KEY_BYTES) < 0 || fsync(fd) < 0) {
        log_errno(LOG_ERROR, "master key: write", errno);
        e = ERR_INTERNAL;
    } else if (linkat(folder, temp, folder, KEY_FILE, 0) < 0) {
        e = errno == EEXIST ? ERR_CONFLICT : ERR_INTERNAL;
        if (e == ERR_INTERNAL)
            log_errno(LOG_ERROR, "master key: name", errno);
    }
    (void)unlinkat(folder, temp, 0);
    if (e == ERR_OK && fsync(folder) < 0) {
        log_errno(LOG_ERROR, "master key: folder", errno);
        return ERR_INTERNAL;
    }
    return e;
}

enum err seal_create(const char *data_dir)
{
    if (sodium_init() < 0)
        return ERR_INTERNAL;
    CLEAN_FD int data = folder_open(AT_FDCWD, data_dir);
    CLEAN_FD int folder = data < 0 ? -1 : folder_open(data, KEY_FOLDER);
    if (folder < 0) {
        log_errno(LOG_ERROR, "master key: folder", errno);
        return ERR_INTERNAL;
    }
    uint8_t key[SEAL_KEY_BYTES];
    randombytes_buf(key, sizeof(key));
    enum err e = key_store(folder, key);
    sodium_memzero(key, sizeof(key));
    return e;
}

static enum err key_file_check(struct arena *a, int fd, const char *path, const char **ret_message)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return ERR_INTERNAL;
    if (st.st_mode & (S_IRWXG | S_IRWXO)) {
        *ret_message = arena_printf(
            a, "Berkas kunci %s dapat dibaca pengguna lain. Jalankan: chmod 0400 %s", path, path);
        return ERR_DENIED;
    }
    if (st.st_uid != geteuid() && st.st_uid != 0) {
        *ret_message = arena_printf(a,
                                    "Berkas kunci %s milik pengguna lain. Jadikan milik pengguna "
                                    "yang menjalankan program ini (chown).",
                                    path);
        return ERR_DENIED;
    }
    if (!S_ISREG(st.st_mode) || st.st_size != SEAL_KEY_BYTES) {
        *ret_message = arena_printf(
            a, "Berkas kunci %s rusak: panjangnya harus %d bita. Kembalikan dari salinan kunci.",
            path, SEAL_KEY_BYTES);
        return ERR_INTERNAL;
    }
    return ERR_OK;
}

static enum err key_read(struct arena *a, const char *data_dir, uint8_t ret[SEAL_KEY_BYTES],
                         const char **ret_message)
{
    const char *path = arena_printf(a, "%s/" KEY_FOLDER "/" KEY_FILE, data_dir);
    CLEAN_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT) {
        *ret_message = arena_printf(a,
                                    "Berkas kunci %s tidak ada. Jalankan: bukutamu init --data %s, "
                                    "atau kembalikan dari salinan kunci.",
                                    path, data_dir);
        return ERR_MISSING;
    }
    if (fd < 0) {
        log_errno(LOG_ERROR, "master key: open", errno);
        *ret_message = arena_printf(
            a, "Berkas kunci %s tidak dapat dibuka. Periksa pemilik dan izinnya.", path);
        return ERR_INTERNAL;
    }
    TRY(key_file_check(a, fd, path, ret_message));
    if (read(fd, ret, SEAL_KEY_BYTES) != SEAL_KEY_BYTES) {
        *ret_message = arena_printf(a, "Berkas kunci %s tidak terbaca. Periksa diska.", path);
        return ERR_INTERNAL;
    }
    return ERR_OK;
}

/* One context each: these eight letters must never change, or nothing opens any more. */
static void keys_derive(struct seal *s, const uint8_t master[SEAL_KEY_BYTES])
{
    _Static_assert(SEAL_KEY_BYTES == crypto_kdf_KEYBYTES, "key size");
    (void)crypto_kdf_derive_from_key(s->field, SEAL_KEY_BYTES, 1, "bt-field", master);
    (void)crypto_kdf_derive_from_key(s->index, SEAL_KEY_BYTES, 1, "bt-index", master);
    (void)crypto_kdf_derive_from_key(s->secret, SEAL_KEY_BYTES, 1, "bt-secrt", master);
    (void)crypto_kdf_derive_from_key(s->purpose, SEAL_KEY_BYTES, 1, "bt-purps", master);
    (void)crypto_kdf_derive_from_key(s->file, SEAL_KEY_BYTES, 1, "bt-files", master);
}

enum err seal_open(struct arena *a, const char *data_dir, struct seal **ret,
                   const char **ret_message)
{
    if (sodium_init() < 0) {
        *ret_message = "Pustaka libsodium tidak dapat dijalankan. Pasang ulang libsodium.";
        return ERR_INTERNAL;
    }
    uint8_t master[SEAL_KEY_BYTES];
    const char *message = NULL;
    enum err e = key_read(a, data_dir, master, &message);
    struct seal *s = e == ERR_OK ? sodium_malloc(sizeof(*s)) : NULL;
    if (s) {
        keys_derive(s, master);
        (void)sodium_mprotect_readonly(s);
        *ret = s;
    } else if (e == ERR_OK) {
        message = "Memori untuk kunci tidak tersedia. Tambah memori atau batas memori terkunci.";
        e = ERR_INTERNAL;
    }
    sodium_memzero(master, sizeof(master));
    if (e != ERR_OK)
        *ret_message = message ? message : "Berkas kunci tidak dapat dibaca. Periksa diska.";
    return e;
}

void seal_close(struct seal *s)
{
    sodium_free(s); /* wipes; NULL is fine */
}

struct bytes seal_index(const struct seal *s, struct arena *a, const char *domain, const char *value)
{
    if (str_empty(value))
        return (struct bytes){NULL, 0};
    uint8_t key[SEAL_KEY_BYTES];
    (void)crypto_generichash(key, sizeof(key), (const uint8_t *)domain, strlen(domain), s->index,
                             sizeof(s->index));
    uint8_t *index = arena_alloc(a, 32);
    (void)crypto_generichash(index, 32, (const uint8_t *)value, strlen(value), key, sizeof(key));
    sodium_memzero(key, sizeof(key));
    return (struct bytes){index, 32};
}

void seal_secret_hash(const struct seal *s, const char *purpose, const char *secret, uint8_t ret[32])
{
    uint8_t key[SEAL_KEY_BYTES];
    (void)crypto_generichash(key, sizeof(key), (const uint8_t *)purpose, strlen(purpose), s->secret,
                             sizeof(s->secret));
    (void)crypto_generichash(ret, 32, (const uint8_t *)secret, strlen(secret), key, sizeof(key));
    sodium_memzero(key, sizeof(key));
}

void seal_subkey(const struct seal *s, const char *purpose, uint8_t ret[32])
{
    (void)crypto_generichash(ret, 32, (const uint8_t *)purpose, strlen(purpose), s->purpose,
                             sizeof(s->purpose));
}

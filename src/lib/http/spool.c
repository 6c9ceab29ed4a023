/* See spool.h. Chunk number i is XChaCha20-Poly1305 under the spool's own random key with i as its nonce: each
 * number is used once, and a chunk can be neither moved nor replaced. */
#include "lib/http/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/base/banned.h"

enum {
    TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    KEY_BYTES = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
    SEALED_BYTES = SPOOL_CHUNK + TAG_BYTES,
};

struct spool {
    int fd;
    uint64_t chunks; /* written */
    uint64_t cached; /* chunk number + 1 of what `plain` holds; 0: nothing */
    const uint8_t *tail;
    size_t tail_bytes;
    uint8_t key[KEY_BYTES];
    uint8_t plain[SPOOL_CHUNK];
    uint8_t sealed[SEALED_BYTES];
};

/* Disk full heals; anything else is ours. */
static enum err failed(const char *what)
{
    int error = errno;
    log_errno(LOG_ERROR, what, error);
    return error == ENOSPC || error == EDQUOT ? ERR_BUSY : ERR_INTERNAL;
}

/* Not every file system has files without a name: then the name lives for a moment. */
static int open_unnamed(const char *dir)
{
    int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
        return fd;
    char path[4096];
    int n = snprintf(path, sizeof(path), "%s/.%08x%08x", dir, randombytes_random(),
                     randombytes_random());
    if (n < 0 || (size_t)n >= sizeof(path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0)
        (void)unlink(path);
    return fd;
}

enum err spool_new(const char *dir, struct spool **ret)
{
    if (mkdir(dir, 0700) != 0 && errno != EEXIST)
        return failed("spool: folder");
    int fd = open_unnamed(dir);
    if (fd < 0)
        return failed("spool: open");
    struct spool *s = malloc(sizeof(*s));
    if (!s)
        abort(); /* out of memory */
    *s = (struct spool){.fd = fd};
    randombytes_buf(s->key, sizeof(s->key));
    *ret = s;
    return ERR_OK;
}

void spool_free(struct spool *s)
{
    if (!s)
        return;
    (void)close(s->fd);
    sodium_memzero(s, sizeof(*s));
    free(s);
}

static void nonce_of(uint64_t chunk, uint8_t ret[NONCE_BYTES])
{
    memset(ret, 0, NONCE_BYTES);
    memcpy(ret, &chunk, sizeof(chunk));
}

static bool write_at(int fd, const uint8_t *p, size_t n, off_t at)
{
    while (n) {
        ssize_t done = pwrite(fd, p, n, at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        p += done;
        n -= (size_t)done;
        at += done;
    }
    return true;
}

static bool read_at(int fd, uint8_t *p, size_t n, off_t at)
{
    while (n) {
        ssize_t got = pread(fd, p, n, at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        p += got;
        n -= (size_t)got;
        at += got;
    }
    return true;
}

enum err spool_add(struct spool *s, uint8_t *p, size_t n)
{
    uint8_t nonce[NONCE_BYTES];
    for (; n >= SPOOL_CHUNK; p += SPOOL_CHUNK, n -= SPOOL_CHUNK) {
        nonce_of(s->chunks, nonce);
        (void)crypto_aead_xchacha20poly1305_ietf_encrypt(s->sealed, NULL, p, SPOOL_CHUNK, NULL, 0,
                                                         NULL, nonce, s->key);
        sodium_memzero(p, SPOOL_CHUNK);
        if (!write_at(s->fd, s->sealed, SEALED_BYTES, (off_t)(s->chunks * SEALED_BYTES)))
            return failed("spool: write");
        s->chunks++;
    }
    return ERR_OK;
}

void spool_end(struct spool *s, const uint8_t *tail, size_t n)
{
    s->tail = tail;
    s->tail_bytes = n;
}

uint64_t spool_bytes(const struct spool *s)
{
    return s->chunks * SPOOL_CHUNK + s->tail_bytes;
}

static bool chunk_open(struct spool *s, uint64_t chunk)
{
    uint8_t nonce[NONCE_BYTES];
    if (s->cached == chunk + 1)
        return true;
    s->cached = 0;
    nonce_of(chunk, nonce);
    if (!read_at(s->fd, s->sealed, SEALED_BYTES, (off_t)(chunk * SEALED_BYTES)) ||
        crypto_aead_xchacha20poly1305_ietf_decrypt(s->plain, NULL, NULL, s->sealed, SEALED_BYTES,
                                                   NULL, 0, nonce, s->key) != 0)
        return false;
    s->cached = chunk + 1;
    return true;
}

bool spool_read(struct spool *s, uint64_t at, uint8_t *to, size_t n)
{
    uint64_t written = s->chunks * SPOOL_CHUNK, all = spool_bytes(s);
    if (at > all || n > all - at)
        return false;
    while (n && at < written) {
        size_t from = (size_t)(at % SPOOL_CHUNK);
        size_t part = SPOOL_CHUNK - from < n ? SPOOL_CHUNK - from : n;
        if (!chunk_open(s, at / SPOOL_CHUNK))
            return false;
        memcpy(to, s->plain + from, part);
        to += part;
        at += part;
        n -= part;
    }
    if (n)
        memcpy(to, s->tail + (at - written), n);
    return true;
}

bool spool_fits(const char *dir, uint64_t bytes)
{
    struct statvfs st;
    if (mkdir(dir, 0700) != 0 && errno != EEXIST)
        return errno != ENOSPC && errno != EDQUOT;
    if (statvfs(dir, &st) != 0)
        return true;
    return (uint64_t)st.f_bavail * st.f_frsize >= bytes + SPOOL_RESERVE;
}

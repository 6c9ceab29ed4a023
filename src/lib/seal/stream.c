/* Files of any size: XChaCha20-Poly1305 in a stream of 64 KiB parts (crypto_secretstream), written and read
 * back in constant memory. Inside the seal stand the size, the bytes, and zeros up to a bucket; the first part
 * is bound to kind and id. See seal.h. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/seal/seal_files.h"

#include "lib/base/banned.h"

#define PART_PLAIN  ((size_t)64 << 10)
#define PART_SEALED (PART_PLAIN + crypto_secretstream_xchacha20poly1305_ABYTES)

enum {
    SIZE_BYTES = 8,
    HEAD_BYTES = 2 + crypto_secretstream_xchacha20poly1305_HEADERBYTES,
    BINDING_BYTES = 2 + 33 + UUID_TEXT_BYTES,
};
#define BUCKET_MIN ((uint64_t)PART_PLAIN)

/* --- what both sides share ------------------------------------------------------------------------------- */

/* Padmé (Nikitin et al., 2019): so many zeros that a size says only O(log log n) bits, at a price of less than
 * 12 %, 3 % for what is large. */
static uint64_t bucket_of(uint64_t n)
{
    if (n <= BUCKET_MIN)
        return BUCKET_MIN;
    unsigned exponent = 63u - (unsigned)__builtin_clzll(n);
    unsigned digits = 32u - (unsigned)__builtin_clz(exponent);
    uint64_t mask = ((uint64_t)1 << (exponent - digits)) - 1;
    return (n + mask) & ~mask;
}

int64_t seal_stream_bytes(uint64_t size)
{
    uint64_t plain = bucket_of(size + SIZE_BYTES);
    uint64_t parts = (plain + PART_PLAIN - 1) / PART_PLAIN;
    return (int64_t)(HEAD_BYTES + plain + parts * (PART_SEALED - PART_PLAIN));
}

static void key_of(const struct seal_envelope *e, uint8_t ret[SEAL_KEY_BYTES])
{
    static const char purpose[] = "file stream";
    if (crypto_generichash(ret, SEAL_KEY_BYTES, (const uint8_t *)purpose, sizeof(purpose) - 1,
                           e->key, sizeof(e->key)) != 0)
        abort(); /* only lengths can be wrong */
}

/* "version | key id | kind | id": where the file lies is part of the seal. */
static size_t binding_of(const char *kind, const char *id, uint8_t ret[BINDING_BYTES])
{
    size_t kind_bytes = strlen(kind) + 1;
    ret[0] = SEAL_VERSION;
    ret[1] = SEAL_KEY_NONE;
    memcpy(ret + 2, kind, kind_bytes);
    memcpy(ret + 2 + kind_bytes, id, UUID_TEXT_BYTES);
    return 2 + kind_bytes + UUID_TEXT_BYTES;
}

static void size_put(uint8_t to[SIZE_BYTES], uint64_t size)
{
    for (int i = 0; i < SIZE_BYTES; i++)
        to[i] = (uint8_t)(size >> (8 * i));
}

static uint64_t size_get(const uint8_t from[SIZE_BYTES])
{
    uint64_t size = 0;
    for (int i = SIZE_BYTES; i-- > 0;)
        size = size << 8 | from[i];
    return size;
}

/* --- writing ----------------------------------------------------------------------------------------------- */

struct seal_writer {
    int folder, fd;
    char id[UUID_TEXT_BYTES];
    char temp[64];
    uint64_t left;        /* of the announced size */
    uint64_t zeros;       /* still to be padded */
    size_t n;             /* in `plain` */
    size_t binding_bytes; /* 0: the first part is written */
    crypto_secretstream_xchacha20poly1305_state state;
    uint8_t binding[BINDING_BYTES];
    uint8_t plain[PART_PLAIN];
    uint8_t sealed[PART_SEALED];
};

void seal_stream_abandon(struct seal_writer *w)
{
    if (!w)
        return;
    if (w->fd >= 0) {
        (void)unlinkat(w->folder, w->temp, 0);
        (void)close(w->fd);
    }
    if (w->folder >= 0)
        (void)close(w->folder);
    sodium_memzero(w, sizeof(*w));
    free(w);
}

static enum err writer_begin(struct seal_writer *w, const struct seal_envelope *e)
{
    uint8_t head[HEAD_BYTES] = {SEAL_VERSION, SEAL_KEY_NONE}, key[SEAL_KEY_BYTES];
    (void)snprintf(w->temp, sizeof(w->temp), ".%s.%08x", w->id, randombytes_random());
    w->fd = openat(w->folder, w->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (w->fd < 0)
        return seal_files_failed("sealed stream: create");
    key_of(e, key);
    (void)crypto_secretstream_xchacha20poly1305_init_push(&w->state, head + 2, key);
    sodium_memzero(key, sizeof(key));
    return seal_files_write(w->fd, (struct bytes){head, sizeof(head)});
}

enum err seal_stream_create(const struct seal_envelope *e, const struct seal_place *place,
                            uint64_t size, struct seal_writer **ret)
{
    if (!seal_files_name_good(place->kind, place->id) || size > UINT64_MAX / 4)
        return ERR_BAD;
    struct seal_writer *w = malloc(sizeof(*w));
    if (!w)
        abort(); /* out of memory */
    w->fd = -1;
    w->left = size;
    w->zeros = bucket_of(size + SIZE_BYTES) - size - SIZE_BYTES;
    w->binding_bytes = binding_of(place->kind, place->id, w->binding);
    memcpy(w->id, place->id, UUID_TEXT_BYTES);
    size_put(w->plain, size);
    w->n = SIZE_BYTES;
    w->folder = seal_files_folder(place->data_dir, place->kind, place->id, true);
    enum err done = w->folder < 0 ? seal_files_failed("sealed stream: folder") : writer_begin(w, e);
    if (done != ERR_OK) {
        seal_stream_abandon(w);
        return done;
    }
    *ret = w;
    return ERR_OK;
}

static enum err part_write(struct seal_writer *w, bool last)
{
    unsigned long long n = 0;
    uint8_t tag = last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0;
    (void)crypto_secretstream_xchacha20poly1305_push(&w->state, w->sealed, &n, w->plain, w->n,
                                                     w->binding_bytes ? w->binding : NULL,
                                                     w->binding_bytes, tag);
    w->binding_bytes = 0;
    w->n = 0;
    return seal_files_write(w->fd, (struct bytes){w->sealed, (size_t)n});
}

/* A full part is written when more comes: so the last one is known as the last. */
static enum err plain_room(struct seal_writer *w)
{
    return w->n == PART_PLAIN ? part_write(w, false) : ERR_OK;
}

enum err seal_stream_put(struct seal_writer *w, const void *from, size_t n)
{
    const uint8_t *p = from;
    if (n > w->left)
        return ERR_BAD;
    w->left -= n;
    while (n) {
        TRY(plain_room(w));
        size_t part = PART_PLAIN - w->n < n ? PART_PLAIN - w->n : n;
        memcpy(w->plain + w->n, p, part);
        w->n += part;
        p += part;
        n -= part;
    }
    return ERR_OK;
}

static enum err pad(struct seal_writer *w)
{
    while (w->zeros) {
        TRY(plain_room(w));
        uint64_t room = PART_PLAIN - w->n;
        size_t part = (size_t)(room < w->zeros ? room : w->zeros);
        memset(w->plain + w->n, 0, part);
        w->n += part;
        w->zeros -= part;
    }
    return part_write(w, true);
}

/* Not before the bytes are on disk: syncing would only put the time back. */
static enum err date(const struct seal_writer *w, int64_t at_ms)
{
    const struct timespec at = {.tv_sec = (time_t)(at_ms / 1000)};
    const struct timespec times[2] = {at, at};
    if (at_ms <= 0)
        return ERR_OK;
    if (futimens(w->fd, times) < 0 || fsync(w->fd) < 0)
        return seal_files_failed("sealed stream: time");
    return ERR_OK;
}

/* A new name changes the time of its folder, a new folder that of the one above. */
static void date_folders(const struct seal_writer *w, int64_t at_ms)
{
    const struct timespec at = {.tv_sec = (time_t)(at_ms / 1000)};
    const struct timespec times[2] = {at, at};
    int above = openat(w->folder, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    (void)futimens(w->folder, times);
    if (above < 0)
        return;
    (void)futimens(above, times);
    (void)close(above);
}

static enum err finish(struct seal_writer *w, int64_t at_ms)
{
    if (w->left)
        return ERR_BAD;
    TRY(pad(w));
    if (fsync(w->fd) < 0)
        return seal_files_failed("sealed stream: fsync");
    TRY(date(w, at_ms));
    if (renameat(w->folder, w->temp, w->folder, w->id) < 0)
        return seal_files_failed("sealed stream: rename");
    (void)close(w->fd);
    w->fd = -1; /* it has its name: nothing to unlink */
    if (fsync(w->folder) < 0)
        return seal_files_failed("sealed stream: folder");
    if (at_ms > 0)
        date_folders(w, at_ms);
    return ERR_OK;
}

enum err seal_stream_commit(struct seal_writer *w, int64_t at_ms)
{
    enum err e = finish(w, at_ms);
    seal_stream_abandon(w);
    return e;
}

/* --- reading ----------------------------------------------------------------------------------------------- */

struct seal_reader {
    int fd;
    uint64_t size, left; /* of the file in clear */
    size_t at, n;        /* what is left in `plain` */
    size_t binding_bytes;
    bool ended; /* the last part was seen */
    crypto_secretstream_xchacha20poly1305_state state;
    uint8_t binding[BINDING_BYTES];
    uint8_t plain[PART_PLAIN];
    uint8_t sealed[PART_SEALED];
};

void seal_stream_close(struct seal_reader *r)
{
    if (!r)
        return;
    if (r->fd >= 0)
        (void)close(r->fd);
    sodium_memzero(r, sizeof(*r));
    free(r);
}

/* As much as there is, up to n. */
static enum err read_most(int fd, uint8_t *p, size_t n, size_t *ret)
{
    size_t have = 0;
    while (have < n) {
        ssize_t got = read(fd, p + have, n - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return seal_files_failed("sealed stream: read");
        if (got == 0)
            break;
        have += (size_t)got;
    }
    *ret = have;
    return ERR_OK;
}

static enum err part_read(struct seal_reader *r)
{
    size_t n = 0;
    unsigned long long plain_n = 0;
    uint8_t tag = 0, more;
    TRY(read_most(r->fd, r->sealed, PART_SEALED, &n));
    if (n <= crypto_secretstream_xchacha20poly1305_ABYTES ||
        crypto_secretstream_xchacha20poly1305_pull(&r->state, r->plain, &plain_n, &tag, r->sealed,
                                                   n, r->binding_bytes ? r->binding : NULL,
                                                   r->binding_bytes) != 0)
        return ERR_INTERNAL;
    r->binding_bytes = 0;
    r->at = 0;
    r->n = (size_t)plain_n;
    r->ended = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    if (!r->ended)
        return n == PART_SEALED ? ERR_OK : ERR_INTERNAL;
    TRY(read_most(r->fd, &more, 1, &n));
    return n == 0 ? ERR_OK : ERR_INTERNAL;
}

static enum err reader_begin(struct seal_reader *r, const struct seal_envelope *e)
{
    uint8_t head[HEAD_BYTES], key[SEAL_KEY_BYTES];
    size_t n = 0;
    TRY(read_most(r->fd, head, sizeof(head), &n));
    if (n < sizeof(head) || head[0] != SEAL_VERSION || head[1] != SEAL_KEY_NONE)
        return ERR_INTERNAL;
    key_of(e, key);
    int begun = crypto_secretstream_xchacha20poly1305_init_pull(&r->state, head + 2, key);
    sodium_memzero(key, sizeof(key));
    if (begun != 0)
        return ERR_INTERNAL;
    TRY(part_read(r));
    if (r->n < SIZE_BYTES)
        return ERR_INTERNAL;
    r->size = r->left = size_get(r->plain);
    r->at = SIZE_BYTES;
    return ERR_OK;
}

enum err seal_stream_open(const struct seal_envelope *e, const struct seal_place *place,
                          struct seal_reader **ret)
{
    if (!seal_files_name_good(place->kind, place->id))
        return ERR_BAD;
    int folder = seal_files_folder(place->data_dir, place->kind, place->id, false);
    int fd = folder < 0 ? -1 : openat(folder, place->id, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    int error = errno;
    if (folder >= 0)
        (void)close(folder);
    errno = error;
    if (fd < 0)
        return errno == ENOENT ? ERR_MISSING : seal_files_failed("sealed stream: open");
    struct seal_reader *r = malloc(sizeof(*r));
    if (!r)
        abort(); /* out of memory */
    r->fd = fd;
    r->ended = false;
    r->binding_bytes = binding_of(place->kind, place->id, r->binding);
    enum err begun = reader_begin(r, e);
    if (begun != ERR_OK) {
        seal_stream_close(r);
        return begun;
    }
    *ret = r;
    return ERR_OK;
}

uint64_t seal_stream_size(const struct seal_reader *r)
{
    return r->size;
}

/* The padding is read and checked as well: the end counts only when it is the end of the file. */
static enum err to_the_end(struct seal_reader *r)
{
    while (!r->ended)
        TRY(part_read(r));
    return ERR_OK;
}

enum err seal_stream_get(struct seal_reader *r, void *out, size_t room, size_t *ret_n)
{
    while (r->left && r->at == r->n) {
        if (r->ended)
            return ERR_INTERNAL;
        TRY(part_read(r));
    }
    size_t n = r->n - r->at < room ? r->n - r->at : room;
    if (n > r->left)
        n = (size_t)r->left;
    if (n)
        memcpy(out, r->plain + r->at, n);
    r->at += n;
    r->left -= n;
    if (r->left == 0)
        TRY(to_the_end(r));
    *ret_n = n;
    return ERR_OK;
}

enum err seal_stream_check(const struct seal_place *place)
{
    if (!seal_files_name_good(place->kind, place->id))
        return ERR_BAD;
    struct stat st;
    uint8_t head[2];
    int folder = seal_files_folder(place->data_dir, place->kind, place->id, false);
    int fd = folder < 0 ? -1 : openat(folder, place->id, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (folder >= 0)
        (void)close(folder);
    if (fd < 0)
        return ERR_MISSING;
    bool good = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
                st.st_size >= (off_t)(HEAD_BYTES + PART_SEALED) &&
                read(fd, head, sizeof(head)) == (ssize_t)sizeof(head) && head[0] == SEAL_VERSION &&
                head[1] == SEAL_KEY_NONE;
    (void)close(fd);
    return good ? ERR_OK : ERR_INTERNAL;
}

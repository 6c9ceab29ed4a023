/* Sealed files (photos): written whole or not at all, under names made of checked parts only. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/log.h"
#include "lib/base/rand.h"
#include "lib/seal/seal_files.h"

#include "lib/base/banned.h"

#define FILE_MAX_BYTES (16u * 1024 * 1024)
#define BOX_MAX_EXTRA  64u

enum { UUID_CHARS = UUID_TEXT_BYTES - 1 };

static bool kind_good(const char *kind)
{
    size_t n = kind ? strspn(kind, "abcdefghijklmnopqrstuvwxyz") : 0;
    return n > 0 && n <= 32 && kind[n] == '\0';
}

bool seal_files_name_good(const char *kind, const char *id)
{
    return kind_good(kind) && rand_uuid_ok(id);
}

/* Disk full heals; anything else is ours. */
enum err seal_files_failed(const char *what)
{
    int error = errno;
    log_errno(LOG_ERROR, what, error);
    return error == ENOSPC || error == EDQUOT ? ERR_BUSY : ERR_INTERNAL;
}

/* Opens parent/name; makes it first when `create` is set. A symbolic link is not followed. */
static int folder_open(int parent, const char *name, bool create)
{
    if (create && mkdirat(parent, name, 0700) == 0) {
        if (fsync(parent) < 0)
            return -1;
    } else if (create && errno != EEXIST) {
        return -1;
    }
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int seal_files_folder(const char *data_dir, const char *kind, const char *id, bool create)
{
    CLEAN_FD int data = open(data_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (data < 0)
        return -1;
    CLEAN_FD int folder = folder_open(data, kind, create);
    if (folder < 0)
        return -1;
    return folder_open(folder, id + UUID_CHARS - 2, create);
}

static struct seal_binding file_binding(const char *kind, const char *id)
{
    return (struct seal_binding){.kind = "file", .names = {kind, id}, .key_id = SEAL_KEY_FIRST};
}

enum err seal_files_write(int fd, struct bytes bytes)
{
    while (bytes.n) {
        ssize_t done = write(fd, bytes.p, bytes.n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return seal_files_failed("sealed file: write");
        bytes.p += done;
        bytes.n -= (size_t)done;
    }
    return ERR_OK;
}

static enum err store(int folder, const char *id, struct bytes sealed)
{
    char temp[64];
    (void)snprintf(temp, sizeof(temp), ".%s.%08x", id, randombytes_random());
    CLEAN_FD int fd = openat(folder, temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return seal_files_failed("sealed file: create");
    enum err e = seal_files_write(fd, sealed);
    if (e == ERR_OK && fsync(fd) < 0)
        e = seal_files_failed("sealed file: fsync");
    if (e == ERR_OK && renameat(folder, temp, folder, id) < 0)
        e = seal_files_failed("sealed file: rename");
    if (e != ERR_OK) {
        (void)unlinkat(folder, temp, 0);
        return e;
    }
    return fsync(folder) < 0 ? seal_files_failed("sealed file: folder") : ERR_OK;
}

enum err seal_file_write(const struct seal *s, struct arena *a, const char *data_dir,
                         const char *kind, const char *id, struct bytes plain)
{
    if (!seal_files_name_good(kind, id) || plain.n > FILE_MAX_BYTES)
        return ERR_BAD;
    CLEAN_FD int folder = seal_files_folder(data_dir, kind, id, true);
    if (folder < 0)
        return seal_files_failed("sealed file: folder");
    struct seal_binding binding = file_binding(kind, id);
    return store(folder, id, seal_box(a, s->file, &binding, plain));
}

static enum err load(int fd, struct arena *a, struct bytes *ret)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return seal_files_failed("sealed file: stat");
    if (!S_ISREG(st.st_mode) || st.st_size > (off_t)(FILE_MAX_BYTES + BOX_MAX_EXTRA))
        return ERR_INTERNAL;
    size_t size = (size_t)st.st_size;
    uint8_t *p = arena_alloc(a, size);
    size_t n = 0;
    while (n < size) {
        ssize_t got = read(fd, p + n, size - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return seal_files_failed("sealed file: read");
        if (got == 0)
            return ERR_INTERNAL;
        n += (size_t)got;
    }
    *ret = (struct bytes){p, n};
    return ERR_OK;
}

enum err seal_file_read(const struct seal *s, struct arena *a, const char *data_dir,
                        const char *kind, const char *id, struct bytes *ret)
{
    if (!seal_files_name_good(kind, id))
        return ERR_BAD;
    CLEAN_FD int folder = seal_files_folder(data_dir, kind, id, false);
    CLEAN_FD int fd = folder < 0 ? -1 : openat(folder, id, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? ERR_MISSING : seal_files_failed("sealed file: open");
    struct bytes sealed;
    TRY(load(fd, a, &sealed));
    struct seal_binding binding = file_binding(kind, id);
    return seal_box_open(a, s->file, &binding, sealed, ret);
}

enum err seal_file_remove(const char *data_dir, const char *kind, const char *id)
{
    if (!seal_files_name_good(kind, id))
        return ERR_BAD;
    CLEAN_FD int folder = seal_files_folder(data_dir, kind, id, false);
    if (folder < 0 || unlinkat(folder, id, 0) < 0)
        return errno == ENOENT ? ERR_MISSING : seal_files_failed("sealed file: remove");
    return fsync(folder) < 0 ? seal_files_failed("sealed file: folder") : ERR_OK;
}

/* Writing the backup's file. See archive.h; reading is in archive_read.c. */
#include "app/archive.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include "lib/base/cleanup.h"
#include "lib/json/json.h"
#include "lib/base/banned.h"

#define FILES_MAX    4000000u
#define MANIFEST_MAX (1u << 30)

/* --- names ---------------------------------------------------------------------------------------------- */

static bool hex_run(const char *p, size_t n)
{
    return strspn(p, "0123456789abcdef") >= n;
}

const char *const archive_folders[] = {"photos", "evidence", NULL};

/* "xx/UUID", xx being the last two digits. */
static bool sealed_name_good(const char *name)
{
    if (strlen(name) != 39 || !hex_run(name, 2) || name[2] != '/')
        return false;
    const char *id = name + 3;
    for (size_t i = 0; i < 36; i++) {
        bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (hyphen ? id[i] != '-' : !hex_run(id + i, 1))
            return false;
    }
    return strncmp(name, id + 34, 2) == 0;
}

bool archive_name_good(const char *name)
{
    for (const char *const *folder = archive_folders; *folder; folder++) {
        size_t n = strlen(*folder);
        if (strncmp(name, *folder, n) == 0 && name[n] == '/')
            return sealed_name_good(name + n + 1);
    }
    return str_eq(name, ARCHIVE_DATABASE);
}

/* --- files ---------------------------------------------------------------------------------------------- */

enum err archive_hash(const char *path, int64_t *ret_bytes, uint8_t ret[ARCHIVE_HASH])
{
    CLEAN_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno == ENOENT ? ERR_MISSING : ERR_INTERNAL;
    crypto_hash_sha256_state state;
    (void)crypto_hash_sha256_init(&state);
    uint8_t part[64 * 1024];
    int64_t bytes = 0;
    for (;;) {
        ssize_t n = read(fd, part, sizeof(part));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return ERR_INTERNAL;
        if (n == 0)
            break;
        (void)crypto_hash_sha256_update(&state, part, (unsigned long long)n);
        bytes += n;
    }
    (void)crypto_hash_sha256_final(&state, ret);
    *ret_bytes = bytes;
    return ERR_OK;
}

struct growing {
    struct arena *arena;
    struct archive_file *files;
    size_t count, room;
};

static enum err add_file(struct growing *g, const struct archive_file *file)
{
    if (g->count == FILES_MAX)
        return ERR_LIMIT;
    if (g->count == g->room) {
        size_t room = g->room ? g->room * 2 : 256;
        struct archive_file *more = ARENA_ARRAY(g->arena, room, struct archive_file);
        if (g->count)
            memcpy(more, g->files, g->count * sizeof(*more));
        g->files = more;
        g->room = room;
    }
    g->files[g->count++] = *file;
    return ERR_OK;
}

static enum err add_shard(struct growing *g, const char *data_dir, const char *shard)
{
    const char *folder = arena_printf(g->arena, "%s/%s", data_dir, shard);
    DIR *dir = opendir(folder);
    if (!dir)
        return errno == ENOTDIR ? ERR_OK : ERR_INTERNAL;
    enum err e = ERR_OK;
    for (const struct dirent *d; e == ERR_OK && (d = readdir(dir));) {
        struct archive_file file = {.name = arena_printf(g->arena, "%s/%s", shard, d->d_name),
                                    .path = arena_printf(g->arena, "%s/%s", folder, d->d_name)};
        if (!archive_name_good(file.name)) /* half-written ones begin with a dot */
            continue;
        e = archive_hash(file.path, &file.bytes, file.hash);
        if (e == ERR_OK)
            e = add_file(g, &file);
        else if (e == ERR_MISSING) /* removed meanwhile */
            e = ERR_OK;
    }
    (void)closedir(dir);
    return e;
}

static int by_name(const void *a, const void *b)
{
    const struct archive_file *x = a, *y = b;
    return strcmp(x->name, y->name);
}

static enum err add_folder(struct growing *g, const char *data_dir, const char *name)
{
    DIR *dir = opendir(arena_printf(g->arena, "%s/%s", data_dir, name));
    if (!dir)
        return errno == ENOENT ? ERR_OK : ERR_INTERNAL;
    enum err e = ERR_OK;
    for (const struct dirent *d; e == ERR_OK && (d = readdir(dir));) {
        if (strlen(d->d_name) == 2 && hex_run(d->d_name, 2))
            e = add_shard(g, data_dir, arena_printf(g->arena, "%s/%s", name, d->d_name));
    }
    (void)closedir(dir);
    return e;
}

enum err archive_collect(struct arena *a, const char *data_dir, const struct archive_file *first,
                         struct archive *ret)
{
    struct growing g = {.arena = a};
    TRY(add_file(&g, first));
    for (const char *const *folder = archive_folders; *folder; folder++)
        TRY(add_folder(&g, data_dir, *folder));
    qsort(g.files + 1, g.count - 1, sizeof(*g.files), by_name);
    ret->files = g.files;
    ret->count = g.count;
    return ERR_OK;
}

/* --- the archive ------------------------------------------------------------------------------------------ */

static struct buf manifest(struct arena *a, const struct archive *archive)
{
    json_t *root = json_keep(a, json_object());
    json_t *files = json_array();
    for (size_t i = 0; i < archive->count; i++) {
        const struct archive_file *f = &archive->files[i];
        json_t *one = json_object();
        json_object_set_new_nocheck(one, "name", json_text(f->name));
        json_object_set_new_nocheck(one, "bytes", json_integer(f->bytes));
        json_object_set_new_nocheck(one, "sha256", json_text(str_hex(a, f->hash, ARCHIVE_HASH)));
        json_array_append_new(files, one);
    }
    json_object_set_new_nocheck(root, "format", json_integer(ARCHIVE_FORMAT));
    json_object_set_new_nocheck(root, "program", json_text("bukutamu " BUKUTAMU_VERSION));
    json_object_set_new_nocheck(root, "made_at", json_text(archive->made_at));
    json_object_set_new_nocheck(root, "files", files);
    struct buf out = buf_new(a, 64 * 1024, MANIFEST_MAX);
    json_write(&out, root);
    return out;
}

/* Sealed bytes do not get smaller; the database does. */
static bool put_source(zip_t *zip, const char *name, zip_source_t *source, bool compress)
{
    zip_int64_t index = source ? zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8) : -1;
    if (index < 0) {
        zip_source_free(source);
        return false;
    }
    return zip_set_file_compression(zip, (zip_uint64_t)index,
                                    compress ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0) == 0;
}

static bool put_all(zip_t *zip, const struct archive *archive, const struct buf *listing)
{
    if (!put_source(zip, ARCHIVE_MANIFEST, zip_source_buffer(zip, listing->p, listing->n, 0), true))
        return false;
    for (size_t i = 0; i < archive->count; i++) {
        const struct archive_file *f = &archive->files[i];
        if (!put_source(zip, f->name, zip_source_file(zip, f->path, 0, -1),
                        str_eq(f->name, ARCHIVE_DATABASE)))
            return false;
    }
    return true;
}

static bool sync_file(const char *path, int flags)
{
    CLEAN_FD int fd = open(path, flags | O_CLOEXEC);
    return fd >= 0 && fsync(fd) == 0;
}

static enum err failed(struct arena *a, const char *path, const char *why, const char **ret_message)
{
    *ret_message = arena_printf(a, "cadangan '%s' tidak dapat ditulis: %s.", path, why);
    return ERR_INTERNAL;
}

enum err archive_write(struct arena *a, const char *path, struct archive *archive,
                       const char **ret_message)
{
    const char *part = arena_printf(a, "%s.part", path);
    const char *folder = dirname(arena_strdup(a, path));
    int code = 0;
    (void)unlink(part);
    zip_t *zip = zip_open(part, ZIP_CREATE | ZIP_EXCL, &code);
    if (!zip)
        return failed(a, path, "folder tujuan tidak dapat ditulisi", ret_message);
    struct buf listing = manifest(a, archive);
    if (listing.full || !put_all(zip, archive, &listing) || zip_close(zip) != 0) {
        const char *why = arena_strdup(a, zip_strerror(zip));
        zip_discard(zip);
        (void)unlink(part);
        return failed(a, path, why, ret_message);
    }
    bool stored = chmod(part, 0600) == 0 && sync_file(part, O_RDWR) && rename(part, path) == 0 &&
                  sync_file(folder, O_RDONLY | O_DIRECTORY);
    if (!stored)
        (void)unlink(part);
    return stored ? ERR_OK : failed(a, path, "periksa sisa ruang diska", ret_message);
}

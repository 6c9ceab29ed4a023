/* Reading the backup's file: every byte is compared with the manifest, and nothing is written outside of
 * the folder given. See archive.h. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include "app/archive.h"
#include "lib/base/cleanup.h"
#include "lib/json/json.h"
#include "lib/base/banned.h"

#define MANIFEST_MAX (256u << 20)

struct reading {
    struct arena *arena;
    zip_t *zip;
    const char *folder;
    const char **message;
};

static enum err wrong(const struct reading *r, const char *name, const char *what)
{
    *r->message = arena_printf(r->arena, "cadangan rusak atau bukan dari program ini: %s: %s.",
                               name, what);
    return ERR_INVALID;
}

/* --- manifest ------------------------------------------------------------------------------------------ */

static enum err read_manifest(const struct reading *r, json_t **ret)
{
    zip_stat_t st;
    if (zip_stat(r->zip, ARCHIVE_MANIFEST, ZIP_FL_ENC_RAW, &st) != 0 ||
        !(st.valid & ZIP_STAT_SIZE) || st.size > MANIFEST_MAX)
        return wrong(r, ARCHIVE_MANIFEST, "tidak ada");
    zip_file_t *f = zip_fopen(r->zip, ARCHIVE_MANIFEST, ZIP_FL_ENC_RAW);
    if (!f)
        return wrong(r, ARCHIVE_MANIFEST, "tidak dapat dibuka");
    char *text = arena_alloc(r->arena, st.size + 1);
    zip_int64_t n = zip_fread(f, text, st.size);
    (void)zip_fclose(f);
    json_t *root = n == (zip_int64_t)st.size
                       ? json_keep(r->arena, json_loadb(text, st.size, JSON_REJECT_DUPLICATES, NULL))
                       : NULL;
    if (!json_is_object(root))
        return wrong(r, ARCHIVE_MANIFEST, "tidak terbaca");
    if (json_integer_value(json_object_get(root, "format")) != ARCHIVE_FORMAT)
        return wrong(r, ARCHIVE_MANIFEST, "dibuat versi program yang lebih baru");
    *ret = root;
    return ERR_OK;
}

static enum err read_files(const struct reading *r, const json_t *root, struct archive *ret)
{
    const json_t *list = json_object_get(root, "files");
    size_t count = json_array_size(list);
    if (count == 0 || zip_get_num_entries(r->zip, 0) != (zip_int64_t)count + 1)
        return wrong(r, ARCHIVE_MANIFEST, "daftarnya tidak sama dengan isinya");
    ret->files = ARENA_ARRAY(r->arena, count, struct archive_file);
    ret->count = count;
    ret->made_at = str_or(json_string_value(json_object_get(root, "made_at")), "");
    for (size_t i = 0; i < count; i++) {
        const json_t *one = json_array_get(list, i);
        struct archive_file *f = &ret->files[i];
        const char *hash = json_string_value(json_object_get(one, "sha256"));
        f->name = str_or(json_string_value(json_object_get(one, "name")), "");
        f->bytes = json_integer_value(json_object_get(one, "bytes"));
        if (!archive_name_good(f->name) || !hash || f->bytes < 0 ||
            !str_unhex(hash, f->hash, ARCHIVE_HASH))
            return wrong(r, ARCHIVE_MANIFEST, "ada baris yang tidak terbaca");
        f->path = arena_printf(r->arena, "%s/%s", r->folder, f->name);
    }
    return ERR_OK;
}

/* --- one file ------------------------------------------------------------------------------------------- */

static bool make_folders(const struct reading *r, const struct archive_file *f)
{
    for (const char *p = f->name; (p = strchr(p, '/')); p++) {
        const char *folder = arena_printf(r->arena, "%s/%.*s", r->folder, (int)(p - f->name),
                                          f->name);
        if (mkdir(folder, 0700) != 0 && errno != EEXIST)
            return false;
    }
    return true;
}

static bool write_all(int fd, const uint8_t *p, size_t n)
{
    while (n) {
        ssize_t done = write(fd, p, n);
        if (done < 0 && errno != EINTR)
            return false;
        if (done > 0) {
            p += done;
            n -= (size_t)done;
        }
    }
    return true;
}

/* Copies and hashes; no more than the manifest says. */
static enum err copy_out(const struct reading *r, const struct archive_file *f, zip_file_t *from,
                         int fd)
{
    crypto_hash_sha256_state state;
    (void)crypto_hash_sha256_init(&state);
    uint8_t part[64 * 1024], hash[ARCHIVE_HASH];
    int64_t bytes = 0;
    for (;;) {
        zip_int64_t n = zip_fread(from, part, sizeof(part));
        if (n < 0)
            return wrong(r, f->name, "tidak dapat dibaca");
        if (n == 0)
            break;
        bytes += n;
        if (bytes > f->bytes)
            return wrong(r, f->name, "lebih panjang daripada catatannya");
        (void)crypto_hash_sha256_update(&state, part, (unsigned long long)n);
        if (!write_all(fd, part, (size_t)n)) {
            *r->message = "folder tujuan tidak dapat ditulisi. Periksa sisa ruang diska.";
            return ERR_BUSY;
        }
    }
    (void)crypto_hash_sha256_final(&state, hash);
    if (bytes != f->bytes || memcmp(hash, f->hash, sizeof(hash)) != 0)
        return wrong(r, f->name, "isinya tidak sama dengan catatannya");
    return fsync(fd) == 0 ? ERR_OK : ERR_INTERNAL;
}

static enum err take_out(const struct reading *r, const struct archive_file *f)
{
    CLEAN_FD int fd = make_folders(r, f)
                          ? open(f->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)
                          : -1;
    if (fd < 0) {
        *r->message = arena_printf(r->arena, "'%s' tidak dapat ditulis.", f->path);
        return ERR_INTERNAL;
    }
    zip_file_t *from = zip_fopen(r->zip, f->name, ZIP_FL_ENC_RAW);
    if (!from)
        return wrong(r, f->name, "tidak ada di dalamnya");
    enum err e = copy_out(r, f, from, fd);
    (void)zip_fclose(from);
    return e;
}

enum err archive_extract(struct arena *a, const char *path, const char *folder, struct archive *ret,
                         const char **ret_message)
{
    int code = 0;
    struct reading r = {.arena = a, .folder = folder, .message = ret_message};
    r.zip = zip_open(path, ZIP_RDONLY | ZIP_CHECKCONS, &code);
    if (!r.zip) {
        *ret_message = arena_printf(a, "'%s' tidak ada atau bukan berkas cadangan.", path);
        return ERR_MISSING;
    }
    json_t *root = NULL;
    enum err e = read_manifest(&r, &root);
    if (e == ERR_OK)
        e = read_files(&r, root, ret);
    for (size_t i = 0; e == ERR_OK && i < ret->count; i++)
        e = take_out(&r, &ret->files[i]);
    zip_discard(r.zip);
    return e;
}

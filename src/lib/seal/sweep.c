/* What a crash leaves behind among sealed files: half-written ones, and those whose transaction never came.
 * A file is on disk before the row that names it, so a file without a row is one of these once it is old. */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/cleanup.h"
#include "lib/base/rand.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

static void close_folder(DIR **folder)
{
    if (*folder)
        (void)closedir(*folder);
}

/* A folder inside `parent`; NULL when there is none. The stream owns the descriptor. */
static DIR *open_folder(int parent, const char *name)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *folder = fd < 0 ? NULL : fdopendir(fd);
    if (fd >= 0 && !folder)
        (void)close(fd);
    return folder;
}

static bool is_old(int folder, const char *name, const struct seal_sweep *s)
{
    struct stat info;
    if (fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(info.st_mode))
        return false;
    int64_t seconds = s->by_change ? info.st_ctim.tv_sec : info.st_mtim.tv_sec;
    return seconds * 1000 < s->before_ms;
}

static enum err sweep_folder(DIR *folder, const struct seal_sweep *s, int64_t *removed)
{
    struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
        const char *name = entry->d_name;
        bool half = name[0] == '.' && strlen(name) > UUID_TEXT_BYTES;
        bool whole = strlen(name) == UUID_TEXT_BYTES - 1;
        if ((!half && !whole) || !is_old(dirfd(folder), name, s))
            continue;
        bool named = false;
        if (whole)
            TRY(s->is_named(s->arg, name, &named));
        if (!named && unlinkat(dirfd(folder), name, 0) == 0)
            (*removed)++;
    }
    return ERR_OK;
}

enum err seal_file_sweep(const char *data_dir, const char *kind, const struct seal_sweep *s,
                         int64_t *ret_removed)
{
    *ret_removed = 0;
    CLEANUP(close_folder) DIR *data = open_folder(AT_FDCWD, data_dir);
    if (!data)
        return ERR_MISSING;
    CLEANUP(close_folder) DIR *root = open_folder(dirfd(data), kind);
    if (!root)
        return ERR_OK;
    struct dirent *entry;
    while ((entry = readdir(root)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        CLEANUP(close_folder) DIR *shard = open_folder(dirfd(root), entry->d_name);
        if (shard)
            TRY(sweep_folder(shard, s, ret_removed));
    }
    return ERR_OK;
}

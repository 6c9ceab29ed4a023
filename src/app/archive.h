/* The backup's file: a zip archive (any unzip opens it) with the database, the sealed files and a
 * manifest of their sizes and hashes. What is confidential in it is sealed already; keys are never in it. */
#ifndef BT_APP_ARCHIVE_H
#define BT_APP_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

#define ARCHIVE_DATABASE "bukutamu.db"
#define ARCHIVE_MANIFEST "manifest.json"
#define ARCHIVE_FORMAT   1
#define ARCHIVE_HASH     32

struct archive_file {
    const char *name; /* in the archive: "bukutamu.db", "photos/3f/0197…3f" */
    const char *path; /* on disk */
    int64_t bytes;
    uint8_t hash[ARCHIVE_HASH];
};

struct archive {
    const char *made_at; /* RFC 3339 */
    struct archive_file *files;
    size_t count;
};

/* Folders of sealed files in a data folder, ended by NULL. */
extern const char *const archive_folders[];
/* The only names that are written and read. */
bool archive_name_good(const char *name);
/* SHA-256 and size of a file. */
enum err archive_hash(const char *path, int64_t *ret_bytes, uint8_t ret[ARCHIVE_HASH]) MUST_USE;
/* All sealed files of a data folder, in a stable order, behind `first`. */
enum err archive_collect(struct arena *a, const char *data_dir, const struct archive_file *first,
                         struct archive *ret) MUST_USE;
/* Writes the archive: complete and on disk, or not there at all. ret_message: a sentence. */
enum err archive_write(struct arena *a, const char *path, struct archive *archive,
                       const char **ret_message) MUST_USE;
/* Takes out every file into `folder`, each checked against the manifest. */
enum err archive_extract(struct arena *a, const char *path, const char *folder, struct archive *ret,
                         const char **ret_message) MUST_USE;

#endif

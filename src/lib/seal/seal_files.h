/* Inside lib/seal only: names and folders of sealed files, shared by file.c and stream.c. */
#ifndef BT_LIB_SEAL_FILES_H
#define BT_LIB_SEAL_FILES_H

#include <stdbool.h>

#include "lib/seal/seal_keys.h"

/* Lower-case letters, and a lower-case UUID: nothing else ever becomes part of a path. */
bool seal_files_name_good(const char *kind, const char *id);
/* DIR/<kind>/<last two digits of the id>, made when `create` is set; -1 with errno. The caller's. */
int seal_files_folder(const char *data_dir, const char *kind, const char *id, bool create);
/* All of it, without fsync. */
enum err seal_files_write(int fd, struct bytes bytes) MUST_USE;
/* Logs errno. ERR_BUSY when the disk is full, else ERR_INTERNAL. */
enum err seal_files_failed(const char *what) MUST_USE;

#endif

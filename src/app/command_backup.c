/* `backup FILE`: one file with the database and the sealed files, made while the server runs. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/archive.h"
#include "app/commands.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/banned.h"

/* The sealed files are listed after the database was copied: a file is on disk before the row that names it
 * is committed, so none that the copy names can be missing. */
static int make(struct app *app, const char *file, const char *copy)
{
    enum err e = db_backup(app->db, copy);
    if (e == ERR_BUSY)
        return command_fail("cadangan tidak dapat dibuat: diska tujuan penuh.");
    if (e != ERR_OK)
        return command_fail("basis data tidak dapat disalin ke '%s'.", copy);
    struct archive_file database = {.name = ARCHIVE_DATABASE, .path = copy};
    struct archive archive = {
        .made_at = time_rfc3339(app->arena, app->cx.now_ms, app->cx.offset_min)};
    const char *message = "folder foto atau berkas pengaduan tidak dapat dibaca.";
    e = archive_hash(copy, &database.bytes, database.hash);
    if (e == ERR_OK)
        e = archive_collect(app->arena, app->settings.data_dir, &database, &archive);
    if (e == ERR_OK)
        e = archive_write(app->arena, file, &archive, &message);
    int64_t bytes = 0;
    uint8_t hash[ARCHIVE_HASH];
    if (e == ERR_OK)
        e = archive_hash(file, &bytes, hash);
    if (e != ERR_OK)
        return command_fail("%s", message);
    (void)printf("Cadangan: %s\nUkuran  : %lld bita, %zu foto dan berkas\nSHA-256 : %s\n", file,
                 (long long)bytes, archive.count - 1, str_hex(app->arena, hash, sizeof(hash)));
    (void)printf(
        "Isi rahasia di dalamnya tersegel. Kunci induk %s/keys/master.key TIDAK ada di dalamnya:\n"
        "simpan salinannya terpisah, karena tanpa kunci itu cadangan tidak dapat dipulihkan.\n",
        app->settings.data_dir);
    return 0;
}

int command_backup(struct app *app, int argc, char **argv)
{
    if (argc != 1 || argv[0][0] == '-')
        return command_fail("tulis satu nama berkas: bukutamu backup FILE.");
    const char *file = argv[0];
    if (!str_starts(app->settings.database_url, "sqlite:"))
        return command_fail(
            "perintah ini untuk SQLite; cadangkan PostgreSQL dengan pg_basebackup atau pg_dump.");
    if (access(file, F_OK) == 0)
        return command_fail("'%s' sudah ada. Pilih nama lain; cadangan lama tidak pernah ditimpa.",
                            file);
    if (app_open(app, APP_SCHEMA_CURRENT, 1) != ERR_OK)
        return 1;
    int status = 1;
    const char *copy = arena_printf(app->arena, "%s.db", file);
    if (app_use_office(app) == ERR_OK)
        status = make(app, file, copy);
    (void)unlink(copy);
    app_close(app);
    return status;
}

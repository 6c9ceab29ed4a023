/* `restore FILE --data DIR`: a backup into an empty folder. It is put into place only after everything in
 * it was checked: hashes, database, audit chain, the key, and every sealed file that the database names. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/archive.h"
#include "app/commands.h"
#include "app/features.h"
#include "features/audit/audit.h"
#include "features/evidence/evidence.h"
#include "features/office/office.h"
#include "lib/base/cleanup.h"
#include "lib/base/str.h"
#include "lib/db/migrate.h"
#include "lib/json/json.h"
#include "lib/seal/seal.h"
#include "migrations.h"
#include "lib/base/banned.h"

#define PART "restore.part"

struct named {
    const char *id;
};
static const struct record_column named_columns[] = {
    RECORD_COLUMN(struct named, id, REC_TEXT, 0, NULL),
};
static const struct record named_record = RECORD("SealedId", struct named, named_columns);

struct probe {
    const char *id;
    struct bytes identity_sealed;
};
static const struct record_column probe_columns[] = {
    RECORD_COLUMN(struct probe, id, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct probe, identity_sealed, REC_BYTES, 0, NULL),
};
static const struct record probe_record = RECORD("SealProbe", struct probe, probe_columns);

DB_SQL(restore_photos, "SELECT DISTINCT photo_id AS id FROM visit WHERE office_id = $1 "
                       "AND photo_id IS NOT NULL ORDER BY photo_id");
DB_SQL(restore_evidence, "SELECT id FROM complaint_file WHERE office_id = $1 ORDER BY id");
DB_SQL(restore_probe,
       "SELECT id, identity_sealed FROM visit WHERE office_id = $1 ORDER BY arrived_at "
       "DESC LIMIT 1");

const struct db_sql *const restore_statements[] = {&restore_photos, &restore_evidence,
                                                   &restore_probe, NULL};

struct restoring {
    struct app *app;
    const char *file, *data, *part;
    const char *placed_key; /* by this command: taken away again when it fails */
    struct archive archive;
    struct named row; /* of restore_photos, restore_evidence */
    struct arena *scratch;
    int64_t photos, evidence;
};

static void said(const char *what)
{
    (void)printf("ok     %s\n", what);
}

/* --- the folder --------------------------------------------------------------------------------------------- */

/* Nothing but the key and a settings file may be there. */
static int check_folder(struct restoring *r)
{
    if (mkdir(r->data, 0700) != 0 && errno != EEXIST)
        return command_fail("folder data '%s' tidak dapat dibuat.", r->data);
    DIR *dir = opendir(r->data);
    if (!dir)
        return command_fail("folder data '%s' tidak dapat dibuka.", r->data);
    int status = 0;
    for (const struct dirent *d; status == 0 && (d = readdir(dir));) {
        static const char *const fine[] = {".", "..", "keys", "tls", "bukutamu.conf", "lost+found"};
        bool known = false;
        for (size_t i = 0; i < ARRAY_LEN(fine); i++)
            known = known || str_eq(d->d_name, fine[i]);
        if (!known)
            status = command_fail("folder data '%s' tidak kosong (%s). Pulihkan ke folder baru.",
                                  r->data, d->d_name);
    }
    (void)closedir(dir);
    return status;
}

static int place_key(struct restoring *r, const char *key)
{
    const char *keys = arena_printf(r->app->arena, "%s/keys", r->data);
    const char *to = arena_printf(r->app->arena, "%s/master.key", keys);
    if (!key && access(to, F_OK) == 0)
        return 0;
    if (!key)
        return command_fail(
            "letakkan salinan kunci induk di %s (chmod 0400), atau sebutkan dengan --key FILE.", to);
    uint8_t bytes[33];
    CLEAN_FD int from = open(key, O_RDONLY | O_CLOEXEC);
    ssize_t n = from < 0 ? -1 : read(from, bytes, sizeof(bytes));
    if (n != 32)
        return command_fail("'%s' bukan kunci induk (32 bita).", key);
    if (mkdir(keys, 0700) != 0 && errno != EEXIST)
        return command_fail("folder '%s' tidak dapat dibuat.", keys);
    CLEAN_FD int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
    if (fd >= 0)
        r->placed_key = to;
    bool stored = fd >= 0 && write(fd, bytes, 32) == 32 && fsync(fd) == 0;
    explicit_bzero(bytes, sizeof(bytes));
    return stored ? 0 : command_fail("kunci tidak dapat ditulis ke '%s'. Sudah ada?", to);
}

static int check_hash(struct restoring *r, const char *expected)
{
    uint8_t hash[ARCHIVE_HASH], wanted[ARCHIVE_HASH];
    int64_t bytes = 0;
    if (archive_hash(r->file, &bytes, hash) != ERR_OK)
        return command_fail("'%s' tidak dapat dibaca.", r->file);
    if (!expected)
        return 0;
    if (!str_unhex(str_lower(r->app->arena, expected), wanted, sizeof(wanted)))
        return command_fail("--sha256 harus 64 angka heksadesimal.");
    if (memcmp(hash, wanted, sizeof(hash)) != 0)
        return command_fail("berkas cadangan tidak sama dengan SHA-256 yang disebut.");
    said("berkas cadangan sama dengan SHA-256 yang disebut");
    return 0;
}

/* --- checks on the opened copy ---------------------------------------------------------------------------- */

static enum err check_photo(void *arg)
{
    struct restoring *r = arg;
    struct bytes photo;
    enum err e = seal_file_read(r->app->seal, r->scratch, r->part, "photos", r->row.id, &photo);
    if (e != ERR_OK)
        (void)command_fail("foto %s %s.", r->row.id,
                           e == ERR_MISSING ? "tidak ada di cadangan"
                                            : "tidak terbuka dengan kunci ini");
    else
        r->photos++;
    arena_reset(r->scratch);
    return e;
}

/* The newest visit's identity opens: this is the key of this database. */
static int check_key(struct restoring *r)
{
    struct app *app = r->app;
    struct probe row = {0};
    char *plain = NULL;
    enum err e = db_one(app->cx.read, &restore_probe, DB_ARGS(db_text(app->cx.actor.office_id)),
                        &probe_record, &row);
    if (e == ERR_MISSING)
        return 0;
    if (e == ERR_OK)
        e = seal_field_open(app->seal, app->arena, "visit", "identity_sealed", row.id,
                            row.identity_sealed, &plain);
    if (e != ERR_OK)
        return command_fail(
            "kunci induk ini bukan kunci cadangan ini: isi tersegel tidak terbuka.");
    said("kunci induk membuka isi tersegel");
    return 0;
}

static int check_database(struct restoring *r)
{
    struct app *app = r->app;
    if (db_check(app->cx.read) != ERR_OK)
        return command_fail("basis data rusak: %s", db_conn_detail(app->cx.read));
    said("keutuhan basis data dan kunci asing");
    int64_t count = 0, bad = 0;
    enum err e = audit_verify(app->cx.read, r->scratch, app->cx.actor.office_id, &count, &bad);
    db_conn_use_arena(app->cx.read, app->arena);
    if (e == ERR_CONFLICT)
        return command_fail("rantai audit putus pada catatan nomor %lld.", (long long)bad);
    if (e != ERR_OK)
        return command_fail("catatan audit tidak dapat dibaca: %s", db_conn_detail(app->cx.read));
    (void)printf("ok     rantai audit: %lld catatan\n", (long long)count);
    return check_key(r);
}

/* No key here opens these: that they are there and whole is what can be said. */
static enum err check_evidence(void *arg)
{
    struct restoring *r = arg;
    const struct seal_place place = {r->part, EVIDENCE_FOLDER, r->row.id};
    enum err e = seal_stream_check(&place);
    if (e != ERR_OK)
        (void)command_fail("berkas pengaduan %s %s.", r->row.id,
                           e == ERR_MISSING ? "tidak ada di cadangan" : "bukan berkas tersegel");
    else
        r->evidence++;
    return e;
}

static enum err check_each(struct restoring *r, const struct db_sql *sql, enum err (*check)(void *))
{
    struct app *app = r->app;
    struct arena *rows = arena_new(4096);
    db_conn_use_arena(app->cx.read, rows);
    enum err e = db_each(app->cx.read, sql, DB_ARGS(db_text(app->cx.actor.office_id)),
                         &named_record, &r->row, check, r);
    db_conn_use_arena(app->cx.read, app->arena);
    arena_free(rows);
    return e;
}

static int check_photos(struct restoring *r)
{
    if (check_each(r, &restore_photos, check_photo) != ERR_OK)
        return 1;
    (void)printf("ok     foto: %lld disebut basis data, semua ada dan terbuka\n",
                 (long long)r->photos);
    if (check_each(r, &restore_evidence, check_evidence) != ERR_OK)
        return 1;
    (void)printf("ok     berkas pengaduan: %lld disebut basis data, semua ada\n",
                 (long long)r->evidence);
    return 0;
}

static int check_opened(struct restoring *r)
{
    int status = app_use_office(r->app) == ERR_OK ? check_database(r) : 1;
    return status == 0 ? check_photos(r) : status;
}

static int check_copy(struct restoring *r)
{
    struct app *app = r->app;
    app->settings.database_url = arena_printf(app->arena, "sqlite:%s/" ARCHIVE_DATABASE, r->part);
    if (app_open(app, APP_SCHEMA_UPGRADE, 1) != ERR_OK)
        return 1;
    r->scratch = arena_new(64 * 1024);
    int status = check_opened(r);
    arena_free(r->scratch);
    app_close(app);
    return status;
}

/* --- into place ---------------------------------------------------------------------------------------------- */

static int move_one(struct restoring *r, const char *name)
{
    const char *from = arena_printf(r->app->arena, "%s/%s", r->part, name);
    const char *to = arena_printf(r->app->arena, "%s/%s", r->data, name);
    if (access(from, F_OK) != 0)
        return 0;
    return rename(from, to) == 0 ? 0
                                 : command_fail("'%s' tidak dapat dipindahkan ke tempatnya.", name);
}

/* The database last: before it stands there, the folder is no data folder. */
static int put_in_place(struct restoring *r)
{
    for (const char *const *folder = archive_folders; *folder; folder++) {
        if (move_one(r, *folder) != 0)
            return 1;
    }
    (void)unlink(arena_printf(r->app->arena, "%s/" ARCHIVE_DATABASE "-shm", r->part));
    if (move_one(r, ARCHIVE_DATABASE "-wal") != 0 || move_one(r, ARCHIVE_DATABASE) != 0)
        return 1;
    CLEAN_FD int dir = open(r->data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0 || fsync(dir) != 0 || rmdir(r->part) != 0)
        return command_fail("folder data '%s' tidak dapat dituntaskan.", r->data);
    return 0;
}

static int restore(struct restoring *r, const char *key, const char *expected)
{
    const char *message = "cadangan tidak dapat dibaca.";
    if (check_folder(r) != 0 || place_key(r, key) != 0 || check_hash(r, expected) != 0)
        return 1;
    if (mkdir(r->part, 0700) != 0)
        return command_fail("folder '%s' tidak dapat dibuat.", r->part);
    if (archive_extract(r->app->arena, r->file, r->part, &r->archive, &message) != ERR_OK)
        return command_fail("%s", message);
    (void)printf("ok     %zu berkas sama dengan daftar di dalam cadangan (dibuat %s)\n",
                 r->archive.count, r->archive.made_at);
    if (check_copy(r) != 0 || put_in_place(r) != 0)
        return 1;
    (void)printf("Pulih di %s. Setelan (bukutamu.conf) dan sertifikat (tls) tidak ada di cadangan: "
                 "periksa keduanya.\n",
                 r->data);
    return 0;
}

int command_restore(struct app *app, int argc, char **argv)
{
    const char *key = command_option(&argc, argv, "--key");
    const char *expected = command_option(&argc, argv, "--sha256");
    if (argc != 1 || argv[0][0] == '-')
        return command_fail("tulis satu nama berkas: bukutamu restore FILE --data DIR.");
    struct restoring *r = ARENA_NEW(app->arena, struct restoring);
    r->app = app;
    r->file = argv[0];
    r->data = app->settings.data_dir;
    r->part = arena_printf(app->arena, "%s/" PART, r->data);
    json_init();
    int status = restore(r, key, expected);
    if (status != 0 && r->placed_key)
        (void)unlink(r->placed_key);
    if (status != 0 && access(r->part, F_OK) == 0)
        (void)command_fail(
            "yang belum lolos pemeriksaan ada di '%s'; hapus folder itu sebelum mencoba lagi.",
            r->part);
    return status;
}

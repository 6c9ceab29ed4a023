/* Commands on a real data folder: init, recovery, backup, restore, audit verify, as an administrator
 * would run them. Their own output goes to /dev/null. */
#include "support/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include "app/archive.h"
#include "app/commands.h"
#include "features/office/office.h"
#include "features/visit/visit.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/json/json.h"
#include "lib/seal/seal.h"

#define PHOTO "0197f4a0-0000-7000-8000-0000000000aa"

struct scratch {
    struct arena *arena;
    char folder[64];
    char *data, *other, *file;
};

/* --- running a command ----------------------------------------------------------------------------------- */

static int run_in(struct scratch *p, const char *data, const char *input, const char *line)
{
    char *words[32];
    int count = 0;
    words[count++] = (char[]){"bukutamu"};
    char *copy = arena_strdup(p->arena, line);
    for (char *s = copy; *s && count < 28;) {
        words[count++] = s;
        s += strcspn(s, " ");
        if (*s)
            *s++ = '\0';
    }
    words[count++] = (char[]){"--data"};
    words[count++] = arena_strdup(p->arena, data);
    words[count] = NULL;
    const char *typed = arena_printf(p->arena, "%s/typed", p->folder);
    FILE *f = fopen(typed, "w");
    assert_non_null(f);
    (void)fputs(input ? input : "", f);
    (void)fclose(f);
    (void)fflush(stdout);
    int out = dup(1), err = dup(2), in = dup(0);
    int null_fd = open(arena_printf(p->arena, "%s/output", p->folder), O_WRONLY | O_CREAT | O_TRUNC,
                       0600);
    int typed_fd = open(typed, O_RDONLY);
    (void)dup2(null_fd, 1);
    (void)dup2(null_fd, 2);
    (void)dup2(typed_fd, 0);
    clearerr(stdin);
    (void)lseek(0, 0, SEEK_SET);
    int status = commands_run(count, words);
    (void)fflush(stdout);
    (void)fflush(stderr);
    (void)fflush(stdin);
    (void)dup2(out, 1);
    (void)dup2(err, 2);
    (void)dup2(in, 0);
    (void)close(out);
    (void)close(err);
    (void)close(in);
    (void)close(null_fd);
    (void)close(typed_fd);
    return status;
}

static int run(struct scratch *p, const char *line)
{
    return run_in(p, p->data, NULL, line);
}

static char *output(struct scratch *p)
{
    FILE *f = fopen(arena_printf(p->arena, "%s/output", p->folder), "r");
    assert_non_null(f);
    char *text = arena_alloc(p->arena, 64 * 1024);
    size_t n = fread(text, 1, 64 * 1024 - 1, f);
    text[n] = '\0';
    (void)fclose(f);
    return text;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

static void remove_all(const char *path)
{
    (void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static int begin(void **state)
{
    json_init();
    struct scratch *p = calloc(1, sizeof(*p));
    assert_non_null(p);
    p->arena = arena_new(64 * 1024);
    (void)snprintf(p->folder, sizeof(p->folder), "/tmp/bukutamu-commands-XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    p->data = arena_printf(p->arena, "%s/data", p->folder);
    p->other = arena_printf(p->arena, "%s/other", p->folder);
    p->file = arena_printf(p->arena, "%s/cadangan.zip", p->folder);
    assert_int_equal(run(p, "init --name Kejari --code O.1.1"), 0);
    *state = p;
    return 0;
}

static int end(void **state)
{
    struct scratch *p = *state;
    remove_all(p->folder);
    arena_free(p->arena);
    free(p);
    return 0;
}

/* --- a visit with a photo, straight into the folder --------------------------------------------------------- */

DB_SQL(
    test_visit_add,
    "INSERT INTO visit (office_id, id, year, number, number_suffix, state, open, arrived_at, "
    "due_at, registered_at, registered_by, visitor_id, name, id_type, id_index, identity_sealed, "
    "visitor_kind, organization, companions, companion_count, purpose, category, "
    "accepted_warnings, notice_state, question_state, decision_state, unreceived, photo_id) "
    "VALUES ($1, 'v1', 2026, 1, '', 'registered', 1, 1, 2, 1, 's', 'g', 'Tamu', 'ktp', $2, $2, "
    "'individual', '', '[]', 0, 'Rapat', 'meeting', '', 'none', 'none', 'none', 0, $3)");
DB_SQL(test_audit_break, "UPDATE audit_head SET hash = $2 WHERE office_id = $1");
static const struct db_sql *const test_statements[] = {&test_visit_add, &test_audit_break, NULL};
static const struct db_sql *const *const tables[] = {test_statements, office_statements, NULL};

struct opened {
    struct cx cx;
    struct office office;
    const char *photo_id;
};

static void open_data(struct scratch *p, const char *data, struct opened *o)
{
    const char *message = "";
    *o = (struct opened){.cx = {.arena = p->arena, .data_dir = data}};
    assert_int_equal(seal_open(p->arena, data, &o->cx.seal, &message), ERR_OK);
    struct db_options options = {.url = arena_printf(p->arena, "sqlite:%s/bukutamu.db", data),
                                 .statements = tables,
                                 .readers = 1};
    assert_int_equal(db_open(p->arena, &options, &o->cx.db, &message), ERR_OK);
    o->cx.read = db_reader(o->cx.db, 0);
    db_conn_use_arena(o->cx.read, p->arena);
    assert_int_equal(office_only(o->cx.read, &o->office), ERR_OK);
}

static void close_data(struct opened *o)
{
    db_close(o->cx.db);
    seal_close(o->cx.seal);
}

static enum err add_visit_tx(struct db_conn *tx, void *arg)
{
    struct opened *o = arg;
    struct bytes sealed = seal_field(o->cx.seal, o->cx.arena, "visit", "identity_sealed", "v1",
                                     "{}");
    return db_run(tx, &test_visit_add,
                  DB_ARGS(db_text(o->office.office_id), db_bytes(sealed), db_text(o->photo_id)),
                  NULL);
}

static void add_visit(struct scratch *p, bool with_file)
{
    struct opened o;
    open_data(p, p->data, &o);
    o.photo_id = PHOTO;
    const struct bytes photo = {(const uint8_t *)"foto", 4};
    if (with_file)
        assert_int_equal(seal_file_write(o.cx.seal, p->arena, p->data, "photos", PHOTO, photo),
                         ERR_OK);
    assert_int_equal(db_tx(&o.cx, "setup", add_visit_tx, &o), ERR_OK);
    close_data(&o);
}

static const char *key_option(struct scratch *p)
{
    return arena_printf(p->arena, "restore %s --key %s/keys/master.key", p->file, p->data);
}

static bool there(struct scratch *p, const char *folder, const char *name)
{
    return access(arena_printf(p->arena, "%s/%s", folder, name), F_OK) == 0;
}

/* --- backup and restore --------------------------------------------------------------------------------------- */

static void test_there_and_back(void **state)
{
    struct scratch *p = *state;
    add_visit(p, true);
    assert_int_equal(run(p, arena_printf(p->arena, "backup %s", p->file)), 0);
    struct stat st;
    assert_int_equal(stat(p->file, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    uint8_t hash[ARCHIVE_HASH];
    int64_t bytes = 0;
    assert_int_equal(archive_hash(p->file, &bytes, hash), ERR_OK);
    assert_non_null(strstr(output(p), str_hex(p->arena, hash, sizeof(hash))));
    assert_false(there(p, p->folder, "cadangan.zip.db"));
    /* Never over an older one. */
    assert_int_equal(run(p, arena_printf(p->arena, "backup %s", p->file)), 1);
    assert_int_equal(run_in(p, p->other, NULL, key_option(p)), 0);
    assert_non_null(strstr(output(p), "foto: 1 disebut basis data, semua ada dan terbuka"));
    assert_false(there(p, p->other, "restore.part"));
    struct opened o;
    open_data(p, p->other, &o);
    struct bytes photo;
    assert_string_equal(o.office.name, "Kejari");
    assert_int_equal(seal_file_read(o.cx.seal, p->arena, p->other, "photos", PHOTO, &photo), ERR_OK);
    assert_memory_equal(photo.p, "foto", 4);
    close_data(&o);
    assert_int_equal(run_in(p, p->other, NULL, "audit verify"), 0);
    assert_int_equal(run_in(p, p->other, NULL, key_option(p)), 1); /* not empty any more */
}

static void test_no_key_inside(void **state)
{
    struct scratch *p = *state;
    assert_int_equal(run(p, arena_printf(p->arena, "backup %s", p->file)), 0);
    uint8_t key[32];
    FILE *f = fopen(arena_printf(p->arena, "%s/keys/master.key", p->data), "rb");
    assert_non_null(f);
    assert_int_equal(fread(key, 1, sizeof(key), f), sizeof(key));
    (void)fclose(f);
    int code = 0;
    zip_t *zip = zip_open(p->file, ZIP_RDONLY, &code);
    assert_non_null(zip);
    for (zip_int64_t i = 0; i < zip_get_num_entries(zip, 0); i++) {
        zip_stat_t st;
        assert_int_equal(zip_stat_index(zip, (zip_uint64_t)i, 0, &st), 0);
        char *all = malloc(st.size + 1);
        assert_non_null(all);
        zip_file_t *entry = zip_fopen_index(zip, (zip_uint64_t)i, 0);
        assert_int_equal(zip_fread(entry, all, st.size), st.size);
        (void)zip_fclose(entry);
        assert_null(memmem(all, st.size, key, sizeof(key)));
        free(all);
    }
    zip_discard(zip);
    /* And so it is asked for. */
    assert_int_equal(run_in(p, p->other, NULL, arena_printf(p->arena, "restore %s", p->file)), 1);
    assert_non_null(strstr(output(p), "kunci induk"));
}

static void test_wrong_key(void **state)
{
    struct scratch *p = *state;
    add_visit(p, true);
    assert_int_equal(run(p, arena_printf(p->arena, "backup %s", p->file)), 0);
    const char *key = arena_printf(p->arena, "%s/lain.key", p->folder);
    FILE *f = fopen(key, "wb");
    assert_non_null(f);
    (void)fputs("0123456789abcdef0123456789abcdef", f);
    (void)fclose(f);
    assert_int_equal(
        run_in(p, p->other, NULL, arena_printf(p->arena, "restore %s --key %s", p->file, key)), 1);
    assert_non_null(strstr(output(p), "bukan kunci cadangan ini"));
    assert_false(there(p, p->other, "bukutamu.db"));
    assert_false(there(p, p->other, "keys/master.key"));
}

static void test_photo_missing(void **state)
{
    struct scratch *p = *state;
    add_visit(p, false);
    assert_int_equal(run(p, arena_printf(p->arena, "backup %s", p->file)), 0);
    assert_int_equal(run_in(p, p->other, NULL, key_option(p)), 1);
    assert_non_null(strstr(output(p), PHOTO));
    assert_false(there(p, p->other, "bukutamu.db"));
}

static void test_damaged(void **state)
{
    struct scratch *p = *state;
    add_visit(p, true);
    assert_int_equal(run(p, arena_printf(p->arena, "backup %s", p->file)), 0);
    const char *wrong = "0000000000000000000000000000000000000000000000000000000000000000";
    assert_int_equal(
        run_in(p, p->other, NULL, arena_printf(p->arena, "%s --sha256 %s", key_option(p), wrong)),
        1);
    assert_non_null(strstr(output(p), "tidak sama dengan SHA-256"));
    FILE *f = fopen(p->file, "r+b");
    assert_non_null(f);
    assert_int_equal(fseek(f, 2000, SEEK_SET), 0);
    int c = fgetc(f);
    assert_int_equal(fseek(f, 2000, SEEK_SET), 0);
    (void)fputc(c ^ 1, f);
    (void)fclose(f);
    assert_int_equal(run_in(p, p->other, NULL, key_option(p)), 1);
    assert_non_null(strstr(output(p), "cadangan rusak"));
    assert_false(there(p, p->other, "bukutamu.db"));
}

static void test_names(void **state)
{
    (void)state;
    assert_true(archive_name_good("bukutamu.db"));
    assert_true(archive_name_good("photos/aa/" PHOTO));
    assert_true(archive_name_good("evidence/aa/" PHOTO));
    assert_false(archive_name_good("spool/aa/" PHOTO));
    assert_false(archive_name_good("photos/ab/" PHOTO));
    assert_false(archive_name_good("photos/aa/0197F4A0-0000-7000-8000-0000000000aa"));
    assert_false(archive_name_good("photos/aa/../../../../../../etc/cron.d/x0000aa"));
    assert_false(archive_name_good("../bukutamu.db"));
    assert_false(archive_name_good("/bukutamu.db"));
    assert_false(archive_name_good("keys/master.key"));
    assert_false(archive_name_good(""));
}

/* --- audit and recovery ---------------------------------------------------------------------------------------- */

static enum err break_tx(struct db_conn *tx, void *arg)
{
    struct opened *o = arg;
    static const uint8_t zero[32];
    return db_run(tx, &test_audit_break,
                  DB_ARGS(db_text(o->office.office_id), db_bytes((struct bytes){zero, 32})), NULL);
}

static void test_audit_broken(void **state)
{
    struct scratch *p = *state;
    assert_int_equal(run(p, "audit verify"), 0);
    struct opened o;
    open_data(p, p->data, &o);
    assert_int_equal(db_tx(&o.cx, "break", break_tx, &o), ERR_OK);
    close_data(&o);
    assert_int_equal(run(p, "audit verify"), 1);
    assert_non_null(strstr(output(p), "putus pada catatan nomor"));
    /* Such a database is backed up as it is, but not restored. */
    assert_int_equal(run(p, arena_printf(p->arena, "backup %s", p->file)), 0);
    assert_int_equal(run_in(p, p->other, NULL, key_option(p)), 1);
}

/* The two lines of the sheet, joined. */
static const char *sheet_of(struct scratch *p, const char *text)
{
    const char *first = strstr(text, "\n\n    ");
    assert_non_null(first);
    struct buf b = buf_new(p->arena, 128, 256);
    for (const char *s = first + 2; *s && !(s[0] == '\n' && s[1] == '\n'); s++) {
        if (*s != ' ' && *s != '\n')
            buf_putc(&b, *s);
    }
    buf_putc(&b, '\n');
    return b.p;
}

static bool intake_open(struct scratch *p)
{
    struct opened o;
    open_data(p, p->data, &o);
    bool open = o.office.recovery_confirmed_at != 0;
    close_data(&o);
    return open;
}

static void test_recovery(void **state)
{
    struct scratch *p = *state;
    assert_int_equal(run_in(p, p->data, "x\n", "recovery confirm"), 1);
    assert_int_equal(run(p, "recovery create"), 0);
    const char *sheet = sheet_of(p, output(p));
    assert_false(intake_open(p));
    char *typo = arena_strdup(p->arena, sheet);
    typo[0] = typo[0] == 'A' ? 'B' : 'A';
    assert_int_equal(run_in(p, p->data, typo, "recovery confirm"), 1);
    assert_false(intake_open(p));
    uint8_t public_key[32];
    char *stranger = NULL;
    assert_int_equal(seal_recovery_create(p->arena, public_key, &stranger), ERR_OK);
    assert_int_equal(
        run_in(p, p->data, arena_printf(p->arena, "%s\n", stranger), "recovery confirm"), 1);
    assert_non_null(strstr(output(p), "bukan lembar kunci pemulihan kantor ini"));
    assert_int_equal(run_in(p, p->data, str_lower(p->arena, sheet), "recovery confirm"), 0);
    assert_true(intake_open(p));
    assert_int_equal(run_in(p, p->data, sheet, "recovery test"), 0);
    assert_int_equal(run_in(p, p->data, typo, "recovery test"), 1);
    assert_int_equal(run(p, "recovery create"), 1); /* the key in use is never replaced */
}

/* --- doctor ------------------------------------------------------------------------------------------------------ */

static void says(struct scratch *p, const char *text)
{
    const char *all = output(p);
    if (!strstr(all, text))
        print_error("not said: %s\nin: %s\n", text, all);
    assert_non_null(strstr(all, text));
}

static void test_doctor(void **state)
{
    struct scratch *p = *state;
    const char *key = arena_printf(p->arena, "%s/keys/master.key", p->data);
    assert_int_equal(run(p, "doctor"), 1);
    says(p, "ok     Basis data utuh.");
    says(p, "gagal  Jabatan Kasi Intelijen kosong.");
    says(p, "gagal  Kunci pemulihan belum dibuat");
    says(p, "gagal  Belum ada Kasi Intelijen atau Kajari yang kuncinya dipercayai");
    says(p, "awas   Tanda pengenal belum ada.");
    says(p, "awas   WhatsApp belum disiapkan");
    says(p, "ok     Alamat 127.0.0.1:8080 hanya dari komputer ini");
    assert_int_equal(run(p, "doctor --listen 0.0.0.0:8080"), 1);
    says(p, "gagal  Alamat 0.0.0.0:8080 tanpa TLS");
    FILE *f = fopen(arena_printf(p->arena, "%s/bukutamu.conf", p->data), "w");
    assert_non_null(f);
    (void)fprintf(f, "[whatsapp]\nphone_number_id = 1\ntoken_file = %s/typed\n", p->folder);
    (void)fclose(f);
    assert_int_equal(run(p, "doctor"), 1);
    says(p, "gagal  WhatsApp: [whatsapp] app_secret_file belum diisi.");
    says(p, "ok     WhatsApp: token: berkas hanya dapat dibaca pemiliknya.");
    assert_int_equal(chmod(key, 0444), 0);
    assert_int_equal(chmod(p->data, 0755), 0);
    assert_int_equal(run(p, "doctor"), 1);
    says(p, "dapat dibaca pengguna lain. Jalankan: chmod 0400");
    says(p, "gagal  Folder data");
    assert_int_equal(chmod(p->data, 0700), 0);
    assert_int_equal(unlink(key), 0);
    assert_int_equal(run(p, "doctor"), 1);
    says(p, "master.key tidak ada");
}

static void test_usage(void **state)
{
    struct scratch *p = *state;
    assert_int_equal(run(p, "bogus"), 2);
    assert_int_equal(run(p, "audit verify --bogus"), 1);
    assert_int_equal(run(p, "user trust"), 1);
    assert_int_equal(run(p, "user trust --username tidak.ada"), 1);
    assert_int_equal(run(p, "backup"), 1);
    assert_int_equal(run(p, "help"), 0);
    size_t count = 0;
    const struct command *list = commands_list(&count);
    const char *text = arena_strdup(p->arena, output(p));
    for (size_t i = 0; i < count; i++)
        assert_non_null(strstr(text, list[i].name));
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    (void)umask(0077);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_there_and_back, begin, end),
        cmocka_unit_test_setup_teardown(test_no_key_inside, begin, end),
        cmocka_unit_test_setup_teardown(test_wrong_key, begin, end),
        cmocka_unit_test_setup_teardown(test_photo_missing, begin, end),
        cmocka_unit_test_setup_teardown(test_damaged, begin, end),
        cmocka_unit_test(test_names),
        cmocka_unit_test_setup_teardown(test_audit_broken, begin, end),
        cmocka_unit_test_setup_teardown(test_recovery, begin, end),
        cmocka_unit_test_setup_teardown(test_doctor, begin, end),
        cmocka_unit_test_setup_teardown(test_usage, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

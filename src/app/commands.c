/* The command table and what commands share. Each group of commands has a file of its own. */
#include "app/commands.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "app/config.h"
#include "lib/base/str.h"
#include "lib/db/migrate.h"
#include "migrations.h"
#include "lib/base/banned.h"

static int command_serve(struct app *app, int argc, char **argv)
{
    if (argc > 0)
        return command_fail("pilihan '%s' tidak dikenal.", argv[0]);
    return app_serve(app);
}

static int command_migrate(struct app *app, int argc, char **argv)
{
    if (argc > 0)
        return command_fail("pilihan '%s' tidak dikenal.", argv[0]);
    int applied = 0;
    const char *message = NULL;
    enum err e = migrate_up(app->arena, app->settings.database_url, bukutamu_migrations,
                            bukutamu_migration_count, &applied, &message);
    if (e != ERR_OK)
        return command_fail("%s", str_or(message, err_name(e)));
    (void)printf("%d perubahan skema dijalankan.\n", applied);
    return 0;
}

static const struct command commands[] = {
    {"serve", "[--listen ADDR:PORT] [--data DIR] [--config FILE] [--database URL]",
     T("menjalankan buku tamu"), command_serve},
    {"init", "--name NAMA --code KODE [--parent NAMA] [--address ALAMAT] [--phone NOMOR] [--zone wib|wita|wit]",
     T("membuat kantor baru"), command_init},
    {"demo", "[--data DIR]", T("membuat kantor contoh Kejari Kapuas"), command_demo},
    {"migrate", "[--data DIR]", T("memperbarui skema basis data"), command_migrate},
    {"user add",
     "--username NAMA --name NAMA --role PERAN[,PERAN] [--title JABATAN] [--phone NOMOR]",
     T("menambah akun petugas"), command_user_add},
    {"user trust", "--username NAMA",
     T("mempercayai kunci Kasi Intelijen atau Kajari, agar pengaduan disegel untuknya"),
     command_user_trust},
    {"token add", "--user NAMA [--label KETERANGAN]", T("membuat token mesin, dicetak sekali"),
     command_token_add},
    {"recovery create", "[--data DIR]",
     T("membuat kunci pemulihan kantor dan mencetak lembarnya dua kali"), command_recovery_create},
    {"recovery confirm", "[--data DIR]",
     T("memeriksa lembar yang diketik ulang, lalu membuka penerimaan pengaduan"),
     command_recovery_confirm},
    {"recovery test", "[--data DIR]",
     T("latihan tahunan: membuka semua pengaduan dengan lembar, tanpa menampilkan isinya"),
     command_recovery_test},
    {"recovery repair", "--user NAMA [--all]",
     T("menyegel kembali pengaduan dengan lembar untuk pembaca yang kuncinya diganti; --all juga "
       "yang belum "
       "pernah dibagikan kepadanya"),
     command_recovery_repair},
    {"tls", "[--host NAMA_ATAU_IP]... [--renew]", T("membuat sertifikat untuk jaringan kantor"),
     command_tls},
    {"backup", "FILE [--data DIR]", T("membuat cadangan saat program berjalan"), command_backup},
    {"restore", "FILE --data DIR [--key FILE] [--sha256 HEX]",
     T("memulihkan cadangan ke folder kosong dan memeriksanya"), command_restore},
    {"audit verify", "[--data DIR]", T("memeriksa rantai catatan audit"), command_audit_verify},
    {"doctor", "[--data DIR] [--send NAMA_PENGGUNA]",
     T("memeriksa pemasangan dan mengatakan apa yang kurang; --send mengirim pesan uji"),
     command_doctor},
    {"settings", "[--markdown]", T("menampilkan setelan yang berlaku"), command_settings},
    {"routes", "[--markdown]", T("menampilkan semua alamat dan siapa yang boleh memakainya"),
     command_routes},
    {"openapi", "", T("menampilkan semua alamat sebagai OpenAPI"), command_openapi},
    {"help", "[--markdown]", T("menampilkan semua perintah"), command_help},
};

static void usage(void)
{
    (void)fputs("Pemakaian: bukutamu PERINTAH [pilihan]\n\n", stderr);
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        (void)fprintf(stderr, "  %-17s %s\n                    %s\n", commands[i].name,
                      commands[i].summary, commands[i].usage);
}

const struct command *commands_list(size_t *ret_count)
{
    *ret_count = ARRAY_LEN(commands);
    return commands;
}

/* The command of argv[1] or "argv[1] argv[2]"; *ret_words is how many it took. */
static const struct command *find(int argc, char **argv, int *ret_words)
{
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        const char *space = strchr(commands[i].name, ' ');
        if (!space && argc > 1 && str_eq(commands[i].name, argv[1])) {
            *ret_words = 1;
            return &commands[i];
        }
        size_t first = space ? (size_t)(space - commands[i].name) : 0;
        bool two = space && argc > 2 && strlen(argv[1]) == first &&
                   strncmp(argv[1], commands[i].name, first) == 0 && str_eq(space + 1, argv[2]);
        if (two) {
            *ret_words = 2;
            return &commands[i];
        }
    }
    return NULL;
}

int commands_run(int argc, char **argv)
{
    int words = 0;
    const struct command *command = find(argc, argv, &words);
    if (!command) {
        usage();
        return 2;
    }
    struct app app = {.arena = arena_new(64 * 1024)};
    int rest = argc - 1 - words;
    char **rest_argv = argv + 1 + words;
    const char *message = NULL;
    int status = 2;
    if (config_read(app.arena, &rest, rest_argv, &app.settings, &message) != ERR_OK)
        (void)command_fail("%s", str_or(message, "setelan tidak dapat dibaca"));
    else
        status = command->run(&app, rest, rest_argv);
    arena_free(app.arena);
    return status;
}

const char *command_option(int *argc, char **argv, const char *name)
{
    for (int i = 0; i + 1 < *argc; i++) {
        if (!str_eq(argv[i], name))
            continue;
        const char *value = argv[i + 1];
        for (int k = i; k + 2 < *argc; k++)
            argv[k] = argv[k + 2];
        *argc -= 2;
        return value;
    }
    return NULL;
}

bool command_flag(int *argc, char **argv, const char *name)
{
    for (int i = 0; i < *argc; i++) {
        if (!str_eq(argv[i], name))
            continue;
        for (int k = i; k + 1 < *argc; k++)
            argv[k] = argv[k + 1];
        (*argc)--;
        return true;
    }
    return false;
}

const char *command_escape(struct arena *a, const char *text)
{
    struct buf b = buf_new(a, 128, 4096);
    for (const char *p = text; *p; p++) {
        if (*p == '|')
            buf_putc(&b, '\\');
        buf_putc(&b, *p);
    }
    return b.p;
}

int command_fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)fputs("bukutamu: ", stderr);
    (void)vfprintf(stderr, format, args);
    (void)fputc('\n', stderr);
    va_end(args);
    return 1;
}

int command_refused(struct app *app, enum err e)
{
    const struct diag *d = &app->cx.diag;
    for (const struct field_error *f = d->fields; f; f = f->next)
        (void)command_fail("%s: %s", f->field, f->message);
    if (!d->fields)
        (void)command_fail("%s", str_or(d->message, *d->detail ? d->detail : err_name(e)));
    return 1;
}

static const char *read_line(struct app *app)
{
    char line[512];
    if (!fgets(line, sizeof(line), stdin))
        return "";
    line[strcspn(line, "\r\n")] = '\0';
    return arena_strdup(app->arena, line);
}

const char *command_line(struct app *app, const char *prompt)
{
    if (isatty(STDIN_FILENO))
        (void)fputs(prompt, stderr);
    return read_line(app);
}

const char *command_password(struct app *app)
{
    if (!isatty(STDIN_FILENO))
        return read_line(app);
    struct termios before, quiet;
    (void)tcgetattr(STDIN_FILENO, &before);
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    (void)fputs("Kata sandi: ", stderr);
    const char *first = read_line(app);
    (void)fputs("\nSekali lagi: ", stderr);
    const char *second = read_line(app);
    (void)fputc('\n', stderr);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    return str_eq(first, second) ? first : NULL;
}

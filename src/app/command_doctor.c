/* `doctor`: the order of the checks, and the lines they print. */
#include <stdarg.h>
#include <stdio.h>

#include "app/commands.h"
#include "app/doctor.h"
#include "lib/base/str.h"
#include "lib/db/migrate.h"
#include "lib/media/media.h"
#include "lib/seal/seal.h"
#include "migrations.h"
#include "lib/base/banned.h"

static void line(const char *mark, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
static void line(const char *mark, const char *format, va_list args)
{
    (void)printf("%-6s ", mark);
    (void)vprintf(format, args);
    (void)putchar('\n');
}

void doctor_ok(struct doctor *d, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    line("ok", format, args);
    va_end(args);
    d->good++;
}

void doctor_warn(struct doctor *d, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    line("awas", format, args);
    va_end(args);
    d->warned++;
}

void doctor_bad(struct doctor *d, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    line("gagal", format, args);
    va_end(args);
    d->bad++;
}

/* The launcher is forked before the key is read, as in serve. */
static void check_decoder(struct doctor *d)
{
    struct media *media = NULL;
    const char *message = NULL;
    if (media_start(d->app->arena, NULL, &media, &message) != ERR_OK) {
        doctor_bad(d, "%s", str_or(message, "Pengolah foto tidak dapat dimulai."));
        return;
    }
    media_stop(media);
    doctor_ok(d, "Pengolah foto bekerja di dalam sandbox.");
}

static bool check_key(struct doctor *d)
{
    struct seal *seal = NULL;
    const char *message = NULL;
    if (seal_open(d->app->arena, d->app->settings.data_dir, &seal, &message) != ERR_OK) {
        doctor_bad(d, "%s", str_or(message, "Kunci induk tidak dapat dibaca."));
        return false;
    }
    seal_close(seal);
    doctor_ok(d, "Kunci induk ada dan hanya dapat dibaca pemiliknya.");
    return true;
}

static bool check_schema(struct doctor *d)
{
    const char *message = NULL;
    enum err e = migrate_check(d->app->arena, d->app->settings.database_url, bukutamu_migrations,
                               bukutamu_migration_count, &message);
    if (e != ERR_OK) {
        doctor_bad(d, "%s",
                   str_or(message, "Skema basis data tidak cocok. Jalankan: bukutamu migrate."));
        return false;
    }
    doctor_ok(d, "Skema basis data mutakhir.");
    return true;
}

static void check_database(struct doctor *d, const char *send_to)
{
    struct app *app = d->app;
    struct office office = {0};
    if (app_open(app, APP_SCHEMA_CURRENT, 1) != ERR_OK) {
        doctor_bad(d, "Basis data tidak dapat dibuka.");
        return;
    }
    enum err e = office_only(app->cx.read, &office);
    if (e == ERR_MISSING)
        doctor_bad(d, "Kantor belum dibuat. Jalankan: bukutamu init.");
    else if (e != ERR_OK)
        doctor_bad(d, "Data kantor tidak dapat dibaca: %s", db_conn_detail(app->cx.read));
    else if (app_use_office(app) == ERR_OK) {
        doctor_office(d, &office);
        doctor_channels(d);
        if (send_to)
            doctor_send(d, send_to);
    }
    app_close(app);
}

int command_doctor(struct app *app, int argc, char **argv)
{
    const char *send_to = command_option(&argc, argv, "--send");
    if (argc > 0)
        return command_fail("pilihan '%s' tidak dikenal.", argv[0]);
    struct doctor d = {.app = app};
    check_decoder(&d);
    doctor_machine(&d);
    bool key = check_key(&d);
    bool schema = check_schema(&d);
    if (key && schema)
        check_database(&d, send_to);
    (void)printf("\n%d baik, %d perlu dilihat, %d gagal.\n", d.good, d.warned, d.bad);
    return d.bad ? 1 : 0;
}

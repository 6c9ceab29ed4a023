/* `recovery create | confirm`: the office's recovery key. Its secret half exists on the printed sheets only;
 * complaints are taken in once a sheet was typed back. What the sheet is good for: command_recovery_use.c. */
#include <stdio.h>
#include <string.h>

#include "app/commands.h"
#include "app/recovery.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

static int with_office(struct app *app, int argc, char **argv,
                       int (*run)(struct app *app, const struct office *office))
{
    if (argc > 0)
        return command_fail("pilihan '%s' tidak dikenal.", argv[0]);
    if (app_open(app, APP_SCHEMA_CURRENT, 1) != ERR_OK)
        return 1;
    struct office office = {0};
    int status = 1;
    if (app_use_office(app) == ERR_OK &&
        office_get(app->cx.read, app->cx.actor.office_id, &office) == ERR_OK)
        status = run(app, &office);
    app_close(app);
    return status;
}

/* --- create -------------------------------------------------------------------------------------------- */

static void print_sheet(struct app *app, const struct office *office, const char *sheet, int which)
{
    static const char *const places[] = {"dalam amplop tersegel pada Kepala Kejaksaan",
                                         "dalam amplop tersegel di brankas atau kantor atasan"};
    (void)printf("----------------------------------------------------------------------\n"
                 "LEMBAR KUNCI PEMULIHAN BUKU TAMU                         lembar %d dari 2\n\n"
                 "Kantor : %s\nDibuat : %s\n\n    ",
                 which + 1, office->name,
                 time_long_date(app->arena, app->cx.now_ms, app->cx.offset_min, false));
    int groups = 0;
    for (const char *p = sheet; *p; p++) {
        if (*p == '-' && ++groups % 7 == 0)
            (void)fputs("\n    ", stdout);
        else
            (void)putchar(*p);
    }
    (void)printf(
        "\n\nSimpan lembar ini %s.\n"
        "Lembar ini membuka semua pengaduan bila kata sandi pejabat hilang. Bila kedua lembar\n"
        "dan semua kata sandi hilang, pengaduan tidak dapat dibuka siapa pun.\n"
        "----------------------------------------------------------------------\n%s",
        places[which], which == 0 ? "\f\n" : "");
}

static int create(struct app *app, const struct office *office)
{
    uint8_t public_key[32];
    char *sheet = NULL;
    enum err e = seal_recovery_create(app->arena, public_key, &sheet);
    if (e == ERR_OK)
        e = office_set_recovery(&app->cx, public_key, false);
    if (e != ERR_OK)
        return command_refused(app, e);
    print_sheet(app, office, sheet, 0);
    print_sheet(app, office, sheet, 1);
    (void)fputs(
        "Lembar hanya ditampilkan sekali ini. Lanjutkan dengan 'bukutamu recovery confirm'.\n",
        stderr);
    return 0;
}

int command_recovery_create(struct app *app, int argc, char **argv)
{
    return with_office(app, argc, argv, create);
}

/* --- a sheet typed back ----------------------------------------------------------------------------------- */

int recovery_read_sheet(struct app *app, const struct office *office, struct recovery_pair *ret)
{
    if (office->recovery_public.n != sizeof(ret->public_key))
        return command_fail(
            "kantor ini belum mempunyai kunci pemulihan. Jalankan 'bukutamu recovery create'.");
    const char *typed = command_line(
        app, "Ketik ke-56 huruf dan angka dari lembar (spasi dan tanda hubung boleh): ");
    if (seal_recovery_read(typed, ret->public_key, ret->secret_key) != ERR_OK)
        return command_fail(
            "lembar tidak terbaca: ada huruf yang salah atau kurang. Periksa, lalu ketik lagi.");
    if (memcmp(ret->public_key, office->recovery_public.p, sizeof(ret->public_key)) != 0)
        return command_fail(
            "lembar ini benar tulisannya, tetapi bukan lembar kunci pemulihan kantor ini.");
    return 0;
}

static int confirm(struct app *app, const struct office *office)
{
    struct recovery_pair pair;
    int status = recovery_read_sheet(app, office, &pair);
    if (status == 0) {
        enum err e = office_set_recovery(&app->cx, pair.public_key, true);
        if (e == ERR_OK)
            (void)printf("Lembar cocok. Penerimaan pengaduan terbuka.\n");
        else
            status = command_refused(app, e);
    }
    explicit_bzero(&pair, sizeof(pair));
    return status;
}

int command_recovery_confirm(struct app *app, int argc, char **argv)
{
    return with_office(app, argc, argv, confirm);
}

/* `init` makes an office; `demo` makes Kejari Kapuas with one account per role, ready to try. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "app/commands.h"
#include "features/office/office.h"
#include "features/staff/staff.h"
#include "lib/base/rand.h"
#include "lib/base/str.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

#define DEMO_BADGES  40
#define DEMO_SLOTS   40
#define DEMO_LOCKERS 24

static int make_data(struct app *app)
{
    const char *dir = app->settings.data_dir;
    if (mkdir(dir, 0700) != 0 && errno != EEXIST)
        return command_fail("folder data '%s' tidak dapat dibuat.", dir);
    enum err e = seal_create(dir);
    if (e != ERR_OK && e != ERR_CONFLICT)
        return command_fail("kunci induk tidak dapat dibuat di '%s/keys'.", dir);
    return app_open(app, APP_SCHEMA_UPGRADE, 1) == ERR_OK ? 0 : 1;
}

static int make_office(struct app *app, const struct office_new *n)
{
    char id[UUID_TEXT_BYTES];
    enum err e = office_create(&app->cx, n, id);
    if (e == ERR_CONFLICT)
        return command_fail("kantor sudah ada di folder data ini.");
    if (e != ERR_OK)
        return command_refused(app, e);
    return app_use_office(app) == ERR_OK ? 0 : 1;
}

/* --- init ---------------------------------------------------------------------------------------- */

static bool zone_offset(const char *zone, int *ret)
{
    static const struct {
        const char *name;
        int offset_min;
    } zones[] = {{"wib", 420}, {"wita", 480}, {"wit", 540}};
    for (size_t i = 0; i < ARRAY_LEN(zones); i++) {
        if (str_eq(zones[i].name, zone)) {
            *ret = zones[i].offset_min;
            return true;
        }
    }
    return false;
}

int command_init(struct app *app, int argc, char **argv)
{
    struct office_new n = {.name = command_option(&argc, argv, "--name"),
                           .code = command_option(&argc, argv, "--code"),
                           .parent_name = str_or(command_option(&argc, argv, "--parent"), ""),
                           .address = str_or(command_option(&argc, argv, "--address"), ""),
                           .phone = str_or(command_option(&argc, argv, "--phone"), "")};
    const char *zone = str_or(command_option(&argc, argv, "--zone"), "wib");
    if (argc > 0)
        return command_fail("pilihan '%s' tidak dikenal.", argv[0]);
    if (!n.name || !n.code)
        return command_fail("--name dan --code harus diisi.");
    if (!zone_offset(zone, &n.offset_min))
        return command_fail("zona '%s' tidak dikenal. Yang ada: wib wita wit.", zone);
    if (make_data(app) != 0)
        return 1;
    int status = make_office(app, &n);
    app_close(app);
    if (status == 0)
        (void)printf(
            "Kantor %s dibuat. Lanjutkan dengan 'bukutamu user add' dan 'bukutamu recovery'.\n",
            n.name);
    return status;
}

/* --- demo ------------------------------------------------------------------------------------------ */

struct demo_person {
    uint32_t role;
    const char *username, *name, *title, *section, *phone;
};

/* Telephone numbers of the demo are sent to on loopback only. */
static const struct demo_person people[] = {
    {ROLE_FRONT_DESK, "rina", "Rina Wahyuni", "Petugas PTSP", "", "+6281200000101"},
    {ROLE_DUTY_OFFICER, "yuliana", "Yuliana Karing", "Petugas Piket", "", "+6281200000102"},
    {ROLE_INTEL_CHIEF, "arief", "Arief Setiadi", "Kepala Seksi Intelijen", "intel",
     "+6281200000103"},
    {ROLE_OFFICE_HEAD, "hendra", "Hendra Wijaksana", "Kepala Kejaksaan Negeri Kapuas", "",
     "+6281200000104"},
    {ROLE_SECTION_CHIEF, "maria", "Maria Tiara", "Kepala Seksi Tindak Pidana Umum", "pidum",
     "+6281200000105"},
    {ROLE_ADMIN, "admin", "Bagus Prakoso", "Administrator Kantor", "", NULL},
    {ROLE_MONITOR, "monitor", "Pemantau Kejati", "Pemantau Kejaksaan Tinggi", "", NULL},
    {ROLE_CASE_OFFICER, "bayu", "Bayu Saputra", "Jaksa Fungsional", "", NULL},
};

/* 20 characters of an alphabet without look-alikes: about 98 bits. */
static const char *random_password(struct app *app)
{
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
    char *p = arena_alloc(app->arena, 25);
    uint8_t bytes[20];
    size_t n = 0;
    for (int i = 0; i < 20; i++) {
        do
            rand_bytes(&bytes[i], 1);
        while (bytes[i] >= 248); /* 8 × 31: no letter is likelier than another */
        if (i && i % 5 == 0)
            p[n++] = '-';
        p[n++] = letters[bytes[i] % (sizeof(letters) - 1)];
    }
    return p;
}

static enum err add_people(struct app *app)
{
    for (size_t i = 0; i < ARRAY_LEN(people); i++) {
        const struct demo_person *d = &people[i];
        const char *password = random_password(app);
        struct staff_new n = {.office_id = app->cx.actor.office_id,
                              .username = d->username,
                              .name = d->name,
                              .title = d->title,
                              .rank = "",
                              .nip = "",
                              .section = d->section,
                              .roles = d->role,
                              .phone = d->phone,
                              .password = password};
        char id[UUID_TEXT_BYTES];
        TRY(staff_create(&app->cx, &n, id));
        (void)printf("%s\t%s\t%s\n", staff_role_name(d->role), d->username, password);
    }
    return ERR_OK;
}

static enum err add_things(struct app *app)
{
    struct cx *cx = &app->cx;
    char id[UUID_TEXT_BYTES];
    for (int i = 1; i <= DEMO_BADGES; i++)
        TRY(office_badge_add(cx, arena_printf(cx->arena, "A-%02d", i), id));
    for (int i = 1; i <= DEMO_SLOTS; i++)
        TRY(office_place_add(cx, "slot", arena_printf(cx->arena, "K-%02d", i), id));
    for (int i = 1; i <= DEMO_LOCKERS; i++)
        TRY(office_place_add(cx, "locker", arena_printf(cx->arena, "%02d", i), id));
    TRY(office_room_add(cx, "Ruang tunggu 1", id));
    return office_room_add(cx, "Ruang tunggu 2", id);
}

/* The demo types its own recovery sheet back, and says so. */
static enum err confirm_recovery(struct app *app)
{
    uint8_t public_key[32];
    char *sheet = NULL;
    TRY(seal_recovery_create(app->arena, public_key, &sheet));
    TRY(office_set_recovery(&app->cx, public_key, true));
    (void)fprintf(
        stderr,
        "Kantor contoh: kunci pemulihan dikonfirmasi sendiri oleh program. Lembarnya:\n%s\n", sheet);
    return ERR_OK;
}

int command_demo(struct app *app, int argc, char **argv)
{
    if (argc > 0)
        return command_fail("pilihan '%s' tidak dikenal.", argv[0]);
    if (make_data(app) != 0)
        return 1;
    struct office_new n = {.code = "O.2.12",
                           .name = "Kejaksaan Negeri Kapuas",
                           .parent_name = "Kejaksaan Tinggi Kalimantan Tengah",
                           .address = "Jl. A. Yani No. 63, Kuala Kapuas 73516",
                           .phone = "+6251321520",
                           .offset_min = 420,
                           .demo = true};
    int status = make_office(app, &n);
    if (status == 0) {
        enum err e = add_people(app);
        if (e == ERR_OK)
            e = add_things(app);
        if (e == ERR_OK)
            e = confirm_recovery(app);
        status = e == ERR_OK ? 0 : command_refused(app, e);
    }
    app_close(app);
    return status;
}

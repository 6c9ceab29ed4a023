/* `user add`, `user trust` and `token add`. */
#include <stdio.h>
#include <string.h>

#include "app/commands.h"
#include "features/staff/staff.h"
#include "lib/base/phone.h"
#include "lib/base/str.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

static bool parse_roles(struct app *app, const char *text, uint32_t *ret)
{
    uint32_t roles = 0;
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, ",");
        uint32_t bit = 0;
        if (!staff_role_parse(arena_strndup(app->arena, p, n), &bit))
            return false;
        roles |= bit;
        p += n + (p[n] == ',');
    }
    *ret = roles;
    return roles != 0;
}

static int read_person(struct app *app, int *argc, char **argv, struct staff_new *n)
{
    n->office_id = app->cx.actor.office_id;
    n->username = command_option(argc, argv, "--username");
    n->name = command_option(argc, argv, "--name");
    n->title = str_or(command_option(argc, argv, "--title"), "");
    n->rank = str_or(command_option(argc, argv, "--rank"), "");
    n->nip = str_or(command_option(argc, argv, "--nip"), "");
    n->section = str_or(command_option(argc, argv, "--section"), "");
    const char *roles = command_option(argc, argv, "--role");
    const char *phone = command_option(argc, argv, "--phone");
    if (*argc > 0)
        return command_fail("pilihan '%s' tidak dikenal.", argv[0]);
    if (!n->username || !n->name || !roles)
        return command_fail("--username, --name, dan --role harus diisi.");
    if (!parse_roles(app, roles, &n->roles))
        return command_fail("peran '%s' tidak dikenal. Yang ada: front_desk duty_officer "
                            "intel_chief office_head section_chief admin monitor.",
                            roles);
    char *e164 = NULL;
    if (phone && phone_normalise(app->arena, phone, &e164) != PHONE_OK)
        return command_fail("nomor HP '%s' tidak lengkap.", phone);
    n->phone = e164;
    return 0;
}

static int add_user(struct app *app, int argc, char **argv)
{
    struct staff_new n = {0};
    int status = read_person(app, &argc, argv, &n);
    if (status != 0)
        return status;
    n.password = command_password(app);
    if (!n.password)
        return command_fail("kedua kata sandi tidak sama.");
    enum err e = staff_check_new(&app->cx, &n);
    char id[UUID_TEXT_BYTES];
    if (e == ERR_OK)
        e = staff_create(&app->cx, &n, id);
    if (e != ERR_OK)
        return command_refused(app, e);
    (void)printf("Akun %s dibuat.\n", n.username);
    return 0;
}

int command_user_add(struct app *app, int argc, char **argv)
{
    if (app_open(app, APP_SCHEMA_CURRENT, 1) != ERR_OK)
        return 1;
    int status = app_use_office(app) == ERR_OK ? add_user(app, argc, argv) : 1;
    app_close(app);
    return status;
}

/* Who is at the server vouches himself: the fingerprint is printed for comparing, not asked for. */
static int trust_user(struct app *app, int argc, char **argv)
{
    const char *username = command_option(&argc, argv, "--username");
    if (argc > 0)
        return command_fail("pilihan '%s' tidak dikenal.", argv[0]);
    if (!username)
        return command_fail("--username harus diisi.");
    struct staff s = {0};
    enum err e = staff_by_username(app->cx.read, app->cx.actor.office_id, username, &s);
    if (e == ERR_MISSING)
        return command_fail("akun '%s' tidak ada.", username);
    const char *fingerprint = e == ERR_OK ? seal_key_fingerprint(app->arena, s.public_key) : "";
    if (e == ERR_OK)
        e = staff_trust_key(&app->cx, s.id, fingerprint, NULL);
    if (e != ERR_OK)
        return command_refused(app, e);
    (void)printf("Kunci %s dipercayai. Sidik kunci: %s\n", s.username, fingerprint);
    return 0;
}

int command_user_trust(struct app *app, int argc, char **argv)
{
    if (app_open(app, APP_SCHEMA_CURRENT, 1) != ERR_OK)
        return 1;
    int status = app_use_office(app) == ERR_OK ? trust_user(app, argc, argv) : 1;
    app_close(app);
    return status;
}

static int add_token(struct app *app, int argc, char **argv)
{
    const char *user = command_option(&argc, argv, "--user");
    const char *label = command_option(&argc, argv, "--label");
    if (argc > 0)
        return command_fail("pilihan '%s' tidak dikenal.", argv[0]);
    if (!user)
        return command_fail("--user harus diisi.");
    char *secret = NULL;
    enum err e = staff_token_create(&app->cx, app->cx.actor.office_id, user, str_or(label, "CLI"),
                                    &secret);
    if (e != ERR_OK)
        return command_refused(app, e);
    (void)printf("%s\n", secret);
    return 0;
}

int command_token_add(struct app *app, int argc, char **argv)
{
    if (app_open(app, APP_SCHEMA_CURRENT, 1) != ERR_OK)
        return 1;
    int status = app_use_office(app) == ERR_OK ? add_token(app, argc, argv) : 1;
    app_close(app);
    return status;
}

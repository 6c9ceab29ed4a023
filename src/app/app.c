/* Opening and closing what every command needs. See app.h; serving is in serve.c. */
#include "app/app.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "app/features.h"
#include "features/office/office.h"
#include "lib/base/log.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/db/migrate.h"
#include "lib/html/html.h"
#include "lib/json/json.h"
#include "lib/seal/seal.h"
#include "migrations.h"
#include "lib/base/banned.h"

static enum err complain(enum err e, const char *message)
{
    (void)fprintf(stderr, "bukutamu: %s\n", str_or(message, err_name(e)));
    return e;
}

static void set_log_level(const char *level)
{
    log_set_level(str_eq(level, "debug")   ? LOG_DEBUG
                  : str_eq(level, "warn")  ? LOG_WARN
                  : str_eq(level, "error") ? LOG_ERROR
                                           : LOG_INFO);
}

static enum err open_schema(struct app *app, enum app_need need, const char **message)
{
    int applied = 0;
    if (need == APP_SCHEMA_CURRENT)
        return migrate_check(app->arena, app->settings.database_url, bukutamu_migrations,
                             bukutamu_migration_count, message);
    return migrate_up(app->arena, app->settings.database_url, bukutamu_migrations,
                      bukutamu_migration_count, &applied, message);
}

static void fill_cx(struct app *app)
{
    app->cx = (struct cx){
        .arena = app->arena,
        .db = app->db,
        .read = db_reader(app->db, 0),
        .seal = app->seal,
        .settings = &app->settings,
        .data_dir = app->settings.data_dir,
        .actor = {.kind = ACTOR_SYSTEM, .name = "", .username = ""},
        .now_ms = time_now_ms(),
        .offset_min = 420,
        .translate = i18n_translate,
    };
    db_conn_use_arena(app->cx.read, app->arena);
}

enum err app_open(struct app *app, enum app_need need, int readers)
{
    const char *message = NULL;
    set_log_level(app->settings.log_level);
    json_init();
    enum err e = seal_open(app->arena, app->settings.data_dir, &app->seal, &message);
    if (e != ERR_OK)
        return complain(e, message);
    e = open_schema(app, need, &message);
    if (e != ERR_OK)
        return complain(e, message);
    struct db_options options = {
        .url = app->settings.database_url, .statements = features_statements(), .readers = readers};
    e = db_open(app->arena, &options, &app->db, &message);
    if (e != ERR_OK)
        return complain(e, message);
    fill_cx(app);
    return ERR_OK;
}

enum err app_use_office(struct app *app)
{
    struct office office = {0};
    enum err e = office_only(app->cx.read, &office);
    if (e == ERR_MISSING)
        return complain(e, "Kantor belum dibuat. Jalankan 'bukutamu init' atau 'bukutamu demo'.");
    if (e != ERR_OK)
        return complain(e, db_conn_detail(app->cx.read));
    (void)snprintf(app->cx.actor.office_id, sizeof(app->cx.actor.office_id), "%s", office.office_id);
    app->cx.offset_min = (int)office.offset_min;
    app->demo = office.demo != 0;
    return ERR_OK;
}

void app_close(struct app *app)
{
    db_close(app->db);
    app->db = NULL;
    seal_close(app->seal);
    app->seal = NULL;
}

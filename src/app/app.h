/* The opened product: settings, keys, database, and a cx to work with. Every command begins here. */
#ifndef BT_APP_H
#define BT_APP_H

#include <stdatomic.h>

#include "lib/base/cx.h"
#include "lib/base/settings.h"
#include "lib/db/db.h"

struct app {
    struct arena *arena; /* process lifetime */
    struct settings settings;
    struct seal *seal;
    struct db *db;
    struct cx cx; /* of the system actor, for commands; template of every request's */
    bool demo;
};

enum app_need { APP_SCHEMA_CURRENT, APP_SCHEMA_UPGRADE };

/* Opens keys and database of settings.data_dir. APP_SCHEMA_UPGRADE migrates first. `readers`: reading
 * connections. On failure says why on stderr. The caller closes with app_close(). */
enum err app_open(struct app *app, enum app_need need, int readers) MUST_USE;
void app_close(struct app *app);
/* Serves until SIGTERM or SIGINT. Returns the exit status. */
int app_serve(struct app *app);
/* Sets the office of app->cx to the installation's one office. */
enum err app_use_office(struct app *app) MUST_USE;

#endif

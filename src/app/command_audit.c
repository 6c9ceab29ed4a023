/* `audit verify`: walks the chain of one office from its first entry. */
#include <stdio.h>

#include "app/commands.h"
#include "features/audit/audit.h"
#include "lib/base/banned.h"

static int verify(struct app *app)
{
    struct arena *scratch = arena_new(16 * 1024);
    int64_t count = 0, bad = 0;
    enum err e = audit_verify(app->cx.read, scratch, app->cx.actor.office_id, &count, &bad);
    int status = 0;
    if (e == ERR_OK)
        (void)printf("Rantai audit utuh: %lld catatan diperiksa.\n", (long long)count);
    else if (e == ERR_CONFLICT)
        status = command_fail(
            "rantai audit putus pada catatan nomor %lld; %lld catatan sebelumnya utuh.",
            (long long)bad, (long long)(bad - 1));
    else
        status = command_fail("catatan audit tidak dapat dibaca: %s", db_conn_detail(app->cx.read));
    db_conn_use_arena(app->cx.read, app->arena);
    arena_free(scratch);
    return status;
}

int command_audit_verify(struct app *app, int argc, char **argv)
{
    if (argc > 0)
        return command_fail("pilihan '%s' tidak dikenal.", argv[0]);
    if (app_open(app, APP_SCHEMA_CURRENT, 1) != ERR_OK)
        return 1;
    int status = app_use_office(app) == ERR_OK ? verify(app) : 1;
    app_close(app);
    return status;
}

/* `routes`, `openapi`, `settings`, `help`: the program describes itself from its own tables. With
 * --markdown in English, for docs/reference. */
#include <stdio.h>
#include <string.h>

#include "app/commands.h"
#include "app/config.h"
#include "app/openapi.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/html/html.h"
#include "lib/http/form.h"
#include "lib/json/json.h"
#include "lib/base/banned.h"

#define MADE_BY "Made by `make reference`; changes belong into the tables in the code.\n\n"

/* A cx without keys or database: enough for texts. */
static struct cx text_cx(struct app *app, bool english)
{
    return (struct cx){
        .arena = app->arena, .translate = i18n_translate, .lang = english ? LANG_EN : LANG_ID};
}

/* --- routes ------------------------------------------------------------------------------------------ */

static const char *who_text(struct arena *a, const struct route *r)
{
    if (r->flags & ROUTE_SIGNED)
        return "(signature)";
    if (r->flags & (ROUTE_PUBLIC | ROUTE_ASSET))
        return "(public)";
    if (r->who == ROLE_ALL)
        return "all";
    struct buf b = buf_new(a, 64, 512);
    for (const struct role_name *role = staff_roles; role->name; role++) {
        if (r->who & role->role)
            buf_printf(&b, "%s%s", b.n ? " " : "", role->name);
    }
    return b.p;
}

static const char *flags_text(struct arena *a, const struct route *r)
{
    static const struct {
        uint32_t flag;
        const char *name;
    } names[] = {{ROUTE_UPLOAD, "upload"},
                 {ROUTE_STREAM, "stream"},
                 {ROUTE_NO_TOKEN, "no-token"},
                 {ROUTE_IDEMPOTENT_KEY, "idempotency-key"},
                 {ROUTE_ASSET, "asset"},
                 {ROUTE_LOGIN, "login-throttle"},
                 {ROUTE_NO_KEEPALIVE_SESSION, "no-renew"}};
    struct buf b = buf_new(a, 64, 512);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (r->flags & names[i].flag)
            buf_printf(&b, "%s%s", b.n ? " " : "", names[i].name);
    }
    return b.n ? b.p : "-";
}

static const char *form_text(struct arena *a, const struct route *r)
{
    if (!r->form || r->form->count == 0)
        return "-";
    struct buf b = buf_new(a, 128, 4096);
    for (size_t i = 0; i < r->form->count; i++) {
        const struct field *f = &r->form->fields[i];
        buf_printf(&b, "%s%s%s", i ? " " : "", f->name, f->flags & FIELD_REQUIRED ? "*" : "");
    }
    return b.p;
}

int command_routes(struct app *app, int argc, char **argv)
{
    bool markdown = command_flag(&argc, argv, "--markdown");
    if (argc > 0)
        return command_fail("pilihan '%s' tidak dikenal.", argv[0]);
    struct cx cx = text_cx(app, markdown);
    size_t count = 0;
    const struct route **list = openapi_routes(app->arena, &count);
    if (markdown)
        (void)printf("# Routes\n" MADE_BY "A field with * is required. Details: openapi.json.\n\n"
                     "| method | path | who | flags | fields | what |\n| --- | --- | --- | --- | "
                     "--- | --- |\n");
    for (size_t i = 0; i < count; i++) {
        const struct route *r = list[i];
        const char *method = openapi_method(r->method);
        const char *what = cx_t(&cx, str_or(r->summary, ""));
        const char *who = who_text(app->arena, r), *flags = flags_text(app->arena, r);
        if (markdown)
            (void)printf("| %s | `%s` | %s | %s | %s | %s |\n", method, r->path, who, flags,
                         form_text(app->arena, r), what);
        else
            (void)printf("%-4s %-36s %-52s %-24s %s\n", method, r->path, who, flags, what);
    }
    return 0;
}

int command_openapi(struct app *app, int argc, char **argv)
{
    if (argc > 0)
        return command_fail("pilihan '%s' tidak dikenal.", argv[0]);
    json_init();
    struct cx cx = text_cx(app, true);
    struct buf out = buf_new(app->arena, 128 * 1024, 4u << 20);
    openapi_write(&cx, &out);
    if (out.full || fwrite(out.p, 1, out.n, stdout) != out.n)
        return command_fail("daftar tidak dapat ditulis.");
    return 0;
}

/* --- settings and commands ------------------------------------------------------------------------------- */

int command_settings(struct app *app, int argc, char **argv)
{
    bool markdown = command_flag(&argc, argv, "--markdown");
    if (argc > 0)
        return command_fail("pilihan '%s' tidak dikenal.", argv[0]);
    if (!markdown) {
        config_print(&app->settings);
        return 0;
    }
    (void)printf(
        "# Settings\n" MADE_BY
        "The strongest first: flag, environment, file. The file is `bukutamu.conf` in the data "
        "folder, or the one named by `--config`: INI, `[section]` and `key = value`. Secrets are "
        "never in it; a setting that ends in `_file` names the file that holds one.\n\n"
        "| section | key | flag | environment | default | what |\n"
        "| --- | --- | --- | --- | --- | --- |\n");
    config_print_table(app->arena);
    return 0;
}

int command_help(struct app *app, int argc, char **argv)
{
    bool markdown = command_flag(&argc, argv, "--markdown");
    if (argc > 0)
        return command_fail("pilihan '%s' tidak dikenal.", argv[0]);
    struct cx cx = text_cx(app, markdown);
    size_t count = 0;
    const struct command *list = commands_list(&count);
    if (markdown)
        (void)printf("# Commands\n" MADE_BY
                     "Each takes `--data DIR` (default `./var`), `--config FILE` and "
                     "`--database URL`. Exit status: 0 done, 1 failed, 2 wrong usage.\n\n"
                     "| command | options | what |\n| --- | --- | --- |\n");
    for (size_t i = 0; i < count; i++) {
        const char *what = cx_t(&cx, list[i].summary);
        if (markdown)
            (void)printf("| `bukutamu %s` | %s%s%s | %s |\n", list[i].name,
                         *list[i].usage ? "`" : "", command_escape(app->arena, list[i].usage),
                         *list[i].usage ? "`" : "", what);
        else
            (void)printf("  %-17s %s\n                    %s\n", list[i].name, what, list[i].usage);
    }
    return 0;
}

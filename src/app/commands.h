/* The command table: argv → function. */
#ifndef BT_APP_COMMANDS_H
#define BT_APP_COMMANDS_H

#include "app/app.h"

struct command {
    const char *name;    /* "user add" */
    const char *usage;   /* what stands behind the name */
    const char *summary; /* one line, Indonesian */
    /* argv holds what the settings did not take. Returns the exit status. */
    int (*run)(struct app *app, int argc, char **argv);
};

/* Runs `bukutamu ARGUMENTS`. Returns the exit status (2: wrong usage). */
int commands_run(int argc, char **argv);

/* Value of `--name VALUE` in what is left of argv, taken out; NULL when it is not there. */
const char *command_option(int *argc, char **argv, const char *name);
/* Whether `--name` is in what is left of argv; taken out. */
bool command_flag(int *argc, char **argv, const char *name);
/* All commands, in the order of the table. */
const struct command *commands_list(size_t *ret_count);
/* A text for a cell of a Markdown table. */
const char *command_escape(struct arena *a, const char *text);
/* One line of stdin, in the arena; the prompt is shown on a terminal only. */
const char *command_line(struct app *app, const char *prompt);
/* "bukutamu: sentence" on stderr. Returns 1, the exit status of a failure. */
int command_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The refusal in app->cx.diag, with its fields. Returns 1. */
int command_refused(struct app *app, enum err e);
/* A password typed twice without echo, or one line of stdin when that is no terminal. In the arena. */
const char *command_password(struct app *app);

/* Statements of the commands, collected in features.c. */
extern const struct db_sql *const recovery_statements[];
extern const struct db_sql *const restore_statements[];

int command_demo(struct app *app, int argc, char **argv);
int command_init(struct app *app, int argc, char **argv);
int command_user_add(struct app *app, int argc, char **argv);
int command_user_trust(struct app *app, int argc, char **argv);
int command_token_add(struct app *app, int argc, char **argv);
int command_tls(struct app *app, int argc, char **argv);
int command_backup(struct app *app, int argc, char **argv);
int command_restore(struct app *app, int argc, char **argv);
int command_audit_verify(struct app *app, int argc, char **argv);
int command_recovery_create(struct app *app, int argc, char **argv);
int command_recovery_confirm(struct app *app, int argc, char **argv);
int command_recovery_test(struct app *app, int argc, char **argv);
int command_recovery_repair(struct app *app, int argc, char **argv);
int command_doctor(struct app *app, int argc, char **argv);
int command_routes(struct app *app, int argc, char **argv);
int command_openapi(struct app *app, int argc, char **argv);
int command_settings(struct app *app, int argc, char **argv);
int command_help(struct app *app, int argc, char **argv);

#endif

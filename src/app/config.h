/* Reads settings: flag, then BUKUTAMU_* environment, then the INI file. */
#ifndef BT_APP_CONFIG_H
#define BT_APP_CONFIG_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/settings.h"

/* Takes the options it knows out of argv (--data --listen --config --database), leaving the rest at
 * argv[0 … *argc). ret_message names what is wrong: an unknown key, a missing value, a bad number. */
enum err config_read(struct arena *a, int *argc, char **argv, struct settings *ret,
                     const char **ret_message) MUST_USE;

/* What is set now, one "section.key = value" a line on stdout; what could be secret is not shown. */
void config_print(const struct settings *s);
/* Rows of docs/reference/settings.md on stdout. */
void config_print_table(struct arena *a);

#endif

/* The translation table that tools/po2c makes of po/XX.po: one row a msgid, sorted. */
#ifndef BT_LIB_HTML_I18N_H
#define BT_LIB_HTML_I18N_H

#include <stddef.h>

#define I18N_LANGUAGES 2 /* in the order of enum lang */

struct i18n_row {
    const char *msgid;
    const char *text[I18N_LANGUAGES]; /* NULL: not translated */
};

extern const struct i18n_row i18n_rows[];
extern const size_t i18n_row_count;
/* Rows that a language has: none for the language of the msgids. */
extern const size_t i18n_translated[I18N_LANGUAGES];

#endif

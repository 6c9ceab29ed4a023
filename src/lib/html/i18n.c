/* Translations, looked up in the compiled-in table: no locale of the process, any language a request. */
#include "lib/html/i18n.h"

#include <stdlib.h>
#include <string.h>

#include "lib/html/html.h"

#include "lib/base/banned.h"

static int compare_msgid(const void *key, const void *item)
{
    return strcmp(key, ((const struct i18n_row *)item)->msgid);
}

const char *i18n_translate(enum lang lang, const char *msgid)
{
    size_t language = (size_t)lang;
    if (!msgid || language >= I18N_LANGUAGES || i18n_translated[language] == 0)
        return msgid;
    const struct i18n_row *row = bsearch(msgid, i18n_rows, i18n_row_count, sizeof(i18n_rows[0]),
                                         compare_msgid);
    return row && row->text[language] ? row->text[language] : msgid;
}

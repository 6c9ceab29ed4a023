/* What is derived from the settings. See settings.h; app/config.c fills them. */
#include "lib/base/settings.h"

#include "lib/base/str.h"
#include "lib/base/banned.h"

bool settings_whatsapp_ready(const struct settings *s)
{
    return s && !str_empty(s->graph_base) && !str_empty(s->phone_number_id) &&
           !str_empty(s->token_file) && !str_empty(s->app_secret_file) && !str_empty(s->verify_token);
}

/* What is derived from the settings. See settings.h; app/config.c fills them. */
#include "lib/base/settings.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/base/banned.h"

bool settings_whatsapp_ready(const struct settings *s)
{
    return s && !str_empty(s->graph_base) && !str_empty(s->phone_number_id) &&
           !str_empty(s->token_file) && !str_empty(s->app_secret_file) &&
           !str_empty(s->verify_token);
}

bool settings_channel_ready(const struct settings *s, const char *channel)
{
    if (str_eq(channel, "whatsapp"))
        return settings_whatsapp_ready(s);
    size_t n = channel ? strlen(channel) : 0;
    for (const char *p = s && n ? s->channels : NULL; p && *p;) {
        size_t length = strcspn(p, ", ");
        if (length == n && memcmp(p, channel, n) == 0)
            return true;
        p += length + strspn(p + length, ", ");
    }
    return false;
}

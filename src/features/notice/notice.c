/* Which channel, and how far a message has come. Pure. See notice.h. */
#include "features/notice/notice_rules.h"

#include "lib/base/settings.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

const char *notice_channel(const struct cx *cx, const char **ret_reason)
{
    if (settings_whatsapp_ready(cx->settings))
        return "whatsapp";
    *ret_reason = T("WhatsApp belum disiapkan");
    return NULL;
}

static int rank(const char *state)
{
    static const char *const ladder[] = {"none", "queued", "sent", "failed", "delivered", "read", "answered"};
    for (int i = 0; i < (int)ARRAY_LEN(ladder); i++) {
        if (str_eq(ladder[i], state))
            return i;
    }
    return -1;
}

bool notice_state_moves(const char *from, const char *to)
{
    return rank(to) > rank(from);
}

/* Which channel, and how far a message has come. Pure. See notice.h. */
#include "features/notice/notice_rules.h"

#include "features/reach/reach.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

const char *notice_channel(const struct cx *cx, const char **ret_reason)
{
    const char *channel = reach_any_channel(cx);
    if (!channel)
        *ret_reason = T("WhatsApp belum disiapkan");
    return channel;
}

const char *notice_unsent_reason(const struct notice_new *n)
{
    if (!n->channel)
        return n->reason;
    return n->recipient_id ? NULL : T("Belum ada pejabat yang memegang jabatan ini");
}

struct notice_message notice_message_queued(const struct notice_new *n, int64_t at)
{
    return (struct notice_message){.id = n->outbox_id,
                                   .kind = n->kind,
                                   .recipient_id = n->recipient_id,
                                   .to = str_or(n->to, ""),
                                   .post = str_or(n->post, ""),
                                   .channel = n->channel,
                                   .state = "queued",
                                   .round = 1,
                                   .queued_at = at,
                                   .next_at = n->not_before > at ? n->not_before : at};
}

static int rank(const char *state)
{
    static const char *const ladder[] = {"none",      "queued", "sent",    "failed",
                                         "delivered", "read",   "answered"};
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

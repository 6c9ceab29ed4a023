/* When a channel is well. Pure. "Connected" and "accepted" prove nothing: an acknowledgement does. */
#include "features/notice/notice_rules.h"

#include "features/reach/reach.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

#define SILENT_MIN 2 /* messages without a word: one may be a telephone that is off */

static void set(struct channel_report *r, const char *state, const char *label, int64_t since,
                bool dead)
{
    r->state = state;
    r->state_label = label;
    r->since = since;
    r->dead = dead;
}

/* WhatsApp and the gateways report what arrives; on the others, taken is all that can be known. */
static bool has_receipts(const char *channel)
{
    return str_eq(channel, "whatsapp") || str_eq(channel, "gateway");
}

static bool is_silent(const struct channel_queue *q, const struct channel_report *r, int64_t now_ms)
{
    return has_receipts(r->channel) && q->unproven >= SILENT_MIN &&
           now_ms - q->unproven_at >= HEALTH_SILENT_MS && r->delivered_at < q->unproven_at;
}

static bool is_stuck(const struct channel_queue *q, const struct channel_report *r, int64_t now_ms)
{
    return q->waiting > 0 && q->due_at && now_ms - q->due_at >= HEALTH_STUCK_MS &&
           now_ms - r->tried_at >= HEALTH_STUCK_MS;
}

void notice_health_judge(const struct channel_health *h, const struct channel_queue *q,
                         int64_t now_ms, struct channel_report *ret)
{
    static const struct channel_health no_health;
    static const struct channel_queue no_queue;
    h = h ? h : &no_health;
    q = q ? q : &no_queue;
    struct channel_report r = {.channel = ret->channel,
                               .label = reach_channel_label(ret->channel),
                               .tried_at = h->tried_at,
                               .accepted_at = h->accepted_at,
                               .delivered_at = h->delivered_at,
                               .waiting = q->waiting,
                               .oldest_at = q->oldest_at,
                               .dead_letters = q->dead,
                               .told_at = h->dead_at};
    bool proven = h->delivered_at || (h->accepted_at && !has_receipts(ret->channel));
    if (h->paused_at) {
        set(&r, "paused", T("Berhenti"), h->paused_at, true);
        r.reason = h->reason;
    } else if (h->failing_since) {
        set(&r, "failing", T("Gagal"), h->failing_since,
            now_ms - h->failing_since >= HEALTH_FAILING_MS);
        r.reason = h->reason;
    } else if (is_stuck(q, &r, now_ms)) {
        set(&r, "stuck", T("Antrean macet"), q->due_at, true);
        r.reason = T("Pesan sudah waktunya dikirim, tetapi belum dicoba.");
    } else if (is_silent(q, &r, now_ms)) {
        set(&r, "silent", T("Tidak ada tanda sampai"), q->unproven_at, true);
        r.reason = T("Pesan diterima penyedia, tetapi tidak ada yang sampai.");
    } else if (!proven) {
        set(&r, "unproven", T("Belum terbukti"), 0, false);
    } else {
        set(&r, "ok", T("Berfungsi"), 0, false);
    }
    *ret = r;
}

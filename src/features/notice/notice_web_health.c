/* What the counter and the administrator are told of the channels. */
#include "features/notice/notice_rules.h"

#include "features/reach/reach.h"
#include "lib/base/settings.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/banned.h"

#define DEAD_LETTERS_MS (7LL * 24 * 3600 * 1000)
#define PROOF_MS        (2LL * 3600 * 1000) /* older silence says nothing of today */

static const struct channel_health *health_of(const struct channel_health *list, size_t count,
                                              const char *channel)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(list[i].channel, channel))
            return &list[i];
    }
    return NULL;
}

static const struct channel_queue *queue_of(const struct channel_queue *list, size_t count,
                                            const char *channel)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(list[i].channel, channel))
            return &list[i];
    }
    return NULL;
}

enum err notice_health(struct cx *cx, const char *office_id, struct channel_report **ret,
                       size_t *ret_count)
{
    struct channel_health *health = NULL;
    struct channel_queue *queues = NULL;
    size_t health_count = 0, queue_count = 0, n = 0;
    TRY(outbox_health(cx->read, office_id, &health, &health_count));
    TRY(outbox_queues(cx->read, office_id, cx->now_ms - DEAD_LETTERS_MS, cx->now_ms - PROOF_MS,
                      &queues, &queue_count));
    struct channel_report *list = ARENA_ARRAY(cx->arena, REACH_CHANNELS, struct channel_report);
    for (size_t i = 0; i < REACH_CHANNELS; i++) {
        const char *channel = reach_channel_names[i];
        if (!settings_channel_ready(cx->settings, channel))
            continue;
        list[n].channel = channel;
        notice_health_judge(health_of(health, health_count, channel),
                            queue_of(queues, queue_count, channel), cx->now_ms, &list[n]);
        n++;
    }
    *ret = list;
    *ret_count = n;
    return ERR_OK;
}

enum err notice_banner(struct cx *cx, const char *office_id, const char **ret)
{
    const char *reason = NULL;
    *ret = NULL;
    if (!notice_channel(cx, &reason)) {
        *ret = cx_t(cx, T("WhatsApp belum disiapkan. Sampaikan kedatangan tamu kepada Kasi "
                          "Intelijen secara lisan, lalu catat keputusannya di sini."));
        return ERR_OK;
    }
    struct channel_report *list = NULL;
    size_t count = 0;
    TRY(notice_health(cx, office_id, &list, &count));
    struct buf b = buf_new(cx->arena, 256, 4096);
    for (size_t i = 0; i < count; i++) {
        const struct channel_report *r = &list[i];
        if (!r->dead)
            continue;
        const char *since = time_hm(cx->arena, r->since, cx->offset_min);
        buf_printf(&b, "%s%s %s", b.n ? " " : "",
                   cx_printf(cx, T("%s tidak berfungsi sejak %s."), cx_t(cx, r->label), since),
                   r->reason ? cx_t(cx, r->reason) : "");
    }
    if (b.n)
        *ret = arena_printf(
            cx->arena, "%s %s", b.p,
            cx_t(cx, T("Hubungi pejabat lewat telepon, lalu catat keputusannya di sini.")));
    return ERR_OK;
}

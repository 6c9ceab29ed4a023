/* The "Pemberitahuan" panel of a visit (each message as a time line, then the escalation) and the alarms
 * of the counter. */
#include "features/audit/audit.h"
#include "features/visit/visit_page.h"
#include "features/visit/visit_view.h"
#include "features/reach/reach.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/banned.h"

#define LINES_MAX 6u

static struct notice_line *line_add(struct notice_card *n, const char *icon, const char *text,
                                    const char *time)
{
    struct notice_line *l = &n->lines[n->count++];
    *l = (struct notice_line){.icon = icon, .text = text, .time = time};
    return l;
}

static const char *clock_of(struct cx *cx, int64_t at)
{
    return at ? time_hms(cx->arena, at, cx->offset_min) : NULL;
}

static const char *with_reason(struct cx *cx, const char *what, const char *reason)
{
    return reason ? arena_printf(cx->arena, "%s: %s", cx_t(cx, what), cx_t(cx, reason))
                  : cx_t(cx, what);
}

/* What has happened to a message, then what is awaited. */
static void fill_ladder(struct cx *cx, const struct notice_message *m, struct notice_card *n)
{
    const struct {
        const char *icon, *text;
        int64_t at;
    } ladder[] = {{"cek", T("Terkirim"), m->sent_at},
                  {"cekdua", T("Sampai"), m->delivered_at},
                  {"mata", T("Dibaca"), m->read_at},
                  {"jawab", T("Dijawab"), m->answered_at}};
    bool ended = str_eq(m->state, "failed") || str_eq(m->state, "dropped");
    bool waits = str_eq(m->state, "queued") || str_eq(m->state, "sending");
    line_add(n, "antre", with_reason(cx, T("Antre"), waits ? m->reason : NULL),
             clock_of(cx, m->queued_at));
    for (size_t i = 0; i < ARRAY_LEN(ladder); i++) {
        bool passed = false; /* a later step is known: this one must have happened too */
        for (size_t k = i; k < ARRAY_LEN(ladder); k++)
            passed = passed || ladder[k].at;
        if (passed || !ended)
            line_add(n, ladder[i].icon, cx_t(cx, ladder[i].text), clock_of(cx, ladder[i].at))
                ->todo = !passed;
    }
    if (str_eq(m->state, "failed"))
        line_add(n, "silang", with_reason(cx, T("Gagal"), m->reason), clock_of(cx, m->failed_at));
    else if (ended)
        line_add(n, "putus", with_reason(cx, T("Tidak dikirim"), m->reason),
                 clock_of(cx, m->failed_at));
}

static const char *title_of(struct cx *cx, const struct notice_message *m, const char *who)
{
    if (str_eq(m->kind, NOTICE_LATE))
        return cx_printf(cx, T("Balasan kepada %s"), who);
    return m->round > 1 ? cx_printf(cx, T("Lagi kepada %s"), who)
                        : cx_printf(cx, T("Kepada %s"), who);
}

static void fill_message(struct cx *cx, const struct notice_message *m, struct notice_card *n)
{
    const char *who = str_empty(m->post) ? m->to
                                         : arena_printf(cx->arena, "%s, %s", m->to, m->post);
    n->lines = ARENA_ARRAY(cx->arena, LINES_MAX, struct notice_line);
    n->title = arena_printf(cx->arena, "%s · %s", title_of(cx, m, who),
                            cx_t(cx, reach_channel_label(m->channel)));
    fill_ladder(cx, m, n);
}

/* A message that could not even be queued: the card says why. */
static void fill_none(struct cx *cx, const char *title, const char *reason, int64_t at,
                      struct notice_card *n)
{
    n->lines = ARENA_ARRAY(cx->arena, LINES_MAX, struct notice_line);
    n->title = cx_t(cx, title);
    line_add(n, "putus", with_reason(cx, T("Tidak dikirim"), reason), clock_of(cx, at));
}

static void fill_escalation(struct cx *cx, struct visit_one *o, const struct audit_entry *entries,
                            size_t count)
{
    struct notice_card *n = &o->escalation;
    n->title = cx_t(cx, T("Karena belum dijawab"));
    n->lines = ARENA_ARRAY(cx->arena, count + 1, struct notice_line);
    for (size_t i = 0; i < count; i++) {
        const struct audit_entry *e = &entries[i];
        if (str_starts(e->action, "escalation_"))
            line_add(n, str_eq(e->action, "escalation_alarm") ? "awas" : "jam",
                     cx_t(cx, audit_action_label(e->action)), clock_of(cx, e->at));
    }
}

enum err visit_notice_fill(struct cx *cx, struct visit_one *o, const struct audit_entry *entries,
                           size_t count)
{
    const struct visit_view *view = o->view;
    const struct visit *v = &view->v;
    o->notices = ARENA_ARRAY(cx->arena, view->message_count + 2, struct notice_card);
    if (str_eq(v->notice_state, "none"))
        fill_none(cx, T("Kepada Kasi Intelijen"), v->notice_reason, v->notice_at,
                  &o->notices[o->notice_count++]);
    for (size_t i = 0; i < view->message_count; i++)
        fill_message(cx, &view->messages[i], &o->notices[o->notice_count++]);
    if (str_eq(v->question_state, "none") && v->question_reason)
        fill_none(cx, T("Kepada Kajari"), v->question_reason, v->question_at,
                  &o->notices[o->notice_count++]);
    fill_escalation(cx, o, entries, count);
    struct alarm_card *alarms = NULL;
    size_t alarm_count = 0;
    if (!view->alarm || !o->desk)
        return ERR_OK;
    TRY(visit_alarms_fill(cx, &alarms, &alarm_count));
    for (size_t i = 0; i < alarm_count; i++) {
        if (str_eq(alarms[i].path, o->path))
            o->alarm = &alarms[i];
    }
    return ERR_OK;
}

enum err visit_alarms_fill(struct cx *cx, struct alarm_card **ret, size_t *ret_count)
{
    struct escalation_alarm *rings = NULL;
    size_t count = 0;
    TRY(escalation_alarms(cx->read, cx->actor.office_id, &rings, &count));
    struct alarm_card *cards = ARENA_ARRAY(cx->arena, count + 1, struct alarm_card);
    for (size_t i = 0; i < count; i++) {
        const struct escalation_alarm *a = &rings[i];
        const struct visit numbered = {
            .number = a->number, .year = a->year, .number_suffix = a->number_suffix};
        int minutes = (int)((cx->now_ms - a->asked_at) / 60000);
        cards[i].text = cx_printf(cx,
                                  T("Tamu nomor %s belum mendapat jawaban selama %d menit. Hubungi "
                                    "pejabat lewat telepon sekarang."),
                                  visit_number_text(cx->arena, &numbered),
                                  minutes > 0 ? minutes : 0);
        cards[i].path = arena_printf(cx->arena, "/tamu/%s", a->visit_id);
        TRY(notice_calls(cx, cx->actor.office_id, a->question, &cards[i].calls,
                         &cards[i].call_count));
    }
    *ret = cards;
    *ret_count = count;
    return ERR_OK;
}

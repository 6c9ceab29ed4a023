/* Replies to what a person wrote: what counts as an answer, or which guest he means. They go out inside the
 * 24-hour window that his message has opened. */
#include "features/notice/notice_render.h"
#include "features/notice/notice_rules.h"
#include "features/notice/notice_whatsapp_store.h"
#include "lib/base/str.h"
#include "lib/outbox/whatsapp_error.h"
#include "lib/base/banned.h"

bool notice_is_reply(const struct outbox_row *row)
{
    bool help = str_eq(row->kind, NOTICE_HELP) && str_eq(row->subject_id, row->recipient_id);
    return help || str_eq(row->kind, NOTICE_WHICH);
}

uint32_t notice_kind_role(const char *kind)
{
    bool head = str_eq(kind, NOTICE_QUESTION) || str_eq(kind, NOTICE_HEAD) ||
                str_eq(kind, NOTICE_HEAD_CHOICES);
    return head ? ROLE_OFFICE_HEAD : ROLE_INTEL_CHIEF;
}

bool notice_kind_asked(const struct visit *v, const char *kind)
{
    if (str_eq(kind, NOTICE_HEAD_CHOICES))
        return notice_still_asked(v, NOTICE_QUESTION) || notice_still_asked(v, NOTICE_HEAD);
    return notice_still_asked(v, kind);
}

/* The guests who wait for this person now. */
static enum err waiting_guests(struct cx *cx, const struct notice_addressee *to,
                               struct notice_guests *ret)
{
    struct asked_question *open = NULL;
    size_t count = 0, kept = 0;
    TRY(notice_asked_questions(cx->read, to->row->office_id, to->staff->id, &open, &count));
    struct visit *visits = ARENA_ARRAY(cx->arena, count ? count : 1, struct visit);
    uint32_t *roles = ARENA_ARRAY(cx->arena, count ? count : 1, uint32_t);
    for (size_t i = count; i-- > 0;) { /* who has waited longest comes first */
        struct visit v = {0};
        TRY(visit_get(cx->read, to->row->office_id, open[i].visit_id, &v));
        if (!notice_kind_asked(&v, open[i].kind))
            continue;
        roles[kept] = notice_kind_role(open[i].kind);
        visits[kept++] = v;
    }
    *ret = (struct notice_guests){visits, roles, kept};
    return ERR_OK;
}

static const char *answers_of(struct cx *cx, uint32_t role)
{
    return role == ROLE_OFFICE_HEAD
               ? cx_t(cx, T("1 Saya terima, 2 Cukup Kasi Intel, 3 Nanti (misalnya: nanti 15)"))
               : cx_t(cx,
                      T("1 Saya terima, 2 Tanya Kajari, 3 Nanti (misalnya: nanti 15), 4 Tolak"));
}

static void fill_help(struct cx *cx, const struct notice_guests *g, struct outbox_message *m)
{
    if (g->count == 0)
        m->text = cx_t(cx, T("Saat ini tidak ada tamu yang menunggu jawaban Anda. Bila ada tamu, "
                             "pesan dengan tombol jawaban dikirim ke nomor ini."));
    else if (g->count == 1)
        m->text = cx_printf(cx,
                            T("Jawaban itu belum dapat dipahami. Tamu nomor %s menunggu. Balas "
                              "dengan angka atau kata: %s. Atau buka %s/jawab"),
                            visit_number_text(cx->arena, &g->visits[0]),
                            answers_of(cx, g->roles[0]), notice_base_url(cx));
    else
        m->text = cx_printf(cx,
                            T("Jawaban itu belum dapat dipahami. %d tamu menunggu. Balas pada "
                              "pesan tamu yang dimaksud, atau tulis jawaban dengan nomornya, "
                              "misalnya: terima %lld. Atau buka %s/jawab"),
                            (int)g->count, (long long)g->visits[0].number, notice_base_url(cx));
}

enum err notice_reply_render(struct cx *cx, const struct notice_addressee *to,
                             struct outbox_message *m)
{
    int64_t code = 0;
    bool refused = str_to_i64(str_or(to->row->code, ""), 0, INT32_MAX, &code) &&
                   code == WHATSAPP_ERROR_WINDOW;
    if (refused)
        return ERR_MISSING; /* the window has closed: there is no template for this */
    struct notice_guests g;
    TRY(waiting_guests(cx, to, &g));
    if (str_eq(to->row->kind, NOTICE_WHICH))
        return g.count ? notice_list_guests(cx, to, &g, m) : ERR_MISSING;
    fill_help(cx, &g, m);
    return ERR_OK;
}

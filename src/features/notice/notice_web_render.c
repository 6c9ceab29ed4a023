/* The text of a message is made when it is sent: number, time, kind and category; the name only by the
 * office's policy and never for a complaint; no free text, no photo. Its buttons carry single-use tokens. */
#include <string.h>

#include "features/casework/casework.h"
#include "features/decision/decision_store.h"
#include "features/notice/notice_render.h"
#include "features/notice/notice_inbound.h"
#include "features/notice/notice_rules.h"
#include "features/office/office.h"
#include "features/reach/reach.h"
#include "features/report/report_schedule.h"
#include "features/staff/staff.h"
#include "lib/base/rand.h"
#include "lib/base/settings.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/utf8.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

#define TOKEN_LIFE_MS (2LL * 3600 * 1000)
#define TOKEN_BYTES   16
#define NAME_CHARS    60

struct rendering {
    struct cx *cx;
    const struct outbox_row *row;
    struct visit visit;
    struct office office;
    struct staff staff;
    struct answer_token_new tokens[6];
    size_t token_count;
    uint32_t role;
};

static const char *new_token(struct rendering *r, const char *action)
{
    uint8_t bytes[TOKEN_BYTES];
    rand_bytes(bytes, sizeof(bytes));
    const char *token = str_base64url(r->cx->arena, bytes, sizeof(bytes));
    struct answer_token_new *n = &r->tokens[r->token_count++];
    n->number = *action ? (int64_t)r->token_count : 0;
    seal_secret_hash(r->cx->seal, "answer", token, n->hash);
    n->action = action;
    return token;
}

/* http://ADDRESS of this server where no public address is set. */
const char *notice_base_url(const struct cx *cx)
{
    const struct settings *s = cx->settings;
    if (!str_empty(s->public_url))
        return s->public_url;
    return arena_printf(cx->arena, "%s://%s", s->tls_cert ? "https" : "http", s->listen);
}

const char *notice_kind_of(struct cx *cx, const struct office *office, const struct visit *v)
{
    const char *kind = str_eq(v->visitor_kind, "organization") ? cx_t(cx, T("mewakili instansi"))
                                                               : cx_t(cx, T("perorangan"));
    if (v->companion_count)
        kind = cx_printf(cx, T("%s, %d pendamping"), kind, (int)v->companion_count);
    bool name = office->notice_name && !str_eq(v->category, "complaint");
    return name ? arena_printf(cx->arena, "%s (%s)", utf8_cut(cx->arena, v->name, NAME_CHARS), kind)
                : kind;
}

int64_t notice_waiting_min(const struct cx *cx, const struct visit *v)
{
    int64_t minutes = (cx->now_ms - v->arrived_at) / 60000;
    return minutes > 0 ? minutes : 0;
}

static const char *waiting_since(const struct rendering *r)
{
    struct cx *cx = r->cx;
    return cx_printf(cx, T("%s %s (menunggu %d menit)"),
                     time_hm(cx->arena, r->visit.arrived_at, cx->offset_min),
                     time_zone_letters(cx->offset_min), (int)notice_waiting_min(cx, &r->visit));
}

static void add_button(struct rendering *r, struct outbox_message *m, const char *action,
                       const char *title)
{
    struct outbox_button *buttons = m->button_count
                                        ? (struct outbox_button *)(uintptr_t)m->buttons
                                        : ARENA_ARRAY(r->cx->arena, 4, struct outbox_button);
    buttons[m->button_count++] = (struct outbox_button){
        .payload = arena_printf(r->cx->arena, "v1.%s", new_token(r, action)), .title = title};
    m->buttons = buttons;
}

/* What the Kasi Intel proposes; nothing yet when the Kajari is asked because he stays silent. */
static const char *proposal_of(const struct rendering *r)
{
    const char *outcome = r->visit.decision_outcome;
    return cx_t(r->cx,
                outcome ? decision_outcome_label(outcome) : T("Kasi Intelijen belum menjawab"));
}

/* The same in words, for channels without templates. A push notice lies on a locked screen: it says only
 * that somebody waits. */
static void fill_text(const struct rendering *r, struct outbox_message *m, bool head)
{
    struct cx *cx = r->cx;
    m->subject = cx_printf(cx, T("Tamu nomor %s menunggu jawaban"), m->params[0]);
    if (str_eq(r->row->channel, "webpush")) {
        m->text = cx_t(cx, T("Ada tamu menunggu jawaban Anda."));
        return;
    }
    m->text = cx_printf(cx, T("Tamu nomor %s menunggu sejak %s. Tamu: %s. Keperluan: %s."),
                        m->params[0], m->params[1], m->params[2], m->params[3]);
    if (head)
        m->text = cx_printf(cx, T("%s Usul: %s. Siapa yang menerima?"), m->text, m->params[4]);
}

static void fill_question(struct rendering *r, struct outbox_message *m)
{
    struct cx *cx = r->cx;
    const struct settings *s = cx->settings;
    r->role = notice_kind_role(r->row->kind);
    bool head = r->role == ROLE_OFFICE_HEAD;
    m->template_name = head ? s->template_head : s->template_visit;
    m->language = s->language;
    if (head) {
        add_button(r, m, "office_head", "Saya terima");
        add_button(r, m, "intel_chief", "Cukup Kasi Intel");
        add_button(r, m, "later", "Nanti");
    } else {
        add_button(r, m, "intel_chief", "Saya terima");
        add_button(r, m, "ask_head", "Tanya Kajari");
        add_button(r, m, "later", "Nanti");
        add_button(r, m, "refused", "Tolak");
    }
    const char **params = ARENA_ARRAY(cx->arena, 6, const char *);
    params[m->param_count++] = visit_number_text(cx->arena, &r->visit);
    params[m->param_count++] = waiting_since(r);
    params[m->param_count++] = notice_kind_of(cx, &r->office, &r->visit);
    params[m->param_count++] = cx_t(cx, visit_category_label(r->visit.category));
    if (head)
        params[m->param_count++] = proposal_of(r);
    m->link = arena_printf(cx->arena, "%s/jawab/%s", notice_base_url(cx), new_token(r, ""));
    params[m->param_count++] = m->link;
    m->params = params;
    fill_text(r, m, head);
}

static enum err keep_tokens(struct rendering *r)
{
    struct answer_tokens_new n = {.office_id = r->row->office_id,
                                  .common = {.visit_id = r->visit.id,
                                             .outbox_id = r->row->id,
                                             .staff_id = r->staff.id,
                                             .as_role = staff_role_name(r->role),
                                             .expires_at = r->cx->now_ms + TOKEN_LIFE_MS},
                                  .tokens = r->tokens,
                                  .count = r->token_count};
    return db_tx(r->cx, "answer_tokens", decision_tokens_add, &n);
}

static void fill_late(struct rendering *r, struct outbox_message *m)
{
    struct cx *cx = r->cx;
    const struct visit *v = &r->visit;
    const char *by = str_empty(v->decision_by)
                         ? cx_t(cx, T("sistem"))
                         : staff_name(cx->read, r->row->office_id, v->decision_by);
    m->text = cx_printf(
        cx, T("Tamu nomor %s sudah dijawab oleh %s: %s. Jawaban Anda tetap disimpan."),
        visit_number_text(cx->arena, v), by, cx_t(cx, decision_outcome_label(v->decision_outcome)));
}

/* A reminder is about no visit. */
static enum err render_reminder(struct cx *cx, const struct outbox_row *row,
                                struct outbox_message *ret)
{
    const char *to = NULL;
    enum err e = reach_address(cx, row->office_id, row->recipient_id, row->channel, &to);
    if (e == ERR_MISSING)
        return cx_fail(cx, ERR_INVALID, "no_address",
                       T("Penerima tidak mempunyai alamat pada saluran ini lagi."));
    if (e != ERR_OK)
        return e;
    struct outbox_message m = {.to = to, .opaque_id = row->id};
    TRY(casework_render_reminder(cx, row, &m));
    *ret = m;
    return ERR_OK;
}

enum err notice_render(struct cx *cx, const struct outbox_row *row, struct outbox_message *ret)
{
    if (str_eq(row->kind, CASE_REMINDER))
        return render_reminder(cx, row, ret);
    if (report_is_mail(row->kind))
        return report_mail_render(cx, row, ret);
    bool reply = notice_is_reply(row);
    if (!reply && (str_eq(row->kind, NOTICE_TEST) || str_eq(row->kind, NOTICE_HELP)))
        return notice_render_side(cx, row, ret);
    struct rendering *r = ARENA_NEW(cx->arena, struct rendering);
    r->cx = cx;
    r->row = row;
    if (!reply)
        TRY(visit_get(cx->read, row->office_id, row->subject_id, &r->visit));
    TRY(office_get(cx->read, row->office_id, &r->office));
    TRY(staff_get(cx->read, row->office_id, row->recipient_id, &r->staff));
    const struct notice_addressee addressee = {row, &r->office, &r->staff};
    const char *to = NULL;
    enum err e = reach_address(cx, row->office_id, row->recipient_id, row->channel, &to);
    if (e == ERR_MISSING)
        return cx_fail(cx, ERR_INVALID, "no_address",
                       T("Penerima tidak mempunyai alamat pada saluran ini lagi."));
    if (e != ERR_OK)
        return e;
    *ret = (struct outbox_message){.to = to, .opaque_id = row->id};
    if (reply)
        return notice_reply_render(cx, &addressee, ret);
    if (str_eq(row->kind, NOTICE_LATE)) {
        fill_late(r, ret);
        return str_eq(row->code, "131047")
                   ? ERR_MISSING
                   : ERR_OK; /* the window is closed: no template says this */
    }
    if (!notice_kind_asked(&r->visit, row->kind))
        return ERR_MISSING;
    bool rush = false;
    TRY(notice_rush(cx, &addressee, &r->visit, ret, &rush));
    if (rush)
        return ERR_OK;
    fill_question(r, ret);
    TRY(notice_form(cx, &addressee, ret));
    return keep_tokens(r);
}

/* The text of a message is made when it is sent: number, time, kind and category; the name only by the
 * office's policy and never for a complaint; no free text, no photo. Its buttons carry single-use tokens. */
#include <string.h>

#include "features/decision/decision_store.h"
#include "features/notice/notice.h"
#include "features/office/office.h"
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
    seal_secret_hash(r->cx->seal, "answer", token, n->hash);
    n->action = action;
    return token;
}

/* http://ADDRESS of this server where no public address is set. */
static const char *base_url(const struct cx *cx)
{
    const struct settings *s = cx->settings;
    if (!str_empty(s->public_url))
        return s->public_url;
    return arena_printf(cx->arena, "%s://%s", s->tls_cert ? "https" : "http", s->listen);
}

static const char *kind_of(const struct rendering *r)
{
    const struct visit *v = &r->visit;
    struct cx *cx = r->cx;
    const char *kind = str_eq(v->visitor_kind, "organization") ? cx_t(cx, T("mewakili instansi"))
                                                               : cx_t(cx, T("perorangan"));
    if (v->companion_count)
        kind = cx_printf(cx, T("%s, %d pendamping"), kind, (int)v->companion_count);
    bool name = r->office.notice_name && !str_eq(v->category, "complaint");
    return name ? arena_printf(cx->arena, "%s (%s)", utf8_cut(cx->arena, v->name, NAME_CHARS), kind) : kind;
}

static const char *waiting_since(const struct rendering *r)
{
    struct cx *cx = r->cx;
    int64_t minutes = (cx->now_ms - r->visit.arrived_at) / 60000;
    return cx_printf(cx, T("%s %s (menunggu %d menit)"), time_hm(cx->arena, r->visit.arrived_at, cx->offset_min),
                     time_zone_letters(cx->offset_min), (int)(minutes > 0 ? minutes : 0));
}

static void add_button(struct rendering *r, struct outbox_message *m, const char *action, const char *title)
{
    struct outbox_button *buttons = m->button_count
                                        ? (struct outbox_button *)(uintptr_t)m->buttons
                                        : ARENA_ARRAY(r->cx->arena, 4, struct outbox_button);
    buttons[m->button_count++] = (struct outbox_button){
        .payload = arena_printf(r->cx->arena, "v1.%s", new_token(r, action)), .title = title};
    m->buttons = buttons;
}

static void fill_question(struct rendering *r, struct outbox_message *m)
{
    struct cx *cx = r->cx;
    const struct settings *s = cx->settings;
    bool head = str_eq(r->row->kind, NOTICE_QUESTION);
    r->role = head ? ROLE_OFFICE_HEAD : ROLE_INTEL_CHIEF;
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
    params[m->param_count++] = kind_of(r);
    params[m->param_count++] = cx_t(cx, visit_category_label(r->visit.category));
    if (head)
        params[m->param_count++] = cx_t(cx, decision_outcome_label(r->visit.decision_outcome));
    params[m->param_count++] = arena_printf(cx->arena, "%s/jawab/%s", base_url(cx), new_token(r, ""));
    m->params = params;
}

/* Is the question still open? Nothing is sent for a visit already decided or closed. */
static bool still_asked(const struct rendering *r)
{
    const struct visit *v = &r->visit;
    bool before = v->open && (visit_state_is(v, "registered") || visit_state_is(v, "checked_in") ||
                              visit_state_is(v, "waiting"));
    const char *state = str_eq(r->row->kind, NOTICE_QUESTION) ? "proposed" : "none";
    return before && str_eq(v->decision_state, state);
}

static enum err keep_tokens(struct rendering *r)
{
    struct answer_tokens_new n = {
        .office_id = r->row->office_id,
        .common = {.visit_id = r->visit.id, .outbox_id = r->row->id, .staff_id = r->staff.id,
                   .as_role = staff_role_name(r->role), .expires_at = r->cx->now_ms + TOKEN_LIFE_MS},
        .tokens = r->tokens, .count = r->token_count};
    return db_tx(r->cx, "answer_tokens", decision_tokens_add, &n);
}

static void fill_late(struct rendering *r, struct outbox_message *m)
{
    struct cx *cx = r->cx;
    const struct visit *v = &r->visit;
    const char *by = str_empty(v->decision_by) ? cx_t(cx, T("sistem"))
                                               : staff_name(cx->read, r->row->office_id, v->decision_by);
    m->text = cx_printf(cx, T("Tamu nomor %s sudah dijawab oleh %s: %s. Jawaban Anda tetap disimpan."),
                        visit_number_text(cx->arena, v), by,
                        cx_t(cx, decision_outcome_label(v->decision_outcome)));
}

enum err notice_render(struct cx *cx, const struct outbox_row *row, struct outbox_message *ret)
{
    struct rendering *r = ARENA_NEW(cx->arena, struct rendering);
    r->cx = cx;
    r->row = row;
    TRY(visit_get(cx->read, row->office_id, row->subject_id, &r->visit));
    TRY(office_get(cx->read, row->office_id, &r->office));
    TRY(staff_get(cx->read, row->office_id, row->recipient_id, &r->staff));
    char *phone = NULL;
    TRY(staff_phone(cx, &r->staff, &phone));
    if (!phone)
        return cx_fail(cx, ERR_INVALID, "no_phone", T("Nomor WhatsApp pejabat belum dicatat"));
    *ret = (struct outbox_message){.to = phone, .opaque_id = row->id};
    if (str_eq(row->kind, NOTICE_LATE)) {
        fill_late(r, ret);
        return ERR_OK;
    }
    if (!still_asked(r))
        return ERR_MISSING;
    fill_question(r, ret);
    return keep_tokens(r);
}

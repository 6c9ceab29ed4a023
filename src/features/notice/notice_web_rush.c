/* Several guests for one person, and the two forms of a question: a template, or a list inside the 24-hour
 * window. */
#include <string.h>

#include "features/decision/decision_store.h"
#include "features/notice/notice_render.h"
#include "features/notice/notice_rules.h"
#include "features/notice/notice_whatsapp_store.h"
#include "lib/base/rand.h"
#include "lib/base/settings.h"
#include "lib/base/str.h"
#include "lib/base/utf8.h"
#include "lib/outbox/whatsapp_error.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

#define WINDOW_MS      (24LL * 3600 * 1000)
#define WINDOW_EDGE_MS 60000LL /* the message takes a while to be there */
#define TOKEN_LIFE_MS  (2LL * 3600 * 1000)
#define TOKEN_BYTES    16
#define ROWS_MAX       10u  /* of a WhatsApp list */
#define LINE_BYTES     220u /* the list as one parameter of a template */

static bool code_is(const struct outbox_row *row, int64_t code)
{
    int64_t number = 0;
    return str_to_i64(str_or(row->code, ""), 0, INT32_MAX, &number) && number == code;
}

/* He wrote within the last day, and WhatsApp has not just said otherwise. */
static bool window_is_open(const struct cx *cx, const struct notice_addressee *to)
{
    return str_eq(to->row->channel, "whatsapp") && !code_is(to->row, WHATSAPP_ERROR_WINDOW) &&
           to->staff->last_inbound_at + WINDOW_MS - WINDOW_EDGE_MS > cx->now_ms;
}

enum err notice_form(struct cx *cx, const struct notice_addressee *to, struct outbox_message *m)
{
    if (!str_eq(to->row->channel, "whatsapp"))
        return ERR_OK;
    if (window_is_open(cx, to)) {
        m->template_name = NULL;
        m->opener = cx_t(cx, T("Pilih jawaban"));
        m->text = cx_printf(cx, T("%s\n\nPilih jawaban di bawah, atau buka %s"), m->text, m->link);
        return ERR_OK;
    }
    if (notice_template_stopped(cx->read, to->row->office_id, m->template_name, cx->now_ms))
        return cx_fail(cx, ERR_INVALID, "template_stopped",
                       T("Templat pesan sedang dihentikan oleh WhatsApp. Hubungi penerima langsung "
                         "dan beri tahu admin."));
    return ERR_OK;
}

/* --- several guests ------------------------------------------------------------------------------------- */

static const char *guest_line(struct cx *cx, const struct office *office, const struct visit *v)
{
    return cx_printf(cx, T("%s menunggu %d menit, %s, %s"), visit_number_text(cx->arena, v),
                     (int)notice_waiting_min(cx, v), notice_kind_of(cx, office, v),
                     cx_t(cx, visit_category_label(v->category)));
}

/* A token that shows the answers of one guest; it decides nothing and may be used again. */
static enum err show_token(struct cx *cx, const struct notice_addressee *to, const struct visit *v,
                           uint32_t role, const char **ret)
{
    uint8_t bytes[TOKEN_BYTES];
    rand_bytes(bytes, sizeof(bytes));
    const char *token = str_base64url(cx->arena, bytes, sizeof(bytes));
    struct answer_token_new *one = ARENA_NEW(cx->arena, struct answer_token_new);
    one->action = "show";
    seal_secret_hash(cx->seal, "answer", token, one->hash);
    struct answer_tokens_new n = {.office_id = to->row->office_id,
                                  .common = {.visit_id = v->id,
                                             .outbox_id = to->row->id,
                                             .staff_id = to->staff->id,
                                             .as_role = staff_role_name(role),
                                             .expires_at = cx->now_ms + TOKEN_LIFE_MS},
                                  .tokens = one,
                                  .count = 1};
    *ret = arena_printf(cx->arena, "v1.%s", token);
    return db_tx(cx, "answer_tokens", decision_tokens_add, &n);
}

static enum err list_rows(struct cx *cx, const struct notice_addressee *to,
                          const struct notice_guests *g, struct outbox_message *m)
{
    struct outbox_button *rows = ARENA_ARRAY(cx->arena, ROWS_MAX, struct outbox_button);
    for (size_t i = 0; i < g->count && i < ROWS_MAX; i++) {
        const struct visit *v = &g->visits[i];
        struct outbox_button *b = &rows[m->button_count];
        TRY(show_token(cx, to, v, g->roles[i], &b->payload));
        b->title = cx_printf(cx, T("%s, %d menit"), visit_number_text(cx->arena, v),
                             (int)notice_waiting_min(cx, v));
        b->detail = arena_printf(cx->arena, "%s, %s", notice_kind_of(cx, to->office, v),
                                 cx_t(cx, visit_category_label(v->category)));
        m->button_count++;
    }
    m->buttons = rows;
    m->opener = cx_t(cx, T("Pilih tamu"));
    return ERR_OK;
}

static const char *list_text(struct cx *cx, const struct notice_addressee *to,
                             const struct notice_guests *g)
{
    struct buf text = buf_new(cx->arena, 512, 4096);
    buf_printf(&text, "%s\n", cx_printf(cx, T("%d tamu menunggu jawaban Anda:"), (int)g->count));
    for (size_t i = 0; i < g->count && i < ROWS_MAX; i++)
        buf_printf(&text, "\n%zu. %s", i + 1, guest_line(cx, to->office, &g->visits[i]));
    if (g->count > ROWS_MAX)
        buf_printf(&text, "\n%s", cx_printf(cx, T("dan %d tamu lagi"), (int)(g->count - ROWS_MAX)));
    return text.p;
}

enum err notice_list_guests(struct cx *cx, const struct notice_addressee *to,
                            const struct notice_guests *g, struct outbox_message *m)
{
    m->template_name = NULL;
    m->text = cx_printf(cx,
                        T("%s\n\nPilih tamu di bawah, atau buka %s/jawab. Dapat juga ditulis "
                          "dengan nomornya, misalnya: terima %lld"),
                        list_text(cx, to, g), notice_base_url(cx), (long long)g->visits[0].number);
    return list_rows(cx, to, g, m);
}

/* The same as a template: its parameters are one line each. */
static void list_template(struct cx *cx, const struct notice_addressee *to,
                          const struct notice_guests *g, struct outbox_message *m)
{
    struct buf line = buf_new(cx->arena, 256, 1024);
    size_t shown = 0;
    for (; shown < g->count; shown++) {
        const char *guest = guest_line(cx, to->office, &g->visits[shown]);
        if (shown && line.n + strlen(guest) + 2 > LINE_BYTES)
            break;
        buf_printf(&line, "%s%s", shown ? "; " : "", guest);
    }
    if (shown < g->count)
        buf_printf(&line, "; %s", cx_printf(cx, T("dan %d tamu lagi"), (int)(g->count - shown)));
    const char **params = ARENA_ARRAY(cx->arena, 3, const char *);
    params[m->param_count++] = arena_printf(cx->arena, "%zu", g->count);
    params[m->param_count++] = line.p;
    params[m->param_count++] = arena_printf(cx->arena, "%s/jawab", notice_base_url(cx));
    m->params = params;
    m->template_name = cx->settings->template_queue;
    m->language = cx->settings->language;
    m->text = list_text(cx, to, g);
    m->other_form = true;
}

/* --- the rush ------------------------------------------------------------------------------------------- */

struct rush {
    struct visit *visits;
    uint32_t *roles;
    size_t visit_count;
    const char **ids; /* rows that go along */
    size_t id_count;
};

/* The carrier's own guest first, then those of the others that still wait; a reminder of a guest who is
 * listed already goes along unseen. */
static enum err gather(struct cx *cx, const struct notice_addressee *to, const struct visit *v,
                       struct rush *r)
{
    struct outbox_row *rows = NULL;
    size_t count = 0;
    TRY(outbox_companions(cx->read, to->row, &rows, &count));
    r->visits = ARENA_ARRAY(cx->arena, count + 1, struct visit);
    r->roles = ARENA_ARRAY(cx->arena, count + 1, uint32_t);
    r->ids = ARENA_ARRAY(cx->arena, count + 1, const char *);
    r->roles[r->visit_count] = notice_kind_role(to->row->kind);
    r->visits[r->visit_count++] = *v;
    for (size_t i = 0; i < count; i++) {
        struct visit other = {0};
        enum err e = visit_get(cx->read, to->row->office_id, rows[i].subject_id, &other);
        if (e == ERR_MISSING || (e == ERR_OK && !notice_kind_asked(&other, rows[i].kind)))
            continue; /* it is dropped when its turn comes */
        if (e != ERR_OK)
            return e;
        bool listed = false;
        for (size_t k = 0; k < r->visit_count && !listed; k++)
            listed = str_eq(r->visits[k].id, other.id);
        r->ids[r->id_count++] = rows[i].id;
        if (listed)
            continue;
        r->roles[r->visit_count] = notice_kind_role(rows[i].kind);
        r->visits[r->visit_count++] = other;
    }
    return ERR_OK;
}

static enum err carry(struct cx *cx, const struct outbox_row *row, const struct rush *r)
{
    struct carry_change *c = ARENA_NEW(cx->arena, struct carry_change);
    *c = (struct carry_change){row, r ? r->ids : NULL, r ? r->id_count : 0};
    return db_tx(cx, "outbox_carry", notice_carry, c);
}

/* From an attempt before: those who went along then go out by themselves now. */
static enum err carry_nobody(struct cx *cx, const struct outbox_row *row)
{
    struct outbox_row *rows = NULL;
    size_t count = 0;
    TRY(outbox_carried(cx->read, row->office_id, row->id, &rows, &count));
    return count ? carry(cx, row, NULL) : ERR_OK;
}

enum err notice_rush(struct cx *cx, const struct notice_addressee *to, const struct visit *v,
                     struct outbox_message *m, bool *ret_rush)
{
    const struct outbox_row *row = to->row;
    struct rush r = {0};
    *ret_rush = false;
    bool asks = str_eq(row->kind, NOTICE_VISIT) || str_eq(row->kind, NOTICE_QUESTION) ||
                str_eq(row->kind, NOTICE_HEAD);
    if (!asks || !str_eq(row->channel, "whatsapp"))
        return ERR_OK;
    bool window = window_is_open(cx, to);
    const char *template = cx->settings->template_queue;
    bool form = window ||
                (!str_empty(template) &&
                 !notice_template_stopped(cx->read, row->office_id, template, cx->now_ms));
    if (form && row->pace_left < INT32_MAX)
        TRY(gather(cx, to, v, &r));
    if (r.visit_count < 2 || row->pace_left >= (int64_t)r.id_count + 1)
        return carry_nobody(cx, row);
    TRY(carry(cx, row, &r));
    struct notice_guests g = {r.visits, r.roles, r.visit_count};
    *ret_rush = true;
    if (window)
        return notice_list_guests(cx, to, &g, m);
    list_template(cx, to, &g, m);
    return ERR_OK;
}

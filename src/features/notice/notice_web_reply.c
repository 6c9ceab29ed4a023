/* A button on a message channel: the token behind it, and the same rules for all channels: the right token,
 * the person it was given to, in time, once. Words: notice_web_text.c. */
#include <string.h>

#include "features/decision/decision_store.h"
#include "features/notice/notice_inbound.h"
#include "features/notice/notice_store.h"
#include "lib/base/log.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

#define TEST_PREFIX "v1.uji."

static void say(const char **ret_said, const char *text)
{
    if (ret_said)
        *ret_said = text;
}

/* --- one answer ---------------------------------------------------------------------------------------------- */

/* Tells who answered too late what was decided. */
enum err notice_late(struct cx *cx, const struct decision_new *n, const char *channel)
{
    struct reply_new *r = ARENA_NEW(cx->arena, struct reply_new);
    *r = (struct reply_new){.act = n->act,
                            .outbox_id = cx_new_id(cx),
                            .visit_id = n->visit_id,
                            .recipient_id = n->official_id,
                            .channel = channel};
    TRY(db_tx(cx, "notice_reply", notice_reply, r));
    outbox_wake(cx);
    return ERR_OK;
}

static const char *said_of(struct cx *cx, const struct decision_new *n,
                           const struct decision_result *r, enum err e)
{
    struct visit v = r->visit;
    if (e == ERR_OK)
        return cx_printf(cx, T("Tamu nomor %s. Tercatat pukul %s: %s."),
                         v.id ? visit_number_text(cx->arena, &v) : "",
                         time_hm(cx->arena, cx->now_ms, cx->offset_min),
                         cx_t(cx, decision_outcome_label(n->outcome)));
    return str_or(cx->diag.message, cx_t(cx, T("Jawaban ini tidak berlaku lagi.")));
}

static enum err answer(struct cx *cx, const struct typed_answer *t, const struct answer_token *token,
                       const uint8_t hash[32], const char **ret_said)
{
    struct decision_new *n = ARENA_NEW(cx->arena, struct decision_new);
    struct decision_result *r = ARENA_NEW(cx->arena, struct decision_result);
    n->act = (struct visit_act){.office_id = t->office_id,
                                .actor_kind = "official",
                                .actor_id = t->staff_id,
                                .now_ms = cx->now_ms};
    n->visit_id = token->visit_id;
    n->official_id = t->staff_id;
    if (!staff_role_parse(token->as_role, &n->as_role))
        return ERR_INTERNAL;
    n->outcome = token->action;
    n->channel = t->channel;
    n->message_id = t->message_id;
    n->token_hash = hash;
    enum err e = decision_answer(cx, n, r);
    if (e == ERR_OK || e == ERR_CONFLICT || e == ERR_MISSING)
        say(ret_said, said_of(cx, n, r, e));
    bool late = e == ERR_CONFLICT && str_eq(r->effect, "too_late");
    if (late && !str_eq(t->channel, "telegram")) /* there the bot answers at once */
        return notice_late(cx, n, t->channel);
    return e == ERR_CONFLICT || e == ERR_MISSING ? ERR_OK : e;
}

/* --- buttons --------------------------------------------------------------------------------------------------- */

static enum err take_code(struct cx *cx, const struct typed_answer *t, const char *code,
                          const char **ret_said)
{
    bool known = false;
    TRY(notice_test_reply(cx, t->office_id, t->staff_id, t->channel, code, &known));
    say(ret_said, known ? cx_t(cx, T("Terima kasih. Saluran ini terbukti sampai."))
                        : cx_t(cx, T("Kode itu bukan kode pesan uji Anda.")));
    return ERR_OK;
}

enum err notice_take_tap(struct cx *cx, const struct typed_answer *t, const char *payload,
                         const char **ret_said)
{
    uint8_t *hash = ARENA_ARRAY(cx->arena, 32, uint8_t);
    struct answer_token token = {0};
    if (str_starts(payload, TEST_PREFIX))
        return take_code(cx, t, arena_strndup(cx->arena, payload + strlen(TEST_PREFIX), 6),
                         ret_said);
    if (!str_starts(payload, "v1."))
        return ERR_OK;
    seal_secret_hash(cx->seal, "answer", payload + 3, hash);
    enum err found = decision_token_find(cx->read, t->office_id, hash, &token);
    if (found != ERR_OK && found != ERR_MISSING)
        return found;
    if (found == ERR_MISSING || !str_eq(token.staff_id, t->staff_id) || !*token.action) {
        if (found == ERR_OK)
            log_event(LOG_WARN, "answer from another person refused", "visit", token.visit_id,
                      "channel", t->channel, NULL);
        say(ret_said, cx_t(cx, T("Jawaban ini tidak berlaku lagi.")));
        return ERR_OK;
    }
    return answer(cx, t, &token, hash, ret_said);
}

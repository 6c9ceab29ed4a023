/* A person answers in his own words. His text counts while a question to him is open: the one that he
 * replies to, the one whose guest he names, or the only one there is. */
#include "features/notice/notice_web_text.h"

#include "features/decision/decision_store.h"
#include "features/notice/notice_inbound.h"
#include "features/notice/notice_render.h"
#include "features/notice/notice_rules.h"
#include "features/notice/notice_text.h"
#include "features/notice/notice_whatsapp_store.h"
#include "lib/base/rand.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

#define DAY_MS    (24LL * 3600 * 1000)
#define MINUTE_MS 60000LL

struct candidate {
    const char *kind;
    struct visit visit;
};

struct choosing {
    struct cx *cx;
    const struct notice_words *w;
    struct candidate *list; /* open questions to him, newest first */
    size_t count;
};

enum err notice_reply_words(struct cx *cx, const struct notice_words *w, const char *kind,
                            int64_t round)
{
    struct text_reply *r = ARENA_NEW(cx->arena, struct text_reply);
    *r = (struct text_reply){.office_id = w->office_id,
                             .outbox_id = cx_new_id(cx),
                             .kind = kind,
                             .subject_id = w->staff_id,
                             .staff_id = w->staff_id,
                             .channel = w->channel,
                             .round = round,
                             .now_ms = cx->now_ms};
    enum err e = db_tx(cx, "notice_text_reply", notice_text_reply, r);
    if (e == ERR_OK)
        outbox_wake(cx);
    return e == ERR_CONFLICT ? ERR_OK : e;
}

/* Once a day of the office and person. */
static enum err help(const struct choosing *c)
{
    int64_t day = (c->cx->now_ms + c->cx->offset_min * MINUTE_MS) / DAY_MS;
    return notice_reply_words(c->cx, c->w, NOTICE_HELP, day);
}

/* Once for each message of his, however often it is delivered to us. */
static enum err which(const struct choosing *c)
{
    if (!str_eq(c->w->channel, "whatsapp")) /* no list to choose from there: how to name the guest */
        return notice_reply_words(c->cx, c->w, NOTICE_HELP, c->w->at_ms / 1000);
    return notice_reply_words(c->cx, c->w, NOTICE_WHICH, c->w->at_ms / 1000);
}

static enum err gather(struct choosing *c)
{
    struct asked_question *open = NULL;
    size_t count = 0;
    TRY(notice_asked_questions(c->cx->read, c->w->office_id, c->w->staff_id, &open, &count));
    c->list = ARENA_ARRAY(c->cx->arena, count ? count : 1, struct candidate);
    for (size_t i = 0; i < count; i++) {
        struct candidate *one = &c->list[c->count];
        TRY(visit_get(c->cx->read, c->w->office_id, open[i].visit_id, &one->visit));
        one->kind = open[i].kind;
        if (notice_kind_asked(&one->visit, one->kind))
            c->count++;
    }
    return ERR_OK;
}

static bool is_question_to(const struct outbox_row *row, const char *staff_id)
{
    static const char *const kinds[] = {NOTICE_VISIT, NOTICE_QUESTION, NOTICE_HEAD, NOTICE_CHOICES,
                                        NOTICE_HEAD_CHOICES};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (str_eq(kinds[i], row->kind))
            return str_eq(row->recipient_id, staff_id);
    return false;
}

/* The message that he replies to, when it was to him; one of several guests names none. */
static enum err replied_to(const struct choosing *c, struct candidate *ret, bool *ret_found)
{
    struct outbox_row row = {0};
    *ret_found = false;
    if (str_empty(c->w->context_id))
        return ERR_OK;
    enum err e = outbox_get_by_provider(c->cx->read, c->w->office_id, c->w->context_id, &row);
    if (e == ERR_MISSING || (e == ERR_OK && !is_question_to(&row, c->w->staff_id)))
        return ERR_OK;
    if (e != ERR_OK)
        return e;
    struct outbox_row *carried = NULL;
    size_t count = 0;
    TRY(outbox_carried(c->cx->read, c->w->office_id, row.id, &carried, &count));
    if (count)
        return ERR_OK;
    ret->kind = row.kind;
    *ret_found = true;
    return visit_get(c->cx->read, c->w->office_id, row.subject_id, &ret->visit);
}

static enum err answer(const struct choosing *c, const struct candidate *to,
                       const struct notice_text *t)
{
    struct cx *cx = c->cx;
    const struct notice_words *w = c->w;
    struct decision_new *n = ARENA_NEW(cx->arena, struct decision_new);
    n->act = (struct visit_act){.office_id = w->office_id,
                                .actor_kind = "official",
                                .actor_id = w->staff_id,
                                .now_ms = cx->now_ms};
    n->visit_id = to->visit.id;
    n->official_id = w->staff_id;
    n->as_role = notice_kind_role(to->kind);
    n->outcome = t->outcome;
    n->minutes = t->minutes;
    n->channel = w->channel;
    n->message_id = w->message_id;
    struct decision_result *r = ARENA_NEW(cx->arena, struct decision_result);
    enum err e = decision_answer(cx, n, r);
    if (e == ERR_CONFLICT && str_eq(r->effect, "too_late") && w->late)
        return w->late(cx, n);
    return e == ERR_CONFLICT || e == ERR_MISSING ? ERR_OK : e;
}

/* Of the open ones: the guest he names, else the only one. NULL when it is not clear. */
static const struct candidate *pick(const struct choosing *c, int64_t guest)
{
    const struct candidate *found = NULL;
    for (size_t i = 0; i < c->count; i++) {
        if (guest && c->list[i].visit.number != guest)
            continue;
        if (found)
            return NULL;
        found = &c->list[i];
    }
    return found;
}

static bool read_for(const struct choosing *c, const struct candidate *to, struct notice_text *ret)
{
    return notice_text_parse(c->w->text, notice_kind_role(to->kind) == ROLE_OFFICE_HEAD, ret);
}

/* The six digits of a test message, which prove his number. */
static enum err test_code(struct cx *cx, const struct notice_words *w, bool *ret_known)
{
    char code[7];
    *ret_known = false;
    return notice_code_read(w->text, code)
               ? notice_test_reply(cx, w->office_id, w->staff_id, w->channel, code, ret_known)
               : ERR_OK;
}

enum err notice_words_answer(struct cx *cx, const struct notice_words *w)
{
    bool known = false;
    TRY(test_code(cx, w, &known));
    if (known)
        return ERR_OK;
    struct choosing *c = ARENA_NEW(cx->arena, struct choosing);
    c->cx = cx;
    c->w = w;
    struct notice_text t = {0};
    struct candidate context = {0};
    bool found = false;
    TRY(replied_to(c, &context, &found));
    if (found)
        return read_for(c, &context, &t) && (!t.guest || t.guest == context.visit.number)
                   ? answer(c, &context, &t)
                   : help(c);
    TRY(gather(c));
    if (c->count == 0)
        return help(c);
    if (!read_for(c, &c->list[0], &t))
        return help(c);
    const struct candidate *to = pick(c, t.guest);
    if (!to)
        return which(c);
    return read_for(c, to, &t) ? answer(c, to, &t) : help(c);
}

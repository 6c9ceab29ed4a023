/* The words of a line, and what comes into R.IN.1 by itself: letters that guests handed over, and complaints that
 * came as a letter. */
#include "features/complaint/complaint.h"
#include "features/register/register_web.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/json/json.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

#define WORDS_MAX  (64u * 1024)
#define DAY_MS     ((int64_t)86400 * 1000)
#define TAKE_DAYS  8
#define TAKE_LINES 200

/* Bound to book and line: the same letter stands in two books with other words. */
static const char *seal_row(struct cx *cx, const char *book, const char *row_id)
{
    return arena_printf(cx->arena, "%s|%s", book, row_id);
}

struct bytes register_words_seal(struct cx *cx, const char *book, const char *row_id,
                                 const struct register_words *w)
{
    struct register_words words = *w;
    json_t *o = json_keep(cx->arena, json_object());
    for (size_t i = 0; i < REGISTER_WORDS; i++) {
        const char *value = *register_word(&words, i);
        if (!str_empty(value))
            json_object_set_new_nocheck(o, register_word_keys[i], json_text(value));
    }
    struct buf text = buf_new(cx->arena, 512, WORDS_MAX);
    json_write(&text, o);
    return seal_field(cx->seal, cx->arena, "register_words", "words_sealed",
                      seal_row(cx, book, row_id), text.p);
}

enum err register_words_open(struct cx *cx, const char *book, const char *row_id,
                             struct bytes sealed, struct register_words *ret)
{
    char *text = NULL;
    struct register_words words = {.subject = NULL};
    TRY(seal_field_open(cx->seal, cx->arena, "register_words", "words_sealed",
                        seal_row(cx, book, row_id), sealed, &text));
    const json_t *o = text ? json_keep(cx->arena, json_loads(text, 0, NULL)) : NULL;
    for (size_t i = 0; i < REGISTER_WORDS; i++) {
        const char *value = json_string_value(json_object_get(o, register_word_keys[i]));
        *register_word(&words, i) = value ? arena_strdup(cx->arena, value) : NULL;
    }
    *ret = words;
    return ERR_OK;
}

/* --- what comes by itself ------------------------------------------------------------------------------------- */

/* A visit of which the interview note names something that was handed over. */
struct handed_over {
    const struct visit *visit;
    const char *documents;
};

static enum err handed_over(struct cx *cx, int64_t from_ms, int64_t until_ms,
                            struct handed_over **ret, size_t *ret_count)
{
    struct visit *visits = NULL;
    size_t count = 0, n = 0;
    TRY(register_visits_waiting(cx->read, cx->actor.office_id, from_ms, until_ms, &visits, &count));
    struct handed_over *list = ARENA_ARRAY(cx->arena, count + 1, struct handed_over);
    for (size_t i = 0; i < count; i++) {
        list[n] = (struct handed_over){.visit = &visits[i]};
        TRY(register_visit_documents(cx, &visits[i], &list[n].documents));
        n += !str_empty(list[n].documents);
    }
    *ret = list;
    *ret_count = n;
    return ERR_OK;
}

static enum err visit_items(struct cx *cx, int64_t from_ms, int64_t until_ms,
                            struct register_new **ret, size_t *ret_count)
{
    struct handed_over *list = NULL;
    size_t count = 0;
    TRY(handed_over(cx, from_ms, until_ms, &list, &count));
    struct register_new *items = ARENA_ARRAY(cx->arena, count + 1, struct register_new);
    for (size_t i = 0; i < count; i++) {
        const struct visit *v = list[i].visit;
        struct register_words w = {
            .sender = str_empty(v->organization)
                          ? v->name
                          : arena_printf(cx->arena, "%s, %s", v->name, v->organization),
            .subject = arena_printf(cx->arena, "Diserahkan tamu, kunjungan %s",
                                    visit_number_text(cx->arena, v)),
            .attachments = list[i].documents};
        const char *id = cx_new_id(cx);
        items[i] = (struct register_new){
            .id = id,
            .source_kind = "visit",
            .source_id = v->id,
            .at = v->arrived_at,
            .has_time = true,
            .made_by = str_or(v->registered_by, ""),
            .words_sealed = register_words_seal(cx, "surat-masuk", id, &w)};
    }
    *ret = items;
    *ret_count = count;
    return ERR_OK;
}

/* Of a complaint the day alone, and no words: what it says is sealed. */
static enum err letter_items(struct cx *cx, int64_t from_ms, int64_t until_ms,
                             struct register_new **ret, size_t *ret_count)
{
    struct register_waiting *list = NULL;
    size_t count = 0;
    TRY(register_letters_waiting(cx->read, cx->actor.office_id, from_ms, until_ms, &list, &count));
    struct register_new *items = ARENA_ARRAY(cx->arena, count + 1, struct register_new);
    for (size_t i = 0; i < count; i++)
        items[i] = (struct register_new){.id = cx_new_id(cx),
                                         .source_kind = "complaint",
                                         .source_id = list[i].id,
                                         .at = list[i].received_at,
                                         .made_by = arena_strdup(cx->arena, cx->actor.id)};
    *ret = items;
    *ret_count = count;
    return ERR_OK;
}

enum err register_take(struct cx *cx, const char *book, int64_t from_ms, int64_t until_ms,
                       int64_t *ret_added)
{
    struct register_adding a = {.act = visit_act_of(cx), .book = book, .offset_min = cx->offset_min};
    struct register_new *items = NULL;
    size_t count = 0;
    TRY(str_eq(book, "surat-masuk") ? visit_items(cx, from_ms, until_ms, &items, &count)
                                    : letter_items(cx, from_ms, until_ms, &items, &count));
    int64_t added = 0;
    for (size_t i = 0; i < count; i += TAKE_LINES) {
        a.items = items + i;
        a.count = count - i < TAKE_LINES ? count - i : TAKE_LINES;
        TRY(db_tx_low(cx, "register_take", register_add, &a));
        added += a.added;
    }
    *ret_added = added;
    return ERR_OK;
}

enum err register_take_days(struct cx *cx, const char *office_id)
{
    int64_t today = time_day_start(cx->now_ms, cx->offset_min), added = 0;
    if (!str_eq(office_id, cx->actor.office_id))
        return ERR_OK;
    TRY(register_take(cx, "surat-masuk", today - TAKE_DAYS * DAY_MS, today, &added));
    return register_take(cx, "surat-masuk-rahasia", today - TAKE_DAYS * DAY_MS, today, &added);
}

/* Since when nothing was closed: a year at most. */
static enum err waiting_since(struct cx *cx, const char *book, int64_t *ret)
{
    int64_t since = 0;
    TRY(register_open_since(cx->read, cx->actor.office_id, book, cx->offset_min, &since));
    *ret = since ? since : cx->now_ms - 366 * DAY_MS;
    return ERR_OK;
}

enum err register_count_waiting(struct cx *cx, const struct register_book *b, size_t *ret)
{
    struct register_waiting *list = NULL;
    struct handed_over *visits = NULL;
    int64_t since = 0, until = cx->now_ms + 1;
    *ret = 0;
    if (b->source == REGISTER_REPORTS)
        return register_unsorted(cx->read, cx->actor.office_id, &list, ret);
    if (b->source != REGISTER_MAIL)
        return ERR_OK;
    TRY(waiting_since(cx, b->book, &since));
    return b->confidential
               ? register_letters_waiting(cx->read, cx->actor.office_id, since, until, &list, ret)
               : handed_over(cx, since, until, &visits, ret);
}

enum err register_take_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct register_book b;
    int64_t since = 0, added = 0;
    TRY(register_open(cx, req, REGISTER_READ, &b));
    if (b.source != REGISTER_MAIL)
        return cx_fail(cx, ERR_MISSING, "no_page", T("Halaman itu tidak ada."));
    TRY(waiting_since(cx, b.book, &since));
    TRY(register_take(cx, b.book, since, cx->now_ms + 1, &added));
    return http_res_redirect(cx, res, register_month_path(cx, b.book, cx->now_ms));
}

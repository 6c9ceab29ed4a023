/* The board: open complaints by deadline, for leaders all of them, for others what is shared with them. */
#include <stdio.h>
#include <string.h>

#include "casework_tmpl.h"
#include "features/casework/casework_web.h"
#include "features/office/office.h"
#include "features/portal/portal.h"
#include "features/reporter/reporter.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/json/json.h"
#include "lib/base/banned.h"

#define PAGE_ROWS 50
#define PAGE_MAX  200

/* --- what is asked for ------------------------------------------------------------------------------------------ */

static int group_of(const char *code)
{
    for (int i = 0; i < CASE_GROUPS; i++) {
        if (str_eq(case_groups[i].code, code))
            return i;
    }
    return -1;
}

static const char *known(const struct complaint_code *codes, const char *code)
{
    return *complaint_label(codes, str_or(code, "")) ? code : "";
}

/* "PGD-31/2026", "31/2026" or "31". */
static void read_number(struct cx *cx, const char *typed, struct case_query *q)
{
    const char *text = str_trim(cx->arena, str_or(typed, ""));
    if (strncmp(text, "PGD-", 4) == 0 || strncmp(text, "pgd-", 4) == 0)
        text += 4;
    size_t n = strcspn(text, "/");
    if (!str_to_i64(arena_strndup(cx->arena, text, n), 1, INT32_MAX, &q->number))
        return;
    if (text[n])
        (void)str_to_i64(text + n + 1, 1970, 9999, &q->year);
}

/* "2026-07-24~ID" of the last row before. */
static bool read_cursor(struct cx *cx, const char *cursor, struct case_query *q)
{
    size_t n = strcspn(str_or(cursor, ""), "~");
    if (str_empty(cursor))
        return true;
    if (n != 10 || cursor[n] != '~' || strlen(cursor) > 10 + UUID_TEXT_BYTES)
        return false;
    q->after_day = arena_strndup(cx->arena, cursor, n);
    q->after_id = cursor + n + 1;
    return true;
}

static enum err read_query(struct cx *cx, const struct http_req *req, struct case_query *q)
{
    bool leader = complaint_leads(&cx->actor);
    *q = (struct case_query){.office_id = cx->actor.office_id,
                             .reader_id = leader ? "" : cx->actor.id,
                             .today = case_today(cx),
                             .group = group_of(http_query(req, "kelompok")),
                             .state = known(complaint_states, http_query(req, "tahap")),
                             .class = known(complaint_classes, http_query(req, "golongan")),
                             .way = known(complaint_ways, http_query(req, "cara")),
                             .after_day = "",
                             .after_id = "",
                             .limit = PAGE_ROWS};
    read_number(cx, http_query(req, "nomor"), q);
    const char *limit = http_query(req, "limit");
    if (limit && !str_to_i64(limit, 1, PAGE_MAX, &q->limit))
        return cx_fail(cx, ERR_BAD, "limit", T("limit adalah angka 1 sampai %d."), PAGE_MAX);
    if (!read_cursor(cx, http_query(req, "cursor"), q))
        return cx_fail(cx, ERR_BAD, "cursor", T("Mulai lagi dari halaman pertama."));
    /* A number is looked for everywhere, in what has ended too. */
    return ERR_OK;
}

/* --- a page of rows ------------------------------------------------------------------------------------------------ */

struct rows {
    struct case_row *list;
    size_t count;
    const char *next_cursor;
};

static enum err read_rows(struct cx *cx, const struct case_query *q, struct rows *ret)
{
    struct case_query one_more = *q;
    struct rows r = {NULL, 0, NULL};
    one_more.limit = q->limit + 1;
    TRY(casework_page(cx->read, &one_more, &r.list, &r.count));
    if (r.count > (size_t)q->limit) {
        r.count = (size_t)q->limit;
        r.next_cursor = arena_printf(cx->arena, "%s~%s", r.list[r.count - 1].sort_day,
                                     r.list[r.count - 1].id);
    }
    *ret = r;
    return ERR_OK;
}

/* A number without a group: the ended one is found too. */
static enum err read_ended_too(struct cx *cx, const struct case_query *q, struct rows *r)
{
    struct case_query ended = *q;
    struct rows more = {NULL, 0, NULL};
    if (q->group >= 0 || q->number == 0 || r->next_cursor || *q->after_day)
        return ERR_OK;
    ended.group = CASE_ENDED;
    TRY(read_rows(cx, &ended, &more));
    struct case_row *all = ARENA_ARRAY(cx->arena, r->count + more.count + 1, struct case_row);
    if (r->count)
        memcpy(all, r->list, r->count * sizeof(*all));
    if (more.count)
        memcpy(all + r->count, more.list, more.count * sizeof(*all));
    r->list = all;
    r->count += more.count;
    return ERR_OK;
}

static int row_group(const struct case_row *r, const char *today)
{
    int64_t day = calendar_day(r->sort_day), now = calendar_day(today);
    if (r->ended_at)
        return CASE_ENDED;
    if (str_eq(r->sort_day, CASE_NEVER))
        return case_side_stops(r->side) ? CASE_WAITING : CASE_LATER;
    return day < now        ? CASE_LATE
           : day == now     ? CASE_TODAY
           : day <= now + 7 ? CASE_WEEK
                            : CASE_LATER;
}

/* --- JSON ------------------------------------------------------------------------------------------------------------ */

static json_t *row_json(struct cx *cx, const struct case_row *r, const struct case_query *q)
{
    json_t *o = json_object();
    const char *day = calendar_day_text(cx->arena, calendar_day_of(r->received_at, cx->offset_min));
    bool runs = !r->ended_at && !str_eq(r->sort_day, CASE_NEVER);
    json_object_set_new(o, "id", json_text(r->id));
    json_object_set_new(o, "number",
                        json_text(complaint_number_text(cx->arena, r->number, r->year)));
    json_object_set_new(o, "received_on", json_text(day));
    json_object_set_new(o, "state", json_text(r->state));
    json_object_set_new(o, "side", json_text(r->side));
    json_object_set_new(o, "class", json_text(r->class));
    json_object_set_new(o, "way", json_text(r->way));
    json_object_set_new(o, "reporter_mode", json_text(r->reporter_mode));
    json_object_set_new(o, "group", json_text(case_groups[row_group(r, q->today)].code));
    json_object_set_new(o, "due_on", json_text(runs ? r->sort_day : NULL));
    json_object_set_new(o, "stage_due_on", json_text(r->due_day));
    json_object_set_new(o, "overall_due_on", json_text(r->overall_due));
    return o;
}

static enum err board_json(struct cx *cx, struct http_res *res, const struct case_query *q,
                           const struct rows *r)
{
    json_t *items = json_array();
    for (size_t i = 0; i < r->count; i++)
        json_array_append_new(items, row_json(cx, &r->list[i], q));
    return http_res_json(
        cx, res, 200,
        json_pack("{s:o, s:o}", "items", items, "next_cursor", json_text(r->next_cursor)));
}

/* --- the page ---------------------------------------------------------------------------------------------------------- */

static void fill_line(struct cx *cx, const struct calendar *calendar, const struct case_row *r,
                      struct board_line *l)
{
    int64_t received = calendar_day_of(r->received_at, cx->offset_min);
    l->path = case_path(cx, r->id);
    l->number = complaint_number_text(cx->arena, r->number, r->year);
    l->received = case_day_label(cx, calendar_day_text(cx->arena, received));
    l->class = complaint_label(complaint_classes, r->class);
    l->way = complaint_label(complaint_ways, r->way);
    l->state = complaint_label(complaint_states, r->state);
    l->side = r->side ? complaint_label(complaint_sides, r->side) : NULL;
    if (r->ended_at) {
        l->due = case_day_label(cx, r->sort_day);
        return;
    }
    l->due = str_eq(r->sort_day, CASE_NEVER) ? NULL : case_day_label(cx, r->sort_day);
    l->left = case_left(cx, calendar, r->sort_day, &l->left_css);
}

static enum err fill_lines(struct cx *cx, const struct case_query *q, const struct rows *r,
                           struct board_view *v)
{
    struct calendar calendar;
    int group = -1;
    TRY(calendar_load(cx->read, q->office_id, &calendar));
    struct board_line *lines = ARENA_ARRAY(cx->arena, r->count + 1, struct board_line);
    for (size_t i = 0; i < r->count; i++) {
        int g = row_group(&r->list[i], q->today);
        fill_line(cx, &calendar, &r->list[i], &lines[i]);
        lines[i].group = g != group ? case_groups[g].label : NULL;
        TRY(reporter_unread(cx->read, q->office_id, r->list[i].id, &lines[i].unread));
        group = g;
    }
    v->lines = lines;
    v->count = r->count;
    return ERR_OK;
}

static enum err fill_tabs(struct cx *cx, const struct case_query *q, struct board_view *v)
{
    int64_t counts[CASE_GROUPS] = {0};
    TRY(casework_counts(cx->read, q, counts));
    for (int i = 0; i < CASE_GROUPS; i++)
        v->tabs[i] = (struct board_tab){.code = case_groups[i].code,
                                        .label = case_groups[i].label,
                                        .css = counts[i] == 0    ? ""
                                               : i == CASE_LATE  ? "bad"
                                               : i == CASE_TODAY ? "warn"
                                                                 : "",
                                        .count = counts[i],
                                        .current = q->group == i};
    return ERR_OK;
}

static const char *next_path(struct cx *cx, const struct case_query *q, const char *cursor)
{
    if (!cursor)
        return NULL;
    const char *number = q->number ? arena_printf(cx->arena, "&nomor=%lld", (long long)q->number)
                                   : "";
    if (q->year)
        number = arena_printf(cx->arena, "%s/%lld", number, (long long)q->year);
    return arena_printf(cx->arena, "/pengaduan?kelompok=%s&tahap=%s&golongan=%s&cara=%s%s&cursor=%s",
                        q->group >= 0 ? case_groups[q->group].code : "", q->state, q->class, q->way,
                        number, cursor);
}

/* Told to those who can do something about it. */
static enum err fill_holidays(struct cx *cx, struct board_view *v)
{
    int year = 0;
    if (v->leader)
        TRY(calendar_missing_year(cx->read, cx->actor.office_id, cx->now_ms, &year));
    v->holidays = year ? cx_printf(cx,
                                   T("Hari libur tahun %d belum diisi: tenggat yang melewati tahun "
                                     "itu belum benar."),
                                   year)
                       : NULL;
    return ERR_OK;
}

static enum err fill_drill(struct cx *cx, struct board_view *v)
{
    struct office office = {0};
    if (!v->leader)
        return ERR_OK;
    TRY(office_get(cx->read, cx->actor.office_id, &office));
    if (office_drill_near(&office, cx->now_ms))
        v->drill = cx_printf(cx, T("Latihan tahunan lembar kunci pemulihan jatuh tempo %s."),
                             time_long_date(cx->arena, office_drill_due(&office), cx->offset_min,
                                            cx->lang == LANG_EN));
    return ERR_OK;
}

static void board_body(struct html *h, void *arg)
{
    case_board_page(h, arg);
}

static enum err board_show(struct cx *cx, struct http_req *req, struct http_res *res,
                           const struct case_query *q, const struct rows *r)
{
    struct board_view *v = ARENA_NEW(cx->arena, struct board_view);
    TRY(fill_tabs(cx, q, v));
    TRY(fill_lines(cx, q, r, v));
    v->group = q->group >= 0 ? case_groups[q->group].code : "";
    v->number = str_or(http_query(req, "nomor"), "");
    v->state = q->state;
    v->class = q->class;
    v->way = q->way;
    v->states = case_options(cx, complaint_states);
    v->classes = case_options(cx, complaint_classes);
    v->ways = case_options(cx, complaint_ways);
    v->next = next_path(cx, q, r->next_cursor);
    v->filtered = *q->state || *q->class || *q->way || q->number;
    v->leader = complaint_leads(&cx->actor);
    TRY(fill_holidays(cx, v));
    TRY(fill_drill(cx, v));
    const struct page_view page = {
        .title = T("Pengaduan"), .current = "/pengaduan", .body = board_body, .arg = v};
    return page_render(cx, req, res, &page);
}

enum err case_board_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct case_query q;
    struct rows r;
    TRY(read_query(cx, req, &q));
    TRY(read_rows(cx, &q, &r));
    TRY(read_ended_too(cx, &q, &r));
    return req->wants == WANTS_JSON ? board_json(cx, res, &q, &r)
                                    : board_show(cx, req, res, &q, &r);
}

/* The counter's list (GET /tamu) and the list as JSON. */
#include <string.h>

#include "features/notice/notice.h"
#include "features/office/office.h"
#include "features/portal/portal.h"
#include "features/standard/standard.h"
#include "features/visit/visit_page.h"
#include "features/visit/visit_store.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/json/json.h"
#include "visit_tmpl.h"
#include "lib/base/banned.h"

#define DAY_MS     (24LL * 3600 * 1000)
#define OPEN_MAX   200u
#define PAGE_ROWS  50
#define PAGE_MAX   200
#define LIST_BYTES (4u * 1024 * 1024)

int64_t visit_elapsed_s(const struct visit *v, int64_t now_ms, bool *ret_done)
{
    int64_t end = v->received_at ? v->received_at : v->closed_at;
    *ret_done = end != 0;
    int64_t ms = (end ? end : now_ms) - v->arrived_at;
    return ms > 0 ? ms / 1000 : 0;
}

/* How the notice to the Kasi Intel (or, once asked, the Kajari's question) stands. */
static void fill_chip(struct cx *cx, const struct visit *v, struct visit_row *row)
{
    static const struct {
        const char *state, *kind, *icon, *text;
    } chips[] = {
        {"queued", "", "antre", T("Antre")},           {"sent", "", "cek", T("Terkirim")},
        {"delivered", "", "cekdua", T("Sampai")},      {"read", "info", "mata", T("Dibaca")},
        {"answered", "ok", "jawab", T("Dijawab")},     {"failed", "bad", "silang", T("Gagal")},
        {"none", "warn", "putus", T("Tidak dikirim")},
    };
    bool asked = !str_eq(v->question_state, "none");
    const char *state = asked ? v->question_state : v->notice_state;
    int64_t at = asked ? v->question_at : v->notice_at;
    for (size_t i = 0; i < ARRAY_LEN(chips); i++) {
        if (!str_eq(chips[i].state, state))
            continue;
        row->chip_kind = chips[i].kind;
        row->chip_icon = chips[i].icon;
        const char *text = at ? arena_printf(cx->arena, "%s %s", cx_t(cx, chips[i].text),
                                             time_hm(cx->arena, at, cx->offset_min))
                              : cx_t(cx, chips[i].text);
        row->chip_text = asked ? cx_printf(cx, T("Kajari: %s"), text) : text;
    }
}

/* The one next step of this guest. */
static void fill_action(struct cx *cx, const struct visit *v, struct visit_row *row)
{
    row->act_path = row->path;
    bool decided = str_eq(v->decision_state, "final");
    if (str_eq(v->state, "registered")) {
        row->step = 2;
        row->act_label = T("Beri tanda pengenal");
    } else if (str_eq(v->state, "checked_in")) {
        row->step = 3;
        row->act_label = T("Antar ke ruang tunggu");
    } else if (str_eq(v->state, "waiting")) {
        row->step = decided ? 6 : 5;
        row->act_label = decided ? T("Catat diterima") : T("Catat keputusan");
        if (decided && str_eq(v->decision_outcome, "refused"))
            row->act_label = T("Catat tamu pulang");
    } else if (str_eq(v->state, "received") || str_eq(v->state, "leaving")) {
        row->step = str_eq(v->state, "received") ? 7 : 8;
        row->act_label = T("Kembalikan titipan");
        if (v->badge)
            row->act_path = arena_printf(cx->arena, "/pengembalian?badge=%s", v->badge);
    } else {
        row->step = 9;
        row->act_label = T("Lihat");
    }
    row->step_label = visit_step_label(row->step);
}

void visit_row_fill(struct cx *cx, const struct visit *v, int64_t limit_s, struct visit_row *ret)
{
    bool done = false;
    int64_t elapsed = visit_elapsed_s(v, cx->now_ms, &done);
    struct visit_row row = {
        .css = "visit",
        .number = arena_printf(cx->arena, "%lld%s", (long long)v->number, v->number_suffix),
        .name = v->name,
        .path = arena_printf(cx->arena, "/tamu/%s", v->id),
        .badge = v->badge,
        .place = v->room ? v->room : cx_t(cx, T("Di loket")),
        .elapsed_s = elapsed,
        .limit_s = limit_s,
        .done = done,
    };
    const char *category = cx_t(cx, visit_category_label(v->category));
    row.what = v->companion_count
                   ? cx_printf(cx, T("%s, dengan %d pendamping"), category, (int)v->companion_count)
                   : category;
    if (v->priority)
        row.what = cx_printf(cx, T("%s · prioritas: %s"), row.what,
                             cx_t(cx, visit_priority_label(v->priority)));
    if (str_eq(v->state, "received") || str_eq(v->state, "leaving"))
        row.place = cx_t(cx, visit_state_label(v->state));
    struct clock_face face = clock_face(elapsed, limit_s, done);
    /* A late entry is written down after the fact: its clock says nothing about today. */
    bool running = !done && !v->late_reason;
    if (running && face.state == CLOCK_BAD)
        row.css = "visit late";
    else if (running && face.state == CLOCK_WARN)
        row.css = "visit near";
    fill_chip(cx, v, &row);
    fill_action(cx, v, &row);
    *ret = row;
}

/* --- the board ----------------------------------------------------------------------------------------- */

static void group_new(struct cx *cx, struct visit_group *g, const char *id, const char *title,
                      size_t room)
{
    g->id = id;
    g->title = title;
    g->rows = ARENA_ARRAY(cx->arena, room ? room : 1, struct visit_row);
}

static enum err fill_open(struct cx *cx, const struct office *office, struct visit_board *b)
{
    struct visit *visits = NULL;
    size_t count = 0;
    TRY(visit_open_list(cx->read, office->office_id, OPEN_MAX, &visits, &count));
    group_new(cx, &b->waiting, "menunggu", T("Menunggu"), count);
    group_new(cx, &b->received, "diterima", T("Sedang diterima"), count);
    group_new(cx, &b->leaving, "kembali", T("Belum kembali"), count);
    for (size_t i = 0; i < count; i++) {
        struct visit_group *g = str_eq(visits[i].state, "received")  ? &b->received
                                : str_eq(visits[i].state, "leaving") ? &b->leaving
                                                                     : &b->waiting;
        struct visit_row *row = &g->rows[g->count++];
        visit_row_fill(cx, &visits[i], office->limit_s, row);
        row->urgent = g == &b->waiting && g->count == 1;
    }
    b->waiting.hint = cx_printf(cx, T("%zu tamu, paling lama menunggu di atas"), b->waiting.count);
    b->received.hint = cx_printf(cx, T("%zu tamu"), b->received.count);
    b->leaving.hint = cx_printf(cx, T("%zu tamu akan pulang"), b->leaving.count);
    return ERR_OK;
}

const char *visit_name_pattern(struct arena *a, const char *q, bool anywhere)
{
    struct buf b = buf_new(a, 64, 1024);
    if (anywhere)
        buf_putc(&b, '%');
    for (const char *c = str_lower(a, q); *c; c++) {
        if (strchr("%_!", *c))
            buf_putc(&b, '!');
        buf_putc(&b, *c);
    }
    buf_putc(&b, '%');
    return b.p;
}

/* date, state, q, cursor and limit of the request. */
enum err visit_read_query(struct cx *cx, struct http_req *req, struct visit_query *ret)
{
    struct visit_query q = {.office_id = cx->actor.office_id,
                            .before_ms = INT64_MAX,
                            .before_id = "",
                            .limit = PAGE_ROWS};
    const char *date = http_query(req, "date");
    q.from_ms = time_day_start(cx->now_ms, cx->offset_min);
    if (!str_empty(date)) {
        struct civil c = {0};
        if (!time_parse_date(date, &c.year, &c.month, &c.day))
            return cx_fail(cx, ERR_BAD, "date",
                           T("Tanggal ditulis TTTT-BB-HH, misalnya 2026-07-23."));
        q.from_ms = time_from_civil(c, cx->offset_min);
    }
    q.to_ms = q.from_ms + DAY_MS;
    int64_t limit = PAGE_ROWS;
    const char *typed = http_query(req, "limit");
    if (typed && !str_to_i64(typed, 1, PAGE_MAX, &limit))
        return cx_fail(cx, ERR_BAD, "limit", T("Jumlah baris harus 1 sampai 200."));
    q.limit = (size_t)limit;
    const char *cursor = http_query(req, "cursor");
    if (!str_empty(cursor)) {
        const char *dot = strchr(cursor, '.');
        char *ms = dot ? arena_strndup(cx->arena, cursor, (size_t)(dot - cursor)) : NULL;
        if (!ms || !str_to_i64(ms, 0, INT64_MAX, &q.before_ms))
            return cx_fail(cx, ERR_BAD, "cursor",
                           T("Penanda halaman tidak dikenal. Mulai lagi dari awal."));
        q.before_id = dot + 1;
    }
    const char *state = http_query(req, "state");
    q.state = str_empty(state) ? NULL : state;
    const char *text = http_query(req, "q");
    if (!str_empty(text)) {
        char *trimmed = str_trim(cx->arena, text);
        q.name_pattern = *trimmed ? visit_name_pattern(cx->arena, trimmed, true) : NULL;
        q.label = str_upper(cx->arena, trimmed);
    }
    *ret = q;
    return ERR_OK;
}

/* One page, and where the next one begins (NULL at the end: known by asking for one row more). */
static enum err read_page(struct cx *cx, struct visit_query q, struct visit **ret,
                          size_t *ret_count, const char **ret_cursor)
{
    size_t limit = q.limit++;
    TRY(visit_page_list(cx->read, &q, ret, ret_count));
    *ret_cursor = NULL;
    if (*ret_count <= limit)
        return ERR_OK;
    *ret_count = limit;
    const struct visit *last = &(*ret)[limit - 1];
    *ret_cursor = arena_printf(cx->arena, "%lld.%s", (long long)last->arrived_at, last->id);
    return ERR_OK;
}

static enum err list_json(struct cx *cx, const struct visit_query *q, struct http_res *res)
{
    struct visit *visits = NULL;
    size_t count = 0;
    const char *cursor = NULL;
    TRY(read_page(cx, *q, &visits, &count, &cursor));
    json_t *answer = json_keep(cx->arena, json_object());
    json_t *items = json_array();
    json_object_set_new(answer, "items", items);
    for (size_t i = 0; i < count; i++) {
        struct visit_view view = {.v = visits[i]};
        TRY(visit_view_fill(cx, &view));
        json_array_append_new(items, visit_view_json(cx, &view));
    }
    json_object_set_new(answer, "next_cursor", json_text(cursor));
    return http_res_json(cx, res, 200, json_incref(answer));
}

/* The next page of the same question. */
static const char *next_link(struct cx *cx, const struct http_req *req, const char *cursor)
{
    static const char *const kept[] = {"date", "state", "q"};
    struct buf link = buf_new(cx->arena, 128, 4096);
    buf_printf(&link, "/tamu?cursor=%s", cursor);
    for (size_t i = 0; i < ARRAY_LEN(kept); i++) {
        const char *value = http_query(req, kept[i]);
        if (str_empty(value))
            continue;
        buf_printf(&link, "&%s=", kept[i]);
        for (const char *c = value; *c; c++)
            buf_printf(&link, "%%%02X", (unsigned char)*c);
    }
    return link.p;
}

/* The same question as a workbook. */
static const char *book_link(struct cx *cx, const struct http_req *req)
{
    const char *asked = next_link(cx, req, "");
    return arena_printf(cx->arena, "/tamu/unduh?%s", asked + strlen("/tamu?"));
}

static enum err fill_closed(struct cx *cx, const struct http_req *req, struct visit_query q,
                            const struct office *office, struct visit_board *b)
{
    bool all_states = b->searched || q.state;
    if (!all_states)
        q.state = "closed";
    struct visit *visits = NULL;
    size_t count = 0;
    const char *cursor = NULL;
    TRY(read_page(cx, q, &visits, &count, &cursor));
    b->closed = ARENA_ARRAY(cx->arena, count ? count : 1, struct visit_row);
    b->closed_count = count;
    for (size_t i = 0; i < count; i++)
        visit_row_fill(cx, &visits[i], office->limit_s, &b->closed[i]);
    if (cursor)
        b->next = next_link(cx, req, cursor);
    b->book = book_link(cx, req);
    return visit_closed_count(cx->read, q.office_id, q.from_ms, q.to_ms, &b->closed_total);
}

static enum err fill_figures(struct cx *cx, const struct visit_query *q, struct visit_board *b)
{
    struct visit_day day = {0};
    TRY(visit_day_figures(cx->read, q->office_id, q->from_ms, q->to_ms, &day));
    if (day.received > 0)
        b->percent = arena_printf(cx->arena, "%lld\u202F%%",
                                  (long long)((day.kept * 100 + day.received / 2) / day.received));
    return ERR_OK;
}

/* The guests whose question nobody answers stand out in the list too. */
static void mark_alarms(struct visit_board *b)
{
    for (size_t i = 0; i < b->alarm_count; i++) {
        for (size_t k = 0; k < b->waiting.count; k++) {
            struct visit_row *row = &b->waiting.rows[k];
            if (!str_eq(row->path, b->alarms[i].path))
                continue;
            row->css = "visit late";
            row->chip_kind = "bad";
            row->chip_icon = "awas";
            row->chip_text = b->alarm_chip;
        }
    }
}

static void board_body(struct html *h, void *arg)
{
    visit_board_page(h, arg);
}

/* The list is the same for everybody of a kind who asks in the same second; anything else (a search, an
 * older page) is made anew. */
static const char *kept_key(struct cx *cx, const struct http_req *req, const struct visit_board *b)
{
    if (!cx->pieces || !cx->seen_seq || req->query_count)
        return NULL;
    return arena_printf(cx->arena, "tamu %s %d %d %lld %lld", cx->actor.office_id, (int)cx->lang,
                        b->desk, (long long)(cx->now_ms / 1000), (long long)cx->seen_seq);
}

void visit_board_put(struct html *h, const struct visit_board *b)
{
    if (!b->kept) {
        visit_board_list(h, b);
        return;
    }
    http_res_piece(b->res, b->kept);
    h->icons |= b->kept->tag;
}

static enum err fill_board(struct cx *cx, struct http_req *req, const struct visit_query *q,
                           struct visit_board *b)
{
    struct office office;
    TRY(office_get(cx->read, cx->actor.office_id, &office));
    b->date = time_long_date(cx->arena, cx->now_ms, cx->offset_min, cx->lang == LANG_EN);
    b->time = arena_printf(cx->arena, "%s %s", time_hm(cx->arena, cx->now_ms, cx->offset_min),
                           time_zone_letters(cx->offset_min));
    TRY(notice_banner(cx, cx->actor.office_id, &b->channel_down));
    b->alarm_chip = cx_t(cx, T("Belum dijawab"));
    if (b->desk)
        TRY(visit_alarms_fill(cx, &b->alarms, &b->alarm_count));
    if (!b->searched)
        TRY(fill_open(cx, &office, b));
    mark_alarms(b);
    TRY(fill_closed(cx, req, *q, &office, b));
    return fill_figures(cx, q, b);
}

static struct piece *keep_list(struct cx *cx, const char *key, const struct visit_board *b)
{
    struct buf out = buf_new(cx->arena, 64 * 1024, LIST_BYTES);
    struct html h = html_begin(cx, &out, NULL);
    visit_board_list(&h, b);
    return out.full ? NULL : pieces_keep(cx->pieces, key, out.p, out.n, h.icons);
}

/* At the counter: what those who staff it today lack. An office that records no competence is not told so here
 * every day; /kompetensi and the roster tell it. */
static enum err fill_gap(struct cx *cx, struct visit_board *b)
{
    struct counter_gaps gaps;
    const char *today = time_day_text(cx->arena, cx->now_ms, cx->offset_min);
    TRY(standard_counter_gaps(cx, today, today, true, &gaps));
    if (gaps.count == 0)
        return ERR_OK;
    b->counter_gap = gaps.count == 1 ? gaps.items[0].text
                                     : cx_printf(cx, T("%s (dan %zu orang lain di loket)"),
                                                 gaps.items[0].text, gaps.count - 1);
    return ERR_OK;
}

enum err visit_list_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct visit_query q;
    TRY(visit_read_query(cx, req, &q));
    if (req->wants == WANTS_JSON)
        return list_json(cx, &q, res);
    struct visit_board *b = ARENA_NEW(cx->arena, struct visit_board);
    b->desk = (cx->actor.roles & ROLE_DESK) != 0;
    b->q = http_query(req, "q");
    b->searched = q.name_pattern != NULL;
    b->refresh = "/tamu";
    b->res = res;
    const char *key = kept_key(cx, req, b);
    b->kept = key ? pieces_find(cx->pieces, key) : NULL;
    if (!b->kept) {
        TRY(fill_board(cx, req, &q, b));
        b->kept = key ? keep_list(cx, key, b) : NULL;
    }
    if (b->desk && req->wants == WANTS_PAGE)
        TRY(fill_gap(cx, b));
    struct page_view page = {.title = T("Tamu hari ini"),
                             .current = "/tamu",
                             .live = !b->searched,
                             .body = board_body,
                             .arg = b};
    return page_render(cx, req, res, &page);
}

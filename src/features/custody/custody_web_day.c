/* The end of the day: what is still out, what was counted, why they differ. Until every difference is
 * explained the day does not close. */
#include "features/custody/custody_view.h"
#include "features/custody/custody_web.h"

#include "custody_tmpl.h"
#include "features/portal/portal.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/json/json.h"

#include "lib/base/banned.h"

#define PAGE             "/penutupan-hari"
#define DAY_MS           (INT64_C(24) * 60 * 60 * 1000)
#define COUNT_MAX        100000
#define EXPLANATIONS_MAX 64 /* as many as a form may have */
#define NOTES_MAX        18 /* beyond that a page with notes would have more fields than a form may */
#define JSON_MAX         (512 * 1024)

struct day_form {
    const char *date;
    struct custody_counted counted;
    struct object_list explanations;
};

/* clang-format off */
static const struct field explanation_fields[] = {
    {.name = "subject",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct custody_explained, subject),
     .max = 40,
     .label = T("Selisih")},
    {.name = "reason",
     .type = FIELD_TEXT,
     .offset = offsetof(struct custody_explained, reason),
     .max = 200,
     .label = T("Penjelasan")},
    {.name = "note",
     .type = FIELD_TEXT,
     .offset = offsetof(struct custody_explained, note),
     .max = 200,
     .label = T("Catatan")},
};
/* clang-format on */

#define COUNT_FIELD(name_, label_, missing_)                                                       \
    {                                                                                              \
        .name = #name_, .type = FIELD_INT, .flags = FIELD_REQUIRED,                                \
        .offset = offsetof(struct day_form, counted.name_), .min = 0, .max = COUNT_MAX,            \
        .label = (label_), .missing = (missing_)                                                   \
    }

/* clang-format off */
static const struct field day_fields[] = {
    {.name = "date",
     .type = FIELD_DATE,
     .offset = offsetof(struct day_form, date),
     .label = T("Tanggal")},
    COUNT_FIELD(badges, T("Hasil hitung tanda pengenal"),
                T("Hitung tanda pengenal di rak, tulis jumlahnya.")),
    COUNT_FIELD(cards, T("Hasil hitung kartu identitas"),
                T("Hitung kartu identitas di slot, tulis jumlahnya.")),
    COUNT_FIELD(devices, T("Hasil hitung barang di loker"),
                T("Hitung barang di loker, tulis jumlahnya.")),
    {.name = "explanations",
     .type = FIELD_OBJECTS,
     .offset = offsetof(struct day_form, explanations),
     .max = EXPLANATIONS_MAX,
     .label = T("Penjelasan"),
     .members = explanation_fields,
     .member_count = ARRAY_LEN(explanation_fields),
     .member_bytes = sizeof(struct custody_explained)},
};
/* clang-format on */
const struct form custody_day_form = FORM("DayClose", struct day_form, day_fields);

/* --- the day ------------------------------------------------------------------------------------------ */

struct day {
    const char *date; /* YYYY-MM-DD */
    int64_t from, until;
    bool today;
    struct custody_day out;
};

static const char *date_text(struct cx *cx, int64_t ms)
{
    struct civil c = time_civil(ms, cx->offset_min);
    return arena_printf(cx->arena, "%04d-%02d-%02d", c.year, c.month, c.day);
}

/* The day asked for; today when none is named. */
static enum err day_of(struct cx *cx, const char *date, struct day *ret)
{
    int64_t today = time_day_start(cx->now_ms, cx->offset_min);
    int64_t from = today;
    struct civil c = {0};
    if (!str_empty(date)) {
        if (!time_parse_date(date, &c.year, &c.month, &c.day)) {
            cx_field(cx, "date", "not_a_date", T("Tulis tanggal seperti 2026-07-23."));
            return cx_fields(cx);
        }
        from = time_from_civil(c, cx->offset_min);
    }
    if (from > today) {
        cx_field(cx, "date", "in_future", T("Hari itu belum tiba. Pilih hari ini atau sebelumnya."));
        return cx_fields(cx);
    }
    *ret = (struct day){
        .date = date_text(cx, from), .from = from, .until = from + DAY_MS, .today = from == today};
    return custody_day_read(cx->read, cx->actor.office_id, ret->until, &ret->out);
}

/* --- as JSON --------------------------------------------------------------------------------------------- */

static json_t *out_json(struct cx *cx, const struct custody_out *list, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_from_record(cx, &custody_out_record, &list[i]));
    return array;
}

static json_t *counted_json(const struct custody_counted *c)
{
    return json_pack("{s:I, s:I, s:I}", "badges", (json_int_t)c->badges, "cards",
                     (json_int_t)c->cards, "devices", (json_int_t)c->devices);
}

static json_t *closings_json(struct cx *cx, const struct day_closing *list, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *closing = json_from_record(cx, &day_closing_record, &list[i]);
        json_object_set_new(closing, "by",
                            json_text(staff_name(cx->read, cx->actor.office_id, list[i].by_id)));
        json_t *detail = json_loads(list[i].explanation, 0, NULL);
        if (detail)
            (void)json_object_update_missing_new(closing, detail);
        json_array_append_new(array, closing);
    }
    return array;
}

static enum err day_json(struct cx *cx, struct http_res *res, const struct day *day, int status)
{
    struct day_closing *closings = NULL;
    size_t closing_count = 0;
    TRY(custody_closings(cx->read, cx->actor.office_id, day->date, &closings, &closing_count));
    const struct custody_day *out = &day->out;
    struct custody_counted expected = custody_expected(out);
    json_t *root = json_keep(cx->arena, json_object());
    json_object_set_new(root, "date", json_string(day->date));
    json_object_set_new(root, "badges_out", out_json(cx, out->badges, out->badge_count));
    json_object_set_new(root, "cards_held", out_json(cx, out->cards, out->card_count));
    json_object_set_new(root, "devices_held", out_json(cx, out->devices, out->device_count));
    json_object_set_new(root, "open_visits", out_json(cx, out->visits, out->visit_count));
    json_object_set_new(root, "expected", counted_json(&expected));
    json_object_set_new(root, "closings", closings_json(cx, closings, closing_count));
    res->status = status;
    res->content_type = "application/json";
    res->body = buf_new(cx->arena, 4096, JSON_MAX);
    json_write(&res->body, root);
    return ERR_OK;
}

/* --- as a page ------------------------------------------------------------------------------------------- */

/* Nothing is filled in beforehand: people are to count, not to confirm. */
static void count_fill(struct cx *cx, struct http_req *req, struct count_view *view,
                       int64_t should_be)
{
    view->should_be = should_be;
    view->typed = req->method == HTTP_POST ? form_typed(cx, req, view->name) : "";
    int64_t counted = 0;
    view->counted = str_to_i64(view->typed, 0, COUNT_MAX, &counted);
    view->off = counted - should_be;
    const struct field_error *fault = form_error(cx, view->name);
    view->error = fault ? fault->message : NULL;
}

static void counts_fill(struct cx *cx, struct http_req *req, const struct custody_day *out,
                        struct day_view *view)
{
    view->counts[0] = (struct count_view){.name = "badges",
                                          .icon = "lencana",
                                          .label = T("Tanda pengenal di rak"),
                                          .input_label = T("Hasil hitung tanda pengenal")};
    view->counts[1] = (struct count_view){.name = "cards",
                                          .icon = "kartu",
                                          .label = T("Kartu identitas di slot"),
                                          .input_label = T("Hasil hitung kartu identitas")};
    view->counts[2] = (struct count_view){.name = "devices",
                                          .icon = "hp",
                                          .label = T("HP dan barang di loker"),
                                          .input_label = T("Hasil hitung barang di loker")};
    count_fill(cx, req, &view->counts[0], out->pool);
    count_fill(cx, req, &view->counts[1], 0);
    count_fill(cx, req, &view->counts[2], 0);
}

static const char *since_text(struct cx *cx, int64_t since)
{
    const char *time = time_hm(cx->arena, since, cx->offset_min);
    const char *day = date_text(cx, since);
    bool today = str_eq(day, date_text(cx, cx->now_ms));
    return today ? time : arena_printf(cx->arena, "%s %s", day, time);
}

static const char *number_text(struct cx *cx, const struct custody_out *o)
{
    return arena_printf(cx->arena, "%lld%s/%lld", (long long)o->number,
                        str_or(o->number_suffix, ""), (long long)o->year);
}

/* "Tanda pengenal A-19", "HP hitam (loker 12)": added for each thing of this visit. */
static void add_things(struct cx *cx, const struct custody_out *list, size_t count,
                       const char *visit_id, struct buf *text)
{
    for (size_t i = 0; i < count; i++) {
        const struct custody_out *o = &list[i];
        if (!str_eq(o->visit_id, visit_id))
            continue;
        buf_puts(text, text->n ? ", " : "");
        if (str_eq(o->kind, "badge")) {
            buf_printf(text, "%s %s", cx_t(cx, T("Tanda pengenal")), o->label);
            continue;
        }
        buf_puts(text, cx_t(cx, custody_kind_label(o->kind)));
        if (!str_empty(o->label))
            buf_printf(text, " %s", o->label);
        bool card = str_eq(o->kind, "id_card");
        buf_printf(text, " (%s %s)", cx_t(cx, card ? T("slot") : T("loker")), o->slot);
    }
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* a translated format: checked by msgfmt */
static const char *filled(struct cx *cx, const char *msgid, const char *value)
{
    return arena_printf(cx->arena, cx_t(cx, msgid), value);
}
#pragma GCC diagnostic pop

static void visit_difference(struct cx *cx, const struct custody_day *out,
                             const struct custody_out *visit, struct difference_view *d)
{
    struct buf things = buf_new(cx->arena, 128, 2000);
    add_things(cx, out->badges, out->badge_count, visit->id, &things);
    add_things(cx, out->cards, out->card_count, visit->id, &things);
    add_things(cx, out->devices, out->device_count, visit->id, &things);
    const char *number = number_text(cx, visit);
    d->visit_id = visit->id;
    d->visit_only = things.n == 0;
    d->icon = d->visit_only ? "jam" : "lencana";
    d->title = d->visit_only ? filled(cx, T("Kunjungan %s belum ditutup"), number)
                             : filled(cx, T("%s belum kembali"), things.p);
    d->hint = arena_printf(cx->arena, "%s %s, %s · %s %s", cx_t(cx, T("Nomor")), number,
                           visit->name, cx_t(cx, T("sejak")), since_text(cx, visit->since));
}

static void count_difference(struct cx *cx, const char *subject, struct difference_view *d)
{
    bool badges = str_eq(subject, "badges"), cards = str_eq(subject, "cards");
    d->icon = badges ? "lencana" : cards ? "kartu" : "hp";
    d->title = cx_t(cx, badges  ? T("Hitungan tanda pengenal tidak sama dengan catatan")
                        : cards ? T("Hitungan kartu identitas tidak sama dengan catatan")
                                : T("Hitungan barang di loker tidak sama dengan catatan"));
    d->hint = cx_t(cx, T("Hitung sekali lagi. Bila tetap berbeda, jelaskan."));
}

static const struct custody_out *visit_find(const struct custody_day *out, const char *id)
{
    for (size_t i = 0; i < out->visit_count; i++)
        if (str_eq(out->visits[i].id, id))
            return &out->visits[i];
    return NULL;
}

static const char *typed_member(struct cx *cx, struct http_req *req, size_t i, const char *member)
{
    return form_typed(cx, req, arena_printf(cx->arena, "explanations.%zu.%s", i, member));
}

/* What was typed for this difference stands there again, with what is wrong about it. */
static void difference_typed(struct cx *cx, struct http_req *req, struct difference_view *d)
{
    for (size_t i = 0; i < EXPLANATIONS_MAX; i++) {
        if (!str_eq(typed_member(cx, req, i, "subject"), d->subject))
            continue;
        const struct field_error *fault = form_error(
            cx, arena_printf(cx->arena, "explanations.%zu.reason", i));
        d->reason = typed_member(cx, req, i, "reason");
        d->note = typed_member(cx, req, i, "note");
        d->error = fault ? fault->message : NULL;
        break;
    }
    if (str_empty(d->reason))
        d->error = cx_t(cx, T("Tulis penjelasan."));
}

/* What was counted; where nothing (or no number) was typed, what the book says. */
static struct custody_counted counted_of(const struct cx *cx, const struct custody_day *out,
                                         const struct day_form *typed)
{
    struct custody_counted counted = custody_expected(out);
    if (!typed)
        return counted;
    if (!form_error(cx, "badges"))
        counted.badges = typed->counted.badges;
    if (!form_error(cx, "cards"))
        counted.cards = typed->counted.cards;
    if (!form_error(cx, "devices"))
        counted.devices = typed->counted.devices;
    return counted;
}

/* `typed` NULL: the page is only looked at. */
static void differences_fill(struct cx *cx, struct http_req *req, const struct custody_day *out,
                             const struct day_form *typed, struct day_view *view)
{
    struct custody_counted counted = counted_of(cx, out, typed);
    size_t max = out->visit_count + 3;
    const char **subjects = ARENA_ARRAY(cx->arena, max, const char *);
    view->difference_count = custody_differences(out, &counted, subjects, max);
    view->differences = ARENA_ARRAY(cx->arena, max, struct difference_view);
    view->notes = view->difference_count <= NOTES_MAX;
    for (size_t i = 0; i < view->difference_count; i++) {
        struct difference_view *d = &view->differences[i];
        const struct custody_out *visit = visit_find(out, subjects[i]);
        d->subject = subjects[i];
        if (visit)
            visit_difference(cx, out, visit, d);
        else
            count_difference(cx, subjects[i], d);
        if (typed)
            difference_typed(cx, req, d);
        view->unexplained += str_empty(d->reason);
    }
}

static enum err closings_fill(struct cx *cx, const struct day *day, struct day_view *view)
{
    struct day_closing *list = NULL;
    TRY(custody_closings(cx->read, cx->actor.office_id, day->date, &list, &view->closing_count));
    view->closings = ARENA_ARRAY(cx->arena, view->closing_count + 1, struct closing_view);
    for (size_t i = 0; i < view->closing_count; i++)
        view->closings[i] = (struct closing_view){
            .time = time_hm(cx->arena, list[i].at, cx->offset_min),
            .by = staff_name(cx->read, cx->actor.office_id, list[i].by_id),
            .differences = list[i].differences,
        };
    return ERR_OK;
}

static void page_body(struct html *h, void *arg)
{
    custody_day_page(h, arg);
}

static enum err day_show(struct cx *cx, struct http_req *req, struct http_res *res,
                         const struct day *day, const struct day_form *typed)
{
    struct day_view view = {
        .date = day->date,
        .long_date = time_long_date(cx->arena, day->from, cx->offset_min, cx->lang == LANG_EN),
        .now = arena_printf(cx->arena, "%s %s", time_hm(cx->arena, cx->now_ms, cx->offset_min),
                            time_zone_letters(cx->offset_min)),
        .today = day->today,
        .writable = (cx->actor.roles & ROLE_DESK) != 0,
    };
    counts_fill(cx, req, &day->out, &view);
    const struct field_error *date_fault = form_error(cx, "date");
    view.date_error = date_fault ? date_fault->message : NULL;
    differences_fill(cx, req, &day->out, typed, &view);
    TRY(closings_fill(cx, day, &view));
    TRY(custody_day_figures(cx->read, cx->actor.office_id, day->from, day->until, &view.figures));
    const struct page_view page = {
        .title = T("Tutup hari"), .current = PAGE, .body = page_body, .arg = &view};
    return page_render(cx, req, res, &page);
}

/* --- handlers -------------------------------------------------------------------------------------------- */

enum err custody_day_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct day day;
    TRY(day_of(cx, http_query(req, "date"), &day));
    if (req->wants == WANTS_JSON)
        return day_json(cx, res, &day, 200);
    return day_show(cx, req, res, &day, NULL);
}

/* What it was about, in words: the things are back by the time somebody reads it. */
static const char *difference_title(struct cx *cx, const struct custody_day *out,
                                    const struct custody_out *visit)
{
    struct difference_view d = {.subject = visit->id};
    visit_difference(cx, out, visit, &d);
    return d.title;
}

/* What is kept: the counts, what they should have been, and each explanation with what it is about. */
static const char *explanation_text(struct cx *cx, const struct day *day, const struct day_form *f)
{
    struct custody_counted expected = custody_expected(&day->out);
    json_t *root = json_keep(cx->arena, json_object());
    json_object_set_new(root, "counted", counted_json(&f->counted));
    json_object_set_new(root, "expected", counted_json(&expected));
    json_t *list = json_array();
    const struct custody_explained *said = f->explanations.items;
    for (size_t i = 0; i < f->explanations.count; i++) {
        if (str_empty(said[i].reason))
            continue;
        const struct custody_out *visit = visit_find(&day->out, said[i].subject);
        json_t *one = json_object();
        json_object_set_new(one, "subject", json_string(said[i].subject));
        json_object_set_new(one, "about",
                            json_text(visit ? difference_title(cx, &day->out, visit) : NULL));
        json_object_set_new(one, "reason", json_string(said[i].reason));
        json_object_set_new(one, "note", json_text(said[i].note));
        json_array_append_new(list, one);
    }
    json_object_set_new(root, "explanations", list);
    struct buf text = buf_new(cx->arena, 1024, JSON_MAX);
    json_write(&text, root);
    return text.p;
}

static enum err day_close(struct cx *cx, struct http_req *req, const struct day *day,
                          const struct day_form *f)
{
    const char *id = cx_new_id(cx);
    struct custody_day_close c = {
        .act = visit_act_of(cx),
        .arena = cx->arena,
        .id = id,
        .day = day->date,
        .until = day->until,
        .counted = f->counted,
        .explained = f->explanations.items,
        .explained_count = f->explanations.count,
        .explanation = explanation_text(cx, day, f),
    };
    TRY(replay_prepare(cx, http_header(req, "idempotency-key"), "POST " PAGE, req->body_hash,
                       &c.replay));
    enum err e = db_tx(cx, "custody_day_close", custody_day_store, &c);
    if (e == ERR_OK)
        return ERR_OK;
    if (e == c.refusal.err)
        return cx_refuse(cx, &c.refusal);
    if (e != ERR_INVALID)
        return e;
    for (size_t i = 0; i < c.missing_count; i++)
        cx_field(cx, arena_printf(cx->arena, "explanations.%s", c.missing[i]), "unexplained",
                 T("Tulis penjelasan."));
    return cx_fail(cx, e, "unexplained", T("Jelaskan setiap selisih, lalu tutup hari."));
}

enum err custody_day_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct day_form f;
    enum err e = form_parse(cx, req, &custody_day_form, &f);
    struct day day;
    TRY(day_of(cx, f.date, &day));
    if (e == ERR_OK)
        e = day_close(cx, req, &day, &f);
    if (req->wants == WANTS_JSON)
        return e == ERR_OK ? day_json(cx, res, &day, 201) : e;
    if (e == ERR_OK)
        return http_res_redirect(cx, res, arena_printf(cx->arena, PAGE "?date=%s", day.date));
    if (e != ERR_INVALID)
        return e;
    res->status = 422;
    return day_show(cx, req, res, &day, &f);
}

/* Numbers and counts as people read them: the lines of the dashboard and of the report. */
#include "features/report/report_web.h"

#include <string.h>

#include "features/complaint/complaint.h"
#include "features/visit/visit.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

#define BAR_WIDTH 200

const char *report_minutes(const struct cx *cx, int64_t ms)
{
    int64_t tenths = (ms * 10 + 30000) / 60000;
    if (ms < 0)
        return "–";
    return arena_printf(cx->arena, "%lld%c%lld", (long long)(tenths / 10),
                        cx->lang == LANG_EN ? '.' : ',', (long long)(tenths % 10));
}

const char *report_percent(const struct cx *cx, int64_t part, int64_t whole)
{
    if (whole <= 0)
        return "–";
    return arena_printf(cx->arena, "%lld\u202f%%", (long long)((part * 200 + whole) / (2 * whole)));
}

const char *report_whole(const struct cx *cx, int64_t n)
{
    char mark = cx->lang == LANG_EN ? ',' : '.';
    if (n < 1000)
        return arena_printf(cx->arena, "%lld", (long long)n);
    if (n < 1000000)
        return arena_printf(cx->arena, "%lld%c%03lld", (long long)(n / 1000), mark,
                            (long long)(n % 1000));
    return arena_printf(cx->arena, "%lld%c%03lld%c%03lld", (long long)(n / 1000000), mark,
                        (long long)(n / 1000 % 1000), mark, (long long)(n % 1000));
}

const char *const report_channels[REPORT_CHANNELS] = {"whatsapp", "gateway", "telegram", "mail",
                                                      "webpush"};
const char *const report_notice_parts[REPORT_NOTICE_PARTS] = {"queued", "sent", "delivered", "read",
                                                              "failed"};

int64_t report_notices(struct cx *cx, const struct report_sum *s, const char *channel,
                       const char *part)
{
    return report_count_of(s, "notice", arena_printf(cx->arena, "%s/%s", channel, part));
}

int64_t report_measured(const struct report_sum *s)
{
    return s->kept + s->missed;
}

struct words {
    const char *code, *label;
};

static const char *label_in(const struct words *list, size_t count, const char *code)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(list[i].code, code))
            return list[i].label;
    }
    return code;
}

const char *report_host_label(const struct cx *cx, const char *key)
{
    static const struct words labels[] = {
        {"none", T("Tidak menyebut pejabat")},
        {"intel_chief", T("Kasi Intelijen")},
        {"office_head", T("Kajari")},
        {"section_chief", T("Kasi atau Kasubag lain")},
    };
    if (str_starts(key, "section_chief/"))
        return cx_t(cx, staff_section_label(key + strlen("section_chief/")));
    return cx_t(cx, label_in(labels, ARRAY_LEN(labels), key));
}

const char *report_channel_label(const char *channel)
{
    static const struct words labels[] = {
        {"whatsapp", "WhatsApp"},
        {"gateway", T("SMS atau gerbang pesan")},
        {"telegram", "Telegram"},
        {"mail", T("Surel")},
        {"webpush", T("Notifikasi peramban")},
    };
    return label_in(labels, ARRAY_LEN(labels), channel);
}

const char *report_answer_label(const char *channel)
{
    static const struct words labels[] = {
        {"whatsapp", T("Tombol WhatsApp")},
        {"gateway", T("SMS atau gerbang pesan")},
        {"telegram", "Telegram"},
        {"link", T("Halaman jawab di HP")},
        {"page", T("Halaman Buku Tamu")},
        {"spoken", T("Lisan, dicatat petugas")},
        {"silence", T("Diam sampai batas waktu")},
        {"api", T("Program lain")},
    };
    return label_in(labels, ARRAY_LEN(labels), channel);
}

const char *report_lost_label(const char *key)
{
    static const struct words labels[] = {
        {"badge", T("Tanda pengenal hilang")}, {"id_card", T("Kartu identitas titipan hilang")},
        {"phone", T("HP titipan hilang")},     {"laptop", T("Laptop titipan hilang")},
        {"bag", T("Tas titipan hilang")},      {"other", T("Titipan lain hilang")},
    };
    return label_in(labels, ARRAY_LEN(labels), key);
}

/* --- lines ------------------------------------------------------------------------------------------------------ */

static const char *label_of(const struct cx *cx, const char *kind, const char *key)
{
    if (str_eq(kind, "category"))
        return cx_t(cx, visit_category_label(key));
    if (str_eq(kind, "host"))
        return report_host_label(cx, key);
    if (str_eq(kind, "reason"))
        return cx_t(cx, report_reason_label(key));
    if (str_eq(kind, "answer"))
        return cx_t(cx, report_answer_label(key));
    if (str_eq(kind, "state"))
        return cx_t(cx, complaint_label(complaint_states, key));
    return key;
}

static const char *path_of(struct cx *cx, const char *path, const char *kind, const char *key)
{
    if (!path)
        return NULL;
    if (str_eq(kind, "category"))
        return arena_printf(cx->arena, "%s?keperluan=%s", path, key);
    if (str_eq(kind, "host"))
        return arena_printf(cx->arena, "%s?pejabat=%s", path, key);
    if (str_eq(kind, "reason"))
        return arena_printf(cx->arena, "%s?angka=terlambat&sebab=%s", path, key);
    return NULL;
}

static void fill_line(struct cx *cx, struct report_line *l, int64_t most, int64_t all)
{
    l->value = report_whole(cx, l->n);
    l->share = report_percent(cx, l->n, all);
    l->bar = most > 0 ? (int)(l->n * BAR_WIDTH / most) : 0;
}

/* The largest first; equal ones as they come. */
static void sort_lines(struct report_lines *lines)
{
    for (size_t i = 1; i < lines->count; i++) {
        struct report_line one = lines->items[i];
        size_t j = i;
        for (; j > 0 && lines->items[j - 1].n < one.n; j--)
            lines->items[j] = lines->items[j - 1];
        lines->items[j] = one;
    }
}

struct report_lines report_lines_of(struct cx *cx, const struct report_sum *s, const char *kind,
                                    const char *path)
{
    struct report_lines lines = {.items = ARENA_ARRAY(cx->arena, s->count + 1, struct report_line)};
    int64_t all = report_count_all(s, kind);
    for (size_t i = 0; i < s->count; i++) {
        const struct report_count *c = &s->counts[i];
        if (!str_eq(c->kind, kind) || c->n <= 0)
            continue;
        lines.items[lines.count++] = (struct report_line){.label = label_of(cx, kind, c->key),
                                                          .path = path_of(cx, path, kind, c->key),
                                                          .n = c->n};
    }
    sort_lines(&lines);
    for (size_t i = 0; i < lines.count; i++)
        fill_line(cx, &lines.items[i], lines.items[0].n, all);
    return lines;
}

static void line_add(struct cx *cx, struct report_lines *lines, const char *label, int64_t n,
                     const char *path)
{
    lines->items[lines->count++] = (struct report_line){
        .label = cx_t(cx, label), .path = path, .n = n, .value = report_whole(cx, n), .share = ""};
}

struct report_lines report_excluded(struct cx *cx, const struct report_sum *s, const char *path)
{
    const struct {
        const char *label, *code;
        int64_t n;
    } rows[] = {
        {T("Lupa ditutup pada harinya"), "lupa", s->forgotten},
        {T("Dicatat susulan"), "susulan", s->late_entries},
        {T("Belum atau tidak jadi diterima"), "belum", s->unreceived},
        {T("Dibatalkan"), "batal", s->cancelled},
    };
    struct report_lines lines = {
        .items = ARENA_ARRAY(cx->arena, ARRAY_LEN(rows), struct report_line)};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        line_add(cx, &lines, rows[i].label, rows[i].n,
                 path ? arena_printf(cx->arena, "%s?angka=%s", path, rows[i].code) : NULL);
    return lines;
}

struct report_lines report_custody(struct cx *cx, const struct report_sum *s)
{
    static const char *const keys[] = {"badge", "id_card", "phone", "laptop", "bag", "other"};
    struct report_lines lines = {
        .items = ARENA_ARRAY(cx->arena, ARRAY_LEN(keys), struct report_line)};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        int64_t n = report_count_of(s, "custody", keys[i]);
        if (n > 0 || i < 2)
            line_add(cx, &lines, report_lost_label(keys[i]), n, NULL);
    }
    return lines;
}

struct report_lines report_closings_of(struct cx *cx, const struct report_sum *s)
{
    struct report_lines lines = {.items = ARENA_ARRAY(cx->arena, 3, struct report_line)};
    line_add(cx, &lines, T("Hari yang ditutup"), report_count_of(s, "closing", "days"), NULL);
    line_add(cx, &lines, T("Hari dengan selisih"), report_count_of(s, "closing", "with_difference"),
             NULL);
    line_add(cx, &lines, T("Selisih yang diterangkan"),
             report_count_of(s, "closing", "differences"), NULL);
    return lines;
}

struct report_lines report_deadlines_of(struct cx *cx, const struct report_figures *f)
{
    struct report_lines lines = {.items = ARENA_ARRAY(cx->arena, 3, struct report_line)};
    line_add(cx, &lines, T("Sedang ditangani saat ini"), f->complaints_open, NULL);
    line_add(cx, &lines, T("Lewat tenggat"), f->complaints_late, NULL);
    line_add(cx, &lines, T("Jatuh tempo dalam 3 hari"), f->complaints_soon, NULL);
    return lines;
}

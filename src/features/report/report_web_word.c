/* The report as a document for Word: the office's template of the kind service_report, filled (features/letter). Its
 * charts are blocks of text, so that whoever goes on writing in Word can change them. */
#include "features/report/report_web.h"

#include <string.h>

#include "features/letter/letter.h"
#include "features/register/register_web.h"
#include "lib/base/str.h"
#include "lib/docx/docx.h"
#include "lib/base/banned.h"

#define BLOCKS     12
#define ITEMS_MAX  32
#define MEMBERS    8
#define DETAIL_MAX 200

struct words {
    struct cx *cx;
    struct docx_item items[ITEMS_MAX];
    size_t count;
};

static void put(struct words *w, const char *name, const char *text)
{
    if (w->count < ITEMS_MAX)
        w->items[w->count++] = (struct docx_item){.name = name, .text = str_or(text, "")};
}

static void put_list(struct words *w, const char *name, const struct docx_row *rows, size_t count)
{
    if (w->count < ITEMS_MAX)
        w->items[w->count++] = (struct docx_item){.name = name, .rows = rows, .row_count = count};
}

/* Members ended by name NULL. */
static struct docx_row row_of(struct cx *cx, const struct docx_item *members)
{
    size_t n = 0;
    while (n < MEMBERS && members[n].name)
        n++;
    return (struct docx_row){arena_memdup(cx->arena, members, n * sizeof(*members)), n};
}

/* A bar of blocks: full ones, or, below the target, open ones. */
static const char *bar(struct cx *cx, int64_t part, int64_t whole, bool low)
{
    struct buf b = buf_new(cx->arena, 64, 256);
    for (int64_t i = 0; whole > 0 && i < BLOCKS && i * whole < part * BLOCKS; i++)
        buf_puts(&b, low ? "▒" : "█");
    return str_or(b.p, "");
}

/* Full blocks up to the median, light ones from there to p90; `most` is the whole length. */
static const char *wait_bar(struct cx *cx, const struct report_point *one, int64_t most)
{
    struct buf b = buf_new(cx->arena, 64, 256);
    for (int64_t i = 0; i < BLOCKS && i * most < one->p90_ms * BLOCKS; i++)
        buf_puts(&b, i * most < one->median_ms * BLOCKS ? "█" : "░");
    return str_or(b.p, "");
}

/* How busy an hour is, as a block of eight heights behind its number. */
static const char *busy(struct cx *cx, int64_t n, int64_t most)
{
    static const char *const steps[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    size_t step = (size_t)((n * (int64_t)ARRAY_LEN(steps) - 1) / (most ? most : 1));
    if (n <= 0)
        return "0";
    return arena_printf(cx->arena, "%s %s", report_whole(cx, n), steps[step]);
}

static void put_summary(struct words *w, const struct report_paper *p)
{
    struct cx *cx = w->cx;
    const struct report_sum *s = &p->figures.sum;
    int64_t measured = report_measured(s);
    put(w, "kurun", p->label);
    put(w, "kunjungan", report_whole(cx, s->visits));
    put(w, "hari", report_whole(cx, p->figures.days));
    put(w, "diukur", report_whole(cx, measured));
    put(w, "bagian", report_percent(cx, s->kept, measured));
    put(w, "tepat", report_whole(cx, s->kept));
    put(w, "batas", report_whole(cx, p->office.limit_s / 60));
    put(w, "sasaran", report_percent(cx, REPORT_TARGET, 100));
    put(w, "median", report_minutes(cx, report_times_at(&s->times, PHASE_TOTAL, 50)));
    put(w, "p90", report_minutes(cx, report_times_at(&s->times, PHASE_TOTAL, 90)));
    put(w, "pengaduan", report_whole(cx, report_count_all(s, "state")));
}

static void put_points(struct words *w, const struct report_paper *p)
{
    struct cx *cx = w->cx;
    const struct report_figures *f = &p->figures;
    struct docx_row *rows = ARENA_ARRAY(cx->arena, f->point_count + 1, struct docx_row);
    size_t n = 0;
    int64_t most = 1;
    for (size_t i = 0; i < f->point_count; i++)
        most = f->points[i].p90_ms > most ? f->points[i].p90_ms : most;
    for (size_t i = 0; i < f->point_count; i++) {
        const struct report_point *one = &f->points[i];
        if (one->measured == 0)
            continue;
        bool low = one->kept * 100 < one->measured * REPORT_TARGET;
        rows[n++] = row_of(
            cx, (const struct docx_item[MEMBERS]){
                    {.name = "nama", .text = report_point_label(cx, &p->period, one->from, true)},
                    {.name = "grafik", .text = bar(cx, one->kept, one->measured, low)},
                    {.name = "nilai", .text = report_percent(cx, one->kept, one->measured)},
                    {.name = "grafik_lama", .text = wait_bar(cx, one, most)},
                    {.name = "tengah", .text = report_minutes(cx, one->median_ms)},
                    {.name = "atas", .text = report_minutes(cx, one->p90_ms)}});
    }
    put(w, "ada_waktu", n ? "1" : "");
    put_list(w, "waktu", rows, n);
}

static void put_phases(struct words *w, const struct report_paper *p)
{
    struct cx *cx = w->cx;
    const struct report_times *t = &p->figures.sum.times;
    struct docx_row *rows = ARENA_ARRAY(cx->arena, REPORT_PHASES, struct docx_row);
    for (int i = 0; i < REPORT_PHASES; i++) {
        enum report_phase phase = (enum report_phase)i;
        rows[i] = row_of(
            cx, (const struct docx_item[MEMBERS]){
                    {.name = "nama", .text = report_phase_label(phase)},
                    {.name = "nilai", .text = report_whole(cx, t->count[i])},
                    {.name = "tengah", .text = report_minutes(cx, report_times_at(t, phase, 50))},
                    {.name = "atas", .text = report_minutes(cx, report_times_at(t, phase, 90))}});
    }
    put_list(w, "tahap", rows, REPORT_PHASES);
}

struct details {
    struct docx_row rows[DETAIL_MAX];
    size_t count;
};

static void add_details(struct cx *cx, struct details *d, const char *group,
                        const struct report_lines *lines, bool bars)
{
    for (size_t i = 0; i < lines->count && d->count < DETAIL_MAX; i++) {
        const struct report_line *l = &lines->items[i];
        d->rows[d->count++] = row_of(
            cx,
            (const struct docx_item[MEMBERS]){
                {.name = "kelompok", .text = i == 0 ? group : ""},
                {.name = "nama", .text = l->label},
                {.name = "nilai", .text = l->value},
                {.name = "grafik", .text = bars ? bar(cx, l->n, lines->items[0].n, false) : ""}});
    }
}

/* The text of the document is Indonesian, whatever the page's language. */
static void put_details(struct words *w, const struct report_paper *p)
{
    struct details *d = ARENA_NEW(w->cx->arena, struct details);
    add_details(w->cx, d, "Tidak ikut diukur", &p->excluded, false);
    add_details(w->cx, d, "Sebab lewat batas waktu", &p->reasons, true);
    add_details(w->cx, d, "Keperluan", &p->categories, true);
    add_details(w->cx, d, "Pejabat yang dituju", &p->hosts, true);
    add_details(w->cx, d, "Dijawab lewat", &p->answers, true);
    add_details(w->cx, d, "Titipan", &p->custody, false);
    add_details(w->cx, d, "Penutupan hari", &p->closings, false);
    add_details(w->cx, d, "Pengaduan menurut tahap", &p->states, true);
    add_details(w->cx, d, "Tenggat pengaduan", &p->deadlines, false);
    put_list(w, "rincian", d->rows, d->count);
}

static void put_hours(struct words *w, const struct report_paper *p)
{
    static const char *const names[] = {"senin", "selasa", "rabu",  "kamis",
                                        "jumat", "sabtu",  "minggu"};
    struct cx *cx = w->cx;
    struct report_page_view *v = ARENA_NEW(cx->arena, struct report_page_view);
    report_heat(cx, &p->figures.sum, v);
    struct docx_row *rows = ARENA_ARRAY(cx->arena, v->hour_count + 1, struct docx_row);
    for (size_t i = 0; i < v->hour_count; i++) {
        struct docx_item members[MEMBERS] = {{.name = "nama", .text = v->hours[i].label}};
        for (size_t day = 1; day <= ARRAY_LEN(names); day++) {
            const char *key = arena_printf(cx->arena, "%zu-%.2s", day % 7, v->hours[i].label);
            members[day] = (struct docx_item){
                .name = names[day - 1],
                .text = busy(cx, report_count_of(&p->figures.sum, "hour", key), v->heat_most)};
        }
        rows[i] = row_of(cx, members);
    }
    put_list(w, "jam", rows, v->hour_count);
}

static void put_notices(struct words *w, const struct report_paper *p)
{
    static const char *const names[REPORT_NOTICE_PARTS] = {"dibuat", "terkirim", "sampai", "dibaca",
                                                           "gagal"};
    struct docx_row *rows = ARENA_ARRAY(w->cx->arena, REPORT_CHANNELS, struct docx_row);
    size_t n = 0;
    for (size_t i = 0; i < REPORT_CHANNELS; i++) {
        struct docx_item members[MEMBERS] = {
            {.name = "nama", .text = report_channel_label(report_channels[i])}};
        if (report_notices(w->cx, &p->figures.sum, report_channels[i], "queued") <= 0)
            continue;
        for (size_t j = 0; j < REPORT_NOTICE_PARTS; j++)
            members[j + 1] = (struct docx_item){
                .name = names[j],
                .text = report_whole(w->cx,
                                     report_notices(w->cx, &p->figures.sum, report_channels[i],
                                                    report_notice_parts[j]))};
        rows[n++] = row_of(w->cx, members);
    }
    put_list(w, "kabar", rows, n);
}

static enum err put_signer(struct words *w, const struct report_paper *p, uint32_t role,
                           const char *prefix)
{
    const char *lines = "";
    TRY(register_signer(w->cx, &p->office, role, &lines));
    if (w->count + LETTER_SIGNER_ITEMS <= ITEMS_MAX) {
        letter_signer(w->cx->arena, prefix, lines, w->items + w->count);
        w->count += LETTER_SIGNER_ITEMS;
    }
    return ERR_OK;
}

enum err report_docx_make(struct cx *cx, const struct report_paper *p, struct bytes *ret)
{
    struct words *w = ARENA_NEW(cx->arena, struct words);
    w->cx = cx;
    put_summary(w, p);
    put_points(w, p);
    put_phases(w, p);
    put_details(w, p);
    put_hours(w, p);
    put_notices(w, p);
    TRY(put_signer(w, p, ROLE_OFFICE_HEAD, "penandatangan"));
    TRY(put_signer(w, p, ROLE_INTEL_CHIEF, "penyusun"));
    const struct letter_paper paper = {
        .kind = "service_report",
        .items = w->items,
        .count = w->count,
        .dated_at = cx->now_ms,
        .title = arena_printf(cx->arena, "Laporan pelayanan %s", p->label)};
    return letter_paper(cx, &paper, ret);
}

enum err report_docx_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct report_paper *p = ARENA_NEW(cx->arena, struct report_paper);
    struct bytes file;
    cx->lang = LANG_ID;
    TRY(report_paper_read(cx, req, "docx", p));
    TRY(report_docx_make(cx, p, &file));
    return http_res_download(cx, res, DOCX_TYPE,
                             arena_printf(cx->arena, "Laporan pelayanan %s.docx", p->period.text),
                             file);
}

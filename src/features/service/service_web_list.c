/* /layanan/pengaduan: what came in about the service, by deadline or by filter, and the same rows as a workbook.
 * The workbook holds what the list shows and the days of each step, neither texts nor persons. */
#include "features/service/service_web.h"

#include <stdlib.h>

#include "features/audit/audit.h"
#include "features/portal/portal.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/xlsx/xlsx.h"
#include "service_tmpl.h"
#include "lib/base/banned.h"

const struct option service_state_options[] = {
    {"open", T("Belum selesai")},    {"", T("Semua")},           {"sent", T("Dikirim")},
    {"verified", T("Diverifikasi")}, {"rejected", T("Ditolak")}, {"handling", T("Ditindaklanjuti")},
    {"answered", T("Dijawab")},      {"done", T("Selesai")},     {NULL, NULL}};
const struct option service_filter_categories[] = {
    {"", T("Semua")}, SERVICE_CATEGORY_ROWS, {NULL, NULL}};

/* Of the options, else the first: addresses are typed by people. */
static const char *one_of(const struct option *options, const char *value)
{
    const struct option *o = option_find(options, value);
    return o ? o->value : options[0].value;
}

static struct service_filter filter_of(const struct http_req *req)
{
    struct service_filter f = {.year = 0};
    bool all = http_query(req, "semua") != NULL; /* the address of this list before it had filters */
    f.state = all ? "" : one_of(service_state_options, http_query(req, "keadaan"));
    f.category = one_of(service_filter_categories, http_query(req, "jenis"));
    f.late = http_query(req, "lewat") != NULL;
    if (!str_to_i64(str_or(http_query(req, "tahun"), ""), 2000, 2200, &f.year))
        f.year = 0;
    return f;
}

/* "?keadaan=open&jenis=&tahun=2026&lewat=1" */
static const char *query_of(struct cx *cx, const struct service_filter *f)
{
    const char *year = f->year ? arena_printf(cx->arena, "&tahun=%lld", (long long)f->year) : "";
    return arena_printf(cx->arena, "?keadaan=%s&jenis=%s%s%s", f->state, f->category, year,
                        f->late ? "&lewat=1" : "");
}

struct found {
    struct service_clock clock;
    struct service_complaint *list;
    size_t count;
    bool cut; /* there are more than a list shows or the query gave */
};

/* What the filter leaves, in the order of the query: open ones by receipt, all by number, newest first. */
static enum err find(struct cx *cx, const struct service_filter *f, struct found *ret)
{
    size_t count = 0;
    TRY(service_clock_load(cx, &ret->clock));
    if (f->year)
        TRY(service_of_year(cx->read, cx->actor.office_id, (int)f->year, &ret->list, &count));
    else
        TRY(service_list(cx->read, cx->actor.office_id, !str_eq(f->state, "open"), &ret->list,
                         &count));
    ret->count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct service_complaint *c = &ret->list[i];
        bool late = f->late &&
                    service_is_late(&ret->clock.cal, &ret->clock.limits, c, ret->clock.today);
        if (service_filter_holds(f, c, late))
            ret->list[ret->count++] = *c;
    }
    ret->cut = ret->count > SERVICE_LIST_MAX || (!f->year && count == SERVICE_LIST_MAX);
    return ERR_OK;
}

/* --- the page -------------------------------------------------------------------------------------------------- */

static int by_due(const void *a, const void *b)
{
    const struct service_row_view *x = a, *y = b;
    return (x->due_day > y->due_day) - (x->due_day < y->due_day);
}

static void fill_row(struct cx *cx, const struct service_clock *k,
                     const struct service_complaint *c, struct service_row_view *row)
{
    struct service_due due = service_due_of(&k->cal, &k->limits, c);
    *row = (struct service_row_view){
        .path = arena_printf(cx->arena, "/layanan/pengaduan/%s", c->id),
        .number = service_number_text(cx->arena, c),
        .category = service_word_label(service_categories, c->category),
        .state = service_state_label(c->state),
        .received = service_day_words(cx, c->received),
        .due_label = due.label,
        .due = service_day_number_words(cx, due.day),
        .lapor = c->lapor_number,
        .late = service_is_late(&k->cal, &k->limits, c, k->today),
        .due_day = due.day == CALENDAR_NO_DAY ? INT64_MAX : due.day};
}

static void list_body(struct html *h, void *arg)
{
    service_list_page(h, arg);
}

enum err service_list_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct service_list_view *v = ARENA_NEW(cx->arena, struct service_list_view);
    struct service_filter f = filter_of(req);
    struct found found = {.count = 0};
    TRY(find(cx, &f, &found));
    v->state = f.state;
    v->category = f.category;
    v->year = f.year ? arena_printf(cx->arena, "%lld", (long long)f.year) : "";
    v->late = f.late;
    v->open = str_eq(f.state, "open");
    v->book = arena_printf(cx->arena, "/layanan/pengaduan.xlsx%s", query_of(cx, &f));
    v->count = found.count < SERVICE_LIST_MAX ? found.count : SERVICE_LIST_MAX;
    v->cut = found.cut;
    v->rows = ARENA_ARRAY(cx->arena, v->count + 1, struct service_row_view);
    for (size_t i = 0; i < v->count; i++)
        fill_row(cx, &found.clock, &found.list[i], &v->rows[i]);
    if (v->open)
        qsort(v->rows, v->count, sizeof(*v->rows), by_due);
    const struct page_view page = {.title = T("Pengaduan layanan"),
                                   .current = "/layanan/pengaduan",
                                   .body = list_body,
                                   .arg = v};
    return page_render(cx, req, res, &page);
}

/* --- the workbook ------------------------------------------------------------------------------------------------ */

static const struct xlsx_column columns[] = {{"Nomor", 14, XLSX_TEXT},
                                             {"Jenis", 34, XLSX_TEXT},
                                             {"Keadaan", 16, XLSX_TEXT},
                                             {"Lewat jalur", 16, XLSX_TEXT},
                                             {"Diterima", 12, XLSX_TEXT},
                                             {"Diverifikasi", 12, XLSX_TEXT},
                                             {"Tanggapan pertama", 12, XLSX_TEXT},
                                             {"Dijawab", 12, XLSX_TEXT},
                                             {"Jawaban paling lambat", 14, XLSX_TEXT},
                                             {"Dibuka lagi", 12, XLSX_TEXT},
                                             {"Berapa kali", 10, XLSX_INT},
                                             {"Selesai", 12, XLSX_TEXT},
                                             {"Lewat waktu", 10, XLSX_TEXT},
                                             {"Nomor LAPOR!", 18, XLSX_TEXT}};

static enum err book_row(struct cx *cx, struct xlsx *x, const struct service_clock *k,
                         const struct service_complaint *c)
{
    int64_t settle = service_settle_day(&k->cal, &k->limits, c),
            answered = calendar_day(c->answered);
    bool late = service_is_late(&k->cal, &k->limits, c, k->today) ||
                (answered != CALENDAR_NO_DAY && answered > settle);
    const struct xlsx_cell cells[ARRAY_LEN(columns)] = {
        {.text = service_number_text(cx->arena, c)},
        {.text = service_word_label(service_categories, c->category)},
        {.text = service_state_label(c->state)},
        {.text = str_eq(c->channel, "counter") ? "Loket" : "Halaman publik"},
        {.text = c->received},
        {.text = c->verified},
        {.text = c->responded},
        {.text = c->answered},
        {.text = calendar_day_text(cx->arena, settle)},
        {.text = c->reopened},
        {.number = c->reopened_count},
        {.text = c->ended},
        {.text = late ? "Ya" : "Tidak"},
        {.text = c->lapor_number}};
    return xlsx_row(x, cells);
}

static enum err book_fill(struct cx *cx, struct xlsx *x, const struct service_filter *f)
{
    struct found found = {.count = 0};
    const char *which = f->late ? "; hanya yang lewat waktu" : "";
    const char *year = f->year ? arena_printf(cx->arena, "tahun %lld", (long long)f->year)
                               : "semua tahun";
    const char *kept = str_eq(f->state, "open") ? "belum selesai"
                       : str_empty(f->state)    ? "semua keadaan"
                                                : service_state_label(f->state);
    const char *kind = str_empty(f->category) ? "semua jenis"
                                              : service_word_label(service_categories, f->category);
    const char *const lines[] = {
        arena_printf(cx->arena, "Saringan: %s; %s; %s%s.", kept, kind, year, which),
        f->year ? "Paling banyak 20.000 baris. Isi pengaduan dan pelapornya tidak ikut."
                : "Paling banyak 1.000 baris; pilih tahun untuk 20.000. Isi pengaduan dan "
                  "pelapornya tidak ikut.",
        NULL};
    const struct xlsx_sheet sheet = {.name = "Pengaduan layanan",
                                     .title = "Pengaduan layanan",
                                     .lines = lines,
                                     .columns = columns,
                                     .column_count = ARRAY_LEN(columns),
                                     .landscape = true,
                                     .offset_min = cx->offset_min};
    TRY(find(cx, f, &found));
    TRY(xlsx_sheet_begin(x, &sheet));
    for (size_t i = 0; i < found.count; i++)
        TRY(book_row(cx, x, &found.clock, &found.list[i]));
    const struct xlsx_cell none[ARRAY_LEN(columns)] = {{.text = "NIHIL"}};
    return found.count ? ERR_OK : xlsx_row_strong(x, none);
}

enum err service_book_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct service_filter f = filter_of(req);
    struct xlsx *x = NULL;
    TRY(workbook_begin(cx, &x));
    enum err e = book_fill(cx, x, &f);
    if (e == ERR_OK)
        e = audit_note(cx, "service_complaints_exported", "office", cx->actor.office_id,
                       arena_printf(cx->arena, "state=%s category=%s year=%lld late=%d", f.state,
                                    f.category, (long long)f.year, (int)f.late));
    return workbook_send(cx, res, x, e, "Pengaduan layanan.xlsx");
}

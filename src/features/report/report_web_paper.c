/* The report of a period on paper and as a workbook: the same figures as the dashboard, with the same words.
 * Figures only, so nothing of it names a guest; each export is audited. */
#include "features/report/report_web.h"

#include <string.h>

#include "features/audit/audit.h"
#include "features/office/office.h"
#include "features/portal/portal.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/pdf/pdf.h"
#include "lib/xlsx/xlsx.h"
#include "lib/base/banned.h"

enum err report_paper_fill(struct cx *cx, const struct report_period *period, struct report_paper *p)
{
    p->period = *period;
    TRY(office_get(cx->read, cx->actor.office_id, &p->office));
    TRY(report_read(cx, &p->period, &p->figures));
    const struct report_sum *s = &p->figures.sum;
    p->label = report_label(cx, &p->period);
    p->reasons = report_lines_of(cx, s, "reason", NULL);
    p->categories = report_lines_of(cx, s, "category", NULL);
    p->hosts = report_lines_of(cx, s, "host", NULL);
    p->answers = report_lines_of(cx, s, "answer", NULL);
    p->states = report_lines_of(cx, s, "state", NULL);
    p->excluded = report_excluded(cx, s, NULL);
    p->custody = report_custody(cx, s);
    p->closings = report_closings_of(cx, s);
    p->deadlines = report_deadlines_of(cx, &p->figures);
    return ERR_OK;
}

enum err report_paper_read(struct cx *cx, const struct http_req *req, const char *format,
                           struct report_paper *p)
{
    struct report_period period;
    TRY(report_period_wanted(cx, req, &period));
    TRY(report_paper_fill(cx, &period, p));
    return audit_note(cx, "report_exported", "report", p->period.text,
                      arena_printf(cx->arena, "format=%s", format));
}

/* --- pdf --------------------------------------------------------------------------------------------------- */

static void bars(struct cx *cx, struct pdf *pdf, const char *title, const struct report_lines *lines)
{
    struct pdf_bar *items = ARENA_ARRAY(cx->arena, lines->count + 1, struct pdf_bar);
    pdf_heading(pdf, cx_t(cx, title));
    for (size_t i = 0; i < lines->count; i++) {
        const struct report_line *l = &lines->items[i];
        items[i] = (struct pdf_bar){.label = l->label,
                                    .value = arena_printf(cx->arena, "%s (%s)", l->value, l->share),
                                    .share = (double)l->n /
                                             (double)(lines->items[0].n ? lines->items[0].n : 1)};
    }
    pdf_bars(pdf, items, lines->count);
    if (lines->count == 0)
        pdf_paragraph(pdf, "NIHIL");
}

static void plain(struct cx *cx, struct pdf *pdf, const char *title,
                  const struct report_lines *lines)
{
    const struct pdf_column columns[] = {{cx_t(cx, title), 75, PDF_LEFT},
                                         {cx_t(cx, T("Jumlah")), 25, PDF_RIGHT}};
    const char **cells = ARENA_ARRAY(cx->arena, lines->count * 2 + 1, const char *);
    for (size_t i = 0; i < lines->count; i++) {
        cells[i * 2] = lines->items[i].label;
        cells[i * 2 + 1] = lines->items[i].value;
    }
    const struct pdf_table table = {.columns = columns,
                                    .column_count = 2,
                                    .cells = cells,
                                    .row_count = lines->count,
                                    .empty = "NIHIL"};
    pdf_table(pdf, &table);
}

static void summary(struct cx *cx, struct pdf *pdf, const struct report_paper *p)
{
    const struct report_sum *s = &p->figures.sum;
    const struct report_times *t = &s->times;
    int64_t measured = report_measured(s);
    pdf_paragraph(
        pdf,
        cx_printf(
            cx,
            T("Dalam kurun waktu ini kantor menerima %s kunjungan pada %d hari. Dari %s kunjungan "
              "yang diukur, %s diterima dalam %d menit; sasarannya %d %%."),
            report_whole(cx, s->visits), (int)p->figures.days, report_whole(cx, measured),
            report_percent(cx, s->kept, measured), (int)(p->office.limit_s / 60), REPORT_TARGET));
    const struct pdf_fact facts[] = {
        {cx_t(cx, T("Jumlah kunjungan")), report_whole(cx, s->visits)},
        {cx_t(cx, T("Tepat waktu")),
         arena_printf(cx->arena, "%s (%s)", report_percent(cx, s->kept, measured),
                      report_whole(cx, s->kept))},
        {cx_t(cx, T("Median menunggu")),
         cx_printf(cx, T("%s menit"), report_minutes(cx, report_times_at(t, PHASE_TOTAL, 50)))},
        {cx_t(cx, T("p90 menunggu")),
         cx_printf(cx, T("%s menit"), report_minutes(cx, report_times_at(t, PHASE_TOTAL, 90)))},
        {cx_t(cx, T("Pengaduan diterima")), report_whole(cx, report_count_all(s, "state"))}};
    pdf_facts(pdf, facts, ARRAY_LEN(facts));
}

static void points(struct cx *cx, struct pdf *pdf, const struct report_paper *p)
{
    const struct report_figures *f = &p->figures;
    struct pdf_bar *items = ARENA_ARRAY(cx->arena, f->point_count + 1, struct pdf_bar);
    size_t n = 0;
    for (size_t i = 0; i < f->point_count; i++) {
        const struct report_point *one = &f->points[i];
        if (one->measured == 0)
            continue;
        items[n++] = (struct pdf_bar){
            .label = report_point_label(cx, &p->period, one->from, true),
            .value = cx_printf(cx, T("%s dari %s"), report_percent(cx, one->kept, one->measured),
                               report_whole(cx, one->measured)),
            .share = (double)one->kept / (double)one->measured,
            .hatched = one->kept * 100 < one->measured * REPORT_TARGET};
    }
    if (n == 0)
        return;
    pdf_heading(pdf, cx_t(cx, T("Bagian yang diterima tepat waktu")));
    pdf_bars(pdf, items, n);
    pdf_note(pdf, cx_printf(cx, T("Batang bergaris: di bawah sasaran %d %%."), REPORT_TARGET));
}

/* The longest p90 of the points; at least the limit. */
static int64_t longest_ms(const struct report_paper *p)
{
    int64_t most = p->office.limit_s * 1000;
    for (size_t i = 0; i < p->figures.point_count; i++)
        most = p->figures.points[i].p90_ms > most ? p->figures.points[i].p90_ms : most;
    return most > 0 ? most : 1;
}

static void waits(struct cx *cx, struct pdf *pdf, const struct report_paper *p)
{
    const struct report_figures *f = &p->figures;
    struct pdf_bar *items = ARENA_ARRAY(cx->arena, f->point_count + 1, struct pdf_bar);
    double most = (double)longest_ms(p);
    size_t n = 0;
    for (size_t i = 0; i < f->point_count; i++) {
        const struct report_point *one = &f->points[i];
        if (one->measured == 0)
            continue;
        items[n++] = (struct pdf_bar){.label = report_point_label(cx, &p->period, one->from, true),
                                      .value = arena_printf(cx->arena, "%s – %s",
                                                            report_minutes(cx, one->median_ms),
                                                            report_minutes(cx, one->p90_ms)),
                                      .share = (double)one->median_ms / most,
                                      .further = (double)one->p90_ms / most};
    }
    if (n == 0)
        return;
    pdf_heading(pdf, cx_t(cx, T("Lama menunggu: median dan p90")));
    pdf_bars(pdf, items, n);
    pdf_note(pdf, cx_printf(cx,
                            T("Batang penuh: median; batang kosong: sampai p90, dalam menit. "
                              "Batang terpanjang: %s menit."),
                            report_minutes(cx, longest_ms(p))));
}

#define POINT_COLUMNS 6

/* The table behind both charts over time. */
static void points_table(struct cx *cx, struct pdf *pdf, const struct report_paper *p)
{
    const struct pdf_column columns[POINT_COLUMNS] = {{cx_t(cx, T("Waktu")), 28, PDF_LEFT},
                                                      {cx_t(cx, T("Kunjungan")), 14, PDF_RIGHT},
                                                      {cx_t(cx, T("Diukur")), 14, PDF_RIGHT},
                                                      {cx_t(cx, T("Tepat waktu")), 14, PDF_RIGHT},
                                                      {cx_t(cx, T("Median (menit)")), 15, PDF_RIGHT},
                                                      {cx_t(cx, T("p90 (menit)")), 15, PDF_RIGHT}};
    const struct report_figures *f = &p->figures;
    const char **cells = ARENA_ARRAY(cx->arena, f->point_count * POINT_COLUMNS + 1, const char *);
    size_t n = 0;
    for (size_t i = 0; i < f->point_count; i++) {
        const struct report_point *one = &f->points[i];
        if (one->visits == 0)
            continue;
        const char **row = cells + n++ * POINT_COLUMNS;
        row[0] = report_point_label(cx, &p->period, one->from, true);
        row[1] = report_whole(cx, one->visits);
        row[2] = report_whole(cx, one->measured);
        row[3] = report_percent(cx, one->kept, one->measured);
        row[4] = report_minutes(cx, one->median_ms);
        row[5] = report_minutes(cx, one->p90_ms);
    }
    if (f->point_count == 0)
        return;
    const struct pdf_table table = {.columns = columns,
                                    .column_count = POINT_COLUMNS,
                                    .cells = cells,
                                    .row_count = n,
                                    .empty = "NIHIL",
                                    .text_pt = 9};
    pdf_heading(pdf,
                cx_t(cx, p->period.span == SPAN_YEAR ? T("Angka per bulan") : T("Angka per hari")));
    pdf_table(pdf, &table);
}

static void phases(struct cx *cx, struct pdf *pdf, const struct report_paper *p)
{
    const struct pdf_column columns[] = {{cx_t(cx, T("Tahap")), 46, PDF_LEFT},
                                         {cx_t(cx, T("Kunjungan")), 18, PDF_RIGHT},
                                         {cx_t(cx, T("Median (menit)")), 18, PDF_RIGHT},
                                         {cx_t(cx, T("p90 (menit)")), 18, PDF_RIGHT}};
    const struct report_times *t = &p->figures.sum.times;
    const char *cells[REPORT_PHASES * 4];
    for (int i = 0; i < REPORT_PHASES; i++) {
        cells[i * 4] = cx_t(cx, report_phase_label((enum report_phase)i));
        cells[i * 4 + 1] = report_whole(cx, t->count[i]);
        cells[i * 4 + 2] = report_minutes(cx, report_times_at(t, (enum report_phase)i, 50));
        cells[i * 4 + 3] = report_minutes(cx, report_times_at(t, (enum report_phase)i, 90));
    }
    const struct pdf_table table = {
        .columns = columns, .column_count = 4, .cells = cells, .row_count = REPORT_PHASES};
    pdf_heading(pdf, cx_t(cx, T("Lama tiap tahap")));
    pdf_table(pdf, &table);
}

#define HEAT_PERCENT 45 /* of grey behind the busiest hour */

static void heat_table(struct cx *cx, struct pdf *pdf, const struct report_page_view *v)
{
    struct pdf_column columns[PDF_COLUMNS];
    size_t hours = v->hour_count < PDF_COLUMNS - 1 ? v->hour_count : PDF_COLUMNS - 1;
    const char **cells = ARENA_ARRAY(cx->arena, v->heat_count * (hours + 1) + 1, const char *);
    uint8_t *shades = ARENA_ARRAY(cx->arena, v->heat_count * (hours + 1) + 1, uint8_t);
    columns[0] = (struct pdf_column){cx_t(cx, T("Hari")), 14, PDF_LEFT};
    for (size_t i = 0; i < hours; i++)
        columns[i + 1] = (struct pdf_column){v->hours[i].label, 86.0 / (double)hours, PDF_RIGHT};
    for (size_t i = 0; i < v->heat_count; i++) {
        cells[i * (hours + 1)] = v->heat[i].label;
        for (size_t j = 0; j < hours; j++) {
            int64_t n = v->heat[i].cells[j].n;
            cells[i * (hours + 1) + j + 1] = report_whole(cx, n);
            shades[i * (hours + 1) + j + 1] = (uint8_t)(n * HEAT_PERCENT / v->heat_most);
        }
    }
    const struct pdf_table table = {.columns = columns,
                                    .column_count = hours + 1,
                                    .cells = cells,
                                    .shades = shades,
                                    .row_count = v->heat_count,
                                    .empty = "NIHIL",
                                    .text_pt = 8.5};
    pdf_heading(pdf, cx_t(cx, T("Jumlah tamu menurut jam dan hari")));
    pdf_table(pdf, &table);
    pdf_note(pdf, cx_t(cx, T("Makin pekat makin ramai.")));
}

#define NOTICE_COLUMNS 6

static void notice_table(struct cx *cx, struct pdf *pdf, const struct report_paper *p)
{
    const struct pdf_column columns[] = {
        {cx_t(cx, T("Saluran")), 30, PDF_LEFT},   {cx_t(cx, T("Dibuat")), 14, PDF_RIGHT},
        {cx_t(cx, T("Terkirim")), 14, PDF_RIGHT}, {cx_t(cx, T("Sampai")), 14, PDF_RIGHT},
        {cx_t(cx, T("Dibaca")), 14, PDF_RIGHT},   {cx_t(cx, T("Gagal")), 14, PDF_RIGHT}};
    const char *cells[REPORT_CHANNELS * NOTICE_COLUMNS];
    size_t n = 0;
    for (size_t i = 0; i < REPORT_CHANNELS; i++) {
        const char *channel = report_channels[i];
        if (report_notices(cx, &p->figures.sum, channel, "queued") <= 0)
            continue;
        cells[n * NOTICE_COLUMNS] = cx_t(cx, report_channel_label(channel));
        for (size_t j = 0; j < REPORT_NOTICE_PARTS; j++)
            cells[n * NOTICE_COLUMNS + j + 1] = report_whole(
                cx, report_notices(cx, &p->figures.sum, channel, report_notice_parts[j]));
        n++;
    }
    const struct pdf_table table = {.columns = columns,
                                    .column_count = NOTICE_COLUMNS,
                                    .cells = cells,
                                    .row_count = n,
                                    .empty = "NIHIL"};
    pdf_heading(pdf, cx_t(cx, T("Pemberitahuan kepada pejabat")));
    pdf_table(pdf, &table);
}

static void paper_body(struct cx *cx, struct pdf *pdf, const struct report_paper *p)
{
    struct report_page_view *heat = ARENA_NEW(cx->arena, struct report_page_view);
    summary(cx, pdf, p);
    points(cx, pdf, p);
    waits(cx, pdf, p);
    points_table(cx, pdf, p);
    phases(cx, pdf, p);
    pdf_note(
        pdf,
        cx_t(cx,
             T("Kunjungan yang dicatat susulan, lupa ditutup, atau belum diterima tidak ikut "
               "diukur. Median: separuh tamu menunggu tidak lebih lama dari ini; p90: 9 dari 10 "
               "tamu.")));
    bars(cx, pdf, T("Sebab lewat batas waktu"), &p->reasons);
    plain(cx, pdf, T("Tidak ikut diukur"), &p->excluded);
    report_heat(cx, &p->figures.sum, heat);
    heat_table(cx, pdf, heat);
    bars(cx, pdf, T("Keperluan"), &p->categories);
    bars(cx, pdf, T("Pejabat yang dituju"), &p->hosts);
    notice_table(cx, pdf, p);
    if (p->answers.count)
        bars(cx, pdf, T("Dijawab lewat"), &p->answers);
    pdf_heading(pdf, cx_t(cx, T("Titipan dan penutupan hari")));
    plain(cx, pdf, T("Titipan"), &p->custody);
    plain(cx, pdf, T("Penutupan hari"), &p->closings);
    pdf_heading(pdf, cx_t(cx, T("Pengaduan")));
    plain(cx, pdf, T("Diterima, menurut tahap"), &p->states);
    plain(cx, pdf, T("Keadaan saat laporan dibuat"), &p->deadlines);
}

enum err report_pdf_make(struct cx *cx, const struct report_paper *p, struct bytes *ret)
{
    struct pdf_file file;
    const struct pdf_info info = {
        .title = cx_printf(cx, T("Laporan pelayanan %s"), p->label),
        .author = p->office.name,
        .language = cx->lang == LANG_EN ? "en" : NULL,
        .created_ms = cx->now_ms,
        .offset_min = cx->offset_min,
        .text_pt = 10.5,
        .page_words = cx_t(cx, T("Halaman %d dari %d")),
        .footer = cx_printf(cx, T("Laporan pelayanan %s, dibuat %s %s %s"), p->label,
                            time_day_text(cx->arena, cx->now_ms, cx->offset_min),
                            time_hm(cx->arena, cx->now_ms, cx->offset_min),
                            time_zone_letters(cx->offset_min))};
    struct pdf *pdf = pdf_new(cx->arena, &info);
    const struct pdf_letterhead head = {p->office.parent_name, p->office.name, p->office.address,
                                        p->office.phone};
    pdf_letterhead(pdf, &head);
    pdf_title(pdf, cx_t(cx, T("LAPORAN PELAYANAN TAMU")), p->label);
    paper_body(cx, pdf, p);
    TRY(pdf_finish(pdf, &file));
    *ret = file.data;
    return ERR_OK;
}

enum err report_pdf_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct report_paper *p = ARENA_NEW(cx->arena, struct report_paper);
    struct bytes file;
    TRY(report_paper_read(cx, req, "pdf", p));
    TRY(report_pdf_make(cx, p, &file));
    const char *name = arena_printf(cx->arena, "Laporan pelayanan %s.pdf", p->period.text);
    return http_res_download(cx, res, PDF_TYPE, name, file);
}

/* --- xlsx ------------------------------------------------------------------------------------------------------ */

/* Hundredths of a minute; nothing of -1. */
static struct xlsx_cell minutes(int64_t ms)
{
    return (struct xlsx_cell){.number = ms < 0 ? 0 : (ms * 100 + 30000) / 60000};
}

static enum err sheet_begin(struct cx *cx, struct xlsx *x, const struct report_paper *p,
                            const char *name, const struct xlsx_column *columns, size_t count)
{
    const struct xlsx_sheet sheet = {
        .name = cx_t(cx, name),
        .title = arena_printf(cx->arena, "%s, %s, %s", cx_t(cx, name), p->office.name, p->label),
        .columns = columns,
        .column_count = count,
        .offset_min = cx->offset_min};
    return xlsx_sheet_begin(x, &sheet);
}

static enum err lines_into(struct xlsx *x, const char *part, const struct report_lines *lines)
{
    for (size_t i = 0; i < lines->count; i++) {
        const struct xlsx_cell cells[] = {
            {.text = part}, {.text = lines->items[i].label}, {.number = lines->items[i].n}};
        TRY(xlsx_row(x, cells));
    }
    return ERR_OK;
}

static enum err sums_sheet(struct cx *cx, struct xlsx *x, const struct report_paper *p)
{
    const struct xlsx_column columns[] = {{cx_t(cx, T("Kelompok")), 34, XLSX_TEXT},
                                          {cx_t(cx, T("Rincian")), 44, XLSX_TEXT},
                                          {cx_t(cx, T("Jumlah")), 12, XLSX_INT}};
    const struct report_sum *s = &p->figures.sum;
    const struct {
        const char *label;
        int64_t n;
    } totals[] = {{T("Kunjungan"), s->visits},
                  {T("Diterima tepat waktu"), s->kept},
                  {T("Diterima lewat batas waktu"), s->missed}};
    const struct {
        const char *part;
        const struct report_lines *lines;
    } parts[] = {{T("Tidak ikut diukur"), &p->excluded},
                 {T("Sebab lewat batas waktu"), &p->reasons},
                 {T("Keperluan"), &p->categories},
                 {T("Pejabat yang dituju"), &p->hosts},
                 {T("Dijawab lewat"), &p->answers},
                 {T("Titipan"), &p->custody},
                 {T("Penutupan hari"), &p->closings},
                 {T("Pengaduan menurut tahap"), &p->states},
                 {T("Tenggat pengaduan saat laporan dibuat"), &p->deadlines}};
    TRY(sheet_begin(cx, x, p, T("Jumlah"), columns, 3));
    for (size_t i = 0; i < ARRAY_LEN(totals); i++) {
        const struct xlsx_cell cells[] = {{.text = cx_t(cx, T("Kunjungan"))},
                                          {.text = cx_t(cx, totals[i].label)},
                                          {.number = totals[i].n}};
        TRY(xlsx_row(x, cells));
    }
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        TRY(lines_into(x, cx_t(cx, parts[i].part), parts[i].lines));
    return ERR_OK;
}

static enum err phases_sheet(struct cx *cx, struct xlsx *x, const struct report_paper *p)
{
    const struct xlsx_column columns[] = {{cx_t(cx, T("Tahap")), 44, XLSX_TEXT},
                                          {cx_t(cx, T("Kunjungan")), 12, XLSX_INT},
                                          {cx_t(cx, T("Median (menit)")), 16, XLSX_DECIMAL},
                                          {cx_t(cx, T("p90 (menit)")), 16, XLSX_DECIMAL}};
    const struct report_times *t = &p->figures.sum.times;
    TRY(sheet_begin(cx, x, p, T("Lama tiap tahap"), columns, 4));
    for (int i = 0; i < REPORT_PHASES; i++) {
        enum report_phase phase = (enum report_phase)i;
        const struct xlsx_cell cells[] = {{.text = cx_t(cx, report_phase_label(phase))},
                                          {.number = t->count[i]},
                                          minutes(report_times_at(t, phase, 50)),
                                          minutes(report_times_at(t, phase, 90))};
        TRY(xlsx_row(x, cells));
    }
    return ERR_OK;
}

static enum err points_sheet(struct cx *cx, struct xlsx *x, const struct report_paper *p)
{
    const struct xlsx_column columns[] = {{cx_t(cx, T("Tanggal")), 22, XLSX_TEXT},
                                          {cx_t(cx, T("Kunjungan")), 12, XLSX_INT},
                                          {cx_t(cx, T("Diukur")), 12, XLSX_INT},
                                          {cx_t(cx, T("Tepat waktu")), 14, XLSX_INT},
                                          {cx_t(cx, T("Median (menit)")), 16, XLSX_DECIMAL},
                                          {cx_t(cx, T("p90 (menit)")), 16, XLSX_DECIMAL}};
    const struct report_figures *f = &p->figures;
    if (f->point_count == 0)
        return ERR_OK;
    TRY(sheet_begin(cx, x, p, T("Per waktu"), columns, 6));
    for (size_t i = 0; i < f->point_count; i++) {
        const struct report_point *one = &f->points[i];
        if (one->visits == 0)
            continue;
        const struct xlsx_cell cells[] = {
            {.text = report_point_label(cx, &p->period, one->from, true)},
            {.number = one->visits},
            {.number = one->measured},
            {.number = one->kept},
            minutes(one->median_ms),
            minutes(one->p90_ms)};
        TRY(xlsx_row(x, cells));
    }
    return ERR_OK;
}

static enum err heat_sheet(struct cx *cx, struct xlsx *x, const struct report_paper *p)
{
    struct report_page_view *v = ARENA_NEW(cx->arena, struct report_page_view);
    report_heat(cx, &p->figures.sum, v);
    if (v->heat_count == 0)
        return ERR_OK;
    struct xlsx_column *columns = ARENA_ARRAY(cx->arena, v->hour_count + 1, struct xlsx_column);
    struct xlsx_cell *cells = ARENA_ARRAY(cx->arena, v->hour_count + 1, struct xlsx_cell);
    columns[0] = (struct xlsx_column){cx_t(cx, T("Hari")), 12, XLSX_TEXT};
    for (size_t i = 0; i < v->hour_count; i++)
        columns[i + 1] = (struct xlsx_column){v->hours[i].label, 8, XLSX_INT};
    TRY(sheet_begin(cx, x, p, T("Jam dan hari"), columns, v->hour_count + 1));
    for (size_t i = 0; i < v->heat_count; i++) {
        cells[0].text = v->heat[i].label;
        for (size_t j = 0; j < v->hour_count; j++)
            cells[j + 1].number = v->heat[i].cells[j].n;
        TRY(xlsx_row(x, cells));
    }
    return ERR_OK;
}

static enum err notices_sheet(struct cx *cx, struct xlsx *x, const struct report_paper *p)
{
    const struct xlsx_column columns[] = {
        {cx_t(cx, T("Saluran")), 24, XLSX_TEXT}, {cx_t(cx, T("Dibuat")), 12, XLSX_INT},
        {cx_t(cx, T("Terkirim")), 12, XLSX_INT}, {cx_t(cx, T("Sampai")), 12, XLSX_INT},
        {cx_t(cx, T("Dibaca")), 12, XLSX_INT},   {cx_t(cx, T("Gagal")), 12, XLSX_INT}};
    TRY(sheet_begin(cx, x, p, T("Pemberitahuan"), columns, NOTICE_COLUMNS));
    for (size_t i = 0; i < REPORT_CHANNELS; i++) {
        struct xlsx_cell cells[NOTICE_COLUMNS] = {
            {.text = cx_t(cx, report_channel_label(report_channels[i]))}};
        for (size_t j = 0; j < REPORT_NOTICE_PARTS; j++)
            cells[j + 1].number = report_notices(cx, &p->figures.sum, report_channels[i],
                                                 report_notice_parts[j]);
        if (cells[1].number > 0)
            TRY(xlsx_row(x, cells));
    }
    return ERR_OK;
}

static enum err book_fill(struct cx *cx, struct xlsx *x, const struct report_paper *p)
{
    TRY(sums_sheet(cx, x, p));
    TRY(phases_sheet(cx, x, p));
    TRY(points_sheet(cx, x, p));
    TRY(heat_sheet(cx, x, p));
    return notices_sheet(cx, x, p);
}

enum err report_xlsx_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct report_paper *p = ARENA_NEW(cx->arena, struct report_paper);
    struct xlsx *x = NULL;
    TRY(report_paper_read(cx, req, "xlsx", p));
    TRY(workbook_begin(cx, &x));
    enum err e = book_fill(cx, x, p);
    return workbook_send(cx, res, x, e,
                         arena_printf(cx->arena, "Laporan pelayanan %s.xlsx", p->period.text));
}

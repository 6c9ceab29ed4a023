/* /survei: the guest's answers, without name or hour. /ikm: the index of a period, on the page, as a sheet to
 * publish and as a workbook. */
#include "features/survey/survey.h"

#include <string.h>

#include "features/office/office.h"
#include "features/portal/portal.h"
#include "features/staff/staff.h"
#include "features/survey/survey_view.h"
#include "lib/base/rand.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/http/form.h"
#include "lib/pdf/pdf.h"
#include "lib/seal/seal.h"
#include "lib/xlsx/xlsx.h"
#include "survey_tmpl.h"
#include "lib/base/banned.h"

#define READERS (ROLE_LEADERS | ROLE_ADMIN | ROLE_MONITOR)
#define GUEST   (ROUTE_PUBLIC | ROUTE_NO_TOKEN | ROUTE_UNLOGGED | ROUTE_NO_KEEPALIVE_SESSION)
/* A counter's tablet or a village behind one address answers for many. */
#define SENT_AT_ONCE  30
#define SENT_PER_HOUR 120

/* --- the form ------------------------------------------------------------------------------------------------ */

const struct option survey_answer_options[] = {{"1", T("Tidak baik")},
                                               {"2", T("Kurang baik")},
                                               {"3", T("Baik")},
                                               {"4", T("Sangat baik")},
                                               {NULL, NULL}};

struct survey_form {
    int64_t answers[SURVEY_ELEMENTS];
    const char *gender, *age, *education, *occupation, *suggestion;
};
static const char *const genders[] = {"", "L", "P", NULL};
static const char *const ages[] = {"", "u25", "25-34", "35-44", "45-54", "55+", NULL};
static const char *const educations[] = {"", "sd", "smp", "sma", "d3", "s1", "s2", NULL};
static const char *const occupations[] = {"",       "asn",       "tni",     "polri",
                                          "swasta", "wirausaha", "lainnya", NULL};
/* clang-format off */
#define ANSWER(i, code, text) {.name = code, .type = FIELD_INT, .flags = FIELD_REQUIRED, .offset = offsetof(struct survey_form, answers) + (i) * sizeof(int64_t), .min = SURVEY_ANSWER_MIN, .max = SURVEY_ANSWER_MAX, .label = text, .missing = T("Pilih satu jawaban untuk pertanyaan ini.")}
#define AT(member) .offset = offsetof(struct survey_form, member)
static const struct field survey_fields[] = {
    ANSWER(0, "requirements", T("Persyaratan")),
    ANSWER(1, "procedure", T("Sistem, mekanisme, dan prosedur")),
    ANSWER(2, "time", T("Waktu penyelesaian")),
    ANSWER(3, "fee", T("Biaya atau tarif")),
    ANSWER(4, "product", T("Produk spesifikasi jenis pelayanan")),
    ANSWER(5, "competence", T("Kompetensi pelaksana")),
    ANSWER(6, "behaviour", T("Perilaku pelaksana")),
    ANSWER(7, "complaints", T("Penanganan pengaduan, saran, dan masukan")),
    ANSWER(8, "facilities", T("Sarana dan prasarana")),
    {.name = "gender", .type = FIELD_CODE, AT(gender), .choices = genders, .label = T("Jenis kelamin")},
    {.name = "age", .type = FIELD_CODE, AT(age), .choices = ages, .label = T("Umur")},
    {.name = "education", .type = FIELD_CODE, AT(education), .choices = educations, .label = T("Pendidikan")},
    {.name = "occupation", .type = FIELD_CODE, AT(occupation), .choices = occupations, .label = T("Pekerjaan")},
    {.name = "suggestion", .type = FIELD_LINES, .flags = FIELD_PRIVATE, AT(suggestion), .max = 1000, .label = T("Saran")},
};
#undef AT
#undef ANSWER
/* clang-format on */
static const struct form survey_form = FORM("SurveyAnswer", struct survey_form, survey_fields);

static const struct option *options_of(struct cx *cx, const struct survey_choice *choices)
{
    size_t n = 0;
    while (choices[n].code)
        n++;
    struct option *options = ARENA_ARRAY(cx->arena, n + 1, struct option);
    for (size_t i = 0; i < n; i++)
        options[i] = (struct option){choices[i].code, choices[i].label};
    return options;
}

static void form_body(struct html *h, void *arg)
{
    survey_form_page(h, arg);
}

static enum err form_show(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    struct survey_form_view *v = ARENA_NEW(cx->arena, struct survey_form_view);
    v->done = http_query(req, "selesai") != NULL;
    v->suggestion = form_typed(cx, req, "suggestion");
    for (size_t i = 0; i < SURVEY_ELEMENTS; i++)
        v->questions[i] = (struct survey_question){
            .name = survey_elements[i].code,
            .text = survey_elements[i].question,
            .value = form_typed(cx, req, survey_elements[i].code)};
    for (size_t i = 0; i < SURVEY_BREAKDOWNS; i++)
        v->choices[i] = (struct input){.name = survey_breakdowns[i].name,
                                       .label = survey_breakdowns[i].label,
                                       .options = options_of(cx, survey_breakdowns[i].choices),
                                       .value = form_typed(cx, req, survey_breakdowns[i].name)};
    if (e != ERR_OK)
        res->status = http_status(e);
    struct page_view page = {.title = T("Survei kepuasan"),
                             .current = "/survei",
                             .phone = true,
                             .language = true,
                             .body = form_body,
                             .arg = v};
    return page_render(cx, req, res, &page);
}

static enum err form_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return form_show(cx, req, res, ERR_OK);
}

static enum err keep(struct cx *cx, struct http_req *req)
{
    struct survey_form f;
    char id[UUID_TEXT_BYTES];
    TRY(form_parse(cx, req, &survey_form, &f));
    TRY(http_throttle(cx, req, "survei", SENT_AT_ONCE, SENT_PER_HOUR));
    rand_uuid4(id);
    struct survey_keep k = {.office_id = cx->actor.office_id};
    k.answer.id = id;
    k.answer.day = time_day_text(cx->arena, cx->now_ms, cx->offset_min);
    memcpy(k.answer.answers, f.answers, sizeof(f.answers));
    k.answer.gender = str_or(f.gender, "");
    k.answer.age = str_or(f.age, "");
    k.answer.education = str_or(f.education, "");
    k.answer.occupation = str_or(f.occupation, "");
    k.answer.suggestion_sealed = seal_field(cx->seal, cx->arena, "survey_answer",
                                            "suggestion_sealed", id, f.suggestion);
    return db_tx(cx, "survey_answer", survey_answer_keep, &k);
}

static enum err form_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    enum err e = keep(cx, req);
    if (e != ERR_OK && req->wants != WANTS_JSON && (e == ERR_INVALID || e == ERR_LIMIT))
        return form_show(cx, req, res, e);
    if (e != ERR_OK)
        return e;
    return http_res_redirect(cx, res, "/survei?selesai=1");
}

/* --- the report -------------------------------------------------------------------------------------------------- */

/* 9148 → "91,48" */
static const char *decimal(struct cx *cx, int64_t x100)
{
    return arena_printf(cx->arena, "%lld%c%02lld", (long long)(x100 / 100),
                        cx->lang == LANG_EN ? '.' : ',', (long long)(x100 % 100));
}

static const char *whole(struct cx *cx, int64_t n)
{
    return arena_printf(cx->arena, "%lld", (long long)n);
}

/* What a report is made from. */
struct survey_figures {
    struct survey_period period;
    struct survey_totals totals;
    struct survey_result exact, printed;
    struct survey_result shown; /* by the exact weight, or by 0.11 when that was asked for */
    bool by_011;
    int64_t people, population, sample;
};

/* Of the period in the address; "?bobot=0.11" asks for the weight that some offices print. */
static enum err figures_of(struct cx *cx, const struct http_req *req, struct survey_figures *f)
{
    const char *office = cx->actor.office_id, *text = http_param(req, "period");
    if (!survey_period_read(cx->arena, text, &f->period))
        return cx_fail(cx, ERR_MISSING, "no_period",
                       T("Periode itu tidak ada. Tulis seperti 2026, 2026-S1, atau 2026-T3."));
    TRY(survey_totals_of(cx->read, office, &f->period, &f->totals, &f->people));
    TRY(survey_population(cx->read, office, &f->period, cx->offset_min, &f->population));
    f->exact = survey_result_of(&f->totals, SURVEY_WEIGHT_EXACT);
    f->printed = survey_result_of(&f->totals, SURVEY_WEIGHT_011);
    f->by_011 = str_eq(http_query(req, "bobot"), "0.11");
    f->shown = f->by_011 ? f->printed : f->exact;
    f->sample = survey_sample_size(f->population);
    return ERR_OK;
}

static void fill_elements(struct cx *cx, const struct survey_figures *f,
                          struct survey_report_view *v)
{
    for (size_t i = 0; i < SURVEY_ELEMENTS; i++) {
        int64_t n = f->totals.count[i];
        int64_t mean = n ? (f->totals.sum[i] * 200 + n) / (2 * n) : 0;
        v->elements[i] = (struct survey_element_line){.label = cx_t(cx, survey_elements[i].label),
                                                      .count = whole(cx, n),
                                                      .mean = n ? decimal(cx, mean) : "–",
                                                      .bar = (int)(mean * 300 / 400)};
    }
}

static const char *choice_label(const struct survey_choice *choices, const char *code)
{
    for (; choices->code; choices++) {
        if (str_eq(choices->code, code))
            return choices->label;
    }
    return code;
}

static enum err fill_groups(struct cx *cx, const struct survey_figures *f,
                            struct survey_report_view *v)
{
    for (size_t i = 0; i < SURVEY_BREAKDOWNS; i++) {
        struct survey_count *counts = NULL;
        struct survey_group *g = &v->groups[i];
        TRY(survey_people_by(cx->read, cx->actor.office_id, &f->period, survey_breakdowns[i].name,
                             &counts, &g->count));
        g->label = survey_breakdowns[i].label;
        g->lines = ARENA_ARRAY(cx->arena, g->count + 1, struct survey_count_line);
        for (size_t j = 0; j < g->count; j++)
            g->lines[j] = (struct survey_count_line){
                choice_label(survey_breakdowns[i].choices, counts[j].code),
                whole(cx, counts[j].people)};
    }
    return ERR_OK;
}

static enum err fill_suggestions(struct cx *cx, const struct survey_figures *f,
                                 struct survey_report_view *v)
{
    struct survey_suggestion *list = NULL;
    v->may_read = (cx->actor.roles & (ROLE_LEADERS | ROLE_ADMIN)) != 0;
    if (!v->may_read)
        return ERR_OK;
    TRY(survey_suggestions(cx->read, cx->actor.office_id, &f->period, &list, &v->suggestion_count));
    v->suggestions = ARENA_ARRAY(cx->arena, v->suggestion_count + 1, struct survey_suggestion_line);
    for (size_t i = 0; i < v->suggestion_count; i++) {
        char *text = NULL;
        TRY(seal_field_open(cx->seal, cx->arena, "survey_answer", "suggestion_sealed", list[i].id,
                            list[i].suggestion_sealed, &text));
        v->suggestions[i] = (struct survey_suggestion_line){list[i].day, text};
    }
    return ERR_OK;
}

static void fill_periods(struct cx *cx, const struct survey_period *now,
                         struct survey_report_view *v)
{
    const char *const tails[] = {"", "-S1", "-S2", "-T1", "-T2", "-T3", "-T4"};
    for (size_t i = 0; i < ARRAY_LEN(tails); i++) {
        const char *text = arena_printf(cx->arena, "%d%s", now->year, tails[i]);
        v->periods[i].path = arena_printf(cx->arena, "/ikm/%s", text);
        v->periods[i].current = str_eq(text, now->text);
        if (i == 0)
            v->periods[i].label = text;
        else if (i <= 2)
            v->periods[i].label = cx_printf(cx, T("Semester %d"), (int)i);
        else
            v->periods[i].label = cx_printf(cx, T("Triwulan %d"), (int)i - 2);
    }
    v->period_count = ARRAY_LEN(tails);
}

/* From the first answer to this year, and the year that is looked at; newest first. */
static enum err fill_years(struct cx *cx, const struct survey_period *now,
                           struct survey_report_view *v)
{
    int this_year = time_civil(cx->now_ms, cx->offset_min).year;
    int64_t first = 0;
    TRY(survey_first_year(cx->read, cx->actor.office_id, &first));
    int last = now->year > this_year ? now->year : this_year;
    int from = first && first < this_year ? (int)first : this_year;
    from = now->year < from ? now->year : from;
    for (int year = last; year >= from && v->year_count < ARRAY_LEN(v->years); year--)
        v->years[v->year_count++] = (struct survey_period_link){
            .path = arena_printf(cx->arena, "/ikm/%d", year),
            .label = arena_printf(cx->arena, "%d", year),
            .current = year == now->year};
    return ERR_OK;
}

static const char *sample_sentence(struct cx *cx, const struct survey_figures *f)
{
    if (f->population == 0)
        return "";
    return f->people >= f->sample
               ? cx_t(cx, T("Jumlah responden sudah memadai (Krejcie dan Morgan)."))
               : cx_printf(cx, T("Perlu sedikitnya %lld responden (Krejcie dan Morgan)."),
                           (long long)f->sample);
}

static void report_body(struct html *h, void *arg)
{
    survey_report_page(h, arg);
}

static enum err report_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct survey_figures f = {.people = 0};
    struct survey_report_view *v = ARENA_NEW(cx->arena, struct survey_report_view);
    TRY(figures_of(cx, req, &f));
    v->label = survey_period_label(cx, &f.period);
    v->path = arena_printf(cx->arena, "/ikm/%s", f.period.text);
    v->people = whole(cx, f.people);
    v->population = whole(cx, f.population);
    v->sample = sample_sentence(cx, &f);
    if (f.exact.known) {
        v->index = decimal(cx, f.shown.index_x100);
        v->index_other = decimal(cx, f.by_011 ? f.exact.index_x100 : f.printed.index_x100);
        v->grade = arena_printf(cx->arena, "%c", f.shown.grade);
        v->grade_label = f.shown.grade_label;
    }
    v->by_011 = f.by_011;
    v->weight = f.by_011 ? "?bobot=0.11" : "";
    fill_elements(cx, &f, v);
    fill_periods(cx, &f.period, v);
    TRY(fill_years(cx, &f.period, v));
    TRY(fill_groups(cx, &f, v));
    TRY(fill_suggestions(cx, &f, v));
    struct page_view page = {
        .title = T("Indeks Kepuasan Masyarakat"), .current = "/ikm", .body = report_body, .arg = v};
    return page_render(cx, req, res, &page);
}

static enum err this_year_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    (void)req;
    return http_res_redirect(
        cx, res, arena_printf(cx->arena, "/ikm/%d", time_civil(cx->now_ms, cx->offset_min).year));
}

/* --- to publish -------------------------------------------------------------------------------------------------- */

static void sheet_table(struct cx *cx, struct pdf *p, const struct survey_figures *f)
{
    static const struct pdf_column columns[] = {{"No.", 6, PDF_CENTER},
                                                {"Unsur pelayanan", 60, PDF_LEFT},
                                                {"Jawaban", 14, PDF_RIGHT},
                                                {"Nilai rata-rata", 20, PDF_RIGHT}};
    const char **cells = ARENA_ARRAY(cx->arena, SURVEY_ELEMENTS * 4, const char *);
    for (size_t i = 0; i < SURVEY_ELEMENTS; i++) {
        cells[i * 4] = whole(cx, (int64_t)i + 1);
        cells[i * 4 + 1] = survey_elements[i].label;
        cells[i * 4 + 2] = whole(cx, f->totals.count[i]);
        cells[i * 4 + 3] = f->shown.known ? decimal(cx, f->exact.mean_x100[i]) : "–";
    }
    const struct pdf_table table = {
        .columns = columns, .column_count = 4, .cells = cells, .row_count = SURVEY_ELEMENTS};
    pdf_table(p, &table);
}

/* "Laki-laki 14, Perempuan 15" for each of the breakdowns. */
static enum err sheet_respondents(struct cx *cx, const struct survey_figures *f,
                                  struct pdf_fact *facts)
{
    for (size_t i = 0; i < SURVEY_BREAKDOWNS; i++) {
        const struct survey_breakdown *b = &survey_breakdowns[i];
        struct survey_count *counts = NULL;
        struct buf text = buf_new(cx->arena, 128, 1024);
        size_t count = 0;
        TRY(survey_people_by(cx->read, cx->actor.office_id, &f->period, b->name, &counts, &count));
        for (size_t j = 0; j < count; j++)
            buf_printf(&text, "%s%s %lld", j ? ", " : "", choice_label(b->choices, counts[j].code),
                       (long long)counts[j].people);
        facts[i] = (struct pdf_fact){b->label, count ? text.p : "–"};
    }
    return ERR_OK;
}

static enum err sheet_make(struct cx *cx, const struct survey_figures *f, struct bytes *ret)
{
    struct office office = {0};
    struct pdf_file file;
    TRY(office_get(cx->read, cx->actor.office_id, &office));
    const char *label = survey_period_label(cx, &f->period);
    const struct pdf_info info = {.title = arena_printf(cx->arena, "IKM %s", f->period.text),
                                  .author = office.name,
                                  .created_ms = cx->now_ms,
                                  .offset_min = cx->offset_min};
    struct pdf *p = pdf_new(cx->arena, &info);
    const struct pdf_letterhead head = {office.parent_name, office.name, office.address,
                                        office.phone};
    pdf_letterhead(p, &head);
    pdf_title(p, "INDEKS KEPUASAN MASYARAKAT", label);
    struct pdf_fact facts[4 + SURVEY_BREAKDOWNS] = {
        {"Nilai IKM", f->shown.known ? decimal(cx, f->shown.index_x100) : "Belum dapat dihitung"},
        {"Mutu pelayanan",
         f->shown.known ? arena_printf(cx->arena, "%c (%s)", f->shown.grade, f->shown.grade_label)
                        : "–"},
        {"Jumlah responden", whole(cx, f->people)},
        {"Jumlah tamu dalam periode ini", whole(cx, f->population)}};
    TRY(sheet_respondents(cx, f, facts + 4));
    pdf_facts(p, facts, ARRAY_LEN(facts));
    sheet_table(cx, p, f);
    pdf_note(p, f->by_011
                    ? "Dihitung menurut Peraturan Menteri PANRB Nomor 14 Tahun 2017 dengan bobot "
                      "yang dibulatkan menjadi 0,11 untuk setiap unsur, nilai 1 sampai 4, IKM = "
                      "nilai rata-rata tertimbang × 25."
                    : "Dihitung menurut Peraturan Menteri PANRB Nomor 14 Tahun 2017: sembilan "
                      "unsur dengan bobot yang sama (1/9), nilai 1 sampai 4, IKM = nilai "
                      "rata-rata tertimbang × 25.");
    pdf_paragraph(p, "Terima kasih atas penilaian yang telah diberikan. Masukan masyarakat sangat "
                     "bermanfaat untuk memperbaiki pelayanan kami.");
    TRY(pdf_finish(p, &file));
    *ret = file.data;
    return ERR_OK;
}

static enum err sheet_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct survey_figures f = {.people = 0};
    struct bytes file;
    TRY(figures_of(cx, req, &f));
    TRY(sheet_make(cx, &f, &file));
    const char *name = arena_printf(cx->arena, "IKM %s.pdf", f.period.text);
    return http_res_download(cx, res, PDF_TYPE, name, file);
}

static enum err book_fill(struct cx *cx, struct xlsx *x, const struct survey_figures *f)
{
    static const struct xlsx_column columns[] = {{"Unsur pelayanan", 45, XLSX_TEXT},
                                                 {"Jawaban", 12, XLSX_INT},
                                                 {"Jumlah nilai", 14, XLSX_INT},
                                                 {"Nilai rata-rata", 16, XLSX_DECIMAL}};
    static const char *const rounded[] = {"Bobot 0,11 setiap unsur.", NULL};
    const struct xlsx_sheet sheet = {.name = "IKM",
                                     .lines = f->by_011 ? rounded : NULL,
                                     .title = arena_printf(cx->arena,
                                                           "Indeks Kepuasan Masyarakat, %s",
                                                           survey_period_label(cx, &f->period)),
                                     .columns = columns,
                                     .column_count = 4,
                                     .offset_min = cx->offset_min};
    TRY(xlsx_sheet_begin(x, &sheet));
    for (size_t i = 0; i < SURVEY_ELEMENTS; i++) {
        const struct xlsx_cell cells[] = {{.text = survey_elements[i].label},
                                          {.number = f->totals.count[i]},
                                          {.number = f->totals.sum[i]},
                                          {.number = f->exact.mean_x100[i]}};
        TRY(xlsx_row(x, cells));
    }
    const struct xlsx_cell total[] = {{.text = "IKM"},
                                      {.number = f->people},
                                      {.text = f->shown.known ? "" : "Belum dapat dihitung"},
                                      {.number = f->shown.index_x100}};
    return xlsx_row_strong(x, total);
}

static enum err book_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct survey_figures f = {.people = 0};
    struct xlsx *x = NULL;
    TRY(figures_of(cx, req, &f));
    TRY(workbook_begin(cx, &x));
    enum err e = book_fill(cx, x, &f);
    return workbook_send(cx, res, x, e, arena_printf(cx->arena, "IKM %s.xlsx", f.period.text));
}

const struct route *survey_routes(void)
{
    /* clang-format off */
    static const struct route rows[] = {
        {HTTP_GET, "/survei", 0, GUEST, form_get, NULL, 0, T("Survei kepuasan masyarakat"), NULL},
        {HTTP_POST, "/survei", 0, GUEST | ROUTE_OWN_LIMIT, form_post, &survey_form, 0, T("Jawaban survei, tanpa nama dan tanpa jam"), NULL},
        {HTTP_GET, "/ikm", READERS, ROUTE_NO_TOKEN, this_year_get, NULL, 0, T("Indeks Kepuasan Masyarakat tahun ini"), NULL},
        {HTTP_GET, "/ikm/{period}", READERS, ROUTE_NO_TOKEN, report_get, NULL, 0, T("Indeks Kepuasan Masyarakat satu periode"), NULL},
        {HTTP_GET, "/ikm/{period}/publikasi.pdf", READERS, ROUTE_NO_TOKEN, sheet_get, NULL, 0, T("Lembar publikasi IKM"), NULL},
        {HTTP_GET, "/ikm/{period}/ikm.xlsx", READERS, ROUTE_NO_TOKEN, book_get, NULL, 0, T("IKM sebagai .xlsx"), NULL},
        {.path = NULL},
    };
    /* clang-format on */
    return rows;
}

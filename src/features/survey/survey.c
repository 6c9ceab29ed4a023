/* Arithmetic of the satisfaction survey, and its periods. Pure. */
#include "features/survey/survey.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/base/banned.h"

const struct survey_element survey_elements[SURVEY_ELEMENTS + 1] = {
    {"requirements", T("Persyaratan"),
     T("Bagaimana kesesuaian persyaratan pelayanan dengan jenis pelayanannya?")},
    {"procedure", T("Sistem, mekanisme, dan prosedur"),
     T("Bagaimana kemudahan prosedur pelayanan di kantor ini?")},
    {"time", T("Waktu penyelesaian"), T("Bagaimana kecepatan waktu pelayanan?")},
    {"fee", T("Biaya atau tarif"),
     T("Bagaimana kewajaran biaya? Pelayanan ini tidak dipungut biaya.")},
    {"product", T("Produk spesifikasi jenis pelayanan"),
     T("Bagaimana kesesuaian hasil pelayanan dengan yang tercantum dalam standar pelayanan?")},
    {"competence", T("Kompetensi pelaksana"), T("Bagaimana kemampuan petugas dalam melayani?")},
    {"behaviour", T("Perilaku pelaksana"), T("Bagaimana kesopanan dan keramahan petugas?")},
    {"complaints", T("Penanganan pengaduan, saran, dan masukan"),
     T("Bagaimana penanganan pengaduan pengguna layanan?")},
    {"facilities", T("Sarana dan prasarana"), T("Bagaimana kualitas sarana dan prasarana?")},
    {NULL, NULL, NULL},
};

int survey_element_index(const char *code)
{
    for (int i = 0; i < SURVEY_ELEMENTS; i++) {
        if (str_eq(survey_elements[i].code, code))
            return i;
    }
    return -1;
}

const char *survey_answer_label(int answer)
{
    static const char *const labels[] = {"", T("Tidak baik"), T("Kurang baik"), T("Baik"),
                                         T("Sangat baik")};
    return answer >= SURVEY_ANSWER_MIN && answer <= SURVEY_ANSWER_MAX ? labels[answer] : "";
}

/* Half up. The little that is added is far below what a real half can be off by. */
static int64_t hundredths(double value)
{
    return (int64_t)(value * 100.0 + 0.5 + 1e-7);
}

struct survey_result survey_result_of(const struct survey_totals *t, enum survey_weight weight)
{
    struct survey_result r = {.known = true, .grade = 'D'};
    double means = 0;
    for (size_t i = 0; i < SURVEY_ELEMENTS; i++) {
        if (t->count[i] <= 0)
            return (struct survey_result){.known = false, .grade_label = ""};
        double mean = (double)t->sum[i] / (double)t->count[i];
        r.mean_x100[i] = hundredths(mean);
        means += mean;
    }
    double weighted = weight == SURVEY_WEIGHT_011 ? means * 0.11 : means / SURVEY_ELEMENTS;
    r.index_x100 = hundredths(weighted * 25.0);
    r.grade = survey_grade(r.index_x100);
    r.grade_label = survey_grade_label(r.grade);
    return r;
}

char survey_grade(int64_t index_x100)
{
    if (index_x100 >= 8831)
        return 'A';
    if (index_x100 >= 7661)
        return 'B';
    return index_x100 >= 6500 ? 'C' : 'D';
}

const char *survey_grade_label(char grade)
{
    switch (grade) {
    case 'A':
        return T("Sangat baik");
    case 'B':
        return T("Baik");
    case 'C':
        return T("Kurang baik");
    default:
        return T("Tidak baik");
    }
}

int64_t survey_sample_size(int64_t population)
{
    const double chi_square = 3.841, p = 0.5, margin = 0.05;
    if (population <= 0)
        return 0;
    double n = (double)population;
    double spread = chi_square * p * (1 - p);
    return (int64_t)(spread * n / (margin * margin * (n - 1) + spread) + 0.5);
}

/* --- respondents ---------------------------------------------------------------------------------------- */

const struct survey_choice survey_genders[] = {
    {"", T("Tidak disebutkan")}, {"L", T("Laki-laki")}, {"P", T("Perempuan")}, {NULL, NULL}};
const struct survey_choice survey_ages[] = {{"", T("Tidak disebutkan")},
                                            {"u25", T("Di bawah 25 tahun")},
                                            {"25-34", T("25–34 tahun")},
                                            {"35-44", T("35–44 tahun")},
                                            {"45-54", T("45–54 tahun")},
                                            {"55+", T("55 tahun ke atas")},
                                            {NULL, NULL}};
const struct survey_choice survey_educations[] = {
    {"", T("Tidak disebutkan")}, {"sd", T("SD")}, {"smp", T("SMP")},       {"sma", T("SMA")},
    {"d3", T("D1–D3")},          {"s1", T("S1")}, {"s2", T("S2 ke atas")}, {NULL, NULL}};
const struct survey_choice survey_occupations[] = {{"", T("Tidak disebutkan")},
                                                   {"asn", T("ASN")},
                                                   {"tni", T("TNI")},
                                                   {"polri", T("Polri")},
                                                   {"swasta", T("Pegawai swasta")},
                                                   {"wirausaha", T("Wirausaha")},
                                                   {"lainnya", T("Lainnya")},
                                                   {NULL, NULL}};
const struct survey_breakdown survey_breakdowns[SURVEY_BREAKDOWNS] = {
    {"gender", T("Jenis kelamin"), survey_genders},
    {"age", T("Umur"), survey_ages},
    {"education", T("Pendidikan"), survey_educations},
    {"occupation", T("Pekerjaan"), survey_occupations}};

/* --- periods ---------------------------------------------------------------------------------------------- */

bool survey_period_read(struct arena *a, const char *text, struct survey_period *ret)
{
    int64_t year = 0;
    int first = 1, last = 12;
    size_t n = text ? strlen(text) : 0;
    if (n < 4 || !str_to_i64(arena_strndup(a, text, 4), 2000, 2200, &year))
        return false;
    if (n == 7 && text[4] == '-' && text[5] == 'S' && (text[6] == '1' || text[6] == '2')) {
        first = text[6] == '1' ? 1 : 7;
        last = first + 5;
    } else if (n == 7 && text[4] == '-' && text[5] == 'T' && text[6] >= '1' && text[6] <= '4') {
        first = 3 * (text[6] - '1') + 1;
        last = first + 2;
    } else if (n != 4) {
        return false;
    }
    int next_year = (int)year + (last == 12), next_month = last % 12 + 1;
    *ret = (struct survey_period){
        .year = (int)year,
        .first_month = first,
        .last_month = last,
        .from_day = arena_printf(a, "%04d-%02d-01", (int)year, first),
        .until_day = arena_printf(a, "%04d-%02d-01", next_year, next_month),
        .text = arena_strdup(a, text)};
    return true;
}

char *survey_period_label(const struct cx *cx, const struct survey_period *p)
{
    int months = p->last_month - p->first_month + 1;
    if (months == 6)
        return cx_printf(cx, T("Semester %d tahun %d"), p->first_month == 1 ? 1 : 2, p->year);
    if (months == 3)
        return cx_printf(cx, T("Triwulan %d tahun %d"), (p->first_month + 2) / 3, p->year);
    return cx_printf(cx, T("Tahun %d"), p->year);
}

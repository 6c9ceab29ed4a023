/* Arithmetic of the satisfaction survey. Pure. */
#include "features/survey/survey.h"

#include "lib/base/cx.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

const struct survey_element survey_elements[SURVEY_ELEMENTS + 1] = {
    {"requirements", T("Persyaratan"),
     T("Bagaimana kesesuaian persyaratan pelayanan dengan jenis pelayanannya?")},
    {"procedure", T("Sistem, mekanisme, dan prosedur"),
     T("Bagaimana kemudahan prosedur pelayanan di kantor ini?")},
    {"time", T("Waktu penyelesaian"), T("Bagaimana kecepatan waktu pelayanan?")},
    {"fee", T("Biaya atau tarif"), T("Bagaimana kewajaran biaya? Pelayanan ini tidak dipungut biaya.")},
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

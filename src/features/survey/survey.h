/* The satisfaction survey (SKM, PermenPANRB 14/2017): nine elements answered 1 to 4, the index (IKM), its
 * grade, and how many answers a year needs. Pure; what is stored is in survey_store.c. */
#ifndef BT_SURVEY_H
#define BT_SURVEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/cx.h"
#include "lib/db/db.h"

/* Answers are kept by the element's code, never by its place: offices print the last two in either order. */
#define SURVEY_ELEMENTS 9
struct survey_element {
    const char *code;     /* "requirements" */
    const char *label;    /* msgid "Persyaratan" */
    const char *question; /* msgid, for the guest */
};
extern const struct survey_element survey_elements[SURVEY_ELEMENTS + 1]; /* ended by code NULL */
/* Index of a code, or -1. */
int survey_element_index(const char *code);

#define SURVEY_ANSWER_MIN 1
#define SURVEY_ANSWER_MAX 4
/* What the answers 1 … 4 are called (msgid): "Tidak baik" … "Sangat baik". */
const char *survey_answer_label(int answer);

/* Weight of an element: exactly 1/9, or the 0.11 that some offices print (its total is 0.99, so its index is
 * lower; domain.md 2.4). */
enum survey_weight { SURVEY_WEIGHT_EXACT, SURVEY_WEIGHT_011 };

struct survey_totals {
    int64_t sum[SURVEY_ELEMENTS];   /* of the answers */
    int64_t count[SURVEY_ELEMENTS]; /* valid answers */
};

struct survey_result {
    bool known;                         /* every element has an answer */
    int64_t mean_x100[SURVEY_ELEMENTS]; /* NRR, hundredths, rounded */
    int64_t index_x100;                 /* IKM, hundredths, rounded half up: 9148 is 91.48 */
    char grade;                         /* 'A' … 'D' */
    const char *grade_label;            /* msgid "Sangat baik" */
};
/* Not known when an element has no answer. The grade is found after rounding to two decimals, so that 64.995
 * is 65.00 and C. */
struct survey_result survey_result_of(const struct survey_totals *t, enum survey_weight weight);
/* Grade of an index in hundredths: D to 64.99, C to 76.60, B to 88.30, A from 88.31. */
char survey_grade(int64_t index_x100);
const char *survey_grade_label(char grade);

/* Answers needed of a population for 95 % and 5 points (Krejcie and Morgan, 1970); 0 of 0. */
int64_t survey_sample_size(int64_t population);

/* Choices about the respondent, ended by code NULL; the first is "not said" (""). */
struct survey_choice {
    const char *code, *label;
};
extern const struct survey_choice survey_genders[], survey_ages[], survey_educations[],
    survey_occupations[];
#define SURVEY_BREAKDOWNS 4
struct survey_breakdown {
    const char *name, *label; /* "gender", msgid */
    const struct survey_choice *choices;
};
extern const struct survey_breakdown survey_breakdowns[SURVEY_BREAKDOWNS];

/* A year, a half or a quarter: "2026", "2026-S1", "2026-T3". */
struct survey_period {
    int year, first_month, last_month;
    const char *from_day, *until_day; /* the first day, and the first day after it */
    const char *text;
};
bool survey_period_read(struct arena *a, const char *text, struct survey_period *ret);
char *survey_period_label(const struct cx *cx, const struct survey_period *p);

/* --- store ------------------------------------------------------------------------------------------------ */
struct survey_answer {
    const char *id, *day;
    int64_t answers[SURVEY_ELEMENTS]; /* 0: not answered */
    const char *gender, *age, *education, *occupation;
    struct bytes suggestion_sealed;
};
struct survey_keep {
    const char *office_id;
    struct survey_answer answer;
};
enum err survey_answer_keep(struct db_conn *tx, void *arg); /* struct survey_keep * */
/* Sums and valid answers of the period, and how many people answered. */
enum err survey_totals_of(struct db_conn *conn, const char *office_id, const struct survey_period *p,
                          struct survey_totals *ret, int64_t *ret_people) MUST_USE;
struct survey_count {
    const char *code;
    int64_t people;
};
/* Respondents of the period by one of survey_breakdowns. */
enum err survey_people_by(struct db_conn *conn, const char *office_id,
                          const struct survey_period *p, const char *breakdown,
                          struct survey_count **ret, size_t *ret_count) MUST_USE;
struct survey_suggestion {
    const char *id, *day;
    struct bytes suggestion_sealed;
};
/* Newest day first, at most 200. */
enum err survey_suggestions(struct db_conn *conn, const char *office_id,
                            const struct survey_period *p, struct survey_suggestion **ret,
                            size_t *ret_count) MUST_USE;
/* Guests of the period: the population of the sample. */
enum err survey_population(struct db_conn *conn, const char *office_id,
                           const struct survey_period *p, int offset_min, int64_t *ret) MUST_USE;

/* Of the oldest answer; 0: there is none. */
enum err survey_first_year(struct db_conn *conn, const char *office_id, int64_t *ret) MUST_USE;

extern const struct db_sql *const survey_statements[];
struct route;
/* Route rows, ended by a row without a path. */
const struct route *survey_routes(void);

#endif

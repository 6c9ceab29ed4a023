/* What survey.tmpl shows. */
#ifndef BT_SURVEY_VIEW_H
#define BT_SURVEY_VIEW_H

#include "features/survey/survey.h"
#include "lib/html/widgets.h"

extern const struct option survey_answer_options[];

struct survey_question {
    const char *name, *text, *value; /* name: the element's code */
};
struct survey_form_view {
    struct survey_question questions[SURVEY_ELEMENTS];
    struct input choices[SURVEY_BREAKDOWNS];
    const char *suggestion;
    bool done; /* the answer was kept: only thanks are shown */
};

struct survey_element_line {
    const char *label, *mean, *count, *grade_css;
    int bar; /* of 300 */
};
struct survey_count_line {
    const char *label, *people;
};
struct survey_group {
    const char *label;
    struct survey_count_line *lines;
    size_t count;
};
struct survey_suggestion_line {
    const char *day, *text;
};
struct survey_report_view {
    const char *label, *path;                              /* of the period */
    const char *index, *grade, *grade_label, *index_other; /* index NULL: not known */
    const char *people, *population, *sample;              /* sample: sentence about its size */
    bool enough;
    struct survey_element_line elements[SURVEY_ELEMENTS];
    struct survey_group groups[SURVEY_BREAKDOWNS];
    struct survey_suggestion_line *suggestions;
    size_t suggestion_count;
    struct survey_period_link {
        const char *path, *label;
        bool current;
    } periods[7];
    size_t period_count;
    struct survey_period_link years[30]; /* newest first */
    size_t year_count;
    bool by_011;        /* weighted by 0.11; index_other is then the exact one */
    const char *weight; /* of addresses: "?bobot=0.11" or "" */
    bool may_read;      /* suggestions */
};

#endif

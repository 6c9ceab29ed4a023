/* Answers of the satisfaction survey in the database. Nothing here knows who answered. */
#include "features/survey/survey.h"

#include "lib/base/record.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/banned.h"

/* Sums in the order of survey_elements, then valid answers, then people. */
struct totals_row {
    int64_t s0, s1, s2, s3, s4, s5, s6, s7, s8, n0, n1, n2, n3, n4, n5, n6, n7, n8, people;
};
#define COLUMN(type, member, kind) RECORD_COLUMN(struct type, member, kind, 0, NULL)
static const struct record_column totals_columns[] = {
    COLUMN(totals_row, s0, REC_INT),     COLUMN(totals_row, s1, REC_INT),
    COLUMN(totals_row, s2, REC_INT),     COLUMN(totals_row, s3, REC_INT),
    COLUMN(totals_row, s4, REC_INT),     COLUMN(totals_row, s5, REC_INT),
    COLUMN(totals_row, s6, REC_INT),     COLUMN(totals_row, s7, REC_INT),
    COLUMN(totals_row, s8, REC_INT),     COLUMN(totals_row, n0, REC_INT),
    COLUMN(totals_row, n1, REC_INT),     COLUMN(totals_row, n2, REC_INT),
    COLUMN(totals_row, n3, REC_INT),     COLUMN(totals_row, n4, REC_INT),
    COLUMN(totals_row, n5, REC_INT),     COLUMN(totals_row, n6, REC_INT),
    COLUMN(totals_row, n7, REC_INT),     COLUMN(totals_row, n8, REC_INT),
    COLUMN(totals_row, people, REC_INT),
};
static const struct record totals_record = RECORD("SurveyTotals", struct totals_row, totals_columns);

static const struct record_column count_columns[] = {
    COLUMN(survey_count, code, REC_TEXT),
    COLUMN(survey_count, people, REC_INT),
};
static const struct record count_record = RECORD("SurveyCount", struct survey_count, count_columns);

static const struct record_column suggestion_columns[] = {
    COLUMN(survey_suggestion, id, REC_TEXT),
    COLUMN(survey_suggestion, day, REC_TEXT),
    COLUMN(survey_suggestion, suggestion_sealed, REC_BYTES),
};
static const struct record suggestion_record = RECORD("SurveySuggestion", struct survey_suggestion,
                                                      suggestion_columns);

DB_SQL(
    survey_insert,
    "INSERT INTO survey_answer (office_id, id, day, requirements, procedure_, time_, fee, product, "
    "competence, behaviour, complaints, facilities, gender, age, education, occupation, "
    "suggestion_sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, "
    "$16, $17)");
#define SUM(column) "CAST(COALESCE(SUM(" column "), 0) AS BIGINT)"
DB_SQL(
    survey_totals_select, "SELECT " SUM("requirements") " AS s0, " SUM("procedure_") " AS s1, " SUM("time_") " AS s2, " SUM("fee") " AS s3, " SUM("product") " AS s4, " SUM(
                              "competence") " AS s5, " SUM("behaviour") " AS s6, " SUM("complaints") " AS s7, " SUM("facilities") " AS s8, "
                                                                                                                                  "count(requirements) AS n0, count(procedure_) AS n1, count(time_) AS n2, count(fee) AS n3, "
                                                                                                                                  "count(product) AS n4, count(competence) AS n5, count(behaviour) AS n6, "
                                                                                                                                  "count(complaints) AS n7, count(facilities) AS n8, count(*) AS people "
                                                                                                                                  "FROM survey_answer WHERE office_id = $1 AND day >= $2 AND day < $3");
DB_SQL(survey_by_gender,
       "SELECT gender AS code, count(*) AS people FROM survey_answer WHERE office_id = $1 "
       "AND day >= $2 AND day < $3 GROUP BY gender ORDER BY gender");
DB_SQL(survey_by_age,
       "SELECT age AS code, count(*) AS people FROM survey_answer WHERE office_id = $1 "
       "AND day >= $2 AND day < $3 GROUP BY age ORDER BY age");
DB_SQL(survey_by_education,
       "SELECT education AS code, count(*) AS people FROM survey_answer WHERE office_id = $1 "
       "AND day >= $2 AND day < $3 GROUP BY education ORDER BY education");
DB_SQL(survey_by_occupation,
       "SELECT occupation AS code, count(*) AS people FROM survey_answer WHERE office_id = $1 "
       "AND day >= $2 AND day < $3 GROUP BY occupation ORDER BY occupation");
DB_SQL(survey_suggestion_list,
       "SELECT id, day, suggestion_sealed FROM survey_answer WHERE office_id = $1 AND day >= $2 "
       "AND day < $3 AND suggestion_sealed IS NOT NULL ORDER BY day DESC, id LIMIT 200");
DB_SQL(survey_population_count,
       "SELECT count(*) FROM visit WHERE office_id = $1 AND arrived_at >= $2 AND arrived_at < $3 "
       "AND state <> 'cancelled'");

DB_SQL(survey_year_first, "SELECT COALESCE(CAST(substr(min(day), 1, 4) AS BIGINT), 0) "
                          "FROM survey_answer WHERE office_id = $1");

const struct db_sql *const survey_statements[] = {&survey_insert,          &survey_totals_select,
                                                  &survey_by_gender,       &survey_by_age,
                                                  &survey_by_education,    &survey_by_occupation,
                                                  &survey_suggestion_list, &survey_population_count,
                                                  &survey_year_first,      NULL};

/* 0 is no answer. */
static struct db_arg answer_arg(int64_t answer)
{
    return answer ? db_int(answer) : db_null();
}

enum err survey_answer_keep(struct db_conn *tx, void *arg)
{
    const struct survey_keep *k = arg;
    const struct survey_answer *a = &k->answer;
    return db_run(
        tx, &survey_insert,
        DB_ARGS(db_text(k->office_id), db_text(a->id), db_text(a->day), answer_arg(a->answers[0]),
                answer_arg(a->answers[1]), answer_arg(a->answers[2]), answer_arg(a->answers[3]),
                answer_arg(a->answers[4]), answer_arg(a->answers[5]), answer_arg(a->answers[6]),
                answer_arg(a->answers[7]), answer_arg(a->answers[8]), db_text(a->gender),
                db_text(a->age), db_text(a->education), db_text(a->occupation),
                db_bytes(a->suggestion_sealed)),
        NULL);
}

enum err survey_totals_of(struct db_conn *conn, const char *office_id, const struct survey_period *p,
                          struct survey_totals *ret, int64_t *ret_people)
{
    struct totals_row r = {.people = 0};
    TRY(db_one(conn, &survey_totals_select,
               DB_ARGS(db_text(office_id), db_text(p->from_day), db_text(p->until_day)),
               &totals_record, &r));
    *ret = (struct survey_totals){.sum = {r.s0, r.s1, r.s2, r.s3, r.s4, r.s5, r.s6, r.s7, r.s8},
                                  .count = {r.n0, r.n1, r.n2, r.n3, r.n4, r.n5, r.n6, r.n7, r.n8}};
    *ret_people = r.people;
    return ERR_OK;
}

enum err survey_people_by(struct db_conn *conn, const char *office_id, const struct survey_period *p,
                          const char *breakdown, struct survey_count **ret, size_t *ret_count)
{
    const struct db_sql *sql = str_eq(breakdown, "gender")      ? &survey_by_gender
                               : str_eq(breakdown, "age")       ? &survey_by_age
                               : str_eq(breakdown, "education") ? &survey_by_education
                                                                : &survey_by_occupation;
    return db_list(conn, sql,
                   DB_ARGS(db_text(office_id), db_text(p->from_day), db_text(p->until_day)),
                   &count_record, 50, ret, ret_count);
}

enum err survey_suggestions(struct db_conn *conn, const char *office_id,
                            const struct survey_period *p, struct survey_suggestion **ret,
                            size_t *ret_count)
{
    return db_list(conn, &survey_suggestion_list,
                   DB_ARGS(db_text(office_id), db_text(p->from_day), db_text(p->until_day)),
                   &suggestion_record, 200, ret, ret_count);
}

enum err survey_population(struct db_conn *conn, const char *office_id,
                           const struct survey_period *p, int offset_min, int64_t *ret)
{
    struct civil from = {.year = p->year, .month = p->first_month, .day = 1};
    struct civil until = {
        .year = p->year + (p->last_month == 12), .month = p->last_month % 12 + 1, .day = 1};
    return db_number(conn, &survey_population_count,
                     DB_ARGS(db_text(office_id), db_int(time_from_civil(from, offset_min)),
                             db_int(time_from_civil(until, offset_min))),
                     ret);
}

enum err survey_first_year(struct db_conn *conn, const char *office_id, int64_t *ret)
{
    return db_number(conn, &survey_year_first, DB_ARGS(db_text(office_id)), ret);
}

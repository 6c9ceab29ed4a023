/* SQL of letters: the book of numbers, rules, templates. */
#ifndef BT_LETTER_STORE_H
#define BT_LETTER_STORE_H

#include "features/letter/letter_rules.h"
#include "features/visit/visit.h"

#define LETTER_ROWS_MAX 500u

/* --- the book ---------------------------------------------------------------------------------------------- */
enum err letter_get(struct db_conn *conn, const char *office_id, const char *id,
                    struct letter *ret) MUST_USE;
/* Newest first, those made before the letter `cursor` ("" from the newest); year 0: all. */
enum err letter_book(struct db_conn *conn, const char *office_id, int64_t year, const char *cursor,
                     int64_t limit, struct letter **ret, size_t *ret_count) MUST_USE;

/* Gives a number and stores the letter, with its audit entry. */
struct letter_taking {
    struct visit_act act;
    struct letter letter; /* all but year, month, sequence, suffix and number */
    const char *unit;
    int offset_min;
    struct letter taken; /* out */
};
enum err letter_take(struct db_conn *tx, void *arg); /* struct letter_taking * */

/* The number stays in the book. 409 "letter_cancelled" when it is cancelled already. */
struct letter_cancel {
    struct visit_act act;
    const char *id, *reason;
    struct refusal refusal; /* out */
};
enum err letter_cancel_tx(struct db_conn *tx, void *arg); /* struct letter_cancel * */

/* --- rules and settings -------------------------------------------------------------------------------------- */
struct letter_rule {
    const char *kind, *type, *subject_code;
};
/* Of this kind: the row, else as shipped. */
enum err letter_rule_of(struct db_conn *conn, const char *office_id, const char *kind,
                        struct letter_rule *ret) MUST_USE;
/* "" until somebody wrote it. */
enum err letter_place(struct db_conn *conn, const char *office_id, const char **ret) MUST_USE;
struct letter_settings {
    struct visit_act act;
    const char *place;
    struct letter_rule *rules;
    size_t rule_count;
};
enum err letter_settings_tx(struct db_conn *tx, void *arg); /* struct letter_settings * */

/* The last number that was used on paper: the next one follows it. 409 "number_used" when the book is there or
 * beyond. */
struct letter_start {
    struct visit_act act;
    const char *type;
    int64_t year, last;
    struct refusal refusal; /* out */
};
enum err letter_start_tx(struct db_conn *tx, void *arg); /* struct letter_start * */
/* Types of this year with their last numbers. */
struct letter_counter {
    const char *type;
    int64_t value;
};
enum err letter_counters(struct db_conn *conn, const char *office_id, int64_t year,
                         struct letter_counter **ret, size_t *ret_count) MUST_USE;

/* --- templates -------------------------------------------------------------------------------------------------- */
struct letter_template {
    const char *id, *kind;
    int64_t version, bytes, active, uploaded_at;
    const char *uploaded_by;
    struct bytes file; /* only of letter_template_file() */
};
/* Newest first; without the files. */
enum err letter_templates(struct db_conn *conn, const char *office_id, const char *kind,
                          struct letter_template **ret, size_t *ret_count) MUST_USE;
/* A stored version (from 1). ERR_MISSING when there is none. */
enum err letter_template_file(struct db_conn *conn, const char *office_id, const char *kind,
                              int64_t version, struct bytes *ret) MUST_USE;
/* The version that new letters use; 0 when it is the shipped one. */
enum err letter_template_active(struct db_conn *conn, const char *office_id, const char *kind,
                                int64_t *ret_version) MUST_USE;
struct letter_template_change {
    struct visit_act act;
    const char *id, *kind;
    struct bytes file;
    int64_t version; /* of letter_template_use; out of letter_template_add */
    struct refusal refusal;
};
/* Stores a checked file as the next version and uses it. */
enum err letter_template_add(struct db_conn *tx, void *arg); /* struct letter_template_change * */
/* Uses a stored version again, or the shipped one (0). */
enum err letter_template_use(struct db_conn *tx, void *arg); /* struct letter_template_change * */

#endif

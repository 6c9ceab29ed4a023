/* The standard of service (UU 25/2009 art. 21, PermenPANRB 15/2014) as data with versions, the pledge, and
 * what officers must know to keep it. */
#ifndef BT_STANDARD_H
#define BT_STANDARD_H

#include "features/office/office.h"
#include "features/visit/visit.h"
#include "lib/base/cx.h"
#include "lib/db/db.h"

/* The 14 components; the first six must be published (PermenPANRB 15/2014). */
#define STANDARD_PARTS     14
#define STANDARD_PUBLISHED 6
enum standard_part {
    STANDARD_REQUIREMENTS,
    STANDARD_PROCEDURE,
    STANDARD_TIME,
    STANDARD_FEE,
    STANDARD_PRODUCT,
    STANDARD_COMPLAINTS,
    STANDARD_LEGAL,
    STANDARD_FACILITIES,
    STANDARD_SKILLS,
    STANDARD_SUPERVISION,
    STANDARD_STAFFING,
    STANDARD_GUARANTEE,
    STANDARD_SAFETY,
    STANDARD_EVALUATION
};
struct standard_part_info {
    const char *code, *label; /* "requirements", msgid */
};
extern const struct standard_part_info standard_parts[STANDARD_PARTS];

struct standard {
    const char *id; /* STANDARD_SHIPPED: as shipped, in no row yet */
    int64_t version, limit_min, start_step, stop_step, created_at;
    const char *title, *decree, *valid_from;
    const char *parts[STANDARD_PARTS]; /* a line each; "" says nothing */
};
#define STANDARD_SHIPPED "bawaan"
#define PLEDGE_LINES     3

/* The standard of reporting complaints to the intelligence section as Kejari Kapuas published it, without the
 * flaws of the page (docs/adr/0023). The decree's number stands there for that office alone. */
struct standard standard_shipped(struct arena *a, const struct office *o);
/* Lines of a text that hold something. */
size_t standard_line_count(const char *text);
/* Line n (from 1) of a text, or "". */
char *standard_line(struct arena *a, const char *text, int64_t n);
/* Lacks the six published parts something, or is the clock not of the procedure? Field names the fault. */
struct refusal standard_check(const struct standard *s);

struct pledge {
    int64_t version, created_at;             /* version 0: as shipped, not signed yet */
    const char *body, *place, *day, *signer; /* signer: role, name, rank and NIP; a line each */
};

/* --- store ------------------------------------------------------------------------------------------------- */
/* The newest version, or the shipped one. */
enum err standard_current(struct db_conn *conn, const char *office_id,
                          struct standard *ret) MUST_USE;
enum err standard_get(struct db_conn *conn, const char *office_id, const char *id,
                      struct standard *ret) MUST_USE;
/* Newest first, without their parts. */
enum err standard_versions(struct db_conn *conn, const char *office_id, struct standard **ret,
                           size_t *ret_count) MUST_USE;
struct standard_save {
    struct visit_act act;
    struct standard standard; /* version is filled in */
    const char *shipped_id;   /* for the shipped one, which is kept as version 1 first */
};
enum err standard_save_tx(struct db_conn *tx, void *arg); /* struct standard_save * */
/* ERR_MISSING: none was signed yet. */
enum err pledge_current(struct db_conn *conn, const char *office_id, struct pledge *ret) MUST_USE;
struct pledge_save {
    struct visit_act act;
    struct pledge pledge;
};
enum err pledge_save_tx(struct db_conn *tx, void *arg); /* struct pledge_save * */

/* --- what officers must know (standard_skill_store.c) --------------------------------------------------------- */
struct guideline {
    const char *id, *title, *day;
};
/* ERR_MISSING: none was set yet. */
enum err guideline_current(struct db_conn *conn, const char *office_id,
                           struct guideline *ret) MUST_USE;
struct guideline_change {
    struct visit_act act;
    struct guideline guideline;
};
enum err guideline_set_tx(struct db_conn *tx, void *arg); /* struct guideline_change * */
struct guideline_read {
    struct visit_act act;
    const char *guideline_id, *day;
};
enum err guideline_read_tx(struct db_conn *tx, void *arg); /* struct guideline_read * */
struct guideline_reader {
    const char *staff_id, *day;
};
enum err guideline_readers(struct db_conn *conn, const char *office_id, const char *guideline_id,
                           struct guideline_reader **ret, size_t *ret_count) MUST_USE;

struct certificate {
    const char *id, *staff_id, *kind, *number, *issued, *expires; /* kind: word excel */
};
enum err certificates_list(struct db_conn *conn, const char *office_id, struct certificate **ret,
                           size_t *ret_count) MUST_USE;
struct certificate_change {
    struct visit_act act;
    struct certificate certificate;
};
enum err certificate_add_tx(struct db_conn *tx, void *arg);    /* struct certificate_change * */
enum err certificate_remove_tx(struct db_conn *tx, void *arg); /* by its id */

/* What a person lacks on a day; all false: nothing. */
struct skill_gap {
    bool guideline, word, excel;
};
struct skill_facts {
    const struct guideline_reader *readers;
    size_t reader_count;
    const struct certificate *certificates;
    size_t certificate_count;
    bool has_guideline;
};
struct skill_gap standard_skill_gap(const struct skill_facts *f, const char *staff_id,
                                    const char *today);
/* The certificate of a kind that holds longest, or NULL. */
const struct certificate *standard_certificate(const struct skill_facts *f, const char *staff_id,
                                               const char *kind);
/* "" never ends. */
bool standard_certificate_holds(const struct certificate *c, const char *today);

extern const struct db_sql *const standard_statements[], *const skill_statements[];
struct route;
/* Route rows, ended by a row without a path. */
const struct route *standard_routes(void);

#endif

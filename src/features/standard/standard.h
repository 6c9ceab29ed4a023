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

/* One version of the standard of one service. An office has several services side by side; the one of the
 * visitor book, whose clock is measured at every visit, is always there. */
struct standard {
    const char *id;   /* STANDARD_SHIPPED: as shipped, in no row yet */
    const char *kind; /* the service, as addresses name it: STANDARD_BOOK, "informasi-publik" */
    int64_t version, limit_count, start_step, stop_step, created_at;
    const char *limit_unit; /* minute hour working_day day */
    const char *title, *decree, *valid_from;
    const char *parts[STANDARD_PARTS]; /* a line each; "" says nothing */
};
#define STANDARD_SHIPPED "bawaan"
#define STANDARD_BOOK    "tamu"
#define STANDARD_KINDS   50 /* in one office, without the visitor book's */

/* The standard of reporting complaints to the intelligence section as Kejari Kapuas published it, without the
 * flaws of the page (docs/adr/0023). The decree's number stands there for that office alone. */
struct standard standard_shipped(struct arena *a, const struct office *o);
/* What an office may begin a further standard with: shown to nobody before it is saved with a decree. Times
 * that no law gives are left to the office. */
struct standard_draft {
    const char *code, *title; /* "informasi-publik" */
    int64_t limit_count, start_step, stop_step;
    const char *limit_unit;
    const char *parts[STANDARD_PARTS];
};
extern const struct standard_draft standard_drafts[]; /* ended by code NULL */
/* The draft of that code filled in for the office; an empty standard for any other. */
struct standard standard_draft_of(struct arena *a, const struct office *o, const char *code);
/* "Standar Pelayanan Pengembalian Barang Bukti (umum)" → "pengembalian-barang-bukti-umum": at most 48 letters,
 * never "". */
char *standard_code(struct arena *a, const char *title);
/* {kantor} and {alamat} filled in. */
const char *standard_fill(struct arena *a, const char *text, const struct office *o);
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
/* The newest version of a service that is valid on that day ("YYYY-MM-DD"), or the first that will be; for the
 * visitor book the shipped one before any. ERR_MISSING: no such service. */
enum err standard_current(struct db_conn *conn, const char *office_id, const char *kind,
                          const char *day, struct standard *ret) MUST_USE;
enum err standard_get(struct db_conn *conn, const char *office_id, const char *id,
                      struct standard *ret) MUST_USE;
/* Of a service, newest first, without their parts. */
enum err standard_versions(struct db_conn *conn, const char *office_id, const char *kind,
                           struct standard **ret, size_t *ret_count) MUST_USE;
struct standard_kind {
    const char *code, *ended; /* ended: the day it was withdrawn, "" in force */
};
/* The visitor book's first, the others as they were added. */
enum err standard_kinds(struct db_conn *conn, const char *office_id, struct standard_kind **ret,
                        size_t *ret_count) MUST_USE;
/* One of them; ERR_MISSING. */
enum err standard_kind_get(struct db_conn *conn, const char *office_id, const char *code,
                           struct standard_kind *ret) MUST_USE;
struct standard_save {
    struct visit_act act;
    struct standard standard; /* version is filled in */
    const char *shipped_id;   /* for the shipped one, which is kept as version 1 first */
    bool new_kind; /* a further service begins: "-2" is added to standard.kind when it is taken */
};
/* ERR_LIMIT: the office has STANDARD_KINDS of them. */
enum err standard_save_tx(struct db_conn *tx, void *arg); /* struct standard_save * */
struct standard_end {
    struct visit_act act;
    const char *kind, *day; /* day "": in force again */
};
/* ERR_MISSING: no such service besides the visitor book's. */
enum err standard_end_tx(struct db_conn *tx, void *arg); /* struct standard_end * */
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

/* The guideline in force (facts.has_guideline), who has read it, and everybody's certificates. */
enum err standard_skills(struct cx *cx, struct guideline *ret_guideline,
                         struct skill_facts *ret) MUST_USE;
/* Somebody who staffs the counter on a day and lacks what the standard asks of him. */
struct counter_gap {
    const char *day, *staff_id, *text; /* text: "Rina belum lengkap: sertifikat Excel." */
};
struct counter_gaps {
    struct counter_gap *items; /* by day */
    size_t count;
    bool by_duty; /* the duty calendar says who staffs the counter today */
};
/* Of the days from … until (at most a month), by the duty calendar. Today without anybody on duty at the counter:
 * of every account of the counter. `only_recorded`: none while the office has recorded neither guideline nor
 * certificate. */
enum err standard_counter_gaps(struct cx *cx, const char *from, const char *until,
                               bool only_recorded, struct counter_gaps *ret) MUST_USE;

extern const struct db_sql *const standard_statements[], *const skill_statements[];
struct route;
/* Route rows, ended by a row without a path. */
const struct route *standard_routes(void);

#endif

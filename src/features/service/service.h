/* Complaints about the service itself (not the sealed complaint desk), and the register of requests for
 * public information (UU 14/2008).
 *
 * Days are counted by the office's calendar when they are looked at, so that a changed holiday or a changed
 * limit holds for what is under way. */
#ifndef BT_SERVICE_H
#define BT_SERVICE_H

#include "features/calendar/calendar.h"
#include "features/visit/visit.h"
#include "lib/base/cx.h"
#include "lib/db/db.h"

/* --- limits ---------------------------------------------------------------------------------------------- */
/* Working days. The figures of the national complaint service (LAPOR!) as it is run; not read in a
 * regulation, so the office may change them (docs/adr/0023). */
enum service_limit_code {
    SERVICE_LIMIT_VERIFY,      /* 3: looked at, and given its category */
    SERVICE_LIMIT_RESPOND,     /* 5: the first word of the office */
    SERVICE_LIMIT_COMPLAINT,   /* 14 */
    SERVICE_LIMIT_SUPERVISORY, /* 60 */
    SERVICE_LIMIT_INFORMATION, /* 5 */
    SERVICE_LIMIT_ASPIRATION,  /* 5 */
    SERVICE_LIMIT_REOPEN,      /* 10 after the last answer */
    SERVICE_LIMIT_CLOSE,       /* 10 after the last answer */
    SERVICE_LIMITS
};
struct service_limit_info {
    const char *code, *label; /* "verify", msgid */
    int64_t days;
};
extern const struct service_limit_info service_limit_infos[SERVICE_LIMITS];
struct service_limits {
    int64_t days[SERVICE_LIMITS];
};
enum err service_limits_load(struct db_conn *conn, const char *office_id,
                             struct service_limits *ret) MUST_USE;
struct service_limits_change {
    struct visit_act act;
    struct service_limits limits;
};
enum err service_limits_tx(struct db_conn *tx, void *arg);

/* --- complaints ------------------------------------------------------------------------------------------- */
struct service_word {
    const char *code, *label; /* msgid */
};
/* Rows of a table of words or of options: code and msgid. */
/* clang-format off */
#define SERVICE_CATEGORY_ROWS                                                                      \
    {"complaint", T("Pengaduan tidak berkadar pengawasan")},                                       \
    {"supervisory", T("Pengaduan berkadar pengawasan")},                                           \
    {"information", T("Permintaan informasi")}, {"aspiration", T("Aspirasi")}
/* clang-format on */
extern const struct service_word service_categories[]; /* ended by code NULL */
const char *service_word_label(const struct service_word *words, const char *code);
const char *service_state_label(const char *state);
const char *service_entry_label(const char *kind);

struct service_complaint {
    const char *id, *state, *category, *channel, *received, *verified, *responded, *answered,
        *reopened, *ended, *lapor_number;
    int64_t year, number, reopened_count;
    struct bytes code_hash, name_sealed, contact_sealed, text_sealed;
};
/* "PL-0007/2026" */
char *service_number_text(struct arena *a, const struct service_complaint *c);

/* What must be done next, and until when. */
struct service_due {
    int64_t day;       /* CALENDAR_NO_DAY: nothing is waited for */
    const char *label; /* msgid "Verifikasi" */
};
struct service_due service_due_of(const struct calendar *cal, const struct service_limits *l,
                                  const struct service_complaint *c);
/* The last day of the whole matter; of a reopened one counted from the reopening. */
int64_t service_settle_day(const struct calendar *cal, const struct service_limits *l,
                           const struct service_complaint *c);

enum service_act {
    SERVICE_VERIFY,
    SERVICE_REJECT,
    SERVICE_HANDLE,
    SERVICE_ANSWER,
    SERVICE_REOPEN,
    SERVICE_CLOSE,
    SERVICE_AUTO_CLOSE,
    SERVICE_ACTS
};
/* May this be done on that day? On yes `c` is as it is afterwards. `has_text`: the reporter is told
 * something. The refusal says what to do instead. */
struct refusal service_apply(const struct calendar *cal, const struct service_limits *l,
                             enum service_act act, bool has_text, int64_t today,
                             struct service_complaint *c, struct arena *a);
bool service_may(const struct calendar *cal, const struct service_limits *l, enum service_act act,
                 int64_t today, const struct service_complaint *c);

struct service_new {
    struct visit_act act;
    struct service_complaint complaint; /* number and year are filled in */
    const char *entry_id;
};
enum err service_new_tx(struct db_conn *tx, void *arg); /* struct service_new * */
struct service_move {
    struct visit_act act;
    const char *id, *entry_id, *category; /* category NULL: stays */
    enum service_act what;
    struct bytes body_sealed;
    struct refusal refusal; /* out */
};
enum err service_move_tx(struct db_conn *tx, void *arg); /* struct service_move * */
struct service_lapor {
    struct visit_act act;
    const char *id, *lapor_number;
};
enum err service_lapor_tx(struct db_conn *tx, void *arg); /* struct service_lapor * */

enum err service_get(struct db_conn *conn, const char *office_id, const char *id,
                     struct service_complaint *ret) MUST_USE;
enum err service_by_code(struct db_conn *conn, const char *office_id, struct bytes code_hash,
                         struct service_complaint *ret) MUST_USE;
#define SERVICE_LIST_MAX 1000u
/* Not ended, or (all) the newest SERVICE_LIST_MAX of every state. */
enum err service_list(struct db_conn *conn, const char *office_id, bool all,
                      struct service_complaint **ret, size_t *ret_count) MUST_USE;
struct service_entry {
    const char *id, *day, *kind, *by_id;
    struct bytes body_sealed;
};
enum err service_entries(struct db_conn *conn, const char *office_id, const char *complaint_id,
                         struct service_entry **ret, size_t *ret_count) MUST_USE;
/* Received in a year, oldest first. */
#define SERVICE_YEAR_MAX 20000u
enum err service_of_year(struct db_conn *conn, const char *office_id, int year,
                         struct service_complaint **ret, size_t *ret_count) MUST_USE;

/* What a list shows. */
struct service_filter {
    const char *state;    /* "open": not ended; "": every state */
    const char *category; /* "": all */
    int64_t year;         /* of receipt; 0: every year */
    bool late;            /* only what is late */
};
/* Is it late today? What was answered is not. */
bool service_is_late(const struct calendar *cal, const struct service_limits *l,
                     const struct service_complaint *c, int64_t today);
/* Without the year, which the query sees to. */
bool service_filter_holds(const struct service_filter *f, const struct service_complaint *c,
                          bool late);

/* Figures of a month (the last row: of the year). */
struct service_month {
    int64_t received, category[4], rejected, ended, answered, on_time, late, reopened;
};
void service_months(const struct calendar *cal, const struct service_limits *l,
                    const struct service_complaint *list, size_t count, int64_t today,
                    struct service_month ret[13]);

/* --- requests for public information -------------------------------------------------------------------------- */
#define INFO_ANSWER_DAYS    10 /* UU 14/2008 art. 22 (7) */
#define INFO_EXTENSION_DAYS 7
#define INFO_OBJECTION_DAYS 30 /* art. 36 (1): to object … */
#define INFO_DECISION_DAYS  30 /* … and to be answered by the PPID's superior */
#define INFO_DISPUTE_DAYS   14 /* to the Komisi Informasi */

struct info_request {
    const char *id, *received, *way, *extended, *answered, *answer, *objected, *ground, *decided,
        *superior, *reacted; /* superior: who decided, name and post */
    int64_t year, number, objection_year, objection_number; /* 0: nobody objected */
    struct bytes name_sealed, contact_sealed, request_sealed, purpose_sealed, extension_sealed,
        answer_sealed, objection_sealed, decision_sealed, reaction_sealed;
};
extern const struct service_word info_ways[], info_answers[], info_grounds[];
char *info_number_text(struct arena *a, const struct info_request *r);
/* "KB-0002/2026"; "" when nobody objected. */
char *info_objection_text(struct arena *a, const struct info_request *r);
struct service_due info_due_of(const struct calendar *cal, const struct info_request *r);
/* The last day of the first answer, with its extension. */
int64_t info_answer_day(const struct calendar *cal, const struct info_request *r);
const char *info_state_label(const struct info_request *r);
/* state: "open" waits for the office; answered, refused, objected; "" all. */
bool info_filter_holds(const char *state, const struct info_request *r);

/* INFO_REACT: what the one who objected says to the decision, the last column of the register. */
enum info_act { INFO_EXTEND, INFO_ANSWER, INFO_OBJECT, INFO_DECIDE, INFO_REACT, INFO_ACTS };
/* An empty refusal: it may be done. */
struct refusal info_may(const struct calendar *cal, enum info_act act, int64_t today,
                        const struct info_request *r);

struct info_new {
    struct visit_act act;
    struct info_request request; /* number and year are filled in */
};
enum err info_new_tx(struct db_conn *tx, void *arg); /* struct info_new * */
struct info_move {
    struct visit_act act;
    enum info_act what;
    const char *id, *choice; /* choice: kind of answer, ground, or who decided */
    struct bytes text_sealed;
    struct refusal refusal; /* out */
};
enum err info_move_tx(struct db_conn *tx, void *arg); /* struct info_move * */
enum err info_get(struct db_conn *conn, const char *office_id, const char *id,
                  struct info_request *ret) MUST_USE;
/* Of a year, by number. */
enum err info_of_year(struct db_conn *conn, const char *office_id, int year,
                      struct info_request **ret, size_t *ret_count) MUST_USE;
/* Objections received in a year, by their number. */
enum err info_objections(struct db_conn *conn, const char *office_id, int year,
                         struct info_request **ret, size_t *ret_count) MUST_USE;
/* Not ended, of every year. */
enum err info_open(struct db_conn *conn, const char *office_id, struct info_request **ret,
                   size_t *ret_count) MUST_USE;

/* Closes what was answered and not taken up again; from the clock. */
enum err service_tick(struct cx *cx, const char *office_id) MUST_USE;

extern const struct db_sql *const service_statements[], *const info_statements[];
struct route;
/* Route rows, ended by a row without a path. */
const struct route *service_routes(void);

#endif

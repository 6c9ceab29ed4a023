/* Step 7, when the visit is a complaint: text, reported party and documents, sealed from the first day;
 * and the receipt page. The complaint desk itself comes later. */
#ifndef BT_COMPLAINT_H
#define BT_COMPLAINT_H

#include "features/visit/visit.h"
#include "lib/base/cx.h"
#include "lib/base/record.h"
#include "lib/db/db.h"

/* A row: nothing in it is readable but what may be counted (state, way, class, day). */
struct complaint {
    const char *id; /* random: says nothing about when it was made */
    int64_t year, number;
    int64_t received_at; /* the day alone: the time would name the visit through its audit entry */
    const char *state;   /* of complaint_states */
    const char *side;    /* of complaint_sides, or NULL */
    const char *way, *reporter_mode, *class;
    int64_t ended_at; /* an outcome was reached; 0: open */
    /* Inside the envelope; each is bound to the id and its name (complaint_aad). */
    struct bytes text_sealed, reported_sealed, documents_sealed, origin_sealed, content_sealed;
    struct bytes reporter_sealed; /* a compartment of its own: another key (reporter_share) */
    struct bytes public_key; /* what is added later is sealed to it; empty in complaints of old */
};

extern const struct record complaint_record;
#define COMPLAINT_COLUMNS                                                                          \
    "id, year, number, received_at, state, side, way, reporter_mode, class, ended_at, "            \
    "text_sealed, reported_sealed, documents_sealed, origin_sealed, content_sealed, "              \
    "reporter_sealed, public_key"

/* Codes with their names for people (msgid), ended by code NULL. */
struct complaint_code {
    const char *code, *label;
};
/* domain.md 1.4: the main line in its order, then the outcomes. */
#define COMPLAINT_STATES 14
extern const struct complaint_code complaint_states[COMPLAINT_STATES + 1];
extern const struct complaint_code complaint_sides[]; /* needs_completion awaiting_apip not_competent */
extern const struct complaint_code complaint_ways[]; /* counter tablet oral letter post office public */
extern const struct complaint_code complaint_modes[];   /* known confidential anonymous */
extern const struct complaint_code complaint_classes[]; /* routing classes, domain.md 1.3 */
const char *complaint_label(const struct complaint_code *codes,
                            const char *code); /* "" when unknown */
/* Is this one of the seven ends (handed over, forwarded, stopped, withdrawn, done)? */
bool complaint_state_ends(const char *state);

/* Written by the reporter alone, without an officer: class and way are not his to choose. */
bool complaint_own_words(const char *way);

/* What visit.complaint_sealed holds (sealed field visit|complaint_sealed|visit id, JSON): the only way
 * from a visit to its complaint. The number is not in it: it is given inside the transaction, where
 * nothing is sealed. The list of documents for the receipt lies in a small envelope of its own, which
 * only the writer's key opens. */
struct complaint_link {
    const char *complaint_id, *writer_id;
    int64_t received_at; /* to the minute, for the receipt; 0 in links of old */
    struct bytes receipt, receipt_share;
};

struct complaint_document {
    const char *kind;
    const char *form; /* copy original digital; NULL in lists of old */
    int64_t count;    /* 0 when it was not written: one */
};

/* Whom the complaint is about. */
struct complaint_party {
    const char *name, *position, *address; /* "" when not written */
};

/* Siabidibam beside the text (what): who, when, where, how, why. */
struct complaint_questions {
    const char *who, *when, *where, *how, *why;
};

/* A complaint in clear: only while it is written, and in the hands of a reader. */
struct complaint_text {
    const char *text,
        *reported_party; /* reported_party: in one piece, as machines and older forms give it */
    struct complaint_party *parties;
    size_t party_count;
    struct complaint_questions questions;
    const char *place;   /* regency or village, in words */
    const char *period;  /* in words: "awal 2026" */
    int64_t loss_rupiah; /* 0: not known */
    const char *earlier; /* where and when it was reported before */
    struct complaint_document *documents;
    size_t document_count;
    int64_t received_at;              /* as read back from the envelope; 0: not kept there */
    const char *visit_id, *writer_id; /* as read back; NULL: none */
};

/* Who reports: the second compartment. All NULL or "" for an anonymous complaint, which has none. */
struct complaint_reporter {
    const char *name, *id_type, *id_number, *occupation, *address, *phone, *email;
};

/* Who has a share beside the officers. */
#define COMPLAINT_READER_RECOVERY "recovery"
#define COMPLAINT_READER_RECEIPT  "receipt" /* whoever holds the code: the reporter */

enum complaint_part {
    COMPLAINT_CONTENT = 1 << 0,
    COMPLAINT_REPORTER = 1 << 1, /* the reporter's identity */
};

/* Who can open what. */
struct complaint_reader {
    const char *reader_id; /* staff id, COMPLAINT_READER_RECOVERY or COMPLAINT_READER_RECEIPT */
    int64_t parts;         /* enum complaint_part */
};
enum err complaint_readers(struct db_conn *conn, const char *office_id, const char *complaint_id,
                           struct complaint_reader **ret, size_t *ret_count) MUST_USE;
/* Has this person a share of this part? */
enum err complaint_has_share(struct db_conn *conn, const char *office_id, const char *complaint_id,
                             const char *reader_id, enum complaint_part part, bool *ret) MUST_USE;

/* --- rules (pure) ------------------------------------------------------------------------------------ */
/* May a complaint be written now? 409 "state", then 409 "complaint_exists". */
struct refusal complaint_may_write(const struct visit *v);
/* 409 "no_trusted_reader": nobody but the recovery sheet could open it. */
struct refusal complaint_no_reader(void);
/* Kasi Intel or Kajari with a key that somebody vouches for: sees that every complaint exists. An
 * administrator can make a leader's account, but not that. */
bool complaint_leads(const struct actor *actor);
/* Those leaders and the writer, as persons: may this actor see that the visit has a complaint, and
 * its receipt? Never a machine token. */
bool complaint_may_see(const struct actor *actor, const char *writer_id);
/* "PGD-31/2026" */
char *complaint_number_text(struct arena *a, int64_t number, int64_t year);
/* What a sealed part is bound to: complaint id and the part's name. */
char *complaint_aad(struct arena *a, const char *complaint_id, const char *part);

/* The visit's complaint for those who may see it (Kasi Intel, Kajari, its writer; never a token); else
 * *ret_number is NULL. */
enum err complaint_number_of(const struct cx *cx, const struct visit *v,
                             const char **ret_number) MUST_USE;

/* Time passes: writes the audit entries of anonymous complaints of the days that are over. */
enum err complaint_settle_days(struct cx *cx, const char *office_id) MUST_USE;

extern const struct db_sql *const complaint_statements[];
struct route;
/* Route rows, ended by a row without a path. */
const struct route *complaint_routes(void);

#endif

/* Step 7, when the visit is a complaint: text, reported party and documents, sealed from the first day;
 * and the receipt page. The complaint desk itself comes later. */
#ifndef BT_COMPLAINT_H
#define BT_COMPLAINT_H

#include "features/visit/visit.h"
#include "lib/base/cx.h"
#include "lib/db/db.h"

struct complaint {
    const char *id; /* random: says nothing about when it was made */
    int64_t year, number;
    int64_t received_at; /* the day alone: the time would name the visit through its audit entry */
    /* Inside the envelope; each is bound to the id and its name (complaint_aad). */
    struct bytes text_sealed, reported_sealed, documents_sealed, origin_sealed;
};

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
    int64_t count; /* 0 when it was not written: one */
};

/* A complaint in clear: only while it is written, and in the hands of a reader. */
struct complaint_text {
    const char *text, *reported_party;
    struct complaint_document *documents;
    size_t document_count;
    int64_t received_at; /* as read back from the envelope; 0: not kept there */
};

/* Who has a share beside the officers. */
#define COMPLAINT_READER_RECOVERY "recovery"

/* --- rules (pure) ------------------------------------------------------------------------------------ */
/* May a complaint be written now? 409 "state", then 409 "complaint_exists". */
struct refusal complaint_may_write(const struct visit *v);
/* 409 "no_trusted_reader": nobody but the recovery sheet could open it. */
struct refusal complaint_no_reader(void);
/* Kasi Intel, Kajari and the writer, as persons: may this actor see that the visit has a complaint, and
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

extern const struct db_sql *const complaint_statements[];
struct route;
/* Route rows, ended by a row without a path. */
const struct route *complaint_routes(void);

#endif

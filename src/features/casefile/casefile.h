/* One complaint in the hands of those who hold a share of its key: reading the content and the reporter's
 * identity, passing access on and taking it away, and searching over all that one can open. What is opened
 * here is opened in memory, for one answer; who looked stands in the audit. */
#ifndef BT_CASEFILE_H
#define BT_CASEFILE_H

#include "features/complaint/complaint.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"

/* --- rules (pure) --------------------------------------------------------------------------------------- */

/* Why somebody may look at a reporter's identity. "other" needs words of one's own. */
extern const struct complaint_code casefile_reasons[];
#define CASEFILE_REASON_OTHER "other"
#define CASEFILE_NOTE_MIN     10 /* code points */

/* Whom a person may give access: leaders anybody; others only renew what somebody was given before (a key
 * changed after a lost password). The reporter's identity is always the leaders' to name. */
struct refusal casefile_may_share(const struct actor *actor, bool has_it_already, unsigned parts);
/* Takes access away: leaders. (Leaders: those whose key is trusted, as complaint_leads() says.) */
struct refusal casefile_may_take(const struct actor *actor);
/* May this account be given a share now? "" or why not (msgid). */
const char *casefile_cannot_receive(const struct staff *s);

/* Text as it is compared: lower case, accents and marks off, every kind of blank one space. */
char *casefile_fold(struct arena *a, const char *text);

#define CASEFILE_WORDS_MAX 8
struct casefile_query {
    const char *words[CASEFILE_WORDS_MAX]; /* folded */
    size_t count;
};
/* Words of a query; more than CASEFILE_WORDS_MAX are left off. */
struct casefile_query casefile_query(struct arena *a, const char *typed);
/* Every word stands somewhere in the folded text. No words: true. */
bool casefile_matches(const struct casefile_query *q, const char *folded);

/* Around the first word that is found, from the text as it was written. */
struct casefile_snippet {
    const char *before, *match, *after;
};
struct casefile_snippet casefile_snippet(struct arena *a, const struct casefile_query *q,
                                         const char *text);

/* Names of those the complaint is about, folded to letters and digits, for finding the same name in another
 * complaint. At most `max`. */
#define CASEFILE_NAMES_MAX 16
size_t casefile_party_names(struct arena *a, const struct complaint_text *t, const char **ret,
                            size_t max);
/* All that a search looks at, one part a line: never the reporter. */
char *casefile_plain(struct arena *a, const struct complaint_text *t);

extern const struct db_sql *const casefile_statements[];
struct route;
/* Route rows, ended by a row without a path. */
const struct route *casefile_routes(void);

#endif

/* Rules of a message's state. */
#ifndef BT_NOTICE_RULES_H
#define BT_NOTICE_RULES_H

#include <stdbool.h>

#include "features/notice/notice.h"

/* A message's state only moves upward: none < queued < sent < failed < delivered < read < answered (a
 * late "sent" after "read" changes nothing; "failed" counts only while nothing was delivered). */
bool notice_state_moves(const char *from, const char *to);

/* --- when nobody answers -------------------------------------------------------------------------------- */

/* A person and the channel on which he is reached first; NULL when there is none. */
struct reachable {
    const char *staff_id, *channel;
};
/* What is known when a rule is due. */
struct escalation_facts {
    const struct escalation_rule *rule;
    const char *question;          /* NOTICE_VISIT or NOTICE_QUESTION */
    const struct outbox_row *rows; /* of the visit since the question was asked, oldest first */
    size_t count;
    const char *asked_id;        /* who is asked first; NULL: nobody holds the post */
    const char *const *channels; /* his, in order */
    size_t channel_count;
    const struct reachable *deputies; /* in order */
    size_t deputy_count;
    struct reachable head; /* the Kajari; without staff_id when the question is his already */
};
struct escalation_send {
    const char *recipient_id, *channel, *kind;
    const char *action; /* for the audit: escalation_next_channel … */
};
struct escalation_plan {
    struct escalation_send sends[2];
    size_t count;
    bool alarm;
};
/* What this rule does now; nothing when its condition is not met or nobody is left. */
struct escalation_plan escalation_plan_of(const struct escalation_facts *f);
/* The rule that is due after those up to `done_sort`, and the one after it (NULL at the end). */
const struct escalation_rule *escalation_rule_after(const struct escalation_rule *rules,
                                                    size_t count, int64_t done_sort);
/* Does this visit still wait for an answer to this question? */
bool notice_still_asked(const struct visit *v, const char *kind);
/* Actions and conditions an office may choose. */
bool escalation_rule_known(const struct escalation_rule *r);

/* --- proof of life ---------------------------------------------------------------------------------------- */
#define HEALTH_FAILING_MS 15000 /* failing this long is dead: a few attempts */
#define HEALTH_STUCK_MS   45000 /* due this long, and nothing tried */
#define HEALTH_SILENT_MS  60000 /* accepted this long ago, no word from a device */
/* Either may be NULL: nothing is known. */
void notice_health_judge(const struct channel_health *h, const struct channel_queue *q,
                         int64_t now_ms, struct channel_report *ret);

#endif

/* Step 5: the notice to the Kasi Intel, the Kajari's question, and what WhatsApp tells us of both. */
#ifndef BT_NOTICE_H
#define BT_NOTICE_H

#include "features/visit/visit.h"
#include "lib/base/cx.h"
#include "lib/db/db.h"
#include "lib/outbox/outbox.h"

#define NOTICE_VISIT    "visit_notice"
#define NOTICE_QUESTION "head_question"
#define NOTICE_HEAD     "head_notice" /* the Kajari asked directly: the Kasi Intel stays silent */
#define NOTICE_LATE     "late_reply"
#define NOTICE_TEST     "channel_test" /* proves an address: its subject is a row of staff_channel */
#define NOTICE_HELP     "help_reply"   /* an answer in words that was not understood */
#define NOTICE_WHICH    "which_reply"  /* an answer, but several guests wait: of which? */
#define NOTICE_CHOICES                                                                             \
    "answer_choices" /* one guest of a list, with his answers; of the Kasi Intel */
#define NOTICE_HEAD_CHOICES "head_choices" /* of the Kajari */

/* The first channel that is set up, or NULL with the reason (msgid) why step 5 is skipped. */
const char *notice_channel(const struct cx *cx, const char **ret_reason);

/* In the transaction of step 2 or 6: queues the message for a person and sets the visit's notice or
 * question state. Nothing is queued when channel is NULL (the state says why). */
struct notice_new {
    const char *outbox_id; /* UUIDv7 made before */
    const char *kind;
    const char *recipient_id; /* staff id, NULL when nobody holds the post */
    const char *to, *post;    /* his name and title; NULL without recipient */
    const char *channel;
    const char *reason;
    int64_t round;
    int64_t not_before; /* 0: at once */
    bool others; /* he cannot be reached, but others may be: the escalation begins all the same */
};
/* Fills who is asked for a post now and on which channel (features/reach), with a fresh id. */
enum err notice_to(struct cx *cx, const char *office_id, const char *kind, uint32_t role,
                   struct notice_new *ret) MUST_USE;
/* Why it will not be sent (msgid), or NULL: it will. */
const char *notice_unsent_reason(const struct notice_new *n);
enum err notice_queue(struct db_conn *tx, const struct visit_act *act, const char *visit_id,
                      const struct notice_new *n) MUST_USE;
/* The same for a visit that is inserted with its notice's state in this transaction: one write less at
 * the counter. */
enum err notice_queue_with(struct db_conn *tx, const struct visit_act *act, const char *visit_id,
                           const struct notice_new *n) MUST_USE;

/* One message more about a question that is open already; the visit's state moves only out of "none" and
 * "failed". */
enum err notice_again(struct db_conn *tx, const struct visit_act *act, const char *visit_id,
                      const struct notice_new *n) MUST_USE;

/* --- what happens when nobody answers ------------------------------------------------------------------ */
#define ESCALATION_RULES_MAX 12u
struct escalation_rule {
    int64_t sort, after_s; /* since the question was asked */
    const char *condition; /* undelivered unanswered */
    const char *action;    /* next_channel repeat_and_deputy next_deputy_or_head counter_alarm */
};
enum err escalation_rules(struct db_conn *conn, const char *office_id, struct escalation_rule **ret,
                          size_t *ret_count) MUST_USE;
/* Replaces the office's policy; audited. Their sort is their order. ERR_INVALID with field errors
 * "rules.N.after_s", …; none at all is fine: nothing ever happens then. */
enum err escalation_rules_save(struct cx *cx, const struct escalation_rule *rules,
                               size_t count) MUST_USE;
/* The question is answered, or the visit decided or ended: nothing more happens, the alarm is silent. In
 * the transaction that does so. */
enum err escalation_close(struct db_conn *tx, const char *office_id, const char *visit_id) MUST_USE;
/* Does what is due, once, and tells the counter of dead channels. Called by the app's timer every second. */
enum err escalation_tick(struct cx *cx, const char *office_id) MUST_USE;

/* Visits whose alarm rings at the counter, the longest first. */
struct escalation_alarm {
    const char *visit_id, *question, *name;
    int64_t year, number, alarm_at, asked_at;
    const char *number_suffix;
};
enum err escalation_alarms(struct db_conn *conn, const char *office_id,
                           struct escalation_alarm **ret, size_t *ret_count) MUST_USE;
/* Does it ring for this visit? */
enum err escalation_rings(struct db_conn *conn, const char *office_id, const char *visit_id,
                          bool *ret) MUST_USE;
/* Whom to telephone about a question, in order. */
struct notice_call {
    const char *name, *post, *phone,
        *tel; /* "0812 3456 7890", "+6281234567890"; NULL: no number known */
};
enum err notice_calls(struct cx *cx, const char *office_id, const char *question,
                      struct notice_call **ret, size_t *ret_count) MUST_USE;

/* --- the time line ---------------------------------------------------------------------------------------- */
struct notice_message {
    const char *id, *kind, *recipient_id;
    const char *to, *post; /* name and title of who was addressed */
    const char *channel, *state, *code, *reason;
    int64_t round, attempts, queued_at, next_at, sent_at, delivered_at, read_at, failed_at;
    int64_t answered_at; /* by a button or link of this very message */
};
/* The first message of a question as it was queued just now. */
struct notice_message notice_message_queued(const struct notice_new *n, int64_t at);
/* Every message about a visit, in the order in which they were queued. */
enum err notice_messages(struct db_conn *conn, const char *office_id, const char *visit_id,
                         struct notice_message **ret, size_t *ret_count) MUST_USE;
/* As whom this person was sent a question about the visit, as role bits: he may answer it anywhere. */
enum err notice_posts(struct db_conn *conn, const char *office_id, const char *visit_id,
                      const char *staff_id, uint32_t *ret) MUST_USE;
/* Dead letters since a time, newest first, of all visits. */
enum err notice_dead_letters(struct db_conn *conn, const char *office_id, int64_t since,
                             struct notice_message **ret, size_t *ret_count) MUST_USE;
/* A dead letter goes out again; audited. ERR_CONFLICT when it is none any more. */
enum err notice_retry(struct cx *cx, const char *outbox_id) MUST_USE;

/* --- proof of life ------------------------------------------------------------------------------------------ */
struct channel_report {
    const char *channel, *label; /* label: msgid */
    const char *state;           /* ok unproven failing paused stuck silent */
    const char *state_label;     /* msgid */
    const char *reason;          /* msgid, or NULL */
    int64_t since;               /* of the trouble; 0: none */
    int64_t tried_at, accepted_at, delivered_at;
    int64_t waiting, oldest_at, dead_letters;
    int64_t told_at; /* since when the counter is told */
    bool dead;       /* the counter must be told */
};
/* Every channel that is set up. */
enum err notice_health(struct cx *cx, const char *office_id, struct channel_report **ret,
                       size_t *ret_count) MUST_USE;
/* What the counter must know of the channels, translated, or NULL. */
enum err notice_banner(struct cx *cx, const char *office_id, const char **ret) MUST_USE;

/* A message to one of a person's channels, with a code that he sends back or reads out. ERR_CONFLICT when
 * the channel is not set up. */
enum err notice_test_send(struct cx *cx, const char *staff_id, const char *channel_id) MUST_USE;
/* Its text, by the id of its row (or of a message without one): all but `to`. */
void notice_test_message(struct cx *cx, const char *channel, const char *id,
                         struct outbox_message *m);
/* The code as it was read out: the channel is proven. ERR_INVALID (field "code") when it is not that of a
 * test of the last day. */
enum err notice_test_code_check(struct cx *cx, const char *channel_id, const char *code) MUST_USE;

/* --- what comes in beside WhatsApp ---------------------------------------------------------------------- */
struct inbound_event;
struct telegram_bot;
/* Stores events of a channel for processing; when it returns they are safe. None is fine. */
enum err notice_keep_inbound(struct cx *cx, const char *office_id, const char *channel,
                             const struct inbound_event *events, size_t count) MUST_USE;
/* Processes what came in from Telegram and answers over the bot. On a thread of its own: it waits on the
 * network. (What came in from gateways is done by notice_process_webhooks().) */
enum err notice_process_telegram(struct cx *cx, const char *office_id,
                                 struct telegram_bot *bot) MUST_USE;

/* Outbox hooks (lib/outbox). */
enum err notice_render(struct cx *cx, const struct outbox_row *row,
                       struct outbox_message *ret) MUST_USE;
enum err notice_sent(struct db_conn *tx, const struct outbox_row *row,
                     const struct outbox_result *result, int64_t now_ms) MUST_USE;
/* --- WhatsApp ------------------------------------------------------------------------------------------------- */
/* Templates that WhatsApp stopped, or refuses; from each nothing is sent for an hour, or until Meta says that it
 * is approved again. */
struct template_stop {
    const char *name, *code;
    int64_t stopped_at;
};
enum err notice_template_stops(struct db_conn *conn, const char *office_id, int64_t now_ms,
                               struct template_stop **ret, size_t *ret_count) MUST_USE;
/* Since when WhatsApp says that it cannot deliver to this person's number; 0: it can. */
enum err notice_doubtful_since(struct db_conn *conn, const char *office_id, const char *staff_id,
                               int64_t *ret) MUST_USE;

/* Processes stored webhook bodies (app's timer, and after each webhook). */
enum err notice_process_webhooks(struct cx *cx, const char *office_id) MUST_USE;
/* Deletes raw bodies older than 30 days. */
enum err notice_forget(struct cx *cx, const char *office_id) MUST_USE;

extern const struct db_sql *const notice_statements[];
extern const struct db_sql *const escalation_statements[];
extern const struct db_sql *const inbound_statements[];
extern const struct db_sql *const whatsapp_statements[];
struct route;
/* Route rows, ended by a row without a path. */
const struct route *notice_routes(void);

#endif

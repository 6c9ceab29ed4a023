/* The report by mail: who gets the monthly or the yearly one, when the next is due, and each sending once a
 * period and recipient (docs/adr/0026). The file is made when it is sent and holds figures only: no guest, no
 * identity, no word of a complaint. */
#ifndef BT_REPORT_SCHEDULE_H
#define BT_REPORT_SCHEDULE_H

#include "features/report/report.h"
#include "features/visit/visit.h"
#include "lib/outbox/outbox.h"

/* Kinds of outbox rows: their subject is the period ("2026-10"), their recipient a report_recipient. */
#define REPORT_MAIL      "report_mail"
#define REPORT_MAIL_TEST "report_mail_test" /* asked for by hand; counts for no period */

#define REPORT_RECIPIENTS_MAX 50
#define REPORT_NAME_MAX       120
#define REPORT_MAIL_HOUR      6  /* of the office's day on which it is due */
#define REPORT_CATCH_UP_MAX   24 /* periods of one recipient that one turn queues */

struct report_recipient {
    const char *id, *name;
    struct bytes address_sealed;
    const char *report; /* "monthly" "yearly" */
    const char *form;   /* "pdf" "docx" */
    int64_t day;        /* 1 … 31 of the month after the period; a shorter month: its last day */
    const char *created_by;
    int64_t created_at;
    /* The newest sending; last_period NULL: none yet. */
    const char *last_period, *last_state, *last_reason;
    int64_t last_queued_at;
    int64_t sent_at; /* the newest that went out; 0: none did */
    const char *sent_period;
    /* The newest test; NULL: none. */
    const char *test_state, *test_reason;
    int64_t test_queued_at, test_sent_at;
};

/* --- rules (pure) ------------------------------------------------------------------------------------------ */
struct report_due {
    const char *period; /* "2026-10" */
    int64_t at;         /* epoch ms */
};
enum report_span report_schedule_span(const char *report);
const char *report_schedule_label(const char *report); /* msgid: "Bulanan" "Tahunan" */
/* When the report of a period is due: the day of the month that follows it, in the office's zone. */
int64_t report_due_at(const struct report_period *p, int64_t day, int offset_min);
/* The next report of a recipient: the period after the newest that was queued; of one without any, the first
 * that falls due after he was put on the list. It may lie in the past: nobody was there to send it. */
struct report_due report_due_next(struct arena *a, const struct report_recipient *r, int offset_min);
/* The newest period of its kind that is over now: what a test sends. */
struct report_period report_latest(struct arena *a, const char *report, int64_t now_ms,
                                   int offset_min);

/* --- store ------------------------------------------------------------------------------------------------- */
/* Who is on the list, by name. */
enum err report_recipients(struct db_conn *conn, const char *office_id,
                           struct report_recipient **ret, size_t *ret_count) MUST_USE;
/* ERR_MISSING when there is none, or he was taken off. */
enum err report_recipient_get(struct db_conn *conn, const char *office_id, const char *id,
                              struct report_recipient *ret) MUST_USE;

/* A change with its audit entry; `refusal` says why not. */
struct report_change {
    struct visit_act act;
    const char *id; /* of the recipient */
    /* adding */
    const char *name, *report, *form;
    int64_t day;
    struct bytes sealed, index;
    /* queueing */
    const char *period, *outbox_id;
    int64_t due_at;
    bool queued; /* out: false: it was queued before, or he is no more on the list */
    struct refusal refusal;
};
enum err report_tx_recipient_add(struct db_conn *tx, void *arg);
/* Takes him off the list; his address is forgotten. */
enum err report_tx_recipient_end(struct db_conn *tx, void *arg);
/* The report of a period, once and no more. */
enum err report_tx_mail_queue(struct db_conn *tx, void *arg);
enum err report_tx_mail_test(struct db_conn *tx, void *arg);

/* --- the clock and the outbox ------------------------------------------------------------------------------- */
/* Time passes: queues what is due, also what fell due while the server was down. Nothing while the mail channel
 * is not set up: it stays due. */
enum err report_schedule_tick(struct cx *cx, const char *office_id) MUST_USE;
/* Is this row one of ours? Then these are its hooks (lib/outbox). */
bool report_is_mail(const char *kind);
enum err report_mail_render(struct cx *cx, const struct outbox_row *row,
                            struct outbox_message *ret) MUST_USE;
enum err report_mail_sent(struct db_conn *tx, const struct outbox_row *row,
                          const struct outbox_result *result, int64_t now_ms) MUST_USE;

extern const struct db_sql *const report_schedule_statements[];
/* Route rows, ended by a row without a path. */
const struct route *report_schedule_routes(void);

#endif

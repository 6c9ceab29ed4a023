/* Messages that leave the house: a row in the business transaction first, sent by a thread later.
 *
 * An outbox row names its subject (visit) and recipient; its text is made when it is sent, by the
 * feature that owns the kind (features/notice), so that no personal data waits in the table.
 *
 * The states: queued → sending → sent → delivered → read; failed and dropped end a row. A row that is
 * being sent is leased: when its lease ends without a result (the process died, or the answer never
 * came), it is taken up again. Nothing is lost; a message goes out twice only when the outcome of the
 * first attempt was unknown. */
#ifndef BT_LIB_OUTBOX_H
#define BT_LIB_OUTBOX_H

#include "lib/base/cx.h"
#include "lib/db/db.h"

struct outbox_new {
    const char *id; /* UUIDv7, made before the transaction; also the opaque id given to Meta */
    const char *office_id;
    const char *kind;         /* "visit_notice", "head_question", "late_reply", … */
    const char *subject_id;   /* visit id */
    const char *recipient_id; /* staff id */
    const char *channel;      /* "whatsapp"; "none" is kept as dropped, with its reason */
    int64_t at;               /* now: when it was queued */
    int64_t not_before;       /* 0 = at once */
    int64_t round;            /* 0 and 1: the first; more when it is asked again */
};

/* Inserts the row (state "queued"). UNIQUE(office, subject, recipient, kind, round): one guest = one
 * notice; a second one is ERR_CONFLICT and leaves the transaction usable. In the caller's
 * transaction; after db_tx() succeeds call outbox_wake(cx). */
enum err outbox_enqueue(struct db_conn *tx, const struct outbox_new *n) MUST_USE;
/* From any thread; in vain when cx->outbox is NULL or stopped. */
void outbox_wake(struct cx *cx);
/* When the pace of this recipient lets his next message out (epoch ms), as far as this process knows; 0: at
 * once. For outbox_new.not_before: a row that cannot go yet need not be looked at before. From any thread. */
int64_t outbox_not_before(struct cx *cx, const char *channel, const char *recipient_id);

/* A message ready for the wire, made by the renderer. Channel-neutral: a template with parameters
 * and up to 10 answer buttons. */
struct outbox_button {
    const char *payload; /* ≤ 64 bytes, opaque token */
    const char *title;
    const char *detail; /* second line where a list shows it, or NULL */
};
/* A whole file that goes along. */
struct outbox_file {
    const char *name; /* "Laporan pelayanan 2026-10.pdf" */
    const char *type; /* "application/pdf" */
    struct bytes data;
};
#define OUTBOX_FILE_MAX_BYTES ((size_t)8 << 20)
struct outbox_message {
    const char *to;            /* E.164; on other channels their kind of address (channel.h) */
    const char *template_name; /* NULL: free text inside the 24-hour window */
    const char *language;
    const char *const *params; /* body parameters of the template */
    size_t param_count;
    const struct outbox_button *buttons;
    size_t button_count;
    const char *text; /* for free text; the whole message on channels without templates */
    const char *opaque_id;
    /* For the channels beside WhatsApp; each may be NULL. */
    const char *subject;            /* of a mail */
    const struct outbox_file *file; /* of a mail: its attachment */
    const char *link;               /* one-time address of the answer page */
    const char *reply_to;           /* provider's id of the message this one continues */
    const char *opener;             /* free text with buttons: what opens the list of them */
    bool other_form; /* when its template is refused, the row is made in another form at once */
};

/* The state of one row, as the worker moves it. */
enum outbox_state {
    OUTBOX_QUEUED,
    OUTBOX_SENDING,
    OUTBOX_SENT,
    OUTBOX_DELIVERED,
    OUTBOX_READ,
    OUTBOX_FAILED,
    OUTBOX_DROPPED
};

struct outbox_row {
    const char *id, *office_id, *kind, *subject_id, *recipient_id, *channel;
    const char *state, *provider_id, *code, *reason;
    int64_t round, attempts, queued_at, next_at, sent_at, delivered_at, read_at, failed_at;
    const char *carried_by; /* the row in whose message this one went along, or NULL */
    int64_t pace_left; /* no column: how many messages more he may have now, this one included */
};
/* Its columns, for those who read the table themselves. */
extern const struct record outbox_record;

/* What a channel says of one attempt. */
struct outbox_result {
    enum { SEND_OK, SEND_RETRY, SEND_UNKNOWN, SEND_FAILED, SEND_STOP_CHANNEL } outcome;
    const char *provider_id; /* wamid */
    const char *code;        /* "131056", "timeout" */
    const char *reason;      /* plain Indonesian for the desk; a msgid */
    int64_t retry_after_ms;  /* 0 = by the worker's own back-off */
    bool per_recipient;      /* SEND_RETRY: only this recipient must wait, 4^n seconds */
    bool recipient_fault; /* SEND_FAILED: because of this recipient; the channel itself is well */
    const char *template_name; /* that was refused (paused, disabled, unknown); else NULL */
};

/* Moves a row by a status event of the provider, in the caller's transaction. The row is found by our
 * opaque id first (a status can come before we stored the provider's id), else by the provider's id.
 * Upward only: accepted < sent < failed < delivered < read; a repeated or late event changes nothing
 * but a missing time. ERR_MISSING: the event is of no row of ours (harmless; do not let it end your
 * transaction). ret_row (may be NULL) gets the row as it is afterwards. */
enum err outbox_apply_status(struct db_conn *tx, const char *office_id, const char *wamid,
                             const char *opaque_id, const char *status, int64_t at, const char *code,
                             bool *ret_changed, struct outbox_row *ret_row) MUST_USE;
/* One row by our id; ERR_MISSING when there is none. On cx->read or in a transaction. */
enum err outbox_get(struct db_conn *conn, const char *office_id, const char *id,
                    struct outbox_row *ret) MUST_USE;
/* Rows that go along in the message of another one ("3 tamu menunggu"): while it is on its way they wait,
 * from then on they share its fate; when it fails or is dropped they go out by themselves. */
/* Those who could: the same recipient, kind and channel, queued, not in another's message. Oldest first. */
enum err outbox_companions(struct db_conn *conn, const struct outbox_row *carrier,
                           struct outbox_row **ret, size_t *ret_count) MUST_USE;
/* From now on exactly these (those of them that are still queued). */
enum err outbox_carry(struct db_conn *tx, const struct outbox_row *carrier, const char *const *ids,
                      size_t count) MUST_USE;
enum err outbox_carried(struct db_conn *conn, const char *office_id, const char *carrier_id,
                        struct outbox_row **ret, size_t *ret_count) MUST_USE;
/* By the provider's id (the context of an answer names it). */
enum err outbox_get_by_provider(struct db_conn *conn, const char *office_id,
                                const char *provider_id, struct outbox_row *ret) MUST_USE;

/* Puts a dead letter (state "failed") back into the queue, with all its attempts before it. ERR_MISSING
 * when it is none. In the caller's transaction; outbox_wake() afterwards. */
enum err outbox_retry(struct db_conn *tx, const char *office_id, const char *id,
                      int64_t now_ms) MUST_USE;

/* Proof of life: what a channel has really done, kept in the same transaction as each result and event. */
struct channel_health {
    const char *channel;
    int64_t tried_at, accepted_at, delivered_at;
    int64_t failing_since; /* the first failure after the last success; 0: none */
    int64_t paused_at;     /* the channel stopped itself (token, account); its queue is kept */
    const char *code, *reason;
    int64_t dead_at; /* the counter is told since */
};
enum err outbox_health(struct db_conn *conn, const char *office_id, struct channel_health **ret,
                       size_t *ret_count) MUST_USE;
/* From now on the counter is told that the channel is dead, or (dead_at 0) no longer. *ret_changed is
 * false when it was so already. */
enum err outbox_health_tell(struct db_conn *tx, const char *office_id, const char *channel,
                            int64_t dead_at, bool *ret_changed) MUST_USE;
/* What waits on each channel, its dead letters, and its messages of which no device has spoken. */
struct channel_queue {
    const char *channel;
    int64_t waiting, oldest_at; /* when the oldest of those waiting was queued */
    int64_t due_at;             /* since when the first of them is due */
    int64_t dead;               /* dead letters */
    int64_t unproven,
        unproven_at; /* taken by the provider, no word from a device; the oldest of them */
};
/* Dead letters since one time, unproven messages since another. */
enum err outbox_queues(struct db_conn *conn, const char *office_id, int64_t dead_since,
                       int64_t proof_since, struct channel_queue **ret, size_t *ret_count) MUST_USE;

/* Supplied by app: how rows become messages and what their fate means to the visit. */
struct outbox_hooks {
    /* Makes the message of a row. ERR_MISSING: drop it (visit already decided or closed). ERR_INVALID:
     * it can never be sent (no address any more), cx->diag.message says why: a dead letter.
     * Runs on the channel's thread with a cx of the system actor. */
    enum err (*render)(struct cx *cx, const struct outbox_row *row, struct outbox_message *ret);
    /* In the transaction that records the attempt's result (so that notice and event move together).
     * Not called when a status event has already moved the row further. May be NULL. */
    enum err (*sent)(struct db_conn *tx, const struct outbox_row *row,
                     const struct outbox_result *result, int64_t now_ms);
};

struct channel; /* channel.h: one file per channel */

/* How long things take; 0 means the usual. Tests make them short. */
struct outbox_timing {
    int64_t backoff_first_ms; /* 1 s, doubled each time, with jitter */
    int64_t backoff_max_ms;   /* 5 min */
    int64_t pair_first_ms;    /* 1 s, times four each time: the recipient's own pace */
    int64_t unknown_wait_ms;  /* 30 s for a status event, then one more attempt */
    int64_t lease_ms;         /* 30 s; longer than the longest attempt */
    int64_t stopped_ms;       /* 60 s between attempts on a stopped channel */
    int64_t poll_ms;          /* 5 s: looks by itself, for rows queued by another process */
    int64_t max_attempts;     /* 60, then the row is failed */
};

struct outbox_options {
    struct cx base;                    /* base.actor.office_id: the office whose rows are sent */
    struct db_conn *read;              /* a reading connection of the first driver's own */
    struct db_conn *const *more_reads; /* one for each further driver */
    void (*use_arena)(struct db_conn *conn, struct arena *a);
    struct outbox_hooks hooks;
    /* NULL-ended; the list stays, the outbox owns the drivers from here on. Several of one name (at most 4)
     * are one channel with as many messages on their way at once, each to another person. */
    struct channel *const *channels;
    struct outbox_timing timing;
};

extern const struct db_sql *const outbox_statements[];
extern const struct db_sql *const outbox_health_statements[];
extern const struct db_sql *const outbox_carry_statements[];

/* One sending thread for each driver, so that a hung one delays no other. */
enum err outbox_start(struct arena *a, const struct outbox_options *options,
                      struct outbox **ret) MUST_USE;
/* Cuts running attempts short, records them, ends the threads, frees the channels. NULL is fine. The
 * memory stays with the arena of outbox_start(). */
void outbox_stop(struct outbox *o);

#endif

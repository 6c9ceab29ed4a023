/* What WhatsApp alone needs of the database: open questions, stopped templates, numbers in doubt. */
#ifndef BT_NOTICE_WHATSAPP_STORE_H
#define BT_NOTICE_WHATSAPP_STORE_H

#include "features/notice/notice_store.h"

/* Messages that left to this person about visits that are not decided, newest first; one for each visit. */
struct asked_question {
    const char *outbox_id, *kind, *visit_id;
};
enum err notice_asked_questions(struct db_conn *conn, const char *office_id, const char *staff_id,
                                struct asked_question **ret, size_t *ret_count) MUST_USE;

/* A reply to what he wrote. ERR_CONFLICT: this round had one. */
struct text_reply {
    const char *office_id, *outbox_id, *kind, *subject_id, *staff_id;
    const char *channel; /* NULL: whatsapp */
    int64_t round, now_ms;
};
enum err notice_text_reply(struct db_conn *tx, void *arg); /* struct text_reply * */
/* The answers of one guest of a list: a round of its own each time. */
enum err notice_choices(struct db_conn *tx, void *arg); /* struct text_reply * */

/* After an attempt or a status: the number is in doubt, or it is not. */
enum err notice_number_doubt(struct db_conn *tx, const struct outbox_row *row, const char *code,
                             int64_t now_ms) MUST_USE;
enum err notice_number_fine(struct db_conn *tx, const struct outbox_row *row) MUST_USE;

enum err notice_template_stop(struct db_conn *tx, const char *office_id,
                              const struct template_stop *s) MUST_USE;
struct template_event {
    const char *office_id, *name, *status;
    int64_t now_ms;
};
enum err notice_template_event(struct db_conn *tx, void *arg); /* struct template_event * */
/* A message to this person is on its way: its id may not be stored yet. */
bool notice_is_sending(struct db_conn *conn, const char *office_id, const char *staff_id);
bool notice_template_stopped(struct db_conn *conn, const char *office_id, const char *name,
                             int64_t now_ms);

/* The rows that go along in this row's message. */
struct carry_change {
    const struct outbox_row *carrier;
    const char *const *ids;
    size_t count;
};
enum err notice_carry(struct db_conn *tx, void *arg); /* struct carry_change * */

/* Statuses of several webhook bodies, and that these bodies are done: one transaction. */
struct status_batch {
    struct status_change *changes;
    size_t count;
    const struct webhook_done *done;
    size_t done_count;
};
enum err notice_statuses(struct db_conn *tx, void *arg); /* struct status_batch * */

#endif

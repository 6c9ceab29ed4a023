/* What WhatsApp's error codes mean for a message, and the sentence the desk reads. */
#ifndef BT_LIB_OUTBOX_WHATSAPP_ERROR_H
#define BT_LIB_OUTBOX_WHATSAPP_ERROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WHATSAPP_ERROR_WINDOW 131047 /* the 24 hours are over: a template instead, at once */

struct whatsapp_error {
    int64_t code;
    int outcome;          /* SEND_RETRY, SEND_FAILED or SEND_STOP_CHANNEL of outbox.h */
    const char *sentence; /* Indonesian msgid */
    bool per_recipient;   /* only this recipient must wait */
};

/* Never NULL: a code we do not know fails the message with a general sentence. */
const struct whatsapp_error *whatsapp_error_find(int64_t code);
/* Whether the code is about this one recipient, so that it says nothing of the channel. */
bool whatsapp_error_of_recipient(int64_t code);
/* Whether the code is about the template, whoever it was for. */
bool whatsapp_error_of_template(int64_t code);
/* The sentence of a code kept as text ("131026", "timeout"); NULL gives NULL. */
const char *whatsapp_error_sentence(const char *code);
/* The whole table, for tests and the administrator's page. */
const struct whatsapp_error *whatsapp_error_table(size_t *ret_count);

/* accepted 1 < sent 2 < failed 3 < delivered 4 < read 5 < played 6; anything else 0. A status moves a
 * message upward only, because events come late, twice and in any order. */
int whatsapp_status_rank(const char *status);

#endif

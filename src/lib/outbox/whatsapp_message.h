/* The JSON of one WhatsApp message, in Meta's strict form. Pure. */
#ifndef BT_LIB_OUTBOX_WHATSAPP_MESSAGE_H
#define BT_LIB_OUTBOX_WHATSAPP_MESSAGE_H

#include "lib/base/cx.h"
#include "lib/base/str.h"
#include "lib/outbox/outbox.h"

/* A template parameter as Meta takes it: one line, no run of spaces, never empty ("-" then), at most
 * 256 characters, without the characters that let a name lie about its order. */
char *whatsapp_param_clean(struct arena *a, const char *text);
/* Writes the request body. ERR_INVALID with the fault's code ("recipient", "template", "buttons",
 * "text") when this message cannot be one. */
enum err whatsapp_message_write(struct cx *cx, const struct outbox_message *m, struct buf *ret,
                                const char **ret_fault) MUST_USE;

#endif

/* A way out of the house. One file per channel: channel_whatsapp.c. */
#ifndef BT_LIB_OUTBOX_CHANNEL_H
#define BT_LIB_OUTBOX_CHANNEL_H

#include <stdatomic.h>

#include "lib/outbox/outbox.h"

struct channel {
    const char *name; /* "whatsapp" */
    /* One attempt, blocking on the sending thread only. Fills *ret (strings in the arena). */
    void (*send)(struct channel *c, struct cx *cx, const struct outbox_message *m,
                 struct outbox_result *ret);
    void (*free)(struct channel *c);
    const atomic_bool *cancel; /* set by the outbox: true cuts a running attempt short; may be NULL */
};

/* WhatsApp Cloud API. */
struct channel_whatsapp_options {
    const char *graph_base;    /* https://graph.facebook.com; http only for loopback */
    const char *graph_version; /* v23.0 */
    const char *phone_number_id;
    const char *token_file;  /* read at each send, so that a new token needs no restart */
    bool loopback_only;      /* demo: refuses to send anywhere but a loopback graph_base */
    long connect_timeout_ms; /* 0: 3 s */
    long total_timeout_ms;   /* 0: 10 s; must stay below the outbox's lease */
};
/* ERR_INVALID with a sentence for the operator when the options cannot work. */
enum err channel_whatsapp_new(struct arena *a, const struct channel_whatsapp_options *o,
                              struct channel **ret, const char **ret_message) MUST_USE;

#endif

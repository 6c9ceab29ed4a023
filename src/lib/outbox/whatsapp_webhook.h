/* WhatsApp's webhook, read: signature, handshake, and the events of a body. Pure: no database.
 *
 * Leniently: what we do not know is passed over, nothing that is missing is an error. Only a body that
 * is not JSON at all is refused. */
#ifndef BT_LIB_OUTBOX_WHATSAPP_WEBHOOK_H
#define BT_LIB_OUTBOX_WHATSAPP_WEBHOOK_H

#include "lib/base/arena.h"
#include "lib/base/cx.h"
#include "lib/base/err.h"

enum whatsapp_event_kind {
    WHATSAPP_STATUS,   /* of a message of ours */
    WHATSAPP_MESSAGE,  /* from a person */
    WHATSAPP_ERROR,    /* of the account: code says which */
    WHATSAPP_TEMPLATE, /* a template of ours: text is its name, status its new state ("PAUSED") */
};

/* Any text may be NULL: Meta leaves out what it likes. */
struct whatsapp_event {
    enum whatsapp_event_kind kind;
    const char *dedupe_key; /* of status: "s:<wamid>:<status>", of message: "m:<wamid>"; else NULL */
    const char *phone_number_id; /* of ours: whose event this is */
    const char *wamid;           /* status: of our message; message: its own */
    const char *wa_id;           /* digits with country code: sender, or recipient of a status */
    const char *user_id;         /* business-scoped user id, "ID.…" */
    const char *status;          /* sent delivered read failed played … */
    const char *opaque_id;       /* ours, come back */
    const char *type;            /* message: text button interactive … */
    const char *payload;         /* of the button or list row that was tapped */
    const char *text;            /* typed, or the title of the button */
    const char *context_id;      /* wamid of our message that is answered */
    int64_t at_ms;               /* 0 when it is not said */
    int64_t error_code;          /* 0 when there is none */
};

/* `header` is the value of X-Hub-Signature-256; `secret` is the app secret. In a time that does not
 * depend on where they differ. An empty secret verifies nothing. */
bool whatsapp_signature_valid(struct bytes body, const char *header, struct bytes secret);

/* The events of a body, in its order; strings live in cx->arena. ERR_BAD when it is not JSON. */
enum err whatsapp_webhook_parse(struct cx *cx, struct bytes body, struct whatsapp_event **ret,
                                size_t *ret_count) MUST_USE;

struct whatsapp_handshake {
    const char *mode;      /* hub.mode */
    const char *token;     /* hub.verify_token */
    const char *challenge; /* hub.challenge */
};
/* ERR_OK: answer 200 with *ret_challenge as text/plain and nothing else. ERR_DENIED otherwise.
 * `verify_token` is ours; an empty one accepts nobody. */
enum err whatsapp_handshake_check(const struct whatsapp_handshake *h, const char *verify_token,
                                  const char **ret_challenge) MUST_USE;

#endif

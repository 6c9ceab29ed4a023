/* A way out of the house. One file per channel: channel_whatsapp.c, channel_http.c (a gateway by its
 * configuration), channel_telegram.c, channel_mail.c, channel_webpush.c.
 *
 * What comes in on a channel is read by its pure parser into struct inbound_event; who may answer, and
 * what an answer means, is decided elsewhere. */
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
    int64_t gap_ms;            /* least time between two messages; 0: none */
    int64_t recipient_gap_ms; /* and between two to the same recipient */
    int64_t recipient_burst;  /* so many at once before that counts; 0: one */
    /* Asked while the channel is stopped: was the thing that was wrong (the token) changed? May be NULL. */
    bool (*renewed)(struct channel *c);
};

/* A message that this channel can never deliver because the recipient's end of it is no more (a
 * browser's subscription that was given up): the address should be forgotten. */
#define OUTBOX_CODE_GONE "gone"

/* The text of a message where there are no buttons: the answers numbered ("Balas 1 untuk …"), then the
 * one-time link. `replies` is false where nobody can write back. */
char *channel_text(struct cx *cx, const struct outbox_message *m, bool replies);

/* What came in. Any text may be NULL. */
enum inbound_kind {
    INBOUND_MESSAGE, /* a person wrote: text */
    INBOUND_TAP,     /* a person pressed a button: payload */
    INBOUND_STATUS,  /* of a message of ours: id, status */
};
struct inbound_event {
    enum inbound_kind kind;
    const char *dedupe_key; /* NULL when the channel names nothing to know it again by */
    const char *id;         /* provider's id: of the message, or of ours whose status this is */
    const char *from;       /* +62… on gateways, the person's id on Telegram */
    const char *sender;     /* as the provider writes it */
    const char *text;
    const char *payload;     /* of the button: our token */
    const char *reply_to;    /* provider's id of our message that is answered */
    const char *status;      /* sent delivered read failed */
    const char *callback_id; /* Telegram: to be answered, whatever the tap was worth */
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
    int64_t recipient_gap_ms, recipient_burst; /* the pace of a recipient; 0: none */
};
/* ERR_INVALID with a sentence for the operator when the options cannot work. */
enum err channel_whatsapp_new(struct arena *a, const struct channel_whatsapp_options *o,
                              struct channel **ret, const char **ret_message) MUST_USE;

/* A gateway of any maker, as its file in packaging/gateways describes it. `to` is E.164. */
struct gateway; /* the configuration, read */
struct channel_http_options {
    const char *config_file; /* INI, section [gateway] */
    const char *secrets_dir; /* ${secret:name} is the file of that name in here, read at each send */
    bool loopback_only;      /* demo */
};
/* ERR_INVALID with a sentence for the operator; also when a secret is missing or a known default. */
enum err gateway_read(struct arena *a, const struct channel_http_options *o, struct gateway **ret,
                      const char **ret_message) MUST_USE;
enum err channel_http_new(struct arena *a, const struct gateway *g, struct channel **ret,
                          const char **ret_message) MUST_USE;
/* What a gateway posts to us. The address of the hook ends in a token that only the gateway knows. */
struct gateway_request {
    const char *path_token;
    const char *content_type;
    const char *(*header)(void *user, const char *name); /* NULL when it is not there */
    void *user;
    struct bytes body;
};
/* Whether this gateway takes messages in at all. */
bool gateway_has_inbound(const struct gateway *g);
/* ERR_AUTH unless both the token and the signature (where there is one) are right. */
enum err gateway_inbound_check(struct cx *cx, const struct gateway *g,
                               const struct gateway_request *r) MUST_USE;
/* Pure. ERR_BAD when the body is of no form we know; no events is fine. */
enum err gateway_inbound_parse(struct cx *cx, const struct gateway *g,
                               const struct gateway_request *r, struct inbound_event **ret,
                               size_t *ret_count) MUST_USE;
/* The body as it may be stored: without the members that inbound.redact names. */
struct bytes gateway_inbound_redact(struct cx *cx, const struct gateway *g,
                                    const struct gateway_request *r);

/* Telegram bot. `to` is the person's chat id; provider_id is "chat:message". */
struct channel_telegram_options {
    const char *api_base; /* NULL: https://api.telegram.org; http only for loopback */
    const char *token_file;
    bool loopback_only;
    long connect_timeout_ms, total_timeout_ms;
};
enum err channel_telegram_new(struct arena *a, const struct channel_telegram_options *o,
                              struct channel **ret, const char **ret_message) MUST_USE;
/* The bot beside the channel: for the thread that takes answers in. One thread at a time. */
struct telegram_bot;
enum err telegram_bot_new(struct arena *a, const struct channel_telegram_options *o,
                          struct telegram_bot **ret, const char **ret_message) MUST_USE;
void telegram_bot_free(struct telegram_bot *bot);
void telegram_bot_set_cancel(struct telegram_bot *bot, const atomic_bool *cancel);
/* A short note over the keyboard of the person who tapped; ends the waiting sign. */
enum err telegram_answer_callback(struct telegram_bot *bot, struct cx *cx, const char *callback_id,
                                  const char *text) MUST_USE;
/* Another text in place of a message of ours, and its buttons gone. A message that reads so already is
 * fine. */
enum err telegram_edit(struct telegram_bot *bot, struct cx *cx, const char *provider_id,
                       const char *text) MUST_USE;
/* A plain message to a person: the answer to what he wrote. */
enum err telegram_say(struct telegram_bot *bot, struct cx *cx, const char *chat_id,
                      const char *text) MUST_USE;
/* Waits up to wait_s for updates: for an office without a public address. `*offset` moves on past what
 * is returned: store the events first, call again then. ERR_BUSY: try later (*ret_wait_ms says when);
 * ERR_DENIED: the token is refused; ERR_CONFLICT: a webhook is set, or another program polls. */
enum err telegram_get_updates(struct telegram_bot *bot, struct cx *cx, int64_t *offset, int wait_s,
                              struct inbound_event **ret, size_t *ret_count,
                              int64_t *ret_wait_ms) MUST_USE;
/* `header` is X-Telegram-Bot-Api-Secret-Token. An empty secret accepts nobody. */
bool telegram_webhook_valid(const char *header, const char *secret);
/* The body of a webhook: one update. Pure. What is not for us gives no event. */
enum err telegram_webhook_parse(struct cx *cx, struct bytes body, struct inbound_event *ret,
                                bool *ret_found) MUST_USE;

/* Mail. `to` is an address. */
struct channel_mail_options {
    const char *server; /* smtp://host:587 (STARTTLS) or smtps://host:465 */
    const char *from;   /* bukutamu@kantor.example */
    const char *from_name;
    const char *username; /* NULL: no login */
    const char *password_file;
    const char *ca_file;  /* NULL: the system's */
    bool tls_on_loopback; /* STARTTLS there too */
    bool loopback_only;   /* demo */
    long connect_timeout_ms, total_timeout_ms;
};
enum err channel_mail_new(struct arena *a, const struct channel_mail_options *o,
                          struct channel **ret, const char **ret_message) MUST_USE;

/* Web Push. `to` is the subscription as the browser gives it: {"endpoint","keys":{"p256dh","auth"}}. */
struct channel_webpush_options {
    const char *key_file;   /* made by webpush_key_make() */
    const char *contact;    /* mailto:admin@kantor.example, or https://… */
    const char *title;      /* "Buku Tamu" */
    int64_t ttl_s;          /* 0: 10 min */
    bool loopback_endpoint; /* a push service on this machine: tests */
    bool loopback_only;     /* demo */
    long connect_timeout_ms, total_timeout_ms;
};
enum err channel_webpush_new(struct arena *a, const struct channel_webpush_options *o,
                             struct channel **ret, const char **ret_message) MUST_USE;
/* At set-up: makes the server's key as a file (0400). An existing file is ERR_CONFLICT and stays. */
enum err webpush_key_make(const char *key_file) MUST_USE;
/* The applicationServerKey for the page; NULL when the file holds no key. */
char *webpush_public_key(struct arena *a, const char *key_file);
/* Whether a browser's subscription is one we would send to. */
bool webpush_subscription_valid(struct cx *cx, const char *subscription, bool loopback_endpoint);

#endif

/* A gateway's configuration, read and checked; shared by the four channel_http*.c. */
#ifndef BT_LIB_OUTBOX_CHANNEL_HTTP_CONFIG_H
#define BT_LIB_OUTBOX_CHANNEL_HTTP_CONFIG_H

#include "lib/json/json.h"
#include "lib/outbox/channel.h"
#include "lib/outbox/http_send.h"

enum { GATEWAY_PAIRS_MAX = 32 };

struct gateway_pair {
    const char *name, *value;
};
struct gateway_pairs {
    struct gateway_pair list[GATEWAY_PAIRS_MAX];
    size_t n;
};

enum gateway_body { GATEWAY_JSON, GATEWAY_FORM, GATEWAY_MULTIPART };
enum gateway_signature {
    GATEWAY_SIG_NONE,
    GATEWAY_SIG_SHA256_HEX,
    GATEWAY_SIG_SHA512_HEX,
    GATEWAY_SIG_HEADER_EQUALS,
};

/* Every pointer is RFC 6901, or NULL. */
struct gateway_inbound {
    const char *token; /* "${secret:name}": end of the hook's path */
    enum gateway_signature signature;
    const char *signature_header, *signature_prefix; /* X-Hub-Signature-256, "sha256=" */
    const char *secret;                              /* "${secret:name}" */
    const char *event, *event_is;                    /* where its kind is said; that of a message */
    const char *id, *from, *text, *reply_to;
    const char *skip;       /* true there: our own message come back */
    const char *skip_match; /* in the sender: "@g.us|@newsletter" */
    const char *redact;     /* pointers between spaces */
    const char *status_is, *status_id, *status_value;
};

struct gateway {
    struct http_url url;
    const char *url_text, *method, *ca_file;
    bool allow_private, loopback_only;
    enum gateway_body body;
    struct gateway_pairs headers, fields, templates, statuses; /* the last two map names */
    const char *json_text;
    json_t *json; /* the template as a tree: values are filled into its strings only */
    const char *to_format;
    int64_t ok_from, ok_to;
    const char *ok_pointer, *ok_equals, *id_pointer;
    const char *err_pointer, *err_retry, *err_stop, *err_recipient;
    long connect_ms, total_ms;
    int64_t gap_ms, recipient_gap_ms;
    const char *secrets_dir;
    const char *secrets[GATEWAY_PAIRS_MAX]; /* paths, each once */
    size_t secret_count;
    struct gateway_inbound in;
};

/* The value of a name; NULL when it is not there. */
const char *gateway_pair_find(const struct gateway_pairs *pairs, const char *name);
/* What stands between ${ and }: a secret, plain or in base64 ("secret64:"), added to `out`. False when
 * its file cannot be read. */
bool gateway_secret_add(const char *secrets_dir, const char *name, size_t n, struct buf *out);
/* A text in which only secrets are filled in. False when one cannot be read. */
bool gateway_secrets_fill(const struct gateway *g, const char *text, struct buf *out);
/* Tells whether one of its secret files was replaced. */
uint64_t gateway_secrets_mark(const struct gateway *g);
/* One of the words between | stands in the text, whatever the case. */
bool gateway_match(const char *words, const char *text);
/* RFC 6901; NULL when nothing is there. "" is the whole. */
json_t *json_at(json_t *root, const char *pointer);
/* A value as text: a string itself, numbers and booleans in JSON's words, of a list its first. */
const char *json_as_text(struct arena *a, const json_t *value);

/* The body of one message (channel_http_body.c). ERR_INVALID with the fault's code: "recipient",
 * "template", "text", "secret". */
struct gateway_content {
    struct buf body;
    const char *type; /* Content-Type */
};
enum err gateway_body_write(struct cx *cx, const struct gateway *g, const struct outbox_message *m,
                            struct gateway_content *ret, const char **ret_fault) MUST_USE;
/* Whether {{name}} is one we know. */
bool gateway_placeholder_known(const char *name, size_t n);

#endif

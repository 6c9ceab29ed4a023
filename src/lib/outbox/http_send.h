/* One HTTP request to the outside, blocking on the calling thread, by the rules every channel keeps:
 * TLS verified, no redirects, no body sent twice by curl itself, an answer of at most 64 KiB, a
 * deadline, and the address looked at after the name was resolved. */
#ifndef BT_LIB_OUTBOX_HTTP_SEND_H
#define BT_LIB_OUTBOX_HTTP_SEND_H

#include <stdatomic.h>

#include "lib/base/cx.h"
#include "lib/base/str.h"
#include "lib/outbox/outbox.h"

struct sockaddr;

/* What an address is made of. */
struct http_url {
    const char *text;
    const char *origin; /* scheme://host[:port], as VAPID wants it */
    const char *host;
    long port;
    bool http;     /* not https */
    bool loopback; /* by name: localhost, 127.…, [::1] */
    bool query;
};
/* False when `text` is no http(s) address, or one with a user, a password or a fragment. */
bool http_url_read(struct arena *a, const char *text, struct http_url *ret);

/* Where a request may go once its name is resolved. A loopback address written as such is always
 * reached, and never leaves this machine. */
enum http_reach {
    HTTP_ANYWHERE, /* https to the place the operator named; goes through the office's proxy */
    HTTP_PUBLIC,   /* https to public addresses only */
    HTTP_PRIVATE,  /* https to anywhere, http to private addresses only */
};
/* Whether the form of the address suits: http for loopback, and for HTTP_PRIVATE. */
bool http_url_allowed(const struct http_url *url, enum http_reach reach);
/* Whether a resolved address suits; the rule curl is held to, here for tests. */
bool http_address_allowed(const struct sockaddr *address, const struct http_url *url,
                          enum http_reach reach);

struct http_request {
    const struct http_url *url;
    enum http_reach reach;
    const char *method;         /* NULL: POST */
    const char *const *headers; /* whole lines, NULL-ended; curl's copies are wiped */
    struct bytes body;
    const char *ca_file;     /* NULL: the system's */
    long connect_timeout_ms; /* 0: 3 s */
    long total_timeout_ms;   /* 0: 10 s */
    const atomic_bool *cancel;
};

/* How far it came. What matters to a message is whether the other side can have read it. */
enum http_fate {
    HTTP_ANSWERED,  /* status and body are there */
    HTTP_NOT_SENT,  /* nothing of the body left the house: may simply be repeated */
    HTTP_UNKNOWN,   /* the body left, no answer came */
    HTTP_UNTRUSTED, /* the certificate is not the right one */
    HTTP_FORBIDDEN, /* the name leads to an address that this request may not reach */
};
struct http_answer {
    enum http_fate fate;
    bool timeout;
    long status;
    struct buf body;        /* at most 64 KiB; `full` when there was more */
    int64_t retry_after_ms; /* of Retry-After, at most an hour; 0 when it is not said */
};

struct http_sender; /* a connection pool of one thread */
/* NULL when curl gives none. */
struct http_sender *http_sender_new(struct arena *a);
void http_sender_free(struct http_sender *s);
void http_send(struct http_sender *s, struct cx *cx, const struct http_request *r,
               struct http_answer *ret);
/* A header of the last answer; NULL when it is not there. Until the next request. */
const char *http_answer_header(struct http_sender *s, const char *name);

/* What the desk reads when no answer came, in the words of one channel. */
struct http_words {
    const char *silent;      /* the outcome is unknown */
    const char *unreachable; /* sent again by itself */
    const char *untrusted;   /* the channel stops */
    const char *forbidden;   /* the channel stops */
};
/* True when there is no answer; *ret then says what that means. */
bool http_no_answer(const struct http_answer *answer, const struct http_words *words,
                    struct outbox_result *ret);

/* A secret of one line from a file, white space around it dropped: printable ASCII without spaces, so
 * that it can stand in a header. False when there is none; `secret` is wiped then. */
bool secret_read(const char *path, char *secret, size_t bytes);

/* What tells two states of a file apart without reading it, added to `mark`; a missing file has one,
 * too. For channel.renewed: was the secret that was refused replaced? */
uint64_t file_mark(uint64_t mark, const char *path);

/* curl, started once for the process: for those that use it by themselves. */
void curl_start_once(void);

enum {
    HTTP_CONNECT_TIMEOUT_MS = 3000,
    HTTP_TOTAL_TIMEOUT_MS = 10000,
    HTTP_RESPONSE_MAX_BYTES = 64 * 1024,
    SECRET_MAX_BYTES = 4096,
};

#endif

/* The first parameter everywhere: what a piece of work needs, and nothing global.
 * Pointers to services are opaque here; each is defined by the library of its name. */
#ifndef BT_BASE_CX_H
#define BT_BASE_CX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/rand.h"

struct db;         /* lib/db: the database (readers, writer queue) */
struct db_conn;    /* lib/db: a place where SQL runs */
struct seal;       /* lib/seal: keys */
struct media;      /* lib/media: the sandboxed decoder */
struct outbox;     /* lib/outbox: the sending thread, to be woken after a commit */
struct sse_hub;    /* lib/http: open live streams */
struct pieces;     /* lib/base/piece.h: rendered parts of pages; NULL: none are kept */
struct settings;   /* lib/base/settings.h: what the operator set */
struct http_extra; /* lib/http: what the server keeps about this request (CSRF), NULL outside one */

enum lang { LANG_ID, LANG_EN };

/* Marks a text for translation without translating it here: the msgid is Indonesian. */
#define T(text) (text)

enum actor_kind {
    ACTOR_NONE,   /* nobody is logged in */
    ACTOR_USER,   /* a person, by session cookie */
    ACTOR_TOKEN,  /* a machine, by bearer token, acting as a person's account */
    ACTOR_SYSTEM, /* the program itself: timers, webhooks, commands */
};

struct actor {
    enum actor_kind kind;
    char id[UUID_TEXT_BYTES];         /* staff id; "" for none and system */
    char session_id[UUID_TEXT_BYTES]; /* public id of the session or token row; "" otherwise */
    char office_id[UUID_TEXT_BYTES];
    uint32_t roles;   /* bits; their meaning belongs to features/staff */
    bool key_trusted; /* somebody vouches for this person's key; see features/staff */
    const char *name;
    const char *username;
    const char *office_name; /* NULL when it was not looked up */
};

/* What the person's own key opens: present only inside a logged-in person's request. */
struct unlocked_key {
    bool present;
    uint8_t public_key[32];
    uint8_t secret_key[32];
};

struct field_error {
    struct field_error *next;
    const char *field;   /* as in the request: "phone", "items.0.kind" */
    const char *code;    /* stable English: "too_short" */
    const char *message; /* translated sentence that says what to do */
};

struct diag {
    const char *code;    /* stable English code of the refusal: "badge_out" */
    const char *message; /* translated sentence for people; NULL: the general one of the err */
    const char *ref;     /* id of the thing in the way (the open visit, the holder), or NULL */
    struct field_error *fields;
    struct field_error *last_field;
    size_t field_count;
    char detail[256]; /* for the log only */
};

/* Told when a piece of work begins and ends to wait for something that needs no processor. */
struct waiter {
    void (*fn)(void *arg, bool begins); /* NULL: nobody wants to know */
    void *arg;
};

struct cx {
    struct arena *arena; /* everything allocated for this request; reset at its end */
    struct db *db;
    struct db_conn *read; /* this worker's reading connection */
    struct seal *seal;
    struct media *media;
    struct outbox *outbox;
    struct sse_hub *sse;
    struct pieces *pieces;
    const struct settings *settings;
    const char *data_dir; /* where keys and sealed files are kept */
    struct http_extra *http;
    struct actor actor;
    /* Number of the office's newest audit entry when the actor was looked up, 0 when it was not: every
     * change has an entry of its own, so equal numbers mean equal data. */
    int64_t seen_seq;
    struct unlocked_key key;
    int64_t now_ms;
    int offset_min; /* of the actor's office; 420 until known */
    enum lang lang;
    const char *(*translate)(enum lang lang, const char *msgid);
    struct waiter waiter;
    struct diag diag;
    char request_id[UUID_TEXT_BYTES];
};

/* Around a wait for a commit, another process or another thread: others may run meanwhile. */
static inline void cx_wait(struct cx *cx, bool begins)
{
    if (cx->waiter.fn)
        cx->waiter.fn(cx->waiter.arg, begins);
}

/* Records why the request is refused and returns `e`, so that a check reads
 * `return cx_fail(cx, ERR_CONFLICT, "badge_out", T("Tanda pengenal %s masih dipakai."), label);`
 * The format is a msgid: it is translated before it is filled in. */
enum err cx_fail(struct cx *cx, enum err e, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Adds a field error; collect all of them, then `return cx_fields(cx)`. */
void cx_field(struct cx *cx, const char *field, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* ERR_INVALID when field errors were added, else ERR_OK. */
enum err cx_fields(struct cx *cx);
/* Detail for the log line (never for people). Returns `e`. */
enum err cx_detail(struct cx *cx, enum err e, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Why a rule says no. Rules and transactions have no cx; they leave this in their result, and the
 * handler hands it to cx_refuse(). `msgid` may hold one %s, filled by `arg`. */
struct refusal {
    enum err err; /* ERR_OK: nothing is refused */
    const char *code;
    const char *msgid;
    const char *arg;
    const char *ref;   /* id of the thing in the way, or NULL */
    const char *field; /* also a field error of this field, or NULL */
};
/* Returns r->err, with its sentence in cx->diag. */
enum err cx_refuse(struct cx *cx, const struct refusal *r);
/* The text in the language of this request. */
const char *cx_t(const struct cx *cx, const char *msgid);
/* A new time-ordered id (UUIDv7) as text in the arena. For everything but complaints. */
const char *cx_new_id(const struct cx *cx);
/* A translated format, filled in; in the arena. */
char *cx_printf(const struct cx *cx, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif

/* Results: every function that can fail returns one of these ten. Each is mapped once, in
 * lib/http, to a status and a translated page; the detail goes to cx->diag where it happens. */
#ifndef BT_BASE_ERR_H
#define BT_BASE_ERR_H

enum err {
    ERR_OK = 0,
    ERR_BAD,      /* 400: the request is malformed */
    ERR_AUTH,     /* 401: nobody is logged in, or the credential is wrong */
    ERR_DENIED,   /* 403: this actor may not do this */
    ERR_MISSING,  /* 404: no such thing (or not visible to this actor) */
    ERR_CONFLICT, /* 409: the state does not allow it */
    ERR_INVALID,  /* 422: fields are wrong; cx->diag.fields names them */
    ERR_LIMIT,    /* 429: too many, too fast */
    ERR_BUSY,     /* 503: try again later (queue full, disk full, database locked) */
    ERR_INTERNAL, /* 500: ours */
};

#define MUST_USE __attribute__((warn_unused_result))

/* Early return on failure. */
#define TRY(expression)                                                                            \
    do {                                                                                           \
        enum err try_err_ = (expression);                                                          \
        if (try_err_ != ERR_OK)                                                                    \
            return try_err_;                                                                       \
    } while (0)

/* Short lower-case name for logs: "ok", "conflict", … Never NULL. */
const char *err_name(enum err e);

#endif

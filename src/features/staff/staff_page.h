/* What the pages of this feature show: filled by session_web.c and staff_web.c, written by session.tmpl and
 * staff.tmpl. */
#ifndef BT_STAFF_PAGE_H
#define BT_STAFF_PAGE_H

#include "features/staff/staff.h"

struct login_view {
    const char *username; /* as typed */
    const char *next;     /* where to go then, or NULL */
    bool insecure;        /* plain http on a name that is not local: the cookie cannot be kept */
};

struct session_row {
    const char *id, *since, *seen; /* times as people read them */
    bool this_one;
};

struct account_view {
    const struct staff *person;
    const char *roles; /* names for people, with commas */
    const struct session_row *sessions;
    size_t session_count;
    bool changed; /* the password has just been changed */
};

struct staff_row {
    const char *id, *name, *username, *title, *roles, *phone; /* phone masked, "" for none */
    bool disabled, key_waits;
};

/* What stands in the fields: of the account, or as typed. */
struct staff_typed {
    const char *username, *name, *title, *rank, *nip, *section, *phone;
    uint32_t roles;
};

/* Leaders' keys: whom complaints are sealed for. */
struct key_row {
    const char *id, *name, *username, *roles, *fingerprint;
    const char *since, *by; /* trusted since when and by whom; since NULL: it waits */
    bool asked;             /* its form was refused just now: the error belongs to it */
};
struct key_view {
    const struct key_row *rows;
    size_t count, waiting;
    bool may_trust;    /* the person's own key is trusted */
    int64_t shut;      /* complaints sealed for an older key of this person */
    const char *drill; /* when the drill of the recovery sheet is due, once that is near; else NULL */
    const char *username;
};

struct staff_list_view {
    const struct staff_row *rows;
    size_t count;
    const char *next; /* path of the next page, or NULL */
    struct staff_typed form;
    bool form_open;
};

struct staff_one_view {
    const char *id, *username, *name;
    struct staff_typed form;
    bool disabled, own;
    bool key_waits;             /* a leader whose key nobody has trusted yet */
    bool reads_complaints;      /* holds a post whose complaints would stay shut */
    const char *doubtful_since; /* WhatsApp cannot deliver to his number; NULL: it can */
};

#endif

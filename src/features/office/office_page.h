/* What the pages of this feature show: filled by office_web*.c, written by office.tmpl. */
#ifndef BT_OFFICE_PAGE_H
#define BT_OFFICE_PAGE_H

#include "features/office/office.h"

struct pool_item {
    const char *id, *label, *state, *since; /* since: "09.41", NULL when nothing holds it */
    const char *kind;
    const char *visit; /* path of the holder, NULL when it is not shown */
};

struct pool_view {
    const char *path, *title, *lead, *add_title, *held; /* msgids; path "/loker" */
    const char *label_hint;
    const struct pool_item *items;
    size_t count;
    const char *next; /* path of the next page, or NULL */
    int64_t ready, out, lost, retired;
    bool may_write, range, kinds, losable, printable;
    bool holds;                      /* guests hold these, or they hold what guests left */
    const char *label, *last, *kind; /* as typed in a refused form */
    bool form_open;
};

struct policy_view {
    const char *name, *parent_name, *address, *phone, *ask_head, *limit_s, *head_silence_s;
    bool notice_name, recovery_confirmed;
    const char *drill; /* when the drill of the recovery sheet is due, once that is near; else NULL */
    const char *code, *zone;
    bool saved;
};

/* A printable label: the badge's name and its QR code as the `d` of an SVG path. */
struct label_view {
    const char *label, *path;
    int64_t modules; /* side of the code, with its quiet zone */
};
struct label_sheet {
    const struct label_view *labels;
    size_t count;
};

#endif

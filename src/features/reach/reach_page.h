/* What the pages of this feature show: filled by reach_web_page.c and reach_web_duty.c, written by reach.tmpl. */
#ifndef BT_REACH_PAGE_H
#define BT_REACH_PAGE_H

#include "features/reach/reach.h"
#include "lib/html/widgets.h"

struct reach_channel_row {
    const char *id, *label, *address; /* label: msgid; address: masked */
    bool verified, first;
};
struct stand_in_row {
    const char *id, *kind, *deputy, *period; /* kind: msgid */
};
struct reach_typed {
    const char *channel, *address, *quiet_from, *quiet_until, *kind, *deputy, *from, *until;
};
struct reach_person_view {
    const char *id, *name, *path;
    const struct reach_channel_row *channels;
    size_t channel_count;
    const char *phone; /* of the account, masked, or NULL */
    const struct stand_in_row *stand_ins;
    size_t stand_in_count;
    const struct option *addable; /* channels that can be typed in */
    const struct option *people;  /* everybody else */
    struct reach_typed typed;
    bool done;
};

#define DUTY_POSTS 4
#define DUTY_OFFICIALS                                                                             \
    2 /* the first posts are officials, the others staff the counter: a form each */
struct duty_cell {
    const char *name, *day, *post; /* name: of the three inputs, "duties.3" */
    const char *staff_id, *staff_name;
    const struct option *holders;
    const char *label; /* for people who hear the page */
};
struct duty_day {
    const char *label; /* "Senin, 23 November 2026" */
    bool today;
    struct duty_cell cells[DUTY_POSTS];
};
struct duty_view {
    struct duty_day days[7];
    const char *posts[DUTY_POSTS]; /* msgids */
    const char *week, *before, *after, *label;
    bool may_write, done;
    const char **warnings; /* who staffs the counter from today on without what the standard asks */
    size_t warning_count;
};

#endif

/* The rules of who and when, over what the store has read. Pure. */
#ifndef BT_REACH_RULES_H
#define BT_REACH_RULES_H

#include <stdbool.h>

#include "features/reach/reach.h"

/* What is known when a post must be asked; stand-ins are those in force, their deputies active accounts. */
struct reach_facts {
    uint32_t role;
    const char *duty_id;   /* on duty today, NULL when the calendar names nobody */
    const char *holder_id; /* the account of the post, NULL when there is none */
    const struct stand_in *rows;
    size_t count;
};
/* False when nobody holds the post. */
bool reach_pick(const struct reach_facts *f, struct reach_who *ret);
bool reach_is_away(const struct stand_in *rows, size_t count, const char *staff_id);
/* Fills ret (room for `count`) with those who stand in for a person. Returns how many. */
size_t reach_deputies_of(const struct stand_in *rows, size_t count, const char *staff_id,
                         const char **ret);
/* Is this minute of the day within quiet hours, which may run over midnight? */
bool reach_is_quiet(const struct quiet_hours *q, int64_t minute);
/* Makes this channel a noise? Mail does not. */
bool reach_is_noisy(const char *channel);
/* The channels of these (in order) that may be used: in quiet hours the silent ones, else the first. Moves
 * them to the front and returns how many. */
size_t reach_allowed(const char **channels, size_t count, bool quiet);

#endif

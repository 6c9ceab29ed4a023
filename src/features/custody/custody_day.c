/* Rules of the end of the day: what should be there, what differs, what was explained. Pure. */
#include "features/custody/custody_store.h"

#include "lib/base/str.h"

#include "lib/base/banned.h"

struct custody_counted custody_expected(const struct custody_day *day)
{
    return (struct custody_counted){
        .badges = day->pool - (int64_t)day->badge_count,
        .cards = (int64_t)day->card_count,
        .devices = (int64_t)day->device_count,
    };
}

const struct custody_explained *custody_explanation(const struct custody_explained *list,
                                                    size_t count, const char *subject)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].subject, subject) && !str_empty(list[i].reason))
            return &list[i];
    return NULL;
}

struct subjects {
    const char **list;
    size_t count, max;
};

static void subject_add(struct subjects *s, const char *subject)
{
    if (s->count < s->max)
        s->list[s->count] = subject;
    s->count++;
}

size_t custody_differences(const struct custody_day *day, const struct custody_counted *counted,
                           const char **ret, size_t max)
{
    struct subjects s = {.list = ret, .max = max};
    struct custody_counted expected = custody_expected(day);
    if (counted->badges != expected.badges)
        subject_add(&s, "badges");
    if (counted->cards != expected.cards)
        subject_add(&s, "cards");
    if (counted->devices != expected.devices)
        subject_add(&s, "devices");
    for (size_t i = 0; i < day->visit_count; i++)
        subject_add(&s, day->visits[i].id);
    return s.count;
}

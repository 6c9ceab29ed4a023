/* Rules of who is asked and what may make a noise. Pure. See reach_rules.h. */
#include "features/reach/reach_rules.h"

#include "lib/base/str.h"
#include "lib/base/banned.h"

const char *const reach_channel_names[REACH_CHANNELS + 1] = {"whatsapp", "gateway", "telegram",
                                                             "mail",     "webpush", NULL};

const char *reach_channel_label(const char *channel)
{
    static const char *const labels[REACH_CHANNELS] = {
        T("WhatsApp"), T("Gerbang WhatsApp"), T("Telegram"), T("Surel"), T("Notifikasi HP")};
    for (size_t i = 0; i < REACH_CHANNELS; i++) {
        if (str_eq(reach_channel_names[i], channel))
            return labels[i];
    }
    return channel ? channel : "";
}

/* --- who --------------------------------------------------------------------------------------------- */

bool reach_is_away(const struct stand_in *rows, size_t count, const char *staff_id)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(rows[i].kind, "away") && str_eq(rows[i].staff_id, staff_id))
            return true;
    }
    return false;
}

static bool listed(const char *const *list, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(list[i], id))
            return true;
    }
    return false;
}

static size_t add_of_kind(const struct reach_facts *f, const char *kind, const char *staff_id,
                          const char **list, size_t n)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct stand_in *s = &f->rows[i];
        bool wanted = str_eq(s->kind, kind) && str_eq(s->staff_id, staff_id) &&
                      !str_eq(s->deputy_id, staff_id) && !listed(list, n, s->deputy_id) &&
                      !reach_is_away(f->rows, f->count, s->deputy_id);
        if (wanted)
            list[n++] = s->deputy_id;
    }
    return n;
}

size_t reach_deputies_of(const struct stand_in *rows, size_t count, const char *staff_id,
                         const char **ret)
{
    const struct reach_facts f = {.rows = rows, .count = count};
    size_t n = add_of_kind(&f, "away", staff_id, ret, 0);
    return add_of_kind(&f, "deputy", staff_id, ret, n);
}

/* The acting holder: the one whose period began last. */
static const struct stand_in *acting(const struct reach_facts *f)
{
    const struct stand_in *found = NULL;
    for (size_t i = 0; i < f->count; i++) {
        const struct stand_in *s = &f->rows[i];
        bool acts = (str_eq(s->kind, "plt") || str_eq(s->kind, "plh")) &&
                    ((uint64_t)s->replaced_roles & f->role) != 0;
        if (acts && (!found || s->from_at > found->from_at))
            found = s;
    }
    return found;
}

/* The first who stands in for this person, NULL when there is none. */
static const char *first_deputy(const struct reach_facts *f, const char *staff_id)
{
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < f->count; i++) {
            const struct stand_in *s = &f->rows[i];
            if (str_eq(s->kind, pass == 0 ? "away" : "deputy") && str_eq(s->staff_id, staff_id) &&
                !str_eq(s->deputy_id, staff_id) && !reach_is_away(f->rows, f->count, s->deputy_id))
                return s->deputy_id;
        }
    }
    return NULL;
}

bool reach_pick(const struct reach_facts *f, struct reach_who *ret)
{
    const struct stand_in *acts = acting(f);
    struct reach_who who = {.staff_id = f->holder_id, .why = "post"};
    if (f->duty_id)
        who = (struct reach_who){.staff_id = f->duty_id, .why = "duty"};
    else if (acts)
        who = (struct reach_who){.staff_id = acts->deputy_id, .why = acts->kind};
    if (!who.staff_id)
        return false;
    who.for_id = who.staff_id;
    const char *deputy = reach_is_away(f->rows, f->count, who.staff_id)
                             ? first_deputy(f, who.staff_id)
                             : NULL;
    if (deputy) {
        who.staff_id = deputy;
        who.why = "deputy";
    }
    *ret = who;
    return true;
}

/* --- when -------------------------------------------------------------------------------------------- */

bool reach_is_quiet(const struct quiet_hours *q, int64_t minute)
{
    if (q->from_min == q->until_min)
        return false;
    if (q->from_min < q->until_min)
        return minute >= q->from_min && minute < q->until_min;
    return minute >= q->from_min || minute < q->until_min;
}

bool reach_is_noisy(const char *channel)
{
    return !str_eq(channel, "mail");
}

size_t reach_allowed(const char **channels, size_t count, bool quiet)
{
    if (!quiet || count <= 1)
        return count;
    size_t silent = 0;
    for (size_t i = 0; i < count; i++) {
        if (!reach_is_noisy(channels[i]))
            channels[silent++] = channels[i];
    }
    return silent ? silent : 1;
}

/* Who is asked now and at which address: reads what the store has, applies the rules, opens addresses. */
#include "features/reach/reach_rules.h"

#include "features/reach/reach_store.h"
#include "features/staff/staff.h"
#include "lib/base/settings.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

#define MINUTE_MS INT64_C(60000)

const char *reach_any_channel(const struct cx *cx)
{
    for (size_t i = 0; i < REACH_CHANNELS; i++) {
        if (settings_channel_ready(cx->settings, reach_channel_names[i]))
            return reach_channel_names[i];
    }
    return NULL;
}

/* --- who --------------------------------------------------------------------------------------------- */

static const char *today(const struct cx *cx)
{
    struct civil c = time_civil(cx->now_ms, cx->offset_min);
    return arena_printf(cx->arena, "%04d-%02d-%02d", c.year, c.month, c.day);
}

/* Who is asked for a post, given the stand-ins in force. *ret_holder gets the account of the post where it
 * was read. */
static enum err pick_post(struct cx *cx, const char *office_id, struct reach_facts *f,
                          struct reach_who *ret, struct staff *ret_holder)
{
    TRY(reach_on_duty(cx->read, office_id, today(cx), f->role, &f->duty_id));
    f->holder_id = NULL;
    struct staff s = {0};
    enum err e = f->duty_id ? ERR_MISSING : staff_of_post(cx->read, office_id, f->role, &s);
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    if (e == ERR_OK)
        f->holder_id = s.id;
    if (!reach_pick(f, ret))
        return ERR_MISSING;
    *ret_holder = s;
    return ERR_OK;
}

static enum err read_in_force(struct cx *cx, const char *office_id, struct reach_facts *ret)
{
    struct stand_in *rows = NULL;
    TRY(reach_in_force(cx->read, office_id, cx->now_ms, &rows, &ret->count));
    ret->rows = rows;
    return ERR_OK;
}

enum err reach_of_post(struct cx *cx, const char *office_id, uint32_t role, struct reach_who *ret)
{
    struct reach_facts f = {.role = role};
    struct staff holder = {0};
    TRY(read_in_force(cx, office_id, &f));
    return pick_post(cx, office_id, &f, ret, &holder);
}

enum err reach_holder(struct cx *cx, const char *office_id, uint32_t role, struct staff *ret)
{
    struct reach_facts f = {.role = role};
    struct reach_who who = {0};
    struct staff holder = {0};
    TRY(read_in_force(cx, office_id, &f));
    TRY(pick_post(cx, office_id, &f, &who, &holder));
    if (!str_eq(holder.id, who.staff_id))
        return staff_get(cx->read, office_id, who.staff_id, ret);
    *ret = holder;
    return ERR_OK;
}

enum err reach_deputies(struct cx *cx, const char *office_id, const char *staff_id,
                        const char ***ret, size_t *ret_count)
{
    struct reach_facts f = {0};
    TRY(read_in_force(cx, office_id, &f));
    const char **list = ARENA_ARRAY(cx->arena, f.count + 1, const char *);
    *ret_count = reach_deputies_of(f.rows, f.count, staff_id, list);
    *ret = list;
    return ERR_OK;
}

enum err reach_posts(struct cx *cx, const char *office_id, const char *staff_id, uint32_t roles,
                     uint32_t *ret)
{
    static const uint32_t posts[] = {ROLE_INTEL_CHIEF, ROLE_OFFICE_HEAD};
    struct reach_facts f = {0};
    TRY(read_in_force(cx, office_id, &f));
    uint32_t all = roles & ROLE_OFFICIALS;
    for (size_t i = 0; i < ARRAY_LEN(posts); i++) {
        struct reach_who who = {0};
        struct staff holder = {0};
        f.role = posts[i];
        enum err e = all & posts[i] ? ERR_MISSING : pick_post(cx, office_id, &f, &who, &holder);
        if (e != ERR_OK && e != ERR_MISSING)
            return e;
        all |= str_eq(who.staff_id, staff_id) ? posts[i] : 0;
    }
    *ret = all;
    return ERR_OK;
}

/* --- how --------------------------------------------------------------------------------------------- */

struct way {
    const char *channel;
    const struct staff_channel *row; /* NULL: the account's telephone */
};

static bool known(const struct way *ways, size_t count, const char *channel)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(ways[i].channel, channel))
            return true;
    }
    return false;
}

/* His channels that are set up here, in his order, before quiet hours are looked at. */
static enum err ways_of(struct cx *cx, const char *office_id, const struct staff *s,
                        struct way *ret, size_t *ret_count)
{
    struct staff_channel *rows = NULL;
    size_t count = 0;
    *ret_count = 0;
    TRY(reach_rows(cx->read, office_id, s->id, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        bool use = settings_channel_ready(cx->settings, rows[i].channel) &&
                   !known(ret, *ret_count, rows[i].channel) && *ret_count < REACH_CHANNELS;
        if (use)
            ret[(*ret_count)++] = (struct way){rows[i].channel, &rows[i]};
    }
    if (count == 0 && s->phone_sealed.n && settings_whatsapp_ready(cx->settings))
        ret[(*ret_count)++] = (struct way){"whatsapp", NULL};
    return ERR_OK;
}

static enum err quiet_now(struct cx *cx, const char *office_id, const char *staff_id, bool *ret)
{
    struct quiet_hours q = {0};
    enum err e = reach_quiet_get(cx->read, office_id, staff_id, &q);
    int64_t minute = (cx->now_ms - time_day_start(cx->now_ms, cx->offset_min)) / MINUTE_MS;
    *ret = e == ERR_OK && reach_is_quiet(&q, minute);
    return e == ERR_MISSING ? ERR_OK : e;
}

enum err reach_channels_named(struct cx *cx, const char *office_id, const char *staff_id,
                              const char ***ret, size_t *ret_count)
{
    struct staff s = {0};
    TRY(staff_get(cx->read, office_id, staff_id, &s));
    return reach_channels_of(cx, office_id, &s, ret, ret_count);
}

enum err reach_channels_of(struct cx *cx, const char *office_id, const struct staff *s,
                           const char ***ret, size_t *ret_count)
{
    struct way ways[REACH_CHANNELS] = {{NULL, NULL}};
    size_t count = 0;
    TRY(ways_of(cx, office_id, s, ways, &count));
    const char **names = ARENA_ARRAY(cx->arena, REACH_CHANNELS, const char *);
    for (size_t i = 0; i < count; i++)
        names[i] = ways[i].channel;
    bool quiet = false;
    if (count > 1)
        TRY(quiet_now(cx, office_id, s->id, &quiet));
    *ret_count = reach_allowed(names, count, quiet);
    *ret = names;
    return ERR_OK;
}

static enum err open_way(struct cx *cx, const struct staff *s, const struct way *w, const char **ret)
{
    char *address = NULL;
    if (w->row)
        TRY(seal_field_open(cx->seal, cx->arena, "staff_channel", "address_sealed", w->row->id,
                            w->row->address_sealed, &address));
    else
        TRY(staff_phone(cx, s, &address));
    *ret = address;
    return address ? ERR_OK : ERR_MISSING;
}

enum err reach_address(struct cx *cx, const char *office_id, const char *staff_id,
                       const char *channel, const char **ret)
{
    struct staff s = {0};
    struct way ways[REACH_CHANNELS] = {{NULL, NULL}};
    size_t count = 0;
    TRY(staff_get(cx->read, office_id, staff_id, &s));
    TRY(ways_of(cx, office_id, &s, ways, &count));
    for (size_t i = 0; i < count; i++) {
        if (str_eq(ways[i].channel, channel))
            return open_way(cx, &s, &ways[i], ret);
    }
    return ERR_MISSING;
}

enum err reach_channels(struct cx *cx, const char *office_id, const char *staff_id,
                        struct reach_channel **ret, size_t *ret_count)
{
    const char **names = NULL;
    size_t count = 0;
    TRY(reach_channels_named(cx, office_id, staff_id, &names, &count));
    struct reach_channel *list = ARENA_ARRAY(cx->arena, count + 1, struct reach_channel);
    for (size_t i = 0; i < count; i++) {
        list[i].channel = names[i];
        TRY(reach_address(cx, office_id, staff_id, names[i], &list[i].address));
    }
    *ret = list;
    *ret_count = count;
    return ERR_OK;
}

enum err reach_staff_channels(struct cx *cx, const char *office_id, const char *staff_id,
                              struct staff_channel **ret, size_t *ret_count)
{
    struct staff_channel *rows = NULL;
    size_t count = 0;
    TRY(reach_rows(cx->read, office_id, staff_id, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        char *address = NULL;
        TRY(seal_field_open(cx->seal, cx->arena, "staff_channel", "address_sealed", rows[i].id,
                            rows[i].address_sealed, &address));
        rows[i].address = address;
    }
    *ret = rows;
    *ret_count = count;
    return ERR_OK;
}

enum err reach_by_address(struct cx *cx, const char *office_id, const char *channel,
                          const char *address, const char **ret_staff_id)
{
    struct bytes index = seal_index(cx->seal, cx->arena, "staff_channel", address);
    return index.p ? reach_owner(cx->read, office_id, channel, index, ret_staff_id) : ERR_MISSING;
}

/* Who staffs the counter and lacks what the standard asks: for /kompetensi, for whoever makes the roster, and for the
 * counter itself. */
#include <string.h>

#include "features/reach/reach.h"
#include "features/staff/staff.h"
#include "features/standard/standard.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/banned.h"

#define DAYS_MAX 31

enum err standard_skills(struct cx *cx, struct guideline *ret_guideline, struct skill_facts *ret)
{
    struct skill_facts f = {.reader_count = 0};
    struct guideline g = {.id = NULL};
    struct guideline_reader *readers = NULL;
    struct certificate *certificates = NULL;
    const char *office = cx->actor.office_id;
    enum err e = guideline_current(cx->read, office, &g);
    f.has_guideline = e == ERR_OK;
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    if (f.has_guideline)
        TRY(guideline_readers(cx->read, office, g.id, &readers, &f.reader_count));
    TRY(certificates_list(cx->read, office, &certificates, &f.certificate_count));
    f.readers = readers;
    f.certificates = certificates;
    *ret_guideline = g;
    *ret = f;
    return ERR_OK;
}

static const char *sentence(struct cx *cx, const char *name, const struct skill_gap *g)
{
    struct buf b = buf_new(cx->arena, 128, 1024);
    const char *const parts[] = {g->guideline ? T("pedoman belum dinyatakan dibaca") : NULL,
                                 g->word ? T("sertifikat Word") : NULL,
                                 g->excel ? T("sertifikat Excel") : NULL};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (parts[i])
            buf_printf(&b, "%s%s", b.n ? ", " : "", cx_t(cx, parts[i]));
    }
    return b.n ? cx_printf(cx, T("%s belum lengkap: %s."), name, b.p) : NULL;
}

/* What the search goes by. */
struct search {
    struct skill_facts facts;
    struct staff *people;
    size_t people_count;
    struct duty *duties;
    size_t duty_count;
    struct counter_gaps found;
};

static bool on_duty(const struct search *s, const char *day, const char *person)
{
    for (size_t i = 0; i < s->duty_count; i++) {
        uint32_t post = 0;
        const struct duty *d = &s->duties[i];
        if (str_eq(d->day, day) && staff_role_parse(d->post, &post) && (post & ROLE_DESK) &&
            str_eq(d->staff_id, person))
            return true;
    }
    return false;
}

static void look_at(struct cx *cx, struct search *s, const char *day, bool everybody)
{
    for (size_t i = 0; i < s->people_count; i++) {
        const struct staff *p = &s->people[i];
        bool counter = everybody ? ((uint32_t)p->roles & ROLE_DESK) != 0 : on_duty(s, day, p->id);
        struct skill_gap g = standard_skill_gap(&s->facts, p->id, day);
        const char *text = counter ? sentence(cx, p->name, &g) : NULL;
        if (text)
            s->found.items[s->found.count++] = (struct counter_gap){day, p->id, text};
    }
}

enum err standard_counter_gaps(struct cx *cx, const char *from, const char *until,
                               bool only_recorded, struct counter_gaps *ret)
{
    struct search s = {.people_count = 0};
    struct guideline g;
    struct civil c = {.hour = 12};
    const char *today = time_day_text(cx->arena, cx->now_ms, cx->offset_min), *day = from;
    if (!time_parse_date(from, &c.year, &c.month, &c.day))
        return ERR_INVALID;
    TRY(standard_skills(cx, &g, &s.facts));
    if (only_recorded && !s.facts.has_guideline && s.facts.certificate_count == 0) {
        *ret = s.found;
        return ERR_OK;
    }
    TRY(staff_list(cx->read, cx->actor.office_id, &s.people, &s.people_count));
    TRY(reach_duty_list(cx->read, cx->actor.office_id, from, until, &s.duties, &s.duty_count));
    s.found.items = ARENA_ARRAY(cx->arena, s.people_count * DAYS_MAX + 1, struct counter_gap);
    for (size_t i = 0; i < s.people_count; i++)
        s.found.by_duty = s.found.by_duty || on_duty(&s, today, s.people[i].id);
    int64_t ms = time_from_civil(c, cx->offset_min);
    for (int i = 0; i < DAYS_MAX && strcmp(day, until) <= 0; i++) {
        look_at(cx, &s, day, str_eq(day, today) && !s.found.by_duty);
        ms += (int64_t)24 * 3600 * 1000;
        day = time_day_text(cx->arena, ms, cx->offset_min);
    }
    *ret = s.found;
    return ERR_OK;
}

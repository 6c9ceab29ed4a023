/* The small rules behind widgets.tmpl. */
#include "lib/html/widgets.h"

#include "lib/base/str.h"
#include "lib/base/banned.h"

struct clock_face clock_face(int64_t elapsed_s, int64_t limit_s, bool done)
{
    struct clock_face face = {.done = done};
    int64_t elapsed = elapsed_s > 0 ? elapsed_s : 0;
    int64_t limit = limit_s > 0 ? limit_s : 600;
    bool late = done ? elapsed > limit : elapsed >= limit;

    face.minutes = elapsed / 60;
    face.filled = elapsed >= limit ? 600 : elapsed * 600 / limit;
    if (late) {
        face.state = CLOCK_BAD;
        face.late = (elapsed - limit) / 60;
        return face;
    }
    face.left = limit / 60 - face.minutes;
    face.state = !done && elapsed * 10 >= limit * 7 ? CLOCK_WARN : CLOCK_OK;
    return face;
}

const char *clock_css(enum clock_state state)
{
    static const char *const names[] = {
        [CLOCK_OK] = "ok", [CLOCK_WARN] = "warn", [CLOCK_BAD] = "bad"};
    return names[state];
}

const struct field_error *input_error(const struct html *h, const char *name)
{
    for (const struct field_error *e = h->cx->diag.fields; e; e = e->next)
        if (str_eq(e->field, name))
            return e;
    return NULL;
}

const char *input_described_by(const struct html *h, const struct input *in)
{
    bool wrong = input_error(h, in->name) != NULL;
    if (in->hint && wrong)
        return arena_printf(h->cx->arena, "%s-h %s-e", in->name, in->name);
    if (in->hint || wrong)
        return arena_printf(h->cx->arena, "%s-%c", in->name, wrong ? 'e' : 'h');
    return NULL;
}

size_t option_count(const struct option *options)
{
    size_t n = 0;
    while (options && options[n].value)
        n++;
    return n;
}

const struct option *option_find(const struct option *options, const char *value)
{
    for (const struct option *o = options; o && o->value; o++) {
        if (str_eq(o->value, value))
            return o;
    }
    return NULL;
}

const char *option_label(const struct option *options, const char *value)
{
    const struct option *o = option_find(options, value);
    return o ? o->label : NULL;
}

size_t menu_length(const struct menu_item *menu)
{
    size_t n = 0;
    while (menu && menu[n].path)
        n++;
    return n;
}

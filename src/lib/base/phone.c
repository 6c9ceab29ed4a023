/* Telephone numbers. See phone.h. */
#include "lib/base/phone.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/base/banned.h"

/* Digits of the typed text, a leading + kept; NULL when something else is in it. */
static char *strip(struct arena *a, const char *typed)
{
    char *out = arena_alloc(a, strlen(typed) + 1);
    size_t n = 0;
    for (const char *c = typed; *c; c++) {
        if (strchr(" .-()/\t", *c))
            continue;
        if (*c == '+' && n == 0) {
            out[n++] = '+';
            continue;
        }
        if (*c < '0' || *c > '9')
            return NULL;
        out[n++] = *c;
    }
    return out;
}

static enum phone_fault check_length(const char *digits, size_t min, size_t max)
{
    size_t n = strlen(digits);
    return n < min ? PHONE_SHORT : n > max ? PHONE_LONG : PHONE_OK;
}

enum phone_fault phone_normalise(struct arena *a, const char *typed, char **ret)
{
    const char *s = strip(a, typed);
    if (!s)
        return PHONE_CHARACTERS;
    bool international = *s == '+' || str_starts(s, "00");
    if (*s == '+')
        s++;
    else if (str_starts(s, "00"))
        s += 2;
    const char *national;
    if (international && !str_starts(s, "62")) {
        enum phone_fault fault = check_length(s, 8, 15);
        if (fault == PHONE_OK)
            *ret = arena_printf(a, "+%s", s);
        return fault;
    }
    if (str_starts(s, "62"))
        national = s + 2;
    else if (*s == '0')
        national = s + 1;
    else if (*s == '8')
        national = s;
    else
        return strlen(s) < 9 ? PHONE_SHORT : PHONE_CHARACTERS; /* digits, but no number of ours */
    while (*national == '0')
        national++;
    bool mobile = *national == '8' && national[1] != '4';
    enum phone_fault fault = mobile ? check_length(national, 9, 12) : check_length(national, 7, 11);
    if (fault == PHONE_OK)
        *ret = arena_printf(a, "+62%s", national);
    return fault;
}

char *phone_mask(struct arena *a, const char *e164)
{
    const char *digits = str_starts(e164, "+62") ? e164 + 3 : e164;
    const char *zero = str_starts(e164, "+62") ? "0" : "";
    size_t n = strlen(digits);
    if (n <= 7)
        return arena_strdup(a, "••••");
    size_t shown = n >= 10 ? 4 : 2; /* of a short number, four would leave next to nothing hidden */
    return arena_printf(a, "%s%.3s••••%s", zero, digits, digits + n - shown);
}

char *phone_pretty(struct arena *a, const char *e164)
{
    if (!str_starts(e164, "+62"))
        return arena_strdup(a, e164);
    char *local = arena_printf(a, "0%s", e164 + 3);
    struct buf b = buf_new(a, 32, 64);
    for (size_t i = 0; local[i]; i++) {
        if (i == 4 || i == 8)
            buf_putc(&b, ' ');
        buf_putc(&b, local[i]);
    }
    return b.p;
}

char *phone_dialled(struct arena *a, const char *e164)
{
    bool fixed = str_starts(e164, "+62") && e164[3] != '8';
    return fixed ? arena_printf(a, "0%s", e164 + 3) : phone_pretty(a, e164);
}

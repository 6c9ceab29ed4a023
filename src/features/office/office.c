/* Rules of the office's set-up, pure: labels, ranges of labels, and the words for states. */
#include "features/office/office.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/base/utf8.h"

#include "lib/base/banned.h"

#define LABEL_MAX  40
#define DIGITS_MAX 6

char *office_label(struct arena *a, const char *typed)
{
    return str_upper(a, str_trim(a, str_or(typed, "")));
}

/* Where the digits at the end begin: at most six of them. */
static size_t digits_start(const char *label)
{
    size_t n = strlen(label), start = n;
    while (start > 0 && n - start < DIGITS_MAX && label[start - 1] >= '0' && label[start - 1] <= '9')
        start--;
    return start;
}

bool office_code_ok(const char *code)
{
    size_t n = strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.");
    return n > 0 && code[n] == '\0';
}

int64_t office_label_number(const char *label)
{
    int64_t number = 0;
    return str_to_i64(label + digits_start(label), 0, 999999, &number) ? number : 0;
}

#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)

int64_t office_drill_due(const struct office *o)
{
    if (!o->recovery_confirmed_at)
        return 0;
    int64_t last = o->recovery_tested_at > o->recovery_confirmed_at ? o->recovery_tested_at
                                                                    : o->recovery_confirmed_at;
    return last + 365 * DAY_MS;
}

bool office_drill_near(const struct office *o, int64_t now_ms)
{
    int64_t due = office_drill_due(o);
    return due && now_ms >= due - 30 * DAY_MS;
}

static enum err refuse(struct refusal *ret, const char *field, const char *code, const char *msgid)
{
    *ret = (struct refusal){.err = ERR_INVALID, .code = code, .msgid = msgid, .field = field};
    return ERR_INVALID;
}

static enum err check_label(const char *label, const char *field, struct refusal *ret)
{
    size_t n = strlen(label);
    if (n == 0)
        return refuse(ret, field, "required", T("Tulis labelnya, misalnya A-01."));
    if (!utf8_valid(label, n) || utf8_has_control(label, false))
        return refuse(ret, field, "characters",
                      T("Tulis label dengan huruf, angka, dan tanda hubung."));
    if (utf8_length(label) > LABEL_MAX)
        return refuse(ret, field, "too_long",
                      T("Label terlalu panjang. Tulis paling banyak 40 karakter."));
    return ERR_OK;
}

enum err office_range(struct arena *a, const char *first, const char *last, const char ***ret,
                      size_t *ret_count, struct refusal *ret_refusal)
{
    TRY(check_label(first, "label", ret_refusal));
    bool single = str_empty(last) || str_eq(first, last);
    if (!single)
        TRY(check_label(last, "last", ret_refusal));
    size_t start = digits_start(first);
    int64_t from = office_label_number(first), to = single ? from : office_label_number(last);
    if (!single && (start == strlen(first) || start != digits_start(last) ||
                    strlen(first) > strlen(last) || strncmp(first, last, start) != 0))
        return refuse(
            ret_refusal, "last", "range",
            T("Awal dan akhir rentang harus berbeda di angka belakang saja, misalnya A-01 "
              "sampai A-40."));
    if (to < from)
        return refuse(ret_refusal, "last", "range",
                      T("Akhir rentang lebih kecil daripada awalnya."));
    if (to - from >= OFFICE_RANGE_MAX)
        return refuse(ret_refusal, "last", "range",
                      T("Rentang terlalu panjang. Tambahkan paling banyak 200 sekali jalan."));
    size_t count = single ? 1 : (size_t)(to - from + 1);
    const char **labels = ARENA_ARRAY(a, count, const char *);
    int width = (int)(strlen(first) - start);
    for (size_t i = 0; i < count; i++)
        labels[i] = single ? first
                           : arena_printf(a, "%.*s%0*lld", (int)start, first, width,
                                          (long long)(from + (int64_t)i));
    *ret = labels;
    *ret_count = count;
    return ERR_OK;
}

const char *office_state_label(const char *state)
{
    if (str_eq(state, "ready"))
        return T("Siap");
    if (str_eq(state, "out"))
        return T("Dipakai");
    if (str_eq(state, "lost"))
        return T("Hilang");
    return str_eq(state, "retired") ? T("Ditarik") : "";
}

const char *office_kind_label(const char *kind)
{
    if (str_eq(kind, "slot"))
        return T("Slot kartu identitas");
    return str_eq(kind, "locker") ? T("Loker") : "";
}

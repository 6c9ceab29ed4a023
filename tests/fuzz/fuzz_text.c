/* lib/base readers of what people and machines type: UTF-8, telephone numbers, times, numbers, base64url.
 * Beside memory errors, it looks for answers that break their own promise. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/phone.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/utf8.h"
#include "lib/base/banned.h"

#define PROMISE(condition)                                                                         \
    do {                                                                                           \
        if (!(condition))                                                                          \
            abort();                                                                               \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_utf8(struct arena *a, const char *text, size_t n)
{
    if (!utf8_valid(text, n))
        return;
    size_t count = 0;
    const char *s = text;
    uint32_t c;
    while ((c = utf8_next(&s)) != 0) {
        PROMISE(c <= 0x10FFFF && !(c >= 0xD800 && c <= 0xDFFF));
        count++;
    }
    PROMISE(s == text + n && count == utf8_length(text));
    (void)utf8_has_control(text, true);
    const char *cut = utf8_cut(a, text, 5);
    PROMISE(utf8_valid(cut, strlen(cut)) && utf8_length(cut) == (count < 5 ? count : 5));
}

static void read_phone(struct arena *a, const char *text)
{
    char *e164 = NULL, *again = NULL;
    if (phone_normalise(a, text, &e164) != PHONE_OK) {
        PROMISE(e164 == NULL);
        return;
    }
    size_t n = strlen(e164);
    PROMISE(e164[0] == '+' && n >= 9 && n <= 16 && strspn(e164 + 1, "0123456789") == n - 1);
    /* What was normalised stays as it is. */
    PROMISE(phone_normalise(a, e164, &again) == PHONE_OK && strcmp(e164, again) == 0);
    (void)phone_mask(a, e164);
    (void)phone_pretty(a, e164);
}

static void read_time(struct arena *a, const char *text)
{
    int64_t ms, again;
    if (!time_parse(text, 420, &ms))
        return;
    PROMISE(time_parse(time_rfc3339(a, ms, 420), 0, &again));
    PROMISE(again / 1000 == ms / 1000 || ms < 0);
    PROMISE(time_day_start(ms, 420) <= ms && ms - time_day_start(ms, 420) < 86400000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(4096);
    char *text = arena_strndup(a, (const char *)data, size);
    int64_t number;
    uint8_t bytes[32];
    read_utf8(a, text, size);
    read_phone(a, text);
    read_time(a, text);
    (void)str_to_i64(text, INT64_MIN, INT64_MAX, &number);
    (void)str_unbase64url(text, bytes, sizeof(bytes));
    (void)str_unhex(text, bytes, sizeof(bytes));
    PROMISE(strlen(str_trim(a, text)) <= strlen(text));
    arena_free(a);
    return 0;
}

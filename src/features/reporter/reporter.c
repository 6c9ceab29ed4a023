/* Rules of the reporter's pages: the code of the tablet, the time of a message. Pure. */
#include "features/reporter/reporter.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/banned.h"

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void kiosk_code_text(const uint8_t random[5], char ret[KIOSK_CODE_CHARS + 1])
{
    uint64_t bits = 0;
    for (int i = 0; i < 5; i++)
        bits = bits << 8 | random[i];
    for (int i = KIOSK_CODE_CHARS - 1; i >= 0; i--) {
        ret[i] = alphabet[bits & 31];
        bits >>= 5;
    }
    ret[KIOSK_CODE_CHARS] = '\0';
}

/* The character that was meant, or 0. */
static char meant(char c)
{
    char upper = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    if (upper == 'O')
        return '0';
    if (upper == 'I' || upper == 'L')
        return '1';
    return upper && strchr(alphabet, upper) ? upper : '\0';
}

bool kiosk_code_read(const char *typed, char ret[KIOSK_CODE_CHARS + 1])
{
    const char *from = str_or(typed, "");
    const char *fragment = strrchr(from, '#');
    char code[KIOSK_CODE_CHARS + 1] = "";
    size_t n = 0;
    for (const char *c = fragment ? fragment + 1 : from; *c; c++) {
        if (strchr(" -.\t\r\n", *c))
            continue;
        char one = meant(*c);
        if (!one || n == KIOSK_CODE_CHARS)
            return false;
        code[n++] = one;
    }
    if (n != KIOSK_CODE_CHARS)
        return false;
    memcpy(ret, code, sizeof(code));
    return true;
}

char *kiosk_code_show(struct arena *a, const char *code)
{
    return arena_printf(a, "%.4s %s", code, code + 4);
}

int64_t reporter_message_time(int64_t now_ms, int offset_min, bool anonymous)
{
    return anonymous ? time_day_start(now_ms, offset_min) : now_ms;
}

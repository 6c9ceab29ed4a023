/* The code of a test message, as people send it back. Pure. */
#include "features/notice/notice_inbound.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/base/banned.h"

#define DIGITS 6u

bool notice_code_read(const char *text, char ret[7])
{
    const char *p = str_or(text, "");
    p += strspn(p, " \t\r\n");
    if (strncasecmp(p, "kode", 4) == 0)
        p += 4 + strspn(p + 4, " :");
    if (strspn(p, "0123456789") != DIGITS || p[DIGITS + strspn(p + DIGITS, " .\t\r\n")] != '\0')
        return false;
    memcpy(ret, p, DIGITS);
    ret[DIGITS] = '\0';
    return true;
}

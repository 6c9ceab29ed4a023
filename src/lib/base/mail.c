/* Mail addresses. See mail.h. */
#include "lib/base/mail.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/base/banned.h"

bool mail_address_ok(const char *address)
{
    size_t n = address ? strlen(address) : 0;
    const char *at = address ? strchr(address, '@') : NULL;
    if (n < 3 || n > MAIL_ADDRESS_MAX_BYTES || !at || at == address || !at[1] || strchr(at + 1, '@'))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (address[i] <= ' ' || address[i] > '~' || strchr("<>()[],;:\\\"", address[i]))
            return false;
    }
    return address[0] != '-' && address[0] != '.';
}

char *mail_address_read(struct arena *a, const char *typed)
{
    char *address = str_lower(a, str_trim(a, str_or(typed, "")));
    if (!mail_address_ok(address))
        return NULL;
    const char *at = strchr(address, '@'), *dot = strrchr(at, '.');
    bool domain = dot && dot[1] && at[1] != '.' && !strstr(at, "..");
    return domain ? address : NULL;
}

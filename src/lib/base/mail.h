/* Mail addresses as this program keeps them and sends to them: one plain ASCII address, no name, no list. */
#ifndef BT_BASE_MAIL_H
#define BT_BASE_MAIL_H

#include <stdbool.h>

#include "lib/base/arena.h"

#define MAIL_ADDRESS_MAX_BYTES 254u /* RFC 5321 4.5.3.1.3, without the brackets */

/* Can it stand in an SMTP envelope and a header as it is? NULL cannot. */
bool mail_address_ok(const char *address);
/* What somebody typed, trimmed and in lower case; NULL unless it is fine and its domain has a dot. */
char *mail_address_read(struct arena *a, const char *typed);

#endif

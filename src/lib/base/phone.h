/* Telephone numbers as people in Indonesia write them. */
#ifndef BT_BASE_PHONE_H
#define BT_BASE_PHONE_H

#include <stdbool.h>

#include "lib/base/arena.h"

enum phone_fault { PHONE_OK, PHONE_SHORT, PHONE_LONG, PHONE_CHARACTERS };

/* Normalises to E.164 (+62…): spaces . - ( ) dropped; +62, 62, 0062, 0 and a bare 8 mean Indonesia;
 * the wrong zero of +620812 is dropped; another country only with + or 00. Mobile national part 9–12
 * digits, fixed 7–11 (libphonenumber's figures for ID). *ret is arena memory, set only on PHONE_OK. */
enum phone_fault phone_normalise(struct arena *a, const char *typed, char **ret);
/* "+6281200001122" → "0812••••1122"; foreign numbers keep their country code. */
char *phone_mask(struct arena *a, const char *e164);
/* "+6281200001122" → "0812 0000 1122" for people to dial. */
char *phone_pretty(struct arena *a, const char *e164);
/* For a letterhead. Fixed lines are written without groups: how long the area code is, nobody can tell from the
 * number. */
char *phone_dialled(struct arena *a, const char *e164);

#endif

/* The recovery sheet as typed back, for the commands that use it. */
#ifndef BT_APP_RECOVERY_H
#define BT_APP_RECOVERY_H

#include "app/app.h"
#include "features/office/office.h"

/* The pair of the sheet: wiped by whoever has it. */
struct recovery_pair {
    uint8_t public_key[32], secret_key[32];
};
/* Asks for the sheet and checks that it is this office's. Returns 0, or the exit status after saying why. */
int recovery_read_sheet(struct app *app, const struct office *office, struct recovery_pair *ret);

#endif

/* The ways out of the house that are set up: their drivers from the settings, for serve and doctor. */
#ifndef BT_APP_CHANNELS_H
#define BT_APP_CHANNELS_H

#include "app/app.h"
#include "lib/outbox/channel.h"

#define CHANNELS_MAX 12 /* drivers: a few of each channel */

/* Makes one driver. ERR_MISSING: the channel is not set up. ERR_INVALID with a sentence for the operator
 * when its settings cannot work. */
enum err channel_make(struct app *app, const char *name, struct channel **ret,
                      const char **ret_message) MUST_USE;
/* All that are set up, NULL-ended; of each as many as it may have messages on their way. */
enum err channels_make(struct app *app, struct channel *ret[CHANNELS_MAX + 1],
                       const char **ret_message) MUST_USE;
/* The bot that takes Telegram's answers in; NULL when none is set up. */
enum err channels_bot(struct app *app, struct telegram_bot **ret, const char **ret_message) MUST_USE;

#endif

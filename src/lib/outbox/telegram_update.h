/* One update of a Telegram bot. Shared by the webhook and by getUpdates. */
#ifndef BT_LIB_OUTBOX_TELEGRAM_UPDATE_H
#define BT_LIB_OUTBOX_TELEGRAM_UPDATE_H

#include "lib/json/json.h"
#include "lib/outbox/channel.h"

/* False when it holds nothing for us; *ret_update_id is set all the same when it has one. */
bool telegram_update_read(struct cx *cx, const json_t *update, struct inbound_event *ret,
                          int64_t *ret_update_id);

#endif

/* Rules of a message's state. */
#ifndef BT_NOTICE_RULES_H
#define BT_NOTICE_RULES_H

#include <stdbool.h>

#include "features/notice/notice.h"

/* A message's state only moves upward: none < queued < sent < failed < delivered < read < answered (a
 * late "sent" after "read" changes nothing; "failed" counts only while nothing was delivered). */
bool notice_state_moves(const char *from, const char *to);

#endif

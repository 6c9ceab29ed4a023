/* Log: JSON lines to stderr (journald picks them up). The audit is a table, not this.
 * Never pass an identity number, a telephone number, complaint text, a session, a token or a
 * receipt. Values are escaped, so that a log line is always one line. */
#ifndef BT_BASE_LOG_H
#define BT_BASE_LOG_H

#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* Lines below this level are dropped. Set once at start. */
void log_set_level(enum log_level level);

/* Pairs of key and value text, ended by NULL: log_event(LOG_INFO, "request", "path", p, NULL). */
void log_event(enum log_level level, const char *message, ...) __attribute__((sentinel));
/* With the text of an errno value. */
void log_errno(enum log_level level, const char *message, int error);

/* Small numbers as text for log_event, valid until the calling expression ends. */
#define LOG_INT(value) (log_int_text((char[24]){0}, (int64_t)(value)))
const char *log_int_text(char buffer[24], int64_t value);

#endif

/* The reporter's own pages: the guest's tablet at the counter (/kios), the public page (/lapor), and following
 * a complaint with the code of its receipt (/tindak-lanjut): state, documents, messages, withdrawal.
 *
 * Of an anonymous reporter nothing is kept but the day: no address, no exact time, no entry in the audit. */
#ifndef BT_REPORTER_H
#define BT_REPORTER_H

#include "lib/base/cx.h"
#include "lib/db/db.h"

/* --- for the pages of the complaint ------------------------------------------------------------------- */
/* Messages of the reporter that nobody of the office has read yet. */
enum err reporter_unread(struct db_conn *conn, const char *office_id, const char *complaint_id,
                         int64_t *ret) MUST_USE;
/* Has the reporter asked to withdraw the complaint? The office acts on it. */
enum err reporter_withdrawal(struct db_conn *conn, const char *office_id, const char *complaint_id,
                             bool *ret) MUST_USE;
/* --- the public page ------------------------------------------------------------------------------------ */
/* Is /lapor open in this office? */
enum err reporter_public_open(struct db_conn *conn, const char *office_id, bool *ret) MUST_USE;

/* --- the clock ---------------------------------------------------------------------------------------------- */
/* Removes what is left of tablets whose time is over; once a minute. */
enum err reporter_sweep(struct cx *cx, const char *office_id) MUST_USE;

/* --- rules (reporter.c, pure) ------------------------------------------------------------------------------ */
#define KIOSK_CODE_CHARS 8
#define KIOSK_CODE_MS    ((int64_t)10 * 60 * 1000)
#define KIOSK_MS         ((int64_t)45 * 60 * 1000)
#define KIOSK_IDLE_S     45  /* the screen is cleared after so long without a touch */
#define KIOSK_WARN_S     15  /* and says so this long before */
#define REPORTER_IDLE_S  300 /* the same on the page that follows a complaint */
#define REPORTER_MS      ((int64_t)30 * 60 * 1000) /* without a page of /tindak-lanjut being opened */

/* 8 characters of Crockford's base32 from 5 random bytes. */
void kiosk_code_text(const uint8_t random[5], char ret[KIOSK_CODE_CHARS + 1]);
/* The form above from what was typed or scanned ("k7qm 3xtd", "https://…/kios#K7QM3XTD"; O is 0, I and L are
 * 1); false when it is no code. */
bool kiosk_code_read(const char *typed, char ret[KIOSK_CODE_CHARS + 1]);
/* "K7QM 3XTD" */
char *kiosk_code_show(struct arena *a, const char *code);
/* When a reporter's or the office's message is dated: to the day when the reporter is anonymous. */
int64_t reporter_message_time(int64_t now_ms, int offset_min, bool anonymous);

extern const struct db_sql *const reporter_statements[];
struct route;
/* Route rows, ended by a row without a path. */
const struct route *reporter_routes(void);

#endif

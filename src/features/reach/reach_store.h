/* SQL of channels, quiet hours, stand-ins and the duty calendar. */
#ifndef BT_REACH_STORE_H
#define BT_REACH_STORE_H

#include "features/reach/reach.h"
#include "features/visit/visit.h"

#define REACH_ROWS_MAX 500u

/* In force now, deputies active, ordered as they are asked. */
enum err reach_in_force(struct db_conn *conn, const char *office_id, int64_t now_ms,
                        struct stand_in **ret, size_t *ret_count) MUST_USE;
/* Who is on duty; NULL when nobody in particular. */
enum err reach_on_duty(struct db_conn *conn, const char *office_id, const char *day, uint32_t role,
                       const char **ret) MUST_USE;
enum err reach_rows(struct db_conn *conn, const char *office_id, const char *staff_id,
                    struct staff_channel **ret, size_t *ret_count) MUST_USE;
enum err reach_owner(struct db_conn *conn, const char *office_id, const char *channel,
                     struct bytes index, const char **ret_staff_id) MUST_USE;

/* A change with its audit entry; `refusal` says why not. */
struct reach_change {
    struct visit_act act;
    const char *id, *staff_id, *channel, *kind, *deputy_id, *day, *post;
    struct bytes sealed, index;
    int64_t from, until;
    struct refusal refusal;
};
enum err reach_tx_channel_add(struct db_conn *tx, void *arg);
enum err reach_tx_channel_remove(struct db_conn *tx, void *arg);
enum err reach_tx_channel_up(struct db_conn *tx, void *arg);
enum err reach_tx_quiet_set(struct db_conn *tx, void *arg);
enum err reach_tx_stand_in_add(struct db_conn *tx, void *arg);
enum err reach_tx_stand_in_end(struct db_conn *tx, void *arg);
enum err reach_tx_duty_set(struct db_conn *tx, void *arg);

#endif

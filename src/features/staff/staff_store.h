/* Transactions on accounts, sessions and tokens: what staff_web_account.c and session_web_auth.c run after
 * hashing and sealing. Inside this feature only. */
#ifndef BT_STAFF_STORE_H
#define BT_STAFF_STORE_H

#include "features/audit/audit.h"
#include "features/staff/staff.h"

enum err staff_by_whatsapp_id(struct db_conn *conn, const char *office_id, const char *user_id,
                              struct staff *ret) MUST_USE;
enum err staff_by_phone_index(struct db_conn *conn, const char *office_id, struct bytes index,
                              struct staff *ret) MUST_USE;

struct staff_act {
    const char *office_id, *id;
    int64_t now_ms;
    struct audit_new audit;
    struct refusal refusal;
};

struct staff_keys {
    const char *password_hash;
    struct bytes public_key, wrapped;
};

struct staff_create_act {
    struct staff_act act;
    const struct staff_new *in;
    struct staff_keys keys;
    bool trusted; /* made by the program itself */
    struct bytes phone_sealed, phone_index;
};
struct staff_update_act {
    struct staff_act act;
    const struct staff_change *in;
    struct bytes phone_sealed, phone_index;
};
struct staff_password_act {
    struct staff_act act;
    struct staff_keys keys; /* without fresh_key: the public key that must still be there */
    bool fresh_key, end_others;
    const char *keep_session;
};
struct staff_trust_act {
    struct staff_act act;
    const char *by;          /* the leader who vouches; "": the program on the server */
    struct bytes public_key; /* that was looked at */
};
/* Arguments of db_tx(). The refusal is in act.refusal. */
enum err staff_trust_tx(struct db_conn *tx, void *staff_trust_act) MUST_USE;
enum err staff_create_tx(struct db_conn *tx, void *staff_create_act) MUST_USE;
enum err staff_update_tx(struct db_conn *tx, void *staff_update_act) MUST_USE;
enum err staff_password_tx(struct db_conn *tx, void *staff_password_act) MUST_USE;
enum err staff_disable_tx(struct db_conn *tx, void *staff_act) MUST_USE;
enum err staff_enable_tx(struct db_conn *tx, void *staff_act) MUST_USE;

/* A caller as one statement finds it: the session or token, its account, its office. */
struct caller {
    const char *id, *office_id, *staff_id, *lang, *name, *username, *office_name;
    int64_t seen_at, expires_at, roles, offset_min, key_trusted_at;
    int64_t seq; /* of the office's newest audit entry, in the same look */
    struct bytes wrapped_key, public_key;
};
/* By the keyed hash of the cookie or token. ERR_MISSING when it is unknown, ended or its account is
 * disabled; whether it is still alive is a rule. */
enum err session_caller(struct db_conn *conn, struct bytes secret_hash, struct caller *ret) MUST_USE;
enum err token_caller(struct db_conn *conn, struct bytes secret_hash, struct caller *ret) MUST_USE;

struct session_act {
    const char *office_id, *id, *staff_id, *lang;
    const char *old_session, *old_staff; /* ended by the new one, or NULL */
    struct bytes secret_hash, wrapped;
    int64_t now_ms;
    struct audit_new audit;
};
/* Takes office_id, id, staff_id, lang, old_session, old_staff, secret_hash, wrapped, now_ms, audit. */
enum err session_begin_tx(struct db_conn *tx, void *session_act) MUST_USE;
/* Takes office_id, id, now_ms. */
enum err session_seen_tx(struct db_conn *tx, void *session_act) MUST_USE;
/* Takes office_id, id, wrapped ({NULL, 0}: put away), audit. ERR_MISSING when the session is over. */
enum err session_key_tx(struct db_conn *tx, void *session_act) MUST_USE;
/* Takes only audit. */
enum err session_audit_tx(struct db_conn *tx, void *session_act) MUST_USE;

struct token_act {
    const char *office_id, *id, *staff_id, *label;
    struct bytes secret_hash;
    int64_t now_ms;
    struct audit_new audit;
};
enum err token_create_tx(struct db_conn *tx, void *token_act) MUST_USE;

#endif

/* People of the office: accounts, roles, sessions, machine tokens. */
#ifndef BT_STAFF_H
#define BT_STAFF_H

#include "lib/base/cx.h"
#include "lib/base/record.h"
#include "lib/db/db.h"

enum role {
    ROLE_FRONT_DESK = 1 << 0,    /* petugas PTSP */
    ROLE_DUTY_OFFICER = 1 << 1,  /* petugas piket */
    ROLE_INTEL_CHIEF = 1 << 2,   /* Kasi Intelijen */
    ROLE_OFFICE_HEAD = 1 << 3,   /* Kajari */
    ROLE_SECTION_CHIEF = 1 << 4, /* another Kasi or Kasubag */
    ROLE_ADMIN = 1 << 5,         /* office administrator: never reads complaints, sees no photos */
    ROLE_MONITOR = 1 << 6,       /* Kejati, Kejagung: figures, no personal data */
    ROLE_CASE_OFFICER = 1 << 7,  /* works on complaints that are shared with this person */
};
#define ROLE_DESK      (ROLE_FRONT_DESK | ROLE_DUTY_OFFICER)
#define ROLE_OFFICIALS (ROLE_INTEL_CHIEF | ROLE_OFFICE_HEAD | ROLE_SECTION_CHIEF)
#define ROLE_LEADERS   (ROLE_INTEL_CHIEF | ROLE_OFFICE_HEAD) /* see that a visit has a complaint */
/* Who may ever be given a share of a complaint, and so needs a trusted key. */
#define ROLE_SHARE_TAKERS (ROLE_OFFICIALS | ROLE_CASE_OFFICER)
#define ROLE_ALL          0xFFu

struct role_name {
    enum role role;
    const char *name;  /* "front_desk" */
    const char *label; /* msgid "Petugas PTSP" */
};
#define STAFF_ROLES 8
extern const struct role_name staff_roles[STAFF_ROLES + 1]; /* ended by name NULL */
const char *staff_role_name(uint32_t role);                 /* of one bit; "" when unknown */
const char *staff_role_label(uint32_t roles);               /* msgid of the highest-ranking bit */
bool staff_role_parse(const char *name, uint32_t *ret);

struct staff {
    const char *id, *username, *name, *title, *rank, *nip, *section;
    int64_t roles;
    struct bytes phone_sealed;
    const char *whatsapp_user_id;
    int64_t last_inbound_at;
    const char *password_hash;
    struct bytes public_key, wrapped_key;
    int64_t key_trusted_at; /* 0: complaints are not sealed for this key (yet) */
    const char *key_trusted_by;
    int64_t created_at, disabled_at;
};
extern const struct record staff_record;

enum err staff_get(struct db_conn *conn, const char *office_id, const char *id,
                   struct staff *ret) MUST_USE;
enum err staff_by_username(struct db_conn *conn, const char *office_id, const char *username,
                           struct staff *ret) MUST_USE;
/* The active holder of a post (the earliest account with that role); ERR_MISSING when nobody holds it. */
enum err staff_of_post(struct db_conn *conn, const char *office_id, uint32_t role,
                       struct staff *ret) MUST_USE;
/* By number (blind index of E.164) or business-scoped user id. */
enum err staff_by_whatsapp(struct cx *cx, struct db_conn *conn, const char *office_id,
                           const char *e164, const char *user_id, struct staff *ret) MUST_USE;
/* All active accounts, by name. */
enum err staff_list(struct db_conn *conn, const char *office_id, struct staff **ret,
                    size_t *ret_count) MUST_USE;
/* Telephone number in clear (E.164) or NULL. */
enum err staff_phone(const struct cx *cx, const struct staff *s, char **ret) MUST_USE;
/* Name of an account for showing ("" for the program): cached nowhere, one read. */
const char *staff_name(struct db_conn *conn, const char *office_id, const char *id);

/* --- accounts --------------------------------------------------------------------------------------- */
struct staff_new {
    const char *office_id, *username, *name, *title, *rank, *nip, *section;
    uint32_t roles;
    const char *phone; /* E.164 or NULL */
    const char *password;
};
/* Rules of a username and password (15 characters; no composition rules; the worst known words refused).
 * Adds field errors to fields that have none yet. */
enum err staff_check_new(struct cx *cx, const struct staff_new *n) MUST_USE;
/* Makes the account with its key pair; audited. The key is trusted at once when the program itself makes
 * the account (the command line), else it waits for staff_trust_key. Fills ret_id. ERR_CONFLICT when the username is taken. */
enum err staff_create(struct cx *cx, const struct staff_new *n,
                      char ret_id[UUID_TEXT_BYTES]) MUST_USE;
/* A machine token acting as an account: the secret is shown once (arena). */
enum err staff_token_create(struct cx *cx, const char *office_id, const char *username,
                            const char *label, char **ret_secret) MUST_USE;

/* --- for lib/http (server_auth) ---------------------------------------------------------------------- */
enum err staff_auth_session(struct cx *cx, const char *cookie, bool renew) MUST_USE;
enum err staff_auth_token(struct cx *cx, const char *token) MUST_USE;

/* --- rules (staff.c, pure) ---------------------------------------------------------------------------- */
#define PASSWORD_MIN_CHARS 15 /* NIST SP 800-63B-4: the only factor */
#define PASSWORD_MAX_BYTES 256
enum password_fault { PASSWORD_OK, PASSWORD_SHORT, PASSWORD_LONG, PASSWORD_COMMON };
/* `username` may be NULL; a password made of it and of common words is PASSWORD_COMMON. */
enum password_fault staff_password_fault(const char *password, const char *username);
/* 3–32 of a–z 0–9 . _ -, beginning with a letter or digit. */
bool staff_username_ok(const char *username);
/* How long a session of these roles may lie idle. */
int64_t staff_idle_ms(uint32_t roles);
#define SESSION_MAX_MS      ((int64_t)12 * 60 * 60 * 1000)
#define SESSION_RENEW_MS    ((int64_t)60 * 1000) /* seen_at is written at most this often */
#define SESSION_COOKIE_NAME "__Host-bukutamu"
bool staff_session_alive(int64_t now_ms, int64_t seen_at, int64_t expires_at, uint32_t roles);
/* The page where a person of these roles begins. */
const char *staff_home(uint32_t roles);
/* A path of this program, fit for a redirect. */
bool staff_local_path(const char *path);
/* Sections of a section chief: code and msgid, ended by NULL. */
struct section_name {
    const char *code, *label;
};
#define STAFF_SECTIONS 6
extern const struct section_name staff_sections[STAFF_SECTIONS + 1];
const char *staff_section_label(const char *code); /* "" when unknown */

/* --- for the pages of this feature ---------------------------------------------------------------------- */
struct staff_change {
    const char *name, *title, *rank, *nip, *section;
    uint32_t roles;
    const char *phone; /* E.164; NULL: none */
};
/* ERR_CONFLICT when the last administrator would lose that role. */
enum err staff_update(struct cx *cx, const char *id, const struct staff_change *c) MUST_USE;
/* Ends the account's sessions too. ERR_CONFLICT for oneself and for the last administrator. */
enum err staff_disable(struct cx *cx, const char *id) MUST_USE;
enum err staff_enable(struct cx *cx, const char *id) MUST_USE;
/* By the administrator: a fresh key pair, because nobody can open the old one, and nobody vouches for the
 * new one yet; sessions end. */
enum err staff_reset_password(struct cx *cx, const char *id, const char *password) MUST_USE;
/* By the person: the same key under another password. ERR_INVALID with field errors when the old
 * password is wrong or the new one breaks the rules. `end_others`: also ends the other sessions. */
enum err staff_change_password(struct cx *cx, const char *old_password, const char *new_password,
                               bool end_others) MUST_USE;
/* --- trusted keys: for whom complaints are sealed ---------------------------------------------------------- */
/* May complaints be sealed for this account? An active leader with a trusted key. */
bool staff_reads_complaints(const struct staff *s);
/* May a share be given to this account by somebody who has one? An active one with such a role and a trusted
 * key. */
bool staff_takes_shares(const struct staff *s);
/* The same, but the key waits for trust. */
bool staff_key_waits(const struct staff *s);
/* `fingerprint`: of the key that was looked at; another one by now is ERR_CONFLICT. The program itself may
 * always; a person must be a leader with a trusted key himself, and type his own password again. */
enum err staff_trust_key(struct cx *cx, const char *id, const char *fingerprint,
                         const char *password) MUST_USE;
/* Active leaders with a trusted key, for whom complaints are sealed; and active accounts whose key waits for
 * trust. */
enum err staff_count_readers(struct db_conn *conn, const char *office_id, int64_t *ret_trusted,
                             int64_t *ret_waiting) MUST_USE;

/* All accounts by name, the disabled too, after the account `cursor` ("" from the start). */
enum err staff_page(struct db_conn *conn, const char *office_id, const char *cursor, int64_t limit,
                    struct staff **ret, size_t *ret_count) MUST_USE;

struct staff_session {
    const char *id;
    int64_t created_at, seen_at, expires_at;
};
extern const struct record staff_session_record;
/* Checks the password and begins a session: cx->actor and cx->key are the person's, *ret_cookie is the
 * cookie's value (arena). ERR_AUTH with one sentence for a wrong name, a wrong password and a disabled
 * account alike. */
enum err staff_login(struct cx *cx, const char *office_id, const char *username,
                     const char *password, char **ret_cookie) MUST_USE;
/* Ends the session of cx->actor. */
enum err staff_logout(struct cx *cx) MUST_USE;
/* Ends a session of cx->actor by its id. ERR_MISSING when it is somebody else's or over. */
enum err staff_session_end(struct cx *cx, const char *session_id) MUST_USE;
/* Puts the person's key away: until the password is typed again nothing sealed opens in this session. */
enum err staff_key_put_away(struct cx *cx) MUST_USE;
/* Opens it again in this session, whose cookie's value is `cookie`: cx->key is the person's. ERR_INVALID with
 * a field error when the password is wrong. */
enum err staff_key_open(struct cx *cx, const char *cookie, const char *password) MUST_USE;
/* That it is the person and not somebody at an unlocked screen: ERR_INVALID with a field error of "password". */
enum err staff_prove_password(struct cx *cx, const char *password) MUST_USE;
/* Sessions of an account that have not ended, newest first. */
enum err staff_sessions(struct db_conn *conn, const char *office_id, const char *staff_id,
                        int64_t now_ms, struct staff_session **ret, size_t *ret_count) MUST_USE;
/* Keeps the language with the session. */
enum err staff_set_lang(struct cx *cx, enum lang lang) MUST_USE;

/* Bound by app/features.c. */
extern const struct db_sql *const staff_statements[];
extern const struct db_sql *const session_statements[];
struct route;
/* Login, logout, language, one's own account. */
const struct route *session_routes(void);
/* The page of the leaders' keys. */
const struct route *staff_key_routes(void);
/* Route rows, ended by a row without a path. */
const struct route *staff_routes(void);

#endif

/* Who is calling: login, sessions by cookie, machine tokens. A person's secret key is unlocked by the
 * password at login and then lies in the session row under a key that only the browser's cookie holds, so
 * that only the person's own requests open it; a machine token never does. SQL is in session_store.c. */
#include "features/staff/staff_store.h"

#include <string.h>

#include "features/audit/audit.h"
#include "lib/base/str.h"
#include "lib/seal/seal.h"

#include "lib/base/banned.h"

#define SECRET_BYTES 32 /* 43 characters of base64url */
#define TOKEN_PREFIX "bt_"

/* --- who is calling -------------------------------------------------------------------------------------- */

static void copy_id(char ret[UUID_TEXT_BYTES], const char *id)
{
    size_t n = strnlen(id, UUID_TEXT_BYTES - 1);
    memcpy(ret, id, n);
    ret[n] = '\0';
}

static void set_actor(struct cx *cx, enum actor_kind kind, const struct caller *c)
{
    cx->actor = (struct actor){.kind = kind,
                               .roles = (uint32_t)c->roles & ROLE_ALL,
                               .key_trusted = c->key_trusted_at != 0,
                               .name = c->name,
                               .username = c->username,
                               .office_name = c->office_name};
    cx->seen_seq = c->seq;
    copy_id(cx->actor.id, c->staff_id);
    copy_id(cx->actor.session_id, c->id);
    copy_id(cx->actor.office_id, c->office_id);
    cx->offset_min = (int)c->offset_min;
    cx->key = (struct unlocked_key){0};
}

static void set_key(struct cx *cx, struct bytes public_key, const uint8_t secret_key[32])
{
    if (public_key.n != sizeof(cx->key.public_key))
        return;
    memcpy(cx->key.public_key, public_key.p, sizeof(cx->key.public_key));
    memcpy(cx->key.secret_key, secret_key, sizeof(cx->key.secret_key));
    cx->key.present = true;
}

static bool secret_shaped(const char *text)
{
    uint8_t bytes[SECRET_BYTES];
    bool ok = text && str_unbase64url(text, bytes, sizeof(bytes));
    explicit_bzero(bytes, sizeof(bytes));
    return ok;
}

/* At most one write a minute and session. A database that takes no writes (a full disk) must not lock
 * people out of reading, so a failure here is forgotten. */
static void count_as_activity(struct cx *cx, const struct caller *c)
{
    if (cx->now_ms - c->seen_at < SESSION_RENEW_MS)
        return;
    struct diag before = cx->diag;
    struct session_act act = {.office_id = c->office_id, .id = c->id, .now_ms = cx->now_ms};
    enum err e = db_tx_low(cx, "session_seen", session_seen_tx, &act);
    if (e != ERR_OK)
        cx->diag = before;
}

enum err staff_auth_session(struct cx *cx, const char *cookie, bool renew)
{
    if (!secret_shaped(cookie))
        return ERR_AUTH;
    uint8_t hash[32];
    seal_secret_hash(cx->seal, "session", cookie, hash);
    struct caller c = {0};
    enum err e = session_caller(cx->read, (struct bytes){hash, sizeof(hash)}, &c);
    if (e != ERR_OK)
        return e == ERR_MISSING ? ERR_AUTH : e;
    if (!staff_session_alive(cx->now_ms, c.seen_at, c.expires_at, (uint32_t)c.roles))
        return ERR_AUTH;
    set_actor(cx, ACTOR_USER, &c);
    cx->lang = str_eq(c.lang, "en") ? LANG_EN : LANG_ID;
    uint8_t secret_key[32];
    if (c.wrapped_key.p && seal_session_unwrap(cookie, c.wrapped_key, secret_key) == ERR_OK) {
        set_key(cx, c.public_key, secret_key);
        explicit_bzero(secret_key, sizeof(secret_key));
    }
    if (renew)
        count_as_activity(cx, &c);
    return ERR_OK;
}

enum err staff_auth_token(struct cx *cx, const char *token)
{
    size_t prefix = strlen(TOKEN_PREFIX);
    if (!token || !str_starts(token, TOKEN_PREFIX) || !secret_shaped(token + prefix))
        return ERR_AUTH;
    uint8_t hash[32];
    seal_secret_hash(cx->seal, "token", token, hash);
    struct caller c = {0};
    enum err e = token_caller(cx->read, (struct bytes){hash, sizeof(hash)}, &c);
    if (e != ERR_OK)
        return e == ERR_MISSING ? ERR_AUTH : e;
    set_actor(cx, ACTOR_TOKEN, &c);
    return ERR_OK;
}

/* --- login --------------------------------------------------------------------------------------------------- */

static char *new_secret(struct arena *a)
{
    uint8_t bytes[SECRET_BYTES];
    rand_bytes(bytes, sizeof(bytes));
    char *text = str_base64url(a, bytes, sizeof(bytes));
    explicit_bzero(bytes, sizeof(bytes));
    return text;
}

static enum err wrong_login(struct cx *cx)
{
    return cx_fail(
        cx, ERR_AUTH, "wrong_login",
        T("Nama pengguna atau kata sandi tidak cocok. Periksa keduanya, lalu coba lagi."));
}

/* The entry names an account only when there is one: people type passwords into the wrong field. */
static enum err note_failed_login(struct cx *cx, const char *office_id, const struct staff *s)
{
    struct session_act a = {.audit = {.office_id = office_id,
                                      .at = cx->now_ms,
                                      .actor_kind = "system",
                                      .actor_id = "",
                                      .action = "login_failed",
                                      .subject_kind = "staff",
                                      .subject_id = str_or(s->id, ""),
                                      .detail = !s->id           ? "unknown"
                                                : s->disabled_at ? "disabled"
                                                                 : "password"}};
    struct diag before = cx->diag;
    if (db_tx(cx, "login_failed", session_audit_tx, &a) != ERR_OK)
        cx->diag = before;
    return wrong_login(cx);
}

static enum err begin_session(struct cx *cx, const struct staff *s, const char *office_id,
                              const uint8_t secret_key[32], char **ret_cookie)
{
    char *cookie = new_secret(cx->arena);
    const char *id = cx_new_id(cx);
    const struct actor before = cx->actor; /* whoever was logged in at this browser is not any more */
    uint8_t hash[32];
    seal_secret_hash(cx->seal, "session", cookie, hash);
    struct session_act a = {
        .office_id = office_id,
        .id = id,
        .staff_id = s->id,
        .now_ms = cx->now_ms,
        .lang = cx->lang == LANG_EN ? "en" : "id",
        .old_session = before.kind == ACTOR_USER ? before.session_id : NULL,
        .old_staff = before.id,
        .secret_hash = {hash, sizeof(hash)},
        .wrapped = seal_session_wrap(cx->arena, cookie, secret_key),
        .audit = {.office_id = office_id,
                  .at = cx->now_ms,
                  .actor_kind = "user",
                  .actor_id = s->id,
                  .action = "login",
                  .subject_kind = "staff",
                  .subject_id = s->id,
                  .detail = ""},
    };
    TRY(db_tx(cx, "login", session_begin_tx, &a));
    struct caller c = {.id = id,
                       .office_id = office_id,
                       .staff_id = s->id,
                       .name = s->name,
                       .username = s->username,
                       .roles = s->roles,
                       .key_trusted_at = s->key_trusted_at,
                       .offset_min = cx->offset_min};
    set_actor(cx, ACTOR_USER, &c);
    set_key(cx, s->public_key, secret_key);
    *ret_cookie = cookie;
    return ERR_OK;
}

enum err staff_login(struct cx *cx, const char *office_id, const char *username,
                     const char *password, char **ret_cookie)
{
    struct staff s = {0};
    enum err e = staff_by_username(cx->read, office_id, str_lower(cx->arena, username), &s);
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    /* The same work for an unknown name: its absence must not show in the time. */
    e = seal_password_check(s.id ? s.password_hash : NULL, password);
    if (e == ERR_AUTH || (e == ERR_OK && s.disabled_at))
        return note_failed_login(cx, office_id, &s);
    TRY(e);
    uint8_t secret_key[32];
    TRY(seal_person_unlock(s.wrapped_key, password, secret_key));
    e = begin_session(cx, &s, office_id, secret_key, ret_cookie);
    explicit_bzero(secret_key, sizeof(secret_key));
    return e;
}

/* --- the key of a session, put away and opened again ---------------------------------------------------------- */

static enum err keep_key(struct cx *cx, struct bytes wrapped, const char *action)
{
    struct session_act a = {
        .office_id = cx->actor.office_id,
        .id = cx->actor.session_id,
        .wrapped = wrapped,
        .audit = {.office_id = cx->actor.office_id,
                  .at = cx->now_ms,
                  .actor_kind = audit_actor_kind(cx),
                  .actor_id = cx->actor.id,
                  .action = action,
                  .subject_kind = "staff",
                  .subject_id = cx->actor.id,
                  .detail = ""},
    };
    return db_tx(cx, action, session_key_tx, &a);
}

enum err staff_key_put_away(struct cx *cx)
{
    enum err e = keep_key(cx, (struct bytes){NULL, 0}, "key_put_away");
    explicit_bzero(&cx->key, sizeof(cx->key));
    return e == ERR_MISSING ? ERR_OK : e; /* the session ended meanwhile, and its key with it */
}

static enum err unlock_own(struct cx *cx, const char *password, struct staff *ret,
                           uint8_t ret_secret_key[32])
{
    TRY(staff_get(cx->read, cx->actor.office_id, cx->actor.id, ret));
    enum err e = seal_person_unlock(ret->wrapped_key, str_or(password, ""), ret_secret_key);
    if (e != ERR_AUTH)
        return e;
    cx_field(cx, "password", "wrong_password",
             T("Kata sandi Anda tidak cocok. Tulis kata sandi yang Anda pakai untuk masuk."));
    return ERR_INVALID;
}

enum err staff_key_open(struct cx *cx, const char *cookie, const char *password)
{
    struct staff own = {0};
    uint8_t secret_key[32];
    TRY(unlock_own(cx, password, &own, secret_key));
    enum err e = keep_key(cx, seal_session_wrap(cx->arena, cookie, secret_key), "key_opened");
    if (e == ERR_OK)
        set_key(cx, own.public_key, secret_key);
    explicit_bzero(secret_key, sizeof(secret_key));
    return e == ERR_MISSING ? ERR_AUTH : e; /* the session ended meanwhile */
}

enum err staff_prove_password(struct cx *cx, const char *password)
{
    struct staff own = {0};
    uint8_t secret_key[32];
    enum err e = unlock_own(cx, password, &own, secret_key);
    explicit_bzero(secret_key, sizeof(secret_key));
    return e;
}

/* --- machine tokens ------------------------------------------------------------------------------------------- */

enum err staff_token_create(struct cx *cx, const char *office_id, const char *username,
                            const char *label, char **ret_secret)
{
    struct staff s = {0};
    enum err e = staff_by_username(cx->read, office_id, username, &s);
    if (e == ERR_MISSING || (e == ERR_OK && s.disabled_at))
        return cx_fail(cx, ERR_MISSING, "no_account",
                       T("Tidak ada akun aktif dengan nama pengguna %s."), username);
    TRY(e);
    char *secret = arena_printf(cx->arena, TOKEN_PREFIX "%s", new_secret(cx->arena));
    uint8_t hash[32];
    seal_secret_hash(cx->seal, "token", secret, hash);
    const char *id = cx_new_id(cx);
    struct token_act a = {
        .office_id = office_id,
        .id = id,
        .staff_id = s.id,
        .label = str_or(label, ""),
        .secret_hash = {hash, sizeof(hash)},
        .now_ms = cx->now_ms,
        .audit = {.office_id = office_id,
                  .at = cx->now_ms,
                  .actor_kind = audit_actor_kind(cx),
                  .actor_id = cx->actor.id,
                  .action = "token_created",
                  .subject_kind = "staff",
                  .subject_id = s.id,
                  .detail = ""},
    };
    TRY(db_tx(cx, "token_create", token_create_tx, &a));
    *ret_secret = secret;
    return ERR_OK;
}

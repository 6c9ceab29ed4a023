/* Acts on accounts: rules first, then hashing, sealing and keys, then one transaction of staff_store.c.
 * Named with the pages because only they and the commands act on accounts. */
#include "features/staff/staff_store.h"

#include <string.h>

#include "features/audit/audit.h"
#include "lib/base/str.h"
#include "lib/http/form.h"
#include "lib/seal/seal.h"

#include "lib/base/banned.h"

/* --- telephone numbers ------------------------------------------------------------------------------ */

enum err staff_phone(const struct cx *cx, const struct staff *s, char **ret)
{
    return seal_field_open(cx->seal, cx->arena, "staff", "phone", s->id, s->phone_sealed, ret);
}

enum err staff_by_whatsapp(struct cx *cx, struct db_conn *conn, const char *office_id,
                           const char *e164, const char *user_id, struct staff *ret)
{
    if (!str_empty(user_id)) {
        enum err e = staff_by_whatsapp_id(conn, office_id, user_id, ret);
        if (e != ERR_MISSING)
            return e;
    }
    struct bytes index = seal_index(cx->seal, cx->arena, "staff_phone", e164);
    return index.p ? staff_by_phone_index(conn, office_id, index, ret) : ERR_MISSING;
}

/* --- what all acts share ---------------------------------------------------------------------------- */

static struct staff_act act_new(const struct cx *cx, const char *office_id, const char *id,
                                const char *action)
{
    return (struct staff_act){
        .office_id = office_id,
        .id = id,
        .now_ms = cx->now_ms,
        .audit = {.office_id = office_id,
                  .at = cx->now_ms,
                  .actor_kind = audit_actor_kind(cx),
                  .actor_id = cx->actor.id,
                  .action = action,
                  .subject_kind = "staff",
                  .subject_id = id,
                  .detail = ""},
    };
}

static enum err act_finish(struct cx *cx, const struct staff_act *act, enum err e)
{
    return act->refusal.err != ERR_OK && e == act->refusal.err ? cx_refuse(cx, &act->refusal) : e;
}

/* --- a new account ------------------------------------------------------------------------------------ */

static void check_password(struct cx *cx, const char *field, const char *password,
                           const char *username)
{
    if (form_error(cx, field))
        return;
    switch (staff_password_fault(password, username)) {
    case PASSWORD_OK:
        return;
    case PASSWORD_SHORT:
        cx_field(
            cx, field, "too_short",
            T("Kata sandi terlalu pendek. Tulis paling sedikit %d karakter, misalnya empat kata "
              "yang tidak berhubungan."),
            PASSWORD_MIN_CHARS);
        return;
    case PASSWORD_LONG:
        cx_field(cx, field, "too_long",
                 T("Kata sandi terlalu panjang. Tulis paling banyak %d byte."), PASSWORD_MAX_BYTES);
        return;
    case PASSWORD_COMMON:
        cx_field(cx, field, "too_common",
                 T("Kata sandi ini mudah ditebak. Pakai beberapa kata lain yang tidak berhubungan "
                   "dengan kantor atau nama Anda."));
        return;
    }
}

static void check_section(struct cx *cx, uint32_t roles, const char *section)
{
    if (form_error(cx, "section"))
        return;
    if ((roles & ROLE_SECTION_CHIEF) && str_empty(section))
        cx_field(cx, "section", "required", T("Pilih bidang yang dipimpin pegawai ini."));
    else if (!str_empty(section) && staff_section_label(section)[0] == '\0')
        cx_field(cx, "section", "not_in_list", T("Pilih bidang dari daftar."));
}

enum err staff_check_new(struct cx *cx, const struct staff_new *n)
{
    if (!staff_username_ok(n->username))
        cx_field(
            cx, "username", "bad_username",
            T("Tulis nama pengguna 3–32 karakter: huruf kecil, angka, titik, garis bawah, atau "
              "tanda hubung."));
    if (str_empty(n->name) && !form_error(cx, "name"))
        cx_field(cx, "name", "required", T("Tulis nama lengkap pegawai."));
    if ((n->roles & ROLE_ALL) == 0 && !form_error(cx, "roles"))
        cx_field(cx, "roles", "required", T("Pilih paling sedikit satu peran."));
    check_section(cx, n->roles, n->section);
    check_password(cx, "password", n->password, n->username);
    return cx_fields(cx);
}

/* The pair is made here; its secret half leaves only under the password. */
static enum err new_keys(struct cx *cx, const char *password, struct staff_keys *ret)
{
    struct seal_person person = {.wrapped = {NULL, 0}};
    uint8_t secret_key[32];
    TRY(seal_person_create(cx->arena, password, &person, secret_key));
    explicit_bzero(secret_key, sizeof(secret_key));
    char *hash = arena_alloc(cx->arena, 128);
    TRY(seal_password_hash(password, hash));
    *ret = (struct staff_keys){
        .password_hash = hash,
        .public_key = {arena_memdup(cx->arena, person.public_key, sizeof(person.public_key)), 32},
        .wrapped = person.wrapped,
    };
    return ERR_OK;
}

enum err staff_create(struct cx *cx, const struct staff_new *n, char ret_id[UUID_TEXT_BYTES])
{
    TRY(staff_check_new(cx, n));
    const char *id = cx_new_id(cx);
    struct staff_create_act a = {.act = act_new(cx, n->office_id, id, "staff_created"), .in = n};
    TRY(new_keys(cx, n->password, &a.keys));
    a.trusted = cx->actor.kind == ACTOR_SYSTEM;
    a.phone_sealed = seal_field(cx->seal, cx->arena, "staff", "phone", id, n->phone);
    a.phone_index = seal_index(cx->seal, cx->arena, "staff_phone", n->phone);
    TRY(act_finish(cx, &a.act, db_tx(cx, "staff_create", staff_create_tx, &a)));
    memcpy(ret_id, id, UUID_TEXT_BYTES);
    return ERR_OK;
}

/* --- changes ---------------------------------------------------------------------------------------------- */

static const char *roles_text(struct arena *a, uint32_t roles)
{
    struct buf b = buf_new(a, 64, 256);
    buf_puts(&b, "roles=");
    for (const struct role_name *r = staff_roles; r->name; r++)
        if (roles & (uint32_t)r->role)
            buf_printf(&b, "%s%s", b.n > 6 ? "," : "", r->name);
    return b.p;
}

enum err staff_update(struct cx *cx, const char *id, const struct staff_change *c)
{
    if (str_empty(c->name))
        cx_field(cx, "name", "required", T("Tulis nama lengkap pegawai."));
    if ((c->roles & ROLE_ALL) == 0)
        cx_field(cx, "roles", "required", T("Pilih paling sedikit satu peran."));
    check_section(cx, c->roles, c->section);
    TRY(cx_fields(cx));
    struct staff_update_act a = {.act = act_new(cx, cx->actor.office_id, id, "staff_changed"),
                                 .in = c};
    a.act.audit.detail = roles_text(cx->arena, c->roles);
    a.phone_sealed = seal_field(cx->seal, cx->arena, "staff", "phone", id, c->phone);
    a.phone_index = seal_index(cx->seal, cx->arena, "staff_phone", c->phone);
    return act_finish(cx, &a.act, db_tx(cx, "staff_update", staff_update_tx, &a));
}

enum err staff_disable(struct cx *cx, const char *id)
{
    if (str_eq(id, cx->actor.id))
        return cx_fail(cx, ERR_CONFLICT, "own_account",
                       T("Akun sendiri tidak dapat dinonaktifkan. Minta administrator lain."));
    struct staff_act act = act_new(cx, cx->actor.office_id, id, "staff_disabled");
    return act_finish(cx, &act, db_tx(cx, "staff_disable", staff_disable_tx, &act));
}

enum err staff_enable(struct cx *cx, const char *id)
{
    struct staff_act act = act_new(cx, cx->actor.office_id, id, "staff_enabled");
    return act_finish(cx, &act, db_tx(cx, "staff_enable", staff_enable_tx, &act));
}

/* --- trust ------------------------------------------------------------------------------------------------ */

enum err staff_trust_key(struct cx *cx, const char *id, const char *fingerprint,
                         const char *password)
{
    struct staff s = {0};
    TRY(staff_get(cx->read, cx->actor.office_id, id, &s));
    struct staff_trust_act a = {.act = act_new(cx, cx->actor.office_id, id, "key_trusted"),
                                .by = cx->actor.kind == ACTOR_SYSTEM ? "" : cx->actor.id,
                                .public_key = s.public_key};
    const char *now = seal_key_fingerprint(cx->arena, s.public_key);
    if (!str_eq(fingerprint, now))
        a.public_key = (struct bytes){NULL,
                                      0}; /* the transaction says so, after its other refusals */
    a.act.audit.detail = arena_printf(cx->arena, "fingerprint=%s", now);
    if (cx->actor.kind != ACTOR_SYSTEM)
        TRY(staff_prove_password(cx, password));
    return act_finish(cx, &a.act, db_tx(cx, "staff_trust_key", staff_trust_tx, &a));
}

/* --- passwords --------------------------------------------------------------------------------------------- */

enum err staff_reset_password(struct cx *cx, const char *id, const char *password)
{
    struct staff s = {.id = NULL};
    TRY(staff_get(cx->read, cx->actor.office_id, id, &s));
    check_password(cx, "password", password, s.username);
    TRY(cx_fields(cx));
    struct staff_password_act a = {
        .act = act_new(cx, cx->actor.office_id, id, "staff_password_reset"),
        .fresh_key = true,
    };
    TRY(new_keys(cx, password, &a.keys));
    return act_finish(cx, &a.act, db_tx(cx, "staff_password_reset", staff_password_tx, &a));
}

/* The old password opens the old wrapping: that is the proof and the key in one. */
static enum err rewrap(struct cx *cx, const struct staff *s, const char *old_password,
                       const char *new_password, struct bytes *ret)
{
    uint8_t secret_key[32];
    enum err e = seal_person_unlock(s->wrapped_key, old_password, secret_key);
    if (e == ERR_AUTH) {
        cx_field(cx, "old_password", "wrong_password",
                 T("Kata sandi lama tidak cocok. Tulis kata sandi yang sekarang dipakai."));
        return ERR_INVALID;
    }
    TRY(e);
    e = seal_person_rewrap(cx->arena, secret_key, new_password, ret);
    explicit_bzero(secret_key, sizeof(secret_key));
    return e;
}

enum err staff_change_password(struct cx *cx, const char *old_password, const char *new_password,
                               bool end_others)
{
    struct staff s = {0};
    TRY(staff_get(cx->read, cx->actor.office_id, cx->actor.id, &s));
    check_password(cx, "new_password", new_password, s.username);
    if (str_eq(old_password, new_password))
        cx_field(cx, "new_password", "same_password",
                 T("Kata sandi baru sama dengan yang lama. Pilih yang lain."));
    TRY(cx_fields(cx));
    struct staff_password_act a = {
        .act = act_new(cx, cx->actor.office_id, cx->actor.id, "staff_password_changed"),
        .keys = {.public_key = s.public_key},
        .end_others = end_others,
        .keep_session = cx->actor.session_id,
    };
    TRY(rewrap(cx, &s, old_password, new_password, &a.keys.wrapped));
    char *hash = arena_alloc(cx->arena, 128);
    TRY(seal_password_hash(new_password, hash));
    a.keys.password_hash = hash;
    return act_finish(cx, &a.act, db_tx(cx, "staff_password_change", staff_password_tx, &a));
}

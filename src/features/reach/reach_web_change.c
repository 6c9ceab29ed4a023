/* Changes of channels, quiet hours, stand-ins and the duty calendar: checked and sealed here, stored by
 * reach_store.c. */
#include <string.h>

#include "features/audit/audit.h"
#include "features/reach/reach_rules.h"
#include "features/reach/reach_store.h"
#include "features/staff/staff.h"
#include "lib/base/mail.h"
#include "lib/base/phone.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

#define PUSH_MAX    2048u
#define DAY_MINUTES 1440

static struct reach_change change_new(const struct cx *cx)
{
    return (struct reach_change){.act = visit_act_of(cx)};
}

static enum err change_run(struct cx *cx, const char *name,
                           enum err (*fn)(struct db_conn *tx, void *arg), struct reach_change *c)
{
    enum err e = db_tx(cx, name, fn, c);
    return e != ERR_OK && e == c->refusal.err ? cx_refuse(cx, &c->refusal) : e;
}

/* The id of an active account, else a field error. */
static enum err check_person(struct cx *cx, const char *field, const char *id, struct staff *ret)
{
    enum err e = str_empty(id) ? ERR_MISSING : staff_get(cx->read, cx->actor.office_id, id, ret);
    if (e == ERR_OK && !ret->disabled_at)
        return ERR_OK;
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    cx_field(cx, field, "unknown", T("Pilih orang dari daftar akun yang aktif."));
    return ERR_OK;
}

/* --- channels ----------------------------------------------------------------------------------------- */

static bool all_in(const char *s, const char *allowed)
{
    return strspn(s, allowed) == strlen(s);
}

/* The address as it is kept; NULL after a field error. */
static const char *normalise(struct cx *cx, const char *channel, const char *typed)
{
    char *address = str_trim(cx->arena, str_or(typed, ""));
    char *number = NULL;
    size_t n = strlen(address);
    if (str_eq(channel, "whatsapp") || str_eq(channel, "gateway")) {
        if (phone_normalise(cx->arena, address, &number) == PHONE_OK)
            return number;
        cx_field(cx, "address", "phone", T("Tulis nomor HP, misalnya 0812 3456 7890."));
    } else if (str_eq(channel, "telegram")) {
        if (n > 0 && n <= 20 && all_in(address + (*address == '-'), "0123456789"))
            return address;
        cx_field(
            cx, "address", "telegram",
            T("Tulis nomor obrolan Telegram (angka saja). Bot menyebutkannya setelah /start."));
    } else if (str_eq(channel, "mail")) {
        const char *mail = mail_address_read(cx->arena, address);
        if (mail)
            return mail;
        cx_field(cx, "address", "mail", T("Tulis alamat surel, misalnya nama@kejaksaan.go.id."));
    } else if (str_eq(channel, "webpush")) {
        if (n > 0 && n <= PUSH_MAX && *address == '{')
            return address;
        cx_field(cx, "address", "webpush", T("Nyalakan notifikasi dari halaman di HP itu sendiri."));
    } else {
        cx_field(cx, "channel", "not_a_choice", T("Pilih saluran dari daftar."));
    }
    return NULL;
}

enum err reach_channel_add(struct cx *cx, const struct reach_channel_new *n,
                           char ret_id[UUID_TEXT_BYTES])
{
    struct staff s = {0};
    TRY(check_person(cx, "staff", n->staff_id, &s));
    const char *address = normalise(cx, n->channel, n->address);
    TRY(cx_fields(cx));
    const char *id = cx_new_id(cx);
    struct reach_change c = change_new(cx);
    c.id = id;
    c.staff_id = n->staff_id;
    c.channel = n->channel;
    c.sealed = seal_field(cx->seal, cx->arena, "staff_channel", "address_sealed", id, address);
    c.index = seal_index(cx->seal, cx->arena, "staff_channel", address);
    TRY(change_run(cx, "channel_add", reach_tx_channel_add, &c));
    memcpy(ret_id, id, UUID_TEXT_BYTES);
    return ERR_OK;
}

enum err reach_channel_remove(struct cx *cx, const char *id)
{
    struct reach_change c = change_new(cx);
    c.id = id;
    return change_run(cx, "channel_remove", reach_tx_channel_remove, &c);
}

enum err reach_channel_up(struct cx *cx, const char *id)
{
    struct reach_change c = change_new(cx);
    c.id = id;
    return change_run(cx, "channel_up", reach_tx_channel_up, &c);
}

/* --- hours, stand-ins, duty ----------------------------------------------------------------------------- */

enum err reach_quiet_set(struct cx *cx, const char *staff_id, const struct quiet_hours *q)
{
    struct staff s = {0};
    TRY(check_person(cx, "staff", staff_id, &s));
    if (q->from_min < 0 || q->from_min >= DAY_MINUTES || q->until_min < 0 ||
        q->until_min >= DAY_MINUTES)
        cx_field(cx, "from", "time", T("Tulis jam antara 00.00 dan 23.59."));
    TRY(cx_fields(cx));
    struct reach_change c = change_new(cx);
    c.staff_id = staff_id;
    c.from = q->from_min;
    c.until = q->until_min;
    return change_run(cx, "quiet_set", reach_tx_quiet_set, &c);
}

enum err reach_stand_in_add(struct cx *cx, const struct stand_in_new *n,
                            char ret_id[UUID_TEXT_BYTES])
{
    struct staff replaced = {0}, deputy = {0};
    bool away = str_eq(n->kind, "away");
    bool acting = str_eq(n->kind, "plt") || str_eq(n->kind, "plh");
    if (!away && !acting && !str_eq(n->kind, "deputy"))
        cx_field(cx, "kind", "not_a_choice",
                 T("Pilih pengganti tetap, di luar kantor, Plt., atau Plh."));
    /* A vacant post has a Plt.: whom he replaces may be an account that is closed. */
    if (!acting)
        TRY(check_person(cx, "staff", n->staff_id, &replaced));
    else if (staff_get(cx->read, cx->actor.office_id, str_or(n->staff_id, ""), &replaced) != ERR_OK)
        cx_field(cx, "staff", "unknown", T("Pilih pejabat yang digantikan."));
    TRY(check_person(cx, "deputy", n->deputy_id, &deputy));
    if (deputy.id && str_eq(n->staff_id, n->deputy_id))
        cx_field(cx, "deputy", "self", T("Pilih orang lain sebagai pengganti."));
    if (away && !n->until_at)
        cx_field(cx, "until", "required", T("Tulis sampai kapan di luar kantor."));
    int64_t from = n->from_at ? n->from_at : cx->now_ms;
    if (n->until_at && (n->until_at <= from || n->until_at <= cx->now_ms))
        cx_field(cx, "until", "before",
                 T("Waktu selesai harus sesudah waktu mulai dan belum lewat."));
    TRY(cx_fields(cx));
    const char *id = cx_new_id(cx);
    struct reach_change c = change_new(cx);
    c.id = id;
    c.kind = n->kind;
    c.staff_id = n->staff_id;
    c.deputy_id = n->deputy_id;
    c.from = from;
    c.until = n->until_at;
    TRY(change_run(cx, "stand_in_add", reach_tx_stand_in_add, &c));
    memcpy(ret_id, id, UUID_TEXT_BYTES);
    return ERR_OK;
}

enum err reach_stand_in_end(struct cx *cx, const char *id)
{
    struct reach_change c = change_new(cx);
    c.id = id;
    return change_run(cx, "stand_in_end", reach_tx_stand_in_end, &c);
}

enum err reach_duty_set(struct cx *cx, const struct duty *d)
{
    int year = 0, month = 0, day = 0;
    uint32_t role = 0;
    struct staff s = {0};
    if (!d->day || !time_parse_date(d->day, &year, &month, &day))
        cx_field(cx, "day", "date", T("Tulis tanggal sebagai TTTT-BB-HH, misalnya 2026-07-23."));
    if (!d->post || !staff_role_parse(d->post, &role) || !(role & (ROLE_OFFICIALS | ROLE_DESK)))
        cx_field(cx, "post", "not_a_choice", T("Pilih jabatan dari daftar."));
    if (!str_empty(d->staff_id))
        TRY(check_person(cx, "staff", d->staff_id, &s));
    if (s.id && (role & (ROLE_OFFICIALS | ROLE_DESK)) && !((uint32_t)s.roles & role))
        cx_field(cx, "staff", "not_holder", T("Pilih orang yang memegang jabatan ini."));
    TRY(cx_fields(cx));
    struct reach_change c = change_new(cx);
    c.day = d->day;
    c.post = d->post;
    c.staff_id = d->staff_id;
    return change_run(cx, "duty_set", reach_tx_duty_set, &c);
}

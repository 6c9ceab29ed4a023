/* Keys of the two compartments: opened with a person's own key or with the receipt code, and passed on to
 * another person. The rest of the complaint desk reads complaints only through here. */
#include <string.h>

#include "features/complaint/complaint_web_keys.h"
#include "features/complaint/complaint_store.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

/* --- is it there, for this person? ----------------------------------------------------------------------- */

static enum err unknown(struct cx *cx)
{
    return cx_fail(cx, ERR_MISSING, "no_complaint", T("Pengaduan ini tidak ada."));
}

enum err complaint_must_exist(struct cx *cx, const char *id, struct complaint *ret)
{
    const char *office = cx->actor.office_id;
    bool shared = complaint_leads(&cx->actor);
    struct complaint c = {0};
    if (cx->actor.kind != ACTOR_USER)
        return unknown(cx);
    enum err e = complaint_get(cx->read, office, id, &c);
    if (e == ERR_OK && !shared)
        e = complaint_has_share(cx->read, office, id, cx->actor.id, COMPLAINT_CONTENT, &shared);
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    if (e == ERR_MISSING || !shared)
        return unknown(cx);
    *ret = c;
    return ERR_OK;
}

/* --- opening ---------------------------------------------------------------------------------------------- */

static enum err own_share(struct cx *cx, const char *complaint_id, enum complaint_part part,
                          struct bytes *ret)
{
    const char *office = cx->actor.office_id;
    return part == COMPLAINT_REPORTER
               ? complaint_reporter_share_of(cx->read, office, complaint_id, cx->actor.id, ret)
               : complaint_share_of(cx->read, office, complaint_id, cx->actor.id, ret);
}

enum err complaint_unlock(struct cx *cx, const char *complaint_id, enum complaint_part part,
                          struct seal_envelope *ret)
{
    struct bytes share = {NULL, 0};
    if (!cx->key.present)
        return cx_fail(
            cx, ERR_DENIED, "key_locked",
            T("Kunci pribadi Anda belum terbuka. Masukkan kata sandi Anda sekali lagi."));
    enum err e = own_share(cx, complaint_id, part, &share);
    if (e == ERR_MISSING)
        return cx_fail(cx, ERR_DENIED, "no_share",
                       part == COMPLAINT_REPORTER
                           ? T("Identitas pelapor tidak disegel untuk akun Anda. Mintalah Kasi "
                               "Intelijen atau Kajari.")
                           : T("Pengaduan ini tidak disegel untuk akun Anda. Mintalah pejabat yang "
                               "dapat membacanya."));
    if (e != ERR_OK)
        return e;
    if (seal_envelope_unshare(share, cx->key.public_key, cx->key.secret_key, ret) != ERR_OK)
        return cx_fail(cx, ERR_DENIED, "share_does_not_open",
                       T("Kunci akun Anda sudah diganti dan tidak membuka pengaduan ini. Mintalah "
                         "pembaca lain membagikannya kembali, atau pakai lembar kunci pemulihan."));
    return ERR_OK;
}

enum err complaint_count_shut(struct cx *cx, int64_t *ret)
{
    struct complaint_share *shares = NULL;
    size_t count = 0;
    *ret = 0;
    if (!cx->key.present)
        return ERR_OK;
    TRY(complaint_shares_of_reader(cx->read, cx->actor.office_id, cx->actor.id, &shares, &count));
    for (size_t i = 0; i < count; i++) {
        struct seal_envelope key;
        *ret += seal_envelope_unshare(shares[i].share, cx->key.public_key, cx->key.secret_key,
                                      &key) != ERR_OK;
        explicit_bzero(&key, sizeof(key));
    }
    return ERR_OK;
}

enum err complaint_unlock_receipt(struct cx *cx, const char *receipt, struct complaint *ret,
                                  struct seal_envelope *ret_key)
{
    const char *office = cx->actor.office_id;
    uint8_t lookup[32], public_key[32], secret_key[32];
    struct bytes share = {NULL, 0};
    struct complaint c = {0};
    seal_receipt_lookup(receipt, lookup);
    TRY(complaint_by_receipt(cx->read, office, lookup, &c));
    TRY(complaint_share_of(cx->read, office, c.id, COMPLAINT_READER_RECEIPT, &share));
    seal_receipt_public_key(receipt, public_key);
    seal_receipt_secret_key(receipt, secret_key);
    enum err e = seal_envelope_unshare(share, public_key, secret_key, ret_key);
    explicit_bzero(secret_key, sizeof(secret_key));
    if (e == ERR_OK)
        *ret = c;
    return e;
}

enum err complaint_open_by_code(struct cx *cx, const char *typed, char **ret_code,
                                struct complaint *ret, struct complaint_text *ret_text)
{
    struct seal_envelope key;
    enum err e = ERR_MISSING;
    if (seal_receipt_normalise(cx->arena, typed, ret_code))
        e = complaint_unlock_receipt(cx, *ret_code, ret, &key);
    if (e == ERR_MISSING) {
        cx_field(cx, "code", "unknown",
                 T("Kode ini tidak dikenal. Periksa lagi huruf dan angkanya pada tanda terima."));
        return ERR_INVALID;
    }
    if (e != ERR_OK)
        return e;
    e = complaint_open_content(cx, ret, &key, ret_text);
    explicit_bzero(&key, sizeof(key));
    return e;
}

/* --- passing on --------------------------------------------------------------------------------------------- */

static enum err person_with_key(struct cx *cx, const char *staff_id, struct staff *ret)
{
    enum err e = staff_get(cx->read, cx->actor.office_id, staff_id, ret);
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    if (e == ERR_MISSING || ret->disabled_at || ((uint32_t)ret->roles & COMPLAINT_READER_ROLES) == 0)
        return cx_fail(cx, ERR_CONFLICT, "not_a_reader",
                       T("Orang ini tidak aktif atau tidak bertugas menangani pengaduan."));
    if (!ret->key_trusted_at || ret->public_key.n != 32)
        return cx_fail(cx, ERR_CONFLICT, "key_not_trusted",
                       T("Kunci %s belum dipercayai. Percayai dahulu di halaman Kunci."), ret->name);
    return ERR_OK;
}

static enum err share_part(struct cx *cx, const char *complaint_id, const struct staff *to,
                           enum complaint_part part, struct bytes *ret)
{
    struct seal_envelope key;
    TRY(complaint_unlock(cx, complaint_id, part, &key));
    *ret = seal_envelope_share(&key, cx->arena, to->public_key.p);
    explicit_bzero(&key, sizeof(key));
    return ret->p ? ERR_OK : cx_detail(cx, ERR_INTERNAL, "reader's public key is unusable");
}

enum err complaint_share_with(struct cx *cx, const char *complaint_id, const char *staff_id,
                              unsigned parts)
{
    struct staff to = {0};
    TRY(person_with_key(cx, staff_id, &to));
    struct complaint_sharing s = {.act = visit_act_of(cx),
                                  .complaint_id = complaint_id,
                                  .reader_id = staff_id,
                                  .parts = parts};
    if (parts & COMPLAINT_CONTENT)
        TRY(share_part(cx, complaint_id, &to, COMPLAINT_CONTENT, &s.content));
    if (parts & COMPLAINT_REPORTER)
        TRY(share_part(cx, complaint_id, &to, COMPLAINT_REPORTER, &s.reporter));
    return db_tx(cx, "complaint_share", complaint_share_give, &s);
}

enum err complaint_unshare(struct cx *cx, const char *complaint_id, const char *staff_id,
                           unsigned parts)
{
    struct complaint_sharing s = {.act = visit_act_of(cx),
                                  .complaint_id = complaint_id,
                                  .reader_id = staff_id,
                                  .parts = parts};
    enum err e = db_tx(cx, "complaint_unshare", complaint_share_take, &s);
    return e != ERR_OK && s.refusal.err != ERR_OK ? cx_refuse(cx, &s.refusal) : e;
}

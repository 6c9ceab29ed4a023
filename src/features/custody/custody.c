/* Rules of custody: who may hand over, return, close, and why not. Pure: no database, no clock. */
#include "features/custody/custody.h"

#include "features/office/office.h"
#include "features/visit/visit.h"
#include "lib/base/str.h"

#include "lib/base/banned.h"

static const struct {
    const char *kind, *label;
} kinds[] = {
    {"id_card", T("Kartu identitas")},
    {"phone", T("HP")},
    {"laptop", T("Laptop")},
    {"bag", T("Tas")},
    {"other", T("Barang")},
};

static const struct refusal allowed = {.err = ERR_OK};

static struct refusal conflict(const char *code, const char *msgid, const char *arg)
{
    return (struct refusal){.err = ERR_CONFLICT, .code = code, .msgid = msgid, .arg = arg};
}

static struct refusal wrong(const char *field, const char *code, const char *msgid, const char *arg)
{
    return (struct refusal){
        .err = ERR_INVALID, .code = code, .msgid = msgid, .arg = arg, .field = field};
}

const char *custody_kind_label(const char *kind)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (str_eq(kinds[i].kind, kind))
            return kinds[i].label;
    return T("Barang");
}

const char *custody_place_kind(const char *item_kind)
{
    return str_eq(item_kind, "id_card") ? "slot" : "locker";
}

bool custody_held(const struct item *item)
{
    return item->returned_at == 0 && item->lost_at == 0;
}

size_t custody_count_held(const struct item *items, size_t count)
{
    size_t held = 0;
    for (size_t i = 0; i < count; i++)
        held += custody_held(&items[i]);
    return held;
}

size_t custody_count_held_cards(const struct item *items, size_t count)
{
    size_t held = 0;
    for (size_t i = 0; i < count; i++)
        held += custody_held(&items[i]) && str_eq(items[i].kind, "id_card");
    return held;
}

static bool before_received(const struct visit *v)
{
    return visit_state_is(v, "registered") || visit_state_is(v, "checked_in") ||
           visit_state_is(v, "waiting");
}

/* Why nothing more can be done with a visit that has ended; OK while it is open. */
static struct refusal check_open(const struct visit *v)
{
    if (visit_state_is(v, "cancelled"))
        return conflict("state", T("Kunjungan ini sudah dibatalkan."), NULL);
    if (visit_state_is(v, "closed") || visit_state_is(v, "left"))
        return conflict("state", T("Kunjungan ini sudah ditutup."), NULL);
    return allowed;
}

struct refusal custody_may_deposit(const struct visit *v)
{
    struct refusal r = check_open(v);
    if (r.err != ERR_OK)
        return r;
    if (before_received(v) || visit_state_is(v, "received"))
        return allowed;
    return conflict("state", T("Tamu sedang keluar. Titipan baru tidak dicatat lagi."), NULL);
}

struct refusal custody_may_return(const struct visit *v)
{
    struct refusal r = check_open(v);
    if (r.err != ERR_OK)
        return r;
    if (before_received(v))
        return conflict("not_received",
                        T("Tamu belum diterima. Bila tamu pulang, catat dahulu bahwa tamu pulang "
                          "sebelum diterima."),
                        NULL);
    return allowed;
}

struct refusal custody_may_close(const struct visit *v)
{
    return custody_may_return(v);
}

struct refusal custody_may_leave(const struct visit *v)
{
    struct refusal r = check_open(v);
    if (r.err != ERR_OK)
        return r;
    if (before_received(v))
        return allowed;
    if (visit_state_is(v, "received") || v->unreceived == 0)
        return conflict("already_received",
                        T("Tamu sudah diterima. Kembalikan titipan, lalu terima tanda pengenal."),
                        NULL);
    return conflict("state",
                    T("Tamu sudah dicatat pulang. Kembalikan titipan, lalu terima tanda "
                      "pengenal."),
                    NULL);
}

struct refusal custody_may_cancel(const struct visit *v)
{
    struct refusal r = check_open(v);
    if (r.err != ERR_OK)
        return r;
    if (visit_state_is(v, "registered"))
        return allowed;
    return conflict("after_step_3",
                    T("Tanda pengenal sudah diserahkan. Catat tamu pulang, lalu tutup kunjungan."),
                    NULL);
}

struct refusal custody_check_pool(const struct badge *badge, const char *label)
{
    if (!badge)
        return wrong("badge", "badge_unknown",
                     T("Tanda pengenal %s tidak terdaftar. Periksa nomornya."), label);
    if (str_eq(badge->state, "lost"))
        return conflict("badge_lost",
                        T("Tanda pengenal %s tercatat hilang. Pilih tanda pengenal lain."), label);
    if (str_eq(badge->state, "retired"))
        return conflict("badge_retired",
                        T("Tanda pengenal %s tidak dipakai lagi. Pilih tanda pengenal lain."),
                        label);
    return allowed;
}

struct refusal custody_check_given(const char *held, const char *label)
{
    if (!held || str_eq(held, label))
        return allowed;
    return conflict("badge_already_given",
                    T("Tamu ini sudah membawa tanda pengenal %s. Satu tamu satu tanda pengenal."),
                    held);
}

struct refusal custody_check_back(const char *held, const char *label)
{
    if (!held)
        return allowed; /* marked lost: nothing to take back */
    if (str_empty(label))
        return wrong("badge", "missing", T("Pindai atau ketik tanda pengenal %s."), held);
    if (!str_eq(held, label))
        return conflict("wrong_badge",
                        T("Tamu ini membawa tanda pengenal %s. Terima yang itu, bukan yang lain."),
                        held);
    return allowed;
}

struct refusal custody_check_cards(const struct visit *v, size_t held_cards, size_t new_cards,
                                   const char *no_card_reason)
{
    size_t people = 1 + (v->companion_count > 0 ? (size_t)v->companion_count : 0);
    if (new_cards > 0 && held_cards + new_cards > people)
        return wrong("items", "too_many_cards",
                     T("Kartu identitas melebihi jumlah tamu. Satu orang satu kartu."), NULL);
    bool first = visit_state_is(v, "registered");
    if (first && new_cards == 0 && str_empty(no_card_reason))
        return wrong("no_card_reason", "missing",
                     T("Catat kartu identitas yang dititipkan, atau tulis alasan tanpa kartu."),
                     NULL);
    return allowed;
}

struct refusal custody_still_held(void)
{
    return conflict("still_held",
                    T("Masih disimpan: %s. Kembalikan dahulu, baru terima tanda pengenal."), NULL);
}

const char *custody_return_skipped(const struct item *items, size_t count)
{
    if (count == 0)
        return T("Tidak ada titipan");
    for (size_t i = 0; i < count; i++)
        if (items[i].returned_at != 0)
            return NULL;
    return T("Titipan dicatat hilang");
}

const char *custody_held_text(const struct cx *cx, const struct item *items, size_t count)
{
    struct buf text = buf_new(cx->arena, 128, 4096);
    for (size_t i = 0; i < count; i++) {
        if (!custody_held(&items[i]))
            continue;
        buf_puts(&text, text.n ? ", " : "");
        buf_puts(&text, cx_t(cx, custody_kind_label(items[i].kind)));
        if (!str_empty(items[i].label))
            buf_printf(&text, " %s", items[i].label);
        buf_printf(&text, " (%s)", items[i].slot);
    }
    return text.p;
}

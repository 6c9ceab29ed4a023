/* Rules of the visit: what may follow what, and what things are called. Pure. See visit.h. */
#include "features/visit/visit.h"

#include <string.h>

#include "features/audit/audit.h"
#include "lib/base/str.h"
#include "lib/base/utf8.h"
#include "lib/base/banned.h"

struct visit_act visit_act_of(const struct cx *cx)
{
    return (struct visit_act){.office_id = cx->actor.office_id,
                              .actor_kind = audit_actor_kind(cx),
                              .actor_id = cx->actor.id,
                              .now_ms = cx->now_ms};
}

struct visit_act visit_act_system(const char *office_id, int64_t now_ms)
{
    return (struct visit_act){
        .office_id = office_id, .actor_kind = "system", .actor_id = "", .now_ms = now_ms};
}

bool visit_state_is(const struct visit *v, const char *state)
{
    return strcmp(v->state, state) == 0;
}

int visit_highest_step(const struct visit_step *steps, size_t count)
{
    int highest = 0;
    for (size_t i = 0; i < count; i++) {
        if (steps[i].step > highest)
            highest = (int)steps[i].step;
    }
    return highest;
}

int visit_reached_step(const struct visit_step *steps, size_t count)
{
    bool done[11] = {false};
    for (size_t i = 0; i < count; i++)
        done[steps[i].step] = true;
    int reached = 0;
    while (done[reached + 1])
        reached++;
    return reached;
}

char *visit_number_text(struct arena *a, const struct visit *v)
{
    return arena_printf(a, "%lld%s/%lld", (long long)v->number, v->number_suffix,
                        (long long)v->year);
}

char *visit_mask_number(struct arena *a, const char *number)
{
    size_t n = utf8_length(number);
    size_t shown = n >= 12 ? 4 : n >= 6 ? 2 : 0;
    struct buf b = buf_new(a, 64, 1024);
    size_t at = 0;
    for (const char *c = number; *c; at++) {
        const char *start = c;
        (void)utf8_next(&c);
        if (at < shown || at + shown >= n)
            buf_add(&b, start, (size_t)(c - start));
        else
            buf_puts(&b, "•");
    }
    return b.p;
}

static struct refusal allow(void)
{
    return (struct refusal){.err = ERR_OK};
}

static struct refusal out_of_order(const char *msgid)
{
    return (struct refusal){.err = ERR_CONFLICT, .code = "state", .msgid = msgid};
}

static struct refusal ended(void)
{
    return out_of_order(T("Kunjungan ini sudah berakhir."));
}

struct refusal visit_may_wait(const struct visit *v)
{
    if (!v->open)
        return ended();
    if (visit_state_is(v, "registered"))
        return out_of_order(
            T("Minta kartu identitas dan serahkan tanda pengenal lebih dahulu (langkah 3)."));
    if (!visit_state_is(v, "checked_in") && !visit_state_is(v, "waiting"))
        return out_of_order(T("Tamu ini sudah diterima atau sedang pulang."));
    return allow();
}

struct refusal visit_may_receive(const struct visit *v, bool desk, const char *actor_id)
{
    bool decided = strcmp(v->decision_state, "final") == 0;
    bool receiver = decided && v->receiver_id && strcmp(v->receiver_id, actor_id) == 0;
    if (!desk && !receiver)
        return (struct refusal){
            .err = ERR_DENIED,
            .code = "not_receiver",
            .msgid = T(
                "Hanya pejabat yang menerima tamu ini atau petugas yang dapat mencatatnya.")};
    if (!v->open)
        return ended();
    if (visit_state_is(v, "received") || visit_state_is(v, "leaving"))
        return out_of_order(T("Tamu ini sudah dicatat diterima."));
    if (!visit_state_is(v, "waiting"))
        return out_of_order(T("Antar tamu ke ruang tunggu lebih dahulu (langkah 4)."));
    if (!decided)
        return (struct refusal){
            .err = ERR_CONFLICT,
            .code = "not_decided",
            .msgid = T("Belum diputuskan siapa yang menerima tamu ini (langkah 6).")};
    if (v->decision_outcome && strcmp(v->decision_outcome, "refused") == 0)
        return (struct refusal){
            .err = ERR_CONFLICT,
            .code = "refused",
            .msgid = T("Keputusannya: tamu tidak dapat diterima. Catat tamu pulang.")};
    return allow();
}

struct refusal visit_may_note(const struct visit *v)
{
    if (visit_state_is(v, "received") || visit_state_is(v, "leaving"))
        return allow();
    return out_of_order(v->open ? T("Catatan ditulis setelah tamu diterima (langkah 7).")
                                : T("Kunjungan ini sudah berakhir."));
}

struct refusal visit_refuse_inside(struct arena *a, const struct visit *inside)
{
    return (struct refusal){
        .err = ERR_CONFLICT,
        .code = "already_inside",
        .msgid = T("Dokumen ini masih tercatat di dalam kantor: kunjungan nomor %s."),
        .arg = visit_number_text(a, inside),
        .ref = inside->id,
        .field = "id_number"};
}

struct label {
    const char *code, *label;
};

static const char *find_label(const struct label *labels, size_t count, const char *code)
{
    for (size_t i = 0; code && i < count; i++) {
        if (strcmp(labels[i].code, code) == 0)
            return labels[i].label;
    }
    return code ? code : "";
}

const char *visit_state_label(const char *state)
{
    static const struct label labels[] = {
        {"registered", T("Di loket")},  {"checked_in", T("Sudah bertanda pengenal")},
        {"waiting", T("Menunggu")},     {"received", T("Sedang diterima")},
        {"leaving", T("Akan pulang")},  {"closed", T("Selesai")},
        {"cancelled", T("Dibatalkan")}, {"left", T("Pulang sebelum diterima")},
    };
    return find_label(labels, ARRAY_LEN(labels), state);
}

const char *visit_category_label(const char *category)
{
    static const struct label labels[] = {
        {"complaint", T("Pengaduan")},        {"information", T("Informasi publik")},
        {"summons", T("Memenuhi panggilan")}, {"meeting", T("Bertemu pejabat")},
        {"delivery", T("Antar surat")},       {"other", T("Keperluan lain")},
    };
    return find_label(labels, ARRAY_LEN(labels), category);
}

const char *visit_priority_label(const char *priority)
{
    static const struct label labels[] = {{"elderly", T("lanjut usia")},
                                          {"pregnant", T("hamil")},
                                          {"disabled", T("penyandang disabilitas")},
                                          {"child", T("anak")}};
    return find_label(labels, ARRAY_LEN(labels), priority);
}

const char *visit_id_type_label(const char *id_type)
{
    static const struct label labels[] = {{"ktp", T("KTP")},
                                          {"sim", T("SIM")},
                                          {"passport", T("Paspor")},
                                          {"other", T("Dokumen lain")}};
    return find_label(labels, ARRAY_LEN(labels), id_type);
}

const char *visit_step_label(int step)
{
    static const char *const labels[] = {
        T("Lapor di PTSP"), T("Data dan foto"),   T("Kartu dan tanda pengenal"),
        T("Ruang tunggu"),  T("Pemberitahuan"),   T("Keputusan"),
        T("Diterima"),      T("Titipan kembali"), T("Tanda pengenal kembali"),
    };
    return step >= 1 && step <= 9 ? labels[step - 1] : "";
}

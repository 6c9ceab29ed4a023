/* Rules of the written complaint: when it may be written, who may see that it is there. Pure. */
#include "features/complaint/complaint.h"

#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

/* The order of the first seven is the order of the work (domain.md 1.3: Kejari Penajam Paser Utara); the rest
 * are its ends. */
const struct complaint_code complaint_states[COMPLAINT_STATES + 1] = {
    {"received", T("Diterima")},
    {"review", T("Telaah")},
    {"disposition", T("Disposisi")},
    {"order", T("Surat perintah")},
    {"gathering", T("Pengumpulan bahan keterangan")},
    {"exposition", T("Ekspose")},
    {"report", T("Laporan hasil")},
    {"handed_pidsus", T("Dilimpahkan ke Pidsus")},
    {"handed_pidum", T("Dilimpahkan ke Pidum")},
    {"forwarded_apip", T("Diteruskan ke APIP")},
    {"forwarded_office", T("Diteruskan ke instansi lain")},
    {"stopped", T("Dihentikan, tidak cukup bukti")},
    {"withdrawn", T("Dicabut pelapor")},
    {"done", T("Selesai")},
    {NULL, NULL},
};
#define STATES_OPEN 7

const struct complaint_code complaint_sides[] = {
    {"needs_completion", T("Perlu dilengkapi")},
    {"awaiting_apip", T("Menunggu APIP")},
    {"not_competent", T("Bukan kewenangan")},
    {NULL, NULL},
};

const struct complaint_code complaint_ways[] = {
    {"counter", T("Ditulis di loket")},       {"tablet", T("Ditulis sendiri di layar tamu")},
    {"oral", T("Lisan, dituliskan petugas")}, {"letter", T("Surat yang diserahkan")},
    {"post", T("Surat lewat pos")},           {"office", T("Kiriman kantor lain")},
    {"public", T("Halaman publik")},          {NULL, NULL},
};

const struct complaint_code complaint_modes[] = {
    {"confidential", T("Dirahasiakan")},
    {"anonymous", T("Tanpa nama")},
    {"known", T("Boleh diketahui")},
    {NULL, NULL},
};

const struct complaint_code complaint_classes[] = {
    {"unsorted", T("Belum digolongkan")},
    {"corruption", T("Dugaan tindak pidana korupsi")},
    {"general_crime", T("Dugaan tindak pidana umum")},
    {"staff_conduct", T("Pengaduan pegawai atau jaksa")},
    {"public_service", T("Pengaduan pelayanan publik")},
    {"legal_advice", T("Konsultasi hukum")},
    {"information", T("Permintaan informasi")},
    {"not_ours", T("Bukan kewenangan Kejaksaan")},
    {NULL, NULL},
};

const char *complaint_label(const struct complaint_code *codes, const char *code)
{
    for (; codes->code; codes++) {
        if (str_eq(codes->code, code))
            return codes->label;
    }
    return "";
}

bool complaint_state_ends(const char *state)
{
    for (size_t i = STATES_OPEN; i < COMPLAINT_STATES; i++) {
        if (str_eq(complaint_states[i].code, state))
            return true;
    }
    return false;
}

bool complaint_own_words(const char *way)
{
    return str_eq(way, "tablet") || str_eq(way, "public");
}

static struct refusal conflict(const char *code, const char *msgid)
{
    return (struct refusal){.err = ERR_CONFLICT, .code = code, .msgid = msgid};
}

struct refusal complaint_may_write(const struct visit *v)
{
    if (!v->open)
        return conflict("state", T("Kunjungan ini sudah berakhir."));
    if (!visit_state_is(v, "received") && !visit_state_is(v, "leaving"))
        return conflict("state", T("Pengaduan ditulis setelah tamu diterima (langkah 7)."));
    if (v->complaint_sealed.n)
        return conflict("complaint_exists",
                        T("Pengaduan tertulis untuk kunjungan ini sudah disimpan."));
    return (struct refusal){.err = ERR_OK};
}

struct refusal complaint_no_reader(void)
{
    return conflict(
        "no_trusted_reader",
        T("Pengaduan belum dapat diterima: belum ada Kasi Intelijen atau Kajari yang kuncinya "
          "dipercayai. Minta pengelola server menjalankan bukutamu user trust."));
}

bool complaint_leads(const struct actor *actor)
{
    return actor->kind == ACTOR_USER && (actor->roles & ROLE_LEADERS) && actor->key_trusted;
}

bool complaint_may_see(const struct actor *actor, const char *writer_id)
{
    if (actor->kind != ACTOR_USER)
        return false;
    return complaint_leads(actor) || (*actor->id && str_eq(actor->id, writer_id));
}

char *complaint_number_text(struct arena *a, int64_t number, int64_t year)
{
    return arena_printf(a, "PGD-%lld/%lld", (long long)number, (long long)year);
}

char *complaint_aad(struct arena *a, const char *complaint_id, const char *part)
{
    return arena_printf(a, "%s|%s", complaint_id, part);
}

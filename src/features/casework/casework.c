/* Rules of following a complaint: which move, by whom, after which document; deadlines. Pure. */
#include "features/casework/casework_rules.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/base/banned.h"

/* --- moves ------------------------------------------------------------------------------------------------ */

const char *const case_letter_kinds[CASE_LETTERS + 1] = {"review", "disposition", "order",
                                                         "report", "notice",      NULL};

#define FILED  (CASE_REPORT)
#define CLOSED (CASE_TELLS)

/* The order of the work is domain.md 1.3 (Kejari Penajam Paser Utara). Only the Kajari disposes; he may send
 * a matter elsewhere at once, without an inquiry. */
/* clang-format off */
const struct case_move case_moves[] = {
    {"received", "review", CASE_LEADER, 0, 0, T("Mulai telaah")},
    {"received", "withdrawn", CASE_LEADER, 0, CASE_REASON | CASE_ANY_SIDE, T("Catat dicabut pelapor")},

    {"review", "disposition", CASE_LEADER, CASE_REVIEW, CASE_VALUED, T("Ajukan kepada Kajari")},
    {"review", "forwarded_office", CASE_LEADER, CASE_REVIEW, CASE_HANDOVER | CASE_FOREIGN | CLOSED, T("Teruskan ke instansi lain")},
    {"review", "withdrawn", CASE_LEADER, 0, CASE_REASON | CASE_ANY_SIDE, T("Catat dicabut pelapor")},
    {"review", "received", CASE_LEADER, 0, CASE_BACK | CASE_REASON, T("Kembalikan ke penerimaan")},

    {"disposition", "order", CASE_HEAD, CASE_DISPOSITION, CASE_COMPETENT, T("Terbitkan surat perintah")},
    {"disposition", "handed_pidsus", CASE_HEAD, CASE_DISPOSITION, CASE_HANDOVER | CLOSED, T("Limpahkan ke Pidsus")},
    {"disposition", "handed_pidum", CASE_HEAD, CASE_DISPOSITION, CASE_HANDOVER | CLOSED, T("Limpahkan ke Pidum")},
    {"disposition", "forwarded_apip", CASE_HEAD, CASE_DISPOSITION, CASE_HANDOVER | CLOSED, T("Teruskan ke APIP")},
    {"disposition", "forwarded_office", CASE_HEAD, CASE_DISPOSITION, CASE_HANDOVER | CLOSED, T("Teruskan ke instansi lain")},
    {"disposition", "stopped", CASE_HEAD, CASE_DISPOSITION, CASE_REASON | CLOSED, T("Hentikan")},
    {"disposition", "done", CASE_HEAD, CASE_DISPOSITION, CASE_REASON | CLOSED, T("Nyatakan selesai")},
    {"disposition", "withdrawn", CASE_LEADER, 0, CASE_REASON | CASE_ANY_SIDE, T("Catat dicabut pelapor")},
    {"disposition", "review", CASE_LEADER, 0, CASE_BACK | CASE_REASON, T("Kembalikan ke telaah")},

    {"order", "gathering", CASE_LEADER | CASE_OFFICER, CASE_ORDER, CASE_COMPETENT, T("Mulai pengumpulan bahan keterangan")},
    {"order", "withdrawn", CASE_LEADER, 0, CASE_REASON | CASE_ANY_SIDE, T("Catat dicabut pelapor")},
    {"order", "disposition", CASE_LEADER, 0, CASE_BACK | CASE_REASON, T("Kembalikan ke disposisi")},

    {"gathering", "exposition", CASE_LEADER | CASE_OFFICER, 0, CASE_COMPETENT, T("Lanjut ke ekspose")},
    {"gathering", "withdrawn", CASE_LEADER, 0, CASE_REASON | CASE_ANY_SIDE, T("Catat dicabut pelapor")},
    {"gathering", "order", CASE_LEADER, 0, CASE_BACK | CASE_REASON, T("Kembalikan ke surat perintah")},

    {"exposition", "report", CASE_LEADER | CASE_OFFICER, 0, CASE_COMPETENT, T("Lanjut ke laporan hasil")},
    {"exposition", "withdrawn", CASE_LEADER, 0, CASE_REASON | CASE_ANY_SIDE, T("Catat dicabut pelapor")},
    {"exposition", "gathering", CASE_LEADER, 0, CASE_BACK | CASE_REASON, T("Kembalikan ke pengumpulan bahan keterangan")},

    {"report", "done", CASE_LEADER, FILED, CLOSED, T("Nyatakan selesai")},
    {"report", "handed_pidsus", CASE_LEADER, FILED, CASE_HANDOVER | CLOSED, T("Limpahkan ke Pidsus")},
    {"report", "handed_pidum", CASE_LEADER, FILED, CASE_HANDOVER | CLOSED, T("Limpahkan ke Pidum")},
    {"report", "forwarded_apip", CASE_LEADER, FILED, CASE_HANDOVER | CLOSED, T("Teruskan ke APIP")},
    {"report", "forwarded_office", CASE_LEADER, FILED, CASE_HANDOVER | CLOSED, T("Teruskan ke instansi lain")},
    {"report", "stopped", CASE_LEADER, FILED, CASE_REASON | CLOSED, T("Hentikan, tidak cukup bukti")},
    {"report", "withdrawn", CASE_LEADER, 0, CASE_REASON | CASE_ANY_SIDE, T("Catat dicabut pelapor")},
    {"report", "exposition", CASE_LEADER, 0, CASE_BACK | CASE_REASON, T("Kembalikan ke ekspose")},

    {"handed_pidsus", "disposition", CASE_LEADER, 0, CASE_REOPEN | CASE_REASON, T("Catat dikembalikan, buka lagi")},
    {"handed_pidum", "disposition", CASE_LEADER, 0, CASE_REOPEN | CASE_REASON, T("Catat dikembalikan, buka lagi")},
    {"forwarded_apip", "disposition", CASE_LEADER, 0, CASE_REOPEN | CASE_REASON, T("Catat dikembalikan, buka lagi")},
    {"forwarded_office", "disposition", CASE_LEADER, 0, CASE_REOPEN | CASE_REASON, T("Catat dikembalikan, buka lagi")},
    {"stopped", "review", CASE_HEAD, 0, CASE_REOPEN | CASE_REASON, T("Buka lagi")},
    {"withdrawn", "review", CASE_HEAD, 0, CASE_REOPEN | CASE_REASON, T("Buka lagi")},
    {"done", "review", CASE_HEAD, 0, CASE_REOPEN | CASE_REASON, T("Buka lagi")},
    {.from = NULL},
};
/* clang-format on */

const struct case_move *case_move_find(const char *from, const char *to)
{
    for (const struct case_move *m = case_moves; m->from; m++) {
        if (str_eq(m->from, from) && str_eq(m->to, to))
            return m;
    }
    return NULL;
}

bool case_reporter_reachable(const char *mode)
{
    return !str_eq(mode, "anonymous");
}

static struct refusal fine(void)
{
    return (struct refusal){.err = ERR_OK};
}

static struct refusal conflict(const char *code, const char *msgid)
{
    return (struct refusal){.err = ERR_CONFLICT, .code = code, .msgid = msgid};
}

static struct refusal letter_missing(unsigned letters)
{
    static const char *const sentences[CASE_LETTERS] = {
        T("Telaahan belum dibuat. Buat telaahan di halaman Surat, lalu ulangi."),
        T("Lembar disposisi belum dibuat. Buat lembar disposisi di halaman Surat, lalu ulangi."),
        T("Surat perintah tugas belum dibuat. Buat surat perintah di halaman Surat, lalu ulangi."),
        T("Laporan hasil belum dibuat. Buat laporan hasil di halaman Surat, lalu ulangi."),
        T("Pemberitahuan kepada pelapor belum dibuat. Buat di halaman Surat, lalu ulangi."),
    };
    for (size_t i = 0; i < CASE_LETTERS; i++) {
        if (letters & (1u << i))
            return (struct refusal){.err = ERR_CONFLICT,
                                    .code = "letter_missing",
                                    .msgid = sentences[i],
                                    .ref = case_letter_kinds[i]};
    }
    return fine();
}

static struct refusal not_yours(const struct case_move *m)
{
    const char *msgid = m->who & CASE_OFFICER
                            ? T("Langkah ini untuk Kasi Intelijen, Kajari, dan petugas yang "
                                "menangani pengaduan ini.")
                        : m->who & CASE_LEADER
                            ? T("Langkah ini untuk Kasi Intelijen atau Kajari.")
                            : T("Langkah ini untuk Kajari atau yang ditunjuk menggantikannya.");
    return (struct refusal){.err = ERR_DENIED, .code = "not_yours", .msgid = msgid};
}

static struct refusal side_blocks(const struct case_facts *f, const struct case_move *m)
{
    if (m->flags & CASE_ANY_SIDE)
        return fine();
    if (str_eq(f->side, "needs_completion"))
        return conflict("waiting", T("Pengaduan masih menunggu kelengkapan dari pelapor. Akhiri "
                                     "dahulu keadaan perlu dilengkapi."));
    if (str_eq(f->side, "awaiting_apip"))
        return conflict("waiting", T("Pengaduan masih menunggu jawaban APIP. Akhiri dahulu keadaan "
                                     "menunggu APIP."));
    bool foreign = str_eq(f->side, "not_competent");
    if (foreign && (m->flags & CASE_COMPETENT))
        return conflict("not_competent", T("Pengaduan ditandai bukan kewenangan. Teruskan ke "
                                           "instansi lain, atau akhiri dahulu tanda itu."));
    if (!foreign && (m->flags & CASE_FOREIGN))
        return conflict("not_competent",
                        T("Dari telaah, pengaduan diteruskan hanya bila ditandai bukan kewenangan. "
                          "Beri tanda itu dahulu, atau ajukan kepada Kajari."));
    return fine();
}

struct refusal case_could_move(const struct case_facts *f, const struct case_move *m)
{
    if (!(m->who & f->who))
        return not_yours(m);
    struct refusal r = side_blocks(f, m);
    if (r.err != ERR_OK)
        return r;
    if ((m->flags & CASE_VALUED) && str_eq(f->class, "unsorted"))
        return conflict("not_sorted",
                        T("Pengaduan belum digolongkan. Pilih golongannya, lalu ulangi."));
    if ((m->flags & CASE_VALUED) && !f->valued)
        return conflict("not_valued", T("Nilai sumber dan isi belum dicatat. Catat nilainya (A–F "
                                        "dan 1–6), lalu ulangi."));
    unsigned needed = m->letters;
    if ((m->flags & CASE_TELLS) && case_reporter_reachable(f->mode))
        needed |= CASE_NOTICE;
    return letter_missing(needed & ~f->letters);
}

struct refusal case_may_move(const struct case_facts *f, const struct case_move *m)
{
    struct refusal r = case_could_move(f, m);
    if (r.err != ERR_OK)
        return r;
    if ((m->flags & CASE_REASON) && !f->reason)
        return (struct refusal){
            .err = ERR_INVALID, .code = "missing", .field = "note", .msgid = T("Tulis alasannya.")};
    if ((m->flags & CASE_HANDOVER) && !f->receiver)
        return (struct refusal){.err = ERR_INVALID,
                                .code = "missing",
                                .field = "to_name",
                                .msgid = T("Tulis kepada siapa pengaduan ini diserahkan.")};
    return fine();
}

/* --- side states ------------------------------------------------------------------------------------------- */

bool case_side_stops(const char *side)
{
    return str_eq(side, "needs_completion") || str_eq(side, "awaiting_apip");
}

struct refusal case_may_side(const struct case_facts *f, const char *side, bool missing)
{
    if (!(f->who & (CASE_LEADER | CASE_OFFICER)))
        return (struct refusal){.err = ERR_DENIED,
                                .code = "not_yours",
                                .msgid = T("Langkah ini untuk Kasi Intelijen, Kajari, dan petugas "
                                           "yang menangani pengaduan ini.")};
    if (complaint_state_ends(f->state))
        return conflict("ended", T("Pengaduan ini sudah berakhir."));
    if (!side && !f->side)
        return conflict("side_none", T("Pengaduan ini tidak sedang menunggu."));
    if (!side)
        return fine();
    if (f->side)
        return conflict("side_there", T("Akhiri dahulu keadaan yang sedang berlaku."));
    if (str_eq(side, "needs_completion") && !missing)
        return conflict("nothing_missing",
                        T("Tidak ada kelengkapan yang kurang. Periksa daftar kelengkapan, lalu "
                          "hilangkan tanda pada yang belum ada."));
    return fine();
}

/* --- what must be there -------------------------------------------------------------------------------------- */

#define FOR_ALL                                                                                    \
    "corruption general_crime staff_conduct public_service legal_advice information "              \
    "unsorted not_ours"

bool case_has_part(const char *codes, const char *code)
{
    size_t n = strlen(code);
    for (const char *p = codes; p && *p;) {
        size_t length = strcspn(p, " ");
        if (length == n && memcmp(p, code, n) == 0)
            return true;
        p += length + strspn(p + length, " ");
    }
    return false;
}

/* Identity and documents of a report: PP 43/2018 art. 8. */
size_t case_parts(const char *class, const char *mode, struct case_part ret[CASE_PARTS_MAX + 1])
{
    static const struct {
        struct case_part part;
        const char *classes;
        bool of_reporter;
    } all[] = {
        {{"identity", T("Nama, alamat, pekerjaan, dan nomor HP pelapor")}, FOR_ALL, true},
        {{"id_copy", T("Fotokopi KTP atau identitas lain")}, FOR_ALL, true},
        {{"statement", T("Pengaduan tertulis yang sudah ditandatangani")}, FOR_ALL, true},
        {{"facts", T("Uraian peristiwa: apa, di mana, bilamana, bagaimana")},
         "corruption general_crime staff_conduct public_service unsorted not_ours",
         false},
        {{"parties", T("Siapa yang dilaporkan")}, "corruption general_crime", false},
        {{"evidence", T("Dokumen atau bukti pendukung")},
         "corruption general_crime staff_conduct",
         false},
        {{"staff", T("Nama atau satuan kerja pegawai yang dilaporkan")}, "staff_conduct", false},
        {{"service", T("Pelayanan yang diadukan, tempat, dan waktunya")}, "public_service", false},
        {{"question", T("Pertanyaan hukum yang diajukan")}, "legal_advice", false},
        {{"information", T("Rincian informasi yang diminta dan kegunaannya")}, "information", false},
    };
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LEN(all) && n < CASE_PARTS_MAX; i++) {
        if (all[i].of_reporter && str_eq(mode, "anonymous"))
            continue;
        if (case_has_part(all[i].classes, class))
            ret[n++] = all[i].part;
    }
    ret[n] = (struct case_part){NULL, NULL};
    return n;
}

/* --- deadlines ------------------------------------------------------------------------------------------------ */

const char *stage_limit_label(const char *stage)
{
    static const struct complaint_code others[] = {
        {"intake", T("Penerimaan di loket")},
        {"examination", T("Pemeriksaan laporan korupsi, sejak diterima")},
        {"completion", T("Pelapor melengkapi laporan")},
        {"overall", T("Seluruh penanganan, sejak berkas lengkap")},
        {NULL, NULL},
    };
    const char *label = complaint_label(others, stage);
    return str_empty(label) ? complaint_label(complaint_states, stage) : label;
}

const struct stage_limit *stage_limit_find(const struct stage_limit *limits, size_t count,
                                           const char *stage)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(limits[i].stage, stage))
            return &limits[i];
    }
    return NULL;
}

static int64_t due_from(const struct case_clock *c, const char *stage, int64_t from, bool stands)
{
    const struct stage_limit *l = stage_limit_find(c->limits, c->limit_count, stage);
    if (!l || l->length <= 0 || str_eq(l->unit, "minute") || from == CALENDAR_NO_DAY)
        return CALENDAR_NO_DAY;
    const struct calendar_span span = {l->length, str_eq(l->unit, "working")};
    return calendar_due(c->calendar, from, &span, stands ? c->pauses : NULL,
                        stands ? c->pause_count : 0);
}

static int64_t earlier(int64_t a, int64_t b)
{
    if (a == CALENDAR_NO_DAY || b == CALENDAR_NO_DAY)
        return a == CALENDAR_NO_DAY ? b : a;
    return a < b ? a : b;
}

/* PP 43/2018 art. 9 limits the examination of the report itself, not the inquiry after it. */
static bool is_examined(const char *state)
{
    return str_eq(state, "received") || str_eq(state, "review") || str_eq(state, "disposition");
}

struct case_due case_due_of(const struct case_clock *c)
{
    struct case_due d = {CALENDAR_NO_DAY, CALENDAR_NO_DAY, CALENDAR_NO_DAY, CALENDAR_NO_DAY,
                         CALENDAR_NO_DAY};
    if (c->ended)
        return d;
    if (!case_side_stops(c->side)) {
        d.stage = due_from(c, c->state, c->stage_day, true);
        d.overall = due_from(c, "overall", c->overall_day, true);
        if (str_eq(c->class, "corruption") && is_examined(c->state))
            d.examination = due_from(c, "examination", c->overall_day, true);
    }
    if (str_eq(c->side, "needs_completion"))
        d.side = due_from(c, "completion", c->side_day, false);
    d.sort = earlier(earlier(d.stage, d.overall), earlier(d.examination, d.side));
    return d;
}

/* --- words ------------------------------------------------------------------------------------------------------ */

const struct complaint_code case_groups[CASE_GROUPS + 1] = {
    {"late", T("Lewat tenggat")},
    {"today", T("Hari ini")},
    {"week", T("Tujuh hari ke depan")},
    {"later", T("Sesudahnya")},
    {"waiting", T("Menunggu")},
    {"ended", T("Berakhir")},
    {NULL, NULL},
};

const struct complaint_code case_sources[7] = {
    {"A", T("A: seluruhnya dipercaya")},
    {"B", T("B: dipercaya")},
    {"C", T("C: cukup dipercaya")},
    {"D", T("D: kurang dipercaya")},
    {"E", T("E: tidak dipercaya")},
    {"F", T("F: tidak dapat dinilai")},
    {NULL, NULL},
};

const struct complaint_code case_contents[7] = {
    {"1", T("1: dibenarkan sumber lain")},
    {"2", T("2: diduga benar")},
    {"3", T("3: mungkin benar")},
    {"4", T("4: diragukan")},
    {"5", T("5: mustahil")},
    {"6", T("6: tidak dapat dinilai")},
    {NULL, NULL},
};

/* Rules of the books: which there are, months, when a month may be closed. Pure. */
#include "features/register/register.h"

#include <stddef.h>
#include <string.h>

#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/banned.h"

#define GUEST_READERS (ROLE_DESK | ROLE_LEADERS)
#define MAIL_READERS  (ROLE_DESK | ROLE_OFFICIALS)
/* Those who see the letter numbers (features/letter). */
#define LETTER_READERS (ROLE_OFFICIALS | ROLE_CASE_OFFICER)

/* clang-format off */
#define SIGNED .keeper = "intel_chief", .acknowledged = "office_head", .organiser = "Kepala Seksi Intelijen", .place = ""
/* domain.md 1.4, R.IN.1 */
#define MAIL_COLUMNS                                                                                                    \
    .columns = {{"seq_no", "Nomor urut", 5}, {"received_date", "Tanggal terima", 9}, {"received_time", "Jam terima", 6}, \
                {"letter_number", "Nomor surat", 13}, {"letter_date", "Tanggal surat", 9}, {"sender", "Asal surat", 14}, \
                {"subject", "Perihal", 18}, {"disposition_date", "Tanggal disposisi", 9},                                \
                {"disposition", "Isi disposisi", 13}, {"remarks", "Keterangan (lampiran)", 12}},                         \
    .column_count = 10
/* The columns of R.IN.2 were not found in a source that could be read: those of an agenda of letters. */
#define LETTER_COLUMNS                                                                                                  \
    .columns = {{"seq_no", "Nomor urut", 6}, {"dated", "Tanggal surat", 10}, {"letter_number", "Nomor surat", 20},       \
                {"addressee", "Tujuan surat", 16}, {"subject", "Perihal", 22}, {"attachments", "Lampiran", 9},           \
                {"officer", "Pengambil nomor", 11}, {"remarks", "Keterangan", 14}},                                      \
    .column_count = 8
/* domain.md 1.4, R.IN.3 */
#define WORK_COLUMNS                                                                                                    \
    .columns = {{"seq_no", "Nomor urut", 5}, {"received", "Waktu terima", 10}, {"sender", "Sumber/badan pengumpul", 12}, \
                {"value", "Nilai", 5}, {"subject", "Uraian (Siabidibam)", 24}, {"notes", "Catatan", 10},                 \
                {"disposition", "Disposisi Kasi Intel", 14}, {"follow_up", "Tindak lanjut Kajari", 14},                  \
                {"field", "Sektor", 8}},                                                                                \
    .column_count = 9
#define WORK(book_, field_, long_)                                                                                      \
    {.book = book_, .source = REGISTER_REPORTS, .confidential = true, .readers = ROLE_LEADERS, .writers = ROLE_LEADERS, \
     .name = T("Kerja intelijen"), .field = field_, .code = "R.IN.3",                                                   \
     .title = "REGISTER KERJA INTELIJEN BIDANG " long_, SIGNED, WORK_COLUMNS}

/* The order of R.IN.21 is that of its help text (Kejari Palu); other offices change it on the book's page. */
const struct register_book register_books[] = {
    {.book = "surat-masuk", .source = REGISTER_MAIL, .readers = MAIL_READERS, .writers = MAIL_READERS,
     .name = T("Surat masuk"), .code = "R.IN.1", .title = "REGISTER SURAT MASUK (BIASA)", SIGNED, MAIL_COLUMNS},
    {.book = "surat-masuk-rahasia", .source = REGISTER_MAIL, .confidential = true, .readers = ROLE_LEADERS, .writers = MAIL_READERS,
     .name = T("Surat masuk, rahasia"), .code = "R.IN.1", .title = "REGISTER SURAT MASUK (RAHASIA)", SIGNED, MAIL_COLUMNS},
    {.book = "surat-keluar", .source = REGISTER_LETTERS, .readers = LETTER_READERS, .writers = 0,
     .name = T("Surat keluar"), .code = "R.IN.2", .title = "REGISTER SURAT KELUAR (BIASA)", SIGNED, LETTER_COLUMNS},
    {.book = "surat-keluar-rahasia", .source = REGISTER_LETTERS, .confidential = true, .readers = ROLE_LEADERS, .writers = 0,
     .name = T("Surat keluar, rahasia"), .code = "R.IN.2", .title = "REGISTER SURAT KELUAR (RAHASIA)", SIGNED, LETTER_COLUMNS},
    WORK("kerja-ipolhankam", "Ipolhankam", "IDEOLOGI, POLITIK, PERTAHANAN, DAN KEAMANAN"),
    WORK("kerja-sosbudmas", "Sosbudmas", "SOSIAL, BUDAYA, DAN KEMASYARAKATAN"),
    WORK("kerja-ekokeu", "Ekokeu", "EKONOMI DAN KEUANGAN"),
    WORK("kerja-pamstra", "Pamstra", "PENGAMANAN PEMBANGUNAN STRATEGIS"),
    WORK("kerja-ti-prodin", "TI-Prodin", "TEKNOLOGI INFORMASI DAN PRODUKSI INTELIJEN"),
    {.book = "telaahan", .source = REGISTER_REVIEWS, .confidential = true, .readers = ROLE_LEADERS, .writers = 0,
     .name = T("Telaahan intelijen"), .code = "R.IN.19", .title = "REGISTER TELAAHAN INTELIJEN", SIGNED,
     .columns = {{"seq_no", "Nomor urut", 5}, {"review", "Tanggal dan nomor telaahan", 18},
                 {"author", "Pembuat (nama, pangkat, jabatan)", 18}, {"subject", "Pokok masalah", 22},
                 {"attachments", "Jumlah lampiran", 8}, {"advice", "Saran tindak", 18}, {"remarks", "Keterangan", 11}},
     .column_count = 7},
    {.book = "tamu", .source = REGISTER_VISITS, .readers = GUEST_READERS, .writers = 0, .name = T("Tamu PPH dan PPM"),
     .code = "R.IN.21",
     .title = "REGISTER TAMU POS PELAYANAN HUKUM (PPH) DAN PENERIMAAN PENGADUAN MASYARAKAT (PPM)", SIGNED,
     .columns = {{"seq_no", "Nomor urut", 5}, {"officer", "Nama petugas penerima", 10},
                 {"arrived", "Hari, tanggal, jam datang", 10}, {"identity", "Identitas lengkap tamu", 18},
                 {"organization", "Nama organisasi pemerintah/nonpemerintah", 10},
                 {"information", "Informasi singkat dan jelas (Siabidibam)", 22},
                 {"documents", "Jenis dan jumlah surat/dokumen yang diserahkan", 10},
                 {"remarks", "Keterangan", 8}, {"signature", "Tanda tangan tamu", 8}},
     .column_count = 9},
    {.book = NULL},
};
/* clang-format on */

const struct register_book *register_shipped(const char *book)
{
    for (const struct register_book *b = register_books; b->book; b++) {
        if (str_eq(b->book, book))
            return b;
    }
    return NULL;
}

bool register_of_letters(const struct register_book *b)
{
    return b->source == REGISTER_LETTERS || b->source == REGISTER_REVIEWS;
}

/* --- words of a line --------------------------------------------------------------------------------------- */

#define WORD_AT(member) offsetof(struct register_words, member)
static const size_t word_offsets[REGISTER_WORDS] = {
    WORD_AT(letter_number), WORD_AT(letter_date),      WORD_AT(sender),      WORD_AT(addressee),
    WORD_AT(value),         WORD_AT(subject),          WORD_AT(attachments), WORD_AT(advice),
    WORD_AT(notes),         WORD_AT(disposition_date), WORD_AT(disposition), WORD_AT(follow_date),
    WORD_AT(follow_up),     WORD_AT(remarks),
};
const char *const register_word_keys[REGISTER_WORDS] = {
    "letter_number", "letter_date", "sender",    "addressee", "value",
    "subject",       "attachments", "advice",    "notes",     "disposition_date",
    "disposition",   "follow_date", "follow_up", "remarks",
};

const char **register_word(struct register_words *w, size_t i)
{
    return (const char **)(void *)((char *)w + word_offsets[i]);
}

const char *register_word_label(enum register_source source, size_t i)
{
    static const char *const labels[REGISTER_WORDS] = {
        T("Nomor surat"),
        T("Tanggal surat"),
        T("Asal surat"),
        T("Tujuan surat"),
        T("Nilai"),
        T("Perihal"),
        T("Lampiran"),
        T("Saran tindak"),
        T("Catatan"),
        T("Tanggal disposisi"),
        T("Isi disposisi"),
        T("Tanggal tindak lanjut"),
        T("Tindak lanjut Kajari"),
        T("Keterangan"),
    };
    unsigned bit = 1U << i;
    if (source == REGISTER_REPORTS && bit == WORD_SENDER)
        return T("Sumber atau badan pengumpul");
    if (source == REGISTER_REPORTS && bit == WORD_SUBJECT)
        return T("Uraian (Siabidibam)");
    if (source == REGISTER_REPORTS && bit == WORD_DISPOSITION)
        return T("Disposisi Kasi Intel");
    if (source == REGISTER_REVIEWS && bit == WORD_SUBJECT)
        return T("Pokok masalah");
    if (source == REGISTER_REVIEWS && bit == WORD_ATTACHMENTS)
        return T("Jumlah lampiran");
    return labels[i];
}

unsigned register_words_shown(enum register_source source, bool hand)
{
    const unsigned disposed = WORD_DISPOSITION_DATE | WORD_DISPOSITION;
    switch (source) {
    case REGISTER_MAIL:
        return (hand ? WORD_LETTER_NUMBER | WORD_LETTER_DATE | WORD_SENDER : 0U) | WORD_SUBJECT |
               WORD_ATTACHMENTS | disposed | WORD_REMARKS;
    case REGISTER_REPORTS:
        return (hand ? WORD_SENDER | WORD_VALUE | WORD_FOLLOW_DATE : 0U) | WORD_SUBJECT |
               WORD_NOTES | WORD_DISPOSITION | WORD_FOLLOW_UP;
    case REGISTER_LETTERS:
        return WORD_ADDRESSEE | WORD_SUBJECT | WORD_ATTACHMENTS | WORD_REMARKS;
    case REGISTER_REVIEWS:
        return WORD_SUBJECT | WORD_ATTACHMENTS | WORD_ADVICE | WORD_REMARKS;
    case REGISTER_VISITS:
        break;
    }
    return 0;
}

unsigned register_words_needed(enum register_source source, bool hand)
{
    if (!hand || (source != REGISTER_MAIL && source != REGISTER_REPORTS))
        return 0;
    return WORD_SENDER | WORD_SUBJECT;
}

bool register_value_ok(const char *text)
{
    return text && strlen(text) == 3 && text[0] >= 'A' && text[0] <= 'F' && text[1] == '-' &&
           text[2] >= '1' && text[2] <= '6';
}

char *register_number_text(struct arena *a, const char *series, int64_t number, const char *suffix,
                           int64_t year)
{
    return arena_printf(a, "%s%s%lld%s/%lld", str_or(series, ""), str_empty(series) ? "" : "-",
                        (long long)number, str_or(suffix, ""), (long long)year);
}

/* --- months ---------------------------------------------------------------------------------------------- */

static struct register_month month_make(struct arena *a, int year, int month, int offset_min)
{
    struct civil first = {.year = year, .month = month, .day = 1};
    struct civil next = {.year = month == 12 ? year + 1 : year, .month = month % 12 + 1, .day = 1};
    return (struct register_month){.year = year,
                                   .month = month,
                                   .from_ms = time_from_civil(first, offset_min),
                                   .until_ms = time_from_civil(next, offset_min),
                                   .text = arena_printf(a, "%04d-%02d", year, month)};
}

bool register_month_read(struct arena *a, const char *text, int offset_min,
                         struct register_month *ret)
{
    int year = 0, month = 0, day = 0;
    if (!text || strlen(text) != 7 ||
        !time_parse_date(arena_printf(a, "%s-01", text), &year, &month, &day))
        return false;
    *ret = month_make(a, year, month, offset_min);
    return true;
}

struct register_month register_month_of(struct arena *a, int64_t ms, int offset_min)
{
    struct civil c = time_civil(ms, offset_min);
    return month_make(a, c.year, c.month, offset_min);
}

struct register_month register_month_before(struct arena *a, const struct register_month *m,
                                            int offset_min)
{
    return register_month_of(a, m->from_ms - 1, offset_min);
}

struct register_month register_month_after(struct arena *a, const struct register_month *m,
                                           int offset_min)
{
    return register_month_of(a, m->until_ms, offset_min);
}

char *register_month_label(struct arena *a, const struct register_month *m, bool english)
{
    static const char *const id[] = {"Januari",   "Februari", "Maret",    "April",
                                     "Mei",       "Juni",     "Juli",     "Agustus",
                                     "September", "Oktober",  "November", "Desember"};
    static const char *const en[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};
    const char *name = english ? en[m->month - 1] : id[m->month - 1];
    return arena_printf(a, "%s %d", name, m->year);
}

static struct refusal conflict(const char *code, const char *msgid, const char *arg)
{
    return (struct refusal){.err = ERR_CONFLICT, .code = code, .msgid = msgid, .arg = arg};
}

/* Months as text sort like months. */
struct refusal register_may_close(struct arena *a, const struct register_month *m, int64_t now_ms,
                                  const char *first, const char *last)
{
    if (now_ms < m->until_ms)
        return conflict("month_runs", T("Bulan ini belum berakhir. Buku ditutup pada akhir bulan."),
                        NULL);
    if (last && strcmp(m->text, last) <= 0)
        return conflict("already_closed", T("Bulan ini sudah ditutup."), NULL);
    const char *expected = first;
    if (last) {
        struct register_month l;
        if (register_month_read(a, last, 0, &l))
            expected = register_month_after(a, &l, 0).text;
    }
    if (expected && strcmp(m->text, expected) > 0)
        return conflict("earlier_month_open", T("Tutup dahulu bulan %s."), expected);
    return (struct refusal){.err = ERR_OK};
}

const char *register_place(const char *office_name)
{
    static const char *const heads[] = {"Kejaksaan Negeri ", "Kejaksaan Tinggi ",
                                        "Cabang Kejaksaan Negeri "};
    for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
        size_t n = strlen(heads[i]);
        if (office_name && strncmp(office_name, heads[i], n) == 0)
            return office_name + n;
    }
    return str_or(office_name, "");
}

/* Rules of the books: which there are, months, when a month may be closed. Pure. */
#include "features/register/register.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/banned.h"

/* The order of R.IN.21 is that of its help text (Kejari Palu); other offices change it on the book's page. */
const struct register_book register_books[] = {
    {.book = "tamu",
     .code = "R.IN.21",
     .title = "REGISTER TAMU POS PELAYANAN HUKUM (PPH) DAN PENERIMAAN PENGADUAN MASYARAKAT (PPM)",
     .organiser = "Kepala Seksi Intelijen",
     .place = "",
     .columns = {{"seq_no", "Nomor urut", 5},
                 {"officer", "Nama petugas penerima", 10},
                 {"arrived", "Hari, tanggal, jam datang", 10},
                 {"identity", "Identitas lengkap tamu", 18},
                 {"organization", "Nama organisasi pemerintah/nonpemerintah", 10},
                 {"information", "Informasi singkat dan jelas (Siabidibam)", 22},
                 {"documents", "Jenis dan jumlah surat/dokumen yang diserahkan", 10},
                 {"remarks", "Keterangan", 8},
                 {"signature", "Tanda tangan tamu", 8}},
     .column_count = 9},
    {.book = NULL},
};

const struct register_book *register_shipped(const char *book)
{
    for (const struct register_book *b = register_books; b->book; b++) {
        if (str_eq(b->book, book))
            return b;
    }
    return NULL;
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

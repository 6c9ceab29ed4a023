/* Tables as text (RFC 4180): comma, semicolon or tab between the cells, UTF-8 or Windows-1252. What both kinds of
 * file share stands here too. */
#include <string.h>

#include "lib/base/cx.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/utf8.h"
#include "lib/xlsx/xlsx_read_internal.h"
#include "lib/base/banned.h"

#define LOOK_BYTES 8192
#define EPOCH_DAYS 25569.0
#define LAST_DAY   2958466.0 /* the day after 31 December 9999 */
#define ROW_BYTES  ((size_t)64 << 10)

/* --- both kinds ---------------------------------------------------------------------------------------- */

static void free_rows(void *arena)
{
    arena_free(arena);
}

enum err sheet_open(struct arena *a, struct bytes file, struct sheet **ret, const char **ret_why)
{
    static const uint8_t old[4] = {0xD0, 0xCF, 0x11, 0xE0};
    struct sheet *s = ARENA_NEW(a, struct sheet);
    s->arena = a;
    s->row_arena = arena_new(ROW_BYTES);
    arena_defer(a, free_rows, s->row_arena);
    enum err e = ERR_OK;
    if (file.n == 0)
        e = sheet_refuse(s, T("Berkas ini kosong. Pilih berkas lain."));
    else if (file.n > SHEET_FILE_MAX)
        e = sheet_refuse(s, T("Berkas lebih besar dari 7 MB. Bagi menjadi beberapa berkas."));
    else if (file.n >= 4 && memcmp(file.p, old, 4) == 0)
        e = sheet_refuse(
            s, T("Berkas ini .xls lama atau dikunci kata sandi. Simpan sebagai .xlsx tanpa "
                 "kata sandi, lalu unggah lagi."));
    else if (file.n >= 4 && memcmp(file.p, "PK\x03\x04", 4) == 0)
        e = xlsx_book_open(s, file);
    else
        e = csv_open(s, file);
    if (e != ERR_OK) {
        *ret_why = s->why;
        return e;
    }
    *ret = s;
    return ERR_OK;
}

enum err sheet_next(struct sheet *s, struct sheet_row *ret)
{
    if (s->why)
        return ERR_INVALID;
    sheet_fresh(s);
    enum err e = s->book ? xlsx_book_next(s, ret) : csv_next(s, ret);
    if (e == ERR_OK && ++s->rows > SHEET_ROWS_MAX)
        return sheet_refuse(
            s, T("Berkas berisi lebih dari 100.000 baris. Bagi menjadi beberapa berkas."));
    return e;
}

const char *sheet_why(const struct sheet *s)
{
    return s->why;
}

const char *sheet_note(const struct sheet *s)
{
    return s->note;
}

bool sheet_is_csv(const struct sheet *s)
{
    return !s->book;
}

bool sheet_time(double days, int64_t *ret_ms)
{
    if (!(days >= 0 && days < LAST_DAY))
        return false;
    /* to the second: a spreadsheet's thirds of a day are never exact */
    *ret_ms = (int64_t)((days - EPOCH_DAYS) * 86400.0 + (days < EPOCH_DAYS ? -0.5 : 0.5)) * 1000;
    return true;
}

void sheet_fresh(struct sheet *s)
{
    arena_reset(s->row_arena);
    for (size_t i = 0; i < s->count; i++)
        s->cells[i] = (struct sheet_cell){.kind = SHEET_EMPTY, .text = ""};
    s->count = 0;
}

enum err sheet_refuse(struct sheet *s, const char *msgid)
{
    s->why = msgid;
    return ERR_INVALID;
}

void sheet_put(struct sheet *s, size_t column, enum sheet_kind kind, const char *text, double number)
{
    if (column >= SHEET_COLUMNS_MAX)
        return;
    for (size_t i = s->count; i < column; i++)
        s->cells[i] = (struct sheet_cell){.kind = SHEET_EMPTY, .text = ""};
    s->cells[column] = (struct sheet_cell){.kind = kind, .text = text, .number = number};
    if (column >= s->count)
        s->count = column + 1;
}

/* --- .csv ---------------------------------------------------------------------------------------------- */

/* What stands most often outside quotes at the beginning of the file. */
static char separator_of(const uint8_t *p, size_t n)
{
    static const char choices[] = ";,\t";
    size_t counts[3] = {0}, best = 0;
    bool quoted = false;
    for (size_t i = 0; i < n && i < LOOK_BYTES; i++) {
        const char *hit = p[i] ? strchr(choices, p[i]) : NULL;
        if (p[i] == '"')
            quoted = !quoted;
        else if (hit && !quoted)
            counts[hit - choices]++;
    }
    for (size_t i = 1; i < 3; i++)
        best = counts[i] > counts[best] ? i : best;
    return choices[best];
}

enum err csv_open(struct sheet *s, struct bytes file)
{
    bool wide = file.n >= 2 && ((file.p[0] == 0xFF && file.p[1] == 0xFE) ||
                                (file.p[0] == 0xFE && file.p[1] == 0xFF));
    if (wide || memchr(file.p, '\0', file.n))
        return sheet_refuse(
            s, T("Berkas ini bukan .xlsx atau .csv. Simpan dari Excel sebagai .xlsx atau "
                 "“CSV UTF-8”, lalu unggah lagi."));
    s->at = file.p;
    s->end = file.p + file.n;
    if (file.n >= 3 && memcmp(file.p, "\xEF\xBB\xBF", 3) == 0)
        s->at += 3;
    s->line = 1;
    s->separator = separator_of(s->at, (size_t)(s->end - s->at));
    s->windows = !utf8_valid((const char *)s->at, (size_t)(s->end - s->at));
    if (s->windows)
        s->note = T(
            "Berkas memakai huruf Windows-1252 dan diubah ke UTF-8. Periksa nama yang beraksen.");
    return ERR_OK;
}

static void put_code(struct buf *b, uint32_t c)
{
    if (c < 0x80) {
        buf_putc(b, (char)c);
    } else if (c < 0x800) {
        buf_putc(b, (char)(0xC0 | c >> 6));
        buf_putc(b, (char)(0x80 | (c & 0x3F)));
    } else {
        buf_putc(b, (char)(0xE0 | c >> 12));
        buf_putc(b, (char)(0x80 | (c >> 6 & 0x3F)));
        buf_putc(b, (char)(0x80 | (c & 0x3F)));
    }
}

static void put_byte(const struct sheet *s, struct buf *b, uint8_t c)
{
    /* 0x80 to 0x9F of Windows-1252; what is not assigned becomes U+FFFD */
    static const uint16_t high[32] = {
        0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};
    if (!s->windows)
        buf_putc(b, (char)c);
    else
        put_code(b, c >= 0x80 && c < 0xA0 ? high[c - 0x80] : c);
}

/* A cell in quotes, from behind the first one; two quotes are one. */
static enum err read_quoted(struct sheet *s, struct buf *b)
{
    while (s->at < s->end) {
        uint8_t c = *s->at++;
        if (c == '"' && (s->at == s->end || *s->at != '"'))
            return ERR_OK;
        if (c == '"')
            s->at++;
        s->line += c == '\n';
        put_byte(s, b, c);
    }
    return sheet_refuse(
        s, T("Ada tanda kutip yang tidak ditutup di berkas .csv. Perbaiki, lalu unggah "
             "lagi."));
}

static enum err read_cell(struct sheet *s, size_t column)
{
    struct buf b = buf_new(s->row_arena, 64, SHEET_CELL_MAX);
    if (s->at < s->end && *s->at == '"') {
        s->at++;
        TRY(read_quoted(s, &b));
    }
    while (s->at < s->end && *s->at != (uint8_t)s->separator && *s->at != '\n' && *s->at != '\r')
        put_byte(s, &b, *s->at++);
    if (b.full)
        return sheet_refuse(
            s, T("Ada sel yang terlalu panjang di berkas ini. Periksa tanda kutipnya, lalu "
                 "unggah lagi."));
    if (b.n)
        sheet_put(s, column, SHEET_TEXT, b.p, 0);
    return ERR_OK;
}

/* One line of cells; a byte of a separator, then the next. */
static enum err read_line(struct sheet *s)
{
    for (size_t column = 0;; column++) {
        TRY(read_cell(s, column));
        if (s->at == s->end)
            return ERR_OK;
        uint8_t c = *s->at++;
        if (c == (uint8_t)s->separator)
            continue;
        if (c == '\r' && s->at < s->end && *s->at == '\n')
            s->at++;
        s->line++;
        return ERR_OK;
    }
}

enum err csv_next(struct sheet *s, struct sheet_row *ret)
{
    while (s->at < s->end) {
        int64_t line = s->line;
        sheet_fresh(s);
        TRY(read_line(s));
        if (s->count) {
            *ret = (struct sheet_row){.number = line, .cells = s->cells, .count = s->count};
            return ERR_OK;
        }
    }
    return ERR_MISSING;
}

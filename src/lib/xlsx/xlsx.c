/* Writing workbooks: the only user of libxlsxwriter. The library writes to a path; ours leads to a file
 * without a name, so that nothing is left behind when the program is killed. */
#include "lib/xlsx/xlsx.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "lib/base/log.h"
#include "lib/base/str.h"
#include "lib/base/utf8.h"
#include "lib/base/banned.h"

#define CELL_CHARS_MAX 32767 /* of Excel */
#define NAME_CHARS_MAX 31
#define EPOCH_DAYS     25569.0 /* days from 30 December 1899 to 1 January 1970 */
#define DAY_MS         86400000.0
#define TEXT_FORMAT                                                                                \
    49 /* "@", Excel's own mark of a text: it stays one when somebody edits the cell */
#define LINE_PT 15.0 /* Excel's highest row is 409 pt */

struct xlsx {
    struct arena *arena; /* of the caller: for names; texts of cells go through `text` */
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *title, *head, *line, *cells[XLSX_TIME + 1], *strong[XLSX_TIME + 1];
    lxw_format *guarded[2][2]; /* strong, wrapped: of texts that a program might take for a formula */
    const struct xlsx_column *columns;
    size_t column_count;
    lxw_row_t row;
    int offset_min, fd;
    char text[CELL_CHARS_MAX * 4 + 1];
};

/* --- texts ------------------------------------------------------------------------------------------- */

/* XML 1.0 carries no control characters but tab and line ends, and neither U+FFFE nor U+FFFF. */
static bool xml_can_carry(uint32_t c)
{
    if (c < 0x20)
        return c == '\t' || c == '\n' || c == '\r';
    return c != 0xFFFE && c != 0xFFFF && !(c >= 0x7F && c < 0xA0 && c != 0x85);
}

/* What is left of a text in a cell: valid, and not longer than Excel takes. */
static const char *cell_text(struct xlsx *x, const char *s)
{
    size_t out = 0, chars = 0;
    s = str_or(s, "");
    while (*s && chars < CELL_CHARS_MAX) {
        const char *from = s;
        uint32_t c = utf8_next(&s);
        if (!xml_can_carry(c))
            continue;
        memcpy(x->text + out, from, (size_t)(s - from));
        out += (size_t)(s - from);
        chars += c > 0xFFFF ? 2 : 1; /* Excel counts UTF-16 */
    }
    x->text[out] = '\0';
    return x->text;
}

/* Of a tab: none of []:*?/\ and no apostrophe, at most 31 characters. */
static const char *sheet_name(struct xlsx *x, const char *name)
{
    char *copy = arena_strdup(x->arena, cell_text(x, name));
    const char *end = copy;
    for (int chars = 0; *end && chars < NAME_CHARS_MAX; chars++)
        (void)utf8_next(&end);
    copy[end - copy] = '\0';
    for (char *p = copy; *p; p++) {
        if (strchr("[]:*?/\\'", *p))
            *p = '-';
    }
    return copy;
}

/* What a spreadsheet takes for a formula when it is typed (OWASP ASVS 5.0, 1.2.10). */
static bool looks_like_formula(const char *s)
{
    return *s && strchr("=+-@\t\r", *s);
}

/* --- formats ------------------------------------------------------------------------------------------ */

static lxw_format *format_of(lxw_workbook *book, enum xlsx_kind kind, bool strong)
{
    static const char *const numbers[] = {
        [XLSX_TEXT] = NULL,          [XLSX_WRAP] = NULL,        [XLSX_INT] = "#,##0",
        [XLSX_DECIMAL] = "#,##0.00", [XLSX_DAY] = "dd/mm/yyyy", [XLSX_TIME] = "dd/mm/yyyy hh:mm"};
    lxw_format *f = workbook_add_format(book);
    format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
    format_set_border(f, LXW_BORDER_HAIR);
    if (numbers[kind])
        format_set_num_format(f, numbers[kind]);
    if (kind == XLSX_WRAP)
        format_set_text_wrap(f);
    if (strong)
        format_set_bold(f);
    return f;
}

static void make_formats(struct xlsx *x)
{
    x->title = workbook_add_format(x->book);
    format_set_bold(x->title);
    format_set_font_size(x->title, 13);
    format_set_num_format_index(x->title, TEXT_FORMAT);
    x->line = workbook_add_format(x->book);
    format_set_num_format_index(x->line, TEXT_FORMAT);
    x->head = workbook_add_format(x->book);
    format_set_num_format_index(x->head, TEXT_FORMAT);
    format_set_bold(x->head);
    format_set_text_wrap(x->head);
    format_set_border(x->head, LXW_BORDER_THIN);
    format_set_align(x->head, LXW_ALIGN_CENTER);
    format_set_align(x->head, LXW_ALIGN_VERTICAL_CENTER);
    format_set_bg_color(x->head, 0xE3EFEA);
    for (int kind = XLSX_TEXT; kind <= XLSX_TIME; kind++) {
        x->cells[kind] = format_of(x->book, (enum xlsx_kind)kind, false);
        x->strong[kind] = format_of(x->book, (enum xlsx_kind)kind, true);
    }
    for (int strong = 0; strong < 2; strong++) {
        for (int wrap = 0; wrap < 2; wrap++) {
            lxw_format *f = format_of(x->book, wrap ? XLSX_WRAP : XLSX_TEXT, strong);
            format_set_num_format_index(f, TEXT_FORMAT);
            x->guarded[strong][wrap] = f;
        }
    }
}

/* --- begin ----------------------------------------------------------------------------------------------- */

static enum err failed(const char *what)
{
    int error = errno;
    log_errno(LOG_ERROR, what, error);
    return error == ENOSPC || error == EDQUOT ? ERR_BUSY : ERR_INTERNAL;
}

enum err xlsx_begin(struct arena *a, const char *dir, struct xlsx **ret)
{
    struct xlsx *x = ARENA_NEW(a, struct xlsx);
    char path[64];
    (void)mkdir(dir, 0700); /* there already, or the next call says why not */
    x->arena = a;
    x->fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (x->fd < 0)
        return failed("workbook");
    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", x->fd);
    lxw_workbook_options options = {
        .constant_memory = LXW_TRUE, .tmpdir = arena_strdup(a, dir), .use_zip64 = LXW_FALSE};
    x->book = workbook_new_opt(path, &options);
    if (!x->book) {
        (void)close(x->fd);
        return ERR_INTERNAL;
    }
    make_formats(x);
    *ret = x;
    return ERR_OK;
}

/* --- sheets and rows --------------------------------------------------------------------------------------- */

static enum err checked(lxw_error e)
{
    if (e == LXW_NO_ERROR)
        return ERR_OK;
    log_event(LOG_ERROR, "workbook", "detail", lxw_strerror(e), NULL);
    return e == LXW_ERROR_WORKSHEET_INDEX_OUT_OF_RANGE ? ERR_INVALID : ERR_INTERNAL;
}

static lxw_format *guarded(struct xlsx *x, lxw_format *format)
{
    bool strong = format == x->strong[XLSX_TEXT] || format == x->strong[XLSX_WRAP];
    bool wrap = format == x->cells[XLSX_WRAP] || format == x->strong[XLSX_WRAP];
    return x->guarded[strong][wrap];
}

static enum err write_text(struct xlsx *x, lxw_col_t column, const char *text, lxw_format *format)
{
    return checked(worksheet_write_string(x->sheet, x->row, column, cell_text(x, text), format));
}

/* A cell of the table. Every text is typed as one, so it is never a formula when the file is opened; one that
 * begins like a formula is marked as text too, so that it does not become one when the cell is edited. */
static enum err write_guarded(struct xlsx *x, lxw_col_t column, const char *text, lxw_format *format)
{
    const char *clean = cell_text(x, text);
    return checked(worksheet_write_string(x->sheet, x->row, column, clean,
                                          looks_like_formula(clean) ? guarded(x, format) : format));
}

static enum err write_heads(struct xlsx *x, const struct xlsx_sheet *s)
{
    if (s->title) {
        TRY(write_text(x, 0, s->title, x->title));
        x->row++;
    }
    for (const char *const *line = s->lines; line && *line; line++) {
        TRY(write_text(x, 0, *line, x->line));
        x->row++;
    }
    if (x->row)
        x->row++;
    (void)worksheet_set_row(x->sheet, x->row, 3 * LINE_PT, NULL);
    for (size_t i = 0; i < s->column_count; i++)
        TRY(write_text(x, (lxw_col_t)i, s->columns[i].label, x->head));
    worksheet_repeat_rows(x->sheet, x->row, x->row);
    x->row++;
    worksheet_freeze_panes(x->sheet, x->row, 0);
    return ERR_OK;
}

enum err xlsx_sheet_begin(struct xlsx *x, const struct xlsx_sheet *s)
{
    x->sheet = workbook_add_worksheet(x->book, sheet_name(x, s->name));
    if (!x->sheet)
        return ERR_INTERNAL;
    x->columns = s->columns;
    x->column_count = s->column_count;
    x->offset_min = s->offset_min;
    x->row = 0;
    worksheet_set_paper(x->sheet, 9); /* A4 */
    worksheet_fit_to_pages(x->sheet, 1, 0);
    worksheet_set_footer(x->sheet, "&RHalaman &P dari &N");
    if (s->landscape)
        worksheet_set_landscape(x->sheet);
    for (size_t i = 0; i < s->column_count; i++)
        worksheet_set_column(x->sheet, (lxw_col_t)i, (lxw_col_t)i, s->columns[i].width, NULL);
    return write_heads(x, s);
}

static double serial(const struct xlsx *x, int64_t ms)
{
    return EPOCH_DAYS + ((double)ms + (double)x->offset_min * 60000.0) / DAY_MS;
}

static enum err write_number(struct xlsx *x, lxw_col_t column, double value, lxw_format *format)
{
    return checked(worksheet_write_number(x->sheet, x->row, column, value, format));
}

static enum err write_cell(struct xlsx *x, size_t i, const struct xlsx_cell *cell,
                           lxw_format *format)
{
    lxw_col_t column = (lxw_col_t)i;
    switch (x->columns[i].kind) {
    case XLSX_INT:
        return write_number(x, column, (double)cell->number, format);
    case XLSX_DECIMAL:
        return write_number(x, column, (double)cell->number / 100.0, format);
    case XLSX_DAY:
    case XLSX_TIME:
        if (cell->number)
            return write_number(x, column, serial(x, cell->number), format);
        break;
    case XLSX_TEXT:
    case XLSX_WRAP:
        if (!str_empty(cell->text))
            return write_guarded(x, column, cell->text, format);
        break;
    }
    return checked(worksheet_write_blank(x->sheet, x->row, column, format));
}

/* Lines that a text takes in a column, by the width of its characters. */
static double lines_of(const char *text, double width)
{
    double lines = 1, chars = 0;
    for (const char *p = str_or(text, ""); *p;) {
        chars++;
        if (utf8_next(&p) == '\n' || chars > width) {
            lines++;
            chars = 0;
        }
    }
    return lines;
}

/* Not every program makes a row as high as its broken texts when it opens the file. */
static void set_height(struct xlsx *x, const struct xlsx_cell *cells)
{
    double lines = 1;
    for (size_t i = 0; i < x->column_count; i++) {
        double own = x->columns[i].kind == XLSX_WRAP ? lines_of(cells[i].text, x->columns[i].width)
                                                     : 1;
        lines = own > lines ? own : lines;
    }
    if (lines > 1)
        (void)worksheet_set_row(x->sheet, x->row, lines < 27 ? lines * LINE_PT : 27 * LINE_PT, NULL);
}

static enum err write_row(struct xlsx *x, const struct xlsx_cell *cells, lxw_format **formats)
{
    if (x->row >= XLSX_ROWS_MAX)
        return ERR_INVALID;
    set_height(x, cells);
    for (size_t i = 0; i < x->column_count; i++) {
        /* In a row of totals a text may stand in a column of numbers. */
        bool words = cells[i].text && x->columns[i].kind != XLSX_TEXT &&
                     x->columns[i].kind != XLSX_WRAP;
        TRY(words ? write_guarded(x, (lxw_col_t)i, cells[i].text, formats[XLSX_TEXT])
                  : write_cell(x, i, &cells[i], formats[x->columns[i].kind]));
    }
    x->row++;
    return ERR_OK;
}

enum err xlsx_row(struct xlsx *x, const struct xlsx_cell *cells)
{
    return write_row(x, cells, x->cells);
}

enum err xlsx_row_strong(struct xlsx *x, const struct xlsx_cell *cells)
{
    return write_row(x, cells, x->strong);
}

/* --- end --------------------------------------------------------------------------------------------------- */

enum err xlsx_end(struct xlsx *x, int *ret_fd, int64_t *ret_bytes)
{
    struct stat st;
    errno = 0;
    lxw_error e = workbook_close(x->book);
    x->book = NULL;
    if (e != LXW_NO_ERROR) {
        enum err why = errno == ENOSPC || errno == EDQUOT ? ERR_BUSY : checked(e);
        xlsx_drop(x);
        return why;
    }
    if (fstat(x->fd, &st) < 0 || lseek(x->fd, 0, SEEK_SET) < 0) {
        xlsx_drop(x);
        return failed("workbook");
    }
    *ret_fd = x->fd;
    *ret_bytes = (int64_t)st.st_size;
    x->fd = -1;
    return ERR_OK;
}

void xlsx_drop(struct xlsx *x)
{
    if (!x)
        return;
    if (x->book)
        (void)workbook_close(x->book);
    x->book = NULL;
    if (x->fd >= 0)
        (void)close(x->fd);
    x->fd = -1;
}

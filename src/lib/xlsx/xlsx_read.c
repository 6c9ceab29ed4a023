/* Reading workbooks: libzip unpacks while libxml2's reader asks for bytes, so a sheet is never in memory as a
 * whole. Nothing is fetched, no entity is replaced, a document type ends the reading. */
#include <libxml/xmlreader.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "lib/base/cx.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/utf8.h"
#include "lib/xlsx/xlsx_read_internal.h"
#include "lib/base/banned.h"

#define RATIO_FLOOR  ((uint64_t)1 << 20)
#define SMALL_MAX    ((uint64_t)4 << 20) /* of workbook, relations, styles */
#define ROW_CELLS    16384               /* of Excel */
#define STYLES_MAX   65535
#define FORMATS_MAX  2000
#define TEXTS_MAX    1000000
#define DAYS_OF_1904 1462.0

#define DAMAGED T("Berkas .xlsx ini rusak. Buka di Excel, simpan ulang, lalu unggah lagi.")
#define NOT_BOOK                                                                                   \
    T("Berkas ini bukan lembar kerja Excel. Simpan sebagai .xlsx atau .csv, lalu unggah lagi.")
#define TOO_LARGE T("Isi berkas ini terlalu besar setelah dibuka. Bagi menjadi beberapa berkas.")
#define HOSTILE                                                                                    \
    T("Berkas ini memuat bagian yang tidak diizinkan. Buka di Excel, simpan ulang, lalu unggah "   \
      "lagi.")

struct part {
    struct sheet *sheet;
    zip_file_t *file;
    uint64_t left; /* bytes that the directory promised */
};

struct xlsx_book {
    zip_t *zip;
    xmlTextReaderPtr reader;
    struct part part;
    const char **texts;
    size_t text_count, text_capacity, text_bytes;
    bool *is_time; /* by style */
    size_t style_count;
    bool from_1904;
    int64_t row;
};

static void close_book(void *arg)
{
    struct xlsx_book *b = arg;
    if (b->reader)
        xmlFreeTextReader(b->reader);
    if (b->part.file)
        (void)zip_fclose(b->part.file);
    if (b->zip)
        zip_discard(b->zip);
    b->reader = NULL;
    b->part.file = NULL;
    b->zip = NULL;
}

/* --- parts ----------------------------------------------------------------------------------------------- */

static enum err check_entry(struct sheet *s, const zip_stat_t *st)
{
    const zip_uint64_t wanted = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD |
                                ZIP_STAT_ENCRYPTION_METHOD;
    if ((st->valid & wanted) != wanted)
        return sheet_refuse(s, DAMAGED);
    if (st->encryption_method != ZIP_EM_NONE)
        return sheet_refuse(
            s, T("Berkas ini dikunci dengan kata sandi. Hapus kata sandinya, lalu unggah lagi."));
    if (st->comp_method != ZIP_CM_STORE && st->comp_method != ZIP_CM_DEFLATE)
        return sheet_refuse(s, DAMAGED);
    bool dense = st->size > RATIO_FLOOR && st->size / (st->comp_size + 1) > SHEET_RATIO_MAX;
    if (st->size > SHEET_PART_MAX || dense)
        return sheet_refuse(s, TOO_LARGE);
    return ERR_OK;
}

static int read_part(void *context, char *to, int room)
{
    struct part *p = context;
    if (p->left == 0)
        return 0;
    zip_uint64_t want = (zip_uint64_t)room < p->left ? (zip_uint64_t)room : p->left;
    zip_int64_t got = zip_fread(p->file, to, want);
    if (got <= 0)
        return -1; /* less than was promised */
    p->left -= (uint64_t)got;
    return (int)got;
}

static int close_part(void *context)
{
    (void)context;
    return 0;
}

static void end_part(struct xlsx_book *b)
{
    if (b->reader)
        xmlFreeTextReader(b->reader);
    if (b->part.file)
        (void)zip_fclose(b->part.file);
    b->reader = NULL;
    b->part.file = NULL;
}

static void be_silent(void *arg, xmlErrorPtr error)
{
    (void)arg;
    (void)error;
}

/* Opens a part for reading. ERR_MISSING: there is none of this name. */
static enum err begin_part(struct sheet *s, const char *name, uint64_t max)
{
    struct xlsx_book *b = s->book;
    zip_stat_t st;
    zip_stat_init(&st);
    end_part(b);
    if (zip_stat(b->zip, name, 0, &st) != 0)
        return ERR_MISSING;
    TRY(check_entry(s, &st));
    if (st.size > max)
        return sheet_refuse(s, TOO_LARGE);
    b->part = (struct part){.sheet = s, .left = st.size};
    b->part.file = zip_fopen_index(b->zip, st.index, 0);
    if (!b->part.file)
        return sheet_refuse(s, DAMAGED);
    b->reader = xmlReaderForIO(read_part, close_part, &b->part, NULL, NULL,
                               XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                   XML_PARSE_NOCDATA);
    if (!b->reader)
        return sheet_refuse(s, DAMAGED);
    xmlTextReaderSetStructuredErrorHandler(b->reader, be_silent, NULL);
    return ERR_OK;
}

/* The next node. ERR_MISSING: the part is at its end. */
static enum err next_node(struct sheet *s)
{
    struct xlsx_book *b = s->book;
    int more = xmlTextReaderRead(b->reader);
    if (more == 0)
        return ERR_MISSING;
    if (more < 0)
        return sheet_refuse(s, DAMAGED);
    int type = xmlTextReaderNodeType(b->reader);
    if (type == XML_READER_TYPE_DOCUMENT_TYPE || type == XML_READER_TYPE_ENTITY_REFERENCE ||
        type == XML_READER_TYPE_ENTITY)
        return sheet_refuse(s, HOSTILE);
    return ERR_OK;
}

static bool opens(struct xlsx_book *b, const char *name)
{
    return xmlTextReaderNodeType(b->reader) == XML_READER_TYPE_ELEMENT &&
           str_eq((const char *)xmlTextReaderConstLocalName(b->reader), name);
}

static bool closes(struct xlsx_book *b, const char *name)
{
    return xmlTextReaderNodeType(b->reader) == XML_READER_TYPE_END_ELEMENT &&
           str_eq((const char *)xmlTextReaderConstLocalName(b->reader), name);
}

/* A copy in the arena, NULL when there is no such attribute. */
static const char *attribute(struct xlsx_book *b, struct arena *a, const char *name)
{
    xmlChar *value = xmlTextReaderGetAttribute(b->reader, (const xmlChar *)name);
    char *copy = value ? arena_strdup(a, (const char *)value) : NULL;
    xmlFree(value);
    return copy;
}

static int64_t attribute_int(struct xlsx_book *b, struct arena *a, const char *name,
                             int64_t otherwise)
{
    int64_t n = otherwise;
    const char *text = attribute(b, a, name);
    return text && str_to_i64(text, 0, INT32_MAX, &n) ? n : otherwise;
}

/* All text inside the element that was just opened, but for what stands in `but` (phonetic hints). */
static enum err read_text(struct sheet *s, const char *name, struct buf *text)
{
    struct xlsx_book *b = s->book;
    int hidden = 0;
    if (xmlTextReaderIsEmptyElement(b->reader))
        return ERR_OK;
    for (;;) {
        enum err e = next_node(s);
        if (e != ERR_OK)
            return e == ERR_MISSING ? sheet_refuse(s, DAMAGED) : e;
        if (closes(b, name))
            return ERR_OK;
        int type = xmlTextReaderNodeType(b->reader);
        if (opens(b, "rPh") && !xmlTextReaderIsEmptyElement(b->reader))
            hidden++;
        else if (closes(b, "rPh"))
            hidden--;
        bool words = type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_CDATA ||
                     type == XML_READER_TYPE_SIGNIFICANT_WHITESPACE ||
                     type == XML_READER_TYPE_WHITESPACE;
        if (words && hidden == 0)
            buf_puts(text, (const char *)xmlTextReaderConstValue(b->reader));
        if (text->full)
            return sheet_refuse(s, TOO_LARGE);
    }
}

/* --- workbook.xml and its relations ------------------------------------------------------------------------- */

static enum err read_workbook(struct sheet *s, const char **ret_id)
{
    struct xlsx_book *b = s->book;
    enum err e = begin_part(s, "xl/workbook.xml", SMALL_MAX);
    if (e != ERR_OK)
        return e == ERR_MISSING ? sheet_refuse(s, NOT_BOOK) : e;
    while ((e = next_node(s)) == ERR_OK) {
        if (opens(b, "workbookPr")) {
            const char *old = attribute(b, s->arena, "date1904");
            b->from_1904 = str_eq(old, "1") || str_eq(old, "true");
        }
        if (!*ret_id && opens(b, "sheet") &&
            str_eq(str_or(attribute(b, s->arena, "state"), "visible"), "visible"))
            *ret_id = attribute(b, s->arena, "r:id");
    }
    if (e == ERR_MISSING && !*ret_id)
        return sheet_refuse(
            s, T("Tidak ada lembar yang tampak di berkas ini. Tampilkan lembarnya, lalu "
                 "unggah lagi."));
    return e == ERR_MISSING ? ERR_OK : e;
}

static const char *part_name(struct arena *a, const char *target)
{
    return *target == '/' ? target + 1 : arena_printf(a, "xl/%s", target);
}

struct book_parts {
    const char *sheet, *styles, *texts;
};

static bool ends_with(const char *s, const char *end)
{
    size_t n = strlen(str_or(s, "")), m = strlen(end);
    return n >= m && str_eq(s + n - m, end);
}

static enum err read_relations(struct sheet *s, const char *id, struct book_parts *ret)
{
    struct xlsx_book *b = s->book;
    enum err e = begin_part(s, "xl/_rels/workbook.xml.rels", SMALL_MAX);
    if (e != ERR_OK)
        return e == ERR_MISSING ? sheet_refuse(s, DAMAGED) : e;
    while ((e = next_node(s)) == ERR_OK) {
        if (!opens(b, "Relationship"))
            continue;
        const char *target = attribute(b, s->arena, "Target"),
                   *type = attribute(b, s->arena, "Type");
        if (!target || str_eq(attribute(b, s->arena, "TargetMode"), "External"))
            continue;
        if (str_eq(attribute(b, s->arena, "Id"), id))
            ret->sheet = part_name(s->arena, target);
        else if (ends_with(type, "/styles"))
            ret->styles = part_name(s->arena, target);
        else if (ends_with(type, "/sharedStrings"))
            ret->texts = part_name(s->arena, target);
    }
    if (e == ERR_MISSING && !ret->sheet)
        return sheet_refuse(s, DAMAGED);
    return e == ERR_MISSING ? ERR_OK : e;
}

/* --- styles: which numbers are times -------------------------------------------------------------------------- */

/* A format with day, month, year, hour or second outside quotes, brackets and escapes. */
static bool format_is_time(const char *code)
{
    for (const char *p = code; *p; p++) {
        const char *closing = *p == '"' ? strchr(p + 1, '"') : *p == '[' ? strchr(p, ']') : NULL;
        if (*p == '[' && closing && p[1] && strchr("hHmMsS", p[1]) && (p[2] == ']' || p[2] == p[1]))
            return true; /* [h]: hours beyond a day */
        if (closing)
            p = closing;
        else if ((*p == '\\' || *p == '_' || *p == '*') && p[1])
            p++;
        else if (strchr("dDmMyYhHsS", *p))
            return true;
    }
    return false;
}

static bool number_is_time(int64_t id)
{
    return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) ||
           (id >= 50 && id <= 58);
}

struct formats {
    int64_t ids[FORMATS_MAX];
    size_t count;
};

static bool style_is_time(const struct formats *f, int64_t id)
{
    for (size_t i = 0; i < f->count; i++) {
        if (f->ids[i] == id)
            return true;
    }
    return number_is_time(id);
}

static enum err read_styles(struct sheet *s, const char *name)
{
    struct xlsx_book *b = s->book;
    struct formats *times = ARENA_NEW(s->arena, struct formats);
    bool in_cells = false;
    enum err e = begin_part(s, name, SMALL_MAX);
    if (e != ERR_OK)
        return e == ERR_MISSING ? ERR_OK : e;
    b->is_time = ARENA_ARRAY(s->arena, STYLES_MAX, bool);
    while ((e = next_node(s)) == ERR_OK) {
        arena_reset(s->row_arena);
        if (opens(b, "numFmt") && times->count < FORMATS_MAX) {
            const char *code = attribute(b, s->row_arena, "formatCode");
            if (code && format_is_time(code))
                times->ids[times->count++] = attribute_int(b, s->row_arena, "numFmtId", -1);
        }
        if (opens(b, "cellXfs"))
            in_cells = !xmlTextReaderIsEmptyElement(b->reader);
        if (closes(b, "cellXfs"))
            in_cells = false;
        if (in_cells && opens(b, "xf") && b->style_count < STYLES_MAX)
            b->is_time[b->style_count++] = style_is_time(
                times, attribute_int(b, s->row_arena, "numFmtId", 0));
    }
    return e == ERR_MISSING ? ERR_OK : e;
}

/* --- shared texts ------------------------------------------------------------------------------------------------ */

static void keep_text(struct sheet *s, const char *text, size_t n)
{
    struct xlsx_book *b = s->book;
    if (b->text_count == b->text_capacity) {
        size_t capacity = b->text_capacity ? b->text_capacity * 2 : 1024;
        const char **more = ARENA_ARRAY(s->arena, capacity, const char *);
        if (b->text_count)
            memcpy(more, b->texts, b->text_count * sizeof(*more));
        b->texts = more;
        b->text_capacity = capacity;
    }
    b->texts[b->text_count++] = n ? arena_strndup(s->arena, text, n) : "";
    b->text_bytes += n + 1;
}

static enum err read_texts(struct sheet *s, const char *name)
{
    struct xlsx_book *b = s->book;
    enum err e = begin_part(s, name, SHEET_PART_MAX);
    if (e != ERR_OK)
        return e == ERR_MISSING ? ERR_OK : e;
    while ((e = next_node(s)) == ERR_OK) {
        if (!opens(b, "si"))
            continue;
        arena_reset(s->row_arena);
        struct buf text = buf_new(s->row_arena, 128, SHEET_CELL_MAX * 4);
        TRY(read_text(s, "si", &text));
        keep_text(s, text.p, text.n);
        if (b->text_bytes > SHEET_TEXTS_MAX || b->text_count > TEXTS_MAX)
            return sheet_refuse(s, TOO_LARGE);
    }
    return e == ERR_MISSING ? ERR_OK : e;
}

/* --- open --------------------------------------------------------------------------------------------------------- */

static enum err open_zip(struct sheet *s, struct bytes file)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(file.p, file.n, 0, &error);
    s->book->zip = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
    zip_error_fini(&error);
    if (!s->book->zip) {
        if (source)
            zip_source_free(source);
        return sheet_refuse(s, DAMAGED);
    }
    if (zip_get_num_entries(s->book->zip, 0) > SHEET_ENTRIES_MAX)
        return sheet_refuse(s, TOO_LARGE);
    return ERR_OK;
}

enum err xlsx_book_open(struct sheet *s, struct bytes file)
{
    struct book_parts parts = {NULL, NULL, NULL};
    const char *id = NULL;
    s->book = ARENA_NEW(s->arena, struct xlsx_book);
    arena_defer(s->arena, close_book, s->book);
    TRY(open_zip(s, file));
    TRY(read_workbook(s, &id));
    TRY(read_relations(s, id, &parts));
    if (parts.styles)
        TRY(read_styles(s, parts.styles));
    if (parts.texts)
        TRY(read_texts(s, parts.texts));
    enum err e = begin_part(s, parts.sheet, SHEET_PART_MAX);
    return e == ERR_MISSING ? sheet_refuse(s, DAMAGED) : e;
}

/* --- rows ----------------------------------------------------------------------------------------------------------- */

/* "AB12" → 27; SIZE_MAX when it is none. */
static size_t column_of(const char *reference)
{
    size_t n = 0;
    for (const char *p = str_or(reference, ""); *p >= 'A' && *p <= 'Z' && n < 100000; p++)
        n = n * 26 + (size_t)(*p - 'A') + 1;
    return n ? n - 1 : SIZE_MAX;
}

static const char *time_text(struct sheet *s, double days)
{
    int64_t ms = 0;
    if (!sheet_time(days, &ms))
        return arena_printf(s->row_arena, "%.15g", days);
    struct civil c = time_civil(ms, 0);
    bool clock = c.hour || c.minute || c.second;
    if (days < 1)
        return arena_printf(s->row_arena, "%02d:%02d", c.hour, c.minute);
    if (!clock)
        return arena_printf(s->row_arena, "%02d/%02d/%04d", c.day, c.month, c.year);
    return arena_printf(s->row_arena, "%02d/%02d/%04d %02d:%02d", c.day, c.month, c.year, c.hour,
                        c.minute);
}

/* Long numbers (a telephone, an identity number) in all their digits, never as 8.1E+10. */
static const char *number_text(struct sheet *s, double number)
{
    bool whole = number > -1e18 && number < 1e18 && number == (double)(int64_t)number;
    return whole ? arena_printf(s->row_arena, "%lld", (long long)number)
                 : arena_printf(s->row_arena, "%.15g", number);
}

static void put_number(struct sheet *s, size_t column, const char *raw, int64_t style)
{
    struct xlsx_book *b = s->book;
    char *end = NULL;
    double number = strtod(raw, &end);
    if (end == raw || *end || !(number > -1e300 && number < 1e300)) {
        sheet_put(s, column, SHEET_TEXT, raw, 0);
        return;
    }
    bool is_time = b->is_time && style >= 0 && (size_t)style < b->style_count && b->is_time[style];
    if (is_time && b->from_1904)
        number += DAYS_OF_1904;
    if (is_time)
        sheet_put(s, column, SHEET_TIME, time_text(s, number), number);
    else
        sheet_put(s, column, SHEET_NUMBER, number_text(s, number), number);
}

static void put_value(struct sheet *s, size_t column, const char *type, const char *raw,
                      int64_t style)
{
    struct xlsx_book *b = s->book;
    int64_t index = 0;
    if (*raw == '\0' || str_eq(type, "e"))
        return;
    if (str_eq(type, "s")) {
        bool known = str_to_i64(raw, 0, (int64_t)b->text_count - 1, &index);
        if (known && *b->texts[index])
            sheet_put(s, column, SHEET_TEXT, b->texts[index], 0);
        return;
    }
    if (str_eq(type, "n"))
        put_number(s, column, raw, style);
    else
        sheet_put(s, column, SHEET_TEXT, raw, 0);
}

/* From <c> to </c>. */
static enum err read_cell(struct sheet *s, size_t *column)
{
    struct xlsx_book *b = s->book;
    size_t named = column_of(attribute(b, s->row_arena, "r"));
    const char *type = str_or(attribute(b, s->row_arena, "t"), "n");
    int64_t style = attribute_int(b, s->row_arena, "s", -1);
    struct buf text = buf_new(s->row_arena, 64, SHEET_CELL_MAX * 4);
    *column = named == SIZE_MAX ? *column + 1 : named;
    if (xmlTextReaderIsEmptyElement(b->reader))
        return ERR_OK;
    for (;;) {
        enum err e = next_node(s);
        if (e != ERR_OK)
            return e == ERR_MISSING ? sheet_refuse(s, DAMAGED) : e;
        if (closes(b, "c"))
            break;
        if (opens(b, "v"))
            TRY(read_text(s, "v", &text));
        else if (opens(b, "is"))
            TRY(read_text(s, "is", &text));
    }
    put_value(s, *column, type, text.p, style);
    return ERR_OK;
}

static enum err read_row(struct sheet *s)
{
    struct xlsx_book *b = s->book;
    size_t column = SIZE_MAX, cells = 0; /* the first cell without a name is column 0 */
    int64_t number = attribute_int(b, s->row_arena, "r", b->row + 1);
    if (number <= b->row)
        return sheet_refuse(s, DAMAGED);
    b->row = number;
    if (xmlTextReaderIsEmptyElement(b->reader))
        return ERR_OK;
    for (;;) {
        enum err e = next_node(s);
        if (e != ERR_OK)
            return e == ERR_MISSING ? sheet_refuse(s, DAMAGED) : e;
        if (closes(b, "row"))
            return ERR_OK;
        if (!opens(b, "c"))
            continue;
        if (++cells > ROW_CELLS)
            return sheet_refuse(s, TOO_LARGE);
        TRY(read_cell(s, &column));
    }
}

enum err xlsx_book_next(struct sheet *s, struct sheet_row *ret)
{
    struct xlsx_book *b = s->book;
    enum err e;
    if (!b->reader)
        return ERR_MISSING;
    while ((e = next_node(s)) == ERR_OK) {
        if (closes(b, "sheetData"))
            break;
        if (!opens(b, "row"))
            continue;
        sheet_fresh(s);
        TRY(read_row(s));
        if (s->count) {
            *ret = (struct sheet_row){.number = b->row, .cells = s->cells, .count = s->count};
            return ERR_OK;
        }
    }
    if (e == ERR_INVALID)
        return e;
    end_part(b);
    return ERR_MISSING;
}

/* Tables from anybody: whatever is uploaded as .xlsx or .csv is read to its end or refused with a sentence. First
 * byte 'F': the rest is the file; 'X': it is the sheet of a workbook that is packed here, 'S' its shared texts,
 * 'Y' its styles. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "lib/base/str.h"
#include "lib/base/utf8.h"
#include "lib/xlsx/xlsx_read.h"
#include "lib/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

static void add(zip_t *zip, const char *name, const void *p, size_t n)
{
    zip_source_t *source = zip_source_buffer(zip, p, n, 0);
    if (!source || zip_file_add(zip, name, source, 0) < 0)
        abort();
}

static void add_text(zip_t *zip, const char *name, const char *text)
{
    add(zip, name, text, strlen(text));
}

static struct bytes packed(struct arena *a, uint8_t kind, const uint8_t *data, size_t size)
{
    static const char sheet[] =
        "<worksheet><sheetData><row r=\"2\"><c t=\"s\"><v>0</v></c><c s=\"1\"><v>45000"
        ".5</v></c><c t=\"inlineStr\"><is><t>x</t></is></c></row></sheetData></worksheet>";
    static const char styles[] =
        "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"22\"/></cellXfs>"
        "</styleSheet>";
    static const char texts[] = "<sst><si><t>a</t></si></sst>";
    zip_error_t error;
    zip_stat_t st;
    zip_error_init(&error);
    zip_source_t *out = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_t *zip = out ? zip_open_from_source(out, ZIP_TRUNCATE, &error) : NULL;
    if (!zip)
        abort();
    zip_source_keep(out);
    add_text(zip, "xl/workbook.xml",
             "<workbook xmlns:r=\"" OFFICE
             "\"><sheets><sheet name=\"a\" r:id=\"r1\"/></sheets></workbook>");
    add_text(zip, "xl/_rels/workbook.xml.rels",
             "<Relationships><Relationship Id=\"r1\" Type=\"x/worksheet\" "
             "Target=\"worksheets/sheet1.xml\"/>"
             "<Relationship Id=\"r2\" Type=\"x/styles\" Target=\"styles.xml\"/>"
             "<Relationship Id=\"r3\" Type=\"x/sharedStrings\" "
             "Target=\"sharedStrings.xml\"/></Relationships>");
    add(zip, "xl/worksheets/sheet1.xml", kind == 'X' ? (const void *)data : sheet,
        kind == 'X' ? size : strlen(sheet));
    add(zip, "xl/styles.xml", kind == 'Y' ? (const void *)data : styles,
        kind == 'Y' ? size : strlen(styles));
    add(zip, "xl/sharedStrings.xml", kind == 'S' ? (const void *)data : texts,
        kind == 'S' ? size : strlen(texts));
    if (zip_close(zip) != 0 || zip_source_stat(out, &st) != 0 || zip_source_open(out) != 0)
        abort();
    uint8_t *p = arena_alloc(a, st.size);
    if (zip_source_read(out, p, st.size) != (zip_int64_t)st.size)
        abort();
    (void)zip_source_close(out);
    zip_source_free(out);
    zip_error_fini(&error);
    return (struct bytes){p, st.size};
}

static void check_row(const struct sheet_row *row, int64_t last)
{
    if (row->count == 0 || row->count > SHEET_COLUMNS_MAX || row->number <= last)
        abort();
    for (size_t i = 0; i < row->count; i++) {
        if (!utf8_valid(row->cells[i].text, strlen(row->cells[i].text)))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct arena *a = arena_new(1 << 16);
    struct bytes file = *data == 'X' || *data == 'S' || *data == 'Y'
                            ? packed(a, *data, data + 1, size - 1)
                            : (struct bytes){data + 1, size - 1};
    struct sheet *sheet = NULL;
    struct sheet_row row;
    const char *why = NULL;
    int64_t last = 0;
    enum err e = sheet_open(a, file, &sheet, &why);
    if (e != ERR_OK && !why)
        abort();
    while (e == ERR_OK && (e = sheet_next(sheet, &row)) == ERR_OK) {
        check_row(&row, last);
        last = row.number;
    }
    if (sheet && e == ERR_INVALID && !sheet_why(sheet))
        abort();
    arena_free(a);
    return 0;
}

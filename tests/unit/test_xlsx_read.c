/* Reading tables: texts, numbers, days by their format; hostile and broken files end with a sentence. */
#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zip.h>

#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/xlsx/xlsx.h"
#include "lib/xlsx/xlsx_read.h"

#define BOOK                                                                                       \
    "<workbook xmlns:r=\"http://x\"><workbookPr%s/><sheets><sheet name=\"h\" state=\"hidden\" "    \
    "r:id=\"r9\"/><sheet name=\"a\" r:id=\"r1\"/></sheets></workbook>"
#define RELS                                                                                       \
    "<Relationships><Relationship Id=\"r1\" Type=\"x/worksheet\" Target=\"%s\"/>"                  \
    "<Relationship Id=\"r2\" Type=\"x/styles\" Target=\"styles.xml\"/>"                            \
    "<Relationship Id=\"r3\" Type=\"x/sharedStrings\" Target=\"/xl/s.xml\"/></Relationships>"
#define STYLES                                                                                     \
    "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"&quot;Rp&quot;#,##0\"/>"           \
    "<numFmt numFmtId=\"165\" formatCode=\"[$-421]dd\\ mmmm\\ yyyy;@\"/></numFmts><cellStyleXfs>"  \
    "<xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"165\"/>"      \
    "<xf numFmtId=\"164\"/><xf numFmtId=\"22\"/></cellXfs></styleSheet>"
#define TEXTS                                                                                      \
    "<sst><si><t>Rina</t></si><si><r><t>Ag</t></r><r><t>us</t></r><rPh><t>no</t></rPh></si></sst>"

struct pack {
    struct arena *arena;
    const char *pr, *target, *sheet;
    size_t sheet_bytes; /* 0: of the text */
};

static void add(zip_t *zip, const char *name, const void *p, size_t n)
{
    zip_source_t *source = zip_source_buffer(zip, p, n, 0);
    assert_non_null(source);
    assert_true(zip_file_add(zip, name, source, 0) >= 0);
}

static struct bytes packed(const struct pack *k)
{
    zip_error_t error;
    zip_stat_t st;
    zip_error_init(&error);
    zip_source_t *out = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_t *zip = zip_open_from_source(out, ZIP_TRUNCATE, &error);
    assert_non_null(zip);
    zip_source_keep(out);
    char *book = arena_printf(k->arena, BOOK, str_or(k->pr, ""));
    char *rels = arena_printf(k->arena, RELS, str_or(k->target, "worksheets/sheet7.xml"));
    add(zip, "xl/workbook.xml", book, strlen(book));
    add(zip, "xl/_rels/workbook.xml.rels", rels, strlen(rels));
    add(zip, "xl/styles.xml", STYLES, strlen(STYLES));
    add(zip, "xl/s.xml", TEXTS, strlen(TEXTS));
    add(zip, "xl/worksheets/sheet7.xml", k->sheet,
        k->sheet_bytes ? k->sheet_bytes : strlen(k->sheet));
    assert_int_equal(zip_close(zip), 0);
    assert_int_equal(zip_source_stat(out, &st), 0);
    assert_int_equal(zip_source_open(out), 0);
    uint8_t *p = arena_alloc(k->arena, st.size);
    assert_int_equal(zip_source_read(out, p, st.size), st.size);
    (void)zip_source_close(out);
    zip_source_free(out);
    return (struct bytes){p, st.size};
}

static struct bytes rows(struct arena *a, const char *text)
{
    return packed(&(const struct pack){
        .arena = a,
        .sheet = arena_printf(a, "<worksheet><sheetData>%s</sheetData></worksheet>", text)});
}

static struct bytes bytes_of(const char *s)
{
    return (struct bytes){(const uint8_t *)s, strlen(s)};
}

static struct sheet *opened(struct arena *a, struct bytes file)
{
    struct sheet *s = NULL;
    const char *why = NULL;
    enum err e = sheet_open(a, file, &s, &why);
    if (e != ERR_OK)
        print_error("%s\n", why);
    assert_int_equal(e, ERR_OK);
    return s;
}

/* The sentence of the refusal, at opening or while reading. */
static const char *refusal_of(struct arena *a, struct bytes file)
{
    struct sheet *s = NULL;
    struct sheet_row row;
    const char *why = NULL;
    enum err e = sheet_open(a, file, &s, &why);
    while (e == ERR_OK)
        e = sheet_next(s, &row);
    if (e == ERR_MISSING)
        return "";
    assert_int_equal(e, ERR_INVALID);
    return s ? sheet_why(s) : why;
}

static void says(const char *text, const char *part)
{
    if (!strstr(text, part))
        print_error("“%s”\n", text);
    assert_non_null(strstr(text, part));
}

static void cells_of_every_kind(void **state)
{
    struct arena *a = *state;
    struct sheet_row r;
    struct sheet *s = opened(
        a,
        rows(
            a,
            "<row r=\"3\"><c r=\"A3\" t=\"s\"><v>0</v></c><c r=\"C3\" t=\"s\"><v>1</v></c>"
            "<c r=\"D3\" s=\"1\"><v>45354</v></c><c r=\"E3\" s=\"2\"><v>45354</v></c>"
            "<c r=\"F3\" s=\"3\"><v>45354.395833333336</v></c><c r=\"G3\"><v>8.123456789E10</v></c>"
            "<c r=\"H3\" t=\"inlineStr\"><is><t xml:space=\"preserve\"> x </t></is></c>"
            "<c r=\"I3\" t=\"str\"><f>1</f><v>=1+1</v></c><c r=\"J3\" "
            "t=\"e\"><v>#REF!</v></c></row>"
            "<row r=\"4\"/><row r=\"5\"><c "
            "r=\"A5\"/></row><row><c><v>1.5</v></c><c><v>2</v></c></row>"));
    assert_false(sheet_is_csv(s));
    assert_int_equal(sheet_next(s, &r), ERR_OK);
    assert_int_equal(r.number, 3);
    assert_int_equal(r.count, 9);
    assert_string_equal(r.cells[0].text, "Rina");
    assert_int_equal(r.cells[1].kind, SHEET_EMPTY);
    assert_string_equal(r.cells[1].text, "");
    assert_string_equal(r.cells[2].text, "Agus");
    assert_int_equal(r.cells[3].kind, SHEET_TIME);
    assert_string_equal(r.cells[3].text, "03/03/2024");
    assert_int_equal(r.cells[4].kind, SHEET_NUMBER);
    assert_string_equal(r.cells[5].text, "03/03/2024 09:30");
    assert_string_equal(r.cells[6].text, "81234567890");
    assert_string_equal(r.cells[7].text, " x ");
    assert_string_equal(r.cells[8].text, "=1+1");
    assert_int_equal(r.cells[8].kind, SHEET_TEXT);
    assert_int_equal(sheet_next(s, &r), ERR_OK);
    assert_int_equal(r.number, 6); /* empty rows are passed over, and counted */
    assert_string_equal(r.cells[0].text, "1.5");
    assert_string_equal(r.cells[1].text, "2");
    assert_int_equal(sheet_next(s, &r), ERR_MISSING);
    assert_int_equal(sheet_next(s, &r), ERR_MISSING);
}

static void days_of_the_other_epoch(void **state)
{
    struct arena *a = *state;
    struct sheet_row r;
    struct sheet *s = opened(
        a, packed(&(const struct pack){
               .arena = a,
               .pr = " date1904=\"1\"",
               .sheet = "<worksheet><sheetData><row><c "
                        "s=\"1\"><v>43892</v></c></row></sheetData></worksheet>"}));
    assert_int_equal(sheet_next(s, &r), ERR_OK);
    assert_string_equal(r.cells[0].text, "03/03/2024");
}

static void hostile_workbooks_are_refused(void **state)
{
    struct arena *a = *state;
    says(refusal_of(a, bytes_of("PK\x03\x04...")), "rusak");
    says(refusal_of(a, bytes_of("\xD0\xCF\x11\xE0...")), ".xls lama");
    /* entities: an external one, and laughter */
    const char
        *dtd = "<!DOCTYPE w [<!ENTITY x SYSTEM \"file:///etc/passwd\"><!ENTITY y \"&x;&x;\">]>"
               "<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>&y;</t></is></c></row>"
               "</sheetData></worksheet>";
    says(refusal_of(a, packed(&(const struct pack){.arena = a, .sheet = dtd})), "tidak diizinkan");
    /* four megabytes of the same byte in four kilobytes */
    size_t n = (size_t)4 << 20;
    char *bomb = arena_alloc(a, n);
    memset(bomb, ' ', n);
    says(refusal_of(a, packed(&(const struct pack){.arena = a, .sheet = bomb, .sheet_bytes = n})),
         "terlalu besar");
    says(refusal_of(a, packed(&(const struct pack){
                           .arena = a, .sheet = "<worksheet/>", .target = "../../../etc/passwd"})),
         "rusak");
    says(refusal_of(
             a, rows(a, "<row r=\"2\"><c><v>1</v></c></row><row r=\"2\"><c><v>1</v></c></row>")),
         "rusak");
    says(refusal_of(a, rows(a, "<row><c><v>1</v>")), "rusak");
    /* cut anywhere: refused or short, never a crash */
    struct bytes whole = rows(a, "<row><c t=\"s\"><v>0</v></c></row>");
    for (size_t i = 0; i < whole.n; i += 7)
        (void)refusal_of(a, (struct bytes){whole.p, i + 1});
}

/* A row of more cells than Excel has would take the memory of the rest. */
static void endless_rows_are_refused(void **state)
{
    struct arena *a = *state;
    struct buf b = buf_new(a, 1 << 20, 1 << 20);
    uint32_t seed = 1;
    for (int i = 0; i < 17000; i++) {
        seed = seed * 1103515245u + 12345u; /* it must not look like a bomb */
        buf_printf(&b, "<c t=\"x%08x\"/>", seed);
    }
    says(refusal_of(a, rows(a, arena_printf(a, "<row>%s</row>", b.p))), "terlalu besar");
}

static void csv_as_the_rule_has_it(void **state)
{
    struct arena *a = *state;
    struct sheet_row r;
    struct sheet *s = opened(
        a, bytes_of("\xEF\xBB\xBFNama;Alamat\r\n\r\n\"A \"\"B\"\"\";\"x;y\r\nz\"\n;\nC"));
    assert_true(sheet_is_csv(s));
    assert_null(sheet_note(s));
    assert_int_equal(sheet_next(s, &r), ERR_OK);
    assert_string_equal(r.cells[0].text, "Nama");
    assert_int_equal(sheet_next(s, &r), ERR_OK);
    assert_int_equal(r.number, 3);
    assert_string_equal(r.cells[0].text, "A \"B\"");
    assert_string_equal(r.cells[1].text, "x;y\r\nz");
    assert_int_equal(sheet_next(s, &r), ERR_OK);
    assert_int_equal(r.number, 6);
    assert_string_equal(r.cells[0].text, "C");
    assert_int_equal(sheet_next(s, &r), ERR_MISSING);
    s = opened(a, bytes_of("a,b\nc,\xE9 \x80 \x81\n"));
    says(sheet_note(s), "Windows-1252");
    assert_int_equal(sheet_next(s, &r), ERR_OK);
    assert_int_equal(r.count, 2);
    assert_int_equal(sheet_next(s, &r), ERR_OK);
    assert_string_equal(r.cells[1].text, "é € \xEF\xBF\xBD");
    says(refusal_of(a, bytes_of("a,\"b")), "tanda kutip");
    says(refusal_of(a, (struct bytes){(const uint8_t *)"\xFF\xFE"
                                                       "a\0",
                                      4}),
         "CSV UTF-8");
    says(refusal_of(a, (struct bytes){NULL, 0}), "kosong");
    char *wide = arena_alloc(a, SHEET_CELL_MAX + 3);
    memset(wide, 'x', SHEET_CELL_MAX + 2);
    says(refusal_of(a, bytes_of(wide)), "terlalu panjang");
}

static void many_rows_take_little_memory(void **state)
{
    struct arena *a = *state;
    struct buf b = buf_new(a, 6 << 20, 6 << 20);
    struct sheet_row r;
    int64_t count = 0;
    for (int i = 0; i < 100000; i++)
        buf_printf(&b, "%d;Tamu %d;Kapuas\n", i, i);
    struct sheet *s = opened(a, (struct bytes){(const uint8_t *)b.p, b.n});
    size_t before = arena_used(a);
    while (sheet_next(s, &r) == ERR_OK)
        count++;
    assert_int_equal(count, 100000);
    assert_int_equal(arena_used(a), before);
    buf_puts(&b, "1;2;3\n");
    says(refusal_of(a, (struct bytes){(const uint8_t *)b.p, b.n}), "100.000");
}

static void times_of_a_count_of_days(void **state)
{
    (void)state;
    int64_t ms = 0;
    assert_true(sheet_time(25569, &ms));
    assert_int_equal(ms, 0);
    assert_true(sheet_time(25568.5, &ms));
    assert_int_equal(ms, -12 * 3600 * 1000);
    assert_false(sheet_time(-1, &ms));
    assert_false(sheet_time(3e6, &ms));
}

static int begin(void **state)
{
    *state = arena_new(64 * 1024);
    return 0;
}

static int end(void **state)
{
    arena_free(*state);
    return 0;
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(cells_of_every_kind),           TEST(days_of_the_other_epoch),
        TEST(hostile_workbooks_are_refused), TEST(endless_rows_are_refused),
        TEST(csv_as_the_rule_has_it),        TEST(many_rows_take_little_memory),
        TEST(times_of_a_count_of_days),
    };
    return cmocka_run_group_tests_name("xlsx_read", tests, NULL, NULL);
}

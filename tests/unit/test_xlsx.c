/* Workbooks: hostile values stay texts, days are days of the office, and many rows take little memory. */
#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zip.h>

#include "lib/base/str.h"
#include "lib/xlsx/xlsx.h"

struct desk {
    struct arena *arena;
    char dir[64];
};

static int begin(void **state)
{
    struct desk *d = calloc(1, sizeof(*d));
    assert_non_null(d);
    d->arena = arena_new(64 * 1024);
    (void)snprintf(d->dir, sizeof(d->dir), "/tmp/bukutamu-xlsx.XXXXXX");
    assert_non_null(mkdtemp(d->dir));
    *state = d;
    return 0;
}

static int end(void **state)
{
    struct desk *d = *state;
    assert_int_equal(rmdir(d->dir), 0); /* nothing was left in it */
    arena_free(d->arena);
    free(d);
    return 0;
}

static const struct xlsx_column columns[] = {{"Nama", 30, XLSX_TEXT},  {"Catatan", 40, XLSX_WRAP},
                                             {"Jumlah", 10, XLSX_INT}, {"Nilai", 10, XLSX_DECIMAL},
                                             {"Hari", 12, XLSX_DAY},   {"Jam", 16, XLSX_TIME}};

static struct xlsx *open_sheet(struct desk *d, const char *name)
{
    static const char *const lines[] = {"Bulan: Juli 2026", NULL};
    const struct xlsx_sheet s = {.name = name,
                                 .title = "REGISTER TAMU",
                                 .lines = lines,
                                 .columns = columns,
                                 .column_count = 6,
                                 .landscape = true,
                                 .offset_min = 420};
    struct xlsx *x = NULL;
    assert_int_equal(xlsx_begin(d->arena, d->dir, &x), ERR_OK);
    assert_int_equal(xlsx_sheet_begin(x, &s), ERR_OK);
    return x;
}

/* A part of the finished file, as text. */
static char *part(struct desk *d, int fd, const char *name)
{
    zip_error_t fault;
    FILE *file = fdopen(dup(fd), "rb");
    assert_non_null(file);
    zip_source_t *source = zip_source_filep_create(file, 0, 0, &fault);
    zip_t *zip = zip_open_from_source(source, ZIP_RDONLY, &fault);
    assert_non_null(zip);
    zip_stat_t st;
    assert_int_equal(zip_stat(zip, name, 0, &st), 0);
    char *text = arena_alloc(d->arena, st.size + 1);
    zip_file_t *f = zip_fopen(zip, name, 0);
    assert_int_equal(zip_fread(f, text, st.size), st.size);
    text[st.size] = '\0';
    (void)zip_fclose(f);
    zip_discard(zip);
    return text;
}

/* The style of the cell that holds this text: <c r="A5" s="4" t="inlineStr"><is><t>… */
static int style_of(const char *sheet, const char *text)
{
    const char *at = strstr(sheet, text), *cell = NULL;
    assert_non_null(at);
    for (const char *c = strstr(sheet, "<c "); c && c < at; c = strstr(c + 1, "<c "))
        cell = c;
    assert_non_null(cell);
    const char *style = strstr(cell, " s=\"");
    assert_true(style && style < at);
    return atoi(style + 4);
}

/* Format 49 is "@". */
static bool is_text_style(const char *styles, int style)
{
    const char *at = strstr(styles, "<cellXfs");
    for (int i = 0; at && i <= style; i++)
        at = strstr(at + 1, "<xf ");
    assert_non_null(at);
    return strncmp(at, "<xf numFmtId=\"49\"", 17) == 0;
}

static void test_hostile_values_are_texts(void **state)
{
    struct desk *d = *state;
    struct xlsx *x = open_sheet(d, "A/B:[C]*?");
    const char *const hostile[] = {"=1+1",         "+62",          "-1",
                                   "@SUM(A1)",     "]]>",          "a\001b",
                                   "\xEF\xBF\xBE", "<script>&\"'", "\xE2\x80\xAEterbalik"};
    for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
        const struct xlsx_cell cells[6] = {{.text = hostile[i]}, {.text = "baris\ndua"}};
        assert_int_equal(xlsx_row(x, cells), ERR_OK);
    }
    char *longest = arena_alloc(d->arena, 100001);
    memset(longest, 'x', 100000);
    longest[100000] = '\0';
    const struct xlsx_cell cells[6] = {{.text = longest}};
    assert_int_equal(xlsx_row(x, cells), ERR_OK);
    int fd = -1;
    int64_t bytes = 0;
    assert_int_equal(xlsx_end(x, &fd, &bytes), ERR_OK);
    assert_true(bytes > 1000);
    const char *sheet = part(d, fd, "xl/worksheets/sheet1.xml");
    assert_null(strstr(sheet, "<f>")); /* no formula anywhere */
    assert_non_null(strstr(sheet, "=1+1"));
    assert_non_null(strstr(sheet, "@SUM(A1)"));
    assert_non_null(strstr(sheet, "]]&gt;"));
    assert_non_null(strstr(sheet, ">ab<"));
    assert_null(strchr(sheet, '\x01'));
    assert_non_null(strstr(sheet, "&lt;script&gt;&amp;"));
    /* Its characters stay; the cell's style says that it is a text. */
    const char *styles = part(d, fd, "xl/styles.xml");
    const char *const marked[] = {">=1+1<", ">+62<", ">-1<", ">@SUM(A1)<"};
    for (size_t i = 0; i < sizeof(marked) / sizeof(marked[0]); i++)
        assert_true(is_text_style(styles, style_of(sheet, marked[i])));
    assert_false(is_text_style(styles, style_of(sheet, ">ab<")));
    const char *x_run = strstr(sheet, "xxxx");
    assert_non_null(x_run);
    assert_int_equal(strspn(x_run, "x"), 32767);
    assert_non_null(strstr(part(d, fd, "xl/workbook.xml"), "name=\"A-B--C---\""));
    (void)close(fd);
}

/* 23 July 2026, 09.41 WIB is 46226 and a bit; 23.30 UTC of the day before is that day too. */
static void test_days_of_the_office(void **state)
{
    struct desk *d = *state;
    struct xlsx *x = open_sheet(d, "Juli");
    const int64_t at = 1784774460000; /* 2026-07-23T02:41:00Z */
    const struct xlsx_cell cells[6] = {{.text = "Siti"}, {.text = NULL}, {.number = 3},
                                       {.number = 9148}, {.number = at}, {.number = at}};
    const struct xlsx_cell total[6] = {{.text = "Jumlah"}, {.text = NULL}, {.number = 3},
                                       {.text = "NIHIL"},  {.number = 0},  {.number = 0}};
    assert_int_equal(xlsx_row(x, cells), ERR_OK);
    assert_int_equal(xlsx_row_strong(x, total), ERR_OK);
    int fd = -1;
    int64_t bytes = 0;
    assert_int_equal(xlsx_end(x, &fd, &bytes), ERR_OK);
    const char *sheet = part(d, fd, "xl/worksheets/sheet1.xml");
    assert_non_null(strstr(sheet, "<v>46226.403472"));
    assert_non_null(strstr(sheet, "<v>91.48"));
    assert_non_null(strstr(sheet, "NIHIL"));
    (void)close(fd);
}

static void test_given_up(void **state)
{
    struct desk *d = *state;
    struct xlsx *x = open_sheet(d, "Juli");
    const struct xlsx_cell cells[6] = {{.text = "Siti"}};
    assert_int_equal(xlsx_row(x, cells), ERR_OK);
    xlsx_drop(x);
    xlsx_drop(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_hostile_values_are_texts, begin, end),
        cmocka_unit_test_setup_teardown(test_days_of_the_office, begin, end),
        cmocka_unit_test_setup_teardown(test_given_up, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

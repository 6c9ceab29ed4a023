/* Rows of old books: days as people write them, what is refused and what is only said. */
#include "support/test.h"

#include "features/exchange/exchange.h"
#include "lib/base/str.h"
#include "lib/base/time.h"

#define NOW 1785000000000 /* 26 July 2026 in WIB */

static void check_day(struct arena *a, const char *text, const char *wanted)
{
    struct civil c = {0};
    bool readable = exchange_day(a, text, false, &c);
    const char *got = readable ? arena_printf(a, "%04d-%02d-%02d %02d:%02d", c.year, c.month, c.day,
                                              c.hour, c.minute)
                               : "";
    if (!str_eq(got, wanted))
        print_error("%s: %s\n", text, got);
    assert_string_equal(got, wanted);
}

static void days_as_people_write_them(void **state)
{
    struct arena *a = *state;
    static const struct {
        const char *text, *wanted;
    } rows[] = {
        {"03/12/2024", "2024-12-03 -1:00"},
        {"3-12-24", "2024-12-03 -1:00"},
        {"3.12.1999 09.30", "1999-12-03 09:30"},
        {"2024-12-03T09:30:59", "2024-12-03 09:30"},
        {"2024/12/03", "2024-12-03 -1:00"},
        {"Senin, 3 Maret 2024 pukul 09.30 WIB", "2024-03-03 09:30"},
        {"Jum'at / 1 Agustus 2025 / 10:05", "2025-08-01 10:05"},
        {"3-Mar-24", "2024-03-03 -1:00"},
        {"Rabu, 29 Pebruari 2024", "2024-02-29 -1:00"},
        {"29/02/2023", ""},
        {"12/31/2024", ""},
        {"kemarin", ""},
        {"", ""},
        {"3/12", ""},
        {"03/12/2024 25.00", ""},
        {"03/12/20245", ""},
        {"1/2/3/4/5/6/7/8", ""},
        {"Maret 2024", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        check_day(a, rows[i].text, rows[i].wanted);
    struct civil c;
    assert_true(exchange_day(a, "12/31/2024", true, &c));
    assert_int_equal(c.month, 12);
    int h = 0, m = 0;
    assert_true(exchange_clock(a, "pukul 9.05 WITA", &h, &m));
    assert_int_equal(h * 60 + m, 545);
    assert_false(exchange_clock(a, "pagi", &h, &m));
    assert_false(exchange_clock(a, "9.75", &h, &m));
}

static struct exchange_verdict read_row(struct arena *a, struct exchange_cell cells[EX_FIELDS],
                                        struct exchange_guest *g)
{
    const struct exchange_rules rules = {.now_ms = NOW, .offset_min = 420};
    struct exchange_verdict v;
    exchange_read(a, cells, &rules, g, &v);
    return v;
}

static bool has(const struct exchange_verdict *v, const char *code, bool warning)
{
    for (size_t i = 0; i < v->count; i++) {
        if (str_eq(v->faults[i].code, code))
            return v->faults[i].warning == warning;
    }
    return false;
}

static void fresh(struct exchange_cell cells[EX_FIELDS])
{
    for (int f = 0; f < EX_FIELDS; f++)
        cells[f] = (struct exchange_cell){.text = ""};
    cells[EX_NAME].text = "  Rina \n Wati\xE2\x80\xAE ";
    cells[EX_ARRIVED].text = "03/03/2024";
}

static void what_a_row_says(void **state)
{
    struct arena *a = *state;
    struct exchange_cell cells[EX_FIELDS];
    struct exchange_guest g;
    fresh(cells);
    struct exchange_verdict v = read_row(a, cells, &g);
    assert_false(v.refused);
    assert_int_equal(v.count, 0);
    assert_string_equal(g.name, "Rina Wati");
    assert_true(g.time_unknown);
    assert_int_equal(g.arrived_at, 1709398800000); /* midnight in WIB */
    assert_string_equal(g.id_type, "other");
    assert_string_equal(g.remarks, "");
    /* a workbook's own times, in one column or two */
    cells[EX_ARRIVED] = (struct exchange_cell){"x", 45354.395833333336, true};
    v = read_row(a, cells, &g);
    assert_int_equal(g.arrived_at, 1709398800000 + 570 * 60000);
    assert_false(g.time_unknown);
    cells[EX_ARRIVED] = (struct exchange_cell){"x", 45354, true};
    cells[EX_TIME] = (struct exchange_cell){"x", 0.5, true};
    v = read_row(a, cells, &g);
    assert_int_equal(g.arrived_at, 1709398800000 + 720 * 60000);
    cells[EX_TIME] = (struct exchange_cell){.text = "siang"};
    v = read_row(a, cells, &g);
    assert_true(has(&v, "time_unreadable", true));
    assert_false(v.refused);
    cells[EX_TIME] = (struct exchange_cell){"x", 1e300, true};
    v = read_row(a, cells, &g);
    assert_true(has(&v, "time_unreadable", true));
    /* numbers */
    fresh(cells);
    cells[EX_ID_NUMBER].text = "6203 0157 0890 0002";
    cells[EX_PHONE].text = "8123 4567 890";
    cells[EX_NUMBER].text = "17";
    v = read_row(a, cells, &g);
    assert_string_equal(g.id_type, "ktp");
    assert_string_equal(g.id_number, "6203015708900002");
    assert_string_equal(g.phone, "+6281234567890");
    assert_string_equal(g.remarks, "No. buku lama 17");
    assert_int_equal(v.count, 0);
    cells[EX_ID_NUMBER] = (struct exchange_cell){"6203015708900000", 6203015708900000.0, true};
    cells[EX_PHONE].text = "tidak punya";
    cells[EX_ID_TYPE].text = "Paspor RI";
    v = read_row(a, cells, &g);
    assert_true(has(&v, "number_rounded", true));
    assert_true(has(&v, "phone_wrong", true));
    assert_string_equal(g.id_type, "passport");
    assert_string_equal(g.remarks, "No. buku lama 17; HP tertulis tidak punya");
    assert_false(v.refused);
}

static void what_is_refused(void **state)
{
    struct arena *a = *state;
    struct exchange_cell cells[EX_FIELDS];
    struct exchange_guest g;
    static const struct {
        enum exchange_field field;
        const char *text, *code;
    } rows[] = {{EX_NAME, " \t", "name_missing"},
                {EX_ARRIVED, "", "date_missing"},
                {EX_ARRIVED, "besok", "date_unreadable"},
                {EX_ARRIVED, "27/07/2026", "date_future"},
                {EX_ARRIVED, "31/12/1999", "date_old"}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        fresh(cells);
        cells[rows[i].field].text = rows[i].text;
        struct exchange_verdict v = read_row(a, cells, &g);
        assert_true(v.refused);
        assert_int_equal(v.count, 1);
        assert_true(has(&v, rows[i].code, false));
    }
    fresh(cells);
    cells[EX_ARRIVED] = (struct exchange_cell){"20240303", 20240303, true};
    struct exchange_verdict v = read_row(a, cells, &g);
    assert_true(has(&v, "date_unreadable", false));
    fresh(cells);
    char *wide = arena_alloc(a, 302);
    memset(wide, 'x', 301);
    cells[EX_ADDRESS].text = wide;
    v = read_row(a, cells, &g);
    assert_true(has(&v, "too_long", false));
    /* all at once is not more than there is room for */
    for (int f = 0; f < EX_FIELDS; f++)
        cells[f] = (struct exchange_cell){.text = arena_printf(a, "%s%s", wide, wide)};
    v = read_row(a, cells, &g);
    assert_true(v.refused);
    assert_true(v.count <= EXCHANGE_FAULTS_MAX);
}

static void heads_are_known(void **state)
{
    struct arena *a = *state;
    assert_int_equal(exchange_guess(a, " NAMA  TAMU "), EX_NAME);
    assert_int_equal(exchange_guess(a, "No. HP"), EX_PHONE);
    assert_int_equal(exchange_guess(a, "No."), EX_NUMBER);
    assert_int_equal(exchange_guess(a, "Hari, Tanggal"), EX_ARRIVED);
    assert_int_equal(exchange_guess(a, ""), EX_FIELDS);
    assert_int_equal(exchange_guess(a, "Warna"), EX_FIELDS);
}

static void states_of_an_import(void **state)
{
    (void)state;
    const struct exchange_batch fresh_one = {.state = "uploaded", .mapping = ""};
    const struct exchange_batch ready = {.state = "uploaded", .mapping = "{}"};
    const struct exchange_batch done = {.state = "done", .mapping = "{}"};
    const struct exchange_batch undone = {.state = "undone", .mapping = "{}"};
    assert_string_equal(exchange_may_run(&fresh_one).code, "not_mapped");
    assert_int_equal(exchange_may_run(&ready).err, ERR_OK);
    assert_string_equal(exchange_may_run(&done).code, "import_ended");
    assert_string_equal(exchange_may_undo(&ready).code, "nothing_imported");
    assert_int_equal(exchange_may_undo(&done).err, ERR_OK);
    assert_string_equal(exchange_may_undo(&undone).code, "already_undone");
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
        TEST(days_as_people_write_them), TEST(what_a_row_says),     TEST(what_is_refused),
        TEST(heads_are_known),           TEST(states_of_an_import),
    };
    return cmocka_run_group_tests_name("exchange_rules", tests, NULL, NULL);
}

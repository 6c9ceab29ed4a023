/* An old guest book of 5,000 messy rows through the routes: every row that is right comes in right, every other one
 * is named with its reason, and undoing leaves the books as they were. Then the export in 13 fields. */
#include "web_fixture.h"

#include <unistd.h>

#include "features/exchange/exchange_web.h"
#include "lib/base/time.h"
#include "lib/xlsx/xlsx.h"
#include "lib/base/banned.h"

#define ROWS   5000
#define COLUMN 10

/* What row i of the book is meant to be. */
enum kind {
    FINE,
    NO_NAME,
    BAD_DATE,
    FUTURE,
    TOO_LONG,
    NO_DATE,
    WRONG_NIK,
    WRONG_PHONE,
    QUOTED,
    WORDS,
    FORMULA,
    KINDS
};

static enum kind kind_of(int i)
{
    static const enum kind kinds[17] = {FINE,   NO_NAME, FINE,        BAD_DATE,  FINE, FUTURE,
                                        QUOTED, FINE,    TOO_LONG,    WRONG_NIK, FINE, NO_DATE,
                                        WORDS,  FINE,    WRONG_PHONE, FORMULA,   FINE};
    return kinds[i % 17];
}

static const char *fault_of(enum kind k)
{
    static const char *const codes[KINDS] = {
        [NO_NAME] = "name_missing",   [BAD_DATE] = "date_unreadable", [FUTURE] = "date_future",
        [TOO_LONG] = "too_long",      [NO_DATE] = "date_missing",     [WRONG_NIK] = "nik_wrong",
        [WRONG_PHONE] = "phone_wrong"};
    return codes[k];
}

static bool refused(enum kind k)
{
    return k >= NO_NAME && k <= NO_DATE;
}

struct line {
    const char *cells[COLUMN];
    int year, month, day, hour, minute; /* hour -1: not written */
};

static struct line line_of(struct arena *a, int i)
{
    enum kind k = kind_of(i);
    struct line l = {.year = 2023 + i / 2500, .month = i / 209 % 12 + 1, .day = i % 28 + 1};
    l.hour = 8 + i % 8;
    l.minute = i % 60;
    const char *date = arena_printf(a, "%02d/%02d/%04d", l.day, l.month, l.year);
    const char *clock = arena_printf(a, "%02d.%02d", l.hour, l.minute);
    l.cells[0] = arena_printf(a, "%d", i + 1);
    l.cells[1] = k == FORMULA ? "=HYPERLINK(\"http://x\")" : arena_printf(a, "Tamu Nomor %d", i);
    l.cells[2] = date;
    l.cells[3] = clock;
    l.cells[4] = arena_printf(a, "62030157089%05d", 10001 + i % 80000);
    l.cells[5] = arena_printf(a, "08123%07d", i);
    l.cells[6] = arena_printf(a, "Jalan Pemuda %d, Kapuas", i);
    l.cells[7] = i % 3 == 0 ? "Dinas Sosial" : "";
    l.cells[8] = arena_printf(a, "Keperluan %d", i);
    l.cells[9] = "Bayu (piket)";
    switch (k) {
    case NO_NAME:
        l.cells[1] = "   ";
        break;
    case BAD_DATE:
        l.cells[2] = i % 2 ? "31/02/2024" : "kemarin sore";
        break;
    case FUTURE:
        l.cells[2] = "01/01/2099";
        break;
    case NO_DATE:
        l.cells[2] = "";
        break;
    case TOO_LONG: {
        struct buf b = buf_new(a, 512, 4096);
        for (int n = 0; n < 301; n++)
            buf_puts(&b, "é");
        l.cells[1] = b.p;
        break;
    }
    case WRONG_NIK:
        l.cells[4] = "6203019908900001";
        break;
    case WRONG_PHONE:
        l.cells[5] = "tidak ada";
        break;
    case QUOTED:
        l.cells[6] = "Jalan \"Baru\"; gang 2,\nRT 1";
        break;
    case WORDS: {
        static const char *const months[] = {"Januari",   "Februari", "Maret",    "April",
                                             "Mei",       "Juni",     "Juli",     "Agustus",
                                             "September", "Oktober",  "November", "Desember"};
        l.cells[2] = arena_printf(a, "Senin, %d %s %d", l.day, months[l.month - 1], l.year);
        l.cells[3] = "";
        l.hour = -1;
        break;
    }
    case FINE:
    case FORMULA:
    case KINDS:
    default:
        break;
    }
    return l;
}

static const char *const heads[COLUMN] = {"No",    "Nama Tamu", "Tanggal",  "Jam",       "NIK",
                                          "No HP", "Alamat",    "Instansi", "Keperluan", "Petugas"};

static void put_cell(struct buf *b, const char *cell, bool last)
{
    buf_putc(b, '"');
    for (; *cell; cell++) {
        if (*cell == '"')
            buf_putc(b, '"');
        buf_putc(b, *cell);
    }
    buf_puts(b, last ? "\"\r\n" : "\";");
}

static struct bytes book_csv(struct arena *a)
{
    struct buf b = buf_new(a, 1 << 20, 4 << 20);
    buf_puts(&b, "\xEF\xBB\xBF"
                 "BUKU TAMU LAMA\r\n\r\n");
    for (int c = 0; c < COLUMN; c++)
        put_cell(&b, heads[c], c == COLUMN - 1);
    for (int i = 0; i < ROWS; i++) {
        struct line l = line_of(a, i);
        for (int c = 0; c < COLUMN; c++)
            put_cell(&b, l.cells[c], c == COLUMN - 1);
    }
    return (struct bytes){(const uint8_t *)b.p, b.n};
}

/* The same as a workbook; days of rows that are fine are Excel's own. */
static struct bytes book_xlsx(struct web *w)
{
    struct arena *a = w->arena;
    struct xlsx_column columns[COLUMN];
    struct xlsx *x = NULL;
    int fd = -1;
    int64_t bytes = 0;
    for (int c = 0; c < COLUMN; c++)
        columns[c] = (struct xlsx_column){heads[c], 20, c == 2 ? XLSX_DAY : XLSX_TEXT};
    const struct xlsx_sheet sheet = {.name = "Tamu",
                                     .title = "BUKU TAMU LAMA",
                                     .columns = columns,
                                     .column_count = COLUMN,
                                     .offset_min = 420};
    assert_int_equal(xlsx_begin(a, w->h->o->f->folder, &x), ERR_OK);
    assert_int_equal(xlsx_sheet_begin(x, &sheet), ERR_OK);
    for (int i = 0; i < ROWS; i++) {
        struct line l = line_of(a, i);
        struct xlsx_cell cells[COLUMN];
        for (int c = 0; c < COLUMN; c++)
            cells[c] = (struct xlsx_cell){.text = l.cells[c]};
        enum kind k = kind_of(i);
        if (k != BAD_DATE && k != FUTURE && k != NO_DATE && k != WORDS) {
            struct civil c = {.year = l.year, .month = l.month, .day = l.day};
            cells[2] = (struct xlsx_cell){.number = time_from_civil(c, 420)};
        }
        assert_int_equal(xlsx_row(x, cells), ERR_OK);
    }
    assert_int_equal(xlsx_end(x, &fd, &bytes), ERR_OK);
    uint8_t *p = arena_alloc(a, (size_t)bytes);
    assert_int_equal(read(fd, p, (size_t)bytes), bytes);
    (void)close(fd);
    return (struct bytes){p, (size_t)bytes};
}

/* --- steps ----------------------------------------------------------------------------------------------------- */

static const char *uploaded(struct web *w, struct bytes file)
{
    struct got got = web_ask(
        w, (struct ask){.method = HTTP_POST, .target = "/impor", .role = ROLE_ADMIN, .file = file});
    if (got.status != 201)
        print_error("%d %s\n", got.status, got.body);
    assert_int_equal(got.status, 201);
    return web_value(w, &got, "id");
}

static const char *at(struct web *w, const char *id, const char *tail)
{
    return arena_printf(w->h->cx->arena, "/impor/%s%s", id, tail);
}

#define MAPPED(head)                                                                               \
    "{\"number\":1,\"name\":2,\"arrived\":3,\"time\":4,\"id_number\":5,\"phone\":6,\"address\":7," \
    "\"organization\":8,\"purpose\":9,\"officer\":10,\"head\":" head "}"

static void mapped(struct web *w, const char *id, const char *json)
{
    struct got got = web_post(w, ROLE_ADMIN, at(w, id, ""), json);
    if (got.status != 200)
        print_error("%d %s\n", got.status, got.body);
    assert_int_equal(got.status, 200);
}

struct sums {
    int64_t accepted, refused, warned;
};

static struct sums sums_of_book(void)
{
    struct sums s = {0, 0, 0};
    for (int i = 0; i < ROWS; i++) {
        enum kind k = kind_of(i);
        s.refused += refused(k);
        s.accepted += !refused(k);
        s.warned += k == WRONG_NIK || k == WRONG_PHONE;
    }
    return s;
}

/* Every bad row is there with its reason, and no other; `first`: the file's number of row 0. `step`: how many
 * lines a row takes is told by the caller's function. */
static void check_rows(struct web *w, const char *id, int64_t (*row_of)(int i))
{
    struct sums sum = sums_of_book();
    size_t from = 0, i = 0;
    for (;;) {
        struct got got = web_get(w, ROLE_INTEL_CHIEF,
                                 at(w, id, arena_printf(w->arena, "/periksa?dari=%zu", from)));
        assert_int_equal(got.status, 200);
        assert_int_equal(json_integer_value(json_object_get(got.json, "accepted")), sum.accepted);
        assert_int_equal(json_integer_value(json_object_get(got.json, "refused")), sum.refused);
        assert_int_equal(json_integer_value(json_object_get(got.json, "warned")), sum.warned);
        const json_t *items = json_object_get(got.json, "items");
        for (size_t k = 0; k < json_array_size(items); k++, i++) {
            while (i < ROWS && !fault_of(kind_of((int)i)))
                i++;
            const json_t *item = json_array_get(items, k);
            const json_t *fault = json_array_get(json_object_get(item, "faults"), 0);
            assert_int_equal(json_integer_value(json_object_get(item, "row")), row_of((int)i));
            assert_string_equal(json_string_value(json_object_get(fault, "code")),
                                fault_of(kind_of((int)i)));
            assert_int_equal(json_is_true(json_object_get(item, "refused")),
                             refused(kind_of((int)i)));
        }
        from += json_array_size(items);
        if (json_is_null(json_object_get(got.json, "next_cursor")))
            break;
    }
    assert_int_equal(from, (size_t)(sum.refused + sum.warned));
}

/* Lines of the .csv: a quoted address takes two. */
static int64_t csv_row(int i)
{
    int64_t line = 4;
    for (int k = 0; k < i; k++)
        line += kind_of(k) == QUOTED ? 2 : 1;
    return line;
}

static int64_t xlsx_line(int i)
{
    return i + 4;
}

static void ran(struct web *w, const char *id)
{
    struct got got = web_post(w, ROLE_ADMIN, at(w, id, "/jalankan"), "{}");
    if (got.status != 200)
        print_error("%d %s\n", got.status, got.body);
    assert_int_equal(got.status, 200);
    assert_string_equal(web_value(w, &got, "state"), "done");
    assert_int_equal(json_integer_value(json_object_get(got.json, "accepted")),
                     sums_of_book().accepted);
    assert_int_equal(json_integer_value(json_object_get(got.json, "refused")),
                     sums_of_book().refused);
}

/* Every accepted row, field by field. */
static void check_visits(struct web *w, const char *id)
{
    struct cx cx = web_cx(w);
    for (int i = 0; i < ROWS; i += 7) {
        enum kind k = kind_of(i);
        struct line l = line_of(w->arena, i);
        const char *name = k == FORMULA ? NULL : l.cells[1];
        if (refused(k) || !name)
            continue;
        const char *found = house_text(
            w->h,
            arena_printf(w->arena, "SELECT id FROM visit WHERE import_id = '%s' AND name = '%s'",
                         id, name));
        struct visit v = {0};
        struct identity who;
        assert_int_equal(visit_get(w->h->cx->read, w->h->office, found, &v), ERR_OK);
        struct civil c = {.year = l.year,
                          .month = l.month,
                          .day = l.day,
                          .hour = l.hour < 0 ? 0 : l.hour,
                          .minute = l.hour < 0 ? 0 : l.minute};
        assert_int_equal(v.arrived_at, time_from_civil(c, 420));
        assert_int_equal(v.closed_at, v.arrived_at);
        assert_int_equal(v.year, l.year);
        assert_string_equal(v.state, "closed");
        assert_string_equal(v.number_suffix, "-L");
        assert_string_equal(v.purpose, l.cells[8]);
        assert_string_equal(v.organization, l.cells[7]);
        assert_string_equal(v.visitor_kind, *l.cells[7] ? "organization" : "individual");
        assert_int_equal(visit_identity(&cx, &v, &who), ERR_OK);
        assert_string_equal(who.id_number, l.cells[4]);
        assert_string_equal(who.address, k == QUOTED ? "Jalan \"Baru\"; gang 2, RT 1" : l.cells[6]);
        if (k == WRONG_PHONE)
            assert_null(who.phone);
        else
            assert_string_equal(who.phone, arena_printf(w->arena, "+62%s", l.cells[5] + 1));
    }
}

/* --- the books as a whole --------------------------------------------------------------------------------------- */

struct books {
    int64_t visits, visitors, steps, counters, corrections;
    const char *numbers, *people, *recap;
};

static struct books books_now(struct web *w)
{
    return (struct books){
        house_number(w->h, "SELECT count(*) FROM visit"),
        house_number(w->h, "SELECT count(*) FROM visitor"),
        house_number(w->h, "SELECT count(*) FROM visit_step"),
        house_number(w->h, "SELECT COALESCE(sum(value), 0) FROM counter"),
        house_number(w->h, "SELECT count(*) FROM correction"),
        house_text(
            w->h,
            "SELECT COALESCE(group_concat(id || ':' || year || '/' || number || number_suffix), "
            "'') FROM (SELECT * FROM visit ORDER BY id)"),
        house_text(
            w->h,
            "SELECT COALESCE(group_concat(id || last_at || visits || hex(identity_sealed)), '') "
            "FROM (SELECT * FROM visitor ORDER BY id)"),
        house_text(w->h,
                   "SELECT COALESCE(group_concat(m || '=' || n), '') FROM (SELECT "
                   "strftime('%Y-%m', arrived_at / 1000, 'unixepoch') AS m, count(*) AS n FROM "
                   "visit GROUP BY 1 ORDER BY 1)"),
    };
}

static void books_equal(struct books a, struct books b)
{
    assert_int_equal(a.visits, b.visits);
    assert_int_equal(a.visitors, b.visitors);
    assert_int_equal(a.steps, b.steps);
    assert_int_equal(a.counters, b.counters);
    assert_int_equal(a.corrections, b.corrections);
    assert_string_equal(a.numbers, b.numbers);
    assert_string_equal(a.people, b.people);
    assert_string_equal(a.recap, b.recap);
}

static void import_and_undo(struct web *w, struct bytes file, const char *mapping,
                            int64_t (*row_of)(int i))
{
    (void)web_guest(w, NULL);
    struct books before = books_now(w);
    const char *id = uploaded(w, file);
    mapped(w, id, mapping);
    check_rows(w, id, row_of);
    books_equal(before, books_now(w)); /* checking changes nothing */
    ran(w, id);
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM visit WHERE import_id IS NOT NULL"),
                     sums_of_book().accepted);
    check_visits(w, id);
    /* numbers of their own, without a gap in each year */
    assert_int_equal(house_number(w->h,
                                  "SELECT count(*) FROM (SELECT year, max(number) AS m, count(*) "
                                  "AS n FROM visit WHERE import_id IS NOT NULL GROUP BY year) "
                                  "WHERE m <> n"),
                     0);
    /* and the running book goes on where it was */
    const char *next = web_guest(
        w, "{\"name\":\"Guest Two\",\"id_type\":\"passport\",\"id_number\":\"X77\","
           "\"purpose\":\"a\",\"category\":\"other\",\"no_photo_reason\":\"b\"}");
    assert_int_equal(
        house_number(w->h, arena_printf(w->arena, "SELECT number FROM visit WHERE id = '%s'", next)),
        2);
    house_exec(w->h,
               "DELETE FROM visit_step WHERE visit_id = (SELECT id FROM visit WHERE name = 'Guest "
               "Two')");
    house_exec(w->h, "DELETE FROM visit WHERE name = 'Guest Two'");
    house_exec(w->h, "DELETE FROM visitor WHERE name = 'Guest Two'");
    house_exec(w->h, "UPDATE counter SET value = value - 1 WHERE book = 'visit'");
    /* nothing lies readable on the disk */
    assert_int_equal(
        house_number(w->h, "SELECT count(*) FROM visit WHERE instr(note_sealed, 'Bayu') > 0"), 0);
    struct got got = web_post(w, ROLE_OFFICE_HEAD, at(w, id, "/batalkan"), "{}");
    assert_int_equal(got.status, 200);
    assert_string_equal(web_value(w, &got, "state"), "undone");
    books_equal(before, books_now(w));
    got = web_post(w, ROLE_ADMIN, at(w, id, "/batalkan"), "{}");
    web_refused(w, &got, 409, "already_undone");
    got = web_post(w, ROLE_ADMIN, at(w, id, "/jalankan"), "{}");
    web_refused(w, &got, 409, "import_ended");
}

static void a_messy_csv_comes_in_and_goes_out(void **state)
{
    struct web *w = *state;
    import_and_undo(w, book_csv(w->arena), MAPPED("3"), csv_row);
}

static void a_messy_workbook_comes_in_and_goes_out(void **state)
{
    struct web *w = *state;
    import_and_undo(w, book_xlsx(w), MAPPED("3"), xlsx_line);
}

/* --- the register ------------------------------------------------------------------------------------------------ */

#define SMALL                                                                                      \
    "Tanggal;Nama;Petugas;Ket.;No\n03/02/2026 09:15;Rina Wati;Bayu;titip "                         \
    "surat;7\n04/02/2026;Agus;Bayu;;8\n"

static const char *small_import(struct web *w)
{
    const char *id = uploaded(w, (struct bytes){(const uint8_t *)SMALL, strlen(SMALL)});
    mapped(w, id, "{\"arrived\":1,\"name\":2,\"officer\":3,\"remarks\":4,\"number\":5,\"head\":1}");
    struct got got = web_post(w, ROLE_ADMIN, at(w, id, "/jalankan"), "{}");
    assert_int_equal(got.status, 200);
    assert_string_equal(web_value(w, &got, "accepted"), "2");
    return id;
}

static void imported_guests_stand_in_the_register(void **state)
{
    struct web *w = *state;
    const char *id = small_import(w);
    struct got got = web_page(w, ROLE_OFFICE_HEAD, "/register/tamu/2026-02");
    assert_int_equal(got.status, 200);
    assert_non_null(strstr(got.body, "1-L"));
    assert_non_null(strstr(got.body, "Rina Wati"));
    assert_non_null(strstr(got.body, "Bayu"));
    assert_non_null(strstr(got.body, "Dari buku lama"));
    assert_non_null(strstr(got.body, "titip surat; No. buku lama 7"));
    assert_null(strstr(got.body, "Entri susulan"));
    /* the same book a second time names what is there already */
    const char *again = uploaded(w, (struct bytes){(const uint8_t *)SMALL, strlen(SMALL)});
    got = web_page(w, ROLE_ADMIN, at(w, again, ""));
    assert_int_equal(got.status, 200);
    assert_non_null(strstr(got.body, "value=\"2\" selected")); /* the columns are remembered */
    mapped(w, again, "{\"arrived\":1,\"name\":2,\"head\":1}");
    got = web_get(w, ROLE_ADMIN, at(w, again, "/periksa"));
    assert_string_equal(web_value(w, &got, "accepted"), "0");
    assert_string_equal(web_value(w, &got, "items.0.faults.0.code"), "already_imported");
    /* once a guest was corrected, or a month is closed, the import stays */
    const char *visit = house_text(w->h, "SELECT id FROM visit WHERE name = 'Agus'");
    house_exec(
        w->h,
        arena_printf(w->arena,
                     "INSERT INTO correction (office_id, id, visit_id, field, reason, at, by_id) "
                     "VALUES ((SELECT office_id FROM office), 'k', '%s', 'name', 'x', 1, '')",
                     visit));
    got = web_post(w, ROLE_ADMIN, at(w, id, "/batalkan"), "{}");
    web_refused(w, &got, 409, "row_changed");
    house_exec(w->h, "DELETE FROM correction");
    house_exec(
        w->h,
        "INSERT INTO register_closing (office_id, book, month, id, closed_at, closed_by, carried, "
        "received, settled, individuals, organisations, signer, acknowledged, proof_code, pages, "
        "file_hash) VALUES ((SELECT office_id FROM office), 'tamu', '2026-02', 'c', 1, '', 0, 2, "
        "2, "
        "2, 0, '', '', '', 1, x'00')");
    got = web_post(w, ROLE_ADMIN, at(w, id, "/batalkan"), "{}");
    web_refused(w, &got, 409, "month_closed");
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM visit"), 2);
    got = web_get(w, ROLE_ADMIN, at(w, again, "/periksa"));
    assert_string_equal(web_value(w, &got, "items.0.faults.0.code"), "month_closed");
}

/* A late entry finds its place among the running numbers, whatever an old book brought in between. */
static void late_entries_do_not_see_old_books(void **state)
{
    struct web *w = *state;
    (void)small_import(w);
    (void)web_guest(w, NULL);
    const char *late = web_guest(
        w,
        "{\"name\":\"Terlambat\",\"id_type\":\"passport\",\"id_number\":\"Z9\",\"purpose\":\"a\","
        "\"no_photo_reason\":\"b\",\"arrived_at\":\"2026-02-10T10:00:00+07:00\",\"late_reason\":"
        "\"listrik "
        "padam\"}");
    assert_string_equal(
        house_text(w->h,
                   arena_printf(w->arena,
                                "SELECT number || number_suffix FROM visit WHERE id = '%s'", late)),
        "1A");
}

/* Killed between two chunks: it goes on behind the last row that was stored, and nobody else begins meanwhile. */
static void a_broken_import_goes_on(void **state)
{
    struct web *w = *state;
    const char *id = uploaded(w, book_csv(w->arena));
    mapped(w, id, MAPPED("3"));
    ran(w, id);
    /* what a kill would have left */
    house_exec(
        w->h,
        "DELETE FROM visit WHERE number > (SELECT count(*) FROM visit WHERE year = 2023) / 2 AND "
        "year = 2023");
    house_exec(w->h, "DELETE FROM visit WHERE year > 2023");
    int64_t kept = house_number(w->h, "SELECT count(*) FROM visit");
    int i = 0;
    for (int64_t n = 0; n < kept; i++)
        n += !refused(kind_of(i));
    const char *middle = arena_printf(w->arena, "%lld", (long long)csv_row(i) - 1);
    house_exec(
        w->h,
        arena_printf(w->arena,
                     "UPDATE import_batch SET state = 'running', row_next = %s, accepted = %lld, "
                     "refused = %d, warned = 0",
                     middle, (long long)kept, i - (int)kept));
    const char *other = uploaded(w, (struct bytes){(const uint8_t *)SMALL, strlen(SMALL)});
    mapped(w, other, "{\"arrived\":1,\"name\":2,\"head\":1}");
    struct got got = web_post(w, ROLE_ADMIN, at(w, other, "/jalankan"), "{}");
    web_refused(w, &got, 409, "import_busy");
    ran(w, id);
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM visit"), sums_of_book().accepted);
    assert_int_equal(
        house_number(w->h, "SELECT count(*) FROM (SELECT name, arrived_at FROM visit GROUP BY 1, 2 "
                           "HAVING count(*) > 1)"),
        0);
}

/* --- refusals ------------------------------------------------------------------------------------------------------ */

static struct got tried(struct web *w, const void *p, size_t n)
{
    return web_ask(
        w,
        (struct ask){.method = HTTP_POST, .target = "/impor", .role = ROLE_ADMIN, .file = {p, n}});
}

static void other_files_are_refused_at_the_door(void **state)
{
    struct web *w = *state;
    struct got got = tried(w, "PK\x03\x04 broken", 12);
    web_fault(w, &got, "file", "file_unreadable");
    got = tried(w, "\xD0\xCF\x11\xE0 old", 8);
    web_fault(w, &got, "file", "file_unreadable");
    got = tried(w, "a\0b", 3);
    web_fault(w, &got, "file", "file_unreadable");
    got = tried(w, "a;\"b", 4);
    web_fault(w, &got, "file", "file_unreadable");
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM import_batch"), 0);
    /* nothing without its columns */
    const char *id = uploaded(w, (struct bytes){(const uint8_t *)SMALL, strlen(SMALL)});
    got = web_post(w, ROLE_ADMIN, at(w, id, "/jalankan"), "{}");
    web_refused(w, &got, 409, "not_mapped");
    got = web_post(w, ROLE_ADMIN, at(w, id, ""), "{\"name\":1}");
    web_fault(w, &got, "arrived", "missing");
    /* a day later the file is gone, and that is said */
    struct cx cx = web_cx(w);
    cx.now_ms = time_now_ms() + 2 * EXCHANGE_KEEP_MS;
    assert_int_equal(exchange_sweep(&cx), ERR_OK);
    got = web_page(w, ROLE_ADMIN, at(w, id, ""));
    assert_int_equal(got.status, 404);
}

/* --- out -------------------------------------------------------------------------------------------------------------- */

static void visits_go_out_in_thirteen_fields(void **state)
{
    struct web *w = *state;
    static const char *const keys[] = {
        "nama",      "detail",         "no_hp",        "email",   "alamat", "no_identitas",
        "tipe_tamu", "tipe_pelayanan", "nama_pejabat", "jabatan", "satker", "tanggal_kunjungan",
        "photo"};
    (void)web_guest(
        w,
        "{\"name\":\"=1+1\",\"id_type\":\"ktp\",\"id_number\":\"6203015708900002\","
        "\"phone\":\"081234567890\",\"address\":\"Jalan Pemuda\",\"purpose\":\"rahasia pelapor\","
        "\"category\":\"complaint\",\"no_photo_reason\":\"x\"}");
    const char *day = time_day_text(w->arena, w->h->cx->now_ms, 420);
    const char *json = arena_printf(
        w->arena, "/ekspor-kunjungan/berkas?dari=%s&sampai=%s&bentuk=json", day, day);
    struct got got = web_get(w, ROLE_OFFICE_HEAD, json);
    assert_int_equal(got.status, 200);
    assert_int_equal(json_array_size(got.json), 1);
    const json_t *row = json_array_get(got.json, 0);
    assert_int_equal(json_object_size(row), ARRAY_LEN(keys));
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        assert_true(json_is_string(json_object_get(row, keys[i])));
    assert_string_equal(json_string_value(json_object_get(row, "nama")), "=1+1");
    assert_string_equal(json_string_value(json_object_get(row, "no_identitas")),
                        "6203015708900002");
    assert_string_equal(json_string_value(json_object_get(row, "detail")), "Pengaduan");
    assert_string_equal(json_string_value(json_object_get(row, "photo")), "");
    got = web_get(w, ROLE_ADMIN, json);
    row = json_array_get(got.json, 0);
    assert_string_equal(json_string_value(json_object_get(row, "no_identitas")),
                        "6203••••••••0002");
    assert_string_equal(json_string_value(json_object_get(row, "alamat")), "•••");
    assert_null(strstr(got.body, "rahasia"));
    got = web_get(
        w, ROLE_OFFICE_HEAD,
        arena_printf(w->arena, "/ekspor-kunjungan/berkas?dari=%s&sampai=%s&bentuk=xlsx", day, day));
    assert_int_equal(got.status, 200);
    struct sheet *sheet = NULL;
    struct sheet_row r;
    const char *why = NULL;
    assert_int_equal(sheet_open(w->arena, got.raw, &sheet, &why), ERR_OK);
    assert_int_equal(sheet_next(sheet, &r), ERR_OK);
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        assert_string_equal(r.cells[i].text, keys[i]);
    assert_int_equal(sheet_next(sheet, &r), ERR_OK);
    assert_string_equal(r.cells[0].text, "=1+1");
    assert_int_equal(r.cells[0].kind, SHEET_TEXT);
    assert_string_equal(r.cells[5].text, "6203015708900002");
    assert_int_equal(sheet_next(sheet, &r), ERR_MISSING);
    assert_int_equal(
        house_number(w->h, "SELECT count(*) FROM audit_entry WHERE action = 'visits_exported'"), 3);
    got = web_get(w, ROLE_ADMIN, "/ekspor-kunjungan/berkas?dari=2024-01-01&sampai=2026-01-01");
    web_fault(w, &got, "sampai", "too_long");
    got = web_get(w, ROLE_FRONT_DESK, json);
    assert_int_equal(got.status, 403);
}

static const char *cell_of(struct web *w, struct bytes file, int row, int column)
{
    struct sheet *sheet = NULL;
    struct sheet_row r = {.count = 0};
    const char *why = NULL;
    assert_int_equal(sheet_open(w->arena, file, &sheet, &why), ERR_OK);
    while (sheet_next(sheet, &r) == ERR_OK) {
        if (r.number == row)
            return arena_strdup(w->arena, r.cells[column].text);
    }
    return NULL;
}

/* The rows of the counter's list, and no number in full. */
static void the_list_goes_out_as_it_is_seen(void **state)
{
    struct web *w = *state;
    (void)web_guest(w, NULL);
    house_later(w->h, 60000);
    (void)web_guest(w,
                    "{\"name\":\"@Budi\",\"id_type\":\"passport\",\"id_number\":\"X1234567\","
                    "\"phone\":\"081234567890\",\"purpose\":\"=1+1\",\"no_photo_reason\":\"x\"}");
    struct got got = web_get(w, ROLE_FRONT_DESK, "/tamu/unduh");
    assert_int_equal(got.status, 200);
    assert_string_equal(cell_of(w, got.raw, 4, 0), "Nomor");
    assert_string_equal(cell_of(w, got.raw, 5, 2), "@Budi");
    assert_string_equal(cell_of(w, got.raw, 5, 7), "=1+1");
    assert_null(strstr(cell_of(w, got.raw, 5, 3), "X1234567"));
    assert_string_equal(cell_of(w, got.raw, 5, 4), "0812••••7890");
    assert_string_equal(cell_of(w, got.raw, 6, 2), "Fransiska Luhing");
    assert_null(strstr(cell_of(w, got.raw, 6, 3), "0890"));
    got = web_get(w, ROLE_INTEL_CHIEF, "/tamu/unduh?q=fransiska");
    assert_string_equal(cell_of(w, got.raw, 5, 2), "Fransiska Luhing");
    assert_null(cell_of(w, got.raw, 6, 2));
    got = web_get(w, ROLE_INTEL_CHIEF, "/tamu/unduh?state=closed");
    assert_null(cell_of(w, got.raw, 5, 2));
    assert_int_equal(web_get(w, ROLE_ADMIN, "/tamu/unduh").status, 403);
    assert_int_equal(
        house_number(w->h, "SELECT count(*) FROM audit_entry WHERE action = 'visit_list_exported'"),
        3);
    got = web_page(w, ROLE_FRONT_DESK, "/tamu?q=budi");
    assert_non_null(strstr(got.body, "/tamu/unduh?cursor=&amp;q=%62%75%64%69"));
}

static void the_pages_show_what_is_there(void **state)
{
    struct web *w = *state;
    const char *id = small_import(w);
    static const char *const pages[] = {"/impor", "/ekspor-kunjungan"};
    for (size_t i = 0; i < ARRAY_LEN(pages); i++)
        assert_int_equal(web_page(w, ROLE_INTEL_CHIEF, pages[i]).status, 200);
    struct got got = web_page(w, ROLE_ADMIN, at(w, id, ""));
    assert_int_equal(got.status, 200);
    assert_non_null(strstr(got.body, "Batalkan impor ini"));
    got = web_page(w, ROLE_ADMIN, at(w, id, "/periksa"));
    assert_int_equal(got.status, 200);
    assert_null(strstr(got.body, "/jalankan"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_messy_csv_comes_in_and_goes_out, web_begin, web_end),
        cmocka_unit_test_setup_teardown(a_messy_workbook_comes_in_and_goes_out, web_begin, web_end),
        cmocka_unit_test_setup_teardown(imported_guests_stand_in_the_register, web_begin, web_end),
        cmocka_unit_test_setup_teardown(late_entries_do_not_see_old_books, web_begin, web_end),
        cmocka_unit_test_setup_teardown(a_broken_import_goes_on, web_begin, web_end),
        cmocka_unit_test_setup_teardown(other_files_are_refused_at_the_door, web_begin, web_end),
        cmocka_unit_test_setup_teardown(visits_go_out_in_thirteen_fields, web_begin, web_end),
        cmocka_unit_test_setup_teardown(the_list_goes_out_as_it_is_seen, web_begin, web_end),
        cmocka_unit_test_setup_teardown(the_pages_show_what_is_there, web_begin, web_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

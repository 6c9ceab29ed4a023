/* A month of 2,000 guests in a real database: the book's numbers are counted again here, the paper holds every
 * guest, and a closed month stays what it was. */
#include <sys/wait.h>

#include "office_fixture.h"
#include "register_fixture.h"

#include "features/proof/proof.h"
#include "features/reach/reach.h"
#include "features/register/register_web.h"
#include "features/visit/visit.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/counter/counter.h"

#define GUESTS 2000

DB_SQL(
    test_visit_add,
    "INSERT INTO visit (office_id, id, year, number, number_suffix, state, open, arrived_at, "
    "due_at, "
    "registered_at, registered_by, visitor_id, name, id_type, id_index, identity_sealed, "
    "visitor_kind, organization, companions, companion_count, purpose, category, "
    "accepted_warnings, notice_state, question_state, decision_state, unreceived, note_sealed, "
    "closed_at) VALUES ($1, $2, 2026, $3, '', $4, $5, $6, $6, $6, '', $2, $7, 'ktp', $8, $9, $10, "
    "$11, '[]', 0, 'Menanyakan perkembangan', 'information', '', 'none', 'none', 'final', 0, $12, "
    "$13)");
DB_SQL(test_correct, "INSERT INTO correction (office_id, id, visit_id, field, reason, at, by_id) "
                     "VALUES ($1, $2, $3, 'name', 'salah ketik', $4, '')");

static const struct db_sql *const test_statements[] = {&test_visit_add, &test_correct, NULL};
static const struct db_sql *const *const tables[] = {
    counter_statements, test_statements,  audit_statements, office_statements,   staff_statements,
    visit_statements,   reach_statements, proof_statements, register_statements, NULL};

struct desk {
    struct office_fixture *o;
    struct cx *cx;
    struct register_month july;
    /* counted while the guests were made */
    int64_t carried, received, settled, individuals, organisations;
};

struct write_args {
    const struct db_sql *sql;
    const struct db_arg *args;
    size_t count;
};

static enum err write_tx(struct db_conn *tx, void *arg)
{
    const struct write_args *w = arg;
    return db_run(tx, w->sql, w->args, w->count, NULL);
}

static void write_once(struct desk *d, const struct db_sql *sql, const struct db_arg *args, size_t n)
{
    struct write_args w = {sql, args, n};
    assert_int_equal(db_tx(d->cx, "setup", write_tx, &w), ERR_OK);
}

static void add_guest(struct desk *d, int64_t number, const char *state, int64_t arrived_at,
                      int64_t closed_at)
{
    struct arena *a = d->cx->arena;
    const char *id = cx_new_id(d->cx);
    bool organisation = number % 3 == 0, cancelled = strcmp(state, "cancelled") == 0;
    const char *name = number == 7 ? "=1+1 <b>]]>&"
                                   : arena_printf(a, "Tamu ke-%lld", (long long)number);
    struct bytes index = seal_index(d->cx->seal, a, "visitor", id);
    struct bytes identity = seal_field(
        d->cx->seal, a, "visit", "identity_sealed", id,
        "{\"id_number\":\"6203010101900001\",\"phone\":\"+6281200000001\","
        "\"address\":\"Jl. Melati 5\"}");
    struct bytes note = seal_field(d->cx->seal, a, "visit", "note_sealed", id,
                                   number % 2 ? "{\"who\":\"Camat\",\"what\":\"Jalan rusak\","
                                                "\"documents\":[{\"kind\":\"Foto\",\"count\":2}]}"
                                              : NULL);
    write_once(d, &test_visit_add,
               DB_ARGS(db_text(d->o->office), db_text(id), db_int(number), db_text(state),
                       db_int(closed_at == 0), db_int(arrived_at), db_text(name), db_bytes(index),
                       db_bytes(identity), db_text(organisation ? "organization" : "individual"),
                       db_text(organisation ? "LSM Kapuas" : ""), db_bytes(note),
                       db_time(closed_at)));
    if (cancelled)
        return;
    bool in_july = arrived_at >= d->july.from_ms && arrived_at < d->july.until_ms;
    d->received += in_july;
    d->individuals += in_july && !organisation;
    d->organisations += in_july && organisation;
    d->carried += arrived_at < d->july.from_ms && (!closed_at || closed_at >= d->july.from_ms);
    d->settled += closed_at >= d->july.from_ms && closed_at < d->july.until_ms;
}

static int begin(void **state)
{
    struct desk *d = calloc(1, sizeof(*d));
    assert_non_null(d);
    d->o = office_fixture_new(tables);
    d->cx = d->o->cx;
    d->cx->data_dir = d->o->f->folder;
    assert_true(register_month_read(d->cx->arena, "2026-07", 420, &d->july));
    *state = d;
    return 0;
}

static int end(void **state)
{
    struct desk *d = *state;
    char command[200];
    (void)snprintf(command, sizeof(command), "rm -rf '%s/registers' '%s/spool'", d->o->f->folder,
                   d->o->f->folder);
    assert_int_equal(system(command), 0);
    office_fixture_free(d->o);
    free(d);
    return 0;
}

static void fill_july(struct desk *d, int guests)
{
    const int64_t minute = 60000, day = 1440 * minute;
    add_guest(d, 1, "closed", d->july.from_ms - day, d->july.from_ms + day); /* carried, settled */
    add_guest(d, 2, "waiting", d->july.from_ms - day, 0); /* carried, left over */
    add_guest(d, 3, "closed", d->july.from_ms - day, d->july.from_ms - minute); /* of June alone */
    for (int i = 0; i < guests; i++) {
        int64_t at = d->july.from_ms + i * 22 * minute;
        bool open = i % 50 == 0, cancelled = i % 97 == 5;
        add_guest(d, 4 + i,
                  cancelled ? "cancelled"
                  : open    ? "waiting"
                            : "closed",
                  at, open && !cancelled ? 0 : at + 20 * minute);
    }
    add_guest(d, 4 + guests, "closed", d->july.until_ms, d->july.until_ms + minute); /* of August */
}

static void fill(struct desk *d, struct register_sheet *s)
{
    assert_int_equal(register_fill(d->cx, "tamu", "2026-07", true, s), ERR_OK);
}

/* --- tests -------------------------------------------------------------------------------------------------- */

static void test_numbers_add_up(void **state)
{
    struct desk *d = *state;
    struct register_sheet s;
    fill_july(d, 200);
    fill(d, &s);
    assert_int_equal(s.line_count, 200); /* the cancelled keep their number in the book */
    assert_int_equal(s.recap.carried, d->carried);
    assert_int_equal(s.recap.carried, 2);
    assert_int_equal(s.recap.received, d->received);
    assert_int_equal(s.recap.settled, d->settled);
    assert_int_equal(s.recap.individuals, d->individuals);
    assert_int_equal(s.recap.organisations, d->organisations);
    assert_int_equal(d->individuals + d->organisations, d->received);
    int64_t left = s.recap.carried + s.recap.received - s.recap.settled;
    assert_int_equal(left, 1 + 4); /* one of June, and every fiftieth of July */
    assert_string_equal(s.lines[0].cells[0], "4");
    assert_non_null(strstr(s.lines[0].cells[3], "KTP: 6203010101900001"));
    assert_string_equal(s.lines[1].cells[5], "Siapa: Camat\nApa: Jalan rusak");
    assert_string_equal(s.lines[1].cells[6], "Foto (2)");
    assert_string_equal(s.lines[0].cells[5], "Menanyakan perkembangan");
    assert_int_equal(register_fill(d->cx, "tamu", "2026-07", false, &s), ERR_OK);
    assert_null(strstr(s.lines[0].cells[3], "6203010101900001"));
    assert_null(strstr(s.lines[0].cells[3], "+62"));
}

static void test_columns_change(void **state)
{
    struct desk *d = *state;
    struct register_sheet s;
    add_guest(d, 1, "closed", d->july.from_ms, d->july.from_ms + 1);
    struct register_book_change change = {
        .act = visit_act_of(d->cx),
        .book = "tamu",
        .code = "R.IN.23",
        .title = "REGISTER TAMU",
        .organiser = "Kasi Intel",
        .place = "Kuala Kapuas",
        .keeper = "office_head",
        .acknowledged = "",
        .columns =
            "[{\"key\":\"signature\",\"label\":\"Paraf\"},{\"key\":\"bukan\",\"label\":\"x\"},"
            "{\"key\":\"seq_no\",\"label\":\"\"}]"};
    assert_int_equal(db_tx(d->cx, "book", register_book_put, &change), ERR_OK);
    fill(d, &s);
    assert_string_equal(s.book.code, "R.IN.23");
    assert_string_equal(s.book.place, "Kuala Kapuas");
    assert_string_equal(s.book.keeper, "office_head");
    assert_int_equal(s.book.column_count, 2);
    assert_string_equal(s.book.columns[0].label, "Paraf");
    assert_string_equal(s.book.columns[1].label, "Nomor urut");
    assert_string_equal(s.lines[0].cells[1], "1");
}

static struct register_close closing_of(struct desk *d, const char *month, struct bytes hash)
{
    struct register_close c = {.act = visit_act_of(d->cx), .first = "2026-06"};
    assert_true(register_month_read(d->cx->arena, month, 420, &c.month));
    closing_fill(d->cx->arena, "tamu", cx_new_id(d->cx), hash, &c);
    return c;
}

static void test_closed_in_order_and_once(void **state)
{
    struct desk *d = *state;
    uint8_t some[32] = {7};
    const struct bytes hash = {some, sizeof(some)};
    d->cx->now_ms = d->july.until_ms + 1;
    struct register_close july = closing_of(d, "2026-07", hash);
    assert_int_equal(db_tx(d->cx, "close", register_close_month, &july), ERR_CONFLICT);
    assert_string_equal(july.refusal.code, "earlier_month_open");
    struct register_close june = closing_of(d, "2026-06", hash);
    assert_int_equal(db_tx(d->cx, "close", register_close_month, &june), ERR_OK);
    assert_int_equal(db_tx(d->cx, "close", register_close_month, &july), ERR_OK);
    struct register_close again = closing_of(d, "2026-07", hash);
    assert_int_equal(db_tx(d->cx, "close", register_close_month, &again), ERR_CONFLICT);
    assert_string_equal(again.refusal.code, "already_closed");
    struct register_close august = closing_of(d, "2026-08", hash);
    assert_int_equal(db_tx(d->cx, "close", register_close_month, &august), ERR_CONFLICT);
    assert_string_equal(august.refusal.code, "month_runs");
    assert_int_equal(office_fixture_entries(d->o, "tamu", "register_closed"), 2);
    struct proof proof;
    assert_int_equal(proof_by_code(d->cx->read, d->o->office, july.closing.proof_code, &proof),
                     ERR_OK);
    assert_memory_equal(proof.file_hash.p, some, sizeof(some));
}

/* What is corrected later stands in the month in which it was corrected. */
static void test_later_corrections(void **state)
{
    struct desk *d = *state;
    struct register_sheet s;
    uint8_t some[32] = {7};
    add_guest(d, 1, "closed", d->july.from_ms - 1000, d->july.from_ms - 1);
    fill(d, &s);
    assert_int_equal(s.change_count, 0);
    d->cx->now_ms = d->july.from_ms + 1;
    struct register_close june = closing_of(d, "2026-06", (struct bytes){some, sizeof(some)});
    assert_int_equal(db_tx(d->cx, "close", register_close_month, &june), ERR_OK);
    struct visit *visits = NULL;
    size_t count = 0;
    assert_int_equal(register_visits(d->cx->read, d->o->office, &june.month, &visits, &count),
                     ERR_OK);
    assert_int_equal(count, 1);
    write_once(d, &test_correct,
               DB_ARGS(db_text(d->o->office), db_text(cx_new_id(d->cx)), db_text(visits[0].id),
                       db_int(d->july.from_ms + 5000)));
    fill(d, &s);
    assert_int_equal(s.change_count, 1);
    assert_string_equal(s.changes[0].field, "name");
    assert_string_equal(s.changes[0].reason, "salah ketik");
    assert_int_equal(s.changes[0].number, 1);
}

/* Words that pdftotext finds in a file; -1 without pdftotext. */
static int words_in(struct desk *d, struct bytes pdf, const char *word)
{
    char path[160], command[500], line[64] = "";
    (void)snprintf(path, sizeof(path), "%s/buku.pdf", d->o->f->folder);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(pdf.p, 1, pdf.n, f), pdf.n);
    assert_int_equal(fclose(f), 0);
    (void)snprintf(
        command, sizeof(command),
        "command -v pdftotext >/dev/null || exit 9; pdftotext -layout '%s' - | grep -c -F -e '%s'",
        path, word);
    FILE *p = popen(command, "r");
    assert_non_null(p);
    (void)!fgets(line, sizeof(line), p);
    int status = pclose(p);
    (void)unlink(path);
    return WEXITSTATUS(status) == 9 ? -1 : atoi(line);
}

static void test_paper_of_two_thousand(void **state)
{
    struct desk *d = *state;
    struct register_sheet s;
    struct bytes pdf;
    size_t pages = 0;
    fill_july(d, GUESTS);
    fill(d, &s);
    assert_int_equal(s.line_count, GUESTS);
    assert_int_equal(s.recap.received, d->received);
    s.closing.signer = "Kepala Seksi Intelijen\nArief Setiadi\nJaksa Muda\nNIP: 1";
    s.closing.acknowledged = "Plh. Kepala Kejaksaan Negeri Kapuas\nHendra Wijaksana";
    assert_int_equal(register_pdf(d->cx, &s, "AAAA-BBBB", &pdf, &pages), ERR_OK);
    assert_true(pages > 50 && pages < 600);
    int guests = words_in(d, pdf, "Tamu ke-");
    if (guests < 0)
        skip();
    assert_int_equal(guests, GUESTS - 1); /* and the one whose name is a formula */
    assert_int_equal(words_in(d, pdf, "=1+1 <b>]]>&"), 1);
    assert_int_equal(words_in(d, pdf, "Identitas lengkap tamu"), (int)pages - 1);
    assert_int_equal(words_in(d, pdf, "Plh. Kepala Kejaksaan Negeri Kapuas"), 1);
    assert_int_equal(words_in(d, pdf, "NIHIL"), 0);
}

static void test_empty_month(void **state)
{
    struct desk *d = *state;
    struct register_sheet s;
    struct bytes pdf;
    size_t pages = 0;
    fill(d, &s);
    assert_int_equal(s.line_count, 0);
    s.closing.signer = s.closing.acknowledged = "Kepala\nNama";
    assert_int_equal(register_pdf(d->cx, &s, NULL, &pdf, &pages), ERR_OK);
    int found = words_in(d, pdf, "NIHIL");
    if (found < 0)
        skip();
    assert_int_equal(found, 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_numbers_add_up),           CASE(test_columns_change),
        CASE(test_closed_in_order_and_once), CASE(test_later_corrections),
        CASE(test_paper_of_two_thousand),    CASE(test_empty_month),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

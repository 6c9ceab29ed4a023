/* Lines of the books on the engine: numbers, half a year of writing, settling, cancelling and closing counted again
 * beside the SQL, what comes into R.IN.1 by itself, and that a complaint gives the books its day alone. */
#include "house_fixture.h"
#include "register_fixture.h"

#include "features/proof/proof.h"
#include "features/register/register_web.h"
#include "lib/base/banned.h"

#define DAY       (24 * 3600 * INT64_C(1000))
#define LINES_MAX 400
#define MONTHS    7
#define COMPLAINT "c0000000-0000-4000-8000-000000000001"

static int64_t at_day(int month, int day)
{
    return time_from_civil((struct civil){.year = 2026, .month = month, .day = day, .hour = 9}, 420);
}

static struct register_new new_line(struct house *h, int64_t at, int64_t settled_at)
{
    return (struct register_new){.id = house_id(h),
                                 .source_kind = "hand",
                                 .at = at,
                                 .settled_at = settled_at,
                                 .made_by = RINA};
}

static void add(struct house *h, const char *book, struct register_new *n)
{
    struct register_adding a = {
        .act = house_act(h, RINA), .book = book, .offset_min = 420, .items = n, .count = 1};
    assert_int_equal(db_tx(h->cx, "register_add", register_add, &a), ERR_OK);
}

static const char *taken(struct house *h, const char *book, int64_t at)
{
    struct register_new n = new_line(h, at, 0);
    add(h, book, &n);
    return arena_printf(h->cx->arena, "%lld%s", (long long)n.number, n.suffix);
}

static void numbers_run_by_book_and_year(void **state)
{
    struct house *h = *state;
    assert_string_equal(taken(h, "surat-masuk", at_day(3, 2)), "1");
    assert_string_equal(taken(h, "surat-masuk", at_day(3, 5)), "2");
    assert_string_equal(taken(h, "surat-masuk", at_day(3, 5) - 3600000), "3"); /* the same day */
    assert_string_equal(taken(h, "surat-masuk", at_day(3, 3)), "1A");
    assert_string_equal(taken(h, "surat-masuk", at_day(3, 1)), "1B"); /* before the first */
    assert_string_equal(taken(h, "surat-masuk", at_day(3, 5)), "4");
    assert_string_equal(taken(h, "surat-masuk-rahasia", at_day(3, 2)), "1");
    assert_string_equal(taken(h, "kerja-ekokeu", at_day(3, 2)), "1");
    assert_string_equal(taken(h, "surat-masuk", at_day(12, 31) - 365 * DAY), "1"); /* of 2025 */
    /* a line that fails takes no number with it */
    struct register_new again = new_line(h, at_day(3, 6), 0);
    again.id = arena_strdup(h->cx->arena,
                            house_text(h, "SELECT id FROM register_entry WHERE book = "
                                          "'surat-masuk' LIMIT 1"));
    struct register_adding a = {.act = house_act(h, RINA),
                                .book = "surat-masuk",
                                .offset_min = 420,
                                .items = &again,
                                .count = 1};
    assert_int_equal(db_tx(h->cx, "register_add", register_add, &a), ERR_CONFLICT);
    assert_string_equal(taken(h, "surat-masuk", at_day(3, 6)), "5");
}

/* --- half a year, counted beside the SQL --------------------------------------------------------------------- */

struct model_line {
    const char *id;
    int month;          /* in which it stands, 0 January */
    int settled, ended; /* month of it, or -1; ended: cancelled after its month was closed */
    bool never;         /* cancelled before that */
};
struct model {
    struct house *h;
    struct register_book book;
    struct model_line lines[LINES_MAX];
    size_t count;
    int closed; /* months closed */
    uint32_t dice;
};

static uint32_t dice(struct model *m, uint32_t sides)
{
    m->dice = m->dice * 1664525U + 1013904223U;
    return (m->dice >> 16) % sides;
}

static int month_now(const struct model *m)
{
    return time_civil(m->h->cx->now_ms, 420).month - 1;
}

static struct register_month month_of(struct model *m, int month)
{
    struct register_month ret;
    assert_true(register_month_read(
        m->h->cx->arena, arena_printf(m->h->cx->arena, "2026-%02d", month + 1), 420, &ret));
    return ret;
}

static void model_add(struct model *m)
{
    struct house *h = m->h;
    int64_t first = at_day(1, 1);
    int64_t at = h->cx->now_ms - (int64_t)dice(m, 45) * DAY;
    at = at < first ? first : at;
    bool settled = dice(m, 4) == 0;
    struct register_new n = new_line(h, at, settled ? at : 0);
    add(h, m->book.book, &n);
    int received = time_civil(at, 420).month - 1;
    int month = received < m->closed ? month_now(m) : received;
    assert_true(m->count < LINES_MAX);
    m->lines[m->count++] = (struct model_line){
        .id = n.id, .month = month, .settled = settled ? month : -1, .ended = -1};
    assert_int_equal(time_civil(n.counts_at, 420).month - 1, month);
}

static struct register_changing changing(struct model *m, const struct model_line *l)
{
    return (struct register_changing){.act = house_act(m->h, RINA),
                                      .book = &m->book,
                                      .offset_min = 420,
                                      .id = l->id,
                                      .correction_id = house_id(m->h),
                                      .fields = "disposition_date,disposition",
                                      .reason = "susulan"};
}

static struct model_line *pick(struct model *m)
{
    struct model_line *l = m->count ? &m->lines[dice(m, (uint32_t)m->count)] : NULL;
    return l && !l->never && l->ended < 0 ? l : NULL;
}

static void model_settle(struct model *m)
{
    struct model_line *l = pick(m);
    if (!l || l->settled >= 0)
        return;
    struct register_changing c = changing(m, l);
    c.settled_at = m->h->cx->now_ms - DAY;
    assert_int_equal(db_tx(m->h->cx, "change", register_change_line, &c), ERR_OK);
    int day = time_civil(c.settled_at, 420).month - 1;
    l->settled = day < m->closed ? month_now(m) : day;
    if (l->settled < l->month)
        l->settled = l->month;
}

static void model_cancel(struct model *m)
{
    struct model_line *l = pick(m);
    if (!l)
        return;
    struct register_changing c = changing(m, l);
    assert_int_equal(db_tx(m->h->cx, "cancel", register_cancel_line, &c), ERR_OK);
    if (l->month >= m->closed)
        l->never = true;
    else
        l->ended = month_now(m);
}

/* By hand: one line after the other. */
static struct register_recap counted(const struct model *m, int month)
{
    struct register_recap r = {.carried = 0};
    for (size_t i = 0; i < m->count; i++) {
        const struct model_line *l = &m->lines[i];
        int done = l->settled;
        if (l->never)
            continue;
        if (l->ended >= 0 && (done < 0 || l->ended < done))
            done = l->ended;
        r.received += l->month == month;
        r.carried += l->month < month && (done < 0 || done >= month);
        r.settled += done == month && l->month <= month;
    }
    return r;
}

static int64_t model_close(struct model *m, int64_t left)
{
    struct house *h = m->h;
    struct register_recap recap, mine = counted(m, m->closed);
    struct register_close c = {.act = house_act(h, ARIEF), .month = month_of(m, m->closed)};
    uint8_t some[32] = {7};
    const struct bytes hash = {some, sizeof(some)};
    assert_int_equal(register_rows_recap(h->cx->read, h->office, &m->book, &c.month, &recap),
                     ERR_OK);
    assert_int_equal(recap.carried, mine.carried);
    assert_int_equal(recap.received, mine.received);
    assert_int_equal(recap.settled, mine.settled);
    assert_int_equal(recap.carried, left); /* what the month before left */
    closing_fill(h->cx->arena, m->book.book, house_id(h), hash, &c);
    c.book = &m->book; /* counted again inside: what was drawn must still be true */
    c.closing.received = recap.received + 1;
    c.closing.carried = recap.carried;
    c.closing.settled = recap.settled;
    assert_int_equal(db_tx(h->cx, "close", register_close_month, &c), ERR_CONFLICT);
    assert_string_equal(c.refusal.code, "book_changed");
    c.closing.received = recap.received;
    assert_int_equal(db_tx(h->cx, "close", register_close_month, &c), ERR_OK);
    m->closed++;
    return recap.carried + recap.received - recap.settled;
}

/* What is left of a month is what the next one carries, whatever was written late, settled or cancelled meanwhile. */
static void half_a_year_adds_up(void **state)
{
    struct house *h = *state;
    struct model *m = ARENA_NEW(h->cx->arena, struct model);
    int64_t left = 0;
    *m = (struct model){.h = h, .book = *register_shipped("surat-masuk"), .dice = 20260725};
    for (h->cx->now_ms = at_day(1, 4); month_now(m) < MONTHS; h->cx->now_ms += DAY) {
        for (uint32_t n = dice(m, 3); n > 0; n--)
            model_add(m);
        model_settle(m);
        if (dice(m, 4) == 0)
            model_cancel(m);
        h->cx->now_ms += 3600000; /* a closing is never at the moment of another act */
        if (month_now(m) > m->closed && dice(m, 5) == 0)
            left = model_close(m, left);
        h->cx->now_ms -= 3600000;
    }
    assert_true(m->closed >= MONTHS - 2);
    assert_true(m->count > 100);
    assert_true(left > 5);
    assert_int_equal(house_number(h, "SELECT count(*) FROM register_entry WHERE suffix <> ''") > 10,
                     1);
    /* without a gap */
    assert_int_equal(house_number(h, "SELECT max(number) - count(*) FROM register_entry "
                                     "WHERE suffix = '' AND book = 'surat-masuk'"),
                     0);
    /* each line stands in one month, those of all months together */
    size_t lines = 0;
    for (int month = 0; month < 12; month++) {
        struct register_month shown = month_of(m, month);
        struct register_row *rows = NULL;
        size_t count = 0;
        assert_int_equal(register_rows(h->cx->read, h->office, &m->book, &shown, &rows, &count),
                         ERR_OK);
        lines += count;
    }
    assert_int_equal(lines, m->count);
    assert_true(house_number(h, "SELECT count(*) FROM register_correction") > 5);
}

static void a_closed_line_needs_a_reason(void **state)
{
    struct house *h = *state;
    struct model *m = ARENA_NEW(h->cx->arena, struct model);
    *m = (struct model){.h = h, .book = *register_shipped("kerja-pamstra"), .closed = 0};
    h->cx->now_ms = at_day(1, 20);
    struct register_new n = new_line(h, at_day(1, 10), 0);
    add(h, m->book.book, &n);
    m->lines[m->count++] = (struct model_line){n.id, 0, -1, -1, false};
    h->cx->now_ms = at_day(2, 2);
    (void)model_close(m, 0);
    struct register_changing c = changing(m, &m->lines[0]);
    c.reason = "";
    assert_int_equal(db_tx(h->cx, "change", register_change_line, &c), ERR_INVALID);
    assert_string_equal(c.refusal.field, "reason");
    assert_int_equal(db_tx(h->cx, "cancel", register_cancel_line, &c), ERR_INVALID);
    c.reason = "terlupa";
    c.settled_at = at_day(1, 12); /* in the closed month: it counts today */
    assert_int_equal(db_tx(h->cx, "change", register_change_line, &c), ERR_OK);
    assert_int_equal(house_number(h, "SELECT settled_at FROM register_entry"), h->cx->now_ms);
    c.correction_id = house_id(h);
    assert_int_equal(db_tx(h->cx, "cancel", register_cancel_line, &c), ERR_OK);
    c.correction_id = house_id(h);
    assert_int_equal(db_tx(h->cx, "cancel", register_cancel_line, &c), ERR_CONFLICT);
    assert_string_equal(c.refusal.code, "line_cancelled");
    struct register_month february = month_of(m, 1);
    struct register_change *changes = NULL;
    size_t count = 0;
    assert_int_equal(
        register_changes(h->cx->read, h->office, &m->book, &february, 420, &changes, &count),
        ERR_OK);
    assert_int_equal(count, 2);
    assert_string_equal(changes[0].field, "disposition_date,disposition");
    assert_string_equal(changes[1].field, "cancelled");
    house_act_as(h, person_of(ROLE_INTEL_CHIEF));
    assert_string_equal(register_change_text(h->cx, &m->book, &changes[0]),
                        "Tanggal disposisi, Disposisi Kasi Intel");
}

/* --- what comes by itself ---------------------------------------------------------------------------------------- */

static void put_complaint(struct house *h, const char *id, int number, const char *way, int64_t day)
{
    house_exec(h,
               arena_printf(h->cx->arena,
                            "INSERT INTO complaint (office_id, id, year, number, received_at, "
                            "text_sealed, origin_sealed, state, way, reporter_mode, class) "
                            "VALUES ('%s', '%s', 2026, %d, %lld, x'00', x'00', 'received', '%s', "
                            "'anonymous', 'corruption')",
                            h->office, id, number, (long long)time_day_start(day, 420), way));
}

/* The clock writes down what came on days that are over, once, and a complaint with its day alone. */
static void yesterday_comes_by_itself(void **state)
{
    struct house *h = *state;
    int64_t now = h->cx->now_ms, added = 0;
    put_complaint(h, COMPLAINT, 1, "letter", now - DAY);
    put_complaint(h, "c0000000-0000-4000-8000-000000000002", 2, "post", now);
    put_complaint(h, "c0000000-0000-4000-8000-000000000003", 3, "counter", now - DAY);
    assert_int_equal(register_take_days(h->cx, h->office), ERR_OK);
    assert_int_equal(register_take_days(h->cx, h->office), ERR_OK);
    assert_int_equal(house_number(h, "SELECT count(*) FROM register_entry"), 1);
    assert_int_equal(house_number(h, "SELECT has_time FROM register_entry"), 0);
    assert_int_equal(house_number(h, "SELECT received_at FROM register_entry"),
                     time_day_start(now - DAY, 420));
    assert_int_equal(house_number(h, "SELECT count(*) FROM register_words"), 0);
    /* a person does not wait for the night */
    house_act_as(h, person_of(ROLE_INTEL_CHIEF));
    assert_int_equal(register_take(h->cx, "surat-masuk-rahasia", now - 30 * DAY, now + 1, &added),
                     ERR_OK);
    assert_int_equal(added, 1);
    struct register_sheet s;
    struct register_month july = register_month_of(h->cx->arena, now, 420);
    assert_int_equal(register_fill(h->cx, "surat-masuk-rahasia", july.text, true, &s), ERR_OK);
    assert_int_equal(s.line_count, 2);
    assert_string_equal(s.lines[0].cells[2], "-"); /* no hour */
    assert_string_equal(s.lines[0].cells[5], "Pelapor tanpa nama");
    assert_string_equal(s.lines[0].cells[6],
                        "Pengaduan tertulis\nIsi tersegel, lihat berkas PGD-1/2026");
}

/* What a guest handed over, unless it belongs to a complaint. */
static void documents_of_guests(void **state)
{
    struct house *h = *state;
    static const char note[] = "{\"documents\":[{\"kind\":\"Proposal\",\"count\":2}]}";
    const char *const categories[] = {"delivery", "complaint", "meeting"};
    for (size_t i = 0; i < ARRAY_LEN(categories); i++) {
        const struct guest g = {.name = arena_printf(h->cx->arena, "Tamu %zu", i),
                                .id_number = arena_printf(h->cx->arena, "620301170845%04zu", i),
                                .organization = "LSM Kapuas",
                                .category = categories[i]};
        const char *id = guest_in(h, &g);
        if (i == 2) /* handed over nothing */
            continue;
        struct bytes sealed = seal_field(h->cx->seal, h->cx->arena, "visit", "note_sealed", id,
                                         note);
        house_exec(h, arena_printf(h->cx->arena,
                                   "UPDATE visit SET note_sealed = x'%s' WHERE id = '%s'",
                                   str_hex(h->cx->arena, sealed.p, sealed.n), id));
    }
    h->cx->now_ms += DAY;
    assert_int_equal(register_take_days(h->cx, h->office), ERR_OK);
    assert_int_equal(house_number(h, "SELECT count(*) FROM register_entry"), 1);
    struct register_sheet s;
    struct register_month july = register_month_of(h->cx->arena, h->cx->now_ms, 420);
    assert_int_equal(register_fill(h->cx, "surat-masuk", july.text, true, &s), ERR_OK);
    assert_int_equal(s.line_count, 1);
    assert_string_equal(s.lines[0].cells[5], "Tamu 0, LSM Kapuas");
    assert_string_equal(s.lines[0].cells[6], "Diserahkan tamu, kunjungan 1/2026");
    assert_string_equal(s.lines[0].cells[9], "Lampiran: Proposal (2)");
}

static void one_book_for_each_complaint(void **state)
{
    struct house *h = *state;
    struct register_waiting *list = NULL, one;
    size_t count = 0;
    put_complaint(h, COMPLAINT, 1, "counter", h->cx->now_ms);
    assert_int_equal(register_unsorted(h->cx->read, h->office, &list, &count), ERR_OK);
    assert_int_equal(count, 1);
    struct register_new n = new_line(h, h->cx->now_ms, 0);
    n.source_kind = "complaint";
    n.source_id = COMPLAINT;
    add(h, "kerja-ekokeu", &n);
    struct register_new twice = n;
    twice.id = house_id(h);
    add(h, "kerja-ekokeu", &twice);
    assert_true(twice.there);
    assert_int_equal(register_unsorted_one(h->cx->read, h->office, COMPLAINT, &one), ERR_MISSING);
    /* cancelled there, it may go to another field; the number stays */
    struct register_book book = *register_shipped("kerja-ekokeu");
    struct register_changing c = {.act = house_act(h, ARIEF),
                                  .book = &book,
                                  .offset_min = 420,
                                  .id = n.id,
                                  .correction_id = house_id(h),
                                  .reason = "salah sektor"};
    assert_int_equal(db_tx(h->cx, "cancel", register_cancel_line, &c), ERR_OK);
    assert_int_equal(register_unsorted_one(h->cx->read, h->office, COMPLAINT, &one), ERR_OK);
    assert_int_equal(one.number, 1);
    assert_int_equal(house_number(h, "SELECT count(*) FROM register_entry"), 1);
}

/* A book for leaders is read with a key that somebody vouches for. */
static void who_reads_which(void **state)
{
    struct house *h = *state;
    struct cx *cx = h->cx;
    const struct register_book *work = register_shipped("kerja-ekokeu");
    house_act_as(h, person_of(ROLE_INTEL_CHIEF));
    assert_true(register_may(cx, work, REGISTER_READ));
    cx->actor.key_trusted = false;
    assert_false(register_may(cx, work, REGISTER_READ));
    assert_true(register_may(cx, register_shipped("surat-masuk"), REGISTER_READ));
    house_act_as(h, person_of(ROLE_FRONT_DESK));
    assert_false(register_may(cx, work, REGISTER_READ));
    assert_false(register_may(cx, register_shipped("surat-masuk-rahasia"), REGISTER_READ));
    assert_true(register_may(cx, register_shipped("surat-masuk-rahasia"), REGISTER_WRITE));
    assert_false(register_may(cx, register_shipped("surat-keluar"), REGISTER_READ));
    house_act_as(h, person_of(ROLE_ADMIN));
    assert_true(register_may(cx, work, REGISTER_SET));
    assert_false(register_may(cx, work, REGISTER_READ));
    house_act_as(h, person_of(ROLE_SECTION_CHIEF));
    assert_true(register_may(cx, register_shipped("surat-keluar"), REGISTER_READ));
    assert_false(register_may(cx, register_shipped("surat-keluar-rahasia"), REGISTER_READ));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, house_begin, house_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(numbers_run_by_book_and_year),
        CASE(half_a_year_adds_up),
        CASE(a_closed_line_needs_a_reason),
        CASE(yesterday_comes_by_itself),
        CASE(documents_of_guests),
        CASE(one_book_for_each_complaint),
        CASE(who_reads_which),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

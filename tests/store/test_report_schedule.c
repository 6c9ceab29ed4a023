/* Reports by mail in a real database: queued once a period and recipient, whatever happens in between. */
#include "house_fixture.h"

#include "features/report/report_schedule.h"
#include "support/pdf_look.h"

#define DAY INT64_C(86400000)
#define ANA "0192a000-0000-7000-8000-0000000000a1"
#define BEN "0192a000-0000-7000-8000-0000000000a2"

static int begin(void **state)
{
    struct house *h = house_new();
    h->settings.channels = "telegram,mail";
    *state = h;
    return 0;
}

static int64_t at(const char *text)
{
    int64_t ms = 0;
    assert_true(time_parse(text, 420, &ms));
    return ms;
}

static enum err add(struct house *h, const char *id, const char *report, const char *form,
                    const char *address)
{
    struct cx *cx = h->cx;
    struct report_change c = {.act = house_act(h, BAGUS),
                              .id = id,
                              .name = "Kejati Kalimantan Tengah",
                              .report = report,
                              .form = form,
                              .day = 5};
    c.sealed = seal_field(cx->seal, cx->arena, "report_recipient", "address_sealed", id, address);
    c.index = seal_index(cx->seal, cx->arena, "report_recipient", address);
    enum err e = db_tx(cx, "add", report_tx_recipient_add, &c);
    if (e != ERR_OK)
        assert_int_equal(c.refusal.err, e);
    return e;
}

static int64_t rows(struct house *h, const char *kind)
{
    return house_number(
        h, arena_printf(h->cx->arena, "SELECT count(*) FROM outbox WHERE kind = '%s'", kind));
}

static void tick_at(struct house *h, const char *when)
{
    h->cx->now_ms = at(when);
    h->cx->offset_min = 0; /* of the office, whatever the thread had before */
    assert_int_equal(report_schedule_tick(h->cx, h->office), ERR_OK);
}

static struct report_recipient recipient(struct house *h, const char *id)
{
    struct report_recipient r = {0};
    assert_int_equal(report_recipient_get(h->cx->read, h->office, id, &r), ERR_OK);
    return r;
}

static void test_once_a_period(void **state)
{
    struct house *h = *state;
    h->cx->now_ms = at("2026-10-20T09:00:00+07:00");
    assert_int_equal(add(h, ANA, "monthly", "pdf", "ana@kejaksaan.go.id"), ERR_OK);
    assert_int_equal(add(h, BEN, "yearly", "docx", "ana@kejaksaan.go.id"), ERR_OK);
    tick_at(h, "2026-11-05T05:59:00+07:00");
    assert_int_equal(rows(h, REPORT_MAIL), 0);
    assert_null(recipient(h, ANA).last_period);
    tick_at(h, "2026-11-05T06:00:00+07:00");
    tick_at(h, "2026-11-05T06:00:00+07:00");
    tick_at(h, "2026-12-05T05:59:59+07:00");
    assert_int_equal(rows(h, REPORT_MAIL), 1);
    assert_int_equal(house_number(h, "SELECT count(*) FROM outbox WHERE subject_id = '2026-10' "
                                     "AND recipient_id = '" ANA "' AND channel = 'mail' "
                                     "AND state = 'queued'"),
                     1);
    struct report_recipient r = recipient(h, ANA);
    assert_string_equal(r.last_period, "2026-10");
    assert_string_equal(r.last_state, "queued");
    assert_string_equal(r.created_by, BAGUS);
    assert_int_equal(office_fixture_entries(h->o, ANA, "report_recipient_added"), 1);
    assert_int_equal(office_fixture_entries(h->o, ANA, "report_mail_queued"), 1);
    tick_at(h, "2027-01-05T06:00:00+07:00");
    assert_int_equal(rows(h, REPORT_MAIL), 4); /* November, December, and the year */
    assert_string_equal(recipient(h, BEN).last_period, "2026");
}

/* Down for three months: what fell due meanwhile is sent, each once, the oldest first. */
static void test_a_server_that_was_down(void **state)
{
    struct house *h = *state;
    h->cx->now_ms = at("2026-07-23T09:00:00+07:00");
    assert_int_equal(add(h, ANA, "monthly", "pdf", "ana@kejaksaan.go.id"), ERR_OK);
    tick_at(h, "2026-11-25T08:00:00+07:00");
    assert_int_equal(rows(h, REPORT_MAIL), 4);
    assert_string_equal(house_text(h, "SELECT group_concat(period) FROM (SELECT period FROM "
                                      "report_mailing ORDER BY period)"),
                        "2026-07,2026-08,2026-09,2026-10");
    tick_at(h, "2026-11-25T08:01:00+07:00");
    assert_int_equal(rows(h, REPORT_MAIL), 4);
}

/* The same turn of two servers: the second one finds it done. */
static void test_two_at_once(void **state)
{
    struct house *h = *state;
    assert_int_equal(add(h, ANA, "monthly", "pdf", "ana@kejaksaan.go.id"), ERR_OK);
    struct report_change c = {
        .act = visit_act_system(h->office, h->cx->now_ms), .id = ANA, .period = "2026-06"};
    for (int i = 0; i < 2; i++) {
        c.outbox_id = cx_new_id(h->cx);
        assert_int_equal(db_tx(h->cx, "queue", report_tx_mail_queue, &c), ERR_OK);
        assert_int_equal(c.queued, i == 0);
    }
    assert_int_equal(rows(h, REPORT_MAIL), 1);
    assert_int_equal(office_fixture_entries(h->o, ANA, "report_mail_queued"), 1);
}

static void test_waits_for_the_channel(void **state)
{
    struct house *h = *state;
    h->settings.channels = "telegram";
    h->cx->now_ms = at("2026-10-20T09:00:00+07:00");
    assert_int_equal(add(h, ANA, "monthly", "pdf", "ana@kejaksaan.go.id"), ERR_OK);
    tick_at(h, "2026-11-06T09:00:00+07:00");
    assert_int_equal(rows(h, REPORT_MAIL), 0);
    h->settings.channels = "telegram,mail";
    tick_at(h, "2026-11-09T09:00:00+07:00");
    assert_int_equal(rows(h, REPORT_MAIL), 1);
}

static void test_one_address_once(void **state)
{
    struct house *h = *state;
    assert_int_equal(add(h, ANA, "monthly", "pdf", "ana@kejaksaan.go.id"), ERR_OK);
    assert_int_equal(add(h, BEN, "monthly", "docx", "ana@kejaksaan.go.id"), ERR_CONFLICT);
    struct report_change c = {.act = house_act(h, BAGUS), .id = ANA};
    assert_int_equal(db_tx(h->cx, "end", report_tx_recipient_end, &c), ERR_OK);
    assert_int_equal(house_number(h, "SELECT count(*) FROM report_recipient WHERE address_sealed "
                                     "IS NULL AND address_index IS NULL AND ended_at > 0"),
                     1); /* the address is forgotten */
    assert_int_equal(db_tx(h->cx, "end", report_tx_recipient_end, &c), ERR_MISSING);
    assert_int_equal(add(h, BEN, "monthly", "docx", "ana@kejaksaan.go.id"), ERR_OK);
    assert_int_equal(office_fixture_entries(h->o, ANA, "report_recipient_removed"), 1);
    h->cx->now_ms = at("2027-03-06T09:00:00+07:00");
    c.period = "2027-01"; /* nothing goes to somebody who is gone */
    c.outbox_id = cx_new_id(h->cx);
    assert_int_equal(db_tx(h->cx, "queue", report_tx_mail_queue, &c), ERR_OK);
    assert_false(c.queued);
    assert_int_equal(rows(h, REPORT_MAIL), 0);
}

static void test_no_more_than_fifty(void **state)
{
    struct house *h = *state;
    for (int i = 0; i < REPORT_RECIPIENTS_MAX; i++) {
        const char *id = cx_new_id(h->cx);
        assert_int_equal(
            add(h, id, "monthly", "pdf", arena_printf(h->cx->arena, "a%d@kejaksaan.go.id", i)),
            ERR_OK);
    }
    assert_int_equal(add(h, ANA, "monthly", "pdf", "ana@kejaksaan.go.id"), ERR_CONFLICT);
    struct report_recipient *list = NULL;
    size_t count = 0;
    assert_int_equal(report_recipients(h->cx->read, h->office, &list, &count), ERR_OK);
    assert_int_equal(count, REPORT_RECIPIENTS_MAX);
}

static struct outbox_row only_row(struct house *h)
{
    struct outbox_row row = {0};
    const char *id = house_text(h, "SELECT id FROM outbox WHERE kind = 'report_mail'");
    assert_int_equal(outbox_get(h->cx->read, h->office, id, &row), ERR_OK);
    return row;
}

/* The file is made when it is sent, names nobody, and its row held neither figure nor address. */
static void test_the_mail(void **state)
{
    struct house *h = *state;
    const struct guest g = {.name = "Fransiska Luhing",
                            .id_number = "6203011708450001",
                            .category = "complaint",
                            .arrived_at = h->cx->now_ms};
    (void)guest_in(h, &g);
    assert_int_equal(add(h, ANA, "monthly", "pdf", "ana@kejaksaan.go.id"), ERR_OK);
    tick_at(h, "2026-08-05T06:00:00+07:00");
    struct outbox_row row = only_row(h);
    struct outbox_message m = {0};
    assert_int_equal(notice_render(h->cx, &row, &m), ERR_OK);
    assert_string_equal(m.to, "ana@kejaksaan.go.id");
    assert_string_equal(m.subject, "Laporan pelayanan Juli 2026, Kejaksaan Negeri Kapuas");
    assert_non_null(strstr(m.text, "angka saja"));
    assert_string_equal(m.opaque_id, row.id);
    assert_string_equal(m.file->name, "Laporan pelayanan 2026-07.pdf");
    assert_string_equal(m.file->type, "application/pdf");
    const char *text = pdf_text(h->cx->arena, m.file->data, 0);
    assert_non_null(strstr(text, "Juli 2026"));
    assert_non_null(strstr(text, "menerima 1 kunjungan pada 1 hari"));
    assert_null(strstr(text, "Luhing"));
    assert_null(strstr(text, "6203011708450001"));
    house_exec(h, "UPDATE report_recipient SET form = 'docx'");
    assert_int_equal(notice_render(h->cx, &row, &m), ERR_OK);
    assert_string_equal(m.file->name, "Laporan pelayanan 2026-07.docx");
    assert_memory_equal(m.file->data.p, "PK\3\4", 4);
    house_exec(h, "UPDATE report_recipient SET ended_at = 1, address_sealed = NULL");
    assert_int_equal(notice_render(h->cx, &row, &m), ERR_MISSING); /* dropped */
}

struct ending {
    const struct outbox_row *row;
    struct outbox_result result;
};

static enum err sent_tx(struct db_conn *tx, void *arg)
{
    const struct ending *e = arg;
    return notice_sent(tx, e->row, &e->result, NOW_MS);
}

static void test_each_sending_is_audited(void **state)
{
    struct house *h = *state;
    assert_int_equal(add(h, ANA, "monthly", "pdf", "ana@kejaksaan.go.id"), ERR_OK);
    tick_at(h, "2026-08-05T06:00:00+07:00");
    struct outbox_row row = only_row(h);
    struct ending e = {.row = &row, .result = {.outcome = SEND_RETRY, .code = "connect"}};
    assert_int_equal(db_tx(h->cx, "sent", sent_tx, &e), ERR_OK);
    assert_int_equal(office_fixture_entries(h->o, ANA, "report_mailed"), 0);
    assert_int_equal(office_fixture_entries(h->o, ANA, "report_mail_failed"), 0);
    e.result = (struct outbox_result){.outcome = SEND_FAILED, .code = "smtp_550"};
    assert_int_equal(db_tx(h->cx, "sent", sent_tx, &e), ERR_OK);
    assert_int_equal(office_fixture_entries(h->o, ANA, "report_mail_failed"), 1);
    e.result = (struct outbox_result){.outcome = SEND_OK};
    assert_int_equal(db_tx(h->cx, "sent", sent_tx, &e), ERR_OK);
    assert_int_equal(office_fixture_entries(h->o, ANA, "report_mailed"), 1);
    assert_int_equal(house_number(h, "SELECT count(*) FROM audit_entry WHERE detail LIKE '%@%' "
                                     "AND subject_kind = 'report_recipient'"),
                     0);
    /* As a dead letter it carries the recipient's name, and goes out again. */
    house_exec(h, arena_printf(h->cx->arena, "UPDATE outbox SET state = 'failed', failed_at = %lld",
                               (long long)h->cx->now_ms));
    struct notice_message *dead = NULL;
    size_t count = 0;
    assert_int_equal(
        notice_dead_letters(h->cx->read, h->office, h->cx->now_ms - DAY, &dead, &count), ERR_OK);
    assert_int_equal(count, 1);
    assert_string_equal(dead[0].to, "Kejati Kalimantan Tengah");
    assert_int_equal(notice_retry(h->cx, row.id), ERR_OK);
    assert_int_equal(office_fixture_entries(h->o, ANA, "message_retried"), 1);
    assert_string_equal(house_text(h, "SELECT state FROM outbox"), "queued");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_once_a_period, begin, house_end),
        cmocka_unit_test_setup_teardown(test_a_server_that_was_down, begin, house_end),
        cmocka_unit_test_setup_teardown(test_two_at_once, begin, house_end),
        cmocka_unit_test_setup_teardown(test_waits_for_the_channel, begin, house_end),
        cmocka_unit_test_setup_teardown(test_one_address_once, begin, house_end),
        cmocka_unit_test_setup_teardown(test_no_more_than_fifty, begin, house_end),
        cmocka_unit_test_setup_teardown(test_the_mail, begin, house_end),
        cmocka_unit_test_setup_teardown(test_each_sending_is_audited, begin, house_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

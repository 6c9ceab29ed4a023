/* Proofs in a real database: numbers without gaps for each kind and year, rows that prove nothing until they are
 * finished, and the ceilings of one person under many at once. */
#include "store/house_fixture.h"

#include "features/proof/proof_store.h"

static struct proof_export export_of(struct house *h, const char *subject)
{
    struct proof_export e = {
        .office_id = h->office, .actor_kind = "user", .actor_id = ARIEF, .now_ms = h->cx->now_ms};
    e.proof = (struct proof){.code = proof_code_new(h->cx->arena),
                             .kind = PROOF_EXPORT,
                             .subject_id = subject,
                             .year = 2026,
                             .made_at = h->cx->now_ms,
                             .made_by = ARIEF,
                             .reason = "leadership"};
    return e;
}

static enum err finish(struct house *h, struct proof_export *e, int64_t pages)
{
    static const uint8_t hash[32] = {7};
    e->proof.pages = pages;
    e->proof.file_bytes = 1000;
    e->proof.file_hash = (struct bytes){hash, 32};
    e->proof.page_hashes = (struct bytes){hash, 32};
    return db_tx(h->cx, "finish", proof_export_finish_tx, e);
}

static void numbers_run_and_the_audit_names_them(void **state)
{
    struct house *h = *state;
    for (int i = 1; i <= 3; i++) {
        struct proof_export e = export_of(h, "pengaduan-1");
        assert_int_equal(db_tx(h->cx, "begin", proof_export_begin_tx, &e), ERR_OK);
        assert_int_equal(e.proof.number, i);
        assert_int_equal(finish(h, &e, 1), ERR_OK);
    }
    assert_int_equal(
        house_number(h, "SELECT count(*) FROM audit_entry WHERE action = 'complaint_exported' AND "
                        "subject_id = 'pengaduan-1' AND detail LIKE 'number=EKS-_/2026 %'"),
        3);
    struct proof *rows = NULL;
    size_t count = 0;
    assert_int_equal(proof_of_subject(h->cx->read, h->office, "pengaduan-1", &rows, &count), ERR_OK);
    assert_int_equal(count, 3);
    assert_int_equal(rows[0].number, 3);
    assert_string_equal(rows[0].made_by, ARIEF);
}

static void a_row_proves_nothing_until_it_is_finished(void **state)
{
    struct house *h = *state;
    struct proof_export e = export_of(h, "pengaduan-2");
    struct proof got = {.code = NULL};
    assert_int_equal(db_tx(h->cx, "begin", proof_export_begin_tx, &e), ERR_OK);
    assert_int_equal(proof_by_code(h->cx->read, h->office, e.proof.code, &got), ERR_MISSING);
    assert_int_equal(finish(h, &e, 2), ERR_OK);
    assert_int_equal(proof_by_code(h->cx->read, h->office, e.proof.code, &got), ERR_OK);
    assert_int_equal(got.pages, 2);
    assert_int_equal(got.file_hash.n, 32);
    /* What was handed out does not change any more. */
    assert_int_equal(finish(h, &e, 9), ERR_MISSING);
    assert_int_equal(proof_by_code(h->cx->read, h->office, e.proof.code, &got), ERR_OK);
    assert_int_equal(got.pages, 2);
}

static void a_failed_one_lets_the_next_begin(void **state)
{
    struct house *h = *state;
    struct proof_export first = export_of(h, "pengaduan-3"), second = export_of(h, "pengaduan-3");
    assert_int_equal(db_tx(h->cx, "begin", proof_export_begin_tx, &first), ERR_OK);
    assert_int_equal(db_tx(h->cx, "begin", proof_export_begin_tx, &second), ERR_CONFLICT);
    assert_string_equal(second.refusal.code, "export_running");
    assert_int_equal(finish(h, &first, 0), ERR_OK);
    assert_int_equal(db_tx(h->cx, "begin", proof_export_begin_tx, &second), ERR_OK);
    /* Somebody else is not held up. */
    struct proof_export other = export_of(h, "pengaduan-3");
    other.actor_id = other.proof.made_by = HENDRA;
    assert_int_equal(db_tx(h->cx, "begin", proof_export_begin_tx, &other), ERR_OK);
    assert_int_equal(other.proof.number, 3);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, house_begin, house_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(numbers_run_and_the_audit_names_them),
        TEST(a_row_proves_nothing_until_it_is_finished),
        TEST(a_failed_one_lets_the_next_begin),
    };
    return cmocka_run_group_tests_name("proof", tests, NULL, NULL);
}

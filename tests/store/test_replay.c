/* Idempotency keys: which are taken, what they are bound to, how long they are kept. */
#include "house_fixture.h"

struct use {
    struct replay replay;
    const char *subject;
    int status;
    int64_t now_ms;
    bool keep;
    bool found;
    const char *found_subject;
    int found_status;
    struct refusal refusal;
};

static enum err use_tx(struct db_conn *tx, void *arg)
{
    struct use *u = arg;
    TRY(replay_find(tx, &u->replay, &u->found, &u->found_subject, &u->found_status, &u->refusal));
    if (u->found || !u->keep)
        return ERR_OK;
    return replay_keep(tx, &u->replay, u->subject, u->status, u->now_ms);
}

static enum err prepare(struct house *h, const char *key, const char *route, uint8_t body,
                        struct replay *ret)
{
    uint8_t hash[32];
    memset(hash, body, sizeof(hash));
    h->cx->diag = (struct diag){.code = NULL};
    return replay_prepare(h->cx, key, route, hash, ret);
}

static struct use used(struct house *h, const char *key, const char *route, uint8_t body, bool keep)
{
    struct use u = {.subject = "subject-1", .status = 201, .now_ms = h->cx->now_ms, .keep = keep};
    assert_int_equal(prepare(h, key, route, body, &u.replay), ERR_OK);
    enum err e = db_tx(h->cx, "use", use_tx, &u);
    assert_int_equal(e, u.refusal.err);
    return u;
}

static void keys_that_are_none(void **state)
{
    struct house *h = *state;
    struct replay r;
    char long_key[257];
    memset(long_key, 'k', sizeof(long_key));
    long_key[256] = '\0';
    const char *const bad[] = {"", " ", "a b", "tab\t", "garis\n", "é", "\x7f", long_key};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_int_equal(prepare(h, bad[i], "POST /x", 1, &r), ERR_BAD);
        assert_string_equal(h->cx->diag.code, "idempotency_key");
        assert_false(r.present);
    }
    long_key[255] = '\0';
    const char *const good[] = {"k", "!", "~", "8e03978e-40d5-43dd-bc93-6894a57f9324", long_key};
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        assert_int_equal(prepare(h, good[i], "POST /x", 1, &r), ERR_OK);
        assert_true(r.present);
    }
}

static void without_a_key_nothing_is_kept(void **state)
{
    struct house *h = *state;
    for (int i = 0; i < 2; i++)
        assert_false(used(h, NULL, "POST /x", 1, true).found);
    assert_int_equal(house_number(h, "SELECT count(*) FROM replay"), 0);
}

static void a_key_is_bound_to_person_route_and_body(void **state)
{
    struct house *h = *state;
    house_act_as(h, person_of(ROLE_FRONT_DESK));
    assert_false(used(h, "k", "POST /x", 1, true).found);
    struct use u = used(h, "k", "POST /x", 1, true);
    assert_true(u.found);
    assert_string_equal(u.found_subject, "subject-1");
    assert_int_equal(u.found_status, 201);
    u = used(h, "k", "POST /x", 2, true);
    assert_int_equal(u.refusal.err, ERR_INVALID);
    assert_string_equal(u.refusal.code, "idempotency_key_reused");
    assert_false(u.found);
    u = used(h, "k", "POST /y", 1, true);
    assert_string_equal(u.refusal.code, "idempotency_key_reused");
    assert_false(used(h, "K", "POST /x", 1, false).found); /* letters count */
    house_act_as(h, person_of(ROLE_DUTY_OFFICER));
    assert_false(used(h, "k", "POST /x", 2, true).found); /* another person's key is another key */
    assert_int_equal(house_number(h, "SELECT count(*) FROM replay"), 2);
    assert_int_equal(
        house_number(h, "SELECT count(*) FROM replay WHERE CAST(key_hash AS TEXT) LIKE '%k%' "
                        "AND length(key_hash) < 32"),
        0);
}

struct forgetting {
    const char *office;
    int64_t now_ms, deleted;
};

static enum err forget_tx(struct db_conn *tx, void *arg)
{
    struct forgetting *f = arg;
    return replay_forget(tx, f->office, f->now_ms, &f->deleted);
}

static int64_t forget(struct house *h)
{
    struct forgetting f = {.office = h->office, .now_ms = h->cx->now_ms};
    assert_int_equal(db_tx_low(h->cx, "forget", forget_tx, &f), ERR_OK);
    return f.deleted;
}

static void keys_live_seven_days(void **state)
{
    struct house *h = *state;
    house_act_as(h, person_of(ROLE_FRONT_DESK));
    for (int i = 0; i < 205; i++)
        (void)used(h, arena_printf(h->cx->arena, "k%d", i), "POST /x", 1, true);
    house_later(h, 1000);
    (void)used(h, "young", "POST /x", 1, true);
    house_later(h, INT64_C(7) * 86400000 - 1000);
    assert_int_equal(forget(h), 0); /* to the millisecond */
    assert_true(used(h, "k0", "POST /x", 1, false).found);
    house_later(h, 1);
    assert_int_equal(forget(h), 200); /* at most, so that nobody waits long */
    assert_int_equal(forget(h), 5);
    assert_int_equal(forget(h), 0);
    assert_true(used(h, "young", "POST /x", 1, false).found);
    assert_false(used(h, "k0", "POST /x", 1, false).found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keys_that_are_none, house_begin, house_end),
        cmocka_unit_test_setup_teardown(without_a_key_nothing_is_kept, house_begin, house_end),
        cmocka_unit_test_setup_teardown(a_key_is_bound_to_person_route_and_body, house_begin,
                                        house_end),
        cmocka_unit_test_setup_teardown(keys_live_seven_days, house_begin, house_end),
    };
    return cmocka_run_group_tests_name("replay", tests, NULL, NULL);
}

/* Custody in a real database: the whole way of a card, a phone and a badge, and every refusal on it. */
#include "store/db_fixture.h"

#include <pthread.h>

#include "features/audit/audit.h"
#include "features/notice/notice.h"
#include "features/custody/custody_store.h"
#include "features/office/office.h"
#include "lib/base/str.h"
#include "migrations.h"

DB_SQL(test_badge_add, "INSERT INTO badge (office_id, id, label, state, created_at) "
                       "VALUES ($1, $2, $3, $4, 1)");
DB_SQL(test_place_add, "INSERT INTO place (office_id, id, kind, label, sort, state, created_at) "
                       "VALUES ($1, $2, $3, $4, 1, $5, 1)");
DB_SQL(
    test_visit_add,
    "INSERT INTO visit (office_id, id, year, number, number_suffix, state, open, arrived_at, "
    "due_at, registered_at, registered_by, visitor_id, name, id_type, id_index, identity_sealed, "
    "visitor_kind, organization, companions, companion_count, purpose, category, "
    "accepted_warnings, notice_state, question_state, decision_state, decision_due_at, "
    "unreceived) VALUES ($1, $2, 2026, $3, '', $4, 1, $5, 2000000, 1, 'staff-1', 'g', 'Tamu', "
    "'ktp', $6, $6, 'individual', '', '[]', 0, 'Konsultasi', 'information', '', 'none', 'none', "
    "'proposed', 99, 0)");
DB_SQL(test_visit_state,
       "UPDATE visit SET state = $3, received_at = $4 WHERE office_id = $1 AND id = $2");
DB_SQL(test_token_add,
       "INSERT INTO answer_token (office_id, hash, visit_id, outbox_id, staff_id, as_role, action, "
       "expires_at) VALUES ($1, $2, $3, 'o', 's', 'intel_chief', '', 9)");
DB_SQL(test_tokens_open, "SELECT COUNT(*) AS n FROM answer_token WHERE office_id = $1 "
                         "AND visit_id = $2 AND used_at IS NULL");
DB_SQL(test_step_at,
       "SELECT at FROM visit_step WHERE office_id = $1 AND visit_id = $2 AND step = $3");
DB_SQL(test_step_skipped, "SELECT COUNT(*) AS n FROM visit_step WHERE office_id = $1 "
                          "AND visit_id = $2 AND step = $3 AND skipped IS NOT NULL");
DB_SQL(test_audit_count, "SELECT COUNT(*) AS n FROM audit_entry WHERE office_id = $1 "
                         "AND subject_id = $2 AND action = $3");
DB_SQL(test_badge_state, "SELECT COUNT(*) AS n FROM badge WHERE office_id = $1 AND label = $2 "
                         "AND state = $3");
DB_SQL(test_hold_again,
       "INSERT INTO badge_hold (office_id, id, visit_id, badge_id, label, issued_at, issued_by) "
       "VALUES ($1, $2, $3, $4, 'A-01', 1, 's')");
DB_SQL(test_item_again, "INSERT INTO item (office_id, id, visit_id, kind, label, place_id, slot, "
                        "taken_at, taken_by) VALUES ($1, 'x', 'y', 'bag', '', $2, '1', 1, 's')");

static const struct db_sql *const test_statements[] = {
    &test_badge_add,
    &test_place_add,
    &test_visit_add,
    &test_visit_state,
    &test_token_add,
    &test_tokens_open,
    &test_step_at,
    &test_audit_count,
    &test_badge_state,
    &test_hold_again,
    &test_item_again,
    &test_step_skipped,
    NULL,
};
static const struct db_sql *const *const tables[] = {
    test_statements,  custody_statements,    custody_day_statements,
    visit_statements, escalation_statements, office_pool_statements,
    audit_statements, replay_statements,     NULL,
};

#define NOW INT64_C(1000000)

/* One write of the set-up, in a transaction of its own. */
struct setup {
    const struct db_sql *sql;
    const struct db_arg *args;
    size_t count;
};

static enum err setup_run(struct db_conn *tx, void *arg)
{
    const struct setup *s = arg;
    return db_run(tx, s->sql, s->args, s->count, NULL);
}

static enum err write_once(struct fixture *f, const struct db_sql *sql, const struct db_arg *args,
                           size_t count)
{
    struct setup s = {.sql = sql, .args = args, .count = count};
    return db_tx(&f->cx, "setup", setup_run, &s);
}

static enum err head_begin(struct db_conn *tx, void *arg)
{
    (void)arg;
    return audit_begin(tx, OFFICE, 1);
}

static void add_place(struct fixture *f, const char *kind, const char *label, const char *state)
{
    const char *id = arena_printf(f->arena, "place-%s", label);
    assert_int_equal(write_once(f, &test_place_add,
                                DB_ARGS(db_text(OFFICE), db_text(id), db_text(kind), db_text(label),
                                        db_text(state))),
                     ERR_OK);
}

static void add_badge(struct fixture *f, const char *label, const char *state)
{
    const char *id = arena_printf(f->arena, "badge-%s", label);
    assert_int_equal(
        write_once(f, &test_badge_add,
                   DB_ARGS(db_text(OFFICE), db_text(id), db_text(label), db_text(state))),
        ERR_OK);
}

static void add_visit(struct fixture *f, const char *id, int64_t number, const char *state)
{
    const struct bytes some = {.p = (const uint8_t *)id, .n = strlen(id)};
    assert_int_equal(write_once(f, &test_visit_add,
                                DB_ARGS(db_text(OFFICE), db_text(id), db_int(number),
                                        db_text(state), db_int(NOW), db_bytes(some))),
                     ERR_OK);
}

static void set_state(struct fixture *f, const char *id, const char *state)
{
    int64_t received = str_eq(state, "received") ? NOW + 5 : 0;
    assert_int_equal(
        write_once(f, &test_visit_state,
                   DB_ARGS(db_text(OFFICE), db_text(id), db_text(state), db_time(received))),
        ERR_OK);
}

static int begin(void **state)
{
    struct fixture *f = fixture_new(bukutamu_migrations, bukutamu_migration_count);
    fixture_open(f, tables, 0);
    assert_int_equal(db_tx(&f->cx, "head", head_begin, NULL), ERR_OK);
    add_badge(f, "A-01", "ready");
    add_badge(f, "A-02", "ready");
    add_badge(f, "A-03", "lost");
    add_badge(f, "A-04", "retired");
    add_place(f, "slot", "K-01", "ready");
    add_place(f, "slot", "K-02", "ready");
    add_place(f, "slot", "K-03", "retired");
    add_place(f, "locker", "1", "ready");
    add_place(f, "locker", "2", "ready");
    add_visit(f, "v1", 1, "registered");
    add_visit(f, "v2", 2, "registered");
    *state = f;
    return 0;
}

static int end(void **state)
{
    fixture_free(*state);
    return 0;
}

static struct custody_act act_on(struct fixture *f, const char *visit_id)
{
    return (struct custody_act){
        .act = {.office_id = OFFICE, .actor_kind = "user", .actor_id = "staff-1", .now_ms = NOW + 9},
        .arena = f->arena,
        .visit_id = visit_id,
    };
}

static struct visit visit_now(struct fixture *f, const char *id)
{
    struct visit v = {0};
    assert_int_equal(visit_get(f->cx.read, OFFICE, id, &v), ERR_OK);
    return v;
}

static struct item *items_now(struct fixture *f, const char *id, size_t count)
{
    struct item *items = NULL;
    size_t n = 0;
    assert_int_equal(custody_items(f->cx.read, OFFICE, id, &items, &n), ERR_OK);
    assert_int_equal(n, count);
    return items;
}

static int64_t number_of(struct fixture *f, const struct db_sql *sql, const struct db_arg *args,
                         size_t count)
{
    int64_t n = -1;
    enum err e = db_number(f->cx.read, sql, args, count, &n);
    return e == ERR_OK ? n : -1;
}

static bool step_done(struct fixture *f, const char *id, int step)
{
    return number_of(f, &test_step_at, DB_ARGS(db_text(OFFICE), db_text(id), db_int(step))) > 0;
}

static int64_t audited(struct fixture *f, const char *id, const char *action)
{
    return number_of(f, &test_audit_count, DB_ARGS(db_text(OFFICE), db_text(id), db_text(action)));
}

/* Runs a hand-over; the refusal is left in ret_act. */
static enum err deposit(struct fixture *f, const char *visit_id, const char *badge,
                        const struct custody_new_item *items, size_t count, const char *no_card,
                        struct custody_act *ret_act)
{
    struct custody_deposit d = {.a = act_on(f, visit_id),
                                .badge = badge,
                                .no_card_reason = no_card,
                                .items = items,
                                .item_count = count};
    d.item_ids = arena_array(f->arena, count + 1, UUID_TEXT_BYTES);
    rand_uuid7(NOW, d.hold_id);
    for (size_t i = 0; i < count; i++)
        rand_uuid7(NOW + (int64_t)i, d.item_ids[i]);
    enum err e = db_tx(&f->cx, "custody_deposit", custody_deposit, &d);
    *ret_act = d.a;
    return e;
}

static enum err give_back(struct fixture *f, const char *visit_id, const char *const *ids,
                          size_t count, struct custody_act *ret_act)
{
    struct custody_return r = {
        .a = act_on(f, visit_id), .ids = ids, .id_count = count, .all = count == 0};
    enum err e = db_tx(&f->cx, "custody_return", custody_return, &r);
    *ret_act = r.a;
    return e;
}

static enum err close_visit(struct fixture *f, const char *visit_id, const char *badge,
                            struct custody_act *ret_act)
{
    struct custody_close c = {.a = act_on(f, visit_id), .badge = badge};
    enum err e = db_tx(&f->cx, "custody_close", custody_close, &c);
    *ret_act = c.a;
    return e;
}

static enum err lose(struct fixture *f, const char *visit_id, const char *item_id,
                     struct custody_act *ret_act)
{
    struct custody_lost l = {.a = act_on(f, visit_id),
                             .item_id = item_id,
                             .reason = "Jatuh di parkir",
                             .witness = "Satpam"};
    enum err e = db_tx(&f->cx, "custody_lose", custody_lose, &l);
    *ret_act = l.a;
    return e;
}

static const struct custody_new_item card = {.kind = "id_card", .label = "KTP"};
static const struct custody_new_item card_and_phone[] = {{.kind = "id_card", .label = "KTP"},
                                                         {.kind = "phone", .label = "hitam"}};

/* --- tests ---------------------------------------------------------------------------------------------- */

static void the_whole_way(void **state)
{
    struct fixture *f = *state;
    struct custody_act a;
    assert_int_equal(deposit(f, "v1", "A-01", card_and_phone, 2, NULL, &a), ERR_OK);
    struct visit v = visit_now(f, "v1");
    assert_string_equal(v.state, "checked_in");
    assert_string_equal(v.badge, "A-01");
    assert_true(step_done(f, "v1", 3));
    struct item *items = items_now(f, "v1", 2);
    assert_string_equal(items[0].slot, "K-01");
    assert_string_equal(items[1].slot, "1");
    assert_string_equal(items[0].taken_by, "staff-1");

    /* the same badge again adds things; another badge does not go out */
    const struct custody_new_item bag = {.kind = "bag", .label = "", .slot = "2"};
    assert_int_equal(deposit(f, "v1", "A-01", &bag, 1, NULL, &a), ERR_OK);
    assert_int_equal(deposit(f, "v1", "A-02", NULL, 0, NULL, &a), ERR_CONFLICT);
    assert_string_equal(a.refusal.code, "badge_already_given");
    items = items_now(f, "v1", 3);

    assert_int_equal(give_back(f, "v1", NULL, 0, &a), ERR_CONFLICT);
    assert_string_equal(a.refusal.code, "not_received");
    set_state(f, "v1", "received");
    const char *phone[] = {items[1].id};
    assert_int_equal(give_back(f, "v1", phone, 1, &a), ERR_OK);
    assert_string_equal(visit_now(f, "v1").state, "leaving");
    assert_int_equal(visit_now(f, "v1").leaving_at, NOW + 9);
    assert_false(step_done(f, "v1", 8));
    items = items_now(f, "v1", 3);
    assert_int_equal(items[1].returned_at, NOW + 9);
    assert_string_equal(items[1].returned_by, "staff-1");

    assert_int_equal(close_visit(f, "v1", "A-01", &a), ERR_CONFLICT);
    assert_string_equal(a.refusal.code, "still_held");
    assert_int_equal(custody_count_held(a.items, a.item_count), 2);
    assert_int_equal(give_back(f, "v1", NULL, 0, &a), ERR_OK);
    assert_true(step_done(f, "v1", 8));
    assert_int_equal(give_back(f, "v1", NULL, 0, &a), ERR_CONFLICT);
    assert_string_equal(a.refusal.code, "nothing_held");

    assert_int_equal(close_visit(f, "v1", "", &a), ERR_INVALID);
    assert_string_equal(a.refusal.field, "badge");
    assert_int_equal(close_visit(f, "v1", "A-02", &a), ERR_CONFLICT);
    assert_string_equal(a.refusal.code, "wrong_badge");
    assert_int_equal(close_visit(f, "v1", "A-01", &a), ERR_OK);
    v = visit_now(f, "v1");
    assert_string_equal(v.state, "closed");
    assert_int_equal(v.open, 0);
    assert_int_equal(v.closed_at, NOW + 9);
    assert_true(step_done(f, "v1", 9));
    struct badge_hold hold;
    assert_int_equal(custody_badge(f->cx.read, OFFICE, "v1", &hold), ERR_MISSING);

    assert_int_equal(close_visit(f, "v1", "A-01", &a), ERR_CONFLICT);
    assert_string_equal(a.refusal.code, "state");
    assert_int_equal(audited(f, "v1", "badge_issued"), 1);
    assert_int_equal(audited(f, "v1", "item_taken"), 1);
    assert_int_equal(audited(f, "v1", "item_returned"), 2);
    assert_int_equal(audited(f, "v1", "visit_closed"), 1);

    /* badge, slot and locker are free for the next guest */
    assert_int_equal(deposit(f, "v2", "A-01", card_and_phone, 2, NULL, &a), ERR_OK);
    assert_string_equal(items_now(f, "v2", 2)[0].slot, "K-01");
}

static void a_refused_hand_over_changes_nothing(void **state)
{
    struct fixture *f = *state;
    struct custody_act a;
    assert_int_equal(deposit(f, "v1", "A-01", &card, 1, NULL, &a), ERR_OK);
    const struct {
        const char *badge;
        struct custody_new_item item;
        enum err err;
        const char *code;
    } cases[] = {
        {"Z-99", card, ERR_INVALID, "badge_unknown"},
        {"A-01", card, ERR_CONFLICT, "badge_out"},
        {"A-03", card, ERR_CONFLICT, "badge_lost"},
        {"A-04", card, ERR_CONFLICT, "badge_retired"},
        {"A-02", {.kind = "id_card", .slot = "K-77"}, ERR_INVALID, "place_unknown"},
        {"A-02", {.kind = "id_card", .slot = "K-03"}, ERR_INVALID, "place_unknown"},
        {"A-02", {.kind = "id_card", .slot = "1"}, ERR_INVALID, "place_unknown"},
        {"A-02", {.kind = "id_card", .slot = "k-01"}, ERR_CONFLICT, "slot_taken"},
        {"A-02", {.kind = "bag"}, ERR_INVALID, "missing"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_int_equal(deposit(f, "v2", cases[i].badge, &cases[i].item, 1, NULL, &a),
                         cases[i].err);
        assert_string_equal(a.refusal.code, cases[i].code);
        assert_string_equal(visit_now(f, "v2").state, "registered");
        (void)items_now(f, "v2", 0);
        struct badge_hold hold;
        assert_int_equal(custody_badge(f->cx.read, OFFICE, "v2", &hold), ERR_MISSING);
        assert_false(step_done(f, "v2", 3));
    }
    assert_int_equal(deposit(f, "v2", "A-01", &card, 1, NULL, &a), ERR_CONFLICT);
    assert_string_equal(a.refusal.ref, "v1");
    assert_string_equal(a.refusal.arg, "A-01 (1/2026)");
    const struct custody_new_item named = {.kind = "id_card", .slot = "K-77"};
    assert_int_equal(deposit(f, "v2", "A-02", &named, 1, NULL, &a), ERR_INVALID);
    assert_string_equal(a.refusal.field, "items.0.slot");
    assert_int_equal(deposit(f, "nobody", "A-02", &card, 1, NULL, &a), ERR_MISSING);
}

static void no_card_only_with_a_reason(void **state)
{
    struct fixture *f = *state;
    struct custody_act a;
    assert_int_equal(deposit(f, "v1", "A-01", NULL, 0, NULL, &a), ERR_INVALID);
    assert_string_equal(a.refusal.field, "no_card_reason");
    assert_int_equal(deposit(f, "v1", "A-01", NULL, 0, "Kartu tertinggal", &a), ERR_OK);
    assert_string_equal(visit_now(f, "v1").no_card_reason, "Kartu tertinggal");

    /* nothing was ever here: step 8 is passed over, with the reason */
    set_state(f, "v1", "received");
    assert_int_equal(close_visit(f, "v1", "A-01", &a), ERR_OK);
    assert_true(step_done(f, "v1", 8));
    assert_int_equal(
        number_of(f, &test_step_skipped, DB_ARGS(db_text(OFFICE), db_text("v1"), db_int(8))), 1);
    assert_int_equal(
        number_of(f, &test_step_skipped, DB_ARGS(db_text(OFFICE), db_text("v1"), db_int(9))), 0);
    assert_string_equal(visit_now(f, "v1").state, "closed");
}

static void places_run_out(void **state)
{
    struct fixture *f = *state;
    struct custody_act a;
    const struct custody_new_item three[] = {
        {.kind = "id_card"}, {.kind = "phone"}, {.kind = "bag"}};
    assert_int_equal(deposit(f, "v1", "A-01", three, 3, NULL, &a), ERR_OK);
    assert_int_equal(deposit(f, "v2", "A-02", card_and_phone, 2, NULL, &a), ERR_CONFLICT);
    assert_string_equal(a.refusal.code, "no_free_locker");
    (void)items_now(f, "v2", 0); /* the card that had a slot is not there either */
    assert_int_equal(deposit(f, "v2", "A-02", &card, 1, NULL, &a), ERR_OK);
    add_visit(f, "v3", 3, "registered");
    add_badge(f, "A-05", "ready");
    assert_int_equal(deposit(f, "v3", "A-05", &card, 1, NULL, &a), ERR_CONFLICT);
    assert_string_equal(a.refusal.code, "no_free_slot");
}

static void things_come_back_once(void **state)
{
    struct fixture *f = *state;
    struct custody_act a;
    assert_int_equal(deposit(f, "v1", "A-01", card_and_phone, 2, NULL, &a), ERR_OK);
    assert_int_equal(deposit(f, "v2", "A-02", &card, 1, NULL, &a), ERR_OK);
    set_state(f, "v1", "received");
    const char *mine = items_now(f, "v1", 2)[0].id;
    const char *theirs = items_now(f, "v2", 1)[0].id;
    const char *both[] = {mine, theirs};
    assert_int_equal(give_back(f, "v1", both, 2, &a), ERR_INVALID);
    assert_string_equal(a.refusal.code, "item_unknown");
    assert_string_equal(a.refusal.field, "items.1");
    assert_int_equal(items_now(f, "v1", 2)[0].returned_at, 0);
    const char *twice[] = {mine, mine};
    assert_int_equal(give_back(f, "v1", twice, 2, &a), ERR_OK);
    assert_int_equal(give_back(f, "v1", both, 1, &a), ERR_CONFLICT);
    assert_string_equal(a.refusal.code, "already_returned");
    assert_int_equal(items_now(f, "v2", 1)[0].returned_at, 0);
}

static void leaving_unreceived(void **state)
{
    struct fixture *f = *state;
    const struct bytes hash = {.p = (const uint8_t *)"h", .n = 1};
    assert_int_equal(
        write_once(f, &test_token_add, DB_ARGS(db_text(OFFICE), db_bytes(hash), db_text("v1"))),
        ERR_OK);
    struct custody_act a;
    assert_int_equal(deposit(f, "v1", "A-01", &card, 1, NULL, &a), ERR_OK);
    struct custody_end n = {.a = act_on(f, "v1"), .reason = "Tidak dapat menunggu"};
    assert_int_equal(db_tx(&f->cx, "leave", custody_leave, &n), ERR_OK);
    struct visit v = visit_now(f, "v1");
    assert_string_equal(v.state, "leaving");
    assert_int_equal(v.unreceived, 1);
    assert_int_equal(v.open, 1);
    assert_int_equal(v.decision_due_at, 0);
    assert_string_equal(v.end_reason, "Tidak dapat menunggu");
    assert_int_equal(number_of(f, &test_tokens_open, DB_ARGS(db_text(OFFICE), db_text("v1"))), 0);
    n.a = act_on(f, "v1");
    assert_int_equal(db_tx(&f->cx, "leave", custody_leave, &n), ERR_CONFLICT);

    assert_int_equal(give_back(f, "v1", NULL, 0, &a), ERR_OK);
    assert_int_equal(visit_now(f, "v1").unreceived, 1);
    assert_int_equal(close_visit(f, "v1", "A-01", &a), ERR_OK);
    assert_string_equal(visit_now(f, "v1").state, "left");
    assert_int_equal(visit_now(f, "v1").open, 0);

    /* before step 3 nothing is held: gone at once */
    n = (struct custody_end){.a = act_on(f, "v2")};
    assert_int_equal(db_tx(&f->cx, "leave", custody_leave, &n), ERR_OK);
    v = visit_now(f, "v2");
    assert_string_equal(v.state, "left");
    assert_int_equal(v.open, 0);
    assert_int_equal(v.unreceived, 1);
    assert_null(v.end_reason);
}

static void cancelling(void **state)
{
    struct fixture *f = *state;
    const struct bytes hash = {.p = (const uint8_t *)"h", .n = 1};
    assert_int_equal(
        write_once(f, &test_token_add, DB_ARGS(db_text(OFFICE), db_bytes(hash), db_text("v1"))),
        ERR_OK);
    struct custody_end n = {.a = act_on(f, "v1"), .reason = "Salah kantor"};
    assert_int_equal(db_tx(&f->cx, "cancel", custody_cancel, &n), ERR_OK);
    struct visit v = visit_now(f, "v1");
    assert_string_equal(v.state, "cancelled");
    assert_string_equal(v.end_reason, "Salah kantor");
    assert_int_equal(v.open, 0);
    assert_int_equal(v.unreceived, 0);
    assert_int_equal(v.decision_due_at, 0);
    assert_int_equal(number_of(f, &test_tokens_open, DB_ARGS(db_text(OFFICE), db_text("v1"))), 0);

    struct custody_act a;
    assert_int_equal(deposit(f, "v2", "A-01", &card, 1, NULL, &a), ERR_OK);
    n.a = act_on(f, "v2");
    assert_int_equal(db_tx(&f->cx, "cancel", custody_cancel, &n), ERR_CONFLICT);
    assert_string_equal(n.a.refusal.code, "after_step_3");
    assert_int_equal(deposit(f, "v1", "A-02", &card, 1, NULL, &a), ERR_CONFLICT);
    assert_string_equal(a.refusal.code, "state");
}

static void lost_things(void **state)
{
    struct fixture *f = *state;
    struct custody_act a;
    assert_int_equal(deposit(f, "v1", "A-01", card_and_phone, 2, NULL, &a), ERR_OK);
    struct item *items = items_now(f, "v1", 2);
    assert_int_equal(lose(f, "v1", "nothing-like-it", &a), ERR_INVALID);
    assert_string_equal(a.refusal.field, "item");
    assert_int_equal(lose(f, "v1", items[1].id, &a), ERR_OK);
    assert_int_equal(lose(f, "v1", items[1].id, &a), ERR_CONFLICT);
    assert_string_equal(a.refusal.code, "not_held");
    assert_int_equal(lose(f, "v1", NULL, &a), ERR_OK);
    assert_int_equal(lose(f, "v1", NULL, &a), ERR_CONFLICT);
    assert_string_equal(a.refusal.code, "not_held");
    assert_int_equal(
        number_of(f, &test_badge_state, DB_ARGS(db_text(OFFICE), db_text("A-01"), db_text("lost"))),
        1);
    assert_int_equal(audited(f, "v1", "badge_lost"), 1);
    assert_int_equal(audited(f, "v1", "item_lost"), 1);

    set_state(f, "v1", "received");
    assert_int_equal(close_visit(f, "v1", "", &a), ERR_CONFLICT); /* the card is here */
    assert_string_equal(a.refusal.code, "still_held");
    const char *phone[] = {items[1].id};
    assert_int_equal(give_back(f, "v1", phone, 1, &a), ERR_CONFLICT);
    assert_string_equal(a.refusal.code, "item_lost");
    assert_int_equal(give_back(f, "v1", NULL, 0, &a), ERR_OK);
    assert_int_equal(items_now(f, "v1", 2)[1].returned_at, 0);
    assert_int_equal(close_visit(f, "v1", "", &a), ERR_OK);
    assert_int_equal(
        number_of(f, &test_step_skipped, DB_ARGS(db_text(OFFICE), db_text("v1"), db_int(9))), 1);
    assert_int_equal(deposit(f, "v2", "A-01", &card, 1, NULL, &a), ERR_CONFLICT);
    assert_string_equal(a.refusal.code, "badge_lost");
}

static void a_guest_whose_badge_is_lost_gets_another(void **state)
{
    struct fixture *f = *state;
    struct custody_act a;
    assert_int_equal(deposit(f, "v1", "A-01", &card, 1, NULL, &a), ERR_OK);
    assert_int_equal(lose(f, "v1", NULL, &a), ERR_OK);
    assert_int_equal(deposit(f, "v1", "A-02", NULL, 0, NULL, &a), ERR_OK);
    struct badge_hold hold = {0};
    assert_int_equal(custody_badge(f->cx.read, OFFICE, "v1", &hold), ERR_OK);
    assert_string_equal(hold.label, "A-02");
    assert_int_equal(custody_badge_holder(f->cx.read, OFFICE, "A-02", &hold), ERR_OK);
    assert_string_equal(hold.visit_id, "v1");
    assert_int_equal(custody_badge_holder(f->cx.read, OFFICE, "A-01", &hold), ERR_MISSING);
    assert_int_equal(custody_badge_holder(f->cx.read, OFFICE, "Z-99", &hold), ERR_MISSING);
}

static void the_database_itself_guards_badge_visit_and_place(void **state)
{
    struct fixture *f = *state;
    struct custody_act a;
    assert_int_equal(deposit(f, "v1", "A-01", &card, 1, NULL, &a), ERR_OK);
    assert_int_equal(
        write_once(f, &test_hold_again,
                   DB_ARGS(db_text(OFFICE), db_text("x"), db_text("v2"), db_text("badge-A-01"))),
        ERR_CONFLICT);
    assert_int_equal(
        write_once(f, &test_hold_again,
                   DB_ARGS(db_text(OFFICE), db_text("x"), db_text("v1"), db_text("badge-A-02"))),
        ERR_CONFLICT);
    assert_int_equal(
        write_once(f, &test_item_again, DB_ARGS(db_text(OFFICE), db_text("place-K-01"))),
        ERR_CONFLICT);
    assert_int_equal(
        write_once(f, &test_item_again, DB_ARGS(db_text(OFFICE), db_text("place-K-02"))), ERR_OK);
}

static void a_repeated_key_has_one_effect(void **state)
{
    struct fixture *f = *state;
    struct custody_return r = {.a = act_on(f, "v1"), .all = true};
    struct custody_act a;
    assert_int_equal(deposit(f, "v1", "A-01", &card, 1, NULL, &a), ERR_OK);
    set_state(f, "v1", "received");
    r.a.replay = (struct replay){.present = true,
                                 .office_id = OFFICE,
                                 .actor_id = "staff-1",
                                 .key_hash = {7},
                                 .route = "POST /tamu/v1/pengembalian",
                                 .body_hash = {8}};
    assert_int_equal(db_tx(&f->cx, "custody_return", custody_return, &r), ERR_OK);
    assert_false(r.a.repeated);
    assert_int_equal(db_tx(&f->cx, "custody_return", custody_return, &r), ERR_OK);
    assert_true(r.a.repeated);
    assert_int_equal(r.a.status, 200);
    assert_int_equal(audited(f, "v1", "item_returned"), 1);
    r.a.replay.body_hash[0] = 9;
    assert_int_equal(db_tx(&f->cx, "custody_return", custody_return, &r), ERR_INVALID);
    assert_string_equal(r.a.refusal.code, "idempotency_key_reused");
}

/* --- two officers, one badge --------------------------------------------------------------------------- */

struct officer {
    struct fixture *f;
    struct cx cx;
    const char *visit_id;
    enum err err;
    const char *code;
};

static void *officer_run(void *arg)
{
    struct officer *o = arg;
    struct custody_deposit d = {.badge = "A-01", .items = &card, .item_count = 1};
    d.a = act_on(o->f, o->visit_id);
    d.a.arena = o->cx.arena;
    d.item_ids = arena_array(o->cx.arena, 2, UUID_TEXT_BYTES);
    rand_uuid7(NOW, d.hold_id);
    rand_uuid7(NOW, d.item_ids[0]);
    o->err = db_tx(&o->cx, "custody_deposit", custody_deposit, &d);
    o->code = d.a.refusal.code;
    return NULL;
}

static void two_officers_and_one_badge(void **state)
{
    struct fixture *f = *state;
    struct officer o[2];
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        o[i] = (struct officer){.f = f, .visit_id = i ? "v2" : "v1"};
        o[i].cx = (struct cx){.arena = arena_new(16384), .db = f->db, .read = f->cx.read};
        assert_int_equal(pthread_create(&threads[i], NULL, officer_run, &o[i]), 0);
    }
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    int loser = o[0].err == ERR_OK;
    assert_int_equal(o[!loser].err, ERR_OK);
    assert_int_equal(o[loser].err, ERR_CONFLICT);
    assert_string_equal(o[loser].code, "badge_out");
    (void)items_now(f, o[!loser].visit_id, 1);
    (void)items_now(f, o[loser].visit_id, 0);
    for (int i = 0; i < 2; i++)
        arena_free(o[i].cx.arena);
}

/* --- the end of the day -------------------------------------------------------------------------------- */

static void the_day_closes_when_all_is_explained(void **state)
{
    struct fixture *f = *state;
    struct custody_act a;
    assert_int_equal(deposit(f, "v1", "A-01", card_and_phone, 2, NULL, &a), ERR_OK);
    struct custody_day day = {0};
    assert_int_equal(custody_day_read(f->cx.read, OFFICE, NOW + 10, &day), ERR_OK);
    assert_int_equal(day.pool, 2);
    assert_int_equal(day.badge_count, 1);
    assert_string_equal(day.badges[0].label, "A-01");
    assert_int_equal(day.badges[0].number, 1);
    assert_int_equal(day.card_count, 1);
    assert_int_equal(day.device_count, 1);
    assert_string_equal(day.devices[0].slot, "1");
    assert_int_equal(day.visit_count, 2);

    struct custody_explained said[2] = {{.subject = "v1", .reason = "Terbawa pulang"},
                                        {.subject = "v2", .reason = ""}};
    struct custody_day_close c = {.act = act_on(f, "").act,
                                  .arena = f->arena,
                                  .id = "c1",
                                  .day = "1970-01-01",
                                  .until = NOW + 10,
                                  .counted = custody_expected(&day),
                                  .explained = said,
                                  .explained_count = 2,
                                  .explanation = "{}"};
    assert_int_equal(db_tx(&f->cx, "day", custody_day_store, &c), ERR_INVALID);
    assert_int_equal(c.missing_count, 1);
    assert_string_equal(c.missing[0], "v2");
    struct day_closing *closings = NULL;
    size_t count = 9;
    assert_int_equal(custody_closings(f->cx.read, OFFICE, "1970-01-01", &closings, &count), ERR_OK);
    assert_int_equal(count, 0);

    said[1].reason = "Masih menunggu";
    c.counted.badges = 0; /* one badge less than the book says: to be explained too */
    assert_int_equal(db_tx(&f->cx, "day", custody_day_store, &c), ERR_INVALID);
    assert_string_equal(c.missing[0], "badges");
    c.counted.badges = 1;
    assert_int_equal(db_tx(&f->cx, "day", custody_day_store, &c), ERR_OK);
    assert_int_equal(custody_closings(f->cx.read, OFFICE, "1970-01-01", &closings, &count), ERR_OK);
    assert_int_equal(count, 1);
    assert_int_equal(closings[0].differences, 2);
    assert_string_equal(closings[0].by_id, "staff-1");

    struct custody_figures figures = {0};
    set_state(f, "v1", "received");
    assert_int_equal(custody_day_figures(f->cx.read, OFFICE, NOW, NOW + 10, &figures), ERR_OK);
    assert_int_equal(figures.visits, 2);
    assert_int_equal(figures.received, 1);
    assert_int_equal(figures.late, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_whole_way, begin, end),
        cmocka_unit_test_setup_teardown(a_refused_hand_over_changes_nothing, begin, end),
        cmocka_unit_test_setup_teardown(no_card_only_with_a_reason, begin, end),
        cmocka_unit_test_setup_teardown(places_run_out, begin, end),
        cmocka_unit_test_setup_teardown(things_come_back_once, begin, end),
        cmocka_unit_test_setup_teardown(leaving_unreceived, begin, end),
        cmocka_unit_test_setup_teardown(cancelling, begin, end),
        cmocka_unit_test_setup_teardown(lost_things, begin, end),
        cmocka_unit_test_setup_teardown(a_guest_whose_badge_is_lost_gets_another, begin, end),
        cmocka_unit_test_setup_teardown(the_database_itself_guards_badge_visit_and_place, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_repeated_key_has_one_effect, begin, end),
        cmocka_unit_test_setup_teardown(two_officers_and_one_badge, begin, end),
        cmocka_unit_test_setup_teardown(the_day_closes_when_all_is_explained, begin, end),
    };
    return cmocka_run_group_tests_name("custody", tests, NULL, NULL);
}

/* Visits in the database: register numbers, late entries, returning guests, repeated requests, steps,
 * corrections, lists. */
#include "house_fixture.h"

#include "db_crowd.h"

static void count(struct house *h, const char *sql, int64_t wanted)
{
    if (house_number(h, sql) != wanted)
        print_error("%s\n", sql);
    assert_int_equal(house_number(h, sql), wanted);
}

/* A document number of its own for guest number i. */
static const char *document(struct house *h, int i)
{
    return arena_printf(h->cx->arena, "620301170845%04d", i + 1);
}

/* --- steps 1 and 2 -------------------------------------------------------------------------------------- */

static void registering_writes_everything_together(void **state)
{
    struct house *h = *state;
    house_whatsapp(h);
    const char *id = guest_in(h, &(struct guest){.name = "Fransiska", .phone = "+6281200001122"});
    struct visit v = visit_now(h, id);
    assert_int_equal(v.number, 1);
    assert_string_equal(v.number_suffix, "");
    assert_int_equal(v.year, 2026);
    assert_string_equal(v.state, "registered");
    assert_int_equal(v.open, 1);
    assert_int_equal(v.due_at - v.arrived_at, 600000);
    assert_string_equal(v.decision_state, "none");
    assert_string_equal(v.notice_state, "queued");
    assert_string_equal(v.question_state, "none");
    struct identity i;
    assert_int_equal(visit_identity(h->cx, &v, &i), ERR_OK);
    assert_string_equal(i.id_number, "6203011708450001");
    assert_string_equal(i.phone, "+6281200001122");
    struct visit_step *steps = NULL;
    size_t n = 0;
    assert_int_equal(visit_steps(h->cx->read, h->office, id, &steps, &n), ERR_OK);
    assert_int_equal(n, 3);
    assert_int_equal(steps[0].step, 1);
    assert_int_equal(steps[0].at, v.arrived_at);
    assert_string_equal(steps[0].by_id, RINA);
    assert_int_equal(steps[1].step, 2);
    assert_int_equal(steps[2].step, 5);
    assert_null(steps[2].skipped);
    assert_int_equal(office_fixture_entries(h->o, id, "visit_registered"), 1);
    count(h, "SELECT count(*) FROM outbox WHERE state = 'queued' AND round = 1", 1);
    count(h, "SELECT count(*) FROM visitor WHERE visits = 1", 1);
}

static void a_failed_registration_leaves_nothing(void **state)
{
    struct house *h = *state;
    (void)guest_in(h, &(struct guest){0});
    int64_t entries = house_number(h, "SELECT seq FROM audit_head");
    struct visit_registration *r = guest_fill(h, &(struct guest){.id_number = document(h, 7)});
    r->visit.category = NULL; /* against a NOT NULL, after the number was taken */
    assert_int_equal(db_tx(h->cx, "register", visit_register, r), ERR_INTERNAL);
    count(h, "SELECT count(*) FROM visit", 1);
    count(h, "SELECT count(*) FROM visitor", 1);
    count(h, "SELECT count(*) FROM visit_step", 3);
    count(h, "SELECT value FROM counter WHERE book = 'visit'", 1);
    assert_int_equal(house_number(h, "SELECT seq FROM audit_head"), entries);
    assert_string_equal(number_of(h, guest_in(h, &(struct guest){.id_number = document(h, 8)})),
                        "2");
}

/* --- register numbers -------------------------------------------------------------------------------- */

#define GUESTS 64

static bool fails(int i)
{
    return i % 3 == 1 || i == GUESTS - 1;
}

static void check_numbers(struct house *h, int64_t registered)
{
    count(h, "SELECT count(*) FROM visit", registered);
    count(h, "SELECT count(DISTINCT number) FROM visit", registered);
    count(h, "SELECT min(number) FROM visit", 1);
    count(h, "SELECT max(number) FROM visit", registered);
    count(h, "SELECT value FROM counter WHERE book = 'visit'", registered);
    count(h, "SELECT count(*) FROM audit_entry WHERE action = 'visit_registered'", registered);
}

/* 64 at the counter, every third of them refused after its number was taken. `queued`: all of them wait
 * for the writer at once and share its batch. */
static void crowd_at_the_counter(struct house *h, bool queued)
{
    struct crowd_member members[GUESTS];
    int64_t registered = 0;
    for (int i = 0; i < GUESTS; i++) {
        struct visit_registration *r = guest_fill(h, &(struct guest){.id_number = document(h, i)});
        if (fails(i))
            r->visit.identity_sealed = (struct bytes){NULL, 0};
        members[i] = (struct crowd_member){.fn = visit_register, .arg = r};
    }
    if (queued) {
        crowd_run(h->o->f, members, GUESTS);
    } else {
        for (size_t i = 0; i < GUESTS; i++)
            crowd_start(h->o->f, &members[i]);
        for (size_t i = 0; i < GUESTS; i++)
            crowd_end(&members[i]);
    }
    for (int i = 0; i < GUESTS; i++) {
        assert_int_equal(members[i].result, fails(i) ? ERR_INTERNAL : ERR_OK);
        registered += !fails(i);
    }
    crowd_free(members, GUESTS);
    check_numbers(h, registered);
}

static void numbers_have_no_gap_in_one_batch(void **state)
{
    crowd_at_the_counter(*state, true);
}

static void numbers_have_no_gap_under_64_threads(void **state)
{
    crowd_at_the_counter(*state, false);
}

static const char *late(struct house *h, int i, int64_t arrived_at)
{
    return number_of(h, guest_in(h, &(struct guest){.id_number = document(h, i),
                                                    .late_reason = "Listrik padam",
                                                    .arrived_at = arrived_at}));
}

static void late_entries_get_letters(void **state)
{
    struct house *h = *state;
    static const char *const letters[] = {"A", "B", "C", "D", "E", "F", "G",  "H", "I", "J",
                                          "K", "L", "M", "N", "O", "P", "Q",  "R", "S", "T",
                                          "U", "V", "W", "X", "Y", "Z", "AA", "AB"};
    const int64_t first = h->cx->now_ms;
    (void)guest_in(h, &(struct guest){.id_number = document(h, 0)});
    house_later(h, 60000);
    (void)guest_in(h, &(struct guest){.id_number = document(h, 1)});
    house_later(h, 60000);
    for (int i = 0; i < (int)ARRAY_LEN(letters); i++)
        assert_string_equal(late(h, 10 + i, first + 1000 + i),
                            arena_printf(h->cx->arena, "1%s", letters[i]));
    assert_string_equal(late(h, 60, first + 61000), "2A"); /* behind the second */
    assert_string_equal(late(h, 61, first + 500), "1AC");  /* earlier, but written down later */
    /* an ordinary guest goes on counting */
    assert_string_equal(number_of(h, guest_in(h, &(struct guest){.id_number = document(h, 62)})),
                        "3");
    count(h, "SELECT value FROM counter WHERE book = 'visit'", 3);
    /* and an officer who is merely slow gives no late entry */
    struct guest slow = {.id_number = document(h, 63), .arrived_at = h->cx->now_ms - 60000};
    assert_string_equal(number_of(h, guest_in(h, &slow)), "4");
}

static void a_late_entry_before_the_first_guest(void **state)
{
    struct house *h = *state;
    const int64_t morning = h->cx->now_ms - 3600000;
    assert_string_equal(late(h, 0, morning), "1"); /* nobody is there yet: a number of its own */
    assert_string_equal(late(h, 1, morning + 1000), "1A");
    assert_string_equal(late(h, 2, morning - 1000), "1B"); /* before the first of the year */
    assert_string_equal(late(h, 3, morning - 500), "1C");
    assert_string_equal(number_of(h, guest_in(h, &(struct guest){.id_number = document(h, 4)})),
                        "2");
}

static void a_year_begins_at_one(void **state)
{
    struct house *h = *state;
    const struct civil last = {
        .year = 2026, .month = 12, .day = 31, .hour = 23, .minute = 59, .second = 59};
    h->cx->now_ms = time_from_civil(last, 420);
    const char *old = guest_in(h, &(struct guest){.id_number = document(h, 0)});
    assert_int_equal(visit_now(h, old).year, 2026);
    house_later(h, 1000); /* midnight of the office, not of Greenwich */
    const char *new = guest_in(h, &(struct guest){.id_number = document(h, 1)});
    assert_int_equal(visit_now(h, new).year, 2027);
    assert_string_equal(number_of(h, new), "1");
    assert_string_equal(number_of(h, guest_in(h, &(struct guest){.id_number = document(h, 2)})),
                        "2");
    /* written down in the new year, belongs to the old one */
    const char *paper = guest_in(h, &(struct guest){.id_number = document(h, 3),
                                                    .late_reason = "Buku kertas",
                                                    .arrived_at = h->cx->now_ms - 500});
    assert_int_equal(visit_now(h, paper).year, 2026);
    assert_string_equal(number_of(h, paper), "1A");
    count(h, "SELECT value FROM counter WHERE book = 'visit' AND period = '2026'", 1);
    count(h, "SELECT value FROM counter WHERE book = 'visit' AND period = '2027'", 2);
}

/* --- the same document ---------------------------------------------------------------------------------- */

static void nobody_is_inside_twice(void **state)
{
    struct house *h = *state;
    const char *first = guest_in(h, &(struct guest){0});
    struct visit_registration *r = NULL;
    assert_int_equal(guest_try(h, &(struct guest){.name = "Orang lain"}, &r), ERR_CONFLICT);
    assert_int_equal(r->refusal.err, ERR_CONFLICT);
    assert_string_equal(r->refusal.code, "already_inside");
    assert_string_equal(r->refusal.ref, first);
    assert_string_equal(r->refusal.arg, "1/2026");
    assert_string_equal(r->refusal.field, "id_number");
    count(h, "SELECT count(*) FROM visit", 1);
    count(h, "SELECT visits FROM visitor", 1);

    house_later(h, 1000);
    const char *second = guest_in(h, &(struct guest){.accept_inside = true});
    assert_string_equal(number_of(h, second), "2");
    assert_int_equal(guest_try(h, &(struct guest){0}, &r), ERR_CONFLICT);
    assert_string_equal(r->refusal.ref, second); /* the newest of the two */

    house_exec(h, "UPDATE visit SET open = 0, state = 'closed'");
    assert_string_equal(number_of(h, guest_in(h, &(struct guest){0})), "3");
}

static void two_counters_do_not_let_the_same_document_in(void **state)
{
    struct house *h = *state;
    struct crowd_member members[8];
    for (size_t i = 0; i < ARRAY_LEN(members); i++)
        members[i] = (struct crowd_member){.fn = visit_register,
                                           .arg = guest_fill(h, &(struct guest){0})};
    crowd_run(h->o->f, members, ARRAY_LEN(members));
    const struct visit_registration *winner = members[0].arg;
    assert_int_equal(members[0].result, ERR_OK);
    for (size_t i = 1; i < ARRAY_LEN(members); i++) {
        const struct visit_registration *r = members[i].arg;
        assert_int_equal(members[i].result, ERR_CONFLICT);
        assert_string_equal(r->refusal.code, "already_inside");
        assert_string_equal(r->refusal.ref, winner->visit.id);
    }
    crowd_free(members, ARRAY_LEN(members));
    count(h, "SELECT count(*) FROM visit", 1);
}

static struct visitor visitor_now(struct house *h)
{
    struct visitor v = {0};
    assert_int_equal(visitor_find(h->cx->read, h->office,
                                  identity_index(h->cx, "ktp", "6203 0117 0845 0001"), &v),
                     ERR_OK);
    return v;
}

static void a_returning_guest_is_known_and_refreshed(void **state)
{
    struct house *h = *state;
    const char *first = guest_in(h,
                                 &(struct guest){.name = "Fransiska L", .phone = "+6281200000001"});
    struct visitor v = visitor_now(h);
    assert_string_equal(v.id, visit_now(h, first).visitor_id);
    assert_int_equal(v.visits, 1);
    assert_int_equal(v.last_at, h->cx->now_ms);
    house_exec(h, "UPDATE visit SET open = 0, state = 'closed'");
    house_later(h, 86400000);
    const char *second = guest_in(h, &(struct guest){.name = "Fransiska Luhing",
                                                     .organization = "Dinas Pendidikan",
                                                     .phone = "+6281200000002"});
    struct visitor again = visitor_now(h);
    assert_string_equal(again.id, v.id);
    assert_string_equal(visit_now(h, second).visitor_id, v.id);
    assert_string_equal(again.name, "Fransiska Luhing");
    assert_string_equal(again.organization, "Dinas Pendidikan");
    assert_int_equal(again.visits, 2);
    assert_int_equal(again.last_at, h->cx->now_ms);
    struct identity i;
    assert_int_equal(identity_open(h->cx, "visitor", again.id, again.identity_sealed, &i), ERR_OK);
    assert_string_equal(i.phone, "+6281200000002");
    /* the first visit keeps what was entered then */
    struct visit old = visit_now(h, first);
    assert_string_equal(old.name, "Fransiska L");
    assert_int_equal(visit_identity(h->cx, &old, &i), ERR_OK);
    assert_string_equal(i.phone, "+6281200000001");
    count(h, "SELECT count(*) FROM visitor", 1);

    struct visitor *found = NULL;
    size_t n = 0;
    assert_int_equal(visitor_search(h->cx->read, h->office, "fransiska%", &found, &n), ERR_OK);
    assert_int_equal(n, 1);
    assert_int_equal(visitor_search(h->cx->read, h->office, "luhing%", &found, &n), ERR_OK);
    assert_int_equal(n, 0);
    assert_int_equal(visitor_search(h->cx->read, h->office, "!%%", &found, &n), ERR_OK);
    assert_int_equal(n, 0); /* a percent sign as a letter */
    assert_int_equal(visitor_get(h->cx->read, "another office", v.id, &again), ERR_MISSING);
}

/* Both counters looked before either had written: the second knows no visitor row to seal for. */
static void a_new_guest_entered_twice_at_once(void **state)
{
    struct house *h = *state;
    const struct guest g = {.accept_inside = true, .phone = "+6281200000001"};
    struct crowd_member members[2];
    for (size_t i = 0; i < 2; i++)
        members[i] = (struct crowd_member){.fn = visit_register, .arg = guest_fill(h, &g)};
    crowd_run(h->o->f, members, 2);
    assert_int_equal(members[0].result, ERR_OK);
    assert_int_equal(members[1].result, ERR_OK);
    crowd_free(members, 2);
    struct visitor v = visitor_now(h);
    assert_int_equal(v.visits, 2);
    struct identity i;
    assert_int_equal(identity_open(h->cx, "visitor", v.id, v.identity_sealed, &i), ERR_OK);
    assert_string_equal(i.phone, "+6281200000001");
}

/* --- repeated requests -------------------------------------------------------------------------------------- */

static void with_key(struct house *h, struct replay *replay, const char *key, const char *route,
                     const char *body)
{
    uint8_t hash[32];
    (void)crypto_hash_sha256(hash, (const unsigned char *)body, strlen(body));
    house_act_as(h, person_of(ROLE_FRONT_DESK));
    assert_int_equal(replay_prepare(h->cx, key, route, hash, replay), ERR_OK);
}

static struct visit_registration *keyed(struct house *h, const char *key, const char *body)
{
    struct visit_registration *r = guest_fill(h, &(struct guest){0});
    with_key(h, &r->replay, key, "POST /tamu", body);
    return r;
}

static void the_same_key_registers_once(void **state)
{
    struct house *h = *state;
    struct visit_registration *first = keyed(h, "k-1", "body");
    assert_int_equal(db_tx(h->cx, "register", visit_register, first), ERR_OK);
    assert_false(first->replayed);
    struct visit_registration *again = keyed(h, "k-1", "body");
    assert_int_equal(db_tx(h->cx, "register", visit_register, again), ERR_OK);
    assert_true(again->replayed);
    assert_string_equal(again->subject_id, first->visit.id);
    assert_int_equal(again->status, 201);

    struct visit_registration *other = keyed(h, "k-1", "another body");
    assert_int_equal(db_tx(h->cx, "register", visit_register, other), ERR_INVALID);
    assert_string_equal(other->refusal.code, "idempotency_key_reused");
    struct visit_registration *new_key = keyed(h, "k-2", "body");
    assert_int_equal(db_tx(h->cx, "register", visit_register, new_key), ERR_CONFLICT);
    assert_string_equal(new_key->refusal.code, "already_inside");
    count(h, "SELECT count(*) FROM visit", 1);
    count(h, "SELECT count(*) FROM replay", 1); /* a refused request keeps nothing */
    count(h, "SELECT visits FROM visitor", 1);
}

static void the_same_key_from_eight_threads_registers_once(void **state)
{
    struct house *h = *state;
    struct crowd_member members[8];
    for (size_t i = 0; i < ARRAY_LEN(members); i++)
        members[i] = (struct crowd_member){.fn = visit_register, .arg = keyed(h, "sama", "body")};
    for (size_t i = 0; i < ARRAY_LEN(members); i++)
        crowd_start(h->o->f, &members[i]);
    size_t fresh = 0;
    for (size_t i = 0; i < ARRAY_LEN(members); i++)
        crowd_end(&members[i]);
    const char *id = house_text(h, "SELECT id FROM visit");
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        const struct visit_registration *r = members[i].arg;
        assert_int_equal(members[i].result, ERR_OK);
        assert_string_equal(r->subject_id, id);
        assert_int_equal(r->status, 201);
        fresh += !r->replayed;
    }
    crowd_free(members, ARRAY_LEN(members));
    assert_int_equal(fresh, 1);
    count(h, "SELECT count(*) FROM visit", 1);
    count(h, "SELECT count(*) FROM audit_entry WHERE action = 'visit_registered'", 1);
}

/* --- steps 4 and 7 ------------------------------------------------------------------------------------------- */

static void put_state(struct house *h, const char *id, const char *state)
{
    house_exec(
        h, arena_printf(h->cx->arena, "UPDATE visit SET state = '%s' WHERE id = '%s'", state, id));
}

static struct visit_room room_of(struct house *h, const char *id, const char *day)
{
    return (struct visit_room){.change = {.act = house_act(h, RINA), .visit_id = id},
                               .room = "Ruang tunggu 1",
                               .day = day};
}

static void the_waiting_room_and_its_call_numbers(void **state)
{
    struct house *h = *state;
    const char *a = guest_in(h, &(struct guest){.id_number = document(h, 0)});
    const char *b = guest_in(h, &(struct guest){.id_number = document(h, 1)});
    const char *c = guest_in(h, &(struct guest){.id_number = document(h, 2)});
    struct visit_room r = room_of(h, a, "2026-07-23");
    assert_int_equal(db_tx(h->cx, "room", visit_to_room, &r), ERR_CONFLICT); /* step 3 first */
    assert_string_equal(r.change.refusal.code, "state");
    put_state(h, a, "checked_in");
    put_state(h, b, "checked_in");
    put_state(h, c, "checked_in");
    assert_int_equal(db_tx(h->cx, "room", visit_to_room, &r), ERR_OK);
    struct visit v = visit_now(h, a);
    assert_string_equal(v.state, "waiting");
    assert_string_equal(v.room, "Ruang tunggu 1");
    assert_int_equal(v.call_number, 1);
    r = room_of(h, b, "2026-07-23");
    assert_int_equal(db_tx(h->cx, "room", visit_to_room, &r), ERR_OK);
    assert_int_equal(visit_now(h, b).call_number, 2);
    r = room_of(h, a, "2026-07-23"); /* another room: the call number stays */
    r.room = "Ruang tunggu 2";
    assert_int_equal(db_tx(h->cx, "room", visit_to_room, &r), ERR_OK);
    assert_int_equal(visit_now(h, a).call_number, 1);
    assert_string_equal(visit_now(h, a).room, "Ruang tunggu 2");
    r = room_of(h, c, "2026-07-24"); /* the next day begins at 1 */
    assert_int_equal(db_tx(h->cx, "room", visit_to_room, &r), ERR_OK);
    assert_int_equal(visit_now(h, c).call_number, 1);
    assert_int_equal(office_fixture_entries(h->o, a, "visit_waiting"), 2);
    r = room_of(h, "01890000-0000-7000-8000-00000000ffff", "2026-07-23");
    assert_int_equal(db_tx(h->cx, "room", visit_to_room, &r), ERR_MISSING);
}

static void a_repeated_step_has_one_effect(void **state)
{
    struct house *h = *state;
    const char *id = guest_in(h, &(struct guest){0});
    put_state(h, id, "checked_in");
    for (int i = 0; i < 2; i++) {
        struct visit_room r = room_of(h, id, "2026-07-23");
        with_key(h, &r.change.replay, "k", "POST /tamu/x/ruang-tunggu", "room");
        assert_int_equal(db_tx(h->cx, "room", visit_to_room, &r), ERR_OK);
        assert_int_equal(r.change.replayed, i == 1);
        assert_int_equal(r.change.status, 200);
    }
    assert_int_equal(office_fixture_entries(h->o, id, "visit_waiting"), 1);
    struct visit_room other = room_of(h, id, "2026-07-23");
    with_key(h, &other.change.replay, "k", "POST /tamu/x/ruang-tunggu", "another room");
    assert_int_equal(db_tx(h->cx, "room", visit_to_room, &other), ERR_INVALID);
    assert_string_equal(other.change.refusal.code, "idempotency_key_reused");
    other = room_of(h, id, "2026-07-23");
    with_key(h, &other.change.replay, "k", "POST /tamu/y/ruang-tunggu", "room");
    assert_int_equal(db_tx(h->cx, "room", visit_to_room, &other), ERR_INVALID);
    assert_string_equal(other.change.refusal.code, "idempotency_key_reused");
    /* the same answer even after the visit has gone on */
    put_state(h, id, "received");
    struct visit_room later = room_of(h, id, "2026-07-23");
    with_key(h, &later.change.replay, "k", "POST /tamu/x/ruang-tunggu", "room");
    assert_int_equal(db_tx(h->cx, "room", visit_to_room, &later), ERR_OK);
    assert_true(later.change.replayed);
    assert_string_equal(visit_now(h, id).state, "received");
}

static void reception_and_note(void **state)
{
    struct house *h = *state;
    const char *id = guest_in(h, &(struct guest){0});
    put_state(h, id, "waiting");
    struct visit_reception r = {.change = {.act = house_act(h, RINA), .visit_id = id}, .desk = true};
    assert_int_equal(db_tx(h->cx, "receive", visit_to_receive, &r), ERR_CONFLICT);
    assert_string_equal(r.change.refusal.code, "not_decided");
    struct visit_noting n = {.change = {.act = house_act(h, ARIEF), .visit_id = id}};
    n.sealed = seal_field(h->cx->seal, h->cx->arena, "visit", "note_sealed", id, "{\"who\":\"X\"}");
    assert_int_equal(db_tx(h->cx, "note", visit_to_note, &n), ERR_CONFLICT);
    house_exec(h, "UPDATE visit SET decision_state = 'final', decision_outcome = 'intel_chief', "
                  "receiver_id = '" ARIEF "'");
    struct visit_reception stranger = {.change = {.act = house_act(h, HENDRA), .visit_id = id}};
    assert_int_equal(db_tx(h->cx, "receive", visit_to_receive, &stranger), ERR_DENIED);
    house_later(h, 120000);
    struct visit_reception own = {.change = {.act = house_act(h, ARIEF), .visit_id = id}};
    assert_int_equal(db_tx(h->cx, "receive", visit_to_receive, &own), ERR_OK);
    struct visit v = visit_now(h, id);
    assert_string_equal(v.state, "received");
    assert_string_equal(v.received_by, ARIEF);
    assert_int_equal(v.received_at, h->cx->now_ms);
    r = (struct visit_reception){.change = {.act = house_act(h, RINA), .visit_id = id},
                                 .desk = true};
    assert_int_equal(db_tx(h->cx, "receive", visit_to_receive, &r), ERR_CONFLICT); /* once */
    assert_int_equal(db_tx(h->cx, "note", visit_to_note, &n), ERR_OK);
    char *text = NULL;
    v = visit_now(h, id);
    assert_int_equal(seal_field_open(h->cx->seal, h->cx->arena, "visit", "note_sealed", id,
                                     v.note_sealed, &text),
                     ERR_OK);
    assert_string_equal(text, "{\"who\":\"X\"}");
    count(h, "SELECT count(*) FROM visit_step WHERE step = 7", 1);
    struct visit_day day = {0};
    assert_int_equal(
        visit_day_figures(h->cx->read, h->office, NOW_MS - 1000, NOW_MS + 86400000, &day), ERR_OK);
    assert_int_equal(day.received, 1);
    assert_int_equal(day.kept, 1);
}

/* --- corrections ------------------------------------------------------------------------------------------------ */

static struct visit_correction correction(struct house *h, const char *id, const char *name)
{
    struct visit_correction k = {.change = {.act = house_act(h, RINA), .visit_id = id},
                                 .field = "name",
                                 .reason = "Salah ketik",
                                 .correction_id = house_id(h)};
    k.seen = visit_now(h, id);
    k.after = k.seen;
    k.after.name = name;
    k.old_sealed = seal_field(h->cx->seal, h->cx->arena, "correction", "old_sealed",
                              k.correction_id, k.seen.name);
    k.new_sealed = seal_field(h->cx->seal, h->cx->arena, "correction", "new_sealed",
                              k.correction_id, name);
    return k;
}

static void two_corrections_at_once(void **state)
{
    struct house *h = *state;
    const char *id = guest_in(h, &(struct guest){.name = "Fransisca"});
    struct visit_correction one = correction(h, id, "Fransiska");
    struct visit_correction two = correction(h, id, "Franciska");
    struct crowd_member members[] = {{.fn = visit_to_correct, .arg = &one},
                                     {.fn = visit_to_correct, .arg = &two}};
    crowd_run(h->o->f, members, 2);
    assert_int_equal(members[0].result, ERR_OK);
    assert_int_equal(members[1].result, ERR_CONFLICT);
    assert_string_equal(two.change.refusal.code, "changed_meanwhile");
    crowd_free(members, 2);
    assert_string_equal(visit_now(h, id).name, "Fransiska");
    count(h, "SELECT count(*) FROM correction", 1);
    assert_int_equal(office_fixture_entries(h->o, id, "visit_corrected"), 1);
    two = correction(h, id, "Franciska"); /* looked again */
    assert_int_equal(db_tx(h->cx, "correct", visit_to_correct, &two), ERR_OK);
    assert_string_equal(visit_now(h, id).name, "Franciska");

    /* every value that a correction may change is compared */
    static const char *const columns[] = {"name", "purpose", "organization", "category", "service"};
    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        struct visit_correction k = correction(h, id, "Nama baru");
        house_exec(h, arena_printf(h->cx->arena, "UPDATE visit SET %s = '%zu'", columns[i], i));
        assert_int_equal(db_tx(h->cx, "correct", visit_to_correct, &k), ERR_CONFLICT);
        assert_string_equal(k.change.refusal.code, "changed_meanwhile");
    }
    struct visit_correction k = correction(h, id, "Nama baru");
    house_exec(h, "UPDATE visit SET identity_sealed = x'00'");
    assert_int_equal(db_tx(h->cx, "correct", visit_to_correct, &k), ERR_CONFLICT);
    count(h, "SELECT count(*) FROM correction", 2);
}

/* --- lists ---------------------------------------------------------------------------------------------------------- */

static void pages_of_the_day(void **state)
{
    struct house *h = *state;
    const int64_t day = time_day_start(h->cx->now_ms, 420);
    for (int i = 0; i < 7; i++) {
        (void)guest_in(
            h, &(struct guest){.id_number = document(h, i), .name = i == 3 ? "Budi 100%" : "Ani"});
        if (i != 2) /* the third and the fourth come in the same millisecond */
            house_later(h, 1000);
    }
    struct visit_query q = {.office_id = h->office,
                            .from_ms = day,
                            .to_ms = day + 86400000,
                            .before_ms = INT64_MAX,
                            .before_id = "",
                            .limit = 3};
    int64_t expected = 7;
    for (int page = 0; page < 3; page++) {
        struct visit *rows = NULL;
        size_t n = 0;
        assert_int_equal(visit_page_list(h->cx->read, &q, &rows, &n), ERR_OK);
        assert_int_equal(n, page < 2 ? 3 : 1);
        for (size_t i = 0; i < n; i++) {
            bool pair = expected == 4 || expected == 3;
            if (!pair)
                assert_int_equal(rows[i].number, expected);
            expected--;
        }
        q.before_ms = rows[n - 1].arrived_at;
        q.before_id = rows[n - 1].id;
    }
    assert_int_equal(expected, 0);

    struct visit *rows = NULL;
    size_t n = 0;
    q.before_ms = INT64_MAX;
    q.before_id = "";
    q.name_pattern = "%100!%%";
    q.label = "100%";
    assert_int_equal(visit_page_list(h->cx->read, &q, &rows, &n), ERR_OK);
    assert_int_equal(n, 1);
    assert_string_equal(rows[0].name, "Budi 100%");
    q.name_pattern = "%5%";
    q.label = "5"; /* a register number */
    assert_int_equal(visit_page_list(h->cx->read, &q, &rows, &n), ERR_OK);
    assert_int_equal(n, 1);
    assert_int_equal(rows[0].number, 5);
    q.name_pattern = NULL;
    q.state = "closed";
    assert_int_equal(visit_page_list(h->cx->read, &q, &rows, &n), ERR_OK);
    assert_int_equal(n, 0);
    q.state = NULL;
    q.from_ms = day + 86400000; /* tomorrow */
    q.to_ms = day + 2 * 86400000;
    assert_int_equal(visit_page_list(h->cx->read, &q, &rows, &n), ERR_OK);
    assert_int_equal(n, 0);

    assert_int_equal(visit_open_list(h->cx->read, h->office, 50, &rows, &n), ERR_OK);
    assert_int_equal(n, 7);
    assert_int_equal(rows[0].number, 1); /* longest waiting first */
    assert_int_equal(visit_open_list(h->cx->read, "another office", 50, &rows, &n), ERR_OK);
    assert_int_equal(n, 0);
    int64_t closed = -1;
    house_exec(h, "UPDATE visit SET open = 0, state = 'closed' WHERE number < 3");
    assert_int_equal(visit_closed_count(h->cx->read, h->office, day, day + 86400000, &closed),
                     ERR_OK);
    assert_int_equal(closed, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(registering_writes_everything_together, house_begin,
                                        house_end),
        cmocka_unit_test_setup_teardown(a_failed_registration_leaves_nothing, house_begin,
                                        house_end),
        cmocka_unit_test_setup_teardown(numbers_have_no_gap_in_one_batch, house_begin, house_end),
        cmocka_unit_test_setup_teardown(numbers_have_no_gap_under_64_threads, house_begin,
                                        house_end),
        cmocka_unit_test_setup_teardown(late_entries_get_letters, house_begin, house_end),
        cmocka_unit_test_setup_teardown(a_late_entry_before_the_first_guest, house_begin, house_end),
        cmocka_unit_test_setup_teardown(a_year_begins_at_one, house_begin, house_end),
        cmocka_unit_test_setup_teardown(nobody_is_inside_twice, house_begin, house_end),
        cmocka_unit_test_setup_teardown(two_counters_do_not_let_the_same_document_in, house_begin,
                                        house_end),
        cmocka_unit_test_setup_teardown(a_returning_guest_is_known_and_refreshed, house_begin,
                                        house_end),
        cmocka_unit_test_setup_teardown(a_new_guest_entered_twice_at_once, house_begin, house_end),
        cmocka_unit_test_setup_teardown(the_same_key_registers_once, house_begin, house_end),
        cmocka_unit_test_setup_teardown(the_same_key_from_eight_threads_registers_once, house_begin,
                                        house_end),
        cmocka_unit_test_setup_teardown(the_waiting_room_and_its_call_numbers, house_begin,
                                        house_end),
        cmocka_unit_test_setup_teardown(a_repeated_step_has_one_effect, house_begin, house_end),
        cmocka_unit_test_setup_teardown(reception_and_note, house_begin, house_end),
        cmocka_unit_test_setup_teardown(two_corrections_at_once, house_begin, house_end),
        cmocka_unit_test_setup_teardown(pages_of_the_day, house_begin, house_end),
    };
    return cmocka_run_group_tests_name("visit", tests, NULL, NULL);
}

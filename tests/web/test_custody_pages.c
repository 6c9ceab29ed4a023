/* Custody over HTTP, without a socket: the handlers of the route table with requests made here. What a
 * form and a program are answered, and in which order refusals come. */
#include "store/db_fixture.h"

#include <jansson.h>

#include "features/audit/audit.h"
#include "features/custody/custody_store.h"
#include "features/notice/notice.h"
#include "features/office/office.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/counter/counter.h"
#include "lib/http/http.h"
#include "migrations.h"

#define NOW     INT64_C(1790000000000)
#define VISIT   "01890000-0000-7000-8000-000000000001"
#define OTHER   "01890000-0000-7000-8000-000000000002"
#define OFFICER "01890000-0000-7000-8000-00000000000a"

DB_SQL(page_badge_add, "INSERT INTO badge (office_id, id, label, state, created_at) "
                       "VALUES ($1, $2, $2, $3, 1)");
DB_SQL(page_place_add, "INSERT INTO place (office_id, id, kind, label, sort, state, created_at) "
                       "VALUES ($1, $2, $3, $2, 1, 'ready', 1)");
DB_SQL(
    page_office_add,
    "INSERT INTO office (office_id, code, name, parent_name, address, phone, offset_min, limit_s, "
    "ask_head, head_silence_s, notice_name, demo, created_at) VALUES ($1, 'O.2.12', "
    "'Kejaksaan Negeri Kapuas', 'Kejaksaan Tinggi', 'Jl. A. Yani', '051321520', 420, 600, "
    "'always', 180, 0, 1, 1)");
DB_SQL(
    page_visit_add,
    "INSERT INTO visit (office_id, id, year, number, number_suffix, state, open, arrived_at, "
    "due_at, registered_at, registered_by, visitor_id, name, id_type, id_index, identity_sealed, "
    "visitor_kind, organization, companions, companion_count, purpose, category, "
    "accepted_warnings, notice_state, question_state, decision_state, unreceived) VALUES ($1, $2, "
    "2026, $3, '', 'registered', 1, $4, $4, $4, 's', 'g', $5, 'ktp', $6, $6, 'individual', '', "
    "'[]', 0, 'Konsultasi', 'information', '', 'none', 'none', 'none', 0)");
DB_SQL(page_visit_received, "UPDATE visit SET state = 'received', received_at = $3, "
                            "received_by = $4 WHERE office_id = $1 AND id = $2");

static const struct db_sql *const page_statements[] = {
    &page_badge_add, &page_place_add, &page_office_add, &page_visit_add, &page_visit_received, NULL,
};
static const struct db_sql *const *const tables[] = {
    counter_statements,     page_statements,   custody_statements,     escalation_statements,
    custody_day_statements, visit_statements,  office_pool_statements, office_statements,
    audit_statements,       replay_statements, staff_statements,       NULL,
};

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

static void write_once(struct fixture *f, const struct db_sql *sql, const struct db_arg *args,
                       size_t count)
{
    struct setup s = {.sql = sql, .args = args, .count = count};
    assert_int_equal(db_tx(&f->cx, "setup", setup_run, &s), ERR_OK);
}

static enum err head_begin(struct db_conn *tx, void *arg)
{
    (void)arg;
    return audit_begin(tx, OFFICE, 1);
}

static void add_visit(struct fixture *f, const char *id, int64_t number, const char *name)
{
    const struct bytes some = {.p = (const uint8_t *)id, .n = strlen(id)};
    write_once(f, &page_visit_add,
               DB_ARGS(db_text(OFFICE), db_text(id), db_int(number), db_int(NOW - 60000),
                       db_text(name), db_bytes(some)));
}

static int begin(void **state)
{
    struct fixture *f = fixture_new(bukutamu_migrations, bukutamu_migration_count);
    fixture_open(f, tables, 0);
    f->cx.now_ms = NOW;
    f->cx.offset_min = 420;
    f->cx.actor = (struct actor){.kind = ACTOR_USER,
                                 .id = OFFICER,
                                 .office_id = OFFICE,
                                 .roles = ROLE_DUTY_OFFICER,
                                 .name = "Yuliana"};
    assert_int_equal(db_tx(&f->cx, "head", head_begin, NULL), ERR_OK);
    write_once(f, &page_office_add, DB_ARGS(db_text(OFFICE)));
    const char *const badges[][2] = {{"A-08", "lost"}, {"A-09", "ready"}, {"A-10", "ready"}};
    for (size_t i = 0; i < ARRAY_LEN(badges); i++)
        write_once(f, &page_badge_add,
                   DB_ARGS(db_text(OFFICE), db_text(badges[i][0]), db_text(badges[i][1])));
    write_once(f, &page_place_add, DB_ARGS(db_text(OFFICE), db_text("K-09"), db_text("slot")));
    write_once(f, &page_place_add, DB_ARGS(db_text(OFFICE), db_text("14"), db_text("locker")));
    add_visit(f, VISIT, 405, "Fransiska <b>Luhing</b>");
    add_visit(f, OTHER, 406, "Surya");
    *state = f;
    return 0;
}

static int end(void **state)
{
    fixture_free(*state);
    return 0;
}

/* --- asking ------------------------------------------------------------------------------------------- */

struct answer_seen {
    enum err err;
    struct http_res res;
    const char *location;
};

static const struct route *route_at(enum http_method method, const char *path)
{
    const struct route *found = NULL;
    for (const struct route *r = custody_routes(); r->path; r++)
        if (r->method == method && str_eq(r->path, path))
            found = r;
    assert_non_null(found);
    return found;
}

static struct answer_seen run(struct fixture *f, struct http_req *req)
{
    struct answer_seen seen = {.res = {.status = 200}};
    seen.res.body = buf_new(f->arena, 1024, 4 * 1024 * 1024);
    f->cx.diag = (struct diag){.code = NULL};
    seen.err = req->route->fn(&f->cx, req, &seen.res);
    for (size_t i = 0; i < seen.res.header_count; i++)
        if (strcasecmp(seen.res.headers[i].name, "location") == 0)
            seen.location = seen.res.headers[i].value;
    return seen;
}

static struct answer_seen get(struct fixture *f, const char *path, struct http_pair *query,
                              size_t count, enum http_wants wants)
{
    struct http_req req = {.method = HTTP_GET,
                           .path = path,
                           .route = route_at(HTTP_GET, path),
                           .params = {{.name = "id", .value = VISIT}},
                           .param_count = 1,
                           .query = query,
                           .query_count = count,
                           .wants = wants};
    return run(f, &req);
}

/* A form sent to a step of VISIT (or to the path itself). */
static struct answer_seen post(struct fixture *f, const char *path, struct http_pair *fields,
                               size_t count, enum http_wants wants)
{
    struct http_req req = {.method = HTTP_POST,
                           .path = path,
                           .route = route_at(HTTP_POST, path),
                           .params = {{.name = "id", .value = VISIT}},
                           .param_count = 1,
                           .body_kind = BODY_FORM,
                           .fields = fields,
                           .field_count = count,
                           .wants = wants};
    return run(f, &req);
}
#define FIELDS(...)                                                                                \
    ((struct http_pair[]){__VA_ARGS__}),                                                           \
        sizeof((struct http_pair[]){__VA_ARGS__}) / sizeof(struct http_pair)

static void check_in(struct fixture *f)
{
    struct answer_seen a = post(f, "/tamu/{id}/titipan",
                                FIELDS({"badge", " a-09 "}, {"items[0][kind]", "id_card"},
                                       {"items[0][label]", "KTP"}, {"items[1][kind]", "phone"},
                                       {"items[1][label]", "putih"}, {"items[2][kind]", ""},
                                       {"no_card_reason", ""}),
                                WANTS_PAGE);
    assert_int_equal(a.err, ERR_OK);
    assert_int_equal(a.res.status, 303);
    assert_string_equal(a.location, "/tamu/" VISIT);
}

static void receive(struct fixture *f)
{
    write_once(f, &page_visit_received,
               DB_ARGS(db_text(OFFICE), db_text(VISIT), db_int(NOW), db_text(OFFICER)));
}

static void has(const struct answer_seen *a, const char *text)
{
    if (!strstr(a->res.body.p, text))
        print_error("not on the page: %s\n", text);
    assert_non_null(strstr(a->res.body.p, text));
}

static void has_not(const struct answer_seen *a, const char *text)
{
    assert_null(strstr(a->res.body.p, text));
}

static const struct field_error *first_fault(struct fixture *f)
{
    assert_non_null(f->cx.diag.fields);
    return f->cx.diag.fields;
}

/* --- tests ---------------------------------------------------------------------------------------------- */

static void the_scanner_finds_the_guest(void **state)
{
    struct fixture *f = *state;
    struct answer_seen a = get(f, "/pengembalian", NULL, 0, WANTS_PAGE);
    assert_int_equal(a.err, ERR_OK);
    has(&a, "Pindai atau ketik tanda pengenal");
    has_not(&a, "Langkah 8");

    check_in(f);
    a = get(f, "/pengembalian", FIELDS({"badge", "a-09"}), WANTS_PAGE);
    assert_int_equal(a.err, ERR_OK);
    assert_int_equal(a.res.status, 200);
    has(&a, "Tamu belum diterima"); /* and how to let the guest go all the same */
    has(&a, "action=\"/tamu/" VISIT "/pulang\"");
    has_not(&a, "Kembalikan semua");

    receive(f);
    a = get(f, "/pengembalian", FIELDS({"badge", "a-09"}), WANTS_PAGE);
    has(&a, "Fransiska &lt;b&gt;Luhing&lt;/b&gt;");
    has_not(&a, "<b>Luhing");
    has(&a, "405/2026");
    has(&a, "Kartu identitas, KTP");
    has(&a, "<b>K-09</b>");
    has(&a, "HP, putih");
    has(&a, "Kembalikan semua (2)");
    has(&a, "Terbuka setelah semua barang dikembalikan.");
    has(&a, "value=\"a-09\"");
}

static void a_badge_that_is_not_out_is_explained(void **state)
{
    struct fixture *f = *state;
    struct answer_seen a = get(f, "/pengembalian", FIELDS({"badge", "Z-99"}), WANTS_PAGE);
    assert_int_equal(a.err, ERR_OK);
    assert_int_equal(a.res.status, 404);
    has(&a, "Tanda pengenal Z-99 tidak terdaftar");
    has(&a, "value=\"Z-99\"");
    a = get(f, "/pengembalian", FIELDS({"badge", "A-10"}), WANTS_PAGE);
    assert_int_equal(a.res.status, 409);
    has(&a, "A-10 tidak sedang dipakai");
    has(&a, "value=\"A-10\"");
    a = get(f, "/pengembalian", FIELDS({"badge", "A-08"}), WANTS_PAGE);
    assert_int_equal(a.res.status, 409);
    has(&a, "tercatat hilang");

    assert_int_equal(get(f, "/pengembalian", FIELDS({"badge", "Z-99"}), WANTS_JSON).err,
                     ERR_MISSING);
    assert_string_equal(f->cx.diag.code, "badge_unknown");
    assert_int_equal(get(f, "/pengembalian", FIELDS({"badge", "A-10"}), WANTS_JSON).err,
                     ERR_CONFLICT);
    assert_string_equal(f->cx.diag.code, "badge_in_rack");
    assert_int_equal(get(f, "/pengembalian", NULL, 0, WANTS_JSON).err, ERR_INVALID);
    assert_string_equal(first_fault(f)->field, "badge");
}

static void the_return_page_leads_through_to_the_end(void **state)
{
    struct fixture *f = *state;
    check_in(f);
    receive(f);
    struct answer_seen a = post(
        f, "/tamu/{id}/selesai",
        FIELDS({"badge", "A-09"}, {"_next", "/pengembalian?selesai=" VISIT}), WANTS_PAGE);
    assert_int_equal(a.err, ERR_OK);
    assert_int_equal(a.res.status, 409); /* blocked: what is here, and where */
    has(&a, "Kunjungan belum dapat ditutup");
    has(&a, "Kartu identitas KTP (K-09), HP putih (14)");

    a = post(f, "/tamu/{id}/pengembalian",
             FIELDS({"all", "1"}, {"_next", "/pengembalian?tamu=" VISIT}), WANTS_PAGE);
    assert_int_equal(a.res.status, 303);
    assert_string_equal(a.location, "/pengembalian?tamu=" VISIT);
    a = get(f, "/pengembalian", FIELDS({"tamu", VISIT}), WANTS_PAGE);
    has(&a, "semua titipan sudah kembali");
    has(&a, "name=\"badge\" value=\"A-09\"");
    has_not(&a, "aria-disabled");

    a = post(f, "/tamu/{id}/selesai",
             FIELDS({"badge", "a-09"}, {"_next", "/pengembalian?selesai=" VISIT}), WANTS_PAGE);
    assert_int_equal(a.res.status, 303);
    a = get(f, "/pengembalian", FIELDS({"selesai", VISIT}), WANTS_PAGE);
    has(&a, "Kunjungan 405/2026 ditutup.");
    a = get(f, "/pengembalian", FIELDS({"badge", "A-09"}), WANTS_PAGE);
    assert_int_equal(a.res.status, 409);
}

static void a_guest_without_the_lost_badge_gets_out(void **state)
{
    struct fixture *f = *state;
    check_in(f);
    struct answer_seen a = post(f, "/tamu/{id}/hilang",
                                FIELDS({"reason", "Jatuh"}, {"witness", "Satpam"}), WANTS_PAGE);
    assert_int_equal(a.res.status, 303);
    receive(f);
    a = get(f, "/pengembalian", FIELDS({"badge", "A-09"}), WANTS_PAGE);
    assert_int_equal(a.res.status, 200);
    has(&a, "Langkah 9: tanda pengenal dicatat hilang");
    a = post(f, "/tamu/{id}/pengembalian", FIELDS({"all", "1"}), WANTS_PAGE);
    assert_int_equal(a.res.status, 303);
    a = post(f, "/tamu/{id}/selesai", NULL, 0, WANTS_PAGE);
    assert_int_equal(a.res.status, 303);
    a = get(f, "/pengembalian", FIELDS({"badge", "A-09"}), WANTS_PAGE);
    assert_int_equal(a.res.status, 409);
    has(&a, "tercatat hilang");
}

static void refusals_come_in_their_order(void **state)
{
    struct fixture *f = *state;
    /* the state is looked at before the fields */
    assert_int_equal(post(f, "/tamu/{id}/pengembalian", FIELDS({"unknown", "1"}), WANTS_JSON).err,
                     ERR_CONFLICT);
    assert_string_equal(f->cx.diag.code, "not_received");
    assert_null(f->cx.diag.fields);
    assert_int_equal(post(f, "/tamu/{id}/titipan", NULL, 0, WANTS_JSON).err, ERR_INVALID);
    assert_string_equal(first_fault(f)->field, "badge");
    assert_string_equal(first_fault(f)->code, "missing");
    check_in(f);
    assert_int_equal(post(f, "/tamu/{id}/batal", NULL, 0, WANTS_JSON).err, ERR_CONFLICT);
    assert_string_equal(f->cx.diag.code, "after_step_3");
    receive(f);
    assert_int_equal(post(f, "/tamu/{id}/pengembalian", NULL, 0, WANTS_JSON).err, ERR_INVALID);
    assert_string_equal(first_fault(f)->field, "items");

    /* what is held comes before the missing badge */
    assert_int_equal(post(f, "/tamu/{id}/selesai", NULL, 0, WANTS_JSON).err, ERR_CONFLICT);
    assert_string_equal(f->cx.diag.code, "still_held");
    assert_non_null(strstr(f->cx.diag.message, "HP putih (14)"));
    assert_int_equal(post(f, "/tamu/{id}/hilang", FIELDS({"reason", "x"}), WANTS_JSON).err,
                     ERR_INVALID);
    assert_string_equal(first_fault(f)->field, "witness");
    assert_int_equal(post(f, "/tamu/{id}/pengembalian", FIELDS({"items", OTHER}), WANTS_JSON).err,
                     ERR_INVALID);
    assert_string_equal(first_fault(f)->code, "item_unknown");
}

static void an_unknown_visit_is_404_for_every_step(void **state)
{
    struct fixture *f = *state;
    size_t steps = 0;
    for (const struct route *r = custody_routes(); r->path; r++) {
        if (r->method != HTTP_POST || !strstr(r->path, "{id}"))
            continue;
        struct http_pair fields[] = {{"badge", "A-09"}, {"unknown", "1"}};
        struct http_req req = {.method = HTTP_POST,
                               .route = r,
                               .params = {{.name = "id", .value = OFFICER}},
                               .param_count = 1,
                               .body_kind = BODY_FORM,
                               .fields = fields,
                               .field_count = 2,
                               .wants = WANTS_JSON};
        assert_int_equal(run(f, &req).err, ERR_MISSING);
        req.field_count = 1;
        assert_int_equal(run(f, &req).err, ERR_MISSING);
        assert_string_equal(f->cx.diag.code, "visit_unknown");
        steps++;
    }
    assert_int_equal(steps, 6);
}

static void every_route_says_who(void **state)
{
    (void)state;
    for (const struct route *r = custody_routes(); r->path; r++) {
        bool reading = r->method == HTTP_GET && str_eq(r->path, "/penutupan-hari");
        assert_int_equal(r->who, reading ? ROLE_DESK | ROLE_OFFICIALS : ROLE_DESK);
        assert_int_equal(r->flags & ROUTE_PUBLIC, 0);
        assert_non_null(r->summary);
        assert_true(r->method == HTTP_GET || r->form);
    }
}

static void the_slip_names_what_is_here(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(get(f, "/tamu/{id}/slip", NULL, 0, WANTS_PAGE).err, ERR_MISSING);
    check_in(f);
    struct answer_seen a = get(f, "/tamu/{id}/slip", NULL, 0, WANTS_PAGE);
    assert_int_equal(a.err, ERR_OK);
    has(&a, "SLIP TITIPAN BARANG");
    has(&a, "405/2026");
    has(&a, "<b>K-09</b>");
    has(&a, "<b>14</b>");
    has(&a, "Kejaksaan Negeri Kapuas");
}

/* --- the end of the day --------------------------------------------------------------------------------- */

static json_t *day_json(struct fixture *f)
{
    struct answer_seen a = get(f, "/penutupan-hari", NULL, 0, WANTS_JSON);
    assert_int_equal(a.err, ERR_OK);
    assert_string_equal(a.res.content_type, "application/json");
    json_t *root = json_loads(a.res.body.p, 0, NULL);
    assert_non_null(root);
    return root;
}

static void the_day_as_json(void **state)
{
    struct fixture *f = *state;
    check_in(f);
    json_t *root = day_json(f);
    assert_string_equal(json_string_value(json_object_get(root, "date")), "2026-09-21");
    const struct {
        const char *name;
        size_t count;
    } lists[] = {{"badges_out", 1},
                 {"cards_held", 1},
                 {"devices_held", 1},
                 {"open_visits", 2},
                 {"closings", 0}};
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        const json_t *list = json_object_get(root, lists[i].name);
        assert_true(json_is_array(list));
        assert_int_equal(json_array_size(list), lists[i].count);
    }
    const json_t *badge = json_array_get(json_object_get(root, "badges_out"), 0);
    assert_string_equal(json_string_value(json_object_get(badge, "label")), "A-09");
    assert_string_equal(json_string_value(json_object_get(badge, "visit_id")), VISIT);
    const json_t *expected = json_object_get(root, "expected");
    assert_int_equal(json_integer_value(json_object_get(expected, "badges")), 1);
    json_decref(root);
    assert_int_equal(get(f, "/penutupan-hari", FIELDS({"date", "2026-09-22"}), WANTS_JSON).err,
                     ERR_INVALID);
    assert_string_equal(first_fault(f)->code, "in_future");
    assert_int_equal(get(f, "/penutupan-hari", FIELDS({"date", "kemarin"}), WANTS_JSON).err,
                     ERR_INVALID);
}

static void the_day_closes_by_form(void **state)
{
    struct fixture *f = *state;
    check_in(f);
    struct answer_seen a = get(f, "/penutupan-hari", NULL, 0, WANTS_PAGE);
    assert_int_equal(a.err, ERR_OK);
    has(&a,
        "Tanda pengenal A-09, Kartu identitas KTP (slot K-09), HP putih (loker 14) belum kembali");
    has(&a, "Kunjungan 406/2026 belum ditutup");
    has(&a, "2 selisih perlu penjelasan");

    struct http_pair fields[] = {{"date", "2026-09-21"},
                                 {"badges", "1"},
                                 {"cards", "1"},
                                 {"devices", "1"},
                                 {"explanations[0][subject]", VISIT},
                                 {"explanations[0][reason]", "Terbawa pulang"},
                                 {"explanations[1][subject]", OTHER},
                                 {"explanations[1][reason]", ""}};
    a = post(f, "/penutupan-hari", fields, ARRAY_LEN(fields), WANTS_PAGE);
    assert_int_equal(a.err, ERR_OK);
    assert_int_equal(a.res.status, 422);
    has(&a, "Hari belum dapat ditutup");
    has(&a, "Kunjungan 406/2026 belum ditutup: Tulis penjelasan.");
    has(&a, "value=\"Terbawa pulang\""); /* what was typed is still there */
    assert_int_equal(post(f, "/penutupan-hari", fields, ARRAY_LEN(fields), WANTS_JSON).err,
                     ERR_INVALID);
    assert_string_equal(f->cx.diag.code, "unexplained");
    assert_string_equal(first_fault(f)->field, "explanations." OTHER);

    fields[7].value = "Masih menunggu";
    fields[1].value = "0";
    a = post(f, "/penutupan-hari", fields, ARRAY_LEN(fields), WANTS_PAGE);
    assert_int_equal(a.res.status, 422);
    has(&a, "Hitungan tanda pengenal tidak sama dengan catatan");
    fields[1].value = "satu";
    a = post(f, "/penutupan-hari", fields, ARRAY_LEN(fields), WANTS_PAGE);
    assert_int_equal(a.res.status, 422);
    has(&a, "value=\"satu\"");

    fields[1].value = "1";
    a = post(f, "/penutupan-hari", fields, ARRAY_LEN(fields), WANTS_PAGE);
    assert_int_equal(a.res.status, 303);
    assert_string_equal(a.location, "/penutupan-hari?date=2026-09-21");
    json_t *root = day_json(f);
    const json_t *closing = json_array_get(json_object_get(root, "closings"), 0);
    assert_int_equal(json_integer_value(json_object_get(closing, "differences")), 2);
    const json_t *said = json_array_get(json_object_get(closing, "explanations"), 0);
    assert_string_equal(json_string_value(json_object_get(said, "reason")), "Terbawa pulang");
    assert_non_null(strstr(json_string_value(json_object_get(said, "about")), "A-09"));
    json_decref(root);
    a = get(f, "/penutupan-hari", NULL, 0, WANTS_PAGE);
    has(&a, "Hari ditutup");
}

static void officials_only_look_at_the_day(void **state)
{
    struct fixture *f = *state;
    f->cx.actor.roles = ROLE_INTEL_CHIEF;
    struct answer_seen a = get(f, "/penutupan-hari", NULL, 0, WANTS_PAGE);
    assert_int_equal(a.err, ERR_OK);
    has_not(&a, "type=\"submit\" class=\"big\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_scanner_finds_the_guest, begin, end),
        cmocka_unit_test_setup_teardown(a_badge_that_is_not_out_is_explained, begin, end),
        cmocka_unit_test_setup_teardown(the_return_page_leads_through_to_the_end, begin, end),
        cmocka_unit_test_setup_teardown(a_guest_without_the_lost_badge_gets_out, begin, end),
        cmocka_unit_test_setup_teardown(refusals_come_in_their_order, begin, end),
        cmocka_unit_test_setup_teardown(an_unknown_visit_is_404_for_every_step, begin, end),
        cmocka_unit_test(every_route_says_who),
        cmocka_unit_test_setup_teardown(the_slip_names_what_is_here, begin, end),
        cmocka_unit_test_setup_teardown(the_day_as_json, begin, end),
        cmocka_unit_test_setup_teardown(the_day_closes_by_form, begin, end),
        cmocka_unit_test_setup_teardown(officials_only_look_at_the_day, begin, end),
    };
    return cmocka_run_group_tests_name("custody_pages", tests, NULL, NULL);
}

/* The nine steps as programs call them: what is taken, what is answered, what is refused and in which
 * order. */
#include "web_fixture.h"

#define GUEST_MORE(more)                                                                           \
    "{\"name\":\"Budi\",\"id_type\":\"ktp\",\"id_number\":\"6203011708450001\",\"purpose\":\"x\"," \
    "\"no_photo_reason\":\"rusak\"," more "}"

static struct got send_guest(struct web *w, const char *json)
{
    return web_post(w, ROLE_FRONT_DESK, "/tamu", json);
}

static void is(struct web *w, const struct got *got, const char *path, const char *value)
{
    if (!str_eq(web_value(w, got, path), value))
        print_error("%s\n", path);
    assert_string_equal(web_value(w, got, path), value);
}

static int begin(void **state)
{
    struct web *w = web_new();
    web_pools(w);
    *state = w;
    return 0;
}

/* --- the whole way -------------------------------------------------------------------------------------------- */

static void the_nine_steps(void **state)
{
    struct web *w = *state;
    const char *id = web_guest(w, NULL);
    struct got got = web_get(w, ROLE_FRONT_DESK, web_step(w, id, ""));
    got = web_get(w, ROLE_FRONT_DESK, arena_printf(w->arena, "/tamu/%s", id));
    assert_int_equal(got.status, 200);
    is(w, &got, "number", "1");
    is(w, &got, "number_suffix", "");
    is(w, &got, "state", "registered");
    is(w, &got, "step", "5");
    is(w, &got, "steps.0.step", "1");
    is(w, &got, "steps.0.by", "Rina Wahyuni");
    is(w, &got, "steps.2.step", "5");
    is(w, &got, "steps.2.skipped", "WhatsApp belum disiapkan");
    is(w, &got, "arrived_at", "2026-07-23T09:40:00+07:00");
    is(w, &got, "due_at", "2026-07-23T09:50:00+07:00");
    is(w, &got, "visitor.name", "Fransiska Luhing");
    is(w, &got, "visitor.id_number", "6203•••••••••••0002");
    is(w, &got, "notice.state", "none");
    is(w, &got, "decision.state", "none");
    is(w, &got, "has_photo", "false");

    got = web_do(w, ROLE_FRONT_DESK, id, "titipan",
                 "{\"badge\":\"a-01\",\"items\":[{\"kind\":\"id_card\",\"label\":\"KTP\"},{"
                 "\"kind\":\"phone\"}]}");
    is(w, &got, "state", "checked_in");
    is(w, &got, "badge", "A-01");
    is(w, &got, "items.0.slot", "K-01");
    is(w, &got, "items.1.slot", "01");
    got = web_do(w, ROLE_DUTY_OFFICER, id, "ruang-tunggu", "{}");
    is(w, &got, "state", "waiting");
    is(w, &got, "room", "Ruang tunggu 1");
    is(w, &got, "call_number", "1");
    got = web_do(w, ROLE_INTEL_CHIEF, id, "keputusan", "{\"outcome\":\"intel_chief\"}");
    is(w, &got, "decision.state", "proposed");
    house_later(w->h, 60000);
    got = web_do(w, ROLE_OFFICE_HEAD, id, "keputusan", "{\"outcome\":\"intel_chief\"}");
    is(w, &got, "decision.state", "final");
    is(w, &got, "decision.by", "Hendra Wijaksana");
    is(w, &got, "decision.receiver", "Arief Setiadi");
    is(w, &got, "decision.answers.1.effect", "final");
    is(w, &got, "step", "6");
    house_later(w->h, 240000);
    got = web_do(w, ROLE_INTEL_CHIEF, id, "diterima", "{}");
    is(w, &got, "state", "received");
    is(w, &got, "received_at", "2026-07-23T09:45:00+07:00");
    is(w, &got, "received_by", "Arief Setiadi");
    got = web_do(w, ROLE_INTEL_CHIEF, id, "catatan",
                 "{\"who\":\"Pelapor\",\"documents\":[{\"kind\":\"Surat\",\"count\":2}],"
                 "\"signature\":\"ink\"}");
    is(w, &got, "note", "true");
    got = web_do(w, ROLE_DUTY_OFFICER, id, "pengembalian", "{\"all\":true}");
    is(w, &got, "items.0.returned_by", "Yuliana Karing");
    got = web_do(w, ROLE_DUTY_OFFICER, id, "selesai", "{\"badge\":\"A-01\"}");
    is(w, &got, "state", "closed");
    is(w, &got, "step", "9");
    assert_int_equal(json_array_size(json_object_get(got.json, "steps")), 9);
    is(w, &got, "complaint", "");
}

static void creating_answers_201_with_the_place(void **state)
{
    struct web *w = *state;
    struct got got = send_guest(w, GUEST_JSON);
    assert_int_equal(got.status, 201);
    assert_string_equal(got.location, arena_printf(w->arena, "/tamu/%s", web_value(w, &got, "id")));
    assert_string_equal(got.type, "application/json");
    got = web_ask(w, (struct ask){.method = HTTP_POST,
                                  .target = "/tamu",
                                  .role = ROLE_FRONT_DESK,
                                  .page = true,
                                  .form = "name=Budi&id_type=sim&id_number=900112345678&purpose=x&"
                                          "no_photo_reason=rusak&companions%5B0%5D%5Bname%5D=Ani&"
                                          "companions%5B1%5D%5Bname%5D="});
    assert_int_equal(got.status, 303);
    assert_true(str_starts(got.location, "/tamu/"));
    got = web_get(w, ROLE_FRONT_DESK, got.location);
    is(w, &got, "visitor.companions.0.name", "Ani");
    is(w, &got, "visitor.companions.1.name", "");
    is(w, &got, "category", "other");
    is(w, &got, "number", "2");
    /* a machine may leave out the photo and its reason */
    got = web_ask(w, (struct ask){.method = HTTP_POST,
                                  .target = "/tamu",
                                  .role = ROLE_FRONT_DESK,
                                  .bearer = true,
                                  .json = "{\"name\":\"C\",\"id_type\":\"other\",\"id_number\":"
                                          "\"KTA-1\",\"purpose\":\"x\"}"});
    assert_int_equal(got.status, 201);
}

/* --- what a new visit may not be --------------------------------------------------------------------------------- */

/* The answer to a registration is made from what was registered, not read back: it must be the same. */
static void the_first_answer_is_what_is_stored(void **state)
{
    struct web *w = *state;
    static const char *const guests[] = {
        GUEST_MORE("\"accept_warnings\":[\"already_inside\"]"),
        "{\"name\":\"Ani\",\"id_type\":\"ktp\",\"id_number\":\"6203 0157 0890 "
        "0002\",\"purpose\":\"a\\nb\","
        "\"no_photo_reason\":\"rusak\",\"phone\":\"0812 0000 1122\",\"email\":\"ani@contoh.id\","
        "\"address\":\"Jl. Pemuda 1\",\"gender\":\"P\",\"birth_date\":\"1990-08-17\","
        "\"visitor_kind\":\"organization\",\"organization\":\"PT Maju\",\"guardian\":\"Budi\","
        "\"companions\":[{\"name\":\"Tono\"},{\"name\":\"Tini\"}],\"priority\":\"elderly\","
        "\"category\":\"meeting\",\"service\":\"Konsultasi\",\"host\":\"maria\","
        "\"accept_warnings\":[\"already_inside\"]}",
        "{\"name\":\"Ani\",\"id_type\":\"ktp\",\"id_number\":\"6203015708900002\",\"purpose\":"
        "\"lagi\","
        "\"no_photo_reason\":\"rusak\",\"email\":\"\",\"address\":\"\",\"arrived_at\":"
        "\"2026-07-23T08:00:00+07:00\",\"late_reason\":\"Listrik padam\","
        "\"accept_warnings\":[\"already_inside\"]}"};
    for (size_t i = 0; i < 2 * ARRAY_LEN(guests); i++) {
        if (i == ARRAY_LEN(guests)) /* once more with the message on its way */
            house_whatsapp(w->h);
        struct got made = send_guest(w, guests[i % ARRAY_LEN(guests)]);
        assert_int_equal(made.status, 201);
        struct got got = web_get(w, ROLE_FRONT_DESK, made.location);
        assert_string_equal(made.body, got.body);
        is(w, &made, "notice.state", i < ARRAY_LEN(guests) ? "none" : "queued");
        is(w, &made, "notice.messages.0.to", i < ARRAY_LEN(guests) ? "" : "Arief Setiadi");
    }
}

static void every_field_is_checked(void **state)
{
    struct web *w = *state;
    static const struct {
        const char *json, *field, *code;
    } cases[] = {
        {"{}", "name", "missing"},
        {"{}", "id_type", "missing"},
        {"{}", "id_number", "missing"},
        {"{}", "purpose", "missing"},
        {"{}", "photo", "missing"},
        {GUEST_MORE("\"phone\":\"12\""), "phone", "phone_short"},
        {GUEST_MORE("\"email\":\"bukan\""), "email", "email"},
        {GUEST_MORE("\"gender\":\"X\""), "gender", "not_a_choice"},
        {GUEST_MORE("\"birth_date\":\"1990-02-30\""), "birth_date", "date"},
        {GUEST_MORE("\"category\":\"lain\""), "category", "not_a_choice"},
        {GUEST_MORE("\"priority\":\"vip\""), "priority", "not_a_choice"},
        {GUEST_MORE("\"visitor_kind\":\"x\""), "visitor_kind", "not_a_choice"},
        {GUEST_MORE("\"host\":\"siapa\""), "host", "not_a_choice"},
        {GUEST_MORE("\"nickname\":\"x\""), "nickname", "unknown_field"},
        {GUEST_MORE("\"late_reason\":\"listrik\""), "arrived_at", "missing"},
        {GUEST_MORE("\"arrived_at\":\"2026-07-23T09:20:00+07:00\""), "late_reason", "missing"},
        {GUEST_MORE("\"arrived_at\":\"2026-07-23T09:42:00+07:00\""), "arrived_at", "future"},
        {GUEST_MORE("\"late_reason\":\"l\",\"arrived_at\":\"2025-07-01T09:00:00+07:00\""),
         "arrived_at", "too_old"},
        {GUEST_MORE("\"arrived_at\":\"kemarin\""), "arrived_at", "time"},
        {GUEST_MORE("\"accept_warnings\":[\"semua\"]"), "accept_warnings.0", "not_a_choice"},
        {"{\"name\":\"B\",\"id_type\":\"kk\",\"id_number\":\"1\",\"purpose\":\"x\"}", "id_type",
         "not_a_choice"},
        {"{\"name\":\"B\",\"id_type\":\"ktp\",\"id_number\":\"123\",\"purpose\":\"x\"}",
         "id_number", "nik_length"},
        {"{\"name\":7,\"id_type\":\"ktp\",\"id_number\":\"6203011708450001\",\"purpose\":\"x\"}",
         "name", "type"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct got got = send_guest(w, cases[i].json);
        web_fault(w, &got, cases[i].field, cases[i].code);
        assert_string_equal(got.type, "application/problem+json");
    }
    struct buf long_name = buf_new(w->arena, 16384, 16384);
    buf_puts(&long_name, "{\"id_type\":\"sim\",\"id_number\":\"1\",\"purpose\":\"x\",\"no_photo_"
                         "reason\":\"r\",\"name\":\"");
    for (int i = 0; i < 10000; i++)
        buf_putc(&long_name, 'x');
    buf_puts(&long_name, "\"}");
    struct got got = send_guest(w, long_name.p);
    web_fault(w, &got, "name", "too_long");
    got = send_guest(w, "{");
    assert_int_equal(got.status, 400);
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM visit"), 0);
}

static void warnings_are_overruled_by_name(void **state)
{
    struct web *w = *state;
    struct got got = send_guest(w, GUEST_MORE("\"gender\":\"P\",\"birth_date\":\"1946-08-17\""));
    web_refused(w, &got, 422, "birth_date_differs");
    web_fault(w, &got, "gender", "gender_differs");
    web_fault(w, &got, "birth_date", "birth_date_differs");
    got = send_guest(w, GUEST_MORE("\"gender\":\"P\",\"birth_date\":\"1946-08-17\",\"accept_"
                                   "warnings\":[\"gender_differs\"]"));
    web_refused(w, &got, 422, "birth_date_differs");
    got = send_guest(w, GUEST_MORE("\"gender\":\"P\",\"birth_date\":\"1946-08-17\",\"accept_"
                                   "warnings\":[\"gender_differs\",\"birth_date_differs\"]"));
    assert_int_equal(got.status, 201);
    is(w, &got, "accepted_warnings", "gender_differs,birth_date_differs");
    const char *first = web_value(w, &got, "id");
    got = send_guest(w, "{\"name\":\"B\",\"id_type\":\"ktp\",\"id_number\":\"6203990101900001\","
                        "\"purpose\":\"x\",\"no_photo_reason\":\"r\"}");
    web_refused(w, &got, 422, "region_unknown");
    got = send_guest(w, "{\"name\":\"B\",\"id_type\":\"ktp\",\"id_number\":\"6203010101150001\","
                        "\"purpose\":\"x\",\"no_photo_reason\":\"r\"}");
    web_refused(w, &got, 422, "under_age");

    got = send_guest(w, GUEST_MORE("\"category\":\"other\""));
    web_refused(w, &got, 409, "already_inside");
    is(w, &got, "ref", first);
    is(w, &got, "errors.0.field", "id_number");
    got = send_guest(w, GUEST_MORE("\"accept_warnings\":[\"already_inside\"]"));
    assert_int_equal(got.status, 201);
}

static void a_late_entry_over_http(void **state)
{
    struct web *w = *state;
    (void)web_guest(w, NULL);
    house_later(w->h, 3600000);
    struct got got = send_guest(
        w, GUEST_MORE(
               "\"arrived_at\":\"2026-07-23T09:45:00+07:00\",\"late_reason\":\"Listrik padam\""));
    assert_int_equal(got.status, 201);
    is(w, &got, "number", "1");
    is(w, &got, "number_suffix", "A");
    is(w, &got, "late", "true");
    is(w, &got, "arrived_at", "2026-07-23T09:45:00+07:00");
    is(w, &got, "registered_at", "2026-07-23T10:40:00+07:00");
}

static void a_repeated_key(void **state)
{
    struct web *w = *state;
    struct ask a = {.method = HTTP_POST,
                    .target = "/tamu",
                    .role = ROLE_FRONT_DESK,
                    .json = GUEST_JSON,
                    .key = "k-1"};
    struct got first = web_ask(w, a);
    assert_int_equal(first.status, 201);
    const char *id = web_value(w, &first, "id");
    struct got again = web_ask(w, a);
    assert_int_equal(again.status, 201);
    is(w, &again, "id", id);
    assert_string_equal(again.location, first.location);
    a.json = GUEST_MORE("\"category\":\"other\"");
    struct got other = web_ask(w, a);
    web_refused(w, &other, 422, "idempotency_key_reused");
    a.key = "ada spasi";
    other = web_ask(w, a);
    web_refused(w, &other, 400, "idempotency_key");
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM visit"), 1);

    (void)web_do(w, ROLE_FRONT_DESK, id, "titipan",
                 "{\"badge\":\"A-01\",\"items\":[{\"kind\":\"id_card\"}]}");
    struct ask room = {.method = HTTP_POST,
                       .target = web_step(w, id, "ruang-tunggu"),
                       .role = ROLE_FRONT_DESK,
                       .json = "{}",
                       .key = "r"};
    for (int i = 0; i < 2; i++) {
        struct got got = web_ask(w, room);
        assert_int_equal(got.status, 200);
        is(w, &got, "call_number", "1");
    }
    assert_int_equal(office_fixture_entries(w->h->o, id, "visit_waiting"), 1);
    room.json = "{\"room\":\"Ruang tunggu 2\"}";
    struct got got = web_ask(w, room);
    web_refused(w, &got, 422, "idempotency_key_reused");
}

/* --- who sees what ------------------------------------------------------------------------------------------------- */

static void the_form_is_filled_by_nobody_but_the_desk(void **state)
{
    struct web *w = *state;
    const char *id = web_guest(
        w, GUEST_MORE("\"phone\":\"0812 0000 1122\",\"email\":\"budi@contoh.id\",\"address\":\"Jl. "
                      "Melati 5\",\"birth_date\":\"1945-08-17\""));
    const char *path = arena_printf(w->arena, "/tamu/%s", id);
    struct got desk = web_get(w, ROLE_FRONT_DESK, path);
    is(w, &desk, "visitor.address", "Jl. Melati 5");
    is(w, &desk, "visitor.email", "budi@contoh.id");
    is(w, &desk, "visitor.birth_date", "1945-08-17");
    is(w, &desk, "visitor.phone", "0812••••1122");
    struct got official = web_get(w, ROLE_OFFICE_HEAD, path);
    is(w, &official, "visitor.address", "");
    is(w, &official, "visitor.email", "");
    is(w, &official, "visitor.birth_date", "");
    is(w, &official, "visitor.id_number", "6203••••••••0001");
    assert_null(strstr(desk.body, "6203011708450001"));
    struct got got = web_get(w, ROLE_FRONT_DESK, web_step(w, id, "foto"));
    web_refused(w, &got, 404, "no_photo");
    got = web_get(w, ROLE_FRONT_DESK, "/tamu/01890000-0000-7000-8000-00000000ffff");
    web_refused(w, &got, 404, "visit_unknown");
}

static void the_list_has_pages(void **state)
{
    struct web *w = *state;
    for (int i = 0; i < 5; i++) {
        (void)web_guest(w, arena_printf(w->arena,
                                        "{\"name\":\"Tamu "
                                        "%d\",\"id_type\":\"sim\",\"id_number\":\"%d\",\"purpose\":"
                                        "\"x\",\"no_photo_reason\":\"r\"}",
                                        i, i + 1));
        house_later(w->h, 1000);
    }
    struct got got = web_get(w, ROLE_DUTY_OFFICER, "/tamu?limit=2");
    assert_int_equal(got.status, 200);
    is(w, &got, "items.0.visitor.name", "Tamu 4");
    is(w, &got, "items.1.visitor.name", "Tamu 3");
    is(w, &got, "items.2.id", "");
    got = web_get(
        w, ROLE_DUTY_OFFICER,
        arena_printf(w->arena, "/tamu?limit=2&cursor=%s", web_value(w, &got, "next_cursor")));
    is(w, &got, "items.0.visitor.name", "Tamu 2");
    got = web_get(
        w, ROLE_DUTY_OFFICER,
        arena_printf(w->arena, "/tamu?limit=2&cursor=%s", web_value(w, &got, "next_cursor")));
    is(w, &got, "items.0.visitor.name", "Tamu 0");
    assert_true(json_is_null(json_object_get(got.json, "next_cursor")));
    got = web_get(w, ROLE_DUTY_OFFICER, "/tamu?q=tamu%201");
    is(w, &got, "items.0.visitor.name", "Tamu 1");
    is(w, &got, "items.1.id", "");
    got = web_get(w, ROLE_DUTY_OFFICER, "/tamu?q=3");
    is(w, &got, "items.0.number", "4"); /* by name before by number: both are found */
    is(w, &got, "items.1.number", "3");
    got = web_get(w, ROLE_DUTY_OFFICER, "/tamu?date=2026-07-22");
    is(w, &got, "items.0.id", "");
    got = web_get(w, ROLE_DUTY_OFFICER, "/tamu?state=waiting");
    is(w, &got, "items.0.id", "");
    static const char *const bad[] = {"/tamu?limit=0",         "/tamu?limit=201", "/tamu?limit=x",
                                      "/tamu?date=2026-02-30", "/tamu?date=x",    "/tamu?cursor=x",
                                      "/tamu?cursor=x.y"};
    static const char *const codes[] = {"limit", "limit",  "limit", "date",
                                        "date",  "cursor", "cursor"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        got = web_get(w, ROLE_DUTY_OFFICER, bad[i]);
        web_refused(w, &got, 400, codes[i]);
    }
}

/* --- refusals in their order ------------------------------------------------------------------------------------------ */

static void out_of_order(void **state)
{
    struct web *w = *state;
    const char *id = web_guest(w, NULL);
    static const char *const nowhere = "01890000-0000-7000-8000-00000000ffff";
    static const char *const steps[] = {"ruang-tunggu", "diterima", "catatan", "koreksi"};
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        struct got got = web_post(w, ROLE_FRONT_DESK, web_step(w, nowhere, steps[i]),
                                  "{\"unknown\":1}");
        web_refused(w, &got, 404, "visit_unknown"); /* before the fields are looked at */
    }
    struct got got = web_post(w, ROLE_FRONT_DESK, web_step(w, id, "ruang-tunggu"),
                              "{\"unknown\":1}");
    web_refused(w, &got, 409, "state");
    got = web_post(w, ROLE_FRONT_DESK, web_step(w, id, "catatan"), "{\"unknown\":1}");
    web_refused(w, &got, 409, "state");
    got = web_post(w, ROLE_FRONT_DESK, web_step(w, id, "diterima"), "{}");
    web_refused(w, &got, 409, "state");
    got = web_post(w, ROLE_INTEL_CHIEF, web_step(w, id, "diterima"), "{}");
    web_refused(w, &got, 403, "not_receiver");
    (void)web_do(w, ROLE_FRONT_DESK, id, "titipan",
                 "{\"badge\":\"A-02\",\"items\":[{\"kind\":\"id_card\"}]}");
    got = web_post(w, ROLE_FRONT_DESK, web_step(w, id, "ruang-tunggu"), "{\"room\":\"Gudang\"}");
    web_fault(w, &got, "room", "room_unknown");
    got = web_do(w, ROLE_FRONT_DESK, id, "ruang-tunggu", "{\"room\":\"Ruang tunggu 2\"}");
    is(w, &got, "room", "Ruang tunggu 2");
    got = web_post(w, ROLE_FRONT_DESK, web_step(w, id, "diterima"), "{}");
    web_refused(w, &got, 409, "not_decided");
    (void)web_do(w, ROLE_OFFICE_HEAD, id, "keputusan", "{\"outcome\":\"refused\"}");
    got = web_post(w, ROLE_FRONT_DESK, web_step(w, id, "diterima"), "{}");
    web_refused(w, &got, 409, "refused");
    /* as a page: the visit itself, with the refusal on top */
    got = web_ask(w, (struct ask){.method = HTTP_POST,
                                  .target = web_step(w, id, "diterima"),
                                  .role = ROLE_FRONT_DESK,
                                  .page = true,
                                  .form = "x"});
    assert_true(got.status == 409 || got.status == 422);
    assert_non_null(strstr(got.body, "Fransiska Luhing"));
}

static void a_signature_is_a_line_and_nothing_else(void **state)
{
    struct web *w = *state;
    const char *id = web_waiting(w, NULL);
    (void)web_do(w, ROLE_OFFICE_HEAD, id, "keputusan", "{\"outcome\":\"office_head\"}");
    (void)web_do(w, ROLE_OFFICE_HEAD, id, "diterima", "{}");
    static const char *const bad[] = {"<svg onload=x>", "M1,1\\\"><script>", "L1,1", "javascript:x",
                                      "inks",           "M1,1 Q2,2"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct got got = web_post(w, ROLE_OFFICE_HEAD, web_step(w, id, "catatan"),
                                  arena_printf(w->arena, "{\"signature\":\"%s\"}", bad[i]));
        web_fault(w, &got, "signature", "signature");
    }
    static const char *const good[] = {"", "ink", "M1,1 L20,30.5 L-2,7"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        (void)web_do(w, ROLE_OFFICE_HEAD, id, "catatan",
                     arena_printf(w->arena, "{\"signature\":\"%s\"}", good[i]));
    assert_int_equal(office_fixture_entries(w->h->o, id, "visit_note"), 3);
}

/* --- corrections ------------------------------------------------------------------------------------------------------------ */

static const char *opened(struct web *w, const char *column)
{
    struct house *h = w->h;
    const char *id = house_text(h, "SELECT id FROM correction ORDER BY rowid DESC LIMIT 1");
    const char *hex = house_text(
        h, arena_printf(w->arena, "SELECT lower(hex(%s)) FROM correction WHERE id = '%s'", column,
                        id));
    size_t n = strlen(hex) / 2;
    uint8_t *bytes = arena_alloc(w->arena, n + 1);
    char *text = NULL;
    assert_true(str_unhex(hex, bytes, n));
    assert_int_equal(seal_field_open(h->cx->seal, w->arena, "correction", column, id,
                                     (struct bytes){n ? bytes : NULL, n}, &text),
                     ERR_OK);
    return str_or(text, "");
}

static void every_field_can_be_corrected(void **state)
{
    struct web *w = *state;
    const char *id = web_guest(
        w, GUEST_MORE("\"phone\":\"081200001122\",\"address\":\"Jl. Melati 5\""));
    static const struct {
        const char *field, *value, *path, *shown, *old;
    } good[] = {
        {"name", "Budi Santoso", "visitor.name", "Budi Santoso", "Budi"},
        {"phone", "0813 0000 1123", "visitor.phone", "0813••••1123", "+6281200001122"},
        {"email", "budi@contoh.id", "visitor.email", "budi@contoh.id", ""},
        {"address", "Jl. Mawar 7", "visitor.address", "Jl. Mawar 7", "Jl. Melati 5"},
        {"gender", "L", "visitor.gender", "L", ""},
        {"birth_date", "1945-08-17", "visitor.birth_date", "1945-08-17", ""},
        {"organization", "Dinas", "visitor.organization", "Dinas", ""},
        {"purpose", "Mengantar surat", "purpose", "Mengantar surat", "x"},
        {"category", "delivery", "category", "delivery", "other"},
        {"service", "Konsultasi", "service", "Konsultasi", ""},
        {"id_number", "6203 0117 0845 0009", "visitor.id_number", "6203•••••••••••0009",
         "6203011708450001"},
        {"phone", "", "visitor.phone", "", "+6281300001123"},
    };
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        struct got got = web_do(
            w, ROLE_FRONT_DESK, id, "koreksi",
            arena_printf(w->arena, "{\"field\":\"%s\",\"value\":\"%s\",\"reason\":\"Salah ketik\"}",
                         good[i].field, good[i].value));
        is(w, &got, good[i].path, good[i].shown);
        assert_string_equal(opened(w, "old_sealed"), good[i].old);
        if (*good[i].value)
            assert_string_equal(opened(w, "new_sealed"), good[i].value);
    }
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM correction"), ARRAY_LEN(good));
    assert_int_equal(office_fixture_entries(w->h->o, id, "visit_corrected"), ARRAY_LEN(good));
    assert_string_equal(
        house_text(
            w->h,
            "SELECT detail FROM audit_entry WHERE action = 'visit_corrected' ORDER BY seq LIMIT 1"),
        "field=name");

    static const struct {
        const char *json, *field, *code;
    } bad[] = {
        {"{}", "field", "missing"},
        {"{\"field\":\"name\",\"value\":\"B\"}", "reason", "missing"},
        {"{\"field\":\"state\",\"value\":\"closed\",\"reason\":\"r\"}", "field", "not_a_choice"},
        {"{\"field\":\"name\",\"value\":\"\",\"reason\":\"r\"}", "value", "missing"},
        {"{\"field\":\"name\",\"reason\":\"r\"}", "value", "missing"},
        {"{\"field\":\"purpose\",\"value\":\" \",\"reason\":\"r\"}", "value", "missing"},
        {"{\"field\":\"name\",\"value\":\"B\\nC\",\"reason\":\"r\"}", "value", "control_character"},
        {"{\"field\":\"phone\",\"value\":\"12\",\"reason\":\"r\"}", "value", "phone"},
        {"{\"field\":\"email\",\"value\":\"budi\",\"reason\":\"r\"}", "value", "email"},
        {"{\"field\":\"gender\",\"value\":\"X\",\"reason\":\"r\"}", "value", "not_a_choice"},
        {"{\"field\":\"birth_date\",\"value\":\"17-08-1945\",\"reason\":\"r\"}", "value", "date"},
        {"{\"field\":\"category\",\"value\":\"x\",\"reason\":\"r\"}", "value", "not_a_choice"},
        {"{\"field\":\"id_number\",\"value\":\"62030117084500\",\"reason\":\"r\"}", "value",
         "nik_length"},
        {"{\"field\":\"id_number\",\"value\":\"\",\"reason\":\"r\"}", "value", "missing"},
        {"{\"field\":\"name\",\"value\":\"B\",\"reason\":\"r\",\"x\":1}", "x", "unknown_field"},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct got got = web_post(w, ROLE_FRONT_DESK, web_step(w, id, "koreksi"), bad[i].json);
        web_fault(w, &got, bad[i].field, bad[i].code);
    }
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM correction"), ARRAY_LEN(good));
}

static void a_corrected_document_is_the_one_inside(void **state)
{
    struct web *w = *state;
    const char *id = web_guest(w, GUEST_MORE("\"category\":\"other\""));
    (void)web_do(w, ROLE_FRONT_DESK, id, "koreksi",
                 "{\"field\":\"id_number\",\"value\":\"6203011708450009\",\"reason\":\"r\"}");
    struct got got = send_guest(
        w, "{\"name\":\"C\",\"id_type\":\"ktp\",\"id_number\":\"6203011708450009\",\"purpose\":"
           "\"x\",\"no_photo_reason\":\"r\"}");
    web_refused(w, &got, 409, "already_inside");
    got = send_guest(w, GUEST_MORE("\"category\":\"other\""));
    assert_int_equal(got.status, 201); /* the wrongly written number is free */
}

static void a_number_is_not_corrected_into_a_guest_inside(void **state)
{
    struct web *w = *state;
    const char *first = web_guest(w, GUEST_JSON);
    const char *second = web_guest(w, GUEST_MORE("\"category\":\"other\""));
    static const char correction[] = "{\"field\":\"id_number\",\"value\":\"6203015708900002\","
                                     "\"reason\":\"Salah ketik\"}";
    struct got got = web_post(w, ROLE_FRONT_DESK, web_step(w, second, "koreksi"), correction);
    web_refused(w, &got, 409, "already_inside");
    assert_non_null(strstr(got.body, first));
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM correction"), 0);
    (void)web_do(w, ROLE_FRONT_DESK, first, "batal", "{\"reason\":\"Salah catat\"}");
    (void)web_do(w, ROLE_FRONT_DESK, second, "koreksi", correction);
    /* Of a visit that has ended the number may be anybody's. */
    (void)web_guest(w, GUEST_MORE("\"category\":\"other\""));
    (void)web_do(w, ROLE_FRONT_DESK, second, "batal", "{\"reason\":\"Salah catat\"}");
    (void)web_do(w, ROLE_FRONT_DESK, second, "koreksi",
                 "{\"field\":\"id_number\",\"value\":\"6203011708450001\",\"reason\":\"r\"}");
}

#define TEST(name_) cmocka_unit_test_setup_teardown(name_, begin, web_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_nine_steps),
        TEST(creating_answers_201_with_the_place),
        TEST(the_first_answer_is_what_is_stored),
        TEST(every_field_is_checked),
        TEST(warnings_are_overruled_by_name),
        TEST(a_late_entry_over_http),
        TEST(a_repeated_key),
        TEST(the_form_is_filled_by_nobody_but_the_desk),
        TEST(the_list_has_pages),
        TEST(out_of_order),
        TEST(a_signature_is_a_line_and_nothing_else),
        TEST(every_field_can_be_corrected),
        TEST(a_corrected_document_is_the_one_inside),
        TEST(a_number_is_not_corrected_into_a_guest_inside),
    };
    return cmocka_run_group_tests_name("visit_api", tests, NULL, NULL);
}

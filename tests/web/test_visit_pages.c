/* The counter's pages: two of them to the letter (tests/web/golden, written anew with
 * BUKUTAMU_GOLDEN=write), and what every page owes to odd names, to refused forms and to other languages. */
#include "web_fixture.h"

static int begin(void **state)
{
    struct web *w = web_new();
    web_pools(w);
    *state = w;
    return 0;
}

static void has(const struct got *got, const char *text)
{
    if (!strstr(got->body, text))
        print_error("not on the page: %s\n", text);
    assert_non_null(strstr(got->body, text));
}

static void has_not(const struct got *got, const char *text)
{
    if (strstr(got->body, text))
        print_error("on the page: %s\n", text);
    assert_null(strstr(got->body, text));
}

/* --- golden pages ------------------------------------------------------------------------------------------------ */

static size_t uuid_length(const char *s)
{
    for (size_t i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        bool hex = s[i] && strchr("0123456789abcdef", s[i]);
        if (dash ? s[i] != '-' : !hex)
            return 0;
    }
    return 36;
}

/* What differs from run to run becomes a hole: ids, page tokens, versions of assets. A line for each tag,
 * so that a difference can be read. */
static const char *with_holes(struct web *w, const char *body, const char *csrf)
{
    struct buf b = buf_new(w->arena, 128 * 1024, 4u << 20);
    size_t csrf_length = strlen(csrf);
    for (const char *c = body; *c;) {
        size_t id = uuid_length(c);
        if (id) {
            buf_puts(&b, "{id}");
            c += id;
        } else if (strncmp(c, csrf, csrf_length) == 0) {
            buf_puts(&b, "{csrf}");
            c += csrf_length;
        } else if (str_starts(c, "?v=")) {
            buf_puts(&b, "?v={version}");
            c += strcspn(c, "\"");
        } else {
            if (c[0] == '<' && b.n && b.p[b.n - 1] == '>')
                buf_putc(&b, '\n');
            buf_putc(&b, *c++);
        }
    }
    buf_putc(&b, '\n');
    assert_false(b.full);
    return b.p;
}

static const char *file_text(struct web *w, const char *path)
{
    FILE *f = fopen(path, "re");
    if (!f)
        print_error("%s is not there: BUKUTAMU_GOLDEN=write makes it\n", path);
    assert_non_null(f);
    char *text = arena_alloc(w->arena, 1u << 20);
    size_t n = fread(text, 1, (1u << 20) - 1, f);
    (void)fclose(f);
    text[n] = '\0';
    return text;
}

static void say_first_difference(const char *wanted, const char *found)
{
    int line = 1;
    const char *start = found;
    for (; *wanted && *wanted == *found; wanted++, found++) {
        if (*found == '\n') {
            line++;
            start = found + 1;
        }
    }
    print_error("line %d: %.*s\n", line, (int)strcspn(start, "\n"), start);
}

static void golden(struct web *w, const char *name, const struct got *got, uint32_t role)
{
    assert_int_equal(got->status, 200);
    const char *found = with_holes(w, got->body, web_csrf(w, role));
    const char *path = arena_printf(w->arena, "tests/web/golden/%s.html", name);
    const char *mode = getenv("BUKUTAMU_GOLDEN");
    if (mode && strcmp(mode, "write") == 0) {
        FILE *f = fopen(path, "we");
        assert_non_null(f);
        assert_true(fputs(found, f) >= 0);
        assert_int_equal(fclose(f), 0);
        return;
    }
    const char *wanted = file_text(w, path);
    if (strcmp(wanted, found) != 0)
        say_first_difference(wanted, found);
    assert_string_equal(found, wanted);
}

static const char *sim(struct web *w, int i, const char *name)
{
    return arena_printf(w->arena,
                        "{\"name\":\"%s\",\"id_type\":\"sim\",\"id_number\":\"90011234567%d\","
                        "\"purpose\":\"Menanyakan perkara\","
                        "\"category\":\"information\",\"no_photo_reason\":\"Kamera rusak\"}",
                        name, i);
}

/* Five guests: closed, received, too long, nearly, just come. Times are told so that nothing happens twice
 * in the same second. */
static void a_busy_morning(struct web *w, const char **ret_waiting)
{
    const char *closed = web_guest(w, sim(w, 1, "Ani Selesai"));
    house_later(w->h, 1000);
    (void)web_do(w, ROLE_OFFICE_HEAD, closed, "keputusan", "{\"outcome\":\"intel_chief\"}");
    (void)web_do(w, ROLE_FRONT_DESK, closed, "titipan",
                 "{\"badge\":\"A-01\",\"items\":[{\"kind\":\"id_card\"}]}");
    (void)web_do(w, ROLE_FRONT_DESK, closed, "ruang-tunggu", "{}");
    house_later(w->h, 120000);
    (void)web_do(w, ROLE_FRONT_DESK, closed, "diterima", "{}");
    (void)web_do(w, ROLE_DUTY_OFFICER, closed, "pengembalian", "{\"all\":true}");
    (void)web_do(w, ROLE_DUTY_OFFICER, closed, "selesai", "{\"badge\":\"A-01\"}");
    const char *received = web_guest(w, sim(w, 2, "Budi Diterima"));
    (void)web_do(w, ROLE_FRONT_DESK, received, "titipan",
                 "{\"badge\":\"A-02\",\"items\":[{\"kind\":\"id_card\"}]}");
    (void)web_do(w, ROLE_FRONT_DESK, received, "ruang-tunggu", "{}");
    (void)web_do(w, ROLE_OFFICE_HEAD, received, "keputusan", "{\"outcome\":\"office_head\"}");
    house_later(w->h, 60000);
    (void)web_do(w, ROLE_OFFICE_HEAD, received, "diterima", "{}");
    *ret_waiting = web_guest(
        w, "{\"name\":\"Fransiska \\\"Ika\\\" Luhing\",\"id_type\":\"ktp\",\"id_number\":\"6203 "
           "0157 0890 0002\","
           "\"purpose\":\"Menanyakan <perkara> & "
           "putusan\",\"category\":\"meeting\",\"no_photo_reason\":\"Kamera rusak\","
           "\"phone\":\"081200001122\",\"companions\":[{\"name\":\"Sari\"},{\"name\":\"Tono\"}]}");
    house_later(w->h, 1000);
    (void)web_do(w, ROLE_FRONT_DESK, *ret_waiting, "titipan",
                 "{\"badge\":\"A-03\",\"items\":[{\"kind\":\"id_card\"},{\"kind\":\"phone\","
                 "\"label\":\"putih\"}]}");
    house_later(w->h, 1000);
    (void)web_do(w, ROLE_FRONT_DESK, *ret_waiting, "ruang-tunggu", "{}");
    house_later(w->h, 1000);
    (void)web_do(w, ROLE_INTEL_CHIEF, *ret_waiting, "keputusan", "{\"outcome\":\"ask_head\"}");
    house_later(w->h, 150000);
    (void)web_guest(w, sim(w, 4, "Dewi Hampir"));
    house_later(w->h, 450000);
    (void)web_guest(w, sim(w, 5, "Eko Baru"));
    house_later(w->h, 5000);
}

static void the_counter_and_one_visit_to_the_letter(void **state)
{
    struct web *w = *state;
    const char *waiting = NULL;
    a_busy_morning(w, &waiting);
    struct got got = web_page(w, ROLE_FRONT_DESK, "/tamu");
    golden(w, "counter", &got, ROLE_FRONT_DESK);
    got = web_page(w, ROLE_FRONT_DESK, arena_printf(w->arena, "/tamu/%s", waiting));
    golden(w, "visit", &got, ROLE_FRONT_DESK);
}

static void the_clock_says_it_in_words_too(void **state)
{
    struct web *w = *state;
    const char *waiting = NULL;
    a_busy_morning(w, &waiting);
    struct got got = web_page(w, ROLE_FRONT_DESK, "/tamu");
    assert_int_equal(got.status, 200);
    static const char *const names[] = {"Fransiska", "Dewi Hampir", "Eko Baru"};
    static const char *const css[] = {"class=\"visit late\"", "class=\"visit near\"",
                                      "class=\"visit\""};
    const char *at = got.body;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) { /* the longest waiting first */
        const char *row = strstr(at, css[i]);
        assert_non_null(row);
        at = strstr(row, names[i]);
        assert_non_null(at);
    }
    has(&got, "WhatsApp belum disiapkan");
    has(&got, "100\u202F%"); /* both who were received were received in time */
}

/* --- odd names ---------------------------------------------------------------------------------------------------------- */

static void names_are_shown_and_do_nothing(void **state)
{
    struct web *w = *state;
    const char *id = web_guest(
        w, "{\"name\":\"<script>alert('x')</script> \\\"O'Neil\\\" & "
           "anak\",\"id_type\":\"sim\",\"id_number\":\"1\","
           "\"purpose\":\"<img src=x onerror=alert(1)>\",\"no_photo_reason\":\"</textarea><b>\"}");
    const char *const targets[] = {"/tamu", arena_printf(w->arena, "/tamu/%s", id),
                                   "/tamu?q=script", "/jawab"};
    for (size_t i = 0; i < ARRAY_LEN(targets); i++) {
        struct got got = web_page(w, i == 3 ? ROLE_INTEL_CHIEF : ROLE_FRONT_DESK, targets[i]);
        assert_int_equal(got.status, 200);
        has(&got, "&lt;script&gt;alert(");
        has_not(&got, "<script>alert");
        has_not(&got, "<img src=x");
    }
    /* a mark that turns the direction of the rest of the line is not taken at all */
    struct got got = web_post(w, ROLE_FRONT_DESK, "/tamu",
                              "{\"name\":\"Budi "
                              "\\u202egpj.exe\",\"id_type\":\"sim\",\"id_number\":\"2\","
                              "\"purpose\":\"x\",\"no_photo_reason\":\"r\"}");
    assert_int_equal(got.status, 422);
    assert_string_equal(web_value(w, &got, "errors.0.field"), "name");
    got = web_page(w, ROLE_FRONT_DESK, "/tamu?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E");
    assert_int_equal(got.status, 200);
    has_not(&got, "<script>alert");
    got = web_page(w, ROLE_FRONT_DESK, "/tidak/ada/%3Cscript%3Ealert(1)");
    assert_int_equal(got.status, 404);
    has_not(&got, "<script>alert");
}

/* --- forms that are refused ------------------------------------------------------------------------------------------------ */

static void what_was_typed_is_still_there(void **state)
{
    struct web *w = *state;
    struct got got = web_form(w, ROLE_FRONT_DESK, "/tamu",
                              "name=Budi+%22Santoso%22&id_type=ktp&id_number=6203+0117+0845&phone="
                              "12&email=budi&address=Jl.+Mawar+7&"
                              "organization=Dinas+X&purpose=Baris+satu%0D%0ABaris+dua&category="
                              "summons&service=Konsultasi&"
                              "no_photo_reason=Kamera+rusak&late_reason=Listrik+padam");
    assert_int_equal(got.status, 422);
    static const char *const typed[] = {"Budi &quot;Santoso&quot;",
                                        "6203 0117 0845",
                                        "value=\"12\"",
                                        "value=\"budi\"",
                                        "Jl. Mawar 7",
                                        "Dinas X",
                                        "Baris satu",
                                        "Baris dua",
                                        "Konsultasi",
                                        "Listrik padam"};
    for (size_t i = 0; i < ARRAY_LEN(typed); i++)
        has(&got, typed[i]);
    has(&got, "NIK terdiri atas 16 angka. Yang ditulis 12 angka.");
    has(&got, "Tulis jam datang sebenarnya");
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM visit"), 0);
}

static void doubts_and_who_is_inside(void **state)
{
    struct web *w = *state;
    struct got got = web_form(
        w, ROLE_FRONT_DESK, "/tamu",
        "name=Budi&id_type=ktp&id_number=6203991708450001&purpose=x&no_photo_reason=r&gender=P");
    assert_int_equal(got.status, 422);
    has(&got, "Kode kecamatan 62.03.99");
    has(&got, "value=\"region_unknown\"");
    has(&got, "value=\"gender_differs\"");
    got = web_form(w, ROLE_FRONT_DESK, "/tamu",
                   "name=Budi&id_type=ktp&id_number=6203991708450001&purpose=x&no_photo_reason=r&"
                   "gender=P&accept_warnings=region_unknown&accept_warnings=gender_differs");
    assert_int_equal(got.status, 303);
    const char *first = got.location;
    got = web_form(w, ROLE_FRONT_DESK, "/tamu",
                   "name=Budi&id_type=ktp&id_number=6203991708450001&purpose=x&no_photo_reason=r&"
                   "accept_warnings=region_unknown");
    assert_int_equal(got.status, 409);
    has(&got, first);
    has(&got, "1/2026");
}

static void a_returning_guest_fills_the_form(void **state)
{
    struct web *w = *state;
    (void)web_guest(
        w, "{\"name\":\"Fransiska "
           "Luhing\",\"id_type\":\"ktp\",\"id_number\":\"6203015708900002\",\"purpose\":\"x\",\"no_"
           "photo_reason\":\"r\",\"phone\":\"081200001122\",\"address\":\"Jl. Melati 5\"}");
    struct got got = web_form(w, ROLE_FRONT_DESK, "/tamu/baru",
                              "_q=6203+0157+0890+0002&purpose=Sudah+ditulis");
    assert_int_equal(got.status, 200);
    has(&got, "Fransiska Luhing");
    has(&got, "Sudah ditulis");
    has_not(&got, "Jl. Melati 5"); /* not before somebody is chosen */
    const char *visitor = house_text(w->h, "SELECT id FROM visitor");
    got = web_form(w, ROLE_FRONT_DESK, "/tamu/baru",
                   arena_printf(w->arena, "use=%s&purpose=Sudah+ditulis", visitor));
    assert_int_equal(got.status, 200);
    has(&got, "value=\"6203015708900002\"");
    has(&got, "Jl. Melati 5");
    has(&got, "Sudah ditulis");
    assert_int_equal(
        house_number(w->h, "SELECT count(*) FROM audit_entry WHERE action = 'visitor_used'"), 1);
    got = web_form(w, ROLE_FRONT_DESK, "/tamu/baru", "_q=frans");
    has(&got, "Fransiska Luhing");
    got = web_form(w, ROLE_FRONT_DESK, "/tamu/baru", "_q=%25%25%25");
    has_not(&got, "Fransiska Luhing");
}

/* --- parts, languages, roles ---------------------------------------------------------------------------------------------------- */

static void a_part_of_a_page(void **state)
{
    struct web *w = *state;
    (void)web_guest(w, NULL);
    struct got got = web_ask(
        w, (struct ask){
               .method = HTTP_GET, .target = "/tamu", .role = ROLE_FRONT_DESK, .fragment = true});
    assert_int_equal(got.status, 200);
    has(&got, "Fransiska Luhing");
    has_not(&got, "<html");
    has_not(&got, "<nav");
}

static void english_by_one_click(void **state)
{
    struct web *w = *state;
    (void)web_guest(w, NULL);
    struct got got = web_page(w, ROLE_FRONT_DESK, "/tamu");
    has(&got, "lang=\"id\"");
    has(&got, "Menunggu");
    struct http_pair cookie = {"cookie", SESSION_COOKIE "=front_desk; bahasa=en"};
    got = web_ask(
        w, (struct ask){.method = HTTP_GET, .target = "/tamu", .page = true, .header = cookie});
    assert_int_equal(got.status, 200);
    has(&got, "lang=\"en\"");
    has(&got, "Waiting");
    has_not(&got, ">Menunggu<");
}

static void officials_look_and_desks_act(void **state)
{
    struct web *w = *state;
    const char *id = web_waiting(w, NULL);
    const char *path = arena_printf(w->arena, "/tamu/%s", id);
    struct got got = web_page(w, ROLE_FRONT_DESK, path);
    has(&got, "/koreksi\"");
    got = web_page(w, ROLE_OFFICE_HEAD, path);
    assert_int_equal(got.status, 200);
    has_not(&got, "/koreksi\"");
    has_not(&got, "/ruang-tunggu\"");
    has_not(&got, "6203015708900002");
}

#define TEST(name_) cmocka_unit_test_setup_teardown(name_, begin, web_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_counter_and_one_visit_to_the_letter),
        TEST(the_clock_says_it_in_words_too),
        TEST(names_are_shown_and_do_nothing),
        TEST(what_was_typed_is_still_there),
        TEST(doubts_and_who_is_inside),
        TEST(a_returning_guest_fills_the_form),
        TEST(a_part_of_a_page),
        TEST(english_by_one_click),
        TEST(officials_look_and_desks_act),
    };
    return cmocka_run_group_tests_name("visit_pages", tests, NULL, NULL);
}

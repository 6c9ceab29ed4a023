/* Every route as every role, from the table that serves them: who gets in, who does not, and by what. */
#include "web_fixture.h"

#define NOWHERE "01890000-0000-7000-8000-00000000ffff"

static const char *target_of(struct web *w, const struct route *r)
{
    struct buf b = buf_new(w->h->cx->arena, 128, 1024);
    for (const char *c = r->path; *c;) {
        if (*c != '{') {
            buf_putc(&b, *c++);
            continue;
        }
        buf_puts(&b, strncmp(c, "{id}", 4) == 0 ? NOWHERE : "tidak-ada");
        c += strcspn(c, "}") + 1;
    }
    return b.p;
}

static bool is_open(const struct route *r)
{
    return (r->flags & (ROUTE_PUBLIC | ROUTE_SIGNED | ROUTE_ASSET)) != 0;
}

typedef void route_check(struct web *w, const struct route *r, const char *target);

static int for_each_route(struct web *w, route_check *check)
{
    int n = 0;
    for (const struct route *const *t = features_routes(); *t; t++) {
        for (const struct route *r = *t; r->path; r++, n++)
            check(w, r, target_of(w, r));
    }
    return n;
}

static struct got call(struct web *w, const struct route *r, const char *target, struct ask a)
{
    a.method = r->method;
    a.target = target;
    return web_ask(w, a);
}

static void say(const struct route *r, uint32_t role, const struct got *got)
{
    print_error("%s %s as %s: %d %.300s\n", r->method == HTTP_GET ? "GET" : "POST", r->path,
                role ? staff_role_name(role) : "nobody", got->status, got->json ? got->body : "");
}

static void nobody(struct web *w, const struct route *r, const char *target)
{
    if (is_open(r))
        return;
    struct got got = call(w, r, target, (struct ask){0});
    if (got.status != 401)
        say(r, 0, &got);
    assert_int_equal(got.status, 401);
    assert_non_null(got.json);
    got = call(w, r, target, (struct ask){.page = true});
    bool looks = r->method == HTTP_GET;
    if (got.status != (looks ? 303 : 401))
        say(r, 0, &got);
    assert_int_equal(got.status, looks ? 303 : 401);
    if (looks) {
        assert_non_null(got.location);
        assert_true(str_starts(got.location, "/masuk?next=/"));
    }
    got = call(w, r, target,
               (struct ask){.header = {"cookie", SESSION_COOKIE "=seseorang"}, .page = true});
    assert_int_equal(got.status, looks ? 303 : 401); /* a cookie of nobody's */
    got = call(w, r, target, (struct ask){.header = {"authorization", "Bearer seseorang"}});
    assert_int_equal(got.status, 401);
}

static void without_a_session(void **state)
{
    assert_true(for_each_route(*state, nobody) > 40);
}

static void each_role(struct web *w, const struct route *r, const char *target)
{
    if (is_open(r))
        return;
    for (size_t i = 0; i < ARRAY_LEN(people); i++) {
        struct got got = call(w, r, target, (struct ask){.role = people[i].role});
        const char *code = got.json ? web_value(w, &got, "code") : "";
        bool allowed = (people[i].role & r->who) != 0;
        /* A rule of the act itself, which the table cannot know. */
        bool by_rule = got.status == 403 &&
                       (str_eq(code, "not_addressed") || str_eq(code, "not_receiver"));
        bool let_in = got.status != 401 && got.status != 403;
        bool right = allowed ? let_in || by_rule : got.status == 403 && str_eq(code, "role");
        if (!right || got.status >= 500)
            say(r, people[i].role, &got);
        assert_true(right);
        assert_true(got.status < 500);
    }
}

static void with_every_role(void **state)
{
    (void)for_each_route(*state, each_role);
}

static void each_machine(struct web *w, const struct route *r, const char *target)
{
    if (r->flags & (ROUTE_SIGNED | ROUTE_ASSET | ROUTE_LOGIN))
        return;
    for (size_t i = 0; i < ARRAY_LEN(people); i++) {
        bool allowed = (people[i].role & r->who) != 0 || (r->flags & ROUTE_PUBLIC);
        if (!allowed)
            continue;
        struct got got = call(w, r, target, (struct ask){.role = people[i].role, .bearer = true});
        const char *code = got.json ? web_value(w, &got, "code") : "";
        bool refused = got.status == 403 && str_eq(code, "token_refused");
        if (refused != ((r->flags & ROUTE_NO_TOKEN) != 0) || str_eq(code, "csrf"))
            say(r, people[i].role, &got);
        assert_int_equal(refused, (r->flags & ROUTE_NO_TOKEN) != 0);
        assert_string_not_equal(code, "csrf"); /* a machine has no page to take it from */
        got = call(w, r, target, (struct ask){.role = people[i].role, .both = true});
        web_refused(w, &got, 400, "two_credentials");
    }
}

static void with_a_machines_token(void **state)
{
    (void)for_each_route(*state, each_machine);
}

static void without_token_of_the_page(struct web *w, const struct route *r, const char *target)
{
    if (r->method == HTTP_GET || (r->flags & ROUTE_SIGNED))
        return;
    for (size_t i = 0; i < ARRAY_LEN(people); i++) {
        if (!(people[i].role & r->who) && !(r->flags & ROUTE_PUBLIC))
            continue;
        uint32_t role = people[i].role;
        static const struct http_pair bad[] = {
            {NULL, NULL},
            {"x-csrf-token", ""},
            {"x-csrf-token", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
            {"sec-fetch-site", "same-origin"}};
        for (size_t k = 0; k < ARRAY_LEN(bad); k++) {
            struct got got = call(w, r, target,
                                  (struct ask){.role = role, .no_csrf = true, .header = bad[k]});
            web_refused(w, &got, 403, "csrf");
        }
        /* the token of another person's page */
        uint32_t other = role == ROLE_ADMIN ? ROLE_MONITOR : ROLE_ADMIN;
        struct got got = call(w, r, target,
                              (struct ask){.role = role,
                                           .no_csrf = true,
                                           .header = {"x-csrf-token", web_csrf(w, other)}});
        web_refused(w, &got, 403, "csrf");
        /* the right token, but from a foreign page */
        got = call(w, r, target,
                   (struct ask){.role = role, .header = {"origin", "https://jahat.example"}});
        web_refused(w, &got, 403, "csrf");
        got = call(w, r, target,
                   (struct ask){.role = role, .header = {"sec-fetch-site", "cross-site"}});
        web_refused(w, &got, 403, "csrf");
    }
    if (!(r->flags & ROUTE_PUBLIC))
        return;
    struct got got = call(w, r, target, (struct ask){.header = {"origin", "http://localhost"}});
    web_refused(w, &got, 403, "csrf"); /* a public form has one too */
}

static void without_the_token_of_the_page(void **state)
{
    struct web *w = *state;
    int64_t before = house_number(w->h, "SELECT seq FROM audit_head");
    (void)for_each_route(w, without_token_of_the_page);
    assert_int_equal(house_number(w->h, "SELECT seq FROM audit_head"),
                     before); /* nothing was done */
}

/* The token of a log-in page that was opened before is good for logging in, and for nothing else. */
static void the_token_of_the_log_in_page(void **state)
{
    struct web *w = *state;
    struct cx cx = web_cx(w);
    struct http_req req = {.method = HTTP_GET, .path = "/"};
    struct http_res res;
    assert_int_equal(server_dispatch(w->server, &cx, &req, &res), ERR_OK);
    const char *guest = csrf_token(&cx);
    const char *nonce = cx.http->nonce;
    for (int with_session = 0; with_session < 2; with_session++) {
        const char *session = with_session ? SESSION_COOKIE "=front_desk; " : "";
        const char *cookie = arena_printf(w->arena, "%s" PRELOGIN_COOKIE "=%s", session, nonce);
        struct http_pair headers[] = {
            {"cookie", cookie}, {"x-csrf-token", guest}, {"accept", "application/json"}};
        static const char *const paths[] = {"/tamu", "/keluar"};
        for (size_t i = 0; with_session && i < ARRAY_LEN(paths); i++) {
            cx = web_cx(w);
            req = (struct http_req){
                .method = HTTP_POST, .path = paths[i], .headers = headers, .header_count = 3};
            (void)server_dispatch(w->server, &cx, &req, &res);
            struct got got = web_got(&cx, &res);
            web_refused(w, &got, 403, "csrf");
        }
        cx = web_cx(w);
        req = (struct http_req){
            .method = HTTP_POST, .path = "/masuk", .headers = headers, .header_count = 3};
        (void)server_dispatch(w->server, &cx, &req, &res);
        assert_int_not_equal(res.status, 403); /* only the name and the password are missing */
        headers[1].value = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        cx = web_cx(w);
        req = (struct http_req){
            .method = HTTP_POST, .path = "/masuk", .headers = headers, .header_count = 3};
        (void)server_dispatch(w->server, &cx, &req, &res);
        assert_int_equal(res.status, 403);
    }
}

/* What was agreed of the posts, so that a slip in the table does not confirm itself. */
static void the_table_says_what_was_agreed(void **state)
{
    struct web *w = *state;
    static const struct {
        enum http_method method;
        const char *path;
        uint32_t who;
    } agreed[] = {
        {HTTP_POST, "/tamu", ROLE_DESK},
        {HTTP_GET, "/tamu/baru", ROLE_DESK},
        {HTTP_GET, "/tamu", ROLE_DESK | ROLE_OFFICIALS},
        {HTTP_GET, "/tamu/{id}", ROLE_DESK | ROLE_OFFICIALS},
        {HTTP_GET, "/tamu/{id}/foto", ROLE_DESK | ROLE_OFFICIALS},
        {HTTP_POST, "/tamu/{id}/titipan", ROLE_DESK},
        {HTTP_POST, "/tamu/{id}/ruang-tunggu", ROLE_DESK},
        {HTTP_POST, "/tamu/{id}/keputusan", ROLE_DESK | ROLE_OFFICIALS},
        {HTTP_POST, "/tamu/{id}/diterima", ROLE_DESK | ROLE_OFFICIALS},
        {HTTP_POST, "/tamu/{id}/catatan", ROLE_DESK | ROLE_OFFICIALS},
        {HTTP_POST, "/tamu/{id}/pengaduan", ROLE_DESK | ROLE_OFFICIALS},
        {HTTP_GET, "/tamu/{id}/pengaduan/isi", ROLE_LEADERS},
        {HTTP_POST, "/tamu/{id}/pengembalian", ROLE_DESK},
        {HTTP_POST, "/tamu/{id}/selesai", ROLE_DESK},
        {HTTP_POST, "/tamu/{id}/batal", ROLE_DESK},
        {HTTP_POST, "/tamu/{id}/pulang", ROLE_DESK},
        {HTTP_POST, "/tamu/{id}/hilang", ROLE_DESK},
        {HTTP_POST, "/tamu/{id}/koreksi", ROLE_DESK},
        {HTTP_GET, "/jawab", ROLE_OFFICIALS},
        {HTTP_GET, "/petugas", ROLE_ADMIN},
        {HTTP_POST, "/petugas", ROLE_ADMIN},
        {HTTP_GET, "/kunci", ROLE_LEADERS},
        {HTTP_POST, "/kunci/{id}", ROLE_LEADERS},
        {HTTP_GET, "/tanda-pengenal", ROLE_DESK | ROLE_ADMIN},
        {HTTP_GET, "/loker", ROLE_DESK | ROLE_ADMIN},
        {HTTP_GET, "/ruang", ROLE_DESK | ROLE_ADMIN},
    };
    (void)w;
    for (size_t i = 0; i < ARRAY_LEN(agreed); i++) {
        const struct route *found = NULL;
        for (const struct route *const *t = features_routes(); *t; t++) {
            for (const struct route *r = *t; r->path; r++) {
                if (r->method == agreed[i].method && str_eq(r->path, agreed[i].path))
                    found = r;
            }
        }
        if (!found || found->who != agreed[i].who)
            print_error("%s\n", agreed[i].path);
        assert_non_null(found);
        assert_int_equal(found->who, agreed[i].who);
    }
}

/* With a token stolen from a script nobody makes himself a chief. */
static void a_machine_makes_no_accounts(void **state)
{
    struct web *w = *state;
    int64_t before = house_number(w->h, "SELECT seq FROM audit_head");
    static const char *const paths[] = {"/petugas", "/petugas/" ARIEF,
                                        "/petugas/" ARIEF "/kata-sandi",
                                        "/petugas/" ARIEF "/nonaktif", "/petugas/" ARIEF "/aktif"};
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        struct got got = web_ask(w,
                                 (struct ask){.method = HTTP_POST,
                                              .target = paths[i],
                                              .role = ROLE_ADMIN,
                                              .bearer = true,
                                              .json = "{\"password\":\"kuda merah lari ke pasar\","
                                                      "\"understood\":true}"});
        web_refused(w, &got, 403, "token_refused");
    }
    static const uint32_t leaders[] = {ROLE_INTEL_CHIEF, ROLE_OFFICE_HEAD};
    for (size_t i = 0; i < ARRAY_LEN(leaders);
         i++) { /* the login throttle's routes are not in the walk above */
        struct got got = web_ask(w, (struct ask){.method = HTTP_POST,
                                                 .target = "/kunci/" ARIEF,
                                                 .role = leaders[i],
                                                 .bearer = true,
                                                 .json = "{}"});
        web_refused(w, &got, 403, "token_refused");
    }
    assert_int_equal(house_number(w->h, "SELECT seq FROM audit_head"), before);
}

/* What people are told while a key waits, and who can do something about it. */
static void a_waiting_key_is_shown(void **state)
{
    struct web *w = *state;
    struct got got = web_page(w, ROLE_OFFICE_HEAD, "/jawab");
    assert_null(strstr(got.body, "href=\"/kunci\""));
    got = web_post(w, ROLE_ADMIN, "/petugas",
                   "{\"username\":\"kasi.baru\",\"name\":\"Kasi Baru\",\"roles\":[\"intel_chief\"],"
                   "\"password\":\"kuda merah lari ke pasar\"}");
    assert_int_equal(got.status, 201);
    assert_string_equal(web_value(w, &got, "key_trusted_at"), "");
    const char *id = web_value(w, &got, "id");
    const char *path = arena_printf(w->arena, "/petugas/%s", id);
    got = web_page(w, ROLE_ADMIN, path);
    assert_non_null(strstr(got.body, "belum dipercayai"));
    got = web_page(w, ROLE_ADMIN, "/petugas");
    assert_non_null(strstr(got.body, "Kunci menunggu kepercayaan"));
    got = web_page(w, ROLE_OFFICE_HEAD, "/jawab");
    assert_non_null(strstr(got.body, "href=\"/kunci\""));
    got = web_page(w, ROLE_SECTION_CHIEF, "/jawab");
    assert_null(strstr(got.body, "href=\"/kunci\""));
    got = web_page(w, ROLE_OFFICE_HEAD, "/kunci");
    assert_int_equal(got.status, 200);
    assert_non_null(strstr(got.body, "Percayai kunci ini"));
    assert_non_null(strstr(got.body, arena_printf(w->arena, "action=\"/kunci/%s\"", id)));
    got = web_get(w, ROLE_OFFICE_HEAD, "/kunci");
    int waiting = 0, trusted = 0;
    for (int i = 0; i < 6; i++) {
        const char *state_of = web_value(w, &got, arena_printf(w->arena, "items.%d.state", i));
        waiting += str_eq(state_of, "waiting");
        trusted += str_eq(state_of, "trusted");
    }
    assert_int_equal(waiting, 1);
    assert_int_equal(trusted, 4); /* the leaders, and who may be given a complaint */
    const char *trust = arena_printf(w->arena, "/kunci/%s", id);
    got = web_post(w, ROLE_OFFICE_HEAD, trust, "{\"fingerprint\":\"0000\"}");
    web_fault(w, &got, "password", "missing");
    got = web_post(w, ROLE_ADMIN, trust, "{}");
    web_refused(w, &got, 403, "role");
}

#define TEST(name_) cmocka_unit_test_setup_teardown(name_, web_begin, web_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_a_session),
        TEST(with_every_role),
        TEST(with_a_machines_token),
        TEST(without_the_token_of_the_page),
        TEST(the_token_of_the_log_in_page),
        TEST(the_table_says_what_was_agreed),
        TEST(a_machine_makes_no_accounts),
        TEST(a_waiting_key_is_shown),
    };
    return cmocka_run_group_tests_name("roles", tests, NULL, NULL);
}

/* The reporter's pages without a socket: the tablet's code and its end, the public page, the receipt's code,
 * messages and withdrawal, and what an anonymous reporter must not leave behind. */
#include "web_fixture.h"

#include "features/reporter/reporter.h"

#define STORY  "text=Dana+desa+dibagikan+tidak+sesuai+daftar"
#define MINUTE INT64_C(60000)

/* A browser without an account. */
struct browser {
    struct web *w;
    const char *cookies; /* "; name=value…" */
    const char *nonce, *csrf;
    const char *key; /* Idempotency-Key */
};

struct reply {
    struct got got;
    const char *cookie; /* the last Set-Cookie of those that set a value, "name=value" */
    const char *clear;  /* Clear-Site-Data */
    size_t dropped;     /* cookies taken away */
};

static struct browser guest_of(struct web *w)
{
    struct cx cx = web_cx(w);
    struct http_req req = {.method = HTTP_GET, .path = "/"};
    struct http_res res;
    assert_int_equal(server_dispatch(w->server, &cx, &req, &res), ERR_OK);
    struct browser g = {.w = w, .cookies = ""};
    g.csrf = csrf_token(&cx);
    g.nonce = arena_strdup(w->h->cx->arena, cx.http->nonce);
    g.csrf = arena_strdup(w->h->cx->arena, g.csrf);
    return g;
}

static struct reply guest_ask(struct browser *g, const char *target, const char *form, bool page)
{
    struct web *w = g->w;
    struct cx cx = web_cx(w);
    struct http_pair headers[8];
    struct http_req req = {.method = form ? HTTP_POST : HTTP_GET, .headers = headers};
    struct http_res res;
    struct reply r = {.cookie = ""};
    req.path = arena_strndup(cx.arena, target, strcspn(target, "?"));
    assert_int_equal(request_query(&cx, &req, target), ERR_OK);
    add_header(&req, "host", "localhost");
    add_header(&req, "accept", page ? "text/html" : "application/json");
    add_header(&req, "cookie",
               arena_printf(cx.arena, PRELOGIN_COOKIE "=%s%s", g->nonce, g->cookies));
    add_header(&req, "x-csrf-token", g->csrf);
    if (g->key)
        add_header(&req, "idempotency-key", g->key);
    if (form) {
        add_header(&req, "content-type", "application/x-www-form-urlencoded");
        req.body = (struct bytes){(const uint8_t *)form, strlen(form)};
    }
    (void)server_dispatch(w->server, &cx, &req, &res);
    r.got = web_got(&cx, &res);
    for (size_t i = 0; i < res.header_count; i++) {
        const char *value = res.headers[i].value;
        if (strcasecmp(res.headers[i].name, "clear-site-data") == 0)
            r.clear = value;
        if (strcasecmp(res.headers[i].name, "set-cookie") != 0)
            continue;
        if (strstr(value, "Max-Age=0"))
            r.dropped++;
        else if (!str_starts(value, PRELOGIN_COOKIE))
            r.cookie = arena_strndup(cx.arena, value, strcspn(value, ";"));
    }
    return r;
}

static void guest_keeps(struct browser *g, const char *cookie)
{
    g->cookies = arena_printf(g->w->h->cx->arena, "%s; %s", g->cookies, cookie);
}

/* The code on the page of an officer. */
static const char *code_on(struct web *w, const char *target)
{
    struct got got = web_ask(
        w,
        (struct ask){.method = HTTP_POST, .target = target, .role = ROLE_FRONT_DESK, .page = true});
    if (got.status != 200)
        print_error("%d %s\n", got.status, got.body);
    assert_int_equal(got.status, 200);
    const char *at = strstr(got.body, "kiosk-code\">");
    assert_non_null(at);
    return arena_strndup(w->h->cx->arena, at + strlen("kiosk-code\">"), KIOSK_CODE_CHARS + 1);
}

static struct reply take_code(struct browser *g, const char *code)
{
    const char *at = strchr(code, ' ');
    assert_non_null(at);
    const char *form = arena_printf(g->w->arena, "code=%.*s%s", (int)(at - code), code, at + 1);
    return guest_ask(g, "/kios/mulai", form, false);
}

static struct browser at_tablet(struct web *w, const char *target)
{
    struct browser g = guest_of(w);
    struct reply r = take_code(&g, code_on(w, target));
    assert_int_equal(r.got.status, 303);
    guest_keeps(&g, r.cookie);
    guest_keeps(&g, "bahasa=id");
    return g;
}

/* --- the tablet ------------------------------------------------------------------------------------------- */

static void a_code_opens_one_tablet_for_a_while(void **state)
{
    struct web *w = *state;
    web_pools(w);
    struct browser g = guest_of(w), other = guest_of(w);
    const char *code = code_on(w, "/layar-tamu");
    assert_int_equal(
        house_number(w->h, "SELECT count(*) FROM kiosk_session WHERE code_hash IS NOT NULL"), 1);
    struct reply r = take_code(&g, "K7QM 3XTD");
    web_fault(w, &r.got, "code", "code_unknown");
    r = guest_ask(&g, "/kios/mulai", "code=K7QM", false);
    web_fault(w, &r.got, "code", "code_unknown");
    r = guest_ask(&g, "/kios/mulai", "code=", false);
    web_fault(w, &r.got, "code", "missing");
    r = take_code(&g, code);
    assert_int_equal(r.got.status, 303);
    assert_true(str_starts(r.cookie, "__Host-kios="));
    struct reply again = take_code(&other, code);
    web_fault(w, &again.got, "code", "code_unknown");
    guest_keeps(&g, r.cookie);
    r = guest_ask(&g, "/kios", NULL, true);
    assert_non_null(strstr(r.got.body, "Choose a language"));
    guest_keeps(&g, "bahasa=en");
    r = guest_ask(&g, "/kios", NULL, true);
    assert_non_null(strstr(r.got.body, "name=\"text\""));
    assert_non_null(strstr(r.got.body, "data-idle=\"45\" data-idle-warn=\"15\""));
    house_later(w->h, 46 * MINUTE);
    r = guest_ask(&g, "/kios", NULL, true);
    assert_null(strstr(r.got.body, "name=\"text\""));
    assert_non_null(strstr(r.got.body, "name=\"code\""));
    code = code_on(w, "/layar-tamu");
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM kiosk_session"),
                     1); /* what was over went */
    house_later(w->h, 11 * MINUTE);
    r = take_code(&other, code);
    web_fault(w, &r.got, "code", "code_unknown");
    assert_int_equal(reporter_sweep(w->h->cx, w->h->office), ERR_OK);
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM kiosk_session"), 0);
}

static void clearing_ends_the_session_and_empties_the_browser(void **state)
{
    struct web *w = *state;
    web_pools(w);
    struct browser g = at_tablet(w, "/layar-tamu");
    struct reply r = guest_ask(&g, "/kios/kosongkan", "_=1", true);
    assert_int_equal(r.got.status, 303);
    assert_string_equal(r.got.location, "/kios");
    assert_string_equal(r.clear, "\"cache\", \"cookies\", \"storage\"");
    assert_int_equal(r.dropped, 3);
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM kiosk_session"), 0);
    r = guest_ask(&g, "/kios", NULL, true); /* the cookie is still sent: it opens nothing */
    assert_null(strstr(r.got.body, "name=\"text\""));
    r = guest_ask(&g, "/kios/pengaduan", STORY "&_langkah=periksa", true);
    assert_int_equal(r.got.status, 303);
    r = guest_ask(&g, "/kios/pengaduan", STORY, false);
    web_refused(w, &r.got, 409, "kiosk_over");
    r = guest_ask(&g, "/kios/habis", NULL, true);
    assert_int_equal(r.got.status, 303);
    assert_int_equal(r.dropped, 2);
    assert_null(strstr(r.clear, "cookies"));
}

static void nothing_is_opened_beside_an_officer(void **state)
{
    struct web *w = *state;
    web_pools(w);
    struct got got = web_page(w, ROLE_DUTY_OFFICER, "/kios");
    assert_int_equal(got.status, 200);
    assert_non_null(strstr(got.body, "Petugas masih masuk"));
    assert_null(strstr(got.body, "name=\"code\""));
    static const char *const paths[] = {"/kios/mulai", "/kios/bahasa", "/kios/pengaduan"};
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        got = web_post(w, ROLE_DUTY_OFFICER, paths[i], "{}");
        web_refused(w, &got, 409, "staff_session");
    }
}

static const char *received_guest(struct web *w)
{
    const char *id = web_waiting(w, NULL);
    struct got got = web_post(w, ROLE_FRONT_DESK, web_step(w, id, "pengaduan/layar-tamu"), NULL);
    web_refused(w, &got, 409, "state");
    (void)web_do(w, ROLE_FRONT_DESK, id, "keputusan",
                 "{\"outcome\":\"intel_chief\",\"official\":\"arief\"}");
    (void)web_do(w, ROLE_FRONT_DESK, id, "keputusan",
                 "{\"outcome\":\"intel_chief\",\"official\":\"hendra\"}");
    (void)web_do(w, ROLE_INTEL_CHIEF, id, "diterima", "{}");
    return id;
}

static void a_visit_is_kept_sealed_and_only_until_it_is_over(void **state)
{
    struct web *w = *state;
    web_pools(w);
    const char *id = received_guest(w);
    int64_t before = house_number(w->h, "SELECT seq FROM audit_head");
    struct browser g = at_tablet(w, web_step(w, id, "pengaduan/layar-tamu"));
    assert_int_equal(
        house_number(w->h, "SELECT count(*) FROM kiosk_session WHERE visit_sealed IS NOT NULL"), 1);
    assert_int_equal(house_number(w->h, arena_printf(w->arena,
                                                     "SELECT count(*) FROM kiosk_session WHERE "
                                                     "instr(visit_sealed, CAST('%s' AS BLOB)) > 0",
                                                     id)),
                     0);
    assert_int_equal(house_number(w->h, "SELECT seq FROM audit_head"),
                     before); /* nobody's business */
    struct reply r = guest_ask(&g, "/kios/pengaduan",
                               STORY "&reporter_mode=confidential&_langkah=kirim", false);
    if (r.got.status != 201)
        print_error("%d %s\n", r.got.status, r.got.body);
    assert_int_equal(r.got.status, 201);
    assert_string_equal(house_text(w->h, "SELECT way || reporter_mode FROM complaint"),
                        "tabletconfidential");
    assert_int_equal(
        house_number(w->h, "SELECT count(*) FROM visit WHERE complaint_sealed IS NOT NULL"), 1);
    r = guest_ask(&g, "/kios/kosongkan", "_=1", true);
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM kiosk_session"), 0);
    struct got got = web_post(w, ROLE_FRONT_DESK, web_step(w, id, "pengaduan/layar-tamu"), NULL);
    web_refused(w, &got, 409, "complaint_exists");
}

static void an_anonymous_guest_keeps_no_visit(void **state)
{
    struct web *w = *state;
    web_pools(w);
    const char *id = received_guest(w);
    struct browser g = at_tablet(w, web_step(w, id, "pengaduan/layar-tamu"));
    int64_t before = house_number(w->h, "SELECT seq FROM audit_head");
    int64_t replays = house_number(w->h, "SELECT count(*) FROM replay");
    struct reply r = guest_ask(&g, "/kios/pengaduan",
                               STORY "&reporter_mode=anonymous&_langkah=kirim", false);
    assert_int_equal(r.got.status, 201);
    assert_int_equal(
        house_number(w->h, "SELECT count(*) FROM visit WHERE complaint_sealed IS NOT NULL"), 0);
    assert_int_equal(house_number(w->h, "SELECT seq FROM audit_head"), before);
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM replay"), replays);
}

/* --- form, review, receipt ------------------------------------------------------------------------------------ */

static void the_steps_carry_what_was_typed(void **state)
{
    struct web *w = *state;
    web_pools(w);
    struct browser g = at_tablet(w, "/layar-tamu");
    struct reply r = guest_ask(&g, "/kios/pengaduan", "who=Bendahara&_langkah=periksa", true);
    assert_int_equal(r.got.status, 422);
    assert_non_null(strstr(r.got.body, "Tulis apa yang terjadi."));
    assert_non_null(strstr(r.got.body, "Bendahara"));
    r = guest_ask(&g, "/kios/pengaduan", STORY "&who=Bendahara&_bahasa=en", true);
    assert_int_equal(r.got.status, 200);
    assert_string_equal(r.cookie, "bahasa=en");
    assert_non_null(strstr(r.got.body, "lang=\"en\""));
    assert_non_null(strstr(r.got.body, "Dana desa dibagikan"));
    r = guest_ask(&g, "/kios/pengaduan",
                  STORY "&parties.0.name=%3Cb%3EKades%3C%2Fb%3E&reporter_mode=anonymous"
                        "&reporter_name=Siti&_parties=1&_langkah=periksa",
                  true);
    assert_int_equal(r.got.status, 200);
    assert_non_null(
        strstr(r.got.body, "name=\"parties.0.name\" value=\"&lt;b&gt;Kades&lt;/b&gt;\""));
    assert_non_null(strstr(r.got.body, "value=\"kirim\""));
    assert_null(strstr(r.got.body, "Siti")); /* who wants no name gives none */
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM complaint"), 0);
    r = guest_ask(&g, "/kios/pengaduan", STORY "&_parties=1&_langkah=ubah", true);
    assert_non_null(strstr(r.got.body, "Dana desa dibagikan"));
    r = guest_ask(&g, "/kios/pengaduan", STORY "&_langkah=kirim", true);
    assert_int_equal(r.got.status, 200);
    assert_non_null(strstr(r.got.body, "PGD-1/"));
    assert_null(strstr(r.got.body, "Dana desa"));
}

static void sent_twice_is_one_complaint_with_one_code(void **state)
{
    struct web *w = *state;
    web_pools(w);
    struct browser g = at_tablet(w, "/layar-tamu");
    const char *receipt = seal_receipt_new(w->arena);
    const char *form = arena_printf(w->arena, STORY "&receipt=%s&_langkah=kirim", receipt);
    for (int i = 0; i < 2; i++) {
        struct reply r = guest_ask(&g, "/kios/pengaduan", form, false);
        assert_true(r.got.status == 201);
        assert_string_equal(web_value(w, &r.got, "receipt"), receipt);
        assert_true(str_starts(web_value(w, &r.got, "number"), "PGD-1/"));
    }
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM complaint"), 1);
}

/* Changed after it was sent: it must not look received. */
static void another_text_under_a_used_code_is_refused(void **state)
{
    struct web *w = *state;
    web_pools(w);
    struct browser g = at_tablet(w, "/layar-tamu");
    const char *receipt = seal_receipt_new(w->arena);
    const char *const changes[] = {"+di+desa", "&who=Bendahara", "&reporter_mode=anonymous",
                                   "&documents.0.kind=Kuitansi", "&reported_party=Kades"};
    struct reply r = guest_ask(&g, "/kios/pengaduan",
                               arena_printf(w->arena, STORY "&receipt=%s", receipt), false);
    assert_int_equal(r.got.status, 201);
    for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
        const char *form = arena_printf(w->arena, STORY "%s&receipt=%s&_langkah=kirim", changes[i],
                                        receipt);
        r = guest_ask(&g, "/kios/pengaduan", form, false);
        web_fault(w, &r.got, "receipt", "receipt_used");
        r = guest_ask(&g, "/kios/pengaduan", form, true);
        assert_int_equal(r.got.status, 422);
        assert_non_null(strstr(r.got.body, "sudah tersimpan"));
        assert_non_null(strstr(r.got.body, "Dana desa dibagikan"));
    }
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM complaint"), 1);
}

/* Without an account there is nobody to keep an answer for: the receipt code does that work. */
static void a_guests_key_stores_no_answer(void **state)
{
    struct web *w = *state;
    web_pools(w);
    struct browser g = at_tablet(w, "/layar-tamu");
    const char *form = arena_printf(w->arena, STORY "&reporter_mode=anonymous&receipt=%s",
                                    seal_receipt_new(w->arena));
    int64_t replays = house_number(w->h, "SELECT count(*) FROM replay");
    g.key = "kunci-dari-program";
    for (int i = 0; i < 2; i++) {
        struct reply r = guest_ask(&g, "/kios/pengaduan", form, false);
        assert_int_equal(r.got.status, 201);
        assert_true(str_starts(web_value(w, &r.got, "number"), "PGD-1/"));
    }
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM replay"), replays);
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM complaint"), 1);
}

static void a_closed_desk_opens_no_tablet(void **state)
{
    struct web *w = *state; /* the recovery sheet was not typed back */
    struct got got = web_post(w, ROLE_FRONT_DESK, "/layar-tamu", NULL);
    web_refused(w, &got, 409, "intake_closed");
    got = web_page(w, ROLE_FRONT_DESK, "/layar-tamu");
    assert_int_equal(got.status, 200);
    assert_non_null(strstr(got.body, "bukutamu recovery"));
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM kiosk_session"), 0);
}

/* --- the public page ------------------------------------------------------------------------------------------ */

static void the_public_page_is_open_only_when_switched_on(void **state)
{
    struct web *w = *state;
    web_pools(w);
    struct browser g = guest_of(w);
    struct reply r = guest_ask(&g, "/lapor", NULL, true);
    assert_int_equal(r.got.status, 200);
    assert_null(strstr(r.got.body, "name=\"text\""));
    assert_non_null(strstr(r.got.body, "action=\"/bahasa\"")); /* open, the form itself has it */
    r = guest_ask(&g, "/lapor", STORY "&_langkah=kirim", false);
    web_refused(w, &r.got, 409, "public_intake_closed");
    r = guest_ask(&g, "/lapor", STORY "&_langkah=kirim", true);
    assert_int_equal(r.got.status, 409);
    struct got got = web_post(w, ROLE_FRONT_DESK, "/lapor/pengaturan", "{\"open\":true}");
    web_refused(w, &got, 403, "role");
    for (int i = 0; i < 2; i++) {
        got = web_post(w, i ? ROLE_ADMIN : ROLE_OFFICE_HEAD, "/lapor/pengaturan", "{\"open\":true}");
        assert_int_equal(got.status, 303);
    }
    assert_int_equal(
        house_number(w->h,
                     "SELECT count(*) FROM audit_entry WHERE action = 'public_intake_changed'"),
        1);
    got = web_page(w, ROLE_ADMIN, "/lapor/pengaturan?disimpan=1");
    assert_non_null(strstr(got.body, "checked"));
    int64_t before = house_number(w->h, "SELECT seq FROM audit_head");
    r = guest_ask(&g, "/lapor", STORY "&reporter_mode=anonymous&_langkah=kirim", false);
    assert_int_equal(r.got.status, 201);
    assert_string_equal(house_text(w->h, "SELECT way FROM complaint"), "public");
    assert_int_equal(house_number(w->h, "SELECT seq FROM audit_head"), before);
    r = guest_ask(&g, "/lapor/kosongkan", "_=1", true);
    assert_string_equal(r.got.location, "/lapor");
    assert_string_equal(r.clear, "\"cache\", \"storage\"");
    got = web_post(w, ROLE_OFFICE_HEAD, "/lapor/pengaturan", "{\"open\":false}");
    r = guest_ask(&g, "/lapor", STORY, false);
    web_refused(w, &r.got, 409, "public_intake_closed");
}

/* An officer has something to report: he is a reporter then, and no writer of the office. */
static void an_officer_reports_as_anybody(void **state)
{
    struct web *w = *state;
    web_pools(w);
    (void)web_post(w, ROLE_OFFICE_HEAD, "/lapor/pengaturan", "{\"open\":true}");
    int64_t before = house_number(w->h, "SELECT seq FROM audit_head");
    struct got got = web_post(
        w, ROLE_FRONT_DESK, "/lapor",
        "{\"text\":\"Uang titipan diambil.\",\"reporter_mode\":\"anonymous\"}");
    assert_int_equal(got.status, 201);
    assert_int_equal(house_number(w->h, "SELECT seq FROM audit_head"), before);
    got = web_page(w, ROLE_FRONT_DESK, "/lapor");
    assert_null(strstr(got.body, "Rina Wahyuni"));
}

/* --- following ---------------------------------------------------------------------------------------------------- */

static const char *complaint_by_tablet(struct web *w, const char *mode)
{
    struct browser g = at_tablet(w, "/layar-tamu");
    struct reply r = guest_ask(
        &g, "/kios/pengaduan",
        arena_printf(w->arena, STORY "&reporter_mode=%s&_langkah=kirim", mode), false);
    assert_int_equal(r.got.status, 201);
    (void)guest_ask(&g, "/kios/kosongkan", "_=1", true);
    return arena_strdup(w->h->cx->arena, web_value(w, &r.got, "receipt"));
}

static struct browser follower(struct web *w, const char *receipt)
{
    struct browser g = guest_of(w);
    struct reply r = guest_ask(&g, "/tindak-lanjut", arena_printf(w->arena, "code=%s", receipt),
                               false);
    assert_int_equal(r.got.status, 303);
    assert_string_equal(r.got.location, "/tindak-lanjut");
    assert_true(str_starts(r.cookie, "__Host-pelapor="));
    assert_null(strstr(r.cookie, receipt));
    guest_keeps(&g, r.cookie);
    return g;
}

static void the_code_opens_and_a_slip_is_told(void **state)
{
    struct web *w = *state;
    web_pools(w);
    char *receipt = arena_strdup(w->h->cx->arena, complaint_by_tablet(w, "anonymous"));
    struct browser g = guest_of(w);
    struct reply r = guest_ask(&g, "/tindak-lanjut", "code=halo", false);
    web_fault(w, &r.got, "code", "mistyped");
    char *slip = arena_strdup(w->arena, receipt);
    slip[2] = slip[2] == '7' ? '8' : '7';
    r = guest_ask(&g, "/tindak-lanjut", arena_printf(w->arena, "code=%s", slip), true);
    assert_int_equal(r.got.status, 422);
    assert_non_null(strstr(r.got.body, "salah ketik"));
    r = guest_ask(&g, "/tindak-lanjut",
                  arena_printf(w->arena, "code=%s", seal_receipt_new(w->arena)), false);
    web_fault(w, &r.got, "code", "receipt_unknown");
    g = follower(w, str_lower(w->arena, receipt));
    r = guest_ask(&g, "/tindak-lanjut", NULL, true);
    assert_non_null(strstr(r.got.body, "PGD-1/"));
    assert_null(strstr(r.got.body, receipt));
    house_later(w->h, 31 * MINUTE);
    r = guest_ask(&g, "/tindak-lanjut", NULL, true);
    assert_null(strstr(r.got.body, "PGD-1/"));
    assert_non_null(strstr(r.got.body, "setengah jam"));
    r = guest_ask(&g, "/tindak-lanjut/pesan", "text=Halo", false);
    web_refused(w, &r.got, 404, "receipt_closed");
}

static void a_cookie_of_ones_own_making_opens_nothing(void **state)
{
    struct web *w = *state;
    web_pools(w);
    struct browser g = follower(w, complaint_by_tablet(w, "anonymous"));
    char *changed = arena_strdup(w->arena, g.cookies);
    char *last = changed + strlen(changed) - 1;
    *last = *last == 'A' ? 'B' : 'A';
    const char *const cookies[] = {"; __Host-pelapor=", "; __Host-pelapor=halo",
                                   "; __Host-pelapor=!", changed, ""};
    for (size_t i = 0; i < ARRAY_LEN(cookies); i++) {
        g.cookies = cookies[i];
        struct reply r = guest_ask(&g, "/tindak-lanjut", NULL, true);
        assert_int_equal(r.got.status, 200);
        assert_null(strstr(r.got.body, "PGD-1/"));
        r = guest_ask(&g, "/tindak-lanjut/cabut", "sure=1", false);
        web_refused(w, &r.got, 404, "receipt_closed");
    }
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM complaint_message"), 0);
}

static void messages_go_both_ways(void **state)
{
    struct web *w = *state;
    web_pools(w);
    struct browser g = follower(w, complaint_by_tablet(w, "anonymous"));
    const char *id = house_text(w->h, "SELECT id FROM complaint");
    const char *path = web_complaint_path(w, id, "/pesan");
    int64_t n = -1, before = house_number(w->h, "SELECT seq FROM audit_head");
    struct reply r = guest_ask(&g, "/tindak-lanjut/pesan", "text=", false);
    web_fault(w, &r.got, "text", "missing");
    r = guest_ask(&g, "/tindak-lanjut/pesan", "text=Ada+foto%0Ajembatan", false);
    assert_int_equal(r.got.status, 303);
    assert_int_equal(house_number(w->h, "SELECT seq FROM audit_head"), before);
    assert_int_equal(house_number(w->h, "SELECT (at + 25200000) % 86400000 FROM complaint_message"),
                     0);
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM complaint_message WHERE "
                                        "instr(body_sealed, CAST('jembatan' AS BLOB)) > 0"),
                     0);
    assert_int_equal(reporter_unread(w->h->cx->read, w->h->office, id, &n), ERR_OK);
    assert_int_equal(n, 1);
    struct got got = web_page(w, ROLE_INTEL_CHIEF, path);
    assert_int_equal(got.status, 200);
    assert_non_null(strstr(got.body, "Ada foto"));
    assert_int_equal(reporter_unread(w->h->cx->read, w->h->office, id, &n), ERR_OK);
    assert_int_equal(n, 0);
    assert_int_equal(
        house_number(w->h,
                     "SELECT count(*) FROM audit_entry WHERE action = 'reporter_messages_read'"),
        1);
    got = web_post(w, ROLE_INTEL_CHIEF, path, "{\"text\":\"Kirimkan & tunggu.\"}");
    assert_int_equal(got.status, 201);
    got = web_post(w, ROLE_INTEL_CHIEF, path, "{\"text\":\" \"}");
    web_fault(w, &got, "text", "missing");
    r = guest_ask(&g, "/tindak-lanjut", NULL, true);
    assert_non_null(strstr(r.got.body, "Kirimkan &amp; tunggu."));
    assert_null(strstr(r.got.body, "Arief"));
}

static void only_a_reader_sees_or_answers(void **state)
{
    struct web *w = *state;
    web_pools(w);
    struct browser g = follower(w, complaint_by_tablet(w, "confidential"));
    (void)guest_ask(&g, "/tindak-lanjut/pesan", "text=Rahasia+besar", false);
    assert_int_equal(
        house_number(w->h, "SELECT count(*) FROM audit_entry WHERE action = 'reporter_message'"), 1);
    const char *path = web_complaint_path(w, house_text(w->h, "SELECT id FROM complaint"), "/pesan");
    static const uint32_t others[] = {ROLE_FRONT_DESK, ROLE_DUTY_OFFICER, ROLE_ADMIN, ROLE_MONITOR};
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        struct got got = web_get(w, others[i], path);
        web_refused(w, &got, 403, "role");
    }
    static const uint32_t strangers[] = {ROLE_SECTION_CHIEF, ROLE_CASE_OFFICER};
    for (size_t i = 0; i < ARRAY_LEN(strangers); i++) {
        struct got got = web_get(w, strangers[i], path);
        assert_int_equal(got.status, 404); /* to them there is no such complaint */
        got = web_post(w, strangers[i], path, "{\"text\":\"Halo\"}");
        assert_int_equal(got.status, 404);
    }
    w->locked = ROLE_OFFICE_HEAD;
    struct got got = web_get(w, ROLE_OFFICE_HEAD, path);
    web_refused(w, &got, 403, "key_locked");
    got = web_post(w, ROLE_OFFICE_HEAD, path, "{\"text\":\"Halo\"}");
    web_refused(w, &got, 403, "key_locked");
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM complaint_message WHERE seen_at IS "
                                        "NOT NULL OR from_reporter = 0"),
                     0);
}

static void a_withdrawal_is_asked_once(void **state)
{
    struct web *w = *state;
    web_pools(w);
    struct browser g = follower(w, complaint_by_tablet(w, "anonymous"));
    const char *id = house_text(w->h, "SELECT id FROM complaint");
    bool asked = true;
    assert_int_equal(reporter_withdrawal(w->h->cx->read, w->h->office, id, &asked), ERR_OK);
    assert_false(asked);
    struct reply r = guest_ask(&g, "/tindak-lanjut/cabut", "reason=Takut", false);
    web_fault(w, &r.got, "sure", "missing");
    r = guest_ask(&g, "/tindak-lanjut/cabut", "reason=Takut&sure=1", false);
    assert_int_equal(r.got.status, 303);
    r = guest_ask(&g, "/tindak-lanjut/cabut", "sure=1", false);
    web_refused(w, &r.got, 409, "withdrawal_asked");
    assert_int_equal(reporter_withdrawal(w->h->cx->read, w->h->office, id, &asked), ERR_OK);
    assert_true(asked);
    assert_string_equal(house_text(w->h, "SELECT state FROM complaint"),
                        "received"); /* the office decides */
    struct got got = web_page(w, ROLE_OFFICE_HEAD, web_complaint_path(w, id, "/pesan"));
    assert_non_null(strstr(got.body, "Pelapor meminta pengaduan ini dicabut"));
    assert_non_null(strstr(got.body, "Takut"));
    r = guest_ask(&g, "/tindak-lanjut/tutup", "_=1", true);
    assert_string_equal(r.clear, "\"cache\", \"storage\"");
}

static void the_reporter_sees_where_it_stands_and_what_is_asked(void **state)
{
    struct web *w = *state;
    web_pools(w);
    struct browser g = follower(w, complaint_by_tablet(w, "anonymous"));
    const char *id = house_text(w->h, "SELECT id FROM complaint");
    struct reply r = guest_ask(&g, "/tindak-lanjut", NULL, true);
    assert_non_null(strstr(r.got.body, "Diterima"));
    assert_non_null(strstr(r.got.body, "Diselesaikan paling lambat"));
    assert_null(strstr(r.got.body, "Yang diminta dari Anda"));
    struct got got = web_post(w, ROLE_INTEL_CHIEF, web_complaint_path(w, id, "/keadaan"),
                              "{\"side\":\"needs_completion\"}");
    if (got.status != 200)
        print_error("%d %s\n", got.status, got.body);
    assert_int_equal(got.status, 200);
    r = guest_ask(&g, "/tindak-lanjut", NULL, true);
    assert_non_null(strstr(r.got.body, "Yang diminta dari Anda"));
    assert_non_null(strstr(r.got.body, "Lengkapi paling lambat"));
    assert_non_null(strstr(r.got.body, "Uraian peristiwa"));
    assert_null(strstr(r.got.body, "Fotokopi KTP")); /* never of an anonymous reporter */
}

static void a_conversation_has_an_end(void **state)
{
    struct web *w = *state;
    web_pools(w);
    struct browser g = follower(w, complaint_by_tablet(w, "anonymous"));
    (void)guest_ask(&g, "/tindak-lanjut/pesan", "text=satu", false);
    house_exec(
        w->h,
        "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 500)"
        " INSERT INTO complaint_message (office_id, complaint_id, seq, id, at, from_reporter,"
        " kind, by_id, body_sealed) SELECT m.office_id, m.complaint_id, n.i, 'm' || n.i, m.at, 1,"
        " 'message', '', m.body_sealed FROM complaint_message m, n");
    struct reply r = guest_ask(&g, "/tindak-lanjut/pesan", "text=lagi", false);
    web_refused(w, &r.got, 409, "messages_full");
    r = guest_ask(&g, "/tindak-lanjut/cabut", "sure=1", false);
    assert_int_equal(r.got.status, 303);
    struct got got = web_post(
        w, ROLE_INTEL_CHIEF,
        web_complaint_path(w, house_text(w->h, "SELECT id FROM complaint"), "/pesan"),
        "{\"text\":\"Datanglah ke loket.\"}");
    assert_int_equal(got.status, 201);
}

#define TEST(name_) cmocka_unit_test_setup_teardown(name_, web_begin, web_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_code_opens_one_tablet_for_a_while),
        TEST(clearing_ends_the_session_and_empties_the_browser),
        TEST(nothing_is_opened_beside_an_officer),
        TEST(a_visit_is_kept_sealed_and_only_until_it_is_over),
        TEST(an_anonymous_guest_keeps_no_visit),
        TEST(the_steps_carry_what_was_typed),
        TEST(sent_twice_is_one_complaint_with_one_code),
        TEST(another_text_under_a_used_code_is_refused),
        TEST(a_guests_key_stores_no_answer),
        TEST(a_closed_desk_opens_no_tablet),
        TEST(the_public_page_is_open_only_when_switched_on),
        TEST(an_officer_reports_as_anybody),
        TEST(the_code_opens_and_a_slip_is_told),
        TEST(a_cookie_of_ones_own_making_opens_nothing),
        TEST(messages_go_both_ways),
        TEST(only_a_reader_sees_or_answers),
        TEST(a_withdrawal_is_asked_once),
        TEST(the_reporter_sees_where_it_stands_and_what_is_asked),
        TEST(a_conversation_has_an_end),
    };
    return cmocka_run_group_tests_name("reporter_pages", tests, NULL, NULL);
}

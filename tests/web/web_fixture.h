/* The product's routes without a socket: requests as they come from the wire go through routing,
 * credentials, CSRF, forms and handlers on the test's own thread. The cookie and the bearer token of a
 * person are the name of his role. */
#ifndef BT_TESTS_WEB_FIXTURE_H
#define BT_TESTS_WEB_FIXTURE_H

#include "store/house_fixture.h"

#include "features/portal/portal.h"
#include "lib/http/internal.h"

struct web {
    struct house *h;
    uint32_t locked; /* roles whose key is put away */
    struct server *server;
    struct sse_hub *hub;
    struct arena *arena; /* of all requests; streams end with it */
    const char *csrf[ARRAY_LEN(people)];
};

struct ask {
    enum http_method method;
    const char *target; /* path and query */
    uint32_t role;      /* whose session; 0: nobody's */
    bool bearer;        /* the machine's token instead of the cookie */
    bool both;          /* cookie and token */
    bool no_csrf;
    bool page;               /* HTML is wanted, else JSON */
    bool fragment;           /* by htmx */
    const char *form;        /* urlencoded body */
    const char *json;        /* JSON body */
    struct bytes file;       /* multipart body with this file in the field "file" */
    const char *key;         /* Idempotency-Key */
    struct http_pair header; /* one more */
};

struct got {
    int status;
    const char *body, *location, *type;
    struct bytes raw; /* the body of a file, which may hold NULs */
    json_t *json;     /* NULL: it is none */
};

static inline const struct person *person_named(const char *name)
{
    uint32_t role = 0;
    return staff_role_parse(name, &role) ? person_of(role) : NULL;
}

/* The one of this test: what the server's functions are given knows nothing of it. */
static struct web *web_current;

static inline enum err web_actor(struct cx *cx, const char *name, enum actor_kind kind)
{
    const struct person *p = person_named(name);
    if (!p)
        return ERR_AUTH;
    struct actor actor = {.kind = kind,
                          .roles = p->role,
                          .key_trusted = true,
                          .name = p->name,
                          .username = p->username};
    (void)snprintf(actor.id, sizeof(actor.id), "%s", p->id);
    (void)snprintf(actor.session_id, sizeof(actor.session_id), "%s", p->id);
    memcpy(actor.office_id, cx->actor.office_id, sizeof(actor.office_id));
    cx->actor = actor;
    cx->key = (struct unlocked_key){.present = false};
    if (kind == ACTOR_USER && !(web_current->locked & p->role))
        cx->key = house_key(web_current->h, p->id);
    return ERR_OK;
}

static inline enum err web_by_session(struct cx *cx, const char *cookie, bool renew)
{
    (void)renew;
    return web_actor(cx, cookie, ACTOR_USER);
}

static inline enum err web_by_token(struct cx *cx, const char *token)
{
    return web_actor(cx, token, ACTOR_TOKEN);
}

static inline void web_csrf_key(struct cx *cx, uint8_t ret[32])
{
    seal_subkey(cx->seal, "csrf", ret);
}

static inline struct web *web_new(void)
{
    struct web *w = calloc(1, sizeof(*w));
    assert_non_null(w);
    web_current = w;
    w->h = house_new();
    w->arena = arena_new(256 * 1024);
    w->hub = sse_hub_new(8, 100);
    struct server_options options = {
        .listen = "127.0.0.1:0",
        .workers = 1,
        .routes = features_routes(),
        .auth = {.by_session = web_by_session, .by_token = web_by_token, .csrf_key = web_csrf_key},
        .pages = {.error_page = portal_error_page, .login_path = "/masuk"},
        .base = *w->h->cx,
        .reader = db_reader,
        .use_arena = db_conn_use_arena};
    options.base.actor = (struct actor){.kind = ACTOR_NONE, .name = "", .username = ""};
    memcpy(options.base.actor.office_id, w->h->office, UUID_TEXT_BYTES);
    options.base.sse = w->hub;
    const char *message = "";
    enum err e = server_new(w->h->cx->arena, &options, &w->server, &message);
    if (e != ERR_OK)
        print_error("%s\n", message);
    assert_int_equal(e, ERR_OK);
    return w;
}

static inline void web_free(struct web *w)
{
    db_conn_use_arena(w->h->cx->read, w->h->cx->arena);
    arena_free(w->arena);
    server_free(w->server);
    sse_hub_free(w->hub);
    house_free(w->h);
    free(w);
}

static inline int web_begin(void **state)
{
    *state = web_new();
    return 0;
}

static inline int web_end(void **state)
{
    web_free(*state);
    return 0;
}

static inline struct cx web_cx(struct web *w)
{
    struct cx cx = w->server->options.base;
    cx.arena = w->arena;
    cx.read = w->h->cx->read;
    cx.now_ms = w->h->cx->now_ms;
    cx.settings = &w->h->settings;
    db_conn_use_arena(cx.read, cx.arena);
    rand_uuid7(cx.now_ms, cx.request_id);
    return cx;
}

static inline size_t role_index(uint32_t role)
{
    size_t i = 0;
    while (i < ARRAY_LEN(people) && people[i].role != role)
        i++;
    assert_true(i < ARRAY_LEN(people));
    return i;
}

static inline void add_header(struct http_req *req, const char *name, const char *value)
{
    req->headers[req->header_count++] = (struct http_pair){name, value};
}

static inline const char *web_csrf(struct web *w, uint32_t role)
{
    size_t i = role_index(role);
    if (w->csrf[i])
        return w->csrf[i];
    struct cx cx = web_cx(w);
    struct http_pair headers[4];
    struct http_req req = {.method = HTTP_GET, .path = "/", .headers = headers};
    struct http_res res;
    add_header(&req, "cookie", arena_printf(cx.arena, SESSION_COOKIE "=%s", staff_role_name(role)));
    assert_int_equal(server_dispatch(w->server, &cx, &req, &res), ERR_OK);
    w->csrf[i] = arena_strdup(cx.arena, csrf_token(&cx));
    return w->csrf[i];
}

static inline void web_credentials(struct web *w, const struct ask *a, struct http_req *req)
{
    struct arena *arena = w->h->cx->arena;
    const char *name = staff_role_name(a->role);
    if (a->role && (a->bearer || a->both))
        add_header(req, "authorization", arena_printf(arena, "Bearer %s", name));
    if (!a->role || a->bearer)
        return;
    add_header(req, "cookie", arena_printf(arena, SESSION_COOKIE "=%s", name));
    if (a->method != HTTP_GET && !a->no_csrf)
        add_header(req, "x-csrf-token", web_csrf(w, a->role));
}

/* A body that would be read while it is sent. */
static inline struct bytes web_sent(struct cx *cx, struct http_source *s)
{
    uint8_t *p = arena_alloc(cx->arena, (size_t)s->bytes + 1);
    size_t n = 0;
    while (n < s->bytes) {
        size_t got = 0;
        assert_int_equal(s->read(s->arg, p + n, (size_t)s->bytes - n, &got), ERR_OK);
        n += got;
    }
    s->close(s->arg);
    return (struct bytes){p, n};
}

static inline struct got web_got(struct cx *cx, struct http_res *res)
{
    struct got got = {.status = res->status, .type = str_or(res->content_type, "")};
    got.body = res->static_body ? arena_strndup(cx->arena, res->static_body, res->static_bytes)
                                : res->body.p;
    got.raw = (struct bytes){(const uint8_t *)res->body.p, res->body.n};
    if (res->source.read) {
        got.raw = web_sent(cx, &res->source);
        got.body = (const char *)got.raw.p;
    }
    for (size_t i = 0; i < res->header_count; i++) {
        if (strcasecmp(res->headers[i].name, "location") == 0)
            got.location = res->headers[i].value;
    }
    if (strstr(got.type, "json")) {
        got.json = json_loads(got.body, 0, NULL);
        assert_non_null(got.json);
        (void)json_keep(cx->arena, got.json);
    }
    return got;
}

static inline void web_file(struct cx *cx, struct http_req *req, struct bytes file)
{
    static const char head[] = "--grenze\r\nContent-Disposition: form-data; name=\"file\"; "
                               "filename=\"berkas.pdf\"\r\nContent-Type: application/pdf\r\n\r\n";
    static const char tail[] = "\r\n--grenze--\r\n";
    struct buf b = buf_new(cx->arena, file.n + 256, file.n + 256);
    buf_puts(&b, head);
    buf_add(&b, file.p, file.n);
    buf_puts(&b, tail);
    add_header(req, "content-type", "multipart/form-data; boundary=grenze");
    req->body = (struct bytes){(const uint8_t *)b.p, b.n};
}

static inline struct got web_ask(struct web *w, struct ask a)
{
    struct cx cx = web_cx(w);
    struct http_pair headers[16];
    struct http_req req = {.method = a.method, .headers = headers};
    const char *body = a.form ? a.form : a.json;
    req.path = arena_strndup(cx.arena, a.target, strcspn(a.target, "?"));
    assert_int_equal(request_query(&cx, &req, a.target), ERR_OK);
    add_header(&req, "host", "localhost");
    add_header(&req, "accept", a.page || a.fragment ? "text/html" : "application/json");
    if (a.fragment)
        add_header(&req, "hx-request", "true");
    web_credentials(w, &a, &req);
    if (body) {
        add_header(&req, "content-type",
                   a.form ? "application/x-www-form-urlencoded" : "application/json");
        req.body = (struct bytes){(const uint8_t *)body, strlen(body)};
    }
    if (a.file.p)
        web_file(&cx, &req, a.file);
    if (a.key)
        add_header(&req, "idempotency-key", a.key);
    if (a.header.name)
        add_header(&req, a.header.name, a.header.value);
    struct http_res res;
    (void)server_dispatch(w->server, &cx, &req, &res);
    return web_got(&cx, &res);
}

static inline struct got web_get(struct web *w, uint32_t role, const char *target)
{
    return web_ask(w, (struct ask){.method = HTTP_GET, .target = target, .role = role});
}

static inline struct got web_page(struct web *w, uint32_t role, const char *target)
{
    return web_ask(w,
                   (struct ask){.method = HTTP_GET, .target = target, .role = role, .page = true});
}

static inline struct got web_post(struct web *w, uint32_t role, const char *target, const char *json)
{
    return web_ask(w,
                   (struct ask){.method = HTTP_POST, .target = target, .role = role, .json = json});
}

/* The form of a page. */
static inline struct got web_form(struct web *w, uint32_t role, const char *target, const char *form)
{
    return web_ask(
        w, (struct ask){
               .method = HTTP_POST, .target = target, .role = role, .page = true, .form = form});
}

/* "a.b.0.c" of the answer as text: strings as they are, numbers printed, null and what is not there "". */
static inline const char *web_value(struct web *w, const struct got *got, const char *path)
{
    const json_t *at = got->json;
    for (const char *c = path; *c && at;) {
        size_t n = strcspn(c, ".");
        const char *name = arena_strndup(w->h->cx->arena, c, n);
        int64_t i = 0;
        if (json_is_array(at))
            at = str_to_i64(name, 0, 10000, &i) ? json_array_get(at, (size_t)i) : NULL;
        else
            at = json_object_get(at, name);
        c += n + (c[n] == '.');
    }
    if (json_is_string(at))
        return json_string_value(at);
    if (json_is_integer(at))
        return arena_printf(w->h->cx->arena, "%lld", (long long)json_integer_value(at));
    return json_is_true(at) ? "true" : json_is_false(at) ? "false" : "";
}

/* The refusal's status and code; says what came instead. */
static inline void web_refused(struct web *w, const struct got *got, int status, const char *code)
{
    const char *said = got->json ? web_value(w, got, "code") : "";
    if (got->status != status || !str_eq(said, code))
        print_error("%d %s: %s\n", got->status, said, got->body);
    assert_int_equal(got->status, status);
    assert_string_equal(said, code);
}

static inline void web_fault(struct web *w, const struct got *got, const char *field,
                             const char *code)
{
    assert_int_equal(got->status, 422);
    for (int i = 0; i < 30; i++) {
        const char *name = web_value(w, got, arena_printf(w->h->cx->arena, "errors.%d.field", i));
        if (!str_eq(name, field))
            continue;
        assert_string_equal(web_value(w, got, arena_printf(w->h->cx->arena, "errors.%d.code", i)),
                            code);
        return;
    }
    print_error("no fault of %s: %s\n", field, got->body);
    fail();
}

/* Badges, places and rooms, and the recovery key that opens the intake of complaints. */
static inline void web_pools(struct web *w)
{
    struct cx *cx = w->h->cx;
    char id[UUID_TEXT_BYTES];
    uint8_t recovery[32];
    char *sheet = NULL;
    for (int i = 1; i <= 3; i++) {
        assert_int_equal(office_badge_add(cx, arena_printf(cx->arena, "A-%02d", i), id), ERR_OK);
        assert_int_equal(office_place_add(cx, "slot", arena_printf(cx->arena, "K-%02d", i), id),
                         ERR_OK);
        assert_int_equal(office_place_add(cx, "locker", arena_printf(cx->arena, "%02d", i), id),
                         ERR_OK);
    }
    assert_int_equal(office_room_add(cx, "Ruang tunggu 1", id), ERR_OK);
    assert_int_equal(office_room_add(cx, "Ruang tunggu 2", id), ERR_OK);
    assert_int_equal(seal_recovery_create(cx->arena, recovery, &sheet), ERR_OK);
    assert_int_equal(office_set_recovery(cx, recovery, true), ERR_OK);
}

#define GUEST_JSON                                                                                 \
    "{\"name\":\"Fransiska Luhing\",\"id_type\":\"ktp\",\"id_number\":\"6203 0157 0890 0002\","    \
    "\"purpose\":\"Menanyakan perkara\",\"category\":\"information\","                             \
    "\"no_photo_reason\":\"Kamera rusak\"}"

/* A guest at the counter: the id of the visit. */
static inline const char *web_guest(struct web *w, const char *json)
{
    struct got got = web_post(w, ROLE_FRONT_DESK, "/tamu", json ? json : GUEST_JSON);
    if (got.status != 201)
        print_error("%s\n", got.body);
    assert_int_equal(got.status, 201);
    return web_value(w, &got, "id");
}

static inline const char *web_step(struct web *w, const char *id, const char *step)
{
    return arena_printf(w->arena, "/tamu/%s/%s", id, step);
}

/* A step that must be done; the whole visit comes back. */
static inline struct got web_do(struct web *w, uint32_t role, const char *id, const char *step,
                                const char *json)
{
    struct got got = web_post(w, role, web_step(w, id, step), json);
    if (got.status != 200)
        print_error("%s: %d %s\n", step, got.status, got.body);
    assert_int_equal(got.status, 200);
    assert_string_equal(web_value(w, &got, "id"), id);
    return got;
}

static inline const char *web_waiting(struct web *w, const char *json)
{
    const char *id = web_guest(w, json);
    (void)web_do(w, ROLE_FRONT_DESK, id, "titipan",
                 "{\"badge\":\"a-01\",\"items\":[{\"kind\":\"id_card\"},{\"kind\":\"phone\","
                 "\"label\":\"putih\"}]}");
    (void)web_do(w, ROLE_FRONT_DESK, id, "ruang-tunggu", "{}");
    return id;
}

/* A complaint brought to the counter without a visit, sealed to the leaders as the product seals it: its id. */
#define COMPLAINT_JSON                                                                             \
    "{\"text\":\"Kepala desa memotong dana bantuan.\\nTerjadi sejak awal "                         \
    "tahun.\",\"way\":\"letter\","                                                                 \
    "\"parties\":[{\"name\":\"Budi Hartono\",\"position\":\"Kepala Desa\"}],"                      \
    "\"place\":\"Desa Anjir\",\"loss_rupiah\":12500000,\"class\":\"corruption\","                  \
    "\"documents\":[{\"kind\":\"Kuitansi\",\"form\":\"copy\",\"count\":2}],"                       \
    "\"reporter_mode\":\"confidential\",\"reporter_name\":\"Siti Pelapor\","                       \
    "\"reporter_phone\":\"081234567890\"}"

static inline const char *web_complaint(struct web *w, const char *json)
{
    struct got got = web_post(w, ROLE_FRONT_DESK, "/pengaduan/baru", json ? json : COMPLAINT_JSON);
    if (got.status != 201)
        print_error("%d %s\n", got.status, got.body);
    assert_int_equal(got.status, 201);
    return house_text(w->h, "SELECT id FROM complaint ORDER BY year DESC, number DESC LIMIT 1");
}

static inline const char *web_complaint_path(struct web *w, const char *id, const char *tail)
{
    return arena_printf(w->arena, "/pengaduan/%s%s", id, tail);
}

#endif

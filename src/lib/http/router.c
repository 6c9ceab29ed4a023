/* One request from its head to its answer: route, credential, role, CSRF, limits, handler.
 * Refusals come in the order 400, 401, 403, 404, 409, 422. Runs on a worker, or in a test's thread. */
#include "lib/http/internal.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/banned.h"

enum http_method method_of(const char *name)
{
    static const char *const names[] = {"GET", "HEAD", "POST", "PUT", "DELETE"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (strcmp(names[i], name) == 0)
            return (enum http_method)i;
    }
    return HTTP_OTHER;
}

static const char *method_name(enum http_method m)
{
    static const char *const names[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "?"};
    return names[m];
}

/* --- the table ------------------------------------------------------------------------------------ */

/* "{name...}" or "*": the rest of the path, slashes and all. */
static bool is_rest(const char *s)
{
    size_t n = strcspn(s, "/");
    return *s == '*' || (*s == '{' && n > 5 && strncmp(s + n - 4, "...}", 4) == 0);
}

static int segment_kind(const char *s)
{
    return is_rest(s) ? 2 : *s == '{' ? 1 : 0;
}

/* Literal segments before {name}, {name} before the rest: so the first match is the closest one. */
static int route_compare(const void *left, const void *right)
{
    const char *a = (*(const struct route *const *)left)->path;
    const char *b = (*(const struct route *const *)right)->path;
    while (*a && *b) {
        int kind_a = segment_kind(a + 1), kind_b = segment_kind(b + 1);
        if (kind_a != kind_b)
            return kind_a - kind_b;
        size_t n = 1 + strcspn(a + 1, "/"), m = 1 + strcspn(b + 1, "/");
        if (kind_a == 0 && (n != m || strncmp(a, b, n) != 0)) {
            int order = strncmp(a, b, n < m ? n : m);
            return order ? order : (int)n - (int)m;
        }
        a += n;
        b += m;
    }
    if (*a || *b)
        return *a ? 1 : -1;
    return (int)(*(const struct route *const *)left)->method -
           (int)(*(const struct route *const *)right)->method;
}

static bool row_check(struct arena *a, const struct route *r, const char **ret_message)
{
    const char *fault = NULL;
    size_t params = 0;
    for (const char *c = r->path; *c; c++)
        params += *c == '{';
    if (r->who == 0 && !(r->flags & (ROUTE_PUBLIC | ROUTE_SIGNED | ROUTE_ASSET)))
        fault = "does not say who may call it";
    else if (r->path[0] != '/' || params > ARRAY_LEN(((struct http_req *)0)->params))
        fault = "has a path that cannot be matched";
    else if (!r->fn)
        fault = "has no handler";
    else if (r->method == HTTP_HEAD || r->method == HTTP_OTHER)
        fault = "has a method that is not GET, POST, PUT or DELETE";
    if (fault)
        *ret_message = arena_printf(a, "route %s %s %s", method_name(r->method), r->path, fault);
    return !fault;
}

bool routes_check(struct arena *a, struct server *s, const char **ret_message)
{
    for (const struct route *const *t = s->options.routes; t && *t; t++) {
        for (const struct route *r = *t; r->path; r++) {
            if (!row_check(a, r, ret_message))
                return false;
            s->row_count++;
        }
    }
    s->rows = ARENA_ARRAY(a, s->row_count + 1, const struct route *);
    size_t n = 0;
    for (const struct route *const *t = s->options.routes; t && *t; t++) {
        for (const struct route *r = *t; r->path; r++)
            s->rows[n++] = r;
    }
    qsort(s->rows, n, sizeof(s->rows[0]), route_compare);
    for (size_t i = 1; i < n; i++) {
        if (route_compare(&s->rows[i - 1], &s->rows[i]) == 0) {
            *ret_message = arena_printf(a, "route %s %s is there twice",
                                        method_name(s->rows[i]->method), s->rows[i]->path);
            return false;
        }
    }
    return true;
}

static bool path_match(const struct route *r, struct arena *a, const char *path,
                       struct http_req *req)
{
    const char *p = r->path;
    req->param_count = 0;
    while (*p == '/' && *path == '/') {
        p++;
        path++;
        size_t n = strcspn(path, "/");
        size_t m = strcspn(p, "/");
        if (is_rest(p)) {
            const char *name = *p == '*' ? "*" : arena_strndup(a, p + 1, m - 5);
            req->params[req->param_count++] = (struct http_pair){.name = name,
                                                                 .value = arena_strdup(a, path)};
            return *path != '\0';
        }
        if (*p == '{') {
            if (n == 0)
                return false;
            req->params[req->param_count++] = (struct http_pair){
                .name = arena_strndup(a, p + 1, m - 2), .value = arena_strndup(a, path, n)};
        } else if (n != m || strncmp(p, path, n) != 0) {
            return false;
        }
        p += m;
        path += n;
    }
    return !*p && !*path;
}

static void allow_add(struct buf *allow, enum http_method m)
{
    const char *name = m == HTTP_GET ? "GET, HEAD" : method_name(m);
    if (strstr(allow->p, name))
        return;
    if (allow->n)
        buf_puts(allow, ", ");
    buf_puts(allow, name);
}

enum route_found route_find(struct server *s, struct arena *a, struct http_req *req,
                            const char **ret_allow)
{
    enum http_method wanted = req->method == HTTP_HEAD ? HTTP_GET : req->method;
    struct buf allow = buf_new(a, 64, 256);
    for (size_t i = 0; i < s->row_count; i++) {
        const struct route *r = s->rows[i];
        bool other = r->path[1] != '{' && r->path[1] != req->path[1]; /* most rows, at a glance */
        if (other || !path_match(r, a, req->path, req))
            continue;
        if (r->method == wanted) {
            req->route = r;
            return ROUTE_FOUND;
        }
        allow_add(&allow, r->method);
    }
    req->param_count = 0;
    *ret_allow = allow.p;
    return allow.n ? ROUTE_NO_METHOD : ROUTE_NO_PATH;
}

/* --- the steps -------------------------------------------------------------------------------------- */

struct outcome {
    int status;       /* 0: the one of the err */
    bool login_first; /* nobody is logged in: a page is sent to the login */
};

static enum err find_step(struct server *s, struct cx *cx, struct http_req *req,
                          struct http_res *res, struct outcome *o)
{
    const char *allow = NULL;
    switch (route_find(s, cx->arena, req, &allow)) {
    case ROUTE_FOUND:
        return ERR_OK;
    case ROUTE_NO_METHOD:
        http_res_header(cx, res, "Allow", allow);
        o->status = 405;
        return ERR_BAD;
    case ROUTE_NO_PATH:
        break;
    }
    return ERR_MISSING;
}

/* What may come as a body, by size and type. */
static enum err body_step(struct server *s, struct http_req *req, struct outcome *o)
{
    size_t ceiling = req->route->max_body ? req->route->max_body : s->options.limits.body_bytes;
    uint64_t bytes = request_body_bytes(req);
    if (bytes > ceiling)
        o->status = 413;
    else if (bytes && (req->method == HTTP_GET || req->method == HTTP_HEAD))
        o->status = 400;
    else if (bytes && !(req->route->flags & ROUTE_SIGNED) &&
             (req->body_kind == BODY_NONE || req->body_kind == BODY_RAW))
        o->status = 415;
    return o->status ? ERR_BAD : ERR_OK;
}

static enum err auth_step(struct server *s, struct cx *cx, struct http_req *req, struct outcome *o)
{
    const struct route *r = req->route;
    TRY(session_open(s, cx, req));
    if (r->flags & (ROUTE_SIGNED | ROUTE_ASSET))
        return ERR_OK;
    bool open = r->flags & ROUTE_PUBLIC;
    if (!open && cx->actor.kind == ACTOR_NONE) {
        o->login_first = true;
        return ERR_AUTH;
    }
    if (!open && (cx->actor.roles & r->who) == 0)
        return cx_fail(cx, ERR_DENIED, "role", T("Akun Anda tidak berwenang melakukan ini."));
    if (cx->actor.kind == ACTOR_TOKEN && (r->flags & ROUTE_NO_TOKEN))
        return cx_fail(cx, ERR_DENIED, "token_refused",
                       T("Token mesin tidak boleh dipakai di sini. Masuklah dengan akun Anda."));
    return limit_request(s, cx, req);
}

/* A route without fields takes only the page's own (csrf and those beginning with "_"). */
static enum err empty_form_step(struct cx *cx, struct http_req *req)
{
    static const struct form empty = {.name = "Empty", .fields = NULL, .count = 0, .bytes = 0};
    char nothing = 0;
    if (req->route->form || (req->route->flags & ROUTE_SIGNED) || !request_body_bytes(req))
        return ERR_OK;
    return form_parse(cx, req, &empty, &nothing);
}

static void asset_answer(struct cx *cx, struct http_req *req, struct http_res *res)
{
    const char *etag = NULL;
    bool cached = false;
    for (size_t i = 0; i < res->header_count; i++) {
        if (str_eq(res->headers[i].name, "ETag"))
            etag = res->headers[i].value;
        cached |= str_eq(res->headers[i].name, "Cache-Control");
    }
    res->private_data = false;
    if (!cached)
        http_res_header(cx, res, "Cache-Control",
                        http_query(req, "v") ? "public, max-age=31536000, immutable" : "no-cache");
    const char *seen = http_header(req, "if-none-match");
    if (etag && seen && strstr(seen, etag)) {
        res->status = 304;
        res->content_type = "";
        res->static_body = NULL;
        res->static_bytes = 0;
        res->body = buf_new(cx->arena, 0, 16);
    }
}

static enum err handler_step(struct server *s, struct cx *cx, struct http_req *req,
                             struct http_res *res)
{
    TRY(csrf_check(cx, req, true));
    TRY(limit_login(s, cx, req));
    TRY(empty_form_step(cx, req));
    TRY(req->route->fn(cx, req, res));
    if (res->body.full)
        return cx_detail(cx, ERR_INTERNAL, "answer larger than its ceiling");
    if (res->status < 400)
        limit_login_done(s, cx, req);
    if (req->route->flags & ROUTE_ASSET)
        asset_answer(cx, req, res);
    return ERR_OK;
}

static enum err all_steps(struct server *s, struct cx *cx, struct http_req *req,
                          struct http_res *res, struct outcome *o)
{
    enum err found = find_step(s, cx, req, res, o);
    if (req->body_kind == BODY_NONE && request_body_bytes(req))
        req->body_kind = request_body_kind(http_header(req, "content-type"));
    enum err body = found == ERR_OK ? body_step(s, req, o) : ERR_OK;
    if (found != ERR_OK || body != ERR_OK) {
        req->body = (struct bytes){.p = NULL, .n = 0}; /* not looked at; only `wants` is settled */
        req->spool = NULL;
        (void)request_decode(cx, req, s);
        cx->diag = (struct diag){.code = NULL};
        return found != ERR_OK ? found : body;
    }
    TRY(request_decode(cx, req, s));
    TRY(auth_step(s, cx, req, o));
    return handler_step(s, cx, req, res);
}

/* --- entry points -------------------------------------------------------------------------------------- */

static void begin(struct server *s, struct cx *cx, struct http_req *req)
{
    struct http_extra *x = ARENA_NEW(cx->arena, struct http_extra);
    *x = (struct http_extra){.server = s, .req = req};
    cx->http = x;
    csrf_begin(cx, req);
    const char *lang = http_cookie(cx, req, HTTP_LANG_COOKIE);
    if (str_eq(lang, "en"))
        cx->lang = LANG_EN;
    else if (str_eq(lang, "id"))
        cx->lang = LANG_ID;
}

static char *encode_next(struct cx *cx, const struct http_req *req)
{
    struct buf b = buf_new(cx->arena, 128, 2048);
    struct buf target = buf_new(cx->arena, 128, 2048);
    buf_puts(&target, req->path);
    for (const char *c = target.p; *c; c++) {
        bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                     (*c >= '0' && *c <= '9') || strchr("/-_.~", *c);
        if (plain)
            buf_putc(&b, *c);
        else
            buf_printf(&b, "%%%02X", (unsigned char)*c);
    }
    return b.full ? arena_strdup(cx->arena, "/") : b.p;
}

static void refuse(struct server *s, struct cx *cx, struct http_req *req, struct http_res *res,
                   enum err e, const struct outcome *o)
{
    int status = o->status ? o->status : http_status(e);
    const char *login = s->options.pages.login_path;
    if (o->login_first && login && req->wants != WANTS_JSON) {
        char *to = arena_printf(cx->arena, "%s?next=%s", login, encode_next(cx, req));
        if (req->wants == WANTS_FRAGMENT) {
            http_res_header(cx, res, "HX-Redirect", to);
        } else if (req->method == HTTP_GET || req->method == HTTP_HEAD) {
            *res = reply_new(cx);
            res->status = 303;
            http_res_header(cx, res, "Location", to);
            return;
        }
    }
    reply_error(s, cx, req, res, e, status);
}

enum err router_handle(struct server *s, struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct outcome o = {.status = 0};
    begin(s, cx, req);
    enum err e = all_steps(s, cx, req, res, &o);
    if (e != ERR_OK)
        refuse(s, cx, req, res, e, &o);
    csrf_finish(cx, res);
    return e;
}

enum err router_admit(struct server *s, struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct outcome o = {.status = 0};
    begin(s, cx, req);
    enum err e = find_step(s, cx, req, res, &o);
    if (e == ERR_OK) {
        req->body_kind = request_body_kind(http_header(req, "content-type"));
        enum http_body_kind kind = req->body_kind;
        req->body_kind = BODY_NONE;
        e = request_decode(cx, req, s); /* without a body: settles `wants` */
        if (kind == BODY_JSON)
            req->wants = WANTS_JSON;
    }
    if (e == ERR_OK)
        e = auth_step(s, cx, req, &o);
    if (e == ERR_OK)
        e = csrf_check(cx, req, false);
    req->admitting = true;
    if (e == ERR_OK && (req->route->flags & ROUTE_ADMIT))
        e = req->route->fn(cx, req, res);
    if (e != ERR_OK)
        refuse(s, cx, req, res, e, &o);
    return e;
}

/* Without libmicrohttpd the piece is copied to its place. */
static void piece_in_place(struct cx *cx, struct http_res *res)
{
    struct buf whole = buf_new(cx->arena, res->body.n + res->piece->n + 1, res->body.max_bytes);
    buf_add(&whole, res->body.p, res->piece_at);
    buf_add(&whole, res->piece->bytes, res->piece->n);
    buf_add(&whole, res->body.p + res->piece_at, res->body.n - res->piece_at);
    piece_drop(res->piece);
    res->piece = NULL;
    res->body = whole;
}

/* And a source is read whole. */
static enum err source_in_place(struct cx *cx, struct http_res *res)
{
    struct http_source *from = &res->source;
    struct buf whole = buf_new(cx->arena, (size_t)from->bytes + 1, (size_t)from->bytes);
    uint8_t *part = arena_alloc(cx->arena, SOURCE_BLOCK);
    enum err e = ERR_OK;
    size_t n = 1;
    while (e == ERR_OK && n && whole.n < from->bytes) {
        e = from->read(from->arg, part, SOURCE_BLOCK, &n);
        if (e == ERR_OK)
            buf_add(&whole, part, n);
    }
    reply_source_drop(res);
    res->body = whole;
    return e == ERR_OK && whole.n < whole.max_bytes ? ERR_INTERNAL : e;
}

static void stream_drop(void *client)
{
    sse_client_gone(client);
}

enum err server_dispatch(struct server *s, struct cx *cx, struct http_req *req, struct http_res *res)
{
    *res = reply_new(cx);
    cx->diag = (struct diag){.code = NULL};
    request_peer(cx, req, s, str_or(req->peer, "127.0.0.1"));
    enum err e = router_handle(s, cx, req, res);
    if (res->piece)
        piece_in_place(cx, res);
    if (res->source.read && e == ERR_OK)
        e = source_in_place(cx, res);
    if (res->sse) /* no connection will end it */
        arena_defer(cx->arena, stream_drop, res->sse);
    return e;
}

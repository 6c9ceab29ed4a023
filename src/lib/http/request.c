/* Reads a request's head and body into struct http_req: query, cookies, content type, what answer is
 * wanted, who is at the other end. Runs on a worker. */
#include "lib/http/internal.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>

#include "lib/base/utf8.h"
#include "lib/json/json.h"
#include "lib/base/banned.h"

#define QUERY_PAIRS 64u
#define HASH_PART   ((size_t)64 << 10)

static const char *find_pair(const struct http_pair *pairs, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(pairs[i].name, name) == 0)
            return pairs[i].value;
    }
    return NULL;
}

const char *http_header(const struct http_req *req, const char *name)
{
    return find_pair(req->headers, req->header_count, name);
}

const char *http_query(const struct http_req *req, const char *name)
{
    return find_pair(req->query, req->query_count, name);
}

const char *http_param(const struct http_req *req, const char *name)
{
    return find_pair(req->params, req->param_count, name);
}

const char *http_field(const struct http_req *req, const char *name)
{
    return find_pair(req->fields, req->field_count, name);
}

const char *http_cookie(const struct cx *cx, const struct http_req *req, const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < req->header_count; i++) {
        if (strcmp(req->headers[i].name, "cookie") != 0)
            continue;
        for (const char *c = req->headers[i].value; *c;) {
            c += strspn(c, "; \t");
            size_t length = strcspn(c, ";");
            if (length > n && strncmp(c, name, n) == 0 && c[n] == '=') {
                char *value = arena_strndup(cx->arena, c + n + 1, length - n - 1);
                return str_trim(cx->arena, value);
            }
            c += length;
        }
    }
    return NULL;
}

/* --- media types --------------------------------------------------------------------------------- */

static bool media_is(const char *value, const char *type)
{
    size_t n = strlen(type);
    return strncasecmp(value, type, n) == 0 &&
           (value[n] == '\0' || value[n] == ';' || value[n] == ' ');
}

enum http_body_kind request_body_kind(const char *content_type)
{
    if (!content_type)
        return BODY_NONE;
    if (media_is(content_type, "application/x-www-form-urlencoded"))
        return BODY_FORM;
    if (media_is(content_type, "multipart/form-data"))
        return BODY_MULTIPART;
    if (media_is(content_type, "application/json"))
        return BODY_JSON;
    return BODY_RAW;
}

/* True when the Accept header names the type itself (the wildcard of a browser or of curl does not
 * count) and does not put HTML before it. */
static bool accepts_json(const char *accept)
{
    const char *json = accept ? strcasestr(accept, "application/json") : NULL;
    const char *problem = accept ? strcasestr(accept, "application/problem+json") : NULL;
    const char *html = accept ? strcasestr(accept, "text/html") : NULL;
    if (!json)
        json = problem;
    return json && (!html || json < html);
}

bool request_has_bearer(const struct http_req *req, const char **ret_token)
{
    const char *value = http_header(req, "authorization");
    if (!value || strncasecmp(value, "bearer ", 7) != 0)
        return false;
    value += 7;
    *ret_token = value + strspn(value, " ");
    return true;
}

/* --- query ---------------------------------------------------------------------------------------- */

enum err request_query(struct cx *cx, struct http_req *req, const char *target)
{
    const char *at = strchr(target, '?');
    req->query_count = 0;
    if (!at || !at[1])
        return ERR_OK;
    struct bytes text = {.p = (const uint8_t *)at + 1, .n = strlen(at + 1)};
    enum err e = form_decode_urlencoded(cx, text, &req->query, &req->query_count);
    if (e == ERR_OK && req->query_count > QUERY_PAIRS)
        e = cx_fail(cx, ERR_BAD, "query",
                    T("Alamat halaman terlalu panjang. Kembalilah ke halaman awal."));
    return e;
}

/* --- the other end -------------------------------------------------------------------------------- */

bool request_trusted(const struct server *s, const char *peer)
{
    const char *const *p = s->options.trusted_proxies;
    for (; p && *p; p++) {
        if (strcmp(*p, peer) == 0)
            return true;
    }
    return false;
}

static bool host_is_local(const char *host)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
    for (size_t i = 0; host && i < ARRAY_LEN(names); i++) {
        size_t n = strlen(names[i]);
        if (strncasecmp(host, names[i], n) == 0 && (host[n] == '\0' || host[n] == ':'))
            return true;
    }
    return host && str_starts(host, "127.") && strspn(host, "0123456789.:") == strlen(host);
}

/* The right-most hop that is not one of ours: what lies left of it was written by the client. */
static const char *forwarded_peer(struct cx *cx, const struct server *s, const struct http_req *req,
                                  const char *peer)
{
    const char *list = http_header(req, "x-forwarded-for");
    char *copy = list ? arena_strdup(cx->arena, list) : NULL;
    while (copy && *copy) {
        char *comma = strrchr(copy, ',');
        const char *hop = str_trim(cx->arena, comma ? comma + 1 : copy);
        if (strlen(hop) >= PEER_BYTES || strspn(hop, "0123456789abcdefABCDEF.:") != strlen(hop) ||
            !*hop)
            return peer;
        if (!request_trusted(s, hop))
            return hop;
        peer = hop;
        if (!comma)
            break;
        *comma = '\0';
    }
    return peer;
}

void request_peer(struct cx *cx, struct http_req *req, const struct server *s, const char *peer)
{
    bool proxied = request_trusted(s, peer);
    req->peer = proxied ? forwarded_peer(cx, s, req, peer) : peer;
    const char *proto = proxied ? http_header(req, "x-forwarded-proto") : NULL;
    req->secure = s->tls || (proto && strcasecmp(proto, "https") == 0);
    req->local_host = host_is_local(http_header(req, "host"));
}

/* --- body ------------------------------------------------------------------------------------------ */

uint64_t request_body_bytes(const struct http_req *req)
{
    return req->spool ? spool_bytes(req->spool) : req->body.n;
}

enum err http_file_read(const struct http_req *req, const struct http_file *file, uint64_t offset,
                        uint8_t *to, size_t n)
{
    if (offset > file->bytes || n > file->bytes - offset)
        return ERR_INTERNAL;
    if (n == 0)
        return ERR_OK;
    if (file->data.p) {
        memcpy(to, file->data.p + offset, n);
        return ERR_OK;
    }
    bool read = req->spool && spool_read(req->spool, file->at + offset, to, n);
    return read ? ERR_OK : ERR_INTERNAL;
}

static bool spool_look(void *arg, uint64_t at, uint8_t *to, size_t n)
{
    return spool_read(arg, at, to, n);
}

/* Handlers of small files see them in memory, wherever they came through. */
static enum err files_into_memory(struct cx *cx, struct http_req *req)
{
    if (!req->route || req->route->max_body > HTTP_MEMORY_BODY)
        return ERR_OK;
    for (size_t i = 0; i < req->file_count; i++) {
        struct http_file *f = &req->files[i];
        uint8_t *p = arena_alloc(cx->arena, (size_t)f->bytes + 1);
        if (http_file_read(req, f, 0, p, (size_t)f->bytes) != ERR_OK)
            return cx_detail(cx, ERR_INTERNAL, "spooled file cannot be read back");
        f->data = (struct bytes){.p = p, .n = (size_t)f->bytes};
    }
    return ERR_OK;
}

static enum err decode_multipart(struct cx *cx, struct http_req *req, const char *boundary)
{
    if (!req->spool)
        return form_decode_multipart(cx, req->body, boundary, req);
    const struct body_source spooled = {
        .bytes = spool_bytes(req->spool), .read = spool_look, .arg = req->spool};
    TRY(form_decode_source(cx, &spooled, boundary, req));
    return files_into_memory(cx, req);
}

static enum err decode_body(struct cx *cx, struct http_req *req, int max_fields)
{
    const char *type = http_header(req, "content-type");
    char *boundary = NULL;
    switch (req->body_kind) {
    case BODY_FORM:
        TRY(form_decode_urlencoded(cx, req->body, &req->fields, &req->field_count));
        break;
    case BODY_MULTIPART:
        if (!type || !form_boundary(cx->arena, type, &boundary))
            return cx_fail(cx, ERR_BAD, "boundary",
                           T("Kiriman formulir rusak. Kirim ulang formulirnya."));
        TRY(decode_multipart(cx, req, boundary));
        break;
    case BODY_JSON:
        return json_parse(cx, req->body, (json_t **)&req->json);
    case BODY_NONE:
    case BODY_RAW:
        return ERR_OK;
    }
    if (req->field_count + req->file_count > (size_t)max_fields)
        return cx_fail(cx, ERR_BAD, "too_many_fields",
                       T("Kiriman memuat terlalu banyak isian. Kirim paling banyak %d."),
                       max_fields);
    return ERR_OK;
}

static void hash_name(crypto_hash_sha256_state *state, const char *name, uint64_t bytes)
{
    uint64_t lengths[2] = {strlen(name), bytes};
    (void)crypto_hash_sha256_update(state, (const unsigned char *)lengths, sizeof(lengths));
    (void)crypto_hash_sha256_update(state, (const unsigned char *)name, lengths[0]);
}

static enum err hash_file(struct cx *cx, crypto_hash_sha256_state *state,
                          const struct http_req *req, const struct http_file *f)
{
    uint8_t *part = f->data.p ? NULL : arena_alloc(cx->arena, HASH_PART);
    hash_name(state, f->field, f->bytes);
    if (f->data.p) {
        (void)crypto_hash_sha256_update(state, f->data.p, f->data.n);
        return ERR_OK;
    }
    for (uint64_t at = 0; at < f->bytes;) {
        size_t n = f->bytes - at < HASH_PART ? (size_t)(f->bytes - at) : HASH_PART;
        TRY(http_file_read(req, f, at, part, n));
        (void)crypto_hash_sha256_update(state, part, n);
        at += n;
    }
    return ERR_OK;
}

/* A multipart body sent again has another boundary: its hash is that of names and contents. */
static enum err hash_multipart(struct cx *cx, struct http_req *req)
{
    crypto_hash_sha256_state state;
    (void)crypto_hash_sha256_init(&state);
    for (size_t i = 0; i < req->field_count; i++) {
        const struct http_pair *f = &req->fields[i];
        hash_name(&state, f->name, strlen(f->value));
        (void)crypto_hash_sha256_update(&state, (const unsigned char *)f->value, strlen(f->value));
    }
    for (size_t i = 0; i < req->file_count; i++)
        TRY(hash_file(cx, &state, req, &req->files[i]));
    (void)crypto_hash_sha256_final(&state, req->body_hash);
    return ERR_OK;
}

enum err request_decode(struct cx *cx, struct http_req *req, const struct server *s)
{
    const char *token;
    if (accepts_json(http_header(req, "accept")) || req->body_kind == BODY_JSON ||
        request_has_bearer(req, &token))
        req->wants = WANTS_JSON;
    else if (http_header(req, "hx-request"))
        req->wants = WANTS_FRAGMENT;
    (void)crypto_hash_sha256(req->body_hash, req->body.n ? req->body.p : (const uint8_t *)"",
                             req->body.n);
    if (req->route && (req->route->flags & ROUTE_SIGNED))
        return ERR_OK;
    TRY(decode_body(cx, req, s->options.limits.fields));
    /* Of a spooled body only for who asks: it costs a second for a large one. */
    if (req->body_kind == BODY_MULTIPART && (!req->spool || http_header(req, "idempotency-key")))
        return hash_multipart(cx, req);
    return ERR_OK;
}

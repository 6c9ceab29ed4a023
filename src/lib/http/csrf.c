/* Cross-site request forgery: a token bound to the session (or, before there is one, to a nonce cookie)
 * and the browser's own word on where a request comes from. Called by router.c.
 *
 * A browser always sends Origin or Sec-Fetch-Site with a state change. Where both are absent and no
 * cookie came, there is no browser whose trust could be abused, and the request is let through.
 * Our Referrer-Policy makes browsers send `Origin: null` with forms: then Sec-Fetch-Site and the token
 * decide. */
#include "lib/http/internal.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/banned.h"

static char *token_for(struct cx *cx, const char *kind, const char *id)
{
    uint8_t key[32];
    uint8_t mac[32];
    char text[96];
    cx->http->server->options.auth.csrf_key(cx, key);
    int n = snprintf(text, sizeof(text), "csrf|%s|%s", kind, id);
    (void)crypto_generichash(mac, sizeof(mac), (const unsigned char *)text, (unsigned long long)n,
                             key, sizeof(key));
    sodium_memzero(key, sizeof(key));
    return str_base64url(cx->arena, mac, sizeof(mac));
}

void csrf_begin(struct cx *cx, struct http_req *req)
{
    struct http_extra *x = cx->http;
    uint8_t raw[16];
    const char *nonce = http_cookie(cx, req, PRELOGIN_COOKIE);
    if (nonce && strlen(nonce) == NONCE_CHARS && str_unbase64url(nonce, raw, sizeof(raw)))
        memcpy(x->nonce, nonce, NONCE_CHARS + 1);
}

const char *csrf_token(struct cx *cx)
{
    struct http_extra *x = cx->http;
    if (!x)
        return "";
    if (cx->actor.kind == ACTOR_USER && *cx->actor.session_id)
        return token_for(cx, "session", cx->actor.session_id);
    if (!*x->nonce) {
        uint8_t raw[16];
        rand_bytes(raw, sizeof(raw));
        memcpy(x->nonce, str_base64url(cx->arena, raw, sizeof(raw)), NONCE_CHARS + 1);
        x->nonce_new = true;
    }
    return token_for(cx, "guest", x->nonce);
}

void csrf_finish(struct cx *cx, struct http_res *res)
{
    if (cx->http->nonce_new && res->header_count < ARRAY_LEN(res->headers))
        http_res_cookie(cx, res, PRELOGIN_COOKIE, cx->http->nonce, -1);
}

/* What the browser says about the page that sent the request. */
static bool origin_ok(const struct http_req *req)
{
    const char *site = http_header(req, "sec-fetch-site");
    const char *origin = http_header(req, "origin");
    const char *host = http_header(req, "host");
    if (site && strcasecmp(site, "same-origin") != 0 && strcasecmp(site, "none") != 0)
        return false;
    if (!origin || strcmp(origin, "null") == 0)
        return true;
    const char *at = strstr(origin, "://");
    return at && host && strcasecmp(at + 3, host) == 0;
}

static bool token_ok(struct cx *cx, const struct http_req *req)
{
    const char *sent = http_header(req, "x-csrf-token");
    if (!sent)
        sent = form_typed(cx, req, "csrf");
    if (str_empty(sent))
        return false;
    bool session = cx->actor.kind == ACTOR_USER && *cx->actor.session_id;
    if (session && str_eq_secret(sent, token_for(cx, "session", cx->actor.session_id)))
        return true;
    /* A log-in page opened before somebody else logged in beside it still works. */
    if (session && !(req->route->flags & ROUTE_LOGIN))
        return false;
    return *cx->http->nonce && str_eq_secret(sent, token_for(cx, "guest", cx->http->nonce));
}

enum err csrf_check(struct cx *cx, struct http_req *req, bool token_too)
{
    if (req->method == HTTP_GET || req->method == HTTP_HEAD || cx->http->bearer)
        return ERR_OK;
    if (req->route->flags & ROUTE_SIGNED)
        return ERR_OK;
    bool browser = http_header(req, "origin") || http_header(req, "sec-fetch-site");
    if (!browser && !http_header(req, "cookie"))
        return ERR_OK;
    if (!origin_ok(req) || (token_too && !token_ok(cx, req)))
        return cx_fail(cx, ERR_DENIED, "csrf",
                       T("Halaman ini sudah kedaluwarsa. Muat ulang halaman, lalu kirim lagi."));
    return ERR_OK;
}

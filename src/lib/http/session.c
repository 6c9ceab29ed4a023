/* Who is calling: session cookie or machine token → cx->actor, then the limits that hang on it.
 * Called by router.c. */
#include "lib/http/internal.h"

#include <arpa/inet.h>
#include <string.h>

#include "lib/base/banned.h"

static void forget(const struct server *s, struct cx *cx)
{
    cx->actor = s->options.base.actor; /* nobody, of this office */
    cx->key = (struct unlocked_key){.present = false};
    cx->diag = (struct diag){.code = NULL};
}

enum err session_open(struct server *s, struct cx *cx, struct http_req *req)
{
    const uint32_t flags = req->route->flags;
    const char *token = NULL;
    const char *cookie = http_cookie(cx, req, SESSION_COOKIE);
    bool bearer = request_has_bearer(req, &token);
    if (flags & (ROUTE_SIGNED | ROUTE_ASSET))
        return ERR_OK;
    if (bearer && !str_empty(cookie))
        return cx_fail(cx, ERR_BAD, "two_credentials",
                       T("Kirim cookie sesi atau token, jangan keduanya sekaligus."));
    if (bearer) {
        cx->http->bearer = true;
        return s->options.auth.by_token(cx, token);
    }
    if (str_empty(cookie))
        return ERR_OK;
    /* A live part of an open page fetches itself again and again: nobody need sit before it. */
    bool by_itself = req->method == HTTP_GET && req->wants == WANTS_FRAGMENT;
    bool renew = !by_itself && !(flags & ROUTE_NO_KEEPALIVE_SESSION);
    enum err e = s->options.auth.by_session(cx, cookie, renew);
    cx->http->session_cookie = e == ERR_OK;
    if (e == ERR_AUTH) {
        forget(s, cx); /* as if it had not come: a public page shows, any other asks to log in */
        return ERR_OK;
    }
    return e;
}

/* The network of an address: all of IPv4, the /64 that one household has of IPv6. */
static const char *network_of(struct cx *cx, const char *peer)
{
    struct in6_addr six;
    if (!peer || inet_pton(AF_INET6, peer, &six) != 1)
        return str_or(peer, "?");
    return str_hex(cx->arena, &six, 8);
}

static enum err too_many(struct cx *cx)
{
    return cx_fail(cx, ERR_LIMIT, "too_many_requests",
                   T("Terlalu banyak permintaan. Tunggu sebentar, lalu coba lagi."));
}

enum err limit_request(struct server *s, struct cx *cx, struct http_req *req)
{
    const struct server_limits *limits = &s->options.limits;
    if (!limits->rate || (req->route->flags & (ROUTE_SIGNED | ROUTE_ASSET)))
        return ERR_OK;
    const char *network = network_of(cx, req->peer);
    const char *who = *cx->actor.session_id ? cx->actor.session_id : network;
    int64_t now = time_monotonic_ms();
    double per_second = limits->requests_per_second;
    if (!ratelimit_take(s->rate, arena_printf(cx->arena, "all|%s", who), now, per_second * 3600.0,
                        per_second * 4.0))
        return too_many(cx);
    bool changes = req->method != HTTP_GET && req->method != HTTP_HEAD;
    if (!changes || !(req->route->flags & ROUTE_PUBLIC) ||
        (req->route->flags & (ROUTE_LOGIN | ROUTE_OWN_LIMIT)))
        return ERR_OK;
    double per_minute = limits->public_per_minute;
    if (!ratelimit_take(s->rate, arena_printf(cx->arena, "public|%s", network), now,
                        per_minute * 60.0, per_minute))
        return too_many(cx);
    return ERR_OK;
}

enum err http_throttle(struct cx *cx, const struct http_req *req, const char *act, int burst,
                       int per_hour)
{
    struct server *s = cx->http ? cx->http->server : NULL;
    if (!s || !s->options.limits.rate)
        return ERR_OK;
    const char *who = req ? network_of(cx, req->peer) : "";
    const char *key = arena_printf(cx->arena, "act|%s|%s", act, who);
    return ratelimit_take(s->rate, key, time_monotonic_ms(), per_hour, burst) ? ERR_OK
                                                                              : too_many(cx);
}

/* Failed log-ins of one account from one network: a quick burst, and at most 100 in an hour. Nobody is
 * locked out: from elsewhere the right password works. */
#define LOGIN_HOUR_BURST 30.0
#define LOGIN_PER_HOUR   70.0

static const char *login_key(struct cx *cx, struct http_req *req, const char *kind)
{
    const char *name = str_lower(cx->arena, str_or(form_typed(cx, req, "username"), cx->actor.id));
    return arena_printf(cx->arena, "%s|%s|%s", kind, network_of(cx, req->peer), name);
}

enum err limit_login(struct server *s, struct cx *cx, struct http_req *req)
{
    if (!s->options.limits.rate || req->method != HTTP_POST || !(req->route->flags & ROUTE_LOGIN))
        return ERR_OK;
    int64_t now = time_monotonic_ms();
    double per_minute = s->options.limits.login_per_minute;
    if (ratelimit_take(s->rate, login_key(cx, req, "minute"), now, per_minute * 60.0, per_minute) &&
        ratelimit_take(s->rate, login_key(cx, req, "hour"), now, LOGIN_PER_HOUR, LOGIN_HOUR_BURST))
        return ERR_OK;
    return cx_fail(cx, ERR_LIMIT, "too_many_logins",
                   T("Terlalu banyak percobaan masuk. Tunggu satu menit, lalu coba lagi."));
}

void limit_login_done(struct server *s, struct cx *cx, struct http_req *req)
{
    if (!s->options.limits.rate || req->method != HTTP_POST || !(req->route->flags & ROUTE_LOGIN))
        return;
    ratelimit_refund(s->rate, login_key(cx, req, "minute"), s->options.limits.login_per_minute);
    ratelimit_refund(s->rate, login_key(cx, req, "hour"), LOGIN_HOUR_BURST);
}

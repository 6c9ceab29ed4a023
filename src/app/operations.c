/* GET /metrics and GET /openapi.json. */
#include "app/operations.h"

#include <string.h>

#include "app/openapi.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/db/db.h"
#include "lib/http/server.h"
#include "lib/base/banned.h"

#define DOCUMENT_BYTES (1u << 20)

/* This machine itself, not somebody behind a proxy on it. */
static bool is_local(const struct http_req *req)
{
    bool loopback = req->peer && (str_starts(req->peer, "127.") || str_eq(req->peer, "::1"));
    return loopback && !http_header(req, "x-forwarded-for") && !http_header(req, "forwarded");
}

static void line(struct buf *out, const char *name, const char *type, int64_t value)
{
    buf_printf(out, "# TYPE bukutamu_db_%s %s\nbukutamu_db_%s %lld\n", name, type, name,
               (long long)value);
}

static enum err metrics_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    bool admin = cx->actor.kind != ACTOR_NONE && (cx->actor.roles & ROLE_ADMIN);
    if (!admin && !is_local(req))
        return cx_fail(
            cx, ERR_DENIED, "metrics",
            T("Angka ini hanya dapat dibaca dari komputer server atau oleh administrator."));
    struct db_stats stats = {0};
    db_stats(cx->db, &stats);
    res->content_type = "text/plain; version=0.0.4; charset=utf-8";
    server_metrics_here(cx, &res->body);
    line(&res->body, "transactions_total", "counter", stats.transactions);
    line(&res->body, "batches_total", "counter", stats.batches);
    line(&res->body, "retried_alone_total", "counter", stats.retried_alone);
    line(&res->body, "refused_full_total", "counter", stats.refused_full);
    line(&res->body, "queue_length", "gauge", stats.queue_length);
    return ERR_OK;
}

static enum err openapi_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    (void)req;
    res->content_type = "application/json";
    res->body = buf_new(cx->arena, 128 * 1024, DOCUMENT_BYTES);
    openapi_write(cx, &res->body);
    return ERR_OK;
}

const struct route *operations_routes(void)
{
    /* clang-format off */
    static const struct route rows[] = {
        {HTTP_GET, "/metrics", 0, ROUTE_PUBLIC, metrics_get, NULL, 0, T("Angka jalannya program (Prometheus), dari komputer server atau administrator"), NULL},
        {HTTP_GET, "/openapi.json", 0, ROUTE_PUBLIC, openapi_get, NULL, 0, T("Daftar alamat ini sebagai OpenAPI"), NULL},
        {.path = NULL},
    };
    /* clang-format on */
    return rows;
}

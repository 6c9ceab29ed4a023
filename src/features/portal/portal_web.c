/* Start page, health, metrics, OpenAPI, live events, assets. The frame of pages: portal_page.c. */
#include "features/portal/portal.h"

#include <string.h>

#include "asset_data.h"
#include "features/audit/audit.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/http/sse.h"
#include "lib/base/banned.h"

static enum err start_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    (void)req;
    return http_res_redirect(cx, res, cx->actor.kind == ACTOR_NONE ? "/masuk" : portal_home(cx));
}

/* Says only that the program answers and its database can be read. */
static enum err health_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    (void)req;
    int64_t seq = 0;
    if (*cx->actor.office_id)
        TRY(audit_head(cx->read, cx->actor.office_id, &seq));
    res->content_type = "text/plain; charset=utf-8";
    buf_puts(&res->body, "ok\n");
    return ERR_OK;
}

/* Live updates: after Last-Event-ID, or from now on. */
static enum err events_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    int64_t head = 0, after = 0;
    const char *last = http_header(req, "last-event-id");
    TRY(audit_head(cx->read, cx->actor.office_id, &head));
    if (!last ||
        !str_to_i64(last, 0, head, &after)) /* also a number from before a restored backup */
        after = head;
    return sse_accept(cx, req, res, after);
}

/* Every browser takes gzip; a telephone on a slow network is glad of it. */
static bool takes_gzip(const struct http_req *req)
{
    const char *accepts = http_header(req, "accept-encoding");
    return accepts && strstr(accepts, "gzip") && !strstr(accepts, "gzip;q=0");
}

static enum err send_file(struct cx *cx, struct http_req *req, struct http_res *res,
                          const char *name)
{
    const struct embedded_file *file = embedded_find(name);
    if (!file)
        return ERR_MISSING;
    bool packed = file->gzip && takes_gzip(req);
    res->content_type = file->content_type;
    res->static_body = (const char *)(packed ? file->gzip : file->bytes);
    res->static_bytes = packed ? file->gzip_length : file->length;
    res->private_data = false;
    if (packed)
        http_res_header(cx, res, "Content-Encoding", "gzip");
    if (file->gzip)
        http_res_header(cx, res, "Vary", "Accept-Encoding");
    http_res_header(cx, res, "ETag",
                    arena_printf(cx->arena, "\"%s%s\"", file->etag, packed ? "-gz" : ""));
    return ERR_OK;
}

static enum err asset_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return send_file(cx, req, res, http_param(req, "name"));
}

/* At the top, because a service worker may control only what lies below it. */
static enum err worker_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return send_file(cx, req, res, "dorong.js");
}

static enum err manifest_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return send_file(cx, req, res, "buku-tamu.webmanifest");
}

const struct route *portal_routes(void)
{
    /* clang-format off */
    static const struct route rows[] = {
        {HTTP_GET, "/", 0, ROUTE_PUBLIC, start_get, NULL, 0, T("Halaman awal"), NULL},
        {HTTP_GET, "/healthz", 0, ROUTE_PUBLIC, health_get, NULL, 0, T("Apakah program hidup"), NULL},
        {HTTP_GET, "/lainnya", ROLE_ALL, ROUTE_NO_TOKEN, portal_more_get, NULL, 0, T("Halaman yang tidak diperlukan setiap hari"), NULL},
        {HTTP_GET, "/peristiwa", ROLE_ALL, ROUTE_STREAM | ROUTE_NO_KEEPALIVE_SESSION, events_get, NULL, 0, T("Perubahan langsung (SSE)"), NULL},
        {HTTP_GET, "/aset/{name...}", 0, ROUTE_ASSET, asset_get, NULL, 0, T("Berkas tampilan"), NULL},
        {HTTP_GET, "/dorong.js", 0, ROUTE_ASSET, worker_get, NULL, 0, T("Penerima notifikasi di peramban"), NULL},
        {HTTP_GET, "/buku-tamu.webmanifest", 0, ROUTE_ASSET, manifest_get, NULL, 0, T("Keterangan untuk memasang halaman di HP"), NULL},
        {.path = NULL},
    };
    /* clang-format on */
    return rows;
}

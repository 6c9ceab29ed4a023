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
    if (!last || !str_to_i64(last, 0, head, &after)) /* also a number from before a restored backup */
        after = head;
    return sse_accept(cx, req, res, after);
}

static enum err asset_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    const struct embedded_file *file = embedded_find(http_param(req, "name"));
    if (!file)
        return ERR_MISSING;
    res->content_type = file->content_type;
    res->static_body = (const char *)file->bytes;
    res->static_bytes = file->length;
    res->private_data = false;
    http_res_header(cx, res, "ETag", arena_printf(cx->arena, "\"%s\"", file->etag));
    return ERR_OK;
}

const struct route *portal_routes(void)
{
    static const struct route rows[] = {
        {HTTP_GET, "/", 0, ROUTE_PUBLIC, start_get, NULL, 0, T("Halaman awal"), NULL},
        {HTTP_GET, "/healthz", 0, ROUTE_PUBLIC, health_get, NULL, 0, T("Apakah program hidup"), NULL},
        {HTTP_GET, "/peristiwa", ROLE_ALL, ROUTE_STREAM | ROUTE_NO_KEEPALIVE_SESSION, events_get, NULL, 0, T("Perubahan langsung (SSE)"), NULL},
        {HTTP_GET, "/aset/{name...}", 0, ROUTE_ASSET, asset_get, NULL, 0, T("Berkas tampilan"), NULL},
        {.path = NULL},
    };
    return rows;
}

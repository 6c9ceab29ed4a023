/* The guest's photo: shown with every look recorded, and swept when a crash left its file alone. */
#include "features/audit/audit.h"
#include "features/visit/visit_store.h"
#include "features/visit/visit_view.h"
#include "features/visit/visit_web.h"
#include "lib/base/log.h"
#include "lib/base/str.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

#define SWEEP_AGE_MS (3600LL * 1000) /* an hour is far longer than any request */

enum err visit_photo_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct visit v = {0};
    TRY(visit_must_exist(cx, http_param(req, "id"), &v));
    if (!v.photo_id)
        return cx_fail(cx, ERR_MISSING, "no_photo", T("Kunjungan ini tidak mempunyai foto."));
    struct bytes photo;
    TRY(seal_file_read(cx->seal, cx->arena, cx->data_dir, "photos", v.photo_id, &photo));
    TRY(audit_note(cx, "photo_viewed", "visit", v.id, ""));
    res->content_type = "image/jpeg";
    res->body = buf_new(cx->arena, photo.n, photo.n);
    buf_add(&res->body, photo.p, photo.n);
    return ERR_OK;
}

struct sweeping {
    struct cx *cx;
    const char *office_id;
};

static enum err is_named(void *arg, const char *id, bool *ret_named)
{
    struct sweeping *s = arg;
    return visit_names_photo(s->cx->read, s->office_id, id, ret_named);
}

enum err visit_sweep_photos(struct cx *cx, const char *office_id)
{
    struct sweeping s = {.cx = cx, .office_id = office_id};
    struct seal_sweep sweep = {
        .before_ms = cx->now_ms - SWEEP_AGE_MS, .is_named = is_named, .arg = &s};
    int64_t removed = 0;
    TRY(seal_file_sweep(cx->data_dir, "photos", &sweep, &removed));
    if (removed)
        log_event(LOG_INFO, "photo files without a visit removed", "count", LOG_INT(removed), NULL);
    return ERR_OK;
}

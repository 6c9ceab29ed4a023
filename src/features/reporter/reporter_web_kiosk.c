/* /kios, the guest's own tablet: a code opens it for one guest, then language, form, review and receipt. It
 * is cleared by its button, after 45 seconds without a touch (assets/js/layar.js), or by the end of its time.
 * Nothing typed is stored before it is sent: it travels in the page (docs/adr/0016). */
#include "features/reporter/reporter_web.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/base/time.h"
#include "reporter_tmpl.h"
#include "lib/base/banned.h"

/* Wrong codes alone are counted: nobody in the house can keep the counter's tablet shut by guessing beside it,
 * and 40 bits for ten minutes are not guessed. */
#define WRONG_AT_ONCE  20
#define WRONG_PER_HOUR 240

struct code_form {
    const char *code;
};
struct lang_form {
    const char *to;
};
static const char *const languages[] = {"id", "en", NULL};
/* clang-format off */
static const struct field code_fields[] = {
    {.name = "code", .type = FIELD_TEXT, .flags = FIELD_REQUIRED | FIELD_PRIVATE, .offset = offsetof(struct code_form, code), .max = 300, .label = T("Kode"), .missing = T("Tulis kode dari petugas.")},
};
static const struct field lang_fields[] = {
    {.name = "ke", .type = FIELD_CODE, .flags = FIELD_REQUIRED, .offset = offsetof(struct lang_form, to), .choices = languages, .label = T("Bahasa")},
};
/* clang-format on */
const struct form kiosk_code_form = FORM("KioskCode", struct code_form, code_fields);
const struct form kiosk_lang_form = FORM("KioskLanguage", struct lang_form, lang_fields);

static struct bytes hash_of(struct cx *cx, const char *purpose, const char *secret)
{
    uint8_t *hash = arena_alloc(cx->arena, 32);
    seal_secret_hash(cx->seal, purpose, secret, hash);
    return (struct bytes){hash, 32};
}

/* The guest who sits here; ERR_MISSING when there is none. */
static enum err session_now(struct cx *cx, const struct http_req *req, struct kiosk_session *ret)
{
    const char *cookie = http_cookie(cx, req, KIOSK_COOKIE);
    if (str_empty(cookie))
        return ERR_MISSING;
    return kiosk_find(cx->read, cx->actor.office_id, hash_of(cx, "kiosk_cookie", cookie),
                      cx->now_ms, ret);
}

static void start_body(struct html *h, void *arg)
{
    kiosk_start_page(h, arg);
}

static enum err show_start(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    struct kiosk_start_view *v = ARENA_NEW(cx->arena, struct kiosk_start_view);
    v->code = e == ERR_OK ? "" : form_typed(cx, req, "code");
    v->staff = cx->actor.kind == ACTOR_USER;
    res->allow_camera = true;
    if (e != ERR_OK)
        res->status = http_status(e);
    struct page_view page = {
        .title = T("Layar tamu"), .current = "/kios", .scan = true, .body = start_body, .arg = v};
    return page_render(cx, req, res, &page);
}

static void language_body(struct html *h, void *arg)
{
    (void)arg;
    kiosk_language_page(h);
}

static enum err show_language(struct cx *cx, struct http_req *req, struct http_res *res)
{
    const struct page_view page = {.title = T("Pilih bahasa"),
                                   .current = "/kios",
                                   .wipe = "/kios/kosongkan",
                                   .idle_path = "/kios/habis",
                                   .own_language = true,
                                   .body = language_body,
                                   .arg = NULL};
    return page_render(cx, req, res, &page);
}

/* Where this guest writes, with the visit if the officer opened the tablet for one. */
static enum err place_of(struct cx *cx, const struct kiosk_session *s, struct write_place *ret)
{
    char *visit_id = NULL;
    TRY(seal_field_open(cx->seal, cx->arena, "kiosk_session", "visit_sealed", s->id,
                        s->visit_sealed, &visit_id));
    *ret = (struct write_place){
        .path = "/kios",
        .action = "/kios/pengaduan",
        .wipe = "/kios/kosongkan",
        .kiosk = true,
        .way = "tablet",
        .visit_id = visit_id,
        .until = arena_printf(cx->arena, "%s %s", time_hm(cx->arena, s->ends_at, cx->offset_min),
                              time_zone_letters(cx->offset_min))};
    return ERR_OK;
}

enum err kiosk_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct kiosk_session s = {0};
    enum err e = cx->actor.kind == ACTOR_USER ? ERR_MISSING : session_now(cx, req, &s);
    if (e == ERR_MISSING)
        return show_start(cx, req, res, ERR_OK);
    TRY(e);
    if (str_empty(http_cookie(cx, req, HTTP_LANG_COOKIE)))
        return show_language(cx, req, res);
    struct write_place *place = ARENA_NEW(cx->arena, struct write_place);
    TRY(place_of(cx, &s, place));
    return reporter_write_show(cx, req, res, place, ERR_OK);
}

/* --- opening -------------------------------------------------------------------------------------------- */

/* On the officer's own browser the guest would sit in the officer's session. */
static enum err nobody_logged_in(struct cx *cx)
{
    if (cx->actor.kind != ACTOR_USER)
        return ERR_OK;
    return cx_fail(cx, ERR_CONFLICT, "staff_session",
                   T("Di peramban ini masih ada petugas yang masuk. Keluar dahulu, atau pakai "
                     "perangkat lain untuk tamu."));
}

static enum err begin(struct cx *cx, struct http_req *req, const char **ret_cookie)
{
    struct code_form f;
    char code[KIOSK_CODE_CHARS + 1];
    uint8_t raw[32];
    TRY(nobody_logged_in(cx));
    TRY(form_parse(cx, req, &kiosk_code_form, &f));
    bool readable = kiosk_code_read(f.code, code);
    rand_bytes(raw, sizeof(raw));
    char *cookie = str_base64url(cx->arena, raw, sizeof(raw));
    struct kiosk_begin k = {.office_id = cx->actor.office_id,
                            .code_hash = hash_of(cx, "kiosk_code", readable ? code : ""),
                            .cookie_hash = hash_of(cx, "kiosk_cookie", cookie),
                            .now_ms = cx->now_ms,
                            .ends_at = cx->now_ms + KIOSK_MS};
    enum err e = readable ? db_tx(cx, "kiosk_begin", kiosk_begin_tx, &k) : ERR_MISSING;
    if (e == ERR_MISSING) {
        TRY(http_throttle(cx, req, "kios_kode", WRONG_AT_ONCE, WRONG_PER_HOUR));
        cx_field(cx, "code", "code_unknown",
                 T("Kode ini tidak dikenal, sudah dipakai, atau sudah lewat 10 menit. Periksa lagi "
                   "atau minta kode baru kepada petugas."));
        return ERR_INVALID;
    }
    TRY(e);
    *ret_cookie = cookie;
    return ERR_OK;
}

enum err kiosk_begin_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    const char *cookie = NULL;
    enum err e = begin(cx, req, &cookie);
    if (e != ERR_OK && (req->wants == WANTS_JSON || (e != ERR_INVALID && e != ERR_CONFLICT)))
        return e;
    if (e != ERR_OK)
        return show_start(cx, req, res, e);
    http_res_cookie(cx, res, KIOSK_COOKIE, cookie, KIOSK_MS / 1000);
    http_res_cookie(cx, res, HTTP_LANG_COOKIE, "", 0); /* of the guest before */
    return http_res_redirect(cx, res, "/kios");
}

enum err kiosk_lang_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct lang_form f;
    TRY(nobody_logged_in(cx));
    TRY(form_parse(cx, req, &kiosk_lang_form, &f));
    http_res_cookie(cx, res, HTTP_LANG_COOKIE, f.to, -1);
    return http_res_redirect(cx, res, "/kios");
}

/* --- writing and leaving ----------------------------------------------------------------------------------- */

enum err kiosk_write_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct kiosk_session s = {0};
    struct write_place *place = ARENA_NEW(cx->arena, struct write_place);
    TRY(nobody_logged_in(cx));
    enum err e = session_now(cx, req, &s);
    if (e == ERR_MISSING)
        TRY(http_throttle(cx, req, "kios", 30, 600));
    if (e == ERR_MISSING && req->wants == WANTS_JSON)
        return cx_fail(cx, ERR_CONFLICT, "kiosk_over",
                       T("Waktu di layar ini sudah habis. Minta kode baru kepada petugas."));
    if (e == ERR_MISSING)
        return http_res_redirect(cx, res, "/kios"); /* nothing that was sent is shown again */
    TRY(e);
    TRY(place_of(cx, &s, place));
    return reporter_write_post(cx, req, res, place);
}

enum err kiosk_wipe_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    const char *cookie = http_cookie(cx, req, KIOSK_COOKIE);
    struct kiosk_end k = {.office_id = cx->actor.office_id, .now_ms = cx->now_ms};
    struct kiosk_session s = {0};
    enum err e = session_now(cx, req, &s);
    if (e == ERR_OK) { /* a cookie of nobody costs no write */
        k.cookie_hash = hash_of(cx, "kiosk_cookie", cookie);
        TRY(db_tx(cx, "kiosk_end", kiosk_end_tx, &k));
    }
    return e == ERR_OK || e == ERR_MISSING ? reporter_clear(cx, res, "/kios", true) : e;
}

/* Reached without a click, so it changes nothing that is stored: the browser forgets its cookie, and the row
 * goes with its time. No page of others may log a person out by pointing here. */
enum err kiosk_over_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    (void)req;
    http_res_cookie(cx, res, KIOSK_COOKIE, "", 0);
    if (cx->actor.kind != ACTOR_USER)
        http_res_cookie(cx, res, HTTP_LANG_COOKIE, "", 0);
    http_res_header(cx, res, "Clear-Site-Data", "\"cache\", \"storage\"");
    return http_res_redirect(cx, res, "/kios");
}

/* /pengaduan-layanan: a complaint about the service from anybody, at home or at the counter, and its course
 * by number and code. The code is shown once and stored hashed; no address is kept. */
#include <ctype.h>
#include <string.h>

#include "features/service/service_web.h"
#include "lib/base/rand.h"
#include "lib/base/str.h"
#include "service_tmpl.h"
#include "lib/base/banned.h"

/* A village may share one address. */
#define SENT_AT_ONCE  10
#define SENT_PER_HOUR 30
#define TICKET_COOKIE "__Host-layanan"
#define TICKET_MS     ((int64_t)30 * 60 * 1000)
#define COOKIE_BYTES  512
#define TEXT_MAX      5000

struct send_form {
    const char *category, *name, *contact, *text;
};
struct code_form {
    const char *number, *code;
};
struct reopen_form {
    const char *text;
};
static const char *const categories[] = {"complaint", "information", "aspiration", NULL};
/* clang-format off */
#define AT(type, member) .offset = offsetof(struct type, member)
static const struct field send_fields[] = {
    {.name = "category", .type = FIELD_CODE, .flags = FIELD_REQUIRED, AT(send_form, category), .choices = categories, .label = T("Jenis"), .missing = T("Pilih jenis kiriman Anda.")},
    {.name = "text", .type = FIELD_LINES, .flags = FIELD_REQUIRED | FIELD_PRIVATE, AT(send_form, text), .min = 10, .max = TEXT_MAX, .label = T("Isi"), .missing = T("Tulis apa yang terjadi.")},
    {.name = "name", .type = FIELD_TEXT, .flags = FIELD_PRIVATE, AT(send_form, name), .max = 120, .label = T("Nama")},
    {.name = "contact", .type = FIELD_TEXT, .flags = FIELD_PRIVATE, AT(send_form, contact), .max = 200, .label = T("Nomor HP atau surel")},
};
static const struct field code_fields[] = {
    {.name = "number", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, AT(code_form, number), .max = 30, .label = T("Nomor tiket"), .missing = T("Tulis nomor tiket Anda, misalnya PL-0007/2026.")},
    {.name = "code", .type = FIELD_TEXT, .flags = FIELD_REQUIRED | FIELD_PRIVATE, AT(code_form, code), .max = 100, .label = T("Kode rahasia"), .missing = T("Tulis kode rahasia dari tanda terima Anda.")},
};
static const struct field reopen_fields[] = {
    {.name = "text", .type = FIELD_LINES, .flags = FIELD_REQUIRED | FIELD_PRIVATE, AT(reopen_form, text), .min = 5, .max = TEXT_MAX, .label = T("Alasan"), .missing = T("Tulis apa yang belum terjawab.")},
};
#undef AT
/* clang-format on */
const struct form service_send_form = FORM("ServiceComplaintNew", struct send_form, send_fields);
const struct form service_code_form = FORM("ServiceTicketCode", struct code_form, code_fields);
const struct form service_reopen_form = FORM("ServiceTicketReopen", struct reopen_form,
                                             reopen_fields);

/* --- sending -------------------------------------------------------------------------------------------------- */

static void send_body(struct html *h, void *arg)
{
    service_send_page(h, arg);
}

static enum err send_show(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    struct service_form_view *v = ARENA_NEW(cx->arena, struct service_form_view);
    v->category = form_typed(cx, req, "category");
    v->name = form_typed(cx, req, "name");
    v->contact = form_typed(cx, req, "contact");
    v->text = form_typed(cx, req, "text");
    v->counter = cx->actor.kind == ACTOR_USER;
    if (e != ERR_OK)
        res->status = http_status(e);
    const struct page_view page = {.title = T("Pengaduan layanan"),
                                   .current = "/pengaduan-layanan",
                                   .phone = !v->counter,
                                   .language = true,
                                   .body = send_body,
                                   .arg = v};
    return page_render(cx, req, res, &page);
}

enum err service_send_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return send_show(cx, req, res, ERR_OK);
}

static struct bytes code_hash(struct cx *cx, const char *code)
{
    uint8_t *hash = arena_alloc(cx->arena, 32);
    seal_secret_hash(cx->seal, "service_ticket", code, hash);
    return (struct bytes){hash, 32};
}

static enum err keep(struct cx *cx, struct http_req *req, struct service_new *n, const char *code)
{
    struct send_form f;
    struct calendar cal;
    char *id = arena_alloc(cx->arena, UUID_TEXT_BYTES);
    bool counter = cx->actor.kind == ACTOR_USER;
    TRY(form_parse(cx, req, &service_send_form, &f));
    if (!counter)
        TRY(http_throttle(cx, req, "layanan", SENT_AT_ONCE, SENT_PER_HOUR));
    TRY(calendar_load(cx->read, cx->actor.office_id, &cal));
    rand_uuid4(id);
    n->act = visit_act_of(cx);
    n->entry_id = cx_new_id(cx);
    n->complaint = (struct service_complaint){
        .id = id,
        .state = "sent",
        .category = f.category,
        .channel = counter ? "counter" : "public",
        .received = calendar_day_text(cx->arena, calendar_day_of(cx->now_ms, cal.offset_min)),
        .code_hash = code_hash(cx, code),
        .name_sealed = seal_field(cx->seal, cx->arena, "service", "name", id, f.name),
        .contact_sealed = seal_field(cx->seal, cx->arena, "service", "contact", id, f.contact),
        .text_sealed = seal_field(cx->seal, cx->arena, "service", "text", id, f.text)};
    return db_tx(cx, "service_new", service_new_tx, n);
}

static void receipt_body(struct html *h, void *arg)
{
    service_receipt_page(h, arg);
}

enum err service_send_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct service_new n = {.entry_id = NULL};
    struct service_clock k;
    char *code = seal_receipt_new(cx->arena);
    enum err e = keep(cx, req, &n, code);
    if (e != ERR_OK)
        return service_again(req, e) ? send_show(cx, req, res, e) : e;
    TRY(service_clock_load(cx, &k));
    struct service_receipt_view *v = ARENA_NEW(cx->arena, struct service_receipt_view);
    int64_t due = calendar_add_working(&k.cal, k.today, k.limits.days[SERVICE_LIMIT_RESPOND]);
    v->number = service_number_text(cx->arena, &n.complaint);
    v->code = code;
    v->answer_by = service_day_number_words(cx, due);
    const struct page_view page = {.title = T("Pengaduan layanan diterima"),
                                   .current = "/pengaduan-layanan",
                                   .phone = cx->actor.kind != ACTOR_USER,
                                   .body = receipt_body,
                                   .arg = v};
    return page_render(cx, req, res, &page);
}

/* --- following -------------------------------------------------------------------------------------------------- */

/* The ticket's id lies sealed, with its end, in a cookie of this browser alone. */
static void cookie_set(struct cx *cx, struct http_res *res, const char *id)
{
    const char *plain = arena_printf(cx->arena, "%s %lld", id, (long long)(cx->now_ms + TICKET_MS));
    struct bytes sealed = seal_field(cx->seal, cx->arena, "cookie", "service", "", plain);
    http_res_cookie(cx, res, TICKET_COOKIE, str_base64url(cx->arena, sealed.p, sealed.n), -1);
}

/* ERR_MISSING: no ticket is open in this browser (any more). */
static enum err cookie_ticket(struct cx *cx, const struct http_req *req,
                              struct service_complaint *ret)
{
    const char *cookie = str_or(http_cookie(cx, req, TICKET_COOKIE), "");
    size_t n = strlen(cookie) * 3 / 4;
    char *plain = NULL;
    int64_t until = 0;
    if (n == 0 || n > COOKIE_BYTES)
        return ERR_MISSING;
    uint8_t *bytes = arena_alloc(cx->arena, n);
    if (!str_unbase64url(cookie, bytes, n) ||
        seal_field_open(cx->seal, cx->arena, "cookie", "service", "", (struct bytes){bytes, n},
                        &plain) != ERR_OK)
        return ERR_MISSING;
    char *blank = plain ? strchr(plain, ' ') : NULL;
    if (!blank || !str_to_i64(blank + 1, 0, INT64_MAX, &until) || until <= cx->now_ms)
        return ERR_MISSING;
    *blank = '\0';
    return service_get(cx->read, cx->actor.office_id, plain, ret);
}

static void start_body(struct html *h, void *arg)
{
    service_start_page(h, arg);
}

static enum err start_show(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    struct service_start_view *v = ARENA_NEW(cx->arena, struct service_start_view);
    v->number = form_typed(cx, req, "number");
    if (e != ERR_OK)
        res->status = http_status(e);
    const struct page_view page = {.title = T("Tiket pengaduan layanan"),
                                   .current = "/pengaduan-layanan/tiket",
                                   .phone = true,
                                   .language = true,
                                   .body = start_body,
                                   .arg = v};
    return page_render(cx, req, res, &page);
}

static void ticket_body(struct html *h, void *arg)
{
    service_follow_page(h, arg);
}

static enum err ticket_show(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    struct service_complaint c = {0};
    struct service_ticket_view *v = ARENA_NEW(cx->arena, struct service_ticket_view);
    enum err found = cookie_ticket(cx, req, &c);
    if (found == ERR_MISSING)
        return start_show(cx, req, res, ERR_OK);
    TRY(found);
    TRY(service_ticket_fill(cx, &c, false, v));
    cookie_set(cx, res, c.id);
    v->typed = e == ERR_OK ? "" : form_typed(cx, req, "text");
    v->done = http_query(req, "selesai") != NULL;
    if (e != ERR_OK)
        res->status = http_status(e);
    const struct page_view page = {.title = T("Tiket pengaduan layanan"),
                                   .current = "/pengaduan-layanan/tiket",
                                   .phone = true,
                                   .language = true,
                                   .body = ticket_body,
                                   .arg = v};
    return page_render(cx, req, res, &page);
}

enum err service_follow_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return ticket_show(cx, req, res, ERR_OK);
}

/* The two whole numbers of "PL-0007/2026", "7/2026", "pl 7 2026". */
static bool number_is(const char *typed, const struct service_complaint *c)
{
    int64_t found[2] = {0, 0};
    for (int i = 0; i < 2; i++) {
        while (*typed && !isdigit((unsigned char)*typed))
            typed++;
        for (; isdigit((unsigned char)*typed) && found[i] < 1000000000; typed++)
            found[i] = found[i] * 10 + (*typed - '0');
    }
    return found[0] == c->number && found[1] == c->year;
}

static enum err open_ticket(struct cx *cx, struct http_req *req, struct service_complaint *c)
{
    struct code_form f;
    char *code = NULL;
    TRY(form_parse(cx, req, &service_code_form, &f));
    if (!seal_receipt_normalise(cx->arena, f.code, &code)) {
        cx_field(cx, "code", "mistyped",
                 T("Ada yang salah ketik di kode ini. Periksa lagi huruf demi huruf; tanda hubung "
                   "boleh dilewati."));
        return ERR_INVALID;
    }
    enum err e = service_by_code(cx->read, cx->actor.office_id, code_hash(cx, code), c);
    if (e == ERR_OK && number_is(f.number, c))
        return ERR_OK;
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    cx_field(cx, "code", "ticket_unknown",
             T("Tidak ada tiket dengan nomor dan kode ini di kantor ini. Periksa lagi keduanya."));
    return ERR_INVALID;
}

enum err service_follow_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct service_complaint c = {0};
    enum err e = open_ticket(cx, req, &c);
    if (e != ERR_OK)
        return service_again(req, e) ? start_show(cx, req, res, e) : e;
    cookie_set(cx, res, c.id);
    return http_res_redirect(cx, res, "/pengaduan-layanan/tiket");
}

static enum err move(struct cx *cx, struct http_req *req, enum service_act what, const char *text)
{
    struct service_complaint c = {0};
    enum err e = cookie_ticket(cx, req, &c);
    if (e == ERR_MISSING)
        return cx_fail(cx, e, "ticket_closed", T("Tulis nomor dan kode tiket Anda lagi."));
    TRY(e);
    struct service_move m = {.id = c.id, .what = what};
    return service_move_run(cx, &m, text);
}

static enum err answer(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    if (e == ERR_OK)
        return http_res_redirect(cx, res, "/pengaduan-layanan/tiket?selesai=1");
    if (e == ERR_MISSING && req->wants != WANTS_JSON)
        return http_res_redirect(cx, res, "/pengaduan-layanan/tiket");
    return service_again(req, e) ? ticket_show(cx, req, res, e) : e;
}

enum err service_reopen_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct reopen_form f;
    enum err e = form_parse(cx, req, &service_reopen_form, &f);
    if (e == ERR_OK)
        e = move(cx, req, SERVICE_REOPEN, f.text);
    return answer(cx, req, res, e);
}

enum err service_close_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return answer(cx, req, res, move(cx, req, SERVICE_CLOSE, NULL));
}

enum err service_leave_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    (void)req;
    http_res_cookie(cx, res, TICKET_COOKIE, "", 0);
    return http_res_redirect(cx, res, "/pengaduan-layanan/tiket");
}

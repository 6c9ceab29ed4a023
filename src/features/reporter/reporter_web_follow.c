/* /tindak-lanjut: the reporter follows a complaint with the code of its receipt. The code is typed once, and
 * then lies sealed in a cookie of this browser alone, for half an hour; it is in no address and no row. */
#include "features/reporter/reporter_web.h"

#include <string.h>

#include "features/complaint/complaint_web_keys.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "reporter_follow_tmpl.h"
#include "lib/base/banned.h"

#define MESSAGES_AT_ONCE  10
#define MESSAGES_PER_HOUR 20
#define COOKIE_BYTES      512

struct code_form {
    const char *code;
};
struct message_form {
    const char *text;
};
struct files_form {
    struct bytes files; /* only its presence counts: they are read from the request */
};
struct withdraw_form {
    const char *reason;
    bool sure;
};
/* clang-format off */
static const struct field code_fields[] = {
    {.name = "code", .type = FIELD_TEXT, .flags = FIELD_REQUIRED | FIELD_PRIVATE, .offset = offsetof(struct code_form, code), .max = 100, .label = T("Kode tanda terima"), .missing = T("Tulis kode dari tanda terima Anda.")},
};
static const struct field message_fields[] = {
    {.name = "text", .type = FIELD_LINES, .flags = FIELD_REQUIRED | FIELD_PRIVATE, .offset = offsetof(struct message_form, text), .max = 5000, .label = T("Pesan"), .missing = T("Tulis pesan Anda.")},
};
static const struct field files_fields[] = {
    {.name = "files", .type = FIELD_FILE, .flags = FIELD_PRIVATE, .offset = offsetof(struct files_form, files), .label = T("Berkas")},
};
static const struct field withdraw_fields[] = {
    {.name = "reason", .type = FIELD_LINES, .flags = FIELD_PRIVATE, .offset = offsetof(struct withdraw_form, reason), .max = 2000, .label = T("Alasan")},
    {.name = "sure", .type = FIELD_BOOL, .offset = offsetof(struct withdraw_form, sure), .label = T("Saya ingin mencabut pengaduan ini")},
};
/* clang-format on */
const struct form reporter_follow_code_form = FORM("ReceiptCode", struct code_form, code_fields);
const struct form reporter_follow_message_form = FORM("ReporterMessage", struct message_form,
                                                      message_fields);
const struct form reporter_follow_files_form = FORM("ReporterFiles", struct files_form,
                                                    files_fields);
const struct form reporter_follow_withdraw_form = FORM("ComplaintWithdrawal", struct withdraw_form,
                                                       withdraw_fields);

/* --- the code in the cookie ---------------------------------------------------------------------------------- */

/* Under the server's key, with its end: who finds the device later finds nothing of use. */
static void keep_code(struct cx *cx, struct http_res *res, const char *receipt)
{
    const char *plain = arena_printf(cx->arena, "%s %lld", receipt,
                                     (long long)(cx->now_ms + REPORTER_MS));
    struct bytes sealed = seal_field(cx->seal, cx->arena, "cookie", "receipt", "", plain);
    http_res_cookie(cx, res, REPORTER_COOKIE, str_base64url(cx->arena, sealed.p, sealed.n), -1);
}

static bool cookie_bytes(struct cx *cx, const char *cookie, struct bytes *ret)
{
    size_t n = strlen(cookie) * 3 / 4;
    if (n == 0 || n > COOKIE_BYTES)
        return false;
    uint8_t *bytes = arena_alloc(cx->arena, n);
    if (!str_unbase64url(cookie, bytes, n))
        return false;
    *ret = (struct bytes){bytes, n};
    return true;
}

/* ERR_MISSING: no code here (any more). */
static enum err kept_code(struct cx *cx, const struct http_req *req, const char **ret)
{
    const char *cookie = http_cookie(cx, req, REPORTER_COOKIE);
    struct bytes sealed = {NULL, 0};
    char *plain = NULL;
    int64_t until = 0;
    if (str_empty(cookie) || !cookie_bytes(cx, cookie, &sealed) ||
        seal_field_open(cx->seal, cx->arena, "cookie", "receipt", "", sealed, &plain) != ERR_OK)
        return ERR_MISSING;
    char *blank = plain ? strchr(plain, ' ') : NULL;
    if (!blank || !str_to_i64(blank + 1, 0, INT64_MAX, &until) || until <= cx->now_ms)
        return ERR_MISSING;
    *blank = '\0';
    char *receipt = NULL;
    if (!seal_receipt_normalise(cx->arena, plain, &receipt))
        return ERR_MISSING;
    *ret = receipt;
    return ERR_OK;
}

/* --- pages ----------------------------------------------------------------------------------------------------- */

static void start_body(struct html *h, void *arg)
{
    follow_start_page(h, arg);
}

static enum err show_start(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    struct follow_start_view *v = ARENA_NEW(cx->arena, struct follow_start_view);
    v->code = e == ERR_INVALID ? form_typed(cx, req, "code") : "";
    v->over = e == ERR_OK && !str_empty(http_cookie(cx, req, REPORTER_COOKIE));
    if (v->over)
        http_res_cookie(cx, res, REPORTER_COOKIE, "", 0);
    if (e != ERR_OK)
        res->status = http_status(e);
    const struct page_view page = {.title = T("Tindak lanjut pengaduan"),
                                   .current = "/tindak-lanjut",
                                   .wipe = "/tindak-lanjut/tutup",
                                   .body = start_body,
                                   .arg = v};
    return page_render(cx, req, res, &page);
}

static void follow_body(struct html *h, void *arg)
{
    follow_page(h, arg);
}

/* "2026-07-23" in words; NULL for NULL. */
static const char *day_words(struct cx *cx, const char *day)
{
    struct civil c = {.hour = 12};
    if (!time_parse_date(str_or(day, ""), &c.year, &c.month, &c.day))
        return NULL;
    return reporter_when(cx, time_from_civil(c, cx->offset_min), false);
}

static enum err fill_course(struct cx *cx, const struct complaint *c, struct follow_view *v)
{
    struct casework_public *course = ARENA_NEW(cx->arena, struct casework_public);
    TRY(casework_public_view(cx->read, cx->actor.office_id, c, course));
    v->course = course;
    v->since = day_words(cx, course->since_day);
    v->due = day_words(cx, course->due_day);
    v->asked_until = day_words(cx, course->asked_until);
    v->step_days = ARENA_ARRAY(cx->arena, course->step_count + 1, const char *);
    for (size_t i = 0; i < course->step_count; i++)
        v->step_days[i] = day_words(cx, course->steps[i].day);
    return ERR_OK;
}

static const char *size_words(struct cx *cx, int64_t bytes)
{
    if (bytes >= 1000 * 1000)
        return arena_printf(cx->arena, "%lld MB", (long long)((bytes + 500000) / 1000000));
    return arena_printf(cx->arena, "%lld KB", (long long)((bytes + 999) / 1000));
}

static enum err fill_files(struct cx *cx, const struct complaint *c,
                           const struct seal_envelope *key, struct follow_view *v)
{
    struct evidence_file *files = NULL;
    size_t count = 0;
    TRY(evidence_list(cx, c, key, &files, &count));
    v->files = files;
    v->file_days = ARENA_ARRAY(cx->arena, count + 1, const char *);
    v->file_sizes = ARENA_ARRAY(cx->arena, count + 1, const char *);
    for (size_t i = 0; i < count; i++) {
        if (!str_eq(files[i].added_by, EVIDENCE_BY_REPORTER))
            continue; /* what the officers gathered is not the reporter's to see */
        files[v->file_count] = files[i];
        v->file_days[v->file_count] = reporter_when(cx, files[i].added_at, false);
        v->file_sizes[v->file_count++] = size_words(cx, files[i].bytes);
    }
    return ERR_OK;
}

static enum err fill(struct cx *cx, const struct complaint *c, const struct seal_envelope *key,
                     struct follow_view *v)
{
    v->number = complaint_number_text(cx->arena, c->number, c->year);
    v->received = reporter_when(cx, c->received_at, false);
    v->mode = complaint_label(complaint_modes, c->reporter_mode);
    v->anonymous = str_eq(c->reporter_mode, "anonymous");
    TRY(fill_course(cx, c, v));
    TRY(fill_files(cx, c, key, v));
    return reporter_messages_fill(cx, c, key, true, &v->messages, &v->message_count, &v->withdrawal);
}

/* The complaint of the code in the cookie, opened. The caller wipes the key. */
static enum err open_kept(struct cx *cx, const struct http_req *req, struct complaint *c,
                          struct seal_envelope *key, const char **ret_receipt)
{
    TRY(kept_code(cx, req, ret_receipt));
    return complaint_unlock_receipt(cx, *ret_receipt, c, key);
}

/* `e`: why the page is shown again with what was typed. */
static enum err show(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    struct complaint c = {0};
    struct seal_envelope key;
    const char *receipt = NULL;
    enum err opened = open_kept(cx, req, &c, &key, &receipt);
    if (opened == ERR_MISSING)
        return show_start(cx, req, res, ERR_OK);
    TRY(opened);
    struct follow_view *v = ARENA_NEW(cx->arena, struct follow_view);
    opened = fill(cx, &c, &key, v);
    explicit_bzero(&key, sizeof(key));
    TRY(opened);
    keep_code(cx, res, receipt); /* another half hour */
    v->files_form = evidence_form_id(cx, req);
    v->sent = http_query(req, "terkirim") != NULL;
    v->text = e == ERR_OK ? "" : form_typed(cx, req, "text");
    v->reason = e == ERR_OK ? "" : form_typed(cx, req, "reason");
    if (e != ERR_OK)
        res->status = http_status(e);
    const struct page_view page = {.title = T("Tindak lanjut pengaduan"),
                                   .current = "/tindak-lanjut",
                                   .wipe = "/tindak-lanjut/tutup",
                                   .body = follow_body,
                                   .arg = v};
    return page_render(cx, req, res, &page);
}

enum err reporter_follow_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return show(cx, req, res, ERR_OK);
}

/* --- opening and closing ------------------------------------------------------------------------------------------ */

static enum err begin(struct cx *cx, struct http_req *req, char **ret_receipt)
{
    struct code_form f;
    struct complaint c = {0};
    struct seal_envelope key;
    TRY(form_parse(cx, req, &reporter_follow_code_form, &f));
    if (!seal_receipt_normalise(cx->arena, f.code, ret_receipt)) {
        cx_field(cx, "code", "mistyped",
                 T("Ada yang salah ketik di kode ini. Periksa lagi huruf demi huruf; tanda hubung "
                   "boleh dilewati."));
        return ERR_INVALID;
    }
    enum err e = complaint_unlock_receipt(cx, *ret_receipt, &c, &key);
    explicit_bzero(&key, sizeof(key));
    if (e != ERR_MISSING)
        return e;
    cx_field(cx, "code", "receipt_unknown",
             T("Tidak ada pengaduan dengan kode ini di kantor ini. Periksa lagi kode dan nama "
               "kantor di tanda terima Anda."));
    return ERR_INVALID;
}

enum err reporter_follow_begin_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    char *receipt = NULL;
    enum err e = begin(cx, req, &receipt);
    if (e == ERR_INVALID && req->wants != WANTS_JSON)
        return show_start(cx, req, res, e);
    TRY(e);
    keep_code(cx, res, receipt);
    return http_res_redirect(cx, res, "/tindak-lanjut");
}

enum err reporter_follow_close_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    (void)req;
    return reporter_clear(cx, res, "/tindak-lanjut", false);
}

/* --- what the reporter sends --------------------------------------------------------------------------------------- */

/* To be sent again with the page when it is refused; ERR_MISSING: the code page. */
static enum err answer(struct cx *cx, struct http_req *req, struct http_res *res, enum err e,
                       const char *done)
{
    if (e == ERR_OK)
        return http_res_redirect(cx, res, done);
    if (e == ERR_MISSING && req->wants != WANTS_JSON)
        return http_res_redirect(cx, res, "/tindak-lanjut");
    bool again = e == ERR_INVALID || e == ERR_CONFLICT || e == ERR_LIMIT || e == ERR_BUSY;
    return again && req->wants != WANTS_JSON ? show(cx, req, res, e) : e;
}

static enum err kept_complaint(struct cx *cx, const struct http_req *req, struct complaint *ret)
{
    struct seal_envelope key;
    const char *receipt = NULL;
    enum err e = open_kept(cx, req, ret, &key, &receipt);
    explicit_bzero(&key, sizeof(key));
    if (e == ERR_MISSING)
        return cx_fail(cx, e, "receipt_closed", T("Tulis kode tanda terima Anda lagi."));
    return e;
}

static enum err send_as_reporter(struct cx *cx, const struct complaint *c, const char *kind,
                                 const char *text)
{
    TRY(http_throttle(cx, NULL, arena_printf(cx->arena, "pesan|%s", c->id), MESSAGES_AT_ONCE,
                      MESSAGES_PER_HOUR));
    struct reporter_message_new n = {.message = {.from_reporter = 1, .kind = kind, .by_id = ""},
                                     .audited = !str_eq(c->reporter_mode, "anonymous")};
    return reporter_message_send(cx, c, text, &n);
}

enum err reporter_follow_message_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct message_form f;
    struct complaint c = {0};
    enum err e = kept_complaint(cx, req, &c);
    if (e == ERR_OK)
        e = form_parse(cx, req, &reporter_follow_message_form, &f);
    if (e == ERR_OK)
        e = send_as_reporter(cx, &c, "message", f.text);
    return answer(cx, req, res, e, "/tindak-lanjut?terkirim=pesan");
}

/* Asked first without a body: only a reporter may send a hundred megabytes. */
enum err reporter_follow_files_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    const struct evidence_new what = {.kind = EVIDENCE_EVIDENCE,
                                      .added_by = EVIDENCE_BY_REPORTER,
                                      .form_id = evidence_form_sent(req)};
    struct files_form f;
    struct complaint c = {0};
    size_t count = 0;
    enum err e = kept_complaint(cx, req, &c);
    if (req->admitting)
        return e;
    if (e == ERR_OK)
        e = form_parse(cx, req, &reporter_follow_files_form, &f);
    if (e == ERR_OK)
        e = evidence_add_all(cx, &c, req, "files", &what, &count);
    return answer(cx, req, res, e, "/tindak-lanjut?terkirim=berkas");
}

enum err reporter_follow_withdraw_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct withdraw_form f;
    struct complaint c = {0};
    enum err e = kept_complaint(cx, req, &c);
    if (e == ERR_OK)
        e = form_parse(cx, req, &reporter_follow_withdraw_form, &f);
    if (e == ERR_OK && !f.sure) {
        cx_field(cx, "sure", "missing", T("Centang bahwa Anda ingin mencabut pengaduan ini."));
        e = ERR_INVALID;
    }
    if (e == ERR_OK && c.ended_at)
        e = cx_fail(cx, ERR_CONFLICT, "ended", T("Pengaduan ini sudah selesai."));
    if (e == ERR_OK)
        e = send_as_reporter(cx, &c, "withdrawal", str_or(f.reason, ""));
    return answer(cx, req, res, e, "/tindak-lanjut?terkirim=pesan");
}

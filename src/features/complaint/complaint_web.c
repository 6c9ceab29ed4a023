/* Routes of the written complaint, its form, and the act of writing it. Receipt and reading are in
 * complaint_web_page.c, sealing in complaint_web_seal.c. */
#include <string.h>

#include "complaint_tmpl.h"
#include "features/complaint/complaint_web.h"
#include "features/portal/portal.h"
#include "features/staff/staff.h"
#include "features/visit/visit_web.h"
#include "lib/base/str.h"
#include "lib/http/form.h"
#include "lib/http/sse.h"
#include "lib/json/json.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

#define DOCUMENTS_MAX 25 /* two fields each, of the 64 that a form may have */
#define ROWS_FIRST    3
#define BODY_BYTES    (320u * 1024) /* 20,000 characters of four bytes, percent-encoded */

struct complaint_form {
    const char *text, *reported_party;
    struct object_list documents;
};
/* clang-format off */
static const struct field document_fields[] = {
    {.name = "kind", .type = FIELD_TEXT, .flags = FIELD_REQUIRED | FIELD_PRIVATE, .offset = offsetof(struct complaint_document, kind), .min = 1, .max = 200, .label = T("Jenis dokumen"), .missing = T("Tulis jenis dokumennya.")},
    {.name = "count", .type = FIELD_INT, .offset = offsetof(struct complaint_document, count), .min = 1, .max = 9999, .label = T("Jumlah")},
};
/* clang-format on */
#define AT(member) .offset = offsetof(struct complaint_form, member)
/* clang-format off */
static const struct field complaint_fields_table[] = {
    {.name = "text", .type = FIELD_LINES, .flags = FIELD_REQUIRED | FIELD_PRIVATE, AT(text), .min = 1, .max = 20000, .label = T("Isi pengaduan"), .missing = T("Tulis apa yang terjadi.")},
    {.name = "reported_party", .type = FIELD_LINES, .flags = FIELD_PRIVATE, AT(reported_party), .max = 2000, .label = T("Terlapor")},
    {.name = "documents", .type = FIELD_OBJECTS, .flags = FIELD_PRIVATE, AT(documents), .max = DOCUMENTS_MAX, .label = T("Dokumen yang diserahkan"), .members = document_fields, .member_count = 2, .member_bytes = sizeof(struct complaint_document)},
};
/* clang-format on */
#undef AT
static const struct form complaint_form = FORM("Complaint", struct complaint_form,
                                               complaint_fields_table);

/* --- before anything else: is the visit there, may it be written now? --------------------------------- */

/* Until the recovery sheet is proven, a forgotten password could lose a complaint for ever; and somebody in
 * the house must be able to read it. `readers`: leaders with a trusted key. */
static struct refusal may_write(const struct visit *v, const struct office *office, int64_t readers)
{
    struct refusal r = complaint_may_write(v);
    if (r.err == ERR_OK && office->recovery_confirmed_at && readers == 0)
        return complaint_no_reader();
    if (r.err != ERR_OK || office->recovery_confirmed_at)
        return r;
    return (struct refusal){
        .err = ERR_CONFLICT,
        .code = "intake_closed",
        .msgid = T("Pengaduan belum dapat diterima: lembar kunci pemulihan kantor belum diperiksa. "
                   "Minta administrator menjalankan bukutamu recovery.")};
}

/* --- the form page ------------------------------------------------------------------------------------- */

const char *complaint_row_error(const struct html *h, size_t i, const char *member)
{
    const char *name = arena_printf(h->cx->arena, "documents.%zu.%s", i, member);
    const struct field_error *fault = form_error(h->cx, name);
    return fault ? fault->message : NULL;
}

static void fill_rows(struct cx *cx, struct http_req *req, struct complaint_form_view *f)
{
    int64_t rows = ROWS_FIRST;
    const char *typed = http_field(req, "_rows");
    if (typed && !str_to_i64(typed, 1, DOCUMENTS_MAX, &rows))
        rows = DOCUMENTS_MAX;
    if (http_field(req, "_add"))
        rows = rows < DOCUMENTS_MAX ? rows + 1 : DOCUMENTS_MAX;
    f->row_count = (size_t)rows;
    f->more = rows < DOCUMENTS_MAX;
    f->rows = ARENA_ARRAY(cx->arena, f->row_count, struct complaint_row);
    for (size_t i = 0; i < f->row_count; i++) {
        f->rows[i].kind = form_typed(cx, req, arena_printf(cx->arena, "documents.%zu.kind", i));
        f->rows[i].count = form_typed(cx, req, arena_printf(cx->arena, "documents.%zu.count", i));
    }
}

static void form_body(struct html *h, void *arg)
{
    complaint_form_page(h, arg);
}

/* `e` other than ERR_OK: a refused submit, with everything typed still in place. */
static enum err show_form(struct cx *cx, struct http_req *req, struct http_res *res,
                          const struct visit *v, const struct office *office, enum err e)
{
    struct complaint_form_view *f = ARENA_NEW(cx->arena, struct complaint_form_view);
    int64_t readers = 0, waiting = 0;
    TRY(staff_count_readers(cx->read, cx->actor.office_id, &readers, &waiting));
    struct refusal closed = may_write(v, office, readers);
    const char *number = NULL;
    TRY(complaint_number_of(cx, v, &number));
    f->number = visit_number_text(cx->arena, v);
    f->visit_path = arena_printf(cx->arena, "/tamu/%s", v->id);
    f->path = arena_printf(cx->arena, "%s/pengaduan", f->visit_path);
    f->closed = closed.err == ERR_OK ? NULL : cx_t(cx, closed.msgid);
    f->receipt_path = number ? arena_printf(cx->arena, "%s/tanda-terima", f->path) : NULL;
    f->text = form_typed(cx, req, "text");
    f->reported_party = form_typed(cx, req, "reported_party");
    fill_rows(cx, req, f);
    if (e != ERR_OK)
        res->status = http_status(e);
    struct page_view page = {
        .title = T("Pengaduan tertulis"), .current = "/tamu", .body = form_body, .arg = f};
    return page_render(cx, req, res, &page);
}

static enum err form_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct visit v = {0};
    struct office office = {0};
    TRY(visit_must_exist(cx, http_param(req, "id"), &v));
    TRY(office_get(cx->read, cx->actor.office_id, &office));
    return show_form(cx, req, res, &v, &office, ERR_OK);
}

/* --- writing --------------------------------------------------------------------------------------------- */

/* The stored hash of the body is keyed: of the complaint nothing stays, not even what a guess at its text
 * could be compared with. */
static enum err prepare_replay(struct cx *cx, struct http_req *req, struct complaint_new *n)
{
    struct bytes hash = seal_index(cx->seal, cx->arena, "complaint_body",
                                   str_hex(cx->arena, req->body_hash, sizeof(req->body_hash)));
    return replay_prepare(cx, http_header(req, "idempotency-key"),
                          arena_printf(cx->arena, "POST %s", req->path), hash.p, &n->replay);
}

static enum err write_answer(struct cx *cx, struct http_req *req, struct http_res *res,
                             const struct complaint_new *n)
{
    if (req->wants != WANTS_JSON)
        return http_res_redirect(cx, res, arena_printf(cx->arena, "%s/tanda-terima", req->path));
    struct visit v = {0};
    const char *number = NULL;
    TRY(visit_get(cx->read, cx->actor.office_id, n->visit_id, &v));
    TRY(complaint_number_of(cx, &v, &number));
    json_t *answer = json_keep(cx->arena, json_object());
    if (number)
        json_object_set_new_nocheck(answer, "number", json_text(number));
    return http_res_json(cx, res, n->status, json_incref(answer));
}

/* Fields, sealing, transaction. `refusal`: what the rules say of the visit as it was read; a repeated
 * request must get its first answer all the same, so with a key the transaction decides. */
static enum err write_complaint(struct cx *cx, struct http_req *req, const struct office *office,
                                const struct refusal *refusal, struct complaint_new *n)
{
    if (refusal->err != ERR_OK && !n->replay.present)
        return cx_refuse(cx, refusal);
    struct complaint_form f;
    enum err e = form_parse(cx, req, &complaint_form, &f);
    if (e != ERR_OK && refusal->err != ERR_OK) {
        cx->diag = (struct diag){.code = NULL};
        return cx_refuse(cx, refusal);
    }
    if (e != ERR_OK)
        return e;
    if (!office->recovery_confirmed_at)
        return cx_refuse(cx, refusal);
    struct complaint_text in = {.text = f.text,
                                .reported_party = str_empty(f.reported_party) ? NULL
                                                                              : f.reported_party,
                                .documents = f.documents.items,
                                .document_count = f.documents.count};
    TRY(complaint_seal(cx, office, http_param(req, "id"), &in, n));
    e = db_tx(cx, "complaint_write", complaint_write, n);
    return e != ERR_OK && n->refusal.err != ERR_OK ? cx_refuse(cx, &n->refusal) : e;
}

static enum err complaint_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct complaint_new *n = ARENA_NEW(cx->arena, struct complaint_new);
    n->act = visit_act_of(cx);
    TRY(prepare_replay(cx, req, n));
    struct visit v = {0};
    struct office office = {0};
    TRY(visit_must_exist(cx, http_param(req, "id"), &v));
    TRY(office_get(cx->read, cx->actor.office_id, &office));
    int64_t readers = 0, waiting = 0;
    TRY(staff_count_readers(cx->read, cx->actor.office_id, &readers, &waiting));
    struct refusal refusal = may_write(&v, &office, readers);
    bool page = req->wants != WANTS_JSON;
    if (page && http_field(req, "_add") && refusal.err == ERR_OK)
        return show_form(cx, req, res, &v, &office, ERR_OK);
    enum err e = write_complaint(cx, req, &office, &refusal, n);
    if (page && (e == ERR_INVALID || e == ERR_CONFLICT))
        return show_form(cx, req, res, &v, &office, e);
    if (e != ERR_OK)
        return e;
    if (!n->replayed && cx->sse)
        sse_poke(cx->sse);
    return write_answer(cx, req, res, n);
}

/* --- routes ------------------------------------------------------------------------------------------------ */

#define WRITES (ROLE_DESK | ROLE_OFFICIALS)

const struct route *complaint_routes(void)
{
    /* clang-format off */
    static const struct route rows[] = {
        {HTTP_GET, "/tamu/{id}/pengaduan", WRITES, 0, form_get, NULL, 0, T("Isian pengaduan tertulis"), NULL},
        {HTTP_POST, "/tamu/{id}/pengaduan", WRITES, ROUTE_IDEMPOTENT_KEY, complaint_post, &complaint_form, BODY_BYTES, T("Pengaduan tertulis, disegel (langkah 7)"), NULL},
        {HTTP_GET, "/tamu/{id}/pengaduan/tanda-terima", WRITES, ROUTE_NO_TOKEN, complaint_receipt_get, NULL, 0, T("Tanda terima pengaduan"), NULL},
        {HTTP_GET, "/tamu/{id}/pengaduan/isi", ROLE_LEADERS, ROUTE_NO_TOKEN, complaint_read_get, NULL, 0, T("Baca pengaduan; setiap pembacaan dicatat"), NULL},
        {.path = NULL},
    };
    /* clang-format on */
    return rows;
}

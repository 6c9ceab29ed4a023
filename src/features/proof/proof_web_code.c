/* The two papers of the intake: for whoever holds the code of the receipt, which the page posts back and nobody
 * keeps; the written complaint also for its readers. */
#include <string.h>

#include "features/audit/audit.h"
#include "features/casework/casework.h"
#include "features/proof/proof_web.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

struct code_form {
    const char *code, *sheet;
};
static const char *const sheets[] = {"reporter", "archive", NULL};
/* clang-format off */
static const struct field code_fields[] = {
    {.name = "code", .type = FIELD_TEXT, .flags = FIELD_REQUIRED | FIELD_PRIVATE, .offset = offsetof(struct code_form, code), .max = 64, .label = T("Kode rahasia"), .missing = T("Tulis kode rahasia dari tanda terima.")},
    {.name = "sheet", .type = FIELD_CODE, .offset = offsetof(struct code_form, sheet), .choices = sheets, .label = T("Lembar")},
};
/* clang-format on */
const struct form proof_code_form = FORM("ReceiptCode", struct code_form, code_fields);

/* What the code opens. */
struct opened {
    struct complaint complaint;
    struct complaint_text text;
    struct staff officer; /* id NULL: nobody wrote it here */
    const char *code, *number, *received;
};

static void find_officer(struct cx *cx, struct opened *o)
{
    const char *id = o->text.writer_id;
    struct staff s = {.id = NULL};
    if (!str_empty(id) && staff_get(cx->read, cx->actor.office_id, id, &s) == ERR_OK)
        o->officer = s;
}

static void fill_words(struct cx *cx, struct opened *o)
{
    const struct complaint *c = &o->complaint;
    bool day_only = str_eq(c->reporter_mode, "anonymous") || o->text.received_at == 0;
    o->number = complaint_number_text(cx->arena, c->number, c->year);
    o->received = proof_received(cx, day_only ? c->received_at : o->text.received_at, day_only);
    find_officer(cx, o);
}

/* Until when the desk looks whether all is there; NULL once it has. */
static const char *deadline(struct cx *cx, const struct complaint *c)
{
    struct casework w = {.due_day = NULL};
    struct civil day = {0};
    if (!str_eq(c->state, "received") ||
        casework_get(cx->read, cx->actor.office_id, c->id, &w) != ERR_OK || !w.due_day ||
        !time_parse_date(w.due_day, &day.year, &day.month, &day.day))
        return NULL;
    return proof_received(cx, time_from_civil(day, cx->offset_min), true);
}

static enum err open_by_code(struct cx *cx, const char *typed, struct opened *ret)
{
    char *code = NULL;
    struct opened o = {.code = NULL};
    TRY(complaint_open_by_code(cx, typed, &code, &o.complaint, &o.text));
    o.code = code;
    fill_words(cx, &o);
    *ret = o;
    return ERR_OK;
}

enum err proof_receipt_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct code_form f;
    struct opened o;
    struct bytes file;
    TRY(form_parse(cx, req, &proof_code_form, &f));
    TRY(open_by_code(cx, f.code, &o));
    const struct proof_receipt r = {
        .number = o.number,
        .received = o.received,
        .mode = o.complaint.reporter_mode,
        .way = o.complaint.way,
        .officer = o.officer.name,
        .officer_title = o.officer.title,
        .officer_nip = o.officer.nip,
        .documents = o.text.documents,
        .document_count = o.text.document_count,
        .deadline = deadline(cx, &o.complaint),
        .code = str_eq(f.sheet, "archive") ? NULL : o.code,
    };
    TRY(proof_receipt_pdf(cx, &r, &file));
    return proof_send(cx, res, file, "tanda-terima.pdf");
}

static enum err send_complaint(struct cx *cx, struct http_res *res, const struct opened *o)
{
    struct bytes file;
    const struct proof_complaint c = {
        .number = o->number,
        .received = o->received,
        .mode = o->complaint.reporter_mode,
        .way = o->complaint.way,
        .class = o->complaint.class,
        .text = &o->text,
        .officer = o->officer.name,
        .officer_title = o->officer.title,
        .officer_nip = o->officer.nip,
    };
    TRY(proof_complaint_pdf(cx, &c, &file));
    return proof_send(cx, res, file, "pengaduan.pdf");
}

enum err proof_complaint_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct code_form f;
    struct opened o;
    TRY(form_parse(cx, req, &proof_code_form, &f));
    TRY(open_by_code(cx, f.code, &o));
    return send_complaint(cx, res, &o);
}

/* By a reader's own key. Who reported is another compartment: those lines are left to the pen. */
enum err proof_complaint_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct seal_envelope key;
    struct opened o = {.code = NULL};
    TRY(complaint_must_exist(cx, http_param(req, "id"), &o.complaint));
    TRY(complaint_unlock(cx, o.complaint.id, COMPLAINT_CONTENT, &key));
    enum err e = complaint_open_content(cx, &o.complaint, &key, &o.text);
    explicit_bzero(&key, sizeof(key));
    if (e != ERR_OK)
        return e;
    TRY(audit_note(cx, "complaint_read", "complaint", o.complaint.id, "paper=pdf"));
    fill_words(cx, &o);
    return send_complaint(cx, res, &o);
}

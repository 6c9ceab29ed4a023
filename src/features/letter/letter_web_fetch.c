/* Letters of a complaint as .docx: opened, filled and sent, kept nowhere. With the reporter's identity only by
 * a POST of somebody who can open it, and then the audit says so. */
#include <string.h>

#include "features/audit/audit.h"
#include "features/casefile/casefile_web.h"
#include "features/complaint/complaint_web_keys.h"
#include "features/letter/letter_web.h"
#include "features/proof/proof.h"
#include "lib/base/str.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

/* A complaint in the hands of a reader, for one document. */
struct opened {
    struct casefile file;
    struct complaint_text text;
    struct complaint_reporter reporter;
    struct letter_intake intake;
    struct letter letter;
    struct letter_input input;
};

static enum err open_reporter(struct cx *cx, struct opened *o, const char *detail)
{
    struct seal_envelope key;
    const struct complaint *c = &o->file.complaint;
    if (!c->reporter_sealed.n)
        return cx_fail(cx, ERR_CONFLICT, "no_identity",
                       T("Pengaduan ini tidak menyimpan identitas pelapor."));
    TRY(complaint_unlock(cx, c->id, COMPLAINT_REPORTER, &key));
    enum err e = complaint_open_reporter(cx, c, &key, &o->reporter);
    explicit_bzero(&key, sizeof(key));
    TRY(e);
    TRY(audit_note(cx, "reporter_identity_read", "complaint", c->id, detail));
    o->intake.reporter = &o->reporter;
    return ERR_OK;
}

/* Content, the letter when there is one, and who took the complaint in. */
static enum err open_content(struct cx *cx, struct opened *o)
{
    struct seal_envelope key;
    const struct complaint *c = &o->file.complaint;
    TRY(complaint_unlock(cx, c->id, COMPLAINT_CONTENT, &key));
    enum err e = complaint_open_content(cx, c, &key, &o->text);
    if (e == ERR_OK && o->letter.id)
        e = letter_input_open(cx, c, &o->letter, &key, &o->input);
    explicit_bzero(&key, sizeof(key));
    return e;
}

static void intake_of(struct cx *cx, struct opened *o)
{
    const struct complaint *c = &o->file.complaint;
    struct staff writer = {.name = NULL};
    if (o->text.writer_id)
        (void)!staff_get(cx->read, cx->actor.office_id, o->text.writer_id, &writer);
    bool day_only = str_eq(c->reporter_mode, "anonymous") || !o->text.received_at;
    o->intake = (struct letter_intake){.number = o->file.number,
                                       .received_at = day_only ? c->received_at
                                                               : o->text.received_at,
                                       .way = c->way,
                                       .reporter_mode = c->reporter_mode,
                                       .class = c->class,
                                       .text = &o->text,
                                       .officer_name = writer.name,
                                       .officer_title = writer.title,
                                       .officer_nip = writer.nip};
}

/* --- a letter ------------------------------------------------------------------------------------------------- */

static enum err find_letter(struct cx *cx, const struct http_req *req, struct opened *o)
{
    TRY(casefile_find(cx, req, &o->file));
    enum err e = letter_get(cx->read, cx->actor.office_id, http_param(req, "letter"), &o->letter);
    if (e == ERR_MISSING || (e == ERR_OK && !str_eq(o->letter.complaint_id, o->file.complaint.id)))
        return cx_fail(cx, ERR_MISSING, "letter_unknown",
                       T("Surat itu tidak ada. Muat ulang halaman."));
    return e;
}

static enum err fetch(struct cx *cx, struct http_req *req, struct http_res *res, bool identity)
{
    struct opened *o = ARENA_NEW(cx->arena, struct opened);
    struct bytes file;
    TRY(find_letter(cx, req, o));
    TRY(open_content(cx, o));
    intake_of(cx, o);
    const char *detail = arena_printf(cx->arena, "letter=%s kind=%s", o->letter.id, o->letter.kind);
    if (identity)
        TRY(open_reporter(cx, o, arena_printf(cx->arena, "reason=letter %s", detail)));
    const struct letter_case c = {.kind = o->letter.kind,
                                  .template_version = o->letter.template_version,
                                  .letter = &o->letter,
                                  .input = &o->input,
                                  .intake = &o->intake,
                                  .dated_at = o->letter.dated_at,
                                  .place = o->input.place};
    TRY(letter_document(cx, &c, &file));
    TRY(audit_note(cx, "letter_fetched", "complaint", o->file.complaint.id, detail));
    return letter_send(cx, res, file, letter_file_name(cx, o->letter.number));
}

enum err letter_fetch_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return fetch(cx, req, res, false);
}

enum err letter_fetch_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return fetch(cx, req, res, true);
}

/* --- the papers of the intake ------------------------------------------------------------------------------------ */

static enum err paper(struct cx *cx, struct http_req *req, struct http_res *res, bool form,
                      bool identity)
{
    struct opened *o = ARENA_NEW(cx->arena, struct opened);
    struct bytes file;
    const char *kind = form ? "complaint_form" : "receipt";
    TRY(casefile_find(cx, req, &o->file));
    TRY(open_content(cx, o));
    intake_of(cx, o);
    if (identity)
        TRY(open_reporter(cx, o, arena_printf(cx->arena, "reason=letter kind=%s", kind)));
    TRY(form ? letter_written_complaint(cx, &o->intake, &file)
             : letter_receipt(cx, &o->intake, &file));
    TRY(audit_note(cx, "letter_fetched", "complaint", o->file.complaint.id,
                   arena_printf(cx->arena, "kind=%s", kind)));
    return letter_send(
        cx, res, file,
        letter_file_name(cx, arena_printf(cx->arena, "%s %s", form ? "formulir" : "tanda-terima",
                                          o->file.number)));
}

enum err letter_written_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return paper(cx, req, res, true, false);
}

enum err letter_written_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return paper(cx, req, res, true, true);
}

enum err letter_receipt_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return paper(cx, req, res, false, false);
}

/* --- for whoever holds the code of the receipt ----------------------------------------------------------------- */

struct code_in {
    const char *code;
};
/* clang-format off */
static const struct field code_fields[] = {
    {.name = "code", .type = FIELD_TEXT, .flags = FIELD_REQUIRED | FIELD_PRIVATE, .offset = offsetof(struct code_in, code), .max = 64, .label = T("Kode rahasia"), .missing = T("Tulis kode rahasia dari tanda terima.")},
};
/* clang-format on */
const struct form letter_code_form = FORM("LetterCode", struct code_in, code_fields);

/* The reporter is nobody's business: the audit learns nothing. His identity is not opened by the code. */
static enum err open_by_code(struct cx *cx, const char *typed, struct opened *o)
{
    char *code = NULL;
    struct complaint *c = &o->file.complaint;
    TRY(complaint_open_by_code(cx, typed, &code, c, &o->text));
    o->file.number = complaint_number_text(cx->arena, c->number, c->year);
    intake_of(cx, o);
    o->intake.receipt = code;
    o->intake.receipt_address = proof_follow_url(cx);
    return ERR_OK;
}

static enum err paper_by_code(struct cx *cx, struct http_req *req, struct http_res *res, bool form)
{
    struct opened *o = ARENA_NEW(cx->arena, struct opened);
    struct code_in in;
    struct bytes file;
    TRY(form_parse(cx, req, &letter_code_form, &in));
    TRY(open_by_code(cx, in.code, o));
    TRY(form ? letter_written_complaint(cx, &o->intake, &file)
             : letter_receipt(cx, &o->intake, &file));
    return letter_send(cx, res, file, form ? "pengaduan.docx" : "tanda-terima.docx");
}

enum err letter_code_written_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return paper_by_code(cx, req, res, true);
}

enum err letter_code_receipt_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return paper_by_code(cx, req, res, false);
}

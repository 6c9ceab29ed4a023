/* Between the files of this feature's pages. */
#ifndef BT_LETTER_WEB_H
#define BT_LETTER_WEB_H

#include "features/letter/letter_store.h"
#include "features/staff/staff.h"
#include "lib/docx/docx.h"
#include "lib/http/form.h"
#include "lib/http/http.h"
#include "lib/seal/seal.h"

/* A person as printed; kept with the letter, so that it stays the same when the account changes. */
struct letter_person {
    const char *name, *rank, *nip, *title;
};

/* What was typed for a letter, as it is sealed. */
struct letter_input {
    const char *addressee, *subject, *nature, *attachment, *basis, *body, *analysis, *conclusion;
    const char *advice, *task, *period, *note, *copies, *value;
    const char *place; /* where it is signed */
    struct letter_person signer;
    struct letter_person *team;
    size_t team_count;
};

/* --- letter_web_fill.c: a letter's data, and the document of it ---------------------------------------------- */
/* Everything a document is made of; parts that are NULL are left blank. */
struct letter_case {
    const char *kind;
    int64_t template_version;
    const struct letter *letter; /* NULL: without a number */
    const struct letter_input *input;
    const struct letter_intake *intake;
    int64_t dated_at;
    const char *place;
};
/* The day on a letter, as typed: today, or an earlier one that was forgotten; a later one is a field error. */
int64_t letter_dated(struct cx *cx, const char *date);
enum err letter_document(struct cx *cx, const struct letter_case *c, struct bytes *ret) MUST_USE;
/* The same into a given file, and a paper of no complaint. */
enum err letter_fill(struct cx *cx, const struct letter_case *c, struct bytes file,
                     struct bytes *ret) MUST_USE;
enum err letter_fill_paper(struct cx *cx, const struct letter_paper *p, struct bytes file,
                           struct bytes *ret) MUST_USE;
/* The item "qr" with this text, or with nothing (NULL). */
struct docx_item letter_qr(struct cx *cx, const char *text);
/* The sealed form and back. */
struct bytes letter_input_seal(struct cx *cx, const struct complaint *c, const char *letter_id,
                               const struct letter_input *in);
/* The same words, signer and team? */
bool letter_input_same(const struct letter_input *a, const struct letter_input *b);
enum err letter_input_open(struct cx *cx, const struct complaint *c, const struct letter *l,
                           const struct seal_envelope *key, struct letter_input *ret) MUST_USE;
/* A template: the shipped one (0) or a stored one. ERR_MISSING when there is none. */
enum err letter_file(struct cx *cx, const char *kind, int64_t version, struct bytes *ret) MUST_USE;
/* The placeholders of a kind, for docx_check(). */
const struct docx_name *letter_names(struct arena *a, const struct letter_kind *k);
/* Invented data for looking at a template (letter_web_sample.c). */
enum err letter_sample(struct cx *cx, const struct letter_kind *k, struct bytes file,
                       struct bytes *ret) MUST_USE;
/* "Print-12/O.2.12" → "Print-12-O.2.12.docx". */
const char *letter_file_name(struct cx *cx, const char *number);
/* As the answer, for saving. */
enum err letter_send(struct cx *cx, struct http_res *res, struct bytes file,
                     const char *name) MUST_USE;

/* --- letter_web_case.c ------------------------------------------------------------------------------------------ */
extern const struct form letter_form, letter_cancel_form;
enum err letter_case_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err letter_new_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err letter_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err letter_case_cancel_post(struct cx *cx, struct http_req *req, struct http_res *res);
/* letter_web_fetch.c */
enum err letter_fetch_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err letter_fetch_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err letter_written_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err letter_written_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err letter_receipt_get(struct cx *cx, struct http_req *req, struct http_res *res);
extern const struct form letter_code_form;
enum err letter_code_written_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err letter_code_receipt_post(struct cx *cx, struct http_req *req, struct http_res *res);
/* letter_web_template.c */
#define LETTER_UPLOAD_BYTES ((size_t)5 << 20)
extern const struct form letter_template_form, letter_version_form;
enum err letter_templates_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err letter_template_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err letter_template_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err letter_template_use_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err letter_template_file_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err letter_template_sample_get(struct cx *cx, struct http_req *req, struct http_res *res);
/* letter_web_book.c */
/* A field error where it is no subject code. */
void letter_check_subject(struct cx *cx, const char *field, const char *code);
extern const struct form letter_settings_form, letter_start_form, letter_take_form;
enum err letter_book_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err letter_settings_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err letter_start_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err letter_take_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err letter_book_cancel_post(struct cx *cx, struct http_req *req, struct http_res *res);

#endif

/* Between the files of the papers and proofs. */
#ifndef BT_PROOF_WEB_H
#define BT_PROOF_WEB_H

#include "features/complaint/complaint_web_keys.h"
#include "features/office/office.h"
#include "features/proof/proof_store.h"
#include "lib/http/form.h"
#include "lib/http/http.h"
#include "lib/pdf/pdf.h"

/* --- proof_web_paper.c: what all papers have ------------------------------------------------------------ */
struct proof_sheet {
    const char *title, *footer, *watermark;
    int64_t created_ms; /* 0: now. The day alone where more would tell when somebody came. */
};
/* With the letterhead of the office. Papers are in Indonesian, whoever prints them. */
enum err proof_sheet_begin(struct cx *cx, const struct proof_sheet *s, struct pdf **ret) MUST_USE;
/* ERR_LIMIT with a sentence when it is too large to be checked later. */
enum err proof_sheet_end(struct cx *cx, struct pdf *p, struct bytes *ret) MUST_USE;
/* The QR code of an address with words beside it. */
enum err proof_sheet_code(struct cx *cx, struct pdf *p, const char *url,
                          const struct pdf_code *words) MUST_USE;
/* Parties, story, six questions, documents: the content of a complaint. */
void proof_sheet_content(struct cx *cx, struct pdf *p, const struct complaint_text *t);
void proof_sheet_reporter(struct pdf *p, const struct complaint_reporter *r);
/* "25-11-2026 10.12" */
const char *proof_short_time(const struct cx *cx, int64_t ms);
/* Makes *res this file, as a download of that name. */
enum err proof_send(struct cx *cx, struct http_res *res, struct bytes file, const char *name);

/* --- proof_web_copy.c: the whole complaint, for an export ------------------------------------------------- */
struct proof_copy {
    const struct complaint *complaint;
    const struct seal_envelope *key;
    const struct complaint_text *text;
    const struct complaint_reporter *reporter; /* NULL: not in this copy */
    const struct proof *proof;
    const char *note; /* the reason in words, or NULL */
};
enum err proof_copy_pdf(struct cx *cx, const struct proof_copy *c, struct bytes *ret) MUST_USE;

/* --- handlers ---------------------------------------------------------------------------------------------- */
typedef enum err proof_handler(struct cx *cx, struct http_req *req, struct http_res *res);
/* proof_web_code.c */
extern const struct form proof_code_form;
proof_handler proof_receipt_post, proof_complaint_post, proof_complaint_get;
/* proof_web_export.c */
extern const struct form proof_export_form;
proof_handler proof_export_get, proof_export_post;
/* proof_web_check.c */
extern const struct form proof_check_form;
proof_handler proof_check_start_get, proof_check_get, proof_check_post;

#endif

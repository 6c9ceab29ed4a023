/* Papers of the complaint desk as PDF, and what proves them: a paper that leaves the house has a code, a page of
 * the office where the code leads, and hashes by which its file can be checked. The file itself is not kept. */
#ifndef BT_PROOF_H
#define BT_PROOF_H

#include "features/complaint/complaint.h"
#include "lib/base/cx.h"
#include "lib/db/db.h"

/* --- papers ------------------------------------------------------------------------------------------- */
/* Tanda terima. All texts are ready for people, in the language of the paper. */
struct proof_receipt {
    const char *number;   /* "PGD-31/2026" */
    const char *received; /* proof_received(): with the time, or the day alone */
    const char *mode;     /* of complaint_modes */
    const char *way;      /* of complaint_ways */
    const char *officer, *officer_title, *officer_nip; /* NULL: came in without an officer */
    const struct complaint_document *documents;
    size_t document_count;
    const char *deadline; /* "Jumat, 24 Juli 2026": completeness is checked until then; NULL: not said */
    const char
        *code; /* the receipt code, as seal_receipt_new gave it; NULL: the sheet for the archive */
};
/* A4, one sheet. */
enum err proof_receipt_pdf(struct cx *cx, const struct proof_receipt *r, struct bytes *ret) MUST_USE;

/* The written complaint, ready to sign by the reporter and the officer. */
struct proof_complaint {
    const char *number, *received;
    const char *mode, *way, *class; /* of complaint_modes, complaint_ways, complaint_classes */
    const struct complaint_text *text;
    const struct complaint_reporter
        *reporter; /* NULL: not known here; left to the pen, or "anonim" by mode */
    const char *officer, *officer_title, *officer_nip;
};
enum err proof_complaint_pdf(struct cx *cx, const struct proof_complaint *c,
                             struct bytes *ret) MUST_USE;

/* "Kamis, 23 Juli 2026, pukul 09.58 WIB"; with `day_only` without the time. */
const char *proof_received(const struct cx *cx, int64_t at, bool day_only);
/* Where a reporter follows the complaint: the address of /tindak-lanjut that stands in the QR code, and that of
 * a code of proof. */
const char *proof_follow_url(const struct cx *cx);
const char *proof_check_url(const struct cx *cx, const char *code);

/* --- proofs --------------------------------------------------------------------------------------------- */
#define PROOF_EXPORT   "export"   /* of a complaint; subject: its id */
#define PROOF_REGISTER "register" /* a closed month of a book; subject: the closing's id */

struct proof {
    const char *code; /* "XXXX-XXXX-XXXX-XXXX-XXXX": 100 bits */
    const char *kind, *subject_id;
    int64_t year, number; /* of this kind: "EKS-12/2026" */
    int64_t made_at;
    const char *made_by, *reason;
    struct bytes note_sealed; /* the reason in words, sealed to the complaint; {NULL, 0}: none */
    int64_t with_reporter;
    int64_t pages, file_bytes; /* 0: it was begun, and never finished */
    struct bytes page_hashes;  /* SHA-256 of each page, 32 bytes each */
    struct bytes file_hash;    /* SHA-256 of the whole file */
};

/* "EKS-12/2026" */
char *proof_number_text(struct arena *a, const struct proof *p);
/* A fresh code. */
char *proof_code_new(struct arena *a);
/* As it is kept, from what a person typed (spaces, hyphens, case, O I L); false when it is none. */
bool proof_code_normalise(struct arena *a, const char *typed, char **ret);

/* SHA-256 of the file and of its pages (pdf_page_ends) into `p`. */
enum err proof_hash(struct arena *a, struct bytes file, struct proof *p) MUST_USE;

/* In a transaction: takes the kind's number of the year and keeps the row without hashes (fills number). The
 * caller writes its audit entry after it. */
enum err proof_begin(struct db_conn *tx, const char *office_id, struct proof *p) MUST_USE;
/* In a transaction: the hashes of the finished file. */
enum err proof_finish(struct db_conn *tx, const char *office_id, const struct proof *p) MUST_USE;
/* ERR_MISSING: no such code, or never finished. */
enum err proof_by_code(struct db_conn *conn, const char *office_id, const char *code,
                       struct proof *ret) MUST_USE;
/* Of one thing, newest first, the unfinished too; at most 200. */
enum err proof_of_subject(struct db_conn *conn, const char *office_id, const char *subject_id,
                          struct proof **ret, size_t *ret_count) MUST_USE;

extern const struct db_sql *const proof_statements[];
struct route;
/* Route rows, ended by a row without a path. */
const struct route *proof_routes(void);

#endif

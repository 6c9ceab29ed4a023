/* What is handed over with a complaint: documents, pictures, sound, film. The original is kept sealed as it
 * came, with its SHA-256; nothing is ever unpacked. Of a picture a copy without metadata is made beside it.
 *
 * Adding needs no right to read: each file has a key of its own, sealed to the complaint's public key.
 * Listing and fetching need the complaint's envelope. */
#ifndef BT_EVIDENCE_H
#define BT_EVIDENCE_H

#include "features/complaint/complaint.h"
#include "lib/base/cx.h"
#include "lib/db/db.h"

#define EVIDENCE_FILE_BYTES (100LL * 1024 * 1024) /* one file */
#define EVIDENCE_TOTAL_BYTES                                                                       \
    (520LL * 1024 * 1024)          /* originals of one complaint: 500 MB, and their padding */
#define EVIDENCE_FILES  20         /* of one complaint, copies not counted */
#define EVIDENCE_FOLDER "evidence" /* DIR/evidence/xx/id */
/* Body ceiling of a route that takes files: all of one request together, and the fields beside them. */
#define EVIDENCE_BODY_BYTES ((size_t)EVIDENCE_FILE_BYTES + 64 * 1024)

#define EVIDENCE_EVIDENCE "evidence"                 /* as handed over */
#define EVIDENCE_COPY     "clean_copy"               /* of a picture, without metadata; made here */
#define EVIDENCE_HANDOVER "handover_photo"           /* dokumentasi penerimaan */
#define EVIDENCE_LETTER   "letter_scan"              /* the complaint itself, as it came on paper */
extern const struct complaint_code evidence_kinds[]; /* with their names for people; code NULL ends */

#define EVIDENCE_BY_STAFF    "staff"
#define EVIDENCE_BY_REPORTER "reporter"

struct http_req;
struct http_file;
struct seal_envelope;

struct evidence_new {
    const char *kind;     /* EVIDENCE_EVIDENCE, _HANDOVER, _LETTER */
    const char *added_by; /* EVIDENCE_BY_STAFF: cx->actor is kept, sealed; _BY_REPORTER: nobody is */
    const char *form_id;  /* of the page it was sent from; NULL: a repetition is not recognised */
};

struct evidence_added {
    const char *id;      /* NULL: this form had brought this file before, it is stored already */
    const char *copy_id; /* NULL: no clean copy (no picture, or it could not be read) */
};

/* What a page with such a form carries in the field EVIDENCE_FORM_FIELD: a new one, or, shown again after a
 * refusal, its own. */
#define EVIDENCE_FORM_FIELD "_kiriman"
const char *evidence_form_id(struct cx *cx, const struct http_req *req);
/* As it came back; NULL when it is none. */
const char *evidence_form_sent(const struct http_req *req);

/* Checks (type by name and first bytes, size, ceilings), seals and stores one uploaded file in constant
 * memory. A file that no row names yet is swept at the next start. Refusals, with their sentence:
 * ERR_INVALID "file_type", "file_empty", "file_size" (a field error of file->field as well);
 * ERR_CONFLICT "too_many_files", "too_many_bytes", "no_public_key" (a complaint of old);
 * ERR_BUSY "disk_full". The same file (name, kind, content) from the same form is stored once, within 7 days,
 * also where both come at once: of that nothing is kept but a keyed hash and the day. Audited "file_added" with the file's id (not for an anonymous complaint and not for
 * a reporter: their entry would tell the time). */
enum err evidence_add(struct cx *cx, const struct complaint *c, const struct http_req *req,
                      const struct http_file *file, const struct evidence_new *n,
                      struct evidence_added *ret) MUST_USE;

/* Every file of the field `field`, one after the other; the first refusal ends it, what was stored before it
 * stays. *ret_count: stored. Nothing chosen is ERR_INVALID "missing" at the field. */
enum err evidence_add_all(struct cx *cx, const struct complaint *c, const struct http_req *req,
                          const char *field, const struct evidence_new *n,
                          size_t *ret_count) MUST_USE;

/* A file as a reader sees it. Names are untrusted text. */
struct evidence_file {
    const char *id, *kind, *copy_id; /* copy_id: its clean copy, or NULL */
    const char *name;                /* as the sender called it; NULL: its seal does not open */
    const char *type;                /* media type, from the file's own first bytes */
    int64_t bytes;
    const char *sha256;                       /* of the original, 64 hexadecimal digits */
    const char *added_by;                     /* EVIDENCE_BY_… */
    const char *adder;                        /* name of the officer; NULL for a reporter */
    int64_t added_at;                         /* the day alone when the complaint is anonymous */
    bool exact;                               /* added_at has a time */
    int64_t withdrawn_at;                     /* 0: it was not */
    const char *withdrawn_by, *withdrawn_why; /* the officer's name; his words */
};

/* What was handed over, oldest first; clean copies are named by their original, not listed. The envelope
 * stays the caller's. */
enum err evidence_list(const struct cx *cx, const struct complaint *c,
                       const struct seal_envelope *key, struct evidence_file **ret,
                       size_t *ret_count) MUST_USE;
/* How many files there are, for whoever may not list them (desk, hub, receipt page). */
enum err evidence_count(struct db_conn *conn, const char *office_id, const char *complaint_id,
                        int64_t *ret_count) MUST_USE;

/* Makes *res the file itself, read in constant memory while it is sent: an original as a download, a clean
 * copy to be looked at. ERR_MISSING when the complaint has no such file. Not audited here. */
struct http_res;
enum err evidence_send(struct cx *cx, const struct complaint *c, const struct seal_envelope *key,
                       const char *file_id, struct http_res *res) MUST_USE;

/* Says that a file was handed over or chosen by mistake: it stays, marked, and is given out as before; who, when
 * and why are sealed beside its name. The bytes stay until the complaint's do. ERR_MISSING without such an
 * original, ERR_CONFLICT "withdrawn" when it is already. Audited "file_withdrawn" with the file's id. */
enum err evidence_withdraw(struct cx *cx, const struct complaint *c, const struct seal_envelope *key,
                           const char *file_id, const char *why) MUST_USE;

/* Removes what a crash left; at the start of the server. */
enum err evidence_sweep(struct cx *cx, const char *office_id) MUST_USE;

/* --- rules (pure) ------------------------------------------------------------------------------------ */

struct evidence_type {
    const char *media; /* "application/pdf" */
    const char *label; /* "PDF": for people */
    const char *const *extensions;
    bool picture;
};
/* The type that both the name's ending and the first bytes say, or NULL. `head`: the first 64 bytes, or all. */
const struct evidence_type *evidence_type_of(const char *name, struct bytes head);
/* What a media type is called for people; "" when unknown. */
const char *evidence_type_label(const char *media);
/* For the accept attribute of a file input: ".pdf,.jpg,…". */
const char *evidence_accept(void);
/* What is taken, in words: "PDF, JPEG, PNG, DOCX, …". */
const char *evidence_types_text(void);

extern const struct db_sql *const evidence_statements[];
struct route;
/* Route rows, ended by a row without a path. */
const struct route *evidence_routes(void);

#endif

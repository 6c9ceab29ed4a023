/* Letters of the office: templates edited in Word, numbers from the book, and the letters of a complaint,
 * whose content is kept sealed to the complaint and put into the template at each download. */
#ifndef BT_LETTER_H
#define BT_LETTER_H

#include "features/complaint/complaint.h"
#include "lib/base/cx.h"
#include "lib/db/db.h"

/* What a letter is made from. */
enum letter_of {
    LETTER_OF_COMPLAINT,
    LETTER_OF_VISIT,  /* features/custody */
    LETTER_OF_PERIOD, /* features/report */
    LETTER_OF_OFFICE, /* features/standard */
};
/* Kinds: complaint_form receipt (no number of their own) · review disposition order report notice transfer
 * completion summons · of no complaint: deposit service_report pledge. */
struct letter_kind {
    const char *code;  /* NULL ends the table */
    const char *label; /* msgid: "Surat perintah tugas (IN.1)" */
    enum letter_of of;
    const char *must;    /* placeholder without which a template is refused */
    bool numbered;       /* takes a number from the book */
    const char *type;    /* of the number as shipped: "B", "R", "Print" */
    const char *subject; /* subject code as shipped: "Dek.3" */
};
#define LETTER_KINDS 13
extern const struct letter_kind letter_kinds[LETTER_KINDS + 1];
/* NULL when there is no such kind. */
const struct letter_kind *letter_kind_of(const char *code);

/* "R-LAPHASTUG-12A/O.2.12/Dek.3/11/2026". An empty part is left out with its stroke. */
struct letter_number {
    const char *type, *suffix, *unit, *subject;
    int64_t sequence, month, year;
};
char *letter_number_text(struct arena *a, const struct letter_number *n);

/* A number of the book: the letters of complaints, and what else the office sends. */
struct letter {
    const char *id, *complaint_id; /* NULL: of no complaint */
    const char *kind;              /* of letter_kinds; "other" for a number taken by hand */
    const char *type, *suffix, *subject_code, *number;
    int64_t year, sequence, month;
    int64_t dated_at;                   /* the day on the letter */
    const char *about;                  /* of numbers taken by hand; "" */
    const char *addressee, *attachment; /* likewise */
    int64_t template_version;           /* 0: as shipped */
    struct bytes input_sealed;          /* what was typed: a drop of the complaint */
    int64_t made_at, cancelled_at;
    const char *made_by, *cancelled_by, *cancel_reason;
};

/* Is there a letter of this kind that was not cancelled? For the steps that need one (review=telaahan,
 * disposition=lembar disposisi, order=surat perintah tugas, report=laporan hasil, notice=pemberitahuan
 * kepada pelapor, transfer=pelimpahan). Also inside a transaction. */
enum err letter_exists(struct db_conn *conn, const char *office_id, const char *complaint_id,
                       const char *kind, bool *ret) MUST_USE;
/* Letters of a complaint, oldest first, the cancelled too. */
enum err letter_of_complaint(struct db_conn *conn, const char *office_id, const char *complaint_id,
                             struct letter **ret, size_t *ret_count) MUST_USE;

/* --- the two papers of the intake, as .docx (no number of their own, no row) ---------------------------- */
struct letter_intake {
    const char *number;  /* "PGD-31/2026" */
    int64_t received_at; /* the day alone when the reporter is anonymous */
    const char *way, *reporter_mode, *class;
    const struct complaint_text *text;
    const struct complaint_reporter *reporter; /* NULL: not shown (a blank for the pen) */
    const char *officer_name, *officer_title, *officer_nip;
    const char *receipt; /* the secret code, on the receipt alone; NULL: not known any more */
    const char *receipt_address; /* what the receipt's QR holds; NULL: none */
};
/* Formulir pengaduan tertulis: PP 43/2018 art. 7 and 8, signed by reporter and officer. */
enum err letter_written_complaint(struct cx *cx, const struct letter_intake *in,
                                  struct bytes *ret) MUST_USE;
/* Tanda terima pengaduan. */
enum err letter_receipt(struct cx *cx, const struct letter_intake *in, struct bytes *ret) MUST_USE;

/* --- papers of other features: of no complaint, without a number, kept nowhere -------------------------------- */
struct docx_item;
struct letter_paper {
    const char *kind;  /* deposit service_report pledge */
    const char *title; /* of the document's properties */
    const struct docx_item
        *items; /* what letter_names.c lists for the kind; they come before the office's own */
    size_t count;
    int64_t dated_at;
};
/* The template in use, filled, in the arena. Indonesian, as what stands in the items. 409 "template_broken". */
enum err letter_paper(struct cx *cx, const struct letter_paper *p, struct bytes *ret) MUST_USE;
/* The lines of a signer (post, name, then rank and NIP) as the items PREFIX_jabatan, _nama and _keterangan, from
 * ret on; a line that is missing is a blank for the pen. */
#define LETTER_SIGNER_ITEMS 3
void letter_signer(struct arena *a, const char *prefix, const char *lines, struct docx_item *ret);

extern const struct db_sql *const letter_statements[];
extern const struct db_sql *const letter_template_statements[];
struct route;
/* Route rows, ended by a row without a path. */
const struct route *letter_routes(void);

#endif

/* What the templates of the complaint are given. */
#ifndef BT_COMPLAINT_VIEW_H
#define BT_COMPLAINT_VIEW_H

#include "features/complaint/complaint_web_intake.h"
#include "lib/html/widgets.h"

/* The intake parts: everything typed, again; each value with the name of its field. */
struct complaint_row {
    const char *kind_field, *form_field, *count_field;
    const char *kind, *form, *count;
};
struct complaint_party_row {
    const char *name_field, *position_field, *address_field;
    const char *name, *position, *address;
};
struct complaint_intake_view {
    struct complaint_intake_want want;
    const char *text, *reported_party;
    const char *who, *when, *where, *how, *why;
    const char *place, *period, *earlier, *loss_rupiah;
    const char *reporter_mode, *class, *way;
    const char *reporter_name, *reporter_id_type, *reporter_id_number, *reporter_occupation;
    const char *reporter_address, *reporter_phone, *reporter_email;
    const char *receipt;
    struct complaint_party_row *parties;
    struct complaint_row *documents;
    size_t party_count, document_count;
    bool more_parties, more_documents; /* another row can be added */
};

/* The page of the counter around the parts. */
struct complaint_form_view {
    const char *number, *path, *visit_path; /* number, visit_path NULL: without a visit */
    const char *closed;                     /* why nothing can be written now, or NULL */
    const char *receipt_path; /* when there is a complaint already and this person may see it */
    bool typed;               /* something was typed: shown although the desk is closed */
    const struct complaint_intake_view *parts;
};

/* Choices of the intake parts, ended by value NULL. */
extern const struct option complaint_mode_options[], complaint_id_options[];
extern const struct option complaint_form_options[], complaint_way_options[];
extern const struct option complaint_class_options[];
const char *complaint_form_label(const char *form); /* msgid of "copy" …; "" when not written */

/* The receipt: A4, for the guest; the content of the complaint is not on it. */
struct complaint_receipt_view {
    const char *parent_name, *office, *address;
    const char *number, *received, *officer, *officer_title, *way, *mode;
    const char *receipt;    /* the code, this one time; NULL afterwards */
    const char *follow_url; /* where the code is used, and its QR code */
    int qr_modules;
    const char *qr_path;
    const char *visit_path, *read_path; /* read_path NULL: this person cannot read it */
    struct complaint_document *documents;
    size_t document_count;
    bool sealed; /* the list of documents does not open for this person now */
};

/* The text, for Kasi Intel and Kajari. */
struct complaint_read_view {
    const char *number, *received, *writer, *visit_path, *receipt_path;
    const char **lines, **reported_lines;
    size_t line_count, reported_count;
    struct complaint_document *documents;
    size_t document_count;
};

#endif

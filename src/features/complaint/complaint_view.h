/* What the templates of the complaint are given. */
#ifndef BT_COMPLAINT_VIEW_H
#define BT_COMPLAINT_VIEW_H

#include "features/complaint/complaint.h"
#include "lib/html/widgets.h"

/* The form: everything typed, again. */
struct complaint_row {
    const char *kind, *count;
};
struct complaint_form_view {
    const char *number, *path, *visit_path;
    const char *closed;       /* why nothing can be written now, or NULL */
    const char *receipt_path; /* when there is a complaint already and this person may see it */
    const char *text, *reported_party;
    struct complaint_row *rows;
    size_t row_count;
    bool more; /* another row can be added */
};

/* What is wrong with "documents.<i>.<member>", or NULL. */
const char *complaint_row_error(const struct html *h, size_t i, const char *member);

/* The receipt: A4, for the guest; the content of the complaint is not on it. */
struct complaint_receipt_view {
    const char *parent_name, *office, *address;
    const char *number, *received, *officer, *officer_title;
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

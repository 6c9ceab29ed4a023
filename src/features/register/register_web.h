/* Shared by the handlers of the books. */
#ifndef BT_REGISTER_WEB_H
#define BT_REGISTER_WEB_H

#include "features/office/office.h"
#include "features/register/register_store.h"
#include "lib/http/http.h"

/* A month of a book, ready to be shown or printed. */
struct register_line {
    const char *cells[REGISTER_COLUMNS_MAX]; /* in the order of the book's columns */
    bool cancelled;
};
struct register_sheet {
    struct office office;
    struct register_book book;
    struct register_month month;
    const char *label; /* "Juli 2026" */
    struct register_line *lines;
    size_t line_count;
    struct register_recap recap;
    struct register_change *changes; /* of closed months, written in this one */
    size_t change_count;
    bool closed;
    struct register_closing closing; /* when closed */
};

/* The book as this office keeps it. ERR_MISSING with its sentence. */
enum err register_book_get(struct cx *cx, const char *book, struct register_book *ret) MUST_USE;
/* The columns as JSON, and back over the shipped ones: unknown keys are left out. */
const char *register_columns_json(struct cx *cx, const struct register_book *b);
void register_columns_read(struct cx *cx, const char *json, struct register_book *b);

/* `whole`: identity numbers and telephones in full, as the paper book has them; else masked. */
enum err register_fill(struct cx *cx, const char *book, const char *month, bool whole,
                       struct register_sheet *ret) MUST_USE;
/* What a change is called: "Nama", "Entri susulan". */
const char *register_change_text(struct cx *cx, const struct register_change *c);

/* Who signs, as it is printed: lines of role, name, rank, NIP. `role`: ROLE_INTEL_CHIEF or ROLE_OFFICE_HEAD. */
enum err register_signer(struct cx *cx, const struct office *office, uint32_t role,
                         const char **ret) MUST_USE;

/* The paper. `code` NULL: a draft of an open month; else the proof's code goes on it as QR. */
enum err register_pdf(struct cx *cx, const struct register_sheet *s, const char *code,
                      struct bytes *ret, size_t *ret_pages) MUST_USE;
enum err register_xlsx(struct cx *cx, const struct register_sheet *s, struct http_res *res) MUST_USE;

#define REGISTER_FOLDER "registers"

/* Handlers, one file beside register_web.c. */
enum err register_pdf_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err register_xlsx_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err register_close_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err register_settings_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err register_settings_post(struct cx *cx, struct http_req *req, struct http_res *res);
extern const struct form register_settings_form;
/* The month's page again, with the refusal in cx->diag. */
enum err register_month_page(struct cx *cx, struct http_req *req, struct http_res *res,
                             enum err e) MUST_USE;

#endif

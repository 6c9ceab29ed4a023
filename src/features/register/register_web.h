/* Shared by the handlers of the books. */
#ifndef BT_REGISTER_WEB_H
#define BT_REGISTER_WEB_H

#include "features/office/office.h"
#include "features/register/register_entry.h"
#include "features/register/register_store.h"
#include "lib/http/http.h"

/* A month of a book, ready to be shown or printed. */
struct register_line {
    const char *cells[REGISTER_COLUMNS_MAX]; /* in the order of the book's columns */
    bool cancelled;
    const char *path; /* where the words of the line are; NULL: nowhere */
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

/* Who may change how a book is kept. */
#define REGISTER_SETTERS (ROLE_LEADERS | ROLE_ADMIN)
enum register_want { REGISTER_READ, REGISTER_WRITE, REGISTER_SET };
/* May this person read the book, write a line into it? A confidential book is read by those who may know that
 * every complaint is there. */
bool register_may(const struct cx *cx, const struct register_book *b, enum register_want want);
/* The book named in the path, for this act. ERR_MISSING, or 403 "not_your_book". */
enum err register_open(struct cx *cx, struct http_req *req, enum register_want want,
                       struct register_book *ret) MUST_USE;
/* The book as this office keeps it. ERR_MISSING with its sentence. */
enum err register_book_get(struct cx *cx, const char *book, struct register_book *ret) MUST_USE;
/* The columns as JSON, and back over the shipped ones: unknown keys are left out. */
const char *register_columns_json(struct cx *cx, const struct register_book *b);
void register_columns_read(struct cx *cx, const char *json, struct register_book *b);

/* `whole`: identity numbers and telephones in full, as the paper book has them; else masked. */
enum err register_fill(struct cx *cx, const char *book, const char *month, bool whole,
                       struct register_sheet *ret) MUST_USE;
/* register_web_visits.c: the lines of R.IN.21. */
enum err register_visit_lines(struct cx *cx, bool whole, struct register_sheet *s) MUST_USE;
/* register_web_cells.c: a line of the other books. */
void register_cells(struct cx *cx, const struct register_book *b, const struct register_row *row,
                    const struct register_words *words, struct register_line *ret);
/* Adds a line of text to a cell: "label: value"; nothing without a value. */
void register_add_text(struct buf *text, const char *label, const char *value);
/* What the interview note of a visit says was handed over: "Foto (2)\nSurat (1)"; "" nothing. */
enum err register_visit_documents(struct cx *cx, const struct visit *v, const char **ret) MUST_USE;

/* register_web_words.c: the words of a line, under the server's key. */
struct bytes register_words_seal(struct cx *cx, const char *book, const char *row_id,
                                 const struct register_words *w);
enum err register_words_open(struct cx *cx, const char *book, const char *row_id,
                             struct bytes sealed, struct register_words *ret) MUST_USE;
/* Writes into R.IN.1 what waits since from_ms and before until_ms: "surat-masuk", "surat-masuk-rahasia". */
enum err register_take(struct cx *cx, const char *book, int64_t from_ms, int64_t until_ms,
                       int64_t *ret_added) MUST_USE;
/* How many lines wait for this book; what R.IN.3 waits for is the same for each field. `since`: from when. */
enum err register_count_waiting(struct cx *cx, const struct register_book *b, size_t *ret) MUST_USE;

/* What a change is called: "Nama", "Entri susulan". */
const char *register_change_text(struct cx *cx, const struct register_book *b,
                                 const struct register_change *c);

/* The month of the first line of a book, or NULL. */
enum err register_first_month(struct cx *cx, const struct register_book *b,
                              const char **ret) MUST_USE;

/* Who signs, as it is printed: lines of role, name, rank, NIP. `role`: ROLE_INTEL_CHIEF or ROLE_OFFICE_HEAD. */
enum err register_signer(struct cx *cx, const struct office *office, uint32_t role,
                         const char **ret) MUST_USE;
/* Both signatures of a book into its closing; "" where nobody acknowledges. */
enum err register_signers(struct cx *cx, struct register_sheet *s) MUST_USE;

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
extern const struct form register_settings_form, register_line_form, register_cancel_form,
    register_sort_form;
enum err register_new_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err register_new_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err register_line_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err register_line_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err register_line_cancel_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err register_waiting_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err register_take_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err register_sort_post(struct cx *cx, struct http_req *req, struct http_res *res);
/* "/register/tamu/2026-07" of the month of ms. */
const char *register_month_path(struct cx *cx, const char *book, int64_t ms);
/* The month's page again, with the refusal in cx->diag. */
enum err register_month_page(struct cx *cx, struct http_req *req, struct http_res *res,
                             enum err e) MUST_USE;

#endif

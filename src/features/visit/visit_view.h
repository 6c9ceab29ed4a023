/* A visit with everything around it, read for showing: JSON and pages use the same view. */
#ifndef BT_VISIT_VIEW_H
#define BT_VISIT_VIEW_H

#include <jansson.h>

#include "features/custody/custody.h"
#include "features/decision/decision.h"
#include "features/notice/notice.h"
#include "features/staff/staff.h"
#include "features/visit/visit.h"
#include "lib/http/form.h"
#include "lib/http/http.h"

struct visit_view {
    struct visit v;
    struct identity identity;
    struct visit_step *steps;
    size_t step_count;
    struct item *items;
    size_t item_count;
    struct answer *answers;
    size_t answer_count;
    const char *complaint_number;    /* only for those who may see it */
    struct notice_message *messages; /* about it, oldest first */
    size_t message_count;
    bool alarm; /* rings at the counter */
};

/* Reads all of it. ERR_MISSING when there is no such visit in this office. */
enum err visit_view_read(struct cx *cx, const char *visit_id, struct visit_view *ret) MUST_USE;
/* The view of a visit that was registered just now: it needs no reading. */
struct visit_registration;
struct visit_view visit_view_registered(struct arena *a, const struct visit_registration *r);
/* The rest of a view whose row is already read. */
enum err visit_view_fill(struct cx *cx, struct visit_view *view) MUST_USE;
/* The whole visit as design §5 names it. A new reference. */
json_t *visit_view_json(struct cx *cx, const struct visit_view *view);

/* Seals an identity for a row of `table` ("visit", "visitor") under its id. */
struct bytes identity_seal(const struct cx *cx, const char *table, const char *row_id,
                           const struct identity *i);
enum err identity_open(const struct cx *cx, const char *table, const char *row_id,
                       struct bytes sealed, struct identity *ret) MUST_USE;
/* Blind index of a document. */
struct bytes identity_index(const struct cx *cx, const char *id_type, const char *number);
/* A number as it is compared: spaces, dots and hyphens dropped, upper case. */
char *identity_normalise(struct arena *a, const char *typed);

/* --- the form of POST /tamu ------------------------------------------------------------------------- */
struct companion {
    const char *name;
};
struct visit_form {
    const char *name, *id_type, *id_number, *phone, *email, *address, *gender, *birth_date;
    const char *visitor_kind, *organization, *guardian;
    struct object_list companions;
    const char *priority, *purpose, *category, *service, *host;
    struct bytes photo;
    const char *no_photo_reason;
    int64_t arrived_at;
    const char *late_reason;
    struct text_list accept_warnings;
};
extern const struct form visit_new_form;

/* Field-level rules beyond the table, shared by new visits and corrections: adds faults to cx->diag. */
void visit_check_document(struct cx *cx, const char *id_type, const char *number);
/* Doubts about the document that a person may overrule: code and sentence, or NULL. */
struct visit_doubt {
    const char *code, *field, *message;
};
size_t visit_doubts(struct cx *cx, const struct visit_form *f, struct visit_doubt ret[4]);

/* Handlers, one file each group. */
enum err visit_new_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err visit_new_search(struct cx *cx, struct http_req *req, struct http_res *res);
enum err visit_new_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err visit_photo_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err visit_list_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err visit_book_get(struct cx *cx, struct http_req *req, struct http_res *res);
/* date, state, q, cursor and limit of the request. */
struct visit_query;
enum err visit_read_query(struct cx *cx, struct http_req *req, struct visit_query *ret) MUST_USE;
enum err visit_correct_post(struct cx *cx, struct http_req *req, struct http_res *res);
extern const struct form visit_correct_form;
enum err visit_one_get(struct cx *cx, struct http_req *req, struct http_res *res);

#endif

/* Shared by the handlers of imports and exports. */
#ifndef BT_EXCHANGE_WEB_H
#define BT_EXCHANGE_WEB_H

#include "features/exchange/exchange_store.h"
#include "lib/http/form.h"
#include "lib/http/http.h"
#include "lib/xlsx/xlsx_read.h"

/* A file that is read row by row against its mapping. */
struct exchange_scan {
    struct cx *cx;
    struct exchange_batch batch;
    struct exchange_mapping mapping;
    struct exchange_rules rules;
    struct exchange_month *closed;
    size_t closed_count;
    struct sheet *sheet;
    int64_t rows; /* read so far, without heads and empty ones */
};
struct exchange_item {
    int64_t row; /* of the file */
    struct exchange_guest guest;
    struct exchange_verdict verdict;
};

/* The import, or ERR_MISSING with its sentence. */
enum err exchange_must_exist(struct cx *cx, const char *id, struct exchange_batch *ret) MUST_USE;
/* Opens its file. ERR_MISSING with its sentence: a day has passed. */
enum err exchange_file(struct cx *cx, const char *id, struct sheet **ret) MUST_USE;
enum err exchange_scan_open(struct cx *cx, const struct exchange_batch *b,
                            struct exchange_scan *ret) MUST_USE;
/* The next row that holds anything, in the memory of `a`. ERR_MISSING: there is none. */
enum err exchange_scan_next(struct exchange_scan *s, struct arena *a,
                            struct exchange_item *ret) MUST_USE;

/* What checking found: counts, and bad rows from `from` on, at most `max` of them. */
struct exchange_bad {
    int64_t row;
    struct exchange_verdict verdict;
};
struct exchange_check {
    int64_t accepted, refused, warned;
    struct exchange_bad *bad; /* refused and warned ones, in the order of the file */
    size_t bad_count, bad_total;
    const char *note; /* of the file, a msgid; or NULL */
};
enum err exchange_check(struct cx *cx, const struct exchange_batch *b, size_t from, size_t max,
                        struct exchange_check *ret) MUST_USE;
/* Imports what is not imported yet, and takes it all out again. */
enum err exchange_run(struct cx *cx, const char *id) MUST_USE;
enum err exchange_undo(struct cx *cx, const char *id) MUST_USE;

const char *exchange_mapping_json(struct cx *cx, const struct exchange_mapping *m);
bool exchange_mapping_read(struct cx *cx, const char *json, struct exchange_mapping *ret);

const char *exchange_path(struct cx *cx, const char *id);
struct json_t *exchange_batch_json(struct cx *cx, const struct exchange_batch *b);

/* exchange_web_map.c: the first rows of the file and its columns. */
extern const struct form exchange_mapping_form;
enum err exchange_map_view_page(struct cx *cx, struct http_req *req, struct http_res *res,
                                const struct exchange_batch *b);
enum err exchange_mapping_post(struct cx *cx, struct http_req *req, struct http_res *res);
/* Handlers of exchange_web_out.c. */
enum err exchange_out_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err exchange_out_file_get(struct cx *cx, struct http_req *req, struct http_res *res);

#endif

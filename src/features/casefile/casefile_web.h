/* Between the files of this feature's pages. */
#ifndef BT_CASEFILE_WEB_H
#define BT_CASEFILE_WEB_H

#include "features/complaint/complaint_web_keys.h"
#include "lib/http/form.h"
#include "lib/http/http.h"

/* The complaint of the path, for this request. */
struct casefile {
    struct complaint complaint;
    const char *number; /* "PGD-31/2026" */
    const char *path;   /* "/pengaduan/{id}" */
};
enum err casefile_find(struct cx *cx, const struct http_req *req, struct casefile *ret) MUST_USE;

/* The key of this session is put away, and a page is wanted: it can ask for the password right there. */
bool casefile_must_ask(const struct cx *cx, const struct http_req *req);
/* That page (403). `next`: where to go then. */
enum err casefile_ask(struct cx *cx, struct http_req *req, struct http_res *res,
                      const char *next) MUST_USE;

/* "Kamis, 23 Juli 2026, 09.41 WIB"; of an anonymous complaint and of old ones the day alone. */
const char *casefile_received(struct cx *cx, const struct complaint *c, int64_t exact_ms);
/* A text in the lines it was written in. */
const char **casefile_lines(struct arena *a, const char *text, size_t *ret_count);

/* What may be shared, as forms and JSON name it: "content", "identity". 0 for another word. */
unsigned casefile_part(const char *name);
unsigned casefile_parts(const struct text_list *names);
extern const char *const casefile_part_names[];
/* `parts` without the reporter's compartment need no password; with it, one's own again. */
enum err casefile_prove(struct cx *cx, bool needed, const char *password) MUST_USE;

/* casefile_web_read.c */
enum err casefile_read_get(struct cx *cx, struct http_req *req, struct http_res *res);
/* casefile_web_identity.c */
extern const struct form casefile_identity_form;
enum err casefile_identity_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err casefile_identity_post(struct cx *cx, struct http_req *req, struct http_res *res);
/* casefile_web_access.c */
extern const struct form casefile_access_form, casefile_take_form;
enum err casefile_access_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err casefile_access_post(struct cx *cx, struct http_req *req, struct http_res *res);
enum err casefile_take_post(struct cx *cx, struct http_req *req, struct http_res *res);
/* casefile_web_bulk.c */
extern const struct form casefile_bulk_form;
enum err casefile_bulk_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err casefile_bulk_post(struct cx *cx, struct http_req *req, struct http_res *res);
/* casefile_web_search.c */
extern const struct form casefile_search_form;
enum err casefile_search_get(struct cx *cx, struct http_req *req, struct http_res *res);
enum err casefile_search_post(struct cx *cx, struct http_req *req, struct http_res *res);

#endif

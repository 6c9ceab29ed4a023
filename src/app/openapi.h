/* The product's interface as data: OpenAPI 3.1, made from the route and form tables. */
#ifndef BT_APP_OPENAPI_H
#define BT_APP_OPENAPI_H

#include "lib/base/cx.h"
#include "lib/base/str.h"
#include "lib/http/http.h"

/* Every route, ordered by path and method. In the arena. */
const struct route **openapi_routes(struct arena *a, size_t *ret_count);
/* "GET" */
const char *openapi_method(enum http_method method);
/* The whole document, the same bytes every time. Labels are in cx->lang. */
void openapi_write(struct cx *cx, struct buf *out);

#endif

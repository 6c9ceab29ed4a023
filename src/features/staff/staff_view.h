/* The person as JSON and as words: shared by session_web.c and staff_web.c. */
#ifndef BT_STAFF_VIEW_H
#define BT_STAFF_VIEW_H

#include <jansson.h>

#include "features/staff/staff.h"
#include "lib/http/http.h"

/* ["front_desk", …] */
json_t *staff_roles_json(uint32_t roles);
/* "Petugas PTSP, Petugas piket" */
const char *staff_roles_text(struct cx *cx, uint32_t roles);
/* "23 Juli 2026, 09.41" in the office's zone. */
const char *staff_moment(struct cx *cx, int64_t ms);

#endif

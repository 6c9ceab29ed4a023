/* Every feature's tables, collected once. */
#ifndef BT_APP_FEATURES_H
#define BT_APP_FEATURES_H

#include "lib/db/db.h"
#include "lib/http/http.h"

/* NULL-ended array of NULL-ended statement tables, for db_open(). */
const struct db_sql *const *const *features_statements(void);
/* NULL-ended array of route tables, for server_new(), `bukutamu routes` and OpenAPI. */
const struct route *const *features_routes(void);

#endif

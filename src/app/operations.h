/* Routes that belong to no feature: for those who run the program, and for those who call it. */
#ifndef BT_APP_OPERATIONS_H
#define BT_APP_OPERATIONS_H

#include "lib/http/http.h"

/* Route rows, ended by a row without a path. */
const struct route *operations_routes(void);

#endif

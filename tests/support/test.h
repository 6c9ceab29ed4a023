/* What every C test includes: cmocka and the headers it wants before it. */
#ifndef BT_TESTS_SUPPORT_TEST_H
#define BT_TESTS_SUPPORT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#endif

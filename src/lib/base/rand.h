/* Randomness and ids (libsodium's generator). */
#ifndef BT_BASE_RAND_H
#define BT_BASE_RAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UUID_TEXT_BYTES 37 /* 36 characters and NUL */

void rand_bytes(void *p, size_t n);
/* UUIDv7 (RFC 9562 §5.7): time-ordered, so that inserts stay at the end of the tree, with 74 random
 * bits, so that it can be public. For everything but complaints. */
void rand_uuid7(int64_t now_ms, char ret[UUID_TEXT_BYTES]);
/* UUIDv4 (RFC 9562 §5.4): says nothing about when it was made. For complaints. */
void rand_uuid4(char ret[UUID_TEXT_BYTES]);
/* Is it written as these two write it: lower case, four hyphens? NULL is not. */
bool rand_uuid_ok(const char *text);

#endif

/* The body of a large upload between the wire and its handler: what does not fit a small buffer lies in a
 * file without a name, sealed under a key that is nowhere but in this structure. Whoever takes the disk, or
 * finds the file after a crash, has random bytes. Inside lib/http only. */
#ifndef BT_LIB_HTTP_SPOOL_H
#define BT_LIB_HTTP_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"

#define SPOOL_CHUNK  ((size_t)64 << 10)
#define SPOOL_BUFFER (4 * SPOOL_CHUNK) /* collected in memory, then sealed and written at once */
/* Left free for everybody else: an upload never takes the last of the disk. */
#define SPOOL_RESERVE ((uint64_t)32 << 20)

struct spool;

/* Makes DIR when it is not there, and a file without a name in it. ERR_BUSY: the disk is full. */
enum err spool_new(const char *dir, struct spool **ret) MUST_USE;
/* Seals and appends whole chunks (n is a multiple of SPOOL_CHUNK); wipes `p`. ERR_BUSY: the disk is full. */
enum err spool_add(struct spool *s, uint8_t *p, size_t n) MUST_USE;
/* The rest that never filled a chunk: borrowed, must outlive the reading. */
void spool_end(struct spool *s, const uint8_t *tail, size_t n);
uint64_t spool_bytes(const struct spool *s); /* the tail included */
/* Reads anywhere. False when the file is damaged or [at, at + n) is not inside. One thread at a time. */
bool spool_read(struct spool *s, uint64_t at, uint8_t *to, size_t n);
/* NULL is fine. */
void spool_free(struct spool *s);

/* Would so many bytes still fit beside the reserve? True also when nobody can say. */
bool spool_fits(const char *dir, uint64_t bytes);

#endif

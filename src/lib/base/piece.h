/* Rendered pieces of pages, kept for a moment and shared by all workers. A piece is immutable; whoever
 * found or kept it holds a reference until piece_drop(). Its key names everything that it was made from
 * (office, language, a version of the data), so that a piece is never wrong, only unused. Bounded. */
#ifndef BT_BASE_PIECE_H
#define BT_BASE_PIECE_H

#include <stddef.h>
#include <stdint.h>

struct pieces;

struct piece {
    const char *bytes;
    size_t n;
    uint64_t tag; /* the maker's: what belongs to the bytes but is not in them */
};

struct pieces *pieces_new(void);
/* NULL is fine. References that are still held stay good. */
void pieces_free(struct pieces *p);
/* NULL when there is none, or `p` is NULL. */
struct piece *pieces_find(struct pieces *p, const char *key);
/* Copies the bytes. Takes the place of the oldest. */
struct piece *pieces_keep(struct pieces *p, const char *key, const void *bytes, size_t n,
                          uint64_t tag);
void piece_drop(struct piece *piece);

#endif

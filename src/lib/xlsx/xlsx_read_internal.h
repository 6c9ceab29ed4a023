/* Between the readers of both kinds of file. */
#ifndef BT_LIB_XLSX_READ_INTERNAL_H
#define BT_LIB_XLSX_READ_INTERNAL_H

#include "lib/xlsx/xlsx_read.h"

struct xlsx_book; /* xlsx_read.c */

struct sheet {
    struct arena *arena, *row_arena;
    struct sheet_cell cells[SHEET_COLUMNS_MAX];
    size_t count;
    int64_t rows;
    const char *why, *note;
    struct xlsx_book *book; /* NULL: a .csv */
    /* .csv */
    const uint8_t *at, *end;
    int64_t line;
    char separator;
    bool windows; /* Windows-1252 */
};

void sheet_fresh(struct sheet *s);
enum err sheet_refuse(struct sheet *s, const char *msgid) MUST_USE;
void sheet_put(struct sheet *s, size_t column, enum sheet_kind kind, const char *text,
               double number);

enum err csv_open(struct sheet *s, struct bytes file) MUST_USE;
enum err csv_next(struct sheet *s, struct sheet_row *ret) MUST_USE;
enum err xlsx_book_open(struct sheet *s, struct bytes file) MUST_USE;
enum err xlsx_book_next(struct sheet *s, struct sheet_row *ret) MUST_USE;

#endif

/* Parts of the template compiler: tmplc.c (holes, files), tmplc_markup.c (the markup, read as HTML),
 * tmplc_text.c (growing text, messages). */
#ifndef BT_TOOLS_TMPLC_H
#define BT_TOOLS_TMPLC_H

#include <stdbool.h>
#include <stddef.h>

#define MAX_DEPTH 32
#define MAX_NAME  32

struct text {
    char *p;
    size_t n, capacity;
};

/* Where in the markup we stand. */
enum place {
    IN_TEXT,
    TAG_NAME,  /* behind '<' */
    TAG_GAP,   /* behind a name or a closing quote: white space must come before the next name */
    TAG_SPACE, /* behind white space in a tag */
    ATTR_NAME,
    ATTR_EQUALS,
    ATTR_VALUE,
    DECLARATION /* <!DOCTYPE html> */
};

enum raw { RAW_NONE, RAW_KEEP /* pre, textarea: white space counts */, RAW_SCRIPT };

enum space { SPACE_NONE, SPACE_BLANK, SPACE_LINES /* with a line break: layout of the source */ };

struct state {
    enum place place;
    enum raw raw;
    bool closing;     /* </name */
    bool value_empty; /* nothing literal yet in this attribute value */
    /* White space that was read; it is written before inline content only. */
    enum space space;
    bool after_block; /* white space here does not show */
    char element[MAX_NAME];
    char attr[MAX_NAME];
};

enum block_kind { BLOCK_DEFINE, BLOCK_IF, BLOCK_FOR };

struct block {
    enum block_kind kind;
    int line;
    bool has_else, has_end;
    struct state start, end;
};

struct tmplc {
    const char *file;
    const char *at; /* reading position */
    int line;
    struct text c, h;   /* what is written */
    struct text markup; /* collected, not yet written */
    struct state state;
    bool again;    /* the character was not consumed: read it in the new place */
    char tail[16]; /* last letters of an attribute value, to see "javascript:" */
    struct block blocks[MAX_DEPTH];
    size_t depth;
};

/* tmplc_text.c */
_Noreturn void fail(const struct tmplc *t, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void text_add(struct text *t, const char *p, size_t n);
void text_puts(struct text *t, const char *s);
void text_printf(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_literal(struct text *t, const char *p, size_t n); /* as a C string literal */
void file_read(const char *path, struct text *ret);
void file_write(const char *path, const struct text *t);

/* tmplc_markup.c */
/* One character of markup, in t->state.place. */
void markup_read(struct tmplc *t, char c);
/* White space that was read becomes one blank, where it shows. */
void markup_settle_space(struct tmplc *t);
/* A block may begin or end between the attributes of a tag; there a name is complete. */
void markup_settle_tag(struct tmplc *t, int line);
/* Fails unless a value may stand here. */
void markup_check_value(struct tmplc *t, int line);
/* True when the value to come begins an address. */
bool markup_begins_address(const struct tmplc *t);
/* Joins two ends of branches; false when they stand in different places. */
bool markup_merge(struct state *a, const struct state *b);

#endif

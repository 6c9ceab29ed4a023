/* Inside lib/pdf: what was added to a document (pdf.c), how it is broken into pages (pdf_flow.c, pdf_table.c,
 * pdf_block.c), how text is set (pdf_text.c). Lengths are points of 1/72 inch. */
#ifndef BT_LIB_PDF_INTERNAL_H
#define BT_LIB_PDF_INTERNAL_H

#include <pango/pangocairo.h>

#include "lib/pdf/pdf.h"

#define MM (72.0 / 25.4)

/* Debian: fonts-liberation, fonts-dejavu-core (what the first lacks). */
#define PDF_FAMILY_TEXT "Liberation Serif, DejaVu Serif, serif"

enum block_kind {
    BLOCK_LETTERHEAD,
    BLOCK_TITLE,
    BLOCK_HEADING,
    BLOCK_PARAGRAPH,
    BLOCK_NOTE,
    BLOCK_FACTS,
    BLOCK_TABLE,
    BLOCK_BARS,
    BLOCK_SIGNATURES,
    BLOCK_CODE,
    BLOCK_PICTURE,
    BLOCK_PAGE,
};

struct block {
    struct block *next;
    enum block_kind kind;
    const char *text, *more; /* cleaned copies */
    union {
        struct pdf_letterhead letterhead;
        struct {
            struct pdf_fact *items;
            size_t count;
        } facts;
        struct pdf_table table;
        struct {
            struct pdf_bar *items;
            size_t count;
        } bars;
        struct {
            struct pdf_signature items[PDF_SIGNATURES];
            size_t count;
        } signatures;
        struct pdf_code code;
        struct picture {
            struct pdf_picture it;
            int width, height; /* pixels */
        } picture;
    } u;
};

struct pdf {
    struct arena *arena;
    struct pdf_info info;
    struct block *first, *last;
    double width, height; /* of the paper */
    double left, right, top,
        bottom; /* where text may stand: bottom is measured from the top edge */
};

enum text_align { TEXT_LEFT, TEXT_RIGHT, TEXT_CENTER, TEXT_JUSTIFY };
struct style {
    double pt;
    bool bold, fixed;
    enum text_align align;
};

/* One pass over the document: without `cr` it only counts pages. */
struct flow {
    const struct pdf *p;
    cairo_surface_t *surface;
    cairo_t *cr;                /* NULL: counting */
    cairo_surface_t *watermark; /* or NULL */
    PangoContext *context;
    double y;
    size_t page, pages; /* pages: of the first pass */
};

/* --- pdf_text.c ---------------------------------------------------------------------------------------- */
/* A copy that is safe to set; without `lines` it is one line. At most `max` code points, then "…" (0: all). */
const char *text_clean(struct arena *a, const char *s, bool lines, size_t max);
double text_line_height(const struct style *s);
PangoLayout *text_layout(const struct flow *f, const struct style *s, double width);
void text_set(PangoLayout *layout, const char *text);
/* Number of lines of the text that was set. */
int text_lines(PangoLayout *layout);
struct text_place {
    double x, y;      /* top left of line `first` */
    int first, count; /* lines */
};
void text_draw(const struct flow *f, PangoLayout *layout, const struct style *s,
               struct text_place at);
/* The whole text at (x, y); gives its height. */
double text_put(const struct flow *f, const struct style *s, const char *text, struct text_place at,
                double width);
double text_height(const struct flow *f, const struct style *s, const char *text, double width);

/* --- pdf_jpeg.c --------------------------------------------------------------------------------------- */
/* Its size in pixels; false when it is no JPEG. */
bool jpeg_size(struct bytes jpeg, int *ret_width, int *ret_height);

/* --- pdf_language.c ------------------------------------------------------------------------------------- */
/* The finished file with its language in the catalogue; as it is when it does not look as expected. */
struct bytes pdf_with_language(struct arena *a, struct bytes file, const char *language);

/* --- pdf_flow.c ---------------------------------------------------------------------------------------- */
void flow_blocks(struct flow *f);
void flow_new_page(struct flow *f);
/* A new page when `height` does not fit below (and this page has something on it). */
void flow_need(struct flow *f, double height);
/* The text over as many pages as it takes, never one line alone. */
void flow_text(struct flow *f, const struct style *s, const char *text, struct text_place at,
               double width);
double flow_width(const struct flow *f);
struct style flow_body(const struct flow *f);

/* --- pdf_block.c, pdf_table.c, pdf_bars.c: a piece each ----------------------------------------------------------------- */
void block_letterhead(struct flow *f, const struct pdf_letterhead *l);
void block_facts(struct flow *f, const struct pdf_fact *facts, size_t count);
void block_signatures(struct flow *f, const struct pdf_signature *s, size_t count);
void block_code(struct flow *f, const struct pdf_code *c);
void block_picture(struct flow *f, const struct picture *i);
void block_table(struct flow *f, const struct pdf_table *t);
void block_bars(struct flow *f, const struct pdf_bar *bars, size_t count);

static inline void layout_drop(PangoLayout **layout)
{
    g_clear_object(layout);
}
#define CLEAN_LAYOUT CLEANUP(layout_drop)

#endif

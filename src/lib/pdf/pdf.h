/* Office paper as PDF (pango and cairo): what stands on it is added piece by piece, then pdf_finish() breaks it
 * into A4 pages and writes the file. Page breaks cut no table row, no signature block, no code.
 *
 * Texts come from people: any UTF-8 is fine. Control characters are shown as U+FFFD, characters that only change
 * the order of reading are left out, long words are broken. Everything is copied: it may change after the call.
 * The same calls with the same `created_ms` and fonts give the same bytes. A document belongs to one thread. */
#ifndef BT_LIB_PDF_H
#define BT_LIB_PDF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"

struct pdf_info {
    const char *title, *author; /* document properties; author: the office */
    const char *language;       /* "id-ID" when NULL */
    int64_t created_ms;
    int offset_min; /* of the office, for the creation date */
    bool landscape;
    double text_pt;         /* size of body text; 0: 11.5 */
    const char *page_words; /* "Halaman %d dari %d" in the language of the paper; NULL: that */
    const char *footer;     /* left of the page number on each page; NULL: nothing */
    const char *watermark;  /* grey across each page; NULL: none */
};

struct pdf;
struct pdf *pdf_new(struct arena *a, const struct pdf_info *info);

/* --- pieces ------------------------------------------------------------------------------------------ */
/* Of an office: the names in capitals, the telephone behind the address, as on the letters of assets/surat. */
struct pdf_letterhead {
    const char *parent, *office, *address, *phone; /* all but the office may be NULL or "" */
};
void pdf_letterhead(struct pdf *p, const struct pdf_letterhead *l);
/* The name of the paper in the middle, with its number below (NULL: none). */
void pdf_title(struct pdf *p, const char *title, const char *number);
/* Kept with what follows; in the outline of the file. */
void pdf_heading(struct pdf *p, const char *text);
/* Justified; line feeds begin new lines. NULL or "" adds nothing. */
void pdf_paragraph(struct pdf *p, const char *text);
/* Smaller, not justified: remarks, legal notes. */
void pdf_note(struct pdf *p, const char *text);

struct pdf_fact {
    const char *label, *value; /* value NULL or "": a dotted line to be filled in by pen */
};
/* "label : value" in two columns. */
void pdf_facts(struct pdf *p, const struct pdf_fact *facts, size_t count);

#define PDF_COLUMNS 20
enum pdf_align { PDF_LEFT, PDF_RIGHT, PDF_CENTER };
struct pdf_column {
    const char *head;
    double width; /* share of the paper's width: any unit, the sum is the whole width */
    enum pdf_align align;
};
struct pdf_table {
    const char *caption; /* NULL: none */
    const struct pdf_column *columns;
    size_t column_count;
    const char *const *cells; /* row by row; NULL: empty */
    const uint8_t *shades; /* grey behind each cell, row by row, in percent (0 to 45); NULL: none */
    size_t row_count;
    const char *empty; /* what stands there without rows: "NIHIL" */
    double text_pt;    /* 0: 10 */
};
/* The head is repeated on each page. A row higher than a page is cut between lines. */
void pdf_table(struct pdf *p, const struct pdf_table *t);

struct pdf_bar {
    const char *label, *value; /* value: in words, beside the bar */
    double share;              /* of the longest possible bar, 0 to 1 */
    double further;            /* an open bar goes on up to here; 0: none */
    bool hatched;              /* told from the others without colour */
};
/* A chart of bars lying under each other, black and grey alone. Nothing without bars. */
void pdf_bars(struct pdf *p, const struct pdf_bar *bars, size_t count);

struct pdf_signature {
    const char *place_date; /* "Kuala Kapuas, 23 Juli 2026", or NULL */
    const char *role; /* "Yang menerima,", "Plh. Kepala Kejaksaan Negeri Kapuas" (line feeds allowed) */
    const char *name;  /* NULL or "": a dotted line */
    const char *below; /* rank and NIP, or "Tanda tangan atau cap jempol"; line feeds allowed */
};
#define PDF_SIGNATURES 3
/* One to three beside each other; one stands on the right. */
void pdf_signatures(struct pdf *p, const struct pdf_signature *s, size_t count);

struct pdf_code {
    int modules;         /* of lib/qr */
    const uint8_t *dark; /* modules × modules */
    const char *title, *secret,
        *text; /* beside it: bold, large in fixed width, small; each may be NULL */
};
/* A QR code with words beside it, in a frame. */
void pdf_code(struct pdf *p, const struct pdf_code *c);

struct pdf_picture {
    struct bytes jpeg; /* clean: of our own decoder; embedded as it is, must live until pdf_finish() */
    double width_mm; /* 0: 80; lower when it would be too high */
    const char *caption;
};
/* What is no JPEG adds nothing. */
void pdf_picture(struct pdf *p, const struct pdf_picture *i);

void pdf_page_break(struct pdf *p);

/* --- the file ------------------------------------------------------------------------------------------ */
struct pdf_file {
    struct bytes data; /* in the arena */
    size_t pages;
};
#define PDF_TYPE      "application/pdf"
#define PDF_MAX_BYTES (24u * 1024 * 1024)
#define PDF_MAX_PAGES 2000
/* ERR_LIMIT: larger than that. ERR_INTERNAL: cairo failed. The document is used up. */
enum err pdf_finish(struct pdf *p, struct pdf_file *ret) MUST_USE;

/* The family that body text is really set in on this machine ("Liberation Serif"); "" without any font. */
const char *pdf_font(struct arena *a);

/* --- pages of a finished file (docs/adr/0017) ------------------------------------------------------------ */
/* Where page n of a file of ours ends: page 1 begins at the file's first byte, page n at the end of the page
 * before it, and ends behind the line "endobj" of its page object ("/Type /Page % n"). What follows the last
 * page (fonts, catalogue) is the rest. Any bytes are fine; *ret_count 0: not such a file. At most `max`. */
void pdf_page_ends(struct bytes file, size_t *ret_ends, size_t max, size_t *ret_count);

#endif

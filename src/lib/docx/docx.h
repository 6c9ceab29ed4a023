/* Documents that an office edits in Word: a .docx with placeholders, checked when it is uploaded and filled
 * in memory (libzip, libxml2). Nothing is written to a disk and nothing is fetched.
 *
 *   {{nama}}                  a value; Word may have cut it into several runs, the first one's look stays
 *   {{#dokumen}}…{{/dokumen}} a section: shown once for each row of a list, or when a value is there
 *   {{^dokumen}}…{{/dokumen}} the opposite: shown when the list is empty or the value is missing
 *
 * What a section repeats follows from where its two marks stand: within a paragraph the text between them,
 * or the whole paragraph when there is nothing else in it; each alone in a paragraph: what lies between;
 * in different cells of a row, or around all that a row says: the row; in different rows: those rows.
 * Body, headers, footers, footnotes and endnotes are filled alike. */
#ifndef BT_LIB_DOCX_H
#define BT_LIB_DOCX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"

/* Ceilings, looked at before anything is unpacked. */
#define DOCX_TYPE         "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#define DOCX_FILE_MAX     ((size_t)4 << 20)  /* the .docx */
#define DOCX_ENTRIES_MAX  300u               /* files in it */
#define DOCX_PART_MAX     ((size_t)8 << 20)  /* one of them unpacked */
#define DOCX_UNPACKED_MAX ((size_t)24 << 20) /* all of them */
#define DOCX_RATIO_MAX    200u               /* unpacked to packed, of a file above 64 KiB */
#define DOCX_FAULTS_MAX   20u
#define DOCX_NESTING_MAX  4
#define DOCX_NODES_MAX    400000u /* elements and texts of one part after filling */

/* --- what a template may say ------------------------------------------------------------------------- */
enum docx_kind {
    DOCX_TEXT,
    DOCX_PICTURE, /* a PNG in the line of the text */
    DOCX_LIST,    /* a section with rows */
    DOCX_FLAG,    /* a section that is there or not */
};

struct docx_name {
    const char *name; /* a–z 0–9 _; NULL ends the table */
    enum docx_kind kind;
    const char *within; /* name of the list it is a column of; NULL: everywhere */
    bool required;      /* a template without it is refused */
    const char *label;  /* msgid: what it stands for, for the page of templates */
};

/* One thing that is wrong with a template. */
struct docx_fault {
    const char *code;  /* stable English: "unknown_placeholder" */
    const char *msgid; /* a sentence; a %s in it is `about` */
    const char *about; /* as written in the template, cut short; "" when there is nothing to name */
    const char *where; /* msgid of the part: "isi dokumen", "kepala halaman"…; "" for the whole file */
};

/* Looks at everything that docx_fill() needs. ERR_OK: the template is fine. ERR_INVALID: the faults say why
 * not (at most DOCX_FAULTS_MAX). `names`: the known placeholders. */
enum err docx_check(struct arena *a, struct bytes file, const struct docx_name *names,
                    const struct docx_fault **ret_faults, size_t *ret_count) MUST_USE;

/* --- filling ------------------------------------------------------------------------------------------ */
struct docx_row;
struct docx_item {
    const char *name;
    /* DOCX_TEXT. Lines become line breaks; what XML cannot hold and marks that turn the reading direction
     * are dropped. NULL: a dotted blank, to be filled by hand. "": nothing. */
    const char *text;
    struct bytes png;            /* DOCX_PICTURE; {NULL, 0}: nothing is shown */
    int width_mm;                /* of the picture; 0: 25 */
    const struct docx_row *rows; /* DOCX_LIST */
    size_t row_count;
    bool shown; /* DOCX_FLAG */
};
struct docx_row {
    const struct docx_item *items;
    size_t count;
};
struct docx_data {
    const struct docx_item *items;
    size_t count;
    int64_t dated_ms;  /* of the document's properties; equal input gives equal bytes */
    const char *title; /* of the document's properties; NULL: as the template has it */
};

/* Shown for a missing value. */
#define DOCX_BLANK "…………………"

/* The filled document, in the arena. A section of a text is there when the text is not empty. ERR_INVALID for a template
 * that docx_check() would refuse for its structure, or a result beyond the ceilings; a placeholder without
 * an item becomes a blank. */
enum err docx_fill(struct arena *a, struct bytes file, const struct docx_data *data,
                   struct bytes *ret) MUST_USE;

/* The modules of a QR code (side by side, 1 is dark) as a PNG with its white border; {NULL, 0} for an
 * impossible size. */
struct bytes docx_png(struct arena *a, const uint8_t *dark, int modules);

#endif

/* Between the files of this library: the package (zip), its XML, and the marks found in it. */
#ifndef BT_LIB_DOCX_INTERNAL_H
#define BT_LIB_DOCX_INTERNAL_H

#include <libxml/tree.h>

#include "lib/base/str.h"
#include "lib/docx/docx.h"

#define DOCX_XML_MAX  ((size_t)3 << 20) /* one XML part: its tree takes many times its size */
#define DOCX_NAME_MAX 48
#define DOCX_DEEPEST  200 /* elements inside one another */

/* --- docx_package.c ------------------------------------------------------------------------------------- */
struct docx_part {
    const char *name; /* "word/document.xml" */
    struct bytes data;
};
struct docx_package {
    struct arena *arena;
    struct docx_part *parts; /* in the order of the file */
    size_t count, capacity;
};

/* Faults as they are found; past the ceiling nothing more is added. */
struct docx_faults {
    struct arena *arena;
    struct docx_fault list[DOCX_FAULTS_MAX];
    size_t count;
};
void docx_fault_add(struct docx_faults *f, const char *code, const char *msgid, const char *about,
                    const char *where);

/* Unpacks into the arena. ERR_INVALID with one fault when it is no zip, or beyond a ceiling. */
enum err docx_package_read(struct arena *a, struct bytes file, struct docx_package *ret,
                           struct docx_faults *faults) MUST_USE;
/* Packs again; equal parts give equal bytes. */
enum err docx_package_write(const struct docx_package *p, struct bytes *ret) MUST_USE;
/* NULL when there is none. Names are compared without regard to ASCII case (OPC). */
struct docx_part *docx_part_find(const struct docx_package *p, const char *name);
void docx_part_put(struct docx_package *p, const char *name, struct bytes data);
/* "word/_rels/document.xml.rels" of "word/document.xml". */
char *docx_rels_name(struct arena *a, const char *part);

/* --- docx_xml.c -------------------------------------------------------------------------------------------- */
/* NULL when it is not well-formed, has a document type, or is beyond a ceiling. */
xmlDoc *docx_xml_read(struct bytes data);
/* Into the arena; the library's own copy is wiped. {NULL, 0} on failure. */
struct bytes docx_xml_write(struct arena *a, xmlDoc *doc);
void docx_xml_free(xmlDoc **doc);
#define CLEAN_XML __attribute__((cleanup(docx_xml_free)))
/* Is it an element of WordprocessingML of this name? */
bool docx_is(const xmlNode *node, const char *name);
bool docx_is_strict(const xmlNode *root);
/* Value of an attribute of any namespace, in the arena; "" when there is none. */
const char *docx_attribute(struct arena *a, const xmlNode *node, const char *name);
/* The next node of a walk in document order inside `root`; NULL at its end. `down`: into this node too. */
xmlNode *docx_next(const xmlNode *root, xmlNode *node, bool down);
/* Nodes at and below. */
size_t docx_node_count(const xmlNode *node);
/* Removes and frees. */
void docx_drop(xmlNode *node);
/* The nearest ancestor (or the node itself) of this name; NULL when there is none. */
xmlNode *docx_up(xmlNode *node, const char *name);

/* --- docx_parts.c: which parts are filled ------------------------------------------------------------------- */
struct docx_text_part {
    struct docx_part *part;
    const char *where; /* msgid */
};
/* Reads [Content_Types].xml. `faults` (may be NULL) learns of macros and of what is no document. */
enum err docx_text_parts(struct docx_package *p, struct docx_text_part **ret, size_t *ret_count,
                         struct docx_faults *faults) MUST_USE;
/* Adds a picture to the package: the file, its content type and the relationship of `part`; gives its id. */
enum err docx_picture_add(struct docx_package *p, const char *part, struct bytes png, int number,
                          const char **ret_id) MUST_USE;
/* Everything that must not be in a template: macros, embedded objects, links to elsewhere. */
void docx_check_package(struct docx_package *p, struct docx_faults *faults);

/* --- docx_mark.c: placeholders and section marks in one part --------------------------------------------------- */
enum docx_mark_kind { MARK_VALUE, MARK_OPEN, MARK_OPEN_NOT, MARK_CLOSE };
struct docx_mark {
    enum docx_mark_kind kind;
    const char *name;
    xmlNode *run; /* w:r that holds the mark and nothing else */
    size_t pair;  /* of open and close: index of the other one */
};
struct docx_marks {
    struct docx_mark *list;
    size_t count;
};
/* Gives every mark of a part a run of its own, whatever pieces Word has cut it into. ERR_INVALID when
 * braces are broken; `faults` may be NULL. */
enum err docx_marks_isolate(struct arena *a, xmlDoc *doc, struct docx_faults *faults,
                            const char *where) MUST_USE;
/* The isolated marks between two siblings, both included, paired. ERR_INVALID when sections are open, crossed
 * or too deep. */
enum err docx_marks_find(struct arena *a, xmlNode *first, const xmlNode *last,
                         struct docx_marks *ret, struct docx_faults *faults,
                         const char *where) MUST_USE;

/* What a section repeats: siblings `first` to `last`. */
struct docx_range {
    xmlNode *first, *last;
    bool drop_paragraphs; /* the paragraphs of the marks go with them */
};
/* A section of a stretch, and where its own marks stand among those of its range. */
struct docx_section {
    size_t mark; /* of its opening */
    struct docx_range range;
    size_t open, close;
};
/* The outermost sections of a stretch. `taken` (one of each mark, false) becomes true for the marks that belong to
 * one of them. ERR_INVALID with a fault when one stands where nothing can be repeated, or crosses another. */
enum err docx_sections_find(struct arena *a, const struct docx_marks *marks, bool *taken,
                            struct docx_section **ret, size_t *ret_count,
                            struct docx_faults *faults, const char *where) MUST_USE;
/* Is there nothing in this paragraph beside the marks of `first` to `last` (siblings) or inside them? */
bool docx_alone(const xmlNode *paragraph, const xmlNode *first, const xmlNode *last);

/* --- docx_fill.c ------------------------------------------------------------------------------------------------ */
/* docx_fill() that says why not. */
enum err docx_fill_checked(struct arena *a, struct bytes file, const struct docx_data *data,
                           struct docx_faults *faults, struct bytes *ret) MUST_USE;

#endif

/* What a section repeats: read off the places of its two marks. */
#include <string.h>

#include "lib/base/cx.h"
#include "lib/docx/docx_internal.h"
#include "lib/base/banned.h"

/* --- is there anything else? ---------------------------------------------------------------------------------- */

static bool blank(const char *s)
{
    return s[strspn(s, " \t\r\n")] == '\0';
}

/* Elements that show nothing themselves. */
static bool shows_nothing(const xmlNode *node)
{
    static const char *const names[] = {"t",
                                        "r",
                                        "p",
                                        "tc",
                                        "tr",
                                        "tbl",
                                        "hyperlink",
                                        "proofErr",
                                        "sdt",
                                        "sdtContent",
                                        "smartTag",
                                        "customXml",
                                        "bookmarkStart",
                                        "bookmarkEnd",
                                        "permStart",
                                        "permEnd",
                                        "lastRenderedPageBreak"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (docx_is(node, names[i]))
            return true;
    }
    return false;
}

/* Looks and settings: nothing in them is shown. */
static bool settings_only(const xmlNode *node)
{
    const char *name = node->type == XML_ELEMENT_NODE ? (const char *)node->name : "";
    size_t n = strlen(name);
    return n > 2 &&
           (str_eq(name + n - 2, "Pr") || str_eq(name + n - 2, "Ex") || str_eq(name, "tblGrid"));
}

static bool skipped(const xmlNode *node, const xmlNode *first, const xmlNode *last)
{
    for (const xmlNode *at = first; at; at = at == last ? NULL : at->next) {
        if (at == node)
            return true;
    }
    return false;
}

/* Does anything at or below `root` say something, beside the siblings `first` to `last`? */
static bool says(const xmlNode *root, const xmlNode *first, const xmlNode *last)
{
    xmlNode *node = docx_next(root, (xmlNode *)(uintptr_t)root, true);
    while (node) {
        bool aside = settings_only(node) || skipped(node, first, last);
        bool element = node->type == XML_ELEMENT_NODE;
        if (!aside && element && !shows_nothing(node))
            return true;
        if (!aside && node->type == XML_TEXT_NODE && docx_is(node->parent, "t") &&
            !blank((const char *)node->content))
            return true;
        node = docx_next(root, node, !aside);
    }
    return false;
}

bool docx_alone(const xmlNode *paragraph, const xmlNode *first, const xmlNode *last)
{
    return !says(paragraph, first, last);
}

/* --- places ---------------------------------------------------------------------------------------------------- */

static int depth_of(const xmlNode *node)
{
    int n = 0;
    for (; node->parent; node = node->parent)
        n++;
    return n;
}

struct meeting {
    xmlNode *common, *open, *close; /* children of `common` on the way to the two marks */
};

static struct meeting meet(xmlNode *open, xmlNode *close)
{
    int a = depth_of(open), b = depth_of(close);
    for (; a > b; a--)
        open = open->parent;
    for (; b > a; b--)
        close = close->parent;
    while (open->parent != close->parent) {
        open = open->parent;
        close = close->parent;
    }
    return (struct meeting){open->parent, open, close};
}

static bool holds_blocks(const xmlNode *node)
{
    static const char *const names[] = {"body",       "tc",        "hdr",
                                        "ftr",        "footnote",  "endnote",
                                        "sdtContent", "customXml", "txbxContent"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (docx_is(node, names[i]))
            return true;
    }
    return false;
}

/* A paragraph that ends a section of pages carries its page settings: it must stay. */
static bool ends_pages(const xmlNode *first, const xmlNode *last)
{
    for (const xmlNode *top = first; top; top = top == last ? NULL : top->next) {
        for (xmlNode *at = (xmlNode *)(uintptr_t)top; at; at = docx_next(top, at, true)) {
            if (docx_is(at, "sectPr"))
                return true;
        }
    }
    return false;
}

static enum err range(xmlNode *first, xmlNode *last, bool drop, struct docx_range *ret)
{
    if (ends_pages(first, last))
        return ERR_INVALID;
    *ret = (struct docx_range){.first = first, .last = last, .drop_paragraphs = drop};
    return ERR_OK;
}

/* Both marks in one line of text. */
static enum err range_in_line(const struct meeting *m, struct docx_range *ret)
{
    xmlNode *paragraph = m->common;
    if (!paragraph || !docx_is(paragraph, "p") || !docx_alone(paragraph, m->open, m->close))
        return range(m->open, m->close, false, ret);
    xmlNode *row = docx_is(paragraph->parent, "tc") && docx_is(paragraph->parent->parent, "tr")
                       ? paragraph->parent->parent
                       : NULL;
    if (row && !says(row, paragraph, paragraph))
        return range(row, row, false, ret);
    return range(paragraph, paragraph, false, ret);
}

/* Is this run the first (the last) thing that its paragraph says? */
static bool at_edge(const xmlNode *paragraph, const xmlNode *run, bool first)
{
    const xmlNode *from = first ? run : paragraph->children;
    const xmlNode *until = first ? paragraph->last : run;
    return run->parent == paragraph && docx_alone(paragraph, from, until);
}

static enum err range_of_paragraphs(const struct meeting *m, xmlNode *open, xmlNode *close,
                                    struct docx_range *ret)
{
    if (!docx_is(m->open, "p") || !docx_is(m->close, "p"))
        return ERR_INVALID;
    bool alone = docx_alone(m->open, open, open) && docx_alone(m->close, close, close) &&
                 open->parent == m->open && close->parent == m->close;
    if (alone)
        return range(m->open, m->close, true, ret);
    if (at_edge(m->open, open, true) && at_edge(m->close, close, false))
        return range(m->open, m->close, false, ret);
    return ERR_INVALID;
}

static enum err range_of(const struct docx_mark *open, const struct docx_mark *close,
                         struct docx_range *ret)
{
    struct meeting m = meet(open->run, close->run);
    if (m.open == open->run && m.close == close->run)
        return range_in_line(&m, ret);
    if (docx_is(m.common, "tr"))
        return range(m.common, m.common, false, ret);
    if (docx_is(m.common, "tbl") && docx_is(m.open, "tr") && docx_is(m.close, "tr"))
        return range(m.open, m.close, false, ret);
    return holds_blocks(m.common) ? range_of_paragraphs(&m, open->run, close->run, ret)
                                  : ERR_INVALID;
}

/* --- the sections of a stretch --------------------------------------------------------------------------------- */

static bool inside(const struct docx_range *r, const xmlNode *node)
{
    for (; node; node = node->parent) {
        if (node->parent == r->first->parent && skipped(node, r->first, r->last))
            return true;
    }
    return false;
}

static enum err misplaced(struct arena *a, const struct docx_mark *m, struct docx_faults *faults,
                          const char *where)
{
    docx_fault_add(
        faults, "section_place",
        T("Pembuka dan penutup bagian %s tidak sejajar. Taruh keduanya dalam satu paragraf, "
          "dalam satu baris tabel, atau masing-masing sendiri dalam satu paragraf."),
        arena_printf(a, "{{%s%s}}", m->kind == MARK_OPEN ? "#" : "^", m->name), where);
    return ERR_INVALID;
}

static bool opens(const struct docx_mark *m)
{
    return m->kind == MARK_OPEN || m->kind == MARK_OPEN_NOT;
}

/* Sections that are in no other one by the order of their marks. */
static enum err top_ranges(struct arena *a, const struct docx_marks *marks,
                           struct docx_section *list, size_t *ret_count, struct docx_faults *faults,
                           const char *where)
{
    size_t n = 0;
    for (size_t i = 0; i < marks->count; i++) {
        const struct docx_mark *m = &marks->list[i];
        if (!opens(m))
            continue;
        list[n].mark = i;
        if (range_of(m, &marks->list[m->pair], &list[n].range) != ERR_OK)
            return misplaced(a, m, faults, where);
        n++;
        i = m->pair;
    }
    *ret_count = n;
    return ERR_OK;
}

/* Two sections in one row: the row of the first holds the second as well. */
static bool within_another(const struct docx_marks *marks, const struct docx_section *list,
                           size_t count, size_t which)
{
    const xmlNode *own = marks->list[list[which].mark].run;
    for (size_t i = 0; i < count; i++) {
        if (i == which || !inside(&list[i].range, own))
            continue;
        bool both = inside(&list[which].range, marks->list[list[i].mark].run);
        if (!both || i < which)
            return true;
    }
    return false;
}

/* Counts the marks of the range; each must have its other half there too. */
static bool take_marks(const struct docx_marks *marks, bool *taken, struct docx_section *s)
{
    size_t n = 0;
    for (size_t i = 0; i < marks->count; i++) {
        const struct docx_mark *m = &marks->list[i];
        if (!inside(&s->range, m->run))
            continue;
        if (m->kind != MARK_VALUE && !inside(&s->range, marks->list[m->pair].run))
            return false;
        if (i == s->mark)
            s->open = n;
        if (i == marks->list[s->mark].pair)
            s->close = n;
        taken[i] = true;
        n++;
    }
    return true;
}

enum err docx_sections_find(struct arena *a, const struct docx_marks *marks, bool *taken,
                            struct docx_section **ret, size_t *ret_count,
                            struct docx_faults *faults, const char *where)
{
    struct docx_section *all = ARENA_ARRAY(a, marks->count + 1, struct docx_section);
    struct docx_section *outer = ARENA_ARRAY(a, marks->count + 1, struct docx_section);
    size_t count = 0, n = 0;
    TRY(top_ranges(a, marks, all, &count, faults, where));
    for (size_t i = 0; i < count; i++) {
        if (within_another(marks, all, count, i))
            continue;
        outer[n] = all[i];
        if (!take_marks(marks, taken, &outer[n]))
            return misplaced(a, &marks->list[all[i].mark], faults, where);
        n++;
    }
    *ret = outer;
    *ret_count = n;
    return ERR_OK;
}

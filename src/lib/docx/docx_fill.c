/* Filling: first the sections, from the outside in, each row in a copy of its own; then the values. Values are
 * never looked at again, so a value that looks like a mark stays text. */
#include <string.h>

#include "lib/base/time.h"
#include "lib/docx/docx_value.h"
#include "lib/base/banned.h"

#define PICTURES_MAX 50

struct scope {
    const struct docx_item *items;
    size_t count;
    const struct scope *outer;
};

struct filling {
    struct arena *arena;
    struct docx_package *package;
    struct docx_faults *faults; /* may be NULL */
    const char *part, *where;
    size_t nodes; /* of this part so far */
    int pictures; /* of the document so far */
};

static const struct docx_item *find(const struct scope *s, const char *name)
{
    for (; s; s = s->outer) {
        for (size_t i = 0; i < s->count; i++) {
            if (str_eq(s->items[i].name, name))
                return &s->items[i];
        }
    }
    return NULL;
}

static bool is_list(const struct docx_item *item)
{
    return item && (item->rows || item->row_count);
}

static size_t times(const struct docx_item *item, enum docx_mark_kind kind)
{
    bool there = item &&
                 (item->row_count > 0 || item->shown || !str_empty(item->text) || item->png.n > 0);
    if (kind == MARK_OPEN_NOT)
        return !there;
    return item && is_list(item) ? item->row_count : there;
}

static enum err fill_nodes(struct filling *f, const struct scope *scope, xmlNode *first,
                           const xmlNode *last);

/* --- one section -------------------------------------------------------------------------------------------- */

struct section {
    struct docx_section at;
    const struct docx_item *item;
    enum docx_mark_kind kind;
};

struct copy {
    xmlNode *first, *last;
};

/* Elements alone: white space between them means nothing, and the library would merge it. */
static enum err copy_range(struct filling *f, const struct docx_range *r, struct copy *ret)
{
    *ret = (struct copy){NULL, NULL};
    for (xmlNode *at = r->first; at; at = at == r->last ? NULL : at->next) {
        if (at->type != XML_ELEMENT_NODE)
            continue;
        f->nodes += docx_node_count(at);
        if (f->nodes > DOCX_NODES_MAX)
            return ERR_INVALID;
        xmlNode *copy = xmlDocCopyNode(at, at->doc, 1);
        docx_strip_ids(copy);
        (void)xmlAddPrevSibling(r->first, copy);
        ret->first = ret->first ? ret->first : copy;
        ret->last = copy;
    }
    return ret->first ? ERR_OK : ERR_INTERNAL;
}

/* Takes a node away from an end of the copy. */
static void drop_from(struct copy *c, xmlNode *node)
{
    bool only = c->first == c->last && c->first == node;
    if (only)
        *c = (struct copy){NULL, NULL};
    else if (c->first == node)
        c->first = node->next;
    else if (c->last == node)
        c->last = node->prev;
    docx_drop(node);
}

static enum err fill_copy(struct filling *f, const struct scope *scope, const struct section *s,
                          const struct docx_row *row)
{
    struct copy copy;
    struct docx_marks marks;
    TRY(copy_range(f, &s->at.range, &copy));
    TRY(docx_marks_find(f->arena, copy.first, copy.last, &marks, NULL, ""));
    if (s->at.close >= marks.count)
        return ERR_INTERNAL;
    xmlNode *open = marks.list[s->at.open].run, *close = marks.list[s->at.close].run;
    drop_from(&copy, s->at.range.drop_paragraphs ? docx_up(open, "p") : open);
    drop_from(&copy, s->at.range.drop_paragraphs ? docx_up(close, "p") : close);
    const struct scope inner = {
        .items = row ? row->items : NULL, .count = row ? row->count : 0, .outer = scope};
    return copy.first ? fill_nodes(f, &inner, copy.first, copy.last) : ERR_OK;
}

/* A row that Word repeats at the head of each page. */
static bool head_row(const xmlNode *row)
{
    for (const xmlNode *at = row->children; at; at = at->next) {
        for (const xmlNode *own = docx_is(at, "trPr") ? at->children : NULL; own; own = own->next) {
            if (docx_is(own, "tblHeader"))
                return true;
        }
    }
    return false;
}

/* A cell needs a paragraph at its end, a table a row beside its head. */
static void tidy_parent(xmlNode *parent)
{
    if (docx_is(parent, "tbl")) {
        for (xmlNode *at = parent->children; at; at = at->next) {
            if (docx_is(at, "tr") && !head_row(at))
                return;
        }
        xmlNode *above = parent->parent;
        docx_drop(parent);
        tidy_parent(above);
        return;
    }
    static const char *const need[] = {"tc", "hdr", "ftr", "footnote", "endnote", "txbxContent"};
    bool needs = false;
    for (size_t i = 0; i < ARRAY_LEN(need); i++)
        needs |= docx_is(parent, need[i]);
    xmlNode *last = parent->last;
    while (last && last->type != XML_ELEMENT_NODE)
        last = last->prev;
    if (needs && !docx_is(last, "p"))
        (void)xmlAddChild(parent, xmlNewDocNode(parent->doc, parent->ns, BAD_CAST "p", NULL));
}

static enum err fill_section(struct filling *f, const struct scope *scope, const struct section *s)
{
    size_t n = times(s->item, s->kind);
    bool list = s->kind == MARK_OPEN && is_list(s->item);
    for (size_t i = 0; i < n; i++)
        TRY(fill_copy(f, scope, s, list ? &s->item->rows[i] : NULL));
    xmlNode *parent = s->at.range.first->parent;
    for (xmlNode *at = s->at.range.first, *next = NULL; at; at = next) {
        next = at == s->at.range.last ? NULL : at->next;
        docx_drop(at);
    }
    tidy_parent(parent);
    return ERR_OK;
}

/* --- a stretch of the document ---------------------------------------------------------------------------------- */

static enum err fill_value(struct filling *f, const struct scope *scope, const struct docx_mark *m)
{
    const struct docx_item *item = find(scope, m->name);
    if (item && item->png.n > 0) {
        if (++f->pictures > PICTURES_MAX)
            return ERR_INVALID;
        return docx_put_picture(f->package, f->part, m->run, item, f->pictures);
    }
    docx_put_text(m->run, item && item->text ? docx_clean(f->arena, item->text) : DOCX_BLANK);
    return ERR_OK;
}

static enum err fill_nodes(struct filling *f, const struct scope *scope, xmlNode *first,
                           const xmlNode *last)
{
    struct docx_marks marks;
    struct docx_section *sections = NULL;
    size_t n = 0;
    TRY(docx_marks_find(f->arena, first, last, &marks, f->faults, f->where));
    bool *taken = ARENA_ARRAY(f->arena, marks.count + 1, bool);
    TRY(docx_sections_find(f->arena, &marks, taken, &sections, &n, f->faults, f->where));
    for (size_t i = 0; i < marks.count; i++) {
        if (!taken[i])
            TRY(fill_value(f, scope, &marks.list[i]));
    }
    for (size_t i = 0; i < n; i++) {
        const struct docx_mark *m = &marks.list[sections[i].mark];
        const struct section s = {.at = sections[i], .item = find(scope, m->name), .kind = m->kind};
        TRY(fill_section(f, scope, &s));
    }
    return ERR_OK;
}

/* --- the document ---------------------------------------------------------------------------------------------------- */

static enum err fill_part(struct filling *f, const struct scope *scope, const struct docx_part *part)
{
    xmlDoc *doc CLEAN_XML = docx_xml_read(part->data);
    if (!doc)
        return ERR_INVALID;
    xmlNode *root = xmlDocGetRootElement(doc);
    f->part = part->name;
    f->nodes = docx_node_count(root);
    TRY(docx_marks_isolate(f->arena, doc, f->faults, f->where));
    if (root->children)
        TRY(fill_nodes(f, scope, root->children, root->last));
    struct bytes data = docx_xml_write(f->arena, doc);
    if (!data.p || data.n > DOCX_PART_MAX)
        return ERR_INVALID;
    docx_part_put(f->package, part->name, data);
    return ERR_OK;
}

static void put_properties(struct docx_package *p, const struct docx_data *data)
{
    static const char name[] = "docProps/core.xml";
    if (!data->title || !docx_part_find(p, name))
        return;
    xmlChar *title = xmlEncodeSpecialChars(NULL, (const xmlChar *)docx_clean(p->arena, data->title));
    const char *dated = time_rfc3339(p->arena, data->dated_ms, 0);
    const char *at = arena_printf(p->arena, "%.19sZ", dated);
    const char *text = arena_printf(
        p->arena,
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
        "<cp:coreProperties"
        " xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\""
        " xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\""
        " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>%s</dc:title>"
        "<dcterms:created xsi:type=\"dcterms:W3CDTF\">%s</dcterms:created>"
        "<dcterms:modified xsi:type=\"dcterms:W3CDTF\">%s</dcterms:modified></cp:coreProperties>",
        (const char *)title, at, at);
    xmlFree(title);
    docx_part_put(p, name, (struct bytes){(const uint8_t *)text, strlen(text)});
}

enum err docx_fill_checked(struct arena *a, struct bytes file, const struct docx_data *data,
                           struct docx_faults *faults, struct bytes *ret)
{
    struct docx_package package;
    struct docx_text_part *parts = NULL;
    size_t count = 0;
    TRY(docx_package_read(a, file, &package, faults));
    TRY(docx_text_parts(&package, &parts, &count, faults));
    const char **names = ARENA_ARRAY(a, count + 1, const char *);
    for (size_t i = 0; i < count; i++)
        names[i] = parts[i].part->name; /* the table of parts may move when a picture is added */
    struct filling f = {.arena = a, .package = &package, .faults = faults};
    const struct scope scope = {.items = data->items, .count = data->count};
    for (size_t i = 0; i < count; i++) {
        const struct docx_part part = *docx_part_find(&package, names[i]);
        f.where = parts[i].where;
        TRY(fill_part(&f, &scope, &part));
    }
    put_properties(&package, data);
    return docx_package_write(&package, ret);
}

enum err docx_fill(struct arena *a, struct bytes file, const struct docx_data *data,
                   struct bytes *ret)
{
    return docx_fill_checked(a, file, data, NULL, ret);
}

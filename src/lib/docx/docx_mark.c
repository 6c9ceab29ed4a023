/* Marks in a part. Word cuts "{{nama}}" into runs wherever it likes (spelling, an edit, a language); here
 * each mark gets a run of its own with the look of the run in which it began. */
#include <ctype.h>
#include <string.h>

#include "lib/base/cx.h"
#include "lib/docx/docx_internal.h"
#include "lib/base/banned.h"

#define GAP         '\x01' /* stands for a tab, a break, a picture: no mark goes across */
#define EXCERPT_MAX 40

/* --- the text of one paragraph ------------------------------------------------------------------------------ */

struct piece {
    xmlNode *text; /* w:t */
    size_t start, end;
};
struct line {
    struct buf all;
    struct piece *pieces;
    size_t count, capacity;
};

static void line_piece(struct arena *a, struct line *l, xmlNode *text)
{
    if (l->count == l->capacity) {
        size_t capacity = l->capacity * 2 + 16;
        struct piece *more = ARENA_ARRAY(a, capacity, struct piece);
        if (l->count)
            memcpy(more, l->pieces, l->count * sizeof(*more));
        l->pieces = more;
        l->capacity = capacity;
    }
    struct piece *p = &l->pieces[l->count++];
    p->text = text;
    p->start = l->all.n;
    xmlChar *content = xmlNodeGetContent(text);
    buf_puts(&l->all, (const char *)content);
    xmlFree(content);
    p->end = l->all.n;
}

/* Between two texts of a line these say nothing. */
static bool silent(const xmlNode *node)
{
    static const char *const names[] = {"r",          "rPr",           "pPr",
                                        "proofErr",   "bookmarkStart", "bookmarkEnd",
                                        "hyperlink",  "smartTag",      "sdt",
                                        "sdtContent", "sdtPr",         "lastRenderedPageBreak",
                                        "customXml",  "smartTagPr",    "customXmlPr",
                                        "permStart",  "permEnd"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (docx_is(node, names[i]))
            return true;
    }
    return false;
}

static bool opens_inside(const xmlNode *node)
{
    return !docx_is(node, "rPr") && !docx_is(node, "pPr") && !docx_is(node, "sdtPr");
}

/* Texts of this paragraph, without those of paragraphs inside it (text boxes). */
static struct line line_read(struct arena *a, xmlNode *paragraph)
{
    struct line l = {.all = buf_new(a, 256, DOCX_XML_MAX)};
    xmlNode *node = docx_next(paragraph, paragraph, true);
    while (node) {
        bool text = docx_is(node, "t") && docx_is(node->parent, "r");
        bool nested = docx_is(node, "p");
        if (text)
            line_piece(a, &l, node);
        else if (node->type == XML_ELEMENT_NODE && !silent(node) && !nested)
            buf_putc(&l.all, GAP);
        node = docx_next(paragraph, node, !text && !nested && opens_inside(node));
    }
    return l;
}

/* --- one mark in a text --------------------------------------------------------------------------------------- */

struct spot {
    size_t start, end;
    enum docx_mark_kind kind;
    const char *name;
};

static const char *excerpt(struct arena *a, const char *s, size_t n)
{
    size_t cut = n < EXCERPT_MAX ? n : EXCERPT_MAX;
    while (cut < n && cut > 0 && ((unsigned char)s[cut] & 0xC0) == 0x80)
        cut--;
    char *copy = arena_strndup(a, s, cut);
    for (char *p = copy; *p; p++) {
        if ((unsigned char)*p < ' ')
            *p = ' ';
    }
    return copy;
}

/* What stands between the braces: spaces around it, also the unbreakable kind, do not matter. */
static char *inside(struct arena *a, const char *s, size_t n)
{
    struct buf b = buf_new(a, n + 1, n + 1);
    for (size_t i = 0; i < n; i++) {
        bool unbreakable = i + 1 < n && (unsigned char)s[i] == 0xC2 &&
                           (unsigned char)s[i + 1] == 0xA0;
        buf_putc(&b, unbreakable ? ' ' : s[i]);
        i += unbreakable;
    }
    return str_trim(a, b.p);
}

static bool name_read(struct arena *a, const char *s, size_t n, struct spot *ret)
{
    char *text = inside(a, s, n);
    ret->kind = *text == '#'   ? MARK_OPEN
                : *text == '^' ? MARK_OPEN_NOT
                : *text == '/' ? MARK_CLOSE
                               : MARK_VALUE;
    char *name = str_lower(a, str_trim(a, text + (ret->kind != MARK_VALUE)));
    size_t length = strlen(name);
    ret->name = name;
    return length > 0 && length <= DOCX_NAME_MAX && isalpha((unsigned char)*name) &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == length;
}

struct finder {
    struct arena *arena;
    struct docx_faults *faults;
    const char *where;
    struct spot *spots;
    size_t count, capacity;
    bool broken;
};

static void broken(struct finder *f, const char *code, const char *msgid, const char *s, size_t n)
{
    f->broken = true;
    docx_fault_add(f->faults, code, msgid, excerpt(f->arena, s, n), f->where);
}

static void spot_add(struct finder *f, const struct spot *spot)
{
    if (f->count == f->capacity) {
        size_t capacity = f->capacity * 2 + 8;
        struct spot *more = ARENA_ARRAY(f->arena, capacity, struct spot);
        if (f->count)
            memcpy(more, f->spots, f->count * sizeof(*more));
        f->spots = more;
        f->capacity = capacity;
    }
    f->spots[f->count++] = *spot;
}

static const char *stray_end(struct finder *f, const char *from, const char *until)
{
    const char *end = strstr(from, "}}");
    if (end && (!until || end < until))
        broken(f, "stray_braces", T("Kurung penutup }} tanpa pembuka {{ di dekat “%s”."), from,
               (size_t)(end - from) + 2);
    return until;
}

/* All marks of one line of text. */
static void spots_find(struct finder *f, const char *text)
{
    const char *at = text;
    for (const char *open = strstr(at, "{{"); open; open = strstr(at, "{{")) {
        (void)stray_end(f, at, open);
        const char *end = strstr(open + 2, "}}");
        const char *again = strstr(open + 2, "{{");
        if (!end || (again && again < end)) {
            broken(f, "open_braces", T("Kurung pembuka {{ tanpa penutup }} pada “%s”."), open,
                   again ? (size_t)(again - open) : strlen(open));
            at = again ? again : open + strlen(open);
            continue;
        }
        struct spot spot = {.start = (size_t)(open - text), .end = (size_t)(end - text) + 2};
        if (name_read(f->arena, open + 2, (size_t)(end - open) - 2, &spot))
            spot_add(f, &spot);
        else
            broken(
                f, "bad_name",
                T("Nama isian “%s” tidak dapat dibaca. Pakai huruf kecil, angka, dan garis bawah, "
                  "misalnya {{nomor_surat}}."),
                open, (size_t)(end - open) + 2);
        at = end + 2;
    }
    (void)stray_end(f, at, NULL);
}

/* --- a run for each mark ----------------------------------------------------------------------------------------- */

static void set_text(xmlNode *text, const char *s, size_t n)
{
    while (text->children)
        docx_drop(text->children);
    (void)xmlAddChild(text, xmlNewTextLen((const xmlChar *)s, (int)n));
    (void)xmlNodeSetSpacePreserve(text, 1);
}

static xmlNode *run_like(xmlNode *run)
{
    xmlNode *copy = xmlNewDocNode(run->doc, run->ns, BAD_CAST "r", NULL);
    for (xmlNode *at = run->children; at; at = at->next) {
        if (docx_is(at, "rPr")) {
            (void)xmlAddChild(copy, xmlDocCopyNode(at, run->doc, 1));
            break;
        }
    }
    return copy;
}

static xmlNode *add_text(xmlNode *run, const char *s, size_t n)
{
    xmlNode *text = xmlNewDocNode(run->doc, run->ns, BAD_CAST "t", NULL);
    (void)xmlAddChild(run, text);
    set_text(text, s, n);
    return text;
}

/* What follows `text` in its run moves into a run of its own behind `after`; `tail` comes first there. */
static void split_behind(xmlNode *text, xmlNode *after, const char *tail, size_t n)
{
    if (n == 0 && !text->next)
        return;
    xmlNode *rest = run_like(text->parent);
    if (n > 0)
        (void)add_text(rest, tail, n);
    for (xmlNode *next = text->next; next; next = text->next) {
        xmlUnlinkNode(next);
        (void)xmlAddChild(rest, next);
    }
    (void)xmlAddNextSibling(after, rest);
}

static const char *mark_text(struct arena *a, const struct spot *s)
{
    static const char *const signs[] = {"", "#", "^", "/"};
    return arena_printf(a, "{{%s%s}}", signs[s->kind], s->name);
}

/* Marks are taken from the last to the first: what stands before keeps its place. */
static void isolate(struct arena *a, struct line *l, const struct spot *s)
{
    size_t i = 0, j = 0;
    if (l->count == 0)
        return;
    while (i + 1 < l->count && l->pieces[i].end <= s->start)
        i++;
    for (j = i; j + 1 < l->count && l->pieces[j].end < s->end;)
        j++;
    struct piece *first = &l->pieces[i], *last = &l->pieces[j];
    const char *tail = l->all.p + s->end;
    size_t tail_n = last->end - s->end;
    xmlNode *run = run_like(first->text->parent);
    (void)xmlAddNextSibling(first->text->parent, run);
    if (i == j) {
        split_behind(first->text, run, tail, tail_n);
    } else {
        split_behind(first->text, run, NULL, 0);
        for (size_t k = i + 1; k < j; k++)
            set_text(l->pieces[k].text, "", 0);
        set_text(last->text, tail, tail_n);
        last->start = s->end;
    }
    set_text(first->text, l->all.p + first->start, s->start - first->start);
    first->end = s->start;
    const char *mark = mark_text(a, s);
    (void)add_text(run, mark, strlen(mark));
}

/* An empty text left behind, and its run when nothing else is in it. */
static void tidy(const struct line *l)
{
    for (size_t i = 0; i < l->count; i++) {
        xmlNode *text = l->pieces[i].text, *run = text->parent;
        bool empty = !text->children || str_empty((const char *)text->children->content);
        if (!empty)
            continue;
        docx_drop(text);
        bool only_look = run->children && docx_is(run->children, "rPr") && !run->children->next;
        if (!run->children || only_look)
            docx_drop(run);
    }
}

static void isolate_paragraph(struct finder *f, xmlNode *paragraph)
{
    struct line l = line_read(f->arena, paragraph);
    f->count = 0;
    if (!memmem(l.all.p, l.all.n, "{{", 2) && !memmem(l.all.p, l.all.n, "}}", 2))
        return;
    spots_find(f, l.all.p);
    if (f->count == 0)
        return;
    for (size_t i = f->count; i-- > 0;)
        isolate(f->arena, &l, &f->spots[i]);
    tidy(&l);
}

enum err docx_marks_isolate(struct arena *a, xmlDoc *doc, struct docx_faults *faults,
                            const char *where)
{
    struct finder f = {.arena = a, .faults = faults, .where = where};
    xmlNode *root = xmlDocGetRootElement(doc);
    for (xmlNode *at = root; at; at = docx_next(root, at, true)) {
        if (docx_is(at, "p"))
            isolate_paragraph(&f, at);
    }
    return f.broken ? ERR_INVALID : ERR_OK;
}

/* --- finding the isolated marks --------------------------------------------------------------------------------------- */

/* The w:t of a run that holds nothing but a mark; NULL for any other run. */
static bool mark_of(struct arena *a, xmlNode *run, struct docx_mark *ret)
{
    xmlNode *text = NULL;
    for (xmlNode *at = run->children; at; at = at->next) {
        if (docx_is(at, "rPr"))
            continue;
        if (text || !docx_is(at, "t"))
            return false;
        text = at;
    }
    const char *s = text && text->children ? (const char *)text->children->content : NULL;
    size_t n = s ? strlen(s) : 0;
    struct spot spot = {0};
    if (n < 5 || !str_starts(s, "{{") || strcmp(s + n - 2, "}}") != 0 ||
        !name_read(a, s + 2, n - 4, &spot))
        return false;
    *ret = (struct docx_mark){.kind = spot.kind, .name = spot.name, .run = run};
    return true;
}

static void mark_add(struct arena *a, struct docx_marks *m, size_t *capacity,
                     const struct docx_mark *mark)
{
    if (m->count == *capacity) {
        size_t more = *capacity * 2 + 16;
        struct docx_mark *list = ARENA_ARRAY(a, more, struct docx_mark);
        if (m->count)
            memcpy(list, m->list, m->count * sizeof(*list));
        m->list = list;
        *capacity = more;
    }
    m->list[m->count++] = *mark;
}

static const char *section_text(struct arena *a, const struct docx_mark *m)
{
    return arena_printf(a, "{{%s%s}}",
                        m->kind == MARK_CLOSE  ? "/"
                        : m->kind == MARK_OPEN ? "#"
                                               : "^",
                        m->name);
}

static enum err pair(struct arena *a, struct docx_marks *m, struct docx_faults *faults,
                     const char *where)
{
    size_t open[DOCX_NESTING_MAX] = {0};
    size_t depth = 0;
    for (size_t i = 0; i < m->count; i++) {
        struct docx_mark *mark = &m->list[i];
        if (mark->kind == MARK_VALUE)
            continue;
        const char *text = section_text(a, mark);
        if (mark->kind != MARK_CLOSE && depth == DOCX_NESTING_MAX) {
            docx_fault_add(faults, "too_deep",
                           T("Bagian %s berada di dalam terlalu banyak bagian lain."), text, where);
            return ERR_INVALID;
        }
        if (mark->kind != MARK_CLOSE) {
            open[depth++] = i;
            continue;
        }
        if (depth == 0 || !str_eq(m->list[open[depth - 1]].name, mark->name)) {
            docx_fault_add(faults, "section_not_opened",
                           T("Penutup bagian %s tidak sesuai dengan pembuka di depannya."), text,
                           where);
            return ERR_INVALID;
        }
        mark->pair = open[--depth];
        m->list[mark->pair].pair = i;
    }
    if (depth == 0)
        return ERR_OK;
    docx_fault_add(faults, "section_not_closed",
                   T("Bagian %s belum ditutup. Tambahkan penutupnya, misalnya {{/dokumen}}."),
                   section_text(a, &m->list[open[depth - 1]]), where);
    return ERR_INVALID;
}

enum err docx_marks_find(struct arena *a, xmlNode *first, const xmlNode *last,
                         struct docx_marks *ret, struct docx_faults *faults, const char *where)
{
    struct docx_marks m = {0};
    size_t capacity = 0;
    for (xmlNode *top = first; top; top = top == last ? NULL : top->next) {
        for (xmlNode *at = top; at; at = docx_next(top, at, true)) {
            struct docx_mark mark;
            if (docx_is(at, "r") && mark_of(a, at, &mark))
                mark_add(a, &m, &capacity, &mark);
        }
    }
    TRY(pair(a, &m, faults, where));
    *ret = m;
    return ERR_OK;
}

/* Values put in the place of their marks: text that any program can show, and pictures. */
#include <stdio.h>
#include <string.h>

#include "lib/base/utf8.h"
#include "lib/docx/docx_value.h"
#include "lib/base/banned.h"

#define EMU_OF_MM    36000
#define WIDTH_MM     25
#define WIDTH_MM_MAX 160
#define REPLACEMENT  "\xEF\xBF\xBD"
#define NONCHARACTER 0xFFFEu

/* --- what a text may hold ----------------------------------------------------------------------------------- */

static size_t length_of(unsigned char lead)
{
    return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/* XML 1.0 has no controls; marks that turn the reading direction would let a name lie about its order. */
static bool unwanted(uint32_t c)
{
    bool control = c < 0x20 || (c >= 0x7F && c < 0xA0);
    bool turns = c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
                 (c >= 0x2066 && c <= 0x2069);
    return control || turns || c == 0xFEFF || (c & NONCHARACTER) == NONCHARACTER;
}

char *docx_clean(struct arena *a, const char *s)
{
    size_t n = strlen(s);
    struct buf out = buf_new(a, n + 1, n * sizeof(REPLACEMENT) + 1);
    for (size_t i = 0; i < n;) {
        size_t length = length_of((unsigned char)s[i]);
        if (length > n - i || !utf8_valid(s + i, length)) {
            buf_puts(&out, REPLACEMENT);
            i++;
            continue;
        }
        char one[5] = {0};
        memcpy(one, s + i, length);
        const char *at = one;
        uint32_t c = utf8_next(&at);
        bool line_end = c == '\r' && s[i + 1] != '\n';
        if (c == '\n' || c == '\t' || !unwanted(c))
            buf_add(&out, one, length);
        else if (line_end || c == 0x2028 || c == 0x2029)
            buf_putc(&out, '\n');
        i += length;
    }
    return out.p;
}

/* --- text --------------------------------------------------------------------------------------------------------- */

static xmlNode *element(xmlNode *run, const char *name)
{
    return xmlAddChild(run, xmlNewDocNode(run->doc, run->ns, (const xmlChar *)name, NULL));
}

static void add_words(xmlNode *run, const char *s, size_t n)
{
    if (n == 0)
        return;
    xmlNode *text = element(run, "t");
    (void)xmlAddChild(text, xmlNewTextLen((const xmlChar *)s, (int)n));
    (void)xmlNodeSetSpacePreserve(text, 1);
}

static void add_line(xmlNode *run, const char *s, size_t n)
{
    while (n > 0) {
        size_t words = 0;
        while (words < n && s[words] != '\t')
            words++;
        add_words(run, s, words);
        if (words < n)
            (void)element(run, "tab");
        size_t step = words + (words < n);
        s += step;
        n -= step;
    }
}

static void empty_run(xmlNode *run)
{
    for (xmlNode *at = run->children, *next = NULL; at; at = next) {
        next = at->next;
        if (!docx_is(at, "rPr"))
            docx_drop(at);
    }
}

/* A paragraph like `paragraph` with one run like `run`, before it. */
static xmlNode *paragraph_before(xmlNode *paragraph, const xmlNode *run)
{
    xmlNode *copy = xmlDocCopyNode(paragraph, paragraph->doc, 2);
    docx_strip_ids(copy);
    for (xmlNode *at = paragraph->children; at; at = at->next) {
        if (docx_is(at, "pPr"))
            (void)xmlAddChild(copy, xmlDocCopyNode(at, paragraph->doc, 1));
    }
    xmlNode *words = xmlNewDocNode(paragraph->doc, run->ns, BAD_CAST "r", NULL);
    for (xmlNode *at = run->children; at; at = at->next) {
        if (docx_is(at, "rPr"))
            (void)xmlAddChild(words, xmlDocCopyNode(at, paragraph->doc, 1));
    }
    (void)xmlAddChild(copy, words);
    (void)xmlAddPrevSibling(paragraph, copy);
    return words;
}

/* What Word leaves beside a placeholder that it cut into pieces. */
static bool traces(const xmlNode *at)
{
    return docx_is(at, "proofErr") || docx_is(at, "bookmarkStart") || docx_is(at, "bookmarkEnd");
}

/* Where a paragraph is nothing but this value, each line gets one of its own: justified text stays so. */
static bool own_paragraphs(const xmlNode *run)
{
    const xmlNode *paragraph = run->parent;
    if (!docx_is(paragraph, "p") || !docx_alone(paragraph, run, run))
        return false;
    for (const xmlNode *at = paragraph->children; at; at = at->next) {
        if (at != run && !docx_is(at, "pPr") && !traces(at))
            return false;
    }
    return true;
}

void docx_put_text(xmlNode *run, const char *clean)
{
    bool apart = own_paragraphs(run);
    empty_run(run);
    while (true) {
        size_t n = strcspn(clean, "\n");
        bool more = clean[n] == '\n';
        if (apart && more) {
            add_line(paragraph_before(run->parent, run), clean, n);
        } else {
            add_line(run, clean, n);
            if (more)
                (void)element(run, "br");
        }
        if (!more)
            return;
        clean += n + 1;
    }
}

/* --- pictures ----------------------------------------------------------------------------------------------------- */

static uint32_t big_endian(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

bool docx_png_size(struct bytes png, uint32_t *ret_width, uint32_t *ret_height)
{
    static const uint8_t head[] = {0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A,
                                   0,    0,   0,   13,  'I',  'H',  'D',  'R'};
    if (png.n < sizeof(head) + 8 || memcmp(png.p, head, sizeof(head)) != 0)
        return false;
    *ret_width = big_endian(png.p + 16);
    *ret_height = big_endian(png.p + 20);
    return *ret_width > 0 && *ret_width < 10000 && *ret_height > 0 && *ret_height < 10000;
}

static const char drawing[] =
    "<w:drawing xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\""
    " xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\""
    " xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\""
    " xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\""
    " xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">"
    "<wp:inline distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\"><wp:extent cx=\"%lld\" "
    "cy=\"%lld\"/>"
    "<wp:docPr id=\"%d\" name=\"Gambar %d\" descr=\"Kode QR\"/>"
    "<a:graphic><a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\">"
    "<pic:pic><pic:nvPicPr><pic:cNvPr id=\"%d\" name=\"Gambar %d\"/><pic:cNvPicPr/></pic:nvPicPr>"
    "<pic:blipFill><a:blip r:embed=\"%s\"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>"
    "<pic:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"%lld\" cy=\"%lld\"/></a:xfrm>"
    "<a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>"
    "</a:graphicData></a:graphic></wp:inline></w:drawing>";

enum err docx_put_picture(struct docx_package *p, const char *part, xmlNode *run,
                          const struct docx_item *item, int number)
{
    uint32_t width = 0, height = 0;
    empty_run(run);
    if (!item || item->png.n == 0)
        return ERR_OK;
    if (!docx_png_size(item->png, &width, &height))
        return ERR_INVALID;
    const char *id = NULL;
    TRY(docx_picture_add(p, part, item->png, number, &id));
    int mm = item->width_mm > 0 && item->width_mm <= WIDTH_MM_MAX ? item->width_mm : WIDTH_MM;
    long long cx = (long long)mm * EMU_OF_MM, cy = cx * height / width;
    int shape = 9000 + number; /* beyond what a template's own pictures are called */
    const char *text = arena_printf(p->arena, drawing, cx, cy, shape, shape, shape, shape, id, cx,
                                    cy);
    xmlDoc *doc CLEAN_XML = docx_xml_read((struct bytes){(const uint8_t *)text, strlen(text)});
    if (!doc)
        return ERR_INTERNAL;
    (void)xmlAddChild(run, xmlDocCopyNode(xmlDocGetRootElement(doc), run->doc, 1));
    return ERR_OK;
}

/* --- copies ----------------------------------------------------------------------------------------------------------- */

/* Names of the original that may stand once in a document only. */
void docx_strip_ids(xmlNode *top)
{
    for (xmlNode *at = top, *next = NULL; at; at = next) {
        next = docx_next(top, at, true);
        if (at->type != XML_ELEMENT_NODE)
            continue;
        if (at != top && (docx_is(at, "bookmarkStart") || docx_is(at, "bookmarkEnd"))) {
            next = docx_next(top, at, false);
            docx_drop(at);
            continue;
        }
        for (xmlAttr *own = at->properties, *after = NULL; own; own = after) {
            after = own->next;
            if (str_eq((const char *)own->name, "paraId") ||
                str_eq((const char *)own->name, "textId"))
                (void)xmlRemoveProp(own);
        }
    }
}

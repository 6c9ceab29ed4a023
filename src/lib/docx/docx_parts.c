/* What is in the package beside text: content types, relationships, pictures; and what a template must not
 * bring along: macros, embedded objects, links that Word would follow by itself. */
#include <stdio.h>
#include <string.h>

#include "lib/base/cx.h"
#include "lib/docx/docx_internal.h"
#include "lib/base/banned.h"

#define TYPES_NAME     "[Content_Types].xml"
#define TYPES_NS       "http://schemas.openxmlformats.org/package/2006/content-types"
#define RELS_NS        "http://schemas.openxmlformats.org/package/2006/relationships"
#define IMAGE_RELATION "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
#define WORD_TYPE      "application/vnd.openxmlformats-officedocument.wordprocessingml."

static bool ends(const char *s, const char *tail)
{
    size_t n = strlen(s), m = strlen(tail);
    return n >= m && str_eq(s + n - m, tail);
}

static bool element(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && str_eq((const char *)node->name, name);
}

/* --- the parts that are filled ---------------------------------------------------------------------------- */

static const char *where_of(const char *type)
{
    static const struct {
        const char *type, *where;
    } parts[] = {
        {WORD_TYPE "document.main+xml", T("isi dokumen")},
        {WORD_TYPE "header+xml", T("kepala halaman")},
        {WORD_TYPE "footer+xml", T("kaki halaman")},
        {WORD_TYPE "footnotes+xml", T("catatan kaki")},
        {WORD_TYPE "endnotes+xml", T("catatan akhir")},
    };
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (str_eq(parts[i].type, type))
            return parts[i].where;
    }
    return NULL;
}

static void macros(struct docx_faults *faults)
{
    docx_fault_add(faults, "macros",
                   T("Berkas ini memuat makro. Simpan sebagai Dokumen Word (.docx) tanpa makro."),
                   "", "");
}

static enum err no_document(struct docx_faults *faults)
{
    docx_fault_add(faults, "not_docx",
                   T("Berkas ini bukan dokumen Word (.docx). Di Word, pilih Simpan Sebagai, lalu "
                     "jenis Dokumen Word (.docx)."),
                   "", "");
    return ERR_INVALID;
}

enum err docx_text_parts(struct docx_package *p, struct docx_text_part **ret, size_t *ret_count,
                         struct docx_faults *faults)
{
    struct docx_part *types = docx_part_find(p, TYPES_NAME);
    xmlDoc *doc CLEAN_XML = types ? docx_xml_read(types->data) : NULL;
    if (!doc)
        return no_document(faults);
    struct docx_text_part *list = ARENA_ARRAY(p->arena, p->count + 1, struct docx_text_part);
    size_t n = 0;
    bool main_found = false;
    for (xmlNode *at = xmlDocGetRootElement(doc)->children; at; at = at->next) {
        if (!element(at, "Override"))
            continue;
        const char *type = docx_attribute(p->arena, at, "ContentType");
        const char *name = docx_attribute(p->arena, at, "PartName");
        if (strstr(type, "macroEnabled") || strstr(type, "vbaProject")) {
            macros(faults);
            return ERR_INVALID;
        }
        struct docx_part *part = docx_part_find(p, name + (*name == '/'));
        const char *where = where_of(type);
        if (!part || !where || n == p->count)
            continue;
        main_found |= str_eq(type, WORD_TYPE "document.main+xml");
        list[n++] = (struct docx_text_part){.part = part, .where = where};
    }
    if (!main_found)
        return no_document(faults);
    *ret = list;
    *ret_count = n;
    return ERR_OK;
}

/* --- pictures ------------------------------------------------------------------------------------------------ */

static enum err put_xml(struct docx_package *p, const char *name, xmlDoc *doc)
{
    struct bytes data = docx_xml_write(p->arena, doc);
    if (!data.p)
        return ERR_INTERNAL;
    docx_part_put(p, name, data);
    return ERR_OK;
}

static enum err know_png(struct docx_package *p)
{
    struct docx_part *types = docx_part_find(p, TYPES_NAME);
    xmlDoc *doc CLEAN_XML = types ? docx_xml_read(types->data) : NULL;
    if (!doc)
        return ERR_INVALID;
    xmlNode *root = xmlDocGetRootElement(doc);
    for (xmlNode *at = root->children; at; at = at->next) {
        if (element(at, "Default") && str_eq(docx_attribute(p->arena, at, "Extension"), "png"))
            return ERR_OK;
    }
    xmlNode *added = xmlNewNode(root->ns, BAD_CAST "Default");
    (void)xmlNewProp(added, BAD_CAST "Extension", BAD_CAST "png");
    (void)xmlNewProp(added, BAD_CAST "ContentType", BAD_CAST "image/png");
    if (root->children)
        (void)xmlAddPrevSibling(root->children, added);
    else
        (void)xmlAddChild(root, added);
    return put_xml(p, TYPES_NAME, doc);
}

static enum err relate(struct docx_package *p, const char *part, const char *id, const char *target)
{
    static const char empty[] = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
                                "<Relationships xmlns=\"" RELS_NS "\"/>";
    const char *name = docx_rels_name(p->arena, part);
    const struct docx_part *rels = docx_part_find(p, name);
    xmlDoc *doc CLEAN_XML = docx_xml_read(
        rels ? rels->data : (struct bytes){(const uint8_t *)empty, sizeof(empty) - 1});
    if (!doc)
        return ERR_INVALID;
    xmlNode *root = xmlDocGetRootElement(doc);
    xmlNode *added = xmlNewChild(root, root->ns, BAD_CAST "Relationship", NULL);
    (void)xmlNewProp(added, BAD_CAST "Id", (const xmlChar *)id);
    (void)xmlNewProp(added, BAD_CAST "Type", BAD_CAST IMAGE_RELATION);
    (void)xmlNewProp(added, BAD_CAST "Target", (const xmlChar *)target);
    return put_xml(p, name, doc);
}

enum err docx_picture_add(struct docx_package *p, const char *part, struct bytes png, int number,
                          const char **ret_id)
{
    const char *slash = strrchr(part, '/');
    int folder = slash ? (int)(slash - part + 1) : 0;
    const char *target = arena_printf(p->arena, "media/bukutamu%d.png", number);
    const char *id = arena_printf(p->arena, "rIdBukuTamu%d", number);
    TRY(know_png(p));
    TRY(relate(p, part, id, target));
    docx_part_put(p, arena_printf(p->arena, "%.*s%s", folder, part, target), png);
    *ret_id = id;
    return ERR_OK;
}

/* --- what must not be there -------------------------------------------------------------------------------------- */

static void check_names(const struct docx_package *p, struct docx_faults *faults)
{
    static const char *const embedded[] = {"/embeddings/", "/activex/",       "/afchunk",
                                           "/customui",    "/webextensions/", "/attachedtoolbars"};
    for (size_t i = 0; i < p->count; i++) {
        const char *name = str_lower(p->arena, arena_printf(p->arena, "/%s", p->parts[i].name));
        if (strstr(name, "vbaproject") || strstr(name, "vbadata"))
            macros(faults);
        for (size_t k = 0; k < ARRAY_LEN(embedded); k++) {
            if (strstr(name, embedded[k]))
                docx_fault_add(
                    faults, "embedded_object",
                    T("Berkas ini memuat objek tersemat (%s). Hapus objek itu, atau ganti "
                      "dengan gambar biasa."),
                    p->parts[i].name, "");
        }
    }
}

/* An address that is only opened when a person clicks on it: what Word makes of every mail address. */
static bool harmless_link(const char *type, const char *target)
{
    return ends(type, "/hyperlink") &&
           (str_starts(target, "https://") || str_starts(target, "http://") ||
            str_starts(target, "mailto:"));
}

static bool embeds(const char *type)
{
    static const char *const kinds[] = {"/oleObject",        "/package",
                                        "/control",          "/aFChunk",
                                        "/vbaProject",       "/frame",
                                        "/subDocument",      "/extensibility",
                                        "/attachedToolbars", "/keyMapCustomizations"};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (ends(type, kinds[i]))
            return true;
    }
    return false;
}

static void check_relation(struct arena *a, const xmlNode *at, struct docx_faults *faults)
{
    const char *type = docx_attribute(a, at, "Type");
    const char *target = docx_attribute(a, at, "Target");
    const char *shown = arena_printf(a, "%.80s", target);
    if (ends(type, "/attachedTemplate"))
        docx_fault_add(
            faults, "attached_template",
            T("Berkas ini terhubung ke templat Word lain (%s). Lepaskan lewat Pengembang, "
              "Templat Dokumen, lalu pilih Normal."),
            shown, "");
    else if (embeds(type))
        docx_fault_add(
            faults, "embedded_object",
            T("Berkas ini memuat objek tersemat (%s). Hapus objek itu, atau ganti dengan "
              "gambar biasa."),
            shown, "");
    else if (str_eq(docx_attribute(a, at, "TargetMode"), "External") && !harmless_link(type, target))
        docx_fault_add(faults, "external_link",
                       T("Berkas ini mengambil sesuatu dari luar (%s). Sisipkan gambar atau isinya "
                         "langsung ke dalam dokumen."),
                       shown, "");
}

static void check_relations(const struct docx_package *p, struct docx_faults *faults)
{
    for (size_t i = 0; i < p->count; i++) {
        if (!ends(p->parts[i].name, ".rels"))
            continue;
        xmlDoc *doc CLEAN_XML = docx_xml_read(p->parts[i].data);
        if (!doc) {
            (void)no_document(faults);
            return;
        }
        for (xmlNode *at = xmlDocGetRootElement(doc)->children; at; at = at->next) {
            if (element(at, "Relationship"))
                check_relation(p->arena, at, faults);
        }
    }
}

void docx_check_package(struct docx_package *p, struct docx_faults *faults)
{
    check_names(p, faults);
    check_relations(p, faults);
}

/* The XML of a part: read without document types, entities or the network, walked in document order. */
#include <libxml/parser.h>
#include <pthread.h>
#include <string.h>

#include "lib/docx/docx_internal.h"
#include "lib/base/banned.h"

#define W_TRANSITIONAL "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
#define W_STRICT       "http://purl.oclc.org/ooxml/wordprocessingml/main"

static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Nothing is forced: UTF-8 is, so that a document type cannot hide in another encoding. */
static bool plain_xml(struct bytes data)
{
    if (data.n < 4 || data.n > DOCX_XML_MAX)
        return false;
    return !memmem(data.p, data.n, "<!DOCTYPE", 9) && !memmem(data.p, data.n, "<!ENTITY", 8);
}

static bool too_deep(const xmlNode *root)
{
    int depth = 0;
    const xmlNode *node = root;
    while (node) {
        if (depth > DOCX_DEEPEST)
            return true;
        if (node->children && node->type == XML_ELEMENT_NODE) {
            node = node->children;
            depth++;
            continue;
        }
        while (node && node != root && !node->next) {
            node = node->parent;
            depth--;
        }
        node = !node || node == root ? NULL : node->next;
    }
    return false;
}

xmlDoc *docx_xml_read(struct bytes data)
{
    if (!plain_xml(data))
        return NULL;
    (void)pthread_once(&once, xmlInitParser);
    const int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                        XML_PARSE_NOCDATA;
    xmlParserCtxt *parser = xmlNewParserCtxt();
    if (!parser)
        return NULL;
    xmlDoc *doc = xmlCtxtReadMemory(parser, (const char *)data.p, (int)data.n, NULL, "UTF-8",
                                    options);
    xmlFreeParserCtxt(parser);
    xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
    bool fine = root && !doc->intSubset && !doc->extSubset && !too_deep(root) &&
                docx_node_count(root) <= DOCX_NODES_MAX;
    if (!fine)
        docx_xml_free(&doc);
    return doc;
}

struct bytes docx_xml_write(struct arena *a, xmlDoc *doc)
{
    xmlChar *text = NULL;
    int n = 0;
    xmlDocDumpMemoryEnc(doc, &text, &n, "UTF-8");
    if (!text || n <= 0)
        return (struct bytes){NULL, 0};
    struct bytes out = {arena_memdup(a, text, (size_t)n), (size_t)n};
    explicit_bzero(text, (size_t)n);
    xmlFree(text);
    return out;
}

void docx_xml_free(xmlDoc **doc)
{
    if (*doc)
        xmlFreeDoc(*doc);
    *doc = NULL;
}

bool docx_is(const xmlNode *node, const char *name)
{
    return node && node->type == XML_ELEMENT_NODE && node->ns &&
           str_eq((const char *)node->name, name) &&
           str_eq((const char *)node->ns->href, W_TRANSITIONAL);
}

bool docx_is_strict(const xmlNode *root)
{
    return root && root->ns && str_eq((const char *)root->ns->href, W_STRICT);
}

const char *docx_attribute(struct arena *a, const xmlNode *node, const char *name)
{
    xmlChar *value = NULL;
    for (xmlAttr *at = node->properties; at && !value; at = at->next) {
        if (str_eq((const char *)at->name, name))
            value = xmlNodeListGetString(node->doc, at->children, 1);
    }
    const char *copy = arena_strdup(a, value ? (const char *)value : "");
    if (value)
        xmlFree(value);
    return copy;
}

xmlNode *docx_next(const xmlNode *root, xmlNode *node, bool down)
{
    if (down && node->type == XML_ELEMENT_NODE && node->children)
        return node->children;
    while (node && node != root) {
        if (node->next)
            return node->next;
        node = node->parent;
    }
    return NULL;
}

size_t docx_node_count(const xmlNode *node)
{
    size_t n = 0;
    /* The walk does not change what it walks over. */
    for (xmlNode *at = (xmlNode *)(uintptr_t)node; at; at = docx_next(node, at, true))
        n++;
    return n;
}

void docx_drop(xmlNode *node)
{
    xmlUnlinkNode(node);
    xmlFreeNode(node);
}

xmlNode *docx_up(xmlNode *node, const char *name)
{
    while (node && node->type == XML_ELEMENT_NODE && !docx_is(node, name))
        node = node->parent;
    return node && node->type == XML_ELEMENT_NODE ? node : NULL;
}

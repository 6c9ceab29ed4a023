/* Letters in the tests of their pages: what a document says, and templates with one text changed. */
#ifndef BT_TESTS_LETTER_FIXTURE_H
#define BT_TESTS_LETTER_FIXTURE_H

#include "web_fixture.h"

#include "lib/docx/docx_internal.h"

/* All texts of the document, one after the other. */
static inline const char *text_of(struct web *w, struct bytes file)
{
    struct arena *a = w->arena;
    struct docx_package p;
    assert_int_equal(docx_package_read(a, file, &p, NULL), ERR_OK);
    const struct docx_part *part = docx_part_find(&p, "word/document.xml");
    assert_non_null(part);
    xmlDoc *doc CLEAN_XML = docx_xml_read(part->data);
    assert_non_null(doc);
    struct buf b = buf_new(a, 4096, 1 << 20);
    xmlNode *root = xmlDocGetRootElement(doc);
    for (xmlNode *at = root; at; at = docx_next(root, at, true)) {
        if (docx_is(at, "p"))
            buf_putc(&b, '\n');
        if (at->type == XML_TEXT_NODE && docx_is(at->parent, "t"))
            buf_puts(&b, (const char *)at->content);
    }
    return b.p;
}

static inline void says(const char *text, const char *part)
{
    if (!strstr(text, part))
        print_error("no “%s” in:\n%s\n", part, text);
    assert_non_null(strstr(text, part));
}

static inline struct got letter_upload(struct web *w, const char *kind, struct bytes file)
{
    return web_ask(w, (struct ask){.method = HTTP_POST,
                                   .target = arena_printf(w->arena, "/templat-surat/%s", kind),
                                   .role = ROLE_ADMIN,
                                   .page = true,
                                   .file = file});
}

/* The shipped template with one text of it changed. */
static inline struct bytes letter_edited(struct web *w, const char *kind, const char *from,
                                         const char *to)
{
    struct got got = web_page(w, ROLE_ADMIN,
                              arena_printf(w->arena, "/templat-surat/%s/unduh?versi=0", kind));
    struct docx_package p;
    struct bytes file;
    assert_int_equal(got.status, 200);
    assert_int_equal(docx_package_read(w->arena, got.raw, &p, NULL), ERR_OK);
    struct docx_part *part = docx_part_find(&p, "word/document.xml");
    const char *xml = arena_strndup(w->arena, (const char *)part->data.p, part->data.n);
    const char *at = strstr(xml, from);
    assert_non_null(at);
    const char *text = arena_printf(w->arena, "%.*s%s%s", (int)(at - xml), xml, to,
                                    at + strlen(from));
    docx_part_put(&p, "word/document.xml", (struct bytes){(const uint8_t *)text, strlen(text)});
    assert_int_equal(docx_package_write(&p, &file), ERR_OK);
    return file;
}

#endif

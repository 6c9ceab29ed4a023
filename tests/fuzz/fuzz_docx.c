/* Templates: whatever is uploaded, checking says fine or why not, and what is fine can be filled; the result is a
 * document again. First byte 'F': the rest is a file; else it is the body of a document that is packed here. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cx.h"
#include "lib/docx/docx_internal.h"
#include "lib/base/banned.h"

#define W    " xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\""
#define WORD "application/vnd.openxmlformats-officedocument.wordprocessingml."

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct docx_name names[] = {
    {.name = "a", .kind = DOCX_TEXT},
    {.name = "q", .kind = DOCX_PICTURE},
    {.name = "f", .kind = DOCX_FLAG},
    {.name = "l", .kind = DOCX_LIST},
    {.name = "c", .kind = DOCX_TEXT, .within = "l"},
    {.name = NULL},
};

static struct bytes text_bytes(const char *s)
{
    return (struct bytes){(const uint8_t *)s, strlen(s)};
}

static struct bytes packed(struct arena *a, const uint8_t *data, size_t size)
{
    static const char types[] =
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
        "<Override PartName=\"/word/document.xml\" ContentType=\"" WORD
        "document.main+xml\"/></Types>";
    struct docx_package p = {.arena = a};
    struct bytes file = {NULL, 0};
    char *body = arena_printf(a, "<w:document" W "><w:body>%s</w:body></w:document>",
                              arena_strndup(a, (const char *)data, size));
    docx_part_put(&p, "[Content_Types].xml", text_bytes(types));
    docx_part_put(&p, "word/document.xml", text_bytes(body));
    if (docx_package_write(&p, &file) != ERR_OK)
        abort();
    return file;
}

static const struct docx_data *sample(struct arena *a)
{
    static const uint8_t dark[1] = {1};
    struct docx_item *columns = ARENA_ARRAY(a, 1, struct docx_item);
    struct docx_row *rows = ARENA_ARRAY(a, 3, struct docx_row);
    struct docx_item *items = ARENA_ARRAY(a, 4, struct docx_item);
    struct docx_data *d = ARENA_NEW(a, struct docx_data);
    columns[0] = (struct docx_item){.name = "c", .text = "{{/l}}\n{{a}}"};
    for (int i = 0; i < 3; i++)
        rows[i] = (struct docx_row){columns, 1};
    items[0] = (struct docx_item){.name = "a", .text = "{{#l}}\n]]>\x01&"};
    items[1] = (struct docx_item){.name = "q", .png = docx_png(a, dark, 1)};
    items[2] = (struct docx_item){.name = "f", .shown = true};
    items[3] = (struct docx_item){.name = "l", .rows = rows, .row_count = 3};
    *d = (struct docx_data){.items = items, .count = 4, .title = "x"};
    return d;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct arena *a = arena_new(1 << 16);
    struct bytes file = *data == 'F' ? (struct bytes){data + 1, size - 1}
                                     : packed(a, data + 1, size - 1);
    struct bytes out = {NULL, 0};
    const struct docx_fault *faults = NULL;
    size_t count = 0;
    bool fine = docx_check(a, file, names, &faults, &count) == ERR_OK;
    enum err e = docx_fill(a, file, sample(a), &out);
    if (fine && e != ERR_OK)
        abort();
    struct docx_package p;
    if (e == ERR_OK && docx_package_read(a, out, &p, NULL) != ERR_OK)
        abort();
    arena_free(a);
    return 0;
}

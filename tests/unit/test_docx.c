/* lib/docx: placeholders are found however Word has cut them, sections repeat what their place says, hostile
 * values stay text, hostile files are refused with a fault that leads to the place. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/base/cx.h"
#include "lib/docx/docx_internal.h"
#include "lib/docx/docx_value.h"
#include "lib/base/banned.h"

#define W      " xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\""
#define WORD   "application/vnd.openxmlformats-officedocument.wordprocessingml."
#define R(t)   "<w:r><w:t xml:space=\"preserve\">" t "</w:t></w:r>"
#define P(t)   "<w:p>" R(t) "</w:p>"
#define TC(t)  "<w:tc><w:tcPr/>" P(t) "</w:tc>"
#define TR(t)  "<w:tr>" t "</w:tr>"
#define TBL(t) "<w:tbl><w:tblPr/><w:tblGrid/>" t "</w:tbl>"

static const char types[] =
    "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
    "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
    "<Override PartName=\"/word/document.xml\" ContentType=\"" WORD "document.main+xml\"/>"
    "<Override PartName=\"/word/header1.xml\" ContentType=\"" WORD "header+xml\"/></Types>";

static struct bytes text_bytes(const char *s)
{
    return (struct bytes){(const uint8_t *)s, strlen(s)};
}

static struct docx_package package_of(struct arena *a, const char *body)
{
    struct docx_package p = {.arena = a};
    docx_part_put(&p, "[Content_Types].xml", text_bytes(types));
    docx_part_put(
        &p, "_rels/.rels",
        text_bytes("<Relationships "
                   "xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"/>"));
    docx_part_put(
        &p, "word/document.xml",
        text_bytes(arena_printf(a, "<w:document" W "><w:body>%s</w:body></w:document>", body)));
    return p;
}

static struct bytes made(struct arena *a, const char *body)
{
    struct docx_package p = package_of(a, body);
    struct bytes file;
    assert_int_equal(docx_package_write(&p, &file), ERR_OK);
    return file;
}

static xmlDoc *part_of(struct arena *a, struct bytes file, const char *name)
{
    struct docx_package p;
    assert_int_equal(docx_package_read(a, file, &p, NULL), ERR_OK);
    const struct docx_part *part = docx_part_find(&p, name);
    assert_non_null(part);
    xmlDoc *doc = docx_xml_read(part->data);
    assert_non_null(doc);
    return doc;
}

/* What a reader sees: "|" ends a paragraph, "/" is a line break, "#" begins a row. */
static const char *shown(struct arena *a, struct bytes file, const char *name)
{
    xmlDoc *doc CLEAN_XML = part_of(a, file, name);
    struct buf b = buf_new(a, 256, 1 << 20);
    xmlNode *root = xmlDocGetRootElement(doc);
    for (xmlNode *at = root; at; at = docx_next(root, at, true)) {
        if (docx_is(at, "p") && b.n > 0 && b.p[b.n - 1] != '#')
            buf_putc(&b, '|');
        if (docx_is(at, "tr"))
            buf_puts(&b, "#");
        if (docx_is(at, "br"))
            buf_putc(&b, '/');
        if (at->type == XML_TEXT_NODE && docx_is(at->parent, "t"))
            buf_puts(&b, (const char *)at->content);
    }
    return b.p;
}

static const char *filled(struct arena *a, const char *body, const struct docx_item *items,
                          size_t count)
{
    const struct docx_data data = {.items = items, .count = count};
    struct bytes out;
    assert_int_equal(docx_fill(a, made(a, body), &data, &out), ERR_OK);
    return shown(a, out, "word/document.xml");
}

#define FILL(body, ...)                                                                            \
    filled(a, body, (const struct docx_item[]){__VA_ARGS__},                                       \
           sizeof((const struct docx_item[]){__VA_ARGS__}) / sizeof(struct docx_item))
#define NAME_IS(value)                                                                             \
    {                                                                                              \
        .name = "nama", .text = (value)                                                            \
    }

static int arena_up(void **state)
{
    *state = arena_new(1 << 16);
    return 0;
}

static int arena_down(void **state)
{
    arena_free(*state);
    return 0;
}

/* --- filling -------------------------------------------------------------------------------------------------- */

static void a_mark_cut_into_runs_is_found(void **state)
{
    struct arena *a = *state;
    const char *body =
        "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>Yth. {</w:t></w:r><w:proofErr w:type=\"spellStart\"/>"
        "<w:r><w:t>{na</w:t></w:r><w:bookmarkStart w:id=\"0\" "
        "w:name=\"x\"/><w:r><w:rPr><w:i/></w:rPr>"
        "<w:t>ma}</w:t></w:r><w:r><w:t>} di tempat{{ NAMA }}</w:t></w:r></w:p>";
    assert_string_equal(FILL(body, NAME_IS("Sri & Budi")), "Yth. Sri & Budi di tempatSri & Budi");
    /* the look of the run in which it began */
    const struct docx_item item = NAME_IS("Sri");
    const struct docx_data data = {.items = &item, .count = 1};
    struct bytes out;
    assert_int_equal(docx_fill(a, made(a, body), &data, &out), ERR_OK);
    xmlDoc *doc CLEAN_XML = part_of(a, out, "word/document.xml");
    struct bytes xml = docx_xml_write(a, doc);
    static const char look[] = "<w:b/></w:rPr><w:t xml:space=\"preserve\">Sri</w:t>";
    assert_non_null(memmem(xml.p, xml.n, look, sizeof(look) - 1));
}

static void one_run_may_hold_several_marks_and_breaks(void **state)
{
    struct arena *a = *state;
    const char
        *body = "<w:p><w:r><w:t>a{{nama}}b</w:t><w:br/><w:t>{{nama}}{{lain}}c</w:t></w:r></w:p>";
    assert_string_equal(FILL(body, NAME_IS("1"), {.name = "lain", .text = "2"}), "a1b/12c");
}

static void lines_become_breaks_or_paragraphs(void **state)
{
    struct arena *a = *state;
    assert_string_equal(FILL(P("x {{nama}}"), NAME_IS("satu\r\ndua")), "x satu/dua");
    assert_string_equal(FILL(P("{{nama}}") P("akhir"), NAME_IS("satu\n\ndua")), "satu||dua|akhir");
    /* what Word leaves around a name that it takes for a mistake does not matter */
    assert_string_equal(
        FILL("<w:p>" R("{{") "<w:proofErr w:type=\"spellStart\"/>" R(
                 "nama") "<w:bookmarkStart w:id=\"1\" w:name=\"x\"/>"
                         "<w:bookmarkEnd w:id=\"1\"/>" R(
                             "}}") "<w:proofErr w:type=\"spellEnd\"/></w:p>" P("akhir"),
             NAME_IS("satu\ndua")),
        "satu|dua|akhir");
}

static void missing_values_are_blanks(void **state)
{
    struct arena *a = *state;
    assert_string_equal(FILL(P("a{{nama}}b{{entah}}"), NAME_IS(NULL)),
                        "a" DOCX_BLANK "b" DOCX_BLANK);
    assert_string_equal(FILL(P("a{{nama}}b"), NAME_IS("")), "ab");
}

static void hostile_values_stay_text(void **state)
{
    struct arena *a = *state;
    assert_string_equal(FILL(P("{{nama}}."), NAME_IS("]]><w:p/>&amp;\x01\x0b\xe2\x80\xae"
                                                     "evil\xff{{nama}}")),
                        "]]><w:p/>&amp;evil\xef\xbf\xbd{{nama}}.");
    /* nor do they open or close a section of the row they stand in */
    const struct docx_item row[] = {{.name = "isi", .text = "{{/daftar}}"}};
    const struct docx_row rows[] = {{row, 1}, {row, 1}};
    assert_string_equal(FILL(TBL(TR(TC("{{#daftar}}{{isi}}") TC("{{nama}}")
                                        TC("{{#lain}}{{isi}}{{/lain}}{{/daftar}}"))),
                             {.name = "daftar", .rows = rows, .row_count = 2},
                             NAME_IS("{{#daftar}}"), {.name = "lain", .text = "1"}),
                        "#{{/daftar}}|{{#daftar}}|{{/daftar}}#{{/daftar}}|{{#daftar}}|{{/daftar}}");
    char *longest = arena_alloc(a, 5001);
    memset(longest, 'W', 5000);
    assert_string_equal(FILL(P("{{nama}}"), NAME_IS(longest)), longest);
}

static void rows_repeat(void **state)
{
    struct arena *a = *state;
    const struct docx_item one[] = {{.name = "jenis", .text = "Surat"},
                                    {.name = "jumlah", .text = "1"}};
    const struct docx_item two[] = {{.name = "jenis", .text = "Foto"},
                                    {.name = "jumlah", .text = "2"}};
    const struct docx_row rows[] = {{one, 2}, {two, 2}};
    const struct docx_item list = {.name = "dokumen", .rows = rows, .row_count = 2},
                           none = {.name = "dokumen"};
    const char *body = TBL(TR(TC("Jenis") TC("Jumlah"))
                               TR(TC("{{#dokumen}}{{jenis}}") TC("{{jumlah}}{{/dokumen}}")));
    assert_string_equal(FILL(body, list), "#Jenis|Jumlah#Surat|1#Foto|2");
    assert_string_equal(FILL(body, none), "#Jenis|Jumlah");
    /* a table whose only row goes, goes; its cell keeps a paragraph */
    const char *alone = TBL(
        TR("<w:tc>" TBL(TR(TC("{{#dokumen}}{{jenis}}{{/dokumen}}"))) "<w:p/></w:tc>"));
    assert_string_equal(FILL(alone, none), "#");
    assert_string_equal(FILL(alone, list), "##Surat#Foto|");
    /* two rows to a thing */
    const char *pairs = TBL(TR(TC("{{#dokumen}}{{jenis}}")) TR(TC("{{jumlah}}{{/dokumen}}")));
    assert_string_equal(FILL(pairs, list), "#Surat#1#Foto#2");
}

static void paragraphs_and_texts_are_conditional(void **state)
{
    struct arena *a = *state;
    const struct docx_item yes = {.name = "anonim", .shown = true}, no = {.name = "anonim"};
    const char *block = P("awal") P("{{#anonim}}") P("tanpa nama") TBL(TR(TC("x")))
        P(" {{/anonim}} ") P("{{^anonim}}bernama{{/anonim}}") P("akhir");
    assert_string_equal(FILL(block, yes), "awal|tanpa nama#x|akhir");
    assert_string_equal(FILL(block, no), "awal|bernama|akhir");
    assert_string_equal(FILL(P("a{{#anonim}}b{{/anonim}}c"), no), "ac");
    assert_string_equal(FILL(P("{{#anonim}}b") P("c{{/anonim}}"), yes), "b|c");
    /* a text is there when it is not empty */
    assert_string_equal(FILL(P("{{#nama}}ada {{nama}}{{/nama}}."), NAME_IS("Sri")), "ada Sri.");
    assert_string_equal(FILL(P("{{#nama}}ada {{nama}}{{/nama}}."), NAME_IS("")), ".");
}

static void sections_nest(void **state)
{
    struct arena *a = *state;
    const struct docx_item inner[] = {{.name = "isi", .text = "x"}};
    const struct docx_row inner_rows[] = {{inner, 1}, {inner, 1}};
    const struct docx_item first[] = {{.name = "nomor", .text = "1"},
                                      {.name = "butir", .rows = inner_rows, .row_count = 2}};
    const struct docx_item second[] = {{.name = "nomor", .text = "2"}, {.name = "butir"}};
    const struct docx_row rows[] = {{first, 2}, {second, 2}};
    assert_string_equal(FILL(P("{{#daftar}}") P("{{nomor}}: {{nama}}")
                                 P("{{#butir}}{{isi}}{{/butir}}") P("{{/daftar}}"),
                             {.name = "daftar", .rows = rows, .row_count = 2}, NAME_IS("n")),
                        "1: n|x|x|2: n");
}

static void headers_are_filled_and_pictures_placed(void **state)
{
    struct arena *a = *state;
    const uint8_t dark[4] = {1, 0, 0, 1};
    struct bytes png = docx_png(a, dark, 2);
    uint32_t width = 0, height = 0;
    assert_true(docx_png_size(png, &width, &height));
    assert_int_equal(width, 60);
    struct docx_package p = package_of(a, P("{{qr}}"));
    docx_part_put(&p, "word/header1.xml",
                  text_bytes("<w:hdr" W ">" P("{{nama}}") P("{{qr}}") "</w:hdr>"));
    struct bytes file, out, again;
    assert_int_equal(docx_package_write(&p, &file), ERR_OK);
    const struct docx_item items[] = {NAME_IS("Kepala"), {.name = "qr", .png = png, .width_mm = 30}};
    const struct docx_data data = {.items = items, .count = 2};
    assert_int_equal(docx_fill(a, file, &data, &out), ERR_OK);
    assert_int_equal(docx_fill(a, file, &data, &again), ERR_OK);
    assert_int_equal(out.n, again.n);
    assert_memory_equal(out.p, again.p, out.n);
    assert_string_equal(shown(a, out, "word/header1.xml"), "Kepala|");
    struct docx_package result;
    assert_int_equal(docx_package_read(a, out, &result, NULL), ERR_OK);
    const struct docx_part *picture = docx_part_find(&result, "word/media/bukutamu1.png");
    assert_non_null(picture);
    assert_int_equal(picture->data.n, png.n);
    assert_non_null(docx_part_find(&result, "word/_rels/header1.xml.rels"));
    xmlDoc *rels CLEAN_XML = part_of(a, out, "word/_rels/document.xml.rels");
    assert_int_equal(docx_node_count(xmlDocGetRootElement(rels)), 2);
    xmlDoc *known CLEAN_XML = part_of(a, out, "[Content_Types].xml");
    struct bytes xml = docx_xml_write(a, known);
    assert_non_null(memmem(xml.p, xml.n, "image/png", 9));
}

/* --- checking --------------------------------------------------------------------------------------------------- */

static const struct docx_name names[] = {
    {.name = "nama", .kind = DOCX_TEXT},
    {.name = "qr", .kind = DOCX_PICTURE},
    {.name = "anonim", .kind = DOCX_FLAG},
    {.name = "daftar", .kind = DOCX_LIST},
    {.name = "isi", .kind = DOCX_TEXT, .within = "daftar"},
    {.name = NULL},
};

static void what_must_be_there_is_missed(void **state)
{
    struct arena *a = *state;
    static const struct docx_name must[] = {
        {.name = "nama", .kind = DOCX_TEXT},
        {.name = "nomor_surat", .kind = DOCX_TEXT, .required = true},
        {.name = NULL},
    };
    const struct docx_fault *faults = NULL;
    size_t count = 0;
    assert_int_equal(docx_check(a, made(a, P("{{nama}} {{nomor_surat}}")), must, &faults, &count),
                     ERR_OK);
    assert_int_equal(docx_check(a, made(a, P("{{nama}}")), must, &faults, &count), ERR_INVALID);
    assert_string_equal(faults[0].code, "missing_placeholder");
    assert_string_equal(faults[0].about, "{{nomor_surat}}");
}

static const char *code_of(struct arena *a, struct bytes file)
{
    const struct docx_fault *faults = NULL;
    size_t count = 0;
    enum err e = docx_check(a, file, names, &faults, &count);
    assert_int_equal(e, count ? ERR_INVALID : ERR_OK);
    return count ? faults[0].code : "ok";
}

static void faults_lead_to_the_place(void **state)
{
    struct arena *a = *state;
    static const struct {
        const char *body, *code;
    } cases[] = {
        {P("{{nama}} {{#daftar}}{{isi}}{{nama}}{{/daftar}} {{qr}}"), "ok"},
        {P("{{nama_pelapor}}"), "unknown_placeholder"},
        {P("{{isi}}"), "outside_list"},
        {P("{{daftar}}"), "needs_section"},
        {P("{{nama"), "open_braces"},
        {P("nama}}"), "stray_braces"},
        {P("{{nama {{nama}}"), "open_braces"},
        {P("{{{nama}}}"), "bad_name"},
        {"<w:p>" R("{{na") "<w:r><w:tab/></w:r>" R("ma}}") "</w:p>", "bad_name"},
        {P("{{#anonim}}"), "section_not_closed"},
        {P("{{/anonim}}"), "section_not_opened"},
        {P("{{#anonim}}{{#daftar}}{{/anonim}}{{/daftar}}"), "section_not_opened"},
        {P("a {{#anonim}}") P("{{/anonim}}"), "section_place"},
        {P("{{#anonim}}") TBL(TR(TC("{{/anonim}}"))), "section_place"},
        {"<w:p><w:ins>" R("x") "</w:ins></w:p>", "tracked_changes"},
        {"<w:p><w:r><w:commentReference w:id=\"1\"/></w:r></w:p>", "comments"},
        {"<w:p><w:r><w:instrText> INCLUDEPICTURE \"http://x\" </w:instrText></w:r></w:p>", "field"},
        {"<w:p><w:fldSimple w:instr=\"DDEAUTO c m\"/></w:p>", "field"},
        {"<w:p><w:fldSimple w:instr=\" PAGE \"/></w:p>", "ok"},
        {"<w:p><w:r><w:object/></w:r></w:p>", "embedded_object"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_string_equal(code_of(a, made(a, cases[i].body)), cases[i].code);
}

static const char *code_with(struct arena *a, const char *name, const char *content)
{
    struct docx_package p = package_of(a, P("{{nama}}"));
    docx_part_put(&p, name, text_bytes(content));
    struct bytes file;
    assert_int_equal(docx_package_write(&p, &file), ERR_OK);
    return code_of(a, file);
}

#define RELS(type, target, mode)                                                                   \
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"       \
    "<Relationship Id=\"r\" Type=\"http://x/" type "\" Target=\"" target "\" TargetMode=\"" mode   \
    "\"/></Relationships>"

static void what_a_template_must_not_bring_is_refused(void **state)
{
    struct arena *a = *state;
    const char *rels = "word/_rels/document.xml.rels";
    assert_string_equal(code_with(a, rels, RELS("hyperlink", "mailto:a@b.go.id", "External")),
                        "ok");
    assert_string_equal(code_with(a, rels, RELS("hyperlink", "file://server/x", "External")),
                        "external_link");
    assert_string_equal(code_with(a, rels, RELS("image", "http://x/y.png", "External")),
                        "external_link");
    assert_string_equal(code_with(a, rels, RELS("attachedTemplate", "file:///x.dotm", "External")),
                        "attached_template");
    assert_string_equal(code_with(a, rels, RELS("oleObject", "embeddings/a.bin", "Internal")),
                        "embedded_object");
    assert_string_equal(code_with(a, "word/vbaProject.bin", "x"), "macros");
    assert_string_equal(code_with(a, "word/embeddings/a.xlsx", "x"), "embedded_object");
    assert_string_equal(
        code_with(a, "word/header1.xml", "<!DOCTYPE x [<!ENTITY e \"ee\">]><w:hdr" W "/>"),
        "broken_part");
    assert_string_equal(code_with(a, "word/header1.xml", "<w:hdr" W ">"), "broken_part");
    assert_string_equal(
        code_with(a, "word/document.xml",
                  "<w:document xmlns:w=\"http://purl.oclc.org/ooxml/wordprocessingml/main\"/>"),
        "strict_format");
    assert_string_equal(code_with(a, "[Content_Types].xml", "<Types/>"), "not_docx");
    assert_string_equal(code_of(a, text_bytes("PK\x03\x04 this is a long enough text of no zip")),
                        "not_docx");
    assert_string_equal(code_of(a, text_bytes("%PDF-1.7")), "not_docx");
}

static void ceilings_hold_before_anything_is_unpacked(void **state)
{
    struct arena *a = *state;
    /* two megabytes of nothing pack to two kilobytes */
    char *zeros = arena_alloc(a, (2 << 20) + 1);
    memset(zeros, ' ', 2 << 20);
    assert_string_equal(code_with(a, "word/x.xml", zeros), "too_big");
    struct docx_package p = package_of(a, P("x"));
    for (unsigned i = 0; i < DOCX_ENTRIES_MAX; i++)
        docx_part_put(&p, arena_printf(a, "word/m%u.xml", i), text_bytes("x"));
    struct bytes file;
    assert_int_equal(docx_package_write(&p, &file), ERR_OK);
    assert_string_equal(code_of(a, file), "too_big");
    struct docx_package up = package_of(a, P("x"));
    docx_part_put(&up, "word/../../x.xml", text_bytes("x"));
    assert_int_equal(docx_package_write(&up, &file), ERR_OK);
    assert_string_equal(code_of(a, file), "not_docx");
    assert_string_equal(code_of(a, (struct bytes){(const uint8_t *)zeros, DOCX_FILE_MAX + 1}),
                        "too_big");
    /* more rows than any letter has */
    struct docx_row *rows = ARENA_ARRAY(a, 200000, struct docx_row);
    const struct docx_item list = {.name = "daftar", .rows = rows, .row_count = 200000};
    const struct docx_data data = {.items = &list, .count = 1};
    assert_int_equal(docx_fill(a, made(a, P("{{#daftar}}{{isi}}{{/daftar}}")), &data, &file),
                     ERR_INVALID);
}

static void a_directory_that_lies_is_refused(void **state)
{
    struct arena *a = *state;
    struct bytes file = made(a, P("{{nama}}"));
    const uint8_t *end = memmem(file.p, file.n, "PK\x01\x02", 4);
    assert_non_null(end);
    /* the unpacked size of the first file in the central directory */
    uint8_t *copy = arena_memdup(a, file.p, file.n);
    size_t at = (size_t)(end - file.p) + 24;
    copy[at] = (uint8_t)(copy[at] - 1);
    assert_string_equal(code_of(a, (struct bytes){copy, file.n}), "not_docx");
    copy[at] = (uint8_t)(copy[at] + 2);
    assert_string_equal(code_of(a, (struct bytes){copy, file.n}), "not_docx");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, arena_up, arena_down)
    const struct CMUnitTest tests[] = {
        TEST(a_mark_cut_into_runs_is_found),
        TEST(one_run_may_hold_several_marks_and_breaks),
        TEST(lines_become_breaks_or_paragraphs),
        TEST(missing_values_are_blanks),
        TEST(hostile_values_stay_text),
        TEST(rows_repeat),
        TEST(paragraphs_and_texts_are_conditional),
        TEST(sections_nest),
        TEST(headers_are_filled_and_pictures_placed),
        TEST(faults_lead_to_the_place),
        TEST(what_must_be_there_is_missed),
        TEST(what_a_template_must_not_bring_is_refused),
        TEST(ceilings_hold_before_anything_is_unpacked),
        TEST(a_directory_that_lies_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

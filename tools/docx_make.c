/* The letters that are shipped: docx_make OUT.c OUT.h NAME=FILE…
 *
 * Each FILE is a letter in the text form of docx_make_text.c. It becomes a .docx that opens in Word and
 * LibreOffice, with named styles an office can change in one place; the table in OUT.c carries the files.
 * Equal texts give equal bytes: dates are fixed. */
#include <stdlib.h>
#include <string.h>

#include <zip.h>

#include "docx_make.h"

#define XML_HEAD        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define W_NS            " xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\""
#define OFFICE          "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
#define PACKAGE         "http://schemas.openxmlformats.org/package/2006/"
#define WORD            "application/vnd.openxmlformats-officedocument.wordprocessingml."
#define DOS_DAY_OF_1980 0x21

_Noreturn void fail(const char *path, int line, const char *why)
{
    fprintf(stderr, "docx_make: %s:%d: %s\n", path, line, why);
    exit(1);
}

static const char content_types[] = XML_HEAD
    "<Types xmlns=\"" PACKAGE "content-types\">"
    "<Default Extension=\"rels\" "
    "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
    "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
    "<Override PartName=\"/word/document.xml\" ContentType=\"" WORD "document.main+xml\"/>"
    "<Override PartName=\"/word/styles.xml\" ContentType=\"" WORD "styles+xml\"/>"
    "<Override PartName=\"/word/settings.xml\" ContentType=\"" WORD "settings+xml\"/>"
    "<Override PartName=\"/word/footer1.xml\" ContentType=\"" WORD "footer+xml\"/>"
    "<Override PartName=\"/docProps/core.xml\" "
    "ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>"
    "</Types>";

static const char package_relations[] = XML_HEAD
    "<Relationships xmlns=\"" PACKAGE "relationships\">"
    "<Relationship Id=\"rId1\" Type=\"" OFFICE "officeDocument\" Target=\"word/document.xml\"/>"
    "<Relationship Id=\"rId2\" Type=\"" PACKAGE
    "relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/>"
    "</Relationships>";

static const char document_relations[] = XML_HEAD
    "<Relationships xmlns=\"" PACKAGE "relationships\">"
    "<Relationship Id=\"rId1\" Type=\"" OFFICE "styles\" Target=\"styles.xml\"/>"
    "<Relationship Id=\"rId2\" Type=\"" OFFICE "footer\" Target=\"footer1.xml\"/>"
    "<Relationship Id=\"rId3\" Type=\"" OFFICE "settings\" Target=\"settings.xml\"/>"
    "</Relationships>";

static const char settings[] = XML_HEAD
    "<w:settings" W_NS "><w:zoom w:percent=\"100\"/><w:defaultTabStop w:val=\"567\"/>"
    "<w:compat><w:compatSetting w:name=\"compatibilityMode\""
    " w:uri=\"http://schemas.microsoft.com/office/word\" w:val=\"15\"/></w:compat></w:settings>";

/* clang-format off */
#define STYLE(id, name, paragraph, look) \
    "<w:style w:type=\"paragraph\" w:customStyle=\"1\" w:styleId=\"" id "\"><w:name w:val=\"" name "\"/>" \
    "<w:basedOn w:val=\"Normal\"/><w:qFormat/><w:pPr>" paragraph "</w:pPr><w:rPr>" look "</w:rPr></w:style>"
#define SPACING(before, after, line) \
    "<w:spacing w:before=\"" before "\" w:after=\"" after "\" w:line=\"" line "\" w:lineRule=\"auto\"/>"
#define SIZE(half_points) "<w:sz w:val=\"" half_points "\"/><w:szCs w:val=\"" half_points "\"/>"
#define CENTRED "<w:jc w:val=\"center\"/>"
#define JUSTIFIED "<w:jc w:val=\"both\"/>"
#define KEPT "<w:keepNext/><w:keepLines/>"

static const char styles_of_page[] =
    XML_HEAD "<w:styles" W_NS "><w:docDefaults><w:rPrDefault><w:rPr>"
    "<w:rFonts w:ascii=\"Arial\" w:hAnsi=\"Arial\" w:cs=\"Arial\" w:eastAsia=\"Arial\"/>"
    SIZE("22") "<w:lang w:val=\"id-ID\"/></w:rPr></w:rPrDefault>"
    "<w:pPrDefault><w:pPr>" SPACING("0", "0", "264") "</w:pPr></w:pPrDefault></w:docDefaults>"
    "<w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/><w:qFormat/></w:style>"
    STYLE("KopAtas", "Kop Atas", SPACING("0", "0", "240") CENTRED, "<w:b/><w:caps/>")
    STYLE("KopKantor", "Kop Kantor", SPACING("0", "0", "240") CENTRED, "<w:b/><w:caps/>" SIZE("26"))
    STYLE("KopAlamat", "Kop Alamat",
          "<w:pBdr><w:bottom w:val=\"thinThickSmallGap\" w:sz=\"18\" w:space=\"6\" w:color=\"000000\"/></w:pBdr>"
          SPACING("20", "240", "240") CENTRED, SIZE("18"))
    STYLE("Kaki", "Kaki Halaman",
          "<w:tabs><w:tab w:val=\"right\" w:pos=\"9638\"/></w:tabs>" SPACING("0", "0", "240"), SIZE("16"));

static const char styles_of_text[] =
    STYLE("Sifat", "Sifat", SPACING("0", "120", "240") CENTRED, "<w:b/><w:caps/>")
    STYLE("JudulSurat", "Judul Surat", "<w:keepNext/>" SPACING("60", "0", "264") CENTRED, "<w:b/><w:caps/>")
    STYLE("Subjudul", "Subjudul", "<w:keepNext/>" SPACING("140", "40", "264"), "<w:b/>")
    STYLE("Isi", "Isi Surat", SPACING("60", "80", "269") JUSTIFIED, "")
    STYLE("IsiAkhir", "Isi Terakhir", KEPT SPACING("60", "80", "269") JUSTIFIED, "")
    STYLE("Tengah", "Tengah", SPACING("0", "120", "264") CENTRED, "")
    STYLE("Maklumat", "Maklumat", SPACING("60", "160", "360") CENTRED, SIZE("30"))
    STYLE("Kanan", "Kanan", SPACING("0", "0", "264") "<w:ind w:left=\"5103\"/>", "")
    STYLE("Baris", "Baris Berlabel",
          "<w:tabs><w:tab w:val=\"left\" w:pos=\"2552\"/><w:tab w:val=\"left\" w:pos=\"2778\"/></w:tabs>"
          SPACING("0", "40", "264") "<w:ind w:left=\"2778\" w:hanging=\"2778\"/>", "")
    STYLE("Butir", "Butir",
          "<w:tabs><w:tab w:val=\"left\" w:pos=\"425\"/></w:tabs>" SPACING("0", "60", "276")
          "<w:ind w:left=\"425\" w:hanging=\"425\"/>" JUSTIFIED, "")
    STYLE("Kosong", "Kosong", "<w:keepNext/>" SPACING("0", "0", "240"), "")
    STYLE("TandaTangan", "Tanda Tangan", KEPT SPACING("0", "0", "252") CENTRED, "")
    STYLE("TabelIsi", "Tabel Isi", "<w:keepLines/>" SPACING("30", "30", "240"), SIZE("20"))
    STYLE("TabelKepala", "Tabel Kepala", "<w:keepNext/>" SPACING("30", "30", "240") CENTRED, "<w:b/>" SIZE("20"))
    "</w:styles>";
/* clang-format on */

static char *styles_xml(void)
{
    char *xml = NULL;
    if (asprintf(&xml, "%s%s", styles_of_page, styles_of_text) < 0)
        abort();
    return xml;
}

static char *core_xml(const char *title)
{
    char *xml = NULL;
    if (asprintf(&xml,
                 XML_HEAD "<cp:coreProperties xmlns:cp=\"" PACKAGE "metadata/core-properties\""
                          " xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>%s</dc:title>"
                          "</cp:coreProperties>",
                 title) < 0)
        abort();
    return xml;
}

static void add(zip_t *zip, const char *name, const char *text)
{
    zip_source_t *s = zip_source_buffer(zip, text, strlen(text), 0);
    zip_int64_t at = s ? zip_file_add(zip, name, s, ZIP_FL_ENC_UTF_8) : -1;
    if (at < 0 || zip_file_set_dostime(zip, (zip_uint64_t)at, 0, DOS_DAY_OF_1980, 0) != 0 ||
        zip_file_set_external_attributes(zip, (zip_uint64_t)at, 0, ZIP_OPSYS_DOS, 0) != 0)
        fail(name, 0, "cannot be packed");
}

static unsigned char *pack(const struct letter_text *text, size_t *ret_n)
{
    zip_error_t error;
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_t *zip = source ? zip_open_from_source(source, ZIP_TRUNCATE, &error) : NULL;
    if (!zip)
        fail("zip", 0, "cannot begin");
    zip_source_keep(source);
    add(zip, "[Content_Types].xml", content_types);
    add(zip, "_rels/.rels", package_relations);
    add(zip, "docProps/core.xml", core_xml(text->title));
    add(zip, "word/document.xml", text->body);
    add(zip, "word/_rels/document.xml.rels", document_relations);
    add(zip, "word/styles.xml", styles_xml());
    add(zip, "word/settings.xml", settings);
    add(zip, "word/footer1.xml", text->footer);
    zip_stat_t stat;
    if (zip_close(zip) != 0 || zip_source_stat(source, &stat) != 0 || zip_source_open(source) != 0)
        fail("zip", 0, "cannot be written");
    unsigned char *p = malloc(stat.size);
    if (!p || zip_source_read(source, p, stat.size) != (zip_int64_t)stat.size)
        fail("zip", 0, "cannot be read back");
    *ret_n = stat.size;
    return p;
}

static void write_file(FILE *out, int number, const unsigned char *p, size_t n)
{
    fprintf(out, "static const unsigned char letter_%d[] = {", number);
    for (size_t i = 0; i < n; i++)
        fprintf(out, "%s%u,", i % 24 == 0 ? "\n" : "", p[i]);
    fputs("\n};\n", out);
}

int main(int argc, char **argv)
{
    if (argc < 4)
        fail("usage", 0, "docx_make OUT.c OUT.h NAME=FILE...");
    FILE *c = fopen(argv[1], "w"), *h = fopen(argv[2], "w");
    if (!c || !h)
        fail(argv[1], 0, "cannot be written");
    fputs("#include <stddef.h>\n#include \"letter_data.h\"\n", c);
    char *names = NULL;
    size_t names_n = 0;
    FILE *table = open_memstream(&names, &names_n);
    for (int i = 3; i < argc; i++) {
        char *equals = strchr(argv[i], '=');
        size_t n = 0;
        if (!equals || !table)
            fail(argv[i], 0, "is no NAME=FILE");
        *equals = '\0';
        const struct letter_text text = letter_text_read(equals + 1);
        const unsigned char *p = pack(&text, &n);
        write_file(c, i, p, n);
        fprintf(table, "    {\"%s\", letter_%d, %zu},\n", argv[i], i, n);
    }
    (void)fclose(table);
    fprintf(c, "const struct letter_file letter_files[] = {\n%s    {NULL, NULL, 0},\n};\n", names);
    fputs("/* The letters that are shipped, made by tools/docx_make. */\n#pragma once\n#include "
          "<stddef.h>\n"
          "struct letter_file {\n    const char *name;\n    const unsigned char *p;\n    size_t "
          "n;\n};\n"
          "extern const struct letter_file letter_files[];\n",
          h);
    return fclose(c) == 0 && fclose(h) == 0 ? 0 : 1;
}

/* The text form of a letter → WordprocessingML. One line is one paragraph:
 *
 *   @judul TEXT     title of the document's properties      @kop            the letterhead
 *   @kaki TEXT      left half of the footer                  @halaman        page break
 *   # TEXT          title, centred       ## TEXT  heading     ! TEXT          marking (RAHASIA), centred
 *   ^ TEXT          centred              > TEXT   right half of the page
 *   ^^ TEXT         centred and large
 *   + TEXT          text that stays on the page of what follows (a signature)
 *   = LABEL : TEXT  label, colon, text   1. TEXT  hanging     ~               empty line
 *   @kolom 1 6 3    begins a table with these shares of the width; "@kolom- …" without borders
 *   | A | B |       a row; "|! A | B |" a head row; " // " begins a new paragraph in the cell
 *   ; TEXT          a remark
 *   **bold** and __underlined__ inside a line; everything else is justified text. */
#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "docx_make.h"

#define LINE_MAX_BYTES 4096
#define COLUMNS_MAX    8
#define TEXT_WIDTH     9638 /* twentieths of a point: A4 less 2 cm on both sides */

#define NAMESPACES                                                                                 \
    " xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\""                    \
    " xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\""
#define XML_HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"

struct maker {
    const char *path;
    int line;
    FILE *out;
    int columns[COLUMNS_MAX];
    int column_count;
    bool borders, in_table;
    char *title, *footer;
};

/* --- words ---------------------------------------------------------------------------------------- */

static void escaped(FILE *out, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '&')
            fputs("&amp;", out);
        else if (s[i] == '<')
            fputs("&lt;", out);
        else if (s[i] == '>')
            fputs("&gt;", out);
        else
            fputc(s[i], out);
    }
}

static void run(FILE *out, const char *s, size_t n, bool bold, bool underlined)
{
    if (n == 0)
        return;
    fprintf(out, "<w:r>%s%s%s%s<w:t xml:space=\"preserve\">", bold || underlined ? "<w:rPr>" : "",
            bold ? "<w:b/>" : "", underlined ? "<w:u w:val=\"single\"/>" : "",
            bold || underlined ? "</w:rPr>" : "");
    escaped(out, s, n);
    fputs("</w:t></w:r>", out);
}

static void words(FILE *out, const char *s, size_t n)
{
    bool bold = false, underlined = false;
    size_t from = 0;
    for (size_t i = 0; i < n; i++) {
        bool stars = i + 1 < n && s[i] == '*' && s[i + 1] == '*';
        bool lines = i + 1 < n && s[i] == '_' && s[i + 1] == '_';
        bool tab = s[i] == '\t';
        if (!stars && !lines && !tab)
            continue;
        run(out, s + from, i - from, bold, underlined);
        bold ^= stars;
        underlined ^= lines;
        if (tab)
            fputs("<w:r><w:tab/></w:r>", out);
        i += !tab;
        from = i + 1;
    }
    run(out, s + from, n - from, bold, underlined);
}

static void paragraph(FILE *out, const char *style, const char *s, size_t n)
{
    fprintf(out, "<w:p><w:pPr><w:pStyle w:val=\"%s\"/></w:pPr>", style);
    words(out, s, n);
    fputs("</w:p>\n", out);
}

static void paragraph_text(FILE *out, const char *style, const char *s)
{
    paragraph(out, style, s, strlen(s));
}

static char *trimmed(char *s)
{
    while (*s == ' ')
        s++;
    size_t n = strlen(s);
    while (n > 0 && s[n - 1] == ' ')
        s[--n] = '\0';
    return s;
}

/* --- tables ----------------------------------------------------------------------------------------- */

static void table_begin(struct maker *m)
{
    static const char *const sides[] = {"top", "left", "bottom", "right", "insideH", "insideV"};
    int sum = 0;
    for (int i = 0; i < m->column_count; i++)
        sum += m->columns[i];
    fprintf(m->out, "<w:tbl><w:tblPr><w:tblW w:w=\"%d\" w:type=\"dxa\"/>", TEXT_WIDTH);
    if (m->borders) {
        fputs("<w:tblBorders>", m->out);
        for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++)
            fprintf(m->out, "<w:%s w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/>",
                    sides[i]);
        fputs("</w:tblBorders>", m->out);
    }
    fputs("<w:tblLayout w:type=\"fixed\"/></w:tblPr><w:tblGrid>", m->out);
    for (int i = 0; i < m->column_count; i++) {
        m->columns[i] = TEXT_WIDTH * m->columns[i] / sum;
        fprintf(m->out, "<w:gridCol w:w=\"%d\"/>", m->columns[i]);
    }
    fputs("</w:tblGrid>\n", m->out);
    m->in_table = true;
}

static void table_end(struct maker *m)
{
    if (m->in_table)
        fputs("</w:tbl>\n", m->out);
    m->in_table = false;
}

static void columns_read(struct maker *m, char *s)
{
    m->borders = *s != '-';
    m->column_count = 0;
    for (char *at = s + !m->borders; *at;) {
        char *end = NULL;
        long share = strtol(at, &end, 10);
        if (end == at || share <= 0 || share > 100 || m->column_count == COLUMNS_MAX)
            fail(m->path, m->line, "@kolom wants up to 8 whole shares");
        m->columns[m->column_count++] = (int)share;
        for (at = end; *at == ' ';)
            at++;
    }
    if (m->column_count == 0)
        fail(m->path, m->line, "@kolom without columns");
    table_end(m);
    table_begin(m);
}

static void cell(struct maker *m, int column, char *text, bool head)
{
    const char *style = head ? "TabelKepala" : m->borders ? "TabelIsi" : "TandaTangan";
    fprintf(m->out, "<w:tc><w:tcPr><w:tcW w:w=\"%d\" w:type=\"dxa\"/></w:tcPr>", m->columns[column]);
    for (char *next = text; next; text = next) {
        next = strstr(text, "//");
        if (next) {
            *next = '\0';
            next += 2;
        }
        const char *shown = trimmed(text);
        paragraph_text(m->out, style, strcmp(shown, "~") == 0 ? "" : shown);
        if (!next)
            break;
    }
    fputs("</w:tc>", m->out);
}

static void row(struct maker *m, char *s)
{
    if (!m->in_table)
        fail(m->path, m->line, "a row without @kolom before it");
    bool head = *s == '!';
    s += head;
    /* A row with borders may hold more than a page; LibreOffice would cut off what it may not split. */
    fputs("<w:tr>", m->out);
    if (head || !m->borders)
        fprintf(m->out, "<w:trPr><w:cantSplit/>%s</w:trPr>", head ? "<w:tblHeader/>" : "");
    int column = 0;
    for (char *end = strchr(s, '|'); end; end = strchr(s, '|')) {
        *end = '\0';
        if (column == m->column_count)
            fail(m->path, m->line, "more cells than columns");
        cell(m, column++, s, head);
        s = end + 1;
    }
    if (column != m->column_count)
        fail(m->path, m->line, "fewer cells than columns");
    fputs("</w:tr>\n", m->out);
}

/* --- lines -------------------------------------------------------------------------------------------- */

static void letterhead(struct maker *m)
{
    paragraph_text(m->out, "KopAtas", "{{#kantor_induk}}{{kantor_induk}}{{/kantor_induk}}");
    paragraph_text(m->out, "KopKantor", "{{kantor}}");
    paragraph_text(m->out, "KopAlamat",
                   "{{#alamat_kantor}}{{alamat_kantor}}{{/alamat_kantor}}"
                   "{{#telepon_kantor}} · Telepon {{telepon_kantor}}{{/telepon_kantor}}");
}

static void directive(struct maker *m, char *s)
{
    if (strcmp(s, "kop") == 0)
        letterhead(m);
    else if (strcmp(s, "halaman") == 0)
        fputs("<w:p><w:r><w:br w:type=\"page\"/></w:r></w:p>\n", m->out);
    else if (strncmp(s, "judul ", 6) == 0)
        m->title = strdup(trimmed(s + 6));
    else if (strncmp(s, "kaki ", 5) == 0)
        m->footer = strdup(trimmed(s + 5));
    else if (strncmp(s, "kolom", 5) == 0)
        columns_read(m, s + 5 + (s[5] == ' '));
    else
        fail(m->path, m->line, "an unknown directive");
}

static void labelled(struct maker *m, char *s)
{
    char *colon = strstr(s, " : ");
    if (!colon)
        fail(m->path, m->line, "'= LABEL : TEXT' without ' : '");
    *colon = '\0';
    fputs("<w:p><w:pPr><w:pStyle w:val=\"Baris\"/></w:pPr>", m->out);
    words(m->out, trimmed(s), strlen(trimmed(s)));
    fputs("<w:r><w:tab/></w:r>", m->out);
    run(m->out, ":", 1, false, false);
    fputs("<w:r><w:tab/></w:r>", m->out);
    words(m->out, colon + 3, strlen(colon + 3));
    fputs("</w:p>\n", m->out);
}

/* "1. " or "a. " or "- " at the beginning: the lines that follow hang behind it. */
static char *hanging(char *s)
{
    size_t n = strspn(s, "0123456789");
    if (n > 0 && s[n] == '.' && s[n + 1] == ' ')
        return s + n + 1;
    if (islower((unsigned char)s[0]) && s[1] == '.' && s[2] == ' ')
        return s + 2;
    if (strncmp(s, "{{nomor}}. ", 11) == 0)
        return s + 10;
    return s[0] == '-' && s[1] == ' ' ? s + 1 : NULL;
}

static void plain(struct maker *m, char *s)
{
    static const struct {
        const char *sign, *style;
    } kinds[] = {{"## ", "Subjudul"}, {"# ", "JudulSurat"}, {"! ", "Sifat"},    {"^ ", "Tengah"},
                 {"> ", "Kanan"},     {"+ ", "IsiAkhir"},   {"^^ ", "Maklumat"}};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        size_t n = strlen(kinds[i].sign);
        if (strncmp(s, kinds[i].sign, n) == 0) {
            paragraph_text(m->out, kinds[i].style, s + n);
            return;
        }
    }
    char *rest = hanging(s);
    if (rest) {
        *rest = '\t';
        paragraph_text(m->out, "Butir", s);
        return;
    }
    paragraph_text(m->out, strcmp(s, "~") == 0 ? "Kosong" : "Isi", strcmp(s, "~") == 0 ? "" : s);
}

static void one_line(struct maker *m, char *s)
{
    if (*s == '\0' || *s == ';')
        return;
    if (*s == '|') {
        row(m, s + 1);
        return;
    }
    if (*s == '@') {
        if (strncmp(s, "@kolom", 6) != 0)
            table_end(m);
        directive(m, s + 1);
        return;
    }
    table_end(m);
    if (strncmp(s, "= ", 2) == 0)
        labelled(m, s + 2);
    else
        plain(m, s);
}

static void read_lines(struct maker *m, FILE *in)
{
    char line[LINE_MAX_BYTES];
    while (fgets(line, sizeof(line), in)) {
        m->line++;
        size_t n = strlen(line);
        if (n == 0 || line[n - 1] != '\n')
            fail(m->path, m->line, "the line is too long, or the last one has no end");
        line[n - 1] = '\0';
        one_line(m, line);
    }
    table_end(m);
}

static char *footer_xml(const char *text)
{
    char *xml = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&xml, &n);
    if (!out)
        abort();
    fputs(XML_HEAD "<w:ftr" NAMESPACES "><w:p><w:pPr><w:pStyle w:val=\"Kaki\"/></w:pPr>", out);
    words(out, text, strlen(text));
    fputs("<w:r><w:tab/></w:r>", out);
    run(out, "Halaman ", 8, false, false);
    fputs("<w:fldSimple w:instr=\" PAGE \"><w:r><w:t>1</w:t></w:r></w:fldSimple>", out);
    run(out, " dari ", 6, false, false);
    fputs("<w:fldSimple w:instr=\" NUMPAGES \"><w:r><w:t>1</w:t></w:r></w:fldSimple></w:p></w:ftr>",
          out);
    (void)fclose(out);
    return xml;
}

struct letter_text letter_text_read(const char *path)
{
    struct letter_text text = {NULL, NULL, NULL};
    struct maker m = {.path = path};
    size_t n = 0;
    FILE *in = fopen(path, "r");
    m.out = open_memstream(&text.body, &n);
    if (!in || !m.out)
        fail(path, 0, "cannot be read");
    fputs(XML_HEAD "<w:document" NAMESPACES "><w:body>\n", m.out);
    read_lines(&m, in);
    /* Word wants a paragraph behind a table; one of a twentieth of a point opens no other page behind a full one. */
    fputs("<w:p><w:pPr><w:spacing w:before=\"0\" w:after=\"0\" w:line=\"1\" w:lineRule=\"exact\"/>"
          "<w:rPr><w:sz w:val=\"2\"/></w:rPr></w:pPr></w:p>\n",
          m.out);
    fputs("<w:sectPr><w:footerReference w:type=\"default\" r:id=\"rId2\"/>"
          "<w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"964\" w:right=\"1134\""
          " w:bottom=\"1021\" w:left=\"1134\" w:header=\"567\" w:footer=\"567\" w:gutter=\"0\"/>"
          "</w:sectPr></w:body></w:document>\n",
          m.out);
    (void)fclose(in);
    (void)fclose(m.out);
    if (!m.title)
        fail(path, 0, "no @judul");
    text.title = m.title;
    text.footer = footer_xml(m.footer ? m.footer : "");
    free(m.footer);
    return text;
}

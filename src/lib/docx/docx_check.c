/* What is wrong with a template, in words that lead to the place: before anything of it is stored. */
#include <string.h>

#include "lib/base/cx.h"
#include "lib/docx/docx_internal.h"
#include "lib/base/banned.h"

struct checking {
    struct arena *arena;
    const struct docx_name *names;
    bool *used; /* of each name */
    struct docx_faults *faults;
    const char *where;
};

/* --- what the office did not mean to send ------------------------------------------------------------------------ */

static const char *field_command(struct arena *a, const xmlNode *paragraph)
{
    struct buf b = buf_new(a, 64, DOCX_XML_MAX);
    xmlNode *top = (xmlNode *)(uintptr_t)paragraph;
    for (xmlNode *at = top; at; at = docx_next(top, at, true)) {
        if (docx_is(at, "fldSimple"))
            buf_printf(&b, " %s ", docx_attribute(a, at, "instr"));
        if (!docx_is(at, "instrText"))
            continue;
        xmlChar *text = xmlNodeGetContent(at);
        buf_puts(&b, (const char *)text);
        xmlFree(text);
    }
    return str_lower(a, b.p);
}

/* Fields by which Word would fetch or start something. */
static void check_fields(struct checking *c, const xmlNode *paragraph)
{
    static const char *const words[] = {"dde",      "includetext", "includepicture", "link ",
                                        "database", "import ",     "embed ",         "macrobutton",
                                        "filename", "autotext"};
    const char *commands = field_command(c->arena, paragraph);
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        const char *at = strstr(commands, words[i]);
        bool word = at && (at == commands || at[-1] == ' ');
        if (word)
            docx_fault_add(c->faults, "field",
                           T("Dokumen memuat bidang otomatis “%s”. Ganti dengan teks biasa."),
                           words[i], c->where);
    }
}

static void check_element(struct checking *c, const xmlNode *at, bool *revised, bool *comment)
{
    static const char *const changes[] = {"ins", "del", "moveFrom", "moveTo"};
    for (size_t i = 0; i < ARRAY_LEN(changes); i++)
        *revised |= docx_is(at, changes[i]);
    *comment |= docx_is(at, "commentReference");
    if (docx_is(at, "object") || docx_is(at, "control") || docx_is(at, "altChunk"))
        docx_fault_add(
            c->faults, "embedded_object",
            T("Berkas ini memuat objek tersemat (%s). Hapus objek itu, atau ganti dengan "
              "gambar biasa."),
            (const char *)at->name, c->where);
    if (docx_is(at, "p"))
        check_fields(c, at);
}

static void check_content(struct checking *c, xmlNode *root)
{
    bool revised = false, comment = false;
    for (xmlNode *at = root; at; at = docx_next(root, at, true))
        check_element(c, at, &revised, &comment);
    if (revised)
        docx_fault_add(
            c->faults, "tracked_changes",
            T("Dokumen masih memuat perubahan terlacak. Terima atau tolak semuanya di tab "
              "Tinjau, lalu simpan lagi."),
            "", c->where);
    if (comment)
        docx_fault_add(c->faults, "comments",
                       T("Dokumen masih memuat komentar. Hapus semua komentar, lalu simpan lagi."),
                       "", c->where);
}

/* --- names ----------------------------------------------------------------------------------------------------------- */

static bool open_section(const char *const *open, size_t depth, const char *name)
{
    for (size_t i = 0; i < depth; i++) {
        if (str_eq(open[i], name))
            return true;
    }
    return false;
}

/* The row of the table that fits here; `ret_elsewhere`: a list that has a column of this name. */
static const struct docx_name *known(struct checking *c, const char *const *open, size_t depth,
                                     const char *name, const char **ret_elsewhere)
{
    *ret_elsewhere = NULL;
    for (size_t i = 0; c->names[i].name; i++) {
        const struct docx_name *n = &c->names[i];
        if (!str_eq(n->name, name))
            continue;
        if (!n->within || open_section(open, depth, n->within)) {
            c->used[i] = true;
            return n;
        }
        *ret_elsewhere = n->within;
    }
    return NULL;
}

static void check_mark(struct checking *c, const struct docx_mark *m, const char *const *open,
                       size_t depth)
{
    static const char *const signs[] = {"", "#", "^", "/"};
    const char *elsewhere = NULL;
    const struct docx_name *n = known(c, open, depth, m->name, &elsewhere);
    const char *text = arena_printf(c->arena, "{{%s%s}}", signs[m->kind], m->name);
    if (!n && elsewhere)
        docx_fault_add(c->faults, "outside_list", T("Isian %s hanya berlaku di dalam daftarnya."),
                       arena_printf(c->arena, "%s ({{#%s}}…{{/%s}})", text, elsewhere, elsewhere),
                       c->where);
    else if (!n)
        docx_fault_add(
            c->faults, "unknown_placeholder",
            T("Isian %s tidak dikenal untuk surat ini. Periksa ejaannya pada daftar isian."), text,
            c->where);
    else if (m->kind == MARK_VALUE && (n->kind == DOCX_LIST || n->kind == DOCX_FLAG))
        docx_fault_add(c->faults, "needs_section",
                       T("%s adalah bagian. Tulis pembuka dan penutupnya, misalnya "
                         "{{#dokumen}}…{{/dokumen}}."),
                       text, c->where);
}

static void check_names(struct checking *c, const struct docx_marks *marks)
{
    const char *open[DOCX_NESTING_MAX] = {0};
    size_t depth = 0;
    for (size_t i = 0; i < marks->count; i++) {
        const struct docx_mark *m = &marks->list[i];
        if (m->kind == MARK_CLOSE) {
            depth--;
            continue;
        }
        check_mark(c, m, open, depth);
        if (m->kind != MARK_VALUE)
            open[depth++] = m->name;
    }
}

static void check_required(struct checking *c)
{
    for (size_t i = 0; c->names[i].name; i++) {
        const struct docx_name *n = &c->names[i];
        const char *text = n->kind == DOCX_LIST
                               ? arena_printf(c->arena, "{{#%s}}…{{/%s}}", n->name, n->name)
                               : arena_printf(c->arena, "{{%s}}", n->name);
        if (n->required && !c->used[i])
            docx_fault_add(c->faults, "missing_placeholder",
                           T("Templat ini belum memuat %s. Tambahkan di tempatnya."), text, "");
    }
}

/* --- a part, the whole ------------------------------------------------------------------------------------------------ */

static void check_part(struct checking *c, const struct docx_text_part *p)
{
    struct docx_marks marks;
    c->where = p->where;
    xmlDoc *doc CLEAN_XML = docx_xml_read(p->part->data);
    if (!doc) {
        docx_fault_add(
            c->faults, "broken_part",
            T("Berkas rusak atau terlalu rumit. Buka di Word, simpan lagi, lalu unggah."), "",
            c->where);
        return;
    }
    xmlNode *root = xmlDocGetRootElement(doc);
    if (docx_is_strict(root)) {
        docx_fault_add(
            c->faults, "strict_format",
            T("Berkas disimpan sebagai Strict Open XML. Simpan sebagai Dokumen Word (.docx) "
              "biasa."),
            "", "");
        return;
    }
    check_content(c, root);
    enum err e = docx_marks_isolate(c->arena, doc, c->faults, c->where);
    bool sound = root->children && docx_marks_find(c->arena, root->children, root->last, &marks,
                                                   c->faults, c->where) == ERR_OK;
    if (e == ERR_OK && sound)
        check_names(c, &marks);
}

/* Fills it twice, with everything there and with nothing: what fails here would fail later. */
static enum err rehearse(struct checking *c, struct bytes file)
{
    size_t n = 0;
    while (c->names[n].name)
        n++;
    struct docx_item *items = ARENA_ARRAY(c->arena, n + 1, struct docx_item);
    static const struct docx_row row[2];
    for (size_t i = 0; i < n; i++) {
        items[i] = (struct docx_item){.name = c->names[i].name, .text = "x"};
        if (c->names[i].kind == DOCX_LIST)
            items[i] = (struct docx_item){.name = c->names[i].name, .rows = row, .row_count = 2};
    }
    const struct docx_data full = {.items = items, .count = n}, none = {.items = NULL};
    struct bytes filled;
    TRY(docx_fill_checked(c->arena, file, &full, c->faults, &filled));
    return docx_fill_checked(c->arena, file, &none, c->faults, &filled);
}

static void check_all(struct checking *c, struct bytes file)
{
    struct docx_package package;
    struct docx_text_part *parts = NULL;
    size_t count = 0;
    if (docx_package_read(c->arena, file, &package, c->faults) != ERR_OK ||
        docx_text_parts(&package, &parts, &count, c->faults) != ERR_OK)
        return;
    docx_check_package(&package, c->faults);
    for (size_t i = 0; i < count; i++)
        check_part(c, &parts[i]);
    if (c->faults->count == 0)
        check_required(c);
    if (c->faults->count == 0 && rehearse(c, file) != ERR_OK && c->faults->count == 0)
        docx_fault_add(
            c->faults, "broken_part",
            T("Berkas rusak atau terlalu rumit. Buka di Word, simpan lagi, lalu unggah."), "", "");
}

enum err docx_check(struct arena *a, struct bytes file, const struct docx_name *names,
                    const struct docx_fault **ret_faults, size_t *ret_count)
{
    size_t n = 0;
    while (names[n].name)
        n++;
    struct docx_faults *faults = ARENA_NEW(a, struct docx_faults);
    faults->arena = a;
    struct checking c = {.arena = a,
                         .names = names,
                         .used = ARENA_ARRAY(a, n + 1, bool),
                         .faults = faults,
                         .where = ""};
    check_all(&c, file);
    *ret_faults = faults->list;
    *ret_count = faults->count;
    return faults->count ? ERR_INVALID : ERR_OK;
}

/* Translations → C: po2c OUT.c LANGUAGE=FILE.po…
 *
 * Reads the .po files (in the order of enum lang) and makes the sorted table of lib/html/i18n.h. Fuzzy
 * and empty translations are left out, and so is the header entry. No plurals: the texts avoid them. */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LANGUAGES 8
#define MAX_TEXT      4096
#define MAX_LINE      8192

struct row {
    char *msgid;
    char *text[MAX_LANGUAGES];
};

struct table {
    struct row *rows;
    size_t count, capacity;
};

/* One .po file while it is read. */
struct po {
    const char *path;
    int line;
    size_t language;
    bool fuzzy, next_fuzzy; /* of the entry being read; of the one that a comment announces */
    char *target;           /* where continued lines go: msgid or msgstr */
    char msgid[MAX_TEXT], msgstr[MAX_TEXT];
    bool has_msgid, has_msgstr;
};

static _Noreturn void fail(const struct po *po, const char *why)
{
    fprintf(stderr, "%s:%d: %s\n", po->path, po->line, why);
    exit(1);
}

static char *copy(const struct po *po, const char *s)
{
    char *p = strdup(s);
    if (!p)
        fail(po, "out of memory");
    return p;
}

static struct row *row_of(struct table *t, const struct po *po, const char *msgid)
{
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->rows[i].msgid, msgid) == 0)
            return &t->rows[i];
    if (t->count == t->capacity) {
        t->capacity = t->capacity * 2 + 256;
        t->rows = realloc(t->rows, t->capacity * sizeof(*t->rows));
        if (!t->rows)
            fail(po, "out of memory");
    }
    t->rows[t->count] = (struct row){.msgid = copy(po, msgid)};
    return &t->rows[t->count++];
}

static void entry_end(struct table *t, struct po *po)
{
    if (po->has_msgid && po->has_msgstr && po->msgid[0] && po->msgstr[0] && !po->fuzzy) {
        struct row *row = row_of(t, po, po->msgid);
        if (row->text[po->language])
            fail(po, "this msgid is there twice");
        row->text[po->language] = copy(po, po->msgstr);
    }
    po->has_msgid = po->has_msgstr = po->fuzzy = false;
    po->msgid[0] = po->msgstr[0] = '\0';
    po->target = NULL;
}

static char unescape(const struct po *po, char c)
{
    switch (c) {
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case '"':
    case '\\':
        return c;
    default:
        fail(po, "only \\n \\t \\\" and \\\\ are known");
    }
}

/* Adds the quoted text at p to the string being read. */
static void add_quoted(struct po *po, const char *p)
{
    size_t n = po->target ? strlen(po->target) : 0;
    if (!po->target || *p != '"')
        fail(po, "a quoted text was expected");
    for (p++; *p && *p != '"'; p++) {
        if (n + 2 > MAX_TEXT)
            fail(po, "the text is too long");
        if (*p == '\\' && p[1])
            po->target[n++] = unescape(po, *++p);
        else
            po->target[n++] = *p;
    }
    if (*p != '"')
        fail(po, "the closing quote is missing");
    po->target[n] = '\0';
}

static void read_line(struct table *t, struct po *po, const char *line)
{
    while (isspace((unsigned char)*line))
        line++;
    if (*line == '\0' || *line == '#') {
        if (po->has_msgstr)
            entry_end(t, po);
        if (line[0] == '#' && line[1] == ',' && strstr(line, "fuzzy"))
            po->next_fuzzy = true;
    } else if (strncmp(line, "msgid ", 6) == 0) {
        if (po->has_msgstr)
            entry_end(t, po);
        po->fuzzy = po->next_fuzzy;
        po->next_fuzzy = false;
        po->has_msgid = true;
        po->target = po->msgid;
        add_quoted(po, line + 6);
    } else if (strncmp(line, "msgstr ", 7) == 0) {
        po->has_msgstr = true;
        po->target = po->msgstr;
        add_quoted(po, line + 7);
    } else if (*line == '"') {
        add_quoted(po, line);
    } else {
        fail(po, "only msgid and msgstr are known");
    }
}

static void read_file(struct table *t, const char *path, size_t language)
{
    static char line[MAX_LINE];
    static struct po po;
    po = (struct po){.path = path, .language = language};
    FILE *f = fopen(path, "rb");
    if (!f)
        fail(&po, strerror(errno));
    while (fgets(line, sizeof(line), f)) {
        po.line++;
        if (!strchr(line, '\n') && !feof(f))
            fail(&po, "the line is too long");
        read_line(t, &po, line);
    }
    if (ferror(f))
        fail(&po, "cannot be read");
    fclose(f);
    entry_end(t, &po);
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct row *)a)->msgid, ((const struct row *)b)->msgid);
}

static void write_text(FILE *out, const char *s)
{
    if (!s) {
        fputs("NULL", out);
        return;
    }
    fputc('"', out);
    for (; *s; s++) {
        if (*s == '\n')
            fputs("\\n", out);
        else if (*s == '\t')
            fputs("\\t", out);
        else if (*s == '"' || *s == '\\' || *s == '?')
            fprintf(out, "\\%c", *s);
        else
            fputc(*s, out);
    }
    fputc('"', out);
}

static void write_table(FILE *out, const struct table *t, size_t languages)
{
    size_t translated[MAX_LANGUAGES] = {0};
    fputs("/* Made by po2c. */\n#include \"lib/html/i18n.h\"\n\n", out);
    fprintf(out, "_Static_assert(I18N_LANGUAGES == %zu, \"one .po file a language\");\n\n",
            languages);
    fputs("const struct i18n_row i18n_rows[] = {\n", out);
    for (size_t i = 0; i < t->count; i++) {
        fputs("    {", out);
        write_text(out, t->rows[i].msgid);
        fputs(", {", out);
        for (size_t k = 0; k < languages; k++) {
            translated[k] += t->rows[i].text[k] != NULL;
            write_text(out, t->rows[i].text[k]);
            fputs(k + 1 < languages ? ", " : "}},\n", out);
        }
    }
    if (t->count == 0)
        fputs("    {\"\", {NULL}},\n", out);
    fprintf(out, "};\nconst size_t i18n_row_count = %zu;\nconst size_t i18n_translated[] = {",
            t->count);
    for (size_t k = 0; k < languages; k++)
        fprintf(out, "%zu%s", translated[k], k + 1 < languages ? ", " : "};\n");
}

int main(int argc, char **argv)
{
    if (argc < 3 || argc - 2 > MAX_LANGUAGES) {
        fputs("usage: po2c OUT.c LANGUAGE=FILE.po...\n", stderr);
        return 2;
    }
    struct table table = {0};
    size_t languages = (size_t)argc - 2;
    for (size_t i = 0; i < languages; i++) {
        const char *equals = strchr(argv[2 + i], '=');
        read_file(&table, equals ? equals + 1 : argv[2 + i], i);
    }
    if (table.count > 0)
        qsort(table.rows, table.count, sizeof(*table.rows), compare);
    FILE *out = fopen(argv[1], "wb");
    if (out)
        write_table(out, &table, languages);
    int bad = out ? ferror(out) : 1;
    if (!out || fclose(out) != 0 || bad) {
        fprintf(stderr, "%s: cannot be written\n", argv[1]);
        return 1;
    }
    for (size_t i = 0; i < table.count; i++) {
        free(table.rows[i].msgid);
        for (size_t k = 0; k < languages; k++)
            free(table.rows[i].text[k]);
    }
    free(table.rows);
    return 0;
}

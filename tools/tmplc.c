/* Template compiler: tmplc IN.tmpl OUT.c OUT.h
 *
 * Turns markup with {{ holes }} into C functions that write to a struct html (lib/html/html.h). There is
 * no way to write unescaped text. The language is described in docs/howto/templates.md. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tmplc.h"

#define MARKUP_CHUNK 2000 /* bytes of one string literal: ISO C promises only 4,095 */

static void markup_flush(struct tmplc *t)
{
    for (size_t i = 0; i < t->markup.n;) {
        size_t n = t->markup.n - i;
        if (n > MARKUP_CHUNK)
            n = MARKUP_CHUNK;
        text_puts(&t->c, "html_markup(h, ");
        text_literal(&t->c, t->markup.p + i, n);
        text_printf(&t->c, ", %zu);\n", n);
        i += n;
    }
    t->markup.n = 0;
}

/* Starts a line of C that belongs to this line of the template. */
static void emit_line(struct tmplc *t, int line)
{
    markup_flush(t);
    text_printf(&t->c, "#line %d ", line);
    text_literal(&t->c, t->file, strlen(t->file));
    text_puts(&t->c, "\n");
}

static struct block *block_top(struct tmplc *t, int line, const char *word)
{
    if (t->depth == 0)
        fail(t, line, "%s outside of a template", word);
    return &t->blocks[t->depth - 1];
}

static void block_push(struct tmplc *t, enum block_kind kind, int line)
{
    if (t->depth == MAX_DEPTH)
        fail(t, line, "more than %d blocks inside each other", MAX_DEPTH);
    t->blocks[t->depth++] = (struct block){.kind = kind, .line = line, .start = t->state};
}

static bool is_word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static void do_define(struct tmplc *t, char *rest, int line)
{
    char *open = strchr(rest, '(');
    char *close = strrchr(rest, ')');
    if (t->depth > 0)
        fail(t, line, "define inside a template");
    if (!open || !close || close < open || close[1] != '\0')
        fail(t, line, "write define name(parameters)");
    *open = *close = '\0';
    for (const char *p = rest; *p; p++)
        if (!is_word_char(*p))
            fail(t, line, "“%s” is no name for a template", rest);
    const char *params = open + 1 + strspn(open + 1, " \t\n");
    bool none = *params == '\0' || strcmp(params, "void") == 0;
    text_printf(&t->h, "void %s(struct html *h%s%s);\n", rest, none ? "" : ", ", none ? "" : params);
    t->markup.n = 0;
    emit_line(t, line);
    text_printf(&t->c, "void %s(struct html *h%s%s)\n{\n(void)h;\n", rest, none ? "" : ", ",
                none ? "" : params);
    t->state = (struct state){.place = IN_TEXT, .after_block = true};
    t->state.space = SPACE_NONE;
    block_push(t, BLOCK_DEFINE, line);
}

/* Position of the last comma outside brackets and strings, or NULL. */
static char *last_comma(char *s)
{
    char *found = NULL;
    int depth = 0;
    for (char quote = 0; *s; s++) {
        if (quote) {
            if (*s == '\\' && s[1])
                s++;
            else if (*s == quote)
                quote = 0;
            continue;
        }
        if (*s == '"' || *s == '\'')
            quote = *s;
        else if (strchr("([{", *s))
            depth++;
        else if (strchr(")]}", *s))
            depth--;
        else if (*s == ',' && depth == 0)
            found = s;
    }
    return found;
}

static char *trim(char *s)
{
    while (isspace((unsigned char)*s))
        s++;
    size_t n = strlen(s);
    while (n > 0 && isspace((unsigned char)s[n - 1]))
        s[--n] = '\0';
    return s;
}

/* for i in n · for TYPE *x in array, count · for TYPE *x = first (a list linked by `next`) */
static void emit_for(struct tmplc *t, char *rest, int line)
{
    static const char usage[] =
        "write for i in n, for TYPE *x in array, count or for TYPE *x = list";
    char *in = strstr(rest, " in ");
    char *equals = strchr(rest, '=');
    bool linked = equals && (!in || equals < in);
    if (!linked && !in)
        fail(t, line, "%s", usage);
    char *source = linked ? equals + 1 : in + 4;
    *(linked ? equals : in) = '\0';
    char *head = trim(rest);
    char *name = head + strlen(head);
    while (name > head && is_word_char(name[-1]))
        name--;
    if (*name == '\0' || isdigit((unsigned char)*name))
        fail(t, line, "%s", usage);
    if (linked) {
        text_printf(&t->c, "for (%s = (%s); %s; %s = %s->next) {\n", head, trim(source), name, name,
                    name);
        return;
    }
    if (name == head) {
        text_printf(&t->c, "for (size_t %s = 0; %s < (size_t)(%s); %s++) {\n", name, name,
                    trim(source), name);
        return;
    }
    char *comma = last_comma(source);
    if (!comma)
        fail(t, line, "%s", usage);
    *comma = '\0';
    int type = (int)(name - head);
    const char *star = memchr(head, '*', (size_t)type) ? "" : "*";
    text_printf(&t->c, "for (size_t %s_i = 0; %s_i < (size_t)(%s); %s_i++) { ", name, name,
                trim(comma + 1), name);
    text_printf(&t->c, "%.*s%s%s = &(%s)[%s_i]; (void)%s;\n", type, head, star, name, trim(source),
                name, name);
}

static void do_begin(struct tmplc *t, enum block_kind kind, char *rest, int line)
{
    block_top(t, line, kind == BLOCK_IF ? "if" : "for");
    if (*rest == '\0')
        fail(t, line, "a condition is missing");
    markup_settle_tag(t, line);
    emit_line(t, line);
    block_push(t, kind, line);
    if (kind == BLOCK_FOR) /* what stands before a round may be the round before it */
        t->state.after_block = false;
    if (kind == BLOCK_IF)
        text_printf(&t->c, "if (%s) {\n", rest);
    else
        emit_for(t, rest, line);
}

/* Remembers where this branch ended, and that all end alike. */
static void branch_end(struct tmplc *t, struct block *b, int line)
{
    markup_settle_tag(t, line);
    /* A line break before else or end is layout and waits for what follows; a blank is meant. */
    bool meant = t->state.space == SPACE_BLANK && b->start.space == SPACE_NONE;
    if ((b->kind == BLOCK_FOR || meant) && t->state.place == IN_TEXT && t->state.raw == RAW_NONE)
        markup_settle_space(t);
    if (b->has_end && !markup_merge(&b->end, &t->state))
        fail(t, line, "the branches of the if of line %d end in different places of the markup",
             b->line);
    if (!b->has_end)
        b->end = t->state;
    b->has_end = true;
}

static void do_else(struct tmplc *t, const char *condition, int line)
{
    struct block *b = block_top(t, line, "else");
    if (b->kind != BLOCK_IF || b->has_else)
        fail(t, line, "else without an if");
    branch_end(t, b, line);
    b->has_else = condition == NULL;
    t->state = b->start;
    emit_line(t, line);
    if (condition)
        text_printf(&t->c, "} else if (%s) {\n", condition);
    else
        text_puts(&t->c, "} else {\n");
}

static void do_end(struct tmplc *t, int line)
{
    struct block *b = block_top(t, line, "end");
    if (b->kind == BLOCK_DEFINE) {
        if (t->state.place != IN_TEXT || t->state.raw != RAW_NONE)
            fail(t, line, "the template of line %d ends inside a tag", b->line);
        t->state.space = SPACE_NONE;
        markup_flush(t);
        text_puts(&t->c, "}\n\n");
        t->depth--;
        return;
    }
    branch_end(t, b, line);
    if (b->kind == BLOCK_FOR && b->end.place == TAG_GAP && b->start.place == TAG_SPACE)
        fail(t, line, "white space is missing between the attributes of the loop of line %d",
             b->line);
    if (!b->has_else && !markup_merge(&b->end, &b->start))
        fail(t, line, "the block of line %d ends in another place of the markup than it began",
             b->line);
    t->state = b->end;
    emit_line(t, line);
    text_puts(&t->c, "}\n");
    t->depth--;
}

/* True when s is one or more string literals and nothing else (ret_end: behind them). */
static bool skip_literal(const char *s, const char **ret_end)
{
    bool any = false;
    for (;;) {
        s += strspn(s, " \t\n");
        if (*s != '"')
            break;
        for (s++; *s && *s != '"'; s++)
            if (*s == '\\' && s[1])
                s++;
        if (*s != '"')
            return false;
        s++;
        any = true;
    }
    *ret_end = s;
    return any;
}

static void emit_value(struct tmplc *t, const char *call, const char *rest, int line)
{
    markup_check_value(t, line);
    if (t->state.place == IN_TEXT && t->state.raw == RAW_NONE)
        markup_settle_space(t);
    t->state.after_block = false;
    emit_line(t, line);
    text_printf(&t->c, "%s(h, %s);\n", call, rest);
    t->state.value_empty = false;
}

/* A value that begins an address is written only when it is one of ours or a known scheme. */
static void do_value(struct tmplc *t, const char *expression, int line)
{
    emit_value(t, markup_begins_address(t) ? "html_link" : "html_value", expression, line);
}

static void do_call(struct tmplc *t, char *rest, int line)
{
    char *open = strchr(rest, '(');
    char *close = strrchr(rest, ')');
    if (!open || !close || close[1] != '\0')
        fail(t, line, "write call name(arguments)");
    if (t->state.place != IN_TEXT || t->state.raw != RAW_NONE)
        fail(t, line, "a template is called inside a tag");
    markup_settle_space(t);
    t->state.after_block = false;
    *open = '\0';
    emit_line(t, line);
    bool none = open[1 + strspn(open + 1, " \t\n")] == ')';
    text_printf(&t->c, "%s(h%s%s;\n", trim(rest), none ? "" : ", ", open + 1);
}

static void do_translated(struct tmplc *t, bool format, const char *rest, int line)
{
    const char *end;
    if (!skip_literal(rest, &end) || (!format && *end != '\0'))
        fail(t, line, "a translated text is one literal; for one held in a variable write tv");
    emit_value(t, format ? "html_tf" : "html_t", rest, line);
}

static void do_include(struct tmplc *t, const char *rest, int line)
{
    const char *end;
    if (t->depth > 0 || !skip_literal(rest, &end) || *end != '\0')
        fail(t, line, "write include \"path.h\" before the first template");
    text_printf(&t->h, "#include %s\n", rest);
}

static void do_let(struct tmplc *t, const char *rest, int line)
{
    block_top(t, line, "let");
    if (!strchr(rest, '='))
        fail(t, line, "write let TYPE name = value");
    emit_line(t, line);
    text_printf(&t->c, "%s;\n", rest);
}

/* Splits off the first word when white space, a quote or nothing follows it. */
static char *split_word(char *hole, char *ret, size_t size)
{
    size_t n = strspn(hole, "abcdefghijklmnopqrstuvwxyz");
    ret[0] = '\0';
    if (n == 0 || n >= size || (hole[n] && !isspace((unsigned char)hole[n]) && hole[n] != '"'))
        return hole;
    memcpy(ret, hole, n);
    ret[n] = '\0';
    return trim(hole + n);
}

static void do_hole(struct tmplc *t, char *hole, int line)
{
    char word[16];
    char *rest = split_word(hole, word, sizeof(word));
    if (strcmp(word, "include") == 0)
        do_include(t, rest, line);
    else if (strcmp(word, "define") == 0)
        do_define(t, rest, line);
    else if (strcmp(word, "end") == 0 && *rest == '\0')
        do_end(t, line);
    else if (strcmp(word, "else") == 0 && *rest == '\0')
        do_else(t, NULL, line);
    else if (strcmp(word, "elif") == 0)
        do_else(t, rest, line);
    else if (strcmp(word, "if") == 0 || strcmp(word, "for") == 0)
        do_begin(t, word[0] == 'i' ? BLOCK_IF : BLOCK_FOR, rest, line);
    else if (strcmp(word, "let") == 0)
        do_let(t, rest, line);
    else if (t->depth == 0)
        fail(t, line, "a hole outside of a template");
    else if (strcmp(word, "call") == 0)
        do_call(t, rest, line);
    else if (*rest && (strcmp(word, "t") == 0 || strcmp(word, "tf") == 0))
        do_translated(t, word[1] == 'f', rest, line);
    else if (*rest && strcmp(word, "tv") == 0)
        emit_value(t, "html_t", rest, line);
    else if (*rest && strcmp(word, "url") == 0)
        emit_value(t, "html_url", rest, line);
    else if (*rest && strcmp(word, "asset") == 0)
        emit_value(t, "html_asset", rest, line);
    else
        do_value(t, hole, line);
}

/* The end "}}" of the hole at p: not inside a string or the braces of a compound literal. */
static const char *hole_end(const struct tmplc *t, const char *p)
{
    int depth = 0;
    for (char quote = 0; *p; p++) {
        if (quote) {
            if (*p == '\\' && p[1])
                p++;
            else if (*p == quote)
                quote = 0;
        } else if (*p == '"' || *p == '\'') {
            quote = *p;
        } else if (*p == '{') {
            depth++;
        } else if (*p == '}') {
            if (depth == 0 && p[1] == '}')
                return p;
            depth--;
        }
    }
    fail(t, t->line, "{{ without }}");
}

static void read_hole(struct tmplc *t)
{
    int line = t->line;
    const char *start = t->at + 2;
    const char *end = *start == '#' ? strstr(start, "}}") : hole_end(t, start);
    if (!end)
        fail(t, line, "{{# without }}");
    for (const char *p = start; p < end; p++)
        t->line += *p == '\n';
    t->at = end + 2;
    if (*start == '#')
        return;
    for (; start < end && isspace((unsigned char)*start); start++)
        line += *start == '\n';
    char *copy = strndup(start, (size_t)(end - start));
    if (!copy)
        fail(t, line, "out of memory");
    char *hole = trim(copy);
    if (*hole == '\0')
        fail(t, line, "an empty hole");
    do_hole(t, hole, line);
    free(copy);
}

static void compile(struct tmplc *t)
{
    while (*t->at) {
        if (t->at[0] == '{' && t->at[1] == '{') {
            read_hole(t);
            continue;
        }
        char c = *t->at;
        if (t->depth > 0)
            markup_read(t, c);
        else if (!isspace((unsigned char)c))
            fail(t, t->line, "text outside of a template");
        if (t->again) {
            t->again = false;
            continue;
        }
        t->line += *t->at == '\n';
        t->at++;
    }
    if (t->depth > 0)
        fail(t, t->blocks[t->depth - 1].line, "end is missing");
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fputs("usage: tmplc IN.tmpl OUT.c OUT.h\n", stderr);
        return 2;
    }
    struct text source = {0};
    file_read(argv[1], &source);
    struct tmplc t = {.file = argv[1], .at = source.p, .line = 1};
    const char *header = base_name(argv[3]);
    char guard[128];
    snprintf(guard, sizeof(guard), "BT_%s", header);
    for (char *p = guard; *p; p++)
        *p = is_word_char(*p) ? (char)toupper((unsigned char)*p) : '_';

    text_printf(&t.h, "/* Made by tmplc from %s. */\n#ifndef %s\n#define %s\n\n",
                base_name(argv[1]), guard, guard);
    text_puts(&t.h, "#include \"lib/html/html.h\"\n");
    text_printf(&t.c, "/* Made by tmplc from %s. */\n#include \"%s\"\n\n", base_name(argv[1]),
                header);
    text_puts(&t.c, "#include \"lib/html/html.h\"\n\n#include \"lib/base/banned.h\"\n\n");
    compile(&t);
    text_puts(&t.h, "\n#endif\n");
    file_write(argv[2], &t.c);
    file_write(argv[3], &t.h);
    free(source.p);
    free(t.c.p);
    free(t.h.p);
    free(t.markup.p);
    return 0;
}

/* The markup of a template, read as HTML while it is copied, so that what can hurt does not compile: a
 * value outside quotes, an inline script, handler or style, a hole in a name. Part of tmplc. */
#include <ctype.h>
#include <string.h>

#include "tmplc.h"

static bool in_list(const char *name, const char *list)
{
    size_t n = strlen(name);
    for (const char *p = list; n > 0 && (p = strstr(p, name)); p += n) {
        bool starts = p == list || p[-1] == ' ';
        if (starts && (p[n] == ' ' || p[n] == '\0'))
            return true;
    }
    return false;
}

/* White space beside these tags does not show. */
static bool is_block(const char *name)
{
    return in_list(
        name,
        "html head body main header footer nav section article aside div p ul ol li dl "
        "dt dd table caption colgroup col thead tbody tfoot tr th td form fieldset legend "
        "h1 h2 h3 h4 h5 h6 details summary option optgroup meta link title script symbol "
        "path circle rect defs figure figcaption hr address blockquote pre datalist !doctype");
}

static void name_add(struct tmplc *t, char *name, char c)
{
    size_t n = strlen(name);
    if (n + 1 >= MAX_NAME)
        fail(t, t->line, "the name “%s…” is too long", name);
    name[n] = (char)tolower((unsigned char)c);
    name[n + 1] = '\0';
}

static void check_element(struct tmplc *t)
{
    const char *name = t->state.element;
    if (strcmp(name, "style") == 0)
        fail(t, t->line, "<style> is not allowed: styles belong in assets/css");
    if (in_list(name, "iframe object embed base"))
        fail(t, t->line, "<%s> is not allowed", name);
}

static void check_attribute(struct tmplc *t)
{
    const char *name = t->state.attr;
    if (strncmp(name, "on", 2) == 0 || strncmp(name, "hx-on", 5) == 0)
        fail(t, t->line, "inline event handler %s: handlers belong in assets/js", name);
    if (strcmp(name, "style") == 0)
        fail(t, t->line, "style attribute: styles belong in assets/css");
    if (strcmp(name, "srcdoc") == 0)
        fail(t, t->line, "attribute srcdoc is not allowed");
}

static bool is_url_attribute(const char *name)
{
    return in_list(name,
                   "href src action formaction poster cite data xlink:href hx-get hx-post hx-put "
                   "hx-patch hx-delete sse-connect ping");
}

/* The name of the tag that starts at p ("<" or "</" first). */
static void tag_name_at(const char *p, char ret[MAX_NAME])
{
    size_t n = 0;
    p += p[1] == '/' ? 2 : 1;
    for (; (isalnum((unsigned char)*p) || *p == '!' || *p == '-') && n + 1 < MAX_NAME; p++)
        ret[n++] = (char)tolower((unsigned char)*p);
    ret[n] = '\0';
}

static void collect(struct tmplc *t, char c)
{
    text_add(&t->markup, &c, 1);
}

void markup_settle_space(struct tmplc *t)
{
    if (t->state.space != SPACE_NONE && !t->state.after_block)
        collect(t, ' ');
    t->state.space = SPACE_NONE;
}

static void tag_begin(struct tmplc *t)
{
    char name[MAX_NAME];
    if (strncmp(t->at, "<!--", 4) == 0) {
        const char *end = strstr(t->at, "-->");
        if (!end)
            fail(t, t->line, "comment without -->");
        for (; t->at < end + 2; t->at++)
            t->line += *t->at == '\n';
        return; /* comments are not sent; `at` stands on the last '>' */
    }
    tag_name_at(t->at, name);
    if (t->state.raw == RAW_SCRIPT && (t->at[1] != '/' || strcmp(name, "script") != 0))
        fail(t, t->line, "inline script: code belongs in assets/js");
    if (t->state.raw != RAW_KEEP) {
        if (is_block(name))
            t->state.space = SPACE_NONE;
        markup_settle_space(t);
    }
    collect(t, '<');
    t->state.place = t->at[1] == '!' ? DECLARATION : TAG_NAME;
    t->state.closing = t->at[1] == '/';
    t->state.element[0] = '\0';
    if (t->state.closing) {
        collect(t, '/');
        t->at++;
    }
}

static void tag_end(struct tmplc *t)
{
    struct state *s = &t->state;
    if (s->place == TAG_SPACE && t->markup.n > 0 && t->markup.p[t->markup.n - 1] == ' ')
        t->markup.n--;
    collect(t, '>');
    s->place = IN_TEXT;
    s->after_block = is_block(s->element);
    if (s->closing)
        s->raw = RAW_NONE;
    else if (strcmp(s->element, "script") == 0)
        s->raw = RAW_SCRIPT;
    else if (in_list(s->element, "pre textarea"))
        s->raw = RAW_KEEP;
}

static void read_text(struct tmplc *t, char c)
{
    if (c == '<') {
        tag_begin(t);
        return;
    }
    if (t->state.raw == RAW_KEEP) {
        collect(t, c);
        return;
    }
    if (isspace((unsigned char)c)) {
        if (c == '\n')
            t->state.space = SPACE_LINES;
        else if (t->state.space == SPACE_NONE)
            t->state.space = SPACE_BLANK;
        return;
    }
    if (t->state.raw == RAW_SCRIPT)
        fail(t, t->line, "inline script: code belongs in assets/js");
    markup_settle_space(t);
    t->state.after_block = false;
    collect(t, c);
}

static void read_tag_name(struct tmplc *t, char c)
{
    struct state *s = &t->state;
    if (isalnum((unsigned char)c) || c == '-') {
        name_add(t, s->element, c);
        collect(t, c);
        return;
    }
    if (s->element[0] == '\0')
        fail(t, t->line, "“<” that starts no tag: write &lt;");
    check_element(t);
    s->place = TAG_GAP;
    t->again = true;
}

static void read_in_tag(struct tmplc *t, char c)
{
    struct state *s = &t->state;
    if (isspace((unsigned char)c)) {
        if (s->place == TAG_GAP)
            collect(t, ' ');
        s->place = TAG_SPACE;
    } else if (c == '>') {
        tag_end(t);
    } else if (c == '/') {
        if (s->place == TAG_SPACE && t->markup.n > 0 && t->markup.p[t->markup.n - 1] == ' ')
            t->markup.n--;
        collect(t, c);
        s->place = TAG_GAP;
    } else if (s->place == TAG_GAP) {
        fail(t, t->line, "white space is missing before “%c” in <%s>", c, s->element);
    } else if (c == '"' || c == '\'' || c == '=' || c == '<') {
        fail(t, t->line, "“%c” where an attribute name should stand in <%s>", c, s->element);
    } else {
        s->place = ATTR_NAME;
        s->attr[0] = '\0';
        t->again = true;
    }
}

static void read_attr_name(struct tmplc *t, char c)
{
    struct state *s = &t->state;
    if (c == '=') {
        check_attribute(t);
        s->place = ATTR_EQUALS;
        collect(t, c);
    } else if (isspace((unsigned char)c) || c == '>' || c == '/') {
        check_attribute(t);
        s->place = TAG_GAP;
        t->again = true;
    } else if (c == '"' || c == '\'' || c == '<') {
        fail(t, t->line, "“%c” in an attribute name", c);
    } else {
        name_add(t, s->attr, c);
        collect(t, c);
    }
}

static void read_attr_value(struct tmplc *t, char c)
{
    static const char forbidden[] = "javascript:";
    const size_t n = sizeof(forbidden) - 1;
    if (c == '"') {
        t->state.place = TAG_GAP;
        collect(t, c);
        return;
    }
    t->state.value_empty = false;
    if (!isspace((unsigned char)c)) {
        memmove(t->tail, t->tail + 1, n - 1);
        t->tail[n - 1] = (char)tolower((unsigned char)c);
    }
    if (memcmp(t->tail, forbidden, n) == 0)
        fail(t, t->line, "javascript: address in attribute %s", t->state.attr);
    collect(t, c);
}

void markup_read(struct tmplc *t, char c)
{
    switch (t->state.place) {
    case IN_TEXT:
        read_text(t, c);
        break;
    case TAG_NAME:
        read_tag_name(t, c);
        break;
    case TAG_GAP:
    case TAG_SPACE:
        read_in_tag(t, c);
        break;
    case ATTR_NAME:
        read_attr_name(t, c);
        break;
    case ATTR_EQUALS:
        if (c != '"')
            fail(t, t->line, "attribute %s needs a value in double quotes", t->state.attr);
        t->state.place = ATTR_VALUE;
        t->state.value_empty = true;
        memset(t->tail, 0, sizeof(t->tail));
        collect(t, c);
        break;
    case ATTR_VALUE:
        read_attr_value(t, c);
        break;
    case DECLARATION:
        collect(t, c);
        if (c == '>') {
            t->state.place = IN_TEXT;
            t->state.after_block = true;
        }
        break;
    }
}

void markup_check_value(struct tmplc *t, int line)
{
    const struct state *s = &t->state;
    if (s->place == TAG_NAME)
        fail(t, line, "a hole inside a tag name");
    if (s->place == ATTR_NAME)
        fail(t, line, "a hole inside an attribute name");
    if (s->place == ATTR_EQUALS)
        fail(t, line, "attribute %s: put the hole in double quotes", s->attr);
    if (s->place != IN_TEXT && s->place != ATTR_VALUE)
        fail(t, line, "a value in <%s> outside a quoted attribute", s->element);
    if (s->raw == RAW_SCRIPT)
        fail(t, line, "inline script: code belongs in assets/js");
}

void markup_settle_tag(struct tmplc *t, int line)
{
    struct state *s = &t->state;
    if (s->place == ATTR_EQUALS)
        fail(t, line, "attribute %s: put the hole in double quotes", s->attr);
    if (s->place == TAG_NAME) {
        if (s->element[0] == '\0')
            fail(t, line, "a hole inside a tag name");
        check_element(t);
        s->place = TAG_GAP;
    } else if (s->place == ATTR_NAME) {
        check_attribute(t);
        s->place = TAG_GAP;
    }
}

bool markup_merge(struct state *a, const struct state *b)
{
    bool a_tag = a->place == TAG_GAP || a->place == TAG_SPACE;
    bool b_tag = b->place == TAG_GAP || b->place == TAG_SPACE;
    if (a->raw != b->raw || (a->place != b->place && !(a_tag && b_tag)))
        return false;
    if (a->place != IN_TEXT && strcmp(a->element, b->element) != 0)
        return false;
    if (a->place == ATTR_VALUE && strcmp(a->attr, b->attr) != 0)
        return false;
    if (a_tag && b->place == TAG_GAP)
        a->place = TAG_GAP;
    a->value_empty = a->value_empty || b->value_empty;
    a->space = a->space > b->space ? a->space : b->space;
    a->after_block = a->after_block && b->after_block;
    return true;
}

bool markup_begins_address(const struct tmplc *t)
{
    return t->state.place == ATTR_VALUE && t->state.value_empty && is_url_attribute(t->state.attr);
}

/* multipart/form-data (RFC 7578). A body in memory is read in place, and files are borrowed from it. A spooled
 * one is looked at through a small window: texts are copied, of files only their place is kept. See form.h. */
#include "lib/http/guard.h"
#include "lib/http/internal.h"

#include <string.h>
#include <strings.h>

#include "lib/base/utf8.h"
#include "lib/base/banned.h"

#define PARTS_MAX      256u
#define PART_HEAD_MAX  2048u
#define PART_LINES_MAX 8
#define WINDOW_BYTES   ((size_t)64 << 10)
#define TEXT_BYTES_MAX ((uint64_t)256 << 10) /* all text fields of a spooled body together */
#define BOUNDARY_MAX   70                    /* RFC 2046 */
#define WINDOW_MIN     (PART_HEAD_MAX + 2)

/* --- the boundary ---------------------------------------------------------------------------------------- */

/* What a boundary may consist of; some clients leave out the quotes around those that are no token. */
static bool is_boundary_char(char c)
{
    return c && (strchr("'()+_,-./:=? ", c) || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                 (c >= 'a' && c <= 'z'));
}

/* Moves *at behind "…"; the quotes and the backslashes before single characters are taken off. */
static bool quoted_value(const char **at, struct buf *value)
{
    const char *c = *at + 1;
    for (; *c && *c != '"'; c++) {
        if (*c == '\\' && !*++c)
            return false;
        buf_putc(value, *c);
    }
    if (*c != '"')
        return false;
    *at = c + 1;
    return true;
}

static bool plain_value(const char **at, struct buf *value)
{
    const char *c = *at;
    while ((http_token_char(*c) || is_boundary_char(*c)) && *c != ' ')
        buf_putc(value, *c++);
    *at = c;
    return value->n > 0;
}

static bool boundary_good(const struct buf *value)
{
    for (size_t i = 0; i < value->n; i++) {
        if (!is_boundary_char(value->p[i]))
            return false;
    }
    return value->n > 0 && value->n <= BOUNDARY_MAX && value->p[value->n - 1] != ' ';
}

bool form_boundary(struct arena *a, const char *content_type, char **ret)
{
    char *found = NULL;
    const char *at = content_type + strcspn(content_type, ";\"");
    while (*at) {
        if (*at != ';')
            return false;
        at += 1 + strspn(at + 1, " \t");
        const char *name = at;
        while (http_token_char(*at))
            at++;
        size_t n = (size_t)(at - name);
        if (n == 0 && (*at == ';' || !*at)) /* a semicolon too many */
            continue;
        struct buf value = buf_new(a, 80, PART_HEAD_MAX);
        if (n == 0 || *at++ != '=' ||
            !(*at == '"' ? quoted_value(&at, &value) : plain_value(&at, &value)))
            return false;
        at += strspn(at, " \t");
        if (n != 8 || strncasecmp(name, "boundary", n) != 0)
            continue;
        if (found || value.full || !boundary_good(&value))
            return false;
        found = value.p;
    }
    if (found)
        *ret = found;
    return found != NULL;
}

/* --- parts ----------------------------------------------------------------------------------------------- */

struct part {
    const char *name;
    const char *file_name; /* NULL: a text field */
    const char *content_type;
    uint64_t at, n; /* the data's place in the body */
};

struct scan {
    struct cx *cx;
    struct http_req *req;
    const struct body_source *body;
    uint8_t *window; /* NULL: the body is in memory */
    size_t window_bytes;
    const char *delimiter; /* CR LF, two hyphens and the boundary */
    size_t delimiter_bytes;
    uint64_t text_bytes;
    bool unreadable;
};

static enum err broken(struct cx *cx, const char *why)
{
    (void)cx_detail(cx, ERR_BAD, "multipart: %s", why);
    return cx_fail(cx, ERR_BAD, "multipart", T("Kiriman formulir rusak. Kirim ulang formulirnya."));
}

/* name="…" or filename="…" of a Content-Disposition. Browsers write a quote as %22 or as \". */
static const char *parameter(struct arena *a, const char *line, const char *name)
{
    size_t n = strlen(name);
    bool quoted = false;
    for (const char *c = line; *c; c++) {
        if (*c == '\\' && quoted && c[1]) {
            c++;
            continue;
        }
        if (*c == '"')
            quoted = !quoted;
        if (quoted || *c != ';')
            continue;
        const char *at = c + 1 + strspn(c + 1, " \t");
        if (strncasecmp(at, name, n) != 0 || at[n] != '=' || at[n + 1] != '"')
            continue;
        struct buf value = buf_new(a, 64, PART_HEAD_MAX);
        for (at += n + 2; *at && *at != '"'; at++) {
            if (*at == '\\' && at[1] == '"')
                at++;
            buf_putc(&value, *at);
        }
        return *at == '"' ? value.p : NULL;
    }
    return NULL;
}

static bool quotes_close(const char *line)
{
    bool quoted = false;
    for (const char *c = line; *c; c++) {
        if (*c == '\\' && quoted && c[1])
            c++;
        else if (*c == '"')
            quoted = !quoted;
    }
    return !quoted;
}

static bool read_line(struct arena *a, struct part *part, const char *line)
{
    if (strncasecmp(line, "content-disposition:", 20) == 0) {
        const char *value = line + 20 + strspn(line + 20, " \t");
        if (strncasecmp(value, "form-data", 9) != 0 || part->name || !quotes_close(value))
            return false;
        part->name = parameter(a, value, "name");
        part->file_name = parameter(a, value, "filename");
        return part->name != NULL;
    }
    if (strncasecmp(line, "content-type:", 13) == 0)
        part->content_type = str_trim(a, line + 13);
    return strchr(line, ':') != NULL;
}

/* What can be seen from `at` on: in memory all the rest, else at most `n` bytes. Empty behind the end. */
static struct bytes look(struct scan *s, uint64_t at, size_t n)
{
    const struct body_source *b = s->body;
    uint64_t left = at < b->bytes ? b->bytes - at : 0;
    if (!s->window)
        return (struct bytes){.p = b->memory + (left ? at : 0), .n = (size_t)left};
    if (left < n)
        n = (size_t)left;
    if (n && !b->read(b->arg, at, s->window, n)) {
        s->unreadable = true;
        n = 0;
    }
    return (struct bytes){.p = s->window, .n = n};
}

static bool is_there(struct scan *s, uint64_t at, const char *text, size_t n)
{
    struct bytes seen = look(s, at, n);
    return seen.n >= n && memcmp(seen.p, text, n) == 0;
}

/* The next delimiter at or behind `at`. */
static bool find_delimiter(struct scan *s, uint64_t at, uint64_t *ret)
{
    for (;;) {
        struct bytes seen = look(s, at, s->window_bytes);
        if (seen.n < s->delimiter_bytes)
            return false;
        const uint8_t *found = memmem(seen.p, seen.n, s->delimiter, s->delimiter_bytes);
        if (found) {
            *ret = at + (uint64_t)(found - seen.p);
            return true;
        }
        at += seen.n - (s->delimiter_bytes - 1);
    }
}

/* The part's own head; moves *at behind it. */
static bool read_part_head(struct scan *s, struct part *part, uint64_t *at)
{
    for (int lines = 0; lines <= PART_LINES_MAX; lines++) {
        struct bytes seen = look(s, *at, WINDOW_MIN);
        size_t window = seen.n < PART_HEAD_MAX ? seen.n : PART_HEAD_MAX;
        const uint8_t *end = memmem(seen.p, window, "\r\n", 2);
        if (!end)
            return false;
        size_t n = (size_t)(end - seen.p);
        *at += n + 2;
        if (n == 0)
            return part->name != NULL;
        const char *line = arena_strndup(s->cx->arena, (const char *)seen.p, n);
        if (!utf8_valid(line, n) || !read_line(s->cx->arena, part, line))
            return false;
    }
    return false;
}

static bool add_text(struct scan *s, const struct part *part)
{
    size_t n = (size_t)part->n;
    s->text_bytes += part->n;
    if (s->window && s->text_bytes > TEXT_BYTES_MAX)
        return false;
    char *text = arena_alloc(s->cx->arena, n + 1);
    if (n && !s->window)
        memcpy(text, s->body->memory + part->at, n);
    else if (n && !s->body->read(s->body->arg, part->at, (uint8_t *)text, n))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '\0')
            text[i] = 1; /* refused by name later; a NUL would cut the text short */
    }
    if (!utf8_valid(text, n))
        return false;
    s->req->fields[s->req->field_count++] = (struct http_pair){.name = part->name, .value = text};
    return true;
}

static bool add_part(struct scan *s, const struct part *part)
{
    if (!part->file_name)
        return add_text(s, part);
    if (part->n == 0 && !*part->file_name)
        return true; /* a file input left empty */
    struct http_file file = {.field = part->name,
                             .client_name = part->file_name,
                             .content_type = str_or(part->content_type, ""),
                             .bytes = part->n,
                             .at = part->at};
    if (!s->window)
        file.data = (struct bytes){.p = s->body->memory + part->at, .n = (size_t)part->n};
    s->req->files[s->req->file_count++] = file;
    return true;
}

/* One part after its boundary line. Moves *at behind the next delimiter. */
static enum err read_part(struct scan *s, uint64_t *at)
{
    struct part part = {.name = NULL};
    uint64_t stop;
    if (!read_part_head(s, &part, at))
        return broken(s->cx, "head of a part");
    /* The delimiter begins with CR LF; that of an empty part may be the head's own empty line. */
    if (!find_delimiter(s, *at - 2, &stop))
        return broken(s->cx, "no end of a part");
    part.at = *at;
    part.n = stop > *at ? stop - *at : 0;
    if (!add_part(s, &part))
        return broken(s->cx, "text of a field");
    *at = stop + s->delimiter_bytes;
    return ERR_OK;
}

static enum err read_parts(struct scan *s)
{
    if (!is_there(s, 0, s->delimiter + 2, s->delimiter_bytes - 2))
        return broken(s->cx, "no first boundary");
    uint64_t at = s->delimiter_bytes - 2;
    for (size_t parts = 0;; parts++) {
        if (is_there(s, at, "--", 2))
            return ERR_OK;
        if (!is_there(s, at, "\r\n", 2))
            return broken(s->cx, "end of a boundary line");
        if (parts == PARTS_MAX)
            return broken(s->cx, "too many parts");
        at += 2;
        TRY(read_part(s, &at));
    }
}

enum err form_decode_source(struct cx *cx, const struct body_source *body, const char *boundary,
                            struct http_req *req)
{
    struct scan s = {.cx = cx, .req = req, .body = body};
    s.delimiter = arena_printf(cx->arena, "\r\n--%.*s", BOUNDARY_MAX, boundary);
    s.delimiter_bytes = strlen(s.delimiter);
    if (body->read) {
        s.window_bytes = body->window_bytes ? body->window_bytes : WINDOW_BYTES;
        if (s.window_bytes < WINDOW_MIN)
            s.window_bytes = WINDOW_MIN;
        s.window = arena_alloc(cx->arena, s.window_bytes);
    }
    req->fields = ARENA_ARRAY(cx->arena, PARTS_MAX, struct http_pair);
    req->files = ARENA_ARRAY(cx->arena, PARTS_MAX, struct http_file);
    req->field_count = 0;
    req->file_count = 0;
    enum err e = read_parts(&s);
    return s.unreadable ? cx_detail(cx, ERR_INTERNAL, "spooled body cannot be read back") : e;
}

enum err form_decode_multipart(struct cx *cx, struct bytes body, const char *boundary,
                               struct http_req *req)
{
    const struct body_source whole = {.memory = body.p ? body.p : (const uint8_t *)"",
                                      .bytes = body.n};
    return form_decode_source(cx, &whole, boundary, req);
}

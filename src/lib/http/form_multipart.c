/* multipart/form-data (RFC 7578), read in place: files are borrowed from the body. See form.h. */
#include "lib/http/internal.h"

#include <string.h>
#include <strings.h>

#include "lib/base/utf8.h"
#include "lib/base/banned.h"

#define PARTS_MAX      256u
#define PART_HEAD_MAX  2048u
#define PART_LINES_MAX 8

struct part {
    const char *name;
    const char *file_name; /* NULL: a text field */
    const char *content_type;
    struct bytes data;
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

static bool read_line(struct arena *a, struct part *part, const char *line)
{
    if (strncasecmp(line, "content-disposition:", 20) == 0) {
        const char *value = line + 20 + strspn(line + 20, " \t");
        if (strncasecmp(value, "form-data", 9) != 0 || part->name)
            return false;
        part->name = parameter(a, value, "name");
        part->file_name = parameter(a, value, "filename");
        return part->name != NULL;
    }
    if (strncasecmp(line, "content-type:", 13) == 0)
        part->content_type = str_trim(a, line + 13);
    return strchr(line, ':') != NULL;
}

/* The part's own head; returns the bytes it took, 0 when it is broken. */
static size_t read_part_head(struct arena *a, struct part *part, struct bytes rest)
{
    size_t at = 0;
    for (int lines = 0; lines <= PART_LINES_MAX; lines++) {
        size_t window = rest.n - at < PART_HEAD_MAX ? rest.n - at : PART_HEAD_MAX;
        const uint8_t *end = memmem(rest.p + at, window, "\r\n", 2);
        if (!end)
            return 0;
        size_t n = (size_t)(end - (rest.p + at));
        if (n == 0)
            return part->name ? at + 2 : 0;
        const char *line = arena_strndup(a, (const char *)rest.p + at, n);
        if (!utf8_valid(line, n) || !read_line(a, part, line))
            return 0;
        at += n + 2;
    }
    return 0;
}

static bool add_text(struct cx *cx, struct http_req *req, const struct part *part)
{
    char *text = arena_strndup(cx->arena, (const char *)part->data.p, part->data.n);
    for (size_t i = 0; i < part->data.n; i++) {
        if (text[i] == '\0')
            text[i] = 1; /* refused by name later; a NUL would cut the text short */
    }
    if (!utf8_valid(text, part->data.n))
        return false;
    req->fields[req->field_count++] = (struct http_pair){.name = part->name, .value = text};
    return true;
}

static bool add_part(struct cx *cx, struct http_req *req, const struct part *part)
{
    if (!part->file_name)
        return add_text(cx, req, part);
    if (part->data.n == 0 && !*part->file_name)
        return true; /* a file input left empty */
    req->files[req->file_count++] = (struct http_file){
        .field = part->name,
        .client_name = part->file_name,
        .content_type = str_or(part->content_type, ""),
        .data = part->data};
    return true;
}

/* One part after its boundary line. Moves *at behind the next delimiter. */
static enum err read_part(struct cx *cx, struct bytes body, const char *delimiter, size_t *at,
                          struct http_req *req)
{
    struct part part = {.name = NULL};
    struct bytes rest = {.p = body.p + *at, .n = body.n - *at};
    size_t head = read_part_head(cx->arena, &part, rest);
    if (head == 0)
        return broken(cx, "head of a part");
    *at += head;
    /* The delimiter begins with CR LF; that of an empty part may be the head's own empty line. */
    size_t from = *at - 2;
    size_t n = strlen(delimiter);
    const uint8_t *end = memmem(body.p + from, body.n - from, delimiter, n);
    if (!end)
        return broken(cx, "no end of a part");
    size_t stop = (size_t)(end - body.p);
    part.data = (struct bytes){.p = body.p + *at, .n = stop > *at ? stop - *at : 0};
    if (!add_part(cx, req, &part))
        return broken(cx, "text of a field");
    *at = stop + n;
    return ERR_OK;
}

enum err form_decode_multipart(struct cx *cx, struct bytes body, const char *boundary,
                               struct http_req *req)
{
    const char *delimiter = arena_printf(cx->arena, "\r\n--%s", boundary);
    size_t n = strlen(delimiter) - 2;
    req->fields = ARENA_ARRAY(cx->arena, PARTS_MAX, struct http_pair);
    req->files = ARENA_ARRAY(cx->arena, PARTS_MAX, struct http_file);
    req->field_count = 0;
    req->file_count = 0;
    if (body.n < n || memcmp(body.p, delimiter + 2, n) != 0)
        return broken(cx, "no first boundary");
    size_t at = n;
    for (size_t parts = 0;; parts++) {
        if (body.n - at >= 2 && memcmp(body.p + at, "--", 2) == 0)
            return ERR_OK;
        if (body.n - at < 2 || memcmp(body.p + at, "\r\n", 2) != 0)
            return broken(cx, "end of a boundary line");
        if (parts == PARTS_MAX)
            return broken(cx, "too many parts");
        at += 2;
        TRY(read_part(cx, body, delimiter, &at, req));
    }
}

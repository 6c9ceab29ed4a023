/* The first thing that looks at a request. Sits in front of libmicrohttpd, which accepts what two
 * readers could understand differently (both length headers at once, two Hosts, %00 …). */
#include "lib/http/guard.h"

#include <string.h>
#include <strings.h>
#include <sys/types.h>

#include "lib/base/str.h"
#include "lib/base/utf8.h"
#include "lib/base/banned.h"

#define COOKIES_MAX  100
#define TARGET_BYTES 8192u

static void refuse(struct guard *g, int status, const char *code)
{
    if (g->status == 0) {
        g->status = status;
        g->code = code;
    }
}

bool http_token_char(char c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
        return true;
    return c && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

static bool is_token(const char *s)
{
    if (!*s)
        return false;
    for (; *s; s++) {
        if (!http_token_char(*s))
            return false;
    }
    return true;
}

void guard_begin(struct guard *g)
{
    *g = (struct guard){.length = -1};
}

static void check_version(struct guard *g, const char *version)
{
    if (strcmp(version, "HTTP/1.1") == 0)
        return;
    if (strcmp(version, "HTTP/1.0") == 0)
        g->http10 = true;
    else if (str_starts(version, "HTTP/") && version[5] >= '2' && version[5] <= '9' &&
             version[6] == '.')
        refuse(g, 505, "http_version");
    else
        refuse(g, 400, "http_version");
}

void guard_request(struct guard *g, const char *method, const char *target, const char *version)
{
    if (!is_token(method) || strlen(method) > 32)
        refuse(g, 400, "method");
    if (target[0] != '/')
        refuse(g, 400, "target");
    if (strlen(target) > TARGET_BYTES)
        refuse(g, 414, "target_long");
    for (const char *c = target; *c; c++) {
        if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7F || *c == '#')
            refuse(g, 400, "target");
    }
    check_version(g, version);
}

static void check_host(struct guard *g, const char *value)
{
    g->host_count++;
    if (!*value || strlen(value) > 255)
        refuse(g, 400, "host");
    for (const char *c = value; *c; c++) {
        bool name = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                    (*c >= '0' && *c <= '9');
        if (!name && !strchr(".-_:[]", *c))
            refuse(g, 400, "host");
    }
}

static void check_length(struct guard *g, const char *value)
{
    g->length_count++;
    int64_t length = 0;
    /* 18 digits fit an int64_t; no body of ours is near that. */
    if (*value == '-' || *value == '+' || strlen(value) > 18 ||
        !str_to_i64(value, 0, INT64_MAX, &length))
        refuse(g, 400, "content_length");
    g->length = length;
}

static void check_encoding(struct guard *g, const char *value)
{
    g->encoding_count++;
    if (strcasecmp(value, "chunked") == 0)
        g->chunked = true;
    else
        refuse(g, 501, "transfer_encoding");
}

/* libmicrohttpd keeps a record for each cookie in the memory of one connection, and hangs up without an
 * answer when that is used up. */
static void check_cookies(struct guard *g, const char *value)
{
    size_t cookies = 1;
    for (const char *c = value; *c; c++)
        cookies += *c == ';';
    if (cookies > COOKIES_MAX)
        refuse(g, 431, "cookies");
}

void guard_header(struct guard *g, const char *name, const char *value)
{
    g->header_count++;
    if (!is_token(name))
        refuse(g, 400, "header_name");
    size_t n = strlen(value);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)value[i];
        if ((c < ' ' && c != '\t') || c == 0x7F)
            refuse(g, 400, "header_value");
    }
    if (!utf8_valid(value, n))
        refuse(g, 400, "header_value");
    if (strcasecmp(name, "host") == 0)
        check_host(g, value);
    else if (strcasecmp(name, "content-length") == 0)
        check_length(g, value);
    else if (strcasecmp(name, "transfer-encoding") == 0)
        check_encoding(g, value);
    else if (strcasecmp(name, "cookie") == 0)
        check_cookies(g, value);
    else if (strcasecmp(name, "expect") == 0 && strcasecmp(value, "100-continue") != 0)
        refuse(g, 417, "expect");
}

void guard_end(struct guard *g, const struct guard_limits *limits)
{
    if (g->header_count > limits->headers)
        refuse(g, 431, "headers");
    if (g->host_count > 1 || (g->host_count == 0 && !g->http10))
        refuse(g, 400, "host");
    if (g->length_count > 1)
        refuse(g, 400, "content_length");
    if (g->encoding_count > 1 || (g->encoding_count && g->http10))
        refuse(g, 400, "transfer_encoding");
    if (g->encoding_count && g->length_count)
        refuse(g, 400, "framing");
}

/* --- raw bytes --------------------------------------------------------------------------------- */

/* Finds the end of the head, line by line. -1 when it is not there; `g` is marked when a line cannot be
 * of a head: a bare LF, a bare CR, a control character. */
static ssize_t head_end(struct guard *g, const char *head, size_t n)
{
    size_t line = 0;
    for (size_t i = 0; i < n && g->status == 0; i++) {
        unsigned char c = (unsigned char)head[i];
        if (c == '\n') {
            if (i == 0 || head[i - 1] != '\r')
                refuse(g, 400, "line_end");
            else if (i - line == 1)
                return (ssize_t)i + 1;
            line = i + 1;
        } else if (i > 0 && head[i - 1] == '\r') {
            refuse(g, 400, "line_end");
        } else if (c != '\r' && c != '\t' && (c < ' ' || c == 0x7F)) {
            refuse(g, 400, "control_character");
        }
    }
    return -1;
}

static void read_request_line(struct guard *g, char *line)
{
    char *target = strchr(line, ' ');
    char *version = target ? strchr(target + 1, ' ') : NULL;
    if (!target || !version || strchr(version + 1, ' ')) {
        refuse(g, 400, "request_line");
        return;
    }
    *target = '\0';
    *version = '\0';
    guard_request(g, line, target + 1, version + 1);
}

static void read_header_line(struct guard *g, char *line)
{
    char *colon = strchr(line, ':');
    if (line[0] == ' ' || line[0] == '\t' || !colon) {
        refuse(g, 400, "header_line"); /* a folded or a broken line */
        return;
    }
    *colon = '\0';
    char *value = colon + 1;
    while (*value == ' ' || *value == '\t')
        value++;
    size_t n = strlen(value);
    while (n && (value[n - 1] == ' ' || value[n - 1] == '\t'))
        value[--n] = '\0';
    guard_header(g, line, value);
}

enum guard_seen guard_head(struct guard *g, const char *head, size_t n,
                           const struct guard_limits *limits)
{
    guard_begin(g);
    size_t seen = n < limits->head_bytes ? n : limits->head_bytes;
    ssize_t end = head_end(g, head, seen);
    if (g->status)
        return GUARD_BAD;
    if (end < 0 && n >= limits->head_bytes)
        refuse(g, 431, "head_bytes");
    if (end < 0)
        return g->status ? GUARD_BAD : GUARD_MORE;
    struct arena *a = arena_new((size_t)end + 64);
    char *copy = arena_strndup(a, head, (size_t)end);
    bool first = true;
    for (char *line = copy; *line; first = false) {
        char *next = strchr(line, '\r'); /* every line ends in CR LF here */
        if (!next || next == line)
            break;
        *next = '\0';
        if (first)
            read_request_line(g, line);
        else
            read_header_line(g, line);
        line = next + 2;
    }
    if (first)
        refuse(g, 400, "request_line");
    arena_free(a);
    guard_end(g, limits);
    return g->status ? GUARD_BAD : GUARD_WHOLE;
}

/* --- path -------------------------------------------------------------------------------------- */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool has_dot_segment(const char *path)
{
    for (const char *s = path; s; s = strchr(s, '/')) {
        if (*s == '/')
            s++;
        size_t n = strcspn(s, "/");
        if ((n == 1 && s[0] == '.') || (n == 2 && s[0] == '.' && s[1] == '.'))
            return true;
    }
    return false;
}

bool guard_path(struct arena *a, const char *target, char **ret_path)
{
    size_t n = strcspn(target, "?");
    if (n == 0 || target[0] != '/')
        return false;
    char *path = arena_alloc(a, n + 1);
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        char c = target[i];
        if (c == '%') {
            int high = i + 2 < n ? hex_value(target[i + 1]) : -1;
            int low = high >= 0 ? hex_value(target[i + 2]) : -1;
            if (low < 0)
                return false;
            c = (char)(high * 16 + low);
            if (c == '/')
                return false;
            i += 2;
        }
        if ((unsigned char)c < ' ' || c == 0x7F || c == '\\')
            return false;
        path[used++] = c;
    }
    path[used] = '\0';
    if (!utf8_valid(path, used) || has_dot_segment(path))
        return false;
    *ret_path = path;
    return true;
}

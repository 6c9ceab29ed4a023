/* Reads the file that describes a gateway, and refuses what cannot work or is not safe: an unknown key
 * or placeholder, a secret that every installation of that gateway shares, plain http to anywhere but
 * this machine or (allowed on purpose) the office's own network. */
#include "lib/outbox/channel_http_config.h"

#include <fcntl.h>
#include <ini.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/cleanup.h"

#include "lib/base/banned.h"

enum {
    FILE_MAX_BYTES = 64 * 1024,
    LINE_MAX_BYTES = 190, /* libinih cuts at 200 without a word */
    TEMPLATE_MAX_BYTES = 16 * 1024,
    PATH_TOKEN_MIN_BYTES = 16,
    INBOUND_SECRET_MIN_BYTES = 8,
};

struct reading {
    struct arena *arena;
    struct gateway *g;
    struct buf json;
    const char *message;
    bool json_seen;
};

static bool fault(struct reading *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool fault(struct reading *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    r->message = arena_vprintf(r->arena, format, args);
    va_end(args);
    return false;
}

const char *gateway_pair_find(const struct gateway_pairs *pairs, const char *name)
{
    for (size_t i = 0; i < pairs->n; i++)
        if (str_eq(pairs->list[i].name, name))
            return pairs->list[i].value;
    return NULL;
}

/* --- secrets ---------------------------------------------------------------------------------- */

static const char secret_characters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

/* "secret:name" or "secret64:name" → the bare name; NULL when it is neither. */
static const char *secret_name(const char *name, size_t *n, bool *ret_base64)
{
    static const char plain[] = "secret:", coded[] = "secret64:";
    *ret_base64 = *n > sizeof(coded) - 1 && str_starts(name, coded);
    size_t prefix = *ret_base64 ? sizeof(coded) - 1 : sizeof(plain) - 1;
    if (!*ret_base64 && (*n <= prefix || !str_starts(name, plain)))
        return NULL;
    *n -= prefix;
    return strspn(name + prefix, secret_characters) >= *n && *n <= 64 ? name + prefix : NULL;
}

static bool secret_fetch(const char *dir, const char *name, size_t n, char secret[SECRET_MAX_BYTES])
{
    char path[4096];
    int length = snprintf(path, sizeof(path), "%s/%.*s", dir, (int)n, name);
    return length > 0 && (size_t)length < sizeof(path) &&
           secret_read(path, secret, SECRET_MAX_BYTES);
}

bool gateway_secret_add(const char *secrets_dir, const char *name, size_t n, struct buf *out)
{
    bool base64 = false;
    const char *bare = secret_name(name, &n, &base64);
    char secret[SECRET_MAX_BYTES], coded[SECRET_MAX_BYTES * 2];
    if (!bare || str_empty(secrets_dir) || !secret_fetch(secrets_dir, bare, n, secret))
        return false;
    if (base64)
        (void)sodium_bin2base64(coded, sizeof(coded), (const unsigned char *)secret, strlen(secret),
                                sodium_base64_VARIANT_ORIGINAL);
    buf_puts(out, base64 ? coded : secret);
    sodium_memzero(secret, sizeof(secret));
    sodium_memzero(coded, sizeof(coded));
    return true;
}

bool gateway_secrets_fill(const struct gateway *g, const char *text, struct buf *out)
{
    while (*text) {
        const char *at = strstr(text, "${");
        const char *end = at ? strchr(at, '}') : NULL;
        if (!end) {
            buf_puts(out, text);
            return true;
        }
        buf_add(out, text, (size_t)(at - text));
        if (!gateway_secret_add(g->secrets_dir, at + 2, (size_t)(end - at) - 2, out))
            return false;
        text = end + 1;
    }
    return true;
}

uint64_t gateway_secrets_mark(const struct gateway *g)
{
    uint64_t mark = 0;
    for (size_t i = 0; i < g->secret_count; i++)
        mark = file_mark(mark, g->secrets[i]);
    return mark;
}

/* What installations are shipped with, and what people write when they are in a hurry. */
static bool secret_is_default(const char *secret)
{
    static const char *const known[] = {
        "secret", "changeme", "change-me", "change_me",   "password",    "passw0rd",  "admin",
        "token",  "default",  "test",      "example",     "rahasia",     "gantisaya", "123456",
        "apikey", "api-key",  "api_key",   "your-secret", "your_secret", "12345678",  "null",
    };
    const char *password = strchr(secret, ':'); /* user:password of a Basic login */
    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (strcasecmp(secret, known[i]) == 0 ||
            (password && (!password[1] || strcasecmp(password + 1, known[i]) == 0)))
            return true;
    return false;
}

static bool secret_keep(struct reading *r, const char *path)
{
    struct gateway *g = r->g;
    for (size_t i = 0; i < g->secret_count; i++)
        if (str_eq(g->secrets[i], path))
            return true;
    if (g->secret_count == GATEWAY_PAIRS_MAX)
        return fault(r, "Terlalu banyak rahasia: pakai paling banyak %d.", GATEWAY_PAIRS_MAX);
    g->secrets[g->secret_count++] = path;
    return true;
}

static bool secret_check(struct reading *r, const char *name, size_t n, size_t min_bytes)
{
    bool base64 = false;
    size_t length = n;
    const char *bare = secret_name(name, &length, &base64);
    char secret[SECRET_MAX_BYTES];
    if (!bare)
        return fault(r, "${%.*s}: tulis ${secret:nama}.", (int)n, name);
    if (str_empty(r->g->secrets_dir) || !secret_fetch(r->g->secrets_dir, bare, length, secret))
        return fault(r, "Rahasia %.*s tidak dapat dibaca. Tulis di berkas bernama sama, satu baris.",
                     (int)length, bare);
    bool fine = !secret_is_default(secret);
    bool long_enough = strlen(secret) >= min_bytes;
    sodium_memzero(secret, sizeof(secret));
    if (!fine)
        return fault(
            r, "Rahasia %.*s masih bawaan. Ganti di gateway dan di berkasnya dengan teks acak.",
            (int)length, bare);
    if (!long_enough)
        return fault(r, "Rahasia %.*s terlalu pendek. Pakai teks acak, paling sedikit %zu huruf.",
                     (int)length, bare, min_bytes);
    return secret_keep(r, arena_printf(r->arena, "%s/%.*s", r->g->secrets_dir, (int)length, bare));
}

/* Each ${…} is a secret that can be read, each {{…}} a value that we know. */
static bool text_check(struct reading *r, const char *text, bool values_allowed)
{
    for (const char *p = text; *p; p++) {
        bool secret = p[0] == '$' && p[1] == '{';
        bool value = p[0] == '{' && p[1] == '{';
        if (!secret && !value)
            continue;
        const char *end = strstr(p, secret ? "}" : "}}");
        if (!end)
            return fault(r, "%s: kurung kurawal belum ditutup.", text);
        size_t n = (size_t)(end - p) - 2;
        if (secret && !secret_check(r, p + 2, n, 1))
            return false;
        if (value && !values_allowed)
            return fault(r, "%s: {{…}} tidak dapat dipakai di sini.", text);
        if (value && !gateway_placeholder_known(p + 2, n))
            return fault(r, "{{%.*s}}: nama tidak dikenal.", (int)n, p + 2);
        p = end;
    }
    return true;
}

/* --- one key ---------------------------------------------------------------------------------- */

struct key {
    const char *name;
    size_t offset; /* of a const char * in struct gateway */
};

#define KEY(name_, member_)                                                                        \
    {                                                                                              \
        name_, offsetof(struct gateway, member_)                                                   \
    }
static const struct key text_keys[] = {
    KEY("url", url_text),
    KEY("method", method),
    KEY("ca_file", ca_file),
    KEY("to_format", to_format),
    KEY("ok.pointer", ok_pointer),
    KEY("ok.equals", ok_equals),
    KEY("id.pointer", id_pointer),
    KEY("err.pointer", err_pointer),
    KEY("err.retry_match", err_retry),
    KEY("err.stop_match", err_stop),
    KEY("err.recipient_match", err_recipient),
    KEY("inbound.token", in.token),
    KEY("inbound.secret", in.secret),
    KEY("inbound.event", in.event),
    KEY("inbound.event_is", in.event_is),
    KEY("inbound.id", in.id),
    KEY("inbound.from", in.from),
    KEY("inbound.text", in.text),
    KEY("inbound.reply_to", in.reply_to),
    KEY("inbound.skip", in.skip),
    KEY("inbound.skip_match", in.skip_match),
    KEY("inbound.redact", in.redact),
    KEY("status.event_is", in.status_is),
    KEY("status.id", in.status_id),
    KEY("status.value", in.status_value),
};
#undef KEY

static bool put_pair(struct reading *r, struct gateway_pairs *pairs, const char *name,
                     const char *value)
{
    if (!*name || pairs->n == GATEWAY_PAIRS_MAX || gateway_pair_find(pairs, name))
        return fault(r, "%s: ditulis dua kali, atau terlalu banyak.", name);
    pairs->list[pairs->n++] = (struct gateway_pair){arena_strdup(r->arena, name),
                                                    arena_strdup(r->arena, value)};
    return true;
}

static bool put_body(struct reading *r, const char *value)
{
    static const char *const names[] = {"json", "form", "multipart"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (!str_eq(value, names[i]))
            continue;
        r->g->body = i == 0 ? GATEWAY_JSON : i == 1 ? GATEWAY_FORM : GATEWAY_MULTIPART;
        return true;
    }
    return fault(r, "body: pilih json, form, atau multipart.");
}

static bool put_status(struct reading *r, const char *value)
{
    const char *dash = strchr(value, '-');
    const char *first = dash ? arena_strndup(r->arena, value, (size_t)(dash - value)) : value;
    if (str_to_i64(first, 200, 299, &r->g->ok_from) &&
        str_to_i64(dash ? dash + 1 : value, r->g->ok_from, 299, &r->g->ok_to))
        return true;
    return fault(r, "ok.status: tulis satu status atau rentang di antara 200 dan 299.");
}

/* "1/2s": one message in two seconds. */
static bool put_rate(struct reading *r, const char *name, const char *value, int64_t *ret_ms)
{
    const char *slash = strchr(value, '/');
    size_t n = slash ? strlen(slash + 1) : 0;
    int64_t count = 0, seconds = 0;
    if (n >= 2 && slash[n] == 's' &&
        str_to_i64(arena_strndup(r->arena, value, (size_t)(slash - value)), 1, 1000, &count) &&
        str_to_i64(arena_strndup(r->arena, slash + 1, n - 1), 1, 3600, &seconds)) {
        *ret_ms = seconds * 1000 / count;
        return true;
    }
    return fault(r, "%s: tulis seperti 1/2s, satu pesan dalam dua detik.", name);
}

static bool put_ms(struct reading *r, const char *name, const char *value, long *ret)
{
    int64_t ms = 0;
    if (!str_to_i64(value, 100, 20000, &ms)) /* below the outbox's lease */
        return fault(r, "%s: tulis milidetik, 100 sampai 20000.", name);
    *ret = (long)ms;
    return true;
}

/* none · hmac-sha256-hex:HEADER[:PREFIX] · hmac-sha512-hex:HEADER[:PREFIX] · header-equals:HEADER */
static bool put_signature(struct reading *r, const char *value)
{
    static const char *const names[] = {"none",
                                        "hmac-sha256-hex:", "hmac-sha512-hex:", "header-equals:"};
    static const enum gateway_signature modes[] = {GATEWAY_SIG_NONE, GATEWAY_SIG_SHA256_HEX,
                                                   GATEWAY_SIG_SHA512_HEX,
                                                   GATEWAY_SIG_HEADER_EQUALS};
    struct gateway_inbound *in = &r->g->in;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (i == 0 ? !str_eq(value, names[0]) : !str_starts(value, names[i]))
            continue;
        in->signature = modes[i];
        const char *header = value + strlen(names[i]);
        size_t n = strcspn(header, ":");
        in->signature_header = arena_strndup(r->arena, header, n);
        in->signature_prefix = header[n] ? arena_strdup(r->arena, header + n + 1) : "";
        return i == 0 || n > 0 ? true
                               : fault(r, "inbound.sig: sebut nama header sesudah titik dua.");
    }
    return fault(r, "inbound.sig: pilih none, hmac-sha256-hex:HEADER:AWALAN, "
                    "hmac-sha512-hex:HEADER, atau header-equals:HEADER.");
}

static bool put_flag(struct reading *r, const char *name, const char *value, bool *ret)
{
    *ret = str_eq(value, "on");
    return *ret || str_eq(value, "off") ? true : fault(r, "%s: tulis on atau off.", name);
}

/* The rest of a name behind "field." and the like; NULL when it does not begin so. */
static const char *behind(const char *name, const char *prefix)
{
    return str_starts(name, prefix) ? name + strlen(prefix) : NULL;
}

static bool put_special(struct reading *r, const char *name, const char *value, bool *ret_known)
{
    struct gateway *g = r->g;
    *ret_known = true;
    if (str_eq(name, "body"))
        return put_body(r, value);
    if (str_eq(name, "ok.status"))
        return put_status(r, value);
    if (str_eq(name, "rate"))
        return put_rate(r, name, value, &g->gap_ms);
    if (str_eq(name, "per_recipient"))
        return put_rate(r, name, value, &g->recipient_gap_ms);
    if (str_eq(name, "timeout_ms"))
        return put_ms(r, name, value, &g->total_ms);
    if (str_eq(name, "connect_ms"))
        return put_ms(r, name, value, &g->connect_ms);
    if (str_eq(name, "inbound.sig"))
        return put_signature(r, value);
    if (str_eq(name, "allow_private"))
        return put_flag(r, name, value, &g->allow_private);
    if (behind(name, "header."))
        return put_pair(r, &g->headers, behind(name, "header."), value);
    if (behind(name, "field."))
        return put_pair(r, &g->fields, behind(name, "field."), value);
    if (behind(name, "template."))
        return put_pair(r, &g->templates, behind(name, "template."), value);
    if (behind(name, "status.map."))
        return put_pair(r, &g->statuses, behind(name, "status.map."), value);
    *ret_known = false;
    return true;
}

static bool put(struct reading *r, const char *name, const char *value)
{
    bool known = false;
    if (str_eq(name, "json_template")) { /* comes line by line */
        r->json_seen = true;
        buf_puts(&r->json, value);
        buf_putc(&r->json, '\n');
        return r->json.full ? fault(r, "json_template terlalu panjang.") : true;
    }
    if (!put_special(r, name, value, &known) || known)
        return r->message == NULL;
    for (size_t i = 0; i < ARRAY_LEN(text_keys); i++) {
        if (!str_eq(text_keys[i].name, name))
            continue;
        char *place = (char *)r->g + text_keys[i].offset;
        const char *copy = arena_strdup(r->arena, value), *before = NULL;
        memcpy(&before, place, sizeof(before));
        if (before)
            return fault(r, "%s ditulis dua kali.", name);
        memcpy(place, &copy, sizeof(copy));
        return true;
    }
    return fault(r, "%s: kunci tidak dikenal.", name);
}

static int ini_line(void *user, const char *section, const char *name, const char *value)
{
    struct reading *r = user;
    if (r->message)
        return 1;
    if (!str_eq(section, "gateway"))
        (void)fault(r, "[%s]: bagian tidak dikenal, tulis [gateway].", section);
    else
        (void)put(r, name, value);
    return r->message == NULL;
}

/* --- the whole -------------------------------------------------------------------------------- */

static char *file_read(struct arena *a, const char *path)
{
    CLEAN_FD int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0)
        return NULL;
    char *text = arena_alloc(a, FILE_MAX_BYTES + 1);
    size_t n = 0;
    while (n < FILE_MAX_BYTES) {
        ssize_t got = read(fd, text + n, FILE_MAX_BYTES - n);
        if (got < 0)
            return NULL;
        if (got == 0)
            return strlen(text) == n ? text : NULL;
        n += (size_t)got;
    }
    return NULL;
}

static bool file_parse(struct reading *r, const char *path)
{
    const char *text = file_read(r->arena, path);
    if (!text)
        return fault(r, "Berkas gateway %s tidak dapat dibaca.", str_or(path, "?"));
    int line = 1;
    for (const char *p = text; *p; line++) {
        size_t n = strcspn(p, "\n");
        if (n > LINE_MAX_BYTES)
            return fault(r, "Baris %d terlalu panjang: pakai paling banyak %d huruf.", line,
                         LINE_MAX_BYTES);
        p += n + (p[n] == '\n' ? 1 : 0);
    }
    line = ini_parse_string(text, ini_line, r);
    if (line == 0 && !r->message)
        return true;
    return fault(r, "%s baris %d: %s", path, line, str_or(r->message, "tidak dapat dibaca."));
}

static bool check_url(struct reading *r)
{
    struct gateway *g = r->g;
    if (!http_url_read(r->arena, g->url_text, &g->url))
        return fault(r, "url: tulis alamat https lengkap tanpa nama dan kata sandi.");
    if (!http_url_allowed(&g->url, g->allow_private ? HTTP_PRIVATE : HTTP_PUBLIC))
        return fault(r, "url: pakai https. http hanya untuk alamat loopback, atau jaringan kantor "
                        "dengan allow_private=on.");
    if (strchr(g->url_text, '{'))
        return fault(r, "url: rahasia dan {{…}} tidak boleh di alamat; pakai header atau field.");
    if (g->method && !str_eq(g->method, "POST") && !str_eq(g->method, "PUT"))
        return fault(r, "method: pilih POST atau PUT.");
    return true;
}

static bool check_headers(struct reading *r)
{
    static const char *const ours[] = {
        "Host",       "Content-Length", "Content-Type", "Transfer-Encoding",
        "Connection", "Expect",         "User-Agent"};
    for (size_t i = 0; i < r->g->headers.n; i++) {
        const struct gateway_pair *h = &r->g->headers.list[i];
        bool fine = strspn(h->name, secret_characters) == strlen(h->name);
        for (size_t k = 0; k < ARRAY_LEN(ours); k++)
            fine = fine && strcasecmp(ours[k], h->name) != 0;
        for (const char *c = h->value; *c; c++)
            fine = fine && *c >= ' ' && *c <= '~';
        if (!fine || !*h->value)
            return fault(r, "header.%s: tidak dapat dipakai.", h->name);
        if (!text_check(r, h->value, false))
            return false;
    }
    return true;
}

static bool check_template(struct reading *r, const json_t *node)
{
    const char *key;
    json_t *value;
    size_t i;
    if (json_is_string(node))
        return text_check(r, json_string_value(node), true);
    json_object_foreach((json_t *)(uintptr_t)node, key,
                        value) if (!check_template(r, value)) return false;
    json_array_foreach(node, i, value) if (!check_template(r, value)) return false;
    return true;
}

static bool check_body(struct reading *r)
{
    struct gateway *g = r->g;
    if (r->json_seen && (g->body != GATEWAY_JSON || g->fields.n))
        return fault(r, "json_template berlaku untuk body=json dan tanpa field.");
    if (!r->json_seen && g->fields.n == 0)
        return fault(r, "Tulis field.NAMA=… atau json_template.");
    for (size_t i = 0; i < g->fields.n; i++) {
        const char *name = g->fields.list[i].name;
        if (strpbrk(name, "\"\\\r\n") || !text_check(r, g->fields.list[i].value, true))
            return r->message ? false : fault(r, "field.%s: nama tidak dapat dipakai.", name);
    }
    if (!r->json_seen)
        return true;
    struct cx cx = {.arena = r->arena};
    struct bytes text = {(const uint8_t *)r->json.p, r->json.n};
    if (json_parse(&cx, text, &g->json) != ERR_OK || !json_is_object(g->json))
        return fault(r, "json_template: %s", str_or(cx.diag.message, "tulis satu objek JSON."));
    return check_template(r, g->json);
}

static bool pointer_fine(const char *pointer)
{
    return !pointer || !*pointer || *pointer == '/';
}

static bool check_pointers(struct reading *r)
{
    const struct gateway_inbound *in = &r->g->in;
    const char *const all[] = {r->g->ok_pointer, r->g->id_pointer, r->g->err_pointer,
                               in->event,        in->id,           in->from,
                               in->text,         in->reply_to,     in->skip,
                               in->redact,       in->status_id,    in->status_value};
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        if (!pointer_fine(all[i]))
            return fault(r, "%s: tulis penunjuk JSON yang diawali garis miring.", all[i]);
    if (r->g->to_format && !strstr(r->g->to_format, "{{digits}}") &&
        !strstr(r->g->to_format, "{{e164}}"))
        return fault(r, "to_format: pakai {{digits}} atau {{e164}}.");
    return !r->g->to_format || text_check(r, r->g->to_format, true);
}

/* "${secret:name}" and nothing else, long enough. */
static bool check_inbound_secret(struct reading *r, const char *key, const char *value, size_t min)
{
    size_t n = value ? strlen(value) : 0;
    if (n < 4 || !str_starts(value, "${") || strchr(value, '}') != value + n - 1)
        return fault(r, "%s: tulis ${secret:nama}.", key);
    return secret_check(r, value + 2, n - 3, min);
}

static bool check_inbound(struct reading *r)
{
    const struct gateway_inbound *in = &r->g->in;
    if (!in->token && !in->from && !in->text && !in->secret)
        return in->signature == GATEWAY_SIG_NONE ? true : fault(r, "Lengkapi inbound.token.");
    if (!in->from || !in->text)
        return fault(r, "Lengkapi inbound.from dan inbound.text.");
    if (!check_inbound_secret(r, "inbound.token", in->token, PATH_TOKEN_MIN_BYTES))
        return false;
    return in->signature == GATEWAY_SIG_NONE ||
           check_inbound_secret(r, "inbound.secret", in->secret, INBOUND_SECRET_MIN_BYTES);
}

bool gateway_has_inbound(const struct gateway *g)
{
    return g->in.token != NULL;
}

enum err gateway_read(struct arena *a, const struct channel_http_options *o, struct gateway **ret,
                      const char **ret_message)
{
    struct gateway *g = ARENA_NEW(a, struct gateway);
    struct reading r = {.arena = a, .g = g, .json = buf_new(a, 256, TEMPLATE_MAX_BYTES)};
    *g = (struct gateway){.ok_from = 200,
                          .ok_to = 299,
                          .secrets_dir = arena_strdup(a, o->secrets_dir),
                          .loopback_only = o->loopback_only};
    curl_start_once();
    bool fine = file_parse(&r, o->config_file) && check_url(&r) && check_headers(&r) &&
                check_body(&r) && check_pointers(&r) && check_inbound(&r);
    if (!fine) {
        *ret_message = r.message;
        return ERR_INVALID;
    }
    *ret = g;
    return ERR_OK;
}

/* The body of one message, by a gateway's template. Values go in once and are never read as templates
 * themselves; each is escaped for the encoding it ends in: a JSON string by the JSON writer, a form by
 * percent-encoding, a part of a multipart by a boundary that occurs nowhere in it. */
#include "lib/outbox/channel_http_config.h"

#include <sodium.h>
#include <string.h>

#include "lib/base/utf8.h"

#include "lib/base/banned.h"

enum { BODY_MAX_BYTES = 64 * 1024, VALUE_MAX_BYTES = 20 * 1024, BOUNDARY_RANDOM_BYTES = 18 };

struct fill {
    struct cx *cx;
    const struct gateway *g;
    const struct outbox_message *m;
    const char *digits, *to, *message;
    const char *each; /* "params" or "buttons" while a list is being repeated */
    size_t index;
    const char *fault;
};

/* --- values ----------------------------------------------------------------------------------- */

static const char *const plain_names[] = {
    "to",       "digits",   "e164",    "message", "text",   "link", "id",          "reply_to",
    "template", "language", "subject", "index",   "number", "item", "item.payload"};

/* "param.3" → 2. */
static bool numbered(const char *name, size_t n, const char *prefix, size_t *ret)
{
    size_t length = strlen(prefix);
    if (n != length + 1 || strncmp(name, prefix, length) != 0)
        return false;
    if (name[length] < '1' || name[length] > '9')
        return false;
    *ret = (size_t)(name[length] - '1');
    return true;
}

bool gateway_placeholder_known(const char *name, size_t n)
{
    size_t number = 0;
    for (size_t i = 0; i < ARRAY_LEN(plain_names); i++)
        if (n == strlen(plain_names[i]) && strncmp(name, plain_names[i], n) == 0)
            return true;
    return numbered(name, n, "param.", &number) || numbered(name, n, "button.", &number) ||
           numbered(name, n, "payload.", &number);
}

static const char *value_of_item(const struct fill *f, bool payload)
{
    const struct outbox_message *m = f->m;
    if (str_eq(f->each, "params"))
        return payload ? NULL : m->params[f->index];
    if (!str_eq(f->each, "buttons"))
        return NULL;
    return payload ? m->buttons[f->index].payload : m->buttons[f->index].title;
}

static const char *value_of_number(const struct fill *f, const char *name, size_t n)
{
    const struct outbox_message *m = f->m;
    size_t i = 0;
    if (numbered(name, n, "param.", &i))
        return i < m->param_count ? m->params[i] : NULL;
    if (numbered(name, n, "button.", &i))
        return i < m->button_count ? m->buttons[i].title : NULL;
    if (numbered(name, n, "payload.", &i))
        return i < m->button_count ? m->buttons[i].payload : NULL;
    return NULL;
}

/* The gateway's own name of a template: a message without one has no value. */
static const char *value_of_template(struct fill *f)
{
    if (str_empty(f->m->template_name))
        return NULL;
    const char *own = gateway_pair_find(&f->g->templates, f->m->template_name);
    if (f->g->templates.n && !own)
        f->fault = "template";
    return own ? own : f->m->template_name;
}

/* NULL: no value. */
static const char *value_of(struct fill *f, const char *placeholder, size_t n)
{
    const struct outbox_message *m = f->m;
    const char *name = arena_strndup(f->cx->arena, placeholder, n);
    const struct gateway_pair values[] = {
        {"to", f->to},           {"digits", f->digits},     {"e164", m->to},
        {"text", m->text},       {"message", f->message},   {"link", m->link},
        {"id", m->opaque_id},    {"reply_to", m->reply_to}, {"language", m->language},
        {"subject", m->subject},
    };
    if (str_empty(m->text) && (str_eq(name, "text") || str_eq(name, "message")))
        f->fault = "text"; /* a gateway that has no templates needs words */
    for (size_t i = 0; i < ARRAY_LEN(values); i++)
        if (str_eq(values[i].name, name))
            return str_empty(values[i].value) ? NULL : values[i].value;
    if (str_eq(name, "template"))
        return value_of_template(f);
    if (str_eq(name, "index"))
        return arena_printf(f->cx->arena, "%zu", f->index);
    if (str_eq(name, "number"))
        return arena_printf(f->cx->arena, "%zu", f->index + 1);
    if (str_eq(name, "item") || str_eq(name, "item.payload"))
        return value_of_item(f, str_eq(name, "item.payload"));
    return value_of_number(f, name, n);
}

/* Fills one text. NULL when it is a single placeholder without a value: its field is left out. */
static const char *fill_text(struct fill *f, const char *text)
{
    struct buf out = buf_new(f->cx->arena, strlen(text) + 64, VALUE_MAX_BYTES);
    bool alone = str_starts(text, "{{") && strstr(text, "}}") == text + strlen(text) - 2;
    while (*text) {
        bool secret = text[0] == '$' && text[1] == '{';
        bool value = text[0] == '{' && text[1] == '{';
        const char *end = secret ? strchr(text, '}') : value ? strstr(text, "}}") : NULL;
        if (!end) {
            buf_putc(&out, *text++);
            continue;
        }
        size_t n = (size_t)(end - text) - 2;
        if (secret && !gateway_secret_add(f->g->secrets_dir, text + 2, n, &out))
            f->fault = "secret";
        const char *given = value ? value_of(f, text + 2, n) : NULL;
        if (alone && !given)
            return NULL;
        buf_puts(&out, given);
        text = end + (secret ? 1 : 2);
    }
    if (out.full || !utf8_valid(out.p, out.n))
        f->fault = "text";
    return out.p;
}

/* --- JSON ------------------------------------------------------------------------------------- */

static json_t *fill_json(struct fill *f, json_t *node);

/* [{"each": "params", …}]: the object once for each. */
static json_t *fill_each(struct fill *f, json_t *item)
{
    json_t *list = json_array();
    f->each = json_string_value(json_object_get(item, "each"));
    size_t n = str_eq(f->each, "params") ? f->m->param_count : f->m->button_count;
    for (f->index = 0; f->index < n; f->index++) {
        json_t *one = fill_json(f, item);
        (void)json_object_del(one, "each");
        (void)json_array_append_new(list, one);
    }
    f->each = NULL;
    f->index = 0;
    return list;
}

static json_t *fill_array(struct fill *f, json_t *node)
{
    json_t *first = json_array_get(node, 0);
    const char *each = json_string_value(json_object_get(first, "each"));
    if (json_array_size(node) == 1 && !f->each &&
        (str_eq(each, "params") || str_eq(each, "buttons")))
        return fill_each(f, first);
    json_t *list = json_array();
    size_t i;
    json_t *value;
    json_array_foreach(node, i, value)
    {
        json_t *filled = fill_json(f, value);
        if (filled)
            (void)json_array_append_new(list, filled);
    }
    return list;
}

/* A new tree; NULL for a text without a value, and for an object that holds nothing else. */
static json_t *fill_json(struct fill *f, json_t *node)
{
    if (json_is_string(node)) {
        const char *text = fill_text(f, json_string_value(node));
        return text ? json_string(text)
                    : NULL; /* NULL, too, for what is not UTF-8: a fault by then */
    }
    if (json_is_array(node))
        return fill_array(f, node);
    if (!json_is_object(node))
        return json_incref(node);
    json_t *object = json_object();
    const char *key;
    json_t *value;
    json_object_foreach(node, key, value)
    {
        json_t *filled = fill_json(f, value);
        if (filled)
            (void)json_object_set_new(object, key, filled);
    }
    if (json_object_size(object) == 0 && json_object_size(node) > 0) {
        json_decref(object);
        return NULL;
    }
    return object;
}

static void write_json(struct fill *f, struct buf *out)
{
    json_t *root = f->g->json ? fill_json(f, f->g->json) : json_object();
    root = json_keep(f->cx->arena, root ? root : json_object());
    for (size_t i = 0; !f->g->json && i < f->g->fields.n; i++) {
        const char *text = fill_text(f, f->g->fields.list[i].value);
        if (text)
            (void)json_object_set_new(root, f->g->fields.list[i].name, json_string(text));
    }
    json_write(out, root);
}

/* --- form and multipart ----------------------------------------------------------------------- */

static void add_encoded(struct buf *out, const char *text)
{
    static const char hex[] = "0123456789ABCDEF";
    for (; *text; text++) {
        uint8_t c = (uint8_t)*text;
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '.' || c == '_' || c == '~';
        if (plain)
            buf_putc(out, *text);
        else
            buf_printf(out, "%%%c%c", hex[c >> 4], hex[c & 15]);
    }
}

static void write_form(struct fill *f, struct buf *out)
{
    for (size_t i = 0; i < f->g->fields.n; i++) {
        const char *text = fill_text(f, f->g->fields.list[i].value);
        if (!text)
            continue;
        if (out->n)
            buf_putc(out, '&');
        add_encoded(out, f->g->fields.list[i].name);
        buf_putc(out, '=');
        add_encoded(out, text);
    }
}

static const char *write_multipart(struct fill *f, struct buf *out)
{
    uint8_t random_bytes[BOUNDARY_RANDOM_BYTES];
    rand_bytes(random_bytes, sizeof(random_bytes));
    /* 144 random bits: no value can hold it but by chance. */
    const char *boundary = str_base64url(f->cx->arena, random_bytes, sizeof(random_bytes));
    for (size_t i = 0; i < f->g->fields.n; i++) {
        const char *text = fill_text(f, f->g->fields.list[i].value);
        if (!text)
            continue;
        buf_printf(out, "--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n", boundary,
                   f->g->fields.list[i].name);
        buf_printf(out, "Content-Type: text/plain; charset=utf-8\r\n\r\n");
        buf_puts(out, text);
        buf_puts(out, "\r\n");
    }
    buf_printf(out, "--%s--\r\n", boundary);
    return arena_printf(f->cx->arena, "multipart/form-data; boundary=%s", boundary);
}

/* --- the whole -------------------------------------------------------------------------------- */

static const char *digits_of(const char *e164)
{
    const char *digits = e164 && e164[0] == '+' ? e164 + 1 : NULL;
    size_t n = digits ? strlen(digits) : 0;
    bool fine = n >= 7 && n <= 15 && strspn(digits, "0123456789") == n && digits[0] != '0';
    return fine ? digits : NULL;
}

enum err gateway_body_write(struct cx *cx, const struct gateway *g, const struct outbox_message *m,
                            struct gateway_content *ret, const char **ret_fault)
{
    struct fill f = {.cx = cx, .g = g, .m = m, .digits = digits_of(m->to)};
    if (!f.digits)
        f.fault = "recipient";
    else if (str_empty(m->text) && str_empty(m->template_name))
        f.fault = "text";
    if (f.fault) {
        *ret_fault = f.fault;
        return ERR_INVALID;
    }
    f.message = channel_text(cx, m, true);
    f.to = g->to_format ? fill_text(&f, g->to_format) : f.digits;
    struct buf out = buf_new(cx->arena, 1024, BODY_MAX_BYTES);
    const char *type = "application/json";
    if (g->body == GATEWAY_JSON) {
        write_json(&f, &out);
    } else if (g->body == GATEWAY_FORM) {
        type = "application/x-www-form-urlencoded";
        write_form(&f, &out);
    } else {
        type = write_multipart(&f, &out);
    }
    if (out.full && !f.fault)
        f.fault = "text";
    if (f.fault) {
        *ret_fault = f.fault;
        return ERR_INVALID;
    }
    *ret = (struct gateway_content){.body = out, .type = type};
    return ERR_OK;
}

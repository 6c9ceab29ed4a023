/* From a channel-neutral message to the body of POST …/messages. Called by channel_whatsapp.c; strict
 * here means that a wrong message never leaves the house. */
#include "lib/outbox/whatsapp_message.h"

#include <string.h>

#include "lib/base/utf8.h"
#include "lib/json/json.h"

#include "lib/base/banned.h"

enum {
    PARAM_MAX_CHARACTERS = 256,
    TEXT_MAX_CHARACTERS = 4096,
    PAYLOAD_MAX_BYTES = 256,
    OPAQUE_MAX_BYTES = 512,
    BUTTONS_MAX = 10,
    LIST_BODY_MAX_CHARACTERS = 1024,
    LIST_OPENER_MAX_CHARACTERS = 20,
    LIST_TITLE_MAX_CHARACTERS = 24,
    LIST_DETAIL_MAX_CHARACTERS = 72,
    LIST_ID_MAX_BYTES = 200,
    BODY_MAX_BYTES = 64 * 1024,
};

/* Hidden marks of direction and control characters become a space, as every white space does. */
static bool is_gap(uint32_t c)
{
    return c <= 0x20 || (c >= 0x7f && c <= 0xa0) || c == 0x1680 || (c >= 0x2000 && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202f) || (c >= 0x205f && c <= 0x206f) || c == 0x3000 ||
           c == 0x061c || c == 0xfeff;
}

char *whatsapp_param_clean(struct arena *a, const char *text)
{
    if (!text || !utf8_valid(text, strlen(text)))
        return arena_strdup(a, "-");
    struct buf out = buf_new(a, 64, (size_t)PARAM_MAX_CHARACTERS * 5);
    size_t characters = 0;
    bool gap = false;
    const char *p = text;
    while (*p && characters < PARAM_MAX_CHARACTERS) {
        const char *from = p;
        if (is_gap(utf8_next(&p))) {
            gap = out.n > 0;
            continue;
        }
        if (gap) {
            buf_putc(&out, ' ');
            characters++;
        }
        gap = false;
        buf_add(&out, from, (size_t)(p - from));
        characters++;
    }
    return out.n ? out.p : arena_strdup(a, "-");
}

/* "+62812…" → "62812…"; NULL when it is no international number. */
static const char *recipient_digits(const char *e164)
{
    if (!e164)
        return NULL;
    const char *digits = e164[0] == '+' ? e164 + 1 : e164;
    size_t n = strlen(digits);
    bool fine = n >= 7 && n <= 15 && strspn(digits, "0123456789") == n && digits[0] != '0';
    return fine ? digits : NULL;
}

static void add_text(json_t *object, const char *key, const char *value)
{
    (void)json_object_set_new(object, key, json_string(value));
}

static void add_body(struct cx *cx, json_t *components, const struct outbox_message *m)
{
    json_t *params = json_array();
    for (size_t i = 0; i < m->param_count; i++) {
        json_t *param = json_object();
        add_text(param, "type", "text");
        add_text(param, "text", whatsapp_param_clean(cx->arena, m->params[i]));
        (void)json_array_append_new(params, param);
    }
    json_t *body = json_object();
    add_text(body, "type", "body");
    (void)json_object_set_new(body, "parameters", params);
    (void)json_array_append_new(components, body);
}

static void add_button(json_t *components, size_t index, const char *payload)
{
    char number[2] = {(char)('0' + index), '\0'};
    json_t *param = json_object();
    add_text(param, "type", "payload");
    add_text(param, "payload", payload);
    json_t *params = json_array();
    (void)json_array_append_new(params, param);
    json_t *button = json_object();
    add_text(button, "type", "button");
    add_text(button, "sub_type", "quick_reply");
    add_text(button, "index", number);
    (void)json_object_set_new(button, "parameters", params);
    (void)json_array_append_new(components, button);
}

static bool buttons_fit(const struct outbox_message *m)
{
    if (m->button_count > BUTTONS_MAX)
        return false;
    for (size_t i = 0; i < m->button_count; i++) {
        const char *payload = m->buttons[i].payload;
        if (str_empty(payload) || strlen(payload) > PAYLOAD_MAX_BYTES ||
            !utf8_valid(payload, strlen(payload)))
            return false;
    }
    return true;
}

static json_t *template_make(struct cx *cx, const struct outbox_message *m)
{
    json_t *language = json_object();
    add_text(language, "policy", "deterministic");
    add_text(language, "code", str_or(m->language, "id"));
    json_t *components = json_array();
    if (m->param_count)
        add_body(cx, components, m);
    for (size_t i = 0; i < m->button_count; i++)
        add_button(components, i, m->buttons[i].payload);
    json_t *template = json_object();
    add_text(template, "name", m->template_name);
    (void)json_object_set_new(template, "language", language);
    (void)json_object_set_new(template, "components", components);
    return template;
}

static json_t *text_make(struct cx *cx, const struct outbox_message *m)
{
    json_t *text = json_object();
    (void)json_object_set_new(text, "preview_url", json_false());
    add_text(text, "body", utf8_cut(cx->arena, m->text, TEXT_MAX_CHARACTERS));
    return text;
}

/* Inside the 24-hour window: the answers as a list, because there may be more than three of them. */
static json_t *list_make(struct cx *cx, const struct outbox_message *m)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < m->button_count; i++) {
        const struct outbox_button *b = &m->buttons[i];
        json_t *row = json_object();
        add_text(row, "id", b->payload);
        add_text(row, "title", utf8_cut(cx->arena, b->title, LIST_TITLE_MAX_CHARACTERS));
        if (!str_empty(b->detail))
            add_text(row, "description", utf8_cut(cx->arena, b->detail, LIST_DETAIL_MAX_CHARACTERS));
        (void)json_array_append_new(rows, row);
    }
    json_t *sections = json_array();
    json_t *section = json_object();
    const char *opener = utf8_cut(cx->arena, str_or(m->opener, T("Pilih jawaban")),
                                  LIST_OPENER_MAX_CHARACTERS);
    add_text(section, "title", opener);
    (void)json_object_set_new(section, "rows", rows);
    (void)json_array_append_new(sections, section);
    json_t *action = json_object();
    add_text(action, "button", opener);
    (void)json_object_set_new(action, "sections", sections);
    json_t *body = json_object();
    add_text(body, "text", utf8_cut(cx->arena, m->text, LIST_BODY_MAX_CHARACTERS));
    json_t *list = json_object();
    add_text(list, "type", "list");
    (void)json_object_set_new(list, "body", body);
    (void)json_object_set_new(list, "action", action);
    return list;
}

static bool rows_fit(const struct outbox_message *m)
{
    for (size_t i = 0; i < m->button_count; i++) {
        const struct outbox_button *b = &m->buttons[i];
        if (strlen(b->payload) > LIST_ID_MAX_BYTES || str_empty(b->title) ||
            !utf8_valid(b->title, strlen(b->title)))
            return false;
    }
    return true;
}

/* NULL when this can be a message; else the code of what is wrong. */
static const char *message_fault(const struct outbox_message *m)
{
    if (!recipient_digits(m->to))
        return "recipient";
    if (!m->template_name) {
        bool fine = !str_empty(m->text) && utf8_valid(m->text, strlen(m->text));
        return !fine ? "text" : buttons_fit(m) && rows_fit(m) ? NULL : "buttons";
    }
    size_t n = strlen(m->template_name);
    if (n == 0 || n > 512 || strspn(m->template_name, "abcdefghijklmnopqrstuvwxyz0123456789_") != n)
        return "template";
    return buttons_fit(m) ? NULL : "buttons";
}

enum err whatsapp_message_write(struct cx *cx, const struct outbox_message *m, struct buf *ret,
                                const char **ret_fault)
{
    const char *fault = message_fault(m);
    if (!fault && m->opaque_id && strlen(m->opaque_id) > OPAQUE_MAX_BYTES)
        fault = "opaque";
    if (fault) {
        *ret_fault = fault;
        return ERR_INVALID;
    }
    json_t *root = json_keep(cx->arena, json_object());
    add_text(root, "messaging_product", "whatsapp");
    add_text(root, "recipient_type", "individual");
    add_text(root, "to", recipient_digits(m->to));
    if (m->opaque_id && m->template_name) /* the contract knows it on templates alone */
        add_text(root, "biz_opaque_callback_data", m->opaque_id);
    const char *type = m->template_name ? "template" : m->button_count ? "interactive" : "text";
    add_text(root, "type", type);
    (void)json_object_set_new(root, type,
                              m->template_name  ? template_make(cx, m)
                              : m->button_count ? list_make(cx, m)
                                                : text_make(cx, m));
    struct buf out = buf_new(cx->arena, 1024, BODY_MAX_BYTES);
    json_write(&out, root);
    if (out.full) {
        *ret_fault = "text";
        return ERR_INVALID;
    }
    *ret = out;
    return ERR_OK;
}

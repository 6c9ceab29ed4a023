/* form_parse(): one field table, three encodings. A scope is the place where values are looked for: a
 * JSON object, or the decoded pairs of a form, at the top or inside one object of a list. */
#include "lib/http/form_internal.h"

#include <string.h>

#include "lib/json/json.h"
#include "lib/base/banned.h"

#define LIST_MAX    100u
#define OBJECTS_MAX 64u

struct scope {
    struct cx *cx;
    const struct http_req *req;
    const json_t *json; /* NULL: the form's pairs */
    const char *prefix; /* of fault names: "" or "companions.0." */
    const char *object; /* in a form: NULL at the top, or "companions" */
    size_t index;       /* of the object, as the names have it */
    bool parallel;      /* companions.name repeated: index counts the repetitions */
};

enum found { ABSENT, HAVE, WRONG };

/* --- names of form pairs --------------------------------------------------------------------------- */

/* Splits "companions[3][name]" or "companions.3.name" behind the object's name. False: another shape. */
static bool split_indexed(const char *name, const char *object, size_t *ret_index,
                          const char **ret_member, size_t *ret_n)
{
    size_t n = strlen(object);
    if (strncmp(name, object, n) != 0 || (name[n] != '[' && name[n] != '.'))
        return false;
    bool bracket = name[n] == '[';
    const char *at = name + n + 1;
    size_t digits = strspn(at, "0123456789");
    if (digits == 0 || digits > 4)
        return false;
    size_t index = 0;
    for (size_t i = 0; i < digits; i++)
        index = index * 10 + (size_t)(at[i] - '0');
    at += digits;
    if (bracket ? strncmp(at, "][", 2) != 0 : *at != '.')
        return false;
    at += bracket ? 2 : 1;
    size_t length = strlen(at);
    if (length == 0 || (bracket && at[length - 1] != ']'))
        return false;
    *ret_index = index;
    *ret_member = at;
    *ret_n = bracket ? length - 1 : length;
    return true;
}

/* "companions.name" or "companions[][name]" → name. */
static bool split_parallel(const char *name, const char *object, const char **ret_member,
                           size_t *ret_n)
{
    size_t n = strlen(object);
    if (strncmp(name, object, n) != 0)
        return false;
    const char *at = name + n;
    size_t length = strlen(at);
    if (strncmp(at, "[][", 3) == 0 && length > 4 && at[length - 1] == ']') {
        *ret_member = at + 3;
        *ret_n = length - 4;
        return true;
    }
    if (*at != '.' || !at[1] || (at[1] >= '0' && at[1] <= '9'))
        return false;
    *ret_member = at + 1;
    *ret_n = length - 1;
    return true;
}

static bool member_is(const char *field, const char *member, size_t n)
{
    return strlen(field) == n && strncmp(field, member, n) == 0;
}

/* Whether a pair belongs to this field here; `seen` counts repetitions for the parallel shape. */
static bool pair_is(const struct scope *s, const char *pair, const char *field, size_t *seen)
{
    const char *member = NULL;
    size_t n = 0, index = 0;
    if (!s->object) {
        size_t length = strlen(field);
        return strncmp(pair, field, length) == 0 &&
               (!pair[length] || strcmp(pair + length, "[]") == 0);
    }
    if (s->parallel)
        return split_parallel(pair, s->object, &member, &n) && member_is(field, member, n) &&
               (*seen)++ == s->index;
    return split_indexed(pair, s->object, &index, &member, &n) && index == s->index &&
           member_is(field, member, n);
}

static struct text_list pairs_of(const struct scope *s, const char *field)
{
    const struct http_req *req = s->req;
    struct text_list list = {.items = NULL, .count = 0};
    size_t seen = 0;
    for (size_t i = 0; i < req->field_count; i++) {
        if (!pair_is(s, req->fields[i].name, field, &seen))
            continue;
        if (!list.items)
            list.items = ARENA_ARRAY(s->cx->arena, req->field_count, const char *);
        list.items[list.count++] = req->fields[i].value;
    }
    return list;
}

/* --- scalars ---------------------------------------------------------------------------------------- */

static enum found text_of(const struct scope *s, const struct field *f, const char **ret)
{
    const char *typed = NULL;
    if (s->json) {
        const json_t *value = json_object_get(s->json, f->name);
        if (!value || json_is_null(value))
            return ABSENT;
        typed = json_string_value(value);
        if (!typed)
            return WRONG;
    } else {
        struct text_list list = pairs_of(s, f->name);
        if (list.count == 0)
            return ABSENT;
        typed = list.items[f->type == FIELD_BOOL ? list.count - 1 : 0];
    }
    *ret = value_tidy(s->cx, f, typed);
    return **ret ? HAVE : ABSENT;
}

static bool json_number(const struct scope *s, const struct field *f, const char *name,
                        const json_t *value, void *at)
{
    if (f->type == FIELD_BOOL && json_is_boolean(value)) {
        bool truth = json_is_true(value);
        memcpy(at, &truth, sizeof(truth));
        return true;
    }
    if (f->type == FIELD_INT && json_is_integer(value)) {
        int64_t number = json_integer_value(value);
        if (!value_range(s->cx, f, name, number))
            return false;
        memcpy(at, &number, sizeof(number));
        return true;
    }
    value_type(s->cx, f, name);
    return false;
}

static void store_text(const struct scope *s, const struct field *f, const char *name,
                       const char *text, void *at)
{
    int64_t number = 0;
    bool truth = false;
    if (f->type == FIELD_INT) {
        if (value_int(s->cx, f, name, text, &number))
            memcpy(at, &number, sizeof(number));
    } else if (f->type == FIELD_TIME) {
        if (value_time(s->cx, f, name, text, &number))
            memcpy(at, &number, sizeof(number));
    } else if (f->type == FIELD_BOOL) {
        if (value_bool(s->cx, f, name, text, &truth))
            memcpy(at, &truth, sizeof(truth));
    } else if (value_text(s->cx, f, name, text, &text)) {
        memcpy(at, &text, sizeof(text));
    }
}

static void parse_scalar(const struct scope *s, const struct field *f, const char *name, void *at)
{
    const char *text = NULL;
    if (s->json && (f->type == FIELD_INT || f->type == FIELD_BOOL)) {
        const json_t *value = json_object_get(s->json, f->name);
        if (value && !json_is_null(value)) {
            (void)json_number(s, f, name, value, at);
            return;
        }
    }
    switch (text_of(s, f, &text)) {
    case ABSENT:
        if (f->flags & FIELD_REQUIRED)
            value_missing(s->cx, f, name);
        return;
    case WRONG:
        value_type(s->cx, f, name);
        return;
    case HAVE:
        break;
    }
    store_text(s, f, name, text, at);
}

/* --- lists --------------------------------------------------------------------------------------------- */

static bool json_texts(const struct scope *s, const struct field *f, const char *name,
                       struct text_list *ret)
{
    const json_t *value = json_object_get(s->json, f->name);
    if (!value || json_is_null(value))
        return true;
    size_t n = json_array_size(value);
    if (!json_is_array(value)) {
        value_type(s->cx, f, name);
        return false;
    }
    ret->items = ARENA_ARRAY(s->cx->arena, n ? n : 1, const char *);
    for (size_t i = 0; i < n; i++) {
        const char *text = json_string_value(json_array_get(value, i));
        if (!text) {
            value_type(s->cx, f, arena_printf(s->cx->arena, "%s.%zu", name, i));
            return false;
        }
        ret->items[ret->count++] = text;
    }
    return true;
}

static bool item_ok(const struct scope *s, const struct field *f, const char *name, const char *text)
{
    const struct field one = {.name = f->name, .type = FIELD_TEXT, .label = f->label};
    if (f->type == FIELD_IDS)
        return value_uuid(s->cx, f, name, text);
    if (f->choices)
        return value_choice(s->cx, f, name, text);
    return value_text(s->cx, &one, name, text, &text);
}

static void parse_list(const struct scope *s, const struct field *f, const char *name, void *at)
{
    struct text_list typed = {.items = NULL, .count = 0};
    struct text_list kept = {.items = NULL, .count = 0};
    const size_t max = f->max > 0 ? (size_t)f->max : LIST_MAX;
    if (s->json && !json_texts(s, f, name, &typed))
        return;
    if (!s->json)
        typed = pairs_of(s, f->name);
    bool ok = true;
    kept.items = ARENA_ARRAY(s->cx->arena, typed.count ? typed.count : 1, const char *);
    for (size_t i = 0; i < typed.count; i++) {
        const char *text = str_trim(s->cx->arena, typed.items[i]);
        if (!*text)
            continue;
        const char *item = s->json ? arena_printf(s->cx->arena, "%s.%zu", name, i) : name;
        if (kept.count == max) {
            value_too_many(s->cx, f, name, max);
            return;
        }
        ok = item_ok(s, f, item, text) && ok;
        kept.items[kept.count++] = text;
    }
    if (kept.count == 0 && (f->flags & FIELD_REQUIRED))
        value_missing(s->cx, f, name);
    if (ok)
        memcpy(at, &kept, sizeof(kept));
}

/* --- objects ------------------------------------------------------------------------------------------- */

static void parse_fields(const struct scope *s, const struct field *fields, size_t count, void *ret);

/* Whether every member is blank: such a row of a form was left empty. */
static bool object_blank(const struct scope *s, const struct field *f)
{
    if (s->json)
        return json_object_size(s->json) == 0;
    for (size_t i = 0; i < f->member_count; i++) {
        struct text_list list = pairs_of(s, f->members[i].name);
        for (size_t k = 0; k < list.count; k++) {
            if (*str_trim(s->cx->arena, list.items[k]))
                return false;
        }
    }
    return true;
}

static void add_index(size_t indexes[OBJECTS_MAX], size_t *count, size_t index)
{
    size_t i = 0;
    while (i < *count && indexes[i] < index)
        i++;
    if ((i < *count && indexes[i] == index) || *count == OBJECTS_MAX)
        return;
    memmove(indexes + i + 1, indexes + i, (*count - i) * sizeof(indexes[0]));
    indexes[i] = index;
    (*count)++;
}

/* The objects a form names, by index; with none, the parallel shape as many as its longest member. */
static size_t form_indexes(const struct scope *s, const struct field *f,
                           size_t indexes[OBJECTS_MAX], bool *ret_parallel)
{
    size_t count = 0, longest = 0;
    const char *member;
    size_t n, index;
    for (size_t i = 0; i < s->req->field_count; i++) {
        if (split_indexed(s->req->fields[i].name, f->name, &index, &member, &n))
            add_index(indexes, &count, index);
    }
    *ret_parallel = count == 0;
    if (count)
        return count;
    for (size_t m = 0; m < f->member_count; m++) {
        size_t same = 0;
        for (size_t i = 0; i < s->req->field_count; i++)
            same += split_parallel(s->req->fields[i].name, f->name, &member, &n) &&
                    member_is(f->members[m].name, member, n);
        longest = same > longest ? same : longest;
    }
    for (size_t i = 0; i < longest && i < OBJECTS_MAX; i++)
        indexes[i] = i;
    return longest < OBJECTS_MAX ? longest : OBJECTS_MAX;
}

static void object_add(const struct scope *s, const struct field *f, const char *name,
                       struct scope *inner, struct object_list *list)
{
    const size_t max = f->max > 0 ? (size_t)f->max : OBJECTS_MAX;
    if (object_blank(inner, f))
        return;
    if (list->count >= max) {
        if (list->count == max)
            value_too_many(s->cx, f, name, max);
        list->count = max + 1; /* said once */
        return;
    }
    inner->prefix = arena_printf(s->cx->arena, "%s.%zu.", name, inner->index);
    parse_fields(inner, f->members, f->member_count,
                 (char *)list->items + list->count * f->member_bytes);
    list->count++;
}

static bool json_objects(const struct scope *s, const struct field *f, const char *name,
                         struct object_list *list)
{
    const json_t *value = json_object_get(s->json, f->name);
    if (!value || json_is_null(value))
        return true;
    size_t n = json_array_size(value);
    if (!json_is_array(value)) {
        value_type(s->cx, f, name);
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        const json_t *one = json_array_get(value, i);
        struct scope inner = *s;
        inner.json = one;
        inner.index = i;
        if (!json_is_object(one)) {
            value_type(s->cx, f, arena_printf(s->cx->arena, "%s.%zu", name, i));
            return false;
        }
        object_add(s, f, name, &inner, list);
    }
    return true;
}

static void parse_objects(const struct scope *s, const struct field *f, const char *name, void *at)
{
    const size_t max = f->max > 0 ? (size_t)f->max : OBJECTS_MAX;
    struct object_list list = {.items = arena_array(s->cx->arena, max, f->member_bytes), .count = 0};
    if (s->json) {
        if (!json_objects(s, f, name, &list))
            return;
    } else {
        size_t indexes[OBJECTS_MAX];
        struct scope inner = *s;
        inner.object = f->name;
        size_t count = form_indexes(s, f, indexes, &inner.parallel);
        for (size_t i = 0; i < count; i++) {
            inner.index = indexes[i];
            object_add(s, f, name, &inner, &list);
        }
    }
    if (list.count > max)
        list.count = max;
    if (list.count == 0 && (f->flags & FIELD_REQUIRED))
        value_missing(s->cx, f, name);
    memcpy(at, &list, sizeof(list));
}

/* --- files ----------------------------------------------------------------------------------------------- */

static void parse_file(const struct scope *s, const struct field *f, const char *name, void *at)
{
    const char *text = NULL;
    for (size_t i = 0; i < s->req->file_count; i++) {
        if (strcmp(s->req->files[i].field, f->name) != 0)
            continue;
        struct bytes data = s->req->files[i].data;
        if (value_file(s->cx, f, name, s->req->files[i].bytes))
            memcpy(at, &data, sizeof(data));
        return;
    }
    if (text_of(s, f, &text) != ABSENT)
        value_type(s->cx, f, name);
    else if (f->flags & FIELD_REQUIRED)
        value_missing(s->cx, f, name);
}

/* --- the table --------------------------------------------------------------------------------------------- */

static void json_unknown(const struct scope *s, const struct field *fields, size_t count)
{
    const char *key;
    json_t *value;
    json_t *object = json_incref((json_t *)(uintptr_t)s->json); /* iterating takes a plain pointer */
    json_object_foreach(object, key, value)
    {
        bool known = !*s->prefix && strcmp(key, "csrf") == 0;
        for (size_t i = 0; i < count && !known; i++)
            known = strcmp(fields[i].name, key) == 0;
        if (!known)
            value_unknown(s->cx, arena_printf(s->cx->arena, "%s%s", s->prefix, key));
    }
    json_decref(object);
}

static bool objects_know(const struct field *f, const char *pair)
{
    const char *member;
    size_t n, index;
    if (!split_indexed(pair, f->name, &index, &member, &n) &&
        !split_parallel(pair, f->name, &member, &n))
        return false;
    for (size_t i = 0; i < f->member_count; i++) {
        if (member_is(f->members[i].name, member, n))
            return true;
    }
    return false;
}

static bool form_knows(const struct field *fields, size_t count, const char *pair)
{
    const struct scope top = {.object = NULL};
    size_t seen = 0;
    if (*pair == '_' || strcmp(pair, "csrf") == 0)
        return true;
    for (size_t i = 0; i < count; i++) {
        bool objects = fields[i].type == FIELD_OBJECTS;
        if (objects ? objects_know(&fields[i], pair) : pair_is(&top, pair, fields[i].name, &seen))
            return true;
    }
    return false;
}

static void form_unknown(struct cx *cx, const struct http_req *req, const struct form *form)
{
    for (size_t i = 0; i < req->field_count; i++) {
        const char *name = req->fields[i].name;
        if (!form_knows(form->fields, form->count, name) && !form_error(cx, name))
            value_unknown(cx, name);
    }
    for (size_t i = 0; i < req->file_count; i++) {
        bool known = false;
        for (size_t k = 0; k < form->count && !known; k++)
            known = form->fields[k].type == FIELD_FILE &&
                    strcmp(form->fields[k].name, req->files[i].field) == 0;
        if (!known && !form_error(cx, req->files[i].field))
            value_unknown(cx, req->files[i].field);
    }
}

static void parse_fields(const struct scope *s, const struct field *fields, size_t count, void *ret)
{
    for (size_t i = 0; i < count; i++) {
        const struct field *f = &fields[i];
        void *at = (char *)ret + f->offset;
        const char *name = arena_printf(s->cx->arena, "%s%s", s->prefix, f->name);
        if (f->type == FIELD_OBJECTS)
            parse_objects(s, f, name, at);
        else if (f->type == FIELD_CODES || f->type == FIELD_IDS)
            parse_list(s, f, name, at);
        else if (f->type == FIELD_FILE)
            parse_file(s, f, name, at);
        else
            parse_scalar(s, f, name, at);
    }
    if (s->json)
        json_unknown(s, fields, count);
}

enum err form_parse(struct cx *cx, struct http_req *req, const struct form *form, void *ret)
{
    memset(ret, 0, form->bytes);
    struct scope top = {.cx = cx, .req = req, .prefix = ""};
    if (req->body_kind == BODY_JSON) {
        top.json = req->json;
        if (!json_is_object(top.json))
            return cx_fail(cx, ERR_BAD, "json", T("JSON harus berupa satu objek {…}."));
    }
    parse_fields(&top, form->fields, form->count, ret);
    if (!top.json)
        form_unknown(cx, req, form);
    return cx_fields(cx);
}

/* --- what was typed ---------------------------------------------------------------------------------------- */

static const char *json_typed(struct cx *cx, const json_t *value)
{
    if (json_is_string(value))
        return json_string_value(value);
    if (json_is_integer(value))
        return arena_printf(cx->arena, "%lld", (long long)json_integer_value(value));
    if (json_is_boolean(value))
        return json_is_true(value) ? "true" : "false";
    return "";
}

/* "companions.0.name" step by step. */
static const json_t *json_at(struct cx *cx, const json_t *value, const char *name)
{
    while (value && *name) {
        size_t n = strcspn(name, ".");
        char *step = arena_strndup(cx->arena, name, n);
        int64_t index = 0;
        if (json_is_array(value))
            value = str_to_i64(step, 0, 9999, &index) ? json_array_get(value, (size_t)index) : NULL;
        else
            value = json_object_get(value, step);
        name += n + (name[n] == '.');
    }
    return value;
}

static struct text_list form_list(struct cx *cx, const struct http_req *req, const char *name)
{
    const char *dot = strchr(name, '.');
    const char *member = dot ? strchr(dot + 1, '.') : NULL;
    struct scope s = {.cx = cx, .req = req, .prefix = ""};
    struct text_list list = pairs_of(&s, name);
    int64_t index = 0;
    if (list.count || !member ||
        !str_to_i64(arena_strndup(cx->arena, dot + 1, (size_t)(member - dot - 1)), 0, 9999, &index))
        return list;
    s.object = arena_strndup(cx->arena, name, (size_t)(dot - name));
    s.index = (size_t)index;
    list = pairs_of(&s, member + 1);
    s.parallel = true;
    return list.count ? list : pairs_of(&s, member + 1);
}

const char *form_typed(struct cx *cx, const struct http_req *req, const char *name)
{
    if (req->body_kind == BODY_JSON)
        return json_typed(cx, json_at(cx, req->json, name));
    struct text_list list = form_list(cx, req, name);
    return list.count ? list.items[0] : "";
}

struct text_list form_typed_list(struct cx *cx, const struct http_req *req, const char *name)
{
    struct text_list list = {.items = NULL, .count = 0};
    if (req->body_kind != BODY_JSON)
        return form_list(cx, req, name);
    const json_t *value = json_at(cx, req->json, name);
    size_t n = json_is_array(value) ? json_array_size(value) : 0;
    list.items = ARENA_ARRAY(cx->arena, n ? n : 1, const char *);
    for (; list.count < n; list.count++)
        list.items[list.count] = json_typed(cx, json_array_get(value, list.count));
    return list;
}

const struct field_error *form_error(const struct cx *cx, const char *name)
{
    for (const struct field_error *f = cx->diag.fields; f; f = f->next) {
        if (strcmp(f->field, name) == 0)
            return f;
    }
    return NULL;
}

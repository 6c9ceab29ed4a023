/* OpenAPI 3.1 from the tables that the program itself runs by: routes, form fields, records. See openapi.h. */
#include "app/openapi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/features.h"
#include "features/staff/staff.h"
#include "lib/http/form.h"
#include "lib/json/json.h"
#include "lib/base/banned.h"

#define UUID_PATTERN "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"

static void put(json_t *object, const char *key, json_t *value)
{
    (void)json_object_set_new(object, key, value);
}

static json_t *text(const char *s)
{
    return json_string(s);
}

/* --- routes in order ---------------------------------------------------------------------------------- */

const char *openapi_method(enum http_method method)
{
    static const char *const names[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "OTHER"};
    return names[method];
}

static int by_path(const void *a, const void *b)
{
    const struct route *const *x = a, *const *y = b;
    int order = strcmp((*x)->path, (*y)->path);
    return order ? order : (int)(*x)->method - (int)(*y)->method;
}

const struct route **openapi_routes(struct arena *a, size_t *ret_count)
{
    size_t count = 0;
    for (const struct route *const *table = features_routes(); *table; table++) {
        for (const struct route *r = *table; r->path; r++)
            count++;
    }
    const struct route **list = ARENA_ARRAY(a, count + 1, const struct route *);
    size_t n = 0;
    for (const struct route *const *table = features_routes(); *table; table++) {
        for (const struct route *r = *table; r->path; r++)
            list[n++] = r;
    }
    qsort(list, n, sizeof(list[0]), by_path);
    *ret_count = n;
    return list;
}

/* --- fields -------------------------------------------------------------------------------------------- */

static json_t *fields_schema(struct cx *cx, const struct field *fields, size_t count, bool files);

static json_t *of_type(const char *type)
{
    json_t *schema = json_object();
    put(schema, "type", text(type));
    return schema;
}

static json_t *of_format(const char *format)
{
    json_t *schema = of_type("string");
    put(schema, "format", text(format));
    return schema;
}

static json_t *text_schema(const struct field *f, int64_t max)
{
    json_t *schema = of_type("string");
    int64_t least = f->min;
    if (least == 0 && (f->flags & FIELD_REQUIRED))
        least = 1;
    if (least)
        put(schema, "minLength", json_integer(least));
    put(schema, "maxLength", json_integer(f->max ? f->max : max));
    if (f->flags & FIELD_DIGITS)
        put(schema, "pattern", text("^[0-9]*$"));
    return schema;
}

static json_t *choice_schema(const struct field *f)
{
    json_t *schema = of_type("string");
    json_t *list = json_array();
    for (size_t i = 0; f->choices && f->choices[i]; i++)
        (void)json_array_append_new(list, text(f->choices[i]));
    if (json_array_size(list))
        put(schema, "enum", list);
    else
        json_decref(list);
    return schema;
}

static json_t *number_schema(const struct field *f)
{
    json_t *schema = of_type("integer");
    if (f->min || f->max) {
        put(schema, "minimum", json_integer(f->min));
        if (f->max)
            put(schema, "maximum", json_integer(f->max));
    }
    return schema;
}

static json_t *list_schema(const struct field *f, json_t *items)
{
    json_t *schema = of_type("array");
    put(schema, "items", items);
    if (f->min)
        put(schema, "minItems", json_integer(f->min));
    if (f->max)
        put(schema, "maxItems", json_integer(f->max));
    return schema;
}

static json_t *file_schema(void)
{
    json_t *schema = of_type("string");
    put(schema, "contentMediaType", text("application/octet-stream"));
    return schema;
}

static json_t *value_schema(struct cx *cx, const struct field *f, bool files)
{
    switch (f->type) {
    case FIELD_TEXT:
        return text_schema(f, 200);
    case FIELD_LINES:
        return text_schema(f, 4000);
    case FIELD_SECRET: {
        json_t *schema = text_schema(f, 256);
        put(schema, "format", text("password"));
        return schema;
    }
    case FIELD_CODE:
        return choice_schema(f);
    case FIELD_CODES:
        return list_schema(f, choice_schema(f));
    case FIELD_IDS:
        return list_schema(f, of_format("uuid"));
    case FIELD_ID:
        return of_format("uuid");
    case FIELD_INT:
        return number_schema(f);
    case FIELD_BOOL:
        return of_type("boolean");
    case FIELD_PHONE:
        return of_type("string");
    case FIELD_EMAIL:
        return of_format("email");
    case FIELD_DATE:
        return of_format("date");
    case FIELD_TIME:
        return of_format("date-time");
    case FIELD_FILE:
        return file_schema();
    case FIELD_OBJECTS:
        return list_schema(f, fields_schema(cx, f->members, f->member_count, files));
    }
    abort(); /* a field type that is not handled above */
}

static json_t *fields_schema(struct cx *cx, const struct field *fields, size_t count, bool files)
{
    json_t *schema = of_type("object");
    json_t *properties = json_object();
    json_t *required = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct field *f = &fields[i];
        if (f->type == FIELD_FILE && !files)
            continue;
        json_t *value = value_schema(cx, f, files);
        if (f->label)
            put(value, "description", text(cx_t(cx, f->label)));
        put(properties, f->name, value);
        if (f->flags & FIELD_REQUIRED)
            (void)json_array_append_new(required, text(f->name));
    }
    put(schema, "properties", properties);
    if (json_array_size(required))
        put(schema, "required", required);
    else
        json_decref(required);
    put(schema, "additionalProperties", json_false());
    return schema;
}

static bool has_file(const struct form *form)
{
    for (size_t i = 0; i < form->count; i++) {
        if (form->fields[i].type == FIELD_FILE)
            return true;
    }
    return false;
}

/* --- one route -------------------------------------------------------------------------------------------- */

static json_t *reference(const char *kind, const char *name)
{
    char path[160];
    int n = snprintf(path, sizeof(path), "#/components/%s/%s", kind, name);
    if (n < 0 || (size_t)n >= sizeof(path))
        abort(); /* a schema name as long as that is a mistake */
    json_t *o = json_object();
    put(o, "$ref", text(path));
    return o;
}

static json_t *content(const char *type, json_t *schema)
{
    json_t *media = json_object(), *by_type = json_object();
    put(media, "schema", schema);
    put(by_type, type, media);
    return by_type;
}

/* "{id}" and "{name...}" of a path; the latter is written "{name}" here. */
static const char *path_text(struct cx *cx, const struct route *r, json_t *parameters)
{
    struct buf path = buf_new(cx->arena, 64, 512);
    for (const char *p = r->path; *p;) {
        if (*p != '{') {
            buf_putc(&path, *p++);
            continue;
        }
        size_t n = strcspn(p, "}");
        const char *inner = arena_strndup(cx->arena, p + 1, n - 1);
        const char *name = arena_strndup(cx->arena, inner, strcspn(inner, "."));
        json_t *one = json_object();
        put(one, "name", text(name));
        put(one, "in", text("path"));
        put(one, "required", json_true());
        json_t *schema = of_type("string");
        if (strcmp(name, "id") == 0)
            put(schema, "pattern", text(UUID_PATTERN));
        put(one, "schema", schema);
        (void)json_array_append_new(parameters, one);
        buf_printf(&path, "{%s}", name);
        p += n + (p[n] == '}');
    }
    return path.p;
}

/* "post_tamu_id_titipan" */
static const char *operation_id(struct cx *cx, const struct route *r)
{
    struct buf id = buf_new(cx->arena, 64, 512);
    buf_puts(&id, str_lower(cx->arena, openapi_method(r->method)));
    bool gap = true;
    for (const char *p = r->path; *p; p++) {
        bool letter = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                      (*p >= '0' && *p <= '9');
        if (letter) {
            if (gap)
                buf_putc(&id, '_');
            buf_putc(&id, *p);
        }
        gap = !letter;
    }
    return id.p;
}

static json_t *roles_json(uint32_t who)
{
    json_t *list = json_array();
    for (const struct role_name *role = staff_roles; role->name; role++) {
        if (who & role->role)
            (void)json_array_append_new(list, text(role->name));
    }
    return list;
}

static json_t *security_json(const struct route *r)
{
    json_t *list = json_array();
    if (r->flags & (ROUTE_PUBLIC | ROUTE_SIGNED | ROUTE_ASSET))
        return list;
    json_t *cookie = json_object();
    put(cookie, "session", json_array());
    (void)json_array_append_new(list, cookie);
    if (!(r->flags & ROUTE_NO_TOKEN)) {
        json_t *token = json_object();
        put(token, "token", json_array());
        (void)json_array_append_new(list, token);
    }
    return list;
}

static json_t *body_json(const struct route *r)
{
    json_t *body = json_object();
    put(body, "required", json_boolean(r->form->count > 0));
    json_t *types = content("application/json", reference("schemas", r->form->name));
    bool upload = has_file(r->form);
    char form_name[128];
    (void)snprintf(form_name, sizeof(form_name), "%s%s", r->form->name, upload ? "Upload" : "");
    const char *const encodings[] = {"application/x-www-form-urlencoded", "multipart/form-data"};
    for (size_t i = 0; i < ARRAY_LEN(encodings); i++) {
        bool fits = i == 0 ? !upload : (r->flags & ROUTE_UPLOAD) != 0 || upload;
        if (!fits)
            continue;
        json_t *media = json_object();
        put(media, "schema", reference("schemas", form_name));
        put(types, encodings[i], media);
    }
    put(body, "content", types);
    return body;
}

static json_t *success_json(const struct route *r)
{
    json_t *o = json_object();
    put(o, "description", text(r->method == HTTP_GET ? "What was asked for" : "Done"));
    if (r->flags & ROUTE_STREAM)
        put(o, "content", content("text/event-stream", of_type("string")));
    else if (r->answer)
        put(o, "content", content("application/json", reference("schemas", r->answer->name)));
    return o;
}

static void put_problem(json_t *responses, const char *status)
{
    put(responses, status, reference("responses", "Problem"));
}

static json_t *responses_json(const struct route *r)
{
    json_t *responses = json_object();
    bool open = (r->flags & (ROUTE_PUBLIC | ROUTE_SIGNED | ROUTE_ASSET)) != 0;
    put(responses, "2XX", success_json(r));
    if (r->method != HTTP_GET && !(r->flags & ROUTE_SIGNED)) {
        json_t *seen = json_object();
        put(seen, "description", text("A form was accepted; its page is in Location"));
        put(responses, "303", seen);
    }
    put_problem(responses, "400");
    if (!open || (r->flags & ROUTE_SIGNED))
        put_problem(responses, "401");
    if (!open || (r->flags & ROUTE_SIGNED) || r->method != HTTP_GET)
        put_problem(responses, "403");
    if (strchr(r->path, '{'))
        put_problem(responses, "404");
    if (r->method != HTTP_GET && !open)
        put_problem(responses, "409");
    if (r->method != HTTP_GET && !(r->flags & ROUTE_SIGNED))
        put_problem(responses, "422");
    if (!(r->flags & (ROUTE_SIGNED | ROUTE_ASSET)))
        put_problem(responses, "429");
    put_problem(responses, "503");
    return responses;
}

static void add_route(struct cx *cx, json_t *paths, const struct route *r)
{
    json_t *parameters = json_array();
    const char *path = path_text(cx, r, parameters);
    json_t *item = json_object_get(paths, path);
    if (!item) {
        item = json_object();
        put(paths, path, item);
    }
    if (r->flags & ROUTE_IDEMPOTENT_KEY)
        (void)json_array_append_new(parameters, reference("parameters", "IdempotencyKey"));
    json_t *o = json_object();
    put(o, "operationId", text(operation_id(cx, r)));
    put(o, "summary", text(cx_t(cx, str_or(r->summary, r->path))));
    if (json_array_size(parameters))
        put(o, "parameters", parameters);
    else
        json_decref(parameters);
    if (r->form)
        put(o, "requestBody", body_json(r));
    put(o, "responses", responses_json(r));
    put(o, "security", security_json(r));
    if (r->who)
        put(o, "x-roles", roles_json(r->who));
    put(item, str_lower(cx->arena, openapi_method(r->method)), o);
}

/* --- what routes refer to ------------------------------------------------------------------------------- */

static json_t *problem_schema(void)
{
    json_t *fault = of_type("object"), *members = json_object();
    put(members, "field", of_type("string"));
    put(members, "code", of_type("string"));
    put(members, "message", of_type("string"));
    put(fault, "properties", members);
    json_t *problem = of_type("object"), *properties = json_object();
    put(properties, "type", of_type("string"));
    put(properties, "title", of_type("string"));
    put(properties, "status", of_type("integer"));
    put(properties, "code", of_type("string"));
    put(properties, "detail", of_type("string"));
    json_t *errors = of_type("array");
    put(errors, "items", fault);
    put(properties, "errors", errors);
    put(problem, "properties", properties);
    return problem;
}

static json_t *schemas_json(struct cx *cx, const struct route **routes, size_t count)
{
    json_t *schemas = json_object();
    put(schemas, "Problem", problem_schema());
    for (size_t i = 0; i < count; i++) {
        const struct form *form = routes[i]->form;
        const struct record *answer = routes[i]->answer;
        if (form)
            put(schemas, form->name, fields_schema(cx, form->fields, form->count, false));
        if (form && has_file(form))
            put(schemas, arena_printf(cx->arena, "%sUpload", form->name),
                fields_schema(cx, form->fields, form->count, true));
        if (answer)
            put(schemas, answer->name, json_schema(answer));
    }
    return schemas;
}

static json_t *security_schemes(void)
{
    json_t *session = json_object(), *token = json_object(), *all = json_object();
    put(session, "type", text("apiKey"));
    put(session, "in", text("cookie"));
    put(session, "name", text(SESSION_COOKIE_NAME));
    put(session, "description",
        text("A person, after POST /masuk. A change needs the page's csrf field as well."));
    put(token, "type", text("http"));
    put(token, "scheme", text("bearer"));
    put(token, "description",
        text("A machine, by bukutamu token add. It can write but never opens a sealed thing."));
    put(all, "session", session);
    put(all, "token", token);
    return all;
}

static json_t *parameters_json(void)
{
    json_t *key = json_object(), *all = json_object();
    json_t *schema = of_type("string");
    put(schema, "minLength", json_integer(1));
    put(schema, "maxLength", json_integer(255));
    put(key, "name", text("Idempotency-Key"));
    put(key, "in", text("header"));
    put(key, "description",
        text("The same request with the same key has one effect. Kept 7 days; another body is "
             "422."));
    put(key, "schema", schema);
    put(all, "IdempotencyKey", key);
    return all;
}

static json_t *components_json(struct cx *cx, const struct route **routes, size_t count)
{
    json_t *components = json_object(), *responses = json_object(), *problem = json_object();
    put(problem, "description",
        text("Refused (RFC 9457): the code is stable, the detail is for people"));
    put(problem, "content", content("application/problem+json", reference("schemas", "Problem")));
    put(responses, "Problem", problem);
    put(components, "schemas", schemas_json(cx, routes, count));
    put(components, "responses", responses);
    put(components, "parameters", parameters_json());
    put(components, "securitySchemes", security_schemes());
    return components;
}

static json_t *info_json(void)
{
    json_t *info = json_object(), *license = json_object();
    put(license, "name", text("Apache-2.0"));
    put(license, "identifier", text("Apache-2.0"));
    put(info, "title", text("Buku Tamu"));
    put(info, "version", text(BUKUTAMU_VERSION));
    put(info, "description",
        text("Visitor book and complaint desk of a prosecutor's office. Send Accept: "
             "application/json "
             "for JSON; the same addresses answer a browser with pages."));
    put(info, "license", license);
    return info;
}

static int write_part(const char *part, size_t n, void *to)
{
    struct buf *out = to;
    buf_add(out, part, n);
    return 0;
}

void openapi_write(struct cx *cx, struct buf *out)
{
    size_t count = 0;
    const struct route **routes = openapi_routes(cx->arena, &count);
    json_t *paths = json_object();
    for (size_t i = 0; i < count; i++)
        add_route(cx, paths, routes[i]);
    json_t *root = json_keep(cx->arena, json_object());
    put(root, "openapi", text("3.1.0"));
    put(root, "info", info_json());
    put(root, "paths", paths);
    put(root, "components", components_json(cx, routes, count));
    (void)json_dump_callback(root, write_part, out, JSON_INDENT(2));
    buf_putc(out, '\n');
}

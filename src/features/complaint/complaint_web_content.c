/* What lies inside a complaint's two envelopes, as JSON and back. In clear only in the request's arena, which
 * is wiped at its end. */
#include <string.h>

#include "features/complaint/complaint_web_keys.h"
#include "features/complaint/complaint_web.h"
#include "lib/base/str.h"
#include "lib/json/json.h"
#include "lib/base/banned.h"

#define JSON_MAX (512u * 1024)

char *complaint_json_line(struct cx *cx, json_t *value)
{
    struct buf text = buf_new(cx->arena, 1024, JSON_MAX);
    json_write(&text, json_keep(cx->arena, value));
    return text.p;
}

/* A member in the arena; NULL when it is not there. */
static const char *member(const struct cx *cx, const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));
    return text ? arena_strdup(cx->arena, text) : NULL;
}

static void put(json_t *o, const char *key, const char *text)
{
    if (!str_empty(text))
        json_object_set_new_nocheck(o, key, json_text(text));
}

/* --- documents ------------------------------------------------------------------------------------------- */

char *complaint_documents_json(struct cx *cx, const struct complaint_text *in)
{
    json_t *list = json_array();
    for (size_t i = 0; i < in->document_count; i++) {
        const struct complaint_document *d = &in->documents[i];
        json_t *one = json_object();
        put(one, "kind", d->kind);
        put(one, "form", d->form);
        json_object_set_new_nocheck(one, "count", json_integer(d->count ? d->count : 1));
        json_array_append_new(list, one);
    }
    return complaint_json_line(cx, list);
}

enum err complaint_documents_read(const struct cx *cx, const char *text, struct complaint_text *ret)
{
    if (!text)
        return ERR_OK;
    json_t *list = json_keep(cx->arena, json_loads(text, 0, NULL));
    if (!json_is_array(list))
        return ERR_INTERNAL;
    ret->documents = ARENA_ARRAY(cx->arena, json_array_size(list) + 1, struct complaint_document);
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one)
    {
        ret->documents[i] = (struct complaint_document){
            .kind = str_or(member(cx, one, "kind"), ""),
            .form = member(cx, one, "form"),
            .count = json_integer_value(json_object_get(one, "count"))};
    }
    ret->document_count = json_array_size(list);
    return ERR_OK;
}

/* --- parties and the six questions ------------------------------------------------------------------------ */

static json_t *parties_json(const struct complaint_text *in)
{
    json_t *list = json_array();
    for (size_t i = 0; i < in->party_count; i++) {
        json_t *one = json_object();
        put(one, "name", in->parties[i].name);
        put(one, "position", in->parties[i].position);
        put(one, "address", in->parties[i].address);
        json_array_append_new(list, one);
    }
    return list;
}

static void parties_read(const struct cx *cx, const json_t *list, struct complaint_text *ret)
{
    size_t n = json_array_size(list);
    ret->parties = ARENA_ARRAY(cx->arena, n + 1, struct complaint_party);
    ret->party_count = n;
    for (size_t i = 0; i < n; i++) {
        const json_t *one = json_array_get(list, i);
        ret->parties[i] = (struct complaint_party){
            .name = str_or(member(cx, one, "name"), ""),
            .position = str_or(member(cx, one, "position"), ""),
            .address = str_or(member(cx, one, "address"), "")};
    }
}

char *complaint_content_json(struct cx *cx, const struct complaint_text *in)
{
    json_t *o = json_object();
    json_object_set_new_nocheck(o, "parties", parties_json(in));
    put(o, "who", in->questions.who);
    put(o, "when", in->questions.when);
    put(o, "where", in->questions.where);
    put(o, "how", in->questions.how);
    put(o, "why", in->questions.why);
    put(o, "place", in->place);
    put(o, "period", in->period);
    put(o, "earlier", in->earlier);
    if (in->loss_rupiah > 0)
        json_object_set_new_nocheck(o, "loss_rupiah", json_integer(in->loss_rupiah));
    return complaint_json_line(cx, o);
}

enum err complaint_content_read(const struct cx *cx, const char *text, struct complaint_text *ret)
{
    if (!text)
        return ERR_OK;
    const json_t *o = json_keep(cx->arena, json_loads(text, 0, NULL));
    if (!json_is_object(o))
        return ERR_INTERNAL;
    parties_read(cx, json_object_get(o, "parties"), ret);
    ret->questions = (struct complaint_questions){.who = member(cx, o, "who"),
                                                  .when = member(cx, o, "when"),
                                                  .where = member(cx, o, "where"),
                                                  .how = member(cx, o, "how"),
                                                  .why = member(cx, o, "why")};
    ret->place = member(cx, o, "place");
    ret->period = member(cx, o, "period");
    ret->earlier = member(cx, o, "earlier");
    ret->loss_rupiah = json_integer_value(json_object_get(o, "loss_rupiah"));
    return ERR_OK;
}

/* --- origin: visit, writer, time ---------------------------------------------------------------------------- */

char *complaint_origin_json(struct cx *cx, const struct complaint_intake *in, int64_t at)
{
    json_t *o = json_object();
    put(o, "visit", in->visit_id);
    put(o, "writer", in->writer_id);
    json_object_set_new_nocheck(o, "way", json_text(in->way));
    json_object_set_new_nocheck(o, "received_at", json_integer(at));
    put(o, "salt", in->salt);
    return complaint_json_line(cx, o);
}

void complaint_origin_read(const struct cx *cx, const char *text, struct complaint_text *ret)
{
    const json_t *o = json_keep(cx->arena, json_loads(str_or(text, ""), 0, NULL));
    ret->received_at = json_integer_value(json_object_get(o, "received_at"));
    ret->visit_id = member(cx, o, "visit");
    ret->writer_id = member(cx, o, "writer");
}

/* --- the reporter ----------------------------------------------------------------------------------------------- */

char *complaint_reporter_json(struct cx *cx, const struct complaint_reporter *r)
{
    json_t *o = json_object();
    put(o, "name", r->name);
    put(o, "id_type", r->id_type);
    put(o, "id_number", r->id_number);
    put(o, "occupation", r->occupation);
    put(o, "address", r->address);
    put(o, "phone", r->phone);
    put(o, "email", r->email);
    return complaint_json_line(cx, o);
}

enum err complaint_reporter_read(const struct cx *cx, const char *text,
                                 struct complaint_reporter *ret)
{
    const json_t *o = json_keep(cx->arena, json_loads(str_or(text, ""), 0, NULL));
    if (!json_is_object(o))
        return ERR_INTERNAL;
    *ret = (struct complaint_reporter){.name = member(cx, o, "name"),
                                       .id_type = member(cx, o, "id_type"),
                                       .id_number = member(cx, o, "id_number"),
                                       .occupation = member(cx, o, "occupation"),
                                       .address = member(cx, o, "address"),
                                       .phone = member(cx, o, "phone"),
                                       .email = member(cx, o, "email")};
    return ERR_OK;
}

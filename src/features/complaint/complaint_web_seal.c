/* From a complaint in clear to its sealed row and back. Everything in clear lies in the request's arena,
 * which is wiped at its end; data keys live on the stack and are wiped here. */
#include <string.h>

#include "features/complaint/complaint_web.h"
#include "features/staff/staff.h"
#include "lib/base/log.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/json/json.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

#define JSON_MAX (256u * 1024)

static char *json_line(struct cx *cx, json_t *value)
{
    struct buf text = buf_new(cx->arena, 1024, JSON_MAX);
    json_write(&text, json_keep(cx->arena, value));
    return text.p;
}

/* --- documents as JSON -------------------------------------------------------------------------------- */

static char *documents_json(struct cx *cx, const struct complaint_text *in)
{
    json_t *list = json_array();
    for (size_t i = 0; i < in->document_count; i++) {
        const struct complaint_document *d = &in->documents[i];
        json_t *one = json_object();
        json_object_set_new_nocheck(one, "kind", json_text(d->kind));
        json_object_set_new_nocheck(one, "count", json_integer(d->count ? d->count : 1));
        json_array_append_new(list, one);
    }
    return json_line(cx, list);
}

static enum err documents_read(const struct cx *cx, const char *text, struct complaint_text *ret)
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
        const char *kind = json_string_value(json_object_get(one, "kind"));
        ret->documents[i] = (struct complaint_document){
            .kind = arena_strdup(cx->arena, str_or(kind, "")),
            .count = json_integer_value(json_object_get(one, "count"))};
    }
    ret->document_count = json_array_size(list);
    return ERR_OK;
}

/* --- the link from the visit ---------------------------------------------------------------------------- */

static char *receipt_aad(struct arena *a, const char *visit_id)
{
    return arena_printf(a, "receipt|%s", visit_id);
}

/* The writer may print the receipt, but never reads the complaint back: so the list of documents is
 * sealed to the writer under a key of its own. */
static enum err seal_receipt(struct cx *cx, const char *visit_id, const struct complaint_text *in,
                             struct complaint_link *link)
{
    struct staff writer = {0};
    enum err e = staff_get(cx->read, cx->actor.office_id, cx->actor.id, &writer);
    if (e != ERR_OK || writer.public_key.n != 32)
        return cx_detail(cx, ERR_INTERNAL, "writer has no key");
    struct seal_envelope own;
    seal_envelope_new(&own);
    link->receipt = seal_envelope_text(&own, cx->arena, receipt_aad(cx->arena, visit_id),
                                       documents_json(cx, in));
    link->receipt_share = seal_envelope_share(&own, cx->arena, writer.public_key.p);
    explicit_bzero(&own, sizeof(own));
    return ERR_OK;
}

static struct bytes seal_link(struct cx *cx, const char *visit_id, const struct complaint_link *link)
{
    json_t *o = json_object();
    json_object_set_new_nocheck(o, "complaint_id", json_text(link->complaint_id));
    json_object_set_new_nocheck(o, "writer_id", json_text(link->writer_id));
    json_object_set_new_nocheck(o, "received_at", json_integer(link->received_at));
    json_object_set_new_nocheck(
        o, "receipt", json_text(str_base64url(cx->arena, link->receipt.p, link->receipt.n)));
    if (link->receipt_share.p)
        json_object_set_new_nocheck(
            o, "receipt_share",
            json_text(str_base64url(cx->arena, link->receipt_share.p, link->receipt_share.n)));
    return seal_field(cx->seal, cx->arena, "visit", "complaint_sealed", visit_id, json_line(cx, o));
}

static struct bytes link_bytes(const struct cx *cx, const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));
    if (!text)
        return (struct bytes){NULL, 0};
    size_t n = strlen(text) * 3 / 4;
    uint8_t *p = arena_alloc(cx->arena, n + 1);
    return str_unbase64url(text, p, n) ? (struct bytes){p, n} : (struct bytes){NULL, 0};
}

enum err complaint_link_open(const struct cx *cx, const struct visit *v, struct complaint_link *ret)
{
    if (v->complaint_sealed.n == 0)
        return ERR_MISSING;
    char *text = NULL;
    TRY(seal_field_open(cx->seal, cx->arena, "visit", "complaint_sealed", v->id,
                        v->complaint_sealed, &text));
    const json_t *o = json_keep(cx->arena, json_loads(text, 0, NULL));
    const char *id = json_string_value(json_object_get(o, "complaint_id"));
    const char *writer = json_string_value(json_object_get(o, "writer_id"));
    if (!id || !writer)
        return ERR_INTERNAL;
    *ret = (struct complaint_link){
        .complaint_id = id,
        .writer_id = writer,
        .received_at = json_integer_value(json_object_get(o, "received_at")),
        .receipt = link_bytes(cx, o, "receipt"),
        .receipt_share = link_bytes(cx, o, "receipt_share")};
    return ERR_OK;
}

enum err complaint_number_of(const struct cx *cx, const struct visit *v, const char **ret_number)
{
    *ret_number = NULL;
    if (v->complaint_sealed.n == 0 || cx->actor.kind != ACTOR_USER)
        return ERR_OK;
    struct complaint_link link;
    TRY(complaint_link_open(cx, v, &link));
    if (!complaint_may_see(&cx->actor, link.writer_id))
        return ERR_OK;
    struct complaint c = {0};
    enum err e = complaint_get(cx->read, cx->actor.office_id, link.complaint_id, &c);
    if (e != ERR_OK)
        return e == ERR_MISSING ? ERR_INTERNAL : e;
    *ret_number = complaint_number_text(cx->arena, c.number, c.year);
    return ERR_OK;
}

/* --- sealing -------------------------------------------------------------------------------------------- */

static void add_share(struct cx *cx, const struct seal_envelope *key, const char *reader_id,
                      struct bytes public_key, struct complaint_new *n)
{
    struct bytes share = {NULL, 0};
    if (public_key.n == 32)
        share = seal_envelope_share(key, cx->arena, public_key.p);
    if (share.p)
        n->shares[n->share_count++] = (struct complaint_share){reader_id, share};
    else
        log_event(LOG_WARN, "complaint reader has no usable key", "reader", reader_id, NULL);
}

static enum err seal_shares(struct cx *cx, const struct office *office,
                            const struct seal_envelope *key, struct complaint_new *n)
{
    struct staff *people = NULL;
    size_t count = 0;
    TRY(staff_list(cx->read, cx->actor.office_id, &people, &count));
    n->shares = ARENA_ARRAY(cx->arena, count + 1, struct complaint_share);
    n->share_count = 0;
    add_share(cx, key, COMPLAINT_READER_RECOVERY, office->recovery_public, n);
    if (n->share_count == 0)
        return cx_detail(cx, ERR_INTERNAL, "the office recovery key is unusable");
    for (size_t i = 0; i < count; i++) {
        if (staff_reads_complaints(&people[i]))
            add_share(cx, key, people[i].id, people[i].public_key, n);
    }
    const struct refusal nobody = complaint_no_reader();
    return n->share_count > 1 ? ERR_OK : cx_refuse(cx, &nobody);
}

static char *origin_json(struct cx *cx, const char *visit_id)
{
    json_t *o = json_object();
    json_object_set_new_nocheck(o, "visit", json_text(visit_id));
    json_object_set_new_nocheck(o, "writer", json_text(cx->actor.id));
    json_object_set_new_nocheck(o, "way", json_text("visit"));
    json_object_set_new_nocheck(o, "received_at", json_integer(cx->now_ms));
    return json_line(cx, o);
}

static int64_t origin_time(const struct cx *cx, const char *text)
{
    const json_t *o = json_keep(cx->arena, json_loads(str_or(text, ""), 0, NULL));
    return json_integer_value(json_object_get(o, "received_at"));
}

static struct bytes seal_part(struct cx *cx, const struct seal_envelope *key, const char *id,
                              const char *part, const char *plain)
{
    return seal_envelope_text(key, cx->arena, complaint_aad(cx->arena, id, part), plain);
}

enum err complaint_seal(struct cx *cx, const struct office *office, const char *visit_id,
                        const struct complaint_text *in, struct complaint_new *n)
{
    char uuid[UUID_TEXT_BYTES];
    rand_uuid4(uuid);
    const char *id = arena_strdup(cx->arena, uuid);
    struct complaint_link link = {.complaint_id = id,
                                  .received_at = cx->now_ms,
                                  .writer_id = arena_strdup(cx->arena, cx->actor.id)};
    TRY(seal_receipt(cx, visit_id, in, &link));
    n->visit_id = visit_id;
    n->link_sealed = seal_link(cx, visit_id, &link);
    struct seal_envelope key;
    seal_envelope_new(&key);
    enum err e = seal_shares(cx, office, &key, n);
    if (e == ERR_OK)
        n->complaint = (struct complaint){
            .id = id,
            .year = time_civil(cx->now_ms, cx->offset_min).year,
            .received_at = time_day_start(cx->now_ms, cx->offset_min),
            .text_sealed = seal_part(cx, &key, id, "text", in->text),
            .reported_sealed = seal_part(cx, &key, id, "reported", in->reported_party),
            .documents_sealed = seal_part(cx, &key, id, "documents", documents_json(cx, in)),
            .origin_sealed = seal_part(cx, &key, id, "origin", origin_json(cx, visit_id))};
    explicit_bzero(&key, sizeof(key));
    return e;
}

/* --- opening -------------------------------------------------------------------------------------------- */

static enum err open_parts(const struct cx *cx, const struct seal_envelope *key,
                           const struct complaint *c, struct complaint_text *ret)
{
    struct arena *a = cx->arena;
    char *text = NULL, *reported = NULL, *documents = NULL, *origin = NULL;
    TRY(seal_envelope_open(key, a, complaint_aad(a, c->id, "text"), c->text_sealed, &text));
    TRY(seal_envelope_open(key, a, complaint_aad(a, c->id, "reported"), c->reported_sealed,
                           &reported));
    TRY(seal_envelope_open(key, a, complaint_aad(a, c->id, "documents"), c->documents_sealed,
                           &documents));
    TRY(seal_envelope_open(key, a, complaint_aad(a, c->id, "origin"), c->origin_sealed, &origin));
    *ret = (struct complaint_text){
        .text = text, .reported_party = reported, .received_at = origin_time(cx, origin)};
    return documents_read(cx, documents, ret);
}

enum err complaint_open(const struct cx *cx, const struct complaint *c, struct bytes share,
                        const struct unlocked_key *key, struct complaint_text *ret)
{
    struct seal_envelope own;
    TRY(seal_envelope_unshare(share, key->public_key, key->secret_key, &own));
    enum err e = open_parts(cx, &own, c, ret);
    explicit_bzero(&own, sizeof(own));
    return e;
}

enum err complaint_open_receipt(const struct cx *cx, const char *visit_id,
                                const struct complaint_link *link, const struct unlocked_key *key,
                                struct complaint_text *ret)
{
    struct seal_envelope own;
    TRY(seal_envelope_unshare(link->receipt_share, key->public_key, key->secret_key, &own));
    char *documents = NULL;
    enum err e = seal_envelope_open(&own, cx->arena, receipt_aad(cx->arena, visit_id),
                                    link->receipt, &documents);
    explicit_bzero(&own, sizeof(own));
    if (e != ERR_OK)
        return e;
    *ret = (struct complaint_text){.text = NULL};
    return documents_read(cx, documents, ret);
}

/* From a complaint in clear to its sealed row and back. Everything in clear lies in the request's arena,
 * which is wiped at its end; data keys live on the stack and are wiped here. */
#include <string.h>

#include "features/complaint/complaint_web_keys.h"
#include "features/complaint/complaint_web.h"
#include "features/staff/staff.h"
#include "lib/base/log.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/json/json.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

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
                                       complaint_documents_json(cx, in));
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
    if (link->receipt.p)
        json_object_set_new_nocheck(
            o, "receipt", json_text(str_base64url(cx->arena, link->receipt.p, link->receipt.n)));
    if (link->receipt_share.p)
        json_object_set_new_nocheck(
            o, "receipt_share",
            json_text(str_base64url(cx->arena, link->receipt_share.p, link->receipt_share.n)));
    return seal_field(cx->seal, cx->arena, "visit", "complaint_sealed", visit_id,
                      complaint_json_line(cx, o));
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

/* Where the shares of one compartment are collected. */
struct share_list {
    struct complaint_share *items;
    size_t count;
};

static void add_share(struct cx *cx, const struct seal_envelope *key, const char *reader_id,
                      struct bytes public_key, struct share_list *list)
{
    struct bytes share = {NULL, 0};
    if (public_key.n == 32)
        share = seal_envelope_share(key, cx->arena, public_key.p);
    if (share.p)
        list->items[list->count++] = (struct complaint_share){reader_id, share};
    else
        log_event(LOG_WARN, "complaint reader has no usable key", "reader", reader_id, NULL);
}

/* To the office recovery key and every leader whose key is trusted. */
static enum err seal_shares(struct cx *cx, const struct office *office,
                            const struct seal_envelope *key, struct share_list *list)
{
    struct staff *people = NULL;
    size_t count = 0;
    TRY(staff_list(cx->read, cx->actor.office_id, &people, &count));
    list->items = ARENA_ARRAY(cx->arena, count + 2, struct complaint_share);
    list->count = 0;
    add_share(cx, key, COMPLAINT_READER_RECOVERY, office->recovery_public, list);
    if (list->count == 0)
        return cx_detail(cx, ERR_INTERNAL, "the office recovery key is unusable");
    for (size_t i = 0; i < count; i++) {
        if (staff_reads_complaints(&people[i]))
            add_share(cx, key, people[i].id, people[i].public_key, list);
    }
    const struct refusal nobody = complaint_no_reader();
    return list->count > 1 ? ERR_OK : cx_refuse(cx, &nobody);
}

static struct bytes copy_bytes(struct arena *a, const uint8_t *p, size_t n)
{
    uint8_t *copy = arena_alloc(a, n);
    memcpy(copy, p, n);
    return (struct bytes){copy, n};
}

/* The code opens the content too: the reporter reads what the office writes. */
static void seal_for_code(struct cx *cx, const struct seal_envelope *key, const char *receipt,
                          struct share_list *list, struct complaint_new *n)
{
    uint8_t hash[32], public_key[32];
    if (str_empty(receipt))
        return;
    seal_receipt_lookup(receipt, hash);
    seal_receipt_public_key(receipt, public_key);
    n->receipt_lookup = copy_bytes(cx->arena, hash, sizeof(hash));
    add_share(cx, key, COMPLAINT_READER_RECEIPT, copy_bytes(cx->arena, public_key, 32), list);
}

static struct bytes seal_part(struct cx *cx, const struct seal_envelope *key, const char *id,
                              const char *part, const char *plain)
{
    return seal_envelope_text(key, cx->arena, complaint_aad(cx->arena, id, part), plain);
}

/* The second compartment: a key of its own, so that a reader of the content does not learn who reported. */
static enum err seal_reporter(struct cx *cx, const struct office *office,
                              const struct complaint_intake *in, struct complaint_new *n)
{
    if (str_eq(in->mode, "anonymous") || str_empty(in->reporter.name))
        return ERR_OK;
    struct seal_envelope key;
    struct share_list list = {NULL, 0};
    seal_envelope_new(&key);
    enum err e = seal_shares(cx, office, &key, &list);
    if (e == ERR_OK)
        n->complaint.reporter_sealed = seal_part(cx, &key, n->complaint.id, "reporter",
                                                 complaint_reporter_json(cx, &in->reporter));
    explicit_bzero(&key, sizeof(key));
    n->reporter_shares = list.items;
    n->reporter_share_count = list.count;
    return e;
}

static void seal_content(struct cx *cx, const struct seal_envelope *key,
                         const struct complaint_intake *in, struct complaint *c)
{
    uint8_t public_key[32], secret_key[32];
    int64_t at = str_eq(in->mode, "anonymous") ? c->received_at : cx->now_ms;
    c->text_sealed = seal_part(cx, key, c->id, "text", in->text.text);
    c->reported_sealed = seal_part(cx, key, c->id, "reported", in->text.reported_party);
    c->documents_sealed = seal_part(cx, key, c->id, "documents",
                                    complaint_documents_json(cx, &in->text));
    c->content_sealed = seal_part(cx, key, c->id, "content", complaint_content_json(cx, &in->text));
    c->origin_sealed = seal_part(cx, key, c->id, "origin", complaint_origin_json(cx, in, at));
    seal_envelope_pair(key, public_key, secret_key);
    explicit_bzero(secret_key, sizeof(secret_key));
    c->public_key = copy_bytes(cx->arena, public_key, sizeof(public_key));
}

/* For the audit of an anonymous complaint: shows that it was there on that day to whoever has id and salt. */
static void commit_to(struct cx *cx, struct complaint_intake *in, struct complaint_new *n)
{
    uint8_t salt[16];
    rand_bytes(salt, sizeof(salt));
    in->salt = str_hex(cx->arena, salt, sizeof(salt));
    const char *both = arena_printf(cx->arena, "%s|%s", n->complaint.id, in->salt);
    struct bytes hash = seal_index(cx->seal, cx->arena, "complaint_commitment", both);
    n->commitment = str_hex(cx->arena, hash.p, hash.n);
    n->day = time_day_text(cx->arena, cx->now_ms, cx->offset_min);
}

static enum err seal_visit_link(struct cx *cx, const struct complaint_intake *in,
                                struct complaint_new *n)
{
    struct complaint_link link = {.complaint_id = n->complaint.id,
                                  .received_at = cx->now_ms,
                                  .writer_id = str_or(in->writer_id, "")};
    if (in->writer_id)
        TRY(seal_receipt(cx, in->visit_id, &in->text, &link));
    n->link_sealed = seal_link(cx, in->visit_id, &link);
    return ERR_OK;
}

enum err complaint_seal(struct cx *cx, const struct office *office, struct complaint_intake *in,
                        struct complaint_new *n)
{
    char uuid[UUID_TEXT_BYTES];
    rand_uuid4(uuid);
    const char *visit_id = in->visit_id;
    bool anonymous = str_eq(in->mode, "anonymous");
    n->visit_id = visit_id;
    n->complaint = (struct complaint){.id = arena_strdup(cx->arena, uuid),
                                      .year = time_civil(cx->now_ms, cx->offset_min).year,
                                      .received_at = time_day_start(cx->now_ms, cx->offset_min),
                                      .way = in->way,
                                      .reporter_mode = in->mode,
                                      .class = in->class};
    if (anonymous)
        commit_to(cx, in, n);
    else if (visit_id)
        TRY(seal_visit_link(cx, in, n));
    TRY(seal_reporter(cx, office, in, n));
    struct seal_envelope key;
    struct share_list list = {NULL, 0};
    seal_envelope_new(&key);
    enum err e = seal_shares(cx, office, &key, &list);
    if (e == ERR_OK) {
        seal_for_code(cx, &key, in->receipt, &list, n);
        if (anonymous)
            in->visit_id = NULL;
        seal_content(cx, &key, in, &n->complaint);
        in->visit_id = visit_id;
    }
    explicit_bzero(&key, sizeof(key));
    n->shares = list.items;
    n->share_count = list.count;
    return e;
}

/* --- opening -------------------------------------------------------------------------------------------- */

enum err complaint_open_content(const struct cx *cx, const struct complaint *c,
                                const struct seal_envelope *key, struct complaint_text *ret)
{
    struct arena *a = cx->arena;
    char *text = NULL, *reported = NULL, *documents = NULL, *origin = NULL, *content = NULL;
    TRY(seal_envelope_open(key, a, complaint_aad(a, c->id, "text"), c->text_sealed, &text));
    TRY(seal_envelope_open(key, a, complaint_aad(a, c->id, "reported"), c->reported_sealed,
                           &reported));
    TRY(seal_envelope_open(key, a, complaint_aad(a, c->id, "documents"), c->documents_sealed,
                           &documents));
    TRY(seal_envelope_open(key, a, complaint_aad(a, c->id, "origin"), c->origin_sealed, &origin));
    TRY(seal_envelope_open(key, a, complaint_aad(a, c->id, "content"), c->content_sealed, &content));
    struct complaint_text t = {.text = text, .reported_party = reported};
    complaint_origin_read(cx, origin, &t);
    TRY(complaint_content_read(cx, content, &t));
    TRY(complaint_documents_read(cx, documents, &t));
    *ret = t;
    return ERR_OK;
}

enum err complaint_open_reporter(const struct cx *cx, const struct complaint *c,
                                 const struct seal_envelope *key, struct complaint_reporter *ret)
{
    char *text = NULL;
    TRY(seal_envelope_open(key, cx->arena, complaint_aad(cx->arena, c->id, "reporter"),
                           c->reporter_sealed, &text));
    return complaint_reporter_read(cx, text, ret);
}

enum err complaint_open(const struct cx *cx, const struct complaint *c, struct bytes share,
                        const struct unlocked_key *key, struct complaint_text *ret)
{
    struct seal_envelope own;
    TRY(seal_envelope_unshare(share, key->public_key, key->secret_key, &own));
    enum err e = complaint_open_content(cx, c, &own, ret);
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
    return complaint_documents_read(cx, documents, ret);
}

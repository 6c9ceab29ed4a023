/* The content of a complaint, in clear for one answer. The audit entry is written before anything is shown;
 * who holds no share is shown nothing, whatever this code says: the server has no key of its own. */
#include <stdio.h>
#include <string.h>

#include "casefile_tmpl.h"
#include "features/audit/audit.h"
#include "features/casefile/casefile_view.h"
#include "features/casefile/casefile_web.h"
#include "features/portal/portal.h"
#include "lib/json/json.h"
#include "lib/base/banned.h"

static const struct complaint_code document_forms[] = {
    {"copy", T("Fotokopi")}, {"original", T("Asli")}, {"digital", T("Digital")}, {NULL, NULL}};

/* --- JSON --------------------------------------------------------------------------------------------------- */

static void put(json_t *o, const char *key, const char *text)
{
    json_object_set_new_nocheck(o, key, json_text(str_empty(text) ? NULL : text));
}

static json_t *parties_json(const struct complaint_text *t)
{
    json_t *list = json_array();
    for (size_t i = 0; i < t->party_count; i++) {
        json_t *one = json_object();
        put(one, "name", t->parties[i].name);
        put(one, "position", t->parties[i].position);
        put(one, "address", t->parties[i].address);
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *documents_json(const struct complaint_text *t)
{
    json_t *list = json_array();
    for (size_t i = 0; i < t->document_count; i++) {
        json_t *one = json_object();
        put(one, "kind", t->documents[i].kind);
        put(one, "form", t->documents[i].form);
        json_object_set_new_nocheck(one, "count", json_integer(t->documents[i].count));
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *questions_json(const struct complaint_questions *q)
{
    json_t *o = json_object();
    put(o, "who", q->who);
    put(o, "when", q->when);
    put(o, "where", q->where);
    put(o, "how", q->how);
    put(o, "why", q->why);
    return o;
}

static enum err read_json(struct cx *cx, struct http_res *res, const struct casefile *f,
                          const struct complaint_text *t)
{
    const struct complaint *c = &f->complaint;
    bool day_only = t->received_at == 0 || str_eq(c->reporter_mode, "anonymous");
    json_t *o = json_object();
    put(o, "id", c->id);
    put(o, "number", f->number);
    json_object_set_new_nocheck(o, "received_at",
                                json_time(cx, day_only ? c->received_at : t->received_at));
    put(o, "state", c->state);
    put(o, "way", c->way);
    put(o, "reporter_mode", c->reporter_mode);
    put(o, "class", c->class);
    put(o, "text", t->text);
    put(o, "reported_party", t->reported_party);
    json_object_set_new_nocheck(o, "parties", parties_json(t));
    json_object_set_new_nocheck(o, "questions", questions_json(&t->questions));
    put(o, "place", t->place);
    put(o, "period", t->period);
    json_object_set_new_nocheck(o, "loss_rupiah",
                                t->loss_rupiah ? json_integer(t->loss_rupiah) : json_null());
    put(o, "earlier", t->earlier);
    json_object_set_new_nocheck(o, "documents", documents_json(t));
    put(o, "visit_id", t->visit_id);
    return http_res_json(cx, res, 200, o);
}

/* --- page ---------------------------------------------------------------------------------------------------- */

static void add_answer(struct cx *cx, struct casefile_answer *list, size_t *count,
                       const char *label, const char *text)
{
    if (str_empty(text))
        return;
    struct casefile_answer *a = &list[(*count)++];
    a->label = label;
    a->lines = casefile_lines(cx->arena, text, &a->count);
}

static void fill_answers(struct cx *cx, const struct complaint_text *t, struct casefile_read_view *v)
{
    const struct complaint_questions *q = &t->questions;
    struct casefile_answer *list = ARENA_ARRAY(cx->arena, 8, struct casefile_answer);
    size_t n = 0;
    add_answer(cx, list, &n, T("Siapa yang terlibat atau mengetahui"), q->who);
    add_answer(cx, list, &n, T("Bilamana"), q->when);
    add_answer(cx, list, &n, T("Di mana"), q->where);
    add_answer(cx, list, &n, T("Bagaimana kejadiannya"), q->how);
    add_answer(cx, list, &n, T("Mengapa"), q->why);
    add_answer(cx, list, &n, T("Wilayah kejadian"), t->place);
    add_answer(cx, list, &n, T("Tahun anggaran atau masa kejadian"), t->period);
    add_answer(cx, list, &n, T("Pernah diadukan sebelumnya"), t->earlier);
    v->answers = list;
    v->answer_count = n;
}

/* "Rp 12.500.000" */
static const char *rupiah(struct arena *a, int64_t amount)
{
    char digits[24];
    int n = snprintf(digits, sizeof(digits), "%lld", (long long)amount);
    struct buf b = buf_new(a, 48, 64);
    buf_puts(&b, "Rp\xC2\xA0");
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            buf_putc(&b, '.');
        buf_putc(&b, digits[i]);
    }
    return b.p;
}

static void fill_documents(struct cx *cx, const struct complaint_text *t,
                           struct casefile_read_view *v)
{
    struct casefile_document_row *rows = ARENA_ARRAY(cx->arena, t->document_count + 1,
                                                     struct casefile_document_row);
    for (size_t i = 0; i < t->document_count; i++)
        rows[i] = (struct casefile_document_row){
            .kind = t->documents[i].kind,
            .form = complaint_label(document_forms, str_or(t->documents[i].form, "")),
            .count = t->documents[i].count ? t->documents[i].count : 1};
    v->documents = rows;
    v->document_count = t->document_count;
}

/* Those it is about, as written: what stands in the form that looks for other complaints. */
static void fill_parties(struct cx *cx, const struct complaint_text *t, struct casefile_read_view *v)
{
    v->parties = t->parties;
    v->party_count = t->party_count;
    v->reported = casefile_lines(cx->arena, t->reported_party, &v->reported_count);
    v->names = ARENA_ARRAY(cx->arena, CASEFILE_NAMES_MAX, const char *);
    v->name_count = casefile_party_names(cx->arena, t, v->names, CASEFILE_NAMES_MAX);
}

static void read_body(struct html *h, void *arg)
{
    casefile_read_page(h, arg);
}

static enum err read_page(struct cx *cx, struct http_req *req, struct http_res *res,
                          const struct casefile *f, const struct complaint_text *t)
{
    const struct complaint *c = &f->complaint;
    struct casefile_read_view *v = ARENA_NEW(cx->arena, struct casefile_read_view);
    TRY(complaint_has_share(cx->read, cx->actor.office_id, c->id, cx->actor.id, COMPLAINT_REPORTER,
                            &v->identity));
    v->number = f->number;
    v->path = f->path;
    v->received = casefile_received(cx, c, t->received_at);
    v->state = complaint_label(complaint_states, c->state);
    v->way = complaint_label(complaint_ways, c->way);
    v->mode = complaint_label(complaint_modes, c->reporter_mode);
    v->class = complaint_label(complaint_classes, c->class);
    v->anonymous = str_eq(c->reporter_mode, "anonymous");
    v->writer = t->writer_id ? staff_name(cx->read, cx->actor.office_id, t->writer_id) : "";
    v->visit_path = t->visit_id ? arena_printf(cx->arena, "/tamu/%s", t->visit_id) : NULL;
    v->text = casefile_lines(cx->arena, t->text, &v->text_count);
    v->loss = t->loss_rupiah > 0 ? rupiah(cx->arena, t->loss_rupiah) : NULL;
    fill_parties(cx, t, v);
    fill_answers(cx, t, v);
    fill_documents(cx, t, v);
    const struct page_view page = {
        .title = T("Isi pengaduan"), .current = "/pengaduan", .body = read_body, .arg = v};
    return page_render(cx, req, res, &page);
}

/* --- handler --------------------------------------------------------------------------------------------------- */

enum err casefile_read_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct casefile f;
    TRY(casefile_find(cx, req, &f));
    if (casefile_must_ask(cx, req))
        return casefile_ask(cx, req, res, req->path);
    struct seal_envelope key;
    TRY(complaint_unlock(cx, f.complaint.id, COMPLAINT_CONTENT, &key));
    struct complaint_text t = {.text = NULL};
    enum err e = complaint_open_content(cx, &f.complaint, &key, &t);
    explicit_bzero(&key, sizeof(key));
    TRY(e);
    TRY(audit_note(cx, "complaint_read", "complaint", f.complaint.id, ""));
    return req->wants == WANTS_JSON ? read_json(cx, res, &f, &t) : read_page(cx, req, res, &f, &t);
}

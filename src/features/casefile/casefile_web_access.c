/* Who can open a complaint, and who looked: giving access, renewing it after a lost password, taking it away. */
#include <string.h>

#include "casefile_lists_tmpl.h"
#include "features/casefile/casefile_store.h"
#include "features/casefile/casefile_view.h"
#include "features/casefile/casefile_web.h"
#include "features/portal/portal.h"
#include "features/staff/staff_view.h"
#include "lib/json/json.h"
#include "lib/base/banned.h"

struct access_form {
    const char *staff_id, *password;
    struct text_list parts;
};
#define AT(member) .offset = offsetof(struct access_form, member)
/* clang-format off */
static const struct field access_fields[] = {
    {.name = "staff_id", .type = FIELD_ID, .flags = FIELD_REQUIRED, AT(staff_id), .label = T("Pegawai"), .missing = T("Pilih pegawainya.")},
    {.name = "parts", .type = FIELD_CODES, .flags = FIELD_REQUIRED, AT(parts), .choices = casefile_part_names, .max = 2, .label = T("Yang dibagikan"), .missing = T("Pilih apa yang dibagikan.")},
    {.name = "password", .type = FIELD_SECRET, AT(password), .label = T("Kata sandi Anda sendiri")},
};
static const struct field take_fields[] = {
    {.name = "staff_id", .type = FIELD_ID, .flags = FIELD_REQUIRED, AT(staff_id), .label = T("Pegawai"), .missing = T("Pilih pegawainya.")},
    {.name = "parts", .type = FIELD_CODES, .flags = FIELD_REQUIRED, AT(parts), .choices = casefile_part_names, .max = 2, .label = T("Yang dicabut"), .missing = T("Pilih apa yang dicabut.")},
};
/* clang-format on */
#undef AT
const struct form casefile_access_form = FORM("ComplaintAccess", struct access_form, access_fields);
const struct form casefile_take_form = FORM("ComplaintAccessEnd", struct access_form, take_fields);

/* --- who has what -------------------------------------------------------------------------------------------- */

static int64_t parts_of(const struct complaint_reader *readers, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(readers[i].reader_id, id))
            return readers[i].parts;
    }
    return 0;
}

struct access {
    struct casefile file;
    struct complaint_reader *readers;
    size_t reader_count;
    struct staff *people; /* active accounts */
    size_t people_count;
};

static enum err find_access(struct cx *cx, const struct http_req *req, struct access *ret)
{
    const char *office = cx->actor.office_id;
    TRY(casefile_find(cx, req, &ret->file));
    TRY(complaint_readers(cx->read, office, ret->file.complaint.id, &ret->readers,
                          &ret->reader_count));
    return staff_list(cx->read, office, &ret->people, &ret->people_count);
}

static bool is_person(const char *reader_id)
{
    return !str_eq(reader_id, COMPLAINT_READER_RECOVERY) &&
           !str_eq(reader_id, COMPLAINT_READER_RECEIPT);
}

/* Those with a share, the accounts that are not active any more among them. */
static enum err fill_readers(struct cx *cx, const struct access *a, struct casefile_access_view *v)
{
    struct casefile_person *rows = ARENA_ARRAY(cx->arena, a->reader_count + 1,
                                               struct casefile_person);
    for (size_t i = 0; i < a->reader_count; i++) {
        const struct complaint_reader *r = &a->readers[i];
        v->recovery |= str_eq(r->reader_id, COMPLAINT_READER_RECOVERY);
        v->receipt |= str_eq(r->reader_id, COMPLAINT_READER_RECEIPT);
        if (!is_person(r->reader_id))
            continue;
        struct staff s = {.name = "", .title = ""};
        enum err e = staff_get(cx->read, cx->actor.office_id, r->reader_id, &s);
        if (e != ERR_OK && e != ERR_MISSING)
            return e;
        const char *note = casefile_cannot_receive(&s);
        rows[v->reader_count++] = (struct casefile_person){
            .id = r->reader_id,
            .name = s.name,
            .roles = staff_roles_text(cx, (uint32_t)s.roles),
            .note = *note ? note : NULL,
            .content = (r->parts & COMPLAINT_CONTENT) != 0,
            .identity = (r->parts & COMPLAINT_REPORTER) != 0,
            .own = str_eq(r->reader_id, cx->actor.id)};
    }
    v->readers = rows;
    return ERR_OK;
}

/* Those who could be given something, and those who cannot yet, with the reason. */
static void fill_candidates(struct cx *cx, const struct access *a, struct casefile_access_view *v)
{
    struct option *can = ARENA_ARRAY(cx->arena, a->people_count + 1, struct option);
    struct casefile_person *wait = ARENA_ARRAY(cx->arena, a->people_count + 1,
                                               struct casefile_person);
    size_t n = 0;
    for (size_t i = 0; i < a->people_count; i++) {
        const struct staff *s = &a->people[i];
        const char *roles = staff_roles_text(cx, (uint32_t)s->roles);
        const char *why = casefile_cannot_receive(s);
        if (!((uint32_t)s->roles & COMPLAINT_READER_ROLES) || str_eq(s->id, cx->actor.id))
            continue;
        if (*why)
            wait[v->waiting_count++] = (struct casefile_person){
                .id = s->id, .name = s->name, .roles = roles, .note = why};
        else
            can[n++] = (struct option){s->id, arena_printf(cx->arena, "%s (%s)", s->name, roles)};
    }
    v->candidates = can;
    v->waiting = wait;
}

/* --- who looked --------------------------------------------------------------------------------------------------- */

/* The words of one's own, for those who can open the complaint now. */
static const char *note_text(struct cx *cx, const struct complaint *c,
                             const struct seal_envelope *key, const struct reporter_read *r)
{
    char *text = NULL;
    const char *aad = complaint_aad(cx->arena, c->id, arena_printf(cx->arena, "look|%s", r->id));
    if (!key || seal_drop_open(key, cx->arena, aad, r->note_sealed, &text) != ERR_OK)
        return "";
    return str_or(text, "");
}

/* "x" of "key=x …"; NULL when the key is not there. */
static const char *value_of(struct arena *a, const char *detail, const char *key)
{
    const char *at = strstr(detail, key);
    if (!at)
        return NULL;
    at += strlen(key);
    return arena_strndup(a, at, strcspn(at, " "));
}

static const char *look_detail(struct cx *cx, const struct audit_entry *e)
{
    const char *reason = value_of(cx->arena, e->detail, "reason=");
    if (reason && str_eq(e->action, "reporter_identity_read"))
        return str_eq(reason, "letter") ? cx_t(cx, T("Untuk surat kepada pelapor"))
                                        : cx_t(cx, complaint_label(casefile_reasons, reason));
    if (str_eq(value_of(cx->arena, e->detail, "reporter="), "1"))
        return cx_t(cx, T("beserta identitas pelapor"));
    const char *reader = value_of(cx->arena, e->detail, "reader=");
    if (!reader)
        return "";
    const char *parts = str_or(value_of(cx->arena, e->detail, "parts="), "");
    return arena_printf(cx->arena, "%s%s%s", staff_name(cx->read, cx->actor.office_id, reader),
                        strstr(parts, "reporter") ? ", " : "",
                        strstr(parts, "reporter") ? cx_t(cx, T("Identitas pelapor")) : "");
}

/* The row that was written with an entry: the entry names it. */
static const struct reporter_read *row_of(struct cx *cx, const struct audit_entry *e,
                                          const struct reporter_read *rows, size_t count)
{
    const char *id = value_of(cx->arena, e->detail, "look=");
    for (size_t i = 0; id && i < count; i++) {
        if (str_eq(rows[i].id, id))
            return &rows[i];
    }
    return NULL;
}

static enum err fill_looks(struct cx *cx, const struct complaint *c, struct casefile_access_view *v)
{
    struct audit_entry *entries = NULL;
    struct reporter_read *reads = NULL;
    size_t count = 0, read_count = 0;
    TRY(casefile_looks(cx->read, cx->actor.office_id, c->id, &entries, &count));
    TRY(casefile_identity_reads(cx->read, cx->actor.office_id, c->id, &reads, &read_count));
    struct diag before = cx->diag;
    struct seal_envelope key;
    bool open = complaint_unlock(cx, c->id, COMPLAINT_CONTENT, &key) == ERR_OK;
    cx->diag = before; /* that the notes stay shut is no refusal of this page */
    struct casefile_look *looks = ARENA_ARRAY(cx->arena, count + 1, struct casefile_look);
    for (size_t i = 0; i < count; i++) {
        const struct reporter_read *row = row_of(cx, &entries[i], reads, read_count);
        looks[i] = (struct casefile_look){
            .when = staff_moment(cx, entries[i].at),
            .who = staff_name(cx->read, cx->actor.office_id, entries[i].actor_id),
            .what = audit_action_label(entries[i].action),
            .detail = look_detail(cx, &entries[i]),
            .note = row ? note_text(cx, c, open ? &key : NULL, row) : ""};
    }
    explicit_bzero(&key, sizeof(key));
    v->looks = looks;
    v->look_count = count;
    return ERR_OK;
}

/* --- page and JSON --------------------------------------------------------------------------------------------- */

static void access_body(struct html *h, void *arg)
{
    casefile_access_page(h, arg);
}

static bool typed_part(struct cx *cx, const struct http_req *req, const char *name)
{
    const struct text_list typed = form_typed_list(cx, req, "parts");
    return (casefile_parts(&typed) & casefile_part(name)) != 0;
}

static enum err access_page(struct cx *cx, struct http_req *req, struct http_res *res,
                            const struct access *a)
{
    struct casefile_access_view *v = ARENA_NEW(cx->arena, struct casefile_access_view);
    TRY(fill_readers(cx, a, v));
    fill_candidates(cx, a, v);
    v->number = a->file.number;
    v->path = a->file.path;
    v->leader = complaint_leads(&cx->actor);
    v->has_identity = a->file.complaint.reporter_sealed.n > 0;
    v->can_identity = (parts_of(a->readers, a->reader_count, cx->actor.id) & COMPLAINT_REPORTER) !=
                      0;
    v->staff_id = form_typed(cx, req, "staff_id");
    v->content = req->method == HTTP_GET || typed_part(cx, req, "content");
    v->identity = typed_part(cx, req, "identity");
    if (v->leader)
        TRY(fill_looks(cx, &a->file.complaint, v));
    const struct page_view page = {
        .title = T("Akses pengaduan"), .current = "/pengaduan", .body = access_body, .arg = v};
    return page_render(cx, req, res, &page);
}

static json_t *parts_json(int64_t parts)
{
    json_t *list = json_array();
    if (parts & COMPLAINT_CONTENT)
        json_array_append_new(list, json_string("content"));
    if (parts & COMPLAINT_REPORTER)
        json_array_append_new(list, json_string("identity"));
    return list;
}

static enum err access_json(struct cx *cx, struct http_res *res, const struct access *a)
{
    json_t *items = json_array();
    for (size_t i = 0; i < a->reader_count; i++) {
        const struct complaint_reader *r = &a->readers[i];
        bool person = is_person(r->reader_id);
        json_t *one = json_object();
        json_object_set_new_nocheck(one, "kind", json_string(person ? "staff" : r->reader_id));
        json_object_set_new_nocheck(one, "staff_id", json_text(person ? r->reader_id : NULL));
        json_object_set_new_nocheck(
            one, "name",
            json_text(person ? staff_name(cx->read, cx->actor.office_id, r->reader_id) : NULL));
        json_object_set_new_nocheck(one, "parts", parts_json(r->parts));
        json_array_append_new(items, one);
    }
    json_t *o = json_object();
    json_object_set_new_nocheck(o, "items", items);
    json_object_set_new_nocheck(o, "next_cursor", json_null());
    return http_res_json(cx, res, 200, o);
}

enum err casefile_access_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct access a = {.readers = NULL};
    TRY(find_access(cx, req, &a));
    return req->wants == WANTS_JSON ? access_json(cx, res, &a) : access_page(cx, req, res, &a);
}

/* --- acts ---------------------------------------------------------------------------------------------------------- */

/* The answer of an act: the page again after a refusal that can be mended, else back to it. */
static enum err answer(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    bool page = req->wants != WANTS_JSON;
    bool mend = e == ERR_INVALID || e == ERR_CONFLICT;
    if (e != ERR_OK && !(page && mend))
        return e;
    struct access a = {.readers = NULL};
    TRY(find_access(cx, req, &a));
    if (e == ERR_OK)
        return page ? http_res_redirect(cx, res, arena_printf(cx->arena, "%s/akses", a.file.path))
                    : access_json(cx, res, &a);
    res->status = http_status(e);
    return access_page(cx, req, res, &a);
}

static enum err give(struct cx *cx, struct http_req *req, const struct access *a)
{
    struct access_form f;
    TRY(form_parse(cx, req, &casefile_access_form, &f));
    unsigned parts = casefile_parts(&f.parts);
    int64_t has = parts_of(a->readers, a->reader_count, f.staff_id);
    const struct refusal r = casefile_may_share(&cx->actor, (has & parts) == parts, parts);
    if (r.err != ERR_OK)
        return cx_refuse(cx, &r);
    if ((parts & COMPLAINT_REPORTER) && a->file.complaint.reporter_sealed.n == 0)
        return cx_fail(cx, ERR_CONFLICT, "no_identity",
                       T("Identitas pelapor pengaduan ini tidak disimpan."));
    TRY(casefile_prove(cx, (parts & COMPLAINT_REPORTER) != 0, f.password));
    return complaint_share_with(cx, a->file.complaint.id, f.staff_id, parts);
}

enum err casefile_access_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct access a = {.readers = NULL};
    TRY(find_access(cx, req, &a));
    if (casefile_must_ask(cx, req))
        return casefile_ask(cx, req, res, req->path);
    return answer(cx, req, res, give(cx, req, &a));
}

static enum err take(struct cx *cx, struct http_req *req, const struct access *a)
{
    const struct refusal r = casefile_may_take(&cx->actor);
    if (r.err != ERR_OK)
        return cx_refuse(cx, &r);
    struct access_form f;
    TRY(form_parse(cx, req, &casefile_take_form, &f));
    unsigned parts = casefile_parts(&f.parts);
    if ((parts_of(a->readers, a->reader_count, f.staff_id) & parts) == 0)
        return cx_fail(cx, ERR_CONFLICT, "no_share",
                       T("Orang ini tidak mempunyai akses yang hendak dicabut."));
    return complaint_unshare(cx, a->file.complaint.id, f.staff_id, parts);
}

enum err casefile_take_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct access a = {.readers = NULL};
    TRY(find_access(cx, req, &a));
    return answer(cx, req, res, take(cx, req, &a));
}

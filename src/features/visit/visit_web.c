/* Routes of the visit, and the handlers of its own steps: waiting room, reception, note, photo. */
#include "features/visit/visit_web.h"

#include <string.h>

#include "features/office/office.h"
#include "features/visit/visit_page.h"
#include "features/visit/visit_store.h"
#include "features/visit/visit_view.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/http/form.h"
#include "lib/http/sse.h"
#include "lib/json/json.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

/* --- answers shared with the other features ------------------------------------------------------- */

/* `_next` of a form: a path of ours and nothing else. */
static const char *next_path(struct cx *cx, const struct http_req *req, const char *visit_id)
{
    const char *next = http_field(req, "_next");
    bool ours = next && next[0] == '/' && next[1] != '/' && next[1] != '\\' &&
                !strpbrk(next, "\r\n\t\\");
    return ours ? next : arena_printf(cx->arena, "/tamu/%s", visit_id);
}

enum err visit_answer(struct cx *cx, struct http_req *req, struct http_res *res,
                      const char *visit_id, int status)
{
    if (req->wants != WANTS_JSON)
        return http_res_redirect(cx, res, next_path(cx, req, visit_id));
    struct visit_view view;
    TRY(visit_view_read(cx, visit_id, &view));
    return http_res_json(cx, res, status, visit_view_json(cx, &view));
}

enum err visit_refused(struct cx *cx, struct http_req *req, struct http_res *res,
                       const char *visit_id, enum err e)
{
    bool shown = req->wants == WANTS_PAGE && (e == ERR_INVALID || e == ERR_CONFLICT);
    if (!shown)
        return e;
    return visit_one_page(cx, req, res, visit_id, e);
}

/* --- what every step does before and after its transaction ----------------------------------------- */

static enum err begin_change(struct cx *cx, struct http_req *req, struct visit_change *c)
{
    c->act = visit_act_of(cx);
    c->visit_id = http_param(req, "id");
    const char *route = arena_printf(cx->arena, "POST %s", req->path);
    return replay_prepare(cx, http_header(req, "idempotency-key"), route, req->body_hash,
                          &c->replay);
}

static enum err end_change(struct cx *cx, struct http_req *req, struct http_res *res,
                           struct visit_change *c, enum err e)
{
    if (e == ERR_MISSING)
        return cx_fail(cx, ERR_MISSING, "visit_unknown", T("Kunjungan itu tidak ada."));
    if (e != ERR_OK) {
        if (c->refusal.err != ERR_OK)
            e = cx_refuse(cx, &c->refusal);
        return visit_refused(cx, req, res, c->visit_id, e);
    }
    if (!c->replayed)
        sse_poke(cx->sse);
    return visit_answer(cx, req, res, c->visit_id, c->status);
}

enum err visit_must_exist(struct cx *cx, const char *visit_id, struct visit *ret)
{
    enum err e = visit_get(cx->read, cx->actor.office_id, visit_id, ret);
    if (e == ERR_MISSING)
        return cx_fail(cx, ERR_MISSING, "visit_unknown", T("Kunjungan itu tidak ada."));
    return e;
}

/* --- step 4: waiting room ------------------------------------------------------------------------------- */

struct room_form {
    const char *room;
};
/* clang-format off */
static const struct field room_fields[] = {
    {.name = "room", .type = FIELD_TEXT, .offset = offsetof(struct room_form, room), .max = 60, .label = T("Ruang tunggu")},
};
/* clang-format on */
static const struct form room_form = FORM("VisitRoom", struct room_form, room_fields);

static enum err choose_room(struct cx *cx, const char *typed, const char **ret)
{
    struct room *rooms = NULL;
    size_t count = 0;
    TRY(office_rooms(cx->read, cx->actor.office_id, &rooms, &count));
    for (size_t i = 0; i < count; i++) {
        if (str_empty(typed) || str_eq(rooms[i].label, typed)) {
            *ret = rooms[i].label;
            return ERR_OK;
        }
    }
    cx_field(cx, "room", "room_unknown", T("Ruang tunggu itu tidak ada. Pilih dari daftar."));
    return ERR_INVALID;
}

static enum err room_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct visit_room *r = ARENA_NEW(cx->arena, struct visit_room);
    TRY(begin_change(cx, req, &r->change));
    struct visit seen = {0};
    TRY(visit_must_exist(cx, r->change.visit_id, &seen));
    struct refusal refusal = visit_may_wait(&seen);
    if (refusal.err != ERR_OK && !r->change.replay.present)
        return visit_refused(cx, req, res, r->change.visit_id, cx_refuse(cx, &refusal));
    struct room_form f;
    enum err e = form_parse(cx, req, &room_form, &f);
    if (e == ERR_OK)
        e = choose_room(cx, f.room, &r->room);
    if (e != ERR_OK)
        return visit_refused(cx, req, res, r->change.visit_id, e);
    struct civil c = time_civil(cx->now_ms, cx->offset_min);
    r->day = arena_printf(cx->arena, "%04d-%02d-%02d", c.year, c.month, c.day);
    return end_change(cx, req, res, &r->change, db_tx(cx, "visit_room", visit_to_room, r));
}

/* --- step 7: received ------------------------------------------------------------------------------------- */

struct empty_form {
    bool unused;
};
static const struct form empty_form = {
    .name = "Empty", .fields = NULL, .count = 0, .bytes = sizeof(struct empty_form)};

static enum err receive_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct visit_reception *r = ARENA_NEW(cx->arena, struct visit_reception);
    TRY(begin_change(cx, req, &r->change));
    r->desk = (cx->actor.roles & ROLE_DESK) != 0;
    struct visit seen = {0};
    TRY(visit_must_exist(cx, r->change.visit_id, &seen));
    struct refusal refusal = visit_may_receive(&seen, r->desk, cx->actor.id);
    if (refusal.err != ERR_OK && !r->change.replay.present)
        return visit_refused(cx, req, res, r->change.visit_id, cx_refuse(cx, &refusal));
    struct empty_form f;
    TRY(form_parse(cx, req, &empty_form, &f));
    return end_change(cx, req, res, &r->change, db_tx(cx, "visit_receive", visit_to_receive, r));
}

/* --- step 7: the interview note ------------------------------------------------------------------------------ */

struct note_document {
    const char *kind;
    int64_t count;
};
/* clang-format off */
static const struct field document_fields[] = {
    {.name = "kind", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .offset = offsetof(struct note_document, kind), .min = 1, .max = 200, .label = T("Jenis dokumen")},
    {.name = "count", .type = FIELD_INT, .offset = offsetof(struct note_document, count), .min = 1, .max = 9999, .label = T("Jumlah")},
};
/* clang-format on */

struct note_form {
    const char *who, *what, *when, *where, *how, *why, *signature;
    struct object_list documents;
};
#define AT(member) .offset = offsetof(struct note_form, member)
/* clang-format off */
static const struct field note_fields[] = {
    {.name = "who", .type = FIELD_LINES, .flags = FIELD_PRIVATE, AT(who), .max = 500, .label = T("Siapa")},
    {.name = "what", .type = FIELD_LINES, .flags = FIELD_PRIVATE, AT(what), .max = 2000, .label = T("Apa")},
    {.name = "when", .type = FIELD_LINES, .flags = FIELD_PRIVATE, AT(when), .max = 500, .label = T("Bilamana")},
    {.name = "where", .type = FIELD_LINES, .flags = FIELD_PRIVATE, AT(where), .max = 500, .label = T("Di mana")},
    {.name = "how", .type = FIELD_LINES, .flags = FIELD_PRIVATE, AT(how), .max = 2000, .label = T("Bagaimana")},
    {.name = "why", .type = FIELD_LINES, .flags = FIELD_PRIVATE, AT(why), .max = 2000, .label = T("Mengapa")},
    {.name = "signature", .type = FIELD_TEXT, .flags = FIELD_PRIVATE, AT(signature), .max = 30000, .label = T("Tanda tangan")},
    {.name = "documents", .type = FIELD_OBJECTS, AT(documents), .max = 50, .label = T("Dokumen yang diserahkan"), .members = document_fields, .member_count = 2, .member_bytes = sizeof(struct note_document)},
};
/* clang-format on */
#undef AT
static const struct form note_form = FORM("VisitNote", struct note_form, note_fields);

/* An SVG path of moves and lines (signature.js), or "ink" when it is signed on paper. */
static bool signature_ok(const char *s)
{
    if (str_empty(s) || str_eq(s, "ink"))
        return true;
    return s[0] == 'M' && s[strspn(s, "ML0123456789., -")] == '\0';
}

static void put(json_t *object, const char *key, const char *value)
{
    if (!str_empty(value))
        json_object_set_new_nocheck(object, key, json_string_nocheck(value));
}

static struct bytes seal_note(struct cx *cx, const char *visit_id, const struct note_form *f)
{
    json_t *note = json_keep(cx->arena, json_object());
    put(note, "who", f->who);
    put(note, "what", f->what);
    put(note, "when", f->when);
    put(note, "where", f->where);
    put(note, "how", f->how);
    put(note, "why", f->why);
    put(note, "signature", f->signature);
    json_t *documents = json_array();
    const struct note_document *d = f->documents.items;
    for (size_t i = 0; i < f->documents.count; i++)
        json_array_append_new(documents, json_pack("{s:s, s:I}", "kind", d[i].kind, "count",
                                                   (json_int_t)(d[i].count ? d[i].count : 1)));
    json_object_set_new(note, "documents", documents);
    struct buf text = buf_new(cx->arena, 1024, 256 * 1024);
    json_write(&text, note);
    return seal_field(cx->seal, cx->arena, "visit", "note_sealed", visit_id, text.p);
}

static enum err note_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct visit_noting *n = ARENA_NEW(cx->arena, struct visit_noting);
    TRY(begin_change(cx, req, &n->change));
    struct visit seen = {0};
    TRY(visit_must_exist(cx, n->change.visit_id, &seen));
    struct refusal refusal = visit_may_note(&seen);
    if (refusal.err != ERR_OK && !n->change.replay.present)
        return visit_refused(cx, req, res, n->change.visit_id, cx_refuse(cx, &refusal));
    struct note_form f;
    enum err e = form_parse(cx, req, &note_form, &f);
    if (e == ERR_OK && !signature_ok(f.signature)) {
        cx_field(cx, "signature", "signature",
                 T("Tanda tangan tidak terbaca. Ulangi, atau kosongkan untuk tanda tangan tinta."));
        e = ERR_INVALID;
    }
    if (e != ERR_OK)
        return visit_refused(cx, req, res, n->change.visit_id, e);
    n->sealed = seal_note(cx, n->change.visit_id, &f);
    return end_change(cx, req, res, &n->change, db_tx(cx, "visit_note", visit_to_note, n));
}

/* --- routes --------------------------------------------------------------------------------------------------------- */

#define SEES         (ROLE_DESK | ROLE_OFFICIALS)
#define UPLOAD_BYTES (6u * 1024 * 1024)

const struct route *visit_routes(void)
{
    /* clang-format off */
    static const struct route rows[] = {
        {HTTP_GET, "/tamu", SEES, 0, visit_list_get, NULL, 0, T("Tamu hari ini"), NULL},
        {HTTP_POST, "/tamu", ROLE_DESK, ROUTE_UPLOAD | ROUTE_IDEMPOTENT_KEY, visit_new_post, &visit_new_form, UPLOAD_BYTES, T("Catat tamu baru (langkah 1 dan 2)"), NULL},
        {HTTP_GET, "/tamu/baru", ROLE_DESK, 0, visit_new_get, NULL, 0, T("Isian tamu baru"), NULL},
        {HTTP_POST, "/tamu/baru", ROLE_DESK, ROUTE_UPLOAD, visit_new_search, &visit_new_form, UPLOAD_BYTES, T("Cari tamu lama, isian tetap"), NULL},
        {HTTP_GET, "/tamu/unduh", SEES, ROUTE_NO_TOKEN, visit_book_get, NULL, 0, T("Daftar tamu sebagai .xlsx; dicatat"), NULL},
        {HTTP_GET, "/tamu/{id}", SEES, 0, visit_one_get, NULL, 0, T("Satu kunjungan"), NULL},
        {HTTP_GET, "/tamu/{id}/foto", SEES, ROUTE_NO_TOKEN, visit_photo_get, NULL, 0, T("Foto tamu"), NULL},
        {HTTP_POST, "/tamu/{id}/ruang-tunggu", ROLE_DESK, ROUTE_IDEMPOTENT_KEY, room_post, &room_form, 0, T("Antar ke ruang tunggu (langkah 4)"), NULL},
        {HTTP_POST, "/tamu/{id}/diterima", SEES, ROUTE_IDEMPOTENT_KEY, receive_post, &empty_form, 0, T("Tamu mulai diterima (langkah 7)"), NULL},
        {HTTP_POST, "/tamu/{id}/catatan", SEES, ROUTE_IDEMPOTENT_KEY, note_post, &note_form, 0, T("Catatan wawancara (langkah 7)"), NULL},
        {HTTP_POST, "/tamu/{id}/koreksi", ROLE_DESK, ROUTE_IDEMPOTENT_KEY, visit_correct_post, &visit_correct_form, 0, T("Perbaiki data, isi lama tetap"), NULL},
        {.path = NULL},
    };
    /* clang-format on */
    return rows;
}

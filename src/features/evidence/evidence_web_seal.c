/* One file on its way into the seal, and what is said of it: in small parts from the upload to the disk, hashed
 * on the way. */
#include <string.h>
#include <sodium.h>

#include "features/audit/audit.h"
#include "features/evidence/evidence_web.h"
#include "lib/base/log.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/utf8.h"
#include "lib/json/json.h"
#include "lib/media/media.h"
#include "lib/base/banned.h"

#define PART_BYTES     ((size_t)64 << 10)
#define META_MAX       (8u * 1024)
#define NAME_MAX_CHARS 200

/* --- what is said of a file ------------------------------------------------------------------------------ */

char *evidence_meta_aad(struct arena *a, const char *complaint_id, const char *file_id)
{
    return complaint_aad(a, complaint_id, arena_printf(a, "file|%s", file_id));
}

char *evidence_meta_json(struct cx *cx, const struct evidence_meta *m)
{
    json_t *o = json_object();
    json_object_set_new_nocheck(o, "name", json_text(m->name));
    json_object_set_new_nocheck(o, "declared", json_text(m->declared));
    json_object_set_new_nocheck(o, "type", json_text(m->type));
    json_object_set_new_nocheck(o, "sha256", json_text(m->sha256));
    json_object_set_new_nocheck(o, "adder", json_text(m->adder_id));
    json_object_set_new_nocheck(o, "bytes", json_integer(m->bytes));
    json_object_set_new_nocheck(o, "at", json_integer(m->at));
    if (m->withdrawn_at) {
        json_object_set_new_nocheck(o, "withdrawn_at", json_integer(m->withdrawn_at));
        json_object_set_new_nocheck(o, "withdrawer", json_text(m->withdrawer_id));
        json_object_set_new_nocheck(o, "withdrawn_why", json_text(m->withdrawn_why));
    }
    struct buf text = buf_new(cx->arena, 512, META_MAX);
    json_write(&text, json_keep(cx->arena, o));
    return text.p;
}

enum err evidence_meta_read(const struct cx *cx, const char *text, struct evidence_meta *ret)
{
    const json_t *o = text ? json_keep(cx->arena, json_loads(text, 0, NULL)) : NULL;
    if (!json_is_object(o))
        return ERR_INTERNAL;
    *ret = (struct evidence_meta){
        .name = str_or(json_string_value(json_object_get(o, "name")), ""),
        .declared = str_or(json_string_value(json_object_get(o, "declared")), ""),
        .type = str_or(json_string_value(json_object_get(o, "type")), ""),
        .sha256 = str_or(json_string_value(json_object_get(o, "sha256")), ""),
        .adder_id = json_string_value(json_object_get(o, "adder")),
        .bytes = json_integer_value(json_object_get(o, "bytes")),
        .at = json_integer_value(json_object_get(o, "at")),
        .withdrawn_at = json_integer_value(json_object_get(o, "withdrawn_at")),
        .withdrawer_id = json_string_value(json_object_get(o, "withdrawer")),
        .withdrawn_why = json_string_value(json_object_get(o, "withdrawn_why")),
    };
    return ERR_OK;
}

enum err evidence_row_open(const struct cx *cx, const char *complaint_id,
                           const struct evidence_row *row, const struct seal_envelope *key,
                           struct seal_envelope *ret_key, struct evidence_meta *ret)
{
    uint8_t public_key[32], secret_key[32];
    char *text = NULL;
    seal_envelope_pair(key, public_key, secret_key);
    enum err e = seal_envelope_unshare(row->key_sealed, public_key, secret_key, ret_key);
    explicit_bzero(secret_key, sizeof(secret_key));
    TRY(e);
    e = seal_envelope_open(ret_key, cx->arena, evidence_meta_aad(cx->arena, complaint_id, row->id),
                           row->meta_sealed, &text);
    if (e == ERR_OK)
        e = evidence_meta_read(cx, text, ret);
    if (e != ERR_OK)
        explicit_bzero(ret_key, sizeof(*ret_key));
    return e;
}

/* --- refusals ---------------------------------------------------------------------------------------------- */

/* The name as the sender wrote it, of at most so many characters: without a path, and without the signs that
 * let a name lie about its order or its end. */
static const char *file_name(struct cx *cx, const struct http_file *file, size_t most)
{
    const char *name = file->client_name;
    for (const char *c = name; *c; c++) {
        if (*c == '/' || *c == '\\')
            name = c + 1;
    }
    if (!utf8_valid(name, strlen(name)))
        return "berkas";
    struct buf tidy = buf_new(cx->arena, 128, 4 * NAME_MAX_CHARS);
    for (const char *c = utf8_cut(cx->arena, name, most); *c;) {
        const char *from = c;
        (void)utf8_next(&c);
        const char *one = arena_strndup(cx->arena, from, (size_t)(c - from));
        buf_puts(&tidy, utf8_has_control(one, false) ? "_" : one);
    }
    return tidy.p;
}

static enum err refuse(struct cx *cx, const struct http_file *file, const char *code,
                       const char *sentence)
{
    const char *name = file_name(cx, file, 60);
    cx_field(cx, file->field, code, "%s: %s", name, sentence);
    return cx_fail(cx, ERR_INVALID, code, "%s", sentence);
}

static enum err check_type(struct cx *cx, const struct http_req *req, const struct http_file *file,
                           const struct evidence_type **ret)
{
    uint8_t head[64];
    size_t n = file->bytes < sizeof(head) ? (size_t)file->bytes : sizeof(head);
    if (n == 0)
        return refuse(cx, file, "file_empty", cx_t(cx, T("berkas ini kosong. Pilih berkas lain.")));
    if (file->bytes > (uint64_t)EVIDENCE_FILE_BYTES)
        return refuse(cx, file, "file_size",
                      cx_t(cx, T("berkas ini lebih dari 100 MB. Perkecil atau bagi berkasnya.")));
    TRY(http_file_read(req, file, 0, head, n));
    *ret = evidence_type_of(file->client_name, (struct bytes){head, n});
    if (*ret)
        return ERR_OK;
    return refuse(cx, file, "file_type",
                  cx_printf(cx,
                            T("jenis berkas ini tidak diterima, atau isinya tidak sesuai namanya. "
                              "Kirim %s."),
                            cx_t(cx, evidence_types_text())));
}

/* --- sealing ----------------------------------------------------------------------------------------------- */

/* Where bytes come from: the upload, or a copy in memory. */
struct origin {
    const struct http_req *req;
    const struct http_file *file;
    struct bytes copy;
};

static enum err origin_read(const struct origin *o, uint64_t at, uint8_t *to, size_t n)
{
    if (!o->file) {
        memcpy(to, o->copy.p + at, n);
        return ERR_OK;
    }
    return http_file_read(o->req, o->file, at, to, n);
}

static enum err upload_read(void *arg, uint64_t at, uint8_t *to, size_t n)
{
    return origin_read(arg, at, to, n);
}

static enum err carry(struct cx *cx, const struct origin *from, uint64_t bytes,
                      struct seal_writer *w, uint8_t ret_hash[32])
{
    uint8_t *part = arena_alloc(cx->arena, PART_BYTES);
    crypto_hash_sha256_state state;
    (void)crypto_hash_sha256_init(&state);
    for (uint64_t at = 0; at < bytes;) {
        size_t n = bytes - at < PART_BYTES ? (size_t)(bytes - at) : PART_BYTES;
        TRY(origin_read(from, at, part, n));
        (void)crypto_hash_sha256_update(&state, part, n);
        TRY(seal_stream_put(w, part, n));
        at += n;
    }
    (void)crypto_hash_sha256_final(&state, ret_hash);
    return ERR_OK;
}

/* Writes DIR/evidence/xx/id and fills the row's seals. The disk is waited for without a turn. */
static enum err seal_one(struct cx *cx, const struct complaint *c, const struct origin *from,
                         struct evidence_meta *meta, struct evidence_row *row)
{
    struct seal_envelope key;
    struct seal_writer *w = NULL;
    uint8_t hash[32];
    const struct seal_place place = {cx->data_dir, EVIDENCE_FOLDER, row->id};
    seal_envelope_new(&key);
    cx_wait(cx, true);
    enum err e = seal_stream_create(&key, &place, (uint64_t)meta->bytes, &w);
    if (e == ERR_OK)
        e = carry(cx, from, (uint64_t)meta->bytes, w, hash);
    if (e == ERR_OK)
        e = seal_stream_commit(w, row->added_at);
    else
        seal_stream_abandon(w);
    cx_wait(cx, false);
    if (e == ERR_OK) {
        meta->sha256 = str_hex(cx->arena, hash, sizeof(hash));
        row->sealed_bytes = seal_stream_bytes((uint64_t)meta->bytes);
        row->key_sealed = seal_envelope_share(&key, cx->arena, c->public_key.p);
        row->meta_sealed = seal_envelope_text(&key, cx->arena,
                                              evidence_meta_aad(cx->arena, c->id, row->id),
                                              evidence_meta_json(cx, meta));
    }
    explicit_bzero(&key, sizeof(key));
    if (e == ERR_BUSY)
        return cx_fail(cx, ERR_BUSY, "disk_full",
                       T("Penyimpanan penuh. Data belum disimpan; hubungi administrator kantor."));
    return e;
}

/* --- sent twice --------------------------------------------------------------------------------------------- */

const char *evidence_form_sent(const struct http_req *req)
{
    const char *id = http_field(req, EVIDENCE_FORM_FIELD);
    return rand_uuid_ok(id) ? id : NULL;
}

const char *evidence_form_id(struct cx *cx, const struct http_req *req)
{
    const char *sent = evidence_form_sent(req);
    char *fresh = arena_alloc(cx->arena, UUID_TEXT_BYTES);
    rand_uuid4(fresh);
    return sent ? sent : fresh;
}

static void hash_text(crypto_hash_sha256_state *state, const char *text)
{
    (void)crypto_hash_sha256_update(state, (const uint8_t *)text, strlen(text) + 1);
}

/* The key is a hash over the form's random id, which is kept nowhere: it says nothing to whoever reads the
 * table, nor do actor and time, which are left out. */
static enum err replay_of(struct cx *cx, const struct complaint *c, const struct origin *from,
                          const struct evidence_new *n, const struct evidence_meta *meta,
                          struct replay *ret)
{
    crypto_hash_sha256_state state;
    *ret = (struct replay){.present = false};
    if (!n->form_id)
        return ERR_OK;
    uint8_t *part = arena_alloc(cx->arena, PART_BYTES);
    (void)crypto_hash_sha256_init(&state);
    hash_text(&state, c->id);
    hash_text(&state, n->form_id);
    hash_text(&state, n->kind);
    hash_text(&state, meta->name);
    for (uint64_t at = 0, bytes = (uint64_t)meta->bytes; at < bytes;) {
        size_t some = bytes - at < PART_BYTES ? (size_t)(bytes - at) : PART_BYTES;
        TRY(origin_read(from, at, part, some));
        (void)crypto_hash_sha256_update(&state, part, some);
        at += some;
    }
    *ret = (struct replay){
        .present = true, .office_id = cx->actor.office_id, .actor_id = "", .route = "berkas"};
    (void)crypto_hash_sha256_final(&state, ret->key_hash);
    memcpy(ret->body_hash, ret->key_hash, sizeof(ret->body_hash));
    return ERR_OK;
}

/* --- the act ------------------------------------------------------------------------------------------------ */

static const char *new_id(struct cx *cx)
{
    char *id = arena_alloc(cx->arena, UUID_TEXT_BYTES);
    rand_uuid4(id);
    return id;
}

static void forget(struct cx *cx, const struct evidence_write *w)
{
    for (size_t i = 0; i < w->count; i++)
        (void)!seal_file_remove(cx->data_dir, EVIDENCE_FOLDER, w->rows[i].id);
}

/* The copy of a picture. That there is none is no fault: the original is what counts. */
static void add_copy(struct cx *cx, const struct complaint *c, const struct origin *from,
                     const struct evidence_meta *of, struct evidence_write *w)
{
    struct bytes jpeg = {NULL, 0};
    struct origin upload = *from;
    const struct media_source source = {
        .bytes = (uint64_t)of->bytes, .read = upload_read, .arg = &upload};
    if (media_copy(cx, &source, &jpeg) != ERR_OK)
        return;
    struct evidence_row *row = &w->rows[w->count];
    *row = w->rows[0];
    row->id = new_id(cx);
    row->of_id = w->rows[0].id;
    row->kind = EVIDENCE_COPY;
    struct evidence_meta meta = *of;
    meta.type = "image/jpeg";
    meta.declared = "";
    meta.bytes = (int64_t)jpeg.n;
    const struct origin copy = {.copy = jpeg};
    if (seal_one(cx, c, &copy, &meta, row) == ERR_OK)
        w->count++;
}

static void fill_audit(const struct cx *cx, const struct complaint *c, const struct evidence_new *n,
                       struct evidence_write *w)
{
    bool anonymous = str_eq(c->reporter_mode, "anonymous");
    if (anonymous || !str_eq(n->added_by, EVIDENCE_BY_STAFF))
        return;
    w->at = cx->now_ms;
    w->action = "file_added";
    w->actor_kind = audit_actor_kind(cx);
    w->actor_id = cx->actor.id;
    w->detail = arena_printf(cx->arena, "file=%s kind=%s", w->rows[0].id, n->kind);
}

static enum err check_room(struct cx *cx, const struct complaint *c, const struct http_file *file)
{
    struct refusal refusal;
    if (c->public_key.n != 32)
        return cx_fail(
            cx, ERR_CONFLICT, "no_public_key",
            T("Pengaduan ini dibuat sebelum berkas dapat ditambahkan. Serahkan berkasnya "
              "kepada petugas penanganan."));
    TRY(evidence_room(cx->read, cx->actor.office_id, c->id, seal_stream_bytes(file->bytes),
                      &refusal));
    return refusal.err == ERR_OK ? ERR_OK : cx_refuse(cx, &refusal);
}

static enum err store(struct cx *cx, struct evidence_write *w)
{
    enum err e = db_tx(cx, "evidence_add", evidence_write, w);
    if (e == ERR_OK && !w->repeated)
        return ERR_OK;
    forget(cx, w);
    if (e == ERR_OK)
        return ERR_OK;
    return w->refusal.err == ERR_OK ? e : cx_refuse(cx, &w->refusal);
}

static struct evidence_meta meta_of(struct cx *cx, const struct complaint *c,
                                    const struct http_file *file, const struct evidence_new *n,
                                    const char *type)
{
    bool anonymous = str_eq(c->reporter_mode, "anonymous");
    struct evidence_meta meta = {
        .name = file_name(cx, file, NAME_MAX_CHARS),
        .declared = arena_strndup(cx->arena, file->content_type, strnlen(file->content_type, 120)),
        .type = type,
        .bytes = (int64_t)file->bytes,
        .at = anonymous ? 0 : cx->now_ms};
    if (str_eq(n->added_by, EVIDENCE_BY_STAFF))
        meta.adder_id = cx->actor.id;
    return meta;
}

/* Sealed on the disk, not yet in a row. */
static enum err seal_all(struct cx *cx, const struct complaint *c, const struct origin *from,
                         struct evidence_meta *meta, bool picture, struct evidence_write *w)
{
    bool together = db_reads_together(cx->read, false);
    enum err e = seal_one(cx, c, from, meta, &w->rows[0]);
    if (e == ERR_OK && picture)
        add_copy(cx, c, from, meta, w);
    (void)db_reads_together(cx->read, together);
    return e;
}

enum err evidence_add(struct cx *cx, const struct complaint *c, const struct http_req *req,
                      const struct http_file *file, const struct evidence_new *n,
                      struct evidence_added *ret)
{
    const struct evidence_type *type = NULL;
    const struct origin from = {.req = req, .file = file};
    TRY(check_type(cx, req, file, &type));
    if (!type)
        return cx_detail(cx, ERR_INTERNAL, "a file without a type was let in");
    struct evidence_write w = {.office_id = cx->actor.office_id, .complaint_id = c->id, .count = 1};
    struct evidence_meta meta = meta_of(cx, c, file, n, type->media);
    TRY(replay_of(cx, c, &from, n, &meta, &w.replay));
    TRY(evidence_repeated(cx->read, &w.replay, &w.repeated));
    *ret = (struct evidence_added){.id = NULL};
    if (w.repeated)
        return ERR_OK;
    TRY(check_room(cx, c, file));
    w.replay_at = time_day_start(cx->now_ms, cx->offset_min);
    w.rows[0] = (struct evidence_row){
        .id = new_id(cx), .kind = n->kind, .added_by = n->added_by, .added_at = w.replay_at};
    TRY(seal_all(cx, c, &from, &meta, type->picture, &w));
    fill_audit(cx, c, n, &w);
    TRY(store(cx, &w));
    if (!w.repeated)
        *ret = (struct evidence_added){.id = w.rows[0].id,
                                       .copy_id = w.count > 1 ? w.rows[1].id : NULL};
    return ERR_OK;
}

enum err evidence_add_all(struct cx *cx, const struct complaint *c, const struct http_req *req,
                          const char *field, const struct evidence_new *n, size_t *ret_count)
{
    struct evidence_added added;
    *ret_count = 0;
    for (size_t i = 0; i < req->file_count; i++) {
        if (!str_eq(req->files[i].field, field))
            continue;
        TRY(evidence_add(cx, c, req, &req->files[i], n, &added));
        (*ret_count)++;
    }
    if (*ret_count)
        return ERR_OK;
    cx_field(cx, field, "missing", "%s", cx_t(cx, T("Pilih berkas yang akan diserahkan.")));
    return cx_fields(cx);
}

/* --- sweeping ------------------------------------------------------------------------------------------------ */

#define SWEEP_AGE_MS (24 * 3600LL * 1000) /* the slowest upload ends long before */

struct sweeping {
    struct cx *cx;
    const char *office_id;
};

static enum err is_named(void *arg, const char *id, bool *ret_named)
{
    const struct sweeping *s = arg;
    return evidence_named(s->cx->read, s->office_id, id, ret_named);
}

enum err evidence_sweep(struct cx *cx, const char *office_id)
{
    struct sweeping s = {.cx = cx, .office_id = office_id};
    const struct seal_sweep sweep = {
        .before_ms = cx->now_ms - SWEEP_AGE_MS, .by_change = true, .is_named = is_named, .arg = &s};
    int64_t removed = 0;
    TRY(seal_file_sweep(cx->data_dir, EVIDENCE_FOLDER, &sweep, &removed));
    if (removed)
        log_event(LOG_INFO, "evidence files without a row removed", "count", LOG_INT(removed), NULL);
    return ERR_OK;
}

/* What a reader of the complaint sees of its files: the list, and one file while it is sent. */
#include <string.h>

#include "features/evidence/evidence_web.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

/* --- list ---------------------------------------------------------------------------------------------------- */

static void fill(const struct cx *cx, const struct complaint *c, const struct evidence_row *row,
                 const struct seal_envelope *key, struct evidence_file *f)
{
    struct seal_envelope own;
    struct evidence_meta meta = {.name = NULL};
    *f = (struct evidence_file){.id = row->id,
                                .kind = row->kind,
                                .added_by = row->added_by,
                                .added_at = row->added_at,
                                .type = "",
                                .sha256 = ""};
    /* One that does not open hides none of the others. */
    if (evidence_row_open(cx, c->id, row, key, &own, &meta) != ERR_OK)
        return;
    explicit_bzero(&own, sizeof(own));
    f->name = meta.name;
    f->type = meta.type;
    f->bytes = meta.bytes;
    f->sha256 = meta.sha256;
    f->withdrawn_at = meta.withdrawn_at;
    f->withdrawn_why = meta.withdrawn_why;
    if (meta.withdrawer_id)
        f->withdrawn_by = staff_name(cx->read, cx->actor.office_id, meta.withdrawer_id);
    f->exact = meta.at > 0;
    if (f->exact)
        f->added_at = meta.at;
    if (meta.adder_id)
        f->adder = staff_name(cx->read, cx->actor.office_id, meta.adder_id);
}

static const char *copy_of(const struct evidence_row *rows, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(rows[i].of_id, id))
            return rows[i].id;
    }
    return NULL;
}

enum err evidence_list(const struct cx *cx, const struct complaint *c,
                       const struct seal_envelope *key, struct evidence_file **ret,
                       size_t *ret_count)
{
    struct evidence_row *rows = NULL;
    size_t count = 0, n = 0;
    TRY(evidence_rows(cx->read, cx->actor.office_id, c->id, &rows, &count));
    struct evidence_file *files = ARENA_ARRAY(cx->arena, count + 1, struct evidence_file);
    for (size_t i = 0; i < count; i++) {
        if (str_eq(rows[i].kind, EVIDENCE_COPY))
            continue;
        fill(cx, c, &rows[i], key, &files[n]);
        files[n].copy_id = copy_of(rows, count, rows[i].id);
        n++;
    }
    *ret = files;
    *ret_count = n;
    return ERR_OK;
}

/* --- one file ------------------------------------------------------------------------------------------------ */

static enum err source_read(void *arg, uint8_t *out, size_t room, size_t *ret_n)
{
    return seal_stream_get(arg, out, room, ret_n);
}

static void source_close(void *arg)
{
    seal_stream_close(arg);
}

enum err evidence_gone(struct cx *cx)
{
    return cx_fail(cx, ERR_MISSING, "no_file", T("Berkas ini tidak ada pada pengaduan ini."));
}

/* Nothing that comes from outside ever runs here: it is downloaded, or it is a picture of our own making. */
static void describe(struct cx *cx, const struct evidence_row *row,
                     const struct evidence_meta *meta, struct http_res *res)
{
    http_res_header(cx, res, "Content-Security-Policy", "default-src 'none'; sandbox");
    if (str_eq(row->kind, EVIDENCE_COPY)) {
        res->content_type = "image/jpeg";
        http_res_header(cx, res, "Content-Disposition", "inline; filename=\"salinan.jpg\"");
        return;
    }
    res->content_type = "application/octet-stream";
    http_res_attachment(cx, res, meta->name);
}

enum err evidence_send(struct cx *cx, const struct complaint *c, const struct seal_envelope *key,
                       const char *file_id, struct http_res *res)
{
    struct evidence_row row = {0};
    struct evidence_meta meta = {.name = NULL};
    struct seal_envelope own;
    struct seal_reader *reader = NULL;
    enum err e = evidence_row_get(cx->read, cx->actor.office_id, c->id, file_id, &row);
    if (e != ERR_OK)
        return e == ERR_MISSING ? evidence_gone(cx) : e;
    e = evidence_row_open(cx, c->id, &row, key, &own, &meta);
    if (e != ERR_OK)
        return cx_detail(cx, e, "description of a file does not open");
    const struct seal_place place = {cx->data_dir, EVIDENCE_FOLDER, row.id};
    e = seal_stream_open(&own, &place, &reader);
    explicit_bzero(&own, sizeof(own));
    if (e != ERR_OK)
        return cx_detail(cx, ERR_INTERNAL, "sealed file %s", err_name(e));
    describe(cx, &row, &meta, res);
    http_res_source(res, &(const struct http_source){.bytes = seal_stream_size(reader),
                                                     .read = source_read,
                                                     .close = source_close,
                                                     .arg = reader});
    return ERR_OK;
}

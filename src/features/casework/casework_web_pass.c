/* Who works on a case, where it was handed over, and which others are about the same matter. */
#include "features/casework/casework_web.h"

#include <string.h>

#include "features/complaint/complaint_web_keys.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

/* --- team -------------------------------------------------------------------------------------------------------- */

struct team_in {
    const char *staff;
};
/* clang-format off */
static const struct field team_fields[] = {
    {.name = "staff",
     .type = FIELD_ID,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct team_in, staff),
     .label = T("Petugas"),
     .missing = T("Pilih petugas yang menangani.")},
};
/* clang-format on */
const struct form case_team_form = FORM("CaseTeamMember", struct team_in, team_fields);

/* A member can read: what is not shared with him yet is shared now, by whoever can open it. */
static enum err share_member(struct cx *cx, const char *complaint_id, const char *staff_id)
{
    bool there = false;
    TRY(complaint_has_share(cx->read, cx->actor.office_id, complaint_id, staff_id,
                            COMPLAINT_CONTENT, &there));
    return there ? ERR_OK : complaint_share_with(cx, complaint_id, staff_id, COMPLAINT_CONTENT);
}

static enum err add_member(struct cx *cx, struct http_req *req, struct case_doing *d)
{
    struct team_in in;
    struct staff s = {0};
    TRY(form_parse(cx, req, &case_team_form, &in));
    if (!(d->act.who & CASE_LEADER))
        return cx_fail(cx, ERR_DENIED, "not_yours",
                       T("Langkah ini untuk Kasi Intelijen atau Kajari."));
    enum err e = staff_get(cx->read, cx->actor.office_id, in.staff, &s);
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    if (e == ERR_MISSING || s.disabled_at || !((uint32_t)s.roles & COMPLAINT_READER_ROLES))
        cx_field(cx, "staff", "unknown", T("Pilih petugas dari daftar."));
    TRY(cx_fields(cx));
    TRY(share_member(cx, d->complaint.id, s.id));
    d->act.staff_id = s.id;
    d->act.detail = arena_printf(cx->arena, "staff=%s", s.id);
    return case_doing_run(cx, "case_team_add", casework_tx_team_add, d);
}

enum err case_team_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct case_doing d;
    TRY(case_doing_begin(cx, req, &d));
    return case_doing_finish(cx, req, res, &d, add_member(cx, req, &d));
}

/* The access stays until it is taken on its own page: leaving a team says nothing about what was read. */
enum err case_team_remove_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct case_doing d;
    TRY(case_doing_begin(cx, req, &d));
    d.act.staff_id = http_param(req, "staff");
    d.act.detail = arena_printf(cx->arena, "staff=%s", d.act.staff_id);
    return case_doing_finish(cx, req, res, &d,
                             case_doing_run(cx, "case_team_remove", casework_tx_team_remove, &d));
}

/* --- transfers ---------------------------------------------------------------------------------------------------- */

struct receipt_in {
    const char *receipt_number;
};
/* clang-format off */
static const struct field receipt_fields[] = {
    {.name = "receipt_number",
     .type = FIELD_TEXT,
     .offset = offsetof(struct receipt_in, receipt_number),
     .max = 80,
     .label = T("Nomor tanda terima")},
};
/* clang-format on */
const struct form case_receipt_form = FORM("CaseTransferReceipt", struct receipt_in, receipt_fields);

struct return_in {
    const char *note;
};
/* clang-format off */
static const struct field return_fields[] = {
    {.name = "note",
     .type = FIELD_LINES,
     .flags = FIELD_REQUIRED | FIELD_PRIVATE,
     .offset = offsetof(struct return_in, note),
     .max = 2000,
     .label = T("Alasan dikembalikan"),
     .missing = T("Tulis alasan pengembalian.")},
};
/* clang-format on */
const struct form case_return_form = FORM("CaseTransferReturn", struct return_in, return_fields);

/* The transfer of the path, and who may speak of it: leaders, and the person who received it. */
static enum err transfer_of(struct cx *cx, const struct http_req *req, struct case_doing *d)
{
    struct case_transfer *list = NULL;
    size_t count = 0;
    (void)str_to_i64(http_param(req, "seq"), 1, INT32_MAX, &d->act.seq);
    TRY(casework_transfers(cx->read, cx->actor.office_id, d->complaint.id, &list, &count));
    for (size_t i = 0; i < count; i++) {
        if (list[i].seq != d->act.seq)
            continue;
        if ((d->act.who & CASE_LEADER) || str_eq(list[i].to_staff, cx->actor.id))
            return ERR_OK;
        return cx_fail(cx, ERR_DENIED, "not_yours",
                       T("Langkah ini untuk Kasi Intelijen, Kajari, dan penerima pelimpahan."));
    }
    return cx_fail(cx, ERR_MISSING, "transfer_unknown",
                   T("Pelimpahan itu tidak ada. Muat ulang halaman."));
}

static enum err receive(struct cx *cx, struct http_req *req, struct case_doing *d)
{
    struct receipt_in in;
    TRY(transfer_of(cx, req, d));
    TRY(form_parse(cx, req, &case_receipt_form, &in));
    d->act.receipt_number = in.receipt_number;
    d->act.detail = arena_printf(cx->arena, "transfer=%lld", (long long)d->act.seq);
    return case_doing_run(cx, "case_received", casework_tx_received, d);
}

enum err case_received_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct case_doing d;
    TRY(case_doing_begin(cx, req, &d));
    return case_doing_finish(cx, req, res, &d, receive(cx, req, &d));
}

static enum err come_back(struct cx *cx, struct http_req *req, struct case_doing *d)
{
    struct return_in in;
    TRY(transfer_of(cx, req, d));
    TRY(form_parse(cx, req, &case_return_form, &in));
    TRY(case_seal_note(cx, &d->complaint, in.note, &d->act.note_sealed));
    d->act.reason = true;
    /* Whoever received it hands it back: reopening is no decision of his, it follows. */
    d->act.who |= CASE_LEADER;
    d->act.detail = arena_printf(cx->arena, "transfer=%lld", (long long)d->act.seq);
    return case_doing_run(cx, "case_returned", casework_tx_returned, d);
}

enum err case_returned_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct case_doing d;
    TRY(case_doing_begin(cx, req, &d));
    return case_doing_finish(cx, req, res, &d, come_back(cx, req, &d));
}

/* --- links --------------------------------------------------------------------------------------------------------- */

struct link_in {
    const char *number;
};
/* clang-format off */
static const struct field link_fields[] = {
    {.name = "number",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct link_in, number),
     .max = 30,
     .label = T("Nomor pengaduan"),
     .missing = T("Tulis nomor pengaduan, misalnya PGD-31/2026.")},
};
/* clang-format on */
const struct form case_link_form = FORM("CaseLink", struct link_in, link_fields);

/* "PGD-31/2026" or "31/2026". */
static bool read_number(struct cx *cx, const char *typed, int64_t *ret_year, int64_t *ret_number)
{
    const char *text = typed;
    if (strncmp(text, "PGD-", 4) == 0 || strncmp(text, "pgd-", 4) == 0)
        text += 4;
    size_t n = strcspn(text, "/");
    return text[n] && str_to_i64(arena_strndup(cx->arena, text, n), 1, INT32_MAX, ret_number) &&
           str_to_i64(text + n + 1, 1970, 9999, ret_year);
}

static enum err add_link(struct cx *cx, struct http_req *req, struct case_doing *d)
{
    struct link_in in;
    struct complaint other = {0};
    int64_t year = 0, number = 0;
    const char *id = NULL;
    TRY(form_parse(cx, req, &case_link_form, &in));
    enum err e = ERR_MISSING;
    if (read_number(cx, in.number, &year, &number))
        e = casework_by_number(cx->read, cx->actor.office_id, year, number, &id);
    if (e == ERR_OK)
        e = complaint_must_exist(cx, id, &other);
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    if (e == ERR_MISSING) {
        cx->diag = (struct diag){.code = NULL};
        cx_field(cx, "number", "unknown",
                 T("Pengaduan dengan nomor itu tidak ada. Tulis seperti PGD-31/2026."));
    } else if (str_eq(other.id, d->complaint.id)) {
        cx_field(cx, "number", "same", T("Tulis nomor pengaduan yang lain."));
    }
    TRY(cx_fields(cx));
    d->act.other_id = other.id;
    d->act.detail = arena_printf(cx->arena, "with=%s", other.id);
    return case_doing_run(cx, "case_link", casework_tx_link, d);
}

enum err case_link_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct case_doing d;
    TRY(case_doing_begin(cx, req, &d));
    return case_doing_finish(cx, req, res, &d, add_link(cx, req, &d));
}

enum err case_unlink_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct case_doing d;
    struct complaint other = {0};
    TRY(case_doing_begin(cx, req, &d));
    TRY(complaint_must_exist(cx, http_param(req, "other"), &other));
    d.act.other_id = other.id;
    d.act.detail = arena_printf(cx->arena, "with=%s", other.id);
    return case_doing_finish(cx, req, res, &d,
                             case_doing_run(cx, "case_unlink", casework_tx_unlink, &d));
}

/* Acts on a case: state, side state, valuation, class, completeness. The form or JSON is read and the note
 * sealed here; the rules are asked again inside the transaction. */
#include "features/casework/casework_web.h"

#include <string.h>

#include "features/complaint/complaint_web_keys.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

#define NOTE_MAX 2000
#define NAME_MAX 160

/* --- shared ----------------------------------------------------------------------------------------------------- */

enum err case_doing_begin(struct cx *cx, const struct http_req *req, struct case_doing *ret)
{
    struct casework row = {0};
    *ret = (struct case_doing){.act = {.today = case_today(cx)}};
    TRY(complaint_must_exist(cx, http_param(req, "id"), &ret->complaint));
    TRY(case_row_of(cx, &ret->complaint, &row));
    ret->act.act = visit_act_of(cx);
    ret->act.complaint_id = ret->complaint.id;
    return case_who_of(cx, ret->complaint.id, &ret->act.who);
}

enum err case_seal_note(struct cx *cx, const struct complaint *c, const char *note,
                        struct bytes *ret)
{
    if (str_empty(note))
        return ERR_OK;
    if (c->public_key.n == 32)
        *ret = seal_drop_text(cx->arena, c->public_key.p, complaint_aad(cx->arena, c->id, "note"),
                              note);
    if (ret->p)
        return ERR_OK;
    cx_field(
        cx, "note", "no_key",
        T("Pengaduan ini ditulis sebelum catatan dapat disegel. Tulis catatannya dalam surat."));
    return cx_fields(cx);
}

enum err case_doing_run(struct cx *cx, const char *name,
                        enum err (*fn)(struct db_conn *tx, void *arg), struct case_doing *d)
{
    enum err e = db_tx(cx, name, fn, &d->act);
    return e != ERR_OK && e == d->act.refusal.err ? cx_refuse(cx, &d->act.refusal) : e;
}

enum err case_doing_finish(struct cx *cx, struct http_req *req, struct http_res *res,
                           const struct case_doing *d, enum err e)
{
    struct complaint c = {0};
    bool json = req->wants == WANTS_JSON;
    if (e == ERR_OK && !json)
        return http_res_redirect(
            cx, res, arena_printf(cx->arena, "%s?selesai=1", case_path(cx, d->complaint.id)));
    if (e != ERR_OK && (json || (e != ERR_INVALID && e != ERR_CONFLICT && e != ERR_DENIED)))
        return e;
    /* The state may have moved, and so may have the right to see it. */
    if (e == ERR_OK) {
        TRY(complaint_must_exist(cx, d->complaint.id, &c));
        return case_hub_json(cx, res, 200, &c);
    }
    res->status = http_status(e);
    return case_hub_show(cx, req, res, &d->complaint);
}

/* --- to another state -------------------------------------------------------------------------------------------- */

struct move_in {
    const char *to, *note, *to_name, *to_staff, *old_access;
};
static const char *const states[] = {
    "received",         "review",  "disposition",   "order",        "gathering",
    "exposition",       "report",  "handed_pidsus", "handed_pidum", "forwarded_apip",
    "forwarded_office", "stopped", "withdrawn",     "done",         NULL};
static const char *const accesses[] = {"kept", "taken", NULL};
/* clang-format off */
static const struct field move_fields[] = {
    {.name = "to",
     .type = FIELD_CODE,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct move_in, to),
     .choices = states,
     .label = T("Tahap"),
     .missing = T("Pilih tahap berikutnya.")},
    {.name = "note",
     .type = FIELD_LINES,
     .flags = FIELD_PRIVATE,
     .offset = offsetof(struct move_in, note),
     .max = NOTE_MAX,
     .label = T("Catatan atau alasan")},
    {.name = "to_name",
     .type = FIELD_TEXT,
     .offset = offsetof(struct move_in, to_name),
     .max = NAME_MAX,
     .label = T("Diserahkan kepada")},
    {.name = "to_staff",
     .type = FIELD_ID,
     .offset = offsetof(struct move_in, to_staff),
     .label = T("Penerima di kantor ini")},
    {.name = "old_access",
     .type = FIELD_CODE,
     .offset = offsetof(struct move_in, old_access),
     .choices = accesses,
     .label = T("Akses pembaca lama")},
};
/* clang-format on */
const struct form case_move_form = FORM("CaseMove", struct move_in, move_fields);

/* Sections are inside this house, the others outside. */
static const char *handover_kind(const char *to)
{
    if (str_eq(to, "handed_pidsus") || str_eq(to, "handed_pidum"))
        return "section";
    if (str_eq(to, "forwarded_apip"))
        return "apip";
    return str_eq(to, "forwarded_office") ? "office" : NULL;
}

/* Whom a hand-over names: a person of this office, or a name. */
static enum err read_handover(struct cx *cx, const struct move_in *in, struct case_handover *h)
{
    struct staff s = {.name = NULL};
    const char *kind = handover_kind(in->to);
    if (!kind)
        return ERR_OK;
    if (!str_empty(in->to_staff)) {
        enum err e = staff_get(cx->read, cx->actor.office_id, in->to_staff, &s);
        if (e != ERR_OK && e != ERR_MISSING)
            return e;
        if (e == ERR_MISSING || s.disabled_at)
            cx_field(cx, "to_staff", "unknown", T("Pilih penerima dari daftar."));
        TRY(cx_fields(cx));
    }
    *h = (struct case_handover){.to_name = str_empty(in->to_name) ? s.name : in->to_name,
                                .to_staff = s.id,
                                .old_taken = str_eq(in->old_access, "taken")};
    h->to_kind = str_empty(h->to_name) ? NULL : kind;
    return ERR_OK;
}

/* The content from everybody but the recipient, the recovery sheet, the reporter's code and, last, oneself.
 * The reporter's identity stays with those who were named for it: the recipient has not been. */
static enum err take_old_access(struct cx *cx, const struct case_doing *d)
{
    struct complaint_reader *readers = NULL;
    size_t count = 0;
    const char *id = d->complaint.id, *to = d->act.handover.to_staff;
    bool own = false;
    TRY(complaint_readers(cx->read, cx->actor.office_id, id, &readers, &count));
    for (size_t i = 0; i < count; i++) {
        const char *reader = readers[i].reader_id;
        bool stays = str_eq(reader, COMPLAINT_READER_RECOVERY) ||
                     str_eq(reader, COMPLAINT_READER_RECEIPT) || str_eq(reader, to) ||
                     !(readers[i].parts & COMPLAINT_CONTENT);
        if (stays)
            continue;
        if (str_eq(reader, cx->actor.id))
            own = true;
        else
            TRY(complaint_unshare(cx, id, reader, COMPLAINT_CONTENT));
    }
    return own ? complaint_unshare(cx, id, cx->actor.id, COMPLAINT_CONTENT) : ERR_OK;
}

/* Taking access away without a reader who is left would leave the matter to the sheet alone. */
static enum err check_taken(struct cx *cx, const struct case_handover *h)
{
    if (h->to_kind && h->old_taken && !h->to_staff)
        cx_field(cx, "old_access", "no_reader",
                 T("Akses hanya dapat dicabut bila penerima di kantor ini dipilih."));
    return cx_fields(cx);
}

static enum err share_new(struct cx *cx, const struct case_doing *d, bool *ret_given)
{
    const char *to = d->act.handover.to_staff;
    bool there = false;
    *ret_given = false;
    if (!to)
        return ERR_OK;
    TRY(complaint_has_share(cx->read, cx->actor.office_id, d->complaint.id, to, COMPLAINT_CONTENT,
                            &there));
    if (there)
        return ERR_OK;
    TRY(complaint_share_with(cx, d->complaint.id, to, COMPLAINT_CONTENT));
    *ret_given = true;
    return ERR_OK;
}

/* Somebody else was quicker: who was let in for a hand-over that did not happen is let out again. */
static enum err take_back(struct cx *cx, const struct case_doing *d, enum err why)
{
    struct diag diag = cx->diag;
    enum err e = complaint_unshare(cx, d->complaint.id, d->act.handover.to_staff, COMPLAINT_CONTENT);
    cx->diag = diag;
    return e == ERR_OK ? why : cx_detail(cx, why, "a share could not be taken back");
}

/* Would the move be refused anyway? Asked before anything is shared; the transaction asks again. */
static enum err may_move(struct cx *cx, const struct case_doing *d)
{
    struct casework row = {0};
    const struct complaint *c = &d->complaint;
    const struct case_move *m = case_move_find(c->state, d->act.to);
    struct case_facts f = {.state = c->state,
                           .side = c->side,
                           .mode = c->reporter_mode,
                           .class = c->class,
                           .who = d->act.who,
                           .reason = d->act.reason,
                           .receiver = d->act.handover.to_kind != NULL};
    TRY(case_row_of(cx, c, &row));
    TRY(casework_letters(cx->read, cx->actor.office_id, c->id, &f.letters));
    f.valued = row.value_source && row.value_content;
    if (!m)
        return ERR_OK; /* the transaction says so */
    const struct refusal r = case_may_move(&f, m);
    return r.err == ERR_OK ? ERR_OK : cx_refuse(cx, &r);
}

static enum err do_move(struct cx *cx, struct http_req *req, struct case_doing *d)
{
    struct move_in in;
    struct case_handover *h = &d->act.handover;
    TRY(form_parse(cx, req, &case_move_form, &in));
    d->act.to = in.to;
    d->act.reason = !str_empty(in.note);
    TRY(read_handover(cx, &in, h));
    TRY(may_move(cx, d));
    TRY(check_taken(cx, h));
    TRY(case_seal_note(cx, &d->complaint, in.note, &d->act.note_sealed));
    if (h->to_kind)
        d->act.detail = arena_printf(cx->arena, "kind=%s access=%s", h->to_kind,
                                     h->old_taken ? "taken" : "kept");
    bool given = false;
    TRY(share_new(cx, d, &given));
    enum err e = case_doing_run(cx, "case_move", casework_tx_move, d);
    if (e != ERR_OK)
        return given ? take_back(cx, d, e) : e;
    return h->to_kind && h->old_taken ? take_old_access(cx, d) : ERR_OK;
}

enum err case_move_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct case_doing d;
    TRY(case_doing_begin(cx, req, &d));
    return case_doing_finish(cx, req, res, &d, do_move(cx, req, &d));
}

/* --- side states --------------------------------------------------------------------------------------------------- */

struct side_in {
    const char *side, *side_note, *apip;
};
static const char *const sides[] = {"needs_completion", "awaiting_apip", "not_competent", "none",
                                    NULL};
/* clang-format off */
static const struct field side_fields[] = {
    {.name = "side",
     .type = FIELD_CODE,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct side_in, side),
     .choices = sides,
     .label = T("Keadaan"),
     .missing = T("Pilih keadaan pengaduan.")},
    {.name = "side_note",
     .type = FIELD_LINES,
     .flags = FIELD_PRIVATE,
     .offset = offsetof(struct side_in, side_note),
     .max = NOTE_MAX,
     .label = T("Catatan atau alasan")},
    {.name = "apip",
     .type = FIELD_TEXT,
     .offset = offsetof(struct side_in, apip),
     .max = NAME_MAX,
     .label = T("APIP yang ditanya")},
};
/* clang-format on */
const struct form case_side_form = FORM("CaseSide", struct side_in, side_fields);

static enum err do_side(struct cx *cx, struct http_req *req, struct case_doing *d)
{
    struct side_in in;
    TRY(form_parse(cx, req, &case_side_form, &in));
    d->act.to = str_eq(in.side, "none") ? NULL : in.side;
    TRY(case_seal_note(cx, &d->complaint, in.side_note, &d->act.note_sealed));
    if (str_eq(in.side, "awaiting_apip") && !str_empty(in.apip))
        d->act.handover = (struct case_handover){.to_kind = "apip", .to_name = in.apip};
    return case_doing_run(cx, "case_side", casework_tx_side, d);
}

enum err case_side_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct case_doing d;
    TRY(case_doing_begin(cx, req, &d));
    return case_doing_finish(cx, req, res, &d, do_side(cx, req, &d));
}

/* --- valuation, class, completeness ------------------------------------------------------------------------------------ */

struct value_in {
    const char *source, *content;
};
static const char *const sources[] = {"A", "B", "C", "D", "E", "F", NULL};
static const char *const contents[] = {"1", "2", "3", "4", "5", "6", NULL};
/* clang-format off */
static const struct field value_fields[] = {
    {.name = "source",
     .type = FIELD_CODE,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct value_in, source),
     .choices = sources,
     .label = T("Nilai sumber"),
     .missing = T("Pilih nilai sumber, A sampai F.")},
    {.name = "content",
     .type = FIELD_CODE,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct value_in, content),
     .choices = contents,
     .label = T("Nilai isi"),
     .missing = T("Pilih nilai isi, 1 sampai 6.")},
};
/* clang-format on */
const struct form case_value_form = FORM("CaseValue", struct value_in, value_fields);

static enum err do_value(struct cx *cx, struct http_req *req, struct case_doing *d)
{
    struct value_in in;
    TRY(form_parse(cx, req, &case_value_form, &in));
    d->act.value_source = in.source;
    d->act.value_content = in.content;
    d->act.detail = arena_printf(cx->arena, "value=%s%s", in.source, in.content);
    return case_doing_run(cx, "case_value", casework_tx_value, d);
}

enum err case_value_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct case_doing d;
    TRY(case_doing_begin(cx, req, &d));
    return case_doing_finish(cx, req, res, &d, do_value(cx, req, &d));
}

struct class_in {
    const char *class;
};
static const char *const classes[] = {
    "corruption",   "general_crime", "staff_conduct", "public_service",
    "legal_advice", "information",   "not_ours",      NULL};
/* clang-format off */
static const struct field class_fields[] = {
    {.name = "class",
     .type = FIELD_CODE,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct class_in, class),
     .choices = classes,
     .label = T("Golongan"),
     .missing = T("Pilih golongan pengaduan.")},
};
/* clang-format on */
const struct form case_class_form = FORM("CaseClass", struct class_in, class_fields);

static enum err do_class(struct cx *cx, struct http_req *req, struct case_doing *d)
{
    struct class_in in;
    TRY(form_parse(cx, req, &case_class_form, &in));
    d->act.to = in.class;
    return case_doing_run(cx, "case_class", casework_tx_class, d);
}

enum err case_class_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct case_doing d;
    TRY(case_doing_begin(cx, req, &d));
    return case_doing_finish(cx, req, res, &d, do_class(cx, req, &d));
}

struct complete_in {
    struct text_list complete;
};
static const char *const parts[] = {"identity", "id_copy",     "statement", "facts",
                                    "parties",  "evidence",    "staff",     "service",
                                    "question", "information", NULL};
/* clang-format off */
static const struct field complete_fields[] = {
    {.name = "complete",
     .type = FIELD_CODES,
     .offset = offsetof(struct complete_in, complete),
     .max = 20,
     .choices = parts,
     .label = T("Yang sudah ada")},
};
/* clang-format on */
const struct form case_complete_form = FORM("CaseComplete", struct complete_in, complete_fields);

static enum err do_complete(struct cx *cx, struct http_req *req, struct case_doing *d)
{
    struct complete_in in;
    struct case_part list[CASE_PARTS_MAX + 1];
    TRY(form_parse(cx, req, &case_complete_form, &in));
    size_t count = case_parts(d->complaint.class, d->complaint.reporter_mode, list);
    struct buf codes = buf_new(cx->arena, 128, 512);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < in.complete.count; j++) {
            if (str_eq(list[i].code, in.complete.items[j]) && !case_has_part(codes.p, list[i].code))
                buf_printf(&codes, "%s%s", codes.n ? " " : "", list[i].code);
        }
    }
    d->act.to = codes.p;
    d->act.detail = arena_printf(cx->arena, "complete=%s", codes.p);
    return case_doing_run(cx, "case_complete", casework_tx_complete, d);
}

enum err case_complete_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct case_doing d;
    TRY(case_doing_begin(cx, req, &d));
    return case_doing_finish(cx, req, res, &d, do_complete(cx, req, &d));
}

/* POST /tamu/{id}/koreksi: one field corrected, with a reason; the old value stays, sealed. */
#include <string.h>

#include "features/visit/visit_page.h"
#include "features/visit/visit_store.h"
#include "features/visit/visit_view.h"
#include "features/visit/visit_web.h"
#include "lib/base/phone.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/utf8.h"
#include "lib/http/sse.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

static const char *const correctable[] = {"name",    "id_number", "phone",      "email",
                                          "address", "gender",    "birth_date", "organization",
                                          "purpose", "category",  "service",    NULL};

struct correct_form {
    const char *field, *value, *reason;
};
#define AT(member) .offset = offsetof(struct correct_form, member)
/* clang-format off */
static const struct field correct_fields[] = {
    {.name = "field", .type = FIELD_CODE, .flags = FIELD_REQUIRED, AT(field), .choices = correctable, .label = T("Yang diperbaiki")},
    {.name = "value", .type = FIELD_LINES, .flags = FIELD_PRIVATE, AT(value), .max = 500, .label = T("Isi yang benar")},
    {.name = "reason", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, AT(reason), .min = 1, .max = 200, .label = T("Alasan")},
};
/* clang-format on */
#undef AT
const struct form visit_correct_form = FORM("VisitCorrection", struct correct_form, correct_fields);

static enum err wrong(struct cx *cx, const char *code, const char *sentence)
{
    cx_field(cx, "value", code, "%s", cx_t(cx, sentence));
    return ERR_INVALID;
}

static enum err correct_phone(struct cx *cx, const char *value, const char **ret)
{
    if (str_empty(value)) {
        *ret = NULL;
        return ERR_OK;
    }
    char *phone = NULL;
    if (phone_normalise(cx->arena, value, &phone) != PHONE_OK)
        return wrong(cx, "phone", T("Nomor HP ditulis 10–13 angka, misalnya 0812 0000 1122."));
    *ret = phone;
    return ERR_OK;
}

static enum err correct_document(struct cx *cx, const char *value, struct visit *v,
                                 struct identity *i)
{
    visit_check_document(cx, v->id_type, value);
    if (cx->diag.field_count) {
        cx->diag.fields->field = "value";
        return ERR_INVALID;
    }
    i->id_number = value;
    v->id_index = identity_index(cx, v->id_type, value);
    return ERR_OK;
}

static enum err correct_choice(struct cx *cx, const char *value, const char *const *choices,
                               const char **ret)
{
    for (size_t i = 0; choices[i]; i++) {
        if (str_eq(choices[i], value)) {
            *ret = value;
            return ERR_OK;
        }
    }
    return wrong(cx, "not_a_choice", T("Pilihan itu tidak ada."));
}

/* No longer than the form of a new visit allows. */
static enum err check_length(struct cx *cx, const char *field, const char *value)
{
    for (size_t i = 0; i < visit_new_form.count; i++) {
        const struct field *f = &visit_new_form.fields[i];
        bool text = f->type == FIELD_TEXT || f->type == FIELD_LINES || f->type == FIELD_EMAIL;
        if (!text || !str_eq(f->name, field) || f->max <= 0 || utf8_length(value) <= (size_t)f->max)
            continue;
        cx_field(cx, "value", "too_long", T("%s paling panjang %d huruf."), cx_t(cx, f->label),
                 (int)f->max);
        return ERR_INVALID;
    }
    return ERR_OK;
}

/* Puts the value where the field lives; gives the old one back. */
static enum err apply(struct cx *cx, const struct correct_form *f, struct visit *v,
                      struct identity *i, const char **ret_old)
{
    static const char *const genders[] = {"L", "P", NULL};
    static const char *const categories[] = {"complaint", "information", "summons", "meeting",
                                             "delivery",  "other",       NULL};
    const char *value = f->value ? str_trim(cx->arena, f->value) : "";
    bool needed = str_eq(f->field, "name") || str_eq(f->field, "purpose");
    if (needed && !*value)
        return wrong(cx, "missing", T("Isi yang benar belum ditulis."));
    if (!str_eq(f->field, "purpose") && strchr(value, '\n'))
        return wrong(cx, "control_character", T("Tulis dalam satu baris."));
    TRY(check_length(cx, f->field, value));
    if (str_eq(f->field, "name")) {
        *ret_old = v->name;
        v->name = value;
    } else if (str_eq(f->field, "id_number")) {
        *ret_old = i->id_number;
        TRY(correct_document(cx, value, v, i));
    } else if (str_eq(f->field, "phone")) {
        *ret_old = i->phone;
        TRY(correct_phone(cx, value, &i->phone));
    } else if (str_eq(f->field, "email")) {
        *ret_old = i->email;
        if (*value && !strchr(value, '@'))
            return wrong(cx, "email", T("Surel ditulis seperti nama@contoh.id."));
        i->email = value;
    } else if (str_eq(f->field, "address")) {
        *ret_old = i->address;
        i->address = value;
    } else if (str_eq(f->field, "gender")) {
        *ret_old = i->gender;
        TRY(correct_choice(cx, value, genders, &i->gender));
    } else if (str_eq(f->field, "birth_date")) {
        int y, m, d;
        if (!time_parse_date(value, &y, &m, &d))
            return wrong(cx, "date", T("Tanggal ditulis TTTT-BB-HH, misalnya 1990-08-17."));
        *ret_old = i->birth_date;
        i->birth_date = value;
    } else if (str_eq(f->field, "organization")) {
        *ret_old = v->organization;
        v->organization = value;
    } else if (str_eq(f->field, "purpose")) {
        *ret_old = v->purpose;
        v->purpose = value;
    } else if (str_eq(f->field, "category")) {
        *ret_old = v->category;
        TRY(correct_choice(cx, value, categories, &v->category));
    } else {
        *ret_old = v->service;
        v->service = *value ? value : NULL;
    }
    return ERR_OK;
}

static enum err prepare(struct cx *cx, struct http_req *req, struct visit_correction *k)
{
    struct correct_form f;
    TRY(form_parse(cx, req, &visit_correct_form, &f));
    struct identity i;
    TRY(visit_identity(cx, &k->seen, &i));
    k->after = k->seen;
    const char *old = NULL;
    TRY(apply(cx, &f, &k->after, &i, &old));
    k->after.identity_sealed = identity_seal(cx, "visit", k->seen.id, &i);
    k->correction_id = cx_new_id(cx);
    k->field = f.field;
    k->reason = f.reason;
    k->old_sealed = seal_field(cx->seal, cx->arena, "correction", "old_sealed", k->correction_id,
                               old);
    k->new_sealed = seal_field(cx->seal, cx->arena, "correction", "new_sealed", k->correction_id,
                               f.value);
    return ERR_OK;
}

enum err visit_correct_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct visit_correction *k = ARENA_NEW(cx->arena, struct visit_correction);
    struct visit_change *c = &k->change;
    c->act = visit_act_of(cx);
    c->visit_id = http_param(req, "id");
    TRY(replay_prepare(cx, http_header(req, "idempotency-key"),
                       arena_printf(cx->arena, "POST %s", req->path), req->body_hash, &c->replay));
    TRY(visit_must_exist(cx, c->visit_id, &k->seen));
    enum err e = prepare(cx, req, k);
    if (e == ERR_OK) {
        e = db_tx(cx, "visit_correct", visit_to_correct, k);
        if (e != ERR_OK && c->refusal.err != ERR_OK)
            e = cx_refuse(cx, &c->refusal);
    }
    if (e != ERR_OK)
        return visit_refused(cx, req, res, c->visit_id, e);
    if (!c->replayed)
        sse_poke(cx->sse);
    return visit_answer(cx, req, res, c->visit_id, c->status);
}

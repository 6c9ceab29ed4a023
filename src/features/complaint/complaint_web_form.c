/* The intake form: its fields, what was typed in it, and the act of taking a complaint in. Pages of the
 * counter, of the guest's own tablet and of the public all use it. */
#include <string.h>

#include "complaint_intake_tmpl.h"
#include "features/complaint/complaint_web_intake.h"
#include "features/complaint/complaint_view.h"
#include "features/complaint/complaint_web.h"
#include "features/complaint/complaint_web_keys.h"
#include "features/office/office.h"
#include "features/staff/staff.h"
#include "lib/base/phone.h"
#include "lib/base/str.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

/* Rows a page may have: a form has 64 fields at most. A machine may send more. */
#define PARTY_ROWS_MAX    5
#define DOCUMENT_ROWS_MAX 7
#define PARTIES_MAX       20
#define DOCUMENTS_MAX     25

static const char *const form_codes[] = {"copy", "original", "digital", NULL};
static const char *const mode_codes[] = {"confidential", "anonymous", "known", NULL};
static const char *const way_codes[] = {"counter", "tablet", "oral",   "letter",
                                        "post",    "office", "public", NULL};
static const char *const class_codes[] = {"unsorted",      "corruption",     "general_crime",
                                          "staff_conduct", "public_service", "legal_advice",
                                          "information",   "not_ours",       NULL};
static const char *const id_types[] = {"ktp", "sim", "passport", "family_card", "other", NULL};

/* clang-format off */
static const struct field party_fields[] = {
    {.name = "name", .type = FIELD_TEXT, .flags = FIELD_PRIVATE, .offset = offsetof(struct complaint_party, name), .max = 200, .label = T("Nama terlapor")},
    {.name = "position", .type = FIELD_TEXT, .flags = FIELD_PRIVATE, .offset = offsetof(struct complaint_party, position), .max = 200, .label = T("Jabatan atau pekerjaan")},
    {.name = "address", .type = FIELD_TEXT, .flags = FIELD_PRIVATE, .offset = offsetof(struct complaint_party, address), .max = 300, .label = T("Instansi atau alamat")},
};
static const struct field document_fields[] = {
    {.name = "kind", .type = FIELD_TEXT, .flags = FIELD_REQUIRED | FIELD_PRIVATE, .offset = offsetof(struct complaint_document, kind), .min = 1, .max = 200, .label = T("Jenis dokumen"), .missing = T("Tulis jenis dokumennya.")},
    {.name = "form", .type = FIELD_CODE, .offset = offsetof(struct complaint_document, form), .choices = form_codes, .label = T("Bentuk")},
    {.name = "count", .type = FIELD_INT, .offset = offsetof(struct complaint_document, count), .min = 1, .max = 9999, .label = T("Jumlah")},
};
#define AT(member) .offset = offsetof(struct complaint_intake_form, member)
static const struct field intake_fields[] = {
    {.name = "text", .type = FIELD_LINES, .flags = FIELD_REQUIRED | FIELD_PRIVATE, AT(text), .min = 1, .max = 20000, .label = T("Isi pengaduan"), .missing = T("Tulis apa yang terjadi.")},
    {.name = "reported_party", .type = FIELD_LINES, .flags = FIELD_PRIVATE, AT(reported_party), .max = 2000, .label = T("Terlapor")},
    {.name = "parties", .type = FIELD_OBJECTS, .flags = FIELD_PRIVATE, AT(parties), .max = PARTIES_MAX, .label = T("Terlapor"), .members = party_fields, .member_count = 3, .member_bytes = sizeof(struct complaint_party)},
    {.name = "documents", .type = FIELD_OBJECTS, .flags = FIELD_PRIVATE, AT(documents), .max = DOCUMENTS_MAX, .label = T("Dokumen yang diserahkan"), .members = document_fields, .member_count = 3, .member_bytes = sizeof(struct complaint_document)},
    {.name = "who", .type = FIELD_LINES, .flags = FIELD_PRIVATE, AT(who), .max = 4000, .label = T("Siapa yang terlibat atau mengetahui")},
    {.name = "when", .type = FIELD_TEXT, .flags = FIELD_PRIVATE, AT(when), .max = 300, .label = T("Bilamana")},
    {.name = "where", .type = FIELD_TEXT, .flags = FIELD_PRIVATE, AT(where), .max = 300, .label = T("Di mana")},
    {.name = "how", .type = FIELD_LINES, .flags = FIELD_PRIVATE, AT(how), .max = 8000, .label = T("Bagaimana kejadiannya")},
    {.name = "why", .type = FIELD_LINES, .flags = FIELD_PRIVATE, AT(why), .max = 4000, .label = T("Mengapa")},
    {.name = "place", .type = FIELD_TEXT, .flags = FIELD_PRIVATE, AT(place), .max = 200, .label = T("Wilayah kejadian")},
    {.name = "period", .type = FIELD_TEXT, .flags = FIELD_PRIVATE, AT(period), .max = 200, .label = T("Tahun anggaran atau masa kejadian")},
    {.name = "earlier", .type = FIELD_LINES, .flags = FIELD_PRIVATE, AT(earlier), .max = 1000, .label = T("Pernah diadukan sebelumnya")},
    {.name = "loss_rupiah", .type = FIELD_INT, .flags = FIELD_PRIVATE, AT(loss_rupiah), .max = 1000000000000000, .label = T("Perkiraan kerugian")},
    {.name = "reporter_mode", .type = FIELD_CODE, AT(reporter_mode), .choices = mode_codes, .label = T("Perlakuan identitas pelapor")},
    {.name = "class", .type = FIELD_CODE, AT(class), .choices = class_codes, .label = T("Golongan pengaduan")},
    {.name = "way", .type = FIELD_CODE, AT(way), .choices = way_codes, .label = T("Cara pengaduan")},
    {.name = "reporter_name", .type = FIELD_TEXT, .flags = FIELD_PRIVATE, AT(reporter_name), .max = 200, .label = T("Nama pelapor")},
    {.name = "reporter_id_type", .type = FIELD_CODE, .flags = FIELD_PRIVATE, AT(reporter_id_type), .choices = id_types, .label = T("Jenis identitas")},
    {.name = "reporter_id_number", .type = FIELD_TEXT, .flags = FIELD_PRIVATE, AT(reporter_id_number), .max = 40, .label = T("Nomor identitas")},
    {.name = "reporter_occupation", .type = FIELD_TEXT, .flags = FIELD_PRIVATE, AT(reporter_occupation), .max = 200, .label = T("Pekerjaan")},
    {.name = "reporter_address", .type = FIELD_LINES, .flags = FIELD_PRIVATE, AT(reporter_address), .max = 500, .label = T("Alamat")},
    {.name = "reporter_phone", .type = FIELD_PHONE, .flags = FIELD_PRIVATE, AT(reporter_phone), .label = T("Nomor HP")},
    {.name = "reporter_email", .type = FIELD_EMAIL, .flags = FIELD_PRIVATE, AT(reporter_email), .label = T("Surel")},
    {.name = "receipt", .type = FIELD_TEXT, .flags = FIELD_PRIVATE, AT(receipt), .max = 60, .label = T("Kode tanda terima")},
};
#undef AT
/* clang-format on */
const struct form complaint_intake_form = FORM("Complaint", struct complaint_intake_form,
                                               intake_fields);

/* --- choices ------------------------------------------------------------------------------------------------- */

/* clang-format off */
const struct option complaint_mode_options[] = {{"confidential", T("Dirahasiakan (dianjurkan): disimpan terpisah dari isi pengaduan")}, {"anonymous", T("Tanpa nama: identitas tidak disimpan, jawaban hanya lewat kode tanda terima")}, {"known", T("Boleh diketahui: petugas penanganan boleh menghubungi langsung")}, {NULL, NULL}};
const struct option complaint_id_options[] = {{"ktp", T("KTP")}, {"sim", T("SIM")}, {"passport", T("Paspor")}, {"family_card", T("Kartu keluarga")}, {"other", T("Lainnya")}, {NULL, NULL}};
const struct option complaint_form_options[] = {{"copy", T("Salinan")}, {"original", T("Asli")}, {"digital", T("Berkas digital")}, {NULL, NULL}};
const struct option complaint_way_options[] = {{"counter", T("Ditulis di loket")}, {"oral", T("Lisan, dituliskan petugas")}, {"letter", T("Surat yang diserahkan")}, {"post", T("Surat lewat pos")}, {"office", T("Kiriman kantor lain")}, {NULL, NULL}};
const struct option complaint_class_options[] = {{"unsorted", T("Belum digolongkan")}, {"corruption", T("Dugaan tindak pidana korupsi")}, {"general_crime", T("Dugaan tindak pidana umum")}, {"staff_conduct", T("Pengaduan pegawai atau jaksa")}, {"public_service", T("Pengaduan pelayanan publik")}, {"legal_advice", T("Konsultasi hukum")}, {"information", T("Permintaan informasi")}, {"not_ours", T("Bukan kewenangan Kejaksaan")}, {NULL, NULL}};
/* clang-format on */

const char *complaint_form_label(const char *form)
{
    return str_or(option_label(complaint_form_options, form), "");
}

/* --- what was typed, for the form ------------------------------------------------------------------------ */

static size_t row_count(const struct http_req *req, const char *count_name, const char *button,
                        size_t first, size_t max)
{
    int64_t rows = (int64_t)first;
    const char *typed = http_field(req, count_name);
    if (typed && !str_to_i64(typed, 1, (int64_t)max, &rows))
        rows = (int64_t)first;
    if (http_field(req, button) && rows < (int64_t)max)
        rows++;
    return (size_t)rows;
}

static const char *typed_member(struct cx *cx, const struct http_req *req, const char *list,
                                size_t i, const char *member)
{
    return form_typed(cx, req, arena_printf(cx->arena, "%s.%zu.%s", list, i, member));
}

static void fill_parties(struct cx *cx, const struct http_req *req, struct complaint_intake_view *v)
{
    v->party_count = row_count(req, "_parties", "_add_party", 1, PARTY_ROWS_MAX);
    v->more_parties = v->party_count < PARTY_ROWS_MAX;
    v->parties = ARENA_ARRAY(cx->arena, v->party_count, struct complaint_party_row);
    for (size_t i = 0; i < v->party_count; i++) {
        struct complaint_party_row *r = &v->parties[i];
        r->name_field = arena_printf(cx->arena, "parties.%zu.name", i);
        r->position_field = arena_printf(cx->arena, "parties.%zu.position", i);
        r->address_field = arena_printf(cx->arena, "parties.%zu.address", i);
        r->name = form_typed(cx, req, r->name_field);
        r->position = form_typed(cx, req, r->position_field);
        r->address = form_typed(cx, req, r->address_field);
    }
}

static void fill_documents(struct cx *cx, const struct http_req *req,
                           struct complaint_intake_view *v)
{
    v->document_count = row_count(req, "_documents", "_add_document", 2, DOCUMENT_ROWS_MAX);
    v->more_documents = v->document_count < DOCUMENT_ROWS_MAX;
    v->documents = ARENA_ARRAY(cx->arena, v->document_count, struct complaint_row);
    for (size_t i = 0; i < v->document_count; i++) {
        struct complaint_row *r = &v->documents[i];
        r->kind_field = arena_printf(cx->arena, "documents.%zu.kind", i);
        r->form_field = arena_printf(cx->arena, "documents.%zu.form", i);
        r->count_field = arena_printf(cx->arena, "documents.%zu.count", i);
        r->kind = typed_member(cx, req, "documents", i, "kind");
        r->form = typed_member(cx, req, "documents", i, "form");
        r->count = typed_member(cx, req, "documents", i, "count");
    }
}

static const char *form_receipt(struct cx *cx, const struct http_req *req)
{
    char *receipt = NULL;
    if (seal_receipt_normalise(cx->arena, form_typed(cx, req, "receipt"), &receipt))
        return receipt;
    return seal_receipt_new(cx->arena);
}

struct complaint_intake_view *complaint_intake_view(struct cx *cx, const struct http_req *req,
                                                    const struct complaint_intake_want *want)
{
    struct complaint_intake_view *v = ARENA_NEW(cx->arena, struct complaint_intake_view);
    const char *const names[] = {"text",
                                 "reported_party",
                                 "who",
                                 "when",
                                 "where",
                                 "how",
                                 "why",
                                 "place",
                                 "period",
                                 "earlier",
                                 "loss_rupiah",
                                 "reporter_mode",
                                 "class",
                                 "way",
                                 "reporter_name",
                                 "reporter_id_type",
                                 "reporter_id_number",
                                 "reporter_occupation",
                                 "reporter_address",
                                 "reporter_phone",
                                 "reporter_email"};
    const char **const members[] = {&v->text,
                                    &v->reported_party,
                                    &v->who,
                                    &v->when,
                                    &v->where,
                                    &v->how,
                                    &v->why,
                                    &v->place,
                                    &v->period,
                                    &v->earlier,
                                    &v->loss_rupiah,
                                    &v->reporter_mode,
                                    &v->class,
                                    &v->way,
                                    &v->reporter_name,
                                    &v->reporter_id_type,
                                    &v->reporter_id_number,
                                    &v->reporter_occupation,
                                    &v->reporter_address,
                                    &v->reporter_phone,
                                    &v->reporter_email};
    v->want = *want;
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        *members[i] = form_typed(cx, req, names[i]);
    v->reporter_mode = str_empty(v->reporter_mode) ? "confidential" : v->reporter_mode;
    v->class = str_empty(v->class) ? "unsorted" : v->class;
    v->receipt = form_receipt(cx, req);
    fill_parties(cx, req, v);
    fill_documents(cx, req, v);
    return v;
}

bool complaint_intake_reshow(const struct http_req *req)
{
    return http_field(req, "_add_party") || http_field(req, "_add_document");
}

void complaint_intake_fields(struct html *h, const struct complaint_intake_view *v)
{
    complaint_intake_parts(h, v);
}

/* --- is the desk open? -------------------------------------------------------------------------------------- */

/* Until the recovery sheet is proven, a forgotten password could lose a complaint for ever; and somebody in
 * the house must be able to read it. */
enum err complaint_intake_open(struct cx *cx, struct refusal *ret)
{
    struct office office = {0};
    int64_t readers = 0, waiting = 0;
    TRY(office_get(cx->read, cx->actor.office_id, &office));
    TRY(staff_count_readers(cx->read, cx->actor.office_id, &readers, &waiting));
    struct refusal open = {.err = ERR_OK};
    if (!office.recovery_confirmed_at)
        open = (struct refusal){
            .err = ERR_CONFLICT,
            .code = "intake_closed",
            .msgid = T(
                "Pengaduan belum dapat diterima: lembar kunci pemulihan kantor belum diperiksa. "
                "Minta administrator menjalankan bukutamu recovery.")};
    else if (readers == 0)
        open = complaint_no_reader();
    *ret = open;
    return ERR_OK;
}

/* --- taking in ------------------------------------------------------------------------------------------------ */

static bool any_reporter(const struct complaint_intake_form *f)
{
    return !str_empty(f->reporter_name) || !str_empty(f->reporter_id_number) ||
           !str_empty(f->reporter_address) || !str_empty(f->reporter_phone) ||
           !str_empty(f->reporter_email) || !str_empty(f->reporter_occupation);
}

/* PP 43/2018 art. 8(1): name, address, occupation, telephone. Only the name is demanded here: the rest can
 * be completed later, and a guest's visit has it anyway. */
static enum err check_reporter(struct cx *cx, const struct complaint_intake_form *f,
                               const char *mode)
{
    if (str_eq(mode, "anonymous") && any_reporter(f))
        cx_field(
            cx, "reporter_mode", "identity_given",
            T("Pengaduan tanpa nama tidak menyimpan identitas. Kosongkan data pelapor, atau pilih "
              "Dirahasiakan."));
    if (!str_eq(mode, "anonymous") && any_reporter(f) && str_empty(f->reporter_name))
        cx_field(cx, "reporter_name", "missing", T("Tulis nama pelapor, atau pilih Tanpa nama."));
    return cx_fields(cx);
}

static enum err check_receipt(struct cx *cx, const struct complaint_intake_form *f, bool person,
                              const char **ret)
{
    char *receipt = NULL;
    *ret = NULL;
    if (str_empty(f->receipt)) {
        *ret = person ? seal_receipt_new(cx->arena) : NULL;
        return ERR_OK;
    }
    if (!seal_receipt_normalise(cx->arena, f->receipt, &receipt)) {
        cx_field(cx, "receipt", "receipt_wrong",
                 T("Kode tanda terima salah ketik. Muat ulang halaman ini untuk kode baru."));
        return cx_fields(cx);
    }
    *ret = receipt;
    return ERR_OK;
}

static void drop_empty_parties(struct complaint_text *t)
{
    size_t n = 0;
    for (size_t i = 0; i < t->party_count; i++) {
        const struct complaint_party *p = &t->parties[i];
        if (!str_empty(p->name) || !str_empty(p->position) || !str_empty(p->address))
            t->parties[n++] = *p;
    }
    t->party_count = n;
}

static struct complaint_text text_of(const struct complaint_intake_form *f)
{
    struct complaint_text t = {
        .text = f->text,
        .reported_party = str_empty(f->reported_party) ? NULL : f->reported_party,
        .parties = f->parties.items,
        .party_count = f->parties.count,
        .questions =
            {.who = f->who, .when = f->when, .where = f->where, .how = f->how, .why = f->why},
        .place = f->place,
        .period = f->period,
        .loss_rupiah = f->loss_rupiah,
        .earlier = f->earlier,
        .documents = f->documents.items,
        .document_count = f->documents.count};
    drop_empty_parties(&t);
    return t;
}

static struct complaint_reporter reporter_of(const struct complaint_intake_form *f)
{
    return (struct complaint_reporter){.name = f->reporter_name,
                                       .id_type = f->reporter_id_type,
                                       .id_number = f->reporter_id_number,
                                       .occupation = f->reporter_occupation,
                                       .address = f->reporter_address,
                                       .phone = f->reporter_phone,
                                       .email = f->reporter_email};
}

/* The stored hash of the body is keyed: of the complaint nothing stays, not even what a guess at its text
 * could be compared with. The key of an anonymous complaint is not tied to a path, which names the visit.
 * A reporter's own request is repeated by its receipt code: keys of people without a name would be one heap. */
static enum err prepare_replay(struct cx *cx, struct http_req *req, const char *mode,
                               struct complaint_new *n)
{
    const char *key = cx->actor.kind == ACTOR_NONE ? NULL : http_header(req, "idempotency-key");
    struct bytes hash = seal_index(cx->seal, cx->arena, "complaint_body",
                                   str_hex(cx->arena, req->body_hash, sizeof(req->body_hash)));
    const char *route = str_eq(mode, "anonymous") ? "POST /pengaduan"
                                                  : arena_printf(cx->arena, "POST %s", req->path);
    return replay_prepare(cx, key, route, hash.p, &n->replay);
}

/* Of the visit, when there is one: what step 2 wrote down is the reporter's identity, unless the form says
 * otherwise or the complaint is anonymous. */
static enum err reporter_of_visit(struct cx *cx, const struct complaint_intake_form *f,
                                  struct complaint_intake *in)
{
    struct visit v = {0};
    struct identity who = {0};
    if (!in->visit_id || any_reporter(f) || str_eq(in->mode, "anonymous"))
        return ERR_OK;
    TRY(visit_get(cx->read, cx->actor.office_id, in->visit_id, &v));
    TRY(visit_identity(cx, &v, &who));
    in->reporter = (struct complaint_reporter){.name = v.name,
                                               .id_type = v.id_type,
                                               .id_number = who.id_number,
                                               .address = who.address,
                                               .phone = who.phone,
                                               .email = who.email};
    return ERR_OK;
}

static enum err fill_intake(struct cx *cx, const struct complaint_intake_form *f,
                            struct complaint_intake *in)
{
    bool person = cx->actor.kind != ACTOR_TOKEN;
    in->mode = str_empty(f->reporter_mode) ? "confidential" : f->reporter_mode;
    in->class = "unsorted";
    if (!complaint_own_words(in->way)) {
        in->class = str_empty(f->class) ? "unsorted" : f->class;
        in->way = str_empty(f->way) || complaint_own_words(f->way) ? in->way : f->way;
    }
    in->writer_id = *cx->actor.id ? arena_strdup(cx->arena, cx->actor.id) : NULL;
    in->text = text_of(f);
    in->reporter = reporter_of(f);
    TRY(check_reporter(cx, f, in->mode));
    TRY(check_receipt(cx, f, person, &in->receipt));
    return reporter_of_visit(cx, f, in);
}

/* Sent twice is one complaint; but what was changed in between would be lost behind a receipt that says
 * "received". Whoever has the code may know what it stands for. */
static enum err check_same(struct cx *cx, const struct complaint_intake *in)
{
    struct complaint c = {0};
    struct complaint_text t = {.text = NULL};
    struct seal_envelope key;
    TRY(complaint_unlock_receipt(cx, in->receipt, &c, &key));
    enum err e = complaint_open_content(cx, &c, &key, &t);
    explicit_bzero(&key, sizeof(key));
    TRY(e);
    bool same = str_eq(c.reporter_mode, in->mode) && str_eq(t.text, in->text.text) &&
                str_eq(str_or(t.reported_party, ""), str_or(in->text.reported_party, "")) &&
                str_eq(complaint_content_json(cx, &t), complaint_content_json(cx, &in->text)) &&
                str_eq(complaint_documents_json(cx, &t), complaint_documents_json(cx, &in->text));
    if (!same)
        cx_field(cx, "receipt", "receipt_used",
                 T("Pengaduan dengan kode ini sudah tersimpan dan tidak dapat diubah. Sampaikan "
                   "tambahan lewat halaman Tindak lanjut, atau muat ulang halaman ini untuk "
                   "pengaduan baru."));
    return cx_fields(cx);
}

/* `refusal`: what the rules say of visit and desk as they were read; a repeated request must get its first
 * answer all the same, so with an idempotency key or a receipt code the transaction decides. */
static enum err write_complaint(struct cx *cx, struct http_req *req, struct complaint_intake *in,
                                const struct refusal *refusal, struct complaint_new *n)
{
    struct complaint_intake_form f;
    struct office office = {0};
    enum err e = form_parse(cx, req, &complaint_intake_form, &f);
    if (e == ERR_OK)
        e = fill_intake(cx, &f, in);
    if (e == ERR_OK)
        e = prepare_replay(cx, req, in->mode, n);
    bool repeatable = e == ERR_OK && (n->replay.present || !str_empty(f.receipt));
    if (refusal->err != ERR_OK && (!repeatable || str_eq(refusal->code, "intake_closed"))) {
        cx->diag = (struct diag){.code = NULL};
        return cx_refuse(cx, refusal);
    }
    if (e != ERR_OK)
        return e;
    TRY(office_get(cx->read, cx->actor.office_id, &office));
    TRY(complaint_seal(cx, &office, in, n));
    e = db_tx(cx, "complaint_write", complaint_write, n);
    if (e == ERR_OK && n->repeated)
        return check_same(cx, in);
    return e != ERR_OK && n->refusal.err != ERR_OK ? cx_refuse(cx, &n->refusal) : e;
}

static enum err may_receive(struct cx *cx, const char *visit_id, struct refusal *ret)
{
    struct visit v = {0};
    *ret = (struct refusal){.err = ERR_OK};
    if (visit_id) {
        TRY(visit_get(cx->read, cx->actor.office_id, visit_id, &v));
        *ret = complaint_may_write(&v);
    }
    return ret->err == ERR_OK ? complaint_intake_open(cx, ret) : ERR_OK;
}

enum err complaint_receive(struct cx *cx, struct http_req *req, const char *visit_id,
                           const char *way, struct complaint_received *ret)
{
    struct complaint_new *n = ARENA_NEW(cx->arena, struct complaint_new);
    struct complaint_intake *in = ARENA_NEW(cx->arena, struct complaint_intake);
    struct refusal refusal;
    n->act = visit_act_of(cx);
    in->visit_id = visit_id;
    in->way = way;
    TRY(may_receive(cx, visit_id, &refusal));
    TRY(write_complaint(cx, req, in, &refusal, n));
    *ret = (struct complaint_received){
        .id = n->replayed && str_eq(n->id, visit_id) ? NULL : n->id,
        .number = n->replayed ? NULL : complaint_number_text(cx->arena, n->number, n->year),
        .receipt = n->replayed ? NULL : in->receipt,
        .anonymous = str_eq(in->mode, "anonymous"),
        .repeated = n->repeated || n->replayed,
        .status = n->status};
    return ERR_OK;
}

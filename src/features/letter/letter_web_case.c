/* /pengaduan/{id}/surat: the letters of a complaint, and making one. Only for people who can open its content. */
#include <string.h>

#include "features/casefile/casefile_web.h"
#include "features/casework/casework.h"
#include "features/complaint/complaint_web_keys.h"
#include "features/letter/letter_page.h"
#include "features/letter/letter_web.h"
#include "features/office/office.h"
#include "features/portal/portal.h"
#include "letter_tmpl.h"
#include "lib/base/time.h"
#include "lib/json/json.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

#define TEAM_MAX 20

struct letter_in {
    const char *id, *kind, *date, *subject_code, *signer, *signer_title;
    const char *addressee, *subject, *nature, *attachment, *basis, *body, *analysis, *conclusion;
    const char *advice, *task, *period, *note, *copies, *value;
    struct text_list team;
};
static const char *const kind_codes[] = {"review",   "disposition", "order",   "report", "notice",
                                         "transfer", "completion",  "summons", NULL};
#define AT(member_) .offset = offsetof(struct letter_in, member_)
/* clang-format off */
static const struct field letter_fields[] = {
    {.name = "id", .type = FIELD_ID, AT(id), .label = T("Nomor formulir")},
    {.name = "kind", .type = FIELD_CODE, .flags = FIELD_REQUIRED, AT(kind), .choices = kind_codes, .label = T("Jenis surat"), .missing = T("Pilih jenis surat.")},
    {.name = "date", .type = FIELD_DATE, AT(date), .label = T("Tanggal surat")},
    {.name = "subject_code", .type = FIELD_TEXT, AT(subject_code), .max = 12, .label = T("Kode masalah")},
    {.name = "signer", .type = FIELD_ID, .flags = FIELD_REQUIRED, AT(signer), .label = T("Penanda tangan"), .missing = T("Pilih siapa yang menandatangani.")},
    {.name = "signer_title", .type = FIELD_TEXT, AT(signer_title), .max = 150, .label = T("Jabatan pada surat")},
    {.name = "addressee", .type = FIELD_LINES, .flags = FIELD_PRIVATE, AT(addressee), .max = 500, .label = T("Kepada")},
    {.name = "subject", .type = FIELD_TEXT, .flags = FIELD_PRIVATE, AT(subject), .max = 300, .label = T("Perihal")},
    {.name = "nature", .type = FIELD_TEXT, AT(nature), .max = 40, .label = T("Sifat")},
    {.name = "attachment", .type = FIELD_TEXT, AT(attachment), .max = 80, .label = T("Lampiran")},
    {.name = "basis", .type = FIELD_LINES, .flags = FIELD_PRIVATE, AT(basis), .max = 4000, .label = T("Dasar")},
    {.name = "team", .type = FIELD_IDS, AT(team), .max = TEAM_MAX, .label = T("Yang diperintah")},
    {.name = "body", .type = FIELD_LINES, .flags = FIELD_PRIVATE, AT(body), .max = 20000, .label = T("Isi surat")},
    {.name = "analysis", .type = FIELD_LINES, .flags = FIELD_PRIVATE, AT(analysis), .max = 12000, .label = T("Analisa")},
    {.name = "conclusion", .type = FIELD_LINES, .flags = FIELD_PRIVATE, AT(conclusion), .max = 8000, .label = T("Kesimpulan")},
    {.name = "advice", .type = FIELD_LINES, .flags = FIELD_PRIVATE, AT(advice), .max = 8000, .label = T("Saran")},
    {.name = "task", .type = FIELD_LINES, .flags = FIELD_PRIVATE, AT(task), .max = 4000, .label = T("Tugas atau keperluan")},
    {.name = "period", .type = FIELD_TEXT, .flags = FIELD_PRIVATE, AT(period), .max = 150, .label = T("Jangka waktu")},
    {.name = "note", .type = FIELD_LINES, .flags = FIELD_PRIVATE, AT(note), .max = 2000, .label = T("Catatan")},
    {.name = "copies", .type = FIELD_LINES, .flags = FIELD_PRIVATE, AT(copies), .max = 1000, .label = T("Tembusan")},
    {.name = "value", .type = FIELD_TEXT, .flags = FIELD_PRIVATE, AT(value), .max = 40, .label = T("Nilai informasi")},
};
/* clang-format on */
const struct form letter_form = FORM("LetterNew", struct letter_in, letter_fields);

struct cancel_in {
    const char *reason;
};
/* clang-format off */
static const struct field cancel_fields[] = {
    {.name = "reason", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .offset = offsetof(struct cancel_in, reason), .min = 5, .max = 200, .label = T("Alasan"), .missing = T("Tulis alasan pembatalan, tanpa isi pengaduan.")},
};
/* clang-format on */
const struct form letter_cancel_form = FORM("LetterCancel", struct cancel_in, cancel_fields);

/* The complaint of the path, which this session can open. */
static enum err open_case(struct cx *cx, const struct http_req *req, struct casefile *ret,
                          struct seal_envelope *ret_key)
{
    TRY(casefile_find(cx, req, ret));
    return complaint_unlock(cx, ret->complaint.id, COMPLAINT_CONTENT, ret_key);
}

/* The same where the key itself is not needed. */
static enum err may_open(struct cx *cx, const struct http_req *req, struct casefile *ret)
{
    struct seal_envelope key;
    TRY(open_case(cx, req, ret, &key));
    explicit_bzero(&key, sizeof(key));
    return ERR_OK;
}

static const char *day_text(const struct cx *cx, int64_t ms)
{
    return time_long_date(cx->arena, ms, cx->offset_min, cx->lang == LANG_EN);
}

/* --- the list ------------------------------------------------------------------------------------------------- */

static struct letter_row row_of(struct cx *cx, const struct casefile *f, const struct letter *l)
{
    const struct letter_kind *k = letter_kind_of(l->kind);
    const char *path = arena_printf(cx->arena, "%s/surat/%s", f->path, l->id);
    return (struct letter_row){
        .number = l->number,
        .kind = k ? k->label : l->kind,
        .date = day_text(cx, l->dated_at),
        .maker = staff_name(cx->read, cx->actor.office_id, l->made_by),
        .path = path,
        .cancelled = l->cancelled_at ? str_or(l->cancel_reason, "-") : NULL,
        .cancel_path = l->cancelled_at ? NULL : arena_printf(cx->arena, "%s/batal", path),
        .to_reporter = letter_to_reporter(l->kind)};
}

static void case_body(struct html *h, void *arg)
{
    letter_case_page(h, arg);
}

static enum err case_show(struct cx *cx, struct http_req *req, struct http_res *res,
                          const struct casefile *f)
{
    struct letter_case_view *v = ARENA_NEW(cx->arena, struct letter_case_view);
    struct letter *list = NULL;
    TRY(letter_of_complaint(cx->read, cx->actor.office_id, f->complaint.id, &list, &v->row_count));
    struct letter_row *rows = ARENA_ARRAY(cx->arena, v->row_count + 1, struct letter_row);
    for (size_t i = 0; i < v->row_count; i++)
        rows[i] = row_of(cx, f, &list[i]);
    TRY(complaint_has_share(cx->read, cx->actor.office_id, f->complaint.id, cx->actor.id,
                            COMPLAINT_REPORTER, &v->identity));
    v->rows = rows;
    v->number = f->number;
    v->path = f->path;
    v->kinds = letter_kinds;
    v->anonymous = str_eq(f->complaint.reporter_mode, "anonymous");
    v->keyless = f->complaint.public_key.n != 32;
    v->done = http_query(req, "selesai") != NULL;
    const struct page_view page = {
        .title = T("Surat pengaduan"), .current = "/pengaduan", .body = case_body, .arg = v};
    return page_render(cx, req, res, &page);
}

static json_t *letter_json(struct cx *cx, const struct letter *l)
{
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "id", l->id, "kind", l->kind, "number",
                     l->number, "dated_at", json_time(cx, l->dated_at), "made_at",
                     json_time(cx, l->made_at), "cancelled_at", json_time(cx, l->cancelled_at));
}

static enum err case_json(struct cx *cx, struct http_res *res, const struct casefile *f)
{
    struct letter *list = NULL;
    size_t count = 0;
    TRY(letter_of_complaint(cx->read, cx->actor.office_id, f->complaint.id, &list, &count));
    json_t *items = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(items, letter_json(cx, &list[i]));
    return http_res_json(cx, res, 200, json_pack("{s:o, s:n}", "items", items, "next_cursor"));
}

enum err letter_case_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct casefile f;
    if (casefile_must_ask(cx, req))
        return casefile_ask(cx, req, res, req->path);
    TRY(may_open(cx, req, &f));
    return req->wants == WANTS_JSON ? case_json(cx, res, &f) : case_show(cx, req, res, &f);
}

/* --- the form ---------------------------------------------------------------------------------------------------- */

static bool signs(const struct staff *s)
{
    return ((uint32_t)s->roles & COMPLAINT_READER_ROLES) != 0;
}

static bool listed(const struct text_list *l, const char *id)
{
    for (size_t i = 0; i < l->count; i++) {
        if (str_eq(l->items[i], id))
            return true;
    }
    return false;
}

/* Before anything was ticked: those who work on the complaint. */
static enum err first_team(struct cx *cx, const struct casefile *f, struct text_list *ret)
{
    struct case_member *members = NULL;
    size_t count = 0;
    TRY(casework_team(cx->read, cx->actor.office_id, f->complaint.id, &members, &count));
    const char **ids = ARENA_ARRAY(cx->arena, count + 1, const char *);
    for (size_t i = 0; i < count; i++)
        ids[i] = members[i].staff_id;
    *ret = (struct text_list){.items = ids, .count = count};
    return ERR_OK;
}

static enum err fill_people(struct cx *cx, struct http_req *req, const struct casefile *f,
                            struct letter_new_view *v)
{
    struct staff *people = NULL;
    size_t count = 0, n = 0;
    TRY(staff_list(cx->read, cx->actor.office_id, &people, &count));
    struct text_list team = form_typed_list(cx, req, "team");
    if (req->method == HTTP_GET)
        TRY(first_team(cx, f, &team));
    struct option *signers = ARENA_ARRAY(cx->arena, count + 1, struct option);
    struct letter_person_choice *choices = ARENA_ARRAY(cx->arena, count + 1,
                                                       struct letter_person_choice);
    for (size_t i = 0; i < count; i++) {
        if (!signs(&people[i]))
            continue;
        signers[n] = (struct option){
            people[i].id, arena_printf(cx->arena, "%s, %s", people[i].name, people[i].title)};
        choices[n] = (struct letter_person_choice){.id = people[i].id,
                                                   .name = people[i].name,
                                                   .title = people[i].title,
                                                   .chosen = listed(&team, people[i].id)};
        n++;
    }
    v->signers = signers;
    v->team = choices;
    v->team_count = n;
    return ERR_OK;
}

/* What the handling of the complaint knows already: its value, and until when the reporter completes it. */
static enum err fill_from_work(struct cx *cx, const struct casefile *f, struct letter_new_view *v)
{
    struct casework w = {.complaint_id = NULL};
    struct civil day = {0};
    enum err e = casework_get(cx->read, cx->actor.office_id, f->complaint.id, &w);
    if (e == ERR_MISSING)
        return ERR_OK;
    if (e != ERR_OK)
        return e;
    if (str_eq(v->kind, "review") && w.value_source && w.value_content)
        v->typed.value = arena_printf(cx->arena, "%s-%s", w.value_source, w.value_content);
    if (str_eq(v->kind, "completion") && w.side_due &&
        time_parse_date(w.side_due, &day.year, &day.month, &day.day))
        v->typed.period = time_long_date(cx->arena, time_from_civil(day, cx->offset_min),
                                         cx->offset_min, false);
    return ERR_OK;
}

/* What a letter of this kind mostly says; everything can be written over. */
static enum err fill_first(struct cx *cx, const struct casefile *f, struct letter_new_view *v)
{
    struct staff head = {0};
    uint32_t post = str_eq(v->kind, "review") ? ROLE_INTEL_CHIEF : ROLE_OFFICE_HEAD;
    enum err e = staff_of_post(cx->read, cx->actor.office_id, post, &head);
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    struct letter_rule rule;
    TRY(letter_rule_of(cx->read, cx->actor.office_id, v->kind, &rule));
    v->typed.subject_code = rule.subject_code;
    v->typed.signer = head.id;
    v->typed.nature = str_eq(v->kind, "notice") || str_eq(v->kind, "completion") ? "Biasa"
                                                                                 : "Rahasia";
    v->typed.subject = arena_printf(cx->arena, "Pengaduan nomor %s", f->number);
    if (str_eq(v->kind, "order") || str_eq(v->kind, "report"))
        v->typed.basis = arena_printf(
            cx->arena,
            "Undang-Undang Nomor 16 Tahun 2004 tentang Kejaksaan Republik Indonesia sebagaimana "
            "telah diubah dengan Undang-Undang Nomor 11 Tahun 2021.\n"
            "Peraturan Kejaksaan Nomor 4 Tahun 2019 tentang Administrasi Intelijen Kejaksaan "
            "Republik Indonesia.\nPengaduan nomor %s tanggal %s.",
            f->number, time_long_date(cx->arena, f->complaint.received_at, cx->offset_min, false));
    if (str_eq(v->kind, "order"))
        v->typed
            .task = "Melakukan pengumpulan bahan, data, dan keterangan atas pengaduan tersebut.";
    return fill_from_work(cx, f, v);
}

static void fill_typed(struct cx *cx, struct http_req *req, struct letter_typed *t)
{
    *t = (struct letter_typed){.date = form_typed(cx, req, "date"),
                               .subject_code = form_typed(cx, req, "subject_code"),
                               .signer = form_typed(cx, req, "signer"),
                               .signer_title = form_typed(cx, req, "signer_title"),
                               .addressee = form_typed(cx, req, "addressee"),
                               .subject = form_typed(cx, req, "subject"),
                               .nature = form_typed(cx, req, "nature"),
                               .attachment = form_typed(cx, req, "attachment"),
                               .basis = form_typed(cx, req, "basis"),
                               .body = form_typed(cx, req, "body"),
                               .analysis = form_typed(cx, req, "analysis"),
                               .conclusion = form_typed(cx, req, "conclusion"),
                               .advice = form_typed(cx, req, "advice"),
                               .task = form_typed(cx, req, "task"),
                               .period = form_typed(cx, req, "period"),
                               .note = form_typed(cx, req, "note"),
                               .copies = form_typed(cx, req, "copies"),
                               .value = form_typed(cx, req, "value")};
}

/* How the number will look. */
static enum err number_form(struct cx *cx, const char *kind, const char **ret)
{
    struct office office = {0};
    struct letter_rule rule;
    struct civil now = time_civil(cx->now_ms, cx->offset_min);
    TRY(office_get(cx->read, cx->actor.office_id, &office));
    TRY(letter_rule_of(cx->read, cx->actor.office_id, kind, &rule));
    *ret = arena_printf(cx->arena, "%s-…%s%s%s%s/%02d/%d", rule.type, *office.code ? "/" : "",
                        office.code, *rule.subject_code ? "/" : "", rule.subject_code, now.month,
                        now.year);
    return ERR_OK;
}

static void new_body(struct html *h, void *arg)
{
    letter_new_page(h, arg);
}

static enum err new_show(struct cx *cx, struct http_req *req, struct http_res *res,
                         const struct casefile *f, const char *kind)
{
    struct letter_new_view *v = ARENA_NEW(cx->arena, struct letter_new_view);
    v->number = f->number;
    v->path = f->path;
    v->kind = kind;
    v->label = letter_kind_of(kind)->label;
    v->shown = letter_fields_shown(kind);
    v->needed = letter_fields_needed(kind);
    v->to_reporter = letter_to_reporter(kind);
    /* A form that is a letter already gets another id: sent once more, it is another letter. */
    bool again = req->method == HTTP_POST && res->status != 409;
    v->id = again ? form_typed(cx, req, "id") : cx_new_id(cx);
    TRY(number_form(cx, kind, &v->form));
    TRY(fill_people(cx, req, f, v));
    if (req->method == HTTP_POST)
        fill_typed(cx, req, &v->typed);
    else
        TRY(fill_first(cx, f, v));
    const struct page_view page = {
        .title = v->label, .current = "/pengaduan", .body = new_body, .arg = v};
    return page_render(cx, req, res, &page);
}

enum err letter_new_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct casefile f;
    const char *kind = str_or(http_query(req, "jenis"), "");
    if (casefile_must_ask(cx, req))
        return casefile_ask(cx, req, res,
                            arena_printf(cx->arena, "/pengaduan/%s/surat", http_param(req, "id")));
    TRY(may_open(cx, req, &f));
    const struct letter_kind *k = letter_kind_of(kind);
    if (!k || !k->numbered)
        return cx_fail(cx, ERR_MISSING, "letter_kind_unknown",
                       T("Jenis surat itu tidak ada. Pilih dari daftar surat."));
    return new_show(cx, req, res, &f, k->code);
}

/* --- making ---------------------------------------------------------------------------------------------------------- */

static void check_needed(struct cx *cx, const struct letter_in *in)
{
    const struct {
        unsigned bit;
        const char *field, *value;
    } needs[] = {{LETTER_ADDRESSEE, "addressee", in->addressee},
                 {LETTER_SUBJECT, "subject", in->subject},
                 {LETTER_BASIS, "basis", in->basis},
                 {LETTER_BODY, "body", in->body},
                 {LETTER_ANALYSIS, "analysis", in->analysis},
                 {LETTER_CONCLUSION, "conclusion", in->conclusion},
                 {LETTER_ADVICE, "advice", in->advice},
                 {LETTER_TASK, "task", in->task},
                 {LETTER_PERIOD, "period", in->period},
                 {LETTER_NOTE, "note", in->note}};
    unsigned needed = letter_fields_needed(in->kind);
    for (size_t i = 0; i < ARRAY_LEN(needs); i++) {
        if ((needed & needs[i].bit) && str_empty(needs[i].value) && !form_error(cx, needs[i].field))
            cx_field(cx, needs[i].field, "required", T("Isian ini diperlukan untuk surat ini."));
    }
    if ((needed & LETTER_TEAM) && in->team.count == 0 && !form_error(cx, "team"))
        cx_field(cx, "team", "required", T("Pilih paling sedikit satu orang."));
}

int64_t letter_dated(struct cx *cx, const char *date)
{
    int64_t today = time_day_start(cx->now_ms, cx->offset_min);
    struct civil c = {0};
    if (str_empty(date) || !time_parse_date(date, &c.year, &c.month, &c.day))
        return today;
    int64_t day = time_from_civil(c, cx->offset_min);
    if (day > today)
        cx_field(cx, "date", "future", T("Tanggal surat tidak boleh sesudah hari ini."));
    /* A mistyped year would take a number in the book of that year, for ever. */
    else if (c.year < time_civil(cx->now_ms, cx->offset_min).year - 1)
        cx_field(cx, "date", "too_old",
                 T("Tanggal surat paling lama tahun lalu. Periksa tahunnya."));
    return day;
}

static struct letter_person person_of(const struct staff *s, const char *title)
{
    return (struct letter_person){
        .name = s->name, .rank = s->rank, .nip = s->nip, .title = str_or(title, s->title)};
}

static enum err find_person(struct cx *cx, const char *field, const char *id, struct staff *ret)
{
    enum err e = str_empty(id) ? ERR_MISSING : staff_get(cx->read, cx->actor.office_id, id, ret);
    if (e == ERR_OK && signs(ret) && !ret->disabled_at)
        return ERR_OK;
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    if (!form_error(cx, field))
        cx_field(cx, field, "unknown", T("Pilih orang dari daftar."));
    return ERR_OK;
}

static enum err input_of(struct cx *cx, const struct letter_in *in, struct letter_input *ret)
{
    struct staff signer = {.name = ""};
    *ret = (struct letter_input){.addressee = in->addressee,
                                 .subject = in->subject,
                                 .nature = in->nature,
                                 .attachment = in->attachment,
                                 .basis = in->basis,
                                 .body = in->body,
                                 .analysis = in->analysis,
                                 .conclusion = in->conclusion,
                                 .advice = in->advice,
                                 .task = in->task,
                                 .period = in->period,
                                 .note = in->note,
                                 .copies = in->copies,
                                 .value = in->value};
    TRY(letter_place(cx->read, cx->actor.office_id, &ret->place));
    TRY(find_person(cx, "signer", in->signer, &signer));
    ret->signer = person_of(&signer, in->signer_title);
    ret->team = ARENA_ARRAY(cx->arena, in->team.count + 1, struct letter_person);
    for (size_t i = 0; i < in->team.count; i++) {
        struct staff s = {.name = ""};
        TRY(find_person(cx, "team", in->team.items[i], &s));
        ret->team[ret->team_count++] = person_of(&s, NULL);
    }
    return ERR_OK;
}

static enum err take(struct cx *cx, const struct casefile *f, struct letter_taking *t,
                     const struct letter_input *input)
{
    struct office office = {0};
    TRY(office_get(cx->read, cx->actor.office_id, &office));
    t->act = visit_act_of(cx);
    t->unit = office.code;
    t->offset_min = cx->offset_min;
    t->letter.complaint_id = f->complaint.id;
    t->letter.about = "";
    t->letter.made_at = cx->now_ms;
    t->letter.made_by = cx->actor.id;
    TRY(letter_template_active(cx->read, cx->actor.office_id, t->letter.kind,
                               &t->letter.template_version));
    t->letter.input_sealed = letter_input_seal(cx, &f->complaint, t->letter.id, input);
    if (!t->letter.input_sealed.p)
        return cx_fail(cx, ERR_CONFLICT, "complaint_keyless",
                       T("Pengaduan ini berasal dari versi lama dan tidak dapat memuat surat."));
    return db_tx(cx, "letter_take", letter_take, t);
}

/* Does this form say what the letter says? The place of signing is no part of the form. */
static enum err says_the_same(struct cx *cx, const struct casefile *f, const struct letter_taking *t,
                              const struct letter_input *typed, bool *ret)
{
    struct seal_envelope key;
    struct letter_input kept;
    const struct letter *l = &t->taken;
    TRY(complaint_unlock(cx, f->complaint.id, COMPLAINT_CONTENT, &key));
    enum err e = letter_input_open(cx, &f->complaint, l, &key, &kept);
    explicit_bzero(&key, sizeof(key));
    TRY(e);
    kept.place = typed->place;
    *ret = str_eq(l->kind, t->letter.kind) && l->dated_at == t->letter.dated_at &&
           str_eq(l->subject_code, t->letter.subject_code) && letter_input_same(&kept, typed);
    return ERR_OK;
}

/* A form that comes twice is one letter; with another text it is none. `t` says what is asked for. */
static enum err made_before(struct cx *cx, const struct casefile *f, struct letter_taking *t,
                            const struct letter_input *input, bool *ret)
{
    *ret = false;
    enum err e = letter_get(cx->read, cx->actor.office_id, t->letter.id, &t->taken);
    if (e == ERR_MISSING)
        return ERR_OK;
    if (e != ERR_OK)
        return e;
    if (!str_eq(t->taken.complaint_id, f->complaint.id))
        return cx_fail(cx, ERR_CONFLICT, "letter_exists",
                       T("Formulir ini sudah dipakai untuk pengaduan lain. Periksa isian, lalu "
                         "tekan tombol Buat surat lagi."));
    TRY(says_the_same(cx, f, t, input, ret));
    return *ret ? ERR_OK
                : cx_fail(cx, ERR_CONFLICT, "letter_differs",
                          T("Formulir ini sudah menjadi surat nomor %s dengan isi yang lain. Untuk "
                            "mengambil nomor baru dengan isian di bawah ini, tekan tombol Buat "
                            "surat lagi; nomor yang keliru dibatalkan pada daftar surat."),
                          t->taken.number);
}

static enum err rule_of(struct cx *cx, const struct letter_in *in, struct letter_taking *t)
{
    struct letter_rule rule;
    TRY(letter_rule_of(cx->read, cx->actor.office_id, in->kind, &rule));
    t->letter.id = str_or(in->id, cx_new_id(cx));
    t->letter.kind = in->kind;
    t->letter.type = rule.type;
    t->letter.subject_code = in->subject_code ? in->subject_code : rule.subject_code;
    return ERR_OK;
}

static enum err make(struct cx *cx, struct http_req *req, const struct casefile *f,
                     struct letter_in *in, struct letter_taking *t)
{
    struct letter_input input;
    bool before = false;
    enum err e = form_parse(cx, req, &letter_form, in);
    if (e != ERR_OK && e != ERR_INVALID)
        return e;
    if (!in->subject_code && http_field(req, "subject_code"))
        in->subject_code = ""; /* emptied on the page: a number without the code */
    if (in->kind)
        check_needed(cx, in);
    t->letter.dated_at = letter_dated(cx, in->date);
    letter_check_subject(cx, "subject_code", in->subject_code);
    TRY(input_of(cx, in, &input));
    TRY(cx_fields(cx));
    TRY(rule_of(cx, in, t));
    TRY(made_before(cx, f, t, &input, &before));
    if (before)
        return ERR_OK;
    e = take(cx, f, t, &input);
    if (e != ERR_CONFLICT || cx->diag.code)
        return e;
    /* The same form at the same moment: the other one was first. */
    TRY(made_before(cx, f, t, &input, &before));
    return before ? ERR_OK : e;
}

enum err letter_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct casefile f;
    struct letter_in in;
    struct letter_taking *t = ARENA_NEW(cx->arena, struct letter_taking);
    TRY(may_open(cx, req, &f));
    enum err e = make(cx, req, &f, &in, t);
    if (e == ERR_OK && req->wants == WANTS_JSON)
        return http_res_json(cx, res, 201, letter_json(cx, &t->taken));
    if (e == ERR_OK)
        return http_res_redirect(cx, res, arena_printf(cx->arena, "%s/surat?selesai=1", f.path));
    if (req->wants == WANTS_JSON || !in.kind || (e != ERR_INVALID && e != ERR_CONFLICT))
        return e;
    res->status = http_status(e);
    return new_show(cx, req, res, &f, in.kind);
}

enum err letter_case_cancel_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct casefile f;
    struct cancel_in in;
    struct letter l = {0};
    TRY(may_open(cx, req, &f));
    enum err e = letter_get(cx->read, cx->actor.office_id, http_param(req, "letter"), &l);
    if (e == ERR_MISSING || (e == ERR_OK && !str_eq(l.complaint_id, f.complaint.id)))
        return cx_fail(cx, ERR_MISSING, "letter_unknown",
                       T("Surat itu tidak ada. Muat ulang halaman."));
    TRY(e);
    e = form_parse(cx, req, &letter_cancel_form, &in);
    struct letter_cancel c = {.act = visit_act_of(cx), .id = l.id, .reason = in.reason};
    if (e == ERR_OK)
        e = db_tx(cx, "letter_cancel", letter_cancel_tx, &c);
    if (e == ERR_CONFLICT && c.refusal.err == ERR_CONFLICT)
        e = cx_refuse(cx, &c.refusal);
    if (e == ERR_OK && req->wants != WANTS_JSON)
        return http_res_redirect(cx, res, arena_printf(cx->arena, "%s/surat?selesai=1", f.path));
    if (e == ERR_OK)
        return case_json(cx, res, &f);
    if (req->wants == WANTS_JSON || (e != ERR_INVALID && e != ERR_CONFLICT))
        return e;
    res->status = http_status(e);
    return case_show(cx, req, res, &f);
}

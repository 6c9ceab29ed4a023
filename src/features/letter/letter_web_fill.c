/* From a letter's data to its document: items for the placeholders, the template, lib/docx. The document is
 * Indonesian whatever the language of the page. Other features fill their papers themselves (letter_paper). */
#include <string.h>

#include "features/complaint/complaint_web_keys.h"
#include "features/complaint/complaint_view.h"
#include "features/letter/letter_web.h"
#include "features/office/office.h"
#include "features/register/register.h"
#include "lib/base/phone.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/docx/docx.h"
#include "lib/qr/qr.h"
#include "letter_data.h"
#include "lib/base/banned.h"

#define ITEMS_MAX  80u
#define LINES_MAX  60u
#define QR_MM      32
#define MONEY_TEXT 40

/* --- names ------------------------------------------------------------------------------------------------- */

const struct docx_name *letter_names(struct arena *a, const struct letter_kind *k)
{
    static const enum docx_kind kinds[] = {DOCX_TEXT, DOCX_FLAG, DOCX_TEXT, DOCX_PICTURE};
    const struct letter_placeholder *list = letter_placeholders(a, k);
    size_t n = 0;
    while (list[n].name)
        n++;
    struct docx_name *names = ARENA_ARRAY(a, n + 1, struct docx_name);
    const char *within = NULL;
    for (size_t i = 0; i < n; i++) {
        const struct letter_placeholder *p = &list[i];
        bool has_columns = p->section == 1 && list[i + 1].section == 2;
        if (p->section != 2)
            within = has_columns ? p->name : NULL;
        names[i] = (struct docx_name){.name = p->name,
                                      .kind = has_columns ? DOCX_LIST : kinds[p->section],
                                      .within = p->section == 2 ? within : NULL,
                                      .required = p->section != 2 && str_eq(p->name, k->must),
                                      .label = p->label};
    }
    return names;
}

/* --- items --------------------------------------------------------------------------------------------------- */

struct filler {
    struct arena *arena;
    struct docx_item items[ITEMS_MAX];
    size_t count;
};

static struct docx_item *put(struct filler *f, const char *name)
{
    static struct docx_item spare; /* never written: the table is larger than the list of names */
    if (f->count == ITEMS_MAX)
        return &spare;
    struct docx_item *item = &f->items[f->count++];
    *item = (struct docx_item){.name = name};
    return item;
}

/* An empty text is a blank for the pen. */
static void put_text(struct filler *f, const char *name, const char *text)
{
    put(f, name)->text = str_empty(text) ? NULL : text;
}

static void put_flag(struct filler *f, const char *name, bool shown)
{
    put(f, name)->shown = shown;
}

static void put_rows(struct filler *f, const char *name, struct docx_row *rows, size_t count)
{
    struct docx_item *item = put(f, name);
    item->rows = rows;
    item->row_count = count;
}

/* One row of columns; a value that is empty stays empty here: there is nothing to fill in. */
static struct docx_row row_of(struct filler *f, size_t number, const char *const (*columns)[2],
                              size_t count)
{
    struct docx_item *items = ARENA_ARRAY(f->arena, count + 1, struct docx_item);
    items[0] = (struct docx_item){.name = "nomor", .text = arena_printf(f->arena, "%zu", number)};
    for (size_t i = 0; i < count; i++)
        items[i + 1] = (struct docx_item){.name = columns[i][0], .text = str_or(columns[i][1], "")};
    return (struct docx_row){.items = items, .count = count + 1};
}

/* The lines of a text as a list; "1." that somebody typed himself goes. */
static void put_lines(struct filler *f, const char *name, const char *text)
{
    struct docx_row *rows = ARENA_ARRAY(f->arena, LINES_MAX, struct docx_row);
    size_t n = 0;
    const char *p = str_or(text, "");
    while (*p && n < LINES_MAX) {
        size_t length = strcspn(p, "\n");
        const char *line = str_trim(f->arena, arena_strndup(f->arena, p, length));
        size_t digits = strspn(line, "0123456789");
        if (digits > 0 && digits < 3 && line[digits] == '.' && line[digits + 1] == ' ')
            line += digits + 2;
        const char *const columns[][2] = {{"isi", line}};
        if (*line) {
            rows[n] = row_of(f, n + 1, columns, 1);
            n++;
        }
        p += length + (p[length] == '\n');
    }
    put_rows(f, name, rows, n);
}

/* --- words ----------------------------------------------------------------------------------------------------- */

/* "23 Juli 2026" */
static const char *date_text(struct cx *cx, int64_t ms)
{
    const char *text = time_long_date(cx->arena, ms, cx->offset_min, false);
    const char *comma = strstr(text, ", ");
    return comma ? comma + 2 : text;
}

static const char *moment_text(struct cx *cx, const struct letter_intake *in)
{
    bool day_only = str_eq(in->reporter_mode, "anonymous") ||
                    in->received_at == time_day_start(in->received_at, cx->offset_min);
    return day_only ? time_long_date(cx->arena, in->received_at, cx->offset_min, false)
                    : time_paper_moment(cx->arena, in->received_at, cx->offset_min);
}

/* "Rp12.500.000"; NULL when it is not known. */
static const char *money_text(struct arena *a, int64_t rupiah)
{
    if (rupiah <= 0)
        return NULL;
    const char *digits = arena_printf(a, "%lld", (long long)rupiah);
    size_t n = strlen(digits);
    struct buf b = buf_new(a, MONEY_TEXT, MONEY_TEXT);
    buf_puts(&b, "Rp");
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            buf_putc(&b, '.');
        buf_putc(&b, digits[i]);
    }
    return b.p;
}

static const char *identity_text(struct arena *a, const struct complaint_reporter *r)
{
    static const struct complaint_code types[] = {{"ktp", "NIK"},
                                                  {"sim", "SIM"},
                                                  {"passport", "Paspor"},
                                                  {"other", "Identitas"},
                                                  {NULL, NULL}};
    if (str_empty(r->id_number))
        return NULL;
    const char *type = complaint_label(types, str_or(r->id_type, ""));
    return *type ? arena_printf(a, "%s %s", type, r->id_number) : r->id_number;
}

/* --- the parts of a letter --------------------------------------------------------------------------------------- */

static void put_office(struct cx *cx, struct filler *f, const struct office *office,
                       const char *place, int64_t dated_at)
{
    put_text(f, "kantor_induk", office->parent_name);
    put_text(f, "kantor", office->name);
    put_text(f, "alamat_kantor", office->address);
    put_text(f, "telepon_kantor",
             str_empty(office->phone) ? NULL : phone_dialled(cx->arena, office->phone));
    put_text(f, "kode_kantor", office->code);
    put_text(f, "tempat", place);
    put_text(f, "tanggal", date_text(cx, dated_at));
}

static void put_parties(struct filler *f, const struct complaint_text *t)
{
    struct docx_row *rows = ARENA_ARRAY(f->arena, t->party_count + 1, struct docx_row);
    size_t n = 0;
    for (; n < t->party_count; n++) {
        const char *const columns[][2] = {{"nama", t->parties[n].name},
                                          {"jabatan", t->parties[n].position},
                                          {"alamat", t->parties[n].address}};
        rows[n] = row_of(f, n + 1, columns, ARRAY_LEN(columns));
    }
    if (n == 0 && !str_empty(t->reported_party)) {
        const char *const columns[][2] = {
            {"nama", t->reported_party}, {"jabatan", ""}, {"alamat", ""}};
        rows[n++] = row_of(f, 1, columns, ARRAY_LEN(columns));
    }
    put_rows(f, "terlapor", rows, n);
    put_flag(f, "ada_terlapor", n > 0);
}

static void put_documents(struct filler *f, const struct complaint_text *t)
{
    struct docx_row *rows = ARENA_ARRAY(f->arena, t->document_count + 1, struct docx_row);
    for (size_t i = 0; i < t->document_count; i++) {
        const struct complaint_document *d = &t->documents[i];
        const char *count = arena_printf(f->arena, "%lld", (long long)(d->count ? d->count : 1));
        const char *const columns[][2] = {{"jenis", d->kind},
                                          {"bentuk", complaint_form_label(str_or(d->form, ""))},
                                          {"jumlah", count}};
        rows[i] = row_of(f, i + 1, columns, ARRAY_LEN(columns));
    }
    put_rows(f, "dokumen", rows, t->document_count);
}

static void put_content(struct filler *f, const struct complaint_text *t)
{
    put_text(f, "uraian", t->text);
    put_text(f, "siapa", t->questions.who);
    put_text(f, "kapan", t->questions.when);
    put_text(f, "di_mana", t->questions.where);
    put_text(f, "bagaimana", t->questions.how);
    put_text(f, "mengapa", t->questions.why);
    put_text(f, "tempat_kejadian", t->place);
    put_text(f, "masa_kejadian", t->period);
    put_text(f, "kerugian", money_text(f->arena, t->loss_rupiah));
    put_text(f, "laporan_sebelumnya", t->earlier);
    put_parties(f, t);
    put_documents(f, t);
}

static void put_reporter(struct filler *f, const struct complaint_reporter *r)
{
    put_text(f, "pelapor_nama", r->name);
    put_text(f, "pelapor_identitas", identity_text(f->arena, r));
    put_text(f, "pelapor_pekerjaan", r->occupation);
    put_text(f, "pelapor_alamat", r->address);
    put_text(f, "pelapor_telepon", r->phone);
}

struct docx_item letter_qr(struct cx *cx, const char *text)
{
    struct qr code;
    if (!text || qr_make(cx->arena, text, &code) != ERR_OK)
        return (struct docx_item){.name = "qr", .text = ""};
    return (struct docx_item){
        .name = "qr", .png = docx_png(cx->arena, code.dark, code.modules), .width_mm = QR_MM};
}

static void put_intake(struct cx *cx, struct filler *f, const struct letter_intake *in)
{
    put_text(f, "nomor_pengaduan", in->number);
    put_text(f, "tanggal_terima", date_text(cx, in->received_at));
    put_text(f, "waktu_terima", moment_text(cx, in));
    put_text(f, "cara_terima", complaint_label(complaint_ways, str_or(in->way, "")));
    put_text(f, "golongan", complaint_label(complaint_classes, str_or(in->class, "")));
    put_flag(f, "anonim", str_eq(in->reporter_mode, "anonymous"));
    put_flag(f, "dirahasiakan", str_eq(in->reporter_mode, "confidential"));
    put_flag(f, "lisan", str_eq(in->way, "oral"));
    put_text(f, "petugas_nama", in->officer_name);
    put_text(f, "petugas_jabatan", in->officer_title);
    put_text(f, "petugas_nip", in->officer_nip);
    put_text(f, "kode_rahasia", in->receipt);
    if (in->text)
        put_content(f, in->text);
    if (in->reporter)
        put_reporter(f, in->reporter);
    *put(f, "qr") = letter_qr(cx, in->receipt ? in->receipt_address : NULL);
}

static void put_team(struct filler *f, const struct letter_input *in)
{
    struct docx_row *rows = ARENA_ARRAY(f->arena, in->team_count + 1, struct docx_row);
    for (size_t i = 0; i < in->team_count; i++) {
        const struct letter_person *p = &in->team[i];
        const char *const columns[][2] = {
            {"nama", p->name}, {"pangkat", p->rank}, {"nip", p->nip}, {"jabatan", p->title}};
        rows[i] = row_of(f, i + 1, columns, ARRAY_LEN(columns));
    }
    put_rows(f, "tim", rows, in->team_count);
}

/* A letter to the reporter carries his name for whoever may know it, when nobody wrote another addressee. */
static const char *addressee(struct filler *f, const struct letter_case *c)
{
    const struct complaint_reporter *r = c->intake ? c->intake->reporter : NULL;
    if (!str_empty(c->input->addressee) || !r || !letter_to_reporter(c->kind) || str_empty(r->name))
        return c->input->addressee;
    return arena_printf(f->arena, "Sdr. %s\ndi %s", r->name, str_or(r->address, "tempat"));
}

static void put_input(struct filler *f, const struct letter_case *c)
{
    const struct letter_input *in = c->input;
    put_text(f, "kepada", addressee(f, c));
    put_text(f, "perihal", in->subject);
    put_text(f, "sifat", str_or(in->nature, "Biasa"));
    put_text(f, "lampiran", str_or(in->attachment, "-"));
    put_text(f, "isi", in->body);
    put_text(f, "analisa", in->analysis);
    put_text(f, "kesimpulan", in->conclusion);
    put_text(f, "saran", in->advice);
    put_text(f, "tugas", in->task);
    put_text(f, "jangka_waktu", in->period);
    put_text(f, "catatan", in->note);
    put_text(f, "nilai", in->value);
    put_lines(f, "dasar", in->basis);
    put_lines(f, "tembusan", in->copies);
    put_flag(f, "ada_tembusan", !str_empty(in->copies));
    put_team(f, in);
    put_text(f, "penandatangan_jabatan", in->signer.title);
    put_text(f, "penandatangan_nama", in->signer.name);
    put_text(f, "penandatangan_pangkat", in->signer.rank);
    put_text(f, "penandatangan_nip", in->signer.nip);
}

/* --- the document ---------------------------------------------------------------------------------------------------- */

enum err letter_file(struct cx *cx, const char *kind, int64_t version, struct bytes *ret)
{
    if (version > 0)
        return letter_template_file(cx->read, cx->actor.office_id, kind, version, ret);
    for (const struct letter_file *f = letter_files; f->name; f++) {
        if (str_eq(f->name, kind)) {
            *ret = (struct bytes){f->p, f->n};
            return ERR_OK;
        }
    }
    return ERR_MISSING;
}

static enum err fill(struct cx *cx, const struct filler *f, const struct letter_paper *p,
                     struct bytes file, struct bytes *ret)
{
    const struct docx_data data = {
        .items = f->items, .count = f->count, .dated_ms = p->dated_at, .title = p->title};
    enum err e = docx_fill(cx->arena, file, &data, ret);
    if (e == ERR_INVALID)
        return cx_fail(cx, ERR_CONFLICT, "template_broken",
                       T("Templat surat ini tidak dapat diisi. Mintalah administrator memeriksa "
                         "templatnya."));
    return e;
}

enum err letter_fill(struct cx *cx, const struct letter_case *c, struct bytes file,
                     struct bytes *ret)
{
    struct office office = {0};
    TRY(office_get(cx->read, cx->actor.office_id, &office));
    struct filler *f = ARENA_NEW(cx->arena, struct filler);
    f->arena = cx->arena;
    put_office(cx, f, &office, c->place, c->dated_at);
    put_text(f, "nomor_surat", c->letter ? c->letter->number : NULL);
    if (c->intake)
        put_intake(cx, f, c->intake);
    if (c->input)
        put_input(f, c);
    const struct letter_kind *k = letter_kind_of(c->kind);
    const char *number = c->letter ? c->letter->number : c->intake ? c->intake->number : "";
    const struct letter_paper p = {
        .dated_at = c->dated_at,
        .title = arena_printf(cx->arena, "%s %s", k ? k->label : "", number)};
    return fill(cx, f, &p, file, ret);
}

enum err letter_document(struct cx *cx, const struct letter_case *c, struct bytes *ret)
{
    struct bytes file;
    TRY(letter_file(cx, c->kind, c->template_version, &file));
    return letter_fill(cx, c, file, ret);
}

/* A paper of no complaint says the place of its office when nobody wrote where letters are signed. */
enum err letter_fill_paper(struct cx *cx, const struct letter_paper *p, struct bytes file,
                           struct bytes *ret)
{
    struct office office = {0};
    const char *place = "";
    TRY(office_get(cx->read, cx->actor.office_id, &office));
    TRY(letter_place(cx->read, cx->actor.office_id, &place));
    struct filler *f = ARENA_NEW(cx->arena, struct filler);
    f->arena = cx->arena;
    for (size_t i = 0; i < p->count; i++)
        *put(f, p->items[i].name) = p->items[i];
    put_office(cx, f, &office, str_empty(place) ? register_place(office.name) : place, p->dated_at);
    return fill(cx, f, p, file, ret);
}

enum err letter_paper(struct cx *cx, const struct letter_paper *p, struct bytes *ret)
{
    struct bytes file;
    int64_t version = 0;
    TRY(letter_template_active(cx->read, cx->actor.office_id, p->kind, &version));
    TRY(letter_file(cx, p->kind, version, &file));
    return letter_fill_paper(cx, p, file, ret);
}

void letter_signer(struct arena *a, const char *prefix, const char *lines, struct docx_item *ret)
{
    static const char *const parts[LETTER_SIGNER_ITEMS] = {"jabatan", "nama", "keterangan"};
    for (size_t i = 0; i < LETTER_SIGNER_ITEMS; i++) {
        bool last = i + 1 == LETTER_SIGNER_ITEMS;
        size_t n = last ? strlen(lines) : strcspn(lines, "\n");
        ret[i] = (struct docx_item){.name = arena_printf(a, "%s_%s", prefix, parts[i]),
                                    .text = n ? arena_strndup(a, lines, n) : NULL};
        lines += n + (lines[n] == '\n');
    }
}

const char *letter_file_name(struct cx *cx, const char *number)
{
    char *name = arena_printf(cx->arena, "%s.docx", number);
    for (char *p = name; *p; p++) {
        if (*p == '/')
            *p = '-';
    }
    return name;
}

enum err letter_send(struct cx *cx, struct http_res *res, struct bytes file, const char *name)
{
    return http_res_download(cx, res, DOCX_TYPE, name, file);
}

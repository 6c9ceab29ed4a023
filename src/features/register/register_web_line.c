/* One line of a book: written by hand, its words, its cancellation. */
#include <string.h>

#include "features/complaint/complaint.h"
#include "features/portal/portal.h"
#include "features/register/register_view.h"
#include "features/register/register_web.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/http/form.h"
#include "lib/json/json.h"
#include "register_line_tmpl.h"
#include "lib/base/banned.h"

#define FIELDS_MAX 1024

struct line_in {
    const char *nature, *received_date, *received_time, *reason;
    struct register_words words;
};
struct cancel_in {
    const char *reason;
};
/* clang-format off */
static const char *const natures[] = {"open", "confidential", NULL};
#define AT(member) .offset = offsetof(struct line_in, member)
#define WORD_IN(member) .offset = offsetof(struct line_in, words.member)
static const struct field line_fields[] = {
    {.name = "nature", .type = FIELD_CODE, AT(nature), .choices = natures, .label = T("Sifat surat")},
    {.name = "received_date", .type = FIELD_DATE, AT(received_date), .label = T("Tanggal terima")},
    {.name = "received_time", .type = FIELD_TEXT, AT(received_time), .max = 5, .label = T("Jam terima")},
    {.name = "letter_number", .type = FIELD_TEXT, WORD_IN(letter_number), .max = 80, .label = T("Nomor surat")},
    {.name = "letter_date", .type = FIELD_DATE, WORD_IN(letter_date), .label = T("Tanggal surat")},
    {.name = "sender", .type = FIELD_TEXT, WORD_IN(sender), .max = 200, .label = T("Asal surat")},
    {.name = "addressee", .type = FIELD_TEXT, WORD_IN(addressee), .max = 200, .label = T("Tujuan surat")},
    {.name = "value", .type = FIELD_TEXT, WORD_IN(value), .max = 3, .label = T("Nilai")},
    {.name = "subject", .type = FIELD_LINES, WORD_IN(subject), .max = 1000, .label = T("Perihal")},
    {.name = "attachments", .type = FIELD_TEXT, WORD_IN(attachments), .max = 120, .label = T("Lampiran")},
    {.name = "advice", .type = FIELD_LINES, WORD_IN(advice), .max = 500, .label = T("Saran tindak")},
    {.name = "notes", .type = FIELD_LINES, WORD_IN(notes), .max = 500, .label = T("Catatan")},
    {.name = "disposition_date", .type = FIELD_DATE, WORD_IN(disposition_date), .label = T("Tanggal disposisi")},
    {.name = "disposition", .type = FIELD_LINES, WORD_IN(disposition), .max = 500, .label = T("Isi disposisi")},
    {.name = "follow_date", .type = FIELD_DATE, WORD_IN(follow_date), .label = T("Tanggal tindak lanjut")},
    {.name = "follow_up", .type = FIELD_LINES, WORD_IN(follow_up), .max = 500, .label = T("Tindak lanjut Kajari")},
    {.name = "remarks", .type = FIELD_LINES, WORD_IN(remarks), .max = 500, .label = T("Keterangan")},
    {.name = "reason", .type = FIELD_TEXT, AT(reason), .max = 200, .label = T("Alasan perbaikan")},
};
#undef AT
static const struct field cancel_fields[] = {
    {.name = "reason", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .offset = offsetof(struct cancel_in, reason), .min = 3, .max = 200, .label = T("Alasan"), .missing = T("Tulis alasan pembatalan.")},
};
/* clang-format on */
const struct form register_line_form = FORM("RegisterLine", struct line_in, line_fields);
const struct form register_cancel_form = FORM("RegisterCancel", struct cancel_in, cancel_fields);

/* --- the form ----------------------------------------------------------------------------------------------- */

static bool in_lines(size_t i)
{
    const unsigned lines = WORD_SUBJECT | WORD_ADVICE | WORD_NOTES | WORD_DISPOSITION |
                           WORD_FOLLOW_UP | WORD_REMARKS;
    return (lines & (1U << i)) != 0;
}

static const char *hint_of(enum register_source source, bool hand, size_t i)
{
    unsigned bit = 1U << i;
    if (bit == WORD_VALUE)
        return T("Sumber A–F dan isi 1–6, misalnya B-2");
    if (bit == WORD_SUBJECT && source == REGISTER_REPORTS && hand)
        return T("Siapa, apa, bilamana, di mana, bagaimana, mengapa");
    if (bit == WORD_SUBJECT && !hand)
        return T("Satu baris singkat yang aman untuk buku");
    if (bit == WORD_ATTACHMENTS)
        return T("Contoh: 1 (satu) berkas");
    return NULL;
}

static bool is_date(size_t i)
{
    return ((1U << i) & (WORD_LETTER_DATE | WORD_DISPOSITION_DATE | WORD_FOLLOW_DATE)) != 0;
}

static void fill_fields(struct cx *cx, const struct http_req *req, const struct register_book *b,
                        bool hand, struct register_words *words, struct register_line_view *v)
{
    unsigned shown = register_words_shown(b->source, hand);
    unsigned needed = register_words_needed(b->source, hand);
    struct register_field *fields = ARENA_ARRAY(cx->arena, REGISTER_WORDS, struct register_field);
    for (size_t i = 0; i < REGISTER_WORDS; i++) {
        if (!(shown & (1U << i)))
            continue;
        const char *key = register_word_keys[i];
        fields[v->field_count++] = (struct register_field){
            .lines = in_lines(i),
            .input = {.name = key,
                      .label = register_word_label(b->source, i),
                      .hint = hint_of(b->source, hand, i),
                      .type = is_date(i) ? "date" : NULL,
                      .value = req->method == HTTP_POST ? form_typed(cx, req, key)
                                                        : str_or(*register_word(words, i), ""),
                      .required = (needed & (1U << i)) != 0}};
    }
    v->fields = fields;
}

static void line_body(struct html *h, void *arg)
{
    register_line_page(h, arg);
}

static enum err show(struct cx *cx, struct http_req *req, struct http_res *res, const char *title,
                     struct register_line_view *v)
{
    const struct page_view page = {
        .title = title, .current = "/register", .body = line_body, .arg = v};
    return page_render(cx, req, res, &page);
}

/* --- checks --------------------------------------------------------------------------------------------------- */

static int64_t day_of(struct cx *cx, const char *date)
{
    struct civil c = {0};
    if (str_empty(date) || !time_parse_date(date, &c.year, &c.month, &c.day))
        return 0;
    return time_from_civil(c, cx->offset_min);
}

static void check_day(struct cx *cx, const char *field, const char *date, int64_t not_before_ms)
{
    int64_t day = day_of(cx, date);
    if (!day || form_error(cx, field))
        return;
    if (day > cx->now_ms)
        cx_field(cx, field, "future", T("Tanggal ini tidak boleh sesudah hari ini."));
    else if (day < not_before_ms)
        cx_field(cx, field, "too_early", T("Tanggal ini tidak boleh sebelum tanggal terima."));
}

/* Words that the line does not have are left out; what it needs must be there. */
static void check_words(struct cx *cx, const struct register_book *b, bool hand, int64_t at,
                        struct register_words *w)
{
    unsigned shown = register_words_shown(b->source, hand);
    unsigned needed = register_words_needed(b->source, hand);
    int64_t day = time_day_start(at, cx->offset_min);
    for (size_t i = 0; i < REGISTER_WORDS; i++) {
        const char **word = register_word(w, i);
        if (!(shown & (1U << i)))
            *word = NULL;
        if ((needed & (1U << i)) && str_empty(*word) && !form_error(cx, register_word_keys[i]))
            cx_field(cx, register_word_keys[i], "missing", T("Isi kolom ini."));
    }
    if (!str_empty(w->value) && !register_value_ok(w->value) && !form_error(cx, "value"))
        cx_field(cx, "value", "value", T("Tulis nilai seperti B-2: sumber A–F, isi 1–6."));
    check_day(cx, "letter_date", w->letter_date, 0);
    check_day(cx, "disposition_date", w->disposition_date, day);
    check_day(cx, "follow_date", w->follow_date, day);
}

/* When it came: a day, and the hour when somebody knows it. Nobody has to invent one. */
static int64_t received_at(struct cx *cx, const struct line_in *in, bool *ret_time)
{
    const char *today = time_day_text(cx->arena, cx->now_ms, cx->offset_min);
    const char *date = str_or(in->received_date, today);
    int64_t at = day_of(cx, date);
    *ret_time = !str_empty(in->received_time);
    if (*ret_time && (strlen(in->received_time) != 5 ||
                      !time_parse(arena_printf(cx->arena, "%sT%s", date, in->received_time),
                                  cx->offset_min, &at)))
        cx_field(cx, "received_time", "time", T("Tulis jam seperti 09:30, atau kosongkan."));
    if (at > cx->now_ms)
        cx_field(cx, str_eq(date, today) ? "received_time" : "received_date", "future",
                 T("Waktu terima tidak boleh sesudah sekarang."));
    else if (time_civil(at, cx->offset_min).year < time_civil(cx->now_ms, cx->offset_min).year - 1)
        cx_field(cx, "received_date", "too_old",
                 T("Tanggal terima paling lama tahun lalu. Periksa tahunnya."));
    return at;
}

static int64_t settled_at(struct cx *cx, const struct register_book *b,
                          const struct register_words *w)
{
    return day_of(cx, b->source == REGISTER_REPORTS ? w->follow_date : w->disposition_date);
}

/* --- a new line -------------------------------------------------------------------------------------------------- */

static bool plain_number(const char *text)
{
    return text && *text && strlen(text) <= 8 &&
           strspn(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(text);
}

static const struct option nature_options[] = {
    {"open", T("Biasa")}, {"confidential", T("Rahasia")}, {NULL, NULL}};

static enum err new_page(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    struct register_book b;
    struct register_words none = {.subject = NULL};
    struct register_line_view *v = ARENA_NEW(cx->arena, struct register_line_view);
    TRY(register_open(cx, req, REGISTER_WRITE, &b));
    bool post = req->method == HTTP_POST, mail = b.source == REGISTER_MAIL;
    const char *done = http_query(req, "nomor");
    v->title = mail ? T("Catat surat masuk") : T("Catat laporan");
    v->code = mail ? b.code : arena_printf(cx->arena, "%s %s", b.code, b.field);
    v->path = arena_printf(cx->arena, "/register/%s/catat", b.book);
    v->back_path = register_may(cx, &b, REGISTER_READ) ? register_month_path(cx, b.book, cx->now_ms)
                                                       : "/register";
    v->is_new = true;
    v->natures = mail ? nature_options : NULL;
    v->nature = post ? form_typed(cx, req, "nature") : b.confidential ? "confidential" : "open";
    v->received_date = post ? form_typed(cx, req, "received_date")
                            : time_day_text(cx->arena, cx->now_ms, cx->offset_min);
    v->received_time = post ? form_typed(cx, req, "received_time") : "";
    if (plain_number(done))
        v->done = cx_printf(cx, T("Tercatat dengan nomor %s."), done);
    fill_fields(cx, req, &b, true, &none, v);
    if (e != ERR_OK)
        res->status = http_status(e);
    return show(cx, req, res, v->title, v);
}

enum err register_new_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return new_page(cx, req, res, ERR_OK);
}

struct made {
    struct register_book book;
    struct register_new line;
};

static enum err make_line(struct cx *cx, struct http_req *req, struct made *m)
{
    struct line_in in;
    bool has_time = false;
    TRY(register_open(cx, req, REGISTER_WRITE, &m->book));
    enum err e = form_parse(cx, req, &register_line_form, &in);
    if (m->book.source == REGISTER_MAIL && !str_empty(in.nature)) {
        const char *other = str_eq(in.nature, "open") ? "surat-masuk" : "surat-masuk-rahasia";
        TRY(register_book_get(cx, other, &m->book));
    }
    int64_t at = received_at(cx, &in, &has_time);
    check_words(cx, &m->book, true, at, &in.words);
    TRY(e == ERR_OK ? cx_fields(cx) : e);
    const char *id = cx_new_id(cx);
    m->line = (struct register_new){
        .id = id,
        .source_kind = "hand",
        .at = at,
        .has_time = has_time,
        .settled_at = settled_at(cx, &m->book, &in.words),
        .made_by = arena_strdup(cx->arena, cx->actor.id),
        .words_sealed = register_words_seal(cx, m->book.book, id, &in.words)};
    struct register_adding a = {.act = visit_act_of(cx),
                                .book = m->book.book,
                                .offset_min = cx->offset_min,
                                .items = &m->line,
                                .count = 1};
    return db_tx(cx, "register_add", register_add, &a);
}

static enum err made_json(struct cx *cx, struct http_res *res, const struct made *m)
{
    const char *number = register_number_text(cx->arena, "", m->line.number, m->line.suffix,
                                              m->line.year);
    return http_res_json(cx, res, 201,
                         json_pack("{s:s, s:s, s:s, s:o}", "id", m->line.id, "book", m->book.book,
                                   "number", number, "received_at", json_time(cx, m->line.at)));
}

enum err register_new_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct made *m = ARENA_NEW(cx->arena, struct made);
    enum err e = make_line(cx, req, m);
    if (e == ERR_INVALID && req->wants != WANTS_JSON)
        return new_page(cx, req, res, e);
    if (e != ERR_OK)
        return e;
    if (req->wants == WANTS_JSON)
        return made_json(cx, res, m);
    if (register_may(cx, &m->book, REGISTER_READ))
        return http_res_redirect(cx, res, register_month_path(cx, m->book.book, m->line.counts_at));
    return http_res_redirect(cx, res,
                             arena_printf(cx->arena, "/register/%s/catat?nomor=%lld%s",
                                          m->book.book, (long long)m->line.number, m->line.suffix));
}

/* --- a line that is there ------------------------------------------------------------------------------------------- */

struct opened {
    struct register_book book;
    struct register_row row;
    struct register_words words;
    bool hand, entry, closed;
};

static enum err open_line(struct cx *cx, struct http_req *req, struct opened *o)
{
    const char *office = cx->actor.office_id;
    int64_t since = 0;
    TRY(register_open(cx, req, REGISTER_READ, &o->book));
    enum err e = o->book.source == REGISTER_VISITS
                     ? ERR_MISSING
                     : register_row_get(cx->read, office, &o->book, http_param(req, "id"), &o->row);
    if (e == ERR_MISSING)
        return cx_fail(cx, e, "no_line", T("Entri itu tidak ada di buku ini."));
    TRY(e);
    TRY(register_words_open(cx, o->book.book, o->row.id, o->row.words_sealed, &o->words));
    TRY(register_open_since(cx->read, office, o->book.book, cx->offset_min, &since));
    o->entry = !str_eq(o->row.source_kind, "letter");
    o->hand = o->entry && !str_eq(o->row.source_kind, "complaint");
    o->closed = o->row.counts_at < since;
    return ERR_OK;
}

static void fill_facts(struct cx *cx, const struct opened *o, struct register_line_view *v)
{
    struct register_line line = {.path = NULL};
    register_cells(cx, &o->book, &o->row, &o->words, &line);
    struct register_fact *facts = ARENA_ARRAY(cx->arena, REGISTER_COLUMNS_MAX, struct register_fact);
    for (size_t i = 0; i < o->book.column_count; i++) {
        if (!str_empty(line.cells[i]))
            facts[v->fact_count++] = (struct register_fact){o->book.columns[i].label, line.cells[i]};
    }
    v->facts = facts;
}

static enum err line_page(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    struct opened *o = ARENA_NEW(cx->arena, struct opened);
    struct register_line_view *v = ARENA_NEW(cx->arena, struct register_line_view);
    TRY(open_line(cx, req, o));
    v->title = cx_printf(
        cx, T("Entri nomor %s"),
        register_number_text(cx->arena, o->row.series, o->row.number, o->row.suffix, o->row.year));
    v->code = o->book.code;
    v->path = arena_printf(cx->arena, "/register/%s/entri/%s", o->book.book, o->row.id);
    v->back_path = register_month_path(cx, o->book.book, o->row.counts_at);
    v->sealed = o->row.complaint_number != 0;
    v->closed = o->closed;
    v->may_change = !o->row.cancelled_at;
    v->may_cancel = v->may_change && o->entry;
    v->reason = req->method == HTTP_POST ? form_typed(cx, req, "reason") : "";
    fill_facts(cx, o, v);
    fill_fields(cx, req, &o->book, o->hand, &o->words, v);
    if (e != ERR_OK)
        res->status = http_status(e);
    return show(cx, req, res, v->title, v);
}

enum err register_line_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return line_page(cx, req, res, ERR_OK);
}

/* Keys of what is different now. */
static const char *changed(struct cx *cx, const struct opened *o, struct register_words *now)
{
    struct register_words before = o->words;
    struct buf text = buf_new(cx->arena, 128, FIELDS_MAX);
    unsigned shown = register_words_shown(o->book.source, o->hand);
    for (size_t i = 0; i < REGISTER_WORDS; i++) {
        if (!(shown & (1U << i)) ||
            str_eq(str_or(*register_word(&before, i), ""), str_or(*register_word(now, i), "")))
            continue;
        buf_puts(&text, text.n ? "," : "");
        buf_puts(&text, register_word_keys[i]);
    }
    return text.p;
}

static enum err save_line(struct cx *cx, struct http_req *req, struct opened *o)
{
    struct line_in in;
    TRY(open_line(cx, req, o));
    enum err e = form_parse(cx, req, &register_line_form, &in);
    check_words(cx, &o->book, o->hand, o->row.at, &in.words);
    TRY(e == ERR_OK ? cx_fields(cx) : e);
    struct register_changing c = {
        .act = visit_act_of(cx),
        .book = &o->book,
        .offset_min = cx->offset_min,
        .id = o->row.id,
        .correction_id = cx_new_id(cx),
        .fields = changed(cx, o, &in.words),
        .reason = in.reason,
        .settled_at = settled_at(cx, &o->book, &in.words),
        .words_sealed = register_words_seal(cx, o->book.book, o->row.id, &in.words),
        .before_sealed = o->row.words_sealed};
    e = db_tx(cx, "register_change", register_change_line, &c);
    return e != ERR_OK && c.refusal.err != ERR_OK ? cx_refuse(cx, &c.refusal) : e;
}

static enum err finish(struct cx *cx, struct http_req *req, struct http_res *res, enum err e,
                       const struct opened *o)
{
    if ((e == ERR_INVALID || e == ERR_CONFLICT) && req->wants != WANTS_JSON)
        return line_page(cx, req, res, e);
    if (e != ERR_OK)
        return e;
    return http_res_redirect(cx, res, register_month_path(cx, o->book.book, o->row.counts_at));
}

enum err register_line_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct opened *o = ARENA_NEW(cx->arena, struct opened);
    return finish(cx, req, res, save_line(cx, req, o), o);
}

static enum err cancel_line(struct cx *cx, struct http_req *req, struct opened *o)
{
    struct cancel_in in;
    TRY(open_line(cx, req, o));
    if (!o->entry)
        return cx_fail(cx, ERR_CONFLICT, "letter_book",
                       T("Nomor surat dibatalkan pada halaman Nomor surat atau pengaduannya."));
    TRY(form_parse(cx, req, &register_cancel_form, &in));
    struct register_changing c = {.act = visit_act_of(cx),
                                  .book = &o->book,
                                  .offset_min = cx->offset_min,
                                  .id = o->row.id,
                                  .correction_id = cx_new_id(cx),
                                  .reason = in.reason};
    enum err e = db_tx(cx, "register_cancel", register_cancel_line, &c);
    return e != ERR_OK && c.refusal.err != ERR_OK ? cx_refuse(cx, &c.refusal) : e;
}

enum err register_line_cancel_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct opened *o = ARENA_NEW(cx->arena, struct opened);
    return finish(cx, req, res, cancel_line(cx, req, o), o);
}

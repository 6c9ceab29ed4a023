/* A month of a book: which book it is for this person, its lines, who signs it. */
#include <string.h>

#include "features/complaint/complaint.h"
#include "features/reach/reach.h"
#include "features/register/register_web.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/json/json.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

#define CELL_MAX (16u * 1024)

/* --- the book and its columns -------------------------------------------------------------------------------- */

const char *register_columns_json(struct cx *cx, const struct register_book *b)
{
    json_t *list = json_keep(cx->arena, json_array());
    for (size_t i = 0; i < b->column_count; i++) {
        json_t *one = json_object();
        json_object_set_new_nocheck(one, "key", json_text(b->columns[i].key));
        json_object_set_new_nocheck(one, "label", json_text(b->columns[i].label));
        json_array_append_new(list, one);
    }
    struct buf text = buf_new(cx->arena, 1024, CELL_MAX);
    json_write(&text, list);
    return text.p;
}

static const struct register_column *column_of(const struct register_book *shipped, const char *key)
{
    for (size_t i = 0; i < shipped->column_count; i++) {
        if (str_eq(shipped->columns[i].key, key))
            return &shipped->columns[i];
    }
    return NULL;
}

void register_columns_read(struct cx *cx, const char *json, struct register_book *b)
{
    const struct register_book *shipped = register_shipped(b->book);
    const json_t *list = json_keep(cx->arena, json_loads(str_or(json, "[]"), 0, NULL));
    size_t n = 0;
    for (size_t i = 0; i < json_array_size(list) && n < REGISTER_COLUMNS_MAX; i++) {
        const json_t *one = json_array_get(list, i);
        const char *label = json_string_value(json_object_get(one, "label"));
        const struct register_column *c = column_of(shipped,
                                                    json_string_value(json_object_get(one, "key")));
        if (!c)
            continue;
        b->columns[n] = *c;
        if (!str_empty(label))
            b->columns[n].label = arena_strdup(cx->arena, label);
        n++;
    }
    if (n)
        b->column_count = n;
}

enum err register_book_get(struct cx *cx, const char *book, struct register_book *ret)
{
    const struct register_book *shipped = register_shipped(book);
    const char *columns = NULL;
    if (!shipped)
        return cx_fail(cx, ERR_MISSING, "no_book", T("Buku itu tidak ada."));
    struct register_book b = *shipped;
    enum err e = register_book_row(cx->read, cx->actor.office_id, b.book, &b, &columns);
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    if (e == ERR_OK)
        register_columns_read(cx, columns, &b);
    *ret = b;
    return ERR_OK;
}

/* --- who may -------------------------------------------------------------------------------------------------- */

bool register_may(const struct cx *cx, const struct register_book *b, enum register_want want)
{
    uint32_t roles = want == REGISTER_READ    ? b->readers
                     : want == REGISTER_WRITE ? b->writers
                                              : REGISTER_SETTERS;
    if (!(cx->actor.roles & roles))
        return false;
    return want != REGISTER_READ || !b->confidential || complaint_leads(&cx->actor);
}

enum err register_open(struct cx *cx, struct http_req *req, enum register_want want,
                       struct register_book *ret)
{
    TRY(register_book_get(cx, http_param(req, "book"), ret));
    if (register_may(cx, ret, want))
        return ERR_OK;
    if (ret->confidential && want == REGISTER_READ && (cx->actor.roles & ret->readers))
        return cx_fail(cx, ERR_DENIED, "not_your_book",
                       T("Buku ini untuk pejabat yang kuncinya sudah dipercayai."));
    return cx_fail(cx, ERR_DENIED, "not_your_book", T("Buku ini bukan untuk jabatan Anda."));
}

/* --- the month -------------------------------------------------------------------------------------------------- */

/* A line may be opened by who reads the book: letters and telaahan for the words in the book, entries too. */
static const char *line_path(struct cx *cx, const struct register_book *b,
                             const struct register_row *row)
{
    return arena_printf(cx->arena, "/register/%s/entri/%s", b->book, row->id);
}

static enum err fill_rows(struct cx *cx, struct register_sheet *s)
{
    struct register_row *rows = NULL;
    size_t count = 0;
    TRY(register_rows(cx->read, cx->actor.office_id, &s->book, &s->month, &rows, &count));
    s->lines = ARENA_ARRAY(cx->arena, count + 1, struct register_line);
    s->line_count = count;
    for (size_t i = 0; i < count; i++) {
        struct register_words words = {.subject = NULL};
        TRY(register_words_open(cx, s->book.book, rows[i].id, rows[i].words_sealed, &words));
        register_cells(cx, &s->book, &rows[i], &words, &s->lines[i]);
        s->lines[i].path = line_path(cx, &s->book, &rows[i]);
    }
    return ERR_OK;
}

enum err register_fill(struct cx *cx, const char *book, const char *month, bool whole,
                       struct register_sheet *ret)
{
    struct register_sheet s = {.label = NULL};
    const char *office = cx->actor.office_id;
    TRY(office_get(cx->read, office, &s.office));
    TRY(register_book_get(cx, book, &s.book));
    if (!register_month_read(cx->arena, month, cx->offset_min, &s.month))
        return cx_fail(cx, ERR_MISSING, "no_month",
                       T("Bulan itu tidak ada. Tulis seperti 2026-07."));
    s.label = register_month_label(cx->arena, &s.month, cx->lang == LANG_EN);
    if (str_empty(s.book.place))
        s.book.place = register_place(s.office.name);
    bool visits = s.book.source == REGISTER_VISITS;
    TRY(visits ? register_visit_lines(cx, whole, &s) : fill_rows(cx, &s));
    TRY(visits ? register_recap_of(cx->read, office, &s.month, &s.recap)
               : register_rows_recap(cx->read, office, &s.book, &s.month, &s.recap));
    TRY(register_changes(cx->read, office, &s.book, &s.month, cx->offset_min, &s.changes,
                         &s.change_count));
    enum err e = register_closing_get(cx->read, office, s.book.book, s.month.text, &s.closing);
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    s.closed = e == ERR_OK;
    *ret = s;
    return ERR_OK;
}

enum err register_first_month(struct cx *cx, const struct register_book *b, const char **ret)
{
    int64_t first_ms = 0;
    const char *office = cx->actor.office_id;
    *ret = NULL;
    enum err e = b->source == REGISTER_VISITS ? register_first(cx->read, office, &first_ms)
                                              : register_rows_first(cx->read, office, b, &first_ms);
    if (e == ERR_MISSING)
        return ERR_OK;
    if (e == ERR_OK)
        *ret = register_month_of(cx->arena, first_ms, cx->offset_min).text;
    return e;
}

static const char *field_text(struct cx *cx, enum register_source source, const char *field)
{
    static const struct {
        const char *field, *text;
    } names[] = {{"", T("Entri susulan")},
                 {"cancelled", T("Nomor dibatalkan")},
                 {"name", T("Nama")},
                 {"id_number", T("Nomor identitas")},
                 {"id_type", T("Jenis identitas")},
                 {"phone", T("Nomor HP")},
                 {"email", T("Surel")},
                 {"address", T("Alamat")},
                 {"organization", T("Organisasi")},
                 {"purpose", T("Keperluan")},
                 {"category", T("Jenis kunjungan")}};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (str_eq(names[i].field, field))
            return cx_t(cx, names[i].text);
    }
    for (size_t i = 0; i < REGISTER_WORDS; i++) {
        if (str_eq(register_word_keys[i], field))
            return cx_t(cx, register_word_label(source, i));
    }
    return field;
}

const char *register_change_text(struct cx *cx, const struct register_book *b,
                                 const struct register_change *c)
{
    char *rest = arena_strdup(cx->arena, c->field), *comma = NULL;
    struct buf text = buf_new(cx->arena, 64, 2048);
    do {
        comma = strchr(rest, ',');
        if (comma)
            *comma = '\0';
        buf_puts(&text, text.n ? ", " : "");
        buf_puts(&text, field_text(cx, b->source, rest));
        rest = comma ? comma + 1 : rest;
    } while (comma);
    return text.p;
}

void register_add_text(struct buf *text, const char *label, const char *value)
{
    if (str_empty(value))
        return;
    if (text->n)
        buf_puts(text, "\n");
    if (label) {
        buf_puts(text, label);
        buf_puts(text, ": ");
    }
    buf_puts(text, value);
}

/* --- who signs ---------------------------------------------------------------------------------------------------- */

enum err register_signer(struct cx *cx, const struct office *office, uint32_t role, const char **ret)
{
    struct reach_who who = {.staff_id = NULL};
    struct staff s = {.name = ""};
    const char *post = role == ROLE_OFFICE_HEAD ? arena_printf(cx->arena, "Kepala %s", office->name)
                                                : "Kepala Seksi Intelijen";
    enum err e = reach_of_post(cx, cx->actor.office_id, role, &who);
    if (e == ERR_OK)
        e = staff_get(cx->read, cx->actor.office_id, who.staff_id, &s);
    if (e == ERR_MISSING) {
        *ret = post;
        return ERR_OK;
    }
    if (e != ERR_OK)
        return e;
    const char *acting = str_eq(who.why, "plt") ? "Plt. " : str_eq(who.why, "plh") ? "Plh. " : "";
    struct buf text = buf_new(cx->arena, 256, 64 * 1024);
    buf_puts(&text, arena_printf(cx->arena, "%s%s\n%s", acting, post, s.name));
    register_add_text(&text, NULL, s.rank);
    register_add_text(&text, "NIP", s.nip);
    *ret = text.p;
    return ERR_OK;
}

enum err register_signers(struct cx *cx, struct register_sheet *s)
{
    uint32_t keeper = str_eq(s->book.keeper, "office_head") ? ROLE_OFFICE_HEAD : ROLE_INTEL_CHIEF;
    uint32_t head = str_eq(s->book.acknowledged, "intel_chief") ? ROLE_INTEL_CHIEF
                                                                : ROLE_OFFICE_HEAD;
    TRY(register_signer(cx, &s->office, keeper, &s->closing.signer));
    if (!str_empty(s->book.acknowledged))
        return register_signer(cx, &s->office, head, &s->closing.acknowledged);
    s->closing.acknowledged = "";
    return ERR_OK;
}

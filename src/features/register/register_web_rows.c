/* From visits to the lines of R.IN.21: every column as one text. */
#include <string.h>

#include "features/register/register_web.h"
#include "features/reach/reach.h"
#include "features/staff/staff.h"
#include "features/visit/visit.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
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

/* --- cells ---------------------------------------------------------------------------------------------------- */

/* What a cell is made from. */
struct row_source {
    struct cx *cx;
    const struct visit *visit;
    struct identity identity;
    const json_t *note; /* NULL: none */
    bool whole;
};

static const char *member(const struct row_source *r, const char *key)
{
    return str_or(json_string_value(json_object_get(r->note, key)), "");
}

static void add_line(struct buf *text, const char *label, const char *value)
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

static const char *cell_number(const struct row_source *r)
{
    return arena_printf(r->cx->arena, "%lld%s", (long long)r->visit->number,
                        str_or(r->visit->number_suffix, ""));
}

static const char *cell_officer(const struct row_source *r)
{
    if (str_eq(r->visit->late_reason, VISIT_OLD_BOOK))
        return member(r, "officer");
    return staff_name(r->cx->read, r->cx->actor.office_id, r->visit->registered_by);
}

static const char *cell_arrived(const struct row_source *r)
{
    struct arena *a = r->cx->arena;
    int offset = r->cx->offset_min;
    if (str_eq(member(r, "time"), "unknown"))
        return time_long_date(a, r->visit->arrived_at, offset, false);
    return arena_printf(a, "%s, %s %s", time_long_date(a, r->visit->arrived_at, offset, false),
                        time_hm(a, r->visit->arrived_at, offset), time_zone_letters(offset));
}

static const char *id_type_text(const char *type)
{
    static const struct {
        const char *code, *text;
    } names[] = {{"ktp", "KTP"}, {"sim", "SIM"}, {"passport", "Paspor"}};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (str_eq(names[i].code, type))
            return names[i].text;
    }
    return "Nomor identitas";
}

static const char *cell_identity(const struct row_source *r)
{
    struct arena *a = r->cx->arena;
    struct buf text = buf_new(a, 256, CELL_MAX);
    const char *number = str_or(r->identity.id_number, "");
    add_line(&text, NULL, r->visit->name);
    add_line(&text, id_type_text(r->visit->id_type),
             r->whole || !*number ? number : visit_mask_number(a, number));
    add_line(&text, "Alamat", r->whole ? r->identity.address : NULL);
    add_line(&text, "HP", r->whole ? r->identity.phone : NULL);
    if (r->visit->companion_count)
        add_line(&text, "Pendamping",
                 arena_printf(a, "%lld orang", (long long)r->visit->companion_count));
    return text.p;
}

/* The six questions when they were written down, else what the guest came for. What a complaint says is in
 * no book. */
static const char *cell_information(const struct row_source *r)
{
    static const struct {
        const char *key, *label;
    } parts[] = {{"who", "Siapa"},     {"what", "Apa"},      {"when", "Bilamana"},
                 {"where", "Di mana"}, {"how", "Bagaimana"}, {"why", "Mengapa"}};
    struct buf text = buf_new(r->cx->arena, 256, CELL_MAX);
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        add_line(&text, parts[i].label, member(r, parts[i].key));
    if (text.n == 0)
        add_line(&text, NULL, r->visit->purpose);
    return text.p ? text.p : "";
}

static const char *cell_documents(const struct row_source *r)
{
    struct buf text = buf_new(r->cx->arena, 128, CELL_MAX);
    const json_t *list = json_object_get(r->note, "documents");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *d = json_array_get(list, i);
        add_line(&text, NULL,
                 arena_printf(r->cx->arena, "%s (%lld)",
                              str_or(json_string_value(json_object_get(d, "kind")), ""),
                              (long long)json_integer_value(json_object_get(d, "count"))));
    }
    return text.p ? text.p : "";
}

static const char *cell_remarks(const struct row_source *r)
{
    struct buf text = buf_new(r->cx->arena, 128, CELL_MAX);
    const struct visit *v = r->visit;
    if (visit_state_is(v, "cancelled"))
        add_line(&text, NULL, "Dibatalkan");
    if (v->unreceived)
        add_line(&text, NULL, "Pulang sebelum diterima");
    add_line(&text, NULL, v->end_reason);
    if (str_eq(v->late_reason, VISIT_OLD_BOOK)) {
        add_line(&text, NULL, v->late_reason);
        add_line(&text, NULL, member(r, "remarks"));
    } else if (!str_empty(v->late_reason)) {
        add_line(&text, "Entri susulan", v->late_reason);
    }
    return text.p ? text.p : "";
}

static const char *cell_signature(const struct row_source *r)
{
    return member(r, "signature")[0] == 'M' ? "Ditandatangani di layar" : "";
}

static const char *cell_of(const struct row_source *r, const char *key)
{
    static const struct {
        const char *key;
        const char *(*fn)(const struct row_source *r);
    } cells[] = {{"seq_no", cell_number},           {"officer", cell_officer},
                 {"arrived", cell_arrived},         {"identity", cell_identity},
                 {"information", cell_information}, {"documents", cell_documents},
                 {"remarks", cell_remarks},         {"signature", cell_signature}};
    if (str_eq(key, "organization"))
        return str_or(r->visit->organization, "");
    for (size_t i = 0; i < ARRAY_LEN(cells); i++) {
        if (str_eq(cells[i].key, key))
            return str_or(cells[i].fn(r), "");
    }
    return "";
}

static enum err fill_line(struct cx *cx, const struct register_book *b, const struct visit *v,
                          bool whole, struct register_line *ret)
{
    struct row_source r = {.cx = cx, .visit = v, .whole = whole};
    char *note = NULL;
    TRY(visit_identity(cx, v, &r.identity));
    TRY(seal_field_open(cx->seal, cx->arena, "visit", "note_sealed", v->id, v->note_sealed, &note));
    if (note)
        r.note = json_keep(cx->arena, json_loads(note, 0, NULL));
    for (size_t i = 0; i < b->column_count; i++)
        ret->cells[i] = cell_of(&r, b->columns[i].key);
    ret->cancelled = visit_state_is(v, "cancelled");
    return ERR_OK;
}

/* --- the month -------------------------------------------------------------------------------------------------- */

static enum err fill_lines(struct cx *cx, bool whole, struct register_sheet *s)
{
    struct visit *visits = NULL;
    size_t count = 0;
    TRY(register_visits(cx->read, cx->actor.office_id, &s->month, &visits, &count));
    s->lines = ARENA_ARRAY(cx->arena, count + 1, struct register_line);
    s->line_count = count;
    for (size_t i = 0; i < count; i++)
        TRY(fill_line(cx, &s->book, &visits[i], whole, &s->lines[i]));
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
    TRY(fill_lines(cx, whole, &s));
    TRY(register_recap_of(cx->read, office, &s.month, &s.recap));
    TRY(register_changes(cx->read, office, s.book.book, &s.month, &s.changes, &s.change_count));
    enum err e = register_closing_get(cx->read, office, s.book.book, s.month.text, &s.closing);
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    s.closed = e == ERR_OK;
    *ret = s;
    return ERR_OK;
}

const char *register_change_text(struct cx *cx, const struct register_change *c)
{
    static const struct {
        const char *field, *text;
    } names[] = {{"", T("Entri susulan")},
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
        if (str_eq(names[i].field, c->field))
            return cx_t(cx, names[i].text);
    }
    return c->field;
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
    struct buf text = buf_new(cx->arena, 256, 4096);
    buf_puts(&text, arena_printf(cx->arena, "%s%s\n%s", acting, post, s.name));
    add_line(&text, NULL, s.rank);
    add_line(&text, "NIP", s.nip);
    *ret = text.p;
    return ERR_OK;
}

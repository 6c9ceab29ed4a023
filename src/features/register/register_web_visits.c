/* From visits to the lines of R.IN.21: every column as one text. */
#include <string.h>

#include "features/register/register_web.h"
#include "features/staff/staff.h"
#include "features/visit/visit.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/json/json.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

#define CELL_MAX (16u * 1024)

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
    return time_moment(a, r->visit->arrived_at, offset, false);
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
    register_add_text(&text, NULL, r->visit->name);
    register_add_text(&text, id_type_text(r->visit->id_type),
                      r->whole || !*number ? number : visit_mask_number(a, number));
    register_add_text(&text, "Alamat", r->whole ? r->identity.address : NULL);
    register_add_text(&text, "HP", r->whole ? r->identity.phone : NULL);
    if (r->visit->companion_count)
        register_add_text(&text, "Pendamping",
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
        register_add_text(&text, parts[i].label, member(r, parts[i].key));
    if (text.n == 0)
        register_add_text(&text, NULL, r->visit->purpose);
    return text.p ? text.p : "";
}

static const char *documents_of(struct cx *cx, const json_t *note)
{
    struct buf text = buf_new(cx->arena, 128, CELL_MAX);
    const json_t *list = json_object_get(note, "documents");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *d = json_array_get(list, i);
        register_add_text(&text, NULL,
                          arena_printf(cx->arena, "%s (%lld)",
                                       str_or(json_string_value(json_object_get(d, "kind")), ""),
                                       (long long)json_integer_value(json_object_get(d, "count"))));
    }
    return text.p;
}

static const char *cell_documents(const struct row_source *r)
{
    return documents_of(r->cx, r->note);
}

static const char *cell_remarks(const struct row_source *r)
{
    struct buf text = buf_new(r->cx->arena, 128, CELL_MAX);
    const struct visit *v = r->visit;
    if (visit_state_is(v, "cancelled"))
        register_add_text(&text, NULL, "Dibatalkan");
    if (v->unreceived)
        register_add_text(&text, NULL, "Pulang sebelum diterima");
    register_add_text(&text, NULL, v->end_reason);
    if (str_eq(v->late_reason, VISIT_OLD_BOOK)) {
        register_add_text(&text, NULL, v->late_reason);
        register_add_text(&text, NULL, member(r, "remarks"));
    } else if (!str_empty(v->late_reason)) {
        register_add_text(&text, "Entri susulan", v->late_reason);
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

/* The interview note; NULL: none. */
static enum err open_note(struct cx *cx, const struct visit *v, const json_t **ret)
{
    char *text = NULL;
    TRY(seal_field_open(cx->seal, cx->arena, "visit", "note_sealed", v->id, v->note_sealed, &text));
    *ret = text ? json_keep(cx->arena, json_loads(text, 0, NULL)) : NULL;
    return ERR_OK;
}

static enum err fill_line(struct cx *cx, const struct register_book *b, const struct visit *v,
                          bool whole, struct register_line *ret)
{
    struct row_source r = {.cx = cx, .visit = v, .whole = whole};
    TRY(visit_identity(cx, v, &r.identity));
    TRY(open_note(cx, v, &r.note));
    for (size_t i = 0; i < b->column_count; i++)
        ret->cells[i] = cell_of(&r, b->columns[i].key);
    ret->cancelled = visit_state_is(v, "cancelled");
    return ERR_OK;
}

enum err register_visit_lines(struct cx *cx, bool whole, struct register_sheet *s)
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

enum err register_visit_documents(struct cx *cx, const struct visit *v, const char **ret)
{
    const json_t *note = NULL;
    TRY(open_note(cx, v, &note));
    *ret = str_or(documents_of(cx, note), "");
    return ERR_OK;
}

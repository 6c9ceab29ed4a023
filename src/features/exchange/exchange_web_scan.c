/* From an uploaded book to guests: reading its file, checking every row, importing in small transactions, undoing.
 * Rows live in an arena of their own that is wiped after each chunk, so a long book takes no more memory. */
#include <string.h>

#include "features/exchange/exchange_web.h"
#include "features/office/office.h"
#include "features/visit/visit_view.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/json/json.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

#define CHUNK_BYTES ((size_t)512 << 10)

/* --- the mapping ------------------------------------------------------------------------------------------- */

const char *exchange_mapping_json(struct cx *cx, const struct exchange_mapping *m)
{
    json_t *o = json_keep(cx->arena, json_object());
    for (int f = 0; f < EX_FIELDS; f++)
        json_object_set_new_nocheck(o, exchange_targets[f].name, json_integer(m->columns[f]));
    json_object_set_new_nocheck(o, "head", json_integer(m->head));
    json_object_set_new_nocheck(o, "month_first", json_boolean(m->month_first));
    struct buf text = buf_new(cx->arena, 512, 4096);
    json_write(&text, o);
    return text.p;
}

bool exchange_mapping_read(struct cx *cx, const char *json, struct exchange_mapping *ret)
{
    const json_t *o = str_empty(json) ? NULL : json_keep(cx->arena, json_loads(json, 0, NULL));
    struct exchange_mapping m = {.head = 0};
    if (!o)
        return false;
    for (int f = 0; f < EX_FIELDS; f++)
        m.columns[f] = json_integer_value(json_object_get(o, exchange_targets[f].name));
    m.head = json_integer_value(json_object_get(o, "head"));
    m.month_first = json_is_true(json_object_get(o, "month_first"));
    *ret = m;
    return true;
}

/* --- the file ------------------------------------------------------------------------------------------------ */

enum err exchange_must_exist(struct cx *cx, const char *id, struct exchange_batch *ret)
{
    enum err e = exchange_batch_get(cx->read, cx->actor.office_id, id, ret);
    return e == ERR_MISSING
               ? cx_fail(cx, e, "import_unknown", T("Impor itu tidak ada. Pilih dari daftar."))
               : e;
}

enum err exchange_file(struct cx *cx, const char *id, struct sheet **ret)
{
    struct bytes file = {NULL, 0};
    const char *why = NULL;
    enum err e = seal_file_read(cx->seal, cx->arena, cx->data_dir, EXCHANGE_FOLDER, id, &file);
    if (e == ERR_MISSING)
        return cx_fail(cx, ERR_MISSING, "import_swept",
                       T("Berkas ini sudah dihapus setelah sehari. Unggah lagi."));
    if (e != ERR_OK)
        return e;
    e = sheet_open(cx->arena, file, ret, &why);
    return e == ERR_INVALID ? cx_fail(cx, ERR_CONFLICT, "file_unreadable", "%s", cx_t(cx, why)) : e;
}

enum err exchange_scan_open(struct cx *cx, const struct exchange_batch *b, struct exchange_scan *ret)
{
    struct exchange_scan s = {.cx = cx, .batch = *b};
    if (!exchange_mapping_read(cx, b->mapping, &s.mapping))
        return cx_fail(cx, ERR_CONFLICT, "not_mapped",
                       T("Pilih dahulu kolom berkas ini, lalu periksa."));
    s.rules = (struct exchange_rules){
        .now_ms = cx->now_ms, .offset_min = cx->offset_min, .month_first = s.mapping.month_first};
    TRY(exchange_closed_months(cx->read, cx->actor.office_id, &s.closed, &s.closed_count));
    TRY(exchange_file(cx, b->id, &s.sheet));
    *ret = s;
    return ERR_OK;
}

/* Other programs put an apostrophe before what might be taken for a formula or a number: '+62811, '0811. */
static const char *without_guard(const char *text)
{
    return text[0] == '\'' && text[1] && strchr("=+-@0123456789", text[1]) ? text + 1 : text;
}

/* False when every column that counts is empty: lines below the table, say. */
static bool pick_cells(const struct exchange_mapping *m, const struct sheet_row *row,
                       struct exchange_cell cells[EX_FIELDS])
{
    bool any = false;
    for (int f = 0; f < EX_FIELDS; f++) {
        size_t column = (size_t)m->columns[f];
        cells[f] = (struct exchange_cell){.text = ""};
        if (column == 0 || column > row->count)
            continue;
        const struct sheet_cell *c = &row->cells[column - 1];
        cells[f] = (struct exchange_cell){.text = without_guard(c->text),
                                          .days = c->number,
                                          .is_number = c->kind == SHEET_NUMBER ||
                                                       c->kind == SHEET_TIME};
        any |= f != EX_NUMBER && *c->text;
    }
    return any;
}

static void add_fault(struct exchange_verdict *v, struct exchange_fault fault)
{
    if (v->count < EXCHANGE_FAULTS_MAX)
        v->faults[v->count++] = fault;
    v->refused = true;
}

/* What only the books know: a closed month, and a guest who came with an earlier import. */
static enum err check_books(struct exchange_scan *s, struct arena *a, struct exchange_item *item)
{
    bool known = false;
    struct civil c = time_civil(item->guest.arrived_at, s->rules.offset_min);
    const char *month = arena_printf(a, "%04d-%02d", c.year, c.month);
    for (size_t i = 0; i < s->closed_count; i++) {
        if (str_eq(s->closed[i].month, month))
            add_fault(&item->verdict,
                      (struct exchange_fault){EX_ARRIVED, "month_closed",
                                              T("Buku bulan itu sudah ditutup."), false});
    }
    TRY(exchange_known(s->cx->read, s->cx->actor.office_id, s->batch.id, &item->guest, &known));
    if (known)
        add_fault(&item->verdict,
                  (struct exchange_fault){EX_NAME, "already_imported",
                                          T("Tamu ini sudah ada dari impor sebelumnya."), false});
    return ERR_OK;
}

enum err exchange_scan_next(struct exchange_scan *s, struct arena *a, struct exchange_item *ret)
{
    struct sheet_row row;
    struct exchange_cell cells[EX_FIELDS];
    struct exchange_item item = {0};
    do {
        enum err e = sheet_next(s->sheet, &row);
        if (e == ERR_INVALID)
            return cx_fail(s->cx, ERR_CONFLICT, "file_unreadable", "%s",
                           cx_t(s->cx, sheet_why(s->sheet)));
        if (e != ERR_OK)
            return e;
    } while (row.number <= s->mapping.head || !pick_cells(&s->mapping, &row, cells));
    if (++s->rows > EXCHANGE_ROWS_MAX)
        return cx_fail(s->cx, ERR_CONFLICT, "too_many_rows",
                       T("Satu impor paling banyak 20.000 baris. Bagi menjadi beberapa berkas."));
    item.row = row.number;
    exchange_read(a, cells, &s->rules, &item.guest, &item.verdict);
    if (!item.verdict.refused)
        TRY(check_books(s, a, &item));
    *ret = item;
    return ERR_OK;
}

/* --- checking --------------------------------------------------------------------------------------------------- */

static void count_item(const struct exchange_item *item, int64_t *accepted, int64_t *refused,
                       int64_t *warned)
{
    *accepted += !item->verdict.refused;
    *refused += item->verdict.refused;
    *warned += !item->verdict.refused && item->verdict.count > 0;
}

enum err exchange_check(struct cx *cx, const struct exchange_batch *b, size_t from, size_t max,
                        struct exchange_check *ret)
{
    struct exchange_check c = {.bad = ARENA_ARRAY(cx->arena, max, struct exchange_bad)};
    struct exchange_scan s;
    struct exchange_item item;
    enum err e;
    TRY(exchange_scan_open(cx, b, &s));
    struct arena *a = arena_new(CHUNK_BYTES);
    while ((e = exchange_scan_next(&s, a, &item)) == ERR_OK) {
        count_item(&item, &c.accepted, &c.refused, &c.warned);
        if (item.verdict.count && c.bad_total++ >= from && c.bad_count < max)
            c.bad[c.bad_count++] = (struct exchange_bad){item.row, item.verdict};
        arena_reset(a);
    }
    arena_free(a);
    if (e != ERR_MISSING)
        return e;
    c.note = sheet_note(s.sheet);
    *ret = c;
    return ERR_OK;
}

/* --- importing ---------------------------------------------------------------------------------------------------- */

static void put(json_t *object, const char *key, const char *value)
{
    if (!str_empty(value))
        json_object_set_new_nocheck(object, key, json_text(value));
}

static struct bytes seal_note(struct cx *cx, const char *id, const struct exchange_guest *g)
{
    json_t *note = json_keep(cx->arena, json_object());
    put(note, "officer", g->officer);
    put(note, "remarks", g->remarks);
    put(note, "time", g->time_unknown ? "unknown" : NULL);
    struct buf text = buf_new(cx->arena, 256, 16384);
    json_write(&text, note);
    return seal_field(cx->seal, cx->arena, "visit", "note_sealed", id, text.p);
}

static const char *or_null(const char *s)
{
    return str_empty(s) ? NULL : s;
}

static struct exchange_put sealed_row(struct cx *cx, const struct office *office,
                                      const struct exchange_guest *g)
{
    const char *id = cx_new_id(cx);
    struct exchange_put p = {.visit = {.id = id,
                                       .arrived_at = g->arrived_at,
                                       .due_at = g->arrived_at + office->limit_s * 1000,
                                       .name = g->name,
                                       .id_type = g->id_type,
                                       .organization = g->organization,
                                       .purpose = g->purpose}};
    const struct identity i = {.id_number = or_null(g->id_number),
                               .phone = or_null(g->phone),
                               .address = or_null(g->address)};
    p.visit.year = time_civil(g->arrived_at, cx->offset_min).year;
    p.visit.visitor_kind = !str_empty(g->organization) ? "organization" : "individual";
    p.visit.note_sealed = seal_note(cx, id, g);
    p.visit.identity_sealed = identity_seal(cx, "visit", id, &i);
    if (!i.id_number) { /* equals nobody's document */
        p.visit.id_index = identity_index(cx, "import", id);
        return p;
    }
    p.visit.id_index = identity_index(cx, g->id_type, i.id_number);
    p.visitor_id = cx_new_id(cx);
    p.visitor_identity = identity_seal(cx, "visitor", p.visitor_id, &i);
    return p;
}

/* One chunk of the file, read, sealed and stored; *ret_last: it was the last. */
static enum err run_chunk(struct cx *cx, struct exchange_scan *s, const struct office *office,
                          struct exchange_change *c)
{
    struct exchange_item item = {0};
    enum err e = ERR_OK;
    c->rows = ARENA_ARRAY(cx->arena, EXCHANGE_CHUNK, struct exchange_put);
    c->count = 0;
    c->accepted = c->refused = c->warned = 0;
    c->row_from = c->batch.row_next;
    while (c->count < EXCHANGE_CHUNK && (e = exchange_scan_next(s, cx->arena, &item)) == ERR_OK) {
        if (item.row <= c->row_from) /* done before */
            continue;
        c->batch.row_next = item.row;
        count_item(&item, &c->accepted, &c->refused, &c->warned);
        if (!item.verdict.refused)
            c->rows[c->count++] = sealed_row(cx, office, &item.guest);
    }
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    c->last = e == ERR_MISSING;
    e = db_tx_low(cx, "import_rows", exchange_tx_rows, c);
    return e != ERR_OK && e == c->refusal.err ? cx_refuse(cx, &c->refusal) : e;
}

static void use_arena(struct cx *cx, struct arena *a)
{
    cx->arena = a;
    db_conn_use_arena(cx->read, a);
}

static enum err run_chunks(struct cx *cx, struct exchange_scan *s, const struct office *office,
                           struct exchange_change *c)
{
    struct arena *outer = cx->arena, *own = arena_new(CHUNK_BYTES);
    enum err e = ERR_OK;
    use_arena(cx, own);
    for (c->last = false; e == ERR_OK && !c->last; arena_reset(own)) {
        e = run_chunk(cx, s, office, c);
        if (e != ERR_OK) /* the sentence must outlive the chunk */
            cx->diag.message = arena_strdup(outer, cx->diag.message);
    }
    use_arena(cx, outer);
    arena_free(own);
    return e;
}

enum err exchange_run(struct cx *cx, const char *id)
{
    struct exchange_change c = {.act = visit_act_of(cx), .offset_min = cx->offset_min};
    struct exchange_batch b = {.id = NULL};
    struct exchange_scan s = {.cx = cx};
    struct office office;
    TRY(exchange_must_exist(cx, id, &b));
    struct refusal refusal = exchange_may_run(&b);
    if (refusal.err != ERR_OK)
        return cx_refuse(cx, &refusal);
    TRY(exchange_scan_open(cx, &b, &s));
    TRY(office_get(cx->read, cx->actor.office_id, &office));
    c.batch.id = id;
    c.closed_count = s.closed_count;
    enum err e = db_tx(cx, "import_begin", exchange_tx_begin, &c);
    if (e != ERR_OK)
        return e == c.refusal.err ? cx_refuse(cx, &c.refusal) : e;
    return run_chunks(cx, &s, &office, &c);
}

enum err exchange_undo(struct cx *cx, const char *id)
{
    struct exchange_batch b = {.id = NULL};
    TRY(exchange_must_exist(cx, id, &b));
    struct exchange_change c = {
        .act = visit_act_of(cx), .batch.id = id, .offset_min = cx->offset_min};
    while (!c.finished) {
        enum err e = db_tx_low(cx, "import_undo", exchange_tx_undo, &c);
        if (e != ERR_OK)
            return e == c.refusal.err ? cx_refuse(cx, &c.refusal) : e;
    }
    return ERR_OK;
}

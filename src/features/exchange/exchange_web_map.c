/* /impor/{id} of a file that waits: its first rows, and which column is what. */
#include <string.h>

#include "exchange_tmpl.h"
#include "features/exchange/exchange_page.h"
#include "features/exchange/exchange_web.h"
#include "features/portal/portal.h"
#include "lib/base/str.h"
#include "lib/base/utf8.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

#define HEAD_ROWS  20
#define CELL_SHOWN 80

struct mapping_in {
    int64_t columns[EX_FIELDS];
    int64_t head;
    const char *order;
};
static const char *const orders[] = {"dmy", "mdy", NULL};
/* clang-format off */
#define COLUMN_OF(f, name_, label_) {.name = name_, .type = FIELD_INT, .offset = offsetof(struct mapping_in, columns) + (f) * sizeof(int64_t), .min = 0, .max = SHEET_COLUMNS_MAX, .label = label_}
static const struct field mapping_fields[] = {
    COLUMN_OF(EX_NAME, "name", T("Nama tamu")),
    COLUMN_OF(EX_ARRIVED, "arrived", T("Tanggal (dan jam) datang")),
    COLUMN_OF(EX_TIME, "time", T("Jam datang")),
    COLUMN_OF(EX_ID_TYPE, "id_type", T("Jenis identitas")),
    COLUMN_OF(EX_ID_NUMBER, "id_number", T("Nomor identitas")),
    COLUMN_OF(EX_PHONE, "phone", T("Nomor HP")),
    COLUMN_OF(EX_ADDRESS, "address", T("Alamat")),
    COLUMN_OF(EX_ORGANIZATION, "organization", T("Instansi")),
    COLUMN_OF(EX_PURPOSE, "purpose", T("Maksud dan tujuan")),
    COLUMN_OF(EX_OFFICER, "officer", T("Petugas penerima")),
    COLUMN_OF(EX_REMARKS, "remarks", T("Keterangan")),
    COLUMN_OF(EX_NUMBER, "number", T("Nomor di buku lama")),
    {.name = "head", .type = FIELD_INT, .offset = offsetof(struct mapping_in, head), .min = 0, .max = 1000, .label = T("Baris judul kolom")},
    {.name = "order", .type = FIELD_CODE, .offset = offsetof(struct mapping_in, order), .choices = orders, .label = T("Urutan tanggal")},
};
#undef COLUMN_OF
/* clang-format on */
const struct form exchange_mapping_form = FORM("ImportMapping", struct mapping_in, mapping_fields);

/* --- columns -------------------------------------------------------------------------------------------------- */

/* The first rows of the file, copied out of the reader. */
struct look {
    struct exchange_look_row rows[HEAD_ROWS];
    int64_t numbers[HEAD_ROWS];
    size_t count, columns;
    const char *note;
};

static enum err read_look(struct cx *cx, const char *id, struct look *ret)
{
    struct look *l = ret;
    struct sheet *sheet = NULL;
    struct sheet_row row;
    TRY(exchange_file(cx, id, &sheet));
    while (l->count < HEAD_ROWS && sheet_next(sheet, &row) == ERR_OK) {
        const char **cells = ARENA_ARRAY(cx->arena, SHEET_COLUMNS_MAX, const char *);
        for (size_t i = 0; i < SHEET_COLUMNS_MAX; i++)
            cells[i] = i < row.count ? exchange_clean(cx->arena, row.cells[i].text) : "";
        l->numbers[l->count] = row.number;
        l->rows[l->count++] = (struct exchange_look_row){
            .number = arena_printf(cx->arena, "%lld", (long long)row.number), .cells = cells};
        l->columns = row.count > l->columns ? row.count : l->columns;
    }
    l->note = sheet_note(sheet);
    return ERR_OK;
}

/* The row that names most columns. */
static size_t guess_row(struct cx *cx, const struct look *l, struct exchange_mapping *ret)
{
    size_t best = 0, found = 0;
    for (size_t i = 0; i < l->count; i++) {
        struct exchange_mapping m = {.head = l->numbers[i]};
        size_t hits = 0;
        for (size_t k = 0; k < l->columns; k++) {
            enum exchange_field f = exchange_guess(cx->arena, l->rows[i].cells[k]);
            if (f == EX_FIELDS || m.columns[f])
                continue;
            m.columns[f] = (int64_t)k + 1;
            hits++;
        }
        if (hits > found) {
            found = hits;
            best = i;
            *ret = m;
        }
    }
    return best;
}

static struct bytes head_index(struct cx *cx, const struct look *l, size_t row)
{
    struct buf text = buf_new(cx->arena, 512, 65536);
    for (size_t i = 0; l->count && i < l->columns; i++) {
        buf_puts(&text, str_lower(cx->arena, l->rows[row].cells[i]));
        buf_putc(&text, '\n');
    }
    return seal_index(cx->seal, cx->arena, "import", text.p);
}

static size_t row_numbered(const struct look *l, int64_t number)
{
    for (size_t i = 0; i < l->count; i++) {
        if (l->numbers[i] == number)
            return i;
    }
    return 0;
}

/* What was chosen for this file, else for the last one with the same heads, else what the heads say. */
static enum err proposed(struct cx *cx, const struct exchange_batch *b, const struct look *l,
                         struct exchange_mapping *ret)
{
    struct exchange_mapping guessed = {.head = 0};
    const char *before = NULL;
    if (exchange_mapping_read(cx, b->mapping, ret))
        return ERR_OK;
    size_t row = guess_row(cx, l, &guessed);
    enum err e = exchange_mapping_of(cx->read, cx->actor.office_id, head_index(cx, l, row), &before);
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    *ret = guessed;
    if (e == ERR_OK && exchange_mapping_read(cx, before, ret))
        ret->head = guessed.head;
    return ERR_OK;
}

static const char *letter_of(struct cx *cx, size_t column)
{
    return column < 26 ? arena_printf(cx->arena, "%c", (char)('A' + column))
                       : arena_printf(cx->arena, "%c%c", (char)('A' + column / 26 - 1),
                                      (char)('A' + column % 26));
}

static const struct option *column_options(struct cx *cx, const struct look *l, size_t head)
{
    struct option *o = ARENA_ARRAY(cx->arena, l->columns + 2, struct option);
    o[0] = (struct option){"0", T("Tidak ada")};
    for (size_t i = 0; i < l->columns; i++) {
        const char *text = l->count ? utf8_cut(cx->arena, l->rows[head].cells[i], 40) : "";
        o[i + 1] = (struct option){
            arena_printf(cx->arena, "%zu", i + 1),
            arena_printf(cx->arena, "%s%s%s", letter_of(cx, i), *text ? " · " : "", text)};
    }
    return o;
}

/* As typed in the refused form, else as proposed. */
static const char *shown(struct cx *cx, const struct http_req *req, const char *name, int64_t value)
{
    const char *typed = req->method == HTTP_POST ? form_typed(cx, req, name) : "";
    return str_empty(typed) ? arena_printf(cx->arena, "%lld", (long long)value) : typed;
}

static void fill_inputs(struct cx *cx, const struct http_req *req, const struct look *l,
                        const struct exchange_mapping *m, struct exchange_map_view *v)
{
    static const struct option order_options[] = {
        {"dmy", T("Hari dulu (31/12/2024)")}, {"mdy", T("Bulan dulu (12/31/2024)")}, {NULL, NULL}};
    const struct option *columns = column_options(cx, l, row_numbered(l, m->head));
    for (int f = 0; f < EX_FIELDS; f++)
        v->fields[f] = (struct input){
            .name = exchange_targets[f].name,
            .label = exchange_targets[f].label,
            .value = shown(cx, req, exchange_targets[f].name, m->columns[f]),
            .options = columns,
            .required = exchange_targets[f].required};
    v->head = (struct input){.name = "head",
                             .label = T("Baris judul kolom"),
                             .hint = T("0 bila berkas tidak punya judul"),
                             .value = shown(cx, req, "head", m->head),
                             .css = "num",
                             .inputmode = "numeric",
                             .max = 4};
    const char *typed = req->method == HTTP_POST ? form_typed(cx, req, "order") : "";
    v->order = (struct input){.name = "order",
                              .label = T("Urutan tanggal"),
                              .value = str_or(typed, m->month_first ? "mdy" : "dmy"),
                              .options = order_options};
}

static void map_body(struct html *h, void *arg)
{
    exchange_map_page(h, arg);
}

enum err exchange_map_view_page(struct cx *cx, struct http_req *req, struct http_res *res,
                                const struct exchange_batch *b)
{
    struct exchange_map_view *v = ARENA_NEW(cx->arena, struct exchange_map_view);
    struct look *l = ARENA_NEW(cx->arena, struct look);
    struct exchange_mapping m;
    TRY(read_look(cx, b->id, l));
    TRY(proposed(cx, b, l, &m));
    fill_inputs(cx, req, l, &m, v);
    const char **letters = ARENA_ARRAY(cx->arena, l->columns + 1, const char *);
    for (size_t i = 0; i < l->columns; i++)
        letters[i] = letter_of(cx, i);
    v->path = exchange_path(cx, b->id);
    v->check_path = *b->mapping ? arena_printf(cx->arena, "%s/periksa", v->path) : NULL;
    v->note = l->note;
    v->letters = letters;
    v->column_count = l->columns;
    v->rows = l->rows;
    v->row_count = l->count < EXCHANGE_LOOK_ROWS ? l->count : EXCHANGE_LOOK_ROWS;
    for (size_t i = 0; i < v->row_count; i++) {
        const char **cells = ARENA_ARRAY(cx->arena, l->columns + 1, const char *);
        for (size_t k = 0; k < l->columns; k++)
            cells[k] = utf8_cut(cx->arena, l->rows[i].cells[k], CELL_SHOWN);
        v->rows[i].cells = cells;
    }
    const struct page_view page = {
        .title = T("Pilih kolom"), .current = "/impor", .body = map_body, .arg = v};
    return page_render(cx, req, res, &page);
}

static enum err take_mapping(struct cx *cx, struct http_req *req, struct exchange_change *c)
{
    struct mapping_in in;
    struct exchange_mapping m = {.head = 0};
    struct look *l = ARENA_NEW(cx->arena, struct look);
    TRY(form_parse(cx, req, &exchange_mapping_form, &in));
    for (int f = 0; f < EX_FIELDS; f++) {
        m.columns[f] = in.columns[f];
        if (exchange_targets[f].required && !m.columns[f])
            cx_field(cx, exchange_targets[f].name, "missing", T("Pilih kolom untuk isian ini."));
    }
    TRY(cx_fields(cx));
    m.head = in.head;
    m.month_first = str_eq(in.order, "mdy");
    TRY(read_look(cx, c->batch.id, l));
    c->batch.mapping = exchange_mapping_json(cx, &m);
    c->batch.head_index = head_index(cx, l, row_numbered(l, m.head));
    enum err e = db_tx(cx, "import_mapping", exchange_tx_mapping, c);
    return e != ERR_OK && e == c->refusal.err ? cx_refuse(cx, &c->refusal) : e;
}

enum err exchange_mapping_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct exchange_batch b = {.id = NULL};
    struct exchange_change c = {.act = visit_act_of(cx)};
    TRY(exchange_must_exist(cx, http_param(req, "id"), &b));
    c.batch.id = b.id;
    enum err e = take_mapping(cx, req, &c);
    if (e == ERR_INVALID && req->wants == WANTS_PAGE && str_eq(b.state, "uploaded")) {
        res->status = http_status(e);
        return exchange_map_view_page(cx, req, res, &b);
    }
    if (e != ERR_OK)
        return e;
    return req->wants == WANTS_JSON
               ? http_res_json(cx, res, 200, exchange_batch_json(cx, &b))
               : http_res_redirect(cx, res,
                                   arena_printf(cx->arena, "%s/periksa", exchange_path(cx, b.id)));
}

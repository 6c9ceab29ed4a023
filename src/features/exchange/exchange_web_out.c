/* /ekspor-kunjungan: visits in the 13 fields of the national application (domain.md 1.1), as JSON or .xlsx. What a
 * complaint was about leaves the house in no field; the administrator's numbers are masked. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "exchange_tmpl.h"
#include "features/audit/audit.h"
#include "features/exchange/exchange_page.h"
#include "features/exchange/exchange_web.h"
#include "features/office/office.h"
#include "features/portal/portal.h"
#include "features/staff/staff.h"
#include "features/visit/visit_view.h"
#include "lib/base/phone.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/json/json.h"
#include "lib/xlsx/xlsx.h"
#include "lib/base/banned.h"

#define DAY_MS      (24LL * 3600 * 1000)
#define DAYS_MAX    366
#define CHUNK_BYTES ((size_t)512 << 10)

enum out_field {
    OUT_NAMA,
    OUT_DETAIL,
    OUT_HP,
    OUT_EMAIL,
    OUT_ALAMAT,
    OUT_IDENTITAS,
    OUT_TAMU,
    OUT_PELAYANAN,
    OUT_PEJABAT,
    OUT_JABATAN,
    OUT_SATKER,
    OUT_TANGGAL,
    OUT_PHOTO,
    OUT_FIELDS
};

/* The keys are those of the application. */
static const struct xlsx_column out_columns[OUT_FIELDS] = {
    {"nama", 28, XLSX_TEXT},         {"detail", 40, XLSX_WRAP},
    {"no_hp", 18, XLSX_TEXT},        {"email", 26, XLSX_TEXT},
    {"alamat", 36, XLSX_WRAP},       {"no_identitas", 20, XLSX_TEXT},
    {"tipe_tamu", 14, XLSX_TEXT},    {"tipe_pelayanan", 20, XLSX_TEXT},
    {"nama_pejabat", 28, XLSX_TEXT}, {"jabatan", 28, XLSX_TEXT},
    {"satker", 30, XLSX_TEXT},       {"tanggal_kunjungan", 20, XLSX_TEXT},
    {"photo", 8, XLSX_TEXT},
};

struct out {
    struct cx *cx;
    struct office office;
    int64_t range[2];
    bool masked;
    /* one of them */
    struct xlsx *book;
    int fd;
    int64_t rows, bytes;
};

/* --- one visit --------------------------------------------------------------------------------------------- */

static const char *email_mask(struct arena *a, const char *email)
{
    const char *at = strchr(email, '@');
    return at ? arena_printf(a, "%.1s•••%s", email, at) : "•••";
}

static void fill_person(const struct out *o, const struct identity *i, const char *cells[OUT_FIELDS])
{
    struct arena *a = o->cx->arena;
    bool masked = o->masked;
    cells[OUT_HP] = str_empty(i->phone) ? "" : masked ? phone_mask(a, i->phone) : i->phone;
    cells[OUT_EMAIL] = str_empty(i->email) ? "" : masked ? email_mask(a, i->email) : i->email;
    cells[OUT_ALAMAT] = str_empty(i->address) ? "" : masked ? "•••" : i->address;
    cells[OUT_IDENTITAS] = str_empty(i->id_number) ? ""
                           : masked                ? visit_mask_number(a, i->id_number)
                                                   : i->id_number;
}

/* Who received the guest, else who was asked for. */
static enum err fill_official(const struct out *o, const struct visit *v,
                              const char *cells[OUT_FIELDS])
{
    const char *id = !str_empty(v->receiver_id)   ? v->receiver_id
                     : !str_empty(v->received_by) ? v->received_by
                                                  : v->host_id;
    struct staff s = {.name = "", .title = ""};
    cells[OUT_PEJABAT] = cells[OUT_JABATAN] = "";
    if (str_empty(id))
        return ERR_OK;
    enum err e = staff_get(o->cx->read, o->cx->actor.office_id, id, &s);
    if (e != ERR_OK)
        return e == ERR_MISSING ? ERR_OK : e;
    cells[OUT_PEJABAT] = s.name;
    cells[OUT_JABATAN] = str_or(s.title, "");
    return ERR_OK;
}

static enum err fill_cells(const struct out *o, const struct visit *v, const char *cells[OUT_FIELDS])
{
    struct cx *cx = o->cx;
    struct identity i = {.id_number = NULL};
    TRY(visit_identity(cx, v, &i));
    TRY(fill_official(o, v, cells));
    fill_person(o, &i, cells);
    bool complaint = str_eq(v->category, "complaint");
    struct civil c = time_civil(v->arrived_at, cx->offset_min);
    cells[OUT_NAMA] = v->name;
    cells[OUT_DETAIL] = complaint ? "Pengaduan" : v->purpose;
    cells[OUT_TAMU] = str_eq(v->visitor_kind, "organization") ? "Organisasi" : "Perorangan";
    cells[OUT_PELAYANAN] = visit_category_label(v->category);
    cells[OUT_SATKER] = o->office.name;
    cells[OUT_TANGGAL] = arena_printf(cx->arena, "%04d-%02d-%02d %02d:%02d:%02d", c.year, c.month,
                                      c.day, c.hour, c.minute, c.second);
    cells[OUT_PHOTO] = "";
    return ERR_OK;
}

/* --- writing ------------------------------------------------------------------------------------------------- */

static enum err write_all(struct out *o, const char *p, size_t n)
{
    while (n) {
        ssize_t k = write(o->fd, p, n);
        if (k <= 0)
            return ERR_INTERNAL;
        p += k;
        n -= (size_t)k;
        o->bytes += k;
    }
    return ERR_OK;
}

static enum err write_json(struct out *o, const char *const cells[OUT_FIELDS])
{
    json_t *row = json_keep(o->cx->arena, json_object());
    struct buf text = buf_new(o->cx->arena, 1024, 64 * 1024);
    for (int f = 0; f < OUT_FIELDS; f++)
        json_object_set_new_nocheck(row, out_columns[f].label, json_text(cells[f]));
    buf_puts(&text, o->rows ? ",\n" : "[\n");
    json_write(&text, row);
    return write_all(o, text.p, text.n);
}

static enum err write_row(struct out *o, const char *const cells[OUT_FIELDS])
{
    struct xlsx_cell row[OUT_FIELDS];
    if (!o->book)
        return write_json(o, cells);
    for (int f = 0; f < OUT_FIELDS; f++)
        row[f] = (struct xlsx_cell){.text = cells[f]};
    return xlsx_row(o->book, row);
}

/* 200 visits at a time, in an arena that is wiped after each time. */
static enum err write_chunk(struct out *o, char last_id[UUID_TEXT_BYTES], int64_t *last_ms,
                            bool *ret_more)
{
    const struct visit after = {.id = last_id, .arrived_at = *last_ms};
    struct visit *visits = NULL;
    size_t count = 0;
    TRY(exchange_visits(o->cx->read, o->cx->actor.office_id, o->range, &after, &visits, &count));
    for (size_t i = 0; i < count; i++) {
        const char *cells[OUT_FIELDS];
        TRY(fill_cells(o, &visits[i], cells));
        TRY(write_row(o, cells));
        o->rows++;
    }
    *ret_more = count > 0 && o->rows <= EXCHANGE_EXPORT_MAX;
    if (count) {
        *last_ms = visits[count - 1].arrived_at;
        (void)memcpy(last_id, visits[count - 1].id, UUID_TEXT_BYTES);
    }
    return ERR_OK;
}

static enum err write_visits(struct out *o)
{
    struct cx *cx = o->cx;
    struct arena *outer = cx->arena, *own = arena_new(CHUNK_BYTES);
    char last_id[UUID_TEXT_BYTES] = "";
    int64_t last_ms = INT64_MIN;
    enum err e = ERR_OK;
    cx->arena = own;
    db_conn_use_arena(cx->read, own);
    for (bool more = true; e == ERR_OK && more; arena_reset(own))
        e = write_chunk(o, last_id, &last_ms, &more);
    cx->arena = outer;
    db_conn_use_arena(cx->read, outer);
    arena_free(own);
    return e;
}

static enum err send_json(struct out *o, struct http_res *res, const char *name)
{
    o->fd = memfd_create("visits", MFD_CLOEXEC);
    if (o->fd < 0)
        return ERR_BUSY;
    enum err e = write_visits(o);
    if (e == ERR_OK)
        e = o->rows ? write_all(o, "\n]\n", 3) : write_all(o, "[]\n", 3);
    if (e != ERR_OK || lseek(o->fd, 0, SEEK_SET) < 0) {
        (void)close(o->fd);
        return e == ERR_OK ? ERR_INTERNAL : e;
    }
    res->content_type = "application/json";
    http_res_attachment(o->cx, res, name);
    http_res_file(res, o->fd, (uint64_t)o->bytes);
    return ERR_OK;
}

static enum err send_xlsx(struct out *o, struct http_res *res, const char *name)
{
    struct cx *cx = o->cx;
    const struct xlsx_sheet sheet = {.name = "Kunjungan",
                                     .columns = out_columns,
                                     .column_count = OUT_FIELDS,
                                     .landscape = true,
                                     .offset_min = cx->offset_min};
    TRY(workbook_begin(cx, &o->book));
    enum err e = xlsx_sheet_begin(o->book, &sheet);
    if (e == ERR_OK)
        e = write_visits(o);
    return workbook_send(cx, res, o->book, e, name);
}

/* --- the page, the file ------------------------------------------------------------------------------------------- */

static bool day_ms(struct cx *cx, const char *text, int64_t *ret)
{
    struct civil c = {0};
    if (!time_parse_date(str_or(text, ""), &c.year, &c.month, &c.day))
        return false;
    *ret = time_from_civil(c, cx->offset_min);
    return true;
}

static enum err read_range(struct cx *cx, const struct http_req *req, int64_t range[2])
{
    int64_t from = 0, until = 0;
    bool given = day_ms(cx, http_query(req, "dari"), &from);
    if (!given)
        cx_field(cx, "dari", "date", T("Pilih tanggal pertama."));
    if (!day_ms(cx, http_query(req, "sampai"), &until))
        cx_field(cx, "sampai", "date", T("Pilih tanggal terakhir."));
    else if (given && until < from)
        cx_field(cx, "sampai", "before", T("Tanggal terakhir harus sesudah tanggal pertama."));
    else if (given && until - from >= DAYS_MAX * DAY_MS)
        cx_field(cx, "sampai", "too_long",
                 T("Paling lama setahun sekali ekspor. Persempit tanggalnya."));
    range[0] = from;
    range[1] = until + DAY_MS;
    return cx_fields(cx);
}

static enum err check_size(struct cx *cx, const int64_t range[2])
{
    int64_t count = 0;
    TRY(exchange_visit_count(cx->read, cx->actor.office_id, range, &count));
    if (count <= EXCHANGE_EXPORT_MAX)
        return ERR_OK;
    cx_field(cx, "sampai", "too_many",
             T("Ada %lld kunjungan; sekali ekspor paling banyak 20.000. Persempit tanggalnya."),
             (long long)count);
    return cx_fields(cx);
}

static void out_body(struct html *h, void *arg)
{
    exchange_out_page(h, arg);
}

static enum err out_page(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    struct exchange_out_view *v = ARENA_NEW(cx->arena, struct exchange_out_view);
    const char *today = time_day_text(cx->arena, cx->now_ms, cx->offset_min);
    v->from = str_or(http_query(req, "dari"), arena_printf(cx->arena, "%.8s01", today));
    v->until = str_or(http_query(req, "sampai"), today);
    v->masked = !(cx->actor.roles & ROLE_LEADERS);
    v->cap = cx_t(cx, T("Paling banyak 20.000 kunjungan dan setahun sekali ekspor."));
    res->status = e == ERR_OK ? 200 : http_status(e);
    const struct page_view page = {
        .title = T("Ekspor kunjungan"), .current = "/ekspor-kunjungan", .body = out_body, .arg = v};
    return page_render(cx, req, res, &page);
}

enum err exchange_out_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return out_page(cx, req, res, ERR_OK);
}

enum err exchange_out_file_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct out *o = ARENA_NEW(cx->arena, struct out);
    bool json = str_eq(http_query(req, "bentuk"), "json");
    enum err e = read_range(cx, req, o->range);
    if (e == ERR_OK)
        e = check_size(cx, o->range);
    if (e == ERR_INVALID && req->wants == WANTS_PAGE)
        return out_page(cx, req, res, e);
    if (e != ERR_OK)
        return e;
    o->cx = cx;
    o->fd = -1;
    o->masked = !(cx->actor.roles & ROLE_LEADERS);
    TRY(office_get(cx->read, cx->actor.office_id, &o->office));
    const char *from = time_day_text(cx->arena, o->range[0], cx->offset_min);
    const char *until = time_day_text(cx->arena, o->range[1] - DAY_MS, cx->offset_min);
    TRY(audit_note(cx, "visits_exported", "office", "",
                   arena_printf(cx->arena, "from=%s until=%s kind=%s masked=%d", from, until,
                                json ? "json" : "xlsx", o->masked)));
    const char *name = arena_printf(cx->arena, "kunjungan %s %s.%s", from, until,
                                    json ? "json" : "xlsx");
    return json ? send_json(o, res, name) : send_xlsx(o, res, name);
}

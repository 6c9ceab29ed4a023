/* The list of guests as a workbook: the rows that GET /tamu would show for the same date, state and search, with
 * masked numbers. At most VISIT_BOOK_MAX rows, and it says so when there are more. */
#include <string.h>

#include "features/audit/audit.h"
#include "features/portal/portal.h"
#include "features/staff/staff.h"
#include "features/visit/visit_store.h"
#include "features/visit/visit_view.h"
#include "lib/base/phone.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/xlsx/xlsx.h"
#include "lib/base/banned.h"

#define VISIT_BOOK_MAX 5000
#define PAGE_ROWS      200

enum book_column {
    BOOK_NUMBER,
    BOOK_ARRIVED,
    BOOK_NAME,
    BOOK_DOCUMENT,
    BOOK_PHONE,
    BOOK_ORGANIZATION,
    BOOK_CATEGORY,
    BOOK_PURPOSE,
    BOOK_STATE,
    BOOK_BADGE,
    BOOK_RECEIVED,
    BOOK_RECEIVER,
    BOOK_CLOSED,
    BOOK_COLUMNS
};
static const struct xlsx_column columns[BOOK_COLUMNS] = {
    {"Nomor", 10, XLSX_TEXT},    {"Datang", 17, XLSX_TIME},
    {"Nama", 28, XLSX_TEXT},     {"Identitas", 26, XLSX_TEXT},
    {"Nomor HP", 16, XLSX_TEXT}, {"Instansi", 26, XLSX_TEXT},
    {"Jenis", 18, XLSX_TEXT},    {"Maksud dan tujuan", 40, XLSX_WRAP},
    {"Keadaan", 18, XLSX_TEXT},  {"Tanda pengenal", 12, XLSX_TEXT},
    {"Diterima", 17, XLSX_TIME}, {"Diterima oleh", 26, XLSX_TEXT},
    {"Selesai", 17, XLSX_TIME},
};

static enum err put_row(struct cx *cx, struct xlsx *x, const struct visit *v)
{
    struct arena *a = cx->arena;
    struct identity i = {.id_number = NULL};
    struct xlsx_cell c[BOOK_COLUMNS] = {{NULL, 0}};
    TRY(visit_identity(cx, v, &i));
    c[BOOK_NUMBER].text = visit_number_text(a, v);
    c[BOOK_ARRIVED].number = v->arrived_at;
    c[BOOK_NAME].text = v->name;
    if (!str_empty(i.id_number))
        c[BOOK_DOCUMENT].text = arena_printf(a, "%s %s", cx_t(cx, visit_id_type_label(v->id_type)),
                                             visit_mask_number(a, i.id_number));
    c[BOOK_PHONE].text = str_empty(i.phone) ? NULL : phone_mask(a, i.phone);
    c[BOOK_ORGANIZATION].text = v->organization;
    c[BOOK_CATEGORY].text = cx_t(cx, visit_category_label(v->category));
    c[BOOK_PURPOSE].text = v->purpose;
    c[BOOK_STATE].text = cx_t(cx, visit_state_label(v->state));
    c[BOOK_BADGE].text = v->badge;
    c[BOOK_RECEIVED].number = v->received_at;
    c[BOOK_RECEIVER].text = v->received_at
                                ? staff_name(cx->read, cx->actor.office_id, v->receiver_id)
                                : NULL;
    c[BOOK_CLOSED].number = v->closed_at;
    return xlsx_row(x, c);
}

/* Page after page, as people would turn them. */
static enum err put_rows(struct cx *cx, struct xlsx *x, struct visit_query q, size_t *ret_count)
{
    size_t done = 0, count = PAGE_ROWS;
    q.limit = PAGE_ROWS;
    q.before_ms = INT64_MAX;
    q.before_id = "";
    while (count == PAGE_ROWS && done < VISIT_BOOK_MAX) {
        struct visit *visits = NULL;
        TRY(visit_page_list(cx->read, &q, &visits, &count));
        for (size_t i = 0; i < count; i++)
            TRY(put_row(cx, x, &visits[i]));
        done += count;
        if (count == 0)
            break;
        q.before_ms = visits[count - 1].arrived_at;
        q.before_id = visits[count - 1].id;
    }
    if (count == PAGE_ROWS && done >= VISIT_BOOK_MAX) {
        struct xlsx_cell last[BOOK_COLUMNS] = {
            {.text = cx_t(cx, T("Hanya 5.000 baris pertama. Persempit daftarnya untuk sisanya."))}};
        for (size_t i = 1; i < BOOK_COLUMNS; i++)
            last[i].text = "";
        TRY(xlsx_row_strong(x, last));
    }
    *ret_count = done;
    return ERR_OK;
}

static enum err make_book(struct cx *cx, struct xlsx *x, const struct visit_query *q,
                          size_t *ret_count)
{
    const char *const lines[] = {
        time_long_date(cx->arena, q->from_ms, cx->offset_min, cx->lang == LANG_EN), NULL};
    const struct xlsx_sheet sheet = {.name = cx_t(cx, T("Daftar tamu")),
                                     .title = cx_t(cx, T("Daftar tamu")),
                                     .lines = lines,
                                     .columns = columns,
                                     .column_count = BOOK_COLUMNS,
                                     .landscape = true,
                                     .offset_min = cx->offset_min};
    TRY(xlsx_sheet_begin(x, &sheet));
    return put_rows(cx, x, *q, ret_count);
}

enum err visit_book_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct visit_query q;
    struct xlsx *x = NULL;
    size_t count = 0;
    TRY(visit_read_query(cx, req, &q));
    const char *day = time_day_text(cx->arena, q.from_ms, cx->offset_min);
    TRY(workbook_begin(cx, &x));
    enum err e = make_book(cx, x, &q, &count);
    if (e == ERR_OK)
        e = audit_note(cx, "visit_list_exported", "visit", "",
                       arena_printf(cx->arena, "day=%s rows=%zu filtered=%d", day, count,
                                    q.name_pattern || q.state));
    return workbook_send(cx, res, x, e, arena_printf(cx->arena, "tamu %s.xlsx", day));
}

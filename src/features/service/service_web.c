/* Routes of complaints about the service and of information requests, and what their pages share. */
#include "features/service/service_web.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/banned.h"

#define GUEST (ROUTE_PUBLIC | ROUTE_NO_TOKEN | ROUTE_UNLOGGED | ROUTE_NO_KEEPALIVE_SESSION)

const struct option service_category_options[] = {{"complaint", T("Pengaduan")},
                                                  {"information", T("Permintaan informasi")},
                                                  {"aspiration", T("Aspirasi")},
                                                  {NULL, NULL}};
const struct option service_reader_categories[] = {SERVICE_CATEGORY_ROWS, {NULL, NULL}};
const struct option info_way_options[] = {
    {"see", T("Melihat, membaca, mendengarkan, atau mencatat")},
    {"paper", T("Salinan di kertas")},
    {"file", T("Salinan elektronik")},
    {NULL, NULL}};
const struct option info_answer_options[] = {{"given", T("Diberikan seluruhnya")},
                                             {"partly", T("Diberikan sebagian")},
                                             {"refused", T("Ditolak")},
                                             {NULL, NULL}};
const struct option info_ground_options[] = {
    {"a", T("a. Ditolak dengan alasan informasi dikecualikan (Pasal 17)")},
    {"b", T("b. Informasi berkala tidak disediakan")},
    {"c", T("c. Permintaan tidak ditanggapi")},
    {"d", T("d. Ditanggapi tidak sebagaimana yang diminta")},
    {"e", T("e. Permintaan tidak dipenuhi")},
    {"f", T("f. Biaya yang dikenakan tidak wajar")},
    {"g", T("g. Informasi disampaikan melebihi waktu yang diatur")},
    {NULL, NULL}};

const char *service_day_words(struct cx *cx, const char *day)
{
    struct civil c = {.hour = 12};
    if (!time_parse_date(str_or(day, ""), &c.year, &c.month, &c.day))
        return "";
    return time_long_date(cx->arena, time_from_civil(c, cx->offset_min), cx->offset_min,
                          cx->lang == LANG_EN);
}

const char *service_day_number_words(struct cx *cx, int64_t day)
{
    return day == CALENDAR_NO_DAY ? "" : service_day_words(cx, calendar_day_text(cx->arena, day));
}

struct service_lines service_lines_of(struct arena *a, const char *text)
{
    struct service_lines l = {.count = 0};
    size_t room = 1;
    for (const char *c = str_or(text, ""); *c; c++)
        room += *c == '\n';
    l.items = ARENA_ARRAY(a, room, const char *);
    for (const char *c = str_or(text, ""); *c; c += *c == '\n') {
        size_t n = strcspn(c, "\n");
        if (n)
            l.items[l.count++] = arena_strndup(a, c, n);
        c += n;
    }
    return l;
}

enum err service_clock_load(struct cx *cx, struct service_clock *ret)
{
    TRY(calendar_load(cx->read, cx->actor.office_id, &ret->cal));
    TRY(service_limits_load(cx->read, cx->actor.office_id, &ret->limits));
    ret->today = calendar_day_of(cx->now_ms, ret->cal.offset_min);
    return ERR_OK;
}

enum err service_open_lines(struct cx *cx, const char *column, const char *id, struct bytes sealed,
                            struct service_lines *ret)
{
    char *text = NULL;
    TRY(seal_field_open(cx->seal, cx->arena, "service", column, id, sealed, &text));
    *ret = service_lines_of(cx->arena, text);
    return ERR_OK;
}

bool service_again(const struct http_req *req, enum err e)
{
    return req->wants != WANTS_JSON &&
           (e == ERR_INVALID || e == ERR_CONFLICT || e == ERR_LIMIT || e == ERR_BUSY);
}

/* --- one ticket ---------------------------------------------------------------------------------------------- */

static enum err fill_entries(struct cx *cx, const struct service_complaint *c, bool office,
                             struct service_ticket_view *v)
{
    struct service_entry *entries = NULL;
    TRY(service_entries(cx->read, cx->actor.office_id, c->id, &entries, &v->entry_count));
    v->entries = ARENA_ARRAY(cx->arena, v->entry_count + 1, struct service_entry_view);
    for (size_t i = 0; i < v->entry_count; i++) {
        struct service_entry_view *e = &v->entries[i];
        e->label = service_entry_label(entries[i].kind);
        e->day = service_day_words(cx, entries[i].day);
        e->who = office ? staff_name(cx->read, cx->actor.office_id, entries[i].by_id) : "";
        TRY(service_open_lines(cx, "entry", entries[i].id, entries[i].body_sealed, &e->body));
    }
    return ERR_OK;
}

enum err service_ticket_fill(struct cx *cx, const struct service_complaint *c, bool office,
                             struct service_ticket_view *v)
{
    struct service_clock k;
    TRY(service_clock_load(cx, &k));
    struct service_due due = service_due_of(&k.cal, &k.limits, c);
    v->number = service_number_text(cx->arena, c);
    v->category = service_word_label(service_categories, c->category);
    v->category_code = c->category;
    v->state = service_state_label(c->state);
    v->received = service_day_words(cx, c->received);
    v->channel = str_eq(c->channel, "counter") ? T("Loket") : T("Halaman publik");
    v->due_label = due.label;
    v->due = service_day_number_words(cx, due.day);
    v->late = service_is_late(&k.cal, &k.limits, c, k.today);
    v->lapor = c->lapor_number;
    v->may_verify = service_may(&k.cal, &k.limits, SERVICE_VERIFY, k.today, c);
    v->may_work = service_may(&k.cal, &k.limits, SERVICE_HANDLE, k.today, c);
    v->may_reopen = service_may(&k.cal, &k.limits, SERVICE_REOPEN, k.today, c);
    v->may_close = service_may(&k.cal, &k.limits, SERVICE_CLOSE, k.today, c);
    if (v->may_reopen)
        v->reopen_until = service_day_number_words(
            cx, calendar_add_working(&k.cal, calendar_day(c->answered),
                                     k.limits.days[SERVICE_LIMIT_REOPEN]));
    TRY(service_open_lines(cx, "text", c->id, c->text_sealed, &v->text));
    return fill_entries(cx, c, office, v);
}

enum err service_move_run(struct cx *cx, struct service_move *m, const char *text)
{
    m->act = visit_act_of(cx);
    m->entry_id = cx_new_id(cx);
    m->body_sealed = seal_field(cx->seal, cx->arena, "service", "entry", m->entry_id, text);
    enum err e = db_tx(cx, "service_move", service_move_tx, m);
    return m->refusal.err != ERR_OK ? cx_refuse(cx, &m->refusal) : e;
}

/* --- routes --------------------------------------------------------------------------------------------------- */

const struct route *service_routes(void)
{
    /* clang-format off */
    static const struct route rows[] = {
        {HTTP_GET, "/pengaduan-layanan", 0, GUEST, service_send_get, NULL, 0, T("Pengaduan tentang pelayanan"), NULL},
        {HTTP_POST, "/pengaduan-layanan", 0, GUEST | ROUTE_OWN_LIMIT, service_send_post, &service_send_form, 0, T("Mengirim pengaduan tentang pelayanan"), NULL},
        {HTTP_GET, "/pengaduan-layanan/tiket", 0, GUEST, service_follow_get, NULL, 0, T("Perkembangan pengaduan layanan, dengan kode"), NULL},
        {HTTP_POST, "/pengaduan-layanan/tiket", 0, GUEST | ROUTE_LOGIN, service_follow_post, &service_code_form, 0, T("Membuka pengaduan layanan dengan kode"), NULL},
        {HTTP_POST, "/pengaduan-layanan/tiket/buka-lagi", 0, GUEST, service_reopen_post, &service_reopen_form, 0, T("Pelapor membuka lagi pengaduan layanan"), NULL},
        {HTTP_POST, "/pengaduan-layanan/tiket/selesai", 0, GUEST, service_close_post, NULL, 0, T("Pelapor menutup pengaduan layanan"), NULL},
        {HTTP_POST, "/pengaduan-layanan/tiket/tinggalkan", 0, GUEST, service_leave_post, NULL, 0, T("Menutup tiket di peramban ini"), NULL},
        {HTTP_GET, "/layanan/pengaduan", SERVICE_WORKERS, ROUTE_NO_TOKEN, service_list_get, NULL, 0, T("Pengaduan layanan menurut tenggat"), NULL},
        {HTTP_GET, "/layanan/pengaduan.xlsx", SERVICE_WORKERS, ROUTE_NO_TOKEN, service_book_get, NULL, 0, T("Pengaduan layanan sebagai .xlsx, dengan saringan daftarnya"), NULL},
        {HTTP_GET, "/layanan/pengaduan/{id}", SERVICE_WORKERS, ROUTE_NO_TOKEN, service_ticket_get, NULL, 0, T("Satu pengaduan layanan"), NULL},
        {HTTP_POST, "/layanan/pengaduan/{id}/verifikasi", SERVICE_WORKERS, ROUTE_NO_TOKEN, service_verify_post, &service_verify_form, 0, T("Menerima atau menolak pengaduan layanan"), NULL},
        {HTTP_POST, "/layanan/pengaduan/{id}/tanggapan", SERVICE_WORKERS, ROUTE_NO_TOKEN, service_work_post, &service_work_form, 0, T("Menindaklanjuti atau menjawab pengaduan layanan"), NULL},
        {HTTP_POST, "/layanan/pengaduan/{id}/lapor", SERVICE_WORKERS, ROUTE_NO_TOKEN, service_lapor_post, &service_lapor_form, 0, T("Nomor LAPOR! sebuah pengaduan layanan"), NULL},
        {HTTP_GET, "/layanan/batas-waktu", SERVICE_WORKERS, ROUTE_NO_TOKEN, service_limits_get, NULL, 0, T("Batas waktu pengaduan layanan"), NULL},
        {HTTP_POST, "/layanan/batas-waktu", SERVICE_WORKERS, ROUTE_NO_TOKEN, service_limits_post, &service_limits_form, 0, T("Mengubah batas waktu pengaduan layanan"), NULL},
        {HTTP_GET, "/layanan/statistik", SERVICE_WORKERS | ROLE_MONITOR, ROUTE_NO_TOKEN, service_this_year_get, NULL, 0, T("Statistik pengaduan layanan tahun ini"), NULL},
        {HTTP_GET, "/layanan/statistik/{year}", SERVICE_WORKERS | ROLE_MONITOR, ROUTE_NO_TOKEN, service_figures_get, NULL, 0, T("Statistik bulanan pengaduan layanan"), NULL},
        {HTTP_GET, "/layanan/informasi", INFO_WORKERS, ROUTE_NO_TOKEN, info_list_get, NULL, 0, T("Register permintaan informasi publik"), NULL},
        {HTTP_POST, "/layanan/informasi", INFO_WORKERS, ROUTE_NO_TOKEN, info_new_post, &info_new_form, 0, T("Mencatat permintaan informasi publik"), NULL},
        {HTTP_GET, "/layanan/informasi/{id}", INFO_WORKERS, ROUTE_NO_TOKEN, info_page_get, NULL, 0, T("Satu permintaan informasi publik"), NULL},
        {HTTP_POST, "/layanan/informasi/{id}", INFO_WORKERS, ROUTE_NO_TOKEN, info_move_post, &info_move_form, 0, T("Perpanjangan, jawaban, atau keberatan"), NULL},
        {HTTP_GET, "/layanan/informasi.xlsx", INFO_WORKERS, ROUTE_NO_TOKEN, info_book_get, NULL, 0, T("Permintaan informasi publik sebagai .xlsx, dengan saringan daftarnya"), NULL},
        {HTTP_GET, "/layanan/informasi-tahun/{year}/keberatan.xlsx", INFO_WORKERS, ROUTE_NO_TOKEN, info_objection_book_get, NULL, 0, T("Register keberatan informasi publik sebagai .xlsx"), NULL},
        {HTTP_GET, "/layanan/informasi-tahun/{year}/register.xlsx", INFO_WORKERS, ROUTE_NO_TOKEN, info_year_book_get, NULL, 0, T("Register permintaan informasi publik sebagai .xlsx"), NULL},
        {.path = NULL},
    };
    /* clang-format on */
    return rows;
}

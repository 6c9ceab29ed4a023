/* The frame around every page: office, person, menu; and the page of a refusal. */
#include <string.h>

#include "features/complaint/complaint_web_keys.h"
#include "features/office/office.h"
#include "features/portal/portal.h"
#include "features/portal/portal_view.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/http/server.h"
#include "portal_tmpl.h"
#include "lib/base/banned.h"

#define PAGE_BYTES (8u * 1024 * 1024)

struct menu_row {
    uint32_t roles;
    struct menu_item item;
};

static const struct menu_row menu_rows[] = {
    {ROLE_OFFICIALS, {"/jawab", T("Menunggu jawaban")}},
    {ROLE_DESK | ROLE_OFFICIALS, {"/tamu", T("Tamu hari ini")}},
    {ROLE_DESK, {"/pengembalian", T("Pengembalian")}},
    {COMPLAINT_READER_ROLES, {"/pengaduan", T("Pengaduan")}},
    {ROLE_DESK | ROLE_OFFICIALS, {"/penutupan-hari", T("Tutup hari")}},
    {ROLE_DESK | ROLE_LEADERS | ROLE_ADMIN, {"/register", T("Buku register")}},
    {ROLE_LEADERS | ROLE_ADMIN | ROLE_MONITOR, {"/ikm", T("Kepuasan")}},
    {ROLE_ADMIN, {"/petugas", T("Petugas")}},
    {ROLE_ADMIN, {"/saluran", T("Saluran")}},
    {ROLE_ADMIN | ROLE_DESK, {"/jadwal-piket", T("Jadwal piket")}},
    {ROLE_ADMIN, {"/tanda-pengenal", T("Tanda pengenal")}},
    {ROLE_ADMIN, {"/loker", T("Slot dan loker")}},
    {ROLE_ADMIN, {"/ruang", T("Ruang")}},
    {ROLE_ADMIN, {"/hari-libur", T("Hari libur")}},
    {ROLE_ADMIN, {"/tenggat", T("Batas waktu")}},
    {ROLE_ADMIN | COMPLAINT_READER_ROLES, {"/nomor-surat", T("Nomor surat")}},
    {ROLE_ADMIN | ROLE_LEADERS, {"/lapor/pengaturan", T("Halaman publik")}},
    {ROLE_ADMIN, {"/kantor", T("Kantor")}},
    {ROLE_ALL, {"/akun", T("Akun saya")}},
};

static const struct menu_item *menu_of(struct cx *cx)
{
    struct menu_item *menu = ARENA_ARRAY(cx->arena, ARRAY_LEN(menu_rows) + 1, struct menu_item);
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LEN(menu_rows); i++) {
        if (menu_rows[i].roles & cx->actor.roles)
            menu[n++] = menu_rows[i].item;
    }
    return menu;
}

const char *portal_home(const struct cx *cx)
{
    if (cx->actor.roles & ROLE_DESK)
        return "/tamu";
    if (cx->actor.roles & ROLE_OFFICIALS)
        return "/jawab";
    if (cx->actor.roles & ROLE_CASE_OFFICER)
        return "/pengaduan";
    if (cx->actor.roles & ROLE_ADMIN)
        return "/petugas";
    return "/akun";
}

static const char *office_name(struct cx *cx)
{
    struct office office = {.name = "Buku Tamu"};
    if (cx->actor.office_name)
        return cx->actor.office_name;
    enum err known = *cx->actor.office_id ? office_get(cx->read, cx->actor.office_id, &office)
                                          : office_only(cx->read, &office);
    return known == ERR_OK ? office.name : "Buku Tamu";
}

static void fill_page(struct cx *cx, const struct http_req *req, const struct page_view *view,
                      struct page *page)
{
    bool person = cx->actor.kind == ACTOR_USER;
    *page = (struct page){
        .title = view->title,
        .office_name = office_name(cx),
        .person_name = person ? cx->actor.name : NULL,
        .person_role = person ? staff_role_label(cx->actor.roles) : NULL,
        .current = view->current,
        .path = req->method == HTTP_GET ? req->path : str_or(view->current, "/"),
        .csrf = csrf_token(cx),
        .menu = menu_of(cx),
        .phone = view->phone,
        .tv = view->tv,
        .camera = view->camera,
        .scan = view->scan,
        .live = view->live,
        .lean = view->lean,
        .wipe = view->wipe,
        .idle_path = view->idle_path,
        .own_language = view->own_language,
    };
}

enum err page_render(struct cx *cx, struct http_req *req, struct http_res *res,
                     const struct page_view *view)
{
    struct page *page = ARENA_NEW(cx->arena, struct page);
    fill_page(cx, req, view, page);
    res->body = buf_new(cx->arena, 8 * 1024, PAGE_BYTES);
    bool fragment = req->wants == WANTS_FRAGMENT;
    struct html h = html_begin(cx, &res->body, fragment ? NULL : page);
    h.csrf = page->csrf;
    view->body(&h, view->arg);
    if (res->body.full)
        return cx_detail(cx, ERR_INTERNAL, "page larger than %u bytes", PAGE_BYTES);
    return ERR_OK;
}

/* --- refusals -------------------------------------------------------------------------------------- */

static const char *general_title(int status)
{
    switch (status) {
    case 400:
        return T("Permintaan tidak dapat dibaca");
    case 401:
        return T("Silakan masuk lebih dahulu");
    case 403:
        return T("Anda tidak berwenang membuka halaman ini");
    case 404:
        return T("Halaman itu tidak ada");
    case 405:
        return T("Cara itu tidak dapat dipakai di sini");
    case 409:
        return T("Belum dapat dilakukan");
    case 413:
        return T("Kiriman terlalu besar");
    case 415:
        return T("Jenis kiriman tidak dikenal");
    case 422:
        return T("Ada isian yang perlu diperbaiki");
    case 429:
        return T("Terlalu banyak permintaan");
    case 503:
        return T("Sedang sibuk");
    default:
        return T("Terjadi kesalahan di pihak kami");
    }
}

static const char *general_advice(int status)
{
    switch (status) {
    case 401:
        return T("Sesi Anda sudah berakhir. Masuk lagi untuk melanjutkan.");
    case 403:
        return T("Hubungi administrator kantor bila tugas Anda memerlukannya.");
    case 404:
        return T("Periksa alamatnya, atau kembali ke halaman awal.");
    case 429:
        return T("Tunggu sebentar, lalu coba lagi.");
    case 503:
        return T("Data Anda belum disimpan. Tunggu sebentar, lalu coba lagi.");
    case 500:
        return T(
            "Data Anda belum disimpan. Coba lagi; bila berulang, hubungi administrator kantor.");
    default:
        return T("Kembali, perbaiki, lalu coba lagi.");
    }
}

static void error_body(struct html *h, void *arg)
{
    portal_error_view(h, arg);
}

/* Who came without an account is led back to where he was, not to a log-in. */
static const char *guest_home(const struct cx *cx, const struct http_req *req)
{
    static const char *const places[] = {"/kios", "/lapor", "/tindak-lanjut"};
    if (cx->actor.kind == ACTOR_USER)
        return portal_home(cx);
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        if (str_starts(str_or(req->path, ""), places[i]))
            return places[i];
    }
    return "/masuk";
}

enum err portal_error_page(struct cx *cx, struct http_req *req, struct http_res *res, enum err e,
                           int status)
{
    (void)e;
    struct portal_error *error = ARENA_NEW(cx->arena, struct portal_error);
    error->title = general_title(status);
    error->message = str_or(cx->diag.message, cx_t(cx, general_advice(status)));
    error->ref_path = cx->diag.ref ? arena_printf(cx->arena, "/tamu/%s", cx->diag.ref) : NULL;
    error->home = guest_home(cx, req);
    error->request_id = cx->request_id;
    error->ours = status >= 500;
    if (str_eq(cx->diag.code, "key_locked")) {
        error->title = T("Kunci pribadi Anda terkunci");
        error->key_next = req->method == HTTP_GET ? req->path : "/pengaduan";
    }
    res->status = status;
    struct page_view view = {.title = error->title, .body = error_body, .arg = error};
    return page_render(cx, req, res, &view);
}

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
    const char *
        hint; /* msgid: not for every day, so it stands on /lainnya with this line; NULL: in the bar */
};

/* clang-format off */
static const struct menu_row menu_rows[] = {
    {ROLE_OFFICIALS, {"/jawab", T("Menunggu jawaban")}, NULL},
    {ROLE_DESK | ROLE_OFFICIALS, {"/tamu", T("Tamu hari ini")}, NULL},
    {ROLE_DESK, {"/pengembalian", T("Pengembalian")}, NULL},
    {COMPLAINT_READER_ROLES, {"/pengaduan", T("Pengaduan")}, NULL},
    {ROLE_DESK | ROLE_OFFICIALS, {"/penutupan-hari", T("Tutup hari")}, NULL},
    {ROLE_DESK | ROLE_OFFICIALS | ROLE_CASE_OFFICER | ROLE_ADMIN, {"/register", T("Buku register")}, NULL},
    {ROLE_LEADERS | ROLE_ADMIN | ROLE_MONITOR, {"/dasbor", T("Dasbor")}, NULL},
    {ROLE_ADMIN, {"/petugas", T("Petugas")}, NULL},
    {ROLE_ADMIN, {"/saluran", T("Saluran")}, NULL},
    {ROLE_ALL, {"/akun", T("Akun saya")}, T("Kata sandi, saluran pesan, dan sesi Anda")},
    {ROLE_DESK | ROLE_OFFICIALS, {"/pengaduan/baru", T("Pengaduan tanpa kunjungan")}, T("Surat, kiriman kantor lain, atau pengaduan lisan")},
    {ROLE_DESK | ROLE_OFFICIALS, {"/layar-tamu", T("Layar tamu")}, T("Kode sekali pakai untuk pelapor yang menulis sendiri")},
    {ROLE_LEADERS | ROLE_ADMIN | ROLE_MONITOR, {"/ikm", T("Kepuasan masyarakat")}, T("Indeks, sembilan unsur, dan lembar publikasi")},
    {ROLE_LEADERS | ROLE_ADMIN, {"/layanan/pengaduan", T("Pengaduan layanan")}, T("Tentang pelayanan kantor, menurut tenggat")},
    {ROLE_DESK, {"/pengaduan-layanan", T("Catat pengaduan layanan")}, T("Tentang pelayanan kantor, ditulis untuk tamu")},
    {ROLE_MONITOR, {"/layanan/statistik", T("Statistik pengaduan layanan")}, T("Jumlah dan ketepatan waktu setiap bulan")},
    {ROLE_LEADERS | ROLE_ADMIN | ROLE_FRONT_DESK, {"/layanan/informasi", T("Permintaan informasi publik")}, T("Register, tenggat 10 + 7 hari kerja, dan keberatan")},
    {ROLE_ALL, {"/standar-pelayanan", T("Standar pelayanan")}, T("Yang dipublikasikan, poster, dan maklumat")},
    {ROLE_ALL, {"/kompetensi", T("Kompetensi pelaksana")}, T("Pedoman yang sudah dibaca dan sertifikat")},
    {ROLE_ADMIN | COMPLAINT_READER_ROLES, {"/nomor-surat", T("Nomor surat")}, T("Nomor yang terpakai dan susunannya")},
    {ROLE_ADMIN | ROLE_LEADERS, {"/templat-surat", T("Templat surat")}, T("Surat yang dapat diubah di Word")},
    {ROLE_LEADERS, {"/kunci", T("Kunci pembaca pengaduan")}, T("Untuk siapa pengaduan disegel")},
    {ROLE_ADMIN | ROLE_DESK, {"/jadwal-piket", T("Jadwal piket")}, T("Siapa ditanya pada hari mana")},
    {ROLE_ADMIN | ROLE_LEADERS, {"/hari-libur", T("Hari libur")}, T("Tidak dihitung dalam tenggat")},
    {ROLE_ADMIN | ROLE_LEADERS, {"/jam-kerja", T("Jam kerja")}, T("Kapan pengingat boleh dikirim")},
    {ROLE_ADMIN | ROLE_LEADERS, {"/tenggat", T("Batas waktu")}, T("Tenggat setiap tahap pengaduan")},
    {ROLE_ADMIN | ROLE_LEADERS, {"/lapor/pengaturan", T("Halaman publik")}, T("Pengaduan dari luar kantor: buka atau tutup")},
    {ROLE_ADMIN | ROLE_LEADERS, {"/impor", T("Impor buku lama")}, T("Buku tamu lama dari Excel atau .csv")},
    {ROLE_ADMIN | ROLE_LEADERS, {"/ekspor-kunjungan", T("Ekspor kunjungan")}, T("Untuk aplikasi buku tamu nasional")},
    {ROLE_ADMIN, {"/tanda-pengenal", T("Tanda pengenal")}, T("Nomor, label, dan yang hilang")},
    {ROLE_ADMIN, {"/loker", T("Slot dan loker")}, T("Tempat kartu dan titipan")},
    {ROLE_ADMIN, {"/ruang", T("Ruang")}, T("Ruang tunggu")},
    {ROLE_ADMIN, {"/kantor", T("Kantor")}, T("Nama, alamat, dan aturan kantor")},
};
/* clang-format on */

static const struct menu_item *menu_of(struct cx *cx)
{
    struct menu_item *menu = ARENA_ARRAY(cx->arena, ARRAY_LEN(menu_rows) + 2, struct menu_item);
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LEN(menu_rows); i++) {
        if ((menu_rows[i].roles & cx->actor.roles) && !menu_rows[i].hint)
            menu[n++] = menu_rows[i].item;
    }
    menu[n] = (struct menu_item){"/lainnya", T("Lainnya")};
    return menu;
}

/* Is this page one of those that are reached through /lainnya? */
static bool of_more(const char *path)
{
    for (size_t i = 0; i < ARRAY_LEN(menu_rows); i++) {
        if (menu_rows[i].hint && str_eq(menu_rows[i].item.path, path))
            return true;
    }
    return false;
}

/* --- /lainnya: what is not needed every day ------------------------------------------------------------------ */

static void more_body(struct html *h, void *arg)
{
    portal_more_page(h, arg);
}

enum err portal_more_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct portal_more *m = ARENA_NEW(cx->arena, struct portal_more);
    m->links = ARENA_ARRAY(cx->arena, ARRAY_LEN(menu_rows), struct portal_link);
    for (size_t i = 0; i < ARRAY_LEN(menu_rows); i++) {
        const struct menu_row *row = &menu_rows[i];
        if ((row->roles & cx->actor.roles) && row->hint)
            m->links[m->count++] = (struct portal_link){row->item.path, row->item.label, row->hint};
    }
    struct page_view page = {
        .title = T("Lainnya"), .current = "/lainnya", .body = more_body, .arg = m};
    return page_render(cx, req, res, &page);
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
    if (cx->actor.roles & ROLE_MONITOR)
        return "/dasbor";
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
        .current = of_more(view->current) ? "/lainnya" : view->current,
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
        .language = view->language,
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

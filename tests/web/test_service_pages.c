/* Complaints about the service from the public page to the answer, information requests, the published
 * standard and its versions, the pledge, and what officers must know. */
#include "web_fixture.h"

#include "features/service/service.h"
#include "features/standard/standard.h"
#include "lib/xlsx/xlsx.h"

#define DAY_MS INT64_C(86400000)
#define STORY  "Antrean+di+loket+dua+jam+tanpa+penjelasan"

/* A browser without an account. */
struct browser {
    struct web *w;
    const char *cookies; /* "; name=value…" */
    const char *nonce, *csrf;
};

static struct browser guest_of(struct web *w)
{
    struct cx cx = web_cx(w);
    struct http_req req = {.method = HTTP_GET, .path = "/"};
    struct http_res res;
    assert_int_equal(server_dispatch(w->server, &cx, &req, &res), ERR_OK);
    struct browser g = {.w = w, .cookies = ""};
    g.csrf = arena_strdup(w->h->cx->arena, csrf_token(&cx));
    g.nonce = arena_strdup(w->h->cx->arena, cx.http->nonce);
    return g;
}

/* form NULL: a look. The ticket's cookie is kept. */
static struct got guest_ask(struct browser *g, const char *target, const char *form)
{
    struct web *w = g->w;
    struct cx cx = web_cx(w);
    struct http_pair headers[8];
    struct http_req req = {
        .method = form ? HTTP_POST : HTTP_GET, .headers = headers, .peer = "198.51.100.7"};
    struct http_res res;
    req.path = arena_strndup(cx.arena, target, strcspn(target, "?"));
    assert_int_equal(request_query(&cx, &req, target), ERR_OK);
    add_header(&req, "host", "localhost");
    add_header(&req, "accept", "text/html");
    add_header(&req, "cookie",
               arena_printf(cx.arena, PRELOGIN_COOKIE "=%s%s", g->nonce, g->cookies));
    add_header(&req, "x-csrf-token", g->csrf);
    if (form) {
        add_header(&req, "content-type", "application/x-www-form-urlencoded");
        req.body = (struct bytes){(const uint8_t *)form, strlen(form)};
    }
    (void)server_dispatch(w->server, &cx, &req, &res);
    for (size_t i = 0; i < res.header_count; i++) {
        const char *value = res.headers[i].value;
        if (strcasecmp(res.headers[i].name, "set-cookie") == 0 &&
            str_starts(value, "__Host-layanan="))
            g->cookies = arena_printf(w->h->cx->arena, "; %.*s", (int)strcspn(value, ";"), value);
    }
    return web_got(&cx, &res);
}

/* What stands in the n-th <b class="num"> of a page. */
static const char *number_on(struct web *w, const struct got *got, int n)
{
    const char *at = got->body;
    for (int i = 0; i <= n; i++) {
        at = strstr(at, "<b class=\"num\">");
        assert_non_null(at);
        at += strlen("<b class=\"num\">");
    }
    return arena_strndup(w->h->cx->arena, at, strcspn(at, "<"));
}

static void holds(const struct got *got, int status, const char *text)
{
    if (got->status != status || !strstr(got->body, text))
        print_error("%d, wanted %d with '%s': %.3000s\n", got->status, status, text, got->body);
    assert_int_equal(got->status, status);
    assert_non_null(strstr(got->body, text));
}

static const char *only_complaint(struct web *w)
{
    return house_text(w->h, "SELECT id FROM service_complaint WHERE office_id <> ''");
}

/* The number and the code of a new complaint. */
static const char *send_complaint(struct browser *g, const char **ret_code)
{
    struct got got = guest_ask(g, "/pengaduan-layanan",
                               "category=complaint&text=" STORY
                               "&name=Budi+Santoso&contact=0812+0000+7777");
    holds(&got, 200, "Kode rahasia");
    *ret_code = number_on(g->w, &got, 1);
    assert_int_equal(strlen(*ret_code), 31);
    return number_on(g->w, &got, 0);
}

static struct got open_ticket(struct browser *g, const char *number, const char *code)
{
    return guest_ask(g, "/pengaduan-layanan/tiket",
                     arena_printf(g->w->arena, "number=%s&code=%s", number, code));
}

static void a_complaint_is_sent_and_followed(void **state)
{
    struct web *w = *state;
    struct browser g = guest_of(w), stranger = guest_of(w);
    const char *code = NULL;
    struct got got = guest_ask(&g, "/pengaduan-layanan", NULL);
    holds(&got, 200, "Laporan dugaan tindak pidana");
    got = guest_ask(&g, "/pengaduan-layanan", "category=complaint&text=&name=Budi+%3Cb%3E");
    holds(&got, 422, "Budi &lt;b&gt;");
    const char *number = send_complaint(&g, &code);
    assert_string_equal(number, "PL-0001/2026");
    /* nothing of it lies open in the rows */
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM service_complaint WHERE "
                                        "instr(text_sealed, 'Antrean') > 0 OR "
                                        "instr(name_sealed, 'Budi') > 0 OR "
                                        "instr(contact_sealed, '7777') > 0"),
                     0);
    assert_int_equal(house_number(w->h, "SELECT length(code_hash) FROM service_complaint"), 32);
    got = open_ticket(&stranger, "PL-0002/2026", code);
    holds(&got, 422, "Tidak ada tiket dengan nomor dan kode ini");
    got = open_ticket(&stranger, number, "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-A");
    assert_int_equal(got.status, 422);
    got = guest_ask(&stranger, "/pengaduan-layanan/tiket", NULL);
    assert_null(strstr(got.body, "Antrean"));
    got = open_ticket(&g, "pl+1+2026", code);
    assert_int_equal(got.status, 303);
    got = guest_ask(&g, "/pengaduan-layanan/tiket", NULL);
    holds(&got, 200, "Antrean di loket dua jam");
    assert_null(strstr(got.body, "Budi")); /* whoever finds the code learns no name */
    house_later(w->h, 31 * INT64_C(60000));
    got = guest_ask(&g, "/pengaduan-layanan/tiket", NULL);
    assert_null(strstr(got.body, "Antrean"));
}

static void the_office_answers_and_time_closes(void **state)
{
    struct web *w = *state;
    struct browser g = guest_of(w);
    const char *code = NULL, *number = send_complaint(&g, &code);
    const char *path = arena_printf(w->h->cx->arena, "/layanan/pengaduan/%s", only_complaint(w));
    struct got got = web_page(w, ROLE_OFFICE_HEAD, "/layanan/pengaduan");
    holds(&got, 200, "Verifikasi: Selasa, 28 Juli 2026"); /* 3 working days after Thursday */
    got = web_page(w, ROLE_ADMIN, path);
    holds(&got, 200, "0812 0000 7777");
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM audit_entry WHERE action = "
                                        "'service_complaint_read'"),
                     1);
    const char *verify = arena_printf(w->h->cx->arena, "%s/verifikasi", path);
    const char *work = arena_printf(w->h->cx->arena, "%s/tanggapan", path);
    got = web_form(w, ROLE_INTEL_CHIEF, verify, "category=supervisory&reject=1&text=");
    holds(&got, 422, "Tulis alasan penolakan");
    got = web_form(w, ROLE_INTEL_CHIEF, verify, "category=supervisory&text=");
    assert_int_equal(got.status, 303);
    got = web_form(w, ROLE_INTEL_CHIEF, verify, "category=complaint&text=");
    holds(&got, 409, "sudah diverifikasi");
    got = web_form(w, ROLE_INTEL_CHIEF, work, "step=answer&text=Loket+kedua+dibuka+%3Cini%3E");
    assert_int_equal(got.status, 303);
    got = web_form(w, ROLE_ADMIN, arena_printf(w->arena, "%s/lapor", path), "lapor_number=8812345");
    assert_int_equal(got.status, 303);
    assert_int_equal(open_ticket(&g, number, code).status, 303);
    got = guest_ask(&g, "/pengaduan-layanan/tiket", NULL);
    holds(&got, 200, "Loket kedua dibuka &lt;ini&gt;");
    holds(&got, 200, "8812345");
    assert_null(strstr(got.body, "Arief")); /* the office answers, not a person */
    got = guest_ask(&g, "/pengaduan-layanan/tiket/buka-lagi", "text=Belum+cukup");
    assert_int_equal(got.status, 303);
    got = web_page(w, ROLE_ADMIN, path);
    holds(&got, 200, "Belum cukup");
    got = web_form(w, ROLE_INTEL_CHIEF, work, "step=answer&text=Sudah+diperbaiki");
    assert_int_equal(got.status, 303);
    house_later(w->h, 14 * DAY_MS); /* the tenth working day */
    w->h->cx->actor.kind = ACTOR_SYSTEM;
    assert_int_equal(service_tick(w->h->cx, w->h->office), ERR_OK);
    assert_string_equal(house_text(w->h, "SELECT state FROM service_complaint"), "answered");
    house_later(w->h, DAY_MS);
    assert_int_equal(service_tick(w->h->cx, w->h->office), ERR_OK);
    assert_string_equal(house_text(w->h, "SELECT state FROM service_complaint"), "done");
    assert_int_equal(service_tick(w->h->cx, w->h->office), ERR_OK);
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM service_entry"), 6);
    got = web_page(w, ROLE_MONITOR, "/layanan/statistik/2026");
    holds(&got, 200, "Setahun");
    got = web_page(w, ROLE_MONITOR, path);
    assert_int_equal(got.status, 403);
}

static void limits_are_the_offices(void **state)
{
    struct web *w = *state;
    struct browser g = guest_of(w);
    const char *code = NULL;
    (void)send_complaint(&g, &code);
    struct got got = web_page(w, ROLE_ADMIN, "/layanan/batas-waktu");
    holds(&got, 200, "angka operasional SP4N-LAPOR!");
    got = web_form(w, ROLE_ADMIN, "/layanan/batas-waktu",
                   "verify=0&respond=5&complaint=14&supervisory=60&information=5&aspiration=5"
                   "&reopen=10&close=10");
    assert_int_equal(got.status, 422);
    got = web_form(w, ROLE_ADMIN, "/layanan/batas-waktu",
                   "verify=1&respond=5&complaint=14&supervisory=60&information=5&aspiration=5"
                   "&reopen=10&close=10");
    assert_int_equal(got.status, 303);
    got = web_page(w, ROLE_ADMIN, "/layanan/pengaduan");
    holds(&got, 200, "Verifikasi: Jumat, 24 Juli 2026"); /* for what is under way too */
}

static void the_counter_writes_for_a_guest(void **state)
{
    struct web *w = *state;
    for (int i = 0; i < 12; i++) { /* more than one network may send at once */
        struct got got = web_form(w, ROLE_FRONT_DESK, "/pengaduan-layanan",
                                  "category=aspiration&text=Tambah+kursi+tunggu");
        holds(&got, 200, "Kode rahasia");
    }
    assert_int_equal(house_number(w->h, "SELECT max(number) FROM service_complaint"), 12);
    assert_int_equal(
        house_number(w->h, "SELECT count(*) FROM service_complaint WHERE channel = 'counter'"), 12);
    struct browser g = guest_of(w);
    int refused = 0;
    w->server->options.limits.rate = true;
    for (int i = 0; i < 12; i++) {
        struct got got = guest_ask(&g, "/pengaduan-layanan",
                                   "category=aspiration&text=Tambah+kursi+tunggu");
        refused += got.status == 429;
    }
    assert_int_equal(refused, 2);
}

/* --- lists and their workbooks ------------------------------------------------------------------------------------ */

static void is_workbook(struct web *w, uint32_t role, const char *target)
{
    struct got got = web_page(w, role, target);
    assert_int_equal(got.status, 200);
    assert_string_equal(got.type, XLSX_TYPE);
    assert_true(got.raw.n > 1000 && memcmp(got.raw.p, "PK", 2) == 0);
}

static void complaints_are_filtered(void **state)
{
    struct web *w = *state;
    struct got got;
    for (int i = 0; i < 2; i++) {
        got = web_form(w, ROLE_FRONT_DESK, "/pengaduan-layanan",
                       i ? "category=complaint&text=Antrean+dua+jam"
                         : "category=aspiration&text=Tambah+kursi+tunggu");
        holds(&got, 200, "Kode rahasia");
    }
    got = web_page(w, ROLE_ADMIN, "/layanan/pengaduan?keadaan=open&jenis=aspiration&tahun=2026");
    holds(&got, 200, "PL-0001/2026");
    assert_null(strstr(got.body, "PL-0002/2026"));
    holds(&got, 200, "/layanan/pengaduan.xlsx?keadaan=open&amp;jenis=aspiration&amp;tahun=2026\"");
    got = web_page(w, ROLE_ADMIN, "/layanan/pengaduan?keadaan=&jenis=&tahun=2025");
    holds(&got, 200, "Tidak ada pengaduan layanan di daftar ini.");
    got = web_page(w, ROLE_ADMIN, "/layanan/pengaduan?lewat=1");
    assert_int_equal(got.status, 200);
    assert_null(strstr(got.body, "PL-000"));
    got = web_page(w, ROLE_ADMIN, "/layanan/pengaduan?keadaan=%22%3E%3Cb%3E&jenis=x&tahun=99999");
    holds(&got, 200, "PL-0002/2026"); /* what is no filter is none */
    got = web_page(w, ROLE_ADMIN, "/layanan/pengaduan?semua=1");
    holds(&got, 200, "PL-0002/2026");
    house_later(w->h, 6 * DAY_MS);
    got = web_page(w, ROLE_ADMIN, "/layanan/pengaduan?lewat=1");
    holds(&got, 200, "PL-0001/2026");
    is_workbook(w, ROLE_OFFICE_HEAD, "/layanan/pengaduan.xlsx?keadaan=done&jenis=&tahun=2026");
    is_workbook(w, ROLE_ADMIN, "/layanan/pengaduan.xlsx");
    got = web_page(w, ROLE_FRONT_DESK, "/layanan/pengaduan.xlsx");
    assert_int_equal(got.status, 403);
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM audit_entry WHERE action = "
                                        "'service_complaints_exported'"),
                     2);
}

/* --- information requests ---------------------------------------------------------------------------------------- */

static void information_is_asked_for(void **state)
{
    struct web *w = *state;
    struct got got = web_form(w, ROLE_FRONT_DESK, "/layanan/informasi", "name=Siti&request=");
    holds(&got, 422, "Tulis informasi yang diminta.");
    got = web_form(w, ROLE_FRONT_DESK, "/layanan/informasi",
                   "name=Siti+Aminah&contact=Kuala+Kapuas&request=Laporan+anggaran+2025"
                   "&purpose=Penelitian&way=file");
    assert_int_equal(got.status, 303);
    const char *path = arena_printf(
        w->h->cx->arena, "/layanan/informasi/%s",
        house_text(w->h, "SELECT id FROM info_request WHERE office_id <> ''"));
    got = web_page(w, ROLE_FRONT_DESK, path);
    holds(&got, 200, "Laporan anggaran 2025");
    holds(&got, 200, "Jawaban: Kamis, 6 Agustus 2026"); /* ten working days */
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM info_request WHERE "
                                        "instr(name_sealed, 'Siti') > 0 OR "
                                        "instr(request_sealed, 'anggaran') > 0"),
                     0);
    got = web_form(w, ROLE_FRONT_DESK, path, "act=object&ground=c&text=Tidak+dijawab");
    assert_int_equal(got.status, 409);
    got = web_form(w, ROLE_FRONT_DESK, path, "act=extend&text=");
    assert_int_equal(got.status, 422);
    got = web_form(w, ROLE_FRONT_DESK, path, "act=extend&text=Berkas+di+arsip");
    assert_int_equal(got.status, 303);
    got = web_form(w, ROLE_FRONT_DESK, path, "act=answer&text=Terlampir");
    holds(&got, 422, "Pilih apakah informasi diberikan atau ditolak.");
    got = web_form(w, ROLE_FRONT_DESK, path, "act=answer&answer=partly&text=Terlampir");
    assert_int_equal(got.status, 303);
    got = web_form(w, ROLE_FRONT_DESK, path, "act=object&ground=e&text=Masih+kurang");
    assert_int_equal(got.status, 303);
    got = web_page(w, ROLE_OFFICE_HEAD, path);
    holds(&got, 200, "e. Permintaan tidak dipenuhi");
    got = web_form(w, ROLE_OFFICE_HEAD, path, "act=decide&text=Dilengkapi");
    holds(&got, 422, "Tulis nama dan jabatan atasan PPID");
    holds(&got, 422, "Dilengkapi"); /* what was typed is still there */
    got = web_form(w, ROLE_OFFICE_HEAD, path,
                   "act=decide&text=Dilengkapi&superior=Hendra%2C+Kajari");
    assert_int_equal(got.status, 303);
    got = web_page(w, ROLE_OFFICE_HEAD, path);
    holds(&got, 200, "Komisi Informasi");
    holds(&got, 200, "Hendra, Kajari");
    holds(&got, 200, "KB-0001/2026");
    got = web_form(w, ROLE_FRONT_DESK, path, "act=react&text=Menerima");
    assert_int_equal(got.status, 303);
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM audit_entry WHERE "
                                        "instr(detail, 'Hendra') > 0"),
                     0);
    got = web_page(w, ROLE_FRONT_DESK, "/layanan/informasi?keadaan=objected&tahun=2026");
    holds(&got, 200, "PI-0001/2026");
    holds(&got, 200, "/layanan/informasi.xlsx?keadaan=objected&amp;tahun=2026");
    got = web_page(w, ROLE_FRONT_DESK, "/layanan/informasi?keadaan=refused");
    assert_int_equal(got.status, 200);
    assert_null(strstr(got.body, "PI-0001/2026"));
    is_workbook(w, ROLE_FRONT_DESK, "/layanan/informasi.xlsx?keadaan=objected&tahun=2026");
    is_workbook(w, ROLE_FRONT_DESK, "/layanan/informasi.xlsx");
    is_workbook(w, ROLE_ADMIN, "/layanan/informasi-tahun/2026/register.xlsx");
    is_workbook(w, ROLE_ADMIN, "/layanan/informasi-tahun/2026/keberatan.xlsx");
    got = web_page(w, ROLE_ADMIN, "/layanan/informasi-tahun/20x6/keberatan.xlsx");
    assert_int_equal(got.status, 404);
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM audit_entry WHERE action = "
                                        "'info_requests_exported'"),
                     3);
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM audit_entry WHERE action = "
                                        "'info_objections_exported'"),
                     1);
    got = web_page(w, ROLE_MONITOR, "/layanan/informasi");
    assert_int_equal(got.status, 403);
}

/* --- the standard ------------------------------------------------------------------------------------------------- */

#define PARTS                                                                                      \
    "&requirements=KTP&procedure=Datang%0ADiterima&time=5+menit&fee=Gratis&product=Layanan"        \
    "&complaints=Loket"

static void the_standard_has_versions(void **state)
{
    struct web *w = *state;
    struct browser g = guest_of(w);
    struct got got = guest_ask(&g, "/standar-pelayanan", NULL);
    holds(&got, 200, "KEP-19/O.2.12/Cr.5/06/2024");
    holds(&got, 200, "sejak langkah 1 sampai langkah 7");
    assert_null(strstr(got.body, "kejakaan"));
    got = guest_ask(&g, "/standar-pelayanan/poster.pdf", NULL);
    assert_int_equal(got.status, 200);
    assert_true(got.raw.n > 1000 && memcmp(got.raw.p, "%PDF-", 5) == 0);
    got = web_form(w, ROLE_FRONT_DESK, "/standar-pelayanan/ubah", "title=x");
    assert_int_equal(got.status, 403);
    got = web_form(
        w, ROLE_ADMIN, "/standar-pelayanan/ubah",
        "title=Standar+baru&decree=KEP-20&valid_from=2026-07-01&limit_count=5&limit_unit=minute"
        "&start_step=1&stop_step=3" PARTS);
    holds(&got, 422, "sesudah langkah yang memulai waktu");
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM service_standard"), 0);
    got = web_form(
        w, ROLE_ADMIN, "/standar-pelayanan/ubah",
        "title=Standar+baru&decree=KEP-20&valid_from=2026-07-01&limit_count=5&limit_unit=minute"
        "&start_step=1&stop_step=2" PARTS);
    assert_int_equal(got.status, 303);
    got = guest_ask(&g, "/standar-pelayanan", NULL);
    holds(&got, 200, "KEP-20");
    holds(&got, 200, "Versi 1: KEP-19/O.2.12/Cr.5/06/2024");
    got = guest_ask(&g,
                    arena_printf(w->arena, "/standar-pelayanan/versi/%s",
                                 house_text(w->h, "SELECT id FROM service_standard WHERE "
                                                  "version = 1")),
                    NULL);
    holds(&got, 200, "Ini versi lama.");
    holds(&got, 200, "Tanda Pengenal Tamu");
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM service_standard_part"), 28);
}

#define NEW  "/standar-pelayanan/baru"
#define INFO "/standar-pelayanan/layanan/informasi-publik"

static void standards_stand_side_by_side(void **state)
{
    struct web *w = *state;
    struct browser g = guest_of(w);
    struct got got = web_page(w, ROLE_FRONT_DESK, NEW);
    assert_int_equal(got.status, 403);
    got = web_page(w, ROLE_ADMIN, NEW "?contoh=informasi-publik");
    holds(&got, 200, "Petugas mencatat permintaan dan memberikan nomor pendaftaran");
    got = web_form(w, ROLE_ADMIN, NEW,
                   "title=Informasi+Publik&decree=&valid_from=2026-07-01&limit_count=10"
                   "&limit_unit=working_day&start_step=1&stop_step=2" PARTS);
    assert_int_equal(got.status, 422);
    got = web_form(w, ROLE_ADMIN, NEW,
                   "title=Informasi+Publik&decree=KEP-7&valid_from=2026-07-01&limit_count=10"
                   "&limit_unit=working_day&start_step=1&stop_step=2" PARTS);
    assert_int_equal(got.status, 303);
    assert_string_equal(got.location, INFO "?disimpan=1");
    got = guest_ask(&g, "/standar-pelayanan", NULL); /* now a list */
    holds(&got, 200, "Standar Pelayanan Laporan Pengaduan Intelijen");
    holds(&got, 200, "Waktu 10 hari kerja dihitung sejak langkah 1 sampai langkah 2.");
    holds(&got, 200, "Standar buku tamu");
    assert_null(strstr(got.body, NEW));
    got = guest_ask(&g, INFO, NULL);
    holds(&got, 200, "KEP-7");
    assert_null(strstr(got.body, "mengukur waktu itu pada setiap kunjungan"));
    got = guest_ask(&g, "/standar-pelayanan/layanan/tamu", NULL);
    holds(&got, 200, "mengukur waktu itu pada setiap kunjungan");
    got = guest_ask(&g, INFO "/poster.pdf", NULL);
    assert_true(got.raw.n > 1000 && memcmp(got.raw.p, "%PDF-", 5) == 0);
    got = guest_ask(&g, "/standar-pelayanan/layanan/tidak-ada", NULL);
    assert_int_equal(got.status, 404);
    /* the visitor book's clock is in minutes, and of another limit than the visits are measured by */
    got = web_form(w, ROLE_ADMIN, "/standar-pelayanan/ubah",
                   "title=Tamu&decree=KEP-8&valid_from=2026-07-01&limit_count=1"
                   "&limit_unit=day&start_step=1&stop_step=2" PARTS);
    holds(&got, 422, "Pilih menit");
    got = web_form(w, ROLE_ADMIN, "/standar-pelayanan/ubah",
                   "title=Tamu&decree=KEP-8&valid_from=2026-07-01&limit_count=15"
                   "&limit_unit=minute&start_step=1&stop_step=2" PARTS);
    assert_int_equal(got.status, 303);
    got = web_page(w, ROLE_ADMIN, "/standar-pelayanan/layanan/tamu");
    holds(&got, 200, "Buku tamu memakai batas 600 detik");
    got = guest_ask(&g, "/standar-pelayanan/layanan/tamu", NULL);
    assert_null(strstr(got.body, "600 detik"));
    /* a version that holds later does not hide the one in force */
    got = web_form(w, ROLE_ADMIN, INFO "/ubah",
                   "title=Informasi+Publik&decree=KEP-9&valid_from=2026-09-01&limit_count=5"
                   "&limit_unit=working_day&start_step=1&stop_step=2" PARTS);
    assert_int_equal(got.status, 303);
    got = guest_ask(&g, INFO, NULL);
    holds(&got, 200, "Keputusan Nomor KEP-7");
    holds(&got, 200, "Versi baru mulai berlaku Selasa, 1 September 2026.");
    /* a newer one that is valid before it overtakes it: nothing is announced any more */
    got = web_form(w, ROLE_ADMIN, INFO "/ubah",
                   "title=Informasi+Publik&decree=KEP-10&valid_from=2026-07-01&limit_count=5"
                   "&limit_unit=working_day&start_step=1&stop_step=2" PARTS);
    assert_int_equal(got.status, 303);
    got = guest_ask(&g, INFO, NULL);
    holds(&got, 200, "Keputusan Nomor KEP-10");
    assert_null(strstr(got.body, "Versi baru mulai berlaku"));
    got = guest_ask(&g, INFO "/cabut", "");
    assert_int_equal(got.status, 401);
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM service_kind WHERE ended <> ''"), 0);
    got = web_form(w, ROLE_ADMIN, INFO "/cabut", "");
    assert_int_equal(got.status, 303);
    got = guest_ask(&g, INFO "/poster.pdf", NULL);
    assert_int_equal(got.status, 404);
    got = guest_ask(&g, INFO, NULL);
    holds(&got, 200, "Dicabut sejak Kamis, 23 Juli 2026.");
    got = guest_ask(&g, "/standar-pelayanan", NULL); /* the only one left is shown itself */
    holds(&got, 200, "KEP-8");
    got = web_page(w, ROLE_OFFICE_HEAD, "/standar-pelayanan");
    holds(&got, 200, "Informasi Publik"); /* editors still find it */
    got = web_form(w, ROLE_ADMIN, INFO "/berlakukan", "");
    assert_int_equal(got.status, 303);
    got = web_form(w, ROLE_ADMIN, "/standar-pelayanan/layanan/tamu/cabut", "");
    holds(&got, 409, "tidak dapat dicabut");
}

static void the_pledge_is_signed(void **state)
{
    struct web *w = *state;
    struct browser g = guest_of(w);
    struct got got = guest_ask(&g, "/maklumat-pelayanan", NULL);
    holds(&got, 200, "Belum ditandatangani");
    got = web_form(w, ROLE_OFFICE_HEAD, "/maklumat-pelayanan",
                   "body=Kami+sanggup&place=Kuala+Kapuas&day=2026-07-23"
                   "&signer=Kepala+Kejaksaan+Negeri+Kapuas%0AHendra+Wijaksana%0AJaksa+Madya");
    assert_int_equal(got.status, 303);
    got = guest_ask(&g, "/maklumat-pelayanan", NULL);
    holds(&got, 200, "Kuala Kapuas, 23 Juli 2026");
    holds(&got, 200, "Hendra Wijaksana");
    got = guest_ask(&g, "/maklumat-pelayanan/maklumat.pdf", NULL);
    assert_true(got.raw.n > 1000 && memcmp(got.raw.p, "%PDF-", 5) == 0);
}

/* --- what officers must know ----------------------------------------------------------------------------------------- */

static void the_counter_is_warned_about(void **state)
{
    struct web *w = *state;
    struct got got = web_page(w, ROLE_FRONT_DESK, "/tamu");
    assert_int_equal(got.status, 200);
    assert_null(strstr(got.body, "belum lengkap")); /* nothing is recorded yet */
    got = web_page(w, ROLE_ADMIN, "/kompetensi");
    holds(&got, 200, "Rina Wahyuni belum lengkap: sertifikat Word, sertifikat Excel.");
    holds(&got, 200, "Yuliana Karing belum lengkap");
    got = web_page(w, ROLE_FRONT_DESK, "/kompetensi");
    assert_int_equal(got.status, 200);
    assert_null(strstr(got.body, "Yuliana"));
    got = web_form(w, ROLE_FRONT_DESK, "/kompetensi/pedoman", "title=x&day=2026-01-01");
    assert_int_equal(got.status, 403);
    got = web_form(w, ROLE_ADMIN, "/kompetensi/pedoman",
                   "title=PER-032%2FA%2FJA%2F8%2F2010&day=2010-08-27");
    assert_int_equal(got.status, 303);
    got = web_form(w, ROLE_FRONT_DESK, "/kompetensi/baca",
                   "guideline_id=01890000-0000-7000-8000-00000000ffff");
    holds(&got, 409, "sudah berganti");
    got = web_form(w, ROLE_FRONT_DESK, "/kompetensi/baca",
                   arena_printf(w->arena, "guideline_id=%s",
                                house_text(w->h, "SELECT id FROM service_guideline")));
    assert_int_equal(got.status, 303);
    got = web_form(w, ROLE_ADMIN, "/kompetensi/sertifikat",
                   "staff_id=" RINA "&kind=word&issued=2025-01-01&expires=2024-01-01");
    holds(&got, 422, "Tulis tanggal sesudah tanggal terbit.");
    got = web_form(w, ROLE_ADMIN, "/kompetensi/sertifikat",
                   "staff_id=" RINA "&kind=word&issued=2025-01-01&expires=2026-07-23");
    assert_int_equal(got.status, 303);
    got = web_form(w, ROLE_ADMIN, "/kompetensi/sertifikat",
                   "staff_id=" RINA "&kind=excel&issued=2025-01-01&expires=");
    assert_int_equal(got.status, 303);
    got = web_page(w, ROLE_ADMIN, "/kompetensi");
    assert_int_equal(got.status, 200);
    assert_null(strstr(got.body, "Rina Wahyuni belum lengkap"));
    holds(&got, 200, "Yuliana Karing belum lengkap: pedoman belum dinyatakan dibaca, ");
    /* by the duty calendar only Rina is at the counter today */
    got = web_form(w, ROLE_ADMIN, "/jadwal-piket",
                   "duties.0.day=2026-07-23&duties.0.post=front_desk&duties.0.staff=" RINA);
    assert_int_equal(got.status, 303);
    got = web_page(w, ROLE_ADMIN, "/kompetensi");
    holds(&got, 200, "Menurut jadwal piket.");
    assert_null(strstr(got.body, "Yuliana Karing belum lengkap"));
    got = web_page(w, ROLE_FRONT_DESK, "/tamu");
    assert_int_equal(got.status, 200);
    assert_null(strstr(got.body, "belum lengkap"));
    /* on duty, but no more with us: then everybody of the counter counts */
    house_exec(w->h, "UPDATE staff SET disabled_at = 1 WHERE id = '" RINA "'");
    got = web_page(w, ROLE_ADMIN, "/kompetensi");
    holds(&got, 200, "Yuliana Karing belum lengkap");
    house_exec(w->h, "UPDATE staff SET disabled_at = NULL WHERE id = '" RINA "'");
    /* tomorrow she is at the counter with a certificate that is over: whoever makes the roster is told */
    got = web_form(w, ROLE_ADMIN, "/jadwal-piket",
                   "duties.0.day=2026-07-24&duties.0.post=front_desk&duties.0.staff=" RINA);
    assert_int_equal(got.status, 303);
    got = web_page(w, ROLE_ADMIN, "/jadwal-piket");
    holds(&got, 200, "Rina Wahyuni belum lengkap: sertifikat Word. (2026-07-24)");
    assert_null(strstr(got.body, "Yuliana Karing belum lengkap"));
    got = web_page(w, ROLE_ADMIN, "/jadwal-piket?minggu=2026-07-13"); /* the past stays as it was */
    assert_int_equal(got.status, 200);
    assert_null(strstr(got.body, "belum lengkap"));
    house_later(w->h, DAY_MS); /* the certificate is over */
    got = web_page(w, ROLE_FRONT_DESK, "/tamu");
    holds(&got, 200, "Rina Wahyuni belum lengkap: sertifikat Word.");
    got = web_form(w, ROLE_ADMIN, "/jadwal-piket",
                   "duties.0.day=2026-07-24&duties.0.post=front_desk&duties.0.staff=");
    assert_int_equal(got.status,
                     303); /* nobody in particular is on duty: every account of the counter */
    got = web_page(w, ROLE_FRONT_DESK, "/tamu");
    holds(&got, 200, "(dan 1 orang lain di loket)");
    got = web_page(w, ROLE_ADMIN, "/kompetensi");
    holds(&got, 200, "Rina Wahyuni belum lengkap: sertifikat Word.");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, web_begin, web_end)

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(a_complaint_is_sent_and_followed),
                                       CASE(the_office_answers_and_time_closes),
                                       CASE(limits_are_the_offices),
                                       CASE(the_counter_writes_for_a_guest),
                                       CASE(complaints_are_filtered),
                                       CASE(information_is_asked_for),
                                       CASE(the_standard_has_versions),
                                       CASE(standards_stand_side_by_side),
                                       CASE(the_pledge_is_signed),
                                       CASE(the_counter_is_warned_about)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Routes of the reporter's pages, and what their handlers share. */
#include "features/reporter/reporter_web.h"

#include <string.h>

#include "features/complaint/complaint_web_keys.h"
#include "features/staff/staff.h"
#include "lib/base/settings.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/banned.h"

enum err reporter_clear(struct cx *cx, struct http_res *res, const char *to, bool all)
{
    bool person = cx->actor.kind ==
                  ACTOR_USER; /* of the office, looking at a public page: stays logged in */
    http_res_cookie(cx, res, KIOSK_COOKIE, "", 0);
    http_res_cookie(cx, res, REPORTER_COOKIE, "", 0);
    if (!person)
        http_res_cookie(cx, res, HTTP_LANG_COOKIE, "", 0);
    http_res_header(cx, res, "Clear-Site-Data",
                    all && !person ? "\"cache\", \"cookies\", \"storage\""
                                   : "\"cache\", \"storage\"");
    return http_res_redirect(cx, res, to);
}

const char *reporter_address(struct cx *cx, const struct http_req *req, const char *path)
{
    const char *set = cx->settings ? cx->settings->public_url : NULL;
    if (!str_empty(set)) {
        size_t n = strlen(set);
        return arena_printf(cx->arena, "%.*s%s", (int)(set[n - 1] == '/' ? n - 1 : n), set, path);
    }
    return arena_printf(cx->arena, "%s://%s%s", req->secure ? "https" : "http",
                        str_or(http_header(req, "host"), "localhost"), path);
}

const char *reporter_when(struct cx *cx, int64_t ms, bool with_time)
{
    bool english = cx->lang == LANG_EN;
    return with_time ? time_moment(cx->arena, ms, cx->offset_min, english)
                     : time_long_date(cx->arena, ms, cx->offset_min, english);
}

const char **reporter_lines(struct arena *a, const char *text, size_t *ret_count)
{
    size_t count = 1;
    for (const char *c = str_or(text, ""); *c; c++)
        count += *c == '\n';
    const char **lines = ARENA_ARRAY(a, count, const char *);
    size_t n = 0;
    for (const char *c = str_or(text, ""); n < count; n++) {
        size_t length = strcspn(c, "\n");
        lines[n] = arena_strndup(a, c, length);
        c += length + (c[length] == '\n');
    }
    *ret_count = str_empty(text) ? 0 : count;
    return lines;
}

#define OPENS   (ROLE_DESK | ROLE_OFFICIALS)
#define READERS COMPLAINT_READER_ROLES
#define SWITCH  (ROLE_LEADERS | ROLE_ADMIN)
/* Nobody is logged in, nothing is logged: who is here, and when, is the reporter's own business. */
#define GUEST (ROUTE_PUBLIC | ROUTE_NO_TOKEN | ROUTE_UNLOGGED | ROUTE_NO_KEEPALIVE_SESSION)

const struct route *reporter_routes(void)
{
    /* clang-format off */
    static const struct route rows[] = {
        {HTTP_GET, "/layar-tamu", OPENS, ROUTE_NO_TOKEN | ROUTE_UNLOGGED, kiosk_offer_get, NULL, 0, T("Membuka layar tamu untuk menulis pengaduan"), NULL},
        {HTTP_POST, "/layar-tamu", OPENS, ROUTE_NO_TOKEN | ROUTE_UNLOGGED, kiosk_offer_post, NULL, 0, T("Kode sekali pakai untuk layar tamu"), NULL},
        {HTTP_POST, "/tamu/{id}/pengaduan/layar-tamu", OPENS, ROUTE_NO_TOKEN | ROUTE_UNLOGGED, kiosk_visit_post, NULL, 0, T("Kode sekali pakai untuk layar tamu, bagi satu kunjungan"), NULL},
        {HTTP_GET, "/kios", 0, GUEST, kiosk_get, NULL, 0, T("Layar tamu"), NULL},
        {HTTP_POST, "/kios/mulai", 0, GUEST | ROUTE_OWN_LIMIT, kiosk_begin_post, &kiosk_code_form, 0, T("Membuka layar tamu dengan kode petugas"), NULL},
        {HTTP_POST, "/kios/bahasa", 0, GUEST | ROUTE_OWN_LIMIT, kiosk_lang_post, &kiosk_lang_form, 0, T("Bahasa di layar tamu"), NULL},
        {HTTP_POST, "/kios/pengaduan", 0, GUEST | ROUTE_OWN_LIMIT, kiosk_write_post, &complaint_intake_form, COMPLAINT_BODY_BYTES, T("Pengaduan yang ditulis tamu sendiri: periksa, lalu kirim"), NULL},
        {HTTP_POST, "/kios/kosongkan", 0, GUEST | ROUTE_OWN_LIMIT, kiosk_wipe_post, NULL, 0, T("Mengosongkan layar tamu"), NULL},
        {HTTP_GET, "/kios/habis", 0, GUEST, kiosk_over_get, NULL, 0, T("Mengosongkan layar tamu yang ditinggalkan"), NULL},
        {HTTP_GET, "/lapor", 0, GUEST, reporter_public_get, NULL, 0, T("Pengaduan lewat halaman publik"), NULL},
        {HTTP_POST, "/lapor", 0, GUEST, reporter_public_write_post, &complaint_intake_form, COMPLAINT_BODY_BYTES, T("Pengaduan lewat halaman publik: periksa, lalu kirim"), NULL},
        {HTTP_POST, "/lapor/kosongkan", 0, GUEST, reporter_public_wipe_post, NULL, 0, T("Mengosongkan halaman publik"), NULL},
        {HTTP_GET, "/lapor/pengaturan", SWITCH, ROUTE_NO_TOKEN, reporter_public_switch_get, NULL, 0, T("Apakah halaman publik menerima pengaduan"), NULL},
        {HTTP_POST, "/lapor/pengaturan", SWITCH, ROUTE_NO_TOKEN, reporter_public_switch_post, &reporter_public_switch_form, 0, T("Membuka atau menutup halaman publik"), NULL},
        {HTTP_GET, "/tindak-lanjut", 0, GUEST, reporter_follow_get, NULL, 0, T("Perkembangan pengaduan, dengan kode tanda terima"), NULL},
        {HTTP_POST, "/tindak-lanjut", 0, GUEST | ROUTE_LOGIN, reporter_follow_begin_post, &reporter_follow_code_form, 0, T("Membuka pengaduan dengan kode tanda terima"), NULL},
        {HTTP_POST, "/tindak-lanjut/pesan", 0, GUEST, reporter_follow_message_post, &reporter_follow_message_form, 0, T("Pesan pelapor kepada kantor"), NULL},
        {HTTP_POST, "/tindak-lanjut/berkas", 0, GUEST | ROUTE_UPLOAD | ROUTE_ADMIT, reporter_follow_files_post, &reporter_follow_files_form, EVIDENCE_BODY_BYTES, T("Pelapor menambah berkas, disegel"), NULL},
        {HTTP_POST, "/tindak-lanjut/cabut", 0, GUEST, reporter_follow_withdraw_post, &reporter_follow_withdraw_form, 0, T("Permintaan pelapor mencabut pengaduan"), NULL},
        {HTTP_POST, "/tindak-lanjut/tutup", 0, GUEST, reporter_follow_close_post, NULL, 0, T("Menutup pengaduan di peramban ini"), NULL},
        {HTTP_GET, "/pengaduan/{id}/pesan", READERS, ROUTE_NO_TOKEN, reporter_messages_get, NULL, 0, T("Pesan dengan pelapor; setiap pembacaan dicatat"), NULL},
        {HTTP_POST, "/pengaduan/{id}/pesan", READERS, ROUTE_NO_TOKEN, reporter_messages_post, &reporter_message_form, 0, T("Jawaban kantor kepada pelapor"), NULL},
        {.path = NULL},
    };
    /* clang-format on */
    return rows;
}

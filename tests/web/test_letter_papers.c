/* Papers of no complaint: the slip of what a guest left, the pledge, the report; each in the office's own template. */
#include "letter_fixture.h"

#include "lib/base/banned.h"

static struct got slip(struct web *w, uint32_t role, const char *visit)
{
    return web_page(w, role, arena_printf(w->arena, "/tamu/%s/slip.docx", visit));
}

static void the_slip_says_what_was_left(void **state)
{
    struct web *w = *state;
    web_pools(w);
    const char *id = web_guest(w, NULL);
    struct got got = slip(w, ROLE_FRONT_DESK, id);
    assert_int_equal(got.status, 404);
    (void)web_do(w, ROLE_FRONT_DESK, id, "titipan",
                 "{\"badge\":\"a-01\",\"items\":[{\"kind\":\"id_card\"},{\"kind\":\"phone\","
                 "\"label\":\"putih & <b>]]>\"}]}");
    got = slip(w, ROLE_FRONT_DESK, id);
    assert_int_equal(got.status, 200);
    says(got.type, "wordprocessingml");
    const char *text = text_of(w, got.raw);
    says(text, "Kejaksaan Negeri Kapuas");
    says(text, "sebanyak 2 barang");
    says(text, "Fransiska Luhing");
    says(text, "A-01");
    says(text, "Kartu identitas\n");
    says(text, "putih & <b>]]>");
    says(text, "K-01");
    says(text, "Kartu identitas hanya disimpan");
    says(text, "di loker dan tidak dibuka");
    assert_null(strstr(text, "6203")); /* the number of the card is not on it */
    assert_null(strstr(text, "tidak dititipkan"));
    assert_null(strstr(text, "sudah dikembalikan"));
    assert_null(strstr(text, "{{"));
    assert_int_equal(
        house_number(w->h, "SELECT count(*) FROM audit_entry WHERE action = 'letter_fetched'"), 1);
    got = slip(w, ROLE_ADMIN, id);
    assert_int_equal(got.status, 403);
    got = slip(w, ROLE_INTEL_CHIEF, id);
    assert_int_equal(got.status, 403);
    got = web_page(w, ROLE_FRONT_DESK, arena_printf(w->arena, "/tamu/%s", id));
    says(got.body, "/slip.docx\"");
}

/* Where no card was left the slip says why; its code finds the guest at the counter. */
static void a_slip_without_a_card(void **state)
{
    struct web *w = *state;
    web_pools(w);
    const char *id = web_guest(w, NULL);
    (void)web_do(w, ROLE_FRONT_DESK, id, "titipan",
                 "{\"badge\":\"a-01\",\"no_card_reason\":\"Kartu sedang diurus\","
                 "\"items\":[{\"kind\":\"bag\"}]}");
    const char *text = text_of(w, slip(w, ROLE_DUTY_OFFICER, id).raw);
    says(text, "tidak dititipkan: Kartu sedang diurus.");
    assert_null(strstr(text, "hanya disimpan selama"));
    struct got got = web_page(w, ROLE_FRONT_DESK,
                              arena_printf(w->arena, "/pengembalian?badge=%s", id));
    assert_int_equal(got.status, 200);
    says(got.body, "Fransiska Luhing");
    says(got.body, "value=\"A-01\"");
    got = web_page(w, ROLE_FRONT_DESK, "/pengembalian?badge=01890000-0000-7000-8000-00000000000f");
    assert_int_equal(got.status, 404);
}

static void the_office_writes_its_own_slip(void **state)
{
    struct web *w = *state;
    web_pools(w);
    const char *id = web_waiting(w, NULL);
    struct bytes file = letter_edited(w, "deposit", "Telah diterima titipan", "Kami simpan titipan");
    struct got got = letter_upload(w, "deposit", file);
    assert_int_equal(got.status, 303);
    says(text_of(w, slip(w, ROLE_FRONT_DESK, id).raw), "Kami simpan titipan sebanyak 2 barang");
    /* what a complaint knows is no word of a slip, and a slip without its list is none */
    got = letter_upload(w, "deposit", letter_edited(w, "deposit", "{{tamu_nama}}", "{{uraian}}"));
    assert_int_equal(got.status, 422);
    says(got.body, "{{uraian}}");
    file = letter_edited(w, "pledge", "{{isi}}", "Tanpa isi");
    got = letter_upload(w, "pledge", file);
    assert_int_equal(got.status, 422);
    says(got.body, "belum memuat {{isi}}");
    got = letter_upload(w, "deposit", letter_edited(w, "pledge", "{{isi}}", "{{tamu_nama}}"));
    assert_int_equal(got.status, 422);
    says(text_of(w, slip(w, ROLE_FRONT_DESK, id).raw), "Kami simpan titipan");
}

static void the_pledge_for_everybody(void **state)
{
    struct web *w = *state;
    struct got got = web_page(w, 0, "/maklumat-pelayanan/maklumat.docx");
    assert_int_equal(got.status, 200);
    const char *text = text_of(w, got.raw);
    says(text, "Maklumat Pelayanan");
    says(text, "kami menyatakan sanggup menyelenggarakan pelayanan");
    says(text, "Kepala Kejaksaan Negeri Kapuas,");
    says(text, "Hendra Wijaksana");
    says(text, "/standar-pelayanan");
    assert_null(strstr(text, "{{"));
    got = web_post(
        w, ROLE_OFFICE_HEAD, "/maklumat-pelayanan",
        "{\"body\":\"Kami melayani dengan jujur.\\nTanpa biaya.\",\"place\":\"Kuala "
        "Kapuas\",\"day\":\"2026-07-01\",\"signer\":\"Kepala Kejaksaan\\nNama Kepala\"}");
    assert_true(got.status < 400);
    got = web_page(w, 0, "/maklumat-pelayanan/maklumat.docx");
    text = text_of(w, got.raw);
    says(text, "Tanpa biaya.");
    says(text, "Kuala Kapuas, 1 Juli 2026");
    says(text, "Nama Kepala");
    says(text, "…………………"); /* rank and NIP were not written: a blank for the pen */
    got = letter_upload(w, "pledge", letter_edited(w, "pledge", "Maklumat Pelayanan", "Janji Kami"));
    assert_int_equal(got.status, 303);
    got = web_page(w, 0, "/maklumat-pelayanan/maklumat.docx");
    says(text_of(w, got.raw), "Janji Kami");
    got = web_page(w, 0, "/maklumat-pelayanan");
    says(got.body, "/maklumat-pelayanan/maklumat.docx");
}

static void the_report_in_the_offices_template(void **state)
{
    struct web *w = *state;
    web_pools(w);
    (void)web_waiting(w, NULL);
    struct civil now = time_civil(w->h->cx->now_ms, w->h->cx->offset_min);
    const char *path = arena_printf(w->arena, "/dasbor/%04d-%02d/laporan.docx", now.year, now.month);
    const char *text = text_of(w, web_page(w, ROLE_INTEL_CHIEF, path).raw);
    says(text, "Laporan Pelayanan Tamu");
    says(text, "Kejaksaan Negeri Kapuas");
    says(text, "Mengetahui,\nKepala Kejaksaan Negeri Kapuas,");
    says(text, "Kepala Seksi Intelijen,");
    says(text, "Hendra Wijaksana");
    assert_null(strstr(text, "{{"));
    struct got got = letter_upload(
        w, "service_report",
        letter_edited(w, "service_report", "Lama tiap tahap", "Tahap demi tahap"));
    assert_int_equal(got.status, 303);
    text = text_of(w, web_page(w, ROLE_INTEL_CHIEF, path).raw);
    says(text, "Tahap demi tahap");
    got = letter_upload(w, "service_report",
                        letter_edited(w, "service_report", "{{median}}", "{{rata_rata}}"));
    assert_int_equal(got.status, 422);
    got = web_post(w, ROLE_ADMIN, "/templat-surat/service_report/pakai", "{\"version\":0}");
    assert_int_equal(got.status, 200);
    says(text_of(w, web_page(w, ROLE_INTEL_CHIEF, path).raw), "Lama tiap tahap");
}

/* No number is taken for such a paper, and no page of a complaint offers it. */
static void papers_are_no_letters_of_a_complaint(void **state)
{
    struct web *w = *state;
    web_pools(w);
    const char *id = web_complaint(w, NULL);
    struct got got = web_page(w, ROLE_INTEL_CHIEF,
                              web_complaint_path(w, id, "/surat/baru?jenis=deposit"));
    assert_int_equal(got.status, 404);
    got = web_post(w, ROLE_INTEL_CHIEF, web_complaint_path(w, id, "/surat"),
                   "{\"kind\":\"pledge\",\"signer\":\"" HENDRA "\"}");
    assert_int_equal(got.status, 422);
    got = web_page(w, ROLE_INTEL_CHIEF, web_complaint_path(w, id, "/surat"));
    assert_int_equal(got.status, 200);
    assert_null(strstr(got.body, "value=\"deposit\""));
    got = web_page(w, ROLE_ADMIN, "/nomor-surat");
    assert_int_equal(got.status, 200);
    assert_null(strstr(got.body, "Tanda titip"));
    got = web_page(w, ROLE_ADMIN, "/templat-surat");
    says(got.body, "Tanda titip barang");
    says(got.body, "Maklumat pelayanan");
    says(got.body, "Laporan pelayanan tamu");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, web_begin, web_end)
    const struct CMUnitTest tests[] = {
        TEST(the_slip_says_what_was_left),        TEST(a_slip_without_a_card),
        TEST(the_office_writes_its_own_slip),     TEST(the_pledge_for_everybody),
        TEST(the_report_in_the_offices_template), TEST(papers_are_no_letters_of_a_complaint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

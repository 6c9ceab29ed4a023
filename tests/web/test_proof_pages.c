/* Papers of the complaint desk and what proves them: the receipt and the written complaint with the code in hand,
 * the export by a reader, and the public page that checks it. */
#include "web_fixture.h"

#include "features/proof/proof.h"
#include "support/pdf_look.h"

#define PASSWORD "kuda-sungai-lampu-besi"

static int begin(void **state)
{
    struct web *w = web_new();
    web_pools(w);
    w->h->settings.public_url = "https://bukutamu.kejari-kapuas.example/";
    house_password(w->h, ARIEF, PASSWORD);
    *state = w;
    return 0;
}

static int entries(struct web *w, const char *id, const char *action)
{
    return office_fixture_entries(w->h->o, id, action);
}

/* The code of the receipt of a new complaint. */
static const char *receipt_of(struct web *w, const char *json)
{
    struct got got = web_post(w, ROLE_FRONT_DESK, "/pengaduan/baru", json);
    assert_int_equal(got.status, 201);
    return web_value(w, &got, "receipt");
}

static struct got paper(struct web *w, const char *path, const char *code, const char *more)
{
    return web_ask(w, (struct ask){.method = HTTP_POST,
                                   .target = path,
                                   .form = arena_printf(w->arena, "code=%s%s", code, more)});
}

static const char *text_of(struct web *w, const struct got *got)
{
    assert_int_equal(got->status, 200);
    assert_string_equal(got->type, "application/pdf");
    return pdf_text(w->arena, got->raw, 0);
}

/* --- papers of the intake ------------------------------------------------------------------------------------ */

static void the_receipt_has_its_code_and_the_archive_none(void **state)
{
    struct web *w = *state;
    const char *code = receipt_of(w, COMPLAINT_JSON);
    struct got got = paper(w, "/pengaduan/tanda-terima.pdf", code, "");
    const char *text = text_of(w, &got);
    static const char *const words[] = {"TANDA TERIMA PENGADUAN",
                                        "Nomor: PGD-1/2026",
                                        "Rina Wahyuni",
                                        "Kuitansi",
                                        "Salinan",
                                        "Surat yang diserahkan",
                                        "Lembar pelapor",
                                        "bukutamu.kejari-kapuas.example/tindak-lanjut",
                                        "Identitas dirahasiakan",
                                        "Yang menyerahkan,",
                                        "pukul"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (!strstr(text, words[i]))
            print_error("missing: %s in\n%s\n", words[i], text);
        assert_non_null(strstr(text, words[i]));
    }
    assert_non_null(strstr(text, arena_printf(w->arena, "%.14s", code)));
    assert_non_null(strstr(text, code + 15));
    assert_null(strstr(text, "memotong"));
    assert_null(strstr(text, "Siti Pelapor"));
    assert_int_equal(pdf_pages(w->arena, got.raw), 1);
    got = paper(w, "/pengaduan/tanda-terima.pdf", code, "&sheet=archive");
    text = text_of(w, &got);
    assert_non_null(strstr(text, "Lembar arsip"));
    assert_null(strstr(text, arena_printf(w->arena, "%.4s", code)));
}

static void a_wrong_code_opens_nothing(void **state)
{
    struct web *w = *state;
    (void)receipt_of(w, COMPLAINT_JSON);
    static const char *const wrong[] = {"", "KUCING", "0000-0000-0000-0000-0000-0000-0"};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        struct got got = paper(w, "/pengaduan/naskah.pdf", wrong[i], "");
        web_fault(w, &got, "code", i == 0 ? "missing" : "unknown");
    }
}

static void the_written_complaint_is_ready_to_sign(void **state)
{
    struct web *w = *state;
    const char *code = receipt_of(w, COMPLAINT_JSON);
    struct got got = paper(w, "/pengaduan/naskah.pdf", code, "");
    const char *text = text_of(w, &got);
    assert_non_null(strstr(text, "PENGADUAN TERTULIS"));
    assert_non_null(strstr(text, "memotong dana bantuan"));
    assert_non_null(strstr(text, "Budi Hartono"));
    assert_non_null(strstr(text, "Rp12.500.000"));
    assert_non_null(strstr(text, "Desa Anjir"));
    assert_non_null(strstr(text, "Petugas penerima,"));
    assert_null(strstr(text, "Siti Pelapor"));
    assert_null(strstr(text, "Nomor 43 Tahun 2018"));
}

static void an_oral_complaint_names_the_article(void **state)
{
    struct web *w = *state;
    const char *code = receipt_of(w, "{\"text\":\"Diceritakan di loket.\",\"way\":\"oral\","
                                     "\"reporter_mode\":\"anonymous\"}");
    struct got got = paper(w, "/pengaduan/naskah.pdf", code, "");
    const char *text = text_of(w, &got);
    assert_non_null(strstr(text, "Pasal 7 Peraturan Pemerintah"));
    assert_non_null(strstr(text, "Nomor 43 Tahun 2018"));
    assert_non_null(strstr(text, "tidak menyebutkan nama"));
    /* Of somebody without a name the day alone is said, on the paper and in the file. */
    assert_null(strstr(text, "pukul"));
    const char *info = pdf_run(w->arena, got.raw, "TZ=UTC pdfinfo -isodates", "");
    assert_non_null(strstr(info, "T00:00:00+07"));
}

static void a_reader_prints_it_and_is_recorded(void **state)
{
    struct web *w = *state;
    const char *id = web_complaint(w, NULL);
    struct got got = web_get(w, ROLE_INTEL_CHIEF, web_complaint_path(w, id, "/naskah.pdf"));
    assert_non_null(strstr(text_of(w, &got), "memotong dana bantuan"));
    assert_int_equal(entries(w, id, "complaint_read"), 1);
    got = web_get(w, ROLE_SECTION_CHIEF, web_complaint_path(w, id, "/naskah.pdf"));
    web_refused(w, &got, 404, "no_complaint");
    w->locked = ROLE_INTEL_CHIEF;
    got = web_get(w, ROLE_INTEL_CHIEF, web_complaint_path(w, id, "/naskah.pdf"));
    web_refused(w, &got, 403, "key_locked");
    assert_int_equal(entries(w, id, "complaint_read"), 1);
}

/* --- export ---------------------------------------------------------------------------------------------------- */

static struct got export(struct web *w, const char *id, const char *json)
{
    return web_post(w, ROLE_INTEL_CHIEF, web_complaint_path(w, id, "/ekspor"), json);
}

#define EXPORT_JSON "{\"reason\":\"leadership\",\"password\":\"" PASSWORD "\"}"

static void an_export_is_marked_hashed_and_recorded(void **state)
{
    struct web *w = *state;
    const char *id = web_complaint(w, NULL);
    struct got got = export(w, id, EXPORT_JSON);
    const char *text = text_of(w, &got);
    const char *code = house_text(w->h, "SELECT code FROM proof");
    static const char *const words[] = {"SALINAN BERKAS PENGADUAN",
                                        "EKS-1/2026",
                                        "PGD-1/2026",
                                        "Arief Setiadi",
                                        "memotong dana bantuan",
                                        "Budi Hartono",
                                        "Laporan kepada pimpinan",
                                        "tidak disertakan",
                                        "Riwayat penanganan",
                                        "Jejak akses",
                                        "Lampiran",
                                        "Pemeriksaan keaslian"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (!strstr(text, words[i]))
            print_error("missing: %s in\n%s\n", words[i], text);
        assert_non_null(strstr(text, words[i]));
    }
    assert_null(strstr(text, "Siti Pelapor"));
    int pages = pdf_pages(w->arena, got.raw);
    for (int page = 1; page <= pages; page++)
        assert_non_null(strstr(pdf_text(w->arena, got.raw, page), code));
    assert_int_equal(house_number(w->h, "SELECT pages FROM proof"), pages);
    assert_int_equal(house_number(w->h, "SELECT length(page_hashes) FROM proof"), 32 * pages);
    assert_int_equal(house_number(w->h, "SELECT file_bytes FROM proof"), (int64_t)got.raw.n);
    assert_int_equal(entries(w, id, "complaint_exported"), 1);
    assert_string_equal(
        house_text(w->h, "SELECT detail FROM audit_entry WHERE action = 'complaint_exported'"),
        "number=EKS-1/2026 reason=leadership reporter=0");
    got = web_page(w, ROLE_INTEL_CHIEF, web_complaint_path(w, id, "/ekspor"));
    assert_int_equal(got.status, 200);
    assert_non_null(strstr(got.body, "EKS-1/2026"));
}

static void the_identity_comes_along_only_when_ticked(void **state)
{
    struct web *w = *state;
    const char *id = web_complaint(w, NULL);
    struct got got = export(
        w, id, "{\"reason\":\"handover\",\"reporter\":true,\"password\":\"" PASSWORD "\"}");
    const char *text = text_of(w, &got);
    assert_non_null(strstr(text, "Siti Pelapor"));
    assert_non_null(strstr(text, "81234567890"));
    assert_int_equal(house_number(w->h, "SELECT with_reporter FROM proof"), 1);
    house_exec(w->h, "DELETE FROM reporter_share WHERE reader_id = '" ARIEF "'");
    got = export(w, id, "{\"reason\":\"handover\",\"reporter\":true,\"password\":\"" PASSWORD "\"}");
    web_refused(w, &got, 403, "no_share");
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM proof"), 1);
}

static void an_export_wants_reason_and_password(void **state)
{
    struct web *w = *state;
    const char *id = web_complaint(w, NULL);
    struct got got = export(w, id, "{\"password\":\"" PASSWORD "\"}");
    web_fault(w, &got, "reason", "missing");
    got = export(w, id, "{\"reason\":\"other\",\"note\":\"ya\",\"password\":\"" PASSWORD "\"}");
    web_fault(w, &got, "note", "too_short");
    got = export(w, id, "{\"reason\":\"leadership\",\"password\":\"bukan kata sandi saya\"}");
    web_fault(w, &got, "password", "wrong_password");
    w->locked = ROLE_INTEL_CHIEF;
    got = export(w, id, EXPORT_JSON);
    web_refused(w, &got, 403, "key_locked");
    w->locked = 0;
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM proof"), 0);
    assert_int_equal(entries(w, id, "complaint_exported"), 0);
    got = export(
        w, id,
        "{\"reason\":\"other\",\"note\":\"Permintaan Inspektorat KANARI\",\"password\":\"" PASSWORD
        "\"}");
    assert_non_null(strstr(text_of(w, &got), "Permintaan Inspektorat KANARI"));
    assert_string_equal(
        house_text(w->h, "SELECT count(*) FROM audit_entry WHERE detail LIKE '%KANARI%'"), "0");
    got = web_page(w, ROLE_INTEL_CHIEF, web_complaint_path(w, id, "/ekspor"));
    assert_non_null(strstr(got.body, "Permintaan Inspektorat KANARI"));
}

static void one_at_a_time_and_not_without_end(void **state)
{
    struct web *w = *state;
    const char *id = web_complaint(w, NULL);
    struct got got = export(w, id, EXPORT_JSON);
    assert_int_equal(got.status, 200);
    house_exec(w->h, "UPDATE proof SET pages = 0, until_at = made_at + 60000");
    got = export(w, id, EXPORT_JSON);
    web_refused(w, &got, 409, "export_running");
    house_later(w->h, 61000);
    got = export(w, id, EXPORT_JSON);
    assert_int_equal(got.status, 200);
    house_exec(
        w->h,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 38) "
        "INSERT INTO proof SELECT office_id, 'X' || i, kind, subject_id, year, 100 + i, made_at, "
        "made_by, reason, NULL, 0, 0, 1, 1, file_hash, file_hash FROM proof, n "
        "WHERE number = 2");
    got = export(w, id, EXPORT_JSON);
    web_refused(w, &got, 409, "export_limit");
    assert_int_equal(entries(w, id, "complaint_exported"), 2);
}

/* --- checking ----------------------------------------------------------------------------------------------------- */

static struct got check(struct web *w, const char *code, struct bytes file)
{
    return web_ask(w, (struct ask){.method = HTTP_POST,
                                   .target = arena_printf(w->arena, "/periksa/%s", code),
                                   .file = file});
}

/* An export of several pages, and its code. */
static struct bytes exported(struct web *w, const char **ret_code)
{
    struct buf story = buf_new(w->arena, 16384, 65536);
    for (int i = 0; i < 900; i++)
        buf_printf(&story, "kalimat %d. ", i);
    const char *id = web_complaint(
        w, arena_printf(w->arena,
                        "{\"text\":\"%s\",\"way\":\"letter\",\"reporter_mode\":\"anonymous\"}",
                        story.p));
    struct got got = export(w, id, EXPORT_JSON);
    assert_int_equal(got.status, 200);
    *ret_code = house_text(w->h, "SELECT code FROM proof");
    return got.raw;
}

static void the_file_itself_is_genuine(void **state)
{
    struct web *w = *state;
    const char *code = NULL;
    struct bytes file = exported(w, &code);
    struct got got = check(w, code, file);
    assert_int_equal(got.status, 200);
    assert_string_equal(web_value(w, &got, "verdict"), "same");
    got = web_ask(w, (struct ask){.method = HTTP_POST,
                                  .target = arena_printf(w->arena, "/periksa/%s", code),
                                  .file = file,
                                  .page = true});
    assert_int_equal(got.status, 200);
    assert_non_null(strstr(got.body, "Asli."));
}

static void a_changed_page_is_named(void **state)
{
    struct web *w = *state;
    const char *code = NULL;
    struct bytes file = exported(w, &code);
    struct proof p = {.code = NULL};
    assert_int_equal(proof_hash(w->arena, file, &p), ERR_OK);
    assert_true(p.pages >= 3);
    /* One bit of the second page. */
    uint8_t *other = arena_memdup(w->arena, file.p, file.n);
    const uint8_t *mark = memmem(other, file.n, "/Type /Page % 2", 15);
    assert_non_null(mark);
    other[(size_t)(mark - other) - 400] ^= 1;
    struct got got = check(w, code, (struct bytes){other, file.n});
    assert_string_equal(web_value(w, &got, "verdict"), "changed");
    assert_string_equal(web_value(w, &got, "page_same.0"), "true");
    assert_string_equal(web_value(w, &got, "page_same.1"), "false");
    assert_string_equal(web_value(w, &got, "page_same.2"), "true");
    /* Behind the pages: fonts, or a whole new set of pages as an appended update. */
    uint8_t *longer = arena_alloc(w->arena, file.n + 5);
    memcpy(longer, file.p, file.n);
    memcpy(longer + file.n, "\n%%x\n", 5);
    got = check(w, code, (struct bytes){longer, file.n + 5});
    assert_string_equal(web_value(w, &got, "verdict"), "rest_changed");
    got = check(w, code, (struct bytes){(const uint8_t *)"%PDF-1.5 bukan", 14});
    assert_string_equal(web_value(w, &got, "verdict"), "strange");
}

static void the_page_tells_nothing_of_the_content(void **state)
{
    struct web *w = *state;
    const char *code = NULL;
    (void)exported(w, &code);
    const char *id = house_text(w->h, "SELECT id FROM complaint");
    struct got got = web_page(w, 0, arena_printf(w->arena, "/periksa/%s", code));
    assert_int_equal(got.status, 200);
    static const char *const secrets[] = {"PGD-", "kalimat", "Arief", "pimpinan"};
    for (size_t i = 0; i < ARRAY_LEN(secrets); i++)
        assert_null(strstr(got.body, secrets[i]));
    assert_null(strstr(got.body, id));
    assert_non_null(strstr(got.body, "EKS-1/2026"));
    got = web_page(w, 0, "/periksa/0000-0000-0000-0000-0000");
    assert_int_equal(got.status, 404);
    got = web_get(w, 0, "/periksa/kucing");
    web_refused(w, &got, 404, "unknown_code");
    /* Begun and never finished: proves nothing. */
    house_exec(w->h, "UPDATE proof SET pages = 0");
    got = web_get(w, 0, arena_printf(w->arena, "/periksa/%s", code));
    web_refused(w, &got, 404, "unknown_code");
}

static void a_code_is_read_as_people_type_it(void **state)
{
    struct web *w = *state;
    struct got got = web_page(w, 0, "/periksa");
    assert_int_equal(got.status, 200);
    assert_non_null(strstr(got.body, "action=\"/bahasa\""));
    got = web_page(w, 0, "/periksa?kode=abcd+ef9h-jkmn-pqrs%20tvwo");
    assert_int_equal(got.status, 303);
    assert_string_equal(got.location, "/periksa/ABCD-EF9H-JKMN-PQRS-TVW0");
    got = web_page(w, 0, "/periksa?kode=abcd");
    assert_int_equal(got.status, 422);
    assert_non_null(strstr(got.body, "20 huruf dan angka"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, web_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_receipt_has_its_code_and_the_archive_none),
        TEST(a_wrong_code_opens_nothing),
        TEST(the_written_complaint_is_ready_to_sign),
        TEST(an_oral_complaint_names_the_article),
        TEST(a_reader_prints_it_and_is_recorded),
        TEST(an_export_is_marked_hashed_and_recorded),
        TEST(the_identity_comes_along_only_when_ticked),
        TEST(an_export_wants_reason_and_password),
        TEST(one_at_a_time_and_not_without_end),
        TEST(the_file_itself_is_genuine),
        TEST(a_changed_page_is_named),
        TEST(the_page_tells_nothing_of_the_content),
        TEST(a_code_is_read_as_people_type_it),
    };
    return cmocka_run_group_tests_name("proof pages", tests, NULL, NULL);
}

/* Letters through the routes: made from the form, numbered, sealed, filled again at each download; templates
 * that are wrong change nothing; the reporter's identity only for those who may know it. */
#include "letter_fixture.h"

#include "features/letter/letter.h"
#include "lib/base/banned.h"

#define ORDER                                                                                      \
    "{\"kind\":\"order\",\"signer\":\"" HENDRA                                                     \
    "\",\"basis\":\"Dasar satu.\\nDasar dua ]]> & <b>.\","                                         \
    "\"task\":\"Mengumpulkan keterangan.\",\"period\":\"7 (tujuh) hari kerja\","                   \
    "\"team\":[\"" BAYU "\",\"" ARIEF "\"],\"copies\":\"Yth. Kajati\"}"
#define NOTICE                                                                                     \
    "{\"kind\":\"notice\",\"signer\":\"" ARIEF "\",\"subject\":\"Perkembangan pengaduan\","        \
    "\"body\":\"Pengaduan Saudara sedang kami tindak lanjuti.\"}"

static const char *open_house(struct web *w)
{
    web_pools(w);
    return web_complaint(w, NULL);
}

static const char *made(struct web *w, const char *id, const char *json)
{
    struct got got = web_post(w, ROLE_INTEL_CHIEF, web_complaint_path(w, id, "/surat"), json);
    if (got.status != 201)
        print_error("%d %s\n", got.status, got.body);
    assert_int_equal(got.status, 201);
    return web_value(w, &got, "id");
}

static struct got fetched(struct web *w, uint32_t role, const char *id, const char *letter)
{
    return web_page(w, role,
                    web_complaint_path(w, id, arena_printf(w->arena, "/surat/%s/unduh", letter)));
}

static void a_letter_is_made_and_fetched(void **state)
{
    struct web *w = *state;
    const char *id = open_house(w);
    const char *letter = made(w, id, ORDER);
    const char *number = house_text(w->h, "SELECT number FROM letter");
    assert_true(str_starts(number, "Print-1/"));
    struct got got = fetched(w, ROLE_OFFICE_HEAD, id, letter);
    assert_int_equal(got.status, 200);
    says(got.type, "wordprocessingml");
    const char *text = text_of(w, got.raw);
    says(text, number);
    says(text, "Dasar dua ]]> & <b>.");
    says(text, "Bayu Saputra");
    says(text, "Jaksa Fungsional");
    says(text, "7 (tujuh) hari kerja");
    says(text, "Yth. Kajati");
    says(text, "Hendra Wijaksana");
    assert_null(strstr(text, "{{"));
    /* the same bytes again */
    struct got again = fetched(w, ROLE_OFFICE_HEAD, id, letter);
    assert_int_equal(again.raw.n, got.raw.n);
    assert_memory_equal(again.raw.p, got.raw.p, got.raw.n);
    assert_int_equal(
        house_number(w->h, "SELECT count(*) FROM audit_entry WHERE action = 'letter_fetched'"), 2);
    /* what was typed lies sealed */
    assert_int_equal(
        house_number(w->h,
                     "SELECT count(*) FROM letter WHERE instr(input_sealed, 'Mengumpulkan') > 0"),
        0);
    assert_int_equal(house_number(w->h, "SELECT length(input_sealed) > 300 FROM letter"), 1);
    got = web_page(w, ROLE_INTEL_CHIEF, web_complaint_path(w, id, "/surat"));
    says(got.body, number);
}

static void the_forms_show_their_fields(void **state)
{
    struct web *w = *state;
    const char *id = open_house(w);
    struct got got = web_page(w, ROLE_INTEL_CHIEF,
                              web_complaint_path(w, id, "/surat/baru?jenis=order"));
    assert_int_equal(got.status, 200);
    says(got.body, "name=\"basis\"");
    says(got.body, "Undang-Undang Nomor 16 Tahun 2004");
    assert_null(strstr(got.body, "name=\"analysis\""));
    /* what the handling knows already stands in its field */
    house_exec(w->h, "UPDATE casework SET value_source = 'B', value_content = '2'");
    got = web_page(w, ROLE_INTEL_CHIEF, web_complaint_path(w, id, "/surat/baru?jenis=review"));
    says(got.body, "value=\"B-2\"");
    got = web_page(w, ROLE_INTEL_CHIEF, web_complaint_path(w, id, "/surat/baru?jenis=lain"));
    assert_int_equal(got.status, 404);
    /* what is missing is said at its field, and what was typed stays */
    got = web_ask(w, (struct ask){.method = HTTP_POST,
                                  .target = web_complaint_path(w, id, "/surat"),
                                  .role = ROLE_INTEL_CHIEF,
                                  .page = true,
                                  .form = "kind=order&task=Tugas+yang+diketik&signer=" HENDRA});
    assert_int_equal(got.status, 422);
    says(got.body, "id=\"basis-e\"");
    says(got.body, "id=\"team-e\"");
    says(got.body, "Tugas yang diketik");
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM letter"), 0);
}

static void a_form_sent_twice_is_one_letter(void **state)
{
    struct web *w = *state;
    const char *id = open_house(w);
    const char *json = arena_printf(w->arena, "{\"id\":\"%s\",%s", house_id(w->h), &ORDER[1]);
    const char *first = made(w, id, json);
    assert_string_equal(made(w, id, json), first);
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM letter"), 1);
    /* with another text it is not that letter, and nothing is made of it by itself */
    const char *other_task = arena_printf(
        w->arena, "{\"id\":\"%s\",%s", first,
        &"{\"kind\":\"order\",\"signer\":\"" HENDRA "\",\"basis\":\"Dasar lain.\","
         "\"task\":\"Tugas lain.\",\"period\":\"7 hari\",\"team\":[\"" BAYU "\"]}"[1]);
    struct got got = web_post(w, ROLE_INTEL_CHIEF, web_complaint_path(w, id, "/surat"), other_task);
    web_refused(w, &got, 409, "letter_differs");
    got = web_ask(
        w, (struct ask){.method = HTTP_POST,
                        .target = web_complaint_path(w, id, "/surat"),
                        .role = ROLE_INTEL_CHIEF,
                        .page = true,
                        .form = arena_printf(w->arena,
                                             "id=%s&kind=order&signer=" HENDRA "&team=" BAYU
                                             "&basis=Dasar&task=Tugas+yang+lain&period=7+hari",
                                             first)});
    assert_int_equal(got.status, 409);
    says(got.body, "sudah menjadi surat nomor Print-1/");
    says(got.body, "Tugas yang lain");
    assert_null(strstr(got.body, first)); /* sent again it is another letter */
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM letter"), 1);
    /* an id of another complaint's letter is no way to read it */
    const char *other = web_complaint(w, NULL);
    got = web_post(w, ROLE_INTEL_CHIEF, web_complaint_path(w, other, "/surat"), json);
    web_refused(w, &got, 409, "letter_exists");
    got = fetched(w, ROLE_INTEL_CHIEF, other, first);
    assert_int_equal(got.status, 404);
}

static void a_letter_may_have_another_subject(void **state)
{
    struct web *w = *state;
    const char *id = open_house(w);
    struct got got = web_page(w, ROLE_INTEL_CHIEF,
                              web_complaint_path(w, id, "/surat/baru?jenis=order"));
    says(got.body, "value=\"Ds.1\"");
    (void)made(w, id, arena_printf(w->arena, "{\"subject_code\":\"Dek.1\",%s", &ORDER[1]));
    says(house_text(w->h, "SELECT number FROM letter"), "Print-1/O.2.12/Dek.1/");
    got = web_post(w, ROLE_INTEL_CHIEF, web_complaint_path(w, id, "/surat"),
                   arena_printf(w->arena, "{\"subject_code\":\"Dek 1\",%s", &ORDER[1]));
    web_fault(w, &got, "subject_code", "subject_code");
    /* the unit is of the office, which may be numbered anew */
    got = web_post(w, ROLE_ADMIN, "/kantor", "{\"code\":\"O.2/12\"}");
    web_fault(w, &got, "code", "office_code");
    got = web_post(w, ROLE_ADMIN, "/kantor", "{\"code\":\"O.3.7\"}");
    assert_int_equal(got.status, 200);
    got = web_ask(w, (struct ask){.method = HTTP_POST,
                                  .target = web_complaint_path(w, id, "/surat"),
                                  .role = ROLE_INTEL_CHIEF,
                                  .page = true,
                                  .form = "kind=order&subject_code=&signer=" HENDRA "&team=" BAYU
                                          "&basis=Dasar&task=Tugas&period=7+hari"});
    assert_int_equal(got.status, 303);
    says(house_text(w->h, "SELECT number FROM letter WHERE sequence = 2"), "Print-2/O.3.7/");
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM letter WHERE number LIKE '%/Ds.1/%'"),
                     0);
}

static void the_reporter_only_for_those_who_may_know(void **state)
{
    struct web *w = *state;
    const char *id = open_house(w);
    const char *letter = made(w, id, NOTICE);
    struct got got = fetched(w, ROLE_INTEL_CHIEF, id, letter);
    assert_null(strstr(text_of(w, got.raw), "Siti Pelapor"));
    const char *path = web_complaint_path(w, id, arena_printf(w->arena, "/surat/%s/unduh", letter));
    got = web_post(w, ROLE_INTEL_CHIEF, path, NULL);
    assert_int_equal(got.status, 200);
    says(text_of(w, got.raw), "Siti Pelapor");
    assert_int_equal(
        house_number(w->h,
                     "SELECT count(*) FROM audit_entry WHERE action = 'reporter_identity_read'"),
        1);
    /* a case officer with the content alone */
    house_exec(w->h, "DELETE FROM reporter_share WHERE reader_id = '" ARIEF "'");
    got = web_post(w, ROLE_INTEL_CHIEF, path, NULL);
    web_refused(w, &got, 403, "no_share");
    got = fetched(w, ROLE_INTEL_CHIEF, id, letter);
    assert_int_equal(got.status, 200);
}

static void nobody_else_sees_letters(void **state)
{
    struct web *w = *state;
    const char *id = open_house(w);
    const char *letter = made(w, id, ORDER);
    struct got got = fetched(w, ROLE_ADMIN, id, letter);
    assert_int_equal(got.status, 403);
    got = fetched(w, ROLE_CASE_OFFICER, id, letter);
    assert_int_equal(got.status, 404);
    got = fetched(w, ROLE_SECTION_CHIEF, id, letter);
    assert_int_equal(got.status, 404);
    w->locked = ROLE_INTEL_CHIEF;
    got = web_get(w, ROLE_INTEL_CHIEF, web_complaint_path(w, id, "/surat"));
    web_refused(w, &got, 403, "key_locked");
    got = web_post(w, ROLE_INTEL_CHIEF, web_complaint_path(w, id, "/surat"), ORDER);
    web_refused(w, &got, 403, "key_locked");
}

static void the_papers_of_the_intake(void **state)
{
    struct web *w = *state;
    const char *id = open_house(w);
    struct got got = web_page(w, ROLE_INTEL_CHIEF, web_complaint_path(w, id, "/surat/formulir"));
    const char *text = text_of(w, got.raw);
    says(text, "Kepala desa memotong dana bantuan.");
    says(text, "Budi Hartono");
    says(text, "Rp12.500.000");
    says(text, "Salinan");
    assert_null(strstr(text, "Siti Pelapor"));
    got = web_ask(w, (struct ask){.method = HTTP_POST,
                                  .target = web_complaint_path(w, id, "/surat/formulir"),
                                  .role = ROLE_INTEL_CHIEF,
                                  .page = true});
    says(text_of(w, got.raw), "Siti Pelapor");
    got = web_page(w, ROLE_INTEL_CHIEF, web_complaint_path(w, id, "/surat/tanda-terima"));
    text = text_of(w, got.raw);
    says(text, "Tanda Terima");
    says(text, "Kuitansi");
    assert_null(strstr(text, "Kode rahasia pelapor"));
}

/* What the page of the intake posts back: the code, which is kept nowhere. */
static void the_papers_for_the_holder_of_the_code(void **state)
{
    struct web *w = *state;
    web_pools(w);
    struct got got = web_post(w, ROLE_FRONT_DESK, "/pengaduan/baru",
                              "{\"text\":\"Dana dipotong.\",\"way\":\"letter\","
                              "\"reporter_mode\":\"anonymous\"}");
    const char *code = arena_strdup(w->arena, web_value(w, &got, "receipt"));
    assert_true(*code);
    struct ask a = {.method = HTTP_POST,
                    .target = "/pengaduan/tanda-terima.docx",
                    .role = ROLE_FRONT_DESK,
                    .page = true,
                    .form = arena_printf(w->arena, "code=%s", code)};
    got = web_ask(w, a);
    assert_int_equal(got.status, 200);
    const char *text = text_of(w, got.raw);
    says(text, code);
    says(text, "Kode rahasia pelapor");
    assert_null(strstr(text, "pukul"));
    a.target = "/pengaduan/naskah.docx";
    got = web_ask(w, a);
    says(text_of(w, got.raw), "Dana dipotong.");
    says(text_of(w, got.raw), "Pelapor tidak menyebutkan identitasnya.");
    a.form = "code=0000-0000-0000-0000-0000-0000-0";
    got = web_ask(w, a);
    assert_int_equal(got.status, 422);
    assert_int_equal(
        house_number(w->h, "SELECT count(*) FROM audit_entry WHERE action = 'letter_fetched'"), 0);
}

static void a_number_is_cancelled_and_stays(void **state)
{
    struct web *w = *state;
    const char *id = open_house(w);
    const char *letter = made(w, id, ORDER);
    const char *path = web_complaint_path(w, id, arena_printf(w->arena, "/surat/%s/batal", letter));
    struct got got = web_post(w, ROLE_INTEL_CHIEF, path, "{}");
    web_fault(w, &got, "reason", "missing");
    got = web_post(w, ROLE_INTEL_CHIEF, path, "{\"reason\":\"Salah susunan tim\"}");
    assert_int_equal(got.status, 200);
    got = web_post(w, ROLE_INTEL_CHIEF, path, "{\"reason\":\"Salah susunan tim\"}");
    web_refused(w, &got, 409, "letter_cancelled");
    got = web_page(w, ROLE_SECTION_CHIEF, "/nomor-surat");
    says(got.body, "Print-1/");
    says(got.body, "Salah susunan tim");
    (void)made(w, id, ORDER);
    assert_string_equal(house_text(w->h, "SELECT max(sequence) FROM letter"), "2");
}

/* --- templates ---------------------------------------------------------------------------------------------------- */

static struct got upload(struct web *w, struct bytes file)
{
    return letter_upload(w, "order", file);
}

static struct bytes edited(struct web *w, const char *from, const char *to)
{
    return letter_edited(w, "order", from, to);
}

static void an_edited_template_is_used_by_new_letters(void **state)
{
    struct web *w = *state;
    const char *id = open_house(w);
    const char *before = made(w, id, ORDER);
    struct got got = upload(w, edited(w, "Pertimbangan", "Menimbang dengan saksama"));
    assert_int_equal(got.status, 303);
    const char *after = made(w, id, ORDER);
    got = fetched(w, ROLE_INTEL_CHIEF, id, after);
    says(text_of(w, got.raw), "Menimbang dengan saksama");
    got = fetched(w, ROLE_INTEL_CHIEF, id, before); /* an old letter stays as it was */
    says(text_of(w, got.raw), "Pertimbangan");
    got = web_post(w, ROLE_OFFICE_HEAD, "/templat-surat/order/pakai", "{\"version\":0}");
    assert_int_equal(got.status, 200);
    got = fetched(w, ROLE_INTEL_CHIEF, id, made(w, id, ORDER));
    says(text_of(w, got.raw), "Pertimbangan");
    got = web_page(w, ROLE_ADMIN, "/templat-surat/order");
    says(got.body, "versi=1");
}

static void a_faulty_template_changes_nothing(void **state)
{
    struct web *w = *state;
    web_pools(w);
    struct got got = upload(w, edited(w, "{{nomor_surat}}", "{{nomor_srat}}"));
    assert_int_equal(got.status, 422);
    says(got.body, "{{nomor_srat}}");
    says(got.body, "tidak dikenal");
    got = upload(w, edited(w, "{{/dasar}}", ""));
    assert_int_equal(got.status, 422);
    says(got.body, "{{#dasar}} belum ditutup");
    got = upload(w, (struct bytes){(const uint8_t *)"%PDF-1.7 bukan dokumen Word", 27});
    assert_int_equal(got.status, 422);
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM letter_template"), 0);
    got = web_page(w, ROLE_ADMIN, "/templat-surat");
    says(got.body, "Bawaan program");
}

static void a_sample_shows_every_template(void **state)
{
    struct web *w = *state;
    for (size_t i = 0; letter_kinds[i].code; i++) {
        struct got got = web_page(
            w, ROLE_ADMIN, arena_printf(w->arena, "/templat-surat/%s/contoh", letter_kinds[i].code));
        assert_int_equal(got.status, 200);
        const char *text = text_of(w, got.raw);
        bool complaint = letter_kinds[i].of == LETTER_OF_COMPLAINT;
        assert_null(strstr(text, "{{"));
        assert_true(!complaint || strstr(text, "Contoh") || strstr(text, "Nama Pelapor"));
        got = web_page(w, ROLE_ADMIN,
                       arena_printf(w->arena, "/templat-surat/%s", letter_kinds[i].code));
        says(got.body, complaint ? "{{#dokumen}}…{{/dokumen}}" : letter_kinds[i].must);
        says(got.body, "{{kantor_induk}}");
        assert_int_equal(strstr(got.body, "uraian") != NULL, complaint);
    }
}

/* --- the book ------------------------------------------------------------------------------------------------------- */

static void the_book_gives_other_numbers_too(void **state)
{
    struct web *w = *state;
    web_pools(w);
    struct got got = web_post(w, ROLE_ADMIN, "/nomor-surat/mulai",
                              "{\"start_type\":\"KEP\",\"last\":18}");
    assert_int_equal(got.status, 200);
    got = web_post(w, ROLE_OFFICE_HEAD, "/nomor-surat",
                   "{\"type\":\"KEP\",\"subject_code\":\"Cr.5\",\"about\":\"Standar pelayanan\"}");
    assert_int_equal(got.status, 201);
    assert_true(str_starts(web_value(w, &got, "number"), "KEP-19/"));
    const char *id = web_value(w, &got, "id");
    got = web_post(w, ROLE_OFFICE_HEAD, arena_printf(w->arena, "/nomor-surat/%s/batal", id),
                   "{\"reason\":\"Tidak jadi terbit\"}");
    assert_int_equal(got.status, 200);
    got = web_post(w, ROLE_OFFICE_HEAD, "/nomor-surat", "{\"type\":\"K/1\",\"about\":\"Contoh\"}");
    web_fault(w, &got, "type", "letter_type");
    got = web_post(w, ROLE_OFFICE_HEAD, "/nomor-surat",
                   "{\"type\":\"B\",\"about\":\"Contoh\",\"date\":\"2999-01-01\"}");
    web_fault(w, &got, "date", "future");
    got = web_post(w, ROLE_OFFICE_HEAD, "/nomor-surat",
                   "{\"type\":\"B\",\"about\":\"Contoh\",\"date\":\"0206-07-01\"}");
    web_fault(w, &got, "date", "too_old");
    got = web_post(w, ROLE_ADMIN, "/nomor-surat/kode",
                   "{\"place\":\"Kuala Kapuas\",\"rules\":[{\"kind\":\"order\",\"type\":\"SP.TUG\","
                   "\"subject_code\":\"Dek.3\"}]}");
    assert_int_equal(got.status, 200);
    const char *complaint = web_complaint(w, NULL);
    got = fetched(w, ROLE_INTEL_CHIEF, complaint, made(w, complaint, ORDER));
    says(text_of(w, got.raw), "SP.TUG-1/");
    says(text_of(w, got.raw), "Dikeluarkan di Kuala Kapuas");
    got = web_page(w, ROLE_ADMIN, "/nomor-surat");
    says(got.body, "SP.TUG-1/");
    says(got.body, "Standar pelayanan");
    /* numbers of complaints are cancelled by people who can open them */
    const char *letter = house_text(w->h, "SELECT id FROM letter WHERE complaint_id IS NOT NULL");
    got = web_post(w, ROLE_ADMIN, arena_printf(w->arena, "/nomor-surat/%s/batal", letter),
                   "{\"reason\":\"Tidak jadi terbit\"}");
    assert_int_equal(got.status, 404);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, web_begin, web_end)
    const struct CMUnitTest tests[] = {
        TEST(a_letter_is_made_and_fetched),
        TEST(the_forms_show_their_fields),
        TEST(a_form_sent_twice_is_one_letter),
        TEST(a_letter_may_have_another_subject),
        TEST(the_reporter_only_for_those_who_may_know),
        TEST(nobody_else_sees_letters),
        TEST(the_papers_of_the_intake),
        TEST(the_papers_for_the_holder_of_the_code),
        TEST(a_number_is_cancelled_and_stays),
        TEST(an_edited_template_is_used_by_new_letters),
        TEST(a_faulty_template_changes_nothing),
        TEST(a_sample_shows_every_template),
        TEST(the_book_gives_other_numbers_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

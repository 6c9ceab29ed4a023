/* The opened complaint: who reads it and who does not, the reporter's identity with its reason, access given
 * and taken, all of them passed on to a colleague, and the search. */
#include "web_fixture.h"

#include "features/complaint/complaint_web_keys.h"
#include "features/complaint/complaint_web.h"

#define PASSWORD "kuda-sungai-lampu-besi"

static int begin(void **state)
{
    struct web *w = web_new();
    web_pools(w);
    house_password(w->h, ARIEF, PASSWORD);
    *state = w;
    return 0;
}

static int entries(struct web *w, const char *id, const char *action)
{
    return office_fixture_entries(w->h->o, id, action);
}

static struct got read_as(struct web *w, uint32_t role, const char *id)
{
    return web_get(w, role, web_complaint_path(w, id, "/isi"));
}

static struct got give(struct web *w, uint32_t role, const char *id, const char *json)
{
    return web_post(w, role, web_complaint_path(w, id, "/akses"), json);
}

/* --- content ----------------------------------------------------------------------------------------------- */

static void a_reader_sees_all_of_it_and_is_recorded(void **state)
{
    struct web *w = *state;
    const char *id = web_complaint(w, NULL);
    struct got got = read_as(w, ROLE_INTEL_CHIEF, id);
    assert_int_equal(got.status, 200);
    assert_string_equal(web_value(w, &got, "number"), "PGD-1/2026");
    assert_string_equal(web_value(w, &got, "text"),
                        "Kepala desa memotong dana bantuan.\nTerjadi sejak awal tahun.");
    assert_string_equal(web_value(w, &got, "parties.0.name"), "Budi Hartono");
    assert_string_equal(web_value(w, &got, "parties.0.position"), "Kepala Desa");
    assert_string_equal(web_value(w, &got, "loss_rupiah"), "12500000");
    assert_string_equal(web_value(w, &got, "documents.0.form"), "copy");
    assert_string_equal(web_value(w, &got, "documents.0.count"), "2");
    assert_string_equal(web_value(w, &got, "class"), "corruption");
    assert_null(strstr(got.body, "Siti Pelapor"));
    assert_int_equal(entries(w, id, "complaint_read"), 1);
    got = web_page(w, ROLE_OFFICE_HEAD, web_complaint_path(w, id, "/isi"));
    assert_int_equal(got.status, 200);
    assert_non_null(strstr(got.body, "Pembacaan ini dicatat"));
    assert_non_null(strstr(got.body, "<p>Terjadi sejak awal tahun.</p>"));
    assert_non_null(strstr(got.body, "12.500.000"));
    assert_non_null(strstr(got.body, "Fotokopi"));
    assert_null(strstr(got.body, "Siti Pelapor"));
    assert_int_equal(entries(w, id, "complaint_read"), 2);
}

static void who_has_no_share_is_told_nothing(void **state)
{
    struct web *w = *state;
    const char *id = web_complaint(w, NULL);
    static const uint32_t strangers[] = {ROLE_SECTION_CHIEF, ROLE_CASE_OFFICER};
    static const char *const pages[] = {"/isi", "/identitas", "/akses"};
    for (size_t i = 0; i < ARRAY_LEN(strangers); i++) {
        for (size_t k = 0; k < ARRAY_LEN(pages); k++) {
            struct got got = web_get(w, strangers[i], web_complaint_path(w, id, pages[k]));
            web_refused(w, &got, 404, "no_complaint");
        }
    }
    struct got got = read_as(w, ROLE_ADMIN, id);
    web_refused(w, &got, 403, "role");
    got = web_ask(w, (struct ask){.method = HTTP_GET,
                                  .target = web_complaint_path(w, id, "/isi"),
                                  .role = ROLE_INTEL_CHIEF,
                                  .bearer = true});
    web_refused(w, &got, 403, "token_refused");
    /* A leader whose share was never made sees that it exists, and opens nothing. */
    house_exec(w->h, "DELETE FROM complaint_share WHERE reader_id = '" HENDRA "'");
    got = read_as(w, ROLE_OFFICE_HEAD, id);
    web_refused(w, &got, 403, "no_share");
    assert_int_equal(entries(w, id, "complaint_read"), 0);
}

static void a_complaint_of_old_is_read_too(void **state)
{
    struct web *w = *state;
    const char *id = web_complaint(w, NULL);
    house_exec(w->h, "UPDATE complaint SET content_sealed = NULL, public_key = NULL, "
                     "reporter_sealed = NULL");
    struct got got = read_as(w, ROLE_INTEL_CHIEF, id);
    assert_int_equal(got.status, 200);
    assert_non_null(strstr(web_value(w, &got, "text"), "memotong dana"));
    got = web_page(w, ROLE_INTEL_CHIEF, web_complaint_path(w, id, "/isi"));
    assert_int_equal(got.status, 200);
    got = web_page(w, ROLE_INTEL_CHIEF, web_complaint_path(w, id, "/identitas"));
    assert_non_null(strstr(got.body, "tidak disimpan"));
}

static void a_key_put_away_is_asked_for_on_the_page(void **state)
{
    struct web *w = *state;
    const char *id = web_complaint(w, NULL);
    w->locked = ROLE_INTEL_CHIEF;
    struct got got = read_as(w, ROLE_INTEL_CHIEF, id);
    web_refused(w, &got, 403, "key_locked");
    got = web_page(w, ROLE_INTEL_CHIEF, web_complaint_path(w, id, "/isi"));
    assert_int_equal(got.status, 403);
    assert_non_null(strstr(got.body, "action=\"/pengaduan/buka-kunci\""));
    assert_non_null(strstr(got.body, web_complaint_path(w, id, "/isi")));
    assert_null(strstr(got.body, "memotong"));
    /* Files may be added without the key; to see them the key is one press away, and leads back. */
    const char *files = web_complaint_path(w, id, "/berkas");
    const char *way = arena_printf(w->arena, "href=\"/pengaduan/buka-kunci?next=%s\"", files);
    got = web_page(w, ROLE_INTEL_CHIEF, files);
    assert_int_equal(got.status, 200);
    assert_non_null(strstr(got.body, way));
    got = web_page(w, ROLE_OFFICE_HEAD, files);
    assert_int_equal(got.status, 200);
    assert_null(strstr(got.body, "buka-kunci"));
    struct ask a = {.method = HTTP_POST,
                    .target = "/pengaduan/buka-kunci",
                    .role = ROLE_INTEL_CHIEF,
                    .page = true,
                    .form = "password=salah&_next=/pengaduan"};
    got = web_ask(w, a);
    assert_int_equal(got.status, 422);
    assert_non_null(strstr(got.body, "Kata sandi Anda tidak cocok"));
    assert_int_equal(entries(w, id, "complaint_read"), 0);
}

/* --- identity ------------------------------------------------------------------------------------------------ */

static struct got identity(struct web *w, uint32_t role, const char *id, const char *json)
{
    return web_post(w, role, web_complaint_path(w, id, "/identitas"), json);
}

static void the_identity_is_shown_for_a_reason(void **state)
{
    struct web *w = *state;
    const char *id = web_complaint(w, NULL);
    struct got got = web_page(w, ROLE_INTEL_CHIEF, web_complaint_path(w, id, "/identitas"));
    assert_int_equal(got.status, 200);
    assert_null(strstr(got.body, "Siti Pelapor"));
    got = identity(w, ROLE_INTEL_CHIEF, id, "{}");
    web_fault(w, &got, "reason", "missing");
    got = identity(w, ROLE_INTEL_CHIEF, id, "{\"reason\":\"other\",\"note\":\"pendek\"}");
    web_fault(w, &got, "note", "too_short");
    assert_int_equal(entries(w, id, "reporter_identity_read"), 0);
    got = identity(w, ROLE_INTEL_CHIEF, id,
                   "{\"reason\":\"other\",\"note\":\"Kenari diminta LPSK menjamin keamanan\"}");
    assert_int_equal(got.status, 200);
    assert_string_equal(web_value(w, &got, "name"), "Siti Pelapor");
    assert_string_equal(web_value(w, &got, "phone"), "+6281234567890");
    assert_string_equal(house_text(w->h, "SELECT 'reason=other look=' || id = (SELECT detail FROM "
                                         "audit_entry WHERE action = 'reporter_identity_read') "
                                         "FROM reporter_read"),
                        "1");
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM reporter_read WHERE instr("
                                        "hex(note_sealed), hex('Kenari')) > 0"),
                     0);
    struct ask a = {.method = HTTP_POST,
                    .target = web_complaint_path(w, id, "/identitas"),
                    .role = ROLE_OFFICE_HEAD,
                    .page = true,
                    .form = "reason=contact"};
    got = web_ask(w, a);
    assert_int_equal(got.status, 200);
    assert_non_null(strstr(got.body, "Siti Pelapor"));
    /* Who looked, why, and the words of one's own for those who can open the complaint. */
    got = web_page(w, ROLE_OFFICE_HEAD, web_complaint_path(w, id, "/akses"));
    assert_int_equal(got.status, 200);
    assert_non_null(strstr(got.body, "Identitas pelapor dilihat: Lainnya"));
    assert_non_null(strstr(got.body, "Kenari diminta LPSK menjamin keamanan"));
    assert_non_null(strstr(got.body, "Identitas pelapor dilihat: Menghubungi pelapor"));
}

static void nobody_unnamed_learns_the_identity(void **state)
{
    struct web *w = *state;
    const char *id = web_complaint(w, NULL);
    struct got got = give(w, ROLE_INTEL_CHIEF, id,
                          "{\"staff_id\":\"" BAYU "\",\"parts\":[\"content\"]}");
    assert_int_equal(got.status, 200);
    got = identity(w, ROLE_CASE_OFFICER, id, "{\"reason\":\"contact\"}");
    web_refused(w, &got, 403, "no_share");
    got = web_page(w, ROLE_CASE_OFFICER, web_complaint_path(w, id, "/identitas"));
    assert_int_equal(got.status, 200);
    assert_non_null(strstr(got.body, "Arief Setiadi"));
    assert_null(strstr(got.body, "name=\"reason\""));
    assert_int_equal(entries(w, id, "reporter_identity_read"), 0);
    const char *anonymous = web_complaint(
        w, "{\"text\":\"Tanpa nama\",\"way\":\"letter\",\"reporter_mode\":\"anonymous\"}");
    got = identity(w, ROLE_INTEL_CHIEF, anonymous, "{\"reason\":\"contact\"}");
    web_refused(w, &got, 409, "no_identity");
}

/* --- access --------------------------------------------------------------------------------------------------- */

static void access_is_given_and_taken(void **state)
{
    struct web *w = *state;
    const char *id = web_complaint(w, NULL);
    struct got got = give(w, ROLE_INTEL_CHIEF, id, "{\"staff_id\":\"" BAYU "\",\"parts\":[]}");
    web_fault(w, &got, "parts", "missing");
    got = give(w, ROLE_INTEL_CHIEF, id, "{\"staff_id\":\"" BAYU "\",\"parts\":[\"content\"]}");
    assert_int_equal(got.status, 200);
    assert_int_equal(entries(w, id, "complaint_shared"), 1);
    got = read_as(w, ROLE_CASE_OFFICER, id);
    assert_int_equal(got.status, 200);
    assert_non_null(strstr(web_value(w, &got, "text"), "memotong dana"));
    got = web_get(w, ROLE_CASE_OFFICER, web_complaint_path(w, id, "/akses"));
    assert_int_equal(got.status, 200);
    assert_non_null(strstr(got.body, BAYU));
    /* Naming others is the leaders'. */
    got = give(w, ROLE_CASE_OFFICER, id, "{\"staff_id\":\"" MARIA "\",\"parts\":[\"content\"]}");
    web_refused(w, &got, 403, "leaders_name");
    const char *take = web_complaint_path(w, id, "/akses/cabut");
    got = web_post(w, ROLE_CASE_OFFICER, take,
                   "{\"staff_id\":\"" ARIEF "\",\"parts\":[\"content\"]}");
    web_refused(w, &got, 403, "leaders_name");
    got = web_post(w, ROLE_OFFICE_HEAD, take,
                   "{\"staff_id\":\"" MARIA "\",\"parts\":[\"content\"]}");
    web_refused(w, &got, 409, "no_share");
    got = web_post(w, ROLE_OFFICE_HEAD, take, "{\"staff_id\":\"" BAYU "\",\"parts\":[\"content\"]}");
    assert_int_equal(got.status, 200);
    assert_int_equal(entries(w, id, "complaint_unshared"), 1);
    got = read_as(w, ROLE_CASE_OFFICER, id);
    web_refused(w, &got, 404, "no_complaint");
}

static void the_identity_is_given_with_the_password(void **state)
{
    struct web *w = *state;
    const char *id = web_complaint(w, NULL);
    struct got got = give(w, ROLE_INTEL_CHIEF, id,
                          "{\"staff_id\":\"" BAYU "\",\"parts\":[\"content\",\"identity\"]}");
    web_fault(w, &got, "password", "missing");
    got = give(w, ROLE_INTEL_CHIEF, id,
               "{\"staff_id\":\"" BAYU "\",\"parts\":[\"content\",\"identity\"],"
               "\"password\":\"salah salah salah\"}");
    web_fault(w, &got, "password", "wrong_password");
    got = identity(w, ROLE_CASE_OFFICER, id, "{\"reason\":\"contact\"}");
    web_refused(w, &got, 404, "no_complaint");
    got = give(w, ROLE_INTEL_CHIEF, id,
               "{\"staff_id\":\"" BAYU "\",\"parts\":[\"content\",\"identity\"],"
               "\"password\":\"" PASSWORD "\"}");
    assert_int_equal(got.status, 200);
    got = identity(w, ROLE_CASE_OFFICER, id, "{\"reason\":\"contact\"}");
    assert_int_equal(got.status, 200);
    assert_string_equal(web_value(w, &got, "name"), "Siti Pelapor");
    got = web_page(w, ROLE_INTEL_CHIEF, web_complaint_path(w, id, "/akses"));
    assert_non_null(strstr(got.body, "Akses pengaduan diberikan: Bayu Saputra, Identitas pelapor"));
    assert_non_null(strstr(got.body, "Identitas pelapor dilihat: Menghubungi pelapor"));
}

static void an_untrusted_key_gets_nothing(void **state)
{
    struct web *w = *state;
    const char *id = web_complaint(w, NULL);
    house_exec(w->h, "UPDATE staff SET key_trusted_at = NULL WHERE id = '" BAYU "'");
    struct got got = give(w, ROLE_INTEL_CHIEF, id,
                          "{\"staff_id\":\"" BAYU "\",\"parts\":[\"content\"]}");
    web_refused(w, &got, 409, "key_not_trusted");
    got = web_page(w, ROLE_INTEL_CHIEF, web_complaint_path(w, id, "/akses"));
    assert_int_equal(got.status, 200);
    assert_null(strstr(got.body, "<option value=\"" BAYU "\""));
    assert_non_null(strstr(got.body, "kunci belum dipercayai"));
    assert_non_null(strstr(got.body, "href=\"/kunci\""));
    assert_non_null(strstr(got.body, "<option value=\"" MARIA "\""));
}

/* A lost password: the share is there, but of the old key. Any other reader renews it. */
static void a_new_key_is_repaired_by_a_colleague(void **state)
{
    struct web *w = *state;
    const char *id = web_complaint(w, NULL);
    struct got got = give(w, ROLE_INTEL_CHIEF, id,
                          "{\"staff_id\":\"" BAYU "\",\"parts\":[\"content\"]}");
    assert_int_equal(got.status, 200);
    struct house_key *key = NULL;
    for (size_t i = 0; i < w->h->key_count; i++) {
        if (strcmp(w->h->keys[i].id, HENDRA) == 0)
            key = &w->h->keys[i];
    }
    assert_non_null(key);
    assert_int_equal(crypto_box_keypair(key->public_key, key->secret_key), 0);
    house_exec(w->h, arena_printf(w->arena, "UPDATE staff SET public_key = x'%s' WHERE id = '%s'",
                                  str_hex(w->arena, key->public_key, 32), HENDRA));
    got = read_as(w, ROLE_OFFICE_HEAD, id);
    web_refused(w, &got, 403, "share_does_not_open");
    got = give(w, ROLE_CASE_OFFICER, id, "{\"staff_id\":\"" HENDRA "\",\"parts\":[\"content\"]}");
    assert_int_equal(got.status, 200);
    got = read_as(w, ROLE_OFFICE_HEAD, id);
    assert_int_equal(got.status, 200);
    /* The reporter's identity is not a case officer's to pass on. */
    got = give(w, ROLE_CASE_OFFICER, id, "{\"staff_id\":\"" HENDRA "\",\"parts\":[\"identity\"]}");
    web_refused(w, &got, 403, "leaders_name");
}

/* --- all of them ------------------------------------------------------------------------------------------------ */

static struct got share_all(struct web *w, const char *json)
{
    return web_post(w, ROLE_INTEL_CHIEF, "/pengaduan/bagikan", json);
}

static void all_are_passed_on_in_one_act(void **state)
{
    struct web *w = *state;
    const char *ids[5];
    for (size_t i = 0; i < ARRAY_LEN(ids); i++)
        ids[i] = web_complaint(w, NULL);
    house_exec(w->h,
               arena_printf(w->arena,
                            "UPDATE complaint SET ended_at = 1, state = 'done' WHERE id = '%s'",
                            ids[4]));
    house_exec(w->h, arena_printf(w->arena,
                                  "DELETE FROM complaint_share WHERE reader_id = '" ARIEF
                                  "' AND complaint_id = '%s'",
                                  ids[3]));
    struct got got = share_all(w, "{\"staff_id\":\"" BAYU "\"}");
    web_fault(w, &got, "password", "missing");
    got = share_all(w, "{\"staff_id\":\"" RINA "\",\"password\":\"" PASSWORD "\"}");
    web_refused(w, &got, 409, "not_a_reader");
    got = share_all(w, "{\"staff_id\":\"" BAYU "\",\"password\":\"" PASSWORD "\"}");
    assert_int_equal(got.status, 200);
    assert_string_equal(web_value(w, &got, "shared"), "3");
    assert_string_equal(web_value(w, &got, "not_opened"), "0");
    assert_string_equal(web_value(w, &got, "after"), "");
    for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
        got = read_as(w, ROLE_CASE_OFFICER, ids[i]);
        assert_int_equal(got.status, i < 3 ? 200 : 404);
        assert_int_equal(entries(w, ids[i], "complaint_shared"), i < 3);
    }
    got = identity(w, ROLE_CASE_OFFICER, ids[0], "{\"reason\":\"contact\"}");
    web_refused(w, &got, 403, "no_share");
    got = share_all(w, "{\"staff_id\":\"" BAYU "\",\"password\":\"" PASSWORD
                       "\",\"ended\":true,\"identity\":true}");
    assert_string_equal(web_value(w, &got, "shared"), "4");
    got = identity(w, ROLE_CASE_OFFICER, ids[4], "{\"reason\":\"contact\"}");
    assert_int_equal(got.status, 200);
}

/* --- search ----------------------------------------------------------------------------------------------------- */

static struct got search(struct web *w, uint32_t role, const char *json)
{
    return web_post(w, role, "/pengaduan/cari", json);
}

static void what_can_be_opened_is_found(void **state)
{
    struct web *w = *state;
    (void)web_complaint(w, NULL);
    const char *second = web_complaint(w, "{\"text\":\"Pungutan liar di SMP.\\nMelibatkan "
                                          "k\u00e9pala s\u00e8kolah.\",\"way\":\"letter\","
                                          "\"parties\":[{\"name\":\"Ani Wijaya\"},{\"name\":\"BUDI "
                                          " HARTONO\"}],\"class\":\"public_service\"}");
    struct got got = search(w, ROLE_INTEL_CHIEF, "{\"q\":\"KEPALA sekolah\"}");
    assert_int_equal(got.status, 200);
    assert_string_equal(web_value(w, &got, "found"), "1");
    assert_string_equal(web_value(w, &got, "opened"), "2");
    assert_string_equal(web_value(w, &got, "items.0.number"), "PGD-2/2026");
    assert_string_equal(web_value(w, &got, "items.0.id"), second);
    assert_non_null(strstr(web_value(w, &got, "items.0.snippet"), "k\u00e9pala"));
    /* The same name, written differently, in another complaint. */
    assert_string_equal(web_value(w, &got, "items.0.same_party.0"), "PGD-1/2026");
    got = search(w, ROLE_INTEL_CHIEF, "{\"q\":\"kepala\"}");
    assert_string_equal(web_value(w, &got, "found"), "2");
    got = search(w, ROLE_INTEL_CHIEF, "{\"q\":\"kepala\",\"class\":\"corruption\"}");
    assert_string_equal(web_value(w, &got, "found"), "1");
    got = search(w, ROLE_INTEL_CHIEF, "{\"until\":\"2026-07-22\"}");
    assert_string_equal(web_value(w, &got, "found"), "0");
    got = search(w, ROLE_INTEL_CHIEF, "{\"from\":\"2026-07-23\",\"until\":\"2026-07-23\"}");
    assert_string_equal(web_value(w, &got, "found"), "2");
    got = search(w, ROLE_INTEL_CHIEF, "{\"class\":\"tidak-ada\"}");
    web_fault(w, &got, "class", "not_in_list");
    /* Nobody who has no share finds anything; the reporter is not looked at. */
    got = search(w, ROLE_CASE_OFFICER, "{\"q\":\"kepala\"}");
    assert_string_equal(web_value(w, &got, "opened"), "0");
    got = search(w, ROLE_INTEL_CHIEF, "{\"q\":\"Siti\"}");
    assert_string_equal(web_value(w, &got, "found"), "0");
    /* What was searched for is nobody's business. */
    assert_string_equal(house_text(w->h, "SELECT detail FROM audit_entry WHERE action = "
                                         "'complaints_searched' ORDER BY seq LIMIT 1"),
                        "opened=2");
    struct ask a = {.method = HTTP_POST,
                    .target = "/pengaduan/cari",
                    .role = ROLE_INTEL_CHIEF,
                    .page = true,
                    .form = "q=pungutan&state=&class=&from=&until="};
    got = web_ask(w, a);
    assert_int_equal(got.status, 200);
    assert_non_null(strstr(got.body, "<mark>Pungutan</mark>"));
    assert_non_null(strstr(got.body, "Nama terlapor yang sama"));
}

static void one_search_at_a_time(void **state)
{
    struct web *w = *state;
    (void)web_complaint(w, NULL);
    house_exec(w->h, arena_printf(w->arena,
                                  "INSERT INTO complaint_search VALUES ('%s', '" ARIEF "', %lld)",
                                  w->h->office, (long long)w->h->cx->now_ms + 1000));
    struct got got = search(w, ROLE_INTEL_CHIEF, "{\"q\":\"dana\"}");
    web_refused(w, &got, 409, "search_running");
    got = search(w, ROLE_OFFICE_HEAD, "{\"q\":\"dana\"}");
    assert_int_equal(got.status, 200);
    house_later(w->h, 2000); /* it broke off */
    got = search(w, ROLE_INTEL_CHIEF, "{\"q\":\"dana\"}");
    assert_int_equal(got.status, 200);
    assert_int_equal(house_number(w->h, "SELECT count(*) FROM complaint_search"), 0);
}

/* --- many --------------------------------------------------------------------------------------------------------- */

#define MANY 2000
#define FEW  200 /* written at once */

struct some {
    struct complaint_new *items;
    size_t count;
};

static enum err write_some(struct db_conn *tx, void *arg)
{
    const struct some *s = arg;
    for (size_t i = 0; i < s->count; i++)
        TRY(complaint_write(tx, &s->items[i]));
    return ERR_OK;
}

/* Every tenth is about another word; each day has fifty. */
static void write_many(struct web *w, const struct office *office)
{
    struct cx *cx = w->h->cx;
    house_act_as(w->h, person_of(ROLE_FRONT_DESK));
    struct buf story = buf_new(cx->arena, 4096, 8192);
    for (int i = 0; i < 40; i++)
        buf_puts(&story, "Dana bantuan tidak sampai kepada warga yang berhak menerimanya. ");
    for (size_t i = 0; i < MANY / FEW; i++) {
        struct some s = {ARENA_ARRAY(cx->arena, FEW, struct complaint_new), FEW};
        for (size_t k = 0; k < FEW; k++) {
            size_t n = i * FEW + k;
            struct complaint_party party = {.name = arena_printf(cx->arena, "Terlapor %zu", n % 400),
                                            .position = "",
                                            .address = ""};
            struct complaint_intake in = {
                .way = "letter",
                .mode = "confidential",
                .class = "corruption",
                .writer_id = cx->actor.id,
                .text = {.text = arena_printf(cx->arena, "%s %s", story.p,
                                              n % 10 ? "Tamat" : "Kuit\u00e1nsi palsu"),
                         .parties = &party,
                         .party_count = 1}};
            s.items[k].act = visit_act_of(cx);
            assert_int_equal(complaint_seal(cx, office, &in, &s.items[k]), ERR_OK);
        }
        assert_int_equal(db_tx(cx, "write_some", write_some, &s), ERR_OK);
        house_later(w->h, INT64_C(86400000));
    }
}

static void two_thousand_are_searched_and_passed_on(void **state)
{
    struct web *w = *state;
    struct office office = {.office_id = NULL};
    assert_int_equal(office_get(w->h->cx->read, w->h->office, &office), ERR_OK);
    write_many(w, &office);
    int64_t begin_ms = time_monotonic_ms();
    struct got got = search(w, ROLE_INTEL_CHIEF, "{\"q\":\"kuitansi\"}");
    int64_t search_ms = time_monotonic_ms() - begin_ms;
    assert_int_equal(got.status, 200);
    assert_string_equal(web_value(w, &got, "opened"), "2000");
    assert_string_equal(web_value(w, &got, "found"), "200");
    assert_string_not_equal(web_value(w, &got, "items.49.number"), "");
    assert_string_equal(web_value(w, &got, "items.50.number"), "");
    assert_int_equal(json_array_size(json_object_get(
                         json_array_get(json_object_get(got.json, "items"), 0), "same_party")),
                     4);
    begin_ms = time_monotonic_ms();
    got = share_all(w, "{\"staff_id\":\"" BAYU "\",\"password\":\"" PASSWORD "\"}");
    int64_t share_ms = time_monotonic_ms() - begin_ms;
    assert_string_equal(web_value(w, &got, "shared"), "2000");
    /* Exactly full: the walk cannot know that it is over, and says where to look on. */
    const char *after = web_value(w, &got, "after");
    assert_string_not_equal(after, "");
    got = share_all(w, arena_printf(w->arena,
                                    "{\"staff_id\":\"" BAYU "\",\"password\":\"" PASSWORD
                                    "\",\"after\":\"%s\"}",
                                    after));
    assert_string_equal(web_value(w, &got, "shared"), "0");
    assert_string_equal(web_value(w, &got, "after"), "");
    got = search(w, ROLE_CASE_OFFICER, "{\"q\":\"kuitansi\"}");
    assert_string_equal(web_value(w, &got, "found"), "200");
    print_message("%d complaints: searched in %lld ms, passed on in %lld ms\n", MANY,
                  (long long)search_ms, (long long)share_ms);
}

#define TEST(name_) cmocka_unit_test_setup_teardown(name_, begin, web_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_reader_sees_all_of_it_and_is_recorded),
        TEST(who_has_no_share_is_told_nothing),
        TEST(a_complaint_of_old_is_read_too),
        TEST(a_key_put_away_is_asked_for_on_the_page),
        TEST(the_identity_is_shown_for_a_reason),
        TEST(nobody_unnamed_learns_the_identity),
        TEST(access_is_given_and_taken),
        TEST(the_identity_is_given_with_the_password),
        TEST(an_untrusted_key_gets_nothing),
        TEST(a_new_key_is_repaired_by_a_colleague),
        TEST(all_are_passed_on_in_one_act),
        TEST(what_can_be_opened_is_found),
        TEST(one_search_at_a_time),
        TEST(two_thousand_are_searched_and_passed_on),
    };
    return cmocka_run_group_tests_name("casefile", tests, NULL, NULL);
}

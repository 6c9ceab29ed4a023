/* What of a guest stands in the files after the whole way, and who looked at the photo. */
#include "web_fixture.h"

static int begin(void **state)
{
    struct web *w = web_new();
    web_pools(w);
    *state = w;
    return 0;
}

static bool file_has(struct web *w, const char *suffix, const char *secret)
{
    const char *path = arena_printf(w->arena, "%s%s", w->h->o->f->path, suffix);
    FILE *f = fopen(path, "re");
    if (!f)
        return false;
    size_t room = 32u << 20, n = 0;
    char *bytes = malloc(room);
    assert_non_null(bytes);
    n = fread(bytes, 1, room, f);
    assert_true(n > 0 && n < room);
    (void)fclose(f);
    bool found = memmem(bytes, n, secret, strlen(secret)) != NULL;
    free(bytes);
    return found;
}

static void nothing_of_the_person_in_clear(void **state)
{
    struct web *w = *state;
    static const struct {
        const char *key, *json;
    } guest = {"rahasia-kunci",
               "{\"name\":\"Nama Terbuka\",\"id_type\":\"ktp\",\"id_number\":\"6203 0157 0890 "
               "0002\",\"purpose\":\"Pengaduan\","
               "\"category\":\"complaint\",\"no_photo_reason\":\"rusak\",\"phone\":\"0812 3456 "
               "7890\",\"email\":\"rahasia@contoh.id\","
               "\"address\":\"Jalan Rahasia 77\",\"gender\":\"P\",\"birth_date\":\"1990-08-17\"}"};
    struct ask a = {.method = HTTP_POST,
                    .target = "/tamu",
                    .role = ROLE_FRONT_DESK,
                    .json = guest.json,
                    .key = guest.key};
    struct got got = web_ask(w, a);
    assert_int_equal(got.status, 201);
    const char *id = web_value(w, &got, "id");
    (void)web_ask(w, a);
    (void)web_do(w, ROLE_FRONT_DESK, id, "titipan",
                 "{\"badge\":\"A-01\",\"items\":[{\"kind\":\"id_card\"}]}");
    (void)web_do(w, ROLE_FRONT_DESK, id, "ruang-tunggu", "{}");
    (void)web_do(w, ROLE_INTEL_CHIEF, id, "keputusan",
                 "{\"outcome\":\"ask_head\",\"note\":\"Catatan kasi rahasia\"}");
    (void)web_do(w, ROLE_OFFICE_HEAD, id, "keputusan",
                 "{\"outcome\":\"intel_chief\",\"note\":\"Catatan kajari rahasia\"}");
    (void)web_do(w, ROLE_INTEL_CHIEF, id, "diterima", "{}");
    (void)web_do(w, ROLE_INTEL_CHIEF, id, "catatan",
                 "{\"who\":\"Siapa rahasia\",\"what\":\"Apa rahasia\",\"when\":\"Kapan "
                 "rahasia\",\"where\":\"Mana rahasia\",\"how\":\"Cara rahasia\","
                 "\"why\":\"Sebab rahasia\",\"documents\":[{\"kind\":\"Surat "
                 "rahasia\",\"count\":2}],\"signature\":\"M11,22 L33,44.55\"}");
    a = (struct ask){
        .method = HTTP_POST,
        .target = web_step(w, id, "pengaduan"),
        .role = ROLE_INTEL_CHIEF,
        .key = "kunci-pengaduan",
        .json = "{\"text\":\"Isi pengaduan yang rahasia\",\"reported_party\":\"Terlapor "
                "Rahasia\",\"documents\":[{\"kind\":\"Bukti rahasia\"}]}"};
    got = web_ask(w, a);
    if (got.status != 201)
        print_error("%s\n", got.body);
    assert_int_equal(got.status, 201);
    (void)web_do(
        w, ROLE_FRONT_DESK, id, "koreksi",
        "{\"field\":\"address\",\"value\":\"Gang Tersembunyi 9\",\"reason\":\"Salah ketik\"}");
    (void)web_do(w, ROLE_FRONT_DESK, id, "koreksi",
                 "{\"field\":\"phone\",\"value\":\"0813 9876 5432\",\"reason\":\"Salah ketik\"}");
    (void)web_do(w, ROLE_DUTY_OFFICER, id, "pengembalian", "{\"all\":true}");
    (void)web_do(w, ROLE_DUTY_OFFICER, id, "selesai", "{\"badge\":\"A-01\"}");

    static const char *const secrets[] = {
        "6203015708900002", "6203 0157 0890 0002", "0157 0890",          "081234567890",
        "81234567890",      "0812 3456 7890",      "+6281234567890",     "rahasia@contoh.id",
        "Jalan Rahasia 77", "1990-08-17",          "Gang Tersembunyi 9", "81398765432",
        "0813 9876 5432",   "Siapa rahasia",       "Apa rahasia",        "Kapan rahasia",
        "Mana rahasia",     "Cara rahasia",        "Sebab rahasia",      "Surat rahasia",
        "M11,22",           "L33,44.55",           "Isi pengaduan yang", "Terlapor Rahasia",
        "Bukti rahasia",    "Catatan kasi",        "Catatan kajari",     "rahasia-kunci",
        "kunci-pengaduan"};
    static const char *const files[] = {"", "-wal", "-shm"};
    /* The search itself works: what is not secret is found. */
    assert_true(file_has(w, "", "Nama Terbuka") || file_has(w, "-wal", "Nama Terbuka"));
    for (size_t i = 0; i < ARRAY_LEN(secrets); i++) {
        for (size_t k = 0; k < ARRAY_LEN(files); k++) {
            if (file_has(w, files[k], secrets[i]))
                print_error("%s in %s\n", secrets[i], files[k]);
            assert_false(file_has(w, files[k], secrets[i]));
        }
    }
}

static void every_look_at_a_photo_is_recorded(void **state)
{
    struct web *w = *state;
    struct cx *cx = w->h->cx;
    static const char jpeg[] = "\xff\xd8 foto yang rahasia \xff\xd9";
    const char *id = web_guest(w, NULL);
    const char *photo = house_id(w->h);
    const struct bytes plain = {(const uint8_t *)jpeg, sizeof(jpeg) - 1};
    assert_int_equal(seal_file_write(cx->seal, cx->arena, cx->data_dir, "photos", photo, plain),
                     ERR_OK);
    house_exec(w->h, arena_printf(w->arena, "UPDATE visit SET photo_id = '%s'", photo));
    static const uint32_t looking[] = {ROLE_FRONT_DESK, ROLE_OFFICE_HEAD};
    for (size_t i = 0; i < ARRAY_LEN(looking); i++) {
        struct got got = web_get(w, looking[i], web_step(w, id, "foto"));
        assert_int_equal(got.status, 200);
        assert_string_equal(got.type, "image/jpeg");
        assert_memory_equal(got.body, jpeg, sizeof(jpeg) - 1);
        assert_int_equal(office_fixture_entries(w->h->o, id, "photo_viewed"), i + 1);
    }
    assert_string_equal(house_text(w->h, "SELECT actor_id FROM audit_entry WHERE action = "
                                         "'photo_viewed' ORDER BY seq DESC LIMIT 1"),
                        HENDRA);
    struct got got = web_get(w, ROLE_ADMIN, web_step(w, id, "foto"));
    web_refused(w, &got, 403, "role");
    got = web_ask(w, (struct ask){.method = HTTP_GET,
                                  .target = web_step(w, id, "foto"),
                                  .role = ROLE_FRONT_DESK,
                                  .bearer = true});
    web_refused(w, &got, 403, "token_refused"); /* it is sealed */
    got = web_get(w, ROLE_FRONT_DESK, arena_printf(w->arena, "/tamu/%s", id));
    assert_string_equal(web_value(w, &got, "has_photo"), "true");
    assert_int_equal(office_fixture_entries(w->h->o, id, "photo_viewed"),
                     2); /* the page alone is no look */
    assert_int_equal(seal_file_remove(cx->data_dir, "photos", photo), ERR_OK);
    const char *folder = arena_printf(w->arena, "%s/photos", cx->data_dir);
    (void)rmdir(arena_printf(w->arena, "%s/%s", folder, photo + 34));
    (void)rmdir(folder);
}

#define TEST(name_) cmocka_unit_test_setup_teardown(name_, begin, web_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_of_the_person_in_clear),
        TEST(every_look_at_a_photo_is_recorded),
    };
    return cmocka_run_group_tests_name("visit_secrets", tests, NULL, NULL);
}

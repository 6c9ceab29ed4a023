/* Comparing text as the search does, names of those complained about, and who may pass access on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "features/casefile/casefile.h"
#include "features/complaint/complaint_web_keys.h"

static int begin(void **state)
{
    *state = arena_new(64 * 1024);
    return 0;
}

static int end(void **state)
{
    arena_free(*state);
    return 0;
}

static void folding(void **state)
{
    struct arena *a = *state;
    static const struct {
        const char *written, *folded;
    } cases[] = {
        {NULL, ""},
        {"", ""},
        {"  Kepala\n\tDESA  ", "kepala desa "},
        {"K\u00c9PALA s\u00e8kolah", "kepala sekolah"},
        {"ke\u0301pala", "kepala"},
        {"\u0141\u00f3d\u017a \u0178 \u017f", "lodz y s"},
        {"Ma\u2019ruf", "ma'ruf"},
        {"a\u00a0b", "a b"},
        {"\u4e2d\u6587 \U0001f642", "\u4e2d\u6587 \U0001f642"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_string_equal(casefile_fold(a, cases[i].written), cases[i].folded);
}

static bool finds(struct arena *a, const char *typed, const char *text)
{
    const struct casefile_query q = casefile_query(a, typed);
    return casefile_matches(&q, casefile_fold(a, text));
}

static void every_word_must_be_there(void **state)
{
    struct arena *a = *state;
    const char *text = "Pungutan liar\ndi S\u00e8kolah Dasar";
    assert_true(finds(a, "", text));
    assert_true(finds(a, "sekolah pungutan", text));
    assert_true(finds(a, "  S\u00c9KOLAH ", text));
    assert_true(finds(a, "kola", text));
    assert_false(finds(a, "sekolah menengah", text));
    assert_false(finds(a, "%", text));
    const struct casefile_query q = casefile_query(a, "a b c d e f g h i j");
    assert_int_equal(q.count, CASEFILE_WORDS_MAX);
}

static struct casefile_snippet snippet(struct arena *a, const char *typed, const char *text)
{
    const struct casefile_query q = casefile_query(a, typed);
    return casefile_snippet(a, &q, text);
}

static void the_snippet_shows_the_text_as_written(void **state)
{
    struct arena *a = *state;
    struct casefile_snippet s = snippet(a, "sekolah", "Di  \n S\u00e8kolah\nitu");
    assert_string_equal(s.before, "Di    ");
    assert_string_equal(s.match, "S\u00e8kolah");
    assert_string_equal(s.after, " itu");
    struct buf b = buf_new(a, 4096, 8192);
    for (int i = 0; i < 300; i++)
        buf_puts(&b, "\u00e9 ");
    buf_puts(&b, "Kuitansi palsu");
    for (int i = 0; i < 300; i++)
        buf_puts(&b, " \u00f6");
    s = snippet(a, "kuitansi", b.p);
    assert_string_equal(s.match, "Kuitansi");
    assert_true(strncmp(s.before, "\u2026", strlen("\u2026")) == 0);
    assert_int_equal(strlen(s.before), strlen("\u2026") + 30 * strlen("\u00e9 "));
    assert_string_equal(s.after + strlen(s.after) - strlen("\u2026"), "\u2026");
    /* A word found only in another of the texts, or no words: the beginning. */
    s = snippet(a, "", "Awal cerita");
    assert_string_equal(s.before, "");
    assert_string_equal(s.match, "");
    assert_string_equal(s.after, "Awal cerita");
    s = snippet(a, "lain", "Awal cerita");
    assert_string_equal(s.match, "");
    s = snippet(a, "a", "");
    assert_string_equal(s.after, "");
}

static void names_of_parties(void **state)
{
    struct arena *a = *state;
    struct complaint_party parties[] = {{.name = "Drs. H. Budi  Santoso"},
                                        {.name = "\u00c1ni"},
                                        {.name = "drs h budi santoso"},
                                        {.name = ""},
                                        {.name = NULL}};
    const struct complaint_text t = {.parties = parties,
                                     .party_count = ARRAY_LEN(parties),
                                     .reported_party = "Joko Susilo, Camat\nAB\nRini; Bendahara"};
    const char *names[CASEFILE_NAMES_MAX];
    size_t n = casefile_party_names(a, &t, names, CASEFILE_NAMES_MAX);
    assert_int_equal(n, 3);
    assert_string_equal(names[0], "drs h budi santoso");
    assert_string_equal(names[1], "joko susilo");
    assert_string_equal(names[2], "rini");
    assert_int_equal(casefile_party_names(a, &t, names, 1), 1);
}

static void what_a_search_looks_at(void **state)
{
    struct arena *a = *state;
    struct complaint_party party = {.name = "Budi", .position = "Camat", .address = ""};
    struct complaint_document document = {.kind = "Kuitansi"};
    const struct complaint_text t = {.text = "Isi",
                                     .parties = &party,
                                     .party_count = 1,
                                     .questions = {.how = "Begini"},
                                     .place = "Anjir",
                                     .documents = &document,
                                     .document_count = 1};
    assert_string_equal(casefile_plain(a, &t), "Isi\nBudi\nCamat\nBegini\nAnjir\nKuitansi");
    const struct complaint_text nothing = {.text = NULL};
    assert_string_equal(casefile_plain(a, &nothing), "");
}

static void who_passes_access_on(void **state)
{
    (void)state;
    const struct actor chief = {.kind = ACTOR_USER, .roles = ROLE_INTEL_CHIEF, .key_trusted = true};
    const struct actor waits = {.kind = ACTOR_USER, .roles = ROLE_INTEL_CHIEF};
    const struct actor officer = {
        .kind = ACTOR_USER, .roles = ROLE_CASE_OFFICER | ROLE_SECTION_CHIEF, .key_trusted = true};
    struct refusal r = casefile_may_share(&chief, false, COMPLAINT_CONTENT | COMPLAINT_REPORTER);
    assert_int_equal(r.err, ERR_OK);
    r = casefile_may_share(&officer, false, COMPLAINT_CONTENT);
    assert_int_equal(r.err, ERR_DENIED);
    r = casefile_may_share(&officer, true, COMPLAINT_CONTENT);
    assert_int_equal(r.err, ERR_OK);
    r = casefile_may_share(&officer, true, COMPLAINT_REPORTER);
    assert_int_equal(r.err, ERR_DENIED);
    assert_string_equal(r.code, "leaders_name");
    assert_int_equal(casefile_may_share(&waits, false, COMPLAINT_CONTENT).err, ERR_DENIED);
    assert_int_equal(casefile_may_take(&chief).err, ERR_OK);
    assert_int_equal(casefile_may_take(&officer).err, ERR_DENIED);
    assert_int_equal(casefile_may_take(&waits).err, ERR_DENIED);
    const struct staff good = {.roles = ROLE_CASE_OFFICER, .key_trusted_at = 1};
    assert_string_equal(casefile_cannot_receive(&good), "");
    const struct staff untrusted = {.roles = ROLE_CASE_OFFICER};
    const struct staff admin = {.roles = ROLE_ADMIN, .key_trusted_at = 1};
    const struct staff gone = {.roles = ROLE_CASE_OFFICER, .key_trusted_at = 1, .disabled_at = 1};
    assert_string_equal(casefile_cannot_receive(&untrusted), "kunci belum dipercayai");
    assert_string_not_equal(casefile_cannot_receive(&admin), "");
    assert_string_not_equal(casefile_cannot_receive(&gone), "");
}

#define TEST(name_) cmocka_unit_test_setup_teardown(name_, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(folding),
        TEST(every_word_must_be_there),
        TEST(the_snippet_shows_the_text_as_written),
        TEST(names_of_parties),
        TEST(what_a_search_looks_at),
        TEST(who_passes_access_on),
    };
    return cmocka_run_group_tests_name("casefile_rules", tests, NULL, NULL);
}

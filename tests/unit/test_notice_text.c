/* Answers in words: what is taken, and above all what is not. */
#include <string.h>

#include "support/test.h"

#include "features/notice/notice_text.h"
#include "lib/base/str.h"

struct phrase {
    const char *text, *outcome;
    int64_t minutes, guest;
};

static void check(const struct phrase *list, size_t count, bool head)
{
    for (size_t i = 0; i < count; i++) {
        struct notice_text t = {.outcome = "untouched"};
        bool taken = notice_text_parse(list[i].text, head, &t);
        if (!taken || !str_eq(t.outcome, list[i].outcome) || t.minutes != list[i].minutes ||
            t.guest != list[i].guest)
            fail_msg("\"%s\": %s %s, %lld minutes, guest %lld", list[i].text,
                     taken ? "taken as" : "not taken,", t.outcome, (long long)t.minutes,
                     (long long)t.guest);
    }
}

static void the_chief_answers_in_his_own_words(void **state)
{
    (void)state;
    static const struct phrase list[] = {
        {"1", "intel_chief", 0, 0},
        {"1.", "intel_chief", 0, 0},
        {" 1 ) ", "intel_chief", 0, 0},
        {"1\xef\xb8\x8f\xe2\x83\xa3", "intel_chief", 0, 0},
        {"nomor 1", "intel_chief", 0, 0},
        {"1 pak", "intel_chief", 0, 0},
        {"terima", "intel_chief", 0, 0},
        {"Terima.", "intel_chief", 0, 0},
        {"TERIMA!!", "intel_chief", 0, 0},
        {"saya terima", "intel_chief", 0, 0},
        {"saya terima pak", "intel_chief", 0, 0},
        {"Saya yang terima, Bu.", "intel_chief", 0, 0},
        {"ok", "intel_chief", 0, 0},
        {"Ok pak", "intel_chief", 0, 0},
        {"ok pak \xf0\x9f\x91\x8d", "intel_chief", 0, 0},
        {"siap \xf0\x9f\x99\x8f\xf0\x9f\x8f\xbd", "intel_chief", 0, 0},
        {"oke, saya terima", "intel_chief", 0, 0},
        {"ya", "intel_chief", 0, 0},
        {"iya pak", "intel_chief", 0, 0},
        {"baik bu", "intel_chief", 0, 0},
        {"silakan", "intel_chief", 0, 0},
        {"cukup kasi intel", "intel_chief", 0, 0},
        {"1. saya terima", "intel_chief", 0, 0},
        {"2", "ask_head", 0, 0},
        {"2.", "ask_head", 0, 0},
        {"tanya kajari", "ask_head", 0, 0},
        {"Tanya Kajari dulu", "ask_head", 0, 0},
        {"tanya pimpinan", "ask_head", 0, 0},
        {"teruskan ke kajari", "ask_head", 0, 0},
        {"lapor kajari", "ask_head", 0, 0},
        {"kajari", "ask_head", 0, 0},
        {"ke pimpinan saja", "ask_head", 0, 0},
        {"ok tanya kajari", "ask_head", 0, 0},
        {"3", "later", 0, 0},
        {"nanti", "later", 0, 0},
        {"Nanti dulu pak", "later", 0, 0},
        {"nanti ya", "later", 0, 0},
        {"tunggu sebentar", "later", 0, 0},
        {"nanti 15", "later", 15, 0},
        {"Nanti 15 menit lagi", "later", 15, 0},
        {"tunggu 10 mnt", "later", 10, 0},
        {"20 menit", "later", 20, 0},
        {"nanti 1 jam", "later", 60, 0},
        {"3. nanti 15", "later", 15, 0},
        {"nanti 3", "later", 3, 0},
        {"4", "refused", 0, 0},
        {"tolak", "refused", 0, 0},
        {"tolak pak", "refused", 0, 0},
        {"ditolak", "refused", 0, 0},
        {"terima 12", "intel_chief", 0, 12},
        {"12 terima", "intel_chief", 0, 12},
        {"tamu 12 terima", "intel_chief", 0, 12},
        {"terima tamu nomor 12", "intel_chief", 0, 12},
        {"terima no. 12/2026", "intel_chief", 0, 12},
        {"12/2026 tolak", "refused", 0, 12},
        {"tolak 3", "refused", 0, 3},
        {"tamu 7 nanti 20", "later", 20, 7},
        {"ok nomor 5", "intel_chief", 0, 5},
        {"2 nomor 12", "ask_head", 0, 12},
    };
    check(list, ARRAY_LEN(list), false);
}

static void the_head_answers_in_his_own_words(void **state)
{
    (void)state;
    static const struct phrase list[] = {
        {"1", "office_head", 0, 0},
        {"saya terima", "office_head", 0, 0},
        {"ok", "office_head", 0, 0},
        {"kajari terima", "office_head", 0, 0},
        {"2.", "intel_chief", 0, 0},
        {"cukup kasi intel", "intel_chief", 0, 0},
        {"Cukup Kasi Intel saja", "intel_chief", 0, 0},
        {"kasi intel yang terima", "intel_chief", 0, 0},
        {"intel saja", "intel_chief", 0, 0},
        {"kasintel aja pak", "intel_chief", 0, 0},
        {"ok, kasi intel", "intel_chief", 0, 0},
        {"3", "later", 0, 0},
        {"nanti 30", "later", 30, 0},
        {"tolak", "refused", 0, 0},
        {"cukup kasi intel 9", "intel_chief", 0, 9},
    };
    check(list, ARRAY_LEN(list), true);
}

static void what_is_no_clear_answer_is_not_taken(void **state)
{
    (void)state;
    static const char *const list[] = {
        "",
        " ",
        ".",
        "belum bisa terima",
        "jangan terima",
        "jgn diterima",
        "tidak",
        "tidak bisa",
        "tidak diterima",
        "tdk terima",
        "gak bisa",
        "nggak",
        "saya tidak terima",
        "bukan saya",
        "jangan tolak",
        "tidak usah tolak",
        "belum",
        "terima kasih",
        "Terima kasih pak",
        "makasih",
        "terima?",
        "ok?",
        "siapa tamunya?",
        "siapa",
        "apa keperluannya",
        "terima atau tolak",
        "terima tolak",
        "nanti saya terima",
        "nanti tanya kajari",
        "terima besok",
        "nanti sore",
        "nanti jam 3",
        "jam 10",
        "nanti 500",
        "nanti 0",
        "0",
        "5",
        "12",
        "1 2",
        "1 atau 2",
        "12 13 terima",
        "kalau kajari tidak ada saya terima",
        "kajari terima",
        "kajari yang terima",
        "ok kajari",
        "saya sedang rapat",
        "di luar kantor",
        "\xf0\x9f\x91\x8d",
        "\xf0\x9f\x91\x8e",
        "ok \xf0\x9f\x91\x8e",
        "terima \xe4\xbd\xa0",
        "\xff\xfe",
        "sudah",
        "sudah saya terima",
        "menit",
        "15 menit 20 menit 30 1 2",
        "cukup",
        "saja",
        "pak",
        "assalamualaikum",
        "tamu",
        "99999999999999999999",
        "tanya",
        "tanya kasi intel",
        "terimaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "ya ya ya ya ya ya ya ya ya ya ya ya ya",
        "tolak ya terima",
        "tolak 15 menit",
        "15 menit terima",
        "ok tolak",
        "batal",
        "tunda sampai besok",
        "terima'; DROP TABLE answer",
        "v1.AAAAAAAAAAAAAAAAAAAAAA",
    };
    for (size_t i = 0; i < ARRAY_LEN(list); i++) {
        struct notice_text t = {.outcome = "untouched", .minutes = 7};
        bool taken = notice_text_parse(list[i], false, &t);
        /* "tanya" alone can only mean the Kajari. */
        if (str_eq(list[i], "tanya")) {
            assert_true(taken);
            assert_string_equal(t.outcome, "ask_head");
            continue;
        }
        if (taken)
            fail_msg("\"%s\" is taken as %s", list[i], t.outcome);
        assert_string_equal(t.outcome, "untouched");
        assert_int_equal(t.minutes, 7);
    }
    struct notice_text t;
    assert_false(notice_text_parse(NULL, false, &t));
    assert_false(notice_text_parse("4", true, &t)); /* the Kajari has three answers */
    assert_false(notice_text_parse("tanya kajari", true, &t));
    assert_false(notice_text_parse("jangan kasi intel", true, &t));
    assert_false(notice_text_parse("kajari atau kasi intel", true, &t));
}

static void a_bare_number_says_that_it_is_one(void **state)
{
    (void)state;
    struct notice_text t;
    assert_true(notice_text_parse("1", false, &t));
    assert_true(t.numbered);
    assert_true(notice_text_parse("terima", false, &t));
    assert_false(t.numbered);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_chief_answers_in_his_own_words),
        cmocka_unit_test(the_head_answers_in_his_own_words),
        cmocka_unit_test(what_is_no_clear_answer_is_not_taken),
        cmocka_unit_test(a_bare_number_says_that_it_is_one),
    };
    return cmocka_run_group_tests_name("notice_text", tests, NULL, NULL);
}

/* Answers in words. A short text of known words only; one that we do not know makes it no answer at all,
 * because a wrong "terima" is worse than a second question. Pure. See notice_text.h. */
#include "features/notice/notice_text.h"

#include <stddef.h>
#include <string.h>

#include "lib/base/str.h"
#include "lib/base/utf8.h"
#include "lib/base/banned.h"

enum { WORDS_MAX = 12, WORD_BYTES = 20, MINUTES_MAX = 240, GUEST_MAX = 999999 };

enum meaning {
    UNKNOWN,
    FILLER,  /* pak, bu, saya, siap */
    YES,     /* ok, ya, baik: receives, when nothing else is said */
    RECEIVE, /* terima */
    ASK,     /* tanya */
    HEAD,    /* kajari, pimpinan */
    ENOUGH,  /* cukup, saja: leaves it to the Kasi Intel */
    CHIEF,   /* (kasi) intel */
    LATER,   /* nanti */
    REFUSE,  /* tolak */
    GUEST,   /* tamu, nomor: a guest's number follows */
    MINUTE,  /* menit */
    HOUR,    /* jam */
    NUMBER,
};

struct word {
    enum meaning meaning;
    int64_t number;
};

struct reading {
    struct word words[WORDS_MAX];
    size_t count;
};

static const struct {
    const char *word;
    enum meaning meaning;
} vocabulary[] = {
    {"pak", FILLER},     {"bapak", FILLER},    {"bu", FILLER},        {"ibu", FILLER},
    {"mas", FILLER},     {"mbak", FILLER},     {"mba", FILLER},       {"bang", FILLER},
    {"bos", FILLER},     {"komandan", FILLER}, {"ndan", FILLER},      {"saya", FILLER},
    {"sy", FILLER},      {"aku", FILLER},      {"kami", FILLER},      {"yang", FILLER},
    {"yg", FILLER},      {"akan", FILLER},     {"tamunya", FILLER},   {"nya", FILLER},
    {"ke", FILLER},      {"kepada", FILLER},   {"dengan", FILLER},    {"oleh", FILLER},
    {"lagi", FILLER},    {"dulu", FILLER},     {"ya", YES},           {"iya", YES},
    {"y", YES},          {"yes", YES},         {"ok", YES},           {"oke", YES},
    {"okay", YES},       {"okey", YES},        {"oks", YES},          {"baik", YES},
    {"siap", YES},       {"setuju", YES},      {"boleh", YES},        {"silakan", YES},
    {"silahkan", YES},   {"persilakan", YES},  {"persilahkan", YES},  {"terima", RECEIVE},
    {"trima", RECEIVE},  {"trm", RECEIVE},     {"diterima", RECEIVE}, {"menerima", RECEIVE},
    {"nerima", RECEIVE}, {"tanya", ASK},       {"tanyakan", ASK},     {"tanyain", ASK},
    {"teruskan", ASK},   {"lapor", ASK},       {"laporkan", ASK},     {"konfirmasi", ASK},
    {"kajari", HEAD},    {"pimpinan", HEAD},   {"kepala", HEAD},      {"cukup", ENOUGH},
    {"saja", ENOUGH},    {"aja", ENOUGH},      {"kasi", CHIEF},       {"kasie", CHIEF},
    {"intel", CHIEF},    {"intelijen", CHIEF}, {"kasintel", CHIEF},   {"nanti", LATER},
    {"ntar", LATER},     {"nti", LATER},       {"tunggu", LATER},     {"sebentar", LATER},
    {"bentar", LATER},   {"sbntar", LATER},    {"tunda", LATER},      {"tolak", REFUSE},
    {"ditolak", REFUSE}, {"menolak", REFUSE},  {"tamu", GUEST},       {"nomor", GUEST},
    {"nomer", GUEST},    {"no", GUEST},        {"menit", MINUTE},     {"mnt", MINUTE},
    {"menitan", MINUTE}, {"jam", HOUR},
};

static enum meaning meaning_of(const char *word)
{
    for (size_t i = 0; i < ARRAY_LEN(vocabulary); i++)
        if (str_eq(vocabulary[i].word, word))
            return vocabulary[i].meaning;
    return UNKNOWN;
}

/* --- cutting into words -------------------------------------------------------------------------------- */

/* Signs that change nothing: ASCII punctuation but the question mark, the frame of 1️⃣, 👍 and 🙏. */
static bool is_gap(uint32_t c)
{
    return (c <= ' ' || (c < 0x80 && c != '?')) || c == 0xa0 || c == 0xfe0f || c == 0x20e3 ||
           c == 0x1f44d || c == 0x1f64f || (c >= 0x1f3fb && c <= 0x1f3ff) || c == 0x2026 ||
           (c >= 0x2010 && c <= 0x201d);
}

static bool is_letter(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

static bool add(struct reading *r, enum meaning meaning, int64_t number)
{
    if (r->count == WORDS_MAX || meaning == UNKNOWN)
        return false;
    r->words[r->count++] = (struct word){meaning, number};
    return true;
}

static bool add_letters(struct reading *r, const char **p)
{
    char word[WORD_BYTES];
    size_t n = 0;
    for (; is_letter((unsigned char)**p); (*p)++) {
        if (n == sizeof(word) - 1)
            return false;
        word[n++] = (char)(**p | 0x20);
    }
    word[n] = '\0';
    return add(r, meaning_of(word), 0);
}

/* "12", and "12/2026": the year of a register number says nothing new. */
static bool add_digits(struct reading *r, const char **p)
{
    int64_t number = 0;
    for (; is_digit((unsigned char)**p); (*p)++) {
        number = number * 10 + (**p - '0');
        if (number > GUEST_MAX)
            return false;
    }
    bool year = **p == '/' && strspn(*p + 1, "0123456789") == 4;
    if (year)
        *p += 5;
    return add(r, year ? GUEST : NUMBER, number) && (!year || add(r, NUMBER, number));
}

static bool cut(const char *text, struct reading *r)
{
    const char *p = text;
    while (*p) {
        const char *from = p;
        uint32_t c = utf8_next(&p);
        if (is_letter(c) || is_digit(c)) {
            p = from;
            if (!(is_letter(c) ? add_letters(r, &p) : add_digits(r, &p)))
                return false;
        } else if (!is_gap(c)) {
            return false;
        }
    }
    return r->count > 0;
}

/* --- what they mean together ----------------------------------------------------------------------------- */

struct sense {
    bool said[NUMBER + 1];
    int64_t minutes, guest;
    int64_t bare[2]; /* numbers that no word claims */
    size_t bare_count;
};

/* A number belongs to the word before it (tamu 12) or behind it (15 menit). */
static bool claim_number(const struct reading *r, size_t i, struct sense *s)
{
    enum meaning before = i > 0 ? r->words[i - 1].meaning : UNKNOWN;
    enum meaning behind = i + 1 < r->count ? r->words[i + 1].meaning : UNKNOWN;
    int64_t number = r->words[i].number;
    if (before == HOUR) /* "jam 3" is a time of the day */
        return false;
    if (behind == MINUTE || behind == HOUR) {
        s->minutes = behind == HOUR ? number * 60 : number;
        return s->minutes >= 1 && s->minutes <= MINUTES_MAX;
    }
    if (before == GUEST) {
        s->guest = number;
        return number > 0;
    }
    if (s->bare_count == ARRAY_LEN(s->bare))
        return false;
    s->bare[s->bare_count++] = number;
    return true;
}

static bool weigh(const struct reading *r, struct sense *s)
{
    for (size_t i = 0; i < r->count; i++) {
        enum meaning m = r->words[i].meaning;
        s->said[m] = true;
        if (m == NUMBER && !claim_number(r, i, s))
            return false;
        bool unit = m == MINUTE || m == HOUR;
        if (unit && (i == 0 || r->words[i - 1].meaning != NUMBER))
            return false;
    }
    return true;
}

static const char *choice_of(int64_t number, bool head)
{
    static const char *const of_chief[] = {"intel_chief", "ask_head", "later", "refused"};
    static const char *const of_head[] = {"office_head", "intel_chief", "later"};
    size_t count = head ? ARRAY_LEN(of_head) : ARRAY_LEN(of_chief);
    if (number < 1 || (size_t)number > count)
        return NULL;
    return head ? of_head[number - 1] : of_chief[number - 1];
}

/* Of the Kasi Intel. Who is named with "terima" must be himself: "kajari terima" is the Kajari's to say. */
static const char *outcome_of_chief(const struct sense *s)
{
    if (s->said[ASK])
        return s->said[RECEIVE] || s->said[CHIEF] || s->said[ENOUGH] ? NULL : "ask_head";
    if (s->said[HEAD])
        return s->said[RECEIVE] || s->said[CHIEF] || s->said[YES] ? NULL : "ask_head";
    return s->said[RECEIVE] || s->said[YES] || s->said[CHIEF] ? "intel_chief" : NULL;
}

static const char *outcome_of_head(const struct sense *s)
{
    if (s->said[ASK] || (s->said[CHIEF] && s->said[HEAD]))
        return NULL;
    if (s->said[CHIEF])
        return "intel_chief";
    return s->said[RECEIVE] || s->said[YES] ? "office_head" : NULL;
}

/* NULL when the words say nothing, or two things at once. */
static const char *outcome_of(const struct sense *s, bool head)
{
    bool ask = s->said[RECEIVE] || s->said[ASK] || s->said[HEAD] || s->said[CHIEF] ||
               s->said[ENOUGH];
    if (s->said[REFUSE])
        return ask || s->said[LATER] || s->said[YES] || s->minutes ? NULL : "refused";
    if (s->said[LATER] || s->minutes)
        return ask ? NULL : "later";
    return head ? outcome_of_head(s) : outcome_of_chief(s);
}

/* Numbers without a word: the answer's own ("1. terima"), minutes of a "nanti", else the guest's. */
static bool place_numbers(struct sense *s, const char *outcome, bool head)
{
    for (size_t i = 0; i < s->bare_count; i++) {
        int64_t number = s->bare[i];
        bool own = i == 0 && str_eq(choice_of(number, head), outcome);
        if (own && (s->bare_count == 2 || !str_eq(outcome, "later")))
            continue;
        if (str_eq(outcome, "later") && !s->minutes) {
            if (number < 1 || number > MINUTES_MAX)
                return false;
            s->minutes = number;
        } else if (!s->guest && number > 0) {
            s->guest = number;
        } else {
            return false;
        }
    }
    return true;
}

bool notice_text_parse(const char *text, bool head, struct notice_text *ret)
{
    struct reading r = {.count = 0};
    struct sense s = {.bare_count = 0};
    if (str_empty(text) || !utf8_valid(text, strlen(text)) || !cut(text, &r) || !weigh(&r, &s))
        return false;
    const char *outcome = outcome_of(&s, head);
    if (!outcome) {
        /* Only a number: that of the answer ("nomor 1" too). */
        bool words = s.said[RECEIVE] || s.said[ASK] || s.said[HEAD] || s.said[CHIEF] ||
                     s.said[ENOUGH] || s.said[LATER] || s.said[REFUSE] || s.said[YES] || s.minutes;
        int64_t number = s.bare_count == 1 ? s.bare[0] : s.bare_count == 0 ? s.guest : 0;
        bool both = s.bare_count == 1 && s.guest;
        outcome = words ? NULL : choice_of(number, head);
        if (!outcome)
            return false;
        *ret = (struct notice_text){
            .outcome = outcome, .numbered = true, .guest = both ? s.guest : 0};
        return true;
    }
    if (!place_numbers(&s, outcome, head))
        return false;
    *ret = (struct notice_text){.outcome = outcome, .minutes = s.minutes, .guest = s.guest};
    return true;
}

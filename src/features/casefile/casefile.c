/* Rules of the opened complaint: who may pass access on, and how text is compared in a search. Pure. */
#include "features/casefile/casefile.h"

#include <string.h>

#include "features/complaint/complaint_web_keys.h"
#include "lib/base/utf8.h"
#include "lib/base/banned.h"

#define SNIPPET_BEFORE 60 /* code points around the word */
#define SNIPPET_AFTER  120
#define NAME_MIN       4 /* letters: shorter ones are the same by chance */

const struct complaint_code casefile_reasons[] = {
    {"contact", T("Menghubungi pelapor")},
    {"complete", T("Melengkapi berkas")},
    {"protection", T("Perlindungan pelapor")},
    {CASEFILE_REASON_OTHER, T("Lainnya")},
    {NULL, NULL},
};

/* --- access ----------------------------------------------------------------------------------------------- */

struct refusal casefile_may_share(const struct actor *actor, bool has_it_already, unsigned parts)
{
    if (complaint_leads(actor))
        return (struct refusal){.err = ERR_OK};
    if (parts & COMPLAINT_REPORTER)
        return (struct refusal){
            .err = ERR_DENIED,
            .code = "leaders_name",
            .msgid = T("Hanya Kasi Intelijen dan Kajari yang menunjuk siapa yang boleh mengetahui "
                       "identitas pelapor.")};
    if (has_it_already)
        return (struct refusal){.err = ERR_OK};
    return (struct refusal){
        .err = ERR_DENIED,
        .code = "leaders_name",
        .msgid = T(
            "Hanya Kasi Intelijen dan Kajari yang memberi akses kepada orang baru. Anda dapat "
            "memperbarui akses orang yang sudah ditunjuk.")};
}

struct refusal casefile_may_take(const struct actor *actor)
{
    if (complaint_leads(actor))
        return (struct refusal){.err = ERR_OK};
    return (struct refusal){
        .err = ERR_DENIED,
        .code = "leaders_name",
        .msgid = T("Hanya Kasi Intelijen dan Kajari yang dapat mencabut akses.")};
}

const char *casefile_cannot_receive(const struct staff *s)
{
    if (s->disabled_at)
        return T("akun nonaktif");
    if (!(s->roles & COMPLAINT_READER_ROLES))
        return T("perannya tidak membaca pengaduan");
    if (!s->key_trusted_at)
        return T("kunci belum dipercayai");
    return "";
}

/* --- comparing text ------------------------------------------------------------------------------------------ */

/* U+00C0 to U+017F: the letter without its marks. */
#define LATIN_FIRST 0xC0u
#define LATIN_LAST  0x17Fu
static const char latin[] = "aaaaaaaceeeeiiiidnoooooxouuuuytsaaaaaaaceeeeiiiidnooooo/ouuuuyty"
                            "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
                            "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
_Static_assert(sizeof(latin) == LATIN_LAST - LATIN_FIRST + 2, "one letter for each code point");

static bool is_blank(uint32_t c)
{
    return c <= ' ' || c == 0xA0 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x3000;
}

static bool is_mark(uint32_t c)
{
    return c >= 0x300 && c <= 0x36F;
}

/* One code point folded: bytes written to `to`, which has room for 4. */
static size_t fold_one(const char **s, char to[4])
{
    const char *from = *s;
    uint32_t c = utf8_next(s);
    if (is_mark(c))
        return 0;
    if (is_blank(c))
        to[0] = ' ';
    else if (c >= 'A' && c <= 'Z')
        to[0] = (char)(c + ('a' - 'A'));
    else if (c >= LATIN_FIRST && c <= LATIN_LAST)
        to[0] = latin[c - LATIN_FIRST];
    else if (c == 0x2018 || c == 0x2019)
        to[0] = '\'';
    else {
        memcpy(to, from, (size_t)(*s - from));
        return (size_t)(*s - from);
    }
    return 1;
}

char *casefile_fold(struct arena *a, const char *text)
{
    const char *s = str_or(text, "");
    char *folded = arena_alloc(a, strlen(s) + 1); /* folding never makes a text longer */
    size_t n = 0;
    while (*s) {
        char one[4];
        size_t bytes = fold_one(&s, one);
        bool again = bytes == 1 && one[0] == ' ' && (n == 0 || folded[n - 1] == ' ');
        if (again)
            continue;
        memcpy(folded + n, one, bytes);
        n += bytes;
    }
    folded[n] = '\0';
    return folded;
}

struct casefile_query casefile_query(struct arena *a, const char *typed)
{
    struct casefile_query q = {.count = 0};
    const char *p = casefile_fold(a, typed);
    while (*p && q.count < CASEFILE_WORDS_MAX) {
        p += strspn(p, " ");
        size_t n = strcspn(p, " ");
        if (n)
            q.words[q.count++] = arena_strndup(a, p, n);
        p += n;
    }
    return q;
}

bool casefile_matches(const struct casefile_query *q, const char *folded)
{
    for (size_t i = 0; i < q->count; i++) {
        if (!strstr(folded, q->words[i]))
            return false;
    }
    return true;
}

/* --- snippet --------------------------------------------------------------------------------------------------- */

/* Where the word begins and ends in the text as written; false when it is not there. */
static bool find_word(struct arena *a, const char *text, const char *word, const char **ret_begin,
                      const char **ret_end)
{
    const char *folded = casefile_fold(a, text);
    const char *hit = strstr(folded, word);
    if (!hit)
        return false;
    size_t begin = (size_t)(hit - folded), end = begin + strlen(word), n = 0;
    bool blank = true; /* as casefile_fold() counts: blanks in a row are one, none at the beginning */
    for (const char *s = text; *s && n < end;) {
        char one[4];
        const char *from = s;
        size_t bytes = fold_one(&s, one);
        bool is_space = bytes == 1 && one[0] == ' ';
        if (is_space && blank)
            continue;
        if (n == begin)
            *ret_begin = from;
        n += bytes;
        blank = bytes ? is_space : blank;
        *ret_end = s;
    }
    return true;
}

static const char *step_back(const char *begin, const char *p, int points)
{
    while (p > begin && points-- > 0) {
        do
            p--;
        while (p > begin && ((unsigned char)*p & 0xC0) == 0x80);
    }
    return p;
}

static const char *step_on(const char *p, int points)
{
    while (*p && points-- > 0)
        (void)utf8_next(&p);
    return p;
}

static char *one_line(struct arena *a, const char *p, size_t n)
{
    char *line = arena_strndup(a, p, n);
    for (char *c = line; *c; c++) {
        if ((unsigned char)*c < ' ')
            *c = ' ';
    }
    return line;
}

struct casefile_snippet casefile_snippet(struct arena *a, const struct casefile_query *q,
                                         const char *text)
{
    const char *begin = text, *end = text;
    if (q->count == 0 || !find_word(a, text, q->words[0], &begin, &end))
        begin = end = text;
    const char *from = step_back(text, begin, SNIPPET_BEFORE);
    const char *to = step_on(end, SNIPPET_AFTER);
    return (struct casefile_snippet){
        .before = arena_printf(a, "%s%s", from > text ? "…" : "",
                               one_line(a, from, (size_t)(begin - from))),
        .match = one_line(a, begin, (size_t)(end - begin)),
        .after = arena_printf(a, "%s%s", one_line(a, end, (size_t)(to - end)), *to ? "…" : "")};
}

/* --- what of a complaint is looked at --------------------------------------------------------------------------- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

/* "Drs. H. Budi  Santoso" → "drs h budi santoso"; NULL when too little is left. */
static const char *name_of(struct arena *a, const char *written, size_t n)
{
    char *folded = casefile_fold(a, arena_strndup(a, written, n));
    size_t kept = 0, letters = 0;
    for (const char *c = folded; *c; c++) {
        bool letter = is_letter(*c);
        letters += letter;
        if (letter)
            folded[kept++] = *c;
        else if (kept && folded[kept - 1] != ' ')
            folded[kept++] = ' ';
    }
    while (kept && folded[kept - 1] == ' ')
        kept--;
    folded[kept] = '\0';
    return letters >= NAME_MIN ? folded : NULL;
}

static size_t add_name(struct arena *a, const char *written, size_t n, const char **ret,
                       size_t count)
{
    const char *name = name_of(a, written, n);
    if (!name)
        return count;
    for (size_t i = 0; i < count; i++) {
        if (str_eq(ret[i], name))
            return count;
    }
    ret[count] = name;
    return count + 1;
}

size_t casefile_party_names(struct arena *a, const struct complaint_text *t, const char **ret,
                            size_t max)
{
    size_t count = 0;
    for (size_t i = 0; i < t->party_count && count < max; i++) {
        const char *name = str_or(t->parties[i].name, "");
        count = add_name(a, name, strlen(name), ret, count);
    }
    /* As older forms wrote it: one party a line, the name before the first comma. */
    for (const char *p = str_or(t->reported_party, ""); *p && count < max;) {
        size_t line = strcspn(p, "\n");
        size_t comma = strcspn(p, ",;\n");
        count = add_name(a, p, comma, ret, count);
        p += line + (p[line] == '\n');
    }
    return count;
}

static void add_line(struct buf *b, const char *text)
{
    if (str_empty(text))
        return;
    if (b->n)
        buf_putc(b, '\n');
    buf_puts(b, text);
}

char *casefile_plain(struct arena *a, const struct complaint_text *t)
{
    struct buf b = buf_new(a, 2048, 1u << 20);
    add_line(&b, t->text);
    add_line(&b, t->reported_party);
    for (size_t i = 0; i < t->party_count; i++) {
        add_line(&b, t->parties[i].name);
        add_line(&b, t->parties[i].position);
        add_line(&b, t->parties[i].address);
    }
    const char *const rest[] = {t->questions.who, t->questions.when, t->questions.where,
                                t->questions.how, t->questions.why,  t->place,
                                t->period,        t->earlier};
    for (size_t i = 0; i < ARRAY_LEN(rest); i++)
        add_line(&b, rest[i]);
    for (size_t i = 0; i < t->document_count; i++)
        add_line(&b, t->documents[i].kind);
    return b.p;
}

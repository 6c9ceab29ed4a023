/* Rules about people of the office, pure: roles, usernames, passwords, how long a session lives, and
 * where a person begins. What is stored is in staff_store.c and session_store.c. */
#include "features/staff/staff.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/base/utf8.h"

#include "lib/base/banned.h"

/* --- roles --------------------------------------------------------------------------------------- */

const struct role_name staff_roles[STAFF_ROLES + 1] = {
    {ROLE_FRONT_DESK, "front_desk", T("Petugas PTSP")},
    {ROLE_DUTY_OFFICER, "duty_officer", T("Petugas piket")},
    {ROLE_INTEL_CHIEF, "intel_chief", T("Kasi Intelijen")},
    {ROLE_OFFICE_HEAD, "office_head", T("Kajari")},
    {ROLE_SECTION_CHIEF, "section_chief", T("Kepala seksi atau subbagian")},
    {ROLE_ADMIN, "admin", T("Administrator kantor")},
    {ROLE_MONITOR, "monitor", T("Pemantau")},
    {ROLE_CASE_OFFICER, "case_officer", T("Petugas penanganan")},
    {0, NULL, NULL},
};

const char *staff_role_name(uint32_t role)
{
    for (const struct role_name *r = staff_roles; r->name; r++)
        if ((uint32_t)r->role == role)
            return r->name;
    return "";
}

const char *staff_role_label(uint32_t roles)
{
    static const uint32_t by_rank[] = {ROLE_OFFICE_HEAD,  ROLE_INTEL_CHIEF, ROLE_SECTION_CHIEF,
                                       ROLE_CASE_OFFICER, ROLE_ADMIN,       ROLE_DUTY_OFFICER,
                                       ROLE_FRONT_DESK,   ROLE_MONITOR};
    for (size_t i = 0; i < ARRAY_LEN(by_rank); i++) {
        if (!(roles & by_rank[i]))
            continue;
        for (const struct role_name *r = staff_roles; r->name; r++)
            if ((uint32_t)r->role == by_rank[i])
                return r->label;
    }
    return "";
}

bool staff_role_parse(const char *name, uint32_t *ret)
{
    for (const struct role_name *r = staff_roles; r->name; r++) {
        if (!str_eq(r->name, name))
            continue;
        *ret = (uint32_t)r->role;
        return true;
    }
    return false;
}

const struct section_name staff_sections[STAFF_SECTIONS + 1] = {
    {"intel", T("Intelijen")},
    {"bin", T("Pembinaan")},
    {"pidum", T("Tindak Pidana Umum")},
    {"pidsus", T("Tindak Pidana Khusus")},
    {"datun", T("Perdata dan Tata Usaha Negara")},
    {"pb3r", T("Pengelolaan Barang Bukti dan Barang Rampasan")},
    {NULL, NULL},
};

const char *staff_section_label(const char *code)
{
    for (const struct section_name *s = staff_sections; s->code; s++)
        if (str_eq(s->code, code))
            return s->label;
    return "";
}

/* --- usernames and passwords ----------------------------------------------------------------------- */

static bool is_lower_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool staff_username_ok(const char *username)
{
    size_t n = username ? strlen(username) : 0;
    if (n < 3 || n > 32 || !is_lower_or_digit(username[0]))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!is_lower_or_digit(username[i]) && !strchr("._-", username[i]))
            return false;
    return true;
}

/* Words that guessing begins with: the world's, the country's, and those of this work. */
static const char *const common_words[] = {
    "administrator", "kerahasiaan", "informatika", "pengaduan",  "indonesia", "kejaksaan",
    "bukutamu",      "intelijen",   "pelayanan",   "qwertyuiop", "asdfghjkl", "password",
    "katasandi",     "rahasia",     "welcome",     "selamat",    "sandiku",   "letmein",
    "iloveyou",      "sayang",      "bismillah",   "jakarta",    "palangka",  "palangkaraya",
    "kalimantan",    "kalteng",     "kapuas",      "kejari",     "kejati",    "kejagung",
    "kajari",        "kasi",        "intel",       "petugas",    "kantor",    "jaksa",
    "adhyaksa",      "negeri",      "tinggi",      "merdeka",    "garuda",    "pancasila",
    "piket",         "ptsp",        "tamu",        "buku",       "admin",     "root",
    "user",          "login",       "masuk",       "qwerty",     "asdfgh",    "zxcvbn",
    "dragon",        "monkey",      "sandi",       "kata",       "pass",      "word",
    "aku",           "cinta",       "2023",        "2024",       "2025",      "2026",
    "2027",
};

/* Lower case, without the marks that people put between words. */
static size_t fold(const char *s, char *out, size_t room)
{
    size_t n = 0;
    for (; *s && n + 1 < room; s++) {
        char c = *s;
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (!strchr(" ._-", c))
            out[n++] = c;
    }
    out[n] = '\0';
    return n;
}

/* How many characters at s follow one another by the same step of 0, 1 or -1: "aaaa", "1234", "dcba". */
static size_t run_length(const char *s)
{
    if (!s[0] || !s[1])
        return s[0] ? 1 : 0;
    int step = s[1] - s[0];
    if (step < -1 || step > 1)
        return 1;
    size_t n = 2;
    while (s[n] && s[n] - s[n - 1] == step)
        n++;
    return n;
}

static size_t word_length(const char *s, const char *username)
{
    size_t longest = 0;
    for (size_t i = 0; i < ARRAY_LEN(common_words); i++) {
        size_t n = strlen(common_words[i]);
        if (n > longest && strncmp(s, common_words[i], n) == 0)
            longest = n;
    }
    size_t n = username ? strlen(username) : 0;
    if (n >= 3 && n > longest && strncmp(s, username, n) == 0)
        longest = n;
    return longest;
}

/* The length that is left when a known word and a run each count as one character. */
static size_t effective_length(const char *folded, const char *username)
{
    size_t left = 0;
    for (const char *s = folded; *s; left++) {
        size_t word = word_length(s, username), run = run_length(s);
        size_t skip = run >= 3 && run > word ? run : word;
        s += skip ? skip : 1;
    }
    return left;
}

/* "kudakudakuda…": the same short piece again and again. */
static bool is_repetition(const char *s, size_t n)
{
    for (size_t period = 1; period <= n / 2 && period <= 8; period++) {
        size_t i = period;
        while (i < n && s[i] == s[i - period])
            i++;
        if (i == n)
            return true;
    }
    return false;
}

static size_t distinct_bytes(const char *s)
{
    bool seen[256] = {false};
    size_t count = 0;
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        count += !seen[c];
        seen[c] = true;
    }
    return count;
}

enum password_fault staff_password_fault(const char *password, const char *username)
{
    size_t n = password ? strlen(password) : 0;
    if (n > PASSWORD_MAX_BYTES)
        return PASSWORD_LONG;
    if (n == 0 || !utf8_valid(password, n) || utf8_length(password) < PASSWORD_MIN_CHARS)
        return PASSWORD_SHORT;
    char folded[PASSWORD_MAX_BYTES + 1], name[PASSWORD_MAX_BYTES + 1];
    size_t folded_n = fold(password, folded, sizeof(folded));
    (void)fold(username ? username : "", name, sizeof(name));
    if (distinct_bytes(password) < 5 || is_repetition(password, n))
        return PASSWORD_COMMON;
    if (folded_n > 0 && is_repetition(folded, folded_n))
        return PASSWORD_COMMON;
    return effective_length(folded, name) < 8 ? PASSWORD_COMMON : PASSWORD_OK;
}

/* --- sessions --------------------------------------------------------------------------------------- */

bool staff_reads_complaints(const struct staff *s)
{
    return (s->roles & ROLE_LEADERS) && !s->disabled_at && s->key_trusted_at;
}

bool staff_takes_shares(const struct staff *s)
{
    return (s->roles & ROLE_SHARE_TAKERS) && !s->disabled_at && s->key_trusted_at;
}

bool staff_key_waits(const struct staff *s)
{
    return (s->roles & ROLE_SHARE_TAKERS) && !s->disabled_at && !s->key_trusted_at;
}

int64_t staff_idle_ms(uint32_t roles)
{
    int64_t minutes = roles & ROLE_OFFICIALS ? 15 : 30; /* officials read complaints */
    return minutes * 60 * 1000;
}

bool staff_session_alive(int64_t now_ms, int64_t seen_at, int64_t expires_at, uint32_t roles)
{
    return now_ms < expires_at && now_ms - seen_at < staff_idle_ms(roles);
}

const char *staff_home(uint32_t roles)
{
    if (roles & ROLE_DESK)
        return "/tamu";
    if (roles & ROLE_OFFICIALS)
        return "/jawab";
    if (roles & ROLE_ADMIN)
        return "/petugas";
    if (roles & ROLE_MONITOR)
        return "/dasbor";
    return "/akun";
}

bool staff_local_path(const char *path)
{
    if (!path || path[0] != '/' || path[1] == '/' || strlen(path) > 512)
        return false;
    for (const char *s = path; *s; s++)
        if ((unsigned char)*s <= ' ' || *s == '\\' || *s == 0x7f)
            return false;
    return true;
}

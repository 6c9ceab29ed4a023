/* Rules of proofs: numbers, codes, who may export how much. Pure. */
#include "features/proof/proof_rules.h"

#include <string.h>

#include "lib/base/rand.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const struct complaint_code proof_reasons[] = {
    {"case_file", T("Kelengkapan berkas perkara")},
    {"leadership", T("Laporan kepada pimpinan")},
    {"handover", T("Pelimpahan kepada instansi yang berwenang")},
    {"supervision", T("Pemeriksaan pengawasan atau APIP")},
    {PROOF_REASON_OTHER, T("Lainnya")},
    {NULL, NULL},
};

char *proof_number_text(struct arena *a, const struct proof *p)
{
    const char *letters = str_eq(p->kind, PROOF_EXPORT) ? "EKS" : "REG";
    return arena_printf(a, "%s-%lld/%lld", letters, (long long)p->number, (long long)p->year);
}

/* In groups of four. */
static char *grouped(struct arena *a, const char plain[PROOF_CODE_CHARS])
{
    struct buf b = buf_new(a, 32, 64);
    for (size_t i = 0; i < PROOF_CODE_CHARS; i++) {
        if (i > 0 && i % 4 == 0)
            buf_putc(&b, '-');
        buf_putc(&b, plain[i]);
    }
    return b.p;
}

char *proof_code_new(struct arena *a)
{
    uint8_t random[PROOF_CODE_CHARS];
    char plain[PROOF_CODE_CHARS];
    rand_bytes(random, sizeof(random));
    for (size_t i = 0; i < PROOF_CODE_CHARS; i++)
        plain[i] = alphabet[random[i] & 31];
    return grouped(a, plain);
}

static char letter_of(char typed)
{
    char c = typed >= 'a' && typed <= 'z' ? (char)(typed - 'a' + 'A') : typed;
    if (c == 'O')
        return '0';
    return c == 'I' || c == 'L' ? '1' : c;
}

bool proof_code_normalise(struct arena *a, const char *typed, char **ret)
{
    char plain[PROOF_CODE_CHARS];
    size_t n = 0;
    for (const char *s = str_or(typed, ""); *s; s++) {
        char c = letter_of(*s);
        if (c == ' ' || c == '-')
            continue;
        if (n == PROOF_CODE_CHARS || !strchr(alphabet, c))
            return false;
        plain[n++] = c;
    }
    if (n < PROOF_CODE_CHARS)
        return false;
    *ret = grouped(a, plain);
    return true;
}

struct refusal proof_may_export(int64_t running, int64_t today)
{
    if (running > 0)
        return (struct refusal){
            .err = ERR_CONFLICT,
            .code = "export_running",
            .msgid = T(
                "Ekspor Anda yang sebelumnya belum selesai. Tunggu satu menit, lalu coba lagi.")};
    if (today >= PROOF_EXPORTS_A_DAY)
        return (struct refusal){
            .err = ERR_CONFLICT,
            .code = "export_limit",
            .msgid = T(
                "Anda sudah membuat banyak ekspor dalam 24 jam terakhir. Tunggu sampai besok, "
                "atau minta pembaca lain membuatnya.")};
    return (struct refusal){.err = ERR_OK};
}

/* --- a file against what is known of it ----------------------------------------------------------------- */

enum proof_verdict proof_compare(const struct proof *known, const struct proof *file,
                                 bool *ret_pages)
{
    size_t same = 0;
    for (int64_t i = 0; i < known->pages; i++) {
        size_t at = (size_t)i * PROOF_HASH_BYTES;
        ret_pages[i] = i < file->pages && memcmp(known->page_hashes.p + at,
                                                 file->page_hashes.p + at, PROOF_HASH_BYTES) == 0;
        same += ret_pages[i];
    }
    if (file->file_hash.n == known->file_hash.n &&
        memcmp(file->file_hash.p, known->file_hash.p, known->file_hash.n) == 0)
        return PROOF_SAME;
    if (same == 0)
        return PROOF_STRANGE;
    return same == (size_t)known->pages && file->pages == known->pages ? PROOF_REST_CHANGED
                                                                       : PROOF_CHANGED;
}

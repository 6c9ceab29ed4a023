/* Rules of letters. Pure. See letter.h and letter_rules.h. */
#include <ctype.h>
#include <string.h>

#include "features/letter/letter_rules.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

#define TYPE_MAX    20
#define SUBJECT_MAX 12

/* Types: domain.md 3.8 (B, R, Print as sampled; R-LAPHASTUG: L.IN.4). Subjects of intelligence begin with D;
 * Ds.1 is programme and reports. All of them can be changed on the page of numbers. */
/* clang-format off */
const struct letter_kind letter_kinds[LETTER_KINDS + 1] = {
    {"complaint_form", T("Formulir pengaduan tertulis"), LETTER_OF_COMPLAINT, "nomor_pengaduan", false, NULL, NULL},
    {"receipt", T("Tanda terima pengaduan"), LETTER_OF_COMPLAINT, "nomor_pengaduan", false, NULL, NULL},
    {"review", T("Telaahan intelijen (L.IN.7)"), LETTER_OF_COMPLAINT, "nomor_surat", true, "R-TELAAHAN", "Ds.1"},
    {"disposition", T("Lembar disposisi"), LETTER_OF_COMPLAINT, "nomor_surat", true, "R-DISP", "Ds.1"},
    {"order", T("Surat perintah tugas (IN.1)"), LETTER_OF_COMPLAINT, "nomor_surat", true, "Print", "Ds.1"},
    {"report", T("Laporan hasil pelaksanaan tugas (L.IN.4)"), LETTER_OF_COMPLAINT, "nomor_surat", true, "R-LAPHASTUG", "Ds.1"},
    {"notice", T("Pemberitahuan kepada pelapor"), LETTER_OF_COMPLAINT, "nomor_surat", true, "B", "Ds.1"},
    {"transfer", T("Surat pelimpahan pengaduan"), LETTER_OF_COMPLAINT, "nomor_surat", true, "R", "Ds.1"},
    {"completion", T("Permintaan kelengkapan pengaduan"), LETTER_OF_COMPLAINT, "nomor_surat", true, "B", "Ds.1"},
    {"summons", T("Permintaan keterangan (IN.9)"), LETTER_OF_COMPLAINT, "nomor_surat", true, "R", "Ds.1"},
    {"deposit", T("Tanda titip barang"), LETTER_OF_VISIT, "barang", false, NULL, NULL},
    {"service_report", T("Laporan pelayanan tamu"), LETTER_OF_PERIOD, "kurun", false, NULL, NULL},
    {"pledge", T("Maklumat pelayanan"), LETTER_OF_OFFICE, "isi", false, NULL, NULL},
    {NULL, NULL, LETTER_OF_OFFICE, NULL, false, NULL, NULL},
};
/* clang-format on */

const struct letter_kind *letter_kind_of(const char *code)
{
    for (size_t i = 0; letter_kinds[i].code; i++) {
        if (str_eq(letter_kinds[i].code, code))
            return &letter_kinds[i];
    }
    return NULL;
}

/* --- numbers --------------------------------------------------------------------------------------------- */

char *letter_number_text(struct arena *a, const struct letter_number *n)
{
    struct buf b = buf_new(a, 64, 256);
    buf_printf(&b, "%s-%lld%s", n->type, (long long)n->sequence, n->suffix);
    if (!str_empty(n->unit))
        buf_printf(&b, "/%s", n->unit);
    if (!str_empty(n->subject))
        buf_printf(&b, "/%s", n->subject);
    buf_printf(&b, "/%02d/%lld", (int)n->month, (long long)n->year);
    return b.p;
}

static bool code_ok(const char *s, size_t max)
{
    size_t n = strlen(s);
    return n > 0 && n <= max && isalpha((unsigned char)*s) &&
           strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-") == n;
}

bool letter_type_ok(const char *type)
{
    return type && code_ok(type, TYPE_MAX);
}

bool letter_subject_ok(const char *code)
{
    return str_empty(code) || code_ok(code, SUBJECT_MAX);
}

/* --- what a kind asks for ----------------------------------------------------------------------------------- */

#define HEAD_OF_LETTER                                                                             \
    (LETTER_ADDRESSEE | LETTER_SUBJECT | LETTER_NATURE | LETTER_ATTACHMENT | LETTER_COPIES)

static const struct {
    const char *kind;
    unsigned shown, needed;
} asked[] = {
    {"review",
     LETTER_ADDRESSEE | LETTER_SUBJECT | LETTER_NATURE | LETTER_ATTACHMENT | LETTER_VALUE |
         LETTER_ANALYSIS | LETTER_CONCLUSION | LETTER_ADVICE,
     LETTER_ADDRESSEE | LETTER_SUBJECT | LETTER_ANALYSIS | LETTER_CONCLUSION | LETTER_ADVICE},
    {"disposition",
     LETTER_ADDRESSEE | LETTER_SUBJECT | LETTER_NATURE | LETTER_BODY | LETTER_NOTE | LETTER_PERIOD,
     LETTER_ADDRESSEE | LETTER_SUBJECT | LETTER_BODY},
    {"order", LETTER_BASIS | LETTER_TEAM | LETTER_TASK | LETTER_PERIOD | LETTER_COPIES,
     LETTER_BASIS | LETTER_TEAM | LETTER_TASK | LETTER_PERIOD},
    {"report",
     LETTER_ADDRESSEE | LETTER_SUBJECT | LETTER_BASIS | LETTER_TEAM | LETTER_BODY | LETTER_NOTE |
         LETTER_ANALYSIS | LETTER_CONCLUSION | LETTER_ADVICE,
     LETTER_ADDRESSEE | LETTER_SUBJECT | LETTER_BODY | LETTER_CONCLUSION | LETTER_ADVICE},
    {"notice", HEAD_OF_LETTER | LETTER_BODY | LETTER_CONCLUSION, LETTER_SUBJECT | LETTER_BODY},
    {"transfer", HEAD_OF_LETTER | LETTER_BODY, LETTER_ADDRESSEE | LETTER_SUBJECT | LETTER_BODY},
    {"completion", HEAD_OF_LETTER | LETTER_BODY | LETTER_PERIOD, LETTER_SUBJECT | LETTER_BODY},
    {"summons", HEAD_OF_LETTER | LETTER_PERIOD | LETTER_NOTE | LETTER_TASK | LETTER_BODY,
     LETTER_ADDRESSEE | LETTER_SUBJECT | LETTER_PERIOD | LETTER_NOTE | LETTER_TASK},
};

unsigned letter_fields_shown(const char *kind)
{
    for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
        if (str_eq(asked[i].kind, kind))
            return asked[i].shown;
    }
    return 0;
}

unsigned letter_fields_needed(const char *kind)
{
    for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
        if (str_eq(asked[i].kind, kind))
            return asked[i].needed;
    }
    return 0;
}

bool letter_to_reporter(const char *kind)
{
    return str_eq(kind, "notice") || str_eq(kind, "completion");
}

/* What is taken as evidence: kinds, and types by name and first bytes. Nothing is parsed beyond these. */
#include "features/evidence/evidence.h"

#include <string.h>
#include <strings.h>

#include "lib/base/str.h"
#include "lib/base/banned.h"

const struct complaint_code evidence_kinds[] = {
    {EVIDENCE_EVIDENCE, T("Bukti atau dokumen")},
    {EVIDENCE_HANDOVER, T("Foto serah terima")},
    {EVIDENCE_LETTER, T("Pindaian surat pengaduan")},
    {EVIDENCE_COPY, T("Salinan tanpa metadata")},
    {NULL, NULL},
};

/* --- first bytes ---------------------------------------------------------------------------------------- */

static bool bytes_at(struct bytes head, size_t at, const void *wanted, size_t n)
{
    return head.n >= at + n && memcmp(head.p + at, wanted, n) == 0;
}

static bool is_pdf(struct bytes h)
{
    return bytes_at(h, 0, "%PDF-", 5) || bytes_at(h, 3, "%PDF-", 5); /* after a byte order mark */
}

static bool is_jpeg(struct bytes h)
{
    return bytes_at(h, 0, "\xFF\xD8\xFF", 3);
}

static bool is_png(struct bytes h)
{
    return bytes_at(h, 0, "\x89PNG\r\n\x1A\n", 8);
}

static bool is_zip(struct bytes h)
{
    return bytes_at(h, 0, "PK\x03\x04", 4);
}

/* ISO base media: m4a, mp4, 3gp, newer mov. */
static bool is_boxes(struct bytes h)
{
    return bytes_at(h, 4, "ftyp", 4);
}

static bool is_mov(struct bytes h)
{
    static const char *const first[] = {"ftyp", "moov", "mdat", "wide", "free", "skip"};
    for (size_t i = 0; i < ARRAY_LEN(first); i++) {
        if (bytes_at(h, 4, first[i], 4))
            return true;
    }
    return false;
}

/* With a tag before it, or the first frame itself: sync, a layer, a bit rate. */
static bool is_mp3(struct bytes h)
{
    if (bytes_at(h, 0, "ID3", 3))
        return true;
    return h.n >= 3 && h.p[0] == 0xFF && (h.p[1] & 0xE6) == 0xE2 && (h.p[2] & 0xF0) != 0xF0;
}

static bool is_ogg(struct bytes h)
{
    return bytes_at(h, 0, "OggS", 4);
}

static bool is_wav(struct bytes h)
{
    return bytes_at(h, 0, "RIFF", 4) && bytes_at(h, 8, "WAVE", 4);
}

static bool is_amr(struct bytes h)
{
    return bytes_at(h, 0, "#!AMR", 5);
}

static bool is_matroska(struct bytes h)
{
    return bytes_at(h, 0, "\x1A\x45\xDF\xA3", 4);
}

/* --- the list ------------------------------------------------------------------------------------------- */

struct kind {
    struct evidence_type type;
    bool (*is)(struct bytes head);
};

static const char *const pdf_names[] = {"pdf", NULL};
static const char *const jpeg_names[] = {"jpg", "jpeg", "jpe", "jfif", NULL};
static const char *const png_names[] = {"png", NULL};
static const char *const docx_names[] = {"docx", NULL};
static const char *const mp3_names[] = {"mp3", NULL};
static const char *const m4a_names[] = {"m4a", NULL};
static const char *const ogg_names[] = {"ogg", "oga", "opus", NULL};
static const char *const wav_names[] = {"wav", NULL};
static const char *const amr_names[] = {"amr", NULL};
static const char *const mp4_names[] = {"mp4", "m4v", NULL};
static const char *const gp3_names[] = {"3gp", NULL};
static const char *const mov_names[] = {"mov", NULL};
static const char *const webm_names[] = {"webm", NULL};
static const char *const mkv_names[] = {"mkv", NULL};

#define DOCX_MEDIA "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

static const struct kind kinds[] = {
    {{"application/pdf", "PDF", pdf_names, false}, is_pdf},
    {{"image/jpeg", "JPEG", jpeg_names, true}, is_jpeg},
    {{"image/png", "PNG", png_names, true}, is_png},
    {{DOCX_MEDIA, "Word (DOCX)", docx_names, false}, is_zip},
    {{"audio/mpeg", "MP3", mp3_names, false}, is_mp3},
    {{"audio/mp4", "M4A", m4a_names, false}, is_boxes},
    {{"audio/ogg", "Ogg", ogg_names, false}, is_ogg},
    {{"audio/wav", "WAV", wav_names, false}, is_wav},
    {{"audio/amr", "AMR", amr_names, false}, is_amr},
    {{"video/mp4", "MP4", mp4_names, false}, is_boxes},
    {{"video/3gpp", "3GP", gp3_names, false}, is_boxes},
    {{"video/quicktime", "MOV", mov_names, false}, is_mov},
    {{"video/webm", "WebM", webm_names, false}, is_matroska},
    {{"video/x-matroska", "MKV", mkv_names, false}, is_matroska},
};

const char *evidence_accept(void)
{
    return ".pdf,.jpg,.jpeg,.png,.docx,.mp3,.m4a,.ogg,.oga,.opus,.wav,.amr,.mp4,.m4v,.3gp,.mov,."
           "webm,"
           ".mkv";
}

const char *evidence_types_text(void)
{
    return T(
        "PDF, JPEG, PNG, DOCX, suara (MP3, M4A, OGG, WAV, AMR), atau video (MP4, 3GP, MOV, WebM, "
        "MKV)");
}

static bool has_name(const struct evidence_type *type, const char *extension)
{
    for (const char *const *name = type->extensions; *name; name++) {
        if (strcasecmp(*name, extension) == 0)
            return true;
    }
    return false;
}

const struct evidence_type *evidence_type_of(const char *name, struct bytes head)
{
    const char *dot = strrchr(name, '.');
    if (!dot || !dot[1])
        return NULL;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (has_name(&kinds[i].type, dot + 1))
            return kinds[i].is(head) ? &kinds[i].type : NULL;
    }
    return NULL;
}

const char *evidence_type_label(const char *media)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (str_eq(kinds[i].type.media, media))
            return kinds[i].type.label;
    }
    return "";
}

/* Types of evidence: the ending of the name and the first bytes must say the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "features/evidence/evidence.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

#define BYTES(text)                                                                                \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }

struct sample {
    const char *name;
    struct bytes head;
    const char *media;
};

static const struct sample good[] = {
    {"Kuitansi.PDF", BYTES("%PDF-1.7\n"), "application/pdf"},
    {"a.b.pdf", BYTES("\xEF\xBB\xBF%PDF-1.4"), "application/pdf"},
    {"foto.jpg", BYTES("\xFF\xD8\xFF\xE1"), "image/jpeg"},
    {"foto.JPEG", BYTES("\xFF\xD8\xFF\xDB"), "image/jpeg"},
    {"layar.png", BYTES("\x89PNG\r\n\x1A\n\0\0"), "image/png"},
    {"surat.docx", BYTES("PK\x03\x04\x14"),
     "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {"suara.mp3", BYTES("ID3\x03"), "audio/mpeg"},
    {"suara.mp3", BYTES("\xFF\xFB\x90\x64"), "audio/mpeg"},
    {"suara.m4a",
     BYTES("\0\0\0\x20"
           "ftypM4A "),
     "audio/mp4"},
    {"pesan.opus", BYTES("OggS\0"), "audio/ogg"},
    {"rekam.wav", BYTES("RIFF\x10\0\0\0WAVEfmt "), "audio/wav"},
    {"telepon.amr", BYTES("#!AMR\n"), "audio/amr"},
    {"film.mp4",
     BYTES("\0\0\0\x18"
           "ftypmp42"),
     "video/mp4"},
    {"hp.3gp",
     BYTES("\0\0\0\x18"
           "ftyp3gp4"),
     "video/3gpp"},
    {"iphone.MOV",
     BYTES("\0\0\0\x08"
           "wide\0\0"),
     "video/quicktime"},
    {"web.webm", BYTES("\x1A\x45\xDF\xA3\x01"), "video/webm"},
    {"a.mkv", BYTES("\x1A\x45\xDF\xA3\x01"), "video/x-matroska"},
};

static const struct sample bad[] = {
    {"foto.jpg", BYTES("%PDF-1.7\n"), NULL},
    {"surat.pdf", BYTES("PK\x03\x04"), NULL},
    {"surat.pdf", BYTES("MZ\x90"), NULL},
    {"virus.exe", BYTES("MZ\x90"), NULL},
    {"foto.jpg.exe", BYTES("\xFF\xD8\xFF\xE1"), NULL},
    {"foto", BYTES("\xFF\xD8\xFF\xE1"), NULL},
    {"foto.", BYTES("\xFF\xD8\xFF\xE1"), NULL},
    {".jpg/", BYTES("\xFF\xD8\xFF\xE1"), NULL},
    {"", BYTES("\xFF\xD8\xFF\xE1"), NULL},
    {"a.svg", BYTES("<svg"), NULL},
    {"a.html", BYTES("<html"), NULL},
    {"a.zip", BYTES("PK\x03\x04"), NULL},
    {"a.docm", BYTES("PK\x03\x04"), NULL},
    {"foto.jpg", BYTES("\xFF\xD8"), NULL},
    {"foto.jpg", {NULL, 0}, NULL},
    {"a.mp3", BYTES("\xFF\xF1\x50"), NULL}, /* AAC */
    {"a.wav", BYTES("RIFF\x10\0\0\0AVI "), NULL},
};

static void test_types(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        const struct evidence_type *t = evidence_type_of(good[i].name, good[i].head);
        assert_non_null(t);
        assert_string_equal(t->media, good[i].media);
        assert_string_equal(evidence_type_label(t->media), t->label);
        assert_int_equal(t->picture, strncmp(t->media, "image/", 6) == 0);
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_null(evidence_type_of(bad[i].name, bad[i].head));
}

/* What the file input offers is what is taken. */
static void test_accept(void **state)
{
    (void)state;
    char name[32];
    for (const char *c = evidence_accept(); *c;) {
        size_t n = strcspn(c, ",");
        (void)snprintf(name, sizeof(name), "x%.*s", (int)n, c);
        bool taken = false;
        for (size_t i = 0; i < ARRAY_LEN(good); i++)
            taken = taken || evidence_type_of(name, good[i].head);
        assert_true(taken);
        c += n + (c[n] == ',');
    }
    assert_string_equal(evidence_type_label("text/html"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_accept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The segments before the picture: which kind of JPEG it is and how the camera was held. libturbojpeg
 * does not read EXIF; this reads one tag of it, bounded everywhere. */
#include <stdbool.h>
#include <string.h>

#include "lib/media/decode_jpeg.h"

#include "lib/base/banned.h"

enum {
    MARKER_SOI = 0xD8,
    MARKER_SOS = 0xDA,
    MARKER_EOI = 0xD9,
    MARKER_DHT = 0xC4,
    MARKER_JPG = 0xC8,
    MARKER_DAC = 0xCC,
    MARKER_APP1 = 0xE1,
    TIFF_ORIENTATION = 0x0112,
    TIFF_SHORT = 3,
    TIFF_ENTRY_BYTES = 12,
    TIFF_ENTRIES_MAX = 512,
};

/* Reads past the end give 0. */
struct tiff {
    const uint8_t *p;
    size_t n;
    bool big_endian;
};

static unsigned tiff_u16(const struct tiff *t, size_t at)
{
    if (at > t->n || t->n - at < 2)
        return 0;
    unsigned a = t->p[at], b = t->p[at + 1];
    return t->big_endian ? a << 8 | b : b << 8 | a;
}

static uint32_t tiff_u32(const struct tiff *t, size_t at)
{
    uint32_t a = tiff_u16(t, at), b = tiff_u16(t, at + 2);
    return t->big_endian ? a << 16 | b : b << 16 | a;
}

static int exif_orientation(const uint8_t *p, size_t n)
{
    static const uint8_t name[6] = {'E', 'x', 'i', 'f', 0, 0};
    if (n < sizeof(name) + 8 || memcmp(p, name, sizeof(name)) != 0)
        return 0;
    struct tiff t = {p + sizeof(name), n - sizeof(name), false};
    if (t.p[0] == 'M' && t.p[1] == 'M')
        t.big_endian = true;
    else if (t.p[0] != 'I' || t.p[1] != 'I')
        return 0;
    if (tiff_u16(&t, 2) != 42)
        return 0;
    size_t folder = tiff_u32(&t, 4);
    unsigned entries = tiff_u16(&t, folder);
    for (unsigned i = 0; i < entries && i < TIFF_ENTRIES_MAX; i++) {
        size_t at = folder + 2 + (size_t)i * TIFF_ENTRY_BYTES;
        if (tiff_u16(&t, at) != TIFF_ORIENTATION || tiff_u16(&t, at + 2) != TIFF_SHORT)
            continue;
        unsigned value = tiff_u16(&t, at + 8);
        return value >= 1 && value <= 8 ? (int)value : 0;
    }
    return 0;
}

static bool is_frame(int marker)
{
    return marker >= 0xC0 && marker <= 0xCF && marker != MARKER_DHT && marker != MARKER_JPG &&
           marker != MARKER_DAC;
}

static bool stands_alone(int marker)
{
    return marker == 0x01 || (marker >= 0xD0 && marker <= MARKER_SOI);
}

struct jpeg_head jpeg_head_read(const uint8_t *jpeg, size_t n)
{
    struct jpeg_head head = {.orientation = 1, .frame = 0};
    bool seen_exif = false;
    size_t at = 0;
    while (n - at >= 4) {
        if (jpeg[at] != 0xFF || jpeg[at + 1] == 0xFF) {
            at++; /* fill bytes, or garbage that libjpeg skips too */
            continue;
        }
        int marker = jpeg[at + 1];
        at += 2;
        if (marker == 0 || stands_alone(marker))
            continue;
        if (marker == MARKER_SOS || marker == MARKER_EOI)
            break;
        size_t length = (size_t)jpeg[at] << 8 | jpeg[at + 1];
        if (length < 2 || length > n - at)
            break;
        if (is_frame(marker) && head.frame == 0)
            head.frame = marker;
        if (marker == MARKER_APP1 && !seen_exif) {
            int orientation = exif_orientation(jpeg + at + 2, length - 2);
            seen_exif = orientation != 0;
            head.orientation = seen_exif ? orientation : 1;
        }
        at += length;
    }
    return head;
}

/* How large a JPEG is: cairo takes the picture as it is, but must be told its size. Bounded everywhere. */
#include "lib/pdf/pdf_internal.h"

#include "lib/base/banned.h"

#define MARKER_FIRST 0xC0 /* SOF0 … SOF15, without the tables between them */
#define MARKER_LAST  0xCF
#define MARKER_DHT   0xC4
#define MARKER_JPG   0xC8
#define MARKER_DAC   0xCC
#define MARKER_SOS   0xDA
#define SIDE_MAX     20000

static size_t two(const uint8_t *p)
{
    return (size_t)p[0] << 8 | p[1];
}

static bool is_frame(uint8_t marker)
{
    return marker >= MARKER_FIRST && marker <= MARKER_LAST && marker != MARKER_DHT &&
           marker != MARKER_JPG && marker != MARKER_DAC;
}

bool jpeg_size(struct bytes jpeg, int *ret_width, int *ret_height)
{
    size_t at = 2;
    if (jpeg.n < 4 || jpeg.p[0] != 0xFF || jpeg.p[1] != 0xD8)
        return false;
    while (at + 9 <= jpeg.n && jpeg.p[at] == 0xFF && jpeg.p[at + 1] != MARKER_SOS) {
        const uint8_t *segment = jpeg.p + at;
        if (is_frame(segment[1])) {
            size_t height = two(segment + 5), width = two(segment + 7);
            *ret_width = (int)width;
            *ret_height = (int)height;
            return width > 0 && height > 0 && width <= SIDE_MAX && height <= SIDE_MAX;
        }
        at += 2 + two(segment + 2);
    }
    return false;
}

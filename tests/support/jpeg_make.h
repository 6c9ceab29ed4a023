/* JPEGs for tests, made by libturbojpeg itself: good ones, and hostile ones cut out of good ones. */
#ifndef BT_TEST_JPEG_MAKE_H
#define BT_TEST_JPEG_MAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"

struct jpeg_make {
    int width;
    int height;
    int quality; /* 0: 90 */
    int noise;   /* 0…255: how much each pixel differs from the pattern */
    bool gray;
    bool progressive;
    bool cmyk;
    bool full_chroma; /* 4:4:4 instead of 4:2:0 */
};

/* The pattern as stored, by quarters: top left red, top right green, bottom left blue, bottom right
 * white. */

struct bytes jpeg_make(struct arena *a, const struct jpeg_make *how);
/* With an EXIF segment after SOI: this orientation, a GPS folder, and `note` as its ImageDescription. */
struct bytes jpeg_with_exif(struct arena *a, struct bytes jpeg, int orientation, const char *note,
                            bool big_endian);
struct bytes jpeg_joined(struct arena *a, struct bytes first, struct bytes second);
/* The same file whose frame header claims another size. */
struct bytes jpeg_claiming(struct arena *a, struct bytes jpeg, unsigned width, unsigned height);
/* Offset of the first byte after the header of the first scan; 0 when there is none. */
size_t jpeg_scan_start(struct bytes jpeg);

struct jpeg_seen {
    int width;
    int height;
    /* The middle of each quarter, top left, top right, bottom left, bottom right: "RGBW" for the
     * pattern as stored, '?' for any other colour. */
    char quarters[5];
};
/* Decodes; false when libturbojpeg complains at all. */
bool jpeg_look(struct bytes jpeg, struct jpeg_seen *ret);

#endif

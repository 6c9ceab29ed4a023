/* Inside the decoder: what both kinds of picture go through once they are pixels. */
#ifndef BT_LIB_MEDIA_PICTURE_H
#define BT_LIB_MEDIA_PICTURE_H

#include <stdbool.h>

#include "lib/media/decode_jpeg.h"

#define PICTURE_CHANNELS 3

struct bytes_in {
    const uint8_t *p;
    size_t n;
};

/* RGB, no gaps between rows; the pixels belong to whoever holds it. */
struct picture {
    int width;
    int height;
    uint8_t *pixels;
};

bool picture_new(struct picture *p, int width, int height);
enum decode_status picture_size_check(const struct decode_limits *limits, int width, int height);
bool picture_shrink(struct picture *p, int long_side);
bool picture_turn(struct picture *p, int orientation);
enum decode_status picture_write(const struct picture *p, const struct decode_limits *limits,
                                 uint8_t **ret, size_t *ret_n);

#endif

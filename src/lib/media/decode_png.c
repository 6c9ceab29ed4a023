/* PNG for copies of evidence: the same way as a JPEG, through libpng's simplified interface, which reads from
 * memory, needs no callback and returns its errors. Runs inside the sandboxed decoder. */
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "lib/media/picture.h"

#include "lib/base/banned.h"

static enum decode_status png_pixels(png_image *image, const struct decode_limits *limits,
                                     struct picture *ret)
{
    if (image->width > INT32_MAX || image->height > INT32_MAX)
        return DECODE_TOO_LARGE_PX;
    int width = (int)image->width, height = (int)image->height;
    enum decode_status size = picture_size_check(limits, width, height);
    if (size != DECODE_OK)
        return size;
    if (!picture_new(ret, width, height))
        return DECODE_BROKEN;
    const png_color white = {255, 255, 255};
    image->format = PNG_FORMAT_RGB;
    bool read = png_image_finish_read(image, &white, ret->pixels, 0, NULL) != 0;
    /* A warning is a picture that is cut off or damaged. */
    return read && !PNG_IMAGE_FAILED(*image) ? DECODE_OK : DECODE_BROKEN;
}

static enum decode_status decode_png(const struct decode_limits *limits, struct bytes_in in,
                                     uint8_t **ret, size_t *ret_n)
{
    png_image image;
    struct picture picture = {0, 0, NULL};
    memset(&image, 0, sizeof(image));
    image.version = PNG_IMAGE_VERSION;
    if (in.n > limits->upload_bytes)
        return DECODE_TOO_LARGE_BYTES;
    if (png_image_begin_read_from_memory(&image, in.p, in.n) == 0)
        return DECODE_BROKEN;
    enum decode_status status = png_pixels(&image, limits, &picture);
    png_image_free(&image);
    if (status == DECODE_OK && !picture_shrink(&picture, limits->long_side))
        status = DECODE_BROKEN;
    if (status == DECODE_OK)
        status = picture_write(&picture, limits, ret, ret_n);
    free(picture.pixels);
    return status;
}

enum decode_status decode_any(const struct decode_limits *limits, const uint8_t *picture, size_t n,
                              uint8_t **ret, size_t *ret_n)
{
    static const uint8_t png[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    if (n >= sizeof(png) && memcmp(picture, png, sizeof(png)) == 0)
        return decode_png(limits, (struct bytes_in){picture, n}, ret, ret_n);
    return decode_jpeg_with(limits, picture, n, ret, ret_n);
}

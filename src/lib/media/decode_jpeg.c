/* Decode, shrink, turn, encode again: nothing of the upload but its pixels survives. See the header
 * for who calls this. */
#include "lib/media/decode_jpeg.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

#include "lib/media/picture.h"

#include "lib/base/banned.h"

enum {
    FRAME_BASELINE = 0xC0,
    FRAME_EXTENDED = 0xC1,
    FRAME_PROGRESSIVE = 0xC2,
};

/* The smallest scale libjpeg can decode at that still gives the pixels we keep. */
static tjscalingfactor scale_choose(const struct decode_limits *limits, int width, int height)
{
    tjscalingfactor best = {1, 1};
    int count = 0;
    const tjscalingfactor *all = tjGetScalingFactors(&count);
    int side = width > height ? width : height;
    for (int i = 0; all && i < count; i++) {
        int scaled = TJSCALED(side, all[i]);
        if (scaled >= limits->long_side && scaled < TJSCALED(side, best))
            best = all[i];
    }
    return best;
}

/* Everything that can be refused before a single pixel is made room for. */
static enum decode_status head_check(tjhandle handle, const struct decode_limits *limits,
                                     struct bytes_in in, int *width, int *height)
{
    int subsampling, colours;
    if (in.n < 4 || in.p[0] != 0xFF || in.p[1] != 0xD8 || in.p[2] != 0xFF)
        return DECODE_NOT_JPEG;
    if (tjDecompressHeader3(handle, in.p, in.n, width, height, &subsampling, &colours) != 0)
        return DECODE_BROKEN;
    enum decode_status size = picture_size_check(limits, *width, *height);
    if (size != DECODE_OK)
        return size;
    int frame = jpeg_head_read(in.p, in.n).frame;
    if (frame != FRAME_BASELINE && frame != FRAME_EXTENDED && frame != FRAME_PROGRESSIVE)
        return DECODE_NOT_JPEG;
    return colours == TJCS_YCbCr || colours == TJCS_GRAY ? DECODE_OK : DECODE_NOT_JPEG;
}

static enum decode_status pixels_read(tjhandle handle, const struct decode_limits *limits,
                                      struct bytes_in in, struct picture *ret)
{
    int width, height;
    enum decode_status status = head_check(handle, limits, in, &width, &height);
    if (status != DECODE_OK)
        return status;
    tjscalingfactor scale = scale_choose(limits, width, height);
    if (!picture_new(ret, TJSCALED(width, scale), TJSCALED(height, scale)))
        return DECODE_BROKEN;
    /* A warning is a picture that is cut off or damaged: half a face is no photo. */
    if (tjDecompress2(handle, in.p, in.n, ret->pixels, ret->width, 0, ret->height, TJPF_RGB,
                      TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS | TJFLAG_ACCURATEDCT) == 0)
        return DECODE_OK;
    return DECODE_BROKEN;
}

enum decode_status decode_jpeg_with(const struct decode_limits *limits, const uint8_t *jpeg,
                                    size_t n, uint8_t **ret, size_t *ret_n)
{
    if (n > limits->upload_bytes)
        return DECODE_TOO_LARGE_BYTES;
    tjhandle handle = tjInitDecompress();
    if (!handle)
        return DECODE_BROKEN;
    struct picture picture = {0, 0, NULL};
    enum decode_status status = pixels_read(handle, limits, (struct bytes_in){jpeg, n}, &picture);
    (void)tjDestroy(handle);
    if (status == DECODE_OK && !(picture_shrink(&picture, limits->long_side) &&
                                 picture_turn(&picture, jpeg_head_read(jpeg, n).orientation)))
        status = DECODE_BROKEN;
    if (status == DECODE_OK)
        status = picture_write(&picture, limits, ret, ret_n);
    free(picture.pixels);
    return status;
}

enum decode_status decode_jpeg(const uint8_t *jpeg, size_t n, uint8_t **ret, size_t *ret_n)
{
    return decode_jpeg_with(&decode_photo, jpeg, n, ret, ret_n);
}

void decode_jpeg_free(uint8_t *jpeg)
{
    tjFree(jpeg);
}

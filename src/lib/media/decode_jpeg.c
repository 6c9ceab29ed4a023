/* Decode, shrink, turn, encode again: nothing of the upload but its pixels survives. See the header
 * for who calls this. */
#include "lib/media/decode_jpeg.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

#include "lib/base/banned.h"

enum {
    SIDE_MAX = 10000,
    PIXELS_MAX = 12 * 1000 * 1000,
    LONG_SIDE = 960,
    QUALITY = 82,
    CHANNELS = 3,
    FRAME_BASELINE = 0xC0,
    FRAME_EXTENDED = 0xC1,
    FRAME_PROGRESSIVE = 0xC2,
};

/* RGB, no gaps between rows. */
struct picture {
    int width;
    int height;
    uint8_t *pixels;
};

static bool picture_new(struct picture *p, int width, int height)
{
    p->width = width;
    p->height = height;
    p->pixels = malloc((size_t)width * (size_t)height * CHANNELS);
    return p->pixels != NULL;
}

static int longer(int a, int b)
{
    return a > b ? a : b;
}

/* The smallest scale libjpeg can decode at that still gives the pixels we keep. */
static tjscalingfactor scale_choose(int width, int height)
{
    tjscalingfactor best = {1, 1};
    int count = 0;
    const tjscalingfactor *all = tjGetScalingFactors(&count);
    int side = longer(width, height);
    for (int i = 0; all && i < count; i++) {
        int scaled = TJSCALED(side, all[i]);
        if (scaled >= LONG_SIDE && scaled < TJSCALED(side, best))
            best = all[i];
    }
    return best;
}

/* Everything that can be refused before a single pixel is made room for. */
static enum decode_status head_check(tjhandle handle, const uint8_t *jpeg, size_t n, int *width,
                                     int *height)
{
    int subsampling, colours;
    if (n < 4 || jpeg[0] != 0xFF || jpeg[1] != 0xD8 || jpeg[2] != 0xFF)
        return DECODE_NOT_JPEG;
    if (tjDecompressHeader3(handle, jpeg, n, width, height, &subsampling, &colours) != 0)
        return DECODE_BROKEN;
    if (*width < 1 || *height < 1)
        return DECODE_BROKEN;
    if (*width > SIDE_MAX || *height > SIDE_MAX || *width * *height > PIXELS_MAX)
        return DECODE_TOO_LARGE_PX;
    int frame = jpeg_head_read(jpeg, n).frame;
    if (frame != FRAME_BASELINE && frame != FRAME_EXTENDED && frame != FRAME_PROGRESSIVE)
        return DECODE_NOT_JPEG;
    return colours == TJCS_YCbCr || colours == TJCS_GRAY ? DECODE_OK : DECODE_NOT_JPEG;
}

static enum decode_status pixels_read(tjhandle handle, const uint8_t *jpeg, size_t n,
                                      struct picture *ret)
{
    int width, height;
    enum decode_status status = head_check(handle, jpeg, n, &width, &height);
    if (status != DECODE_OK)
        return status;
    tjscalingfactor scale = scale_choose(width, height);
    if (!picture_new(ret, TJSCALED(width, scale), TJSCALED(height, scale)))
        return DECODE_BROKEN;
    /* A warning is a picture that is cut off or damaged: half a face is no photo. */
    if (tjDecompress2(handle, jpeg, n, ret->pixels, ret->width, 0, ret->height, TJPF_RGB,
                      TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS | TJFLAG_ACCURATEDCT) == 0)
        return DECODE_OK;
    return DECODE_BROKEN;
}

/* Overlap of source cell `i` with target cell `o` along one side, in units of 1/target length. */
static uint64_t overlap(int i, int o, int from, int to)
{
    int64_t cell_start = (int64_t)i * to, cell_end = cell_start + to;
    int64_t start = (int64_t)o * from, end = start + from;
    int64_t first = cell_start > start ? cell_start : start;
    int64_t last = cell_end < end ? cell_end : end;
    return last > first ? (uint64_t)(last - first) : 0;
}

/* The mean of exactly the area that a target pixel covers. */
static void pixel_mean(const struct picture *from, const struct picture *to, int x, int y)
{
    uint64_t sum[CHANNELS] = {0};
    int x0 = (int)((int64_t)x * from->width / to->width);
    int y0 = (int)((int64_t)y * from->height / to->height);
    for (int sy = y0; sy < from->height; sy++) {
        uint64_t wy = overlap(sy, y, from->height, to->height);
        if (wy == 0)
            break;
        const uint8_t *p = from->pixels + ((size_t)sy * (size_t)from->width + (size_t)x0) * CHANNELS;
        for (int sx = x0; sx < from->width; sx++, p += CHANNELS) {
            uint64_t weight = wy * overlap(sx, x, from->width, to->width);
            if (weight == 0)
                break;
            for (int c = 0; c < CHANNELS; c++)
                sum[c] += weight * p[c];
        }
    }
    uint64_t area = (uint64_t)from->width * (uint64_t)from->height;
    uint8_t *out = to->pixels + ((size_t)y * (size_t)to->width + (size_t)x) * CHANNELS;
    for (int c = 0; c < CHANNELS; c++)
        out[c] = (uint8_t)((sum[c] + area / 2) / area);
}

static int scaled_side(int side, int longest)
{
    int scaled = (int)(((int64_t)side * LONG_SIDE + longest / 2) / longest);
    return scaled ? scaled : 1;
}

/* Replaces the picture by a smaller one when its long side is over the limit. */
static bool picture_shrink(struct picture *p)
{
    int longest = longer(p->width, p->height);
    if (longest <= LONG_SIDE)
        return true;
    struct picture small;
    if (!picture_new(&small, scaled_side(p->width, longest), scaled_side(p->height, longest)))
        return false;
    for (int y = 0; y < small.height; y++)
        for (int x = 0; x < small.width; x++)
            pixel_mean(p, &small, x, y);
    free(p->pixels);
    *p = small;
    return true;
}

/* Turns the picture the way the camera was held (EXIF 2…8). */
static bool picture_turn(struct picture *p, int orientation)
{
    if (orientation == 1)
        return true;
    bool swap = orientation >= 5;
    struct picture turned;
    if (!picture_new(&turned, swap ? p->height : p->width, swap ? p->width : p->height))
        return false;
    bool from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    bool from_below = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    uint8_t *out = turned.pixels;
    for (int y = 0; y < turned.height; y++)
        for (int x = 0; x < turned.width; x++, out += CHANNELS) {
            int sx = swap ? y : x, sy = swap ? x : y;
            if (from_right)
                sx = p->width - 1 - sx;
            if (from_below)
                sy = p->height - 1 - sy;
            memcpy(out, p->pixels + ((size_t)sy * (size_t)p->width + (size_t)sx) * CHANNELS,
                   CHANNELS);
        }
    free(p->pixels);
    *p = turned;
    return true;
}

static enum decode_status picture_write(const struct picture *p, uint8_t **ret, size_t *ret_n)
{
    tjhandle handle = tjInitCompress();
    if (!handle)
        return DECODE_BROKEN;
    unsigned char *jpeg = NULL;
    unsigned long n = 0;
    int failed = tjCompress2(handle, p->pixels, p->width, 0, p->height, TJPF_RGB, &jpeg, &n,
                             TJSAMP_420, QUALITY, TJFLAG_ACCURATEDCT);
    (void)tjDestroy(handle);
    if (failed || n > DECODE_RESULT_MAX_BYTES) {
        tjFree(jpeg);
        return DECODE_BROKEN;
    }
    *ret = jpeg;
    *ret_n = n;
    return DECODE_OK;
}

enum decode_status decode_jpeg(const uint8_t *jpeg, size_t n, uint8_t **ret, size_t *ret_n)
{
    if (n > DECODE_UPLOAD_MAX_BYTES)
        return DECODE_TOO_LARGE_BYTES;
    tjhandle handle = tjInitDecompress();
    if (!handle)
        return DECODE_BROKEN;
    struct picture picture = {0, 0, NULL};
    enum decode_status status = pixels_read(handle, jpeg, n, &picture);
    (void)tjDestroy(handle);
    if (status == DECODE_OK &&
        !(picture_shrink(&picture) && picture_turn(&picture, jpeg_head_read(jpeg, n).orientation)))
        status = DECODE_BROKEN;
    if (status == DECODE_OK)
        status = picture_write(&picture, ret, ret_n);
    free(picture.pixels);
    return status;
}

void decode_jpeg_free(uint8_t *jpeg)
{
    tjFree(jpeg);
}

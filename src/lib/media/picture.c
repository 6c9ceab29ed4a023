/* Pixels between decoding and encoding: shrunk, turned, written as a JPEG that holds nothing else. Runs inside
 * the sandboxed decoder. */
#include "lib/media/picture.h"

#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

#include "lib/base/banned.h"

enum {
    SIDE_MAX = 20000,
    CHANNELS = PICTURE_CHANNELS,
};

const struct decode_limits decode_photo = {
    .upload_bytes = DECODE_UPLOAD_MAX_BYTES,
    .result_bytes = DECODE_RESULT_MAX_BYTES,
    .side_max = 10000,
    .pixels_max = 12 * 1000 * 1000,
    .long_side = 960,
    .quality = 82,
};
const struct decode_limits decode_evidence = {
    .upload_bytes = DECODE_EVIDENCE_MAX_BYTES,
    .result_bytes = DECODE_COPY_MAX_BYTES,
    .side_max = SIDE_MAX,
    .pixels_max = 50 * 1000 * 1000,
    .long_side = 2560,
    .quality = 88,
};

enum decode_status picture_size_check(const struct decode_limits *limits, int width, int height)
{
    if (width < 1 || height < 1)
        return DECODE_BROKEN;
    bool fits = width <= limits->side_max && height <= limits->side_max &&
                (int64_t)width * height <= limits->pixels_max;
    return fits ? DECODE_OK : DECODE_TOO_LARGE_PX;
}

bool picture_new(struct picture *p, int width, int height)
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
    if (area == 0)
        return;
    uint8_t *out = to->pixels + ((size_t)y * (size_t)to->width + (size_t)x) * CHANNELS;
    for (int c = 0; c < CHANNELS; c++)
        out[c] = (uint8_t)((sum[c] + area / 2) / area);
}

static int scaled_side(int side, int longest, int long_side)
{
    int scaled = (int)(((int64_t)side * long_side + longest / 2) / longest);
    return scaled ? scaled : 1;
}

/* Replaces the picture by a smaller one when its long side is over the limit. */
bool picture_shrink(struct picture *p, int long_side)
{
    int longest = longer(p->width, p->height);
    if (longest <= long_side)
        return true;
    struct picture small;
    if (!picture_new(&small, scaled_side(p->width, longest, long_side),
                     scaled_side(p->height, longest, long_side)))
        return false;
    for (int y = 0; y < small.height; y++)
        for (int x = 0; x < small.width; x++)
            pixel_mean(p, &small, x, y);
    free(p->pixels);
    *p = small;
    return true;
}

/* Turns the picture the way the camera was held (EXIF 2…8). */
bool picture_turn(struct picture *p, int orientation)
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

enum decode_status picture_write(const struct picture *p, const struct decode_limits *limits,
                                 uint8_t **ret, size_t *ret_n)
{
    tjhandle handle = tjInitCompress();
    if (!handle)
        return DECODE_BROKEN;
    unsigned char *jpeg = NULL;
    unsigned long n = 0;
    int failed = tjCompress2(handle, p->pixels, p->width, 0, p->height, TJPF_RGB, &jpeg, &n,
                             TJSAMP_420, limits->quality, TJFLAG_ACCURATEDCT);
    (void)tjDestroy(handle);
    if (failed || n > limits->result_bytes) {
        tjFree(jpeg);
        return DECODE_BROKEN;
    }
    *ret = jpeg;
    *ret_n = n;
    return DECODE_OK;
}

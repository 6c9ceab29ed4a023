/* The modules of a QR code as a PNG of one bit a pixel (ISO/IEC 15948), packed by zlib. */
#include <string.h>
#include <zlib.h>

#include "lib/docx/docx_internal.h"
#include "lib/base/banned.h"

#define QUIET_MODULES 4 /* ISO/IEC 18004 */
#define MODULE_PIXELS 6
#define MODULES_MAX   177

static void put_u32(struct buf *b, uint32_t v)
{
    const uint8_t out[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v};
    buf_add(b, out, sizeof(out));
}

static void put_chunk(struct buf *b, const char *type, const void *data, size_t n)
{
    put_u32(b, (uint32_t)n);
    size_t from = b->n;
    buf_add(b, type, 4);
    buf_add(b, data, n);
    put_u32(b, (uint32_t)crc32(0, (const Bytef *)b->p + from, (uInt)(b->n - from)));
}

/* One line of pixels: a filter byte (none), then bits, white is 1. */
static void paint_line(uint8_t *line, size_t stride, const uint8_t *dark, int modules, int y)
{
    memset(line, 0xFF, stride);
    line[0] = 0;
    int row = y / MODULE_PIXELS - QUIET_MODULES;
    if (row < 0 || row >= modules)
        return;
    for (int x = 0; x < modules * MODULE_PIXELS; x++) {
        int at = x + QUIET_MODULES * MODULE_PIXELS;
        if (dark[row * modules + x / MODULE_PIXELS] & 1)
            line[1 + at / 8] &= (uint8_t) ~(0x80u >> (at % 8));
    }
}

struct bytes docx_png(struct arena *a, const uint8_t *dark, int modules)
{
    static const uint8_t signature[] = {0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A};
    if (modules <= 0 || modules > MODULES_MAX)
        return (struct bytes){NULL, 0};
    int side = (modules + 2 * QUIET_MODULES) * MODULE_PIXELS;
    size_t stride = 1 + ((size_t)side + 7) / 8, n = stride * (size_t)side;
    uint8_t *pixels = arena_alloc(a, n);
    for (int y = 0; y < side; y++)
        paint_line(pixels + (size_t)y * stride, stride, dark, modules, y);
    uLongf packed_n = compressBound((uLong)n);
    uint8_t *packed = arena_alloc(a, packed_n);
    if (compress2(packed, &packed_n, pixels, (uLong)n, Z_BEST_COMPRESSION) != Z_OK)
        return (struct bytes){NULL, 0};
    struct buf head = buf_new(a, 16, 16), b = buf_new(a, packed_n + 128, packed_n + 128);
    put_u32(&head, (uint32_t)side);
    put_u32(&head, (uint32_t)side);
    const uint8_t grey_of_one_bit[] = {1, 0, 0, 0, 0};
    buf_add(&head, grey_of_one_bit, sizeof(grey_of_one_bit));
    buf_add(&b, signature, sizeof(signature));
    put_chunk(&b, "IHDR", head.p, head.n);
    put_chunk(&b, "IDAT", packed, packed_n);
    put_chunk(&b, "IEND", "", 0);
    return (struct bytes){(const uint8_t *)b.p, b.n};
}

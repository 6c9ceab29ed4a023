/* See jpeg_make.h. */
#include "support/jpeg_make.h"

#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

#include "lib/base/banned.h"

static uint32_t noise_next(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static uint8_t noisy(int base, int noise, uint32_t *state)
{
    if (noise == 0)
        return (uint8_t)base;
    int value = base + (int)(noise_next(state) % (uint32_t)(2 * noise + 1)) - noise;
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

static const uint8_t quarter_colours[4][4] = {
    {230, 20, 20, 0}, {20, 200, 20, 0}, {20, 20, 230, 0}, {240, 240, 240, 0}};

static uint8_t *pattern(const struct jpeg_make *how, int channels)
{
    size_t count = (size_t)how->width * (size_t)how->height;
    uint8_t *pixels = malloc(count * (size_t)channels);
    if (!pixels)
        abort();
    uint32_t state = 2463534242u;
    uint8_t *p = pixels;
    for (int y = 0; y < how->height; y++)
        for (int x = 0; x < how->width; x++) {
            const uint8_t
                *colour = quarter_colours[(y >= how->height / 2) * 2 + (x >= how->width / 2)];
            for (int c = 0; c < channels; c++)
                *p++ = noisy(colour[c], how->noise, &state);
        }
    return pixels;
}

struct bytes jpeg_make(struct arena *a, const struct jpeg_make *how)
{
    int channels = how->cmyk ? 4 : 3;
    int chroma = how->gray ? TJSAMP_GRAY : how->full_chroma ? TJSAMP_444 : TJSAMP_420;
    uint8_t *pixels = pattern(how, channels);
    tjhandle handle = tjInitCompress();
    unsigned char *jpeg = NULL;
    unsigned long n = 0;
    if (!handle ||
        tjCompress2(handle, pixels, how->width, 0, how->height, how->cmyk ? TJPF_CMYK : TJPF_RGB,
                    &jpeg, &n, chroma, how->quality ? how->quality : 90,
                    how->progressive ? TJFLAG_PROGRESSIVE : 0) != 0)
        abort();
    struct bytes made = {arena_memdup(a, jpeg, n), n};
    tjFree(jpeg);
    (void)tjDestroy(handle);
    free(pixels);
    return made;
}

struct bytes jpeg_joined(struct arena *a, struct bytes first, struct bytes second)
{
    uint8_t *p = arena_alloc(a, first.n + second.n);
    memcpy(p, first.p, first.n);
    memcpy(p + first.n, second.p, second.n);
    return (struct bytes){p, first.n + second.n};
}

struct writer {
    uint8_t *p;
    size_t n;
    bool big_endian;
};

static void put(struct writer *w, uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        w->p[w->n++] = (uint8_t)(value >> 8 * (w->big_endian ? bytes - 1 - i : i));
}

static void put_entry(struct writer *w, unsigned tag, unsigned type, uint32_t count, uint32_t value)
{
    put(w, tag, 2);
    put(w, type, 2);
    put(w, count, 4);
    if (type == 3) {
        put(w, value, 2);
        put(w, 0, 2);
    } else {
        put(w, value, 4);
    }
}

struct bytes jpeg_with_exif(struct arena *a, struct bytes jpeg, int orientation, const char *note,
                            bool big_endian)
{
    size_t note_n = strlen(note) + 1;
    enum { HEAD = 10, FOLDER = 8, GPS = FOLDER + 2 + 3 * 12 + 4, NOTE = GPS + 2 + 1 * 12 + 4 };
    struct writer w = {arena_alloc(a, HEAD + NOTE + note_n), 0, true};
    put(&w, 0xFFE1, 2);
    put(&w, (uint32_t)(2 + 6 + NOTE + note_n), 2);
    memcpy(w.p + w.n, "Exif\0\0", 6);
    w.n += 6;
    w.big_endian = big_endian;
    put(&w, big_endian ? 0x4D4D : 0x4949, 2);
    put(&w, 42, 2);
    put(&w, FOLDER, 4);
    put(&w, 3, 2);
    put_entry(&w, 0x010E, 2, (uint32_t)note_n, NOTE);
    put_entry(&w, 0x0112, 3, 1, (uint32_t)orientation);
    put_entry(&w, 0x8825, 4, 1, GPS);
    put(&w, 0, 4);
    put(&w, 1, 2);
    put_entry(&w, 0x0001, 2, 2, big_endian ? 0x53000000 : 'S');
    put(&w, 0, 4);
    memcpy(w.p + w.n, note, note_n);
    w.n += note_n;
    struct bytes start = {jpeg.p, 2}, rest = {jpeg.p + 2, jpeg.n - 2};
    return jpeg_joined(a, jpeg_joined(a, start, (struct bytes){w.p, w.n}), rest);
}

/* Offset of the marker's segment (its length field); 0 when it is not there. */
static size_t segment_find(struct bytes jpeg, int low, int high)
{
    size_t at = 2;
    while (at + 4 <= jpeg.n && jpeg.p[at] == 0xFF) {
        if (jpeg.p[at + 1] >= low && jpeg.p[at + 1] <= high)
            return at + 2;
        at += 2 + ((size_t)jpeg.p[at + 2] << 8 | jpeg.p[at + 3]);
    }
    return 0;
}

struct bytes jpeg_claiming(struct arena *a, struct bytes jpeg, unsigned width, unsigned height)
{
    uint8_t *p = arena_memdup(a, jpeg.p, jpeg.n);
    size_t at = segment_find(jpeg, 0xC0, 0xC2);
    struct writer w = {p + at + 3, 0, true};
    if (at == 0)
        abort();
    put(&w, height, 2);
    put(&w, width, 2);
    return (struct bytes){p, jpeg.n};
}

size_t jpeg_scan_start(struct bytes jpeg)
{
    size_t at = segment_find(jpeg, 0xDA, 0xDA);
    return at ? at + ((size_t)jpeg.p[at] << 8 | jpeg.p[at + 1]) : 0;
}

static char colour_of(const uint8_t *p)
{
    bool red = p[0] > 150, green = p[1] > 150, blue = p[2] > 150;
    if (red && green && blue)
        return 'W';
    if (red + green + blue != 1)
        return '?';
    return red ? 'R' : green ? 'G' : 'B';
}

bool jpeg_look(struct bytes jpeg, struct jpeg_seen *ret)
{
    struct jpeg_seen seen = {.quarters = ""};
    int chroma, colours;
    tjhandle handle = tjInitDecompress();
    if (!handle)
        abort();
    bool good = tjDecompressHeader3(handle, jpeg.p, jpeg.n, &seen.width, &seen.height, &chroma,
                                    &colours) == 0;
    uint8_t *pixels = good ? malloc((size_t)seen.width * (size_t)seen.height * 3) : NULL;
    good = pixels && tjDecompress2(handle, jpeg.p, jpeg.n, pixels, seen.width, 0, seen.height,
                                   TJPF_RGB, TJFLAG_STOPONWARNING) == 0;
    for (int i = 0; good && i < 4; i++) {
        size_t x = (size_t)(seen.width * (i % 2 ? 3 : 1) / 4);
        size_t y = (size_t)(seen.height * (i / 2 ? 3 : 1) / 4);
        seen.quarters[i] = colour_of(pixels + (y * (size_t)seen.width + x) * 3);
    }
    free(pixels);
    (void)tjDestroy(handle);
    if (good)
        *ret = seen;
    return good;
}

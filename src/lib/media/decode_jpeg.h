/* One hostile picture becomes one clean JPEG, in memory. Runs inside the sandboxed decoder; the fuzzer
 * calls it in-process. Knows libturbojpeg and libpng, nothing else of ours. */
#ifndef BT_LIB_MEDIA_DECODE_JPEG_H
#define BT_LIB_MEDIA_DECODE_JPEG_H

#include <stddef.h>
#include <stdint.h>

/* Travels as one byte from the decoder to the server: append only. */
enum decode_status {
    DECODE_OK,
    DECODE_NOT_JPEG, /* no JPEG (evidence: nor PNG), or a kind no camera makes (CMYK, arithmetic, lossless) */
    DECODE_TOO_LARGE_PX,    /* more than 12 Mpx, or a side of more than 10,000 */
    DECODE_TOO_LARGE_BYTES, /* more than 5 MB */
    DECODE_BROKEN,          /* damaged or cut off */
    DECODE_UNAVAILABLE,     /* the decoder could not be started, or has no sandbox */
};

#define DECODE_UPLOAD_MAX_BYTES (5u * 1024 * 1024)
#define DECODE_RESULT_MAX_BYTES (2u * 1024 * 1024)
/* Copies of evidence: what telephones take. */
#define DECODE_EVIDENCE_MAX_BYTES (25u * 1024 * 1024)
#define DECODE_COPY_MAX_BYTES     (8u * 1024 * 1024)
#define DECODE_EVIDENCE_ARGUMENT  "evidence" /* of bukutamu-decoder */

struct decode_limits {
    size_t upload_bytes, result_bytes;
    int side_max, pixels_max, long_side, quality;
};
extern const struct decode_limits decode_photo, decode_evidence;

/* Orientation applied, at most 960 px on the long side, no metadata. The result belongs to the caller:
 * decode_jpeg_free. */
enum decode_status decode_jpeg(const uint8_t *jpeg, size_t n, uint8_t **ret, size_t *ret_n);
void decode_jpeg_free(uint8_t *jpeg);
/* The same within other limits; decode_any takes PNG as well (transparent becomes white). */
enum decode_status decode_jpeg_with(const struct decode_limits *limits, const uint8_t *jpeg,
                                    size_t n, uint8_t **ret, size_t *ret_n);
enum decode_status decode_any(const struct decode_limits *limits, const uint8_t *picture, size_t n,
                              uint8_t **ret, size_t *ret_n);

/* What the segments before the picture say. */
struct jpeg_head {
    int orientation; /* EXIF: 1…8; 1 when it is not said */
    int frame; /* the marker of the frame header: 0xC0 baseline, 0xC2 progressive, …; 0: none */
};
struct jpeg_head jpeg_head_read(const uint8_t *jpeg, size_t n);

#endif

/* Pictures of evidence, PNG before all: whatever comes, the result is a JPEG within its limits or a refusal. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/media/decode_jpeg.h"

#include "lib/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct decode_limits limits = decode_evidence;
    limits.pixels_max = 1000 * 1000; /* speed, not safety, is what large ones cost here */
    uint8_t *jpeg = NULL;
    size_t jpeg_n = 0;
    if (decode_any(&limits, data, n, &jpeg, &jpeg_n) != DECODE_OK)
        return 0;
    if (jpeg_n < 4 || jpeg_n > limits.result_bytes || jpeg[0] != 0xFF || jpeg[1] != 0xD8)
        abort();
    if (jpeg_head_read(jpeg, jpeg_n).orientation != 1)
        abort();
    decode_jpeg_free(jpeg);
    return 0;
}

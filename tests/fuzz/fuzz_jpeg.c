/* The decoder's code without its cage: any bytes are refused or become a picture that can be looked at
 * again. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/media/decode_jpeg.h"

#include "lib/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct jpeg_head head = jpeg_head_read(data, n);
    if (head.orientation < 1 || head.orientation > 8)
        abort();
    uint8_t *jpeg = NULL;
    size_t jpeg_n = 0;
    if (decode_jpeg(data, n, &jpeg, &jpeg_n) != DECODE_OK)
        return 0;
    /* Clean output is accepted as input, and says nothing of an orientation. */
    uint8_t *again = NULL;
    size_t again_n = 0;
    if (jpeg_head_read(jpeg, jpeg_n).orientation != 1 ||
        decode_jpeg(jpeg, jpeg_n, &again, &again_n) != DECODE_OK)
        abort();
    decode_jpeg_free(again);
    decode_jpeg_free(jpeg);
    return 0;
}

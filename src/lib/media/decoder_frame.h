/* What comes back from the decoder through its pipe: this head, then `bytes` bytes of JPEG. */
#ifndef BT_LIB_MEDIA_DECODER_FRAME_H
#define BT_LIB_MEDIA_DECODER_FRAME_H

#include <stdint.h>

#include "lib/media/decode_jpeg.h"

#define DECODER_MAGIC 0x42544A31u

struct decoder_frame {
    uint32_t magic;
    uint32_t status; /* enum decode_status */
    uint32_t bytes;  /* 0 unless the status is DECODE_OK */
};

#endif

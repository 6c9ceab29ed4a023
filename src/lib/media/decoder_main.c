/* bukutamu-decoder: one picture on fd 0, one answer on fd 1 (decoder_frame.h), then the end. The cage is
 * shut before the first byte is read. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/media/decoder_frame.h"
#include "lib/media/sandbox.h"

#include "lib/base/banned.h"

static bool write_all(const void *from, size_t n)
{
    const uint8_t *p = from;
    while (n) {
        ssize_t done = write(STDOUT_FILENO, p, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        p += done;
        n -= (size_t)done;
    }
    return true;
}

static int answer(enum decode_status status, const uint8_t *jpeg, size_t n)
{
    struct decoder_frame frame = {DECODER_MAGIC, status, (uint32_t)n};
    return write_all(&frame, sizeof(frame)) && write_all(jpeg, n) ? 0 : 1;
}

/* One byte more than is allowed is enough to know that it is too much. */
static size_t read_all(uint8_t *p, size_t room)
{
    size_t n = 0;
    while (n < room) {
        ssize_t got = read(STDIN_FILENO, p + n, room - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        n += (size_t)got;
    }
    return n;
}

int main(int argc, char **argv)
{
    if (!sandbox_enter())
        return answer(DECODE_UNAVAILABLE, NULL, 0);
    bool evidence = argc > 1 && strcmp(argv[1], DECODE_EVIDENCE_ARGUMENT) == 0;
    const struct decode_limits *limits = evidence ? &decode_evidence : &decode_photo;
    uint8_t *upload = malloc(limits->upload_bytes + 1);
    if (!upload)
        return answer(DECODE_BROKEN, NULL, 0);
    size_t n = read_all(upload, limits->upload_bytes + 1);
    uint8_t *jpeg = NULL;
    size_t jpeg_n = 0;
    enum decode_status status = evidence ? decode_any(limits, upload, n, &jpeg, &jpeg_n)
                                         : decode_jpeg(upload, n, &jpeg, &jpeg_n);
    int code = answer(status, jpeg, jpeg_n);
    decode_jpeg_free(jpeg);
    free(upload);
    return code;
}

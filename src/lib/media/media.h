/* Hostile pictures: decoded and re-encoded by a sandboxed executable of its own (bukutamu-decoder),
 * started by a launcher that was forked before any thread. The server itself never parses a picture. */
#ifndef BT_LIB_MEDIA_H
#define BT_LIB_MEDIA_H

#include <stdint.h>

#include "lib/base/cx.h"
#include "lib/base/err.h"

/* Forks the launcher. Call from the main thread, before any other thread is made and before the keys
 * are read (the launcher would keep a copy), and after anything that closes all descriptors.
 * `decoder_path`: the executable; NULL: bukutamu-decoder beside the running binary. ERR_MISSING when it
 * is not there, ERR_INTERNAL when it does not answer a first question (no library, no sandbox). A
 * server without it can run: with cx->media NULL every photo is ERR_BUSY. The launcher ends with this
 * thread. */
enum err media_start(struct arena *a, const char *decoder_path, struct media **ret,
                     const char **ret_message) MUST_USE;
void media_stop(struct media *m);

/* A JPEG of at most 5 MB and 12 Mpx becomes a clean JPEG (orientation applied, at most 960 px on the
 * long side, no metadata), in cx->arena. ERR_INVALID with a code and sentence in cx->diag: "not_jpeg",
 * "too_large_px", "too_large_bytes", "broken". ERR_BUSY ("photo_unavailable") when the decoder cannot be
 * had: two are at work already and stay so for 2 s, the launcher has died, or there is no sandbox. At
 * most 7 s, from any thread. */
enum err media_photo(struct cx *cx, struct bytes upload, struct bytes *ret_jpeg) MUST_USE;

/* A picture that is read piece by piece. */
struct media_source {
    uint64_t bytes;
    enum err (*read)(void *arg, uint64_t at, uint8_t *to, size_t n);
    void *arg;
};
/* The copy of a picture that was handed over as evidence: a JPEG or PNG of at most 25 MB and 50 Mpx becomes a
 * JPEG of at most 2560 px on the long side without any metadata, in cx->arena. ERR_INVALID: it cannot be read;
 * ERR_BUSY as above. No sentence: the original is kept either way. */
enum err media_copy(struct cx *cx, const struct media_source *upload,
                    struct bytes *ret_jpeg) MUST_USE;

#endif

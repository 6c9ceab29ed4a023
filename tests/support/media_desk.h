/* A desk with a decoder, for the tests of lib/media. */
#ifndef BT_TEST_MEDIA_DESK_H
#define BT_TEST_MEDIA_DESK_H

#include "lib/base/arena.h"
#include "lib/base/cx.h"

struct desk {
    struct arena *process;
    struct arena *request;
    struct cx cx;
};

/* cmocka set-up and tear-down: with the real decoder, or with sandbox_probe in its place. */
int desk_open(void **state);
int desk_open_probe(void **state);
int desk_close(void **state);

/* Executables of the same build; BUKUTAMU_DECODER and BUKUTAMU_PROBE override. */
const char *desk_decoder(struct arena *a);
const char *desk_probe(struct arena *a);

/* The upload must become a photo. */
struct bytes desk_photo(struct desk *d, struct bytes upload);
/* The upload must be refused with this code, within 7 s. */
void desk_refuses(struct desk *d, struct bytes upload, const char *code);
double desk_now_ms(void);

#endif

/* QR codes (libqrencode): as modules for the PDF, as the path of an SVG for pages. */
#ifndef BT_LIB_QR_H
#define BT_LIB_QR_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"

#define QR_QUIET 4 /* modules of white around the code (ISO/IEC 18004) */

struct qr {
    int modules;         /* on a side, without the white around */
    const uint8_t *dark; /* modules × modules, row by row; 1 is dark */
};

/* Error correction M. ERR_INVALID: nothing, or more than a code can hold. */
enum err qr_make(struct arena *a, const char *text, struct qr *ret) MUST_USE;

/* For <svg viewBox="0 0 modules modules"><path d="path"/></svg>, the white around included. */
struct qr_svg {
    int modules;
    const char *path;
};
enum err qr_svg(struct arena *a, const char *text, struct qr_svg *ret) MUST_USE;

#endif

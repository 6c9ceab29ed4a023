/* Codes by libqrencode: modules for paper, a path for pages. */
#include "lib/qr/qr.h"

#include <qrencode.h>

#include "lib/base/str.h"
#include "lib/base/banned.h"

enum err qr_make(struct arena *a, const char *text, struct qr *ret)
{
    if (str_empty(text))
        return ERR_INVALID;
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    if (!code)
        return ERR_INVALID;
    size_t n = (size_t)code->width * (size_t)code->width;
    uint8_t *dark = arena_alloc(a, n);
    for (size_t i = 0; i < n; i++)
        dark[i] = code->data[i] & 1; /* the other bits say what a module is for */
    *ret = (struct qr){.modules = code->width, .dark = dark};
    QRcode_free(code);
    return ERR_OK;
}

/* Runs of dark modules, row by row, as rectangles of one path. */
enum err qr_svg(struct arena *a, const char *text, struct qr_svg *ret)
{
    struct qr code;
    TRY(qr_make(a, text, &code));
    size_t width = (size_t)code.modules;
    struct buf b = buf_new(a, 4096, 64 * 1024);
    for (size_t y = 0; y < width; y++) {
        const uint8_t *row = code.dark + y * width;
        for (size_t x = 0; x < width; x++) {
            size_t n = 0;
            while (x + n < width && row[x + n])
                n++;
            if (n > 0)
                buf_printf(&b, "M%zu %zuh%zuv1h-%zuz", x + QR_QUIET, y + QR_QUIET, n, n);
            x += n;
        }
    }
    *ret = (struct qr_svg){.modules = code.modules + 2 * QR_QUIET, .path = b.p};
    return b.full ? ERR_INVALID : ERR_OK;
}

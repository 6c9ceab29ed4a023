/* Printable labels of the badges with QR codes: a scanner that types reads the same text as the label.
 * Routes are in office_web.c. */
#include "features/office/office_web.h"

#include <qrencode.h>

#include "features/office/office_page.h"
#include "features/portal/portal.h"
#include "lib/base/str.h"
#include "office_tmpl.h"

#include "lib/base/banned.h"

#define LABELS_MAX 1000
#define QUIET      4 /* modules of white around the code (ISO/IEC 18004) */

static void free_code(void *code)
{
    QRcode_free(code);
}

/* Runs of dark modules, row by row, as rectangles of one path. */
static const char *path_of(struct arena *a, const QRcode *code)
{
    size_t width = (size_t)code->width;
    struct buf b = buf_new(a, 4096, 64 * 1024);
    for (size_t y = 0; y < width; y++) {
        const unsigned char *row = code->data + y * width;
        for (size_t x = 0; x < width; x++) {
            size_t n = 0;
            while (x + n < width && (row[x + n] & 1))
                n++;
            if (n > 0)
                buf_printf(&b, "M%zu %zuh%zuv1h-%zuz", x + QUIET, y + QUIET, n, n);
            x += n;
        }
    }
    return b.p;
}

static enum err label_of(struct cx *cx, const char *label, struct label_view *ret)
{
    QRcode *code = QRcode_encodeString8bit(label, 0, QR_ECLEVEL_M);
    if (!code)
        return cx_detail(cx, ERR_INTERNAL, "no QR code for a label");
    arena_defer(cx->arena, free_code, code);
    *ret = (struct label_view){
        .label = label, .path = path_of(cx->arena, code), .modules = code->width + 2 * QUIET};
    return ERR_OK;
}

static void labels_body(struct html *h, void *arg)
{
    label_page(h, arg);
}

enum err office_labels_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct pool_row *rows = NULL;
    size_t count = 0;
    TRY(office_pool_page(cx->read, POOL_BADGE, cx->actor.office_id, "", LABELS_MAX, &rows, &count));
    struct label_view *labels = ARENA_ARRAY(cx->arena, count + 1, struct label_view);
    struct label_sheet *sheet = ARENA_NEW(cx->arena, struct label_sheet);
    sheet->labels = labels;
    for (size_t i = 0; i < count; i++) {
        if (str_eq(rows[i].state, "ready") || str_eq(rows[i].state, "out"))
            TRY(label_of(cx, rows[i].label, &labels[sheet->count++]));
    }
    const struct page_view page = {.title = T("Label tanda pengenal"),
                                   .current = "/tanda-pengenal",
                                   .body = labels_body,
                                   .arg = sheet};
    return page_render(cx, req, res, &page);
}

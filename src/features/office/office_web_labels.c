/* Printable labels of the badges with QR codes: a scanner that types reads the same text as the label.
 * Routes are in office_web.c. */
#include "features/office/office_web.h"

#include "features/office/office_page.h"
#include "features/portal/portal.h"
#include "lib/base/str.h"
#include "lib/qr/qr.h"
#include "office_tmpl.h"

#include "lib/base/banned.h"

#define LABELS_MAX 1000

static enum err label_of(struct cx *cx, const char *label, struct label_view *ret)
{
    struct qr_svg code;
    if (qr_svg(cx->arena, label, &code) != ERR_OK)
        return cx_detail(cx, ERR_INTERNAL, "no QR code for a label");
    *ret = (struct label_view){.label = label, .path = code.path, .modules = code.modules};
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

/* From a workbook to the answer: begun in the spool, sent as a file to keep, dropped when it could not be filled. */
#include "features/portal/portal.h"

#include "lib/xlsx/xlsx.h"
#include "lib/base/banned.h"

enum err workbook_begin(struct cx *cx, struct xlsx **ret)
{
    return xlsx_begin(cx->arena, arena_printf(cx->arena, "%s/spool", cx->data_dir), ret);
}

enum err workbook_send(struct cx *cx, struct http_res *res, struct xlsx *x, enum err filled,
                       const char *name)
{
    int fd = -1;
    int64_t bytes = 0;
    if (filled != ERR_OK) {
        xlsx_drop(x);
        return filled;
    }
    TRY(xlsx_end(x, &fd, &bytes));
    res->content_type = XLSX_TYPE;
    http_res_attachment(cx, res, name);
    http_res_file(res, fd, (uint64_t)bytes);
    return ERR_OK;
}

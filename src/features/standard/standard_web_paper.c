/* The standard as a poster, the pledge as a sheet to be signed and hung up. Papers are in Indonesian. */
#include "features/standard/standard_web.h"

#include "lib/base/str.h"
#include "lib/pdf/pdf.h"
#include "lib/qr/qr.h"
#include "lib/base/banned.h"

static struct pdf *begin(struct cx *cx, const struct office *o, const char *title, double text_pt)
{
    const struct pdf_info info = {.title = title,
                                  .author = o->name,
                                  .created_ms = cx->now_ms,
                                  .offset_min = cx->offset_min,
                                  .text_pt = text_pt};
    const struct pdf_letterhead head = {o->parent_name, o->name, o->address};
    struct pdf *p = pdf_new(cx->arena, &info);
    pdf_letterhead(p, &head);
    return p;
}

static enum err code(struct cx *cx, struct pdf *p, const char *url, const char *title)
{
    struct qr qr;
    TRY(qr_make(cx->arena, url, &qr));
    const struct pdf_code c = {.modules = qr.modules, .dark = qr.dark, .title = title, .text = url};
    pdf_code(p, &c);
    return ERR_OK;
}

static enum err send_pdf(struct cx *cx, struct http_res *res, struct pdf *p, const char *name)
{
    struct pdf_file file;
    TRY(pdf_finish(p, &file));
    return http_res_download(cx, res, PDF_TYPE, name, file.data);
}

/* One line stands as it is, several are numbered. */
static const char *numbered(struct cx *cx, const char *text)
{
    size_t count = 0;
    const char **lines = standard_lines(cx->arena, text, &count);
    struct buf b = buf_new(cx->arena, 512, 64 * 1024);
    for (size_t i = 0; i < count; i++) {
        if (count > 1)
            buf_printf(&b, "%zu. ", i + 1);
        buf_puts(&b, lines[i]);
        if (i + 1 < count)
            buf_putc(&b, '\n');
    }
    return b.p;
}

enum err standard_poster_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct standard s;
    struct office o = {0};
    TRY(standard_current(cx->read, cx->actor.office_id, &s));
    TRY(office_get(cx->read, cx->actor.office_id, &o));
    struct pdf *p = begin(cx, &o, s.title, 12);
    pdf_title(p, s.title,
              str_empty(s.decree) ? NULL : arena_printf(cx->arena, "Keputusan Nomor %s", s.decree));
    for (size_t i = 0; i < STANDARD_PUBLISHED; i++) {
        pdf_heading(p, standard_parts[i].label);
        pdf_paragraph(p, numbered(cx, s.parts[i]));
        if (i == STANDARD_TIME)
            pdf_note(p, arena_printf(cx->arena, "Dihitung sejak langkah %lld sampai langkah %lld.",
                                     (long long)s.start_step, (long long)s.stop_step));
    }
    TRY(code(cx, p, standard_address(cx, req, "/standar-pelayanan"),
             "Standar pelayanan lengkap, pengaduan layanan, dan survei"));
    return send_pdf(cx, res, p, "Standar pelayanan.pdf");
}

enum err pledge_pdf_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct pledge pledge = {.version = 0};
    struct office o = {0};
    TRY(office_get(cx->read, cx->actor.office_id, &o));
    TRY(standard_pledge(cx, &o, &pledge));
    struct pdf *p = begin(cx, &o, "Maklumat pelayanan", 15);
    size_t count = 0;
    const char **signer = standard_lines(cx->arena, pledge.signer, &count);
    struct buf below = buf_new(cx->arena, 128, 4096);
    for (size_t i = 2; i < count; i++)
        buf_printf(&below, "%s%s", i > 2 ? "\n" : "", signer[i]);
    pdf_title(p, "MAKLUMAT PELAYANAN", NULL);
    pdf_paragraph(p, pledge.body);
    const struct pdf_signature signature = {
        .place_date = arena_printf(cx->arena, "%s, %s", pledge.place,
                                   standard_date_words(cx, pledge.day)),
        .role = count > 0 ? signer[0] : "",
        .name = count > 1 ? signer[1] : NULL,
        .below = below.p};
    pdf_signatures(p, &signature, 1);
    TRY(code(cx, p, standard_address(cx, req, "/standar-pelayanan"), "Standar pelayanan kami"));
    return send_pdf(cx, res, p, "Maklumat pelayanan.pdf");
}

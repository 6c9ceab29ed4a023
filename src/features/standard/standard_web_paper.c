/* The standard as a poster, the pledge as a sheet to be signed and hung up. Papers are in Indonesian. */
#include "features/standard/standard_web.h"

#include "features/letter/letter_web.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/pdf/pdf.h"
#include "lib/qr/qr.h"
#include "lib/base/banned.h"

#define PLEDGE_ITEMS 4

static struct pdf *begin(struct cx *cx, const struct office *o, const char *title, double text_pt)
{
    const struct pdf_info info = {.title = title,
                                  .author = o->name,
                                  .created_ms = cx->now_ms,
                                  .offset_min = cx->offset_min,
                                  .text_pt = text_pt};
    const struct pdf_letterhead head = {o->parent_name, o->name, o->address, o->phone};
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
    struct standard_kind kind;
    struct standard s;
    struct office o = {0};
    TRY(standard_asked(cx, req, &kind, &s));
    if (!str_empty(kind.ended))
        return cx_fail(cx, ERR_MISSING, "withdrawn",
                       T("Standar pelayanan ini sudah dicabut dan tidak dicetak lagi."));
    cx->lang = LANG_ID; /* as papers are, whatever language the page is read in */
    TRY(office_get(cx->read, cx->actor.office_id, &o));
    struct pdf *p = begin(cx, &o, s.title, 12);
    pdf_title(p, s.title,
              str_empty(s.decree) ? NULL : arena_printf(cx->arena, "Keputusan Nomor %s", s.decree));
    for (size_t i = 0; i < STANDARD_PUBLISHED; i++) {
        pdf_heading(p, standard_parts[i].label);
        pdf_paragraph(p, numbered(cx, s.parts[i]));
        if (i == STANDARD_TIME)
            pdf_note(p, standard_clock_words(cx, &s));
    }
    TRY(code(cx, p, standard_address(cx, req, standard_path(cx, s.kind)),
             "Standar pelayanan lengkap, pengaduan layanan, dan survei"));
    return send_pdf(cx, res, p, arena_printf(cx->arena, "Poster %s.pdf", kind.code));
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

/* The same in the office's own letter. */
enum err pledge_docx_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct pledge pledge = {.version = 0};
    struct office o = {0};
    struct bytes file;
    struct civil day = {.hour = 12};
    cx->lang = LANG_ID;
    TRY(office_get(cx->read, cx->actor.office_id, &o));
    TRY(standard_pledge(cx, &o, &pledge));
    const char *url = standard_address(cx, req, "/standar-pelayanan");
    struct docx_item items[PLEDGE_ITEMS + LETTER_SIGNER_ITEMS] = {
        {.name = "isi", .text = pledge.body},
        {.name = "tempat", .text = pledge.place},
        {.name = "alamat_standar", .text = url},
        letter_qr(cx, url)};
    letter_signer(cx->arena, "penandatangan", pledge.signer, items + PLEDGE_ITEMS);
    bool dated = time_parse_date(pledge.day, &day.year, &day.month, &day.day);
    const struct letter_paper paper = {
        .kind = "pledge",
        .title = arena_printf(cx->arena, "Maklumat pelayanan %s", o.name),
        .items = items,
        .count = ARRAY_LEN(items),
        .dated_at = dated ? time_from_civil(day, cx->offset_min) : cx->now_ms};
    TRY(letter_paper(cx, &paper, &file));
    return letter_send(cx, res, file, "Maklumat pelayanan.docx");
}

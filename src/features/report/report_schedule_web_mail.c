/* The report by mail leaves the house: what is due is queued by the clock, its file is made by the sending thread.
 * A row of the outbox holds a period and a recipient's id; no figure, no address. */
#include "features/report/report_schedule.h"

#include "features/office/office.h"
#include "features/report/report_web.h"
#include "lib/base/settings.h"
#include "lib/base/str.h"
#include "lib/docx/docx.h"
#include "lib/pdf/pdf.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

/* --- the clock ------------------------------------------------------------------------------------------------- */

static enum err queue_due(struct cx *cx, const char *office_id, struct report_recipient *r,
                          bool *ret_queued)
{
    for (int i = 0; i < REPORT_CATCH_UP_MAX; i++) {
        struct report_due due = report_due_next(cx->arena, r, cx->offset_min);
        if (due.at > cx->now_ms)
            return ERR_OK;
        struct report_change c = {.act = visit_act_system(office_id, cx->now_ms),
                                  .id = r->id,
                                  .period = due.period,
                                  .outbox_id = cx_new_id(cx),
                                  .due_at = due.at};
        TRY(db_tx_low(cx, "report_mail_queue", report_tx_mail_queue, &c));
        *ret_queued = *ret_queued || c.queued;
        r->last_period = due.period;
    }
    return ERR_OK;
}

enum err report_schedule_tick(struct cx *cx, const char *office_id)
{
    struct report_recipient *list = NULL;
    struct office office = {.offset_min = 0};
    size_t count = 0;
    bool queued = false;
    if (!settings_channel_ready(cx->settings, "mail"))
        return ERR_OK;
    TRY(report_recipients(cx->read, office_id, &list, &count));
    if (count == 0)
        return ERR_OK;
    TRY(office_get(cx->read, office_id, &office));
    cx->offset_min = (int)office.offset_min;
    for (size_t i = 0; i < count; i++)
        TRY(queue_due(cx, office_id, &list[i], &queued));
    if (queued)
        outbox_wake(cx);
    return ERR_OK;
}

/* --- the mail ---------------------------------------------------------------------------------------------------- */

static enum err file_make(struct cx *cx, const struct report_recipient *r,
                          const struct report_paper *p, struct outbox_file *ret)
{
    bool word = str_eq(r->form, "docx");
    TRY(word ? report_docx_make(cx, p, &ret->data) : report_pdf_make(cx, p, &ret->data));
    ret->type = word ? DOCX_TYPE : PDF_TYPE;
    ret->name = arena_printf(cx->arena, "Laporan pelayanan %s.%s", p->period.text, r->form);
    return ERR_OK;
}

static void text_make(struct cx *cx, const struct report_paper *p, struct outbox_message *m)
{
    m->subject = cx_printf(cx, T("Laporan pelayanan %s, %s"), p->label, p->office.name);
    m->text = cx_printf(
        cx,
        T("Terlampir laporan pelayanan tamu %s dari %s.\n\nLaporan ini berisi angka saja. Tidak "
          "ada "
          "nama tamu, identitas, atau isi pengaduan di dalamnya.\n\nPesan ini dikirim otomatis "
          "oleh "
          "Buku Tamu karena alamat Anda didaftarkan sebagai penerima laporan. Bila Anda tidak "
          "seharusnya menerimanya, hubungi kantor tersebut agar alamat Anda dihapus."),
        p->label, p->office.name);
}

enum err report_mail_render(struct cx *cx, const struct outbox_row *row, struct outbox_message *ret)
{
    struct report_paper *p = ARENA_NEW(cx->arena, struct report_paper);
    struct outbox_file *file = ARENA_NEW(cx->arena, struct outbox_file);
    struct report_recipient r = {0};
    struct report_period period;
    struct office office = {.offset_min = 0};
    char *address = NULL;
    TRY(report_recipient_get(cx->read, row->office_id, row->recipient_id, &r));
    if (!report_period_read(cx->arena, row->subject_id, &period))
        return ERR_MISSING;
    TRY(seal_field_open(cx->seal, cx->arena, "report_recipient", "address_sealed", r.id,
                        r.address_sealed, &address));
    TRY(office_get(cx->read, row->office_id, &office));
    cx->offset_min = (int)office.offset_min;
    cx->lang = LANG_ID;
    TRY(report_paper_fill(cx, &period, p));
    TRY(file_make(cx, &r, p, file));
    struct outbox_message m = {.to = address, .opaque_id = row->id, .file = file};
    text_make(cx, p, &m);
    *ret = m;
    return ERR_OK;
}

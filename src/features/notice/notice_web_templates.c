/* The exact wording of the templates that the office submits to Meta. Their parameters are filled in by
 * notice_web_render.c and notice_web_rush.c in this order. */
#include "features/notice/notice_view.h"
#include "features/notice/notice_whatsapp_store.h"
#include "lib/base/settings.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

#define ADVICE "Tautan berlaku dua jam dan hanya untuk Anda."

static const char *const visit_buttons[] = {"Saya terima", "Tanya Kajari", "Nanti", "Tolak"};
static const char *const visit_samples[] = {"412/2026", "09.31 WIB (menunggu 2 menit)",
                                            "perorangan", "Permohonan informasi",
                                            "https://bukutamu.kejari-kapuas.example/jawab/contoh"};
static const char *const head_buttons[] = {"Saya terima", "Cukup Kasi Intel", "Nanti"};
static const char *const head_samples[] = {"412/2026",
                                           "09.31 WIB (menunggu 4 menit)",
                                           "perorangan",
                                           "Permohonan informasi",
                                           "Diterima Kasi Intelijen",
                                           "https://bukutamu.kejari-kapuas.example/jawab/contoh"};
static const char *const queue_samples[] = {
    "3", "412/2026 menunggu 6 menit, 413/2026 menunggu 3 menit, 414/2026 menunggu 1 menit",
    "https://bukutamu.kejari-kapuas.example/jawab"};

static const char *const reminder_samples[] = {"2", "1",
                                               "https://bukutamu.kejari-kapuas.example/pengaduan"};

size_t notice_templates(const struct cx *cx, struct template_card ret[NOTICE_TEMPLATES])
{
    const struct settings *s = cx->settings;
    const struct template_card cards[] = {
        {.id = "templat-tamu",
         .title = T("Tamu baru, kepada Kasi Intelijen"),
         .name = s->template_visit,
         .body = "Ada tamu menunggu di kantor.\n\nNomor: {{1}}\nDatang: {{2}}\nTamu: "
                 "{{3}}\nKeperluan: {{4}}\n\n"
                 "Tekan salah satu tombol di bawah, atau jawab di halaman {{5}} bila tombol tidak "
                 "tampak. " ADVICE,
         .buttons = visit_buttons,
         .button_count = ARRAY_LEN(visit_buttons),
         .samples = visit_samples,
         .sample_count = ARRAY_LEN(visit_samples)},
        {.id = "templat-kajari",
         .title = T("Pertanyaan kepada Kajari"),
         .name = s->template_head,
         .body = "Ada tamu menunggu keputusan Bapak/Ibu Kajari.\n\nNomor: {{1}}\nDatang: "
                 "{{2}}\nTamu: {{3}}\n"
                 "Keperluan: {{4}}\nUsul Kasi Intelijen: {{5}}\n\n"
                 "Tekan salah satu tombol di bawah, atau jawab di halaman {{6}} bila tombol tidak "
                 "tampak. " ADVICE,
         .buttons = head_buttons,
         .button_count = ARRAY_LEN(head_buttons),
         .samples = head_samples,
         .sample_count = ARRAY_LEN(head_samples)},
        {.id = "templat-antrean",
         .title = T("Beberapa tamu sekaligus"),
         .name = s->template_queue,
         .body = "Ada {{1}} tamu menunggu jawaban Anda.\n\nMereka: {{2}}\n\n"
                 "Jawab satu per satu di halaman {{3}} setelah masuk dengan akun Anda.",
         .samples = queue_samples,
         .sample_count = ARRAY_LEN(queue_samples)},
        {.id = "templat-tenggat",
         .title = T("Tenggat pengaduan"),
         .name = s->template_reminder,
         .body = "Pengingat tenggat pengaduan.\n\nMendekati tenggat: {{1}}\nLewat tenggat: "
                 "{{2}}\n\nBuka {{3}} setelah masuk dengan akun Anda.",
         .samples = reminder_samples,
         .sample_count = ARRAY_LEN(reminder_samples)},
    };
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LEN(cards); i++) {
        if (str_empty(cards[i].name))
            continue;
        ret[n] = cards[i];
        ret[n].language = s->language;
        ret[n].stopped = notice_template_stopped(cx->read, cx->actor.office_id, cards[i].name,
                                                 cx->now_ms);
        n++;
    }
    return n;
}

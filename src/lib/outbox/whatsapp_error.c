/* The WhatsApp error table: Meta's numbers on one side, what we do and what the desk reads on the
 * other. Used for answers to a send (channel_whatsapp.c) and for failed status events (outbox.c). */
#include "lib/outbox/whatsapp_error.h"

#include "lib/base/cx.h"
#include "lib/base/str.h"
#include "lib/outbox/outbox.h"

#include "lib/base/banned.h"

#define LATER T("WhatsApp sedang sibuk. Pesan dikirim ulang secara otomatis.")
#define PACE  T("Terlalu banyak pesan ke nomor ini. Pesan dikirim ulang secara otomatis.")
#define SPAM                                                                                       \
    T("WhatsApp membatasi pengiriman dari nomor kantor. Hubungi penerima langsung dan beri tahu "  \
      "admin.")
#define LOCKED T("Akun WhatsApp kantor dikunci. Hubungi penerima langsung dan beri tahu admin.")
#define PAYMENT                                                                                    \
    T("Tagihan WhatsApp kantor perlu diperiksa. Hubungi penerima langsung dan beri tahu admin.")
#define TOKEN                                                                                      \
    T("Token WhatsApp kedaluwarsa atau tidak berlaku. Admin perlu memasang token baru; pesan "     \
      "tetap antre.")
#define ACCESS                                                                                     \
    T("Token WhatsApp belum diberi izin mengirim pesan. Beri tahu admin; pesan tetap antre.")
#define WINDOW                                                                                     \
    T("Penerima belum menulis dalam 24 jam terakhir, sehingga pesan bebas tidak dapat dikirim.")
#define TYPE T("Jenis pesan ini tidak didukung WhatsApp. Beri tahu admin.")
#define NOT_ON                                                                                     \
    T("Pesan tidak dapat sampai ke nomor ini: periksa nomor WhatsApp penerima, lalu hubungi "      \
      "langsung.")
#define SELF    T("Nomor penerima sama dengan nomor pengirim. Perbaiki nomor penerima.")
#define TESTING T("Nomor penerima belum didaftarkan pada akun uji WhatsApp. Beri tahu admin.")
#define SENDER                                                                                     \
    T("Nomor WhatsApp kantor belum terdaftar atau sudah dihapus. Beri tahu admin; pesan tetap "    \
      "antre.")
#define REQUEST  T("WhatsApp menolak isi pesan. Beri tahu admin.")
#define COUNT    T("Jumlah isian templat pesan tidak cocok. Beri tahu admin.")
#define TEMPLATE T("Templat pesan tidak ditemukan atau belum disetujui. Beri tahu admin.")
#define PAUSED                                                                                     \
    T("Templat pesan sedang dihentikan oleh WhatsApp. Hubungi penerima langsung dan beri tahu "    \
      "admin.")
#define MEDIA    T("Lampiran pesan tidak dapat dikirim. Beri tahu admin.")
#define REGISTER T("Pendaftaran nomor WhatsApp kantor belum selesai. Beri tahu admin.")
#define OTHER    T("WhatsApp menolak pesan. Hubungi penerima langsung.")

/* In the order of the code. 200–299 stand for the whole range. */
static const struct whatsapp_error table[] = {
    {0, SEND_STOP_CHANNEL, TOKEN, false},
    {1, SEND_RETRY, LATER, false},
    {2, SEND_RETRY, LATER, false},
    {3, SEND_STOP_CHANNEL, ACCESS, false},
    {4, SEND_RETRY, LATER, false},
    {10, SEND_STOP_CHANNEL, ACCESS, false},
    {33, SEND_STOP_CHANNEL, SENDER, false},
    {100, SEND_FAILED, REQUEST, false},
    {102, SEND_STOP_CHANNEL, TOKEN, false},
    {104, SEND_STOP_CHANNEL, TOKEN, false},
    {190, SEND_STOP_CHANNEL, TOKEN, false},
    {200, SEND_STOP_CHANNEL, ACCESS, false},
    {368, SEND_STOP_CHANNEL, LOCKED, false},
    {80007, SEND_RETRY, LATER, false},
    {130429, SEND_RETRY, LATER, false},
    {130472, SEND_STOP_CHANNEL, SPAM, false},
    {130497, SEND_STOP_CHANNEL, LOCKED, false},
    {131000, SEND_RETRY, LATER, false},
    {131005, SEND_STOP_CHANNEL, ACCESS, false},
    {131008, SEND_FAILED, REQUEST, false},
    {131009, SEND_FAILED, REQUEST, false},
    {131016, SEND_RETRY, LATER, false},
    {131021, SEND_FAILED, SELF, false},
    {131026, SEND_FAILED, NOT_ON, false},
    {131030, SEND_FAILED, TESTING, false},
    {131031, SEND_STOP_CHANNEL, LOCKED, false},
    {131037, SEND_STOP_CHANNEL, SENDER, false},
    {131042, SEND_STOP_CHANNEL, PAYMENT, false},
    {131045, SEND_STOP_CHANNEL, SENDER, false},
    {131047, SEND_RETRY, WINDOW, false}, /* in its other form, a template */
    {131048, SEND_STOP_CHANNEL, SPAM, false},
    {131049, SEND_STOP_CHANNEL, SPAM, false},
    {131051, SEND_FAILED, TYPE, false},
    {131052, SEND_FAILED, MEDIA, false},
    {131053, SEND_FAILED, MEDIA, false},
    {131056, SEND_RETRY, PACE, true},
    {131057, SEND_RETRY, LATER, false},
    {131062, SEND_FAILED, NOT_ON, false},
    {131064, SEND_STOP_CHANNEL, SPAM, false},
    {132000, SEND_FAILED, COUNT, false},
    {132001, SEND_FAILED, TEMPLATE, false},
    {132005, SEND_FAILED, REQUEST, false},
    {132007, SEND_FAILED, TEMPLATE, false},
    {132012, SEND_FAILED, COUNT, false},
    {132015, SEND_FAILED, PAUSED, false},
    {132016, SEND_FAILED, PAUSED, false},
    {132068, SEND_FAILED, TEMPLATE, false},
    {132069, SEND_FAILED, TEMPLATE, false},
    {133000, SEND_STOP_CHANNEL, REGISTER, false},
    {133004, SEND_RETRY, LATER, false},
    {133005, SEND_STOP_CHANNEL, REGISTER, false},
    {133006, SEND_STOP_CHANNEL, REGISTER, false},
    {133008, SEND_STOP_CHANNEL, REGISTER, false},
    {133009, SEND_STOP_CHANNEL, REGISTER, false},
    {133010, SEND_STOP_CHANNEL, SENDER, false},
    {133015, SEND_STOP_CHANNEL, REGISTER, false},
    {133016, SEND_STOP_CHANNEL, REGISTER, false},
    {135000, SEND_FAILED, REQUEST, false},
    {137000, SEND_FAILED, NOT_ON, false},
};
static const struct whatsapp_error unknown_code = {-1, SEND_FAILED, OTHER, false};

const struct whatsapp_error *whatsapp_error_find(int64_t code)
{
    if (code > 200 && code <= 299)
        code = 200;
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        if (table[i].code == code)
            return &table[i];
    return &unknown_code;
}

bool whatsapp_error_of_recipient(int64_t code)
{
    static const int64_t codes[] = {131021, 131026, 131030, 131047, 131056, 131062, 137000};
    for (size_t i = 0; i < ARRAY_LEN(codes); i++)
        if (codes[i] == code)
            return true;
    return false;
}

bool whatsapp_error_of_template(int64_t code)
{
    return code >= 132000 && code <= 132999;
}

const char *whatsapp_error_sentence(const char *code)
{
    int64_t number = 0;
    if (!code)
        return NULL;
    if (!str_to_i64(code, 0, INT32_MAX, &number))
        return OTHER;
    return whatsapp_error_find(number)->sentence;
}

const struct whatsapp_error *whatsapp_error_table(size_t *ret_count)
{
    *ret_count = ARRAY_LEN(table);
    return table;
}

int whatsapp_status_rank(const char *status)
{
    static const char *const ranks[] = {"accepted",  "sent", "failed",
                                        "delivered", "read", "played"};
    for (size_t i = 0; status && i < ARRAY_LEN(ranks); i++)
        if (str_eq(status, ranks[i]))
            return (int)i + 1;
    return 0;
}

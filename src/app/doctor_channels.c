/* Can each channel that is set up work? Files, addresses, secrets; and, when asked, a message over each. */
#include <string.h>

#include "app/channels.h"
#include "app/doctor.h"
#include "features/notice/notice.h"
#include "features/reach/reach.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/banned.h"

#define VERIFY_TOKEN_MIN 12u

static const char *label(const char *channel)
{
    return reach_channel_label(channel);
}

/* --- set up right? ---------------------------------------------------------------------------------------- */

static void check_files(struct doctor *d, const char *channel)
{
    const struct settings *s = &d->app->settings;
    const struct {
        const char *channel, *what, *path;
    } files[] = {{"telegram", "Telegram: token", s->telegram_token_file},
                 {"telegram", "Telegram: rahasia webhook", s->telegram_secret_file},
                 {"mail", "Surel: kata sandi", s->mail_password_file},
                 {"webpush", "Notifikasi HP: kunci", s->webpush_key_file}};
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        if (str_eq(files[i].channel, channel) && !str_empty(files[i].path))
            (void)doctor_private_file(d, files[i].what, files[i].path);
    }
}

/* Links in messages and hooks need an address that is reached from outside. */
static void check_public_url(struct doctor *d)
{
    const struct settings *s = &d->app->settings;
    if (str_empty(s->public_url))
        doctor_warn(d,
                    "[server] public_url belum diisi: tautan di dalam pesan memakai %s dan tidak "
                    "dapat dibuka dari HP.",
                    s->listen);
    else if (!str_starts(s->public_url, "https://") && !d->app->demo)
        doctor_bad(d, "[server] public_url harus dimulai dengan https:// (sekarang %s).",
                   s->public_url);
    else
        doctor_ok(d, "Alamat di dalam pesan: %s", s->public_url);
}

static void check_hooks(struct doctor *d)
{
    const struct settings *s = &d->app->settings;
    if (settings_whatsapp_ready(s) && strlen(s->verify_token) < VERIFY_TOKEN_MIN)
        doctor_warn(
            d, "WhatsApp: verify_token terlalu pendek. Pakai kata acak, paling sedikit %u huruf.",
            VERIFY_TOKEN_MIN);
    if (settings_channel_ready(s, "telegram") && str_eq(s->telegram_mode, "webhook"))
        doctor_ok(d, "Telegram: jawaban ditunggu di %s/kait/telegram", str_or(s->public_url, ""));
    else if (settings_channel_ready(s, "telegram"))
        doctor_ok(d,
                  "Telegram: jawaban diambil sendiri (mode poll); alamat publik tidak diperlukan.");
}

void doctor_channels(struct doctor *d)
{
    size_t ready = 0;
    for (size_t i = 0; i < REACH_CHANNELS; i++) {
        const char *name = reach_channel_names[i], *message = NULL;
        struct channel *channel = NULL;
        enum err e = channel_make(d->app, name, &channel, &message);
        if (e == ERR_MISSING)
            continue;
        ready++;
        check_files(d, name);
        if (e != ERR_OK) {
            doctor_bad(d, "%s: %s", label(name), str_or(message, err_name(e)));
            continue;
        }
        channel->free(channel);
        doctor_ok(d, "%s: setelan dapat dipakai.", label(name));
    }
    if (ready)
        check_public_url(d);
    check_hooks(d);
}

/* --- a message over each ------------------------------------------------------------------------------------- */

static void tell(struct doctor *d, const char *channel, const struct outbox_result *r)
{
    if (r->outcome == SEND_OK)
        doctor_ok(d, "%s: pesan uji diterima penyedia. Pastikan pesannya benar-benar sampai.",
                  label(channel));
    else if (r->outcome == SEND_UNKNOWN)
        doctor_warn(d, "%s: hasil kiriman tidak diketahui (%s).", label(channel),
                    str_or(r->code, "tanpa kode"));
    else
        doctor_bad(d, "%s: pesan uji gagal (%s). %s", label(channel), str_or(r->code, "tanpa kode"),
                   str_or(r->reason, ""));
}

static void send_one(struct doctor *d, const struct reach_channel *to)
{
    struct channel *channel = NULL;
    const char *message = NULL;
    struct outbox_result result = {.outcome = SEND_FAILED};
    if (channel_make(d->app, to->channel, &channel, &message) != ERR_OK)
        return; /* doctor_channels() said why */
    char id[UUID_TEXT_BYTES];
    rand_uuid7(time_now_ms(), id);
    struct outbox_message m = {.to = to->address, .opaque_id = id};
    notice_test_message(&d->app->cx, to->channel, id, &m);
    channel->send(channel, &d->app->cx, &m, &result);
    tell(d, to->channel, &result);
    channel->free(channel);
}

void doctor_send(struct doctor *d, const char *username)
{
    struct cx *cx = &d->app->cx;
    struct staff s = {0};
    struct reach_channel *list = NULL;
    size_t count = 0;
    enum err e = staff_by_username(cx->read, cx->actor.office_id, username, &s);
    if (e == ERR_OK)
        e = reach_channels(cx, cx->actor.office_id, s.id, &list, &count);
    if (e == ERR_MISSING)
        doctor_bad(d, "Akun %s tidak ada.", username);
    else if (e != ERR_OK)
        doctor_bad(d, "Saluran %s tidak dapat dibaca.", username);
    else if (count == 0)
        doctor_bad(d, "%s belum mempunyai saluran yang dapat dipakai.", s.name);
    for (size_t i = 0; e == ERR_OK && i < count; i++)
        send_one(d, &list[i]);
}

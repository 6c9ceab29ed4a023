/* From settings to drivers. A demo office reaches nothing but this machine. See channels.h. */
#include "app/channels.h"

#include "features/reach/reach.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

/* Between two messages to one person on WhatsApp, in real time or in that of a test. */
static int64_t quickened(const struct settings *s, int64_t ms)
{
    return s->outbox_speed > 1 ? ms / s->outbox_speed : ms;
}

static enum err make_whatsapp(struct app *app, struct channel **ret, const char **ret_message)
{
    const struct settings *s = &app->settings;
    const struct channel_whatsapp_options o = {
        .graph_base = s->graph_base,
        .graph_version = s->graph_version,
        .phone_number_id = s->phone_number_id,
        .token_file = s->token_file,
        .loopback_only = app->demo,
        .recipient_gap_ms = quickened(s, s->recipient_gap_s * 1000),
        .recipient_burst = s->recipient_burst,
        .connect_timeout_ms = (long)quickened(s, 3000),
        .total_timeout_ms = (long)quickened(s, 10000)};
    return channel_whatsapp_new(app->arena, &o, ret, ret_message);
}

static enum err make_gateway(struct app *app, struct channel **ret, const char **ret_message)
{
    const struct channel_http_options o = {.config_file = app->settings.gateway_file,
                                           .secrets_dir = app->settings.gateway_secrets,
                                           .loopback_only = app->demo};
    struct gateway *g = NULL;
    TRY(gateway_read(app->arena, &o, &g, ret_message));
    return channel_http_new(app->arena, g, ret, ret_message);
}

static struct channel_telegram_options telegram_options(const struct app *app)
{
    return (struct channel_telegram_options){.api_base = app->settings.telegram_base,
                                             .token_file = app->settings.telegram_token_file,
                                             .loopback_only = app->demo};
}

static enum err make_telegram(struct app *app, struct channel **ret, const char **ret_message)
{
    const struct settings *s = &app->settings;
    const struct channel_telegram_options o = telegram_options(app);
    if (!str_eq(s->telegram_mode, "poll") && !str_eq(s->telegram_mode, "webhook")) {
        *ret_message = "[telegram] mode: tulis poll atau webhook.";
        return ERR_INVALID;
    }
    if (str_eq(s->telegram_mode, "webhook") && str_empty(s->telegram_secret_file)) {
        *ret_message = "[telegram] secret_file harus diisi untuk mode webhook.";
        return ERR_INVALID;
    }
    return channel_telegram_new(app->arena, &o, ret, ret_message);
}

static enum err make_mail(struct app *app, struct channel **ret, const char **ret_message)
{
    const struct settings *s = &app->settings;
    const struct channel_mail_options o = {.server = s->mail_url,
                                           .from = s->mail_from,
                                           .from_name = "Buku Tamu",
                                           .username = str_empty(s->mail_user) ? NULL : s->mail_user,
                                           .password_file = s->mail_password_file,
                                           .ca_file = s->mail_ca_file,
                                           .loopback_only = app->demo};
    return channel_mail_new(app->arena, &o, ret, ret_message);
}

/* The server's key is made when push is first set up; from then on it must stay, or every subscription
 * is worth nothing. */
static enum err make_webpush(struct app *app, struct channel **ret, const char **ret_message)
{
    const struct settings *s = &app->settings;
    const struct channel_webpush_options o = {.key_file = s->webpush_key_file,
                                              .contact = s->webpush_subject,
                                              .title = "Buku Tamu",
                                              .loopback_endpoint = app->demo,
                                              .loopback_only = app->demo};
    enum err e = webpush_key_make(s->webpush_key_file);
    if (e != ERR_OK && e != ERR_CONFLICT) {
        *ret_message = arena_printf(
            app->arena, "[webpush] kunci %s tidak dapat dibuat. Periksa izin foldernya.",
            s->webpush_key_file);
        return ERR_INVALID;
    }
    return channel_webpush_new(app->arena, &o, ret, ret_message);
}

enum err channel_make(struct app *app, const char *name, struct channel **ret,
                      const char **ret_message)
{
    static const struct {
        const char *name;
        enum err (*fn)(struct app *app, struct channel **ret, const char **ret_message);
    } makers[] = {{"whatsapp", make_whatsapp},
                  {"gateway", make_gateway},
                  {"telegram", make_telegram},
                  {"mail", make_mail},
                  {"webpush", make_webpush}};
    if (!settings_channel_ready(&app->settings, name))
        return ERR_MISSING;
    for (size_t i = 0; i < ARRAY_LEN(makers); i++) {
        if (str_eq(makers[i].name, name))
            return makers[i].fn(app, ret, ret_message);
    }
    return ERR_MISSING;
}

/* So many messages of a channel may be on their way at once: a hung one then delays nobody else. */
static const size_t flights[REACH_CHANNELS] = {3, 3, 2, 2, 2};

enum err channels_make(struct app *app, struct channel *ret[CHANNELS_MAX + 1],
                       const char **ret_message)
{
    size_t n = 0;
    for (size_t i = 0; i < REACH_CHANNELS; i++) {
        enum err e = ERR_OK;
        for (size_t k = 0; k < flights[i] && e == ERR_OK && n < CHANNELS_MAX; k++) {
            e = channel_make(app, reach_channel_names[i], &ret[n], ret_message);
            n += e == ERR_OK;
        }
        if (e != ERR_OK && e != ERR_MISSING)
            return e;
    }
    ret[n] = NULL;
    return ERR_OK;
}

enum err channels_bot(struct app *app, struct telegram_bot **ret, const char **ret_message)
{
    const struct channel_telegram_options o = telegram_options(app);
    if (!settings_channel_ready(&app->settings, "telegram"))
        return ERR_OK;
    return telegram_bot_new(app->arena, &o, ret, ret_message);
}

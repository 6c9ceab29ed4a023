/* Settings from three places, the strongest first. See config.h and docs/reference/settings.md. */
#include "app/config.h"

#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/str.h"
#include "lib/base/banned.h"

enum setting_type { SETTING_TEXT, SETTING_NUMBER, SETTING_SWITCH };

struct setting {
    const char *section, *key, *flag, *environment;
    enum setting_type type;
    size_t offset;
    const char *about; /* for docs/reference/settings.md */
    int64_t most;      /* of a number; 0: a million */
};

#define TEXT(section_, key_, flag_, env_, member_, about_)                                         \
    {                                                                                              \
        section_, key_, flag_, env_, SETTING_TEXT, offsetof(struct settings, member_), about_, 0   \
    }

static const struct setting known[] = {
    TEXT("server", "data", "--data", "BUKUTAMU_DATA", data_dir,
         "folder of keys, database and sealed photos"),
    TEXT("server", "database", "--database", "BUKUTAMU_DATABASE", database_url,
         "`sqlite:PATH`; the default is `bukutamu.db` in the data folder"),
    TEXT("server", "config", "--config", "BUKUTAMU_CONFIG", config_file,
         "the INI file; the default is `bukutamu.conf` in the data folder when it is there"),
    TEXT("server", "listen", "--listen", "BUKUTAMU_LISTEN", listen, "address and port"),
    TEXT("server", "public_url", NULL, "BUKUTAMU_PUBLIC_URL", public_url,
         "address in messages, when it differs from `listen`"),
    TEXT("server", "tls_cert", NULL, "BUKUTAMU_TLS_CERT", tls_cert,
         "certificate chain (PEM); made by `bukutamu tls`"),
    TEXT("server", "tls_key", NULL, "BUKUTAMU_TLS_KEY", tls_key, "its key (PEM)"),
    TEXT("server", "trusted_proxies", NULL, "BUKUTAMU_TRUSTED_PROXIES", trusted_proxies,
         "addresses, comma-separated, whose X-Forwarded-For and X-Forwarded-Proto count"),
    {"server", "workers", NULL, "BUKUTAMU_WORKERS", SETTING_NUMBER,
     offsetof(struct settings, workers),
     "threads that answer requests (at most 512), most of them waiting for a commit; 0 is 32 or "
     "twice the processors, the larger",
     512},
    TEXT("whatsapp", "graph_base", NULL, "BUKUTAMU_WHATSAPP_GRAPH_BASE", graph_base,
         "address of the WhatsApp Cloud API; http for loopback only"),
    TEXT("whatsapp", "graph_version", NULL, "BUKUTAMU_WHATSAPP_GRAPH_VERSION", graph_version,
         "version of the Graph API"),
    TEXT("whatsapp", "phone_number_id", NULL, "BUKUTAMU_WHATSAPP_PHONE_NUMBER_ID", phone_number_id,
         "id of the sending number"),
    TEXT("whatsapp", "token_file", NULL, "BUKUTAMU_WHATSAPP_TOKEN_FILE", token_file,
         "file with the access token, readable by the program alone"),
    TEXT("whatsapp", "app_secret_file", NULL, "BUKUTAMU_WHATSAPP_APP_SECRET_FILE", app_secret_file,
         "file with the app secret that signs webhooks"),
    TEXT("whatsapp", "verify_token", NULL, "BUKUTAMU_WHATSAPP_VERIFY_TOKEN", verify_token,
         "word of the webhook handshake"),
    TEXT("whatsapp", "template_visit", NULL, "BUKUTAMU_WHATSAPP_TEMPLATE_VISIT", template_visit,
         "template of the notice to the Kasi Intelijen"),
    TEXT("whatsapp", "template_head", NULL, "BUKUTAMU_WHATSAPP_TEMPLATE_HEAD", template_head,
         "template of the question to the Kajari"),
    TEXT("whatsapp", "template_queue", NULL, "BUKUTAMU_WHATSAPP_TEMPLATE_QUEUE", template_queue,
         "template that lists several waiting guests; empty: each guest has his own message"),
    TEXT("whatsapp", "template_reminder", NULL, "BUKUTAMU_WHATSAPP_TEMPLATE_REMINDER",
         template_reminder,
         "template that says how many complaints are near their deadline; empty: such reminders go "
         "by WhatsApp only to whoever wrote within a day"),
    TEXT("whatsapp", "language", NULL, "BUKUTAMU_WHATSAPP_LANGUAGE", language,
         "language of the templates"),
    TEXT("gateway", "file", NULL, "BUKUTAMU_GATEWAY_FILE", gateway_file,
         "how the WhatsApp gateway is talked to: a file of packaging/gateways, changed for this "
         "office"),
    TEXT("gateway", "secrets", NULL, "BUKUTAMU_GATEWAY_SECRETS", gateway_secrets,
         "folder with one file for each `${secret:name}` of that file; the default is `secrets` in "
         "the data folder"),
    TEXT("telegram", "token_file", NULL, "BUKUTAMU_TELEGRAM_TOKEN_FILE", telegram_token_file,
         "file with the token of the bot"),
    TEXT("telegram", "mode", NULL, "BUKUTAMU_TELEGRAM_MODE", telegram_mode,
         "`poll` asks Telegram for answers and needs no public address; `webhook` waits for them "
         "at /kait/telegram"),
    TEXT("telegram", "secret_file", NULL, "BUKUTAMU_TELEGRAM_SECRET_FILE", telegram_secret_file,
         "file with the secret_token of the webhook"),
    TEXT("telegram", "api_base", NULL, "BUKUTAMU_TELEGRAM_API_BASE", telegram_base,
         "address of the Bot API; http for loopback only"),
    TEXT("mail", "url", NULL, "BUKUTAMU_MAIL_URL", mail_url,
         "mail server: `smtps://host:465`, or `smtp://host:587` (STARTTLS)"),
    TEXT("mail", "from", NULL, "BUKUTAMU_MAIL_FROM", mail_from, "address of the sender"),
    TEXT("mail", "user", NULL, "BUKUTAMU_MAIL_USER", mail_user,
         "account at the mail server; empty: no login"),
    TEXT("mail", "password_file", NULL, "BUKUTAMU_MAIL_PASSWORD_FILE", mail_password_file,
         "file with its password"),
    TEXT("mail", "ca_file", NULL, "BUKUTAMU_MAIL_CA_FILE", mail_ca_file,
         "certificates to trust (PEM) when the server's are not the system's"),
    TEXT("webpush", "subject", NULL, "BUKUTAMU_WEBPUSH_SUBJECT", webpush_subject,
         "whom a push service may write to, `mailto:admin@kantor.example`; filled in, notices may "
         "be switched on in the browser of a telephone"),
    TEXT("webpush", "key_file", NULL, "BUKUTAMU_WEBPUSH_KEY_FILE", webpush_key_file,
         "the server's own key, made at the first start; the default is `keys/webpush.key` in the "
         "data folder"),
    {"outbox", "recipient_gap_s", NULL, "BUKUTAMU_OUTBOX_RECIPIENT_GAP_S", SETTING_NUMBER,
     offsetof(struct settings, recipient_gap_s),
     "seconds between two WhatsApp messages to one person, once the burst is used up", 0},
    {"outbox", "recipient_burst", NULL, "BUKUTAMU_OUTBOX_RECIPIENT_BURST", SETTING_NUMBER,
     offsetof(struct settings, recipient_burst),
     "messages to one person at once before that; several waiting guests then share one message", 0},
    {"outbox", "speed", NULL, "BUKUTAMU_OUTBOX_SPEED", SETTING_NUMBER,
     offsetof(struct settings, outbox_speed),
     "divides every waiting time of the messages, for tests only", 0},
    {"limits", "rate", NULL, "BUKUTAMU_LIMITS_RATE", SETTING_SWITCH, offsetof(struct settings, rate),
     "`off` lifts rate and per-address limits, for load tests only", 0},
    TEXT("log", "level", NULL, "BUKUTAMU_LOG_LEVEL", log_level, "debug, info, warn or error"),
};

struct reading {
    struct arena *arena;
    struct settings *settings;
    bool set[ARRAY_LEN(known)]; /* by a stronger source */
    const char *message;
};

static bool is_on(const char *value)
{
    return str_eq(value, "on") || str_eq(value, "true") || str_eq(value, "1") ||
           str_eq(value, "yes");
}

static bool is_off(const char *value)
{
    return str_eq(value, "off") || str_eq(value, "false") || str_eq(value, "0") ||
           str_eq(value, "no");
}

static bool put(struct reading *r, size_t i, const char *value)
{
    if (r->set[i])
        return true;
    char *member = (char *)r->settings + known[i].offset;
    r->set[i] = true;
    switch (known[i].type) {
    case SETTING_TEXT: {
        const char *copy = arena_strdup(r->arena, value);
        memcpy(member, &copy, sizeof(copy));
        return true;
    }
    case SETTING_NUMBER: {
        int64_t number;
        if (!str_to_i64(value, 0, known[i].most ? known[i].most : 1000000, &number))
            break;
        memcpy(member, &number, sizeof(number));
        return true;
    }
    case SETTING_SWITCH: {
        bool on = is_on(value);
        if (!on && !is_off(value))
            break;
        memcpy(member, &on, sizeof(on));
        return true;
    }
    }
    r->message = arena_printf(r->arena, "[%s] %s: nilai '%s' tidak dikenal.", known[i].section,
                              known[i].key, value);
    return false;
}

static bool read_flags(struct reading *r, int *argc, char **argv)
{
    int kept = 0;
    for (int i = 0; i < *argc; i++) {
        size_t k = 0;
        while (k < ARRAY_LEN(known) && !(known[k].flag && str_eq(known[k].flag, argv[i])))
            k++;
        if (k == ARRAY_LEN(known)) {
            argv[kept++] = argv[i];
            continue;
        }
        if (i + 1 >= *argc) {
            r->message = arena_printf(r->arena, "%s memerlukan nilai.", argv[i]);
            return false;
        }
        if (!put(r, k, argv[++i]))
            return false;
    }
    *argc = kept;
    return true;
}

static bool read_environment(struct reading *r)
{
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        const char *value = getenv(known[i].environment);
        if (value && !put(r, i, value))
            return false;
    }
    return true;
}

static int ini_line(void *user, const char *section, const char *name, const char *value)
{
    struct reading *r = user;
    if (r->message)
        return 0; /* inih reads on and names the first line: so does the message */
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (str_eq(known[i].section, section) && str_eq(known[i].key, name))
            return put(r, i, value) ? 1 : 0;
    }
    r->message = arena_printf(r->arena, "[%s] %s: kunci tidak dikenal.", section, name);
    return 0;
}

static bool read_file(struct reading *r)
{
    const char *file = r->settings->config_file;
    if (!file) {
        file = arena_printf(r->arena, "%s/bukutamu.conf", r->settings->data_dir);
        if (access(file, F_OK) != 0)
            return true;
    }
    int line = ini_parse(file, ini_line, r);
    if (line == 0)
        return true;
    if (line < 0)
        r->message = arena_printf(r->arena, "Berkas setelan %s tidak dapat dibaca.", file);
    else
        r->message = arena_printf(r->arena, "%s baris %d: %s", file, line,
                                  str_or(r->message, "tidak dapat dibaca."));
    return false;
}

static struct settings defaults(void)
{
    return (struct settings){
        .data_dir = "./var",
        .listen = "127.0.0.1:8080",
        .graph_base = "https://graph.facebook.com",
        .graph_version = "v23.0",
        .template_visit = "tamu_baru",
        .template_head = "tanya_kajari",
        .template_queue = "antrean_tamu",
        .template_reminder = "tenggat_pengaduan",
        .outbox_speed = 1,
        .recipient_gap_s = 6,
        .recipient_burst = 15,
        .language = "id",
        .telegram_mode = "poll",
        .telegram_base = "https://api.telegram.org",
        .rate = true,
        .log_level = "info",
    };
}

/* The channels beside WhatsApp whose section is filled in. */
static const char *channels_of(struct arena *a, const struct settings *s)
{
    return arena_printf(a, "%s %s %s %s", str_empty(s->gateway_file) ? "" : "gateway",
                        str_empty(s->telegram_token_file) ? "" : "telegram",
                        str_empty(s->mail_url) || str_empty(s->mail_from) ? "" : "mail",
                        str_empty(s->webpush_subject) ? "" : "webpush");
}

enum err config_read(struct arena *a, int *argc, char **argv, struct settings *ret,
                     const char **ret_message)
{
    struct settings s = defaults();
    struct reading r = {.arena = a, .settings = &s};
    if (!read_flags(&r, argc, argv) || !read_environment(&r) || !read_file(&r)) {
        *ret_message = r.message;
        return ERR_INVALID;
    }
    if (!s.database_url)
        s.database_url = arena_printf(a, "sqlite:%s/bukutamu.db", s.data_dir);
    if (!s.gateway_secrets)
        s.gateway_secrets = arena_printf(a, "%s/secrets", s.data_dir);
    if (!s.webpush_key_file)
        s.webpush_key_file = arena_printf(a, "%s/keys/webpush.key", s.data_dir);
    s.channels = channels_of(a, &s);
    *ret = s;
    return ERR_OK;
}

/* --- describing ------------------------------------------------------------------------------------- */

static const char *value_text(struct arena *a, const struct settings *s, const struct setting *k)
{
    const char *member = (const char *)s + k->offset;
    const char *text = NULL;
    int64_t number = 0;
    bool on = false;
    switch (k->type) {
    case SETTING_TEXT:
        memcpy(&text, member, sizeof(text));
        return text;
    case SETTING_NUMBER:
        memcpy(&number, member, sizeof(number));
        return arena_printf(a, "%lld", (long long)number);
    case SETTING_SWITCH:
        memcpy(&on, member, sizeof(on));
        return on ? "on" : "off";
    }
    return NULL;
}

void config_print(const struct settings *s)
{
    struct arena *a = arena_new(1024);
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        const char *value = value_text(a, s, &known[i]);
        if (value && known[i].offset == offsetof(struct settings, verify_token))
            value = "(diisi)";
        (void)printf("%s.%s = %s\n", known[i].section, known[i].key, value ? value : "");
    }
    arena_free(a);
}

void config_print_table(struct arena *a)
{
    struct settings s = defaults();
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        const struct setting *k = &known[i];
        const char *value = value_text(a, &s, k);
        (void)printf("| %s | `%s` | %s | `%s` | %s | %s |\n", k->section, k->key,
                     k->flag ? arena_printf(a, "`%s`", k->flag) : "", k->environment,
                     value ? arena_printf(a, "`%s`", value) : "", k->about);
    }
}

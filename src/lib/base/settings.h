/* What the operator sets: flag, then BUKUTAMU_* environment, then bukutamu.conf (INI); secrets by file. */
#ifndef BT_BASE_SETTINGS_H
#define BT_BASE_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

struct settings {
    const char *data_dir;     /* ./var */
    const char *database_url; /* sqlite:DATA/bukutamu.db */
    const char *config_file;  /* NULL: DATA/bukutamu.conf when it is there */
    /* [server] */
    const char *listen;     /* 127.0.0.1:8080 */
    const char *public_url; /* https://bukutamu.example: for links in messages; NULL: from listen */
    const char *tls_cert, *tls_key;
    const char *trusted_proxies; /* comma-separated addresses, or NULL */
    int64_t workers;             /* 0: 2 × cores */
    /* [whatsapp] */
    const char *graph_base, *graph_version, *phone_number_id, *token_file, *app_secret_file;
    const char *verify_token, *template_visit, *template_head, *language;
    const char *template_queue; /* of several guests at once; "": never, each has his own message */
    const char *template_reminder; /* of deadlines of complaints; "": only inside the window */
    /* [outbox] */
    int64_t outbox_speed;    /* 1: all waiting times of messages are divided by it, for tests */
    int64_t recipient_gap_s; /* 6: between two messages to one person, */
    int64_t recipient_burst; /* 15: after so many at once */
    /* [gateway] */
    const char *gateway_file;    /* packaging/gateways/x.ini, changed for this office; NULL: none */
    const char *gateway_secrets; /* folder of its ${secret:name}; DATA/secrets */
    /* [telegram] */
    const char *telegram_token_file;                                  /* NULL: no bot */
    const char *telegram_secret_file, *telegram_mode, *telegram_base; /* mode: poll webhook */
    /* [mail] */
    const char *mail_url, *mail_from, *mail_user, *mail_password_file, *mail_ca_file;
    /* [webpush] */
    const char *webpush_subject;  /* mailto:…; NULL: no push */
    const char *webpush_key_file; /* DATA/keys/webpush.key */
    /* Names of the further channels that are set up ("gateway,telegram"), filled in with the sections above. */
    const char *channels;
    /* [limits] */
    bool rate; /* true */
    /* [log] */
    const char *log_level; /* info */
};

/* Whether WhatsApp is set up so far that messages can be queued. (lib/base/settings.c) */
bool settings_whatsapp_ready(const struct settings *s);
/* Whether a channel is set up: "whatsapp", or one of `channels`. */
bool settings_channel_ready(const struct settings *s, const char *channel);

#endif

/* What the operator sets: flag, then BUKUTAMU_* environment, then bukutamu.conf (INI); secrets by file. */
#ifndef BT_BASE_SETTINGS_H
#define BT_BASE_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

struct settings {
    const char *data_dir;       /* ./var */
    const char *database_url;   /* sqlite:DATA/bukutamu.db */
    const char *config_file;    /* NULL: DATA/bukutamu.conf when it is there */
    /* [server] */
    const char *listen;         /* 127.0.0.1:8080 */
    const char *public_url;     /* https://bukutamu.example: for links in messages; NULL: from listen */
    const char *tls_cert, *tls_key;
    const char *trusted_proxies; /* comma-separated addresses, or NULL */
    int64_t workers;            /* 0: 2 × cores */
    /* [whatsapp] */
    const char *graph_base, *graph_version, *phone_number_id, *token_file, *app_secret_file;
    const char *verify_token, *template_visit, *template_head, *language;
    /* Names of the further channels that are set up ("gateway,telegram"), filled in when they start. */
    const char *channels;
    /* [limits] */
    bool rate;                  /* true */
    /* [log] */
    const char *log_level;      /* info */
};

/* Whether WhatsApp is set up so far that messages can be queued. (lib/base/settings.c) */
bool settings_whatsapp_ready(const struct settings *s);
/* Whether a channel is set up: "whatsapp", or one of `channels`. */
bool settings_channel_ready(const struct settings *s, const char *channel);

#endif

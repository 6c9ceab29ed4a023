/* Settings from three places, the strongest first. See config.h and docs/reference/settings.md. */
#include "app/config.h"

#include <ini.h>
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
};

#define TEXT(section_, key_, flag_, env_, member_)                                                 \
    {section_, key_, flag_, env_, SETTING_TEXT, offsetof(struct settings, member_)}

static const struct setting known[] = {
    TEXT("server", "data", "--data", "BUKUTAMU_DATA", data_dir),
    TEXT("server", "database", "--database", "BUKUTAMU_DATABASE", database_url),
    TEXT("server", "config", "--config", "BUKUTAMU_CONFIG", config_file),
    TEXT("server", "listen", "--listen", "BUKUTAMU_LISTEN", listen),
    TEXT("server", "public_url", NULL, "BUKUTAMU_PUBLIC_URL", public_url),
    TEXT("server", "tls_cert", NULL, "BUKUTAMU_TLS_CERT", tls_cert),
    TEXT("server", "tls_key", NULL, "BUKUTAMU_TLS_KEY", tls_key),
    TEXT("server", "trusted_proxies", NULL, "BUKUTAMU_TRUSTED_PROXIES", trusted_proxies),
    {"server", "workers", NULL, "BUKUTAMU_WORKERS", SETTING_NUMBER, offsetof(struct settings, workers)},
    TEXT("whatsapp", "graph_base", NULL, "BUKUTAMU_WHATSAPP_GRAPH_BASE", graph_base),
    TEXT("whatsapp", "graph_version", NULL, "BUKUTAMU_WHATSAPP_GRAPH_VERSION", graph_version),
    TEXT("whatsapp", "phone_number_id", NULL, "BUKUTAMU_WHATSAPP_PHONE_NUMBER_ID", phone_number_id),
    TEXT("whatsapp", "token_file", NULL, "BUKUTAMU_WHATSAPP_TOKEN_FILE", token_file),
    TEXT("whatsapp", "app_secret_file", NULL, "BUKUTAMU_WHATSAPP_APP_SECRET_FILE", app_secret_file),
    TEXT("whatsapp", "verify_token", NULL, "BUKUTAMU_WHATSAPP_VERIFY_TOKEN", verify_token),
    TEXT("whatsapp", "template_visit", NULL, "BUKUTAMU_WHATSAPP_TEMPLATE_VISIT", template_visit),
    TEXT("whatsapp", "template_head", NULL, "BUKUTAMU_WHATSAPP_TEMPLATE_HEAD", template_head),
    TEXT("whatsapp", "language", NULL, "BUKUTAMU_WHATSAPP_LANGUAGE", language),
    {"limits", "rate", NULL, "BUKUTAMU_LIMITS_RATE", SETTING_SWITCH, offsetof(struct settings, rate)},
    TEXT("log", "level", NULL, "BUKUTAMU_LOG_LEVEL", log_level),
};

struct reading {
    struct arena *arena;
    struct settings *settings;
    bool set[ARRAY_LEN(known)]; /* by a stronger source */
    const char *message;
};

static bool is_on(const char *value)
{
    return str_eq(value, "on") || str_eq(value, "true") || str_eq(value, "1") || str_eq(value, "yes");
}

static bool is_off(const char *value)
{
    return str_eq(value, "off") || str_eq(value, "false") || str_eq(value, "0") || str_eq(value, "no");
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
        if (!str_to_i64(value, 0, 1000000, &number))
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

enum err config_read(struct arena *a, int *argc, char **argv, struct settings *ret,
                     const char **ret_message)
{
    struct settings s = {
        .data_dir = "./var",
        .listen = "127.0.0.1:8080",
        .graph_base = "https://graph.facebook.com",
        .graph_version = "v23.0",
        .template_visit = "tamu_baru",
        .template_head = "tanya_kajari",
        .language = "id",
        .rate = true,
        .log_level = "info",
    };
    struct reading r = {.arena = a, .settings = &s};
    if (!read_flags(&r, argc, argv) || !read_environment(&r) || !read_file(&r)) {
        *ret_message = r.message;
        return ERR_INVALID;
    }
    if (!s.database_url)
        s.database_url = arena_printf(a, "sqlite:%s/bukutamu.db", s.data_dir);
    *ret = s;
    return ERR_OK;
}

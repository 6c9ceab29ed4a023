/* What strangers may hand to the notice channels beside WhatsApp's own: a gateway's hook as JSON or as
 * a form, a Telegram update, a browser's push subscription. The first byte says which. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/str.h"
#include "lib/base/utf8.h"
#include "lib/json/json.h"
#include "lib/outbox/channel.h"
#include "lib/base/banned.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct arena *kept; /* for as long as the process lives */
static struct gateway *gateway;

static const char config[] =
    "[gateway]\nurl = https://gateway.example/\nbody = form\n"
    "field.m = {{message}}\ninbound.token = ${secret:hook}\n"
    "inbound.event = /event\ninbound.id = /payload/id /id\n"
    "inbound.from = /payload/from /from\ninbound.text = /payload/body /text\n"
    "inbound.reply_to = /payload/a~1b/0\ninbound.skip = /payload/fromMe\n"
    "inbound.skip_match = @g.us|@newsletter\ninbound.redact = /apikey /a/b\n"
    "status.event_is = message.ack\nstatus.id = /payload/ids\n"
    "status.value = /payload/ack\nstatus.map.READ = read\n";

static void file_write(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        abort();
    (void)close(fd);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    char dir[] = "/tmp/bukutamu-fuzz-XXXXXX", ini[64], hook[64];
    const char *message = NULL;
    json_init();
    kept = arena_new(4096);
    if (!mkdtemp(dir))
        abort();
    (void)snprintf(ini, sizeof(ini), "%s/gateway.ini", dir);
    (void)snprintf(hook, sizeof(hook), "%s/hook", dir);
    file_write(ini, config);
    file_write(hook, "a-token-of-26-characters-8c");
    const struct channel_http_options o = {.config_file = ini, .secrets_dir = dir};
    if (gateway_read(kept, &o, &gateway, &message) != ERR_OK)
        abort();
    (void)unlink(ini);
    (void)unlink(hook);
    (void)rmdir(dir);
    return 0;
}

/* Every text of an event is read to its end, so that the sanitizer sees each byte. */
static size_t weigh(const struct inbound_event *e)
{
    const char *const texts[] = {e->dedupe_key, e->id,     e->from,     e->sender,     e->text,
                                 e->payload,    e->status, e->reply_to, e->callback_id};
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        n += texts[i] ? strlen(texts[i]) : 0;
    if (e->text && !utf8_valid(e->text, strlen(e->text)))
        __builtin_trap();
    return n;
}

static size_t fuzz_gateway(struct cx *cx, struct bytes body, const char *type)
{
    const struct gateway_request r = {.path_token = "x", .content_type = type, .body = body};
    struct inbound_event *events = NULL;
    size_t n = 0, total = 0;
    if (gateway_inbound_check(cx, gateway, &r) == ERR_OK)
        __builtin_trap();
    if (gateway_inbound_parse(cx, gateway, &r, &events, &n) == ERR_OK)
        for (size_t i = 0; i < n; i++)
            total += weigh(&events[i]);
    struct bytes stored = gateway_inbound_redact(cx, gateway, &r);
    return total + (stored.n ? stored.p[stored.n - 1] : 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct arena *arena = arena_new(4096);
    struct cx cx = {.arena = arena};
    struct bytes body = {data + 1, size - 1};
    struct inbound_event e = {0};
    bool found = false;
    size_t total = 0;
    if (data[0] % 4 == 0)
        total = fuzz_gateway(&cx, body, "application/json");
    else if (data[0] % 4 == 1)
        total = fuzz_gateway(&cx, body, "application/x-www-form-urlencoded");
    else if (data[0] % 4 == 2 && telegram_webhook_parse(&cx, body, &e, &found) == ERR_OK && found)
        total = weigh(&e);
    else if (data[0] % 4 == 3)
        total = webpush_subscription_valid(&cx, arena_strndup(arena, (const char *)body.p, body.n),
                                           false);
    arena_free(arena);
    return total > (size_t)1 << 40;
}

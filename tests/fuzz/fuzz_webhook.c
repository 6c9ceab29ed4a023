/* WhatsApp's webhook: what anybody on the internet may post. The first line of the input is taken as
 * the signature header, the rest as the body. */
#include <string.h>

#include "lib/base/str.h"
#include "lib/json/json.h"
#include "lib/outbox/whatsapp_webhook.h"
#include "lib/base/banned.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    json_init();
    return 0;
}

/* Every text of an event is read to its end, so that the sanitizer sees each byte. */
static size_t weigh(const struct whatsapp_event *e)
{
    const char *const texts[] = {
        e->dedupe_key, e->phone_number_id, e->wamid, e->wa_id,   e->user_id,
        e->status,     e->opaque_id,       e->type,  e->payload, e->text,
        e->context_id};
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        n += texts[i] ? strlen(texts[i]) : 0;
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(4096);
    struct cx cx = {.arena = arena};
    const uint8_t *line_end = size ? memchr(data, '\n', size) : NULL;
    size_t head = line_end ? (size_t)(line_end - data) : 0;
    const char *header = arena_strndup(arena, (const char *)data, head);
    struct bytes body = {line_end ? line_end + 1 : data, line_end ? size - head - 1 : size};
    struct bytes secret = {(const uint8_t *)"rahasia", 7};
    if (whatsapp_signature_valid(body, header, secret) && head != 71)
        __builtin_trap(); /* a signature has one form */

    struct whatsapp_handshake handshake = {"subscribe", "rahasia", header};
    const char *challenge = NULL;
    if (whatsapp_handshake_check(&handshake, "rahasia", &challenge) == ERR_OK &&
        strpbrk(challenge, "<>&\"' \r\n"))
        __builtin_trap();

    struct whatsapp_event *events = NULL;
    size_t n = 0, total = 0;
    if (whatsapp_webhook_parse(&cx, body, &events, &n) == ERR_OK)
        for (size_t i = 0; i < n; i++)
            total += weigh(&events[i]);
    arena_free(arena);
    return total > (size_t)1 << 40;
}

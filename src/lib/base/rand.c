/* Random bytes and UUIDs. See rand.h. */
#include "lib/base/rand.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/banned.h"

void rand_bytes(void *p, size_t n)
{
    randombytes_buf(p, n);
}

static void uuid_text(uint8_t u[16], uint8_t version, char ret[UUID_TEXT_BYTES])
{
    u[6] = (uint8_t)((u[6] & 0x0F) | (version << 4));
    u[8] = (uint8_t)((u[8] & 0x3F) | 0x80);
    char hex[33];
    sodium_bin2hex(hex, sizeof(hex), u, 16);
    (void)snprintf(ret, UUID_TEXT_BYTES, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12,
                   hex + 16, hex + 20);
}

void rand_uuid7(int64_t now_ms, char ret[UUID_TEXT_BYTES])
{
    uint8_t u[16];
    randombytes_buf(u, sizeof(u));
    for (int i = 0; i < 6; i++)
        u[i] = (uint8_t)((uint64_t)now_ms >> (40 - 8 * i));
    uuid_text(u, 7, ret);
}

void rand_uuid4(char ret[UUID_TEXT_BYTES])
{
    uint8_t u[16];
    randombytes_buf(u, sizeof(u));
    uuid_text(u, 4, ret);
}

bool rand_uuid_ok(const char *text)
{
    if (!text || strlen(text) != UUID_TEXT_BYTES - 1)
        return false;
    for (int i = 0; text[i]; i++) {
        bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (hyphen ? text[i] != '-' : !strchr("0123456789abcdef", text[i]))
            return false;
    }
    return true;
}

/* A body on its way in: small ones are collected in memory, large uploads in a buffer that a worker empties
 * into the sealed spool while the connection rests (docs/adr/0013). The epoll thread only copies. */
#include "lib/http/internal.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/banned.h"

#define UPLOADS_AT_ONCE    8
#define UPLOADS_PUBLIC     (UPLOADS_AT_ONCE / 2) /* the others are for people with an account */
#define SMALL_BODIES_BYTES ((size_t)16 << 20)
#define UPLOAD_GRACE       3 /* times body_ms: until the first bytes, and between any two of them */
#define UPLOAD_MS_PER_KIB  250

bool body_slot(struct exchange *x)
{
    struct server *s = x->server;
    bool open = x->route && (x->route->flags & ROUTE_PUBLIC);
    if (x->upload_slot)
        return true;
    if (s->uploads >= UPLOADS_AT_ONCE || (open && s->uploads_public >= UPLOADS_PUBLIC))
        return false;
    s->uploads++;
    s->uploads_public += open;
    x->upload_slot = true;
    x->public_slot = open;
    return true;
}

uint64_t body_bytes(const struct exchange *x)
{
    return (x->spool ? spool_bytes(x->spool) : 0) + x->body_bytes;
}

static bool body_room(struct exchange *x, size_t more)
{
    size_t need = x->body_bytes + more;
    if (need <= x->body_room)
        return true;
    size_t most = x->spools ? SPOOL_BUFFER : x->ceiling;
    size_t room = x->body_room ? x->body_room * 2 : 4096;
    while (room < need)
        room *= 2;
    if (room > most)
        room = most;
    if (!x->upload_slot && x->server->body_bytes + room - x->body_room > SMALL_BODIES_BYTES)
        return false;
    uint8_t *grown = malloc(room);
    if (!grown)
        return false;
    if (!x->upload_slot) {
        x->server->body_bytes += room - x->body_room;
        x->body_counted = room;
    }
    if (x->body) {
        memcpy(grown, x->body, x->body_bytes);
        sodium_memzero(x->body, x->body_room);
        free(x->body);
    }
    x->body = grown;
    x->body_room = room;
    return true;
}

/* What was taken is wiped in the buffer of libmicrohttpd, which keeps it until its connection ends. */
static void wipe(const char *p, size_t n)
{
    sodium_memzero((void *)(uintptr_t)p, n);
}

enum body_step body_take(struct exchange *x, const char *p, size_t *n)
{
    if (x->refusal) { /* the disk is full: the rest is let pass, so that the answer is read */
        wipe(p, *n);
        *n = 0;
        return BODY_TAKEN;
    }
    uint64_t seen = body_bytes(x);
    if (*n > x->ceiling - seen)
        return BODY_LARGE;
    if (seen + *n > x->server->options.limits.body_bytes && !body_slot(x))
        return BODY_BUSY;
    size_t part = *n;
    if (x->spools && part > SPOOL_BUFFER - x->body_bytes)
        part = SPOOL_BUFFER - x->body_bytes;
    if (!body_room(x, part))
        return BODY_BUSY;
    if (part) {
        memcpy(x->body + x->body_bytes, p, part);
        wipe(p, part);
    }
    x->body_bytes += part;
    *n -= part;
    return *n ? BODY_FULL : BODY_TAKEN;
}

/* A large upload must come at 4 KiB/s in the mean and never stop for long; the others at 500 B/s. */
void body_deadline(struct exchange *x)
{
    int64_t body_ms = x->server->options.limits.body_ms, grace = body_ms * UPLOAD_GRACE;
    if (x->spools) {
        int64_t earned = x->body_begun_ms + grace +
                         (int64_t)(body_bytes(x) >> 10) * UPLOAD_MS_PER_KIB;
        int64_t stall = time_monotonic_ms() + grace;
        conn_set_deadline(x->conn, CONN_BODY, grace);
        x->conn->deadline_ms = earned < stall ? earned : stall;
    } else if (x->length < 0) { /* chunked: what has come earns time */
        conn_set_deadline(x->conn, CONN_BODY, body_ms);
        x->conn->deadline_ms = x->body_begun_ms + body_ms + (int64_t)x->body_bytes * 2;
    }
}

void body_spool(struct exchange *x)
{
    enum err e = ERR_OK;
    if (!x->spool)
        e = spool_new(x->server->spool_dir, &x->spool);
    if (e == ERR_OK)
        e = spool_add(x->spool, x->body, x->body_bytes);
    if (e != ERR_OK) {
        x->refusal = e == ERR_BUSY ? 507 : 500;
        sodium_memzero(x->body, x->body_bytes);
    }
    x->body_bytes = 0;
}

bool body_fits(const struct exchange *x)
{
    return !x->spools || x->length <= (int64_t)SPOOL_BUFFER ||
           spool_fits(x->server->spool_dir, (uint64_t)x->length);
}

void body_free(struct exchange *x)
{
    struct server *s = x->server;
    if (x->upload_slot)
        s->uploads--;
    if (x->public_slot)
        s->uploads_public--;
    s->body_bytes -= x->body_counted;
    spool_free(x->spool);
    x->spool = NULL;
    if (x->body) {
        sodium_memzero(x->body, x->body_room);
        free(x->body);
    }
    x->body = NULL;
}

/* Answers that are read while they are sent: a download of any size in constant memory (docs/adr/0013). Beside
 * server_mhd.c the only file that knows libmicrohttpd. */
#include <microhttpd.h>

#include "lib/http/internal.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/banned.h"

#define OUTFLOW_PART (4 * SOURCE_BLOCK)

/* The next part of the body. When it is sent, the connection is suspended and a worker reads on: neither the
 * disk nor opening a seal ever holds up the epoll thread. */
struct outflow {
    struct exchange *exchange;
    struct http_source source;
    size_t at, n; /* what is left of `part` */
    bool failed;
    char *seen; /* libmicrohttpd's buffer: wiped with ours */
    size_t seen_bytes;
    uint8_t part[OUTFLOW_PART];
};

static struct outflow *outflow_new(struct exchange *x, struct http_res *res)
{
    struct outflow *o = malloc(sizeof(*o));
    if (!o)
        abort(); /* out of memory */
    o->exchange = x;
    o->source = res->source;
    o->at = o->n = o->seen_bytes = 0;
    o->failed = false;
    o->seen = NULL;
    res->source = (struct http_source){.bytes = 0};
    return o;
}

static ssize_t outflow_read(void *cls, uint64_t position, char *out, size_t room)
{
    (void)position;
    struct outflow *o = cls;
    struct exchange *x = o->exchange;
    queue_left(x);
    x->phase = PHASE_ANSWER;
    if (o->failed)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (o->at == o->n) {
        x->phase = PHASE_FILL;
        x->in_work = true;
        MHD_suspend_connection(x->connection);
        if (queue_push(x->server, x))
            return 0;
        x->in_work = false;
        MHD_resume_connection(x->connection);
        return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    size_t n = o->n - o->at < room ? o->n - o->at : room;
    memcpy(out, o->part + o->at, n);
    o->at += n;
    o->seen = out;
    o->seen_bytes = room;
    return (ssize_t)n;
}

/* Comes before libmicrohttpd gives its buffer back. */
static void outflow_gone(void *cls)
{
    struct outflow *o = cls;
    if (o->source.close)
        o->source.close(o->source.arg);
    if (o->seen)
        sodium_memzero(o->seen, o->seen_bytes);
    sodium_memzero(o, sizeof(*o));
    free(o);
}

void mhd_fill(struct exchange *x)
{
    struct outflow *o = x->outflow;
    size_t n = 0;
    o->at = o->n = 0;
    while (!o->failed && o->n < OUTFLOW_PART) {
        enum err e = o->source.read(o->source.arg, o->part + o->n, OUTFLOW_PART - o->n, &n);
        o->failed = e != ERR_OK;
        if (o->failed || n == 0)
            break;
        o->n += n;
    }
    if (o->n) /* what was read before a fault is sent; then the connection breaks */
        return;
    o->failed = true;
}

void *mhd_outflow(struct exchange *x, struct http_res *res)
{
    uint64_t bytes = res->source.bytes;
    x->outflow = outflow_new(x, res);
    return MHD_create_response_from_callback(bytes, SOURCE_BLOCK, outflow_read, x->outflow,
                                             outflow_gone);
}

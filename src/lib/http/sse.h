/* Live streams (server-sent events). The hub knows clients and their last event number; a publisher
 * thread (app) feeds it from the event table, so that replay after `Last-Event-ID` and live delivery are
 * one path: every client gets the events after its number, in order, once. */
#ifndef BT_LIB_HTTP_SSE_H
#define BT_LIB_HTTP_SSE_H

#include "lib/base/cx.h"
#include "lib/http/http.h"

struct sse_event {
    int64_t number;   /* the event id: grows per office */
    const char *kind; /* event name: "visit" */
    const char *data; /* one or more lines */
};

struct sse_hub *sse_hub_new(int per_user, int total);
void sse_hub_free(struct sse_hub *hub);

/* In a handler of a ROUTE_STREAM: opens the stream for cx->actor after event `after` (ERR_LIMIT when
 * the person has too many open). */
enum err sse_accept(struct cx *cx, struct http_req *req, struct http_res *res,
                    int64_t after) MUST_USE;

/* Publisher side. Offices that have clients, with the lowest event number a client waits behind. Returns
 * how many were written (at most max). */
struct sse_need {
    char office_id[UUID_TEXT_BYTES];
    int64_t after;
};
size_t sse_needs(struct sse_hub *hub, struct sse_need *ret, size_t max);
/* Hands events (ascending) to every client of the office that has not had them. */
void sse_publish(struct sse_hub *hub, const char *office_id, const struct sse_event *events,
                 size_t count);
/* Ends the streams of a session (logout) or of a person (disabled). */
void sse_close_session(struct sse_hub *hub, const char *session_id);
void sse_close_actor(struct sse_hub *hub, const char *actor_id);
/* Says that something was committed or a client came: wakes sse_wait(). Safe from any thread. */
void sse_poke(struct sse_hub *hub);
/* Blocks until poked, at most timeout_ms. */
void sse_wait(struct sse_hub *hub, int64_t timeout_ms);
/* Sends a comment line to every client and drops the dead (every 15 s). */
void sse_ping(struct sse_hub *hub);

#endif

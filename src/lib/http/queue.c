/* The queue between the epoll thread and the workers: whole requests, first come first served. */
#include "lib/http/internal.h"

#include "lib/base/banned.h"

bool queue_push(struct server *s, struct exchange *x)
{
    (void)pthread_mutex_lock(&s->queue_lock);
    bool room = !s->queue_closed && s->queue_length < s->options.limits.connections;
    if (room) {
        x->next = NULL;
        if (s->queue_last)
            s->queue_last->next = x;
        else
            s->queue_first = x;
        s->queue_last = x;
        s->queue_length++;
        atomic_fetch_add(&s->in_work, 1);
        (void)pthread_cond_signal(&s->queue_filled);
    }
    (void)pthread_mutex_unlock(&s->queue_lock);
    return room;
}

struct exchange *queue_pop(struct server *s)
{
    (void)pthread_mutex_lock(&s->queue_lock);
    while (!s->queue_first && !s->queue_closed)
        (void)pthread_cond_wait(&s->queue_filled, &s->queue_lock);
    struct exchange *x = s->queue_first;
    if (x) {
        s->queue_first = x->next;
        if (!s->queue_first)
            s->queue_last = NULL;
        s->queue_length--;
    }
    (void)pthread_mutex_unlock(&s->queue_lock);
    return x;
}

void queue_close(struct server *s)
{
    (void)pthread_mutex_lock(&s->queue_lock);
    s->queue_closed = true;
    (void)pthread_cond_broadcast(&s->queue_filled);
    (void)pthread_mutex_unlock(&s->queue_lock);
}

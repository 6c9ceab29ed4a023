/* The text of a message on channels without buttons. Pure; used by gateways and mail. */
#include "lib/outbox/channel.h"

#include "lib/base/str.h"

#include "lib/base/banned.h"

enum { TEXT_MAX_BYTES = 16 * 1024 };

char *channel_text(struct cx *cx, const struct outbox_message *m, bool replies)
{
    struct buf out = buf_new(cx->arena, 512, TEXT_MAX_BYTES);
    buf_puts(&out, m->text);
    if (replies && m->button_count)
        buf_puts(&out, "\n");
    for (size_t i = 0; replies && i < m->button_count; i++)
        buf_printf(&out, "\n%s",
                   cx_printf(cx, T("Balas %zu untuk: %s"), i + 1, str_or(m->buttons[i].title, "-")));
    if (!str_empty(m->link))
        buf_printf(&out, "\n\n%s\n%s", cx_t(cx, T("Jawab lewat halaman ini, sekali pakai:")),
                   m->link);
    return out.p;
}

/* Making messages: what notice_web_render.c (one guest), notice_web_rush.c (several) and
 * notice_web_window.c (replies to what a person wrote) share. */
#ifndef BT_NOTICE_RENDER_H
#define BT_NOTICE_RENDER_H

#include "features/notice/notice.h"
#include "features/office/office.h"
#include "features/staff/staff.h"

/* "perorangan, 2 pendamping"; with the name in front where the office wants it, never of a complaint. */
const char *notice_kind_of(struct cx *cx, const struct office *office, const struct visit *v);
/* Minutes since the guest came. */
int64_t notice_waiting_min(const struct cx *cx, const struct visit *v);
/* Address of this server for links. */
const char *notice_base_url(const struct cx *cx);
/* The post that a message of this kind asks. */
uint32_t notice_kind_role(const char *kind);
/* The visit still waits for the answer that a message of this kind asks for. */
bool notice_kind_asked(const struct visit *v, const char *kind);

/* A person to whom a message is made. */
struct notice_addressee {
    const struct outbox_row *row;
    const struct office *office;
    const struct staff *staff;
};
/* Inside his 24-hour window the question goes out as a list of answers, else as its template; ERR_INVALID
 * when that one is stopped. `m` is the template message, with its text. */
enum err notice_form(struct cx *cx, const struct notice_addressee *to,
                     struct outbox_message *m) MUST_USE;
/* When more guests wait for this person than his pace allows messages, one message lists them all and
 * carries their rows. *ret_rush: it does. */
enum err notice_rush(struct cx *cx, const struct notice_addressee *to, const struct visit *v,
                     struct outbox_message *m, bool *ret_rush) MUST_USE;
/* Several guests in one message: text, and one row each that leads to the answers. */
struct notice_guests {
    const struct visit *visits;
    const uint32_t *roles; /* as whom he is asked for each */
    size_t count;
};
enum err notice_list_guests(struct cx *cx, const struct notice_addressee *to,
                            const struct notice_guests *g, struct outbox_message *m) MUST_USE;
/* It answers what a person wrote, and is about no single visit. */
bool notice_is_reply(const struct outbox_row *row);
enum err notice_reply_render(struct cx *cx, const struct notice_addressee *to,
                             struct outbox_message *m) MUST_USE;

#endif

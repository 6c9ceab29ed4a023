/* Answers in words, from whichever channel they came. */
#ifndef BT_NOTICE_WEB_TEXT_H
#define BT_NOTICE_WEB_TEXT_H

#include "features/decision/decision.h"

/* What a person wrote. */
struct notice_words {
    const char *office_id, *staff_id;
    const char *channel; /* "whatsapp": kept with the answer */
    const char *text;
    const char *message_id; /* his message's: has no second effect */
    const char *context_id; /* provider's id of the message that he replies to, or NULL */
    int64_t at_ms;
    enum err (*late)(struct cx *cx,
                     const struct decision_new *n); /* tells him that it came too late */
};
enum err notice_words_answer(struct cx *cx, const struct notice_words *w) MUST_USE;
/* Queues a reply to him; once in each round. */
enum err notice_reply_words(struct cx *cx, const struct notice_words *w, const char *kind,
                            int64_t round) MUST_USE;

#endif

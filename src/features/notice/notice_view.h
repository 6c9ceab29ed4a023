/* What the administrator's page of channels shows: filled by notice_web_page.c, written by notice.tmpl. */
#ifndef BT_NOTICE_VIEW_H
#define BT_NOTICE_VIEW_H

#include "features/notice/notice.h"
#include "lib/html/widgets.h"

struct channel_card {
    const char *label; /* msgid */
    const char *state_label, *css, *icon;
    const char *reason;                  /* translated, or NULL */
    const char *since, *proven, *oldest; /* times for people, or NULL */
    int64_t waiting, dead_letters;
};
struct letter_row {
    const char *id, *to, *channel, *what, *when, *reason; /* channel and what: msgids */
};
struct template_card {
    const char *id;    /* of the page's element */
    const char *title; /* msgid */
    const char *name, *language, *body;
    const char *const *buttons, *const *samples;
    size_t button_count, sample_count;
    bool stopped;
};
#define NOTICE_TEMPLATES 4
/* Of this office's settings. Returns how many. (notice_web_templates.c) */
size_t notice_templates(const struct cx *cx, struct template_card ret[NOTICE_TEMPLATES]);
struct person_channel {
    const char *id, *channel, *label, *address; /* label: msgid; address: masked */
    const char *verified;                       /* when, or NULL */
    const char *test_state; /* of the test message under way, translated, or NULL */
    bool testing;           /* a code may be typed in */
    bool ready;             /* the channel is set up in this office */
};
struct person_card {
    const char *id, *name, *title;
    const struct person_channel *channels;
    size_t count;
    const char *phone; /* of the account, masked: his WhatsApp while he has no channel; or NULL */
};
struct rule_row {
    const char *after_id, *condition_id, *action_id; /* names and ids of the inputs */
    const char *after, *condition, *action;
};
struct line_row {
    const char *icon, *text, *time;
};
struct channels_view {
    const struct channel_card *channels;
    size_t channel_count;
    const struct letter_row *letters;
    size_t letter_count;
    const struct template_card *templates;
    size_t template_count;
    const struct person_card *people;
    size_t people_count;
    const struct rule_row *rules;
    size_t rule_count;
    const struct line_row *lines;
    size_t line_count;
    const char *code_of; /* the channel whose code was wrong, or NULL */
    const char *done;    /* msgid of what was done, or NULL */
};

#endif

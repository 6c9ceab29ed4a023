/* What report_schedule.tmpl shows: filled by report_schedule_web.c. */
#ifndef BT_REPORT_SCHEDULE_VIEW_H
#define BT_REPORT_SCHEDULE_VIEW_H

#include "features/report/report_schedule.h"
#include "lib/html/widgets.h"

struct report_recipient_line {
    const char *id, *name, *address; /* address: masked */
    const char *what;                /* "Bulanan, PDF, tanggal 5" */
    const char *css, *icon, *state;  /* of the newest sending; state: msgid */
    const char *reason;              /* why it waits or failed, or NULL */
    const char *sent, *next;         /* sent NULL: never */
    const char *test;                /* the newest test in words, or NULL */
    const char *added;               /* "Bagus Prakoso, 25 November 2026" */
};
struct report_recipient_typed {
    const char *name, *address, *report, *form, *day;
};
struct report_schedule_view {
    struct report_recipient_line *lines;
    size_t count;
    bool ready;        /* the mail channel is set up */
    bool may_channels; /* this reader may open /saluran */
    const char *done;  /* msgid, or NULL */
    struct report_recipient_typed typed;
};

#endif

/* What service.tmpl and service_info.tmpl show. */
#ifndef BT_SERVICE_VIEW_H
#define BT_SERVICE_VIEW_H

#include "features/service/service.h"
#include "lib/html/widgets.h"

/* A text cut into its lines. */
struct service_lines {
    const char **items;
    size_t count;
};
struct service_form_view {
    const char *category, *name, *contact, *text;
    bool counter; /* an officer writes for the guest */
};
struct service_start_view {
    const char *number; /* as typed */
};
struct service_receipt_view {
    const char *number, *code, *answer_by;
};
struct service_entry_view {
    const char *label, *day, *who;
    struct service_lines body;
};
struct service_ticket_view {
    const char *number, *category, *state, *received, *channel, *due_label, *due, *lapor, *path;
    const char *name, *contact; /* NULL: not for this reader, or not said */
    struct service_lines text;
    struct service_entry_view *entries;
    size_t entry_count;
    const char *category_code, *typed, *typed_lapor, *close_day, *reopen_until;
    bool late, may_verify, may_work, may_reopen, may_close, done;
};
struct service_row_view {
    const char *path, *number, *category, *state, *received, *due_label, *due, *lapor;
    bool late;
    int64_t due_day;
};
struct service_list_view {
    struct service_row_view *rows;
    size_t count;
    const char *state, *category, *year, *book; /* as filtered; book: address of the workbook */
    bool late, open, cut;                       /* cut: there are more than SERVICE_LIST_MAX */
};
struct service_limit_line {
    const char *name, *label, *value;
};
struct service_limits_view {
    struct service_limit_line lines[SERVICE_LIMITS];
    bool saved;
};
struct service_month_line {
    const char *label, *received, *complaint, *supervisory, *information, *aspiration, *answered,
        *on_time, *late, *rejected, *reopened;
};
struct service_figures_view {
    struct service_month_line months[13];
    int year;
};

struct info_row_view {
    const char *path, *number, *received, *state, *due_label, *due;
    bool late;
    int64_t due_day;
};
struct info_list_view {
    struct info_row_view *rows;
    size_t count;
    int year;
    const char *state, *typed_year, *book; /* as filtered; book: address of the workbook */
    const char *name, *contact, *request, *purpose, *way;
    bool saved;
};
struct info_page_view {
    const char *path, *number, *received, *state, *due_label, *due, *way, *name, *contact,
        *extended, *answered, *answer, *objected, *ground, *decided, *last_day, *objection_number,
        *superior, *reacted;
    struct service_lines request, purpose, extension, answer_text, objection, decision, reaction;
    bool late, may[INFO_ACTS], done;
    const char *typed, *typed_choice, *typed_superior;
    int typed_act; /* which form was refused; -1: none */
};
extern const struct option service_state_options[], service_filter_categories[],
    info_state_options[];
extern const struct option service_category_options[], service_reader_categories[],
    info_way_options[], info_answer_options[], info_ground_options[];

#endif
